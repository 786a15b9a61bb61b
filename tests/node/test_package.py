"""The npm package as its users get it: unpacked beside what it depends on, and used from Node and TypeScript."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest
from tests.tools import leave_out

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

EXAMPLE = """
import { AgentPresence, OndutyError, type AgentStatus } from "onduty/agent";
import { createClient, Status } from "onduty/client";
import type { OndutyStatus } from "onduty/element";

const presence = new AgentPresence({ baseUrl: "", accountId: "acme", userId: "ada", token: async () => "key" });
const set: AgentStatus = await presence.setStatus("AWAY", { for: "30m", reason: "lunch", then: "AUTOMATIC" });
const at: Date | undefined = set.next?.at;
const call = presence.engage("call-4711", { ttl: "1h" });
await call.end();
const client = createClient({ baseUrl: "https://onduty.example" });
const answer = await client.getStatus({ accountId: "acme", userId: "ada" });
if (answer.userStatus?.status === Status.ONLINE) console.log(at);
declare const element: OndutyStatus;
element.presence = presence;
// @ts-expect-error: there is no such status
await presence.setStatus("BUSY");
try { await client.keepSession({}); } catch (error) { if (error instanceof OndutyError) console.log(error.reason); }
"""

USE = """
import assert from "node:assert/strict";
import { createClient, Status } from "onduty/client";
import { AgentPresence } from "onduty/agent";
import * as element from "onduty/element";
assert.equal(typeof AgentPresence, "function");
assert.equal(typeof element.OndutyStatus, "function");
assert.equal(Status.ONLINE, 1);
assert.equal(typeof createClient({ baseUrl: "" }).keepSession, "function");
console.log("used");
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of somebody who has installed the package."""
    if not (ROOT / "node_modules/.bin/esbuild").exists():
        leave_out("esbuild is not installed; run `make node-tools`")
    project = tmp_path_factory.mktemp("project")
    run(str(ROOT / "scripts/pack-web"), str(project), cwd=ROOT)
    (archive,) = project.glob("onduty-*.tgz")
    modules = project / "node_modules"
    modules.mkdir()
    with tarfile.open(archive) as packed:
        packed.extractall(project, filter="data")
    (project / "package").rename(modules / "onduty")
    (modules / "@bufbuild").symlink_to(ROOT / "node_modules/@bufbuild")
    (project / "package.json").write_text('{"type": "module"}')
    return project


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_used_from_node(project: Path) -> None:
    (project / "use.mjs").write_text(USE)
    assert "used" in run("node", "use.mjs", cwd=project)


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_typescript_knows_its_types(project: Path, resolution: str) -> None:
    (project / "example.ts").write_text(EXAMPLE)
    options = {
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "nodenext" if resolution == "nodenext" else "esnext",
        "moduleResolution": resolution,
        "lib": ["es2022", "dom", "esnext.disposable"],
        "types": [],
    }
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["example.ts"]}))
    run(str(ROOT / "node_modules/.bin/tsc"), "-p", "tsconfig.json", cwd=project)


def test_its_version_is_that_of_the_python_packages(project: Path) -> None:
    packed = json.loads((project / "node_modules/onduty/package.json").read_text())
    assert packed["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_it_holds_what_it_promises_and_nothing_else(project: Path) -> None:
    package = project / "node_modules/onduty"
    assert {path.name for path in package.iterdir()} == {
        *("LICENSE", "README.md", "agent", "client", "demo", "dist", "gen", "package.json", "schema"),
    }
    assert "protobuf" in (package / "dist/LICENCES.txt").read_text()
    assert str(ROOT) not in "".join(path.read_text() for path in package.rglob("*.js"))
