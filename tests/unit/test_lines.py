"""Lines that are written by a thread: what happens when they cannot be, and that nobody waits for them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from onduty_server.process.lines import LineWriter, QueuedText, write_all

WAIT_S = 10


class Place:
    """Where lines are written: held up until it is let go on, and broken as long as it is said to be."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken = False
        self.held = threading.Semaphore(0)
        self.reached: SimpleQueue[None] = SimpleQueue()

    def write(self, data: bytes) -> None:
        self.reached.put(None)
        assert self.held.acquire(timeout=WAIT_S)
        if self.broken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.lines.append(data.decode())

    def let_go(self) -> None:
        self.held.release(1_000)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.let_go()


def writer(place: Place, complaints: list[str] | None = None, max_bytes: int = 10) -> LineWriter:
    complaints = [] if complaints is None else complaints
    return LineWriter(
        "test", place.write, notice=lambda lines: f"{lines} dropped", complain=complaints.append, max_bytes=max_bytes
    )


def test_lines_are_written_in_order(place: Place) -> None:
    lines = writer(place)
    for each in "abc":
        lines.put(each)
    place.let_go()
    assert lines.flush(WAIT_S)
    assert place.lines == ["a\n", "b\n", "c\n"] and lines.dropped == 0


def test_what_does_not_fit_is_dropped_counted_and_said_in_its_place(place: Place) -> None:
    complaints: list[str] = []
    lines = writer(place, complaints)
    for each in "abcdefgh":  # of two bytes each: five fit
        lines.put(each)
    assert lines.dropped == 3 and complaints == ["it is not read, or not fast enough"]
    place.held.release(2)
    for _ in range(3):
        place.reached.get(timeout=WAIT_S)  # two are written, the third is under way
    lines.put("i")
    lines.put("j")
    lines.put("k")
    place.let_go()
    assert lines.flush(WAIT_S)
    assert "".join(place.lines).split("\n") == [*"abcde", "3 dropped", *"ij", "1 dropped", ""]


def test_what_was_dropped_is_said_when_nothing_else_is(place: Place) -> None:
    lines = writer(place)
    for each in "abcdefgh":
        lines.put(each)
    place.let_go()
    assert lines.flush(WAIT_S)
    assert place.lines == ["a\n", "b\n", "c\n", "d\n", "e\n", "3 dropped\n"] and lines.dropped == 3


def test_lines_that_cannot_be_written_are_counted_and_complained_of_once(place: Place) -> None:
    complaints: list[str] = []
    lines = writer(place, complaints)
    place.broken = True
    place.let_go()
    for each in "ab":
        lines.put(each)
        assert lines.flush(WAIT_S)
    assert place.lines == [] and lines.dropped == 2 and complaints == ["No space left on device"]
    place.broken = False
    lines.put("c")
    assert lines.flush(WAIT_S)
    assert sorted(place.lines) == ["2 dropped\n", "c\n"]
    place.broken = True
    lines.put("d")
    assert lines.flush(WAIT_S)
    assert complaints == ["No space left on device"] * 2


def test_a_reader_who_is_too_slow_is_complained_of_once_until_all_is_written(place: Place) -> None:
    complaints: list[str] = []
    lines = writer(place, complaints)
    for _ in range(6):
        for each in "abcdefgh":
            lines.put(each)
        place.reached.get(timeout=WAIT_S)
        place.held.release()  # one is written, and there is room for another
    assert lines.dropped > 10 and len(complaints) == 1
    place.let_go()
    assert lines.flush(WAIT_S)
    place.broken = True
    place.let_go()
    lines.put("i")
    assert lines.flush(WAIT_S)
    assert len(complaints) == 2


@pytest.mark.slow
def test_the_line_after_one_that_was_torn_begins_anew(tmp_path: Path) -> None:
    """As on a disk that is full for a while; here a file may not grow."""
    file = tmp_path / "lines"
    code = f"""
import os, resource, signal
from functools import partial
from onduty_server.process.lines import LineWriter, write_all
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
descriptor = os.open({str(file)!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
writer = LineWriter("test", partial(write_all, descriptor), notice=lambda lines: str(lines) + " dropped")
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
for line in ("one", "two-two-two", "three"):
    writer.put(line)
assert writer.flush({WAIT_S})
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
writer.put("four")
assert writer.flush({WAIT_S})
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert sorted(file.read_text().split("\n")) == ["", "2 dropped", "four", "one", "two-tw"]


def test_text_without_the_end_of_its_line_is_written_at_the_end(place: Place) -> None:
    lines = writer(place, max_bytes=1_000)
    stream = QueuedText(lines, 2)
    stream.write("a\nlast words")
    place.let_go()
    assert lines.flush(WAIT_S)
    assert place.lines == ["a\n"]
    stream.finish()
    stream.finish()
    assert lines.flush(WAIT_S)
    assert place.lines == ["a\n", "last words\n"]


def test_a_flush_gives_up(place: Place) -> None:
    lines = writer(place)
    lines.put("a")
    assert not lines.flush(0.01)
    place.let_go()
    assert lines.flush(WAIT_S)


def test_text_is_put_by_the_line_and_what_no_codec_knows_is_escaped(place: Place) -> None:
    lines = writer(place, max_bytes=1_000)
    stream = QueuedText(lines, 2)
    print("one", 1, file=stream)
    stream.write("two\nthr")
    stream.write("ee\n\ud800\nfour")
    place.let_go()
    assert lines.flush(WAIT_S)
    assert "".join(place.lines) == "one 1\ntwo\nthree\n\\ud800\n"


def test_a_pipe_that_somebody_else_made_non_blocking_is_waited_for(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    data = bytes(range(256)) * 1_024
    try:
        thread = threading.Thread(target=write_all, args=(writing, data))
        thread.start()
        received = b""
        while len(received) < len(data):
            received += os.read(reading, 65_536)
        thread.join(WAIT_S)
    finally:
        os.close(reading)
        os.close(writing)
    assert received == data and not thread.is_alive()
