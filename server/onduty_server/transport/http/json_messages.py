"""Converts messages to and from JSON, in pieces: none blocks the event loop for more than a few milliseconds.

Python's protobuf takes 20 us to encode a status, so a page of 1,000 would keep all other calls waiting for 20 ms.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message

from ...domain.errors import InvalidField
from ..errors import MalformedRequest

M = TypeVar("M", bound=Message)

JSON_MAX_BYTES: Final = 384 * 1_024
"""The longest request in JSON; 1,000 escaped user ids are shorter. Parsing it holds the GIL for 3 ms."""

_AT_ONCE: Final = 64
"""The number of messages of a repeated field that are encoded before other calls get their turn."""
_THREAD_BYTES: Final = 8 * 1_024
"""A longer request is parsed in a thread, which lets the event loop run every millisecond."""
_SHARED_MAX: Final = 64
_SHARED_MAX_BYTES: Final = 64 * 1_024
"""The most messages that are kept, and their greatest length: a longer one is a page of a snapshot, for one watcher."""
_OWN_PACKAGE: Final = "onduty.v1"


async def parse(data: bytes, message: M) -> M:
    """Fill `message` from JSON; unknown fields are ignored.

    Raises:
        MalformedRequest: `data` is not such a message in JSON.
    """
    if len(data) > _THREAD_BYTES:
        return await asyncio.to_thread(_parse, data, message)
    return _parse(data, message)


def _parse(data: bytes, message: M) -> M:
    try:
        # In Connect an empty body is an empty message.
        value = json.loads(data.decode()) if data else {}
        if not isinstance(value, dict):
            raise MalformedRequest(": it is not a JSON object")
        _check_enums(value, message.DESCRIPTOR)
        return ParseDict(value, message, ignore_unknown_fields=True)
    except json.JSONDecodeError as error:
        why = f": it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError:
        # As through the other doors.
        raise MalformedRequest from None
    except (ParseError, ValueError, RecursionError, TypeError, AttributeError, OverflowError):
        # Given values of wrong types, ParseDict raises more than it documents, in words that are Python's.
        why = f": a value has the wrong type for {message.DESCRIPTOR.full_name}"
    raise MalformedRequest(why)


def _check_enums(value: dict[str, Any], kind: Any) -> None:
    """Raise InvalidField for an enum value that has no such name: ParseDict would drop it, and a filter with it."""
    for field in kind.fields:
        found = value.get(field.json_name, value.get(field.name))
        if found is None or (field.enum_type is None and field.message_type is None):
            continue
        for each in found if isinstance(found, list) else (found,):
            if field.enum_type is None:
                if isinstance(each, dict) and field.message_type.file.package == _OWN_PACKAGE:
                    _check_enums(each, field.message_type)
            elif isinstance(each, str) and not (each in field.enum_type.values_by_name or _is_number(each)):
                names = ", ".join(field.enum_type.values_by_name)
                raise InvalidField(field.name, f"has no value {each[:64]!a}; it has {names}")


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


async def to_json(message: Message) -> bytes:
    """Return a message in JSON."""
    if _is_small(message):
        return _dumps(MessageToDict(message))
    return b"".join(await _pieces(message))


class SharedJson:
    """Keeps stream messages in JSON for a while, so that a message for many watchers is converted only once.

    The key is the encoded message. All watchers have the same object, so a look-up does not compare the bytes.
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
    # The message knows its serialized length, and a status takes at least 40 bytes.
    return message.ByteSize() <= 40 * _AT_ONCE


async def _pieces(message: Message) -> list[bytes]:
    """Encode field by field; repeated messages, and messages of our own package, in steps."""
    pieces: list[bytes] = []
    field: Any  # the type stubs lack `json_name`
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
