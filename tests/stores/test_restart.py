"""What a stop, a crash and a new start leave: everything. For the stores that keep anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.stores.backends import EXCLUSIVE, Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, HOUR, MINUTE, SECOND, Changed, Site

from onduty_server.app.limits import HEARTBEAT_VALID_MS, SWEEP_CHUNK
from onduty_server.app.ports.statuses import AvailabilityOrder, ChangeFilter
from onduty_server.app.ports.store import Store, StoreOpenError, StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import StatusChange, StatusView
from onduty_server.domain.status import Cause, Resume, Status
from onduty_server.domain.workflow import Workflow

Everything = tuple[Workflow, list[StatusView], list[StatusChange], dict[str, list[StatusChange]]]


async def everything(site: Site, account: str = ACCOUNT) -> Everything:
    """All that can be seen of an account."""
    views = await site.views(account=account)
    return (
        await site.store.workflow(account),
        views,
        await site.history(account=account),
        {view.user_id: await site.history(view.user_id, account=account) for view in views},
    )


async def everybody(site: Site, account: str = ACCOUNT) -> None:
    """Users in every state, for every cause, with and without actor, reason and activity."""
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE, account=account, caller="console")
    await site.activity("offline by inactivity", account=account)
    site.advance(25 * MINUTE)
    await site.activity("away by inactivity", account=account)
    site.advance(11 * MINUTE)
    await site.sweep()
    await site.set("away by hand", Status.AWAY, actor="grace", reason="lunch", caller="crm", account=account)
    await site.set("offline by hand", Status.OFFLINE, actor="hopper", account=account)
    await site.set("online by hand", Status.ONLINE, reason="early shift", account=account)
    await site.activity("online by hand and active", account=account)
    await site.set("online by hand and active", Status.ONLINE, account=account)
    await site.activity("resumed", site.now - 20 * MINUTE, account=account)
    await site.activity("resumed", account=account)
    site.advance(SECOND)
    await site.activity("online by activity", account=account)
    await site.activity("online by hand and active", account=account)
    await site.activity("active late", site.now - 3 * MINUTE, account=account)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.cluster
async def test_a_clean_restart_keeps_everything(kept: Site, times: int) -> None:
    site = kept
    await everybody(site)
    await everybody(site, account="other")
    before = await everything(site), await everything(site, "other")
    causes = {(view.status, view.cause) for view in before[1][1]}
    assert len(causes) == 6, "everybody is there"
    for _ in range(times):
        await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
        assert (await everything(site), await everything(site, "other")) == before


@pytest.mark.cluster
async def test_a_crash_keeps_everything_that_was_acknowledged(crashing: Site) -> None:
    site = crashing
    await everybody(site)
    before = await everything(site)
    await site.backend.crash()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True))
    assert await everything(site) == before


async def test_life_goes_on_after_a_restart_as_if_there_had_been_none(kept: Site) -> None:
    site = kept
    await everybody(site)
    before = await site.history()
    last = before[-1].revision
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert (await site.set("away by hand", Status.ONLINE)).revision == last + 1
    assert (await site.configure(away_after_ms=9 * MINUTE)).revision == last + 2
    assert (await site.activity("newcomer")).revision == last + 3
    assert [view.user_id for view in await site.views()][-1] == "newcomer"
    assert (await site.activity("away by inactivity")).status is Status.ONLINE, "resumes as before"
    assert (await site.activity("offline by hand")).status is Status.OFFLINE, "a status by hand stays by hand"
    site.advance(HOUR)
    await site.sweep()
    history = await site.history()
    assert history[: len(before)] == before
    assert [change.revision for change in history[len(before) :]] == [
        revision for revision in range(last + 1, history[-1].revision + 1) if revision != last + 2
    ]
    assert {status for user, status in (await site.statuses()).items()} == {Status.OFFLINE}


async def test_what_fell_due_while_the_server_was_down_for_a_moment_has_its_exact_time(kept: Site) -> None:
    site = kept
    await site.backend.reopen()  # with the outage rule
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    await site.live(10 * MINUTE - 2 * SECOND)
    await site.backend.stop()
    await site.backend.open(now=site.now + 8 * SECOND)
    view = await site.view("ada")
    assert (view.status, view.status_since, view.revision) == (Status.AWAY, start + 10 * MINUTE, 2)
    await site.sweep()
    assert await site.recorded() == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
    ]


async def test_a_server_that_was_down_for_long_settles_what_was_due_before_and_restarts_the_clocks(kept: Site) -> None:
    site = kept
    await site.backend.reopen()
    await site.configure(BOTH)
    start = site.now
    await site.activity("gone")
    await site.live(8 * MINUTE)
    await site.activity("there")
    await site.live(3 * MINUTE)
    await site.backend.stop()
    await site.backend.open(now=site.now + DAY)
    recovery = site.now
    gone, there = await site.view("gone"), await site.view("there")
    assert (gone.status, gone.status_since, gone.next_status_time) == (
        Status.AWAY,
        start + 10 * MINUTE,
        recovery + 30 * MINUTE,
    )
    assert (there.status, there.next_status_time) == (Status.ONLINE, recovery + 10 * MINUTE)
    assert await site.sweep() == recovery + 10 * MINUTE


async def test_a_clean_stop_is_where_the_outage_began(kept: Site) -> None:
    """Whoever was due up to the stop is switched, whoever was due a moment later is not."""
    site = kept
    await site.backend.reopen()
    await site.configure(AWAY_ONLY)
    start = site.now
    await site.activity("due at the stop")
    await site.live(1)
    await site.activity("due after it")
    await site.live(10 * MINUTE - 1)
    await site.backend.stop()
    await site.backend.open(now=site.now + HOUR)
    assert (await site.view("due at the stop")).status_since == start + 10 * MINUTE
    assert await site.status("due after it") is Status.ONLINE


async def test_with_outages_counted_a_long_stop_switches_with_exact_times(kept: Site) -> None:
    site = kept
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    await site.backend.stop()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True), now=site.now + DAY)
    await site.sweep()
    assert await site.recorded() == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed("ada", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, start + 30 * MINUTE),
    ]


@pytest.mark.parametrize("crash", [False, True])
async def test_overdue_under_a_replaced_workflow_survives_a_restart_before_the_sweeper_has_come(
    crashing: Site, crash: bool
) -> None:
    site = crashing
    users = [f"user-{number:03}" for number in range(4 * SWEEP_CHUNK)]
    await site.configure(AWAY_ONLY)
    start = site.now
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=HOUR)
    await site.configure(away_after_ms=None, offline_after_ms=5 * MINUTE)
    changed = site.now
    await restart(site, crash=crash, count_outage_as_inactivity=True)
    assert {(view.status, view.status_since) for view in await site.views()} == {(Status.OFFLINE, changed)}
    assert await site.available() == ([], 0)
    await restart(site, crash=crash, count_outage_as_inactivity=True)
    await site.sweep()
    history = await site.recorded()
    for user in (users[0], users[-1]):
        assert [change for change in history if change.user_id == user] == [
            Changed(user, None, Status.ONLINE, Cause.ACTIVITY, start),
            Changed(user, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
            Changed(user, Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, changed),
        ]
    assert len(history) == 3 * len(users)
    revisions = [change.revision for change in await site.history()]
    workflows = 3
    assert (len(set(revisions)), max(revisions)) == (len(history), len(history) + workflows), "no gap"


async def restart(site: Site, *, crash: bool, count_outage_as_inactivity: bool = False) -> None:
    await (site.backend.crash() if crash else site.backend.stop())
    await site.backend.open(StoreOptions(count_outage_as_inactivity=count_outage_as_inactivity))


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.cluster
async def test_the_restart_of_the_clocks_after_an_outage_outlives_the_next_restart(crashing: Site, crash: bool) -> None:
    site = crashing
    await site.backend.reopen()
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    site.advance(HOUR)
    await site.store.heartbeat()
    recovery = site.now
    await site.live(SECOND)
    await restart(site, crash=crash)
    view = await site.view("ada")
    assert (view.status, view.next_status_time) == (Status.ONLINE, recovery + 10 * MINUTE)


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_in_the_middle_of_settling_after_an_outage_loses_nothing(crashing: Site, crash: bool) -> None:
    site = crashing
    await site.backend.reopen()
    await site.configure(AWAY_ONLY)
    start = site.now
    users = [f"user-{number:03}" for number in range(40)]
    await site.populate(users)
    await site.live(10 * MINUTE + HEARTBEAT_VALID_MS + SECOND)
    site.advance(HOUR)
    await site.store.settle_due(15)
    await site.store.heartbeat()
    await restart(site, crash=crash)
    assert {(view.status, view.status_since) for view in await site.views()} == {(Status.AWAY, start + 10 * MINUTE)}
    await site.sweep()
    assert len(await site.history()) == 2 * len(users)


async def test_a_clean_stop_writes_what_had_not_been_written_yet(kept: Site) -> None:
    site = kept
    await site.configure(BOTH)
    users = [f"user-{number}" for number in range(50)]
    await site.populate(users)
    site.advance(MINUTE)
    for user in users:
        await site.activity(user)
    before = await site.views()
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert await site.views() == before


async def test_a_wall_clock_that_went_back_does_not_take_time_back(kept: Site) -> None:
    site = kept
    await everybody(site)
    before, stopped = await everything(site), site.now
    await site.backend.stop()
    await site.backend.open(now=stopped - HOUR)
    assert site.now == stopped, "time goes on from the stop"
    assert await everything(site) == before
    await site.live(10 * MINUTE)
    assert await site.status("online by activity") is Status.AWAY


async def test_after_a_crash_too_a_wall_clock_that_went_back_does_not_take_time_back(crashing: Site) -> None:
    site = crashing
    await everybody(site)
    await site.store.heartbeat()
    beat = site.now
    for back in (1, HOUR):
        await site.live(SECOND)
        before, crashed = await everything(site), site.now
        beat = site.now
        await site.backend.crash()
        await site.backend.open(now=beat - back)
        assert site.now >= crashed
        assert await everything(site) == before


async def test_a_wall_clock_that_went_back_by_less_than_a_heartbeat_makes_no_change_older_than_the_one_before(
    crashing: Site,
) -> None:
    site = crashing
    await site.set("ada", Status.AWAY)
    site.advance(900)  # no heartbeat is due yet
    await site.set("ada", Status.ONLINE)
    await site.configure(BOTH)
    crashed = site.now
    await site.backend.crash()
    await site.backend.open(now=crashed - 500)
    await site.set("ada", Status.OFFLINE)
    await site.configure(AWAY_ONLY, away_after_ms=MINUTE)
    history = await site.history()
    assert [change.commit_time for change in history] == sorted(change.commit_time for change in history)
    assert [change.effective_time for change in history] == sorted(change.effective_time for change in history)
    assert (await site.store.workflow(ACCOUNT)).update_time >= crashed


async def test_whoever_was_never_active_is_so_after_a_restart(kept: Site) -> None:
    site = kept
    await site.set("ada", Status.ONLINE)
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert (await site.view("ada")).last_activity is None
    site.advance(SECOND)
    await site.activity("ada")
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert (await site.view("ada")).last_activity == site.now


async def test_a_status_set_again_restarts_a_clock_that_a_restart_keeps(kept: Site) -> None:
    site = kept
    await site.configure(AWAY_ONLY)
    await site.set("ada", Status.ONLINE)
    site.advance(5 * MINUTE)
    await site.set("ada", Status.ONLINE)
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert (await site.view("ada")).next_status_time == site.now + 10 * MINUTE


async def test_an_account_that_was_only_configured_is_kept(kept: Site) -> None:
    site = kept
    workflow = await site.configure(BOTH, keep_manual_away=True)
    await site.backend.reopen()
    assert await site.store.workflow(ACCOUNT) == replace(workflow)
    assert (await site.activity("ada")).revision == 2


@pytest.mark.cluster
async def test_many_accounts_stay_apart(kept: Site) -> None:
    site = kept
    accounts = [f"account-{number:02}" for number in range(20)]
    for number, account in enumerate(accounts):
        await site.configure(AWAY_ONLY, away_after_ms=(number + 1) * MINUTE, account=account)
        await asyncio.gather(*(site.activity(f"user-{user}", account=account) for user in range(number % 4)))
    before = [await everything(site, account) for account in accounts]
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert [await everything(site, account) for account in accounts] == before


@pytest.mark.parametrize("kept", EXCLUSIVE, indirect=True)
async def test_what_was_opened_is_not_opened_by_a_second_store(kept: Site) -> None:
    second: Backend = type(kept.backend)(kept.backend.directory)
    with pytest.raises(StoreOpenError):
        await second.open()
    await kept.activity("ada")
    assert await kept.status("ada") is Status.ONLINE
    await kept.backend.stop()
    await second.open()
    assert [view.user_id for view in await Site(second).views()] == ["ada"]
    await second.stop()


CALLS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "transact": lambda store: StatusService(store).set_status(ACCOUNT, "ada", Status.AWAY),
    "transact of a new user": lambda store: StatusService(store).record_activity(ACCOUNT, "new"),
    "update_workflow": lambda store: StatusService(store).update_workflow(ACCOUNT, AWAY_ONLY),
    "get": lambda store: store.get(ACCOUNT, ["ada"]),
    "scan": lambda store: store.scan(ACCOUNT, (), 0, 10),
    "available": lambda store: store.available(ACCOUNT, AvailabilityOrder.LONGEST_IDLE, 10),
    "workflow": lambda store: store.workflow(ACCOUNT),
    "preview": lambda store: StatusService(store).preview_workflow(ACCOUNT, BOTH),
    "changes": lambda store: store.changes(ACCOUNT, ChangeFilter(), 0, 10),
    "events": lambda store: store.events(ACCOUNT, 0, 10),
    "settled_until": lambda store: store.settled_until(ACCOUNT),
    "settle_due": lambda store: store.settle_due(10),
    "heartbeat": lambda store: store.heartbeat(),
}
WRITES = ("transact", "transact of a new user", "update_workflow")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.cluster
async def test_a_closed_store_keeps_nobody_waiting_and_takes_no_change(backend: Backend, call: str) -> None:
    store = await backend.open()
    await StatusService(store).record_activity(ACCOUNT, "ada")
    await backend.stop()
    backend.clock.advance(DAY)
    async with asyncio.timeout(10):
        try:
            await CALLS[call](store)
        except StoreUnavailable:
            return
    assert call not in WRITES
