"""A copy answers as the store would have of which it was made, whatever had happened there and whatever comes then."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.copying.places import answers, archive_of, contents, gone, moved
from tests.fakes import FakeClock
from tests.properties.test_service import EFFORT
from tests.stores.backends import Backend, RedisBackend, RedisClusterBackend, SqliteAtOnceBackend
from tests.stores.older_files import FILES, LATEST
from tests.stores.site import ACCOUNT, DAY, MINUTE, Site
from tests.stores.test_older_files import DIRECTORIES, EXPECTED
from tests.valkey import shared_server

from onduty_server.app.ports.archive import StoreCounts
from onduty_server.app.ports.reports import AccountSettings
from onduty_server.app.ports.store import StoreOpenError, StoreOptions
from onduty_server.domain.errors import AccountUnknown, DomainError, ResumeTokenExpired, UserUnknown
from onduty_server.domain.status import Resume, Status, Then
from onduty_server.stores.redis.keys import Keys, partition_of

pytestmark = pytest.mark.timeout(EFFORT.timeout_s)

ACCOUNTS = (ACCOUNT, "zeta", "konto-ä")
USERS = ("ada", "bob", "carol", "dan", "Ève")
TEAMS = ("north", "süd")
LEASES = ("browser", "größe", "🦉")
TTLS = (1_000, 9_000, 45_000)
PAUSES = (0, 1, 500, 1_000, 2_999, 3_001, 9_000, 45_000)

_periods = st.sampled_from([None, 1_000, 2_000, 9_000])
patches = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.sampled_from([True, True, True, False]),
        "away_after_ms": _periods,
        "offline_after_ms": st.sampled_from([None, 3_000, 30_000]),
        "disconnect_after_ms": _periods,
        "disconnect_status": st.sampled_from([Status.AWAY, Status.OFFLINE]),
        "resume": st.sampled_from(Resume),
        "keep_manual_away": st.booleans(),
    },
)
"""Changes of a workflow, some of which are refused."""
accounts = st.sampled_from([*ACCOUNTS, ACCOUNT, ACCOUNT])
users = st.sampled_from(USERS)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("activity"), accounts, users, st.sampled_from([None, None, 0, 1_000, 20_000])),
        st.tuples(st.just("set"), accounts, users, st.sampled_from(Status), st.sampled_from(["", "grace", "Zoë"])),
        st.tuples(
            st.just("set until"), accounts, users, st.sampled_from(Status), st.sampled_from(TTLS), st.sampled_from(Then)
        ),
        st.tuples(
            st.just("keep session"), accounts, users, st.sampled_from(LEASES), st.sampled_from([None, 0, 20_000])
        ),
        st.tuples(st.just("end session"), accounts, users, st.sampled_from(LEASES)),
        st.tuples(st.just("keep engagement"), accounts, users, st.sampled_from(LEASES)),
        st.tuples(st.just("end engagement"), accounts, users, st.sampled_from(LEASES)),
        st.tuples(st.just("configure"), accounts, patches),
        st.tuples(st.just("configure team"), accounts, st.sampled_from(TEAMS), patches),
        st.tuples(st.just("time zone"), accounts, st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])),
        st.tuples(st.just("follow"), accounts, st.sampled_from(TEAMS)),
        st.tuples(st.just("move"), accounts, users, st.sampled_from(["", *TEAMS])),
        st.tuples(st.just("name"), accounts, users, st.sampled_from(["", "Ada L.", "Ève 🦉"])),
        st.tuples(st.just("erase"), accounts, users),
        st.tuples(st.just("erase account"), st.sampled_from(ACCOUNTS[1:])),
        st.tuples(st.just("wait"), st.sampled_from(PAUSES)),
        st.tuples(st.just("sweep"), st.integers(1, 3)),
        st.tuples(st.just("beat")),
        st.tuples(st.just("restart"), st.sampled_from(PAUSES)),
    ),
    max_size=30,
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


async def happen(site: Site, happening: tuple[Any, ...]) -> None:
    """Let something happen; what is refused has changed nothing."""
    match happening:
        case "activity", account, user, age:
            await site.activity(user, None if age is None else site.now - age, account=account)
        case "set", account, user, status, word:
            await site.set(user, status, actor=word, reason=word, caller=word, account=account)
        case "set until", account, user, status, ttl_ms, then:
            await site.service.set_status(account, user, status, ttl_ms=ttl_ms, then=then)
        case "keep session", account, user, lease_id, idle_for_ms:
            with suppress(UserUnknown):
                await site.service.keep_session(account, user, lease_id, 30_000, idle_for_ms)
        case "end session", account, user, lease_id:
            with suppress(UserUnknown):
                await site.service.end_session(account, user, lease_id)
        case "keep engagement", account, user, lease_id:
            with suppress(UserUnknown):
                await site.service.keep_engagement(account, user, lease_id, 10_000)
        case "end engagement", account, user, lease_id:
            with suppress(UserUnknown):
                await site.service.end_engagement(account, user, lease_id)
        case "configure", account, patch:
            with suppress(DomainError):
                await site.configure(patch, account=account)
        case "configure team", account, team, patch:
            with suppress(DomainError):
                await site.configure(patch, account=account, team=team)
        case "time zone", account, name:
            await site.store.update_account(account, AccountSettings(name))
        case "follow", account, team:
            await site.unconfigure(team, account=account)
        case "move", account, user, team:
            with suppress(UserUnknown):
                await site.move(team, user, account=account)
        case "name", account, user, name:
            with suppress(UserUnknown):
                await site.profile(user, account=account, actor="grace", display_name=name)
        case "erase", account, user:
            with suppress(UserUnknown):
                await site.erase(user, account=account)
        case "erase account", account:
            with suppress(AccountUnknown):
                await site.service.delete_account(account)
        case "wait", pause:
            site.advance(pause)
        case "sweep", limit:
            await site.store.settle_due(limit)
        case ("beat",):
            await site.store.heartbeat()
        case "restart", pause:
            await site.backend.reopen(now=site.now + pause)


async def later(backend: Backend, at: int, options: StoreOptions) -> list[dict[str, Any]]:
    """What a store answers when it is opened at `at`, and then as time goes by."""
    await backend.open(options, now=at)
    site = Site(backend)
    found = [await answers(site, ACCOUNTS)]
    for pause in (0, 1_000, 2_000, 7_000):
        await site.live(pause)
        found.append(await answers(site, ACCOUNTS))
    await site.sweep()
    for account in ACCOUNTS:
        # Which of those who are overdue together is recorded first is the store's own affair.
        found.append({user: await site.recorded(user, account=account) for user in USERS})
    await backend.stop()
    return found


@settings(
    max_examples=EFFORT.runs_on_disk,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.permutations([SqliteAtOnceBackend, RedisBackend, RedisClusterBackend]),
    happenings,
    st.booleans(),
    st.sampled_from([0, 1, 2_000, 3_000, 9_999, 10_000, 10_001, DAY]),
    st.booleans(),
)
@example(
    [SqliteAtOnceBackend, RedisBackend, RedisClusterBackend],
    [
        ("configure", ACCOUNT, {"enabled": True, "away_after_ms": 1_000}),
        ("activity", ACCOUNT, "ada", None),
        ("wait", 9_000),
    ],
    True,
    10_001,
    False,
)
@example(
    [SqliteAtOnceBackend, RedisBackend, RedisClusterBackend],
    [
        ("configure", ACCOUNT, {"enabled": True, "away_after_ms": 9_000, "disconnect_after_ms": 1_000}),
        *(("keep session", ACCOUNT, user, "größe", 0) for user in USERS),
        ("end session", ACCOUNT, "ada", "größe"),
        ("keep engagement", ACCOUNT, "bob", "🦉"),
        ("set until", ACCOUNT, "carol", Status.AWAY, 9_000, Then.AUTOMATIC),
        ("set until", ACCOUNT, "dan", Status.OFFLINE, 1_000, Then.ONLINE),
        ("wait", 2_999),
        ("configure", ACCOUNT, {"disconnect_status": Status.AWAY}),
        ("wait", 45_000),
        ("sweep", 1),
    ],
    False,
    2_000,
    False,
)
@example(
    [RedisBackend, SqliteAtOnceBackend, RedisClusterBackend],
    [
        ("configure", ACCOUNT, {"enabled": True, "away_after_ms": 9_000}),
        *(("activity", ACCOUNT, user, None) for user in USERS),
        *(("move", ACCOUNT, user, "süd") for user in USERS[:3]),
        ("move", ACCOUNT, "dan", "north"),
        ("name", ACCOUNT, "ada", "Ada L."),
        ("configure team", ACCOUNT, "süd", {"away_after_ms": 1_000, "enabled": True}),
        ("configure team", ACCOUNT, "north", {"away_after_ms": 2_000, "enabled": True}),
        ("set", ACCOUNT, "bob", Status.AWAY, "grace"),
        ("wait", 9_000),
        ("follow", ACCOUNT, "north"),
        ("configure", ACCOUNT, {"away_after_ms": 30_000}),
        ("erase", ACCOUNT, "bob"),
        ("activity", ACCOUNT, "bob", None),
        ("activity", "zeta", "ada", None),
        ("erase account", "zeta"),
        ("activity", "zeta", "ada", None),
    ],
    True,
    2_000,
    True,
)
def test_a_copy_answers_as_its_source_would_have(
    tmp_path_factory: pytest.TempPathFactory,
    kinds: list[type[Backend]],
    happened: list[tuple[Any, ...]],
    killed: bool,
    down: int,
    count_outage: bool,
) -> None:
    options = StoreOptions(count_outage_as_inactivity=count_outage)

    async def run() -> None:
        directories = [tmp_path_factory.mktemp("place") for _ in range(4)]
        source, middle, other, back = (
            kind(directory) for kind, directory in zip([*kinds, kinds[0]], directories, strict=True)
        )
        await source.open(options)
        site = Site(source)
        for happening in happened:
            await happen(site, happening)
        await (gone(source) if killed else source.stop())
        at = source.clock.now() + down
        before = await contents(source)
        for place in (middle, other, back):
            place.clock = FakeClock(source.clock.now())
        await moved(source, middle)
        await moved(middle, other)
        await moved(other, back)
        for place in (source, middle, other, back):
            assert await contents(place) == before
        expected = await later(source, at, options)
        for place in (middle, other, back):
            assert await later(place, at, options) == expected

    asyncio.run(run())


KINDS = [SqliteAtOnceBackend, RedisBackend]


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_history_that_was_dropped_stays_dropped_and_revisions_go_on(
    of: type[Backend], to: type[Backend], tmp_path: Path
) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY))
    site = Site(source)
    for day in range(4):
        await site.set("ada", (Status.AWAY, Status.OFFLINE)[day % 2], reason=str(day))
        await site.configure(enabled=True, away_after_ms=(day + 1) * MINUTE)
        site.advance(DAY // 2)
        await site.store.heartbeat()
    while len(await site.history()) > 2:
        site.advance(10 * MINUTE)
        await site.store.heartbeat()
    await source.stop()
    at = source.clock.now()
    target.clock = FakeClock(at)
    assert (await moved(source, target)).users == 1
    assert (kept := await contents(target)) == await contents(source)
    assert kept[1][ACCOUNT].days
    expected = await later(source, at, StoreOptions(history_retention_ms=30 * DAY))
    assert await later(target, at, StoreOptions(history_retention_ms=30 * DAY)) == expected
    await target.open(StoreOptions(count_outage_as_inactivity=True), now=target.clock.now())
    assert (await Site(target).set("ada", Status.ONLINE)).revision == 9
    await target.stop()


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_a_gap_in_the_history_is_a_gap_in_the_copy(of: type[Backend], to: type[Backend], tmp_path: Path) -> None:
    first, source, target = SqliteAtOnceBackend(tmp_path), of(tmp_path / "of"), to(tmp_path / "to")
    for place in ("of", "to"):
        (tmp_path / place).mkdir()
    await first.open()
    site = Site(first)
    for word in "abc":
        await site.set("ada", Status.AWAY, reason=word)
        await site.configure(enabled=True, away_after_ms=ord(word) * MINUTE)
    await first.stop()
    # As in a file from before workflow changes were kept.
    connection = apsw.Connection(str(first.path))
    connection.execute("DELETE FROM workflow_change WHERE revision = 4")
    connection.close()
    await moved(first, source)
    await moved(source, target)
    assert await contents(target) == await contents(first)
    await target.open()
    for limit in (1, 1_000):
        with pytest.raises(ResumeTokenExpired):
            await target.store.events(ACCOUNT, 3, limit)
    with pytest.raises(ResumeTokenExpired):
        await target.store.events(ACCOUNT, 1, 1_000)
    assert [event.revision for event in await target.store.events(ACCOUNT, 4, 1_000)] == [5, 6]
    assert [change.reason for change in await Site(target).history()] == ["a", "b", "c"]
    await target.stop()


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_an_empty_store_is_copied_too(of: type[Backend], to: type[Backend], tmp_path: Path) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open()
    token_key = source.store.token_key
    await source.stop()
    assert await moved(source, target) == StoreCounts()
    await target.open()
    assert target.store.token_key == token_key
    await target.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_place_with_a_store_in_it_is_no_target_and_stays_as_it_is(kind: type[Backend], tmp_path: Path) -> None:
    source, target = SqliteAtOnceBackend(tmp_path), kind(tmp_path / "to")
    (tmp_path / "to").mkdir()
    for backend, user in ((source, "ada"), (target, "bob")):
        await backend.open()
        await Site(backend).activity(user)
        await backend.stop()
    before = await contents(target)
    with pytest.raises(StoreOpenError, match="already"):
        await moved(source, target)
    assert await contents(target) == before


@pytest.mark.parametrize("kind", KINDS)
async def test_a_copy_counts_the_erased_apart_from_the_users(kind: type[Backend], tmp_path: Path) -> None:
    source, target = kind(tmp_path), RedisBackend(tmp_path / "to")
    await source.open()
    site = Site(source)
    for user in USERS:
        await site.activity(user)
    for user in USERS[:2]:
        await site.erase(user)
    await source.stop()
    assert await moved(source, target) == StoreCounts(1, len(USERS) - 2, len(USERS) + 2, erased=2)
    await target.open()
    assert len(await Site(target).views()) == len(USERS) - 2
    await target.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_in_use_is_not_copied(kind: type[Backend], tmp_path: Path) -> None:
    source, target = kind(tmp_path), RedisBackend(tmp_path)
    await source.open()
    with pytest.raises(StoreOpenError, match="in use by"):
        await moved(source, target)
    await source.stop()
    assert await moved(source, target) == StoreCounts()


async def test_a_server_that_ran_during_the_copy_spoils_it(tmp_path: Path) -> None:
    source, target = RedisBackend(tmp_path), SqliteAtOnceBackend(tmp_path)
    await source.open()
    await source.stop()
    reader = archive_of(source)
    await reader.open_to_read()
    await reader.check_rest()
    await source.reopen(now=source.clock.now() + 10)
    await source.stop()
    with pytest.raises(StoreOpenError, match="was in use while"):
        await reader.check_rest()
    await reader.close()
    assert not target.path.exists()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unfinished_copy_is_opened_by_nobody_and_begun_anew(kind: type[Backend], tmp_path: Path) -> None:
    source, target = SqliteAtOnceBackend(tmp_path), kind(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open()
    for account in ACCOUNTS:
        for user in USERS:
            await Site(source).activity(user, account=account)
    await source.stop()
    reader, writer = archive_of(source), archive_of(target)
    await writer.open_to_write(await reader.open_to_read())
    for account_id in (*ACCOUNTS, "one that is not in the source"):
        kept = await reader.account(ACCOUNT)
        assert kept is not None
        await writer.add_account(kept._replace(account_id=account_id))
        async for records in reader.users(ACCOUNT):
            # As many as there were when it was cut short.
            await writer.add_users(account_id, 0, records)
            break
    await writer.close()
    await reader.close()
    with pytest.raises(StoreOpenError, match="unfinished copy"):
        await target.open()
    with pytest.raises(StoreOpenError, match="unfinished copy"):
        await contents(target)
    assert await moved(source, target) == StoreCounts(3, 15, 15)
    assert await contents(target) == await contents(source)


async def two_parts(directory: Path, **of_one: int) -> RedisBackend:
    """A Redis at rest with an account in each of two partitions, the fields of one written over."""
    source = RedisBackend(directory)
    await source.open()
    site = Site(source)
    for account in ACCOUNTS[:2]:
        await site.configure({"enabled": True, "away_after_ms": 10 * MINUTE}, account=account)
        await site.activity("ada", account=account)
    await source.stop()
    key = Keys(source.key_prefix).of_partition[partition_of(ACCOUNT)].decode()
    for name, value in of_one.items():
        shared_server().ask("HSET", f"{key}meta", name, source.clock.now() + value)
    return source


@pytest.mark.parametrize("floor", [-MINUTE, MINUTE])
async def test_each_part_keeps_its_recovery_floor_there_and_back(floor: int, tmp_path: Path) -> None:
    source = await two_parts(tmp_path, floor=floor)
    target, back = SqliteAtOnceBackend(tmp_path), RedisBackend(tmp_path)
    at = source.clock.now() + 2 * MINUTE
    target.clock, back.clock = FakeClock(source.clock.now()), FakeClock(source.clock.now())
    await moved(source, target)
    await moved(target, back)
    assert await contents(target) == await contents(source) == await contents(back)
    options = StoreOptions(count_outage_as_inactivity=True)
    expected = await later(source, at, options)
    assert await later(target, at, options) == expected
    assert await later(back, at, options) == expected


async def test_parts_that_ended_at_different_times_do_not_fit_into_a_file(tmp_path: Path) -> None:
    source = await two_parts(tmp_path, beat=-MINUTE, horizon=-MINUTE)
    target, other = SqliteAtOnceBackend(tmp_path), RedisBackend(tmp_path)
    with pytest.raises(StoreOpenError, match="60 s apart; start a server on it once"):
        await moved(source, target)
    await moved(source, other)
    assert await contents(other) == await contents(source)
    source.clock = FakeClock(source.clock.now() + DAY)
    await source.reopen(now=source.clock.now())
    await source.stop()
    await moved(source, target)
    assert await contents(target) == await contents(source)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_of_an_older_schema_is_brought_up_to_date_and_copied(kind: type[Backend], tmp_path: Path) -> None:
    source, target = SqliteAtOnceBackend(tmp_path), kind(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open()
    await Site(source).activity("ada")
    await source.stop()
    before = await contents(source)
    connection = apsw.Connection(str(source.path))
    for (index,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")):
        if index != "status_change_of_user":
            connection.execute(f"DROP INDEX {index}")
    connection.execute("DROP TABLE lineage; DROP TABLE milestone; DROP TABLE gap; DROP TABLE writer")
    connection.execute(
        "DROP TABLE team_workflow; DROP TABLE user_change; DROP TABLE erased_account; DROP TABLE erasure;"
        "DROP TABLE lease_edge; DROP TABLE summed_day; DROP TABLE day_sum"
    )
    for table, column in (
        *(("status_change", name) for name in ("caller", "expire_time", "then_status", "team_id")),
        *(("user", name) for name in ("layers", "display_name", "team_id")),
        *(("workflow_change", "team_id"), ("account", "first_revision")),
        *(("account", name) for name in ("time_zone", "known_since")),
    ):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    connection.execute("ALTER TABLE account DROP COLUMN floor; PRAGMA user_version = 2")
    connection.close()
    assert await moved(source, target) == StoreCounts(1, 1, 1)
    assert await contents(target) == before
    await source.open()
    assert await Site(source).statuses() == {"ada": Status.ONLINE}
    await source.stop()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_of_the_schema_before_is_copied(kind: type[Backend], name: str, tmp_path: Path) -> None:
    source, target = SqliteAtOnceBackend(tmp_path), kind(tmp_path / "to")
    (tmp_path / "to").mkdir()
    for suffix in ("", "-wal", "-shm"):
        if (found := DIRECTORIES[LATEST] / f"{name}{suffix}").exists():
            shutil.copy(found, f"{source.path}{suffix}")
    counts = await moved(source, target)
    assert counts.accounts == len(EXPECTED[LATEST][name]["shown"]["at once"]["accounts"])
    assert counts.users == sum(
        len(seen["views"]) for seen in EXPECTED[LATEST][name]["shown"]["at once"]["read"].values()
    )
    assert await contents(target) == await contents(source)
