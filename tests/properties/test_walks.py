"""The rules, and the service over every store, equal the model in random walks (`walks.py`).

`ONDUTY_HYPOTHESIS_PROFILE=thorough` takes a million steps over memory and SQLite, and another million through the rules
alone; `ONDUTY_TEST_DICE=7` repeats a run.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
import structlog
from tests.properties.layers.events import DAY
from tests.properties.lazy import LazyAccount
from tests.properties.live import LiveAccount
from tests.properties.walks import Account, check_walks
from tests.stores.backends import BACKENDS

THOROUGH = os.environ.get("ONDUTY_HYPOTHESIS_PROFILE") == "thorough"
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
LENGTH = 50
WALKS = {"rules": 150, "memory": 20, "sqlite": 4, "redis": 4, "redis-cluster": 1}
THOROUGH_WALKS = {"rules": 20_000, "memory": 17_000, "sqlite": 3_000, "redis": 500, "redis-cluster": 200}
START = 1_000 * DAY


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of outages need not be logged."""
    with structlog.testing.capture_logs():
        yield


def opened_over(store: str, directory: Path) -> Callable[[], AbstractContextManager[Account]]:
    """Opens accounts of a store, each in a place of its own."""
    if store == "rules":
        return lambda: nullcontext(LazyAccount(START))
    numbers = itertools.count()

    @contextmanager
    def opened() -> Iterator[Account]:
        place = directory / str(next(numbers))
        place.mkdir()
        account = LiveAccount(BACKENDS[store](place), START)
        try:
            yield account
        finally:
            account.close()

    return opened


@pytest.mark.timeout(0 if THOROUGH else 300)
@pytest.mark.parametrize("store", WALKS)
def test_whatever_happens_is_what_the_model_says(
    store: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("dice", DICE)
    walks = (THOROUGH_WALKS if THOROUGH else WALKS)[store]
    steps = check_walks(opened_over(store, tmp_path), random.Random(DICE), walks, LENGTH)
    record_property("steps", steps)
