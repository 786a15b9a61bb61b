"""Parses the access file, which defines roles and grants roles to callers by certificate or subject.

Pure: text in, values out. A malformed file raises `ValueError` with one line that says where.

The file is TOML:

    [roles.auditor]
    permissions = ["status.read", "workflow.read"]

    [[callers]]
    certificate = "router.internal"      # a DNS or URI name of a client certificate; or subject = "..." of a JWT
    roles = ["router"]
    accounts = ["*"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from .file_entries import caller_of, check_names, shown, table, text_of
from .permissions import BUNDLES, PERMISSIONS, Caller, Permission, Role

_ROLE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class AccessFile(NamedTuple):
    """A parsed access file: all roles, and callers by certificate name and by JWT subject."""

    roles: Mapping[str, Role]
    by_certificate: Mapping[str, Caller]
    by_subject: Mapping[str, Caller]


EMPTY_ACCESS_FILE: Final = AccessFile(BUNDLES, MappingProxyType({}), MappingProxyType({}))


def parse_access_file(data: bytes) -> AccessFile:
    """Parse an access file. Raises ValueError if it is malformed."""
    try:
        file = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not TOML: {error}") from None
    check_names(file, ("roles", "callers"), "")
    roles = dict(BUNDLES)
    for name, it in table(file.get("roles", {}), "roles").items():
        if name in BUNDLES or not _ROLE_NAME.fullmatch(name):
            raise ValueError(
                f"roles: {shown(name)} is built in, or not a name; use lower case letters, digits, - and _"
            )
        roles[name] = _role(table(it, f"roles.{name}"), f"roles.{name}: ")
    found: dict[str, dict[str, Caller]] = {"certificate": {}, "subject": {}}
    callers = file.get("callers", [])
    if not isinstance(callers, list):
        raise ValueError("callers: must be a list of tables; write [[callers]]")
    for number, it in enumerate(callers, 1):
        where = f"callers, entry {number}: "
        entry = table(it, where)
        check_names(entry, ("certificate", "subject", "name", "roles", "accounts", "user"), where)
        if ("certificate" in entry) == ("subject" in entry):
            raise ValueError(f"{where}needs a certificate or a subject")
        kind = "certificate" if "certificate" in entry else "subject"
        named = text_of(entry, kind, where)
        if named in found[kind]:
            raise ValueError(f"{where}{kind} {shown(named)} appears twice")
        found[kind][named] = caller_of(entry, named, kind if kind == "certificate" else "token", roles, where)
    return AccessFile(MappingProxyType(roles), found["certificate"], found["subject"])


def _role(entry: dict[str, Any], where: str) -> Role:
    check_names(entry, ("permissions", "own_user_only", "acts_for_others"), where)
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
