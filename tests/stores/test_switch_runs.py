"""Timed switches that are journalled together leave what they would have left one by one, in memory and in the file."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.fakes import FakeClock
from tests.stores.backends import SqliteBackend
from tests.stores.held_journal import HeldJournal
from tests.stores.held_site import Site as HeldSite
from tests.stores.history_by_chance import Account, opened
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, BOTH, DAY, GONE, HOUR, MINUTE, SECOND, Site
from tests.stores.test_layers_by_chance import seeds

from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import UserUnknown
from onduty_server.domain.status import Cause, Resume, State, Status, Then
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, WorkflowPatch
from onduty_server.stores.resident import journal as journals
from onduty_server.stores.resident.journal import SwitchRun, UserRow
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.resident.switch_runs import SwitchRuns
from onduty_server.stores.sqlite.batch import Batch
from onduty_server.stores.sqlite.batch_writing import BatchWriting
from onduty_server.stores.sqlite.journal import SqliteJournal
from onduty_server.stores.sqlite.opening import open_writer

START = 1_760_000_000_000
PEOPLE = [f"user-{number}" for number in range(14)]
TEAMS = ("", "care", "sales")
STEPS = 120
NEAR: WorkflowPatch = {"enabled": True, "away_after_ms": 10 * MINUTE, "offline_after_ms": 10 * MINUTE + SECOND}
"""Who is switched twice may be so in one batch."""
SOON: WorkflowPatch = {"enabled": True, "away_after_ms": SECOND, "offline_after_ms": 2 * SECOND}
"""Both switches may be effective at the change, and a clock that has moved may not be in the file yet."""
OFF: WorkflowPatch = {"enabled": False}


class Counting(Observer):
    """What is told of timed switches, in all."""

    def __init__(self) -> None:
        self.told: dict[object, int] = {}

    def switched(self, status: Status, cause: Cause, changes: int = 1) -> None:
        self.told[status, cause] = self.told.get((status, cause), 0) + changes

    def late(self, lateness_ms: int, switches: int = 1) -> None:
        self.told[lateness_ms] = self.told.get(lateness_ms, 0) + switches


async def act(site: Site, dice: random.Random) -> None:
    """Let something happen that a switch may come before or after, in the same batch too."""
    user, team = dice.choice(PEOPLE), dice.choice(TEAMS)
    kind = dice.randrange(20)
    with suppress(UserUnknown):
        if kind < 7:
            await site.activity(user, site.now - dice.choice((0, 0, SECOND, 11 * MINUTE)))
        elif kind < 9:
            site.touch(user)
        elif kind < 11:
            status = dice.choice((Status.ONLINE, *Status))
            await site.set(user, status, actor=dice.choice(("", "kim", user)), reason=dice.choice(("", "lunch")))
        elif kind == 11:
            end, then = site.now + dice.choice((SECOND, 10 * MINUTE)), dice.choice((None, *Then))
            await site.set(user, dice.choice(list(Status)), until=end, then=then)
        elif kind == 12:
            await site.keep(user, ttl_ms=MINUTE)
        elif kind == 13:
            await site.engage(user, ttl_ms=10 * MINUTE)
        elif kind < 16:
            await site.move(team, user)
        elif kind == 16:
            await site.profile(user, display_name=dice.choice(("", "Kim")))
        elif kind == 17:
            await site.configure(dice.choice((BOTH, NEAR, NEAR, SOON, SOON, GONE, OFF)), team=team)
        elif kind == 18:
            await site.erase(user)
        else:
            await site.store.heartbeat()


async def lived(directory: Path, seed: int) -> list[Any]:
    """All that was shown, told and kept of a store in which things happened by chance."""
    dice, backend, observer = random.Random(seed), SqliteBackend(directory), Counting()
    # Some switches are then too late to be journalled with others. When history is pruned is up to the writer.
    options = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=10_000 * DAY)
    store = await backend.open(options, observer=observer)
    assert isinstance(store, ResidentStore)
    site, shown = Site(backend), list[Any]()
    await site.configure(NEAR, resume=Resume.FROM_AWAY_OR_OFFLINE)
    for step in range(STEPS):
        if not step % 10:
            # Else an OFF would end it all.
            await site.configure(NEAR)
            await site.populate(PEOPLE)
            site.advance(10 * MINUTE)
        for _ in range(dice.randrange(4)):
            await act(site, dice)
        site.advance(dice.choice((0, 1, SECOND, 4 * MINUTE, 10 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR, 25 * DAY)))
        for _ in range(dice.randrange(4)):
            await store.settle_due(dice.choice((1, 3, 128)))
            check_index(store)
        if dice.random() < 0.5:
            shown.append(await site.views())
    await site.sweep()
    shown += await site.history()
    await backend.stop()
    shown.append(observer.told)
    connection = apsw.Connection(str(backend.path), flags=apsw.SQLITE_OPEN_READONLY)
    for table in ("user", "status_change", "user_change", "account"):
        shown += connection.execute(f"SELECT * FROM {table}")
    connection.close()
    await backend.open(options)
    shown.append(await site.views())
    await backend.stop()
    return shown


@pytest.fixture
def gathered(monkeypatch: pytest.MonkeyPatch) -> list[SwitchRun]:
    """The runs that journals have been given."""
    runs = list[SwitchRun]()
    switches = SqliteJournal.switches

    def gather(self: SqliteJournal, account: journals.JournaledAccount, each: SwitchRun) -> None:
        runs.append(each)
        switches(self, account, each)

    monkeypatch.setattr(SqliteJournal, "switches", gather)
    return runs


@pytest.mark.parametrize("seed", seeds(4, slow=20))
async def test_all_is_as_if_each_had_been_journalled_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gathered: list[SwitchRun], seed: int
) -> None:
    for name in ("together", "alone"):
        (tmp_path / name).mkdir()
    together = await lived(tmp_path / "together", seed)
    assert sum(len(run.users) for run in gathered) > 20
    assert max(len(run.users) for run in gathered) > 2
    gathered.clear()
    monkeypatch.setattr(SwitchRuns, "takes", lambda *_: False)
    assert await lived(tmp_path / "alone", seed) == together
    assert not gathered


# --- the order in a batch --------------------------------------------------------------------------------------------


def row(number: int, revision: int, *, state: State = State.ONLINE_BY_ACTIVITY, actor: str = "kim") -> UserRow:
    return UserRow(0, number, f"user-{number}", state, START, START, START, actor, "because", revision)


def run(first_revision: int, *numbers: int, late_ms: int = 5, team_id: str = "") -> SwitchRun:
    users = [late_ms << 32 | number for number in numbers]
    away, online = int(State.AWAY_BY_INACTIVITY), int(State.ONLINE_BY_ACTIVITY)
    return SwitchRun(0, first_revision, online, away, START + HOUR, team_id, users)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "onduty.db"


async def kept(path: Path) -> dict[int, UserRow]:
    journal = SqliteJournal(path, Observer(), lambda: 0.0)
    image = await journal.open()
    try:
        return {user.number: user for user in map(UserRow._make, image.users)}
    finally:
        await journal.close()


def switched(user: UserRow, revision: int, *, late_ms: int = 5) -> UserRow:
    return user._replace(
        state=int(State.AWAY_BY_INACTIVITY),
        status_since=START + HOUR - late_ms,
        actor="",
        reason="",
        revision=revision,
    )


async def test_a_run_changes_an_older_row_of_its_batch_and_leaves_a_later_one(path: Path) -> None:
    account = Account()
    later = row(2, 6, state=State.OFFLINE_BY_HAND)
    async with opened(path) as journal:
        journal.account(account, DEFAULT_WORKFLOW, ())
        for number in range(3):
            journal.user(row(number, number + 1))
        await journal.commit()
        journal.switches(account, run(4, 1, 2))
        journal.moved_clocks([(0, 1, START + 7, START + 8, "")])
        journal.user(later)
        await journal.commit()
        assert account.durable_revision == 5
    assert await kept(path) == {
        0: row(0, 1),
        1: switched(row(1, 2), 4)._replace(last_activity=START + 7, clock=START + 8),
        2: later,
    }


async def test_numbers_times_and_revisions_may_be_as_large_as_they_come(path: Path) -> None:
    account, number, revision, late_ms = Account(), (1 << 32) - 1, 1 << 50, (1 << 31) - 1
    async with opened(path) as journal:
        journal.account(account, DEFAULT_WORKFLOW, ())
        await journal.commit()
    file = open_writer(path)
    batch = Batch(users=[row(number, 1)], runs=[run(revision, number, late_ms=late_ms, team_id='"], care')])
    with file.transaction():
        BatchWriting(file.connection, 10).write(batch)
    found = list(file.connection.execute("SELECT state, status_since, revision FROM user"))
    assert found == [(State.AWAY_BY_INACTIVITY, START + HOUR - late_ms, revision)]
    changes = list(file.connection.execute("SELECT * FROM status_change"))
    file.close()
    assert changes == [tuple(change) for change in batch.runs[0].changes()]
    assert changes[0][5] == START + HOUR - late_ms
    assert changes[0][-1] == '"], care'


async def test_a_batch_of_more_runs_than_go_into_a_statement_is_written_whole(path: Path) -> None:
    account, people = Account(), 9_001
    async with opened(path) as journal:
        journal.account(account, DEFAULT_WORKFLOW, ())
        for number in range(people):
            journal.user(row(number, number + 1))
        await journal.commit()
        for first in range(0, people, 7):
            journal.switches(account, run(people + first + 1, *range(first, min(first + 7, people))))
        await journal.commit()
    found = await kept(path)
    assert found == {number: switched(row(number, 0), people + number + 1) for number in range(people)}


async def test_a_batch_with_a_run_is_known_by_it(path: Path) -> None:
    async with opened(path) as journal:
        journal.account(Account(), DEFAULT_WORKFLOW, ())
        journal.user(row(0, 1))
        await journal.commit()
    file = open_writer(path)
    writing, batch = BatchWriting(file.connection, 10), Batch(runs=[run(2, 0)])
    assert not writing.is_written(batch)
    with file.transaction():
        writing.write(batch)
        assert not writing.is_written(batch), "it may yet be rolled back"
    assert writing.is_written(batch)
    assert not writing.is_written(Batch(runs=[run(3, 0)]))
    file.close()


# --- durability ------------------------------------------------------------------------------------------------------


async def test_a_switch_brings_the_clock_it_rests_on_to_the_disk() -> None:
    site = HeldSite(HeldJournal(), FakeClock())
    await site.store.open()
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": SECOND})
    await site.service.record_activity(ACCOUNT, "ada")
    site.clock.advance(SECOND // 2)
    assert site.store.immediate.touch(ACCOUNT, "ada", None)
    site.clock.advance(SECOND)
    await site.store.settle_due(10)
    before = await site.store.get(ACCOUNT, ["ada"])
    left = await site.after_a_crash()
    assert await left.store.get(ACCOUNT, ["ada"]) == before
    (ada,) = before
    assert ada is not None
    assert ada.status is Status.AWAY
    assert ada.last_activity == START + SECOND // 2


async def test_a_revision_that_came_after_a_run_in_its_step_is_durable_with_it(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    store = await backend.open()
    assert isinstance(store, ResidentStore)
    site = Site(backend)
    await site.configure(BOTH)
    await site.populate(["ada", "ben"])
    await site.keep("ben")
    await site.live(10 * MINUTE)
    assert (await store.settle_due(10)).switched == 2
    await store.heartbeat()
    account = store._accounts[ACCOUNT]
    assert account.durable_revision == account.revision
    await backend.stop()


async def test_a_user_is_in_one_run_of_a_batch(tmp_path: Path, gathered: list[SwitchRun]) -> None:
    backend = SqliteBackend(tmp_path)
    store = await backend.open()
    site = Site(backend)
    await site.configure(SOON)
    await site.populate(["ada"])
    await store.heartbeat()
    for _ in range(2):
        # The loop does not turn meanwhile, so both are in one batch.
        site.advance(SECOND)
        assert (await store.settle_due(10)).switched == 1
    assert [each.state for each in gathered] == [State.AWAY_BY_INACTIVITY]
    await backend.reopen()
    assert await site.status("ada") is Status.OFFLINE
    assert len(await site.recorded("ada")) == 3
    await backend.stop()


async def test_two_switches_of_one_moment_are_both_recorded(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    await site.configure(BOTH)
    await site.populate(["ada", "ben"])
    await site.live(9 * MINUTE)
    await site.configure(SOON)
    changed_at = site.now
    await site.sweep()
    assert [(each.status, each.effective_time) for each in await site.recorded("ben")][1:] == [
        (Status.AWAY, changed_at),
        (Status.OFFLINE, changed_at),
    ]
    await backend.stop()


# --- who is journalled with others -----------------------------------------------------------------------------------


async def test_those_alike_go_together(tmp_path: Path, gathered: list[SwitchRun]) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    await site.configure(BOTH)
    await site.populate(PEOPLE)
    await site.move("care", *PEOPLE[4:])
    await site.live(5 * MINUTE)
    await site.activity(PEOPLE[0])
    await site.live(5 * MINUTE)
    await site.sweep()
    assert [(each.team_id, [user & 0xFFFFFFFF for user in each.users]) for each in gathered] == [
        ("", [1, 2, 3]),
        ("care", [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
    ]
    assert {user >> 32 for each in gathered for user in each.users} == {0}
    await backend.stop()
