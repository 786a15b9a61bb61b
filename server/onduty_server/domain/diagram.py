"""The state diagram of a workflow as Mermaid, drawn by `transitions` from the same table that moves users."""

from __future__ import annotations

from typing import Any

from transitions import State as MachineState
from transitions.extensions import GraphMachine

from .machine import Period, StatusTransition
from .periods import format_period
from .status import Cause, Event, State
from .workflow import Workflow

_EVENT_LABELS = {
    Event.ACTIVITY: "activity",
    Event.STALE_ACTIVITY: "stale activity",
    Event.SET_ONLINE: "set ONLINE",
    Event.SET_AWAY: "set AWAY",
    Event.SET_OFFLINE: "set OFFLINE",
}
_CAUSE_LABELS = {
    Cause.MANUAL: "by hand",
    Cause.INACTIVITY: "by inactivity",
    Cause.ACTIVITY: "by activity",
    Cause.EXPIRY: "after its end",
    Cause.DISCONNECT: "by disconnection",
}


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


def mermaid(workflow: Workflow, *, include_manual: bool = False) -> str:
    """Return the state diagram of a user under `workflow` as Mermaid source.

    Settings by hand lead from every state to every other and would hide the rest, so they are drawn only on request.
    """
    automatic = (Event.ACTIVITY, Event.STALE_ACTIVITY, Event.INACTIVITY)
    rows = [row for row in workflow.machine.table if include_manual or row.event in automatic]
    drawn = {State.UNSEEN, *(row.source for row in rows), *(row.dest for row in rows)}
    model = _GraphModel()
    machine = _LabelledGraphMachine(
        model=model,
        graph_engine="mermaid",
        states=[{"name": state.name, "label": _state_label(state)} for state in State if state in drawn],
        initial=State.UNSEEN.name,
        transitions=[
            {
                "trigger": row.event.value,
                "source": row.source.name,
                "dest": row.dest.name,
                "label": _label(row, workflow),
            }
            for row in rows
        ],
        auto_transitions=False,
    )
    # GraphMachine would mark the model's state as the current one; a workflow has no current state.
    machine.model_graphs[id(model)].reset_styling()
    return str(model.get_graph().source)  # type: ignore[attr-defined]


def _state_label(state: State) -> str:
    if state.status is None or state.cause is None:
        return "never seen"
    return f"{state.status.name} {_CAUSE_LABELS[state.cause]}"


def _label(row: StatusTransition, workflow: Workflow) -> str:
    if row.period is None:
        return _EVENT_LABELS[row.event]
    period_ms = workflow.away_after_ms if row.period is Period.AWAY_AFTER else workflow.offline_after_ms
    return f"inactive for {format_period(period_ms or 0)}"
