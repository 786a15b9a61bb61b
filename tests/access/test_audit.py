"""The audit log: what is in it, what never is, and that it cannot be flooded."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio
from structlog.testing import capture_logs
from tests.access.site import Site, Who
from tests.fakes import FakeClock
from tests.grpc.stores import Gate, GatedStore
from tests.grpc.streaming import until
from tests.grpc.test_errors import GOOD
from tests.grpc.wire import ACCOUNT, MINUTE, Wire, at, period

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process import logs
from onduty_server.process.audit_file import AuditFile
from onduty_server.transport.access_log import AccessLog


async def set_status(wire: Wire, who: Who, user_id: str) -> pb.UserStatus:
    request = pb.SetStatusRequest(account_id=ACCOUNT, user_id=user_id, status=pb.STATUS_AWAY)
    return (await wire.stub.SetStatus(request, metadata=who.metadata)).user_status


async def test_a_status_set_for_somebody_else_is_noted(site: Site) -> None:
    supervisor = site.add_key("sue", ["supervisor"], [ACCOUNT], "sue")
    backend = site.add_key("web", ["backend"], [ACCOUNT])
    agent = site.add_key("ada", ["agent"], [ACCOUNT], "ada")
    own = site.add_key("ada's", ["backend"], [ACCOUNT], "ada")
    async with site.serving(), site.connected() as wire:
        # Of somebody else, by hand; a supervisor is who the key says, whatever is said beside it.
        assert (await set_status(wire, Who(supervisor, actor="somebody"), "ada")).actor == "sue"
        # On behalf of somebody, who is not the user.
        assert (await set_status(wire, Who(backend, actor="kim"), "ada")).actor == "kim"
        assert (await set_status(wire, Who(backend), "ada")).actor == "web"
        # A backend can name whoever it likes, the user among others: that makes it nobody's own.
        assert (await set_status(wire, Who(backend, actor="ada"), "ada")).actor == "ada"
        # One's own, under somebody else's name.
        assert (await set_status(wire, Who(own, actor="kim"), "ada")).actor == "kim"
        # One's own.
        assert (await set_status(wire, Who(own), "ada")).actor == "ada's"
        assert (await set_status(wire, Who(supervisor), "sue")).actor == "sue"
        assert (await set_status(wire, Who(agent, actor="sue"), "ada")).actor == "ada"
    noted = site.noted("status_set")
    assert [(line["caller"], line["actor"], line["user_id"]) for line in noted] == [
        ("sue", "sue", "ada"),
        ("web", "kim", "ada"),
        ("web", "web", "ada"),
        ("web", "ada", "ada"),
        ("ada's", "kim", "ada"),
    ]
    assert {(line["status"], line.get("reason")) for line in noted} == {("AWAY", None)}
    assert {line["outcome"] for line in noted} == {"done"}
    assert all(line["log"] == "onduty.audit" and line["account_id"] == ACCOUNT and line["peer"] for line in noted)
    assert all(secret not in json.dumps(site.audit) for secret in (supervisor, backend, agent))


async def test_a_status_set_for_a_while_is_noted_with_its_end_and_what_follows(site: Site) -> None:
    who = Who(site.add_key("sue", ["supervisor"], [ACCOUNT]))
    ends: list[dict[str, Any]] = [
        {"ttl": period(30 * MINUTE)},
        {"expire_time": at(site.clock.now() + MINUTE), "then": pb.THEN_OFFLINE},
        {"expire_time": at(site.clock.now() + 1_500), "then": pb.THEN_AUTOMATIC},
        {},
    ]
    async with site.serving(), site.connected() as wire:
        for end in ends:
            request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ada", status=pb.STATUS_AWAY, **end)
            await wire.stub.SetStatus(request, metadata=who.metadata)
        # What is refused is not noted.
        request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ada", status=pb.STATUS_AWAY, ttl=period(0))
        with pytest.raises(aio.AioRpcError):
            await wire.stub.SetStatus(request, metadata=who.metadata)
    noted = site.noted("status_set")
    assert [{name: line.get(name) for name in ("ttl", "expire_time", "then") if name in line} for line in noted] == [
        {"ttl": "30m", "then": "AUTOMATIC"},
        {"expire_time": "2025-10-09T08:54:20Z", "then": "OFFLINE"},
        {"expire_time": "2025-10-09T08:53:21.500Z", "then": "AUTOMATIC"},
        {},
    ]


async def test_sessions_and_engagements_are_not_noted_and_neither_are_activities(site: Site) -> None:
    who = Who(site.add_key("web", ["backend"], [ACCOUNT]))
    async with site.serving(), site.connected() as wire:
        for method in ("RecordActivity", "KeepSession", "EndSession", "KeepEngagement", "EndEngagement"):
            await getattr(wire.stub, method)(GOOD[method], metadata=who.metadata)
    assert [line["event"] for line in site.audit if "account_id" in line] == []


async def test_the_history_names_the_caller_beside_an_actor_who_is_somebody_else(site: Site) -> None:
    backend = site.add_key("web", ["backend", "supervisor"], [ACCOUNT])
    agent = site.add_key("ada", ["agent"], [ACCOUNT], "ada")
    async with site.serving(), site.connected() as wire:
        for who in (Who(backend, actor="ada"), Who(backend), Who(agent, actor="kim")):
            await set_status(wire, who, "ada")
        request = pb.ListStatusChangesRequest(account_id=ACCOUNT)
        changes = (await wire.stub.ListStatusChanges(request, metadata=Who(backend).metadata)).changes
        assert [(change.actor, change.caller) for change in changes] == [("ada", "web"), ("web", ""), ("ada", "")]
        for who, expected in ((Who(backend, actor="kim"), ("kim", "web")), (Who(backend), ("web", ""))):
            workflow = pb.Workflow(account_id=ACCOUNT, keep_manual_away=bool(expected[1]))
            update = pb.UpdateWorkflowRequest(workflow=workflow)
            for validate_only in (True, False):
                update.validate_only = validate_only
                answer = (await wire.stub.UpdateWorkflow(update, metadata=who.metadata)).workflow
                assert (answer.updated_by, answer.update_caller) == expected


async def test_a_workflow_change_is_noted_with_what_it_was_and_what_it_is(site: Site) -> None:
    who = Who(site.add_key("sue", ["supervisor"], [ACCOUNT]))
    async with site.serving(), site.connected() as wire:
        for away_after_s in (600, 90):
            workflow = pb.Workflow(account_id=ACCOUNT, enabled=True, away_after=Duration(seconds=away_after_s))
            if away_after_s == 90:
                workflow.disconnect_after.seconds = 60
                workflow.disconnect_status = pb.STATUS_AWAY
            await wire.stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow), metadata=who.metadata)
    first, second = site.noted("workflow_updated")
    assert first["from"] == {
        "enabled": False,
        "away_after": "off",
        "offline_after": "off",
        "resume": "from-away",
        "keep_manual_away": False,
        "disconnect_after": "off",
        "disconnect_status": "offline",
        "etag": "w0",
    }
    assert first["to"] == second["from"] == {**first["from"], "enabled": True, "away_after": "10m", "etag": "w1"}
    disconnected = {"disconnect_after": "1m", "disconnect_status": "away"}
    assert second["to"] == {**first["to"], "away_after": "1m30s", "etag": "w2", **disconnected}


async def test_a_workflow_change_is_noted_and_a_dry_run_is_not(site: Site) -> None:
    who = Who(site.issuer.token("sue", onduty_roles=["supervisor"], onduty_accounts=ACCOUNT))
    async with site.serving(), site.connected() as wire:
        for validate_only in (True, False):
            workflow = pb.Workflow(account_id=ACCOUNT, enabled=False)
            request = pb.UpdateWorkflowRequest(workflow=workflow, validate_only=validate_only)
            await wire.stub.UpdateWorkflow(request, metadata=who.metadata)
        stale = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, enabled=False, etag="w9"))
        with pytest.raises(aio.AioRpcError):
            await wire.stub.UpdateWorkflow(stale, metadata=who.metadata)
    (noted,) = site.noted("workflow_updated")
    assert (noted["caller"], noted["actor"], noted["via"], noted["outcome"]) == ("sue", "sue", "token", "done")


async def test_changes_of_people_and_of_teams_are_noted_with_their_values(site: Site) -> None:
    who = Who(site.add_key("sue", ["supervisor"], [ACCOUNT]))
    async with site.serving(), site.connected() as wire:
        await set_status(wire, who, "ada")
        user = pb.User(account_id=ACCOUNT, user_id="ada", display_name="Ada", team_id="night")
        await wire.stub.UpdateUser(pb.UpdateUserRequest(user=user), metadata=who.metadata)
        unknown = pb.User(account_id=ACCOUNT, user_id="nobody", team_id="night")
        with pytest.raises(aio.AioRpcError):
            await wire.stub.UpdateUser(pb.UpdateUserRequest(user=unknown), metadata=who.metadata)
        workflow = pb.Workflow(account_id=ACCOUNT, team_id="night", enabled=True, away_after=Duration(seconds=60))
        await wire.stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow), metadata=who.metadata)
        deletion = pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="night")
        for deletion.validate_only in (True, False):
            await wire.stub.DeleteWorkflow(deletion, metadata=who.metadata)
    (updated,) = site.noted("user_updated")
    assert (updated["user_id"], updated["actor"], updated["outcome"]) == ("ada", "sue", "done")
    assert updated["from"] == {"display_name": "", "team_id": ""}
    assert updated["to"] == {"display_name": "Ada", "team_id": "night"}
    (changed,) = site.noted("workflow_updated")
    (deleted,) = site.noted("workflow_deleted")
    assert changed["team_id"] == deleted["team_id"] == "night"
    assert deleted["from"] == changed["to"] and deleted["from"]["away_after"] == "1m"
    assert deleted["to"]["away_after"] == "off"


async def test_a_change_of_the_settings_of_an_account_is_noted_with_its_values(site: Site) -> None:
    supervisor = Who(site.add_key("sue", ["supervisor"], [ACCOUNT]))
    backend = Who(site.add_key("web", ["backend"], [ACCOUNT]))
    async with site.serving(), site.connected() as wire:
        for zone in ("Europe/Berlin", "Asia/Kolkata"):
            account = pb.Account(account_id=ACCOUNT, time_zone=zone)
            await wire.stub.UpdateAccount(pb.UpdateAccountRequest(account=account), metadata=supervisor.metadata)
        # One that names nothing to write only reads, and what is refused changes nothing.
        nothing = pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT))
        assert (await wire.stub.UpdateAccount(nothing, metadata=supervisor.metadata)).account.time_zone == zone
        nowhere = pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT, time_zone="Mars/Olympus"))
        for who in (supervisor, backend):
            with pytest.raises(aio.AioRpcError):
                await wire.stub.UpdateAccount(nowhere, metadata=who.metadata)
    noted = site.noted("account_updated")
    assert [(line["actor"], line["from"], line["to"], line["outcome"]) for line in noted] == [
        ("sue", {"time_zone": "UTC"}, {"time_zone": "Europe/Berlin"}, "done"),
        ("sue", {"time_zone": "Europe/Berlin"}, {"time_zone": "Asia/Kolkata"}, "done"),
    ]


async def test_each_setting_of_a_batch_is_noted_as_a_single_one_would_be(site: Site) -> None:
    agent = Who(site.add_key("ada", ["agent"], [ACCOUNT], "ada"))
    backend = Who(site.add_key("web", ["backend"], [ACCOUNT]), actor="kim")
    settings = [
        pb.SetStatusRequest(user_id="ada", status=pb.STATUS_AWAY, ttl=period(30 * MINUTE)),
        pb.SetStatusRequest(user_id="ada", status=pb.STATUS_OFFLINE, expected_revision=99),
        pb.SetStatusRequest(user_id="ben", status=pb.STATUS_OFFLINE, reason="holiday"),
    ]
    async with site.serving(), site.connected() as wire:
        of_others = pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings)
        with pytest.raises(aio.AioRpcError):
            await wire.stub.BatchSetStatus(of_others, metadata=agent.metadata)
        own = pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings[:1])
        await wire.stub.BatchSetStatus(own, metadata=agent.metadata)
        await wire.stub.BatchSetStatus(of_others, metadata=backend.metadata)
    noted = site.noted("status_set")
    assert [(line["user_id"], line["status"], line.get("ttl"), line.get("reason")) for line in noted] == [
        ("ada", "AWAY", "30m", None),
        ("ben", "OFFLINE", None, "holiday"),
    ]
    assert {(line["caller"], line["actor"], line["account_id"], line["outcome"]) for line in noted} == {
        ("web", "kim", ACCOUNT, "done")
    }
    (refused,) = site.noted("refused")
    assert (refused["rpc"], refused["caller"]) == ("BatchSetStatus", "ada")


@pytest.mark.parametrize("waits", ["for its turn", "for the disk"])
async def test_what_became_of_a_batch_that_was_given_up_is_noted_as_unknown(waits: str, site: Site) -> None:
    before, after = Gate(), Gate()
    gate = before if waits == "for its turn" else after
    site.store = GatedStore(site.clock, before, after)
    who = Who(site.add_key("sue", ["supervisor"], [ACCOUNT]))
    settings = [
        pb.SetStatusRequest(user_id="ada"),
        *(pb.SetStatusRequest(user_id=user, status=pb.STATUS_AWAY) for user in ("ada", "ben")),
    ]
    request = pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings)
    async with site.serving(), site.connected() as wire:
        gate.shut()
        call = asyncio.ensure_future(wire.stub.BatchSetStatus(request, metadata=who.metadata))
        await gate.arrived.wait()
        call.cancel()
        await gate.cancelled.wait()
        await until(lambda: len(site.noted("status_set")) == 2)
    assert [(line["user_id"], line["outcome"]) for line in site.noted("status_set")] == [
        ("ada", "unknown"),
        ("ben", "unknown"),
    ]


async def test_an_erasure_is_noted_without_whom_or_what(site: Site) -> None:
    lines = list[str]()
    supervisor = Who(site.add_key("sue", ["supervisor", "admin"], [ACCOUNT]))
    own = Who(site.add_key("ben", ["admin"], [ACCOUNT], "ben"))
    access_log = AccessLog(site.clock, lines.append, one_in=1)
    with capture_logs() as logged:
        async with (
            site.serving_plaintext(access_log=access_log),
            aio.insecure_channel(f"127.0.0.1:{site.application.port}") as channel,
        ):
            wire = Wire(channel)
            for user in ("adele", "ben"):
                await set_status(wire, supervisor, user)
            before = len(site.audit), len(lines)
            for who, user in ((supervisor, "adele"), (own, "ben")):
                deletion = pb.DeleteUserRequest(account_id=ACCOUNT, user_id=user)
                await wire.stub.DeleteUser(deletion, metadata=who.metadata)
                with pytest.raises(aio.AioRpcError):
                    await wire.stub.DeleteUser(deletion, metadata=supervisor.metadata)
            by_others, by_itself = site.noted("user_erased")
            assert (by_others["caller"], by_others["actor"], by_others["account_id"]) == ("sue", "sue", ACCOUNT)
            assert "caller" not in by_itself and by_itself["outcome"] == "done"
            assert "adele" not in json.dumps([*site.audit[before[0] :], lines[before[1] :], str(logged)])
            assert "ben" not in json.dumps([*site.audit[before[0] :]])
            created = pb.CreateAccountRequest(account_id="globex")
            for _ in range(2):
                await wire.stub.CreateAccount(created, metadata=supervisor.metadata)
            assert [line["account_id"] for line in site.noted("account_created")] == ["globex"]
            before = len(site.audit), len(lines)
            erased = pb.DeleteAccountRequest(account_id="globex")
            await wire.stub.DeleteAccount(erased, metadata=supervisor.metadata)
            with pytest.raises(aio.AioRpcError):
                await wire.stub.DeleteAccount(erased, metadata=supervisor.metadata)
    assert [line["caller"] for line in site.noted("account_erased")] == ["sue"]
    assert "globex" not in json.dumps([*site.audit[before[0] :], lines[before[1] :], str(logged)])
    assert len(lines) - before[1] == 2


async def test_a_refused_call_is_noted_with_the_reason_and_without_the_credential(site: Site) -> None:
    router = Who(site.add_key("router", ["router"], [ACCOUNT]))
    async with site.serving(), site.connected() as wire:
        for who in (Who(), Who("onduty_no-such-key"), router):
            with pytest.raises(aio.AioRpcError):
                await set_status(wire, who, "ada")
    noted = site.noted("refused")
    assert [(line.get("caller"), line["why"]) for line in noted] == [
        (None, "no credential"),
        (None, "unknown API key"),
        ("router", f'router may not set statuses in account "{ACCOUNT}" (needs status.write)'),
    ]
    assert {line["rpc"] for line in noted} == {"SetStatus"}
    # What somebody unknown has asked for was not even read.
    assert [line.get("account_id") for line in noted] == [None, None, ACCOUNT]
    assert "no-such-key" not in json.dumps(site.audit)


async def test_without_authentication_the_log_says_who_they_said_they_were(site: Site) -> None:
    off = dict.fromkeys(("key_file", "access_file", "jwt_keys", "jwt_issuer", "jwt_audience"))
    async with site.serving(**off), site.connected() as wire:
        assert (await set_status(wire, Who(actor="kim"), "ada")).actor == "kim"
    (noted,) = site.noted("status_set")
    assert (noted["actor"], noted["via"]) == ("kim", "nothing")


def test_refusals_cannot_flood_it() -> None:
    clock, lines = FakeClock(), list[str]()
    log = AuditLog(clock, lines.append)
    for _ in range(10_000):
        log.refused(rpc="GetStatus")
    assert len(lines) == 100
    clock.advance(1_000)
    for _ in range(100):
        log.refused(rpc="GetStatus")
    assert len(lines) == 110
    assert json.loads(lines[100])["left_out_before"] == 9_900
    # What was done is never left out.
    for _ in range(1_000):
        log.record("status_set")
    assert len(lines) == 1_110


def test_what_a_caller_wrote_cannot_be_taken_for_something_else() -> None:
    lines = list[str]()
    hostile = "a\x7f\x85\x9b2J\u2028\u202eb\u2066"
    AuditLog(FakeClock(), lines.append).record("refused", account_id=hostile, users=[hostile], deep={"it": hostile})
    (line,) = lines
    assert line.isprintable() and len(line.splitlines()) == 1
    noted = json.loads(line)
    assert (noted["account_id"], noted["users"], noted["deep"]) == (hostile, [hostile], {"it": hostile})


def test_what_a_caller_wrote_is_cut_and_ends_no_line() -> None:
    lines = list[str]()
    AuditLog(FakeClock(), lines.append).record("refused", account_id="x\n" * 100_000, users=["y"] * 100_000)
    (line,) = lines
    assert "\n" not in line and len(line) < 2_000


def test_a_file_is_followed_when_it_is_moved_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    file = AuditFile(path)
    file.write(b"one\n")
    path.rename(tmp_path / "audit.log.1")
    file.write(b"two\n")
    assert (tmp_path / "audit.log.1").read_text() == "one\n" and path.read_text() == "two\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "there" / "audit.log"
    path.parent.mkdir()
    write = logs.open_audit_log(str(path), FakeClock().now)
    path.unlink()
    path.parent.rmdir()
    dropped = logs.dropped_lines()["audit"]
    with capture_logs() as said:
        for line in ("one", "two"):
            write(line)
            logs.flush()
        assert [(line["log_level"], line["why"]) for line in said] == [("error", "No such file or directory")]
        assert logs.dropped_lines()["audit"] - dropped == 2
        path.parent.mkdir()
        write("three")
        logs.flush()
    first, three = path.read_text().splitlines()
    noted = json.loads(first)
    assert (noted["log"], noted["event"], noted["lines"]) == ("onduty.audit", "lines_dropped", 2) and three == "three"
