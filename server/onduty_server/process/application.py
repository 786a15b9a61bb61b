"""Runs a server: a store, the background tasks that keep it up to date, and the gRPC server in front of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, Final

from ..access.audit import AuditLog
from ..app.background import BackgroundTasks
from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..app.ports.store import Store
from ..app.ports.tracer import Tracer
from ..app.service import StatusService
from ..app.sweeper import Sweeper, beat_forever
from ..app.watching.limits import WatchLimits
from ..app.watching.service import Watching
from ..domain.workflow import FRESH_FOR_MS
from ..transport.access_log import AccessLog
from ..transport.call_counts import CallCounts
from ..transport.calls import Calls
from ..transport.grpc.server import GrpcServer, Listen
from ..transport.guard import Guard
from ..transport.http.server import HttpListen, HttpServer
from ..transport.limits import CallLimits, Limits
from ..transport.readiness import Readiness
from ..transport.request_timer import RequestTimer
from ..transport.servicer import StatusServicer
from .access import Access

_GC_THRESHOLDS: Final = (3_000, 20, 20)
"""With Python's own, 700, 10 and 10, the garbage collector goes through all objects of every open stream every few
seconds: 0.1 s for thousands of them, a seventh of what idle watchers cost. With these, a pause takes a millisecond."""


class Application:
    """A server that can be started and stopped, once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        listen: Listen,
        *,
        access: Access | None = None,
        limits: Limits | None = None,
        http: HttpListen | None = None,
        activity_future_tolerance_ms: int = 5_000,
        activity_fresh_for_ms: int = FRESH_FOR_MS,
        shutdown_grace_s: float = 10.0,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        watch_limits: WatchLimits | None = None,
        access_log: AccessLog | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.sweeper = Sweeper(store, clock)
        self.service = StatusService(
            store,
            activity_future_tolerance_ms=activity_future_tolerance_ms,
            activity_fresh_for_ms=activity_fresh_for_ms,
        )
        self.background = background or BackgroundTasks()
        self.watching = Watching(store, clock, self.background, limits=watch_limits)
        self.access = access or Access(Guard(AuditLog(clock, lambda line: None)))
        self._listen = listen
        self.limits = CallLimits(limits or Limits(), clock, observer or Observer())
        self.calls = CallCounts()
        self.access_log = access_log
        self._tracer = tracer
        self._readiness = Readiness()
        self._request_timer = RequestTimer(clock)
        self._shutdown_grace_s = shutdown_grace_s
        self._server: GrpcServer | None = None
        self._http_listen = http
        self._http: HttpServer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """The port that the server listens on, once started."""
        assert self._server is not None, "not started"
        return self._server.port

    @property
    def http_port(self) -> int:
        """The port of the HTTP door, once started."""
        assert self._http is not None, "not started, or without this door"
        return self._http.port

    async def start(self) -> None:
        """Open the store and serve. Raises StoreOpenError or ListenError, leaving nothing open."""
        await self.store.open()
        try:
            # Loaded users stay: keep the garbage collector from visiting a million of them again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_GC_THRESHOLDS)
            servicer = StatusServicer(self.service, self.watching, self.access.guard, self.limits, self.clock)
            calls = Calls(
                servicer,
                self.access.guard,
                self.limits,
                self.calls,
                self.clock,
                self.access_log,
                self._tracer,
            )
            self._server = GrpcServer(calls, self._readiness, self._listen, self._request_timer)
            if self._http_listen is not None:
                self._http = HttpServer(calls, self._readiness, self._http_listen, self._request_timer)
            self._run(self.sweeper.run(), "onduty-sweeper")
            self._run(beat_forever(self.store, self.clock), "onduty-heartbeat")
            self._run(self._request_timer.watch(), "onduty-requests")
            for name, forever in self.access.tasks.items():
                self._run(forever(), f"onduty-{name}")
            await self._server.start()
            if self._http is not None:
                await self._http.start()
        except BaseException:
            if self._http is not None:
                self._http.close()
            await self._end_tasks()
            await self.store.close()
            raise

    def reachable(self, reachable: bool) -> None:
        """Record that the store has stopped answering, or answers again."""
        if self._server is not None:
            self._readiness.set_reachable(reachable)

    def why_not_ready(self) -> str | None:
        """Return the reason why no calls should be sent to this server, None if they may. Callable from any thread."""
        return "the server is starting" if self._server is None else self._readiness.why_not()

    async def withdraw(self, delay_ms: int) -> None:
        """Say that the server is not ready, and serve on for `delay_ms`, or until a background task has failed."""
        self._readiness.withdraw()
        await self.clock.wait(self.background.failed, self.clock.now() + delay_ms)

    async def stop(self) -> None:
        """Drain, stop the background tasks, and make everything durable."""
        self._readiness.drain()
        self._request_timer.drain()
        self.watching.drain()
        doors = [each for each in (self._server, self._http) if each is not None]
        await asyncio.gather(*(each.drain(self._shutdown_grace_s) for each in doors))
        await self._end_tasks()
        await self.store.close()

    def _run(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(self.background.start(coroutine, name=name))

    async def _end_tasks(self) -> None:
        await self.background.stop(*self._tasks)
        self._tasks.clear()
