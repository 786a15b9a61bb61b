"""Finds in a history where a time begins: commit times follow revisions."""

from __future__ import annotations

from collections.abc import Callable

ChangeFrom = Callable[[int], tuple[int, int] | None]
"""Returns the revision and the commit time of the first kept change of a revision, or a later one; None: no more."""


def first_committed_from(change_from: ChangeFrom, start: int) -> int:
    """Find the first revision committed at or after `start` (ms UTC); if there is none, one after all that are kept.

    No change is effective after it was committed, so who asks for changes that are effective from `start` on need not
    look at those before it.
    """
    first = change_from(0)
    low = 0 if first is None else first[0]
    high = low + 1
    while (at := change_from(high)) is not None and at[1] < start:
        low, high = high, high * 2 - low + 1
    while low < high:
        middle = (low + high) // 2
        at = change_from(middle)
        if at is None or at[1] >= start:
            high = middle
        else:
            low = at[0] + 1
    return low
