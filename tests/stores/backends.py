"""The stores that the conformance suite runs against, each as one class and one line in `BACKENDS`.

A test gets a `Backend`: a store that is not open yet and the clock it lives by. How it is opened and how it ends is all
that differs between stores; the suite is the same for each of them.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from pathlib import Path

from tests.fakes import FakeClock
from tests.killed import copy_as_killed
from tests.valkey import shared_cluster, shared_server

from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.store import DEFAULT_OPTIONS, Store, StoreOptions
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.redis.steps import DEFAULT_STEPS as DEFAULT_REDIS_STEPS
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address
from onduty_server.stores.resident.steps import DEFAULT_STEPS, StepSizes
from onduty_server.stores.sqlite import SqliteStore


class Backend(ABC):
    """A place where a store keeps things, the store that is open there, and its clock."""

    keeps = True
    """Whether what is committed outlives the store object."""
    exact_after_crash = True
    """Whether an acknowledged activity, too, is there after a crash: then a crash has one outcome."""
    immediate = True
    """Whether the store has the fast path (`StatusStore.immediate`)."""
    shared = False
    """Whether several stores may be open on the same place at once."""
    is_variant = False
    """Whether this is a store of another line, configured otherwise: then only what may differ is tested with it."""

    resident_steps = DEFAULT_STEPS
    """How much a store that keeps all in memory does in one step."""
    redis_steps = DEFAULT_REDIS_STEPS
    """How much a store over Redis does in one step."""

    def __init__(self, directory: Path) -> None:
        self.clock = FakeClock()
        self.directory = directory
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The open store."""
        assert self._store is not None, "not open"
        return self._store

    @abstractmethod
    def _build(self, options: StoreOptions, observer: Observer | None) -> Store:
        """A store over what is kept."""

    async def open(
        self, options: StoreOptions = DEFAULT_OPTIONS, *, now: int | None = None, observer: Observer | None = None
    ) -> Store:
        """Open a store over what is kept, at the clock's time or with a clock that says `now`."""
        assert self._store is None, "still open"
        if now is not None:
            self.clock = FakeClock(now)
        store = self._build(options, observer)
        await store.open()
        self._store = store
        return store

    async def stop(self) -> None:
        """Close cleanly what is open, if anything is."""
        store, self._store = self._store, None
        if store is not None:
            await store.close()

    async def reopen(self, options: StoreOptions = DEFAULT_OPTIONS, *, now: int | None = None) -> Store:
        """A clean restart."""
        await self.stop()
        return await self.open(options, now=now)

    @abstractmethod
    async def crash(self) -> None:
        """End as a killed process does: what is durable now is all that the next `open` finds."""


class MemoryBackend(Backend):
    """Keeps nothing."""

    keeps = exact_after_crash = False

    def _build(self, options: StoreOptions, observer: Observer | None) -> Store:
        return MemoryStore(self.clock, options, observer=observer, steps=self.resident_steps)

    async def crash(self) -> None:
        raise NotImplementedError


class SqliteBackend(Backend):
    """Keeps everything in a file. As by default, activities that change no status are written behind.

    Its index is that of a large account, most of which waits in buckets.
    """

    resident_steps = StepSizes(in_heap=1)
    exact_after_crash = False
    flush_interval_ms = 1_000
    _generation = 0

    @property
    def path(self) -> Path:
        return self.directory / f"onduty-{self._generation}.db"

    def _build(self, options: StoreOptions, observer: Observer | None) -> Store:
        return SqliteStore(
            self.path,
            self.clock,
            options,
            observer=observer,
            activity_flush_interval_ms=self.flush_interval_ms,
            steps=self.resident_steps,
        )

    async def crash(self) -> None:
        before = self.path
        self._generation += 1
        copy_as_killed(before, self.path)
        await self.stop()


class SqliteAtOnceBackend(SqliteBackend):
    """Makes activities, too, durable before it acknowledges them."""

    exact_after_crash = True
    is_variant = True
    flush_interval_ms = 0


class RedisBackend(Backend):
    """Keeps everything in the server of this test process, under keys of its own."""

    immediate = False
    shared = True

    _numbers = itertools.count(1)

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.key_prefix = f"test-{next(self._numbers)}"

    @property
    def address(self) -> str:
        return shared_server().address

    def _build(self, options: StoreOptions, observer: Observer | None) -> Store:
        # Of the same name each time, so that what a killed one held is its successor's at once.
        return RedisStore(
            parse_address(self.address),
            self.clock,
            options,
            key_prefix=self.key_prefix,
            own_time=True,
            member="the only one",
            observer=observer,
            steps=self.redis_steps,
        )

    async def crash(self) -> None:
        store, self._store = self.store, None
        assert isinstance(store, RedisStore)
        await store.abandon()


class RedisClusterBackend(RedisBackend):
    """Keeps everything in the Cluster of this test process.

    Tests marked `cluster` run over it; `ONDUTY_TEST_CLUSTER=all` adds those that differ from `redis` only in where
    calls go (`tests/conftest.py`).
    """

    @property
    def address(self) -> str:
        return shared_cluster().address


BACKENDS: dict[str, type[Backend]] = {
    "memory": MemoryBackend,
    "sqlite": SqliteBackend,
    "sqlite-at-once": SqliteAtOnceBackend,
    "redis": RedisBackend,
    "redis-cluster": RedisClusterBackend,
}
WHOLE_SUITE = [name for name, backend in BACKENDS.items() if not backend.is_variant]
IMMEDIATE = [name for name in WHOLE_SUITE if BACKENDS[name].immediate]
KEEPING = [name for name, backend in BACKENDS.items() if backend.keeps]
EXCLUSIVE = [name for name, backend in BACKENDS.items() if backend.keeps and not backend.shared]
REPORTING = list(WHOLE_SUITE)
"""Those that implement the port for reports."""
CRASHING = [name for name, backend in BACKENDS.items() if backend.exact_after_crash]
