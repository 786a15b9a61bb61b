"""Files that a server must not serve: each is refused in words, and what only shows later does no harm."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.faults.process import Servers, connected

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.stores.sqlite.schema import SCHEMA_VERSION

PAGE = 4_096


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A file with a few accounts, users and changes, closed in order."""
    path = tmp_path / "onduty.db"
    store = SqliteStore(path, FakeClock())
    await store.open()
    service = StatusService(store)
    await asyncio.gather(*(service.record_activity(f"account-{n % 3}", f"user-{n}") for n in range(200)))
    await service.update_workflow("account-1", WorkflowPatch(enabled=True, away_after_ms=60_000))
    await store.close()
    return path


async def refusal(path: Path) -> str:
    """The words with which a store will not open the file; having let go of it, it says the same again."""
    said = set()
    for _ in range(2):
        with pytest.raises(StoreOpenError) as caught:
            await SqliteStore(path, FakeClock()).open()
        said.add(str(caught.value))
    (words,) = said
    assert "\n" not in words
    return words


def content_of(path: Path) -> bytearray:
    return bytearray(path.read_bytes())


def put(path: Path, content: bytes | bytearray) -> Path:
    path.write_bytes(content)
    return path


def execute(path: Path, sql: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(sql)
    connection.close()


# --- one process at a time -------------------------------------------------------------------------------------------


async def test_a_second_process_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    database, link = tmp_path / "onduty.db", tmp_path / "link.db"
    async with Servers(tmp_path) as servers:
        first = await servers.start(database)
        link.symlink_to(database)
        for name in (str(database), "onduty.db", str(link)):
            said = await servers.refused(name)
            assert f"in use by another onduty process (pid {first.pid})" in said
        async with connected(first.address) as calls:
            status = (await calls.RecordActivity(_activity())).user_status
            await first.kill()
        second = await servers.start(database)
        async with connected(second.address) as calls:
            found = await calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="ann"))
            assert found.user_status == status


def _activity() -> pb.RecordActivityRequest:
    return pb.RecordActivityRequest(account_id="acme", user_id="ann")


# --- files that are not ours -----------------------------------------------------------------------------------------


def _text(path: Path) -> None:
    path.write_text("2026-11-22,ann,ONLINE\n" * 1_000)


def _few_bytes(path: Path) -> None:
    path.write_bytes(b"hi")


def _foreign(path: Path) -> None:
    execute(path, "CREATE TABLE orders (id INTEGER)")


def _foreign_with_an_id(path: Path) -> None:
    execute(path, "PRAGMA application_id = 7")


def _directory(path: Path) -> None:
    path.mkdir()


