"""The rows of a SQLite file: what a batch leaves in them, in whatever order it was appended, and what is damage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import pytest
from tests.fakes import START
from tests.stores.history_by_chance import Account

from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.domain.layers import Layers, Lease
from onduty_server.domain.record import Switch
from onduty_server.domain.status import Connection, State, Status, Then
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow
from onduty_server.process.clock import stopwatch
from onduty_server.stores.resident.journal import ChangeRow, Image, UserRow
from onduty_server.stores.sqlite.archive import SqliteArchive
from onduty_server.stores.sqlite.batch import Batch
from onduty_server.stores.sqlite.batch_writing import BatchWriting
from onduty_server.stores.sqlite.journal import SqliteJournal
from onduty_server.stores.sqlite.json_columns import read_workflow, write_workflow
from onduty_server.stores.sqlite.opening import open_writer

END = START + 3_600_000


def connected(end: int) -> str:
    """The layers of a user with one session."""
    return Layers(connection=Connection.CONNECTED, sessions=(Lease("browser", end),)).pack()


UNTIL = Layers(expire_time=END, then=Then.AUTOMATIC).pack()


def row(number: int, layers: str = "", *, state: State = State.ONLINE_BY_HAND, clock: int = START) -> UserRow:
    return UserRow(0, number, f"user-{number}", state, START, None, clock, "", "", number + 1, layers)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[tuple[SqliteJournal, Image]]:
    journal = SqliteJournal(path, Observer(), stopwatch)
    image = await journal.open()
    try:
        yield journal, image
    finally:
        await journal.close()


async def kept(path: Path) -> list[UserRow]:
    """The users in the file, as the next start reads them."""
    async with opened(path) as (_, image):
        return [UserRow(*fields) for fields in image.users]


@asynccontextmanager
async def people(path: Path) -> AsyncIterator[SqliteJournal]:
    """A journal with one account, and the users 0, 1 and 2 without layers; everything is written at the end."""
    async with opened(path) as (journal, _):
        journal.account(Account(), DEFAULT_WORKFLOW, ())
        for number in range(3):
            journal.user(row(number))
        await journal.commit()
        yield journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "onduty.db"


# --- the order in a batch --------------------------------------------------------------------------------------------


async def test_of_what_moves_several_times_in_a_batch_the_last_is_kept(path: Path) -> None:
    async with people(path) as journal:
        journal.moved_clocks([(0, 0, None, START, connected(END))])
        journal.moved_clocks([(0, 0, None, START, connected(END - 1))])
        journal.moved_clocks([(0, 1, START + 7, START + 9, "")])
    assert await kept(path) == [
        row(0, connected(END - 1)),
        row(1, clock=START + 9)._replace(last_activity=START + 7),
        row(2),
    ]


async def test_a_row_has_the_last_word_over_what_moved_before_it(path: Path) -> None:
    """A session that was kept, and ended in the same batch, has ended."""
    async with people(path) as journal:
        journal.moved_clocks([(0, 1, None, START, connected(END))])
        journal.user(row(1, connected(START + 5), clock=START + 5))
    assert (await kept(path))[1] == row(1, connected(START + 5), clock=START + 5)


async def test_what_moved_has_the_last_word_over_the_row_before_it(path: Path) -> None:
    async with people(path) as journal:
        journal.user(row(1, connected(START + 5), state=State.AWAY_BY_HAND))
        journal.moved_clocks([(0, 1, START + 6, START + 6, connected(END))])
    expected = row(1, connected(END), state=State.AWAY_BY_HAND, clock=START + 6)
    assert (await kept(path))[1] == expected._replace(last_activity=START + 6)


async def test_more_than_one_statement_writes_are_all_there(path: Path) -> None:
    async with people(path) as journal:
        for number in range(3, 1_300):
            journal.user(row(number))
        await journal.commit()
        for number in range(1_300):
            journal.moved_clocks([(0, number, None, START + number, connected(END + number))])
    found = await kept(path)
    assert found == [row(number, connected(END + number), clock=START + number) for number in range(1_300)]


async def test_what_moved_of_somebody_who_was_never_written_is_passed_over(path: Path) -> None:
    async with people(path) as journal:
        journal.moved_clocks([(0, 7, START, START, connected(END))])
    assert [user.number for user in await kept(path)] == [0, 1, 2]


# --- history ---------------------------------------------------------------------------------------------------------


async def test_the_end_of_a_status_is_in_every_reading_of_the_history(path: Path) -> None:
    async with people(path) as journal:
        account = Account()
        ended = ChangeRow(
            0, 1, 0, State.ONLINE_BY_HAND, State.AWAY_UNTIL, START, START, "ada", "lunch", "crm", END, Then.ONLINE
        )
        endless = ChangeRow(0, 2, 1, State.ONLINE_BY_HAND, State.AWAY_BY_DISCONNECT, START, START, "", "")
        journal.change(account, ended)
        journal.change(account, endless)
        await journal.commit()
        assert account.durable_revision == 2
        everything = ChangeFilter(None, None, None)
        assert await journal.changes(0, None, everything, 0, 10) == ([ended, endless], None)
        assert await journal.changes(0, 0, everything, 0, 10) == ([ended], None)
        assert await journal.events(0, 0, 10) == [ended, endless]
        assert ended.switch() == Switch(
            State.ONLINE_BY_HAND, State.AWAY_UNTIL, START, "ada", "lunch", "crm", END, Then.ONLINE
        )
        assert endless.switch().then is None


async def test_an_archive_reads_what_a_journal_has_written(path: Path) -> None:
    async with people(path) as journal:
        account = Account()
        journal.change(
            account,
            ChangeRow(0, 1, 0, State.ONLINE_BY_HAND, State.AWAY_UNTIL, START, START, "", "", "", END, Then.OFFLINE),
        )
        journal.user(row(0, UNTIL, state=State.AWAY_UNTIL))
    archive = SqliteArchive(path)
    await archive.open_to_read()
    records = [record async for several in archive.users("acme") for record in several]
    events = [event async for several in archive.events("acme") for event in several]
    await archive.close()
    assert [(record.state, record.layers) for record in records] == [
        (State.AWAY_UNTIL, UNTIL),
        (State.ONLINE_BY_HAND, ""),
        (State.ONLINE_BY_HAND, ""),
    ]
    (event,) = events
    assert isinstance(event.change, Switch)
    assert (event.change.expire_time, event.change.then) == (END, Then.OFFLINE)


def test_workflows_are_read_as_they_were_written_and_as_they_were_before_there_were_disconnections() -> None:
    workflow = Workflow(enabled=True, disconnect_after_ms=60_000, disconnect_status=Status.AWAY)
    read = read_workflow(write_workflow(workflow))
    assert read == workflow
    assert isinstance(read.disconnect_status, Status)
    assert read_workflow('{"enabled": true, "away_after_ms": 5000, "resume": 2}').disconnect_after_ms is None
    old = read_workflow('{"enabled": true, "away_after_ms": 5000, "resume": 2}')
    assert old.disconnect_status is Status.OFFLINE


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "layers"),
    [
        (State.UNSEEN, ""),
        (State.AWAY_BY_DISCONNECT, ""),
        (State.OFFLINE_BY_DISCONNECT, connected(END)),
        (99, ""),
        (-1, ""),
        (State.AWAY_UNTIL, ""),
        (State.AWAY_UNTIL, connected(END)),
        (State.AWAY_BY_HAND, UNTIL),
        (State.ONLINE_BY_HAND, "1"),
        (State.ONLINE_BY_HAND, "9\x1e\x1e"),
        (State.ONLINE_BY_HAND, "1\x1ebrowser\x1f12x\x1e"),
    ],
)
@pytest.mark.parametrize("number", [1, 700])
async def test_a_user_as_no_server_writes_one_is_damage(path: Path, state: int, layers: str, number: int) -> None:
    async with people(path) as journal:
        for other in range(3, number + 200):
            journal.user(row(other, connected(END) if other % 3 else ""))
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE user SET state = ?, layers = ? WHERE number = ?", (int(state), layers, number))
    connection.close()
    with pytest.raises(StoreOpenError, match=f"is damaged: user {number} of account 0"):
        await kept(path)
    archive = SqliteArchive(path)
    await archive.open_to_read()
    with pytest.raises(StoreOpenError, match=f"is damaged: user {number}"):
        async for _ in archive.users("acme"):
            pass
    await archive.close()


# --- a commit that reported an error ---------------------------------------------------------------------------------


def _batch(*users: UserRow, moved: int = 0) -> Batch:
    batch = Batch(users=list(users))
    for number in range(moved):
        batch.moved[0, number] = (0, number, START + 1, START + 2, connected(END))
    return batch


async def test_a_batch_of_users_only_is_known_by_its_rows(path: Path) -> None:
    async with people(path):
        pass
    file = open_writer(path)
    writing = BatchWriting(file.connection, 10)
    batches = [
        _batch(moved=2),
        _batch(row(0, connected(END))),
        _batch(row(0, connected(END)), row(1, UNTIL, state=State.ONLINE_UNTIL), moved=3),
    ]
    for batch in batches:
        assert not writing.is_written(batch)
        with file.transaction():
            writing.write(batch)
            assert not writing.is_written(batch), "it may yet be rolled back"
        assert writing.is_written(batch)
    for lost in (
        Batch(),
        _batch(row(0, connected(END)), row(2, connected(END))),
        _batch(row(9)),
        _batch(moved=9),
        Batch(users=batches[1].users, gaps=[]),
        Batch(users=batches[1].users, accounts=[(1, "other", "{}", "[]")]),
    ):
        assert not writing.is_written(lost)
    file.close()


@pytest.mark.parametrize("number", [0, 1, 128, 700, 898])
async def test_a_user_who_is_missing_among_many_is_damage(path: Path, number: int) -> None:
    async with people(path) as journal:
        for other in range(3, 900):
            journal.user(row(other))
    connection = apsw.Connection(str(path))
    connection.execute("DELETE FROM user WHERE number = ?", (number,))
    connection.close()
    with pytest.raises(StoreOpenError, match=f"is damaged: user {number + 1} of account 0"):
        await kept(path)


@pytest.mark.parametrize("number", [0, 1, 128, 700])
async def test_users_among_many_come_back_as_they_are_whatever_their_layers_are(path: Path, number: int) -> None:
    rows = [row(other, connected(END + other) if other % 3 else "") for other in range(900)]
    rows[number] = row(number, UNTIL, state=State.AWAY_UNTIL)
    rows[number + 1] = UserRow(0, number + 1, "", State.UNSEEN, 0, None, 0, "", "", 5)
    async with people(path) as journal:
        for each in rows:
            journal.user(each)
    assert await kept(path) == rows
