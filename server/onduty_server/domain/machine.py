"""The state machine of a user, built from the shape of the account's workflow.

Two rules hold here. The table (`transition_table`) is data and the only truth: the `transitions` machine, the timed
look-ups of every read, the diagram and the exhaustive test all derive from it. And a machine owns no users: it is run
once for each state and event, on a model made for that, and what came of it holds for every user. `add_model` would
cost kilobytes a user, a trigger for each switch two thirds of a sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Protocol

from transitions import Machine

from .status import SET_EVENT, Event, Resume, State, Status


class Period(Enum):
    """Which configured period a timed transition waits for."""

    AWAY_AFTER = "away_after"
    OFFLINE_AFTER = "offline_after"


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a workflow decides which transitions exist: not how long the periods are, only whether there are any.

    `away` and `offline` are true when that period is set and the switch is on.
    """

    away: bool
    offline: bool
    resume: Resume
    keep_manual_away: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `period` is set for timed transitions only."""

    event: Event
    source: State
    dest: State
    period: Period | None = None


ONLINE_STATES = (State.ONLINE_BY_HAND, State.ONLINE_BY_ACTIVITY)
_BY_HAND = {
    Status.ONLINE: State.ONLINE_BY_HAND,
    Status.AWAY: State.AWAY_BY_HAND,
    Status.OFFLINE: State.OFFLINE_BY_HAND,
}


@cache
def transition_table(shape: Shape) -> tuple[Transition, ...]:
    """Every transition that exists under `shape`. What is not listed does not change the state."""
    rows = [Transition(event, source, _BY_HAND[status]) for status, event in SET_EVENT.items() for source in State]
    rows.append(Transition(Event.ACTIVITY, State.UNSEEN, State.ONLINE_BY_ACTIVITY))
    rows.append(Transition(Event.STALE_ACTIVITY, State.UNSEEN, State.AWAY_BY_INACTIVITY))
    if shape.resume is not Resume.NEVER:
        rows.append(Transition(Event.ACTIVITY, State.AWAY_BY_INACTIVITY, State.ONLINE_BY_ACTIVITY))
    if shape.resume is Resume.FROM_AWAY_OR_OFFLINE:
        rows.append(Transition(Event.ACTIVITY, State.OFFLINE_BY_INACTIVITY, State.ONLINE_BY_ACTIVITY))
    for source in ONLINE_STATES:
        if shape.away:
            rows.append(Transition(Event.INACTIVITY, source, State.AWAY_BY_INACTIVITY, Period.AWAY_AFTER))
        elif shape.offline:
            rows.append(Transition(Event.INACTIVITY, source, State.OFFLINE_BY_INACTIVITY, Period.OFFLINE_AFTER))
    if shape.offline:
        away_states = [State.AWAY_BY_INACTIVITY]
        if not shape.keep_manual_away:
            away_states.append(State.AWAY_BY_HAND)
        for source in away_states:
            rows.append(Transition(Event.INACTIVITY, source, State.OFFLINE_BY_INACTIVITY, Period.OFFLINE_AFTER))
    return tuple(rows)


class StatefulModel(Protocol):
    """What a machine can drive: anything with a `state` it may write."""

    state: State


class StatusMachine:
    """The `transitions` machine of one shape; it serves every user of every account whose workflow has that shape."""

    def __init__(self, shape: Shape) -> None:
        self.table = transition_table(shape)
        machine = Machine(
            model=[],
            states=State,
            initial=State.UNSEEN,
            transitions=[{"trigger": row.event.value, "source": row.source, "dest": row.dest} for row in self.table],
            auto_transitions=False,
            model_attribute="state",
        )
        self._moves = frozenset((row.event, row.source) for row in self.table)
        # Only what the table lists is tried: of anything else `transitions` would log a warning.
        self._outcomes = {
            event: tuple(_outcome(machine, event, state) if self.moves(event, state) else None for state in State)
            for event in Event
        }

    def moves(self, event: Event, state: State) -> bool:
        """Whether `event` is a transition out of `state`. Spares the machine the events that change nothing."""
        return (event, state) in self._moves

    def fire(self, record: StatefulModel, event: Event) -> bool:
        """Let `event` happen to `record`; its state moves as the machine's does. False when there is no such row."""
        outcome = self._outcomes[event][record.state]
        if outcome is None:
            return False
        record.state = outcome
        return True


class _Probe:
    """A model to try an event on."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state


def _outcome(machine: Machine, event: Event, state: State) -> State:
    """The state in which the machine leaves a model that was in `state`, out of which `event` leads.

    There are no conditions and no callbacks, so this is all that there is to know (measured: running the machine took 7
    of the 12 microseconds that a switch cost in the engine).

    Raises:
        MachineError: the machine has no such transition.
    """
    probe = _Probe(state)
    trigger: Any = machine.events[event.value]
    trigger.trigger(probe)
    return probe.state


@cache
def machine_for(shape: Shape) -> StatusMachine:
    """The one machine of `shape`. There are at most 24 shapes."""
    return StatusMachine(shape)
