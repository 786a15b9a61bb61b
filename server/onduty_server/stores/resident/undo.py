"""Undoes changes that could not be made durable, so that memory equals the disk again.

Before the engine changes or erases a user, a policy or an account, it records the state before the change. The journal
keeps these records with its entries, forgets them once the entries are durable, and hands them back when the entries
are lost. Changes build on each other, so everything that is not durable is undone at once, the newest first.
Invariants: an undone change was never shown and never acknowledged, except for timed switches, which follow from what
is left; a clock that an acknowledged activity moved stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...app.gaps import Gap
from ...domain.record import Profile, UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .forgetting import Forgetting
from .user import ResidentUser

UserBefore = tuple[Account, ResidentUser, State, int, int | None, int, str, str, int, str, bool, int, Profile]
"""A user before a change: record, state, status_since, last_activity, clock, actor, reason, revision and layers as they
were.

State UNSEEN means that the change adds the user. Then come two items that say if the change does more than restart the
clock, and which clock it sets; and the profile as it was. It is a plain tuple, made in place: there is one for each
switch of a sweep, and a class takes three times as long.
"""


@dataclass(frozen=True, slots=True)
class ActorBefore:
    """A user whose record named an actor who was erased since, in an erasure of this revision.

    It counts only if the erasure is lost as well.
    """

    account: Account
    record: ResidentUser
    actor: str
    revision: int


@dataclass(frozen=True, slots=True)
class UserErased:
    """A user as it was before it was erased. `was_moved`: its numbers had moved, and were not known to be durable.

    `forgetting` are the others whose records named it.
    """

    account: Account
    record: ResidentUser
    image: UserRecord
    was_moved: bool
    forgetting: Forgetting | None


@dataclass(frozen=True, slots=True)
class PolicyBefore:
    """The policy of an account, or of a team, before it was replaced; None if the team's was the account's."""

    account: Account
    team_id: str
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class TimeZoneBefore:
    """The time zone of an account before it was replaced."""

    account: Account
    time_zone: str


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """An account that did not exist before."""

    account: Account


@dataclass(frozen=True, slots=True)
class AccountErased:
    """An account that was erased, and the revision after which those of a new account began before."""

    account: Account
    first_revision: int


@dataclass(frozen=True, slots=True)
class FloorBefore:
    """The recovery floor (ms UTC) before it was raised."""

    floor: int


@dataclass(frozen=True, slots=True)
class GapsBefore:
    """The recorded gaps before they were replaced."""

    gaps: tuple[Gap, ...]


Undo = (
    UserBefore
    | ActorBefore
    | UserErased
    | PolicyBefore
    | TimeZoneBefore
    | AccountAdded
    | AccountErased
    | FloorBefore
    | GapsBefore
)


class Undone(NamedTuple):
    """The accounts that were restored, and those that are gone, the newest first; and what the store has to restore.

    `erased` are the accounts whose erasure was undone, the newest first. `moved` are users whose numbers have to be
    journalled again. Floor, gaps and `first_revision` are None where they did not change.
    """

    accounts: set[Account]
    gone: list[Account]
    erased: list[Account]
    moved: list[tuple[Account, ResidentUser]]
    floor: int | None
    gaps: tuple[Gap, ...] | None
    first_revision: int | None


@dataclass(slots=True)
class _Images:
    """The users of an account as they were, and the teams in which one of them has been meanwhile."""

    users: dict[ResidentUser, UserRecord] = field(default_factory=dict)
    teams: set[str] = field(default_factory=set)

    def of(self, record: ResidentUser) -> UserRecord:
        """Return a user's image, in which all later changes have been undone already."""
        image = self.users.get(record)
        if image is None:
            image = self.users[record] = record.copy()
            self.teams.add(image.profile.team_id)
        return image


def undo_all(lost: Sequence[Undo], now: int) -> Undone:
    """Undo at `now` all changes in `lost`, which are in the order in which they were made."""
    images: dict[Account, _Images] = {}
    accounts: set[Account] = set()
    replaced: set[Account] = set()
    undone = Undone(accounts, [], [], [], None, None, None)
    for undo in reversed(lost):
        if isinstance(undo, tuple):
            _restore(undo, images.setdefault(undo[0], _Images()))
        elif isinstance(undo, UserErased):
            undo.account.restore(undo.record, undo.image)
            if undo.forgetting is not None:
                undo.account.undo_forgetting(undo.forgetting)
            restored = images.setdefault(undo.account, _Images())
            restored.users[undo.record] = undo.image
            restored.teams.add(undo.image.profile.team_id)
            if undo.was_moved:
                undone.moved.append((undo.account, undo.record))
        elif isinstance(undo, ActorBefore):
            if undo.revision > undo.account.durable_revision:
                images.setdefault(undo.account, _Images()).of(undo.record).actor = undo.actor
        elif isinstance(undo, PolicyBefore):
            undo.account.set_policy(undo.team_id, undo.policy)
            accounts.add(undo.account)
            replaced.add(undo.account)
        elif isinstance(undo, TimeZoneBefore):
            undo.account.time_zone = undo.time_zone
        elif isinstance(undo, AccountAdded):
            undone.gone.append(undo.account)
        elif isinstance(undo, AccountErased):
            undone.erased.append(undo.account)
            accounts.add(undo.account)
            undone = undone._replace(first_revision=undo.first_revision)
        elif isinstance(undo, FloorBefore):
            undone = undone._replace(floor=undo.floor)
        else:
            undone = undone._replace(gaps=undo.gaps)
    for account, restored in images.items():
        account.put_back(restored.users, restored.teams, now)
    for account in replaced:
        # Users who were due under the lost policy need not be due under this one.
        while (record := account.take_overdue()) is not None:
            account.not_overdue(record, now)
    # Of those who were added since as well, nothing is left.
    undone.moved[:] = [(account, user) for account, user in undone.moved if account.users.get(user.user_id) is user]
    accounts.update(images, undone.gone)
    for account in accounts:
        account.revision = account.durable_revision
        account.decided_revision = min(account.decided_revision, account.durable_revision)
        account.workflow_revision = min(account.workflow_revision, account.durable_revision)
        account.erased_revision = min(account.erased_revision, account.durable_revision)
        account.rescan()
    accounts.difference_update(undone.gone)
    return undone


def _restore(undo: UserBefore, images: _Images) -> None:
    """Undo a change in the image of its user, in which all later changes have been undone already."""
    _, record, state, status_since, last_activity, clock, actor, reason, revision, layers, entire, after, profile = undo
    image = images.of(record)
    if entire:
        # Nothing was acknowledged since: activities and leases of such a user wait until the change is durable, even if
        # it gave no revision (`UNSETTLED`).
        image.state, image.status_since, image.last_activity, image.clock = state, status_since, last_activity, clock
        image.actor, image.reason, image.revision, image.layers = actor, reason, revision, layers
        image.profile = profile
        images.teams.add(profile.team_id)
    elif image.clock == after:
        # The change only restarted the clock; activities since may have been acknowledged.
        image.clock = max(clock, image.last_activity or 0)
