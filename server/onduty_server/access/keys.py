"""Makes API keys, and finds the entry of a key that was presented.

Pure, except for the randomness of a new key. A key is `onduty_<id>_<secret>`. The id names the entry of the key file
and is not secret; the secret is 256 random bits. Only the digest of the whole key is ever kept.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from .key_file import ApiKey

PREFIX: Final = "onduty_"
_KEY: Final = re.compile(r"onduty_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_NO_DIGEST: Final = bytes(32)


class NewKey(NamedTuple):
    """A new key. It is shown once, and only its digest is kept."""

    key_id: str
    secret: str
    digest: bytes

    def __repr__(self) -> str:
        return f"NewKey({self.key_id})"


def new_key() -> NewKey:
    """Make a random key."""
    key_id = secrets.token_hex(6)
    secret = f"{PREFIX}{key_id}_{secrets.token_urlsafe(32)}"
    return NewKey(key_id, secret, hashlib.sha256(secret.encode()).digest())


def find_key(presented: str, keys: Mapping[str, ApiKey]) -> ApiKey | None:
    """Return the entry of a presented key, None if there is none. Digests are compared in constant time."""
    match = _KEY.fullmatch(presented)
    if match is None:
        return None
    key = keys.get(match[1])
    digest = hashlib.sha256(presented.encode()).digest()
    same = hmac.compare_digest(digest, _NO_DIGEST if key is None else key.digest)
    return key if same else None
