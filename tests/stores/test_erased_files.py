"""Nothing of the erased is in any file of a SQLite store: not in free pages, not between rows, not in the log."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.stores.backends import SqliteBackend
from tests.stores.site import Site
from tests.stores.traces import Crowd, traces_in


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
