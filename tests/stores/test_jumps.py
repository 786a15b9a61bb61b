"""The time jumps forwards, as after a pause of the machine: an outage, of which nobody saw anything."""

from __future__ import annotations

import pytest
from tests.stores.backends import BACKENDS, MemoryBackend, SqliteAtOnceBackend, SqliteBackend
from tests.stores.site import AWAY_ONLY, BOTH, HOUR, MINUTE, SECOND, Site

from onduty_server.domain.status import Status

RESIDENT = [name for name, kind in BACKENDS.items() if kind in (MemoryBackend, SqliteBackend, SqliteAtOnceBackend)]

pytestmark = pytest.mark.parametrize("backend", RESIDENT, indirect=True)


@pytest.mark.parametrize("jump", [11 * SECOND, 20 * SECOND, HOUR])
@pytest.mark.parametrize("left", [1, SECOND, 2_999, 3 * SECOND, 9 * SECOND])
async def test_nobody_is_switched_early_by_a_jump(outages: Site, jump: int, left: int) -> None:
    """Also not whoever would have fallen due right after it, which a heartbeat had vouched for already."""
    site = outages
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    await site.live(10 * MINUTE - left)
    site.clock.jump(jump)
    assert await site.status("ada") is Status.ONLINE
    await site.sweep()
    assert [change.status for change in await site.history("ada")] == [Status.ONLINE]
    assert (await site.view("ada")).next_status_time == site.now + 10 * MINUTE
    await site.live(10 * MINUTE)
    assert await site.status("ada") is Status.AWAY


@pytest.mark.parametrize("first", ["read", "sweep", "beat", "activity", "list", "available"])
async def test_what_was_due_before_a_jump_is_settled_with_its_own_time(outages: Site, first: str) -> None:
    site = outages
    start = site.now
    await site.configure(BOTH)
    await site.activity("ada")
    await site.activity("ben")
    await site.live(10 * MINUTE + 1)
    site.clock.jump(20 * SECOND)
    match first:
        case "read":
            await site.view("ben")
        case "sweep":
            await site.sweep()
        case "beat":
            await site.store.heartbeat()
        case "activity":
            await site.activity("cleo")
        case "list":
            await site.views()
        case _:
            await site.available()
    await site.sweep()
    for user in ("ada", "ben"):
        last = (await site.history(user))[-1]
        assert (last.status, last.effective_time) == (Status.AWAY, start + 10 * MINUTE)
        assert (await site.view(user)).next_status_time == site.now + 30 * MINUTE


async def test_an_activity_of_the_right_time_is_taken_as_soon_as_the_time_has_jumped(outages: Site) -> None:
    site = outages
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    await site.live(MINUTE)
    site.clock.jump(20 * SECOND)
    at = site.now
    assert (await site.activity("ada", at)).last_activity == at
