"""What becomes of every state by every event, in tables written for people, and how a person reads them.

Nothing here looks at the domain's tables of transitions. Where a rule of presence changes (`domain/rules.py`), so does
its text here.
"""

from __future__ import annotations

from tests.unit.builders import AWAY_AFTER, OFFLINE_AFTER

from onduty_server.domain.status import Connection, ConnectionEvent, Event, Resume, State, Status
from onduty_server.domain.workflow import Workflow

TIMED_TRANSITIONS = """
| workflow | ONLINE | AWAY |
| --- | --- | --- |
| away only | -> AWAY at `idle_since + away_after` | stays |
| offline only | -> OFFLINE at `idle_since + offline_after` | -> OFFLINE at `idle_since + offline_after` |
| both | -> AWAY at `idle_since + away_after` | -> OFFLINE at `idle_since + offline_after` |
"""

EVENTS = """
| event | ONLINE | AWAY by INACTIVITY | AWAY by MANUAL | AWAY by EXPIRY | OFFLINE by INACTIVITY | OFFLINE by MANUAL | OFFLINE by EXPIRY | set until an end | never seen |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| activity | clock restarts | ONLINE (cause ACTIVITY) if `resume` allows | stays, clock restarts | ONLINE (cause ACTIVITY) | ONLINE if `resume` is `FROM_AWAY_OR_OFFLINE` | stays | stays | stays, clock restarts | ONLINE (cause ACTIVITY) |
| stale activity | | | | | | | | | AWAY (cause INACTIVITY) |
| set S | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL | S, MANUAL |
| set S until T | S until T | S until T | S until T | S until T | S until T | S until T | S until T | S until T | S until T |
| the end, S follows | | | | | | | | S, EXPIRY | |
"""  # noqa: E501 - a table is read by its rows

CONNECTIONS = """
| event | never had a session | has or had one | gone, shown as AWAY | gone, shown as OFFLINE |
| --- | --- | --- | --- | --- |
| a session is kept | has or had one | has or had one | has or had one | has or had one |
| seen without a session | stays | never had a session | never had a session | never had a session |
| `disconnect_after` has passed, `disconnect_status` AWAY | stays | gone, shown as AWAY | stays | stays |
| `disconnect_after` has passed, `disconnect_status` OFFLINE | stays | gone, shown as OFFLINE | gone, shown as OFFLINE | stays |
"""  # noqa: E501 - a table is read by its rows

SHOWN = """
| own status | never had a session | has or had one | gone, shown as AWAY | gone, shown as OFFLINE |
| --- | --- | --- | --- | --- |
| ONLINE | its own | its own | AWAY by DISCONNECT | OFFLINE by DISCONNECT |
| AWAY | its own | its own | its own | OFFLINE by DISCONNECT |
| OFFLINE | its own | its own | its own | its own |
"""

COLUMNS = {
    State.UNSEEN: "never seen",
    State.ONLINE_BY_HAND: "ONLINE",
    State.ONLINE_BY_ACTIVITY: "ONLINE",
    State.ONLINE_BY_EXPIRY: "ONLINE",
    State.AWAY_BY_HAND: "AWAY by MANUAL",
    State.AWAY_BY_INACTIVITY: "AWAY by INACTIVITY",
    State.AWAY_BY_EXPIRY: "AWAY by EXPIRY",
    State.OFFLINE_BY_HAND: "OFFLINE by MANUAL",
    State.OFFLINE_BY_INACTIVITY: "OFFLINE by INACTIVITY",
    State.OFFLINE_BY_EXPIRY: "OFFLINE by EXPIRY",
    State.ONLINE_UNTIL: "set until an end",
    State.AWAY_UNTIL: "set until an end",
    State.OFFLINE_UNTIL: "set until an end",
}
"""The column of every own state. All ONLINE ones are told apart by nothing but their cause."""

GONE = {
    Connection.UNTRACKED: "never had a session",
    Connection.CONNECTED: "has or had one",
    Connection.AWAY: "gone, shown as AWAY",
    Connection.OFFLINE: "gone, shown as OFFLINE",
}

_BY_HAND = {
    Status.ONLINE: State.ONLINE_BY_HAND,
    Status.AWAY: State.AWAY_BY_HAND,
    Status.OFFLINE: State.OFFLINE_BY_HAND,
}
_UNTIL = {Status.ONLINE: State.ONLINE_UNTIL, Status.AWAY: State.AWAY_UNTIL, Status.OFFLINE: State.OFFLINE_UNTIL}
_BY_EXPIRY = {
    Status.ONLINE: State.ONLINE_BY_EXPIRY,
    Status.AWAY: State.AWAY_BY_EXPIRY,
    Status.OFFLINE: State.OFFLINE_BY_EXPIRY,
}
_OF_STATUS = {
    **{Event[f"SET_{status.name}"]: ("set S", status) for status in Status},
    **{Event[f"SET_{status.name}_UNTIL"]: ("set S until T", status) for status in Status},
    **{Event[f"END_{status.name}"]: ("the end, S follows", status) for status in Status},
}
"""The row and S of the events that there are once for each status."""


