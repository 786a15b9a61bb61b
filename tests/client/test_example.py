"""The client in use, as a backend would write it. Type-checked with everything else, so that it stays true."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import grpc
import pytest
from tests.client.scripted import ScriptedServer, error_info, refusal

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    AvailabilityOrder,
    Bucket,
    Cause,
    Client,
    DeadlineExceeded,
    Disconnected,
    LimitExceeded,
    OndutyError,
    Patience,
    Reconnected,
    RejectedActivity,
    RevisionConflict,
    Status,
    StatusChange,
    StatusCount,
    TimeGroup,
    Unavailable,
    UserChange,
    UserUnknown,
    WatchChanges,
    WatchSnapshot,
)
from onduty_client.testing import FakeAsyncClient, FakeCall, FakeClient

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def pick_agent(client: AsyncClient, account_id: str) -> str | None:
    """A router: whoever has been waiting for work for longest."""
    available = await client.available_users(account_id, order=AvailabilityOrder.LONGEST_IDLE, limit=1)
    return available.user_statuses[0].user_id if available.user_statuses else None


async def record_request(client: AsyncClient, account_id: str, user_id: str) -> None:
    """A middleware: every request of a user is an activity, and a failure to say so must not fail the request."""
    # It was retried already, and the user's next request reports again.
    with suppress(OndutyError):
        await client.record_activity(account_id, user_id, timeout=0.5)


def label(client: Client, account_id: str, user_id: str) -> str:
    """A Flask or Django view."""
    try:
        user = client.get_status(account_id, user_id)
    except UserUnknown:
        return "never signed in"
    except Unavailable:
        return "not known at the moment"
    if user.next_status is None or user.next_status_time is None:
        return str(user.status)
    return f"{user.status}, {user.next_status} at {user.next_status_time:%H:%M}"


def go_to_lunch(client: Client, account_id: str, user_id: str) -> bool:
    """Away by hand, unless somebody has changed the status since it was read."""
    user = client.get_status(account_id, user_id)
    try:
        client.set_status(account_id, user_id, Status.AWAY, reason="lunch", expected_revision=user.revision)
    except RevisionConflict:
        return False
    return True


def shorten_away(client: Client, account_id: str, away_after: timedelta) -> list[str]:
    """A supervisor's change, made only if it switches nobody at once; answers whom it would switch."""
    workflow = client.get_workflow(account_id)
    preview = client.update_workflow(account_id, enabled=True, away_after=away_after, validate_only=True)
    if preview.impact is not None and preview.impact.switches:
        return [switch.user_id for switch in preview.impact.switches]
    # None clears a period; what is not named stays as it is.
    client.update_workflow(account_id, enabled=True, away_after=away_after, offline_after=None, etag=workflow.etag)
    return []


def automatic_switches(client: Client, account_id: str, day: datetime) -> int:
    """A report over any number of changes: the pages are fetched underneath."""
    changes = client.list_status_changes(account_id, start_time=day, end_time=day + timedelta(days=1))
    return sum(change.cause == "INACTIVITY" for change in changes)


def away_by_hand(client: Client, account_id: str, day: date, zone: str) -> dict[str, timedelta]:
    """A supervisor's question: for how long had each of them set themselves Away on a day?"""
    start, end = (datetime.combine(each, time(), ZoneInfo(zone)) for each in (day, day + timedelta(days=1)))
    found: dict[str, timedelta] = {}
    for summary in client.summarize_time(account_id, start, end, time_zone=zone, group=TimeGroup.USER):
        if not summary.erased:
            (bucket,) = summary.buckets
            found[summary.user_id] = bucket.time_in(Status.AWAY, Cause.MANUAL)
    return found


async def least_covered(client: AsyncClient, account_id: str, start: datetime, end: datetime) -> StatusCount | None:
    """An operator's: at which quarter of an hour were the fewest available? None if nothing is known."""
    curve = await client.count_by_status(account_id, start, end, step=Bucket.QUARTER_HOUR)
    return min((each for each in curve.counts if not each.unknown), key=lambda each: each.online, default=None)


def copy_statuses(client: Client, account_id: str, saved: dict[str, str], token: str) -> str:
    """Keep a copy of an account for as long as the watch lasts; answers the token with which to go on."""
    watch = client.watch(account_id, resume_token=token, patience=Patience(connect=10, reconnect=60))
    with watch:
        for message in watch:
            match message:
                case WatchSnapshot(first=first, user_statuses=statuses):
                    if first:
                        saved.clear()
                    saved.update({user.user_id: user.status for user in statuses})
                case WatchChanges(changes=changes):
                    for change in changes:
                        match change:
                            case StatusChange():
                                saved[change.user_id] = change.status
                            case UserChange(erased=True):
                                saved.pop(change.user_id, None)
    return watch.resume_token


