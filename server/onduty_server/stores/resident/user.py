"""A user in memory: the record, the number in the account, the group, and flags about the index and about the disk.

Flags that many users have for long are the lowest: Python shares the integers up to 256, and others take memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...domain.layers import is_disconnected
from ...domain.record import NO_PROFILE, Profile, UserRecord
from ...domain.status import State, Status

if TYPE_CHECKING:
    from .group import Group

NUMBER_BITS = 32
"""An index key is one int, compared in one step: a time in ms, and in this many lower bits a user's number."""
NUMBER_MASK = (1 << NUMBER_BITS) - 1

HEAPS = 5
"""The lowest bits say in which of the heaps of `deadlines` the user has an entry."""
CONNECTED = 1 << 5
GONE_AWAY = 1 << 6
"""The user has an entry in `connections`, among those who are connected, or disconnected and shown as AWAY."""
IN_INDEX = (1 << 7) - 1
DIRTY = 1 << 7
"""The clock or the layers have moved since they were last journalled."""
UNWRITTEN = 1 << 8
"""Numbers that were journalled are not known to be durable."""
OVERDUE = 1 << 9
"""Something has become due, and the sweeper has yet to commit it."""
ARRIVED = 1 << 10
"""Overdue, and ONLINE since then by time alone: `Account.arrived` has the record as it has become."""
UNSETTLED = 1 << 11
"""A record that changed without a switch was journalled, and is not known to be durable."""


class ResidentUser(UserRecord):
    """A user's record, with its number in the account, and the group of its team."""

    __slots__ = ("flags", "group", "number")

    def __init__(
        self,
        user_id: str,
        number: int,
        group: Group,
        state: State = State.UNSEEN,
        status_since: int = 0,
        last_activity: int | None = None,
        clock: int = 0,
        actor: str = "",
        reason: str = "",
        revision: int = 0,
        layers: str = "",
        profile: Profile = NO_PROFILE,
    ) -> None:
        # Written out instead of left to UserRecord: a start makes a million of them.
        self.user_id = user_id
        self.number = number
        self.group = group
        self.flags = 0
        self.state = state
        self.status_since = status_since
        self.last_activity = last_activity
        self.clock = clock
        self.actor = actor
        self.reason = reason
        self.revision = revision
        self.layers = layers
        self.profile = profile

    def assign(self, record: UserRecord) -> None:
        """Copy from `record` everything that an event may have changed, except the revision."""
        self.state = record.state
        self.status_since = record.status_since
        self.last_activity = record.last_activity
        self.clock = record.clock
        self.actor = record.actor
        self.reason = record.reason
        self.layers = record.layers
        self.profile = record.profile


class Left:
    """The users who have left a group while there are entries of theirs in its heaps (`group`)."""

    __slots__ = ("flags", "group")

    def __init__(self, group: Group) -> None:
        self.group = group
        self.flags: dict[int, int] = {}
        """By number: in which of the heaps they have entries, as the flags in IN_INDEX."""

    def drop(self, record: ResidentUser, number: int, flag: int) -> None:
        """Record that an entry is gone, of a user who is in the group or has left."""
        if record.group is self.group:
            record.flags &= ~flag
        elif number in self.flags:
            self.flags[number] &= ~flag
            if not self.flags[number]:
                del self.flags[number]


def as_is(record: ResidentUser, arrived: Mapping[ResidentUser, UserRecord]) -> UserRecord:
    """Return the record with which a user is in the index."""
    return arrived[record] if record.flags & ARRIVED else record


def is_indexed(record: ResidentUser) -> bool:
    """Return True if entries of a user count: those of who is overdue do not, except by the record as it has become."""
    return not record.flags & OVERDUE or bool(record.flags & ARRIVED)


def shows_online(record: UserRecord) -> bool:
    """Return True if a record, as it is, is that of a user who is shown as ONLINE."""
    return record.state.status is Status.ONLINE and not (record.layers and is_disconnected(record.layers))


def is_online(record: ResidentUser) -> bool:
    """Return True if a user was ONLINE at the last `Account.collect`."""
    if record.flags & OVERDUE:
        return bool(record.flags & ARRIVED)
    # As `shows_online`, in place: rankings ask for every user of an account.
    return record.state.status is Status.ONLINE and not (record.layers and is_disconnected(record.layers))
