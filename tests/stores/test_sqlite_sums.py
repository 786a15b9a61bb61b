"""Sums of history in SQL are those of the reference store, whatever was pruned before, and by whichever days."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.fakes import START
from tests.stores.backends import SqliteBackend
from tests.stores.history_by_chance import DAY, ZONES, Chance
from tests.stores.site import ACCOUNT, Site

from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.reports import Detail, Tally, TallyQuery
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import Kept, Key, added_up, grid
from onduty_server.process.clock import stopwatch
from onduty_server.stores.memory import _MemoryJournal
from onduty_server.stores.resident.journal import FoundSums, SumsQuery
from onduty_server.stores.sqlite.journal import SqliteJournal

TOGETHER = (Detail.TOTALS, Detail.TEAMS)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(path, Observer(), stopwatch)
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


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


@pytest.mark.parametrize("seed", range(6))
async def test_sums_are_those_of_the_reference_store(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "onduty.db"
    async with opened(path) as journal:
        reference = _MemoryJournal()
        chance = Chance(seed, reference, journal)
        dice = chance.dice
        for _ in range(6):
            chance.live(60)
            chance.move_to(dice.choice(ZONES))
            for _ in range(6):
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


async def test_a_store_that_closes_does_not_wait_for_reports_that_have_not_begun(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "onduty.db", Observer(), stopwatch)
    await journal.open()
    has_begun, may_go_on = threading.Event(), threading.Event()
    begun: list[int] = []

    def report(number: int) -> asyncio.Task[FoundSums]:
        def refine(_: Kept) -> Sequence[int]:
            begun.append(number)
            has_begun.set()
            assert may_go_on.wait(60)
            return START, START + DAY

        return asyncio.create_task(journal.sums(SumsQuery(0, START, START + DAY, refine, Detail.TOTALS)))

    reports = [report(1), report(2)]
    assert await asyncio.to_thread(has_begun.wait, 60)
    await journal.commit()
    closing = asyncio.create_task(journal.close())
    for _ in range(10):
        await asyncio.sleep(0)
    assert all(snapshot._interrupted for snapshot in journal._sums._held)
    may_go_on.set()
    await closing
    ended = await asyncio.gather(*reports, return_exceptions=True)
    assert [type(each) for each in ended] == [StoreUnavailable, StoreUnavailable]
    assert begun == [1]
    assert "onduty.db-wal" not in os.listdir(tmp_path)


async def test_nothing_is_left_of_the_erased_before_the_next_report_reads(tmp_path: Path) -> None:
    """Reports that follow each other would keep former pages in the log for ever."""
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    await site.populate(["ada", "hopper"])
    has_begun, may_go_on = threading.Event(), threading.Event()
    left: list[bool] = []

    def report() -> asyncio.Task[Tally]:
        def refine(_: Kept) -> Sequence[int]:
            left.append(any(b"hopper" in file.read_bytes() for file in tmp_path.glob("*.db*")))
            has_begun.set()
            assert may_go_on.wait(60)
            return START, START + DAY

        query = TallyQuery(START, START + DAY, refine, Detail.TOTALS)
        return asyncio.create_task(site.store.tally(ACCOUNT, query))

    reports = [report(), report()]
    assert await asyncio.to_thread(has_begun.wait, 60)
    erasing = asyncio.create_task(site.service.delete_user(ACCOUNT, "hopper"))
    await site.set("ada", Status.AWAY)
    assert not erasing.done()
    may_go_on.set()
    await asyncio.gather(erasing, *reports)
    assert left == [True, False]
    await backend.stop()
