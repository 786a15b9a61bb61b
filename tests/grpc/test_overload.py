"""What is refused when more is asked than can be done: by a standing queue, in an order, while it stands."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.fakes import FakeClock
from tests.faults.http2 import END_HEADERS, HEADERS, HELLO, frame
from tests.faults.test_fuzz import send
from tests.grpc.stores import Gate as StoreGate
from tests.grpc.stores import GatedStore
from tests.grpc.streaming import until
from tests.grpc.wire import ACCOUNT, Wire, refusal_of
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.transport.limits import Limits
from onduty_server.transport.overload import RANKS, CoreCounters, Pressure, Rank

TICK_MS = 20
TARGET_MS = 5


class Server:
    """So many calls come a tick, serving costs one each, refusing `refusal_cost`; the rest wait, up to `room`."""

    def __init__(self, can: float, *, refusal_cost: float, room: float) -> None:
        self.pressure = Pressure(TARGET_MS)
        self.waiting = 0.0
        self.served = Counter[Rank]()
        self.refused = Counter[Rank]()
        self._can = can
        self._refusal_cost = refusal_cost
        self._room = room
        self._turn = 0
        self._accepted = 0
        self._unseen = 0

    def tick(self, asked: float, ranks: tuple[Rank, ...]) -> None:
        self.waiting = min(self.waiting + asked, self._room)
        left = self._can
        while left > 0 and self.waiting >= 1:
            self.waiting -= 1
            self._accepted += 1
            rank = ranks[self._turn % len(ranks)]
            self._turn += 1
            if self.pressure.refuses(rank):
                self.refused[rank] += 1
                left -= self._refusal_cost
            else:
                self.served[rank] += 1
                left -= 1
        self._unseen += 1
        if self._unseen >= self.pressure.ticks:
            self.pressure.look(int(self.waiting), self._accepted, self._unseen * TICK_MS)
            self._accepted = self._unseen = 0

    def run(self, ticks: int, asked: float, *ranks: Rank) -> None:
        self.served.clear()
        self.refused.clear()
        for _ in range(ticks):
            self.tick(asked, ranks)


def test_every_method_has_a_rank() -> None:
    assert set(RANKS) == {method.name for method in pb.DESCRIPTOR.services_by_name["StatusService"].methods}


def test_what_can_be_done_is_never_refused() -> None:
    server = Server(100, refusal_cost=0.1, room=10_000)
    server.run(500, 99, *Rank)
    assert not server.refused


def test_a_burst_that_drains_by_itself_is_left_alone() -> None:
    server = Server(100, refusal_cost=0.1, room=10_000)
    server.tick(450, (Rank.WRITING,))
    server.run(50, 50, Rank.WRITING)
    assert not server.refused


def test_four_times_too_much_is_refused_until_the_wait_is_short_again() -> None:
    server = Server(100, refusal_cost=0.1, room=100_000)
    server.run(200, 400, Rank.WRITING)
    waits = []
    for _ in range(300):
        server.tick(400, (Rank.WRITING,))
        waits.append(server.pressure.wait_ms)
    assert sorted(waits)[int(0.99 * len(waits))] <= 5 * TARGET_MS
    assert server.pressure.patience == 1
    # And most of what can be done beside refusing is done.
    server.run(200, 400, Rank.WRITING)
    assert server.served[Rank.WRITING] > 0.5 * 200 * 100
    server.run(250, 50, Rank.WRITING)
    server.run(50, 50, Rank.WRITING)
    assert not server.refused and server.pressure.value == 0, "all is as before"


def test_pages_go_first_and_reads_for_routing_last() -> None:
    server = Server(100, refusal_cost=0.1, room=100_000)
    server.run(300, 150, *Rank)
    server.run(100, 150, *Rank)
    assert server.refused[Rank.BROWSING] > 5 * server.refused[Rank.WRITING]
    assert not server.refused[Rank.ROUTING]
    server.run(300, 250, *Rank)
    server.run(100, 250, *Rank)
    assert server.refused[Rank.WRITING] > 0.7 * (server.served[Rank.WRITING] + server.refused[Rank.WRITING])
    share = server.refused[Rank.ROUTING] / (server.served[Rank.ROUTING] + server.refused[Rank.ROUTING])
    assert share < 0.35


def test_where_refusing_is_in_vain_the_work_is_done_instead() -> None:
    """It costs nearly as much as serving, and the connections allow no more than 300 to wait."""
    server = Server(100, refusal_cost=0.8, room=300)
    server.run(1_000, 400, Rank.WRITING)
    server.run(500, 400, Rank.WRITING)
    assert server.served[Rank.WRITING] > 0.6 * 500 * 100
    assert server.pressure.patience > 1
    server.run(5_000, 10, Rank.WRITING)
    assert server.pressure.patience == 1


async def test_a_server_under_pressure_refuses_by_rank_and_says_when_to_come_back() -> None:
    async with running() as application, aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        wire = Wire(channel)
        await wire.activity("ann")
        health: Any = health_pb2_grpc.HealthStub(channel)
        while application.pressure.value < 1.95:
            application.pressure.look(waiting=1_000, accepted=10, elapsed_ms=TICK_MS)
        outcomes = Counter[str]()
        delays = set()
        for _ in range(20):
            for name, call in (("write", wire.activity("ann")), ("page", wire.statuses()), ("read", wire.get("ann"))):
                try:
                    await call
                    outcomes[name] += 1
                except aio.AioRpcError as error:
                    refusal = refusal_of(error)
                    assert refusal[:2] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
                    delays.add(refusal.retry_delay_ms)
                    trailers = dict(tuple(error.trailing_metadata() or ()))
                    assert trailers["grpc-retry-pushback-ms"] == str(refusal.retry_delay_ms)
            check = await health.Check(health_pb2.HealthCheckRequest())
            assert check.status == health_pb2.HealthCheckResponse.SERVING
        assert outcomes["read"] >= 19 and outcomes["write"] <= 3 and outcomes["page"] <= 1
        assert len(delays) > 3 and max(delays) <= 1_000, "not all come back together"
        while application.pressure.value:
            application.pressure.look(waiting=0, accepted=0, elapsed_ms=TICK_MS)
        await wire.activity("ann")
        assert len(await wire.statuses()) == 1


async def test_the_core_tells_of_calls_that_are_under_way_and_of_those_that_ended() -> None:
    clock, before, after = FakeClock(), StoreGate(), StoreGate()
    async with (
        running(GatedStore(clock, before, after), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        core, wire = CoreCounters(), Wire(channel)
        assert core.read() == (0, 0)
        await wire.activity("ann")
        before.shut()
        request = pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann")
        calls = [asyncio.ensure_future(wire.stub.GetStatus(request)) for _ in range(5)]
        await until(lambda: core.read()[0] == 6)
        assert core.read()[0] - core.read()[1] >= 5
        before.open.set()
        await asyncio.gather(*calls)
        await until(lambda: core.read()[1] == 6)
        assert core.read() == (6, 6)


@pytest.mark.parametrize("target_ms", [0, 5])
async def test_many_calls_at_once_are_all_answered(target_ms: int) -> None:
    """With a clock that stands still nothing is measured, so this is about counting: nobody is left behind."""
    async with (
        running(limits=Limits(overload_wait_ms=target_ms)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        answers = await asyncio.gather(*(wire.activity(f"user-{number}") for number in range(300)))
        assert len(answers) == 300


async def test_calls_that_the_core_refused_by_itself_do_not_pass_for_a_queue() -> None:
    """Malformed headers: the core counts the call as begun and never as ended, and nobody is asked to accept it."""
    clock = FakeClock()
    async with (
        running(clock=clock, limits=Limits(overload_wait_ms=5)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire, core = Wire(channel), CoreCounters()
        await wire.activity("ann")
        for _ in range(20):
            await send(f"127.0.0.1:{application.port}", [HELLO + frame(HEADERS, END_HEADERS, 1, b"\x80")])
        await until(lambda: core.read()[0] - core.read()[1] >= 20)
        for _ in range(40):
            await wire.activity("ann")
            clock.advance(TICK_MS)
            await asyncio.sleep(0.005)
        assert application.pressure.value == 0
