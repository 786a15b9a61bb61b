"""Alerts that go off on real servers for what they are about; `test_prometheus` has those of a shared store.

One is left: `OndutyInternalErrors` needs a defect of onduty, and none is known that could be provoked. Its expression
is tried on histories, as those of all alerts are, by `promtool test rules`.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import pytest
from grpc import aio
from scripts.monitoring.alerts import ALERTS
from tests.fakes import FakeClock
from tests.faults import test_prometheus
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.prometheus import PATIENCE_S, Prometheus, eventually, watching
from tests.faults.test_full_disk import no_room
from tests.faults.test_unread_log import SERVE, Unread, unread
from tests.tools import need_prometheus

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.process.clock import stopwatch, wall_clock_ms
from onduty_server.stores.sqlite import SqliteStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

METRICS = ("--metrics-listen", "127.0.0.1:0")
HOUR_MS = 3_600_000
CROWD, AT_ONCE = 12, 1_000
"""Streams of activities of people who are new, and people in each of them: together more than a backlog may be."""
WATCHED = "watched"
UNREAD = 12
LITTLE_BUFFERED = (("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 65_536))
"""Not as much as the machine could take in, so that a watcher that does not read is behind soon."""
DESCRIPTORS = 120

BY_DISK = {"OndutyJournalBacklog", "OndutyCommitsSlow", "OndutyCallsSlow"}
BY_NO_ROOM = {"OndutyStoreFailing", "OndutyWatchesLag"}
BY_STALLS = {"OndutyEventLoopLag", "OndutyOutage"}
BY_WATCHERS = {"OndutyWatchersFallBehind"}
BY_CLOCK = {"OndutyClockOff"}
BY_CALLERS = {"OndutyCredentialsRefused", "OndutyLogLinesDropped"}
BY_CONNECTIONS = {"OndutyFilesExhausted"}
PROVOKED = BY_DISK | BY_NO_ROOM | BY_STALLS | BY_WATCHERS | BY_CLOCK | BY_CALLERS | BY_CONNECTIONS


def test_every_alert_is_provoked_but_that_of_a_defect() -> None:
    every = {alert.name for alert in ALERTS}
    assert every - PROVOKED - test_prometheus.PROVOKED == {"OndutyInternalErrors"}
    assert every >= PROVOKED | test_prometheus.PROVOKED


async def test_alerts_go_off_for_what_they_are_about(tmp_path: Path) -> None:
    need_prometheus()
    await lived_ahead(tmp_path / "ahead.db")
    token = await new_key(tmp_path / "keys")
    serve = (*SERVE, "--store", f"sqlite:{tmp_path / 'ahead.db'}", "--key-file", str(tmp_path / "keys"))
    async with Servers(tmp_path) as servers, unread(tmp_path, *METRICS, command=serve) as other:
        disk = await servers.start(tmp_path / "onduty.db", *METRICS, "--outage-grace", "3s")
        ports = [metrics_port(disk), other.metrics_port]
        with watching(tmp_path / "prometheus", *ports, lasts="0s") as prometheus:
            await eventually(prometheus.ready)
            async with asyncio.TaskGroup() as group:
                group.create_task(provoke_on_the_disk(disk, tmp_path / "onduty.db", prometheus))
                group.create_task(provoke_by_callers(other, token, prometheus))
            await eventually(prometheus.has_fired, *PROVOKED)


def metrics_port(server: ServerProcess) -> int:
    return next(int(line["port"]) for line in server.log if line.get("event") == "serving metrics")


async def lived_ahead(database: Path) -> None:
    """Make a database in which a server, whose clock was an hour ahead, has recorded something."""
    store = SqliteStore(database, FakeClock(wall_clock_ms() + HOUR_MS))
    await store.open()
    await StatusService(store).set_status("acme", "ann", Status.AWAY)
    await store.close()


async def new_key(keys: Path) -> str:
    command = (sys.executable, "-m", "onduty_server", "key", "create", "desk", "--role", "admin", "--account", "acme")
    process = await asyncio.create_subprocess_exec(
        *command, "--key-file", str(keys), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    return said.decode().strip()


async def until_fired(prometheus: Prometheus, names: set[str], act: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again until alerts have gone off."""
    until = stopwatch() + PATIENCE_S
    while not await asyncio.to_thread(prometheus.has_fired, *names):
        assert stopwatch() < until, f"of {sorted(names)} only {sorted(prometheus.fired() & names)} went off"
        await act()


# --- a disk, a machine and watchers --------------------------------------------------------------------------------


