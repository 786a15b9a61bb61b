"""Sends activities through RecordActivities, from a thread of its own, over reconnects.

The thread that produces activities calls `put`, which waits while too many are on their way: back-pressure. Invariants:
an activity is sent until it is acknowledged, in the order of `put`; what waits or is unacknowledged is bounded.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, NamedTuple

import grpc
from google.protobuf.message import Message

import onduty_client
from onduty.v1 import status_pb2 as pb
from onduty_client._calls import SERVICE
from onduty_client._streams import listen

from ..errors import Failure
from .link import Link

_BATCH_MAX: Final = 5_000
_BATCH_BYTES_MAX: Final = 512 * 1024
"""Half of what the server takes in one message."""
_OVERHEAD_BYTES: Final = 8
"""Of one activity beyond its ids, at the most."""
_IN_FLIGHT_MAX: Final = 4
"""Messages that are sent ahead of their acknowledgement: enough to keep the server busy."""
_WAITING_MAX: Final = 20_000
_REFUSALS_KEPT: Final = 5
_PATIENCE_S: Final = 10.0
"""How long the server may take to acknowledge a message before the connection is given up."""
_CALM_S: Final = 1.0


class Refusal(NamedTuple):
    """Why an activity was not recorded."""

    line: int
    user_id: str
    reason: str
    field: str
    message: str


@dataclass(slots=True)
class Tally:
    """What became of the activities. `sent` counts each once; those sent again after a lost connection are `resent`."""

    sent: int = 0
    resent: int = 0
    acknowledged: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    """The first ones."""


class _Batch(NamedTuple):
    sequence: int
    activities: list[tuple[int, str]]
    """Lines and users."""


class Sender:
    """Sends from entering the `with` block on. Leaving it after an error ends at once, else call `finish` first."""

    def __init__(
        self,
        server: str,
        account: str,
        *,
        say: Callable[[str], None],
        first_patience_s: float,
        patience_s: float,
    ) -> None:
        self.tally = Tally()
        self.link = Link(server, self._session, say=say, first_patience_s=first_patience_s, patience_s=patience_s)
        self._account = account
        self._account_bytes = len(account.encode())
        self._lock = threading.Condition()
        self._waiting: deque[tuple[int, str]] = deque()
        self._no_more = False
        self._ended = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="onduty-replay", daemon=True)
        # Of the thread:
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._unacknowledged: deque[_Batch] = deque()
        self._sequence = 0

    # --- of the thread that produces ---------------------------------------------------------------------------------

    def __enter__(self) -> Sender:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._call(self._task.cancel)
        self._thread.join()

    def put(self, line: int, user_id: str) -> None:
        """Send an activity, and wait while too many are waiting.

        Raises:
            Failure: the server refuses to go on, or is gone for too long.
        """
        with self._lock:
            while len(self._waiting) >= _WAITING_MAX and not self._ended:
                self._lock.wait()
            self.check()
            self._waiting.append((line, user_id))
            if len(self._waiting) == 1:
                self._call(self._news.set)

    def refuse(self, line: int, user_id: str, refused_field: str, message: str) -> None:
        """Count an activity that cannot even be sent."""
        with self._lock:
            self._count_refusal(Refusal(line, user_id, "INVALID_FIELD", refused_field, message))

    def finish(self, tick: Callable[[], None], tick_s: float) -> None:
        """Wait until all is acknowledged; `tick` is called now and then. Raises as `put` does."""
        with self._lock:
            self._no_more = True
        self._call(self._news.set)
        while self._thread.is_alive():
            self._thread.join(tick_s)
            tick()
        self.check()

    def check(self) -> None:
        """Raise as `put` does."""
        if self._failure is not None:
            raise self._failure

    def _call(self, what: Callable[[], object]) -> None:
        """Have the other thread do something, if it is still there."""
        with suppress(RuntimeError):  # Its loop is closed.
            if self._loop is not None:
                self._loop.call_soon_threadsafe(what)

    # --- of the thread that sends ------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - It is raised in the other thread.
            self._failure = error
        finally:
            self._started.set()
            with self._lock:
                self._ended = True
                self._lock.notify_all()

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._started.set()
        await self.link.run()

    async def _session(self, channel: grpc.aio.Channel) -> bool:
        record = channel.stream_stream(
            f"/{SERVICE}/RecordActivities",
            request_serializer=_serialize,
            response_deserializer=pb.RecordActivitiesResponse.FromString,
        )
        call = record(metadata=self.link.metadata())
        helping = [asyncio.create_task(self._write(call)), asyncio.create_task(self._stay_calm(channel))]
        try:
            await listen(
                call,
                self._take,
                endpoint=self.link.endpoint,
                patience_s=lambda: _PATIENCE_S,
                expecting=lambda: bool(self._unacknowledged),
            )
        except onduty_client.OndutyError:
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

    async def _stay_calm(self, channel: grpc.aio.Channel) -> None:
        """A server that is owed nothing says nothing; a connection that stands is then all there is to hear."""
        while True:
            await asyncio.sleep(_CALM_S)
            if not self._unacknowledged and channel.get_state() is grpc.ChannelConnectivity.READY:
                self.link.heard()

    async def _write(self, call: Any) -> None:
        """Send again what was not acknowledged, then what comes; close the stream after the last."""
        try:
            for batch in tuple(self._unacknowledged):
                self.tally.resent += len(batch.activities)
                await call.write(self._request(batch))
            while not self._is_done():
                fresh = self._next_batch() if len(self._unacknowledged) < _IN_FLIGHT_MAX else None
                if fresh is not None:
                    self._unacknowledged.append(fresh)
                    self.tally.sent += len(fresh.activities)
                    await call.write(self._request(fresh))
                else:
                    await self._news.wait()
                    self._news.clear()
            await call.done_writing()
        except (grpc.RpcError, grpc.aio.UsageError, asyncio.InvalidStateError):
            # The stream broke, or ended; its reader is told how.
            return
        except Exception:
            call.cancel()
            raise

    def _next_batch(self) -> _Batch | None:
        activities: list[tuple[int, str]] = []
        room = _BATCH_BYTES_MAX
        with self._lock:
            waiting = self._waiting
            while waiting and room > 0 and len(activities) < _BATCH_MAX:
                activity = waiting.popleft()
                # At most four bytes a character; to count them would cost more than a smaller batch does.
                room -= self._account_bytes + 4 * len(activity[1]) + _OVERHEAD_BYTES
                activities.append(activity)
            self._lock.notify_all()
        if not activities:
            return None
        self._sequence += 1
        return _Batch(self._sequence, activities)

    def _request(self, batch: _Batch) -> pb.RecordActivitiesRequest:
        # Without activity_time: it counts as of when the server takes it.
        account, activity = self._account, pb.Activity
        activities = [activity(account_id=account, user_id=user_id) for _, user_id in batch.activities]
        return pb.RecordActivitiesRequest(sequence=batch.sequence, activities=activities)

    def _take(self, response: pb.RecordActivitiesResponse) -> None:
        self.link.heard()
        if not self._unacknowledged or self._unacknowledged[0].sequence != response.sequence:
            raise Failure(f"the server acknowledged message {response.sequence}, which was not its turn")
        batch = self._unacknowledged.popleft()
        with self._lock:
            self.tally.acknowledged += len(batch.activities) - len(response.errors)
            for error in response.errors:
                line, user_id = batch.activities[error.index]
                reason = pb.ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_")
                self._count_refusal(Refusal(line, user_id, reason, error.field, error.message))
        self._news.set()

    def _count_refusal(self, refusal: Refusal) -> None:
        self.tally.refused += 1
        if len(self.tally.refusals) < _REFUSALS_KEPT:
            self.tally.refusals.append(refusal)

    def _is_done(self) -> bool:
        with self._lock:
            return self._no_more and not self._waiting and not self._unacknowledged


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def is_encodable(text: str) -> bool:
    """Whether a text can travel at all."""
    with suppress(UnicodeEncodeError):
        text.encode()
        return True
    return False
