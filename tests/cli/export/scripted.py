"""A feed, a receiver and a clock that do what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from tests.fakes import FakeClock

from onduty_server.cli.remote.export.checkpoint import Place
from onduty_server.cli.remote.export.events import Event, Kind
from onduty_server.cli.remote.export.feed import Step

COMMIT_MS = 1_800_000_000_000


def event(revision: int) -> Event:
    """The event of a change of a status."""
    return Event(f"acme:{revision}", Kind.STATUS, revision, COMMIT_MS + revision, f"event {revision}".encode())


class HastyClock(FakeClock):
    """Notes how long others wait, and lets that time pass at once."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_ms: list[int] = []

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        await asyncio.sleep(0)
        if until is not None and not event.is_set():
            self.waits_ms.append(until - self.now())
            self.set(max(until, self.now()))


class ScriptedFeed:
    """Yields steps of the given numbers of events, raising what is in between; then it sets `stop`."""

    def __init__(self, script: Sequence[int | Exception], stop: asyncio.Event) -> None:
        self._script = list(script)
        self._stop = stop
        self._place = Place(resume_token="t0")
        self.pauses = 0

    async def steps(self) -> AsyncGenerator[Step, None]:
        while self._script:
            next_up = self._script.pop(0)
            if isinstance(next_up, Exception):
                raise next_up
            first = self._place.revision + 1
            events = tuple(event(revision) for revision in range(first, first + next_up))
            after = self._place.after(events[-1]) if events else self._place
            after = replace(after, resume_token=f"t{after.revision}")
            yield Step(events, after)
            self._place = after
        self._stop.set()
        await asyncio.Event().wait()

    async def pause(self) -> None:
        self.pauses += 1


class ScriptedSink:
    """Takes events, but for those attempts for which the script has an error. `on_attempt` is called at each."""

    name = "scripted"

    def __init__(
        self,
        script: Sequence[Exception | None] = (),
        *,
        batch_max: int = 1,
        on_attempt: Callable[[int], None] = lambda attempt: None,
    ) -> None:
        self.batch_max = batch_max
        self.taken: list[Event] = []
        self.attempts = 0
        self._script = list(script)
        self._on_attempt = on_attempt

    async def deliver(self, events: Sequence[Event]) -> None:
        self.attempts += 1
        self._on_attempt(self.attempts)
        assert len(events) <= self.batch_max
        error = self._script.pop(0) if self._script else None
        if error is not None:
            raise error
        self.taken += events

    async def close(self) -> None:
        pass
