"""A Lua script as a server knows it: by its text, or by the hash of its text once it has run."""

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
        """Make a script of its text."""
        encoded = text.encode()
        return cls(name, encoded, hashlib.sha1(encoded, usedforsecurity=False).hexdigest().encode())
