"""Mirrors and reporters against a real server: what they show is what it says, through whatever happens to either."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.served import serving
from tests.client.scripted import Proxy
from tests.servers import running

from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AsyncClient,
    AvailabilityMirror,
    Cause,
    Client,
    InvalidField,
    MirroredStatus,
    MirrorEvent,
    MirrorStale,
    RejectedActivity,
    Resynced,
    Status,
    StatusChange,
    UserStatus,
    WorkflowChanged,
)
from onduty_server.process.application import Application
from onduty_server.process.clock import SystemClock
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

ACCOUNT = "acme"
PATIENCE_S = 20.0


@asynccontextmanager
async def serving_file(file: Path) -> AsyncIterator[Application]:
    clock = SystemClock()
    async with running(SqliteStore(file, clock), clock) as application:
        yield application


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    clock = SystemClock()
    async with running(MemoryStore(clock), clock) as application:
        yield application


@pytest.fixture
def target(application: Application) -> str:
    return f"127.0.0.1:{application.port}"


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not found():  # noqa: ASYNC110 - What comes over the wire sets no event.
            await asyncio.sleep(0.005)


def mirrored(status: UserStatus) -> MirroredStatus:
    return MirroredStatus(
        user_id=status.user_id,
        status=status.status,
        available=status.available,
        cause=status.cause,
        status_since=status.status_since,
        actor=status.actor,
        reason=status.reason,
        revision=status.revision,
    )


async def agree(mirror: AsyncAvailabilityMirror, client: AsyncClient) -> None:
    """The mirror comes to show what the server says, in every way there is to ask."""
    expected = {each.user_id: mirrored(each) async for each in client.list_statuses(ACCOUNT)}
    available = await client.available_users(ACCOUNT, limit=1_000)
    workflow = await client.get_workflow(ACCOUNT)

    def agrees() -> bool:
        try:
            return (
                {each.user_id: each for each in mirror.statuses()} == expected
                and mirror.available_users(limit=1_000) == tuple(map(mirrored, available.user_statuses))
                and mirror.available_count() == available.available_count
                and all(mirror.is_available(user_id) == each.available for user_id, each in expected.items())
                and mirror.workflow() == workflow
            )
        except MirrorStale:
            return False

    await until(agrees)


async def stir(client: AsyncClient, rng: random.Random, steps: int) -> None:
    """Random changes to forty users and the workflow."""
    for _ in range(steps):
        user_id = f"user-{rng.randrange(40)}"
        dice = rng.random()
        if dice < 0.5:
            await client.set_status(ACCOUNT, user_id, rng.choice([Status.ONLINE, Status.AWAY, Status.OFFLINE]))
        elif dice < 0.9:
            late = timedelta(seconds=rng.randrange(60))
            time = datetime.now(UTC) - late  # noqa: TID251 - The server runs on the real clock.
            await client.record_activity(ACCOUNT, user_id, activity_time=time)
        else:
            period = timedelta(minutes=rng.randrange(2, 60))
            await client.update_workflow(ACCOUNT, enabled=rng.random() < 0.5, away_after=period, offline_after=None)


# --- mirrors ---------------------------------------------------------------------------------------------------------


async def test_a_mirror_shows_what_the_server_says(target: str) -> None:
    rng = random.Random(1)
    async with AsyncClient(target, actor="sue") as client:
        await stir(client, rng, 100)
        async with AsyncAvailabilityMirror(target, ACCOUNT) as mirror:
            await mirror.wait_ready(PATIENCE_S)
            for _ in range(5):
                await stir(client, rng, 40)
                await agree(mirror, client)
            assert mirror.stats.snapshots == 1
            assert mirror.stats.ignored == mirror.stats.gaps == mirror.stats.failures == 0


async def test_a_mirror_of_many_pages_that_change_while_they_are_sent(target: str) -> None:
    async with AsyncClient(target) as client, AsyncActivityReporter(target) as reporter:
        for number in range(5_000):
            reporter.record(ACCOUNT, f"user-{number}")
        assert await reporter.flush(PATIENCE_S)
        async with AsyncAvailabilityMirror(target, ACCOUNT) as mirror:
            while mirror.stats.snapshots == 0:
                await stir(client, random.Random(2), 3)
            await mirror.wait_ready(PATIENCE_S)
            await agree(mirror, client)
            assert mirror.stats.ignored == mirror.stats.gaps == mirror.stats.failures == 0


async def test_a_timed_switch_reaches_a_mirror_by_itself(target: str) -> None:
    async with AsyncClient(target) as client, AsyncAvailabilityMirror(target, ACCOUNT) as mirror:
        await client.update_workflow(ACCOUNT, enabled=True, away_after=timedelta(seconds=1), offline_after=None)
        await client.record_activity(ACCOUNT, "ann")
        await mirror.wait_ready(PATIENCE_S)
        assert mirror.is_available("ann")
        await until(lambda: not mirror.is_available("ann"))
        ann = mirror.status("ann")
        assert ann is not None
        assert (ann.status, ann.cause) == (Status.AWAY, Cause.INACTIVITY)


async def test_a_mirror_of_some_users_hears_of_them_only(target: str) -> None:
    async with (
        AsyncClient(target) as client,
        AsyncAvailabilityMirror(target, ACCOUNT, user_ids=["ann", "bob"]) as mirror,
    ):
        await mirror.wait_ready(PATIENCE_S)
        events = mirror.changes()
        for user_id in ("zoe", "ann", "zoe", "bob"):
            await client.record_activity(ACCOUNT, user_id)
        seen = [await asyncio.wait_for(anext(events), PATIENCE_S) for _ in range(2)]
        assert [event.user_id for event in seen if isinstance(event, StatusChange)] == ["ann", "bob"]
        assert mirror.available_count() == 2


async def test_events_say_all_that_happened(target: str) -> None:
    events: list[MirrorEvent] = []
    async with (
        AsyncClient(target) as client,
        AsyncAvailabilityMirror(target, ACCOUNT, on_change=events.append) as mirror,
    ):
        await mirror.wait_ready(PATIENCE_S)
        await stir(client, random.Random(3), 100)
        history = [change async for change in client.list_status_changes(ACCOUNT)]
        await until(lambda: sum(isinstance(event, StatusChange) for event in events) == len(history))
        await until(lambda: mirror.staleness < 0.5)
    assert isinstance(events[0], Resynced)
    assert [event for event in events if isinstance(event, StatusChange)] == history
    revisions = [event.revision for event in events if isinstance(event, StatusChange | WorkflowChanged)]
    assert revisions == list(range(1, len(revisions) + 1))


@pytest.mark.slow
async def test_a_mirror_goes_on_after_cuts_and_restarts_of_the_server(tmp_path: Path) -> None:
    rng = random.Random(4)
    file = tmp_path / "onduty.db"
    async with Proxy(0) as proxy, AsyncAvailabilityMirror(proxy.target, ACCOUNT) as mirror:
        for _ in range(3):
            async with serving_file(file) as application, AsyncClient(f"127.0.0.1:{application.port}") as client:
                proxy.server_port = application.port
                await stir(client, rng, 30)
                for _ in range(2):
                    await mirror.wait_ready(PATIENCE_S)
                    await agree(mirror, client)
                    proxy.cut()
                    await stir(client, rng, 30)
                await agree(mirror, client)
        stats = mirror.stats
        # One snapshot, and from then on never a change too many or too few.
        assert stats.snapshots == 1
        assert stats.resumes == stats.connects - 1 >= 8
        assert stats.ignored == stats.gaps == 0


async def test_a_half_open_connection_makes_a_mirror_stale_and_then_right_again(application: Application) -> None:
    loop = asyncio.get_running_loop()
    async with (
        AsyncClient(f"127.0.0.1:{application.port}") as client,
        Proxy(application.port) as proxy,
        AsyncAvailabilityMirror(proxy.target, ACCOUNT) as mirror,
    ):
        await client.record_activity(ACCOUNT, "ann")
        await mirror.wait_ready(PATIENCE_S)
        assert mirror.is_available("ann")
        proxy.silent = True
        proxy.freeze()
        frozen = loop.time()
        await client.set_status(ACCOUNT, "ann", Status.OFFLINE)
        answers: list[bool] = []
        asked = frozen
        with suppress(MirrorStale):
            while loop.time() < frozen + PATIENCE_S:
                now = loop.time()
                answers.append(mirror.is_available("ann"))
                asked = now
                await asyncio.sleep(0.01)
        # However late it was asked again.
        assert asked - frozen < 3.2
        # Until it refused, it told what was true when it was cut off, and nothing else.
        assert all(answers)
        proxy.silent = False
        await mirror.wait_ready(PATIENCE_S)
        assert not mirror.is_available("ann")
        await agree(mirror, client)


MANY = """
import asyncio, os, sys
from contextlib import suppress
from onduty_client import AsyncAvailabilityMirror

