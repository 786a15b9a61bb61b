"""Uploads: send every activity of a sequence, such as a log, in order until it is acknowledged.

A reporter merges the activities of a user and never waits; an upload does neither. The same goes for sessions and
engagements. Invariants: an item is sent until the server has acknowledged or refused it, over any number of
connections; those of one user are sent in the order of `put` and `put_lease`; the number of waiting and unacknowledged
items is bounded, so `put` waits for a server that is slower than the program.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._activity_errors import RejectedActivity, RejectedLease, item_error
from onduty_client._background import BACKGROUND
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._endpoint import Endpoint, StreamChannel, TwoWayCall
from onduty_client._errors import OndutyError, Unavailable
from onduty_client._forking import log
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._patience import Disconnected, Patience, Reconnected
from onduty_client._reconnecting import ReconnectingStream
from onduty_client._reporter import check_lease
from onduty_client._rpcs import SERVICE
from onduty_client._stream_reader import read_stream
from onduty_client._types import LeaseAction, UploadStats

#: Half of what the server takes in one message.
_BATCH_BYTES_MAX: Final = 512 * 1024
#: The most bytes of an activity besides its ids, and of a session or an engagement.
_OVERHEAD_BYTES: Final = 24
_LEASE_OVERHEAD_BYTES: Final = 48
#: How many unacknowledged messages may be sent, enough to keep the server busy.
_IN_FLIGHT_MAX: Final = 4
_WAITING_MAX: Final = 20_000
#: How long the server may take to acknowledge a message before the connection is given up.
_SILENCE_MAX_S: Final = 10.0
#: The interval at which a connection is checked on which the server owes no response.
_CALM_S: Final = 1.0


RejectedT = TypeVar("RejectedT", RejectedActivity, RejectedLease)


class _Activity(NamedTuple):
    account_id: str
    user_id: str
    time: datetime | None
    ref: object


class _Lease(NamedTuple):
    account_id: str
    user_id: str
    action: LeaseAction
    lease_id: str
    message: pb.Lease
    ref: object


class _Batch(NamedTuple):
    """A message. Its activities count before its leases."""

    sequence: int
    activities: list[_Activity]
    leases: list[_Lease]

    def __len__(self) -> int:
        return len(self.activities) + len(self.leases)


class BaseUpload(Helper):
    """An upload, without the way of waiting for room and for the end."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        patience: Patience,
        on_error: Callable[[RejectedActivity], None] | None,
        on_connection: Callable[[Disconnected | Reconnected], None] | None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._patience = patience
        self._clock = clock
        self._on_error = on_error
        self._on_lease_error = on_lease_error
        self._on_connection = on_connection
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return f"to {self._endpoint.target}"

    def _forget_parent(self) -> None:
        self._stream = ReconnectingStream(
            "activity upload",
            self._endpoint,
            self._session,
            clock=self._clock,
            patience=self._patience,
            on_connection=self._tell_connection,
            on_end=self._wake_all,
        )
        # It is re-entrant: a signal handler may close the upload that the interrupted thread is filling.
        self._room = threading.Condition(threading.RLock())
        self._waiting: deque[_Activity | _Lease] = deque()
        self._no_more = False
        self._put_count = self._acknowledged = self._rejected = 0
        # Only the event loop's thread uses these.
        self._news = asyncio.Event()
        self._progress = asyncio.Event()
        self._unacknowledged: deque[_Batch] = deque()
        self._sequence = 0
        self._sent = self._resent = 0

    @property
    def stats(self) -> UploadStats:
        """The fate of the activities so far, in counts."""
        with self._room:
            return UploadStats(
                put=self._put_count,
                sent=self._sent,
                resent=self._resent,
                acknowledged=self._acknowledged,
                rejected=self._rejected,
                connects=self._stream.connects,
            )

    @property
    def error(self) -> Exception | None:
        """The reason why nothing can be sent at the moment; None if none is known."""
        return self._stream.failure or self._stream.error

    # --- taking activities -------------------------------------------------------------------------------------------

    def _add(self, item: _Activity | _Lease) -> None:
        """Add an item, however many wait already. Called under the condition."""
        self._waiting.append(item)
        self._put_count += 1
        if len(self._waiting) == 1 and self._loop is not None:
            self._loop.call_soon_threadsafe(self._news.set)

    def check(self) -> None:
        """Raise the error of the upload, if it has failed."""
        if self._stream.failure is not None:
            raise self._stream.failure
        self._check_running()

    # --- sending, in the event loop ----------------------------------------------------------------------------------

    async def _start_work(self) -> None:
        self._stream.start()

    async def _finish_work(self) -> None:
        await self._stream.stop()
        self._wake_all()

    def _wake_all(self) -> None:
        self._tell_progress()
        with self._room:
            self._room.notify_all()

    def _tell_progress(self) -> None:
        progress, self._progress = self._progress, asyncio.Event()
        progress.set()

    def _tell_connection(self, event: Disconnected | Reconnected) -> None:
        if self._on_connection is not None:
            try:
                self._on_connection(event)
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the upload.
                log.exception("on_connection failed")

    async def _finish(self, timeout: float | None) -> bool:
        with self._room:
            self._no_more = True
        self._news.set()
        try:
            async with self._clock.timeout(timeout):
                while not self._is_done():
                    if self._stream.failure is not None:
                        raise self._stream.failure
                    if self._closed:
                        return False
                    await self._progress.wait()
        except TimeoutError:
            return False
        return True

    async def _session(self, channel: StreamChannel) -> bool:
        record = channel.stream_stream(
            f"/{SERVICE}/RecordActivities",
            request_serializer=pb.RecordActivitiesRequest.SerializeToString,
            response_deserializer=pb.RecordActivitiesResponse.FromString,
        )
        call = record(metadata=self._endpoint.call_metadata())
        helping = [asyncio.create_task(self._write(call)), asyncio.create_task(self._notice_calm(channel))]
        try:
            await read_stream(
                call,
                self._take,
                endpoint=self._endpoint,
                patience_s=lambda: min(_SILENCE_MAX_S, max(0.0, self._stream.patience_left_s)),
                expecting=lambda: bool(self._unacknowledged) or not self._stream.connects,
                clock=self._clock,
            )
        except OndutyError:
            # With everything acknowledged it does not matter how the stream ended.
            if not self._is_done():
                raise
        finally:
            for task in helping:
                task.cancel()
            ended = await asyncio.gather(*helping, return_exceptions=True)
        for error in ended:
            if error is not None and not isinstance(error, asyncio.CancelledError):
                raise error
        return self._is_done()

    async def _notice_calm(self, channel: StreamChannel) -> None:
        """A server that owes no answer sends nothing; a connection that stands is then the only sign of it."""
        while True:
            await self._clock.wait(asyncio.Event(), _CALM_S)
            if not self._unacknowledged and channel.get_state() is grpc.ChannelConnectivity.READY:
                self._stream.answered()

    async def _write(self, call: TwoWayCall) -> None:
        """Send again what was not acknowledged, then what comes; close the stream after the last."""
        try:
            for batch in tuple(self._unacknowledged):
                self._resent += len(batch)
                await call.write(_request(batch))
            while not self._is_done():
                fresh = self._next_batch() if len(self._unacknowledged) < _IN_FLIGHT_MAX else None
                if fresh is not None:
                    self._unacknowledged.append(fresh)
                    self._sent += len(fresh)
                    await call.write(_request(fresh))
                else:
                    await self._news.wait()
                    self._news.clear()
            await call.done_writing()
        except (grpc.RpcError, grpc.aio.UsageError, asyncio.InvalidStateError):
            # The stream broke, or ended; its reader gets the reason.
            return
        except Exception:
            call.cancel()
            raise

    def _next_batch(self) -> _Batch | None:
        activities: list[_Activity] = []
        leases: list[_Lease] = []
        # Activities of these users would overtake their leases.
        leased: set[tuple[str, str]] = set()
        room = _BATCH_BYTES_MAX
        with self._room:
            waiting = self._waiting
            while waiting and room > 0 and len(activities) + len(leases) < self._endpoint.activities_max:
                item = waiting[0]
                # At most four bytes a character; to count them would cost more than a smaller batch does.
                room -= 4 * (len(item.account_id) + len(item.user_id)) + _OVERHEAD_BYTES
                if isinstance(item, _Lease):
                    room -= 4 * len(item.lease_id) + _LEASE_OVERHEAD_BYTES
                    leased.add(item[:2])
                    leases.append(item)
                elif leased and item[:2] in leased:
                    break
                else:
                    activities.append(item)
                waiting.popleft()
            self._room.notify_all()
        self._tell_progress()
        if not activities and not leases:
            return None
        self._sequence += 1
        return _Batch(self._sequence, activities, leases)

    def _take(self, response: pb.RecordActivitiesResponse) -> None:
        if not self._unacknowledged or self._unacknowledged[0].sequence != response.sequence:
            raise Unavailable(f"the server acknowledged message {response.sequence} out of turn")
        self._stream.answered()
        batch = self._unacknowledged.popleft()
        with self._room:
            refused = len(response.errors) + len(response.lease_errors)
            self._acknowledged += len(batch) - refused
            self._rejected += refused
        for error in response.errors:
            it = batch.activities[error.index]
            rejected = RejectedActivity(it.account_id, it.user_id, it.time, item_error(error), it.ref)
            self._tell(self._on_error, rejected, "on_error")
        for error in response.lease_errors:
            of = batch.leases[error.index]
            refusal = item_error(error)
            rejected_lease = RejectedLease(of.account_id, of.user_id, of.action, of.lease_id, refusal, of.ref)
            self._tell(self._on_lease_error, rejected_lease, "on_lease_error")
        self._news.set()
        self._tell_progress()

    def _tell(self, told: Callable[[RejectedT], None] | None, rejected: RejectedT, name: str) -> None:
        if told is not None:
            try:
                told(rejected)
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the upload.
                log.exception("%s failed", name)

    def _is_done(self) -> bool:
        with self._room:
            return self._no_more and not self._waiting and not self._unacknowledged


