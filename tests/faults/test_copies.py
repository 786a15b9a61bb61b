"""A database and its write-ahead log that were copied, cut or put back apart: refused in words, or all is there."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import apsw
import pytest
from tests.fakes import START, FakeClock
from tests.faults.disk import faulty_disk
from tests.faults.process import Servers, connected
from tests.killed import copy_as_killed
from tests.watching.test_migration import write_version_3

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.app.service import StatusService
from onduty_server.domain.status import State, Status
from onduty_server.stores.sqlite import DEFAULT_LIMITS, FileLimits, SqliteStore
from onduty_server.stores.sqlite.archive import SqliteArchive
from onduty_server.stores.sqlite.journal import SqliteJournal
from onduty_server.stores.sqlite.opening import open_writer
from onduty_server.stores.sqlite.repair import repair
from onduty_server.stores.sqlite.statements import statement

PAGE = 4_096
FRAME = PAGE + 24
LOG_HEADER = 32

MISSING = "its write-ahead log .* is missing"
FOREIGN = "do not belong together"
_LOOKS_MAX = 200
"""How often it is looked whether a file has been cleared, which somebody else's connection may hold up."""
CUT = "is damaged or cut short"


async def cleaned(store: SqliteStore) -> None:
    """Wait until unused parts of a new file are cleared, which moves the log: not while a test copies the files."""
    journal = store._journal
    assert isinstance(journal, SqliteJournal)
    for _ in range(_LOOKS_MAX):
        if journal._writer is None or not journal._writer._cleaning.is_due:
            break
        await journal.workflow_changes(0, 0, 1)


async def opened(path: Path, limits: FileLimits = DEFAULT_LIMITS) -> SqliteStore:
    store = SqliteStore(path, FakeClock(), limits=limits)
    await store.open()
    await cleaned(store)
    return store


async def add(store: SqliteStore, *numbers: int) -> None:
    """A commit a user."""
    service = StatusService(store)
    for number in numbers:
        await service.set_status("acme", f"user-{number}", Status.AWAY)


async def users_of(path: Path) -> int:
    """How many there are; the store is closed cleanly afterwards."""
    store = await opened(path)
    page = await StatusService(store).list_statuses("acme", page_size=1_000)
    await store.close()
    return len(page.items)


async def refused(path: Path, words: str) -> None:
    """By a start, as the source of a copy and by a repair, each twice, after each other; and nothing is changed."""
    before = files_of(path)
    for _ in range(2):
        with pytest.raises(StoreOpenError, match=words):
            await SqliteStore(path, FakeClock()).open()
        assert files_of(path) == before
        archive = SqliteArchive(path)
        with pytest.raises(StoreOpenError, match=words):
            await archive.open_to_read()
        await archive.close()
        assert files_of(path) == before
        with pytest.raises(StoreOpenError, match=f"({words}).*--accept-loss"):
            repair(path, accept_loss=False)
        assert files_of(path) == before


def files_of(path: Path) -> dict[str, bytes]:
    """What is in the file and in all that is beside it, by the name, but for the lock."""
    return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.suffix != ".lock"}


@pytest.fixture
async def running(tmp_path: Path) -> Path:
    """Of a server that was killed with 40 users, the first of them 20 in the file itself."""
    store = await opened(tmp_path / "running.db")
    await add(store, *range(20))
    await store.close()
    store = await opened(tmp_path / "running.db")
    await add(store, *range(20, 40))
    left = copy_as_killed(tmp_path / "running.db", tmp_path / "left" / "onduty.db")
    await store.close()
    return left


def log_of(path: Path) -> Path:
    return Path(f"{path}-wal")


def index_of(path: Path) -> Path:
    return Path(f"{path}-shm")


def commits_in(log: Path) -> list[int]:
    """Where the commits of the log end, in bytes, in the file."""
    content = log.read_bytes()
    salts = content[16:24]
    ends = range(LOG_HEADER + FRAME, len(content) + 1, FRAME)
    heads = ((end, content[end - FRAME : end - FRAME + 24]) for end in ends)
    return [end for end, head in heads if head[8:16] == salts and any(head[4:8])]


