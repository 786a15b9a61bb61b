"""A first start on a file of an older schema that is cut off, by a crash or a loss of power, at any write."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tests.faults.disk import faulty_disk
from tests.stores.older_files import ACCOUNTS, AFTER, ENDED, FIELDS, FILES, LATEST, copied, seen, server
from tests.stores.test_older_files import DIRECTORIES, EXPECTED

from onduty_server.stores.sqlite.repair import Repaired, repair


@pytest.mark.parametrize("name", FILES)
async def test_a_first_start_that_is_cut_off_leaves_a_file_that_opens(name: str, tmp_path: Path) -> None:
    """Of the old schema or of the new one, and with all that was in it."""
    dice = random.Random(20261129)
    left: list[Path] = []

    def cut_off() -> None:
        directory = tmp_path / f"cut-off-{len(left)}"
        directory.mkdir()
        disk.lose_power(directory, dice)
        left.append(directory / name)

    moment, after_ms = "at once", AFTER["at once"]
    (tmp_path / "live").mkdir()
    with faulty_disk() as disk:
        path = copied(DIRECTORIES[LATEST] / name, tmp_path / "live")
        disk.before_write = cut_off
        async with server(path, ENDED + after_ms):
            pass
        disk.before_write = lambda: None
    assert len(left) > 10
    expected = EXPECTED[LATEST][name]["shown"][moment]["read"]
    for path in left:
        assert repair(path, accept_loss=False) == Repaired(None)
        async with server(path, ENDED + after_ms) as started:
            found = {account: await seen(started, account, FIELDS[LATEST]) for account in ACCOUNTS}
        assert json.loads(json.dumps(found)) == expected, path
