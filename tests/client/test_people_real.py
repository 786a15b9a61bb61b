"""People, teams and accounts at a real server: both clients by both doors, with a mirror and a watch beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.client.scripted import Driver
from tests.client.watched import until
from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import (
    AccountUnknown,
    AsyncAvailabilityMirror,
    AsyncClient,
    Client,
    InvalidField,
    OndutyError,
    RevisionConflict,
    Status,
    StatusSetting,
    Team,
    UserChange,
    UserStatus,
    UserUnknown,
    WatchChanges,
    WatchSnapshot,
    WorkflowChanged,
)
from onduty_server.app.ports.store import StoreOptions
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.http.server import HttpListen

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def application(clock: FakeClock) -> AsyncIterator[Application]:
    async with running(clock=clock, http=HttpListen("127.0.0.1:0")) as application:
        yield application


@pytest.fixture(params=["gRPC", "HTTP"])
def target(request: pytest.FixtureRequest, application: Application) -> str:
    over_http = request.param == "HTTP"
    return f"http://127.0.0.1:{application.http_port}" if over_http else f"127.0.0.1:{application.port}"


@pytest.fixture(params=[Client, AsyncClient])
async def driver(request: pytest.FixtureRequest, target: str) -> AsyncIterator[Driver]:
    driver = Driver(request.param(target, actor="sue"))
    yield driver
    await driver.close()


async def test_people_are_named_moved_and_erased_and_a_mirror_follows(
    driver: Driver, target: str, clock: FakeClock
) -> None:
    async with AsyncAvailabilityMirror(target, "acme", max_staleness=3_600) as mirror:

        def ready() -> bool:
            clock.advance(1_000)  # A bookmark is due.
            return mirror.as_of is not None

        await until(ready)
        for user_id in ("ann", "bob"):
            await driver.call("record_activity", "acme", user_id)
        ann = await driver.call("update_user", "acme", "ann", display_name="Ann Ek", team_id="day")
        assert (ann.display_name, ann.team_id) == ("Ann Ek", "day")
        assert await driver.call("update_user", "acme", "ann", team_id="day") == ann
        assert await driver.call("list_statuses", "acme", team_id="day") == [ann]
        available = await driver.call("available_users", "acme", team_id="day")
        assert (available.user_statuses, available.available_count) == ((ann,), 1)
        assert await driver.call("list_teams", "acme") == [Team("acme", "day", 1, False)]

        await driver.call("update_workflow", "acme", enabled=True, away_after=60 * MINUTE)
        own = (await driver.call("update_workflow", "acme", team_id="day", away_after=10 * MINUTE)).workflow
        assert (own.team_id, own.enabled) == ("day", True)
        clock.advance(20 * 60_000)
        assert [user.user_id for user in (await driver.call("available_users", "acme")).user_statuses] == ["bob"]
        await until(lambda: [each.user_id for each in mirror.available_users()] == ["bob"])
        shown = mirror.status("ann")
        assert shown is not None and (shown.display_name, shown.team_id) == ("Ann Ek", "day")
        assert mirror.workflow(team_id="day") == own

        # The workflow of the new team has been due for ten minutes: it switches at once.
        bob = await driver.call("update_user", "acme", "bob", team_id="day")
        assert (bob.status, bob.team_id) == (Status.AWAY, "day")
        preview = await driver.call("delete_workflow", "acme", "day", etag=own.etag, validate_only=True)
        assert preview.impact is not None and preview.workflow.team_id == ""
        with pytest.raises(RevisionConflict):
            await driver.call("delete_workflow", "acme", "day", etag="0")
        await driver.call("delete_workflow", "acme", "day", etag=own.etag)
        deleted, created = await driver.call("list_workflow_changes", "acme", team_id="day")
        assert (deleted.deleted, deleted.previous_workflow, created.workflow) == (True, own, own)
        assert {change.team_id for change in await driver.call("list_status_changes", "acme", team_id="day")} == {"day"}

        await driver.call("delete_user", "acme", "ann")
        await until(lambda: mirror.status("ann") is None)
        with pytest.raises(UserUnknown):
            await driver.call("delete_user", "acme", "ann")
        assert {change.user_id for change in await driver.call("list_status_changes", "acme")} == {"", "bob"}
        assert (await driver.call("record_activity", "acme", "ann")).team_id == ""
        await until(lambda: mirror.is_available("ann"))
        assert (mirror.stats.gaps, mirror.stats.ignored) == (0, 0)

        await driver.call("delete_account", "acme")
        await until(lambda: mirror.statuses() == ())
        assert mirror.workflow(team_id="day") == mirror.workflow()
        with pytest.raises(AccountUnknown):
            await driver.call("delete_account", "acme")
        assert await driver.call("list_accounts") == []
        await driver.call("create_account", "acme")
        assert await driver.call("list_accounts") == ["acme"]


async def test_each_setting_of_a_batch_is_answered(driver: Driver) -> None:
    settings = [
        StatusSetting("ann", Status.AWAY, "lunch", ttl=30 * MINUTE),
        StatusSetting("bob", Status.ONLINE, expected_revision=7),
        StatusSetting("", Status.ONLINE),
        StatusSetting("cid", Status.OFFLINE),
    ]
    ann, conflict, invalid, cid = await driver.call("batch_set_status", "acme", settings)
    assert isinstance(ann, UserStatus) and (ann.status, ann.actor, ann.reason) == (Status.AWAY, "sue", "lunch")
    assert isinstance(conflict, RevisionConflict)
    assert isinstance(invalid, InvalidField) and invalid.field_violations[0].field == "user_id"
    assert isinstance(cid, UserStatus) and cid.user_id == "cid"
    with pytest.raises(InvalidField):
        await driver.call("batch_set_status", "acme", [StatusSetting("ann", Status.AWAY)] * 1_001)


async def test_a_watch_tells_of_an_erasure_and_cannot_tell_of_it_later(target: str) -> None:
    async with AsyncClient(target) as client:
        await client.record_activity("acme", "ann")
        await client.record_activity("acme", "bob")
        async with client.watch("acme") as watch:
            snapshot = await anext(watch)
            assert isinstance(snapshot, WatchSnapshot)
            token = snapshot.resume_token
            await client.update_user("acme", "ann", display_name="Ann")
            await client.update_workflow("acme", team_id="day", enabled=True, away_after=MINUTE)
            await client.delete_user("acme", "ann")
            told: list[object] = []
            while len(told) < 3:
                message = await anext(watch)
                if isinstance(message, WatchChanges):
                    told += message.changes
            renamed, workflow, erased = told
            assert isinstance(renamed, UserChange) and renamed.display_name == "Ann"
            assert isinstance(workflow, WorkflowChanged) and workflow.team_id == "day"
            assert isinstance(erased, UserChange) and (erased.user_id, erased.erased) == ("ann", True)
        async with client.watch("acme", resume_token=token) as later:
            again = await anext(later)
            assert isinstance(again, WatchSnapshot)
            assert [each.user_id for each in again.user_statuses] == ["bob"]
            assert [each.team_id for each in again.team_workflows] == ["day"]


async def test_an_account_that_has_to_be_declared_is_unknown_until_it_is_created() -> None:
    clock = FakeClock()
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True, accounts_declared=True))
    async with running(store, clock) as application, AsyncClient(f"127.0.0.1:{application.port}") as client:
        for refused in (
            client.record_activity("acme", "ann"),
            client.set_status("acme", "ann", Status.AWAY),
            client.update_workflow("acme", keep_manual_away=True),
        ):
            with pytest.raises(AccountUnknown):
                await refused
        (refusal,) = await client.batch_set_status("acme", [StatusSetting("ann", Status.AWAY)])
        assert isinstance(refusal, OndutyError) and isinstance(refusal, AccountUnknown)
        await client.create_account("acme")
        assert (await client.record_activity("acme", "ann")).available
