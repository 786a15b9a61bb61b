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
from typing import TypeVar

import pytest
import structlog
from tests.properties.layers.events import DAY
from tests.properties.lazy import LazyAccount
from tests.properties.live import LiveAccount
from tests.properties.report_walks import LiveReports, check_report_walks
from tests.properties.team_walks import LiveTeams, check_team_walks
from tests.properties.walks import Account, check_walks
from tests.stores.backends import BACKENDS

THOROUGH = os.environ.get("ONDUTY_HYPOTHESIS_PROFILE") == "thorough"
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
LENGTH = 50
WALKS = {"rules": 150, "memory": 20, "sqlite": 4, "redis": 4, "redis-cluster": 1}
THOROUGH_WALKS = {"rules": 20_000, "memory": 17_000, "sqlite": 3_000, "redis": 500, "redis-cluster": 200}
TEAM_WALKS = {"memory": 20, "sqlite": 6, "redis": 4, "redis-cluster": 1}
REPORT_WALKS = {"memory": 8, "sqlite": 3, "redis": 2, "redis-cluster": 1}
START = 1_000 * DAY


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of outages need not be logged."""
    with structlog.testing.capture_logs():
        yield


def opened_by_the_rules() -> AbstractContextManager[Account]:
    """An account that only the rules keep."""
    return nullcontext(LazyAccount(START))


Live = TypeVar("Live", bound=LiveAccount)


def opened_over(store: str, directory: Path, kind: type[Live]) -> Callable[[], AbstractContextManager[Live]]:
    """Opens accounts of a store, each in a place of its own."""
    numbers = itertools.count()

    @contextmanager
    def opened() -> Iterator[Live]:
        place = directory / str(next(numbers))
        place.mkdir()
        account = kind(BACKENDS[store](place), START)
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
    opened: Callable[[], AbstractContextManager[Account]]
    opened = (
        (lambda: nullcontext(LazyAccount(START))) if store == "rules" else opened_over(store, tmp_path, LiveAccount)
    )
    record_property("steps", check_walks(opened, random.Random(DICE), walks, LENGTH))


@pytest.mark.timeout(0 if THOROUGH else 300)
@pytest.mark.parametrize("store", TEAM_WALKS)
def test_whatever_happens_in_teams_is_what_the_model_says(
    store: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("dice", DICE)
    walks = TEAM_WALKS[store] * (200 if THOROUGH else 1)
    opened = opened_over(store, tmp_path, LiveTeams)
    record_property("steps", check_team_walks(opened, random.Random(DICE), walks, LENGTH))


@pytest.mark.timeout(0 if THOROUGH else 300)
@pytest.mark.parametrize("store", REPORT_WALKS)
def test_whatever_was_is_what_the_plain_sum_says(
    store: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("dice", DICE)
    walks = REPORT_WALKS[store] * (200 if THOROUGH else 1)
    opened = opened_over(store, tmp_path, LiveReports)
    record_property("steps", check_report_walks(opened, random.Random(DICE), walks, LENGTH))
