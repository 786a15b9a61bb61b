"""Sends calls to the node that has their key, tries again where that is safe, and raises an error that fits otherwise.

Invariants: a call that may have been carried out is never sent again here (`OutcomeUnknown` is raised, and the caller
decides whether to send it again); every reply comes from a master.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

from redis.exceptions import RedisClusterException, RedisError, ResponseError

from ....domain.errors import StoreUnavailable
from .address import RedisAddress
from .blocking import BlockingConnection
from .connection import Arg, Command, connect_to_node
from .errors import NotCarriedOut, NotReplicated, cause_of, code_of, without_code
from .nodes import UNREACHABLE, ClusterNodes, NodeMap, SingleServer
from .pipeline import NodePipeline
from .script import Script

_RETRY_FOR_S = 1.0
"""How long a call that was not carried out is retried, if the node was healthy until then."""
_SILENCE_S = 1.0
"""The time without a reply from any node after which the store counts as unreachable."""
_RETRY_DELAY_MIN_S = 0.02
_RETRY_DELAY_MAX_S = 0.2
_NOT_CARRIED_OUT = frozenset(("ASK", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MOVED", "READONLY", "TRYAGAIN"))
"""Codes of replies that say that nothing was done, and that the call may succeed soon or on another node."""


class RedisClient:
    """A client of one server or Cluster.

    `guard` is a key that never exists; with it a single server shows in every batch that it is still a master
    (`NodePipeline`). `on_health` is called whenever the store stops answering, with the reason in words, and when it
    answers again; `on_round_trip` with the seconds that each batch of calls took. Each command is sent within
    `traced(node, name)`, if that is given.
    """

    def __init__(
        self,
        address: RedisAddress,
        *,
        guard: bytes = b"",
        on_health: Callable[[bool, str], None] = lambda healthy, cause: None,
        on_round_trip: Callable[[float], None] = lambda seconds: None,
        traced: Callable[[str, str], AbstractContextManager[object]] | None = None,
    ) -> None:
        self._traced = traced
        self.address = address
        self._guard = b"" if address.cluster else guard
        self._on_health = on_health
        self._on_round_trip = on_round_trip
        self._nodes: NodeMap = ClusterNodes(address) if address.cluster else SingleServer(address)
        self._pipelines: dict[tuple[str, int, bool], NodePipeline] = {}
        self._healthy = True
        self._answered_at = 0.0

    @property
    def healthy(self) -> bool:
        """True if the store answered when last asked."""
        return self._healthy

    async def open(self) -> None:
        """Find the nodes.

        Raises:
            StoreUnavailable: none of them can be reached; `__cause__` is the reason.
        """
        try:
            self._check_ca_file()
            await self._nodes.open()
            if not self.address.cluster:
                await self.command(b"", "PING")
        except StoreUnavailable as error:
            if isinstance(error.__cause__, ResponseError):
                raise StoreUnavailable from without_code(error.__cause__)
            raise
        except (*UNREACHABLE, RedisError, RedisClusterException) as error:
            await self.close()
            raise StoreUnavailable from error

    def _check_ca_file(self) -> None:
        """Raise OSError if the file is missing; the error of the TLS library would not name it."""
        if self.address.ca_file is not None:
            with open(self.address.ca_file, "rb"):
                pass

    async def close(self) -> None:
        """Wait for the calls under way, and disconnect."""
        for pipeline in self._pipelines.values():
            await pipeline.close()
        self._pipelines.clear()
        await self._nodes.close()

    async def abort(self) -> None:
        """Disconnect at once, as a killed process does: for tests."""
        for pipeline in self._pipelines.values():
            await pipeline.abort()
        await self.close()

    # --- calls -------------------------------------------------------------------------------------------------------

    async def run(self, script: Script, key: bytes, *args: Arg, replicas: int = 0) -> Any:
        """Run a script on the node that has `key` and return its reply.

        Raises:
            OutcomeUnknown: it may have been carried out.
            NotReplicated: fewer than `replicas` replicas have its changes.
            StoreUnavailable: it was not carried out.
        """
        # Two keys that never exist, in the slot of all keys that the script derives from them. While a slot moves, a
        # node refuses a call with several keys of which it does not have all, before the script begins. With one key
        # the target would run it, and find nothing of what is still at the source.
        keys = (2, key, key + b"!")
        result = await self._call(key, (b"EVALSHA", script.sha, *keys, *args), replicas)
        if isinstance(result, ResponseError):
            if code_of(result) == "NOSCRIPT":
                result = await self._call(key, (b"EVAL", script.text, *keys, *args), replicas)
            if isinstance(result, ResponseError):
                raise StoreUnavailable from result
        return result

    async def command(self, key: bytes, *command: Arg) -> Any:
        """Run a command on the node that has `key` and return its reply. Raises as `run` does."""
        result = await self._call(key, command, 0)
        if isinstance(result, ResponseError):
            raise StoreUnavailable from result
        return result

    async def _call(self, key: bytes, command: Command, replicas: int) -> Any:
        loop = asyncio.get_running_loop()
        began = loop.time()
        delay_s = _RETRY_DELAY_MIN_S
        while True:
            pipeline = None
            try:
                pipeline = self._pipeline(key, bool(replicas))
                # A node that is known not to answer is asked only once, so that callers do not wait for it.
                retry_for_s = _RETRY_FOR_S if pipeline.healthy else 0
                if self._traced is None:
                    result = await pipeline.call(command, replicas)
                else:
                    with self._traced(pipeline.name, _name_of(command)):
                        result = await pipeline.call(command, replicas)
            except NotCarriedOut as error:
                retry_for_s = _RETRY_FOR_S if pipeline is None or pipeline.healthy else 0
                failure: Exception = error
            except StoreUnavailable as error:
                if not isinstance(error, NotReplicated):
                    self._record_health(pipeline, False, error.__cause__)
                    self._nodes.refresh_soon()
                raise
            else:
                if not isinstance(result, ResponseError) or code_of(result) not in _NOT_CARRIED_OUT:
                    self._record_health(pipeline, True)
                    return result
                failure = result
            if loop.time() >= began + retry_for_s:
                cause = failure.__cause__ or failure
                self._record_health(pipeline, False, cause)
                self._nodes.refresh_soon()
                raise StoreUnavailable from cause
            await self._nodes.refresh()
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, _RETRY_DELAY_MAX_S)

    def _record_health(self, pipeline: NodePipeline | None, healthy: bool, cause: BaseException | None = None) -> None:
        if pipeline is not None:
            pipeline.healthy = healthy
        now = asyncio.get_running_loop().time()
        if healthy:
            self._answered_at = now
        elif now - self._answered_at < _SILENCE_S:
            # Another node answers, so a part of the store is still there.
            return
        if healthy is not self._healthy:
            self._healthy = healthy
            self._on_health(healthy, "" if healthy else cause_of(cause))

    # --- nodes -------------------------------------------------------------------------------------------------------

    @property
    def batches_sent(self) -> int:
        """The number of batches of calls sent; each was a round trip."""
        return sum(pipeline.batches_sent for pipeline in self._pipelines.values())

    def _pipeline(self, key: bytes, replicated: bool = False) -> NodePipeline:
        """Return the pipeline to the node that has `key`. Calls that wait for replicas have a separate one."""
        node = self._nodes.node_of(key)
        host, port = node
        pipeline = self._pipelines.get((host, port, replicated))
        if pipeline is None:
            connect = partial(connect_to_node, self.address, host, port)
            pipeline = NodePipeline(
                node.name, connect, replicated=replicated, guard=self._guard, on_round_trip=self._on_round_trip
            )
            self._pipelines[host, port, replicated] = pipeline
        return pipeline

    def node_of(self, key: bytes) -> str:
        """Return the name of the node that has `key`; empty if it is not known."""
        try:
            return self._nodes.node_of(key).name
        except NotCarriedOut:
            return ""

    def nodes_of(self, keys: Iterable[bytes]) -> Mapping[str, bytes]:
        """Return the names of the nodes that have the keys, each with one of its keys."""
        found: dict[str, bytes] = {}
        for key in keys:
            with suppress(NotCarriedOut):
                found.setdefault(self._nodes.node_of(key).name, key)
        return found

    async def refresh_nodes(self) -> None:
        """Ask a Cluster again which node has which slots."""
        await self._nodes.refresh()

    async def connect(self, key: bytes) -> BlockingConnection:
        """Open a separate connection to the node that has `key`.

        Raises:
            StoreUnavailable, RedisError, OSError: it cannot be reached, or is a replica.
        """
        try:
            connection = BlockingConnection(self.address, self._nodes.node_of(key))
        except NotCarriedOut:
            raise StoreUnavailable from None
        try:
            await connection.open()
        except BaseException:
            await connection.close()
            raise
        return connection


def _name_of(command: Command) -> str:
    name = command[0]
    return name.decode() if isinstance(name, bytes) else str(name)
