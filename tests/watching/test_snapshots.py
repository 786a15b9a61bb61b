"""What the pages of a snapshot show, and what is sent of the changes that happen between them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.watching.follower import shown, user_status_of
from tests.watching.site import ACCOUNT, AT_ONCE, AWAY, OFFLINE, ONLINE, Site, held_back

from onduty.v1 import status_pb2 as pb
from onduty_server.app.watching.limits import WatchLimits

PAGE = 10


SMALL_PAGES = replace(AT_ONCE, snapshot_page=PAGE)


@pytest.fixture
def limits() -> WatchLimits:
    return SMALL_PAGES


async def test_an_account_that_was_never_seen_has_an_empty_snapshot_and_then_its_first_changes(site: Site) -> None:
    viewer = site.follow()
    (page,) = await viewer.read_snapshot()
    assert page.snapshot == pb.StatusSnapshot(first=True, last=True, workflow=await site.workflow())
    await site.set("ann")
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000})
    status, workflow = await viewer.read_events(2)
    assert (status.status_change.user_id, status.status_change.revision) == ("ann", 1)
    assert (workflow.workflow_change.revision, workflow.workflow_change.workflow.enabled) == (2, True)
    await site.check(viewer)
    await viewer.leave()


@pytest.mark.parametrize(("users", "pages"), [(1, 1), (PAGE - 1, 1), (PAGE, 1), (PAGE + 1, 2), (3 * PAGE, 3)])
async def test_a_snapshot_holds_everybody_once_in_pages_of_a_bounded_size(site: Site, users: int, pages: int) -> None:
    names = await site.seen(users)
    viewer = site.follow()
    read = await viewer.read_snapshot()
    assert [page.snapshot.first for page in read] == [True] + [False] * (pages - 1)
    assert [page.snapshot.last for page in read] == [False] * (pages - 1) + [True]
    assert [page.snapshot.HasField("workflow") for page in read] == [True] + [False] * (pages - 1)
    assert all(len(page.snapshot.user_statuses) <= PAGE for page in read)
    assert [status.user_id for page in read for status in page.snapshot.user_statuses] == names
    await site.check(viewer)
    await viewer.leave()


async def test_a_user_status_on_a_page_is_the_one_that_get_status_answers(site: Site) -> None:
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000, "offline_after_ms": 120_000})
    await site.seen(2)
    await site.set("hand", AWAY, reason="lunch")
    # Nobody has written down yet that the two are AWAY.
    site.clock.advance(61_000)
    viewer = site.follow()
    (page,) = await viewer.read_snapshot()
    statuses = {status.user_id: status for status in page.snapshot.user_statuses}
    for user_id, status in statuses.items():
        view = await site.service.get_status(ACCOUNT, user_id)
        assert shown(status) == shown(user_status_of(ACCOUNT, view))
        assert status.HasField("next_status_time") and status.next_status == pb.STATUS_OFFLINE
    assert {status.status for status in statuses.values()} == {pb.STATUS_AWAY}
    # The record of it comes as a change, since the page showed the revision before it.
    await site.settle()
    events = await viewer.read_events(2)
    assert [event.status_change.status for event in events] == [pb.STATUS_AWAY] * 2
    await site.check(viewer)
    await viewer.leave()


async def test_a_change_between_pages_is_on_a_later_page_or_sent_afterwards_but_not_both(site: Site) -> None:
    names = await site.seen(3 * PAGE)
    viewer = site.follow()
    await viewer.read()
    await site.set(names[0], AWAY)  # on the page that is out already
    await site.set(names[2 * PAGE], OFFLINE)  # on a page to come
    second = await viewer.read()
    await site.set(names[2 * PAGE + 1], AWAY)  # likewise
    await site.set(names[1], AWAY)
    third = await viewer.read()
    assert third.snapshot.last
    on_third = {status.user_id: status.status for status in third.snapshot.user_statuses}
    assert on_third[names[2 * PAGE]] == pb.STATUS_OFFLINE and on_third[names[2 * PAGE + 1]] == pb.STATUS_AWAY
    assert {status.status for status in second.snapshot.user_statuses} == {pb.STATUS_ONLINE}
    events = await viewer.read_events(2)
    assert [event.status_change.user_id for event in events] == [names[0], names[1]]
    await site.check(viewer)
    await viewer.leave()


async def test_a_user_who_changes_before_and_after_their_page_is_sent_only_what_came_after(site: Site) -> None:
    names = await site.seen(2 * PAGE)
    viewer = site.follow()
    await viewer.read()
    last = names[-1]
    await site.set(last, AWAY)
    await viewer.read()
    await site.set(last, OFFLINE)
    (event,) = await viewer.read_events(1)
    assert (event.status_change.status, event.status_change.revision) == (pb.STATUS_OFFLINE, 2 * PAGE + 2)
    await site.check(viewer)
    await viewer.leave()


async def test_users_who_are_first_seen_between_pages_are_on_the_last_page_or_sent_afterwards(site: Site) -> None:
    names = await site.seen(PAGE + 2)
    viewer = site.follow()
    await viewer.read()
    await site.set("during")
    last = await viewer.read()
    assert [status.user_id for status in last.snapshot.user_statuses] == [*names[PAGE:], "during"]
    await site.set("after")
    (event,) = await viewer.read_events(1)
    assert (event.status_change.user_id, event.status_change.previous_status) == ("after", pb.STATUS_UNSPECIFIED)
    await site.check(viewer)
    await viewer.leave()


async def test_users_who_join_while_pages_are_sent_prolong_the_snapshot(site: Site) -> None:
    await site.seen(PAGE + 1)
    viewer = site.follow()
    await viewer.read()
    for number in range(PAGE):
        await site.set(f"new-{number}")
    pages = [await viewer.read(), await viewer.read()]
    assert [len(page.snapshot.user_statuses) for page in pages] == [PAGE, 1]
    assert [page.snapshot.last for page in pages] == [False, True]
    await site.check(viewer)
    await viewer.leave()


async def test_a_workflow_that_changes_between_pages_is_announced(site: Site) -> None:
    await site.seen(2 * PAGE)
    viewer = site.follow()
    first = await viewer.read()
    assert not first.snapshot.workflow.enabled
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000})
    await viewer.read()
    (event,) = await viewer.read_events(1)
    assert event.workflow_change.workflow.enabled
    await site.check(viewer)
    await viewer.leave()


@pytest.mark.parametrize("limits", [held_back(0.05, SMALL_PAGES)], ids=["held-back"])
async def test_a_workflow_that_the_first_page_shows_is_not_announced_again(site: Site) -> None:
    await site.seen(2)
    other = site.follow()
    await other.read_snapshot()
    # Two changes in a row: the second is held back to be sent with what follows it, and the snapshot is made meanwhile.
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000})
    await other.read_events(1)
    await site.service.update_workflow(ACCOUNT, {"away_after_ms": 90_000})
    viewer = site.follow()
    (page,) = await viewer.read_snapshot()
    assert page.snapshot.workflow.away_after.seconds == 90
    await site.set("ann")
    # The follower fails if the workflow comes again.
    (event,) = await viewer.read_events(1)
    assert event.status_change.user_id == "ann"
    await site.check(viewer)
    await site.check(other)
    await viewer.leave()
    await other.leave()


@pytest.mark.parametrize("users", [(), ("user-00003", "user-00015", "ghost")])
async def test_a_token_from_within_a_snapshot_begins_it_again(site: Site, users: tuple[str, ...]) -> None:
    await site.seen(3 * PAGE)
    viewer = site.follow(*users)
    page = await viewer.read()
    if not users:
        assert not page.snapshot.last
        again = site.resume(viewer)
        assert (await again.read_snapshot())[0].snapshot.first
        await site.check(again)
        await again.leave()
        await viewer.read()
        await viewer.read()
    # Nothing has happened: the last page's token goes on after the snapshot.
    await site.set("user-00003", AWAY)
    after = site.resume(viewer)
    (event,) = await after.read_events(1)
    assert event.status_change.user_id == "user-00003"
    await site.check(after)
    await after.leave()
    await viewer.leave()


async def test_a_token_begins_the_snapshot_again_until_all_that_happened_during_it_was_delivered(site: Site) -> None:
    names = await site.seen(2 * PAGE)
    viewer = site.follow()
    await viewer.read()
    await site.set(names[0], AWAY)
    await site.set(names[-1], AWAY)
    known = []
    while viewer.follower.last_revision < 2 * PAGE + 1:
        await viewer.read()
        known.append((viewer.token, viewer.follower.copy()))
    await site.set(names[1], OFFLINE)
    await site.set(names[-2], OFFLINE)
    await viewer.read_events(2)
    known.append((viewer.token, viewer.follower.copy()))
    snapshots = []
    for token, follower in known:
        resumed = site.resume(viewer, token=token, follower=follower)
        await site.check(resumed)
        snapshots.append(resumed.follower.snapshots)
        await resumed.leave()
    # The first must begin again, the last need not.
    assert (snapshots[0], snapshots[-1]) == (2, 1)
    await viewer.leave()


async def test_a_filtered_snapshot_shows_those_who_are_known_and_follows_the_others(site: Site) -> None:
    names = await site.seen(30)
    wanted = [*names[::3], "later", "never"]
    viewer = site.follow(*wanted)
    pages = await viewer.read_snapshot()
    assert len(pages) == 2
    assert [status.user_id for page in pages for status in page.snapshot.user_statuses] == sorted(names[::3])
    await site.set(names[1], AWAY)
    await site.set("later", ONLINE)
    await site.set(names[3], AWAY)
    events = await viewer.read_events(2)
    assert [event.status_change.user_id for event in events] == ["later", names[3]]
    await site.check(viewer)
    await viewer.leave()


async def test_changes_between_the_pages_of_a_filtered_snapshot_are_shown_or_sent_but_not_both(site: Site) -> None:
    names = await site.seen(3 * PAGE)
    viewer = site.follow(*names)
    await viewer.read()
    await site.set(names[0], AWAY)
    await site.set(names[PAGE], AWAY)
    await site.set(names[PAGE], OFFLINE)
    await viewer.read()
    await site.set(names[PAGE], ONLINE)
    await site.set(names[-1], AWAY)
    await viewer.read()
    await site.set(names[-1], ONLINE)
    events = await viewer.read_events(3)
    assert [event.status_change.user_id for event in events] == [names[0], names[PAGE], names[-1]]
    await site.check(viewer)
    await viewer.leave()


async def test_a_user_whose_name_has_no_ascii_is_followed_like_any_other(site: Site) -> None:
    await site.set("Zoë 😀", ONLINE)
    viewer = site.follow("Zoë 😀", "ß" * 64)
    await viewer.read_snapshot()
    await site.set("ß" * 64, AWAY)
    await viewer.read_events(1)
    resumed = site.resume(viewer)
    await site.check(resumed)
    await resumed.leave()
    await viewer.leave()
