"""The fakes' people, teams and accounts: what a test of a program may rely on. Rules of moves: `test_fake_rules`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onduty_client import (
    AccountUnknown,
    Cause,
    InvalidField,
    MirrorEvent,
    ResumeTokenExpired,
    RevisionConflict,
    Status,
    StatusChange,
    StatusSetting,
    Team,
    UserChange,
    UserStatus,
    UserUnknown,
    WatchChanges,
    WatchSnapshot,
    WorkflowChanged,
)
from onduty_client.testing import FakeAsyncClient, FakeClient, ScriptedMirror

MINUTE = timedelta(minutes=1)


def test_people_have_names_and_teams_and_are_found_by_them() -> None:
    client = FakeClient(actor="sue")
    for user_id in ("ann", "bob", "cid"):
        client.record_activity("acme", user_id)
    ann = client.update_user("acme", "ann", display_name="Ann Ek", team_id="day")
    assert (ann.display_name, ann.team_id, ann.revision) == ("Ann Ek", "day", 4)
    assert client.update_user("acme", "ann", team_id="day") == ann == client.get_status("acme", "ann")
    assert client.update_user("acme", "bob", team_id="night").revision == 5
    client.set_status("acme", "ann", Status.AWAY)
    client.update_user("acme", "ann", display_name="")

    assert [each.user_id for each in client.list_statuses("acme", team_id="day")] == ["ann"]
    assert client.available_users("acme", team_id="day").available_count == 0
    assert [each.user_id for each in client.available_users("acme", team_id="night").user_statuses] == ["bob"]
    (change,) = client.list_status_changes("acme", team_id="day")
    assert (change.user_id, change.team_id, change.display_name) == ("ann", "day", "")
    assert list(client.list_teams("acme", page_size=1)) == [
        Team("acme", "day", 1, False),
        Team("acme", "night", 1, False),
    ]

    with pytest.raises(UserUnknown):
        client.update_user("acme", "zoe", team_id="day")
    for wrong in (" Ann", "A\nB", "é" * 129):
        with pytest.raises(InvalidField, match=r"user\.display_name"):
            client.update_user("acme", "ann", display_name=wrong)


def test_a_team_has_its_own_workflow_until_that_is_deleted() -> None:
    client = FakeClient(actor="sue")
    account = client.update_workflow("acme", enabled=True, disconnect_after=60 * MINUTE).workflow
    assert client.get_workflow("acme", team_id="day") == account
    own = client.update_workflow("acme", team_id="day", disconnect_after=MINUTE, etag=account.etag).workflow
    assert (own.team_id, own.enabled, own.disconnect_after) == ("day", True, MINUTE)
    assert client.get_workflow("acme", team_id="day") == client.service.workflow("acme", team_id="day") == own
    assert client.get_workflow("acme") == account
    assert list(client.list_teams("acme")) == [Team("acme", "day", 0, True)]

    client.keep_session("acme", "ann", "tab", idle_for=timedelta(0))
    client.keep_session("acme", "bob", "tab", idle_for=timedelta(0))
    client.update_user("acme", "ann", team_id="day")
    client.service.now += 10 * MINUTE
    assert client.get_status("acme", "ann").cause is Cause.DISCONNECT
    assert client.get_status("acme", "bob").status is Status.ONLINE
    # What the new team's workflow has due by now switches now.
    bob = client.update_user("acme", "bob", team_id="day")
    assert (bob.cause, bob.status_since) == (Cause.DISCONNECT, client.service.now)

    with pytest.raises(RevisionConflict):
        client.delete_workflow("acme", "day", etag=account.etag)
    preview = client.delete_workflow("acme", "day", etag=own.etag, validate_only=True)
    assert preview.workflow == account and preview.impact is not None
    assert client.delete_workflow("acme", "day", etag=own.etag).workflow == account
    assert client.delete_workflow("acme", "day").workflow == account == client.get_workflow("acme", team_id="day")
    deleted, created = client.list_workflow_changes("acme", team_id="day")
    assert (deleted.deleted, deleted.previous_workflow, deleted.workflow.updated_by) == (True, own, "sue")
    assert (created.team_id, created.previous_workflow, created.workflow) == ("day", account, own)
    assert [each.workflow for each in client.list_workflow_changes("acme")] == [account]
    assert client.get_status("acme", "bob").cause is Cause.DISCONNECT


def test_settings_are_made_in_a_batch_and_each_is_answered() -> None:
    client = FakeClient(actor="sue")
    settings = [
        StatusSetting("ann", Status.AWAY, "lunch", ttl=30 * MINUTE),
        StatusSetting("bob", Status.ONLINE, expected_revision=7),
        StatusSetting("cid", Status.AWAY, ttl=timedelta(0)),
        StatusSetting("ann", Status.ONLINE),
    ]
    away, conflict, invalid, online = client.batch_set_status("acme", settings)
    assert isinstance(away, UserStatus) and (away.status, away.reason, away.actor) == (Status.AWAY, "lunch", "sue")
    assert isinstance(conflict, RevisionConflict)
    assert isinstance(invalid, InvalidField) and invalid.field_violations[0].field == "ttl"
    assert isinstance(online, UserStatus) and online == client.get_status("acme", "ann")
    for count in (0, 1_001):
        with pytest.raises(InvalidField, match="between 1 and 1000"):
            client.batch_set_status("acme", settings[:1] * count)


def test_an_erased_user_is_nowhere_and_comes_back_as_somebody_new() -> None:
    client = FakeClient(actor="ann")
    client.set_status("acme", "ann", Status.AWAY, reason="ill")
    client.set_status("acme", "bob", Status.AWAY)
    client.update_user("acme", "ann", display_name="Ann Ek", team_id="day")
    client.update_workflow("acme", keep_manual_away=True)
    token = client.watch("acme", resume_token="1").resume_token
    client.delete_user("acme", "ann")

    with pytest.raises(UserUnknown):
        client.get_status("acme", "ann")
    with pytest.raises(UserUnknown):
        client.delete_user("acme", "ann")
    changes = list(client.list_status_changes("acme"))
    assert [(each.revision, each.user_id, each.actor, each.reason) for each in changes] == [
        (1, "", "", ""),
        (2, "bob", "", ""),
    ]
    assert client.get_workflow("acme").updated_by == ""
    assert [each.workflow.updated_by for each in client.list_workflow_changes("acme")] == [""]
    told = (client.service.statuses("acme"), changes, list(client.watch("acme")), list(client.list_teams("acme")))
    assert "ann" not in repr(told) and "Ann" not in repr(told)
    # Who it was can't be told to a watch that goes on from before.
    first, *_ = client.watch("acme", resume_token=token)
    assert isinstance(first, WatchSnapshot) and [each.user_id for each in first.user_statuses] == ["bob"]

    ann = client.record_activity("acme", "ann")
    assert (ann.revision, ann.display_name, ann.team_id) == (6, "", "")
    assert [each.user_id for each in client.list_statuses("acme")] == ["bob", "ann"]


def test_a_watch_tells_of_people_and_workflows_in_order() -> None:
    client = FakeClient()
    client.record_activity("acme", "ann")
    client.record_activity("acme", "bob")
    client.update_user("acme", "ann", team_id="day")
    client.update_workflow("acme", team_id="day", keep_manual_away=True)
    client.set_status("acme", "bob", Status.AWAY)
    first, *_ = client.watch("acme", resume_token="2")
    assert isinstance(first, WatchChanges)
    moved, workflow, away = first.changes
    assert isinstance(moved, UserChange)
    assert (moved.user_id, moved.team_id, moved.previous_team_id) == ("ann", "day", "")
    assert isinstance(workflow, WorkflowChanged) and (workflow.revision, workflow.team_id) == (4, "day")
    assert isinstance(away, StatusChange) and away.user_id == "bob"
    only_bob, *_ = client.watch("acme", user_ids=["bob"], resume_token="2")
    assert isinstance(only_bob, WatchChanges) and only_bob.changes == (workflow, away)
    snapshot, *_ = client.watch("acme")
    assert isinstance(snapshot, WatchSnapshot)
    assert snapshot.team_workflows == (client.get_workflow("acme", team_id="day"),)


def test_accounts_are_created_listed_and_erased() -> None:
    client = FakeClient()
    client.create_account("empty")
    client.create_account("empty")
    client.record_activity("acme", "ann")
    assert list(client.list_accounts()) == ["empty", "acme"]
    client.delete_account("acme")
    assert list(client.list_accounts()) == ["empty"]
    with pytest.raises(AccountUnknown):
        client.delete_account("acme")
    assert client.service.statuses("acme") == ()
    assert client.service.changes("acme") == ()
    # A new account of the same id is another one.
    assert client.record_activity("acme", "ann").revision == 2
    with pytest.raises(ResumeTokenExpired):
        next(client.watch("acme", resume_token="0"))
    assert client.get_caller().may("account.delete", "acme")


async def test_the_asyncio_twin_has_the_same_calls() -> None:
    client = FakeAsyncClient(actor="sue")
    await client.create_account("acme")
    await client.record_activity("acme", "ann")
    assert (await client.update_user("acme", "ann", team_id="day")).team_id == "day"
    assert [team.team_id async for team in client.list_teams("acme")] == ["day"]
    (ann,) = await client.batch_set_status("acme", [StatusSetting("ann", Status.AWAY)])
    assert isinstance(ann, UserStatus) and ann.actor == "sue"
    client.fail(UserUnknown("gone"), "delete_user")
    with pytest.raises(UserUnknown, match="gone"):
        await client.delete_user("acme", "ann")
    await client.delete_user("acme", "ann")
    await client.delete_account("acme")
    assert [call.method for call in client.calls[-3:]] == ["delete_user", "delete_user", "delete_account"]


def test_a_scripted_mirror_knows_people_teams_and_workflows() -> None:
    events: list[MirrorEvent] = []
    with ScriptedMirror("acme", on_change=events.append) as mirror:
        mirror.set_status("ann", Status.ONLINE)
        moved = mirror.set_user("ann", display_name="Ann Ek", team_id="day", actor="sue")
        assert (moved.team_id, moved.previous_team_id, moved.actor) == ("day", "", "sue")
        mirror.set_status("bob", Status.ONLINE)
        mirror.set_status("ann", Status.ONLINE, reason="back")
        assert [each.display_name for each in mirror.available_users(team_id="day")] == ["Ann Ek"]
        own = mirror.set_workflow(team_id="day", enabled=True)
        assert mirror.workflow(team_id="day") == own.workflow != mirror.workflow()
        assert mirror.delete_workflow("day").deleted
        assert mirror.workflow(team_id="day") == mirror.workflow()
        erased = mirror.erase_user("ann")
        assert mirror.status("ann") is None and mirror.available_count(team_id="day") == 0
        assert moved in events and events[-1] == erased
        with pytest.raises(ValueError, match="'ann' has no status yet"):
            mirror.set_user("ann", team_id="day")
        with pytest.raises(ValueError, match="'day' has no workflow of its own"):
            mirror.delete_workflow("day")
