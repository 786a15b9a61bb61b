"""The service over a store, doing whatever Hypothesis thinks of, compared with the model at every step.

Everything is in use: activities, also late ones, statuses with and without an end, sessions, engagements, workflows,
sweeps, reads, restarts and outages. `harness.py` says what must hold between service and model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from tests.properties.draws import (
    accounts,
    ages,
    breaks,
    calls,
    clients,
    ends,
    engagement_ttls,
    idle_times,
    names,
    orders,
    patches,
    pauses,
    session_ttls,
    stalls,
    statuses,
    thens,
    users,
)
from tests.properties.harness import ACCOUNTS, USERS
from tests.properties.layers.events import (
    DAY,
    HOUR,
    Active,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
    PersonEvent,
    Refusal,
    Refused,
    Set,
    Status,
    Then,
    View,
)
from tests.properties.reads import Reads
from tests.properties.spelling import REFUSALS, call_of, patch_as_sent

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import RevisionConflict


class ServiceMachine(Reads):
    """See the module. Subclasses say which store."""

    @initialize(
        grace=st.sampled_from([3_000, 10_000, 10_000, DAY]),
        count_outage=st.sampled_from([False, False, True]),
        watchful=st.sampled_from([False, False, True]),
        workflow=st.sampled_from(
            [
                {},
                {"away_after": 2_000, "offline_after": 6_000},
                {"away_after": 2_000, "offline_after": 6_000, "disconnect_after": 1_000},
                {"away_after": 9_000, "offline_after": 30_000, "disconnect_after": 2_000},
                {"away_after": 3_000, "disconnect_after": 5_000, "disconnect_status": Status.AWAY},
                {"offline_after": 4_000},
                {"disconnect_after": 1_500},
            ]
        ),
        already_there=st.sampled_from([0, 0, 3, len(USERS)]),
    )
    def start(
        self, grace: int, count_outage: bool, watchful: bool, workflow: dict[str, object], already_there: int
    ) -> None:
        self.open(StoreOptions(outage_grace_ms=grace, count_outage_as_inactivity=count_outage))
        if workflow:
            self.configure(ACCOUNTS[0], {"enabled": True, **workflow})
        if already_there:
            self.several_at_once(ACCOUNTS[0], [(user, Active()) for user in USERS[:already_there]])
        self.watchful = watchful

    def teardown(self) -> None:
        try:
            if hasattr(self, "model"):
                self.finish()
        finally:
            self.close()

    # --- events

    @rule(account=accounts, user=users, age=ages)
    def activity(self, account: str, user: str, age: int | str | None) -> None:
        self.model.look(self.now)
        team = self.model.team(account)
        person = team.people.get(user)
        match age:
            case "delivered again":
                at = self.now if person is None else person.last_activity
            case "since the last session ended" if person is not None and person.sessions:
                at = min(person.last_session_end, self.now)
            case "before the last session ended" if person is not None and person.sessions:
                at = min(person.last_session_end, self.now) - 1
            case "away_after" | "offline_after":
                # Exactly a period ago: neither fresh nor before anything else.
                at = self.now - (getattr(team.workflow, age) or 0)
            case int():
                at = self.now - age
            case _:
                at = None
        self.do(account, user, Active(at))

    @rule(
        account=accounts,
        user=users,
        status=statuses,
        actor=names,
        reason=names,
        end=ends,
        then=thens,
        expected=st.sampled_from([None, None, None, "current", "older", "newer", "never seen"]),
    )
    def set_status(
        self,
        account: str,
        user: str,
        status: Status,
        actor: str,
        reason: str,
        end: tuple[int | None, int | None],
        then: Then | None,
        expected: str | None,
    ) -> None:
        self.model.look(self.now)
        until, ttl = end
        event = Set(status, actor, reason, ttl, None if until is None else self.now + until, then)
        expected_revision, is_current = self.expectation(account, user, expected)
        if is_current and expected is None:
            self.do(account, user, event)
            return
        call = call_of(self.service, account, user, event, expected_revision)
        if not is_current:
            # A field may be wrong too, and is looked at first.
            call.close()
            call = call_of(self.service, account, user, Set(status, actor, reason), expected_revision)
            self.fails(RevisionConflict, call)
            return
        try:
            self.model.team(account).do(user, event, self.now)
        except Refused as refused:
            self.refused(refused.refusal, call)
        else:
            self.check(account, user, self.run(call))

    def expectation(self, account: str, user: str, expected: str | None) -> tuple[int | None, bool]:
        """An expected revision, and whether it is the user's: so it is when all that has happened is recorded."""
        if expected is None:
            return None, True
        recorded = [change.revision for change in self.history(account) if change.user_id == user]
        person = self.model.team(account).people.get(user)
        happened = 0 if person is None else len(person.changes)
        revision = {
            "current": recorded[-1] if recorded else 0,
            "older": recorded[-2] if len(recorded) > 1 else 0,
            "newer": (recorded[-1] if recorded else 0) + 1,
            "never seen": 0,
        }[expected]
        return revision, len(recorded) == happened and revision == (recorded[-1] if recorded else 0)

    @rule(account=accounts, user=users, client=clients, ttl=session_ttls, idle_for=idle_times)
    def keep_session(self, account: str, user: str, client: str, ttl: int, idle_for: int | None) -> None:
        self.do(account, user, KeepSession(client, ttl, idle_for))

    @rule(account=accounts, user=users, client=clients)
    def end_session(self, account: str, user: str, client: str) -> None:
        self.do(account, user, EndSession(client))

    @rule(account=accounts, user=users, call=calls, ttl=engagement_ttls)
    def keep_engagement(self, account: str, user: str, call: str, ttl: int) -> None:
        self.do(account, user, KeepEngagement(call, ttl))

    @rule(account=accounts, user=users, call=calls)
    def end_engagement(self, account: str, user: str, call: str) -> None:
        self.do(account, user, EndEngagement(call))

    @rule(user=users, kind=st.sampled_from(["sessions", "engagements"]))
    def open_many(self, user: str, kind: str) -> None:
        """One more than there may be, so that the last is refused; some of them end at other times."""
        for number in range(21):
            if kind == "sessions":
                self.do(ACCOUNTS[0], user, KeepSession(f"tab {number}", 30_000 + number))
            else:
                self.do(ACCOUNTS[0], user, KeepEngagement(f"chat {number}", 10_000 + number))

    @rule(
        account=accounts,
        user=users,
        away_ms=st.sampled_from([0, 999, 1_000, 1_001, 2_000, 5_000, 31_000]),
        back=st.sampled_from(["session", "session with input", "activity", "by hand", "not"]),
    )
    def close_the_laptop(self, account: str, user: str, away_ms: int, back: str) -> None:
        """Somebody at work ends their only session, and comes back, or does not."""
        self.do(account, user, KeepSession("laptop", 30_000, 0))
        self.do(account, user, EndSession("laptop"))
        self.time_passes(away_ms, True)
        match back:
            case "session":
                self.do(account, user, KeepSession("laptop"))
            case "session with input":
                self.do(account, user, KeepSession("laptop", idle_for=min(away_ms, 500)))
            case "activity":
                self.do(account, user, Active())
            case "by hand":
                self.do(account, user, Set(Status.ONLINE, "grace"))
            case _:
                self.get(account, user)

    @rule(
        account=accounts,
        events=st.lists(
            st.tuples(
                users,
                st.sampled_from(
                    [
                        *(Active(), Active(), Set(Status.ONLINE), Set(Status.AWAY), Set(Status.OFFLINE)),
                        *(Set(Status.AWAY, ttl=1_000), Set(Status.ONLINE, ttl=1_000, then=Then.OFFLINE)),
                        *(KeepSession(), KeepSession(idle_for=0), KeepSession(ttl=30_000), EndSession()),
                        *(KeepEngagement(), KeepEngagement(ttl=10_000), EndEngagement()),
                        *("read", "read", "sweep"),
                    ]
                ),
            ),
            min_size=2,
            max_size=8,
        ),
    )
    def several_at_once(self, account: str, events: list[tuple[str, PersonEvent | str]]) -> None:
        """Calls that run at the same time happen one after the other, in the order in which they came."""
        self.beat()
        expected: list[tuple[str, View | Refusal] | None] = []
        several: list[Coroutine[Any, Any, Any]] = []
        for user, event in events:
            team = self.model.team(account)
            if event == "sweep":
                self.asleep_until = 0
                several.append(self.backend.store.settle_due(2))
                expected.append(None)
            elif isinstance(event, str):
                if user in team.people:
                    several.append(self.service.get_status(account, user))
                    expected.append((user, team.view(user)))
            else:
                several.append(call_of(self.service, account, user, event))
                try:
                    team.do(user, event, self.now)
                except Refused as refused:
                    expected.append((user, refused.refusal))
                else:
                    expected.append((user, team.view(user)))

        outcomes: dict[int, Any] = {}

        async def note(number: int) -> None:
            answer = expected[number]
            if answer is not None and isinstance(answer[1], Refusal):
                await expect_refusal(several[number], answer[1])
            else:
                outcomes[number] = await several[number]

        async def together() -> None:
            await asyncio.gather(*map(note, range(len(several))))

        async def one_by_one() -> None:
            for number in range(len(several)):
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
            if answer is not None and isinstance(answer[1], View):
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
        self.available(account, order, len(USERS), 0)

    # --- workflows

    @rule(
        account=accounts,
        patch=patches(),
        etag=st.sampled_from([None, None, None, "current", "older"]),
        overdue_for=st.sampled_from([None, None, 0, 1_000, 5_000]),
    )
    def configure(
        self, account: str, patch: dict[str, object], etag: str | None = None, overdue_for: int | None = None
    ) -> None:
        """Change a workflow, also when somebody has been overdue under the old one for a while."""
        due = self.model.team(account).next_deadline()
        if overdue_for is not None and due is not None and due - self.now <= HOUR:
            self.backend.clock.set(max(self.now, due + overdue_for))
        self.model.look(self.now)
        team = self.model.team(account)
        current = self.run(self.service.get_workflow(account))
        self.check_workflow(account, current)
        sent = {None: "", "current": current.etag, "older": f"w{current.revision - 1}"}[etag]
        call = self.service.update_workflow(account, patch_as_sent(patch), etag=sent, actor="supervisor")
        if etag == "older":
            self.fails(RevisionConflict, call)
            return
        try:
            changed = team.configure(patch, self.now)
        except Refused as refused:
            self.refused(refused.refusal, call)
            return
        workflow = self.run(call)
        assert changed is (workflow.revision != current.revision)
        if changed:
            assert workflow.revision > current.revision
            assert workflow.updated_by == "supervisor"
            self.workflow_revisions[account].add(workflow.revision)
        self.check_workflow(account, workflow)

    @rule(account=accounts, patch=patches(), then_do_it=st.booleans())
    def dry_run(self, account: str, patch: dict[str, object], then_do_it: bool) -> None:
        self.model.look(self.now)
        call = self.service.preview_workflow(account, patch_as_sent(patch))
        try:
            impact = self.model.team(account).impact(patch, self.now)
        except Refused as refused:
            self.refused(refused.refusal, call)
            return
        preview = self.run(call)
        at_once = {it.user_id: (it.previous_status.name, it.status.name) for it in preview.switches}
        assert at_once == {user: (before.name, after.name) for user, (before, after) in impact.at_once.items()}
        after = [status for _, status in impact.at_once.values()]
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
    def time_passes_until_the_next_deadline(self, off: int, beat: bool, account: str) -> None:
        due = self.model.team(account).next_deadline()
        # Not for days: who looks for an activity of 30 d ago after an outage as long is another test.
        if due is not None and 0 <= due + off - self.now <= HOUR:
            self.time_passes(due + off - self.now, beat)

    @rule(limit=st.integers(1, 4), times=st.integers(1, 4))
    def sweep_a_little(self, limit: int, times: int) -> None:
        self.model.look(self.now)
        self.asleep_until = 0
        for _ in range(times):
            self.settle_due(limit)

    @rule(limit=st.sampled_from([1, 2, 128]))
    def sweep(self, limit: int) -> None:
        self.sweep_to_the_end(limit)

    @invariant()
    def the_sweeper_does_not_oversleep(self) -> None:
        if not hasattr(self, "model") or self.asleep_until == 0:
            return
        if self.backend.store.wakeup.is_set() or (self.asleep_until is not None and self.asleep_until <= self.now):
            self.asleep_until = 0
            return
        ahead = self.model.next_change()
        assert ahead is None or (self.asleep_until is not None and self.asleep_until <= ahead)

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


async def expect_refusal(call: Coroutine[Any, Any, object], refusal: Refusal) -> None:
    """Fail unless the call is refused for that reason."""
    try:
        await call
    except REFUSALS[refusal]:
        return
    raise AssertionError(f"expected {refusal}")
