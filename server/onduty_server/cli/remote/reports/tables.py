"""Writes reports as tables for people, under a line that says of when they are, by the clock of which zone.

A column in which nothing stands is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import time, timedelta
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from ...output import table
from .texts import EVERYBODY, NO_TEAM, Extent, by_name, length, names_of

if TYPE_CHECKING:
    from onduty_client import StatusCount, TimeBucket, Timeline, TimeSummary

_NOTHING: Final = timedelta(0)
_PART_OF_A_DAY: Final = timedelta(hours=1)


class Shown(NamedTuple):
    """The number of rows of a table. `unknown`: something of it is not known."""

    rows: int
    unknown: bool


def write_time(extent: Extent, summaries: Iterable[TimeSummary], out: IO[str], *, each: str, causes: bool) -> Shown:
    """Write a row for each bucket of each person, of each team, or of everybody; with `causes` one for each cause."""
    rows: list[tuple[str, ...]] = []
    unknown = False
    found = sorted(summaries, key=by_name) if each == "person" else list(summaries)
    name = names_of(found)
    for summary in found:
        whose = _whose(summary, each, name)
        for bucket in summary.buckets:
            unknown = unknown or bucket.unknown > _NOTHING
            start = (_short(extent, bucket),) if len(summary.buckets) > 1 else ("",)
            if causes:
                rows += [(*start, *whose, *cells) for cells in _by_cause(bucket)]
            else:
                rows.append((*start, *whose, *_by_status(bucket)))
    heads: tuple[str, ...] = ("FROM", "PERSON", "TEAM", "PEOPLE")
    heads += ("STATUS", "CAUSE", "TIME") if causes else _STATUS_HEADS
    _write(extent, heads, rows, out)
    return Shown(len(rows), unknown)


_STATUS_HEADS: Final = ("ONLINE", "AWAY", "OFFLINE", "UNKNOWN", "ELSEWHERE", "CONNECTED", "ENGAGED")


def _whose(summary: TimeSummary, each: str, name: Callable[[TimeSummary], str]) -> tuple[str, str, str]:
    if each == "person":
        return name(summary), summary.team_id, ""
    return (EVERYBODY if each == "all" else ""), _team(summary, each), f"{summary.people:,}"


def _team(summary: TimeSummary, each: str) -> str:
    return summary.team_id or (NO_TEAM if each == "team" else "")


def _by_status(bucket: TimeBucket) -> Sequence[str]:
    from onduty_client import Status

    statuses = [length(bucket.time_in(status)) for status in (Status.ONLINE, Status.AWAY, Status.OFFLINE)]
    beside = (bucket.unknown or None, bucket.elsewhere or None, bucket.connected, bucket.engaged)
    return [*statuses, *map(length, beside)]


def _by_cause(bucket: TimeBucket) -> Iterable[tuple[str, str, str]]:
    for it in bucket.times:
        yield it.status, it.cause, length(it.duration)
    beside = (
        ("unknown", bucket.unknown or None),
        ("elsewhere", bucket.elsewhere or None),
        ("connected", bucket.connected),
        ("engaged", bucket.engaged),
    )
    for name, period in beside:
        if period is not None:
            yield name, "", length(period)


def _short(extent: Extent, bucket: TimeBucket) -> str:
    """Write the beginning of a bucket: the day alone if it is one, and seconds only if there are some."""
    here = bucket.start_time.astimezone(extent.zone)
    if here.time() == time() and bucket.end_time - bucket.start_time > _PART_OF_A_DAY:
        return f"{here:%Y-%m-%d}"
    return extent.moment(bucket.start_time, seconds=here.second > 0)


def write_coverage(extent: Extent, counts: Iterable[StatusCount], out: IO[str]) -> Shown:
    """Write a row for each step."""
    rows: list[tuple[str, ...]] = []
    unknown = False
    for count in counts:
        unknown = unknown or count.unknown
        numbers = (
            ("unknown", "", "") if count.unknown else (f"{n:,}" for n in (count.online, count.away, count.offline))
        )
        rows.append((extent.moment(count.time, seconds=False), *numbers))
    _write(extent, ("TIME", "ONLINE", "AWAY", "OFFLINE"), rows, out)
    return Shown(len(rows), unknown)


def write_timelines(extent: Extent, timelines: Iterable[Timeline], out: IO[str]) -> Shown:
    """Write a row for each interval of each person."""
    rows: list[tuple[str, ...]] = []
    unknown = False
    found = sorted(timelines, key=by_name)
    name = names_of(found)
    for timeline in found:
        whose = name(timeline), timeline.team_id
        for it in timeline.intervals:
            unknown = unknown or (it.status is None and not it.elsewhere)
            status = it.status or ("elsewhere" if it.elsewhere else "unknown")
            lasted = length(it.end_time - it.start_time)
            rows.append((*whose, extent.moment(it.start_time), lasted, status, it.cause or ""))
    _write(extent, ("PERSON", "TEAM", "FROM", "FOR", "STATUS", "CAUSE"), rows, out)
    return Shown(len(rows), unknown)


def _write(extent: Extent, heads: Sequence[str], rows: Sequence[Sequence[str]], out: IO[str]) -> None:
    kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    if rows:
        out.write(f"{extent.in_words()}\n")
        table([heads[at] for at in kept], [[row[at] for at in kept] for row in rows], out)
