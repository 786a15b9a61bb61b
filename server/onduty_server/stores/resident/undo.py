"""Undoes changes that could not be made durable, so that memory equals the disk again.

Before the engine changes a user, a policy or the set of accounts, it records the state before the change. The journal
keeps these records with its entries, forgets them once the entries are durable, and hands them back when the entries
are lost. Changes build on each other, so everything that is not durable is undone at once, the newest first.
Invariants: an undone change was never shown and never acknowledged, except for timed switches, which follow from what
is left; a clock that an acknowledged activity moved stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...app.gaps import Gap
from ...domain.record import UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .user import ResidentUser

UserBefore = tuple[Account, ResidentUser, State, int, int | None, int, str, str, int, str, bool, int]
"""A user before a change: record, state, status_since, last_activity, clock, actor, reason, revision and layers as they
were.

State UNSEEN means that the change adds the user. The last two items say if the change does more than restart the clock,
and which clock it sets. It is a plain tuple, made in place: there is one for each switch of a sweep, and a class takes
three times as long.
"""


@dataclass(frozen=True, slots=True)
class PolicyBefore:
    """An account's policy before it was replaced."""

    account: Account
    policy: Policy


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """An account that did not exist before."""

    account: Account


@dataclass(frozen=True, slots=True)
class FloorBefore:
    """The recovery floor (ms UTC) before it was raised."""

    floor: int


@dataclass(frozen=True, slots=True)
class GapsBefore:
    """The recorded gaps before they were replaced."""

    gaps: tuple[Gap, ...]


Undo = UserBefore | PolicyBefore | AccountAdded | FloorBefore | GapsBefore


class Undone(NamedTuple):
    """The accounts that were restored, those that are gone, and the floor and gaps to restore (None: unchanged)."""

    accounts: set[Account]
    gone: list[Account]
    floor: int | None
    gaps: tuple[Gap, ...] | None


def undo_all(lost: Sequence[Undo], now: int) -> Undone:
    """Undo at `now` all changes in `lost`, which are in the order in which they were made."""
    images: dict[Account, dict[ResidentUser, UserRecord]] = {}
    accounts: set[Account] = set()
    replaced: set[Account] = set()
    gone: list[Account] = []
    floor: int | None = None
    gaps: tuple[Gap, ...] | None = None
    for undo in reversed(lost):
        if isinstance(undo, PolicyBefore):
            undo.account.policy = undo.policy
            accounts.add(undo.account)
            replaced.add(undo.account)
        elif isinstance(undo, AccountAdded):
            gone.append(undo.account)
        elif isinstance(undo, FloorBefore):
            floor = undo.floor
        elif isinstance(undo, GapsBefore):
            gaps = undo.gaps
        else:
            _restore(undo, images)
    for account, users in images.items():
        account.put_back(users, now)
    for account in replaced:
        # Users who were due under the lost policy need not be due under this one.
        while (record := account.take_overdue()) is not None:
            account.not_overdue(record, now)
    accounts.update(images, gone)
    for account in accounts:
        account.revision = account.durable_revision
        account.decided_revision = min(account.decided_revision, account.durable_revision)
        if account.policy.past:
            account.rescan()
    accounts.difference_update(gone)
    return Undone(accounts, gone, floor, gaps)


def _restore(undo: UserBefore, images: dict[Account, dict[ResidentUser, UserRecord]]) -> None:
    """Undo a change in the image of its user, in which all later changes have been undone already."""
    account, record, state, status_since, last_activity, clock, actor, reason, revision, layers, entire, after = undo
    of_account = images.setdefault(account, {})
    image = of_account.get(record)
    if image is None:
        image = of_account[record] = record.copy()
    if entire:
        # Nothing was acknowledged since: activities and leases of such a user wait until the change is durable, even if
        # it gave no revision (`UNSETTLED`).
        image.state, image.status_since, image.last_activity, image.clock = state, status_since, last_activity, clock
        image.actor, image.reason, image.revision, image.layers = actor, reason, revision, layers
    elif image.clock == after:
        # The change only restarted the clock; activities since may have been acknowledged.
        image.clock = max(clock, image.last_activity or 0)
