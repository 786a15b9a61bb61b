"""Checks that deploy/ names only settings that exist, the version of the project, and packages as they are locked.

Arguments are manifests of the rendered chart. The server must accept the settings that each of them gives it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

from onduty_server.cli.app import app
from onduty_server.process.config.definitions import SETTINGS

ROOT: Final = Path(__file__).parents[1]
DEPLOY: Final = ROOT / "deploy"
VARIABLES: Final = {setting.variable for setting in SETTINGS.values()}
OTHERS: Final = {"ONDUTY_FILES"}
"""Variables of the compose files themselves."""
EXTRAS: Final = ("server", "redis", "export")
"""The extras of the project that the image holds."""
VERSIONED: Final = {
    "Containerfile": r"^ARG VERSION=(\S+)|-t onduty:(\S+)",
    "chart/Chart.yaml": r"^(?:appV|v)ersion: (\S+)",
    "compose/single.yaml": r"image: onduty:(\S+)",
    "compose/redis.yaml": r"image: onduty:(\S+)",
    "compose/export.yaml": r"image: onduty:(\S+)",
}


def main(arguments: list[str]) -> int:
    """Report what is wrong, and return the exit code."""
    files = [*DEPLOY.glob("Containerfile"), *DEPLOY.glob("compose/*.yaml"), *DEPLOY.glob("chart/templates/*")]
    manifests = [Path(each) for each in arguments]
    wrong = [*unknown_settings([*files, *manifests]), *other_versions(), *other_packages(), *refused(manifests)]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


def unknown_settings(files: list[Path]) -> Iterator[str]:
    """Yield a line for each variable that no setting has."""
    known = VARIABLES | OTHERS | export_variables()
    for file in files:
        # In the templates of the chart, a name that is put together ends with an underscore.
        for name in sorted(set(re.findall(r"ONDUTY_[A-Z_]*[A-Z]\b", file.read_text(encoding="utf-8")))):
            if name not in known:
                yield f"{file}: {name}: there is no such setting"


def export_variables() -> set[str]:
    """Return the variables that `onduty export` reads: those of its options, or told of in their help."""
    command: Any = typer.main.get_command(app)
    options = command.commands["export"].params
    return {name for each in options for name in [each.envvar, *re.findall(r"ONDUTY_[A-Z_]+", each.help or "")] if name}


def refused(manifests: list[Path]) -> Iterator[str]:
    """Yield a line for each manifest with settings that the server does not accept."""
    for manifest in manifests:
        named = re.findall(r'- name: (ONDUTY_\w+)\n +value: "(.*)"$', manifest.read_text(), flags=re.MULTILINE)
        given = {name: value for name, value in named if name in VARIABLES}
        if not given:
            yield f"{manifest}: gives no settings"
        others = {name: value for name, value in os.environ.items() if not name.startswith("ONDUTY_")}
        command = [sys.executable, "-m", "onduty_server", "config"]
        done = subprocess.run(command, env=others | given, capture_output=True, text=True)
        if done.returncode:
            yield f"{manifest}: {done.stderr.strip()}"


def other_versions() -> Iterator[str]:
    """Yield a line for each version that is not the project's."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for name, pattern in VERSIONED.items():
        found = re.findall(pattern, (DEPLOY / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        versions = ["".join(each) for each in found]
        if not versions or set(versions) != {version}:
            yield f"deploy/{name}: names the versions {versions}, and the project has {version}"


def other_packages() -> Iterator[str]:
    """Yield a line for each package of the image that is missing, or locked otherwise than for the tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(each for extra in EXTRAS for each in extras[extra])]
    tested = pins("dev")
    for lock in ("server", "build"):
        for name, version in pins(lock).items():
            if tested.get(name) != version:
                yield f"requirements/{lock}.txt: {name} {version} is not what is tested: run `make lock`"
    for requirement in wanted:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if name not in pins("server") and not name.startswith(project["name"]):
            yield f"requirements/server.txt: {name} is missing: run `make lock`"


def pins(lock: str) -> dict[str, str]:
    """Return the versions in a lock by the names of packages."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", text, flags=re.MULTILINE))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
