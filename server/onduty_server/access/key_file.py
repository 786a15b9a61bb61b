"""Parses and writes the key file: one JSON object a line, as `onduty key` writes it, with the digest of an API key.

Pure: text in, values out. A malformed file raises `ValueError` with one line that says where; no line quotes a digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ..text.escaping import json_text
from .file_entries import caller_of, check_names, table, text_of
from .permissions import Caller, Role

KEYS_MAX: Final = 10_000

NEVER: Final = 1 << 62
"""A time that never comes, ms UTC."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An entry of the key file, with the SHA-256 digest of a key."""

    key_id: str
    digest: bytes
    caller: Caller
    expires_at: int
    """ms UTC."""


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
    entry = table(it, where)
    check_names(entry, ("id", "sha256", "name", "roles", "accounts", "user", "created", "expires"), where)
    key_id, digest = text_of(entry, "id", where), text_of(entry, "sha256", where)
    if not _KEY_ID.fullmatch(key_id) or not _DIGEST.fullmatch(digest):
        raise ValueError(f"{where}id must be 12 and sha256 64 hexadecimal digits")
    expires_at = _time(text_of(entry, "expires", where), where) if "expires" in entry else NEVER
    caller = caller_of(entry, text_of(entry, "name", where), f"key {key_id}", roles, where)
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
