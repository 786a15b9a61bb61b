#!/usr/bin/env python3
"""Builds what a release consists of, and checks it as its users get it.

Built are the sdist, the wheel (from the sdist) and the npm package, each twice, from two copies of the last commit;
if the two differ in a byte, the release fails. Then the wheel is installed in a clean environment of every Python
from 3.11 on that is found: alone, with [cli] and with [server], whose server README's first commands are run against.
Dependencies come from the index that pip is set up to use, at their newest versions, as users get them.

Nothing is published. `dist/` holds the files and their SHA256SUMS afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
MINORS = range(11, 16)
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
    "packages"
]
FIRST_COMMANDS = 6
"""README's commands up to the one that shows who is available."""
READY_WITHIN_S, ENDS_WITHIN_S = 60, 30


class Wrong(Exception):
    """Ends the release with a message."""


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command and return its output."""
    # Not the environment that `make` runs this in, and no settings of whoever runs it.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ONDUTY_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        command, cwd=cwd, env={**inherited, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Wrong(f"{shlex.join(map(str, command))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def say(text: str) -> None:
    print(text, flush=True)


# --- building ------------------------------------------------------------------------------------------------------


def build(place: Path, *, with_npm: bool, zone: str) -> Path:
    """Build all packages from the last commit, in folders of `place`, and return the folder of the packages."""
    source, dist = place / "source", place / "dist"
    source.mkdir(parents=True)
    archive = place / "source.tar"
    run("git", "archive", "--output", archive, "HEAD")
    with tarfile.open(archive) as packed:
        packed.extractall(source, filter="data")
    environment = {"SOURCE_DATE_EPOCH": run("git", "log", "-1", "--format=%ct").strip(), "TZ": zone}
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", dist, cwd=source, env=environment)
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        packed.extractall(place, filter="data")
    unpacked = place / sdist.name.removesuffix(".tar.gz")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", dist, cwd=unpacked, env=environment)
    if with_npm:
        (source / "node_modules").symlink_to(ROOT / "node_modules")
        run(source / "scripts/pack-web", dist, cwd=source, env=environment)
    return dist


def differences(one: Path, other: Path) -> list[str]:
    names = sorted({it.name for place in (one, other) for it in place.iterdir()})
    return [
        name
        for name in names
        if not (
            (one / name).is_file()
            and (other / name).is_file()
            and (one / name).read_bytes() == (other / name).read_bytes()
        )
    ]


def npm_is_there() -> bool:
    if (ROOT / "node_modules/.bin/esbuild").exists() and shutil.which("npm"):
        return True
    if os.environ.get("ONDUTY_TEST_REQUIRE_TOOLS") == "1":
        raise Wrong("the npm package needs npm and `make node-tools`")
    say("*** npm is not installed: the npm package is left out ***")
    return False


# --- what is in the packages ---------------------------------------------------------------------------------------


def check_metadata(wheel: Path, version: str) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [it for it in packed.namelist() if it.endswith(".dist-info/METADATA")]
        fields, _, description = packed.read(name).decode().partition("\n\n")
    if f"\nVersion: {version}\n" not in fields:
        raise Wrong(f"{wheel.name} is not of version {version}, which pyproject.toml names")
    text = re.sub(r"^```.*?^```", "", description, flags=re.DOTALL | re.MULTILINE)
    wrong = [it for it in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:|#", it)]
    if wrong:
        raise Wrong(f"{wheel.name}: links that lead nowhere on a package index: {', '.join(wrong)}")
    if "\nProject-URL: " not in fields:
        say("no public address in [tool.onduty] of pyproject.toml: no project URLs, and README's links are plain text")


def check_contents(wheel: Path) -> None:
    """Check that the wheel holds every file of the packages: scripts for the stores and pages of the console, too."""
    tracked = run("git", "ls-tree", "-r", "--name-only", "HEAD", *PACKAGES).splitlines()
    wanted = {path.partition("/")[2] for path in tracked}
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    if held != wanted:
        raise Wrong(f"{wheel.name}: missing {sorted(wanted - held)}, not in the repository {sorted(held - wanted)}")


# --- clean environments --------------------------------------------------------------------------------------------


def pythons() -> Iterator[tuple[str, Path]]:
    """Find one interpreter of each minor version, on PATH and where pyenv and uv keep theirs."""
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    folders += sorted((Path.home() / ".pyenv/versions").glob("*/bin"))
    folders += sorted((Path.home() / ".local/share/uv/python").glob("*/bin"))
    for minor in MINORS:
        for folder in folders:
            path = folder / f"python3.{minor}"
            # What is on PATH may be a shim for a version that is not switched on.
            if (
                path.exists()
                and subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0
            ):
                yield f"3.{minor}", path
                break


def install(python: Path, place: Path, requirement: str) -> Path:
    """Install `requirement` in an environment, which is made if it is not there; return the folder of its commands."""
    if not place.exists():
        run(python, "-m", "venv", place)
    run(place / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement)
    return place / "bin"


def check_plain(commands: Path, version: str, cwd: Path) -> None:
    """Check that the clients are there, and that the command line says what brings the server."""
    run(commands / "python", "-c", "import onduty_client; from onduty.v1 import status_pb2_grpc", cwd=cwd)
    shown = run(commands / "onduty", "--version", cwd=cwd)
    if shown != f"onduty {version}\n":
        raise Wrong(f"onduty --version says {shown!r}")
    refused = subprocess.run([commands / "onduty", "serve"], cwd=cwd, capture_output=True, text=True, check=False)
    if (
        refused.returncode != 1
        or refused.stderr.count("\n") != 1
        or "uvx --from 'onduty[server]'" not in refused.stderr
    ):
        raise Wrong(f"onduty serve of a plain installation says\n{refused.stderr}")


@contextmanager
def serving(commands: Path, cwd: Path) -> Iterator[str]:
    """Serve with the installed command, on free ports that it takes itself, and yield the address that it logs."""
    anywhere = ("--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--log-format", "json")
    command: list[str | Path] = [commands / "onduty", "serve", *anywhere]
    with subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        # A server that never serves would be waited for without an end.
        impatient = Timer(READY_WITHIN_S, server.kill)
        impatient.start()
        said, addresses = "", dict[str, str]()
        for line in server.stderr:
            said += line
            if line.startswith("{") and "address" in (entry := json.loads(line)):
                addresses[entry["event"]] = entry["address"]
            if "serving" in addresses:
                break
        impatient.cancel()
        if "serving" not in addresses:
            raise Wrong(f"the server ended with {server.wait()} before it served\n{said}")
        try:
            with urlopen(f"http://{addresses['serving HTTP']}/readyz"):
                yield addresses["serving"]
        finally:
            server.terminate()
            _, rest = server.communicate(timeout=ENDS_WITHIN_S)
            if server.returncode != 0:
                raise Wrong(f"the server ended with {server.returncode}\n{said}{rest}")


def first_commands() -> list[list[str]]:
    """Return the first command lines of README's five minutes."""
    text = (ROOT / "README.md").read_text().partition("## Five minutes")[2]
    return [shlex.split(line) for line in re.findall(r"^\$ (onduty .+)$", text, flags=re.MULTILINE)][:FIRST_COMMANDS]


