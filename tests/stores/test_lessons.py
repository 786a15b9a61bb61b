"""What went wrong in other people's presence systems must not happen here.

Each test names the trackers in which it was found. What has no test here is impossible, or tested where it belongs:

| found in | there | here |
| --- | --- | --- |
| libredesk #561, #568 | a deny-list let Away agents through | `test_available.py`: only ONLINE is available |
| Rocket.Chat #21182, #17559, Phoenix tracker | broadcasts and reconnects in storms | nothing is broadcast yet |
| ejabberd #3641 | last activity lost on an ungraceful stop | `test_restart.py`, and kill -9 in `tests/faults` |
| Chatwoot #13720, WordPress presence #354 | a time-out too short for throttled beats | the simulation shows it |
| Synapse PR 12656; measured wheels | a timer wheel that only fills | `test_resident_index.py`: one entry a heap |
| Chatwoot #9558 | half of the store was stale presence | `test_retention.py`; a user is one row |
| Redis key expiry, measured | 20 s late | no store expires keys to tell the time |
| transitions `Timeout`, `add_model` | a thread or kilobytes a user | flyweight records, see `tests/unit` |
| Dapr #5671, Orleans #947 | all reminders in one document | a row a user; due users are found by an index |
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

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

from onduty_server.app.limits import ACTIVITY_FUTURE_TOLERANCE_MS
from onduty_server.app.ports.observer import Observer
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import InvalidField
from onduty_server.domain.status import Cause, Resume, Status

# --- stuck or lying statuses -----------------------------------------------------------------------------------------


async def test_nobody_is_online_for_hours_after_their_last_activity(site: Site) -> None:
    # Synapse #1514, Rocket.Chat #36247: one timer that did not fire. Here nothing fires at all.
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(8 * HOUR)
    assert await site.status("ada") is Status.OFFLINE
    assert await site.available() == ([], 0)


async def test_nobody_is_away_for_ever_after_coming_back(site: Site) -> None:
    # Mattermost #25682, #25369.
    await site.configure(AWAY_ONLY)
    for _ in range(5):
        assert (await site.activity("ada")).status is Status.ONLINE
        assert await site.available() == (["ada"], 1)
        site.advance(HOUR)
        assert await site.status("ada") is Status.AWAY


async def test_the_next_wake_up_includes_the_overdue(site: Site) -> None:
    # Rocket.Chat #41047: "next due" was asked for times after now, so what was overdue was never looked at again.
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "bob", "carol"])
    site.advance(HOUR)
    await site.activity("dan")
    sweep = await site.store.settle_due(1)
    assert sweep.next_due is not None and sweep.next_due <= site.now


async def test_changes_while_the_sweeper_works_do_not_lose_its_next_wake_up(site: Site) -> None:
    # Rocket.Chat #41047: racing reschedules lost the single timer.
    await site.configure(AWAY_ONLY)
    users = [f"user-{number}" for number in range(40)]
    for user in users:
        await site.activity(user)
        site.advance(SECOND)
    site.advance(10 * MINUTE - 20 * SECOND)
    await asyncio.gather(
        site.store.settle_due(5),
        site.configure(away_after_ms=9 * MINUTE),
        *(site.activity(user) for user in users[:5]),
        site.store.settle_due(5),
        site.configure(away_after_ms=10 * MINUTE),
    )
    assert await site.sweep() == site.now + 10 * MINUTE, "those who were active just now"
    assert sorted((await site.available())[0]) == sorted(users[:5])
    site.advance(10 * MINUTE)
    await site.sweep()
    away = [change.user_id for change in await site.history() if change.status is Status.AWAY]
    assert set(away) == set(users)


async def test_every_way_of_being_active_moves_the_clock(site: Site) -> None:
    # Rocket.Chat #37855: one code path did not refresh the timestamp, so active users were reaped.
    await site.configure(AWAY_ONLY)

    async def moves_the_clock_to(moment: int) -> None:
        assert (await site.view("ada")).next_status_time == moment + 10 * MINUTE
        site.advance(MINUTE)

    await site.activity("ada")  # the first
    await moves_the_clock_to(site.now)
    await site.activity("ada")  # one that changes nothing
    await moves_the_clock_to(site.now)
    await site.activity("ada", site.now)  # one with its time
    await moves_the_clock_to(site.now)
    await site.activity("ada", site.now - 30 * SECOND)  # a late one, newer than all before
    await moves_the_clock_to(site.now - 30 * SECOND)
    await site.activity("ada", site.now + SECOND)  # one slightly ahead of time
    await moves_the_clock_to(site.now)
    await site.set("ada", Status.ONLINE)  # by hand
    await moves_the_clock_to(site.now)
    await site.set("ada", Status.ONLINE)  # by hand, and nothing new
    await moves_the_clock_to(site.now)
    site.advance(10 * MINUTE)
    await site.activity("ada")  # a resumption
    await moves_the_clock_to(site.now)


async def test_an_activity_that_races_the_sweeper_wins(site: Site) -> None:
    # Rocket.Chat PresenceReaper: what is found due is looked at again in the step that writes.
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "bob"])
    site.advance(10 * MINUTE - 1)
    await site.activity("ada")
    site.advance(1)
    await asyncio.gather(site.store.settle_due(10), site.activity("ada"), site.store.settle_due(10))
    assert await site.recorded("ada") == [Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, site.now - 10 * MINUTE)]
    assert await site.status("bob") is Status.AWAY


async def test_a_switch_happens_once_however_many_look_for_it(site: Site) -> None:
    # Rocket.Chat #41153, celery #8069: every instance fired the same expiry.
    await site.configure(BOTH)
    users = [f"user-{number}" for number in range(30)]
    await site.populate(users)
    site.advance(HOUR)
    await asyncio.gather(
        *(site.store.settle_due(7) for _ in range(10)),
        *(site.view(user) for user in users),
        *(site.set(user, Status.OFFLINE) for user in users[:10]),
        *(site.available() for _ in range(5)),
    )
    await site.sweep()
    counts = Counter((change.user_id, change.status, change.cause) for change in await site.history())
    assert {count for (_, _, cause), count in counts.items() if cause is Cause.INACTIVITY} == {1}
    assert len(counts) == 3 * len(users) + 10


async def test_an_idle_second_device_does_not_win_over_the_active_one(site: Site) -> None:
    # Mattermost #8988. The clock is the newest of all.
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    idle_since = site.now
    for _ in range(20):
        site.advance(MINUTE)
        await site.activity("ada")
        await site.activity("ada", idle_since)
    view = await site.view("ada")
    assert (view.status, view.last_activity) == (Status.ONLINE, site.now)


async def test_a_restart_keeps_the_cause_as_well_as_the_status(kept: Site) -> None:
    # Mattermost #4175: a status set by hand before a restart came back locked, or did not come back as set by hand.
    site = kept
    await site.configure(AWAY_ONLY)
    await site.activity("switched")
    site.advance(10 * MINUTE)
    await site.sweep()
    await site.set("by hand", Status.AWAY)
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert (await site.activity("switched")).status is Status.ONLINE
    assert (await site.activity("by hand")).status is Status.AWAY
    assert (await site.set("by hand", Status.ONLINE)).status is Status.ONLINE


@pytest.mark.parametrize("workflow", [BOTH, AWAY_ONLY, OFFLINE_ONLY], ids=["both", "away only", "offline only"])
async def test_automation_never_raises_anybody(site: Site, workflow: dict[str, object]) -> None:
    # converse.js #620: automation raised Offline to Away.
    await site.configure(workflow)  # type: ignore[arg-type]
    for status in Status:
        await site.set(status.name, status)
    for _ in range(10):
        site.advance(9 * MINUTE)
        await site.sweep()
    await site.configure(away_after_ms=MINUTE, offline_after_ms=2 * MINUTE)
    site.advance(DAY)
    await site.sweep()
    assert await site.status("OFFLINE") is Status.OFFLINE
    for change in await site.history():
        if change.cause is Cause.INACTIVITY:
            assert change.previous_status is not None and change.status > change.previous_status
    assert len(await site.history("OFFLINE")) == 1


async def test_coming_back_restores_the_status_that_the_rules_say_and_no_other(site: Site) -> None:
    # profanity #122, #622; Amazon Connect streams #241: coming back restored the wrong status.
    await site.configure(BOTH)
    await site.set("set online", Status.ONLINE, actor="grace", reason="shift")
    await site.set("set away", Status.AWAY, actor="grace", reason="lunch")
    await site.set("set offline", Status.OFFLINE, actor="grace", reason="holiday")
    await site.activity("active")
    site.advance(10 * MINUTE)
    expected = {
        "set online": (Status.ONLINE, Cause.ACTIVITY, "", ""),
        "set away": (Status.AWAY, Cause.MANUAL, "grace", "lunch"),
        "set offline": (Status.OFFLINE, Cause.MANUAL, "grace", "holiday"),
        "active": (Status.ONLINE, Cause.ACTIVITY, "", ""),
    }
    for user, outcome in expected.items():
        view = await site.activity(user)
        assert (view.status, view.cause, view.actor, view.reason) == outcome
    site.advance(30 * MINUTE)
    assert set((await site.statuses()).values()) == {Status.OFFLINE}
    for user in expected:
        assert (await site.activity(user)).status is Status.OFFLINE, "resume is FROM_AWAY"


async def test_people_who_age_out_are_in_the_history_as_everybody_else(site: Site) -> None:
    # Rocket.Chat #37288, Zulip #30484: automatic changes reached nobody who followed the changes.
    await site.configure(BOTH)
    await site.populate(["ada", "bob"])
    last = (await site.history())[-1].revision
    site.advance(HOUR)
    await site.sweep()
    new = [change for change in await site.history() if change.revision > last]
    assert sorted((change.user_id, change.status.name) for change in new) == [
        ("ada", "AWAY"),
        ("ada", "OFFLINE"),
        ("bob", "AWAY"),
        ("bob", "OFFLINE"),
    ]
    assert [change.revision for change in new] == list(range(last + 1, last + 5))


async def test_a_status_that_flaps_shows_in_the_metrics(backend: Backend) -> None:
    # Twilio Flex template #303: a status flapped every 3 s for two hours, and was seen only in reports.
    counted: Counter[tuple[Status, Cause]] = Counter()

    class Counting(Observer):
        def switched(self, status: Status, cause: Cause, changes: int = 1) -> None:
            counted[status, cause] += changes

    await backend.open(StoreOptions(count_outage_as_inactivity=True), observer=Counting())
    site = Site(backend)
    await site.configure(AWAY_ONLY, away_after_ms=SECOND)
    for _ in range(20):
        await site.activity("ada")
        site.advance(3 * SECOND)
        await site.sweep()
    assert counted == {(Status.ONLINE, Cause.ACTIVITY): 20, (Status.AWAY, Cause.INACTIVITY): 20}


# --- restart, outage, storms -----------------------------------------------------------------------------------------


async def test_a_restart_leaves_no_ghosts_and_wipes_nobody(kept: Site) -> None:
    # Synapse's 30 s of grace after boot, konecty user-presence #50, dburles presence #6.
    site = kept
    await site.backend.reopen()
    await site.configure(AWAY_ONLY)
    await site.activity("gone")
    await site.live(9 * MINUTE)
    await site.activity("there")
    await site.live(2 * MINUTE)
    await site.backend.stop()
    await site.backend.open(now=site.now + 5 * SECOND)
    assert await site.statuses() == {"gone": Status.AWAY, "there": Status.ONLINE}, "at once"
    await site.backend.stop()
    await site.backend.open(now=site.now + 3 * DAY)
    assert await site.statuses() == {"gone": Status.AWAY, "there": Status.ONLINE}
    await site.live(10 * MINUTE)
    assert await site.available() == ([], 0), "whoever does not come back is gone after one period"


@pytest.mark.cluster
async def test_many_who_fall_due_at_once_are_each_handled_once_in_bounded_steps(site: Site) -> None:
    # sidekiq #3012, #5044: every worker looped over the same range; 44 % of the removals were redundant.
    await site.configure(AWAY_ONLY)
    users = [f"user-{number}" for number in range(500)]
    await site.populate(users)
    site.advance(HOUR)
    switched: list[int] = []
    while len(switched) < 100:
        sweep = await site.store.settle_due(50)
        switched.append(sweep.switched)
        if sweep.next_due is None or sweep.next_due > site.now:
            break
    assert sum(switched) == 500
    assert max(switched) <= 50
    assert len(switched) < 20
    assert len(await site.history()) == 1_000


async def test_an_activity_that_changes_nothing_leaves_no_trace_but_its_time(site: Site) -> None:
    # Synapse #16057, #15879, PR 18000: 30 and more updates a second from one client.
    await site.configure(BOTH)
    before = await site.activity("ada")
    await site.sweep()
    for _ in range(300):
        site.advance(33)
        await site.activity("ada")
    assert not site.store.wakeup.is_set()
    assert len(await site.history()) == 1
    assert await site.view("ada") == before._replace(last_activity=site.now, next_status_time=site.now + 10 * MINUTE)


# --- time ------------------------------------------------------------------------------------------------------------


async def test_the_servers_clock_counts_unless_a_caller_knows_better(site: Site) -> None:
    # uProxy #2122, zulip-terminal #527: clock skew of clients dropped or distorted heartbeats.
    await site.configure(AWAY_ONLY)
    assert (await site.activity("ada")).last_activity == site.now
    site.advance(MINUTE)
    ahead = await site.activity("ada", site.now + ACTIVITY_FUTURE_TOLERANCE_MS)
    assert (ahead.last_activity, ahead.next_status_time) == (site.now, site.now + 10 * MINUTE)
    with pytest.raises(InvalidField):
        await site.activity("ada", site.now + ACTIVITY_FUTURE_TOLERANCE_MS + 1)
    with pytest.raises(InvalidField):
        await site.activity("new", site.now + DAY)
    assert await site.view("ada") == ahead
    assert await site.store.get(ACCOUNT, ("new",)) == [None]


async def test_somebody_whose_clock_runs_ahead_is_neither_lost_nor_there_for_longer(site: Site) -> None:
    # Chatwoot's sorted set loses a timestamp in the future.
    await site.configure(AWAY_ONLY)
    await site.activity("ada", site.now + 4 * SECOND)
    assert await site.available() == (["ada"], 1)
    site.advance(10 * MINUTE - 1)
    assert await site.available() == (["ada"], 1)
    site.advance(1)
    assert await site.available() == ([], 0)
    await site.sweep()
    assert await site.status("ada") is Status.AWAY


async def test_a_wall_clock_that_went_back_makes_nobody_oversleep(kept: Site) -> None:
    # APScheduler #339: a backward step overslept.
    site = kept
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    due = site.now + 10 * MINUTE
    await site.backend.stop()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True), now=site.now - DAY)
    assert await site.sweep() == due
    await site.live(10 * MINUTE)
    assert await site.status("ada") is Status.AWAY


# --- memory and cost -------------------------------------------------------------------------------------------------


async def test_sharing_a_moment_with_others_makes_nobody_due_early(site: Site) -> None:
    # Synapse PR 17850: a duplicate bucket key fired early.
    await site.configure(BOTH)
    await site.configure(AWAY_ONLY, away_after_ms=MINUTE, account="other")
    for account in (ACCOUNT, "other"):
        await site.populate(["ada", "bob", "carol"], account=account)
    site.advance(MINUTE)
    await site.activity("bob", account="other")
    await site.sweep()
    assert await site.statuses() == dict.fromkeys(("ada", "bob", "carol"), Status.ONLINE)
    assert await site.statuses(account="other") == {
        "ada": Status.AWAY,
        "bob": Status.ONLINE,
        "carol": Status.AWAY,
    }
    site.advance(MINUTE - 1)
    await site.sweep()
    assert await site.status("bob", account="other") is Status.ONLINE


@pytest.mark.parametrize("period_ms", [2**31 - 1, 2**31, 25 * DAY, 30 * DAY])
async def test_a_period_longer_than_a_32_bit_timer_does_not_end_at_once(site: Site, period_ms: int) -> None:
    # Rocket.Chat: timers of more than 2^31 - 1 ms fire at once.
    await site.configure(OFFLINE_ONLY, offline_after_ms=period_ms)
    await site.activity("ada")
    start = site.now
    assert await site.sweep() == start + period_ms
    site.advance(period_ms - 1)
    assert await site.status("ada") is Status.ONLINE
    site.advance(1)
    view = await site.view("ada")
    assert (view.status, view.status_since) == (Status.OFFLINE, start + period_ms)


async def test_users_cost_no_task_and_no_thread(site: Site) -> None:
    # transitions `Timeout` and `AsyncTimeout`; kombu #337 holds a timer a task in memory.
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    await site.activity("ada")
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()
    await site.populate([f"user-{number}" for number in range(500)])
    site.advance(10 * MINUTE)
    await site.sweep()
    assert (len(asyncio.all_tasks()), threading.active_count()) == (tasks, threads)
