"""Programs that fork, run in processes of their own: `python forked.py PROGRAM TARGET`. See test_forking.py.

Each prints what became of its children, and nothing else: a child that neither ends nor crashes within `PATIENCE_S` is
killed, and counts as a failure.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AsyncClient,
    AvailabilityMirror,
    Client,
    MirrorNotReady,
    MirrorStale,
    Security,
    StatusChange,
    WatchChanges,
    WatchSnapshot,
)
from onduty_client._clock import steady

ACCOUNT = "acme"
TARGET = sys.argv[2]
PATIENCE_S = 20.0


def ended(pid: int) -> int:
    """How a child ended: its exit code, or less than 0 for a signal; -9 too when it had to be killed."""
    alarm = threading.Timer(PATIENCE_S, os.kill, (pid, signal.SIGKILL))
    alarm.start()
    _, status = os.waitpid(pid, 0)
    alarm.cancel()
    return os.waitstatus_to_exitcode(status)


def fork(work: Callable[[], object], *, by_exit: bool = False) -> int:
    """A child that does `work` and ends: at once, or as `sys.exit` ends."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException as error:  # noqa: BLE001 - A child must not go on with what is the parent's to do.
        print(f"{type(error).__name__}: {error}", flush=True)
    if by_exit:
        sys.exit(code)
    os._exit(code)


def report(count: int, work: Callable[[int], object], *, by_exit: bool = False, at_once: int = 1) -> None:
    """Forks children, `at_once` of them before the first is waited for, and prints how they ended."""
    codes: list[int] = []
    for start in range(0, count, at_once):
        children = [fork(partial(work, start + number), by_exit=by_exit) for number in range(at_once)]
        codes += map(ended, children)
    print(codes, flush=True)


def recorded(reporter: ActivityReporter, user_id: str) -> None:
    reporter.record(ACCOUNT, user_id)
    assert reporter.flush(10)
    assert reporter.stats.acknowledged >= 1 and reporter.stats.dropped == 0


def newly_reported(user_id: str) -> None:
    with ActivityReporter(TARGET, interval=0.01) as reporter:
        recorded(reporter, user_id)


def mirrored() -> None:
    with AvailabilityMirror(TARGET, ACCOUNT) as mirror:
        mirror.wait_ready(10)


def snapshot_taken() -> None:
    """As `mirrored`, without the wait for the server's first bookmark."""
    mirror = AvailabilityMirror(TARGET, ACCOUNT)
    events = mirror.changes()
    with mirror:
        assert events.next(10) is not None


# --- programs --------------------------------------------------------------------------------------------------------


def closed_before() -> None:
    """A reporter, a mirror and a client that are over when the process forks."""
    newly_reported("parent")
    mirrored()
    with Client(TARGET) as client:
        client.record_activity(ACCOUNT, "parent")
    report(20, lambda number: newly_reported(f"child-{number}"))
    newly_reported("parent-afterwards")


def preloaded() -> None:
    """As behind a pre-forking server: helpers of the module, used by workers that inherit them."""
    reporter = ActivityReporter(TARGET, interval=0.01)
    reporter.start()
    mirror = AvailabilityMirror(TARGET, ACCOUNT)
    mirror.start()
    client = Client(TARGET)
    recorded(reporter, "parent")
    mirror.wait_ready(10)
    changes = mirror.changes()

    def work(number: int) -> None:
        assert changes.next(10) is None
        for again in range(3):
            reporter.record(ACCOUNT, f"child-{number}")
            reporter.record(ACCOUNT, f"child-{number}-{again}")
        assert client.record_activity(ACCOUNT, f"child-{number}-called").available
        with suppress(MirrorNotReady):
            mirror.is_available("parent")
        mirror.wait_ready(10)
        assert mirror.is_available("parent")
        assert reporter.stats.recorded == 6
        if number % 4 == 0:
            # The child of a child.
            assert ended(fork(lambda: recorded(reporter, f"grandchild-{number}"))) == 0

    report(8, work, by_exit=True, at_once=4)
    recorded(reporter, "parent-afterwards")
    assert mirror.is_available("parent")
    mirror.close()
    reporter.close()
    client.close()


def never_started() -> None:
    """What was recorded before the start waits for it, in whichever process that is."""
    reporter = ActivityReporter(TARGET, interval=0.01)
    reporter.record(ACCOUNT, "early")

    def work(number: int) -> None:
        with reporter:
            recorded(reporter, f"child-{number}")
            assert reporter.stats.acknowledged == 2

    report(5, work)


