"""`Store.settle_due`: bounded, complete, on time, and quiet when there is nothing to do."""

from __future__ import annotations

import random

import pytest
from tests.stores.backends import Backend
from tests.stores.site import (
    ACCOUNT,
    AWAY_ONLY,
    BOTH,
    DAY,
    HOUR,
    MINUTE,
    OFFLINE_ONLY,
    SECOND,
    Changed,
    Site,
)

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.status import Cause, Resume, Status


async def sleep_until_due(site: Site, until: int) -> int:
    """Do as the sweeper does: commit, sleep until told, and so on. Returns how often it woke."""
    woken = 0
    while True:
        next_due = await site.sweep()
        woken += 1
        if next_due is None or next_due > until:
            site.clock.set(until)
            return woken
        site.clock.set(next_due)


async def test_one_call_switches_no_more_than_its_limit_and_says_that_there_is_more(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(10)])
    site.advance(10 * MINUTE)
    recorded = 10
    while True:
        sweep = await site.store.settle_due(3)
        now_recorded = len(await site.history())
        assert now_recorded - recorded == sweep.switched <= 3
        recorded = now_recorded
        if sweep.next_due is None or sweep.next_due > site.now:
            break
    assert recorded == 20


@pytest.mark.parametrize("limit", [1, 2, 7, 128])
@pytest.mark.cluster
async def test_all_that_is_due_is_committed_with_the_exact_times_however_small_the_steps(
    site: Site, limit: int
) -> None:
    await site.configure(BOTH)
    start = site.now
    users = [f"user-{number}" for number in range(20)]
    for user in users:
        await site.activity(user)
        site.advance(SECOND)
    site.advance(20 * MINUTE)
    await site.sweep(limit)
    site.advance(20 * MINUTE)
    await site.sweep(limit)
    history = await site.recorded()
    for number, user in enumerate(users):
        begin = start + number * SECOND
        assert [change for change in history if change.user_id == user] == [
            Changed(user, None, Status.ONLINE, Cause.ACTIVITY, begin),
            Changed(user, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, begin + 10 * MINUTE),
            Changed(user, Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, begin + 30 * MINUTE),
        ]


