"""Converts the columns that hold JSON: workflows, and the past policies of an account or a team."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from ...domain.rules import PastPolicy
from ...domain.status import Resume, Status
from ...domain.workflow import Workflow


def write_workflow(workflow: Workflow) -> str:
    """Return the JSON of a workflow."""
    return json.dumps(asdict(workflow))


def read_workflow(text: str) -> Workflow:
    """Return the workflow that `write_workflow` wrote. Raises ValueError, TypeError or KeyError."""
    return _workflow(json.loads(text))


def write_past(past: tuple[PastPolicy, ...]) -> str:
    """Return the JSON of past policies, without the names of those who made them: only the history tells those."""
    return json.dumps(
        [asdict(replace(policy, workflow=replace(policy.workflow, updated_by="", update_caller=""))) for policy in past]
    )


def read_past(text: str) -> tuple[PastPolicy, ...]:
    """Return the policies that `write_past` wrote. Raises ValueError, TypeError or KeyError."""
    return tuple(PastPolicy(**{**fields, "workflow": _workflow(fields["workflow"])}) for fields in json.loads(text))


def _workflow(fields: dict[str, Any]) -> Workflow:
    # Before schema 5 there were no disconnections.
    disconnect_status = Status(fields.get("disconnect_status", Status.OFFLINE))
    return Workflow(**{**fields, "resume": Resume(fields["resume"]), "disconnect_status": disconnect_status})
