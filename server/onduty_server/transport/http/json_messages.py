"""Messages as JSON, in pieces: no message holds the event loop for longer than a few milliseconds.

Python's protobuf takes 20 us for a status in JSON, so 20 ms for a page of 1,000, during which no other call is served.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message

from ..errors import MalformedRequest

M = TypeVar("M", bound=Message)

JSON_MAX_BYTES: Final = 384 * 1_024
"""The longest request in JSON: 1,000 user ids, escaped, are shorter. Parsing takes 3 ms of Python's lock."""

_AT_ONCE: Final = 64
"""How many messages of a repeated field are encoded before other calls get their turn."""
_THREAD_BYTES: Final = 8 * 1_024
"""A longer request is parsed in a thread, which gives way to the event loop every millisecond."""
_SHARED_MAX: Final = 64
_SHARED_MAX_BYTES: Final = 64 * 1_024
"""How many messages are kept, and how long they may be: a page of a snapshot is for one watcher."""
_OWN_PACKAGE: Final = "onduty.v1"


async def parse(data: bytes, message: M) -> M:
    """Fill `message` from JSON; fields that it does not have are ignored.

    Raises:
        MalformedRequest: it is not JSON of such a message.
    """
    if len(data) > _THREAD_BYTES:
        return await asyncio.to_thread(_parse, data, message)
    return _parse(data, message)


def _parse(data: bytes, message: M) -> M:
    try:
        # An empty body is an empty message, as Connect has it.
        value = json.loads(data.decode()) if data else {}
        if not isinstance(value, dict):
            raise MalformedRequest
        return ParseDict(value, message, ignore_unknown_fields=True)
    except (ParseError, ValueError, RecursionError, TypeError, AttributeError, OverflowError):
        # ParseDict raises more than it says, given the wrong kinds of values.
        raise MalformedRequest from None


async def to_json(message: Message) -> bytes:
    """Return a message in JSON."""
    if _is_small(message):
        return _dumps(MessageToDict(message))
    return b"".join(await _pieces(message))


class SharedJson:
    """Messages of streams in JSON, kept for a while: what many watchers are sent is written once.

    The key is the encoded message, of which all watchers have the same object, so that a look-up compares nothing.
    """

    def __init__(self, make: Callable[[bytes], Message]) -> None:
        self._make = make
        self._kept: dict[bytes, bytes] = {}

    async def of(self, encoded: bytes) -> bytes:
        """Return an encoded message in JSON."""
        written = self._kept.get(encoded)
        if written is None:
            written = await to_json(self._make(encoded))
            if len(encoded) <= _SHARED_MAX_BYTES:
                if len(self._kept) >= _SHARED_MAX:
                    del self._kept[next(iter(self._kept))]
                self._kept[encoded] = written
        return written


def _is_small(message: Message) -> bool:
    # Serialized length is known to the message, and a status takes at least 40 bytes.
    return message.ByteSize() <= 40 * _AT_ONCE


async def _pieces(message: Message) -> list[bytes]:
    """Encode field by field; repeated messages and messages of our own in steps."""
    pieces: list[bytes] = []
    field: Any  # `json_name` is missing in the types.
    for field, value in message.ListFields():
        pieces += [b"," if pieces else b"{", _dumps(field.json_name), b":"]
        kind = field.message_type
        if kind is None or kind.file.package != _OWN_PACKAGE:
            pieces.append(_dumps(_field(message, field.name)[field.json_name]))
        elif field.is_repeated:
            pieces.append(b"[")
            for index in range(0, len(value), _AT_ONCE):
                step = b",".join(_dumps(MessageToDict(each)) for each in value[index : index + _AT_ONCE])
                pieces += [b"," if index else b"", step]
                await asyncio.sleep(0)
            pieces.append(b"]")
        else:
            pieces += await _pieces(value)
    return [*pieces, b"}"] if pieces else [b"{}"]


def _field(message: Message, name: str) -> dict[str, Any]:
    """Return a message that has only this field, as `MessageToDict` writes it."""
    alone = type(message)()
    value = getattr(message, name)
    if hasattr(value, "CopyFrom"):
        getattr(alone, name).CopyFrom(value)
    elif hasattr(value, "extend"):
        getattr(alone, name).extend(value)
    else:
        setattr(alone, name, value)
    return MessageToDict(alone)


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
