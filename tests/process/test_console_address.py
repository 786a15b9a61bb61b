"""The address of the console in the log of a start: where it is said, and where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.faults.process import ServerProcess, Servers
from tests.http.web import web

HTTP = ("--http-listen", "127.0.0.1:0")


def console_of(server: ServerProcess) -> str | None:
    return next((str(line["url"]) for line in server.log if line.get("event") == "serving the console"), None)


async def begun(servers: Servers, directory: Path, *flags: str) -> ServerProcess:
    server = await servers.launch(directory / "a.db", *flags)
    await server.serving()
    return server


async def test_it_is_said_once_with_the_port_that_was_taken(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await begun(servers, tmp_path, *HTTP)
        (http,) = [str(line["address"]) for line in server.log if line.get("event") == "serving HTTP"]
        assert console_of(server) == f"http://{http}/console/"
        assert sum(line.get("event") == "serving the console" for line in server.log) == 1
        # Nobody who reads the address should read on to learn that anybody may use it.
        await server.logged(lambda line: "no credential is required" in str(line.get("event")))


@pytest.mark.parametrize("flags", [("--http-listen", "off"), (*HTTP, "--no-console")])
async def test_without_http_or_console_there_is_none(tmp_path: Path, flags: tuple[str, ...]) -> None:
    async with Servers(tmp_path) as servers:
        server = await begun(servers, tmp_path, *flags)
        assert console_of(server) is None


async def test_turned_off_nothing_of_it_is_served(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await begun(servers, tmp_path, *HTTP, "--no-console")
        line = await server.logged(lambda line: line.get("event") == "serving HTTP")
        for path in ("/console/", "/console", "/console/main.js", "/console/sign-in.json"):
            async with web(int(str(line["address"]).rpartition(":")[2])) as http:
                http.request("GET", path)
                response = await http.response()
                assert (response.status, b"<" in response.body) == (404, False)


async def test_with_tls_it_is_https_and_a_name_stands_for_every_address(tmp_path: Path) -> None:
    certificate, key = write(tmp_path / "server", Authority().issue("localhost"))
    tls = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    (tmp_path / "keys").write_text("")
    open_to_all = ("--key-file", str(tmp_path / "keys"), "--http-listen", "0.0.0.0:0")
    async with Servers(tmp_path) as servers:
        server = await begun(servers, tmp_path, *tls, *open_to_all)
        url = console_of(server)
        assert url is not None
        assert url.startswith("https://localhost:")
        assert not any("no credential" in str(line.get("event")) for line in server.log)


async def test_other_machines_are_not_served_without_credentials(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.launch(tmp_path / "a.db", "--http-listen", "0.0.0.0:0", "--allow-plaintext")
        assert await server.ended() == 2
        assert "no credential would be required" in server.text()
        assert console_of(server) is None
