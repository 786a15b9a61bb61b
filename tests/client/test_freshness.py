"""How old a state is, told from the times in messages and the moments at which they came."""

import pytest

from onduty_client._freshness import Freshness

AHEAD = 1_000_000.0
"""By how much the server's clock is ahead of ours, which nobody tells us."""


def staleness(freshness: Freshness, now: float) -> float:
    assert freshness.fresh_at is not None
    return now - freshness.fresh_at


def stream(freshness: Freshness, *, start: float, seconds: int, delay: float = 0.0, ahead: float = AHEAD) -> float:
    """A bookmark a second, `delay` behind; answers when the last one came."""
    freshness.begin_stream()
    for second in range(seconds):
        now = start + second
        freshness.bookmark(now - delay + ahead, now)
    return start + seconds - 1


def test_nothing_is_known_before_the_first_bookmark() -> None:
    freshness = Freshness()
    freshness.begin_stream()
    freshness.hear(AHEAD, 0.0)
    assert freshness.until is None
    assert freshness.fresh_at is None


def test_a_state_ages_from_the_moment_that_its_bookmark_speaks_of() -> None:
    freshness = Freshness()
    now = stream(freshness, start=100.0, seconds=5)
    assert freshness.until == now + AHEAD
    assert staleness(freshness, now) == pytest.approx(0, abs=0.001)
    assert staleness(freshness, now + 7) == pytest.approx(7, abs=0.001)


def test_a_bookmark_that_stands_still_makes_nothing_fresh() -> None:
    freshness = Freshness()
    until = stream(freshness, start=100.0, seconds=3) + AHEAD
    for second in range(103, 110):
        freshness.bookmark(until, float(second))
    assert staleness(freshness, 109.0) == pytest.approx(7, abs=0.01)


def test_a_message_that_was_held_up_is_as_old_as_it_is() -> None:
    freshness = Freshness()
    stream(freshness, start=100.0, seconds=3)
    freshness.bookmark(103.0 + AHEAD, 105.5)
    assert staleness(freshness, 105.5) == pytest.approx(2.5, abs=0.01)


def test_the_shortest_delay_ever_seen_counts() -> None:
    freshness = Freshness()
    stream(freshness, start=100.0, seconds=3, delay=0.9)
    freshness.bookmark(102.95 + AHEAD, 103.0)
    freshness.bookmark(103.1 + AHEAD, 104.0)
    assert staleness(freshness, 104.0) == pytest.approx(0.85, abs=0.01)


def test_other_times_in_messages_show_that_a_server_is_behind_from_the_start() -> None:
    freshness = Freshness()
    freshness.begin_stream()
    freshness.hear(99.9 + AHEAD, 100.0)
    freshness.bookmark(90.0 + AHEAD, 100.0)
    assert staleness(freshness, 100.0) == pytest.approx(9.9, abs=0.01)


def test_an_old_time_in_a_message_shows_nothing() -> None:
    freshness = Freshness()
    now = stream(freshness, start=100.0, seconds=3)
    freshness.hear(AHEAD - 5_000, now)
    assert staleness(freshness, now) == pytest.approx(0, abs=0.001)


def test_a_server_that_is_behind_after_a_reconnect_is_not_believed_to_be_up_to_date() -> None:
    freshness = Freshness()
    until = stream(freshness, start=100.0, seconds=3) + AHEAD
    freshness.begin_stream()
    # Its sweeper moves, but slower than time.
    for second in range(60):
        freshness.bookmark(until + second * 0.5, 200.0 + second)
    assert staleness(freshness, 259.0) == pytest.approx(259 - 102 - 59 * 0.5, abs=0.1)


def test_the_clock_of_another_server_is_believed_once_it_has_run_steadily_for_a_while() -> None:
    freshness = Freshness()
    stream(freshness, start=100.0, seconds=30)
    # As after a restart on a clock that was set back by 5 s.
    now = stream(freshness, start=130.0, seconds=8, ahead=AHEAD - 5)
    assert staleness(freshness, now) == pytest.approx(5, abs=0.01)
    now = stream(freshness, start=140.0, seconds=12, ahead=AHEAD - 5)
    assert staleness(freshness, now) == pytest.approx(0, abs=0.01)
    assert freshness.until == now + AHEAD - 5


def test_within_a_stream_that_began_well_a_steady_delay_stays_a_delay() -> None:
    freshness = Freshness()
    stream(freshness, start=100.0, seconds=5)
    for second in range(60):
        freshness.bookmark(103.0 + second + AHEAD, 105.0 + second)
    assert staleness(freshness, 164.0) == pytest.approx(2, abs=0.05)


def test_the_clock_of_another_server_that_is_further_ahead_is_believed_at_once() -> None:
    freshness = Freshness()
    stream(freshness, start=100.0, seconds=5)
    now = stream(freshness, start=110.0, seconds=2, ahead=AHEAD + 5)
    assert staleness(freshness, now) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("rate", [1 - 0.000_1, 1 + 0.000_1])
def test_clocks_that_drift_apart_do_not_add_up_to_staleness(rate: float) -> None:
    freshness = Freshness()
    freshness.begin_stream()
    day = 86_400
    for second in range(0, day, 10):
        freshness.bookmark(second * rate + AHEAD, float(second))
    assert staleness(freshness, day - 10.0) == pytest.approx(0, abs=0.01)


def test_a_state_that_was_forgotten_is_not_fresh_until_the_next_bookmark() -> None:
    freshness = Freshness()
    now = stream(freshness, start=100.0, seconds=5)
    freshness.forget_state()
    assert freshness.fresh_at is None
    freshness.bookmark(now - 2 + AHEAD, now + 1)
    assert staleness(freshness, now + 1) == pytest.approx(3, abs=0.01)
