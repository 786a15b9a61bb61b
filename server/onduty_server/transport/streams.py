"""Serves the streams: sends the messages of a watch, and receives batches of activities.

Both end with OK when the server drains. A message that goes to many watchers is encoded once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial

from onduty.v1 import status_pb2 as pb

from ..access.permissions import Caller
from ..app.limits import ACTIVITIES_MAX
from ..app.service import ActivityReport, RefusedActivity, StatusService
from ..app.watching.messages import Bookmark, Changes, Message, Snapshot
from ..app.watching.service import Watching
from ..domain.errors import InFuture, InvalidField, LimitExceeded
from . import convert
from .context import CallContext, Requests
from .errors import mapped
from .guard import Guard


async def serve_watch(watching: Watching, request: pb.WatchStatusesRequest, context: CallContext) -> None:
    """Write the messages of a watch, already encoded, until the caller leaves or the server drains."""
    account_id = request.account_id
    begun = False
    async with aclosing(watching.watch(account_id, tuple(request.user_ids), request.resume_token)) as messages:
        async for message in messages:
            try:
                async with asyncio.timeout(watching.limits.unread_max_s):
                    if not begun:
                        begun = True
                        await _send_headers(context)
                    await context.write(encode(account_id, message))
            except TimeoutError:
                raise LimitExceeded("the messages of this watch were not read for too long") from None


async def _send_headers(context: CallContext) -> None:
    """Send the response headers, to be awaited before the first message; cancelling it does not interrupt them.

    Otherwise grpcio sends them with the first message and, when that is cancelled (the credential was revoked, or the
    reader is too slow), forgets that it has. It then sends them again with the status, which fails with
    GRPC_CALL_ERROR_TOO_MANY_OPERATIONS, and the caller never learns that the call has ended.
    """
    sending = asyncio.ensure_future(context.send_initial_metadata(()))
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        await asyncio.gather(sending, return_exceptions=True)
        raise


def encode(account_id: str, message: Message) -> bytes:
    """Serialize a message. A shared message is encoded for the first watcher, and the bytes kept for the others."""
    if isinstance(message, Snapshot):
        response = pb.WatchStatusesResponse(resume_token=message.token)
        snapshot = response.snapshot
        snapshot.first, snapshot.last = message.first, message.last
        convert.fill_user_statuses(snapshot.user_statuses, account_id, message.views)
        if message.workflow is not None:
            snapshot.workflow.CopyFrom(convert.to_workflow(account_id, message.workflow))
        return response.SerializeToString()
    if message.encoded is None:
        message.encoded = _response(account_id, message).SerializeToString()
    return message.encoded


def _response(account_id: str, message: Changes | Bookmark) -> pb.WatchStatusesResponse:
    if isinstance(message, Bookmark):
        bookmark = pb.Bookmark(effective_until=convert.to_timestamp(message.effective_until))
        return pb.WatchStatusesResponse(resume_token=message.token, bookmark=bookmark)
    changes = pb.WatchedChanges(changes=[convert.to_watched_change(account_id, event) for event in message.events])
    return pb.WatchStatusesResponse(resume_token=message.token, changes=changes)


async def serve_activities(
    service: StatusService,
    guard: Guard,
    caller: Caller,
    draining: asyncio.Event,
    requests: Requests,
    context: CallContext,
    delay_s_of_next: Callable[[], float],
) -> None:
    """Record and acknowledge messages one at a time. The next is read once the last is done, for back-pressure.

    `delay_s_of_next` returns the seconds to wait before each message: a caller that sends too fast is slowed down, not
    refused.
    """
    drained = asyncio.create_task(draining.wait())
    begun = False
    try:
        while True:
            reading = asyncio.ensure_future(requests.read())
            try:
                await asyncio.wait((reading, drained), return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not reading.done():
                    reading.cancel()
            if not reading.done() or reading.cancelled():
                return
            request = reading.result()
            if request is None:
                return
            if delay_s := delay_s_of_next():
                await asyncio.wait((drained,), timeout=delay_s)
            refused = await _record(service, partial(guard.activities, caller, context=context), request)
            if not begun:
                begun = True
                await _send_headers(context)
            await context.write(pb.RecordActivitiesResponse(sequence=request.sequence, errors=map(_error, refused)))
    finally:
        drained.cancel()


async def _record(
    service: StatusService,
    permitted: Callable[[list[ActivityReport]], tuple[list[ActivityReport], list[RefusedActivity]]],
    request: pb.RecordActivitiesRequest,
) -> list[RefusedActivity]:
    if len(request.activities) > ACTIVITIES_MAX:
        raise InvalidField("activities", f"at most {ACTIVITIES_MAX} in a message")
    reports: list[ActivityReport] = []
    malformed: list[RefusedActivity] = []
    for index, activity in enumerate(request.activities):
        activity_time = None
        if activity.HasField("activity_time"):
            try:
                activity_time = convert.from_timestamp("activity_time", activity.activity_time)
            except InvalidField as error:
                malformed.append(RefusedActivity(index, error))
                continue
        reports.append(ActivityReport(index, activity.account_id, activity.user_id, activity_time))
    allowed, denied = permitted(reports)
    refused = await service.record_activities(allowed)
    if malformed or denied:
        return sorted([*malformed, *denied, *refused], key=lambda each: each.place)
    return refused


def _error(refused: RefusedActivity) -> pb.ActivityError:
    error = refused.error
    return pb.ActivityError(
        server_time=convert.to_timestamp(error.now) if isinstance(error, InFuture) else None,
        index=refused.place,
        reason=mapped(type(error)).reason,
        field=error.violations[0].field if error.violations else "",
        message=error.message,
    )
