"""Says what a user's status looks like on the wire: encodes `onduty.v1.UserStatus`, byte for byte as protobuf does.

This is the only place that does: a message that holds a status has these bytes parsed into it. A status is what nearly
every call is answered with, and filling a message in only to have it serialized takes twice as long. Invariant: fields
come in the order of their numbers and those with default values are left out, so the bytes are protobuf's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from onduty.v1 import status_pb2 as pb

from ..domain.record import NO_PROFILE, StatusView
from ..domain.status import Cause, Status
from .convert import CAUSE_NUMBERS, STATUS_NUMBERS, THEN_NUMBERS

_VARINT, _LENGTH_DELIMITED = 0, 2
_SHORT: Final = 128
"""Numbers below it are encoded as one byte."""
_USUAL_LENGTHS: Final = 384
_SECONDS_CACHED: Final = 4_096


def varint(number: int) -> bytes:
    """Encode a number of up to 64 bits."""
    if 0 <= number < _SHORT:
        return _ONE_BYTE[number]
    # Lengths and most revisions, without a loop.
    if 0 <= number < 1 << 14:
        return bytes((number & 0x7F | 0x80, number >> 7))
    if 0 <= number < 1 << 21:
        return bytes((number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14))
    number &= (1 << 64) - 1
    encoded = bytearray()
    while number >= _SHORT:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


_ONE_BYTE: Final = tuple(bytes((number,)) for number in range(_SHORT))


def number_field(field: int) -> Callable[[int], bytes]:
    """Return a function that encodes an integer as this field."""
    key = varint(field << 3 | _VARINT)
    short = (b"", *(key + number for number in _ONE_BYTE[1:]))

    def encode(number: int) -> bytes:
        return short[number] if 0 <= number < _SHORT else key + varint(number)

    return encode


def data_field(field: int) -> Callable[[bytes], bytes]:
    """Return a function that encodes a text in UTF-8, or an encoded message, as this field, also if it is empty."""
    key = varint(field << 3 | _LENGTH_DELIMITED)
    heads = tuple(key + varint(length) for length in range(_USUAL_LENGTHS))

    def encode(data: bytes) -> bytes:
        length = len(data)
        return heads[length] + data if length < _USUAL_LENGTHS else key + varint(length) + data

    return encode


_NANOS: Final = tuple(number_field(2)(millis * 1_000_000) for millis in range(1_000))
"""The field `nanos` of a Timestamp, by milliseconds."""
_encode_seconds: Final = number_field(1)


@lru_cache(_SECONDS_CACHED)
def _seconds(seconds: int) -> bytes:
    """Encode the field `seconds` of a Timestamp. Of the users who are shown, many share one."""
    return _encode_seconds(seconds)


def time_heads(field: int) -> tuple[bytes, ...]:
    """Return what comes before a Timestamp as this field, by the length of the Timestamp."""
    key = varint(field << 3 | _LENGTH_DELIMITED)
    return tuple(key + length for length in _ONE_BYTE)


def time_field(field: int) -> Callable[[int], bytes]:
    """Return a function that encodes a time (ms UTC) as this field, a Timestamp."""
    heads = time_heads(field)

    def encode(time_ms: int) -> bytes:
        seconds, nanos = _seconds(time_ms // 1_000), _NANOS[time_ms % 1_000]
        return heads[len(seconds) + len(nanos)] + seconds + nanos

    return encode


_account_id: Final = data_field(1)
_user_id: Final = data_field(2)
_status_since: Final = time_field(6)
_LAST_ACTIVITY: Final = time_heads(7)
_NEXT_TIME: Final = time_heads(9)
_next_time: Final = time_field(9)
_actor: Final = data_field(10)
_reason: Final = data_field(11)
_revision: Final = number_field(12)
_expire_time: Final = time_field(13)
_engagements: Final = number_field(16)
_display_name: Final = data_field(18)
_team_id: Final = data_field(19)
_CONNECTED: Final = number_field(15)(True)
_SHOWN: Final = tuple(
    tuple(
        number_field(3)(STATUS_NUMBERS[status])
        + number_field(4)(status is Status.ONLINE)
        + number_field(5)(CAUSE_NUMBERS[cause])
        for cause in Cause
    )
    for status in Status
)
"""The status, if it means that the user is available, and the cause; by the numbers of status and cause, less 1."""
_NEXT_STATUS: Final = {status: number_field(8)(number) for status, number in STATUS_NUMBERS.items()}
_NEXT_CAUSE: Final[dict[Cause | None, bytes]] = {
    cause: number_field(17)(number) for cause, number in (*CAUSE_NUMBERS.items(), (None, 0))
}
_THEN: Final = {then: number_field(14)(number) for then, number in THEN_NUMBERS.items()}


Frame = tuple[bytes, bytes, bytes]
"""The encoded fields of a status but for the two times that an activity moves: those before them, between and after."""


def encode_frame(frame: Frame, last_activity: int | None, next_status_time: int | None) -> bytes:
    """Encode the whole `UserStatus`, with these times (ms UTC)."""
    head, next_status, tail = frame
    if last_activity is None:
        following = b"" if next_status_time is None else next_status + _next_time(next_status_time)
        return head + following + tail
    # As `time_field` does, in place, and joined at once: every activity is answered with both.
    seconds, nanos = _seconds(last_activity // 1_000), _NANOS[last_activity % 1_000]
    last_head = _LAST_ACTIVITY[len(seconds) + len(nanos)]
    if next_status_time is None:
        return b"".join((head, last_head, seconds, nanos, tail))
    next_seconds, next_nanos = _seconds(next_status_time // 1_000), _NANOS[next_status_time % 1_000]
    next_head = _NEXT_TIME[len(next_seconds) + len(next_nanos)]
    return b"".join((head, last_head, seconds, nanos, next_status, next_head, next_seconds, next_nanos, tail))


def frame_of(account_id: str, view: StatusView) -> Frame:
    """Encode all of a view but the times that an activity moves."""
    head = _head(encode_account_id(account_id), view.user_id, view.status, view.cause, view.status_since)
    return head, _NEXT_STATUS[view.next_status], _tail(view)


def encode_account_id(account_id: str) -> bytes:
    """Encode the first field of a `UserStatus`."""
    return _account_id(account_id.encode()) if account_id else b""


def encode_user_status(account: bytes, view: StatusView) -> bytes:
    """Encode a view as a `UserStatus`; `account` is its first field, which is the same for many."""
    head = _head(account, view.user_id, view.status, view.cause, view.status_since)
    frame = head, _NEXT_STATUS[view.next_status], _tail(view)
    return encode_frame(frame, view.last_activity, view.next_status_time)


def _head(account: bytes, user_id: str, status: Status, cause: Cause, status_since: int) -> bytes:
    """Encode the fields up to `status_since`."""
    user = _user_id(user_id.encode()) if user_id else b""
    return account + user + _SHOWN[status - 1][cause - 1] + _status_since(status_since)


def _tail(view: StatusView) -> bytes:
    """Encode the fields from `actor` on."""
    encoded = _revision(view.revision)
    if view.reason:
        encoded = _reason(view.reason.encode()) + encoded
    if view.actor:
        encoded = _actor(view.actor.encode()) + encoded
    if view.expire_time is not None:
        encoded += _expire_time(view.expire_time) + _THEN[view.then]
    if view.connected:
        encoded += _CONNECTED
    if view.engagements:
        encoded += _engagements(view.engagements)
    if view.next_status_time is not None:
        encoded += _NEXT_CAUSE[view.next_cause]
    if view.profile is NO_PROFILE:
        return encoded
    display_name, team_id = view.profile
    if display_name:
        encoded += _display_name(display_name.encode())
    return encoded + _team_id(team_id.encode()) if team_id else encoded


encode_first: Final = data_field(1)
"""Encodes a message as the first field of another: the whole of most answers, and an element of a list."""


encode_second: Final = number_field(2)
"""Encodes the number that is the second field of an answer."""


def answer_with(account_id: str, view: StatusView) -> bytes:
    """Encode an answer of which a `UserStatus` is the first field, and the only one."""
    return encode_first(encode_user_status(encode_account_id(account_id), view))


def answer_with_all(account_id: str, views: Iterable[StatusView]) -> bytes:
    """Encode the beginning of an answer of which the first field is a list of statuses."""
    account = encode_account_id(account_id)
    return b"".join([encode_first(encode_user_status(account, view)) for view in views])


def fill_user_status(message: pb.UserStatus, account_id: str, view: StatusView) -> None:
    """Write a view into an empty message."""
    message.MergeFromString(encode_user_status(encode_account_id(account_id), view))


def fill_user_statuses(messages: Any, account_id: str, views: Iterable[StatusView]) -> None:
    """Append views to a repeated field of messages."""
    for view in views:
        fill_user_status(messages.add(), account_id, view)
