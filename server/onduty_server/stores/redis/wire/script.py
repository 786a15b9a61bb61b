"""A Lua script, which a server knows by its text or, once it has run, by the hash of its text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script: its text, and the SHA-1 of the text in hex."""

    name: str
    text: bytes
    sha: bytes

    @classmethod
    def of(cls, name: str, text: str) -> Script:
        """Make a script from its text."""
        encoded = text.encode()
        return cls(name, encoded, hashlib.sha1(encoded, usedforsecurity=False).hexdigest().encode())
