"""The audit log: what is in it, what never is, and that it cannot be flooded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio
from structlog.testing import capture_logs
from tests.access.site import Site, Who
from tests.fakes import FakeClock
from tests.grpc.test_errors import GOOD
from tests.grpc.wire import ACCOUNT, MINUTE, Wire, at, period

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process import logs
from onduty_server.process.audit_file import AuditFile


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
