"""One process at a time writes a database, by whatever name; one that is no longer its writer stops, and says why."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from tests.fakes import FakeClock
from tests.faults.process import Servers, connected, failure

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreLost
from onduty_server.domain.status import Status
from onduty_server.stores.sqlite import SqliteStore, lock
from onduty_server.stores.sqlite.archive import SqliteArchive

IN_USE = "in use by another onduty process"


async def opened(path: Path) -> SqliteStore:
    store = SqliteStore(path, FakeClock())
    await store.open()
    return store


async def users_of(path: Path) -> set[str]:
    store = await opened(path)
    page = await StatusService(store).list_statuses("acme", page_size=1_000)
    await store.close()
    return {view.user_id for view in page.items}


def _set(user: str) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_AWAY)


# --- a second one is kept away ---------------------------------------------------------------------------------------


async def test_a_second_process_is_refused_by_whatever_name_it_has_for_the_file(tmp_path: Path) -> None:
    database, elsewhere = tmp_path / "onduty.db", tmp_path / "elsewhere"
    async with Servers(tmp_path) as servers:
        await servers.start(database)
        elsewhere.mkdir()
        os.link(database, elsewhere / "linked.db")
        assert IN_USE in await servers.refused(elsewhere / "linked.db")
        (tmp_path / "onduty.db.lock").unlink()
        assert IN_USE in await servers.refused(database)
        # And while it was refused it did not take the lock of the first one away.
        assert IN_USE in await servers.refused(elsewhere / "linked.db")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
async def test_a_second_process_is_refused_where_the_file_is_mounted_elsewhere(tmp_path: Path) -> None:
    """In a name space of the process's own, as containers have."""
    database, elsewhere = tmp_path / "onduty.db", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "onduty.db").touch()
    async with Servers(tmp_path) as servers:
        await servers.start(database)
        mount = f'mount --bind "{database}" "{elsewhere}/onduty.db" && exec "$@"'
        command = ("unshare", "--mount", "sh", "-c", mount, "sh")
        server = await servers.launch(elsewhere / "onduty.db", command=command)
        code, said = await server.ended(), server.text()
        if "unshare" in said or "mount:" in said:
            pytest.skip("this machine does not let its root mount")
        assert code == 1 and IN_USE in said and "Traceback" not in said


async def test_nothing_is_copied_from_or_to_a_file_in_use_under_another_name(tmp_path: Path) -> None:
    store = await opened(tmp_path / "onduty.db")
    (tmp_path / "elsewhere").mkdir()
    os.link(tmp_path / "onduty.db", tmp_path / "elsewhere" / "linked.db")
    archive = SqliteArchive(tmp_path / "elsewhere" / "linked.db")
    other = SqliteArchive(tmp_path / "other.db")
    await (await opened(tmp_path / "other.db")).close()
    with pytest.raises(StoreOpenError, match=IN_USE):
        await archive.open_to_read()
    with pytest.raises(StoreOpenError, match=IN_USE):
        await archive.open_to_write(await other.open_to_read())
    await archive.close()
    await other.close()
    await store.close()


async def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to would be overwritten."""
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "onduty.db.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(StoreOpenError, match="it is a symbolic link"):
        await opened(tmp_path / "onduty.db")
    assert (tmp_path / "victim").read_text() == "precious"


async def test_the_lock_is_let_go_of_with_the_store(tmp_path: Path) -> None:
    for _ in range(2):
        store = await opened(tmp_path / "onduty.db")
        await store.close()
        os.unlink(tmp_path / "onduty.db.lock")


# --- one that comes all the same -------------------------------------------------------------------------------------


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place where locks keep nobody away, as over some network file systems."""
    monkeypatch.setattr(lock, "_locked", lambda descriptor, to_read: True)
    monkeypatch.setattr(fcntl, "flock", lambda descriptor, operation: None)


