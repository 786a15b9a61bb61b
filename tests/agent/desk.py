"""Browsers in which agents work, before a server, all by one clock that stands still unless it is moved.

The pages are those of `desk.html`, which has an `AgentPresence` and an `<onduty-status>`. They come from the server's
own address, though the server knows nothing of them: the browser is told what to show there.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Route
from tests.fakes import FakeClock
from tests.servers import running
from tests.tools import leave_out

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.record import StatusView
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.http.server import HttpListen

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ACCOUNT = "acme"
SECOND = 1_000
MINUTE = 60 * SECOND
STEP_MS = 5 * SECOND
"""How far time goes before calls that pages make are answered."""


@cache
def script() -> str:
    """The package, as a page gets it that bundles it."""
    esbuild = ROOT / "node_modules/.bin/esbuild"
    if not esbuild.exists():
        leave_out("esbuild is not installed; run `make node-tools`")
    command = [str(esbuild), str(HERE / "desk.js"), "--bundle", "--format=iife", "--target=es2022"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


class Tab:
    """One tab of a browser."""

    def __init__(self, page: Page, profile: Profile) -> None:
        self.page = page
        self.profile = profile

    async def said(self, kind: str) -> list[Any]:
        """The details of the events of this kind so far, as JSON has them."""
        return list(await self.page.evaluate("kind => desk.said[kind]", kind))

    async def shown(self) -> str | None:
        """The status that the page knows."""
        return await self.page.evaluate("() => desk.presence.status?.status ?? null")  # type: ignore[no-any-return]

    async def is_leading(self) -> bool:
        return bool(await self.page.evaluate("() => desk.presence.keeper !== null"))

    async def touch(self) -> None:
        """Press a key, as a person does."""
        await self.page.keyboard.press("Shift")
        await self.settle()

    async def settle(self) -> None:
        """Return once every call of the page is answered."""
        await self.page.evaluate("() => desk.settled()")

    async def kill(self) -> None:
        """End the tab's process, as a crash does: the page is told nothing."""
        devtools = await self.devtools()
        asyncio.ensure_future(devtools.send("Page.crash")).add_done_callback(lambda sent: sent.exception())
        await self.page.wait_for_event("crash")
        await self.page.close()  # What is left of it would hold up the clock of its profile.

    async def devtools(self) -> CDPSession:
        return await self.page.context.new_cdp_session(self.page)


class Profile:
    """A browser's profile: its tabs share locks, channels and storage, and nothing with other profiles."""

    def __init__(self, desk: Desk, context: BrowserContext, user_id: str) -> None:
        self._desk = desk
        self.context = context
        self.user_id = user_id
        self.tabs: list[Tab] = []
        self.is_cut = False
        """True while its network is cut."""
        self.slept: int | None = None
        """How long its machine has slept (ms); None while it is awake."""

    async def open(self, **options: Any) -> Tab:
        """Open a tab whose page is ready."""
        tab = Tab(await self.context.new_page(), self)
        await self._desk.go(tab, self.user_id, **options)
        self.tabs.append(tab)
        return tab

    async def close(self, tab: Tab) -> None:
        """Close a tab, as a person does; the others go on."""
        self.tabs.remove(tab)
        await tab.page.close(run_before_unload=False)
        for other in self.tabs:
            await other.settle()

    def fall_asleep(self) -> None:
        """Close the laptop: timers stand still."""
        self.slept = 0

    async def wake_up(self) -> None:
        """Open it again: timers that are late fire once."""
        slept, self.slept = self.slept or 0, None
        await self.context.clock.fast_forward(slept)
        for tab in self.tabs:
            await tab.settle()

    async def leader(self) -> Tab:
        """The one tab that leads."""
        (tab,) = [tab for tab in self.tabs if await tab.is_leading()]
        return tab


