"""The states of both machines that a user may be in, told from what a reader is shown of them.

A reader is not shown everything: the own status lies under a disconnection, and a connection that does not show. There
are several possible states then. Invariant: the state in which the user is, is always among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from .machine import UNTIL_STATES
from .status import OWN_STATES, Cause, Connection, State, Status, shown_state
from .workflow import Workflow


@dataclass(frozen=True, slots=True)
class Standing:
    """The possible states of the own status and of the connection; a single one is certain."""

    own: frozenset[State]
    connection: frozenset[Connection]


def standing(
    workflow: Workflow,
    *,
    status: Status,
    cause: Cause,
    has_end: bool,
    connected: bool,
    next_cause: Cause | None,
) -> Standing:
    """Return where a user stands of whom this is shown; `has_end` is true if the own status was set until some time."""
    if cause is Cause.DISCONNECT:
        gone = Connection.AWAY if status is Status.AWAY else Connection.OFFLINE
        under = [
            state
            for state in OWN_STATES
            if shown_state(state, gone).cause is Cause.DISCONNECT and (state in UNTIL_STATES) == has_end
        ]
        if not has_end and next_cause is not Cause.DISCONNECT:
            ahead = [state for state in under if _shows_itself(state, gone, workflow) == bool(next_cause)]
            # There is none if the workflow has changed since the status was read.
            under = ahead or under
        return Standing(frozenset(under), frozenset((gone,)))
    own = frozenset(
        state
        for state in OWN_STATES
        if (state.status, state.cause) == (status, cause) and (state in UNTIL_STATES) == has_end
    )
    if connected:
        return Standing(own, frozenset((Connection.CONNECTED,)))
    return Standing(own, frozenset(each for each in Connection if _may_be(each, status, next_cause, workflow)))


def _shows_itself(state: State, gone: Connection, workflow: Workflow) -> bool:
    """Return True if inactivity takes `state` so low that it shows although the user is gone."""
    while (timed := workflow.timed[state]) is not None:
        state = timed.dest
        if shown_state(state, gone) is state:
            return True
    return False


def _may_be(connection: Connection, status: Status, next_cause: Cause | None, workflow: Workflow) -> bool:
    """Return True if a user without a session whose own `status` is shown may have this connection."""
    if connection is Connection.UNTRACKED:
        return next_cause is not Cause.DISCONNECT
    if connection is Connection.CONNECTED:
        # The last session has ended. If nothing else comes before, the disconnection is what is ahead.
        disconnect = workflow.shape.disconnect
        return next_cause is not None or disconnect is None or disconnect <= status
    lowest = Status.AWAY if connection is Connection.AWAY else Status.OFFLINE
    return lowest <= status
