"""The course of a user of a fake service, for reports: statuses, teams, sessions and engagements.

Invariant: a track says the same of every time that has passed, whatever happens later. Nothing of it names the user.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from onduty.v1 import status_pb2 as pb

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_WIDTHS: Final = {pb.BUCKET_QUARTER_HOUR: timedelta(minutes=15), pb.BUCKET_HOUR: timedelta(hours=1)}


class Key(NamedTuple):
    """A status in a team."""

    status: pb.Status.ValueType
    cause: pb.Cause.ValueType
    team_id: str


class Stretch(NamedTuple):
    """A stretch of time with the same key: None before the user was first seen, and after an erasure."""

    start: datetime
    end: datetime
    key: Key | None

    def within(self, start: datetime, end: datetime) -> timedelta:
        """Return how long of it is between two times."""
        return max(min(self.end, end) - max(self.start, start), timedelta(0))


class Presence:
    """When leases of a user lived, all sessions or all engagements taken together."""

    def __init__(self) -> None:
        self._spans: list[tuple[datetime, datetime]] = []

    def note(self, now: datetime, end: datetime) -> None:
        """Take note that from `now` on they live until `end`, or not any more if that has passed."""
        if self._spans and self._spans[-1][1] >= now:
            self._spans[-1] = (self._spans[-1][0], max(end, now))
        elif end > now:
            self._spans.append((now, end))

    def within(self, start: datetime, end: datetime) -> timedelta:
        """Return for how long they lived between two times."""
        return sum((Stretch(*span, None).within(start, end) for span in self._spans), timedelta(0))


@dataclass(slots=True)
class Track:
    """The course of one user."""

    steps: list[tuple[datetime, Key | None]] = field(default_factory=list)
    sessions: Presence = field(default_factory=Presence)
    engagements: Presence = field(default_factory=Presence)

    def note(self, time: datetime, key: Key | None) -> None:
        """Take note of a change at `time`, not before the last one. None: the user is erased."""
        self.steps.append((time, key))
        if key is None:
            self.sessions.note(time, time)
            self.engagements.note(time, time)

    def teams(self, start: datetime, end: datetime) -> set[str]:
        """Return the teams of the user between two times, "" among them, also those of a moment only."""
        found, key = set[str](), None
        for time, next_key in self.steps:
            if time >= end:
                break
            if time > start and key is not None:
                found.add(key.team_id)
            key = next_key
        return found if key is None or start >= end else {*found, key.team_id}

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Yield what the user was between two times, without gaps. None of the stretches is empty."""
        since, key = start, None
        for time, next_key in self.steps:
            if time >= end:
                break
            if time > since:
                yield Stretch(since, time, key)
                since = time
            key = next_key
        if since < end:
            yield Stretch(since, end, key)


def bounds(start: datetime, end: datetime, bucket: pb.Bucket.ValueType, zone: tzinfo) -> list[datetime]:
    """Return the bounds of the buckets of [start, end); only `start` if that is empty."""
    found = [start]
    while found[-1] < end:
        found.append(min(_next(found[-1], bucket, zone, end), end))
    return found


def _next(time: datetime, bucket: pb.Bucket.ValueType, zone: tzinfo, end: datetime) -> datetime:
    local = time.astimezone(zone)
    if bucket == pb.BUCKET_DAY:
        day = local.date()
        while True:
            day += _DAY
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
            if midnight > time:
                return midnight
    if (width := _WIDTHS.get(bucket)) is None:
        return end
    return time + width - (time - _EPOCH + (local.utcoffset() or timedelta(0))) % width
