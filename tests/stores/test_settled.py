"""The time before which nothing is still to be recorded, as reports name it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import BACKENDS, WHOLE_SUITE, Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, GONE, HOUR, MINUTE, SECOND, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Status
from onduty_server.stores.redis.steps import StepSizes as RedisStepSizes
from onduty_server.stores.resident.steps import StepSizes

pytestmark = pytest.mark.cluster


@pytest.fixture(params=WHOLE_SUITE)
async def slow(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """A store that looks at few users at a time."""
    backend: Backend = BACKENDS[request.param](tmp_path)
    backend.redis_steps = RedisStepSizes(collect=2, settle=2)
    backend.resident_steps = StepSizes(collect=2, in_heap=1, settle=2)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


async def settled_before(site: Site) -> int:
    await site.store.heartbeat()
    return await site.store.settled_before(ACCOUNT)


async def test_everything_is_settled_while_nothing_is_due(site: Site) -> None:
    assert await settled_before(site) == site.now, "of an account never seen"
    await site.configure(BOTH)
    began = site.now
    await site.activity("ada")
    site.advance(10 * MINUTE - 1)
    assert await settled_before(site) == site.now
    site.advance(1)
    assert await settled_before(site) == began + 10 * MINUTE, "ada is AWAY since just now"
    site.advance(HOUR)
    assert await settled_before(site) == began + 10 * MINUTE
    await site.sweep()
    assert await settled_before(site) == site.now


async def test_it_moves_as_switches_are_recorded_one_after_another(slow: Site) -> None:
    await slow.configure(AWAY_ONLY)
    dues: list[int] = []
    for number in range(9):
        await slow.activity(f"user-{number}")
        dues.append(slow.now + 10 * MINUTE)
        slow.advance(SECOND)
    slow.advance(HOUR)
    seen = [await settled_before(slow)]
    while (await slow.store.settle_due(2)).next_due is not None:
        seen.append(await settled_before(slow))
    seen.append(await settled_before(slow))
    recorded = len(await slow.recorded())
    assert recorded == 18
    assert seen[0] == dues[0]
    assert seen == sorted(seen)
    assert seen[-1] == slow.now
    assert len(set(seen)) > 2, "not all at once"


async def test_it_covers_teams_ends_and_disconnections(site: Site) -> None:
    await site.configure(GONE)
    for user in ("ada", "bob", "eve"):
        await site.activity(user)
    began = site.now
    await site.move("sales", "ada")
    await site.configure({**GONE, "away_after_ms": 5 * MINUTE}, team="sales")
    await site.keep("bob", ttl_ms=6 * MINUTE)
    await site.set("eve", Status.AWAY, until=began + 8 * MINUTE)
    site.advance(HOUR)
    dues = [began + 5 * MINUTE, began + 7 * MINUTE, began + 8 * MINUTE]
    for user, due in zip(("ada", "bob", "eve"), dues, strict=True):
        assert await settled_before(site) == due, user
        # Settles this user alone, before anything else.
        await site.activity(user)
    assert await settled_before(site) == site.now


async def test_what_was_due_under_a_workflow_that_was_replaced_counts(slow: Site) -> None:
    await slow.configure(AWAY_ONLY)
    dues: list[int] = []
    for number in range(12):
        await slow.activity(f"user-{number}")
        if number % 2:
            await slow.move("day" if number % 4 == 1 else "night", f"user-{number}")
        dues.append(slow.now + 10 * MINUTE)
        slow.advance(SECOND)
    slow.advance(HOUR)
    await slow.configure({"away_after_ms": 4 * HOUR}, team="night")
    await slow.configure({"away_after_ms": 4 * HOUR})
    # Whoever asks looks at some users more.
    seen = [await settled_before(slow) for _ in range(12)]
    recorded = {change.user_id for change in await slow.recorded() if change.status is Status.AWAY}
    first = min(due for number, due in enumerate(dues) if f"user-{number}" not in recorded)
    assert seen == sorted(seen)
    assert seen[-1] == first
    assert seen[0] >= dues[0]
    await slow.sweep()
    assert await settled_before(slow) == slow.now
    slow.advance(HOUR)
    assert await settled_before(slow) == slow.now, "the new workflow waits for longer"


async def test_a_shorter_period_switches_as_of_its_change_so_nothing_before_is_unsettled(site: Site) -> None:
    await site.configure(away_after_ms=4 * HOUR, enabled=True)
    await site.activity("ada")
    await site.activity("bob")
    await site.move("sales", "bob")
    site.advance(HOUR)
    assert await settled_before(site) == site.now
    await site.configure(away_after_ms=10 * MINUTE)
    changed = site.now
    assert await settled_before(site) == changed
    site.advance(MINUTE)
    assert await settled_before(site) == changed
    await site.sweep()
    assert await settled_before(site) == site.now


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_from_before_is_recorded_afterwards_and_it_never_goes_back(slow: Site, seed: int) -> None:
    dice, users, teams = random.Random(seed), [f"user-{number}" for number in range(9)], ("", "day", "night")
    promises: list[tuple[int, int]] = []
    await slow.configure(GONE)
    for _ in range(100):
        user, minutes = dice.choice(users), dice.choice((2, 10, 25))
        match dice.choices("askemwt", (5, 2, 3, 2, 2, 1, 1))[0]:
            case "a":
                await slow.activity(user)
            case "s":
                await slow.set(user, dice.choice(list(Status)), until=dice.choice((None, slow.now + HOUR)))
            case "k":
                await slow.keep(user, ttl_ms=minutes * MINUTE, idle_for_ms=0)
            case "e" if user in {view.user_id for view in await slow.views()}:
                await slow.engage(user, ttl_ms=minutes * MINUTE)
            case "m" if user in {view.user_id for view in await slow.views()}:
                await slow.move(dice.choice(teams), user)
            case "w":
                await slow.configure({**GONE, "away_after_ms": minutes * MINUTE, "offline_after_ms": 3 * HOUR})
            case "t":
                await slow.configure({**BOTH, "away_after_ms": minutes * MINUTE}, team=dice.choice(teams[1:]))
        slow.advance(dice.choice((SECOND, dice.randrange(5 * MINUTE), dice.randrange(HOUR))))
        if dice.random() < 0.7:
            await slow.store.settle_due(1)
        settled = await settled_before(slow)
        assert settled <= slow.now
        assert not promises or promises[-1][1] <= settled
        promises.append((max((change.revision for change in await slow.history()), default=0), settled))
    await slow.sweep()
    for change in await slow.history():
        assert all(change.revision <= revision or change.effective_time >= settled for revision, settled in promises)
    assert len({settled for _, settled in promises}) < len(promises), "sometimes it stood still"