async def test_of_users_of_one_status_the_longest_overdue_come_first(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    users = [f"user-{number}" for number in range(6)]
    for user in reversed(users):
        await site.activity(user)
        site.advance(SECOND)
    site.advance(10 * MINUTE)
    await site.sweep(2)
    switched = [change.user_id for change in await site.recorded() if change.cause is Cause.INACTIVITY]
    assert switched == users[::-1]


async def test_nothing_is_due_when_nothing_lies_ahead(site: Site) -> None:
    async def sleeps_for_good() -> bool:
        """After at most one look at what had been ahead before."""
        next_due = await site.sweep()
        if next_due is not None:
            site.clock.set(next_due)
        return await site.sweep() is None

    assert (await site.store.settle_due(10)).next_due is None
    await site.activity("ada")
    assert await sleeps_for_good(), "no workflow"
    await site.configure(BOTH)
    site.advance(HOUR)
    assert await sleeps_for_good(), "everybody is OFFLINE"
    await site.set("ada", Status.AWAY)
    await site.configure(keep_manual_away=True)
    assert await sleeps_for_good(), "an AWAY by hand is kept"
    await site.set("ada", Status.ONLINE)
    await site.configure(enabled=False)
    assert await sleeps_for_good(), "the workflow is off"


async def test_it_is_told_when_to_come_again_no_later_than_the_next_switch_and_at_last_exactly(site: Site) -> None:
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    site.advance(SECOND)
    await site.activity("bob")
    assert await site.sweep() == start + 10 * MINUTE
    site.advance(9 * MINUTE)
    await site.activity("ada")
    ada_due = site.now + 10 * MINUTE
    next_due = await site.sweep()
    assert next_due is not None and next_due <= start + SECOND + 10 * MINUTE
    site.clock.set(start + SECOND + 10 * MINUTE)
    assert await site.sweep() == ada_due
    assert await site.status("bob") is Status.AWAY
    site.clock.set(ada_due)
    assert await site.sweep() == start + SECOND + 30 * MINUTE, "bob is AWAY and becomes OFFLINE next"


@pytest.mark.parametrize("seed", range(6))
async def test_a_punctual_sweeper_records_every_switch_at_the_instant_it_becomes_true(site: Site, seed: int) -> None:
    dice = random.Random(seed)
    await site.configure(BOTH, resume=dice.choice(list(Resume)))
    users = [f"user-{number}" for number in range(8)]
    woken = events = 0
    for _ in range(60):
        woken += await sleep_until_due(site, site.now + dice.randrange(4 * MINUTE))
        events += 1
        match dice.randrange(12):
            case 0:
                await site.set(dice.choice(users), dice.choice(list(Status)))
            case 1:
                await site.configure(away_after_ms=dice.randrange(1, 10) * MINUTE)
            case 2:
                await site.configure(keep_manual_away=dice.random() < 0.5, enabled=dice.random() < 0.8)
            case 3:
                await site.activity(dice.choice(users), site.now - dice.randrange(20 * MINUTE))
            case _:
                await site.activity(dice.choice(users))
    await sleep_until_due(site, site.now + HOUR)
    history = await site.history()
    timed = [change for change in history if change.cause is Cause.INACTIVITY]
    assert timed
    # A stale first activity is recorded together with what has fallen due since.
    first = {change.user_id: change.commit_time for change in history if change.previous_status is None}
    assert all(
        change.commit_time == change.effective_time or change.commit_time == first[change.user_id] for change in timed
    )
    # An index entry is looked at once a period and user; each look may cost one wake-up.
    assert woken < 3 * events + len(users) * 60


@pytest.mark.cluster
async def test_the_sweeper_is_woken_when_something_falls_due_earlier_than_it_was_told(site: Site) -> None:
    wakeup = site.store.wakeup
    assert await site.sweep() is None
    assert not wakeup.is_set()

    await site.activity("ada")
    assert await site.sweep() is None
    await site.configure(BOTH)
    assert wakeup.is_set(), "a workflow was switched on"
    assert await site.sweep() == site.now + 10 * MINUTE
    assert not wakeup.is_set()

    await site.configure(away_after_ms=5 * MINUTE)
    assert wakeup.is_set(), "a period was shortened"
    assert await site.sweep() == site.now + 5 * MINUTE

    site.advance(5 * MINUTE)
    next_due = await site.sweep()
    assert next_due is not None and next_due <= site.now + 25 * MINUTE

    await site.configure(AWAY_ONLY, away_after_ms=MINUTE, account="other")
    await site.activity("bob", account="other")
    assert wakeup.is_set(), "somebody is due before everybody else"
    assert await site.sweep() == site.now + MINUTE

    await site.activity("carol", site.now - 4 * MINUTE - 30 * SECOND)
    assert wakeup.is_set(), "a late first activity"
    assert await site.sweep() == site.now + 30 * SECOND


async def test_the_sweeper_is_woken_for_somebody_who_returns_to_a_status_that_is_timed(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    site.advance(10 * MINUTE)
    assert await site.sweep() is None
    await site.activity("ada")
    assert site.store.wakeup.is_set()
    assert await site.sweep() == site.now + 10 * MINUTE


async def test_the_sweeper_is_woken_by_whoever_is_overdue_under_a_workflow_that_was_replaced(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(400)])
    assert await site.sweep() == site.now + 10 * MINUTE
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    assert site.store.wakeup.is_set()
    assert await site.sweep() is None
    assert len(await site.recorded()) == 800


async def test_what_was_told_lies_in_the_past_only_while_there_is_more_to_do(site: Site) -> None:
    """`Site.sweep` fails where this does not hold; here is every state we could think of in which it might not."""
    users = [f"user-{number}" for number in range(20)]

    async def quiet() -> None:
        for limit in (1, 128):
            next_due = await site.sweep(limit)
            assert next_due is None or next_due > site.now

    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    await site.populate(users)
    await quiet()
    site.advance(10 * MINUTE - 1)
    await site.populate(users[:10])  # index entries that are no longer true
    for user in users[10:15]:
        await site.set(user, Status.OFFLINE)  # entries of people who have left
    site.advance(1)
    await site.available(AvailabilityOrder.LONGEST_IDLE)  # found overdue by a read
    await quiet()
    await site.available(AvailabilityOrder.LONGEST_IDLE)
    for user in users[15:]:
        await site.activity(user)  # overdue, and then resumed
    await quiet()
    site.advance(HOUR)
    await site.configure(enabled=False)  # overdue under a workflow that no longer holds
    await quiet()
    await site.configure(enabled=True, keep_manual_away=True)
    await site.set(users[0], Status.AWAY)
    await quiet()
    site.advance(HOUR)
    await site.available()
    await site.activity(users[1])
    await site.configure(offline_after_ms=None)
    await quiet()
    site.advance(DAY)
    await quiet()


async def test_a_busy_user_costs_the_sweeper_one_look_a_period(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    woken = 0
    next_due = await site.sweep()
    for _ in range(100):  # ten periods of activity, one a minute
        site.advance(MINUTE)
        await site.activity("ada")
        if next_due is not None and next_due <= site.now:
            next_due = await site.sweep()
            woken += 1
    assert woken <= 11
    assert await site.status("ada") is Status.ONLINE


@pytest.mark.cluster
async def test_accounts_take_turns_and_all_are_served(site: Site) -> None:
    accounts = [f"account-{number}" for number in range(30)]
    for number, account in enumerate(accounts):
        await site.configure(OFFLINE_ONLY if number % 3 else BOTH, account=account)
        await site.populate([f"user-{number}" for number in range(3)], account=account)
    site.advance(30 * MINUTE)
    assert await site.sweep(4) is None
    await site.store.heartbeat()
    for number, account in enumerate(accounts):
        assert set((await site.statuses(account=account)).values()) == {Status.OFFLINE}
        assert len(await site.history(account=account)) == (6 if number % 3 else 9)


@pytest.mark.cluster
async def test_a_large_account_does_not_keep_a_small_one_waiting_for_its_last_user(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.configure(AWAY_ONLY, account="small")
    await site.populate([f"user-{number}" for number in range(500)])
    site.advance(SECOND)
    await site.activity("ada", account="small")
    site.advance(10 * MINUTE)
    for _ in range(3):
        await site.store.settle_due(20)
    await site.store.heartbeat()
    assert len(await site.history(account="small")) == 2


@pytest.mark.cluster
async def test_a_sweep_and_events_at_the_same_time_switch_everybody_exactly_once(site: Site) -> None:
    await site.configure(AWAY_ONLY, resume=Resume.NEVER)
    users = [f"user-{number}" for number in range(60)]
    await site.populate(users)
    site.advance(10 * MINUTE)
    for user in users[::2]:
        await site.store.settle_due(1)
        await site.activity(user)
    await site.sweep()
    history = await site.recorded()
    assert sorted(change.user_id for change in history if change.cause is Cause.INACTIVITY) == sorted(users)


async def test_a_fresh_store_has_nothing_due(backend: Backend) -> None:
    store = await backend.open()
    assert await store.settle_due(10) == (0, None)
    assert await store.get(ACCOUNT, ("ada",)) == [None]
