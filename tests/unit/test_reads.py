"""Reading: exact at every instant, writing nothing, and the dry-run of a workflow change."""

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
    OFFLINE_BY_HAND,
    ONLINE_BY_ACTIVITY,
    ONLINE_BY_HAND,
    SECOND,
    SEEN,
    StatusAndCause,
    both,
    describe,
    facts,
    happened,
    never_seen,
    policy,
    user,
    workflow,
)
from tests.unit.strategies import Situation, patches, pauses, revised_if_valid, situations

from onduty_server.domain.record import StatusView, UserRecord
from onduty_server.domain.rules import PastPolicy, Policy, outlook, settle, view
from onduty_server.domain.status import Cause, Resume, Status
from onduty_server.domain.workflow import Workflow, WorkflowPatch, revise

START = 1_000 * HOUR
RANK = {Status.ONLINE: 0, Status.AWAY: 1, Status.OFFLINE: 2}


# --- a view --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SEEN, ids=describe)
def test_only_online_is_available(source: StatusAndCause) -> None:
    shown = view(user(source, clock=START), policy(both()), START)
    assert (shown.status, shown.cause) == source
    assert shown.available is (source[0] is Status.ONLINE)


def test_a_view_shows_all_that_is_known() -> None:
    record = user(
        AWAY_BY_HAND,
        clock=START,
        status_since=START - HOUR,
        last_activity=START - MINUTE,
        actor="grace",
        reason="lunch",
        revision=41,
    )
    assert view(record, policy(both()), START) == StatusView(
        user_id="ada",
        status=Status.AWAY,
        cause=Cause.MANUAL,
        status_since=START - HOUR,
        last_activity=START - MINUTE,
        next_status=Status.OFFLINE,
        next_status_time=START + OFFLINE_AFTER,
        actor="grace",
        reason="lunch",
        revision=41,
        next_cause=Cause.INACTIVITY,
    )


def test_a_switch_that_is_not_recorded_yet_shows_with_the_revision_before_it() -> None:
    record = user(ONLINE_BY_HAND, clock=START, actor="grace", reason="shift", revision=41)
    shown = view(record, policy(both()), START + HOUR)
    assert (shown.status, shown.cause, shown.status_since) == (
        Status.OFFLINE,
        Cause.INACTIVITY,
        START + OFFLINE_AFTER,
    )
    assert (shown.actor, shown.reason, shown.revision) == ("", "", 41)


@settings(max_examples=200)
@given(situations())
def test_a_view_is_that_of_the_settled_record(situation: Situation) -> None:
    record, p, now = situation
    settled = settle(record, p, now).record
    assert view(record, p, now) == view(settled, p, now)
    assert view(record, p, now) == view(settled, replace(p, past=()), now)


@settings(max_examples=200)
@given(situations())
def test_reading_writes_nothing(situation: Situation) -> None:
    record, p, now = situation
    before = facts(record)
    view(record, p, now)
    settle(record, p, now)
    preview(record, p, revised_if_valid(p.workflow, {"enabled": True, "away_after_ms": SECOND}, now, 99), now)
    assert facts(record) == before


@settings(max_examples=200)
@given(situations(), st.lists(pauses, max_size=5))
def test_what_is_seen_once_is_never_unseen_while_nobody_acts(situation: Situation, later: list[int]) -> None:
    record, p, now = situation
    seen = settle(record, p, now)
    for pause in later:
        now += pause
        again = settle(record, p, now)
        assert again.switches[: len(seen.switches)] == seen.switches
        assert RANK[view(record, p, now).status] >= RANK[view(seen.record, p, now - pause).status]
        seen = again


@settings(max_examples=200)
@given(situations())
def test_the_next_switch_that_a_view_promises_is_the_one_that_comes(situation: Situation) -> None:
    record, p, now = situation
    shown = view(record, p, now)
    if shown.next_status_time is None:
        far_away = now + 1_000_000 * HOUR
        assert view(record, p, far_away).status is shown.status
    else:
        assert shown.next_status_time > now
        assert view(record, p, shown.next_status_time - 1).status is shown.status
        then = view(record, p, shown.next_status_time)
        assert then.status is shown.next_status
        assert then.status_since == shown.next_status_time


# --- the dry-run ---------------------------------------------------------------------------------------------------


def changed(p: Policy, patch: WorkflowPatch, now: int, last_revision: int = 1_000) -> tuple[Workflow, Policy]:
    """The workflow after `patch` and the policy of an account that really made the change."""
    after = revised_if_valid(p.workflow, patch, now, last_revision)
    past = PastPolicy(p.workflow, p.floor, now, last_revision)
    return after, Policy(after, p.floor, (*p.past, past))


@settings(max_examples=300)
@given(situations(), patches())
def test_the_dry_run_says_what_the_change_then_does(situation: Situation, patch: WorkflowPatch) -> None:
    record, p, now = situation
    before = view(record, p, now).status
    workflow_after, policy_after = changed(p, patch, now)
    after = view(record, policy_after, now).status
    assert preview(record, p, workflow_after, now) == (None if before is after else (before, after))


def preview(record: UserRecord, policy: Policy, workflow: Workflow, now: int) -> tuple[Status, Status] | None:
    """What a change does at once."""
    found = outlook(record, policy, workflow, now, now)
    assert not found.ahead
    return found.at_once


