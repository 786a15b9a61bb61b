"""The processes that share a store, and what they keep in common: heartbeat, time, identity, and gaps.

Each process calls `meet` in every round. The script (`meet.lua`) records that the process is there and the heartbeat of
the whole, and writes again what a failover has lost of what is written only once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal

import structlog

from ...app.gaps import Gap, warn_of
from ...app.limits import HEARTBEAT_LEASE_MS
from ...app.ports.store import StoreOptions
from . import scripts
from .account_count import AccountCount
from .clock_check import STEP_MS, ClockCheck
from .clock_steps import ClockSteps
from .keys import Keys
from .steps import StepSizes
from .store_time import StoreTime
from .wire.client import RedisClient
from .wire.connection import Arg

_log = structlog.get_logger(__name__)

LEASE_MS = 2_000
"""How long a process counts as there, and holds its partitions, after its last round."""
_PROMPT_MS = 250
"""A reply that took longer says too little of the time to align a clock by it."""
_ATTEMPTS_MAX = 5

Purpose = Literal["come", "beat", "look", "leave"]


class Membership:
    """See the module. Times are ms UTC."""

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        time: StoreTime,
        accounts: AccountCount,
        options: StoreOptions,
        steps: StepSizes,
        *,
        member: str,
    ) -> None:
        self.member = member
        """The name of this process."""
        self.members: list[str] = []
        """The names of all processes, as of the last round."""
        self.listed: set[int] = set()
        """The partitions in the store's list of those in use, as of the last round."""
        self.horizon = -1
        """Until when the heartbeat of the whole vouches."""
        self.now = 0
        self.beat = 0
        self.floor = 0
        """The store's time, heartbeat and recovery floor, as of the last round."""
        self.is_alone = False
        """True if no other process was there in the last round."""
        self.offset_ms = 0
        """By how much the time of the whole is ahead of its server's clock."""
        self.drift_ms = 0
        """By how much that offset was moved since the last round."""
        self.gaps: tuple[Gap, ...] = ()
        """The known gaps, as of the last round."""
        self.schema: Arg = b""
        self.token_key = b""
        self.lineage = 0
        """What is written once, by the first process; before the first round what this process would write."""
        self._client = client
        self._key = keys.common
        self._time = time
        self._accounts = accounts
        self._options = options
        self._check = ClockCheck(client, time)
        self._steps = ClockSteps(options.outage_grace_ms, held_ms=steps.clock_held_ms)
        self._aligned = False
        """True once the process's clock follows the store's."""

    def propose(self, schema: int, token_key: bytes, lineage: int) -> None:
        """Set what the first round writes where nothing is kept yet."""
        self.schema, self.token_key, self.lineage = schema, token_key, lineage

    async def meet(self, purpose: Purpose, used: Collection[int]) -> None:
        """Record that this process is there, or with "leave" that it is not, and read what is kept in common.

        `used` are the partitions in use as far as this process knows; those that the store's list lacks are listed.
        """
        is_first = purpose == "come"
        correction = self._correction()
        forgotten = sorted(set(used) - self.listed)
        token_key, lineage = self.token_key, self.lineage
        for _ in range(_ATTEMPTS_MAX):
            asked = self._time.expected()
            reply = await self._check.run(
                scripts.MEET,
                self._key,
                self.member,
                LEASE_MS,
                self._options.outage_grace_ms,
                int(self._options.count_outage_as_inactivity),
                purpose,
                HEARTBEAT_LEASE_MS,
                check=self._aligned and abs(correction) < STEP_MS,
                seen=self.offset_ms,
                correction=correction,
                kept=(self.schema, self.token_key, self.lineage, *forgotten),
            )
            answered = self._time.expected()
            token_key, lineage = self._take(reply)
            prompt = not (isinstance(asked, int) and isinstance(answered, int)) or answered - asked <= _PROMPT_MS
            if prompt or not self._aligned:
                self._time.align(self.now)
            if prompt or self._aligned:
                break
            correction = 0
            # A process that does not know the time yet must not use a reply that was under way for long.
            purpose = "beat" if purpose == "come" else purpose
        self._aligned = True
        if lost := set(used) - self.listed:
            warn_of_unlisted(len(lost))
        if (token_key, lineage) != (self.token_key, self.lineage):
            if not is_first:
                # A failover lost them, and a process that started then was faster than those that knew them.
                _log.warning("resume tokens have another key or lineage now; watchers begin anew with a snapshot")
            self.token_key, self.lineage = token_key, lineage

    def _take(self, reply: list[Any]) -> tuple[bytes, int]:
        """Take over what a reply says; return the token key and the lineage that are kept."""
        offset_before = self.offset_ms
        self.now, self.offset_ms, _, self.beat, self.horizon, self.floor, members, used, *rest = reply
        is_alone, self._accounts.count, token_key, lineage, gaps = rest
        self.is_alone = bool(is_alone)
        self.members = [name.decode() for name in members]
        self.listed = {int(number) for number in used}
        self.drift_ms = self.offset_ms - offset_before if self._aligned else 0
        self._take_gaps(gaps)
        return token_key, int(lineage)

    def _correction(self) -> int:
        """Return by how much to move the offset of the whole; one process does so, and partitions follow."""
        now = self._time.expected()
        if not self._aligned or not isinstance(now, int) or self.member != min(self.members, default=None):
            return 0
        correction = self._steps.correction(self.offset_ms, now)
        if correction >= STEP_MS:
            _log.warning("the store's clock, which was ahead, is followed from now on", ahead_ms=correction)
        return correction

    def _take_gaps(self, fields: list[bytes]) -> None:
        found = tuple(sorted(Gap(int(began), int(ended)) for began, ended in zip(*[iter(fields)] * 2, strict=True)))
        if found and found[-1] not in self.gaps and found[-1].ended >= self.now:
            warn_of(found[-1])
        self.gaps = found

    async def forget_gaps(self, gaps: Iterable[Gap]) -> None:
        """Remove gaps that no longer matter."""
        if began := [gap.began for gap in gaps]:
            await self._client.command(self._key, "HDEL", self._key + b"gaps", *began)


def warn_of_unlisted(partitions: int) -> None:
    """Log that the store's list of partitions in use lacked some."""
    _log.warning(
        "partitions in use were not listed as such, as a failover can bring about; they are swept again",
        partitions=partitions,
    )
