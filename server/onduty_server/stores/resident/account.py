"""One account in memory: its users, who of them may be given work, and what has become due for them (`deadlines`).

Invariants: a user for whom something is known to be due is flagged OVERDUE and in `overdue`, until the sweeper or an
event has settled the record. Such a user does not count as ONLINE. One whom time alone has made ONLINE (a status with
an end) does, and is ARRIVED: in `arrived` with the record as it has become, and in every index as that record.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest

from sortedcontainers import SortedList

from ...domain import rules
from ...domain.layers import has_end, is_disconnected, unpack
from ...domain.record import AccountEvent, UserRecord
from ...domain.rules import Policy
from ...domain.status import Connection, State
from .deadlines import Deadlines
from .overdue import Overdue
from .user import (
    ARRIVED,
    DIRTY,
    IN_INDEX,
    NUMBER_BITS,
    NUMBER_MASK,
    OVERDUE,
    UNWRITTEN,
    ResidentUser,
    is_online,
    shows_online,
)

_PAST_COST = 4
"""The cost of a look at a user because of a past policy, in looks at an entry of the index."""


class Account:
    """The users of an account and their index. Times are ms UTC."""

    __slots__ = (
        "_by_since",
        "_scan_end",
        "_scan_position",
        "_since_position",
        "account_id",
        "arrived",
        "deadlines",
        "decided_revision",
        "durable_revision",
        "looks",
        "moved",
        "number",
        "online",
        "order",
        "overdue",
        "policy",
        "revision",
        "scheduled",
        "unsent",
        "unsure",
        "users",
        "watched",
    )

    def __init__(self, account_id: str, number: int, policy: Policy, overdue: Overdue) -> None:
        self.account_id = account_id
        self.number = number
        self.policy = policy
        self.revision = 0
        self.durable_revision = 0
        self.decided_revision = 0
        """The last revision that is not that of a timed switch."""
        self.users: dict[str, ResidentUser] = {}
        self.order: list[ResidentUser] = []
        """Users by number, which is the order in which they were first seen."""
        self.online = 0
        """How many users are ONLINE, as far as is known since the last `collect`."""
        self.arrived: dict[ResidentUser, UserRecord] = {}
        """The records of users who are ARRIVED, as they have become."""
        self.unsure = False
        """True if one of them may have become so by an activity that a crash would lose."""
        self.deadlines = Deadlines(self.order, self.arrived)
        self.overdue = overdue
        """Users for whom something is known to be due.

        Those without the flag, or that no longer exist, are to be skipped.
        """
        self.watched = False
        """True while anybody listens to the account's events."""
        self.unsent: list[AccountEvent] = []
        """Events that are not durable yet, so that listeners have not been told of them."""
        self.scheduled: int | None = None
        """The time (ms UTC) at which the schedule has the account as due."""
        self.looks = 0
        """How many rankings by last activity are looking at all users, in chunks."""
        self.moved: set[ResidentUser] | None = None
        """While there are such rankings: the users who were active or changed since the first of them began."""
        self._by_since: SortedList[int] = SortedList()
        self._since_position = 0
        """Users with smaller numbers are in `_by_since` as long as they are ONLINE."""
        self._scan_position = 0
        self._scan_end = 0

    # --- users -------------------------------------------------------------------------------------------------------

    def add(self, user_id: str) -> ResidentUser:
        """Add a user in state UNSEEN."""
        record = ResidentUser(user_id, len(self.order))
        self.users[user_id] = record
        self.order.append(record)
        return record

    def load(self, record: ResidentUser, now: int) -> None:
        """Add a user that was kept. Call `finish_loading` after the last one."""
        self.users[record.user_id] = record
        self.order.append(record)
        if record.revision > self.revision:
            self.revision = record.revision
        if shows_online(record):
            self.online += 1
        self.deadlines.load(record, now)

    def finish_loading(self) -> None:
        """Bring the entries that `load` added into order."""
        self.deadlines.finish_loading()
        self.durable_revision = self.revision = max(self.revision, self.policy.workflow.revision)

    def reassign(self, record: ResidentUser, decided: UserRecord, now: int) -> None:
        """Write a decided record into a user's record and bring every index up to date."""
        if is_online(record):
            self._leave(record)
        if record.flags & OVERDUE:
            record.flags &= ~(OVERDUE | ARRIVED)
            self.arrived.pop(record, None)
        lowered = _lowered_session_end(record.layers, decided.layers) if record.layers else None
        record.assign(decided)
        if shows_online(record):
            self._enter(record)
        if self.moved is not None:
            self.moved.add(record)
        self.deadlines.enqueue(record, now)
        if lowered is not None:
            self.deadlines.connections.lower(record, lowered)

    def put_back(self, images: Mapping[ResidentUser, UserRecord], now: int) -> None:
        """Restore users, revision included, as they were before changes that were lost; forget those then unseen.

        This looks at every entry of the index, because a bound may now be above its user's clock.
        """
        for record, image in images.items():
            self.reassign(record, image, now)
            record.revision = image.revision
        self.deadlines.forget(images.keys())
        # Users that came last go first, so that no other user's number changes.
        while self.order and self.order[-1].state is State.UNSEEN:
            record = self.order.pop()
            del self.users[record.user_id]
            record.flags = 0
        for record in images:
            record.flags &= ~IN_INDEX
            if record.state is not State.UNSEEN:
                self.deadlines.enqueue(record, now)
        self._scan_end = min(self._scan_end, len(self.order))
        if self._since_position < NUMBER_MASK:
            self._since_position = min(self._since_position, len(self.order))

    def _enter(self, record: ResidentUser) -> None:
        """Count a user who is ONLINE now."""
        self.online += 1
        if record.number < self._since_position:
            self._by_since.add(self.deadlines.as_is(record).status_since << NUMBER_BITS | record.number)

    def _leave(self, record: ResidentUser) -> None:
        """Undo `_enter`, before anything changes of the record or its flags."""
        self.online -= 1
        if record.number < self._since_position:
            self._by_since.discard(self.deadlines.as_is(record).status_since << NUMBER_BITS | record.number)

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self) -> int | None:
        """Return a lower bound (ms UTC) of the time at which something is due; 0 if something is, None for never."""
        if self.overdue or self.policy.past:
            return 0
        return self.deadlines.earliest(self.policy)

    def rescan(self) -> None:
        """Make `collect` look at every present user once, because a past policy was added."""
        self._scan_position, self._scan_end = 0, len(self.order)

    def scanned(self) -> bool:
        """Return True if every user to whom a past policy may apply has been looked at."""
        return self._scan_position >= self._scan_end

    def collect(self, now: int, budget: int) -> bool:
        """Move users for whom something is due at `now` to `overdue`; return False if there may be more.

        `budget` is how many entries of the index it looks at.
        """
        while not self.scanned():
            if budget <= 0:
                return False
            budget -= _PAST_COST
            record = self.order[self._scan_position]
            self._scan_position += 1
            # Of those overdue, only users who have arrived count for anything that a past policy may have ended.
            if record.flags & ARRIVED or (
                not record.flags & OVERDUE and rules.settle(record, self.policy, now).durable
            ):
                self._flag_overdue(record, now)

        def found(record: ResidentUser) -> None:
            self._flag_overdue(record, now)

        return self.deadlines.collect(self.policy, now, budget, found, self.moved) is not None

    def _flag_overdue(self, record: ResidentUser, now: int) -> None:
        if is_online(record):
            self._leave(record)
        if not record.flags & OVERDUE:
            record.flags |= OVERDUE
            self.overdue.add(record.number)
        elif record.flags & ARRIVED:
            record.flags &= ~ARRIVED
            del self.arrived[record]
        self.deadlines.engaged.discard(record.number)
        # Time alone makes nobody ONLINE but at the end of a status.
        if has_end(record.layers):
            settled = rules.settle(record, self.policy, now).record
            if shows_online(settled):
                self._arrive(record, settled, now)

    def _arrive(self, record: ResidentUser, settled: UserRecord, now: int) -> None:
        record.flags |= ARRIVED
        self.arrived[record] = settled
        if record.flags & (DIRTY | UNWRITTEN):
            self.unsure = True
        self._enter(record)
        if self.moved is not None:
            self.moved.add(record)
        self.deadlines.enqueue(record, now)

    def take_overdue(self) -> ResidentUser | None:
        """Take out the next user for whom something is to be committed. The flag stays until `reassign`."""
        while (number := self.overdue.take()) is not None:
            if number < len(self.order):  # otherwise the user's first change was lost
                record = self.order[number]
                if record.flags & OVERDUE:
                    return record
        return None

    def not_overdue(self, record: ResidentUser, now: int) -> None:
        """Put back a user for whom it turned out that nothing is due."""
        self.reassign(record, record.copy(), now)
        layers = unpack(record.layers)
        if layers.connection is Connection.CONNECTED:
            # It may have been an entry for this time that said so, and that is gone now.
            self.deadlines.connections.lower(record, layers.session_end)

    # --- available users; call these after `collect` was complete, at the same instant ------------------------------

    def available_count(self, now: int, max_engagements: int = 0) -> int:
        """Return how many users are ONLINE; if `max_engagements` is not 0, how many of them have fewer engagements."""
        if not max_engagements:
            return self.online
        return self.online - sum(self.is_busy(number, now, max_engagements) for number in self.deadlines.engaged.times)

    def is_busy(self, number: int, now: int, max_engagements: int) -> bool:
        """Return True if a user who is ONLINE has at least so many engagements (0: never)."""
        if not max_engagements or number not in self.deadlines.engaged.times:
            return False
        at_present = self.deadlines.as_is(self.order[number])
        return unpack(at_present.layers).engaged(now) >= max_engagements

    def index_since(self, budget: int) -> bool:
        """Look at up to `budget` more users for `longest_available`; return False if there are more.

        The index is begun with the first such read and kept from then on, since most accounts have no router.
        """
        position = self._since_position
        if position <= len(self.order):
            self._since_position = min(position + budget, len(self.order))
            users = self.order[position : self._since_position]
            as_is = self.deadlines.as_is
            self._by_since.update(
                [as_is(record).status_since << NUMBER_BITS | record.number for record in users if is_online(record)]
            )
            if self._since_position < len(self.order):
                return False
            self._since_position = NUMBER_MASK  # users that come later are added when they come
        return True

    def longest_available(self, limit: int, now: int, max_engagements: int = 0) -> list[ResidentUser]:
        """Return up to `limit` users who are ONLINE, for the longest time first.

        Call it once `index_since` is complete.
        """
        found: list[ResidentUser] = []
        for key in self._by_since:
            if len(found) == limit:
                break
            if not self.is_busy(key & NUMBER_MASK, now, max_engagements):
                found.append(self.order[key & NUMBER_MASK])
        return found

    def longest_idle(self, limit: int, budget: int, now: int, max_engagements: int = 0) -> list[ResidentUser] | None:
        """Return up to `limit` users who are ONLINE, those inactive for the longest time first.

        Users who are engaged come after all others, and first those whose last engagement ends first. It corrects up to
        `budget` stale index entries, and returns None if there may be more of them.
        """
        numbers = self.deadlines.longest_idle(limit, budget)
        if numbers is None:
            return None
        if len(numbers) < limit and max_engagements != 1:
            as_is, order = self.deadlines.as_is, self.order
            keys = [
                rules.own_clock(as_is(order[number])) << NUMBER_BITS | number
                for number in self.deadlines.engaged.times
                if not self.is_busy(number, now, max_engagements)
            ]
            numbers += [key & NUMBER_MASK for key in nsmallest(limit - len(numbers), keys)]
        return [self.order[number] for number in numbers]


def _lowered_session_end(before: str, after: str) -> int | None:
    """Return the end of the last session in the layers after a change if it is sooner than it was before, else None."""
    if not after or before == after or is_disconnected(after):
        return None
    layers = unpack(after)
    if layers.connection is not Connection.CONNECTED or unpack(before).session_end <= layers.session_end:
        return None
    return layers.session_end