async def provoke_on_the_disk(server: ServerProcess, database: Path, prometheus: Prometheus) -> None:
    turns = iter(range(1_000))
    async with connected(server.address) as stub:
        for account in ("acme", WATCHED):
            ann = pb.SetStatusRequest(account_id=account, user_id="ann", status=pb.STATUS_AWAY)
            await stub.SetStatus(ann, timeout=10)
        await until_fired(prometheus, BY_DISK, lambda: held_up(stub, database, next(turns)))
        async with unread_watches(server.address) as read_on:
            # More than is kept for those who do not read.
            for _ in range(3):
                await crowd(stub, next(turns), WATCHED)
            await read_on()
            await eventually(prometheus.has_fired, *BY_WATCHERS)
        watch = stub.WatchStatuses(pb.WatchStatusesRequest(account_id="acme", user_ids=["ann"]))
        reading = asyncio.create_task(read(watch))
        with no_room(server):
            await until_fired(prometheus, BY_NO_ROOM, lambda: refused(stub))
        reading.cancel()
        await asyncio.wait([reading])
        # Longer than the grace of outages, and then as a machine that has too little to do it in time.
        await stall(server, 3.5)
        await until_fired(prometheus, BY_STALLS, lambda: stall(server, 0.6))


def set_away(user: str, reason: str = "") -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_AWAY, reason=reason)


async def held_up(stub: Any, database: Path, turn: int) -> None:
    """Another program has the database for as long as a server waits for it at most, and many people come."""
    other = apsw.Connection(str(database))
    try:
        other.set_busy_timeout(5_000)
        other.execute("BEGIN IMMEDIATE")
        coming = asyncio.create_task(crowd(stub, turn))
        with suppress(aio.AioRpcError):
            await stub.SetStatus(set_away("ann", f"turn {turn}"), timeout=1.7)
        other.execute("ROLLBACK")
        await coming
    finally:
        other.close()


async def crowd(stub: Any, turn: int, account: str = "acme") -> None:
    """Activities of people who are new, in streams side by side: each waits until its own are recorded."""

    async def message(number: int) -> None:
        people = (f"{turn}-{number}-{user}" for user in range(AT_ONCE))
        activities = [pb.Activity(account_id=account, user_id=user) for user in people]
        call = stub.RecordActivities(iter([pb.RecordActivitiesRequest(sequence=1, activities=activities)]), timeout=30)
        await read(call)

    await asyncio.gather(*map(message, range(CROWD)))


async def refused(stub: Any) -> None:
    with suppress(aio.AioRpcError):
        await stub.SetStatus(set_away("ann"), timeout=2)
    await asyncio.sleep(0.1)


async def stall(server: ServerProcess, seconds: float) -> None:
    server.signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    server.signal(signal.SIGCONT)
    await asyncio.sleep(0.2)


@asynccontextmanager
async def unread_watches(address: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Watches that are not read until what is yielded is called."""
    async with AsyncExitStack() as stack:
        watches = []
        for _ in range(UNREAD):
            channel = await stack.enter_async_context(aio.insecure_channel(address, options=LITTLE_BUFFERED))
            stub: Any = pb_grpc.StatusServiceStub(channel)
            messages = aiter(stub.WatchStatuses(pb.WatchStatusesRequest(account_id=WATCHED)))
            await anext(messages)
            watches.append(messages)
        reading: list[asyncio.Task[None]] = []

        async def read_on() -> None:
            reading.extend(asyncio.create_task(read(watch)) for watch in watches)

        try:
            yield read_on
        finally:
            for task in reading:
                task.cancel()
            if reading:
                await asyncio.wait(reading)


async def read(messages: Any) -> None:
    with suppress(aio.AioRpcError):
        async for _ in messages:
            pass


# --- callers, and a clock that was ahead ---------------------------------------------------------------------------


async def provoke_by_callers(server: Unread, token: str, prometheus: Prometheus) -> None:
    before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    async with connected(server.address) as stub:
        # Its log has no reader. The reason is six times as long in it, and a call has a line in the log of decisions.
        await until_fired(prometheus, BY_CALLERS | BY_CLOCK, lambda: fill_the_log(stub, token))
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, before[1]))
    host, port = server.address.split(":")
    with ExitStack() as held:
        # Not all of them: without any, the metrics cannot be read either.
        for _ in range(int(DESCRIPTORS * 0.9) - len(os.listdir(f"/proc/{server.process.pid}/fd"))):
            held.enter_context(socket.create_connection((host, int(port)), timeout=10))
        await eventually(prometheus.has_fired, *BY_CONNECTIONS)


async def fill_the_log(stub: Any, token: str) -> None:
    known = (("authorization", f"Bearer {token}"),)
    long = "\N{GRINNING FACE}" * 128
    for number in range(25):
        calls = [stub.SetStatus(set_away(f"user-{number}", long), timeout=10, metadata=known) for _ in range(3)]
        calls.append(stub.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="ann"), timeout=10))
        await asyncio.gather(*calls, return_exceptions=True)
