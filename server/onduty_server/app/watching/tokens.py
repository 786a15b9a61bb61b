"""Resume tokens: opaque to callers, signed, and bound to what was watched.

A token carries a revision to go on after, or says that a snapshot must begin again, and the lineage of the history
that the revision is of. One that was made up, damaged, or comes from a watch of another account or of other users is
refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Collection

from ...domain.errors import InvalidField

_FORMAT = struct.Struct(">q12s")
_FORMAT_WITH_LINEAGE = struct.Struct(">qQ12s")
_RESTART = -1


class ResumeTokens:
    """Makes and reads the tokens of one account and user filter."""

    def __init__(self, key: bytes, account_id: str, user_ids: Collection[str]) -> None:
        self._key = key
        self._scope = repr((account_id, sorted(user_ids))).encode("utf-8", "backslashreplace")
        self.lineage = 0
        """Of the tokens made from now on."""
        self.restart = self.after(_RESTART)
        """The token that begins with a snapshot."""

    def after(self, revision: int) -> str:
        """The token for going on after `revision`."""
        signature = self._signature(revision, self.lineage)
        # A store that has but one is spared it, and so are the tokens that it gave before there were any.
        packed = (
            _FORMAT_WITH_LINEAGE.pack(revision, self.lineage, signature)
            if self.lineage
            else _FORMAT.pack(revision, signature)
        )
        return base64.urlsafe_b64encode(packed).decode()

    def read(self, token: str) -> int | None:
        """The revision to go on after, or None for a snapshot.

        Raises:
            InvalidField: not a token of this watch.
        """
        return self._read(token)[0] if token else None

    def lineage_of(self, token: str) -> int:
        """The lineage that the token's revision is of. Raises as `read` does."""
        return self._read(token)[1]

    def _read(self, token: str) -> tuple[int | None, int]:
        try:
            packed = base64.b64decode(token, altchars=b"-_", validate=True)
            lineage = 0
            if len(packed) == _FORMAT_WITH_LINEAGE.size:
                revision, lineage, signature = _FORMAT_WITH_LINEAGE.unpack(packed)
            else:
                revision, signature = _FORMAT.unpack(packed)
        except (binascii.Error, struct.error, ValueError):
            raise InvalidField("resume_token", "is not a resume token") from None
        if not hmac.compare_digest(signature, self._signature(revision, lineage)):
            raise InvalidField("resume_token", "is not a token of a watch of this account and these users")
        return None if revision == _RESTART else int(revision), int(lineage)

    def _signature(self, revision: int, lineage: int) -> bytes:
        place = _FORMAT_WITH_LINEAGE.pack(revision, lineage, b"") if lineage else _FORMAT.pack(revision, b"")
        return hashlib.blake2s(place + self._scope, key=self._key, digest_size=12).digest()
