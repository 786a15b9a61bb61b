"""Activities of reporters and uploads over HTTP/1.1, on which no stream goes both ways: a call for each.

Invariants: a message is acknowledged once the server has answered for each of its activities; messages are sent and
acknowledged in order, and so are the activities of one user; an activity refused because of a limit is sent again.
"""

import asyncio
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import LimitExceeded, OndutyError
from onduty_client._http.aio import HttpCalls
from onduty_client._http.failures import deadline_exceeded
from onduty_client._rpcs import RECORD_ACTIVITY, SERVICE

RECORD_ACTIVITIES: Final = f"/{SERVICE}/RecordActivities"

#: The most activities of a message: few enough to be acknowledged before a reporter takes the server for dead.
ACTIVITIES_MAX: Final = 100

#: The number of calls under way at once.
_LANES: Final = 8
_TIMEOUT_S: Final = 5.0

#: The wait after a refusal because of a limit: as the server says, up to a maximum, or a default if it does not say.
_LIMIT_WAIT_MAX_S, _LIMIT_WAIT_S = 5.0, 0.25

#: Errors that concern one activity; any other error ends the stream.
_OF_ONE: Final = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.PERMISSION_DENIED)


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
        lanes: list[list[tuple[int, pb.Activity]]] = [[] for _ in range(_LANES)]
        for index, activity in enumerate(request.activities):
            lanes[hash((activity.account_id, activity.user_id)) % _LANES].append((index, activity))
        response = pb.RecordActivitiesResponse(sequence=request.sequence)
        tasks = [asyncio.create_task(self._record(lane)) for lane in lanes if lane]
        try:
            refused = await asyncio.gather(*tasks)
        finally:
            # Cancel those that are left when one fails, or when the stream is cancelled.
            for task in tasks:
                task.cancel()
        response.errors.extend(sorted(chain.from_iterable(refused), key=lambda error: error.index))
        return response

    async def _record(self, lane: Iterable[tuple[int, pb.Activity]]) -> list[pb.ActivityError]:
        refused = []
        for index, activity in lane:
            try:
                await self._call(activity)
            except OndutyError as error:
                if error.code not in _OF_ONE or not error.reason:
                    raise
                refused.append(_activity_error(index, error))
        return refused

    async def _call(self, activity: pb.Activity) -> None:
        request = pb.RecordActivityRequest(account_id=activity.account_id, user_id=activity.user_id)
        if activity.HasField("activity_time"):
            request.activity_time.CopyFrom(activity.activity_time)
        body = request.SerializeToString()
        while True:
            try:
                await self._calls.attempt(RECORD_ACTIVITY.name, body, self._more, _TIMEOUT_S, repeatable=True)
            except TimeoutError:
                raise deadline_exceeded(_TIMEOUT_S) from None
            except LimitExceeded as error:
                asked_for = error.retry_delay
                delay_s = _LIMIT_WAIT_S if asked_for is None else asked_for.total_seconds()
                await asyncio.sleep(min(delay_s, _LIMIT_WAIT_MAX_S))
            else:
                return


def _activity_error(index: int, error: OndutyError) -> pb.ActivityError:
    field = error.field_violations[0].field if error.field_violations else ""
    reason = pb.ErrorReason.DESCRIPTOR.values_by_name.get(f"ERROR_REASON_{error.reason}")
    number: Any = 0 if reason is None else reason.number
    return pb.ActivityError(index=index, reason=number, message=error.message, field=field)
