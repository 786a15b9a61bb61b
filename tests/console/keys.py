"""API keys for the tests of the console."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.async_api import Page

ACCESS_FILE = "access.toml"


def created_key(directory: Path, name: str, role: str, *options: str) -> str:
    """Return a new key of a role; `options` are those of `onduty key create`."""
    command = (sys.executable, "-m", "onduty_server", "key", "create", name, "--key-file", "keys", "--role", role)
    made = subprocess.run([*command, *options], cwd=directory, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[-1]


async def present(page: Page, token: str) -> None:
    """Sign in by a token."""
    await page.get_by_label("Access token").fill(token)
    await page.get_by_role("button", name="Sign in", exact=True).click()
