"""What holds for every test.

Hypothesis gets no deadline per example: the machine is shared, and a slow example is no finding here. Where CI is set,
Hypothesis itself takes its "ci" profile, which has none either and derives its examples from the test alone.

A logger that has been used is not kept for good, as it is in a server: tests that listen to the log could not hear it.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings

settings.register_profile("onduty", deadline=None, print_blob=True)
if not os.environ.get("CI"):
    settings.load_profile("onduty")


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
