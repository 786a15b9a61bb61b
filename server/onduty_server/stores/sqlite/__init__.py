"""The embedded default: every user in memory, journalled to one SQLite file."""

from __future__ import annotations

from pathlib import Path

from ...app.background import BackgroundTasks
from ...app.limits import ACCOUNTS_MAX, USERS_MAX
from ...app.ports.clock import Clock
from ...app.ports.observer import Observer
from ...domain.workflow import DAY_MS
from ..resident.store import ResidentStore
from .journal import SqliteJournal

__all__ = ["SqliteStore"]


class SqliteStore(ResidentStore):
    """A `ResidentStore` over a SQLite file that no other process may use at the same time."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        activity_flush_interval_ms: int = 1_000,
        outage_grace_ms: int = 10_000,
        count_outage_as_inactivity: bool = False,
        history_retention_ms: int = 30 * DAY_MS,
        history_max_changes: int = 5_000_000,
        users_max: int = USERS_MAX,
        accounts_max: int = ACCOUNTS_MAX,
    ) -> None:
        observer = observer or Observer()
        super().__init__(
            SqliteJournal(path, observer, clock.stopwatch),
            clock,
            observer=observer,
            background=background,
            activity_flush_interval_ms=activity_flush_interval_ms,
            outage_grace_ms=outage_grace_ms,
            count_outage_as_inactivity=count_outage_as_inactivity,
            history_retention_ms=history_retention_ms,
            history_max_changes=history_max_changes,
            users_max=users_max,
            accounts_max=accounts_max,
        )
