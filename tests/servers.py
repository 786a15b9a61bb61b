"""Real servers on free ports, for tests of everything that speaks gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.fakes import FakeClock

from onduty_server.app.limits import HANDSHAKE_TIMEOUT_MS
from onduty_server.app.ports.clock import Clock
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.process.access import Access
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.access_log import AccessLog
from onduty_server.transport.grpc.server import Listen
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits


@asynccontextmanager
async def running(
    store: Store | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    *,
    access: Access | None = None,
    reflection: bool = True,
    handshake_timeout_ms: int = HANDSHAKE_TIMEOUT_MS,
    watch_limits: WatchLimits | None = None,
    http: HttpListen | None = None,
    connection_age_ms: int = 0,
    connection_grace_ms: int = 10_000,
    access_log: AccessLog | None = None,
) -> AsyncIterator[Application]:
    """A whole server over `store` (by default in memory) on 127.0.0.1; its `port` and `http_port` say where.

    A fake clock jumps, which a store would take for an outage: give it a store that counts outages as inactivity.
    """
    clock = clock or FakeClock()
    store = store or MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True))
    tls = None if access is None else access.tls
    listen = Listen(
        "127.0.0.1:0",
        tls=tls,
        reflection=reflection,
        handshake_timeout_ms=handshake_timeout_ms,
        connection_age_ms=connection_age_ms,
        connection_grace_ms=connection_grace_ms,
    )
    application = Application(
        store,
        clock,
        listen,
        access=access,
        limits=limits,
        http=http,
        shutdown_grace_s=1.0,
        watch_limits=watch_limits,
        access_log=access_log,
    )
    await application.start()
    try:
        yield application
    finally:
        await application.stop()
