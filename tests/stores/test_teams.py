"""Workflows of teams: whom they concern, what becomes of them, and what is asked for by team."""

from __future__ import annotations

import random

import pytest
from tests.stores.layers_model import Dice, alike
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, SECOND, Site
from tests.stores.teams_model import TeamsModel

from onduty_server.app.ports.statuses import AvailabilityOrder, TeamSummary
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import RevisionConflict
from onduty_server.domain.record import ProfilePatch
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import delete, revise

TEAMS = ["day", "night"]
USERS = 6


async def in_teams(site: Site) -> None:
    """Two in each team and two in none, all ONLINE."""
    await site.configure(BOTH)
    for number, team in enumerate(["day", "night", "", "day", "night", ""]):
        await site.populate([f"user-{number}"])
        await site.move(team, f"user-{number}")
        site.advance(SECOND)


async def test_a_workflow_of_a_team_decides_for_its_users_only(site: Site) -> None:
    await in_teams(site)
    start = site.now
    workflow = await site.configure({"away_after_ms": 2 * MINUTE}, team="day")
    assert (workflow.team_id, workflow.offline_after_ms, workflow.follows) == ("day", 30 * MINUTE, False)
    assert await site.service.get_workflow(ACCOUNT, "day") == workflow
    account = await site.service.get_workflow(ACCOUNT)
    assert await site.service.get_workflow(ACCOUNT, "night") == account
    assert account.team_id == "" and account.away_after_ms == 10 * MINUTE
    site.advance(2 * MINUTE)
    away = {user for user, status in (await site.statuses()).items() if status is Status.AWAY}
    assert away == {"user-0", "user-3"}
    next_due = await site.sweep()
    assert next_due is not None and site.now < next_due <= start - 5 * SECOND + 10 * MINUTE
    assert {user for user, status in (await site.statuses()).items() if status is Status.AWAY} == away


async def test_teams_are_listed_with_their_people_and_whether_they_have_a_workflow_of_their_own(site: Site) -> None:
    assert list(await site.store.teams(ACCOUNT, "", 10)) == []
    await in_teams(site)
    await site.configure({"away_after_ms": MINUTE}, team="tea")
    await site.configure({"away_after_ms": MINUTE}, team="night")
    teams = [TeamSummary("day", 2, False), TeamSummary("night", 2, True), TeamSummary("tea", 0, True)]
    assert list(await site.store.teams(ACCOUNT, "", 10)) == teams
    assert list(await site.store.teams(ACCOUNT, "", 2)) == teams[:2]
    assert list(await site.store.teams(ACCOUNT, "day", 10)) == teams[1:]
    assert [workflow.team_id for workflow in await site.store.team_workflows(ACCOUNT)] == ["night", "tea"]
    await site.unconfigure("tea")
    await site.move("night", "user-0", "user-3")
    assert list(await site.store.teams(ACCOUNT, "", 10)) == [TeamSummary("night", 4, True)]


async def test_people_are_listed_and_offered_by_team(site: Site) -> None:
    await in_teams(site)
    await site.set("user-3", Status.AWAY)
    await site.engage("user-0")
    assert [view.user_id for view in await site.views(team="day")] == ["user-0", "user-3"]
    assert [view.user_id for view in await site.views(team="tea")] == []
    page = await site.service.list_statuses(ACCOUNT, team_id="night", page_size=1)
    rest = await site.service.list_statuses(ACCOUNT, team_id="night", page_size=1, page_token=page.next_page_token)
    assert [view.user_id for view in (*page.items, *rest.items)] == ["user-1", "user-4"]
    online = await site.service.list_statuses(ACCOUNT, team_id="day", statuses=[Status.ONLINE])
    assert [view.user_id for view in online.items] == ["user-0"]
    for order in AvailabilityOrder:
        assert await site.available(order, team="day") == (["user-0"], 1)
        assert await site.available(order, team="day", max_engagements=1) == ([], 0)
        assert await site.available(order, team="tea") == ([], 0)
        names, total = await site.available(order, 1, team="night")
        assert (names, total) == (["user-4" if order is AvailabilityOrder.MOST_RECENTLY_ACTIVE else "user-1"], 2)


