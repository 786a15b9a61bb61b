"""Resume tokens: opaque to callers, signed, and bound to what was watched.

A token carries the place in the account's history to resume after, or says that a snapshot must begin again. A token
that was made up, damaged, or comes from a watch of another account or of other users is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Collection

from ...domain.errors import InvalidField
from ..ports.history import Place

_FORMAT = struct.Struct(">q12s")
_FORMAT_WITH_LINEAGE = struct.Struct(">qQ12s")
_RESTART = Place(-1, 0)


class ResumeTokens:
    """Makes and reads the tokens of one account and user filter."""

    def __init__(self, key: bytes, account_id: str, user_ids: Collection[str]) -> None:
        self._key = key
        self._scope = repr((account_id, sorted(user_ids))).encode("utf-8", "backslashreplace")
        self.restart = self.after(_RESTART)
        """The token with which a watch begins with a snapshot."""

    def after(self, place: Place) -> str:
        """Return the token for resuming after `place`."""
        packed = _packed(place, self._signature(place))
        return base64.urlsafe_b64encode(packed).decode()

    def read(self, token: str) -> Place | None:
        """Return the place to resume after, or None for a snapshot.

        Raises:
            InvalidField: it is not a token of this watch.
        """
        if not token:
            return None
        try:
            packed = base64.b64decode(token, altchars=b"-_", validate=True)
            lineage = 0
            if len(packed) == _FORMAT_WITH_LINEAGE.size:
                revision, lineage, signature = _FORMAT_WITH_LINEAGE.unpack(packed)
            else:
                revision, signature = _FORMAT.unpack(packed)
        except (binascii.Error, struct.error, ValueError):
            raise InvalidField("resume_token", "is not a resume token") from None
        place = Place(revision, lineage)
        if not hmac.compare_digest(signature, self._signature(place)):
            raise InvalidField("resume_token", "is not a token of a watch of this account and these users")
        return None if place.revision == _RESTART.revision else place

    def _signature(self, place: Place) -> bytes:
        return hashlib.blake2s(_packed(place, b"") + self._scope, key=self._key, digest_size=12).digest()


def _packed(place: Place, signature: bytes) -> bytes:
    # A store whose only lineage is 0 has tokens without it, as all tokens were before there were lineages.
    if place.lineage:
        return _FORMAT_WITH_LINEAGE.pack(place.revision, place.lineage, signature)
    return _FORMAT.pack(place.revision, signature)