def _directory_missing(path: Path) -> None:
    path.symlink_to(path.parent / "missing" / "onduty.db")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_text, "is not a SQLite database"),
        (_few_bytes, "is not a SQLite database"),
        (_foreign, "is a database of another program"),
        (_foreign_with_an_id, "is a database of another program"),
        (_directory, "is a directory"),
        (_directory_missing, "missing does not exist"),
    ],
)
async def test_a_file_that_is_not_ours_is_refused_and_not_touched(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "some.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None

    assert words in await refusal(path)

    assert (path.read_bytes() if path.is_file() else None) == before
    assert os.listdir(tmp_path) == ["some.db"]


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "onduty.db"
    path.touch()
    store = SqliteStore(path, FakeClock())
    await store.open()
    await StatusService(store).record_activity("acme", "ann")
    await store.close()
    assert path.stat().st_size > PAGE


async def test_a_newer_schema_is_refused_with_both_versions(database: Path) -> None:
    execute(database, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = content_of(database)
    assert f"schema version {SCHEMA_VERSION + 1}, newer than the {SCHEMA_VERSION} " in await refusal(database)
    assert content_of(database) == before


class _ReadOnly(apsw.VFS):
    """What SQLite does with a file that this user may only read; root may write any."""

    def __init__(self) -> None:
        super().__init__("onduty-test-read-only", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            flags[0] = flags[0] & ~(apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE) | apsw.SQLITE_OPEN_READONLY
        return super().xOpen(name, flags)


async def test_a_file_that_may_not_be_written_is_refused(database: Path) -> None:
    vfs = _ReadOnly()
    try:
        assert "is read-only" in await refusal(database)
    finally:
        vfs.unregister()
    if os.geteuid() != 0:
        os.chmod(database, 0o444)
        assert "is read-only" in await refusal(database)


@pytest.mark.parametrize("limit", [0, 2 * PAGE], ids=["nothing", "no more than the file"])
async def test_a_server_that_can_write_nothing_does_not_start(tmp_path: Path, database: Path, limit: int) -> None:
    """With the limit of the lock file at nothing, and with room for that, but none for a heartbeat."""
    async with Servers(tmp_path) as servers:
        said = await servers.refused(database, command=("prlimit", f"--fsize={limit}:unlimited"))
    assert re.search(r"cannot (write|open) ", said)


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE user",
        "DELETE FROM user WHERE account_number = 1 AND number = 3",
        "DELETE FROM account WHERE number = 1",
        "UPDATE user SET state = 77 WHERE number = 3",
        "UPDATE user SET state = 0 WHERE number = 3",
        "UPDATE account SET workflow = '{' WHERE number = 1",
        "UPDATE account SET workflow = '{}' WHERE number = 1",
        "UPDATE account SET workflow = json_set(workflow, '$.resume', 9) WHERE number = 1",
        "UPDATE account SET past = '[{}]' WHERE number = 1",
    ],
)
async def test_rows_that_contradict_each_other_are_damage(database: Path, damage: str) -> None:
    execute(database, damage)
    assert "is damaged" in await refusal(database)


async def test_half_a_file_is_damage(database: Path) -> None:
    content = content_of(database)
    put(database, content[: len(content) // 2])
    assert re.search("damaged|malformed", await refusal(database))


async def test_a_damaged_page_is_refused_or_makes_the_store_unavailable_and_nothing_else(database: Path) -> None:
    """SQLite reads a page when it needs it: history may turn out to be damaged only when it is listed or written."""
    whole = content_of(database)
    dice = random.Random(20261122)
    refused = 0
    for page in range(len(whole) // PAGE):
        content = bytearray(whole)
        # The first page begins with what says that this is a database of ours.
        start = page * PAGE + (100 if page == 0 else 0)
        content[start : start + 300] = dice.randbytes(300)
        damaged = put(database.with_name(f"damaged-{page}.db"), content)
        store = SqliteStore(damaged, FakeClock())
        try:
            with capture_logs() as logged:
                await store.open()
        except StoreOpenError:
            refused += 1
            # The start says why, and what it happens to have read of the history does not say so as well.
            assert "history cannot be read" not in {line["event"] for line in logged}
            continue
        service = StatusService(store)
        for number in range(3):
            with suppress(StoreUnavailable):
                await service.list_status_changes(f"account-{number}", page_size=1_000)
            with suppress(StoreUnavailable):
                await service.list_statuses(f"account-{number}", page_size=1_000)
            with suppress(StoreUnavailable):
                await service.set_status(f"account-{number}", f"user-{number}", Status.AWAY)
        with suppress(StoreUnavailable):
            await store.close()
    assert refused > 3


async def test_a_process_says_that_its_file_is_damaged_in_one_line(tmp_path: Path, database: Path) -> None:
    content = content_of(database)
    connection = apsw.Connection(str(database))
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'user'").get
    connection.close()
    assert isinstance(root, int)
    content[(root - 1) * PAGE : (root - 1) * PAGE + 300] = random.Random(1).randbytes(300)
    put(database, content)
    async with Servers(tmp_path) as servers:
        assert re.search("is damaged: .*malformed", await servers.refused(database))
