"""A move between teams: one workflow decides until then and another from then on, as in a change of a workflow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.builders import HOUR, MINUTE, SECOND
from tests.unit.strategies import Situation, patches, revised_if_valid, situations

from onduty_server.domain import rules
from onduty_server.domain.layers import Layers, Lease
from onduty_server.domain.record import NO_PROFILE, Profile, UserRecord
from onduty_server.domain.rules import PastPolicy, Policy
from onduty_server.domain.status import Connection, State
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, delete, follow, revise

NOON = 1_000 * HOUR
DAY_SHIFT = Workflow(enabled=True, away_after_ms=10 * MINUTE, offline_after_ms=30 * MINUTE, enabled_time=1, revision=1)
NIGHT_SHIFT = Workflow(
    enabled=True, away_after_ms=2 * MINUTE, enabled_time=1, thresholds_since=1, revision=2, team_id="night"
)


def ada(clock: int = NOON, state: State = State.ONLINE_BY_ACTIVITY, layers: str = "") -> UserRecord:
    return UserRecord("ada", state, clock, clock, clock, revision=5, layers=layers)


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_name_is_a_change_and_the_same_name_is_none() -> None:
    policy = Policy(DAY_SHIFT)
    named = rules.update_profile(ada(), policy, policy, {"display_name": "Ada"}, NOON + MINUTE)
    assert (named.record.profile, named.switches, named.profile_at, named.durable) == (Profile("Ada"), (), 0, True)
    again = rules.update_profile(named.record, policy, policy, {"display_name": "Ada"}, NOON + MINUTE)
    assert (again.record, again.profile_at, again.durable) == (named.record, None, False)
    gone = rules.update_profile(named.record, policy, policy, {"display_name": ""}, NOON + MINUTE)
    assert gone.record.profile == NO_PROFILE


def test_what_was_due_comes_before_the_change_of_the_profile() -> None:
    policy = Policy(DAY_SHIFT)
    named = rules.update_profile(ada(), policy, policy, {"display_name": "Ada"}, NOON + 15 * MINUTE)
    assert [(each.state, each.effective_time) for each in named.switches] == [
        (State.AWAY_BY_INACTIVITY, NOON + 10 * MINUTE)
    ]
    assert named.profile_at == 1


def test_a_record_of_the_store_is_never_written_to() -> None:
    record = ada()
    rules.update_profile(record, Policy(DAY_SHIFT), Policy(NIGHT_SHIFT), {"team_id": "night"}, NOON + 5 * MINUTE)
    assert (record.profile, record.state, record.clock) == (NO_PROFILE, State.ONLINE_BY_ACTIVITY, NOON)


# --- moves -----------------------------------------------------------------------------------------------------------


def test_what_the_new_workflow_has_due_switches_at_the_move_and_not_before() -> None:
    decision = rules.update_profile(
        ada(), Policy(DAY_SHIFT), Policy(NIGHT_SHIFT), {"team_id": "night"}, NOON + 5 * MINUTE
    )
    assert [(each.state, each.effective_time) for each in decision.switches] == [
        (State.AWAY_BY_INACTIVITY, NOON + 5 * MINUTE)
    ]
    assert decision.profile_at == 0
    assert decision.record.status_since == NOON + 5 * MINUTE


def test_what_had_fallen_due_keeps_its_time_and_nothing_is_undone() -> None:
    decision = rules.update_profile(
        ada(), Policy(NIGHT_SHIFT), Policy(DAY_SHIFT), {"team_id": "day"}, NOON + 5 * MINUTE
    )
    assert [(each.state, each.effective_time) for each in decision.switches] == [
        (State.AWAY_BY_INACTIVITY, NOON + 2 * MINUTE)
    ]
    assert decision.profile_at == 1
    view = rules.view(decision.record, Policy(DAY_SHIFT), NOON + 5 * MINUTE)
    assert (view.status_since, view.next_status_time) == (NOON + 2 * MINUTE, NOON + 30 * MINUTE)


def test_where_the_switch_was_off_before_the_clock_starts_at_the_move() -> None:
    decision = rules.update_profile(
        ada(), Policy(DEFAULT_WORKFLOW), Policy(NIGHT_SHIFT), {"team_id": "night"}, NOON + HOUR
    )
    assert decision.switches == ()
    view = rules.view(decision.record, Policy(NIGHT_SHIFT), NOON + HOUR)
    assert view.next_status_time == NOON + HOUR + 2 * MINUTE
    assert view.last_activity == NOON


def test_a_session_that_ended_while_the_switch_was_off_counts_from_the_move() -> None:
    ended = Layers(Connection.CONNECTED, sessions=(Lease("tab", NOON + MINUTE),)).pack()
    gone_soon = replace(NIGHT_SHIFT, away_after_ms=None, disconnect_after_ms=MINUTE)
    decision = rules.update_profile(
        ada(layers=ended), Policy(DEFAULT_WORKFLOW), Policy(gone_soon), {"team_id": "night"}, NOON + HOUR
    )
    assert decision.switches == ()
    assert rules.view(decision.record, Policy(gone_soon), NOON + HOUR).next_status_time == NOON + HOUR + MINUTE


def test_past_policies_of_the_new_team_do_not_reach_back() -> None:
    past = PastPolicy(replace(NIGHT_SHIFT, away_after_ms=SECOND), 0, NOON + 4 * MINUTE, last_revision=9)
    target = Policy(replace(DAY_SHIFT, team_id="night"), 0, (past,))
    decision = rules.update_profile(ada(), Policy(DAY_SHIFT), target, {"team_id": "night"}, NOON + 5 * MINUTE)
    assert decision.switches == ()


@given(situations(), patches(), st.integers(0, 40))
def test_a_move_is_a_change_of_the_workflow_for_one_user(situation: Situation, patch: object, later: int) -> None:
    record, policy, now = situation
    revised = revised_if_valid(policy.workflow, patch, now, 1_000)  # type: ignore[arg-type]
    assume(revised is not policy.workflow)
    # The same change for the whole account, and a team in which the new values have long been in force.
    changed = Policy(
        revised, policy.floor, (*policy.past, PastPolicy(policy.workflow, policy.floor, now, record.revision))
    )
    target = Policy(replace(revised, enabled_time=min(1, revised.enabled_time), thresholds_since=0), policy.floor)
    decision = rules.update_profile(record, policy, target, {"team_id": "night"}, now)
    assert decision.profile_at is not None
    at = now + 500 * later
    expected = rules.view(record, changed, at)
    seen = rules.view(decision.record, Policy(target.workflow, target.floor), at)
    assert seen._replace(profile=expected.profile) == expected
    assert [each.effective_time for each in decision.switches[decision.profile_at :]] == [now] * (
        len(decision.switches) - decision.profile_at
    )


# --- workflows of teams ----------------------------------------------------------------------------------------------


def test_a_team_gets_a_workflow_of_its_own_even_with_the_values_of_the_account() -> None:
    own = revise(DAY_SHIFT, {"enabled": True}, now=NOON, actor="sue", revision=8, team_id="night")
    assert (own.team_id, own.follows, own.revision, own.previous_revision) == ("night", False, 8, 1)
    assert (own.enabled_time, own.thresholds_since) == (DAY_SHIFT.enabled_time, DAY_SHIFT.thresholds_since)
    assert revise(own, {"enabled": True}, now=NOON, actor="sue", revision=9, team_id="night") is own


def test_a_deleted_workflow_leaves_the_values_of_the_account_in_force_from_then_on() -> None:
    follows = delete(NIGHT_SHIFT, DAY_SHIFT, now=NOON, actor="sue", revision=8)
    assert follows.follows
    assert (follows.team_id, follows.away_after_ms) == ("night", DAY_SHIFT.away_after_ms)
    assert (follows.revision, follows.updated_by, follows.previous_revision) == (8, "sue", NIGHT_SHIFT.revision)
    assert (follows.enabled_time, follows.thresholds_since) == (NIGHT_SHIFT.enabled_time, NOON)
    assert delete(follows, DAY_SHIFT, now=NOON, actor="sue", revision=9) is follows
    assert delete(DAY_SHIFT, DAY_SHIFT, now=NOON, actor="sue", revision=9) is DAY_SHIFT


@pytest.mark.parametrize("was_on", [True, False])
def test_whoever_follows_an_account_that_is_switched_on_starts_then(was_on: bool) -> None:
    own = replace(NIGHT_SHIFT, enabled=was_on)
    follows = follow(own, DAY_SHIFT, now=NOON)
    assert follows.enabled_time == (NIGHT_SHIFT.enabled_time if was_on else NOON)
