"""Resume tokens: opaque to callers, signed, and bound to what was watched.

A token carries a revision to go on after, or says that a snapshot must begin again. One that was made up, damaged, or
comes from a watch of another account or of other users is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Collection

from ..domain.errors import InvalidField

_FORMAT = struct.Struct(">q12s")
_RESTART = -1


class ResumeTokens:
    """Makes and reads the tokens of one account and user filter."""

    def __init__(self, key: bytes, account_id: str, user_ids: Collection[str]) -> None:
        self._key = key
        self._scope = repr((account_id, sorted(user_ids))).encode("utf-8", "backslashreplace")
        self.restart = self.after(_RESTART)
        """The token that begins with a snapshot."""

    def after(self, revision: int) -> str:
        """The token for going on after `revision`."""
        return base64.urlsafe_b64encode(_FORMAT.pack(revision, self._signature(revision))).decode()

    def read(self, token: str) -> int | None:
        """The revision to go on after, or None for a snapshot.

        Raises:
            InvalidField: not a token of this watch.
        """
        if not token:
            return None
        try:
            revision, signature = _FORMAT.unpack(base64.b64decode(token, altchars=b"-_", validate=True))
        except (binascii.Error, struct.error, ValueError):
            raise InvalidField("resume_token", "is not a resume token") from None
        if signature != self._signature(revision):
            raise InvalidField("resume_token", "is not a token of a watch of this account and these users")
        return None if revision == _RESTART else int(revision)

    def _signature(self, revision: int) -> bytes:
        return hashlib.blake2s(_FORMAT.pack(revision, b"") + self._scope, key=self._key, digest_size=12).digest()
