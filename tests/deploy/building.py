"""Builds the image of deploy/Containerfile as CI can: on a base from Debian's packages, with no registry of images."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BASE, IMAGE = "localhost/base:test", "localhost/onduty:test"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_BUILD_TIMEOUT_S = 600
_INDEX = {"index-url": "PIP_INDEX_URL", "extra-index-url": "PIP_EXTRA_INDEX_URL"}
_LEFT_OUT = ("doc", "info", "locale", "man")

_IN_THE_IMAGE = """
set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs -o size=64m,mode=700,uid=65532,gid=65532 tmpfs "$1/var/lib/onduty"
mount -o remount,bind,ro "$1"
cd "$1/var/lib/onduty"
shift
exec "$@"
"""
"""What a runtime does for `--read-only` with a volume. The mounts vanish with the namespace of this process."""


def run(*command: str, **environment: str) -> str:
    """Run a command to its end, and return its output. One that fails is an error, with all that it wrote."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=_BUILD_TIMEOUT_S
    )
    assert done.returncode == 0, (
        f"{' '.join(command)}: {done.returncode}\n{done.stdout[-4_000:]}\n{done.stderr[-4_000:]}"
    )
    return done.stdout


@dataclass(frozen=True)
class Image:
    """The image that was built: what is said about it, and its files."""

    config: dict[str, Any]
    health: dict[str, Any]
    files: Path

    def command(self, *command: str, **environment: str) -> list[str]:
        """Return what runs a command as a runtime would: with its user and environment, on a read-only root."""
        told = dict(each.split("=", 1) for each in self.config["Env"]) | environment
        user, group = self.config["User"].split(":")
        return [
            *("unshare", "--mount", "--", "sh", "-c", _IN_THE_IMAGE, "sh", str(self.files)),
            *("chroot", f"--userspec={user}:{group}", "--groups=", str(self.files)),
            *("/usr/bin/env", "-i", "-C", self.config["WorkingDir"]),
            *(f"{name}={value}" for name, value in told.items()),
            *command,
        ]


@contextmanager
def built(directory: Path) -> Iterator[Image]:
    """Build the image below `directory`."""
    tools = {"BUILDAH_ISOLATION": "chroot", "TMPDIR": str(directory)}
    places = ("--root", str(directory / "storage"), "--runroot", str(directory / "run"))
    # The driver of a system may be one that works on no file system but its own.
    buildah = ("buildah", "--storage-driver", "vfs", *places)
    base = directory / "base"
    run(
        *("mmdebstrap", "--quiet", "--variant=essential", "--format=directory"),
        *("--include=python3,python3-venv,ca-certificates,libstdc++6", "--dpkgopt=force-unsafe-io"),
        *(f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in _LEFT_OUT),
        *(_codename(), str(base)),
        **tools,
    )
    # The authorities that this machine trusts may include that of its package index.
    (base / CERTIFICATES.relative_to("/")).write_bytes(CERTIFICATES.read_bytes())
    container = run(*buildah, "from", "scratch", **tools).strip()
    run(*buildah, "add", "--quiet", container, str(base), "/", **tools)
    run(*buildah, "commit", "--quiet", "--rm", container, BASE, **tools)
    settings = directory / "pip.conf"
    settings.write_text(_pip_settings())
    run(
        *(*buildah, "build", "--quiet", "--format", "docker", "--file", "deploy/Containerfile", "--tag", IMAGE),
        *("--build-arg", f"BASE={BASE}", "--build-arg", "REVISION=tested", "--secret", f"id=pip,src={settings}"),
        str(ROOT),
        **tools,
    )
    described = json.loads(run(*buildah, "inspect", "--type", "image", IMAGE, **tools))["Docker"]["config"]
    container = run(*buildah, "from", IMAGE, **tools).strip()
    files = Path(run(*buildah, "mount", container, **tools).strip())
    try:
        yield Image(described, described["Healthcheck"], files)
    finally:
        run(*buildah, "rm", "--all", **tools)


def _codename() -> str:
    lines = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return lines["VERSION_CODENAME"].strip('"')


def _pip_settings() -> str:
    """Return where packages come from on this machine, in the form of pip's configuration file."""
    read = configparser.ConfigParser(interpolation=None)
    read.read([Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf"])
    found = dict(read["global"]) if read.has_section("global") else {}
    found |= {name: os.environ[variable] for name, variable in _INDEX.items() if variable in os.environ}
    lines = [f"{name} = {found[name]}" for name in _INDEX if name in found and "file:" not in found[name]]
    return "\n".join(["[global]", f"cert = {CERTIFICATES}", *lines, ""])
