"""The embedded default: every user in memory, journalled to one SQLite file."""

from __future__ import annotations

from pathlib import Path

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...app.ports.observer import Observer
from ...app.ports.store import DEFAULT_OPTIONS, StoreOptions
from ..resident.steps import DEFAULT_STEPS, StepSizes
from ..resident.store import ResidentStore
from .journal import SqliteJournal
from .limits import DEFAULT_LIMITS, FileLimits

__all__ = ["DEFAULT_LIMITS", "FileLimits", "SqliteStore"]


class SqliteStore(ResidentStore):
    """A `ResidentStore` over a SQLite file that no other process may use at the same time."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        options: StoreOptions = DEFAULT_OPTIONS,
        *,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        activity_flush_interval_ms: int = 1_000,
        limits: FileLimits = DEFAULT_LIMITS,
        steps: StepSizes = DEFAULT_STEPS,
    ) -> None:
        observer = observer or Observer()
        super().__init__(
            SqliteJournal(path, observer, clock.stopwatch, limits),
            clock,
            options,
            observer=observer,
            background=background,
            activity_flush_interval_ms=activity_flush_interval_ms,
            steps=steps,
        )
