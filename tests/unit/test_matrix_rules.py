"""Every own state x connection x event x workflow shape through the rules, against the tables in `tables.py`.

One person in each pair of states, as of NOW: what is underneath after an event, and what is shown, told and kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest
from tests.unit.builders import AWAY_AFTER, DISCONNECT_AFTER, HOUR, MINUTE, OFFLINE_AFTER, SECOND, never_seen
from tests.unit.shapes import every_workflow
from tests.unit.tables import activity_leads, connection_leads, inactivity_leads, leads, shown_of

from onduty_server.domain.layers import Layers, Lease, unpack
from onduty_server.domain.record import Decision, Switch, UserRecord
from onduty_server.domain.rules import (
    Policy,
    end_engagement,
    end_session,
    keep_engagement,
    keep_session,
    record_activity,
    set_status,
    settle,
    view,
)
from onduty_server.domain.status import (
    END_EVENT,
    OWN_STATES,
    SET_EVENT,
    SET_UNTIL_EVENT,
    Cause,
    Connection,
    ConnectionEvent,
    Event,
    State,
    Status,
    Then,
)
from onduty_server.domain.workflow import Workflow

NOW = 100 * HOUR
ACTIVE = NOW - 2 * SECOND
SINCE = NOW - 5 * SECOND
LEFT = NOW - SECOND
"""When the last session of those who have none now ended: not yet long enough ago."""
END = NOW + 5 * SECOND

OWN = tuple(state for state in OWN_STATES if state is not State.UNSEEN)
UNTIL = (State.ONLINE_UNTIL, State.AWAY_UNTIL, State.OFFLINE_UNTIL)
LAPTOP, PHONE = Lease("laptop", NOW + HOUR), Lease("laptop", LEFT)
CONNECTIONS: dict[str, tuple[Connection, tuple[Lease, ...]]] = {
    "never had a session": (Connection.UNTRACKED, ()),
    "has one": (Connection.CONNECTED, (LAPTOP,)),
    "had one": (Connection.CONNECTED, (PHONE,)),
    "gone, as AWAY": (Connection.AWAY, (PHONE,)),
    "gone, as OFFLINE": (Connection.OFFLINE, (PHONE,)),
}


class Pair(NamedTuple):
    """Where somebody stands: in both machines, with or without a session that lives."""

    own: State
    connection: Connection
    sessions: tuple[Lease, ...]

    @property
    def shown(self) -> State:
        return shown_of(self.own, self.connection)

    @property
    def is_connected(self) -> bool:
        return LAPTOP in self.sessions

    @property
    def seen(self) -> Connection:
        """The connection after an activity or a setting by hand."""
        return self.connection if self.is_connected else Connection.UNTRACKED


def pairs() -> Iterator[Pair]:
    return (Pair(own, *connection) for own, connection in product(OWN, CONNECTIONS.values()))


def somebody(pair: Pair, then: Then = Then.AUTOMATIC) -> UserRecord:
    """A user who stands there, active two seconds ago; a status by hand has an actor and a reason."""
    by_hand = pair.own.cause is Cause.MANUAL
    is_until = pair.own in UNTIL
    expire_time, follows = (END, then) if is_until else (None, None)
    return UserRecord(
        "ada",
        pair.own,
        SINCE,
        ACTIVE,
        ACTIVE,
        "grace" if by_hand else "",
        "lunch" if by_hand else "",
        7,
        Layers(pair.connection, expire_time, follows, pair.sessions, ()).pack(),
    )


class Told(NamedTuple):
    """A switch as the tables know it."""

    before: State
    now: State
    effective_time: int
    actor: str
    reason: str
    expire_time: int | None


def told(switch: Switch) -> Told:
    return Told(switch.previous, switch.state, switch.effective_time, switch.actor, switch.reason, switch.expire_time)


class After(NamedTuple):
    """Where somebody stands after an event, and what their own status then carries."""

    own: State
    connection: Connection
    actor: str = ""
    reason: str = ""
    expire_time: int | None = None


def kept(pair: Pair) -> After:
    """As before."""
    by_hand = pair.own.cause is Cause.MANUAL
    carries = ("grace", "lunch") if by_hand else ("", "")
    return After(pair.own, pair.connection, *carries, END if pair.own in UNTIL else None)


def check(pair: Pair, decision: Decision, after: After, at: int) -> None:
    """One event at `at` has led from the pair to `after`; the switch follows from what is shown before and after."""
    record, layers = decision.record, unpack(decision.record.layers)
    assert (record.state, layers.connection) == (after.own, after.connection), pair
    assert (record.actor, record.reason, layers.expire_time) == after[2:], pair
    before = kept(pair)
    was = _shown(before)
    shows = _shown(after)
    expected = [] if was == shows else [Told(was[0], shows[0], at, *shows[1:])]
    assert [told(switch) for switch in decision.switches] == expected, pair
    assert decision.durable or not expected, pair
    # A first session, which nobody is shown, may be written behind; nothing else that moves underneath.
    had_session = before.connection is not Connection.UNTRACKED
    moved = after.own is not before.own or (had_session and after.connection is not before.connection)
    assert decision.durable or not moved, f"{pair}: what is underneath is kept"
    assert record.shown is shows[0]
    assert record.status_since == (at if was[0].status is not shows[0].status else SINCE), pair


def _shown(after: After) -> tuple[State, str, str, int | None]:
    state = shown_of(after.own, after.connection)
    return (state, "", "", None) if state is not after.own else (state, *after[2:])


# --- events


@every_workflow
def test_an_activity_does_to_everybody_what_the_tables_say(w: Workflow) -> None:
    for pair in pairs():
        decision = record_activity(somebody(pair), Policy(w), activity_time=NOW, now=NOW)
        resumed = activity_leads(w, pair.own)
        after = kept(pair)._replace(connection=pair.seen)
        check(pair, decision, after if resumed is None else After(resumed, pair.seen), NOW)
        assert (decision.record.clock, decision.record.last_activity) == (NOW, NOW)
        assert unpack(decision.record.layers).connected(NOW) is pair.is_connected


@every_workflow
@pytest.mark.parametrize("expire_time", [None, NOW + HOUR])
def test_setting_a_status_does_to_everybody_what_the_tables_say(w: Workflow, expire_time: int | None) -> None:
    for pair, status in product(pairs(), Status):
        decision = set_status(
            somebody(pair),
            Policy(w),
            status=status,
            now=NOW,
            actor="hedy",
            reason="shift",
            expected_revision=None,
            expire_time=expire_time,
            then=None if expire_time is None else Then.AUTOMATIC,
        )
        own = leads(w, pair.own, (SET_EVENT if expire_time is None else SET_UNTIL_EVENT)[status])
        assert own is not None
        check(pair, decision, After(own, pair.seen, "hedy", "shift", expire_time), NOW)
        assert (decision.record.clock, decision.record.last_activity) == (NOW, ACTIVE)
        assert unpack(decision.record.layers).then is (None if expire_time is None else Then.AUTOMATIC)


@every_workflow
@pytest.mark.parametrize("input_too", [False, True])
def test_keeping_a_session_does_to_everybody_what_the_tables_say(w: Workflow, input_too: bool) -> None:
    for pair, session_id in product(pairs(), ("laptop", "another")):
        decision = keep_session(
            somebody(pair),
            Policy(w),
            session_id=session_id,
            ttl_ms=MINUTE,
            activity_time=NOW if input_too else None,
            now=NOW,
        )
        connection = connection_leads(w, pair.connection, ConnectionEvent.SESSION_KEPT)
        assert connection is Connection.CONNECTED
        resumed = activity_leads(w, pair.own) if input_too else None
        after = kept(pair)._replace(connection=connection)
        check(pair, decision, after if resumed is None else After(resumed, connection), NOW)
        assert decision.record.clock == (NOW if input_too else ACTIVE)
        assert unpack(decision.record.layers).connected(NOW + MINUTE - 1)


@every_workflow
def test_ending_a_session_and_engagements_move_nobody(w: Workflow) -> None:
    policy = Policy(w)
    for pair in pairs():
        record = somebody(pair)
        ended = end_session(record, policy, session_id="laptop", now=NOW)
        check(pair, ended, kept(pair), NOW)
        assert not unpack(ended.record.layers).connected(NOW)
        assert end_session(record, policy, session_id="unknown", now=NOW).record is record
        engaged = keep_engagement(record, policy, engagement_id="call", ttl_ms=HOUR, now=NOW)
        check(pair, engaged, kept(pair), NOW)
        assert view(engaged.record, policy, NOW).engagements == 1
        free = end_engagement(engaged.record, policy, engagement_id="call", now=NOW)
        check(pair, free, kept(pair), NOW)
        assert view(free.record, policy, NOW).engagements == 0
        assert free.record.clock == NOW


# --- time


@every_workflow
def test_the_end_of_the_last_session_does_to_everybody_what_the_tables_say(w: Workflow) -> None:
    """Until nearly a minute after it nothing, and then exactly one thing; ends of statuses lie further ahead here."""
    due = LEFT + DISCONNECT_AFTER
    for pair in pairs():
        record = somebody(pair)
        layers = unpack(record.layers)
        far = NOW + HOUR
        record.layers = layers._replace(expire_time=None if layers.expire_time is None else far).pack()
        assert settle(record, Policy(w), due - 1).record is record
        gone = None if pair.is_connected else connection_leads(w, pair.connection, ConnectionEvent.DISCONNECTION)
        decision = settle(record, Policy(w), due)
        shows, was = shown_of(pair.own, gone or pair.connection), pair.shown
        assert unpack(decision.record.layers).connection is (gone or pair.connection), pair
        assert decision.record.state is pair.own, "the own status goes on underneath"
        assert [(it.previous, it.state, it.effective_time) for it in decision.switches] == (
            [] if shows is was else [(was, shows, due)]
        ), pair
        assert decision.durable is (gone is not None)


@every_workflow
@pytest.mark.parametrize("then", Then)
def test_the_end_of_a_status_does_to_everybody_what_the_tables_say(w: Workflow, then: Then) -> None:
    for own, connection in product(UNTIL, CONNECTIONS.values()):
        pair = Pair(own, *connection)
        record = somebody(pair, then)
        assert settle(record, Policy(w), END - 1).record is record
        follows = {
            # The last activity was seven seconds before.
            Then.AUTOMATIC: Status.AWAY if own.status is Status.OFFLINE else Status.ONLINE,
            Then.ONLINE: Status.ONLINE,
            Then.AWAY: Status.AWAY,
            Then.OFFLINE: Status.OFFLINE,
        }[then]
        after = leads(w, own, END_EVENT[follows])
        assert after is not None
        decision = settle(record, Policy(w), END)
        check(pair, decision, After(after, pair.connection), END)
        assert decision.record.clock == END, "the end restarts the clock"


@every_workflow
def test_an_end_without_a_fresh_activity_is_away(w: Workflow) -> None:
    for own, last_activity in product(UNTIL, (None, END - OFFLINE_AFTER - HOUR)):
        record = somebody(Pair(own, Connection.UNTRACKED, ()))
        record.last_activity = last_activity
        assert settle(record, Policy(w), END).record.state is State.AWAY_BY_EXPIRY


def fall(w: Workflow, source: State, now: int) -> list[tuple[State, int]]:
    """The states, and since when, of somebody who was active at ACTIVE and never since, and has no end ahead."""
    states: list[tuple[State, int]] = []
    while (timed := inactivity_leads(w, source)) is not None and now - ACTIVE >= timed[1]:
        source = timed[0]
        states.append((source, ACTIVE + timed[1]))
    return states


@every_workflow
@pytest.mark.parametrize(
    "idle", [0, AWAY_AFTER - 1, AWAY_AFTER, AWAY_AFTER + 1, OFFLINE_AFTER - 1, OFFLINE_AFTER, 99 * HOUR]
)
def test_inactivity_does_to_everybody_what_the_tables_say(w: Workflow, idle: int) -> None:
    now = ACTIVE + idle
    for own, (connection, _) in product(OWN, CONNECTIONS.values()):
        if own in UNTIL:
            continue
        # A session that lives for longer than all this takes, so that only inactivity moves.
        sessions = () if connection is Connection.UNTRACKED else (Lease("laptop", NOW + 1_000 * HOUR),)
        pair = Pair(own, connection, sessions)
        record = somebody(pair)
        decision = settle(record, Policy(w), now)
        expected, was = [], pair.shown
        for state, at in fall(w, own, now):
            if (shows := shown_of(state, connection)) is not was:
                expected.append((was, shows, at))
                was = shows
        assert [(it.previous, it.state, it.effective_time) for it in decision.switches] == expected, pair
        last = fall(w, own, now)[-1:]
        assert decision.record.state is (last[0][0] if last else own)
        assert decision.durable is bool(last)
        assert settle(record, Policy(w), now).switches == decision.switches, "the record is as it was"


@every_workflow
@pytest.mark.parametrize("idle", [AWAY_AFTER, OFFLINE_AFTER, 9 * HOUR])
def test_an_event_comes_after_everything_that_was_due_before_it(w: Workflow, idle: int) -> None:
    now = ACTIVE + idle
    for own in OWN:
        if own in UNTIL:
            continue
        record = somebody(Pair(own, Connection.UNTRACKED, ()))
        fallen = fall(w, own, now)
        at = fallen[-1][0] if fallen else own
        active = record_activity(record, Policy(w), activity_time=now, now=now)
        resumed = activity_leads(w, at)
        assert [(it.state, it.effective_time) for it in active.switches] == [
            *fallen,
            *([] if resumed is None else [(resumed, now)]),
        ]
        was_set = set_status(
            record, Policy(w), status=Status.AWAY, now=now, actor="hedy", reason="", expected_revision=None
        )
        by_hand = leads(w, at, Event.SET_AWAY)
        assert [(it.state, it.effective_time) for it in was_set.switches] == [*fallen, (by_hand, now)]


# --- the first of a person


@every_workflow
def test_the_first_event_of_a_person_does_what_the_tables_say(w: Workflow) -> None:
    for status in Status:
        decision = set_status(
            never_seen(), Policy(w), status=status, now=NOW, actor="hedy", reason="", expected_revision=None
        )
        assert [it.state for it in decision.switches] == [leads(w, State.UNSEEN, SET_EVENT[status])]
    active = record_activity(never_seen(), Policy(w), activity_time=NOW, now=NOW)
    with_session = keep_session(never_seen(), Policy(w), session_id="laptop", ttl_ms=MINUTE, activity_time=NOW, now=NOW)
    for decision in (active, with_session):
        assert [it.state for it in decision.switches] == [activity_leads(w, State.UNSEEN)]
    assert unpack(with_session.record.layers).connected(NOW)
