"""Reporters: thousands of activities, sessions and engagements, recorded without waiting and sent in batches.

`record` and its siblings only add a report to the buffer; everything else happens in the thread of an event loop.
Invariants: a report is held until the server has acknowledged or refused it, over any number of streams, or is counted
as dropped (see `_activity_buffer`); refused and dropped reports are counted in `stats`, and logged once a minute.
`_activity_times` decides which time an activity is sent with, `_reported_leases` how a session or engagement is sent.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._activity_buffer import ActivityBuffer, Batch
from onduty_client._activity_errors import RejectedActivity, RejectedLease, item_error
from onduty_client._activity_times import When, dated, dated_by_server, given_time, request_for
from onduty_client._background import BACKGROUND
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._connection import MetadataProvider
from onduty_client._endpoint import StreamChannel, TwoWayCall
from onduty_client._endpoints import endpoint_of
from onduty_client._errors import InvalidField, LimitExceeded, OndutyError, Unavailable
from onduty_client._forking import log
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._reconnecting import ReconnectingStream
from onduty_client._reported_leases import LeaseKey, LeaseReport, lease_messages
from onduty_client._rpcs import SERVICE
from onduty_client._security import Security
from onduty_client._stream_reader import read_stream
from onduty_client._throttled_warning import ThrottledWarning
from onduty_client._types import LeaseAction, ReporterStats

DEFAULT_INTERVAL_S: Final = 0.5
DEFAULT_MAX_PENDING: Final = 100_000
DEFAULT_CLOSE_TIMEOUT_S: Final = 5.0

#: How many bytes a message may have (the server accepts 1 MiB, some of which the framing needs).
_BATCH_MAX_BYTES: Final = 1_000_000

#: How many messages may wait for their acknowledgement.
_IN_FLIGHT_MAX: Final = 8

#: How long an acknowledgement may take before the stream is given up. A dead connection is noticed sooner, by pings.
_SILENCE_MAX_S: Final = 10.0

#: How much older than the interval an activity may be to be sent without a time.
_YOUNG_S: Final = 1.5


class _Sent(NamedTuple):
    """A batch on its way: of each of its messages about leases, the index of the report."""

    batch: Batch
    lease_indexes: list[int]


class BaseReporter(Helper):
    """A reporter, without the way of waiting for it."""

    _clock: Clock = SYSTEM_CLOCK

    def __init__(
        self,
        target: str,
        *,
        interval: float = DEFAULT_INTERVAL_S,
        max_pending: int = DEFAULT_MAX_PENDING,
        close_timeout: float = DEFAULT_CLOSE_TIMEOUT_S,
        on_error: Callable[[RejectedActivity], None] | None = None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
        security: Security | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> None:
        super().__init__()
        if interval < 0:
            raise ValueError(f"interval must not be negative, got {interval}")
        if max_pending < 1:
            raise ValueError(f"max_pending must be at least 1, got {max_pending}")
        self._interval = interval
        self._young_s = interval + _YOUNG_S
        self._max_pending = max_pending
        self._close_timeout = close_timeout
        self._on_error = on_error
        self._on_lease_error = on_lease_error
        self._endpoint = endpoint_of(target, security, credentials, metadata)
        self._now = self._clock.now
        self._buffer = ActivityBuffer(max_pending)
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return self._endpoint.target

    def _forget_parent(self) -> None:
        self._warn_rejected = ThrottledWarning(
            log, "activity reporter: reports refused: %s; the latest: %s", self._clock
        )
        self._warn_dropped = ThrottledWarning(
            log, "activity reporter: reports dropped: %s; the latest: %s", self._clock
        )
        self._stream = ReconnectingStream("activity reporter", self._endpoint, self._session, clock=self._clock)
        # What is recorded before a start waits for it in every process; the parent sends the rest.
        self._buffer = ActivityBuffer(self._max_pending, None if self._inherited else self._buffer)
        self._add = self._buffer.add

        # Only the event loop's thread uses these.
        self._hurry = asyncio.Event()
        self._flushing = 0
        self._progress = asyncio.Event()
        self._ready: deque[Batch] = deque()
        self._in_flight: dict[int, _Sent] = {}
        self._sequence = 0

    # --- recording, from any thread ----------------------------------------------------------------------------------

    def record(self, account_id: str, user_id: str, activity_time: datetime | None = None) -> None:
        """Record that a user did something. Takes about a microsecond and never waits; any thread may call it.

        `activity_time` is for activities that are reported late; without it, the activity is now. It raises only if the
        activity can't be sent at all: ValueError for a time without a zone, or an id that is not Unicode text;
        TypeError for an id that is not a str. `on_error` is called for an id that the server refuses.
        """
        if type(account_id) is not str or type(user_id) is not str:
            convert.check_text(account_id=account_id, user_id=user_id)
        if not (account_id.isascii() and user_id.isascii()):
            account_id.encode()
            user_id.encode()
        now = self._now
        when: When = now() if activity_time is None else dated(activity_time, self._clock)
        if self._inherited:
            self._start_inherited()
        add = self._add
        if not add(account_id, user_id, when):
            why = "the reporter is closed" if self._closed else f"{self._max_pending} users wait already"
            self._warn_dropped.add(f"user {user_id!r} of account {account_id!r}: {why}")

    def keep_session(
        self,
        account_id: str,
        user_id: str,
        session_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
    ) -> None:
        """Record that a client of a user is still here, as `keep_session` of a client does. Never waits.

        Call it whenever the client is heard of, at half of the `ttl` at the latest: nothing is renewed by itself. Of
        each session the last report within an interval is sent, with the latest input of all. Any thread may call it.
        It raises as `record` does; `on_lease_error` is called if the server refuses it.
        """
        self._report(LeaseAction.KEEP_SESSION, account_id, user_id, session_id, ttl, idle_for)

    def end_session(self, account_id: str, user_id: str, session_id: str) -> None:
        """Record that a client of a user is gone, as `end_session` of a client does. Otherwise as `keep_session`."""
        self._report(LeaseAction.END_SESSION, account_id, user_id, session_id)

    def keep_engagement(
        self, account_id: str, user_id: str, engagement_id: str, *, ttl: timedelta | None = None
    ) -> None:
        """Record that a user is working on something, as `keep_engagement` of a client does.

        Otherwise as `keep_session`: nothing is renewed by itself.
        """
        self._report(LeaseAction.KEEP_ENGAGEMENT, account_id, user_id, engagement_id, ttl)

    def end_engagement(self, account_id: str, user_id: str, engagement_id: str) -> None:
        """Record that an engagement is over, as `end_engagement` of a client does. Otherwise as `keep_session`."""
        self._report(LeaseAction.END_ENGAGEMENT, account_id, user_id, engagement_id)

    def _report(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
    ) -> None:
        check_lease(account_id, user_id, lease_id)
        now = self._now()
        input_at = None if idle_for is None else now - idle_for.total_seconds()
        if self._inherited:
            self._start_inherited()
        key = LeaseKey.of(action, account_id, user_id, lease_id)
        if not self._buffer.add_lease(key, action, ttl, now, input_at):
            why = "the reporter is closed" if self._closed else f"{self._max_pending} reports wait already"
            self._warn_dropped.add(f"{action} {lease_id!r} of user {user_id!r} of account {account_id!r}: {why}")

    @property
    def stats(self) -> ReporterStats:
        """The fate of what was recorded so far, in counts."""
        return self._buffer.stats

    @property
    def error(self) -> Exception | None:
        """The reason why nothing can be sent at the moment; None if none is known."""
        return self._stream.error

    # --- sending -----------------------------------------------------------------------------------------------------

    async def _start_work(self) -> None:
        self._buffer.loop = asyncio.get_running_loop()
        self._stream.start()
        self._buffer.due.set()

    async def _finish_work(self) -> None:
        self._buffer.closed = True
        await self._flush(self._close_timeout)
        await self._stream.stop()
        left = self._buffer.drop_all()
        if left:
            self._warn_dropped.add(
                f"closed before they could be sent: {self._stream.error or 'too short a time'}", left
            )

    def _finish_unstarted(self) -> None:
        self._buffer.closed = True

    async def _flush(self, timeout: float | None) -> bool:
        self._flushing += 1
        self._hurry.set()
        self._stream.hurry()
        try:
            async with self._clock.timeout(timeout):
                while self._buffer.held:
                    await self._progress.wait()
        except TimeoutError:
            return False
        finally:
            self._flushing -= 1
            if not self._flushing:
                self._hurry.clear()
        return True

    async def _session(self, channel: StreamChannel) -> bool:
        await self._buffer.wait_due()
        method = channel.stream_stream(
            f"/{SERVICE}/RecordActivities",
            request_serializer=pb.RecordActivitiesRequest.SerializeToString,
            response_deserializer=pb.RecordActivitiesResponse.FromString,
        )
        call = method(metadata=self._endpoint.call_metadata())
        self._buffer.count_stream()
        free = asyncio.Semaphore(_IN_FLIGHT_MAX)

        def take(response: pb.RecordActivitiesResponse) -> None:
            self._take(response)
            free.release()

        writing = asyncio.create_task(self._write(call, free), name="onduty-reporter-write")
        # Without the writing nothing would be sent or received, so end the reading too.
        writing.add_done_callback(lambda _: call.cancel())
        try:
            await read_stream(
                call,
                take,
                endpoint=self._endpoint,
                patience_s=lambda: _SILENCE_MAX_S,
                expecting=lambda: bool(self._in_flight),
                clock=self._clock,
            )
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            self._buffer.give_back(*(sent.batch for sent in self._in_flight.values()), *self._ready)
            self._in_flight.clear()
            self._ready.clear()
            if not writing.cancelled() and writing.exception() is not None:
                log.error("activity reporter: unexpected failure", exc_info=writing.exception())
        return False

    async def _write(self, call: TwoWayCall, free: asyncio.Semaphore) -> None:
        # How a stream failed is for its reader to say.
        with suppress(grpc.RpcError, asyncio.InvalidStateError):
            # While there is no connection, keep activities in the buffer, where others are merged into them.
            await call.wait_for_connection()
            while True:
                await self._buffer.wait_due()
                await self._clock.wait(self._hurry, self._interval)
                self._ready.extend(self._buffer.take(self._endpoint.activities_max))
                while self._ready:
                    await free.acquire()
                    if not await self._send(call, self._ready.popleft()):
                        free.release()

    async def _send(self, call: TwoWayCall, batch: Batch) -> bool:
        """Send a batch. False if it was not: it has to go in parts, or can't be sent."""
        waiting, batch = batch, self._buffer.drop_run_out(batch, self._now())
        if batch is not waiting:
            why = "sessions and engagements ran out before they could be sent"
            self._warn_dropped.add(why, waiting.size - batch.size)
            self._tell_progress()
            if not batch.size:
                return False
        request = request_for(batch.activities, self._young_s, self._clock)
        leases, lease_indexes = lease_messages(batch.leases, self._young_s, self._now())
        request.leases.extend(leases)
        if request.ByteSize() > _BATCH_MAX_BYTES:
            if batch.size > 1:
                self._ready.extendleft(reversed(batch.halves()))
            else:
                error = InvalidField("the ids are too long to be sent", code=grpc.StatusCode.INVALID_ARGUMENT)
                self._settle(batch, {0: error} if batch.activities else {}, {0: error} if batch.leases else {})
            return False
        self._sequence += 1
        request.sequence = self._sequence
        self._in_flight[self._sequence] = _Sent(batch, lease_indexes)
        self._buffer.count_sent(batch)
        await call.write(request)
        return True

    def _take(self, response: pb.RecordActivitiesResponse) -> None:
        sent = self._in_flight.pop(response.sequence, None)
        if sent is None:
            return
        self._stream.answered()
        batch, indexes = sent
        count = len(batch.activities)
        refusals = {each.index: item_error(each) for each in response.errors if 0 <= each.index < count}
        of_leases = {
            indexes[each.index]: item_error(each) for each in response.lease_errors if 0 <= each.index < len(indexes)
        }
        server_times = {each.index: each.server_time for each in response.errors if each.HasField("server_time")}
        self._settle(batch, refusals, of_leases, server_times)
        for error in (*refusals.values(), *(error for error in of_leases.values() if isinstance(error, Unavailable))):
            if _is_passing(error):
                # Let the stream begin again after a pause: a server that can't record activities now needs a rest.
                raise error

    def _settle(
        self,
        batch: Batch,
        refusals: Mapping[int, OndutyError],
        of_leases: Mapping[int, OndutyError],
        server_times: Mapping[int, Timestamp] | None = None,
    ) -> None:
        """Release a batch. What was refused for now waits again; final refusals are reported.

        `server_times` are the server's times for activities that were refused for being in the future.
        """
        later = Batch([], [])
        rejected: dict[int, OndutyError] = {}
        rejected_leases: list[tuple[LeaseKey, LeaseReport, OndutyError]] = []
        for index, error in refusals.items():
            account_id, user_id, when = batch.activities[index]
            server_time = (server_times or {}).get(index)
            dated_anew = None if server_time is None else dated_by_server(server_time, when, self._clock)
            if _is_passing(error):
                later.activities.append(batch.activities[index])
            elif dated_anew is not None:
                later.activities.append((account_id, user_id, dated_anew))
            else:
                rejected[index] = error
        for index, error in of_leases.items():
            # A limit is one of the number of leases here: the server takes a stream as fast as it can.
            if isinstance(error, Unavailable):
                later.leases.append(batch.leases[index])
            else:
                rejected_leases.append((*batch.leases[index], error))
        refused = len(rejected) + len(rejected_leases)
        self._buffer.settle(acknowledged=batch.size - len(refusals) - len(of_leases), rejected=refused)
        self._buffer.give_back(later)
        self._tell_progress()
        for index, error in rejected.items():
            self._tell_rejected(*batch.activities[index], error)
        for key, report, error in rejected_leases:
            self._tell_rejected_lease(key, report, error)

    def _tell_progress(self) -> None:
        progress, self._progress = self._progress, asyncio.Event()
        progress.set()

    def _tell_rejected(self, account_id: str, user_id: str, when: When, error: OndutyError) -> None:
        self._warn_rejected.add(f"user {user_id!r} of account {account_id!r}: {error}")
        if self._on_error is not None:
            timestamp = given_time(when)
            given = None if timestamp is None else convert.time(timestamp)
            try:
                self._on_error(RejectedActivity(account_id, user_id, given, error))
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the stream.
                log.exception("on_error failed")

    def _tell_rejected_lease(self, key: LeaseKey, report: LeaseReport, error: OndutyError) -> None:
        self._warn_rejected.add(
            f"{report.action} {key.lease_id!r} of user {key.user_id!r} of account {key.account_id!r}: {error}"
        )
        if self._on_lease_error is not None:
            try:
                self._on_lease_error(RejectedLease(key.account_id, key.user_id, report.action, key.lease_id, error))
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the stream.
                log.exception("on_lease_error failed")


