"""Sessions and disconnection, on any store: exact before anybody sweeps, recorded once, and out of nobody's way."""

from __future__ import annotations

import asyncio

import pytest
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, GONE, HOUR, MINUTE, SECOND, Changed, Site
from tests.stores.test_available import consistent

from onduty_server.domain.errors import LimitExceeded, UserUnknown
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import WorkflowPatch

ONLY_GONE: WorkflowPatch = {"enabled": True, "disconnect_after_ms": MINUTE}


def shown(view: StatusView) -> tuple[Status, Cause, int]:
    return view.status, view.cause, view.status_since


async def signed_in(site: Site, *users: str, ttl_ms: int = 30 * SECOND) -> None:
    for user in users:
        await site.activity(user)
        await site.keep(user, ttl_ms=ttl_ms)


@pytest.mark.cluster
async def test_who_is_gone_is_shown_so_from_the_exact_millisecond_and_recorded_with_it_whenever_somebody_sweeps(
    site: Site,
) -> None:
    await site.configure(GONE)
    start = site.now
    await signed_in(site, "ada")
    gone = start + 90 * SECOND
    for at in (start, start + 30 * SECOND, gone - 1):
        site.advance(at - site.now)
        view = await site.view("ada")
        assert shown(view) == (Status.ONLINE, Cause.ACTIVITY, start)
        assert (view.next_status, view.next_cause, view.next_status_time) == (Status.OFFLINE, Cause.DISCONNECT, gone)
        assert view.connected is (at < start + 30 * SECOND)
        assert len(await consistent(site)) == 1
    site.advance(1)
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, gone)
    assert await consistent(site) == []
    site.advance(77)
    await site.sweep()
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, gone)
    assert (await site.recorded("ada"))[1:] == [
        Changed("ada", Status.ONLINE, Status.OFFLINE, Cause.DISCONNECT, gone),
    ]
    assert await consistent(site) == []


