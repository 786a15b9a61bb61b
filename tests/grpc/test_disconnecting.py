"""What a workflow says of disconnections, and what it does, over the wire."""

from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, Wire, period

from onduty.v1 import status_pb2 as pb

AWAY, OFFLINE = pb.STATUS_AWAY, pb.STATUS_OFFLINE
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
