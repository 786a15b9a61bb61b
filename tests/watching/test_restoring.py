"""A file that was put back from a copy gives revisions again, to other changes: no token leads into another future.

A token names the lineage that it was given under, and every start begins a new one; a restart as such costs nobody
their place.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import pytest
import structlog
from tests.fakes import FakeClock
from tests.watching.follower import Follower
from tests.watching.site import ACCOUNT, AWAY, ONLINE, Site, Viewer, opened, until

from onduty_server.app.ports.history import Place
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.domain.errors import DomainError, InvalidField, ResumeTokenExpired
from onduty_server.domain.periods import DAY_MS
from onduty_server.stores.sqlite import DEFAULT_LIMITS, FileLimits, SqliteStore

PRUNE_INTERVAL_MS = 10 * 60 * 1_000
NAMES = ("ada", "ben", "cleo")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Dozens of outages need not be logged."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "onduty.db"


@asynccontextmanager
async def serving(
    database: Path, clock: FakeClock, retention_ms: int = 30 * DAY_MS, limits: FileLimits = DEFAULT_LIMITS
) -> AsyncIterator[Site]:
    options = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=retention_ms)
    store = SqliteStore(database, clock, options, limits=limits)
    async with opened(store, clock) as site:
        yield site


async def change(site: Site, count: int, *, account_id: str = ACCOUNT) -> None:
    """So many changes, each a revision."""
    for number in range(count):
        site.clock.advance(1)
        status, reason = (ONLINE, AWAY)[number % 2], f"{site.clock.now()}"
        await site.set(NAMES[number % 3], status, reason=reason, account_id=account_id)


async def watched(site: Site) -> Viewer:
    """A watcher who knows everything, and has left."""
    viewer = site.follow()
    await site.catch_up(viewer)
    await viewer.leave()
    return viewer


async def refusal(viewer: Viewer) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await viewer.read()
    await viewer.leave()
    return refused.value


async def resumed_without_a_snapshot(site: Site, viewer: Viewer) -> None:
    again = site.resume(viewer)
    await site.check(again)
    assert again.follower.snapshots == viewer.follower.snapshots
    await again.leave()


async def test_a_watcher_does_not_outlive_a_restore_from_a_backup(database: Path, clock: FakeClock) -> None:
    async with serving(database, clock) as site:
        await change(site, 10)
        of_the_past = await watched(site)
    backup = shutil.copyfile(database, database.with_suffix(".backup"))
    async with serving(database, clock) as site:
        await change(site, 10)
        of_a_lost_future = await watched(site)
        filtered = site.follow("ada")
        await filtered.read_snapshot()
        await filtered.leave()
    shutil.copyfile(backup, database)
    async with serving(database, clock) as site:
        await change(site, 13)
        assert (await site.history())[-1].revision == 23
        assert isinstance(await refusal(site.resume(of_a_lost_future)), ResumeTokenExpired)
        assert isinstance(await refusal(site.follow("ada", token=filtered.token)), ResumeTokenExpired)
        # What was before the copy was made is of both futures.
        await resumed_without_a_snapshot(site, of_the_past)


async def test_a_copy_made_while_a_server_ran_ends_its_lineage_where_it_was_made(
    database: Path, clock: FakeClock
) -> None:
    """The copy is in the middle of a lineage, whose tokens are good only up to there."""
    backup = database.with_suffix(".backup")
    async with serving(database, clock) as site:
        await change(site, 10)
        before = await watched(site)
        connection = apsw.Connection(str(database))
        connection.execute("VACUUM INTO ?", (str(backup),))
        connection.close()
        await change(site, 2)
        after = await watched(site)
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(backup, database)
    async with serving(database, clock) as site:
        await change(site, 13)
        assert isinstance(await refusal(site.resume(after)), ResumeTokenExpired)
        await resumed_without_a_snapshot(site, before)


async def test_restarts_cost_nobody_their_place_however_many_there_are(database: Path, clock: FakeClock) -> None:
    async with serving(database, clock) as site:
        await change(site, 5)
        await change(site, 1, account_id="quiet")
        viewers = [await watched(site)]
        nobody_yet = site.follow(account_id="empty")
        await nobody_yet.read_snapshot()
        await nobody_yet.leave()
    for _ in range(6):
        async with serving(database, clock) as site:
            for viewer in viewers:
                await resumed_without_a_snapshot(site, viewer)
            again = site.resume(nobody_yet)
            await site.check(again)
            assert again.follower.snapshots == 1
            await again.leave()
            await change(site, 2)
            viewers.append(await watched(site))


async def test_an_account_whose_history_is_forgotten_keeps_its_watchers_over_a_restart(
    database: Path, clock: FakeClock
) -> None:
    """Nothing has happened for longer than history is kept: that is no reason to send everybody again."""
    async with serving(database, clock, DAY_MS) as site:
        await change(site, 5)
        for _ in range(2):
            clock.advance(DAY_MS)
            await site.settle()

        async def is_forgotten() -> bool:
            return not (await site.service.list_status_changes(ACCOUNT)).items

        await until(is_forgotten)
        viewer = await watched(site)
    async with serving(database, clock, DAY_MS) as site:
        again = site.resume(viewer)
        await site.catch_up(again)
        assert again.follower.snapshots == 1
        await change(site, 1)
        await again.read_events(1)
        await again.leave()


async def test_lineages_are_forgotten_with_the_history(database: Path, clock: FakeClock) -> None:
    limits = FileLimits(lineages_max=5)
    viewers: list[Viewer] = []

    def counts() -> tuple[int, int]:
        connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
        found = [int(connection.execute(f"SELECT count(*) FROM {table}").get) for table in ("lineage", "milestone")]
        connection.close()
        return found[0], found[1]

    for _ in range(12):
        async with serving(database, clock, limits=limits) as site:
            await change(site, 1)
            await change(site, 1, account_id="quiet")
            viewers.append(await watched(site))
            clock.advance(PRUNE_INTERVAL_MS)
            await site.settle()
    lineages, milestones = counts()
    assert lineages == 5
    assert milestones <= 2 * 6
    async with serving(database, clock, limits=limits) as site:
        assert isinstance(await refusal(site.resume(viewers[0])), ResumeTokenExpired)
        for viewer in viewers[-4:]:
            await resumed_without_a_snapshot(site, viewer)
    for _ in range(2):
        async with serving(database, clock, limits=limits) as site:
            for _ in range(31):
                clock.advance(DAY_MS)
                await site.settle()
    assert counts()[0] <= 2
    async with serving(database, clock, limits=limits) as site:
        assert isinstance(await refusal(site.resume(viewers[-1])), ResumeTokenExpired)


async def test_a_token_from_before_there_were_lineages_leads_to_a_snapshot(database: Path, clock: FakeClock) -> None:
    """Of the file of an earlier onduty nobody can tell whether it was put back from a copy."""
    async with serving(database, clock) as site:
        await change(site, 3)
        tokens = ResumeTokens(site.store.token_key, ACCOUNT, ())
        assert isinstance(await refusal(site.follow(token=tokens.after(Place(2, 0)))), ResumeTokenExpired)
        begins_anew = site.follow(token=tokens.restart)
        await begins_anew.read_snapshot()
        await begins_anew.leave()


@pytest.mark.slow
async def test_no_token_ever_leads_to_anything_untrue(tmp_path: Path, clock: FakeClock) -> None:
    """Changes, restarts, copies and restores in any order; every token that was ever given is tried after each."""
    tried = [await wander(tmp_path / f"{seed}.db", clock, random.Random(seed)) for seed in range(5)]
    went_on, expired = map(sum, zip(*tried, strict=True))
    assert went_on > 50 and expired > 10


async def wander(database: Path, clock: FakeClock, dice: random.Random) -> tuple[int, int]:
    """How many of the tokens went on, and how many had expired."""
    copies: list[Path] = []
    known: list[tuple[str, Follower]] = []
    went_on = expired = 0
    for step in range(10):
        if copies and dice.random() < 0.4:
            shutil.copyfile(dice.choice(copies), database)
        async with serving(database, clock) as site:
            await change(site, dice.randrange(4))
            history = await site.history()
            for token, follower in dice.sample(known, min(len(known), 7)):
                again = Viewer(site, follower.copy(), token)
                try:
                    await site.check(again, history=history)
                    assert again.follower.snapshots == 1
                    went_on += 1
                except ResumeTokenExpired:
                    expired += 1
                await again.leave()
            viewer = site.follow()
            await viewer.read_snapshot()
            for _ in range(dice.randrange(4)):
                known.append((viewer.token, viewer.follower.copy()))
                await change(site, 1)
                await viewer.read_events(1)
            known.append((viewer.token, viewer.follower.copy()))
            await viewer.leave()
        if dice.random() < 0.4:
            copies.append(shutil.copyfile(database, database.with_suffix(f".{step}")))
    return went_on, expired


# --- pages ---------------------------------------------------------------------------------------------------------


async def page_tokens(site: Site) -> tuple[str, str]:
    """Of the second pages of the users and of the history."""
    users = await site.service.list_statuses(ACCOUNT, page_size=2)
    changes = await site.service.list_status_changes(ACCOUNT, page_size=2)
    assert users.next_page_token and changes.next_page_token
    return users.next_page_token, changes.next_page_token


async def test_a_page_token_goes_on_over_a_restart_and_not_into_another_future(
    database: Path, clock: FakeClock
) -> None:
    async with serving(database, clock) as site:
        await change(site, 3)
        before = await page_tokens(site)
    backup = shutil.copyfile(database, database.with_suffix(".backup"))
    async with serving(database, clock) as site:
        await site.set("dora")
        await site.set("ella")
        users = await site.service.list_statuses(ACCOUNT, page_size=4)
        changes = await site.service.list_status_changes(ACCOUNT, page_size=4)
        lost = (users.next_page_token, changes.next_page_token)
        assert all(lost)
        second = await site.service.list_statuses(ACCOUNT, page_size=2, page_token=before[0])
        assert [view.user_id for view in second.items] == ["cleo", "dora"]
    shutil.copyfile(backup, database)
    async with serving(database, clock) as site:
        await site.set("fay")
        await site.set("gus")
        second = await site.service.list_statuses(ACCOUNT, page_size=2, page_token=before[0])
        assert [view.user_id for view in second.items] == ["cleo", "fay"]
        page = await site.service.list_status_changes(ACCOUNT, page_size=9, page_token=before[1])
        assert [change.revision for change in page.items] == [3, 4, 5]
        for listing, token in ((site.service.list_statuses, lost[0]), (site.service.list_status_changes, lost[1])):
            with pytest.raises(InvalidField, match="first page") as refused:
                await listing(ACCOUNT, page_token=token)
            assert refused.value.violations[0].field == "page_token"
