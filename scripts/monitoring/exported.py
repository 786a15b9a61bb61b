"""Finds out what a server exports, by starting one with all its collectors and no port of the outside."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Metric

from onduty_server.process.application import Application
from onduty_server.process.clock import SystemClock
from onduty_server.process.figures import LoopLag, export_figures, of_supervisor
from onduty_server.process.metrics import PrometheusObserver
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.grpc.server import Listen
from onduty_server.transport.http.server import HttpListen


class _Two:
    ready = starts = 2


def exported() -> list[Metric]:
    """Return all metrics, those of a supervisor of workers included."""
    return asyncio.run(_exported())


async def _exported() -> list[Metric]:
    clock, registry = SystemClock(), CollectorRegistry()
    observer = PrometheusObserver(registry)
    LoopLag(registry)
    http = HttpListen("127.0.0.1:0")
    server = Application(MemoryStore(clock), clock, Listen("127.0.0.1:0"), http=http, observer=observer)
    export_figures(registry, server, clock)
    await server.start()
    try:
        both = {each.name: each for each in (*of_supervisor(2, _Two()).collect(), *registry.collect())}
        return list(both.values())
    finally:
        await server.stop()


def series(families: list[Metric]) -> set[str]:
    """Return the names that queries may use."""
    names: set[str] = set()
    for family in families:
        match family.type:
            case "counter":
                names.add(f"{family.name}_total")
            case "histogram":
                names |= {f"{family.name}{suffix}" for suffix in ("_bucket", "_count", "_sum")}
            case _:
                names.add(family.name)
    return names
