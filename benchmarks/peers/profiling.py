"""Where the CPU time of a server's main thread goes while it is called, by py-spy: how much of it in whose code.

py-spy takes a thread that waits in an event loop of C for a busy one, so that shares of the samples would be too small.
They are taken of the CPU time that the system counts for the thread.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_HZ = 500
_FRAME = re.compile(r"^(?P<function>.*) \((?P<file>.*?)(:\d+)?\)$")


class Profile(NamedTuple):
    """Shares (0 to 1) of the thread's CPU time: in the project's code and what it called, and by innermost frame."""

    samples: int
    under: float
    own: float
    by_function: list[tuple[str, float]]


def profile(pid: int, seconds: float, work: Callable[[], object]) -> Profile | None:
    """Sample a process while `work` is done over and over; None when py-spy cannot."""
    over = threading.Event()

    def keep_working() -> None:
        while not over.is_set():
            work()

    worker = threading.Thread(target=keep_working)
    worker.start()
    try:
        with tempfile.TemporaryDirectory(prefix="onduty-peers-") as directory:
            raw = Path(directory) / "raw"
            command = [
                str(Path(sys.executable).parent / "py-spy"),
                "record",
                "--threads",
                "--format",
                "raw",
                "--output",
                str(raw),
            ]
            command += ["--pid", str(pid), "--duration", str(max(round(seconds), 1)), "--rate", str(_HZ)]
            began, began_ns = time.perf_counter(), _thread_cpu_ns(pid)
            ran = subprocess.run(command, capture_output=True, timeout=seconds + 60, check=False)
            busy = (_thread_cpu_ns(pid) - began_ns) / 1e9 / (time.perf_counter() - began)
            if ran.returncode != 0 or not raw.is_file():
                return None
            return read(raw.read_text(encoding="utf-8"), busy)
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        over.set()
        worker.join()


def _thread_cpu_ns(pid: int) -> int:
    """The CPU time of a process's main thread."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="utf-8").split()[0])


def read(raw: str, busy: float) -> Profile | None:
    """Read py-spy's output: one line for each stack, with the innermost frame last and the number of samples.

    `busy` is the share of the time in which the thread used the CPU.
    """
    by_function: Counter[str] = Counter()
    total = under = 0
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        if not stack.partition(";")[0].endswith("MainThread"):
            continue
        total += int(count)
        # What is above the event loop is how the server was started.
        frames = stack.rpartition("asyncio/runners.py")[2]
        if "onduty_server/" in frames:
            under += int(count)
        match = _FRAME.match(frames.rpartition(";")[2])
        if match and "onduty" in match["file"]:
            by_function[f"{Path(match['file']).name}: {match['function']}"] += int(count)
    used = total * busy
    if not used:
        return None
    return Profile(
        total,
        under / used,
        sum(by_function.values()) / used,
        [(name, count / used) for name, count in by_function.most_common(8)],
    )
