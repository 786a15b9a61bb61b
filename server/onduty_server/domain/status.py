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


class Resume(IntEnum):
    """The statuses by inactivity from which an activity brings a user back. The numbers are those of the proto."""

    FROM_AWAY = 1
    NEVER = 2
    FROM_AWAY_OR_OFFLINE = 3


class State(IntEnum):
    """A state of the machine. Stores keep the numbers, so they must never change."""

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


class Event(Enum):
    """An event in a user's life: a trigger of the machine."""

    ACTIVITY = "activity"
    STALE_ACTIVITY = "stale_activity"
    """A never-seen user's first activity, too old to say that the user is there now."""
    INACTIVITY = "inactivity"
    SET_ONLINE = "set_online"
    SET_AWAY = "set_away"
    SET_OFFLINE = "set_offline"


SET_EVENT = {
    Status.ONLINE: Event.SET_ONLINE,
    Status.AWAY: Event.SET_AWAY,
    Status.OFFLINE: Event.SET_OFFLINE,
}
"""The event of setting each status by hand."""
