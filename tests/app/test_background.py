"""Background tasks: none ends without a word."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from onduty_server.app.background import BackgroundTasks
from onduty_server.domain.errors import StoreLost


async def fails() -> None:
    raise ValueError("a defect")


async def returns() -> None:
    pass


async def awaits_what_somebody_cancels() -> None:
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def goes_on() -> None:
    await asyncio.Event().wait()


async def loses_the_store() -> None:
    raise StoreLost("the file is gone")


async def test_a_task_that_ends_by_itself_is_reported_by_name() -> None:
    for ends in (fails, returns, awaits_what_somebody_cancels):
        background = BackgroundTasks()
        with capture_logs() as logs:
            background.start(ends(), name="onduty-bookmarks")
            await asyncio.wait_for(background.failed.wait(), 20)
        assert [(line["log_level"], line["event"], line["task"]) for line in logs] == [
            ("critical", "a background task ended unexpectedly", "onduty-bookmarks")
        ], ends
        assert background.failure == "a background task failed; see the log"


async def test_a_task_that_is_stopped_is_not_reported() -> None:
    background = BackgroundTasks()
    with capture_logs() as logs:
        tasks = [background.start(goes_on(), name=name) for name in ("onduty-sweeper", "onduty-heartbeat")]
        await asyncio.sleep(0)
        await background.stop(*tasks)
    assert all(task.cancelled() for task in tasks) and not background.failed.is_set() and logs == []


async def test_to_stop_a_task_that_has_failed_raises_nothing() -> None:
    background = BackgroundTasks()
    with capture_logs():
        task = background.start(fails(), name="onduty-sweeper")
        await background.failed.wait()
        await background.stop(task)


async def test_a_lost_store_is_the_failure_and_not_logged_again() -> None:
    background = BackgroundTasks()
    with capture_logs() as logs:
        background.start(loses_the_store(), name="onduty-heartbeat")
        await asyncio.wait_for(background.failed.wait(), 20)
    assert background.failure == "the file is gone" and logs == []
