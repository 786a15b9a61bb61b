"""The words of the domain: statuses, causes, and the states of the machine, which are a status and its cause together.

The matrix of the design distinguishes an `AWAY` by hand from one by inactivity, so these are two states. With the cause
in the state no transition needs a condition, and the whole behaviour is a finite table.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Status(IntEnum):
    """Whether a user can be given work. The numbers are those of the proto and of the stores."""

    ONLINE = 1
    AWAY = 2
    OFFLINE = 3


class Cause(IntEnum):
    """What brought a status about. The numbers are those of the proto and of the stores."""

    MANUAL = 1
    INACTIVITY = 2
    ACTIVITY = 3


class Resume(IntEnum):
    """From which automatic statuses an activity brings a user back. The numbers are those of the proto."""

    FROM_AWAY = 1
    NEVER = 2
    FROM_AWAY_OR_OFFLINE = 3


class State(IntEnum):
    """A state of the machine. The numbers are kept in the stores: never renumber them."""

    status: Status | None
    cause: Cause | None

    def __new__(cls, number: int, status: Status | None, cause: Cause | None) -> State:
        """Give the number a status and a cause."""
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
    """What can happen to a user; the triggers of the machine."""

    ACTIVITY = "activity"
    STALE_ACTIVITY = "stale_activity"
    """A first activity of so long ago that it says nothing of now."""
    INACTIVITY = "inactivity"
    SET_ONLINE = "set_online"
    SET_AWAY = "set_away"
    SET_OFFLINE = "set_offline"


SET_EVENT = {
    Status.ONLINE: Event.SET_ONLINE,
    Status.AWAY: Event.SET_AWAY,
    Status.OFFLINE: Event.SET_OFFLINE,
}
"""The event that setting a status by hand is."""
