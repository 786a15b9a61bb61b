"""Reporters: what they send, what becomes of every activity, and how they get over lost connections. Both kinds."""

import asyncio
import gc
import itertools
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, cast

import grpc
import pytest
from tests.client.clock import SkippingClock
from tests.client.scripted import (
    Proxy,
    ScriptedServer,
    ScriptedService,
    ScriptedStream,
    complaints,
    error_info,
    refusal,
)
from tests.client.watched import PATIENCE_S, until

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    FieldViolation,
    InvalidField,
    PermissionRequired,
    RejectedActivity,
    ReporterStats,
)
from onduty_client._activity_times import request_for
from onduty_client._clock import SYSTEM_CLOCK, steady
from onduty_client._reporter import DEFAULT_CLOSE_TIMEOUT_S

Reporter: TypeAlias = ActivityReporter | AsyncActivityReporter
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))


class ReporterDriver:
    """Either reporter; what one awaits and the other blocks for is awaited here. Recording is the same anyway."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter

    async def start(self) -> None:
        await self._do("start")

    async def flush(self, timeout: float | None = PATIENCE_S) -> bool:
        return bool(await self._do("flush", timeout))

    async def close(self) -> None:
        await self._do("close")

    async def _do(self, method: str, *arguments: Any) -> Any:
        if isinstance(self.reporter, ActivityReporter):
            return await asyncio.to_thread(getattr(self.reporter, method), *arguments)
        return await getattr(self.reporter, method)(*arguments)


MakeReporter = Callable[..., Awaitable[ReporterDriver]]


@pytest.fixture(params=[ActivityReporter, AsyncActivityReporter])
def kind(request: pytest.FixtureRequest) -> type[Reporter]:
    return cast("type[Reporter]", request.param)


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
async def reporting(kind: type[Reporter], server: ScriptedServer, clock: SkippingClock) -> AsyncIterator[MakeReporter]:
    """Starts reporters and closes them after the test; takes the options of a reporter."""
    drivers: list[ReporterDriver] = []

    async def reporting(target: str = server.target, **options: Any) -> ReporterDriver:
        options = {"interval": 0.05, "close_timeout": 0.2, **options}
        drivers.append(ReporterDriver(clock.clocked(kind)(target, **options)))
        await drivers[-1].start()
        return drivers[-1]

    yield reporting
    for driver in drivers:
        await driver.close()


@pytest.fixture
def told(service: ScriptedService) -> "Told":
    """Has every message acknowledged as soon as it comes."""
    service.acknowledging = True
    return Told(service)


class Told:
    """What the server was told."""

    def __init__(self, service: ScriptedService) -> None:
        self._service = service

    @property
    def messages(self) -> list[pb.RecordActivitiesRequest]:
        return self._service.messages

    @property
    def activities(self) -> list[pb.Activity]:
        return [activity for message in self.messages for activity in message.activities]


def acknowledgement(message: pb.RecordActivitiesRequest, *errors: pb.ActivityError) -> pb.RecordActivitiesResponse:
    return pb.RecordActivitiesResponse(sequence=message.sequence, errors=errors)


def users(message: pb.RecordActivitiesRequest) -> list[tuple[str, str]]:
    return [(activity.account_id, activity.user_id) for activity in message.activities]


def accounted(stats: ReporterStats) -> int:
    return stats.coalesced + stats.acknowledged + stats.rejected + stats.dropped + stats.pending


# --- what is sent ----------------------------------------------------------------------------------------------------


async def test_what_was_recorded_within_an_interval_is_sent_once_a_user(
    reporting: MakeReporter, service: ScriptedService
) -> None:
    driver = await reporting(interval=0.2)
    reporter = driver.reporter
    for account_id, user_id in [
        ("acme", "ann"),
        ("acme", "bob"),
        ("acme", "ann"),
        ("umbrella", "ann"),
        ("acme", "ann"),
    ]:
        reporter.record(account_id, user_id)
    stream = await service.stream()
    message = await stream.request()
    assert users(message) == [("acme", "ann"), ("acme", "bob"), ("umbrella", "ann")]
    # When they were is for the server's clock to say.
    assert not any(activity.HasField("activity_time") for activity in message.activities)
    assert reporter.stats == ReporterStats(recorded=5, coalesced=2, pending=3, sent=3, connects=1)
    stream.send(acknowledgement(message))
    await until(lambda: reporter.stats.pending == 0)
    assert reporter.stats == ReporterStats(recorded=5, coalesced=2, acknowledged=3, sent=3, connects=1)


async def test_an_activity_with_a_time_is_sent_with_it(reporting: MakeReporter, service: ScriptedService) -> None:
    driver = await reporting()
    driver.reporter.record("acme", "ann", NOON + timedelta(microseconds=5))
    message = await (await service.stream()).request()
    assert message.activities[0].activity_time.ToDatetime(UTC) == NOON + timedelta(microseconds=5)


async def test_of_one_user_the_latest_activity_counts(reporting: MakeReporter, service: ScriptedService) -> None:
    driver = await reporting(interval=0.2)
    reporter = driver.reporter
    hour = timedelta(hours=1)
    recorded: dict[str, list[datetime | None]] = {
        "later wins": [NOON, NOON + hour],
        "earlier loses": [NOON, NOON - hour],
        "now wins": [NOON, None],
        "now stays": [None, NOON],
    }
    for user_id, times in recorded.items():
        for time in times:
            reporter.record("acme", user_id, time)
    message = await (await service.stream()).request()
    assert {
        activity.user_id: activity.activity_time.ToDatetime(UTC) if activity.HasField("activity_time") else None
        for activity in message.activities
    } == {"later wins": NOON + hour, "earlier loses": NOON, "now wins": None, "now stays": None}
    assert reporter.stats.coalesced == 4


def test_what_has_waited_for_long_is_sent_with_the_time_at_which_it_was() -> None:
    now = datetime.now(UTC)  # noqa: TID251 - What is tested is the relation to this very clock.
    message = request_for([("acme", "young", steady() - 0.9), ("acme", "old", steady() - 90)], 1.0, SYSTEM_CLOCK)
    young, old = message.activities
    assert not young.HasField("activity_time")
    age = now - old.activity_time.ToDatetime(UTC)
    assert timedelta(seconds=89) < age < timedelta(seconds=91)


async def test_an_outage_dates_what_waited_it_out(
    reporting: MakeReporter, server: ScriptedServer, service: ScriptedService, clock: SkippingClock
) -> None:
    async with Proxy(server.port) as proxy:
        proxy.refusing = True
        driver = await reporting(proxy.target)
        recorded = datetime.fromtimestamp(clock.clock.wall(), UTC)
        driver.reporter.record("acme", "ann")
        await clock.pass_by(60)
        driver.reporter.record("acme", "bob")
        proxy.refusing = False
        await clock.pass_by(6)
        message = await (await service.stream(15)).request()
    ann, *_ = message.activities
    assert abs(ann.activity_time.ToDatetime(UTC) - recorded) < timedelta(seconds=0.5)


IN_FUTURE = "activity_time: is more than 5000 ms in the future of the server's clock"


def in_future(index: int, server_time: datetime) -> pb.ActivityError:
    error = pb.ActivityError(
        index=index, reason=pb.ERROR_REASON_INVALID_FIELD, field="activity_time", message=IN_FUTURE
    )
    error.server_time.FromDatetime(server_time)
    return error


async def test_what_was_in_the_future_of_the_servers_clock_is_dated_by_it_and_sent_again(
    reporting: MakeReporter, service: ScriptedService
) -> None:
    refused: list[RejectedActivity] = []
    driver = await reporting(on_error=refused.append)
    behind = datetime.now(UTC) - timedelta(seconds=40)  # noqa: TID251 - As the reporter's own clock.
    driver.reporter.record("acme", "late", datetime.now(UTC) - timedelta(seconds=7))  # noqa: TID251
    driver.reporter.record("acme", "ahead", datetime.now(UTC) + timedelta(hours=1))  # noqa: TID251
    stream = await service.stream()
    message = await stream.request()
    assert users(message) == [("acme", "late"), ("acme", "ahead")]
    stream.send(acknowledgement(message, in_future(0, behind), in_future(1, behind)))
    message = await stream.request()
    # Over the same stream: nothing is wrong with it. And not as of now, which it was not.
    assert users(message) == [("acme", "late")] and service.opened == 1
    age = behind - message.activities[0].activity_time.ToDatetime(UTC)
    assert timedelta(seconds=7) <= age < timedelta(seconds=7 + PATIENCE_S)
    stream.send(acknowledgement(message))
    assert await driver.flush()
    # What its caller has dated into the future stays refused.
    assert [(each.user_id, str(each.error)) for each in refused] == [("ahead", IN_FUTURE)]
    assert driver.reporter.stats == ReporterStats(recorded=2, acknowledged=1, rejected=1, sent=3, connects=1)


async def test_refusals_and_losses_are_logged_once_a_minute_whoever_listens(
    reporting: MakeReporter, service: ScriptedService, caplog: pytest.LogCaptureFixture
) -> None:
    driver = await reporting(max_pending=2)
    for user_id in ("ann", "bob", "cid", "dan"):
        driver.reporter.record("acme", user_id)
    stream = await service.stream()
    message = await stream.request()
    reason, text = pb.ERROR_REASON_PERMISSION_REQUIRED, "needs activity.write"
    stream.send(
        acknowledgement(message, *(pb.ActivityError(index=each, reason=reason, message=text) for each in (0, 1)))
    )
    assert await driver.flush()
    assert driver.reporter.stats == ReporterStats(recorded=4, rejected=2, dropped=2, sent=2, connects=1)
    assert complaints(caplog.records) == [
        "activity reporter: reports dropped: 1; the latest: user 'cid' of account 'acme': 2 users wait already",
        "activity reporter: reports refused: 1; the latest: user 'ann' of account 'acme': needs activity.write",
    ]


async def test_messages_hold_five_thousand_and_eight_are_on_their_way_at_once(
    reporting: MakeReporter, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = await reporting(interval=60.0)
    for number in range(52_000):
        driver.reporter.record("acme", f"user-{number}")
    stream = await service.stream()
    await until(lambda: clock.longest_wait_s > 50)
    await clock.pass_by(61)
    messages = [await stream.request() for _ in range(8)]
    await asyncio.sleep(0.2)
    assert driver.reporter.stats.sent == 40_000
    stream.send(acknowledgement(messages[0]))
    messages.append(await stream.request())
    for message in messages[1:]:
        stream.send(acknowledgement(message))
    messages += [await stream.request() for _ in range(2)]
    stream.send(*map(acknowledgement, messages[-2:]))
    assert await driver.flush()
    assert [message.sequence for message in messages] == list(range(1, 12))
    assert [len(message.activities) for message in messages] == [5_000] * 10 + [2_000]
    assert len({user for message in messages for user in users(message)}) == 52_000


async def test_long_ids_make_smaller_messages_and_one_beyond_all_bounds_is_refused_here(
    reporting: MakeReporter, told: Told
) -> None:
    refused: list[RejectedActivity] = []
    driver = await reporting(on_error=refused.append)
    for number in range(5_000):
        driver.reporter.record("a" * 128, f"{number:0>128}")
    driver.reporter.record("acme", "x" * 2_000_000)
    assert await driver.flush()
    assert len(told.activities) == 5_000
    assert max(message.ByteSize() for message in told.messages) < 2**20
    assert [each.error.code for each in refused] == [grpc.StatusCode.INVALID_ARGUMENT]
    assert driver.reporter.stats.rejected == 1


async def test_nobody_is_connected_to_before_there_is_something_to_say(
    reporting: MakeReporter, service: ScriptedService
) -> None:
    driver = await reporting()
    await asyncio.sleep(0.2)
    assert service.opened == 0
    assert driver.reporter.stats == ReporterStats()


async def test_what_is_recorded_before_the_start_waits_for_it(
    kind: type[Reporter], server: ScriptedServer, told: Told
) -> None:
    driver = ReporterDriver(kind(server.target))
    driver.reporter.record("acme", "ann")
    with pytest.raises(RuntimeError, match="not started"):
        await driver.flush()
    await driver.start()
    await driver.close()
    assert [activity.user_id for activity in told.activities] == ["ann"]


def test_what_can_not_be_sent_at_all_is_refused_at_once(kind: type[Reporter]) -> None:
    reporter = kind("127.0.0.1:1")
    with pytest.raises(ValueError, match="time zone"):
        reporter.record("acme", "ann", NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="surrogates"):
        reporter.record("acme", "\ud800")
    assert reporter.stats == ReporterStats()
    reporter.record("äcme", "süe")
    with pytest.raises(ValueError, match="interval"):
        kind("127.0.0.1:1", interval=-1)
    with pytest.raises(ValueError, match="max_pending"):
        kind("127.0.0.1:1", max_pending=0)


# --- what becomes of it ----------------------------------------------------------------------------------------------


async def test_what_is_refused_is_told_and_not_sent_again(reporting: MakeReporter, service: ScriptedService) -> None:
    refused: list[RejectedActivity] = []

    def on_error(activity: RejectedActivity) -> None:
        refused.append(activity)
        raise ZeroDivisionError

    driver = await reporting(on_error=on_error)
    for user_id, time in (("ann", None), ("", None), ("bob", NOON), ("zoe", None)):
        driver.reporter.record("acme", user_id, time)
    stream = await service.stream()
    message = await stream.request()
    stream.send(
        acknowledgement(
            message,
            pb.ActivityError(index=1, reason=pb.ERROR_REASON_INVALID_FIELD, field="user_id", message="is empty"),
            pb.ActivityError(index=2, reason=pb.ERROR_REASON_PERMISSION_REQUIRED, message="not yours"),
            pb.ActivityError(index=99, message="of a server that can't count"),
        )
    )
    assert await driver.flush()
    assert driver.reporter.stats == ReporterStats(recorded=4, acknowledged=2, rejected=2, sent=4, connects=1)
    empty, bob = refused
    assert (empty.account_id, empty.user_id, empty.activity_time) == ("acme", "", None)
    assert isinstance(empty.error, InvalidField)
    assert empty.error.field_violations == (FieldViolation("user_id", "is empty"),)
    assert (bob.user_id, bob.activity_time) == ("bob", NOON)
    assert isinstance(bob.error, PermissionRequired)
    assert str(bob.error) == "not yours"


async def test_what_is_refused_for_now_is_sent_again(reporting: MakeReporter, service: ScriptedService) -> None:
    refused: list[RejectedActivity] = []
    driver = await reporting(on_error=refused.append)
    driver.reporter.record("acme", "ann")
    driver.reporter.record("acme", "bob")
    stream = await service.stream()
    message = await stream.request()
    stream.send(acknowledgement(message, pb.ActivityError(index=1, reason=pb.ERROR_REASON_STORE_UNAVAILABLE)))
    stream = await service.stream()
    message = await stream.request()
    assert users(message) == [("acme", "bob")]
    stream.send(acknowledgement(message))
    assert await driver.flush()
    assert refused == []
    assert driver.reporter.stats == ReporterStats(recorded=2, acknowledged=2, sent=3, connects=2)


@pytest.mark.parametrize("ends", ["in good order", "with an error"])
async def test_what_was_not_acknowledged_is_sent_again_and_nothing_else(
    ends: str, reporting: MakeReporter, service: ScriptedService
) -> None:
    driver = await reporting(interval=0)
    reporter = driver.reporter
    stream = await service_stream_of(reporter, service, "ann")
    stream.send(acknowledgement(await stream.request()))
    await until(lambda: reporter.stats.acknowledged == 1)
    for user_id in ("bob", "zoe"):
        reporter.record("acme", user_id)
        await stream.request()
    reporter.record("acme", "bob")
    if ends == "in good order":
        stream.end()
    else:
        stream.fail(UNAVAILABLE)
    stream = await service.stream()
    again: list[tuple[str, str]] = []
    while len(again) < 2:
        message = await stream.request()
        again += users(message)
        stream.send(acknowledgement(message))
    assert sorted(again) == [("acme", "bob"), ("acme", "zoe")]
    assert await driver.flush()
    assert reporter.stats.acknowledged + reporter.stats.coalesced == reporter.stats.recorded == 4
    assert reporter.stats.connects == 2


async def service_stream_of(reporter: Reporter, service: ScriptedService, user_id: str) -> ScriptedStream:
    reporter.record("acme", user_id)
    return await service.stream()


async def test_an_acknowledgement_nobody_asked_for_is_of_no_consequence(
    reporting: MakeReporter, service: ScriptedService
) -> None:
    driver = await reporting()
    stream = await service_stream_of(driver.reporter, service, "ann")
    stream.send(pb.RecordActivitiesResponse(sequence=77))
    message = await stream.request()
    stream.send(acknowledgement(message), acknowledgement(message))
    assert await driver.flush()
    driver.reporter.record("acme", "bob")
    stream.send(acknowledgement(await stream.request()))
    assert await driver.flush()
    assert driver.reporter.stats == ReporterStats(recorded=2, acknowledged=2, sent=2, connects=1)


async def test_a_cut_in_the_middle_loses_nothing(reporting: MakeReporter, server: ScriptedServer, told: Told) -> None:
    async with Proxy(server.port) as proxy:
        driver = await reporting(proxy.target, interval=0.01)
        for number in range(300):
            driver.reporter.record("acme", f"user-{number}")
            await asyncio.sleep(0.002)
            if number % 100 == 50:
                proxy.cut()
        assert await driver.flush()
        assert {activity.user_id for activity in told.activities} == {f"user-{number}" for number in range(300)}
        stats = driver.reporter.stats
        assert stats.acknowledged == stats.recorded == 300
        assert 2 <= stats.connects <= 4


async def test_a_connection_that_falls_silent_is_replaced(
    reporting: MakeReporter, server: ScriptedServer, told: Told, clock: SkippingClock
) -> None:
    async with Proxy(server.port) as proxy:
        driver = await reporting(proxy.target)
        driver.reporter.record("acme", "ann")
        assert await driver.flush()
        proxy.freeze()
        driver.reporter.record("acme", "bob")
        flushing = asyncio.create_task(driver.flush(60))
        await until(lambda: driver.reporter.stats.sent == 2)
        await clock.pass_by(11)
        assert await flushing
        assert [activity.user_id for activity in told.activities] == ["ann", "bob"]
        assert driver.reporter.stats.connects == 2


async def test_what_does_not_fit_is_dropped_and_counted(reporting: MakeReporter, server: ScriptedServer) -> None:
    async with Proxy(server.port) as proxy:
        proxy.refusing = True
        driver = await reporting(proxy.target, max_pending=100)
        reporter = driver.reporter
        for _ in range(2):
            for number in range(150):
                reporter.record("acme", f"user-{number}")
                reporter.record(f"account-{number}", "ann")
        await until(lambda: proxy.refusals > 2)
        stats = reporter.stats
        assert stats.pending == 100
        assert stats.recorded == 600
        assert stats.coalesced == 100
        assert stats.dropped == 400
        # Of those dropped nothing is kept, not even their accounts.
        assert len(reporter._buffer._waiting) <= 51
        assert reporter.error is not None


async def test_threads_lose_nothing(reporting: MakeReporter, told: Told) -> None:
    driver = await reporting(interval=0.005)
    reporter = driver.reporter

    def record(which: int) -> None:
        for number in range(2_000):
            reporter.record(f"account-{number % 3}", f"user-{which}-{number % 500}")

    threads = [threading.Thread(target=record, args=(which,)) for which in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert await driver.flush()
    stats = reporter.stats
    assert stats.recorded == 12_000
    assert stats.acknowledged + stats.coalesced == 12_000
    assert stats.acknowledged == stats.sent == len(told.activities)
    expected = {(f"account-{n % 3}", f"user-{w}-{n % 500}") for w, n in itertools.product(range(6), range(2_000))}
    assert {(activity.account_id, activity.user_id) for activity in told.activities} == expected


async def test_metadata_and_credentials_travel_along(reporting: MakeReporter) -> None:
    local = grpc.LocalConnectionType.LOCAL_TCP
    with ScriptedServer(grpc.local_server_credentials(local)) as server:
        driver = await reporting(
            server.target,
            credentials=grpc.local_channel_credentials(local),
            metadata=lambda: [("authorization", "Bearer one")],
        )
        stream = await service_stream_of(driver.reporter, server.service, "ann")
        assert stream.metadata["authorization"] == "Bearer one"
        await driver.close()


# --- flushing and closing --------------------------------------------------------------------------------------------


async def test_flushing_waits_for_no_interval(reporting: MakeReporter, told: Told) -> None:
    driver = await reporting(interval=60)
    driver.reporter.record("acme", "ann")
    assert await driver.flush()
    assert len(told.activities) == 1
    assert await driver.flush(0)


async def test_flushing_says_when_it_was_in_vain(reporting: MakeReporter, service: ScriptedService) -> None:
    driver = await reporting()
    driver.reporter.record("acme", "ann")
    assert not await driver.flush(0.2)
    assert driver.reporter.stats.pending == 1


async def test_closing_sends_what_is_pending(
    kind: type[Reporter], server: ScriptedServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    gc.collect()
    threads, tasks = set(threading.enumerate()), asyncio.all_tasks()
    driver = ReporterDriver(kind(server.target, interval=60, close_timeout=PATIENCE_S))
    await driver.start()
    for number in range(7_000):
        driver.reporter.record("acme", f"user-{number}")
    await driver.close()
    assert len(told.activities) == 7_000
    assert driver.reporter.stats == ReporterStats(recorded=7_000, acknowledged=7_000, sent=7_000, connects=1)
    await until(lambda: asyncio.all_tasks() == tasks)
    assert {thread.name for thread in set(threading.enumerate()) - threads if "onduty" in thread.name} == set()
    # Whoever comes later is not told off, but counted, and the log says so.
    driver.reporter.record("acme", "late")
    assert driver.reporter.stats.dropped == 1
    await driver.close()
    with pytest.raises(RuntimeError, match="closed"):
        await driver.flush()
    gc.collect()
    assert complaints(caplog.records) == [
        "activity reporter: reports dropped: 1; the latest: user 'late' of account 'acme': the reporter is closed"
    ]


async def test_closing_gives_up_in_time_and_counts_what_was_not_sent(
    kind: type[Reporter], server: ScriptedServer, service: ScriptedService
) -> None:
    loop = asyncio.get_running_loop()
    driver = ReporterDriver(kind(server.target, interval=0, close_timeout=0.3))
    await driver.start()
    stream = await service_stream_of(driver.reporter, service, "ann")
    await stream.request()
    driver.reporter.record("acme", "bob")
    began = loop.time()
    await driver.close()
    assert loop.time() - began < DEFAULT_CLOSE_TIMEOUT_S
    stats = driver.reporter.stats
    assert (stats.recorded, stats.dropped, stats.pending) == (2, 2, 0)
    assert accounted(stats) == stats.recorded


FORGETFUL = """
import sys
from onduty_client import ActivityReporter
reporter = ActivityReporter(sys.argv[1], interval=60)
reporter.start()
reporter.record("acme", "ann")
"""


async def test_a_program_that_forgets_to_close_a_reporter_loses_nothing(server: ScriptedServer, told: Told) -> None:
    finished = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-X", "dev", "-c", FORGETFUL, server.target],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert [activity.user_id for activity in told.activities] == ["ann"]


def test_a_callback_can_not_close_what_calls_it(server: ScriptedServer, service: ScriptedService) -> None:
    problems: list[BaseException] = []

    def on_error(activity: RejectedActivity) -> None:
        try:
            reporter.close()
        except RuntimeError as problem:
            problems.append(problem)

    reporter = ActivityReporter(server.target, interval=0, on_error=on_error)
    with reporter:
        reporter.record("acme", "x" * 2_000_000)
        assert reporter.flush(10)
    assert "not from a callback" in str(problems[0])


async def test_one_that_was_closed_before_its_start_drops_what_comes_later(kind: type[Reporter]) -> None:
    driver = ReporterDriver(kind("127.0.0.1:1"))
    await driver.close()
    driver.reporter.record("acme", "ann")
    assert driver.reporter.stats == ReporterStats(recorded=1, dropped=1)
