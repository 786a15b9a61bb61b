"""Builds the objects that settings name and wires them together; the only place that knows all of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from ..access.audit import AuditLog
from ..access.authentication import Authenticator
from ..access.callers import NOBODY_NAMED, ApiKey, parse_access_file, parse_key_file
from ..access.certificates import Pair, check_pair
from ..access.files import WatchedFiles, content_of, reload_forever
from ..access.jwks_url import JwksUrl
from ..access.jwts import TokenRules, VerificationKey, parse_jwks
from ..app.accepting import AcceptedClock
from ..app.background import BackgroundTasks
from ..app.copying import Report, copy
from ..app.ports.archive import Archive, Tally
from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..app.ports.store import Store, StoreOpenError
from ..transport.grpc.tls import ServerTls
from ..transport.guard import Guard
from .application import Access
from .clock import wall_clock_ms

if TYPE_CHECKING:
    from ..stores.sqlite.repair import Repaired
    from .config import Settings

OFF = "off"
"""A setting that names nothing."""


class _StoreOptions(TypedDict):
    """What every store is told."""

    observer: Observer
    background: BackgroundTasks
    outage_grace_ms: int
    count_outage_as_inactivity: bool
    history_retention_ms: int
    history_max_changes: int
    users_max: int
    accounts_max: int


def build_store(settings: Settings, clock: Clock, observer: Observer, background: BackgroundTasks) -> Store:
    """The store that the settings name."""
    path, address = settings.sqlite_path, settings.redis_address
    common: _StoreOptions = {
        "observer": observer,
        "background": background,
        "outage_grace_ms": settings.outage_grace_ms,
        "count_outage_as_inactivity": settings.count_outage_as_inactivity,
        "history_retention_ms": settings.history_retention_ms,
        "history_max_changes": settings.history_max_changes,
        "users_max": settings.users_max,
        "accounts_max": settings.accounts_max,
    }
    # Imported by need: whoever runs one store need not have the other's library.
    if address is not None:
        try:
            from ..stores.redis.store import RedisStore
        except ImportError as error:
            raise StoreOpenError("this store needs the package redis: install onduty[server,redis]") from error

        return RedisStore(
            address,
            clock,
            key_prefix=settings.store_key_prefix,
            min_replicas_acked=settings.min_replicas_acked,
            **common,
        )
    if path is None:
        from ..stores.memory import MemoryStore

        return MemoryStore(clock, **common)
    from ..stores.sqlite import SqliteStore

    return SqliteStore(
        path,
        clock,
        activity_flush_interval_ms=settings.activity_flush_interval_ms,
        **common,
    )


def build_archive(settings: Settings) -> Archive:
    """What is kept in the store that the settings name, to be copied from or to."""
    path, address = settings.sqlite_path, settings.redis_address
    if address is not None:
        try:
            from ..stores.redis.archive import RedisArchive
        except ImportError as error:
            raise StoreOpenError("this store needs the package redis: install onduty[server,redis]") from error

        return RedisArchive(address, key_prefix=settings.store_key_prefix)
    if path is None:
        raise StoreOpenError("a store in memory keeps nothing that could be copied")
    from ..stores.sqlite.archive import SqliteArchive

    return SqliteArchive(path)


def is_same_store(one: Settings, other: Settings) -> bool:
    """Whether two settings name one store: a file by whatever path, or the same keys of the same Redis."""
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
    """Make a SQLite file that is not whole one that can be opened.

    Raises:
        StoreOpenError: it cannot be, or something is missing and that is not accepted.
    """
    if settings.sqlite_path is None:
        raise StoreOpenError("only a SQLite file can be repaired")
    from ..stores.sqlite.repair import repair

    return repair(settings.sqlite_path, accept_loss=accept_loss)


async def copy_store(
    source: Archive,
    target: Archive,
    *,
    copying: Callable[[Tally], Report],
    verifying: Callable[[Tally], Report],
    accept_clock: bool = False,
) -> Tally:
    """Copy a store; the reports are made when it is known how much there is, and told of progress.

    `accept_clock`: what was recorded for later than the wall clock's now is copied as of now.

    Raises:
        StoreOpenError: one of them is in use, or not what it must be.
        CopyMismatch: the target is not what the source is; it stays unfinished.
        StoreUnavailable: one of them stopped to answer, or cannot be written.
    """
    if accept_clock:
        source = AcceptedClock(source, wall_clock_ms())
    try:
        whole = await source.open_to_read()
        total = await source.tally()
        await target.open_to_write(whole)
        return await copy(source, target, copying=copying(total), verifying=verifying(total))
    finally:
        await target.close()
        await source.close()


def build_access(settings: Settings, clock: Clock, write: Callable[[str], None]) -> Access:
    """Who is let in, by the settings and the files that they name. `write` takes lines of the audit log.

    Raises:
        UnusableFile: a file cannot be used.
    """
    audit = AuditLog(clock, write)
    watched: list[WatchedFiles] = []
    tasks: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
    look_again: list[asyncio.Event] = []
    tls = _build_tls(settings, audit, watched)
    authenticator: Authenticator | None = None
    if settings.authenticates:
        authenticator = _build_authenticator(settings, clock, audit, watched, tasks, look_again)
        tasks["credentials"] = authenticator.run
    if watched:
        look_again.append(files_again := asyncio.Event())
        tasks["files"] = partial(reload_forever, watched, clock, files_again)
    guard = Guard(audit, authenticator, certificates=tls is not None and tls.asks_for_certificates)
    return Access(guard, tls, watched, tasks, look_again)


def _watched(settings: Settings, names: Sequence[str], take: Callable[[Sequence[bytes]], None]) -> WatchedFiles:
    """The files that these settings name, but for those that are off."""
    given = [name for name in names if getattr(settings, name) != OFF]
    return WatchedFiles([Path(getattr(settings, name)) for name in given], take, given)


def _build_tls(settings: Settings, audit: AuditLog, watched: list[WatchedFiles]) -> ServerTls | None:
    if settings.tls_certificate == OFF:
        return None
    tls: ServerTls | None = None

    def take(contents: Sequence[bytes]) -> None:
        nonlocal tls
        pair = Pair(contents[0], contents[1], contents[2] if len(contents) > 2 else b"")
        shown = check_pair(pair)
        if tls is None:
            tls = ServerTls(pair)
        else:
            tls.take(pair)
            audit.record("certificate_changed", **shown)

    files = _watched(settings, ("tls_certificate", "tls_key", "tls_client_ca"), take)
    files.load()
    watched.append(files)
    return tls


def _build_authenticator(
    settings: Settings,
    clock: Clock,
    audit: AuditLog,
    watched: list[WatchedFiles],
    tasks: dict[str, Callable[[], Coroutine[Any, Any, None]]],
    look_again: list[asyncio.Event],
) -> Authenticator:
    files: list[WatchedFiles] = []
    rules: TokenRules | None = None
    issuer: JwksUrl | None = None
    if settings.jwt_keys != OFF:
        rules = TokenRules(
            settings.jwt_issuer,
            settings.jwt_audience,
            tuple(settings.jwt_algorithms.split(",")),
            settings.jwt_roles_claim,
            settings.jwt_accounts_claim,
        )
        parse = partial(parse_jwks, algorithms=rules.algorithms)
        if "://" in settings.jwt_keys:
            issuer = JwksUrl(settings.jwt_keys, clock, parse=parse, take=lambda keys: take_token_keys(keys))
            tasks["issuer"] = issuer.run
            look_again.append(issuer.look_again)
        else:
            files.append(_watched(settings, ("jwt_keys",), lambda contents: take_token_keys(parse(contents[0]))))
    authenticator = Authenticator(clock, rules=rules, newer_keys=None if issuer is None else issuer.newer)
    known: list[str] = []
    token_keys: list[str] = []

    def take_token_keys(keys: tuple[VerificationKey, ...]) -> None:
        authenticator.take_token_keys(keys)
        now_known = [key.key_id or "unnamed" for key in keys]
        _note_change(audit, "token_keys_changed", token_keys, now_known)

    def take_callers(contents: Sequence[bytes]) -> None:
        rest = list(contents)
        named = NOBODY_NAMED
        keys: Mapping[str, ApiKey] = {}
        if settings.access_file != OFF:
            with content_of(settings.access_file):
                named = parse_access_file(rest.pop())
        if settings.key_file != OFF:
            with content_of(settings.key_file):
                keys = parse_key_file(rest.pop(), named.roles)
        authenticator.take_callers(named, keys)
        _note_change(audit, "keys_changed", known, [f"{key.key_id} {key.caller.name}" for key in keys.values()])

    if (settings.key_file, settings.access_file) != (OFF, OFF):
        files.append(_watched(settings, ("key_file", "access_file"), take_callers))
    for each in files:
        each.load()
    watched += files
    return authenticator


def _note_change(audit: AuditLog, event: str, known: list[str], now_known: list[str]) -> None:
    """Note which keys came and went, by their ids."""
    audit.record(
        event, keys=len(now_known), added=sorted({*now_known} - {*known}), removed=sorted({*known} - {*now_known})
    )
    known[:] = now_known
