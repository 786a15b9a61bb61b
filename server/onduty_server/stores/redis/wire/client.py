"""Calls to Redis: sent to the node that has the key, retried where that is safe, and each failure told as what it is.

Invariants: a call that may have been carried out is never sent again here (`OutcomeUnknown` says so, and the caller
knows whether to); what is answered comes from a master.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError, ResponseError, SlotNotCoveredError
from redis.exceptions import TimeoutError as RedisTimeoutError

from ....domain.errors import StoreUnavailable
from ..scripts import Script
from .address import RedisAddress
from .link import CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S, Arg, Command, is_replica, open_link
from .pipeline import NodePipeline, NotCarriedOut, NotReplicated
from .refusals import NotAMaster, cause_of, code_of, in_words

_PATIENCE_S = 1.0
"""For how long a call that was not carried out is tried again, while the store was well a moment ago."""
_SILENCE_S = 1.0
"""After how long in which no node answered the store counts as unreachable."""
_RETRY_MIN_S = 0.02
_RETRY_MAX_S = 0.2
_NOT_CARRIED_OUT = frozenset(("ASK", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MOVED", "READONLY", "TRYAGAIN"))
"""Replies that say that nothing was done, and that it may go better soon or elsewhere."""
_BROKEN = (RedisConnectionError, RedisTimeoutError, OSError, EOFError)


class RedisClient:
    """See the module.

    `guard` is a key that never exists, by which one server alone shows that it is still a master (`NodePipeline`).
    `on_health` is told whenever the store stops, or begins again, to answer, and in words why it does not.
    """

    def __init__(
        self,
        address: RedisAddress,
        *,
        guard: bytes = b"",
        on_health: Callable[[bool, str], None] = lambda healthy, cause: None,
    ) -> None:
        self.address = address
        self._guard = b"" if address.cluster else guard
        self._on_health = on_health
        self._options: dict[str, Any] = {
            "username": address.username,
            "password": address.password,
            "socket_connect_timeout": CONNECT_TIMEOUT_S,
            "socket_timeout": REPLY_TIMEOUT_S,
            "protocol": 2,
        }
        if address.tls:
            self._options |= {"ssl_ca_certs": address.ca_file}
        self._lanes: dict[tuple[str, int, bool], NodePipeline] = {}
        self._cluster: RedisCluster | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._slots: dict[bytes, int] = {}
        self._healthy = True
        self._answered_at = 0.0

    @property
    def healthy(self) -> bool:
        """Whether the store answered when last asked."""
        return self._healthy

    async def open(self) -> None:
        """Find the nodes.

        Raises:
            StoreUnavailable: none of them can be reached; its cause says why.
        """
        try:
            self._check_ca_file()
            if self.address.cluster:
                await self._initialize_cluster()
            else:
                await self.command(b"", "PING")
        except StoreUnavailable as error:
            if isinstance(error.__cause__, ResponseError):
                raise StoreUnavailable from in_words(error.__cause__)
            raise
        except (*_BROKEN, RedisError, RedisClusterException) as error:
            await self.close()
            raise StoreUnavailable from error

    def _check_ca_file(self) -> None:
        """Said by the library, it would not be known which file is missing."""
        if self.address.ca_file is not None:
            with open(self.address.ca_file, "rb"):
                pass

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
        result = await self._persist(key, (b"EVALSHA", script.sha, *keys, *args), replicas)
        if isinstance(result, ResponseError):
            if code_of(result) == "NOSCRIPT":
                result = await self._persist(key, (b"EVAL", script.text, *keys, *args), replicas)
            if isinstance(result, ResponseError):
                raise StoreUnavailable from result
        return result

    async def command(self, key: bytes, *command: Arg) -> Any:
        """Run a command on the node that has `key`; its reply. Raises as `run` does."""
        result = await self._persist(key, command, 0)
        if isinstance(result, ResponseError):
            raise StoreUnavailable from result
        return result

    async def _persist(self, key: bytes, command: Command, replicas: int) -> Any:
        loop = asyncio.get_running_loop()
        began = loop.time()
        pause_s = _RETRY_MIN_S
        while True:
            lane = None
            try:
                lane = self._lane(key, bool(replicas))
                # Whoever is known not to answer is asked once, not waited for.
                patience_s = _PATIENCE_S if lane.healthy else 0
                result = await lane.call(command, replicas)
            except NotCarriedOut as error:
                patience_s = _PATIENCE_S if lane is None or lane.healthy else 0
                failure: Exception = error
            except StoreUnavailable as error:
                if not isinstance(error, NotReplicated):
                    self._note(lane, False, error.__cause__)
                    self._refresh_soon()
                raise
            else:
                if not isinstance(result, ResponseError) or code_of(result) not in _NOT_CARRIED_OUT:
                    self._note(lane, True)
                    return result
                failure = result
            if loop.time() >= began + patience_s:
                cause = failure.__cause__ or failure
                self._note(lane, False, cause)
                self._refresh_soon()
                raise StoreUnavailable from cause
            await self.refresh()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _RETRY_MAX_S)

    def _note(self, lane: NodePipeline | None, healthy: bool, cause: BaseException | None = None) -> None:
        if lane is not None:
            lane.healthy = healthy
        now = asyncio.get_running_loop().time()
        if healthy:
            self._answered_at = now
        elif now - self._answered_at < _SILENCE_S:
            # Another node answers: a part of the accounts can be served.
            return
        if healthy is not self._healthy:
            self._healthy = healthy
            self._on_health(healthy, "" if healthy else cause_of(cause))

    # --- nodes -------------------------------------------------------------------------------------------------------

    @property
    def pipelines(self) -> int:
        """How many were sent: each is a round trip."""
        return sum(lane.pipelines for lane in self._lanes.values())

    def _lane(self, key: bytes, replicated: bool = False) -> NodePipeline:
        """The lane to the node that has `key`; calls that wait for replicas have one of their own."""
        host, port = self._node(key)
        lane = self._lanes.get((host, port, replicated))
        if lane is None:
            name = f"{host}:{port}"
            opening = partial(open_link, self.address, host, port)
            lane = NodePipeline(name, opening, replicated=replicated, guard=self._guard)
            self._lanes[host, port, replicated] = lane
        return lane

    def _node(self, key: bytes) -> tuple[str, int]:
        if self._cluster is None:
            return self.address.nodes[0]
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._cluster.keyslot(key)
        try:
            node = self._cluster.nodes_manager.get_node_from_slot(slot)
        except (SlotNotCoveredError, KeyError):
            raise NotCarriedOut from None
        return node.host, int(node.port)

    def node_of(self, key: bytes) -> str:
        """The name of the node that has `key`; empty when it is not known."""
        try:
            return self._lane(key).name
        except NotCarriedOut:
            return ""

    def nodes(self, keys: Iterable[bytes]) -> Mapping[str, bytes]:
        """The nodes that have the keys, by their names, with one key of each."""
        found: dict[str, bytes] = {}
        for key in keys:
            with suppress(NotCarriedOut):
                found.setdefault(self._lane(key).name, key)
        return found

    async def connect(self, key: bytes) -> Connection:
        """A connection of one's own to the node that has `key`.

        Raises:
            StoreUnavailable, RedisError, OSError: it cannot be reached, or is a replica.
        """
        try:
            host, port = self._node(key)
        except NotCarriedOut:
            raise StoreUnavailable from None
        kind = SSLConnection if self.address.tls else Connection
        connection = kind(**self._options, host=host, port=port, db=self.address.db, retry=Retry(NoBackoff(), 0))
        # With a timeout it writes through `asyncio.wait_for`, which in Python 3.11 may lose a cancellation.
        connection.socket_timeout = None
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            await self.check_role(connection)
        except BaseException:
            await disconnect(connection)
            raise
        return connection

    async def check_role(self, connection: Connection) -> None:
        """Raise NotAMaster when a connection of one's own leads to a replica; a Cluster's node says so by itself."""
        if self.address.cluster:
            return
        await connection.send_command("ROLE")
        try:
            role = await connection.read_response(disable_decoding=True, timeout=REPLY_TIMEOUT_S)
        except ResponseError:
            # Forbidden or renamed.
            return
        if is_replica(role):
            raise NotAMaster

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
        manager = self._cluster.nodes_manager
        # It goes on with the nodes that it found, and forgets those that it was told of. Once all have moved, only the
        # latter may lead to the Cluster.
        for host, port in self.address.nodes:
            if f"{host}:{port}" not in manager.startup_nodes:
                node = ClusterNode(host, port, **manager.connection_kwargs)
                manager.startup_nodes[node.name] = node
        try:
            with suppress(*_BROKEN, RedisError, RedisClusterException):
                await manager.initialize()
        finally:
            self._refreshing = None


async def disconnect(connection: Connection) -> None:
    """Hang up, in whatever state it is."""
    with suppress(RedisError, OSError):
        await connection.disconnect(nowait=True)
