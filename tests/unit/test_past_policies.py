"""A changed workflow settles nobody at that moment, lazily instead: the outcome must equal eager settling.

One account settles every user at each workflow change and each outage (`tests.unit.model`). The other appends a
`PastPolicy` and looks at a user only when something happens to that user. At every instant both must say the same.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.builders import (
    AWAY_AFTER,
    AWAY_BY_HAND,
    AWAY_BY_INACTIVITY,
    HOUR,
    MINUTE,
    OFFLINE_AFTER,
    OFFLINE_BY_INACTIVITY,
    ONLINE_BY_ACTIVITY,
    ONLINE_BY_HAND,
    SECOND,
    Happened,
    both,
    happened,
    user,
    workflow,
)
from tests.unit.model import Change, Model
from tests.unit.strategies import patches, pauses

from onduty_server.domain.errors import InvalidWorkflow
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import PastPolicy, Policy, record_activity, set_status, settle, view
from onduty_server.domain.status import Resume, State, Status
from onduty_server.domain.workflow import WorkflowPatch, revise

START = 1_000 * HOUR
USERS = ("ada", "bob")
RANK = {Status.ONLINE: 0, Status.AWAY: 1, Status.OFFLINE: 2}


class LazyAccount:
    """A minimal store: it commits decisions, and keeps replaced workflows."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.revision = 0
        self.records: dict[str, UserRecord] = {}
        self.changes: dict[str, list[Change]] = {}

    def record(self, name: str) -> UserRecord:
        return self.records.get(name, UserRecord(name))

    def commit(self, name: str, decision: Decision, now: int) -> None:
        for change in as_changes(decision):
            assert change.effective_time <= now, "nothing is committed before it is true"
            self.changes.setdefault(name, []).append(change)
            self.revision += 1
        if decision.record.state is not State.UNSEEN:
            if decision.switches:
                decision.record.revision = self.revision
            self.records[name] = decision.record

    def observed(self, name: str, now: int) -> list[Change]:
        """Everything that a reader at `now` knows to have happened."""
        return [*self.changes.get(name, []), *as_changes(settle(self.record(name), self.policy, now))]

    def activity(self, name: str, activity_time: int, now: int) -> None:
        self.commit(name, record_activity(self.record(name), self.policy, activity_time=activity_time, now=now), now)

    def set_status(self, name: str, status: Status, now: int, actor: str, reason: str) -> None:
        decision = set_status(
            self.record(name), self.policy, status=status, now=now, actor=actor, reason=reason, expected_revision=None
        )
        self.commit(name, decision, now)

    def sweep(self, name: str, now: int) -> None:
        self.commit(name, settle(self.record(name), self.policy, now), now)

    def change_workflow(self, patch: WorkflowPatch, now: int) -> None:
        before = self.policy.workflow
        after = revise(before, patch, now=now, actor="grace", revision=self.revision + 1)
        if after is not before:
            self.revision += 1
            self.keep_past(until=now)
            self.policy = replace(self.policy, workflow=after)

    def recover(self, outage_began: int, now: int) -> None:
        self.keep_past(until=outage_began)
        self.policy = replace(self.policy, floor=now)

    def keep_past(self, until: int) -> None:
        past = PastPolicy(self.policy.workflow, self.policy.floor, until, self.revision)
        self.policy = replace(self.policy, past=(*self.policy.past, past))


def as_changes(decision: Decision) -> list[Change]:
    changes = []
    for switch in decision.switches:
        assert switch.state.status is not None and switch.state.cause is not None
        changes.append(
            Change(
                None if switch.previous.status is None else switch.previous.status.name,
                switch.state.status.name,
                switch.state.cause.name,
                switch.effective_time,
                switch.actor,
                switch.reason,
            )
        )
    return changes


