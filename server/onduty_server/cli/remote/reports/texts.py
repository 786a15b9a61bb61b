"""Writes what reports tell for people: times by the clock of their zone, lengths, and why something is not known."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ....text.times import to_ms
from ...pictures import Span, span_in_words
from ..columns import ERASED

if TYPE_CHECKING:
    from onduty_client import Timeline, TimeSummary

NO_TEAM: Final = "(no team)"
EVERYBODY: Final = "everybody"
_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
UNKNOWN: Final = (
    "Unknown is the time before somebody was first seen, the time after an erasure, and what is no longer kept. "
    "Of days that are older than the history only sums are left, which do not say what was at which time."
)
_DIGITS: Final = re.compile("([0-9]+)")


class Extent(NamedTuple):
    """How far a report reaches: its range, the end of what is known, the zone, and since when anything is known."""

    start: datetime
    end: datetime
    as_of: datetime
    zone: tzinfo
    zone_name: str
    known_since: datetime | None

    @property
    def is_cut(self) -> bool:
        """True if the range goes on after what is known."""
        return self.as_of < self.end

    def notes(self, *, unknown: bool) -> Sequence[str]:
        """Return remarks for people. `unknown`: something of the report is not known."""
        found = []
        if self.is_cut:
            found.append(f"As of {self.clock(self.as_of)} ({self.zone_name}): the range goes on.")
        if self.known_since is not None and self.start < self.known_since:
            found.append(
                f"Before {self.clock(self.known_since)} ({self.zone_name}) nothing is known: neither the history nor "
                "the daily sums go further back."
            )
        if unknown:
            found.append(UNKNOWN)
        return found

    def in_words(self) -> str:
        """Write the range and its zone, such as `Tue 3 Nov 2026 (Europe/Berlin)`."""
        return f"{span_in_words(Span(to_ms(self.start), to_ms(self.end), self.zone))} ({self.zone_name})"

    def clock(self, time: datetime) -> str:
        """Write `2026-11-03 09:00:00`; fractions of a second are cut off."""
        return f"{time.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def moment(self, time: datetime, *, seconds: bool = True) -> str:
        """Write `2026-11-03 09:00:00`, with `CET` if the clock shows that time twice."""
        here = time.astimezone(self.zone)
        twice = here.replace(fold=0).astimezone(UTC) != here.replace(fold=1).astimezone(UTC)
        name = f" {here.tzname()}" if twice else ""
        return f"{here:%Y-%m-%d %H:%M:%S}{name}" if seconds else f"{here:%Y-%m-%d %H:%M}{name}"


def length(period: timedelta | None) -> str:
    """Write `6:10:05`, rounded to the second; empty for None."""
    if period is None:
        return ""
    seconds = (period + _SECOND / 2) // _SECOND
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def milliseconds(period: timedelta) -> int:
    """Return the milliseconds of a period."""
    return period // _MILLISECOND


def who(it: TimeSummary | Timeline) -> str:
    """Return the name of a person, or the id if there is none."""
    return ERASED if it.erased else it.display_name or it.user_id


def by_name(it: TimeSummary | Timeline) -> Any:
    """Return what people are sorted by: the name, in which numbers count as such; whoever was erased comes last."""
    parts = _DIGITS.split(unicodedata.normalize("NFKD", who(it)).casefold())
    return it.erased, [(part, 0) if at % 2 == 0 else ("", int(part)) for at, part in enumerate(parts)], it.user_id


def names_of(people: Iterable[TimeSummary | Timeline]) -> Callable[[TimeSummary | Timeline], str]:
    """Return what names people in a list of these: the id is beside a name that others have too."""
    times = Counter(who(it) for it in people)

    def name(it: TimeSummary | Timeline) -> str:
        is_shared = it.display_name and not it.erased and times[who(it)] > 1
        return f"{who(it)} ({it.user_id})" if is_shared else who(it)

    return name
