"""What holds for every test.

Hypothesis gets no deadline per example: the machine is shared, and a slow example is no finding here. Where CI is set,
Hypothesis itself takes its "ci" profile, which has none either and derives its examples from the test alone.

Two tiers: `make test` runs what is not marked `slow`, `make test-all` everything. What is slow follows from where a
test is and what it runs against (see `_is_slow`), and a test that is not cannot start a Redis or Valkey server.

A logger that has been used is not kept for good, as it is in a server: tests that listen to the log could not hear it.
"""

import os
import signal
from collections.abc import Iterator
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


_SLOW_FOLDERS = ("tests/faults/", "tests/benchmarks/", "tests/copying/", "tests/node/")
"""Servers that are killed and starved, everything that is measured, moves between stores, other languages' clients."""


def _is_slow(item: pytest.Item) -> bool:
    """Folders of whole processes, and every store behind a network. Other tests say so by the marker itself."""
    if item.nodeid.startswith(_SLOW_FOLDERS) or item.path.name.startswith(("test_redis_", "test_valkey_")):
        return True
    if "valkey" in getattr(item, "fixturenames", ()):
        return True
    values = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    return any("redis" in str(value).lower() for value in values)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)


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
