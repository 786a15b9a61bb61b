"""Signals that end a program by default: a server is not ended by them without having drained."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import grpc
import pytest
from tests import commands
from tests.faults.process import Line, ServerProcess, Servers, connected
from tests.faults.test_workers import alive, event, lines, pids, program

from onduty.v1 import status_pb2 as pb

SERVE = (
    *commands.SERVE,
    "--log-format",
    "json",
)
RELOADING = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
LOOKS = "looking for changed files and keys"
SET_AWAY = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_AWAY)

ON_A_TERMINAL = """
import os, signal, sys
os.setsid()
os.close(os.open(sys.argv[1], os.O_RDWR))  # the first that a leader of a session opens is its terminal
if sys.argv[2] == "nohup":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Terminal:
    """A terminal that a program can be started from, and that can be closed under it."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()

    def command(self, how: str, command: Sequence[str]) -> list[str]:
        return [sys.executable, "-c", ON_A_TERMINAL, os.ttyname(self._slave), how, *command]

    def close(self) -> None:
        if self._master >= 0:
            os.close(self._slave)
            os.close(self._master)
            self._master = -1


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


async def takes_changes(server: ServerProcess) -> None:
    async with connected(server.address) as calls:
        await calls.SetStatus(SET_AWAY, timeout=10)


@pytest.mark.parametrize("number", RELOADING)
async def test_a_signal_that_daemons_reload_for_ends_nothing(tmp_path: Path, number: signal.Signals) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        server.signal(number)
        await server.logged(event(LOOKS))
        await takes_changes(server)
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


async def test_a_quit_drains(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        server.signal(signal.SIGQUIT)
        assert await server.ended() == 0
        assert [line["event"] for line in server.log[-2:]] == ["stopping", "stopped"]


@pytest.mark.parametrize("command", [lambda: SERVE, lambda: program(2)], ids=["one", "workers"])
async def test_a_terminal_that_closes_drains(
    tmp_path: Path, terminal: Terminal, command: Callable[[], Sequence[str]]
) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*terminal.command("plain", command()))
        await server.serving()
        await takes_changes(server)
        # While it is there, it is not what a signal is about.
        server.signal(signal.SIGHUP)
        await server.logged(event(LOOKS))
        terminal.close()
        assert await server.ended() == 0
        assert lines(server, "the terminal was closed") and lines(server, "stopped")


async def test_nohup_holds(tmp_path: Path, terminal: Terminal) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*terminal.command("nohup", SERVE))
        await server.serving()
        terminal.close()
        server.signal(signal.SIGHUP)
        await takes_changes(server)
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0
        assert not lines(server, LOOKS) and not lines(server, "the terminal was closed")


async def test_a_supervisor_passes_a_reload_on_and_nobody_ends(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*program(2))
        await server.serving()
        before = pids(server)
        server.signal(signal.SIGHUP)
        for worker in (1, 2):
            await server.logged(event(LOOKS, worker=worker))
        # And to a worker alone, which is for its supervisor to end.
        for number in RELOADING:
            os.kill(before[1], number)
        await takes_changes(server)
        assert pids(server) == before and all(map(alive, before.values()))
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


async def test_the_settings_of_a_file_are_taken_by_a_running_server(tmp_path: Path) -> None:
    file = tmp_path / "onduty.toml"
    file.write_text('store = "memory:"')
    async with Servers(tmp_path) as servers:
        server = await servers.run(*SERVE, "--config", str(file))
        await server.serving()
        file.write_text('log_level = "debug"\nstore = "memory:"\naccount_rate = 1\nworkers = 1')
        server.signal(signal.SIGHUP)
        changed = await server.logged(event("settings have changed"))
        assert changed["settings"] == {"log_level": "debug", "account_rate": 1}
        async with connected(server.address) as calls:
            set_away = (calls.SetStatus(SET_AWAY, timeout=10) for _ in range(3))
            refusals = await asyncio.gather(*set_away, return_exceptions=True)
        assert "more than 1 calls for this account" in str(refusals)
        await server.logged(event("a call was refused", code="RESOURCE_EXHAUSTED"))


async def test_the_settings_of_a_file_are_taken_by_every_worker_and_by_those_that_start_later(tmp_path: Path) -> None:
    file = tmp_path / "onduty.toml"
    file.write_text("")
    async with Servers(tmp_path) as servers:
        server = await servers.run(*program(2, config=str(file)))
        await server.serving()
        before = pids(server)
        file.write_text('log_level = "debug"\nusers_max = 7')
        server.signal(signal.SIGHUP)
        for worker in (None, 1, 2):
            await server.logged(event("settings have changed", worker=worker))
        file.write_text("calls_maxx = 2")
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        for number, pid in before.items():
            await server.logged(_another_serves(number, pid))
        # The new ones log at the level that the file had when it was read last.
        async with connected(server.address) as calls:
            answer = calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="nobody"), timeout=10)
            assert await answer.code() is grpc.StatusCode.NOT_FOUND
        await server.logged(event("a call was refused", code="NOT_FOUND"))
        named = lines(server, "these settings have changed in the configuration; restart for them")
        assert [(line.get("worker"), "users_max" in line["settings"]) for line in named] == [(None, True)]


def _another_serves(number: int, pid: int) -> Callable[[Line], bool]:
    serves = event("a worker serves", worker=number)
    return lambda line: serves(line) and line["pid"] != pid
