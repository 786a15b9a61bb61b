"""Listing what happened: by account, by user, by effective time, page by page."""

from __future__ import annotations

import pytest
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Changed, Site

from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.domain.record import StatusChange
from onduty_server.domain.status import Cause, Status

EVERYTHING = ChangeFilter()


async def listed(
    site: Site, wanted: ChangeFilter = EVERYTHING, *, limit: int = 1_000, after: int = 0
) -> list[StatusChange]:
    found: list[StatusChange] = []
    next_revision: int | None = after
    while next_revision is not None:
        page = await site.store.changes(ACCOUNT, wanted, next_revision, limit)
        assert len(page.changes) <= limit
        found.extend(page.changes)
        next_revision = page.next_revision
    return found


async def busy_morning(site: Site) -> list[StatusChange]:
    """A history whose revisions, effective times and commit times are in different orders. Returns all of it."""
    await site.configure(BOTH)
    users = [f"user-{number}" for number in range(6)]
    for step in range(30):
        user = users[step * 5 % 6]
        if step % 6 == 0:
            await site.set(user, Status.AWAY, actor="grace", reason=f"step {step}")
        elif step % 6 == 1:
            await site.set(user, Status.ONLINE)
        else:
            await site.activity(user)
        site.advance(7 * MINUTE)
        if step % 10 == 4:
            await site.sweep()
        if step % 10 == 7:
            await site.configure(away_after_ms=(5 + step % 3) * MINUTE)
    site.advance(HOUR)
    await site.sweep()
    await site.activity("newcomer", site.now - 25 * MINUTE)
    return await site.history()


async def test_a_change_says_what_was_before_what_is_who_why_and_when(site: Site) -> None:
    await site.configure(BOTH)
    start = site.now
    await site.set("ada", Status.ONLINE, actor="grace", reason="shift")
    site.advance(HOUR)
    await site.sweep()
    assert await site.history() == [
        StatusChange("ada", 2, None, Status.ONLINE, Cause.MANUAL, start, start, "grace", "shift"),
        StatusChange("ada", 3, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE, start + HOUR, "", ""),
        StatusChange(
            "ada", 4, Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, start + 30 * MINUTE, start + HOUR, "", ""
        ),
    ]


async def test_a_call_on_behalf_of_somebody_is_kept_with_its_caller(site: Site) -> None:
    """For status and workflow, and only with the change that the call made."""
    workflow = await site.configure(BOTH, caller="console")
    assert (workflow.updated_by, workflow.update_caller) == ("supervisor", "console")
    await site.set("ada", Status.ONLINE, actor="ada", reason="shift", caller="crm")
    await site.set("ada", Status.AWAY, actor="grace", caller="crm")
    await site.set("ada", Status.ONLINE, actor="ada", reason="back")
    site.advance(HOUR)
    await site.sweep()
    assert [(change.actor, change.reason, change.caller) for change in await site.history()] == [
        ("ada", "shift", "crm"),
        ("grace", "", "crm"),
        ("ada", "back", ""),
        ("", "", ""),
        ("", "", ""),
    ]
    assert [change.caller for change in await site.history("ada")] == ["crm", "crm", "", "", ""]
    assert (await site.store.workflow(ACCOUNT)).update_caller == "console"
    events = await site.store.events(ACCOUNT, 0, 3)
    assert [getattr(event.change, "caller", "") or getattr(event.change, "update_caller", "") for event in events] == [
        "console",
        "crm",
        "crm",
    ]
    # The next one who calls for themselves takes its place.
    assert (await site.configure(away_after_ms=MINUTE)).update_caller == ""


async def test_a_change_of_only_the_reason_is_a_change_and_keeps_the_time_since(site: Site) -> None:
    await site.set("ada", Status.AWAY, reason="lunch")
    start = site.now
    site.advance(MINUTE)
    view = await site.set("ada", Status.AWAY, reason="still lunch")
    assert view.status_since == start
    assert await site.recorded() == [
        Changed("ada", None, Status.AWAY, Cause.MANUAL, start),
        Changed("ada", Status.AWAY, Status.AWAY, Cause.MANUAL, site.now),
    ]


