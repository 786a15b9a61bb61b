"""Undoing what could not be made durable, so that memory is again what the disk has.

Before the engine changes a user, a policy or the set of accounts, it notes how that was. The journal keeps the notes
with the entries they belong to, forgets them once those are durable, and hands them back when the entries are lost.
Changes build on each other, so all that is not durable is undone at once, the newest first. Invariants: what is undone
was never shown and never acknowledged, except for timed switches, which follow from what is left; a clock that an
acknowledged activity moved stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...app.gaps import Gap
from ...domain.record import UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account, ResidentUser

UserBefore = tuple[Account, ResidentUser, State, int, int | None, int, str, str, int, bool, int]
"""A user before a change: record, state, status_since, last_activity, clock, actor, reason and revision as they were.

State UNSEEN: the change adds the user. The last two are True if it gives the user a new revision, and the clock that it
sets. A plain tuple, made in place: there is one for each switch of a sweep, and a class takes three times as long.
"""


@dataclass(frozen=True, slots=True)
class PolicyBefore:
    """An account's policy before it was replaced."""

    account: Account
    policy: Policy


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """An account that was not there before."""

    account: Account


@dataclass(frozen=True, slots=True)
class FloorBefore:
    """The recovery floor (ms UTC) before it was raised."""

    floor: int


@dataclass(frozen=True, slots=True)
class GapsBefore:
    """The noted gaps in the life of the store, before they were others."""

    gaps: tuple[Gap, ...]


Undo = UserBefore | PolicyBefore | AccountAdded | FloorBefore | GapsBefore


class TakenBack(NamedTuple):
    """The accounts that were restored, those that are gone, and the floor and gaps to restore (None: unchanged)."""

    accounts: set[Account]
    gone: list[Account]
    floor: int | None
    gaps: tuple[Gap, ...] | None


def take_back(lost: Sequence[Undo]) -> TakenBack:
    """Undo all of `lost`, given in the order in which they were noted."""
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
        account.put_back(users)
    for account in replaced:
        # Users whom the lost policy made due need not be due under this one.
        while (record := account.take_overdue()) is not None:
            account.not_overdue(record)
    accounts.update(images, gone)
    for account in accounts:
        account.revision = account.durable_revision
        account.decided_revision = min(account.decided_revision, account.durable_revision)
        if account.policy.past:
            account.rescan()
    accounts.difference_update(gone)
    return TakenBack(accounts, gone, floor, gaps)


def _restore(undo: UserBefore, images: dict[Account, dict[ResidentUser, UserRecord]]) -> None:
    """Undo a change in its user's image, in which all later ones have been undone."""
    account, record, state, status_since, last_activity, clock, actor, reason, revision, switched, clock_after = undo
    of_account = images.setdefault(account, {})
    image = of_account.get(record)
    if image is None:
        image = of_account[record] = record.copy()
    if switched:
        # No activity was acknowledged since: those of a user with a revision that is not durable wait for it.
        image.state, image.status_since, image.last_activity, image.clock = state, status_since, last_activity, clock
        image.actor, image.reason, image.revision = actor, reason, revision
    elif image.clock == clock_after:
        # A setting that only restarted the clock; activities since may have been acknowledged.
        image.clock = max(clock, image.last_activity or 0)
