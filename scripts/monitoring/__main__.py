"""Writes the files about monitoring; `--check` compares them, and asks promtool for its opinion of the rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .dashboard import dashboard
from .exported import exported
from .pages import alerts_page, metrics_table
from .rules import RULES, rules, tests

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = ROOT / "deploy" / "prometheus" / "onduty.rules.test.yml"
OPERATIONS: Final = ROOT / "docs" / "operations.md"
BEGIN: Final = "<!-- begin: metrics, written by `make monitoring` -->\n"
END: Final = "<!-- end: metrics -->\n"


def main(arguments: list[str]) -> int:
    """Write the files, or check them."""
    files = _files()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" not in arguments:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return 0
    for path in stale:
        sys.stderr.write(f"{path.relative_to(ROOT)} is not up to date: run 'make monitoring'\n")
    return 1 if stale else _ask_promtool()


def _files() -> Mapping[Path, str]:
    page = OPERATIONS.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{OPERATIONS} lacks the marks between which the metrics are written: {BEGIN}{END}"
    return {
        ROOT / "deploy" / "prometheus" / RULES: rules(),
        TESTS: tests(),
        ROOT / "deploy" / "grafana" / "onduty.json": dashboard(),
        ROOT / "docs" / "alerts.md": alerts_page(),
        OPERATIONS: f"{before}{begin}{metrics_table(exported())}{end}{after}",
    }


def _ask_promtool() -> int:
    promtool = shutil.which("promtool")
    if promtool is None:
        sys.stderr.write(
            "*** SKIPPED: promtool check rules and test rules, because it is not installed (Debian: prometheus) ***\n"
        )
        return int(os.environ.get("ONDUTY_TEST_REQUIRE_TOOLS") == "1")
    for command in (("check", "rules", RULES), ("test", "rules", TESTS.name)):
        ran = subprocess.run([promtool, *command], cwd=TESTS.parent, capture_output=True, text=True, check=False)
        if ran.returncode:
            sys.stderr.write(ran.stdout + ran.stderr)
            return 1
    sys.stdout.write("alerts and dashboard are up to date; promtool accepts the rules and their tests\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
