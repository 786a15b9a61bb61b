"""Reads, changes and previews the workflows of accounts and teams.

A change settles a bounded number of the users due under the old workflow. For the others the old workflow is kept as a
past policy, which decides for the time before the change. Workflows of teams that follow the account's change with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...app.ports.statuses import Preview, Revise, TeamSummary
from ...app.ports.store import StoreOptions, too_many_workflows
from ...app.previewing import ImpactTally
from ...domain.errors import AccountUnknown, RevisionConflict, StoreUnavailable
from ...domain.rules import Policy
from ...domain.workflow import DEFAULT_WORKFLOW, Workflow, follow
from . import scripts
from .account_count import AccountCount
from .event_records import named_workflow
from .heartbeats import Heartbeats
from .keys import partition_of
from .reading import StatusReads
from .records import Moment, pack_workflow, read_past, read_workflow, workflow_now_mask
from .running import ScriptRunner
from .settling import Settling
from .steps import StepSizes
from .sweeping import PartitionSweeper
from .turns import Turns
from .wire.connection import Arg
from .wire.deadlines import bounded
from .wire.errors import OutcomeUnknown

_ATTEMPTS_MAX = 50
"""How often a change is made again because another write came first."""
_TOO_MANY = 2
"""The reply of a change that would have given one team too many a workflow of its own."""
_TEAMS_PAGE = 1_000
_CHANGES_PAGE = 1_000
_DEFAULT_WORKFLOW = pack_workflow(DEFAULT_WORKFLOW)


class _Kept(NamedTuple):
    """The policies that a change rests on, as they are kept; `workflow` is empty if there is no account.

    `teams` has the policy of the team in question, if it has or had a workflow of its own. Without a team in question,
    it has those of all teams that follow the account's workflow again.
    """

    now: int
    floor: int
    workflow: bytes
    past: bytes
    teams: dict[str, tuple[bytes, bytes]]

    @property
    def pasts(self) -> int:
        """The greatest number of past policies that one of them has."""
        return max(len(read_past(past)) for past in (self.past, *(past for _, past in self.teams.values())))

    def policy(self, team_id: str) -> Policy:
        """The policy that decides for the users of the team in question."""
        workflow, past = self.teams.get(team_id, (self.workflow, self.past))
        return Policy(read_workflow(workflow), self.floor, read_past(past))


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
    async def workflow(self, account_id: str, team_id: str = "") -> Workflow:
        """Read the workflow of the account or a team; see `StatusReader`."""
        kept = await self._load(partition_of(account_id), account_id, team_id, to_decide=False)
        own = read_workflow(kept.teams[team_id][0]) if team_id in kept.teams else None
        return read_workflow(kept.workflow) if own is None or own.follows else own

    async def _load(self, partition: int, account_id: str, team_id: str, *, to_decide: bool = True) -> _Kept:
        reply = await self._runner.read(scripts.POLICY, partition, account_id, team_id, int(to_decide))
        _, now, floor, workflow, past, teams = reply
        return _Kept(
            *(now, floor, workflow, past),
            {team.decode(): (its, its_past) for team, its, its_past in zip(*[iter(teams)] * 3, strict=True)},
        )

    async def team_workflows(self, account_id: str) -> Sequence[Workflow]:
        """Read the workflows that teams have of their own; see `StatusReader`."""
        return [workflow for _, _, workflow in await self._teams(account_id, "", None) if workflow is not None]

    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        """List teams; see `StatusStore`."""
        found = await self._teams(account_id, after, limit)
        return [TeamSummary(team_id, users, workflow is not None) for team_id, users, workflow in found] or ()

    @bounded
    async def _teams(
        self, account_id: str, after: str, limit: int | None
    ) -> Sequence[tuple[str, int, Workflow | None]]:
        """Return teams with the number of their users and their own workflow; without a limit, those that have one."""
        found: list[tuple[str, int, Workflow | None]] = []
        partition, more = partition_of(account_id), 1
        while more and (limit is None or len(found) < limit):
            page = _TEAMS_PAGE if limit is None else min(limit, _TEAMS_PAGE)
            _, teams, more = await self._runner.read(scripts.TEAMS, partition, account_id, after, page)
            for team, users, raw in zip(*[iter(teams)] * 3, strict=True):
                after = team.decode()
                workflow = read_workflow(raw) if raw else None
                if workflow is not None and workflow.follows:
                    workflow = None
                if workflow is not None or (limit is not None and users):
                    found.append((after, users, workflow))
        return found[:limit] or ()

    @bounded
    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[Workflow]:
        """Read the history of the workflow of the account or a team; see `StatusStore`."""
        partition, more = partition_of(account_id), 1
        found: list[Workflow] = []
        while more and len(found) < limit:
            reply = await self._runner.read(
                scripts.WORKFLOW_CHANGES, partition, account_id, before_revision, min(limit, _CHANGES_PAGE)
            )
            _, changes, more = reply
            for revision, raw, actor, caller, is_whole in zip(*[iter(changes)] * 5, strict=True):
                before_revision = int(revision)
                workflow = read_workflow(raw) if is_whole else named_workflow(raw, actor.decode(), caller.decode())
                if workflow.team_id == team_id:
                    found.append(workflow)
        return found[:limit]

    # --- changing ----------------------------------------------------------------------------------------------------

    async def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        """Change the workflow of the account or a team by compare-and-set; see `StatusStore`."""
        async with self._turns.of(account_id):
            return await self._revise_in_turn(partition_of(account_id), account_id, revise, team_id)

    async def _revise_in_turn(self, partition: int, account_id: str, revise: Revise, team_id: str) -> Workflow:
        unsure = False
        for _ in range(_ATTEMPTS_MAX):
            kept = await self._load_settled(partition, account_id, team_id)
            account, current = read_workflow(kept.workflow), kept.policy(team_id).workflow
            try:
                revised = revise(current, Moment(kept.now), current.revision + 1, account)
            except RevisionConflict:
                if unsure:
                    # The conflict may be with this very change, which may or may not have been made.
                    raise StoreUnavailable from None
                raise
            if revised is current:
                return revised
            if not kept.workflow:
                if self._options.accounts_declared:
                    raise AccountUnknown(account_id, declared=True)
                self._accounts.check_room()
            try:
                reply = await self._commit(partition, account_id, kept, revised, team_id)
            except OutcomeUnknown:
                unsure = True
                continue
            if reply[0] == _TOO_MANY:
                raise too_many_workflows(self._options.team_workflows_max)
            if reply[0]:
                self._sweeper.expect(partition, reply[5])
                if not kept.workflow:
                    await self._accounts.add()
                return read_workflow(reply[3])
        raise StoreUnavailable

    async def _load_settled(self, partition: int, account_id: str, team_id: str) -> _Kept:
        """Settle due users, at least until there is room for one more past workflow, and load the policies."""
        while True:
            await self._settling.settle_account(partition, account_id)
            kept = await self._load(partition, account_id, team_id)
            if kept.pasts < self._steps.past_workflows:
                return kept

    async def _commit(self, partition: int, account_id: str, kept: _Kept, revised: Workflow, team_id: str) -> list[Any]:
        args: list[Arg] = [account_id, self._options.history_max_changes, kept.workflow, kept.past, kept.floor]
        args += [pack_workflow(revised), workflow_now_mask(revised), self._options.workflow_changes_kept]
        if team_id:
            args += [team_id, *kept.teams.get(team_id, (b"", b"")), int(revised.follows)]
            args += [self._options.team_workflows_max, _DEFAULT_WORKFLOW]
        else:
            for team, (raw, past) in kept.teams.items():
                followed = follow(read_workflow(raw), revised, now=Moment(kept.now))
                args += [team, raw, past, pack_workflow(followed), workflow_now_mask(followed)]
        script = scripts.CONFIGURE_TEAM if team_id else scripts.CONFIGURE
        return await self._runner.write(script, partition, *args, replicas=self._min_replicas_acked)

    # --- previewing --------------------------------------------------------------------------------------------------

    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Preview:
        """Evaluate every user concerned under both workflows, in chunks; see `StatusStore`."""
        partition = partition_of(account_id)
        await self._heartbeats.vouch(partition)
        kept = await self._load(partition, account_id, team_id)
        now, policy = kept.now, kept.policy(team_id)
        revised = revise(policy.workflow, now, policy.workflow.revision + 1, read_workflow(kept.workflow))
        if not kept.workflow and revised is not policy.workflow and self._options.accounts_declared:
            raise AccountUnknown(account_id, declared=True)
        tally = ImpactTally(policy, revised, now, limit)
        if kept.workflow and tally.is_needed:
            # By the order in which they came, in which nobody moves meanwhile, as somebody active moves in the index.
            async for _, policies, chunk in self._reads.all_users(account_id, self._steps.preview, team_id):
                for stored in chunk:
                    own = policies.teams.get(stored.record.profile.team_id)
                    if team_id or own is None:
                        tally.add(stored.position, stored.record)
                    elif own.workflow.follows:
                        followed = follow(own.workflow, revised, now=now)
                        tally.add(stored.position, stored.record, own, followed)
        return tally.preview()
