"""How long is waited before another attempt."""

from __future__ import annotations

import random

import pytest

from onduty_server.cli.remote.export.retries import MAX_S, backoff_s, parse_retry_after

NOW_MS = 1_795_946_614_000  # 2026-11-29T10:03:34Z


def test_the_wait_is_random_up_to_a_bound_that_doubles_to_a_minute() -> None:
    bounds = [backoff_s(failures, jitter=lambda: 1.0) for failures in range(12)]
    assert bounds[:9] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2]
    assert set(bounds[9:]) == {MAX_S} and backoff_s(10**6, jitter=lambda: 1.0) == MAX_S
    assert backoff_s(5, jitter=lambda: 0.0) == 0
    waits = [backoff_s(8, jitter=random.Random(1).random) for _ in range(3)]
    assert all(0 <= wait <= 51.2 for wait in waits)


def test_a_receiver_that_asks_for_a_wait_gets_it_and_the_random_one_on_top() -> None:
    assert backoff_s(0, 30.0, jitter=lambda: 0.0) == 30
    assert backoff_s(0, 30.0, jitter=lambda: 1.0) == 30.2
    assert backoff_s(0, 1e9, jitter=lambda: 0.0) == 86_400, "a receiver's mistake does not end an export"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("soon", 0),
        ("-1", 0),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("9" * 400, 86_400),
        ("Sun, 29 Nov 2026 10:04:34 GMT", 60),
        ("Sun, 29 Nov 2026 10:00:00 GMT", 0),
        ("Tue, 29 Nov 2050 10:00:00 GMT", 86_400),
        ("Sun, 29 Nov 2026 10:04:34", 0),
        ("Sun, 99 Nov 2026 10:04:34 GMT", 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str | None, seconds: float) -> None:
    assert parse_retry_after(text, NOW_MS) == seconds
