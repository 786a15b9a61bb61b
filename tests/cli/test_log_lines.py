"""What a serving process writes to standard error: lines of one form, whoever wrote them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HOSTILE = "\x1b[2J\x9b\x7f\u2028\u202e"

SCRIPT = """
import logging, sys, warnings
import structlog
from onduty_server.process import logs
hostile = {hostile!r}
logs.start("info", "{form}", worker=3)
structlog.get_logger().info("ours", said=hostile)
logging.getLogger("asyncio").error("theirs: %s", hostile)
logging.getLogger("asyncio").info("not worth a line")
logging.getLogger("asyncio").log(35, "between two levels")
warnings.warn("a warning")
try:
    raise ValueError(hostile)
except ValueError:
    logging.getLogger("grpc").exception("failed")
    structlog.get_logger().exception("failed too")
print("raw", file=sys.stderr)
"""


def written(form: str) -> str:
    script = SCRIPT.format(form=form, hostile=HOSTILE)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=30)
    assert ran.stdout == b""
    return ran.stderr.decode()


def test_lines_for_programs() -> None:
    text = written("json")
    *lines, raw = text.splitlines()
    assert raw == "raw"
    events = [json.loads(line) for line in lines]
    assert [(event["level"], event.get("logger"), event["event"].partition(":")[0]) for event in events] == [
        ("info", None, "ours"),
        ("error", "asyncio", "theirs"),
        ("warning", "asyncio", "between two levels"),
        ("warning", "py.warnings", "<string>"),
        ("error", "grpc", "failed"),
        ("error", None, "failed too"),
    ]
    assert {event["worker"] for event in events} == {3} and all("timestamp" in event for event in events)
    assert events[0]["said"] == HOSTILE
    assert all("ValueError" in event["exception"] for event in events[-2:])
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_in_them_is_obeyed_by_a_terminal(form: str) -> None:
    # Not on a terminal there are no colours.
    assert written(form).replace("\n", "").isprintable()