def while_threads_record() -> None:
    """Locks are held when the process forks."""
    reporter = ActivityReporter(TARGET, interval=0.01)
    reporter.start()
    over = threading.Event()

    def record() -> None:
        while not over.is_set():
            for number in range(100):
                reporter.record(ACCOUNT, f"user-{number}")

    threads = [threading.Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
    report(20, lambda number: recorded(reporter, f"child-{number}"))
    over.set()
    for thread in threads:
        thread.join()
    assert reporter.flush(10)
    reporter.close()


def while_threads_call() -> None:
    """Calls are under way when the process forks: they end first, and others wait."""
    client = Client(TARGET)
    over = threading.Event()

    def call() -> None:
        while not over.is_set():
            client.record_activity(ACCOUNT, "busy")

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()

    def work(number: int) -> None:
        client.record_activity(ACCOUNT, f"child-{number}")
        newly_reported(f"child-{number}-reported")

    report(20, work)
    over.set()
    for thread in threads:
        thread.join()


def while_followed() -> None:
    """A fork neither costs the parent an activity, nor makes its mirror lie or refuse."""
    reporter = ActivityReporter(TARGET, interval=0.001)
    reporter.start()
    mirror = AvailabilityMirror(TARGET, ACCOUNT)
    mirror.start()
    mirror.wait_ready(10)
    for number in range(30):
        reporter.record(ACCOUNT, f"parent-{number}")
        assert ended(fork(lambda: None)) == 0
        assert not mirror.is_available("nobody")
    until = steady() + 10
    while not all(mirror.is_available(f"parent-{number}") for number in range(30)):
        assert steady() < until
        threading.Event().wait(0.01)
    assert reporter.flush(10)
    assert reporter.stats.dropped == 0 and mirror.stats.gaps == 0 and mirror.stats.snapshots == 1
    print([mirror.stats.resumes >= 1])
    mirror.close()
    reporter.close()


def in_multiprocessing() -> None:
    """Children that end without closing anything, as multiprocessing ends them."""
    reporter = ActivityReporter(TARGET, interval=3_600)
    reporter.start()
    context = multiprocessing.get_context("fork")
    codes = []
    for number in range(5):
        process = context.Process(target=reporter.record, args=(ACCOUNT, f"child-{number}"))
        process.start()
        process.join(PATIENCE_S)
        codes.append(process.exitcode)
    print(codes)
    reporter.close()


def from_an_event_loop() -> None:
    """What can't work says so, in every place of it."""

    async def run() -> None:
        reporter = AsyncActivityReporter(TARGET)
        await reporter.start()
        background = ActivityReporter(TARGET)
        background.start()
        client = AsyncClient(TARGET)
        inherited = Client(TARGET)
        await client.record_activity(ACCOUNT, "parent")
        for work in (
            lambda: reporter.record(ACCOUNT, "child"),
            lambda: background.record(ACCOUNT, "child"),
            lambda: background.flush(10),
            lambda: Client(TARGET),
            lambda: inherited.record_activity(ACCOUNT, "child"),
            lambda: asyncio.run(client.record_activity(ACCOUNT, "child")),
            lambda: ActivityReporter(TARGET).start(),
            lambda: AvailabilityMirror(TARGET, ACCOUNT).start(),
        ):
            print(await asyncio.to_thread(ended, fork(work)), flush=True)
        assert (await client.get_status(ACCOUNT, "parent")).available
        reporter.record(ACCOUNT, "parent-afterwards")
        assert await reporter.flush(10)
        await reporter.close()
        await client.close()
        await asyncio.to_thread(background.close)

    asyncio.run(run())


def after_an_event_loop() -> None:
    """Once everything of it is closed, the process may fork."""

    async def run() -> None:
        async with AsyncActivityReporter(TARGET) as reporter, AsyncClient(TARGET) as client:
            reporter.record(ACCOUNT, "parent")
            assert await reporter.flush(10)
            await client.record_activity(ACCOUNT, "parent")

    asyncio.run(run())
    report(10, lambda number: newly_reported(f"child-{number}"))


def right_after_the_last_use() -> None:
    """The process forks while gRPC would be shutting down, if nobody had it stay."""
    codes = set()
    for _ in range(40):
        newly_reported("parent")
        snapshot_taken()
        with Client(TARGET) as client:
            client.record_activity(ACCOUNT, "parent")
        del client
        codes.add(ended(fork(lambda: newly_reported("child"))))
    print(codes)


def after_an_event_loop_that_nobody_left_in_order() -> None:
    """A program that ends its event loop and forgets to close what lived in it."""
    left = []

    async def run() -> None:
        reporter = AsyncActivityReporter(TARGET, interval=0.01)
        await reporter.start()
        mirror = AsyncAvailabilityMirror(TARGET, ACCOUNT)
        await mirror.start()
        left.extend([reporter, mirror])
        reporter.record(ACCOUNT, "parent")
        assert await reporter.flush(10)
        await mirror.wait_ready(10)

    asyncio.run(run())
    report(5, lambda number: newly_reported(f"child-{number}"))
    assert len(left) == 2


def after_one_that_could_not_be_made() -> None:
    """What is left of a failed constructor, because somebody keeps its exception, is nothing to renew."""
    reporters = [ActivityReporter(TARGET, interval=0.01) for _ in range(6)]
    kept = []
    for make in (
        lambda: ActivityReporter(TARGET, interval=-1),
        lambda: AvailabilityMirror(TARGET, ACCOUNT, max_staleness=0),
    ):
        try:
            make()
        except ValueError as error:
            kept.append(error)
    _all_report(reporters)
    assert len(kept) == 2


def while_one_is_made() -> None:
    """Another thread is in a constructor: it reads a file that takes its time."""
    reporters = [ActivityReporter(TARGET, interval=0.01) for _ in range(6)]
    with TemporaryDirectory() as directory:
        path = Path(directory, "ca.pem")
        os.mkfifo(path)
        thread = threading.Thread(target=ActivityReporter, args=(TARGET,), kwargs={"security": Security(ca=path)})
        thread.start()
        # Opened once the other end is: the thread is inside.
        with path.open("wb"):
            _all_report(reporters)
        thread.join()


def _all_report(reporters: list[ActivityReporter]) -> None:
    for reporter in reporters:
        reporter.start()

    def work(number: int) -> None:
        for index, reporter in enumerate(reporters):
            recorded(reporter, f"child-{number}-{index}")

    report(2, work)
    for reporter in reporters:
        reporter.close()


def from_a_callback() -> None:
    """In the thread that would have to leave gRPC for it."""
    codes: list[int] = []

    def metadata() -> tuple[()]:
        if not codes:
            codes.append(ended(fork(lambda: newly_reported("child"))))
        return ()

    reporter = ActivityReporter(TARGET, interval=0.01, metadata=metadata)
    reporter.start()
    recorded(reporter, "parent")
    reporter.close()
    print(codes)


def during_a_call() -> None:
    """A call that does not end in time: the server is frozen."""
    client = Client(TARGET, timeout=30)
    thread = threading.Thread(target=lambda: client.record_activity(ACCOUNT, "parent"))
    thread.start()
    sys.stdin.readline()
    report(1, lambda _: client.get_status(ACCOUNT, "parent"))
    print("thaw", flush=True)
    thread.join()
    assert client.get_status(ACCOUNT, "parent").available


def without_the_cores_support() -> None:
    """GRPC_ENABLE_FORK_SUPPORT=0 has the core's threads stay behind."""
    client = Client(TARGET)
    client.record_activity(ACCOUNT, "parent")
    report(1, lambda _: client.record_activity(ACCOUNT, "child"))


def stale() -> None:
    """A mirror that was inherited does not answer from what the parent knew."""
    mirror = AvailabilityMirror(TARGET, ACCOUNT)
    mirror.start()
    mirror.wait_ready(10)

    def work(_: int) -> None:
        try:
            mirror.is_available("parent")
        except MirrorStale as error:
            print(error, flush=True)

    report(1, work)
    mirror.close()


def while_watching() -> None:
    """A watch goes on over forks, and a child that inherits it is told to make its own."""
    client = Client(TARGET)
    watch = client.watch(ACCOUNT)
    assert isinstance(next(watch), WatchSnapshot)

    def work(number: int) -> None:
        try:
            next(watch)
        except RuntimeError:
            newly_reported(f"child-{number}")

    report(3, work)
    seen: set[str] = set()
    while len(seen) < 3:
        message = next(watch)
        if isinstance(message, WatchChanges):
            seen |= {change.user_id for change in message.changes if isinstance(change, StatusChange)}
    client.close()
    print(sorted(seen))


def while_sessions_are_kept() -> None:
    """They are the parent's to renew and to end, and children keep their own."""
    client = Client(TARGET)
    session = client.session(ACCOUNT, "parent", "tab", idle_for=timedelta(0))
    session.start()

    def work(number: int) -> None:
        session.active()
        session.close()
        with client.session(ACCOUNT, f"child-{number}", "tab", idle_for=timedelta(0)) as own:
            assert own.lost is None and client.get_status(ACCOUNT, f"child-{number}").connected
        assert not client.get_status(ACCOUNT, f"child-{number}").connected

    report(6, work, by_exit=True, at_once=3)
    assert client.get_status(ACCOUNT, "parent").connected
    before = client.get_status(ACCOUNT, "parent").last_activity_time
    # The task goes on in the parent.
    session.active()
    until = steady() + PATIENCE_S
    while client.get_status(ACCOUNT, "parent").last_activity_time == before:
        assert steady() < until
        threading.Event().wait(0.05)
    session.close()
    assert not client.get_status(ACCOUNT, "parent").connected
    client.close()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
