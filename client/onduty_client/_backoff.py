"""The wait between two attempts to connect."""

import random
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.1
MAX_S: Final = 5.0


def backoff_s(failures: int, jitter: Callable[[], float] = random.random) -> float:
    """The wait after that many failures in a row: anything up to a bound that doubles from 0.1 s to 5 s.

    The whole wait is random ("full jitter"), so that clients that lost the same server come back spread out.
    """
    # Beyond 2^16 the bound is long reached, and the power would outgrow a float one day.
    return jitter() * min(MAX_S, FIRST_S * 2.0 ** min(failures, 16))
