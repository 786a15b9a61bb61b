"""How reads are measured: one caller that waits for each answer, its latencies, and the CPU time of both sides."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .workload import percentiles

_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Read:
    """One kind of read: how many a second, latencies, and CPU time of the caller and of the server for each."""

    what: str
    per_s: float
    p50_us: float
    p99_us: float
    caller_us: float
    server_us: float

    def as_json(self) -> dict[str, Any]:
        """For a child process to print."""
        return asdict(self)


def measure(what: str, read: Callable[[int], object], reads: int, server_ns: Callable[[], int]) -> Read:
    """Call `read` with 0, 1, 2, ..."""
    for number in range(_WARM_UP):
        read(number)
    latencies: list[float] = []
    began_server, began_cpu, began = server_ns(), time.process_time_ns(), time.perf_counter()
    at = began
    for number in range(reads):
        read(number)
        now = time.perf_counter()
        latencies.append((now - at) * 1e6)
        at = now
    seconds = at - began
    caller_us = (time.process_time_ns() - began_cpu) / 1_000 / reads
    p50, p99, _ = percentiles(latencies)
    return Read(what, reads / seconds, p50, p99, caller_us, (server_ns() - began_server) / 1_000 / reads)
