"""`python -m scripts.site [FOLDER]`: builds the site, `site/` if no other folder is named, and checks it."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pygments.formatters import HtmlFormatter

from .checks import problems
from .layout import page
from .markdown import Rendered, render, source_page
from .pages import CONTRACT, PICTURES, REFERENCE, ROOT, Broken, between, files_of, menu, place_of, resolve, title_of
from .reference import Reference, described

HERE = Path(__file__).parent
SEARCHED = 1_200
"""Characters of a section that are searched; the index is loaded by every page."""


class Site:
    """Writes the pages of what `menu` lists, and of everything that these link to."""

    def __init__(self, root: Path, out: Path) -> None:
        """Take the repository and the folder to write to."""
        self._root, self._out = root, out
        self._menu = menu(root)
        self._titles = {path: title_of((root / path).read_text(), path) for path in self._menu.documents}
        self._version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
        self._index: list[dict[str, str]] = []
        self._waiting: list[str] = []
        self._seen: set[str] = set()

    def build(self) -> int:
        """Write everything, and return the number of pages."""
        self._write(REFERENCE, "API reference", Reference(described(self._root)).rendered())
        self._source(CONTRACT, f"{CONTRACT}.html")
        self._seen.add(CONTRACT)
        for path in self._menu.documents:
            self._need(path)
        while self._waiting:
            path = self._waiting.pop(0)
            if path.endswith(PICTURES):
                self._copy(self._root / path, path)
            elif path.endswith("/"):
                self._folder(path)
            elif path.endswith(".md"):
                text = (self._root / path).read_text()
                self._write(place_of(path), title_of(text, path), render(text, self._addresses(path)))
            else:
                self._source(path, place_of(path))
        self._assets()
        return len(list(self._out.rglob("*.html")))

    def _need(self, path: str) -> None:
        if path not in self._seen:
            self._seen.add(path)
            self._waiting.append(path)

    def _addresses(self, document: str) -> Callable[[str], str]:
        def address_of(link: str) -> str:
            if re.match(r"[a-z]+:", link):
                return link
            target, _, anchor = link.partition("#")
            path = resolve(document, target, self._root)
            self._need(path)
            address = between(place_of(document), place_of(path)) if target else ""
            return f"{address}#{anchor}" if anchor else address

        return address_of

    def _folder(self, path: str) -> None:
        place, items = place_of(path), ""
        for file in files_of(path, self._root):
            self._need(file)
            items += f'<li><a href="{between(place, place_of(file))}"><code>{file.removeprefix(path)}</code></a></li>\n'
        content = f"<h1><code>{path}</code></h1>\n<ul>\n{items}</ul>\n"
        self._write(place, path, Rendered(html=content), searched=False)

    def _source(self, path: str, place: str) -> None:
        html = source_page((self._root / path).read_text(), path)
        content = f"<h1><code>{path}</code></h1>\n{html}"
        self._write(place, path, Rendered(html=content), searched=False)

    def _write(self, place: str, title: str, rendered: Rendered, *, searched: bool = True) -> None:
        html = page(
            place=place, title=title, content=rendered.html, headings=rendered.headings, menu=self._menu,
            titles=self._titles, version=self._version,
        )  # fmt: skip
        target = self._out / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html)
        names = {each.anchor: each.text for each in rendered.headings}
        for anchor, text in rendered.sections.items() if searched else ():
            words = " ".join(text.split())[:SEARCHED]
            self._index.append({"page": title, "part": names.get(anchor, ""), "to": f"{place}#{anchor}", "text": words})

    def _copy(self, source: Path, place: str) -> None:
        target = self._out / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def _assets(self) -> None:
        style = (HERE / "site.css").read_text()
        light: Any = HtmlFormatter(style="default")
        dark: Any = HtmlFormatter(style="github-dark")
        rules = [_code_rules(light), f"@media (prefers-color-scheme: dark) {{\n{_code_rules(dark)}}}\n"]
        (self._out / "site.css").write_text(style + "".join(rules))
        self._copy(HERE / "search.js", "search.js")
        self._copy(self._root / "server/onduty_server/console/icon.svg", "icon.svg")
        index = json.dumps(self._index, ensure_ascii=False, separators=(",", ":"))
        (self._out / "search-index.js").write_text(f"const searchIndex = {index};\n")


def _code_rules(formatter: Any) -> str:
    """The colours of code, without what the formatter says of the block, and without marks on what a lexer doubts."""
    rules = formatter.get_style_defs("pre").splitlines()
    return "".join(f"{rule}\n" for rule in rules if rule.startswith("pre .") and not rule.startswith("pre .err"))


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.site", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "site")
    parser.add_argument("--check", action="store_true", help="build and check, and keep nothing")
    options = parser.parse_args()
    if options.check:
        with tempfile.TemporaryDirectory() as place:
            return built(Path(place))
    return built(options.folder.resolve())


def built(out: Path) -> int:
    """Build the site in `out` and check it. Return the exit code."""
    if out.exists() and any(out.iterdir()) and not (out / "search-index.js").exists():
        print(f"site: {out} holds something else; name another folder", file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        count = Site(ROOT, out).build()
    except (Broken, subprocess.SubprocessError) as error:
        print(f"site: {error}", file=sys.stderr)
        return 1
    wrong = problems(out)
    if wrong:
        print("\n".join(f"site: {each}" for each in wrong), file=sys.stderr)
        return 1
    print(f"the documentation is good: {count} pages in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
