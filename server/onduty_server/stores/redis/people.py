"""Names users, and moves them between teams.

A move is decided by the policies of both teams. They are read, `domain.rules` decide, and a script writes if none of
it has changed meanwhile. Invariant: a time in a decision that means now (`Moment`) is the time of the write.
"""

from __future__ import annotations

from typing import Any

from ...app.ports.observer import Observer
from ...app.ports.statuses import ProfileUpdate
from ...app.ports.store import StoreOptions, too_many_teams
from ...domain import rules
from ...domain.errors import AccountUnknown, StoreUnavailable, UserUnknown
from ...domain.record import Decision, Profile, ProfilePatch, UserRecord
from ...domain.rules import Policy
from . import scripts
from .edges import edge_arguments
from .event_records import pack_profile_change, pack_switch
from .keys import partition_of
from .records import Moment, now_mask, pack_record, read_policy, read_record
from .running import ScriptRunner
from .settling import report_switches
from .sweeping import PartitionSweeper
from .transactions import holds_until_of
from .wire.connection import Arg
from .wire.deadlines import bounded
from .wire.errors import OutcomeUnknown

_ATTEMPTS_MAX = 50
"""How often a decision is made again because another write came first."""
_TOO_MANY = 2
"""The reply of a move to a new team, of an account that has as many as it may have."""


class People:
    """Changes profiles. `min_replicas_acked` replicas must have a change before it is acknowledged."""

    def __init__(
        self,
        runner: ScriptRunner,
        sweeper: PartitionSweeper,
        options: StoreOptions,
        observer: Observer,
        *,
        min_replicas_acked: int,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._sweeper = sweeper
        self._options = options
        self._observer = observer
        self._min_replicas_acked = min_replicas_acked

    @bounded
    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        """Write a patch into a user's profile; see `StatusStore`."""
        partition = partition_of(account_id)
        before: Profile | None = None
        for _ in range(_ATTEMPTS_MAX):
            loaded = await self._runner.read(scripts.LOAD, partition, account_id, user_id, patch.get("team_id", ""))
            _, now, floor, raw, workflow, past, *rest = loaded
            if not workflow and self._options.accounts_declared:
                raise AccountUnknown(account_id, declared=True)
            if not raw:
                raise UserUnknown(account_id, user_id)
            record = read_record(user_id, raw).record
            target_workflow, target_past = rest[1:] if "team_id" in patch else (workflow, past)
            policy, target = read_policy(workflow, past, floor), read_policy(target_workflow, target_past, floor)
            decision = rules.update_profile(record, policy, target, patch, Moment(now))
            if decision.profile_at is None:
                # Nothing changes, or it was changed by an attempt of which nobody knew whether it was made.
                profile = record.profile
                return ProfileUpdate(rules.view(record, policy, now), before or profile, profile)
            before = record.profile
            try:
                reply = await self._runner.write(
                    scripts.MOVE,
                    partition,
                    account_id,
                    self._options.history_max_changes,
                    decision.record.profile.team_id,
                    *(workflow, past, floor, target_workflow, target_past),
                    *(user_id, raw, pack_record(decision.record), now_mask(decision.record)),
                    _holds_until(record, decision, policy, target, now),
                    self._options.teams_max,
                    *_events(decision, record, actor, caller),
                    replicas=self._min_replicas_acked,
                )
            except OutcomeUnknown:
                continue
            if reply[0] == _TOO_MANY:
                raise too_many_teams(decision.record.profile.team_id, self._options.teams_max)
            if reply[0]:
                self._sweeper.expect(partition, reply[4])
                report_switches(self._observer, decision)
                moved = read_record(user_id, reply[2]).record
                return ProfileUpdate(rules.view(moved, target, reply[1]), before, moved.profile)
        raise StoreUnavailable


def _holds_until(record: UserRecord, decision: Decision, policy: Policy, target: Policy, now: int) -> Arg:
    until = holds_until_of(record, decision, policy, target, now)
    return b"" if until is None else until


def _events(decision: Decision, record: UserRecord, actor: str, caller: str) -> list[Arg]:
    """Return the events of a decision about a record, in their order, and its edges: body, 1 if the time means now."""
    before, after, at = record.profile, decision.record.profile, decision.profile_at
    assert at is not None
    events: list[Any] = []
    for switch in decision.switches[:at]:
        events += [pack_switch(switch, before.team_id), int(isinstance(switch.effective_time, Moment))]
    shown = decision.switches[at - 1].state if at else record.shown
    events += [pack_profile_change(before, after, actor, caller, shown), 1]
    for switch in decision.switches[at:]:
        events += [pack_switch(switch, after.team_id), int(isinstance(switch.effective_time, Moment))]
    return events + edge_arguments(decision.edges)
