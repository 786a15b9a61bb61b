"""Every example of docs/http.md does what the page says, and every call of docs/reports.md is answered."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
from pathlib import Path

from tests.fakes import FakeClock
from tests.servers import running
from tests.tools import leave_out

from onduty_client import AsyncClient
from onduty_server.app.limits import HTTP_CONNECTIONS_MAX
from onduty_server.process.application import Application
from onduty_server.transport.errors import ERROR_TABLE
from onduty_server.transport.http.connections import HEAD_MAX_BYTES, HEADERS_MAX
from onduty_server.transport.http.failures import HTTP_STATUS
from onduty_server.transport.http.json_messages import JSON_MAX_BYTES
from onduty_server.transport.http.server import HttpListen

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "http.md").read_text()
MONDAY_NOON = 1_795_435_200_000
"""2026-11-23T12:00:00Z, ms UTC: within the day that the reports are about."""
HTTP = HttpListen("127.0.0.1:0")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found
    return found


async def output_of(application: Application, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(each.replace("127.0.0.1:50251", f"127.0.0.1:{application.http_port}") for each in command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, output.decode()
    return output.decode()


def curl_commands(text: str) -> list[list[str]]:
    lines = re.findall(r"^\$ (curl .+)$", text.replace("\\\n", " "), flags=re.MULTILINE)
    return [shlex.split(line) for line in lines]


async def test_its_curl_commands_answer() -> None:
    if shutil.which("curl") is None:
        leave_out("curl is not installed")
    async with running(clock=FakeClock(MONDAY_NOON), http=HTTP) as application:
        answers = [await output_of(application, *command) for command in curl_commands("".join(blocks("console")))]
    assert len(answers) == 15
    assert '"status":"STATUS_ONLINE"' in answers[0]
    assert '"reason":"lunch"' in answers[1]
    assert "code" not in answers[2]
    assert '"connected":true' in answers[3] and "connected" not in answers[4]
    assert '"engagements":1' in answers[5] and "engagements" not in answers[6]
    assert '"then":"THEN_ONLINE"' in answers[7] and '"nextCause":"CAUSE_EXPIRY"' in answers[7]
    assert '"displayName":"Ada Ek"' in answers[8] and '"teamId":"night"' in answers[9]
    assert answers[10].count("userStatus") == 2 and answers[11] == "{}"
    assert '"asOf":"2026-11-23T12:00:00Z"' in answers[12] and answers[13].count('"time"') == 12
    assert '"status":"STATUS_AWAY"' in answers[14]


async def test_the_curl_commands_of_reports_answer() -> None:
    if shutil.which("curl") is None:
        leave_out("curl is not installed")
    clock = FakeClock(MONDAY_NOON - 120_000)
    async with running(clock=clock, http=HTTP) as application, AsyncClient(f"127.0.0.1:{application.port}") as client:
        await client.record_activity("acme", "ada")
        clock.set(MONDAY_NOON)
        commands = curl_commands((ROOT / "docs" / "reports.md").read_text())
        answers = [json.loads(await output_of(application, *command)) for command in commands]
    account, time, counts, timelines = answers
    assert account["account"]["timeZone"] == time["timeZone"] == "Europe/Berlin"
    ((bucket,),) = (summary["buckets"] for summary in time["summaries"])
    assert bucket["times"] == [{"status": "STATUS_ONLINE", "cause": "CAUSE_ACTIVITY", "duration": "120s"}]
    assert counts["counts"][-1] == {"time": "2026-11-23T11:45:00Z"}
    unknown, online = timelines["timelines"][0]["intervals"]
    assert "status" not in unknown and (online["status"], online["endTime"]) == ("STATUS_ONLINE", timelines["asOf"])


async def test_its_javascript_runs(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        leave_out("node is not installed")
    async with running(http=HTTP) as application:
        [code] = blocks("js")
        output = await output_of(application, "node", "--input-type=module", "--eval", code)
    assert output == "STATUS_ONLINE true\nnot_found USER_UNKNOWN\n"


async def test_its_php_runs() -> None:
    if shutil.which("php") is None:
        leave_out("php is not installed (Debian: php-cli)")
    async with running(http=HTTP) as application:
        [code] = blocks("php")
        output = await output_of(application, "php", "-n", "-r", code.removeprefix("<?php\n"))
    assert output == 'STATUS_ONLINE\nnot_found: user "nobody" not found in account "acme"\n'


def test_its_figures_are_the_codes_own() -> None:
    assert f"{JSON_MAX_BYTES // 1_024} KiB in JSON" in PAGE
    assert f"{HEAD_MAX_BYTES // 1_024} KiB in total, and {HEADERS_MAX} headers" in PAGE
    assert f"{HTTP_CONNECTIONS_MAX:,}" in PAGE
    for row in ERROR_TABLE.values():
        if row.code.name not in ("OUT_OF_RANGE",):  # of watches only
            assert f"`{row.code.name.lower()}` ({HTTP_STATUS[row.code]})" in PAGE
