"""The rows of a log, and how they are kept in order: an activity, or a session or an engagement that was kept or ended.

Invariant: what is packed comes out as it was, and rows of the same time keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ..domain.errors import InvalidField
from ..domain.layers import LeaseAction
from ..domain.periods import format_period, parse_period
from .fields import check_ends, check_id
from .limits import (
    ENGAGEMENT_TTL_MAX_MS,
    ENGAGEMENT_TTL_MIN_MS,
    IDLE_FOR_MAX_MS,
    SESSION_TTL_MAX_MS,
    SESSION_TTL_MIN_MS,
)
from .log_format import LogFormat

ACTIVITY: Final = "activity"
KINDS: Final = {
    "session_kept": LeaseAction.KEEP_SESSION,
    "session_ended": LeaseAction.END_SESSION,
    "engagement_kept": LeaseAction.KEEP_ENGAGEMENT,
    "engagement_ended": LeaseAction.END_ENGAGEMENT,
}
_TTL_LIMITS_MS: Final = {
    LeaseAction.KEEP_SESSION: (SESSION_TTL_MIN_MS, SESSION_TTL_MAX_MS),
    LeaseAction.KEEP_ENGAGEMENT: (ENGAGEMENT_TTL_MIN_MS, ENGAGEMENT_TTL_MAX_MS),
}
_SECONDS: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SHOWN: Final = 60


class LoggedLease(NamedTuple):
    """A session or an engagement that a row keeps or ends; periods in ms, None where the row has none."""

    action: LeaseAction
    lease_id: str
    ttl_ms: int | None = None
    idle_for_ms: int | None = None


LogRow = tuple[int, str, LoggedLease | None]
"""The time (ms UTC), the user, and the session or engagement; None for an activity."""


def lease_reader(log_format: LogFormat, at: Mapping[str, int]) -> Callable[[Sequence[str]], LoggedLease | None]:
    """Return a function from the fields of a row to its session or engagement, None for an activity.

    `at` has the index of each column that the log has. The function raises ValueError, with one line that says what is
    wrong.
    """
    assert log_format.kind_column is not None
    kind_at = at[log_format.kind_column]
    lease_at, ttl_at, idle_at = (
        at.get(column) for column in (log_format.lease_column, log_format.ttl_column, log_format.idle_for_column)
    )

    def read(row: Sequence[str]) -> LoggedLease | None:
        kind = row[kind_at].strip().lower()
        if not kind or kind == ACTIVITY:
            return None
        action = KINDS.get(kind)
        if action is None:
            raise ValueError(
                f"{log_format.kind_column}: {_shown(row[kind_at])} is not a kind of row; write "
                f"{', '.join((ACTIVITY, *KINDS))}, or give --columns kind= to take every row as an activity"
            )
        lease_id = "" if lease_at is None else row[lease_at].strip()
        if not lease_id:
            raise ValueError(f"{log_format.lease_column}: required in a row of kind {kind}")
        try:
            check_id(log_format.lease_column, lease_id)
            check_ends(log_format.lease_column, lease_id)
        except InvalidField as error:
            raise ValueError(error.message) from None
        ttl_ms = idle_for_ms = None
        if action in _TTL_LIMITS_MS:
            ttl_ms = _period(log_format.ttl_column, row, ttl_at, *_TTL_LIMITS_MS[action])
        if action is LeaseAction.KEEP_SESSION:
            idle_for_ms = _period(log_format.idle_for_column, row, idle_at, 0, IDLE_FOR_MAX_MS)
        return LoggedLease(action, lease_id, ttl_ms, idle_for_ms)

    return read


def _period(column: str, row: Sequence[str], at: int | None, least_ms: int, most_ms: int) -> int | None:
    text = "" if at is None else row[at].strip()
    if not text:
        return None
    try:
        # Systems that write logs write numbers.
        period_ms = parse_period(f"{text}s" if _SECONDS.fullmatch(text) else text)
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None
    if not least_ms <= period_ms <= most_ms:
        limits = f"{format_period(least_ms)} and {format_period(most_ms)}"
        raise ValueError(f"{column}: must be between {limits}, got {format_period(period_ms)}")
    return period_ms


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


_PLACE_BITS: Final = 40
_NUMBER_BITS: Final = 24
_IDLE_BITS: Final = 32
"""Enough for `IDLE_FOR_MAX_MS`."""
_PLACE_MASK: Final = (1 << _PLACE_BITS) - 1
_NUMBER_MASK: Final = (1 << _NUMBER_BITS) - 1
_IDLE_MASK: Final = (1 << _IDLE_BITS) - 1


class PackedRows:
    """Rows, each packed into one number: time, place in the log, user, lease and idle time, in this order.

    That is far smaller than a tuple. `moved` counts the rows that were older than one before them; `users` are in the
    order in which they came.
    """

    def __init__(self) -> None:
        self.moved = 0
        self.users: list[str] = []
        self._rows: list[int] = []
        self._user_numbers: dict[str, int] = {}
        self._leases: list[LoggedLease | None] = [None]
        self._lease_numbers: dict[LoggedLease | None, int] = {None: 0}
        self._newest_ms = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def newest_ms(self) -> int:
        """The time of the newest row, 0 if there is none."""
        return self._newest_ms

    def add(self, place: int, time_ms: int, user_id: str, lease: LoggedLease | None) -> bool:
        """Add a row. Return True if it is its user's first."""
        number = self._user_numbers.get(user_id)
        is_first = number is None
        if number is None:
            number = self._user_numbers[user_id] = len(self.users)
            self.users.append(user_id)
        if time_ms < self._newest_ms:
            self.moved += 1
        else:
            self._newest_ms = time_ms
        packed = ((time_ms << _PLACE_BITS | place) << _NUMBER_BITS | number) << _NUMBER_BITS + _IDLE_BITS
        if lease is not None:
            packed |= self._packed_lease(lease)
        self._rows.append(packed)
        return is_first

    def _packed_lease(self, lease: LoggedLease) -> int:
        # The same few sessions are kept over and over, each time with another idle time.
        plain = lease._replace(idle_for_ms=None)
        number = self._lease_numbers.get(plain)
        if number is None:
            number = self._lease_numbers[plain] = len(self._leases)
            self._leases.append(plain)
        idle = 0 if lease.idle_for_ms is None else lease.idle_for_ms + 1
        return number << _IDLE_BITS | idle

    def sort(self) -> None:
        """Put the rows in the order of their times."""
        if self.moved:
            self._rows.sort()

    def __iter__(self) -> Iterator[tuple[int, int, str, LoggedLease | None]]:
        """Yield place, time, user and lease of each row."""
        users, leases = self.users, self._leases
        for packed in self._rows:
            idle = packed & _IDLE_MASK
            packed >>= _IDLE_BITS
            lease = leases[packed & _NUMBER_MASK]
            if idle and lease is not None:
                lease = lease._replace(idle_for_ms=idle - 1)
            packed >>= _NUMBER_BITS
            whole = packed >> _NUMBER_BITS
            yield whole & _PLACE_MASK, whole >> _PLACE_BITS, users[packed & _NUMBER_MASK], lease
