"""gzip, with a limit on the unpacked size. Large data is processed in a thread, since zlib releases the GIL."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from ...domain.errors import LimitExceeded
from ..errors import MalformedRequest

GZIP: Final = "gzip"
IDENTITY: Final = "identity"

_GZIP_BITS: Final = zlib.MAX_WBITS | 16
_LEVEL: Final = 1
_WORTHWHILE_BYTES: Final = 1_400
"""A response shorter than this fits into one packet anyway."""
_THREAD_BYTES: Final = 64 * 1_024


async def gunzip(data: bytes, most: int) -> bytes:
    """Unpack `data` to at most `most` bytes.

    Raises:
        LimitExceeded: the unpacked data is longer.
        MalformedRequest: the data is not gzip, or is cut short.
    """
    # A small body may unpack to a thousand times its size, up to `most`.
    if len(data) > _THREAD_BYTES or most > 16 * _THREAD_BYTES:
        return await asyncio.to_thread(_gunzip, data, most)
    return _gunzip(data, most)


def _gunzip(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_BITS)
    try:
        unpacked = unpacker.decompress(data, most + 1)
    except zlib.error:
        raise MalformedRequest from None
    if len(unpacked) > most:
        raise too_long(most)
    if not unpacker.eof or unpacker.unused_data:
        raise MalformedRequest
    return unpacked


async def gzip(data: bytes) -> bytes:
    """Pack `data`."""
    return await asyncio.to_thread(_gzip, data) if len(data) > _THREAD_BYTES else _gzip(data)


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_BITS)
    return packer.compress(data) + packer.flush()


def worthwhile(data: bytes) -> bool:
    """Return True if `data` is long enough for packing to be worthwhile."""
    return len(data) >= _WORTHWHILE_BYTES


def accepts_gzip(header: bytes) -> bool:
    """Return True if an `Accept-Encoding` header, or a similar one, allows gzip."""
    for each in header.split(b","):
        name, _, parameters = each.partition(b";")
        if name.strip().lower() == b"gzip":
            return parameters.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def too_long(most: int) -> LimitExceeded:
    """Return the error for a request of more than `most` bytes."""
    return LimitExceeded(f"the request is longer than {most} bytes")
