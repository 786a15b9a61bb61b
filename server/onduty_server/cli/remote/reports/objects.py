"""Writes reports as JSON: one document each, with times in UTC and lengths in seconds, as everywhere in `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from ....text.escaping import json_text
from ..showing import text
from .texts import Extent, milliseconds

if TYPE_CHECKING:
    from onduty_client import StatusCount, TimeBucket, Timeline, TimeSummary


def write_time(extent: Extent, summaries: Iterable[TimeSummary], out: IO[str], asked: Mapping[str, str | None]) -> None:
    """Write the report and its summaries, each on a line of its own."""
    _write(extent, asked, "summaries", map(_summary, summaries), out)


def write_coverage(
    extent: Extent, counts: Iterable[StatusCount], out: IO[str], asked: Mapping[str, str | None]
) -> None:
    """Write the report and its counts, each on a line of its own."""
    _write(extent, asked, "counts", map(_count, counts), out)


def write_timelines(
    extent: Extent, timelines: Iterable[Timeline], out: IO[str], asked: Mapping[str, str | None]
) -> None:
    """Write the report and its timelines, each on a line of its own."""
    _write(extent, asked, "timelines", map(_timeline, timelines), out)


def _write(
    extent: Extent, asked: Mapping[str, str | None], name: str, items: Iterator[dict[str, Any]], out: IO[str]
) -> None:
    head = {
        **asked,
        "start_time": text(extent.start),
        "end_time": text(extent.end),
        "as_of": text(extent.as_of),
        "time_zone": extent.zone_name,
        "known_since": text(extent.known_since),
    }
    out.write(f'{json_text(head)[:-1]},\n"{name}": [')
    separator = "\n"
    for item in items:
        out.write(separator + json_text(item))
        separator = ",\n"
    out.write("\n]}\n")


def _summary(summary: TimeSummary) -> dict[str, Any]:
    return {
        "user_id": summary.user_id,
        "display_name": summary.display_name,
        "team_id": summary.team_id,
        "people": summary.people,
        "erased": summary.erased,
        "buckets": [_bucket(bucket) for bucket in summary.buckets],
    }


def _bucket(bucket: TimeBucket) -> dict[str, Any]:
    return {
        "start_time": text(bucket.start_time),
        "end_time": text(bucket.end_time),
        "times": [{"status": it.status, "cause": it.cause, "seconds": _seconds(it.duration)} for it in bucket.times],
        "unknown_seconds": _seconds(bucket.unknown),
        "elsewhere_seconds": _seconds(bucket.elsewhere),
        "connected_seconds": _seconds(bucket.connected),
        "engaged_seconds": _seconds(bucket.engaged),
    }


def _count(count: StatusCount) -> dict[str, Any]:
    numbers = (None, None, None) if count.unknown else (count.online, count.away, count.offline)
    return {
        "time": text(count.time),
        **dict(zip(("online", "away", "offline"), numbers, strict=True)),
        "unknown": count.unknown,
    }


def _timeline(timeline: Timeline) -> dict[str, Any]:
    return {
        "user_id": timeline.user_id,
        "display_name": timeline.display_name,
        "team_id": timeline.team_id,
        "erased": timeline.erased,
        "intervals": [
            {
                "start_time": text(it.start_time),
                "end_time": text(it.end_time),
                "status": it.status,
                "cause": it.cause,
                "elsewhere": it.elsewhere,
            }
            for it in timeline.intervals
        ],
    }


def _seconds(period: timedelta | None) -> float | None:
    return None if period is None else milliseconds(period) / 1_000