async def test_the_sweeper_is_told_when_somebody_will_be_gone(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada")
    due = await site.sweep()
    while due is not None and due <= site.now + HOUR and await site.status("ada") is Status.ONLINE:
        site.advance(max(due - site.now, 0))
        due = await site.sweep()
    assert [change.effective_time for change in await site.recorded("ada")][1:] == [site.now]


async def test_the_sweeper_is_woken_when_a_session_ends_sooner_than_it_knew(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada", ttl_ms=HOUR)
    site.advance(10 * MINUTE)
    await site.sweep()
    site.store.wakeup.clear()
    left = site.now
    await site.leave("ada")
    due = await site.sweep()
    assert due is not None and due <= left + MINUTE


async def test_a_session_that_is_kept_in_time_is_never_gone_and_changes_nothing(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada")
    revision = (await site.view("ada")).revision
    for _ in range(20):
        site.advance(29 * SECOND)
        await site.keep("ada", ttl_ms=30 * SECOND)
        await site.sweep()
        view = await site.view("ada")
        assert (view.status, view.revision, view.connected) == (Status.ONLINE, revision, True)
    assert len(await site.recorded("ada")) == 1


async def test_of_two_browsers_the_last_counts(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada", ttl_ms=10 * MINUTE)
    await site.keep("ada", "phone", 20 * MINUTE)
    site.advance(MINUTE)
    await site.leave("ada", "phone")
    assert (await site.view("ada")).connected
    site.advance(9 * MINUTE - 1)
    assert (await site.view("ada")).connected
    site.advance(1)
    assert not (await site.view("ada")).connected
    site.advance(MINUTE)
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, site.now)


@pytest.mark.cluster
async def test_a_long_session_that_was_ended_does_not_hide_the_end_of_a_shorter_one_after_it(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada", ttl_ms=4 * HOUR)
    for pause in (0, SECOND, 29 * SECOND, 59 * SECOND):
        await site.leave("ada")
        site.advance(pause)
        await consistent(site)
        await site.keep("ada", "again", 30 * SECOND)
    site.advance(90 * SECOND - 1)
    assert len(await consistent(site)) == 1
    site.advance(1)
    assert await consistent(site) == []
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, site.now)


async def test_a_session_kept_for_a_shorter_time_than_before_ends_sooner(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada", ttl_ms=HOUR)
    site.advance(SECOND)
    await site.sweep()
    await site.keep("ada", ttl_ms=30 * SECOND)
    site.advance(90 * SECOND)
    assert await consistent(site) == []
    await site.sweep()
    assert (await site.recorded("ada"))[-1].effective_time == site.now


async def test_keeping_a_session_again_shows_what_is_underneath_with_its_cause_actor_and_reason(site: Site) -> None:
    await site.configure(GONE)
    await signed_in(site, "ada", "ben", "carol")
    await site.set("ben", Status.AWAY, actor="kim", reason="lunch")
    await site.set("carol", Status.OFFLINE)
    site.advance(2 * MINUTE)
    await site.sweep()
    assert {view.user_id: view.cause for view in await site.views()} == {
        "ada": Cause.DISCONNECT,
        "ben": Cause.DISCONNECT,
        "carol": Cause.MANUAL,
    }
    back = site.now
    for user in ("ada", "ben", "carol"):
        await site.keep(user)
    ada, ben, carol = await site.views()
    assert shown(ada) == (Status.ONLINE, Cause.ACTIVITY, back)
    assert (*shown(ben), ben.actor, ben.reason) == (Status.AWAY, Cause.MANUAL, back, "kim", "lunch")
    assert carol.cause is Cause.MANUAL and carol.status_since < back
    assert [view.user_id for view in await consistent(site)] == ["ada"]


async def test_what_changes_underneath_is_kept_without_a_change_and_swept_only_once(site: Site) -> None:
    await site.configure(GONE)
    await signed_in(site, "ada")
    site.advance(2 * MINUTE)
    await site.sweep()
    await site.history()
    revision = (await site.view("ada")).revision
    site.advance(9 * MINUTE)
    due = await site.sweep()
    assert due is None or due > site.now
    await site.history()
    assert (await site.view("ada")).revision == revision
    assert (await site.store.settle_due(100)).switched == 0
    back = site.now
    assert shown(await site.keep("ada")) == (Status.AWAY, Cause.INACTIVITY, back)
    assert [change.status for change in await site.recorded("ada")] == [Status.ONLINE, Status.OFFLINE, Status.AWAY]


async def test_offline_by_disconnection_becomes_offline_by_inactivity_since_the_disconnection(site: Site) -> None:
    await site.configure(GONE)
    start = site.now
    await signed_in(site, "ada")
    site.advance(HOUR)
    expected = (Status.OFFLINE, Cause.INACTIVITY, start + 90 * SECOND)
    assert shown(await site.view("ada")) == expected
    await site.sweep()
    assert shown(await site.view("ada")) == expected
    assert [change.effective_time - start for change in await site.recorded("ada")] == [0, 90 * SECOND, 30 * MINUTE]


async def test_an_activity_or_a_hand_brings_back_whoever_is_gone_and_leaves_a_living_session_alone(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada", "ben", "carol")
    await site.keep("carol", ttl_ms=4 * HOUR)
    site.advance(5 * MINUTE)
    assert [view.user_id for view in await consistent(site)] == ["carol"]
    await site.activity("ada")
    await site.set("ben", Status.ONLINE)
    await site.activity("carol")
    assert len(await consistent(site)) == 3
    site.advance(HOUR)
    assert len(await consistent(site)) == 3, "who is seen without a session is not disconnected again"
    await site.leave("carol")
    site.advance(MINUTE)
    assert [view.user_id for view in await consistent(site)] == ["ada", "ben"]


async def test_who_never_had_a_session_is_never_gone_and_a_session_makes_nobody_known_without_input(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await site.activity("ada")
    for call in (site.keep("ben"), site.leave("ben"), site.engage("ben"), site.disengage("ben")):
        with pytest.raises(UserUnknown):
            await call
    assert (await site.keep("ben", idle_for_ms=MINUTE)).last_activity == site.now - MINUTE
    site.advance(HOUR)
    assert [view.user_id for view in await consistent(site)] == ["ada"]


async def test_input_in_a_session_is_an_activity_of_its_own_time(site: Site) -> None:
    await site.configure(BOTH)
    await signed_in(site, "ada")
    site.advance(9 * MINUTE)
    view = await site.keep("ada", idle_for_ms=5 * MINUTE)
    assert (view.last_activity, view.next_status_time) == (site.now - 5 * MINUTE, site.now + 5 * MINUTE)
    view = await site.keep("ada", idle_for_ms=6 * MINUTE)
    assert view.last_activity == site.now - 5 * MINUTE, "another browser has seen more recent input"
    site.advance(8 * MINUTE)
    assert (await site.keep("ada")).status is Status.AWAY, "a session resumes nobody"
    assert shown(await site.keep("ada", idle_for_ms=SECOND)) == (Status.ONLINE, Cause.ACTIVITY, site.now)


async def test_sessions_beyond_the_limit_are_refused_and_nothing_else_of_the_call_is_done(site: Site) -> None:
    await site.activity("ada")
    for number in range(20):
        await site.keep("ada", f"browser {number}", 30 * SECOND)
    site.advance(SECOND)
    before = await site.view("ada")
    with pytest.raises(LimitExceeded):
        await site.keep("ada", "one more", idle_for_ms=0)
    assert await site.view("ada") == before
    await site.keep("ada", "browser 7")
    await site.leave("ada", "browser 8")
    await site.keep("ada", "one more")
    site.advance(30 * SECOND)
    for number in range(100, 118):
        await site.keep("ada", f"browser {number}")
    with pytest.raises(LimitExceeded):
        await site.keep("ada", "again one more")


async def test_ending_what_is_unknown_or_has_ended_changes_nothing(site: Site) -> None:
    await site.configure(ONLY_GONE)
    await signed_in(site, "ada")
    site.advance(40 * SECOND)
    before = await site.view("ada")
    assert await site.leave("ada") == before
    assert await site.leave("ada", "another") == before
    assert await site.disengage("ada") == before


# --- the workflow


async def test_a_workflow_that_disconnects_sooner_switches_as_of_the_change(site: Site) -> None:
    await site.configure(ONLY_GONE)
    users = [f"user-{number}" for number in range(60)]
    await site.populate(users)
    for user in users:
        await site.keep(user, ttl_ms=30 * SECOND)
    site.advance(60 * SECOND)
    assert len(await consistent(site)) == 60
    changed = site.now
    await site.configure(disconnect_after_ms=10 * SECOND)
    assert await consistent(site) == []
    site.advance(5 * SECOND)
    await site.sweep()
    assert {view.status_since for view in await site.views()} == {changed}


@pytest.mark.parametrize(
    "then", [{"enabled": False}, {"disconnect_after_ms": None, **BOTH}, {"disconnect_after_ms": HOUR}]
)
async def test_whoever_is_gone_under_a_workflow_stays_so_under_the_next_though_nobody_swept(
    site: Site, then: WorkflowPatch
) -> None:
    await site.configure(ONLY_GONE)
    users = [f"user-{number}" for number in range(150)]
    await site.populate(users)
    for user in users:
        await site.keep(user, ttl_ms=30 * SECOND)
    gone = site.now + 90 * SECOND
    site.advance(100 * SECOND)
    await site.configure(then)
    assert await consistent(site) == []
    await site.sweep()
    assert {shown(view) for view in await site.views()} == {(Status.OFFLINE, Cause.DISCONNECT, gone)}
    await site.keep(users[-1])
    assert [view.user_id for view in await consistent(site)] == [users[-1]]


async def test_those_shown_as_away_become_offline_when_that_is_what_the_workflow_says_from_now_on(site: Site) -> None:
    await site.configure(ONLY_GONE, disconnect_status=Status.AWAY)
    await signed_in(site, "ada", "ben")
    await site.keep("ben", ttl_ms=HOUR)
    site.advance(5 * MINUTE)
    await site.sweep()
    assert shown(await site.view("ada"))[:2] == (Status.AWAY, Cause.DISCONNECT)
    changed = site.now
    await site.configure(disconnect_status=Status.OFFLINE)
    site.advance(SECOND)
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, changed)
    await site.sweep()
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, changed)
    await site.configure(disconnect_status=Status.AWAY)
    assert await site.status("ada") is Status.OFFLINE, "nobody is raised"
    assert [view.user_id for view in await consistent(site)] == ["ben"]


async def test_a_dry_run_counts_those_whom_a_workflow_would_disconnect(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await signed_in(site, "ada", "ben", "carol")
    await site.keep("carol", ttl_ms=10 * MINUTE)
    site.advance(5 * MINUTE)
    preview = await site.impact({"disconnect_after_ms": MINUTE})
    assert (preview.to_away, preview.to_offline) == (0, 2)
    assert [switch.user_id for switch in preview.switches] == ["ada", "ben"]
    # Of carol, who is connected, a browser is taken to keep the session.
    assert [(quarter.to_away, quarter.to_offline) for quarter in preview.next_hour] == [(1, 0), (0, 0), (0, 0), (0, 0)]
    await site.configure(disconnect_after_ms=MINUTE)
    assert [view.user_id for view in await site.views() if view.cause is Cause.DISCONNECT] == ["ada", "ben"]


# --- many


@pytest.mark.cluster
async def test_when_all_sessions_end_at_once_every_read_is_right_between_the_sweeps(site: Site) -> None:
    await site.configure(GONE)
    users = [f"user-{number:03}" for number in range(300)]
    await site.populate(users)
    await asyncio.gather(*(site.keep(user, ttl_ms=30 * SECOND) for user in users))
    gone = site.now + 90 * SECOND
    await site.keep(users[7])
    site.advance(90 * SECOND)
    assert (await site.available())[1] == 1
    await site.store.settle_due(50)
    await site.keep(users[250])
    assert [view.user_id for view in await consistent(site)] == [users[7], users[250]]
    await site.sweep()
    assert [view.user_id for view in await consistent(site)] == [users[7], users[250]]
    switched = [change for change in await site.recorded() if change.cause is Cause.DISCONNECT]
    assert len(switched) == 299 and {change.effective_time for change in switched} == {gone}


# --- outages


async def test_an_outage_is_not_a_disconnection(outages: Site) -> None:
    site = outages
    await site.configure(GONE)
    await signed_in(site, "ada", ttl_ms=150 * SECOND)
    site.advance(5 * MINUTE)
    await site.store.heartbeat()
    over = site.now
    assert await site.status("ada") is Status.ONLINE
    assert len(await consistent(site)) == 1
    await site.live(MINUTE)
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, over + MINUTE)


async def test_whoever_was_gone_before_an_outage_is_so_after_it(outages: Site) -> None:
    site = outages
    await site.configure(GONE)
    await signed_in(site, "ada")
    gone = site.now + 90 * SECOND
    await site.live(90 * SECOND)
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, gone)
    site.advance(5 * MINUTE)
    await site.store.heartbeat()
    assert shown(await site.view("ada")) == (Status.OFFLINE, Cause.DISCONNECT, gone)
    await site.sweep()
    assert (await site.store.get(ACCOUNT, ["ada"]))[0] == await site.view("ada")
    assert (await site.recorded("ada"))[-1].effective_time == gone
