"""The messages of a watch. Each carries the token with which the watch resumes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...domain.record import AccountEvent, StatusView
from ...domain.workflow import Workflow


class Snapshot(NamedTuple):
    """A page of the present state; the first page also brings the workflows."""

    token: str
    views: Sequence[StatusView]
    workflow: Workflow | None
    first: bool
    last: bool
    team_workflows: Sequence[Workflow] = ()


@dataclass(eq=False, slots=True)
class Changes:
    """Events in the order of their revisions.

    One object serves every watcher that is sent all of it. Its encoder keeps the result in `encoded`.
    """

    token: str
    events: Sequence[AccountEvent]
    encoded: bytes | None = None


@dataclass(eq=False, slots=True)
class Bookmark:
    """Everything effective until `effective_until` (ms UTC) has been delivered. Shared and encoded as `Changes` are."""

    token: str
    effective_until: int
    encoded: bytes | None = None


Message = Snapshot | Changes | Bookmark
