"""Defines permissions, roles that bundle them, and callers to whom roles are granted.

Pure. Invariant: everything not granted is refused, and the answer depends only on the caller's grants and on the names
in the request, never on what exists: an account that a caller has no rights in looks like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from types import MappingProxyType
from typing import Final, NamedTuple

from ..domain.errors import PermissionRequired

EVERYWHERE: Final = "*"
"""Stands for all accounts."""


class Permission(IntFlag):
    """An act that a role may allow."""

    ACTIVITY_WRITE = 1
    STATUS_READ = 2
    STATUS_WRITE = 4
    WORKFLOW_READ = 8
    WORKFLOW_WRITE = 16
    USER_WRITE = 32
    USER_DELETE = 64
    ACCOUNT_WRITE = 128
    ACCOUNT_DELETE = 256

    @property
    def spelled(self) -> str:
        """The spelling in configuration and messages."""
        return " and ".join((each.name or "").lower().replace("_", ".") for each in self)

    @property
    def act(self) -> str:
        """The allowed act, as in "may read statuses"."""
        return " and ".join(_ACTS[each] for each in self)


_ACTS: Final = {
    Permission.ACTIVITY_WRITE: "record activities",
    Permission.STATUS_READ: "read statuses",
    Permission.STATUS_WRITE: "set statuses",
    Permission.WORKFLOW_READ: "read the workflow",
    Permission.WORKFLOW_WRITE: "change the workflow",
    Permission.USER_WRITE: "name users and move them between teams",
    Permission.USER_DELETE: "erase users",
    Permission.ACCOUNT_WRITE: "create accounts",
    Permission.ACCOUNT_DELETE: "erase accounts",
}


PERMISSIONS: Final[Mapping[str, Permission]] = MappingProxyType({each.spelled: each for each in Permission})
ALL: Final = Permission(sum(Permission))
_OF_ACCOUNTS: Final = Permission.ACCOUNT_WRITE | Permission.ACCOUNT_DELETE
_READS_ALL: Final = int(Permission.STATUS_READ | Permission.WORKFLOW_READ)
_NOTHING: Final = "nothing"
"""The credential of those who are asked for none."""
NO_PERMISSION: Final = Permission(0)
"""The need of a call that any caller with a credential may make."""

_FOR_OTHERS: Final = 1 << 16
"""A flag besides the permissions: the right to name another actor."""


@dataclass(frozen=True, slots=True)
class Role:
    """A bundle of permissions.

    With `own_user_only` they hold for the caller's own user. With `acts_for_others` the caller may name another actor.
    """

    permissions: Permission
    own_user_only: bool = False
    acts_for_others: bool = False
    everywhere: bool = False
    """True if the role holds in every account, whichever accounts a grant names."""


BUNDLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "agent": Role(Permission.ACTIVITY_WRITE | Permission.STATUS_READ | Permission.STATUS_WRITE, own_user_only=True),
        "backend": Role(ALL & ~_OF_ACCOUNTS & ~Permission.WORKFLOW_WRITE, acts_for_others=True),
        "router": Role(Permission.STATUS_READ | Permission.WORKFLOW_READ),
        "supervisor": Role(ALL & ~_OF_ACCOUNTS),
        "admin": Role(ALL, acts_for_others=True, everywhere=True),
    }
)
"""The built-in roles."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in some accounts; `EVERYWHERE` among them means all accounts."""

    role: Role
    accounts: tuple[str, ...]


