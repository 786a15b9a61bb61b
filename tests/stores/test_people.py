"""Names, and moves between teams: one change each, settled under what decided before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, SECOND, Site, changed

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import AccountUnknown, UserUnknown
from onduty_server.domain.record import NO_PROFILE, AccountEvent, Profile, StatusChange, UserChange
from onduty_server.domain.status import Cause, Status

pytestmark = pytest.mark.cluster


async def events(site: Site, after: int = 0) -> list[AccountEvent]:
    return list(await site.store.events(ACCOUNT, after, 1_000))


async def test_a_name_and_a_team_are_shown_wherever_the_user_is(site: Site) -> None:
    await site.populate(["ada", "ben"])
    shown = await site.profile("ada", display_name="Ada Lovelace", team_id="day", actor="kim")
    profile = Profile("Ada Lovelace", "day")
    assert (shown.before, shown.after, shown.view.profile) == (NO_PROFILE, profile, profile)
    assert shown.view.revision == 3
    assert (await site.view("ada")).profile == profile
    assert [view.profile for view in await site.views()] == [profile, NO_PROFILE]
    available = await site.service.list_available_users(ACCOUNT)
    assert [view.profile for view in available.views] == [profile, NO_PROFILE]
    view = await site.set("ada", Status.AWAY)
    assert view.profile == profile
    (_, last) = await site.history("ada")
    assert last.profile == profile


async def test_a_name_is_the_present_one_in_the_history_and_the_team_is_that_of_the_time(site: Site) -> None:
    await site.populate(["ada"])
    await site.profile("ada", display_name="Ada", team_id="day")
    await site.set("ada", Status.AWAY)
    await site.profile("ada", display_name="Ada L.", team_id="night")
    await site.set("ada", Status.ONLINE)
    assert [change.profile for change in await site.history("ada")] == [
        Profile("Ada L.", ""),
        Profile("Ada L.", "day"),
        Profile("Ada L.", "night"),
    ]
    for team, revisions in (("day", [3]), ("night", [5]), ("tea", [])):
        page = await site.service.list_status_changes(ACCOUNT, team_id=team)
        assert [change.revision for change in page.items] == revisions


async def test_a_change_of_a_profile_is_one_event_and_the_same_values_again_are_none(site: Site) -> None:
    told: list[AccountEvent] = []
    all_told = asyncio.Event()

    def listener(events: Sequence[AccountEvent]) -> None:
        told.extend(events)
        if len(told) >= 2:
            all_told.set()

    await site.populate(["ada"])
    subscription = await site.store.subscribe(ACCOUNT, listener)
    await site.profile("ada", display_name="Ada", team_id="day", actor="kim")
    again = await site.profile("ada", display_name="Ada", actor="kim")
    assert again.before == again.after == Profile("Ada", "day")
    assert again.view.revision == 2
    await site.profile("ada", team_id="")
    await site.store.heartbeat()
    expected = [
        AccountEvent(2, 0, UserChange("ada", 2, NO_PROFILE, Profile("Ada", "day"), site.now, "kim")),
        AccountEvent(3, 0, UserChange("ada", 3, Profile("Ada", "day"), Profile("Ada", ""), site.now)),
    ]
    assert await events(site, 1) == expected
    await asyncio.wait_for(all_told.wait(), 10)
    assert told == expected
    subscription.cancel()


async def test_nobody_has_a_name_before_being_seen(site: Site) -> None:
    with pytest.raises(UserUnknown):
        await site.profile("ada", display_name="Ada")
    await site.populate(["ben"])
    with pytest.raises(UserUnknown):
        await site.profile("ada", display_name="Ada")
    assert [event.revision for event in await events(site)] == [1]


async def test_a_move_settles_what_was_due_before_and_switches_at_once_what_is_due_after(site: Site) -> None:
    """Each with its time: the first by the former workflow, the others at the move."""
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "ben"])
    await site.configure({"away_after_ms": MINUTE, "offline_after_ms": 11 * MINUTE}, team="day")
    start = site.now
    site.advance(12 * MINUTE)
    moved = await site.profile("ada", team_id="day")
    assert (moved.view.status, moved.view.status_since) == (Status.OFFLINE, site.now)
    changes = await site.history("ada")
    assert [changed(change)[2:] for change in changes[1:]] == [
        (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        (Status.OFFLINE, Cause.INACTIVITY, site.now),
    ]
    assert [change.profile.team_id for change in changes] == ["", "", "day"]
    told = [event for event in await events(site) if isinstance(event.change, StatusChange | UserChange)]
    of_ada = [event for event in told if event.change.user_id == "ada"]  # type: ignore[union-attr]
    assert [type(event.change) for event in of_ada] == [StatusChange, StatusChange, UserChange, StatusChange]
    assert moved.view.revision == of_ada[-1].revision


async def test_nothing_is_undone_by_a_move(site: Site) -> None:
    await site.configure(BOTH)
    await site.configure({"enabled": False}, team="day")
    await site.populate(["ada"])
    site.advance(10 * MINUTE)
    await site.move("day", "ada")
    assert (await site.view("ada")).status is Status.AWAY
    site.advance(HOUR)
    await site.sweep()
    view = await site.view("ada")
    assert (view.status, view.next_status) == (Status.AWAY, None)
    await site.move("", "ada")
    assert (await site.view("ada")).next_status is not None or (await site.view("ada")).status is Status.OFFLINE


async def test_past_workflows_of_the_team_do_not_apply_to_whoever_comes_later(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "ben"])
    await site.move("day", "ben")
    site.advance(5 * MINUTE)
    await site.configure({"away_after_ms": MINUTE}, team="day")
    await site.configure({"away_after_ms": 20 * MINUTE}, team="day")
    await site.move("day", "ada")
    ada, ben = await site.view("ada"), await site.view("ben")
    assert (ada.status, ben.status) == (Status.ONLINE, Status.AWAY)
    await site.sweep()
    assert (await site.view("ada"))._replace(revision=0) == ada._replace(revision=0)
    assert [change.status for change in await site.history("ada")] == [Status.ONLINE]


async def test_activities_and_sweeps_go_on_through_any_number_of_moves(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate(["ada"])
    await site.keep("ada", ttl_ms=30 * SECOND)
    for number in range(12):
        site.advance(SECOND)
        await site.move(("day", "night", "")[number % 3], "ada")
        if number % 2:
            await site.activity("ada")
    since = site.now
    assert (await site.sweep() or 0) <= since + 10 * MINUTE
    site.advance(10 * MINUTE - 1)
    await site.sweep()
    assert (await site.view("ada")).status is Status.ONLINE
    site.advance(1)
    await site.sweep()
    assert (await site.recorded("ada"))[-1][2:] == (Status.AWAY, Cause.INACTIVITY, since + 10 * MINUTE)


async def test_who_people_are_outlives_a_restart(kept: Site) -> None:
    await kept.configure(BOTH)
    await kept.populate(["ada", "ben"])
    await kept.profile("ada", display_name="Ada", team_id="day")
    await kept.configure({"away_after_ms": MINUTE}, team="day")
    before = await kept.views(), await kept.store.teams(ACCOUNT, "", 10), await events(kept)
    for _ in range(2):
        await kept.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
        assert (await kept.views(), await kept.store.teams(ACCOUNT, "", 10), await events(kept)) == before
    assert [view.user_id for view in await kept.views(team="day")] == ["ada"]
    kept.advance(MINUTE)
    await kept.sweep()
    assert await kept.statuses() == {"ada": Status.AWAY, "ben": Status.ONLINE}
    moved = await kept.profile("ada", team_id="")
    assert moved.view.revision == moved.before.team_id.count("day") + len(before[2]) + 1


async def test_accounts_that_have_to_be_declared_are_made_by_nothing_else(site: Site) -> None:
    await site.backend.stop()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True, accounts_declared=True))
    calls = [
        lambda: site.activity("ada"),
        lambda: site.set("ada", Status.ONLINE),
        lambda: site.configure(BOTH),
        lambda: site.configure(BOTH, team="day"),
        lambda: site.impact(BOTH),
        lambda: site.impact(BOTH, team="day"),
        lambda: site.profile("ada", display_name="Ada"),
        lambda: site.service.keep_session(ACCOUNT, "ada", "browser"),
        lambda: site.service.end_engagement(ACCOUNT, "ada", "call"),
    ]
    for call in calls:
        with pytest.raises(AccountUnknown, match="have to be created"):
            await call()  # type: ignore[no-untyped-call]
    # What would change nothing needs no account.
    assert (await site.service.preview_deletion(ACCOUNT, "day")).workflow == await site.unconfigure("day")
    assert await site.views() == []
    assert (await site.service.list_accounts()).items == []
    assert await site.service.create_account(ACCOUNT)
    assert not await site.service.create_account(ACCOUNT)
    assert (await site.service.list_accounts()).items == [ACCOUNT]
    assert (await site.activity("ada")).revision == 1


async def test_an_account_that_was_created_is_there_after_a_restart_though_nothing_has_happened_in_it(
    kept: Site,
) -> None:
    assert await kept.service.create_account(ACCOUNT)
    await kept.backend.reopen(StoreOptions(count_outage_as_inactivity=True, accounts_declared=True))
    assert (await kept.service.list_accounts()).items == [ACCOUNT]
    assert not await kept.service.create_account(ACCOUNT)
    assert (await kept.activity("ada")).revision == 1
