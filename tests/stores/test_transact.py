"""`Store.transact`: one decision, one step, and a revision for every change."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Changed, Site

from onduty_server.app.limits import ACTIVITY_FUTURE_TOLERANCE_MS
from onduty_server.app.ports.activities import ActivityReport
from onduty_server.domain import rules
from onduty_server.domain.errors import InvalidField, RevisionConflict
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Cause, Resume, State, Status
from onduty_server.domain.workflow import DEFAULT_WORKFLOW


class Refused(Exception):
    """What a decision raises in these tests."""


async def test_somebody_never_seen_comes_as_a_record_in_state_unseen(site: Site) -> None:
    asked: list[tuple[str, State, int, Policy, int]] = []

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        asked.append((record.user_id, record.state, record.revision, policy, now))
        return rules.record_activity(record, policy, activity_time=now, now=now)

    view = await site.store.transact(ACCOUNT, "ada", decide)
    assert asked == [("ada", State.UNSEEN, 0, Policy(DEFAULT_WORKFLOW), site.now)]
    assert (view.status, view.cause, view.status_since, view.revision) == (Status.ONLINE, Cause.ACTIVITY, site.now, 1)


async def test_a_decision_is_made_on_what_is_committed_under_the_policy_in_force_at_the_stores_time(
    site: Site,
) -> None:
    await site.configure(BOTH)
    await site.set("ada", Status.AWAY, actor="grace", reason="lunch")
    site.advance(MINUTE)

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        assert (record.state, record.actor, record.reason, record.revision) == (
            State.AWAY_BY_HAND,
            "grace",
            "lunch",
            2,
        )
        assert policy.workflow.away_after_ms == 10 * MINUTE
        assert now == site.now
        raise Refused

    with pytest.raises(Refused):
        await site.store.transact(ACCOUNT, "ada", decide)


async def test_a_decision_that_raises_changes_nothing(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(11 * MINUTE)

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        rules.set_status(record, policy, status=Status.OFFLINE, now=now, actor="", reason="", expected_revision=None)
        raise Refused

    before, history = await site.views(), await site.history()
    for account, user in ((ACCOUNT, "ada"), (ACCOUNT, "never seen"), ("nobody's", "never seen")):
        with pytest.raises(Refused):
            await site.store.transact(account, user, decide)
    assert await site.views() == before
    assert await site.history() == history
    assert await site.views(account="nobody's") == []
    assert (await site.set("bob", Status.ONLINE)).revision == 3, "no revision is missing"
    assert (await site.set("bob", Status.ONLINE, account="nobody's")).revision == 1


async def test_a_refused_activity_changes_nothing(site: Site) -> None:
    for at in (site.now + ACTIVITY_FUTURE_TOLERANCE_MS + 1, site.now - 31 * 24 * HOUR):
        with pytest.raises(InvalidField):
            await site.activity("ada", at)
    assert await site.views() == []


async def test_what_is_returned_is_what_is_read(site: Site) -> None:
    await site.configure(BOTH)
    assert await site.activity("ada") == await site.view("ada")
    site.advance(MINUTE)
    assert await site.set("ada", Status.AWAY, actor="grace", reason="lunch") == await site.view("ada")
    assert await site.activity("ada") == await site.view("ada")


async def test_revisions_count_every_change_of_an_account_without_gaps_workflows_included(site: Site) -> None:
    await site.activity("ada")  # 1
    await site.set("bob", Status.AWAY)  # 2
    assert (await site.configure(BOTH)).revision == 3
    await site.activity("ada")  # no change
    await site.set("bob", Status.AWAY)  # no change
    assert (await site.configure(BOTH)).revision == 3, "no change"
    await site.set("bob", Status.AWAY, reason="lunch")  # 4
    await site.set("ada", Status.OFFLINE)  # 5
    assert (await site.configure(enabled=False)).revision == 6
    assert (await site.activity("carol")).revision == 7
    history = await site.history()
    assert [(change.revision, change.user_id) for change in history] == [
        (1, "ada"),
        (2, "bob"),
        (4, "bob"),
        (5, "ada"),
        (7, "carol"),
    ]


@pytest.mark.cluster
async def test_every_account_counts_its_own_revisions(site: Site) -> None:
    await site.activity("ada")
    await site.activity("bob")
    assert (await site.activity("ada", account="other")).revision == 1
    assert (await site.configure(BOTH, account="third")).revision == 1


@pytest.mark.cluster
async def test_what_is_overdue_is_recorded_first_with_its_own_times_and_revisions(site: Site) -> None:
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    await site.activity("ada")
    start = site.now
    site.advance(HOUR)
    view = await site.activity("ada")
    assert (view.status, view.cause, view.status_since, view.revision) == (
        Status.ONLINE,
        Cause.ACTIVITY,
        site.now,
        5,
    )
    history = await site.history("ada")
    assert await site.recorded("ada") == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed("ada", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, start + 30 * MINUTE),
        Changed("ada", Status.OFFLINE, Status.ONLINE, Cause.ACTIVITY, site.now),
    ]
    assert [change.revision for change in history] == [2, 3, 4, 5]
    assert [change.commit_time for change in history] == [start, site.now, site.now, site.now]


async def test_actor_and_reason_belong_to_the_status_that_was_set_by_hand(site: Site) -> None:
    await site.configure(BOTH)
    await site.set("ada", Status.ONLINE, actor="grace", reason="early shift")
    site.advance(10 * MINUTE)
    view = await site.view("ada")
    assert (view.status, view.actor, view.reason) == (Status.AWAY, "", "")
    await site.activity("ada")
    assert [(change.status, change.actor, change.reason) for change in await site.history("ada")] == [
        (Status.ONLINE, "grace", "early shift"),
        (Status.AWAY, "", ""),
        (Status.ONLINE, "", ""),
    ]


async def test_the_first_activity_makes_online_at_its_own_time_and_what_fell_due_since_applies(site: Site) -> None:
    await site.configure(BOTH)
    enabled = site.now
    site.advance(20 * MINUTE)
    view = await site.activity("ada", site.now - 15 * MINUTE)
    assert (view.status, view.status_since, view.last_activity) == (
        Status.AWAY,
        enabled + 15 * MINUTE,
        enabled + 5 * MINUTE,
    )
    assert await site.recorded() == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, enabled + 5 * MINUTE),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, enabled + 15 * MINUTE),
    ]


async def test_of_many_settings_at_once_each_has_its_revision_and_the_last_one_holds(site: Site) -> None:
    count = 60
    views = await asyncio.gather(
        *(site.set("ada", Status.AWAY if number % 2 else Status.ONLINE, reason=str(number)) for number in range(count))
    )
    assert sorted(view.revision for view in views) == list(range(1, count + 1))
    last = max(views, key=lambda view: view.revision)
    assert await site.view("ada") == last
    history = await site.history()
    assert [change.revision for change in history] == list(range(1, count + 1))
    assert all(before.status == after.previous_status for before, after in pairwise(history))


@pytest.mark.cluster
async def test_of_many_who_expect_the_same_revision_one_wins(site: Site) -> None:
    revision = (await site.activity("ada")).revision
    outcomes = await asyncio.gather(
        *(site.set("ada", Status.AWAY, reason=str(number), expected_revision=revision) for number in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 19
    assert len(await site.history()) == 2


async def test_an_expected_revision_is_no_longer_current_once_a_timed_switch_has_happened(site: Site) -> None:
    await site.configure(BOTH)
    revision = (await site.activity("ada")).revision
    site.advance(10 * MINUTE)
    with pytest.raises(RevisionConflict):
        await site.set("ada", Status.ONLINE, expected_revision=revision)
    await site.sweep()
    current = (await site.view("ada")).revision
    assert current == revision + 1
    assert (await site.set("ada", Status.ONLINE, expected_revision=current)).revision == revision + 2


async def test_zero_is_the_expected_revision_of_somebody_never_seen(site: Site) -> None:
    assert (await site.set("ada", Status.AWAY, expected_revision=0)).revision == 1
    with pytest.raises(RevisionConflict):
        await site.set("ada", Status.ONLINE, expected_revision=0)


async def test_setting_the_status_that_already_is_restarts_the_clock_and_changes_nothing_else(site: Site) -> None:
    await site.configure(BOTH)
    first = await site.set("ada", Status.ONLINE, actor="grace", reason="shift")
    site.advance(9 * MINUTE)
    again = await site.set("ada", Status.ONLINE, actor="grace", reason="shift")
    assert again == first._replace(next_status_time=site.now + 10 * MINUTE)
    site.advance(9 * MINUTE)
    other_reason = await site.set("ada", Status.ONLINE, actor="grace", reason="overtime")
    assert (other_reason.status_since, other_reason.revision) == (first.status_since, first.revision + 1)
    assert len(await site.history()) == 2


async def test_an_older_activity_than_the_newest_known_changes_nothing(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(5 * MINUTE)
    await site.activity("ada")
    before = await site.view("ada")
    for age in (1, SECOND, 5 * MINUTE, HOUR):
        await site.activity("ada", site.now - age)
    assert await site.view("ada") == before
    assert len(await site.history()) == 1


async def test_a_slightly_future_activity_counts_as_now(site: Site) -> None:
    await site.activity("ada", site.now + ACTIVITY_FUTURE_TOLERANCE_MS)
    assert (await site.view("ada")).last_activity == site.now


async def test_a_first_activity_of_long_ago_is_recorded_and_makes_nobody_available(site: Site) -> None:
    long_ago = site.now - 29 * 24 * HOUR
    view = await site.activity("ada", long_ago)
    assert (view.status, view.cause, view.status_since) == (Status.AWAY, Cause.INACTIVITY, site.now)
    assert view.last_activity == long_ago
    refused = await site.service.record_activities(
        [ActivityReport(0, ACCOUNT, "bob", long_ago), ActivityReport(1, ACCOUNT, "carol", site.now - HOUR + 1)]
    )
    assert refused == []
    assert await site.available() == (["carol"], 1)
    assert await site.recorded("ada") == [Changed("ada", None, Status.AWAY, Cause.INACTIVITY, site.now)]
    await site.sweep()

    site.advance(SECOND)
    for user in ("ada", "bob"):
        await site.activity(user, long_ago + HOUR)
    assert await site.available() == (["carol"], 1), "a later one of long ago changes nothing"
    for user in ("ada", "bob"):
        await site.activity(user)
    assert (await site.available())[1] == 3
    assert (await site.recorded("bob"))[1:] == [Changed("bob", Status.AWAY, Status.ONLINE, Cause.ACTIVITY, site.now)]


async def test_a_late_activity_of_long_ago_resumes_nobody_once_the_switch_is_off(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    await site.live(11 * MINUTE)
    await site.configure(enabled=False)
    await site.live(2 * HOUR)
    assert (await site.activity("ada", site.now - HOUR)).status is Status.AWAY
    assert (await site.activity("ada", site.now - HOUR + 1)).status is Status.ONLINE


async def test_what_nobody_has_seen_is_away_by_a_stale_activity_just_after_the_switch_went_on(site: Site) -> None:
    await site.configure(BOTH)
    assert (await site.activity("ada", site.now - 9 * HOUR)).status is Status.AWAY
    assert (await site.activity("bob", site.now - 9 * MINUTE)).status is Status.ONLINE
    await site.live(30 * MINUTE)
    await site.sweep()
    assert await site.statuses() == {"ada": Status.OFFLINE, "bob": Status.OFFLINE}
    assert [(it.status, it.effective_time) for it in await site.recorded("ada")] == [
        (Status.AWAY, site.now - 30 * MINUTE),
        (Status.OFFLINE, site.now),
    ]
