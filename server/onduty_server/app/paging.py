"""Page tokens: opaque to callers, bound to the list they came from.

A token carries a position and a fingerprint of the query. One that was made up, damaged, or comes from another list
(another account, filter or method) is refused rather than answered with the wrong page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

from ..domain.errors import InvalidField

_FORMAT = struct.Struct(">q8s")
_POSITION_MAX = 1 << 53
"""Beyond what is ever counted, and below where a store's arithmetic would overflow."""


def encode_page_token(position: int, *query: object) -> str:
    """The token for going on at `position` of the list that `query` describes."""
    return base64.urlsafe_b64encode(_FORMAT.pack(position, _fingerprint(position, query))).decode()


def decode_page_token(token: str, *query: object) -> int:
    """The position in a token; 0 for the empty token of a first page.

    Raises:
        InvalidField: not a token of this list.
    """
    if not token:
        return 0
    try:
        position, fingerprint = _FORMAT.unpack(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        raise InvalidField("page_token", "is not a page token") from None
    if fingerprint != _fingerprint(position, query) or not 0 <= position <= _POSITION_MAX:
        raise InvalidField("page_token", "is not a page token of this list; keep the other fields as they were")
    return int(position)


def _fingerprint(position: int, query: tuple[object, ...]) -> bytes:
    return hashlib.blake2s(repr((position, query)).encode("utf-8", "backslashreplace"), digest_size=8).digest()
