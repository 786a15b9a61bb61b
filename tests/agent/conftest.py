from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.agent.desk import Desk, desk_with
from tests.console.console import chromium


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with chromium() as browser, desk_with(browser) as desk:
        yield desk
