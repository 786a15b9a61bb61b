"""Keys from a URL: fetched at the start and for an unknown key, and never more often, longer or larger than is good."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from pydantic import ValidationError
from structlog.testing import capture_logs
from tests.access.authority import Authority, Issuer, jwks, write
from tests.access.site import Site, Who, end_of
from tests.access.test_changes import goes_on, reason_of, watching
from tests.fakes import FakeClock
from tests.grpc.wire import ACCOUNT, Refusal, Wire, refusal_of

from onduty.v1 import status_pb2 as pb
from onduty_server.access import jwks_url
from onduty_server.access.jwks_url import JwksUrl, check_url
from onduty_server.access.jwks_url import fetch as fetch_with
from onduty_server.access.jwts import ALGORITHMS, VerificationKey, parse_jwks
from onduty_server.domain.errors import IssuerUnavailable
from onduty_server.process.clock import stopwatch
from onduty_server.process.config.settings import Settings

CLAIMS: dict[str, Any] = {"onduty_roles": ["router"], "onduty_accounts": ACCOUNT}


class Web:
    """An HTTP server: says `body` to everybody, and counts."""

    def __init__(self) -> None:
        self.body, self.status, self.headers = b"", 200, dict[str, str]()
        self.drip = False
        self.asked = 0
        self.let_go = threading.Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked += 1
                self.send_response(web.status)
                for name, value in web.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(web.body)
                    while web.drip and not web.let_go.wait(0.05):
                        self.wfile.write(b" ")
                except OSError:
                    pass  # the client has had enough

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def start(self, tls: ssl.SSLContext | None = None) -> None:
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks.json"


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    web.start()
    yield web
    web.stop()


async def test_a_new_key_is_fetched_when_a_token_names_it(site: Site, web: Web) -> None:
    old, new = site.issuer, Issuer(key_id="two")
    web.body = jwks(old)
    by_old, by_new = Who(old.token(**CLAIMS)), Who(new.token(**CLAIMS))
    async with site.serving(jwt_keys=web.url), site.connected() as wire:
        assert await reason_of(wire, by_old) == ""
        watch = await watching(wire, by_old)
        web.body = jwks(old, new)
        # Not at once after the last time.
        assert await reason_of(wire, by_new) == "CREDENTIAL_REQUIRED"
        asked = web.asked
        site.clock.advance(10_000)
        assert await reason_of(wire, by_new) == ""
        assert web.asked == asked + 1
        assert await goes_on(site, watch)


async def test_unknown_keys_do_not_flood_the_issuer(site: Site, web: Web) -> None:
    web.body = jwks(site.issuer)
    strangers = [Who(Issuer(key_id=f"stranger {n}").token(**CLAIMS)) for n in range(20)]
    async with site.serving(jwt_keys=web.url), site.connected() as wire:
        assert await reason_of(wire, Who(site.issuer.token(**CLAIMS))) == ""
        asked = web.asked
        site.clock.advance(10_000)
        reasons = await asyncio.gather(*(reason_of(wire, who) for who in strangers))
        assert {*reasons} == {"CREDENTIAL_REQUIRED"}
        assert web.asked == asked + 1


async def refused(wire: Wire, who: Who) -> Refusal:
    with pytest.raises(aio.AioRpcError) as caught:
        await wire.stub.GetWorkflow(pb.GetWorkflowRequest(account_id=ACCOUNT), metadata=who.metadata)
    return refusal_of(caught.value)


async def test_a_server_starts_without_its_issuer_and_goes_on_with_what_it_knew(site: Site, web: Web) -> None:
    who = Who(site.issuer.token(exp=site.clock.now() // 1_000 + 100 * 3_600, **CLAIMS))
    web.status = 503
    with capture_logs() as logs:
        async with site.serving(jwt_keys=web.url), site.connected() as wire:
            # Not that the token is bad: nobody can tell. What is no token is still refused for good.
            refusal = await refused(wire, who)
            assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "ISSUER_UNAVAILABLE")
            assert 0 < refusal.retry_delay_ms <= 1_000
            assert await reason_of(wire, Who("not.a.token")) == "CREDENTIAL_REQUIRED"
            asked = web.asked
            assert await reason_of(wire, who) == "ISSUER_UNAVAILABLE"
            assert web.asked == asked
            web.status, web.body = 200, jwks(site.issuer)
            site.clock.advance(1_000)
            assert await reason_of(wire, who) == ""
            web.status = 503
            site.clock.advance(3_600_000)
            assert await reason_of(wire, who) == ""
    assert any("could not be fetched" in line["event"] for line in logs)


async def test_an_unknown_key_is_refused_for_good_only_by_an_issuer_that_answers(site: Site, web: Web) -> None:
    """It may be a new one."""
    new = Issuer(key_id="two")
    known, unknown = Who(site.issuer.token(**CLAIMS)), Who(new.token(**CLAIMS))
    web.body = jwks(site.issuer)
    with capture_logs():
        async with site.serving(jwt_keys=web.url), site.connected() as wire:
            assert await reason_of(wire, known) == ""
            web.status = 503
            site.clock.advance(10_000)
            assert [await reason_of(wire, unknown) for _ in range(2)] == ["ISSUER_UNAVAILABLE"] * 2
            assert (await refused(wire, unknown)).retry_delay_ms == 10_000
            assert await reason_of(wire, known) == ""
            web.status = 200
            site.clock.advance(10_000)
            assert await reason_of(wire, unknown) == "CREDENTIAL_REQUIRED"
            web.body = jwks(site.issuer, new)
            site.clock.advance(10_000)
            assert await reason_of(wire, unknown) == ""


async def test_a_stream_that_ends_because_no_key_is_trusted_any_more_may_come_back(site: Site, web: Web) -> None:
    web.body = jwks(site.issuer)
    who = Who(site.issuer.token(exp=site.clock.now() // 1_000 + 100 * 3_600, **CLAIMS))
    with capture_logs():
        async with site.serving(jwt_keys=web.url), site.connected() as wire:
            watch = await watching(wire, who)
            web.status = 503
            site.clock.advance(24 * 3_600_000)
            # Not the end: what asks for an unknown key has the issuer asked.
            assert await reason_of(wire, Who(Issuer(key_id="two").token(**CLAIMS))) == "ISSUER_UNAVAILABLE"
            ended = await end_of(watch)
            assert (ended.code(), refusal_of(ended).reason) == (grpc.StatusCode.UNAVAILABLE, "ISSUER_UNAVAILABLE")
            assert await reason_of(wire, who) == "ISSUER_UNAVAILABLE"


def test_no_proxy_of_the_environment_is_asked(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    web.body = b"{}"
    assert fetch(web.url) == b"{}"


fetch = partial(fetch_with, stopwatch=stopwatch)


def parsed(data: bytes) -> tuple[VerificationKey, ...]:
    return parse_jwks(data, ALGORITHMS)


async def test_keys_that_cannot_be_confirmed_for_a_day_are_not_trusted(web: Web) -> None:
    clock, taken = FakeClock(), list[int]()
    web.body = jwks(Issuer())
    url = JwksUrl(web.url, clock, parse=parsed, take=lambda keys: taken.append(len(keys)))
    assert await url.newer()
    web.body = b"<html>"
    with capture_logs():
        clock.advance(24 * 3_600_000 - 1)
        for expected in ([1], [1, 0]):
            with pytest.raises(IssuerUnavailable):
                await url.newer()
            assert taken == expected
            clock.advance(10_000)
    assert taken == [1, 0]
    web.body = jwks(Issuer(), Issuer(key_id="two"))
    assert await url.newer()
    assert taken == [1, 0, 2]


async def test_it_is_fetched_at_intervals(web: Web) -> None:
    clock, taken = FakeClock(), asyncio.Event()
    web.body = jwks(Issuer())
    url = JwksUrl(web.url, clock, parse=parsed, take=lambda keys: taken.set())
    running = asyncio.create_task(url.run())
    for _ in range(3):
        await asyncio.wait_for(taken.wait(), 10)
        taken.clear()
        await asyncio.sleep(0)
        clock.advance(jwks_url.INTERVAL_MS)
    running.cancel()
    assert web.asked >= 3


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, {}, b""),
        (302, {"Location": "/elsewhere"}, b""),
        (302, {"Location": "file:///etc/hostname"}, b""),
        (200, {}, b"x" * (1024 * 1024 + 1)),
    ],
    ids=["not found", "redirect", "redirect to a file", "too long"],
)
def test_what_is_not_an_answer_is_none(status: int, headers: dict[str, str], body: bytes, web: Web) -> None:
    web.status, web.headers, web.body = status, headers, body
    with pytest.raises(OSError):  # noqa: PT011 - of several kinds
        fetch(web.url)
    assert web.asked == 1


def test_an_answer_that_drips_is_given_up(web: Web) -> None:
    web.drip = True
    with pytest.raises(OSError, match="not complete within"):
        fetch(web.url, timeout_s=0.5)


def test_what_is_not_even_http_is_an_error_like_any_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(b"\x00\xff\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(OSError, match="not HTTP"):
            fetch(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def test_an_https_server_must_be_who_it_says(tmp_path: Path) -> None:
    authority = Authority()
    certificate, key = write(tmp_path / "web", authority.server())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    web = Web()
    web.body = b"{}"
    web.start(context)
    try:
        url = f"https://localhost:{web.port}/"
        assert fetch(url, ssl.create_default_context(cadata=authority.pem.decode())) == b"{}"
        with pytest.raises(OSError, match="certificate verify failed"):
            fetch(url, ssl.create_default_context(cadata=Authority().pem.decode()))
    finally:
        web.stop()


@pytest.mark.parametrize(
    "url", ["http://issuer.test/jwks", "ftp://issuer.test/", "file:///jwks", "https://a:b@issuer.test/"]
)
def test_a_url_that_cannot_be_trusted_is_no_setting(url: str) -> None:
    with pytest.raises(ValueError, match=r"https only|a user or password must not"):
        check_url(url)
    with pytest.raises(ValidationError):
        Settings(jwt_keys=url, jwt_issuer="x", jwt_audience="y")
