"""Sessions, engagements, ends of statuses and disconnection by chance: a store shows and records what the model says.

Sweeps come by chance too, or never: reads are as exact without.
"""

from __future__ import annotations

import pytest
from tests.stores.layers_model import AccountModel, Dice, alike
from tests.stores.site import ACCOUNT, Site

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.workflow import WorkflowPatch, revise

USERS = 6
STEPS = 150


def seeds(quick: int, *, slow: int) -> list[object]:
    """Seeds for every run, and more for the slow ones."""
    return [*range(quick), *(pytest.param(quick + number, marks=pytest.mark.slow) for number in range(slow))]


async def configure(site: Site, model: AccountModel, patch: WorkflowPatch) -> None:
    await site.store.update_workflow(
        ACCOUNT, lambda current, now, revision, _: revise(current, patch, now=now, actor="", revision=revision)
    )
    model.configure(patch)


async def compare(site: Site, model: AccountModel) -> None:
    """Compare all reads of the present."""
    users = list(model.records)
    expected = [model.view(user) for user in users]
    found = await site.store.get(ACCOUNT, users)
    assert [view and alike(view) for view in found] == expected
    page = await site.store.scan(ACCOUNT, (), 0, 1_000)
    assert [alike(view) for view in page.views] == expected
    for order in AvailabilityOrder:
        for max_engagements in (0, 1, 2):
            best = model.available(order, max_engagements)
            for limit in (1, 2, 100):
                available = await site.store.available(ACCOUNT, order, limit, max_engagements)
                who = order.name, max_engagements, limit
                assert ([view.user_id for view in available.views], available.total, *who) == (
                    best[:limit],
                    len(best),
                    *who,
                )


async def act(site: Site, model: AccountModel, dice: Dice) -> None:
    """Let something happen to somebody."""
    user = dice.user(USERS)
    decide, hint = dice.event(user in model.records)
    shown = await site.store.transact(ACCOUNT, user, decide, hint)
    model.decide(user, decide)
    assert alike(shown) == model.view(user)


async def compare_history(site: Site, model: AccountModel) -> None:
    for user in model.records:
        recorded = [
            (it.previous_status, it.status, it.cause, it.effective_time, it.expire_time, it.then)
            for it in await site.history(user)
        ]
        assert recorded == [
            (previous.status, state.status, state.cause, at, end, then)
            for whose, previous, state, at, end, then in model.shown
            if whose == user
        ]


@pytest.mark.cluster
@pytest.mark.parametrize("seed", seeds(3, slow=9))
async def test_what_is_shown_and_recorded_is_what_the_rules_say_whenever_somebody_sweeps(site: Site, seed: int) -> None:
    dice, model = Dice(seed), AccountModel(site.now)
    await configure(site, model, dice.patch())
    for _ in range(STEPS):
        pause = dice.pause()
        site.advance(pause)
        model.advance(site.now)
        if dice.chance(0.3):
            await site.store.heartbeat()
        if dice.chance(0.1):
            await configure(site, model, dice.patch())
        if dice.chance(0.8):
            await act(site, model, dice)
        if dice.chance(0.2):
            await site.store.settle_due(2)
        if dice.chance(0.1):
            await site.sweep()
        if model.records and dice.chance(0.5):
            await compare(site, model)
    await compare(site, model)
    await site.sweep()
    await compare(site, model)
    await compare_history(site, model)


@pytest.mark.parametrize("seed", seeds(2, slow=4))
async def test_an_outage_now_and_then_is_nobodys_inactivity_and_no_disconnection(outages: Site, seed: int) -> None:
    site, dice, model = outages, Dice(seed), AccountModel(outages.now)
    await configure(site, model, dice.patch())
    for _ in range(STEPS):
        if dice.chance(0.1):
            vouched_until = site.now + HEARTBEAT_VALID_MS
            site.advance(dice.outage())
            await site.store.heartbeat()
            model.recover(vouched_until, site.now)
        else:
            await site.live(dice.pause())
            model.advance(site.now)
        await site.store.heartbeat()
        if dice.chance(0.8):
            await act(site, model, dice)
        if dice.chance(0.2):
            await site.store.settle_due(2)
        if model.records and dice.chance(0.4):
            await compare(site, model)
    await site.sweep()
    await compare(site, model)
    await compare_history(site, model)


async def test_a_sweep_comes_back_only_for_what_is_due(site: Site) -> None:
    dice, model = Dice(99), AccountModel(site.now)
    await configure(site, model, dice.patch())
    for _ in range(100):
        site.advance(dice.pause())
        model.advance(site.now)
        await act(site, model, dice)
        next_due = await site.sweep()
        ahead = [view.next_status_time for view in map(model.view, model.records) if view.next_status_time is not None]
        assert not ahead or (next_due is not None and next_due <= min(ahead)), "the sweeper would come too late"
