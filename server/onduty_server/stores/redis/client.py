"""Calls to Redis: batched into pipelines, retried where that is safe, and each failure told as what it is.

Whatever is called while pipelines are under way goes together into the next one, so the more there is to do the less
each call costs. Invariants: a call that may have been carried out is never sent again here (`OutcomeUnknown` says so,
and the caller knows whether to); a cancelled caller leaves its call to finish, so no connection is left in the middle
of a reply.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
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

from ...domain.errors import StoreUnavailable
from .address import RedisAddress
from .link import CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S, Arg, Command, Link, in_words, open_link, pack
from .scripts import Script

_BATCH_MAX = 256
"""Calls of one pipeline."""
_PROBE_PATIENCE_S = 0.3
"""How long a call waits until a node that has failed is heard of; it is not sent then."""
_PATIENCE_S = 1.0
"""For how long a call that was not carried out is tried again, while the store was well a moment ago."""
_SILENCE_S = 1.0
"""After how long in which no node answered the store counts as unreachable."""
_RETRY_MIN_S = 0.02
_RETRY_MAX_S = 0.2
_WAIT_TIMEOUT_MS = 1_000
"""How long replicas may take to have what must not be lost."""

_NOT_CARRIED_OUT = frozenset(("ASK", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MOVED", "READONLY", "TRYAGAIN"))
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

    __slots__ = ("outcome", "packed", "replicas", "result", "sent")

    def __init__(self, packed: bytes, outcome: asyncio.Future[Any], replicas: int) -> None:
        self.packed = packed
        self.outcome = outcome
        self.replicas = replicas
        self.result: object = None
        self.sent = False

    def end(self, result: object) -> None:
        # Whoever was cancelled does not wait any more.
        if not self.outcome.done():
            self.outcome.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class _Lane:
    """The way to one node: calls that wait, and the pipeline that takes them along. They are carried out in order.

    With `replicated` each pipeline ends by waiting until replicas have it.
    """

    def __init__(self, name: str, open_link: Callable[..., Awaitable[Link]], *, replicated: bool) -> None:
        self.name = name
        self.has_failed = False
        """Whether the node was gone when it was last spoken to."""
        self.pipelines = 0
        """How many were sent."""
        self.well = True
        """Whether the node answered when last asked."""
        self._open_link = open_link
        self._replicated = replicated
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Call] = deque()
        self._under_way: deque[_Call] = deque()
        self._to_replicate: list[_Call] = []
        """Calls that were answered, but are not yet known to be where they must be."""
        self._link: Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._is_busy = False

    async def call(self, command: Command, replicas: int) -> Any:
        """Send a command with the next pipeline; its reply. Cancelled, it goes its way if it was sent."""
        # Here, so that what cannot be sent is its caller's fault alone.
        call = _Call(pack(command), self._loop.create_future(), replicas)
        self._waiting.append(call)
        if not self._is_busy:
            self._is_busy = True
            # Behind everything that is ready to run, which may have calls of its own to send along.
            self._loop.call_soon(self._send)
        if self.has_failed:
            try:
                await asyncio.wait([call.outcome], timeout=_PROBE_PATIENCE_S)
            except asyncio.CancelledError:
                call.outcome.cancel()
                raise
            if not call.sent and not call.outcome.done():
                call.outcome.cancel()
                raise _Elsewhere
        return await call.outcome

    def _send(self) -> None:
        if not self._waiting:
            self._is_busy = False
            return
        if self._link is None:
            self._connecting = self._loop.create_task(self._connect(), name="onduty-redis-connect")
            return
        waiting, under_way = self._waiting, self._under_way
        while waiting and len(under_way) < _BATCH_MAX:
            call = waiting.popleft()
            # Some may not have waited.
            if not call.outcome.done():
                call.sent = True
                under_way.append(call)
        if not under_way:
            self._is_busy = False
            return
        commands = [call.packed for call in under_way]
        if self._replicated:
            commands.append(pack(("WAIT", max(call.replicas for call in under_way), _WAIT_TIMEOUT_MS)))
        self.pipelines += 1
        self._link.send(commands)

    async def _connect(self) -> None:
        error: Exception = _Elsewhere()
        try:
            link = await self._open_link(probe=self.has_failed)
            link.on_reply, link.on_end = self._hear, self._lose
            if link.is_open:
                self._link = link
                self.has_failed = False
        except OSError as broken:
            self.has_failed = True
            error.__cause__ = broken
        except Exception as refused:  # noqa: BLE001 -- whoever waits must not wait for ever, whatever it was
            # Trying again does not help: a password that is none, a server that is none of ours.
            error = StoreUnavailable()
            error.__cause__ = refused
        finally:
            self._connecting = None
            if self._link is None:
                self._fail_waiting(error)
        self._send()

    def _hear(self, reply: object) -> None:
        if self._under_way:
            call = self._under_way.popleft()
            if self._replicated:
                call.result = reply
                self._to_replicate.append(call)
                return
            call.end(reply)
        else:
            calls, self._to_replicate = self._to_replicate, []
            for call in calls:
                if isinstance(call.result, ResponseError) or (isinstance(reply, int) and reply >= call.replicas):
                    call.end(call.result)
                else:
                    call.fail(NotReplicated())
        if not self._under_way:
            # Behind those who have just been answered: they may have more to ask.
            self._loop.call_soon(self._send)

    def _lose(self) -> None:
        self._link = None
        calls = [*self._to_replicate, *self._under_way]
        self._to_replicate.clear()
        self._under_way.clear()
        for call in calls:
            call.fail(OutcomeUnknown())
        if calls:
            self.has_failed = True
            # Each call knows for itself how much longer to try.
            self._fail_waiting(_Elsewhere())
            self._loop.call_soon(self._send)

    def _fail_waiting(self, error: Exception) -> None:
        while self._waiting:
            self._waiting.popleft().fail(_again(error))

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        outcomes = [call.outcome for call in (*self._to_replicate, *self._under_way, *self._waiting)]
        if outcomes:
            await asyncio.wait(outcomes, timeout=REPLY_TIMEOUT_S)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go of everything at once, as a killed process does."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        self._fail_waiting(StoreUnavailable())
        if self._link is not None:
            self._link.end()


def _again(error: Exception) -> Exception:
    """The same error for one more caller."""
    another = type(error)()
    another.__cause__ = error.__cause__
    return another


def _code(error: ResponseError) -> str:
    """The word by which the server says what is wrong."""
    return str(error).partition(" ")[0]


class RedisClient:
    """See the module. `heard` is told whenever the store stops, or begins again, to answer."""

    def __init__(self, address: RedisAddress, *, heard: Callable[[bool], None] = lambda _: None) -> None:
        self.address = address
        self._heard = heard
        self._options: dict[str, Any] = {
            "username": address.username,
            "password": address.password,
            "socket_connect_timeout": CONNECT_TIMEOUT_S,
            "socket_timeout": REPLY_TIMEOUT_S,
            "protocol": 2,
        }
        if address.tls:
            self._options |= {"ssl_ca_certs": address.ca_file}
        self._lanes: dict[tuple[str, int, bool], _Lane] = {}
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
            if _code(result) == "NOSCRIPT":
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
                patience_s = _PATIENCE_S if lane.well else 0
                result = await lane.call(command, replicas)
            except _Elsewhere as error:
                patience_s = _PATIENCE_S if lane is None or lane.well else 0
                failure: Exception = error
            except StoreUnavailable as error:
                if not isinstance(error, NotReplicated):
                    self._note(lane, False)
                    self._refresh_soon()
                raise
            else:
                if not isinstance(result, ResponseError) or _code(result) not in _NOT_CARRIED_OUT:
                    self._note(lane, True)
                    return result
                failure = result
            if loop.time() >= began + patience_s:
                self._note(lane, False)
                self._refresh_soon()
                raise StoreUnavailable from failure.__cause__ or failure
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

    @property
    def pipelines(self) -> int:
        """How many were sent: each is a round trip."""
        return sum(lane.pipelines for lane in self._lanes.values())

    def _lane(self, key: bytes, replicated: bool = False) -> _Lane:
        """The lane to the node that has `key`; calls that wait for replicas have one of their own."""
        host, port = self._node(key)
        lane = self._lanes.get((host, port, replicated))
        if lane is None:
            name = f"{host}:{port}"
            lane = _Lane(name, partial(open_link, self.address, host, port), replicated=replicated)
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
            raise _Elsewhere from None
        return node.host, int(node.port)

    def nodes(self, keys: Iterable[bytes]) -> Mapping[str, bytes]:
        """The nodes that have the keys, by their names, with one key of each."""
        found: dict[str, bytes] = {}
        for key in keys:
            with suppress(_Elsewhere):
                found.setdefault(self._lane(key).name, key)
        return found

    def connection(self, key: bytes) -> Connection:
        """A connection of one's own to the node that has `key`, not connected yet. Raises StoreUnavailable."""
        try:
            host, port = self._node(key)
        except _Elsewhere:
            raise StoreUnavailable from None
        kind = SSLConnection if self.address.tls else Connection
        return kind(**self._options, host=host, port=port, db=self.address.db, retry=Retry(NoBackoff(), 0))

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
