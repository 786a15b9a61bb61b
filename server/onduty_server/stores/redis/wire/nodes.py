"""Finds the node that has a key: the only server, or the node of a Cluster that has the key's slot.

redis-py reads the map of a Cluster and keeps it; it does not send calls.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, NamedTuple

import structlog
from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError, SlotNotCoveredError
from redis.exceptions import TimeoutError as RedisTimeoutError

from .address import RedisAddress
from .connection import CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S
from .errors import NotCarriedOut

_log = structlog.get_logger(__name__)

UNREACHABLE = (RedisConnectionError, RedisTimeoutError, OSError, EOFError)
"""The errors that redis-py raises when a node cannot be reached."""


class Node(NamedTuple):
    """The address at which a node listens."""

    host: str
    port: int

    @property
    def name(self) -> str:
        """The node as HOST:PORT."""
        return f"{self.host}:{self.port}"


def redis_py_options(address: RedisAddress) -> dict[str, Any]:
    """Return redis-py's options for connecting to any node of the address."""
    options: dict[str, Any] = {
        "username": address.username,
        "password": address.password,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": REPLY_TIMEOUT_S,
        "protocol": 2,
    }
    return options | {"ssl_ca_certs": address.ca_file} if address.tls else options


class NodeMap(ABC):
    """Maps keys to nodes."""

    @abstractmethod
    async def open(self) -> None:
        """Find the nodes. Raises an error of redis-py if none can be reached."""

    @abstractmethod
    async def close(self) -> None:
        """Disconnect."""

    @abstractmethod
    def node_of(self, key: bytes) -> Node:
        """Return the node that has the key. Raises NotCarriedOut if no node has its slot."""

    @abstractmethod
    def refresh_soon(self) -> None:
        """Start reading the map again, unless that is under way."""

    @abstractmethod
    async def refresh(self) -> None:
        """Read the map again; concurrent callers share one read. Keeps the present map if that fails."""


class SingleServer(NodeMap):
    """The map of a single server, which has every key."""

    def __init__(self, address: RedisAddress) -> None:
        self._node = Node(*address.nodes[0])

    async def open(self) -> None:
        """Do nothing: the address is the node."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    def node_of(self, key: bytes) -> Node:
        """Return the server."""
        return self._node

    def refresh_soon(self) -> None:
        """Do nothing: the map cannot change."""

    async def refresh(self) -> None:
        """Do nothing: the map cannot change."""


class ClusterNodes(NodeMap):
    """The map of a Cluster."""

    def __init__(self, address: RedisAddress) -> None:
        self._address = address
        self._cluster: RedisCluster | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._slots: dict[bytes, int] = {}

    async def open(self) -> None:
        """Read the map from the first named node that answers."""
        options = redis_py_options(self._address) | ({"ssl": True} if self._address.tls else {})
        self._cluster = RedisCluster(
            startup_nodes=[ClusterNode(host, port) for host, port in self._address.nodes],
            # Callers have their own retries.
            retry=Retry(NoBackoff(), 1),
            # A part of the slots is better than none.
            require_full_coverage=False,
            **options,
        )
        await self._cluster.initialize()

    async def close(self) -> None:
        """Disconnect."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        if self._cluster is not None:
            with suppress(*UNREACHABLE, RedisError):
                await self._cluster.aclose()
            self._cluster = None

    def node_of(self, key: bytes) -> Node:
        """Return the node that has the key's slot."""
        if self._cluster is None:
            raise NotCarriedOut
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._cluster.keyslot(key)
        try:
            node = self._cluster.nodes_manager.get_node_from_slot(slot)
        except (SlotNotCoveredError, KeyError):
            raise NotCarriedOut from None
        return Node(node.host, int(node.port))

    def refresh_soon(self) -> None:
        """Begin to read the map again, unless that is under way."""
        if self._cluster is not None and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._read_map(self._cluster), name="onduty-redis-nodes")

    async def refresh(self) -> None:
        """Read the map again."""
        self.refresh_soon()
        if self._refreshing is not None:
            await asyncio.shield(self._refreshing)

    async def _read_map(self, cluster: RedisCluster) -> None:
        manager = cluster.nodes_manager
        # redis-py keeps only the nodes that it found. Once all of them have moved, only the nodes of the address may
        # lead to the Cluster.
        for host, port in self._address.nodes:
            if f"{host}:{port}" not in manager.startup_nodes:
                node = ClusterNode(host, port, **manager.connection_kwargs)
                manager.startup_nodes[node.name] = node
        try:
            with suppress(*UNREACHABLE, RedisError, RedisClusterException):
                await manager.initialize()
        except Exception:  # noqa: BLE001 -- there may be no one to await this task, and it must not fail silently
            _log.exception("the map of the Cluster cannot be read; the previous one stays in use")
        finally:
            self._refreshing = None