def starve():
    # Leave next to nothing of one processor to all threads but this one, as a busy machine may.
    if sys.platform == "linux":
        for thread in map(int, os.listdir("/proc/self/task")):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, [min(os.sched_getaffinity(0))])
                if thread != os.getpid():
                    os.setpriority(os.PRIO_PROCESS, thread, 19)

async def main():
    mirrors = [AsyncAvailabilityMirror(sys.argv[1], f"account-{number % 20}") for number in range(300)]
    for mirror in mirrors:
        await mirror.start()
    await asyncio.gather(*(mirror.wait_ready(30) for mirror in mirrors))
    starve()
    await asyncio.gather(*(mirror.close() for mirror in mirrors))

asyncio.run(main())
print("ended")
"""


@pytest.mark.slow
def test_hundreds_of_mirrors_end_at_once() -> None:
    # A process of its own, since it is at the end of the last gRPC object of all that grpcio might wait for ever.
    with serving("--store", "memory:") as (_, address):
        ended = subprocess.run(
            [sys.executable, "-c", MANY, address], capture_output=True, text=True, timeout=50, check=False
        )
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr


# --- reporters -------------------------------------------------------------------------------------------------------


async def test_what_a_reporter_is_told_is_recorded(target: str) -> None:
    refused: list[RejectedActivity] = []
    hour_ago = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 - The server runs on the real clock.
    async with AsyncClient(target) as client, AsyncActivityReporter(target, on_error=refused.append) as reporter:
        for number in range(12_000):
            reporter.record(ACCOUNT, f"user-{number}")
        reporter.record(ACCOUNT, "")
        reporter.record("umbrella", "ann", hour_ago)
        reporter.record("umbrella", "bob", hour_ago + timedelta(hours=2))
        assert await reporter.flush(PATIENCE_S)
        assert reporter.stats.acknowledged == 12_001
        assert (await client.available_users(ACCOUNT)).available_count == 12_000
        ann = await client.get_status("umbrella", "ann")
    assert ann.last_activity_time is not None
    assert abs(ann.last_activity_time - hour_ago) < timedelta(milliseconds=1)
    assert [(each.account_id, each.user_id) for each in refused] == [(ACCOUNT, ""), ("umbrella", "bob")]
    assert all(isinstance(each.error, InvalidField) for each in refused)
    assert [each.error.field_violations[0].field for each in refused] == ["user_id", "activity_time"]


async def test_a_reporter_loses_nothing_to_cuts_and_restarts_of_the_server(tmp_path: Path) -> None:
    file = tmp_path / "onduty.db"
    async with Proxy(0) as proxy, AsyncActivityReporter(proxy.target, interval=0.02) as reporter:
        proxy.refusing = True
        count = 0
        for restart in range(3):
            async with serving_file(file) as application:
                proxy.server_port, proxy.refusing = application.port, False
                for _ in range(5):
                    for _ in range(100):
                        reporter.record(ACCOUNT, f"user-{count}")
                        count += 1
                    await asyncio.sleep(0.03)
                    proxy.cut()
                if restart == 2:
                    assert await reporter.flush(PATIENCE_S)
                proxy.refusing = restart < 2
        async with serving_file(file) as application, AsyncClient(f"127.0.0.1:{application.port}") as client:
            known = {each.user_id async for each in client.list_statuses(ACCOUNT)}
        assert known == {f"user-{number}" for number in range(count)}
        assert reporter.stats.acknowledged == reporter.stats.recorded == count
        assert reporter.stats.connects > 3


# --- synchronous programs --------------------------------------------------------------------------------------------


def test_a_synchronous_program_reports_and_mirrors() -> None:
    with (
        serving("--store", "memory:") as (_, address),
        Client(address) as client,
        ActivityReporter(address) as reporter,
        AvailabilityMirror(address, ACCOUNT) as mirror,
    ):
        mirror.wait_ready(PATIENCE_S)
        changes = mirror.changes()
        for number in range(3):
            reporter.record(ACCOUNT, f"user-{number}")
        assert reporter.flush(PATIENCE_S)
        client.set_status(ACCOUNT, "user-1", Status.AWAY)
        seen = [changes.next(PATIENCE_S) for _ in range(4)]
        assert [event.revision for event in seen if isinstance(event, StatusChange)] == [1, 2, 3, 4]
        assert [each.user_id for each in mirror.available_users()] == ["user-0", "user-2"]
