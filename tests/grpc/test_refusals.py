"""Refusals: each has the code, reason and field that the proto promises, and changes nothing."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from tests.fakes import START, FakeClock
from tests.grpc.bad_values import NOW
from tests.grpc.conftest import Settle
from tests.grpc.malformed import BAD
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, MINUTE, Wire, at, period, refused

from onduty.v1 import status_pb2 as pb
from onduty_server.app.paging import PageTokens
from onduty_server.app.ports.history import Place
from onduty_server.process.application import Application

INVALID = grpc.StatusCode.INVALID_ARGUMENT


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


# --- what is malformed -----------------------------------------------------------------------------------------------


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
        account_id="other",
        enabled=False,
        resume=pb.RESUME_FROM_AWAY,
        keep_manual_away=False,
        etag=etags[0],
        disconnect_status=pb.STATUS_OFFLINE,
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
