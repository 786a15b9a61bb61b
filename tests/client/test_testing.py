"""The fakes for users' tests: the signatures of what they stand for, and the behaviour that their page promises."""

from __future__ import annotations

import asyncio
import inspect
import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    ActivityReporter,
    ActivityUpload,
    AsyncActivityReporter,
    AsyncActivityUpload,
    AsyncAvailabilityMirror,
    AsyncClient,
    AsyncEngagement,
    AsyncSession,
    AsyncWatch,
    AvailabilityMirror,
    AvailabilityOrder,
    Cause,
    Client,
    Disconnected,
    Engagement,
    InvalidField,
    InvalidWorkflow,
    LeaseAction,
    LimitExceeded,
    MirrorEvent,
    MirrorNotReady,
    MirrorStale,
    PermissionRequired,
    RejectedActivity,
    RejectedLease,
    ReporterStats,
    ResyncCause,
    Resynced,
    RevisionConflict,
    Session,
    Status,
    StatusChange,
    Then,
    Unavailable,
    UploadStats,
    UserUnknown,
    Watch,
    WatchBookmark,
    WatchChanges,
    WatchSnapshot,
    WorkflowChanged,
    testing,
)
from onduty_client.testing import (
    AsyncScriptedMirror,
    FakeAsyncClient,
    FakeAsyncEngagement,
    FakeAsyncReporter,
    FakeAsyncSession,
    FakeAsyncUpload,
    FakeAsyncWatch,
    FakeCall,
    FakeClient,
    FakeEngagement,
    FakeReporter,
    FakeService,
    FakeSession,
    FakeUpload,
    FakeWatch,
    RecordedActivity,
    RecordedLease,
    ScriptedMirror,
)

PAIRS: list[tuple[type, type]] = [
    (FakeClient, Client),
    (FakeAsyncClient, AsyncClient),
    (FakeSession, Session),
    (FakeAsyncSession, AsyncSession),
    (FakeEngagement, Engagement),
    (FakeAsyncEngagement, AsyncEngagement),
    (FakeReporter, ActivityReporter),
    (FakeAsyncReporter, AsyncActivityReporter),
    (FakeWatch, Watch),
    (FakeAsyncWatch, AsyncWatch),
    (FakeUpload, ActivityUpload),
    (FakeAsyncUpload, AsyncActivityUpload),
    (ScriptedMirror, AvailabilityMirror),
    (AsyncScriptedMirror, AsyncAvailabilityMirror),
]
#: What the machinery of streams calls, and no program.
MACHINERY = {"pause", "resume", "after_fork_in_child", "show", "vouch", "date", "distrust"}


def public(kind: type) -> dict[str, Any]:
    names = [name for name in dir(kind) if not name.startswith("_") or name in ("__enter__", "__aenter__", "__next__")]
    return {name: inspect.getattr_static(kind, name) for name in names if name not in MACHINERY}


@pytest.mark.parametrize(("fake", "real"), PAIRS, ids=lambda kind: kind.__name__)
def test_a_fake_has_the_methods_and_signatures_of_what_it_stands_for(fake: type, real: type) -> None:
    assert issubclass(fake, real)
    for name, member in public(real).items():
        mine = public(fake)[name]
        assert type(mine) is type(member), name
        if inspect.isfunction(member):
            assert inspect.signature(mine).parameters == inspect.signature(member).parameters, name
            assert inspect.iscoroutinefunction(mine) == inspect.iscoroutinefunction(member), name


@pytest.mark.parametrize(("fake", "real"), PAIRS, ids=lambda kind: kind.__name__)
def test_a_fake_overrides_all_that_would_use_a_connection(fake: type, real: type) -> None:
    """Whatever the real one inherits from the machinery, and not from reading or from leases, must be the fake's own.

    Leases know a server only by what they are made with.
    """
    from onduty_client._lease_blocks import Block
    from onduty_client._mirror_reading import MirrorReader

    shared = {"__enter__", "__aenter__", *vars(MirrorReader)}
    if issubclass(real, Block):
        shared |= {name for kind in real.__mro__ for name in vars(kind)}
    for name in public(real):
        owner = next(kind for kind in fake.__mro__ if name in vars(kind))
        assert owner.__module__.startswith("onduty_client.testing") or name in shared, name


