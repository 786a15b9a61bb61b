"""Keeps a stream to the server for as long as a program lives, one after the other; shared by mirror and reporter.

Invariants: every stream has a connection of its own, which is closed with it, so that a dead connection costs no more
than the stream that noticed it, and each attempt connects at once rather than when grpcio sees fit; nothing but `stop`
ends the attempts; between two of them is a jittered wait.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast

import grpc

from onduty_client._endpoint import Endpoint
from onduty_client._errors import OndutyError, Unavailable
from onduty_client._forking import FORKS, in_event_loop
from onduty_client._timing import backoff_s, steady

ResponseT = TypeVar("ResponseT")

log: Final = logging.getLogger("onduty_client")
# Whether and where a library's messages appear is for the program to say.
log.addHandler(logging.NullHandler())

#: A stream that lived for this long was a good one: the next failure is the first of its row.
_GOOD_AFTER_S: Final = 5.0

#: The longest wait that a server may ask for.
_RETRY_DELAY_MAX_S: Final = 60.0

_TICK_S: Final = 0.25


class _Grpcio:
    """Keeps what drives grpcio's asyncio streams running while there are any, and no longer.

    By itself grpcio stops its thread whenever its last object is gone, as when every stream waits for its next attempt,
    and starts another for the next one. Stopped it must be in the end: a process can't be forked while a thread is
    inside grpcio (see `_forking`). Where the program itself uses it as well, it goes on, and may have something to tell
    an event loop that is about to end.
    """

    _TURNS: Final = 10
    _TURN_S: Final = 0.001

    def __init__(self) -> None:
        # A re-entrant one: a task that is thrown away, by whichever thread, ends its stream as well.
        self._lock = threading.RLock()
        self._users = 0

    def come(self) -> None:
        """Called in the event loop that will run streams."""
        FORKS.keep_core()
        with self._lock:
            if not self._users:
                grpc.aio.init_grpc_aio()
            self._users += 1

    async def let_read(self) -> None:
        """Let the event loop, in which a stream has ended, read what there is for it: it may end now."""
        if in_event_loop():
            for _ in range(self._TURNS):
                await asyncio.sleep(self._TURN_S)

    def go(self) -> None:
        """Called in the event loop when its streams have ended."""
        with self._lock:
            self._users -= 1
            if not self._users:
                grpc.aio.shutdown_grpc_aio()

    def before_fork(self, patience_s: float) -> None:
        """The streams do that."""

    def after_fork_in_parent(self) -> None:
        """The streams do that."""

    def after_fork_in_child(self) -> None:
        """There are no streams."""
        self.__init__()  # type: ignore[misc] # Deliberately anew.


_GRPCIO: Final = _Grpcio()
FORKS.attend(_GRPCIO)


class Streams:
    """Runs one session after the other, each with a new channel. A session ends as its stream does.

    Args:
        name: of what the streams are for, in log messages.
        endpoint: where to.
        session: what to do with a channel. Returning means that the server ended the stream in good order.
        on_failure: told of every session that failed.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        session: Callable[[grpc.aio.Channel], Awaitable[None]],
        *,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._endpoint = endpoint
        self._session = session
        self._on_failure = on_failure
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[NoReturn] | None = None
        self._pausing = False
        #: Why the last session failed; None while one works.
        self.error: Exception | None = None

    def recovered(self) -> None:
        """The present session works: what went wrong before no longer matters."""
        if self.error is not None:
            log.info("%s: connected again", self._name)
            self.error = None

    def hurry(self) -> None:
        """Don't wait before the next attempt."""
        self._hurry.set()

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._run(), name=f"onduty: {self._name}")

    async def stop(self) -> None:
        """End the session, if there is one, and the attempts."""
        self._pausing = False
        await self._end()
        await _GRPCIO.let_read()

    async def pause(self) -> None:
        """Do as `stop` does, until `resume`."""
        if self._task is not None:
            self._pausing = True
            await self._end()

    def resume(self) -> None:
        """Go on, unless stopped meanwhile."""
        if self._pausing:
            self._pausing = False
            self.start()

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            # Of one that was cancelled before it began.
            self._task = None

    async def _run(self) -> NoReturn:
        _GRPCIO.come()
        try:
            await self._keep_up()
        finally:
            # Here, so that it takes place as well when a program's event loop ends without anybody's having closed. The
            # task would keep, by its exception, what it had of grpcio.
            self._task = None
            _GRPCIO.go()

    async def _keep_up(self) -> NoReturn:
        failures = 0
        while True:
            began = steady()
            error = await self._run_once()
            if error is not None:
                (log.debug if self.error else log.warning)("%s: the stream failed: %r", self._name, error)
                self.error = error
                self._on_failure()
            if steady() - began >= _GOOD_AFTER_S:
                failures = 0
            await self._pause(backoff_s(failures) + _asked_for_s(error))
            failures += 1

    async def _run_once(self) -> Exception | None:
        channel = self._endpoint.channel()
        try:
            await self._session(channel)
        except OndutyError as error:
            return _without_frames(error)
        except Exception as error:
            # A program's metadata provider may raise anything, and so may a defect here. Who gave up would never heal.
            log.exception("%s: unexpected failure", self._name)
            return _without_frames(error)
        finally:
            await channel.close()
        return None

    async def _pause(self, delay_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()
        self._hurry.clear()


def _without_frames(error: Exception) -> Exception:
    """What is kept for long must not keep alive the channel that it is about, and with it grpcio's threads."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def _asked_for_s(error: Exception | None) -> float:
    if isinstance(error, OndutyError) and error.retry_delay is not None:
        return min(error.retry_delay.total_seconds(), _RETRY_DELAY_MAX_S)
    return 0.0


class Readable(Protocol):
    """What grpcio's asyncio streams have in common."""

    async def read(self) -> Any:
        """The next message, or EOF."""

    def cancel(self) -> bool:
        """End the stream."""


async def listen(
    call: Readable,
    take: Callable[[ResponseT], None],
    *,
    endpoint: Endpoint,
    patience_s: Callable[[], float],
    expecting: Callable[[], bool] = lambda: True,
) -> None:
    """Hand every message of a stream to `take`, until the server ends it with OK.

    Args:
        call: the stream.
        take: called with each message.
        endpoint: where the stream comes from.
        patience_s: how long it may take until the next message; asked at the beginning and after each.
        expecting: whether there ought to be a next one. While there need not, patience lasts.

    Raises:
        OndutyError: the stream failed, or nothing was heard for too long.
    """
    silence = _Silence(call.cancel, patience_s(), expecting)
    try:
        while (message := await call.read()) is not grpc.aio.EOF:
            _check_not_cancelled()
            take(cast("ResponseT", message))
            silence.broken(patience_s())
    except grpc.RpcError as error:
        _check_not_cancelled()
        raise endpoint.error(error) from error
    except asyncio.CancelledError:
        # grpcio says that a call was cancelled in the way in which asyncio says that a task is.
        if _is_being_cancelled():
            raise
        raise Unavailable(silence.message, code=grpc.StatusCode.UNAVAILABLE) from None
    finally:
        silence.stop()
        call.cancel()


def _check_not_cancelled() -> None:
    # While it connects, grpcio keeps to itself that the task was cancelled, which would go on for ever then.
    if _is_being_cancelled():
        raise asyncio.CancelledError


def _is_being_cancelled() -> bool:
    # On its own: a task in a frame of its own traceback would be a cycle, which keeps grpcio's threads alive.
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class _Silence:
    """Ends a call that nothing was heard of for too long.

    What is counted is ticks without a message, not time: an event loop that was held up for a while has messages
    waiting for it, and must get to read them before the silence is believed.
    """

    def __init__(self, end: Callable[[], object], patience_s: float, expecting: Callable[[], bool]) -> None:
        self._end = end
        self._expecting = expecting
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_later(_TICK_S, self._tick)
        self.message = "the stream was cancelled"
        self.broken(patience_s)

    def broken(self, patience_s: float) -> None:
        """Something was heard."""
        self._patience_s = patience_s
        self._ticks_left = patience_s / _TICK_S

    def stop(self) -> None:
        """Listen no more."""
        self._handle.cancel()

    def _tick(self) -> None:
        if not self._expecting():
            self.broken(self._patience_s)
        self._ticks_left -= 1
        if self._ticks_left > 0:
            self._handle = self._loop.call_later(_TICK_S, self._tick)
        else:
            self.message = f"nothing was heard from the server for {self._patience_s:g} s"
            self._end()
