"""Calls to Redis: what they share, and what becomes of them when the server does not do its part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.valkey import ValkeyServer

from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.redis.wire.address import parse_address
from onduty_server.stores.redis.wire.client import RedisClient
from onduty_server.stores.redis.wire.errors import NotReplicated, OutcomeUnknown
from onduty_server.stores.redis.wire.script import Script

PASSWORD = "open sesame"
ECHO = Script.of("echo", "return ARGV[1]")
COUNT = Script("count", b"return redis.call('INCR', KEYS[1])", b"0" * 40)
"""With a wrong hash, so that its text is sent each time."""


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer(password=PASSWORD) as server:
        yield server


@pytest.fixture
async def client(server: ValkeyServer) -> AsyncIterator[RedisClient]:
    client = client_of(server)
    await client.open()
    yield client
    await client.close()


def client_of(server: ValkeyServer, password: str = PASSWORD) -> RedisClient:
    return RedisClient(parse_address(f"redis://:{password.replace(' ', '%20')}@127.0.0.1:{server.port}/3"))


async def test_concurrent_calls_are_one_round_trip_and_each_has_its_own_reply(client: RedisClient) -> None:
    await client.run(ECHO, b"{a}", "once")
    before = client.batches_sent
    replies = await asyncio.gather(*(client.run(ECHO, b"{a}", number) for number in range(100)))
    assert replies == [str(number).encode() for number in range(100)]
    assert client.batches_sent == before + 1


async def test_more_calls_than_a_pipeline_takes_are_answered_in_order(client: RedisClient) -> None:
    await client.run(COUNT, b"{a}")
    replies = await asyncio.gather(*(client.run(COUNT, b"{a}") for _ in range(1_000)))
    assert replies == list(range(2, 1_002))


async def test_a_cancelled_call_takes_no_reply_from_another(client: RedisClient) -> None:
    for ticks in range(6):
        cancelled = asyncio.create_task(client.run(ECHO, b"{a}", "gone"))
        others = [asyncio.create_task(client.run(ECHO, b"{a}", number)) for number in range(3)]
        for _ in range(ticks):
            await asyncio.sleep(0)
        cancelled.cancel()
        assert await asyncio.gather(*others) == [b"0", b"1", b"2"]


async def test_an_error_of_a_script_is_its_callers_alone(client: RedisClient) -> None:
    broken = Script("broken", b"return redis.call('NONE')", b"1" * 40)
    calls = client.run(ECHO, b"{a}", 1), client.run(broken, b"{a}"), client.run(ECHO, b"{a}", 2)
    replies = await asyncio.gather(*calls, return_exceptions=True)
    assert (replies[0], replies[2]) == (b"1", b"2")
    assert isinstance(replies[1], StoreUnavailable)


async def test_too_few_replicas_are_told_apart_from_failure(client: RedisClient) -> None:
    replies = await asyncio.gather(
        client.run(ECHO, b"{a}", 1, replicas=1), client.run(ECHO, b"{a}", 2), return_exceptions=True
    )
    assert isinstance(replies[0], NotReplicated)
    assert replies[1] == b"2"


async def test_what_was_under_way_when_the_server_died_is_unknown_and_it_goes_on_when_it_is_back(
    server: ValkeyServer, client: RedisClient
) -> None:
    await client.run(ECHO, b"{a}", 0)
    await asyncio.to_thread(server.freeze)
    under_way = asyncio.create_task(client.run(ECHO, b"{a}", 1))
    for _ in range(3):  # it is sent once everybody has had a turn
        await asyncio.sleep(0)
    await asyncio.to_thread(server.kill)
    with pytest.raises(OutcomeUnknown):
        await under_way
    with pytest.raises(StoreUnavailable) as refused:
        await client.run(ECHO, b"{a}", 2)
    assert not isinstance(refused.value, OutcomeUnknown)
    await asyncio.to_thread(server.start)
    assert await client.run(ECHO, b"{a}", 3) == b"3"


async def test_a_silent_server_is_given_up(server: ValkeyServer, client: RedisClient) -> None:
    await client.run(ECHO, b"{a}", 0)
    await asyncio.to_thread(server.freeze)
    started = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(client.run(ECHO, b"{a}", number) for number in range(3)), return_exceptions=True)
    assert all(isinstance(answer, OutcomeUnknown) for answer in answers)
    assert 1.5 < asyncio.get_running_loop().time() - started < 4
    await asyncio.to_thread(server.thaw)
    # Who failed is given a moment to answer, and on a busy machine may need more than one.
    async with asyncio.timeout(10):
        while True:
            try:
                assert await client.run(ECHO, b"{a}", 3) == b"3"
                return
            except StoreUnavailable:
                await asyncio.sleep(0.01)


async def test_a_wrong_password_is_said_to_be_one_and_is_not_shown(server: ValkeyServer) -> None:
    client = client_of(server, "hearsay")
    with pytest.raises(StoreUnavailable) as refused:
        await client.open()
    await client.close()
    assert "invalid username-password" in str(refused.value.__cause__)
    assert "hearsay" not in str(refused.value.__cause__)


async def test_closing_lets_calls_end_and_aborting_does_not(server: ValkeyServer) -> None:
    for end, outcome in (("close", bytes), ("abort", StoreUnavailable)):
        client = client_of(server)
        await client.open()
        await client.run(ECHO, b"{a}", 0)
        calls = [asyncio.create_task(client.run(ECHO, b"{a}", number)) for number in range(3)]
        await asyncio.sleep(0)
        await getattr(client, end)()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(answer, outcome) for answer in answers)
