#!/usr/bin/env python3
"""Cuts a release: cut_release.py VERSION [--date YYYY-MM-DD]

The unreleased part of CHANGELOG.md becomes the part of VERSION with the date, and a new, empty one is begun. The
version in pyproject.toml and of npm package, image and chart becomes VERSION, and proto/released/onduty.v1.binpb, which
`make check` holds changes of the contract against, becomes the contract of today. Nothing is written unless all of it
can be. The commit and the tag are left to you.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUF = ROOT / "node_modules/.bin/buf"
NUMBERS = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
UNRELEASED = "## [Unreleased]\n"
NAMED_IN = ("deploy/*", "deploy/*/*.yaml", "docs/*.md")
"""Files that may name the version of the image or of the chart."""


class Refused(Exception):
    """Ends the command with a message, and nothing is changed."""


def numbers(version: str) -> tuple[int, ...]:
    if not NUMBERS.fullmatch(version):
        raise Refused(f"{version!r} is not a version; write it like 1.2.3")
    return tuple(map(int, version.split(".")))


def cut_changelog(text: str, version: str, date: datetime.date) -> str:
    """Return the changelog with its unreleased part as that of `version`."""
    head, found, rest = text.partition(UNRELEASED)
    if not found:
        raise Refused("CHANGELOG.md has no part ## [Unreleased]")
    unreleased, _, _ = rest.partition("\n## [")
    if not re.search(r"^- ", unreleased, flags=re.MULTILINE):
        raise Refused("CHANGELOG.md has nothing unreleased")
    released = re.findall(r"^## \[(\d[^\]]*)\]", rest, flags=re.MULTILINE)
    for earlier in released:
        if numbers(version) <= numbers(earlier):
            raise Refused(f"{version} does not come after {earlier}, which CHANGELOG.md has")
    return f"{head}{UNRELEASED}\n## [{version}] - {date.isoformat()}\n{rest}"


def with_version(text: str, version: str) -> str:
    """Return pyproject.toml with the version replaced."""
    replaced, count = re.subn(r'^version = "[^"]*"$', f'version = "{version}"', text, count=1, flags=re.MULTILINE)
    if not count:
        raise Refused("pyproject.toml names no version")
    return replaced


def with_npm_version(text: str, version: str) -> str:
    """Return package.json with the version replaced, in the same layout."""
    current = json.loads(text)["version"]
    return text.replace(f'"version": {json.dumps(current)}', f'"version": {json.dumps(version)}', 1)


def with_image_version(text: str, current: str, version: str) -> str:
    """Return a file of deploy/, or a document about it, with the version of image and chart replaced."""
    named = rf"(ARG VERSION=|\bonduty:|^(?:appV|v)ersion: ){re.escape(current)}(?![\w.])"
    return re.sub(named, rf"\g<1>{version}", text, flags=re.MULTILINE)


def contract() -> bytes:
    """Return the contract of today, in the form in which released ones are kept."""
    if not BUF.exists():
        raise Refused("buf is not installed; run `make node-tools`, which needs npm")
    with tempfile.TemporaryDirectory() as place:
        image = Path(place) / "contract.binpb"
        command = [str(BUF), "build", "proto", "--exclude-source-info", "-o", str(image)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"buf build ended with {done.returncode}\n{done.stderr}")
        return image.read_bytes()


def cut(root: Path, version: str, date: datetime.date, released: bytes) -> None:
    """Write the files below `root`, once all of their new contents are known."""
    numbers(version)
    changelog, project, package = root / "CHANGELOG.md", root / "pyproject.toml", root / "client/web/package.json"
    contents = {
        changelog: cut_changelog(changelog.read_text(), version, date),
        project: with_version(project.read_text(), version),
        package: with_npm_version(package.read_text(), version),
    }
    current = json.loads(package.read_text())["version"]
    for path in sorted({path for pattern in NAMED_IN for path in root.glob(pattern) if path.is_file()}):
        before = path.read_text()
        if (after := with_image_version(before, current, version)) != before:
            contents[path] = after
    for path, text in contents.items():
        path.write_text(text)
    (root / "proto/released/onduty.v1.binpb").write_bytes(released)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("--date", type=datetime.date.fromisoformat, default=datetime.datetime.now(datetime.UTC).date())
    options = parser.parse_args()
    try:
        cut(ROOT, options.version, options.date, contract())
    except Refused as refused:
        print(f"cut_release: {refused}", file=sys.stderr)
        return 1
    print(
        f"CHANGELOG.md, pyproject.toml, client/web/package.json and proto/released are those of {options.version}.\n"
        "Next:\n"
        f"  git commit -am 'onduty {options.version}' && git tag -a v{options.version} -m 'onduty {options.version}'\n"
        "  make release"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
