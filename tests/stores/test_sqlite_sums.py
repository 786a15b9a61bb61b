"""Sums of history in SQL are those of the reference store, whatever was pruned before, and by whichever days."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.fakes import START
from tests.stores.backends import SqliteBackend
from tests.stores.history_by_chance import ZONES, Chance, opened
from tests.stores.site import ACCOUNT, DAY, HOUR, MINUTE, Site
from tests.sums import added_up

from onduty_server.app.ports.reports import AccountSettings, Detail, Tally, TallyQuery
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.domain.errors import LimitExceeded, StoreUnavailable
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import Kept, Key, grid
from onduty_server.stores.memory import _MemoryJournal
from onduty_server.stores.resident.journal import FoundSums, SumsQuery
from onduty_server.stores.sqlite import SqliteStore, summing
from onduty_server.stores.sqlite.journal import SqliteJournal

TOGETHER = (Detail.TOTALS, Detail.TEAMS)


async def pruned(journal: SqliteJournal) -> None:
    """Wait until the writer has nothing more to prune, so that it takes nothing of what is told next."""
    await journal.commit()
    assert journal._writer is not None
    while journal._writer._pruning.is_due:
        await journal.workflow_changes(0, 0, 1)


def query(chance: Chance, detail: Detail, users: Sequence[int] | None) -> SumsQuery:
    """A query about some stretch of the history, in buckets of some length."""
    dice = chance.dice
    start = dice.randint(START - DAY, chance.now)
    end = dice.randint(start + 1, chance.now + DAY)
    bounds = sorted({start, end, *(dice.randint(start, end) for _ in range(dice.randrange(4)))})
    return SumsQuery(
        *(0, start, end, lambda kept: grid(bounds, kept).bounds, detail, users),
        dice.choice((0, 3, 1_000)) if detail is Detail.STEPS else 0,
    )


def same(found: FoundSums, expected: FoundSums, detail: Detail) -> None:
    """Check that two journals have found the same."""
    assert (found.kept, found.bounds) == (expected.kept, expected.bounds)
    assert _sums(found) == _sums(expected)
    assert dict(found.after) == dict(expected.after)
    assert dict(found.leases_after) == dict(expected.leases_after)
    assert list(found.steps) == list(expected.steps)
    assert _later(found, detail) == _later(expected, detail)
    if detail in TOGETHER:
        # The reference store names all who have sums.
        assert set(found.left) <= set(expected.left)


def _sums(found: FoundSums) -> dict[tuple[int, Key], dict[int, tuple[int, int]]]:
    return {
        place: {stretch: sums for stretch, sums in by_stretch.items() if any(sums)}
        for place, by_stretch in added_up(found.deltas).items()
    }


def _later(found: FoundSums, detail: Detail) -> Counter[tuple[int, Key]]:
    later: Counter[tuple[int, Key]] = Counter()
    for (person, key), net in found.later.items():
        later[-1 if detail in TOGETHER else person, key] += net
    return Counter({place: net for place, net in later.items() if net})


@pytest.mark.parametrize("seed", range(4))
async def test_sums_are_those_of_the_reference_store(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "onduty.db"
    async with opened(path) as journal:
        reference = _MemoryJournal()
        chance = Chance(seed, reference, journal)
        dice = chance.dice
        for _ in range(4):
            chance.live(60)
            chance.move_to(dice.choice(ZONES))
            for _ in range(4):
                for detail in Detail:
                    several = sorted(dice.sample(range(chance.people), dice.randint(1, chance.people)))
                    users = dice.choice((None, several)) if detail in TOGETHER else several
                    asked = query(chance, detail, users)
                    same(await journal.sums(asked), await reference.sums(asked), detail)
            for team_id in ("", "care"):
                start = dice.randint(START, chance.now)
                left = set(await journal.left_since(0, team_id, start))
                assert left <= set(await reference.left_since(0, team_id, start))
            await journal.commit()
            old = chance.now - dice.randint(1, 10) * DAY
            sums_before = dice.choice((0, old, old - 3 * DAY))
            chance.prune(old, 10_000, sums_before)
            await pruned(journal)


# --- what is erased, bounded, or given up -----------------------------------------------------------------------------


def everything(store: Store, detail: Detail = Detail.TOTALS) -> Coroutine[Any, Any, Tally]:
    """A tally of the account."""
    bounds = (START - DAY, START + 400 * DAY)
    return store.tally(ACCOUNT, TallyQuery(*bounds, lambda kept: grid(bounds, kept).bounds, detail, limit=100))


def rows(path: Path, *tables: str) -> list[int]:
    """How many rows tables have."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [int(connection.execute(f"SELECT count(*) FROM {table}").get) for table in tables]
    finally:
        connection.close()


