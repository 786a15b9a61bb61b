"""Named maxima of the work that the engine does in one step, before other requests get their turn."""

from __future__ import annotations

from dataclasses import dataclass

from ...app.limits import SWEEP_CHUNK
from ...app.ports.store import PAST_WORKFLOWS_MAX
from .overdue import BLOCK_BITS, IN_ORDER

IN_HEAP = 512


@dataclass(frozen=True, slots=True)
class StepSizes:
    """The maxima of a store. Tests make them so small that a handful of users reach them."""

    scan: int = 5_000
    """Users that one page of a list looks at."""
    collect: int = 2_000
    """Entries of the index that a read looks at in one step."""
    preview: int = 1_000
    """Users that a preview evaluates in one step."""
    report: int = 200
    """Users whom a report looks at in one step: 0.4 ms, since a call of others takes several turns of the loop."""
    flush: int = 2_000
    """Moved clocks that are journalled in one step."""
    forget: int = 2_000
    """Records from which an erased actor is taken in one step."""
    settle: int = SWEEP_CHUNK
    """Overdue users that a workflow change switches by itself."""
    past_workflows: int = PAST_WORKFLOWS_MAX
    """Replaced workflows that an account may have; a further change waits for the sweeper."""
    in_heap: int = IN_HEAP
    """Entries of an index by last activity that are in a heap; if there are more, most wait in buckets."""
    overdue_in_order: int = IN_ORDER
    """Overdue users that are switched in order, the longest overdue first; see `overdue`."""
    overdue_block_bits: int = BLOCK_BITS
    """If there are more, users whose numbers differ only in this many low bits are switched together."""


DEFAULT_STEPS = StepSizes()
