"""What a workflow says of disconnections, and what it does, over the wire."""

from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.streaming import watch
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, Wire, at, period

from onduty.v1 import status_pb2 as pb

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
WRITTEN = pb.Workflow(disconnect_after=period(SECOND), disconnect_status=OFFLINE)


@pytest.mark.parametrize(
    ("written", "mask", "after_ms", "status"),
    [
        (pb.Workflow(disconnect_after=period(90 * SECOND)), None, 90 * SECOND, AWAY),
        (pb.Workflow(disconnect_status=OFFLINE), None, MINUTE, OFFLINE),
        (pb.Workflow(), None, MINUTE, AWAY),
        (pb.Workflow(disconnect_after=period(SECOND), disconnect_status=OFFLINE), ["disconnect_after"], SECOND, AWAY),
        (
            pb.Workflow(disconnect_after=period(SECOND), disconnect_status=OFFLINE),
            ["disconnect_status"],
            MINUTE,
            OFFLINE,
        ),
        # What is named and unset returns to its default.
        (pb.Workflow(), ["disconnect_after"], None, AWAY),
        (pb.Workflow(), ["disconnect_status"], MINUTE, OFFLINE),
        (pb.Workflow(), ["disconnect_after", "disconnect_status"], None, OFFLINE),
        (pb.Workflow(enabled=True, away_after=period(MINUTE)), ["*"], None, OFFLINE),
    ],
)
@pytest.mark.parametrize("validate_only", [False, True])
async def test_what_an_update_writes_of_the_disconnection(
    written: pb.Workflow,
    mask: list[str] | None,
    after_ms: int | None,
    status: pb.Status.ValueType,
    validate_only: bool,
    wire: Wire,
) -> None:
    before = await wire.switch_on(10 * MINUTE, disconnect_ms=MINUTE, disconnect_status=AWAY)
    request = pb.UpdateWorkflowRequest(workflow=written, validate_only=validate_only)
    request.workflow.account_id = ACCOUNT
    request.update_mask.CopyFrom(FieldMask(paths=mask or []))
    answer = (await wire.stub.UpdateWorkflow(request)).workflow
    assert (answer.disconnect_after if answer.HasField("disconnect_after") else None) == (
        None if after_ms is None else period(after_ms)
    )
    assert answer.disconnect_status == status
    assert answer.enabled
    assert await wire.workflow() == (before if validate_only else answer)


async def test_a_workflow_may_be_switched_on_for_disconnections_alone(wire: Wire) -> None:
    workflow = await wire.switch_on(disconnect_ms=30 * DAY)
    assert workflow.enabled and not workflow.HasField("away_after")
    # In no order with the others, which start at another moment.
    await wire.update(pb.Workflow(away_after=period(SECOND), offline_after=period(DAY)))
    assert (await wire.workflow()).disconnect_after == period(30 * DAY)


