"""Both clients against a real server: every method with its answer, and every error as its own exception."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest
from tests.client.scripted import Driver
from tests.fakes import START, FakeClock
from tests.grpc import lease_scenarios, people_scenarios, report_scenarios
from tests.grpc.stores import IN_MEMORY, BrokenStore, Gate, GatedStore
from tests.servers import running

from onduty_client import (
    ActivityUpload,
    AsyncClient,
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Caller,
    CallerGrant,
    Cause,
    Client,
    DeadlineExceeded,
    InvalidField,
    InvalidWorkflow,
    LogTimeFormat,
    OndutyError,
    Page,
    Resume,
    RevisionConflict,
    SimulatedSwitches,
    SimulationSummary,
    Status,
    StatusChange,
    StatusCount,
    StoreUnavailable,
    Unavailable,
    UploadStats,
    UserStatus,
    UserUnknown,
    Watch,
    WatchBookmark,
    WatchChanges,
    WatchMessage,
    WatchSnapshot,
    Workflow,
    WorkflowChange,
    WorkflowImpact,
    WorkflowImpactQuarter,
    WorkflowImpactSwitch,
    WorkflowUpdate,
)
from onduty_server.access.permissions import PERMISSIONS
from onduty_server.domain import errors as domain
from onduty_server.process.application import Application
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.transport.grpc.server import Listen

NOW = datetime.fromtimestamp(START / 1_000, UTC)
MINUTE = timedelta(minutes=1)
AnyClient = type[Client] | type[AsyncClient]


@asynccontextmanager
async def connected(kind: AnyClient, application: Application, **options: Any) -> AsyncIterator[Driver]:
    driver = Driver(kind(f"127.0.0.1:{application.port}", **options))
    try:
        yield driver
    finally:
        await driver.close()


@pytest.fixture(params=[Client, AsyncClient])
def kind(request: pytest.FixtureRequest) -> AnyClient:
    made: AnyClient = request.param
    return made


@pytest.fixture
async def client(kind: AnyClient, application: Application) -> AsyncIterator[Driver]:
    async with connected(kind, application, actor="süe") as driver:
        yield driver


# --- every method ----------------------------------------------------------------------------------------------------

Scenario = Callable[[Driver, FakeClock], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(test: Scenario) -> Scenario:
    """What a method of this name answers, for either client."""
    SCENARIOS[test.__name__] = test
    return test


for it in ("keep_session", "end_session", "keep_engagement", "end_engagement", "session", "engagement"):
    scenario(getattr(lease_scenarios, it))


for it in (
    *("update_user", "delete_user", "batch_set_status", "delete_workflow"),
    *("list_teams", "list_teams_page", "create_account", "delete_account"),
):
    scenario(getattr(people_scenarios, it))


for it in (
    *("summarize_time", "summarize_time_page", "count_by_status", "list_timelines", "list_timelines_page"),
    *("get_account", "update_account"),
):
    scenario(getattr(report_scenarios, it))


async def test_a_status_may_have_an_end(client: Driver, clock: FakeClock) -> None:
    await lease_scenarios.status_with_an_end(client, clock)


def test_there_is_a_scenario_for_every_method() -> None:
    for client in (Client, AsyncClient):
        methods = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}
        assert methods - {"close"} == set(SCENARIOS)


@pytest.mark.parametrize("method", SCENARIOS)
async def test_every_method(method: str, client: Driver, clock: FakeClock) -> None:
    await SCENARIOS[method](client, clock)


ANN = UserStatus(
    account_id="acme",
    user_id="ann",
    status=Status.ONLINE,
    available=True,
    cause=Cause.ACTIVITY,
    status_since=NOW,
    last_activity_time=NOW,
    next_status=None,
    next_status_time=None,
    actor="",
    reason="",
    revision=1,
)
BEN = UserStatus(
    account_id="acme",
    user_id="ben",
    status=Status.AWAY,
    available=False,
    cause=Cause.MANUAL,
    status_since=NOW,
    last_activity_time=None,
    next_status=None,
    next_status_time=None,
    actor="süe",
    reason="lunch",
    revision=2,
)


async def ann_and_ben(client: Driver) -> None:
    assert await client.call("record_activity", "acme", "ann") == ANN
    assert await client.call("set_status", "acme", "ben", Status.AWAY, reason="lunch") == BEN


@scenario
async def record_activity(client: Driver, clock: FakeClock) -> None:
    await client.call("update_workflow", "acme", enabled=True, away_after=10 * MINUTE)
    clock.advance(5 * 60_000)
    at = NOW + timedelta(seconds=90.0015)
    expected = replace(
        ANN,
        revision=2,
        status_since=NOW + timedelta(seconds=90.001),
        last_activity_time=NOW + timedelta(seconds=90.001),
        next_status=Status.AWAY,
        next_status_time=NOW + timedelta(seconds=690.001),
        next_cause=Cause.INACTIVITY,
    )
    assert await client.call("record_activity", "acme", "ann", activity_time=at) == expected
    # Any zone will do.
    elsewhere = at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert await client.call("record_activity", "acme", "ann", activity_time=elsewhere) == expected


@scenario
async def set_status(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    clock.advance(60_000)
    answer = await client.call("set_status", "acme", "ben", Status.OFFLINE, expected_revision=2, actor="")
    expected = replace(BEN, status=Status.OFFLINE, status_since=NOW + MINUTE, actor="", reason="", revision=3)
    assert answer == expected
    assert (
        await client.call("set_status", "acme", "new", Status.ONLINE, expected_revision=0, actor="tom")
    ).actor == "tom"


@scenario
async def get_status(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    assert await client.call("get_status", "acme", "ann") == ANN
    assert await client.call("get_status", "acme", "ben") == BEN


@scenario
async def batch_get_statuses(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    answer = await client.call("batch_get_statuses", "acme", (name for name in ("ben", "nobody", "ann", "ben")))
    assert answer == BatchStatuses((BEN, ANN), ("nobody",))


@scenario
async def list_statuses(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    assert await client.call("list_statuses", "acme") == [ANN, BEN]
    assert await client.call("list_statuses", "acme", page_size=1) == [ANN, BEN]
    assert await client.call("list_statuses", "acme", statuses=[Status.AWAY, Status.OFFLINE]) == [BEN]
    assert await client.call("list_statuses", "unknown") == []


@scenario
async def list_statuses_page(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    assert await client.call("list_statuses_page", "acme") == Page((ANN, BEN), "")
    first = await client.call("list_statuses_page", "acme", page_size=1)
    assert first.items == (ANN,)
    second = await client.call("list_statuses_page", "acme", page_size=1, page_token=first.next_page_token)
    assert second == Page((BEN,), "")


@scenario
async def available_users(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    assert await client.call("available_users", "acme") == AvailableUsers((ANN,), 1)
    clock.advance(60_000)
    await client.call("record_activity", "acme", "cat")
    for order, best in {
        AvailabilityOrder.LONGEST_AVAILABLE: "ann",
        AvailabilityOrder.MOST_RECENTLY_ACTIVE: "cat",
        AvailabilityOrder.LONGEST_IDLE: "ann",
    }.items():
        answer = await client.call("available_users", "acme", order=order, limit=1)
        assert ([user.user_id for user in answer.user_statuses], answer.available_count) == ([best], 2)


@scenario
async def get_workflow(client: Driver, clock: FakeClock) -> None:
    workflow = await client.call("get_workflow", "acme")
    assert workflow == Workflow(
        account_id="acme",
        enabled=False,
        away_after=None,
        offline_after=None,
        resume=Resume.FROM_AWAY,
        keep_manual_away=False,
        etag=workflow.etag,
        update_time=None,
        updated_by="",
        enabled_time=None,
    )
    assert workflow.etag


@scenario
async def update_workflow(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    etag = (await client.call("get_workflow", "acme")).etag
    written = await client.call(
        "update_workflow",
        "acme",
        enabled=True,
        away_after=10 * MINUTE,
        offline_after=30 * MINUTE,
        resume=Resume.NEVER,
        keep_manual_away=True,
        etag=etag,
        actor="tom",
    )
    expected = Workflow(
        account_id="acme",
        enabled=True,
        away_after=10 * MINUTE,
        offline_after=30 * MINUTE,
        resume=Resume.NEVER,
        keep_manual_away=True,
        etag=written.workflow.etag,
        update_time=NOW,
        updated_by="tom",
        enabled_time=NOW,
    )
    assert written == WorkflowUpdate(expected, None)
    assert await client.call("get_workflow", "acme") == expected

    clock.advance(5 * 60_000)
    # None clears a period, False is written, and what is not named stays.
    change = {"away_after": timedelta(seconds=90.5), "offline_after": None, "keep_manual_away": False}
    await client.call("record_activity", "acme", "cat")
    dry = await client.call("update_workflow", "acme", **change, validate_only=True)
    assert dry.impact == WorkflowImpact(
        1,
        0,
        (WorkflowImpactSwitch("ann", Status.ONLINE, Status.AWAY),),
        tuple(WorkflowImpactQuarter(NOW + (5 + 15 * n) * MINUTE, int(n == 1), 0) for n in (1, 2, 3, 4)),
    )
    assert await client.call("get_workflow", "acme") == expected
    assert dry.workflow.etag == expected.etag
    done = await client.call("update_workflow", "acme", **change, etag=dry.workflow.etag)
    assert done == WorkflowUpdate(replace(dry.workflow, etag=done.workflow.etag), None)
    assert done.workflow == replace(
        expected,
        away_after=timedelta(seconds=90.5),
        offline_after=None,
        keep_manual_away=False,
        etag=done.workflow.etag,
        update_time=NOW + 5 * MINUTE,
        updated_by="süe",
    )
    ann = await client.call("get_status", "acme", "ann")
    assert (ann.status, ann.cause, ann.status_since) == (Status.AWAY, Cause.INACTIVITY, NOW + 5 * MINUTE)


@scenario
async def list_status_changes(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    clock.advance(60_000)
    await client.call("set_status", "acme", "ann", Status.OFFLINE)
    of_ann = StatusChange("acme", "ann", 1, None, Status.ONLINE, Cause.ACTIVITY, NOW, NOW, "", "")
    of_ben = StatusChange("acme", "ben", 2, None, Status.AWAY, Cause.MANUAL, NOW, NOW, "süe", "lunch")
    later = NOW + MINUTE
    last = StatusChange("acme", "ann", 3, Status.ONLINE, Status.OFFLINE, Cause.MANUAL, later, later, "süe", "")
    for options, expected in (
        ({}, [of_ann, of_ben, last]),
        ({"page_size": 1}, [of_ann, of_ben, last]),
        ({"user_id": "ann"}, [of_ann, last]),
        ({"user_id": "nobody"}, []),
        ({"start_time": later}, [last]),
        ({"end_time": later, "user_id": "ann"}, [of_ann]),
        ({"start_time": NOW, "end_time": NOW}, []),
    ):
        assert await client.call("list_status_changes", "acme", **options) == expected


@scenario
async def list_status_changes_page(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    first = await client.call("list_status_changes_page", "acme", page_size=1)
    assert [change.user_id for change in first.items] == ["ann"]
    second = await client.call("list_status_changes_page", "acme", page_size=1, page_token=first.next_page_token)
    assert [change.user_id for change in second.items] == ["ben"]
    assert second.next_page_token == ""


async def a_workflow_changed_twice(client: Driver, clock: FakeClock) -> list[WorkflowChange]:
    """Return the changes, newest first."""
    default = await client.call("get_workflow", "acme")
    first = (await client.call("update_workflow", "acme", enabled=True, away_after=10 * MINUTE)).workflow
    clock.advance(60_000)
    second = (await client.call("update_workflow", "acme", away_after=5 * MINUTE, actor="tom")).workflow
    assert (second.update_time, second.updated_by) == (NOW + MINUTE, "tom")
    return [WorkflowChange(2, second, first), WorkflowChange(1, first, default)]


@scenario
async def list_workflow_changes(client: Driver, clock: FakeClock) -> None:
    changes = await a_workflow_changed_twice(client, clock)
    assert await client.call("list_workflow_changes", "acme") == changes
    assert await client.call("list_workflow_changes", "acme", page_size=1) == changes
    assert await client.call("list_workflow_changes", "unknown") == []


@scenario
async def list_workflow_changes_page(client: Driver, clock: FakeClock) -> None:
    newest, oldest = await a_workflow_changed_twice(client, clock)
    assert await client.call("list_workflow_changes_page", "acme") == Page((newest, oldest), "")
    first = await client.call("list_workflow_changes_page", "acme", page_size=1)
    assert first.items == (newest,)
    second = await client.call("list_workflow_changes_page", "acme", page_size=1, page_token=first.next_page_token)
    assert second == Page((oldest,), "")


@scenario
async def get_caller(client: Driver, clock: FakeClock) -> None:
    everything = CallerGrant(None, frozenset(PERMISSIONS), own_user_only=False, acts_for_others=True)
    caller = await client.call("get_caller")
    assert caller == Caller(authenticated=False, name="", user_id="", via="", grants=(everything,))
    assert caller.may("workflow.write", "acme") and not caller.may("workflow.erase", "acme")


async def three_accounts(client: Driver) -> list[str]:
    for account in ("acme", "zeta", "beta"):
        await client.call("record_activity", account, "ann")
    return ["acme", "beta", "zeta"]


@scenario
async def list_accounts(client: Driver, clock: FakeClock) -> None:
    assert await client.call("list_accounts") == []
    accounts = await three_accounts(client)
    assert sorted(await client.call("list_accounts")) == accounts
    assert sorted(await client.call("list_accounts", page_size=1)) == accounts


@scenario
async def list_accounts_page(client: Driver, clock: FakeClock) -> None:
    accounts = await three_accounts(client)
    first = await client.call("list_accounts_page", page_size=2)
    second = await client.call("list_accounts_page", page_size=2, page_token=first.next_page_token)
    assert (len(first.items), second.next_page_token) == (2, "")
    assert sorted([*first.items, *second.items]) == accounts


@scenario
async def simulate(client: Driver, clock: FakeClock) -> None:
    log = b"at,who\n0,ann\n0,ben\n60000,ann\n700000,ann\n720000,ben\n"
    columns = {"time_column": "at", "user_column": "who", "time_format": LogTimeFormat.EPOCH_MS}
    period = 10 * MINUTE
    answer = await client.call("simulate", "acme", log, away_after=period, **columns)
    start = datetime.fromtimestamp(0, UTC)
    # ann is AWAY from 660 s to 700 s, ben from 600 s to 720 s, with which the log ends; both go AWAY after it as well.
    coverage = answer.summary.coverage
    assert (len(coverage), coverage[0]) == (500, StatusCount(start, 2, 0, 0))
    assert coverage[-1] == StatusCount(start + 12 * MINUTE, 2, 0, 0)
    counted = {count.time: (count.online, count.away, count.offline) for count in coverage}
    assert counted[max(time for time in counted if time < start + timedelta(seconds=660))] == (1, 1, 0)
    assert counted[min(time for time in counted if time >= start + timedelta(seconds=660))] == (0, 2, 0)
    assert replace(answer.summary, coverage=()) == SimulationSummary(
        users=2,
        activities=5,
        late_activities=0,
        first_activity_time=start,
        last_activity_time=start + 12 * MINUTE,
        switches=(
            SimulatedSwitches(None, Status.ONLINE, 2),
            SimulatedSwitches(Status.ONLINE, Status.AWAY, 4),
            SimulatedSwitches(Status.AWAY, Status.ONLINE, 2),
        ),
        resumes=2,
        ignored_activities=0,
        active_soon_after_away=1,
        time_in_status={
            Status.ONLINE: timedelta(seconds=2 * 720 - 40 - 120),
            Status.AWAY: timedelta(seconds=40 + 120),
            Status.OFFLINE: timedelta(0),
        },
        time_by_disconnect={Status.AWAY: timedelta(0), Status.OFFLINE: timedelta(0)},
    )
    sessions = b"at,who,kind,lease_id\n0,ann,,\n0,ann,session_kept,web\n60000,ann,session_ended,web\n300000,ann,,\n"
    gone = {"disconnect_after": MINUTE, "disconnect_status": Status.AWAY}
    answer = await client.call("simulate", "acme", sessions, **gone, **columns, kind_column="kind")
    # ann is gone from 120 s to 300 s.
    summary = answer.summary
    assert (summary.activities, summary.leases, summary.refused_leases) == (2, 2, 0)
    assert (summary.disconnections, summary.reconnections, summary.resumes) == (1, 1, 0)
    assert summary.time_by_disconnect[Status.AWAY] == 3 * MINUTE
    # Whoever does not name the column of kinds has a log of activities, whatever the column says.
    answer = await client.call("simulate", "acme", sessions, **gone, **columns)
    assert (answer.summary.activities, answer.summary.leases) == (4, 0)
    # It says that the times may be meant as seconds.
    assert len(answer.warnings) == 1 and "EPOCH_S" in answer.warnings[0]
    assert await client.call("list_statuses", "acme") == []


@scenario
async def watch(client: Driver, clock: FakeClock) -> None:
    await ann_and_ben(client)
    watch = client.client.watch("acme", user_ids=["ann", "ben"])

    async def following() -> WatchMessage:
        return await asyncio.to_thread(next, watch) if isinstance(watch, Watch) else await anext(watch)

    snapshot = await following()
    assert isinstance(snapshot, WatchSnapshot) and snapshot.workflow is not None
    assert (snapshot.first, snapshot.last, snapshot.user_statuses) == (True, True, (ANN, BEN))
    await client.call("set_status", "acme", "ann", Status.OFFLINE, reason="gone")
    while not isinstance(message := await following(), WatchChanges):
        assert isinstance(message, WatchBookmark)
    (change,) = message.changes
    assert change == (await client.call("list_status_changes", "acme", user_id="ann"))[-1]


@scenario
async def upload_activities(client: Driver, clock: FakeClock) -> None:
    upload = client.client.upload_activities()
    if isinstance(upload, ActivityUpload):
        await asyncio.to_thread(upload.start)
        upload.put("acme", "ann")
        assert await asyncio.to_thread(upload.finish, 20)
    else:
        await upload.start()
        await upload.put("acme", "ann")
        assert await upload.finish(20)
    assert upload.stats == UploadStats(put=1, sent=1, acknowledged=1, connects=1)
    assert [each.user_id for each in await client.call("list_statuses", "acme")] == ["ann"]


async def test_an_iterator_fetches_page_after_page(client: Driver) -> None:
    for n in range(25):
        await client.call("set_status", "acme", f"user-{n:02}", Status.AWAY)
    expected = [f"user-{n:02}" for n in range(25)]
    for page_size in (1, 7, 25, 100):
        statuses = await client.call("list_statuses", "acme", page_size=page_size)
        assert [status.user_id for status in statuses] == expected
        changes = await client.call("list_status_changes", "acme", page_size=page_size)
        assert [change.user_id for change in changes] == expected


# --- every error -----------------------------------------------------------------------------------------------------

CODES = {
    InvalidField: grpc.StatusCode.INVALID_ARGUMENT,
    InvalidWorkflow: grpc.StatusCode.INVALID_ARGUMENT,
    UserUnknown: grpc.StatusCode.NOT_FOUND,
    RevisionConflict: grpc.StatusCode.ABORTED,
    # grpcio's own refusal of a message that is too long, which comes without a reason.
    OndutyError: grpc.StatusCode.RESOURCE_EXHAUSTED,
}


class Refused(NamedTuple):
    """A call that the server must refuse, with which exception, and the fields at fault."""

    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    error: type[OndutyError]
    fields: tuple[str, ...] = ()


FAR = datetime(9999, 12, 31, tzinfo=UTC)
ANN_AWAY = ("acme", "ann", Status.AWAY)
REFUSED = [
    Refused("get_status", ("acme", "nobody"), {}, UserUnknown),
    Refused("get_status", ("", "ann"), {}, InvalidField, ("account_id",)),
    Refused("get_status", ("acme", "x" * 2_000_000), {}, OndutyError),
    Refused("get_workflow", ("a\nb",), {}, InvalidField, ("account_id",)),
    Refused("record_activity", ("acme", "x" * 129), {}, InvalidField, ("user_id",)),
    Refused("record_activity", ("acme", "ann"), {"activity_time": FAR}, InvalidField, ("activity_time",)),
    Refused("set_status", ANN_AWAY, {"reason": "x" * 513}, InvalidField, ("reason",)),
    Refused("set_status", ANN_AWAY, {"actor": "x" * 129}, InvalidField, ("onduty-actor-bin",)),
    Refused("set_status", ANN_AWAY, {"expected_revision": 7}, RevisionConflict),
    Refused("batch_get_statuses", ("acme", []), {}, InvalidField, ("user_ids",)),
    Refused("batch_get_statuses", ("acme", ["ann"] * 1_001), {}, InvalidField, ("user_ids",)),
    Refused("list_statuses", ("acme",), {"page_size": -1}, InvalidField, ("page_size",)),
    Refused("list_statuses_page", ("acme",), {"page_token": "nonsense"}, InvalidField, ("page_token",)),
    Refused("available_users", ("acme",), {"limit": 1_001}, InvalidField, ("limit",)),
    Refused("update_workflow", ("acme",), {"enabled": True}, InvalidWorkflow, ("workflow.enabled",)),
    Refused("update_workflow", ("acme",), {"etag": "stale"}, RevisionConflict),
    *(
        Refused("update_workflow", ("acme",), {"away_after": period, **dry}, error, ("workflow.away_after",))
        for period, error in (
            (-MINUTE, InvalidWorkflow),
            (timedelta(days=31), InvalidWorkflow),
            (timedelta(milliseconds=999.999), InvalidWorkflow),
            (timedelta.max, InvalidField),
        )
        for dry in ({}, {"validate_only": True})
    ),
    Refused(
        "list_status_changes", ("acme",), {"start_time": NOW, "end_time": NOW - MINUTE}, InvalidField, ("end_time",)
    ),
    Refused("list_status_changes_page", ("acme",), {"page_token": "nonsense"}, InvalidField, ("page_token",)),
]


@IN_MEMORY
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.method}-{case.error.__name__}")
async def test_every_refusal_is_an_exception_of_its_own(case: Refused, client: Driver) -> None:
    await ann_and_ben(client)
    with pytest.raises(OndutyError) as caught:
        await client.call(case.method, *case.arguments, **case.options)
    assert type(caught.value) is case.error
    assert caught.value.code is CODES[case.error]
    assert tuple(violation.field for violation in caught.value.field_violations) == case.fields
    assert all(violation.description for violation in caught.value.field_violations)
    assert caught.value.message == str(caught.value) != ""
    assert bool(caught.value.reason) == (case.error is not OndutyError)
    assert await client.call("list_statuses", "acme") == [ANN, BEN]


@pytest.mark.parametrize(
    ("inside", "error", "reason"),
    [
        (domain.StoreUnavailable(), StoreUnavailable, "STORE_UNAVAILABLE"),
        (RuntimeError("secret"), OndutyError, ""),
    ],
)
async def test_what_goes_wrong_inside(
    inside: Exception, error: type[OndutyError], reason: str, kind: AnyClient, clock: FakeClock
) -> None:
    async with (
        running(BrokenStore(clock, inside), clock) as application,
        connected(kind, application) as client,
    ):
        with pytest.raises(OndutyError) as caught:
            await client.call("set_status", "acme", "ann", Status.AWAY)
    assert type(caught.value) is error
    assert caught.value.reason == reason
    assert "secret" not in str(caught.value)


async def test_an_answer_that_takes_too_long(kind: AnyClient, clock: FakeClock) -> None:
    gate = Gate()
    async with (
        running(GatedStore(clock, gate, Gate()), clock) as application,
        connected(kind, application) as client,
    ):
        gate.shut()
        timeout_s = 0.1
        while not gate.arrived.is_set():
            # On a busy machine it may not even reach the store in time.
            with pytest.raises(DeadlineExceeded):
                await client.call("set_status", "acme", "ann", Status.AWAY, timeout=timeout_s)
            timeout_s *= 2
        # The server has stopped working on it.
        await asyncio.wait_for(gate.cancelled.wait(), 20)
        gate.open.set()
        with pytest.raises(UserUnknown):
            await client.call("get_status", "acme", "ann", timeout=5)


async def test_a_server_that_has_gone_is_unavailable(kind: AnyClient, clock: FakeClock) -> None:
    async with AsyncExitStack() as stack:
        async with running(clock=clock) as application:
            client = await stack.enter_async_context(connected(kind, application))
            await client.call("record_activity", "acme", "ann")
        with pytest.raises(Unavailable) as caught:
            await client.call("set_status", "acme", "ann", Status.AWAY)
        assert type(caught.value) is Unavailable
        assert caught.value.reason == ""


async def test_a_client_outlives_a_restart_of_the_server(kind: AnyClient, tmp_path: Path, clock: FakeClock) -> None:
    def server(listen: str) -> Application:
        return Application(SqliteStore(tmp_path / "onduty.db", clock), clock, Listen(listen), shutdown_grace_s=1.0)

    first = server("127.0.0.1:0")
    await first.start()
    async with connected(kind, first, actor="süe") as client:
        try:
            await ann_and_ben(client)
        finally:
            await first.stop()
        # It asks while nobody is there, and is answered by the next.
        reading = asyncio.create_task(client.call("list_statuses", "acme"))
        second = server(f"127.0.0.1:{first.port}")
        await second.start()
        try:
            assert await reading == [ANN, BEN]
        finally:
            await second.stop()
