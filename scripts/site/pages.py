"""The files of the repository that the site shows, where each is in it, and the order in which they are listed.

A link in a document leads to a file of the repository. Whatever is linked is part of the site: documents and sources as
pages, pictures as they are. So every link that holds in the repository holds in the site.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "proto/onduty/v1/status.proto"
REFERENCE = "api.html"
PICTURES = (".png", ".svg")

GROUPS = {
    "Use": [
        "README.md", "docs/choosing-periods.md", "docs/console.md", "docs/python.md", "docs/http.md", "docs/agent.md",
    ],
    "Run": [
        "docs/configuration.md", "SECURITY.md", "docs/operations.md", "docs/capacity.md", "docs/redis.md",
        "docs/moving-stores.md",
    ],
    "Understand": ["ARCHITECTURE.md", "docs/internals.md", "docs/decisions.md", "docs/benchmarks.md"],
    "Change": ["docs/contributing.md", "docs/releasing.md", "CHANGELOG.md"],
}  # fmt: skip
"""Documents in the order of the menu. Those of docs/ that are not named here follow under "Run"."""


class Broken(Exception):
    """Something in the documents that cannot be shown; ends the build."""


@dataclass(frozen=True, kw_only=True)
class Menu:
    """The groups of the menu, each with its documents."""

    groups: dict[str, list[str]]

    @property
    def documents(self) -> list[str]:
        return [path for group in self.groups.values() for path in group]


def menu(root: Path) -> Menu:
    """List the documents below `root`."""
    groups = {name: [path for path in paths if (root / path).exists()] for name, paths in GROUPS.items()}
    named = {path for paths in GROUPS.values() for path in paths}
    others = sorted(f"docs/{path.name}" for path in (root / "docs").glob("*.md"))
    groups["Run"] += [path for path in others if path not in named]
    return Menu(groups=groups)


def place_of(path: str) -> str:
    """Return the place in the site of a file of the repository."""
    if path == CONTRACT:
        return REFERENCE
    if posixpath.basename(path) == "README.md":
        return posixpath.join(posixpath.dirname(path), "index.html")
    if path.endswith(".md"):
        return f"{path.removesuffix('.md')}.html"
    return path if path.endswith(PICTURES) else f"{path}.html"


def resolve(document: str, link: str, root: Path) -> str:
    """Return the file of the repository that `link` in `document` leads to, without the anchor."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(document), link)) if link else document
    if target.startswith(".."):
        raise Broken(f"{document}: {link} is outside of the repository")
    path = root / target
    if path.is_dir() and (path / "README.md").exists():
        return posixpath.join(target, "README.md")
    if not path.is_file():
        raise Broken(f"{document}: {link}: no such file")
    return target


def between(source: str, target: str) -> str:
    """Return the relative address of the page `target` as seen from the page `source`."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")


def title_of(text: str, default: str) -> str:
    """Return the first heading of a document."""
    found = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    return found[1].replace("`", "") if found else default
