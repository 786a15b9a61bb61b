"""The files of a server that requires credentials, with a fake clock."""

from pathlib import Path

import pytest
from tests.access.site import Site
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Site:
    return Site(tmp_path, clock)
