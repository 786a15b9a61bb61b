"""The service over a store beside its model, and what must hold between them.

The clock stands still unless it is moved, no sweeper runs unless it is told to, and a heartbeat comes when it is asked
for or when an answer needs one. So every interleaving of events, time, sweeps, reads, restarts and outages can occur,
and each of them has exactly one right outcome.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from tests.properties.layers.events import SECOND, Cause, Change, PersonEvent, Refusal, Refused, Status, View
from tests.properties.spelling import REFUSALS, call_of, change_as_told, view_as_told, workflow_as_told
from tests.properties.world import World
from tests.stores.backends import Backend

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.record import AccountEvent, StatusChange, StatusView
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow
from onduty_server.stores.resident.store import ResidentStore

T = TypeVar("T")

ACCOUNTS = ("acme", "zeta")
USERS = ("ada", "bob", "carol", "dan", "eve", "fay", "gus", "hal")
SWEEPS_MAX = 2_000
"""A sweeper that is told to come again at once this often spins."""


class Harness(RuleBasedStateMachine):
    """See the module. Subclasses say which store, and what happens."""

    backend_class: type[Backend]
    directory: Path
    """Where examples may put their files."""
    steps: ClassVar[int] = 0
    """How many steps have been taken, in all examples of one class."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._place = Path(tempfile.mkdtemp(dir=self.directory))
        self.backend = self.backend_class(self._place)
        self.model: World
        self.watchful = False
        self.seen: dict[tuple[str, str], set[tuple[str, int]]] = {}
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

    def open(self, options: StoreOptions) -> None:
        self.options = options
        self.run(self.backend.open(options))
        grace, count_outage = options.outage_grace_ms, options.count_outage_as_inactivity
        self.model = World(self.now, grace=grace, count_outage=count_outage)
        self.listen()

    @invariant()
    def it_is_counted(self) -> None:
        type(self).steps += 1

    def close(self) -> None:
        try:
            self.run(self.backend.stop())
        finally:
            self._runner.close()
            shutil.rmtree(self._place)

    def beat(self) -> None:
        self.run(self.backend.store.heartbeat())
        self.model.beat(self.now)

    def do(self, account: str, user: str, event: PersonEvent) -> None:
        """Let something happen to somebody, in the model and in the service."""
        self.model.look(self.now)
        call = call_of(self.service, account, user, event)
        try:
            self.model.team(account).do(user, event, self.now)
        except Refused as refused:
            self.refused(refused.refusal, call)
        else:
            self.check(account, user, self.run(call))

    def settle_due(self, limit: int) -> int | None:
        """Sweep once; when to come again."""
        next_due = self.run(self.backend.store.settle_due(limit)).next_due
        # The sweeper is never told to sleep beyond what is ahead.
        ahead = self.model.next_change()
        assert ahead is None or (next_due is not None and next_due <= ahead)
        return next_due

    def sweep_to_the_end(self, limit: int) -> None:
        """Sweep until there is nothing more to do; then everything that has happened is recorded."""
        self.model.look(self.now)
        for _ in range(SWEEPS_MAX):
            next_due = self.settle_due(limit)
            if next_due is None or next_due > self.now:
                break
        else:
            raise AssertionError("the sweeper spins")
        self.asleep_until = next_due
        for account in ACCOUNTS:
            self.compare_histories(account, complete=True)
            assert self.everything_is_told_until(account) == self.now - 1

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

    def everything_is_told_until(self, account: str) -> int | None:
        """Check what the store says of how far its listeners are."""
        self.model.look(self.now)
        until = self.run(self.backend.store.settled_until(account))
        if until is not None:
            assert until < self.now
            told = {
                (event.change.user_id, change_as_told(event.change))
                for event in self.told[account]
                if isinstance(event.change, StatusChange)
            }
            for user, person in self.model.team(account).people.items():
                assert all((user, it) in told for it in person.changes if it.at <= until)
        return until

    # --- what must hold of what was seen

    def refused(self, refusal: Refusal, call: Coroutine[Any, Any, object]) -> None:
        self.fails(REFUSALS[refusal], call)

    def fails(self, error: type[Exception], call: Coroutine[Any, Any, object]) -> None:
        try:
            self.run(call)
        except error:
            return
        raise AssertionError(f"expected {error.__name__}")

    def check_all(self, account: str, expected: list[str], views: Any) -> None:
        assert [view.user_id for view in views] == expected
        for view in views:
            self.check(account, view.user_id, view)

    def check(self, account: str, user: str, view: StatusView, expected: View | None = None) -> None:
        """The view is what the model knows of the user, and no older than what was shown before."""
        assert view.user_id == user
        assert view_as_told(view) == (expected or self.model.team(account).view(user))
        assert view.revision >= self.revisions.get((account, user), 1)
        self.revisions[account, user] = view.revision
        self.acknowledged[account].add(view.revision)
        self.seen.setdefault((account, user), set()).add((view.status.name, view.status_since))

    def check_workflow(self, account: str, workflow: Workflow) -> None:
        assert workflow_as_told(workflow) == self.model.team(account).workflow
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
        recorded: dict[str, list[Change]] = {}
        for change in history:
            recorded.setdefault(change.user_id, []).append(change_as_told(change))
        happened = {user: person.changes for user, person in self.model.team(account).people.items()}
        assert recorded.keys() == happened.keys()
        for user, changes in recorded.items():
            assert changes == (happened[user] if complete else happened[user][: len(changes)]), user

    def finish(self) -> None:
        """Sweep to the end, and look back on everything."""
        self.sweep_to_the_end(128)
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
            for user in USERS:
                of_user = [change for change in history if change.user_id == user]
                times = [change.effective_time for change in of_user]
                assert times == sorted(times)
                check_directions([change_as_told(change) for change in of_user])
                shown = {
                    (change.status.name, change.effective_time)
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


def check_directions(changes: list[Change]) -> None:
    """Automation only lowers, or shows again what is underneath; it never speaks in anybody's name."""
    for before, change in zip([None, *changes], changes, strict=False):
        if change.cause is not Cause.MANUAL:
            assert (change.actor, change.reason, change.expire_time, change.then) == ("", "", None, None)
        assert before is None or before.status is change.previous
        if before is None or before.cause is Cause.DISCONNECT:
            continue  # what is underneath may be anything
        if change.cause is Cause.INACTIVITY:
            assert change.status.is_lower_than(before.status)
        elif change.cause is Cause.DISCONNECT:
            # The same status, if it stood already under one that has been resumed or has ended.
            assert not before.status.is_lower_than(change.status)
        elif change.cause is Cause.ACTIVITY:
            assert (before.status, change.status) != (Status.ONLINE, Status.ONLINE)
            assert change.status is Status.ONLINE
        elif change.cause is Cause.EXPIRY:
            assert before.expire_time == change.at, "an end that nobody set"


async def turns_of_the_loop() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)
