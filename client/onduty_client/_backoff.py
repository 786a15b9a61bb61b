"""Computes the wait between two attempts to connect."""

import random
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.1
MAX_S: Final = 5.0


def backoff_s(failures: int, jitter: Callable[[], float] = random.random) -> float:
    """Return the wait after a number of failures in a row: a random time up to a bound that doubles from 0.1 s to 5 s.

    The whole wait is random ("full jitter"), so that clients of one lost server do not all come back at once.
    """
    # The bound is reached long before 2^16, and the power would overflow a float one day.
    return jitter() * min(MAX_S, FIRST_S * 2.0 ** min(failures, 16))
