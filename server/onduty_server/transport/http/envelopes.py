"""Envelopes, in which gRPC-Web and Connect put messages: a byte of flags, four bytes of length, then the message."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from ..errors import MalformedRequest

COMPRESSED: Final = 0x01
CONNECT_END: Final = 0x02
"""Flag of the last envelope of a Connect stream, which says how the stream ended."""
GRPC_WEB_TRAILERS: Final = 0x80

_HEAD: Final = Struct(">BI")


class Envelope(NamedTuple):
    """A message and its flags."""

    flags: int
    data: bytes


def pack(data: bytes, flags: int = 0) -> bytes:
    """Return a message in its envelope, as it is sent."""
    return _HEAD.pack(flags, len(data)) + data


def unpack_only(body: bytes) -> Envelope:
    """Return the single envelope in a body.

    Raises:
        MalformedRequest: the body does not hold exactly one.
    """
    if len(body) < _HEAD.size:
        raise MalformedRequest
    flags, length = _HEAD.unpack_from(body)
    if len(body) != _HEAD.size + length:
        raise MalformedRequest
    return Envelope(flags, body[_HEAD.size :])
