"""The calls of the clients for reports, and about accounts' settings, as sent and as answered."""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.call_cases import NOON, NOON_S, Case

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    Account,
    Bucket,
    Cause,
    Status,
    StatusCount,
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

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TIMELINE_MESSAGE = pb.Timeline(
    user_id="ann",
    display_name="Ann Ek",
    team_id="day",
    intervals=[
        pb.TimelineInterval(start_time=Timestamp(seconds=NOON_S), end_time=Timestamp(seconds=NOON_S + 1)),
        pb.TimelineInterval(
            start_time=Timestamp(seconds=NOON_S + 1),
            end_time=Timestamp(seconds=NOON_S + 2),
            status=pb.STATUS_AWAY,
            cause=pb.CAUSE_DISCONNECT,
        ),
        pb.TimelineInterval(
            start_time=Timestamp(seconds=NOON_S + 2), end_time=Timestamp(seconds=NOON_S + 3), elsewhere=True
        ),
    ],
)
SUMMARY_MESSAGE = pb.TimeSummary(
    user_id="ann",
    display_name="Ann Ek",
    team_id="day",
    people=1,
    buckets=[
        pb.TimeBucket(
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 3_600),
            times=[
                pb.StatusTime(status=pb.STATUS_ONLINE, cause=pb.CAUSE_ACTIVITY, duration=Duration(seconds=1_800)),
                pb.StatusTime(
                    status=pb.STATUS_AWAY, cause=pb.CAUSE_INACTIVITY, duration=Duration(seconds=599, nanos=999_000_000)
                ),
                pb.StatusTime(status=pb.STATUS_AWAY, cause=pb.CAUSE_MANUAL, duration=Duration(nanos=1_000_000)),
            ],
            unknown=Duration(seconds=900),
            elsewhere=Duration(seconds=300),
            connected=Duration(seconds=60),
        )
    ],
)
SUMMARY = TimeSummary(
    user_id="ann",
    display_name="Ann Ek",
    team_id="day",
    people=1,
    erased=False,
    buckets=(
        TimeBucket(
            start_time=NOON,
            end_time=NOON + HOUR,
            times=(
                StatusTime(Status.ONLINE, Cause.ACTIVITY, HOUR / 2),
                StatusTime(Status.AWAY, Cause.INACTIVITY, timedelta(seconds=599, milliseconds=999)),
                StatusTime(Status.AWAY, Cause.MANUAL, timedelta(milliseconds=1)),
            ),
            unknown=timedelta(minutes=15),
            elsewhere=timedelta(minutes=5),
            connected=timedelta(minutes=1),
            engaged=None,
        ),
    ),
)

REPORT_CASES = [
    Case(
        "summarize_time_page",
        ("acme", NOON, NOON + DAY),
        {
            "bucket": Bucket.HOUR,
            "time_zone": "Europe/Berlin",
            "group": TimeGroup.USER,
            "user_ids": ["ann"],
            "team_id": "day",
            "page_size": 2,
            "page_token": "t1",
        },
        pb.SummarizeTimeRequest(
            account_id="acme",
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 86_400),
            bucket=pb.BUCKET_HOUR,
            time_zone="Europe/Berlin",
            group=pb.TIME_GROUP_USER,
            user_ids=["ann"],
            team_id="day",
            page_size=2,
            page_token="t1",
        ),
        pb.SummarizeTimeResponse(
            summaries=[SUMMARY_MESSAGE],
            next_page_token="t2",
            as_of=Timestamp(seconds=NOON_S + 3_600),
            time_zone="Europe/Berlin",
            known_since=Timestamp(seconds=NOON_S - 1),
        ),
        TimeSummaryPage((SUMMARY,), "t2", NOON + HOUR, "Europe/Berlin", NOON - timedelta(seconds=1)),
    ),
    Case(
        "summarize_time_page",
        ("acme", NOON, NOON + DAY),
        {},
        pb.SummarizeTimeRequest(
            account_id="acme",
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 86_400),
            group=pb.TIME_GROUP_ALL,
        ),
        pb.SummarizeTimeResponse(as_of=Timestamp(seconds=NOON_S), time_zone="UTC"),
        TimeSummaryPage((), "", NOON, "UTC", None),
    ),
    Case(
        "count_by_status",
        ("acme", NOON, NOON + DAY),
        {"step": Bucket.QUARTER_HOUR, "time_zone": "Asia/Kolkata", "team_id": "day"},
        pb.CountByStatusRequest(
            account_id="acme",
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 86_400),
            step=pb.BUCKET_QUARTER_HOUR,
            time_zone="Asia/Kolkata",
            team_id="day",
        ),
        pb.CountByStatusResponse(
            counts=[
                pb.StatusCount(time=Timestamp(seconds=NOON_S), unknown=True),
                pb.StatusCount(time=Timestamp(seconds=NOON_S + 900), online=3, away=2, offline=1),
            ],
            as_of=Timestamp(seconds=NOON_S + 1_000),
            time_zone="Asia/Kolkata",
            known_since=Timestamp(seconds=NOON_S + 1),
        ),
        StatusCounts(
            (
                StatusCount(NOON, 0, 0, 0, unknown=True),
                StatusCount(NOON + timedelta(minutes=15), online=3, away=2, offline=1),
            ),
            NOON + timedelta(seconds=1_000),
            "Asia/Kolkata",
            NOON + timedelta(seconds=1),
        ),
    ),
    Case(
        "list_timelines_page",
        ("acme", NOON, NOON + DAY),
        {"user_ids": ["ann"], "team_id": "day", "page_size": 2, "page_token": "t1"},
        pb.ListTimelinesRequest(
            account_id="acme",
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 86_400),
            user_ids=["ann"],
            team_id="day",
            page_size=2,
            page_token="t1",
        ),
        pb.ListTimelinesResponse(
            timelines=[TIMELINE_MESSAGE], next_page_token="t2", as_of=Timestamp(seconds=NOON_S + 3)
        ),
        TimelinePage(
            (
                Timeline(
                    user_id="ann",
                    display_name="Ann Ek",
                    team_id="day",
                    erased=False,
                    intervals=(
                        TimelineInterval(NOON, NOON + timedelta(seconds=1), None, None, elsewhere=False),
                        TimelineInterval(
                            NOON + timedelta(seconds=1),
                            NOON + timedelta(seconds=2),
                            Status.AWAY,
                            Cause.DISCONNECT,
                            elsewhere=False,
                        ),
                        TimelineInterval(
                            NOON + timedelta(seconds=2), NOON + timedelta(seconds=3), None, None, elsewhere=True
                        ),
                    ),
                ),
            ),
            "t2",
            NOON + timedelta(seconds=3),
            None,
        ),
    ),
    Case(
        "get_account",
        ("acme",),
        {},
        pb.GetAccountRequest(account_id="acme"),
        pb.GetAccountResponse(account=pb.Account(account_id="acme")),
        Account("acme", "UTC"),
    ),
    Case(
        "update_account",
        ("acme",),
        {"time_zone": "Europe/Berlin"},
        pb.UpdateAccountRequest(
            account=pb.Account(account_id="acme", time_zone="Europe/Berlin"),
            update_mask=FieldMask(paths=["time_zone"]),
        ),
        pb.UpdateAccountResponse(account=pb.Account(account_id="acme", time_zone="Europe/Berlin")),
        Account("acme", "Europe/Berlin"),
    ),
]
