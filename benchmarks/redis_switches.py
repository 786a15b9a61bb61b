"""Timed switches over Redis: how many a second with one worker and with two, and what a look at somebody costs.

Switches: users of many accounts, made with the automated switch off; then it is switched on everywhere, so that all
fall due in the same second, and `onduty serve` processes commit them. The rate is that of the middle 80 %, read from
the accounts' revisions in the Valkey; CPU is that of all processes of onduty, and of the Valkey, over the same time.
Each account has a partition of its own, so that the workers have something to share; on two cores the Valkey is a
third process, so that two workers cannot be twice as fast.

A look: everybody was active since, once, so that the sweeper finds that none is due and puts each back at their true
place. That is what the index costs for each busy user and period, however many activities they had. In-process, with
a clock that is turned. Users who are idle with nothing ahead of them are in no queue that is looked at: an account of
such users costs nothing, a process its rounds (see the cost of each call over Redis).

Left out: watchers, gRPC, and the commits of replicas.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import grpc
import uvloop
from google.protobuf.duration_pb2 import Duration
from tests.fakes import FakeClock
from tests.valkey import ValkeyServer

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.ports.activities import ActivityReport
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.clock import SystemClock
from onduty_server.process.logs import configure
from onduty_server.stores.redis.keys import Keys, partition_of
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

from .context import Context
from .figures import Figure
from .population import ACCOUNT, user_id
from .processes import cpu_ns, serving

TITLE = "Timed switches over Redis"
_ACCOUNTS = 32
_AT_A_TIME = 2_000
_DUE_AFTER_S = 3
_PERIOD_MS = 600_000
_CHUNK = 128
_POLL_S = 0.05
_TIMEOUT_S = 600.0
_KEYS = Keys("onduty")


class _Progress(NamedTuple):
    """How far the switches are, and what it has cost by then."""

    at_s: float
    switched: int
    mine_ns: int
    store_ns: int


def run(context: Context) -> Sequence[Figure]:
    """Switch everybody with one worker, then with two; then look at everybody."""
    figures: list[Figure] = []
    users = context.scale.redis_switched_users
    for workers in (1, 2):
        with context.folder(f"redis-switches-{workers}") as folder, ValkeyServer() as valkey:
            uvloop.run(_fill(valkey, users))
            figures += _switch(folder, valkey, users, workers)
    with ValkeyServer() as valkey:
        figures += uvloop.run(_look(valkey, users))
    return figures


def _accounts() -> list[str]:
    """Accounts of which no two share a partition."""
    by_partition: dict[int, str] = {}
    number = 0
    while len(by_partition) < _ACCOUNTS:
        account_id = f"{ACCOUNT}-{number}"
        by_partition.setdefault(partition_of(account_id), account_id)
        number += 1
    return list(by_partition.values())


async def record_first(service: StatusService, store: RedisStore, accounts: Sequence[str], users: int) -> None:
    """Make users known and ONLINE, dealt out to the accounts."""
    for first in range(0, users, _AT_A_TIME):
        reports = [
            ActivityReport(index - first, accounts[index % len(accounts)], user_id(index), None)
            for index in range(first, min(first + _AT_A_TIME, users))
        ]
        assert not await service.record_activities(reports)
        await store.heartbeat()


async def _fill(valkey: ValkeyServer, users: int) -> None:
    store = RedisStore(parse_address(f"redis://127.0.0.1:{valkey.port}"), SystemClock())
    await store.open()
    await record_first(StatusService(store), store, _accounts(), users)
    await store.close()


def _switch(folder: Path, valkey: ValkeyServer, users: int, workers: int) -> list[Figure]:
    accounts = _accounts()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(folder, f"redis://127.0.0.1:{valkey.port}", "--count-outage-as-inactivity"))
            for _ in range(workers)
        ]
        with grpc.insecure_channel(f"127.0.0.1:{servers[0].port}") as channel:
            stub = pb_grpc.StatusServiceStub(channel)
            for account_id in accounts:
                workflow = pb.Workflow(account_id=account_id, enabled=True, away_after=Duration(seconds=_DUE_AFTER_S))
                stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
        before = _revisions(valkey, accounts)
        samples: list[_Progress] = []
        ends_at = time.perf_counter() + _TIMEOUT_S
        while not samples or samples[-1].switched < users:
            assert time.perf_counter() < ends_at, "the switches do not end"
            time.sleep(_POLL_S)
            switched = _revisions(valkey, accounts) - before
            mine_ns = sum(cpu_ns(server.pid) for server in servers)
            samples.append(_Progress(time.perf_counter(), switched, mine_ns, cpu_ns(valkey.pid)))
    first = next(sample for sample in samples if sample.switched >= users * 0.1)
    last = next(sample for sample in samples if sample.switched >= users * 0.9)
    if last.switched == first.switched:
        first = samples[0]
    switched, seconds = last.switched - first.switched, last.at_s - first.at_s
    mine_s, store_s = (last.mine_ns - first.mine_ns) / 1e9, (last.store_ns - first.store_ns) / 1e9
    cores = f"{mine_s / seconds:.2f} and {store_s / seconds:.2f}"
    return [
        Figure(
            f"switches, {workers} worker{'s' * (workers > 1)}",
            switched / seconds,
            "/s",
            None,
            f"of {users:,} users in {_ACCOUNTS} accounts; {mine_s * 1e6 / switched:.0f} us of CPU each in onduty, "
            f"{store_s * 1e6 / switched:.0f} in the store; busy cores: {cores}",
        )
    ]


def _revisions(valkey: ValkeyServer, accounts: Sequence[str]) -> int:
    pipeline = valkey.client.pipeline(transaction=False)
    for account_id in accounts:
        pipeline.hget((_KEYS.of_partition[partition_of(account_id)] + b"a:").decode() + account_id, "rev")
    return sum(int(revision) for revision in pipeline.execute())


async def _look(valkey: ValkeyServer, users: int) -> list[Figure]:
    clock = FakeClock()
    # The clock jumps, which looks like an outage.
    configure("error", as_json=False)
    store = RedisStore(
        parse_address(f"redis://127.0.0.1:{valkey.port}"),
        clock,
        StoreOptions(count_outage_as_inactivity=True),
        own_time=True,
    )
    service = StatusService(store)
    await store.open()
    patch: WorkflowPatch = {"enabled": True, "away_after_ms": _PERIOD_MS}
    await service.update_workflow(ACCOUNT, patch)
    await record_first(service, store, [ACCOUNT], users)
    clock.advance(_PERIOD_MS // 2)
    await store.heartbeat()
    await record_first(service, store, [ACCOUNT], users)
    clock.advance(_PERIOD_MS // 2)
    await store.heartbeat()
    scripts = store.round_trips
    cpu_s, store_ns = time.process_time(), cpu_ns(valkey.pid)
    while True:
        sweep = await store.settle_due(_CHUNK)
        assert not sweep.switched, "they were active"
        if sweep.next_due is None or sweep.next_due > clock.now():
            break
        await asyncio.sleep(0)
    mine_us, store_us = (time.process_time() - cpu_s) * 1e6, (cpu_ns(valkey.pid) - store_ns) / 1e3
    trips = store.round_trips - scripts
    await store.close()
    return [
        Figure(
            "a look at a user who was active, in the store",
            store_us / users,
            "us of CPU a period",
            None,
            f"{mine_us / users:.2f} in onduty; {users:,} users in {trips} round trips",
        )
    ]