async def test_nothing_was_recorded_before_it_was_true(site: Site) -> None:
    history = await busy_morning(site)
    assert len(history) > 30
    assert all(change.effective_time <= change.commit_time for change in history)


@pytest.mark.parametrize("limit", [1, 2, 7, 1_000])
@pytest.mark.cluster
async def test_pages_hold_every_change_once_in_order(site: Site, limit: int) -> None:
    everything = await busy_morning(site)
    revisions = [change.revision for change in everything]
    assert revisions == sorted(set(revisions))
    assert await listed(site, limit=limit) == everything


@pytest.mark.parametrize("limit", [1, 3, 1_000])
async def test_a_user_filter_is_the_same_as_picking_that_users_changes(site: Site, limit: int) -> None:
    everything = await busy_morning(site)
    for user in {change.user_id for change in everything}:
        expected = [change for change in everything if change.user_id == user]
        assert await listed(site, ChangeFilter(user), limit=limit) == expected


@pytest.mark.parametrize("limit", [2, 1_000])
async def test_times_are_effective_times_from_start_inclusive_to_end_exclusive(site: Site, limit: int) -> None:
    everything = await busy_morning(site)
    moments = sorted({change.effective_time for change in everything})
    picked = [None, moments[0], moments[1], moments[len(moments) // 2], moments[-1], moments[-1] + 1]
    for start in picked:
        for end in picked:
            for user in (None, "user-2", "newcomer"):
                expected = [
                    change
                    for change in everything
                    if (start is None or change.effective_time >= start)
                    and (end is None or change.effective_time < end)
                    and (user is None or change.user_id == user)
                ]
                assert await listed(site, ChangeFilter(user, start, end), limit=limit) == expected


async def test_listing_goes_on_after_a_revision(site: Site) -> None:
    everything = await busy_morning(site)
    for after in (0, 1, everything[0].revision, everything[20].revision, everything[-1].revision, 10_000):
        assert await listed(site, after=after, limit=5) == [change for change in everything if change.revision > after]
        assert await listed(site, ChangeFilter("user-1"), after=after, limit=5) == [
            change for change in everything if change.revision > after and change.user_id == "user-1"
        ]


async def test_what_happens_while_somebody_is_paging_comes_at_the_end(site: Site) -> None:
    for number in range(10):
        await site.set("ada", Status.AWAY, reason=str(number))
    found: list[StatusChange] = []
    next_revision: int | None = 0
    more = iter(range(10, 14))
    while next_revision is not None:
        page = await site.store.changes(ACCOUNT, EVERYTHING, next_revision, 3)
        found.extend(page.changes)
        next_revision = page.next_revision
        for number in more:
            await site.set("ada", Status.AWAY, reason=str(number))
            break
    assert [change.reason for change in found] == [str(number) for number in range(len(found))]
    assert len(found) > 10


async def test_of_an_account_or_user_never_seen_nothing_has_changed(site: Site) -> None:
    assert await site.store.changes("nobody's", EVERYTHING, 0, 10) == ((), None)
    await site.activity("ada")
    assert await site.store.changes(ACCOUNT, ChangeFilter("bob"), 0, 10) == ((), None)
    await site.configure(BOTH, account="only configured")
    page = await site.store.changes("only configured", EVERYTHING, 0, 10)
    assert (list(page.changes), page.next_revision) == ([], None)


async def test_what_becomes_true_in_the_same_instant_keeps_the_order_in_which_it_was_recorded(site: Site) -> None:
    for number in range(5):
        await site.set("ada", Status.ONLINE if number % 2 else Status.AWAY)
    site.advance(SECOND)
    history = await site.history()
    assert [change.status for change in history] == [
        Status.AWAY,
        Status.ONLINE,
        Status.AWAY,
        Status.ONLINE,
        Status.AWAY,
    ]
