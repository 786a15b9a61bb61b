"""Signs webhooks as Standard Webhooks 1.0 prescribes (https://www.standardwebhooks.com): HMAC-SHA256, version `v1`.

Invariant: a secret is in no message, log line or repr.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

_PREFIX: Final = "whsec_"
_KEY_BYTES: Final = range(24, 65)
SECRETS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that sender and receiver share."""

    key: bytes = field(repr=False)


def parse_secrets(text: str) -> tuple[Secret, ...]:
    """Parse secrets separated by white space, the newest first; lines that begin with # are left out.

    Raises:
        ValueError: there is none, or one of them is malformed; the message does not quote it.
    """
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = tuple(_parse(word, number) for number, word in enumerate(" ".join(lines).split(), 1))
    if not found:
        raise ValueError("there is no secret; make one with: echo whsec_$(openssl rand -base64 32)")
    if len(found) > SECRETS_MAX:
        raise ValueError(f"there are {len(found)} secrets; keep at most {SECRETS_MAX} while they are rotated")
    return found


def _parse(word: str, number: int) -> Secret:
    if not word.startswith(_PREFIX):
        raise ValueError(f"secret {number} does not begin with {_PREFIX}")
    text = word.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"secret {number} is not base64 after {_PREFIX}") from None
    if len(key) not in _KEY_BYTES:
        raise ValueError(f"secret {number} has {len(key)} bytes; it needs {_KEY_BYTES.start} to {_KEY_BYTES.stop - 1}")
    return Secret(key)


def signature_headers(secrets: Sequence[Secret], id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """Return the headers of one attempt: a receiver that knows any of the secrets can verify it."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(_signatures(secrets, f"{id}.{timestamp_s}.".encode() + body)),
    }


def _signatures(secrets: Iterable[Secret], content: bytes) -> Iterable[str]:
    for secret in secrets:
        digest = hmac.digest(secret.key, content, hashlib.sha256)
        yield f"v1,{base64.b64encode(digest).decode()}"
