"""The port for the identity of an account's history, on which page tokens and resume tokens rest."""

from __future__ import annotations

import secrets
from abc import ABC
from typing import NamedTuple

_LINEAGE_BITS = 60


class Place(NamedTuple):
    """A place in an account's history. The same revision of another lineage may be another change: see `contains`."""

    revision: int
    lineage: int


class History(ABC):
    """The identity of what a store keeps."""

    token_key: bytes
    """A secret that is kept with the data and signs tokens; known once the store is open."""

    lineage: int
    """The identity of the history from here on; known once the store is open.

    A store that one process has draws a new lineage at every `open`: its data may have been restored from a copy, and
    then the revisions after the copy are given to other changes. Where several processes share a store, the lineage is
    drawn once, with the store; `Subscription.place` then tells when another history has taken its place.
    """

    async def contains(self, account_id: str, place: Place) -> bool:
        """Return True if a place of an earlier lineage is certainly in the account's history."""
        return False


def new_lineage() -> int:
    """Draw a lineage that no history has had: 60 random bits, never 0."""
    return secrets.randbits(_LINEAGE_BITS) or 1
