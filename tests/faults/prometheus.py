"""Real Prometheus, with the rules as they are but for how long a state must last, asked by its API."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from scripts.monitoring.rules import rules
from tests.tools import need_prometheus

from onduty_server.process.clock import stopwatch

PATIENCE_S = 150.0
_POLL_S = 0.25

# A machine with much else to do takes seconds to answer, of which Prometheus by default grants ten. A scrape that is
# given up makes every gauge unknown until the next one that succeeds, and what an alert has lasted so far is forgotten.
_CONFIG = """
global: {{scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: onduty
    static_configs: [{{targets: [{targets}]}}]
"""


class Prometheus:
    """What it has been told."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def ready(self) -> bool:
        with suppress(URLError, ConnectionError), urlopen(f"{self._url}/-/ready", timeout=10) as answer:
            return bool(answer.status == 200)
        return False

    def ask(self, path: str) -> Any:
        with urlopen(f"{self._url}/api/v1/{path}", timeout=10) as answer:
            said = json.load(answer)
        assert said["status"] == "success", said
        return said["data"]

    def query(self, expr: str) -> list[Any]:
        return list(self.ask(f"query?query={quote(expr)}")["result"])

    def firing(self) -> set[str]:
        alerts = self.ask("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def fires(self, *names: str) -> bool:
        return set(names) <= self.firing()

    def fired(self, within_s: int = 3_600) -> set[str]:
        """The alerts that go off, or have done so and are over."""
        series = self.query(f'last_over_time(ALERTS{{alertstate="firing"}}[{within_s}s])')
        return {each["metric"]["alertname"] for each in series}

    def has_fired(self, *names: str) -> bool:
        return set(names) <= self.fired()

    def has_fired_since(self, began_s: float, *names: str) -> bool:
        """Whether each has gone off since then (by the stopwatch), though perhaps not all at the same time."""
        return set(names) <= self.fired(max(1, int(stopwatch() - began_s)))


@contextmanager
def watching(directory: Path, *ports: int, lasts: str = "1s") -> Iterator[Prometheus]:
    """Prometheus on the metrics at some ports of this machine. `lasts` is how long a state must last to be told of."""
    directory.mkdir()
    targets = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    (directory / "prometheus.yml").write_text(_CONFIG.format(targets=targets))
    (directory / "rules.yml").write_text(re.sub(r"( for:) \w+", rf"\1 {lasts}", rules()))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (need_prometheus(), "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{port}")
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--storage.tsdb.path=data"], cwd=directory, stdout=log, stderr=log)
    try:
        yield Prometheus(port)
    finally:
        process.kill()
        process.wait()


async def eventually(holds: Any, *arguments: Any) -> None:
    """Poll until something holds that another program brings about."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(holds, *arguments):  # noqa: ASYNC110 - no event of another program
            await asyncio.sleep(_POLL_S)
