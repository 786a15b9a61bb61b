"""Which partitions there are, who sweeps which, and the heartbeats that vouch for them.

Every process that is there says so at each round. Partitions in use are dealt to those present by the hash of both,
and whoever is dealt one takes its lease as soon as it is free. A lease is short and has a fence that grows with each
taking: who was stopped for longer than it lasts finds its fence outdated when it comes to write. Nothing depends on a
lease for being right, since every write is a compare-and-set; it keeps processes from doing the same work.

A failover may lose what was written a moment before, and some keys are written only once: each round writes those again
that are missing (`meet.lua`), and `find_unlisted` finds partitions whose names no process remembers.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Literal

import structlog
from redis.exceptions import ResponseError

from ...app.gaps import Gap, warn_of
from ...app.limits import HEARTBEAT_LEASE_MS
from ...app.ports.observer import Observer
from ...domain.errors import StoreUnavailable
from . import scripts
from .stepped import SteppedClock
from .wire.client import RedisClient
from .wire.connection import Arg
from .wire.script import Script

_log = structlog.get_logger(__name__)

PARTITIONS = 256
_STEP_MS = 1_000
"""A server's clock that is wrong by more was stepped."""
_PROMPT_MS = 250
"""A reply that took longer says too little of the time to align a clock by it."""
_JUST_MS = 1_500
"""Whoever is there notes a heartbeat of the whole more often."""
_CHECKS_MAX = 5
LEASE_MS = 2_000
"""A partition whose process died is taken over within this and a round."""


