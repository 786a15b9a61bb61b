"""The users of an account who have the same team, or none: one policy decides for them, and one index finds the due.

Every team has its group from the start, so that a workflow of its own is one assignment. Invariant: `policy` is the
account's, the same object, unless the team has, or has had, a workflow of its own (`is_apart`).

Users who leave are not taken out of the heaps, since that would be a walk. Invariant: `left` says of each of them in
which of the heaps there still is an entry (the flags IN_INDEX). It counts for nothing, unless the user comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from ...domain import rules
from ...domain.layers import unpack
from ...domain.record import NO_PROFILE, Profile, UserRecord
from ...domain.rules import Policy
from ...domain.status import Connection
from .deadlines import Deadlines
from .members import Members
from .since_index import SinceIndex
from .steps import IN_HEAP
from .user import ARRIVED, IN_INDEX, OVERDUE, Left, ResidentUser

_LEFT_STEP = 256
"""After how many more users who have left it is looked whether a quarter of the entries are theirs."""

_PASSED_OVER = 32
"""How many users of teams a scan of those without a team passes over at the cost of a look at one entry."""


class Group:
    """The users of one team, or those without a team. Times are ms UTC."""

    __slots__ = (
        "_left",
        "_order",
        "_scan_end",
        "_scan_position",
        "deadlines",
        "is_apart",
        "members",
        "nameless",
        "online",
        "policy",
        "scheduled",
        "since",
        "team_id",
    )

    def __init__(
        self,
        team_id: str,
        policy: Policy,
        order: Sequence[ResidentUser],
        arrived: Mapping[ResidentUser, UserRecord],
        in_heap: int = IN_HEAP,
    ) -> None:
        self.team_id = team_id
        self.policy = policy
        self.is_apart = False
        """True if the policy is not the account's."""
        self.members = Members()
        """The numbers of a team's users. It stays empty for those without a team, who are nearly all in most accounts.
        """
        self.online = 0
        self.since: SinceIndex | None = None
        self._left = Left(self)
        self.nameless = Profile(team_id=team_id) if team_id else NO_PROFILE
        """The profile that its users share who have no name."""
        self.deadlines = Deadlines(order, arrived, self._left, in_heap)
        self.scheduled: int | None = None
        """The time at which the account has the group as due."""
        self._order = order
        self._scan_position = 0
        self._scan_end = 0

    # --- who is in it ------------------------------------------------------------------------------------------------

    @property
    def left(self) -> dict[int, int]:
        """The flags of the users who have left while there are entries of theirs, by number."""
        return self._left.flags

    @property
    def has_own(self) -> bool:
        """True if the team has a workflow of its own."""
        return self.is_apart and not self.policy.workflow.follows

    @property
    def is_needless(self) -> bool:
        """True if nothing would be lost with it."""
        return bool(self.team_id) and not self.members and not self.is_apart

    def users(self, position: int = 0) -> Iterator[ResidentUser]:
        """Iterate over the users whose number is `position` or greater, in their order, while nobody comes or goes."""
        order = self._order
        return (order[number] for number in self._numbers(position, len(order)))

    def join(self, record: ResidentUser) -> None:
        """Let a user in. The index has to be told by `Deadlines.enqueue`."""
        record.group = self
        if self.team_id:
            self.members.add(record.number)
        if (left := self._left.flags) and (flags := left.pop(record.number, 0)):
            record.flags |= flags
            layers = unpack(record.layers)
            if layers.connection is Connection.CONNECTED:
                # The entry that is still there is from before; the last session may have come to end sooner.
                self.deadlines.connections.lower(record, layers.session_end)

    def part(self, record: ResidentUser) -> None:
        """Let a user go."""
        if self.team_id:
            self.members.remove(record.number)
        self.deadlines.discard(record)
        if flags := record.flags & IN_INDEX:
            left = self._left.flags
            left[record.number] = flags
            record.flags &= ~IN_INDEX
            if not len(left) % _LEFT_STEP and len(left) > self.deadlines.count() // 4:
                self.deadlines.forget_numbers(left)
                left.clear()

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self) -> int | None:
        """Return a lower bound of the time at which something is due; 0 if it may be now, None for never."""
        return 0 if not self.scanned() else self.deadlines.earliest(self.policy)

    def rescan(self) -> None:
        """Make the next looks at the group look at every present user once, because a past policy was added."""
        self._scan_position, self._scan_end = 0, len(self._order)

    def scanned(self) -> bool:
        """Return True if every user to whom a past policy may apply has been looked at."""
        return self._scan_position >= self._scan_end

    def shorten(self) -> None:
        """Take into account that the last users are gone."""
        self._scan_end = min(self._scan_end, len(self._order))
        if self.since is not None and not self.since.complete:
            self.since.position = min(self.since.position, len(self._order))

    def scan(self, now: int, budget: int, cost: int) -> tuple[list[ResidentUser], int]:
        """Look at users because of a past policy; return those for whom something is due, and what is left of a budget.

        Nothing is left if there are more to look at.
        """
        due: list[ResidentUser] = []
        end = self._scan_end
        if budget <= 0:
            # Another group may have cost more than there was.
            return due, 0
        if not self.team_id:
            end = min(end, self._scan_position + _PASSED_OVER * budget)
        for number in self._numbers(self._scan_position, end):
            if budget <= 0:
                return due, 0
            budget -= cost
            self._scan_position = number + 1
            record = self._order[number]
            # Of those overdue, only users who have arrived count for anything that a past policy may have ended.
            if record.flags & ARRIVED or (not record.flags & OVERDUE and rules.is_due(record, self.policy, now)):
                due.append(record)
        self._scan_position = end
        return due, budget if end == self._scan_end else 0

    def _numbers(self, position: int, end: int) -> Iterator[int]:
        order = self._order
        if self.team_id:
            return takewhile(end.__gt__, self.members.since(position))
        return (number for number in range(position, min(end, len(order))) if order[number].group is self)


NOWHERE = Group("", Policy(), (), {})
ERASED = ResidentUser("", -1, NOWHERE)
"""Stands for every user who was erased, in the place of its number. Nobody writes to it."""
