"""Settling gives the same outcome however often, and at whatever moments, it is done."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.builders import AWAY_AFTER, HOUR, ONLINE_BY_HAND, both, facts, user
from tests.unit.strategies import Situation, pauses, situations

from onduty_server.domain.rules import Policy, is_due, settle
from onduty_server.domain.status import Cause, Status

RANK = {Status.ONLINE: 0, Status.AWAY: 1, Status.OFFLINE: 2}


@settings(max_examples=300)
@given(situations(), pauses)
def test_settling_twice_is_settling_once_at_the_later_time(situation: Situation, pause: int) -> None:
    record, p, earlier = situation
    later = earlier + pause
    first = settle(record, p, earlier)
    second = settle(first.record, p, later)
    at_once = settle(record, p, later)
    assert facts(second.record) == facts(at_once.record)
    assert (*first.switches, *second.switches) == at_once.switches


@settings(max_examples=200)
@given(situations(), pauses)
def test_writing_down_between_changes_nothing(situation: Situation, pause: int) -> None:
    """As above, but the first settling is committed: the record has a newer revision than every past policy."""
    record, p, earlier = situation
    later = earlier + pause
    written = settle(record, p, earlier).record.copy()
    written.revision = max([record.revision, *(past.last_revision + 1 for past in p.past)])
    again = facts(settle(written, p, later).record)
    at_once = facts(settle(record, p, later).record)
    assert again == at_once._replace(revision=written.revision)


@settings(max_examples=200)
@given(situations(), pauses)
def test_something_is_due_where_settling_changes_something(situation: Situation, pause: int) -> None:
    record, p, now = situation
    assert is_due(record, p, now) == settle(record, p, now).durable
    assert is_due(record, p, now + pause) == settle(record, p, now + pause).durable
    # Past policies do not decide for a record that has changed since.
    record.revision = max([record.revision, *(past.last_revision + 1 for past in p.past)])
    assert is_due(record, p, now) == settle(record, p, now).durable


@settings(max_examples=200)
@given(situations())
def test_settling_at_the_same_time_again_does_nothing(situation: Situation) -> None:
    record, p, now = situation
    settled = settle(record, p, now).record
    again = settle(settled, p, now)
    assert again.switches == ()
    assert again.record is settled


@settings(max_examples=300)
@given(situations())
def test_settling_only_ever_demotes_in_order_and_never_into_the_future(situation: Situation) -> None:
    record, p, now = situation
    decision = settle(record, p, now)
    state, time = record.state, 0
    for switch in decision.switches:
        before, after = switch.previous.status, switch.state.status
        assert switch.previous is state
        assert before is not None and after is not None
        assert RANK[after] > RANK[before]
        assert switch.state.cause is Cause.INACTIVITY
        assert (switch.actor, switch.reason) == ("", "")
        assert time <= switch.effective_time <= now
        state, time = switch.state, switch.effective_time
    assert decision.record.state is state
    assert len(decision.switches) <= 2


@settings(max_examples=200)
@given(situations())
def test_settling_moves_neither_the_clock_nor_the_last_activity_nor_the_revision(situation: Situation) -> None:
    record, p, now = situation
    settled = settle(record, p, now).record
    assert (settled.user_id, settled.clock, settled.last_activity, settled.revision) == (
        record.user_id,
        record.clock,
        record.last_activity,
        record.revision,
    )


@settings(max_examples=200)
@given(situations(), st.data())
def test_a_policy_that_no_longer_matters_can_be_forgotten(situation: Situation, data: st.DataObject) -> None:
    """Once everything due under the oldest past policies is committed, dropping them changes no answer."""
    record, p, now = situation
    dropped = data.draw(st.integers(0, len(p.past)))
    under_the_oldest = Policy(past=p.past[:dropped])  # the default workflow adds nothing of its own
    settled = settle(record, under_the_oldest, now).record
    assert facts(settle(settled, replace(p, past=p.past[dropped:]), now).record) == facts(settle(record, p, now).record)


def test_a_record_with_nothing_due_is_returned_as_it_is() -> None:
    record = user(ONLINE_BY_HAND, clock=9 * HOUR)
    assert settle(record, Policy(both()), 9 * HOUR + AWAY_AFTER - 1).record is record
