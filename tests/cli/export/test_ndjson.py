"""Events as lines of a file."""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.export.scripted import event

from onduty_server.cli.remote.export.ndjson import LinesFile
from onduty_server.cli.remote.export.sinks import NotDelivered, Problem


async def test_lines_are_appended_and_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "events"
    file = LinesFile(path)
    await file.deliver([event(1), event(2)])
    await file.deliver([event(3)])
    path.rename(tmp_path / "events.1")
    await file.deliver([event(4)])
    await file.close()
    assert (tmp_path / "events.1").read_text() == "event 1\nevent 2\nevent 3\n"
    assert path.read_text() == "event 4\n"
    assert path.stat().st_mode & 0o777 == 0o600, "it names people"


@pytest.mark.parametrize("torn", ["", "event", "x" * 200_000], ids=len)
async def test_what_a_crash_cut_short_is_removed(tmp_path: Path, torn: str) -> None:
    for whole in ("", "event 1\nevent 2\n"):
        (tmp_path / "events").write_text(whole + torn)
        file = LinesFile(tmp_path / "events")
        await file.deliver([event(3)])
        await file.close()
        assert (tmp_path / "events").read_text() == f"{whole}event 3\n"


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may be larger than 20 bytes, as if the disk were full."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, handler)


async def test_on_a_full_disk_nothing_of_a_line_stays(tmp_path: Path, small_files: None) -> None:
    file = LinesFile(tmp_path / "events")
    await file.deliver([event(1)])
    with pytest.raises(NotDelivered, match=os.strerror(errno.EFBIG)) as failed:
        await file.deliver([event(2), event(3)])
    assert failed.value.problem is Problem.UNAVAILABLE
    assert (tmp_path / "events").read_text() == "event 1\n"
    await file.deliver([event(2)])
    await file.close()
    assert (tmp_path / "events").read_text() == "event 1\nevent 2\n"
