"""What each call sends, and what is made of its answer; with both clients."""

import enum
import inspect
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.scripted import Driver, ScriptedService

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    UNCHANGED,
    AsyncClient,
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Caller,
    CallerGrant,
    Cause,
    Client,
    FieldViolation,
    LogTimeFormat,
    OndutyError,
    Page,
    Resume,
    RevisionConflict,
    SimulatedSwitches,
    Simulation,
    SimulationSummary,
    Status,
    StatusChange,
    StatusSetting,
    Team,
    Then,
    UserStatus,
    Workflow,
    WorkflowChange,
    WorkflowImpact,
    WorkflowImpactQuarter,
    WorkflowImpactSwitch,
    WorkflowUpdate,
    _lease_requests,
    _people_requests,
    _requests,
    _rpcs,
    _workflow_requests,
)

pytestmark = pytest.mark.both_doors

DEFINITIONS = (_requests, _lease_requests, _workflow_requests, _people_requests)
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


def test_every_unary_method_of_the_service_has_a_call_of_its_types() -> None:
    unary = {
        method.name: (method.input_type, method.output_type)
        for method in pb.DESCRIPTOR.services_by_name["StatusService"].methods
        if not method.client_streaming and not method.server_streaming
    }
    assert {rpc.name: (rpc.request.DESCRIPTOR, rpc.response.DESCRIPTOR) for rpc in _rpcs.RPCS} == unary


def test_only_calls_that_change_nothing_when_repeated_may_be_repeated() -> None:
    assert {rpc.name for rpc in _rpcs.RPCS if not rpc.repeatable} == {
        *("SetStatus", "BatchSetStatus", "UpdateWorkflow"),
        *("DeleteWorkflow", "DeleteUser", "DeleteAccount"),
    }


@pytest.mark.parametrize(
    ("python", "proto", "prefix", "more"),
    [
        (Status, pb.Status, "STATUS_", {"UNKNOWN"}),
        (Cause, pb.Cause, "CAUSE_", {"UNKNOWN"}),
        (Resume, pb.Resume, "RESUME_", {"UNKNOWN"}),
        (Then, pb.Then, "THEN_", {"UNKNOWN"}),
        (AvailabilityOrder, pb.AvailabilityOrder, "AVAILABILITY_ORDER_", set()),
        (LogTimeFormat, pb.LogTimeFormat, "LOG_TIME_FORMAT_", set()),
    ],
)
def test_the_enums_are_those_of_the_proto(python: type[enum.StrEnum], proto: Any, prefix: str, more: set[str]) -> None:
    named = {value.name.removeprefix(prefix) for value in proto.DESCRIPTOR.values if value.number}
    assert {member.value for member in python} == named | more
    assert all(member.name == member.value for member in python)


def test_both_clients_have_the_same_methods_with_the_parameters_and_words_of_the_definition() -> None:
    def public(client: type) -> dict[str, Any]:
        return {name: method for name, method in vars(client).items() if not name.startswith("_") and name != "close"}

    assert list(public(Client)) == list(public(AsyncClient))
    helpers = ["session", "engagement", "watch", "upload_activities"]
    for name in helpers:
        one, other = (inspect.signature(public(client)[name]) for client in (Client, AsyncClient))
        assert one.parameters == other.parameters
    for client in (Client, AsyncClient):
        for name, method in public(client).items():
            if name in helpers:
                continue
            (definition,) = (vars(module)[name] for module in DEFINITIONS if name in vars(module))
            myself, *parameters = inspect.signature(method).parameters.values()
            assert myself.name == "self"
            assert parameters == list(inspect.signature(definition).parameters.values())
            assert method.__doc__ == definition.__doc__
    assert inspect.signature(Client.get_status).return_annotation is UserStatus
    assert inspect.iscoroutinefunction(AsyncClient.get_status)


@dataclass(frozen=True)
class Case:
    """A method with its arguments, the request that they are sent as, and a response with what is made of it."""

    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    request: Message
    response: Message
    result: object


