"""Prints a software bill of materials of the environment that runs it: CycloneDX 1.6, JSON.

It names the Python packages that are installed, with what each of them needs, and the Debian packages of the machine
where there are any. Nothing in it depends on the time or the machine, so that equal images have equal ones.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = "onduty"
DPKG = Path("/var/lib/dpkg/status")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def normal(name: str) -> str:
    """Return a package's name in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def purl(each: Distribution) -> str:
    """Return the package URL, which also is the reference within the document."""
    return f"pkg:pypi/{normal(each.name)}@{quote(each.version)}"


def component(each: Distribution) -> dict[str, Any]:
    """Describe a Python package."""
    described: dict[str, Any] = {
        "type": "application" if normal(each.name) == ROOT else "library",
        "bom-ref": purl(each),
        "name": each.name,
        "version": each.version,
        "purl": purl(each),
    }
    expression = each.metadata.get("License-Expression")
    if expression:
        described["licenses"] = [{"expression": expression}]
    elif named := [
        line.rpartition(" :: ")[2]
        for line in each.metadata.get_all("Classifier") or ()
        if line.startswith("License :: OSI Approved ::")
    ]:
        described["licenses"] = [{"license": {"name": name}} for name in named]
    return described


def needed(each: Distribution, installed: Mapping[str, Distribution]) -> list[str]:
    """Return what a package needs of what is installed; an extra counts if it is there."""
    names = {normal(found[0]) for line in each.requires or () if (found := _NAME.match(line))}
    return sorted(purl(installed[name]) for name in names if name in installed)


def debian_packages(status: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Describe the packages in the status file of dpkg."""
    fields: dict[str, str] = {}
    for line in (*status, "\n"):
        if line.strip():
            name, colon, value = line.partition(": ")
            if colon and not line.startswith(" "):
                fields[name] = value.strip()
            continue
        if fields.get("Status", "").endswith(" installed"):
            name, version, machine = fields["Package"], fields["Version"], fields["Architecture"]
            reference = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={machine}"
            yield {"type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference}
        fields = {}


def document() -> dict[str, Any]:
    """Return the bill of materials."""
    installed = {normal(each.name): each for each in distributions()}
    root = installed.pop(ROOT)
    packages = [each for _, each in sorted(installed.items())]
    runtime = {
        "type": "platform",
        "bom-ref": f"pkg:generic/python@{platform.python_version()}",
        "name": platform.python_implementation(),
        "version": platform.python_version(),
    }
    debian = list(debian_packages(DPKG.read_text(encoding="utf-8").splitlines())) if DPKG.exists() else []
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(root)},
        "components": [runtime, *map(component, packages), *debian],
        "dependencies": [{"ref": purl(each), "dependsOn": needed(each, installed)} for each in (root, *packages)],
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
