"""The only place that builds objects and wires them together, and the life of the process around them."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import structlog
from prometheus_client import CollectorRegistry

from . import signals
from .access.audit import AuditLog
from .access.authentication import Authenticator
from .access.callers import NOBODY_NAMED, ApiKey, parse_access_file, parse_key_file
from .access.certificates import Pair, check_pair
from .access.files import UnusableFile, WatchedFiles, content_of, reload_forever
from .access.jwks_url import JwksUrl
from .access.jwts import TokenRules, VerificationKey, parse_jwks
from .app.accepting import AcceptedClock
from .app.copying import Report, copy
from .app.ports.archive import Archive, Tally
from .app.ports.clock import Clock
from .app.ports.observer import Observer
from .app.ports.store import Store, StoreOpenError
from .app.service import StatusService
from .app.sweeper import Sweeper, beat_forever
from .app.watching import Watching
from .clock import SystemClock, stopwatch, wall_clock_ms
from .domain.errors import StoreLost, StoreUnavailable
from .domain.workflow import FRESH_FOR_MS
from .following import follow_wall_clock
from .logs import open_audit_log
from .metrics import PrometheusObserver, watch_process
from .probes import TURN_INTERVAL_S, Probes, serve_operators
from .transport.guard import Guard
from .transport.limits import Limits
from .transport.ports import check_free
from .transport.server import GrpcServer, Listen, ListenError
from .transport.tls import ServerTls

if TYPE_CHECKING:
    from .config import Settings
    from .stores.sqlite.repair import Repaired

OFF = "off"
"""A setting that names nothing."""

_log = structlog.get_logger(__name__)

_SWITCH_INTERVAL_S = 0.001
"""For how long one thread may keep Python's lock from another. The default of 5 ms is a long time for the writer."""

_REST_S = 5.0
"""How long, at the end, what others left running may take."""

