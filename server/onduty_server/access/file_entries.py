"""Parses what the access file and the key file have in common: entries that name roles and accounts.

Pure. A malformed entry raises `ValueError` with one line that says where: it begins with `where`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..app.fields import check_id
from ..domain.errors import InvalidField
from .permissions import EVERYWHERE, Caller, Grant, Role

ACCOUNTS_MAX: Final = 1_000
"""The most accounts that one entry may name."""
_ROLES_MAX: Final = 100


class NoAccounts(ValueError):
    """An entry with a role that is limited to accounts names no account."""


def caller_of(entry: Mapping[str, Any], named: str, via: str, roles: Mapping[str, Role], where: str) -> Caller:
    """Return the caller that an entry describes, called `named` unless it has a name."""
    names = entry.get("roles")
    if not isinstance(names, list) or not names or len(names) > _ROLES_MAX:
        raise ValueError(f"{where}roles: must be a list of names")
    for each in names:
        if not isinstance(each, str) or each not in roles:
            raise ValueError(f"{where}no role is called {shown(each)}; there are {', '.join(sorted(roles))}")
    accounts = entry.get("accounts", [])
    if not isinstance(accounts, list) or len(accounts) > ACCOUNTS_MAX:
        raise ValueError(f"{where}accounts: must be a list of at most {ACCOUNTS_MAX}")
    for account in accounts:
        _check_name(account, "accounts", where)
    if not accounts and not all(roles[each].everywhere for each in names):
        raise NoAccounts(f'{where}accounts: name some, or "{EVERYWHERE}" for all')
    user_id = entry.get("user", "")
    if "user" in entry:
        _check_name(user_id, "user", where)
    if not user_id and any(roles[each].own_user_only for each in names):
        raise ValueError(f"{where}a role for the caller's own user needs a user")
    name = entry.get("name", named)
    _check_name(name, "name", where)
    return Caller(name, user_id, via, tuple(Grant(roles[each], tuple(accounts)) for each in names))


def table(value: object, where: str) -> dict[str, Any]:
    """Accept a table of names and values."""
    if not isinstance(value, dict):
        raise ValueError(f"{where.removesuffix(': ')}: must be a table of names and values")
    return value


def check_names(entry: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """Accept an entry that has no other names than `known`."""
    for name in entry:
        if name not in known:
            raise ValueError(f"{where}{shown(name)} is not one of {', '.join(known)}")


def text_of(entry: Mapping[str, object], field: str, where: str) -> str:
    """Return a field that must be text, and not empty."""
    value = entry.get(field)
    if not isinstance(value, str) or not value or len(value) > 1_024:
        raise ValueError(f"{where}{field}: must be text of at most 1024 characters")
    return value


def shown(value: object) -> str:
    """Return a value in the form for messages, cut if it is long."""
    return ascii(value if not isinstance(value, str) or len(value) <= 64 else value[:64] + "...")[:80]


def _check_name(value: object, field: str, where: str) -> None:
    try:
        if not isinstance(value, str):
            raise InvalidField(field, "must be text")
        check_id(field, value)
    except InvalidField as error:
        raise ValueError(f"{where}{error.message}") from None
