"""Reads, changes and previews the workflows of accounts.

A change settles a bounded number of the users due under the old workflow. For the others the old workflow is kept as a
past policy, which decides for the time before the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...app.ports.statuses import Preview, Revise
from ...app.ports.store import StoreOptions
from ...app.previewing import ImpactTally
from ...domain.errors import RevisionConflict, StoreUnavailable
from ...domain.workflow import DEFAULT_WORKFLOW, Workflow
from . import scripts
from .account_count import AccountCount
from .heartbeats import Heartbeats
from .keys import partition_of
from .loading import DecisionData, load
from .reading import StatusReads
from .records import Moment, pack_workflow, read_workflow, workflow_now_mask
from .running import ScriptRunner
from .settling import Settling
from .steps import StepSizes
from .sweeping import PartitionSweeper
from .turns import Turns
from .wire.deadlines import bounded
from .wire.errors import OutcomeUnknown

_ATTEMPTS_MAX = 50
"""How often a change is made again because another write came first."""


class Workflows:
    """The workflows of all accounts. `min_replicas_acked` replicas must have a change before it is acknowledged."""

    def __init__(
        self,
        runner: ScriptRunner,
        settling: Settling,
        sweeper: PartitionSweeper,
        heartbeats: Heartbeats,
        accounts: AccountCount,
        reads: StatusReads,
        options: StoreOptions,
        steps: StepSizes,
        *,
        min_replicas_acked: int,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._settling = settling
        self._sweeper = sweeper
        self._heartbeats = heartbeats
        self._accounts = accounts
        self._reads = reads
        self._options = options
        self._steps = steps
        self._min_replicas_acked = min_replicas_acked
        self._turns = Turns()

    @bounded
    async def workflow(self, account_id: str) -> Workflow:
        """Read the account's workflow; see `StatusReader`."""
        reply = await self._runner.read(scripts.READ, partition_of(account_id), account_id)
        return DEFAULT_WORKFLOW if reply[0] else read_workflow(reply[3])

    @bounded
    async def workflow_changes(self, account_id: str, before_revision: int, limit: int) -> Sequence[Workflow]:
        """Read the history of the account's workflow; see `StatusStore`."""
        partition = partition_of(account_id)
        reply = await self._runner.read(scripts.WORKFLOW_CHANGES, partition, account_id, before_revision, limit)
        return [read_workflow(raw) for raw in reply[1:]]

    # --- changing ----------------------------------------------------------------------------------------------------

    async def update_workflow(self, account_id: str, revise: Revise) -> Workflow:
        """Change the account's workflow by compare-and-set; see `StatusStore`."""
        async with self._turns.of(account_id):
            return await self._revise_in_turn(partition_of(account_id), account_id, revise)

    async def _revise_in_turn(self, partition: int, account_id: str, revise: Revise) -> Workflow:
        unsure = False
        for _ in range(_ATTEMPTS_MAX):
            await self._settling.settle_account(partition, account_id)
            while (
                len((loaded := await load(self._runner, partition, account_id)).policy.past)
                >= self._steps.past_workflows
            ):
                await self._settling.settle_account(partition, account_id)
            current = loaded.policy.workflow
            try:
                revised = revise(current, Moment(loaded.now), current.revision + 1, current)
            except RevisionConflict:
                if unsure:
                    # The conflict may be with this very change, which may or may not have been made.
                    raise StoreUnavailable from None
                raise
            if revised is current:
                return revised
            if not loaded.workflow:
                self._accounts.check_room()
            try:
                reply = await self._commit(partition, account_id, loaded, revised)
            except OutcomeUnknown:
                unsure = True
                continue
            if reply[0]:
                self._sweeper.expect(partition, reply[5])
                if not loaded.workflow:
                    await self._accounts.add()
                return read_workflow(reply[3])
        raise StoreUnavailable

    async def _load_settled(self, partition: int, account_id: str) -> DecisionData:
        """Settle due users, at least until there is room for one more past workflow, and load the account's policy."""
        while True:
            await self._settling.settle_account(partition, account_id)
            loaded = await load(self._runner, partition, account_id)
            if len(loaded.policy.past) < self._steps.past_workflows:
                return loaded

    async def _commit(self, partition: int, account_id: str, loaded: DecisionData, revised: Workflow) -> list[Any]:
        return await self._runner.write(
            scripts.CONFIGURE,
            partition,
            account_id,
            self._options.history_max_changes,
            loaded.workflow,
            loaded.past,
            loaded.floor,
            pack_workflow(revised),
            workflow_now_mask(revised),
            self._options.workflow_changes_kept,
            replicas=self._min_replicas_acked,
        )

    # --- previewing --------------------------------------------------------------------------------------------------

    async def preview(self, account_id: str, revise: Revise, limit: int) -> Preview:
        """Evaluate every user under both workflows, in chunks; see `StatusStore`."""
        partition = partition_of(account_id)
        await self._heartbeats.vouch(partition)
        loaded = await load(self._runner, partition, account_id)
        now, policy = loaded.now, loaded.policy
        revised = revise(policy.workflow, now, policy.workflow.revision + 1, policy.workflow)
        tally = ImpactTally(policy, revised, now, limit)
        if loaded.workflow and tally.is_needed:
            # By the order in which they came, in which nobody moves meanwhile, as somebody active moves in the index.
            async for _, _, chunk in self._reads.all_users(account_id, self._steps.preview):
                for stored in chunk:
                    tally.add(stored.position, stored.record)
        return tally.preview()
