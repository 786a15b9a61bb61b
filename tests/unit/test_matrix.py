"""Every state x cause x event x workflow shape, against two tables written for people.

The tests read the two tables below as a person would and never look at the domain's table of transitions. Where a rule
of presence changes (`domain/rules.py`), so does its text here. The row of the stale activity applies to a never-seen
user whom nothing due has switched.
"""

from __future__ import annotations

import logging
from itertools import product

import pytest
from tests.unit.builders import (
    AWAY_AFTER,
    HOUR,
    NEVER_SEEN,
    OFFLINE_AFTER,
    SECOND,
    SEEN,
    STATE_OF,
    Facts,
    Happened,
    StatusAndCause,
    describe,
    facts,
    happened,
    never_seen,
    user,
    workflow,
)

from onduty_server.domain.machine import Shape, machine_for
from onduty_server.domain.record import UserRecord
from onduty_server.domain.rules import Policy, record_activity, set_status, settle
from onduty_server.domain.status import Cause, Event, Resume, State, Status
from onduty_server.domain.workflow import TimedTransition, Workflow

TIMED_TRANSITIONS = """
| workflow | ONLINE | AWAY |
| --- | --- | --- |
| away only | -> AWAY at `idle_since + away_after` | stays |
| offline only | -> OFFLINE at `idle_since + offline_after` | -> OFFLINE at `idle_since + offline_after` |
| both | -> AWAY at `idle_since + away_after` | -> OFFLINE at `idle_since + offline_after` |
"""

EVENTS = """
| event | ONLINE | AWAY by INACTIVITY | AWAY by MANUAL | OFFLINE by INACTIVITY | OFFLINE by MANUAL | never seen |
| --- | --- | --- | --- | --- | --- | --- |
| activity | clock restarts | ONLINE (cause ACTIVITY) if `resume` allows | stays, clock restarts | ONLINE if `resume` is `FROM_AWAY_OR_OFFLINE` | stays | ONLINE (cause ACTIVITY) |
| stale activity | | | | | | AWAY (cause INACTIVITY) |
| set S | S, cause MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL |
"""  # noqa: E501 - a table is read by its rows

SET_EVENTS = {Status.ONLINE: Event.SET_ONLINE, Status.AWAY: Event.SET_AWAY, Status.OFFLINE: Event.SET_OFFLINE}


def read_table(markdown: str) -> dict[tuple[str, str], str]:
    """Cells by row and column heading."""
    header, _, *rows = ([cell.strip() for cell in line.strip(" |").split("|")] for line in markdown.strip().split("\n"))
    return {
        (row[0], column): cell
        for row in rows
        for column, cell in zip(header[1:], row[1:], strict=True)  # a row of another length would be a misread table
    }


TIMED_CELLS = read_table(TIMED_TRANSITIONS)
EVENT_CELLS = read_table(EVENTS)


def row_of(w: Workflow) -> str | None:
    """Timed transitions exist only while the workflow is enabled."""
    if not w.enabled:
        return None
    return {(True, False): "away only", (False, True): "offline only", (True, True): "both"}[
        w.away_after_ms is not None, w.offline_after_ms is not None
    ]


def inactivity_leads(w: Workflow, source: StatusAndCause) -> tuple[StatusAndCause, int] | None:
    """The destination of inactivity from `source`, and after how long, by the tables."""
    status, cause = source
    row = row_of(w)
    # "Nothing automatic ever touches OFFLINE"; nor has anybody who was never seen a status to leave.
    if row is None or status in (None, Status.OFFLINE):
        return None
    # "`AWAY -> OFFLINE` applies to an `AWAY` set by hand too, unless the workflow says `keep_manual_away`."
    if status is Status.AWAY and cause is Cause.MANUAL and w.keep_manual_away:
        return None
    match TIMED_CELLS[row, status.name]:
        case "stays":
            return None
        case "-> AWAY at `idle_since + away_after`":
            return (Status.AWAY, Cause.INACTIVITY), AWAY_AFTER
        case "-> OFFLINE at `idle_since + offline_after`":
            return (Status.OFFLINE, Cause.INACTIVITY), OFFLINE_AFTER
        case cell:
            raise AssertionError(f"the test cannot read {cell!r}")


