"""Messages of reporters and uploads over HTTP/1.1, on which no stream goes both ways: a call for each item.

Invariants: a message is acknowledged once the server has answered for each of its activities, sessions and engagements;
messages are sent and acknowledged in order, and so are the items of one user; an item refused because of a limit on
calls is sent again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

import grpc
from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import LimitExceeded, OndutyError
from onduty_client._http.aio import HttpCalls
from onduty_client._http.failures import deadline_exceeded
from onduty_client._rpcs import (
    END_ENGAGEMENT,
    END_SESSION,
    KEEP_ENGAGEMENT,
    KEEP_SESSION,
    RECORD_ACTIVITY,
    SERVICE,
)

RECORD_ACTIVITIES: Final = f"/{SERVICE}/RecordActivities"

#: The most items of a message: few enough to be acknowledged before a reporter takes the server for dead.
ACTIVITIES_MAX: Final = 100

#: The number of calls under way at once.
_LANES: Final = 8
_TIMEOUT_S: Final = 5.0

#: The wait after a refusal because of a limit: as the server says, up to a maximum, or a default if it does not say.
_LIMIT_WAIT_MAX_S, _LIMIT_WAIT_S = 5.0, 0.25

#: Errors that concern one item; any other error ends the stream. A limit among them is one of the number of sessions or
#: engagements.
_OF_ONE: Final = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
)


class _Item(NamedTuple):
    """An activity or a lease of a message, as a call."""

    position: int
    is_lease: bool
    rpc: str
    body: bytes


class _Refusal(NamedTuple):
    is_lease: bool
    error: pb.ActivityError


class ActivityStream:
    """A `onduty_client._endpoint.TwoWayCall` made of unary calls. Its messages are RecordActivitiesRequests."""

    def __init__(self, calls: HttpCalls, more: str) -> None:
        self._calls = calls
        self._more = more
        self._requests: asyncio.Queue[pb.RecordActivitiesRequest | None] = asyncio.Queue()
        self._connecting: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[Any] | None = None
        self._cancelled = False

    async def wait_for_connection(self) -> None:
        """Return once there is a connection."""
        try:
            await asyncio.shield(self._connect())
        except OndutyError:
            # `read` raises the reason.
            raise asyncio.InvalidStateError from None

    async def write(self, request: pb.RecordActivitiesRequest) -> None:
        """Send a message."""
        if self._cancelled:
            raise asyncio.InvalidStateError
        self._requests.put_nowait(request)

    async def done_writing(self) -> None:
        """Send no more."""
        self._requests.put_nowait(None)

    async def read(self) -> Any:
        """Return the next acknowledgement, or EOF. Raises OndutyError, or CancelledError after `cancel`."""
        if self._cancelled:
            raise asyncio.CancelledError
        self._reading = asyncio.create_task(self._next())
        return await self._reading

    def cancel(self) -> bool:
        """End the stream."""
        self._cancelled = True
        for task in (self._connecting, self._reading):
            if task is not None:
                task.cancel()
        return True

    def _connect(self) -> "asyncio.Task[None]":
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._calls.connect())
        return self._connecting

    async def _next(self) -> Any:
        await asyncio.shield(self._connect())
        request = await self._requests.get()
        if request is None:
            return grpc.aio.EOF
        lanes: list[list[_Item]] = [[] for _ in range(_LANES)]
        for index, activity in enumerate(request.activities):
            lanes[_lane_of(activity)].append(_Item(index, False, RECORD_ACTIVITY.name, _activity_body(activity)))
        for index, lease in enumerate(request.leases):
            rpc, body_of = _LEASE_CALLS[lease.action]
            lanes[_lane_of(lease)].append(_Item(index, True, rpc, body_of(lease).SerializeToString()))
        response = pb.RecordActivitiesResponse(sequence=request.sequence)
        tasks = [asyncio.create_task(self._record(lane)) for lane in lanes if lane]
        try:
            refused = list(chain.from_iterable(await asyncio.gather(*tasks)))
        finally:
            # Cancel those that are left when one fails, or when the stream is cancelled.
            for task in tasks:
                task.cancel()
        for errors, of_leases in ((response.errors, False), (response.lease_errors, True)):
            found = [each.error for each in refused if each.is_lease is of_leases]
            errors.extend(sorted(found, key=lambda error: error.index))
        return response

    async def _record(self, lane: Iterable[_Item]) -> list[_Refusal]:
        refused = []
        for item in lane:
            try:
                await self._call(item)
            except OndutyError as error:
                if error.code not in _OF_ONE or not error.reason:
                    raise
                refused.append(_Refusal(item.is_lease, _activity_error(item.position, error)))
        return refused

    async def _call(self, item: _Item) -> None:
        while True:
            try:
                await self._calls.attempt(item.rpc, item.body, self._more, _TIMEOUT_S, repeatable=True)
            except TimeoutError:
                raise deadline_exceeded(_TIMEOUT_S) from None
            except LimitExceeded as error:
                asked_for = error.retry_delay
                if item.is_lease and not error.is_brief:
                    raise
                delay_s = _LIMIT_WAIT_S if asked_for is None else asked_for.total_seconds()
                await asyncio.sleep(min(delay_s, _LIMIT_WAIT_MAX_S))
            else:
                return


def _lane_of(item: pb.Activity | pb.Lease) -> int:
    return hash((item.account_id, item.user_id)) % _LANES


def _activity_body(activity: pb.Activity) -> bytes:
    request = pb.RecordActivityRequest(account_id=activity.account_id, user_id=activity.user_id)
    if activity.HasField("activity_time"):
        request.activity_time.CopyFrom(activity.activity_time)
    return request.SerializeToString()


def _keep_session(lease: pb.Lease) -> Message:
    return pb.KeepSessionRequest(
        account_id=lease.account_id,
        user_id=lease.user_id,
        session_id=lease.lease_id,
        ttl=lease.ttl if lease.HasField("ttl") else None,
        idle_for=lease.idle_for if lease.HasField("idle_for") else None,
    )


def _end_session(lease: pb.Lease) -> Message:
    return pb.EndSessionRequest(account_id=lease.account_id, user_id=lease.user_id, session_id=lease.lease_id)


def _keep_engagement(lease: pb.Lease) -> Message:
    return pb.KeepEngagementRequest(
        account_id=lease.account_id,
        user_id=lease.user_id,
        engagement_id=lease.lease_id,
        ttl=lease.ttl if lease.HasField("ttl") else None,
    )


def _end_engagement(lease: pb.Lease) -> Message:
    return pb.EndEngagementRequest(account_id=lease.account_id, user_id=lease.user_id, engagement_id=lease.lease_id)


_LEASE_CALLS: Final[Mapping[int, tuple[str, Callable[[pb.Lease], Message]]]] = {
    pb.LEASE_ACTION_KEEP_SESSION: (KEEP_SESSION.name, _keep_session),
    pb.LEASE_ACTION_END_SESSION: (END_SESSION.name, _end_session),
    pb.LEASE_ACTION_KEEP_ENGAGEMENT: (KEEP_ENGAGEMENT.name, _keep_engagement),
    pb.LEASE_ACTION_END_ENGAGEMENT: (END_ENGAGEMENT.name, _end_engagement),
}


def _activity_error(index: int, error: OndutyError) -> pb.ActivityError:
    field = error.field_violations[0].field if error.field_violations else ""
    reason = pb.ErrorReason.DESCRIPTOR.values_by_name.get(f"ERROR_REASON_{error.reason}")
    number: Any = 0 if reason is None else reason.number
    return pb.ActivityError(index=index, reason=number, message=error.message, field=field)
