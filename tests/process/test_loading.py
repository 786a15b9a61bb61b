"""The garbage collector while a store is opened: a million users are loaded without it, and never visited by it."""

from __future__ import annotations

import gc

import pytest
from tests.fakes import FakeClock
from tests.servers import running

from onduty_server.app.ports.store import StoreOpenError
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.grpc.server import Listen


class Loading(MemoryStore):
    """Keeps a part in a cycle, as users and their groups are, and whether the collector was on meanwhile."""

    collected: bool | None = None

    async def open(self) -> None:
        self.collected = gc.isenabled()
        self.part: list[object] = []
        self.part.append(self.part)
        await super().open()


class Damaged(MemoryStore):
    async def open(self) -> None:
        raise StoreOpenError("damaged")


async def test_the_collector_is_off_while_a_store_is_opened_and_leaves_alone_what_was_loaded() -> None:
    store = Loading(FakeClock())
    async with running(store):
        assert store.collected is False
        assert gc.isenabled()
        assert not any(each is store.part for each in gc.get_objects())


async def test_the_collector_is_on_again_after_a_start_that_failed() -> None:
    application = Application(Damaged(FakeClock()), FakeClock(), Listen("127.0.0.1:0"))
    with pytest.raises(StoreOpenError):
        await application.start()
    assert gc.isenabled()
