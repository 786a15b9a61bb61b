"""Files of earlier schemas, made by the releases that had them: nothing is lost, and all goes on as it would have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.faults.disk import faulty_disk
from tests.stores.older_files import AFTER, ENDED, FIELDS, FILES, LATEST, copied, seen, server, shown

from onduty_server.app.ports.store import StoreOpenError
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
    found = await shown(path, AFTER[moment], expected["tokens"], FIELDS[schema])
    assert json.loads(json.dumps(found)) == expected["shown"][moment]
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
        with pytest.raises(StoreOpenError, match=r"no space is left to bring .* from schema 5 to 7"):
            async with server(path, ENDED):
                pass
        disk.broken = False
    assert _pragma(path, "user_version") == LATEST
    async with server(path, ENDED) as site:
        assert (await seen(site, "acme", FIELDS[LATEST]))["views"]


def _files_with(text: bytes, directory: Path) -> list[str]:
    return [file.name for file in directory.iterdir() if text in file.read_bytes()]


def _pragma(path: Path, name: str) -> Any:
    connection = apsw.Connection(str(path))
    try:
        return connection.execute(f"PRAGMA {name}").get
    finally:
        connection.close()
