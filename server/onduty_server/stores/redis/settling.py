"""Commits timed switches that the store's index says are due, of some users of one account at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...app.ports.observer import Observer
from ...app.ports.store import StoreOptions
from ...domain import rules
from ...domain.record import Decision
from . import scripts
from .event_records import pack_switch
from .keys import partition_of
from .partitions import Partitions
from .records import Policies, pack_record, read_record
from .running import ScriptRunner
from .steps import StepSizes
from .wire.connection import Arg
from .wire.deadlines import bounded

LEASE_LOST = -2
"""The reply of a script when another process has the lease of the partition."""


class Lease(NamedTuple):
    """The lease of a partition: its holder, and its fence."""

    member: str
    fence: int


class Settling:
    """Commits due switches for the sweeper, and before changes of a workflow."""

    def __init__(
        self,
        runner: ScriptRunner,
        partitions: Partitions,
        observer: Observer,
        options: StoreOptions,
        steps: StepSizes,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._partitions = partitions
        self._observer = observer
        self._options = options
        self._steps = steps

    async def settle(
        self,
        partition: int,
        account_id: str,
        workflow: bytes,
        past: bytes,
        teams: Sequence[bytes],
        floor: int,
        now: int,
        found: Sequence[bytes],
        lease: Lease | None,
    ) -> int:
        """Commit the timed switches of the users found, if the lease (None: anyone's) and the policy still hold.

        Returns how many users were switched. `found` is user, record, user, record, and so on;
        `teams` has the policies that teams have of their own.
        """
        policies = Policies.of(workflow, past, teams, floor)
        args: list[Arg] = []
        decisions: list[Decision] = []
        for user, raw in zip(found[::2], found[1::2], strict=True):
            user_id = user.decode()
            record = read_record(user_id, raw).record
            decision = rules.settle(record, policies.decides(record), now)
            decisions.append(decision)
            args += [user, raw, pack_record(decision.record), len(decision.switches)]
            args += [pack_switch(switch, record.profile.team_id) for switch in decision.switches]
        reply = await self._runner.write_unvouched(
            scripts.SETTLE,
            partition,
            *(lease or (b"", b"")),
            account_id,
            self._options.history_max_changes,
            workflow,
            past,
            floor,
            len(teams) // 3,
            *teams,
            *args,
        )
        if reply[0] == LEASE_LOST:
            self._partitions.lose(partition)
            return 0
        if reply[0]:
            return 0
        _, committed_at, head, *revisions = reply
        if partition in self._partitions.heads:
            self._partitions.heads[partition] = head
        switched = 0
        for decision, revision in zip(decisions, revisions, strict=True):
            if revision and decision.switches:
                report_switches(self._observer, decision)
                self._observer.late(committed_at - decision.switches[-1].effective_time)
                switched += 1
        return switched

    async def settle_account(self, partition: int, account_id: str) -> None:
        """Commit a bounded number of the timed switches due in an account, whichever process has its lease."""
        reply = await self._runner.read(scripts.SETTLED_UNTIL, partition, account_id, self._steps.settle)
        if reply[0]:
            return
        reply = await self._runner.run_unvouched(scripts.OVERDUE, partition, account_id, self._steps.settle)
        if reply and reply[-1]:
            now, floor, workflow, past, teams, found = reply
            await self.settle(partition, account_id, workflow, past, teams, floor, now, found, None)

    @bounded
    async def settled_before(self, account_id: str) -> int:
        """Return a time before which nothing is still to be recorded; see `Reports`."""
        _, settled = await self._runner.read(
            scripts.SETTLED_BEFORE, partition_of(account_id), account_id, self._steps.collect
        )
        return int(settled)


def report_switches(observer: Observer, decision: Decision) -> None:
    """Tell the observer of the switches of a committed decision."""
    for switch in decision.switches:
        status, cause = switch.state.status, switch.state.cause
        if status is not None and cause is not None:
            observer.switched(status, cause)
