"""Parses the two files that grant permissions: the access file (custom roles, callers by name) and the key file.

Pure: text in, values out. A malformed file raises `ValueError` with one line that says where; no line quotes a digest.

The access file is TOML:

    [roles.auditor]
    permissions = ["status.read", "workflow.read"]

    [[callers]]
    certificate = "router.internal"      # a DNS or URI name of a client certificate; or subject = "..." of a JWT
    roles = ["router"]
    accounts = ["*"]

The key file holds one JSON object a line; `onduty key` writes it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ..app.fields import check_id
from ..domain.errors import InvalidField
from ..text.escaping import json_text
from .permissions import BUNDLES, EVERYWHERE, PERMISSIONS, Caller, Grant, Permission, Role

KEYS_MAX: Final = 10_000
ACCOUNTS_MAX: Final = 1_000
"""The most accounts that one entry may name."""
_ROLES_MAX: Final = 100

NEVER: Final = 1 << 62
"""A time that never comes, ms UTC."""

_ROLE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{12}")


class NoAccounts(ValueError):
    """An entry with a role that is limited to accounts names no account."""


class AccessFile(NamedTuple):
    """A parsed access file: all roles, and callers by certificate name and by JWT subject."""

    roles: Mapping[str, Role]
    by_certificate: Mapping[str, Caller]
    by_subject: Mapping[str, Caller]


EMPTY_ACCESS_FILE: Final = AccessFile(BUNDLES, MappingProxyType({}), MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An entry of the key file, with the SHA-256 digest of a key."""

    key_id: str
    digest: bytes
    caller: Caller
    expires_at: int
    """ms UTC."""


def parse_access_file(data: bytes) -> AccessFile:
    """Parse an access file. Raises ValueError if it is malformed."""
    try:
        file = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not TOML: {error}") from None
    _only(file, ("roles", "callers"), "")
    roles = dict(BUNDLES)
    for name, it in _table(file.get("roles", {}), "roles").items():
        if name in BUNDLES or not _ROLE_NAME.fullmatch(name):
            raise ValueError(
                f"roles: {_shown(name)} is built in, or not a name; use lower case letters, digits, - and _"
            )
        roles[name] = _role(_table(it, f"roles.{name}"), f"roles.{name}: ")
    found: dict[str, dict[str, Caller]] = {"certificate": {}, "subject": {}}
    callers = file.get("callers", [])
    if not isinstance(callers, list):
        raise ValueError("callers: must be a list of tables; write [[callers]]")
    for number, it in enumerate(callers, 1):
        where = f"callers, entry {number}: "
        entry = _table(it, where)
        _only(entry, ("certificate", "subject", "name", "roles", "accounts", "user"), where)
        if ("certificate" in entry) == ("subject" in entry):
            raise ValueError(f"{where}needs a certificate or a subject")
        kind = "certificate" if "certificate" in entry else "subject"
        named = _text(entry, kind, where)
        if named in found[kind]:
            raise ValueError(f"{where}{kind} {_shown(named)} appears twice")
        found[kind][named] = _caller(entry, named, kind if kind == "certificate" else "token", roles, where)
    return AccessFile(MappingProxyType(roles), found["certificate"], found["subject"])


def parse_key_file(data: bytes, roles: Mapping[str, Role]) -> Mapping[str, ApiKey]:
    """Parse a key file; returns its keys by their ids. Raises ValueError if it is malformed."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    keys: dict[str, ApiKey] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        key = _key(line, roles, f"line {number}: ")
        if key.key_id in keys:
            raise ValueError(f"line {number}: id {key.key_id} appears twice")
        keys[key.key_id] = key
        if len(keys) > KEYS_MAX:
            raise ValueError(f"more than {KEYS_MAX} keys")
    return keys


def _key(line: str, roles: Mapping[str, Role], where: str) -> ApiKey:
    try:
        it = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"{where}not JSON") from None
    entry = _table(it, where)
    _only(entry, ("id", "sha256", "name", "roles", "accounts", "user", "created", "expires"), where)
    key_id, digest = _text(entry, "id", where), _text(entry, "sha256", where)
    if not _KEY_ID.fullmatch(key_id) or not _DIGEST.fullmatch(digest):
        raise ValueError(f"{where}id must be 12 and sha256 64 hexadecimal digits")
    expires_at = _time(_text(entry, "expires", where), where) if "expires" in entry else NEVER
    caller = _caller(entry, _text(entry, "name", where), f"key {key_id}", roles, where)
    return ApiKey(key_id, bytes.fromhex(digest), caller, expires_at)


def written_key(
    *, key_id: str, digest: bytes, name: str, roles: Collection[str], accounts: Collection[str], user_id: str,
    created_at: int, expires_at: int,
) -> str:  # fmt: skip
    """Return a line of the key file, which `parse_key_file` reads."""
    entry: dict[str, Any] = {"id": key_id, "sha256": digest.hex(), "name": name, "roles": [*roles]}
    entry["accounts"] = [*accounts]
    if user_id:
        entry["user"] = user_id
    entry["created"] = _written(created_at)
    if expires_at != NEVER:
        entry["expires"] = _written(expires_at)
    return json_text(entry)


def _written(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1_000, UTC).isoformat()


def _time(text: str, where: str) -> int:
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise ValueError
        return int(time.timestamp()) * 1_000
    except (ValueError, OverflowError):
        raise ValueError(f"{where}expires: write a time like 2027-01-31T00:00:00Z") from None


def _role(entry: dict[str, Any], where: str) -> Role:
    _only(entry, ("permissions", "own_user_only", "acts_for_others"), where)
    names = entry.get("permissions")
    if not isinstance(names, list) or not all(isinstance(name, str) and name in PERMISSIONS for name in names):
        raise ValueError(f"{where}permissions: must be a list of {', '.join(PERMISSIONS)}")
    permissions = Permission(0)
    for name in names:
        permissions |= PERMISSIONS[name]
    flags = {}
    for flag in ("own_user_only", "acts_for_others"):
        flags[flag] = entry.get(flag, False)
        if not isinstance(flags[flag], bool):
            raise ValueError(f"{where}{flag}: must be true or false")
    return Role(permissions, **flags)


def _caller(entry: dict[str, Any], named: str, via: str, roles: Mapping[str, Role], where: str) -> Caller:
    names = entry.get("roles")
    if not isinstance(names, list) or not names or len(names) > _ROLES_MAX:
        raise ValueError(f"{where}roles: must be a list of names")
    for each in names:
        if not isinstance(each, str) or each not in roles:
            raise ValueError(f"{where}no role is called {_shown(each)}; there are {', '.join(sorted(roles))}")
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


def _check_name(value: object, field: str, where: str) -> None:
    try:
        if not isinstance(value, str):
            raise InvalidField(field, "must be text")
        check_id(field, value)
    except InvalidField as error:
        raise ValueError(f"{where}{error.message}") from None


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where.removesuffix(': ')}: must be a table of names and values")
    return value


def _only(entry: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for name in entry:
        if name not in known:
            raise ValueError(f"{where}{_shown(name)} is not one of {', '.join(known)}")


def _text(entry: Mapping[str, object], field: str, where: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value or len(value) > 1_024:
        raise ValueError(f"{where}{field}: must be text of at most 1024 characters")
    return value


def _shown(value: object) -> str:
    return ascii(value if not isinstance(value, str) or len(value) <= 64 else value[:64] + "...")[:80]
