"""The diagram shows the arrows of the machine's table: all of them, and no others."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from tests.unit.builders import AWAY_AFTER, HOUR, MINUTE, OFFLINE_AFTER, SECOND, both, workflow

from onduty_server.domain.diagram import mermaid
from onduty_server.domain.machine import Period
from onduty_server.domain.periods import format_period
from onduty_server.domain.standing import Standing
from onduty_server.domain.status import OWN_STATES, Connection, Event, Resume, State
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow

Arrow = tuple[str, str, str]

FIRST_ACTIVITY: Arrow = ("never seen", "ONLINE by activity", "activity")
STALE_FIRST_ACTIVITY: Arrow = ("never seen", "AWAY by inactivity", "stale activity")
RESUMED_FROM_AWAY: Arrow = ("AWAY by inactivity", "ONLINE by activity", "activity")
RESUMED_FROM_OFFLINE: Arrow = ("OFFLINE by inactivity", "ONLINE by activity", "activity")


def names(drawn: str) -> dict[str, str]:
    """The labels of the states in the diagram."""
    return {name: label for label, name in re.findall(r'^ *state "([^"]*)" as (\w+)$', drawn, re.MULTILINE)}


def arrows(drawn: str) -> list[Arrow]:
    """Every arrow with its label, between labelled states. A label of several events counts as several arrows."""
    labels = names(drawn)
    return sorted(
        (labels[source], labels[dest], event)
        for source, dest, label in re.findall(r"^ *(\w+) --> (\w+): (.*)$", drawn, re.MULTILINE)
        for event in label.split(" | ")
    )


def test_with_both_periods_everybody_falls_in_two_steps() -> None:
    drawn = mermaid(both())
    assert arrows(drawn) == sorted(
        [
            FIRST_ACTIVITY,
            STALE_FIRST_ACTIVITY,
            RESUMED_FROM_AWAY,
            ("ONLINE by hand", "AWAY by inactivity", "inactive for 10m"),
            ("ONLINE by activity", "AWAY by inactivity", "inactive for 10m"),
            ("AWAY by hand", "OFFLINE by inactivity", "inactive for 30m"),
            ("AWAY by inactivity", "OFFLINE by inactivity", "inactive for 30m"),
        ]
    )


def test_away_alone_shows_no_way_to_offline() -> None:
    drawn = mermaid(workflow(away=90 * SECOND, resume=Resume.FROM_AWAY_OR_OFFLINE))
    assert arrows(drawn) == sorted(
        [
            FIRST_ACTIVITY,
            STALE_FIRST_ACTIVITY,
            RESUMED_FROM_AWAY,
            RESUMED_FROM_OFFLINE,
            ("ONLINE by hand", "AWAY by inactivity", "inactive for 1m30s"),
            ("ONLINE by activity", "AWAY by inactivity", "inactive for 1m30s"),
        ]
    )


def test_offline_alone_leads_everybody_there_directly_but_a_manual_away_that_is_kept() -> None:
    drawn = mermaid(workflow(offline=2 * HOUR, resume=Resume.NEVER, keep_manual_away=True))
    assert arrows(drawn) == sorted(
        [
            FIRST_ACTIVITY,
            STALE_FIRST_ACTIVITY,
            ("ONLINE by hand", "OFFLINE by inactivity", "inactive for 2h"),
            ("ONLINE by activity", "OFFLINE by inactivity", "inactive for 2h"),
            ("AWAY by inactivity", "OFFLINE by inactivity", "inactive for 2h"),
        ]
    )


def test_a_disabled_workflow_shows_what_an_activity_still_does_and_no_period() -> None:
    off = workflow(enabled=False, away=AWAY_AFTER, offline=OFFLINE_AFTER)
    assert (
        arrows(mermaid(off))
        == arrows(mermaid(DEFAULT_WORKFLOW))
        == sorted([FIRST_ACTIVITY, STALE_FIRST_ACTIVITY, RESUMED_FROM_AWAY])
    )


DISCONNECTING = replace(workflow(away=AWAY_AFTER), disconnect_after_ms=MINUTE)
OWN = (
    "never seen",
    "ONLINE by hand",
    "ONLINE by activity",
    "AWAY by hand",
    "AWAY by inactivity",
    "OFFLINE by hand",
    "OFFLINE by inactivity",
    *(f"{status} by hand, until a time" for status in ("ONLINE", "AWAY", "OFFLINE")),
    *(f"{status} by expiry" for status in ("ONLINE", "AWAY", "OFFLINE")),
)


def test_settings_by_hand_are_drawn_on_request_from_every_state_to_every_status() -> None:
    drawn = arrows(mermaid(both(), include_manual=True))
    statuses = ("ONLINE", "AWAY", "OFFLINE")
    by_hand = [(source, f"{status} by hand", f"set {status}") for source, status in product(OWN, statuses)]
    until = [
        (source, f"{status} by hand, until a time", f"set {status} until") for source, status in product(OWN, statuses)
    ]
    ends = [
        (f"{source} by hand, until a time", f"{after} by expiry", f"end, then {after}")
        for source, after in product(statuses, statuses)
    ]
    after_ends = [
        ("ONLINE by expiry", "AWAY by inactivity", "inactive for 10m"),
        ("AWAY by expiry", "OFFLINE by inactivity", "inactive for 30m"),
        ("AWAY by expiry", "ONLINE by activity", "activity"),
    ]
    assert drawn == sorted([*by_hand, *until, *ends, *after_ends, *arrows(mermaid(both()))])


def test_a_workflow_that_disconnects_has_the_connection_beside_the_own_status() -> None:
    drawn = mermaid(DISCONNECTING)
    connection = [
        ("without a session", "connected", "session kept"),
        ("connected", "connected", "session kept"),
        ("connected", "without a session", "activity or setting, without a session"),
        ("connected", "gone, OFFLINE", "no session for 1m"),
        ("gone, OFFLINE", "connected", "session kept"),
        ("gone, OFFLINE", "without a session", "activity or setting, without a session"),
        ("gone, AWAY at best", "connected", "session kept"),
        ("gone, AWAY at best", "without a session", "activity or setting, without a session"),
        ("gone, AWAY at best", "gone, OFFLINE", "no session for 1m"),
    ]
    assert arrows(drawn) == sorted([*connection, *arrows(mermaid(workflow(away=AWAY_AFTER)))])
    assert re.findall(r"\[\*\] --> (\w+)", drawn) == ["UNSEEN", "CONNECTION_UNTRACKED"]


def marks(drawn: str) -> dict[str, str]:
    """The states with a mark, and their style."""
    labels = names(drawn)
    return {labels[name]: style for name, style in re.findall(r"Class (\w+) s_(\w+)", drawn) if style != "default"}


def test_the_states_of_a_user_are_marked_in_both_machines_in_words_and_colour() -> None:
    here = Standing(frozenset((State.AWAY_BY_INACTIVITY,)), frozenset((Connection.CONNECTED,)))
    drawn = mermaid(DISCONNECTING, standing=here)
    assert marks(drawn) == {"AWAY by inactivity (here)": "active", "connected (here)": "active"}
    assert "classDef s_active" in drawn


def test_states_that_are_possible_are_marked_as_that() -> None:
    here = Standing(frozenset((State.ONLINE_BY_HAND, State.ONLINE_BY_ACTIVITY)), frozenset((Connection.OFFLINE,)))
    drawn = mermaid(DISCONNECTING, standing=here)
    assert marks(drawn) == {
        "ONLINE by hand (perhaps here)": "possible",
        "ONLINE by activity (perhaps here)": "possible",
        "gone, OFFLINE (here)": "active",
    }
    assert "classDef s_possible" in drawn


@pytest.mark.parametrize("state", [state for state in OWN_STATES if state is not State.UNSEEN])
def test_wherever_a_user_stands_is_drawn_even_if_nothing_leads_there(state: State) -> None:
    here = Standing(frozenset((state,)), frozenset((Connection.UNTRACKED,)))
    (marked,) = marks(mermaid(DEFAULT_WORKFLOW, standing=here)).items()
    assert marked[0].endswith(" (here)") and marked[1] == "active"


def test_a_connection_that_shows_nothing_is_not_drawn_but_one_that_outlived_its_workflow_is() -> None:
    own = frozenset((State.ONLINE_BY_HAND,))
    for connection in (frozenset((Connection.UNTRACKED,)), frozenset(Connection)):
        assert "CONNECTION" not in mermaid(both(), standing=Standing(own, connection))
    drawn = mermaid(both(), standing=Standing(own, frozenset((Connection.OFFLINE,))))
    assert marks(drawn) == {"ONLINE by hand (here)": "active", "gone, OFFLINE (here)": "active"}


EVERY_WORKFLOW = [
    workflow(enabled=enabled, away=away, offline=offline, resume=resume, keep_manual_away=keep)
    for enabled, away, offline, resume, keep in product(
        (True, False), (AWAY_AFTER, None), (OFFLINE_AFTER, None), Resume, (False, True)
    )
    if not enabled or away is not None or offline is not None
]


@pytest.mark.parametrize("include_manual", [False, True])
def test_the_arrows_of_every_workflow_are_the_rows_of_its_table(include_manual: bool) -> None:
    labels = {
        Event.ACTIVITY: "activity",
        Event.STALE_ACTIVITY: "stale activity",
        Event.SET_ONLINE: "set ONLINE",
        Event.SET_AWAY: "set AWAY",
        Event.SET_OFFLINE: "set OFFLINE",
        Event.SET_ONLINE_UNTIL: "set ONLINE until",
        Event.SET_AWAY_UNTIL: "set AWAY until",
        Event.SET_OFFLINE_UNTIL: "set OFFLINE until",
        Event.END_ONLINE: "end, then ONLINE",
        Event.END_AWAY: "end, then AWAY",
        Event.END_OFFLINE: "end, then OFFLINE",
    }
    ends = {
        *(State.ONLINE_UNTIL, State.AWAY_UNTIL, State.OFFLINE_UNTIL),
        *(State.ONLINE_BY_EXPIRY, State.AWAY_BY_EXPIRY, State.OFFLINE_BY_EXPIRY),
    }
    periods = {Period.AWAY_AFTER: "inactive for 10m", Period.OFFLINE_AFTER: "inactive for 30m", None: ""}
    for w in EVERY_WORKFLOW:
        drawn = mermaid(w, include_manual=include_manual)
        shown = names(drawn)
        assert arrows(drawn) == sorted(
            (shown[row.source.name], shown[row.dest.name], labels.get(row.event, periods[row.period]))
            for row in w.machine.table
            if include_manual
            or (row.event in (Event.ACTIVITY, Event.STALE_ACTIVITY, Event.INACTIVITY) and row.source not in ends)
        ), w


@pytest.mark.parametrize("w", [DEFAULT_WORKFLOW, both(), workflow(offline=HOUR, keep_manual_away=True)])
def test_only_states_with_an_arrow_are_shown_and_a_user_begins_as_never_seen(w: Workflow) -> None:
    drawn = mermaid(w)
    used = {end for source, dest, _ in arrows(drawn) for end in (source, dest)}
    assert set(names(drawn).values()) == used
    assert set(names(drawn)) <= {state.name for state in State}
    assert re.findall(r"\[\*\] --> (\w+)", drawn) == ["UNSEEN"]


def test_no_state_is_marked_as_the_present_one() -> None:
    drawn = mermaid(both(), include_manual=True)
    assert set(re.findall(r"Class \w+ (\w+)", drawn)) == {"s_default"}


def test_it_is_a_mermaid_state_diagram() -> None:
    assert re.search(r"^stateDiagram-v2$", mermaid(both()), re.MULTILINE)


@pytest.mark.parametrize(
    ("period_ms", "written"),
    [
        (SECOND, "1s"),
        (1_500, "1.5s"),
        (1_001, "1.001s"),
        (59_999, "59.999s"),
        (MINUTE, "1m"),
        (10 * MINUTE, "10m"),
        (HOUR, "1h"),
        (90 * MINUTE, "1h30m"),
        (24 * HOUR + SECOND, "1d1s"),
        (30 * 24 * HOUR, "30d"),
        (30 * 24 * HOUR - 1, "29d23h59m59.999s"),
    ],
)
def test_a_period_is_written_as_people_write_it(period_ms: int, written: str) -> None:
    assert format_period(period_ms) == written