CASES = [
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
        "list_workflow_changes_page",
        ("acme",),
        {"page_size": 5, "page_token": "t1"},
        pb.ListWorkflowChangesRequest(account_id="acme", page_size=5, page_token="t1"),
        pb.ListWorkflowChangesResponse(
            changes=[
                pb.WorkflowChange(revision=9, workflow=WORKFLOW_MESSAGE, previous_workflow=WORKFLOW_MESSAGE),
                pb.WorkflowChange(revision=2, workflow=WORKFLOW_MESSAGE),
            ],
            next_page_token="t2",
        ),
        Page(
            items=(WorkflowChange(9, WORKFLOW, WORKFLOW), WorkflowChange(2, WORKFLOW, None)),
            next_page_token="t2",
        ),
    ),
    Case(
        "list_workflow_changes_page",
        ("acme",),
        {"team_id": "day"},
        pb.ListWorkflowChangesRequest(account_id="acme", team_id="day"),
        pb.ListWorkflowChangesResponse(
            changes=[
                pb.WorkflowChange(
                    revision=9,
                    team_id="day",
                    workflow=WORKFLOW_MESSAGE,
                    previous_workflow=TEAM_WORKFLOW_MESSAGE,
                    deleted=True,
                )
            ]
        ),
        Page((WorkflowChange(9, WORKFLOW, TEAM_WORKFLOW, "day", deleted=True),), ""),
    ),
    Case(
        "update_user",
        ("acme", "ann"),
        {"display_name": "Ann Ek", "team_id": ""},
        pb.UpdateUserRequest(
            user=pb.User(account_id="acme", user_id="ann", display_name="Ann Ek", team_id=""),
            update_mask=FieldMask(paths=["display_name", "team_id"]),
        ),
        pb.UpdateUserResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "update_user",
        ("acme", "ann"),
        {"team_id": "day"},
        pb.UpdateUserRequest(
            user=pb.User(account_id="acme", user_id="ann", team_id="day"), update_mask=FieldMask(paths=["team_id"])
        ),
        pb.UpdateUserResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "delete_user",
        ("acme", "ann"),
        {},
        pb.DeleteUserRequest(account_id="acme", user_id="ann"),
        pb.DeleteUserResponse(),
        None,
    ),
    Case(
        "batch_set_status",
        (
            "acme",
            [
                StatusSetting("ann", Status.AWAY, "lunch", ttl=timedelta(minutes=30), then=Then.ONLINE),
                StatusSetting("bob", Status.OFFLINE, until=NOON, expected_revision=0),
            ],
        ),
        {},
        pb.BatchSetStatusRequest(
            account_id="acme",
            requests=[
                pb.SetStatusRequest(
                    user_id="ann",
                    status=pb.STATUS_AWAY,
                    reason="lunch",
                    ttl=Duration(seconds=1_800),
                    then=pb.THEN_ONLINE,
                ),
                pb.SetStatusRequest(
                    user_id="bob",
                    status=pb.STATUS_OFFLINE,
                    expire_time=Timestamp(seconds=NOON_S),
                    expected_revision=0,
                ),
            ],
        ),
        pb.BatchSetStatusResponse(results=[pb.SetStatusResult(user_status=USER_STATUS_MESSAGE)]),
        (USER_STATUS,),
    ),
    Case(
        "list_teams_page",
        ("acme",),
        {"page_size": 2, "page_token": "t1"},
        pb.ListTeamsRequest(account_id="acme", page_size=2, page_token="t1"),
        pb.ListTeamsResponse(
            teams=[pb.Team(account_id="acme", team_id="day", user_count=3, has_workflow=True)], next_page_token="t2"
        ),
        Page((Team("acme", "day", 3, True),), "t2"),
    ),
    Case(
        "create_account",
        ("acme",),
        {},
        pb.CreateAccountRequest(account_id="acme"),
        pb.CreateAccountResponse(account=pb.Account(account_id="acme")),
        None,
    ),
    Case(
        "delete_account",
        ("acme",),
        {},
        pb.DeleteAccountRequest(account_id="acme"),
        pb.DeleteAccountResponse(),
        None,
    ),
    Case(
        "delete_workflow",
        ("acme", "day"),
        {"etag": "e1", "validate_only": True},
        pb.DeleteWorkflowRequest(account_id="acme", team_id="day", etag="e1", validate_only=True),
        pb.DeleteWorkflowResponse(workflow=WORKFLOW_MESSAGE, impact=pb.WorkflowImpact(switching_to_away=2)),
        WorkflowUpdate(WORKFLOW, WorkflowImpact(2, 0, ())),
    ),
    Case(
        "delete_workflow",
        ("acme", "day"),
        {},
        pb.DeleteWorkflowRequest(account_id="acme", team_id="day"),
        pb.DeleteWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(WORKFLOW, None),
    ),
    Case(
        "get_workflow",
        ("acme",),
        {"team_id": "day"},
        pb.GetWorkflowRequest(account_id="acme", team_id="day"),
        pb.GetWorkflowResponse(workflow=TEAM_WORKFLOW_MESSAGE),
        TEAM_WORKFLOW,
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"team_id": "day", "keep_manual_away": True, "validate_only": True},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme", team_id="day", keep_manual_away=True),
            update_mask=FieldMask(paths=["keep_manual_away"]),
            validate_only=True,
        ),
        pb.UpdateWorkflowResponse(workflow=TEAM_WORKFLOW_MESSAGE),
        WorkflowUpdate(TEAM_WORKFLOW, None),
    ),
    Case(
        "get_caller",
        (),
        {},
        pb.GetCallerRequest(),
        pb.GetCallerResponse(
            caller=pb.Caller(
                authenticated=True,
                name="kim",
                user_id="ann",
                via="token",
                grants=[
                    pb.CallerGrant(everywhere=True, permissions=["status.read"], acts_for_others=True),
                    pb.CallerGrant(account_id="acme", permissions=["status.write"], own_user_only=True),
                ],
            )
        ),
        Caller(
            authenticated=True,
            name="kim",
            user_id="ann",
            via="token",
            grants=(
                CallerGrant(None, frozenset({"status.read"}), own_user_only=False, acts_for_others=True),
                CallerGrant("acme", frozenset({"status.write"}), own_user_only=True, acts_for_others=False),
            ),
        ),
    ),
    Case(
        "list_accounts_page",
        (),
        {"page_size": 2, "page_token": "t1"},
        pb.ListAccountsRequest(page_size=2, page_token="t1"),
        pb.ListAccountsResponse(accounts=[pb.Account(account_id="acme")], next_page_token="t2"),
        Page(items=("acme",), next_page_token="t2"),
    ),
    Case(
        "simulate",
        ("acme", b"a,b"),
        {
            "away_after": timedelta(minutes=10),
            "resume": Resume.NEVER,
            "disconnect_after": timedelta(minutes=1),
            "disconnect_status": Status.AWAY,
            "time_column": "a",
            "user_column": "b",
            "kind_column": "kind",
            "time_format": LogTimeFormat.EPOCH_MS,
            "keep_order": True,
        },
        pb.SimulateRequest(
            account_id="acme",
            workflow=pb.Workflow(
                away_after=Duration(seconds=600),
                resume=pb.RESUME_NEVER,
                keep_manual_away=False,
                disconnect_after=Duration(seconds=60),
                disconnect_status=pb.STATUS_AWAY,
            ),
            log=b"a,b",
            time_column="a",
            user_column="b",
            kind_column="kind",
            time_format=pb.LOG_TIME_FORMAT_EPOCH_MS,
            keep_order=True,
        ),
        pb.SimulateResponse(
            summary=pb.SimulationSummary(
                users=2,
                activities=9,
                late_activities=1,
                first_activity_time=Timestamp(seconds=NOON_S),
                last_activity_time=Timestamp(seconds=NOON_S + 60),
                switches=[
                    pb.SimulatedSwitches(status=pb.STATUS_ONLINE, count=2),
                    pb.SimulatedSwitches(previous_status=pb.STATUS_ONLINE, status=pb.STATUS_AWAY, count=3),
                ],
                resumes=1,
                ignored_activities=4,
                active_soon_after_away=1,
                time_in_status=[pb.SimulatedTime(status=pb.STATUS_AWAY, duration=Duration(seconds=30))],
                leases=7,
                refused_leases=2,
                disconnections=3,
                reconnections=1,
                time_by_disconnect=[pb.SimulatedTime(status=pb.STATUS_AWAY, duration=Duration(seconds=20))],
            ),
            warnings=["a line was cut off"],
        ),
        Simulation(
            SimulationSummary(
                users=2,
                activities=9,
                late_activities=1,
                first_activity_time=NOON,
                last_activity_time=NOON + timedelta(minutes=1),
                switches=(
                    SimulatedSwitches(None, Status.ONLINE, 2),
                    SimulatedSwitches(Status.ONLINE, Status.AWAY, 3),
                ),
                resumes=1,
                ignored_activities=4,
                active_soon_after_away=1,
                time_in_status={Status.AWAY: timedelta(seconds=30)},
                leases=7,
                refused_leases=2,
                disconnections=3,
                reconnections=1,
                time_by_disconnect={Status.AWAY: timedelta(seconds=20)},
            ),
            ("a line was cut off",),
        ),
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
        "get_workflow",
        ("acme",),
        {},
        pb.GetWorkflowRequest(account_id="acme"),
        pb.GetWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WORKFLOW,
    ),
    Case(
        "get_workflow",
        ("acme",),
        {},
        pb.GetWorkflowRequest(account_id="acme"),
        pb.GetWorkflowResponse(
            workflow=pb.Workflow(account_id="acme", enabled=False, resume=pb.RESUME_FROM_AWAY, keep_manual_away=False)
        ),
        Workflow(
            account_id="acme",
            enabled=False,
            away_after=None,
            offline_after=None,
            resume=Resume.FROM_AWAY,
            keep_manual_away=False,
            etag="",
            update_time=None,
            updated_by="",
            enabled_time=None,
        ),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {
            "enabled": True,
            "away_after": timedelta(minutes=10),
            "offline_after": timedelta(seconds=-1.5),
            "resume": Resume.FROM_AWAY_OR_OFFLINE,
            "keep_manual_away": False,
            "etag": "e1",
        },
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(
                account_id="acme",
                enabled=True,
                away_after=Duration(seconds=600),
                offline_after=Duration(seconds=-1, nanos=-500_000_000),
                resume=pb.RESUME_FROM_AWAY_OR_OFFLINE,
                keep_manual_away=False,
                etag="e1",
            ),
            update_mask=FieldMask(paths=["enabled", "away_after", "offline_after", "resume", "keep_manual_away"]),
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"enabled": UNCHANGED, "away_after": None, "validate_only": True},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme"), update_mask=FieldMask(paths=["away_after"]), validate_only=True
        ),
        pb.UpdateWorkflowResponse(
            workflow=WORKFLOW_MESSAGE,
            impact=pb.WorkflowImpact(
                switching_to_away=2,
                switching_to_offline=1,
                next_hour=[
                    pb.WorkflowImpactQuarter(
                        end_time=Timestamp(seconds=NOON_S), switching_to_away=3, switching_to_offline=4
                    )
                ],
                switches=[
                    pb.WorkflowImpactSwitch(user_id="ann", previous_status=pb.STATUS_ONLINE, status=pb.STATUS_OFFLINE)
                ],
            ),
        ),
        WorkflowUpdate(
            workflow=WORKFLOW,
            impact=WorkflowImpact(
                switching_to_away=2,
                switching_to_offline=1,
                next_hour=(WorkflowImpactQuarter(NOON, 3, 4),),
                switches=(WorkflowImpactSwitch("ann", Status.ONLINE, Status.OFFLINE),),
            ),
        ),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"disconnect_after": timedelta(minutes=1), "disconnect_status": Status.AWAY},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(
                account_id="acme", disconnect_after=Duration(seconds=60), disconnect_status=pb.STATUS_AWAY
            ),
            update_mask=FieldMask(paths=["disconnect_after", "disconnect_status"]),
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"disconnect_after": None},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme"), update_mask=FieldMask(paths=["disconnect_after"])
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {},
        pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id="acme")),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.method)
