"""Files of earlier schemas, made by the releases that had them: nothing is lost, and all goes on as it would have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.faults.disk import faulty_disk
from tests.stores.older_files import (
    AFTER,
    ENDED,
    FIELDS,
    FILES,
    LATEST,
    copied,
    in_order_of_time,
    seen,
    server,
    shown,
)

from onduty_server.app.ports.archive import KeptAccount, KeptEvent
from onduty_server.app.ports.reports import AccountSettings
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.domain.layers import unpack
from onduty_server.domain.record import Switch, UserChange
from onduty_server.domain.tallies import CONNECTED, ENGAGED
from onduty_server.stores.sqlite.archive import SqliteArchive
from onduty_server.stores.sqlite.repair import Repaired, repair
from onduty_server.stores.sqlite.schema import SCHEMA_VERSION

DIRECTORIES = {schema: Path(__file__).parents[1] / "data" / f"schema-{schema}" for schema in FIELDS}
EXPECTED: dict[int, Any] = {
    schema: json.loads((directory / "shown.json").read_text(encoding="utf-8"))
    for schema, directory in DIRECTORIES.items()
}


@pytest.mark.parametrize("schema", FIELDS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("moment", AFTER)
async def test_an_older_file_shows_what_its_own_release_shows(
    schema: int, name: str, moment: str, tmp_path: Path
) -> None:
    expected = EXPECTED[schema][name]
    path = copied(DIRECTORIES[schema] / name, tmp_path)
    found = json.loads(json.dumps(await shown(path, AFTER[moment], expected["tokens"], FIELDS[schema])))
    assert in_order_of_time(found, FIELDS[schema]) == in_order_of_time(expected["shown"][moment], FIELDS[schema])
    assert _pragma(path, "user_version") == SCHEMA_VERSION
    assert _pragma(path, "integrity_check") == "ok"


@pytest.mark.parametrize("schema", FIELDS)
@pytest.mark.parametrize("name", FILES)
def test_nothing_is_to_be_repaired_in_an_older_file(schema: int, name: str, tmp_path: Path) -> None:
    path = copied(DIRECTORIES[schema] / name, tmp_path)
    before = path.read_bytes()
    assert repair(path, accept_loss=False) == Repaired(None)
    assert path.read_bytes() == before


@pytest.mark.parametrize("schema", FIELDS)
@pytest.mark.parametrize("name", FILES)
async def test_who_is_erased_from_an_older_file_is_nowhere_in_it(schema: int, name: str, tmp_path: Path) -> None:
    """Those files were written without secure deletion."""
    path = copied(DIRECTORIES[schema] / name, tmp_path)
    async with server(path, ENDED) as site:
        assert _files_with(b"hopper", tmp_path)
        await site.service.delete_user("acme", "hopper")
        assert _files_with(b"hopper", tmp_path) == []
        assert (await seen(site, "acme", FIELDS[schema]))["views"]
    assert _pragma(path, "integrity_check") == "ok"


async def test_without_room_a_file_stays_as_it_is_and_the_start_says_so(tmp_path: Path) -> None:
    path = copied(DIRECTORIES[LATEST] / "killed.db", tmp_path)
    with faulty_disk() as disk:
        disk.broken = True
        with pytest.raises(StoreOpenError, match=r"no space is left to bring .* from schema 6 to 7"):
            async with server(path, ENDED):
                pass
        disk.broken = False
    assert _pragma(path, "user_version") == LATEST
    async with server(path, ENDED) as site:
        assert (await seen(site, "acme", FIELDS[LATEST]))["views"]


async def test_what_reports_ask_of_an_older_file_follows_from_what_it_has(tmp_path: Path) -> None:
    """The states shown at moves, whose times with a session are open, and since when everything is known."""
    path = copied(DIRECTORIES[LATEST] / "stopped.db", tmp_path)
    archive = SqliteArchive(path)
    await archive.open_to_read()
    events = [event async for several in archive.events("acme") for event in several]
    account, beat = await archive.account("acme"), (await archive.header()).vital
    records = [record async for several in archive.users("acme") for record in several]
    edges = [kept async for several in archive.edges("acme") for kept in several]
    await archive.close()
    assert account is not None and beat is not None
    assert (account.settings, account.known_since) == (AccountSettings("UTC"), 0)
    moves = [event for event in events if isinstance(event.change, UserChange)]
    assert len(moves) == 7 and any(event.change.erased for event in moves if isinstance(event.change, UserChange))
    for move in moves:
        before = [
            event.change.state
            for event in events
            if event.position == move.position and isinstance(event.change, Switch) and event.revision < move.revision
        ]
        assert move.state is before[-1]
    expected = {
        (position, kind): min(end, beat.beat)
        for position, record in enumerate(records)
        for kind, end in (
            (CONNECTED, unpack(record.layers).session_end),
            (ENGAGED, unpack(record.layers).engaged_until),
        )
        if end
    }
    assert {(position, edge.key.code): edge.time for position, edge in edges} == expected
    assert all(edge.begins and edge.key.team_id == records[position].profile.team_id for position, edge in edges)


async def test_an_older_file_that_has_lost_history_is_known_from_what_it_kept(tmp_path: Path) -> None:
    path = copied(DIRECTORIES[LATEST] / "stopped.db", tmp_path)
    connection = apsw.Connection(str(path))
    commit_time = "SELECT commit_time FROM status_change WHERE account_number = 0 ORDER BY revision LIMIT 1 OFFSET 5"
    kept_from = connection.execute(commit_time).get
    connection.execute("DELETE FROM status_change WHERE account_number = 0 AND commit_time < ?", (kept_from,))
    connection.execute("DELETE FROM status_change WHERE account_number = 1")
    connection.close()
    archive = SqliteArchive(path)
    await archive.open_to_read()
    accounts = [await archive.account(account_id) async for account_id in archive.account_ids()]
    header = await archive.header()
    await archive.close()
    assert header.vital is not None
    assert [account.known_since for account in accounts if account is not None] == [kept_from, header.vital.beat, 0, 0]


async def test_of_somebody_erased_the_team_is_known_or_the_time_until_then_is_not(tmp_path: Path) -> None:
    path = copied(DIRECTORIES[LATEST] / "stopped.db", tmp_path)
    connection = apsw.Connection(str(path))
    of_erased = "WHERE account_number = 0 AND user_number = (SELECT user_number FROM user_change WHERE erased)"
    connection.execute(f"UPDATE status_change SET team_id = 'day' {of_erased}")
    connection.close()
    events, _ = await _kept(path)
    (erasure,) = [event for event in events if isinstance(event.change, UserChange) and event.change.erased]
    assert isinstance(erasure.change, UserChange) and erasure.change.before.team_id == "day"

    path = copied(DIRECTORIES[LATEST] / "stopped.db", tmp_path)
    connection = apsw.Connection(str(path))
    connection.execute(f"DELETE FROM status_change {of_erased}")
    connection.close()
    assert (await _kept(path))[1].known_since == erasure.commit_time + 1


async def _kept(path: Path) -> tuple[list[KeptEvent], KeptAccount]:
    archive = SqliteArchive(path)
    await archive.open_to_read()
    events = [event async for several in archive.events("acme") for event in several]
    account = await archive.account("acme")
    await archive.close()
    assert account is not None
    return events, account


def _files_with(text: bytes, directory: Path) -> list[str]:
    return [file.name for file in directory.iterdir() if text in file.read_bytes()]


def _pragma(path: Path, name: str) -> Any:
    connection = apsw.Connection(str(path))
    try:
        return connection.execute(f"PRAGMA {name}").get
    finally:
        connection.close()
