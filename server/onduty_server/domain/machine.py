"""The state machines of a user, of the own status and of the connection, built from the shape of the workflow.

Two rules hold here. First, the tables (`transition_table`, `connection_table`) are data and the only truth: the
`transitions` machines, the timed look-ups of every read, the diagram and the exhaustive test all derive from them.
Second, a machine owns no users. It runs once for each state and event, on a probe, and the outcome is used for every
user: `add_model` would cost kilobytes per user, and running a trigger for each switch took two thirds of a sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from transitions import Machine

from .status import (
    END_EVENT,
    OWN_STATES,
    SET_EVENT,
    SET_UNTIL_EVENT,
    Connection,
    ConnectionEvent,
    Event,
    Resume,
    State,
    Status,
)

AnyState = TypeVar("AnyState", bound=IntEnum)
AnyEvent = TypeVar("AnyEvent", bound=Enum)


class Period(Enum):
    """The configured period after which a timed transition is due."""

    AWAY_AFTER = "away_after"
    OFFLINE_AFTER = "offline_after"
    DISCONNECT_AFTER = "disconnect_after"


@dataclass(frozen=True, slots=True)
class Shape:
    """The part of a workflow that decides which transitions exist. The lengths of the periods play no part in it.

    `away` and `offline` are true if the workflow is enabled and has that period. `disconnect` is the status of who is
    disconnected, None if the workflow disconnects nobody.
    """

    away: bool
    offline: bool
    resume: Resume
    keep_manual_away: bool
    disconnect: Status | None = None


@dataclass(frozen=True, slots=True)
class Transition(Generic[AnyState, AnyEvent]):
    """One row of a table. Only timed transitions have a `period`."""

    event: AnyEvent
    source: AnyState
    dest: AnyState
    period: Period | None = None


StatusTransition = Transition[State, Event]
ConnectionTransition = Transition[Connection, ConnectionEvent]

ONLINE_STATES = (State.ONLINE_BY_HAND, State.ONLINE_BY_ACTIVITY, State.ONLINE_BY_EXPIRY)
"""The ONLINE states that inactivity ends. It does not touch one with an end of its own."""
UNTIL_STATES = (State.ONLINE_UNTIL, State.AWAY_UNTIL, State.OFFLINE_UNTIL)
"""The states that were set by hand until some time."""
_BY_HAND = {
    Status.ONLINE: State.ONLINE_BY_HAND,
    Status.AWAY: State.AWAY_BY_HAND,
    Status.OFFLINE: State.OFFLINE_BY_HAND,
}
_UNTIL = {
    Status.ONLINE: State.ONLINE_UNTIL,
    Status.AWAY: State.AWAY_UNTIL,
    Status.OFFLINE: State.OFFLINE_UNTIL,
}
_BY_EXPIRY = {
    Status.ONLINE: State.ONLINE_BY_EXPIRY,
    Status.AWAY: State.AWAY_BY_EXPIRY,
    Status.OFFLINE: State.OFFLINE_BY_EXPIRY,
}


@cache
def transition_table(shape: Shape) -> tuple[StatusTransition, ...]:
    """Every transition of the own status under `shape`. An event without a row leaves the state as it is."""
    rows = [Transition(event, source, _BY_HAND[status]) for status, event in SET_EVENT.items() for source in OWN_STATES]
    rows += [
        Transition(event, source, _UNTIL[status]) for status, event in SET_UNTIL_EVENT.items() for source in OWN_STATES
    ]
    rows += [
        Transition(event, source, _BY_EXPIRY[status]) for status, event in END_EVENT.items() for source in UNTIL_STATES
    ]
    rows.append(Transition(Event.ACTIVITY, State.UNSEEN, State.ONLINE_BY_ACTIVITY))
    rows.append(Transition(Event.STALE_ACTIVITY, State.UNSEEN, State.AWAY_BY_INACTIVITY))
    # Under every `resume`: whoever says "until two" has said that they come back.
    rows.append(Transition(Event.ACTIVITY, State.AWAY_BY_EXPIRY, State.ONLINE_BY_ACTIVITY))
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
        away_states = [State.AWAY_BY_INACTIVITY, State.AWAY_BY_EXPIRY]
        if not shape.keep_manual_away:
            away_states.append(State.AWAY_BY_HAND)
        for source in away_states:
            rows.append(Transition(Event.INACTIVITY, source, State.OFFLINE_BY_INACTIVITY, Period.OFFLINE_AFTER))
    return tuple(rows)


@cache
def connection_table(shape: Shape) -> tuple[ConnectionTransition, ...]:
    """Every transition of the connection that exists under `shape`. An event without a row leaves it as it is.

    A disconnection stays although the workflow that brought it changes. Only one that asks for a lower status moves it.
    """
    rows = [Transition(ConnectionEvent.SESSION_KEPT, source, Connection.CONNECTED) for source in Connection]
    rows += [
        Transition(ConnectionEvent.SEEN_ELSEWHERE, source, Connection.UNTRACKED)
        for source in (Connection.CONNECTED, Connection.AWAY, Connection.OFFLINE)
    ]
    if shape.disconnect is not None:
        dest = Connection.AWAY if shape.disconnect is Status.AWAY else Connection.OFFLINE
        sources = [Connection.CONNECTED]
        if dest is Connection.OFFLINE:
            sources.append(Connection.AWAY)
        rows += [Transition(ConnectionEvent.DISCONNECTION, source, dest, Period.DISCONNECT_AFTER) for source in sources]
    return tuple(rows)


class StatefulModel(Protocol[AnyState]):
    """Anything with a writable `state`: all that a machine needs of what it moves."""

    state: AnyState


class TableMachine(Generic[AnyState, AnyEvent]):
    """The machine of one table, shared by every user of every account whose workflow has that shape."""

    def __init__(
        self, table: tuple[Transition[AnyState, AnyEvent], ...], states: type[AnyState], events: type[AnyEvent]
    ) -> None:
        self.table = table
        machine = Machine(
            model=[],
            states=states,
            initial=next(iter(states)),
            transitions=[{"trigger": row.event.value, "source": row.source, "dest": row.dest} for row in table],
            auto_transitions=False,
            model_attribute="state",
        )
        self._moves = frozenset((row.event, row.source) for row in table)
        # Only rows of the table are tried: for any other event `transitions` would log a warning.
        self._outcomes = {
            event: tuple(_outcome(machine, event, state) if self.moves(event, state) else None for state in states)
            for event in events
        }

    def moves(self, event: AnyEvent, state: AnyState) -> bool:
        """True if the table has a row for `event` in `state`."""
        return (event, state) in self._moves

    def outcome(self, event: AnyEvent, state: AnyState) -> AnyState | None:
        """Return the state to which `event` leads from `state`; None if there is no such row."""
        return self._outcomes[event][state]

    def fire(self, model: StatefulModel[AnyState], event: AnyEvent) -> bool:
        """Move `model` to the state that `event` leads to. Return False, changing nothing, if there is no such row."""
        outcome = self._outcomes[event][model.state]
        if outcome is None:
            return False
        model.state = outcome
        return True


StatusMachine = TableMachine[State, Event]
ConnectionMachine = TableMachine[Connection, ConnectionEvent]


class _Probe(Generic[AnyState]):
    """A throw-away model on which the machine runs an event."""

    __slots__ = ("state",)

    def __init__(self, state: AnyState) -> None:
        self.state = state


def _outcome(machine: Machine, event: AnyEvent, state: AnyState) -> AnyState:
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
    """The machine of the own status under `shape`, built once. There are at most 72 shapes."""
    return TableMachine(transition_table(shape), State, Event)


@cache
def connection_machine_for(shape: Shape) -> ConnectionMachine:
    """The machine of the connection under `shape`, built once."""
    return TableMachine(connection_table(shape), Connection, ConnectionEvent)
