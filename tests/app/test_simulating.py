"""Having logs replayed by processes of their own: in turns, within limits, and without holding up anybody."""

from __future__ import annotations

import asyncio
import gzip
import os
import pickle
import random
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.client.watched import until
from tests.fakes import FakeClock

from onduty_server.app.limits import SIMULATIONS_MAX, SIMULATIONS_PER_CALLER_MAX, SIMULATIONS_WAITING_MAX
from onduty_server.app.log_format import LogFormat, TimeFormat
from onduty_server.app.replay_process import ReplayProcesses
from onduty_server.app.replaying import ReplayJob, Simulated, replay_log
from onduty_server.app.service import StatusService
from onduty_server.app.simulating import Simulations
from onduty_server.domain.errors import InvalidField, InvalidWorkflow, LimitExceeded
from onduty_server.stores.memory import MemoryStore

MINUTE = 60_000
SUPPORT_CHAT = (Path(__file__).parents[1] / "data" / "support-chat.csv").read_bytes()
HEAD = b"activity_time,user_id\n"


def job(log: bytes = SUPPORT_CHAT, time_format: TimeFormat = TimeFormat.RFC3339) -> ReplayJob:
    return ReplayJob(log, LogFormat(time_format=time_format), {"away_after_ms": 10 * MINUTE}, keep_order=False)


def forever(seen: Path) -> tuple[str, ...]:
    """A process that notes its number, and then neither answers nor ends."""
    return (
        sys.executable,
        "-c",
        f"import os, signal; open({str(seen)!r}, 'a').write(f'{{os.getpid()}} '); signal.pause()",
    )


def ended(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


async def test_a_process_answers_what_a_replay_answers() -> None:
    processes = ReplayProcesses()
    assert await processes.replay(job()) == replay_log(job())
    with pytest.raises(InvalidField) as caught:
        await processes.replay(job(b"a,b\n"))
    assert caught.value.violations[0].field == "log"
    assert "time_column, user_column and kind_column say what they are called" in caught.value.message
    assert caught.value.message.count("log: ") == 1


@pytest.mark.slow
async def test_the_loop_goes_on_while_a_long_log_is_replayed() -> None:
    chance = random.Random(7)
    rows = [b"%d,user-%d\n" % (1_790_000_000 - number, chance.randrange(20_000)) for number in range(100_000)]
    log = gzip.compress(HEAD + b"".join(rows), 1)
    running = asyncio.create_task(ReplayProcesses().replay(job(log, TimeFormat.EPOCH_S)))
    turns = 0
    while not running.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await running).summary.activities == 100_000
    assert turns > 100


async def test_a_replay_that_is_cancelled_ends_its_process(tmp_path: Path) -> None:
    seen = tmp_path / "pids"
    running = asyncio.create_task(ReplayProcesses(forever(seen)).replay(job()))
    await until(lambda: seen.exists() and seen.read_text().endswith(" "))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended(int(seen.read_text()))


async def test_a_replay_that_is_cancelled_before_it_has_begun_makes_room() -> None:
    processes = ReplayProcesses()
    for _ in range(3):
        running = [asyncio.create_task(processes.replay(job())) for _ in range(2 * SIMULATIONS_MAX)]
        await asyncio.sleep(0)
        for each in running:
            each.cancel()
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * len(running)
    assert (await processes.replay(job())).summary.users


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ((sys.executable, "-c", "import time; time.sleep(60)"), InvalidField),
        ((sys.executable, "-c", "import os; os.abort()"), RuntimeError),
        ((sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"), InvalidField),
        (("/nowhere/python",), LimitExceeded),
    ],
    ids=["too slow", "aborted", "out of time", "not started"],
)
async def test_a_process_that_does_not_answer_is_said_so(command: tuple[str, ...], error: type[Exception]) -> None:
    processes = ReplayProcesses(command, timeout_s=0.5)
    with capture_logs() as logs, pytest.raises(error):
        await processes.replay(job())
    # What nobody foresaw is logged where it becomes an answer.
    assert len(logs) == (error is not RuntimeError)


async def test_a_process_takes_no_more_memory_than_it_may() -> None:
    """With the limits of the real one, and a job that would take more."""
    program = (
        "import runpy, sys; from onduty_server.app import replaying; "
        "replaying.replay_log = lambda job: bytearray(2 << 30); "
        "runpy.run_module('onduty_server.app.replay_child', run_name='__main__')"
    )
    with capture_logs() as logs, pytest.raises(InvalidField, match="more memory or time"):
        await ReplayProcesses((sys.executable, "-c", program)).replay(job())
    assert logs[0]["event"] == "a replay took too much memory or time"


class GatedProcesses(ReplayProcesses):
    """Answers when it is told to; notes who has had a turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.running = self.most = 0

    async def replay(self, job: ReplayJob) -> Simulated:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.open.wait()
            return replay_log(job)
        finally:
            self.running -= 1


async def settled(running: Sequence[asyncio.Task[Simulated]]) -> list[type]:
    return [type(outcome) for outcome in await asyncio.gather(*running, return_exceptions=True)]


async def test_only_so_many_are_replayed_and_wait() -> None:
    processes = GatedProcesses()
    simulations = Simulations(processes)
    most = SIMULATIONS_MAX + SIMULATIONS_WAITING_MAX
    running = [asyncio.create_task(simulations.run(job(), f"caller {number}")) for number in range(most + 3)]
    await until(lambda: sum(each.done() for each in running) == 3)
    processes.open.set()
    assert await settled(running) == [Simulated] * most + [LimitExceeded] * 3
    assert processes.most == SIMULATIONS_MAX
    assert type(await simulations.run(job(), "caller 0")) is Simulated


async def test_no_caller_takes_all_the_turns() -> None:
    processes = GatedProcesses()
    simulations = Simulations(processes)
    greedy = [asyncio.create_task(simulations.run(job(), "greedy")) for _ in range(SIMULATIONS_PER_CALLER_MAX + 2)]
    await until(lambda: sum(each.done() for each in greedy) == 2)
    modest = asyncio.create_task(simulations.run(job(), "modest"))
    await asyncio.sleep(0)
    # Whoever gives up makes room, whether or not it was its turn.
    greedy[0].cancel()
    greedy[2].cancel()
    await asyncio.gather(greedy[0], greedy[2], return_exceptions=True)
    again = asyncio.create_task(simulations.run(job(), "greedy"))
    processes.open.set()
    assert await settled([modest, greedy[1], again]) == [Simulated] * 3
    assert await settled(greedy[3:]) == [LimitExceeded] * 2


async def test_a_workflow_that_contradicts_itself_is_refused_before_its_turn() -> None:
    service = StatusService(MemoryStore(FakeClock()))
    wrong = ReplayJob(HEAD, LogFormat(), {}, keep_order=False)
    with pytest.raises(InvalidWorkflow):
        await service.simulate("acme", wrong)
    with pytest.raises(InvalidField):
        await service.simulate("", job())
    assert (await service.simulate("acme", job())).summary.users


def test_a_job_and_its_outcome_cross_a_pipe() -> None:
    assert pickle.loads(pickle.dumps(job())) == job()
    assert pickle.loads(pickle.dumps(replay_log(job()))) == replay_log(job())
