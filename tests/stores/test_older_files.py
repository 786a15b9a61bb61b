"""Files of earlier schemas, made by the releases that had them: nothing is lost, and all goes on as it would have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.stores.older_files import AFTER, FILES, copied, shown

from onduty_server.stores.sqlite.repair import Repaired, repair
from onduty_server.stores.sqlite.schema import SCHEMA_VERSION

SCHEMA_4 = Path(__file__).parents[1] / "data" / "schema-4"
EXPECTED: dict[str, Any] = json.loads((SCHEMA_4 / "shown.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("moment", AFTER)
async def test_a_file_of_schema_4_shows_what_its_own_release_shows(name: str, moment: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    path = copied(SCHEMA_4 / name, tmp_path)
    found = await shown(path, AFTER[moment], expected["tokens"])
    assert json.loads(json.dumps(found)) == expected["shown"][moment]
    assert _pragma(path, "user_version") == SCHEMA_VERSION
    assert _pragma(path, "integrity_check") == "ok"


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_to_be_repaired_in_a_file_of_schema_4(name: str, tmp_path: Path) -> None:
    path = copied(SCHEMA_4 / name, tmp_path)
    before = path.read_bytes()
    assert repair(path, accept_loss=False) == Repaired(None)
    assert path.read_bytes() == before


def _pragma(path: Path, name: str) -> Any:
    connection = apsw.Connection(str(path))
    try:
        return connection.execute(f"PRAGMA {name}").get
    finally:
        connection.close()