# --- the log is missing, or the database is --------------------------------------------------------------------------


async def test_what_a_killed_process_leaves_is_whole(running: Path) -> None:
    assert await users_of(running) == 40
    assert await users_of(running) == 40


async def test_a_log_that_is_missing_is_noticed(running: Path) -> None:
    log_of(running).unlink()
    await refused(running, MISSING)


async def test_a_log_that_was_emptied_is_noticed(running: Path) -> None:
    log_of(running).write_bytes(b"")
    await refused(running, MISSING)


async def test_the_file_alone_of_a_running_server_is_no_backup(running: Path, tmp_path: Path) -> None:
    alone = copy_as_killed(running, tmp_path / "alone" / "onduty.db", [""])
    await refused(alone, MISSING)


async def test_a_new_database_whose_log_is_lost_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    store = await opened(tmp_path / "onduty.db")
    await add(store, *range(50))
    alone = copy_as_killed(tmp_path / "onduty.db", tmp_path / "alone" / "onduty.db", [""])
    await store.close()
    await refused(alone, MISSING)


@pytest.mark.parametrize("empty", [False, True])
async def test_a_log_without_its_database_does_not_become_an_empty_store(running: Path, empty: bool) -> None:
    os.truncate(running, 0)
    if not empty:
        os.unlink(running)
    before = files_of(running)
    for _ in range(2):
        with pytest.raises(StoreOpenError, match=f"is {'empty' if empty else 'missing'}, but .*-wal"):
            await SqliteStore(running, FakeClock()).open()
        archive = SqliteArchive(running)
        with pytest.raises(StoreOpenError, match=f"is {'empty' if empty else 'missing'}, but .*-wal"):
            # As the target of a copy.
            archive._lock.acquire()
        await archive.close()
    assert files_of(running) == before
    assert (running in running.parent.iterdir()) == empty
    log_of(running).unlink()
    assert await users_of(running) == 0


# --- the log is cut or damaged ---------------------------------------------------------------------------------------


async def test_a_log_that_was_cut_anywhere_is_noticed(running: Path) -> None:
    whole = log_of(running).read_bytes()
    index = index_of(running).read_bytes()
    *commits, last = commits_in(log_of(running))
    assert len(commits) >= 20
    between = (commits[3] + 24, commits[7] - 1, last - 1, last - FRAME)
    for length in (0, 31, LOG_HEADER, LOG_HEADER + 1, *commits, *between):
        log_of(running).write_bytes(whole[:length])
        index_of(running).write_bytes(index)
        await refused(running, f"{MISSING}|{CUT}")
    log_of(running).write_bytes(whole[:last])
    index_of(running).write_bytes(index)
    assert await users_of(running) == 40