async def test_a_call_sends_its_arguments_and_answers_in_types(
    case: Case, client: Driver, service: ScriptedService
) -> None:
    service.script(case.response)
    assert await client.call(case.method, *case.arguments, **case.options) == case.result
    assert service.last.request == case.request


def test_every_method_is_among_the_cases_or_iterates() -> None:
    methods = {name for name in vars(Client) if not name.startswith("_") and name != "close"}
    helpers = {"session", "engagement", "watch", "upload_activities"}
    iterators = {"list_statuses", "list_status_changes", "list_workflow_changes", "list_accounts", "list_teams"}
    assert {case.method for case in CASES} == methods - iterators - helpers


async def test_each_setting_of_a_batch_has_its_own_answer(client: Driver, service: ScriptedService) -> None:
    newer: Any = 99
    service.script(
        pb.BatchSetStatusResponse(
            results=[
                pb.SetStatusResult(user_status=USER_STATUS_MESSAGE),
                pb.SetStatusResult(
                    error=pb.SetStatusError(reason=pb.ERROR_REASON_REVISION_CONFLICT, message="is at 7, not at 6")
                ),
                pb.SetStatusResult(
                    error=pb.SetStatusError(reason=pb.ERROR_REASON_INVALID_FIELD, field="ttl", message="is too long")
                ),
                pb.SetStatusResult(error=pb.SetStatusError(reason=newer, message="is on holiday")),
            ]
        )
    )
    settings = [StatusSetting(user_id, Status.AWAY) for user_id in ("ann", "bob", "cid", "dan")]
    ann, conflict, invalid, unknown = await client.call("batch_set_status", "acme", settings)
    assert ann == USER_STATUS
    assert (type(conflict), conflict.reason, str(conflict)) == (
        *(RevisionConflict, "REVISION_CONFLICT"),
        "is at 7, not at 6",
    )
    assert invalid.field_violations == (FieldViolation("ttl", "is too long"),)
    assert (type(unknown), unknown.reason, str(unknown)) == (OndutyError, "", "is on holiday")


