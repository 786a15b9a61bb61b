"""API keys for the tests of the console."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page
from tests.fork_server import run

ACCESS_FILE = "access.toml"


def created_key(directory: Path, name: str, role: str, *options: str) -> str:
    """Return a new key of a role; `options` are those of `onduty key create`."""
    return run(directory, "key", "create", name, "--key-file", "keys", "--role", role, *options).split()[-1]


async def present(page: Page, token: str) -> None:
    """Sign in by a token."""
    await page.get_by_label("Access token", exact=True).fill(token)
    await page.get_by_role("button", name="Sign in", exact=True).click()
