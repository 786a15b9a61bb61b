"""Checks of a finished site.

Every link leads to a page and an anchor that are there, and a browser fetches nothing from elsewhere.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class _Page(HTMLParser):
    """The anchors of a page, the addresses that its readers may follow, and those that a browser fetches by itself."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "srcset", "href", "data", "poster", "action"):
                self.fetched.append(value or "")
            elif name == "style":
                self.fetched += _of_style(value or "")


def _of_style(text: str) -> list[str]:
    found = re.findall(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]([^'\"]+)", text)
    return [address for pair in found for address in pair if address and not address.startswith(("data:", "#"))]


def foreign(address: str) -> bool:
    """Return True if the address names another host, or anything but a file beside the page."""
    parts = urlsplit(address)
    return bool(parts.scheme or parts.netloc) or address.startswith("/")


def problems(site: Path) -> list[str]:
    """Return what is wrong with the site in this folder, one line each."""
    pages = {path.relative_to(site).as_posix(): _read(path) for path in sorted(site.rglob("*.html"))}
    wrong = []
    for place, page in pages.items():
        wrong += [f"{place}: fetches {it} from elsewhere" for it in page.fetched if foreign(it)]
        here = [it for it in page.fetched if not foreign(it)]
        wrong += [f"{place}: fetches {it}, which is not there" for it in here if not _leads(site, place, it, pages)]
        inner = [it for it in page.links if not re.match(r"(https?|mailto):", it)]
        wrong += [f"{place}: the link {it} leads nowhere" for it in inner if not _leads(site, place, it, pages)]
    for style in [*site.rglob("*.css"), *site.rglob("*.svg")]:
        text = style.read_text()
        found = _of_style(text) + re.findall(r"(?:xlink:)?href\s*=\s*[\"']([^\"'#][^\"']*)|<script", text)
        wrong += [f"{style.relative_to(site).as_posix()}: fetches {it}" for it in found if foreign(it) or not it]
    for script in site.rglob("*.js"):
        if script.name != "search-index.js" and re.search(
            r"https?://|\bfetch\(|XMLHttpRequest|\bimport\b", script.read_text()
        ):
            wrong.append(f"{script.relative_to(site).as_posix()}: fetches something")
    return wrong


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text())
    return page


def _leads(site: Path, place: str, address: str, pages: dict[str, _Page]) -> bool:
    if foreign(address):
        return False
    path, _, anchor = address.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(path))) if path else place
    if target in pages:
        return not anchor or anchor in pages[target].anchors
    return not anchor and (site / target).is_file()