_DESCRIPTORS_CHECK_S = 2.0


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: the guard of the calls, what TLS shows, and what keeps both up to date, each for ever.

    An event of `look_again` that is set has one of the tasks look at once for what has changed.
    """

    guard: Guard
    tls: ServerTls | None = None
    files: Sequence[WatchedFiles] = ()
    tasks: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    look_again: Sequence[asyncio.Event] = ()

    def reload(self) -> None:
        """Look at once for what has changed."""
        _log.info("looking for changed files and keys")
        for event in self.look_again:
            event.set()


class ServeError(Exception):
    """The server could not start, or ended as it should not. One line for the operator."""


class Application:
    """A store, the tasks that keep it up to date, and a gRPC server in front."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        listen: Listen,
        *,
        access: Access | None = None,
        activity_future_tolerance_ms: int = 5_000,
        activity_fresh_for_ms: int = FRESH_FOR_MS,
        shutdown_grace_s: float = 10.0,
        observer: Observer | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.sweeper = Sweeper(store, clock)
        self.service = StatusService(
            store,
            activity_future_tolerance_ms=activity_future_tolerance_ms,
            activity_fresh_for_ms=activity_fresh_for_ms,
        )
        self.watching = Watching(store, clock)
        self.failed = asyncio.Event()
        """Set when a task that should run for ever has ended."""
        self.failure = "a background task failed; see the log"
        """Why, once `failed` is set."""
        self.access = access or Access(Guard(AuditLog(clock, lambda line: None)))
        self._listen = listen
        self._observer = observer
        self._shutdown_grace_s = shutdown_grace_s
        self._server: GrpcServer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """The port it serves on, once started."""
        assert self._server is not None, "not started"
        return self._server.port

    @property
    def calls_in_flight(self) -> int:
        """How many calls and streams are under way."""
        assert self._server is not None, "not started"
        return self._server.limits.in_flight()

    async def start(self) -> None:
        """Load, then serve. Raises StoreOpenError or ListenError, having let go of everything."""
        await self.store.open()
        try:
            # What was loaded stays: spare the collector from walking over a million users again and again.
            gc.collect()
            gc.freeze()
            self._server = GrpcServer(
                self.service, self.watching, self.access.guard, self._listen, self.clock, self._observer
            )
            self._run(self.sweeper.run(), "onduty-sweeper")
            self._run(beat_forever(self.store, self.clock), "onduty-heartbeat")
            self._run(self._server.watch(), "onduty-messages")
            for name, forever in self.access.tasks.items():
                self._run(forever(), f"onduty-{name}")
            await self._server.start()
        except BaseException:
            await self._end_tasks()
            await self.store.close()
            raise

    def reachable(self, reachable: bool) -> None:
        """The store stopped, or began again, to answer."""
        if self._server is not None:
            self._server.set_reachable(reachable)

    def why_not_ready(self) -> str | None:
        """Why it should not be sent calls, None if it should. May be asked from any thread."""
        return "the server is starting" if self._server is None else self._server.why_not_serving()

    async def stop(self) -> None:
        """Drain, then make everything durable."""
        self.watching.drain()
        if self._server is not None:
            await self._server.drain(self._shutdown_grace_s)
        await self._end_tasks()
        await self.store.close()

    def supervise(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run what must not end before it is cancelled, which is up to the caller: `failed` is set if it does."""
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(self._task_ended)
        return task

    def _run(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(self.supervise(coroutine, name))

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, StoreLost):
            # The store has said so in the log.
            self.failure = error.why
        else:
            _log.critical("a task ended that must not", task=task.get_name(), exc_info=error)
        self.failed.set()

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


class _StoreOptions(TypedDict):
    """What every store is told."""

    observer: Observer
    outage_grace_ms: int
    count_outage_as_inactivity: bool
    history_retention_ms: int
    history_max_changes: int
    users_max: int
    accounts_max: int


def build_store(settings: Settings, clock: Clock, observer: Observer) -> Store:
    """The store that the settings name."""
    path, address = settings.sqlite_path, settings.redis_address
    common: _StoreOptions = {
        "observer": observer,
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
            from .stores.redis.store import RedisStore
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
        from .stores.memory import MemoryStore

        return MemoryStore(clock, **common)
    from .stores.sqlite import SqliteStore

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
            from .stores.redis.archive import RedisArchive
        except ImportError as error:
            raise StoreOpenError("this store needs the package redis: install onduty[server,redis]") from error

        return RedisArchive(address, key_prefix=settings.store_key_prefix)
    if path is None:
        raise StoreOpenError("a store in memory keeps nothing that could be copied")
    from .stores.sqlite.archive import SqliteArchive

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
    from .stores.sqlite.repair import repair

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


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run `serve` to its end, on uvloop where there is one.

    Raises:
        ServeError: it could not start, or ended as it should not.
    """
    try:
        _event_loop_run()(serving)
    except (StoreOpenError, ListenError, UnusableFile, RuntimeError) as error:
        raise ServeError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise ServeError(f"cannot serve: {where}{error.strerror or error}") from None
    finally:
        signals.ignore_reloading()


def _event_loop_run() -> Callable[[Coroutine[Any, Any, None]], None]:
    try:
        import uvloop
    except ImportError:
        # There is none for Windows and PyPy.
        return asyncio.run
    return uvloop.run


async def serve(
    settings: Settings, *, stop: asyncio.Event | None = None, on_serving: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGTERM or another of `signals.ENDING`; a second one ends the process at once.

    A worker of several brings a `stop` of its own, which ends it in place of the signals, and `on_serving`, which is
    told the address in place of the log.

    Raises:
        StoreOpenError, ListenError, UnusableFile: what keeps it from starting, for the operator to read.
        RuntimeError: a task that must not end has ended, or the last changes could not be written.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    clock = SystemClock(jump_ms=settings.outage_grace_ms)
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    access = build_access(settings, clock, open_audit_log(settings.audit_log, clock.now))
    application = Application(
        build_store(settings, clock, observer),
        clock,
        _listen(settings, access),
        access=access,
        activity_future_tolerance_ms=settings.activity_future_tolerance_ms,
        activity_fresh_for_ms=settings.activity_fresh_for_ms,
        shutdown_grace_s=settings.shutdown_grace_ms / 1_000,
        observer=observer,
    )
    observer.on_reachable = application.reachable
    # Before the store is opened: a start that fails leaves no database behind.
    check_free(settings.listen, reuse_port=settings.reuse_port)
    if settings.metrics_address is not None:
        check_free(settings.metrics_listen)
    if stop is None:
        stop = asyncio.Event()
        signals.install(stop=stop.set, reload=access.reload)
    else:
        signals.install_reload(access.reload)
    await application.start()
    watches = [
        application.supervise(follow_wall_clock(clock, application.store), "onduty-wall-clock"),
        application.supervise(_watch_descriptors(), "onduty-descriptors"),
    ]
    turning: asyncio.Task[None] | None = None
    try:
        if settings.metrics_address is not None:
            host, port = settings.metrics_address
            watch_process(registry, clock)
            probes = Probes(stopwatch, application.why_not_ready)
            turning = application.supervise(_turn_forever(probes), "onduty-turning")
            _log.info("serving metrics", host=host, port=serve_operators(registry, probes, host, port))
        host = settings.listen.rpartition(":")[0]
        address = f"{host}:{application.port}"
        if on_serving is None:
            _log.info("serving", address=address, store=whole_store(settings))
            warn_of_openness(settings)
        else:
            on_serving(address)
        await _first_of(stop, application.failed)
    finally:
        _log.info("stopping")
        for watch in watches:
            watch.cancel()
        try:
            await application.stop()
        except StoreLost as error:
            raise RuntimeError(error.why) from error
        except StoreUnavailable as error:
            raise RuntimeError("stopped, but not everything could be written; see the log") from error
        finally:
            if turning is not None:
                turning.cancel()
        _log.info("stopped")
        await _rest_of_the_loop()
    if application.failed.is_set():
        raise RuntimeError(application.failure)


def _listen(settings: Settings, access: Access) -> Listen:
    limits = Limits(**{each.name: getattr(settings, each.name) for each in fields(Limits)})
    return Listen(
        settings.listen,
        settings.max_request_bytes,
        settings.reuse_port,
        access.tls,
        settings.reflection,
        settings.connection_calls,
        limits,
    )


def whole_store(settings: Settings) -> str:
    """The store by a name that holds in every directory: `sqlite:onduty.db` is wherever the server was started."""
    path = settings.sqlite_path
    return settings.store if path is None else f"sqlite:{path.absolute()}"


def warn_of_openness(settings: Settings) -> None:
    """Tell the operator what nobody checks."""
    if not settings.authenticates:
        _log.warning("no credential is asked for: everybody on this machine may do everything")
    elif settings.tls_certificate == OFF:
        _log.warning("nothing is encrypted: whoever can listen in learns the tokens")


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
            with suppress(asyncio.CancelledError):
                await wait


async def _rest_of_the_loop() -> None:
    """Let tasks that others started end before their loop does.

    grpcio's server stops while its handlers of calls just cancelled still run; with hundreds of those the process hangs
    at the end of the loop (seen with 1,000 watches that vanished together right before SIGTERM).
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_REST_S)


async def _turn_forever(probes: Probes) -> None:
    """Show that the event loop turns."""
    while True:
        probes.turned()
        # Not by the clock, which a store may set back: that would look like a loop that is stuck.
        await asyncio.sleep(TURN_INTERVAL_S)


async def _watch_descriptors() -> None:
    """Tell the operator when no file descriptors are left: new connections then wait, and nothing else says so."""
    exhausted = False
    while True:
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and not exhausted:
                exhausted = True
                _log.error("out of file descriptors; new connections wait, open ones go on")
        else:
            if exhausted:
                exhausted = False
                _log.warning("there are file descriptors again")
        await asyncio.sleep(_DESCRIPTORS_CHECK_S)
