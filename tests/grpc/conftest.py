"""A real server over each store, with a fake clock, and a connection to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from grpc import aio
from tests.fakes import FakeClock
from tests.grpc.wire import Wire
from tests.servers import running

from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

MakeStore = Callable[[FakeClock], Store]
Settle = Callable[[], Awaitable[None]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """A store of each kind; called again it opens the same file."""
    if request.param == "memory":
        return lambda clock: MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True))
    return lambda clock: SqliteStore(tmp_path / "onduty.db", clock, StoreOptions(count_outage_as_inactivity=True))


@pytest.fixture
def watch_limits() -> WatchLimits:
    return WatchLimits()


@pytest.fixture
async def application(make_store: MakeStore, clock: FakeClock, watch_limits: WatchLimits) -> AsyncIterator[Application]:
    async with running(make_store(clock), clock, watch_limits=watch_limits) as application:
        yield application


@pytest.fixture
async def wire(application: Application) -> AsyncIterator[Wire]:
    async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        yield Wire(channel)


@pytest.fixture
def settle(application: Application, wire: Wire) -> Settle:
    """Has every timed switch that is due recorded, as the sweeper does some time after the clock was moved."""

    async def settle() -> None:
        await application.sweeper.sweep_once()
        # History holds what is durable, and a status is shown only when it is.
        await wire.statuses()

    return settle