class Run:
    """Both accounts, through the same events, compared after each."""

    def __init__(self) -> None:
        self.now = 100 * SECOND
        self.model = Model()
        self.lazy = LazyAccount()
        self.observed: dict[str, list[Change]] = {name: [] for name in USERS}

    def activity(self, name: str, age: int) -> None:
        self.model.activity(name, self.now - age, self.now)
        self.lazy.activity(name, self.now - age, self.now)

    def set_status(self, name: str, status: Status, actor: str, reason: str) -> None:
        self.model.set_status(name, status.name, self.now, actor, reason)
        self.lazy.set_status(name, status, self.now, actor, reason)

    def sweep(self, name: str) -> None:
        self.lazy.sweep(name, self.now)

    def change_workflow(self, patch: WorkflowPatch) -> None:
        settings_only = {name: value for name, value in patch.items() if name != "resume"}
        after = replace(self.model.workflow, **settings_only)  # type: ignore[arg-type]
        if "resume" in patch:
            after = replace(after, resume=patch["resume"].name)
        if after.consistent:
            self.model.change_workflow(after, self.now)
            self.lazy.change_workflow(patch, self.now)
        else:
            with pytest.raises(InvalidWorkflow):
                self.lazy.change_workflow(patch, self.now)

    def outage(self, length: int) -> None:
        began, self.now = self.now, self.now + length
        self.model.recover(began, self.now)
        self.lazy.recover(began, self.now)

    def compare(self) -> None:
        """Reads are exact, whatever has been committed; and what was once read stays true."""
        for name in USERS:
            expected = self.model.seen_at(name, self.now)
            observed = self.lazy.observed(name, self.now)
            assert observed == expected.changes

            before = self.observed[name]
            assert observed[: len(before)] == before, "a status once observable never un-happens"
            self.observed[name] = observed

            if expected.status is None:
                continue
            shown = view(self.lazy.record(name), self.lazy.policy, self.now)
            assert (shown.status.name, shown.cause.name) == (expected.status, expected.cause)
            assert shown.available == (expected.status == "ONLINE")
            assert (shown.status_since, shown.last_activity) == (expected.status_since, expected.last_activity)
            assert (shown.actor, shown.reason) == expected.changes[-1][4:]
            ahead = None if shown.next_status is None else (shown.next_status.name, shown.next_status_time)
            assert ahead == self.model.next_switch(expected)

    def check_history(self) -> None:
        for changes in self.observed.values():
            times = [change.effective_time for change in changes]
            assert times == sorted(times), "effective times are ordered"
            for change in changes:
                if change.cause == "INACTIVITY":
                    # A stale first activity makes a never-seen user AWAY at once.
                    before = Status[change.previous or "ONLINE"]
                    assert RANK[Status[change.status]] > RANK[before], "automation only demotes"
                if change.cause == "ACTIVITY":
                    assert change.status == "ONLINE", "or resumes"
                if change.cause != "MANUAL":
                    assert (change.actor, change.reason) == ("", "")


names = st.sampled_from(USERS)
ages = st.sampled_from([0, 0, 0, 1, 500, 999, 1_000, 1_500, 2_000, 2_500, 4_000, 20_000])
activities = st.tuples(st.just("activity"), names, ages)
events = st.one_of(
    activities,
    activities,
    activities,
    st.tuples(
        st.just("set"), names, st.sampled_from(Status), st.sampled_from(["", "grace"]), st.sampled_from(["", "x"])
    ),
    st.tuples(st.just("sweep"), names),
    st.tuples(st.just("workflow"), patches()),
    st.tuples(st.just("outage"), st.sampled_from([0, 1_000, 3_000, 12_000])),
    st.tuples(st.just("look")),
)
starts = st.sampled_from(
    [
        WorkflowPatch(),
        WorkflowPatch(enabled=True, away_after_ms=2_000),
        WorkflowPatch(enabled=True, offline_after_ms=3_000),
        WorkflowPatch(enabled=True, away_after_ms=2_000, offline_after_ms=4_000, resume=Resume.NEVER),
        WorkflowPatch(enabled=True, away_after_ms=1_000, offline_after_ms=3_000, resume=Resume.FROM_AWAY_OR_OFFLINE),
        WorkflowPatch(enabled=True, offline_after_ms=2_000, keep_manual_away=True, resume=Resume.FROM_AWAY_OR_OFFLINE),
    ]
)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(starts, st.lists(st.tuples(pauses, events), min_size=6, max_size=40))
def test_settling_users_one_by_one_and_late_equals_settling_everybody_at_each_change(
    start: WorkflowPatch, script: list[tuple[int, tuple[object, ...]]]
) -> None:
    run = Run()
    run.change_workflow(start)
    for pause, event in script:
        run.now += pause
        match event:
            case "activity", str(name), int(age):
                run.activity(name, age)
            case "set", str(name), Status() as status, str(actor), str(reason):
                run.set_status(name, status, actor, reason)
            case "sweep", str(name):
                run.sweep(name)
            case "workflow", dict(patch):
                run.change_workflow(patch)  # type: ignore[arg-type]
            case "outage", int(length):
                run.outage(length)
            case _:
                pass
        run.compare()
    run.now += 60 * SECOND
    run.compare()
    run.check_history()


