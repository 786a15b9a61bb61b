"""Makes the clock of the process follow the wall clock, and logs what it does."""

from __future__ import annotations

import asyncio

import structlog

from ..app.ports.store import Store
from .clock import FOLLOW_INTERVAL_MS, ClockEvent, ClockReport, SystemClock

_log = structlog.get_logger(__name__)

_WORTH_A_LINE_MS = 1_000
"""A smaller step is not logged."""


async def follow_wall_clock(clock: SystemClock, store: Store) -> None:
    """Look at the wall clock once a second, for ever.

    If the store's own clock is used, the wall clock is only watched.
    """
    never = asyncio.Event()
    while True:
        await clock.wait(never, clock.now() + FOLLOW_INTERVAL_MS)
        report = clock.look() if store.tells_time else clock.follow()
        if report is not None:
            _log_report(report, leads=not store.tells_time)


def _log_report(report: ClockReport, *, leads: bool) -> None:
    event, ahead_ms = report
    if event is ClockEvent.STEPPED and abs(ahead_ms) >= _WORTH_A_LINE_MS:
        _log.warning(
            "the wall clock was stepped; it will be followed once it has held for some seconds"
            if leads
            else "the wall clock was stepped; times are the store's and are not affected",
            step_ms=ahead_ms,
        )
    elif event is ClockEvent.JUMPED:
        _log.warning(
            "the time jumped ahead to the wall clock; the time in between counts as an outage",
            ahead_ms=ahead_ms,
        )
    elif event is ClockEvent.FASTER and ahead_ms >= _WORTH_A_LINE_MS:
        _log.warning("the time runs a tenth faster until it has caught up with the wall clock", ahead_ms=ahead_ms)
    elif event is ClockEvent.SLOWER and -ahead_ms >= _WORTH_A_LINE_MS:
        _log.warning("the time runs a tenth slower until the wall clock has caught up with it", ahead_ms=ahead_ms)
    elif event is ClockEvent.AGREED:
        _log.info("the time agrees with the wall clock again")
