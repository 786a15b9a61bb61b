"""Errors on the wire: the table is complete, nothing internal leaves the server, malformed requests are refused."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio
from structlog.testing import capture_logs
from tests.fakes import START, FakeClock
from tests.grpc.stores import IN_MEMORY, BrokenStore
from tests.grpc.wire import ACCOUNT, HOUR, Wire, acting, at, refusal_of, refused
from tests.servers import running

import onduty_server
from onduty.v1 import status_pb2 as pb
from onduty_server.domain.errors import DomainError, StoreUnavailable
from onduty_server.transport.errors import ERROR_TABLE, Code, mapped, reason_name

SERVICE = pb.DESCRIPTOR.services_by_name["StatusService"]
METHODS = [method.name for method in SERVICE.methods if not (method.client_streaming or method.server_streaming)]
"""The unary ones; the streams have tests of their own."""

WITHIN: dict[str, Any] = {"account_id": ACCOUNT, "start_time": at(START - HOUR), "end_time": at(START)}
"""The account, and a range of time."""

GOOD: dict[str, Message] = {
    "RecordActivity": pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann"),
    "KeepSession": pb.KeepSessionRequest(
        account_id=ACCOUNT, user_id="ann", session_id="tab-1", ttl=Duration(seconds=60), idle_for=Duration(seconds=5)
    ),
    "EndSession": pb.EndSessionRequest(account_id=ACCOUNT, user_id="ann", session_id="tab-1"),
    "KeepEngagement": pb.KeepEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="call-1"),
    "EndEngagement": pb.EndEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="call-1"),
    "SetStatus": pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY),
    "GetStatus": pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"),
    "BatchGetStatuses": pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann"]),
    "ListStatuses": pb.ListStatusesRequest(account_id=ACCOUNT),
    "ListAvailableUsers": pb.ListAvailableUsersRequest(account_id=ACCOUNT),
    "GetWorkflow": pb.GetWorkflowRequest(account_id=ACCOUNT),
    "UpdateWorkflow": pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, enabled=False)),
    "ListStatusChanges": pb.ListStatusChangesRequest(account_id=ACCOUNT),
    "ListWorkflowChanges": pb.ListWorkflowChangesRequest(account_id=ACCOUNT),
    "GetCaller": pb.GetCallerRequest(),
    "ListAccounts": pb.ListAccountsRequest(),
    "UpdateUser": pb.UpdateUserRequest(
        user=pb.User(account_id=ACCOUNT, user_id="ann", display_name="Ann", team_id="night")
    ),
    "DeleteUser": pb.DeleteUserRequest(account_id=ACCOUNT, user_id="ann"),
    "BatchSetStatus": pb.BatchSetStatusRequest(
        account_id=ACCOUNT, requests=[pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY)]
    ),
    "DeleteWorkflow": pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="night"),
    "ListTeams": pb.ListTeamsRequest(account_id=ACCOUNT),
    "CreateAccount": pb.CreateAccountRequest(account_id=ACCOUNT),
    "DeleteAccount": pb.DeleteAccountRequest(account_id=ACCOUNT),
    "SummarizeTime": pb.SummarizeTimeRequest(**WITHIN, bucket=pb.BUCKET_HOUR, group=pb.TIME_GROUP_TEAM),
    "CountByStatus": pb.CountByStatusRequest(**WITHIN, step=pb.BUCKET_QUARTER_HOUR),
    "ListTimelines": pb.ListTimelinesRequest(**WITHIN),
    "GetAccount": pb.GetAccountRequest(account_id=ACCOUNT),
    "UpdateAccount": pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT, time_zone="Asia/Kolkata")),
    "Simulate": pb.SimulateRequest(
        account_id=ACCOUNT,
        workflow=pb.Workflow(away_after=Duration(seconds=600)),
        log=b"activity_time,user_id\n2026-01-01T00:00:00Z,ann\n2026-01-01T00:10:30Z,ann\n",
    ),
}
OF_NO_ACCOUNT = {"GetCaller", "ListAccounts"}
"""Their requests have no field that must be set."""
ASKING_THE_STORE = [method for method in METHODS if method not in ("GetCaller", "Simulate")]


def failing_with(error: Exception) -> list[str]:
    """The methods that fail with an error of the store: a batch answers for each item, unless nobody foresaw it."""
    return [it for it in ASKING_THE_STORE if it != "BatchSetStatus" or not isinstance(error, DomainError)]


def call(wire: Wire, method: str, request: Message) -> Awaitable[Any]:
    answer: Awaitable[Any] = getattr(wire.stub, method)(request)
    return answer


def raw_call(wire: Wire, method: str) -> Callable[[bytes], Awaitable[bytes]]:
    """The method before anything is made of the bytes."""
    call: aio.UnaryUnaryMultiCallable[bytes, bytes] = wire.channel.unary_unary(f"/{SERVICE.full_name}/{method}")
    return call


def test_there_is_a_good_request_for_every_method() -> None:
    assert list(GOOD) == METHODS


# --- the table -------------------------------------------------------------------------------------------------------

CODES = {
    "INVALID_FIELD": grpc.StatusCode.INVALID_ARGUMENT,
    "INVALID_WORKFLOW": grpc.StatusCode.INVALID_ARGUMENT,
    "USER_UNKNOWN": grpc.StatusCode.NOT_FOUND,
    "ACCOUNT_UNKNOWN": grpc.StatusCode.NOT_FOUND,
    "REVISION_CONFLICT": grpc.StatusCode.ABORTED,
    "RESUME_TOKEN_EXPIRED": grpc.StatusCode.OUT_OF_RANGE,
    "CREDENTIAL_REQUIRED": grpc.StatusCode.UNAUTHENTICATED,
    "PERMISSION_REQUIRED": grpc.StatusCode.PERMISSION_DENIED,
    "LIMIT_EXCEEDED": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "STORE_UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
    "ISSUER_UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
}


def domain_errors(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for error in base.__subclasses__():
        if error.__module__.startswith("onduty_server."):
            yield error
        yield from domain_errors(error)


def test_the_error_table_is_complete() -> None:
    for module in pkgutil.walk_packages(onduty_server.__path__, "onduty_server."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    everything = set(domain_errors())
    assert set(ERROR_TABLE) <= everything
    for kind in everything:
        assert mapped(kind) in ERROR_TABLE.values()
    of_the_domain = {kind for kind in everything if kind.__module__ == DomainError.__module__}
    assert of_the_domain <= set(ERROR_TABLE), "only a store's own kinds may go by another's row"


def test_every_reason_has_its_code() -> None:
    assert {f"ERROR_REASON_{reason}" for reason in CODES} == {*pb.ErrorReason.keys()} - {"ERROR_REASON_UNSPECIFIED"}
    for code, reason in ERROR_TABLE.values():
        assert CODES[reason_name(reason)].name == code.name


def test_the_codes_are_those_of_grpc() -> None:
    assert {code.name: code.value for code in Code}.items() <= {
        code.name: code.value[0] for code in grpc.StatusCode
    }.items()


# --- what goes wrong inside ------------------------------------------------------------------------------------------


async def errors_of_every_method(error: Exception) -> list[aio.AioRpcError]:
    clock = FakeClock()
    errors = []
    async with (
        running(BrokenStore(clock, error), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        dry_run = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT), validate_only=True)
        for method, request in [*((it, GOOD[it]) for it in failing_with(error)), ("UpdateWorkflow", dry_run)]:
            with pytest.raises(aio.AioRpcError) as caught:
                await call(Wire(channel), method, request)
            errors.append(caught.value)
    return errors


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("SELECT secret FROM /var/lib/onduty.db"),
        ValueError("secret"),
        KeyError("secret"),
        AssertionError("secret"),
        OSError(28, "secret: no space left"),
        ExceptionGroup("secret", [ValueError("secret")]),
        NotImplementedError("secret"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_nobody_foresaw_is_internal_and_says_nothing(error: Exception) -> None:
    with capture_logs() as logs:
        answers = await errors_of_every_method(error)
    # The operator is told instead.
    assert [entry["rpc"] for entry in logs if entry["event"] == "a call failed"] == [
        *ASKING_THE_STORE,
        "UpdateWorkflow",
    ]
    names = [entry["request_id"] for entry in logs if entry["event"] == "a call failed"]
    for name, answer in zip(names, answers, strict=True):
        assert answer.code() is grpc.StatusCode.INTERNAL
        assert answer.details() == "internal error"
        assert list(answer.trailing_metadata() or ()) == [("x-request-id", name)]
        assert "secret" not in str(answer) and type(error).__name__ not in str(answer)


async def test_a_store_that_cannot_be_reached_is_unavailable() -> None:
    for answer in await errors_of_every_method(StoreUnavailable()):
        assert refusal_of(answer)[:3] == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE", ())


# --- what is no request ----------------------------------------------------------------------------------------------


def without_utf8(request: Message) -> bytes:
    """The request with a byte in its account id that no UTF-8 text holds."""
    return request.SerializeToString().replace(ACCOUNT.encode(), b"acm\xe9")


@IN_MEMORY
@pytest.mark.parametrize("method", METHODS)
async def test_bytes_that_are_no_request_are_refused(method: str, wire: Wire) -> None:
    await wire.activity("ann")
    before = await wire.state()
    raw = raw_call(wire, method)
    for data in (
        b"\xff\xff\xff",
        b"\x0a\xff\xff\xff\xff\x0f",
        GOOD[method].SerializeToString()[:-1] if method not in ("UpdateWorkflow", *OF_NO_ACCOUNT) else b"\x0a\x7f",
        without_utf8(GOOD[method]) if method not in OF_NO_ACCOUNT else b"\x0a",
        b"\x00" * 1_000_000,
    ):
        refusal = await refused(raw(data), repr(data[:20]))
        assert refusal[:3] == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", ())
        assert "DecodeError" not in refusal.message and "exception" not in refusal.message.lower()
    assert await wire.state() == before


@IN_MEMORY
@pytest.mark.parametrize("method", METHODS)
async def test_fields_of_a_later_version_are_ignored(method: str, wire: Wire) -> None:
    await wire.activity("ann")
    raw = raw_call(wire, method)
    # Field 1000, a string.
    later = GOOD[method].SerializeToString() + b"\xc2\x3e\x03new"
    GetMessageClass(SERVICE.methods_by_name[method].output_type).FromString(await raw(later))


@IN_MEMORY
async def test_a_message_of_more_than_1_mib_is_refused(wire: Wire) -> None:
    await wire.activity("ann")
    before = await wire.state()
    request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY)
    mib = 1024 * 1024
    request.reason = "x" * (mib - len(request.SerializeToString()) - 4)
    assert len(request.SerializeToString()) == mib
    assert (await refused(wire.stub.SetStatus(request))).fields == ("reason",)
    for more in (1, 10 * mib):
        request.reason = "x" * (len(request.reason) + more)
        with pytest.raises(aio.AioRpcError) as caught:
            await wire.stub.SetStatus(request)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "larger than max" in (caught.value.details() or "")
    assert await wire.state() == before


@IN_MEMORY
@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
async def test_a_compressed_request_is_refused(compression: grpc.Compression, wire: Wire) -> None:
    """However long: one that grpcio would first inflate to a gigabyte does not get that far."""
    await wire.activity("ann")
    before = await wire.state()
    for reason in ("", "x" * 50_000_000):
        request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY, reason=reason)
        with pytest.raises(aio.AioRpcError) as caught:
            await wire.stub.SetStatus(request, compression=compression)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert "is disabled" in (caught.value.details() or "")
    assert await wire.state() == before


@IN_MEMORY
async def test_metadata_beyond_grpcs_limit_is_refused(wire: Wire) -> None:
    await wire.activity("ann")
    before = await wire.state()
    request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=pb.STATUS_AWAY)
    with pytest.raises(aio.AioRpcError) as caught:
        await wire.stub.SetStatus(request, metadata=acting("x" * 20_000))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await wire.state() == before


@IN_MEMORY
async def test_a_method_that_does_not_exist_is_unimplemented(wire: Wire) -> None:
    for method in ("DropEverything", "getStatus", ""):
        with pytest.raises(aio.AioRpcError) as caught:
            await raw_call(wire, method)(b"")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


# --- whatever a request holds ----------------------------------------------------------------------------------------

NUMBERS = (0, 1, 2, 3, 4, -1, 99, 1_000, 1_001, 10**9, START // 1_000, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))
TEXTS = (
    *("", ACCOUNT, "ann", "ben", "new", "tab-1", "call-1", "*", "enabled", "away_after", "w0", "w1"),
    *("disconnect_after", "display_name", "team_id", "night", "\n", "\x1e", "x" * 129, "\x85", "AAAA"),
)

LOGS = (b"", b"\x00", GOOD["Simulate"].log, gzip.compress(GOOD["Simulate"].log), b"\x1f\x8b\x08", b'a,b\n"')  # type: ignore[attr-defined]


def fill(message: Message, chance: random.Random) -> None:
    """Set most fields to what is often at the edge of something."""
    for field in message.DESCRIPTOR.fields:
        if chance.random() < 0.25:
            continue
        values: list[object] = []
        for _ in range(chance.randint(1, 3) if field.is_repeated else 1):
            if field.type == field.TYPE_MESSAGE:
                inner = getattr(message, field.name)
                if field.is_repeated:
                    inner = inner.add()
                else:
                    inner.SetInParent()
                fill(inner, chance)
            elif field.type == field.TYPE_STRING:
                values.append(ACCOUNT if field.name == "account_id" else chance.choice(TEXTS))
            elif field.type == field.TYPE_BYTES:
                values.append(chance.choice(LOGS))
            elif field.type == field.TYPE_BOOL:
                values.append(chance.random() < 0.5)
            elif field.type == field.TYPE_INT64:
                values.append(chance.choice(NUMBERS))
            else:
                values.append(max(-(2**31), min(2**31 - 1, chance.choice(NUMBERS))))
        if field.is_repeated and values:
            getattr(message, field.name).extend(values)
        elif values:
            setattr(message, field.name, values[0])


async def test_whatever_a_request_holds_it_is_answered_or_refused(wire: Wire, clock: FakeClock) -> None:
    chance = random.Random(9)
    seen = Counter[str]()
    for _ in range(2_000):
        method = chance.choice(METHODS)
        if method.startswith("Delete") and chance.random() < 0.8:
            continue  # or there would be nobody to ask for
        request = type(GOOD[method])()
        # Most are refused for what they hold, so a few begin as what is answered; a byte of it may still be changed.
        if chance.random() < 0.1:
            request.CopyFrom(GOOD[method])
        else:
            fill(request, chance)
        data = bytearray(request.SerializeToString())
        if data and chance.random() < 0.2:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            await raw_call(wire, method)(bytes(data))
        except aio.AioRpcError as error:
            seen[refusal_of(error).reason] += 1
        else:
            seen[method] += 1
        if chance.random() < 0.05:
            clock.advance(chance.randrange(1_000_000))
    # None ended in any other way, and there were some of each.
    refusals = {"INVALID_FIELD", "INVALID_WORKFLOW", "USER_UNKNOWN", "ACCOUNT_UNKNOWN", "REVISION_CONFLICT"}
    assert set(seen) == {*METHODS, *refusals}
