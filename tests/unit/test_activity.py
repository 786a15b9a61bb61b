"""The effect of an activity: the first, a fresh, a stale, a late and a repeated one; and which users it resumes."""

from __future__ import annotations

import pytest
from tests.unit.builders import (
    AWAY_AFTER,
    AWAY_BY_HAND,
    AWAY_BY_INACTIVITY,
    HOUR,
    MINUTE,
    NEVER_SEEN,
    OFFLINE_AFTER,
    OFFLINE_BY_HAND,
    OFFLINE_BY_INACTIVITY,
    ONLINE_BY_ACTIVITY,
    ONLINE_BY_HAND,
    SECOND,
    SEEN,
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

from onduty_server.domain.rules import Policy, is_fresh, record_activity, settle, view
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import Workflow

DAY = 24 * HOUR
START = 1_000 * HOUR
ALL_RESUMES = list(Resume)


# --- who is resumed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resume", "source", "resumed"),
    [
        (Resume.FROM_AWAY, AWAY_BY_INACTIVITY, True),
        (Resume.FROM_AWAY, OFFLINE_BY_INACTIVITY, False),
        (Resume.NEVER, AWAY_BY_INACTIVITY, False),
        (Resume.NEVER, OFFLINE_BY_INACTIVITY, False),
        (Resume.FROM_AWAY_OR_OFFLINE, AWAY_BY_INACTIVITY, True),
        (Resume.FROM_AWAY_OR_OFFLINE, OFFLINE_BY_INACTIVITY, True),
    ],
    ids=lambda value: None if isinstance(value, bool) else describe(value),
)
@pytest.mark.parametrize("enabled", [True, False])
def test_resume_says_who_comes_back_whether_or_not_the_switch_is_on(
    resume: Resume, source: StatusAndCause, resumed: bool, enabled: bool
) -> None:
    w = workflow(away=AWAY_AFTER, offline=OFFLINE_AFTER, resume=resume, enabled=enabled)
    now = START + OFFLINE_AFTER + MINUTE
    record = user(source, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    if source == AWAY_BY_INACTIVITY and enabled:
        now = START + AWAY_AFTER + MINUTE
    decision = record_activity(record, policy(w), activity_time=now, now=now)
    assert happened(decision) == ([Happened(source, ONLINE_BY_ACTIVITY, now)] if resumed else [])
    assert decision.record.clock == now
    assert decision.record.last_activity == now


@pytest.mark.parametrize("resume", ALL_RESUMES, ids=describe)
@pytest.mark.parametrize("source", [AWAY_BY_HAND, OFFLINE_BY_HAND], ids=describe)
def test_a_status_set_by_hand_is_never_resumed(source: StatusAndCause, resume: Resume) -> None:
    record = user(source, clock=START, actor="grace", reason="lunch")
    decision = record_activity(record, policy(both(resume=resume)), activity_time=START + 1, now=START + 1)
    assert happened(decision) == []
    assert (decision.record.actor, decision.record.reason) == ("grace", "lunch")


def test_an_away_set_by_hand_that_went_offline_by_itself_is_resumed_as_any_other() -> None:
    w = both(resume=Resume.FROM_AWAY_OR_OFFLINE)
    now = START + OFFLINE_AFTER
    decision = record_activity(user(AWAY_BY_HAND, clock=START), policy(w), activity_time=now, now=now)
    assert happened(decision) == [
        Happened(AWAY_BY_HAND, OFFLINE_BY_INACTIVITY, now),
        Happened(OFFLINE_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now),
    ]


def test_an_activity_at_the_boundary_comes_after_the_switch() -> None:
    record = user(ONLINE_BY_HAND, clock=START, actor="grace")
    now = START + AWAY_AFTER
    decision = record_activity(record, policy(both()), activity_time=now, now=now)
    assert happened(decision) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, now),
        Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now),
    ]


def test_a_resumed_user_is_idle_only_from_the_activity_on() -> None:
    away = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    activity_time, now = START + 15 * MINUTE, START + 17 * MINUTE
    resumed = record_activity(away, policy(both()), activity_time=activity_time, now=now).record
    shown = view(resumed, policy(both()), now)
    assert (shown.status, shown.status_since) == (Status.ONLINE, now)
    assert (shown.next_status, shown.next_status_time) == (Status.AWAY, activity_time + AWAY_AFTER)


