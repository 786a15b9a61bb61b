"""The work that every peer with timers is given, in virtual time, and what is measured of it.

Users are active every 10 s, spread evenly, for some rounds; then they stop, and fall AWAY 10 minutes and OFFLINE 30
minutes after their last activity. Time is virtual: it moves on in steps of 100 ms as soon as the peer has done what it
had to. So a peer's speed shows in the time it takes, and its lateness is what its design adds even on an infinitely
fast machine. Nothing but the standard library is needed: peers run this in environments of their own.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import sys
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

START_MS = 1_760_000_000_000
STEP_MS = 100
ROUND_MS = 10_000
AWAY_AFTER_MS = 600_000
OFFLINE_AFTER_MS = 1_800_000
_PATIENCE_MS = 60_000
"""How long after the last switch was due a peer may still come with one."""

AWAY, OFFLINE = 0, 1
_AFTER_MS = (AWAY_AFTER_MS, OFFLINE_AFTER_MS)


@dataclass(frozen=True, slots=True)
class Measured:
    """One peer's results with the workload. Lateness is in virtual time unless `real_time`."""

    users: int
    activities: int
    active_s: float
    """Elapsed, for all activities after everybody's first one."""
    active_cpu_s: float
    """The same in CPU time, a server's included."""
    bytes_per_user: float
    entries: int
    """Live timer entries, tasks or threads when the last activity was over."""
    expected: int
    """Switches."""
    seen: int
    early: int
    """Switches of users who were still active."""
    late_ms: tuple[float, float, float]
    """Median, 99th percentile and maximum, of the switches seen."""
    switching_cpu_s: float
    note: str = ""
    real_time: bool = False

    @property
    def lost(self) -> int:
        """Switches that did not come."""
        return self.expected - self.seen


class Peer(ABC):
    """Something that keeps users' timers. `switched` is to be called for each user that it switches."""

    def __init__(self) -> None:
        self.now = START_MS
        self.switches: list[tuple[str, int, int]] = []
        """Of whom, to what (AWAY or OFFLINE), and when."""

    def switched(self, user: str, to: int) -> None:
        """Note a switch, as whoever needs to know would hear of it."""
        self.switches.append((user, to, self.now))

    @abstractmethod
    def active(self, users: Sequence[str]) -> None:
        """Each of these did something now."""

    @abstractmethod
    def advance(self, now: int) -> None:
        """The time is `now`; do what is due, and what is to be done every so often."""

    @abstractmethod
    def entries(self) -> int:
        """Live timer entries."""

    def cpu_s(self) -> float:
        """CPU time so far."""
        return time.process_time()

    def memory_bytes(self) -> int:
        """Memory in use now."""
        gc.collect()
        return rss_bytes()


def rss_bytes() -> int:
    """The resident memory of this process."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return int(value.split()[0]) * 1_024
    raise AssertionError("no VmRSS")


def user_ids(users: int) -> list[str]:
    """Ids of 36 characters, in no order."""
    return [
        str(uuid.UUID(bytes=hashlib.blake2b(index.to_bytes(8, "big"), digest_size=16).digest()))
        for index in range(users)
    ]


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, 99th percentile (by the nearest rank) and maximum; zeros of nothing."""
    if not values:
        return 0.0, 0.0, 0.0
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1]


def drive(peer: Peer, ids: Sequence[str], rounds: int, note: str = "") -> Measured:
    """Give the peer the work; `rounds` includes everybody's first activity. `ids` were made before the peer."""
    users, steps = len(ids), ROUND_MS // STEP_MS
    slices = [ids[step * users // steps : (step + 1) * users // steps] for step in range(steps)]
    before_bytes = peer.memory_bytes()

    def play(first: int, last: int) -> None:
        for number in range(first, last):
            for step, slice_ in enumerate(slices):
                now = START_MS + number * ROUND_MS + step * STEP_MS
                peer.now = now
                peer.advance(now)
                if slice_:
                    peer.active(slice_)

    play(0, 1)
    started, started_cpu = time.perf_counter(), peer.cpu_s()
    play(1, rounds)
    active_s, active_cpu_s = time.perf_counter() - started, peer.cpu_s() - started_cpu
    bytes_per_user = (peer.memory_bytes() - before_bytes) / users
    entries = peer.entries()

    last_of = {
        user: START_MS + (rounds - 1) * ROUND_MS + step * STEP_MS
        for step, slice_ in enumerate(slices)
        for user in slice_
    }
    started_cpu = peer.cpu_s()
    now, end = peer.now, START_MS + rounds * ROUND_MS + OFFLINE_AFTER_MS + _PATIENCE_MS
    while now < end:
        now += STEP_MS
        peer.now = now
        peer.advance(now)
    switching_cpu_s = peer.cpu_s() - started_cpu

    seen: set[tuple[str, int]] = set()
    late_ms: list[float] = []
    early = 0
    for user, to, at in peer.switches:
        due = last_of[user] + _AFTER_MS[to]
        if at < due:
            early += 1
        elif (user, to) not in seen:
            seen.add((user, to))
            late_ms.append(at - due)
    return Measured(
        users,
        users * (rounds - 1),
        active_s,
        active_cpu_s,
        bytes_per_user,
        entries,
        2 * users,
        len(seen),
        early,
        percentiles(late_ms),
        switching_cpu_s,
        note,
    )


def arguments() -> argparse.Namespace:
    """The command line of a peer that is given this work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    return parser.parse_args()


def report(measured: Measured) -> None:
    """Print what was measured, for `timers` to read."""
    json.dump(asdict(measured), sys.stdout)
    print(flush=True)