def forget(client: Client, account_id: str, user_id: str) -> bool:
    """Erase somebody, for certain; answers whether they were there."""
    attempts = 0
    while True:
        attempts += 1
        try:
            client.delete_user(account_id, user_id, timeout=30)
        except UserUnknown:
            # Nobody of this name, or an attempt before has erased them although it failed.
            return attempts > 1
        except (Unavailable, DeadlineExceeded):
            if attempts == 3:
                raise
        else:
            return True


async def narrate(client: AsyncClient, account_id: str) -> AsyncIterator[str]:
    """A console: what happens, in words."""
    async for message in client.watch(account_id):
        match message:
            case WatchSnapshot(last=True, user_statuses=statuses):
                yield f"{len(statuses)} users"
            case Disconnected(error=error):
                yield f"lost the server: {error}"
            case Reconnected(after=seconds):
                yield f"back after {seconds:.0f} s"


def import_log(client: Client, account_id: str, rows: list[tuple[str, datetime]]) -> list[int]:
    """An import of activities: all of them, in order; answers the lines that were refused."""
    refused: list[RejectedActivity] = []
    with client.upload_activities(patience=Patience(reconnect=60), on_error=refused.append) as upload:
        for line, (user_id, time) in enumerate(rows, start=1):
            upload.put(account_id, user_id, time, ref=line)
        upload.finish()
    return [activity.ref for activity in refused if isinstance(activity.ref, int)]


# --- and their tests, as the backend would write them ----------------------------------------------------------------


async def test_an_asyncio_backend() -> None:
    client = FakeAsyncClient()
    assert await pick_agent(client, "acme") is None
    client.service.set_status("acme", "ann", Status.ONLINE)
    assert await pick_agent(client, "acme") == "ann"
    client.fail(LimitExceeded("slower"))
    await record_request(client, "acme", "ann")
    assert client.calls[-1] == FakeCall("record_activity", {"account_id": "acme", "user_id": "ann", "timeout": 0.5})


def test_a_label(server: ScriptedServer) -> None:
    client = FakeClient()
    assert label(client, "acme", "zoe") == "never signed in"
    client.service.set_status("acme", "ann", Status.ONLINE)
    assert label(client, "acme", "ann") == "ONLINE"
    client.fail(Unavailable("down"))
    assert label(client, "acme", "ann") == "not known at the moment"
    # What comes next is the service's to say; the fake's has no clock.
    online = pb.UserStatus(user_id="ann", status=pb.STATUS_ONLINE, next_status=pb.STATUS_AWAY, revision=7)
    online.next_status_time.FromJsonString("2026-11-22T12:10:00Z")
    server.service.script(pb.GetStatusResponse(user_status=online))
    with Client(server.target, actor="ann") as real:
        assert label(real, "acme", "ann") == "ONLINE, AWAY at 12:10"


def test_going_to_lunch() -> None:
    client = FakeClient(actor="ann")
    revision = client.service.set_status("acme", "ann", Status.ONLINE).revision
    assert go_to_lunch(client, "acme", "ann")
    assert client.calls[-1].arguments["expected_revision"] == revision
    client.fail(RevisionConflict("now at 8"), "set_status")
    assert not go_to_lunch(client, "acme", "ann")


def test_shortening_a_period(server: ScriptedServer) -> None:
    client = FakeClient()
    etag = client.get_workflow("acme").etag
    assert shorten_away(client, "acme", timedelta(minutes=5)) == []
    assert client.calls[-1] == FakeCall(
        "update_workflow",
        {
            "account_id": "acme",
            "enabled": True,
            "away_after": timedelta(minutes=5),
            "offline_after": None,
            "etag": etag,
        },
    )
    # Whom a change would switch is the service's to say.
    impact = pb.WorkflowImpact(switching_to_away=1, switches=[pb.WorkflowImpactSwitch(user_id="bob")])
    server.service.script(
        pb.GetWorkflowResponse(workflow=pb.Workflow(etag="e1")), pb.UpdateWorkflowResponse(impact=impact)
    )
    with Client(server.target) as real:
        assert shorten_away(real, "acme", timedelta(minutes=5)) == ["bob"]
        server.service.script(
            pb.GetWorkflowResponse(workflow=pb.Workflow(etag="e1")),
            pb.UpdateWorkflowResponse(impact=pb.WorkflowImpact()),
            pb.UpdateWorkflowResponse(),
        )
        assert shorten_away(real, "acme", timedelta(minutes=5)) == []
        assert server.service.last.request.workflow.etag == "e1"
        assert list(server.service.last.request.update_mask.paths) == ["enabled", "away_after", "offline_after"]


