"""Sessions and engagements that are held at a real server, whose clock runs along with the client's."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.client.clock import SkippingClock
from tests.client.scripted import Driver
from tests.client.watched import PATIENCE_S, until
from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import (
    AsyncClient,
    AsyncEngagement,
    AsyncSession,
    Cause,
    Client,
    Engagement,
    Session,
    Status,
    UserStatus,
)
from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen

MINUTE = timedelta(minutes=1)


class Scene:
    """A server, a client of either kind by either door, and time that passes for both."""

    def __init__(self, driver: Driver, server_clock: FakeClock, client_clock: SkippingClock) -> None:
        self.driver = driver
        self._server_clock = server_clock
        self._client_clock = client_clock

    async def ann(self) -> UserStatus:
        found: UserStatus = await self.driver.call("get_status", "acme", "ann")
        return found

    async def start(self, lease: Session | AsyncSession | Engagement | AsyncEngagement) -> None:
        await self._do(lease, "start")

    async def close(self, lease: Session | AsyncSession | Engagement | AsyncEngagement) -> None:
        await self._do(lease, "close")

    async def _do(self, lease: Any, method: str) -> None:
        if isinstance(lease, Session | Engagement):
            await asyncio.to_thread(getattr(lease, method))
        else:
            await getattr(lease, method)()

    async def renewed(self, seconds: float) -> None:
        """Let time pass in which the lease is due, and wait until the server shows that it was renewed."""
        await until(lambda: self._client_clock.longest_wait_s > 1)
        before = (await self.ann()).next_status_time
        self._server_clock.advance(int(seconds * 1_000))
        self._client_clock.skip(seconds)
        await self.shows(lambda ann: ann.next_status_time != before)

    async def shows(self, expected: Callable[[UserStatus], bool]) -> None:
        """Wait until the server shows what a task in the background brings about."""
        async with asyncio.timeout(PATIENCE_S):
            while not expected(await self.ann()):
                pass

    async def passed(self, seconds: float) -> None:
        self._server_clock.advance(int(seconds * 1_000))
        await self._client_clock.pass_by(seconds)


@pytest.fixture(params=["gRPC", "HTTP"])
async def target(request: pytest.FixtureRequest, server_clock: FakeClock) -> AsyncIterator[str]:
    async with running(clock=server_clock, http=HttpListen("127.0.0.1:0")) as application:
        yield _target(application, request.param)


def _target(application: Application, door: str) -> str:
    if door == "gRPC":
        return f"127.0.0.1:{application.port}"
    return f"http://127.0.0.1:{application.http_port}"


@pytest.fixture
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=[Client, AsyncClient])
async def scene(request: pytest.FixtureRequest, target: str, server_clock: FakeClock) -> AsyncIterator[Scene]:
    clock = SkippingClock()
    driver = Driver(clock.clocked(request.param)(target))
    yield Scene(driver, server_clock, clock)
    await driver.close()


async def test_a_session_holds_for_as_long_as_it_is_renewed_and_no_longer(scene: Scene) -> None:
    await scene.driver.call("update_workflow", "acme", enabled=True, disconnect_after=MINUTE)
    session = scene.driver.client.session("acme", "ann", "tab", idle_for=timedelta(0))
    await scene.start(session)
    for _ in range(8):
        await scene.renewed(75.1)
        ann = await scene.ann()
        assert (ann.status, ann.connected, session.lost) == (Status.ONLINE, True, None)
    # Nobody holds it any more, as when a program has crashed.
    del session
    gc.collect()
    await scene.passed(150 + 60)
    ann = await scene.ann()
    assert (ann.status, ann.cause, ann.connected) == (Status.OFFLINE, Cause.DISCONNECT, False)
    again = scene.driver.client.session("acme", "ann", "tab")
    await scene.start(again)
    ann = await scene.ann()
    # A session alone lifts a disconnection. It is no activity.
    assert (ann.status, ann.cause) == (Status.ONLINE, Cause.ACTIVITY)
    await scene.close(again)
    await scene.passed(60)
    assert (await scene.ann()).cause is Cause.DISCONNECT


async def test_a_call_of_any_length_is_no_inactivity_and_its_end_starts_the_clock(scene: Scene) -> None:
    await scene.driver.call("update_workflow", "acme", enabled=True, away_after=5 * MINUTE)
    await scene.driver.call("record_activity", "acme", "ann")
    call = scene.driver.client.engagement("acme", "ann", "call")
    await scene.start(call)
    for _ in range(8):
        await scene.renewed(300.1)
        ann = await scene.ann()
        assert (ann.status, ann.engagements) == (Status.ONLINE, 1)
    await scene.close(call)
    ended = await scene.ann()
    assert (ended.status, ended.engagements, ended.next_status) == (Status.ONLINE, 0, Status.AWAY)
    await scene.passed(299)
    assert (await scene.ann()).status is Status.ONLINE
    await scene.passed(1)
    away = await scene.ann()
    assert (away.status, away.cause, away.status_since) == (Status.AWAY, Cause.INACTIVITY, ended.next_status_time)


async def test_input_resumes_at_once(scene: Scene) -> None:
    await scene.driver.call("update_workflow", "acme", enabled=True, away_after=MINUTE)
    session = scene.driver.client.session("acme", "ann", "tab", idle_for=timedelta(0))
    await scene.start(session)
    await scene.passed(60)
    assert (await scene.ann()).status is Status.AWAY
    session.active()
    await scene.shows(lambda ann: ann.status is Status.ONLINE)
    assert (await scene.ann()).cause is Cause.ACTIVITY
    await scene.close(session)
