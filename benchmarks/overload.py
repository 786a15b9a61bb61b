"""What becomes of a call's latency when four times as much is asked as can be done.

`onduty serve` over SQLite. h2load first finds out how many calls of a method a second it answers (8 connections with 4
calls under way each), then asks for four times as many at a fixed rate (with up to 32 under way each). Meanwhile
another process calls at a low rate, each call on time whether or not the one before was answered: reads for routing
(`ListAvailableUsers`) and activities. Their latency is that of the calls that were accepted; those that were refused
are counted. The first second of the load is left out: it is the time in which refusing begins. "Before" and "after"
are the same calls without the load. All is on one machine whose cores the load and the server share: what the load
takes is missing to the server. All of it is done twice: as a server is configured by default, and with
`connection_calls` at 8, so that most of what is too much waits in the client and not in the server.

Left out: clients that wait before they try again as they are told, which would end the overload; TLS; other mixes.
`python -m benchmarks.overload` is the process that calls.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import grpc
import uvloop
from google.protobuf.message import Message
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .caller import percentile
from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import run_child, serving

TITLE = "Latency under four times the load that can be served"
_CONNECTIONS = 8
_UNDER_WAY = 4
_UNDER_WAY_MAX = 32
_CONNECTION_CALLS = (1_000, 8)
"""The default, and so few that little waits in the server and the rest in the client."""
_TIMES = 4
_CALLS_PER_S = 50
_WAIT = "25ms"
"""As by default."""
_WARM_S = 1.0
_USERS = 100
_REST_S = 1.0
_LOADS: dict[str, Message] = {
    "RecordActivity": pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(0)),
    "SetStatus": pb.SetStatusRequest(account_id=ACCOUNT, user_id=user_id(0), status=pb.STATUS_ONLINE),
    "ListStatuses": pb.ListStatusesRequest(account_id=ACCOUNT, page_size=_USERS),
}
_CALLED = ("ListAvailableUsers", "RecordActivity")


class _Seen(NamedTuple):
    """What became of one method's calls: latencies (ms) of those accepted, and how many were refused or failed."""

    accepted_ms: Sequence[float]
    refused: int
    failed: int

    @property
    def refused_share(self) -> float:
        return self.refused / max(len(self.accepted_ms) + self.refused + self.failed, 1)


def run(context: Context) -> Sequence[Figure]:
    """Measure each kind of load."""
    if shutil.which("h2load") is None:
        raise SystemExit("the benchmark overload needs h2load (Debian: nghttp2-client)")
    figures: list[Figure] = []
    seconds = context.scale.overload_s
    loads = list(_LOADS.items())[: context.scale.overload_loads]
    for (method, message), connection_calls in product(loads, _CONNECTION_CALLS[: context.scale.overload_loads]):
        with context.folder("overload") as folder:
            options = ("--connection-calls", str(connection_calls), "--overload-wait", _WAIT)
            with serving(folder, f"sqlite:{folder / 'onduty.db'}", *options) as server:
                name = f"{method}, {connection_calls} a connection"
                figures += _measure(name, method, message, folder, server.port, seconds)
    return figures


