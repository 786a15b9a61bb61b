"""The catalogue of malformed workflows: to be written, and to be simulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from tests.grpc.bad_values import (
    BAD_ACTORS,
    BAD_DURATIONS,
    PERIODS_OUT_OF_RANGE,
    Bad,
)
from tests.grpc.wire import ACCOUNT, MINUTE, acting, period

from onduty.v1 import status_pb2 as pb


def simulation(**fields: Any) -> pb.SimulateRequest:
    """A simulation that would be carried out but for what is given."""
    good = {
        "account_id": ACCOUNT,
        "workflow": pb.Workflow(away_after=period(10 * MINUTE)),
        "log": b"activity_time,user_id\n2026-01-01T00:00:00Z,ann\n",
    }
    return pb.SimulateRequest(**{**good, **fields})


def bad_workflows() -> Iterator[Bad]:
    def update(*mask: str, **fields: Any) -> pb.UpdateWorkflowRequest:
        request = pb.UpdateWorkflowRequest(workflow=pb.Workflow(**{"account_id": ACCOUNT, **fields}))
        if mask:
            request.update_mask.CopyFrom(FieldMask(paths=mask))
        return request

    yield Bad("UpdateWorkflow: no workflow", pb.UpdateWorkflowRequest(), "workflow")
    for field in ("away_after", "offline_after", "disconnect_after"):
        for what, duration in BAD_DURATIONS.items():
            yield Bad(f"UpdateWorkflow: {field} {what}", update(**{field: duration}), f"workflow.{field}")
        for what, duration in PERIODS_OUT_OF_RANGE.items():
            for mask in ((), (field,)):
                yield Bad(
                    f"UpdateWorkflow: {field} {what}, mask {mask}",
                    update(*mask, **{field: duration}),
                    f"workflow.{field}",
                    "INVALID_WORKFLOW",
                )
    for what, away, offline in (
        ("offline equal to away", 10 * MINUTE, 10 * MINUTE),
        ("offline less than away", 10 * MINUTE, 10 * MINUTE - 1),
    ):
        for enabled in (True, False):
            yield Bad(
                f"UpdateWorkflow: {what}, enabled {enabled}",
                update(away_after=period(away), offline_after=period(offline), enabled=enabled),
                "workflow.offline_after",
                "INVALID_WORKFLOW",
            )
    yield Bad(
        "UpdateWorkflow: away raised to the offline that there is",
        update(away_after=period(30 * MINUTE)),
        "workflow.offline_after",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: offline lowered to the away that there is",
        update(offline_after=period(10 * MINUTE)),
        "workflow.offline_after",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: both periods cleared while enabled",
        update("away_after", "offline_after"),
        "workflow.enabled",
        "INVALID_WORKFLOW",
    )
    yield Bad(
        "UpdateWorkflow: * with nothing but enabled", update("*", enabled=True), "workflow.enabled", "INVALID_WORKFLOW"
    )
    for account_id in ("other", "new"):
        yield Bad(
            f"UpdateWorkflow of {account_id}: enabled with no period",
            update(account_id=account_id, enabled=True),
            "workflow.enabled",
            "INVALID_WORKFLOW",
        )
        yield Bad(
            f"UpdateWorkflow of {account_id}: the masked period is not set",
            update("enabled", "away_after", account_id=account_id, enabled=True, offline_after=period(MINUTE)),
            "workflow.enabled",
            "INVALID_WORKFLOW",
        )
    for number in (0, 4, 99, -1):
        for mask in ((), ("resume",), ("*",)):
            yield Bad(
                f"UpdateWorkflow: resume {number}, mask {mask}",
                update(*mask, resume=number, away_after=period(MINUTE), enabled=True),
                "workflow.resume",
            )
    for number in (0, 4, 99, -1):
        for mask in ((), ("disconnect_status",), ("*",)):
            yield Bad(
                f"UpdateWorkflow: disconnect_status {number}, mask {mask}",
                update(*mask, disconnect_status=number, away_after=period(MINUTE), enabled=True),
                "workflow.disconnect_status",
            )
    for mask in ((), ("disconnect_status",), ("*",)):
        yield Bad(
            f"UpdateWorkflow: disconnect_status ONLINE, mask {mask}",
            update(*mask, disconnect_status=pb.STATUS_ONLINE, away_after=period(MINUTE), enabled=True),
            "workflow.disconnect_status",
            "INVALID_WORKFLOW",
        )
    for path in (
        "",
        "nonsense",
        "Enabled",
        "awayAfter",
        "workflow.enabled",
        "away_after.seconds",
        "enabled,away_after",
        " enabled",
        "account_id",
        "etag",
        "update_time",
        "updated_by",
        "update_caller",
        "enabled_time",
        "x" * 100_000,
    ):
        yield Bad(f"UpdateWorkflow: mask path {path[:20]!r}", update(path, enabled=False), "update_mask")
        yield Bad(
            f"UpdateWorkflow: mask path {path[:20]!r} after a good one",
            update("enabled", path, enabled=False),
            "update_mask",
        )
    yield Bad("UpdateWorkflow: mask * and another", update("*", "enabled", enabled=False), "update_mask")
    yield Bad("UpdateWorkflow: mask another and *", update("enabled", "*", enabled=False), "update_mask")
    yield Bad("UpdateWorkflow: mask * twice", update("*", "*", enabled=False), "update_mask")
    for what, actor in BAD_ACTORS.items():
        yield Bad(f"UpdateWorkflow: actor {what}", update(enabled=False), "onduty-actor-bin", metadata=acting(actor))


def with_period(field: str, duration: Duration) -> pb.Workflow:
    fields: dict[str, Any] = {field: duration}
    return pb.Workflow(**fields)


def bad_simulations() -> Iterator[Bad]:
    for field in ("away_after", "offline_after", "disconnect_after"):
        for what, duration in BAD_DURATIONS.items():
            yield Bad(
                f"Simulate: {field} {what}", simulation(workflow=with_period(field, duration)), f"workflow.{field}"
            )
        for what, duration in PERIODS_OUT_OF_RANGE.items():
            yield Bad(
                f"Simulate: {field} {what}",
                simulation(workflow=with_period(field, duration)),
                f"workflow.{field}",
                "INVALID_WORKFLOW",
            )
    both = pb.Workflow(away_after=period(MINUTE), offline_after=period(MINUTE))
    yield Bad(
        "Simulate: offline equal to away", simulation(workflow=both), "workflow.offline_after", "INVALID_WORKFLOW"
    )
    yield Bad("Simulate: no period", simulation(workflow=pb.Workflow()), "workflow.enabled", "INVALID_WORKFLOW")
    for number in (0, 4, 99, -1):
        resume = pb.Workflow(away_after=period(MINUTE), resume=number)  # type: ignore[arg-type]
        yield Bad(f"Simulate: resume {number}", simulation(workflow=resume), "workflow.resume")
        disconnect = pb.Workflow(away_after=period(MINUTE), disconnect_status=number)  # type: ignore[arg-type]
        yield Bad(
            f"Simulate: disconnect_status {number}", simulation(workflow=disconnect), "workflow.disconnect_status"
        )
    to_online = pb.Workflow(disconnect_after=period(MINUTE), disconnect_status=pb.STATUS_ONLINE)
    yield Bad(
        "Simulate: disconnect_status ONLINE",
        simulation(workflow=to_online),
        "workflow.disconnect_status",
        "INVALID_WORKFLOW",
    )
    for number in (4, 99, -1):
        yield Bad(f"Simulate: time_format {number}", simulation(time_format=number), "time_format")
    for field in ("time_column", "user_column"):
        for what, name in {"129 bytes": "x" * 129, "a line feed": "a\nb"}.items():
            yield Bad(f"Simulate: {field} with {what}", simulation(**{field: name}), field)
    for what, log in {"nothing": b"", "no CSV": b"\0\1", "other columns": b"a,b\n1,2\n"}.items():
        yield Bad(f"Simulate: a log that is {what}", simulation(log=log), "log")
