from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.console.console import Served, Watched, chromium, served


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    async with chromium() as browser:
        watched = Watched(browser)
        yield watched
        await watched.close()


@pytest.fixture
async def server(tmp_path: Path, watched: Watched) -> AsyncIterator[Served]:
    async with served(tmp_path) as server:
        yield server
        # Pages go first: they would complain of a server that is gone.
        await watched.leave()