def column_of(source: StatusAndCause) -> str:
    status, cause = source
    if status is None or cause is None:
        return "never seen"
    return "ONLINE" if status is Status.ONLINE else f"{status.name} by {cause.name}"


def activity_leads(w: Workflow, source: StatusAndCause) -> StatusAndCause | None:
    """The destination of a fresh activity from `source`; None if the status stays."""
    resumed = (Status.ONLINE, Cause.ACTIVITY)
    match EVENT_CELLS["activity", column_of(source)]:
        case "clock restarts" | "stays, clock restarts" | "stays":
            return None
        case "ONLINE (cause ACTIVITY)":
            return resumed
        case "ONLINE (cause ACTIVITY) if `resume` allows":
            # FROM_AWAY (default), NEVER, FROM_AWAY_OR_OFFLINE
            return {Resume.FROM_AWAY: resumed, Resume.NEVER: None, Resume.FROM_AWAY_OR_OFFLINE: resumed}[w.resume]
        case "ONLINE if `resume` is `FROM_AWAY_OR_OFFLINE`":
            return resumed if w.resume is Resume.FROM_AWAY_OR_OFFLINE else None
        case cell:
            raise AssertionError(f"the test cannot read {cell!r}")


def setting_leads(status: Status, source: StatusAndCause) -> StatusAndCause:
    match EVENT_CELLS["set S", column_of(source)]:
        case "S, cause MANUAL" | "S, MANUAL":
            return status, Cause.MANUAL
        case cell:
            raise AssertionError(f"the test cannot read {cell!r}")


def leads(w: Workflow, source: StatusAndCause, event: Event) -> StatusAndCause | None:
    """The destination of `event` from `source` under `w`; None if the table has no such transition."""
    if event is Event.INACTIVITY:
        timed = inactivity_leads(w, source)
        return None if timed is None else timed[0]
    if event is Event.ACTIVITY:
        return activity_leads(w, source)
    if event is Event.STALE_ACTIVITY:
        return {"": None, "AWAY (cause INACTIVITY)": (Status.AWAY, Cause.INACTIVITY)}[
            EVENT_CELLS["stale activity", column_of(source)]
        ]
    (status,) = (status for status, set_event in SET_EVENTS.items() if set_event is event)
    return setting_leads(status, source)


def possible_workflows() -> list[Workflow]:
    """Enabled x periods x resume x keep_manual_away, except what is refused: enabled without a period."""
    return [
        workflow(enabled=enabled, away=away, offline=offline, resume=resume, keep_manual_away=keep)
        for enabled, away, offline, resume, keep in product(
            (True, False), (AWAY_AFTER, None), (OFFLINE_AFTER, None), Resume, (False, True)
        )
        if not (enabled and away is None and offline is None)
    ]


WORKFLOWS = possible_workflows()
every_workflow = pytest.mark.parametrize("w", WORKFLOWS, ids=describe)
every_status_and_cause = (*SEEN, NEVER_SEEN)


class Model:
    """The least that a machine can move."""

    def __init__(self, state: State) -> None:
        self.state = state


# --- the machine ---------------------------------------------------------------------------------------------------


def test_the_workflows_of_these_tests_have_every_shape_there_is() -> None:
    assert len(WORKFLOWS) == 18 + 24
    assert {w.shape for w in WORKFLOWS} == {
        Shape(away, offline, resume, keep)
        for away, offline, resume, keep in product((True, False), (True, False), Resume, (True, False))
    }


def test_the_states_of_the_machine_are_exactly_the_columns_of_the_matrix() -> None:
    assert {(state.status, state.cause) for state in State} == set(every_status_and_cause)
    assert {column_of(source) for source in every_status_and_cause} == {column for _, column in EVENT_CELLS}
    assert len(State) == len(every_status_and_cause)


