"""Changing a workflow: what was due under the old one stays, whether or not anybody has written it down."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
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

from onduty_server.app.limits import SWEEP_CHUNK
from onduty_server.domain.errors import InvalidWorkflow, RevisionConflict
from onduty_server.domain.record import StatusChange
from onduty_server.domain.status import Cause, Resume, Status
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch

MORE_THAN_A_CHUNK = 3 * SWEEP_CHUNK
"""So many overdue users that changing the workflow leaves some of them to the sweeper."""


def many(count: int = MORE_THAN_A_CHUNK) -> list[str]:
    return [f"user-{number:04}" for number in range(count)]


def by_user(changes: list[StatusChange]) -> dict[str, list[Changed]]:
    found: dict[str, list[Changed]] = {}
    for change in changes:
        found.setdefault(change.user_id, []).append(
            Changed("", change.previous_status, change.status, change.cause, change.effective_time)
        )
    return found


async def check_all_the_same(site: Site, users: list[str], expected: list[tuple[Status, Cause, int]]) -> None:
    """Everybody's recorded history is `expected`, and the account's revisions have no gap."""
    history = await site.history()
    previous = [None, *(status for status, _, _ in expected)]
    wanted = [Changed("", before, *rest) for before, rest in zip(previous, expected, strict=False)]
    found = by_user(history)
    assert sorted(found) == sorted(users)
    for user in users:
        assert found[user] == wanted, user
    assert all(before.commit_time <= after.commit_time for before, after in pairwise(history))


@pytest.mark.cluster
async def test_a_change_is_read_back_as_it_was_made(site: Site) -> None:
    assert await site.store.workflow(ACCOUNT) == DEFAULT_WORKFLOW
    site.advance(MINUTE)
    workflow = await site.configure(BOTH, resume=Resume.NEVER, keep_manual_away=True)
    assert workflow == Workflow(
        enabled=True,
        away_after_ms=10 * MINUTE,
        offline_after_ms=30 * MINUTE,
        resume=Resume.NEVER,
        keep_manual_away=True,
        enabled_time=site.now,
        thresholds_since=site.now,
        update_time=site.now,
        updated_by="supervisor",
        revision=1,
        previous_revision=0,
    )
    assert await site.store.workflow(ACCOUNT) == workflow


async def test_a_refused_change_changes_nothing(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob"])
    site.advance(10 * MINUTE)
    before = await site.store.workflow(ACCOUNT), await site.views()
    refused: list[WorkflowPatch] = [
        {"away_after_ms": 30 * MINUTE},
        {"offline_after_ms": 10 * MINUTE},
        {"away_after_ms": SECOND - 1},
        {"offline_after_ms": 30 * DAY + 1},
        {"away_after_ms": None, "offline_after_ms": None},
    ]
    for patch in refused:
        with pytest.raises(InvalidWorkflow):
            await site.configure(patch)
        with pytest.raises(InvalidWorkflow):
            await site.impact(patch)
    with pytest.raises(InvalidWorkflow):
        await site.configure(enabled=True, account="other")
    with pytest.raises(RevisionConflict):
        await site.service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}, etag="w0")
    workflow, views = before
    assert await site.store.workflow(ACCOUNT) == workflow
    assert [view._replace(revision=0) for view in await site.views()] == [view._replace(revision=0) for view in views]
    assert await site.store.workflow("other") == DEFAULT_WORKFLOW
    assert (await site.activity("ada", account="other")).revision == 1


async def test_a_change_that_changes_nothing_takes_no_revision(site: Site) -> None:
    workflow = await site.configure(BOTH)
    site.advance(MINUTE)
    assert await site.configure(BOTH) == workflow
    assert await site.configure() == workflow
    assert (await site.activity("ada")).revision == 2
    assert await site.configure(account="other") == DEFAULT_WORKFLOW
    assert (await site.activity("ada", account="other")).revision == 1


@pytest.mark.cluster
async def test_of_many_changes_with_the_same_etag_one_wins(site: Site) -> None:
    etag = (await site.configure(BOTH)).etag
    outcomes = await asyncio.gather(
        *(
            site.service.update_workflow(ACCOUNT, {"away_after_ms": number * MINUTE}, etag=etag)
            for number in range(1, 10)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 8
    assert (await site.store.workflow(ACCOUNT)).revision == 2


async def test_of_many_changes_at_once_each_has_its_revision(site: Site) -> None:
    users = many()
    await site.configure(AWAY_ONLY)
    await site.populate(users)
    site.advance(10 * MINUTE)
    workflows = await asyncio.gather(*(site.configure(away_after_ms=number * HOUR) for number in range(1, 12)))
    await site.sweep()
    history = await site.history()
    revisions = [change.revision for change in history] + [workflow.revision for workflow in workflows]
    assert sorted(revisions) == list(range(2, len(revisions) + 2))
    assert await site.store.workflow(ACCOUNT) == max(workflows, key=lambda workflow: workflow.revision)


async def test_switching_the_workflow_on_switches_nobody_at_that_instant(site: Site) -> None:
    await site.activity("ada")
    await site.set("bob", Status.AWAY)
    site.advance(DAY)
    await site.configure(BOTH)
    enabled = site.now
    assert await site.statuses() == {"ada": Status.ONLINE, "bob": Status.AWAY}
    site.advance(10 * MINUTE)
    assert (await site.view("ada")).status_since == enabled + 10 * MINUTE
    site.advance(20 * MINUTE)
    await site.sweep()
    assert await site.recorded("bob") == [
        Changed("bob", None, Status.AWAY, Cause.MANUAL, enabled - DAY),
        Changed("bob", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, enabled + 30 * MINUTE),
    ]


@pytest.mark.parametrize("count", [1, MORE_THAN_A_CHUNK])
async def test_lengthening_a_period_brings_back_nobody_who_was_overdue(site: Site, count: int) -> None:
    users = many(count)
    await site.configure(BOTH)
    start = site.now
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=20 * MINUTE)
    assert set((await site.statuses()).values()) == {Status.AWAY}
    assert {view.status_since for view in await site.views()} == {start + 10 * MINUTE}
    site.advance(HOUR)
    assert await site.available() == ([], 0)
    await site.sweep()
    await check_all_the_same(
        site,
        users,
        [
            (Status.ONLINE, Cause.ACTIVITY, start),
            (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
            (Status.OFFLINE, Cause.INACTIVITY, start + 30 * MINUTE),
        ],
    )


@pytest.mark.parametrize("count", [1, MORE_THAN_A_CHUNK])
async def test_shortening_a_period_switches_those_past_it_at_the_time_of_the_change(site: Site, count: int) -> None:
    users = many(count)
    await site.configure(BOTH)
    start = site.now
    await site.populate(users)
    site.advance(8 * MINUTE)
    await site.configure(away_after_ms=MINUTE, offline_after_ms=9 * MINUTE)
    site.advance(HOUR)
    await site.sweep()
    await check_all_the_same(
        site,
        users,
        [
            (Status.ONLINE, Cause.ACTIVITY, start),
            (Status.AWAY, Cause.INACTIVITY, start + 8 * MINUTE),
            (Status.OFFLINE, Cause.INACTIVITY, start + 9 * MINUTE),
        ],
    )


async def test_shortening_both_periods_beyond_what_has_passed_switches_twice_at_that_instant(site: Site) -> None:
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    site.advance(8 * MINUTE)
    await site.configure(away_after_ms=MINUTE, offline_after_ms=2 * MINUTE)
    assert (await site.view("ada")).status is Status.OFFLINE
    await site.sweep()
    assert await site.recorded() == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 8 * MINUTE),
        Changed("ada", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, start + 8 * MINUTE),
    ]


@pytest.mark.parametrize("count", [1, MORE_THAN_A_CHUNK])
async def test_switching_the_workflow_off_keeps_what_was_due_and_nothing_more(site: Site, count: int) -> None:
    users = many(count)
    await site.configure(BOTH)
    start = site.now
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    site.advance(DAY)
    assert {(view.status, view.status_since, view.next_status) for view in await site.views()} == {
        (Status.AWAY, start + 10 * MINUTE, None)
    }
    assert await site.available() == ([], 0)
    assert await site.sweep() is None
    await check_all_the_same(
        site,
        users,
        [(Status.ONLINE, Cause.ACTIVITY, start), (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE)],
    )


async def test_off_and_on_again_runs_the_periods_from_then(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    start = site.now
    await site.activity("ada")
    site.advance(9 * MINUTE)
    await site.configure(enabled=False)
    site.advance(5 * MINUTE)
    await site.configure(enabled=True)
    site.advance(9 * MINUTE)
    assert await site.status("ada") is Status.ONLINE
    site.advance(MINUTE)
    assert (await site.view("ada")).status_since == start + 24 * MINUTE


async def test_somebody_stranded_by_switching_off_comes_back_with_an_activity(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    users = many()
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    site.advance(HOUR)
    view = await site.activity(users[-1])
    assert (view.status, view.cause, view.status_since) == (Status.ONLINE, Cause.ACTIVITY, site.now)
    assert await site.available() == ([users[-1]], 1)
    await site.sweep()
    assert await site.available() == ([users[-1]], 1)


async def test_keeping_manual_away_or_not_counts_from_the_change(site: Site) -> None:
    await site.configure(OFFLINE_ONLY, keep_manual_away=True)
    start = site.now
    users = many()
    await asyncio.gather(*(site.set(user, Status.AWAY) for user in users))
    site.advance(HOUR)
    await site.configure(keep_manual_away=False)
    await site.configure(keep_manual_away=True)
    assert set((await site.statuses()).values()) == {Status.OFFLINE}
    site.advance(HOUR)
    await site.sweep()
    await check_all_the_same(
        site,
        users,
        [(Status.AWAY, Cause.MANUAL, start), (Status.OFFLINE, Cause.INACTIVITY, start + HOUR)],
    )


async def test_changing_only_what_brings_people_back_leaves_the_thresholds_alone(site: Site) -> None:
    before = await site.configure(BOTH)
    await site.activity("ada")
    site.advance(11 * MINUTE)
    after = await site.configure(resume=Resume.NEVER)
    assert (after.thresholds_since, after.enabled_time) == (before.thresholds_since, before.enabled_time)
    assert (await site.activity("ada")).status is Status.AWAY
    await site.configure(resume=Resume.FROM_AWAY)
    site.advance(1)
    assert (await site.activity("ada")).status is Status.ONLINE


@pytest.mark.cluster
async def test_several_changes_in_a_row_with_more_overdue_than_anybody_has_written_down(site: Site) -> None:
    users = many()
    await site.configure(AWAY_ONLY)  # 10 min
    start = site.now
    await site.populate(users)
    site.advance(15 * MINUTE)
    await site.configure(away_after_ms=None, offline_after_ms=20 * MINUTE)
    site.advance(6 * MINUTE)
    await site.configure(enabled=False)
    site.advance(HOUR)
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    everybody = await site.views()
    assert {(view.status, view.status_since) for view in everybody} == {(Status.OFFLINE, start + 20 * MINUTE)}
    await site.sweep()
    await check_all_the_same(
        site,
        users,
        [
            (Status.ONLINE, Cause.ACTIVITY, start),
            (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
            (Status.OFFLINE, Cause.INACTIVITY, start + 20 * MINUTE),
        ],
    )


async def test_more_changes_in_a_row_than_a_store_remembers_workflows(site: Site) -> None:
    changes = 12
    users = many(changes * SWEEP_CHUNK)
    await site.configure(AWAY_ONLY)
    start = site.now
    await site.populate(users)
    site.advance(10 * MINUTE)
    workflows = [await site.configure(away_after_ms=number * HOUR) for number in range(1, changes + 1)]
    assert {(view.status, view.status_since) for view in await site.views()} == {(Status.AWAY, start + 10 * MINUTE)}
    assert await site.available() == ([], 0)
    await site.sweep()
    await check_all_the_same(
        site,
        users,
        [(Status.ONLINE, Cause.ACTIVITY, start), (Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE)],
    )
    revisions = [change.revision for change in await site.history()] + [workflow.revision for workflow in workflows]
    assert sorted(revisions) == list(range(2, len(revisions) + 2))


async def test_whoever_acts_between_two_changes_is_judged_by_the_workflow_of_that_time(site: Site) -> None:
    users = many()
    last = users[-1]
    await site.configure(AWAY_ONLY)
    start = site.now
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=5 * MINUTE)
    site.advance(MINUTE)
    await site.activity(last)
    site.advance(5 * MINUTE)
    await site.configure(away_after_ms=HOUR)
    site.advance(30 * MINUTE)
    await site.sweep()
    assert await site.recorded(last) == [
        Changed(last, None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed(last, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed(last, Status.AWAY, Status.ONLINE, Cause.ACTIVITY, start + 11 * MINUTE),
        Changed(last, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 16 * MINUTE),
    ]


async def test_somebody_first_seen_after_a_change_is_not_judged_by_the_workflow_before_it(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate(many())
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    view = await site.activity("late", site.now - 59 * MINUTE)
    assert (view.status, view.status_since) == (Status.ONLINE, site.now - 59 * MINUTE)
    await site.sweep()
    assert await site.status("late") is Status.ONLINE


async def test_a_late_activity_from_before_a_change_does_not_undo_what_was_due(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    start = site.now
    users = many()
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    last = users[-1]
    view = await site.activity(last, start + 5 * MINUTE)
    # The switch is off, so nobody who was active then would have been switched since: the activity is fresh.
    assert (view.status, view.status_since) == (Status.ONLINE, site.now)
    assert await site.recorded(last) == [
        Changed(last, None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed(last, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed(last, Status.AWAY, Status.ONLINE, Cause.ACTIVITY, start + 10 * MINUTE),
    ]


async def test_setting_by_hand_before_the_sweeper_comes_records_what_was_due_first(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    start = site.now
    users = many()
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=HOUR)
    last = users[-1]
    await site.set(last, Status.ONLINE, actor="grace")
    assert await site.recorded(last) == [
        Changed(last, None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed(last, Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed(last, Status.AWAY, Status.ONLINE, Cause.MANUAL, start + 10 * MINUTE),
    ]
    await site.sweep()
    assert await site.status(last) is Status.ONLINE
