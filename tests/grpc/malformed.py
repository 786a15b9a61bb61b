"""The catalogue of malformed requests: every field of every method, and how the service must refuse it.

They are made for the account of `test_refusals.people`, at `NOW`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from tests.grpc.bad_values import (
    BAD_ACTIVITY_TIMES,
    BAD_ACTORS,
    BAD_DURATIONS,
    BAD_EXPIRE_TIMES,
    BAD_IDS,
    BAD_TIMESTAMPS,
    IDLE_FOR_OUT_OF_RANGE,
    NOW,
    PERIODS_OUT_OF_RANGE,
    TTLS_OUT_OF_RANGE,
    Bad,
)
from tests.grpc.malformed_people import bad_people, people_with_ids
from tests.grpc.malformed_reports import bad_reports, reports_with_ids
from tests.grpc.malformed_workflows import bad_simulations, bad_workflows, simulation
from tests.grpc.wire import ACCOUNT, MINUTE, SECOND, acting, at, period

from onduty.v1 import status_pb2 as pb

# --- ids -------------------------------------------------------------------------------------------------------------


def with_ids(account_id: str, user_id: str) -> Iterator[tuple[Message, str, str | None]]:
    """A request of every method with these ids, and the paths of both."""
    yield pb.RecordActivityRequest(account_id=account_id, user_id=user_id), "account_id", "user_id"
    yield (
        pb.SetStatusRequest(account_id=account_id, user_id=user_id, status=pb.STATUS_AWAY),
        "account_id",
        "user_id",
    )
    for kind in (pb.KeepSessionRequest, pb.EndSessionRequest):
        yield kind(account_id=account_id, user_id=user_id, session_id="tab-1"), "account_id", "user_id"
    yield (
        pb.KeepSessionRequest(account_id=account_id, user_id=user_id, session_id="tab-1", idle_for=period(0)),
        "account_id",
        "user_id",
    )
    for kind_ in (pb.KeepEngagementRequest, pb.EndEngagementRequest):
        yield kind_(account_id=account_id, user_id=user_id, engagement_id="call-1"), "account_id", "user_id"
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
    yield from people_with_ids(account_id, user_id)
    yield from reports_with_ids(account_id, user_id)


def bad_ids() -> Iterator[Bad]:
    for what, bad in BAD_IDS.items():
        for request, field, _ in with_ids(bad, "ann"):
            yield Bad(f"{request.DESCRIPTOR.name}: account_id with {what}", request, field)
        for request, _, user_field in with_ids(ACCOUNT, bad):
            if user_field is not None:
                yield Bad(f"{request.DESCRIPTOR.name}: user_id with {what}", request, user_field)


# --- everything else -------------------------------------------------------------------------------------------------


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
    for what, time in BAD_EXPIRE_TIMES.items():
        for user_id in ("ann", "ben", "cat", "new"):
            yield Bad(
                f"SetStatus of {user_id}: expire_time {what}", setting(user_id=user_id, expire_time=time), "expire_time"
            )
    for what, duration in (BAD_DURATIONS | PERIODS_OUT_OF_RANGE).items():
        for then in (0, 2):
            yield Bad(f"SetStatus: ttl {what}, then {then}", setting(ttl=duration, then=then), "ttl")
    for ttl in (MINUTE, 0):
        both = setting(expire_time=at(NOW + MINUTE), ttl=period(ttl))
        yield Bad(f"SetStatus: expire_time and a ttl of {ttl}", both, "ttl")
    for then in (1, 2, 3, 4):
        yield Bad(f"SetStatus: then {then} without an end", setting(then=then), "then")
    for then in (5, 99, -1):
        yield Bad(f"SetStatus: then {then}", setting(then=then, ttl=period(MINUTE)), "then")
        yield Bad(f"SetStatus: then {then} without an end", setting(then=then), "then")


def bad_leases() -> Iterator[Bad]:
    def session(**fields: Any) -> pb.KeepSessionRequest:
        return pb.KeepSessionRequest(**{"account_id": ACCOUNT, "user_id": "ann", "session_id": "tab-1", **fields})

    def engagement(**fields: Any) -> pb.KeepEngagementRequest:
        return pb.KeepEngagementRequest(
            **{"account_id": ACCOUNT, "user_id": "ann", "engagement_id": "call-1", **fields}
        )

    of_session, of_engagement = "session_id", "engagement_id"
    for what, bad in {**BAD_IDS, "white space before it": " x", "white space after it": "x\u3000"}.items():
        yield Bad(f"KeepSession: {of_session} with {what}", session(session_id=bad), of_session)
        yield Bad(
            f"KeepSession: idle, {of_session} with {what}", session(session_id=bad, idle_for=period(0)), of_session
        )
        yield Bad(f"KeepEngagement: {of_engagement} with {what}", engagement(engagement_id=bad), of_engagement)
        end = pb.EndSessionRequest(account_id=ACCOUNT, user_id="ann", session_id=bad)
        yield Bad(f"EndSession: {of_session} with {what}", end, of_session)
        over = pb.EndEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id=bad)
        yield Bad(f"EndEngagement: {of_engagement} with {what}", over, of_engagement)
    for what, duration in (BAD_DURATIONS | PERIODS_OUT_OF_RANGE | TTLS_OUT_OF_RANGE).items():
        for user_id in ("ann", "cat", "new"):
            yield Bad(
                f"KeepSession of {user_id}: ttl {what}",
                session(user_id=user_id, ttl=duration, idle_for=period(0)),
                "ttl",
            )
            yield Bad(f"KeepEngagement of {user_id}: ttl {what}", engagement(user_id=user_id, ttl=duration), "ttl")
    yield Bad("KeepSession: ttl 29,999 ms", session(ttl=period(30 * SECOND - 1)), "ttl")
    for what, duration in BAD_DURATIONS.items():
        yield Bad(f"KeepSession: idle_for {what}", session(idle_for=duration), "idle_for")
    for what, duration in IDLE_FOR_OUT_OF_RANGE.items():
        for user_id in ("ann", "dan", "new"):
            request = session(user_id=user_id, idle_for=duration)
            yield Bad(f"KeepSession of {user_id}: idle_for {what}", request, "idle_for")


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
    for number in (-1, -(2**31)):
        yield Bad(
            f"ListAvailableUsers: max_engagements {number}",
            pb.ListAvailableUsersRequest(account_id=ACCOUNT, max_engagements=number),
            "max_engagements",
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
        teams = pb.ListTeamsRequest(account_id=ACCOUNT, page_token=token)
        yield Bad(f"ListTeams: page_token {what}", teams, "page_token")


BAD = [
    *(*bad_ids(), *bad_activities(), *bad_settings(), *bad_leases(), *bad_workflows(), *bad_lists(), *bad_tokens()),
    *bad_simulations(),
    *bad_people(),
    *bad_reports(),
]
