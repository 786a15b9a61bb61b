"""The due time and the effective time of timed transitions."""

from __future__ import annotations

import pytest
from tests.unit.builders import (
    AWAY_AFTER,
    AWAY_BY_HAND,
    AWAY_BY_INACTIVITY,
    HOUR,
    MINUTE,
    OFFLINE_AFTER,
    OFFLINE_BY_HAND,
    OFFLINE_BY_INACTIVITY,
    ONLINE_BY_ACTIVITY,
    ONLINE_BY_HAND,
    SECOND,
    Happened,
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

from onduty_server.domain.rules import idle_since, next_due, record_activity, set_status, settle, view
from onduty_server.domain.status import Status

START = 1_000 * HOUR


# --- the inactivity clock ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "enabled_time", "floor"),
    [(START, 0, 0), (START, START - 1, START - 1), (START - 1, START, 0), (0, 0, START), (START - 1, START - 1, START)],
)
def test_the_clock_is_the_latest_of_what_restarts_it(clock: int, enabled_time: int, floor: int) -> None:
    assert idle_since(user(ONLINE_BY_HAND, clock=clock), both(enabled_time=enabled_time), floor) == START


def test_an_activity_restarts_the_clock() -> None:
    record = user(ONLINE_BY_HAND, clock=START, last_activity=None)
    moved = record_activity(record, policy(both()), activity_time=START + MINUTE, now=START + MINUTE).record
    assert idle_since(moved, both(), 0) == START + MINUTE


def test_setting_a_status_by_hand_is_itself_activity() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    now = START + AWAY_AFTER - 1
    was_set = set_status(
        record, policy(both()), status=Status.ONLINE, now=now, actor="", reason="", expected_revision=None
    ).record
    assert happened(settle(was_set, policy(both()), now + AWAY_AFTER - 1)) == []
    assert happened(settle(was_set, policy(both()), now + AWAY_AFTER)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, now + AWAY_AFTER)
    ]


def test_the_clock_of_a_user_set_by_hand_after_an_activity_counts_from_the_setting() -> None:
    now = START + 5 * MINUTE
    was_set = set_status(
        user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START),
        policy(both()),
        status=Status.AWAY,
        now=now,
        actor="",
        reason="",
        expected_revision=None,
    ).record
    assert facts(was_set).last_activity == START, "a setting by hand is no activity of the user's to be shown"
    due = next_due(was_set, both(), 0)
    assert due is not None and due.effective_time == now + OFFLINE_AFTER


def test_switching_on_switches_nobody_at_that_instant_however_idle_they_are() -> None:
    idle = user(ONLINE_BY_HAND, clock=START - 500 * HOUR)
    switched_on = both(enabled_time=START, thresholds_since=START)
    assert happened(settle(idle, policy(switched_on), START)) == []
    assert happened(settle(idle, policy(switched_on), START + AWAY_AFTER - 1)) == []
    assert happened(settle(idle, policy(switched_on), START + AWAY_AFTER)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + AWAY_AFTER)
    ]


def test_the_recovery_floor_restarts_everybodys_clock() -> None:
    record = user(ONLINE_BY_HAND, clock=START - 2 * HOUR)
    recovered = policy(both(), floor=START)
    assert happened(settle(record, recovered, START + AWAY_AFTER - 1)) == []
    assert happened(settle(record, recovered, START + OFFLINE_AFTER)) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + AWAY_AFTER),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER),
    ]


def test_the_recovery_floor_does_not_hold_up_those_who_were_active_after_it() -> None:
    record = user(ONLINE_BY_HAND, clock=START + MINUTE)
    due = next_due(record, both(), START)
    assert due is not None and due.effective_time == START + MINUTE + AWAY_AFTER


# --- due at the boundary -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [SECOND, AWAY_AFTER, 30 * 24 * HOUR])
def test_at_the_boundary_the_switch_has_happened_and_a_millisecond_before_it_has_not(period: int) -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    away = policy(workflow(away=period))
    assert happened(settle(record, away, START + period - 1)) == []
    assert happened(settle(record, away, START + period)) == [
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + period)
    ]


@pytest.mark.parametrize("look", [0, 1, SECOND, HOUR, 9_999 * HOUR])
def test_the_effective_time_is_the_boundary_whenever_somebody_looks(look: int) -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    decision = settle(record, policy(workflow(away=AWAY_AFTER)), START + AWAY_AFTER + look)
    assert happened(decision) == [Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER)]
    assert decision.record.status_since == START + AWAY_AFTER


def test_both_periods_start_at_the_same_moment() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    at_30_minutes = settle(record, policy(both()), START + 30 * MINUTE)
    assert happened(at_30_minutes) == [
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + 10 * MINUTE),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + 30 * MINUTE),
    ]
    assert at_30_minutes.record.status_since == START + 30 * MINUTE


def test_between_the_periods_only_the_first_has_happened() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    assert happened(settle(record, policy(both()), START + OFFLINE_AFTER - 1)) == [
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER)
    ]


def test_a_switch_already_written_down_does_not_move_the_next() -> None:
    written = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER)
    assert happened(settle(written, policy(both()), START + OFFLINE_AFTER)) == [
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER)
    ]


def test_offline_alone_takes_an_online_user_straight_to_offline() -> None:
    record = user(ONLINE_BY_HAND, clock=START)
    assert happened(settle(record, policy(workflow(offline=OFFLINE_AFTER)), START + HOUR)) == [
        Happened(ONLINE_BY_HAND, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER)
    ]


