"""The service as a caller in another language sees it: raw generated stubs, and errors as the bytes in the trailers."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.limits import ACTIVITIES_MAX

ACCOUNT = "acme"
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(time_ms: int) -> Timestamp:
    """A time in ms UTC as a message."""
    seconds, millis = divmod(time_ms, 1_000)
    return Timestamp(seconds=seconds, nanos=millis * 1_000_000)


def ms(timestamp: Timestamp) -> int:
    """A time of an answer, ms UTC; the service's are never finer."""
    assert timestamp.nanos % 1_000_000 == 0
    return timestamp.seconds * 1_000 + timestamp.nanos // 1_000_000


def period(period_ms: int) -> Duration:
    """A period as a message."""
    seconds, millis = divmod(period_ms, 1_000)
    return Duration(seconds=seconds, nanos=millis * 1_000_000)


def acting(actor: str | bytes) -> tuple[tuple[str, bytes], ...]:
    """The metadata that names the acting person; none for an empty name."""
    encoded = actor.encode() if isinstance(actor, str) else actor
    return (("onduty-actor-bin", encoded),) if encoded else ()


class AccountState(NamedTuple):
    """All that a caller can learn of an account."""

    statuses: list[pb.UserStatus]
    workflow: pb.Workflow
    changes: list[pb.StatusChange]
    available: pb.ListAvailableUsersResponse


class Wire:
    """The stub, and calls spelled shortly. Where an account is not named it is `ACCOUNT`."""

    def __init__(self, channel: aio.Channel) -> None:
        self.channel = channel
        self.stub = pb_grpc.StatusServiceStub(channel)

    async def activity(self, user_id: str, *, at_ms: int | None = None, account_id: str = ACCOUNT) -> pb.UserStatus:
        request = pb.RecordActivityRequest(account_id=account_id, user_id=user_id)
        if at_ms is not None:
            request.activity_time.CopyFrom(at(at_ms))
        return (await self.stub.RecordActivity(request)).user_status

    async def set_status(
        self,
        user_id: str,
        status: pb.Status.ValueType,
        *,
        actor: str = "",
        reason: str = "",
        expected_revision: int | None = None,
        expire_ms: int | None = None,
        ttl_ms: int | None = None,
        then: pb.Then.ValueType = pb.THEN_UNSPECIFIED,
        account_id: str = ACCOUNT,
    ) -> pb.UserStatus:
        request = pb.SetStatusRequest(
            account_id=account_id,
            user_id=user_id,
            status=status,
            reason=reason,
            expected_revision=expected_revision,
            expire_time=None if expire_ms is None else at(expire_ms),
            ttl=None if ttl_ms is None else period(ttl_ms),
            then=then,
        )
        return (await self.stub.SetStatus(request, metadata=acting(actor))).user_status

    async def keep_session(
        self,
        user_id: str,
        session_id: str,
        *,
        ttl_ms: int | None = None,
        idle_for_ms: int | None = None,
        account_id: str = ACCOUNT,
    ) -> pb.UserStatus:
        request = pb.KeepSessionRequest(
            account_id=account_id,
            user_id=user_id,
            session_id=session_id,
            ttl=None if ttl_ms is None else period(ttl_ms),
            idle_for=None if idle_for_ms is None else period(idle_for_ms),
        )
        return (await self.stub.KeepSession(request)).user_status

    async def end_session(self, user_id: str, session_id: str, *, account_id: str = ACCOUNT) -> pb.UserStatus:
        request = pb.EndSessionRequest(account_id=account_id, user_id=user_id, session_id=session_id)
        return (await self.stub.EndSession(request)).user_status

    async def keep_engagement(
        self, user_id: str, engagement_id: str, *, ttl_ms: int | None = None, account_id: str = ACCOUNT
    ) -> pb.UserStatus:
        request = pb.KeepEngagementRequest(
            account_id=account_id,
            user_id=user_id,
            engagement_id=engagement_id,
            ttl=None if ttl_ms is None else period(ttl_ms),
        )
        return (await self.stub.KeepEngagement(request)).user_status

    async def end_engagement(self, user_id: str, engagement_id: str, *, account_id: str = ACCOUNT) -> pb.UserStatus:
        request = pb.EndEngagementRequest(account_id=account_id, user_id=user_id, engagement_id=engagement_id)
        return (await self.stub.EndEngagement(request)).user_status

    async def get(self, user_id: str, *, account_id: str = ACCOUNT) -> pb.UserStatus:
        return (await self.stub.GetStatus(pb.GetStatusRequest(account_id=account_id, user_id=user_id))).user_status

    async def workflow(self, account_id: str = ACCOUNT) -> pb.Workflow:
        return (await self.stub.GetWorkflow(pb.GetWorkflowRequest(account_id=account_id))).workflow

    async def update(
        self,
        workflow: pb.Workflow,
        *mask: str,
        actor: str = "",
        validate_only: bool = False,
    ) -> pb.UpdateWorkflowResponse:
        """`workflow` is of `ACCOUNT` unless it says otherwise; without mask paths there is no mask."""
        request = pb.UpdateWorkflowRequest(workflow=workflow, validate_only=validate_only)
        request.workflow.account_id = workflow.account_id or ACCOUNT
        if mask:
            request.update_mask.CopyFrom(FieldMask(paths=mask))
        return await self.stub.UpdateWorkflow(request, metadata=acting(actor))

    async def switch_on(
        self,
        away_ms: int | None = None,
        offline_ms: int | None = None,
        *,
        resume: pb.Resume.ValueType = pb.RESUME_FROM_AWAY,
        keep_manual_away: bool = False,
        disconnect_ms: int | None = None,
        disconnect_status: pb.Status.ValueType = pb.STATUS_OFFLINE,
        account_id: str = ACCOUNT,
    ) -> pb.Workflow:
        """Write a whole workflow and switch it on."""
        workflow = pb.Workflow(account_id=account_id, enabled=True, resume=resume, keep_manual_away=keep_manual_away)
        if away_ms is not None:
            workflow.away_after.CopyFrom(period(away_ms))
        if offline_ms is not None:
            workflow.offline_after.CopyFrom(period(offline_ms))
        if disconnect_ms is not None:
            workflow.disconnect_after.CopyFrom(period(disconnect_ms))
        workflow.disconnect_status = disconnect_status
        return (await self.update(workflow, "*")).workflow

    async def activities(self, user_ids: Sequence[str]) -> None:
        """One activity of each, in this order and in few messages."""
        call: aio.StreamStreamCall[Any, Any] = self.stub.RecordActivities()
        for start in range(0, len(user_ids), ACTIVITIES_MAX):
            some = user_ids[start : start + ACTIVITIES_MAX]
            activities = [pb.Activity(account_id=ACCOUNT, user_id=user_id) for user_id in some]
            await call.write(pb.RecordActivitiesRequest(activities=activities))
            answer = await call.read()
            assert isinstance(answer, pb.RecordActivitiesResponse) and not answer.errors
        await call.done_writing()
        assert await call.read() is aio.EOF

    async def statuses(
        self, *statuses: pb.Status.ValueType, page_size: int = 1_000, account_id: str = ACCOUNT
    ) -> list[pb.UserStatus]:
        """Every page."""
        found: list[pb.UserStatus] = []
        request = pb.ListStatusesRequest(account_id=account_id, statuses=statuses, page_size=page_size)
        while True:
            page = await self.stub.ListStatuses(request)
            assert len(page.user_statuses) <= page_size
            found.extend(page.user_statuses)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def changes(
        self,
        user_id: str = "",
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        page_size: int = 1_000,
        account_id: str = ACCOUNT,
    ) -> list[pb.StatusChange]:
        """Every page."""
        found: list[pb.StatusChange] = []
        request = pb.ListStatusChangesRequest(
            account_id=account_id,
            user_id=user_id,
            start_time=None if start_ms is None else at(start_ms),
            end_time=None if end_ms is None else at(end_ms),
            page_size=page_size,
        )
        while True:
            page = await self.stub.ListStatusChanges(request)
            assert len(page.changes) <= page_size
            found.extend(page.changes)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def available(
        self,
        order: pb.AvailabilityOrder.ValueType = pb.AVAILABILITY_ORDER_UNSPECIFIED,
        *,
        limit: int = 0,
        max_engagements: int = 0,
        account_id: str = ACCOUNT,
    ) -> pb.ListAvailableUsersResponse:
        request = pb.ListAvailableUsersRequest(
            account_id=account_id, order=order, limit=limit, max_engagements=max_engagements
        )
        return await self.stub.ListAvailableUsers(request)

    async def state(self, account_id: str = ACCOUNT) -> AccountState:
        """All that a caller can learn of an account; at a standing clock equal if nothing changed."""
        return AccountState(
            await self.statuses(account_id=account_id),
            await self.workflow(account_id),
            await self.changes(account_id=account_id),
            await self.available(limit=1_000, account_id=account_id),
        )


