"""What is kept in a column as JSON: workflows, and the past policies of an account."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ...domain.rules import PastPolicy
from ...domain.status import Resume
from ...domain.workflow import Workflow


def write_workflow(workflow: Workflow) -> str:
    """A workflow as it is kept."""
    return json.dumps(asdict(workflow))


def read_workflow(text: str) -> Workflow:
    """What `write_workflow` wrote. Raises ValueError, TypeError or KeyError."""
    return _workflow(json.loads(text))


def write_past(past: tuple[PastPolicy, ...]) -> str:
    """Past policies as they are kept."""
    return json.dumps([asdict(policy) for policy in past])


def read_past(text: str) -> tuple[PastPolicy, ...]:
    """What `write_past` wrote. Raises ValueError, TypeError or KeyError."""
    return tuple(PastPolicy(**{**fields, "workflow": _workflow(fields["workflow"])}) for fields in json.loads(text))


def _workflow(fields: dict[str, Any]) -> Workflow:
    return Workflow(**{**fields, "resume": Resume(fields["resume"])})
