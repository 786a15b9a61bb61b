"""What the packages say of themselves: hatchling asks for README and project URLs while it builds.

A package index shows README without the files beside it, so its relative links are made absolute, at the tag of the
version. `repository` in [tool.onduty] of pyproject.toml is the public address of the repository. While it is empty
there are no project URLs, and a link or picture within the repository becomes its text: nothing leads nowhere.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


class PackageMetadata(MetadataHookInterface):
    """Adds `readme` and `urls`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the fields in `metadata`, the [project] table."""
        root = Path(self.root)
        repository = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["onduty"]["repository"]
        text = for_index((root / "README.md").read_text(), repository, f"v{metadata['version']}")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = project_urls(repository)


def project_urls(repository: str) -> dict[str, str]:
    """Return the addresses of the project by their labels, or nothing if it has no public address."""
    if not repository:
        return {}
    return {
        "Source": repository,
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
        "Documentation": f"{repository}/tree/main/docs",
        "Issues": f"{repository}/issues",
    }


def for_index(text: str, repository: str, tag: str) -> str:
    """Return the Markdown `text` with links that hold where it is alone. Code blocks stay as they are."""

    def replaced(found: re.Match[str]) -> str:
        target = found["target"]
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        if repository:
            kind = "raw" if found["image"] else "blob"
            return f"{found['image']}[{found['text']}]({repository}/{kind}/{tag}/{target})"
        return f"*{found['text']}*" if found["image"] else found["text"]

    parts, end = [], 0
    for block in _CODE.finditer(text):
        parts += [_LINK.sub(replaced, text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, _LINK.sub(replaced, text[end:])])
