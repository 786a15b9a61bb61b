"""The files of the repository that the site shows, where each is in it, and the order in which they are listed.

A link in a document leads to a file of the repository. Whatever is linked is part of the site: documents and sources as
pages, pictures as they are. So every link that holds in the repository holds in the site.
"""

from __future__ import annotations

import posixpath
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "proto/onduty/v1/status.proto"
REFERENCE = "api.html"
PICTURES = (".png", ".svg")

GROUPS = {
    "Use": [
        "README.md", "docs/choosing-periods.md", "docs/people.md", "docs/reports.md", "docs/console.md",
        "docs/python.md", "docs/http.md", "docs/agent.md",
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
    """Return the place in the site of a file of the repository, or of a folder, which ends with a slash."""
    if path == CONTRACT:
        return REFERENCE
    if path.endswith("/"):
        return f"{path}index.html"
    if posixpath.basename(path) == "README.md":
        return posixpath.join(posixpath.dirname(path), "index.html")
    if path.endswith(".md"):
        return f"{path.removesuffix('.md')}.html"
    return path if path.endswith(PICTURES) else f"{path}.html"


def resolve(document: str, link: str, root: Path) -> str:
    """Return the file or folder of the repository that `link` in `document` leads to, without the anchor.

    A folder is its README, if it has one.
    """
    target = posixpath.normpath(posixpath.join(posixpath.dirname(document), link)) if link else document
    if target.startswith(".."):
        raise Broken(f"{document}: {link} is outside of the repository")
    path = root / target
    if path.is_dir():
        return posixpath.join(target, "README.md" if (path / "README.md").exists() else "")
    if not path.is_file():
        raise Broken(f"{document}: {link}: no such file")
    return target


def files_of(folder: str, root: Path) -> list[str]:
    """List the files below a folder of the repository: those that are in it, or are to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", folder]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return sorted({path for path in listed.stdout.splitlines() if (root / path).is_file()})


def between(source: str, target: str) -> str:
    """Return the relative address of the page `target` as seen from the page `source`."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")


def title_of(text: str, default: str) -> str:
    """Return the first heading of a document."""
    found = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    return found[1].replace("`", "") if found else default
