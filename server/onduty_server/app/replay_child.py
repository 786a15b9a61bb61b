"""The process in which a log is replayed: reads one job from standard input, and writes what came of it.

Both ends of the pipes are this program, so they may speak pickle. Whatever the log makes it do, it takes no more memory
and time than these limits, and gives way to the server that waits for it.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
from typing import Final

from ..domain.errors import InvalidField
from .replaying import Refusal, ReplayJob, Simulated, replay_log

_MEMORY_MAX_BYTES: Final = 1 << 30
_CPU_MAX_S: Final = 60
_NICENESS: Final = 10
TOO_MUCH_MEMORY: Final = 3
"""The status with which it ends then."""


def main() -> None:
    """Replay the log of one job."""
    os.nice(_NICENESS)
    for limit, most in ((resource.RLIMIT_AS, _MEMORY_MAX_BYTES), (resource.RLIMIT_CPU, _CPU_MAX_S)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    job: ReplayJob = pickle.load(sys.stdin.buffer)
    outcome: Simulated | Refusal
    try:
        outcome = replay_log(job)
    except InvalidField as error:
        outcome = Refusal(*error.violations[0])
    except MemoryError:
        sys.exit(TOO_MUCH_MEMORY)
    pickle.dump(outcome, sys.stdout.buffer)


if __name__ == "__main__":
    main()
