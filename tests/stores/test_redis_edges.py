"""What Redis keeps of times with a session or an engagement: in which step it is written, and where it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.copying.places import gone, moved
from tests.fakes import FakeClock
from tests.stores.backends import RedisBackend, SqliteAtOnceBackend
from tests.stores.older_redis import ENDED_WITH_LAYERS, keys_of, write_keys
from tests.stores.redis_index import check_index
from tests.stores.site import ACCOUNT, AWAY_ONLY, GONE, HOUR, MINUTE, SECOND, Site
from tests.stores.test_redis_schema import LEFT

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain import rules
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.tallies import CONNECTED, ENGAGED
from onduty_server.stores.redis.edges import unpack_edge
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.scripts import MODERNISE
from onduty_server.stores.redis.store import RedisStore

LATE = 7
"""How long (ms) after it was made a decision is written."""


class Found(NamedTuple):
    """An edge as it is kept."""

    written: int
    position: int
    code: int
    time: int
    begins: bool
    team: str


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    check_index(backend.key_prefix, ACCOUNT, backend.clock.now())
    await backend.stop()


def keys(site: Site) -> dict[str, list[object]]:
    assert isinstance(site.backend, RedisBackend)
    return {name.partition("}:")[2]: content for name, content in keys_of(site.backend.key_prefix).items()}


def edges(site: Site, account: str = ACCOUNT) -> list[Found]:
    """All that an account keeps, in the order in which it was written."""
    found: list[Found] = []
    _, entries = keys(site).get(f"h:{account}", ["stream", []])
    assert isinstance(entries, list)
    for name, [(_, body)] in entries:
        position, ((code, team), time, begins) = unpack_edge(body.encode("latin-1"))
        found.append(Found(int(name.split("-")[0]), position, code, time, begins, team))
    return found


def of(site: Site, code: int, position: int = 0) -> list[tuple[int, bool, str]]:
    """The edges of a kind of one person."""
    return [
        (each.time, each.begins, each.team) for each in edges(site) if (each.position, each.code) == (position, code)
    ]


async def test_a_session_that_is_kept_for_long_has_one_beginning_and_its_end_is_told_by_the_next(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    began = site.now
    await site.keep("ada", ttl_ms=MINUTE, idle_for_ms=0)
    for _ in range(5):
        site.advance(30 * SECOND)
        await site.keep("ada", ttl_ms=MINUTE, idle_for_ms=0)
    await site.keep("ada", "phone", ttl_ms=5 * MINUTE)
    await site.leave("ada")
    ended = site.now + 5 * MINUTE
    assert of(site, CONNECTED) == [(began, True, "")]
    site.advance(HOUR)
    await site.keep("ada", "phone", ttl_ms=MINUTE)
    assert of(site, CONNECTED) == [(began, True, ""), (ended, False, ""), (site.now, True, "")]
    assert edges(site)[1].written == site.now


async def test_a_session_that_ran_out_a_moment_ago_is_another_when_it_is_kept_again(site: Site) -> None:
    """Although nothing else changes: its user is connected all the time, as far as the status is concerned."""
    await site.configure(GONE)
    began = site.now
    await site.keep("ada", ttl_ms=30 * SECOND, idle_for_ms=0)
    site.advance(30 * SECOND - 1)
    await site.keep("ada", ttl_ms=30 * SECOND)
    end = site.now + 30 * SECOND
    site.advance(30 * SECOND)
    await site.keep("ada", ttl_ms=30 * SECOND)
    assert of(site, CONNECTED) == [(began, True, ""), (end, False, ""), (end, True, "")]


async def test_engagements_end_when_they_are_ended_and_when_they_ran_out(site: Site) -> None:
    await site.activity("eve")
    began = site.now
    await site.activity("ada")
    await site.engage("ada", "call", MINUTE)
    await site.engage("ada", "chat", 10 * MINUTE)
    site.advance(5 * MINUTE)
    await site.disengage("ada", "chat")
    assert of(site, ENGAGED, 1) == [(began, True, ""), (site.now, False, "")]
    again = site.now
    await site.engage("ada", "call", MINUTE)
    site.advance(HOUR)
    await site.activity("ada")
    await site.engage("ada", "chat", MINUTE)
    assert of(site, ENGAGED, 1)[2:] == [(again, True, ""), (again + MINUTE, False, ""), (site.now, True, "")]


async def test_a_time_that_means_now_is_that_of_the_write(site: Site) -> None:
    def keep(record: UserRecord, policy: Policy, now: int) -> Decision:
        site.advance(LATE)
        return rules.keep_engagement(record, policy, engagement_id="call", ttl_ms=HOUR, now=now)

    def end(record: UserRecord, policy: Policy, now: int) -> Decision:
        site.advance(LATE)
        return rules.end_engagement(record, policy, engagement_id="call", now=now)

    await site.activity("ada")
    began = site.now + LATE
    await site.store.transact(ACCOUNT, "ada", keep)
    site.advance(MINUTE)
    await site.store.transact(ACCOUNT, "ada", end)
    assert site.now == began + MINUTE + LATE
    assert of(site, ENGAGED) == [(began, True, ""), (site.now, False, "")]


async def test_an_engagement_that_ends_between_a_decision_and_its_write_is_decided_again(site: Site) -> None:
    await site.activity("ada")
    began = site.now
    await site.engage("ada", "call", MINUTE)
    site.advance(MINUTE - LATE // 2)

    def keep(record: UserRecord, policy: Policy, now: int) -> Decision:
        site.advance(LATE)
        return rules.keep_engagement(record, policy, engagement_id="chat", ttl_ms=HOUR, now=now)

    await site.store.transact(ACCOUNT, "ada", keep)
    assert of(site, ENGAGED) == [(began, True, ""), (began + MINUTE, False, ""), (site.now, True, "")]


async def test_a_move_ends_in_the_former_team_and_begins_in_the_new_one(site: Site) -> None:
    await site.configure(GONE)
    began = site.now
    await site.keep("ada", ttl_ms=HOUR, idle_for_ms=0)
    await site.engage("ada", "call", MINUTE)
    site.advance(10 * MINUTE)
    await site.move("day", "ada")
    moved = site.now
    assert of(site, CONNECTED) == [(began, True, ""), (moved, False, ""), (moved, True, "day")]
    ended = began + MINUTE
    assert of(site, ENGAGED)[:2] == [(began, True, ""), (ended, False, "")]
    assert of(site, ENGAGED)[2:] in ([], [(ended, True, "day")])
    site.advance(MINUTE)
    await site.profile("ada", display_name="Ada")
    await site.configure({**GONE, "disconnect_after_ms": HOUR}, team="night")
    site.advance(2 * HOUR)
    before = len(edges(site))
    await site.move("night", "ada")
    assert all(time <= site.now for time, _, _ in of(site, CONNECTED))
    closing, opening = [each for each in edges(site)[before:] if each.code == CONNECTED]
    assert (closing.time, closing.begins, closing.team) == (began + HOUR, False, "day")
    assert (opening.begins, opening.team) == (True, "night")


async def test_who_is_erased_leaves_edges_without_a_name_that_have_an_end(site: Site) -> None:
    await site.activity("eve")
    began = site.now
    await site.keep("ada", "ada's browser", ttl_ms=HOUR, idle_for_ms=0)
    await site.engage("ada", "ada's call", MINUTE)
    await site.move("day", "ada")
    site.advance(5 * MINUTE)
    await site.erase("ada")
    assert of(site, CONNECTED, 1)[-1] == (site.now, False, "day")
    assert of(site, ENGAGED, 1)[-1] == (began + MINUTE, False, "day")
    assert "ada" not in str(keys(site))
    await site.keep("ada", ttl_ms=HOUR, idle_for_ms=0)
    assert of(site, CONNECTED, 2) == [(site.now, True, "")]


async def test_edges_go_with_their_account(site: Site) -> None:
    await site.keep("ada", ttl_ms=HOUR, idle_for_ms=0)
    await site.keep("ada", ttl_ms=HOUR, idle_for_ms=0, account="other")
    await site.service.delete_account(ACCOUNT)
    assert edges(site) == []
    assert [account for _, account in keys(site)["edged"][1]] == ["other"]  # type: ignore[attr-defined]


async def test_dropped_edges_leave_the_rest_in_order(site: Site) -> None:
    await site.backend.reopen(StoreOptions(history_retention_ms=15 * MINUTE))
    for _ in range(4):
        await site.keep("ada", ttl_ms=MINUTE, idle_for_ms=0)
        await site.live(11 * MINUTE)
    kept = edges(site)
    assert 0 < len(kept) < 7
    assert all(each.written >= site.now - 30 * MINUTE for each in kept)
    await site.erase("ada")
    assert len(edges(site)) == len(kept) + 1


@pytest.mark.parametrize("changed", [False, True])
async def test_sessions_and_engagements_from_before_there_were_edges_get_a_beginning(
    tmp_path: Path, changed: bool
) -> None:
    backend = RedisBackend(tmp_path)
    write_keys(backend.key_prefix, LEFT[2]["keys"])
    await backend.open(StoreOptions(count_outage_as_inactivity=True), now=ENDED_WITH_LAYERS + SECOND)
    site = Site(backend)
    assert edges(site) == []
    if changed:
        # Some of these end what began before, and some begin what goes on.
        await site.disengage("margaret", "call-2")
        await site.keep("linus", "phone", MINUTE)
        await site.keep("ada", "browser", HOUR)
        site.advance(10 * MINUTE)
        await site.engage("linus", "call", HOUR)
        await site.keep("ada", "browser", HOUR)
        await site.move("day", "victim")
    store = site.store
    assert isinstance(store, RedisStore)
    while not (await store._runner.read(MODERNISE, partition_of(ACCOUNT), ACCOUNT, 3))[0]:
        pass
    check_index(backend.key_prefix, ACCOUNT, site.now)
    assert edges(site)
    assert f"H:{ACCOUNT}" not in keys(site)
    await site.leave("margaret")
    await site.erase("victim")
    check_index(backend.key_prefix, ACCOUNT, site.now)
    await backend.stop()


async def test_edges_of_a_copy_go_on_although_the_clock_of_its_server_is_behind(tmp_path: Path) -> None:
    source = SqliteAtOnceBackend(tmp_path)
    await source.open(StoreOptions(count_outage_as_inactivity=True))
    await Site(source).activity("ada")
    began = source.clock.now()
    source.clock.advance(2 * SECOND)
    await Site(source).engage("ada", "call", HOUR)
    await gone(source)
    backend = RedisBackend(tmp_path)
    backend.clock = FakeClock(source.clock.now())
    await moved(source, backend)
    await backend.open(StoreOptions(count_outage_as_inactivity=True), now=began + SECOND)
    site = Site(backend)
    await site.disengage("ada", "call")
    assert of(site, ENGAGED) == [(began + 2 * SECOND, True, ""), (began + 2 * SECOND, False, "")]
    check_index(backend.key_prefix, ACCOUNT, site.now)
    await backend.stop()
