"""The errors of calls, and the meanings of a server's error replies.

The error tells a caller whether its call was certainly not carried out, or may have been. Redis puts the code of an
error at the beginning of the text or, for an error within a script, somewhere in it; `code_of` finds it.
"""

from __future__ import annotations

import re

from redis.exceptions import ResponseError

from ....domain.errors import StoreUnavailable

_CODE_IN_SCRIPT = re.compile(r"-([A-Z]+) ")
"""Redis before version 7 wraps the error of a command in a script in another error."""
_NOT_PERMITTED_IN_SCRIPT = ("ACL failure in script", "The user executing the script can't")
_BEFORE_MESSAGE = re.compile(r"^.*@user_script: \d+: (-[A-Z]+ )?", re.DOTALL)
_AFTER_MESSAGE = re.compile(r"\.? script:( [^ ]+,)? on @user_script:\d+\.?$")
"""The place in a script. Redis before version 7 puts it before the message; later versions and Valkey put it after."""

_CAUSES = {
    "LOADING": "it is still loading its data",
    "MISCONF": "it accepts no changes while it cannot write to its disk",
    "NOREPLICAS": "it accepts no changes while fewer replicas are connected than its min-replicas-to-write asks for",
    "OOM": "its memory is full (maxmemory); give it more, or remove other data",
}


class OutcomeUnknown(StoreUnavailable):
    """The connection broke after a call was sent: it may or may not have been carried out."""


class NotReplicated(StoreUnavailable):
    """The call was carried out, but too few replicas have its changes."""


class NotCarriedOut(Exception):
    """The call was not carried out, and may be tried again. `__cause__` is the reason, if it is known."""


class NotAMaster(OSError):
    """The server is a replica.

    Its name may soon lead to another server, because a failover is going on or was missed.
    """

    def __init__(self) -> None:
        super().__init__("it is a replica, which accepts no writes; name its master")


def code_of(error: ResponseError) -> str:
    """Return the code of an error reply, such as OOM, even if a command within a script failed."""
    text = str(error)
    code = text.partition(" ")[0]
    if code != "ERR":
        return code
    if any(words in text for words in _NOT_PERMITTED_IN_SCRIPT):
        return "NOPERM"
    within = _CODE_IN_SCRIPT.search(text)
    return within[1] if within else code


def without_code(error: ResponseError) -> ResponseError:
    """Return the error without the code at the beginning, for people to read."""
    return ResponseError(str(error).partition(" ")[2])


def cause_of(error: BaseException | None) -> str:
    """Return the reason, in one line for an operator, why a server could not be used. None: it did not answer."""
    if isinstance(error, ResponseError):
        code = code_of(error)
        if code == "NOPERM":
            return f"its user lacks a permission: {_message_of(error)}"
        return _CAUSES.get(code) or _message_of(error)
    return " ".join(str(error or "").split()) or "it does not answer"


def _message_of(error: ResponseError) -> str:
    message = _AFTER_MESSAGE.sub("", _BEFORE_MESSAGE.sub("", str(without_code(error))))
    return " ".join(message.split())
