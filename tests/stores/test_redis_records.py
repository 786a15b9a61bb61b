"""What is kept in Redis as bytes: entries of a version that kept no caller are read, and an old version reads ours."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from onduty_server.domain.record import StatusChange, Switch
from onduty_server.domain.status import Resume, State
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.redis.records import (
    pack_switch,
    pack_workflow,
    pack_workflow_event,
    read_event,
    read_workflow,
    unpack_event,
)

SWITCH = Switch(State.ONLINE_BY_HAND, State.AWAY_BY_HAND, 1_700_000_000_000, "kim", "Mittagspause ☕")
WORKFLOW = Workflow(True, 600_000, None, Resume.NEVER, True, 1, 2, 3, "kim", 4)


def test_an_event_without_a_caller_is_written_as_ever() -> None:
    written = pack_switch("ada", SWITCH, position=2, commit_time=1_700_000_000_001)
    stored = unpack_event(written)
    assert stored.change == SWITCH and stored.user_id == "ada" and stored.commit_time == 1_700_000_000_001
    assert written.endswith(b"\x03kim" + SWITCH.reason.encode())


@pytest.mark.parametrize("reason", ["", "lunch", "Mittagspause ☕"])
@pytest.mark.parametrize("caller", ["crm", "x" * 128, "ü"])
def test_an_event_keeps_its_caller(reason: str, caller: str) -> None:
    switch = SWITCH._replace(reason=reason, caller=caller)
    event = read_event(7, pack_switch("ada", switch))
    assert isinstance(event.change, StatusChange)
    assert (event.change.actor, event.change.reason, event.change.caller) == ("kim", reason, caller)


def test_a_workflow_keeps_its_caller_and_is_otherwise_written_as_ever() -> None:
    called = replace(WORKFLOW, update_caller="console")
    assert read_workflow(pack_workflow(WORKFLOW)) == WORKFLOW
    assert read_workflow(pack_workflow(called)) == called
    assert unpack_event(pack_workflow_event(called, 5)).change == called
    tail = pack_workflow(WORKFLOW)
    assert json.loads(tail[tail.index(b"[") :]) == [True, 600_000, None, int(Resume.NEVER), True, "kim"]


@pytest.mark.parametrize("caller", ["", "console"])
@pytest.mark.parametrize("previous", [0, 3])
def test_a_workflow_keeps_the_revision_of_the_one_before(caller: str, previous: int) -> None:
    workflow = replace(WORKFLOW, update_caller=caller, previous_revision=previous)
    assert read_workflow(pack_workflow(workflow)) == workflow
    assert unpack_event(pack_workflow_event(workflow, 5)).change == workflow