def test_shortening_a_period_says_who_would_go_away() -> None:
    shorter = revise(both(), {"away_after_ms": MINUTE}, now=START + 5 * MINUTE, actor="", revision=8)
    record = user(ONLINE_BY_HAND, clock=START)
    assert preview(record, policy(both()), shorter, START + 5 * MINUTE) == (Status.ONLINE, Status.AWAY)


def test_shortening_both_says_offline_for_someone_who_would_pass_away_at_once() -> None:
    shorter = revise(
        both(), {"away_after_ms": MINUTE, "offline_after_ms": 2 * MINUTE}, now=START + 5 * MINUTE, actor="", revision=8
    )
    record = user(ONLINE_BY_HAND, clock=START)
    assert preview(record, policy(both()), shorter, START + 5 * MINUTE) == (Status.ONLINE, Status.OFFLINE)


def test_shortening_offline_counts_those_away_already() -> None:
    now = START + 20 * MINUTE
    shorter = revise(both(), {"offline_after_ms": 15 * MINUTE}, now=now, actor="", revision=8)
    for source in (AWAY_BY_HAND, AWAY_BY_INACTIVITY):
        assert preview(user(source, clock=START), policy(both()), shorter, now) == (Status.AWAY, Status.OFFLINE)
    assert preview(user(OFFLINE_BY_HAND, clock=START), policy(both()), shorter, now) is None


def test_someone_exactly_at_the_shortened_period_would_switch() -> None:
    record = user(ONLINE_BY_HAND, clock=START)
    for now, switches in ((START + MINUTE - 1, False), (START + MINUTE, True)):
        shorter = revise(both(), {"away_after_ms": MINUTE}, now=now, actor="", revision=8)
        assert (preview(record, policy(both()), shorter, now) is not None) is switches


def test_a_switch_due_under_the_present_workflow_is_not_blamed_on_the_change() -> None:
    now = START + 11 * MINUTE
    shorter = revise(both(), {"away_after_ms": MINUTE}, now=now, actor="", revision=8)
    assert preview(user(ONLINE_BY_HAND, clock=START), policy(both()), shorter, now) is None


@pytest.mark.parametrize(
    "patch",
    [
        WorkflowPatch(away_after_ms=20 * MINUTE),
        WorkflowPatch(offline_after_ms=HOUR),
        WorkflowPatch(enabled=False),
        WorkflowPatch(keep_manual_away=True),
        WorkflowPatch(resume=Resume.NEVER),
    ],
)
def test_lengthening_or_turning_off_switches_nobody(patch: WorkflowPatch) -> None:
    now = START + 15 * MINUTE
    after = revise(both(), patch, now=now, actor="", revision=8)
    for source in SEEN:
        assert preview(user(source, clock=START), policy(both()), after, now) is None


def test_turning_the_switch_on_switches_nobody_at_once() -> None:
    off = workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)
    on = revise(off, {"enabled": True}, now=START, actor="", revision=8)
    for source in SEEN:
        assert preview(user(source, clock=0), policy(off), on, START) is None


def test_the_recovery_floor_counts_in_the_dry_run() -> None:
    now = START + 5 * MINUTE
    shorter = revise(both(), {"away_after_ms": MINUTE}, now=now, actor="", revision=8)
    record = user(ONLINE_BY_HAND, clock=START)
    assert preview(record, policy(both(), floor=now - MINUTE + 1), shorter, now) is None
    assert preview(record, policy(both(), floor=now - MINUTE), shorter, now) == (Status.ONLINE, Status.AWAY)


def test_nobody_would_switch_somebody_never_seen() -> None:
    shorter = revise(both(), {"away_after_ms": MINUTE}, now=START, actor="", revision=8)
    assert preview(never_seen(), policy(both()), shorter, START) is None


def test_the_dry_run_leaves_the_record_and_what_is_due_as_they_were() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    before = facts(record)
    now = START + 5 * MINUTE
    preview(record, policy(both()), revise(both(), {"away_after_ms": MINUTE}, now=now, actor="", revision=8), now)
    assert facts(record) == before
    assert happened(settle(record, policy(both()), now)) == []


def test_what_follows_a_change_is_every_switch_up_to_then_if_nobody_does_anything() -> None:
    record = user(ONLINE_BY_HAND, clock=START)
    now = START + 5 * MINUTE
    shorter = revise(both(), {"away_after_ms": MINUTE, "offline_after_ms": 20 * MINUTE}, now=now, actor="", revision=8)
    for until, ahead in ((START + 20 * MINUTE - 1, []), (START + 20 * MINUTE, [START + 20 * MINUTE])):
        found = outlook(record, policy(both()), shorter, now, until)
        assert found.at_once == (Status.ONLINE, Status.AWAY)
        assert [switch.effective_time for switch in found.ahead] == ahead
    later = revise(both(), {"away_after_ms": 15 * MINUTE}, now=now, actor="", revision=8)
    found = outlook(record, policy(both()), later, now, now + HOUR)
    assert found.at_once is None
    assert [(switch.state.status, switch.effective_time - START) for switch in found.ahead] == [
        (Status.AWAY, 15 * MINUTE),
        (Status.OFFLINE, 30 * MINUTE),
    ]
