"""Serves the streams: sends the messages of a watch, and receives batches of activities.

Both end with OK when the server drains. A message that goes to many watchers is encoded once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from operator import attrgetter

from onduty.v1 import status_pb2 as pb

from ..access.permissions import Caller
from ..app.batches import Refused, Report
from ..app.limits import ACTIVITIES_MAX
from ..app.service import StatusService
from ..app.watching.limits import BOOKMARK_WITHIN_MS
from ..app.watching.messages import Bookmark, Changes, Message, Snapshot
from ..app.watching.service import Watching
from ..domain.errors import InFuture, InvalidField
from . import convert
from .context import CallContext, Requests
from .errors import mapped
from .guard import Guard
from .status_bytes import fill_user_statuses
from .unread import Unread


async def serve_watch(
    watching: Watching, unread: Unread, request: pb.WatchStatusesRequest, context: CallContext
) -> None:
    """Write the messages of a watch, already encoded, until the caller leaves or the server drains."""
    account_id = request.account_id
    task, loop_time = asyncio.current_task(), asyncio.get_running_loop().time
    assert task is not None
    since, write = unread.since, context.write
    within_ms = BOOKMARK_WITHIN_MS
    if request.HasField("bookmark_within"):
        within_ms = convert.from_duration("bookmark_within", request.bookmark_within)
    begun = False
    watch = watching.watch(account_id, tuple(request.user_ids), request.resume_token, within_ms)
    async with aclosing(watch) as messages:
        async for message in messages:
            since[task] = loop_time()
            if unread.is_idle:
                unread.wake()
            try:
                if not begun:
                    begun = True
                    await _send_headers(context)
                await write(encode(account_id, message))
            except asyncio.CancelledError as cancelled:
                raise unread.why(task, cancelled) from None
            finally:
                del since[task]


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
        fill_user_statuses(snapshot.user_statuses, account_id, message.views)
        snapshot.team_workflows.extend(convert.to_workflow(account_id, each) for each in message.team_workflows)
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
            response = await _record(service, guard, caller, request, context)
            if not begun:
                begun = True
                await _send_headers(context)
            await context.write(response)
    finally:
        drained.cancel()


async def _record(
    service: StatusService,
    guard: Guard,
    caller: Caller,
    request: pb.RecordActivitiesRequest,
    context: CallContext,
) -> pb.RecordActivitiesResponse:
    """Record a message: the activities first, then the sessions and engagements."""
    items = len(request.activities) + len(request.leases)
    if items > ACTIVITIES_MAX:
        raise InvalidField(
            "activities" if request.activities else "leases",
            f"a message may hold {ACTIVITIES_MAX} activities, sessions and engagements together, got {items}",
        )
    response = pb.RecordActivitiesResponse(sequence=request.sequence)
    if request.activities:
        permitted = partial(guard.reports, caller, "activities", context=context)
        activities, malformed = convert.to_activities(request.activities)
        refused = await _record_each(activities, malformed, permitted, service.record_activities)
        response.errors.extend(map(_error, refused))
    if request.leases:
        permitted_leases = partial(guard.reports, caller, "leases", context=context)
        leases, malformed = convert.to_lease_reports(request.leases)
        refused = await _record_each(leases, malformed, permitted_leases, service.record_leases)
        response.lease_errors.extend(map(_error, refused))
    return response


async def _record_each(
    reports: Sequence[Report],
    malformed: Sequence[Refused],
    permitted: Callable[[Sequence[Report]], tuple[Sequence[Report], list[Refused]]],
    record: Callable[[Sequence[Report]], Awaitable[list[Refused]]],
) -> list[Refused]:
    """Record what could be converted of a list of a message; return what was refused, in the order of the list."""
    allowed: Sequence[Report]
    forbidden: list[Refused]
    allowed, forbidden = permitted(reports)
    refused: list[Refused] = await record(allowed)
    if malformed or forbidden:
        return sorted((*malformed, *forbidden, *refused), key=attrgetter("place"))
    return refused


def _error(refused: Refused) -> pb.ActivityError:
    error = refused.error
    return pb.ActivityError(
        server_time=convert.to_timestamp(error.now) if isinstance(error, InFuture) else None,
        index=refused.place,
        reason=mapped(type(error)).reason,
        field=error.violations[0].field if error.violations else "",
        message=error.message,
    )