@pytest.mark.parametrize(
    ("method", "arguments", "response"),
    [
        ("update_user", ("acme", "ann"), pb.UpdateUserResponse()),
        ("delete_user", ("acme", "ann"), pb.DeleteUserResponse()),
        ("batch_set_status", ("acme", [StatusSetting("ann", Status.AWAY)]), pb.BatchSetStatusResponse()),
        ("delete_workflow", ("acme", "day"), pb.DeleteWorkflowResponse()),
        ("create_account", ("acme",), pb.CreateAccountResponse()),
        ("delete_account", ("acme",), pb.DeleteAccountResponse()),
    ],
)
async def test_a_change_names_its_actor(
    method: str, arguments: tuple[Any, ...], response: Message, client: Driver, service: ScriptedService
) -> None:
    service.script(response)
    await client.call(method, *arguments, actor="sue")
    assert service.last.metadata["onduty-actor-bin"] == b"sue"


async def test_the_iterator_of_teams_follows_the_pages(client: Driver, service: ScriptedService) -> None:
    service.script(
        pb.ListTeamsResponse(teams=[pb.Team(team_id="day")], next_page_token="t2"),
        pb.ListTeamsResponse(teams=[pb.Team(team_id="night")]),
    )
    assert [team.team_id for team in await client.call("list_teams", "acme")] == ["day", "night"]
    assert [received.request.page_token for received in service.received] == ["", "t2"]