async def test_nothing_of_a_deleted_account_is_left_for_reports_and_an_erased_person_is_a_number(
    tmp_path: Path,
) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY))
    site = Site(backend)
    await site.store.update_account(ACCOUNT, AccountSettings("Asia/Kolkata"))
    for number in range(40):
        await site.set(f"user-{number % 3}", (Status.AWAY, Status.ONLINE)[number % 2])
        await site.service.keep_session(ACCOUNT, "user-0", f"session {number}", 3 * HOUR)
        await site.service.end_session(ACCOUNT, "user-0", f"session {number}")
        site.advance(2 * HOUR)
        await site.store.heartbeat()
    tables = ("lease_edge", "summed_day", "day_sum")
    while not all(rows(backend.path, *tables)):
        site.advance(11 * MINUTE)
        await site.store.heartbeat()
    assert (await everything(site.store)).kept.days
    before = rows(backend.path, "summed_day", "day_sum")
    await site.erase("user-0")
    assert rows(backend.path, "summed_day", "day_sum") == before
    assert [person.user_id for person in (await everything(site.store, Detail.PEOPLE)).people] == [
        "",
        "user-1",
        "user-2",
    ]
    await site.service.delete_account(ACCOUNT)
    assert rows(backend.path, *tables) == [0, 0, 0]
    assert await site.store.account_settings(ACCOUNT) == AccountSettings()
    await backend.stop()


async def test_a_report_does_not_keep_an_erasure_from_its_end(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    await site.populate(["ada", "bob"])
    reader = apsw.Connection(str(backend.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM user").get == 2
    erasing = asyncio.create_task(site.erase("ada"))
    while await site.store.get(ACCOUNT, ["ada"]) != [None]:
        await site.set("somebody else", Status.AWAY, account="other")
    reporting = asyncio.create_task(everything(site.store))
    for number in range(10):
        await site.set("somebody else", Status.AWAY if number % 2 else Status.ONLINE, account="other")
    assert not erasing.done() and not reporting.done()
    reader.close()
    await erasing
    assert sum((await reporting).at_end.values()) == 1
    await backend.stop()


async def test_a_report_of_more_sums_than_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summing, "REPORT_DELTAS_MAX", 3)
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    for user in ("ada", "bob", "carol"):
        await site.set(user, Status.AWAY)
        site.advance(MINUTE)
        await site.set(user, Status.ONLINE)
    assert len((await everything(site.store)).deltas) == 2
    with pytest.raises(LimitExceeded, match="shorter range"):
        await everything(site.store, Detail.PEOPLE)
    await backend.stop()


async def test_a_report_that_nobody_waits_for_any_more_gives_up(tmp_path: Path) -> None:
    """So does one that is under way when the store is closed."""
    path = tmp_path / "onduty.db"
    async with opened(path) as journal:
        chance = Chance(3, journal)
        chance.live(3_000, pauses=(MINUTE,))
        await journal.commit()
        bounds = range(START - 3 * DAY, chance.now + DAY, MINUTE)
        asked = SumsQuery(0, bounds[0], bounds[-1], lambda _: bounds, Detail.PEOPLE, range(chance.people))
        for _ in range(3):
            reporting = asyncio.create_task(journal.sums(asked))
            await journal.workflow_changes(0, 0, 1)
            reporting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reporting
        assert (await journal.sums(asked)).deltas
        last = asyncio.create_task(journal.sums(asked))
        await journal.workflow_changes(0, 0, 1)
    with contextlib.suppress(StoreUnavailable):
        await last


async def test_reports_are_made_one_by_one_and_those_that_wait_end_with_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else there would always be one that keeps the log from starting again."""
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site, store = Site(backend), backend.store
    await site.populate(["ada"])
    has_begun, may_go_on = threading.Event(), threading.Event()
    begun: list[Kept] = []

    def refine(kept: Kept) -> Sequence[int]:
        begun.append(kept)
        has_begun.set()
        assert may_go_on.wait(60)
        return START, START + DAY

    query = TallyQuery(START, START + DAY, refine, Detail.TOTALS)
    reports = [asyncio.create_task(store.tally(ACCOUNT, query)) for _ in range(3)]
    assert await asyncio.to_thread(has_begun.wait, 60)
    assert isinstance(store, SqliteStore)
    journal = store._journal
    assert isinstance(journal, SqliteJournal)
    assert len(journal._sums._held) == 1
    end = journal._sums.end

    def end_and_go_on() -> None:
        end()
        may_go_on.set()

    monkeypatch.setattr(journal._sums, "end", end_and_go_on)
    await backend.stop()
    ended = await asyncio.gather(*reports, return_exceptions=True)
    assert [type(each) for each in ended] == [StoreUnavailable] * 3
    assert len(begun) == 1
    assert "onduty-0.db-wal" not in os.listdir(tmp_path)
