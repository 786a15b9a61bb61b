"""The history of settings of an account from before it was kept in Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import RedisBackend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, MINUTE, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.workflows import WorkflowChange
from onduty_server.stores.redis.keys import Keys, partition_of
from onduty_server.stores.redis.store import RedisStore


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


async def test_it_begins_with_what_is_in_force(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    site.advance(MINUTE)
    in_force = await site.configure(BOTH)
    assert isinstance(site.backend, RedisBackend) and isinstance(site.store, RedisStore)
    key = Keys(site.backend.key_prefix).of_partition[partition_of(ACCOUNT)]
    assert await site.store._client.command(key, "DEL", key + b"c:" + ACCOUNT.encode()) == 1

    page = await site.service.list_workflow_changes(ACCOUNT)
    assert page.items == [WorkflowChange(None, in_force)]
    after = await site.configure(enabled=False)
    page = await site.service.list_workflow_changes(ACCOUNT)
    assert page.items == [WorkflowChange(in_force, after), WorkflowChange(None, in_force)]