def check_lease(account_id: str, user_id: str, lease_id: str) -> None:
    """Raise TypeError or ValueError if ids can't be sent at all."""
    convert.check_text(account_id=account_id, user_id=user_id, lease_id=lease_id)
    for each in (account_id, user_id, lease_id):
        each.encode()


def _is_passing(error: OndutyError) -> bool:
    return isinstance(error, Unavailable | LimitExceeded)


class AsyncActivityReporter(InLoop, BaseReporter):
    """Reports activities without waiting, for asyncio: like `ActivityReporter`, in the running event loop.

    Use it in an `async with` block, or call `start` and `close`. `record` is the same: it is not awaited, and may be
    called from any thread. `on_error` is called in the event loop.

    A program that uses gRPC in its event loop should prefer this to the reporter that lives in a thread: with several
    event loops in a process, grpcio logs BlockingIOErrors, harmless ones (https://github.com/grpc/grpc/issues/25364).
    """

    async def flush(self, timeout: float | None = None) -> bool:
        """Send pending activities at once. Returns True if nothing was pending at some moment within `timeout` seconds.

        In a program that records all the time there may be no such moment.
        """
        self._check_running()
        return await self._flush(timeout)


class ActivityReporter(InBackground, BaseReporter):
    """Reports activities without waiting, for a backend that reports every click.

    Use it in a `with` block, or call `start` and `close`. `record` only notes which user was active. A thread in the
    background, one for all mirrors and reporters of the process, sends the activities every `interval`, one per user,
    over one stream. What is not acknowledged when a connection is lost is sent again over the next one. Memory is
    bounded: when `max_pending` users wait, further ones are dropped, and counted in `stats`.

    Activities are dated by the server's clock, up to about an interval late. If the server could not be reached in
    time, they are sent with their times by this machine's clock.

    A gateway that holds the connections of many users also reports their sessions and engagements: `keep_session`,
    `end_session`, `keep_engagement` and `end_engagement` only note the last that was said of each, which is sent along.
    One that could not be sent in time is sent with what is left of its `ttl`, and dropped once it has run out.

    What is recorded before the start waits for it. A child of a fork, such as a worker of gunicorn, starts an
    inherited reporter by itself, with the first `record`; the parent sends what the parent recorded. Where that can't
    work (the parent also uses gRPC in an event loop), using it in the child raises a RuntimeError that says what to do.
    A process that ends without closing a reporter sends pending activities, within `close_timeout`, unless it is killed
    or ends by `os._exit`.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250". Or the
            address of its HTTP port: "http://127.0.0.1:50251", "https://onduty.internal".
        interval: for how long activities are gathered before they are sent, in seconds.
        max_pending: how many users' activities, sessions and engagements may wait at once, including those being sent.
        close_timeout: for how long closing waits for what is pending to be acknowledged, in seconds.
        on_error: called for every activity that the server refuses, in the background; it must be quick. Its
            exceptions are logged.
        on_lease_error: the same for every session and engagement that the server refuses to keep or to end.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each stream, in the background, for metadata to send along, such as a token.
    """

    def flush(self, timeout: float | None = None) -> bool:
        """Send pending activities at once. Returns True if nothing was pending at some moment within `timeout` seconds.

        In a program that records all the time there may be no such moment.
        """
        self._check_running()
        BACKGROUND.check_elsewhere()
        return BACKGROUND.run(self._flush(timeout))