async def test_a_team_without_a_workflow_follows_the_accounts_and_one_that_lost_its_own_does_again(
    site: Site,
) -> None:
    await in_teams(site)
    await site.configure({"enabled": False}, team="day")
    site.advance(11 * MINUTE)
    await site.sweep()
    assert (await site.statuses())["user-0"] is Status.ONLINE
    shown = await site.unconfigure("day")
    deleted = site.now
    assert shown == await site.service.get_workflow(ACCOUNT)
    assert await site.store.team_workflows(ACCOUNT) in ([], ())
    # The switch came on then, for the team.
    site.advance(10 * MINUTE)
    view = await site.view("user-0")
    assert (view.status, view.status_since) == (Status.AWAY, deleted + 10 * MINUTE)
    await site.configure({"away_after_ms": MINUTE})
    site.advance(0)
    await site.sweep()
    assert (await site.recorded("user-0"))[-1][2:] == (Status.AWAY, Cause.INACTIVITY, deleted + 10 * MINUTE)
    again = await site.configure({"offline_after_ms": HOUR}, team="day")
    assert (again.away_after_ms, again.offline_after_ms) == (MINUTE, HOUR)


async def test_what_was_due_under_the_accounts_workflow_stays_when_a_team_gets_its_own(site: Site) -> None:
    await in_teams(site)
    start = site.now - 6 * SECOND
    site.advance(15 * MINUTE)
    await site.configure({"away_after_ms": 20 * MINUTE}, team="day")
    site.advance(MINUTE)
    assert [(await site.view("user-0")).status, (await site.view("user-3")).status] == [Status.AWAY] * 2
    await site.sweep()
    assert (await site.recorded("user-0"))[-1][2:] == (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE)


async def test_a_change_of_the_accounts_workflow_is_one_event_and_passes_by_teams_that_have_their_own(
    site: Site,
) -> None:
    await in_teams(site)
    for team in TEAMS:
        await site.configure({"away_after_ms": 5 * MINUTE}, team=team)
    await site.unconfigure("night")
    revision = (await site.configure({"away_after_ms": MINUTE})).revision
    assert len(await site.store.events(ACCOUNT, revision - 1, 10)) == 1
    site.advance(MINUTE)
    await site.sweep()
    away = {user for user, status in (await site.statuses()).items() if status is Status.AWAY}
    assert away == {"user-1", "user-2", "user-4", "user-5"}


async def test_etags_are_those_of_the_workflow_that_is_shown(site: Site) -> None:
    await in_teams(site)
    etag = (await site.service.get_workflow(ACCOUNT)).etag
    own = await site.service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}, team_id="day", etag=etag)
    with pytest.raises(RevisionConflict):
        await site.service.update_workflow(ACCOUNT, {"away_after_ms": HOUR}, team_id="day", etag=etag)
    with pytest.raises(RevisionConflict):
        await site.service.delete_workflow(ACCOUNT, "day", etag=etag)
    await site.service.delete_workflow(ACCOUNT, "day", etag=own.etag)
    await site.service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}, team_id="day", etag=etag)


async def test_changes_of_workflows_are_listed_by_team(site: Site) -> None:
    await in_teams(site)
    await site.configure({"away_after_ms": MINUTE}, team="day")
    await site.configure({"away_after_ms": 5 * MINUTE})
    await site.configure({"away_after_ms": 2 * MINUTE}, team="day")
    await site.unconfigure("day")
    await site.unconfigure("night")
    await site.store.heartbeat()
    of_team = (await site.service.list_workflow_changes(ACCOUNT, team_id="day")).items
    assert [(change.after.away_after_ms, change.after.follows) for change in of_team] == [
        (5 * MINUTE, True),
        (2 * MINUTE, False),
        (MINUTE, False),
    ]
    first = of_team[-1].before
    assert first is not None and (first.away_after_ms, first.team_id) == (10 * MINUTE, "")
    of_account = (await site.service.list_workflow_changes(ACCOUNT)).items
    assert [change.after.away_after_ms for change in of_account] == [5 * MINUTE, 10 * MINUTE]


async def test_a_dry_run_counts_and_names_only_whom_it_concerns(site: Site) -> None:
    await in_teams(site)
    await site.configure({"offline_after_ms": HOUR}, team="night")
    site.advance(5 * MINUTE)
    of_account = await site.impact({"away_after_ms": MINUTE})
    assert [switch.user_id for switch in of_account.switches] == ["user-0", "user-2", "user-3", "user-5"]
    assert of_account.to_away == 4
    of_team = await site.impact({"away_after_ms": MINUTE}, team="day")
    assert [switch.user_id for switch in of_team.switches] == ["user-0", "user-3"]
    assert (await site.impact({"away_after_ms": MINUTE}, team="tea")).to_away == 0
    ahead = await site.impact({"away_after_ms": 10 * MINUTE}, team="night")
    assert [quarter.to_away for quarter in ahead.next_hour] == [2, 0, 0, 0]
    await site.unconfigure("night")
    assert (await site.impact({"away_after_ms": MINUTE})).to_away == 6


