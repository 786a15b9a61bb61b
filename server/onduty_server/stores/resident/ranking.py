"""Finds the available users in each of the orders, a chunk at a time, so that one read delays no other call.

A `Ranking` gets ready in steps, and other calls run in between. Invariant: when `step` returns True, `records` is right
at that instant and includes everything that happened between the steps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from heapq import nlargest

from ...app.ports.statuses import AvailabilityOrder
from .account import Account
from .availability import engaged, index_since, is_busy, longest_available, longest_idle
from .group import Group
from .user import NUMBER_BITS, NUMBER_MASK, ResidentUser, is_online

_CHUNK = 1_000
"""How many users one step looks at."""
_SPARE = 1_000
"""How many of the users found first may leave between the steps before the ranking starts again."""


class Ranking(ABC):
    """The first `limit` of the ONLINE users of a group or an account. Call it after `Account.collect`, at that instant.

    Those with `max_engagements` or more are left out, unless it is 0.
    """

    def __init__(self, account: Account, limit: int, max_engagements: int, group: Group | None) -> None:
        self._account = account
        self._group = group
        self._limit = limit
        self._max_engagements = max_engagements

    def __enter__(self) -> Ranking:
        return self

    def __exit__(self, *_: object) -> None:  # noqa: B027 - most have nothing to undo
        """End the ranking."""

    @abstractmethod
    def step(self, now: int) -> bool:
        """Look at some more users; return True if the ranking is ready, at `now` (ms UTC)."""

    @abstractmethod
    def records(self, now: int) -> list[ResidentUser]:
        """Return the users, in order. Call it only right after `step` has returned True, with the same `now`."""


class _LongestAvailable(Ranking):
    def step(self, now: int) -> bool:
        return index_since(self._account, _CHUNK, self._group)

    def records(self, now: int) -> list[ResidentUser]:
        return longest_available(self._account, self._limit, now, self._max_engagements, self._group)


class _LongestIdle(Ranking):
    _found: list[ResidentUser] | None = None

    def step(self, now: int) -> bool:
        self._found = longest_idle(self._account, self._limit, _CHUNK, now, self._max_engagements, self._group)
        return self._found is not None

    def records(self, now: int) -> list[ResidentUser]:
        return self._found or []


class _MostRecentlyActive(Ranking):
    """Looks at all users, since activities touch no index; `Account.moved` has those who moved meanwhile.

    Last activities only grow. So a user who is not among those found first, and has not moved, comes after all of those
    who were found and have not left. If those are left out who have many engagements, all who have any are looked at
    last: the end of an engagement brings users back who have not moved.
    """

    def __init__(self, account: Account, limit: int, max_engagements: int, group: Group | None) -> None:
        super().__init__(account, limit, max_engagements, group)
        self._position = 0
        self._foremost: list[int] = []
        self._counts = self._is_unengaged if max_engagements else is_online

    def __enter__(self) -> Ranking:
        account = self._account
        account.looks += 1
        if account.moved is None:
            account.moved = set()
        return self

    def __exit__(self, *_: object) -> None:
        account = self._account
        account.looks -= 1
        if not account.looks:
            account.moved = None

    def step(self, now: int) -> bool:
        users, position = self._account.chunk(self._group, self._position, _CHUNK)
        counts = self._counts
        keys = [_key(record) for record in users if counts(record)]
        foremost = self._foremost
        full = len(foremost) >= self._limit + _SPARE
        if full:
            last = foremost[-1]
            keys = [key for key in keys if key > last]
        if keys:
            self._foremost = nlargest(self._limit + _SPARE, foremost + keys)
        if position is not None:
            self._position = position
            return False
        group = self._group
        found = map(self._user, self._foremost)
        left = sum(not (counts(user) and (group is None or user.group is group)) for user in found)
        if left <= _SPARE:
            return True
        self._position = 0
        self._foremost.clear()
        return False

    def records(self, now: int) -> list[ResidentUser]:
        account, group, most = self._account, self._group, self._max_engagements
        found = {self._user(key) for key in self._foremost} | (account.moved or set())
        if most:
            found.update(account.order[number] for number in engaged(account, group))
        best = nlargest(
            self._limit,
            (
                _key(user)
                for user in found
                if is_online(user)
                and (group is None or user.group is group)
                and not (most and is_busy(account, user, now, most))
            ),
        )
        return [self._user(key) for key in best]

    def _is_unengaged(self, record: ResidentUser) -> bool:
        return is_online(record) and record.number not in record.group.deadlines.engaged.times

    def _user(self, key: int) -> ResidentUser:
        return self._account.order[NUMBER_MASK - (key & NUMBER_MASK)]


def _key(record: ResidentUser) -> int:
    """Return the sort key: by last activity, and within one instant by the order in which users were first seen."""
    return (record.last_activity or 0) << NUMBER_BITS | (NUMBER_MASK - record.number)


_RANKINGS: dict[AvailabilityOrder, type[Ranking]] = {
    AvailabilityOrder.LONGEST_AVAILABLE: _LongestAvailable,
    AvailabilityOrder.MOST_RECENTLY_ACTIVE: _MostRecentlyActive,
    AvailabilityOrder.LONGEST_IDLE: _LongestIdle,
}


def ranking(
    account: Account, order: AvailabilityOrder, limit: int, max_engagements: int, group: Group | None = None
) -> Ranking:
    """Return a ranking of a group, or of the account, that has not looked at any user yet. It is a context manager."""
    return _RANKINGS.get(order, _LongestAvailable)(account, limit, max_engagements, group)


def ranked_at_once(
    account: Account, order: AvailabilityOrder, limit: int, now: int, max_engagements: int, group: Group | None
) -> list[ResidentUser] | None:
    """Return what a ranking finds in its first step; None if it takes more."""
    if order is AvailabilityOrder.LONGEST_AVAILABLE:
        # Most routers ask so, and the index has the answer.
        if not index_since(account, _CHUNK, group):
            return None
        return longest_available(account, limit, now, max_engagements, group)
    with ranking(account, order, limit, max_engagements, group) as ranked:
        return ranked.records(now) if ranked.step(now) else None