class Keys:
    """The keys of a deployment: each begins with the prefix and the hash tag of its partition."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.common = f"{prefix}:{{onduty}}:".encode()
        """What the keys begin with that all partitions share."""
        self.of_partition = tuple(f"{prefix}:{{p{number:03}}}:".encode() for number in range(PARTITIONS))


def partition_of(account_id: str) -> int:
    """The partition that an account lives in, for ever: by the hash of its id alone."""
    return hashlib.blake2s(account_id.encode(), digest_size=1).digest()[0]


class Partitions:
    """See the module.

    `member` names this process. `time` is what the scripts are told of the time, empty for the server's own.
    `expected_time` is what it should be by this process's steady clock since it was last aligned (empty: not to be
    checked). A heartbeat that finds another does nothing, and it is decided here whether it was late, or the server's
    clock was stepped and is to be corrected, so that times go on as before (`_checked`).
    """

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        time: Callable[[], Arg],
        expected_time: Callable[[], Arg],
        *,
        member: str,
        observer: Observer,
        outage_grace_ms: int,
        count_outage_as_inactivity: bool,
    ) -> None:
        self.used: set[int] = set()
        self.heads: dict[int, int | None] = {}
        """Of each partition held: when (ms UTC) it has something due, as far as is known here."""
        self.horizon = -1
        """Until when (ms UTC) the heartbeat of the whole vouches."""
        self.accounts = 0
        """How many accounts there are in all, as of the last round; what others made since is not in it."""
        self._stepped = SteppedClock(outage_grace_ms)
        self._drift_ms = 0
        """By how much the offset of the whole was moved since the last round."""
        self._offsets: dict[int, int] = {}
        """By partition: its own offset, as far as it is known."""
        self.offset_ms = 0
        """By how much the time of the whole is ahead of its server's clock."""
        self.gaps: tuple[Gap, ...] = ()
        """As of the last round."""
        self.on_round: Callable[[int], None] = lambda now: None
        """Is told the store's time in each round."""
        self.schema: Arg = b""
        self.token_key = b""
        self.lineage = 0
        """What is written once, by whoever comes first: before the first round what this process would write."""
        self.refusal: ResponseError | None = None
        """Why no node took all the heartbeats of the last round, if they were refused: soon nothing can be served."""
        self._client = client
        self._keys = keys
        self._time = time
        self._expected_time = expected_time
        self._member = member
        self._observer = observer
        self._outage_grace_ms = outage_grace_ms
        self._count_outage = count_outage_as_inactivity
        self._fences: dict[int, int] = {}
        self._beat = 0
        self._now = 0
        self._is_alone = 0
        self._floor = 0
        self._lock = asyncio.Lock()
        self._rounds = 0
        self._aligned = False
        """Whether the clock here goes by the store's."""
        self._members: list[str] = []
        self._listed: set[int] = set()
        """The partitions in the store's list of those in use, as of the last round."""
        self._outcomes: dict[str, BaseException | None] = {}
        """By node: what went wrong in this round, if anything did."""

    @property
    def held(self) -> Iterable[int]:
        """The partitions whose leases this process has."""
        return self._fences

    def fence(self, partition: int) -> int | None:
        """The fence under which this process holds a partition; None when it does not."""
        return self._fences.get(partition)

    @property
    def member(self) -> str:
        """This process's name."""
        return self._member

    async def added_account(self) -> None:
        """Count an account that this process has made. It is there, whether or not it can be counted: see `recount`."""
        self.accounts += 1
        with suppress(StoreUnavailable):
            await self._client.command(self._keys.common, "INCR", self._keys.common + b"account_count")

    async def recount(self) -> None:
        """Put the count of accounts right, of which a failover, or a process that died, may have lost some."""
        counts = await asyncio.gather(
            *(self._client.command(key, "SCARD", key + b"accounts") for key in map(self._key_of, sorted(self.used)))
        )
        if sum(counts) != self.accounts:
            self.accounts = sum(counts)
            # It is for a limit, which may wait for a server whose memory is full.
            with suppress(StoreUnavailable):
                key = self._keys.common
                await self._client.command(key, "SET", key + b"account_count", self.accounts)

    def _key_of(self, partition: int) -> bytes:
        return self._keys.of_partition[partition]

    def lost(self, partition: int) -> None:
        """Another process has the lease."""
        self._fences.pop(partition, None)
        self.heads.pop(partition, None)

    # --- rounds ------------------------------------------------------------------------------------------------------

    async def round(self) -> None:
        """Say that this process is there, and keep the leases and heartbeats of the partitions dealt to it."""
        async with self._lock:
            await self._round(everywhere=False)

    async def revive(self, partition: int) -> None:
        """See that the heartbeat of a partition vouches for now: it was never used, or no process was there to keep it.

        In the second case the others are beaten too: what stopped one has stopped all, and is one outage.
        """
        rounds = self._rounds
        async with self._lock:
            if partition not in self.used:
                await self._client.command(self._keys.common, "SADD", self._keys.common + b"partitions", partition)
                self.used.add(partition)
                self._listed.add(partition)
                if self._rounds == rounds:
                    await self._meet("look")
                now = await self._beat_partitions([partition])
                if now <= self.horizon:
                    return
            if self._rounds == rounds:
                await self._round(everywhere=True)

    async def find_unlisted(self) -> None:
        """Find partitions that are in use and missing from the list of those; the next round lists and sweeps them."""
        async with self._lock:
            unlisted = [number for number in range(PARTITIONS) if number not in self.used]
            if not unlisted:
                return
            keys = [self._keys.of_partition[number] for number in unlisted]
            heartbeats = [key + b"meta" for key in keys]
            if not self._client.address.cluster and not await self._client.command(b"", "EXISTS", *heartbeats):
                # As nearly always, which one server alone can say in one go.
                return
            found = await asyncio.gather(
                *(self._client.command(key, "EXISTS", name) for key, name in zip(keys, heartbeats, strict=True))
            )
            lost = [number for number, exists in zip(unlisted, found, strict=True) if exists]
            if lost:
                self._tell_unlisted(lost)
                self.used.update(lost)

    def _tell_unlisted(self, lost: Sequence[int]) -> None:
        _log.warning(
            "partitions in use were not listed as such, as a failover can bring about; they are swept again",
            partitions=len(lost),
        )

    async def _round(self, *, everywhere: bool) -> None:
        self._outcomes.clear()
        try:
            await self._round_of_nodes(everywhere=everywhere)
        finally:
            outcomes = self._outcomes.values()
            causes = [outcome.__cause__ for outcome in outcomes if outcome is not None]
            refusals = [cause for cause in causes if isinstance(cause, ResponseError)]
            self.refusal = refusals[0] if refusals and len(causes) == len(outcomes) else None

    def _note(self, key: bytes, error: BaseException | None) -> None:
        node = self._client.node_of(key)
        self._outcomes[node] = self._outcomes.get(node) or error

    async def _round_of_nodes(self, *, everywhere: bool) -> None:
        failed: StoreUnavailable | None = None
        try:
            self._members = await self._meet("beat" if self._rounds else "come")
            self._note(self._keys.common, None)
        except StoreUnavailable as error:
            self._note(self._keys.common, error)
            if not self._rounds:
                raise
            # Whoever was there goes on with what is dealt out, as long as only that node of a cluster is missing.
            failed = error
        mine = {number for number in self.used if _dealt_to(number, self._members) == self._member}
        for number in [number for number in self._fences if number not in mine]:
            await self._release(number)
        await self._beat_partitions(self.used if everywhere else mine, wanted=mine)
        self._rounds += 1
        if failed is not None and not everywhere:
            raise failed

    async def _meet(self, purpose: Literal["come", "beat", "look", "leave"]) -> list[str]:
        members: list[bytes] = []
        used: list[bytes] = []
        correction = self._correction()
        token_key, lineage = self.token_key, self.lineage
        forgotten = sorted(self.used - self._listed)
        for _ in range(_CHECKS_MAX):
            asked = self._expected_time()
            reply = await self._checked(
                scripts.MEET,
                self._keys.common,
                self._member,
                LEASE_MS,
                self._outage_grace_ms,
                int(self._count_outage),
                purpose,
                HEARTBEAT_LEASE_MS,
                check=self._aligned and abs(correction) < _STEP_MS,
                seen=self.offset_ms,
                correction=correction,
                kept=(self.schema, self.token_key, self.lineage, *forgotten),
            )
            answered = self._expected_time()
            offset_before = self.offset_ms
            self._now, self.offset_ms, _, self._beat, self.horizon, self._floor, members, used, *rest = reply
            self._is_alone, self.accounts, token_key, lineage, gaps = rest
            lineage = int(lineage)
            self._drift_ms = self.offset_ms - offset_before if self._aligned else 0
            self._take_gaps(gaps)
            prompt = not (isinstance(asked, int) and isinstance(answered, int)) or answered - asked <= _PROMPT_MS
            if prompt or not self._aligned:
                self.on_round(self._now)
            if prompt or self._aligned:
                break
            correction = 0
            # Who does not know the time yet must not go by a reply that was on its way for long.
            purpose = "beat" if purpose == "come" else purpose
        self._aligned = True
        self._listed = {int(number) for number in used}
        if lost := sorted(self.used - self._listed):
            self._tell_unlisted(lost)
        self.used |= self._listed
        if (token_key, lineage) != (self.token_key, self.lineage):
            if self._rounds:
                # A failover lost them, and a process that started then was faster than those that knew them.
                _log.warning("resume tokens have another key or lineage now; watchers begin anew with a snapshot")
            self.token_key, self.lineage = token_key, lineage
        return [name.decode() for name in members]

    def _correction(self) -> int:
        """By how much the offset of the whole is to be moved; one process sees to it, and partitions follow."""
        now = self._expected_time()
        if not self._aligned or not isinstance(now, int) or self._member != min(self._members, default=None):
            return 0
        correction = self._stepped.correction(self.offset_ms, now)
        if correction >= _STEP_MS:
            _log.warning("the time goes on from the store's clock, which was ahead", ahead_ms=correction)
        return correction

    def _take_gaps(self, fields: list[bytes]) -> None:
        found = tuple(sorted(Gap(int(began), int(ended)) for began, ended in zip(*[iter(fields)] * 2, strict=True)))
        if found and found[-1] not in self.gaps and found[-1].ended >= self._now:
            warn_of(found[-1])
        self.gaps = found

    async def forget_gaps(self, gaps: Iterable[Gap]) -> None:
        """These matter no longer."""
        if began := [gap.began for gap in gaps]:
            await self._client.command(self._keys.common, "HDEL", self._keys.common + b"gaps", *began)

    async def _checked(
        self,
        script: Script,
        key: bytes,
        *args: Arg,
        check: bool = True,
        seen: int = 0,
        correction: int = 0,
        kept: Sequence[Arg] = (),
    ) -> list[Any]:
        """Run a script that does nothing when the time is not what it should be, until it does something.

        The time that a reply says was the server's at some moment between question and answer. If by the clock here it
        was at none of them, the server's was stepped, and is corrected unless another process was faster. Otherwise
        the call was late (this process or the server stood still, or a node was gone), and is made again. A time that
        is ahead, and by which others have just noted their heartbeat, is right: it is this machine that was paused.
        """
        for _ in range(_CHECKS_MAX):
            asked = self._expected_time() if check else b""
            reply: list[Any] = await self._client.run(script, key, self._time(), *args, asked, seen, correction, *kept)
            now, seen, is_wrong, *noted = reply
            if not is_wrong:
                return reply
            assert isinstance(asked, int)
            answered = self._expected_time()
            assert isinstance(answered, int)
            if now < asked - _STEP_MS:
                correction = asked - now
            elif now > answered + _STEP_MS:
                if noted and now - noted[0] <= _JUST_MS:
                    _log.warning("others go by the store's clock, which is ahead; so does this process from now on")
                    break
                correction = answered - now
            else:
                correction = 0
            if correction:
                _log.warning("the store's clock was stepped; times go on as before", step_ms=-correction)
        # To be late each time must not keep the heartbeat from being written.
        answer: list[Any] = await self._client.run(script, key, self._time(), *args, b"", 0, 0, *kept)
        return answer

    async def _beat_partitions(self, numbers: Iterable[int], *, wanted: Iterable[int] | None = None) -> int:
        """Beat partitions and take the leases of those wanted (None: all); the latest time that the store said."""
        asked = list(numbers)
        wishes = set(asked if wanted is None else wanted)
        # Step by step with the whole, so that the time of a partition need never be set back by as much as a step.
        drift_ms, self._drift_ms = self._drift_ms if abs(self._drift_ms) < _STEP_MS else 0, 0
        replies = await asyncio.gather(
            *(
                self._checked(
                    scripts.BEAT,
                    self._keys.of_partition[number],
                    HEARTBEAT_LEASE_MS,
                    self._outage_grace_ms,
                    int(self._count_outage),
                    self._beat,
                    self._floor,
                    self._member if number in wishes else b"",
                    self._fences.get(number, 0),
                    LEASE_MS,
                    seen=self._offsets.get(number, 0),
                    correction=drift_ms if number in self._offsets else 0,
                )
                for number in asked
            ),
            return_exceptions=True,
        )
        latest, longest_outage_ms = self._now, 0
        failed: BaseException | None = None
        for number, reply in zip(asked, replies, strict=True):
            self._note(self._keys.of_partition[number], reply if isinstance(reply, BaseException) else None)
            if isinstance(reply, BaseException):
                failed = failed or reply
                continue
            now, self._offsets[number], _, outage_ms, fence, head = reply
            latest, longest_outage_ms = max(latest, now), max(longest_outage_ms, outage_ms)
            if fence:
                self._fences[number] = fence
                self.heads[number] = head
            elif number in wishes:
                self.lost(number)
        if longest_outage_ms:
            self._tell(longest_outage_ms)
        if failed is not None:
            raise failed
        return latest

    def _tell(self, outage_ms: int) -> None:
        if self._count_outage:
            _log.warning("an outage was counted as inactivity", outage_ms=outage_ms)
        else:
            _log.warning("recovered from an outage; every inactivity clock restarts now", outage_ms=outage_ms)
            self._observer.recovered(outage_ms)

    # --- the end -----------------------------------------------------------------------------------------------------

    async def leave(self) -> None:
        """Give every lease back; the last process notes that nobody vouches from now on."""
        async with self._lock:
            await self._meet("leave")
            last = bool(self._is_alone)
            numbers = self.used if last else self._fences
            await asyncio.gather(*(self._release(number, last=last) for number in list(numbers)))

    async def _release(self, number: int, *, last: bool = False) -> None:
        fence = self._fences.get(number, 0)
        self.lost(number)
        await self._client.run(
            scripts.RELEASE, self._keys.of_partition[number], self._time(), self._member, fence, int(last)
        )


def _dealt_to(number: int, members: Iterable[str]) -> str | None:
    """Of those present the one with the highest hash: when one comes or goes, only its partitions move."""
    return max(members, key=lambda name: hashlib.blake2s(f"{number}/{name}".encode()).digest(), default=None)