def test_an_activity_of_someone_online_only_restarts_the_clock() -> None:
    record = user(ONLINE_BY_HAND, clock=START, actor="grace", reason="early shift")
    before = facts(record)
    decision = record_activity(record, policy(both()), activity_time=START + MINUTE, now=START + MINUTE)
    assert happened(decision) == []
    assert facts(decision.record) == before._replace(clock=START + MINUTE, last_activity=START + MINUTE)


# --- fresh and stale -----------------------------------------------------------------------------------------------


def test_freshness_ends_exactly_where_someone_online_would_have_been_switched() -> None:
    assert is_fresh(START, both(), START + AWAY_AFTER - 1)
    assert not is_fresh(START, both(), START + AWAY_AFTER)


def test_with_offline_alone_an_activity_is_fresh_until_the_offline_period() -> None:
    offline_only = workflow(offline=OFFLINE_AFTER)
    assert is_fresh(START, offline_only, START + OFFLINE_AFTER - 1)
    assert not is_fresh(START, offline_only, START + OFFLINE_AFTER)


@pytest.mark.parametrize(
    "off", [workflow(enabled=False), workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)]
)
def test_without_a_period_in_force_an_activity_is_fresh_for_as_long_as_is_configured(off: Workflow) -> None:
    assert is_fresh(START, off, START + HOUR - 1)
    assert not is_fresh(START, off, START + HOUR)
    assert is_fresh(START, off, START + MINUTE - 1, fresh_for_ms=MINUTE)
    assert not is_fresh(START, off, START + MINUTE, fresh_for_ms=MINUTE)


def test_a_period_in_force_says_what_is_fresh_and_not_the_configuration() -> None:
    assert is_fresh(START, workflow(away=8 * HOUR), START + 7 * HOUR, fresh_for_ms=HOUR)


@pytest.mark.parametrize(("age", "resumed"), [(HOUR - 1, True), (HOUR, False), (29 * DAY, False)])
def test_a_late_activity_resumes_only_while_it_is_fresh_when_the_switch_is_off_too(age: int, resumed: bool) -> None:
    now = START + 30 * DAY
    away = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    off = policy(workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER))
    decision = record_activity(away, off, activity_time=now - age, now=now)
    assert happened(decision) == ([Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now)] if resumed else [])
    assert decision.record.last_activity == now - age


@pytest.mark.parametrize(("age", "resumed"), [(AWAY_AFTER - 1, True), (AWAY_AFTER, False)])
def test_an_activity_delivered_late_resumes_only_while_it_is_fresh(age: int, resumed: bool) -> None:
    now = START + 25 * MINUTE
    away = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    decision = record_activity(away, policy(both()), activity_time=now - age, now=now)
    assert happened(decision) == ([Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now)] if resumed else [])
    assert decision.record.clock == now - age
    assert decision.record.last_activity == now - age


def test_a_stale_activity_moves_the_clock_and_thereby_what_is_due_next() -> None:
    away = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    now = START + 20 * MINUTE
    moved = record_activity(away, policy(both()), activity_time=START + 5 * MINUTE, now=now).record
    shown = view(moved, policy(both()), now)
    assert (shown.status, shown.status_since) == (Status.AWAY, START + AWAY_AFTER)
    assert (shown.next_status, shown.next_status_time) == (Status.OFFLINE, START + 5 * MINUTE + OFFLINE_AFTER)


def test_an_activity_from_before_a_switch_cannot_undo_it() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    now = START + 12 * MINUTE
    decision = record_activity(record, policy(both()), activity_time=START + MINUTE, now=now)
    assert happened(decision) == [Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER)]
    assert decision.record.last_activity == START + MINUTE


def test_an_activity_from_before_a_switch_that_is_still_fresh_resumes_now_and_not_then() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    now = START + 12 * MINUTE
    decision = record_activity(record, policy(both()), activity_time=START + 9 * MINUTE, now=now)
    assert happened(decision) == [
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER),
        Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now),
    ]


# --- older, repeated, in the future --------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SEEN, ids=describe)
def test_an_activity_older_than_the_newest_known_changes_nothing(source: StatusAndCause) -> None:
    record = user(source, clock=START, last_activity=START)
    before = facts(record)
    decision = record_activity(
        record, policy(both(resume=Resume.FROM_AWAY_OR_OFFLINE)), activity_time=START - 1, now=START + MINUTE
    )
    assert happened(decision) == []
    assert facts(decision.record) == before


