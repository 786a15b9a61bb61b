"""The engine of the stores that keep every user in memory.

It runs on one event loop, and every decision, the write that follows and the entries of the journal happen without a
wait between them: that is what makes them atomic. Invariants:

- nothing is answered that is not durable: whoever sees a revision that the journal has not committed waits for it. A
  timed switch needs no waiting for: it follows from what is durable, recorded or not, and is shown as it was before it
  was recorded, with the revision that the user had then;
- nothing is answered for a moment later than the heartbeat vouches for (`_horizon`): what was shown before a crash is
  therefore settled after it, even where the time after it is not counted as inactivity;
- users and journal agree: an entry is appended for whatever changes in memory, in the same step. What the journal
  cannot write is undone in memory (`undo`), so that reads go on from what is durable and never wait for a full disk.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count

import structlog

from ...app.background import BackgroundTasks
from ...app.gaps import GAP_MS, WAY_OUT, Gap, doubtful, time_before, warn_of, with_gap
from ...app.limits import (
    ACTIVITY_MAX_AGE_MS,
    HEARTBEAT_LEASE_MS,
    SWEEP_CHUNK,
)
from ...app.ports.clock import Clock
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place, new_lineage
from ...app.ports.observer import Observer
from ...app.ports.statuses import (
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    ChangePage,
    Decide,
    ImmediateStatuses,
    Preview,
    PreviewedSwitch,
    Revise,
    StatusPage,
)
from ...app.ports.store import (
    DEFAULT_OPTIONS,
    PAST_WORKFLOWS_MAX,
    Store,
    StoreOpenError,
    StoreOptions,
    full_account,
    full_store,
)
from ...app.ports.sweeping import Sweep, VitalSigns
from ...domain import rules
from ...domain.errors import ResumeTokenExpired, RevisionConflict, StoreLost, StoreUnavailable
from ...domain.record import AccountEvent, Decision, StatusChange, StatusView, UserRecord
from ...domain.rules import PastPolicy, Policy
from ...domain.status import Status
from ...domain.workflow import Workflow
from .account import DIRTY, UNWRITTEN, Account, ResidentUser
from .journal import STATES, ChangeRow, Image, Journal, UserRow
from .ranking import ranking
from .undo import AccountAdded, FloorBefore, GapsBefore, PolicyBefore, Undo, take_back

_log = structlog.get_logger(__name__)

_SCAN_MAX = 5_000
"""How many users one page of a list looks at."""
_COLLECT_CHUNK = 2_000
"""How many index entries a read looks at before other requests get their turn."""
_PREVIEW_CHUNK = 1_000
_FLUSH_CHUNK = 2_000
"""How many moved clocks are journalled before requests get their turn."""
_BACKLOG_MAX = 20_000
"""Journal entries not yet durable beyond which the sweeper waits for the disk."""
_PRUNE_INTERVAL_MS = 10 * 60 * 1_000
_NO_ACCOUNT = -1
"""In place of the number of an account that nobody has seen."""
_SCHEDULE_SLACK = 64
"""How many entries that no longer count the schedule may hold, besides one an account."""


@dataclass(eq=False, slots=True)
class _Subscriber:
    """Who listens to an account, from above a revision on."""

    revision: int
    listener: Listener


class ResidentStore(Store, ImmediateStatuses):
    """See the module and the port."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        options: StoreOptions = DEFAULT_OPTIONS,
        *,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        activity_flush_interval_ms: int = 1_000,
    ) -> None:
        self.wakeup = asyncio.Event()
        self.immediate: ImmediateStatuses = self
        self._journal = journal
        self._clock = clock
        self._observer = observer or Observer()
        self._background = background or BackgroundTasks()
        self._flush_interval_ms = activity_flush_interval_ms
        self._options = options

        self._accounts: dict[str, Account] = {}
        self._floor = 0
        self._last_beat: int | None = None
        self._gaps: tuple[Gap, ...] = ()
        self._horizon = -1
        """Until when (ms UTC) the durable heartbeat vouches."""
        self._touch_until = -1
        """As `_horizon`; -1 while `touch` must not answer."""
        self._heartbeat_lock = asyncio.Lock()
        self._next_prune = 0

        self._schedule: list[tuple[int, int, Account]] = []
        self._schedule_order = count()
        self._sleeping_until: int | None = None

        self._dirty: list[tuple[Account, ResidentUser]] = []
        self._dirty_event = asyncio.Event()
        self._listeners: dict[str, list[_Subscriber]] = {}
        """By account."""
        self._settling: dict[ResidentUser, int] = {}
        """Users whose timed switch is on its way to the disk and rests on nothing else that is: the revision that they
        had before."""
        self._settling_order: deque[tuple[Account, ResidentUser, int]] = deque()
        """Those in `_settling`, and some who no longer are, with the revision that they have now."""
        self._unsent: set[Account] = set()
        """Accounts with events to tell their listeners of."""
        self._closing = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._flush_lock = asyncio.Lock()
        self._losses = self._jumps = 0
        """How often something was taken back."""
        self._unwritten: list[tuple[Account, ResidentUser]] = []
        """Those flagged UNWRITTEN."""

    # --- life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Load, recover, and write the first heartbeat."""
        image = await self._journal.open()
        self._clock.on_jump = self._jumped
        self.token_key = image.token_key
        self.lineage = new_lineage()
        try:
            await self._load(image)
        except BaseException as error:
            with suppress(StoreUnavailable):
                await self._journal.close()
            if isinstance(error, StoreUnavailable):
                raise StoreOpenError("the store can be read but not written; the log says why") from error
            raise
        if not self._journal.volatile and self._flush_interval_ms > 0:
            self._flusher = self._background.start(self._flush_dirty_forever(), name="onduty-activity-flush")

    async def _load(self, image: Image) -> None:
        vital = image.vital
        self._gaps = tuple(image.gaps)
        if vital is not None:
            self._floor = vital.floor
        by_number: dict[int, Account] = {}
        for row in image.accounts:
            account = Account(row.account_id, row.number, Policy(row.workflow, max(self._floor, row.floor), row.past))
            by_number[row.number] = self._accounts[row.account_id] = account
        newest = max((account.policy.workflow.update_time for account in by_number.values()), default=0)
        for user in image.users:
            by_number[user.account_number].load(_resident(user))
            newest = max(newest, user.clock, user.status_since)
        if vital is not None:
            newest = max(newest, vital.beat)
            if self._clock.now() < newest:
                behind_ms = newest - self._clock.now()
                _log.warning(
                    "the wall clock is behind what was recorded; the time goes on from there, a tenth slower",
                    behind_ms=behind_ms,
                    way_out=WAY_OUT,
                )
                self._clock.hold(max(newest, vital.horizon))
        for account in self._accounts.values():
            account.finish_loading()
            if account.policy.past:
                account.rescan()
        if vital is not None:
            self._last_beat, self._horizon = vital.beat, vital.horizon
        self._journal.on_durable = self._after_commit
        self._journal.on_lost = self._take_back
        revisions = [(account.number, account.revision) for account in self._accounts.values()]
        self._journal.begin_lineage(self.lineage, self._clock.now(), revisions)
        await self.heartbeat()
        for account in self._accounts.values():
            self._reschedule(account)

    async def close(self) -> None:
        """Flush, note the moment of the stop, and let go."""
        # An outage that nobody has noticed yet must not pass for time in which activities could be recorded.
        with suppress(StoreLost):
            await self._now()
        self._closing.set()
        self._touch_until = -1
        if self._flusher is not None:
            await self._background.stop(self._flusher)
        self._journal_clocks(len(self._dirty))
        if not self._journal.failing:  # else this is an outage, for the next start to find
            now = self._clock.now()
            self._journal.vital(VitalSigns(now, now, self._floor))
        await self._journal.close()

    async def heartbeat(self) -> None:
        """Vouch for the next moments; recover first if there was an outage."""
        async with self._heartbeat_lock:
            await self._beat()

    async def _beat(self) -> None:
        # Of a store that has been closed nothing would ever become durable, and whoever waited would wait for ever.
        self._check_writable()
        now, jumps = self._clock.now(), self._jumps
        if self._last_beat is not None and now - self._last_beat > self._options.outage_grace_ms:
            self._recover(now, now - self._last_beat)
            if now - self._last_beat > GAP_MS:
                self._journal.gaps(self._note_gap(Gap(self._last_beat, now)))
        self._journal.vital(VitalSigns(now, now + HEARTBEAT_LEASE_MS, self._floor))
        if now >= self._next_prune:
            self._journal.prune(self._kept_from(now), self._options.history_max_changes)
            self._next_prune = now + _PRUNE_INTERVAL_MS
        await self._journal.commit()
        # Only now: as long as nothing can be written no activity is recorded, and that too is an outage.
        self._last_beat = now
        if jumps == self._jumps:
            self._horizon = max(self._horizon, now + HEARTBEAT_LEASE_MS)
        self._after_commit()

    def _recover(self, now: int, outage_ms: int) -> None:
        """Nothing could record activity for too long: restart everybody's clock, after what was due before."""
        if self._options.count_outage_as_inactivity:
            _log.warning("an outage was counted as inactivity", outage_ms=outage_ms)
            return
        began = min(self._horizon, now)
        for account in self._accounts.values():
            policy = account.policy
            past = policy.past
            earliest = account.earliest()
            if earliest is not None and earliest <= began:
                past = (*past, PastPolicy(policy.workflow, policy.floor, began, account.revision))
            self._note(PolicyBefore(account, policy))
            account.policy = Policy(policy.workflow, now, past)
            if past is not policy.past:
                account.rescan()
                self._journal.account(account, policy.workflow, past)
            self._reschedule(account)
        self._note(FloorBefore(self._floor))
        self._floor = now
        _log.warning("recovered from an outage; every inactivity clock restarts now", outage_ms=outage_ms)
        self._observer.recovered(outage_ms)

    def _note_gap(self, gap: Gap) -> Sequence[Gap]:
        self._note(GapsBefore(self._gaps))
        self._gaps = with_gap(self._gaps, gap)
        warn_of(gap)
        return self._gaps

    def _kept_from(self, now: int) -> int:
        """From which commit time on (ms UTC) history is kept: never by a clock that may have been wrong."""
        kept_from = time_before(now, self._options.history_retention_ms, self._gaps)
        gaps = doubtful(self._gaps, now, wall=self._clock.wall(), kept_from=kept_from)
        if gaps != self._gaps:
            self._note(GapsBefore(self._gaps))
            self._gaps = gaps
            self._journal.gaps(gaps)
        return time_before(now, self._options.history_retention_ms, gaps)

    def oldest_activity(self, now: int) -> int:
        """As for history: an activity of the right time is none of long ago."""
        return time_before(now, ACTIVITY_MAX_AGE_MS, self._gaps)

    def _jumped(self, before: int) -> None:
        """Vouch for nothing after `before`: what fell due in the time that was jumped over fell due in an outage."""
        self._jumps += 1
        self._horizon = min(self._horizon, before)
        self._touch_until = min(self._touch_until, before)

    async def _now(self) -> int:
        """The time now, vouched for.

        While nothing can be written nobody can vouch, and no activity is recorded: this is an outage in the making.
        Reads then go on as of the last vouched moment, so that what they show is what a recovery will settle.
        """
        if self._clock.now() > self._horizon and not self._journal.failing:
            async with self._heartbeat_lock:
                if self._clock.now() > self._horizon:
                    try:
                        await self._beat()
                    except StoreUnavailable:
                        self._check_open()
        if self._journal.lost is not None:
            raise StoreLost(self._journal.lost)
        now = self._clock.now()
        return (
            min(now, self._horizon) if self._journal.failing and not self._options.count_outage_as_inactivity else now
        )

    def _after_commit(self) -> None:
        if self._journal.lost is not None:
            # What is in memory may be out of date from now on: no answer without a look at the journal.
            self._horizon = -1
        fast = not self._journal.failing and not self._closing.is_set()
        if not self._journal.volatile and self._flush_interval_ms == 0:
            fast = False
        self._touch_until = self._horizon if fast else -1
        settling = self._settling_order
        while settling and settling[0][2] <= settling[0][0].durable_revision:
            self._settling.pop(settling.popleft()[1], None)
        if self._unsent:
            self._tell_listeners()

    async def _durable(self, account: Account, revision: int) -> bool:
        """Wait until a revision is durable; False: it was lost, and what was seen with it must be looked at anew."""
        losses = self._losses
        if revision > account.durable_revision:
            try:
                await self._journal.commit()
            except StoreUnavailable:
                self._check_open()
                return False
        return losses == self._losses

    def _note(self, undo: Undo) -> None:
        if not self._journal.volatile:
            self._journal.undo.append(undo)

    def _take_back(self, lost: Sequence[Undo]) -> None:
        """What is not durable never will be: make memory what the disk has, but for clocks, which go there later."""
        taken = take_back(lost)
        if taken.floor is not None:
            self._floor = taken.floor
        if taken.gaps is not None:
            self._gaps = taken.gaps
        self._losses += 1
        self._settling.clear()
        self._settling_order.clear()
        for account in taken.gone:
            del self._accounts[account.account_id]
            account.scheduled = None
        for account in (*taken.accounts, *taken.gone):
            durable = account.durable_revision
            del account.unsent[bisect_right(account.unsent, durable, key=lambda event: event.revision) :]
            if not account.unsent:
                self._unsent.discard(account)
            for subscriber in self._listeners.get(account.account_id, ()):
                # Of what comes in the place of what it saw on its way to the disk it is to be told.
                subscriber.revision = min(subscriber.revision, durable)
        unwritten, self._unwritten = self._unwritten, []
        for account, record in unwritten:
            if record.flags & UNWRITTEN:
                record.flags &= ~UNWRITTEN
                if not record.flags & DIRTY:
                    self._mark_dirty(account, record)
        for account in taken.accounts:
            self._reschedule(account)

    def _check_open(self) -> None:
        if self._journal.lost is not None:
            raise StoreLost(self._journal.lost)
        if self._closing.is_set():
            raise StoreUnavailable

    def _check_writable(self) -> None:
        self._check_open()
        if self._journal.failing:
            raise StoreUnavailable

    # --- activities and settings -------------------------------------------------------------------------------------

    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        """Move the clock of a known user whose status does not change.

        This is `rules.record_activity` for the case in which nothing happens, written out because it is most calls.
        """
        account = self._accounts.get(account_id)
        if account is None:
            return False
        record = account.users.get(user_id)
        if record is None:
            return False
        now = self._clock.now()
        if activity_time is None:
            activity_time = now
        last = record.last_activity
        policy = account.policy
        workflow = policy.workflow
        state = record.state
        if (
            last is None
            or not last <= activity_time <= now <= self._touch_until
            or activity_time < now - ACTIVITY_MAX_AGE_MS
            or workflow.resumes[state]
            or policy.past
            or record.revision > account.durable_revision
            or workflow.revision > account.durable_revision
        ):
            return False
        due = rules.next_due(record, workflow, policy.floor)
        if due is not None and due.effective_time <= now:
            return False
        record.last_activity = activity_time
        if activity_time > record.clock:
            record.clock = activity_time
        if account.moved is not None:
            account.moved.add(record)
        if not record.flags & DIRTY:
            self._mark_dirty(account, record)
        return True

    def _mark_dirty(self, account: Account, record: ResidentUser) -> None:
        if not self._journal.volatile:
            record.flags |= DIRTY
            self._dirty.append((account, record))
            self._dirty_event.set()

    async def _flush_dirty_forever(self) -> None:
        never = asyncio.Event()
        while True:
            await self._clock.wait(self._dirty_event, None)
            await self._clock.wait(never, self._clock.now() + self._flush_interval_ms)
            with suppress(StoreUnavailable):
                await self._flush()

    async def _flush(self) -> None:
        """Make all moved clocks durable. One flush at a time, so that its end tells which clocks are."""
        async with self._flush_lock:
            self._check_writable()
            self._dirty_event.clear()
            remaining = len(self._dirty)
            while remaining > 0 and self._dirty:
                remaining -= self._journal_clocks(min(remaining, _FLUSH_CHUNK))
                await asyncio.sleep(0)
                self._check_writable()
            await self._journal.commit()
            for _, record in self._unwritten:
                record.flags &= ~UNWRITTEN
            self._unwritten.clear()

    def _journal_clocks(self, limit: int) -> int:
        """Journal the first `limit` moved clocks; how many there were."""
        dirty = self._dirty[:limit]
        del self._dirty[:limit]
        for entry in dirty:
            account, record = entry
            if not record.flags & DIRTY:
                continue  # somebody whose coming was lost
            record.flags = record.flags & ~DIRTY | UNWRITTEN
            self._unwritten.append(entry)
            if record.last_activity is not None:
                self._journal.moved_clock(account.number, record.number, record.last_activity, record.clock)
        return len(dirty)

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, activity: Activity | None = None
    ) -> StatusView:
        """Decide, apply and journal in one step, then wait for the disk."""
        now = await self._now()
        self._check_writable()  # and not before: the wait may have been for a heartbeat that failed, or for `close`
        account = self._accounts.get(account_id)
        record = account.users.get(user_id) if account is not None else None
        policy = account.policy if account is not None else Policy(floor=self._floor)
        try:
            decision = decide(record or UserRecord(user_id), policy, now)
        except RevisionConflict:
            # What conflicted may be a switch that is due but not recorded: whoever reads again must see a new revision.
            if account is not None and record is not None:
                self._settle_user(account, record, now)
                self._settling.pop(record, None)
            raise
        if account is None:
            account = self._add_account(account_id, policy)
        if record is None:
            if 0 < self._options.users_max <= len(account.order):
                raise full_account(self._options.users_max)
            record = account.add(user_id)
            decision = decision._replace(durable=True)
        if decision.switches or decision.durable:
            self._apply(account, record, decision, now)
            must_wait = True
        else:
            moved = (record.last_activity, record.clock) != (decision.record.last_activity, decision.record.clock)
            account.reassign(record, decision.record)
            if moved and not record.flags & DIRTY:
                self._mark_dirty(account, record)
            must_wait = False
        self._reschedule(account)
        view = rules.view(record, account.policy, now)
        if self._flush_interval_ms == 0 and record.flags & (DIRTY | UNWRITTEN):
            # Also for one that moved nothing: it may repeat one that is on its way to the disk.
            await self._flush()
        elif must_wait or max(record.revision, account.policy.workflow.revision) > account.durable_revision:
            await self._journal.commit()
        return view

    def _settle_user(self, account: Account, record: ResidentUser, now: int) -> None:
        """Record what is due of one user, ahead of the sweeper."""
        settled = rules.settle(record, account.policy, now)
        if settled.switches:
            self._apply(account, record, settled, now)
            self._reschedule(account)

    def _add_account(self, account_id: str, policy: Policy) -> Account:
        if 0 < self._options.accounts_max <= len(self._accounts):
            raise full_store(self._options.accounts_max)
        account = Account(account_id, len(self._accounts), policy)
        self._accounts[account_id] = account
        account.watched = account_id in self._listeners
        self._note(AccountAdded(account))
        self._journal.account(account, policy.workflow, policy.past)
        return account

    def _apply(
        self, account: Account, record: ResidentUser, decision: Decision, now: int, *, timed: bool = False
    ) -> None:
        """Write a decision into memory and journal, giving each switch its revision.

        `timed` says that all of them are timed switches.
        """
        before = record.revision
        if not self._journal.volatile:
            self._journal.undo.append(
                (
                    account,
                    record,
                    record.state,
                    record.status_since,
                    record.last_activity,
                    record.clock,
                    record.actor,
                    record.reason,
                    before,
                    bool(decision.switches),
                    decision.record.clock,
                )
            )
        account.reassign(record, decision.record)
        for switch in decision.switches:
            account.revision += 1
            self._journal.change(
                account,
                ChangeRow(
                    account.number,
                    account.revision,
                    record.number,
                    switch.previous,
                    switch.state,
                    switch.effective_time,
                    now,
                    switch.actor,
                    switch.reason,
                    switch.caller,
                ),
            )
            if account.watched:
                change = switch.committed(record.user_id, account.revision, now)
                self._tell_soon(account, AccountEvent(account.revision, record.number, change))
            status, cause = switch.state.status, switch.state.cause
            if status is not None and cause is not None:
                self._observer.switched(status, cause)
        if decision.switches:
            record.revision = account.revision
            if timed:
                self._note_settling(account, record, before)
            else:
                self._settling.pop(record, None)
                account.decided_revision = account.revision
        self._journal.user(UserRow.of(account.number, record.number, record))

    def _note_settling(self, account: Account, record: ResidentUser, before: int) -> None:
        """Let readers go on without waiting, if the switch would come out the same after a crash."""
        if self._journal.volatile or record.flags & (DIRTY | UNWRITTEN):
            return
        if before > account.durable_revision:
            if record not in self._settling:
                return
            before = self._settling[record]
        self._settling[record] = before
        self._settling_order.append((account, record, record.revision))

    # --- reading -----------------------------------------------------------------------------------------------------

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """Evaluate a user's record now, if nothing has to be waited for."""
        account = self._accounts.get(account_id)
        if account is None:
            return None
        record = account.users.get(user_id)
        now = self._clock.now()
        if (
            record is None
            or now > self._horizon
            or record.revision > account.durable_revision
            or account.policy.workflow.revision > account.durable_revision
        ):
            return None
        view = rules.view(record, account.policy, now)
        return None if self._rests_on_unwritten_clock(record, view) else view

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Evaluate the users' records now."""
        while True:
            now = self._clock.now()
            if now > self._horizon:
                now = await self._now()
            account = self._accounts.get(account_id)
            if account is None:
                return [None] * len(user_ids)
            policy, users = account.policy, account.users
            views: list[StatusView | None] = []
            switched_on_hint = False
            for user_id in user_ids:
                record = users.get(user_id)
                if record is None:
                    views.append(None)
                    continue
                view = rules.view(record, policy, now)
                switched_on_hint |= self._rests_on_unwritten_clock(record, view)
                if record in self._settling:
                    view = view._replace(revision=self._settling[record])
                views.append(view)
            if not switched_on_hint and account.revision <= account.durable_revision:
                return views
            if await self._may_show(account, views, switched_on_hint):
                return views

    async def _may_show(self, account: Account, views: Sequence[StatusView | None], switched_on_hint: bool) -> bool:
        """Wait for what the views rest on; False: it was lost, look again."""
        losses = self._losses
        # A status follows from the workflow as much as from the user's last change.
        shown = max((view.revision for view in views if view is not None), default=0)
        shown = max(shown, account.policy.workflow.revision)
        # While nothing can be written, the time of a switch may rest on an activity that a crash would forget. To hide
        # the switch would be to hand out somebody who is not there.
        if switched_on_hint and not self._journal.failing:
            try:
                await self._flush()
            except StoreUnavailable:
                self._check_open()
                return False
        return await self._durable(account, shown) and losses == self._losses

    @staticmethod
    def _rests_on_unwritten_clock(record: ResidentUser, view: StatusView) -> bool:
        """Whether the view shows a timed switch, not yet recorded, whose time a crash might make us forget."""
        return view.status_since != record.status_since and bool(record.flags & (DIRTY | UNWRITTEN))

    async def scan(self, account_id: str, statuses: Collection[Status], position: int, limit: int) -> StatusPage:
        """Walk the users in the order they were first seen."""
        start = position
        while True:
            now = await self._now()
            account = self._accounts.get(account_id)
            if account is None:
                return StatusPage((), None)
            order, position = account.order, start
            end = min(position + _SCAN_MAX, len(order))
            views: list[StatusView] = []
            switched_on_hint = False
            while position < end and len(views) < limit:
                view = rules.view(order[position], account.policy, now)
                if not statuses or view.status in statuses:
                    views.append(view)
                    switched_on_hint |= self._rests_on_unwritten_clock(order[position], view)
                position += 1
            more, revision = position < len(order), account.revision
            if await self._may_show(account, views, switched_on_hint):
                # Others' changes may still be on their way. Should they be lost, their revisions go to other changes.
                return StatusPage(views, position if more else None, min(revision, account.durable_revision))

    async def available(self, account_id: str, order: AvailabilityOrder, limit: int) -> Available:
        """Find everybody whom inactivity has caught up with, then answer from the index of those ONLINE."""
        while (found := await self._available(account_id, order, limit)) is None:
            pass
        return found

    async def _available(self, account_id: str, order: AvailabilityOrder, limit: int) -> Available | None:
        """As `available`; None: what it rested on was lost, look again."""
        account, losses = self._accounts.get(account_id), self._losses
        if account is None:
            return Available((), 0)
        with ranking(account, order, limit) as ranked:
            now = await self._now()
            while losses == self._losses and not (account.collect(now, _COLLECT_CHUNK) and ranked.step()):
                await asyncio.sleep(0)
                now = await self._now()
            if losses != self._losses:
                return None
            # No wait from here to the answer: it is true at this one instant.
            records = ranked.records()
        views = [rules.view(record, account.policy, now) for record in records]
        available = Available(views, account.available_count())
        if account.overdue:
            self._reschedule(account)
        # The count speaks of everybody, so nothing that went into it may be lost.
        return available if await self._durable(account, account.decided_revision) else None

    # --- workflows ---------------------------------------------------------------------------------------------------

    async def workflow(self, account_id: str) -> Workflow:
        """The workflow, once durable."""
        self._check_open()
        while (account := self._accounts.get(account_id)) is not None:
            workflow = account.policy.workflow
            if await self._durable(account, workflow.revision):
                return workflow
        return Policy().workflow

    async def update_workflow(self, account_id: str, revise: Revise) -> Workflow:
        """Settle a bounded number of those due under the old workflow; the rest it goes on deciding for until now."""
        now = await self._now()
        self._check_writable()  # and not before: the wait may have been for a heartbeat that failed, or for `close`
        account = self._accounts.get(account_id)
        if account is None:
            policy = Policy(floor=self._floor)
            revised = revise(policy.workflow, now, 1)
            if revised is policy.workflow:
                return revised
            account = self._add_account(account_id, policy)
        else:
            while True:
                self._settle(account, now, SWEEP_CHUNK)
                if len(account.policy.past) < PAST_WORKFLOWS_MAX:
                    break
                await self._journal.commit()
                await asyncio.sleep(0)
                now = await self._now()
                self._check_writable()
            policy = account.policy
            revised = revise(policy.workflow, now, account.revision + 1)
            if revised is policy.workflow:
                if account.revision > account.durable_revision:
                    await self._journal.commit()
                return revised
        past = policy.past
        if account.overdue or not account.collect(now, 0) or past:
            past = (*past, PastPolicy(policy.workflow, policy.floor, now, account.revision))
        self._note(PolicyBefore(account, policy))
        account.policy = Policy(revised, policy.floor, past)
        if past:
            account.rescan()
        account.revision = account.decided_revision = revised.revision
        self._journal.account(account, revised, past)
        self._journal.workflow_change(account, revised, now)
        if account.watched:
            self._tell_soon(account, AccountEvent(revised.revision, -1, revised))
        self._reschedule(account)
        await self._journal.commit()
        return revised

    async def preview(self, account_id: str, revise: Revise, limit: int) -> Preview:
        """Evaluate every user under both workflows, at one instant, in chunks."""
        while (found := await self._preview(account_id, revise, limit)) is None:
            pass
        return found

    async def _preview(self, account_id: str, revise: Revise, limit: int) -> Preview | None:
        """As `preview`; None: what it rested on was lost, look again."""
        now = await self._now()
        account = self._accounts.get(account_id)
        if account is None:
            return Preview(revise(Policy().workflow, now, 1), (), 0, 0)
        policy, revision, losses = account.policy, account.revision, self._losses
        revised = revise(policy.workflow, now, revision + 1)
        switches: list[PreviewedSwitch] = []
        counts = {Status.AWAY: 0, Status.OFFLINE: 0}
        if revised is not policy.workflow:
            for start in range(0, len(account.order), _PREVIEW_CHUNK):
                for record in account.order[start : start + _PREVIEW_CHUNK]:
                    switch = rules.preview(record, policy, revised, now)
                    if switch is not None:
                        counts[switch[1]] += 1
                        if len(switches) < limit:
                            switches.append(PreviewedSwitch(record.user_id, *switch))
                await asyncio.sleep(0)
        preview = Preview(revised, switches, counts[Status.AWAY], counts[Status.OFFLINE])
        return preview if await self._durable(account, revision) and losses == self._losses else None

    # --- history -----------------------------------------------------------------------------------------------------

    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Ask the journal; only it keeps history."""
        self._check_open()
        account = self._accounts.get(account_id)
        user = account.users.get(wanted.user_id) if account is not None and wanted.user_id is not None else None
        if account is None or (wanted.user_id is not None and user is None):
            return ChangePage((), None)
        rows, next_revision = await self._journal.changes(
            account.number, None if user is None else user.number, wanted, after_revision, limit
        )
        return ChangePage([_change_of(account, row) for row in rows], next_revision)

    # --- events ------------------------------------------------------------------------------------------------------

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Listen from the account's present revision on, once that is durable."""
        account = self._accounts.get(account_id)
        subscriber = _Subscriber(0 if account is None else account.revision, listener)
        self._listeners.setdefault(account_id, []).append(subscriber)
        if account is not None:
            account.watched = True

        def cancel() -> None:
            listeners = self._listeners[account_id]
            listeners.remove(subscriber)
            if not listeners:
                del self._listeners[account_id]
                account = self._accounts.get(account_id)
                if account is not None:
                    account.watched = False
                    account.unsent.clear()

        async def durable() -> None:
            pass

        try:
            if account is not None:
                # If it is lost, `_take_back` has this one listen from before it.
                await self._durable(account, subscriber.revision)
        except BaseException:
            cancel()
            raise
        return Subscription(subscriber.revision, cancel, durable)

    def _tell_soon(self, account: Account, event: AccountEvent) -> None:
        account.unsent.append(event)
        if self._journal.volatile and not self._unsent:
            asyncio.get_running_loop().call_soon(self._tell_listeners)
        self._unsent.add(account)

    def _tell_listeners(self) -> None:
        """Tell of what has become durable."""
        for account in list(self._unsent):
            unsent, durable = account.unsent, account.durable_revision
            ready = bisect_right(unsent, durable, key=lambda event: event.revision)
            events = unsent[:ready]
            del unsent[:ready]
            if not unsent:
                self._unsent.discard(account)
            if events:
                for subscriber in tuple(self._listeners.get(account.account_id, ())):
                    # Who came while they were on their way to the disk knows of the first of them.
                    known = bisect_right(events, subscriber.revision, key=lambda event: event.revision)
                    if known < len(events):
                        subscriber.listener(events[known:])

    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Read from the journal what has become durable, having waited for all that there is."""
        self._check_open()
        while True:
            account = self._accounts.get(account_id)
            revision = 0 if account is None else account.revision
            if after_revision > revision:
                raise ResumeTokenExpired
            if account is None or after_revision == revision:
                return ()
            if await self._durable(account, revision):
                break
        rows = await self._journal.events(account.number, after_revision, limit)
        # Revisions have no gaps, so a gap is what is no longer kept.
        if not rows or rows[-1].revision != after_revision + len(rows):
            raise ResumeTokenExpired
        return [
            AccountEvent(row.revision, row.user_number, _change_of(account, row))
            if isinstance(row, ChangeRow)
            else AccountEvent(row.revision, -1, row.workflow)
            for row in rows
        ]

    async def contains(self, account_id: str, place: Place) -> bool:
        """Whether the revision was there already when the next lineage began."""
        self._check_open()
        account = self._accounts.get(account_id)
        number = _NO_ACCOUNT if account is None else account.number
        reached = await self._journal.revision_at_end(place.lineage, number)
        return reached is not None and place.revision <= reached

    async def settled_until(self, account_id: str) -> int | None:
        """Just before now, unless somebody is overdue or something not yet told."""
        now = await self._now()
        # Something may still become effective within the millisecond that has begun.
        until = now - 1
        account = self._accounts.get(account_id)
        if account is None:
            return until
        if account.unsent or account.revision > account.durable_revision or account.policy.past:
            return None
        if not account.collect(now, SWEEP_CHUNK) or account.overdue:
            self._reschedule(account)
            return None
        return until

    # --- sweeping ----------------------------------------------------------------------------------------------------

    async def settle_due(self, limit: int) -> Sweep:
        """Take the accounts in the order in which they fall due, a bounded number of users a call."""
        self._sleeping_until = 0
        self.wakeup.clear()
        now = await self._now()
        if self._journal.backlog() > _BACKLOG_MAX:
            with suppress(StoreUnavailable):
                await self._journal.commit()
            now = await self._now()
        if self._journal.failing:
            return Sweep(0, self._sleep_until(self._clock.now() + 1_000))
        switched = looked_at = 0
        while switched < limit and looked_at < limit and self._schedule and self._schedule[0][0] <= now:
            due, _, account = heappop(self._schedule)
            if account.scheduled == due:
                looked_at += 1
                account.scheduled = None
                of_account = self._settle(account, now, limit - switched)
                switched += of_account
                if not self._reschedule(account, after=now) and not of_account:
                    break  # it took a whole step to look through index entries; let requests in
        return Sweep(switched, self._sleep_until(self._schedule[0][0] if self._schedule else None))

    def _sleep_until(self, until: int | None) -> int | None:
        self._sleeping_until = until
        return until

    def _settle(self, account: Account, now: int, limit: int) -> int:
        """Commit up to `limit` timed switches of an account in memory; forget past policies that are done with."""
        complete = account.collect(now, 4 * limit)
        switched = 0
        while switched < limit and (record := account.take_overdue()) is not None:
            decision = rules.settle(record, account.policy, now)
            if decision.switches:
                self._apply(account, record, decision, now, timed=True)
                self._observer.late(now - decision.switches[-1].effective_time)
                switched += 1
            else:
                account.not_overdue(record)
        if account.policy.past and complete and not account.overdue:
            self._note(PolicyBefore(account, account.policy))
            account.policy = Policy(account.policy.workflow, account.policy.floor)
            self._journal.account(account, account.policy.workflow, ())
        return switched

    def _reschedule(self, account: Account, after: int | None = None) -> bool:
        """See that the account stands in the schedule no later than its earliest due time.

        `after` keeps an account that has more to do behind the others that are due; False then says that it has.
        """
        earliest = account.earliest()
        if earliest is None:
            return True
        done = after is None or earliest > after
        if after is not None and not done:
            earliest = after
        if account.scheduled is None or earliest < account.scheduled:
            account.scheduled = earliest
            heappush(self._schedule, (earliest, next(self._schedule_order), account))
            if len(self._schedule) > 2 * len(self._accounts) + _SCHEDULE_SLACK:
                self._compact_schedule()
            if self._sleeping_until is None or earliest < self._sleeping_until:
                self.wakeup.set()
        return done

    def _compact_schedule(self) -> None:
        """Drop the entries of accounts that have been scheduled anew since: some lie a whole period ahead."""
        self._schedule = [
            (account.scheduled, next(self._schedule_order), account)
            for account in self._accounts.values()
            if account.scheduled is not None
        ]
        heapify(self._schedule)


def _resident(row: UserRow) -> ResidentUser:
    record = ResidentUser(row.user_id, row.number)
    record.state = STATES[row.state]
    record.status_since = row.status_since
    record.clock = row.clock
    # Most users' clock is their last activity: keep one number for both.
    record.last_activity = record.clock if row.last_activity == row.clock else row.last_activity
    record.actor = row.actor
    record.reason = row.reason
    record.revision = row.revision
    return record


def _change_of(account: Account, row: ChangeRow) -> StatusChange:
    return row.switch().committed(account.order[row.user_number].user_id, row.revision, row.commit_time)
