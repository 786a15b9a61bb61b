"""`onduty export` as a process of its own, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from tests import fork_server
from tests.cli.conftest import Onduty
from tests.cli.export.test_webhook import OLD, Answer, Receiver
from tests.servers import running

from onduty_client import AsyncClient, Status
from onduty_server.process.clock import SystemClock

PATIENCE_S = 30.0


@pytest.fixture
async def server() -> AsyncIterator[str]:
    async with running(clock=SystemClock()) as application:
        yield f"127.0.0.1:{application.port}"


async def change(server: str, *users: str) -> None:
    async with AsyncClient(server) as client:
        for user in users:
            await client.set_status("acme", user, Status.ONLINE)


class Exporting:
    """A running export, of which standard error or output is read."""

    def __init__(self, server: str, *options: str, stream: int = fork_server.STDERR) -> None:
        self.command = fork_server.Forked(
            Path.cwd(),
            *("export", "acme", "--server", server, "--checkpoint", "place.json", "--log-format", "json", *options),
            stream=stream,
        )

    async def __aenter__(self) -> Exporting:
        self.lines = await fork_server.lines_of(self.command)
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.command.kill()
        await asyncio.to_thread(self.command.wait)

    async def line(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            return (await self.lines.readline()).decode()

    async def logged(self, event: str) -> dict[str, Any]:
        while True:
            line = await self.line()
            assert line, f"it ended without logging {event!r}"
            found: dict[str, Any] = json.loads(line)
            if found["event"] == event:
                return found

    async def stopped(self) -> int:
        self.command.terminate()
        return await asyncio.wait_for(asyncio.to_thread(self.command.wait), PATIENCE_S)


@pytest.mark.slow
async def test_lines_go_to_standard_output_and_it_ends_when_it_is_told_to(server: str) -> None:
    await change(server, "ada", "ben")
    async with Exporting(server, "--to", "ndjson", "--from", "2", stream=fork_server.STDOUT) as export:
        assert json.loads(await export.line())["id"] == "acme:2"
        await change(server, "cleo")
        assert json.loads(await export.line())["subject"] == "cleo"
        assert await export.stopped() == 0
    async with Exporting(server, "--to", "ndjson", stream=fork_server.STDOUT) as export:
        await change(server, "dan")
        assert json.loads(await export.line())["id"] == "acme:4", "it goes on where it was"
        assert await export.stopped() == 0


def ran_export(server: str, *options: str) -> subprocess.CompletedProcess[str]:
    """An export that ends by itself."""
    return fork_server.ended("export", "acme", "--server", server, "--checkpoint", "other.json", *options)


def kept_revision() -> int:
    place: dict[str, int] = json.loads(Path("other.json").read_text())["place"]
    return place["revision"]


def fetched(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
async def test_it_says_how_it_is_to_operators(server: str) -> None:
    options = ("--to", "ndjson", "--output", "lines", "--metrics-listen", "127.0.0.1:0")
    async with Exporting(server, *options) as export:
        port = (await export.logged("serving metrics"))["port"]
        await export.logged("exporting")
        await change(server, "ada")
        async with asyncio.timeout(PATIENCE_S):
            while True:
                status, text = await asyncio.to_thread(fetched, f"http://127.0.0.1:{port}/metrics")
                if 'onduty_export_events_total{type="onduty.status.changed.v1"} 1.0' in text:
                    break
                await asyncio.sleep(0.05)
        assert status == 200
        lag = next(line for line in text.splitlines() if line.startswith("onduty_export_lag_seconds "))
        assert 0 <= float(lag.split()[1]) < 10
        for name in ("onduty_export_connected 1.0", "onduty_export_revision 1.0", "process_cpu_seconds_total"):
            assert name in text
        for probe in ("healthz", "readyz"):
            assert await asyncio.to_thread(fetched, f"http://127.0.0.1:{port}/{probe}") == (200, "ok\n")
        ran = await asyncio.to_thread(ran_export, server, "--to", "ndjson", "--metrics-listen", f"127.0.0.1:{port}")
        assert ran.returncode == 1
        said = f"onduty: cannot serve metrics on 127.0.0.1, port {port}: Address already in use"
        assert said in ran.stderr and "Traceback" not in ran.stderr
        assert await export.stopped() == 0


@pytest.mark.slow
async def test_a_receiver_that_is_gone_for_good_ends_it_with_a_code_of_its_own(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver()
    receiver.answer = Answer(410)
    monkeypatch.setenv("ONDUTY_EXPORT_SECRETS", OLD)
    await change(server, "ada")
    ran = await asyncio.to_thread(ran_export, server, "--to", "webhook", "--url", receiver.url, "--from", "1")
    receiver.close()
    assert ran.returncode == 4
    said = ran.stderr.splitlines()[-1]
    assert said.startswith("onduty: http://127.0.0.1:") and "410: it wants no more events" in said
    assert len(receiver.requests) == 1
    assert kept_revision() == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--to", "webhook", "--checkpoint", "a"), "--to webhook needs --url"),
        (("--to", "nats", "--checkpoint", "a"), "--to nats needs --url"),
        (("--to", "ndjson", "--checkpoint", "a", "--url", "x"), "--url is for --to webhook and nats"),
        (("--to", "ndjson", "--checkpoint", "a", "--secret-file", "x"), "--secret-file is for --to webhook"),
        (("--to", "nats", "--checkpoint", "a", "--url", "x", "--output", "x"), "--output is for --to ndjson"),
        (("--to", "ndjson", "--checkpoint", "a", "--from", "0"), "revisions begin with 1"),
        (("--to", "ndjson", "--checkpoint", "a", "--from", "soon"), "'soon' is not a time"),
        (("--to", "kafka", "--checkpoint", "a"), "'kafka' is not one of"),
        (("--to", "ndjson"), "Missing option '--checkpoint'"),
        (("--to", "ndjson", "--checkpoint", "a", "--server", "localhost"), "'localhost' is not a valid address"),
    ],
)
def test_options_that_make_no_sense_are_refused(onduty: Onduty, options: tuple[str, ...], why: str) -> None:
    ran = onduty("export", "acme", *options)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err and ran.err.count("\n") == 1
    assert not Path("a").exists()


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["structlog", "prometheus_client", "urllib3", "nats"])
def test_without_its_packages_it_says_what_to_install(missing: str) -> None:
    to = "nats" if missing == "nats" else "webhook"
    script = (
        f"import sys; sys.modules[{missing!r}] = None; from onduty_server.cli import main; "
        f"sys.exit(main(['export', 'acme', '--to', {to!r}, '--url', 'nats://localhost', '--checkpoint', 'a']))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    expected = (
        f"onduty: the package {missing} is not installed; `onduty export` comes with: pip install 'onduty[export]'\n"
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", expected)