async def test_a_server_that_is_started_again_and_again_never_takes_a_cut_log_for_a_whole_one(tmp_path: Path) -> None:
    """As a supervisor starts it, and with a repair that nobody has accepted the loss for in between."""
    database = tmp_path / "left" / "onduty.db"
    database.parent.mkdir()
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            for number in range(8):
                user = f"user-{number}"
                await calls.SetStatus(pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_AWAY))
        await server.kill()
        os.truncate(log_of(database), log_of(database).stat().st_size // 2)
        before = files_of(database)
        assert re.search(CUT, await servers.refused(database))
        with pytest.raises(StoreOpenError, match="--accept-loss"):
            repair(database, accept_loss=False)
        assert re.search(CUT, await servers.refused(database))
        assert files_of(database) == before


async def test_a_killed_server_is_followed_by_another_while_somebody_reads(tmp_path: Path, running: Path) -> None:
    """What is read beside it, a backup being made for one, locks the file and its index."""
    reading = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _READING, str(running), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert reading.stdout is not None
    assert await asyncio.wait_for(reading.stdout.readline(), 30) == b"40\n"
    assert await users_of(running) == 40
    assert (await asyncio.wait_for(reading.communicate(b""), 30))[0] == b"40\n"
    assert await users_of(running) == 40


_READING = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.execute("BEGIN")
print(*connection.execute("SELECT count(*) FROM user").fetchone(), flush=True)
sys.stdin.read()
print(*connection.execute("SELECT count(*) FROM user").fetchone(), flush=True)
"""


async def test_a_log_that_is_damaged_somewhere_is_noticed_with_its_index_and_without(running: Path) -> None:
    whole = log_of(running).read_bytes()
    index = index_of(running).read_bytes()
    commits = commits_in(log_of(running))
    for place in (2, 17, 30, commits[0] - FRAME + 3, commits[4] + 100, commits[-2] - 5):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        log_of(running).write_bytes(damaged)
        index_of(running).write_bytes(index)
        await refused(running, CUT)
        index_of(running).unlink()
        await refused(running, CUT)


async def test_a_copy_without_the_index_whose_log_ends_in_the_middle_is_noticed(running: Path) -> None:
    whole = log_of(running).read_bytes()
    commits = commits_in(log_of(running))
    for length in (LOG_HEADER, commits[5] + 1, commits[5] + 24 + 17, commits[9] - 1):
        log_of(running).write_bytes(whole[:length])
        index_of(running).unlink(missing_ok=True)
        await refused(running, CUT)


async def test_what_nobody_can_know(running: Path) -> None:
    """A log cut between two commits, its index not copied: docs/operations.md says to copy both."""
    commits = commits_in(log_of(running))
    os.truncate(log_of(running), commits[-2])
    index_of(running).unlink()
    assert await users_of(running) == 39


# --- the log of another state ----------------------------------------------------------------------------------------


def stopped(source: Path, target: Path) -> None:
    """Plain copy of a file whose server was stopped."""
    shutil.copy(source, target)


def vacuumed(source: Path, target: Path) -> None:
    connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
    connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()


def backed_up(source: Path, target: Path) -> None:
    """As the command .backup of sqlite3 does."""
    connection, copy = apsw.Connection(str(source)), apsw.Connection(str(target))
    with copy.backup("main", connection, "main") as backup:
        backup.step()
    copy.close()
    connection.close()


@pytest.mark.parametrize("back_up", [stopped, vacuumed, backed_up])
async def test_a_backup_put_back_beside_the_log_of_a_killed_server_is_noticed(
    tmp_path: Path, back_up: Callable[[Path, Path], None]
) -> None:
    path, backup, left = tmp_path / "onduty.db", tmp_path / "backup.db", tmp_path / "left" / "onduty.db"
    store = await opened(path)
    await add(store, *range(20))
    if back_up is stopped:
        await store.close()
    back_up(path, backup)
    if back_up is stopped:
        store = await opened(path)
    await add(store, *range(20, 320))
    copy_as_killed(path, left)
    await store.close()
    assert await users_of(copy_as_killed(left, tmp_path / "again" / "onduty.db")) == 320

    shutil.copy(backup, left)
    await refused(left, FOREIGN)
    index_of(left).unlink()
    await refused(left, FOREIGN)
    # The mend that the message names.
    log_of(left).rename(tmp_path / "away")
    assert await users_of(left) == 20


@pytest.mark.parametrize("back_up", [vacuumed, backed_up])
async def test_copies_that_sqlite_makes_of_a_running_server_are_whole(
    tmp_path: Path, back_up: Callable[[Path, Path], None]
) -> None:
    path = tmp_path / "onduty.db"
    store = await opened(path)
    for number in range(3):
        await add(store, number)
        back_up(path, tmp_path / f"backup-{number}.db")
    await store.close()
    for number in range(3):
        for _ in range(2):
            assert await users_of(tmp_path / f"backup-{number}.db") == number + 1


@pytest.mark.parametrize("back_up", [vacuumed, backed_up])
async def test_a_copy_that_sqlite_makes_during_a_checkpoint_is_whole(
    tmp_path: Path, back_up: Callable[[Path, Path], None]
) -> None:
    store = await opened(tmp_path / "onduty.db")
    await add(store, 1)
    await store.close()
    file = open_writer(tmp_path / "onduty.db")
    # As far as a checkpoint has come when it moves the log into the file.
    file._begin_checkpoint(file._mark._replace(needs_log=1))
    back_up(tmp_path / "onduty.db", tmp_path / "backup.db")
    file.close()
    assert await users_of(tmp_path / "backup.db") == 1


async def test_a_file_and_a_log_of_different_checkpoints_are_noticed(tmp_path: Path) -> None:
    """As when both of a running server are copied one after the other, in either order."""
    path = tmp_path / "onduty.db"
    store = await opened(path)
    await add(store, 0)
    await store.close()
    file, states = open_writer(path, FileLimits(checkpoint_pages=12)), []
    for number in range(60):
        if number:
            with file.transaction():
                row = (0, number, f"user-{number}", State.AWAY_BY_HAND, START, None, START, "", "", number + 1)
                file.connection.execute(statement("write_users"), (json.dumps([row]),))
            file.checkpoint_when_due()
        states.append(copy_as_killed(path, tmp_path / f"{number}" / "onduty.db"))
    file.close()
    bases = [state.read_bytes() for state in states]
    # Those right after a checkpoint, of which there must be several.
    fresh = [n for n in range(1, 60) if bases[n] != bases[n - 1]]
    assert len(fresh) >= 4
    for older, newer in ((fresh[0], fresh[2]), (fresh[1], fresh[2]), (fresh[0] - 1, fresh[1])):
        mixed = copy_as_killed(states[newer], tmp_path / f"mixed-{older}-{newer}" / "onduty.db")
        mixed.write_bytes(bases[older])
        await refused(mixed, FOREIGN)
        mixed = copy_as_killed(states[older], tmp_path / f"mixed-{newer}-{older}" / "onduty.db")
        mixed.write_bytes(bases[newer])
        await refused(mixed, FOREIGN)
    for number in (0, fresh[0] - 1, fresh[0], fresh[1], 59):
        assert await users_of(states[number]) == number + 1


async def test_a_backup_of_schema_3_beside_a_log_of_today_is_noticed(tmp_path: Path) -> None:
    write_version_3(tmp_path / "old.db")
    shutil.copy(tmp_path / "old.db", tmp_path / "onduty.db")
    store = await opened(tmp_path / "onduty.db")
    await add(store, *range(20))
    left = copy_as_killed(tmp_path / "onduty.db", tmp_path / "left" / "onduty.db")
    await store.close()
    shutil.copy(tmp_path / "old.db", left)
    await refused(left, FOREIGN)


async def test_a_file_of_schema_3_that_its_server_was_killed_on_is_brought_up_to_date(tmp_path: Path) -> None:
    """With data, and with all of it in the log."""
    write_version_3(tmp_path / "live.db")
    connection = apsw.Connection(str(tmp_path / "live.db"))
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("UPDATE user SET reason = 'in the log' WHERE user_id = 'bob'")
    left = copy_as_killed(tmp_path / "live.db", tmp_path / "left" / "onduty.db")
    connection.close()
    for _ in range(2):
        store = SqliteStore(left, FakeClock(START))
        await store.open()
        statuses = {view.user_id: view.reason for view in (await StatusService(store).list_statuses("acme")).items}
        assert statuses == {"ann": "gone", "bob": "in the log"}
        await store.close()


# --- nothing is refused that is whole --------------------------------------------------------------------------------


async def test_a_process_killed_at_any_write_leaves_a_file_that_opens(tmp_path: Path) -> None:
    """While it opens the file, new or not, checkpoints it and closes it; and while the next one does the same."""
    path = tmp_path / "onduty.db"
    left: list[tuple[Path, int]] = []
    acknowledged = 0

    def killed() -> None:
        state = copy_as_killed(path, tmp_path / f"killed-{len(left)}" / "onduty.db")
        left.append((state, acknowledged))

    with faulty_disk() as disk:
        disk.before_write = killed
        for number in range(3):
            store = await opened(path, FileLimits(checkpoint_pages=15))
            for _ in range(4):
                await add(store, acknowledged)
                acknowledged += 1
            await store.close()
            if number == 0:
                # And of one that was not closed.
                copy_as_killed(left[-1][0], path)
                acknowledged = await users_of_open(path)
        disk.before_write = lambda: None
    assert len(left) > 100
    for state, expected in left:
        if state.exists():
            assert await users_of(state) >= expected, state
            if expected % 5 == 0:
                # What this one, killed in its turn before its first checkpoint is over, leaves is whole, too.
                assert await users_of(state) >= expected


async def users_of_open(path: Path) -> int:
    connection = sqlite3.connect(path)
    (users,) = connection.execute("SELECT count(*) FROM user").fetchone()
    connection.close()
    return int(users)


async def test_a_start_that_is_killed_again_and_again_is_followed_by_one_that_succeeds(running: Path) -> None:
    """At every write of the start, one after the other, each on what the one before left."""
    path = running
    for number in range(12):
        left: list[Path] = []
        with faulty_disk() as disk:
            disk.before_write = partial(keep, path, running.parent.parent / f"start-{number}", left)
            open_writer(path).close()
        # The next one begins with what this one left when it was killed at one of its first writes.
        path = left[number % 7]
    assert await users_of(path) == 40


def keep(path: Path, directory: Path, left: list[Path]) -> None:
    directory.mkdir(exist_ok=True)
    left.append(copy_as_killed(path, directory / f"{len(left)}" / "onduty.db"))


async def test_a_program_that_looks_at_what_a_killed_server_left_does_no_harm(running: Path) -> None:
    """sqlite3 moves the log into the file and deletes it."""
    assert await users_of_open(running) == 40
    assert not log_of(running).exists()
    assert await users_of(running) == 40


async def test_another_program_may_checkpoint_and_vacuum_under_a_running_server(tmp_path: Path) -> None:
    path = tmp_path / "onduty.db"
    store = await opened(path)
    for number, sql in enumerate(["PRAGMA wal_checkpoint(RESTART)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]):
        await add(store, 2 * number)
        other = apsw.Connection(str(path))
        other.set_busy_timeout(5_000)
        other.execute(sql).fetchall()
        other.close()
        await add(store, 2 * number + 1)
        assert await users_of(copy_as_killed(path, tmp_path / f"{number}" / "onduty.db")) == 2 * number + 2
    await store.close()
    assert await users_of(path) == 6


async def test_a_reader_that_keeps_checkpoints_from_their_end_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "onduty.db"
    store = await opened(path, FileLimits(checkpoint_pages=20, checkpoint_again_pages=10))
    await add(store, *range(3))
    other = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM user").fetchall()
    for number in range(3, 30):
        await add(store, number)
        if number % 5 == 0:
            state = copy_as_killed(path, tmp_path / f"{number}" / "onduty.db")
            assert await users_of(state) == number + 1
    other.close()
    await add(store, *range(30, 60))
    assert await users_of(copy_as_killed(path, tmp_path / "end" / "onduty.db")) == 60
    await store.close()
    # And the log did not grow for ever.
    assert await users_of(path) == 60


async def test_the_log_is_moved_into_the_file_and_begins_anew(tmp_path: Path) -> None:
    store = await opened(tmp_path / "onduty.db", FileLimits(checkpoint_pages=30))
    await add(store, *range(100))
    assert log_of(tmp_path / "onduty.db").stat().st_size < 60 * FRAME
    await store.close()


# --- the way out -----------------------------------------------------------------------------------------------------


async def test_a_repair_goes_on_with_what_there_is_once_that_is_accepted(running: Path, tmp_path: Path) -> None:
    assert repair(copy_as_killed(running, tmp_path / "whole" / "onduty.db"), accept_loss=False).finding is None

    missing = copy_as_killed(running, tmp_path / "missing" / "onduty.db", [""])
    cut = copy_as_killed(running, tmp_path / "cut" / "onduty.db")
    os.truncate(log_of(cut), commits_in(log_of(cut))[9])
    cut_log = log_of(cut).read_bytes()
    backup = tmp_path / "backup.db"
    vacuumed(tmp_path / "running.db", backup)
    foreign = copy_as_killed(running, tmp_path / "foreign" / "onduty.db")
    shutil.copy(copy_as_killed(running, tmp_path / "bare" / "onduty.db", [""]), foreign)
    shutil.copy(backup, foreign)
    log_of(foreign).write_bytes(log_of(running).read_bytes())

    for path, words, users in ((missing, MISSING, 20), (cut, CUT, None), (foreign, FOREIGN, 40)):
        before = files_of(path)
        with pytest.raises(StoreOpenError, match=f"({words}).*--accept-loss"):
            repair(path, accept_loss=False)
        assert files_of(path) == before
        if path is cut:
            shutil.copy(index_of(running), index_of(cut))
        done = repair(path, accept_loss=True)
        assert done.finding is not None
        found = await users_of(path)
        assert found == users or (users is None and 20 <= found < 40)
        if path is cut:
            assert done.set_aside is not None and done.set_aside.read_bytes() == cut_log
        elif path is foreign:
            assert done.set_aside is not None and done.set_aside.read_bytes() == log_of(running).read_bytes()
        assert repair(path, accept_loss=False).finding is None


def test_a_repair_does_not_touch_what_it_cannot_mend(running: Path) -> None:
    """Pages of the file contradict each other, and its log is missing, cut or of another file as well."""
    whole, log = running.read_bytes(), log_of(running).read_bytes()
    connection = apsw.Connection(str(copy_as_killed(running, running.parent / "look.db")))
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'account'").get
    connection.close()
    assert isinstance(root, int)
    damaged = bytearray(whole)
    damaged[(root - 1) * PAGE : (root - 1) * PAGE + 300] = b"\x55" * 300
    for length in (0, len(log) // 2):
        running.write_bytes(damaged)
        log_of(running).write_bytes(log[:length])
        before = files_of(running)
        with pytest.raises(StoreOpenError, match="is damaged beyond repair; restore a backup"):
            repair(running, accept_loss=True)
        assert files_of(running) == before


async def test_nothing_is_repaired_that_is_in_use_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreOpenError, match="does not exist"):
        repair(tmp_path / "onduty.db", accept_loss=True)
    assert not (tmp_path / "onduty.db").exists()
    store = await opened(tmp_path / "onduty.db")
    with pytest.raises(StoreOpenError, match="in use"):
        repair(tmp_path / "onduty.db", accept_loss=True)
    await store.close()


# --- as docs/operations.md says --------------------------------------------------------------------------------------

_VACUUM_INTO = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.execute("VACUUM INTO ?", (sys.argv[2],))
"""


async def test_the_documented_backup_and_restore(tmp_path: Path) -> None:
    """By another program, with another SQLite, under a running server; then the server dies and is put back."""
    database, backup = tmp_path / "onduty.db", tmp_path / "backup.db"

    def sets(user: str) -> pb.SetStatusRequest:
        return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_AWAY)

    async def users(address: str) -> set[str]:
        async with connected(address) as calls:
            page = await calls.ListStatuses(pb.ListStatusesRequest(account_id="acme"))
        return {status.user_id for status in page.user_statuses}

    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            await calls.SetStatus(sets("ann"))
            done = await asyncio.create_subprocess_exec(sys.executable, "-c", _VACUUM_INTO, str(database), str(backup))
            assert await done.wait() == 0
            await calls.SetStatus(sets("bob"))
        await server.kill()

        # Step 2 forgotten: what was there is gone, but for its log.
        kept = copy_as_killed(database, tmp_path / "kept" / "onduty.db")
        shutil.copy(backup, database)
        said = await servers.refused(database)
        assert re.search(FOREIGN, said) and str(log_of(database)) in said

        for suffix in ("", "-wal", "-shm"):
            os.rename(f"{database}{suffix}", f"{database}{suffix}.old")
        shutil.copy(backup, database)
        server = await servers.start(database)
        assert await users(server.address) == {"ann"}
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0

        # And all three files of the killed one are whole.
        server = await servers.start(kept)
        assert await users(server.address) == {"ann", "bob"}
