"""Erasing people and accounts: what is left says nothing of them, and everything else is as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Site

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import AccountUnknown, LimitExceeded, ResumeTokenExpired, UserUnknown
from onduty_server.domain.record import NO_PROFILE, AccountEvent, StatusChange, UserChange
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import Workflow

pytestmark = pytest.mark.cluster
KEPT = StoreOptions(count_outage_as_inactivity=True)


async def with_ada(site: Site) -> None:
    """Ada is everywhere that somebody can be; Ben is beside her."""
    await site.configure(BOTH, actor="kim", caller="ada")
    await site.populate(["ada", "ben"])
    await site.profile("ada", display_name="Ada Lovelace", team_id="day")
    await site.configure({"away_after_ms": 5 * MINUTE}, team="day", actor="ada")
    await site.keep("ada", "ada's browser")
    await site.engage("ada", "ada's call")
    await site.set("ben", Status.AWAY, actor="ada", reason="lunch")
    await site.set("ada", Status.AWAY, reason="Ada is ill")
    await site.set("ada", Status.ONLINE)


async def everything(site: Site) -> str:
    """All that can be read of the account, as text."""
    store = site.store
    events = await store.events(ACCOUNT, 0, 1_000)
    return repr(
        [
            events,
            await site.history(),
            await site.views(),
            await site.views(team="day"),
            [await site.available(order) for order in AvailabilityOrder],
            await store.workflow(ACCOUNT),
            await store.team_workflows(ACCOUNT),
            await site.service.list_workflow_changes(ACCOUNT),
            await site.service.list_workflow_changes(ACCOUNT, team_id="day"),
            await store.teams(ACCOUNT, "", 10),
        ]
    )


async def test_nothing_that_can_be_read_says_who_it_was_and_the_history_has_no_gap(site: Site) -> None:
    await with_ada(site)
    before = await site.store.events(ACCOUNT, 0, 1_000)
    assert "ada" in (await everything(site)).casefold()
    await site.erase("ada")
    assert "ada" not in (await everything(site)).casefold()
    assert "ill" not in await everything(site)
    after = await site.store.events(ACCOUNT, 0, 1_000)
    assert [event.revision for event in after] == list(range(1, len(before) + 2))
    assert after[-1].change == UserChange("", len(after), NO_PROFILE, NO_PROFILE, site.now, erased=True)
    for event, was in zip(after, before, strict=False):
        assert event.position == was.position
        if isinstance(event.change, StatusChange) and isinstance(was.change, StatusChange):
            assert event.change[1:7] == was.change[1:7]
            assert event.change.profile.team_id == was.change.profile.team_id
    (ben,) = await site.views()
    assert (ben.user_id, ben.status, ben.actor, ben.reason) == ("ben", Status.AWAY, "", "lunch")
    workflow = await site.service.get_workflow(ACCOUNT)
    assert (workflow.updated_by, workflow.update_caller) == ("kim", "")
    assert (await site.service.get_workflow(ACCOUNT, "day")).updated_by == ""


async def test_what_was_due_is_settled_first(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada"])
    start = site.now
    site.advance(15 * MINUTE)
    await site.erase("ada")
    changes = await site.history()
    assert [(change.user_id, change.status, change.cause, change.effective_time) for change in changes] == [
        ("", Status.ONLINE, Cause.ACTIVITY, start),
        ("", Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
    ]
    assert (await site.store.events(ACCOUNT, 3, 10))[0].revision == 4


async def test_whoever_is_erased_is_unknown_and_whoever_comes_back_is_somebody_new(site: Site) -> None:
    await with_ada(site)
    await site.erase("ada")
    assert await site.store.get(ACCOUNT, ["ada", "ben"]) == [None, await site.view("ben")]
    for call in (site.view("ada"), site.erase("ada"), site.profile("ada", display_name="Ada")):
        with pytest.raises(UserUnknown):
            await call
    assert await site.history("ada") == []
    if site.store.immediate is not None:
        assert site.store.immediate.peek(ACCOUNT, "ada") is None
        assert not site.touch("ada")
    view = await site.activity("ada")
    assert (view.profile, view.connected, view.engagements) == (NO_PROFILE, False, 0)
    assert [change.user_id for change in await site.history("ada")] == ["ada"]
    assert [view.user_id for view in await site.views()] == ["ben", "ada"]
    (event,) = await site.store.events(ACCOUNT, view.revision - 1, 10)
    assert event.position == 2, "a place is never given twice"
    site.advance(HOUR)
    await site.sweep()
    assert (await site.view("ada")).status is Status.OFFLINE


async def test_listeners_are_told_whom_to_forget_and_the_history_does_not_tell(site: Site) -> None:
    told: list[AccountEvent] = []
    enough = asyncio.Event()

    def listener(events: Sequence[AccountEvent]) -> None:
        told.extend(events)
        if isinstance(told[-1].change, UserChange):
            enough.set()

    await site.populate(["ada", "ben"])
    subscription = await site.store.subscribe(ACCOUNT, listener)
    await site.erase("ada")
    await asyncio.wait_for(enough.wait(), 10)
    subscription.cancel()
    assert told == [AccountEvent(3, 0, UserChange("ada", 3, NO_PROFILE, NO_PROFILE, site.now, erased=True))]
    (kept,) = await site.store.events(ACCOUNT, 2, 10)
    assert isinstance(kept.change, UserChange)
    assert (kept.change.user_id, kept.change.erased) == ("", True)


async def test_an_activity_on_its_way_comes_before_the_erasure_or_makes_somebody_new(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "ben"])
    for _ in range(5):
        calls = [
            site.activity("ada"),
            site.set("ada", Status.AWAY, reason="half a record"),
            site.erase("ada"),
            site.keep("ada"),
            site.profile("ada", team_id="day"),
            site.activity("ada"),
        ]
        await asyncio.gather(*calls, return_exceptions=True)
        view = await site.activity("ada")
        assert view.status in (Status.ONLINE, Status.AWAY)
        of_ada = await site.history("ada")
        assert of_ada[0].previous_status is None
        assert [view.user_id for view in await site.views()].count("ada") == 1
        events = await site.store.events(ACCOUNT, 0, 1_000)
        assert [event.revision for event in events] == list(range(1, len(events) + 1))
    site.advance(HOUR)
    await site.sweep()
    assert (await site.statuses())["ada"] is Status.OFFLINE


async def test_limits_count_the_living(site: Site) -> None:
    await site.backend.stop()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True, users_max=2, accounts_max=1))
    await site.populate(["ada", "ben"])
    with pytest.raises(LimitExceeded):
        await site.activity("cy")
    await site.erase("ada")
    await site.activity("cy")
    with pytest.raises(LimitExceeded):
        await site.activity("ada")
    with pytest.raises(LimitExceeded):
        await site.activity("ada", account="other")
    await site.service.delete_account(ACCOUNT)
    await site.activity("ada", account="other")
    with pytest.raises(LimitExceeded):
        await site.service.create_account(ACCOUNT)


async def test_an_account_that_is_erased_is_as_if_it_had_never_been(site: Site) -> None:
    await with_ada(site)
    await site.activity("ada", account="other")
    revision = (await site.store.scan(ACCOUNT, (), 0, 10)).revision
    calls: list[int] = []
    restarted = asyncio.Event()

    def listener(events: Sequence[AccountEvent]) -> None:
        calls.append(len(events))
        if not events:
            restarted.set()

    subscription = await site.store.subscribe(ACCOUNT, listener)
    await site.service.delete_account(ACCOUNT)
    await asyncio.wait_for(restarted.wait(), 10)
    assert await site.views() == [] and await site.store.get(ACCOUNT, ["ada"]) == [None]
    assert await site.store.workflow(ACCOUNT) == Workflow()
    assert list(await site.store.teams(ACCOUNT, "", 10)) == []
    assert await site.available() == ([], 0)
    assert (await site.service.list_accounts()).items == ["other"]
    with pytest.raises(AccountUnknown):
        await site.service.delete_account(ACCOUNT)
    with pytest.raises(UserUnknown):
        await site.erase("ada")
    view = await site.activity("new")
    assert view.revision > revision
    for after in (0, 1, revision):
        with pytest.raises(ResumeTokenExpired):
            await site.store.events(ACCOUNT, after, 10)
    assert len(await site.store.events(ACCOUNT, view.revision - 1, 10)) == 1
    assert [change.user_id for change in await site.history()] == ["new"]
    assert (await site.view("ada", account="other")).status is Status.ONLINE
    subscription.cancel()


async def test_an_erasure_outlives_a_crash_and_nothing_else_is_lost(crashing: Site) -> None:
    site = crashing
    await with_ada(site)
    await site.activity("gone", account="gone")
    await site.erase("ada")
    await site.service.delete_account("gone")
    before = await everything(site)
    for _ in range(2):
        await site.backend.crash()
        await site.backend.open(KEPT)
        assert await everything(site) == before
    assert (await site.service.list_accounts()).items == [ACCOUNT]
    revision = (await site.store.scan(ACCOUNT, (), 0, 10)).revision
    view = await site.activity("ada")
    assert view.revision == revision + 1
    (event,) = await site.store.events(ACCOUNT, revision, 10)
    assert event.position == 2
    view = await site.activity("gone", account="gone")
    assert view.revision > 1
    with pytest.raises(ResumeTokenExpired):
        await site.store.events("gone", 1, 10)


async def test_people_can_be_erased_while_lists_and_sweeps_run(site: Site) -> None:
    await site.configure(BOTH)
    names = [f"user-{number}" for number in range(40)]
    await site.populate(names)
    await site.move("day", *names[::2])
    for number, name in enumerate(names[::3]):
        site.advance(SECOND)
        order = list(AvailabilityOrder)[number % 3]
        found, team, _ = await asyncio.gather(
            site.available(order), site.available(order, team="day"), site.erase(name)
        )
        assert len(names) - number - 1 <= found[1] <= len(names) - number
        assert len(team[0]) == team[1] <= 20
    left = [name for number, name in enumerate(names) if number % 3]
    assert [view.user_id for view in await site.views()] == left
    site.advance(10 * MINUTE)
    await site.sweep()
    assert set((await site.statuses()).values()) == {Status.AWAY}
    assert (await site.available())[1] == 0
