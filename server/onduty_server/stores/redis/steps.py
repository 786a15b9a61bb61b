"""How much one step of the store does at most, so that other calls get their turn. Tests choose other values."""

from __future__ import annotations

from dataclasses import dataclass

from ...app.limits import SWEEP_CHUNK
from ...app.ports.store import PAST_WORKFLOWS_MAX
from .clock_steps import HELD_MS


@dataclass(frozen=True, slots=True)
class StepSizes:
    """See the module."""

    scan: int = 1_000
    """Users that one page of a list looks at."""
    collect: int = 1_000
    """Index entries that a script looks at before other calls get their turn."""
    preview: int = 1_000
    """Users that the preview of a workflow change reads at a time."""
    settle: int = SWEEP_CHUNK
    """Users who are overdue that a workflow change settles itself."""
    history: int = 1_000
    """Events of an account that are read at a time."""
    prune: int = 1_000
    """Events that are dropped at a time once they are no longer kept."""
    past_workflows: int = PAST_WORKFLOWS_MAX
    """Replaced workflows that an account may have before a further change waits for the sweeper."""
    clock_held_ms: int = HELD_MS
    """How long the server's clock must stay where it was stepped to before it is followed."""


DEFAULT_STEPS = StepSizes()
