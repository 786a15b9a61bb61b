"""The picture of a workflow: a Mermaid state diagram drawn by `transitions` from the very table that drives users."""

from __future__ import annotations

from typing import Any

from transitions import State as MachineState
from transitions.extensions import GraphMachine

from .machine import Period, Transition
from .periods import format_period
from .status import Event, State
from .workflow import Workflow

_EVENT_LABELS = {
    Event.ACTIVITY: "activity",
    Event.STALE_ACTIVITY: "activity of long ago",
    Event.SET_ONLINE: "set ONLINE",
    Event.SET_AWAY: "set AWAY",
    Event.SET_OFFLINE: "set OFFLINE",
}


class _LabelledState(MachineState):
    """A state that the diagram shows by another name than its own."""

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = label


class _LabelledGraphMachine(GraphMachine):
    state_cls = _LabelledState


class _Drawn:
    """The one model that `GraphMachine` wants."""

    state: State


def mermaid(workflow: Workflow, *, include_manual: bool = False) -> str:
    """The state diagram of every user under `workflow`, as Mermaid source.

    Settings by hand lead from every state to every other and hide the rest, so they are drawn only on request.
    """
    automatic = (Event.ACTIVITY, Event.STALE_ACTIVITY, Event.INACTIVITY)
    rows = [row for row in workflow.machine.table if include_manual or row.event in automatic]
    drawn = {State.UNSEEN, *(row.source for row in rows), *(row.dest for row in rows)}
    model = _Drawn()
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
    # The model is in the first state, which would be marked as the present one; a workflow is in none.
    machine.model_graphs[id(model)].reset_styling()
    return str(model.get_graph().source)  # type: ignore[attr-defined]


def _state_label(state: State) -> str:
    if state.status is None or state.cause is None:
        return "never seen"
    how = {1: "by hand", 2: "by inactivity", 3: "by activity"}[state.cause]
    return f"{state.status.name} {how}"


def _label(row: Transition, workflow: Workflow) -> str:
    if row.period is None:
        return _EVENT_LABELS[row.event]
    period_ms = workflow.away_after_ms if row.period is Period.AWAY_AFTER else workflow.offline_after_ms
    return f"inactive for {format_period(period_ms or 0)}"
