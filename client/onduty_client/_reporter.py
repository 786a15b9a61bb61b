"""Reporters: activities by the thousand, told without waiting and sent in batches over one stream.

`record` only notes an activity, under a lock that is never held for longer than it takes to note one or to take the
dictionary away. All else happens in the thread of an event loop. Invariants: an activity that was noted is held until
the server has acknowledged or refused it, over any number of streams, or is counted as dropped; no more than
`max_pending` are held; of one user, the latest activity counts (the server keeps a maximum, so sending one twice does
no harm).

**Which time an activity is sent with.** None, as long as it is young: then it is the server's clock that says when it
was, and no clock of ours can be wrong. It then counts as of its arrival, too late by the time it waited here, about an
interval. One that is older, because the server could not be reached, must not count as of now: it would keep somebody
available, or bring somebody back, who has left meanwhile. It is sent with a time, this machine's clock less its age;
the age is taken from a clock that is never stepped, so that all that the wall clock can do is to be wrong at the moment
of sending. If that time is in the future of the server's clock, the server says what its clock shows, and the activity
is sent again with that less its age: not without a time, for how long ago it was is known.

Nothing is lost in silence: what was refused or dropped is counted in `stats`, and logged once a minute.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._background import BACKGROUND
from onduty_client._calls import SERVICE
from onduty_client._connection import MetadataProvider
from onduty_client._endpoint import Endpoint
from onduty_client._errors import BY_REASON, InvalidField, LimitExceeded, OndutyError, Unavailable
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._security import Security
from onduty_client._seldom import Seldom
from onduty_client._streams import Streams, listen, log
from onduty_client._timing import steady
from onduty_client._types import FieldViolation, ReporterStats

DEFAULT_INTERVAL_S: Final = 0.5
DEFAULT_MAX_PENDING: Final = 100_000
DEFAULT_CLOSE_TIMEOUT_S: Final = 5.0

#: How many activities the server takes in a message, and how many bytes (1 MiB, some of which the framing needs).
_BATCH_MAX: Final = 5_000
_BATCH_MAX_BYTES: Final = 1_000_000

#: How many messages may wait for their acknowledgement.
_IN_FLIGHT_MAX: Final = 8

#: How long an acknowledgement may take before the stream is given up. A dead connection is noticed sooner, by pings.
_PATIENCE_S: Final = 10.0

#: How far into the future, by this machine's clock, the time that an activity came with may be.
_FUTURE_S: Final = 5.0

#: How much older than the interval an activity may be to be sent without a time.
_YOUNG_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class _Dated:
    """An activity to send with a time: about when it was by the steady clock, that time, and the one it came with."""

    at: float
    time: Timestamp
    given: Timestamp | None


#: When an activity was: by the steady clock, unless the caller said when.
_When: TypeAlias = float | _Dated
_Noted: TypeAlias = dict[str, dict[str, _When]]
_Batch: TypeAlias = list[tuple[str, str, _When]]
_Method: TypeAlias = "grpc.aio.StreamStreamMultiCallable[pb.RecordActivitiesRequest, pb.RecordActivitiesResponse]"
_Call: TypeAlias = "grpc.aio.StreamStreamCall[pb.RecordActivitiesRequest, pb.RecordActivitiesResponse]"


@dataclass(frozen=True, slots=True)
class RejectedActivity:
    """An activity that the server refused, and why. `activity_time` is as given to `record`."""

    account_id: str
    user_id: str
    activity_time: datetime | None
    error: OndutyError


class _Reporter(Helper):
    """What both reporters have in common: all but how they are waited for."""

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
            raise ValueError(f"interval must not be negative: {interval}")
        if max_pending < 1:
            raise ValueError(f"max_pending must be at least 1: {max_pending}")
        self._interval = interval
        self._young_s = interval + _YOUNG_S
        self._max_pending = max_pending
        self._close_timeout = close_timeout
        self._on_error = on_error
        self._endpoint = Endpoint.of(target, security, credentials, metadata)
        self._noted: _Noted = {}
        self._forget_parent()
        self._bequeath()

    def _about(self) -> str:
        return self._endpoint.target

    def _forget_parent(self) -> None:
        self._tell_rejected = Seldom(log, "activity reporter: activities refused: %s; the latest: %s")
        self._tell_dropped = Seldom(log, "activity reporter: activities dropped: %s; the latest: %s")
        self._streams = Streams("activity reporter", self._endpoint, self._session)

        # Under the lock. A re-entrant one: a signal handler or a finalizer may record, too.
        self._lock = threading.RLock()
        if self._inherited:
            # The parent sends it.
            self._noted = {}
        # By account and user. Unlike one keyed by pairs, these are nothing for the garbage collector to visit.
        self._held = sum(map(len, self._noted.values()))
        self._woken = False
        self._recorded = self._held
        self._coalesced = self._dropped = 0

        # Of the event loop's thread alone.
        self._due = asyncio.Event()
        self._hurry = asyncio.Event()
        self._flushing = 0
        self._progress = asyncio.Event()
        self._ready: deque[_Batch] = deque()
        self._in_flight: dict[int, _Batch] = {}
        self._sequence = 0
        self._acknowledged = self._rejected = self._sent = self._connects = 0

    # --- recording, from any thread ----------------------------------------------------------------------------------

    def record(self, account_id: str, user_id: str, activity_time: datetime | None = None) -> None:
        """Note that a user did something. Takes about a microsecond, waits for nothing, from any thread.

        `activity_time` is for activities that were known late; without it, the activity is now. Never raises but for
        what can't be sent at all: ValueError for a time without a zone, or an id that is no Unicode text; TypeError for
        an id that is not a str. An id that the server refuses is told to `on_error`.
        """
        if type(account_id) is not str or type(user_id) is not str:
            convert.check_text(account_id=account_id, user_id=user_id)
        if not (account_id.isascii() and user_id.isascii()):
            account_id.encode()
            user_id.encode()
        when: _When = steady() if activity_time is None else _dated(activity_time)
        if self._inherited:
            self._start_inherited()
        with self._lock:
            self._recorded += 1
            users = self._noted.get(account_id)
            if users is not None and user_id in users:
                self._coalesced += 1
                if activity_time is not None and _at(users[user_id]) > _at(when):
                    return
            elif self._held >= self._max_pending or self._closed:
                self._dropped += 1
                users = None
            else:
                self._held += 1
                if users is None:
                    users = self._noted[account_id] = {}
            wake = None
            if users is not None:
                users[user_id] = when
                if not self._woken and self._loop is not None:
                    self._woken = True
                    wake = self._loop
        if users is None:
            why = "the reporter is closed" if self._closed else f"{self._max_pending} users wait already"
            self._tell_dropped.add(f"user {user_id!r} of account {account_id!r}: {why}")
        elif wake is not None:
            # The event loop may have ended since: then this one was dropped, and counted.
            with suppress(RuntimeError):
                wake.call_soon_threadsafe(self._due.set)

    @property
    def stats(self) -> ReporterStats:
        """What became of the activities recorded so far."""
        with self._lock:
            return ReporterStats(
                recorded=self._recorded,
                coalesced=self._coalesced,
                acknowledged=self._acknowledged,
                rejected=self._rejected,
                dropped=self._dropped,
                pending=self._held,
                sent=self._sent,
                connects=self._connects,
            )

    @property
    def error(self) -> Exception | None:
        """Why nothing can be sent at the moment; None as far as is known."""
        return self._streams.error

    # --- sending -----------------------------------------------------------------------------------------------------

    async def _start_work(self) -> None:
        self._streams.start()
        self._due.set()

    async def _finish_work(self) -> None:
        await self._flush(self._close_timeout)
        await self._streams.stop()
        with self._lock:
            left, self._held = self._held, 0
            self._dropped += left
            self._noted = {}
        if left:
            self._tell_dropped.add(
                f"closed before they could be sent: {self._streams.error or 'too short a time'}", left
            )

    async def _flush(self, timeout: float | None) -> bool:
        self._flushing += 1
        self._hurry.set()
        self._streams.hurry()
        try:
            async with asyncio.timeout(timeout):
                while self._held:
                    await self._progress.wait()
        except TimeoutError:
            return False
        finally:
            self._flushing -= 1
            if not self._flushing:
                self._hurry.clear()
        return True

    async def _session(self, channel: grpc.aio.Channel) -> None:
        await self._something_due()
        method: _Method = channel.stream_stream(
            f"/{SERVICE}/RecordActivities",
            request_serializer=pb.RecordActivitiesRequest.SerializeToString,
            response_deserializer=pb.RecordActivitiesResponse.FromString,
        )
        call = method(metadata=self._endpoint.call_metadata())
        self._connects += 1
        free = asyncio.Semaphore(_IN_FLIGHT_MAX)

        def take(response: pb.RecordActivitiesResponse) -> None:
            self._take(response)
            free.release()

        writing = asyncio.create_task(self._write(call, free), name="onduty-reporter-write")
        # Without it nothing would be sent, and nothing be heard: let the reading end, too.
        writing.add_done_callback(lambda _: call.cancel())
        try:
            await listen(
                call,
                take,
                endpoint=self._endpoint,
                patience_s=lambda: _PATIENCE_S,
                expecting=lambda: bool(self._in_flight),
            )
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            self._note_again(*self._in_flight.values(), *self._ready)
            self._in_flight.clear()
            self._ready.clear()
            if not writing.cancelled() and writing.exception() is not None:
                log.error("activity reporter: unexpected failure", exc_info=writing.exception())

    async def _write(self, call: _Call, free: asyncio.Semaphore) -> None:
        # How a stream failed is for its reader to say.
        with suppress(grpc.RpcError, asyncio.InvalidStateError):
            # While there is no connection, activities are better off where others are merged into them.
            await call.wait_for_connection()
            while True:
                await self._something_due()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._interval):
                        await self._hurry.wait()
                self._ready.extend(self._take_noted())
                while self._ready:
                    await free.acquire()
                    if not await self._send(call, self._ready.popleft()):
                        free.release()

    async def _send(self, call: _Call, batch: _Batch) -> bool:
        """Whether the batch was sent, and is not one to be sent in parts."""
        request = _request(batch, self._young_s)
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
        with self._lock:
            self._sent += len(batch)
        await call.write(request)
        return True

    async def _something_due(self) -> None:
        while True:
            await self._due.wait()
            with self._lock:
                if self._noted:
                    return
                self._woken = False
                self._due.clear()

    def _take_noted(self) -> list[_Batch]:
        with self._lock:
            noted, self._noted = self._noted, {}
            self._woken = False
            self._due.clear()
        every = [(account_id, user_id, when) for account_id in noted for user_id, when in noted[account_id].items()]
        return [every[start : start + _BATCH_MAX] for start in range(0, len(every), _BATCH_MAX)]

    def _note_again(self, *batches: _Batch) -> None:
        """Those were not acknowledged. Where the user was active again meanwhile, that counts, too."""
        for batch in batches:
            with self._lock:
                for account_id, user_id, when in batch:
                    users = self._noted.setdefault(account_id, {})
                    newer = users.get(user_id)
                    if newer is not None:
                        self._held -= 1
                        self._coalesced += 1
                    if newer is None or _at(when) > _at(newer):
                        users[user_id] = when
        if self._noted:
            self._due.set()

    def _take(self, response: pb.RecordActivitiesResponse) -> None:
        batch = self._in_flight.pop(response.sequence, None)
        if batch is None:
            return
        self._streams.recovered()
        refusals = {each.index: _error(each) for each in response.errors if 0 <= each.index < len(batch)}
        server_times = {each.index: each.server_time for each in response.errors if each.HasField("server_time")}
        self._settle(batch, refusals, server_times)
        for error in refusals.values():
            if _is_passing(error):
                # The stream begins again after a pause: a server that can't take one now is better left alone.
                raise error

    def _settle(
        self, batch: _Batch, refusals: Mapping[int, OndutyError], server_times: Mapping[int, Timestamp] | None = None
    ) -> None:
        """Let go of a batch. What was refused for now is noted again, what was refused for good is told.

        `server_times` are of those that were refused for being in the future.
        """
        later: _Batch = []
        rejected: dict[int, OndutyError] = {}
        for index, error in refusals.items():
            account_id, user_id, when = batch[index]
            server_time = (server_times or {}).get(index)
            if _is_passing(error):
                later.append(batch[index])
            elif server_time is not None and _at(when) <= steady() + _FUTURE_S:
                later.append((account_id, user_id, _dated_by(server_time, when)))
            else:
                # Or its caller has dated it into the future.
                rejected[index] = error
        with self._lock:
            self._acknowledged += len(batch) - len(refusals)
            self._rejected += len(rejected)
            self._held -= len(batch) - len(later)
        self._note_again(later)
        progress, self._progress = self._progress, asyncio.Event()
        progress.set()
        for index, error in rejected.items():
            account_id, user_id, when = batch[index]
            self._tell_rejected.add(f"user {user_id!r} of account {account_id!r}: {error}")
            if self._on_error is not None:
                given = convert.time(when.given) if isinstance(when, _Dated) and when.given is not None else None
                try:
                    self._on_error(RejectedActivity(account_id, user_id, given, error))
                except Exception:  # noqa: BLE001 - What the program's own function raises must not end the stream.
                    log.exception("on_error failed")


def _is_passing(error: OndutyError) -> bool:
    return isinstance(error, Unavailable | LimitExceeded)


def _request(batch: _Batch, young_s: float) -> pb.RecordActivitiesRequest:
    """With times for those that are no longer young (see the module)."""
    now, wall = steady(), time.time()
    request = pb.RecordActivitiesRequest()
    add = request.activities.add
    for account_id, user_id, when in batch:
        if not isinstance(when, float):
            add(account_id=account_id, user_id=user_id, activity_time=when.time)
        elif now - when <= young_s:
            add(account_id=account_id, user_id=user_id)
        else:
            seconds, fraction = divmod(wall - (now - when), 1)
            activity_time = Timestamp(seconds=int(seconds), nanos=int(fraction * 1e9))
            add(account_id=account_id, user_id=user_id, activity_time=activity_time)
    return request


def _error(error: pb.ActivityError) -> OndutyError:
    value = pb.ErrorReason.DESCRIPTOR.values_by_number.get(error.reason)
    reason = "" if value is None or not value.number else value.name.removeprefix("ERROR_REASON_")
    violations = (FieldViolation(error.field, error.message),) if error.field else ()
    return BY_REASON.get(reason, OndutyError)(error.message, reason=reason, field_violations=violations)


def _dated(activity_time: datetime) -> _Dated:
    timestamp = convert.time_to_proto(activity_time, "activity_time")
    return _Dated(steady() - (time.time() - activity_time.timestamp()), timestamp, timestamp)


def _dated_by(server_time: Timestamp, when: _When) -> _Dated:
    """An activity in a server's time, which showed `server_time` just now."""
    at = _at(when)
    age_us = max(0, round((steady() - at) * 1e6))
    dated = Timestamp()
    dated.FromMicroseconds(server_time.ToMicroseconds() - age_us)
    return _Dated(at, dated, when.given if isinstance(when, _Dated) else None)


