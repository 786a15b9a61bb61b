"""Page tokens: opaque to callers, signed, and bound to the list they came from.

A token carries a position in a list and the place in the account's history at which the list was read. A token that was
made up, damaged, or comes from another list (another account, filter or method) is refused rather than answered with
the wrong page. Whether its place is still in the account's history is for the caller to check.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from typing import NamedTuple

from ..domain.errors import InvalidField
from .ports.history import Place

_FORMAT = struct.Struct(">qqQ12s")
_POSITION_MAX = 1 << 53
"""Larger than any count, and small enough that a store's arithmetic does not overflow."""
_SIGNATURE_BYTES = 12
_PURPOSE, _PURPOSE_OF_KEYS = b"page", b"pagekey"
"""Keep the signature of a resume token, which has the same key, from being that of a page token."""


class PagePlace(NamedTuple):
    """A position in a list, and the place in the account's history at which the list was read."""

    position: int
    place: Place


class PageTokens:
    """Makes and reads the tokens of the list that `query` describes, of a team if one is given."""

    def __init__(self, key: bytes, *query: object, team_id: str = "") -> None:
        self._key = key
        # Lists of no team are described as they were before there were any, so that their tokens stay valid.
        self._scope = repr((*query, team_id) if team_id else query).encode("utf-8", "backslashreplace")

    def at(self, position: int, place: Place) -> str:
        """The token for the page that begins at `position`."""
        packed = _FORMAT.pack(position, *place, self._signature(position, place))
        return base64.urlsafe_b64encode(packed).decode()

    def read(self, token: str) -> PagePlace:
        """The place that a token carries.

        Raises:
            InvalidField: not a token of this list.
        """
        try:
            packed = base64.b64decode(token, altchars=b"-_", validate=True)
            position, revision, lineage, signature = _FORMAT.unpack(packed)
        except (binascii.Error, struct.error, ValueError):
            raise InvalidField("page_token", "is not a page token") from None
        place = Place(revision, lineage)
        if not hmac.compare_digest(signature, self._signature(position, place)) or not 0 <= position <= _POSITION_MAX:
            raise _of_another_list()
        return PagePlace(position, place)

    def after(self, key: str) -> str:
        """The token for the page that begins after `key`, in a list in the order of such keys."""
        return base64.urlsafe_b64encode(self._key_signature(key.encode()) + key.encode()).decode()

    def read_after(self, token: str) -> str:
        """The key that a token of `after` carries; "" for an empty token.

        Raises:
            InvalidField: not a token of this list.
        """
        if not token:
            return ""
        try:
            signed = base64.b64decode(token, altchars=b"-_", validate=True)
            signature, key = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
            if hmac.compare_digest(signature, self._key_signature(key)):
                return key.decode()
        except (binascii.Error, ValueError):
            pass
        raise _of_another_list()

    def _key_signature(self, key: bytes) -> bytes:
        scope = self._scope + b"\0" + key
        return hashlib.blake2s(scope, key=self._key, person=_PURPOSE_OF_KEYS, digest_size=_SIGNATURE_BYTES).digest()

    def _signature(self, position: int, place: Place) -> bytes:
        signed = _FORMAT.pack(position, *place, b"") + self._scope
        return hashlib.blake2s(signed, key=self._key, person=_PURPOSE, digest_size=12).digest()


def _of_another_list() -> InvalidField:
    return InvalidField("page_token", "is not a page token of this list; keep the other fields as they were")
