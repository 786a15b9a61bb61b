"""Real Prometheus on two workers over Valkey: every rule and every query of the dashboard, and alerts that go off."""

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

import pytest
from grpc import aio
from scripts.monitoring.alerts import ALERTS
from scripts.monitoring.dashboard import queries
from scripts.monitoring.rules import rules
from tests.faults.process import ServerProcess, Servers, connected
from tests.grpc.wire import period
from tests.tools import need_prometheus
from tests.valkey import ValkeyServer

from onduty.v1 import status_pb2 as pb

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PATIENCE_S = 90.0
_POLL_S = 0.25
_SOON = "1s"

_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: onduty
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """What it has been told, asked by its API."""

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


@contextmanager
def watching(server: ServerProcess, directory: Path) -> Iterator[Prometheus]:
    """Prometheus on a server, with the rules as they are but for how long a state must last."""
    metrics = next(line for line in server.log if line.get("event") == "serving metrics")
    directory.mkdir()
    (directory / "prometheus.yml").write_text(_CONFIG.format(port=metrics["port"]))
    (directory / "rules.yml").write_text(re.sub(r"( for:) \w+", rf"\1 {_SOON}", rules()))
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


async def test_rules_and_dashboard_work_and_alerts_go_off(tmp_path: Path) -> None:
    need_prometheus()
    flags = ("--workers", "2", "--metrics-listen", "127.0.0.1:0", "--caller-rate", "5")
    with ValkeyServer() as store:
        async with Servers(tmp_path) as servers:
            server = await servers.start(store.address, *flags)
            with watching(server, tmp_path / "prometheus") as prometheus:
                await eventually(prometheus.ready)
                async with connected(server.address) as stub:
                    await provoke(stub, store, prometheus)
                await server.kill()
                await eventually(prometheus.fires, "OndutyDown")


async def provoke(stub: Any, store: ValkeyServer, prometheus: Prometheus) -> None:
    """Refusals, and then a store that is gone and comes back."""
    await set_up(stub)
    await eventually(prometheus.query, "onduty_build_info")
    calling = asyncio.create_task(call_all_the_time(stub))
    try:
        await eventually(prometheus.fires, "OndutyCallsRefused")
        await asyncio.to_thread(check_rules, prometheus)
        await asyncio.to_thread(check_dashboard, prometheus)
        assert not prometheus.firing() & {"OndutyStoreUnreachable", "OndutySwitchesLate", "OndutyDown"}

        store.freeze()
        await eventually(prometheus.fires, "OndutyStoreUnreachable", "OndutyCallsUnavailable", "OndutySwitchesLate")
        store.thaw()
        await eventually(lambda: not prometheus.fires("OndutyStoreUnreachable"))
    finally:
        calling.cancel()
        await asyncio.wait([calling])


async def set_up(stub: Any) -> None:
    """An account whose users go AWAY, and one of them who does so soon."""
    workflow = pb.Workflow(account_id="acme", enabled=True, away_after=period(15_000))
    await stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow), timeout=10)


async def call_all_the_time(stub: Any) -> None:
    """More calls than a caller may make, of users who are new so that one of them is always due soon."""
    number = 0
    while True:
        number += 1
        request = pb.RecordActivityRequest(account_id="acme", user_id=f"user-{number}")
        with suppress(aio.AioRpcError):
            await stub.RecordActivity(request, timeout=2)
        await asyncio.sleep(0.02)


def check_rules(prometheus: Prometheus) -> None:
    """Prometheus has evaluated every rule without an error."""
    [group] = prometheus.ask("rules")["groups"]
    assert {rule["name"] for rule in group["rules"]} == {alert.name for alert in ALERTS}
    assert {rule["name"]: rule.get("lastError") for rule in group["rules"] if rule["health"] != "ok"} == {}


def check_dashboard(prometheus: Prometheus) -> None:
    """Prometheus answers every query, and most of them with something."""
    asked = list(queries())
    empty = [query for query in asked if not prometheus.query(query)]
    # What this store does not know, and what nobody has done yet.
    unknown = ("onduty_users", "onduty_journal_backlog_entries")
    assert [query for query in empty if not any(name in query for name in unknown)] == []
