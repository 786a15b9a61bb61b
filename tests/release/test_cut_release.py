"""`make cut`: what is unreleased becomes a version, or nothing is changed."""

from __future__ import annotations

import datetime
import json
import shutil
import tomllib
from pathlib import Path

import pytest
from scripts import cut_release
from tests.tools import leave_out

ROOT = Path(__file__).parents[2]
DATE = datetime.date(2026, 12, 1)
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- A thing.

## [0.2.0] - 2026-11-01

### Added

- The first thing.
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "client/web/package.json", "proto/released/onduty.v1.binpb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "deploy/chart").mkdir(parents=True)
    return tmp_path


def contents(tree: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_a_version_is_in_all_places_and_nothing_is_unreleased_after_it(tree: Path) -> None:
    before = (tree / "pyproject.toml").read_text()
    cut_release.cut(tree, "0.3.0", DATE, b"contract")
    text = (tree / "CHANGELOG.md").read_text()
    assert "## [Unreleased]\n\n## [0.3.0] - 2026-12-01\n\n### Added\n\n- A thing.\n\n## [0.2.0]" in text
    project = tomllib.loads((tree / "pyproject.toml").read_text())["project"]
    assert project["version"] == "0.3.0"
    assert (tree / "pyproject.toml").read_text().replace(
        '"0.3.0"', f'"{tomllib.loads(before)["project"]["version"]}"'
    ) == before
    assert json.loads((tree / "client/web/package.json").read_text())["version"] == "0.3.0"
    assert (tree / "proto/released/onduty.v1.binpb").read_bytes() == b"contract"


@pytest.mark.parametrize(
    ("version", "changelog", "says"),
    [
        ("0.3.0", CHANGELOG.replace("- A thing.", ""), "nothing unreleased"),
        ("0.3.0", CHANGELOG.replace("[Unreleased]", "[Next]"), "no part ## [Unreleased]"),
        ("0.2.0", CHANGELOG, "does not come after 0.2.0"),
        ("0.1.9", CHANGELOG, "does not come after 0.2.0"),
        ("v0.3.0", CHANGELOG, "'v0.3.0' is not a version; write it like 1.2.3"),
    ],
)
def test_what_cannot_be_cut_changes_nothing(tree: Path, version: str, changelog: str, says: str) -> None:
    (tree / "CHANGELOG.md").write_text(changelog)
    before = contents(tree)
    with pytest.raises(cut_release.Refused) as refused:
        cut_release.cut(tree, version, DATE, b"contract")
    assert says in str(refused.value)
    assert contents(tree) == before


def test_image_and_chart_are_of_the_version_too_and_other_versions_stay(tree: Path) -> None:
    current = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    image, chart = tree / "deploy/Containerfile", tree / "deploy/chart/Chart.yaml"
    image.write_text(f"# podman build -t onduty:{current} .\nFROM python:{current}\nARG VERSION={current}\n")
    chart.write_text(f"apiVersion: v2\nversion: {current}\nappVersion: {current}\nneeds: {current}\n")
    cut_release.cut(tree, "0.3.0", DATE, b"contract")
    assert image.read_text() == f"# podman build -t onduty:0.3.0 .\nFROM python:{current}\nARG VERSION=0.3.0\n"
    assert chart.read_text() == f"apiVersion: v2\nversion: 0.3.0\nappVersion: 0.3.0\nneeds: {current}\n"


def test_the_first_release_needs_no_earlier_one(tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text(CHANGELOG.partition("## [0.2.0]")[0])
    cut_release.cut(tree, "0.1.0", DATE, b"contract")
    assert "## [0.1.0] - 2026-12-01" in (tree / "CHANGELOG.md").read_text()


@pytest.mark.slow
def test_the_changelog_and_the_contract_of_today_can_be_cut(tree: Path) -> None:
    if not cut_release.BUF.exists():
        leave_out("buf is not installed; run `make node-tools`")
    shutil.copyfile(ROOT / "CHANGELOG.md", tree / "CHANGELOG.md")
    cut_release.cut(tree, "99.0.0", DATE, cut_release.contract())
    assert len((tree / "proto/released/onduty.v1.binpb").read_bytes()) > 1_000