def read_table(markdown: str) -> dict[tuple[str, str], str]:
    """Cells by row and column heading."""
    header, _, *rows = ([cell.strip() for cell in line.strip(" |").split("|")] for line in markdown.strip().split("\n"))
    return {
        (row[0], column): cell
        for row in rows
        # A last cell that is empty is cut off with the edge; a row of any other length would be a misread table.
        for column, cell in zip(header[1:], [*row[1:], *[""] * (len(header) - len(row))], strict=True)
    }


TIMED_CELLS = read_table(TIMED_TRANSITIONS)
EVENT_CELLS = read_table(EVENTS)
CONNECTION_CELLS = read_table(CONNECTIONS)
SHOWN_CELLS = read_table(SHOWN)


def row_of(w: Workflow) -> str | None:
    """Timed transitions by inactivity exist only while the workflow is enabled."""
    if not w.enabled:
        return None
    return {(True, False): "away only", (False, True): "offline only", (True, True): "both", (False, False): None}[
        w.away_after_ms is not None, w.offline_after_ms is not None
    ]


def inactivity_leads(w: Workflow, source: State) -> tuple[State, int] | None:
    """The destination of inactivity from `source`, and after how long, by the tables."""
    row = row_of(w)
    # "Nothing automatic ever touches OFFLINE"; nor has anybody who was never seen a status to leave.
    if row is None or source.status in (None, Status.OFFLINE):
        return None
    # "Until the end inactivity does not touch it."
    if COLUMNS[source] == "set until an end":
        return None
    # "`AWAY -> OFFLINE` applies to an `AWAY` set by hand too, unless the workflow says `keep_manual_away`."
    if COLUMNS[source] == "AWAY by MANUAL" and w.keep_manual_away:
        return None
    assert source.status is not None
    match TIMED_CELLS[row, source.status.name]:
        case "stays":
            return None
        case "-> AWAY at `idle_since + away_after`":
            return State.AWAY_BY_INACTIVITY, AWAY_AFTER
        case "-> OFFLINE at `idle_since + offline_after`":
            return State.OFFLINE_BY_INACTIVITY, OFFLINE_AFTER
        case cell:
            raise AssertionError(f"the test cannot read {cell!r}")


def activity_leads(w: Workflow, source: State) -> State | None:
    """The destination of a fresh activity from `source`; None if the status stays."""
    resumed = State.ONLINE_BY_ACTIVITY
    match EVENT_CELLS["activity", COLUMNS[source]]:
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


def leads(w: Workflow, source: State, event: Event) -> State | None:
    """The destination of `event` from `source` under `w`; None if the table has no such transition."""
    if event is Event.INACTIVITY:
        timed = inactivity_leads(w, source)
        return None if timed is None else timed[0]
    if event is Event.ACTIVITY:
        return activity_leads(w, source)
    if event is Event.STALE_ACTIVITY:
        return {"": None, "AWAY (cause INACTIVITY)": State.AWAY_BY_INACTIVITY}[
            EVENT_CELLS["stale activity", COLUMNS[source]]
        ]
    row, status = _OF_STATUS[event]
    return {
        "": None,
        "S, MANUAL": _BY_HAND[status],
        "S until T": _UNTIL[status],
        "S, EXPIRY": _BY_EXPIRY[status],
    }[EVENT_CELLS[row, COLUMNS[source]]]


def connection_leads(w: Workflow, source: Connection, event: ConnectionEvent) -> Connection | None:
    """The destination of `event` from `source` under `w`; None if the table has no such transition."""
    row = {
        ConnectionEvent.SESSION_KEPT: "a session is kept",
        ConnectionEvent.SEEN_ELSEWHERE: "seen without a session",
        ConnectionEvent.DISCONNECTION: f"`disconnect_after` has passed, `disconnect_status` {w.disconnect_status.name}",
    }[event]
    if event is ConnectionEvent.DISCONNECTION and not (w.enabled and w.disconnect_after_ms is not None):
        return None
    cell = CONNECTION_CELLS[row, GONE[source]]
    return {**{words: connection for connection, words in GONE.items()}, "stays": None}[cell]


def shown_of(own: State, connection: Connection) -> State:
    """What is shown of somebody in both states."""
    assert own.status is not None
    return {
        "its own": own,
        "AWAY by DISCONNECT": State.AWAY_BY_DISCONNECT,
        "OFFLINE by DISCONNECT": State.OFFLINE_BY_DISCONNECT,
    }[SHOWN_CELLS[own.status.name, GONE[connection]]]
