"""Threads and tasks of a serving process: each that ends unexpectedly ends the process, and the log names it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from onduty_server.process import signals
from onduty_server.process.config.settings import Settings
from onduty_server.process.lines import LineWriter
from onduty_server.process.serving import ServeError, run, serve
from onduty_server.process.supervisor import Supervisor
from onduty_server.process.threads import deaths_reported


def dies() -> None:
    raise ValueError("a defect")


def in_thread(name: str, run: Callable[[], None] = dies) -> None:
    thread = threading.Thread(target=run, name=name)
    thread.start()
    thread.join()


def test_a_thread_of_ours_that_dies_is_reported_and_no_other() -> None:
    reported: list[tuple[str, str]] = []
    others: list[str] = []
    before = threading.excepthook
    threading.excepthook = lambda dying: others.append(str(dying.exc_value))
    try:
        with deaths_reported(lambda name, error: reported.append((name, str(error)))):
            in_thread("onduty-operators")
            in_thread("somebody-else's")
            in_thread("onduty-sqlite-writer", lambda: None)
        in_thread("onduty-late")
    finally:
        threading.excepthook = before
    assert reported == [("onduty-operators", "a defect")]
    assert others == ["a defect", "a defect"], "the hook from before the block has all others"


def test_the_thread_that_writes_a_log_is_one_of_them() -> None:
    reported: list[str] = []
    dead = threading.Event()

    def write(data: bytes) -> None:
        raise RuntimeError("a defect")

    with deaths_reported(lambda name, error: reported.append(name)):
        writer = LineWriter("audit", write, notice=str, on_death=dead.set)
        writer.put("a line")
        assert dead.wait(5)
        assert not writer.flush(5), "which does not wait for a thread that is gone"
    assert reported == ["onduty-audit"]


DEFECTIVE_LOG = """
import structlog
from onduty_server.process import logs
logs.start("info", "json")
log, (writer,) = structlog.get_logger(), logs._writers
writer._write = lambda data: 1 / 0
log.error("lost")
writer._thread.join()
log.critical("a background task ended unexpectedly")
"""


def test_what_is_logged_after_the_death_of_the_log_s_own_thread_is_written_all_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", DEFECTIVE_LOG], capture_output=True, text=True, timeout=30, check=True)
    assert '"event": "a background task ended unexpectedly"' in done.stderr


@pytest.fixture
def process_as_it_was() -> Iterator[None]:
    """Undo what serving changes in the process."""
    handlers = {number: signal.getsignal(number) for number in signals.RELOADING}
    interval_s = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)
    for number, handler in handlers.items():
        signal.signal(number, handler)


FAILURE = "a background task failed; see the log"


def named_by(settings: Settings, on_serving: Callable[[str], None]) -> list[str]:
    """Serve until that fails, and see what the log names."""
    with capture_logs() as logs, pytest.raises(ServeError, match=FAILURE):
        run(serve(settings, stop=asyncio.Event(), on_serving=on_serving))
    return [line["task"] for line in logs if line["log_level"] == "critical"]


@pytest.mark.parametrize("name", ["onduty-operators", "onduty-audit"])
def test_a_server_whose_thread_dies_ends_and_names_it(process_as_it_was: None, name: str) -> None:
    settings = Settings(listen="127.0.0.1:0", http_listen="off", store="memory:", audit_log="off")
    assert named_by(settings, lambda _: in_thread(name)) == [name]


TASKS = (
    *("sweeper", "heartbeat", "activity-flush", "requests", "wall-clock", "descriptors", "turning"),
    *("credentials", "files"),
)


@pytest.mark.parametrize("name", TASKS)
def test_a_server_whose_background_task_ends_ends_and_names_it(
    process_as_it_was: None, tmp_path: Path, name: str
) -> None:
    """By what is hardest to notice: something that the task awaits is cancelled, and it ends like a cancelled task."""
    (tmp_path / "keys").touch()
    settings = Settings(
        listen="127.0.0.1:0",
        http_listen="off",
        store=f"sqlite:{tmp_path / 'onduty.db'}",
        audit_log="off",
        key_file=str(tmp_path / "keys"),
        metrics_listen="127.0.0.1:0",
    )
    ending: list[asyncio.Task[None]] = []

    async def end() -> None:
        (task,) = (task for task in asyncio.all_tasks() if task.get_name() == f"onduty-{name}")
        while (awaited := getattr(task, "_fut_waiter", None)) is None:  # noqa: ASYNC110 - no event says that a task waits
            await asyncio.sleep(0)
        awaited.cancel()

    assert named_by(settings, lambda _: ending.append(asyncio.create_task(end()))) == [f"onduty-{name}"]


async def test_a_supervisor_whose_thread_dies_drains_its_workers() -> None:
    supervisor = Supervisor((), (), drain_limit_s=1.0, on_serving=lambda: None)
    with capture_logs() as logs:
        supervisor.thread_died("onduty-stderr", ValueError("a defect"))
    assert supervisor.stopping
    assert [line["thread"] for line in logs if line["log_level"] == "critical"] == ["onduty-stderr"]