def _request(batch: _Batch) -> pb.RecordActivitiesRequest:
    activity = pb.Activity
    activities = [
        activity(account_id=it.account_id, user_id=it.user_id)
        if it.time is None
        else activity(
            account_id=it.account_id, user_id=it.user_id, activity_time=convert.time_to_proto(it.time, "activity_time")
        )
        for it in batch.activities
    ]
    leases = [it.message for it in batch.leases]
    return pb.RecordActivitiesRequest(sequence=batch.sequence, activities=activities, leases=leases)


class AsyncActivityUpload(InLoop, BaseUpload):
    """Sends every given activity, and reports the outcome of each, for asyncio.

    See `AsyncClient.upload_activities`. Use it in an `async with` block; leaving it without `finish` throws away what
    is not yet acknowledged.
    """

    async def put(
        self, account_id: str, user_id: str, activity_time: datetime | None = None, *, ref: object = None
    ) -> None:
        """Send an activity. Waits while too many are waiting.

        `ref` is yours: it comes back with the activity if the server refuses it. Raises what the upload has failed
        with, and what `record` of a reporter does for what can't be sent at all.
        """
        await self._put(_activity(account_id, user_id, activity_time, ref))

    async def put_lease(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
        ref: object = None,
    ) -> None:
        """Keep or end a session or an engagement, after what was put before. Waits while too many are waiting.

        `ttl` and `idle_for` are as in `keep_session` and `keep_engagement`, and count from when the server gets it. If
        it is refused, `on_lease_error` is told, with your `ref`. Raises as `put` does.
        """
        await self._put(_lease(action, account_id, user_id, lease_id, ttl, idle_for, ref))

    async def _put(self, item: _Activity | _Lease) -> None:
        while True:
            self.check()
            with self._room:
                if len(self._waiting) < _WAITING_MAX:
                    self._add(item)
                    return
                progress = self._progress
            await progress.wait()

    async def finish(self, timeout: float | None = None) -> bool:
        """Wait until the server has answered for everything.

        No more `put` is allowed. Returns False after `timeout` s.
        """
        self.check()
        return await self._finish(timeout)


