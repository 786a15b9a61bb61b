"""Refusals: each has the code, reason and field that the proto promises, and changes nothing."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, Wire, acting, at, period, refused

from onduty.v1 import status_pb2 as pb
from onduty_server.app.paging import PageTokens
from onduty_server.app.ports.history import Place
from onduty_server.process.application import Application

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOW = START + 40 * MINUTE


class Bad(NamedTuple):
    """A request that must be refused, and how."""

    name: str
    request: Message
    field: str
    reason: str = "INVALID_FIELD"
    metadata: tuple[tuple[str, bytes], ...] = ()

    @property
    def method(self) -> str:
        """The method that takes this kind of request."""
        name: str = self.request.DESCRIPTOR.name
        return name.removesuffix("Request")


def method_of(stub: object, name: str) -> Callable[..., Awaitable[Any]]:
    """The call of this name."""
    method: Callable[..., Awaitable[Any]] = getattr(stub, name)
    return method


@pytest.fixture
async def people(wire: Wire, clock: FakeClock, settle: Settle) -> None:
    """An account with a workflow and somebody in every kind of status, and another with one user and no workflow."""
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    await wire.activity("cat")
    await wire.activity("zoe", account_id="other")
    clock.advance(25 * MINUTE)
    await wire.activity("dan")
    await wire.set_status("ben", pb.STATUS_AWAY, actor="ben", reason="lunch")
    await wire.set_status("eve", pb.STATUS_OFFLINE)
    clock.set(NOW)
    await settle()
    await wire.activity("ann")


# --- ids -------------------------------------------------------------------------------------------------------------

BAD_IDS = {
    "empty": "",
    "129 bytes": "x" * 129,
    "130 bytes in 65 characters": "é" * 65,
    "132 bytes in 33 characters": "\U0001f600" * 33,
    "a line feed": "ann\n",
    "a null": "\x00",
    "a delete": "ann\x7f",
    "a control character beyond ASCII": "ann\x85",
}


def simulation(**fields: Any) -> pb.SimulateRequest:
    """A simulation that would be carried out but for what is given."""
    good = {
        "account_id": ACCOUNT,
        "workflow": pb.Workflow(away_after=period(10 * MINUTE)),
        "log": b"activity_time,user_id\n2026-01-01T00:00:00Z,ann\n",
    }
    return pb.SimulateRequest(**{**good, **fields})


def with_ids(account_id: str, user_id: str) -> Iterator[tuple[Message, str, str | None]]:
    """A request of every method with these ids, and the paths of both."""
    yield pb.RecordActivityRequest(account_id=account_id, user_id=user_id), "account_id", "user_id"
    yield (
        pb.SetStatusRequest(account_id=account_id, user_id=user_id, status=pb.STATUS_AWAY),
        "account_id",
        "user_id",
    )
    yield pb.GetStatusRequest(account_id=account_id, user_id=user_id), "account_id", "user_id"
    yield pb.BatchGetStatusesRequest(account_id=account_id, user_ids=[user_id]), "account_id", "user_ids[0]"
    yield pb.ListStatusesRequest(account_id=account_id), "account_id", None
    yield pb.ListAvailableUsersRequest(account_id=account_id), "account_id", None
    yield pb.GetWorkflowRequest(account_id=account_id), "account_id", None
    yield (
        pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=account_id, enabled=False)),
        "workflow.account_id",
        None,
    )
    yield (
        pb.ListStatusChangesRequest(account_id=account_id, user_id=user_id),
        "account_id",
        "user_id" if user_id else None,  # empty: everybody's
    )
    yield pb.ListWorkflowChangesRequest(account_id=account_id), "account_id", None
    yield simulation(account_id=account_id), "account_id", None


def bad_ids() -> Iterator[Bad]:
    for what, bad in BAD_IDS.items():
        for request, field, _ in with_ids(bad, "ann"):
            yield Bad(f"{request.DESCRIPTOR.name}: account_id with {what}", request, field)
        for request, _, user_field in with_ids(ACCOUNT, bad):
            if user_field is not None:
                yield Bad(f"{request.DESCRIPTOR.name}: user_id with {what}", request, user_field)


# --- everything else -------------------------------------------------------------------------------------------------

BAD_TIMESTAMPS = {
    "negative nanos": Timestamp(seconds=NOW // 1_000, nanos=-1),
    "a second of nanos": Timestamp(seconds=NOW // 1_000, nanos=1_000_000_000),
    "the year 10000": Timestamp(seconds=253_402_300_800),
    "the year 0": Timestamp(seconds=-62_135_596_801),
    "the end of int64": Timestamp(seconds=2**63 - 1),
}
BAD_ACTIVITY_TIMES = BAD_TIMESTAMPS | {
    "5,001 ms ahead": at(NOW + 5_001),
    "a day ahead": at(NOW + DAY),
    "30 d and 1 ms ago": at(NOW - 30 * DAY - 1),
    "1970": Timestamp(),
    "before 1970": at(-1),
}
BAD_ACTORS = {
    "not UTF-8": b"\xff\xfe",
    "half of a character": "é".encode()[:1],
    "a surrogate": b"\xed\xa0\x80",
    "129 bytes": b"x" * 129,
    "a line feed": b"sue\n",
}


def bad_activities() -> Iterator[Bad]:
    for what, time in BAD_ACTIVITY_TIMES.items():
        for user_id in ("ann", "ben", "cat", "dan", "new"):
            request = pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id, activity_time=time)
            yield Bad(f"RecordActivity of {user_id}: activity_time {what}", request, "activity_time")


def bad_settings() -> Iterator[Bad]:
    def setting(**fields: Any) -> pb.SetStatusRequest:
        return pb.SetStatusRequest(**{"account_id": ACCOUNT, "user_id": "ann", "status": pb.STATUS_AWAY, **fields})

    for number in (0, 4, 99, -1, 2**31 - 1):
        yield Bad(f"SetStatus: status {number}", setting(status=number), "status")
    for what, reason in {
        "513 bytes": "x" * 513,
        "514 bytes in 257 characters": "é" * 257,
        "a line feed": "lunch\nbreak",
        "almost a whole message": "x" * (1024 * 1024 - 200),
    }.items():
        yield Bad(f"SetStatus: reason with {what}", setting(reason=reason), "reason")
    for revision in (-1, -(2**63)):
        yield Bad(f"SetStatus: expected_revision {revision}", setting(expected_revision=revision), "expected_revision")
    for what, actor in BAD_ACTORS.items():
        yield Bad(f"SetStatus: actor {what}", setting(), "onduty-actor-bin", metadata=acting(actor))


BAD_DURATIONS = {
    "nanos of a second": Duration(seconds=60, nanos=1_000_000_000),
    "nanos of minus a second": Duration(seconds=-60, nanos=-1_000_000_000),
    "seconds and nanos of different signs": Duration(seconds=60, nanos=-1),
    "nanos and seconds of different signs": Duration(seconds=-60, nanos=1),
    "more than 10,000 years": Duration(seconds=315_576_000_001),
    "the end of int64": Duration(seconds=2**63 - 1),
}
PERIODS_OUT_OF_RANGE = {
    "0": Duration(),
    "negative": Duration(seconds=-60),
    "negative nanos": Duration(nanos=-1),
    "999 ms": period(999),
    "a nanosecond less than 1 s": Duration(nanos=999_999_999),
    "30 d and 1 ms": period(30 * DAY + 1),
    "31 d": period(31 * DAY),
    "10,000 years": Duration(seconds=315_576_000_000),
}


def bad_workflows() -> Iterator[Bad]:
    def update(*mask: str, **fields: Any) -> pb.UpdateWorkflowRequest:
        request = pb.UpdateWorkflowRequest(workflow=pb.Workflow(**{"account_id": ACCOUNT, **fields}))
        if mask:
            request.update_mask.CopyFrom(FieldMask(paths=mask))
        return request

    yield Bad("UpdateWorkflow: no workflow", pb.UpdateWorkflowRequest(), "workflow")
    for field in ("away_after", "offline_after"):
        for what, duration in BAD_DURATIONS.items():
            yield Bad(f"UpdateWorkflow: {field} {what}", update(**{field: duration}), f"workflow.{field}")
        for what, duration in PERIODS_OUT_OF_RANGE.items():
            for mask in ((), (field,)):
                yield Bad(
                    f"UpdateWorkflow: {field} {what}, mask {mask}",
                    update(*mask, **{field: duration}),
                    f"workflow.{field}",
                    "INVALID_WORKFLOW",
                )
    for what, away, offline in (
        ("offline equal to away", 10 * MINUTE, 10 * MINUTE),
        ("offline less than away", 10 * MINUTE, 10 * MINUTE - 1),
    ):
        for enabled in (True, False):
            yield Bad(
                f"UpdateWorkflow: {what}, enabled {enabled}",
                update(away_after=period(away), offline_after=period(offline), enabled=enabled),
                "workflow.offline_after",
                "INVALID_WORKFLOW",
            )
    yield Bad(
        "UpdateWorkflow: away raised to the offline that there is",
        update(away_after=period(30 * MINUTE)),
        "workflow.offline_after",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: offline lowered to the away that there is",
        update(offline_after=period(10 * MINUTE)),
        "workflow.offline_after",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: both periods cleared while enabled",
        update("away_after", "offline_after"),
        "workflow.enabled",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: * with nothing but enabled", update("*", enabled=True), "workflow.enabled", "INVALID_WORKFLOW"
    )
    for account_id in ("other", "new"):
        yield Bad(
            f"UpdateWorkflow of {account_id}: enabled with no period",
            update(account_id=account_id, enabled=True),
            "workflow.enabled",
            "INVALID_WORKFLOW",
        )
        yield Bad(
            f"UpdateWorkflow of {account_id}: the masked period is not set",
            update("enabled", "away_after", account_id=account_id, enabled=True, offline_after=period(MINUTE)),
            "workflow.enabled",
            "INVALID_WORKFLOW",
        )
    for number in (0, 4, 99, -1):
        for mask in ((), ("resume",), ("*",)):
            yield Bad(
                f"UpdateWorkflow: resume {number}, mask {mask}",
                update(*mask, resume=number, away_after=period(MINUTE), enabled=True),
                "workflow.resume",
            )
    for path in (
        "",
        "nonsense",
        "Enabled",
        "awayAfter",
        "workflow.enabled",
        "away_after.seconds",
        "enabled,away_after",
        " enabled",
        "account_id",
        "etag",
        "update_time",
        "updated_by",
        "update_caller",
        "enabled_time",
        "x" * 100_000,
    ):
        yield Bad(f"UpdateWorkflow: mask path {path[:20]!r}", update(path, enabled=False), "update_mask")
        yield Bad(
            f"UpdateWorkflow: mask path {path[:20]!r} after a good one",
            update("enabled", path, enabled=False),
            "update_mask",
        )
    yield Bad("UpdateWorkflow: mask * and another", update("*", "enabled", enabled=False), "update_mask")
    yield Bad("UpdateWorkflow: mask another and *", update("enabled", "*", enabled=False), "update_mask")
    yield Bad("UpdateWorkflow: mask * twice", update("*", "*", enabled=False), "update_mask")
    for what, actor in BAD_ACTORS.items():
        yield Bad(f"UpdateWorkflow: actor {what}", update(enabled=False), "onduty-actor-bin", metadata=acting(actor))


def bad_lists() -> Iterator[Bad]:
    for number in (-1, -(2**31)):
        yield Bad(
            f"ListStatuses: page_size {number}",
            pb.ListStatusesRequest(account_id=ACCOUNT, page_size=number),
            "page_size",
        )
        yield Bad(
            f"ListStatusChanges: page_size {number}",
            pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=number),
            "page_size",
        )
        yield Bad(
            f"ListWorkflowChanges: page_size {number}",
            pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_size=number),
            "page_size",
        )
        yield Bad(f"ListAccounts: page_size {number}", pb.ListAccountsRequest(page_size=number), "page_size")
    for limit in (-1, 1_001, 2**31 - 1, -(2**31)):
        yield Bad(
            f"ListAvailableUsers: limit {limit}",
            pb.ListAvailableUsersRequest(account_id=ACCOUNT, limit=limit),
            "limit",
        )
    for order in (4, 99, -1):
        yield Bad(
            f"ListAvailableUsers: order {order}",
            pb.ListAvailableUsersRequest(account_id=ACCOUNT, order=order),  # type: ignore[arg-type]
            "order",
        )
    for status in (0, 4, 99, -1):
        yield Bad(
            f"ListStatuses: a filter of {status}",
            pb.ListStatusesRequest(account_id=ACCOUNT, statuses=[pb.STATUS_AWAY, status]),  # type: ignore[list-item]
            "statuses[1]",
        )
    yield Bad(
        "ListStatuses: as many filters as fit into a message",
        pb.ListStatusesRequest(account_id=ACCOUNT, statuses=[pb.STATUS_AWAY] * 1_000_000),
        "statuses",
    )
    for what, time in BAD_TIMESTAMPS.items():
        for field in ("start_time", "end_time"):
            times: dict[str, Any] = {field: time}
            yield Bad(
                f"ListStatusChanges: {field} {what}", pb.ListStatusChangesRequest(account_id=ACCOUNT, **times), field
            )
    yield Bad(
        "ListStatusChanges: end_time before start_time",
        pb.ListStatusChangesRequest(account_id=ACCOUNT, start_time=at(NOW), end_time=at(NOW - 1)),
        "end_time",
    )
    yield Bad("BatchGetStatuses: no user_ids", pb.BatchGetStatusesRequest(account_id=ACCOUNT), "user_ids")
    yield Bad(
        "BatchGetStatuses: 1,001 user_ids",
        pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=[f"user-{n}" for n in range(1_001)]),
        "user_ids",
    )
    yield Bad(
        "BatchGetStatuses: the same user 1,001 times",
        pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann"] * 1_001),
        "user_ids",
    )
    yield Bad(
        "BatchGetStatuses: a bad id after one named twice",
        pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann", "ann", "\n", "ben"]),
        "user_ids[2]",
    )


def bad_tokens() -> Iterator[Bad]:
    """Tokens that no list ever gave; those of other lists are further down."""
    for what, token in {
        "a word": "garbage",
        "base64 of something": base64.urlsafe_b64encode(b"something quite different").decode(),
        "the right length": base64.urlsafe_b64encode(b"\x00" * 16).decode(),
        "not base64": "!!!!",
        "not ASCII": "été",
        "a blank": " ",
        "long": "A" * 100_000,
    }.items():
        yield Bad(
            f"ListStatuses: page_token {what}",
            pb.ListStatusesRequest(account_id=ACCOUNT, page_token=token),
            "page_token",
        )
        yield Bad(
            f"ListStatusChanges: page_token {what}",
            pb.ListStatusChangesRequest(account_id=ACCOUNT, page_token=token),
            "page_token",
        )
        yield Bad(
            f"ListWorkflowChanges: page_token {what}",
            pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_token=token),
            "page_token",
        )
        yield Bad(f"ListAccounts: page_token {what}", pb.ListAccountsRequest(page_token=token), "page_token")


def with_period(field: str, duration: Duration) -> pb.Workflow:
    fields: dict[str, Any] = {field: duration}
    return pb.Workflow(**fields)


def bad_simulations() -> Iterator[Bad]:
    for field in ("away_after", "offline_after"):
        for what, duration in BAD_DURATIONS.items():
            yield Bad(
                f"Simulate: {field} {what}", simulation(workflow=with_period(field, duration)), f"workflow.{field}"
            )
        for what, duration in PERIODS_OUT_OF_RANGE.items():
            yield Bad(
                f"Simulate: {field} {what}",
                simulation(workflow=with_period(field, duration)),
                f"workflow.{field}",
                "INVALID_WORKFLOW",
            )
    both = pb.Workflow(away_after=period(MINUTE), offline_after=period(MINUTE))
    yield Bad(
        "Simulate: offline equal to away", simulation(workflow=both), "workflow.offline_after", "INVALID_WORKFLOW"
    )
    yield Bad("Simulate: no period", simulation(workflow=pb.Workflow()), "workflow.enabled", "INVALID_WORKFLOW")
    for number in (0, 4, 99, -1):
        resume = pb.Workflow(away_after=period(MINUTE), resume=number)  # type: ignore[arg-type]
        yield Bad(f"Simulate: resume {number}", simulation(workflow=resume), "workflow.resume")
    for number in (4, 99, -1):
        yield Bad(f"Simulate: time_format {number}", simulation(time_format=number), "time_format")
    for field in ("time_column", "user_column"):
        for what, name in {"129 bytes": "x" * 129, "a line feed": "a\nb"}.items():
            yield Bad(f"Simulate: {field} with {what}", simulation(**{field: name}), field)
    for what, log in {"nothing": b"", "no CSV": b"\0\1", "other columns": b"a,b\n1,2\n"}.items():
        yield Bad(f"Simulate: a log that is {what}", simulation(log=log), "log")


BAD = [
    *(*bad_ids(), *bad_activities(), *bad_settings(), *bad_workflows(), *bad_lists(), *bad_tokens()),
    *bad_simulations(),
]


@IN_MEMORY
@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("method", sorted({bad.method for bad in BAD}))
async def test_what_is_malformed_is_refused_and_changes_nothing(method: str, wire: Wire) -> None:
    accounts = [ACCOUNT, "other", "new"]
    before = [await wire.state(account_id) for account_id in accounts]
    call = method_of(wire.stub, method)
    for bad in BAD:
        if bad.method != method:
            continue
        refusal = await refused(call(bad.request, metadata=bad.metadata), bad.name)
        assert refusal[:3] == (INVALID, bad.reason, (bad.field,)), bad.name
        assert len(refusal.message) < 500, bad.name
        if isinstance(bad.request, pb.UpdateWorkflowRequest):
            # A dry-run refuses what the change would refuse.
            dry = pb.UpdateWorkflowRequest()
            dry.CopyFrom(bad.request)
            dry.validate_only = True
            assert await refused(call(dry, metadata=bad.metadata), bad.name) == refusal, bad.name
        assert [await wire.state(account_id) for account_id in accounts] == before, bad.name


# --- what was right once, or elsewhere -------------------------------------------------------------------------------


@pytest.fixture
async def crowd(wire: Wire, clock: FakeClock) -> None:
    """Enough users and changes in two accounts for lists of several pages."""
    for account_id in (ACCOUNT, "other"):
        for n in range(5):
            await wire.set_status(f"user-{n}", pb.STATUS_ONLINE, account_id=account_id)
            clock.advance(1)


def statuses_page(**fields: Any) -> pb.ListStatusesRequest:
    return pb.ListStatusesRequest(**{"account_id": ACCOUNT, "page_size": 2, **fields})


def changes_page(**fields: Any) -> pb.ListStatusChangesRequest:
    return pb.ListStatusChangesRequest(**{"account_id": ACCOUNT, "page_size": 2, **fields})


@IN_MEMORY
@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(statuses_page(), statuses_page(account_id="other"), id="statuses of another account"),
        pytest.param(statuses_page(), statuses_page(account_id="unknown"), id="statuses of an unknown account"),
        pytest.param(statuses_page(), statuses_page(statuses=[pb.STATUS_ONLINE]), id="statuses with a filter"),
        pytest.param(
            statuses_page(statuses=[pb.STATUS_ONLINE]),
            statuses_page(statuses=[pb.STATUS_ONLINE, pb.STATUS_AWAY]),
            id="statuses with another filter",
        ),
        pytest.param(statuses_page(), changes_page(), id="a token of statuses for changes"),
        pytest.param(changes_page(), statuses_page(), id="a token of changes for statuses"),
        pytest.param(changes_page(), changes_page(account_id="other"), id="changes of another account"),
        pytest.param(changes_page(), changes_page(user_id="user-1"), id="changes of one user"),
        pytest.param(changes_page(), changes_page(start_time=at(START)), id="changes with a start"),
        pytest.param(
            changes_page(start_time=at(START)), changes_page(end_time=at(START)), id="changes with an end, not a start"
        ),
        pytest.param(
            changes_page(start_time=at(START)), changes_page(start_time=at(START + 1)), id="changes with a later start"
        ),
    ],
)
async def test_a_token_of_another_list_is_refused(first: Message, second: Message, wire: Wire) -> None:
    method, other = (message.DESCRIPTOR.name.removesuffix("Request") for message in (first, second))
    token = (await method_of(wire.stub, method)(first)).next_page_token
    assert token
    await method_of(wire.stub, other)(second)
    with_token = type(second).FromString(second.SerializeToString())
    with_token.page_token = token  # type: ignore[attr-defined]
    assert (await refused(method_of(wire.stub, other)(with_token)))[:3] == (INVALID, "INVALID_FIELD", ("page_token",))


@IN_MEMORY
@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(("method", "page"), [("ListStatuses", statuses_page), ("ListStatusChanges", changes_page)])
async def test_a_token_that_was_tampered_with_is_refused(method: str, page: Callable[..., Message], wire: Wire) -> None:
    call = method_of(wire.stub, method)
    token = (await call(page())).next_page_token
    raw = base64.urlsafe_b64decode(token)
    damaged = [token[:-1], token[:-4], token[4:], token + token, token + "AAAA", token.swapcase(), token[::-1]]
    damaged += [
        base64.urlsafe_b64encode(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :]).decode() for n in range(len(raw))
    ]
    for page_token in damaged:
        refusal = await refused(call(page(page_token=page_token)), page_token)
        assert refusal[:3] == (INVALID, "INVALID_FIELD", ("page_token",)), page_token


@IN_MEMORY
@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("position", [-(2**63), -1, 2**63 - 1])
async def test_a_position_that_no_list_has_is_refused_even_in_a_well_made_token(
    position: int, wire: Wire, application: Application
) -> None:
    store = application.store

    def token(*query: object) -> str:
        return PageTokens(store.token_key, *query).at(position, Place(1, store.lineage))

    for refusal in (
        await refused(wire.stub.ListStatuses(statuses_page(page_token=token("statuses", ACCOUNT, [])))),
        await refused(wire.stub.ListStatusChanges(changes_page(page_token=token("changes", ACCOUNT, "", None, None)))),
    ):
        assert refusal[:3] == (INVALID, "INVALID_FIELD", ("page_token",))


def forged_without_the_key(position: int, *query: object) -> str:
    """A token as anybody could make it when its fingerprint had no key."""
    fingerprint = hashlib.blake2s(repr((position, query)).encode(), digest_size=8).digest()
    return base64.urlsafe_b64encode(struct.pack(">q8s", position, fingerprint)).decode()


@IN_MEMORY
@pytest.mark.usefixtures("crowd")
async def test_a_token_that_somebody_made_without_the_key_is_refused(wire: Wire, application: Application) -> None:
    statuses: tuple[object, ...] = ("statuses", ACCOUNT, [])
    changes: tuple[object, ...] = ("changes", ACCOUNT, "", None, None)
    forged = [(forged_without_the_key(1, *statuses), forged_without_the_key(1, *changes))]
    for key in (b"", bytes(32)):
        place = Place(1, application.store.lineage)
        forged.append((PageTokens(key, *statuses).at(1, place), PageTokens(key, *changes).at(1, place)))
    for of_statuses, of_changes in forged:
        for refusal in (
            await refused(wire.stub.ListStatuses(statuses_page(page_token=of_statuses))),
            await refused(wire.stub.ListStatusChanges(changes_page(page_token=of_changes))),
        ):
            assert refusal[:3] == (INVALID, "INVALID_FIELD", ("page_token",))


@pytest.mark.usefixtures("crowd")
async def test_the_page_size_may_change_from_page_to_page_and_a_filter_be_spelled_differently(wire: Wire) -> None:
    first = await wire.stub.ListStatuses(statuses_page(statuses=[pb.STATUS_ONLINE, pb.STATUS_AWAY]))
    second = await wire.stub.ListStatuses(
        statuses_page(
            statuses=[pb.STATUS_AWAY, pb.STATUS_ONLINE, pb.STATUS_AWAY], page_token=first.next_page_token, page_size=9
        )
    )
    assert [status.user_id for status in second.user_statuses] == ["user-2", "user-3", "user-4"]
    assert second.next_page_token == ""


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("user_id", ["ann", "ben", "cat", "dan", "eve", "new"])
async def test_a_status_is_set_only_at_the_revision_that_the_caller_expects(user_id: str, wire: Wire) -> None:
    before = await wire.state()
    known = {status.user_id: status.revision for status in before.statuses}
    current = known.get(user_id, 0)
    for revision in {*range(12), 2**63 - 1} - {current}:
        for status in (pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE):
            refusal = await refused(wire.set_status(user_id, status, expected_revision=revision), f"{status}")
            assert refusal[:3] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT", ())
    assert await wire.state() == before
    answer = await wire.set_status(user_id, pb.STATUS_OFFLINE, reason="done", expected_revision=current)
    assert answer.status == pb.STATUS_OFFLINE and answer.revision > current


async def test_a_workflow_is_written_only_at_the_etag_that_the_caller_read(wire: Wire) -> None:
    etags = [(await wire.workflow()).etag]
    for minutes in (10, 11, 12):
        updated = await wire.update(pb.Workflow(away_after=period(minutes * MINUTE), etag=etags[-1]))
        etags.append(updated.workflow.etag)
    assert len(set(etags)) == 4
    before = await wire.state()
    for etag in (*etags[:-1], "nonsense", " ", etags[-1] + "0", "é", "\n", "x" * 100_000):
        for validate_only in (False, True):
            refusal = await refused(
                wire.update(pb.Workflow(enabled=True, etag=etag), validate_only=validate_only), etag[:20]
            )
            assert refusal[:3] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT", ())
            # Even where nothing would be written.
            await refused(wire.update(pb.Workflow(etag=etag), validate_only=validate_only), etag[:20])
    assert await wire.state() == before
    # Another account's etag says nothing here.
    assert await wire.workflow("other") == pb.Workflow(
        account_id="other", enabled=False, resume=pb.RESUME_FROM_AWAY, keep_manual_away=False, etag=etags[0]
    )


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("account_id", [ACCOUNT, "other", "new"])
async def test_a_user_never_seen_is_not_found(account_id: str, wire: Wire) -> None:
    before = await wire.state(account_id)
    refusal = await refused(wire.get("nobody", account_id=account_id))
    assert refusal[:3] == (grpc.StatusCode.NOT_FOUND, "USER_UNKNOWN", ())
    # Ids are compared as they are, and nobody new can have one with white space around it.
    for user_id in ("Ann", "a\u0301nn"):
        assert (await refused(wire.get(user_id, account_id=account_id))).reason == "USER_UNKNOWN"
    assert (await refused(wire.get("ann ", account_id=account_id)))[:2] == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "INVALID_FIELD",
    )
    assert await wire.state(account_id) == before
