"""Writes pictures of the console: those of the documents, or of every state into a folder that is named.

The pictures show what a server says that has lived through the days of `care_team`, in the typeface Inter (Debian:
fonts-inter), so that they are the same wherever they are made.
"""

from __future__ import annotations

import argparse
import asyncio
import fnmatch
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.console.console import chromium
from tests.console.gallery import gallery
from tests.console.states import STATES

DOCUMENTED = (
    *("board", "workflows-preview", "workflows-follows-again", "person", "reports-team", "reports-coverage"),
    "what-if-result",
)
IMAGES = Path(__file__).parents[2] / "docs/images"
WIDTHS = {360: 740, 820: 1180, 1440: 900}
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family" compare="not_eq"><string>monospace</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
</fontconfig>
"""


def use_inter(directory: Path) -> None:
    """Have the browser draw the pages in Inter."""
    if not shutil.which("fc-list") or not subprocess.run(["fc-list", "Inter"], check=True, capture_output=True).stdout:
        sys.exit("the typeface Inter is not installed (Debian: fonts-inter)")
    (directory / "fonts.conf").write_text(_FONTS)
    os.environ["FONTCONFIG_FILE"] = str(directory / "fonts.conf")


async def write_all(directory: Path, pattern: str, widths: list[int], schemes: list[str], locale: str) -> None:
    """Write a picture of each state whose name matches."""
    states = [each for each in STATES if fnmatch.fnmatch(each.name, pattern)]
    async with chromium() as browser:
        for width in widths:
            for scheme in schemes:
                options: dict[str, Any] = {"viewport": {"width": width, "height": WIDTHS.get(width, 1_080)}}
                options |= {"color_scheme": scheme, "locale": locale, "reduced_motion": "reduce"}
                with tempfile.TemporaryDirectory() as files:
                    async for state, page in gallery(browser, Path(files), states, **options):
                        name = f"{state.name}-{width}-{scheme}-{locale}.png"
                        await page.screenshot(path=directory / name, animations="disabled")


async def write_documented() -> None:
    """Write the pictures of the documents."""
    states = [each for each in STATES if each.name in DOCUMENTED]
    options: dict[str, Any] = {"viewport": {"width": 1_360, "height": 880}, "reduced_motion": "reduce"}
    async with chromium() as browser:
        with tempfile.TemporaryDirectory() as files:
            async for state, page in gallery(browser, Path(files), states, **options):
                await page.locator(state.shows).last.evaluate("e => e.closest('.results')?.scrollIntoView()")
                await page.screenshot(path=IMAGES / f"console-{state.name}.png", animations="disabled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, help="write all pictures here, instead of those of the documents"
    )
    parser.add_argument("--states", default="*", metavar="PATTERN", help="only these, as in 'board*'")
    parser.add_argument("--width", type=int, action="append", help="in px")
    parser.add_argument("--scheme", choices=["light", "dark"], action="append")
    parser.add_argument("--locale", default="en", choices=["en", "de"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        use_inter(Path(directory))
        if args.folder is None:
            asyncio.run(write_documented())
        else:
            args.folder.mkdir(parents=True, exist_ok=True)
            widths, schemes = args.width or list(WIDTHS), args.scheme or ["light", "dark"]
            asyncio.run(write_all(args.folder, args.states, widths, schemes, args.locale))


if __name__ == "__main__":
    main()
