"""Sessions and engagements as blocks: opened, renewed, lost and ended. Both clients, through both doors."""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from tests.client.clock import SkippingClock
from tests.client.scripted import (
    Driver,
    Proxy,
    Received,
    ScriptedServer,
    ScriptedService,
    complaints,
    error_info,
    refusal,
)
from tests.client.scripted_http import ScriptedHttpServer
from tests.client.watched import until

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    AsyncEngagement,
    AsyncSession,
    Client,
    Engagement,
    LimitExceeded,
    OndutyError,
    PermissionRequired,
    Session,
    Unavailable,
    UserUnknown,
)

pytestmark = pytest.mark.both_doors

Lease: TypeAlias = Session | AsyncSession | Engagement | AsyncEngagement
Server: TypeAlias = ScriptedServer | ScriptedHttpServer

UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))
FORBIDDEN = refusal(grpc.StatusCode.PERMISSION_DENIED, "kim may not", error_info("PERMISSION_REQUIRED"))
UNKNOWN = refusal(grpc.StatusCode.NOT_FOUND, "never seen: ann", error_info("USER_UNKNOWN"))
TOO_MANY = refusal(
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    "ann has 20 sessions",
    error_info("LIMIT_EXCEEDED"),
    error_details_pb2.RetryInfo(retry_delay=Duration(seconds=75)),
)
AWAY_FOR_A_WHILE = refusal(
    grpc.StatusCode.UNAVAILABLE,
    "starting",
    error_info("STORE_UNAVAILABLE"),
    error_details_pb2.RetryInfo(retry_delay=Duration(seconds=20)),
)
TOO_OFTEN = refusal(
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    "too many calls",
    error_info("LIMIT_EXCEEDED"),
    error_details_pb2.RetryInfo(retry_delay=Duration(seconds=2)),
)


class LeaseServer:
    """Answers calls about leases as the server does, and keeps which are held."""

    def __init__(self, service: ScriptedService) -> None:
        self._service = service
        service.script(self._answer)
        self.held: set[str] = set()
        #: What every call, or those of one lease, are refused with.
        self.refusing: status_pb2.Status | None = None
        #: What only the calls that keep one are refused with.
        self.refusing_to_keep: status_pb2.Status | None = None
        #: Holds up the calls that keep a lease while it is cleared.
        self.going = threading.Event()
        self.going.set()
        self.entered = threading.Event()

    def _answer(self, request: Any, context: Any) -> Message:
        lease_id = getattr(request, "session_id", "") or getattr(request, "engagement_id", "")
        if type(request).__name__.startswith("Keep"):
            self.entered.set()
            self.going.wait(20)
            if self.refusing_to_keep is not None:
                self._service.refuse(self.refusing_to_keep, context)
        if self.refusing is not None:
            self._service.refuse(self.refusing, context)
        if type(request).__name__.startswith("Keep"):
            self.held.add(lease_id)
        else:
            self.held.discard(lease_id)
        answer: Message = getattr(pb, type(request).__name__.replace("Request", "Response"))()
        return answer

    @property
    def received(self) -> list[Received]:
        return self._service.received

    async def asked(self, times: int) -> None:
        """Wait until that many calls have arrived."""
        await until(lambda: len(self.received) >= times)

    @property
    def methods(self) -> list[str]:
        return [each.method for each in self.received]


