"""What is raised when a call fails; with both clients."""

import pickle
from collections.abc import Callable
from datetime import timedelta

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from google.rpc import status_pb2 as google_status_pb2
from tests.client.scripted import Driver, ScriptedService, error_info, refusal

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AccountUnknown,
    CredentialRequired,
    DeadlineExceeded,
    FieldViolation,
    InvalidField,
    InvalidWorkflow,
    IssuerUnavailable,
    LimitExceeded,
    OndutyError,
    PermissionRequired,
    ResumeTokenExpired,
    RevisionConflict,
    StoreUnavailable,
    Unavailable,
    UserUnknown,
    _errors,
)

pytestmark = pytest.mark.both_doors

CODES = {
    InvalidField: grpc.StatusCode.INVALID_ARGUMENT,
    InvalidWorkflow: grpc.StatusCode.INVALID_ARGUMENT,
    UserUnknown: grpc.StatusCode.NOT_FOUND,
    AccountUnknown: grpc.StatusCode.NOT_FOUND,
    RevisionConflict: grpc.StatusCode.ABORTED,
    ResumeTokenExpired: grpc.StatusCode.OUT_OF_RANGE,
    CredentialRequired: grpc.StatusCode.UNAUTHENTICATED,
    PermissionRequired: grpc.StatusCode.PERMISSION_DENIED,
    LimitExceeded: grpc.StatusCode.RESOURCE_EXHAUSTED,
    StoreUnavailable: grpc.StatusCode.UNAVAILABLE,
    IssuerUnavailable: grpc.StatusCode.UNAVAILABLE,
}


def test_every_reason_of_the_proto_has_its_own_exception() -> None:
    reasons = {
        value.name.removeprefix("ERROR_REASON_") for value in pb.ErrorReason.DESCRIPTOR.values if value.number != 0
    }
    assert set(_errors.BY_REASON) == reasons
    assert len(set(_errors.BY_REASON.values())) == len(reasons)


@pytest.mark.parametrize(("reason", "kind"), _errors.BY_REASON.items())
async def test_a_reason_becomes_its_exception(
    reason: str, kind: type[OndutyError], client: Driver, service: ScriptedService
) -> None:
    # SetStatus, because it is never retried.
    service.script(refusal(CODES[kind], "what happened", error_info(reason)))
    with pytest.raises(OndutyError) as caught:
        await client.call("set_status", "acme", "ann", "AWAY")
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.reason, caught.value.message) == (CODES[kind], reason, "what happened")
    assert str(caught.value) == "what happened"
    assert caught.value.field_violations == ()
    assert caught.value.retry_delay is None


async def test_an_exception_carries_field_violations_and_the_delay_to_wait(
    client: Driver, service: ScriptedService
) -> None:
    service.script(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            "two fields are at fault",
            error_info("INVALID_FIELD"),
            error_details_pb2.BadRequest(
                field_violations=[
                    {"field": "user_id", "description": "empty"},
                    {"field": "activity_time", "description": "in the future"},
                ]
            ),
            error_details_pb2.RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000)),
        )
    )
    with pytest.raises(InvalidField) as caught:
        await client.call("record_activity", "acme", "")
    assert caught.value.field_violations == (
        FieldViolation(field="user_id", description="empty"),
        FieldViolation(field="activity_time", description="in the future"),
    )
    assert caught.value.retry_delay == timedelta(seconds=1.5)


async def test_an_error_that_names_a_thousand_fields_arrives_whole(client: Driver, service: ScriptedService) -> None:
    violations = [{"field": f"user_ids[{n}]", "description": "longer than 128 bytes"} for n in range(1_000)]
    service.script(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            "bad ids",
            error_info("INVALID_FIELD"),
            error_details_pb2.BadRequest(field_violations=violations),
        )
    )
    with pytest.raises(InvalidField) as caught:
        await client.call("batch_get_statuses", "acme", ["x"])
    assert len(caught.value.field_violations) == 1_000


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, Unavailable),
        (grpc.StatusCode.DEADLINE_EXCEEDED, DeadlineExceeded),
        (grpc.StatusCode.UNAUTHENTICATED, CredentialRequired),
        (grpc.StatusCode.PERMISSION_DENIED, PermissionRequired),
        (grpc.StatusCode.INTERNAL, OndutyError),
    ],
)
async def test_without_a_reason_the_code_decides(
    code: grpc.StatusCode, kind: type[OndutyError], client: Driver, service: ScriptedService
) -> None:
    service.script(refusal(code, ""))
    with pytest.raises(OndutyError) as caught:
        await client.call("set_status", "acme", "ann", "AWAY")
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.reason, str(caught.value)) == (code, "", code.name)


