"""The resident engine with sessions, engagements and ends of statuses: its index, its fast path, what it undoes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import MemoryBackend
from tests.stores.layers_model import AccountModel, Dice, alike
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, Site
from tests.stores.test_layers_by_chance import compare, compare_history, configure

from onduty_server.app.ports.statuses import Activity, Renewal
from onduty_server.app.ports.store import StoreOptions
from onduty_server.stores.resident.steps import StepSizes
from onduty_server.stores.resident.store import ResidentStore

USERS = 5
STEPS = 200


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = MemoryBackend(tmp_path)
    backend.resident_steps = StepSizes(collect=3, settle=2, past_workflows=3, overdue_in_order=2, overdue_block_bits=1)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


@pytest.fixture
async def engine(site: Site) -> ResidentStore:
    assert isinstance(site.store, ResidentStore)
    return site.store


async def act(engine: ResidentStore, model: AccountModel, dice: Dice) -> bool:
    """Let something happen to somebody, by the fast path if that will do it; return True if it did."""
    user = dice.user(USERS)
    decide, hint = dice.event(user in model.records)
    at_once = False
    match hint:
        case Activity():
            at_once = engine.immediate.touch(ACCOUNT, user, hint.time)
        case Renewal():
            at_once = engine.immediate.renew(ACCOUNT, user, hint)
    if not at_once:
        await engine.transact(ACCOUNT, user, decide, hint)
    model.decide(user, decide)
    shown = engine.immediate.peek(ACCOUNT, user)
    assert shown is not None and alike(shown) == model.view(user)
    return at_once


@pytest.mark.parametrize("seed", range(30))
async def test_the_fast_path_and_small_steps_of_sweeps_show_and_record_what_the_rules_say(
    site: Site, engine: ResidentStore, seed: int
) -> None:
    dice, model = Dice(1_000 + seed), AccountModel(site.now)
    await configure(site, model, dice.patch())
    at_once = 0
    for _ in range(STEPS):
        site.advance(dice.pause())
        model.advance(site.now)
        await engine.heartbeat()
        if dice.chance(0.05):
            await configure(site, model, dice.patch())
        at_once += await act(engine, model, dice)
        check_index(engine)
        if dice.chance(0.2):
            await engine.settle_due(2)
        if model.records and dice.chance(0.5):
            await compare(site, model)
        check_index(engine)
    await site.sweep()
    await compare(site, model)
    await compare_history(site, model)
    assert at_once
    check_index(engine)
