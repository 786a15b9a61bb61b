"""The clock that streams are measured by, and how long to wait before the next attempt."""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Final

#: Seconds on a clock that is never stepped. Where there is such a one, it goes on while the machine is suspended: what
#: a mirror knew before is old after it.
steady: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
)

BACKOFF_FIRST_S: Final = 0.1
BACKOFF_MAX_S: Final = 5.0


def backoff_s(failures: int, jitter: Callable[[], float] = random.random) -> float:
    """How long to wait after that many failures in a row: anything up to a bound that doubles from 0.1 s to 5 s.

    The whole wait is left to chance ("full jitter"), so that those whom one server has lost come back spread out.
    """
    # Beyond 2^16 the bound is reached by far, and the power would outgrow a float one day.
    return jitter() * min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** min(failures, 16))