async def test_what_a_server_leaves_unset_is_none(client: Driver, service: ScriptedService) -> None:
    service.script(pb.GetStatusResponse(user_status=pb.UserStatus(user_id="ann", status=pb.STATUS_ONLINE)))
    answer = await client.call("get_status", "acme", "ann")
    assert (answer.last_activity_time, answer.next_status, answer.next_status_time) == (None, None, None)
    assert (answer.next_cause, answer.expire_time, answer.then) == (None, None, None)
    assert (answer.connected, answer.engagements) == (False, 0)

    service.script(pb.ListStatusChangesResponse(changes=[pb.StatusChange(status=pb.STATUS_ONLINE)]))
    change = (await client.call("list_status_changes_page", "acme")).items[0]
    assert (change.previous_status, change.expire_time, change.then) == (None, None, None)

    service.script(pb.GetWorkflowResponse(workflow=pb.Workflow()))
    workflow = await client.call("get_workflow", "acme")
    assert (workflow.disconnect_after, workflow.disconnect_status) == (None, Status.OFFLINE)


async def test_a_change_tells_the_end_of_the_status(client: Driver, service: ScriptedService) -> None:
    service.script(pb.ListStatusChangesResponse(changes=[CHANGE_WITH_END_MESSAGE]))
    change = (await client.call("list_status_changes_page", "acme")).items[0]
    assert (change.expire_time, change.then) == (NOON + timedelta(minutes=1), Then.AUTOMATIC)