def test_an_older_activity_still_finds_what_fell_due_meanwhile() -> None:
    record = user(ONLINE_BY_HAND, clock=START, last_activity=START)
    decision = record_activity(record, policy(both()), activity_time=START - 1, now=START + HOUR)
    assert happened(decision) == happened(settle(record, policy(both()), START + HOUR))
    assert len(decision.switches) == 2


@pytest.mark.parametrize("source", SEEN, ids=describe)
@pytest.mark.parametrize("late", [0, MINUTE, AWAY_AFTER, OFFLINE_AFTER, 9 * HOUR])
def test_repeating_an_activity_is_as_if_it_had_come_once(source: StatusAndCause, late: int) -> None:
    p = policy(both(resume=Resume.FROM_AWAY_OR_OFFLINE))
    now = START + HOUR
    activity_time = now - late
    record = user(source, clock=now - 10 * HOUR, last_activity=now - 10 * HOUR)
    once = record_activity(record, p, activity_time=activity_time, now=now)
    again = record_activity(once.record, p, activity_time=activity_time, now=now)
    assert happened(again) == []
    assert facts(again.record) == facts(once.record)


def test_an_activity_from_before_the_setting_by_hand_is_noted_but_does_not_move_the_clock_back() -> None:
    record = user(ONLINE_BY_HAND, clock=START, last_activity=None)
    decision = record_activity(record, policy(both()), activity_time=START - MINUTE, now=START + 1)
    assert happened(decision) == []
    assert decision.record.clock == START
    assert decision.record.last_activity == START - MINUTE


@pytest.mark.parametrize("age", [0, 1], ids=["delivered again", "older than the setting by hand"])
def test_an_activity_that_does_not_move_the_clock_brings_nobody_back_even_once_the_period_is_longer(age: int) -> None:
    """Lengthening a period brings nobody back, so neither may a repeated delivery of what was known before."""
    known = None if age else START
    record = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=known)
    longer = policy(workflow(away=HOUR, thresholds_since=START + 20 * MINUTE))
    decision = record_activity(record, longer, activity_time=START - age, now=START + 21 * MINUTE)
    assert happened(decision) == []
    news = record_activity(record, longer, activity_time=START + 1, now=START + 21 * MINUTE)
    assert happened(news) == [Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, START + 21 * MINUTE)]


def test_an_activity_clamped_to_now_is_an_activity_of_now() -> None:
    """The use case clamps a time up to 5 s ahead to now; the domain must take it like any other."""
    record = user(AWAY_BY_INACTIVITY, clock=START, status_since=START + AWAY_AFTER, last_activity=START)
    now = START + 11 * MINUTE
    clamped = record_activity(record, policy(both()), activity_time=now, now=now)
    assert happened(clamped) == [Happened(AWAY_BY_INACTIVITY, ONLINE_BY_ACTIVITY, now)]
    assert clamped.record.clock == now


def test_activities_in_any_order_leave_the_clock_at_the_newest() -> None:
    record = user(ONLINE_BY_ACTIVITY, clock=START, last_activity=START)
    now = START + 5 * MINUTE
    for minute in (3, 1, 4, 1, 2, 0):
        record = record_activity(record, policy(both()), activity_time=START + minute * MINUTE, now=now).record
    assert (record.clock, record.last_activity) == (START + 4 * MINUTE, START + 4 * MINUTE)


# --- the first -----------------------------------------------------------------------------------------------------


def test_the_first_activity_makes_a_user_online_at_that_activitys_time() -> None:
    decision = record_activity(never_seen(), policy(both()), activity_time=START - MINUTE, now=START)
    assert happened(decision) == [Happened(NEVER_SEEN, ONLINE_BY_ACTIVITY, START - MINUTE)]
    shown = view(decision.record, policy(both()), START)
    assert (shown.status, shown.status_since, shown.last_activity) == (Status.ONLINE, START - MINUTE, START - MINUTE)
    assert shown.available


@pytest.mark.parametrize("resume", ALL_RESUMES, ids=describe)
def test_the_first_activity_needs_no_leave_to_resume(resume: Resume) -> None:
    decision = record_activity(never_seen(), policy(both(resume=resume)), activity_time=START, now=START)
    assert happened(decision) == [Happened(NEVER_SEEN, ONLINE_BY_ACTIVITY, START)]


