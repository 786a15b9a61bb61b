"""The service over a store, doing whatever Hypothesis thinks of, compared with the model at every step.

The clock stands still unless a rule moves it, no sweeper runs unless a rule sweeps, and a heartbeat comes when a rule
says so or when an answer needs one. So every interleaving of events, time, sweeps, reads, restarts and outages can
occur, and each of them has exactly one right outcome.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.properties.model import DAY, SECOND, Happening, Refused, Team, World
from tests.stores.backends import Backend
from tests.stores.resident_index import check_index

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import InvalidField, InvalidWorkflow, RevisionConflict, UserUnknown
from onduty_server.domain.record import AccountEvent, StatusChange, StatusView
from onduty_server.domain.status import Cause, Resume, Status
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch
from onduty_server.stores.resident.store import ResidentStore

T = TypeVar("T")

ACCOUNTS = ("acme", "zeta")
USERS = ("ada", "bob", "carol", "dan", "eve", "fay", "gus", "hal")
HOUR = 60 * 60 * SECOND
SWEEPS_MAX = 2_000
"""A sweeper that is told to come again at once this often spins."""

# Most of what can go wrong goes wrong between several events of one user, so a few users get most of them.
accounts = st.sampled_from([ACCOUNTS[0]] * 5 + [ACCOUNTS[1]])
users = st.sampled_from([*USERS, *USERS[:2] * 4])
statuses = st.sampled_from(Status)
names = st.sampled_from(["", "", "grace", "hopper"])
QUARTER = HOUR // 4
periods = st.sampled_from([None, 999, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 9_000, 30_000, 2 * QUARTER, HOUR + 1])
pauses = st.sampled_from(
    [0, 1, 499, 500, 999, 1_000, 1_001, 1_500, 2_000, 3_000, 3_001, 4_000, 5_000, 9_999, 10_000, 10_001, 45_000]
)
breaks = st.sampled_from([1, 500, 999, 1_000, 1_999, 2_000, 3_000])
stalls = st.sampled_from([0, 0, 0, 1, 2_999, 3_001, 5_000, 10_001, 45_000])
ages = st.one_of(
    st.none(),
    st.sampled_from(["delivered again", "away_after_ms", "offline_after_ms"]),
    st.sampled_from([0, 0, 1, 500, 1_000, 1_999, 2_000, 5_000, 8_000, 60_000, HOUR - 1, HOUR, DAY, 30 * DAY]),
    st.sampled_from([-1, -4_999, -5_000, -5_001, -DAY, 30 * DAY + 1, 31 * DAY]),
)
orders = st.sampled_from(AvailabilityOrder)


@st.composite
def patches(draw: st.DrawFn) -> WorkflowPatch:
    """Any change a supervisor may ask for, now and then one that is refused."""
    patch: WorkflowPatch = {}
    if draw(st.booleans()):
        away_after_ms, offline_after_ms = draw(
            st.sampled_from(
                [
                    *[(1_000, 2_000), (1_500, 6_000), (3_000, 4_000), (9_000, 30_000), (2_000, None)],
                    *[(1_000, QUARTER), (QUARTER + 1, HOUR)],
                ]
            )
        )
        return WorkflowPatch(away_after_ms=away_after_ms, offline_after_ms=offline_after_ms)
    if draw(st.booleans()):
        patch["enabled"] = draw(st.sampled_from([True, True, True, False]))
    if draw(st.booleans()):
        patch["away_after_ms"] = draw(periods)
    if draw(st.booleans()):
        patch["offline_after_ms"] = draw(periods)
    if draw(st.integers(0, 3)) == 0:
        patch["resume"] = draw(st.sampled_from(Resume))
    if draw(st.integers(0, 3)) == 0:
        patch["keep_manual_away"] = draw(st.booleans())
    return patch


class ServiceMachine(RuleBasedStateMachine):
    """See the module. Subclasses say which store."""

    backend_class: type[Backend]
    directory: Path
    """Where examples may put their files."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._place = Path(tempfile.mkdtemp(dir=self.directory))
        self.backend = self.backend_class(self._place)
        self.model: World
        self.watchful = False
        self.seen: dict[tuple[str, str], set[tuple[Status, int]]] = {}
        """Every status ever shown of a user, and since when."""
        self.revisions: dict[tuple[str, str], int] = {}
        """The last revision shown of a user."""
        self.acknowledged: dict[str, set[int]] = {account: set() for account in ACCOUNTS}
        """Every revision of a user's change ever shown."""
        self.workflow_revisions: dict[str, set[int]] = {account: set() for account in ACCOUNTS}
        self.known: dict[str, list[StatusChange]] = {account: [] for account in ACCOUNTS}
        """The longest history that was read; it never changes, it only grows."""
        self.told: dict[str, list[AccountEvent]] = {account: [] for account in ACCOUNTS}
        """What listeners were told of; after a restart, what they then read of what they had missed."""
        self.asleep_until: int | None = 0
        """Until when the sweeper sleeps, None for good; 0 when it is not known to sleep."""

    # --- the world around the service

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    @property
    def now(self) -> int:
        return self.backend.clock.now()

    @property
    def service(self) -> StatusService:
        return StatusService(self.backend.store)

    @initialize(
        grace=st.sampled_from([3_000, 10_000, 10_000, DAY]),
        count_outage=st.sampled_from([False, False, True]),
        watchful=st.sampled_from([False, False, True]),
        workflow=st.sampled_from([None, (2_000, 6_000), (2_000, 6_000), (3_000, None), (None, 4_000)]),
        already_there=st.sampled_from([0, 0, 3, len(USERS)]),
    )
    def start(
        self,
        grace: int,
        count_outage: bool,
        watchful: bool,
        workflow: tuple[int | None, int | None] | None,
        already_there: int,
    ) -> None:
        self.options = StoreOptions(outage_grace_ms=grace, count_outage_as_inactivity=count_outage)
        self.run(self.backend.open(self.options))
        self.model = World(self.now, grace=grace, count_outage=count_outage)
        self.listen()
        if workflow is not None:
            away_after_ms, offline_after_ms = workflow
            patch = WorkflowPatch(enabled=True, away_after_ms=away_after_ms, offline_after_ms=offline_after_ms)
            self.configure(ACCOUNTS[0], patch)
        if already_there:
            self.several_at_once(ACCOUNTS[0], [(user, None) for user in USERS[:already_there]])
        self.watchful = watchful

    def teardown(self) -> None:
        try:
            if hasattr(self, "model"):
                self.finish()
        finally:
            self.run(self.backend.stop())
            self._runner.close()
            shutil.rmtree(self._place)

    # --- events

    @rule(account=accounts, user=users, age=ages)
    def activity(self, account: str, user: str, age: int | str | None) -> None:
        self.model.look(self.now)
        person = self.model.team(account).people.get(user)
        if age == "delivered again":
            at = self.now if person is None else person.last_activity
        elif isinstance(age, str):
            # Exactly a period ago: neither fresh nor before anything else.
            at = self.now - (getattr(self.model.team(account).settings, age) or 0)
        else:
            at = None if age is None else self.now - age
        try:
            self.model.team(account).activity(user, at, self.now)
        except Refused:
            self.refused(InvalidField, self.service.record_activity(account, user, at))
        else:
            self.check(account, user, self.run(self.service.record_activity(account, user, at)))

    @rule(
        account=accounts,
        user=users,
        status=statuses,
        actor=names,
        reason=names,
        expected=st.sampled_from([None, None, None, "current", "older", "newer", "never seen"]),
    )
    def set_status(
        self, account: str, user: str, status: Status, actor: str, reason: str, expected: str | None
    ) -> None:
        self.model.look(self.now)
        expected_revision, is_current = self.expectation(account, user, expected)
        call = self.service.set_status(
            account, user, status, actor=actor, reason=reason, expected_revision=expected_revision
        )
        if is_current:
            self.model.team(account).set_status(user, status, self.now, actor, reason)
            self.check(account, user, self.run(call))
        else:
            self.refused(RevisionConflict, call)

    def expectation(self, account: str, user: str, expected: str | None) -> tuple[int | None, bool]:
        """An expected revision, and whether it is the user's: so it is when all that has happened is recorded."""
        if expected is None:
            return None, True
        recorded = [change.revision for change in self.history(account) if change.user_id == user]
        person = self.model.team(account).people.get(user)
        happened = 0 if person is None else len(person.happenings)
        revision = {
            "current": recorded[-1] if recorded else 0,
            "older": recorded[-2] if len(recorded) > 1 else 0,
            "newer": (recorded[-1] if recorded else 0) + 1,
            "never seen": 0,
        }[expected]
        return revision, len(recorded) == happened and revision == (recorded[-1] if recorded else 0)

    @rule(
        account=accounts,
        events=st.lists(st.tuples(users, st.sampled_from([None, *Status, "read", "sweep"])), min_size=2, max_size=8),
    )
    def several_at_once(self, account: str, events: list[tuple[str, Status | str | None]]) -> None:
        """Calls that run at the same time happen one after the other, in the order in which they came."""
        self.beat()
        expected: list[tuple[str, Team] | None] = []
        calls: list[Coroutine[Any, Any, Any]] = []
        for user, event in events:
            team = self.model.team(account)
            if event is None:
                team.activity(user, None, self.now)
                calls.append(self.service.record_activity(account, user))
            elif isinstance(event, Status):
                team.set_status(user, event, self.now, "", "")
                calls.append(self.service.set_status(account, user, event))
            elif event == "sweep":
                self.asleep_until = 0
                calls.append(self.backend.store.settle_due(2))
            elif user in team.people:
                calls.append(self.service.get_status(account, user))
            else:
                continue
            expected.append(None if event == "sweep" else (user, team_as_of_now(team, user)))

        outcomes: dict[int, Any] = {}

        async def note(number: int) -> None:
            outcomes[number] = await calls[number]

        async def together() -> None:
            await asyncio.gather(*map(note, range(len(calls))))

        async def one_by_one() -> None:
            for number in range(len(calls)):
                await note(number)

        # Over a network nobody can say which of several calls comes first.
        self.run((one_by_one if self.backend.shared else together)())
        # What was shown before the first call bounds the revision of each answer. Among themselves they are ordered
        # neither as they came (a read may show a pending switch of an activity that still waits for the disk, with the
        # revision before it) nor as they were answered (of calls that wait for the same write, any may go first).
        shown_before = dict(self.revisions)
        shown_after = dict(self.revisions)
        for number, outcome in sorted(outcomes.items()):
            answer = expected[number]
            if answer is not None:
                self.revisions = dict(shown_before)
                self.check(account, answer[0], outcome, answer[1])
                key = account, answer[0]
                shown_after[key] = max(shown_after.get(key, 0), outcome.revision)
        self.revisions = shown_after

    @rule(account=accounts, user=users, rhythm=st.lists(breaks, min_size=1, max_size=4), order=orders)
    def keep_working(self, account: str, user: str, rhythm: list[int], order: AvailabilityOrder) -> None:
        """Activity upon activity, some of them late enough to be a return."""
        for pause in rhythm:
            self.backend.clock.advance(pause)
            self.activity(account, user, None)
        self.backend.clock.advance(rhythm[0])
        self.available(account, order, len(USERS))

    # --- workflows

    @rule(
        account=accounts,
        patch=patches(),
        etag=st.sampled_from([None, None, None, "current", "older"]),
        overdue_for=st.sampled_from([None, None, 0, 1_000, 5_000]),
    )
    def configure(
        self, account: str, patch: WorkflowPatch, etag: str | None = None, overdue_for: int | None = None
    ) -> None:
        """Change a workflow, also when somebody has been overdue under the old one for a while."""
        due = self.model.team(account).earliest()
        if overdue_for is not None and due is not None:
            self.backend.clock.set(max(self.now, due + overdue_for))
        self.model.look(self.now)
        team = self.model.team(account)
        current = self.run(self.service.get_workflow(account))
        self.check_workflow(account, current)
        sent = {None: "", "current": current.etag, "older": f"w{current.revision - 1}"}[etag]
        call = self.service.update_workflow(account, patch, etag=sent, actor="supervisor")
        if etag == "older":
            self.refused(RevisionConflict, call)
            return
        try:
            changed = team.configure(cast("dict[str, object]", patch), self.now)
        except Refused:
            self.refused(InvalidWorkflow, call)
            return
        workflow = self.run(call)
        assert changed is (workflow.revision != current.revision)
        if changed:
            assert workflow.revision > current.revision
            assert workflow.updated_by == "supervisor"
            self.workflow_revisions[account].add(workflow.revision)
        self.check_workflow(account, workflow)

    @rule(account=accounts, patch=patches(), then_do_it=st.booleans())
    def dry_run(self, account: str, patch: WorkflowPatch, then_do_it: bool) -> None:
        self.model.look(self.now)
        call = self.service.preview_workflow(account, patch)
        try:
            impact = self.model.team(account).impact(cast("dict[str, object]", patch), self.now)
        except Refused:
            self.refused(InvalidWorkflow, call)
            return
        preview = self.run(call)
        at_once = {switch.user_id: (switch.previous_status, switch.status) for switch in preview.switches}
        assert at_once == impact.at_once
        after = [status for _, status in at_once.values()]
        assert (preview.to_away, preview.to_offline) == (after.count(Status.AWAY), after.count(Status.OFFLINE))
        assert [(it.end_time, it.to_away, it.to_offline) for it in preview.next_hour] == impact.quarters
        if then_do_it:
            self.configure(account, patch)

    # --- time, and the tasks of a server

    @rule(pause=pauses, beat=st.booleans())
    def time_passes(self, pause: int, beat: bool) -> None:
        self.backend.clock.advance(pause)
        if beat:
            self.beat()

    @rule(off=st.sampled_from([-1, 0, 0, 0, 1]), beat=st.booleans(), account=accounts)
    def time_passes_until_the_next_switch(self, off: int, beat: bool, account: str) -> None:
        due = self.model.team(account).earliest()
        if due is not None and due + off >= self.now:
            self.time_passes(due + off - self.now, beat)

    def beat(self) -> None:
        self.run(self.backend.store.heartbeat())
        self.model.beat(self.now)

    @rule(limit=st.integers(1, 4), times=st.integers(1, 4))
    def sweep_a_little(self, limit: int, times: int) -> None:
        self.model.look(self.now)
        self.asleep_until = 0
        for _ in range(times):
            next_due = self.run(self.backend.store.settle_due(limit)).next_due
            self.check_next_due(next_due)

    @rule(limit=st.sampled_from([1, 2, 128]))
    def sweep(self, limit: int) -> None:
        """Sweep until there is nothing more to do; then everything that has happened is recorded."""
        self.model.look(self.now)
        for _ in range(SWEEPS_MAX):
            next_due = self.run(self.backend.store.settle_due(limit)).next_due
            self.check_next_due(next_due)
            if next_due is None or next_due > self.now:
                break
        else:
            raise AssertionError("the sweeper spins")
        self.asleep_until = next_due
        for account in ACCOUNTS:
            self.compare_histories(account, complete=True)
            assert self.everything_is_told_until(account) == self.now - 1

    def check_next_due(self, next_due: int | None) -> None:
        """The sweeper is never told to sleep beyond what is ahead."""
        earliest = self.model.earliest()
        assert earliest is None or (next_due is not None and next_due <= earliest)

    @invariant()
    def the_sweeper_does_not_oversleep(self) -> None:
        if not hasattr(self, "model") or self.asleep_until == 0:
            return
        if self.backend.store.wakeup.is_set() or (self.asleep_until is not None and self.asleep_until <= self.now):
            self.asleep_until = 0
            return
        earliest = self.model.earliest()
        assert earliest is None or (self.asleep_until is not None and self.asleep_until <= earliest)

    # --- restarts and crashes

    @precondition(lambda self: self.backend.keeps)
    @rule(stall=stalls, down=pauses, back=st.sampled_from([0, 0, 0, 1, 5_000, DAY]))
    def restart(self, stall: int, down: int, back: int) -> None:
        """Stop, and start `down` later by a wall clock that has gone back by `back` meanwhile."""
        self.backend.clock.advance(stall)
        before = self.now
        self.model.stop(before)
        self.run(self.backend.stop())
        self.run(self.backend.open(self.options, now=before + down - back))
        assert self.now == max(before, before + down - back)
        self.started()

    @precondition(lambda self: self.backend.keeps)
    @rule(stall=stalls, down=pauses, clock_went_back=st.sampled_from([False, False, False, True]))
    def crash(self, stall: int, down: int, clock_went_back: bool) -> None:
        if not self.backend.exact_after_crash:
            self.let_activities_be_written()
        self.backend.clock.advance(stall)
        shown_until = min(self.now, self.model.vouched)
        then = self.model.last_beat - 1 - down if clock_went_back else self.now + down
        told = {account: list(events) for account, events in self.told.items()}
        self.run(self.backend.crash())
        self.told = told  # a killed process tells nobody anything more
        self.run(self.backend.open(self.options, now=then))
        assert self.now == then or clock_went_back
        assert self.now >= shown_until, "time goes back"
        self.started()

    def let_activities_be_written(self) -> None:
        """A write-behind interval after the last activity, and the time that writing takes, a crash loses none."""
        store = self.backend.store
        assert isinstance(store, ResidentStore)
        while True:
            self.run(turns_of_the_loop())
            self.backend.clock.advance(SECOND)
            self.run(turns_of_the_loop())
            self.beat()
            if store._clocks.all_written:
                return

    def listen(self) -> None:
        """Go on where the listeners were when the server ended."""
        for account, told in self.told.items():
            while missed := self.run(self.backend.store.events(account, len(told), 3)):
                told.extend(missed)
            assert self.run(self.backend.store.subscribe(account, told.extend)).revision == len(told)

    def started(self) -> None:
        self.model.start(self.now)
        self.asleep_until = 0
        self.listen()
        for account in ACCOUNTS:
            self.check_workflow(account, self.run(self.service.get_workflow(account)))
            assert self.history(account)[: len(self.known[account])] == self.known[account]

    # --- reads

    @rule(
        account=accounts,
        user=users,
        wanted=st.lists(users, min_size=1, max_size=6),
        some=st.sets(statuses),
        order=orders,
        limit=st.integers(1, 6),
        kind=st.sampled_from(["get", "batch", "list", "list", "available", "available", "history", "pages", "how far"]),
        data=st.data(),
    )
    def read(
        self,
        account: str,
        user: str,
        wanted: list[str],
        some: set[Status],
        order: AvailabilityOrder,
        limit: int,
        kind: str,
        data: st.DataObject,
    ) -> None:
        match kind:
            case "get":
                self.get(account, user)
            case "batch":
                self.batch(account, wanted)
            case "list":
                self.list_everybody(account, some, limit)
            case "available":
                self.available(account, order, limit)
            case "history":
                self.compare_histories(account, complete=False)
            case "how far":
                self.everything_is_told_until(account)
            case _:
                self.read_history_in_pages(account, "" if len(wanted) > 3 else user, limit, data)

    def get(self, account: str, user: str) -> None:
        self.model.look(self.now)
        if user in self.model.team(account).people:
            self.check(account, user, self.run(self.service.get_status(account, user)))
        else:
            self.refused(UserUnknown, self.service.get_status(account, user))

    def batch(self, account: str, wanted: list[str]) -> None:
        self.model.look(self.now)
        people = self.model.team(account).people
        answer = self.run(self.service.batch_get_statuses(account, wanted))
        unique = list(dict.fromkeys(wanted))
        assert list(answer.unknown_user_ids) == [user for user in unique if user not in people]
        self.check_all(account, [user for user in unique if user in people], answer.views)

    def list_everybody(self, account: str, wanted: set[Status], page_size: int) -> None:
        self.model.look(self.now)
        views: list[StatusView] = []
        token = ""
        while True:
            page = self.run(self.service.list_statuses(account, statuses=wanted, page_size=page_size, page_token=token))
            assert len(page.items) <= page_size
            views.extend(page.items)
            token = page.next_page_token
            if not token:
                break
        people = self.model.team(account).people
        self.check_all(
            account, [user for user, person in people.items() if not wanted or person.now.status in wanted], views
        )

    def available(self, account: str, order: AvailabilityOrder, limit: int) -> None:
        self.model.look(self.now)
        people = self.model.team(account).people
        first = {
            AvailabilityOrder.LONGEST_AVAILABLE: lambda user: people[user].since,
            AvailabilityOrder.MOST_RECENTLY_ACTIVE: lambda user: -(people[user].last_activity or 0),
            AvailabilityOrder.LONGEST_IDLE: lambda user: people[user].last_sign,
        }[order]
        # Sorting leaves those who are equal in the order in which they were first seen.
        expected = sorted((user for user, person in people.items() if person.now.status is Status.ONLINE), key=first)
        answer = self.run(self.service.list_available_users(account, order=order, limit=limit))
        assert answer.total == len(expected)
        self.check_all(account, expected[:limit], answer.views)

    def read_history_in_pages(self, account: str, user: str, page_size: int, data: st.DataObject) -> None:
        everything = self.history(account)
        moments = sorted({change.effective_time for change in everything} | {self.now})
        start = data.draw(st.one_of(st.none(), st.sampled_from(moments)))
        end = data.draw(st.one_of(st.none(), st.sampled_from([at for at in moments if at >= (start or 0)])))
        assert self.history(account, user, start, end, page_size) == [
            change
            for change in everything
            if (not user or change.user_id == user)
            and (start is None or change.effective_time >= start)
            and (end is None or change.effective_time < end)
        ]

    def everything_is_told_until(self, account: str) -> int | None:
        """Check what the store says of how far its listeners are."""
        self.model.look(self.now)
        until = self.run(self.backend.store.settled_until(account))
        if until is not None:
            assert until < self.now
            told = {
                (event.change.user_id, event.change.effective_time, event.change.status)
                for event in self.told[account]
                if isinstance(event.change, StatusChange)
            }
            for user, person in self.model.team(account).people.items():
                assert all((user, it.at, it.status) in told for it in person.happenings if it.at <= until)
        return until

    @invariant()
    def whoever_looks_all_the_time_always_sees_the_truth(self) -> None:
        if hasattr(self, "model") and self.watchful:
            for account in ACCOUNTS:
                self.list_everybody(account, set(), 3)
                for order in AvailabilityOrder:
                    self.available(account, order, 5)

    @invariant()
    def the_index_agrees_with_the_users(self) -> None:
        if hasattr(self, "model") and isinstance(self.backend.store, ResidentStore):
            check_index(self.backend.store)

    # --- what must hold of what was seen

    def refused(self, error: type[Exception], call: Coroutine[Any, Any, object]) -> None:
        try:
            self.run(call)
        except error:
            return
        raise AssertionError(f"expected {error.__name__}")

    def check_all(self, account: str, expected: list[str], views: Any) -> None:
        assert [view.user_id for view in views] == expected
        for view in views:
            self.check(account, view.user_id, view)

    def check(self, account: str, user: str, view: StatusView, team: Team | None = None) -> None:
        """The view is what the model knows of the user, and no older than what was shown before."""
        team = team or self.model.team(account)
        person = team.people[user]
        following = team.next_switch(person)
        assert view._replace(revision=0) == StatusView(
            user,
            person.now.status,
            person.now.cause,
            person.since,
            person.last_activity,
            None if following is None else following[0],
            None if following is None else following[1],
            person.now.actor,
            person.now.reason,
            0,
        )
        assert view.available is (person.now.status is Status.ONLINE)
        assert view.revision >= self.revisions.get((account, user), 1)
        self.revisions[account, user] = view.revision
        self.acknowledged[account].add(view.revision)
        self.seen.setdefault((account, user), set()).add((view.status, view.status_since))

    def check_workflow(self, account: str, workflow: Workflow) -> None:
        settings = self.model.team(account).settings
        for name, value in vars(settings).items():
            assert getattr(workflow, name) == value, name
        assert workflow.revision == max(self.workflow_revisions[account], default=0)

    def history(
        self,
        account: str,
        user: str = "",
        start: int | None = None,
        end: int | None = None,
        page_size: int = 1_000,
    ) -> list[StatusChange]:
        changes: list[StatusChange] = []
        token = ""
        # What the sweeper recorded a moment ago may still wait for the disk.
        self.beat()
        while True:
            page = self.run(
                self.service.list_status_changes(
                    account, user_id=user, start_time=start, end_time=end, page_size=page_size, page_token=token
                )
            )
            changes.extend(page.items)
            token = page.next_page_token
            if not token:
                return changes

    def compare_histories(self, account: str, *, complete: bool) -> None:
        """What is recorded of everybody is what happened, in that order, up to some point or to the end."""
        history = self.history(account)
        assert history[: len(self.known[account])] == self.known[account], "history was rewritten"
        self.known[account] = history
        recorded: dict[str, list[Happening]] = {}
        for change in history:
            recorded.setdefault(change.user_id, []).append(
                Happening(
                    change.previous_status,
                    change.status,
                    change.cause,
                    change.effective_time,
                    change.actor,
                    change.reason,
                )
            )
        happened = {user: person.happenings for user, person in self.model.team(account).people.items()}
        assert recorded.keys() == happened.keys()
        for user, changes in recorded.items():
            assert changes == (happened[user] if complete else happened[user][: len(changes)]), user

    def finish(self) -> None:
        """Sweep to the end, and look back on everything."""
        self.sweep(128)
        for account in ACCOUNTS:
            history = self.known[account]
            workflows = self.workflow_revisions[account]
            revisions = [change.revision for change in history]
            assert revisions == sorted(revisions)
            assert sorted([*revisions, *workflows]) == list(range(1, len(revisions) + len(workflows) + 1)), "gaps"
            self.check_settings_history(account)
            assert self.acknowledged[account] <= set(revisions), "a change that was shown is not recorded"
            told = self.told[account]
            assert [event.revision for event in told] == list(range(1, len(told) + 1))
            assert [event.change for event in told if isinstance(event.change, StatusChange)] == history
            assert {event.revision for event in told if isinstance(event.change, Workflow)} == workflows
            first_seen = list(self.model.team(account).people)
            assert [event.position for event in told] == [
                first_seen.index(event.change.user_id) if isinstance(event.change, StatusChange) else -1
                for event in told
            ]
            commits = [change.commit_time for change in history]
            assert commits == sorted(commits)
            for change in history:
                assert change.effective_time <= change.commit_time <= self.now
                self.check_direction(change)
            for user in USERS:
                of_user = [change for change in history if change.user_id == user]
                times = [change.effective_time for change in of_user]
                assert times == sorted(times)
                shown = {
                    (change.status, change.effective_time)
                    for change in of_user
                    if change.previous_status is not change.status
                }
                assert self.seen.get((account, user), set()) <= shown, "a status that was shown never was"

    def check_settings_history(self, account: str) -> None:
        """Every change of the workflow is listed, from the newest to the first, each with the values before it."""
        changes = self.run(self.service.list_workflow_changes(account, page_size=1_000)).items
        assert [change.after.revision for change in changes] == sorted(self.workflow_revisions[account], reverse=True)
        before = [*(change.after for change in changes[1:]), DEFAULT_WORKFLOW]
        assert [change.before for change in changes] == before[: len(changes)]
        if changes:
            self.check_workflow(account, changes[0].after)

    @staticmethod
    def check_direction(change: StatusChange) -> None:
        """Automation only demotes or resumes."""
        if change.cause is Cause.INACTIVITY:
            # Somebody never seen before is AWAY at once by a first activity of long ago.
            assert change.status > (change.previous_status or Status.ONLINE)
        elif change.cause is Cause.ACTIVITY:
            assert change.status is Status.ONLINE and change.previous_status is not Status.ONLINE
        if change.cause is not Cause.MANUAL:
            assert (change.actor, change.reason) == ("", "")


async def turns_of_the_loop() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def team_as_of_now(team: Team, user: str) -> Team:
    """A copy in which `user` stays as they are now."""
    person = team.people[user]
    kept = type(person)(list(person.happenings), person.last_activity, person.last_set)
    return Team(team.floor, team.settings, {user: kept})
