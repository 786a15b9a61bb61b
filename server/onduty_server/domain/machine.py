"""The state machine of a user, built from the shape of the account's workflow.

Two rules hold here. First, the table (`transition_table`) is data and the only truth: the `transitions` machine, the
timed look-ups of every read, the diagram and the exhaustive test all derive from it. Second, a machine owns no users.
It runs once for each state and event, on a probe, and the outcome is used for every user: `add_model` would cost
kilobytes per user, and running a trigger for each switch took two thirds of a sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Protocol

from transitions import Machine

from .status import SET_EVENT, Event, Resume, State, Status


class Period(Enum):
    """The configured period after which a timed transition is due."""

    AWAY_AFTER = "away_after"
    OFFLINE_AFTER = "offline_after"


@dataclass(frozen=True, slots=True)
class Shape:
    """The part of a workflow that decides which transitions exist. The lengths of the periods play no part in it.

    `away` and `offline` are true if the workflow is enabled and has that period.
    """

    away: bool
    offline: bool
    resume: Resume
    keep_manual_away: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. Only timed transitions have a `period`."""

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
    """Every transition that exists under `shape`. An event without a row leaves the state as it is."""
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
    """Anything with a writable `state`: all that a machine needs of what it moves."""

    state: State


class StatusMachine:
    """The machine of one shape, shared by every user of every account whose workflow has that shape."""

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
        # Only rows of the table are tried: for any other event `transitions` would log a warning.
        self._outcomes = {
            event: tuple(_outcome(machine, event, state) if self.moves(event, state) else None for state in State)
            for event in Event
        }

    def moves(self, event: Event, state: State) -> bool:
        """True if the table has a row for `event` in `state`."""
        return (event, state) in self._moves

    def fire(self, record: StatefulModel, event: Event) -> bool:
        """Move `record` to the state that `event` leads to. Return False, changing nothing, if there is no such row."""
        outcome = self._outcomes[event][record.state]
        if outcome is None:
            return False
        record.state = outcome
        return True


class _Probe:
    """A throw-away model on which the machine runs an event."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state


def _outcome(machine: Machine, event: Event, state: State) -> State:
    """The state to which the machine moves a model in `state` upon `event`.

    There are no conditions and no callbacks, so the outcome is the same for every user and is worked out once. Running
    the machine for each switch took 7 of the 12 microseconds that a switch cost in the resident engine.

    Raises:
        MachineError: the machine has no such transition.
    """
    probe = _Probe(state)
    trigger: Any = machine.events[event.value]
    trigger.trigger(probe)
    return probe.state


@cache
def machine_for(shape: Shape) -> StatusMachine:
    """The machine of `shape`, built once. There are at most 24 shapes."""
    return StatusMachine(shape)
