"""The vocabulary of the domain: statuses, causes, events, and the states of the machine.

A state is a status together with its cause. An AWAY set by hand and an AWAY by inactivity behave differently, so they
are two states; with the cause in the state no transition needs a condition, and all behaviour is one finite table.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Status(IntEnum):
    """A user's status. Only an ONLINE user can be given work. The numbers are those of the proto and of the stores."""

    ONLINE = 1
    AWAY = 2
    OFFLINE = 3


class Cause(IntEnum):
    """The cause of a status. The numbers are those of the proto and of the stores."""

    MANUAL = 1
    INACTIVITY = 2
    ACTIVITY = 3
    EXPIRY = 4
    """A status that was set until some time has come to its end."""
    DISCONNECT = 5
    """The user's last session ended too long ago."""


class Then(IntEnum):
    """The choice of what follows a status that was set until some time. The numbers are those of the proto."""

    AUTOMATIC = 1
    """ONLINE if the last activity was recent enough, else AWAY."""
    ONLINE = 2
    AWAY = 3
    OFFLINE = 4


class Resume(IntEnum):
    """The statuses by inactivity from which an activity brings a user back. The numbers are those of the proto."""

    FROM_AWAY = 1
    NEVER = 2
    FROM_AWAY_OR_OFFLINE = 3


class State(IntEnum):
    """A state of the machine. Stores keep the numbers, so they must never change.

    The two states by DISCONNECT are only ever shown, in place of the user's own state: see `shown_state`.
    """

    status: Status | None
    cause: Cause | None

    def __new__(cls, number: int, status: Status | None, cause: Cause | None) -> State:
        """Create the member `number` with its status and cause."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.status = status
        member.cause = cause
        return member

    UNSEEN = 0, None, None
    ONLINE_BY_HAND = 1, Status.ONLINE, Cause.MANUAL
    ONLINE_BY_ACTIVITY = 2, Status.ONLINE, Cause.ACTIVITY
    AWAY_BY_HAND = 3, Status.AWAY, Cause.MANUAL
    AWAY_BY_INACTIVITY = 4, Status.AWAY, Cause.INACTIVITY
    OFFLINE_BY_HAND = 5, Status.OFFLINE, Cause.MANUAL
    OFFLINE_BY_INACTIVITY = 6, Status.OFFLINE, Cause.INACTIVITY
    ONLINE_UNTIL = 7, Status.ONLINE, Cause.MANUAL
    AWAY_UNTIL = 8, Status.AWAY, Cause.MANUAL
    OFFLINE_UNTIL = 9, Status.OFFLINE, Cause.MANUAL
    ONLINE_BY_EXPIRY = 10, Status.ONLINE, Cause.EXPIRY
    AWAY_BY_EXPIRY = 11, Status.AWAY, Cause.EXPIRY
    OFFLINE_BY_EXPIRY = 12, Status.OFFLINE, Cause.EXPIRY
    AWAY_BY_DISCONNECT = 13, Status.AWAY, Cause.DISCONNECT
    OFFLINE_BY_DISCONNECT = 14, Status.OFFLINE, Cause.DISCONNECT


STATES = tuple(State)
"""The states by their numbers."""

OWN_STATES = tuple(state for state in State if state.cause is not Cause.DISCONNECT)
"""The states in which a user's own machine can be."""


class Connection(IntEnum):
    """A state of a user's connection: the second, smaller machine. Stores keep the numbers.

    A user may be CONNECTED although the last session has ended: until `disconnect_after` has passed.
    """

    UNTRACKED = 0
    """Never had a session, or was seen without one after the last had ended."""
    CONNECTED = 1
    AWAY = 2
    """Disconnected, and shown as AWAY if that is lower than the user's own status."""
    OFFLINE = 3
    """Disconnected, and shown as OFFLINE if that is lower than the user's own status."""


class Event(Enum):
    """An event in a user's life: a trigger of the machine."""

    ACTIVITY = "activity"
    STALE_ACTIVITY = "stale_activity"
    """A never-seen user's first activity, too old to say that the user is there now."""
    INACTIVITY = "inactivity"
    SET_ONLINE = "set_online"
    SET_AWAY = "set_away"
    SET_OFFLINE = "set_offline"
    SET_ONLINE_UNTIL = "set_online_until"
    SET_AWAY_UNTIL = "set_away_until"
    SET_OFFLINE_UNTIL = "set_offline_until"
    END_ONLINE = "end_online"
    """A status that was set until some time has ended, and ONLINE follows."""
    END_AWAY = "end_away"
    END_OFFLINE = "end_offline"


class ConnectionEvent(Enum):
    """An event of a user's connection: a trigger of its machine."""

    SESSION_KEPT = "session_kept"
    SEEN_ELSEWHERE = "seen_elsewhere"
    """An activity or a setting by hand after the last session has ended."""
    DISCONNECTION = "disconnection"


SET_EVENT = {
    Status.ONLINE: Event.SET_ONLINE,
    Status.AWAY: Event.SET_AWAY,
    Status.OFFLINE: Event.SET_OFFLINE,
}
"""The event of setting each status by hand."""

SET_UNTIL_EVENT = {
    Status.ONLINE: Event.SET_ONLINE_UNTIL,
    Status.AWAY: Event.SET_AWAY_UNTIL,
    Status.OFFLINE: Event.SET_OFFLINE_UNTIL,
}
"""The event of setting each status by hand until some time."""

END_EVENT = {
    Status.ONLINE: Event.END_ONLINE,
    Status.AWAY: Event.END_AWAY,
    Status.OFFLINE: Event.END_OFFLINE,
}
"""The event of the end of a status, by the status that follows."""

_SHOWN_WHEN_DISCONNECTED = {
    Connection.AWAY: State.AWAY_BY_DISCONNECT,
    Connection.OFFLINE: State.OFFLINE_BY_DISCONNECT,
}


def shown_state(own: State, connection: Connection) -> State:
    """Return the state that a reader is shown: the disconnection if its status is lower than the own one, else the own.

    ONLINE is above AWAY, and AWAY above OFFLINE.
    """
    return _SHOWN[connection][own]


def _shown_state(own: State, connection: Connection) -> State:
    disconnected = _SHOWN_WHEN_DISCONNECTED.get(connection)
    if disconnected is None or own.status is None or disconnected.status is None or disconnected.status <= own.status:
        return own
    return disconnected


_SHOWN = tuple(tuple(_shown_state(own, connection) for own in State) for connection in Connection)
"""The state shown, indexed by the connection and the own state: every read asks for it."""
