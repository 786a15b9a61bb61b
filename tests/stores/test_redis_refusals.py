"""A server that answers, and refuses: what goes on meanwhile, and what operators are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

import pytest
from redis.exceptions import ResponseError
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.stores.site import ACCOUNT, AWAY_ONLY, MINUTE, SECOND
from tests.valkey import ValkeyServer

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Cause, Status, Then
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import RedisAddress, parse_address
from onduty_server.stores.redis.wire.errors import cause_of, code_of

USER = "onduty"
PASSWORD = "secret"


class Told(Observer):
    """What operators are told."""

    def __init__(self) -> None:
        self.reached: list[bool] = []
        self.failing: list[bool] = []

    def reachable(self, reachable: bool) -> None:
        self.reached.append(reachable)

    def store_failing(self, failing: bool) -> None:
        self.failing.append(failing)


class Site(NamedTuple):
    """A store on a server of its own, of which a test can make what it likes."""

    server: ValkeyServer
    store: RedisStore
    service: StatusService
    clock: FakeClock
    told: Told
    lines: list[MutableMapping[str, Any]]

    def logged(self, event: str) -> list[MutableMapping[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    async def live(self, for_ms: int) -> None:
        """Let time pass, with heartbeats."""
        for _ in range(for_ms // SECOND):
            self.clock.advance(SECOND)
            await self.store.heartbeat()


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        server.ask("ACL", "SETUSER", USER, "on", f">{PASSWORD}", "~onduty:*", "+@all")
        yield server


@pytest.fixture
async def site(server: ValkeyServer) -> AsyncIterator[Site]:
    clock, told = FakeClock(), Told()
    address = RedisAddress(parse_address(server.address).nodes, username=USER, password=PASSWORD)
    store = RedisStore(address, clock, StoreOptions(count_outage_as_inactivity=True), own_time=True, observer=told)
    with capture_logs() as lines:
        await store.open()
        service = StatusService(store)
        await service.update_workflow(ACCOUNT, AWAY_ONLY)
        for user in ("ann", "ben"):
            await service.set_status(ACCOUNT, user, Status.ONLINE)
        yield Site(server, store, service, clock, told, lines)
        await store.close()


async def test_reads_and_activities_in_order_outlive_a_full_server_and_refused_changes_are_told(site: Site) -> None:
    service = site.service
    site.server.ask("CONFIG", "SET", "maxmemory", 1)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await service.set_status(ACCOUNT, "ann", Status.AWAY)
    [line] = site.logged("the store refuses changes")
    assert "memory is full (maxmemory)" in line["cause"]
    assert site.told.failing == [True]
    await site.live(9 * MINUTE)
    assert site.clock.now() > HEARTBEAT_VALID_MS
    # Who is there stays there: what they do is recorded, in the place of what was.
    activity = await service.record_activity(ACCOUNT, "ann")
    assert activity.last_activity == site.clock.now()
    await site.live(2 * MINUTE)
    for order in AvailabilityOrder:
        found = await site.store.available(ACCOUNT, order, 10)
        assert [view.user_id for view in found.views] == ["ann"], order
    assert [view.status for view in (await site.store.scan(ACCOUNT, (), 0, 10)).views] == [Status.ONLINE, Status.AWAY]
    assert (await service.get_status(ACCOUNT, "ben")).status is Status.AWAY
    assert site.told.reached == []
    site.server.ask("CONFIG", "SET", "maxmemory", 0)
    assert (await site.store.settle_due(10)).switched == 1
    await service.set_status(ACCOUNT, "ann", Status.AWAY)
    assert site.told.failing == [True, False]
    assert len(site.logged("the store accepts changes again")) == 1


async def test_sessions_and_engagements_outlive_a_full_server_and_ends_are_true_in_reads(site: Site) -> None:
    service = site.service
    await service.update_workflow(ACCOUNT, {"away_after_ms": None, "disconnect_after_ms": MINUTE})
    for user in ("ann", "ben"):
        await service.keep_session(ACCOUNT, user, "browser", MINUTE)
    await service.keep_engagement(ACCOUNT, "ann", "call", MINUTE)
    await service.set_status(ACCOUNT, "cem", Status.AWAY, ttl_ms=2 * MINUTE, then=Then.ONLINE)
    site.server.ask("CONFIG", "SET", "maxmemory", 1)
    for _ in range(4):
        await site.live(30 * SECOND)
        await service.keep_session(ACCOUNT, "ann", "browser", MINUTE, 10 * SECOND)
        await service.keep_engagement(ACCOUNT, "ann", "call", MINUTE)
    views = {view.user_id: view for view in (await site.store.scan(ACCOUNT, (), 0, 10)).views}
    assert [(view.status, view.cause) for view in views.values()] == [
        (Status.ONLINE, Cause.MANUAL),
        (Status.OFFLINE, Cause.DISCONNECT),
        (Status.ONLINE, Cause.EXPIRY),
    ]
    assert (views["ann"].connected, views["ann"].engagements) == (True, 1)
    for order in AvailabilityOrder:
        found = await site.store.available(ACCOUNT, order, 10)
        assert sorted(view.user_id for view in found.views) == ["ann", "cem"], order
        assert [view.user_id for view in (await site.store.available(ACCOUNT, order, 10, 1)).views] == ["cem"]
    await service.end_session(ACCOUNT, "ann", "browser")
    await service.end_engagement(ACCOUNT, "ann", "call")
    with pytest.raises(StoreUnavailable):
        await site.store.settle_due(10)
    site.server.ask("CONFIG", "SET", "maxmemory", 0)
    assert (await site.store.settle_due(10)).switched == 2
    await site.live(MINUTE)
    assert (await site.store.settle_due(10)).switched == 1


async def test_history_is_pruned_although_the_server_is_full(server: ValkeyServer) -> None:
    clock = FakeClock()
    store = RedisStore(
        parse_address(server.address),
        clock,
        StoreOptions(history_retention_ms=MINUTE, count_outage_as_inactivity=True),
        own_time=True,
    )
    await store.open()
    for status in (Status.ONLINE, Status.AWAY):
        await StatusService(store).set_status(ACCOUNT, "ann", status)
        clock.advance(45 * SECOND)
        await store.heartbeat()
    server.ask("CONFIG", "SET", "maxmemory", 1)
    clock.advance(10 * MINUTE)
    await store.heartbeat()
    [stream] = server.ask("KEYS", f"onduty:*:e:{ACCOUNT}")
    assert server.ask("XLEN", stream) == 0
    await store.close()


def too_few_replicas(server: ValkeyServer) -> Callable[[], object]:
    server.ask("CONFIG", "SET", "min-replicas-to-write", 1)
    return lambda: server.ask("CONFIG", "SET", "min-replicas-to-write", 0)


def no_permission(server: ValkeyServer) -> Callable[[], object]:
    server.ask("ACL", "SETUSER", USER, "-hset")
    return lambda: server.ask("ACL", "SETUSER", USER, "+hset")


def no_keys(server: ValkeyServer) -> Callable[[], object]:
    server.ask("ACL", "SETUSER", USER, "resetkeys", "~other:*")
    return lambda: server.ask("ACL", "SETUSER", USER, "~onduty:*")


def disk_that_cannot_be_written(server: ValkeyServer) -> Callable[[], object]:
    server.ask("CONFIG", "SET", "save", "3600 1")
    # A folder where the snapshot is to be.
    obstacle = server.directory / "dump.rdb"
    obstacle.mkdir()
    server.ask("BGSAVE")
    saved(server, "err")

    def mend() -> None:
        obstacle.rmdir()
        server.ask("BGSAVE")
        saved(server, "ok")

    return mend


def saved(server: ValkeyServer, outcome: str) -> None:
    for _ in range(10_000):
        persistence = server.info("persistence")
        if not persistence["rdb_bgsave_in_progress"] and persistence["rdb_last_bgsave_status"] == outcome:
            return
    raise AssertionError(f"the snapshot did not end with {outcome}")


CAUSES = {
    too_few_replicas: "fewer replicas are connected than its min-replicas-to-write",
    no_permission: "its user lacks a permission",
    no_keys: "its user lacks a permission",
    disk_that_cannot_be_written: "it accepts no changes while it cannot write to its disk",
}


@pytest.mark.parametrize(("break_it", "cause"), CAUSES.items(), ids=[break_it.__name__ for break_it in CAUSES])
async def test_a_store_that_refuses_heartbeats_counts_as_unreachable_until_it_takes_them(
    site: Site, break_it: Callable[[ValkeyServer], Callable[[], object]], cause: str
) -> None:
    if break_it is too_few_replicas and site.server.info("server")["redis_version"] < "7":
        pytest.skip("Redis before 7 lets scripts write whatever min-replicas-to-write says")
    mend = break_it(site.server)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await site.store.heartbeat()
    assert site.told.reached == [False]
    [line] = site.logged("the store refuses heartbeats, without which nothing can be read")
    assert cause in line["cause"]
    assert line["store"] == site.server.address
    assert PASSWORD not in str(line)
    mend()
    await site.store.heartbeat()
    assert site.told.reached == [False, True]
    assert len(site.logged("the store accepts heartbeats again")) == 1
    assert (await site.service.get_status(ACCOUNT, "ann")).status is Status.ONLINE


async def test_an_error_of_one_heartbeat_that_is_no_refusal_is_not_told_as_one(site: Site) -> None:
    site.server.ask("CLIENT", "KILL", "USER", USER)
    with pytest.raises(StoreUnavailable):
        await site.store.heartbeat()
    await site.store.heartbeat()
    assert site.told.reached == []


REPLIES: Mapping[str, tuple[str, str]] = {
    "OOM command not allowed when used memory > 'maxmemory'. script: f00, on @user_script:1.": (
        "OOM",
        "memory is full",
    ),
    "ERR Error running script (call to f_f00): @user_script:1: @user_script: 1: -READONLY You can't write against a "
    "read only replica.": ("READONLY", "read only replica"),
    "ERR Error running script (call to f_f00): @user_script:1: @user_script: 1: -OOM command not allowed when used "
    "memory > 'maxmemory'.": ("OOM", "memory is full"),
    "ERR ACL failure in script: User u has no permissions to run the 'hset' command script: f00, on @user_script:1.": (
        "NOPERM",
        "its user lacks a permission: ACL failure in script: User u has no permissions to run the 'hset' command",
    ),
    "ERR Error running script (call to f_f00): @user_script:1: @user_script: 1: The user executing the script can't "
    "run this command or subcommand": (
        "NOPERM",
        "its user lacks a permission: The user executing the script can't run",
    ),
    "NOPERM this user has no permissions to run the 'eval' command": ("NOPERM", "its user lacks a permission"),
    "NOREPLICAS Not enough good replicas to write.": ("NOREPLICAS", "min-replicas-to-write"),
    "MISCONF Redis is configured to save RDB snapshots, but it's unable to persist to disk.": ("MISCONF", "its disk"),
    "LOADING Redis is loading the dataset in memory": ("LOADING", "loading its data"),
    "WRONGTYPE Operation against a key holding the wrong kind of value": ("WRONGTYPE", "holding the wrong kind"),
    "BUSY Redis is busy running a script.": ("BUSY", "busy running a script"),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_replies_of_redis_6_and_7_and_valkey_are_understood(reply: str) -> None:
    code, cause = REPLIES[reply]
    assert code_of(ResponseError(reply)) == code
    told = cause_of(ResponseError(reply))
    assert cause in told
    assert "user_script:1." not in told


def test_a_cause_that_is_no_reply_is_told_in_one_line() -> None:
    assert cause_of(ConnectionRefusedError(111, "Connect call\nfailed")) == "[Errno 111] Connect call failed"
    assert cause_of(None) == "it does not answer"
