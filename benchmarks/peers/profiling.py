"""Where the time of a server's main thread goes while it is called, by py-spy: how much of it in whose code."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_HZ = 500
_FRAME = re.compile(r"^(?P<function>.*) \((?P<file>.*?)(:\d+)?\)$")


class Profile(NamedTuple):
    """Shares (0 to 1) of the samples: in the project's code and what it called, and by innermost Python frame."""

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
            ran = subprocess.run(command, capture_output=True, timeout=seconds + 60, check=False)
            if ran.returncode != 0 or not raw.is_file():
                return None
            return read(raw.read_text(encoding="utf-8"))
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        over.set()
        worker.join()


def read(raw: str) -> Profile | None:
    """What py-spy wrote: a line a stack, the innermost frame last, and how many samples it had."""
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
    if not total:
        return None
    return Profile(
        total,
        under / total,
        sum(by_function.values()) / total,
        [(name, count / total) for name, count in by_function.most_common(8)],
    )
