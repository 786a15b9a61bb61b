"""Background tasks run until they are cancelled; one that ends before is reported.

Invariant: no such task ends in silence. Its end sets `failed`, which ends the process; the log names the task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from ..domain.errors import StoreLost

_log = structlog.get_logger(__name__)


class BackgroundTasks:
    """Starts background tasks. The part that starts a task also cancels it. All parts of the server share one."""

    def __init__(self) -> None:
        self.failed = asyncio.Event()
        """Set once a task has ended without having been cancelled."""
        self.failure = "a background task failed; see the log"
        """The reason for the operator, once `failed` is set."""

    def start(self, coroutine: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run a coroutine that must not end before it is cancelled."""
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(self._task_ended)
        return task

    @staticmethod
    async def stop(*tasks: asyncio.Task[None]) -> None:
        """Cancel tasks and wait until they have ended. One that had failed has been reported already."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def ended(self, name: str, error: BaseException | None) -> None:
        """Report that a task, or a thread, has ended although it should have gone on. Called on the event loop."""
        if isinstance(error, StoreLost):
            # The store has said so in the log.
            self.failure = error.why
        else:
            _log.critical("a background task ended unexpectedly", task=name, exc_info=error)
        self.failed.set()

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self.ended(task.get_name(), task.exception())
        elif not task.cancelling():
            # The task itself was not cancelled: it awaited something else that was.
            self.ended(task.get_name(), asyncio.CancelledError())
