"""Opens a store for each test of the suite, with each backend that the test applies to.

Most tests let hours pass at once, so their stores count an outage as inactivity; `outages` is for those about the rule.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import BACKENDS, CRASHING, IMMEDIATE, KEEPING, REPORTING, WHOLE_SUITE, Backend
from tests.stores.site import Site

from onduty_server.app.ports.store import StoreOptions


@pytest.fixture(params=WHOLE_SUITE)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """Any store, not open yet."""
    backend = BACKENDS[request.param](tmp_path)
    yield backend
    await backend.stop()


@pytest.fixture
async def site(backend: Backend) -> Site:
    """Any store."""
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    return Site(backend)


@pytest.fixture(params=IMMEDIATE)
async def immediate_backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """A store with the fast path, not open yet."""
    backend = BACKENDS[request.param](tmp_path)
    yield backend
    await backend.stop()


@pytest.fixture
async def immediate(immediate_backend: Backend) -> Site:
    """A store with the fast path."""
    await immediate_backend.open(StoreOptions(count_outage_as_inactivity=True))
    return Site(immediate_backend)


@pytest.fixture
async def outages(backend: Backend) -> Site:
    """Any store, with the outage rule as it is by default."""
    await backend.open()
    return Site(backend)


@pytest.fixture(params=KEEPING)
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """A store that can be stopped and opened again."""
    backend = BACKENDS[request.param](tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


@pytest.fixture(params=CRASHING)
async def crashing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """A store that can be killed, and of which it is known what is left then."""
    backend = BACKENDS[request.param](tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


@pytest.fixture(params=REPORTING)
async def reporting(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """Any store that keeps reports, not open yet."""
    backend = BACKENDS[request.param](tmp_path)
    yield backend
    await backend.stop()
