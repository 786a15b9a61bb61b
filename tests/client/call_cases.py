"""The calls of the clients as they are sent, and what their answers are made into: those about statuses and leases."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Cause,
    Page,
    Resume,
    Status,
    StatusChange,
    Then,
    UserStatus,
    Workflow,
)

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
NOON_S = 1_795_348_800
NAIVE = NOON.replace(tzinfo=None)
USER_STATUS_MESSAGE = pb.UserStatus(
    account_id="acme",
    user_id="ann",
    status=pb.STATUS_AWAY,
    available=False,
    cause=pb.CAUSE_MANUAL,
    status_since=Timestamp(seconds=NOON_S, nanos=1_000_000),
    last_activity_time=Timestamp(seconds=NOON_S - 60),
    next_status=pb.STATUS_OFFLINE,
    next_status_time=Timestamp(seconds=NOON_S + 1_800),
    actor="sue",
    reason="lunch",
    revision=7,
    expire_time=Timestamp(seconds=NOON_S + 3_600, nanos=500_000_000),
    then=pb.THEN_ONLINE,
    connected=True,
    engagements=2,
    next_cause=pb.CAUSE_DISCONNECT,
    display_name="Ann Ek",
    team_id="day",
)
USER_STATUS = UserStatus(
    account_id="acme",
    user_id="ann",
    status=Status.AWAY,
    available=False,
    cause=Cause.MANUAL,
    status_since=NOON + timedelta(milliseconds=1),
    last_activity_time=NOON - timedelta(minutes=1),
    next_status=Status.OFFLINE,
    next_status_time=NOON + timedelta(minutes=30),
    actor="sue",
    reason="lunch",
    revision=7,
    expire_time=NOON + timedelta(hours=1, milliseconds=500),
    then=Then.ONLINE,
    connected=True,
    engagements=2,
    next_cause=Cause.DISCONNECT,
    display_name="Ann Ek",
    team_id="day",
)
WORKFLOW_MESSAGE = pb.Workflow(
    account_id="acme",
    enabled=True,
    away_after=Duration(seconds=600),
    offline_after=Duration(seconds=1_800, nanos=500_000_000),
    resume=pb.RESUME_NEVER,
    keep_manual_away=True,
    etag="e1",
    update_time=Timestamp(seconds=NOON_S),
    updated_by="sue",
    enabled_time=Timestamp(seconds=NOON_S - 1),
    disconnect_after=Duration(seconds=60),
    disconnect_status=pb.STATUS_AWAY,
)
TEAM_WORKFLOW_MESSAGE = pb.Workflow(account_id="acme", team_id="day", etag="e2", resume=pb.RESUME_NEVER)
TEAM_WORKFLOW = Workflow(
    *("acme", False, None, None, Resume.NEVER, False, "e2", None, "", None),
    team_id="day",
)
WORKFLOW = Workflow(
    account_id="acme",
    enabled=True,
    away_after=timedelta(minutes=10),
    offline_after=timedelta(minutes=30, milliseconds=500),
    resume=Resume.NEVER,
    keep_manual_away=True,
    etag="e1",
    update_time=NOON,
    updated_by="sue",
    enabled_time=NOON - timedelta(seconds=1),
    disconnect_after=timedelta(minutes=1),
    disconnect_status=Status.AWAY,
)
CHANGE_MESSAGE = pb.StatusChange(
    account_id="acme",
    user_id="ann",
    revision=7,
    previous_status=pb.STATUS_ONLINE,
    status=pb.STATUS_OFFLINE,
    cause=pb.CAUSE_INACTIVITY,
    effective_time=Timestamp(seconds=NOON_S),
    commit_time=Timestamp(seconds=NOON_S + 1),
    display_name="Ann Ek",
    team_id="day",
)
CHANGE_WITH_END_MESSAGE = pb.StatusChange(
    user_id="ann",
    status=pb.STATUS_AWAY,
    cause=pb.CAUSE_MANUAL,
    expire_time=Timestamp(seconds=NOON_S + 60),
    then=pb.THEN_AUTOMATIC,
)
CHANGE = StatusChange(
    account_id="acme",
    user_id="ann",
    revision=7,
    previous_status=Status.ONLINE,
    status=Status.OFFLINE,
    cause=Cause.INACTIVITY,
    effective_time=NOON,
    commit_time=NOON + timedelta(seconds=1),
    actor="",
    reason="",
    display_name="Ann Ek",
    team_id="day",
)


@dataclass(frozen=True)
class Case:
    """A method with its arguments, the request that they are sent as, and a response with what is made of it."""

    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    request: Message
    response: Message
    result: object


STATUS_CASES = [
    Case(
        "record_activity",
        ("acme", "ann"),
        {},
        pb.RecordActivityRequest(account_id="acme", user_id="ann"),
        pb.RecordActivityResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "record_activity",
        ("acme", "ann"),
        {"activity_time": datetime(2026, 11, 22, 13, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))},
        pb.RecordActivityRequest(
            account_id="acme", user_id="ann", activity_time=Timestamp(seconds=NOON_S, nanos=250_000_000)
        ),
        pb.RecordActivityResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "record_activity",
        ("acme", "ann"),
        {"activity_time": datetime(1969, 12, 31, 23, 59, 59, 750_000, tzinfo=UTC)},
        pb.RecordActivityRequest(
            account_id="acme", user_id="ann", activity_time=Timestamp(seconds=-1, nanos=750_000_000)
        ),
        pb.RecordActivityResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "set_status",
        ("acme", "ann", Status.AWAY),
        {},
        pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_AWAY),
        pb.SetStatusResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "set_status",
        ("acme", "ann", Status.OFFLINE),
        {"reason": "lunch", "expected_revision": 0},
        pb.SetStatusRequest(
            account_id="acme", user_id="ann", status=pb.STATUS_OFFLINE, reason="lunch", expected_revision=0
        ),
        pb.SetStatusResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "set_status",
        ("acme", "ann", Status.AWAY),
        {"until": datetime(2026, 11, 22, 13, 30, tzinfo=timezone(timedelta(hours=1))), "then": Then.ONLINE},
        pb.SetStatusRequest(
            account_id="acme",
            user_id="ann",
            status=pb.STATUS_AWAY,
            expire_time=Timestamp(seconds=NOON_S + 1_800),
            then=pb.THEN_ONLINE,
        ),
        pb.SetStatusResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "set_status",
        ("acme", "ann", Status.AWAY),
        {"ttl": timedelta(minutes=30)},
        pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_AWAY, ttl=Duration(seconds=1_800)),
        pb.SetStatusResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "keep_session",
        ("acme", "ann", "tab-1"),
        {},
        pb.KeepSessionRequest(account_id="acme", user_id="ann", session_id="tab-1"),
        pb.KeepSessionResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "keep_session",
        ("acme", "ann", "tab-1"),
        {"ttl": timedelta(minutes=5), "idle_for": timedelta(0)},
        pb.KeepSessionRequest(
            account_id="acme", user_id="ann", session_id="tab-1", ttl=Duration(seconds=300), idle_for=Duration()
        ),
        pb.KeepSessionResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "end_session",
        ("acme", "ann", "tab-1"),
        {},
        pb.EndSessionRequest(account_id="acme", user_id="ann", session_id="tab-1"),
        pb.EndSessionResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "keep_engagement",
        ("acme", "ann", "call-1"),
        {"ttl": timedelta(seconds=10.5)},
        pb.KeepEngagementRequest(
            account_id="acme", user_id="ann", engagement_id="call-1", ttl=Duration(seconds=10, nanos=500_000_000)
        ),
        pb.KeepEngagementResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "end_engagement",
        ("acme", "ann", "call-1"),
        {},
        pb.EndEngagementRequest(account_id="acme", user_id="ann", engagement_id="call-1"),
        pb.EndEngagementResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "get_status",
        ("acme", "ann"),
        {},
        pb.GetStatusRequest(account_id="acme", user_id="ann"),
        pb.GetStatusResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "batch_get_statuses",
        ("acme", ["ann", "bob"]),
        {},
        pb.BatchGetStatusesRequest(account_id="acme", user_ids=["ann", "bob"]),
        pb.BatchGetStatusesResponse(user_statuses=[USER_STATUS_MESSAGE], unknown_user_ids=["bob"]),
        BatchStatuses(user_statuses=(USER_STATUS,), unknown_user_ids=("bob",)),
    ),
    Case(
        "list_statuses_page",
        ("acme",),
        {},
        pb.ListStatusesRequest(account_id="acme"),
        pb.ListStatusesResponse(user_statuses=[USER_STATUS_MESSAGE], next_page_token="t2"),
        Page(items=(USER_STATUS,), next_page_token="t2"),
    ),
    Case(
        "list_statuses_page",
        ("acme",),
        {"statuses": [Status.AWAY, Status.ONLINE], "team_id": "day", "page_size": 5, "page_token": "t1"},
        pb.ListStatusesRequest(
            account_id="acme",
            statuses=[pb.STATUS_AWAY, pb.STATUS_ONLINE],
            team_id="day",
            page_size=5,
            page_token="t1",
        ),
        pb.ListStatusesResponse(),
        Page(items=(), next_page_token=""),
    ),
    Case(
        "available_users",
        ("acme",),
        {},
        pb.ListAvailableUsersRequest(account_id="acme", order=pb.AVAILABILITY_ORDER_LONGEST_AVAILABLE),
        pb.ListAvailableUsersResponse(user_statuses=[USER_STATUS_MESSAGE], available_count=12),
        AvailableUsers(user_statuses=(USER_STATUS,), available_count=12),
    ),
    Case(
        "available_users",
        ("acme",),
        {"order": AvailabilityOrder.LONGEST_IDLE, "limit": 3, "max_engagements": 2, "team_id": "day"},
        pb.ListAvailableUsersRequest(
            account_id="acme",
            order=pb.AVAILABILITY_ORDER_LONGEST_IDLE,
            limit=3,
            max_engagements=2,
            team_id="day",
        ),
        pb.ListAvailableUsersResponse(),
        AvailableUsers(user_statuses=(), available_count=0),
    ),
    Case(
        "list_status_changes_page",
        ("acme",),
        {},
        pb.ListStatusChangesRequest(account_id="acme"),
        pb.ListStatusChangesResponse(changes=[CHANGE_MESSAGE], next_page_token="t2"),
        Page(items=(CHANGE,), next_page_token="t2"),
    ),
    Case(
        "list_status_changes_page",
        ("acme",),
        {
            "user_id": "ann",
            "team_id": "day",
            "start_time": NOON,
            "end_time": NOON + timedelta(hours=1),
            "page_size": 5,
            "page_token": "t1",
        },
        pb.ListStatusChangesRequest(
            account_id="acme",
            user_id="ann",
            team_id="day",
            start_time=Timestamp(seconds=NOON_S),
            end_time=Timestamp(seconds=NOON_S + 3_600),
            page_size=5,
            page_token="t1",
        ),
        pb.ListStatusChangesResponse(),
        Page(items=(), next_page_token=""),
    ),
]
