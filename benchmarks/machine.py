"""Describes the machine that figures were measured on, without the names of hosts, users and paths."""

from __future__ import annotations

import os
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import apsw

_FSYNCS = 50


def describe(directory: Path) -> dict[str, str]:
    """The machine, the versions that matter, and the disk under `directory`."""
    return {
        "CPU": _cpu_model(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "grpcio": version("grpcio"),
        "protobuf": version("protobuf"),
        "SQLite": f"{apsw.sqlite_lib_version()} (apsw {version('apsw')})",
        "event loop": f"uvloop {version('uvloop')}",
        "file system": _file_system(directory),
        "4 KiB write and fsync": _fsync_cost(directory),
        "load average at the start": f"{os.getloadavg()[0]:.2f}",
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _file_system(directory: Path) -> str:
    """The type of the file system: on one in memory, durability costs nothing and proves nothing."""
    path = str(directory.resolve())
    best, kind = "", "unknown"
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, mount, file_system, *_ = line.split()
        if (path + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= len(best):
            best, kind = mount, file_system
    return kind


def _fsync_cost(directory: Path) -> str:
    path = directory / "fsync"
    times_ms: list[float] = []
    with path.open("wb") as file:
        for _ in range(_FSYNCS):
            started = time.perf_counter()
            file.write(b"\0" * 4_096)
            file.flush()
            os.fsync(file.fileno())
            times_ms.append((time.perf_counter() - started) * 1_000)
    path.unlink()
    times_ms.sort()
    return f"median {statistics.median(times_ms):.2f} ms, slowest of {_FSYNCS} {times_ms[-1]:.2f} ms"