async def test_whoever_comes_last_has_the_file_and_the_one_before_stops_for_good(
    tmp_path: Path, no_locks: None
) -> None:
    path = tmp_path / "onduty.db"
    first = await opened(path)
    await StatusService(first).set_status("acme", "ann", Status.AWAY)
    second = await opened(path)
    await StatusService(second).set_status("acme", "bob", Status.AWAY)

    for _ in range(2):
        with pytest.raises(StoreLost, match="the store is unavailable") as caught:
            await StatusService(first).set_status("acme", "eve", Status.AWAY)
        assert "another process" in caught.value.why
    # It may be out of date, too.
    with pytest.raises(StoreLost):
        await StatusService(first).get_status("acme", "ann")
    with pytest.raises(StoreLost):
        await StatusService(first).list_available_users("acme")
    with pytest.raises(StoreLost):
        await StatusService(first).get_workflow("acme")
    with pytest.raises(StoreLost):
        await StatusService(first).record_activity("acme", "ann")
    with pytest.raises(StoreLost):
        await StatusService(first).list_status_changes("acme")
    with pytest.raises(StoreLost):
        await first.heartbeat()
    with pytest.raises(StoreLost):
        await first.close()

    assert {view.user_id for view in (await StatusService(second).list_statuses("acme")).items} == {"ann", "bob"}
    await StatusService(second).set_status("acme", "cleo", Status.AWAY)
    await second.close()
    assert await users_of(path) == {"ann", "bob", "cleo"}


async def test_one_that_is_fenced_notices_at_the_next_heartbeat_though_nobody_calls(
    tmp_path: Path, no_locks: None
) -> None:
    first = await opened(tmp_path / "onduty.db")
    second = await opened(tmp_path / "onduty.db")
    with pytest.raises(StoreLost):
        await first.heartbeat()
    with pytest.raises(StoreLost):
        await first.close()
    await second.heartbeat()
    await second.close()


async def test_a_server_that_is_fenced_ends_and_says_why(tmp_path: Path) -> None:
    """Another owner, as a process on another machine would write it there."""
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        connection = apsw.Connection(str(database))
        connection.set_busy_timeout(10_000)
        connection.execute("UPDATE writer SET mark = replace(mark, substr(mark, 15, 16), '0123456789abcdef')")
        connection.close()
        line = await server.logged(lambda line: line.get("event") == "the database is lost")
        assert line["level"] == "critical"
        said = failure(await server.ended(), server)
        assert "another process has opened the database" in said and said.endswith(line["why"])
        assert "Traceback" not in server.text()


# --- the file goes away under a server -------------------------------------------------------------------------------


def _removed(database: Path, _: Path) -> None:
    database.unlink()


def _replaced(database: Path, backup: Path) -> None:
    shutil.copy(backup, database.with_name("new.db"))
    database.with_name("new.db").rename(database)


def _moved(database: Path, _: Path) -> None:
    database.rename(database.with_name("moved.db"))


def _link_moved(database: Path, backup: Path) -> None:
    link = database.with_name("link.db")
    link.unlink()
    link.symlink_to(backup)


@pytest.mark.parametrize("befall", [_removed, _replaced, _moved, _link_moved])
async def test_a_server_whose_file_is_another_acknowledges_nothing_more_and_ends(
    tmp_path: Path, befall: Callable[[Path, Path], None]
) -> None:
    database, link, backup = tmp_path / "onduty.db", tmp_path / "link.db", tmp_path / "backup.db"
    link.symlink_to(database)
    store = await opened(backup)
    await store.close()
    async with Servers(tmp_path) as servers:
        server = await servers.start(link if befall is _link_moved else database)
        async with connected(server.address) as calls:
            await calls.SetStatus(_set("ann"))
            befall(database, backup)
            with pytest.raises(Exception, match="UNAVAILABLE"):
                await calls.SetStatus(_set("bob"))
        assert "was removed or replaced while the server ran" in failure(await server.ended(), server)
    if befall is _link_moved:
        # The file itself is where it was, with its log.
        assert "ann" in await users_of(database)
    elif befall is _moved:
        shutil.move(tmp_path / "moved.db", database)
        assert "ann" in await users_of(database)
    elif befall is _replaced:
        with pytest.raises(StoreOpenError, match="do not belong together"):
            await opened(database)


async def test_a_server_whose_log_is_removed_ends_and_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            await calls.SetStatus(_set("ann"))
            os.unlink(f"{database}-wal")
            with pytest.raises(Exception, match="UNAVAILABLE"):
                await calls.SetStatus(_set("bob"))
        assert "onduty.db-wal was removed or replaced" in failure(await server.ended(), server)
        server = await servers.start(database)
        async with connected(server.address) as calls:
            found = await calls.ListStatuses(pb.ListStatusesRequest(account_id="acme"))
    assert "ann" in {status.user_id for status in found.user_statuses}


async def test_reading_beside_a_running_server_disturbs_nobody(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    store = await opened(database)
    service = StatusService(store)
    for number in range(5):
        other = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
        assert other.execute("SELECT count(*) FROM user").get == number
        other.close()
        await asyncio.wait_for(service.set_status("acme", f"user-{number}", Status.AWAY), 10)
    await store.close()
