"""Packs a moved clock into one integer, in the usual case, so that SQLite reads an array of numbers and no nested JSON.

The usual case: the clock was moved by an activity, and the user has no layers. From the highest bit that is used, the
integer holds the account's number, the user's number and the clock, each counted from a base that the rows of a
statement share. Invariant: a row that does not fit is not packed, and is written as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ..resident.journal import MovedClock

CLOCK_BITS: Final = 31
NUMBER_BITS: Final = 16
"""As in `sql/write_packed_clocks.sql`. There are as many bits for accounts as for users, so that none is the sign."""
_PLACE_BITS: Final = CLOCK_BITS + NUMBER_BITS


class PackedClocks(NamedTuple):
    """Moved clocks of a statement, and the bases: an account's number, a user's number, and a time (ms UTC)."""

    account: int
    number: int
    clock: int
    values: list[int]
    others: list[MovedClock]
    """The rows that are not packed."""


def pack_clocks(rows: Sequence[MovedClock]) -> PackedClocks:
    """Pack at least one row. The bases lie below the first row by half of what fits."""
    account, number, _, clock, _ = rows[0]
    account_base, number_base = account - (1 << NUMBER_BITS - 1), number - (1 << NUMBER_BITS - 1)
    clock_base = clock - (1 << CLOCK_BITS - 1)
    values: list[int] = []
    others: list[MovedClock] = []
    for row in rows:
        account, number, last_activity, clock, layers = row
        account -= account_base
        number -= number_base
        if layers or last_activity != clock or (account | number) >> NUMBER_BITS or (clock - clock_base) >> CLOCK_BITS:
            others.append(row)
        else:
            values.append(account << _PLACE_BITS | number << CLOCK_BITS | clock - clock_base)
    return PackedClocks(account_base, number_base, clock_base, values, others)