def test_an_away_set_by_hand_goes_offline_too() -> None:
    record = user(AWAY_BY_HAND, clock=START, actor="grace", reason="lunch")
    decision = settle(record, policy(both()), START + OFFLINE_AFTER)
    assert happened(decision) == [Happened(AWAY_BY_HAND, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER)]
    assert (decision.record.actor, decision.record.reason) == ("", ""), "nobody set it by hand"


def test_keep_manual_away_leaves_an_away_set_by_hand_alone_and_no_other() -> None:
    keep = policy(both(keep_manual_away=True))
    assert happened(settle(user(AWAY_BY_HAND, clock=START), keep, START + 900 * HOUR)) == []
    assert happened(settle(user(AWAY_BY_INACTIVITY, clock=START), keep, START + OFFLINE_AFTER)) == [
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER)
    ]


@pytest.mark.parametrize("source", [OFFLINE_BY_HAND, OFFLINE_BY_INACTIVITY], ids=describe)
def test_nothing_automatic_ever_touches_offline(source: StatusAndCause) -> None:
    record = user(source, clock=START)
    for w in (both(), workflow(away=SECOND), workflow(offline=SECOND), workflow(enabled=False)):
        assert happened(settle(record, policy(w), START + 9_999 * HOUR)) == []
        assert next_due(record, w, 0) is None


def test_nothing_falls_due_while_the_workflow_is_disabled() -> None:
    off = workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)
    assert happened(settle(user(ONLINE_BY_HAND, clock=0), policy(off), START)) == []


def test_a_user_never_seen_has_nothing_to_fall_from() -> None:
    assert happened(settle(never_seen(), policy(both()), START)) == []


# --- never before the thresholds came into force -------------------------------------------------------------------


def test_a_period_that_was_shortened_takes_effect_at_the_change_for_those_past_it() -> None:
    shortened = both(thresholds_since=START + 20 * MINUTE)
    decision = settle(user(ONLINE_BY_HAND, clock=START), policy(shortened), START + 20 * MINUTE)
    assert happened(decision) == [Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + 20 * MINUTE)]


def test_one_not_yet_past_the_shortened_period_is_switched_when_they_are() -> None:
    shortened = both(thresholds_since=START + 5 * MINUTE)
    decision = settle(user(ONLINE_BY_HAND, clock=START), policy(shortened), START + HOUR)
    assert [switch.effective_time for switch in decision.switches] == [START + AWAY_AFTER, START + OFFLINE_AFTER]


def test_a_change_between_both_boundaries_holds_up_only_the_first() -> None:
    changed = both(thresholds_since=START + 20 * MINUTE)
    decision = settle(user(ONLINE_BY_HAND, clock=START), policy(changed), START + HOUR)
    assert [switch.effective_time for switch in decision.switches] == [START + 20 * MINUTE, START + OFFLINE_AFTER]


def test_a_change_after_both_boundaries_applies_both_in_order_at_the_same_instant() -> None:
    changed = both(thresholds_since=START + 40 * MINUTE)
    decision = settle(user(ONLINE_BY_HAND, clock=START), policy(changed), START + HOUR)
    assert happened(decision) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + 40 * MINUTE),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + 40 * MINUTE),
    ]
    assert decision.record.status_since == START + 40 * MINUTE


@pytest.mark.parametrize("thresholds_since", [START + AWAY_AFTER - 1, START + AWAY_AFTER, START + AWAY_AFTER + 1])
def test_a_change_around_the_boundary_itself_is_exact(thresholds_since: int) -> None:
    decision = settle(
        user(ONLINE_BY_HAND, clock=START), policy(both(thresholds_since=thresholds_since)), START + AWAY_AFTER + 1
    )
    assert [switch.effective_time for switch in decision.switches] == [max(START + AWAY_AFTER, thresholds_since)]


def test_the_effective_time_counts_from_the_floor_as_well() -> None:
    changed = both(enabled_time=START - HOUR, thresholds_since=START + MINUTE)
    decision = settle(user(ONLINE_BY_HAND, clock=START - 2 * HOUR), policy(changed, floor=START), START + HOUR)
    assert [switch.effective_time for switch in decision.switches] == [START + AWAY_AFTER, START + OFFLINE_AFTER]


# --- what is ahead -------------------------------------------------------------------------------------------------


def test_the_next_switch_is_shown_with_its_time() -> None:
    shown = view(user(ONLINE_BY_HAND, clock=START), policy(both()), START + MINUTE)
    assert (shown.next_status, shown.next_status_time) == (Status.AWAY, START + AWAY_AFTER)


def test_after_a_switch_that_nobody_wrote_down_the_one_after_it_is_next() -> None:
    shown = view(user(ONLINE_BY_HAND, clock=START), policy(both()), START + AWAY_AFTER)
    assert (shown.status, shown.next_status, shown.next_status_time) == (
        Status.AWAY,
        Status.OFFLINE,
        START + OFFLINE_AFTER,
    )


def test_nothing_is_next_where_no_automatic_switch_is_ahead() -> None:
    for source, w in (
        (OFFLINE_BY_HAND, both()),
        (AWAY_BY_INACTIVITY, workflow(away=AWAY_AFTER)),
        (AWAY_BY_HAND, both(keep_manual_away=True)),
        (ONLINE_BY_HAND, workflow(enabled=False, away=AWAY_AFTER)),
    ):
        shown = view(user(source, clock=START), policy(w), START)
        assert (shown.next_status, shown.next_status_time) == (None, None), describe(source)
