"""What a server's error replies mean: their code, wherever in the text it stands, and their cause in plain words."""

from __future__ import annotations

import re

from redis.exceptions import ResponseError

_CODE_IN_SCRIPT = re.compile(r"-([A-Z]+) ")
"""Redis before 7 wraps what a command of a script was refused with into an error of its own."""
_NOT_PERMITTED_IN_SCRIPT = ("ACL failure in script", "The user executing the script can't")
_BEFORE_MESSAGE = re.compile(r"^.*@user_script: \d+: (-[A-Z]+ )?", re.DOTALL)
_BEHIND_MESSAGE = re.compile(r"\.? script:( [^ ]+,)? on @user_script:\d+\.?$")
"""Where in a script it was: said first by Redis before 7, last by later ones and Valkey."""

_CAUSES = {
    "LOADING": "it is still loading its data",
    "MISCONF": "it takes no changes while it cannot write to its disk",
    "NOREPLICAS": "it takes no changes while fewer replicas are connected than its min-replicas-to-write asks for",
    "OOM": "its memory is full (maxmemory); give it more, or remove what is not needed",
}


class NotAMaster(OSError):
    """The server is a replica. Its name may soon lead to another: a failover is under way, or was missed."""

    def __init__(self) -> None:
        super().__init__("it is a replica, which takes no writes; name its master")


def code_of(error: ResponseError) -> str:
    """The word by which the server says what is wrong, also of a command within a script."""
    text = str(error)
    code = text.partition(" ")[0]
    if code != "ERR":
        return code
    if any(words in text for words in _NOT_PERMITTED_IN_SCRIPT):
        return "NOPERM"
    within = _CODE_IN_SCRIPT.search(text)
    return within[1] if within else code


def in_words(error: ResponseError) -> ResponseError:
    """An error for people: without the word at the beginning, which is for programs."""
    return ResponseError(str(error).partition(" ")[2])


def cause_of(error: BaseException | None) -> str:
    """Why a store could not be used, in one line for an operator."""
    if isinstance(error, ResponseError):
        code = code_of(error)
        if code == "NOPERM":
            return f"its user lacks a permission: {_said_by(error)}"
        return _CAUSES.get(code) or _said_by(error)
    return " ".join(str(error or "").split()) or "it does not answer"


def _said_by(error: ResponseError) -> str:
    message = _BEHIND_MESSAGE.sub("", _BEFORE_MESSAGE.sub("", str(in_words(error))))
    return " ".join(message.split())
