"""Every store that the stores' own suite knows, each behind the same site."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.stores.backends import BACKENDS, WHOLE_SUITE, Backend
from tests.watching.site import AT_ONCE, Site, opened_at

from onduty_server.app.watching.limits import WatchLimits


@pytest.fixture
def limits() -> WatchLimits:
    """The limits of a `site`, for modules and tests to choose others."""
    return AT_ONCE


@pytest.fixture
def clock() -> FakeClock:
    """For tests that open a store of their own; a `site` has its backend's."""
    return FakeClock()


# What a watch asks of a store it asks of both kinds of Redis in the same way; how they differ, `tests/stores` looks at.
STORES = [name for name in WHOLE_SUITE if name != "redis-cluster"]


@pytest.fixture(params=STORES)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """Any store, not open yet."""
    backend = BACKENDS[request.param](tmp_path)
    yield backend
    await backend.stop()


@pytest.fixture
async def site(backend: Backend, limits: WatchLimits) -> AsyncIterator[Site]:
    """Any store, open."""
    async with opened_at(backend, limits) as site:
        yield site