# --- the same, one case at a time ----------------------------------------------------------------------------------

CHANGED_AT = START + 20 * MINUTE
NEVER_AGAIN = workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER, thresholds_since=CHANGED_AT)


def turned_off_at(until: int, *, last_revision: int = 10, past_floor: int = 0) -> Policy:
    """Both periods were in force until then; now none is."""
    past = PastPolicy(both(), past_floor, until, last_revision)
    return Policy(NEVER_AGAIN, 0, (past,))


def test_what_was_due_under_the_old_workflow_happened_although_nobody_looked() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    assert happened(settle(record, turned_off_at(CHANGED_AT), START + 900 * HOUR)) == [
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER)
    ]
    assert not view(record, turned_off_at(CHANGED_AT), START + 900 * HOUR).available


@pytest.mark.parametrize(("until", "fell"), [(START + AWAY_AFTER - 1, False), (START + AWAY_AFTER, True)])
def test_the_old_workflow_holds_up_to_and_including_the_instant_of_the_change(until: int, fell: bool) -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    assert bool(settle(record, turned_off_at(until), START + HOUR).switches) is fell


@pytest.mark.parametrize(("revision", "fell"), [(9, True), (10, True), (11, False)])
def test_the_old_workflow_holds_only_for_records_not_changed_since(revision: int, fell: bool) -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START, revision=revision)
    assert bool(settle(record, turned_off_at(CHANGED_AT, last_revision=10), CHANGED_AT).switches) is fell


def test_someone_resumed_after_the_change_by_a_late_activity_is_not_judged_by_the_old_workflow() -> None:
    """The trap: their clock says that the old workflow would have switched them, but they were settled under it."""
    shorter, longer = both(), workflow(away=HOUR, thresholds_since=CHANGED_AT)
    p = Policy(longer, 0, (PastPolicy(shorter, 0, CHANGED_AT, last_revision=10),))
    away = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START, revision=8)
    now = CHANGED_AT + SECOND
    resumed = record_activity(away, p, activity_time=START + MINUTE, now=now)
    assert happened(resumed) == [Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now)]
    resumed.record.revision = 11
    assert happened(settle(resumed.record, p, now + SECOND)) == []
    assert view(resumed.record, p, now + SECOND).next_status_time == START + MINUTE + HOUR


def test_someone_first_seen_after_the_change_is_not_judged_by_the_old_workflow() -> None:
    p = turned_off_at(CHANGED_AT)
    first = record_activity(UserRecord("new"), p, activity_time=START, now=CHANGED_AT + SECOND)
    assert len(first.switches) == 1
    first.record.revision = 11
    assert view(first.record, p, CHANGED_AT + SECOND).status is Status.ONLINE


