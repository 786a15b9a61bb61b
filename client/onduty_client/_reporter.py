"""Reporters: thousands of activities, recorded without waiting and sent in batches over one stream.

`record` only adds an activity to the buffer; everything else happens in the thread of an event loop. Invariants: an
activity is held until the server has acknowledged or refused it, over any number of streams, or is counted as dropped
(see `_activity_buffer`); refused and dropped activities are counted in `stats`, and logged once a minute.
`_activity_times` decides which time an activity is sent with.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._activity_buffer import ActivityBuffer
from onduty_client._activity_errors import RejectedActivity, activity_error
from onduty_client._activity_times import Batch, When, dated, dated_by_server, given_time, request_for
from onduty_client._background import BACKGROUND
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._connection import MetadataProvider
from onduty_client._endpoint import StreamChannel, TwoWayCall
from onduty_client._endpoints import endpoint_of
from onduty_client._errors import InvalidField, LimitExceeded, OndutyError, Unavailable
from onduty_client._forking import log
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._reconnecting import ReconnectingStream
from onduty_client._rpcs import SERVICE
from onduty_client._security import Security
from onduty_client._stream_reader import read_stream
from onduty_client._throttled_warning import ThrottledWarning
from onduty_client._types import ReporterStats

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
        self._endpoint = endpoint_of(target, security, credentials, metadata)
        self._now = self._clock.now
        self._buffer = ActivityBuffer(max_pending)
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return self._endpoint.target

    def _forget_parent(self) -> None:
        self._warn_rejected = ThrottledWarning(
            log, "activity reporter: activities refused: %s; the latest: %s", self._clock
        )
        self._warn_dropped = ThrottledWarning(
            log, "activity reporter: activities dropped: %s; the latest: %s", self._clock
        )
        self._stream = ReconnectingStream("activity reporter", self._endpoint, self._session, clock=self._clock)
        # Activities recorded before a start wait for it in every process; the parent sends the others.
        self._buffer = ActivityBuffer(self._max_pending, None if self._inherited else self._buffer)
        self._add = self._buffer.add

        # Only the event loop's thread uses these.
        self._hurry = asyncio.Event()
        self._flushing = 0
        self._progress = asyncio.Event()
        self._ready: deque[Batch] = deque()
        self._in_flight: dict[int, Batch] = {}
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

    @property
    def stats(self) -> ReporterStats:
        """The fate of the activities recorded so far, in counts."""
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
            self._buffer.give_back(*self._in_flight.values(), *self._ready)
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
        request = request_for(batch, self._young_s, self._clock)
        if request.ByteSize() > _BATCH_MAX_BYTES:
            half = len(batch) // 2
            if half:
                self._ready.extendleft((batch[half:], batch[:half]))
            else:
                error = InvalidField("the ids are too long to be sent", code=grpc.StatusCode.INVALID_ARGUMENT)
                self._settle(batch, {0: error})
            return False
        self._sequence += 1
        request.sequence = self._sequence
        self._in_flight[self._sequence] = batch
        self._buffer.count_sent(batch)
        await call.write(request)
        return True

    def _take(self, response: pb.RecordActivitiesResponse) -> None:
        batch = self._in_flight.pop(response.sequence, None)
        if batch is None:
            return
        self._stream.answered()
        refusals = {each.index: activity_error(each) for each in response.errors if 0 <= each.index < len(batch)}
        server_times = {each.index: each.server_time for each in response.errors if each.HasField("server_time")}
        self._settle(batch, refusals, server_times)
        for error in refusals.values():
            if _is_passing(error):
                # Let the stream begin again after a pause: a server that can't record activities now needs a rest.
                raise error

    def _settle(
        self, batch: Batch, refusals: Mapping[int, OndutyError], server_times: Mapping[int, Timestamp] | None = None
    ) -> None:
        """Release a batch. Activities that were refused for now wait again; final refusals are reported.

        `server_times` are the server's times for activities that were refused for being in the future.
        """
        later: Batch = []
        rejected: dict[int, OndutyError] = {}
        for index, error in refusals.items():
            account_id, user_id, when = batch[index]
            server_time = (server_times or {}).get(index)
            dated_anew = None if server_time is None else dated_by_server(server_time, when, self._clock)
            if _is_passing(error):
                later.append(batch[index])
            elif dated_anew is not None:
                later.append((account_id, user_id, dated_anew))
            else:
                rejected[index] = error
        self._buffer.settle(acknowledged=len(batch) - len(refusals), rejected=len(rejected))
        self._buffer.give_back(later)
        progress, self._progress = self._progress, asyncio.Event()
        progress.set()
        for index, error in rejected.items():
            self._tell_rejected(*batch[index], error)

    def _tell_rejected(self, account_id: str, user_id: str, when: When, error: OndutyError) -> None:
        self._warn_rejected.add(f"user {user_id!r} of account {account_id!r}: {error}")
        if self._on_error is not None:
            timestamp = given_time(when)
            given = None if timestamp is None else convert.time(timestamp)
            try:
                self._on_error(RejectedActivity(account_id, user_id, given, error))
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the stream.
                log.exception("on_error failed")


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
    over one stream. Activities that are not acknowledged when a connection is lost are sent again over the next one.
    Memory is bounded: when `max_pending` users wait, further ones are dropped, and counted in `stats`.

    Activities are dated by the server's clock, up to about an interval late. If the server could not be reached in
    time, they are sent with their times by this machine's clock.

    Activities recorded before the start wait for it. A child of a fork, such as a worker of gunicorn, starts an
    inherited reporter by itself, with the first `record`; the parent sends what the parent recorded. Where that can't
    work (the parent also uses gRPC in an event loop), using it in the child raises a RuntimeError that says what to do.
    A process that ends without closing a reporter sends pending activities, within `close_timeout`, unless it is killed
    or ends by `os._exit`.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250". Or the
            address of its HTTP port: "http://127.0.0.1:50251", "https://onduty.internal".
        interval: for how long activities are gathered before they are sent, in seconds.
        max_pending: how many users' activities may wait at once, including those being sent.
        close_timeout: for how long closing waits for pending activities to be acknowledged, in seconds.
        on_error: called for every activity that the server refuses, in the background; it must be quick. Its
            exceptions are logged.
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
