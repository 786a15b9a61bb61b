"""Every state x event x workflow shape of both machines, against the tables in `tables.py`.

What the rules make of both together is in `test_matrix_rules.py`.
"""

from __future__ import annotations

import logging
from itertools import product

import pytest
from tests.unit.builders import HOUR, SECOND, workflow
from tests.unit.shapes import SHAPES, WORKFLOWS, every_workflow
from tests.unit.tables import (
    COLUMNS,
    CONNECTION_CELLS,
    EVENT_CELLS,
    GONE,
    SHOWN_CELLS,
    activity_leads,
    connection_leads,
    inactivity_leads,
    leads,
    shown_of,
)

from onduty_server.domain.machine import connection_machine_for, machine_for
from onduty_server.domain.record import UserRecord
from onduty_server.domain.status import OWN_STATES, Cause, Connection, ConnectionEvent, Event, State, shown_state
from onduty_server.domain.workflow import TimedDisconnection, TimedTransition, Workflow


class Model:
    """The least that the machine of the own status can move."""

    def __init__(self, state: State) -> None:
        self.state = state


class Link:
    """The least that the machine of the connection can move."""

    def __init__(self, state: Connection) -> None:
        self.state = state


def test_the_workflows_of_these_tests_have_every_shape_there_is() -> None:
    assert {w.shape for w in WORKFLOWS} == SHAPES
    assert len(SHAPES) == 2 * 2 * 3 * 2 * 3


def test_the_columns_of_the_tables_are_the_states_of_the_machines() -> None:
    assert set(COLUMNS) == set(OWN_STATES)
    assert set(COLUMNS.values()) == {column for _, column in EVENT_CELLS}
    assert set(GONE) == set(Connection)
    assert set(GONE.values()) == {column for _, column in CONNECTION_CELLS} == {column for _, column in SHOWN_CELLS}
    assert set(State) - set(OWN_STATES) == {State.AWAY_BY_DISCONNECT, State.OFFLINE_BY_DISCONNECT}


@every_workflow
def test_the_machine_moves_every_state_by_every_event_as_the_matrix_says(w: Workflow) -> None:
    said: dict[tuple[str, Event], State | None] = {}
    done: dict[tuple[str, Event], State | None] = {}
    for source, event in product(OWN_STATES, Event):
        said[source.name, event] = leads(w, source, event)
        model = Model(source)
        moved = w.machine.fire(model, event)
        assert isinstance(model.state, State)
        assert moved or model.state is source
        assert w.machine.moves(event, source) is moved
        assert w.machine.outcome(event, source) is (model.state if moved else None)
        done[source.name, event] = model.state if moved else None
    assert done == said


@every_workflow
def test_the_machine_of_the_connection_moves_every_state_by_every_event_as_the_matrix_says(w: Workflow) -> None:
    said: dict[tuple[str, ConnectionEvent], Connection | None] = {}
    done: dict[tuple[str, ConnectionEvent], Connection | None] = {}
    machine = w.connection_machine
    for source, event in product(Connection, ConnectionEvent):
        said[source.name, event] = connection_leads(w, source, event)
        link = Link(source)
        moved = machine.fire(link, event)
        assert isinstance(link.state, Connection)
        assert moved or link.state is source
        assert machine.moves(event, source) is moved
        assert machine.outcome(event, source) is (link.state if moved else None)
        done[source.name, event] = link.state if moved else None
    assert done == said


def test_what_is_shown_of_every_pair_of_states_is_the_matrix() -> None:
    for own, connection in product(OWN_STATES, Connection):
        if own is State.UNSEEN:
            assert shown_state(own, connection) is own
        else:
            assert shown_state(own, connection) is shown_of(own, connection), (own, connection)


@every_workflow
def test_the_timed_look_up_of_every_state_is_the_matrix(w: Workflow) -> None:
    assert len(w.timed) == len(State)
    for source in State:
        said = inactivity_leads(w, source) if source in OWN_STATES else None
        assert w.timed[source] == (None if said is None else TimedTransition(*said)), source.name


@every_workflow
def test_the_timed_look_up_of_every_connection_is_the_matrix(w: Workflow) -> None:
    assert len(w.timed_connection) == len(Connection)
    for source in Connection:
        said = connection_leads(w, source, ConnectionEvent.DISCONNECTION)
        expected = None if said is None else TimedDisconnection(said, w.disconnect_after_ms or 0)
        assert w.timed_connection[source] == expected, source.name


@every_workflow
def test_the_look_up_of_who_is_moved_by_an_activity_is_the_matrix(w: Workflow) -> None:
    assert len(w.resumes) == len(State)
    for source in State:
        moves = source in OWN_STATES and activity_leads(w, source) is not None
        assert w.resumes[source] == moves, source.name


@every_workflow
def test_every_event_has_at_most_one_way_out_of_a_state(w: Workflow) -> None:
    ways = [(row.event, row.source) for row in w.machine.table]
    assert len(ways) == len(set(ways))
    links = [(row.event, row.source) for row in w.connection_machine.table]
    assert len(links) == len(set(links))


@every_workflow
def test_automation_only_ever_demotes(w: Workflow) -> None:
    for source in OWN_STATES:
        model = Model(source)
        if w.machine.fire(model, Event.INACTIVITY):
            assert source.status is not None and model.state.status is not None
            assert model.state.status > source.status
            assert model.state.cause is Cause.INACTIVITY
    for own, connection in product(OWN_STATES, Connection):
        link = Link(connection)
        if own is not State.UNSEEN and w.connection_machine.fire(link, ConnectionEvent.DISCONNECTION):
            before, after = shown_state(own, connection), shown_state(own, link.state)
            assert before is after or (after.status or 0) > (before.status or 0)


def test_one_machine_serves_every_workflow_of_the_same_shape() -> None:
    short = workflow(away=5 * SECOND, offline=9 * SECOND, enabled_time=3, thresholds_since=4)
    long = workflow(away=HOUR, offline=2 * HOUR)
    assert short.machine is long.machine
    assert short.connection_machine is long.connection_machine
    assert len({id(machine_for(shape)) for shape in SHAPES}) == len(SHAPES)


def test_a_disabled_workflow_has_the_machines_of_one_without_periods() -> None:
    off = workflow(enabled=False, away=HOUR, offline=2 * HOUR, disconnect=SECOND)
    assert off.machine is workflow(enabled=False).machine
    assert off.connection_machine is workflow(enabled=False).connection_machine


def test_the_library_of_the_machines_has_nothing_to_log(caplog: pytest.LogCaptureFixture) -> None:
    """It warns of each event that it is sent in a state which that event does not leave."""
    caplog.set_level(logging.WARNING)
    for shape in SHAPES:
        machine, connection_machine = machine_for(shape), connection_machine_for(shape)
        for event, state in product(Event, State):
            record = UserRecord("ada", state, 1, 2, 3, "", "", 4)
            assert machine.fire(record, event) == machine.moves(event, state)
        for link_event, connection in product(ConnectionEvent, Connection):
            assert connection_machine.fire(Link(connection), link_event) == connection_machine.moves(
                link_event, connection
            )
    assert caplog.records == []
