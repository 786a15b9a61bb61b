"""Says how long to wait before another attempt."""

from __future__ import annotations

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

from ....text.times import to_ms

FIRST_S: Final = 0.2
MAX_S: Final = 60.0
RETRY_AFTER_MAX_S: Final = 86_400.0
"""The longest wait that a receiver can ask for. A mistake in its clock must not end an export."""


def backoff_s(failures: int, retry_after_s: float = 0.0, jitter: Callable[[], float] = random.random) -> float:
    """Return the wait after a number of failures in a row, the first being 0, and no less than the receiver asks for.

    The whole wait is random ("full jitter") up to a bound that doubles from 0.2 s to 60 s, and is added to what the
    receiver asks for, so that exporters of many accounts do not come back at once.
    """
    return min(retry_after_s, RETRY_AFTER_MAX_S) + jitter() * min(MAX_S, FIRST_S * 2.0 ** min(failures, 16))


def parse_retry_after(text: str | None, now_ms: int) -> float:
    """Return the seconds that a Retry-After header asks for, as a number or as a date; 0 if it is missing or wrong."""
    value = (text or "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:20]), RETRY_AFTER_MAX_S)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if date.tzinfo is None:
        return 0.0
    return min(max(0.0, (to_ms(date) - now_ms) / 1_000), RETRY_AFTER_MAX_S)
