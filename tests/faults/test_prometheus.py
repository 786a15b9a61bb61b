"""Real Prometheus on two workers over Valkey: every rule and every query of the dashboard, and alerts that go off."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from grpc import aio
from scripts.monitoring.alerts import ALERTS
from scripts.monitoring.dashboard import queries
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.prometheus import Prometheus, eventually, watching
from tests.grpc.wire import period
from tests.tools import need_prometheus
from tests.valkey import ValkeyServer

from onduty.v1 import status_pb2 as pb

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]

PROVOKED = {
    *("OndutyCallsRefused", "OndutyStoreUnreachable", "OndutyCallsUnavailable", "OndutySwitchesLate", "OndutyDown"),
    *("OndutyRedisSlow", "OndutyWorkersMissing"),
}


async def test_rules_and_dashboard_work_and_alerts_go_off(tmp_path: Path) -> None:
    need_prometheus()
    flags = ("--workers", "2", "--metrics-listen", "127.0.0.1:0", "--caller-rate", "5")
    with ValkeyServer() as store:
        async with Servers(tmp_path) as servers:
            server = await servers.start(store.address, *flags)
            [port] = [line["port"] for line in server.log if line.get("event") == "serving metrics"]
            with watching(tmp_path / "prometheus", port) as prometheus:
                await eventually(prometheus.ready)
                async with connected(server.address) as stub:
                    await provoke(stub, store, server, prometheus)
                await server.kill()
                await eventually(prometheus.fires, "OndutyDown")


async def provoke(stub: Any, store: ValkeyServer, server: ServerProcess, prometheus: Prometheus) -> None:
    """Refusals, and then a store that is gone and comes back."""
    await set_up(stub)
    await eventually(prometheus.query, "onduty_build_info")
    calling = asyncio.create_task(call_all_the_time(stub))
    try:
        await eventually(prometheus.fires, "OndutyCallsRefused")
        await asyncio.to_thread(check_rules, prometheus)
        await asyncio.to_thread(check_dashboard, prometheus)
        while not await asyncio.to_thread(prometheus.has_fired, "OndutyRedisSlow", "OndutyWorkersMissing"):
            # A store that stops for a moment, and a worker that ends as often as it is replaced.
            store.freeze()
            await asyncio.sleep(0.4)
            store.thaw()
            with suppress(ProcessLookupError):
                os.kill(newest_worker(server), signal.SIGKILL)
            await asyncio.sleep(1)
        assert not prometheus.firing() & {"OndutyStoreUnreachable", "OndutySwitchesLate", "OndutyDown"}

        store.freeze()
        await eventually(prometheus.fires, "OndutyStoreUnreachable", "OndutyCallsUnavailable", "OndutySwitchesLate")
        store.thaw()
        await eventually(lambda: not prometheus.fires("OndutyStoreUnreachable"))
    finally:
        calling.cancel()
        await asyncio.wait([calling])


def newest_worker(server: ServerProcess) -> int:
    return [int(line["pid"]) for line in server.log if line.get("event") == "a worker serves"][-1]


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
    unknown = ("onduty_users", "onduty_team_workflows", "onduty_journal_backlog_entries")
    assert [query for query in empty if not any(name in query for name in unknown)] == []
