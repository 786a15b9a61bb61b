"""The state diagram of a workflow as Mermaid, drawn by `transitions` from the same tables that move users.

Both machines are in one diagram: a user's own status, and if the workflow disconnects anybody, the connection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from transitions import State as MachineState
from transitions.extensions import GraphMachine

from .machine import ConnectionTransition, Period, StatusTransition
from .periods import format_period
from .standing import Standing
from .status import SET_EVENT, SET_UNTIL_EVENT, Cause, Connection, ConnectionEvent, Event, State
from .workflow import Workflow

_EVENT_LABELS: Final = {
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
    ConnectionEvent.SESSION_KEPT: "session kept",
    ConnectionEvent.SEEN_ELSEWHERE: "activity or setting, without a session",
}
_CAUSE_LABELS: Final = {
    Cause.MANUAL: "by hand",
    Cause.INACTIVITY: "by inactivity",
    Cause.ACTIVITY: "by activity",
    Cause.EXPIRY: "by expiry",
}
_CONNECTION_LABELS: Final = {
    Connection.UNTRACKED: "without a session",
    Connection.CONNECTED: "connected",
    Connection.AWAY: "gone, AWAY at best",
    Connection.OFFLINE: "gone, OFFLINE",
}
_SETTINGS: Final = frozenset((*SET_EVENT.values(), *SET_UNTIL_EVENT.values()))
_WITH_AN_END: Final = frozenset(
    (
        State.ONLINE_UNTIL,
        State.AWAY_UNTIL,
        State.OFFLINE_UNTIL,
        State.ONLINE_BY_EXPIRY,
        State.AWAY_BY_EXPIRY,
        State.OFFLINE_BY_EXPIRY,
    )
)
"""The states that only a setting by hand with an end leads to."""
_CERTAIN: Final = "active"
_POSSIBLE: Final = "possible"
_POSSIBLE_STYLE: Final = {"color": "black", "fillcolor": "moccasin"}


class _LabelledState(MachineState):
    """A state with a label for the diagram."""

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = label


class _LabelledGraphMachine(GraphMachine):
    state_cls = _LabelledState


class _GraphModel:
    """The one model that `GraphMachine` needs."""

    state: State


def mermaid(workflow: Workflow, *, include_manual: bool = False, standing: Standing | None = None) -> str:
    """Return the state diagram of a user under `workflow` as Mermaid source, with the user of `standing` in it.

    Settings by hand lead from every state to every other and would hide the rest, so they are drawn only on request,
    with the states that only they lead to. Those of a user who is in one of them are drawn too.
    """
    own: Collection[State] = () if standing is None else standing.own
    connection: Collection[Connection] = () if standing is None else standing.connection
    rows = list(_rows(workflow, include_manual, own))
    links: tuple[ConnectionTransition, ...] = ()
    # Under any other workflow, a connection that may be anything shows nothing.
    is_tracked = len(connection) == 1 and Connection.UNTRACKED not in connection
    if workflow.shape.disconnect is not None or is_tracked:
        links = workflow.connection_machine.table
    states = {State.UNSEEN, *own, *(row.source for row in rows), *(row.dest for row in rows)}
    connections = {*(row.source for row in links), *(row.dest for row in links)}
    if links:
        connections.update(connection)
    machine = _LabelledGraphMachine(
        model=(model := _GraphModel()),
        graph_engine="mermaid",
        states=[
            *(
                {"name": state.name, "label": _marked(_state_label(state), state in own, len(own))}
                for state in State
                if state in states
            ),
            *(
                {"name": _name(each), "label": _marked(_CONNECTION_LABELS[each], each in connection, len(connection))}
                for each in Connection
                if each in connections
            ),
        ],
        initial=State.UNSEEN.name,
        transitions=[
            *(_drawn(row, row.source.name, row.dest.name, workflow) for row in rows),
            *(_drawn(row, _name(row.source), _name(row.dest), workflow) for row in links),
        ],
        auto_transitions=False,
    )
    styles: dict[str, Any] = machine.style_attributes
    machine.style_attributes = {**styles, "node": {**styles["node"], _POSSIBLE: _POSSIBLE_STYLE}}
    graph = machine.model_graphs[id(model)]
    # GraphMachine would mark the model's state as the current one; a workflow has no current state.
    graph.reset_styling()
    for names in ([state.name for state in own], [_name(each) for each in connection if links]):
        for name in names:
            graph.set_node_style(name, _CERTAIN if len(names) == 1 else _POSSIBLE)
    source = str(model.get_graph().source)  # type: ignore[attr-defined]
    return f"{source}\n  [*] --> {_name(Connection.UNTRACKED)}" if links else source


def _rows(workflow: Workflow, include_manual: bool, own: Collection[State]) -> Iterable[StatusTransition]:
    """The rows of the table of the own status that are drawn."""
    with_ends = not _WITH_AN_END.isdisjoint(own)
    for row in workflow.machine.table:
        if include_manual or (row.event not in _SETTINGS and (with_ends or row.source not in _WITH_AN_END)):
            yield row


def _drawn(row: StatusTransition | ConnectionTransition, source: str, dest: str, workflow: Workflow) -> dict[str, Any]:
    return {"trigger": row.event.value, "source": source, "dest": dest, "label": _label(row, workflow)}


def _name(connection: Connection) -> str:
    """The name of a state of the connection, other than that of any own state."""
    return f"CONNECTION_{connection.name}"


def _marked(label: str, is_here: bool, candidates: int) -> str:
    # In words too: not everybody sees the colours.
    if not is_here:
        return label
    return f"{label} (here)" if candidates == 1 else f"{label} (perhaps here)"


def _state_label(state: State) -> str:
    if state.status is None or state.cause is None:
        return "never seen"
    until = ", until a time" if state in _WITH_AN_END and state.cause is Cause.MANUAL else ""
    return f"{state.status.name} {_CAUSE_LABELS[state.cause]}{until}"


def _label(row: StatusTransition | ConnectionTransition, workflow: Workflow) -> str:
    if row.period is None:
        return _EVENT_LABELS[row.event]
    periods = {
        Period.AWAY_AFTER: ("inactive for", workflow.away_after_ms),
        Period.OFFLINE_AFTER: ("inactive for", workflow.offline_after_ms),
        Period.DISCONNECT_AFTER: ("no session for", workflow.disconnect_after_ms),
    }
    what, period_ms = periods[row.period]
    return f"{what} {format_period(period_ms or 0)}"