@pytest.mark.cluster
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 12))])
async def test_whatever_moves_between_teams_is_shown_and_recorded_as_the_rules_say(site: Site, seed: int) -> None:
    dice, random_, model = Dice(seed), random.Random(seed), TeamsModel(site.now)
    for _ in range(120):
        site.advance(dice.pause())
        model.advance(site.now)
        if dice.chance(0.3):
            await site.store.heartbeat()
        if dice.chance(0.2):
            await _configure(site, model, dice, random_)
        if dice.chance(0.6):
            user = dice.user(USERS)
            decide, hint = dice.event(user in model.records)
            shown = await site.store.transact(ACCOUNT, user, decide, hint)
            model.decide(user, decide)
            assert alike(shown) == model.view(user)
        if model.records and dice.chance(0.4):
            user = random_.choice(list(model.records))
            patch: ProfilePatch = {"team_id": random_.choice(["", *TEAMS])}
            if dice.chance(0.3):
                patch["display_name"] = user.title()
            shown = (await site.store.update_user(ACCOUNT, user, patch)).view
            model.update(user, patch)
            assert alike(shown) == model.view(user)
        if model.records and dice.chance(0.05):
            user = random_.choice(list(model.records))
            await site.store.delete_user(ACCOUNT, user)
            model.erase(user)
        if dice.chance(0.2):
            await site.store.settle_due(2)
        if dice.chance(0.1):
            await site.sweep()
        if dice.chance(0.4):
            await _compare(site, model)
    await site.sweep()
    await _compare(site, model)
    await _compare_history(site, model)


async def _configure(site: Site, model: TeamsModel, dice: Dice, random_: random.Random) -> None:
    team, patch = random_.choice(["", *TEAMS]), dice.patch()
    if team and dice.chance(0.3):
        await site.store.update_workflow(
            ACCOUNT, lambda current, now, revision, it: delete(current, it, now=now, actor="", revision=revision), team
        )
        model.unconfigure(team)
        return
    await site.store.update_workflow(
        ACCOUNT,
        lambda current, now, revision, _: revise(current, patch, now=now, actor="", revision=revision, team_id=team),
        team,
    )
    model.configure_team(team, patch)


async def _compare(site: Site, model: TeamsModel) -> None:
    """Compare all reads of the present, of all and of each team."""
    users = list(model.records)
    found = await site.store.get(ACCOUNT, users)
    assert [view and alike(view) for view in found] == [model.view(user) for user in users]
    for team in ("", *TEAMS):
        members = [user for user in users if not team or model.records[user].profile.team_id == team]
        page = await site.store.scan(ACCOUNT, (), 0, 1_000, team)
        assert [alike(view) for view in page.views] == [model.view(user) for user in members]
        for order in AvailabilityOrder:
            for max_engagements in (0, 1):
                best = [user for user in model.available(order, max_engagements) if user in members]
                for limit in (1, 100):
                    available = await site.store.available(ACCOUNT, order, limit, max_engagements, team)
                    who = team, order.name, max_engagements, limit
                    assert ([view.user_id for view in available.views], available.total, *who) == (
                        best[:limit],
                        len(best),
                        *who,
                    )


async def _compare_history(site: Site, model: TeamsModel) -> None:
    for user in model.records:
        recorded = [
            (it.previous_status, it.status, it.cause, it.effective_time, it.expire_time, it.then, it.profile.team_id)
            for it in await site.history(user)
        ]
        assert recorded == [
            (previous.status, state.status, state.cause, at, end, then, team)
            for whose, team, previous, state, at, end, then in model.moved
            if whose == user
        ]


async def test_teams_can_be_asked_for_after_a_restart_and_follow_as_before(kept: Site) -> None:
    await in_teams(kept)
    await kept.configure(AWAY_ONLY, team="day")
    await kept.configure({"enabled": False}, team="night")
    await kept.unconfigure("night")
    began = kept.now
    await kept.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert [workflow.team_id for workflow in await kept.store.team_workflows(ACCOUNT)] == ["day"]
    kept.advance(began + 10 * MINUTE - kept.now)
    view = await kept.view("user-1")
    assert (view.status, view.status_since) == (Status.AWAY, began + 10 * MINUTE)
    assert (await kept.available(team="night"))[1] == 0
