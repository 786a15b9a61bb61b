"""Calls to Redis: batched into pipelines, retried where that is safe, and each failure told as what it is.

Whatever is called while pipelines are under way goes together into the next one, so the more there is to do the less
each call costs. Invariants: a call that may have been carried out is never sent again here (`OutcomeUnknown` says so,
and the caller knows whether to); a cancelled caller leaves its call to finish, so no connection is left in the middle
of a reply.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    SlotNotCoveredError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from ...domain.errors import StoreUnavailable
from .address import RedisAddress
from .scripts import Script

Arg = bytes | str | int

_BATCH_MAX = 256
"""Calls of one pipeline."""
_CONNECT_TIMEOUT_S = 1.0
_REPLY_TIMEOUT_S = 2.0
_PATIENCE_S = 1.0
"""For how long a call that was not carried out is tried again, while the store was well a moment ago."""
_SILENCE_S = 1.0
"""After how long in which no node answered the store counts as unreachable."""
_RETRY_MIN_S = 0.02
_RETRY_MAX_S = 0.2
_WAIT_TIMEOUT_MS = 1_000
"""How long replicas may take to have what must not be lost."""

_NOT_CARRIED_OUT = (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    ReadOnlyError,
    TryAgainError,
)
"""Replies that say that nothing was done, and that it may go better soon or elsewhere."""
_BROKEN = (RedisConnectionError, RedisTimeoutError, OSError, EOFError)


class OutcomeUnknown(StoreUnavailable):
    """The connection broke after a call was sent: it may or may not have been carried out."""


class NotReplicated(StoreUnavailable):
    """Carried out, but too few replicas have it."""


class _Elsewhere(Exception):
    """Not carried out; worth another try."""


class _Call:
    """A command on its way."""

    __slots__ = ("command", "outcome", "replicas")

    def __init__(self, command: Sequence[Arg], outcome: asyncio.Future[Any], replicas: int) -> None:
        self.command = command
        self.outcome = outcome
        self.replicas = replicas

    def end(self, result: object) -> None:
        if not self.outcome.done():
            self.outcome.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class _Lane:
    """The way to one node: calls that wait, and the pipeline that takes them along. They are carried out in order."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self.new_connection = connect
        self._waiting: deque[_Call] = deque()
        self.well = True
        """Whether the node answered when last asked."""
        self._connection: Connection | None = None
        self._pipeline: asyncio.Task[None] | None = None

    def submit(self, command: Sequence[Arg], replicas: int) -> asyncio.Future[Any]:
        """Send a command with the next pipeline."""
        call = _Call(command, asyncio.get_running_loop().create_future(), replicas)
        # Nobody need be left to hear of it.
        call.outcome.add_done_callback(_hear_out)
        self._waiting.append(call)
        if self._pipeline is None:
            self._pipeline = asyncio.create_task(self._run(), name="onduty-redis-pipeline")
        return call.outcome

    async def _run(self) -> None:
        if self._connection is None:
            self._connection = self.new_connection()
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH_MAX))]
                await self._exchange(self._connection, batch)
        finally:
            self._pipeline = None
            while self._waiting:
                self._waiting.popleft().fail(StoreUnavailable())

    async def _exchange(self, connection: Connection, batch: Sequence[_Call]) -> None:
        answered = 0
        sent = False
        replicas = max(call.replicas for call in batch)
        try:
            if not connection.is_connected:
                await connect(connection)
            commands = [call.command for call in batch]
            if replicas:
                commands.append(("WAIT", replicas, _WAIT_TIMEOUT_MS))
            sent = True
            await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            kept: list[tuple[_Call, object]] = []
            for call in batch:
                try:
                    result: object = await connection.read_response(disable_decoding=True)
                except ResponseError as error:
                    result = error
                if call.replicas:
                    kept.append((call, result))
                else:
                    call.end(result)
                answered += 1
            if kept:
                answered -= len(kept)
                have = int(await connection.read_response(disable_decoding=True))
                for call, result in kept:
                    if isinstance(result, ResponseError) or have >= call.replicas:
                        call.end(result)
                    else:
                        call.fail(NotReplicated())
                    answered += 1
        except _BROKEN:
            await _disconnect(connection)
            for call in batch[answered:]:
                call.fail(OutcomeUnknown() if sent else _Elsewhere())
        except BaseException as error:
            # Told to stop, or refused by a server that is none of ours: whoever waits must not wait for ever.
            await _disconnect(connection)
            for call in batch[answered:]:
                call.fail(OutcomeUnknown() if sent else StoreUnavailable())
            if not isinstance(error, RedisError):
                raise

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        if self._pipeline is not None:
            await asyncio.wait([self._pipeline], timeout=_REPLY_TIMEOUT_S)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go of everything at once, as a killed process does."""
        if self._pipeline is not None:
            self._pipeline.cancel()
            await asyncio.gather(self._pipeline, return_exceptions=True)
        if self._connection is not None:
            with suppress(*_BROKEN, RedisError):
                await self._connection.disconnect()
            self._connection = None


def _hear_out(outcome: asyncio.Future[Any]) -> None:
    if not outcome.cancelled():
        outcome.exception()


async def connect(connection: Connection) -> None:
    """Connect, and say who is there."""
    await connection.connect()  # type: ignore[no-untyped-call]


async def _disconnect(connection: Connection) -> None:
    with suppress(*_BROKEN, RedisError):
        await connection.disconnect(nowait=True)


class RedisClient:
    """See the module. `heard` is told whenever the store stops, or begins again, to answer."""

    def __init__(self, address: RedisAddress, *, heard: Callable[[bool], None] = lambda _: None) -> None:
        self.address = address
        self._heard = heard
        self._options: dict[str, Any] = {
            "username": address.username,
            "password": address.password,
            "socket_connect_timeout": _CONNECT_TIMEOUT_S,
            "socket_timeout": _REPLY_TIMEOUT_S,
            "protocol": 2,
        }
        if address.tls:
            self._options |= {"ssl_ca_certs": address.ca_file}
        self._lanes: dict[str, _Lane] = {}
        self._cluster: RedisCluster | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._slots: dict[bytes, int] = {}
        self._well = True
        self._answered_at = 0.0

    @property
    def well(self) -> bool:
        """Whether the store answered when last asked."""
        return self._well

    async def open(self) -> None:
        """Find the nodes.

        Raises:
            StoreUnavailable: none of them can be reached; its cause says why.
        """
        try:
            if self.address.cluster:
                await self._initialize_cluster()
            else:
                await self.command(b"", "PING")
        except (*_BROKEN, RedisError, RedisClusterException) as error:
            await self.close()
            raise StoreUnavailable from error

    async def _initialize_cluster(self) -> None:
        options = self._options | ({"ssl": True} if self.address.tls else {})
        self._cluster = RedisCluster(
            startup_nodes=[ClusterNode(host, port) for host, port in self.address.nodes],
            # This client has its own patience.
            retry=Retry(NoBackoff(), 1),
            # A part of the slots is better than none.
            require_full_coverage=False,
            **options,
        )
        await self._cluster.initialize()

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        for lane in self._lanes.values():
            await lane.close()
        self._lanes.clear()
        if self._cluster is not None:
            with suppress(*_BROKEN, RedisError):
                await self._cluster.aclose()
            self._cluster = None

    async def abandon(self) -> None:
        """Let go of everything at once, as a killed process does: for tests."""
        for lane in self._lanes.values():
            await lane.abandon()
        await self.close()

    # --- calls -------------------------------------------------------------------------------------------------------

    async def run(self, script: Script, key: bytes, *args: Arg, replicas: int = 0) -> Any:
        """Run a script on the node that has `key`; its reply.

        Raises:
            OutcomeUnknown: it may have been carried out.
            NotReplicated: fewer than `replicas` replicas have what it wrote.
            StoreUnavailable: it was not carried out.
        """
        # Two keys that never exist, in the slot of all that the script goes by. While a slot moves, a node refuses a
        # call with several keys of which it has not all, before the script begins. With one key the target would take
        # it, and find nothing there of what is still at the source.
        keys = (2, key, key + b"!")
        result = await self._persist(key, ("EVALSHA", script.sha, *keys, *args), replicas)
        if isinstance(result, NoScriptError):
            result = await self._persist(key, ("EVAL", script.text, *keys, *args), replicas)
        if isinstance(result, ResponseError):
            raise StoreUnavailable from result
        return result

    async def command(self, key: bytes, *command: Arg) -> Any:
        """Run a command on the node that has `key`; its reply. Raises as `run` does."""
        result = await self._persist(key, command, 0)
        if isinstance(result, ResponseError):
            raise StoreUnavailable from result
        return result

    async def _persist(self, key: bytes, command: Sequence[Arg], replicas: int) -> Any:
        loop = asyncio.get_running_loop()
        began = loop.time()
        pause_s = _RETRY_MIN_S
        while True:
            lane = None
            try:
                lane = self._lane(key, bool(replicas))
                # Whoever is known not to answer is asked once, not waited for.
                patience_s = _PATIENCE_S if lane.well else 0
                result = await asyncio.shield(lane.submit(command, replicas))
            except _Elsewhere:
                patience_s = _PATIENCE_S if lane is None or lane.well else 0
                result = None
            except StoreUnavailable as error:
                if not isinstance(error, NotReplicated):
                    self._note(lane, False)
                    self._refresh_soon()
                raise
            else:
                if not isinstance(result, _NOT_CARRIED_OUT):
                    self._note(lane, True)
                    return result
            if loop.time() >= began + patience_s:
                self._note(lane, False)
                self._refresh_soon()
                raise StoreUnavailable
            await self.refresh()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _RETRY_MAX_S)

    def _note(self, lane: _Lane | None, well: bool) -> None:
        if lane is not None:
            lane.well = well
        now = asyncio.get_running_loop().time()
        if well:
            self._answered_at = now
        elif now - self._answered_at < _SILENCE_S:
            # Another node answers: a part of the accounts can be served.
            return
        if well is not self._well:
            self._well = well
            self._heard(well)

    # --- nodes -------------------------------------------------------------------------------------------------------

    def _lane(self, key: bytes, replicated: bool = False) -> _Lane:
        """The lane to the node that has `key`; calls that wait for replicas have one of their own."""
        if self._cluster is None:
            host, port = self.address.nodes[0]
            name = f"{host}:{port}"
            kind, options = self._connection_kind(), self._options | {"host": host, "port": port, "db": self.address.db}
        else:
            slot = self._slots.get(key)
            if slot is None:
                slot = self._slots[key] = self._cluster.keyslot(key)
            try:
                node = self._cluster.nodes_manager.get_node_from_slot(slot)
            except SlotNotCoveredError:
                raise _Elsewhere from None
            name, kind, options = node.name, node.connection_class, node.connection_kwargs
        if replicated:
            name += " replicated"
        lane = self._lanes.get(name)
        if lane is None:

            def connect() -> Connection:
                return kind(**{**options, "retry": Retry(NoBackoff(), 0)})

            lane = self._lanes[name] = _Lane(connect)
        return lane

    def _connection_kind(self) -> type[Connection]:
        return SSLConnection if self.address.tls else Connection

    def connection(self, key: bytes) -> Connection:
        """A connection of one's own to the node that has `key`, not connected yet. Raises StoreUnavailable."""
        try:
            return self._lane(key).new_connection()
        except _Elsewhere:
            raise StoreUnavailable from None

    def _refresh_soon(self) -> None:
        if self._cluster is not None and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh_nodes(), name="onduty-redis-nodes")

    async def refresh(self) -> None:
        """Ask the cluster anew who has which slots; many who want to know ask once."""
        self._refresh_soon()
        if self._refreshing is not None:
            await asyncio.shield(self._refreshing)

    async def _refresh_nodes(self) -> None:
        assert self._cluster is not None
        try:
            with suppress(*_BROKEN, RedisError, RedisClusterException):
                await self._cluster.nodes_manager.initialize()
        finally:
            self._refreshing = None
