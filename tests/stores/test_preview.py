"""The dry-run says what a workflow change really does at once, and does nothing itself."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, Site

from onduty_server.app.ports.statuses import Preview, PreviewedQuarter, PreviewedSwitch
from onduty_server.domain.errors import InvalidWorkflow, RevisionConflict
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import WorkflowPatch, revise


async def population(site: Site, patch: WorkflowPatch) -> None:
    """People in every state, idle for anything between nothing and an hour, some of them overdue and not recorded."""
    await site.configure(patch)
    for minute in range(60):
        await site.activity(f"active-{minute}")
        await site.set(f"online-{minute}", Status.ONLINE, actor="grace")
        await site.set(f"away-{minute}", Status.AWAY)
        if minute % 10 == 0:
            await site.set(f"offline-{minute}", Status.OFFLINE)
        if minute % 25 == 0:
            await site.sweep()
        site.advance(MINUTE)


PATCHES: list[WorkflowPatch] = [
    {"enabled": True, "away_after_ms": 9 * MINUTE, "offline_after_ms": 40 * MINUTE},
    {"away_after_ms": MINUTE},
    {"away_after_ms": 5 * MINUTE, "offline_after_ms": 7 * MINUTE},
    {"away_after_ms": 29 * MINUTE},
    {"offline_after_ms": 20 * MINUTE},
    {"away_after_ms": None},
    {"offline_after_ms": None},
    {"away_after_ms": None, "offline_after_ms": 3 * MINUTE},
    {"enabled": False},
    {"keep_manual_away": True},
    {"keep_manual_away": False},
    {"resume": Resume.NEVER},
    {"enabled": True, "away_after_ms": 2 * MINUTE},
    {},
]


@pytest.mark.parametrize(
    "before",
    [
        BOTH,
        AWAY_ONLY,
        {**BOTH, "keep_manual_away": True},
        {"enabled": False, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE},
    ],
    ids=["both", "away only", "both, keeping manual away", "off"],
)
@pytest.mark.cluster
async def test_the_dry_run_counts_and_names_exactly_those_whom_the_change_then_switches(
    site: Site, before: WorkflowPatch
) -> None:
    await population(site, before)
    impacts = 0
    for patch in PATCHES:
        statuses, workflow, history = await site.statuses(), await site.store.workflow(ACCOUNT), await site.history()
        try:
            preview = await site.impact(patch)
        except InvalidWorkflow:
            with pytest.raises(InvalidWorkflow):
                await site.configure(patch)
            continue
        assert (await site.statuses(), await site.store.workflow(ACCOUNT), await site.history()) == (
            statuses,
            workflow,
            history,
        ), "it writes nothing"

        changed = await site.configure(patch)
        after = await site.statuses()
        switched = {
            user: PreviewedSwitch(user, status, after[user])
            for user, status in statuses.items()
            if after[user] is not status
        }
        assert {switch.user_id: switch for switch in preview.switches} == switched
        counts = Counter(switch.status for switch in switched.values())
        assert (preview.to_away, preview.to_offline) == (counts[Status.AWAY], counts[Status.OFFLINE])
        assert counts[Status.ONLINE] == 0
        assert (preview.workflow.enabled, preview.workflow.away_after_ms, preview.workflow.offline_after_ms) == (
            changed.enabled,
            changed.away_after_ms,
            changed.offline_after_ms,
        )
        impacts += len(switched)
        site.advance(2 * MINUTE + 1)
        for user in list(statuses)[::3]:
            await site.activity(user)
    assert impacts > 0


@pytest.mark.parametrize(
    ("before", "patch"),
    [
        (BOTH, {"away_after_ms": 5 * MINUTE, "offline_after_ms": 35 * MINUTE}),
        (BOTH, {}),
        (BOTH, {"offline_after_ms": None}),
        (BOTH, {"keep_manual_away": True}),
        (BOTH, {"enabled": False}),
        (AWAY_ONLY, {"away_after_ms": 45 * MINUTE, "offline_after_ms": 50 * MINUTE}),
        ({"enabled": False, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}, {"enabled": True}),
    ],
)
@pytest.mark.cluster
async def test_the_switches_of_the_next_hour_are_those_that_then_happen(
    site: Site, before: WorkflowPatch, patch: WorkflowPatch
) -> None:
    await population(site, before)
    preview = await site.impact(patch)
    await site.configure(patch)
    start = site.now
    # All that is due at this moment is no part of the hour.
    await site.sweep()
    known = (await site.history())[-1].revision
    assert [quarter.end_time - start for quarter in preview.next_hour] == [n * 15 * MINUTE for n in (1, 2, 3, 4)]
    for quarter in preview.next_hour:
        site.advance(quarter.end_time - site.now)
        await site.sweep()
        happened = [change for change in await site.history() if change.revision > known]
        known = max([known, *(change.revision for change in happened)])
        counts = Counter(change.status for change in happened)
        assert (quarter.to_away, quarter.to_offline) == (counts[Status.AWAY], counts[Status.OFFLINE])
        assert counts[Status.ONLINE] == 0


async def test_who_switches_twice_within_the_hour_counts_twice(site: Site) -> None:
    await site.configure(enabled=True, away_after_ms=15 * MINUTE, offline_after_ms=16 * MINUTE)
    await site.populate(["ada", "bob"])
    preview = await site.impact({"resume": Resume.NEVER})
    assert [(quarter.to_away, quarter.to_offline) for quarter in preview.next_hour] == [(2, 0), (0, 2), (0, 0), (0, 0)]


async def test_it_names_no_more_than_asked_for_and_counts_all(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(20)])
    site.advance(5 * MINUTE)
    preview = await site.store.preview(
        ACCOUNT,
        lambda current, now, revision, _: revise(
            current, {"away_after_ms": MINUTE}, now=now, actor="", revision=revision
        ),
        3,
    )
    assert [switch.user_id for switch in preview.switches] == ["user-0", "user-1", "user-2"]
    assert (preview.to_away, preview.to_offline) == (20, 0)


async def test_those_who_are_overdue_already_are_not_counted(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "bob"])
    site.advance(HOUR)
    preview = await site.impact({"away_after_ms": MINUTE})
    assert (list(preview.switches), preview.to_away, preview.to_offline) == ([], 0, 0)


async def test_it_is_refused_where_the_change_would_be(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    with pytest.raises(RevisionConflict):
        await site.service.preview_workflow(ACCOUNT, {"away_after_ms": MINUTE}, etag="w0")


async def test_of_an_account_never_seen_it_says_what_its_workflow_would_be(site: Site) -> None:
    preview = await site.impact(BOTH)
    quarters = [PreviewedQuarter(site.now + number * 15 * MINUTE) for number in (1, 2, 3, 4)]
    assert preview == Preview(preview.workflow, [], 0, 0, quarters)
    assert preview.workflow.enabled and preview.workflow.away_after_ms == 10 * MINUTE
    assert not (await site.store.workflow(ACCOUNT)).enabled
    assert (await site.activity("ada")).revision == 1
