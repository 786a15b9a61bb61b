"""Gaps: stretches without a heartbeat so long that the clock itself may be wrong.

A server that was stopped for weeks looks like one that is started with a clock weeks ahead. Until it is certain which
it was, age is measured as if the time in the gap had not passed: history is kept, and an activity with the right time
is not taken for an old one. Times are ms UTC, and arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from ..domain.periods import DAY_MS

_log = structlog.get_logger(__name__)

GAP_MS = DAY_MS
"""A longer time without a heartbeat is a gap."""
TRUST_MS = 7 * DAY_MS
"""A clock that has not been set back for this long was right."""
APART_MS = 3_600_000
"""A wall clock that is further behind than this contradicts the store's time."""
GAPS_MAX = 100
"""How many gaps are kept. When there are more, the two oldest are merged."""

WAY_OUT = "if recorded times are wrong, `onduty store copy --accept-clock`: see Clocks in docs/operations.md"
"""The advice to an operator whose store may have a time ahead of the real one."""


class Gap(NamedTuple):
    """The time from one heartbeat to the next (ms UTC)."""

    began: int
    ended: int


def warn_of(gap: Gap) -> None:
    """Log that the clock is far ahead of the last heartbeat, when a server starts."""
    _log.warning(
        "the clock is far ahead of the last heartbeat; history is not pruned by it until it has held for a week",
        last_heartbeat=datetime.fromtimestamp(gap.began / 1_000, UTC).isoformat(timespec="seconds"),
        ahead_ms=gap.ended - gap.began,
        way_out=WAY_OUT,
    )


def with_gap(gaps: Sequence[Gap], gap: Gap) -> tuple[Gap, ...]:
    """Return the gaps with `gap` added, in order. It replaces those that began with it or later."""
    found = tuple(each for each in gaps if each.began < gap.began)
    if len(found) >= GAPS_MAX:
        found = (Gap(found[0].began, found[1].ended), *found[2:])
    return (*found, gap)


def doubtful(gaps: Sequence[Gap], now: int, *, wall: int, kept_from: int) -> tuple[Gap, ...]:
    """Return the gaps that may still be the clock's fault and end after `kept_from`, the oldest time that is kept."""
    contradicted = now - wall > APART_MS
    return tuple(gap for gap in gaps if gap.ended > kept_from and (contradicted or now - gap.ended < TRUST_MS))


def time_before(now: int, span_ms: int, gaps: Sequence[Gap]) -> int:
    """Return the time `span_ms` before `now`, not counting the time in gaps."""
    for gap in reversed(gaps):
        since = now - gap.ended
        if since >= span_ms:
            break
        span_ms -= max(since, 0)
        now = gap.began
    return now - span_ms
