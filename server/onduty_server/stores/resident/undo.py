"""Taking back what could not be made durable, so that memory is again what the disk has.

Before the engine changes a user, a policy or the set of accounts, it notes how that was. The journal keeps the notes
with the entries they belong to, forgets them once those are durable, and hands back those of what never will be.
Changes build on each other, so all that is not durable goes at once, the newest first. Invariants: what is taken back
was never shown and never acknowledged, except for timed switches, which follow from what is left; a clock that an
acknowledged activity moved stays moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...domain.record import UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account, ResidentUser


class UserBefore(NamedTuple):
    """A user before a change, and the clock that it set. State UNSEEN: the change was what made them known."""

    account: Account
    record: ResidentUser
    state: State
    status_since: int
    last_activity: int | None
    clock: int
    actor: str
    reason: str
    revision: int
    switched: bool
    clock_after: int

    @classmethod
    def of(cls, account: Account, record: ResidentUser, *, switched: bool, clock_after: int) -> UserBefore:
        """Note what `record` is, before it is written to. `switched`: the change gives it a new revision."""
        return cls(
            account,
            record,
            record.state,
            record.status_since,
            record.last_activity,
            record.clock,
            record.actor,
            record.reason,
            record.revision,
            switched,
            clock_after,
        )

    def restore(self, image: UserRecord) -> None:
        """Take the change back from `image`, from which all later ones have been."""
        if self.switched:
            # No activity was acknowledged since: those of a user with a revision that is not durable wait for it.
            image.state = self.state
            image.status_since = self.status_since
            image.last_activity = self.last_activity
            image.clock = self.clock
            image.actor = self.actor
            image.reason = self.reason
            image.revision = self.revision
        elif image.clock == self.clock_after:
            # A setting that only restarted the clock; activities since may have been acknowledged.
            image.clock = max(self.clock, image.last_activity or 0)


class PolicyBefore(NamedTuple):
    """An account's policy before it was replaced."""

    account: Account
    policy: Policy


class AccountAdded(NamedTuple):
    """An account that was not there before."""

    account: Account


class FloorBefore(NamedTuple):
    """The recovery floor (ms UTC) before it was raised."""

    floor: int


Undo = UserBefore | PolicyBefore | AccountAdded | FloorBefore


class TakenBack(NamedTuple):
    """What `take_back` did: accounts that are as they were, those that are gone, the floor if it is another one now."""

    accounts: set[Account]
    gone: list[Account]
    floor: int | None


def take_back(lost: Sequence[Undo]) -> TakenBack:
    """Undo all of `lost`, which are in the order in which they were noted."""
    images: dict[Account, dict[ResidentUser, UserRecord]] = {}
    accounts: set[Account] = set()
    gone: list[Account] = []
    floor: int | None = None
    for undo in reversed(lost):
        if isinstance(undo, UserBefore):
            of_account = images.setdefault(undo.account, {})
            image = of_account.get(undo.record)
            if image is None:
                image = of_account[undo.record] = undo.record.copy()
            undo.restore(image)
        elif isinstance(undo, PolicyBefore):
            undo.account.policy = undo.policy
            accounts.add(undo.account)
        elif isinstance(undo, AccountAdded):
            gone.append(undo.account)
        else:
            floor = undo.floor
    for account, users in images.items():
        account.put_back(users)
    accounts.update(images, gone)
    for account in accounts:
        account.revision = account.durable_revision
        account.decided_revision = min(account.decided_revision, account.durable_revision)
        if account.policy.past:
            account.rescan()
    accounts.difference_update(gone)
    return TakenBack(accounts, gone, floor)
