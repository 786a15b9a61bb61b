"""Puts the server's messages into the words of the command line: `--for` where the contract has `ttl`.

The words follow from the parameters of the command that runs, so that a message and `--help` agree. Invariant: what
stands between quotes in a message is foreign text, an id or a value, and stays as it is.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

if TYPE_CHECKING:
    from onduty_client import OndutyError

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("account_id",),
    "at": ("activity_time",),
    "by": ("bucket", "step"),
    "enable": ("enabled",),
    "engagement": ("engagement_id",),
    "lasting": ("ttl",),
    "name": ("display_name",),
    "session": ("session_id",),
    "since": ("start_time",),
    "team": ("team_id",),
    "until": ("expire_time", "end_time"),
    "user": ("user_id",),
    "users": ("user_id", "user_ids", "requests"),
}
"""The fields of the contract by the parameters whose names differ from theirs."""
_QUOTED: Final = re.compile(r'("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Command:
    """The command that runs: its words for fields of the contract, and the account that it is about, if any."""

    words: Mapping[str, str] = field(default_factory=dict)
    account: str = ""


COMMAND: ContextVar[Command] = ContextVar("command", default=Command())  # noqa: B039 - it is immutable


def words_of(parameters: Iterable[inspect.Parameter]) -> dict[str, str]:
    """Return what a command with these parameters calls the fields of the contract."""
    words: dict[str, str] = {}
    for parameter in parameters:
        for described in get_args(parameter.annotation)[1:]:
            word = _word(described)
            if word:
                words.update(dict.fromkeys(_FIELDS.get(parameter.name, (parameter.name,)), word))
    return words


def _word(described: Any) -> str:
    # Typer has the first name of an option in place of its default, as long as it is an annotation.
    names = [getattr(described, "default", None), *(getattr(described, "param_decls", None) or ())]
    options = [name for name in names if isinstance(name, str) and name.startswith("--")]
    return options[0].partition("/")[0] if options else getattr(described, "metavar", None) or ""


def message_of(error: OndutyError, command: Command | None = None) -> str:
    """Return the message of a call that failed, in the words of the command: the one that runs, if none is given."""
    command = command or COMMAND.get()
    message = in_words(error.message, field_of(error), command.words)
    if error.reason == "ACCOUNT_UNKNOWN" and command.account:
        return f"{message}; if the name is right, run: onduty account create {shlex.quote(command.account)}"
    return message


def field_of(error: OndutyError) -> str:
    """Return the field at fault; empty if no field is."""
    return error.field_violations[0].field if error.field_violations else ""


def in_words(message: str, at_fault: str, words: Mapping[str, str]) -> str:
    """Return a message of the server in these words. `at_fault` is the field that it is about, if any."""
    prefix = f"{at_fault}: "
    head = ""
    if at_fault and message.startswith(prefix):
        name = re.sub(r"\[\d+\]", "", at_fault).rpartition(".")[2]
        head, message = f"{words.get(name, at_fault)}: ", message.removeprefix(prefix)
    # The others are ordinary words, such as "status": they mean the field only where a message begins with them.
    names = [name for name in words if "_" in name or name == "ttl"]
    if not names:
        return head + message
    # "a ttl" is "--for", without the article.
    named = re.compile(rf"(?<![\w.-])(?:a )?({'|'.join(map(re.escape, names))})(?![\w.-])")
    parts = _QUOTED.split(message)
    parts[::2] = [named.sub(lambda found: words[found[1]], part) for part in parts[::2]]
    return head + "".join(parts)
