"""Reports over Redis: what has gone into the daily sums counts as it did in the history, once, whoever dropped it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.copying.places import moved
from tests.stores.backends import RedisBackend
from tests.stores.older_redis import keys_of, write_keys
from tests.stores.site import ACCOUNT, BOTH, DAY, HOUR, MINUTE, Site
from tests.sums import added_up

from onduty_server.app.ports.archive import KeptEvent
from onduty_server.app.ports.reports import AccountSettings, Detail, Tally, TallyQuery
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.record import Switch, UserChange
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import EVERYBODY, Kept, Key, Step, grid, levels
from onduty_server.stores.redis.archive import RedisArchive
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.report_reading import ReportReader
from onduty_server.stores.redis.steps import StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

KEPT_FOR_EVER = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=10_000 * DAY)
SMALL = StepSizes(prune=7, report=5, history=5, scan=5)
TEAMS = ("", "north", "south", "west")


def query(start: int, end: int, detail: Detail, step: int = 6 * HOUR, **more: object) -> TallyQuery:
    bounds = [*range(start, end, step), end]

    def refine(kept: Kept) -> Sequence[int]:
        return grid(bounds, kept).bounds

    return TallyQuery(start, end, refine, detail, **more)  # type: ignore[arg-type]


def counted(tally: Tally) -> dict[tuple[int, int, Key], tuple[int, int]]:
    """What a tally says by beginning of a stretch, person and key: how many there were, and their time, if any."""
    found: dict[tuple[int, int, Key], tuple[int, int]] = {}
    deltas = added_up(tally.deltas)
    for person, key in {*deltas, *tally.at_end}:
        of_key = levels(tally.bounds, tally.at_end.get((person, key), 0), deltas.get((person, key), {}))
        for begin, level in zip(tally.bounds, of_key, strict=False):
            if any(level):
                found[begin, person, key] = (level[0], level[1])
    return found


def naive(events: Sequence[KeptEvent], bounds: Sequence[int], detail: Detail) -> dict[tuple[int, int, Key], list[int]]:
    """The same, by playing back what each person did."""
    by_person: defaultdict[int, list[tuple[int, Key | None]]] = defaultdict(list)
    for event in events:
        if isinstance(event.change, Switch):
            now = Key(event.change.state, event.team_id)
            by_person[event.position].append((event.change.effective_time, now))
        elif isinstance(event.change, UserChange):
            _, last = by_person[event.position][-1]
            assert last is not None
            key = None if event.change.erased else Key(last.code, event.change.after.team_id)
            by_person[event.position].append((event.commit_time, key))
    found: defaultdict[tuple[int, int, Key], list[int]] = defaultdict(lambda: [0, 0])
    for position, changes in by_person.items():
        for (since, key), (till, _) in zip(changes, [*changes[1:], (1 << 60, None)], strict=True):
            if key is None:
                continue
            key = key if detail is not Detail.TOTALS else Key(key.code)
            person = EVERYBODY if detail in (Detail.TOTALS, Detail.TEAMS) else position
            for begin, end in pairwise(bounds):
                level = found[begin, person, key]
                level[0] += since < begin <= till  # the state before what happens at the very beginning
                level[1] += max(0, min(till, end) - max(since, begin))
    return {place: level for place, level in found.items() if any(level)}


def present(events: Sequence[KeptEvent], begin: int, end: int) -> dict[str, int]:
    """How many people were in each team within the bounds."""
    stays: set[tuple[int, str]] = set()
    since: dict[int, tuple[int, str]] = {}
    for event in events:
        if event.position < 0:
            continue
        change, position = event.change, event.position
        if isinstance(change, Switch):
            since.setdefault(position, (change.effective_time, event.team_id))
        elif isinstance(change, UserChange) and (change.erased or change.before.team_id != change.after.team_id):
            came, team = since.pop(position)
            if came < end and event.commit_time > begin:
                stays.add((position, team))
            if not change.erased:
                since[position] = event.commit_time, change.after.team_id
    stays.update((position, team) for position, (came, team) in since.items() if came < end)
    return dict(Counter(team for _, team in stays))


class Walk:
    """The same things happen in some stores, at the same times."""

    def __init__(self, sites: Sequence[Site], dice: random.Random) -> None:
        self.sites = sites
        self._dice = dice
        self._users = 0
        self._there: list[str] = []

    async def begin(self) -> None:
        for site in self.sites:
            await site.configure(BOTH)

    async def step(self) -> None:
        dice = self._dice
        user = dice.choice(self._there) if self._there else ""
        match dice.choices("nasmrev", (2, 6, 6, 3, 1, 0.5, 1))[0]:
            case "n":
                self._users += 1
                self._there.append(f"user {self._users}")
                at = dice.choice((None, None, self.sites[0].now - dice.randrange(20) * MINUTE))
                await self._all(lambda site: site.activity(self._there[-1], at))
            case "a" if user:
                await self._all(lambda site: site.activity(user))
            case "s" if user:
                status = dice.choice(list(Status))
                await self._all(lambda site: site.set(user, status, reason="so"))
            case "m" if user:
                team = dice.choice(TEAMS)
                await self._all(lambda site: site.move(team, user))
            case "r" if user:
                await self._all(lambda site: site.profile(user, display_name=user.upper()))
            case "e" if user:
                self._there.remove(user)
                await self._all(lambda site: site.erase(user))
        # Sums of a stay that took no time would tell nothing, so there is none.
        by_ms = dice.choice((1, 1 + dice.randrange(5 * MINUTE), 1 + dice.randrange(3 * HOUR)))
        for site in self.sites:
            site.advance(by_ms)
            await site.sweep()
            await site.store.heartbeat()

    async def _all(self, act: Callable[[Site], object]) -> None:
        for site in self.sites:
            await act(site)  # type: ignore[misc]


async def events_of(backend: RedisBackend) -> list[KeptEvent]:
    """Everything that the history of a store has, once it has been closed."""
    await backend.stop()
    archive = RedisArchive(parse_address(backend.address), key_prefix=backend.key_prefix, time=backend.clock.now)
    await archive.open_to_read()
    events = [event async for chunk in archive.events(ACCOUNT) for event in chunk]
    await archive.close()
    return events


async def tally(site: Site, wanted: TallyQuery) -> Tally:
    assert isinstance(site.store, RedisStore)
    return await site.store.tally(ACCOUNT, wanted)


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_dropped_counts_as_it_did_in_the_history(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    whole, pruned = RedisBackend(tmp_path), RedisBackend(tmp_path)
    whole.redis_steps = pruned.redis_steps = SMALL
    await whole.open(KEPT_FOR_EVER)
    by_number = StoreOptions(
        count_outage_as_inactivity=True, history_retention_ms=9 * HOUR, history_max_changes=10_000 if seed % 2 else 40
    )
    await pruned.open(by_number)
    sites = [Site(whole), Site(pruned)]
    walk, began = Walk(sites, dice), sites[0].now
    await walk.begin()
    for _ in range(250):
        await walk.step()
    now = sites[0].now
    ranges = [(began - DAY, now + HOUR), (began + 5 * HOUR, now - 7 * HOUR), (began - DAY, now - DAY)]
    tallies: list[tuple[Detail, Tally, Tally]] = []
    for start, end in ranges:
        for detail in (Detail.TOTALS, Detail.TEAMS, Detail.PEOPLE):
            first = await tally(sites[1], query(start, end, detail, limit=1_000))
            bounds = first.bounds

            def same(_kept: Kept, bounds: Sequence[int] = bounds) -> Sequence[int]:
                return bounds

            second = await tally(sites[0], TallyQuery(start, end, same, detail, limit=1_000))
            assert first.kept.days
            assert not second.kept.days
            tallies.append((detail, first, second))
    everything = await tally(sites[0], query(began - DAY, now + HOUR, Detail.STEPS, limit=1_000))
    pages: list[Step] = []
    position: int | None = 0
    while position is not None:
        page = query(began - DAY, now + HOUR, Detail.STEPS, position=position, limit=9, most_steps=7)
        told = await tally(sites[0], page)
        pages += told.steps
        position = told.next_position
    assert len(everything.steps) > 100
    assert pages == everything.steps
    events = await events_of(whole)
    assert len(await events_of(pruned)) < len(events) / 2
    for detail, first, second in tallies:
        expected = {place: tuple(level) for place, level in naive(events, first.bounds, detail).items()}
        assert counted(second) == expected
        assert counted(first) == expected
        assert first.present == second.present
        if detail is Detail.TEAMS:
            assert first.present == present(events, first.bounds[0], first.bounds[-1])


async def test_pages_of_people_and_teams_have_those_who_left_and_those_who_are_gone(tmp_path: Path) -> None:
    backend = RedisBackend(tmp_path)
    backend.redis_steps = SMALL
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY))
    site = Site(backend)
    began = site.now
    await site.populate([f"agent {number}" for number in range(9)])
    site.advance(MINUTE)
    await site.move("north", *(f"agent {number}" for number in range(6)))
    site.advance(HOUR)
    await site.move("south", "agent 0", "agent 1")
    await site.erase("agent 2")
    for _ in range(3):
        site.advance(DAY)
        await site.store.heartbeat()
    await site.move("", "agent 3")
    await site.erase("agent 4")
    pages = [
        await tally(site, query(began, site.now, Detail.PEOPLE, team_id="north", position=position, limit=4))
        for position in (0, 4)
    ]
    shown = {(each.position, bool(each.user_id)) for page in pages for each in page.people}
    assert shown == {(0, True), (1, True), (2, False), (3, True), (4, False), (5, True)}
    assert [page.next_position for page in pages] == [4, None]
    together = await tally(site, query(began, site.now, Detail.TEAMS, team_id="north"))
    assert together.present == {"": 6, "north": 6, "south": 2}
    later = await tally(site, query(site.now - HOUR, site.now, Detail.PEOPLE, team_id="north", limit=10))
    assert [each.position for each in later.people] == [3, 4, 5]
    steps = await tally(site, query(began, site.now + 1, Detail.STEPS, limit=9, most_steps=1))
    assert [(step.person, step.key) for step in steps.steps] == [(3, Key(2, ""))]
    assert steps.next_position == 4
    await backend.stop()


async def test_who_leaves_a_team_while_its_members_are_read_is_in_its_tally(tmp_path: Path) -> None:
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    site = Site(backend)
    began = site.now
    await site.populate(["ada", "bob"])
    await site.move("north", "ada", "bob")
    site.advance(HOUR)

    class MovedMeanwhile(ReportReader):
        async def members(self, account_id: str, team_id: str, position: int, limit: int | None) -> list[int]:
            await site.move("south", "ada")
            return await super().members(account_id, team_id, position, limit)

    assert isinstance(site.store, RedisStore)
    reporting = site.store._reporting
    reader = reporting._reader
    reporting._reader = MovedMeanwhile(reader._client, reader._keys, reader._runner, reader._steps)
    found = await tally(site, query(began, site.now, Detail.PEOPLE, team_id="north", limit=10))
    assert [each.user_id for each in found.people] == ["ada", "bob"]
    await backend.stop()


async def test_two_processes_that_prune_at_once_and_one_that_dies_add_each_change_once(tmp_path: Path) -> None:
    first = RedisBackend(tmp_path)
    first.redis_steps = StepSizes(prune=3)
    await first.open(KEPT_FOR_EVER)
    site = Site(first)
    began = site.now
    for number in range(60):
        await site.set(f"user {number % 7}", Status.AWAY if number % 2 else Status.ONLINE)
        site.advance(20 * MINUTE)
    wanted = query(began - DAY, site.now + 2 * DAY, Detail.PEOPLE, 10 * DAY, limit=10)
    before = await tally(site, wanted)
    await first.stop()
    options = StoreOptions(count_outage_as_inactivity=True)
    stores = [
        RedisStore(
            *(parse_address(first.address), site.clock, options),
            key_prefix=first.key_prefix,
            own_time=True,
            member=f"member {number}",
            steps=StepSizes(prune=1),
        )
        for number in range(3)
    ]
    for store in stores:
        await store.open()
    prunings = [store._heartbeats._pruning for store in stores]
    pruning = [asyncio.create_task(each.prune(partition_of(ACCOUNT), site.now, 0)) for each in prunings]
    await asyncio.sleep(0)
    await stores[2].abandon()
    await asyncio.gather(*pruning, return_exceptions=True)
    while not await prunings[0].prune(partition_of(ACCOUNT), site.now, 0):
        pass
    after = await stores[1].tally(ACCOUNT, wanted)
    with pytest.raises(ResumeTokenExpired):
        await stores[1].events(ACCOUNT, 0, 10)
    for store in stores[:2]:
        await store.close()
    assert len(after.kept.days) == 2
    assert counted(after) == counted(before)


def of_schema_3(keys: dict[str, Any], dropped: int = 0) -> dict[str, Any]:
    """What schema 3 would have kept, of which so many events of the account have been dropped."""
    older = {name: [kind, list(content) if kind != "string" else content] for name, (kind, content) in keys.items()}
    older["{onduty}:schema"] = ["string", "3"]
    account = f"{{p{partition_of(ACCOUNT):03}}}:"
    added = ("summed", "known", "unedged")
    fields = [field for field in older[f"{account}a:{ACCOUNT}"][1] if field[0] not in added]
    older[f"{account}a:{ACCOUNT}"] = ["hash", [["v", "3"] if field[0] == "v" else field for field in fields]]
    events = []
    for name, [(field, body)] in older[f"{account}e:{ACCOUNT}"][1][dropped:]:
        if body[0] in "\3\4":
            body = body[:5] + "\0\0" + body[7 : 19 if body[0] == "\4" else None]
        events.append([name, [[field, body]]])
    older[f"{account}e:{ACCOUNT}"] = ["stream", events]
    return older


async def test_a_history_of_schema_3_is_completed_before_it_is_added_up(tmp_path: Path) -> None:
    backend = RedisBackend(tmp_path)
    await backend.open(KEPT_FOR_EVER)
    site = Site(backend)
    walk, began = Walk([site], random.Random(7)), site.now
    await walk.begin()
    for _ in range(120):
        await walk.step()
    # Of whom no change is kept when they move, nobody knows what they were.
    await site.activity("early")
    site.advance(MINUTE)
    lost = (await site.view("early")).revision
    await site.move("north", "early")
    moved_by = site.now + 1
    site.advance(HOUR)
    await site.set("early", Status.AWAY)
    wanted = query(began - DAY, site.now + HOUR, Detail.PEOPLE, limit=1_000)
    since_the_move = query(moved_by, site.now + HOUR, Detail.PEOPLE, limit=1_000)
    before, of_late = await tally(site, wanted), await tally(site, since_the_move)
    await backend.stop()
    keys = keys_of(backend.key_prefix)
    for dropped, known_since in ((0, 0), (lost, moved_by)):
        older = RedisBackend(tmp_path)
        older.redis_steps = StepSizes(prune=9)
        older.clock = backend.clock
        write_keys(older.key_prefix, of_schema_3(keys, dropped))
        store = await older.open(KEPT_FOR_EVER)
        assert isinstance(store, RedisStore)
        after = await store.tally(ACCOUNT, wanted)
        assert (after.kept.known_since, list(after.kept.days)) == (known_since, [])
        if not dropped:
            assert counted(after) == counted(before)
        assert counted(await store.tally(ACCOUNT, since_the_move)) == counted(of_late)
        await older.stop()
        assert not [name for name in keys_of(older.key_prefix) if ":V:" in name or ":n:" in name]


async def test_what_is_kept_for_reports_is_copied_and_goes_with_the_account(tmp_path: Path) -> None:
    source, target = RedisBackend(tmp_path), RedisBackend(tmp_path)
    await source.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=5 * HOUR))
    site = Site(source)
    await site.store.update_account(ACCOUNT, AccountSettings("Asia/Kolkata"))
    walk, began = Walk([site], random.Random(3)), site.now
    await walk.begin()
    for _ in range(60):
        await walk.step()
        await site.keep("browsing", ttl_ms=HOUR, idle_for_ms=0)
    wanted = query(began - DAY, site.now, Detail.PEOPLE, limit=1_000)
    before = await tally(site, wanted)
    assert before.kept.days
    await source.stop()
    target.clock = source.clock
    await moved(source, target)
    store = await target.open(KEPT_FOR_EVER)
    assert isinstance(store, RedisStore)
    after = await store.tally(ACCOUNT, wanted)
    assert (after.kept, after.people, counted(after)) == (before.kept, before.people, counted(before))
    assert await store.account_settings(ACCOUNT) == AccountSettings("Asia/Kolkata")
    await store.delete_account(ACCOUNT)
    await target.stop()
    left = {name.partition(":")[2] for name in keys_of(target.key_prefix) if not name.startswith("{onduty}")}
    assert left <= {"meta", "first", "news"}


async def test_what_an_account_has_too_many_of_is_dropped_at_the_next_heartbeat(tmp_path: Path) -> None:
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_max_changes=10))
    site = Site(backend)
    await site.store.heartbeat()
    for _ in range(30):
        await site.set("ada", Status.AWAY)
        await site.set("ada", Status.ONLINE)
    await site.store.heartbeat()
    assert len(await site.history()) == 10
    await backend.stop()
