"""Measures the cost of each call over Redis: round trips, commands counted at the store, and CPU on both sides.

`StatusService` over `RedisStore`, called in-process one call after the other, on an account of as many users as the
other benchmarks of calls have. Round trips are the pipelines that onduty sent; commands are what the Valkey's own
counts (INFO commandstats) grew by, those inside of scripts included; onduty's CPU is this process's, the store's that
of the Valkey's process, each the least of five rounds, since whatever else runs on the machine adds to it. Called one
by one, nothing is shared: under load several calls make one round trip, and each costs less on both sides (see CPU per
unary call over Redis).

A watched account costs each process that watches it a blocking read and one of what is new whenever there is something
(the last figure less that of SetStatus), and a bookmark each 0.9 s. The round that keeps leases and heartbeats comes
once a process and half a second, whatever is called. Left out: gRPC, and what a watch costs beyond the store.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import uvloop
from tests.valkey import ValkeyServer

from onduty_server.app.ports.activities import ActivityReport
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.clock import SystemClock
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

from .context import Context
from .figures import Figure
from .population import ACCOUNT, user_id
from .processes import cpu_ns

TITLE = "Cost of each call over Redis"
_PERIODS: WorkflowPatch = {"enabled": True, "away_after_ms": 600_000, "offline_after_ms": 1_800_000}
_BATCH = 100
_STREAM = 500
_ROUNDS = 5


def run(context: Context) -> Sequence[Figure]:
    """Call each in turn."""
    with ValkeyServer() as valkey:
        return uvloop.run(_measure(valkey, context.scale.call_users, context.scale.calls_per_round))


async def _measure(valkey: ValkeyServer, users: int, calls: int) -> list[Figure]:
    store = RedisStore(parse_address(f"redis://127.0.0.1:{valkey.port}"), SystemClock())
    service = StatusService(store)
    await store.open()
    await service.update_workflow(ACCOUNT, _PERIODS)
    ids = [user_id(index) for index in range(users)]
    await service.record_activities([ActivityReport(place, ACCOUNT, it, None) for place, it in enumerate(ids)])
    pick, new, turns = random.Random(1), itertools.count(users), itertools.count()
    turn = itertools.cycle((Status.AWAY, Status.ONLINE))

    def one() -> str:
        return pick.choice(ids)

    async def of_stream() -> None:
        await service.record_activities(
            [ActivityReport(place, ACCOUNT, it, None) for place, it in enumerate(pick.choices(ids, k=_STREAM))]
        )

    async def available(order: AvailabilityOrder) -> None:
        await service.list_available_users(ACCOUNT, order=order, limit=10)

    kinds: dict[str, tuple[Callable[[], Awaitable[object]], int]] = {
        "RecordActivity": (lambda: service.record_activity(ACCOUNT, one()), 1),
        "RecordActivity, a new user": (lambda: service.record_activity(ACCOUNT, user_id(next(new))), 1),
        f"RecordActivities, each of {_STREAM}": (of_stream, _STREAM),
        "SetStatus": (lambda: service.set_status(ACCOUNT, one(), next(turn), actor="kim", reason="lunch"), 1),
        "GetStatus": (lambda: service.get_status(ACCOUNT, one()), 1),
        f"BatchGetStatuses of {_BATCH}": (lambda: service.batch_get_statuses(ACCOUNT, pick.choices(ids, k=_BATCH)), 1),
        f"ListStatuses, a page of {_BATCH}": (lambda: service.list_statuses(ACCOUNT, page_size=_BATCH), 1),
        **{f"ListAvailableUsers, 10 by {order.name}": (partial(available, order), 1) for order in AvailabilityOrder},
        "GetWorkflow": (lambda: service.get_workflow(ACCOUNT), 1),
        "UpdateWorkflow": (
            lambda: service.update_workflow(ACCOUNT, {"away_after_ms": 600_000 + next(turns)}),
            1,
        ),
        "UpdateWorkflow, validate_only": (
            lambda: service.preview_workflow(ACCOUNT, {"away_after_ms": 500_000}),
            1,
        ),
        f"ListStatusChanges, a page of {_BATCH}": (lambda: service.list_status_changes(ACCOUNT, page_size=_BATCH), 1),
        "bookmark of a watched account": (lambda: store.settled_until(ACCOUNT), 1),
        "round of a process, one partition": (store.heartbeat, 1),
    }
    figures = [
        await _cost(name, call, items, max(2, calls // (10 * items)), store, valkey)
        for name, (call, items) in kinds.items()
    ]
    subscription = await store.subscribe(ACCOUNT, lambda events: None)
    name, (call, items) = "SetStatus, the account followed", kinds["SetStatus"]
    figures.append(await _cost(name, call, items, max(2, calls // 10), store, valkey))
    subscription.cancel()
    await store.close()
    return figures


async def _cost(
    name: str, call: Callable[[], Awaitable[object]], items: int, calls: int, store: RedisStore, valkey: ValkeyServer
) -> Figure:
    """The cost of a call, or of each of the items that it takes at once."""
    await call()  # the server has its script from then on
    mine_us, store_us = [], []
    done = calls * items
    trips = 0.0
    for _ in range(_ROUNDS):
        # Nothing but the calls: a heartbeat vouches for longer than they take.
        await store.heartbeat()
        valkey.reset_commandstats()
        pipelines, cpu_s, store_ns = store.round_trips, time.process_time(), cpu_ns(valkey.pid)
        for _ in range(calls):
            await call()
        mine_us.append((time.process_time() - cpu_s) * 1e6 / done)
        store_us.append((cpu_ns(valkey.pid) - store_ns) / 1e3 / done)
        trips = (store.round_trips - pipelines) / done
    counts = {command: count.calls for command, count in valkey.commandstats().items()}
    scripts = counts.pop("evalsha", 0) + counts.pop("eval", 0)
    for own in ("config|resetstat", "info"):
        counts.pop(own, None)
    by_name = ", ".join(
        f"{count / done:.3g} {command}" for command, count in sorted(counts.items()) if count / done > 0.01
    )
    return Figure(
        name,
        trips,
        "round trips",
        None,
        f"{min(mine_us):.0f} us of CPU in onduty, {min(store_us):.0f} in the store; "
        f"{scripts / done:.3g} scripts with {sum(counts.values()) / done:.3g} commands: {by_name}",
    )