def test_a_first_activity_from_long_ago_brings_what_has_fallen_due_since() -> None:
    decision = record_activity(never_seen(), policy(both()), activity_time=START, now=START + HOUR)
    assert happened(decision) == [
        Happened(NEVER_SEEN, ONLINE_BY_ACTIVITY, START),
        Happened(ONLINE_BY_ACTIVITY, AWAY_BY_INACTIVITY, START + AWAY_AFTER),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER),
    ]
    assert facts(decision.record).clock == START


@pytest.mark.parametrize(("age", "online"), [(AWAY_AFTER - 1, True), (AWAY_AFTER, False)])
def test_a_first_activity_as_old_as_the_period_is_too_old_to_be_online(age: int, online: bool) -> None:
    decision = record_activity(never_seen(), policy(both()), activity_time=START - age, now=START)
    assert view(decision.record, policy(both()), START).available is online


def test_a_fresh_first_activity_from_before_the_switch_was_turned_on_is_idle_from_then() -> None:
    w = both(enabled_time=START, thresholds_since=START)
    decision = record_activity(never_seen(), policy(w), activity_time=START - MINUTE, now=START + MINUTE)
    assert happened(decision) == [Happened(NEVER_SEEN, ONLINE_BY_ACTIVITY, START - MINUTE)]
    assert view(decision.record, policy(w), START + MINUTE).next_status_time == START + AWAY_AFTER


JUST_SWITCHED_ON = both(enabled_time=START - MINUTE, thresholds_since=START - MINUTE)
NOTHING_HAS_FALLEN_DUE = {
    "never configured": policy(workflow(enabled=False)),
    "off": policy(workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)),
    "switched on a minute ago": policy(JUST_SWITCHED_ON),
    "recovered from an outage a minute ago": policy(both(), floor=START - MINUTE),
}


@pytest.mark.parametrize("p", NOTHING_HAS_FALLEN_DUE.values(), ids=NOTHING_HAS_FALLEN_DUE)
@pytest.mark.parametrize("age", [HOUR, 29 * DAY])
def test_a_stale_first_activity_that_nothing_has_switched_records_its_user_and_makes_nobody_available(
    p: Policy, age: int
) -> None:
    decision = record_activity(never_seen(), p, activity_time=START - age, now=START)
    assert happened(decision) == [Happened(NEVER_SEEN, AWAY_BY_INACTIVITY, START)]
    shown = view(decision.record, p, START)
    assert (shown.status, shown.status_since, shown.last_activity) == (Status.AWAY, START, START - age)
    assert not shown.available
    following = settle(decision.record, p, START + 40 * DAY).switches
    assert all(switch.effective_time > START for switch in following), "what follows is ahead"


@pytest.mark.parametrize("resume", ALL_RESUMES, ids=describe)
def test_whoever_was_recorded_by_a_stale_activity_resumes_as_anybody_away_by_inactivity_does(resume: Resume) -> None:
    p = policy(workflow(enabled=False, resume=resume))
    first = record_activity(never_seen(), p, activity_time=START - 29 * DAY, now=START).record
    stale = record_activity(first, p, activity_time=START - 28 * DAY, now=START + SECOND)
    assert happened(stale) == []
    fresh = record_activity(stale.record, p, activity_time=START + MINUTE, now=START + MINUTE)
    assert [switch.now for switch in happened(fresh)] == ([] if resume is Resume.NEVER else [ONLINE_BY_ACTIVITY])


@pytest.mark.parametrize(("fresh_for_ms", "online"), [(2 * MINUTE, True), (MINUTE, False)])
def test_how_old_a_first_activity_may_be_is_configured(fresh_for_ms: int, online: bool) -> None:
    off = policy(workflow(enabled=False))
    decision = record_activity(never_seen(), off, activity_time=START - MINUTE, now=START, fresh_for_ms=fresh_for_ms)
    assert view(decision.record, off, START).available is online


def test_the_record_handed_in_for_a_first_activity_stays_never_seen() -> None:
    record = never_seen()
    record_activity(record, policy(both()), activity_time=START, now=START + SECOND)
    assert facts(record) == facts(never_seen())
