"""Decides about users by compare-and-set.

A user's record, the policy and the time are read, `domain.rules` decide, and a script writes the decision if nothing
has changed meanwhile; otherwise the script replies with the present values, and the decision is made again. Invariant:
a time in a decision that means now (`Moment`) is the time of the write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.observer import Observer
from ...app.ports.statuses import Activity, Decide, Renewal
from ...app.ports.store import StoreOptions, full_account
from ...domain import rules
from ...domain.errors import AccountUnknown, RevisionConflict, StoreUnavailable
from ...domain.layers import LeaseAction, unpack
from ...domain.record import Decision, StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.workflow import DEFAULT_WORKFLOW
from . import scripts
from .account_count import AccountCount
from .edges import edge_arguments
from .event_records import pack_switch
from .keys import partition_of
from .loading import DecisionData, load
from .records import Moment, now_mask, pack_record, pack_workflow, read_policy, read_record
from .running import ScriptRunner
from .settling import report_switches
from .sweeping import PartitionSweeper
from .turns import Turns
from .wire.coalescer import CallCoalescer
from .wire.connection import Arg
from .wire.deadlines import bounded
from .wire.errors import OutcomeUnknown

_FULL = 2
"""The reply of a commit that would have added one user too many."""
_ATTEMPTS_MAX = 50
"""How often a decision is made again because another write came first."""
_DEFAULT_WORKFLOW = pack_workflow(DEFAULT_WORKFLOW)


_KEPT = {LeaseAction.KEEP_SESSION: "S", LeaseAction.KEEP_ENGAGEMENT: "E"}
"""The name that `touch.lua` gives to what is kept."""


class _Touched(NamedTuple):
    """The outcome of an activity or a kept lease: what was written or, if `moved` is False, data for a decision."""

    moved: bool
    now: int
    floor: int
    record: bytes
    workflow: bytes
    past: bytes


class Transactions:
    """Decides and writes. `min_replicas_acked` replicas must have a change before it is acknowledged."""

    def __init__(
        self,
        runner: ScriptRunner,
        sweeper: PartitionSweeper,
        accounts: AccountCount,
        options: StoreOptions,
        observer: Observer,
        *,
        min_replicas_acked: int,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._sweeper = sweeper
        self._accounts = accounts
        self._options = options
        self._observer = observer
        self._min_replicas_acked = min_replicas_acked
        self._turns = Turns()
        self._touches = CallCoalescer(self._touch)
        """One group per partition."""

    @bounded
    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        """Read, decide, and write; see `StatusStore`.

        An activity that is in order and changes no status takes one round trip, shared with others of the partition. So
        does a session or an engagement that is kept for longer.
        """
        partition = partition_of(account_id)
        what = _what_happened(hint)
        if what is None:
            loaded = await load(self._runner, partition, account_id, user_id)
            return await self._decide(partition, account_id, user_id, decide, loaded, self._min_replicas_acked)
        moved, now, floor, raw, workflow, past = await self._touches.call(partition, (account_id, user_id, what))
        if moved:
            return rules.view(read_record(user_id, raw).record, read_policy(workflow, past, floor), now)
        return await self._decide(
            partition, account_id, user_id, decide, DecisionData(now, floor, raw, workflow, past), 0
        )

    async def _touch(self, partition: int, events: Sequence[tuple[str, str, Arg]]) -> Sequence[_Touched]:
        args = [arg for event in events for arg in event]
        # Moving numbers twice has the same effect as moving them once, so this may be repeated.
        _, floor, policies, found = await self._runner.read(scripts.TOUCH, partition, ACTIVITY_MAX_AGE_MS, *args)
        accounts = list(zip(*[iter(policies)] * 3, strict=True))
        touched: list[_Touched] = []
        for moved, record, place in zip(*[iter(found)] * 3, strict=True):
            now, workflow, past = accounts[place - 1]
            touched.append(_Touched(bool(moved), now, floor, record, workflow, past))
        return touched

    async def _decide(
        self, partition: int, account_id: str, user_id: str, decide: Decide, loaded: DecisionData, replicas: int
    ) -> StatusView:
        async with self._turns.of((account_id, user_id)) as waited:
            if waited:
                loaded = await load(self._runner, partition, account_id, user_id)
            return await self._decide_in_turn(partition, account_id, user_id, decide, loaded, replicas)

    async def _decide_in_turn(
        self, partition: int, account_id: str, user_id: str, decide: Decide, loaded: DecisionData, replicas: int
    ) -> StatusView:
        unsure = False
        for _ in range(_ATTEMPTS_MAX):
            if not loaded.workflow and self._options.accounts_declared:
                raise AccountUnknown(account_id, declared=True)
            now, policy = Moment(loaded.now), loaded.policy
            record = read_record(user_id, loaded.record).record if loaded.record else UserRecord(user_id)
            try:
                decision = decide(record, policy, now)
            except RevisionConflict:
                if unsure:
                    # The conflict may be with this very change, which may or may not have been made.
                    raise StoreUnavailable from None
                # The conflict may be with a switch that is due but not recorded. A caller that reads again must see it.
                settled = rules.settle(record, policy, loaded.now)
                if settled.switches:
                    await self._commit(partition, account_id, loaded, record, settled, 0)
                raise
            if not decision.switches and not decision.durable and _same_numbers(record, decision.record):
                return rules.view(record, policy, loaded.now)
            try:
                reply = await self._commit(partition, account_id, loaded, record, decision, replicas)
            except OutcomeUnknown:
                unsure = True
                loaded = await load(self._runner, partition, account_id, user_id)
                continue
            committed, stored_at, floor, raw, workflow, past, *_ = reply
            if committed:
                report_switches(self._observer, decision)
                return rules.view(read_record(user_id, raw).record, read_policy(workflow, past, floor), stored_at)
            loaded = DecisionData(stored_at, floor, raw, workflow, past)
        raise StoreUnavailable

    async def _commit(
        self,
        partition: int,
        account_id: str,
        loaded: DecisionData,
        record: UserRecord,
        decision: Decision,
        replicas: int,
    ) -> list[Any]:
        if not loaded.workflow:
            self._accounts.check_room()
        decided = decision.record
        events: list[Arg] = []
        for switch in decision.switches:
            events += [pack_switch(switch, record.profile.team_id), int(isinstance(switch.effective_time, Moment))]
        if decision.edges:
            events += edge_arguments(decision.edges)
        holds_until = holds_until_of(record, decision, loaded.policy, loaded.policy, loaded.now)
        reply = await self._runner.write(
            scripts.COMMIT,
            partition,
            account_id,
            _DEFAULT_WORKFLOW,
            self._options.history_max_changes,
            loaded.workflow,
            loaded.past,
            loaded.floor,
            record.user_id,
            loaded.record,
            pack_record(decided),
            now_mask(decided),
            b"" if holds_until is None else holds_until,
            self._options.users_max,
            *events,
            replicas=replicas,
        )
        if reply[0] == _FULL:
            raise full_account(self._options.users_max)
        if reply[0]:
            self._sweeper.expect(partition, reply[7])
            if not loaded.workflow:
                await self._accounts.add()
        return reply


def _what_happened(hint: Activity | Renewal | None) -> Arg | None:
    """Return what `touch.lua` is told, None if it is not to be asked."""
    match hint:
        case Activity(time):
            return b"" if time is None else time
        case Renewal(action, lease_id, ttl_ms, idle_for_ms) if action in _KEPT:
            return f"{_KEPT[action]} {ttl_ms} {'-' if idle_for_ms is None else idle_for_ms} {lease_id}"
        case _:
            return None


def _same_numbers(record: UserRecord, decided: UserRecord) -> bool:
    return (record.last_activity, record.clock, record.layers) == (
        decided.last_activity,
        decided.clock,
        decided.layers,
    )


def holds_until_of(
    record: UserRecord, decision: Decision, policy: Policy, policy_after: Policy, now: int
) -> int | None:
    """Return the time (ms UTC, exclusive) until which the decision would be the same.

    It is that of the next timed switch, or of the end of the last session or engagement, after which an event may mean
    more.
    `policy_after` decides for the record of the decision.
    """
    before = rules.settle(record, policy, now).record
    decided = ((before, policy), (decision.record, policy_after))
    dues = (rules.next_due(each, under.workflow, under.floor) for each, under in decided)
    times = [due.effective_time for due in dues if due is not None]
    if before.layers:
        layers = unpack(before.layers)
        times += (layers.session_end, layers.engaged_until)
    return min((time for time in times if time > now), default=None)
