"""Reads a stream to its end, and gives up when the server is silent for too long.

Invariants: a stream is cancelled when its reading ends, however it ends; a silence counts only if the event loop had
the chance to read meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar, cast

import grpc

from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._endpoint import Endpoint, StreamCall
from onduty_client._errors import Unavailable

ResponseT = TypeVar("ResponseT")

_TICK_S: Final = 0.25


class ServerSilent(Unavailable):
    """The server sent nothing for too long."""


async def read_stream(
    call: StreamCall,
    take: Callable[[ResponseT], Awaitable[None] | None],
    *,
    endpoint: Endpoint,
    patience_s: Callable[[], float],
    expecting: Callable[[], bool] = lambda: True,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Hand every message of a stream to `take`, until the server ends the stream with OK.

    Args:
        call: the stream.
        take: called with each message; awaited if it returns an awaitable. That time does not count as silence.
        endpoint: where the stream comes from.
        patience_s: returns how long the next message may take; called at the beginning and after each message.
        expecting: False while no message is due, such as when nothing awaits acknowledgement.
        clock: measures the silence.

    Raises:
        OndutyError: the stream failed, or the server was silent for too long.
    """
    silence = _SilenceTimer(call.cancel, patience_s(), expecting, clock)
    try:
        while (message := await call.read()) is not grpc.aio.EOF:
            _check_not_cancelled()
            taking = take(cast("ResponseT", message))
            if taking is not None:
                silence.paused = True
                await taking
                silence.paused = False
            silence.reset(patience_s())
    except grpc.RpcError as error:
        _check_not_cancelled()
        raise endpoint.error(error) from error
    except asyncio.CancelledError:
        # grpcio says that a call was cancelled in the way in which asyncio says that a task is.
        if _is_being_cancelled():
            raise
        raise ServerSilent(silence.message, code=grpc.StatusCode.UNAVAILABLE) from None
    finally:
        silence.stop()
        call.cancel()


def _check_not_cancelled() -> None:
    # While it connects, grpcio swallows the cancellation of the task, which would then run for ever.
    if _is_being_cancelled():
        raise asyncio.CancelledError


def _is_being_cancelled() -> bool:
    # This is a separate function, because a task in a frame of its own traceback would be a cycle that keeps grpcio's
    # threads alive.
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class _SilenceTimer:
    """Ends a call on which nothing has arrived for too long.

    It counts ticks without a message, not time: an event loop that was blocked for a while has messages waiting, and
    must read them before the silence counts.
    """

    def __init__(
        self, end: Callable[[], object], patience_s: float, expecting: Callable[[], bool], clock: Clock
    ) -> None:
        self._end = end
        self._expecting = expecting
        self._clock = clock
        self._timer = clock.call_later(_TICK_S, self._tick)
        #: True while the last message is still being taken.
        self.paused = False
        self.message = "the stream was cancelled"
        self.reset(patience_s)

    def reset(self, patience_s: float) -> None:
        """Count from zero, because a message arrived."""
        self._patience_s = patience_s
        self._ticks_left = patience_s / _TICK_S

    def stop(self) -> None:
        """Stop counting."""
        self._timer.cancel()

    def _tick(self) -> None:
        if self.paused or not self._expecting():
            self.reset(self._patience_s)
        self._ticks_left -= 1
        if self._ticks_left > 0:
            self._timer = self._clock.call_later(_TICK_S, self._tick)
        else:
            self.message = f"nothing was heard from the server for {self._patience_s:g} s"
            self._end()
