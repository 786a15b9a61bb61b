"""Builds the store or the archive that the settings name; copies and compares stores."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from ..app.background import BackgroundTasks
from ..app.clamping import ClampedArchive
from ..app.copying import Progress, copy
from ..app.ports.archive import Archive, StoreCounts
from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..app.ports.store import Store, StoreOpenError, StoreOptions
from ..app.ports.tracer import Tracer
from ..app.traced_decisions import trace_decisions
from .clock import wall_clock_ms

if TYPE_CHECKING:
    from ..stores.sqlite.repair import Repaired
    from .config.settings import Settings


def build_store(
    settings: Settings, clock: Clock, observer: Observer, background: BackgroundTasks, tracer: Tracer | None = None
) -> Store:
    """Build the store that the settings name. With a tracer, its decisions are parts of the calls."""
    store = _build_store(settings, clock, observer, background, tracer)
    if tracer is not None:
        trace_decisions(store, tracer)
    return store


def _build_store(
    settings: Settings, clock: Clock, observer: Observer, background: BackgroundTasks, tracer: Tracer | None
) -> Store:
    path, address = settings.sqlite_path, settings.redis_address
    options = StoreOptions(
        outage_grace_ms=settings.outage_grace_ms,
        count_outage_as_inactivity=settings.count_outage_as_inactivity,
        history_retention_ms=settings.history_retention_ms,
        history_max_changes=settings.history_max_changes,
        report_retention_ms=settings.report_retention_ms,
        users_max=settings.users_max,
        accounts_max=settings.accounts_max,
        accounts_declared=settings.accounts == "declared",
    )
    # Import when needed: a server with one kind of store works without the library of another.
    if address is not None:
        try:
            from ..stores.redis.store import RedisStore
        except ImportError as error:
            raise StoreOpenError("this store needs the package redis: install onduty[server,redis]") from error

        return RedisStore(
            address,
            clock,
            options,
            key_prefix=settings.store_key_prefix,
            min_replicas_acked=settings.min_replicas_acked,
            observer=observer,
            background=background,
            tracer=tracer,
        )
    if path is None:
        from ..stores.memory import MemoryStore

        return MemoryStore(clock, options, observer=observer, background=background)
    from ..stores.sqlite import SqliteStore

    return SqliteStore(
        path,
        clock,
        options,
        activity_flush_interval_ms=settings.activity_flush_interval_ms,
        observer=observer,
        background=background,
    )


def build_archive(settings: Settings) -> Archive:
    """Build the archive of the store that the settings name, to copy from it or to it."""
    path, address = settings.sqlite_path, settings.redis_address
    if address is not None:
        try:
            from ..stores.redis.archive import RedisArchive
        except ImportError as error:
            raise StoreOpenError("this store needs the package redis: install onduty[server,redis]") from error

        return RedisArchive(address, key_prefix=settings.store_key_prefix)
    if path is None:
        raise StoreOpenError("memory: is a store that keeps nothing to be copied; name a sqlite: or redis: store")
    from ..stores.sqlite.archive import SqliteArchive

    return SqliteArchive(path)


def is_same_store(one: Settings, other: Settings) -> bool:
    """Return True if two settings name one store: one file by any path, or the same keys of the same Redis."""
    if one.sqlite_path is not None and other.sqlite_path is not None:
        paths = (one.sqlite_path, other.sqlite_path)
        with suppress(OSError):
            return os.path.samefile(*paths)
        return os.path.realpath(paths[0]) == os.path.realpath(paths[1])
    if one.redis_address is not None and other.redis_address is not None:
        ends = [(set(it.nodes), it.db) for it in (one.redis_address, other.redis_address)]
        return ends[0] == ends[1] and one.store_key_prefix == other.store_key_prefix
    return False


def repair_store(settings: Settings, *, accept_loss: bool) -> Repaired:
    """Make an incomplete SQLite file usable.

    Raises:
        StoreOpenError: it cannot be repaired, or changes are missing and `accept_loss` is false.
    """
    if settings.sqlite_path is None:
        raise StoreOpenError(f"{settings.store} cannot be repaired; only a SQLite file can")
    from ..stores.sqlite.repair import repair

    return repair(settings.sqlite_path, accept_loss=accept_loss)


async def copy_store(
    source: Archive,
    target: Archive,
    *,
    copying: Callable[[StoreCounts], Progress],
    verifying: Callable[[StoreCounts], Progress],
    accept_clock: bool = False,
) -> StoreCounts:
    """Copy a store. `copying` and `verifying` are called with the totals, and return a function for progress reports.

    With `accept_clock`, times later than the wall clock's now are copied as now.

    Raises:
        StoreOpenError: one of the two is in use, or cannot be opened.
        CopyMismatch: the target differs from the source; it stays unfinished.
        StoreUnavailable: one of the two has stopped answering, or cannot be written.
    """
    if accept_clock:
        source = ClampedArchive(source, wall_clock_ms())
    try:
        header = await source.open_to_read()
        total = await source.counts()
        await target.open_to_write(header)
        return await copy(source, target, copying=copying(total), verifying=verifying(total))
    finally:
        await target.close()
        await source.close()
