"""Keeps a stream to the server, over successive connections. Mirrors, reporters, watches and uploads use it.

Invariants: every stream has a connection of its own, which is closed with it, so that a dead connection costs no more
than the stream that noticed it, and each attempt connects at once rather than when grpcio chooses to; there is a
jittered wait between two attempts; without a `Patience`, only `stop` ends the attempts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import grpc

from onduty_client._backoff import backoff_s
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._endpoint import Endpoint, StreamChannel
from onduty_client._errors import OndutyError, Unavailable
from onduty_client._forking import log
from onduty_client._patience import Disconnected, Patience, Reconnected
from onduty_client._stream_reader import ServerSilent

# The program decides where a library's messages appear.
log.addHandler(logging.NullHandler())

#: A stream that lived for this long was good: the next failure counts as the first.
_GOOD_AFTER_S: Final = 5.0

#: The longest wait that a server may ask for.
_RETRY_DELAY_MAX_S: Final = 60.0


class ReconnectingStream:
    """Runs successive sessions, each with a new channel. A session ends when its stream does.

    Args:
        name: the stream's name in log messages.
        endpoint: the server.
        session: runs one stream over a channel. It calls `answered` when the server has answered. Returning True means
            that the work is done, and False that the server ended the stream in good order.
        clock: measures waits.
        patience: bounds the attempts; None for a stream that is kept for as long as the program lives.
        on_failure: called after every session that failed.
        on_connection: called when the connection is lost, and when it is there again.
        on_end: called when the attempts have ended by themselves: the work is done, or there is a `failure`.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        session: Callable[[StreamChannel], Awaitable[bool]],
        *,
        clock: Clock = SYSTEM_CLOCK,
        patience: Patience | None = None,
        on_failure: Callable[[], None] = lambda: None,
        on_connection: Callable[[Disconnected | Reconnected], None] = lambda event: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._endpoint = endpoint
        self._session = session
        self._clock = clock
        self._patience = patience
        self._on_failure = on_failure
        self._on_connection = on_connection
        self._on_end = on_end
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._pausing = False
        self._answers_now = False
        self._lost_at = 0.0
        #: The number of sessions that the server has answered.
        self.connects = 0
        #: The error of the last session; None while one works.
        self.error: Exception | None = None
        #: The reason why there are no more attempts; None while there are.
        self.failure: Exception | None = None

    def answered(self) -> None:
        """Record that the server answers in this session, so that earlier errors no longer matter."""
        if not self._answers_now:
            self._answers_now = True
            self.connects += 1
            if self.connects > 1:
                self._on_connection(Reconnected(self._clock.now() - self._lost_at))
        if self.error is not None:
            log.info("%s: connected again", self._name)
            self.error = None

    @property
    def patience_left_s(self) -> float:
        """Return for how many more seconds to keep trying without a connection; infinite while there is one."""
        if self._patience is None or self._answers_now:
            return float("inf")
        limit = self._patience.reconnect if self.connects else self._patience.connect
        return limit - (self._clock.now() - self._lost_at)

    def hurry(self) -> None:
        """Skip the wait before the next attempt."""
        self._hurry.set()

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._lost_at = self._clock.now()
        self._task = asyncio.create_task(self._run(), name=f"onduty: {self._name}")

    async def stop(self) -> None:
        """End the session, if there is one, and the attempts."""
        self._pausing = False
        await self._end()
        await self._endpoint.core.drain()

    async def pause(self) -> None:
        """Do as `stop` does, until `resume`."""
        if self._task is not None:
            self._pausing = True
            await self._end()

    def resume(self) -> None:
        """Continue, unless stopped meanwhile."""
        if self._pausing:
            self._pausing = False
            self.start()

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            # It may have been cancelled before it began.
            self._task = None

    async def _run(self) -> None:
        self._endpoint.core.acquire()
        try:
            await self._keep_up()
            self._on_end()
        finally:
            # Do it here, so that it is also done when a program's event loop ends and nothing was closed. The task
            # would keep objects of grpcio alive by its exception.
            self._task = None
            self._endpoint.core.release()

    async def _keep_up(self) -> None:
        failures = 0
        while True:
            began = self._clock.now()
            self._answers_now = False
            done, error = await self._run_once()
            if done:
                return
            self._lose_connection(error)
            if self._clock.now() - began >= _GOOD_AFTER_S:
                failures = 0
            delay_s = backoff_s(failures) + asked_for_s(error)
            failures += 1
            if await self._gives_up(error, delay_s):
                return
            await self._clock.wait(self._hurry, delay_s)
            self._hurry.clear()

    async def _run_once(self) -> tuple[bool, Exception | None]:
        """Run a session. Answers True when the work is done, and why the session failed, if it did."""
        channel = self._endpoint.stream_channel()
        try:
            return await self._session(channel), None
        except OndutyError as error:
            return False, without_frames(error)
        except Exception as error:  # noqa: BLE001 - It is kept in `error`.
            if self._patience is None:
                # A program's metadata provider may raise anything, and so may a defect here. A helper that gave up
                # would never recover.
                log.exception("%s: unexpected failure", self._name)
            return False, without_frames(error)
        finally:
            await channel.close()

    def _lose_connection(self, error: Exception | None) -> None:
        answered, self._answers_now = self._answers_now, False
        if answered:
            self._lost_at = self._clock.now()
            self._on_connection(Disconnected(error or _ended()))
        if error is not None:
            level = logging.DEBUG if self.error or self._patience is not None else logging.WARNING
            log.log(level, "%s: the stream failed: %r", self._name, error)
            if self._patience is None or self.error is None or not _is_uninformative(error):
                self.error = error
            self._on_failure()

    async def _gives_up(self, error: Exception | None, delay_s: float) -> bool:
        if self._patience is None:
            return False
        if error is not None and (not isinstance(error, OndutyError) or error.is_final):
            self.failure = error
        elif (left_s := self.patience_left_s) <= delay_s:
            await self._clock.wait(asyncio.Event(), max(0.0, left_s))
            self.failure = self.error or _ended()
        return self.failure is not None


def _ended() -> Unavailable:
    return Unavailable("the server ended the stream", code=grpc.StatusCode.UNAVAILABLE)


def _is_uninformative(error: Exception) -> bool:
    """Return True if the previous error tells more: this attempt was cut short, or grpcio lost its real error."""
    if isinstance(error, ServerSilent):
        return True
    return isinstance(error, OndutyError) and not error.reason and error.code is grpc.StatusCode.INTERNAL


def without_frames(error: Exception) -> Exception:
    """Remove tracebacks: an error that is kept must not keep its channel alive, and with it grpcio's threads."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def asked_for_s(error: Exception | None) -> float:
    if isinstance(error, OndutyError) and error.retry_delay is not None:
        return min(error.retry_delay.total_seconds(), _RETRY_DELAY_MAX_S)
    return 0.0