def _at(when: _When) -> float:
    return when if isinstance(when, float) else when.at


class AsyncActivityReporter(InLoop, _Reporter):
    """Tells of activities without waiting, for asyncio: as `ActivityReporter`, in the running event loop.

    Use it in an `async with` block, or call `start` and `close`. `record` is the same: it is not awaited, and may be
    called from any thread. `on_error` is called in the event loop.

    A program that uses gRPC in its event loop should prefer this to the reporter that lives in a thread: with several
    event loops in a process, grpcio logs BlockingIOErrors, harmless ones (https://github.com/grpc/grpc/issues/25364).
    """

    async def flush(self, timeout: float | None = None) -> bool:
        """Send without delay what is pending. Whether nothing was pending at some moment within `timeout` seconds.

        In a program that records all the time there may be no such moment.
        """
        self._check_running()
        return await self._flush(timeout)


class ActivityReporter(InBackground, _Reporter):
    """Tells of activities without waiting: for a backend that reports every click.

    Use it in a `with` block, or call `start` and `close`. `record` only notes who was active. A thread in the
    background, one for all mirrors and reporters of the process, sends what was noted every `interval`, each user once,
    over one stream. What the server has not acknowledged when a connection is lost is sent again over the next one.
    Memory is bounded: when `max_pending` users wait, further ones are dropped, and counted in `stats`.

    The server's clock says when an activity was, which makes it up to about an interval late. When the server could not
    be reached in time, activities are sent with the time at which they were, by this machine's clock.

    What is recorded before the start waits for it. A child of a fork, such as a worker of gunicorn, starts a reporter
    that it inherits by itself, with the first `record`; what the parent recorded, the parent sends. Where that can't
    work (the parent uses gRPC in an event loop, too), using it in the child is a RuntimeError that says what to do. A
    process that ends without closing a reporter sends what is pending, within `close_timeout`, unless it is killed or
    ends by `os._exit`.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250".
        interval: for how long activities are gathered before they are sent, in seconds.
        max_pending: how many users' activities may wait at once, those on their way included.
        close_timeout: for how long closing waits for what is pending to be acknowledged, in seconds.
        on_error: told of every activity that the server refused, in the background; it must be quick. What it raises is
            logged.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each stream, in the background, for metadata to send along, such as a token.
    """

    def flush(self, timeout: float | None = None) -> bool:
        """Send without delay what is pending. Whether nothing was pending at some moment within `timeout` seconds.

        In a program that records all the time there may be no such moment.
        """
        self._check_running()
        BACKGROUND.check_elsewhere()
        return BACKGROUND.run(self._flush(timeout))
