"""Environments for peers that are not among the project's locked packages, made when a comparison asks for them.

Each is a folder of `.bench-peers/` in the project's root, which git ignores, and is used again by the next run;
removing the folder has newer versions fetched. What cannot be installed is reported by `Missing`, with pip's reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = ROOT / ".bench-peers"
_INSTALL_TIMEOUT_S = 300.0
_REASON_MAX = 160

_LIST = (
    "import importlib.metadata as m, json; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
)


class Missing(Exception):
    """A peer cannot be had; the message says why and names no host and no path."""


def environment(name: str, requirements: Sequence[str]) -> Path:
    """The Python of an environment that has these packages.

    Raises:
        Missing: they could not be installed.
    """
    folder = _FOLDER / name
    python, mark = folder / "bin" / "python", folder / "requirements"
    wanted = "\n".join(requirements)
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {name} into .bench-peers ...", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
    mark.write_text(wanted, encoding="utf-8")
    return python


def _run(command: Sequence[str]) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"its installation failed: {type(error).__name__}") from error
    if ran.returncode != 0:
        print(ran.stderr, file=sys.stderr)
        errors = [line for line in ran.stderr.splitlines() if line.startswith("ERROR:")]
        reason = errors[-1].removeprefix("ERROR: ") if errors else "its installation failed"
        if "/" in reason:
            reason = "its installation failed; the run's output says why"
        raise Missing(reason[:_REASON_MAX])


def versions(python: Path | None = None) -> dict[str, str]:
    """The packages of an environment, by default the project's own, and their versions."""
    listed = subprocess.run(
        [str(python or sys.executable), "-c", _LIST], capture_output=True, text=True, timeout=60, check=True
    )
    found: dict[str, str] = json.loads(listed.stdout)
    return found


def server_requirements(grpcio: str) -> list[str]:
    """Return the server's requirements, with grpcio in a version ("==1.2.3", or "" for the newest)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed: list[str] = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    if grpcio:
        needed.append(f"grpcio{grpcio}")
    return needed


def variables() -> dict[str, str]:
    """The environment variables of a child: the project on the path, and no setting of whoever runs this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ONDUTY_", "PYTHON"))}
    path = [ROOT, ROOT / "proto", ROOT / "server", ROOT / "client"]
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, path))}


def run(module: str, arguments: Sequence[object], *, python: Path | None = None, timeout_s: float = 900.0) -> str:
    """Run a module of this package to its end; what it printed.

    Raises:
        Missing: it failed, or took too long.
    """
    command = [str(python or sys.executable), "-m", f"benchmarks.peers.{module}", *map(str, arguments)]
    try:
        ran = subprocess.run(
            command, cwd=ROOT, env=variables(), capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Missing(f"it did not end within {timeout_s:g} s") from error
    if ran.returncode != 0:
        print(ran.stderr, file=sys.stderr)
        raise Missing(f"it failed: {(ran.stderr.splitlines() or ['without a word'])[-1][:_REASON_MAX]}")
    return ran.stdout
