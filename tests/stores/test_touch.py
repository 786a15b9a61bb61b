"""`ImmediateStatuses.touch` does all there is to do or leaves it to `transact`, having done nothing.

The outcome is the same on every store, whether or not it has the fast path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, BOTH, DAY, MINUTE, SECOND, Site

from onduty_server.app.ports.statuses import Decide
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain import rules
from onduty_server.domain.record import Decision, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Cause, Resume, Status


async def refused(site: Site, user: str, activity_time: int | None, *, account: str = ACCOUNT) -> None:
    """`touch` says that it has done nothing, and has not."""
    before = await site.store.get(account, (user,))
    history = await site.history(account=account)
    assert not site.touch(user, activity_time, account=account)
    assert await site.store.get(account, (user,)) == before
    assert await site.history(account=account) == history


async def test_an_account_or_user_never_seen_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await refused(site, "ada", None)
    await site.activity("ada")
    await refused(site, "bob", None)
    await refused(site, "ada", None, account="other")
    assert await site.views(account="other") == []


async def test_an_activity_older_than_the_newest_known_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await site.activity("ada")
    await refused(site, "ada", site.now - 1)


async def test_an_activity_in_the_future_is_left_to_transact(immediate: Site) -> None:
    site = immediate
    await site.activity("ada")
    site.advance(MINUTE)
    await refused(site, "ada", site.now + 1)


async def test_an_activity_too_old_to_be_true_is_left_to_transact(immediate_backend: Backend) -> None:
    await immediate_backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=99 * DAY))
    site = Site(immediate_backend)
    await site.activity("ada")
    site.advance(61 * DAY)
    await site.store.heartbeat()
    await refused(site, "ada", site.now - 30 * DAY - 1)


async def test_the_first_activity_of_someone_who_was_set_by_hand_is_left_to_transact_or_recorded(site: Site) -> None:
    await site.set("ada", Status.ONLINE)
    site.advance(SECOND)
    await site.activity("ada")
    assert (await site.view("ada")).last_activity == site.now


@pytest.mark.parametrize("late_ms", [0, 1, 5 * MINUTE])
async def test_someone_who_has_become_away_is_left_to_transact(immediate: Site, late_ms: int) -> None:
    site = immediate
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(10 * MINUTE + late_ms)
    await site.store.heartbeat()
    await refused(site, "ada", None)
    await site.sweep()
    await site.store.heartbeat()  # by which the sweep's switch is durable
    await refused(site, "ada", None)


async def test_someone_who_has_become_offline_without_resume_is_left_to_transact_until_it_is_recorded(
    immediate: Site,
) -> None:
    site = immediate
    await site.configure(BOTH, resume=Resume.NEVER)
    await site.activity("ada")
    site.advance(30 * MINUTE)
    await site.store.heartbeat()
    await refused(site, "ada", None)


async def test_an_activity_right_after_a_workflow_change_under_which_somebody_was_overdue_switches_them_first(
    site: Site,
) -> None:
    await site.configure(BOTH, resume=Resume.NEVER)
    users = [f"user-{number}" for number in range(400)]
    await site.populate(users)
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=20 * MINUTE)
    await site.activity(users[-1])
    view = await site.view(users[-1])
    assert (view.status, view.cause, view.status_since) == (Status.AWAY, Cause.INACTIVITY, site.now)


async def test_a_store_that_is_not_open_leaves_everything_to_transact(immediate_backend: Backend) -> None:
    store = await immediate_backend.open()
    await StatusService(store).record_activity(ACCOUNT, "ada")
    await immediate_backend.stop()
    assert store.immediate is not None and not store.immediate.touch(ACCOUNT, "ada", None)


async def test_a_store_has_the_fast_path_or_says_that_it_has_not(backend: Backend) -> None:
    store = await backend.open()
    assert (store.immediate is not None) == backend.immediate


Arrange = Callable[[Site, str, str], Awaitable[object]]


async def online(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)


async def online_by_hand(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.set(user, Status.ONLINE, actor="grace", reason="back from lunch", account=account)


async def away_by_hand(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.set(user, Status.AWAY, actor="grace", reason="lunch", account=account)


async def offline_by_hand(site: Site, account: str, user: str) -> None:
    await site.activity(user, account=account)
    await site.set(user, Status.OFFLINE, account=account)


async def away(site: Site, account: str, user: str) -> None:
    await site.activity(user, site.now - 12 * MINUTE, account=account)


async def offline(site: Site, account: str, user: str) -> None:
    await site.activity(user, site.now - 31 * MINUTE, account=account)


CASES = [(resume, age_ms) for resume in Resume for age_ms in (0, 1, 30 * SECOND, 5 * MINUTE)]


@pytest.mark.parametrize("arrange", [online, online_by_hand, away_by_hand, offline_by_hand, away, offline])
@pytest.mark.cluster
async def test_whichever_way_an_activity_takes_the_outcome_is_the_same(site: Site, arrange: Arrange) -> None:
    accounts = {f"{resume.name} {age_ms}": (resume, age_ms) for resume, age_ms in CASES}
    for account, (resume, _) in accounts.items():
        await site.configure(BOTH, account=account, resume=resume)
    site.advance(DAY)
    for account in accounts:
        for user in ("ada", "twin"):
            await arrange(site, account, user)
    site.advance(5 * MINUTE)
    await site.store.heartbeat()

    for account, (_, age_ms) in accounts.items():
        by_transact = await site.store.transact(account, "twin", activity_at(site.now - age_ms))
        by_either = await site.activity("ada", site.now - age_ms, account=account)
        assert alike(by_either) == alike(by_transact)
        assert alike(await site.view("ada", account=account)) == alike(await site.view("twin", account=account))


def activity_at(activity_time: int) -> Decide:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.record_activity(record, policy, activity_time=activity_time, now=now)

    return decide


def alike(view: StatusView) -> StatusView:
    """The view of nobody in particular."""
    return view._replace(user_id="", revision=0)
