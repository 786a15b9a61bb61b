"""A browser for each process that runs tests, with a profile of its own for each test.

Tests and fixtures run in one event loop, since that is where the browser is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.console.console import Served, Watched, chromium, served

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browsers() -> AsyncIterator[Callable[[], Awaitable[Browser]]]:
    kept: list[Browser] = []
    async with AsyncExitStack() as stack:

        async def running() -> Browser:
            # One that has crashed fails one test, not all that follow.
            if not kept or not kept[-1].is_connected():
                kept.append(await stack.enter_async_context(chromium()))
            return kept[-1]

        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser(browsers: Callable[[], Awaitable[Browser]]) -> Browser:
    return await browsers()


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    watched = Watched(browser)
    yield watched
    await watched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path, watched: Watched) -> AsyncIterator[Served]:
    async with served(tmp_path) as server:
        yield server
        # Pages go first: they would complain of a server that is gone.
        await watched.leave()
