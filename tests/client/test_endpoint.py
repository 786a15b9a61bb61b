"""How a server is reached, and what is said when it can't be: proxies, TLS that does not fit, certificates."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from tests.access.authority import Authority, write
from tests.access.site import Site
from tests.client.scripted import ScriptedServer
from tests.fakes import FakeClock
from tests.grpc.wire import ACCOUNT
from tests.servers import running

from onduty_client import ActivityReporter, AsyncClient, AvailabilityMirror, Client, Security, Status, Unavailable
from onduty_client._errors import from_rpc_error
from onduty_client._grpc_endpoint import GrpcEndpoint, proxy_of

LOCAL = [
    *(
        "127.0.0.1:1",
        "localhost:1",
        "LOCALHOST:1",
        "[::1]:1",
        "dns:///localhost:1",
        "dns:localhost:1",
        "ipv4:127.0.0.1:1",
    ),
    *("ipv6:[::1]:1", "unix:/a/b", "unix:///a/b", "unix-abstract:a", "127.8.9.1:1", "ipv4:127.0.0.1:1,127.0.0.1:2"),
]
ELSEWHERE = [
    *("onduty.test:1", "10.0.0.1:1", "dns:///onduty.test:1", "localhost.evil.test:1", "ipv4:127.0.0.1:1,10.0.0.1:1"),
    *("dns://10.0.0.1/localhost:1", "xds:///localhost"),
    *("dns:///onduty.test:1#/127.0.0.1:1", "dns:///onduty.test:1?/127.0.0.1:1", "dns:///onduty.test:1/127.0.0.1:1"),
]

# --- proxies ---------------------------------------------------------------------------------------------------------


class RefusingProxy:
    """An HTTP proxy that lets nobody through, and keeps what it was sent."""

    def __init__(self) -> None:
        self.heard = b""
        self.address = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[RefusingProxy]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.heard += await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
            host, port = server.sockets[0].getsockname()
            self.address = f"{host}:{port}"
            yield self


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("grpc_proxy", "https_proxy", "http_proxy", "no_grpc_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost", "dns:///localhost", "ipv4:127.0.0.1"])
async def test_what_stays_on_this_machine_goes_through_no_proxy(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as application, RefusingProxy().serving() as proxy:
        for name in ("grpc_proxy", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.address}")
        target = f"{target}:{application.port}"
        security = Security(token="for-this-machine-only")
        async with AsyncClient(target, security=security) as client:
            await client.record_activity(ACCOUNT, "ada")

        def block() -> None:
            with Client(target, security=security) as client:
                client.record_activity(ACCOUNT, "ada")
            with ActivityReporter(target, security=security, interval=0.01) as reporter:
                reporter.record(ACCOUNT, "ada")
                assert reporter.flush(20)

        await asyncio.to_thread(block)
        assert proxy.heard == b""


@pytest.mark.parametrize("target", LOCAL)
def test_no_spelling_of_this_machine_goes_through_a_proxy(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    assert ("grpc.enable_http_proxy", 0) in GrpcEndpoint(target).options
    assert proxy_of(target) == ""
    Security(token="x").check(target)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_everything_else_may(target: str) -> None:
    assert "grpc.enable_http_proxy" not in dict(GrpcEndpoint(target).options)
    with pytest.raises(ValueError, match="in plain text"):
        Security(token="x").check(target)


async def test_a_proxy_that_is_used_is_named_in_errors_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async with RefusingProxy().serving() as proxy:
        monkeypatch.setenv("http_proxy", f"http://kim:secret@{proxy.address}")
        async with AsyncClient("onduty.test:1", timeout=20) as client:
            with pytest.raises(Unavailable) as caught:
                await client.set_status(ACCOUNT, "ada", "ONLINE")  # type: ignore[arg-type] # As good as the member.
        message = str(caught.value)
        assert message.endswith(f" (through the proxy {proxy.address})") and "secret" not in message
        assert proxy.heard.startswith(b"CONNECT onduty.test:1 ")

        failed = threading.Event()

        def mirror() -> str:
            with AvailabilityMirror("onduty.test:1", ACCOUNT) as mirror:
                while mirror.error is None:
                    failed.wait(0.01)
                with pytest.raises(Exception, match="through the proxy") as caught:
                    mirror.wait_ready(0.01)
                return str(caught.value)

        assert proxy.address in await asyncio.to_thread(mirror)


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, ""),
        ({"http_proxy": "http://p:1"}, "p:1"),
        ({"http_proxy": "http://p:1", "https_proxy": "http://q:2"}, "q:2"),
        ({"http_proxy": "http://p:1", "https_proxy": "http://q:2", "grpc_proxy": "http://r:3"}, "r:3"),
        ({"http_proxy": "http://p:1", "grpc_proxy": ""}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "a.test, onduty.test"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": ".test"}, ""),
        ({"http_proxy": "http://p:1", "no_proxy": "a.test"}, "p:1"),
        ({"http_proxy": "http://p:1", "no_proxy": "onduty.test", "no_grpc_proxy": ""}, "p:1"),
        ({"http_proxy": "socks5://p:1"}, ""),
        ({"http_proxy": "http://["}, ""),
    ],
)
def test_the_proxy_is_the_one_that_grpc_takes(
    environment: dict[str, str], proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_of("onduty.test:443") == proxy_of("dns:///onduty.test:443") == proxy


# --- TLS -------------------------------------------------------------------------------------------------------------

UNTRUSTED = (
    "the certificate of {target} is not signed by an authority that this client trusts; check the certificate "
    "authority (CA) that it was given"
)
UNUSABLE = (
    "the CA, certificate or key given for {target} is not valid PEM, or the key does not belong to the certificate"
)
NAMELESS = "the certificate of {target} is not for the name 127.0.0.1; connect by a name that it is for"
MISTAKES: dict[str, tuple[str, bool, dict[str, Any], str]] = {
    # What the server shows, whether it asks for a certificate, how the client connects: what is said.
    "another authority": ("good", False, {"ca": "other.pem"}, UNTRUSTED),
    "the usual authorities": ("good", False, {"tls": True}, UNTRUSTED),
    "another name": ("misnamed", False, {"ca": "ca.pem"}, NAMELESS),
    "expired": ("expired", False, {"ca": "ca.pem"}, "the certificate of {target} has expired"),
    "not yet valid": ("early", False, {"ca": "ca.pem"}, "the certificate of {target} is not valid yet"),
    "plain text": ("good", False, {}, "{target} closed the connection at once; does it require TLS?"),
    "no certificate": (
        *("good", True, {"ca": "ca.pem"}),
        "{target} closed the connection after the TLS handshake; does it require a client certificate?",
    ),
    "a certificate of another authority": (
        *("good", True, {"ca": "ca.pem", "certificate": "stranger.pem", "key": "stranger.key"}),
        "{target} closed the connection after the TLS handshake; does it accept the client certificate?",
    ),
    "no PEM": ("good", False, {"ca": "junk.pem"}, UNUSABLE),
    "another key": (
        *("good", True, {"ca": "ca.pem", "certificate": "stranger.pem", "key": "server.key"}),
        UNUSABLE,
    ),
    "TLS to plain text": (
        *("none", False, {"ca": "ca.pem"}),
        "{target} does not speak TLS; connect without it, or to its TLS port",
    ),
}


def made(directory: Path) -> Site:
    """The files of all mistakes."""
    site = Site(directory, FakeClock())
    (directory / "other.pem").write_bytes(Authority("another authority").pem)
    (directory / "junk.pem").write_bytes(b"nonsense")
    write(directory / "stranger", Authority("a stranger").issue("x", ["client.test"]))
    return site


@asynccontextmanager
async def showing(site: Site, kind: str, *, asks: bool) -> AsyncIterator[int]:
    """A server with a certificate of a kind, and its port."""
    shown = {
        "misnamed": site.authority.issue("x", ["onduty.test"]),
        "expired": site.authority.server(days=(-5, -1)),
        "early": site.authority.server(days=(1, 5)),
    }
    if kind == "none":
        async with running() as application:
            yield application.port
        return
    if kind in shown:
        write(site.directory / "server", shown[kind])
    async with site.serving(tls_client_ca=str(site.ca) if asks else None):
        yield site.application.port


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_what_does_not_fit_is_said_in_one_plain_line(mistake: str, tmp_path: Path) -> None:
    kind, asks, given, said = MISTAKES[mistake]
    site = made(tmp_path)
    paths: dict[str, Any] = {name: it if it is True else tmp_path / str(it) for name, it in given.items()}
    security = Security(**paths)
    async with showing(site, kind, asks=asks) as port:
        target = f"127.0.0.1:{port}"
        expected = said.format(target=target)
        async with AsyncClient(target, security=security, timeout=20) as client:
            with pytest.raises(Unavailable) as caught:
                # A call that is not repeated: what is said is the same.
                await client.set_status(ACCOUNT, "ada", Status.AWAY)
            assert str(caught.value) == expected
            # What gRPC itself has said is still there for whoever looks.
            assert isinstance(caught.value.__cause__, grpc.RpcError)

        def block() -> list[str]:
            with Client(target, security=security, timeout=20) as client, pytest.raises(Unavailable) as caught:
                client.set_status(ACCOUNT, "ada", Status.AWAY)
            with ActivityReporter(target, security=security, interval=0.01, close_timeout=0) as reporter:
                reporter.record(ACCOUNT, "ada")
                while reporter.error is None:
                    reporter.flush(0.05)
                return [str(caught.value), str(reporter.error)]

        assert await asyncio.to_thread(block) == [expected] * 2


def test_what_a_server_says_itself_is_left_as_it_is(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Error(grpc.RpcError):
        def code(self) -> grpc.StatusCode:
            return grpc.StatusCode.UNAVAILABLE

        def details(self) -> str:
            return "shutting down: Socket closed"

        def trailing_metadata(self) -> tuple[()]:
            return ()

    assert str(GrpcEndpoint(server.target).error(Error())) == str(from_rpc_error(Error()))


async def test_a_server_that_is_not_there_is_said_not_to_be_in_one_plain_line(tmp_path: Path) -> None:
    async def closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(closed, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        for target, said in {
            "127.0.0.1:1": "127.0.0.1:1 refused the connection; is the server running there?",
            f"127.0.0.1:{port}": f"127.0.0.1:{port} does not speak gRPC; "
            "is it another port of the server, such as that of its metrics?",
            f"unix:{tmp_path}/none": f"unix:{tmp_path}/none does not exist; is the server running there?",
            "no-such-host.invalid:1": 'host "no-such-host.invalid" not found; check the address no-such-host.invalid:1',
        }.items():
            async with AsyncClient(target, timeout=20) as client:
                with pytest.raises(Unavailable) as caught:
                    await client.set_status(ACCOUNT, "ada", "ONLINE")  # type: ignore[arg-type] # As good as the member.
            assert str(caught.value) == said
            assert isinstance(caught.value.__cause__, grpc.RpcError)
