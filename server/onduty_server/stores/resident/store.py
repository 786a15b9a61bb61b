"""The engine of the stores that keep every user in memory: composes its parts, and opens and closes them.

It runs on one event loop. Invariants, each kept by the part named with it:

- there is no wait between a decision, its write to memory, and its entries in the journal (`deciding`, `commits`,
  `sweeping`);
- nothing is answered that is not durable (`durability`, `reading`, `pending_switches`, `listeners`);
- no answer is given for a time after the heartbeat's horizon (`vitality`);
- changes that the journal cannot write are undone in memory (`undo`), so that reads continue from durable data and
  never wait for a full disk.

`account` is one account with its index, `schedule` knows when each is due, `clocks` journals the activities that change
no status, and `fast_path` answers calls that need no wait.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from operator import attrgetter

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place, new_lineage
from ...app.ports.observer import Observer
from ...app.ports.reports import AccountSettings, Tally, TallyQuery
from ...app.ports.statuses import (
    AccountPage,
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    ChangePage,
    Decide,
    ImmediateStatuses,
    Preview,
    ProfileUpdate,
    Renewal,
    Revise,
    StatusPage,
    TeamSummary,
)
from ...app.ports.store import DEFAULT_OPTIONS, Store, StoreFigures, StoreOpenError, StoreOptions
from ...app.ports.sweeping import Sweep
from ...domain.errors import StoreLost, StoreUnavailable
from ...domain.record import AccountEvent, ProfilePatch, StatusView
from ...domain.status import Status
from ...domain.workflow import Workflow
from .clocks import MovedClocks
from .commits import Commits
from .deciding import Decisions
from .durability import Durability
from .fast_path import FastPath
from .journal import Image, Journal
from .kept_history import KeptHistory
from .listeners import Listeners
from .loading import load_accounts
from .pending_switches import PendingSwitches
from .people import People
from .reading import Reads
from .registry import Registry
from .reporting import Reporting
from .schedule import Schedule
from .steps import DEFAULT_STEPS, StepSizes
from .sweeping import Sweeps
from .undo import Undo, undo_all
from .user import DIRTY, UNWRITTEN
from .vitality import Vitality


class ResidentStore(Store):
    """A store on a journal: all its users are in memory, and the journal makes changes durable."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        options: StoreOptions = DEFAULT_OPTIONS,
        *,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        activity_flush_interval_ms: int = 1_000,
        steps: StepSizes = DEFAULT_STEPS,
    ) -> None:
        observer = observer or Observer()
        durability = Durability(journal)
        registry = Registry(durability)
        accounts = registry.accounts
        schedule = Schedule(accounts)
        pending = PendingSwitches(journal)
        listeners = Listeners(journal, durability, registry, lambda: self.lineage)
        clocks = MovedClocks(
            journal,
            clock,
            durability,
            steps,
            background or BackgroundTasks(),
            interval_ms=activity_flush_interval_ms,
        )
        commits = Commits(journal, observer, options, steps, durability, registry, schedule, listeners, pending, clocks)
        vitality = Vitality(journal, clock, observer, options, durability, accounts, schedule, clocks, commits)
        self.wakeup = schedule.wakeup
        self._journal = journal
        self._clock = clock
        self._steps = steps
        self._registry = registry
        self._accounts = accounts
        self._durability = durability
        self._schedule = schedule
        self._pending = pending
        self._listeners = listeners
        self._clocks = clocks
        self._vitality = vitality
        self._decisions = Decisions(
            *(journal, steps, durability, registry, schedule, clocks, commits, vitality),
            team_workflows_max=options.team_workflows_max,
        )
        self._people = People(
            *(journal, durability, registry, schedule, listeners, commits, self._decisions, vitality),
            teams_max=options.teams_max,
        )
        self._sweeps = Sweeps(journal, clock, schedule, commits, vitality)
        self._reads = Reads(
            *(journal, clock, steps, durability, registry, schedule, clocks, pending, vitality),
            check_declared=commits.check_declared,
        )
        self.immediate: ImmediateStatuses = FastPath(clock, accounts, clocks, vitality, self._reads)
        self._history = KeptHistory(journal, durability, registry)
        self._reporting = Reporting(
            *(journal, steps, durability, registry, schedule, commits, self._decisions, vitality)
        )

    # --- opening and closing -----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Load, recover, and write the first heartbeat."""
        image = await self._journal.open()
        self._clock.on_jump = self._vitality.on_jump
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
        self._clocks.start()

    async def _load(self, image: Image) -> None:
        self._vitality.load(image)
        now = self._clock.now()
        newest = load_accounts(image, self._registry, self._steps, floor=self._vitality.floor, now=now)
        if image.vital is not None:
            self._vitality.resume(image.vital, newest)
        self._journal.on_durable = self._on_durable
        self._journal.on_lost = self._on_lost
        revisions = [(account.number, account.revision) for account in self._accounts.values()]
        self._journal.begin_lineage(self.lineage, self._clock.now(), revisions)
        await self._vitality.beat()
        for account in self._accounts.values():
            self._schedule.update(account)

    async def close(self) -> None:
        """Flush, record the time of the stop, and release the journal."""
        # An outage that has not been noticed yet must not count as time in which activities could be recorded.
        with suppress(StoreLost):
            await self._vitality.now()
        self._durability.closed = True
        self._vitality.on_durable()
        await self._clocks.stop()
        self._vitality.stop()
        await self._journal.close()

    def _on_durable(self) -> None:
        """Tell every part that the journal has written its entries, or that it cannot write any more."""
        self._vitality.on_durable()
        self._pending.on_durable()
        self._listeners.tell()

    def _on_lost(self, lost: Sequence[Undo]) -> None:
        """Make memory equal to what is on disk, except for clocks, which are written later."""
        taken = undo_all(lost, self._clock.now())
        self._durability.losses += 1
        self._vitality.on_lost(taken.floor, taken.gaps)
        self._pending.on_lost()
        registry = self._registry
        for account in taken.erased:
            assert taken.first_revision is not None
            registry.restore(account, taken.first_revision)
            account.watched = account.account_id in self._listeners
        for account in taken.gone:
            registry.forget(account)
            account.is_erased = True
            self._schedule.remove(account)
        for account in (*taken.accounts, *taken.gone):
            self._listeners.on_lost(account)
        self._clocks.on_lost()
        for account, record in taken.moved:
            self._clocks.moved_again(account, record)
        for account in taken.erased:
            for record in account.users.values():
                if record.flags & (DIRTY | UNWRITTEN):
                    self._clocks.moved_again(account, record)
        for account in taken.accounts:
            self._schedule.update(account)

    def figures(self) -> StoreFigures:
        """Add up what each account counts. See `Store`."""
        # A copy in one step, because the event loop may add accounts meanwhile.
        accounts = list(self._accounts.values())
        return StoreFigures(
            accounts=len(accounts),
            users=sum(len(account.users) for account in accounts),
            users_online=sum(map(attrgetter("online"), accounts)),
            users_away=sum(map(attrgetter("away"), accounts)),
            users_offline=sum(map(attrgetter("offline"), accounts)),
            team_workflows=sum(map(attrgetter("team_workflows"), accounts)),
            unwritten=self._journal.backlog(),
            next_due=self._schedule.next_due(),
        )

    # --- the port: each method is done by one part -------------------------------------------------------------------

    async def heartbeat(self) -> None:
        """Record a heartbeat, after recovering if there was an outage."""
        await self._vitality.beat()

    def oldest_activity(self, now: int) -> int:
        """Return the time before which an activity is too old, not counting gaps in which the clock may be wrong."""
        return self._vitality.oldest_activity(now)

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        """Decide, apply and journal in one step, then wait for the disk."""
        return await self._decisions.transact(account_id, user_id, decide)

    async def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        """Settle a bounded number of the users due under the old workflow, which is kept to decide for the others."""
        return await self._decisions.update_workflow(account_id, revise, team_id)

    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        """Decide, apply and journal in one step, then wait for the disk."""
        return await self._people.update_user(account_id, user_id, patch, actor, caller)

    async def delete_user(self, account_id: str, user_id: str) -> None:
        """Erase a user from memory, and wait until it is erased from the disk. It is not kept who asked for it."""
        await self._people.delete_user(account_id, user_id)

    async def create_account(self, account_id: str) -> bool:
        """Add an account, and wait for the disk."""
        return await self._people.create_account(account_id)

    async def delete_account(self, account_id: str) -> None:
        """Erase an account from memory, and wait until it is erased from the disk."""
        await self._people.delete_account(account_id)

    async def settle_due(self, limit: int) -> Sweep:
        """Settle accounts in the order in which they fall due, a bounded number of users per call."""
        return await self._sweeps.settle_due(limit)

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Evaluate the users' records now."""
        return await self._reads.get(account_id, user_ids)

    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> StatusPage:
        """Walk the users in the order they were first seen."""
        return await self._reads.scan(account_id, statuses, position, limit, team_id)

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Available:
        """Find everybody for whom something has become due, then answer from the index of those ONLINE."""
        return await self._reads.available(account_id, order, limit, max_engagements, team_id)

    async def workflow(self, account_id: str, team_id: str = "") -> Workflow:
        """Return the workflow, once durable."""
        return await self._reads.workflow(account_id, team_id)

    async def team_workflows(self, account_id: str) -> Sequence[Workflow]:
        """Return the workflows that teams have of their own, once durable."""
        return await self._reads.team_workflows(account_id)

    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        """Return the teams that have users, or a workflow of their own, once durable."""
        return await self._reads.teams(account_id, after, limit)

    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Preview:
        """Evaluate every user under both workflows, at one instant, in chunks."""
        return await self._reads.preview(account_id, revise, limit, team_id)

    async def settled_until(self, account_id: str) -> int | None:
        """Return the time just before now; None if a switch is overdue or an event has not been told yet."""
        return await self._reads.settled_until(account_id)

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Listen from the account's present revision on; return once that is durable."""
        return await self._listeners.subscribe(account_id, listener)

    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Ask the journal, which alone keeps history."""
        return await self._history.changes(account_id, wanted, after_revision, limit)

    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[Workflow]:
        """Ask the journal, which alone keeps history."""
        return await self._history.workflow_changes(account_id, before_revision, limit, team_id)

    async def accounts(self, position: int, limit: int) -> AccountPage:
        """Walk the accounts in the order in which they came."""
        return await self._reads.list_accounts(position, limit)

    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Wait until all events so far are durable, and read them from the journal."""
        return await self._history.events(account_id, after_revision, limit)

    async def contains(self, account_id: str, place: Place) -> bool:
        """Return True if the revision existed already when the next lineage began."""
        return await self._history.contains(account_id, place)

    async def settled_before(self, account_id: str) -> int:
        """Return the time of the first switch that is due and not durable, or now."""
        return await self._reporting.settled_before(account_id)

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        """Count people by state, from the journal and what is true now."""
        return await self._reporting.tally(account_id, query)

    async def account_settings(self, account_id: str) -> AccountSettings:
        """Return an account's settings, once durable."""
        return await self._reporting.account_settings(account_id)

    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        """Write an account's settings, and wait for the disk."""
        return await self._reporting.update_account(account_id, settings)
