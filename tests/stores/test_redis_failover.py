"""A failover: the master that was is not asked any more, and what the new one lacks is written again."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.stores.site import ACCOUNT, AWAY_ONLY, MINUTE, SECOND
from tests.switchboard import Switchboard
from tests.valkey import ValkeyCluster, ValkeyServer, shared_cluster, shared_server

from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Cause, Status
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.membership import LEASE_MS
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address
from onduty_server.stores.redis.wire.errors import NotAMaster

PATIENCE_S = 10.0
_prefixes = itertools.count(1)


class Health(Observer):
    """Remembers whether the store could be reached, each time that this changed."""

    def __init__(self) -> None:
        self.reached: list[bool] = []

    def reachable(self, reachable: bool) -> None:
        self.reached.append(reachable)


def store_at(address: str, clock: FakeClock, prefix: str = "onduty", *, observer: Observer | None = None) -> RedisStore:
    return RedisStore(
        parse_address(address),
        clock,
        StoreOptions(count_outage_as_inactivity=True),
        key_prefix=prefix,
        own_time=True,
        observer=observer,
    )


@asynccontextmanager
async def opened(store: RedisStore) -> AsyncIterator[RedisStore]:
    await store.open()
    try:
        yield store
    finally:
        await store.close()


# --- a master that is demoted ----------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> Iterator[tuple[ValkeyServer, ValkeyServer]]:
    """A master and its replica, in sync."""
    fast = {"repl-diskless-sync-delay": "0"}
    with ValkeyServer(fast) as master, ValkeyServer(fast) as replica:
        replica.follow(master)
        yield master, replica


def fail_over(old: ValkeyServer, new: ValkeyServer) -> None:
    """As a managed one does: the replica is promoted, then the master follows it, and no connection is closed."""
    new.take_over()
    old.follow(new)


async def test_a_demoted_master_answers_nobody_and_its_successor_is_found_by_name(
    pair: tuple[ValkeyServer, ValkeyServer],
) -> None:
    old, new = pair
    health = Health()
    async with Switchboard(old.port) as name, opened(store_at(name.address, FakeClock(), observer=health)) as store:
        service = StatusService(store)
        await service.set_status(ACCOUNT, "ann", Status.ONLINE)
        await asyncio.to_thread(fail_over, old, new)
        with capture_logs() as lines:
            # A read writes nothing, and so a replica would answer it.
            async with asyncio.timeout(PATIENCE_S):
                causes: list[BaseException | None] = []
                while not any(isinstance(cause, NotAMaster) for cause in causes) or health.reached != [False]:
                    with pytest.raises(StoreUnavailable) as refused:
                        await service.get_status(ACCOUNT, "ann")
                    causes.append(refused.value.__cause__)
            with pytest.raises(StoreUnavailable):
                await service.set_status(ACCOUNT, "ann", Status.AWAY)
            [line] = [line for line in lines if line["event"] == "the store does not answer"]
            # A machine that is too busy to connect within a second says so instead.
            assert line["cause"] in (str(NotAMaster()), "it does not answer")
            name.target = new.port
            async with asyncio.timeout(PATIENCE_S):
                while health.reached != [False, True]:
                    try:
                        await store.heartbeat()
                    except StoreUnavailable:
                        await asyncio.sleep(0.01)
        assert (await service.get_status(ACCOUNT, "ann")).status is Status.ONLINE
        await service.set_status(ACCOUNT, "ann", Status.OFFLINE)
    assert new.info("replication")["role"] == "master"
    assert new.ask("HGET", f"onduty:{{p{partition_of(ACCOUNT):03}}}:a:{ACCOUNT}", "rev") == "2"


async def test_a_failover_whose_name_has_switched_costs_no_call(pair: tuple[ValkeyServer, ValkeyServer]) -> None:
    old, new = pair
    async with Switchboard(old.port) as name, opened(store_at(name.address, FakeClock())) as store:
        service = StatusService(store)
        await service.set_status(ACCOUNT, "ann", Status.ONLINE)
        name.target = new.port
        await asyncio.to_thread(fail_over, old, new)
        views = await asyncio.gather(
            *(service.record_activity(ACCOUNT, "ann") for _ in range(5)),
            *(service.get_status(ACCOUNT, "ann") for _ in range(5)),
            service.set_status(ACCOUNT, "ben", Status.AWAY),
        )
        assert [view.status for view in views] == [Status.ONLINE] * 10 + [Status.AWAY]
    assert new.ask("HLEN", f"onduty:{{p{partition_of(ACCOUNT):03}}}:u:{ACCOUNT}") == 2


async def test_watchers_are_told_by_the_successor(pair: tuple[ValkeyServer, ValkeyServer]) -> None:
    old, new = pair
    async with Switchboard(old.port) as name, opened(store_at(name.address, FakeClock())) as store:
        told: list[int] = []
        heard = asyncio.Event()

        def listen(events: object) -> None:
            told.extend(event.revision for event in events)  # type: ignore[attr-defined]
            heard.set()

        subscription = await store.subscribe(ACCOUNT, listen)
        name.target = new.port
        await asyncio.to_thread(fail_over, old, new)
        await StatusService(store).set_status(ACCOUNT, "ann", Status.ONLINE)
        async with asyncio.timeout(PATIENCE_S):
            await heard.wait()
        subscription.cancel()


async def test_a_cluster_of_which_every_node_has_moved_is_found_by_its_name() -> None:
    with ValkeyCluster(1) as before, ValkeyCluster(1) as after:
        async with Switchboard(before.nodes[0].port) as name:
            address = name.address.replace("redis://", "redis+cluster://")
            async with opened(store_at(address, FakeClock())) as store:
                service = StatusService(store)
                await service.set_status(ACCOUNT, "ann", Status.ONLINE)
                before.nodes[0].kill()
                name.target = after.nodes[0].port
                async with asyncio.timeout(PATIENCE_S):
                    while True:
                        try:
                            await service.set_status(ACCOUNT, "ann", Status.AWAY)
                            break
                        except StoreUnavailable:
                            await asyncio.sleep(0.01)


# --- what a failover lost --------------------------------------------------------------------------------------------


@pytest.fixture(params=["one server", "cluster"])
def address(request: pytest.FixtureRequest) -> str:
    return (shared_cluster() if request.param == "cluster" else shared_server()).address


@pytest.fixture
def prefix() -> str:
    return f"failover-{next(_prefixes)}"


def common(prefix: str, key: str) -> bytes:
    return f"{prefix}:{{onduty}}:{key}".encode()


async def forget(store: RedisStore, *command: str | bytes | int) -> None:
    """Have the store lack what a failover lost."""
    key = command[1]
    assert isinstance(key, bytes)
    assert await store._client.command(key, *command) == 1, "or nothing is shown here"


async def history(store: RedisStore) -> list[Cause]:
    return [change.cause for change in (await store.changes(ACCOUNT, ChangeFilter(), 0, 100)).changes]


async def test_a_partition_whose_name_was_lost_is_listed_again_by_whoever_knows_it(address: str, prefix: str) -> None:
    async with opened(store_at(address, FakeClock(), prefix)) as store:
        await StatusService(store).set_status(ACCOUNT, "ann", Status.ONLINE)
        await store.heartbeat()
        names, number = common(prefix, "partitions"), partition_of(ACCOUNT)
        await forget(store, "SREM", names, number)
        with capture_logs() as lines:
            for _ in range(2):
                await store.heartbeat()
        assert await store._client.command(names, "SISMEMBER", names, number) == 1
        assert [line["partitions"] for line in lines if "missing from the list" in line["event"]] == [1]
        assert number in store._partitions.held


async def test_a_partition_whose_name_nobody_remembers_is_found_and_swept(address: str, prefix: str) -> None:
    clock = FakeClock()
    async with opened(store_at(address, clock, prefix)) as store:
        service = StatusService(store)
        await service.update_workflow(ACCOUNT, AWAY_ONLY)
        await service.set_status(ACCOUNT, "ann", Status.ONLINE)
        await forget(store, "SREM", common(prefix, "partitions"), partition_of(ACCOUNT))
    clock.advance(10 * MINUTE + SECOND)
    with capture_logs() as lines:
        async with opened(store_at(address, clock, prefix)) as later:
            clock.advance(LEASE_MS + 1)
            # Nobody asks for the account.
            await later.heartbeat()
            assert (await later.settle_due(10)).switched == 1
            assert await history(later) == [Cause.MANUAL, Cause.INACTIVITY]
            names = common(prefix, "partitions")
            assert await later._client.command(names, "SISMEMBER", names, partition_of(ACCOUNT)) == 1
    assert [line["partitions"] for line in lines if "missing from the list" in line["event"]] == [1]


@pytest.mark.parametrize("key", ["schema", "token_key", "lineage"])
async def test_what_is_written_once_is_written_again_when_it_was_lost(address: str, prefix: str, key: str) -> None:
    clock = FakeClock()
    name = common(prefix, key)
    async with opened(store_at(address, clock, prefix)) as store:
        value = await store._client.command(name, "GET", name)
        await forget(store, "DEL", name)
        await store.heartbeat()
        assert await store._client.command(name, "GET", name) == value
        async with opened(store_at(address, clock, prefix)) as later:
            assert later.token_key == store.token_key, "tokens of one are tokens of all"
            assert later.lineage == store.lineage


async def test_processes_agree_on_a_token_key_although_one_was_lost_and_made_anew(address: str, prefix: str) -> None:
    clock = FakeClock()
    async with opened(store_at(address, clock, prefix)) as store:
        await forget(store, "DEL", common(prefix, "token_key"))
        async with opened(store_at(address, clock, prefix)) as later:
            assert later.token_key != store.token_key
            await store.heartbeat()
            assert later.token_key == store.token_key


async def test_accounts_that_were_not_counted_are_counted_later(address: str, prefix: str) -> None:
    clock, name = FakeClock(), common(prefix, "account_count")
    async with opened(store_at(address, clock, prefix)) as store:
        for account in ("one", "two", "three"):
            await StatusService(store).set_status(account, "ann", Status.ONLINE)
        assert await store._client.command(name, "GETSET", name, 1) == b"3"
        await store.heartbeat()
        clock.advance(10 * MINUTE)
        await store.heartbeat()  # notices that it is time
        await store.heartbeat()
        assert await store._client.command(name, "GET", name) == b"3"
