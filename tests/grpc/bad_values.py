"""Values that no field takes, and what a request is refused for.

They are made for a server whose clock shows `NOW`.
"""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from tests.fakes import START
from tests.grpc.wire import DAY, MINUTE, SECOND, at, period

NOW = START + 40 * MINUTE


class Bad(NamedTuple):
    """A request that must be refused, and how."""

    name: str
    request: Message
    field: str
    reason: str = "INVALID_FIELD"
    metadata: tuple[tuple[str, bytes], ...] = ()

    @property
    def method(self) -> str:
        """The method that takes this kind of request."""
        name: str = self.request.DESCRIPTOR.name
        return name.removesuffix("Request")


BAD_IDS = {
    "empty": "",
    "129 bytes": "x" * 129,
    "130 bytes in 65 characters": "é" * 65,
    "132 bytes in 33 characters": "\U0001f600" * 33,
    "a line feed": "ann\n",
    "a null": "\x00",
    "a delete": "ann\x7f",
    "a control character beyond ASCII": "ann\x85",
}


BAD_TIMESTAMPS = {
    "negative nanos": Timestamp(seconds=NOW // 1_000, nanos=-1),
    "a second of nanos": Timestamp(seconds=NOW // 1_000, nanos=1_000_000_000),
    "the year 10000": Timestamp(seconds=253_402_300_800),
    "the year 0": Timestamp(seconds=-62_135_596_801),
    "the end of int64": Timestamp(seconds=2**63 - 1),
}
BAD_ACTIVITY_TIMES = BAD_TIMESTAMPS | {
    "5,001 ms ahead": at(NOW + 5_001),
    "a day ahead": at(NOW + DAY),
    "30 d and 1 ms ago": at(NOW - 30 * DAY - 1),
    "1970": Timestamp(),
    "before 1970": at(-1),
}
BAD_EXPIRE_TIMES = BAD_TIMESTAMPS | {
    "now": at(NOW),
    "999 ms ahead": at(NOW + 999),
    "a nanosecond less than 1 s ahead": Timestamp(seconds=NOW // 1_000, nanos=999_999_999),
    "30 d and 1 ms ahead": at(NOW + 30 * DAY + 1),
    "a second ago": at(NOW - 1_000),
    "1970": Timestamp(),
    "the end of time": Timestamp(seconds=253_402_300_799),
}
TTLS_OUT_OF_RANGE = {
    "1 s": period(1_000),
    "9,999 ms": period(10 * SECOND - 1),
    "4 h and 1 ms": period(240 * MINUTE + 1),
    "30 d": period(30 * DAY),
}
IDLE_FOR_OUT_OF_RANGE = {
    "-1 ms": period(-1),
    "30 d and 1 ms": period(30 * DAY + 1),
    "10,000 years": Duration(seconds=315_576_000_000),
}
BAD_ACTORS = {
    "not UTF-8": b"\xff\xfe",
    "half of a character": "é".encode()[:1],
    "a surrogate": b"\xed\xa0\x80",
    "129 bytes": b"x" * 129,
    "a line feed": b"sue\n",
}


BAD_DURATIONS = {
    "nanos of a second": Duration(seconds=60, nanos=1_000_000_000),
    "nanos of minus a second": Duration(seconds=-60, nanos=-1_000_000_000),
    "seconds and nanos of different signs": Duration(seconds=60, nanos=-1),
    "nanos and seconds of different signs": Duration(seconds=-60, nanos=1),
    "more than 10,000 years": Duration(seconds=315_576_000_001),
    "the end of int64": Duration(seconds=2**63 - 1),
}
PERIODS_OUT_OF_RANGE = {
    "0": Duration(),
    "negative": Duration(seconds=-60),
    "negative nanos": Duration(nanos=-1),
    "999 ms": period(999),
    "a nanosecond less than 1 s": Duration(nanos=999_999_999),
    "30 d and 1 ms": period(30 * DAY + 1),
    "31 d": period(31 * DAY),
    "10,000 years": Duration(seconds=315_576_000_000),
}