def test_an_activity_that_changed_nothing_leaves_a_record_under_the_old_workflow_without_harm() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=CHANGED_AT - MINUTE, last_activity=CHANGED_AT - MINUTE, revision=8)
    p = turned_off_at(CHANGED_AT)
    moved = record_activity(record, p, activity_time=CHANGED_AT + HOUR, now=CHANGED_AT + HOUR).record
    assert moved.revision == 8
    assert happened(settle(moved, p, CHANGED_AT + 9 * HOUR)) == []


def test_lengthening_a_period_brings_nobody_back_who_was_not_written_down_yet() -> None:
    longer = workflow(away=5 * HOUR, thresholds_since=CHANGED_AT)
    p = Policy(longer, 0, (PastPolicy(both(), 0, CHANGED_AT, 10),))
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    shown = view(record, p, CHANGED_AT)
    assert (shown.status, shown.status_since) == (Status.AWAY, START + AWAY_AFTER)


def test_shortening_a_period_switches_those_past_it_at_the_change_and_the_others_in_their_time() -> None:
    shorter = workflow(away=MINUTE, offline=3 * MINUTE, thresholds_since=START + 5 * MINUTE)
    p = Policy(shorter, 0, (PastPolicy(both(), 0, START + 5 * MINUTE, 10),))
    past_both = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    assert [switch.effective_time for switch in settle(past_both, p, START + HOUR).switches] == [
        START + 5 * MINUTE,
        START + 5 * MINUTE,
    ]
    past_none = user(ONLINE_BY_ACTIVITY, clock=START + 5 * MINUTE, last_activity=START + 5 * MINUTE)
    assert [switch.effective_time for switch in settle(past_none, p, START + HOUR).switches] == [
        START + 6 * MINUTE,
        START + 8 * MINUTE,
    ]


def test_no_longer_keeping_manual_away_sends_the_overdue_offline_at_the_change() -> None:
    released = both(thresholds_since=START + HOUR)
    p = Policy(released, 0, (PastPolicy(both(keep_manual_away=True), 0, START + HOUR, 10),))
    assert happened(settle(user(AWAY_BY_HAND, clock=START), p, START + 2 * HOUR)) == [
        Happened(AWAY_BY_HAND, OFFLINE_BY_INACTIVITY, START + HOUR)
    ]


def test_changes_that_nobody_looked_at_apply_one_after_the_other() -> None:
    away_only = workflow(away=AWAY_AFTER)
    off = workflow(enabled=False, away=AWAY_AFTER, thresholds_since=START + 15 * MINUTE)
    offline_only = workflow(
        offline=OFFLINE_AFTER, enabled_time=START + 20 * MINUTE, thresholds_since=START + 20 * MINUTE
    )
    p = Policy(
        offline_only,
        0,
        (PastPolicy(away_only, 0, START + 15 * MINUTE, 10), PastPolicy(off, 0, START + 20 * MINUTE, 11)),
    )
    assert happened(settle(user(ONLINE_BY_HAND, clock=START), p, START + 2 * HOUR)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + 10 * MINUTE),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + 50 * MINUTE),
    ]


def test_an_outage_is_not_inactivity_but_what_was_due_before_it_counts() -> None:
    began, recovered = START + 15 * MINUTE, START + 5 * HOUR
    p = Policy(both(), recovered, (PastPolicy(both(), 0, began, 10),))
    due_before = user(ONLINE_BY_HAND, clock=START)
    assert happened(settle(due_before, p, recovered + HOUR)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + AWAY_AFTER),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, recovered + OFFLINE_AFTER),
    ]
    due_during = user(ONLINE_BY_HAND, clock=START + 10 * MINUTE)
    assert happened(settle(due_during, p, recovered + AWAY_AFTER)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, recovered + AWAY_AFTER)
    ]


def test_a_past_policy_has_its_own_floor() -> None:
    record = user(ONLINE_BY_HAND, clock=START)
    assert settle(record, turned_off_at(CHANGED_AT, past_floor=START + 11 * MINUTE), CHANGED_AT).switches == ()
