"""Encodes what reports are answered with, part by part, so that no other call waits for one of thousands of parts.

A message of so many parts would be encoded in one go, and let go of in another. Protobuf takes pieces for one message:
those of a repeated field are put behind each other. Invariant: fields come in the order of their numbers, so the bytes
are protobuf's own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, NamedTuple, TypeVar

from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb

from ..app.pacing import Pace
from ..app.summing import StatusCount, TimeBucket, Timeline, TimeSummary
from ..domain.status import STATES, State, Status
from ..domain.tallies import Key
from . import convert
from .status_bytes import data_field

T = TypeVar("T")

_STEP: Final = 25
"""Buckets that are encoded before other calls get their turn: 0.3 ms of work."""
_SMALL_STEP: Final = 100
"""The same of counts and intervals."""
_summary: Final = data_field(pb.SummarizeTimeResponse.SUMMARIES_FIELD_NUMBER)
_bucket: Final = data_field(pb.TimeSummary.BUCKETS_FIELD_NUMBER)
_timeline: Final = data_field(pb.ListTimelinesResponse.TIMELINES_FIELD_NUMBER)
_NUMBERS: Final = {
    state: (convert.STATUS_NUMBERS[state.status], convert.CAUSE_NUMBERS[state.cause])
    for state in State
    if state.cause is not None
}
"""By state: the numbers of its status and cause."""


async def answer_with_summaries(summaries: list[TimeSummary], rest: pb.SummarizeTimeResponse) -> bytes:
    """Encode the answer that has these summaries, which are taken out of the list, and the other fields of `rest`."""
    parts: list[bytes] = []
    pace = Pace(_STEP)
    for summary in _taken(summaries):
        head = pb.TimeSummary(
            user_id=summary.user_id,
            display_name=summary.profile.display_name,
            team_id=summary.profile.team_id,
            people=summary.people,
            erased=summary.erased,
        )
        inner = [head.SerializeToString()]
        for bucket in summary.buckets:
            inner.append(_bucket(_to_bucket(bucket).SerializeToString()))
            await pace.did(1)
        parts.append(_summary(b"".join(inner)))
    return b"".join([*parts, rest.SerializeToString()])


async def answer_with_counts(counts: list[StatusCount], rest: pb.CountByStatusResponse) -> bytes:
    """Encode the answer that has these counts, which are taken out of the list, and the other fields of `rest`."""
    pace = Pace(_SMALL_STEP)
    encoded = _encoded(_taken(counts), pace, lambda some: pb.CountByStatusResponse(counts=map(_to_count, some)))
    parts = [part async for part in encoded]
    return b"".join([*parts, rest.SerializeToString()])


async def answer_with_timelines(timelines: list[Timeline], team_id: str, rest: pb.ListTimelinesResponse) -> bytes:
    """Encode the answer that has these timelines, which are taken out of the list, and the other fields of `rest`.

    If `team_id` names a team, what people were in others is not told.
    """
    parts: list[bytes] = []
    pace = Pace(_SMALL_STEP)
    for timeline in _taken(timelines):
        person = timeline.person
        head = pb.Timeline(
            user_id=person.user_id,
            display_name=person.profile.display_name,
            team_id=person.profile.team_id,
            erased=not person.user_id,
        )
        encoded = _encoded(
            _shown_intervals(timeline, team_id), pace, lambda some: pb.Timeline(intervals=map(_to_interval, some))
        )
        inner = [part async for part in encoded]
        parts.append(_timeline(b"".join([head.SerializeToString(), *inner])))
    return b"".join([*parts, rest.SerializeToString()])


def _taken(items: list[T]) -> Iterator[T]:
    """Take items out of a list, first to last, so that each is let go of when it has been encoded."""
    items.reverse()
    while items:
        yield items.pop()


async def _encoded(
    items: Iterator[T], pace: Pace, message_of: Callable[[Sequence[T]], Message]
) -> AsyncIterator[bytes]:
    """Yield the encoding of messages that have some of the items each, and give other calls their turns in between."""
    while some := list(islice(items, _SMALL_STEP)):
        yield message_of(some).SerializeToString()
        await pace.did(len(some))


def _to_bucket(bucket: TimeBucket) -> pb.TimeBucket:
    message = pb.TimeBucket()
    convert.fill_timestamp(message.start_time, bucket.start)
    convert.fill_timestamp(message.end_time, bucket.end)
    by_kind: dict[tuple[int, int], int] = {}
    for state, time_ms in bucket.times:
        kind = _NUMBERS[state]
        by_kind[kind] = by_kind.get(kind, 0) + time_ms
    for (status, cause), time_ms in sorted(by_kind.items()):
        message.times.add(status=status, cause=cause, duration=convert.to_duration(time_ms))
    message.unknown.CopyFrom(convert.to_duration(bucket.unknown))
    if bucket.elsewhere:
        message.elsewhere.CopyFrom(convert.to_duration(bucket.elsewhere))
    if bucket.connected:
        message.connected.CopyFrom(convert.to_duration(bucket.connected))
    if bucket.engaged:
        message.engaged.CopyFrom(convert.to_duration(bucket.engaged))
    return message


def _to_count(count: StatusCount) -> pb.StatusCount:
    message = pb.StatusCount(unknown=count.counts is None)
    convert.fill_timestamp(message.time, count.time)
    if count.counts is not None:
        message.online = count.counts[Status.ONLINE]
        message.away = count.counts[Status.AWAY]
        message.offline = count.counts[Status.OFFLINE]
    return message


class _Shown(NamedTuple):
    """The status shown of a person and its cause, and whether that was in another team than was asked for."""

    status: pb.Status.ValueType = pb.STATUS_UNSPECIFIED
    cause: pb.Cause.ValueType = pb.CAUSE_UNSPECIFIED
    elsewhere: bool = False


def _shown(key: Key | None, team_id: str) -> _Shown:
    if key is None or (team_id and key.team_id != team_id):
        return _Shown(elsewhere=key is not None)
    return _Shown(*_NUMBERS[STATES[key.code]])


def _shown_intervals(timeline: Timeline, team_id: str) -> Iterator[tuple[int, int, _Shown]]:
    """Yield the begin, the end and what is shown of each interval; of those that look alike, one."""
    by_look = groupby(timeline.intervals, lambda interval: _shown(interval.key, team_id))
    for shown, intervals in by_look:
        alike = list(intervals)
        yield alike[0].start, alike[-1].end, shown


def _to_interval(interval: tuple[int, int, _Shown]) -> pb.TimelineInterval:
    start, end, (status, cause, elsewhere) = interval
    message = pb.TimelineInterval(status=status, cause=cause, elsewhere=elsewhere)
    convert.fill_timestamp(message.start_time, start)
    convert.fill_timestamp(message.end_time, end)
    return message
