"""Batches of sessions and engagements, on any store: those of one user count in their order."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.stores.site import ACCOUNT, GONE, MINUTE, SECOND, Site

from onduty_server.app.batches import LeaseReport
from onduty_server.domain.errors import LimitExceeded, UserUnknown
from onduty_server.domain.layers import SESSIONS_MAX, LeaseAction

KEEP, END = LeaseAction.KEEP_SESSION, LeaseAction.END_SESSION
ENGAGE, DISENGAGE = LeaseAction.KEEP_ENGAGEMENT, LeaseAction.END_ENGAGEMENT


def batch(*items: tuple[str, LeaseAction, str]) -> list[LeaseReport]:
    return [LeaseReport(place, ACCOUNT, user, action, lease) for place, (user, action, lease) in enumerate(items)]


@pytest.mark.cluster
@pytest.mark.parametrize("last", [KEEP, END])
async def test_whatever_comes_last_of_a_user_holds(site: Site, last: LeaseAction) -> None:
    users = [f"user-{number}" for number in range(20)]
    await site.populate(users)
    other = END if last is KEEP else KEEP
    for times in (1, 2, 5):
        for user in users:
            await site.keep(user, "tab")
        items = [(user, action, "tab") for _ in range(times) for user in users for action in (other, last)]
        assert await site.service.record_leases(batch(*items)) == []
        assert {view.connected for view in await site.views()} == {last is KEEP}


async def test_the_last_ttl_of_several_counts(site: Site) -> None:
    await site.activity("ada")
    await site.keep("ada", "tab", 10 * MINUTE)
    reports = [LeaseReport(n, ACCOUNT, "ada", KEEP, "tab", ttl) for n, ttl in enumerate((60 * MINUTE, 30 * SECOND))]
    assert await site.service.record_leases(reports) == []
    site.advance(30 * SECOND)
    assert not (await site.view("ada")).connected


async def test_one_that_is_refused_does_not_hold_up_those_after_it(site: Site) -> None:
    await site.activity("ada")
    tabs = [("ada", KEEP, f"tab-{number}") for number in range(SESSIONS_MAX + 1)]
    items = [*tabs, ("nobody", ENGAGE, "call"), ("ada", END, "tab-0"), ("ada", KEEP, "tab-20"), ("ada", ENGAGE, "call")]
    refused = await site.service.record_leases(batch(*items))
    assert [(each.place, type(each.error)) for each in refused] == [
        (SESSIONS_MAX, LimitExceeded),
        (SESSIONS_MAX + 1, UserUnknown),
    ]
    assert (await site.view("ada")).engagements == 1


async def test_a_batch_does_what_the_calls_would_do_one_after_the_other(site: Site) -> None:
    """In two accounts: one is told in batches, one call by call."""
    dice = random.Random(4)
    users = ("ada", "ben", "cat")
    for account in (ACCOUNT, "twin"):
        await site.configure(GONE, account=account)
        await asyncio.gather(*(site.activity(user, account=account) for user in users))
    for _ in range(8):
        items = [
            (dice.choice(users), dice.choice((KEEP, KEEP, END, ENGAGE, DISENGAGE)), f"lease-{dice.randrange(3)}")
            for _ in range(dice.randrange(30))
        ]
        assert await site.service.record_leases(batch(*items)) == []
        for user, action, lease in items:
            match action:
                case LeaseAction.KEEP_SESSION:
                    await site.keep(user, lease, account="twin")
                case LeaseAction.END_SESSION:
                    await site.leave(user, lease, account="twin")
                case LeaseAction.KEEP_ENGAGEMENT:
                    await site.engage(user, lease, account="twin")
                case LeaseAction.END_ENGAGEMENT:
                    await site.disengage(user, lease, account="twin")
        site.advance(dice.choice((1, SECOND, 50 * SECOND, 70 * SECOND)))
        await site.sweep()
        told, twin = await site.views(), await site.views(account="twin")
        assert [view._replace(revision=0) for view in told] == [view._replace(revision=0) for view in twin]
