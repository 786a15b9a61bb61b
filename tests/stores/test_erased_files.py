"""Nothing of the erased is in any file of a SQLite store: not in free pages, not between rows, not in the log."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import apsw
from tests.stores.backends import SqliteBackend
from tests.stores.site import ACCOUNT, DAY, HOUR, Site
from tests.stores.traces import Crowd, traces_in

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Status
from onduty_server.stores.sqlite.batch import Batch
from onduty_server.stores.sqlite.batch_writing import BatchWriting
from onduty_server.stores.sqlite.cleaning import Cleaning
from onduty_server.stores.sqlite.opening import open_writer


async def test_nothing_of_an_erased_user_is_in_any_file_once_the_call_returns(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open()
    crowd = Crowd(Site(backend).service, random.Random(20261129))
    await crowd.come(300)
    for _ in range(5):
        assert traces_in(backend.path, crowd.people)
        await crowd.erase(crowd.some(20))
        assert traces_in(backend.path, crowd.erased) == []
        await crowd.come(20)
        await asyncio.gather(*map(crowd.act, crowd.some(100)))
    # Nothing comes back from what the process has in memory.
    assert traces_in(backend.path, crowd.erased) == []
    await backend.crash()
    assert traces_in(backend.path, crowd.erased) == []
    await backend.open()
    assert traces_in(backend.path, crowd.erased) == []
    await backend.stop()
    assert traces_in(backend.path, crowd.erased) == []


async def test_an_erasure_waits_for_whoever_reads_the_file_and_nobody_else_does(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    crowd = Crowd(site.service, random.Random(2))
    await crowd.come(20)
    reader = apsw.Connection(str(backend.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM user").get == 20
    going = crowd.some(1)
    erasing = asyncio.create_task(crowd.erase(going))
    for number in range(20):
        await site.set("somebody else", Status.AWAY if number % 2 else Status.ONLINE, account="other")
    assert await site.store.get(ACCOUNT, [going[0].user_id]) == [None]
    assert not erasing.done()
    reader.execute("COMMIT")
    reader.close()
    await erasing
    assert traces_in(backend.path, going) == []
    await backend.stop()


async def test_what_an_erased_person_did_to_many_is_erased_in_steps_and_the_rest_at_the_next_start(
    tmp_path: Path,
) -> None:
    backend, lost = SqliteBackend(tmp_path), "nobody remembers this person"
    await backend.open()
    site = Site(backend)
    await site.activity(lost)
    users = [f"user-{number}" for number in range(250)]
    await asyncio.gather(*(site.set(user, Status.AWAY, actor=lost, caller=lost) for user in users))
    await backend.stop()

    file = open_writer(backend.path)
    erasure = (0, 0, lost, len(users) + 2)
    cleaning = Cleaning(file)
    with file.transaction():
        BatchWriting(file.connection, 1).write(Batch(erased_users=[erasure]))
    cleaning.erased([erasure], ())
    named = "SELECT count(*) FROM user WHERE user_id <> '' AND actor = ?", (lost,)
    assert file.connection.execute(*named).get == 250, "others wait for all of them at once"
    cleaning.step()
    assert file.connection.execute(*named).get == 150
    file.close()  # as if the process had been killed

    await backend.open()
    assert {view.user_id: view.actor for view in await site.views()} == dict.fromkeys(users, "")
    assert {(change.actor, change.caller) for change in await site.history()} == {("", "")}
    assert lost.encode() not in _all_bytes(tmp_path)
    await backend.stop()


async def test_a_person_of_the_same_id_is_another_one_and_keeps_what_is_theirs(tmp_path: Path) -> None:
    """Also where the erasure and what comes after it are written together."""
    backend = SqliteBackend(tmp_path)
    await backend.open()
    site = Site(backend)
    await site.set("ada", Status.ONLINE, actor="ada", reason="first")
    await site.set("bob", Status.AWAY, actor="ada", reason="lunch")
    erasing = asyncio.create_task(site.service.delete_user(ACCOUNT, "ada"))
    await asyncio.sleep(0)
    await asyncio.gather(erasing, site.set("ada", Status.OFFLINE, actor="ada", reason="second"))
    for _ in range(2):
        history = [(change.user_id, change.actor, change.reason) for change in await site.history()]
        assert history == [("", "", ""), ("bob", "", "lunch"), ("ada", "ada", "second")]
        assert [view.actor for view in await site.views()] == ["", "ada"]
        await backend.reopen()
    await backend.stop()


async def test_old_changes_of_users_are_forgotten_like_those_of_statuses(tmp_path: Path) -> None:
    backend = SqliteBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=30 * DAY))
    site = Site(backend)
    await site.activity("ada")
    for day in range(40):
        await site.service.update_user(ACCOUNT, "ada", {"display_name": f"Ada of day {day}"})
        site.advance(DAY)
        await site.store.heartbeat()
    site.advance(HOUR)
    await site.store.heartbeat()
    while b"Ada of day 9" in _of_names(backend.path):
        await site.store.heartbeat()
    names = _of_names(backend.path)
    assert b"Ada of day 12" in names and b"Ada of day 39" in names
    await backend.stop()


def _all_bytes(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())


def _of_names(path: Path) -> list[bytes]:
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [str(name).encode() for (name,) in reader.execute("SELECT display_name FROM user_change")]
    finally:
        reader.close()
