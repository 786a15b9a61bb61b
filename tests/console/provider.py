"""A real OpenID Connect provider (npm's oidc-provider), beside a server that accepts its tokens."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, Route
from tests.console.console import LONG_MS, Served, served
from tests.tools import leave_out

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
AUDIENCE = "https://onduty.example"
NOISE = re.compile("favicon|401")
"""Messages of the browser about pages of the provider, and about a credential that has expired."""


class Provider:
    """A provider in a process of its own, which can be stopped and started again under the same address."""

    def __init__(self, *, token_ttl_s: int, refresh: bool) -> None:
        self._options = {"tokenTtlS": token_ttl_s, "refresh": refresh, "port": 0}
        self._process: asyncio.subprocess.Process | None = None
        self.issuer = ""

    async def start(self) -> None:
        """Return once it takes requests."""
        if shutil.which("node") is None or not (_ROOT / "node_modules/oidc-provider").is_dir():
            leave_out("oidc-provider is not installed; run `make node-tools`")
        command = ("node", str(_HERE / "provider.mjs"), json.dumps(self._options))
        # Its warnings say that it is not meant to run like this, which is right.
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=_ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            self.issuer = (await self._process.stdout.readline()).decode().strip()
        assert self.issuer, "the provider did not start"
        self._options["port"] = urlsplit(self.issuer).port or 0

    async def stop(self) -> None:
        """End it at once, with all its sessions."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def settings(self, *, client_id: str = "console", by: str = "resource") -> Sequence[str]:
        """Return the settings of a server that signs people in here."""
        trusted = ("--jwt-keys", f"{self.issuer}/jwks", "--jwt-issuer", self.issuer, "--jwt-audience", AUDIENCE)
        return (*trusted, "--console-client-id", client_id, "--console-audience-parameter", by)


@asynccontextmanager
async def provider(*, token_ttl_s: int = 600, refresh: bool = False) -> AsyncIterator[Provider]:
    """A running provider."""
    running = Provider(token_ttl_s=token_ttl_s, refresh=refresh)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def signing_in(
    directory: Path, *flags: str, token_ttl_s: int = 600, refresh: bool = False, by: str = "resource"
) -> AsyncIterator[tuple[Served, Provider]]:
    """A server and the provider where its people sign in."""
    async with (
        provider(token_ttl_s=token_ttl_s, refresh=refresh) as running,
        served(directory, *running.settings(by=by), *flags) as server,
    ):
        yield server, running


async def fill_in(page: Page, name: str) -> None:
    """Sign in by the provider's form, and agree."""
    await page.get_by_placeholder("Enter any login").fill(name)
    await page.get_by_placeholder("and password").fill("any")
    await page.get_by_role("button", name="Sign-in").click()
    await page.get_by_role("button", name="Continue").click()


async def quiet(page: Page) -> None:
    """Keep the provider's pages from loading their font from elsewhere."""

    async def nothing(route: Route) -> None:
        await route.fulfill(body="", content_type="text/css")

    await page.context.route("https://fonts.googleapis.com/**", nothing)


async def sign_in(page: Page, name: str) -> None:
    """Go to the provider from the console's page, sign in, and come back."""
    await quiet(page)
    await page.get_by_role("button", name="Sign in at").click(timeout=LONG_MS)
    await fill_in(page, name)
