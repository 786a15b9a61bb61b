"""Real Prometheus on two workers over Valkey: every rule and every query of the dashboard, and alerts that go off."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from grpc import aio
from scripts.monitoring.alerts import ALERTS
from scripts.monitoring.dashboard import queries
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.prometheus import PATIENCE_S, Prometheus, eventually, watching
from tests.grpc.wire import period
from tests.tools import need_prometheus
from tests.valkey import ValkeyServer

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import stopwatch

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
                    await provoke(stub, store, server, port, prometheus)
                await server.kill()
                await eventually(prometheus.fires, "OndutyDown")


async def provoke(stub: Any, store: ValkeyServer, server: ServerProcess, port: int, prometheus: Prometheus) -> None:
    """Refusals, and then a store that is gone and comes back."""
    await set_up(stub)
    await eventually(prometheus.query, "onduty_build_info")
    calling = asyncio.create_task(call_all_the_time(stub))
    try:
        await eventually(prometheus.fires, "OndutyCallsRefused")
        await asyncio.to_thread(check_rules, prometheus)
        await eventually(lambda: not unanswered(prometheus))
        while not await asyncio.to_thread(prometheus.has_fired, "OndutyRedisSlow", "OndutyWorkersMissing"):
            # A store that stops for a moment, and a worker that ends as often as it is replaced.
            store.freeze()
            await asyncio.sleep(0.4)
            store.thaw()
            await replace_newest_worker(server)
        quiet = {"OndutyStoreUnreachable", "OndutySwitchesLate", "OndutyDown"}
        await eventually(lambda: not prometheus.firing() & quiet)

        await freeze_while_swept(store, port)
        since_s = stopwatch()
        late = ("OndutyStoreUnreachable", "OndutyCallsUnavailable", "OndutySwitchesLate")
        await eventually(prometheus.has_fired_since, since_s, *late)
        store.thaw()
        await eventually(lambda: not prometheus.fires("OndutyStoreUnreachable"))
    finally:
        calling.cancel()
        await asyncio.wait([calling])


async def replace_newest_worker(server: ServerProcess) -> None:
    """Kill a worker, and wait until another serves in its place."""
    before = workers(server)
    os.kill(before[-1], signal.SIGKILL)
    await eventually(lambda: len(workers(server)) > len(before))


def workers(server: ServerProcess) -> list[int]:
    """The pids of all that ever served, in that order."""
    return [int(line["pid"]) for line in server.log if line.get("event") == "a worker serves"]


async def freeze_while_swept(store: ValkeyServer, port: int) -> None:
    """Freeze the store while a worker sweeps the account.

    The lease of one that was killed runs for two seconds more. If the store stops within them, nobody is left who knows
    when the next switch is due, and so nobody can tell that it is late.
    """
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await eventually(sweeps, port)
            store.freeze()
            if await asyncio.to_thread(sweeps, port):
                return
            store.thaw()


def sweeps(port: int) -> bool:
    """Whether some worker has the lease of a partition; there is one account, and so one partition."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return any(line.startswith("onduty_partitions_held ") and float(line.split()[1]) > 0 for line in lines)


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
            # Long enough for the server to say what is wrong, however busy the machine is.
            await stub.RecordActivity(request, timeout=10)
        await asyncio.sleep(0.02)


def check_rules(prometheus: Prometheus) -> None:
    """Prometheus has evaluated every rule without an error."""
    [group] = prometheus.ask("rules")["groups"]
    assert {rule["name"] for rule in group["rules"]} == {alert.name for alert in ALERTS}
    assert {rule["name"]: rule.get("lastError") for rule in group["rules"] if rule["health"] != "ok"} == {}


def unanswered(prometheus: Prometheus) -> list[str]:
    """The queries of the dashboard that Prometheus answers with nothing; none may be an error."""
    empty = [query for query in queries() if not prometheus.query(query)]
    # What this store does not know, and what nobody has done yet.
    unknown = ("onduty_users", "onduty_team_workflows", "onduty_journal_backlog_entries")
    return [query for query in empty if not any(name in query for name in unknown)]
