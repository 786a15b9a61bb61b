"""A browser before a server: pages whose every error, and every breach of their policy, fails the test."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    async_playwright,
    expect,
)
from tests.fork_server import STDERR, Forked, lines_of
from tests.tools import need_chromium

LONG_MS = 15_000
"""How long a page may take to show what it must show, on a machine that is busy."""
expect.set_options(timeout=LONG_MS)
_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "SpareRendererForSitePerProcess")
"""Parts of the browser that load pages of its own for each profile, and take half a second of CPU to do so."""
_OFF_BY_PLAYWRIGHT = (
    *("AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "MediaRouter", "NetworkTimeServiceQuerying"),
    *("OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
"""What Playwright turns off, since the last such list that a browser is given is the one that counts."""
_STARTED = re.compile(rb'"url": "(https?://127\.0\.0\.1:\d+/console/)"')
_GRPC = re.compile(rb'"address": "(127\.0\.0\.1:\d+)", "store"')


class Served:
    """A server in a process of its own."""

    def __init__(self, process: Forked, url: str, address: str) -> None:
        self.process = process
        self.url = url
        self.address = address

    def call(self, method: str, **fields: Any) -> Any:
        """Make a unary call in JSON."""
        return call(self.url, method, **fields)

    def call_as(self, token: str, method: str, **fields: Any) -> Any:
        """Make a unary call in JSON with a token."""
        return call(self.url, method, token=token, **fields)

    async def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.kill()
        await asyncio.to_thread(self.process.wait)


def call(url: str, method: str, *, token: str | None = None, **fields: Any) -> Any:
    """Make a unary call in JSON to the server of a console."""
    target = f"{url.removesuffix('/console/')}/onduty.v1.StatusService/{method}"
    headers = {"content-type": "application/json"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    request = urllib.request.Request(target, json.dumps(fields).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


@asynccontextmanager
async def served(directory: Path, *flags: str, ports: tuple[int, int] = (0, 0)) -> AsyncIterator[Served]:
    """A fresh `onduty serve` in `directory`."""
    listen = ("--listen", f"127.0.0.1:{ports[0]}", "--http-listen", f"127.0.0.1:{ports[1]}")
    process = Forked(directory, "serve", "--log-format", "json", *listen, *flags, stream=STDERR)
    lines = await lines_of(process)
    told = b""
    try:
        async with asyncio.timeout(50):
            while not (_STARTED.search(told) and _GRPC.search(told)):
                line = await lines.readline()
                assert line, told.decode()
                told += line
        draining = asyncio.create_task(lines.read())
        url, address = _STARTED.search(told), _GRPC.search(told)
        assert url and address
        yield Served(process, url[1].decode(), address[1].decode())
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        if "draining" in locals():
            await draining


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    path = need_chromium()
    async with async_playwright() as playwright:
        without = f"--disable-features={','.join((*_OFF_BY_PLAYWRIGHT, *_ADDRESS_BAR))}"
        browser = await playwright.chromium.launch(executable_path=path, args=[without])
        try:
            yield browser
        finally:
            await browser.close()


class Watched:
    """Opens pages, and collects what goes wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        self.requested: list[str] = []
        self.expected = re.compile(r"(?!)")
        """Messages of the browser that a test brings about, as when it kills the server."""

    async def open(self, url: str, **options: Any) -> Page:
        """Open a page in a profile of its own."""
        page = await self.blank(**options)
        await page.goto(url)
        return page

    async def blank(self, **options: Any) -> Page:
        """Make a page in a profile of its own."""
        options = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Berlin", "locale": "en"} | options
        context = await self._browser.new_context(**options)
        context.set_default_timeout(LONG_MS)
        self._contexts.append(context)
        await context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        # Further pages of the profile are watched as well.
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        return await context.new_page()

    async def tab(self, context: BrowserContext, url: str) -> Page:
        """Open a page beside others of the same profile."""
        page = await context.new_page()
        await page.goto(url)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        said = f"{message.type}: {message.text} ({where})"
        if message.type in ("error", "warning") and not self.expected.search(said):
            self.problems.append(said)

    def _failed(self, failure: WebError) -> None:
        said = f"error: {failure.error}"
        if not self.expected.search(said):
            self.problems.append(said)

    def _asked(self, request: Request) -> None:
        self.requested.append(request.url)

    async def leave(self) -> None:
        """Close all pages."""
        while self._contexts:
            await self._contexts.pop().close()

    async def close(self) -> None:
        """Close all pages, and fail if anything went wrong in one."""
        await self.leave()
        if self.problems:
            # Assertions of this file are not rewritten to tell their values.
            pytest.fail("in the browser:\n" + "\n".join(self.problems))
