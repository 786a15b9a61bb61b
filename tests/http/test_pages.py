"""The console's files: what is served, with which headers, and what is not."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from tests.http.web import Web
from tests.http.web import web as connected
from tests.servers import running

from onduty_server.process.application import Application
from onduty_server.process.wiring import CONSOLE
from onduty_server.transport.http.pages import Pages, Provider
from onduty_server.transport.http.server import HttpListen


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with running(http=HttpListen("127.0.0.1:0", pages=Pages(CONSOLE))) as application:
        yield application


@pytest.fixture
async def web(application: Application) -> AsyncIterator[Web]:
    async with connected(application.http_port) as web:
        yield web


async def test_every_file_of_the_console_is_served_as_it_is(web: Web) -> None:
    for path in CONSOLE.rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".svg"):
            web.request("GET", f"/console/{path.relative_to(CONSOLE).as_posix()}")
            response = await web.response()
            assert (response.status, response.body) == (200, path.read_bytes())


async def test_the_folder_is_its_page(web: Web) -> None:
    web.request("GET", "/console/")
    response = await web.response()
    assert response.body == (CONSOLE / "index.html").read_bytes()
    web.request("GET", "/console")
    response = await web.response()
    assert (response.status, response.headers["location"]) == (308, "/console/")


@pytest.mark.parametrize("path", ["/console/", "/console", "/console/nothing", "/console/main.js"])
async def test_the_policy_goes_with_every_answer(web: Web, path: str) -> None:
    web.request("GET", path)
    headers = (await web.response()).headers
    for name, value in Pages(CONSOLE).headers:
        assert headers[name.decode()] == value.decode()
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self';" in policy
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_copy_that_is_current_is_not_sent_again(web: Web) -> None:
    web.request("GET", "/console/main.js")
    first = await web.response()
    assert first.headers["cache-control"] == "no-cache"
    web.request("GET", "/console/main.js", {"if-none-match": f'W/{first.headers["etag"]}, "other"'})
    assert (await web.response()).status == 304
    web.request("GET", "/console/main.js", {"if-none-match": '"other"'})
    assert (await web.response()).status == 200


async def test_what_is_long_is_compressed(web: Web) -> None:
    web.request("GET", "/console/index.css", {"accept-encoding": "br, gzip"})
    response = await web.response()
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(response.body) == (CONSOLE / "index.css").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/console/../console/index.html",
        "/console/..%2f..%2fprocess/serving.py",
        "/console//index.html",
        "/console/js",
        "/console/js/",
        "/console/js/main.js",
        "/console/%00",
        "/console/index.html/",
    ],
)
async def test_nothing_else_is_found(web: Web, path: str) -> None:
    web.request("GET", path)
    assert (await web.response()).status == 404


async def test_only_reads_are_answered(web: Web) -> None:
    web.request("POST", "/console/")
    response = await web.response()
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD")


async def test_a_page_of_another_origin_does_not_get_them(web: Web) -> None:
    web.request("GET", "/console/", {"origin": "https://elsewhere.example"})
    assert (await web.response()).status == 403


async def test_a_borrowed_name_does_not_get_them(web: Web) -> None:
    web.request("GET", "/console/", {"host": "rebound.example"})
    assert (await web.response()).status == 403


async def test_without_the_console_there_is_nothing(tmp_path: Path) -> None:
    async with running(http=HttpListen("127.0.0.1:0")) as application, connected(application.http_port) as web:
        web.request("GET", "/console/")
        assert (await web.response()).status == 404


async def test_without_a_provider_the_pages_know_of_none(web: Web) -> None:
    web.request("GET", "/console/sign-in.json")
    response = await web.response()
    assert (response.headers["content-type"], json.loads(response.body)) == ("application/json", {"provider": None})


async def test_the_pages_know_the_provider_and_may_call_it() -> None:
    provider = Provider(
        "https://Login.example:8443/realms/care", "console", "openid care", "https://onduty", "resource"
    )
    listen = HttpListen("127.0.0.1:0", pages=Pages(CONSOLE, provider))
    async with running(http=listen) as application, connected(application.http_port) as web:
        web.request("GET", "/console/sign-in.json")
        response = await web.response()
        assert "connect-src 'self' https://login.example:8443;" in response.headers["content-security-policy"]
        assert json.loads(response.body) == {
            "provider": {
                "issuer": "https://Login.example:8443/realms/care",
                "clientId": "console",
                "scopes": "openid care",
                "parameters": {"resource": "https://onduty"},
            }
        }


PAGE = ("index.html", "index.css", "icon.svg")
_IMPORTED = re.compile(r'\b(?:from|import)\s*"\./([^"]+)"')


def _with_imports(path: Path) -> set[Path]:
    """Return a module of the console with those that are loaded with it."""
    found, left = set[Path](), [path]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += (CONSOLE / name for name in _IMPORTED.findall(module.read_text()))
    return found


def _packed(paths: Iterable[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_that_a_browser_loads_for_the_board_is_below_60_kb_compressed(language: str) -> None:
    (texts,) = CONSOLE.glob(f"{language}-*.js")
    loaded = {*_with_imports(CONSOLE / "main.js"), texts, *(CONSOLE / name for name in PAGE)}
    assert _packed(loaded) < 60 * 1_024


def test_a_page_that_is_opened_later_costs_less_than_10_kb() -> None:
    first = _with_imports(CONSOLE / "main.js")
    texts = {*CONSOLE.glob("??-*.js")}
    # Agents load their element by itself, and its size is checked with the package.
    opened = {*CONSOLE.glob("*.js")} - first - texts - {CONSOLE / "agent.js"}
    assert len(opened) > 5
    for path in opened:
        more = _with_imports(path) - first
        assert _packed(more) < 10 * 1_024, path.name


def test_openid_connect_costs_only_those_who_use_it_8_kb() -> None:
    (protocol,) = CONSOLE.glob("oidc-*.js")
    assert _packed([protocol]) < 8 * 1_024
    assert protocol.name not in (CONSOLE / "index.html").read_text()
