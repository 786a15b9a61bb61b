"""Counts the calls of each method through each door: by the code they ended with, how long they took, and how many run.

The counts are plain integers that only the event loop changes, because a counter with a lock costs as much as a small
part of a call; other threads may read them at any time. Invariant: methods come from the table of RPCs and codes from
the enumeration, so that no caller can add a series.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, NamedTuple

from .errors import Code
from .rpcs import Rpc

OK: Final = 0
"""The code of a call that succeeded; `Code` has the others."""
CODE_NAMES: Final = {OK: "OK", **{code.value: code.name for code in Code}}
BOUNDS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the classes of durations; longer calls are in a class of their own."""
_FIRST_BOUND_S: Final = BOUNDS_S[0]


class Exemplar(NamedTuple):
    """One call of a class of durations, by the trace that tells more of it."""

    trace_id: str
    seconds: float


class CallMeter:
    """The counts of one method through one door. A call adds 1 to `in_flight`, and then calls `ended`."""

    __slots__ = ("by_code", "by_duration", "door", "exemplars", "in_flight", "method", "seconds", "timed")

    def __init__(self, method: str, door: str, *, timed: bool) -> None:
        self.method = method
        self.door = door
        self.timed = timed
        """False for a stream, of which the duration says nothing."""
        self.in_flight = 0
        self.seconds = 0.0
        self.by_code = [0] * (max(CODE_NAMES) + 1)
        self.by_duration = [0] * (len(BOUNDS_S) + 1)
        self.exemplars: dict[int, Exemplar] = {}
        """By class of durations: the last call in it that was traced."""

    def ended(self, code: int, seconds: float, trace_id: str | None = None) -> None:
        """Count the end of a call that took `seconds`, with the id of its trace if it has one."""
        self.in_flight -= 1
        self.by_code[code] += 1
        self.seconds += seconds
        # Nearly all are in the first class.
        duration = 0 if seconds <= _FIRST_BOUND_S else bisect_left(BOUNDS_S, seconds)
        self.by_duration[duration] += 1
        if trace_id is not None:
            self.exemplars[duration] = Exemplar(trace_id, seconds)


class CallCounts:
    """The meters of all doors."""

    def __init__(self) -> None:
        self.meters: list[CallMeter] = []

    def meter(self, rpc: Rpc, door: str) -> CallMeter:
        """Begin to count a method through a door."""
        meter = CallMeter(rpc.name, door, timed=not rpc.is_stream)
        self.meters.append(meter)
        return meter
