"""A Redis of an older schema is taken over as it is, but not from under processes that know only that schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.stores.backends import RedisBackend
from tests.stores.older_redis import (
    AFTER,
    ENDED,
    SCHEMAS,
    OlderBackend,
    in_order_of_time,
    keys_of,
    live,
    shown,
    write_keys,
)
from tests.stores.site import ACCOUNT, SECOND, Site
from tests.valkey import shared_server

from onduty_server.app.ports.store import StoreOpenError, StoreOptions
from onduty_server.domain.errors import StoreLost
from onduty_server.domain.status import Status
from onduty_server.stores.redis.archive import RedisArchive
from onduty_server.stores.redis.membership import LEASE_MS
from onduty_server.stores.redis.records import SCHEMA
from onduty_server.stores.redis.wire.address import parse_address

LEFT: dict[int, dict[str, Any]] = {
    number: json.loads(
        (Path(__file__).parents[1] / "data" / f"redis-schema-{number}" / "store.json").read_text(encoding="utf-8")
    )
    for number in SCHEMAS
}
"""What a process of each older schema left, and what its release shows of it."""
SCHEMA_1 = LEFT[1]
OLD_PROCESS = "host/1/abcd"


@pytest.fixture
def older(tmp_path: Path) -> RedisBackend:
    """A store that a process of schema 1 left."""
    backend = RedisBackend(tmp_path)
    write_keys(backend.key_prefix, SCHEMA_1["keys"])
    return backend


def ask(backend: RedisBackend, *words: str | int) -> Any:
    """Send a command about a key that all partitions share."""
    command, key, *rest = words
    return shared_server().ask(command, f"{backend.key_prefix}:{{onduty}}:{key}", *rest)


@pytest.mark.parametrize("moment", AFTER)
@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_store_of_an_older_schema_shows_what_its_own_release_shows(
    tmp_path: Path, schema: int, moment: str
) -> None:
    older = RedisBackend(tmp_path)
    write_keys(older.key_prefix, LEFT[schema]["keys"])
    found = json.loads(json.dumps(await shown(older, AFTER[moment], schema)))
    assert in_order_of_time(found, schema) == in_order_of_time(LEFT[schema]["shown"][moment], schema)
    assert ask(older, "GET", "schema") == str(SCHEMA)


async def test_who_has_no_layers_and_no_profile_takes_not_a_byte_more_than_in_schema_1(tmp_path: Path) -> None:
    """Events take less: ids, reasons, and who changed a workflow, are kept apart from them."""
    backend = OlderBackend(tmp_path)
    await backend.open(StoreOptions(outage_grace_ms=300 * SECOND))
    await live(Site(backend))
    await backend.crash()
    keys = keys_of(backend.key_prefix)
    for name, (kind, content) in SCHEMA_1["keys"].items():
        key = name.partition(":")[2]
        if "{onduty}" not in name and not key.startswith(("news", "meta", "e:", "c:", "a:")):
            assert keys[name] == [kind, content], name
        if key.startswith("a:"):
            assert [field for field in keys[name][1] if field[0] not in ("v", "names")] == content
        if key.startswith("e:"):
            assert [entry[0] for entry in keys[name][1]] == [entry[0] for entry in content]
    events = [name for name in keys if name.partition(":")[2].startswith("e:")]
    assert sum(len(str(keys[name][1])) for name in events) < sum(len(str(SCHEMA_1["keys"][name][1])) for name in events)
    added = {name.partition(":")[2][0] for name in set(keys) - {"{onduty}:members"} - set(SCHEMA_1["keys"])}
    assert added <= set("ijyr")


async def test_a_process_of_an_older_version_keeps_newer_ones_from_taking_its_store(older: RedisBackend) -> None:
    ask(older, "ZADD", "members", ENDED, OLD_PROCESS)
    before = keys_of(older.key_prefix)
    with pytest.raises(StoreOpenError) as refused:
        await older.open(now=ENDED + LEASE_MS - 1)
    assert str(refused.value) == (
        f"the store in {shared_server().address} has schema '1' and is in use by 1 onduty process (host/1) of an older "
        f"version; stop them all, then start this version, which raises the schema to {SCHEMA}"
    )
    assert keys_of(older.key_prefix) == before


async def test_a_process_of_an_older_version_that_was_killed_is_waited_for_as_long_as_its_lease(
    older: RedisBackend,
) -> None:
    ask(older, "ZADD", "members", ENDED, OLD_PROCESS)
    with capture_logs() as lines:
        await older.open(now=ENDED + LEASE_MS)
    assert ask(older, "GET", "schema") == str(SCHEMA)
    assert [line for line in lines if "brought to a new schema" in line["event"]]
    await older.stop()


async def test_a_schema_that_a_failover_took_back_is_raised_again(older: RedisBackend) -> None:
    store = await older.open(now=ENDED)
    ask(older, "SET", "schema", 1)
    await store.heartbeat()
    assert ask(older, "GET", "schema") == str(SCHEMA)
    await older.stop()


@pytest.mark.parametrize("schema", [SCHEMA + 1, "unfinished copy 12"])
async def test_a_process_whose_store_a_newer_version_has_taken_over_ends(tmp_path: Path, schema: str | int) -> None:
    """As after it had stood still for longer than its lease."""
    backend = RedisBackend(tmp_path)
    store = await backend.open()
    await Site(backend).set("ada", Status.AWAY)
    ask(backend, "SET", "schema", schema)
    before = keys_of(backend.key_prefix)
    backend.clock.advance(SECOND)
    with pytest.raises(StoreLost) as lost:
        await store.heartbeat()
    assert lost.value.why == (
        f"the store in {shared_server().address} has schema {str(schema)!r}, and this version of onduty knows {SCHEMA}"
    )
    assert keys_of(backend.key_prefix) == before
    await backend.crash()


async def test_a_store_of_schema_1_can_be_copied_as_it_is(older: RedisBackend) -> None:
    archive = RedisArchive(
        parse_address(shared_server().address), key_prefix=older.key_prefix, time=FakeClock(ENDED + LEASE_MS).now
    )
    await archive.open_to_read()
    accounts = sorted([account async for account in archive.account_ids()])
    assert accounts == ["acme", "empty", "unconfigured", "zürich"]
    records = [record async for chunk in archive.users(ACCOUNT) for record in chunk]
    assert [record.user_id for record in records][:2] == ["offline by inactivity", "agent-0"]
    assert not any(record.layers for record in records)
    await archive.check_rest()
    await archive.close()
    assert ask(older, "GET", "schema") == "1"
