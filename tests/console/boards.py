"""What tests of the board have in common."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect
from tests.console.console import Served, Watched


def row(page: Page, name: str) -> Any:
    """The row of a person."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def shown(name: str) -> str:
    """A name as pages show it: what would turn its direction is visible."""
    return name.replace("\u202e", "\ufffd")


async def board(watched: Watched, server: Served, *, url: str | None = None, **options: Any) -> Page:
    """Open the board of the account acme, and wait until it is live."""
    page = await watched.open(f"{url or server.url}#/acme/board", **options)
    await is_live(page)
    return page


async def is_live(page: Page, *, timeout: float = 15_000) -> None:
    """Wait until a board says that it is live."""
    await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=timeout)
