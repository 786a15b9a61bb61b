"""Pruning that is cut off anywhere, by kill -9 or a loss of power: what leaves the history is summed once, exactly."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import apsw
from tests.fakes import START
from tests.faults.disk import faulty_disk
from tests.stores.history_by_chance import DAY, Chance, opened
from tests.sums import added_up

from onduty_server.app.ports.reports import Detail
from onduty_server.domain.tallies import Key, grid
from onduty_server.stores.resident.journal import SumsQuery
from onduty_server.stores.sqlite.journal import SqliteJournal

PEOPLE = 4_000
Sums = dict[tuple[int, Key], dict[int, tuple[int, int]]]


async def sums(journal: SqliteJournal) -> Sums:
    """What is known of every day of the history, and everybody."""
    bounds = range(START // DAY * DAY - 3 * DAY, START + 60 * DAY, DAY)
    query = SumsQuery(
        *(0, bounds[0], bounds[-1], lambda kept: grid(bounds, kept).bounds, Detail.PEOPLE, range(PEOPLE)),
    )
    found = await journal.sums(query)
    assert list(found.bounds) == list(bounds), "no day is summed that is not whole"
    return {
        place: {stretch: each for stretch, each in by_stretch.items() if any(each)}
        for place, by_stretch in added_up(found.deltas).items()
    }


def left(path: Path, before: int) -> int:
    """How much is still to be pruned."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    count = connection.execute(
        """
        SELECT (SELECT count(*) FROM status_change WHERE commit_time < ?1)
            + (SELECT count(*) FROM user_change WHERE commit_time < ?1)
            + (SELECT count(*) FROM lease_edge WHERE time < ?1)
        """,
        (before,),
    ).get
    connection.close()
    return int(count)


async def pruned(journal: SqliteJournal, path: Path, before: int) -> None:
    """Prune all that is to go."""
    journal.prune(before, 1_000_000, 100, 0)
    await journal.commit()
    while left(path, before):
        await journal.workflow_changes(0, 0, 1)


async def test_whatever_write_is_the_last_every_change_is_summed_once(tmp_path: Path) -> None:
    dice = random.Random(20261129)
    found: list[Path] = []

    def cut_off() -> None:
        directory = tmp_path / f"cut-off-{len(found)}"
        directory.mkdir()
        disk.lose_power(directory, dice)
        found.append(directory / "onduty.db")

    (tmp_path / "live").mkdir()
    path = tmp_path / "live" / "onduty.db"
    with faulty_disk() as disk:
        async with opened(path) as journal:
            chance = Chance(1, journal)
            chance.live(500)
            await journal.commit()
            before, expected = chance.now - 5 * DAY, await sums(journal)
            everything = left(path, before)
            disk.before_write = cut_off
            await pruned(journal, path, before)
            disk.before_write = lambda: None
    assert expected and everything > 200
    counts = set()
    for path in found[:: len(found) // 20]:
        async with opened(path) as journal:
            counts.add(left(path, before))
            assert await sums(journal) == expected, path
            await pruned(journal, path, before)
            assert await sums(journal) == expected, path
    assert everything in counts and len(counts) > 1, "it was cut off in the middle too"


async def test_a_server_that_is_killed_while_it_prunes_has_summed_what_is_gone(tmp_path: Path) -> None:
    path, dice = tmp_path / "onduty.db", random.Random()
    async with opened(path) as journal:
        chance = Chance(2, journal)
        for _ in range(3):
            chance.live(4_000, pauses=(0, 1, 60_000))
            await journal.commit()
        before, expected = chance.now + 1, await sums(journal)
    everything = left(path, before)
    counts: list[int] = []
    while not counts or counts[-1]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __spec__.name, str(path), str(before)),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        await child.stdout.readline()
        await asyncio.sleep(dice.uniform(0.01, 0.1))
        child.send_signal(signal.SIGKILL)
        await child.wait()
        async with opened(path) as journal:
            counts.append(left(path, before))
            assert await sums(journal) == expected
    assert everything > 8_000


async def _prune(path: Path, before: int) -> None:
    async with opened(path) as journal:
        journal.prune(before, 1_000_000, 100, 0)
        await journal.commit()
        os.write(1, b"pruning\n")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_prune(Path(sys.argv[1]), int(sys.argv[2])))
