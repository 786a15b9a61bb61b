"""The available users of an account, or of a group of it: how many, and the first of them in two of the orders.

Call these after `Account.collect` was complete, at the same instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, nsmallest
from itertools import islice

from ...domain import rules
from ...domain.layers import unpack
from .account import Account
from .group import Group
from .since_index import SinceIndex
from .user import NUMBER_BITS, NUMBER_MASK, ResidentUser, as_is, is_online


def available_count(account: Account, now: int, max_engagements: int = 0, group: Group | None = None) -> int:
    """Return how many users are ONLINE; if `max_engagements` is not 0, how many of them have fewer engagements."""
    online = account.online if group is None else group.online
    if not max_engagements:
        return online
    return online - sum(
        is_busy(account, account.order[number], now, max_engagements) for number in engaged(account, group)
    )


def engaged(account: Account, group: Group | None) -> list[int]:
    """Return the numbers of the users of a group, or all, who are ONLINE and have an engagement."""
    groups = account.groups.values() if group is None else (group,)
    return [number for one in groups for number in one.deadlines.engaged.times]


def is_busy(account: Account, record: ResidentUser, now: int, max_engagements: int) -> bool:
    """Return True if a user who is ONLINE has at least so many engagements (0: never)."""
    if not max_engagements or record.number not in record.group.deadlines.engaged.times:
        return False
    return unpack(as_is(record, account.arrived).layers).engaged(now) >= max_engagements


def index_since(account: Account, budget: int, group: Group | None = None) -> bool:
    """Look at up to `budget` more users for `longest_available`; return False if there are more."""
    index = account.since
    if group is not None:
        index = group.since = group.since or SinceIndex()
    if index.complete:
        return True
    as_they_are = account.arrived
    users, position = account.chunk(group, index.position, budget)
    found = [(user.number, as_is(user, as_they_are).status_since) for user in users if is_online(user)]
    index.extend(found, len(account.order) if position is None else position)
    if position is None:
        index.finish()
    return index.complete


def longest_available(
    account: Account, limit: int, now: int, max_engagements: int = 0, group: Group | None = None
) -> list[ResidentUser]:
    """Return up to `limit` users who are ONLINE, for the longest time first.

    Call it once `index_since` is complete.
    """
    index, order = account.since if group is None else group.since, account.order
    assert index is not None
    if not max_engagements:
        return [order[key & NUMBER_MASK] for key in index.first(limit)]
    users = (order[number] for number in index)
    return list(islice((user for user in users if not is_busy(account, user, now, max_engagements)), limit))


def longest_idle(
    account: Account, limit: int, budget: int, now: int, max_engagements: int = 0, group: Group | None = None
) -> list[ResidentUser] | None:
    """Return up to `limit` users who are ONLINE, those inactive for the longest time first.

    Users who are engaged come after all others, and first those whose last engagement ends first. It corrects up to
    `budget` stale index entries, and returns None if there may be more of them.
    """
    groups = [group] if group is not None else list(account.groups.values())
    for one in groups:
        # `collect` has done so only in groups in which something was due.
        if one.deadlines.engaged.due(now):
            left = one.deadlines.release(now, budget, account.moved)
            if left is None:
                return None
            budget = left
    if len(groups) == 1:
        foremost, _ = groups[0].deadlines.longest_idle(limit, budget)
    else:
        foremost = _foremost(groups, limit, budget)
    if foremost is None:
        return None
    numbers = [key & NUMBER_MASK for key in foremost]
    if len(numbers) < limit and max_engagements != 1:
        keys = [
            rules.own_clock(as_is(record, account.arrived)) << NUMBER_BITS | number
            for number in engaged(account, group)
            if not is_busy(account, record := account.order[number], now, max_engagements)
        ]
        numbers += [key & NUMBER_MASK for key in nsmallest(limit - len(numbers), keys)]
    return [account.order[number] for number in numbers]


def _foremost(groups: Sequence[Group], limit: int, budget: int) -> list[int] | None:
    """Return the first keys of all groups by `Deadlines.longest_idle`; None if the budget does not suffice."""
    foremost: list[int] = []
    bounds = [(bound, number) for number, one in enumerate(groups) if (bound := one.deadlines.idle_bound()) is not None]
    heapify(bounds)
    while bounds:
        bound, number = heappop(bounds)
        if len(foremost) == limit and bound > foremost[-1]:
            break
        found, budget = groups[number].deadlines.longest_idle(limit, budget)
        if found is None:
            return None
        foremost = nsmallest(limit, foremost + found) if foremost else found
    return foremost