async def test_values_of_a_newer_server_are_unknown(client: Driver, service: ScriptedService) -> None:
    # An enum of proto3 is open: a message holds, and carries, numbers that it has no name for.
    newer: Any = 99
    user = pb.UserStatus(status=newer, cause=newer, next_status=newer, next_cause=newer, then=newer)
    service.script(pb.GetStatusResponse(user_status=user))
    answer = await client.call("get_status", "acme", "ann")
    assert (answer.status, answer.cause, answer.next_status) == (Status.UNKNOWN, Cause.UNKNOWN, Status.UNKNOWN)
    assert (answer.next_cause, answer.then) == (Cause.UNKNOWN, Then.UNKNOWN)

    service.script(pb.GetWorkflowResponse(workflow=pb.Workflow(resume=newer, disconnect_status=newer)))
    workflow = await client.call("get_workflow", "acme")
    assert (workflow.resume, workflow.disconnect_status) == (Resume.UNKNOWN, Status.UNKNOWN)


async def test_times_are_aware_and_in_utc(client: Driver, service: ScriptedService) -> None:
    service.script(pb.GetStatusResponse(user_status=USER_STATUS_MESSAGE))
    answer = await client.call("get_status", "acme", "ann")
    assert answer.status_since.tzinfo is UTC


@pytest.mark.parametrize(
    ("method", "arguments", "options", "message"),
    [
        (
            "record_activity",
            ("acme", "ann"),
            {"activity_time": NAIVE},
            "activity_time needs a time zone",
        ),
        ("list_status_changes", ("acme",), {"start_time": NAIVE}, "start_time needs a time zone"),
        ("list_status_changes_page", ("acme",), {"end_time": NAIVE}, "end_time needs a time zone"),
        ("list_status_changes", ("acme",), {"user_id": ""}, "user_id is empty"),
        ("list_statuses", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("available_users", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("list_status_changes_page", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("batch_set_status", ("acme", [StatusSetting("ann", Status.UNKNOWN)]), {}, "'UNKNOWN' cannot be sent"),
        ("set_status", ("acme", "ann", Status.AWAY), {"until": NAIVE}, "until needs a time zone"),
        ("set_status", ("acme", "ann", Status.AWAY), {"then": Then.UNKNOWN}, "'UNKNOWN' cannot be sent as Then"),
        ("update_workflow", ("acme",), {"disconnect_status": Status.UNKNOWN}, "'UNKNOWN' cannot be sent as Status"),
        ("set_status", ("acme", "ann", Status.UNKNOWN), {}, "'UNKNOWN' cannot be sent as Status"),
        ("list_statuses", ("acme",), {"statuses": [Status.UNKNOWN]}, "'UNKNOWN' cannot be sent as Status"),
        (
            *("set_status", ("acme", "ann", "away"), {}),
            "'away' cannot be sent as Status; use Status.ONLINE, Status.AWAY or Status.OFFLINE",
        ),
        ("list_statuses", ("acme",), {"statuses": ["Away"]}, "'Away' cannot be sent as Status"),
        ("update_workflow", ("acme",), {"resume": Resume.UNKNOWN}, "'UNKNOWN' cannot be sent as Resume"),
        ("available_users", ("acme",), {"order": "OLDEST"}, "'OLDEST' cannot be sent as AvailabilityOrder"),
    ],
)
async def test_what_cannot_be_sent_is_a_value_error(
    method: str,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    message: str,
    client: Driver,
    service: ScriptedService,
) -> None:
    with pytest.raises(ValueError, match=message):
        await client.call(method, *arguments, **options)
    assert service.received == []


async def test_an_iterator_refuses_what_cannot_be_sent_before_its_first_item_is_asked_for(client: Driver) -> None:
    with pytest.raises(ValueError, match="UNKNOWN"):
        client.client.list_statuses("acme", statuses=[Status.UNKNOWN])


async def test_an_iterator_follows_the_pages_and_passes_over_an_empty_one(
    client: Driver, service: ScriptedService
) -> None:
    def page(token: str, *user_ids: str) -> pb.ListStatusesResponse:
        return pb.ListStatusesResponse(
            user_statuses=[pb.UserStatus(user_id=user_id) for user_id in user_ids], next_page_token=token
        )

    service.script(page("t2", "ann", "bob"), page("t3"), page("", "cat"))
    users = await client.call("list_statuses", "acme", statuses=[Status.AWAY], timeout=3)
    assert [user.user_id for user in users] == ["ann", "bob", "cat"]
    assert [received.request.page_token for received in service.received] == ["", "t2", "t3"]
    for received in service.received:
        assert (received.request.account_id, received.request.page_size) == ("acme", 1_000)
        assert list(received.request.statuses) == [pb.STATUS_AWAY]
        assert 2 < received.timeout < 3.1


async def test_the_iterator_of_changes_follows_the_pages(client: Driver, service: ScriptedService) -> None:
    service.script(
        pb.ListStatusChangesResponse(changes=[CHANGE_MESSAGE], next_page_token="t2"),
        pb.ListStatusChangesResponse(changes=[CHANGE_MESSAGE, CHANGE_MESSAGE]),
    )
    changes = await client.call("list_status_changes", "acme", user_id="ann", start_time=NOON, page_size=2)
    assert changes == [CHANGE] * 3
    assert [received.request.page_token for received in service.received] == ["", "t2"]
    for received in service.received:
        assert (received.request.user_id, received.request.page_size) == ("ann", 2)
        assert received.request.start_time.seconds == NOON_S


async def test_pages_are_fetched_only_as_the_iteration_reaches_them(client: Driver, service: ScriptedService) -> None:
    service.script(pb.ListStatusesResponse(user_statuses=[USER_STATUS_MESSAGE], next_page_token="t2"))
    if isinstance(client.client, Client):
        assert next(client.client.list_statuses("acme")) == USER_STATUS
    else:
        assert await anext(client.client.list_statuses("acme")) == USER_STATUS
    assert len(service.received) == 1
