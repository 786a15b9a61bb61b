"""Both stores that are there, each behind the same site."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.watching.site import MakeStore, Site, hold_back, opened

from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are sent as they come: how long they are held back is real time, which tests do not wait for."""
    hold_back(monkeypatch, 0.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """A store of each kind, in which the jumps of a fake clock are no outages; called again it opens the same file."""
    if request.param == "memory":
        return lambda clock: MemoryStore(clock, count_outage_as_inactivity=True)
    return lambda clock: SqliteStore(tmp_path / "onduty.db", clock, count_outage_as_inactivity=True)


@pytest.fixture
async def site(make_store: MakeStore, clock: FakeClock) -> AsyncIterator[Site]:
    async with opened(make_store(clock), clock) as site:
        yield site
