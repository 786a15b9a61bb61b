"""How a case is written down: rows of a time of day and what happens or is seen then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.properties.layers.events import Event, Refusal

MIDNIGHT = 1_760_054_400_000
"""2025-10-10T00:00:00Z, ms UTC: the day on which all cases play."""

HM = str
"""A time of day: "09:00", "09:00:03" or "09:00:59.999"."""


def at(clock: HM) -> int:
    """A time of day as an instant."""
    hours, minutes, *rest = clock.split(":")
    seconds, _, thousandths = (rest[0] if rest else "0").partition(".")
    return MIDNIGHT + (int(hours) * 3_600 + int(minutes) * 60 + int(seconds)) * 1_000 + int(thousandths or 0)


def clock(instant: int) -> HM:
    """An instant as a time of day, as short as it can be written."""
    seconds, thousandths = divmod(instant - MIDNIGHT, 1_000)
    text = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}"
    if thousandths:
        return f"{text}:{seconds % 60:02}.{thousandths:03}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


class _Any:
    def __repr__(self) -> str:
        return "ANY"


ANY: Final = _Any()
"""Not compared."""


@dataclass(frozen=True)
class Shows:
    """What is seen of the person: `is_` is "STATUS CAUSE", `next` "STATUS CAUSE time" or "" for none."""

    is_: str
    since: HM | _Any = ANY
    next: str | _Any = ANY
    until: HM | _Any = ANY
    """The end of the status, "" for none."""
    connected: bool | _Any = ANY
    engagements: int | _Any = ANY
    by: str | _Any = ANY
    """ "actor: reason", each of which may be empty; ":" for neither."""
    last_activity: HM | _Any = ANY


@dataclass(frozen=True)
class Refuses:
    """The event is refused, and nothing is changed by it."""

    event: Event
    because: Refusal


@dataclass(frozen=True)
class Unknown:
    """The person was never seen."""


@dataclass(frozen=True)
class Down:
    """The service ends cleanly, and is back at `until`: an outage, beyond the grace."""

    until: HM


@dataclass(frozen=True)
class Available:
    """Whether a router that leaves out whoever has `max_engagements` or more is given the person."""

    expected: bool
    max_engagements: int | None = None


Row = tuple[HM, Event | Shows | Refuses | Unknown | Down | Available]


@dataclass(frozen=True)
class Case:
    """A story of one person, told in rows; `history` is all that is recorded by its end."""

    name: str
    rows: tuple[Row, ...]
    history: tuple[str, ...] | None = None
    """ "time PREVIOUS>STATUS CAUSE", PREVIOUS "-" for the first; "until time" and "then STATUS" for an end."""
    rests_on: tuple[str, ...] = ()
    """Questions in docs/decisions.md: where the design left room, and the case shows what was decided."""
