"""The catalogue of malformed requests: every field of every method, and how the service must refuse it.

They are made for the account of `test_refusals.people`, at `NOW`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fakes import START
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, acting, at, period

from onduty.v1 import status_pb2 as pb

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
BAD_EXPIRE_TIMES = BAD_TIMESTAMPS | {
    "now": at(NOW),
    "999 ms ahead": at(NOW + 999),
    "a nanosecond less than 1 s ahead": Timestamp(seconds=NOW // 1_000, nanos=999_999_999),
    "30 d and 1 ms ahead": at(NOW + 30 * DAY + 1),
    "a second ago": at(NOW - 1_000),
    "1970": Timestamp(),
    "the end of time": Timestamp(seconds=253_402_300_799),
}
TTLS_OUT_OF_RANGE = {
    "1 s": period(1_000),
    "9,999 ms": period(10 * SECOND - 1),
    "4 h and 1 ms": period(240 * MINUTE + 1),
    "30 d": period(30 * DAY),
}
IDLE_FOR_OUT_OF_RANGE = {
    "-1 ms": period(-1),
    "30 d and 1 ms": period(30 * DAY + 1),
    "10,000 years": Duration(seconds=315_576_000_000),
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
    for field in ("away_after", "offline_after", "disconnect_after"):
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
    for number in (0, 4, 99, -1):
        for mask in ((), ("disconnect_status",), ("*",)):
            yield Bad(
                f"UpdateWorkflow: disconnect_status {number}, mask {mask}",
                update(*mask, disconnect_status=number, away_after=period(MINUTE), enabled=True),
                "workflow.disconnect_status",
            )
    for mask in ((), ("disconnect_status",), ("*",)):
        yield Bad(
            f"UpdateWorkflow: disconnect_status ONLINE, mask {mask}",
            update(*mask, disconnect_status=pb.STATUS_ONLINE, away_after=period(MINUTE), enabled=True),
            "workflow.disconnect_status",
            "INVALID_WORKFLOW",
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


def with_period(field: str, duration: Duration) -> pb.Workflow:
    fields: dict[str, Any] = {field: duration}
    return pb.Workflow(**fields)


def bad_simulations() -> Iterator[Bad]:
    for field in ("away_after", "offline_after", "disconnect_after"):
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
        disconnect = pb.Workflow(away_after=period(MINUTE), disconnect_status=number)  # type: ignore[arg-type]
        yield Bad(
            f"Simulate: disconnect_status {number}", simulation(workflow=disconnect), "workflow.disconnect_status"
        )
    to_online = pb.Workflow(disconnect_after=period(MINUTE), disconnect_status=pb.STATUS_ONLINE)
    yield Bad(
        "Simulate: disconnect_status ONLINE",
        simulation(workflow=to_online),
        "workflow.disconnect_status",
        "INVALID_WORKFLOW",
    )
    for number in (4, 99, -1):
        yield Bad(f"Simulate: time_format {number}", simulation(time_format=number), "time_format")
    for field in ("time_column", "user_column"):
        for what, name in {"129 bytes": "x" * 129, "a line feed": "a\nb"}.items():
            yield Bad(f"Simulate: {field} with {what}", simulation(**{field: name}), field)
    for what, log in {"nothing": b"", "no CSV": b"\0\1", "other columns": b"a,b\n1,2\n"}.items():
        yield Bad(f"Simulate: a log that is {what}", simulation(log=log), "log")


BAD = [
    *(*bad_ids(), *bad_activities(), *bad_settings(), *bad_leases(), *bad_workflows(), *bad_lists(), *bad_tokens()),
    *bad_simulations(),
]
