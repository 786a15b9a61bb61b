"""Tracks the processes that share a store, and the values that they share: heartbeat, time, identity, and gaps.

Each process calls `meet` in every round. The script (`meet.lua`) records the presence of the process and the store-wide
heartbeat, and restores values that are written only once, if a failover has lost them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal

import structlog

from ...app.gaps import Gap, warn_of
from ...app.limits import HEARTBEAT_VALID_MS
from ...app.ports.store import StoreOptions
from ...domain.errors import StoreLost
from . import scripts
from .account_count import AccountCount
from .clock_check import STEP_MS, ClockCheck
from .clock_steps import ClockSteps
from .keys import Keys
from .records import another_schema
from .steps import StepSizes
from .store_time import StoreTime
from .wire.client import RedisClient
from .wire.connection import Arg

_log = structlog.get_logger(__name__)

LEASE_MS = 2_000
"""How long a process counts as present, and holds its partitions, after its last round."""
_PROMPT_MS = 250
"""A reply that took longer is not exact enough to align a clock by."""
_ATTEMPTS_MAX = 5
_OTHER_SCHEMA = 2
"""The third value of a reply when a newer version of onduty has taken over the store."""

Purpose = Literal["come", "beat", "look", "leave"]


class Membership:
    """This process among those that share the store. Times are ms UTC."""

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
        """The time until which the store-wide heartbeat vouches."""
        self.now = 0
        self.beat = 0
        self.floor = 0
        """The store's time, heartbeat and recovery floor, as of the last round."""
        self.is_alone = False
        """True if no other process was present in the last round."""
        self.offset_ms = 0
        """The amount by which the store's time is ahead of its server's clock."""
        self.drift_ms = 0
        """The amount by which that offset has moved since the last round."""
        self.gaps: tuple[Gap, ...] = ()
        """The known gaps, as of the last round."""
        self.schema: Arg = b""
        self.token_key = b""
        self.lineage = 0
        """The store's lineage, written once by the first process; before the first round, the one that this process
        proposes."""
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
        """Set the values that the first round writes if the store is new."""
        self.schema, self.token_key, self.lineage = schema, token_key, lineage

    async def meet(self, purpose: Purpose, used: Collection[int]) -> None:
        """Record that this process is present, or with "leave" that it is gone, and read the shared values.

        `used` are the partitions in use, as far as this process knows; those that the store's list lacks are added.
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
                HEARTBEAT_VALID_MS,
                check=self._aligned and abs(correction) < STEP_MS,
                seen=self.offset_ms,
                correction=correction,
                kept=(self.schema, self.token_key, self.lineage, *forgotten),
            )
            if reply[2] == _OTHER_SCHEMA:
                raise StoreLost(another_schema(str(self._client.address), reply[3]))
            answered = self._time.expected()
            token_key, lineage = self._take(reply)
            prompt = not (isinstance(asked, int) and isinstance(answered, int)) or answered - asked <= _PROMPT_MS
            if prompt or not self._aligned:
                self._time.align(self.now)
            if prompt or self._aligned:
                break
            correction = 0
            # A process that does not know the time yet must not use a reply that took long.
            purpose = "beat" if purpose == "come" else purpose
        self._aligned = True
        if lost := set(used) - self.listed:
            warn_of_unlisted(len(lost))
        if (token_key, lineage) != (self.token_key, self.lineage):
            if not is_first:
                # A failover lost them, and a process that started then was faster than those that knew them.
                _log.warning("resume tokens have a new key or lineage now; watchers start again with a snapshot")
            self.token_key, self.lineage = token_key, lineage

    def _take(self, reply: list[Any]) -> tuple[bytes, int]:
        """Store the values of a reply; return the store's token key and lineage."""
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
        """Return the amount by which to move the store's offset. One process moves it, and partitions follow."""
        now = self._time.expected()
        if not self._aligned or not isinstance(now, int) or self.member != min(self.members, default=None):
            return 0
        correction = self._steps.correction(self.offset_ms, now)
        if correction >= STEP_MS:
            _log.warning("the store's clock is ahead and has held; its time is used from now on", ahead_ms=correction)
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
    """Log that some partitions were missing from the store's list of those in use."""
    _log.warning(
        "partitions in use were missing from the list, as can happen in a failover; they are swept again",
        partitions=partitions,
    )
