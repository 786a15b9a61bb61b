"""Named maxima of the work that the store does in one step, before other calls get their turn."""

from __future__ import annotations

from dataclasses import dataclass

from ...app.limits import SWEEP_CHUNK
from ...app.ports.store import PAST_WORKFLOWS_MAX
from .clock_steps import HELD_MS


@dataclass(frozen=True, slots=True)
class StepSizes:
    """The maxima of a store. Tests choose smaller ones."""

    scan: int = 1_000
    """Users that one page of a list looks at."""
    collect: int = 1_000
    """Index entries that a script looks at before other calls get their turn."""
    preview: int = 1_000
    """Users that the preview of a workflow change reads at a time."""
    settle: int = SWEEP_CHUNK
    """Overdue users that a workflow change settles by itself."""
    history: int = 1_000
    """Events of an account that are read at a time."""
    prune: int = 100
    """Events that are dropped at a time once they are no longer kept."""
    scrub: int = 1_000
    """Records, events or positions that one step of an erasure looks at."""
    report: int = 250
    """People, events or sums that one step of a report looks at."""
    past_workflows: int = PAST_WORKFLOWS_MAX
    """Replaced workflows that an account may have before a further change waits for the sweeper."""
    clock_held_ms: int = HELD_MS
    """How long the server's clock must stay at its new time after a step before that time is used."""


DEFAULT_STEPS = StepSizes()
