"""Mirrors and watches of people: names, teams and their workflows, and erasures. Both kinds of mirror."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.client.scripted import Driver, ScriptedService
from tests.client.watched import (
    AWAY,
    ONLINE,
    MakeMirror,
    began,
    bookmark,
    change,
    changes,
    page,
    until,
    user,
    user_change,
    workflow_change,
)

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    Client,
    MirrorNotReady,
    ResyncCause,
    Resynced,
    StatusChange,
    UserChange,
    WatchChanges,
    WatchSnapshot,
    WorkflowChanged,
)

pytestmark = pytest.mark.both_doors

CHANGED_AT = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=2_000)


def ids(statuses: Any) -> list[str]:
    return [status.user_id for status in statuses]


async def test_a_mirror_answers_by_team_and_follows_who_moves(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    mirror = driver.mirror
    following = mirror.changes()
    stream = await began(
        driver,
        service,
        user("ann", since=3_000, team_id="day", revision=1),
        user("bob", since=2_000, team_id="day", revision=2),
        user("cid", since=1_000, revision=3),
        user("dan", AWAY, team_id="day", revision=4),
    )
    assert ids(mirror.available_users()) == ["cid", "bob", "ann"]
    assert ids(mirror.available_users(team_id="day")) == ["bob", "ann"]
    assert ids(mirror.available_users(team_id="day", limit=1)) == ["bob"]
    assert (mirror.available_count(), mirror.available_count(team_id="day")) == (3, 2)
    assert sorted(ids(mirror.statuses(team_id="day"))) == ["ann", "bob", "dan"]
    assert mirror.available_users(team_id="night") == mirror.statuses(team_id="night") == ()
    for read in (mirror.available_users, mirror.available_count, mirror.statuses):
        with pytest.raises(ValueError, match="team_id is empty"):
            read(team_id="")

    moved = user_change(
        "ann",
        5,
        display_name="Ann Ek",
        team_id="night",
        previous_display_name="Ann",
        previous_team_id="day",
        actor="sue",
        caller="desk",
    )
    stream.send(changes(moved, change("dan", ONLINE, 6, effective=2_500, team_id="day")))
    resynced, told, of_dan = await driver.take(following, 3)
    assert resynced == Resynced(ResyncCause.SNAPSHOT)
    assert told == UserChange(
        account_id="acme",
        user_id="ann",
        revision=5,
        change_time=CHANGED_AT,
        display_name="Ann Ek",
        team_id="night",
        previous_display_name="Ann",
        previous_team_id="day",
        actor="sue",
        caller="desk",
    )
    assert isinstance(of_dan, StatusChange) and of_dan.team_id == "day"
    ann = mirror.status("ann")
    assert ann is not None and (ann.display_name, ann.team_id, ann.revision) == ("Ann Ek", "night", 5)
    assert ids(mirror.available_users(team_id="day")) == ["bob", "dan"]
    assert mirror.available_users(team_id="night") == (ann,)
    assert ids(mirror.available_users()) == ["cid", "bob", "dan", "ann"]
    assert (mirror.stats.changes, mirror.stats.ignored) == (2, 0)


async def test_a_mirror_knows_the_workflows_of_teams(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    mirror = driver.mirror
    stream = await service.stream()
    stream.send(
        page(team_workflows=[pb.Workflow(account_id="acme", team_id="day", etag="d1")], last=False),
        page(team_workflows=[pb.Workflow(account_id="acme", team_id="late", etag="l1")], first=False),
        bookmark(),
    )
    await driver.wait_ready()
    assert (mirror.workflow().etag, mirror.workflow(team_id="day").etag) == ("w0", "d1")
    assert mirror.workflow(team_id="late").etag == "l1"
    assert mirror.workflow(team_id="night") == mirror.workflow()

    following = mirror.changes()
    stream.send(changes(workflow_change(1, enabled=True, team_id="night")))
    stream.send(changes(workflow_change(2, enabled=False, team_id="day", deleted=True)))
    created, deleted = await driver.take(following, 2)
    assert created == WorkflowChanged(1, mirror.workflow(team_id="night"), "night")
    assert isinstance(deleted, WorkflowChanged) and (deleted.team_id, deleted.deleted) == ("day", True)
    assert mirror.workflow(team_id="night").team_id == "night"
    assert mirror.workflow(team_id="day") == mirror.workflow()
    assert mirror.workflow().etag == "w0"


async def test_whoever_is_erased_is_gone_at_once_and_comes_back_as_somebody_new(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored()
    mirror = driver.mirror
    following = mirror.changes()
    users = [user("ann", team_id="day", revision=1), user("bob", revision=2, actor="ann", reason="break")]
    stream = await began(driver, service, *users)
    stream.send(changes(user_change("ann", 3, erased=True)))
    erased = (await driver.take(following, 2))[1]
    assert isinstance(erased, UserChange) and (erased.user_id, erased.erased) == ("ann", True)
    assert mirror.status("ann") is None and not mirror.is_available("ann")
    assert ids(mirror.statuses()) == ids(mirror.available_users()) == ["bob"]
    assert mirror.available_count(team_id="day") == 0
    bob = mirror.status("bob")
    assert bob is not None and (bob.actor, bob.reason, bob.revision) == ("", "break", 2)

    stream.send(changes(change("ann", ONLINE, 4)))
    await driver.take(following, 1)
    ann = mirror.status("ann")
    assert ann is not None and (ann.revision, ann.team_id) == (4, "")
    assert ids(mirror.available_users()) == ["bob", "ann"]


async def test_an_erasure_that_was_missed_ends_with_a_new_snapshot(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored()
    mirror = driver.mirror
    stream = await began(driver, service, user("ann", team_id="day", revision=1), user("bob", revision=2))
    stream.end()
    # The server does not say who it was: the mirror asks to go on, and is sent all of the account.
    stream = await service.stream()
    assert (await stream.request()).resume_token
    following = mirror.changes()
    stream.send(page([user("bob", revision=2)]), bookmark())
    assert await driver.take(following, 1) == [Resynced(ResyncCause.SNAPSHOT)]
    assert ids(mirror.statuses()) == ["bob"]
    assert mirror.available_count(team_id="day") == 0
    assert (mirror.stats.snapshots, mirror.stats.resumes, mirror.stats.gaps) == (2, 0, 0)


@pytest.mark.parametrize("about_nobody", [change("", AWAY, 3), user_change("", 3, erased=True)])
async def test_a_change_that_does_not_say_of_whom_makes_a_mirror_begin_anew(
    about_nobody: pb.WatchedChange, mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored(max_staleness=60)
    stream = await began(driver, service, user("ann", revision=1))
    stream.send(changes(about_nobody))
    again = await service.stream()
    assert (await again.request()).resume_token == ""
    with pytest.raises(MirrorNotReady):
        driver.mirror.is_available("ann")
    again.send(page([user("bob", revision=4)]), bookmark())
    await driver.wait_ready()
    assert ids(driver.mirror.statuses()) == ["bob"]


async def test_kinds_of_change_of_a_newer_server_are_passed_over(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored()
    stream = await began(driver, service, user("ann", revision=1))
    newer = pb.WatchedChange.FromString(b"\x7a\x02\x08\x03")  # A field 15, a message.
    stream.send(changes(change("ann", AWAY, 2)), changes(newer, change("ann", ONLINE, 4)), bookmark())
    await until(lambda: driver.mirror.stats.changes == 2)
    assert driver.mirror.is_available("ann")
    assert (driver.mirror.stats.gaps, driver.mirror.stats.failures) == (0, 0)
    # What follows may not be missing.
    stream.send(changes(change("ann", AWAY, 6)))
    await until(lambda: driver.mirror.stats.gaps == 1)


async def test_a_watch_tells_of_people_and_of_the_workflows_of_teams(client: Driver, service: ScriptedService) -> None:
    watch: Any = client.client.watch("acme")

    async def take() -> Any:
        return await asyncio.to_thread(next, watch) if isinstance(client.client, Client) else await anext(watch)

    taking = asyncio.create_task(take())
    stream = await service.stream()
    day = pb.Workflow(account_id="acme", team_id="day", etag="d1")
    stream.send(page([user("ann", team_id="day")], team_workflows=[day]))
    snapshot = await taking
    assert isinstance(snapshot, WatchSnapshot)
    assert [each.team_id for each in snapshot.team_workflows] == ["day"]
    assert [each.team_id for each in snapshot.user_statuses] == ["day"]
    stream.send(
        changes(
            user_change("ann", 2, display_name="Ann"),
            workflow_change(3, enabled=True, team_id="day", deleted=True),
            user_change("ann", 4, erased=True),
        )
    )
    told = await take()
    assert isinstance(told, WatchChanges)
    renamed, deleted, erased = told.changes
    assert renamed == UserChange("acme", "ann", 2, CHANGED_AT, display_name="Ann")
    assert isinstance(deleted, WorkflowChanged) and (deleted.team_id, deleted.deleted) == ("day", True)
    assert erased == UserChange("acme", "ann", 4, CHANGED_AT, erased=True)