class Desk:
    """A server and browsers."""

    def __init__(self, browser: Browser, application: Application, clock: FakeClock) -> None:
        self._browser = browser
        self.application = application
        self.clock = clock
        self.profiles: list[Profile] = []
        self.is_reachable = True
        self.refused_token = ""
        """The credential that is no longer accepted."""
        self.began = clock.now()
        self.kept: list[str] = []
        """The session of each call that kept one."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.application.http_port}"

    async def configure(self, **patch: Any) -> None:
        """Switch the workflow on."""
        await self.application.service.update_workflow(ACCOUNT, WorkflowPatch(enabled=True, **patch))  # type: ignore[typeddict-item]

    async def profile(self, user_id: str = "ada") -> Profile:
        """Open a browser with a profile of its own."""
        context = await self._browser.new_context(locale="en", viewport={"width": 500, "height": 500})
        await context.clock.install(time=self.clock.now() / SECOND)
        await context.clock.pause_at(self.clock.now() / SECOND)
        profile = Profile(self, context, user_id)

        async def answer(route: Route) -> None:
            await self._answer(route, profile)

        await context.route("**/*", answer)
        self.profiles.append(profile)
        return profile

    async def go(self, tab: Tab, user_id: str, **options: Any) -> None:
        """Show the page in a tab, and return once it has had its first answer."""
        query = "&".join(f"{name}={value}" for name, value in {"user": user_id, **options}.items())
        await tab.page.goto(f"{self.origin}/desk.html?{query}")
        await tab.settle()

    async def _answer(self, route: Route, profile: Profile) -> None:
        name = route.request.url.removeprefix(self.origin).split("?")[0]
        if name == "/desk.html":
            await route.fulfill(body=(HERE / "desk.html").read_text(), content_type="text/html")
        elif name == "/empty.html":
            await route.fulfill(body="<!doctype html><title>Elsewhere</title>", content_type="text/html")
        elif name == "/desk.js":
            await route.fulfill(body=script(), content_type="text/javascript")
        elif profile.is_cut or not self.is_reachable:
            await route.abort("internetdisconnected")
        elif self.refused_token and route.request.headers.get("authorization") == f"Bearer {self.refused_token}":
            await route.fulfill(status=401, content_type="application/json", body='{"code": "unauthenticated"}')
        else:
            if name.endswith("/KeepSession"):
                self.kept.append(pb.KeepSessionRequest.FromString(route.request.post_data_buffer or b"").session_id)
            await route.continue_()

    async def settle(self) -> None:
        """Return once every call of every page is answered."""
        for profile in self.profiles:
            for tab in profile.tabs:
                await tab.settle()

    async def pass_time(self, ms: int, step_ms: int = STEP_MS) -> None:
        """Let time go on everywhere; timers of pages fire when they are due."""
        while ms > 0:
            step = min(step_ms, ms)
            ms -= step
            self.clock.advance(step)
            for profile in self.profiles:
                if profile.slept is None:
                    await profile.context.clock.run_for(step)
                else:
                    profile.slept += step
            await self.settle()

    async def forward(self, ms: int) -> None:
        """Let time go on for the server alone, because no page is left."""
        for _ in range(0, ms, SECOND):
            self.clock.advance(SECOND)
            for _ in range(3):
                await asyncio.sleep(0)

    async def ended(self, user_id: str = "ada") -> None:
        """Return once the user's sessions have ended, which a page that is gone has asked for."""
        async with asyncio.timeout(10):
            while await self.sessions(user_id):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def status(self, user_id: str = "ada") -> StatusView:
        """The answer of the server."""
        return await self.application.service.get_status(ACCOUNT, user_id)

    async def sessions(self, user_id: str = "ada") -> bool:
        return (await self.status(user_id)).connected

    async def history(self, user_id: str = "ada") -> list[tuple[str, str, int]]:
        """The user's changes: status, cause, and seconds since the beginning."""
        page = await self.application.service.list_status_changes(ACCOUNT, user_id=user_id)
        start = FakeClock().now()
        return [
            (change.status.name, change.cause.name, (change.effective_time - start) // SECOND) for change in page.items
        ]


@asynccontextmanager
async def desk_with(browser: Browser) -> AsyncIterator[Desk]:
    """A desk with a server that is up."""
    clock = FakeClock()
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True))
    async with running(store, clock, http=HttpListen("127.0.0.1:0")) as application:
        desk = Desk(browser, application, clock)
        try:
            yield desk
        finally:
            for profile in desk.profiles:
                await profile.context.close()
