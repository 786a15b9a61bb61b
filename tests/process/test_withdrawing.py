"""A server that will stop soon says so, and serves on."""

from __future__ import annotations

import asyncio

from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import AsyncClient, Status


async def test_a_withdrawn_server_is_not_ready_and_serves_until_the_delay_has_passed() -> None:
    clock = FakeClock()
    async with running(clock=clock) as application, AsyncClient(f"127.0.0.1:{application.port}") as client:
        withdrawing = asyncio.create_task(application.withdraw(5_000))
        await client.set_status("acme", "ann", Status.ONLINE)
        assert application.why_not_ready() == "the server is draining"
        clock.advance(4_999)
        await client.set_status("acme", "ann", Status.AWAY)
        assert not withdrawing.done()
        clock.advance(1)
        await withdrawing


async def test_a_failed_task_ends_the_delay() -> None:
    clock = FakeClock()
    async with running(clock=clock) as application:
        withdrawing = asyncio.create_task(application.withdraw(5_000))
        application.background.ended("a task", None)
        await asyncio.wait_for(withdrawing, 10)
