"""Server processes that are killed while they erase, over one Redis with which another process works and is watched.

What the killed one was erasing is whole or gone for the others at once. Repeating the call ends what it left half done;
so does, a few seconds later, the other process by itself. `ONDUTY_TEST_KILLS=20` looks harder.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from redis import Redis
from tests.faults.process import Servers, connected
from tests.faults.shared import Chain, Pool
from tests.grpc.streaming import soon, until
from tests.grpc.wire import ACCOUNT, Wire
from tests.servers import running
from tests.stores.traces import Crowd, Person, traces_among
from tests.valkey import ValkeyServer
from tests.watching.follower import shown

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.process.clock import SystemClock, wall_clock_ms
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

KILLS = max(int(os.environ.get("ONDUTY_TEST_KILLS", "4")), 3)
OTHER = "other"
WITHIN_S = 0.6
"""How long after the first call a process is killed at most, mostly sooner: an erasure takes about half of it."""


class Scene:
    """The process that lives, those who watch and work through it, and the keys that all share."""

    def __init__(self, server: ValkeyServer, wire: Wire, crowd: Crowd, watching: Sequence[Chain], dice: random.Random):
        self.server, self.wire, self.crowd, self.watching, self.dice = server, wire, crowd, watching, dice
        self.outcomes: Counter[str] = Counter()

    def left_of(self, people: Iterable[Person]) -> list[str]:
        """What any key, value or entry of a stream tells of people, deleted parts included."""
        raw: Any = Redis(port=self.server.port)
        with raw:
            dumps = (key + b" " + (raw.dump(key) or b"") for key in raw.keys("*"))
            return traces_among(b"\n".join(dumps), people)

    def marks(self) -> list[str]:
        """What is left to be done of erasures."""
        keys: list[str] = self.server.ask("KEYS", "*")
        kinds = (key.partition("}:")[2].partition(":")[0] for key in keys)
        return [kind for kind in kinds if kind in ("p", "z", "erasing", "dropping")]

    async def erased_by_the_killed(self, servers: Servers, calls: Callable[[Any], list[Awaitable[Any]]]) -> list[bool]:
        """Start a process, kill it while it is at these calls, and return which it has answered."""
        doomed = await servers.start(self.server.address, "--outage-grace", "60s")
        async with connected(doomed.address) as stub:
            # Connected, so that the calls are under way at once.
            with suppress(aio.AioRpcError):
                await stub.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="nobody"))
            calling = [asyncio.ensure_future(call) for call in calls(stub)]
            working = [self.crowd.act(person) for person in self.crowd.some(10)]
            kill_after_s = self.dice.random() ** 3 * WITHIN_S

            async def kill() -> None:
                await asyncio.sleep(kill_after_s)
                await doomed.kill()

            await asyncio.gather(kill(), *working)
            answers = await asyncio.gather(*calling, return_exceptions=True)
        for answer in answers:
            assert not isinstance(answer, aio.AioRpcError) or answer.code() is grpc.StatusCode.UNAVAILABLE, answer
        return [not isinstance(answer, BaseException) for answer in answers]

    async def erase(self, servers: Servers) -> list[Person]:
        """Let a process be killed while it erases some, and see who is gone; return all of them."""
        going = self.crowd.some(8)
        self.crowd.people = [person for person in self.crowd.people if person not in going]
        answered = await self.erased_by_the_killed(
            servers,
            lambda stub: [
                stub.DeleteUser(pb.DeleteUserRequest(account_id=ACCOUNT, user_id=person.user_id)) for person in going
            ],
        )
        there = {status.user_id: status for status in await self.wire.statuses()}
        for person, was_answered in zip(going, answered, strict=True):
            status = there.get(person.user_id)
            assert status is None or (status.display_name, was_answered) == (person.name, False)
            self.outcomes["answered" if was_answered else "whole" if status is not None else "gone"] += 1
        assert self.left_of(person for person, told in zip(going, answered, strict=True) if told) == []
        gone = {person.user_id for person in going} - there.keys()
        # The process that lives has read of it what the mark says, or been told in time.
        await until(lambda: all(not gone & chain.follower.states.keys() for chain in self.watching))
        return going

    async def repeat(self, *calls: Awaitable[object]) -> None:
        """Repeat calls through the process that lives: they end what has begun, and are refused where all is done."""
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, aio.AioRpcError) and outcome.code() is grpc.StatusCode.NOT_FOUND, outcome


@pytest.mark.timeout(300 + 20 * KILLS)
async def test_what_killed_processes_were_erasing_is_whole_or_gone_for_the_others(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    record_property("dice", seed)
    dice, clock = random.Random(seed), SystemClock()
    with ValkeyServer({"rdbcompression": "no"}) as server:
        store = RedisStore(parse_address(server.address), clock, StoreOptions(outage_grace_ms=60_000))
        async with running(store, clock) as alive, Servers(tmp_path) as servers:
            address = f"127.0.0.1:{alive.port}"
            async with aio.insecure_channel(address) as channel:
                pool = Pool(dice)
                wire = pool.wires[0] = Wire(channel)
                crowd, others = Crowd(alive.service, dice), Crowd(alive.service, dice, OTHER)
                await asyncio.gather(crowd.come(8 * KILLS + 20), others.come(300))
                some = [person.user_id for person in crowd.some(20)]
                chains = [Chain(pool, ACCOUNT), Chain(pool, ACCOUNT, some)]
                of_others = Chain(pool, OTHER)
                watching = [asyncio.create_task(chain.run()) for chain in (*chains, of_others)]
                await until(lambda: all(chain.follower.states for chain in (*chains, of_others)))
                scene = Scene(server, wire, crowd, chains, dice)

                for _ in range(KILLS - 2):
                    going = await scene.erase(servers)
                    requests = [pb.DeleteUserRequest(account_id=ACCOUNT, user_id=each.user_id) for each in going]
                    await scene.repeat(*map(wire.stub.DeleteUser, requests))
                    assert scene.left_of(going) == []

                deleting = pb.DeleteAccountRequest(account_id=OTHER)
                await scene.erased_by_the_killed(servers, lambda stub: [stub.DeleteAccount(deleting)])
                left = {status.user_id for status in await wire.statuses(account_id=OTHER)}
                assert left in (set(), {person.user_id for person in others.people})
                await scene.repeat(wire.stub.DeleteAccount(deleting))
                assert scene.left_of(others.people) == []
                await until(lambda: not of_others.follower.states)

                going = await scene.erase(servers)
                await until(lambda: scene.marks() == [])
                there = {status.user_id for status in await wire.statuses()}
                assert scene.left_of(person for person in going if person.user_id not in there) == []

                now = wall_clock_ms()
                for chain in (*chains, of_others):
                    chain.finish(now)
                await soon(asyncio.gather(*watching))
                states = {status.user_id: shown(status) for status in await wire.statuses()}
                for chain, users in zip(chains, (states.keys(), some), strict=True):
                    # Whoever has been told of an erasure knows that nobody of that name set anybody's status.
                    known = {
                        user: state._replace(actor="")
                        if state.actor[:2] == "u-" and state.actor not in states
                        else state
                        for user, state in chain.follower.states.items()
                    }
                    assert known == {user: state for user, state in states.items() if user in users}
    for name, number in scene.outcomes.items():
        record_property(name, number)
    assert scene.outcomes["answered"] + scene.outcomes["gone"] > 0