class LeaseDriver:
    """A lease of either client; what one awaits and the other blocks for is awaited here."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease

    async def start(self) -> None:
        await self._do("start")

    async def close(self) -> None:
        await self._do("close")

    async def _do(self, method: str) -> None:
        if isinstance(self.lease, Session | Engagement):
            await asyncio.to_thread(getattr(self.lease, method))
        else:
            await getattr(self.lease, method)()


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
def leases(service: ScriptedService) -> LeaseServer:
    return LeaseServer(service)


@pytest.fixture(params=[Client, AsyncClient])
async def driver(request: pytest.FixtureRequest, clock: SkippingClock, server: Server) -> AsyncIterator[Driver]:
    driver = Driver(clock.clocked(request.param)(server.target))
    yield driver
    await driver.close()


def session(driver: Driver, session_id: str = "tab", **options: Any) -> LeaseDriver:
    return LeaseDriver(driver.client.session("acme", "ann", session_id, **options))


def engagement(driver: Driver, engagement_id: str = "call", **options: Any) -> LeaseDriver:
    return LeaseDriver(driver.client.engagement("acme", "ann", engagement_id, **options))


async def waits(clock: SkippingClock) -> None:
    """Until the renewals of what was started have been planned."""
    await until(lambda: clock.longest_wait_s > 1)


# --- opened, renewed, ended ------------------------------------------------------------------------------------------


async def test_a_session_is_opened_renewed_and_ended(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    it = session(driver)
    await it.start()
    assert leases.held == {"tab"} and it.lease.lost is None
    assert leases.received[0].request == pb.KeepSessionRequest(
        account_id="acme", user_id="ann", session_id="tab", ttl=Duration(seconds=150)
    )
    await waits(clock)
    # Not long before half of the ttl, and not after it.
    clock.skip(58)
    clock.skip(17.5)
    await until(lambda: len(leases.received) == 2)
    assert leases.received[1].request == leases.received[0].request
    await it.close()
    assert leases.held == set()
    assert leases.received[2].request == pb.EndSessionRequest(account_id="acme", user_id="ann", session_id="tab")
    await it.close()
    await clock.pass_by(300)
    assert leases.methods == ["KeepSession", "KeepSession", "EndSession"]


async def test_so_is_an_engagement(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    it = engagement(driver, ttl=timedelta(minutes=2))
    await it.start()
    assert leases.received[0].request == pb.KeepEngagementRequest(
        account_id="acme", user_id="ann", engagement_id="call", ttl=Duration(seconds=120)
    )
    await waits(clock)
    clock.skip(60)
    await until(lambda: len(leases.received) == 2)
    await it.close()
    assert leases.methods == ["KeepEngagement", "KeepEngagement", "EndEngagement"]
    assert leases.held == set()


async def test_it_is_not_renewed_long_before_half_of_its_ttl(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    it = engagement(driver)
    await it.start()
    await waits(clock)
    await clock.pass_by(239)
    assert len(leases.received) == 1
    clock.skip(61)
    await until(lambda: len(leases.received) == 2)
    assert leases.received[0].request.ttl == Duration(seconds=600)


async def test_a_block_ends_it_whatever_happens_inside(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    client = driver.client

    def block(client: Client) -> None:
        with client.engagement("acme", "ann", "call") as call, client.session("acme", "ann", "tab") as tab:
            assert (call.engagement_id, tab.session_id) == ("call", "tab")
            raise KeyError("of the program")

    async def block_in_loop(client: AsyncClient) -> None:
        async with client.engagement("acme", "ann", "call") as call, client.session("acme", "ann", "tab") as tab:
            assert (call.engagement_id, tab.session_id) == ("call", "tab")
            raise KeyError("of the program")

    with pytest.raises(KeyError, match="of the program"):
        await (asyncio.to_thread(block, client) if isinstance(client, Client) else block_in_loop(client))
    assert leases.methods == ["KeepEngagement", "KeepSession", "EndSession", "EndEngagement"]


async def test_one_task_renews_all_of_a_client(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    threads = threading.active_count()
    all_of_them = [session(driver, f"tab-{number}") for number in range(50)]
    for each in all_of_them:
        await each.start()
    await waits(clock)
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == "onduty-renewals"]
    assert len(tasks) == (0 if isinstance(driver.client, Client) else 1)
    assert [it.name for it in threading.enumerate()].count("onduty-background") == 1 - len(tasks)
    assert threading.active_count() < threads + 50
    clock.skip(76)
    await until(lambda: len(leases.received) == 100)
    # What was opened together spreads out over time.
    assert len({each.lease._lease.due for each in all_of_them}) == 50
    await asyncio.gather(*(each.close() for each in all_of_them))
    assert leases.held == set()


async def test_what_it_is_about_can_be_read(driver: Driver, leases: LeaseServer) -> None:
    it = session(driver).lease
    assert (it.account_id, it.user_id, it.ttl, it.lost) == ("acme", "ann", timedelta(seconds=150), None)
    assert repr(it) == f"<{type(it).__name__} 'tab' of 'ann' in 'acme'>"
    assert engagement(driver).lease.ttl == timedelta(minutes=10)
    assert leases.received == []


def test_all_kinds_have_the_same_members_and_nothing_more() -> None:
    common = {"account_id", "user_id", "ttl", "lost", "start", "close"}
    members = {
        (Session, AsyncSession): common | {"session_id", "active"},
        (Engagement, AsyncEngagement): common | {"engagement_id"},
    }
    for kinds, expected in members.items():
        for kind in kinds:
            assert {name for name in dir(kind) if not name.startswith("_")} == expected
            assert all(getattr(kind, name).__doc__ for name in expected)
        blocking, awaited = kinds
        assert [inspect.iscoroutinefunction(getattr(awaited, name)) for name in ("start", "close")] == [True, True]
        for name in ("start", "close"):
            assert inspect.signature(getattr(blocking, name)) == inspect.signature(getattr(awaited, name))


async def test_input_after_the_end_is_nobodys(driver: Driver, leases: LeaseServer) -> None:
    it = session(driver)
    assert isinstance(it.lease, Session | AsyncSession)
    it.lease.active()
    await it.start()
    await it.close()
    it.lease.active()
    await driver.close()
    it.lease.active()
    assert leases.methods[-1] == "EndSession"


def test_input_after_the_event_loop_has_ended_is_nobodys() -> None:
    async def forgetful() -> AsyncSession:
        with ScriptedServer() as server:
            LeaseServer(server.service)
            session = AsyncClient(server.target).session("acme", "ann", "tab")
            await session.start()
            return session

    asyncio.run(forgetful()).active()


async def test_it_is_started_once(driver: Driver, leases: LeaseServer) -> None:
    it = session(driver)
    await it.close()
    await it.start()
    with pytest.raises(RuntimeError, match="started before"):
        await it.start()
    assert leases.methods == ["KeepSession"]


async def test_what_cannot_be_sent_is_refused_at_once(driver: Driver) -> None:
    wrong: Any = 5
    with pytest.raises(TypeError, match="session_id must be a str"):
        driver.client.session("acme", "ann", wrong)
    with pytest.raises(TypeError, match="user_id must be a str"):
        driver.client.engagement("acme", wrong, "call")


# --- input -----------------------------------------------------------------------------------------------------------


async def test_the_input_at_the_start_is_reported_with_it(driver: Driver, leases: LeaseServer) -> None:
    it = session(driver, idle_for=timedelta(seconds=90))
    await it.start()
    reported = leases.received[0].request.idle_for.ToTimedelta()
    assert timedelta(seconds=90) <= reported < timedelta(seconds=100)


async def test_input_is_reported_at_once_and_then_every_ten_seconds_with_its_age(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    it = session(driver)
    assert isinstance(it.lease, Session | AsyncSession)
    await it.start()
    await waits(clock)
    clock.skip(12)
    it.lease.active()
    await until(lambda: len(leases.received) == 2)
    assert leases.received[1].request.idle_for.ToTimedelta() < timedelta(seconds=2)
    await until(lambda: not it.lease._lease.wants_report)
    clock.skip(2)
    for _ in range(100):
        it.lease.active()
    # So soon after the last one it waits.
    await until(lambda: it.lease._lease.due - clock.now() < 10)
    clock.skip(8.5)
    await until(lambda: len(leases.received) == 3)
    assert timedelta(seconds=8) <= leases.received[2].request.idle_for.ToTimedelta() < timedelta(seconds=10)
    await until(lambda: not it.lease._lease.wants_report)
    # What was reported is not reported again.
    clock.skip(76)
    await until(lambda: len(leases.received) == 4)
    assert not leases.received[3].request.HasField("idle_for")


async def test_input_that_was_not_answered_for_is_reported_again(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    it = session(driver)
    assert isinstance(it.lease, Session | AsyncSession)
    await it.start()
    await waits(clock)
    leases.refusing = AWAY_FOR_A_WHILE
    clock.skip(12)
    it.lease.active()
    await until(lambda: len(leases.received) == 2)
    await until(lambda: 15 < clock.longest_wait_s < 25)
    leases.refusing = None
    clock.skip(21)
    await until(lambda: len(leases.received) == 3)
    assert timedelta(seconds=21) <= leases.received[2].request.idle_for.ToTimedelta() < timedelta(seconds=25)


async def test_input_during_the_start_is_reported_after_it(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    it = session(driver)
    assert isinstance(it.lease, Session | AsyncSession)
    leases.going.clear()
    starting = asyncio.create_task(it.start())
    await asyncio.to_thread(leases.entered.wait, 20)
    it.lease.active()
    leases.going.set()
    await starting
    await waits(clock)
    clock.skip(11)
    await until(lambda: len(leases.received) == 2)
    assert leases.received[1].request.HasField("idle_for")


# --- refused and lost ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"), [(UNKNOWN, UserUnknown), (FORBIDDEN, PermissionRequired), (TOO_MANY, LimitExceeded)]
)
async def test_a_start_that_is_refused_says_so_and_keeps_nothing(
    answer: status_pb2.Status,
    error: type[OndutyError],
    driver: Driver,
    leases: LeaseServer,
    clock: SkippingClock,
) -> None:
    leases.refusing = answer
    it = session(driver)
    with pytest.raises(error):
        await it.start()
    leases.refusing = None
    await it.close()
    await clock.pass_by(300)
    assert set(leases.methods) == {"KeepSession"} and leases.held == set()


async def test_a_server_that_is_away_at_the_start_is_asked_again(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    lost: list[Exception] = []
    leases.refusing = AWAY_FOR_A_WHILE
    it = engagement(driver, on_lost=lost.append)
    await it.start()
    # It may have been asked again by now, and told the same once more.
    assert isinstance(it.lease.lost, Unavailable) and isinstance(lost[0], Unavailable) and len(lost) == 1
    leases.refusing = None
    clock.skip(21)
    await until(lambda: it.lease.lost is None)
    assert leases.held == {"call"}
    await it.close()
    assert leases.held == set() and len(lost) == 1


async def test_a_limit_of_calls_is_waited_out(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    leases.refusing = TOO_OFTEN
    it = engagement(driver)
    await it.start()
    assert isinstance(it.lease.lost, LimitExceeded) and it.lease.lost.is_brief
    leases.refusing = None
    clock.skip(3)
    await until(lambda: it.lease.lost is None)
    await it.close()


async def test_an_outage_is_survived_and_told_once_it_is_longer_than_the_ttl(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    lost: list[Exception] = []
    it = engagement(driver, ttl=timedelta(seconds=60), on_lost=lost.append)
    await it.start()
    await waits(clock)
    leases.refusing = UNAVAILABLE
    clock.skip(31)
    await until(lambda: len(leases.received) > 1)
    # It still lives at the server.
    assert lost == []
    clock.skip(30)
    await until(lambda: len(lost) == 1)
    assert isinstance(it.lease.lost, Unavailable) and str(lost[0]) == "the disk is full"
    leases.refusing = None
    clock.skip(6)
    await until(lambda: it.lease.lost is None)
    assert len(lost) == 1 and leases.held == {"call"}


async def test_a_renewal_that_is_refused_is_told_at_once_and_tried_at_the_next_one(
    driver: Driver, leases: LeaseServer, clock: SkippingClock, caplog: pytest.LogCaptureFixture
) -> None:
    def on_lost(error: Exception) -> None:
        lost.append(error)
        raise KeyError("of the program")

    lost: list[Exception] = []
    it = session(driver, on_lost=on_lost)
    await it.start()
    await waits(clock)
    leases.refusing = FORBIDDEN
    clock.skip(76)
    await until(lambda: "on_lost failed" in caplog.text)
    assert isinstance(it.lease.lost, PermissionRequired) and len(lost) == 1
    await until(lambda: clock.longest_wait_s > 50)
    await clock.pass_by(55)
    assert len(leases.received) == 2
    leases.refusing = None
    clock.skip(21)
    await until(lambda: it.lease.lost is None)
    assert len(lost) == 1 and leases.held == {"tab"}


async def test_while_the_server_is_away_one_call_at_a_time_asks_for_it(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    lost: list[Exception] = []
    all_of_them = [engagement(driver, f"call-{number}", on_lost=lost.append) for number in range(60)]
    for each in all_of_them:
        await each.start()
    await waits(clock)
    leases.refusing = AWAY_FOR_A_WHILE
    before = len(leases.received)
    clock.skip(301)
    # As many as may be under way when it is noticed.
    await until(lambda: len(leases.received) - before == 32)
    for _ in range(3):
        await until(lambda: 15 < clock.longest_wait_s < 25)
        asked = len(leases.received)
        clock.skip(21)
        await leases.asked(asked + 1)
        assert len(leases.received) == asked + 1
    assert lost == []
    await until(lambda: clock.longest_wait_s > 15)
    clock.skip(240)
    # All of them are told, not only the one that asked.
    await until(lambda: len(lost) == 60)
    await until(lambda: clock.longest_wait_s > 15)
    leases.refusing = None
    clock.skip(21)
    await until(lambda: all(each.lease.lost is None for each in all_of_them))


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_no_renewal_arrives_after_the_end(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    it = session(driver)
    await it.start()
    await waits(clock)
    leases.entered.clear()
    leases.going.clear()
    clock.skip(76)
    await asyncio.to_thread(leases.entered.wait, 20)
    closing = asyncio.create_task(it.close())
    await asyncio.wait([closing], timeout=0.05)
    assert leases.methods == ["KeepSession", "KeepSession"]
    leases.going.set()
    await closing
    assert leases.held == set() and leases.methods[-1] == "EndSession"


async def test_an_end_that_cannot_be_told_costs_the_block_no_exception(
    driver: Driver, leases: LeaseServer, clock: SkippingClock, caplog: pytest.LogCaptureFixture
) -> None:
    it = session(driver)
    await it.start()
    leases.refusing = FORBIDDEN
    await it.close()
    leases.refusing = None
    await clock.pass_by(300)
    assert leases.methods == ["KeepSession", "EndSession"]


async def test_input_that_was_not_reported_yet_is_reported_with_the_end(driver: Driver, leases: LeaseServer) -> None:
    it = session(driver)
    assert isinstance(it.lease, Session | AsyncSession)
    await it.start()
    it.lease.active()
    it.lease.active()
    await it.close()
    assert leases.methods == ["KeepSession", "KeepSession", "EndSession"]
    assert leases.received[1].request.idle_for.ToTimedelta() < timedelta(seconds=5)
    assert leases.received[1].timeout < 2.1 and leases.received[2].timeout < 2.1


@pytest.mark.parametrize("refused_with", [FORBIDDEN, TOO_MANY, UNAVAILABLE])
async def test_a_session_is_ended_although_its_last_input_cannot_be_reported(
    driver: Driver, leases: LeaseServer, refused_with: status_pb2.Status
) -> None:
    it = session(driver, ttl=timedelta(hours=4))
    assert isinstance(it.lease, Session | AsyncSession)
    await it.start()
    leases.refusing_to_keep = refused_with
    it.lease.active()
    await it.close()
    assert leases.methods[-1] == "EndSession" and leases.held == set()


async def test_an_end_takes_five_seconds_at_most(
    driver: Driver, server: Server, leases: LeaseServer, clock: SkippingClock
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        away = Driver(clock.clocked(type(driver.client))(proxy.target))
        it = session(away)
        assert isinstance(it.lease, Session | AsyncSession)
        await it.start()
        proxy.freeze()
        it.lease.active()
        began = asyncio.get_running_loop().time()
        await it.close()
        # Not those of two attempts, however busy the machine is.
        assert asyncio.get_running_loop().time() - began < 9
        await away.close()


async def test_a_closed_client_lets_them_run_out(driver: Driver, leases: LeaseServer, clock: SkippingClock) -> None:
    it = session(driver)
    await it.start()
    await waits(clock)
    await driver.close()
    await it.close()
    await clock.pass_by(300)
    assert leases.methods == ["KeepSession"]
    with pytest.raises(RuntimeError, match="the client is closed"):
        session(driver)


async def test_one_that_was_made_before_the_client_was_closed_does_not_start(
    driver: Driver, leases: LeaseServer
) -> None:
    it = session(driver)
    await driver.close()
    with pytest.raises(RuntimeError, match="the client is closed"):
        await it.start()
    assert leases.received == []


async def test_one_that_nobody_holds_is_not_kept_for_ever(
    driver: Driver, leases: LeaseServer, clock: SkippingClock
) -> None:
    dropped, kept = session(driver, "dropped"), session(driver, "kept")
    await dropped.start()
    await kept.start()
    await waits(clock)
    del dropped
    gc.collect()
    clock.skip(76)
    await until(lambda: len(leases.received) == 3)
    clock.skip(76)
    await until(lambda: len(leases.received) == 4)
    assert [each.request.session_id for each in leases.received] == ["dropped", "kept", "kept", "kept"]


@pytest.mark.parametrize("turns", range(8))
async def test_a_pause_for_a_fork_loses_no_renewal(
    turns: int, server: Server, leases: LeaseServer, clock: SkippingClock
) -> None:
    async with clock.clocked(AsyncClient)(server.target) as client, client.session("acme", "ann", "tab") as session:
        await waits(clock)
        clock.skip(76)
        # However far it has come with the call by then.
        for _ in range(turns):
            await asyncio.sleep(0)
        await client._renewer.pause()
        await client._renewer.pause()
        arrived = len(leases.received)
        client._renewer.resume()
        await leases.asked(max(2, arrived))
        await until(lambda: session._lease.due > clock.now() + 50)
        assert session.lost is None
    assert leases.held == set()


async def test_nothing_of_it_is_logged_while_all_is_well(
    driver: Driver, leases: LeaseServer, caplog: pytest.LogCaptureFixture, clock: SkippingClock
) -> None:
    async def hold(make: Callable[..., LeaseDriver], number: int) -> None:
        it = make(driver, f"lease-{number}")
        await it.start()
        await it.close()

    await asyncio.gather(*(hold(make, number) for make in (session, engagement) for number in range(20)))
    assert leases.held == set() and complaints(caplog.records) == []