def test_it_is_light() -> None:
    listing = (
        "import sys, onduty_client; before = set(sys.modules); import onduty_client.testing; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    ran = subprocess.run([sys.executable, "-c", listing], check=True, capture_output=True, timeout=30, text=True)
    assert ran.stdout.split() == ["onduty_client"]


def test_all_is_what_the_package_shows() -> None:
    assert set(testing.__all__) == {name for name in vars(testing) if not name.startswith("_")}


# --- clients ---------------------------------------------------------------------------------------------------------


class TestClient:
    def test_answers_from_what_the_test_sets(self) -> None:
        client = FakeClient(actor="sue")
        assert client.record_activity("acme", "ann").status is Status.ONLINE
        client.service.now += timedelta(seconds=60)
        ann = client.set_status("acme", "ann", Status.AWAY, reason="lunch", expected_revision=1)
        assert (ann.status, ann.cause, ann.actor, ann.reason, ann.revision) == (
            *(Status.AWAY, Cause.MANUAL, "sue", "lunch"),
            2,
        )
        assert ann.last_activity_time == ann.status_since - timedelta(seconds=60)
        assert client.get_status("acme", "ann") == ann
        bob = client.service.set_status("acme", "bob", Status.ONLINE)
        found = client.batch_get_statuses("acme", ["bob", "zoe", "ann"])
        assert (found.user_statuses, found.unknown_user_ids) == ((bob, ann), ("zoe",))
        assert list(client.list_statuses("acme", page_size=1)) == [ann, bob]
        assert list(client.list_statuses("acme", statuses=[Status.ONLINE])) == [bob]
        page = client.list_statuses_page("acme", page_size=1)
        assert client.list_statuses_page("acme", page_size=1, page_token=page.next_page_token).items == (bob,)
        assert client.available_users("acme").user_statuses == (bob,)
        changes = list(client.list_status_changes("acme", page_size=1))
        assert [(each.user_id, each.previous_status, each.status) for each in changes] == [
            ("ann", None, Status.ONLINE),
            ("ann", Status.ONLINE, Status.AWAY),
            ("bob", None, Status.ONLINE),
        ]
        later = client.list_status_changes_page("acme", user_id="ann", start_time=client.service.now)
        assert [each.revision for each in later.items] == [2]
        assert list(client.list_status_changes("acme", end_time=client.service.now)) == changes[:1]

    def test_an_activity_brings_back_whom_inactivity_switched(self) -> None:
        client = FakeClient()
        client.service.set_status("acme", "by hand", Status.AWAY)
        client.service.set_status("acme", "idle", Status.AWAY, cause=Cause.INACTIVITY)
        client.service.set_status("acme", "gone", Status.OFFLINE, cause=Cause.INACTIVITY)
        found = {user: client.record_activity("acme", user).status for user in ("by hand", "idle", "gone")}
        assert found == {"by hand": Status.AWAY, "idle": Status.ONLINE, "gone": Status.OFFLINE}

    def test_the_orders_of_available_users(self) -> None:
        client = FakeClient()
        start = client.service.now
        for second, user in enumerate(("ann", "bob", "cid")):
            client.service.now = start + timedelta(seconds=second)
            client.record_activity("acme", user)
        client.record_activity("acme", "ann")

        def order(by: AvailabilityOrder) -> list[str]:
            return [each.user_id for each in client.available_users("acme", order=by, limit=2).user_statuses]

        assert order(AvailabilityOrder.LONGEST_AVAILABLE) == ["ann", "bob"]
        assert order(AvailabilityOrder.MOST_RECENTLY_ACTIVE) == ["ann", "cid"]
        assert order(AvailabilityOrder.LONGEST_IDLE) == ["bob", "ann"]
        assert client.available_users("acme", limit=1).available_count == 3

    def test_workflows_change_and_conflict(self) -> None:
        client = FakeClient(actor="sue")
        before = client.get_workflow("acme")
        assert not before.enabled
        preview = client.update_workflow("acme", enabled=True, away_after=timedelta(minutes=5), validate_only=True)
        assert preview.impact is not None and client.get_workflow("acme") == before
        ends = [client.service.now + number * timedelta(minutes=15) for number in (1, 2, 3, 4)]
        assert [quarter.end_time for quarter in preview.impact.next_hour] == ends
        after = client.update_workflow("acme", enabled=True, away_after=timedelta(minutes=5), etag=before.etag).workflow
        assert (after.enabled, after.away_after, after.updated_by) == (True, timedelta(minutes=5), "sue")
        assert client.get_workflow("acme") == after != before
        with pytest.raises(RevisionConflict):
            client.update_workflow("acme", enabled=False, etag=before.etag)
        with pytest.raises(InvalidWorkflow):
            client.update_workflow("acme", away_after=None)
        assert not client.update_workflow("acme", enabled=False, away_after=None).workflow.enabled

    def test_changes_of_workflows_are_kept_and_accounts_listed(self) -> None:
        client = FakeClient(actor="sue")
        before = client.get_workflow("acme")
        client.record_activity("acme", "ann")
        after = client.update_workflow("acme", enabled=True, away_after=timedelta(minutes=5)).workflow
        last = client.update_workflow("acme", enabled=False).workflow
        assert [(it.revision, it.previous_workflow, it.workflow) for it in client.list_workflow_changes("acme")] == [
            (3, after, last),
            (2, before, after),
        ]
        page = client.list_workflow_changes_page("acme", page_size=1)
        assert client.list_workflow_changes_page("acme", page_token=page.next_page_token).items[0].revision == 2
        client.get_workflow("only asked for")
        assert list(client.list_accounts()) == ["acme"]
        assert client.list_accounts_page().items == ("acme",)
        caller = client.get_caller()
        assert not caller.authenticated and caller.may("workflow.write", "acme")

    def test_the_caller_is_whom_the_test_says(self) -> None:
        client = FakeClient()
        client.service.caller = pb.Caller(authenticated=True, name="kim")
        assert (client.get_caller().name, client.get_caller().may("status.read", "acme")) == ("kim", False)

    def test_a_simulation_answers_what_the_test_says(self) -> None:
        client = FakeClient()
        client.service.simulation.summary.users = 3
        assert client.simulate("acme", b"", away_after=timedelta(minutes=5)).summary.users == 3

    def test_a_status_with_an_end_ends_by_the_services_clock(self) -> None:
        client = FakeClient(actor="ann")
        start = client.service.now
        client.record_activity("acme", "ann")
        lunch = client.set_status("acme", "ann", Status.AWAY, until=start + timedelta(minutes=30), then=Then.ONLINE)
        assert (lunch.expire_time, lunch.then) == (start + timedelta(minutes=30), Then.ONLINE)
        assert (lunch.next_status, lunch.next_status_time, lunch.next_cause) == (
            *(Status.ONLINE, lunch.expire_time),
            Cause.EXPIRY,
        )
        client.service.now = start + timedelta(minutes=30, milliseconds=-1)
        assert client.get_status("acme", "ann") == lunch
        client.service.now += timedelta(hours=1)
        back = client.get_status("acme", "ann")
        assert (back.status, back.cause, back.status_since, back.expire_time, back.actor) == (
            *(Status.ONLINE, Cause.EXPIRY, lunch.expire_time),
            *(None, ""),
        )
        *_, change = client.list_status_changes("acme")
        assert (change.effective_time, change.commit_time) == (lunch.expire_time, client.service.now)
        # By itself it is ONLINE only if the last activity was recent, and an activity brings back who is AWAY.
        client.set_status("acme", "ann", Status.AWAY, ttl=timedelta(minutes=1))
        client.service.now += timedelta(minutes=2)
        assert client.get_status("acme", "ann").status is Status.AWAY
        assert client.record_activity("acme", "ann").status is Status.ONLINE
        for wrong in (
            {"until": start + timedelta(days=99)},
            {"ttl": timedelta(0)},
            {"then": Then.AWAY},
            {"ttl": timedelta(minutes=1), "until": client.service.now + timedelta(minutes=1)},
        ):
            with pytest.raises(InvalidField):
                client.set_status("acme", "ann", Status.AWAY, **wrong)
        until = client.service.now + timedelta(minutes=1)
        assert client.service.set_status("acme", "bob", Status.OFFLINE, until=until).then is Then.AUTOMATIC

    def test_sessions_run_out_and_disconnect(self) -> None:
        client = FakeClient()
        with pytest.raises(UserUnknown):
            client.keep_session("acme", "ann", "tab")
        client.update_workflow("acme", enabled=True, disconnect_after=timedelta(minutes=1))
        with pytest.raises(InvalidWorkflow):
            client.update_workflow("acme", disconnect_status=Status.ONLINE)
        ann = client.keep_session("acme", "ann", "tab", idle_for=timedelta(0))
        assert ann.connected and ann.next_cause is Cause.DISCONNECT
        gone_at = client.service.now + timedelta(seconds=150 + 60)
        client.service.now += timedelta(hours=1)
        ann = client.get_status("acme", "ann")
        assert (ann.status, ann.cause, ann.status_since, ann.connected) == (
            *(Status.OFFLINE, Cause.DISCONNECT, gone_at),
            False,
        )
        assert client.keep_session("acme", "ann", "tab").status is Status.ONLINE
        assert not client.end_session("acme", "ann", "tab").connected
        for number in range(20):
            client.keep_session("acme", "ann", f"tab-{number}")
        with pytest.raises(LimitExceeded, match="20 sessions"):
            client.keep_session("acme", "ann", "tab-20")
        with pytest.raises(InvalidField):
            client.keep_session("acme", "ann", "tab-0", ttl=timedelta(seconds=5))

    def test_engagements_are_counted_and_who_has_too_many_is_left_out(self) -> None:
        client = FakeClient()
        for user in ("ann", "bob"):
            client.record_activity("acme", user)
        client.keep_engagement("acme", "ann", "call-1", ttl=timedelta(minutes=5))
        assert client.keep_engagement("acme", "ann", "call-2").engagements == 2
        both, free = (client.available_users("acme", max_engagements=most) for most in (3, 2))
        assert [each.user_id for each in both.user_statuses] == ["ann", "bob"] and both.available_count == 2
        assert [each.user_id for each in free.user_statuses] == ["bob"] and free.available_count == 1
        idle = client.available_users("acme", order=AvailabilityOrder.LONGEST_IDLE).user_statuses
        assert [each.user_id for each in idle] == ["bob", "ann"]
        client.service.now += timedelta(minutes=5)
        assert client.get_status("acme", "ann").engagements == 1
        assert client.end_engagement("acme", "ann", "call-2").engagements == 0

    def test_a_lease_lives_for_as_long_as_its_block(self) -> None:
        client = FakeClient()
        with client.session("acme", "ann", "tab", idle_for=timedelta(0)) as session:
            with client.engagement("acme", "ann", "call") as call:
                client.service.now += timedelta(hours=9)
                ann = client.get_status("acme", "ann")
                assert (ann.connected, ann.engagements) == (True, 1)
                assert (session.lost, call.lost) == (None, None)
                session.active()
                assert client.get_status("acme", "ann").last_activity_time == client.service.now
            assert client.get_status("acme", "ann").engagements == 0
        assert not client.get_status("acme", "ann").connected
        assert client.calls[:2] == [
            FakeCall(
                "session", {"account_id": "acme", "user_id": "ann", "session_id": "tab", "idle_for": timedelta(0)}
            ),
            FakeCall("engagement", {"account_id": "acme", "user_id": "ann", "engagement_id": "call"}),
        ]

    def test_a_lease_is_lost_and_recovers_as_the_test_says(self) -> None:
        client = FakeClient()
        client.record_activity("acme", "ann")
        lost: list[Exception] = []
        down = Unavailable("down")
        with client.engagement("acme", "ann", "call", on_lost=lost.append) as call:
            call.lose(down)
            assert call.lost is down and lost == [down]
            assert client.get_status("acme", "ann").engagements == 0
            call.recover()
            client.service.now += timedelta(hours=9)
            assert client.get_status("acme", "ann").engagements == 1
        # As the real ones: a refusal is raised, and a server that is away is not.
        client.fail(PermissionRequired("no"), "session")
        with pytest.raises(PermissionRequired), client.session("acme", "ann", "tab"):
            raise AssertionError("it is not entered")
        client.fail(down, "session")
        with client.session("acme", "ann", "tab") as session:
            assert session.lost is down and not client.get_status("acme", "ann").connected
            session.recover()
            assert client.get_status("acme", "ann").connected
            client.fail(down, "session")
        # Its end did not get through, so it runs out.
        assert client.get_status("acme", "ann").connected
        client.service.now += timedelta(seconds=150)
        assert not client.get_status("acme", "ann").connected

    def test_a_closed_client_lets_its_leases_run_out(self) -> None:
        service = FakeService()
        service.set_status("acme", "ann", Status.ONLINE)
        client = FakeClient(service)
        with client.session("acme", "ann", "tab"):
            client.close()
        other = FakeClient(service)
        assert other.get_status("acme", "ann").connected
        service.now += timedelta(seconds=150)
        assert not other.get_status("acme", "ann").connected
        with pytest.raises(RuntimeError, match="closed"):
            client.session("acme", "ann", "tab")

    def test_refuses_what_the_service_refuses_and_what_cannot_be_sent(self) -> None:
        client = FakeClient()
        with pytest.raises(UserUnknown, match="user 'zoe' not found in account 'acme'"):
            client.get_status("acme", "zoe")
        with pytest.raises(InvalidField) as caught:
            client.record_activity("acme", "")
        assert caught.value.field_violations[0].field == "user_id"
        with pytest.raises(RevisionConflict):
            client.set_status("acme", "ann", Status.AWAY, expected_revision=7)
        with pytest.raises(ValueError, match="time zone"):
            client.record_activity("acme", "ann", activity_time=datetime(2026, 1, 1))  # noqa: DTZ001
        with pytest.raises(ValueError, match="UNKNOWN"):
            client.set_status("acme", "ann", Status.UNKNOWN)
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            client.get_status("acme", "ann")

    def test_records_its_calls_and_fails_as_it_is_told(self) -> None:
        client = FakeClient()
        client.fail(Unavailable("down"))
        client.fail(PermissionRequired("no"), "get_workflow", times=2)
        with pytest.raises(Unavailable):
            client.record_activity("acme", user_id="ann")
        client.record_activity("acme", "ann", timeout=0.5)
        for _ in range(2):
            with pytest.raises(PermissionRequired):
                client.get_workflow("acme")
        client.get_workflow("acme")
        assert client.calls[:3] == [
            FakeCall("record_activity", {"account_id": "acme", "user_id": "ann"}),
            FakeCall("record_activity", {"account_id": "acme", "user_id": "ann", "timeout": 0.5}),
            FakeCall("get_workflow", {"account_id": "acme"}),
        ]
        with pytest.raises(ValueError, match="no method 'nonsense'"):
            client.fail(Unavailable("down"), "nonsense")

    def test_a_watch_tells_the_state_then_what_the_test_adds(self) -> None:
        client = FakeClient()
        ann = client.service.set_status("acme", "ann", Status.ONLINE)
        lost = Disconnected(Unavailable("cut"))
        client.watch_script = [lost, Unavailable("for good")]
        with client.watch("acme") as watch:
            assert [watch.as_of, watch.staleness] == [None, math.inf]
            snapshot, bookmark, third = (next(watch) for _ in range(3))
            assert isinstance(snapshot, WatchSnapshot) and isinstance(bookmark, WatchBookmark)
            assert snapshot.first and snapshot.last and snapshot.user_statuses == (ann,)
            assert third == lost
            assert [watch.as_of, watch.staleness] == [client.service.now, 0.0]
            with pytest.raises(Unavailable):
                next(watch)
            assert list(watch) == []
        client.watch_script = []
        client.service.set_status("acme", "bob", Status.AWAY)
        changes, _ = client.watch("acme", resume_token=watch.resume_token)
        assert isinstance(changes, WatchChanges)
        assert [each.user_id for each in changes.changes if isinstance(each, StatusChange)] == ["bob"]

    def test_an_upload_records_at_once_and_tells_what_is_refused(self) -> None:
        client = FakeClient()
        refused: list[RejectedActivity] = []
        refused_leases: list[RejectedLease] = []
        with client.upload_activities(on_error=refused.append, on_lease_error=refused_leases.append) as upload:
            upload.put("acme", "ann")
            upload.put("acme", "", ref=7)
            upload.put_lease(LeaseAction.KEEP_SESSION, "acme", "ann", "tab", ttl=timedelta(minutes=1))
            upload.put_lease(LeaseAction.KEEP_ENGAGEMENT, "acme", "zoe", "call", ref=8)
            assert upload.finish()
        assert upload.stats == UploadStats(put=4, sent=4, acknowledged=2, rejected=2, connects=1)
        assert [each.ref for each in refused] == [7]
        assert [(each.ref, type(each.error)) for each in refused_leases] == [(8, UserUnknown)]
        assert client.get_status("acme", "ann").connected
        assert client.get_status("acme", "ann").status is Status.ONLINE

    def test_an_upload_keeps_and_ends_sessions_and_engagements(self) -> None:
        client = FakeClient()
        refused: list[RejectedLease] = []
        with client.upload_activities(on_lease_error=refused.append) as upload:
            upload.put("acme", "ann")
            upload.put_lease(LeaseAction.KEEP_SESSION, "acme", "ann", "tab", ttl=timedelta(minutes=1))
            upload.put_lease(LeaseAction.KEEP_ENGAGEMENT, "acme", "ann", "call")
            upload.put_lease(LeaseAction.END_ENGAGEMENT, "acme", "bob", "call", ref=7)
            assert upload.finish()
        assert upload.stats == UploadStats(put=4, sent=4, acknowledged=3, rejected=1, connects=1)
        assert [(each.lease_id, each.ref) for each in refused] == [("call", 7)]
        ann = client.get_status("acme", "ann")
        assert (ann.connected, ann.engagements) == (True, 1)


async def test_the_asynchronous_client_does_the_same() -> None:
    service = FakeService()
    async with FakeAsyncClient(service, actor="sue") as client:
        assert (await client.record_activity("acme", "ann")).status is Status.ONLINE
        await client.set_status("acme", "ann", Status.AWAY, actor="boss")
        assert [each.actor async for each in client.list_statuses("acme")] == ["boss"]
        client.fail(Unavailable("down"), "get_status")
        with pytest.raises(Unavailable):
            await client.get_status("acme", "ann")
        kinds = [type(message) async for message in client.watch("acme")]
        assert kinds == [WatchSnapshot, WatchBookmark]
        async with client.upload_activities() as upload:
            await upload.put("acme", "bob")
            await upload.put_lease(LeaseAction.KEEP_SESSION, "acme", "bob", "tab")
            assert await upload.finish()
        assert (await client.get_status("acme", "bob")).connected
        async with client.session("acme", "ann", "tab") as session, client.engagement("acme", "ann", "call"):
            session.active()
            ann = await client.get_status("acme", "ann")
            assert (ann.connected, ann.engagements, ann.last_activity_time) == (True, 1, service.now)
        ann = await client.get_status("acme", "ann")
        assert (ann.connected, ann.engagements) == (False, 0)
        methods = [call.method for call in client.calls]
    assert methods[:6] == ["record_activity", "set_status", "list_statuses", "get_status", "watch", "upload_activities"]
    assert methods[6:] == ["get_status", "session", "engagement", "get_status", "get_status"]
    # Two clients of one service see the same.
    assert FakeClient(service).get_status("acme", "bob").status is Status.ONLINE
    with pytest.raises(RuntimeError, match="closed"):
        await client.get_status("acme", "ann")


# --- reporters -------------------------------------------------------------------------------------------------------


def test_a_reporter_keeps_what_is_recorded() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    refused: list[RejectedActivity] = []
    service = FakeService()
    with FakeReporter(service, on_error=refused.append) as reporter:
        reporter.record("acme", "ann")
        reporter.record("acme", "ann", noon)
        reporter.reject(PermissionRequired("no"))
        reporter.record("acme", "bob")
        reporter.reject(None)
        assert reporter.flush()
        reporter.unreachable(Unavailable("down"))
        reporter.record("acme", "cid")
        assert not reporter.flush(1)
        assert str(reporter.error) == "down"
        assert reporter.stats == ReporterStats(recorded=4, acknowledged=2, rejected=1, pending=1, sent=3, connects=1)
        reporter.unreachable(None)
        assert reporter.flush() and reporter.error is None
    assert reporter.recorded[:2] == [RecordedActivity("acme", "ann"), RecordedActivity("acme", "ann", noon)]
    assert [(each.user_id, str(each.error)) for each in refused] == [("bob", "no")]
    assert [each.user_id for each in service.statuses("acme")] == ["ann", "cid"]
    reporter.record("acme", "late")
    assert reporter.stats.dropped == 1
    with pytest.raises(ValueError, match="time zone"):
        reporter.record("acme", "ann", noon.replace(tzinfo=None))


def test_a_reporter_keeps_what_is_reported_of_sessions_and_engagements() -> None:
    refused: list[RejectedLease] = []
    service = FakeService()
    with FakeReporter(service, on_lease_error=refused.append) as reporter:
        reporter.keep_session("acme", "ann", "tab", ttl=timedelta(minutes=1), idle_for=timedelta(0))
        reporter.keep_engagement("acme", "ann", "call")
        (ann,) = service.statuses("acme")
        assert (ann.connected, ann.engagements) == (True, 1)
        reporter.end_session("acme", "ann", "tab")
        reporter.end_engagement("acme", "ann", "call")
        (ann,) = service.statuses("acme")
        assert (ann.connected, ann.engagements) == (False, 0)
        reporter.keep_engagement("acme", "zoe", "call")
    assert reporter.leases[:2] == [
        RecordedLease(LeaseAction.KEEP_SESSION, "acme", "ann", "tab", timedelta(minutes=1), timedelta(0)),
        RecordedLease(LeaseAction.KEEP_ENGAGEMENT, "acme", "ann", "call"),
    ]
    assert [each.action for each in reporter.leases[2:]] == [
        LeaseAction.END_SESSION,
        LeaseAction.END_ENGAGEMENT,
        LeaseAction.KEEP_ENGAGEMENT,
    ]
    assert [(each.user_id, each.lease_id, type(each.error)) for each in refused] == [("zoe", "call", UserUnknown)]
    assert reporter.stats == ReporterStats(recorded=5, acknowledged=4, rejected=1, sent=5, connects=1)
    assert reporter.recorded == []
    with pytest.raises(ValueError, match="surrogates"):
        reporter.keep_session("acme", "ann", "\ud800")


async def test_so_does_the_asynchronous_one() -> None:
    async with FakeAsyncReporter() as reporter:
        reporter.unreachable(Unavailable("down"))
        reporter.record("acme", "ann")
        assert not await reporter.flush()
    assert reporter.stats == ReporterStats(recorded=1, dropped=1)


# --- mirrors ---------------------------------------------------------------------------------------------------------


def test_a_mirror_shows_what_the_test_sets_and_tells_of_it() -> None:
    events: list[MirrorEvent] = []
    mirror = ScriptedMirror("acme", on_change=events.append)
    with pytest.raises(MirrorNotReady, match="not started"):
        mirror.is_available("ann")
    with mirror:
        mirror.wait_ready()
        followed = mirror.changes()
        mirror.set_status("ann", Status.ONLINE)
        mirror.now += timedelta(seconds=1)
        mirror.set_status("bob", Status.ONLINE)
        mirror.set_status("ann", Status.ONLINE, reason="still")
        assert mirror.is_available("ann") and not mirror.is_available("zoe")
        assert [each.user_id for each in mirror.available_users()] == ["ann", "bob"]
        assert mirror.available_count() == 2 and len(mirror.statuses()) == 2
        change = mirror.set_status("ann", Status.AWAY, cause=Cause.INACTIVITY)
        assert change.previous_status is Status.ONLINE
        mirror.set_workflow(enabled=True, away_after=timedelta(minutes=5))
        assert mirror.workflow().enabled
        assert (mirror.staleness, mirror.stats.changes, mirror.stats.snapshots) == (0.0, 5, 1)
        told = [followed.next(0) for _ in range(5)]
        assert told == events[1:]
        assert events[0] == Resynced(ResyncCause.SNAPSHOT)
        assert told[3] == change and isinstance(told[4], WorkflowChanged)
        mirror.resync(ResyncCause.SLOW_CONSUMER, 3)
        assert followed.next(0) == Resynced(ResyncCause.SLOW_CONSUMER, 3)
    assert followed.next(0) is None
    with pytest.raises(RuntimeError, match="closed"):
        mirror.is_available("ann")


def test_a_mirror_shows_the_end_of_a_status() -> None:
    with ScriptedMirror() as mirror:
        until = mirror.now + timedelta(minutes=30)
        change = mirror.set_status("ann", Status.AWAY, until=until)
        assert (change.expire_time, change.then) == (until, Then.AUTOMATIC)
        ann = mirror.status("ann")
        assert ann is not None and (ann.expire_time, ann.then) == (until, Then.AUTOMATIC)
        mirror.set_status("ann", Status.OFFLINE, cause=Cause.DISCONNECT)
        ann = mirror.status("ann")
        assert ann is not None and (ann.cause, ann.expire_time, ann.then) == (Cause.DISCONNECT, None, None)


def test_a_mirrors_connection_is_scripted() -> None:
    with ScriptedMirror(user_ids=["ann"], max_staleness=2.0) as mirror:
        mirror.set_status("ann", Status.ONLINE)
        with pytest.raises(ValueError, match="does not follow 'bob'"):
            mirror.set_status("bob", Status.ONLINE)
        mirror.set_fresh(1.5)
        assert mirror.staleness == 1.5 and mirror.is_available("ann")
        down = Unavailable("down")
        mirror.set_stale(10.0, down)
        with pytest.raises(MirrorStale, match=r"10\.0 s old") as caught:
            mirror.is_available("ann")
        assert (caught.value.staleness, caught.value.__cause__, mirror.error) == (10.0, down, down)
        with pytest.raises(MirrorStale):
            mirror.wait_ready(60)
        mirror.set_not_ready(PermissionRequired("no"))
        with pytest.raises(MirrorNotReady):
            mirror.status("ann")
        with pytest.raises(PermissionRequired):
            mirror.wait_ready()
        mirror.set_fresh()
        assert mirror.error is None and mirror.is_available("ann")
        with pytest.raises(ValueError, match="above max_staleness"):
            mirror.set_stale(1.0)
        with pytest.raises(ValueError, match="at most max_staleness"):
            mirror.set_fresh(5.0)


async def test_so_is_the_asynchronous_one() -> None:
    seen: list[MirrorEvent] = []

    async def on_change(event: MirrorEvent) -> None:
        seen.append(event)

    mirror = AsyncScriptedMirror(on_change=on_change)
    mirror.set_status("ann", Status.ONLINE)
    mirror.set_not_ready()
    async with mirror:
        with pytest.raises(MirrorNotReady):
            await mirror.wait_ready(60)
        mirror.set_fresh()
        await mirror.wait_ready()
        changes = mirror.changes()
        change = mirror.set_status("ann", Status.AWAY)
        assert await anext(changes) == change
        await asyncio.sleep(0)
        assert seen == [Resynced(ResyncCause.SNAPSHOT), change]
    assert [event async for event in changes] == []
