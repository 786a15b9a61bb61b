"""Nothing of the erased can be reached in the memory of the process once the call returns."""

from __future__ import annotations

import gc
import secrets
from pathlib import Path

import pytest
from tests.stores.backends import Backend, RedisBackend, SqliteBackend
from tests.stores.site import ACCOUNT, MINUTE, Site

from onduty_server.domain.status import Status


def texts_with(token: str) -> set[str]:
    """All texts with a token that any object refers to, except the token itself."""
    gc.collect()
    texts = (each for held in gc.get_objects() for each in gc.get_referents(held) if isinstance(each, str))
    return {text for text in texts if token in text and text != token}


@pytest.mark.parametrize("leases_end", [True, False])
@pytest.mark.parametrize("kind", [SqliteBackend, RedisBackend])
async def test_an_erased_person_cannot_be_found_in_memory(
    kind: type[Backend], tmp_path: Path, *, leases_end: bool
) -> None:
    backend = kind(tmp_path)
    await backend.open()
    site, token = Site(backend), secrets.token_hex(8)
    service = site.service
    await site.populate(["ben", "kim"])
    await site.activity(f"id {token}")
    await site.profile(f"id {token}", display_name=f"name {token}", team_id="day")
    await site.configure({"enabled": True, "away_after_ms": 5 * MINUTE}, team="day", actor=f"id {token}")
    await service.keep_session(ACCOUNT, f"id {token}", f"session {token}", MINUTE)
    await service.keep_engagement(ACCOUNT, f"id {token}", f"call {token}", MINUTE)
    await service.get_status(ACCOUNT, f"id {token}")
    if leases_end:
        await service.end_session(ACCOUNT, f"id {token}", f"session {token}")
        await service.end_engagement(ACCOUNT, f"id {token}", f"call {token}")
        await site.set(f"id {token}", Status.ONLINE, reason=f"reason {token}")
    await site.set("ben", Status.AWAY, actor=f"id {token}")
    assert await site.history()
    await service.delete_user(ACCOUNT, f"id {token}")
    assert texts_with(token) == set()
    await backend.stop()
