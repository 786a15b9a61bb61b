"""Token buckets: how many pass, when the next one does, and that made-up keys cost no memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import FakeClock

from onduty_server.domain.errors import LimitExceeded
from onduty_server.transport.rates import Rates


def rates(clock: FakeClock, per_s: float, *, burst_s: float = 1.0, keys_max: int = 100) -> Rates:
    return Rates(clock, per_s, burst_s=burst_s, keys_max=keys_max, what="calls")


def passes(buckets: Rates, key: str) -> bool:
    try:
        buckets.take(key)
    except LimitExceeded:
        return False
    return True


def test_a_burst_passes_and_then_one_after_the_other() -> None:
    clock = FakeClock()
    buckets = rates(clock, 10)
    assert [passes(buckets, "ann") for _ in range(12)] == [True] * 10 + [False] * 2
    with pytest.raises(LimitExceeded, match="more than 10 calls a second") as caught:
        buckets.take("ann")
    delay_ms = caught.value.retry_delay_ms
    assert delay_ms is not None and 0 < delay_ms <= 101
    clock.advance(delay_ms)
    assert [passes(buckets, "ann") for _ in range(2)] == [True, False]
    assert passes(buckets, "bob"), "everybody has their own"
    clock.advance(60_000)
    assert [passes(buckets, "ann") for _ in range(11)] == [True] * 10 + [False], "a pause is worth one burst"


def test_no_rate_is_no_limit_and_remembers_nobody() -> None:
    buckets = rates(FakeClock(), 0)
    assert all(passes(buckets, "ann") for _ in range(10_000))
    assert len(buckets) == 0


def test_a_rate_below_one_a_burst_still_lets_one_pass() -> None:
    clock = FakeClock()
    buckets = rates(clock, 0.1)
    assert [passes(buckets, "ann") for _ in range(2)] == [True, False]
    clock.advance(10_000)
    assert passes(buckets, "ann")


def test_something_that_counts_for_many_passes_as_one_would_and_those_after_it_wait() -> None:
    clock = FakeClock()
    buckets = rates(clock, 10)
    buckets.take("ann", 100)
    assert not passes(buckets, "ann")
    clock.advance(9_000)
    assert not passes(buckets, "ann")
    clock.advance(100)
    assert passes(buckets, "ann")
    clock.advance(60_000)
    assert passes(buckets, "ann")
    buckets.owe("ann", 99)
    buckets.owe("nobody", 99)
    assert not passes(buckets, "ann") and passes(buckets, "nobody")
    buckets.forget("ann")
    buckets.forget("ann")
    assert passes(buckets, "ann") and len(buckets) == 2


def test_made_up_keys_take_bounded_memory_and_nothing_from_others() -> None:
    clock = FakeClock()
    buckets = rates(clock, 1, keys_max=1_000)
    for number in range(50_000):
        assert passes(buckets, f"user-{number}")
        assert len(buckets) <= 1_000
    while len(buckets) < 1_000:
        buckets.take(f"more-{len(buckets)}")
    clock.advance(5_000)
    assert passes(buckets, "one more")
    assert len(buckets) == 1, "those that are full again go first"


@given(st.lists(st.integers(0, 400), max_size=200), st.sampled_from([1, 3, 10, 250]), st.sampled_from([1.0, 2.0]))
def test_no_more_pass_than_the_rate_and_one_burst(pauses: list[int], per_s: int, burst_s: float) -> None:
    clock = FakeClock()
    buckets = rates(clock, per_s, burst_s=burst_s)
    passed = 0
    began = clock.now()
    for pause in pauses:
        clock.advance(pause)
        passed += passes(buckets, "ann")
        elapsed_s = (clock.now() - began) / 1_000
        assert passed <= per_s * (elapsed_s + burst_s) + 1e-6