class Holding(NamedTuple):
    """The permissions of a caller in an account (`EVERYWHERE`: in every one), all its roles taken together."""

    account: str
    permissions: Permission
    own_user_only: bool
    acts_for_others: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a credential. Callers are equal if their identity and grants are.

    `name` is recorded as the actor of their changes; `user_id` is the user that they are, empty for none; `via` is the
    kind of credential.
    """

    name: str
    user_id: str
    via: str
    grants: tuple[Grant, ...]
    everywhere: int = field(init=False, repr=False, compare=False)
    """The permissions for every user of every account, as flags."""
    within: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """By account: the permissions for every user in it, as flags."""
    key: str = field(init=False, repr=False, compare=False)
    """The name under which the caller's calls are counted; empty for `ANYBODY`."""
    _own: tuple[int, Mapping[str, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "" if self.via == _NOTHING else f"{self.via} {self.name}")
        everywhere, within = _flags(each for each in self.grants if not each.role.own_user_only)
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "within", within)
        own = (each for each in self.grants if each.role.own_user_only and self.user_id)
        object.__setattr__(self, "_own", _flags(own))

    def may(self, needed: int, account_id: str) -> bool:
        """Return True if all of `needed` is allowed for every user of an account."""
        return (self.everywhere | self.within.get(account_id, 0)) & needed == needed

    def may_for(self, needed: int, account_id: str, user_ids: Sequence[str]) -> bool:
        """Return True if all of `needed` is allowed for these users of an account; no users means every user."""
        if self.may(needed, account_id):
            return True
        everywhere, within = self._own
        held = self.everywhere | self.within.get(account_id, 0) | everywhere | within.get(account_id, 0)
        return held & needed == needed and bool(user_ids) and all(each == self.user_id for each in user_ids)

    def may_somewhere(self, needed: int) -> bool:
        """Return True if `needed` is allowed for any user of any account."""
        everywhere, within = self._own
        always = self.everywhere | everywhere
        accounts = {*self.within, *within}
        return any(
            (always | self.within.get(account, 0) | within.get(account, 0)) & needed == needed
            for account in (accounts or {""})
        )

    def accounts(self) -> Sequence[str] | None:
        """Return the accounts that the caller may be told of, sorted; None for every account.

        To learn which accounts there are takes a permission to read all of each. With any other one that holds
        everywhere, an account that exists cannot be told from one that does not.
        """
        if self.everywhere & _READS_ALL:
            return None
        named = (*self.within.items(), *self._own[1].items())
        return sorted({account for account, flags in named if flags & ALL})

    def holdings(self) -> Iterator[Holding]:
        """Yield what the caller may do, at most twice for an account: for every user of it, and for its own user."""
        for own_user_only, (everywhere, within) in ((False, (self.everywhere, self.within)), (True, self._own)):
            for account, flags in ((EVERYWHERE, everywhere), *sorted(within.items())):
                if flags & ALL:
                    acts_for_others = bool(flags & _FOR_OTHERS) and not own_user_only
                    yield Holding(account, Permission(flags & ALL), own_user_only, acts_for_others)

    def refusal(self, permission: Permission, account_id: str = "") -> PermissionRequired:
        """Return the error that this caller lacks a permission in an account (empty: in any of several)."""
        only_own = bool(account_id and self.user_id) and self.may_for(int(permission), account_id, (self.user_id,))
        own_user = self.user_id if only_own else ""
        return PermissionRequired(self.name, permission.act, permission.spelled, account_id, own_user)

    def may_act_for_others(self, account_id: str) -> bool:
        """Return True if this caller may name another actor in an account."""
        return bool((self.everywhere | self.within.get(account_id, 0)) & _FOR_OTHERS)


def _flags(grants: Iterable[Grant]) -> tuple[int, Mapping[str, int]]:
    # Use plain integers: combining members of an enum takes a microsecond, and every call asks.
    everywhere, within = 0, dict[str, int]()
    for role, accounts in ((grant.role, grant.accounts) for grant in grants):
        flags = int(role.permissions) | (_FOR_OTHERS if role.acts_for_others else 0)
        if role.everywhere or EVERYWHERE in accounts:
            everywhere |= flags
        else:
            for account in accounts:
                within[account] = within.get(account, 0) | flags
    return everywhere, within


ANYBODY: Final = Caller("", "", _NOTHING, (Grant(BUNDLES["admin"], ()),))
"""The caller of a server that asks for no credential."""
