"""Converts the messages of reports, and accounts' settings, as `_convert` does the others."""

from datetime import datetime, timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._report_types import (
    Account,
    Bucket,
    StatusCounts,
    StatusTime,
    TimeBucket,
    TimeGroup,
    Timeline,
    TimelineInterval,
    TimelinePage,
    TimeSummary,
    TimeSummaryPage,
)

_WHOLE: Final = "UNSPECIFIED"


def bucket_to_proto(bucket: Bucket) -> pb.Bucket.ValueType:
    """Convert the length of buckets. Raises ValueError for other values."""
    name = convert.sendable(bucket, Bucket)
    return pb.Bucket.Value(f"BUCKET_{_WHOLE if name == Bucket.WHOLE else name}")


def group_to_proto(group: TimeGroup) -> pb.TimeGroup.ValueType:
    """Convert whose time is added up. Raises ValueError for other values."""
    return pb.TimeGroup.Value(f"TIME_GROUP_{convert.sendable(group, TimeGroup)}")


def account(message: pb.Account) -> Account:
    """Convert an account's settings."""
    return Account(message.account_id, message.time_zone or "UTC")


def summary_page(message: pb.SummarizeTimeResponse) -> TimeSummaryPage:
    """Convert a page of summaries."""
    return TimeSummaryPage(
        items=tuple(map(_summary, message.summaries)),
        next_page_token=message.next_page_token,
        as_of=convert.time(message.as_of),
        time_zone=message.time_zone,
        known_since=_known_since(message),
    )


def counts(message: pb.CountByStatusResponse) -> StatusCounts:
    """Convert counts of people."""
    return StatusCounts(
        counts=tuple(map(convert.status_count, message.counts)),
        as_of=convert.time(message.as_of),
        time_zone=message.time_zone,
        known_since=_known_since(message),
    )


def timeline_page(message: pb.ListTimelinesResponse) -> TimelinePage:
    """Convert a page of timelines."""
    return TimelinePage(
        items=tuple(map(_timeline, message.timelines)),
        next_page_token=message.next_page_token,
        as_of=convert.time(message.as_of),
        known_since=_known_since(message),
    )


def _known_since(
    message: pb.SummarizeTimeResponse | pb.CountByStatusResponse | pb.ListTimelinesResponse,
) -> datetime | None:
    return convert.time(message.known_since) if message.HasField("known_since") else None


def _summary(message: pb.TimeSummary) -> TimeSummary:
    return TimeSummary(
        user_id=message.user_id,
        display_name=message.display_name,
        team_id=message.team_id,
        people=message.people,
        erased=message.erased,
        buckets=tuple(map(_bucket, message.buckets)),
    )


def _bucket(message: pb.TimeBucket) -> TimeBucket:
    return TimeBucket(
        start_time=convert.time(message.start_time),
        end_time=convert.time(message.end_time),
        times=tuple(
            StatusTime(convert.status(each.status), convert.cause(each.cause), _period(each.duration))
            for each in message.times
        ),
        unknown=_period(message.unknown),
        elsewhere=_period(message.elsewhere),
        connected=_period(message.connected) if message.HasField("connected") else None,
        engaged=_period(message.engaged) if message.HasField("engaged") else None,
    )


def _period(message: Duration) -> timedelta:
    return timedelta(seconds=message.seconds, microseconds=message.nanos // 1_000)


def _timeline(message: pb.Timeline) -> Timeline:
    return Timeline(
        user_id=message.user_id,
        display_name=message.display_name,
        team_id=message.team_id,
        erased=message.erased,
        intervals=tuple(map(_interval, message.intervals)),
    )


def _interval(message: pb.TimelineInterval) -> TimelineInterval:
    return TimelineInterval(
        start_time=convert.time(message.start_time),
        end_time=convert.time(message.end_time),
        status=convert.status(message.status) if message.status else None,
        cause=convert.cause(message.cause) if message.status else None,
        elsewhere=message.elsewhere,
    )
