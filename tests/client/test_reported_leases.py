"""Sessions and engagements that a reporter was told of: what is sent of them, by the stream or by calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from tests.client.clock import SkippingClock
from tests.client.scripted import ScriptedServer, ScriptedService, complaints, error_info, refusal
from tests.client.scripted_http import ScriptedHttpServer
from tests.client.test_reporter import Reporter, ReporterDriver, accounted
from tests.client.watched import until
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncClient,
    LeaseAction,
    LimitExceeded,
    RejectedLease,
    ReporterStats,
    UserUnknown,
)
from onduty_client._activity_buffer import ActivityBuffer
from onduty_client._reported_leases import LeaseKey, LeaseReport, lease_messages
from onduty_server.transport.http.server import HttpListen

KEEP, END = pb.LEASE_ACTION_KEEP_SESSION, pb.LEASE_ACTION_END_SESSION
ENGAGE, LET_GO = pb.LEASE_ACTION_KEEP_ENGAGEMENT, pb.LEASE_ACTION_END_ENGAGEMENT
KEY = LeaseKey("acme", "ann", True, "tab")


@pytest.fixture(params=[ActivityReporter, AsyncActivityReporter])
def kind(request: pytest.FixtureRequest) -> type[Reporter]:
    return cast("type[Reporter]", request.param)


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
async def driver(kind: type[Reporter], server: ScriptedServer, clock: SkippingClock) -> AsyncIterator[ReporterDriver]:
    """One that is not started yet, so that what a test reports travels in one message."""
    driver = ReporterDriver(clock.clocked(kind)(server.target, interval=0.05, close_timeout=0.2))
    yield driver
    await driver.close()


def told(message: pb.RecordActivitiesRequest) -> list[tuple[int, str]]:
    return [(lease.action, lease.lease_id) for lease in message.leases]


def seconds(duration: Duration) -> float:
    return duration.ToTimedelta().total_seconds()


# --- what is sent ----------------------------------------------------------------------------------------------------


async def test_all_that_is_reported_travels_in_one_message_after_the_activities(
    driver: ReporterDriver, service: ScriptedService
) -> None:
    reporter = driver.reporter
    reporter.keep_session("acme", "ann", "tab", ttl=timedelta(minutes=5))
    reporter.end_session("acme", "ben", "phone")
    reporter.keep_engagement("acme", "ann", "call")
    reporter.end_engagement("acme", "ben", "chat")
    reporter.record("acme", "ann")
    await driver.start()
    stream = await service.stream()
    message = await stream.request()
    assert [each.user_id for each in message.activities] == ["ann"]
    assert list(message.leases) == [
        pb.Lease(account_id="acme", user_id="ann", action=KEEP, lease_id="tab", ttl=Duration(seconds=300)),
        pb.Lease(account_id="acme", user_id="ben", action=END, lease_id="phone"),
        pb.Lease(account_id="acme", user_id="ann", action=ENGAGE, lease_id="call"),
        pb.Lease(account_id="acme", user_id="ben", action=LET_GO, lease_id="chat"),
    ]
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    assert await driver.flush()
    assert reporter.stats == ReporterStats(recorded=5, acknowledged=5, sent=5, connects=1)


async def test_of_each_session_the_last_report_counts(driver: ReporterDriver, service: ScriptedService) -> None:
    reporter = driver.reporter
    for _ in range(3):
        reporter.keep_session("acme", "ann", "kept")
    reporter.keep_session("acme", "ann", "ended")
    reporter.end_session("acme", "ann", "ended")
    reporter.end_session("acme", "ann", "reloaded")
    reporter.keep_session("acme", "ann", "reloaded")
    # An engagement of the same name is another thing, and so is a session of somebody else.
    reporter.end_engagement("acme", "ann", "kept")
    reporter.end_session("acme", "ben", "kept")
    await driver.start()
    message = await (await service.stream()).request()
    assert told(message) == [(KEEP, "kept"), (END, "ended"), (KEEP, "reloaded"), (LET_GO, "kept"), (END, "kept")]
    assert (reporter.stats.recorded, reporter.stats.coalesced, reporter.stats.pending) == (9, 4, 5)


async def test_of_its_input_the_latest_counts_and_none_is_lost(
    driver: ReporterDriver, service: ScriptedService
) -> None:
    reporter = driver.reporter
    for idle_for in (50.0, 20.0, None, 90.0):
        since = None if idle_for is None else timedelta(seconds=idle_for)
        reporter.keep_session("acme", "ann", "kept", idle_for=since)
    reporter.keep_session("acme", "ann", "ended", idle_for=timedelta(seconds=5))
    reporter.end_session("acme", "ann", "ended")
    reporter.keep_session("acme", "ann", "silent")
    await driver.start()
    stream = await service.stream()
    message = await stream.request()
    # One that ended is kept once more, with its input.
    assert told(message) == [(KEEP, "kept"), (KEEP, "ended"), (END, "ended"), (KEEP, "silent")]
    kept, ended, _, silent = message.leases
    assert 20 <= seconds(kept.idle_for) < 25 and 5 <= seconds(ended.idle_for) < 10
    assert not silent.HasField("idle_for")
    # Refusals are told of the report, whichever of its messages was refused.
    stream.send(
        pb.RecordActivitiesResponse(
            sequence=message.sequence,
            lease_errors=[pb.ActivityError(index=index, reason=pb.ERROR_REASON_USER_UNKNOWN) for index in (1, 2)],
        )
    )
    assert await driver.flush()
    assert (reporter.stats.acknowledged, reporter.stats.rejected) == (2, 1)


def test_what_waited_is_sent_with_what_is_left_of_it() -> None:
    def sent(report: LeaseReport, key: LeaseKey = KEY, now: float = 1_000.0) -> pb.Lease:
        (message,), indexes = lease_messages([(key, report)], 2.0, now)
        assert indexes == [0]
        return message

    def kept(at: float, ttl: float | None = None, input_at: float | None = None) -> LeaseReport:
        given = None if ttl is None else timedelta(seconds=ttl)
        return LeaseReport(1, LeaseAction.KEEP_SESSION, given, at, input_at)

    # Within an interval or so the server's clock will do.
    assert not sent(kept(999)).HasField("ttl") and seconds(sent(kept(999, 60)).ttl) == 60
    assert seconds(sent(kept(960)).ttl) == 110 and seconds(sent(kept(960, 100)).ttl) == 60
    # The server takes no less than this, and what it refuses is for it to refuse.
    assert seconds(sent(kept(960, 50)).ttl) == 30 and seconds(sent(kept(960, 5)).ttl) == 5
    assert seconds(sent(kept(960, input_at=950.25)).idle_for) == 49.75
    assert sent(kept(1_000, input_at=1_000)).HasField("idle_for")
    call = LeaseReport(1, LeaseAction.KEEP_ENGAGEMENT, None, 400)
    assert seconds(sent(call, LeaseKey("acme", "ann", False, "call")).ttl) == 3_000
    # An end is an end, however late it comes.
    over = LeaseReport(1, LeaseAction.END_SESSION, None, 0)
    assert not over.has_run_out(1e9) and sent(over).action == END
    assert kept(850).has_run_out(1_000) and not kept(851).has_run_out(1_000)
    assert kept(940, 60).has_run_out(1_000) and not call.has_run_out(1_000)


def test_an_end_that_waited_does_not_bring_back_somebody_who_has_left() -> None:
    def sent(now: float) -> list[int]:
        over = LeaseReport(2, LeaseAction.END_SESSION, None, at=1_000, input_at=999)
        messages, indexes = lease_messages([(KEY, over)], 2.0, now)
        assert indexes == [0] * len(messages)
        return [message.action for message in messages]

    assert sent(1_002) == [KEEP, END]
    # To be kept lifts a disconnection, which may have become true meanwhile, and counts as being there now.
    assert sent(1_003) == [END]


async def test_what_has_run_out_before_it_could_be_sent_is_dropped_and_counted(
    driver: ReporterDriver, service: ScriptedService, clock: SkippingClock, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = driver.reporter
    reporter.keep_session("acme", "gone", "tab")
    reporter.keep_session("acme", "gone", "phone")
    clock.skip(160)
    reporter.keep_engagement("acme", "ann", "call")
    reporter.end_session("acme", "ann", "tab")
    await driver.start()
    message = await (await service.stream()).request()
    assert told(message) == [(ENGAGE, "call"), (END, "tab")]
    assert (reporter.stats.dropped, reporter.stats.pending) == (2, 2)
    assert complaints(caplog.records) == [
        "activity reporter: reports dropped: 2; the latest: sessions and engagements ran out before they could be sent"
    ]


async def test_when_all_of_a_message_has_run_out_nothing_is_left_to_flush(
    driver: ReporterDriver, service: ScriptedService, clock: SkippingClock
) -> None:
    service.acknowledging = True
    driver.reporter.keep_session("acme", "gone", "tab")
    clock.skip(160)
    await driver.start()
    assert await driver.flush()
    assert driver.reporter.stats == ReporterStats(recorded=1, dropped=1, connects=1)
    # And the stream goes on.
    driver.reporter.keep_session("acme", "ann", "tab")
    assert await driver.flush()
    assert [lease.user_id for message in service.messages for lease in message.leases] == ["ann"]


async def test_messages_hold_five_thousand_of_all_kinds(driver: ReporterDriver, service: ScriptedService) -> None:
    service.acknowledging = True
    for number in range(3_000):
        driver.reporter.record("acme", f"user-{number}")
    for number in range(9_000):
        driver.reporter.keep_session("acme", f"user-{number % 3_000}", f"tab-{number // 3_000}")
    await driver.start()
    assert await driver.flush()
    sizes = [(len(message.activities), len(message.leases)) for message in service.messages]
    assert sizes == [(3_000, 2_000), (0, 5_000), (0, 2_000)]
    assert len({(each.user_id, each.lease_id) for message in service.messages for each in message.leases}) == 9_000


async def test_long_ids_make_smaller_messages(driver: ReporterDriver, service: ScriptedService) -> None:
    service.acknowledging = True
    refused: list[RejectedLease] = []
    driver.reporter._on_lease_error = refused.append
    for number in range(3_000):
        driver.reporter.keep_session("a" * 128, f"{number:0>128}", "s" * 128)
        driver.reporter.record("a" * 128, f"{number:0>128}")
    driver.reporter.keep_session("acme", "ann", "x" * 2_000_000)
    await driver.start()
    assert await driver.flush()
    assert max(message.ByteSize() for message in service.messages) < 2**20
    assert sum(len(message.leases) for message in service.messages) == 3_000
    assert [(each.user_id, each.error.code) for each in refused] == [("ann", grpc.StatusCode.INVALID_ARGUMENT)]


# --- what becomes of it ----------------------------------------------------------------------------------------------


async def test_a_refusal_is_told_counted_and_not_repeated(
    kind: type[Reporter], server: ScriptedServer, service: ScriptedService, caplog: pytest.LogCaptureFixture
) -> None:
    refused: list[RejectedLease] = []

    def on_lease_error(rejected: RejectedLease) -> None:
        refused.append(rejected)
        raise KeyError("of the program")

    driver = ReporterDriver(kind(server.target, interval=0.05, on_lease_error=on_lease_error))
    driver.reporter.keep_session("acme", "zoe", "tab")
    driver.reporter.keep_engagement("acme", "ann", "call-21")
    driver.reporter.end_session("acme", "ann", "tab")
    await driver.start()
    stream = await service.stream()
    message = await stream.request()
    unknown, full = pb.ERROR_REASON_USER_UNKNOWN, pb.ERROR_REASON_LIMIT_EXCEEDED
    errors = [
        pb.ActivityError(index=0, reason=unknown, message="user 'zoe' not found"),
        pb.ActivityError(index=1, reason=full, message="ann has 20 engagements"),
        pb.ActivityError(index=9, reason=full, message="of nobody"),
    ]
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence, lease_errors=errors))
    assert await driver.flush()
    assert [(each.user_id, each.action, each.lease_id, type(each.error)) for each in refused] == [
        ("zoe", LeaseAction.KEEP_SESSION, "tab", UserUnknown),
        ("ann", LeaseAction.KEEP_ENGAGEMENT, "call-21", LimitExceeded),
    ]
    assert driver.reporter.stats == ReporterStats(recorded=3, acknowledged=1, rejected=2, sent=3, connects=1)
    first = "activity reporter: reports refused: 1; the latest: KEEP_SESSION 'tab' of user 'zoe' of account 'acme': "
    assert complaints(caplog.records)[0] == f"{first}user 'zoe' not found"
    assert service.opened == 1
    await driver.close()


async def test_what_the_store_could_not_take_and_what_was_cut_off_is_sent_again(
    driver: ReporterDriver, service: ScriptedService, clock: SkippingClock
) -> None:
    reporter = driver.reporter
    reporter.keep_session("acme", "ann", "tab")
    reporter.keep_session("acme", "ann", "phone")
    await driver.start()
    stream = await service.stream()
    message = await stream.request()
    error = pb.ActivityError(index=0, reason=pb.ERROR_REASON_STORE_UNAVAILABLE, message="the disk is full")
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence, lease_errors=[error]))
    assert await stream.left()
    clock.skip(6)
    stream = await service.stream()
    assert told(await stream.request()) == [(KEEP, "tab")]
    # What was said of it meanwhile, in one message or in several, is what counts.
    reporter.end_session("acme", "ann", "tab")
    assert told(await stream.request()) == [(END, "tab")]
    stream.end()
    clock.skip(6)
    assert told(await (await service.stream()).request()) == [(END, "tab")]
    assert reporter.stats.acknowledged == 1
    await until(lambda: accounted(reporter.stats) == reporter.stats.recorded)


def test_no_more_wait_than_may() -> None:
    buffer = ActivityBuffer(2)
    assert buffer.add("acme", "ann", 1.0)
    assert buffer.add_lease(KEY, LeaseAction.KEEP_SESSION, None, 1.0, None)
    assert not buffer.add_lease(KEY._replace(lease_id="phone"), LeaseAction.KEEP_SESSION, None, 1.0, None)
    assert not buffer.add("acme", "ben", 1.0)
    # What is said again of the same is no more.
    assert buffer.add_lease(KEY, LeaseAction.END_SESSION, None, 2.0, None)
    assert buffer.stats == ReporterStats(recorded=5, coalesced=1, dropped=2, pending=2)
    assert buffer.drop_all() == 2 and buffer.take(10) == []


async def test_a_closed_reporter_counts_what_comes_later(
    kind: type[Reporter], server: ScriptedServer, service: ScriptedService
) -> None:
    service.acknowledging = True
    driver = ReporterDriver(kind(server.target, close_timeout=20))
    await driver.start()
    driver.reporter.keep_session("acme", "ann", "tab")
    await driver.close()
    assert [told(message) for message in service.messages] == [[(KEEP, "tab")]]
    driver.reporter.end_session("acme", "ann", "tab")
    assert driver.reporter.stats == ReporterStats(recorded=2, acknowledged=1, dropped=1, sent=1, connects=1)


def test_what_cannot_be_sent_at_all_is_refused_at_once(kind: type[Reporter]) -> None:
    reporter = kind("127.0.0.1:1")
    wrong: Any = 5
    with pytest.raises(TypeError, match="lease_id must be a str"):
        reporter.keep_session("acme", "ann", wrong)
    with pytest.raises(ValueError, match="surrogates"):
        reporter.end_engagement("acme", "ann", "\ud800")
    assert reporter.stats == ReporterStats()


# --- by HTTP ---------------------------------------------------------------------------------------------------------


async def test_over_http_each_is_a_call_in_the_order_of_its_user(kind: type[Reporter]) -> None:
    refused: list[RejectedLease] = []
    limited = refusal(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "too many calls",
        error_info("LIMIT_EXCEEDED"),
        error_details_pb2.RetryInfo(retry_delay=Duration(nanos=1_000_000)),
    )
    full = refusal(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "ann has 20 engagements",
        error_info("LIMIT_EXCEEDED"),
        error_details_pb2.RetryInfo(retry_delay=Duration(seconds=3_000)),
    )
    unknown = refusal(grpc.StatusCode.NOT_FOUND, "never seen: zoe", error_info("USER_UNKNOWN"))
    calls: list[Any] = []

    def answer(request: Any, context: Any) -> Any:
        calls.append(request)
        if request.user_id == "zoe":
            server.service.refuse(unknown, context)
        if getattr(request, "engagement_id", "") == "call-21":
            server.service.refuse(full, context)
        if getattr(request, "session_id", "") == "tab" and calls.count(request) == 1:
            server.service.refuse(limited, context)
        return getattr(pb, type(request).__name__.replace("Request", "Response"))()

    with ScriptedHttpServer() as server:
        server.service.script(answer)
        driver = ReporterDriver(kind(server.target, interval=0.05, on_lease_error=refused.append))
        reporter = driver.reporter
        reporter.keep_session("acme", "ann", "tab", ttl=timedelta(minutes=5))
        reporter.end_session("acme", "ann", "phone")
        reporter.keep_engagement("acme", "ann", "call-21", ttl=timedelta(minutes=1))
        reporter.end_engagement("acme", "ann", "call-1")
        reporter.record("acme", "ann")
        reporter.keep_session("acme", "zoe", "tv", idle_for=timedelta(0))
        await driver.start()
        assert await driver.flush()
        assert reporter.stats == ReporterStats(recorded=6, acknowledged=4, rejected=2, sent=6, connects=1)
        await driver.close()
    assert sorted((each.user_id, type(each.error).__name__) for each in refused) == [
        ("ann", "LimitExceeded"),
        ("zoe", "UserUnknown"),
    ]
    ann: dict[str, Any] = {"account_id": "acme", "user_id": "ann"}
    # A limit on calls is waited out; one on engagements is not.
    tab = pb.KeepSessionRequest(**ann, session_id="tab", ttl=Duration(seconds=300))
    assert [call for call in calls if call.user_id == "ann"] == [
        pb.RecordActivityRequest(**ann),
        tab,
        tab,
        pb.EndSessionRequest(**ann, session_id="phone"),
        pb.KeepEngagementRequest(**ann, engagement_id="call-21", ttl=Duration(seconds=60)),
        pb.EndEngagementRequest(**ann, engagement_id="call-1"),
    ]
    (zoe,) = (call for call in calls if call.user_id == "zoe")
    assert zoe.session_id == "tv" and 0 <= seconds(zoe.idle_for) < 5 and not zoe.HasField("ttl")


# --- a real server ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["gRPC", "HTTP"])
async def test_a_server_is_told_all_of_it(kind: type[Reporter], door: str) -> None:
    refused: list[RejectedLease] = []
    async with running(http=HttpListen("127.0.0.1:0")) as application:
        grpc_target, http_target = f"127.0.0.1:{application.port}", f"http://127.0.0.1:{application.http_port}"
        target = grpc_target if door == "gRPC" else http_target
        driver = ReporterDriver(kind(target, interval=0.01, on_lease_error=refused.append))
        reporter = driver.reporter
        reporter.record("acme", "ann")
        reporter.keep_engagement("acme", "ann", "call")
        for number in range(30):
            reporter.keep_session("acme", f"user-{number}", "tab", idle_for=timedelta(0))
        # The activity of the first makes the second known; the last was never there.
        reporter.keep_session("acme", "user-0", "phone")
        reporter.keep_session("acme", "zoe", "tab")
        for number in range(21):
            reporter.keep_engagement("acme", "ann", f"chat-{number}")
        await driver.start()
        assert await driver.flush()
        async with AsyncClient(grpc_target) as client:
            users = {user.user_id: user async for user in client.list_statuses("acme")}
            assert sorted(users) == sorted(["ann", *(f"user-{number}" for number in range(30))])
            assert all(user.connected for user in users.values() if user.user_id != "ann")
            assert users["ann"].engagements == 20
            for number in range(30):
                reporter.end_session("acme", f"user-{number}", "tab")
            reporter.end_engagement("acme", "ann", "call")
            assert await driver.flush()
            users = {user.user_id: user async for user in client.list_statuses("acme")}
            assert [each for each, user in users.items() if user.connected] == ["user-0"]
            assert users["ann"].engagements == 19
        await driver.close()
    assert sorted(((each.user_id, type(each.error)) for each in refused), key=lambda each: each[0]) == [
        *[("ann", LimitExceeded)] * 2,
        ("zoe", UserUnknown),
    ]
    assert reporter.stats.rejected == 3 and reporter.stats.connects == 1
