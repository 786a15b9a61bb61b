"""The service equals its model, whatever happens in whatever order: over every store, and with the engine's chunks made
so small that a handful of users fill them.

`ONDUTY_HYPOTHESIS_PROFILE=thorough` takes many more and longer runs than a change needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.properties.machine import ServiceMachine
from tests.stores.backends import BACKENDS, Backend

from onduty_server.stores.redis import store as redis_store
from onduty_server.stores.resident import overdue
from onduty_server.stores.resident import store as engine


@dataclass(frozen=True)
class Effort:
    """How many runs, of how many steps each, and how long (s) one test may take, 0 for any time."""

    runs_in_memory: int
    runs_on_disk: int
    runs_over_network: int
    steps: int
    timeout_s: int

    def runs(self, backend: type[Backend]) -> int:
        if backend.shared:
            return self.runs_over_network
        return self.runs_on_disk if backend.keeps else self.runs_in_memory


EFFORTS = {
    "": Effort(runs_in_memory=100, runs_on_disk=20, runs_over_network=6, steps=40, timeout_s=300),
    "thorough": Effort(runs_in_memory=6_000, runs_on_disk=1_500, runs_over_network=500, steps=80, timeout_s=0),
}
EFFORT = EFFORTS[os.environ.get("ONDUTY_HYPOTHESIS_PROFILE", "")]

pytestmark = pytest.mark.timeout(EFFORT.timeout_s)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of outages need not be logged."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(params=[0, 1], ids=["no user", "one user"])
def tiny_chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of users be more than the engine does in one step; a workflow change settles at most one."""
    monkeypatch.setattr(engine, "SWEEP_CHUNK", request.param)
    # A change that settles nobody must not wait for past workflows to become fewer.
    monkeypatch.setattr(engine, "PAST_WORKFLOWS_MAX", 3 if request.param else 1_000)
    monkeypatch.setattr(engine, "_SCAN_MAX", 2)
    monkeypatch.setattr(redis_store, "PAST_WORKFLOWS_MAX", 3)
    for name in ("_SCAN_MAX", "_COLLECT_BUDGET", "_PREVIEW_CHUNK", "_HISTORY_CHUNK", "_SETTLE_CHUNK", "_PRUNE_BUDGET"):
        monkeypatch.setattr(redis_store, name, 1)
    for name in ("_FEW", "_FLOOR_BITS"):
        monkeypatch.setattr(overdue, name, 1)
    for name in ("_COLLECT_CHUNK", "_PREVIEW_CHUNK", "_FLUSH_CHUNK"):
        monkeypatch.setattr(engine, name, 1)


def check(backend: str, directory: Path) -> None:
    class Machine(ServiceMachine):
        backend_class = BACKENDS[backend]

    Machine.directory = directory
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EFFORT.runs(BACKENDS[backend]),
            stateful_step_count=EFFORT.steps,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_service_equals_its_model(backend: str, tmp_path: Path) -> None:
    check(backend, tmp_path)


@pytest.mark.usefixtures("tiny_chunks")
@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_service_equals_its_model_however_little_the_engine_does_in_one_step(backend: str, tmp_path: Path) -> None:
    check(backend, tmp_path)
