"""Full passes of the garbage collector are put off while reports are made, and not for ever."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from onduty_server.app.full_passes import FullPasses

THRESHOLDS = (700, 10, 10)


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    yield
    gc.set_threshold(*before)


def full_passes_while_much_is_made() -> int:
    """As many objects as bring about one in other circumstances."""
    found = 0

    def note(phase: str, info: dict[str, int]) -> None:
        nonlocal found
        found += phase == "start" and info["generation"] == 2

    gc.callbacks.append(note)
    try:
        kept = [[number] for number in range(2 * 700 * 11 * 11 + len(gc.get_objects()))]
    finally:
        gc.callbacks.remove(note)
    del kept
    return found


def test_no_full_pass_looks_at_what_is_made_meanwhile() -> None:
    assert full_passes_while_much_is_made()
    with FullPasses().put_off():
        assert not full_passes_while_much_is_made()
    assert gc.get_threshold() == THRESHOLDS
    assert full_passes_while_much_is_made()


def test_those_at_once_wait_for_the_last() -> None:
    passes = FullPasses()
    with passes.put_off():
        with passes.put_off():
            pass
        assert gc.get_threshold() != THRESHOLDS
    assert gc.get_threshold() == THRESHOLDS


def test_they_come_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), FullPasses().put_off():
        raise ZeroDivisionError
    assert gc.get_threshold() == THRESHOLDS


def test_they_come_again_although_one_report_follows_the_other_without_an_end() -> None:
    passes = FullPasses()
    before = passes.put_off()
    before.__enter__()
    begun = 1
    while gc.get_threshold() != THRESHOLDS:
        following = passes.put_off()
        following.__enter__()
        before.__exit__(None, None, None)
        before, begun = following, begun + 1
        assert begun < 100
    assert begun > 10
    before.__exit__(None, None, None)
    assert gc.get_threshold() == THRESHOLDS
    with passes.put_off():
        assert gc.get_threshold() != THRESHOLDS
