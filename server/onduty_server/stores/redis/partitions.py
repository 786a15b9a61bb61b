"""Assigns the partitions in use to the processes, and records the heartbeats that vouch for them.

The hash of process and partition assigns them (rendezvous hashing), and a process takes the lease of a partition as
soon as it is free. A lease is short, and its fence grows each time it is taken: a process that was paused for longer
finds its fence outdated when it writes. Correctness does not depend on leases, since every write is a compare-and-set;
they keep processes from doing the same work.

A failover may lose recent writes, and some keys are written only once. Each round restores those that are missing
(`Membership`), and `find_unlisted` finds partitions that no process remembers.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable

import structlog
from redis.exceptions import ResponseError

from ...app.limits import HEARTBEAT_VALID_MS
from ...app.ports.observer import Observer
from ...app.ports.store import StoreOptions
from ...domain.errors import StoreLost, StoreUnavailable
from . import scripts
from .clock_check import STEP_MS, ClockCheck
from .keys import PARTITIONS, Keys
from .membership import LEASE_MS, Membership, warn_of_unlisted
from .store_time import StoreTime
from .wire.client import RedisClient

_log = structlog.get_logger(__name__)


class Partitions:
    """The partitions of a store, as this process knows and holds them."""

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        time: StoreTime,
        membership: Membership,
        options: StoreOptions,
        observer: Observer,
    ) -> None:
        self.used: set[int] = set()
        """The partitions that have accounts, as far as this process knows."""
        self.heads: dict[int, int | None] = {}
        """By partition held: the time (ms UTC) of its next due switch, as far as this process knows."""
        self.unfinished: set[int] = set()
        """The partitions held in which an erasure is under way, or was interrupted."""
        self.excessive: set[int] = set()
        """The partitions held in which an account has more events than it may have."""
        self.refusal: ResponseError | None = None
        """The reason why no node accepted all heartbeats of the last round, if they were refused."""
        self._client = client
        self._keys = keys
        self._time = time
        self._membership = membership
        self._options = options
        self._observer = observer
        self._check = ClockCheck(client, time)
        self._fences: dict[int, int] = {}
        self._offsets: dict[int, int] = {}
        """By partition: the amount by which its time is ahead of its server's clock, as far as is known."""
        self._rounds = 0
        self._lock = asyncio.Lock()
        self._outcomes: dict[str, BaseException | None] = {}
        """By node: the error of this round, if there was one."""

    @property
    def held(self) -> Iterable[int]:
        """The partitions whose leases this process has."""
        return self._fences

    def fence(self, partition: int) -> int | None:
        """Return the fence of a partition's lease, None if this process does not hold it."""
        return self._fences.get(partition)

    def lose(self, partition: int) -> None:
        """Record that another process holds the lease."""
        self._fences.pop(partition, None)
        self.heads.pop(partition, None)

    # --- rounds ------------------------------------------------------------------------------------------------------

    async def round(self) -> None:
        """Record that this process is present, and renew leases and heartbeats of the partitions assigned to it."""
        async with self._lock:
            await self._round(everywhere=False)

    async def revive(self, partition: int) -> None:
        """Record a heartbeat for a partition that was never used, or whose heartbeat no process has kept.

        In the second case all partitions get one: all heartbeats had stopped, and that is one outage.
        """
        rounds = self._rounds
        async with self._lock:
            if partition not in self.used:
                common = self._keys.common
                await self._client.command(common, "SADD", common + b"partitions", partition)
                self.used.add(partition)
                self._membership.listed.add(partition)
                if self._rounds == rounds:
                    await self._membership.meet("look", self.used)
                    self.used |= self._membership.listed
                now = await self._beat([partition])
                if now <= self._membership.horizon:
                    return
            if self._rounds == rounds:
                await self._round(everywhere=True)

    async def find_unlisted(self) -> None:
        """Find partitions in use that are missing from the list; the next round lists and sweeps them."""
        async with self._lock:
            unlisted = [number for number in range(PARTITIONS) if number not in self.used]
            if not unlisted:
                return
            keys = [self._keys.of_partition[number] for number in unlisted]
            heartbeats = [key + b"meta" for key in keys]
            if not self._client.address.cluster and not await self._client.command(b"", "EXISTS", *heartbeats):
                # This is the usual case, and one call to a single server finds it out.
                return
            found = await asyncio.gather(
                *(self._client.command(key, "EXISTS", name) for key, name in zip(keys, heartbeats, strict=True))
            )
            lost = [number for number, exists in zip(unlisted, found, strict=True) if exists]
            if lost:
                warn_of_unlisted(len(lost))
                self.used.update(lost)

    async def _round(self, *, everywhere: bool) -> None:
        self._outcomes.clear()
        try:
            await self._meet_and_beat(everywhere=everywhere)
        finally:
            outcomes = self._outcomes.values()
            causes = [outcome.__cause__ for outcome in outcomes if outcome is not None]
            refusals = [cause for cause in causes if isinstance(cause, ResponseError)]
            self.refusal = refusals[0] if refusals and len(causes) == len(outcomes) else None

    async def _meet_and_beat(self, *, everywhere: bool) -> None:
        membership = self._membership
        failed: StoreUnavailable | None = None
        try:
            await membership.meet("beat" if self._rounds else "come", self.used)
            self.used |= membership.listed
            self._note(self._keys.common, None)
        except StoreLost:
            raise
        except StoreUnavailable as error:
            self._note(self._keys.common, error)
            if not self._rounds:
                raise
            # While only that node of a Cluster is missing, each process keeps its partitions.
            failed = error
        mine = {number for number in self.used if _assigned_to(number, membership.members) == membership.member}
        for number in [number for number in self._fences if number not in mine]:
            await self._release(number)
        await self._beat(self.used if everywhere else mine, wanted=mine)
        self._rounds += 1
        if failed is not None and not everywhere:
            raise failed

    def _note(self, key: bytes, error: BaseException | None) -> None:
        node = self._client.node_of(key)
        self._outcomes[node] = self._outcomes.get(node) or error

    async def _beat(self, numbers: Iterable[int], *, wanted: Iterable[int] | None = None) -> int:
        """Record heartbeats of partitions, and take the leases of `wanted` (None: all); return the store's time."""
        asked = list(numbers)
        wishes = set(asked if wanted is None else wanted)
        # Move with the store's offset, so that a partition's time is never set back by as much as a step.
        drift_ms, self._membership.drift_ms = self._membership.drift_ms, 0
        if abs(drift_ms) >= STEP_MS:
            drift_ms = 0
        replies = await asyncio.gather(
            *(
                self._check.run(
                    scripts.BEAT,
                    self._keys.of_partition[number],
                    HEARTBEAT_VALID_MS,
                    self._options.outage_grace_ms,
                    int(self._options.count_outage_as_inactivity),
                    self._membership.beat,
                    self._membership.floor,
                    self._membership.member if number in wishes else b"",
                    self._fences.get(number, 0),
                    LEASE_MS,
                    seen=self._offsets.get(number, 0),
                    correction=drift_ms if number in self._offsets else 0,
                )
                for number in asked
            ),
            return_exceptions=True,
        )
        latest, longest_outage_ms = self._membership.now, 0
        failed: BaseException | None = None
        for number, reply in zip(asked, replies, strict=True):
            self._note(self._keys.of_partition[number], reply if isinstance(reply, BaseException) else None)
            if isinstance(reply, BaseException):
                failed = failed or reply
                continue
            now, self._offsets[number], _, outage_ms, fence, head, unfinished, excess = reply
            latest, longest_outage_ms = max(latest, now), max(longest_outage_ms, outage_ms)
            if fence:
                self._fences[number] = fence
                self.heads[number] = head
                if unfinished:
                    self.unfinished.add(number)
                if excess:
                    self.excessive.add(number)
            elif number in wishes:
                self.lose(number)
        if longest_outage_ms:
            self._report_outage(longest_outage_ms)
        if failed is not None:
            raise failed
        return latest

    def _report_outage(self, outage_ms: int) -> None:
        if self._options.count_outage_as_inactivity:
            _log.warning("an outage was counted as inactivity", outage_ms=outage_ms)
        else:
            _log.warning("recovered from an outage; every inactivity clock restarts now", outage_ms=outage_ms)
            self._observer.recovered(outage_ms)

    # --- the end -----------------------------------------------------------------------------------------------------

    async def leave(self) -> None:
        """Give back every lease; the last process records that no heartbeat vouches from now on."""
        async with self._lock:
            await self._membership.meet("leave", self.used)
            self.used |= self._membership.listed
            last = self._membership.is_alone
            numbers = self.used if last else self._fences
            await asyncio.gather(*(self._release(number, last=last) for number in list(numbers)))

    async def _release(self, number: int, *, last: bool = False) -> None:
        fence = self._fences.get(number, 0)
        self.lose(number)
        await self._client.run(
            scripts.RELEASE,
            self._keys.of_partition[number],
            self._time.argument(),
            self._membership.member,
            fence,
            int(last),
        )


def _assigned_to(number: int, members: Iterable[str]) -> str | None:
    """Return the member with the highest hash. When a member comes or goes, only its partitions move."""
    return max(members, key=lambda name: hashlib.blake2s(f"{number}/{name}".encode()).digest(), default=None)
