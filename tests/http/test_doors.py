"""Every unary method, and each of its errors, through every door: the same message, code, text and details."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from structlog.testing import capture_logs
from tests.access.site import Site
from tests.fakes import START, FakeClock
from tests.grpc.stores import BrokenStore
from tests.grpc.test_errors import GOOD, METHODS, OF_NO_ACCOUNT, failing_with
from tests.grpc.wire import ACCOUNT
from tests.http.doors import DOORS, Answer, Metadata, all_doors
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.access.authentication import CredentialRefused
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.domain.errors import (
    AccountUnknown,
    CredentialRequired,
    DomainError,
    InFuture,
    InvalidField,
    InvalidWorkflow,
    IssuerUnavailable,
    LimitExceeded,
    PermissionRequired,
    ResumeTokenExpired,
    RevisionConflict,
    StoreLost,
    StoreUnavailable,
    UserUnknown,
)
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.errors import ERROR_TABLE, MalformedRequest, mapped
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits

HTTP = HttpListen("127.0.0.1:0")


class Case(NamedTuple):
    """A call, and the code and reason that it must end with."""

    method: str
    request: Message
    code: str = "OK"
    reason: str = ""
    metadata: Metadata = {}  # noqa: RUF012 - never changed


def workflow(**fields: object) -> pb.UpdateWorkflowRequest:
    return pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, **fields))  # type: ignore[arg-type]


def session(session_id: str, **fields: object) -> pb.KeepSessionRequest:
    return pb.KeepSessionRequest(account_id=ACCOUNT, user_id="ann", session_id=session_id, **fields)  # type: ignore[arg-type]


def until(**fields: object) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY, **fields)  # type: ignore[arg-type]


LEASES = ("KeepSession", "EndSession", "KeepEngagement", "EndEngagement")
FUTURE = Timestamp(seconds=START // 1_000 + 3_600)


def named(user_id: str = "ann", **fields: object) -> pb.UpdateUserRequest:
    return pb.UpdateUserRequest(user=pb.User(account_id=ACCOUNT, user_id=user_id, **fields))  # type: ignore[arg-type]


def batch(*settings: pb.SetStatusRequest) -> pb.BatchSetStatusRequest:
    return pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings)


PEOPLE: Sequence[Case] = [
    # `GOOD` has just erased the account, and given it a time zone, which made a new one.
    Case("DeleteAccount", GOOD["DeleteAccount"]),
    Case("DeleteAccount", GOOD["DeleteAccount"], "NOT_FOUND", "ACCOUNT_UNKNOWN"),
    Case("ListAccounts", GOOD["ListAccounts"]),
    Case("CreateAccount", GOOD["CreateAccount"]),
    Case("CreateAccount", GOOD["CreateAccount"]),
    Case("CreateAccount", pb.CreateAccountRequest(account_id=" acme"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case(
        "BatchSetStatus",
        batch(
            pb.SetStatusRequest(user_id="ann", status=pb.STATUS_ONLINE),
            pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY, reason="Mittag → 13 h"),
            pb.SetStatusRequest(user_id="bén", status=pb.STATUS_AWAY, expected_revision=99),
            pb.SetStatusRequest(user_id="bén"),
            pb.SetStatusRequest(account_id="other", user_id="bén", status=pb.STATUS_AWAY),
            pb.SetStatusRequest(account_id=ACCOUNT, user_id="bén", status=pb.STATUS_AWAY, ttl=Duration(seconds=1_800)),
        ),
    ),
    Case("BatchSetStatus", batch(), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case(
        "BatchSetStatus",
        batch(*(pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY) for _ in range(1_001))),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
    Case("UpdateUser", named(display_name="Änn 🌞", team_id="nächt")),
    Case("UpdateUser", named("bén", team_id="nächt")),
    Case("UpdateUser", named(display_name=" Ann"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("UpdateUser", named(display_name="x" * 257), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("UpdateUser", named(team_id="x" * 129), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("UpdateUser", named(team_id="a\nb"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case(
        "UpdateUser",
        pb.UpdateUserRequest(user=named().user, update_mask=FieldMask(paths=["user_id"])),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
    Case("UpdateUser", pb.UpdateUserRequest(user=named().user, update_mask=FieldMask(paths=["display_name"]))),
    Case("ListTeams", pb.ListTeamsRequest(account_id=ACCOUNT, page_size=1)),
    Case("ListTeams", pb.ListTeamsRequest(account_id=ACCOUNT, page_token="?"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case(
        "UpdateWorkflow",
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id=ACCOUNT, team_id="nächt", enabled=True, away_after=Duration(seconds=60))
        ),
    ),
    Case("GetWorkflow", pb.GetWorkflowRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("ListWorkflowChanges", pb.ListWorkflowChangesRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("ListStatuses", pb.ListStatusesRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("ListAvailableUsers", pb.ListAvailableUsersRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("ListStatusChanges", pb.ListStatusChangesRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("DeleteWorkflow", pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="nächt", validate_only=True)),
    Case(
        "DeleteWorkflow",
        pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="nächt", etag="w99"),
        "ABORTED",
        "REVISION_CONFLICT",
    ),
    Case("DeleteWorkflow", pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="nächt")),
    Case("DeleteUser", pb.DeleteUserRequest(account_id=ACCOUNT, user_id="bén")),
    Case("DeleteUser", pb.DeleteUserRequest(account_id=ACCOUNT, user_id="bén"), "NOT_FOUND", "USER_UNKNOWN"),
]
DAY_S = 86_400
RANGE: dict[str, Any] = {
    "account_id": ACCOUNT,
    "start_time": Timestamp(seconds=START // 1_000 - DAY_S),
    "end_time": FUTURE,
}
REPORTS: Sequence[Case] = [
    Case("UpdateAccount", pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT, time_zone="Europe/Berlin"))),
    Case("UpdateAccount", pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT))),
    Case("GetAccount", pb.GetAccountRequest(account_id=ACCOUNT)),
    Case("GetAccount", pb.GetAccountRequest(account_id="nobody was ever here")),
    Case(
        "UpdateAccount",
        pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT, time_zone="Europe/Nirgendwo")),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
    *(
        Case("SummarizeTime", pb.SummarizeTimeRequest(**RANGE, group=group, bucket=pb.BUCKET_DAY))
        for group in pb.TimeGroup.values()
    ),
    Case("SummarizeTime", pb.SummarizeTimeRequest(**RANGE, bucket=pb.BUCKET_HOUR, time_zone="Asia/Kolkata")),
    Case("SummarizeTime", pb.SummarizeTimeRequest(**RANGE, group=pb.TIME_GROUP_USER, page_size=9)),
    Case("SummarizeTime", pb.SummarizeTimeRequest(**RANGE, page_token="?"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("SummarizeTime", pb.SummarizeTimeRequest(**RANGE, user_ids=["ann", "zoë"]), "NOT_FOUND", "USER_UNKNOWN"),
    Case("CountByStatus", pb.CountByStatusRequest(**RANGE, step=pb.BUCKET_HOUR, time_zone="Australia/Eucla")),
    Case("CountByStatus", pb.CountByStatusRequest(**RANGE), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("ListTimelines", pb.ListTimelinesRequest(**RANGE, user_ids=["ann"])),
    Case("ListTimelines", pb.ListTimelinesRequest(**RANGE, team_id="nächt")),
]
CASES: Sequence[Case] = [
    *(
        Case(method, type(GOOD[method])(), "INVALID_ARGUMENT", "INVALID_FIELD")
        for method in METHODS
        if method not in OF_NO_ACCOUNT
    ),
    *(
        Case(method, GOOD[method], "NOT_FOUND", "USER_UNKNOWN")
        for method in ("GetStatus", "UpdateUser", "DeleteUser", *LEASES[1:])
    ),
    Case("KeepSession", session("tab-1"), "NOT_FOUND", "USER_UNKNOWN"),
    Case("RecordActivity", GOOD["RecordActivity"]),
    Case("RecordActivity", pb.RecordActivityRequest(account_id=ACCOUNT, user_id="bén \U0001f31e 100%")),
    *(Case(method, GOOD[method]) for method in METHODS),
    *PEOPLE,
    *REPORTS,
    Case(
        "GetStatus", pb.GetStatusRequest(account_id=ACCOUNT, user_id="nö\t%41\\"), "INVALID_ARGUMENT", "INVALID_FIELD"
    ),
    Case("GetStatus", pb.GetStatusRequest(account_id=ACCOUNT, user_id="nö %41"), "NOT_FOUND", "USER_UNKNOWN"),
    Case(
        "RecordActivity",
        pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann", activity_time=FUTURE),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
    Case(
        "SetStatus",
        pb.SetStatusRequest(
            account_id=ACCOUNT,
            user_id="ann",
            status=pb.STATUS_OFFLINE,
            reason="Mittag → 13 h",
            expected_revision=99,
        ),
        "ABORTED",
        "REVISION_CONFLICT",
    ),
    Case(
        "SetStatus",
        pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_OFFLINE, reason="Mittag → 13 h"),
        metadata={"onduty-actor-bin": "Zoë".encode()},
    ),
    Case(
        "SetStatus",
        pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
        {"onduty-actor-bin": b"\xff"},
    ),
    *(Case("KeepSession", session(f"tab-{number}", ttl=Duration(seconds=number + 40))) for number in range(20)),
    Case("KeepSession", session("one too many"), "RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED"),
    Case("KeepSession", session("tab-1", ttl=Duration(seconds=29)), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("KeepSession", session("tab-1", idle_for=Duration(seconds=1, nanos=500_000_000))),
    Case("KeepEngagement", pb.KeepEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="Anruf 1 %41")),
    Case("EndEngagement", pb.EndEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="nö")),
    Case("ListAvailableUsers", pb.ListAvailableUsersRequest(account_id=ACCOUNT, max_engagements=1)),
    Case(
        "ListAvailableUsers",
        pb.ListAvailableUsersRequest(account_id=ACCOUNT, max_engagements=-1),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
    Case("SetStatus", until(expire_time=Timestamp(seconds=START // 1_000 + 1_800), then=pb.THEN_ONLINE)),
    Case("SetStatus", until(ttl=Duration(seconds=1_800))),
    Case("SetStatus", until(ttl=Duration(seconds=1), expire_time=FUTURE), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("SetStatus", until(then=pb.THEN_AWAY), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("SetStatus", until(ttl=Duration()), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("UpdateWorkflow", workflow(enabled=True), "INVALID_ARGUMENT", "INVALID_WORKFLOW"),
    Case("UpdateWorkflow", workflow(disconnect_status=pb.STATUS_ONLINE), "INVALID_ARGUMENT", "INVALID_WORKFLOW"),
    Case("UpdateWorkflow", workflow(enabled=False, etag="w99"), "ABORTED", "REVISION_CONFLICT"),
    Case(
        "UpdateWorkflow",
        workflow(
            enabled=True,
            away_after=Duration(seconds=90, nanos=500_000_000),
            disconnect_after=Duration(seconds=60),
            disconnect_status=pb.STATUS_AWAY,
        ),
    ),
    Case(
        "UpdateWorkflow",
        pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, enabled=False), validate_only=True),
    ),
    Case("ListStatuses", pb.ListStatusesRequest(account_id=ACCOUNT, statuses=[pb.STATUS_OFFLINE])),
    Case("BatchGetStatuses", pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann", "nobody"])),
    Case("ListStatusChanges", pb.ListStatusChangesRequest(account_id=ACCOUNT, page_token="?"), "INVALID_ARGUMENT"),
    Case("ListWorkflowChanges", pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_token="?"), "INVALID_ARGUMENT"),
    Case("ListWorkflowChanges", pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_size=1)),
    Case("ListAccounts", pb.ListAccountsRequest(page_token="?"), "INVALID_ARGUMENT", "INVALID_FIELD"),
    Case("Simulate", pb.SimulateRequest(account_id=ACCOUNT), "INVALID_ARGUMENT", "INVALID_WORKFLOW"),
    Case(
        "Simulate",
        pb.SimulateRequest(account_id=ACCOUNT, workflow=pb.Workflow(away_after=Duration(seconds=60)), log=b"no log"),
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
    ),
]


async def answers_of(door: str, application: Application, cases: Sequence[Case]) -> list[Answer]:
    async with all_doors(application) as doors:
        return [await doors[door].call(each.method, each.request, each.metadata) for each in cases]


def reason_of(answer: Answer) -> str:
    if not answer.details:
        return ""
    kind, value = answer.details[0]
    assert kind == "google.rpc.ErrorInfo"
    return error_details_pb2.ErrorInfo.FromString(value).reason


async def test_every_call_has_the_same_outcome_through_every_door() -> None:
    outcomes = {}
    for door in DOORS:
        clock = FakeClock()
        # A server for each door, so that every call finds the same state.
        async with running(
            MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True)), clock, http=HTTP
        ) as application:
            outcomes[door] = await answers_of(door, application, CASES)
    for number, case in enumerate(CASES):
        first = outcomes["gRPC"][number]
        assert (first.code, case.reason or reason_of(first)) == (case.code, reason_of(first)), case
        for door in DOORS:
            assert outcomes[door][number] == first, (door, case)


EVERY_ERROR: Sequence[DomainError] = [
    MalformedRequest(),
    InvalidField("user_id", "is not good, 100 % sure: ä\\"),
    InFuture("activity_time", "is ahead", START),
    InvalidWorkflow("workflow.away_after", "is not good"),
    UserUnknown(ACCOUNT, "ann\n\x7f"),
    AccountUnknown(ACCOUNT, declared=True),
    RevisionConflict("it has changed\r\n  since"),
    ResumeTokenExpired(),
    CredentialRequired(),
    CredentialRefused("the credential is not valid", "for the operator"),
    PermissionRequired("kim", "read statuses", "status.read", "acme", "ann"),
    LimitExceeded("too many"),
    LimitExceeded("too many a second", retry_delay_ms=1),
    LimitExceeded("too many accounts", retry_delay_ms=60_001),
    IssuerUnavailable(1_500),
    StoreUnavailable(),
    StoreLost("for the operator"),
]


def test_every_kind_of_error_is_among_them() -> None:
    assert {type(each) for each in EVERY_ERROR} == set(ERROR_TABLE)


@pytest.mark.parametrize("error", [*EVERY_ERROR, ValueError("secret")], ids=lambda error: type(error).__name__)
async def test_every_error_of_every_method_is_the_same_through_every_door(error: Exception) -> None:
    clock = FakeClock()
    with capture_logs():
        await check_every_method(BrokenStore(clock, error), clock, error)


async def check_every_method(store: Store, clock: FakeClock, error: Exception) -> None:
    async with running(store, clock, http=HTTP) as application, all_doors(application) as doors:
        for method in failing_with(error):
            answers = {name: await door.call(method, GOOD[method]) for name, door in doors.items()}
            first = answers["gRPC"]
            assert first.code != "OK"
            assert bool(first.details) == isinstance(error, DomainError)
            assert "secret" not in first.text and "operator" not in str(answers)
            assert answers == dict.fromkeys(DOORS, first)
        if isinstance(error, DomainError):
            batches = {name: await door.call("BatchSetStatus", GOOD["BatchSetStatus"]) for name, door in doors.items()}
            assert batches == dict.fromkeys(DOORS, batches["gRPC"])
            batch = batches["gRPC"].message
            assert isinstance(batch, pb.BatchSetStatusResponse)
            ((refused,),) = ([each.error for each in batch.results],)
            assert (refused.reason, refused.message) == (mapped(type(error)).reason, error.message)


async def test_bytes_that_are_no_request_are_refused_alike() -> None:
    async with running(http=HTTP) as application, all_doors(application) as doors:
        for method in METHODS:
            not_utf8 = () if method in OF_NO_ACCOUNT else (b"\x0a\x02\xff\xff",)
            for data in (b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x0f", *not_utf8):
                answers = {name: await door.raw(method, data, {}) for name, door in doors.items()}
                assert answers == dict.fromkeys(DOORS, answers["gRPC"])
                assert (answers["gRPC"].code, reason_of(answers["gRPC"])) == ("INVALID_ARGUMENT", "INVALID_FIELD")


async def test_limits_are_shared_and_told_alike() -> None:
    clock = FakeClock()
    async with (
        running(clock=clock, limits=Limits(caller_rate=5), http=HTTP) as application,
        all_doors(application) as doors,
    ):
        used = [await door.call("RecordActivity", GOOD["RecordActivity"]) for door in doors.values()]
        # Callers without a credential are counted by address, which is the same for all doors.
        used += [await door.call("RecordActivity", GOOD["RecordActivity"]) for door in doors.values()]
        assert {answer.code for answer in used} == {"OK"}
        for method in METHODS:
            answers = {name: await door.call(method, GOOD[method]) for name, door in doors.items()}
            assert answers["gRPC"].code == "RESOURCE_EXHAUSTED"
            assert [kind for kind, _ in answers["gRPC"].details] == ["google.rpc.ErrorInfo", "google.rpc.RetryInfo"]
            assert answers == dict.fromkeys(DOORS, answers["gRPC"])


@pytest.mark.parametrize("bad", ["", "Bearer ", "Basic a2ltOmtpbQ==", "Bearer onduty_0123456789ab_" + "x" * 43])
async def test_without_a_good_credential_every_method_is_refused_alike(bad: str, site: Site) -> None:
    secret = site.add_key("kim", ["router"])
    metadata = {"authorization": bad} if bad else {}
    async with site.serving_plaintext(http=HttpListen("127.0.0.1:0", by_any_name=True)):
        async with all_doors(site.application) as doors:
            for method in METHODS:
                answers = {name: await door.call(method, GOOD[method], metadata) for name, door in doors.items()}
                assert (answers["gRPC"].code, reason_of(answers["gRPC"])) == ("UNAUTHENTICATED", "CREDENTIAL_REQUIRED")
                assert answers == dict.fromkeys(DOORS, answers["gRPC"])
            good = {"authorization": f"Bearer {secret}"}
            for method in ("SetStatus", "UpdateWorkflow", "RecordActivity", *LEASES):
                answers = {name: await door.call(method, GOOD[method], good) for name, door in doors.items()}
                assert (answers["gRPC"].code, reason_of(answers["gRPC"])) == (
                    "PERMISSION_DENIED",
                    "PERMISSION_REQUIRED",
                )
                assert answers == dict.fromkeys(DOORS, answers["gRPC"])
            for method in ("GetWorkflow", "ListStatuses"):
                answers = {name: await door.call(method, GOOD[method], good) for name, door in doors.items()}
                assert answers["gRPC"].code == "OK"
                assert answers == dict.fromkeys(DOORS, answers["gRPC"])
        refused = [line for line in site.audit if line["event"] == "refused"]
        assert {line["peer"].rpartition(":")[0] for line in refused} == {"ipv4:127.0.0.1"}
