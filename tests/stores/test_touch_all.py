"""A batch of activities, and an activity with its answer, on the fast path: the same as one `touch` after the other.

And what `touch` records is what the rules decide.
"""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.held_site import Site, opened, turns
from tests.stores.site import ACCOUNT, MINUTE, SECOND
from tests.stores.test_found import ACTS, DISK, PEOPLE, take

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.activities import Activities, ActivityReport
from onduty_server.app.ports.statuses import ImmediateStatuses
from onduty_server.domain import rules
from onduty_server.domain.record import UserRecord
from onduty_server.domain.workflow import FRESH_FOR_MS

USERS = (*PEOPLE, "never seen")
ACCOUNTS = (ACCOUNT, "nobody's")
AGO_MS = (None, None, 0, 1, 30 * SECOND, 40 * MINUTE, -1)
reports = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(USERS), st.sampled_from(AGO_MS)), min_size=1, max_size=8
)
walks = st.lists(
    st.tuples(
        st.sampled_from([*ACTS, *DISK, *DISK]),
        st.sampled_from(PEOPLE),
        st.sampled_from([0, 0, 1, 999, SECOND, 10 * SECOND, HEARTBEAT_VALID_MS, MINUTE]),
        reports,
    ),
    max_size=25,
)
Walk = list[tuple[str, str, int, list[tuple[str, str, int | None]]]]


def batch(site: Site, drawn: list[tuple[str, str, int | None]]) -> Activities:
    now = site.clock.now()
    return Activities.of(
        [
            ActivityReport(2 * place, account_id, user_id, None if ago_ms is None else now - ago_ms)
            for place, (account_id, user_id, ago_ms) in enumerate(drawn)
        ]
    )


def records(site: Site) -> dict[str, tuple[str, int]]:
    account = site.store._accounts.get(ACCOUNT)
    users = {} if account is None else account.users
    return {each: (repr(users[each]), users[each].flags) for each in users}


def check_against_the_rules(site: Site, report: ActivityReport) -> bool:
    """What `touch` records is what the rules decide: a moved clock and nothing else."""
    account = site.store._accounts.get(report.account_id)
    record = None if account is None else account.users.get(report.user_id)
    if record is None:
        assert not site.store.immediate.touch(*report[1:])
        return False
    now = site.clock.now()
    at = now if report.activity_time is None else min(report.activity_time, now)
    copy: UserRecord = record.copy()
    decision = rules.record_activity(copy, record.group.policy, activity_time=at, now=now, fresh_for_ms=FRESH_FOR_MS)
    before = repr(record)
    if not site.store.immediate.touch(*report[1:]):
        assert repr(record) == before
        return False
    assert not decision.switches and not decision.durable
    assert repr(record) == repr(decision.record)
    return True


async def walk(steps: Walk) -> tuple[int, int]:
    """Take the steps in three stores of one history; return how many activities were recorded and left to others."""
    sites = [await opened(flush_interval_ms=5 * SECOND) for _ in range(3)]
    fast, slow, ruled = sites
    calls: list[asyncio.Future[object]] = []
    recorded = left = 0
    for step, user_id, then_ms, drawn in steps:
        for site in sites:
            take(site, step, user_id, calls)
        await turns()
        first, *rest = batch(fast, drawn)
        touched = fast.store.immediate.touch_and_peek(*first[1:])
        assert touched == ImmediateStatuses.touch_and_peek(slow.store.immediate, *first[1:])
        check_against_the_rules(ruled, first)
        others = fast.store.immediate.touch_all(Activities.of(rest))
        assert others == ImmediateStatuses.touch_all(slow.store.immediate, Activities.of(rest))
        assert [each for each in rest if not check_against_the_rules(ruled, each)] == others
        assert records(fast) == records(slow) == records(ruled)
        recorded, left = recorded + len(rest) - len(others), left + len(others)
        for site in sites:
            site.clock.advance(then_ms)
    for site in sites:
        if site.journal.failing:
            site.journal.heal()
        site.journal.release()
    await turns()
    await asyncio.gather(*calls, return_exceptions=True)
    for site in sites:
        await site.store.close()
    return recorded, left


@settings(max_examples=60, deadline=None)
@given(walks)
def test_a_batch_is_recorded_as_one_activity_after_the_other(steps: Walk) -> None:
    asyncio.run(walk(steps))


def test_such_walks_record_some_and_leave_some() -> None:
    ada: tuple[str, str, int | None] = (ACCOUNT, "ada", None)
    recorded, left = asyncio.run(walk([("beat", "ada", SECOND, [ada, ada, (ACCOUNT, "never seen", None)])] * 5))
    assert (recorded, left) == (5, 5)


def test_activities_are_a_sequence_of_reports() -> None:
    reports = [ActivityReport(place, "acme", f"user-{place}", place or None) for place in range(5)]
    activities = Activities.of(reports)
    assert list(activities) == [activities[place] for place in range(5)] == reports
    assert all(type(each) is ActivityReport for each in activities)
    assert list(activities[1:3]) == reports[1:3] and len(activities[1:3]) == 2
    assert Activities.of(activities) is activities and not Activities.of([])