class Refusal(NamedTuple):
    """How a call was refused, as the `grpc-status-details-bin` trailer tells."""

    code: grpc.StatusCode
    reason: str
    fields: tuple[str, ...]
    message: str
    retry_delay_ms: int = 0


async def refused(call: Awaitable[object], what: str = "it") -> Refusal:
    """Await a call that the service must refuse in the way of every onduty error; `what` is for the failure's text."""
    try:
        answer = await call
    except aio.AioRpcError as error:
        return refusal_of(error)
    pytest.fail(f"{what} was not refused: {answer}")


def refusal_of(error: aio.AioRpcError) -> Refusal:
    """Unpack an error of the service; whatever is not of its form fails the test."""
    encoded = next((value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"), None)
    assert isinstance(encoded, bytes), f"no details: {error.code()} {error.details()}"
    status = status_pb2.Status.FromString(encoded)
    assert status.code == error.code().value[0]
    assert status.message == error.details() != ""
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    kinds = [detail.TypeName() for detail in status.details]
    assert kinds[0] == "google.rpc.ErrorInfo"
    assert kinds[1:] in ([], ["google.rpc.BadRequest"], ["google.rpc.RetryInfo"])
    assert status.details[0].Unpack(info)
    assert info.domain == "onduty"
    assert f"ERROR_REASON_{info.reason}" in pb.ErrorReason.keys()  # noqa: SIM118 - not a dict
    if kinds[1:] == ["google.rpc.RetryInfo"]:
        # Whoever may try again is told when, and nobody else.
        assert info.reason in ("LIMIT_EXCEEDED", "ISSUER_UNAVAILABLE")
        assert status.details[1].Unpack(retry) and retry.retry_delay.ToMilliseconds() > 0
    elif len(kinds) == 2:
        assert status.details[1].Unpack(bad_request)
        assert bad_request.field_violations
        assert all(violation.field and violation.description for violation in bad_request.field_violations)
    return Refusal(
        error.code(),
        info.reason,
        tuple(violation.field for violation in bad_request.field_violations),
        status.message,
        retry.retry_delay.ToMilliseconds(),
    )
