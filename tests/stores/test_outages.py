"""An outage is not inactivity: what was due before it is settled with its exact times, and then every clock restarts.

Between the last heartbeat and three seconds after it a store may or may not have been able to record something; nothing
here is due in that stretch.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, HOUR, MINUTE, SECOND, Changed, Site

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Cause, Resume, Status

GRACE = 10 * SECOND


class Listener(Observer):
    """Remembers the outages it was told of."""

    def __init__(self) -> None:
        self.outages: list[int] = []

    def recovered(self, outage_ms: int) -> None:
        self.outages.append(outage_ms)


async def test_a_silence_as_long_as_the_grace_is_inactivity_and_a_longer_one_an_outage(backend: Backend) -> None:
    listener = Listener()
    await backend.open(StoreOptions(outage_grace_ms=GRACE), observer=listener)
    site = Site(backend)
    await site.configure(AWAY_ONLY, away_after_ms=MINUTE)
    await site.activity("ada")
    due = site.now + MINUTE
    await site.live(MINUTE - 5 * SECOND)

    site.advance(GRACE)
    assert (await site.view("ada")).status_since == due
    assert listener.outages == []

    await site.activity("ada")
    site.advance(GRACE + 1)
    view = await site.view("ada")
    assert (view.status, view.next_status_time) == (Status.ONLINE, site.now + MINUTE)
    assert listener.outages == [GRACE + 1]


async def test_time_that_passes_with_heartbeats_is_no_outage(outages: Site) -> None:
    site = outages
    await site.configure(BOTH)
    await site.activity("ada")
    start = site.now
    await site.live(10 * MINUTE)
    view = await site.view("ada")
    assert (view.status, view.status_since) == (Status.AWAY, start + 10 * MINUTE)


Call = Callable[[Site], Awaitable[object]]

CALLS: dict[str, Call] = {
    "heartbeat": lambda site: site.store.heartbeat(),
    "get": lambda site: site.store.get(ACCOUNT, ["ada"]),
    "scan": lambda site: site.store.scan(ACCOUNT, (), 0, 10),
    "available": lambda site: site.store.available(ACCOUNT, AvailabilityOrder.LONGEST_IDLE, 10),
    "activity": lambda site: site.activity("somebody else"),
    "activity of the idle": lambda site: site.activity("ada", site.now - 50 * MINUTE),
    "set": lambda site: site.set("somebody else", Status.OFFLINE),
    "update_workflow": lambda site: site.configure(resume=Resume.NEVER),
    "preview": lambda site: site.impact({"away_after_ms": 5 * MINUTE}),
    "settle_due": lambda site: site.store.settle_due(100),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.cluster
async def test_whichever_call_comes_first_after_a_stall_finds_the_outage(outages: Site, call: str) -> None:
    site = outages
    await site.configure(BOTH)
    start = site.now
    await site.activity("gone")
    await site.live(9 * MINUTE)
    await site.activity("ada")
    await site.live(2 * MINUTE)  # gone is AWAY since a minute, and nobody has written it down
    site.advance(HOUR)
    recovery = site.now
    await CALLS[call](site)
    ada, gone = await site.view("ada"), await site.view("gone")
    assert (ada.status, ada.status_since, ada.next_status_time) == (
        Status.ONLINE,
        start + 9 * MINUTE,
        recovery + 10 * MINUTE,
    )
    assert (gone.status, gone.status_since, gone.next_status_time) == (
        Status.AWAY,
        start + 10 * MINUTE,
        recovery + 30 * MINUTE,
    )
    await site.live(30 * MINUTE)
    await site.sweep()
    assert await site.recorded("gone") == [
        Changed("gone", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("gone", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed("gone", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, recovery + 30 * MINUTE),
    ]
    assert await site.recorded("ada") == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start + 9 * MINUTE),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, recovery + 10 * MINUTE),
        Changed("ada", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, recovery + 30 * MINUTE),
    ]


async def test_an_activity_by_the_fast_path_is_not_taken_before_the_outage_is_found(
    immediate_backend: Backend,
) -> None:
    await immediate_backend.open()
    site = Site(immediate_backend)
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    site.advance(5 * MINUTE)
    assert not site.touch("ada")


@pytest.mark.cluster
async def test_after_an_outage_nobody_goes_away_at_once_and_everybody_has_a_whole_period(outages: Site) -> None:
    site = outages
    await site.configure(AWAY_ONLY)
    users = [f"user-{number:03}" for number in range(300)]
    for user in users:
        await site.activity(user)
        site.advance(SECOND)
    site.advance(DAY)
    assert sorted((await site.available())[0]) == users
    recovery = site.now
    assert await site.sweep() == recovery + 10 * MINUTE
    assert len(await site.history()) == 300
    await site.live(10 * MINUTE - 1)
    assert (await site.available())[1] == 300
    await site.live(1)
    assert (await site.available())[1] == 0
    assert {view.status_since for view in await site.views()} == {recovery + 10 * MINUTE}


async def test_more_overdue_before_the_outage_than_a_sweep_takes_keep_their_exact_times(outages: Site) -> None:
    site = outages
    await site.configure(BOTH)
    start = site.now
    users = [f"user-{number:03}" for number in range(400)]
    await site.populate(users)
    await site.live(10 * MINUTE + HEARTBEAT_VALID_MS + SECOND)
    site.advance(DAY)
    recovery = site.now
    assert (await site.available())[1] == 0
    assert {(view.status_since, view.next_status_time) for view in await site.views()} == {
        (start + 10 * MINUTE, recovery + 30 * MINUTE)
    }
    await site.sweep(50)
    await site.live(30 * MINUTE)
    await site.sweep(50)
    history = await site.recorded()
    for status, at in ((Status.AWAY, start + 10 * MINUTE), (Status.OFFLINE, recovery + 30 * MINUTE)):
        switches = [change for change in history if change.status is status]
        assert sorted(change.user_id for change in switches) == users
        assert {change.effective_time for change in switches} == {at}


async def recover(site: Site) -> int:
    """An hour of outage; the moment of recovery is that of the first heartbeat after it."""
    site.advance(HOUR)
    await site.store.heartbeat()
    return site.now


async def test_two_outages_in_a_row_with_nobody_sweeping_between_them(outages: Site) -> None:
    site = outages
    await site.configure(BOTH)
    start = site.now
    await site.activity("early")
    await site.live(11 * MINUTE)
    await site.activity("late")
    first = await recover(site)
    await site.live(11 * MINUTE)  # late is AWAY ten minutes after the first recovery
    second = await recover(site)
    await site.live(31 * MINUTE)
    assert (await site.statuses()) == {"early": Status.OFFLINE, "late": Status.OFFLINE}
    await site.sweep()
    assert await site.recorded("early") == [
        Changed("early", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("early", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed("early", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, second + 30 * MINUTE),
    ]
    assert await site.recorded("late") == [
        Changed("late", None, Status.ONLINE, Cause.ACTIVITY, start + 11 * MINUTE),
        Changed("late", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, first + 10 * MINUTE),
        Changed("late", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, second + 30 * MINUTE),
    ]


async def test_outages_and_workflow_changes_in_turn_with_more_overdue_than_a_sweep_takes(outages: Site) -> None:
    site = outages
    await site.configure(AWAY_ONLY)
    start = site.now
    users = [f"user-{number:03}" for number in range(400)]
    await site.populate(users)
    await site.live(11 * MINUTE)
    await site.configure(away_after_ms=None, offline_after_ms=20 * MINUTE)
    site.advance(HOUR)
    await site.configure(offline_after_ms=5 * MINUTE)
    recovery = site.now
    await site.live(6 * MINUTE)
    site.advance(HOUR)
    await site.configure(enabled=False)
    await site.sweep()
    for user in (users[0], users[-1]):
        assert await site.recorded(user) == [
            Changed(user, None, Status.ONLINE, Cause.ACTIVITY, start),
            Changed(user, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
            Changed(user, Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, recovery + 5 * MINUTE),
        ]
    assert len(await site.history()) == 3 * len(users)


@pytest.mark.cluster
async def test_an_account_first_seen_after_an_outage_has_the_same_floor(outages: Site) -> None:
    site = outages
    site.advance(HOUR)
    await site.store.heartbeat()
    recovery = site.now
    await site.configure(AWAY_ONLY, account="new")
    await site.live(SECOND)
    await site.activity("ada", site.now - 5 * MINUTE, account="new")
    assert (await site.view("ada", account="new")).next_status_time == recovery + 10 * MINUTE


async def test_an_activity_from_before_the_outage_that_arrives_after_it_does_not_pull_the_clock_back(
    outages: Site,
) -> None:
    site = outages
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    site.advance(5 * MINUTE)
    await site.activity("ada", site.now - MINUTE)
    assert (await site.view("ada")).next_status_time == site.now + 10 * MINUTE


async def test_an_outage_may_be_counted_as_inactivity(backend: Backend) -> None:
    listener = Listener()
    await backend.open(StoreOptions(count_outage_as_inactivity=True), observer=listener)
    site = Site(backend)
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    site.advance(HOUR)
    view = await site.view("ada")
    assert (view.status, view.status_since) == (Status.OFFLINE, start + 30 * MINUTE)
    assert listener.outages == []


async def test_a_status_seen_before_the_outage_is_the_status_after_it(outages: Site) -> None:
    site = outages
    await site.configure(AWAY_ONLY)
    users = [f"user-{number:02}" for number in range(40)]
    for user in users:
        await site.activity(user)
        await site.live(500)
    await site.live(9 * MINUTE + 30 * SECOND)
    site.advance(HEARTBEAT_VALID_MS)  # the last moment that the heartbeat may vouch for
    seen = {view.user_id: (view.status, view.status_since) for view in await site.views()}
    site.advance(HOUR)
    after = {view.user_id: (view.status, view.status_since) for view in await site.views()}
    assert {user for user in users if seen[user][0] is Status.AWAY} <= {
        user for user in users if after[user] == seen[user]
    }


@pytest.mark.cluster
async def test_a_stall_that_ends_with_a_clean_stop_is_an_outage_all_the_same(kept: Site) -> None:
    site = kept
    await site.backend.reopen()  # with the outage rule
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    site.advance(HOUR)
    recovery = site.now
    await site.backend.reopen()
    view = await site.view("ada")
    assert (view.status, view.next_status_time) == (Status.ONLINE, recovery + 10 * MINUTE)