def _measure(load_name: str, method: str, message: Message, folder: Path, port: int, seconds: float) -> list[Figure]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        for index in range(_USERS):
            stub.RecordActivity(pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(index)))
    data = message.SerializeToString()
    body = folder / "body"
    body.write_bytes(b"\0" + len(data).to_bytes(4, "big") + data)
    before = _call(port, seconds)
    can_per_s = _rate(_load(port, method, body, seconds, under_way=_UNDER_WAY))
    with subprocess.Popen(
        _load(port, method, body, 2 * _WARM_S + seconds, under_way=_UNDER_WAY_MAX, per_s=_TIMES * can_per_s),
        stdout=subprocess.PIPE,
        text=True,
    ) as load:
        time.sleep(_WARM_S)
        during = _call(port, seconds)
        answered_per_s = _rate_in(load.communicate()[0])
    time.sleep(_REST_S)
    after = _call(port, seconds)
    figures = [
        Figure(f"{load_name}: can be answered", can_per_s, "/s"),
        Figure(f"{load_name}: answered or refused at {_TIMES} times as many", answered_per_s, "/s"),
    ]
    for name in _CALLED:
        p99 = percentile(before[name].accepted_ms, 0.99)
        accepted = during[name].accepted_ms
        detail = (
            f"{100 * during[name].refused_share:.0f} % refused, {during[name].failed} failed; before: median "
            f"{percentile(before[name].accepted_ms, 0.5):.1f}, p99 {p99:.1f} ms"
        )
        if not accepted:
            figures.append(Figure(f"{load_name}: {name}, refused", 100, "%", None, detail))
            continue
        detail += f"; during: median {percentile(accepted, 0.5):.1f}, p99 {percentile(accepted, 0.99):.1f} ms"
        ratio = percentile(accepted, 0.99) / p99
        figures.append(Figure(f"{load_name}: {name}, p99 / before", ratio, "x", at_most(3), detail))
        ratio = percentile(after[name].accepted_ms, 0.99) / p99
        figures.append(Figure(f"{load_name}: {name}, p99 after / before", ratio, "x", None, ""))
    return figures


def _load(
    port: int, method: str, body: Path, seconds: float, *, under_way: int, per_s: float | None = None
) -> list[str]:
    command = ["h2load", "-c", str(_CONNECTIONS), "-m", str(under_way), "-D", f"{max(round(seconds), 1)}"]
    if per_s is not None:
        command += ["--rps", f"{per_s / _CONNECTIONS:.0f}"]
    headers = ("-H", "content-type: application/grpc", "-H", "te: trailers")
    url = f"http://127.0.0.1:{port}/onduty.v1.StatusService/{method}"
    return [*command, *headers, "-d", str(body), url]


def _rate(command: Sequence[str]) -> float:
    return _rate_in(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _rate_in(said: str) -> float:
    found = re.search(r"finished in .*?, ([\d.]+) req/s", said)
    if found is None:
        raise RuntimeError(f"h2load said {said!r}")
    return float(found[1])


def _call(port: int, seconds: float) -> dict[str, _Seen]:
    said = run_child("benchmarks.overload", ["--port", str(port), "--seconds", str(seconds)])
    return {name: _Seen(*seen) for name, seen in json.loads(said).items()}


async def _call_all(port: int, seconds: float) -> dict[str, _Seen]:
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        available = pb.ListAvailableUsersRequest(account_id=ACCOUNT)
        activity = pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(1))
        await channel.channel_ready()
        reads, activities = await asyncio.gather(
            _steadily(lambda: stub.ListAvailableUsers(available, timeout=10), seconds),
            _steadily(lambda: stub.RecordActivity(activity, timeout=10), seconds),
        )
    return dict(zip(_CALLED, (reads, activities), strict=True))


async def _steadily(call: Callable[[], Awaitable[object]], seconds: float) -> _Seen:
    accepted: list[float] = []
    refused = failed = 0
    started = time.perf_counter()

    async def once(at: float) -> None:
        nonlocal refused, failed
        try:
            await call()
        except aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                refused += 1
            else:
                failed += 1
        else:
            accepted.append((time.perf_counter() - started - at) * 1_000)

    async with asyncio.TaskGroup() as group:
        for number in range(max(int(seconds * _CALLS_PER_S), 10)):
            at = number / _CALLS_PER_S
            if (ahead := at - (time.perf_counter() - started)) > 0:
                await asyncio.sleep(ahead)
            group.create_task(once(at))
    return _Seen(accepted, refused, failed)


def main() -> None:
    """Call for a while, then print what became of the calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()
    print(json.dumps(uvloop.run(_call_all(arguments.port, arguments.seconds))), flush=True)


if __name__ == "__main__":
    main()
