"""What holds for every test.

Hypothesis gets no deadline per example: the machine is shared, and a slow example is no finding here. Where CI is set,
Hypothesis itself takes its "ci" profile, which has none either and derives its examples from the test alone.

Two tiers: `make test` runs what is not marked `slow`, `make test-all` everything. What is slow follows from where a
test is and what it runs against (see `_is_slow`), and a test that is not cannot start a Redis or Valkey server.

Of the tests that run over every store, those marked `cluster` run over a Redis Cluster too; `ONDUTY_TEST_CLUSTER=all`
has all of them do so. All keys of an account are in one slot, so on a Cluster most tests differ from one server only in
where calls go. Marked are tests of what touches several slots (accounts, heartbeats, sweeps, limits, gaps, history that
is dropped), and one or more of each method of the store.

A logger that has been used is not kept for good, as it is in a server: tests that listen to the log could not hear it.
"""

import gc
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from tests import valkey

# A shell has what it starts in the background ignore these two, and so would the processes that tests send them to.
for _number, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)

settings.register_profile("onduty", deadline=None, print_blob=True)
if not os.environ.get("CI"):
    settings.load_profile("onduty")


_SLOW_FOLDERS = ("tests/faults/", "tests/benchmarks/", "tests/copying/", "tests/node/", "tests/console/")
"""Servers that are killed and starved, everything that is measured, moves between stores, other languages, browsers."""

_SLOW_FILES = ("test_redis_", "test_valkey_")

_WALKS = ("tests/properties/test_service.py", "tests/properties/test_walks.py")
"""Random histories. The quick tests take them over the memory and the rules alone, and the same exact cases as always
over SQLite."""

_SLOW_TIMEOUT_S = 300.0
"""What a slow test may take at least, whatever it says itself: the limit is there to end one that hangs, and a machine
that does much else at once has taken a minute for what it does alone in ten seconds."""


def _parameters(item: pytest.Item) -> Sequence[object]:
    """Return the values of a test's parameters."""
    return (
        list(item.callspec.params.values()) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else []
    )


def _is_slow(item: pytest.Item) -> bool:
    """Folders of whole processes, and every store behind a network. Other tests say so by the marker itself."""
    if item.nodeid.startswith(_SLOW_FOLDERS) or item.path.name.startswith(_SLOW_FILES):
        return True
    if "valkey" in getattr(item, "fixturenames", ()):
        return True
    stores = [str(value).lower() for value in _parameters(item)]
    if item.nodeid.startswith(_WALKS) and any("sqlite" in store for store in stores):
        return True
    return any("redis" in store for store in stores)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what a run of the quick tests would leave out as a whole: each of its processes would."""
    if config.getoption("markexpr") != "not slow" or not collection_path.is_relative_to(config.rootpath):
        return None
    place = collection_path.relative_to(config.rootpath).as_posix()
    return True if f"{place}/" in _SLOW_FOLDERS or collection_path.name.startswith(_SLOW_FILES) else None


def _only_repeats_on_cluster(item: pytest.Item) -> bool:
    """Return True if this is a test of every store, over a Cluster, that is not one of those meant for it."""
    parameters = (
        item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    )
    return "redis-cluster" in parameters and item.get_closest_marker("cluster") is None


def _grant_time(item: pytest.Item) -> None:
    limit = item.get_closest_marker("timeout")
    limit_s = float(limit.args[0]) if limit else _SLOW_TIMEOUT_S
    # None is no limit.
    item.add_marker(pytest.mark.timeout(max(limit_s, _SLOW_TIMEOUT_S) if limit_s else 0), append=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("ONDUTY_TEST_CLUSTER") != "all":
        config.hook.pytest_deselected(items=[item for item in items if _only_repeats_on_cluster(item)])
        items[:] = [item for item in items if not _only_repeats_on_cluster(item)]
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("slow"):
            _grant_time(item)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among modules and tests, which stay: it takes as long as all the rest of collecting them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def no_redis_in_quick_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    valkey.permitted = request.node.get_closest_marker("slow") is not None
    yield
    valkey.permitted = True


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a command line run in the test's own process has set up is not for the next test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def loggers_are_not_kept() -> Iterator[None]:
    configure = structlog.configure

    def configure_without_keeping(*args: Any, **options: Any) -> None:
        configure(*args, **{**options, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_without_keeping)
        yield
