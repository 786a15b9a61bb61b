"""Changes as CloudEvents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onduty_client import (
    Cause,
    Resume,
    Status,
    StatusChange,
    Then,
    UserChange,
    Workflow,
    WorkflowChange,
    WorkflowChanged,
)
from onduty_server.cli.remote.export.events import EventWriter, Kind, Why, default_source, encoded
from onduty_server.cli.remote.export.nats_stream import default_subject

TIME = datetime(2026, 11, 29, 10, 3, 30, 4_000, tzinfo=UTC)
LATER = TIME + timedelta(seconds=2)
CHANGE = StatusChange(
    account_id="acme",
    user_id="jürgen",
    revision=42,
    previous_status=Status.ONLINE,
    status=Status.AWAY,
    cause=Cause.MANUAL,
    effective_time=TIME,
    commit_time=LATER,
    actor="lead",
    reason="lunch\n",
    caller="backend",
    expire_time=LATER,
    then=Then.AUTOMATIC,
    team_id="night",
)
WORKFLOW = Workflow(
    account_id="acme",
    enabled=True,
    away_after=timedelta(minutes=10),
    offline_after=None,
    resume=Resume.FROM_AWAY,
    keep_manual_away=False,
    disconnect_after=None,
    disconnect_status=Status.OFFLINE,
    etag="w43",
    update_time=LATER,
    updated_by="lead",
    update_caller="",
    enabled_time=LATER,
)
WRITER = EventWriter("acme", default_source("acme"))


def test_a_change_of_a_status_has_all_that_a_watch_says_of_it_but_the_name() -> None:
    event = WRITER.status(CHANGE, 1)
    assert json.loads(event.body) == {
        "specversion": "1.0",
        "id": "acme:42",
        "source": "/onduty/accounts/acme",
        "type": "onduty.status.changed.v1",
        "subject": "jürgen",
        "time": "2026-11-29T10:03:30.004Z",
        "sequence": "00000000000000000042",
        "datacontenttype": "application/json",
        "data": {
            "account_id": "acme",
            "user_id": "jürgen",
            "team_id": "night",
            "revision": 42,
            "previous_status": "ONLINE",
            "status": "AWAY",
            "cause": "MANUAL",
            "effective_time": "2026-11-29T10:03:30.004Z",
            "commit_time": "2026-11-29T10:03:32.004Z",
            "actor": "lead",
            "reason": "lunch\n",
            "caller": "backend",
            "expire_time": "2026-11-29T10:03:32.004Z",
            "then": "AUTOMATIC",
        },
    }
    assert "jürgen".encode() in event.body and b"\n" not in event.body
    assert (event.id, event.kind, event.revision, event.commit_ms) == ("acme:42", Kind.STATUS, 42, 1_795_946_612_004)
    renamed = replace(CHANGE, display_name="Jürgen")
    assert WRITER.status(renamed, 1) == event, "the same change is the same event, byte for byte"


def test_a_change_of_the_workflow_is_the_same_from_a_watch_and_from_the_history() -> None:
    event = WRITER.workflow(WorkflowChanged(43, WORKFLOW), 1)
    assert WRITER.workflow(WorkflowChange(43, WORKFLOW, previous_workflow=None), 1) == event
    found = json.loads(event.body)
    assert (found["type"], found["id"], found["time"]) == (
        "onduty.workflow.changed.v1",
        "acme:43",
        "2026-11-29T10:03:32.004Z",
    )
    assert "subject" not in found, "it is about nobody"
    assert (found["data"]["revision"], found["data"]["workflow"]["away_after"]) == (43, "600s")


def test_a_change_whose_person_was_erased_has_no_subject() -> None:
    assert "subject" not in json.loads(WRITER.status(replace(CHANGE, user_id=""), 1).body)


def test_a_user_who_is_erased_is_an_event_that_no_history_repeats() -> None:
    event = WRITER.user(UserChange("acme", "ada", 44, LATER, erased=True, caller="backend"), 1)
    found = json.loads(event.body)
    assert (found["id"], found["type"], found["subject"]) == ("acme:44", "onduty.user.changed.v1", "ada")
    assert found["time"] == found["data"]["change_time"] == "2026-11-29T10:03:32.004Z"
    assert (found["data"]["erased"], found["data"]["display_name"], found["data"]["caller"]) == (True, "", "backend")
    assert not event.is_listed
    of_team = replace(WORKFLOW, team_id="sales")
    assert not WRITER.workflow(WorkflowChanged(45, of_team, team_id="sales"), 1).is_listed
    assert WRITER.workflow(WorkflowChanged(45, WORKFLOW), 1).is_listed


def test_missing_changes_are_an_event_too() -> None:
    event = WRITER.missing(Why.EXPIRED, 7, 12, 1)
    assert json.loads(event.body) == {
        "specversion": "1.0",
        "id": "acme:7-12:missing",
        "source": "/onduty/accounts/acme",
        "type": "onduty.history.missing.v1",
        "datacontenttype": "application/json",
        "data": {"account_id": "acme", "reason": "HISTORY_EXPIRED", "after_revision": 7, "next_revision": 12},
    }
    assert event.revision == 7
    assert WRITER.missing(Why.REPLACED, 7, None, 2).id == "acme:7-:missing:2"


def test_of_a_history_that_took_the_place_of_another_ids_are_others() -> None:
    assert [WRITER.status(CHANGE, generation).id for generation in (1, 2, 3)] == ["acme:42", "acme:42:2", "acme:42:3"]
    assert json.loads(WRITER.status(CHANGE, 2).body)["id"] == "acme:42:2"


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("acme", "acme"),
        ("acme-eu_1", "acme-eu_1"),
        ("acme.eu", "acme%2Eeu"),
        ("a b/c:d~e*>", "a%20b%2Fc%3Ad%7Ee%2A%3E"),
        ("größe", "gr%C3%B6%C3%9Fe"),
    ],
)
def test_an_account_is_spelled_so_that_ids_headers_and_subjects_can_hold_it(account: str, name: str) -> None:
    assert encoded(account) == name
    event = EventWriter(account, default_source(account)).status(replace(CHANGE, account_id=account), 1)
    found = json.loads(event.body)
    assert found["id"] == f"{name}:42" and "." not in found["id"] and found["id"].isascii()
    assert found["source"] == f"/onduty/accounts/{name}"
    assert found["data"]["account_id"] == account
    assert default_subject(account) == f"onduty.events.{name}"
