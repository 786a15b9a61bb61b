"""What the methods about people, teams and accounts answer, for either client. See `test_clients`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.client.scripted import Driver
from tests.fakes import FakeClock

from onduty_client import (
    AccountUnknown,
    InvalidField,
    Page,
    RevisionConflict,
    Status,
    StatusSetting,
    Team,
    UserUnknown,
)

MINUTE = timedelta(minutes=1)


async def update_user(client: Driver, clock: FakeClock) -> None:
    with pytest.raises(UserUnknown):
        await client.call("update_user", "acme", "ann", team_id="night")
    await client.call("record_activity", "acme", "ann")
    ann = await client.call("update_user", "acme", "ann", display_name="Änn", team_id="night")
    assert (ann.display_name, ann.team_id, ann.revision) == ("Änn", "night", 2)
    ann = await client.call("update_user", "acme", "ann", display_name="")
    assert (ann.display_name, ann.team_id) == ("", "night")
    with pytest.raises(InvalidField):
        await client.call("update_user", "acme", "ann", display_name="x" * 257)


async def delete_user(client: Driver, clock: FakeClock) -> None:
    await client.call("record_activity", "acme", "ann")
    await client.call("delete_user", "acme", "ann")
    for method in ("get_status", "delete_user"):
        with pytest.raises(UserUnknown):
            await client.call(method, "acme", "ann")


async def batch_set_status(client: Driver, clock: FakeClock) -> None:
    settings = [
        StatusSetting("ann", Status.AWAY, reason="lunch"),
        StatusSetting("", Status.AWAY),
        StatusSetting("ben", Status.OFFLINE, ttl=30 * MINUTE),
    ]
    ann, nobody, ben = await client.call("batch_set_status", "acme", settings)
    assert (ann.status, ann.reason, ann.actor) == (Status.AWAY, "lunch", "süe")
    assert isinstance(nobody, InvalidField)
    assert ben == await client.call("get_status", "acme", "ben")


async def delete_workflow(client: Driver, clock: FakeClock) -> None:
    own = (await client.call("update_workflow", "acme", team_id="night", enabled=True, away_after=MINUTE)).workflow
    with pytest.raises(RevisionConflict):
        await client.call("delete_workflow", "acme", "night", etag="w0")
    preview = await client.call("delete_workflow", "acme", "night", etag=own.etag, validate_only=True)
    assert preview.impact is not None
    followed = await client.call("delete_workflow", "acme", "night", etag=own.etag)
    assert followed.workflow == await client.call("get_workflow", "acme", team_id="night")


async def _two_teams(client: Driver) -> list[Team]:
    for user, team in (("ann", "night"), ("ben", "day")):
        await client.call("record_activity", "acme", user)
        await client.call("update_user", "acme", user, team_id=team)
    await client.call("update_workflow", "acme", team_id="night", enabled=True, away_after=MINUTE)
    return [Team("acme", "day", 1, False), Team("acme", "night", 1, True)]


async def list_teams(client: Driver, clock: FakeClock) -> None:
    both = await _two_teams(client)
    assert await client.call("list_teams", "acme", page_size=1) == both


async def list_teams_page(client: Driver, clock: FakeClock) -> None:
    day, night = await _two_teams(client)
    first = await client.call("list_teams_page", "acme", page_size=1)
    assert first.items == (day,)
    token = first.next_page_token
    assert await client.call("list_teams_page", "acme", page_size=1, page_token=token) == Page((night,), "")


async def create_account(client: Driver, clock: FakeClock) -> None:
    for _ in range(2):
        await client.call("create_account", "acme")
    assert await client.call("list_accounts") == ["acme"]


async def delete_account(client: Driver, clock: FakeClock) -> None:
    await client.call("record_activity", "acme", "ann")
    await client.call("delete_account", "acme")
    assert await client.call("list_accounts") == [] == await client.call("list_statuses", "acme")
    with pytest.raises(AccountUnknown):
        await client.call("delete_account", "acme")
