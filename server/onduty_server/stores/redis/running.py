"""Runs scripts on a partition: records a heartbeat first where one is needed, and repeats only what may run twice."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from ...domain.errors import StoreUnavailable
from .health import StoreHealth
from .keys import Keys
from .partitions import Partitions
from .store_time import StoreTime
from .wire.client import RedisClient
from .wire.connection import Arg
from .wire.deadlines import Deadlines, bounded
from .wire.errors import OutcomeUnknown
from .wire.script import Script

_STALE = -1
"""The first value of a reply by which a script asks for a heartbeat; it has done nothing then."""
_DROPPING = -4
"""The first value of a reply when the account is being erased, which must end before it can be used again."""
_REVIVALS_MAX = 5


async def _nothing(_partition: int, _account_id: str) -> None:
    pass


class ScriptRunner:
    """Runs scripts for all parts of the store. Raises StoreUnavailable, or OutcomeUnknown if a script may have run.

    The first value of a reply is the script's own code; every script is given the time before its arguments.
    """

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        time: StoreTime,
        partitions: Partitions,
        health: StoreHealth,
        *,
        deadlines: Deadlines,
    ) -> None:
        self.deadlines = deadlines
        self._client = client
        self._key_of = keys.of_partition
        self._time = time
        self._partitions = partitions
        self._health = health
        self._closed = False
        self.on_dropping: Callable[[int, str], Coroutine[Any, Any, None]] = _nothing
        """Ends the erasure of an account."""

    def close(self) -> None:
        """Refuse every call from now on."""
        self._closed = True

    def check_open(self) -> None:
        """Raise StoreUnavailable once closed."""
        if self._closed:
            raise StoreUnavailable

    async def read(self, script: Script, partition: int, *args: Arg) -> list[Any]:
        """Run a script that may safely run twice."""
        try:
            return await self._run(script, partition, *args)
        except OutcomeUnknown:
            return await self._run(script, partition, *args)

    async def write(self, script: Script, partition: int, *args: Arg, replicas: int = 0) -> list[Any]:
        """Run a script that makes a change, and wait until `replicas` replicas have it."""
        with self._changing(partition):
            return await self._run(script, partition, *args, replicas=replicas)

    async def write_unvouched(self, script: Script, partition: int, *args: Arg) -> list[Any]:
        """Run a script that makes a change and asks for no heartbeat."""
        with self._changing(partition):
            return await self.run_unvouched(script, partition, *args)

    async def run_unvouched(self, script: Script, partition: int, *args: Arg) -> list[Any]:
        """Run a script that asks for no heartbeat."""
        reply: list[Any] = await self._client.run(script, self._key_of[partition], self._time.argument(), *args)
        return reply

    async def _run(self, script: Script, partition: int, *args: Arg, replicas: int = 0) -> list[Any]:
        self.check_open()
        key = self._key_of[partition]
        reply: list[Any] = await self._client.run(script, key, self._time.argument(), *args, replicas=replicas)
        while reply[0] in (_STALE, _DROPPING):
            if reply[0] == _STALE:
                reply = await self._run_revived(script, partition, *args, replicas=replicas)
            else:
                await self.on_dropping(partition, str(args[0]))
                reply = await self._client.run(script, key, self._time.argument(), *args, replicas=replicas)
        return reply

    @bounded
    async def _run_revived(self, script: Script, partition: int, *args: Arg, replicas: int) -> list[Any]:
        key = self._key_of[partition]
        for _ in range(_REVIVALS_MAX):
            await self._partitions.revive(partition)
            reply: list[Any] = await self._client.run(script, key, self._time.argument(), *args, replicas=replicas)
            if reply[0] != _STALE:
                return reply
        raise StoreUnavailable

    @contextmanager
    def _changing(self, partition: int) -> Iterator[None]:
        """Report whether the node accepts changes: one whose memory is full refuses them, and still answers reads."""
        node = self._client.node_of(self._key_of[partition])
        try:
            yield
        except StoreUnavailable as error:
            self._health.on_change(node, error.__cause__ or error)
            raise
        self._health.on_change(node)
