"""Reads are exact with no sweeper running at all, and write nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, OFFLINE_ONLY, SECOND, Changed, Site

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.errors import UserUnknown
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import WorkflowPatch

Expected = tuple[Status, int]
"""A status and how long after the activity it became true, ms."""


async def every_read(site: Site, user: str) -> list[StatusView]:
    """What each way of reading says of a user, now."""
    (got,) = await site.store.get(ACCOUNT, (user,))
    assert got is not None
    listed = [view for view in await site.views() if view.user_id == user]
    filtered = (await site.service.list_statuses(ACCOUNT, statuses=[got.status])).items
    available = [(await site.service.list_available_users(ACCOUNT, order=order)).views for order in AvailabilityOrder]
    assert all(any(view.user_id == user for view in views) is got.available for views in available)
    return [
        got,
        *listed,
        *(view for view in filtered if view.user_id == user),
        *(view for views in available for view in views if view.user_id == user),
    ]


@pytest.mark.parametrize(
    ("patch", "moments"),
    [
        (
            BOTH,
            [
                (0, Status.ONLINE, 0),
                (10 * MINUTE - 1, Status.ONLINE, 0),
                (10 * MINUTE, Status.AWAY, 10 * MINUTE),
                (30 * MINUTE - 1, Status.AWAY, 10 * MINUTE),
                (30 * MINUTE, Status.OFFLINE, 30 * MINUTE),
                (100 * HOUR, Status.OFFLINE, 30 * MINUTE),
            ],
        ),
        (
            AWAY_ONLY,
            [
                (10 * MINUTE - 1, Status.ONLINE, 0),
                (10 * MINUTE, Status.AWAY, 10 * MINUTE),
                (100 * HOUR, Status.AWAY, 10 * MINUTE),
            ],
        ),
        (
            OFFLINE_ONLY,
            [
                (30 * MINUTE - 1, Status.ONLINE, 0),
                (30 * MINUTE, Status.OFFLINE, 30 * MINUTE),
                (100 * HOUR, Status.OFFLINE, 30 * MINUTE),
            ],
        ),
    ],
    ids=["both", "away only", "offline only"],
)
async def test_every_read_is_exact_at_every_boundary_though_nobody_ever_sweeps(
    site: Site, patch: WorkflowPatch, moments: Sequence[tuple[int, Status, int]]
) -> None:
    await site.configure(patch)
    start = site.now
    await site.activity("ada")
    for after, status, since in moments:
        site.clock.set(start + after)
        for view in await every_read(site, "ada"):
            assert (view.status, view.status_since) == (status, start + since)
            assert view.cause is (Cause.ACTIVITY if status is Status.ONLINE else Cause.INACTIVITY)
    assert await site.recorded() == [Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start)]


async def test_the_next_switch_and_its_time_are_told(site: Site) -> None:
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    for after, next_status, next_time in [
        (0, Status.AWAY, 10 * MINUTE),
        (10 * MINUTE - 1, Status.AWAY, 10 * MINUTE),
        (10 * MINUTE, Status.OFFLINE, 30 * MINUTE),
        (30 * MINUTE, None, None),
    ]:
        site.clock.set(start + after)
        for view in await every_read(site, "ada"):
            assert (view.next_status, view.next_status_time) == (
                next_status,
                None if next_time is None else start + next_time,
            )


async def test_reads_write_nothing(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob"])
    site.advance(HOUR)
    history = await site.history()
    await every_read(site, "ada")
    await site.impact({"away_after_ms": MINUTE})
    await site.store.workflow(ACCOUNT)
    assert await site.history() == history
    assert (await site.view("ada")).revision == 2, "the revision is that of the last recorded change"


async def test_a_late_sweep_records_what_reads_have_been_saying(site: Site) -> None:
    await site.configure(BOTH)
    start = site.now
    await site.activity("ada")
    site.advance(HOUR)
    before = await site.view("ada")
    await site.sweep()
    history = await site.history()
    assert (await site.view("ada")) == before._replace(revision=4)
    assert await site.recorded() == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.AWAY, Cause.INACTIVITY, start + 10 * MINUTE),
        Changed("ada", Status.AWAY, Status.OFFLINE, Cause.INACTIVITY, start + 30 * MINUTE),
    ]
    assert [change.commit_time for change in history] == [start, site.now, site.now]


async def test_users_are_answered_in_the_order_asked_and_none_for_those_never_seen(site: Site) -> None:
    await site.populate(["ada", "bob", "carol"])
    views = await site.store.get(ACCOUNT, ("carol", "nobody", "ada", "carol"))
    assert [None if view is None else view.user_id for view in views] == ["carol", None, "ada", "carol"]
    assert list(await site.store.get("no account", ("ada", "bob"))) == [None, None]
    with pytest.raises(UserUnknown):
        await site.view("nobody")


@pytest.mark.cluster
async def test_a_batch_is_answered_for_one_instant(site: Site) -> None:
    await site.configure(BOTH)
    users = [f"user-{number}" for number in range(50)]
    await site.populate(users)
    site.advance(10 * MINUTE - 1)
    batch = asyncio.ensure_future(site.store.get(ACCOUNT, users))
    site.advance(1)
    assert len({view.status for view in await batch if view is not None}) == 1


async def test_a_workflow_that_nobody_configured_is_the_default_one_and_switches_nobody(site: Site) -> None:
    assert (await site.service.get_workflow(ACCOUNT)).enabled is False
    await site.activity("ada")
    site.advance(1_000 * HOUR)
    view = await site.view("ada")
    assert (view.status, view.next_status, view.next_status_time) == (Status.ONLINE, None, None)


@pytest.mark.cluster
async def test_ids_are_kept_as_they_are_given(site: Site) -> None:
    ids = ["ada@example.com", "Ada", "ada", "üñïçødé", "日本語", "a b", "'; --", '"quoted"', "x" * 128, "\U0001f600"]
    for number, user in enumerate(ids):
        account = ids[-number]
        await site.set(user, Status.AWAY, actor=user, reason=user, account=account)
        view = await site.view(user, account=account)
        assert (view.user_id, view.actor, view.reason) == (user, user, user)
        assert [change.user_id for change in await site.history(account=account)] == [user]


@pytest.mark.cluster
async def test_statuses_of_two_accounts_are_apart_even_for_the_same_user_id(site: Site) -> None:
    await site.configure(BOTH)
    await site.configure(AWAY_ONLY, away_after_ms=SECOND, account="other")
    await site.activity("ada")
    await site.activity("ada", account="other")
    site.advance(SECOND)
    assert await site.status("ada") is Status.ONLINE
    assert await site.status("ada", account="other") is Status.AWAY
    await site.sweep()
    assert len(await site.history()) == 1
    assert len(await site.history(account="other")) == 2