@every_workflow
def test_the_machine_moves_every_state_by_every_event_as_the_matrix_says(w: Workflow) -> None:
    said: dict[tuple[str, Event], StatusAndCause | None] = {}
    done: dict[tuple[str, Event], StatusAndCause | None] = {}
    for source, event in product(every_status_and_cause, Event):
        said[describe(source), event] = leads(w, source, event)
        model = Model(STATE_OF[source])
        moved = w.machine.fire(model, event)
        assert isinstance(model.state, State)
        assert moved or model.state is STATE_OF[source]
        done[describe(source), event] = (model.state.status, model.state.cause) if moved else None
    assert done == said


@every_workflow
def test_moves_tells_beforehand_whether_the_machine_would_move(w: Workflow) -> None:
    for source, event in product(every_status_and_cause, Event):
        assert w.machine.moves(event, STATE_OF[source]) == (leads(w, source, event) is not None), (source, event)


@every_workflow
def test_the_timed_look_up_of_every_state_is_the_matrix(w: Workflow) -> None:
    assert len(w.timed) == len(State)
    for source in every_status_and_cause:
        said = inactivity_leads(w, source)
        expected = None if said is None else TimedTransition(STATE_OF[said[0]], said[1])
        assert w.timed[STATE_OF[source]] == expected, describe(source)


@every_workflow
def test_the_look_up_of_who_is_moved_by_an_activity_is_the_matrix(w: Workflow) -> None:
    assert len(w.resumes) == len(State)
    for source in every_status_and_cause:
        assert w.resumes[STATE_OF[source]] == (activity_leads(w, source) is not None), describe(source)


@every_workflow
def test_every_event_has_at_most_one_way_out_of_a_state(w: Workflow) -> None:
    ways = [(row.event, row.source) for row in w.machine.table]
    assert len(ways) == len(set(ways))


@every_workflow
def test_automation_only_ever_demotes(w: Workflow) -> None:
    rank = {Status.ONLINE: 0, Status.AWAY: 1, Status.OFFLINE: 2}
    for source in SEEN:
        model = Model(STATE_OF[source])
        if w.machine.fire(model, Event.INACTIVITY):
            before, after = source[0], model.state.status
            assert before is not None and after is not None
            assert rank[after] > rank[before]
            assert model.state.cause is Cause.INACTIVITY


def test_one_machine_serves_every_workflow_of_the_same_shape() -> None:
    short = workflow(away=5 * SECOND, offline=9 * SECOND, enabled_time=3, thresholds_since=4)
    long = workflow(away=HOUR, offline=2 * HOUR)
    assert short.machine is long.machine
    assert len({id(machine_for(w.shape)) for w in WORKFLOWS}) == 24


def test_a_disabled_workflow_has_the_machine_of_one_without_periods() -> None:
    off = workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)
    assert off.machine is workflow(enabled=False).machine


# --- what the rules make of it -------------------------------------------------------------------------------------

NOW = 100 * HOUR
ACTIVE = NOW - 2 * SECOND
SINCE = NOW - 5 * SECOND


def somebody(source: StatusAndCause) -> UserRecord:
    """A user in that status, active two seconds ago; a status by hand has an actor and a reason."""
    if source == NEVER_SEEN:
        return never_seen()
    by_hand = source[1] is Cause.MANUAL
    return user(
        source,
        clock=ACTIVE,
        status_since=SINCE,
        last_activity=ACTIVE,
        actor="grace" if by_hand else "",
        reason="lunch" if by_hand else "",
    )


@every_workflow
def test_an_activity_does_to_every_user_what_the_matrix_says(w: Workflow) -> None:
    for source in every_status_and_cause:
        record = somebody(source)
        before = facts(record)
        decision = record_activity(record, Policy(w), activity_time=NOW, now=NOW)

        destination = activity_leads(w, source)
        moved_clock = before._replace(clock=NOW, last_activity=NOW)
        if destination is None:
            assert happened(decision) == [], describe(source)
            assert facts(decision.record) == moved_clock, describe(source)
        else:
            assert happened(decision) == [Happened(source, destination, NOW)], describe(source)
            assert facts(decision.record) == moved_clock._replace(
                status_and_cause=destination, status_since=NOW, actor="", reason=""
            ), describe(source)
        assert facts(record) == before, "the record that was handed in is not written to"


