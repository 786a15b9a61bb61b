"""Setting a status by hand: what counts as a change, and conflicts of revisions."""

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
    Happened,
    StatusAndCause,
    both,
    describe,
    facts,
    happened,
    never_seen,
    policy,
    user,
)

from onduty_server.domain.errors import RevisionConflict
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy, record_activity, set_status
from onduty_server.domain.status import Status

START = 1_000 * HOUR
NOW = START + MINUTE


def put(
    record: UserRecord,
    status: Status,
    *,
    now: int = NOW,
    actor: str = "",
    reason: str = "",
    expected_revision: int | None = None,
    p: Policy | None = None,
) -> Decision:
    return set_status(
        record,
        policy(both()) if p is None else p,
        status=status,
        now=now,
        actor=actor,
        reason=reason,
        expected_revision=expected_revision,
    )


# --- what counts as a change ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "status"),
    [(ONLINE_BY_HAND, Status.ONLINE), (AWAY_BY_HAND, Status.AWAY), (OFFLINE_BY_HAND, Status.OFFLINE)],
    ids=describe,
)
def test_setting_what_is_set_already_by_the_same_person_for_the_same_reason_only_restarts_the_clock(
    source: StatusAndCause, status: Status
) -> None:
    record = user(source, clock=START, status_since=START - HOUR, actor="grace", reason="shift")
    before = facts(record)
    decision = put(record, status, actor="grace", reason="shift")
    assert happened(decision) == []
    assert facts(decision.record) == before._replace(clock=NOW)
    assert facts(record) == before, "the record that was handed in is not written to"


@pytest.mark.parametrize(("actor", "reason"), [("hedy", "shift"), ("grace", ""), ("", "shift")])
def test_another_actor_or_reason_is_a_change_of_the_same_status_since(actor: str, reason: str) -> None:
    record = user(AWAY_BY_HAND, clock=START, status_since=START - HOUR, actor="grace", reason="shift")
    decision = put(record, Status.AWAY, actor=actor, reason=reason)
    assert happened(decision) == [Happened(AWAY_BY_HAND, AWAY_BY_HAND, NOW, actor, reason)]
    assert decision.record.status_since == START - HOUR
    assert (decision.record.actor, decision.record.reason) == (actor, reason)


@pytest.mark.parametrize(
    ("source", "status", "by_hand"),
    [
        (ONLINE_BY_ACTIVITY, Status.ONLINE, ONLINE_BY_HAND),
        (AWAY_BY_INACTIVITY, Status.AWAY, AWAY_BY_HAND),
        (OFFLINE_BY_INACTIVITY, Status.OFFLINE, OFFLINE_BY_HAND),
    ],
    ids=describe,
)
def test_another_cause_is_a_change_of_the_same_status_since(
    source: StatusAndCause, status: Status, by_hand: StatusAndCause
) -> None:
    record = user(source, clock=START, status_since=START - HOUR)
    decision = put(record, status)
    assert happened(decision) == [Happened(source, by_hand, NOW)]
    assert decision.record.status_since == START - HOUR


def test_setting_another_status_starts_it_now_and_says_who_and_why() -> None:
    decision = put(user(ONLINE_BY_ACTIVITY, clock=START), Status.OFFLINE, actor="grace", reason="end of shift")
    assert happened(decision) == [Happened(ONLINE_BY_ACTIVITY, OFFLINE_BY_HAND, NOW, "grace", "end of shift")]
    assert decision.record.status_since == NOW


def test_somebody_never_seen_can_be_set_and_has_no_activity_then() -> None:
    decision = put(never_seen(), Status.AWAY, actor="grace")
    assert happened(decision) == [Happened(NEVER_SEEN, AWAY_BY_HAND, NOW, "grace")]
    assert (decision.record.status_since, decision.record.last_activity, decision.record.clock) == (NOW, None, NOW)


def test_what_was_due_happens_before_the_setting_and_keeps_its_own_time() -> None:
    record = user(ONLINE_BY_HAND, clock=START, actor="grace", reason="shift")
    now = START + OFFLINE_AFTER + MINUTE
    decision = put(record, Status.ONLINE, now=now, actor="grace", reason="shift")
    assert happened(decision) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, START + AWAY_AFTER),
        Happened(AWAY_BY_INACTIVITY, OFFLINE_BY_INACTIVITY, START + OFFLINE_AFTER),
        Happened(OFFLINE_BY_INACTIVITY, ONLINE_BY_HAND, now, "grace", "shift"),
    ]
    assert decision.record.status_since == now, "online before and after, but not in between"


def test_setting_away_at_the_very_boundary_takes_over_the_automatic_away() -> None:
    now = START + AWAY_AFTER
    decision = put(user(ONLINE_BY_HAND, clock=START), Status.AWAY, now=now, actor="grace")
    assert happened(decision) == [
        Happened(ONLINE_BY_HAND, AWAY_BY_INACTIVITY, now),
        Happened(AWAY_BY_INACTIVITY, AWAY_BY_HAND, now, "grace"),
    ]


def test_a_setting_must_be_durable_even_if_it_only_restarts_the_clock() -> None:
    again = put(user(ONLINE_BY_HAND, clock=START), Status.ONLINE)
    assert again.switches == () and again.durable
    assert put(user(ONLINE_BY_HAND, clock=START), Status.AWAY).durable


def test_an_activity_that_only_restarts_the_clock_may_be_written_behind() -> None:
    assert not record_activity(user(ONLINE_BY_HAND, clock=START), policy(both()), activity_time=NOW, now=NOW).durable


# --- expected_revision ---------------------------------------------------------------------------------------------


def test_the_revision_that_is_expected_lets_the_setting_through() -> None:
    record = user(ONLINE_BY_HAND, clock=START, revision=41)
    assert len(put(record, Status.AWAY, expected_revision=41).switches) == 1


@pytest.mark.parametrize("expected", [0, 40, 42])
def test_another_revision_than_expected_is_a_conflict_and_changes_nothing(expected: int) -> None:
    record = user(ONLINE_BY_HAND, clock=START, revision=41)
    before = facts(record)
    with pytest.raises(RevisionConflict):
        put(record, Status.AWAY, expected_revision=expected)
    assert facts(record) == before


def test_a_setting_that_would_change_nothing_is_refused_too_when_it_expects_another_revision() -> None:
    with pytest.raises(RevisionConflict):
        put(user(ONLINE_BY_HAND, clock=START, revision=41), Status.ONLINE, expected_revision=40)


def test_revision_zero_expects_somebody_never_seen() -> None:
    assert len(put(never_seen(), Status.ONLINE, expected_revision=0).switches) == 1
    with pytest.raises(RevisionConflict):
        put(user(ONLINE_BY_HAND, clock=START, revision=1), Status.AWAY, expected_revision=0)


def test_a_switch_that_is_true_but_not_written_down_yet_is_a_conflict_too() -> None:
    record = user(ONLINE_BY_HAND, clock=START, revision=41)
    assert len(put(record, Status.AWAY, now=START + AWAY_AFTER - 1, expected_revision=41).switches) == 1
    with pytest.raises(RevisionConflict):
        put(record, Status.OFFLINE, now=START + AWAY_AFTER, expected_revision=41)
