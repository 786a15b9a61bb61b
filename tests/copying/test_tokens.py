"""Tokens of the source of a copy, used at the target: refused, or right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from tests.copying.places import moved
from tests.stores.backends import Backend, RedisBackend, SqliteBackend
from tests.watching.site import ACCOUNT, Site
from tests.watching.test_restoring import change, page_tokens, refusal, resumed_without_a_snapshot, watched

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import InvalidField, ResumeTokenExpired


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@asynccontextmanager
async def site_at(backend: Backend) -> AsyncIterator[Site]:
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    try:
        site = Site(backend.store, backend.clock)
        yield site
        site.watching.drain()
    finally:
        await backend.stop()


@pytest.mark.parametrize("to", [SqliteBackend, RedisBackend])
@pytest.mark.parametrize("of", [SqliteBackend, RedisBackend])
async def test_a_token_of_the_source_of_a_copy_is_refused_or_right_at_the_target(
    of: type[Backend], to: type[Backend], tmp_path: Path
) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    async with site_at(source) as site:
        await change(site, 6)
        before, pages_before = await watched(site), await page_tokens(site)
    await moved(source, target)
    async with site_at(source) as site:
        await change(site, 2)
        after, pages_after = await watched(site), await page_tokens(site)
    async with site_at(target) as site:
        await change(site, 5)
        assert isinstance(await refusal(site.resume(after)), ResumeTokenExpired)
        with pytest.raises(InvalidField):
            await site.service.list_statuses(ACCOUNT, page_token=pages_after[0])
        with pytest.raises(InvalidField):
            await site.service.list_status_changes(ACCOUNT, page_token=pages_after[1])
        if of is to is SqliteBackend:
            # A file keeps its lineage, so watchers go on where they were.
            await resumed_without_a_snapshot(site, before)
            second = await site.service.list_statuses(ACCOUNT, page_size=2, page_token=pages_before[0])
            assert [view.user_id for view in second.items] == ["cleo"]
        else:
            assert isinstance(await refusal(site.resume(before)), ResumeTokenExpired)