@pytest.mark.parametrize("status", [AWAY, OFFLINE])
async def test_a_dry_run_says_whom_a_change_would_disconnect_and_then_it_does(
    status: pb.Status.ValueType, wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(3 * 60 * MINUTE)
    for user_id in ("ann", "ben", "cat", "dan", "eva"):
        await wire.activity(user_id)
    # ann has gone, ben's session would run out in half an hour but is taken to be kept, cat never had one, dan has gone
    # home by hand, and eva two minutes ago.
    await wire.keep_session("ann", "tab-1")
    await wire.end_session("ann", "tab-1")
    await wire.keep_session("ben", "tab-1", ttl_ms=30 * MINUTE)
    await wire.keep_session("dan", "tab-1")
    await wire.set_status("dan", OFFLINE)
    await wire.end_session("dan", "tab-1")
    await wire.keep_session("eva", "tab-1", ttl_ms=30 * MINUTE)
    clock.advance(8 * MINUTE)
    await wire.end_session("eva", "tab-1")
    clock.advance(2 * MINUTE)
    before = await wire.state()
    change = pb.Workflow(disconnect_after=period(5 * MINUTE), disconnect_status=status)
    impact = (await wire.update(change, validate_only=True)).impact
    assert await wire.state() == before
    is_away = status == AWAY
    assert (impact.switching_to_away, impact.switching_to_offline) == (int(is_away), int(not is_away))
    assert [(each.user_id, each.previous_status, each.status) for each in impact.switches] == [("ann", ONLINE, status)]
    ahead = [each.switching_to_away if is_away else each.switching_to_offline for each in impact.next_hour]
    assert ahead == [1, 0, 0, 0]
    assert sum(each.switching_to_offline if is_away else each.switching_to_away for each in impact.next_hour) == 0

    workflow = (await wire.update(change)).workflow
    assert (workflow.disconnect_after, workflow.disconnect_status) == (period(5 * MINUTE), status)
    shown = {each.user_id: each for each in await wire.statuses()}
    assert {user_id: each.cause for user_id, each in shown.items()} == {
        "ann": pb.CAUSE_DISCONNECT,
        "ben": pb.CAUSE_ACTIVITY,
        "cat": pb.CAUSE_ACTIVITY,
        "dan": pb.CAUSE_MANUAL,
        "eva": pb.CAUSE_ACTIVITY,
    }
    # As of the change, not of a time at which she was seen ONLINE.
    assert shown["ann"].status_since == at(clock.now())
    assert shown["ben"].next_status_time == at(START + 35 * MINUTE)
    clock.set(START + 35 * MINUTE)
    await settle()
    assert [(each.user_id, each.status, each.cause) for each in (await wire.changes())[-3:]] == [
        ("ann", status, pb.CAUSE_DISCONNECT),
        ("eva", status, pb.CAUSE_DISCONNECT),
        ("ben", status, pb.CAUSE_DISCONNECT),
    ]


async def test_a_change_of_the_workflow_is_told_with_what_it_says_of_disconnections(wire: Wire) -> None:
    watcher = watch(wire)
    await watcher.read_snapshot()
    first = await wire.switch_on(10 * MINUTE, disconnect_ms=MINUTE, disconnect_status=AWAY)
    second = (await wire.update(pb.Workflow(disconnect_status=OFFLINE))).workflow
    told = [change.workflow_change.workflow for change in await watcher.read_changes(2)]
    assert told == [first, second]
    request = pb.ListWorkflowChangesRequest(account_id=ACCOUNT)
    changes = (await wire.stub.ListWorkflowChanges(request)).changes
    assert [change.workflow for change in changes] == [second, first]
    assert changes[0].previous_workflow == first
    assert changes[1].previous_workflow.disconnect_status == OFFLINE
    await watcher.leave()


LOG = b"""activity_time,user_id,kind,lease_id,ttl,idle_for
2026-01-01T09:00:00Z,ann,activity,,,
2026-01-01T09:00:00Z,ann,session_kept,tab-1,4h,
2026-01-01T09:10:00Z,ann,session_ended,tab-1,,
2026-01-01T09:20:00Z,ann,session_kept,tab-2,,0
"""


@pytest.mark.parametrize(
    ("workflow", "counts"),
    [
        (WRITTEN, {(ONLINE, OFFLINE): 2, (OFFLINE, ONLINE): 1}),
        (
            pb.Workflow(disconnect_after=period(5 * MINUTE), disconnect_status=AWAY),
            {(ONLINE, AWAY): 2, (AWAY, ONLINE): 1},
        ),
        # The default is OFFLINE.
        (pb.Workflow(disconnect_after=period(5 * MINUTE)), {(ONLINE, OFFLINE): 2, (OFFLINE, ONLINE): 1}),
        (pb.Workflow(disconnect_after=period(10 * MINUTE + 1)), {(ONLINE, OFFLINE): 1}),
        (pb.Workflow(away_after=period(60 * MINUTE)), {(ONLINE, AWAY): 1}),
    ],
)
async def test_a_simulation_goes_by_what_a_workflow_says_of_disconnections(
    workflow: pb.Workflow, counts: dict[tuple[int, int], int], wire: Wire
) -> None:
    request = pb.SimulateRequest(account_id=ACCOUNT, workflow=workflow, log=LOG, kind_column="kind")
    summary = (await wire.stub.Simulate(request)).summary
    switches = {(each.previous_status, each.status): each.count for each in summary.switches}
    assert switches == {(pb.STATUS_UNSPECIFIED, ONLINE): 1, **counts}
    assert not await wire.statuses()