class ActivityUpload(InBackground, BaseUpload):
    """Sends every given activity, and reports the outcome of each.

    See `Client.upload_activities`. Use it in a `with` block; leaving it without `finish` throws away what is not yet
    acknowledged. `put` may be called from any thread.
    """

    def put(self, account_id: str, user_id: str, activity_time: datetime | None = None, *, ref: object = None) -> None:
        """Send an activity. Waits while too many are waiting.

        `ref` is yours: it comes back with the activity if the server refuses it. Raises what the upload has failed
        with, and what `record` of a reporter does for what can't be sent at all.
        """
        self._put(_activity(account_id, user_id, activity_time, ref))

    def put_lease(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
        ref: object = None,
    ) -> None:
        """Keep or end a session or an engagement, after what was put before. Waits while too many are waiting.

        `ttl` and `idle_for` are as in `keep_session` and `keep_engagement`, and count from when the server gets it. If
        it is refused, `on_lease_error` is told, with your `ref`. Raises as `put` does.
        """
        self._put(_lease(action, account_id, user_id, lease_id, ttl, idle_for, ref))

    def _put(self, item: _Activity | _Lease) -> None:
        with self._room:
            self.check()
            while len(self._waiting) >= _WAITING_MAX:
                self._room.wait()
                self.check()
            self._add(item)

    def finish(self, timeout: float | None = None) -> bool:
        """Wait until the server has answered for everything.

        No more `put` is allowed. Returns False after `timeout` s.
        """
        self.check()
        BACKGROUND.check_elsewhere()
        return BACKGROUND.run(self._finish(timeout))

    def _start_inherited(self) -> None:
        raise RuntimeError("the upload belongs to the process that this one was forked from; make a new one")


def _activity(account_id: str, user_id: str, activity_time: datetime | None, ref: object) -> _Activity:
    check_activity(account_id, user_id, activity_time)
    if not (account_id.isascii() and user_id.isascii()):
        account_id.encode(), user_id.encode()
    return _Activity(account_id, user_id, activity_time, ref)


def _lease(
    action: LeaseAction,
    account_id: str,
    user_id: str,
    lease_id: str,
    ttl: timedelta | None,
    idle_for: timedelta | None,
    ref: object,
) -> _Lease:
    check_lease(account_id, user_id, lease_id)
    # Made here, so that what cannot be sent at all is refused where it was put.
    message = pb.Lease(
        account_id=account_id,
        user_id=user_id,
        action=convert.lease_action_to_proto(action),
        lease_id=lease_id,
        ttl=None if ttl is None else convert.period_to_proto(ttl),
        idle_for=None if idle_for is None else convert.period_to_proto(idle_for),
    )
    return _Lease(account_id, user_id, action, lease_id, message, ref)


def check_activity(account_id: str, user_id: str, activity_time: datetime | None) -> None:
    """Raise TypeError or ValueError if an activity can't be sent at all."""
    if type(account_id) is not str or type(user_id) is not str:
        convert.check_text(account_id=account_id, user_id=user_id)
    if activity_time is not None:
        convert.time_to_proto(activity_time, "activity_time")
