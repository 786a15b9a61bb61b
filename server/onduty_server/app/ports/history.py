"""The port for what identifies an account's history: page tokens and resume tokens rest on it."""

from __future__ import annotations

import secrets
from abc import ABC
from typing import NamedTuple

_LINEAGE_BITS = 60


class Place(NamedTuple):
    """A place in an account's history. A revision of another lineage may be of another change: see `contains`."""

    revision: int
    lineage: int


class History(ABC):
    """The identity of what a store keeps."""

    token_key: bytes
    """A secret that is kept with the data and signs tokens; known once the store is open."""

    lineage: int
    """Identifies the history from here on; known once the store is open.

    A store that one process has draws it anew at every `open`: what is kept may have been put back from a copy, and
    gives the revisions that came after the copy to other changes. Where several processes share the store it is drawn
    with the store, and `Subscription.place` knows more.
    """

    async def contains(self, account_id: str, place: Place) -> bool:
        """Return True if a place of an earlier lineage is certainly in the account's history."""
        return False


def new_lineage() -> int:
    """Draw a lineage that no history has had: 60 random bits, never 0."""
    return secrets.randbits(_LINEAGE_BITS) or 1
