"""The service equals its model, whatever happens in whatever order: over every store, and with the engine's chunks made
so small that a handful of users fill them.

`ONDUTY_HYPOTHESIS_PROFILE=thorough` takes many more and longer runs than a change needs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.properties.machine import ServiceMachine
from tests.stores.backends import BACKENDS, Backend

from onduty_server.stores.redis.steps import DEFAULT_STEPS as DEFAULT_REDIS_STEPS
from onduty_server.stores.redis.steps import StepSizes as RedisStepSizes
from onduty_server.stores.resident.steps import DEFAULT_STEPS, StepSizes


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
    "": Effort(runs_in_memory=50, runs_on_disk=10, runs_over_network=6, steps=40, timeout_s=300),
    "thorough": Effort(runs_in_memory=6_000, runs_on_disk=1_500, runs_over_network=500, steps=80, timeout_s=0),
}
EFFORT = EFFORTS[os.environ.get("ONDUTY_HYPOTHESIS_PROFILE", "")]

pytestmark = pytest.mark.timeout(EFFORT.timeout_s)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of outages need not be logged."""
    with structlog.testing.capture_logs():
        yield


def check(
    backend: str, directory: Path, resident: StepSizes = DEFAULT_STEPS, redis: RedisStepSizes = DEFAULT_REDIS_STEPS
) -> int:
    """Run it; how many steps were taken."""

    class Machine(ServiceMachine):
        backend_class = type(backend, (BACKENDS[backend],), {"resident_steps": resident, "redis_steps": redis})

    Machine.directory = directory
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EFFORT.runs(BACKENDS[backend]),
            stateful_step_count=EFFORT.steps,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    return Machine.steps


@pytest.mark.cluster
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_service_equals_its_model(
    backend: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("steps", check(backend, tmp_path))


TINY = StepSizes(
    scan=2, collect=1, preview=1, flush=1, settle=1, past_workflows=3, overdue_in_order=1, overdue_block_bits=1
)
"""A handful of users are more than the engine does in one step; a workflow change settles at most one."""
TINY_REDIS = RedisStepSizes(scan=1, collect=1, preview=1, settle=1, history=1, prune=1, past_workflows=3)
"""The same for the store over Redis."""
TINY_SETTLING_NOBODY = replace(TINY, settle=0, past_workflows=1_000)
"""A change that settles nobody must not wait for past workflows to become fewer."""


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("steps", [TINY_SETTLING_NOBODY, TINY], ids=["no user", "one user"])
def test_the_service_equals_its_model_however_little_the_engine_does_in_one_step(
    backend: str, steps: StepSizes, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("steps", check(backend, tmp_path, steps, TINY_REDIS))
