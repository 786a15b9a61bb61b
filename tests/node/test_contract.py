"""`make contract` refuses a contract that a client of the last release could not go on with, and no other."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest
from tests.tools import leave_out

from onduty.v1 import status_pb2 as pb

ROOT = Path(__file__).parents[2]
RELEASED = Path("proto/released/onduty.v1.binpb")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the check reads, to be changed by a test."""
    if not (ROOT / "node_modules/.bin/buf").exists():
        leave_out("buf is not installed; run `make node-tools`")
    for name in ("buf.yaml", "scripts/check-contract", "proto/onduty/v1/status.proto", RELEASED):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def change(checkout: Path, pattern: str, replacement: str) -> None:
    contract = checkout / "proto/onduty/v1/status.proto"
    changed, times = re.subn(pattern, replacement, contract.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert times == 1
    contract.write_text(changed, encoding="utf-8")


async def check(checkout: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        checkout / "scripts/check-contract", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


async def test_the_contract_goes_on_from_the_last_release(checkout: Path) -> None:
    assert await check(checkout) == (0, "contract is clean: buf lint, buf format, buf breaking\n")
    # Nothing can be checked against a file in which the service is not.
    assert pb.DESCRIPTOR.name.encode() in (ROOT / RELEASED).read_bytes()


async def test_what_is_added_breaks_nobody(checkout: Path) -> None:
    change(
        checkout, r"^  Status status = 3;$", "  Status status = 3;\n  // Something new.\n  string something_new = 99;"
    )
    assert (await check(checkout))[0] == 0


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (
            r"^  // The current status\.\n  Status status = 3;\n",
            "",
            'field "3" with name "status" on message "UserStatus"',
        ),
        (r"^  Status status = 3;$", "  Status state = 3;", 'changed name from "status" to "state"'),
        (r"^  Status status = 3;$", "  string status = 3;", 'changed type from "enum" to "string"'),
        (
            r"^  // A description of the error, for people\.\n  string message = 4;\n",
            "",
            'field "4" with name "message"',
        ),
        (
            r"(?s)^  // Returns one user's status.*?\n  }\n\n",
            "",
            'RPC "GetStatus" on service "StatusService" was deleted',
        ),
        (r"^  CAUSE_MANUAL = 1;$", "  CAUSE_BY_HAND = 1;", 'changed name from "CAUSE_MANUAL" to "CAUSE_BY_HAND"'),
    ],
    ids=[
        "a removed field",
        "a renamed field",
        "another type",
        "a removed detail",
        "a removed method",
        "a renamed value",
    ],
)
async def test_what_would_break_a_client_is_refused(checkout: Path, pattern: str, replacement: str, said: str) -> None:
    change(checkout, pattern, replacement)
    code, output = await check(checkout)
    assert code != 0 and said in output
    assert "contract is clean" not in output
