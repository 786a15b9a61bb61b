"""Tells listeners of commits of all processes, with one blocking read for each partition that has listeners.

The account's stream is the truth. The partition's stream `news` only names accounts with new events, so it may be
short, and a missed entry costs no more than a look at the account's stream. Invariant: a listener is told of every
event of a revision above its own, in order, none twice, because events are read from the last told revision on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError

from ...app.background import BackgroundTasks
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place
from ...domain.errors import StoreUnavailable
from ...domain.record import AccountEvent
from .keys import Keys, partition_of
from .wire.blocking import BlockingConnection
from .wire.client import RedisClient

_log = structlog.get_logger(__name__)

_BLOCK_MS = 5_000
_REPLY_GRACE_S = 2.0
_NEWS_MAX = 1_000
_EVENTS_PAGE = 1_000
_RETRY_S = 0.2

ReadEvents = Callable[[str, int, int], Awaitable[tuple[Sequence[AccountEvent], Place]]]
"""(account, after revision, limit) -> the kept events that follow (there may be a gap), and the history's end."""


class _Followed:
    """An account that has listeners."""

    def __init__(self, told: Place) -> None:
        self.told = told
        """The place up to which the listeners have been told."""
        self.listeners: list[Listener] = []
        self.lock = asyncio.Lock()


class Tails:
    """The listeners of all accounts, and the tasks that follow their partitions."""

    def __init__(self, client: RedisClient, keys: Keys, read_events: ReadEvents, background: BackgroundTasks) -> None:
        self._client = client
        self._keys = keys
        self._read_events = read_events
        self._background = background
        self._followed: dict[str, _Followed] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        """By partition: the task that follows its news."""

    def subscribe(self, account_id: str, place: Place, listener: Listener) -> Subscription:
        """Tell a listener of all events after `place`, which is, or was a moment ago, the end of the history."""
        followed = self._followed.get(account_id)
        if followed is None:
            followed = self._followed[account_id] = _Followed(place)
        followed.listeners.append(listener)
        partition = partition_of(account_id)
        if partition not in self._tasks:
            self._tasks[partition] = self._background.start(self._follow(partition), name="onduty-redis-tail")

        def cancel() -> None:
            followed.listeners.remove(listener)
            if not followed.listeners:
                del self._followed[account_id]
                if all(partition_of(other) != partition for other in self._followed):
                    self._tasks.pop(partition).cancel()

        async def durable() -> None:
            pass  # all data that the store shows is durable

        return Subscription(followed.told.revision, cancel, durable, lambda: followed.told)

    async def catch_up(self, account_id: str, revision: int = 0) -> bool:
        """Tell the listeners of new events; return True if they have been told of everything up to `revision`."""
        followed = self._followed.get(account_id)
        if followed is None:
            return True
        async with followed.lock:
            while followed.listeners:
                told = followed.told
                events, end = await self._read_events(account_id, told.revision, _EVENTS_PAGE)
                if end.lineage != told.lineage or end.revision < told.revision:
                    _log.warning(
                        "an account has another history: it was deleted, or another server has taken over; "
                        "its watchers start again"
                    )
                    followed.told, events = end, ()
                elif not events:
                    break
                else:
                    followed.told = Place(events[-1].revision, end.lineage)
                for listener in tuple(followed.listeners):
                    listener(events)
            return followed.told.revision >= revision

    async def close(self) -> None:
        """Stop following partitions and telling listeners."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._followed.clear()
        await self._background.stop(*tasks)

    async def _follow(self, partition: int) -> None:
        key = self._keys.of_partition[partition] + b"news"
        position = b"$"
        while True:
            connection: BlockingConnection | None = None
            try:
                connection = await self._client.connect(self._keys.of_partition[partition])
                position = await self._last_of(connection, key)
                # Tell of events from before the position at which this read begins.
                await self._catch_up(partition)
                while True:
                    before = position
                    position, accounts = await self._read(connection, key, before)
                    if position == before:
                        # There was no news for seconds: the node may no longer be a master.
                        await connection.check_role()
                    for account_id in accounts:
                        await self.catch_up(account_id)
            except (RedisError, StoreUnavailable, OSError):
                # The node cannot be reached, or the slot has moved. Other parts log that.
                await self._client.refresh_nodes()
                await asyncio.sleep(_RETRY_S)
            finally:
                if connection is not None:
                    await connection.close()

    async def _catch_up(self, partition: int) -> None:
        for account_id in list(self._followed):
            if partition_of(account_id) == partition:
                await self.catch_up(account_id)

    @staticmethod
    async def _last_of(connection: BlockingConnection, key: bytes) -> bytes:
        entries = await connection.call("XREVRANGE", key, "+", "-", "COUNT", 1, timeout_s=_REPLY_GRACE_S)
        return bytes(entries[0][0]) if entries else b"0-0"

    async def _read(self, connection: BlockingConnection, key: bytes, position: bytes) -> tuple[bytes, Sequence[str]]:
        """Wait for news; return the position after them, and the followed accounts that have new events."""
        reply = await connection.call(
            *("XREAD", "COUNT", _NEWS_MAX, "BLOCK", _BLOCK_MS, "STREAMS", key, position),
            timeout_s=_BLOCK_MS / 1_000 + _REPLY_GRACE_S,
        )
        if not reply:
            return position, ()
        ((_, entries),) = reply
        accounts = dict.fromkeys(fields[1].decode() for _, fields in entries)
        return entries[-1][0], [account for account in accounts if account in self._followed]
