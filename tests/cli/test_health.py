"""`onduty health` asks the probes of a server on this machine."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.access.site import Site
from tests.cli.conftest import Onduty
from tests.fakes import FakeClock
from tests.servers import running

from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen


async def ask(onduty: Onduty, application: Application, *arguments: str) -> tuple[int, str, str]:
    address = ("--http-listen", f"127.0.0.1:{application.http_port}")
    ran = await asyncio.to_thread(onduty, "health", *address, *arguments)
    return ran.code, ran.out, ran.err


async def test_it_says_whether_a_server_takes_calls(onduty: Onduty) -> None:
    async with running(http=HttpListen("127.0.0.1:0")) as application:
        assert await ask(onduty, application) == (0, "ok\n", "")
        application.reachable(False)
        code, out, err = await ask(onduty, application)
        assert (code, out) == (1, "")
        assert err == f"onduty: 127.0.0.1:{application.http_port}: the store does not answer\n"
        assert await ask(onduty, application, "--live") == (0, "ok\n", "")


async def test_it_finds_the_server_of_its_own_environment(onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(http=HttpListen("127.0.0.1:0")) as application:
        monkeypatch.setenv("ONDUTY_HTTP_LISTEN", f"0.0.0.0:{application.http_port}")
        assert await asyncio.to_thread(lambda: onduty("health").code) == 0


async def test_it_speaks_tls(onduty: Onduty, tmp_path: Path) -> None:
    site = Site(tmp_path, FakeClock())
    write(tmp_path / "server", Authority("of nobody's trust").server())
    async with site.serving():
        assert await ask(onduty, site.application, "--tls-certificate", "cert.pem") == (0, "ok\n", "")
        code, _, err = await ask(onduty, site.application)
        assert code == 3 and "does not answer" in err and "--tls-certificate" in err


def test_no_server_is_unavailable(onduty: Onduty) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = onduty("health", "--http-listen", f"127.0.0.1:{port}")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == f"onduty: 127.0.0.1:{port} does not answer: Connection refused\n"
    with socket.create_server(("127.0.0.1", port)):
        ran = onduty("health", "--http-listen", f"127.0.0.1:{port}", "--timeout", "100ms")
    assert (ran.code, ran.err) == (3, f"onduty: 127.0.0.1:{port} does not answer: timed out\n")


def test_an_address_that_is_none_is_wrong_usage(onduty: Onduty) -> None:
    ran = onduty("health", "--http-listen", "off")
    assert (ran.code, ran.err.startswith("onduty: --http-listen: 'off' is not a valid address")) == (2, True)
