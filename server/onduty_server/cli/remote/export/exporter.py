"""Delivers what the feed says comes next, and keeps the checkpoint.

Invariants: an event is delivered once the one before has been acknowledged; the checkpoint never passes an event that
was not acknowledged, nor set aside in a file of its own; nothing but the end of the program ends the attempts, unless
the receiver says that it wants no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final, Protocol, TypeVar

import structlog

from onduty_client import OndutyError

from ....app.ports.clock import Clock
from ...errors import Failure
from .checkpoint import CheckpointFile, Place
from .events import Event
from .feed import Step
from .figures import Figures
from .retries import backoff_s
from .sinks import EventRefused, NotDelivered, Sink

T = TypeVar("T")

_log = structlog.get_logger(__name__)

_SAVE_EVERY_MS: Final = 1_000
"""How long a checkpoint may wait while events are delivered. As many are delivered again after a crash."""
_SAVE_IDLE_EVERY_MS: Final = 30_000
"""How long it may wait while there are none."""
_LEAVE_AFTER: Final = 3
"""After so many failures in a row the watch is left, until events are delivered again."""
_GRACE_MS: Final = 5_000
"""How long a delivery under way may take at the end."""
_TELL_EVERY_MS: Final = 60_000
"""The interval at which a failure that goes on is logged again."""


class Source(Protocol):
    """Says what comes next; see `Feed`."""

    def steps(self) -> AsyncGenerator[Step, None]:
        """Yield the steps from the place that was reached. Raises OndutyError or Failure if the server fails."""

    async def pause(self) -> None:
        """Expect that the next step is not asked for soon."""


class Exporter:
    """An export, until `stop` is set.

    Args:
        feed: says what comes next.
        sink: takes it.
        file: keeps the place.
        clock: measures waits.
        stop: set to end.
        figures: is told what happens.
        refused: takes the events that the sink's receiver refuses; None to repeat them until it takes them.
        refused_after: the number of refusals after which an event is set aside.
        backoff: returns the wait after a number of failures, and what the receiver asks for.
    """

    def __init__(
        self,
        feed: Source,
        sink: Sink,
        file: CheckpointFile,
        *,
        clock: Clock,
        stop: asyncio.Event,
        figures: Figures,
        refused: Sink | None = None,
        refused_after: int = 5,
        place: Place | None = None,
        backoff: Callable[[int, float], float] = backoff_s,
    ) -> None:
        self._feed = feed
        self._sink = sink
        self._file = file
        self._clock = clock
        self._stop = stop
        self._figures = figures
        self._refused = refused
        self._refused_after = refused_after
        self._backoff = backoff
        self._place = place
        self._saved = place
        self._saved_at = clock.now()
        self._told_at: int | None = None
        self._was_answered = False
        self._failures = 0

    @property
    def revision(self) -> int | None:
        """The last revision that was delivered; None before the beginning is known."""
        return None if self._place is None else self._place.revision

    async def run(self) -> None:
        """Export until `stop` is set.

        Raises:
            Failure: the server refuses for good.
            ReceiverGone: the receiver wants no more.
        """
        try:
            while not self._stop.is_set():
                async with aclosing(self._feed.steps()) as steps:
                    while (step := await self._next(steps)) is not None:
                        await self._take(step)
        finally:
            await self._save()

    async def _next(self, steps: AsyncGenerator[Step, None]) -> Step | None:
        """Return the next step; None if the feed is to be asked anew, or the program to end."""
        if self._stop.is_set():
            # The step before may not have been delivered.
            return None
        try:
            step = await self._unless_stopped(_next(steps))
        except (OndutyError, Failure) as error:
            if _is_final(error) and not self._was_answered:
                raise
            self._tell("the server cannot be asked; trying again", why=str(error))
            await self._pause(self._backoff(self._failures, 0.0))
            self._failures += 1
            return None
        if step is not None and not self._was_answered:
            self._was_answered = True
            _log.info("exporting", to=self._sink.name, revision=step.after.revision)
        if self._failures:
            self._failures, self._told_at = 0, None
        return step

    # --- delivering --------------------------------------------------------------------------------------------------

    async def _take(self, step: Step) -> None:
        """Deliver the events of a step, unless the program is to end before that."""
        for at in range(0, len(step.events), self._sink.batch_max):
            events = step.events[at : at + self._sink.batch_max]
            if self._stop.is_set() or not await self._deliver(events):
                return
            # A feed tells where it begins before there are events.
            assert self._place is not None
            self._reach(self._place.after(*events))
            await self._save_if_due(_SAVE_EVERY_MS)
        busy = bool(step.events) or self._place is None or self._place.replaying != step.after.replaying
        self._reach(step.after)
        await self._save_if_due(0 if busy else _SAVE_IDLE_EVERY_MS)

    def _reach(self, place: Place) -> None:
        self._place = place
        self._figures.reached(place)

    async def _deliver(self, events: tuple[Event, ...]) -> bool:
        failures = refusals = 0
        while True:
            began = self._clock.stopwatch()
            try:
                done = await self._unless_stopped(_true(self._sink.deliver(events)), _GRACE_MS)
            except NotDelivered as error:
                self._figures.failed(error.problem)
                refusals += isinstance(error, EventRefused)
                if self._refused is not None and refusals >= self._refused_after:
                    return await self._set_aside(self._refused, events, error)
                self._tell(
                    "the receiver refuses an event, which holds up all that follow; trying again"
                    if isinstance(error, EventRefused)
                    else "events are not delivered; trying again",
                    to=self._sink.name,
                    id=events[0].id,
                    attempts=failures + 1,
                    why=str(error),
                    level="error" if isinstance(error, EventRefused) else "warning",
                )
                if failures == _LEAVE_AFTER:
                    await self._feed.pause()
                if not await self._pause(self._backoff(failures, error.retry_after_s)):
                    return False
                failures += 1
                continue
            if done is None:
                return False
            if failures:
                _log.info("delivered again", to=self._sink.name, id=events[0].id, attempts=failures + 1)
                self._told_at = None
            self._figures.delivered(events, self._clock.stopwatch() - began)
            return True

    async def _set_aside(self, refused: Sink, events: tuple[Event, ...], error: NotDelivered) -> bool:
        while True:
            try:
                await refused.deliver(events)
            except NotDelivered as failed:
                self._tell("a refused event cannot be set aside; trying again", why=str(failed))
                if not await self._pause(self._backoff(0, 0.0)):
                    return False
                continue
            for event in events:
                self._figures.set_aside()
                _log.error(
                    "the receiver refuses an event; it was set aside",
                    id=event.id,
                    revision=event.revision,
                    file=refused.name,
                    why=str(error),
                )
            return True

    # --- the checkpoint ----------------------------------------------------------------------------------------------

    async def _save_if_due(self, every_ms: int) -> None:
        if self._clock.now() - self._saved_at >= every_ms:
            await self._save()

    async def _save(self) -> None:
        place = self._place
        if place is None or place == self._saved:
            return
        self._saved_at = self._clock.now()
        try:
            await asyncio.to_thread(self._file.save, place)
        except OSError as error:
            if self._saved is None:
                # Without a first one a restart would begin later, and pass over what was not delivered.
                raise
            # Events go on: after a crash some are delivered twice, which is better than not at all.
            self._figures.unsaved()
            self._tell("the checkpoint cannot be written", why=error.strerror or str(error))
        else:
            self._saved = place

    # --- waiting -----------------------------------------------------------------------------------------------------

    async def _pause(self, seconds: float) -> bool:
        """Wait; return False if the program is to end."""
        await self._clock.wait(self._stop, self._clock.now() + int(seconds * 1_000))
        return not self._stop.is_set()

    async def _unless_stopped(self, work: Coroutine[Any, Any, T], grace_ms: int = 0) -> T | None:
        """Return the result of `work`; None if the program is to end and it was not done after the time of grace."""
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and grace_ms:
                await asyncio.wait((task,), timeout=grace_ms / 1_000)
            if task.done():
                return task.result()
            return None
        finally:
            stopped.cancel()
            task.cancel()
            await asyncio.wait((task, stopped))

    def _tell(self, message: str, *, level: str = "warning", **values: Any) -> None:
        """Log a failure: the first at once, those that follow as debug messages but for one a minute."""
        now = self._clock.now()
        if self._told_at is None or now - self._told_at >= _TELL_EVERY_MS:
            self._told_at = now
            getattr(_log, level)(message, **values)
        else:
            _log.debug(message, **values)


async def _next(steps: AsyncGenerator[Step, None]) -> Step | None:
    return await anext(steps, None)


def _is_final(error: OndutyError | Failure) -> bool:
    return isinstance(error, Failure) or error.is_final


async def _true(work: Coroutine[Any, Any, None]) -> bool:
    await work
    return True