def check_first_commands(commands: Path, address: str, cwd: Path) -> None:
    outputs = [
        run(commands / "onduty", *command[1:], cwd=cwd, env={"ONDUTY_SERVER": address}) for command in first_commands()
    ]
    users = re.findall(r"^(\w+) +(\w+) ", outputs[-1], flags=re.MULTILINE)
    if ("ada", "ONLINE") not in users or "ben" in dict(users):
        raise Wrong(f"README's first commands end with\n{outputs[-1]}")


def check_installation(python: Path, wheel: Path, version: str, place: Path) -> None:
    work = place / "work"
    work.mkdir(parents=True)
    check_plain(install(python, place / "remote", str(wheel)), version, work)
    remote = install(python, place / "remote", f"{wheel}[cli]")
    server = install(python, place / "server", f"{wheel}[server]")
    with serving(server, work) as address:
        check_first_commands(server, address, work)
        # Without the server's packages, against the same server.
        check_first_commands(remote, address, work)


# --- all of it -----------------------------------------------------------------------------------------------------


def release(dist: Path, wanted: list[str], place: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if run("git", "status", "--porcelain", "--untracked-files=no"):
        say("*** the work tree has changes that are in no commit; a release is made of the last commit ***")
    with_npm = npm_is_there()
    say(f"onduty {version}: building twice")
    first = build(place / "first", with_npm=with_npm, zone="UTC")
    second = build(place / "second/elsewhere", with_npm=with_npm, zone="Asia/Tokyo")
    if found := differences(first, second):
        raise Wrong(f"built twice, these differ: {', '.join(found)}")
    (wheel,) = first.glob("*.whl")
    check_metadata(wheel, version)
    check_contents(wheel)
    chosen = {minor: path for minor, path in pythons() if not wanted or minor in wanted}
    if missing := [minor for minor in wanted if minor not in chosen]:
        raise Wrong(f"there is no Python {', '.join(missing)} with venv")
    for minor, path in chosen.items():
        say(f"checking on Python {minor}")
        check_installation(path, wheel, version, place / minor)
    dist.mkdir(parents=True, exist_ok=True)
    lines = []
    for package in sorted(it for it in first.iterdir() if it.suffix in (".gz", ".whl", ".tgz")):
        shutil.copyfile(package, dist / package.name)
        lines.append(f"{hashlib.sha256(package.read_bytes()).hexdigest()}  {package.name}\n")
    (dist / "SHA256SUMS").write_text("".join(lines))
    say(f"checked on Python {', '.join(chosen)}; in {dist}:\n{''.join(lines)}".rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the packages (dist)")
    parser.add_argument(
        "--python", action="append", default=[], metavar="3.X", help="check on this one only; may be repeated"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onduty-release-") as place:
        try:
            release(options.out.resolve(), options.python, Path(place))
        except Wrong as wrong:
            print(f"release: {wrong}", file=sys.stderr)
            return 1
    return 0


sys.exit(main())