def test_a_report() -> None:
    client = FakeClient()
    for user in ("ann", "bob"):
        client.service.set_status("acme", user, Status.ONLINE)
        client.service.set_status("acme", user, Status.AWAY, cause=Cause.INACTIVITY)
    assert automatic_switches(client, "acme", client.service.now) == 2


def test_a_day_of_another_time_zone_begins_elsewhere() -> None:
    client = FakeClient()
    client.service.now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    client.set_status("acme", "ann", Status.AWAY)
    client.record_activity("acme", "bob")
    client.service.now = NOON + timedelta(days=1)
    away = away_by_hand(client, "acme", date(2026, 11, 22), "Europe/Berlin")
    assert away == {"ann": timedelta(minutes=30), "bob": timedelta(0)}
    assert away_by_hand(client, "acme", date(2026, 11, 22), "UTC")["ann"] == timedelta(minutes=90)


async def test_the_least_covered_quarter_of_an_hour() -> None:
    client = FakeAsyncClient()
    client.service.now = NOON
    for user in ("ann", "bob"):
        client.service.set_status("acme", user, Status.ONLINE)
    client.service.now += timedelta(minutes=20)
    client.service.set_status("acme", "ann", Status.AWAY)
    client.service.now += timedelta(minutes=20)
    found = await least_covered(client, "acme", NOON, NOON + timedelta(hours=1))
    assert found == StatusCount(NOON + timedelta(minutes=30), online=1, away=1, offline=0)
    assert await least_covered(client, "acme", NOON + timedelta(days=1), NOON + timedelta(days=2)) is None


def test_a_copy_is_kept_up_to_date() -> None:
    client = FakeClient()
    client.service.set_status("acme", "ann", Status.ONLINE)
    saved: dict[str, str] = {}
    token = copy_statuses(client, "acme", saved, "")
    assert saved == {"ann": "ONLINE"}
    client.service.set_status("acme", "bob", Status.AWAY)
    client.watch_script = [Disconnected(Unavailable("cut")), Reconnected(1.5)]
    copy_statuses(client, "acme", saved, token)
    assert saved == {"ann": "ONLINE", "bob": "AWAY"}


def test_a_copy_forgets_who_is_erased() -> None:
    client = FakeClient()
    client.service.set_status("acme", "ann", Status.ONLINE)
    client.watch_script = [WatchChanges((UserChange("acme", "ann", 2, NOON, erased=True),), "2")]
    saved: dict[str, str] = {}
    copy_statuses(client, "acme", saved, "")
    assert saved == {}


def test_forgetting_somebody_for_certain() -> None:
    client = FakeClient()
    assert not forget(client, "acme", "ann")
    client.record_activity("acme", "ann")
    client.fail(Unavailable("cut"), "delete_user")
    assert forget(client, "acme", "ann")
    assert client.service.statuses("acme") == ()
    client.fail(DeadlineExceeded("late"), "delete_user", times=3)
    with pytest.raises(DeadlineExceeded):
        forget(client, "acme", "ann")


async def test_an_asynchronous_view() -> None:
    client = FakeAsyncClient()
    client.service.set_status("acme", "ann", Status.ONLINE)
    assert [line async for line in narrate(client, "acme")] == ["1 users"]


def test_an_import() -> None:
    client = FakeClient()
    assert import_log(client, "acme", [("ann", NOON), ("", NOON), ("bob", NOON)]) == [2]
    assert [user.last_activity_time for user in client.service.statuses("acme")] == [NOON, NOON]


def test_a_failed_call_says_what_is_wrong(server: ScriptedServer) -> None:
    server.service.script(refusal(grpc.StatusCode.NOT_FOUND, "never seen: zoe", error_info("USER_UNKNOWN")))
    with Client(server.target) as client, pytest.raises(UserUnknown, match="never seen: zoe"):
        client.get_status("acme", "zoe")
