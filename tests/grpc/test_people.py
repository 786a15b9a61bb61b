"""People and accounts over the wire: names, teams, lists of a team, erasure, and settings of many at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import aio
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, MINUTE, SECOND, Wire, acting, at, ms, period, refused
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process.access import Access
from onduty_server.process.application import Application
from onduty_server.process.config.settings import Settings
from onduty_server.process.metrics import PrometheusObserver
from onduty_server.process.wiring import build_application
from onduty_server.transport.guard import Guard
from onduty_server.transport.limits import Limits

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
INVALID = grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"
UNKNOWN = grpc.StatusCode.NOT_FOUND, "USER_UNKNOWN"
NO_ACCOUNT = grpc.StatusCode.NOT_FOUND, "ACCOUNT_UNKNOWN"


async def update(wire: Wire, user_id: str, *mask: str, actor: str = "", **fields: str) -> pb.UserStatus:
    request = pb.UpdateUserRequest(user=pb.User(account_id=ACCOUNT, user_id=user_id, **fields))
    if mask:
        request.update_mask.CopyFrom(FieldMask(paths=mask))
    return (await wire.stub.UpdateUser(request, metadata=acting(actor))).user_status


async def erase(wire: Wire, user_id: str) -> None:
    await wire.stub.DeleteUser(pb.DeleteUserRequest(account_id=ACCOUNT, user_id=user_id))


def setting(user_id: str, status: pb.Status.ValueType = AWAY, **fields: Any) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(user_id=user_id, status=status, **fields)


async def batch(wire: Wire, *settings: pb.SetStatusRequest, actor: str = "") -> Sequence[pb.SetStatusResult]:
    request = pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings)
    return (await wire.stub.BatchSetStatus(request, metadata=acting(actor))).results


async def put_workflow(wire: Wire, team_id: str, away_ms: int = MINUTE) -> pb.Workflow:
    workflow = pb.Workflow(team_id=team_id, enabled=True, away_after=period(away_ms))
    return (await wire.update(workflow)).workflow


# --- names and teams -------------------------------------------------------------------------------------------------


async def test_a_name_and_a_team_are_shown_wherever_the_person_is(wire: Wire) -> None:
    for user in ("ann", "ben"):
        await wire.activity(user)
    written = await update(wire, "ann", display_name="Änn", team_id="night")
    assert (written.display_name, written.team_id, written.revision) == ("Änn", "night", 3)
    assert written == await wire.get("ann") == (await wire.statuses())[0]
    assert (await wire.available()).user_statuses[0] == written
    got = await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann"]))
    assert list(got.user_statuses) == [written]
    assert (await wire.set_status("ann", AWAY)).display_name == "Änn"
    history = await wire.changes("ann")
    assert [(change.display_name, change.team_id) for change in history] == [("Änn", ""), ("Änn", "night")]
    assert (await wire.get("ben")).display_name == ""


@IN_MEMORY
async def test_what_is_written_follows_from_the_mask_or_from_what_is_set(wire: Wire) -> None:
    await wire.activity("ann")
    await update(wire, "ann", display_name="Ann", team_id="day")

    async def shown(*mask: str, **fields: str) -> tuple[str, str]:
        status = await update(wire, "ann", *mask, **fields)
        return status.display_name, status.team_id

    assert await shown() == ("Ann", "day")
    assert await shown(display_name="Anna") == ("Anna", "day")
    assert await shown("team_id", display_name="ignored", team_id="night") == ("Anna", "night")
    assert await shown("display_name") == ("", "night")
    assert await shown(display_name="Ann", team_id="") == ("Ann", "")
    assert await shown("*", team_id="x") == ("", "x")
    before = (await wire.get("ann")).revision
    assert await shown(team_id="x") == ("", "x")
    assert (await wire.get("ann")).revision == before, "the same again is no change"


@IN_MEMORY
async def test_a_mask_may_name_the_team_which_servers_that_know_none_refuse(wire: Wire) -> None:
    await put_workflow(wire, "", 60 * MINUTE)
    own = pb.Workflow(team_id="night", away_after=period(MINUTE), keep_manual_away=True)
    written = (await wire.update(own, "team_id", "away_after")).workflow
    assert (written.team_id, written.away_after, written.keep_manual_away) == ("night", period(MINUTE), False)
    # The mask names nothing to write, and the team gets what the account has.
    bare = (await wire.update(pb.Workflow(team_id="day", keep_manual_away=True), "team_id")).workflow
    assert (bare.team_id, bare.away_after, bare.keep_manual_away) == ("day", period(60 * MINUTE), False)


@IN_MEMORY
async def test_names_and_teams_are_checked(wire: Wire) -> None:
    await wire.activity("ann")
    for fields in (
        {"display_name": " Ann"},
        {"display_name": "Ann\u3000"},
        {"display_name": "A\nnn"},
        {"display_name": "ä" * 129},
        {"team_id": "x" * 129},
        {"team_id": "night "},
        {"team_id": "\x7f"},
    ):
        refusal = await refused(update(wire, "ann", **fields), str(fields))
        assert refusal[:3] == (*INVALID, (f"user.{next(iter(fields))}",))
    assert (await refused(update(wire, "ann", "user_id"))).fields == ("update_mask",)
    assert (await refused(update(wire, "ann", "*", "team_id"))).fields == ("update_mask",)
    assert (await refused(wire.stub.UpdateUser(pb.UpdateUserRequest()))).fields == ("user",)
    assert (await refused(update(wire, "nobody", team_id="x")))[:2] == UNKNOWN
    longest = await update(wire, "ann", display_name="ä" * 128, team_id="x" * 128)
    assert (len(longest.display_name), len(longest.team_id)) == (128, 128)


async def test_a_move_switches_at_once_what_the_teams_workflow_has_due(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    await put_workflow(wire, "", 60 * MINUTE)
    await put_workflow(wire, "night")
    clock.advance(2 * MINUTE)
    moved = await update(wire, "ann", team_id="night", actor="sue")
    assert (moved.status, moved.cause, ms(moved.status_since)) == (AWAY, pb.CAUSE_INACTIVITY, clock.now())
    # Nothing is undone.
    assert (await update(wire, "ann", team_id="")).status == AWAY


# --- lists -----------------------------------------------------------------------------------------------------------


async def test_lists_may_be_asked_for_a_team(wire: Wire, clock: FakeClock) -> None:
    for number in range(6):
        await wire.activity(f"user-{number}")
        await update(wire, f"user-{number}", team_id=("day", "night")[number % 2])
    clock.advance(SECOND)
    for user in ("user-0", "user-1", "user-3"):
        await wire.set_status(user, AWAY)
    await update(wire, "user-3", team_id="day")

    request = pb.ListStatusesRequest(account_id=ACCOUNT, team_id="day", page_size=1)
    found = list[str]()
    while True:
        page = await wire.stub.ListStatuses(request)
        found += [status.user_id for status in page.user_statuses]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert sorted(found) == ["user-0", "user-2", "user-3", "user-4"] and len(found) == 4
    away = pb.ListStatusesRequest(account_id=ACCOUNT, team_id="day", statuses=[AWAY])
    assert {it.user_id for it in (await wire.stub.ListStatuses(away)).user_statuses} == {"user-0", "user-3"}

    available = await wire.stub.ListAvailableUsers(pb.ListAvailableUsersRequest(account_id=ACCOUNT, team_id="day"))
    assert ([it.user_id for it in available.user_statuses], available.available_count) == (["user-2", "user-4"], 2)
    nobody = await wire.stub.ListAvailableUsers(pb.ListAvailableUsersRequest(account_id=ACCOUNT, team_id="none"))
    assert (len(nobody.user_statuses), nobody.available_count) == (0, 0)

    # In the history a change belongs to the team in which the person was at the time.
    changes = await wire.stub.ListStatusChanges(pb.ListStatusChangesRequest(account_id=ACCOUNT, team_id="night"))
    assert [(change.user_id, change.team_id) for change in changes.changes] == [
        ("user-1", "night"),
        ("user-3", "night"),
    ]


@IN_MEMORY
async def test_page_tokens_belong_to_the_team_that_was_asked_for(wire: Wire) -> None:
    for number in range(4):
        await wire.activity(f"user-{number}")
        await update(wire, f"user-{number}", team_id="day")
        await wire.set_status(f"user-{number}", AWAY)
        await put_workflow(wire, "day", (number + 1) * MINUTE)
        await put_workflow(wire, "", (number + 1) * MINUTE)
        await put_workflow(wire, f"team-{number}")
    requests: list[Any] = [
        pb.ListStatusesRequest(account_id=ACCOUNT, team_id="day", page_size=2),
        pb.ListStatusChangesRequest(account_id=ACCOUNT, team_id="day", page_size=2),
        pb.ListWorkflowChangesRequest(account_id=ACCOUNT, team_id="day", page_size=2),
    ]
    for request in requests:
        call = getattr(wire.stub, type(request).__name__.removesuffix("Request"))
        token = (await call(request)).next_page_token
        request.page_token = token
        await call(request)
        for team in ("", "night"):
            request.team_id = team
            assert (await refused(call(request))).fields == ("page_token",)
    teams = pb.ListTeamsRequest(account_id=ACCOUNT, page_size=2)
    found = list[pb.Team]()
    while True:
        page = await wire.stub.ListTeams(teams)
        found += page.teams
        if not page.next_page_token:
            break
        teams.page_token = page.next_page_token
    assert [(it.team_id, it.user_count, it.has_workflow) for it in found] == [
        ("day", 4, True),
        *((f"team-{number}", 0, True) for number in range(4)),
    ]
    teams.account_id = "other"
    for token in (teams.page_token or "AAAA", requests[0].page_token, "AAAA", "AAAAAAAAAAAAAAAAAAAA", "ä"):
        teams.page_token = token
        assert (await refused(wire.stub.ListTeams(teams))).fields == ("page_token",)
    teams.page_token, teams.page_size = "", -1
    assert (await refused(wire.stub.ListTeams(teams))).fields == ("page_size",)


# --- erasure ---------------------------------------------------------------------------------------------------------


async def test_whoever_is_erased_is_unknown_and_may_come_back_as_somebody_new(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    await update(wire, "ann", display_name="Ann", team_id="night")
    await wire.keep_session("ann", "tab-1")
    await wire.set_status("ben", AWAY, actor="ann")
    await erase(wire, "ann")
    assert (await refused(wire.stub.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"))))[:2] == UNKNOWN
    assert (await refused(erase(wire, "ann")))[:2] == UNKNOWN
    assert [status.user_id for status in await wire.statuses()] == ["ben"]
    history = await wire.changes()
    assert [(change.user_id, change.display_name) for change in history] == [("", ""), ("ben", "")]
    assert not any(change.actor for change in history)
    again = await wire.activity("ann")
    assert (again.display_name, again.team_id, again.connected) == ("", "", False)
    assert [change.previous_status for change in await wire.changes("ann")] == [pb.STATUS_UNSPECIFIED]


async def test_nobody_is_shown_after_an_erasure_who_was_asked_about_again_and_again(wire: Wire) -> None:
    get = pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann")
    for _ in range(4):
        await wire.activity("ann")
        assert (await wire.stub.GetStatus(get)).user_status.user_id == "ann"
        await wire.set_status("ben", AWAY, actor="ann")
        for _ in range(3):
            assert (await wire.get("ben")).actor == "ann"
    await erase(wire, "ann")
    assert (await refused(wire.stub.GetStatus(get)))[:2] == UNKNOWN
    assert not (await wire.get("ben")).actor
    again = await wire.activity("ann")
    for _ in range(3):
        assert (await wire.stub.GetStatus(get)).user_status == again


@IN_MEMORY
async def test_an_erasure_is_answered_once_watchers_have_been_told(wire: Wire) -> None:
    await wire.activity("ann")
    await wire.activity("ben")
    watch: Any = wire.stub.WatchStatuses(pb.WatchStatusesRequest(account_id=ACCOUNT))
    await watch.read()
    await erase(wire, "ann")
    while not (message := await watch.read()).changes.changes:
        pass
    (told,) = message.changes.changes
    assert (told.user_change.user_id, told.user_change.erased) == ("ann", True)
    resumed: Any = wire.stub.WatchStatuses(
        pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token=message.resume_token),
    )
    await wire.set_status("ben", AWAY)
    while not (message := await resumed.read()).HasField("changes"):
        assert message.HasField("bookmark"), "the token is good for what follows"
    for each in (watch, resumed):
        each.cancel()


@IN_MEMORY
async def test_no_log_names_whoever_was_erased(wire: Wire) -> None:
    await wire.activity("ann")
    with capture_logs() as logs:
        await erase(wire, "ann")
        await refused(erase(wire, "ann"))
        await refused(update(wire, "ann", team_id="x"))
        await refused(wire.stub.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann")))
    assert "ann" not in str(logs).replace("channel", "")


# --- accounts --------------------------------------------------------------------------------------------------------


async def test_an_account_is_created_and_erased(wire: Wire) -> None:
    create, delete = pb.CreateAccountRequest(account_id="new"), pb.DeleteAccountRequest(account_id="new")
    assert (await refused(wire.stub.DeleteAccount(delete)))[:2] == NO_ACCOUNT
    for _ in range(2):
        assert (await wire.stub.CreateAccount(create)).account.account_id == "new"
    listed = await wire.stub.ListAccounts(pb.ListAccountsRequest())
    assert [account.account_id for account in listed.accounts] == ["new"]
    await wire.activity("ann", account_id="new")
    await wire.switch_on(MINUTE, account_id="new")
    await wire.stub.DeleteAccount(delete)
    assert not (await wire.stub.ListAccounts(pb.ListAccountsRequest())).accounts
    state = await wire.state("new")
    assert (state.statuses, state.changes, state.workflow.enabled) == ([], [], False)
    await wire.activity("ann", account_id="new")
    assert len((await wire.state("new")).changes) == 1


async def test_the_rate_of_an_erased_account_is_forgotten() -> None:
    async with (
        running(limits=Limits(account_rate=2)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        for _ in range(3):
            await wire.activity("ann")
        await wire.stub.DeleteAccount(pb.DeleteAccountRequest(account_id=ACCOUNT))
        assert not len(application.limits._accounts)


@asynccontextmanager
async def served_as_set(**settings: Any) -> AsyncIterator[Application]:
    clock = FakeClock()
    found = Settings(store="memory:", listen="127.0.0.1:0", http_listen="127.0.0.1:0", **settings)
    access = Access(Guard(AuditLog(clock, lambda line: None)))
    application = build_application(found, clock, PrometheusObserver(CollectorRegistry()), access)
    await application.start()
    try:
        yield application
    finally:
        await application.stop()


async def test_where_accounts_are_declared_others_are_refused() -> None:
    async with (
        served_as_set(accounts="declared") as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        await wire.stub.CreateAccount(pb.CreateAccountRequest(account_id=ACCOUNT))
        await wire.activity("ann")
        for call in (
            wire.activity("ann", account_id="acmee"),
            wire.set_status("ann", AWAY, account_id="acmee"),
            wire.keep_session("ann", "x", idle_for_ms=0, account_id="acmee"),
            wire.switch_on(MINUTE, account_id="acmee"),
        ):
            refusal = await refused(call)
            assert refusal[:2] == NO_ACCOUNT and "created" in refusal.message
        stream: Any = wire.stub.RecordActivities()
        activities = [pb.Activity(account_id=account, user_id="ann") for account in ("acmee", ACCOUNT)]
        leases = [
            pb.Lease(
                account_id=account,
                user_id="ann",
                lease_id="x",
                action=pb.LEASE_ACTION_KEEP_SESSION,
                idle_for=period(SECOND),
            )
            for account in (ACCOUNT, "acmee")
        ]
        await stream.write(pb.RecordActivitiesRequest(sequence=1, activities=activities, leases=leases))
        answer = await stream.read()
        assert [(error.index, error.reason) for error in answer.errors] == [(0, pb.ERROR_REASON_ACCOUNT_UNKNOWN)]
        assert [(error.index, error.reason) for error in answer.lease_errors] == [(1, pb.ERROR_REASON_ACCOUNT_UNKNOWN)]
        stream.cancel()
        assert not await wire.statuses(account_id="acmee")
        assert (await wire.get("ann")).connected


# --- settings of many ------------------------------------------------------------------------------------------------


async def test_a_batch_sets_everybody_and_answers_for_each(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    results = await batch(
        wire,
        setting("ann", reason="lunch"),
        setting("ben", ONLINE),
        setting("cat", OFFLINE, account_id=ACCOUNT, expire_time=at(clock.now() + MINUTE), then=pb.THEN_ONLINE),
        actor="sue",
    )
    assert [result.user_status for result in results] == [await wire.get(user) for user in ("ann", "ben", "cat")]
    assert [(it.user_status.status, it.user_status.actor) for it in results] == [
        (AWAY, "sue"),
        (ONLINE, "sue"),
        (OFFLINE, "sue"),
    ]
    assert [change.reason for change in await wire.changes("ann")] == ["", "lunch"]


@IN_MEMORY
async def test_one_that_is_refused_does_not_fail_the_others(wire: Wire) -> None:
    await wire.activity("ann")
    results = await batch(
        wire,
        setting("ann"),
        setting("", ONLINE),
        setting("ben", pb.STATUS_UNSPECIFIED),
        setting("ben", ttl=period(0)),
        setting("ben", expected_revision=7),
        setting("ben", account_id="other"),
        setting("ben", reason="x" * 513),
        setting("cat"),
    )
    assert [result.WhichOneof("result") for result in results] == ["user_status", *["error"] * 6, "user_status"]
    assert [(it.error.reason, it.error.field) for it in results[1:-1]] == [
        (pb.ERROR_REASON_INVALID_FIELD, "user_id"),
        (pb.ERROR_REASON_INVALID_FIELD, "status"),
        (pb.ERROR_REASON_INVALID_FIELD, "ttl"),
        (pb.ERROR_REASON_REVISION_CONFLICT, ""),
        (pb.ERROR_REASON_INVALID_FIELD, "account_id"),
        (pb.ERROR_REASON_INVALID_FIELD, "reason"),
    ]
    assert all(it.error.message for it in results[1:-1])
    assert [status.user_id for status in await wire.statuses()] == ["ann", "cat"]


async def test_settings_of_one_user_are_made_in_their_order(wire: Wire) -> None:
    results = await batch(
        wire,
        setting("ann", ONLINE),
        setting("ben", ONLINE),
        setting("ann", AWAY),
        setting("ann", AWAY, expected_revision=99),
        setting("ann", OFFLINE),
    )
    assert [change.status for change in await wire.changes("ann")] == [ONLINE, AWAY, OFFLINE]
    assert [result.user_status.status for result in results] == [ONLINE, ONLINE, AWAY, 0, OFFLINE]


@IN_MEMORY
async def test_a_batch_has_1_to_1000_settings(wire: Wire) -> None:
    longest = [setting(f"user-{number:03}" + "x" * 120, reason="ä" * 256) for number in range(1_000)]
    results = await batch(wire, *longest, actor="y" * 128)
    assert len(results) == 1_000 and all(result.user_status.status == AWAY for result in results)
    assert len(await wire.changes()) == 1_000
    for settings in ([], [setting("ann")] * 1_001):
        assert (await refused(batch(wire, *settings))).fields == ("requests",)


async def test_a_batch_counts_as_so_many_calls_as_it_has_settings() -> None:
    clock = FakeClock()
    async with (
        running(clock=clock, limits=Limits(caller_rate=10, account_rate=10)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        # It is longer than what two seconds allow, and runs; what comes after it waits for as long as it is.
        await batch(wire, *(setting(f"user-{number}") for number in range(50)))
        refusal = await refused(wire.get("user-1"))
        assert refusal.reason == "LIMIT_EXCEEDED" and 3_000 <= refusal.retry_delay_ms <= 3_300
        clock.advance(refusal.retry_delay_ms)
        await wire.get("user-1")
