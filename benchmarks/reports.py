"""Reports from a month of history: how fast changes are added up, in how much memory, and what others notice of it.

A real server with SQLite on disk. `CountByStatus` by day over all changes of an account: the rate is by the CPU time of
the whole server, and its peak memory is compared with that before. `SummarizeTime` of each of 500 people by day. Reads:
a process calls `GetStatus` of random users at a steady rate, with latencies counted from when each call was to be made,
first alone, then while one report follows the other; and in a storm, in which everybody falls due at once while half of
the history is pruned, first without a report and then, on another copy of the file, with reports.

Left out: history on a disk that is not in the page cache, and Redis. On few cores the caller takes its share from the
server.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import caller
from .context import Context
from .durable import DurableChanges
from .figures import Figure, at_least, at_most
from .population import ACCOUNT
from .processes import Server, child, cpu_ns, peak_rss_bytes, rss_bytes, serving
from .report_history import DAY_MS, DAYS, TEAM_ACCOUNT, History, make_history
from .storm import make_all_due, watch

TITLE = "Reports"
_RATE_GOAL = 1_000_000
_PAGE_GOAL_S = 2
_READS_GOAL = 1.5
_CALLS = 3
_KEEP_ALL = ("--history-retention", "60d")
_KEEP_HALF = ("--history-retention", "15d")
_TIMEOUT_S = 300.0


def run(context: Context) -> Sequence[Figure]:
    """Make a month, and reports of it."""
    scale = context.scale
    with context.folder("reports") as folder:
        history = make_history(
            *(folder / "history.db", scale.report_users, scale.report_changes),
            *(scale.report_team_users, scale.report_team_changes),
        )
        with serving(folder, f"sqlite:{history.path}", *_KEEP_ALL) as server, _stub(server) as stub:
            found = [*_sums(server, stub, history), *_page(server, stub, history)]
            found += _reads(context, server, stub, history)
        found += _storms(context, folder, history)
    return found


def _sums(server: Server, stub: pb_grpc.StatusServiceStub, history: History) -> list[Figure]:
    """The curve of everybody."""
    idle = rss_bytes(server.pid)
    seconds, cpu_s = _timed(server, lambda: _count(stub, history))
    more = peak_rss_bytes(server.pid) - idle
    of = f"{history.changes:,} changes of {history.users:,} people, by day"
    return [
        Figure("changes added up, for each second of CPU", history.changes / cpu_s, "/s", at_least(_RATE_GOAL), of),
        Figure("changes added up", history.changes / seconds, "/s", None, f"in {seconds:.2f} s, best of {_CALLS}"),
        Figure("memory more than before", max(more, 1) / 2**20, "MiB", None, f"of {idle / 2**20:.0f} MiB"),
    ]


def _page(server: Server, stub: pb_grpc.StatusServiceStub, history: History) -> list[Figure]:
    """The days of a team, person by person."""
    seconds, cpu_s = _timed(server, lambda: _summarize(stub, history))
    of = f"{history.team_changes:,} changes; {cpu_s:.2f} s of CPU; best of {_CALLS}"
    name = f"{history.team_users} people x {DAYS} days"
    return [Figure(name, seconds, "s", at_most(_PAGE_GOAL_S), of)]


def _timed(server: Server, report: object) -> tuple[float, float]:
    """The least time, and CPU time of the server, of some calls."""
    assert callable(report)
    found = []
    for _ in range(_CALLS):
        began, before_ns = time.perf_counter(), cpu_ns(server.pid)
        report()
        found.append((time.perf_counter() - began, (cpu_ns(server.pid) - before_ns) / 1e9))
    return min(seconds for seconds, _ in found), min(cpu_s for _, cpu_s in found)


def _reads(context: Context, server: Server, stub: pb_grpc.StatusServiceStub, history: History) -> list[Figure]:
    """Reads without a report and with one."""
    alone = _latencies(context, server, history, lambda: time.sleep(context.scale.report_s))
    count = 0

    def reports() -> None:
        nonlocal count
        until = time.monotonic() + context.scale.report_s
        while time.monotonic() < until:
            _count(stub, history)
            _summarize(stub, history)
            count += 2

    beside = _latencies(context, server, history, reports)
    return _ratio("GetStatus p99", alone, beside, f"{count} reports")


def _storms(context: Context, folder: Path, history: History) -> list[Figure]:
    """Reads in a storm, while history is pruned, without a report and with reports."""
    found = []
    rates = []
    for with_reports in (False, True):
        path = folder / "storm.db"
        shutil.copyfile(history.path, path)
        with (
            serving(folder, f"sqlite:{path}", *_KEEP_HALF) as server,
            DurableChanges(path) as durable,
            _stub(server) as stub,
            _repeated(stub, history) if with_reports else _nothing(),
        ):

            def storm(server: Server = server, durable: DurableChanges = durable) -> None:
                due_ms, revision = make_all_due(server.port)
                ended_ms, switched = watch(durable, revision)
                rates.append(switched / (ended_ms - due_ms) * 1_000)

            found.append(_latencies(context, server, history, storm))
        path.unlink()
    detail = f"{rates[1]:,.0f} switches/s with reports, {rates[0]:,.0f} without"
    alone, beside = found
    return _ratio("GetStatus p99 in a storm while history is pruned", alone, beside, detail)


def _ratio(name: str, alone: Sequence[float], beside: Sequence[float], detail: str) -> list[Figure]:
    before, after = caller.percentile(alone, 0.99), caller.percentile(beside, 0.99)
    return [
        Figure(f"{name}, as a multiple beside reports", after / before, "x", at_most(_READS_GOAL), detail),
        Figure(f"{name}, beside reports", after, "ms", None, f"p50 {caller.percentile(beside, 0.5):.2f} ms"),
        Figure(
            f"{name}, alone", before, "ms", None, f"p50 {caller.percentile(alone, 0.5):.2f} ms; {len(alone):,} calls"
        ),
    ]


def _latencies(context: Context, server: Server, history: History, during: object) -> list[float]:
    """The latencies (ms) of reads while something happens."""
    assert callable(during)
    arguments = caller.arguments_for(server.port, history.users, reads_per_s=context.scale.storm_reads_per_s)
    with child("benchmarks.caller", *arguments) as reads:
        reads.line()
        time.sleep(0.2)
        began_ms = time.time() * 1_000
        during()
        ended_ms = time.time() * 1_000
        calls = caller.finish(reads).reads
    return [call.latency_ms for call in calls if began_ms <= call.at_ms <= ended_ms]


@contextmanager
def _repeated(stub: pb_grpc.StatusServiceStub, history: History) -> Iterator[None]:
    """Reports, one after the other, in a thread."""
    stop = threading.Event()

    def report() -> None:
        while not stop.is_set():
            _count(stub, history)

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _stub(server: Server) -> Iterator[pb_grpc.StatusServiceStub]:
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield pb_grpc.StatusServiceStub(channel)


def _count(stub: pb_grpc.StatusServiceStub, history: History) -> None:
    start, end = _range(history)
    request = pb.CountByStatusRequest(account_id=ACCOUNT, step=pb.BUCKET_DAY, start_time=start, end_time=end)
    assert len(stub.CountByStatus(request, timeout=_TIMEOUT_S).counts) >= DAYS


def _summarize(stub: pb_grpc.StatusServiceStub, history: History) -> None:
    start, end = _range(history)
    request = pb.SummarizeTimeRequest(
        account_id=TEAM_ACCOUNT,
        bucket=pb.BUCKET_DAY,
        group=pb.TIME_GROUP_USER,
        page_size=history.team_users,
        start_time=start,
        end_time=end,
    )
    found = stub.SummarizeTime(request, timeout=_TIMEOUT_S)
    assert len(found.summaries) == history.team_users


def _range(history: History) -> tuple[Timestamp, Timestamp]:
    start, end = Timestamp(), Timestamp()
    start.FromMilliseconds(history.start_ms)
    end.FromMilliseconds(history.start_ms + DAYS * DAY_MS)
    return start, end
