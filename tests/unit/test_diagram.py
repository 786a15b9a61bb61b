"""The diagram shows the arrows of the machine's table: all of them, and no others."""

from __future__ import annotations

import re
from itertools import product

import pytest
from tests.unit.builders import AWAY_AFTER, HOUR, MINUTE, OFFLINE_AFTER, SECOND, both, workflow

from onduty_server.domain.diagram import mermaid
from onduty_server.domain.machine import Period
from onduty_server.domain.periods import format_period
from onduty_server.domain.status import Event, Resume, State
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


def test_settings_by_hand_are_drawn_on_request_from_every_state_to_every_status() -> None:
    drawn = mermaid(both(), include_manual=True)
    by_hand = [
        (source, f"{status} by hand", f"set {status}")
        for source, status in product(
            [
                "never seen",
                "ONLINE by hand",
                "ONLINE by activity",
                "AWAY by hand",
                "AWAY by inactivity",
                "OFFLINE by hand",
                "OFFLINE by inactivity",
            ],
            ["ONLINE", "AWAY", "OFFLINE"],
        )
    ]
    assert arrows(drawn) == sorted([*by_hand, *arrows(mermaid(both()))])


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
    }
    periods = {Period.AWAY_AFTER: "inactive for 10m", Period.OFFLINE_AFTER: "inactive for 30m", None: ""}
    for w in EVERY_WORKFLOW:
        drawn = mermaid(w, include_manual=include_manual)
        shown = names(drawn)
        assert arrows(drawn) == sorted(
            (shown[row.source.name], shown[row.dest.name], labels.get(row.event, periods[row.period]))
            for row in w.machine.table
            if include_manual or row.event in (Event.ACTIVITY, Event.STALE_ACTIVITY, Event.INACTIVITY)
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