@every_workflow
@pytest.mark.parametrize("status", Status, ids=describe)
def test_setting_a_status_does_to_every_user_what_the_matrix_says(w: Workflow, status: Status) -> None:
    for source in every_status_and_cause:
        record = somebody(source)
        before = facts(record)
        decision = set_status(
            record, Policy(w), status=status, now=NOW, actor="hedy", reason="shift", expected_revision=None
        )

        destination = setting_leads(status, source)
        assert happened(decision) == [Happened(source, destination, NOW, "hedy", "shift")], describe(source)
        assert facts(decision.record) == Facts(
            status_and_cause=destination,
            status_since=before.status_since if source[0] is status else NOW,
            last_activity=before.last_activity,
            clock=NOW,
            actor="hedy",
            reason="shift",
            revision=before.revision,
        ), describe(source)
        assert facts(record) == before, "the record that was handed in is not written to"


def expected_fall(w: Workflow, source: StatusAndCause, now: int) -> list[Happened]:
    """The timed transitions of a user who was active at ACTIVE and never since."""
    switches: list[Happened] = []
    at = source
    while (timed := inactivity_leads(w, at)) is not None:
        destination, period = timed
        if now - ACTIVE < period:
            break
        switches.append(Happened(at, destination, ACTIVE + period))
        at = destination
    return switches


@every_workflow
@pytest.mark.parametrize(
    "idle", [0, AWAY_AFTER - 1, AWAY_AFTER, AWAY_AFTER + 1, OFFLINE_AFTER - 1, OFFLINE_AFTER, 99 * HOUR]
)
def test_inactivity_does_to_every_user_what_the_matrix_says(w: Workflow, idle: int) -> None:
    for source in every_status_and_cause:
        record = somebody(source)
        before = facts(record)
        decision = settle(record, Policy(w), ACTIVE + idle)

        switches = expected_fall(w, source, ACTIVE + idle)
        assert happened(decision) == switches, describe(source)
        if switches:
            last = switches[-1]
            assert facts(decision.record) == before._replace(
                status_and_cause=last.now, status_since=last.effective_time, actor="", reason=""
            ), describe(source)
        else:
            assert facts(decision.record) == before, describe(source)
        assert facts(record) == before, "the record that was handed in is not written to"


@every_workflow
@pytest.mark.parametrize("idle", [AWAY_AFTER, OFFLINE_AFTER, 9 * HOUR])
def test_an_event_comes_after_everything_that_was_due_before_it(w: Workflow, idle: int) -> None:
    now = ACTIVE + idle
    for source in SEEN:
        fallen = expected_fall(w, source, now)
        at = fallen[-1].now if fallen else source

        resumed = activity_leads(w, at)
        active = record_activity(somebody(source), Policy(w), activity_time=now, now=now)
        assert happened(active) == [*fallen, *([] if resumed is None else [Happened(at, resumed, now)])]

        was_set = set_status(
            somebody(source),
            Policy(w),
            status=Status.AWAY,
            now=now,
            actor="hedy",
            reason="",
            expected_revision=None,
        )
        destination = setting_leads(Status.AWAY, at)
        assert happened(was_set) == [*fallen, Happened(at, destination, now, "hedy", "")]


def test_the_library_of_the_machine_has_nothing_to_log(caplog: pytest.LogCaptureFixture) -> None:
    """It warns of each event that it is sent in a state which that event does not leave."""
    caplog.set_level(logging.WARNING)
    for away, offline, resume, kept in product((False, True), (False, True), Resume, (False, True)):
        machine = machine_for(Shape(away, offline, resume, kept))
        for event, state in product(Event, State):
            record = UserRecord("ada", state, 1, 2, 3, "", "", 4)
            assert machine.fire(record, event) == machine.moves(event, state)
    assert caplog.records == []
