"""`ImmediateStatuses.renew` keeps a lease if that only moves numbers, or leaves it to `transact`, having done nothing.

The outcome is the same on every store, whether or not it has the fast path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, BOTH, GONE, HOUR, MINUTE, SECOND, Site
from tests.stores.test_available import consistent

from onduty_server.app.ports.statuses import Decide, Renewal
from onduty_server.domain import rules
from onduty_server.domain.layers import LeaseAction
from onduty_server.domain.record import Decision, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Resume, Status, Then

KEEP_SESSION, KEEP_ENGAGEMENT = LeaseAction.KEEP_SESSION, LeaseAction.KEEP_ENGAGEMENT
SESSION = Renewal(KEEP_SESSION, "browser", 150 * SECOND)
ENGAGEMENT = Renewal(KEEP_ENGAGEMENT, "call", HOUR)


def renew(site: Site, user: str, renewal: Renewal, *, account: str = ACCOUNT) -> bool:
    immediate = site.store.immediate
    assert immediate is not None
    return immediate.renew(account, user, renewal)


async def refused(site: Site, user: str, renewal: Renewal, *, account: str = ACCOUNT) -> None:
    """`renew` says that it has done nothing, and has not."""
    before = await site.store.get(account, (user,))
    assert not renew(site, user, renewal, account=account)
    assert await site.store.get(account, (user,)) == before


async def working(site: Site, user: str = "ada") -> None:
    """Somebody in a session and on the phone, of whom everything is durable."""
    await site.configure(GONE)
    await site.activity(user)
    await site.keep(user)
    await site.engage(user)
    await flushed(site)


async def flushed(site: Site) -> None:
    """Let the flush interval pass, and the flush happen: until then, what follows an end waits for the disk."""
    for by_ms in (0, SECOND):
        site.advance(by_ms)
        for _ in range(20):
            await asyncio.sleep(0)
        await site.store.heartbeat()


async def test_a_lease_that_lives_is_kept_from_now(immediate: Site) -> None:
    site = immediate
    await working(site)
    site.advance(MINUTE)
    await site.store.heartbeat()
    assert renew(site, "ada", SESSION)
    assert renew(site, "ada", ENGAGEMENT)
    kept = site.now
    view = await site.view("ada")
    assert (view.connected, view.engagements, view.next_status_time) == (True, 1, kept + 210 * SECOND)
    site.advance(150 * SECOND - 1)
    assert (await site.view("ada")).connected
    site.advance(1)
    assert not (await site.view("ada")).connected
    site.advance(MINUTE)
    assert await consistent(site) == []
    assert (await site.view("ada")).status_since == kept + 210 * SECOND


async def test_input_in_a_session_moves_the_clock_and_older_input_does_not(immediate: Site) -> None:
    site = immediate
    await working(site)
    await site.disengage("ada")
    await flushed(site)
    site.advance(MINUTE)
    await site.store.heartbeat()
    assert renew(site, "ada", SESSION._replace(idle_for_ms=10 * SECOND))
    assert (await site.view("ada")).last_activity == site.now - 10 * SECOND
    assert renew(site, "ada", SESSION._replace(idle_for_ms=20 * SECOND))
    assert (await site.view("ada")).last_activity == site.now - 10 * SECOND


async def test_what_takes_more_than_moving_numbers_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await working(site)
    site.advance(MINUTE)
    await site.store.heartbeat()
    await refused(site, "ada", SESSION._replace(lease_id="another"))
    await refused(site, "ada", ENGAGEMENT._replace(lease_id="browser"))
    await refused(site, "ada", SESSION._replace(lease_id="call"))
    await refused(site, "ada", Renewal(LeaseAction.END_SESSION, "browser"))
    await refused(site, "ada", Renewal(LeaseAction.END_ENGAGEMENT, "call"))
    await refused(site, "ada", SESSION._replace(ttl_ms=30 * SECOND))
    await refused(site, "ben", SESSION)
    await refused(site, "ada", SESSION, account="other")
    site.advance(90 * SECOND)
    await site.store.heartbeat()
    await refused(site, "ada", SESSION)


async def test_whoever_has_become_something_else_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await working(site)
    await site.set("ada", Status.AWAY, until=site.now + 2 * MINUTE, then=Then.ONLINE)
    await site.store.heartbeat()
    assert renew(site, "ada", SESSION)
    site.advance(2 * MINUTE)
    await site.store.heartbeat()
    for renewal in (SESSION, ENGAGEMENT):
        await refused(site, "ada", renewal)
    assert len(await consistent(site)) == 1
    for renewal in (SESSION, ENGAGEMENT):
        await refused(site, "ada", renewal)
    await site.sweep()
    await site.store.heartbeat()
    assert renew(site, "ada", SESSION)


async def test_input_that_resumes_somebody_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await site.configure(BOTH)
    await site.activity("ada")
    await site.keep("ada", ttl_ms=HOUR)
    site.advance(10 * MINUTE)
    await site.sweep()
    await site.store.heartbeat()
    assert renew(site, "ada", SESSION._replace(ttl_ms=2 * HOUR))
    assert renew(site, "ada", SESSION._replace(ttl_ms=2 * HOUR, idle_for_ms=20 * MINUTE))
    await refused(site, "ada", SESSION._replace(ttl_ms=2 * HOUR, idle_for_ms=0))
    assert (await site.keep("ada", ttl_ms=2 * HOUR, idle_for_ms=0)).status is Status.ONLINE


async def test_a_renewal_right_after_a_workflow_change_under_which_somebody_was_gone_shows_that_first(
    site: Site,
) -> None:
    await site.configure(GONE)
    users = [f"user-{number}" for number in range(300)]
    await site.populate(users)
    for user in users:
        await site.keep(user, ttl_ms=30 * SECOND)
    gone = site.now + 90 * SECOND
    site.advance(2 * MINUTE)
    await site.configure(disconnect_after_ms=HOUR)
    assert (await site.keep(users[-1])).status_since == site.now
    assert [change.effective_time for change in await site.history(users[-1])][1:] == [gone, site.now]


async def test_a_store_that_is_not_open_leaves_everything_to_transact(immediate_backend: Backend) -> None:
    site = Site(immediate_backend)
    store = await immediate_backend.open()
    await working(site)
    await immediate_backend.stop()
    assert store.immediate is not None and not store.immediate.renew(ACCOUNT, "ada", SESSION)


Arrange = Callable[[Site, str, str], Awaitable[object]]


async def in_a_session(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.keep(user, account=account)
    await site.keep(user, "phone", HOUR, account=account)


async def on_the_phone(site: Site, account: str, user: str) -> None:
    await in_a_session(site, account, user)
    await site.engage(user, account=account)
    await site.engage(user, "chat", 10 * SECOND, account=account)


async def at_lunch(site: Site, account: str, user: str) -> None:
    await on_the_phone(site, account, user)
    await site.set(user, Status.AWAY, reason="lunch", until=site.now + MINUTE, account=account)


async def set_away(site: Site, account: str, user: str) -> None:
    await on_the_phone(site, account, user)
    await site.set(user, Status.AWAY, reason="lunch", account=account)


async def set_by_hand_only(site: Site, account: str, user: str) -> None:
    await site.set(user, Status.ONLINE, account=account)
    await site.keep(user, account=account)
    await site.engage(user, account=account)


async def about_to_be_gone(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.keep(user, ttl_ms=30 * SECOND, account=account)
    await site.engage(user, account=account)


async def never_in_a_session(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.engage(user, account=account)


RENEWALS = [
    SESSION,
    SESSION._replace(idle_for_ms=0),
    SESSION._replace(idle_for_ms=30 * SECOND),
    SESSION._replace(idle_for_ms=20 * MINUTE),
    SESSION._replace(ttl_ms=30 * SECOND),
    SESSION._replace(lease_id="another"),
    ENGAGEMENT,
    ENGAGEMENT._replace(ttl_ms=10 * SECOND),
    ENGAGEMENT._replace(lease_id="chat"),
]


@pytest.mark.parametrize(
    "arrange",
    [in_a_session, on_the_phone, at_lunch, set_away, set_by_hand_only, about_to_be_gone, never_in_a_session],
)
@pytest.mark.parametrize("pause_ms", [SECOND, 40 * SECOND, 2 * MINUTE, 12 * MINUTE])
@pytest.mark.cluster
async def test_whichever_way_a_renewal_takes_the_outcome_is_the_same(
    site: Site, arrange: Arrange, pause_ms: int
) -> None:
    accounts = {f"case {number}": renewal for number, renewal in enumerate(RENEWALS)}
    for account in accounts:
        await site.configure(GONE, account=account, resume=Resume.FROM_AWAY)
        for user in ("ada", "twin"):
            await arrange(site, account, user)
    site.advance(pause_ms)
    await site.store.heartbeat()
    for account, renewal in accounts.items():
        by_transact = await site.store.transact(account, "twin", keeping(renewal))
        by_either = await renewed(site, renewal, account)
        assert alike(by_either) == alike(by_transact), renewal
    for pause in (0, 20 * SECOND, 2 * MINUTE, 20 * MINUTE):
        site.advance(pause)
        await site.store.heartbeat()
        for account, renewal in accounts.items():
            ada, twin = await site.view("ada", account=account), await site.view("twin", account=account)
            assert alike(ada) == alike(twin), (renewal, pause)


async def renewed(site: Site, renewal: Renewal, account: str) -> StatusView:
    if renewal.action is KEEP_SESSION:
        return await site.keep(
            "ada", renewal.lease_id, renewal.ttl_ms, idle_for_ms=renewal.idle_for_ms, account=account
        )
    return await site.engage("ada", renewal.lease_id, renewal.ttl_ms, account=account)


def keeping(renewal: Renewal) -> Decide:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        if renewal.action is KEEP_ENGAGEMENT:
            return rules.keep_engagement(record, policy, engagement_id=renewal.lease_id, ttl_ms=renewal.ttl_ms, now=now)
        return rules.keep_session(
            record,
            policy,
            session_id=renewal.lease_id,
            ttl_ms=renewal.ttl_ms,
            activity_time=None if renewal.idle_for_ms is None else now - renewal.idle_for_ms,
            now=now,
        )

    return decide


def alike(view: StatusView) -> StatusView:
    """The view of nobody in particular."""
    return view._replace(user_id="", revision=0)