async def test_the_reason_of_a_newer_server_is_told(client: Driver, service: ScriptedService) -> None:
    service.script(refusal(grpc.StatusCode.FAILED_PRECONDITION, "not now", error_info("SOMETHING_NEW")))
    with pytest.raises(OndutyError) as caught:
        await client.call("get_status", "acme", "ann")
    assert (type(caught.value), caught.value.reason) == (OndutyError, "SOMETHING_NEW")


async def test_the_reason_of_another_domain_is_not_taken_for_ours(client: Driver, service: ScriptedService) -> None:
    service.script(refusal(grpc.StatusCode.NOT_FOUND, "no route", error_info("USER_UNKNOWN", domain="proxy.example")))
    with pytest.raises(OndutyError) as caught:
        await client.call("get_status", "acme", "ann")
    assert (type(caught.value), caught.value.reason) == (OndutyError, "")


@pytest.mark.parametrize(
    "details",
    [
        b"\xff\xff\xff",
        google_status_pb2.Status(
            details=[Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=b"\xff\xff\xff")]
        ).SerializeToString(),
    ],
    ids=["no Status", "no ErrorInfo in it"],
)
async def test_details_that_cannot_be_read_are_left_out(
    details: bytes, client: Driver, service: ScriptedService
) -> None:
    def broken(request: pb.GetStatusRequest, context: grpc.ServicerContext) -> pb.GetStatusResponse:
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.abort(grpc.StatusCode.NOT_FOUND, "who?")

    service.script(broken)
    with pytest.raises(OndutyError, match=r"^who\?$") as caught:
        await client.call("get_status", "acme", "ann")
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "")


@pytest.mark.only_grpc
async def test_the_transport_error_is_the_cause(client: Driver, service: ScriptedService) -> None:
    service.script(refusal(grpc.StatusCode.NOT_FOUND, "who?", error_info("USER_UNKNOWN")))
    with pytest.raises(UserUnknown) as caught:
        await client.call("get_status", "acme", "ann")
    assert isinstance(caught.value.__cause__, grpc.RpcError)


async def test_nobody_listening_is_unavailable(connect: Callable[..., Driver]) -> None:
    # Port 1 is privileged, and nothing on the loopback interface listens there.
    with pytest.raises(Unavailable):
        await connect("127.0.0.1:1").call("set_status", "acme", "ann", "AWAY")


def test_a_store_or_an_issuer_that_is_unavailable_is_caught_as_unavailable() -> None:
    assert issubclass(StoreUnavailable, Unavailable) and issubclass(IssuerUnavailable, Unavailable)


def test_exceptions_survive_pickling() -> None:
    error = InvalidField(
        "bad",
        code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="INVALID_FIELD",
        field_violations=(FieldViolation("user_id", "empty"),),
        retry_delay=timedelta(seconds=1),
    )
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is InvalidField
    assert vars(copy) == vars(error)
    assert str(copy) == "bad"


async def test_a_method_that_an_older_server_lacks_is_said_plainly(client: Driver, service: ScriptedService) -> None:
    service.script(refusal(grpc.StatusCode.UNIMPLEMENTED, "Method not found!"))
    with pytest.raises(OndutyError) as caught:
        await client.call("update_user", "acme", "ann", team_id="day")
    expected = "the server does not know UpdateUser; is it older than this client? (Method not found!)"
    assert str(caught.value) == caught.value.message == expected
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.is_final


@pytest.mark.parametrize(
    ("method", "response"),
    [
        ("list_statuses_page", pb.ListStatusesResponse(user_statuses=[pb.UserStatus()])),
        ("available_users", pb.ListAvailableUsersResponse(user_statuses=[pb.UserStatus()])),
        ("list_status_changes_page", pb.ListStatusChangesResponse(changes=[pb.StatusChange()])),
        ("list_workflow_changes", pb.ListWorkflowChangesResponse(changes=[pb.WorkflowChange()])),
    ],
)
async def test_an_older_server_that_passes_over_the_team_is_told_from_one_that_knows_it(
    method: str, response: Message, client: Driver, service: ScriptedService
) -> None:
    service.script(response)
    with pytest.raises(OndutyError, match="the server does not know of teams") as caught:
        await client.call(method, "acme", team_id="day")
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
