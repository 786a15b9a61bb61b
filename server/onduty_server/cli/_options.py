"""Options and arguments that several commands share, and how their values are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar

import typer

from ..notation import DEFAULT_LISTEN, parse_duration, split_address

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the workflow; None for `off`."""

    ms: int | None


class StatusName(Enum):
    """A status as it is typed."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class ResumeName(Enum):
    """A resume policy as it is typed."""

    FROM_AWAY = "from-away"
    NEVER = "never"
    FROM_AWAY_OR_OFFLINE = "from-away-or-offline"


def parser(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse` for an option: its ValueError becomes an error that names the option."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return checked


def _period(text: str) -> Period:
    return Period(None if text.strip().lower() in ("off", "none") else parse_duration(text))


def positive_seconds(text: str) -> float:
    """A period that is not 0, in seconds."""
    timeout_ms = parse_duration(text)
    if timeout_ms == 0:
        raise ValueError("must be more than 0")
    return timeout_ms / 1_000


def _server(text: str) -> str:
    # gRPC's own spellings name a scheme; the plain one without a port would silently mean port 443.
    if "/" not in text and not text.startswith(("unix:", "dns:", "ipv4:", "ipv6:")):
        split_address(text)
    return text


def acting(actor: str | None) -> str:
    """Who acts: whoever is named, else who is logged in; empty for nobody."""
    return (os.environ.get("USER") or os.environ.get("LOGNAME") or "") if actor is None else actor


Account = Annotated[str, typer.Argument(metavar="ACCOUNT", show_default=False, help="The account (tenant).")]
User = Annotated[str, typer.Argument(metavar="USER", show_default=False, help="The user.")]

Server = Annotated[
    str,
    typer.Option(
        "--server", metavar="HOST:PORT", envvar="ONDUTY_SERVER", parser=parser(_server), help="Where the server is."
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="PERIOD",
        envvar="ONDUTY_TIMEOUT",
        parser=parser(positive_seconds),
        show_default=False,
        help="How long a call may take; 5s if not given.",
    ),
]
Actor = Annotated[
    str | None,
    typer.Option(
        "--actor",
        metavar="NAME",
        envvar="ONDUTY_ACTOR",
        show_default=False,
        help="Who does this, for the history: your login name if not given, '' for nobody.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, for programs.")]

AwayAfter = Annotated[
    Any,
    typer.Option(
        "--away-after",
        metavar="PERIOD",
        parser=parser(_period),
        help="Inactivity after which a user becomes AWAY, like 10m; 'off' for never.",
    ),
]
OfflineAfter = Annotated[
    Any,
    typer.Option(
        "--offline-after",
        metavar="PERIOD",
        parser=parser(_period),
        help="Inactivity after which a user becomes OFFLINE, like 30m; 'off' for never.",
    ),
]

DEFAULT_SERVER = DEFAULT_LISTEN
# Defaults are read like what is typed.
DEFAULT_TIMEOUT: Any = "5s"
