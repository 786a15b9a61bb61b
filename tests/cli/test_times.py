"""Times as the command line reads and writes them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onduty_server.cli.times import age, parse_end, parse_moment
from onduty_server.text.times import Rfc3339Writer, from_ms, parse_time, rfc3339, to_ms

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


@given(st.integers(0, 253_000_000_000_000))
def test_both_writers_agree_and_are_read_back(time_ms: int) -> None:
    text = Rfc3339Writer()(time_ms)
    assert text == rfc3339(from_ms(time_ms))
    assert to_ms(parse_time(text)) == time_ms


def test_a_fraction_is_written_only_where_there_is_one() -> None:
    write = Rfc3339Writer()
    assert write(1_567_637_086_000) == "2019-09-04T22:44:46Z"
    assert write(1_567_637_086_250) == "2019-09-04T22:44:46.250Z"
    assert rfc3339(datetime(2019, 9, 4, 22, 44, 46, 250_999, timezone(timedelta(hours=2)))) == (
        "2019-09-04T20:44:46.250Z"
    )
    assert rfc3339(datetime(2019, 9, 4, 22, 44, 46, 999, UTC)) == "2019-09-04T22:44:46Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T10:15:00Z", NOW),
        ("2026-11-22t10:15:00z", NOW),
        ("2026-11-22 10:15:00Z", NOW),
        ("2026-11-22T12:15:00+02:00", NOW),
        ("2026-11-22T10:15:00.123456789Z", NOW.replace(microsecond=123_456)),
        ("2h", NOW - timedelta(hours=2)),
        ("2h ago", NOW - timedelta(hours=2)),
        ("1h 30m ago", NOW - timedelta(minutes=90)),
        ("0", NOW),
        ("now", NOW),
    ],
)
def test_a_moment_is_a_time_or_how_long_ago(text: str, expected: datetime) -> None:
    assert parse_moment(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "'yesterday' is not a time; write it like 2026-11-22T10:15:00Z, or how long ago, like 2h"),
        ("2026-11-22T10:15:00", "has no time zone; add Z for UTC or an offset like +02:00"),
        ("2026-11-22", "has no time zone"),
        ("2026-13-22T10:15:00Z", "is not a time"),
        ("0001-01-01T00:00:00+05:00", "is out of range"),
        ("999999999d", "is before all time"),
        ("2", "'2' has no unit"),
        ("", "'' is not a time"),
        ("1773046800", "'1773046800' has no unit"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (its whole text is compared)
        parse_moment(text, NOW)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(), "now"),
        (timedelta(milliseconds=900), "now"),
        (timedelta(seconds=59), "59s ago"),
        (timedelta(seconds=61), "1m ago"),
        (timedelta(minutes=90), "1h30m ago"),
        (timedelta(hours=11, minutes=30), "11h ago"),
        (timedelta(days=2, hours=3), "2d3h ago"),
        (timedelta(days=40, hours=3), "40d ago"),
        (timedelta(minutes=-3), "in 3m"),
        (timedelta(seconds=-599, milliseconds=-1), "in 10m"),
        (timedelta(minutes=-10), "in 10m"),
        (timedelta(milliseconds=-1), "in 1s"),
        (timedelta(seconds=-59, milliseconds=-1), "in 1m"),
        (timedelta(seconds=-61), "in 2m"),
        (timedelta(minutes=-59, seconds=-1), "in 1h"),
        (timedelta(minutes=-89, seconds=-1), "in 1h30m"),
        (timedelta(hours=-9, minutes=-59, seconds=-1), "in 10h"),
        (timedelta(hours=-23, seconds=-1), "in 1d"),
        (timedelta(days=-1), "in 1d"),
        (timedelta(days=-9, hours=-23, seconds=-1), "in 10d"),
        (timedelta(hours=10), "10h ago"),
    ],
)
def test_an_age_is_rough(ago: timedelta, text: str) -> None:
    assert age(NOW - ago, NOW) == text


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-22 10:15:00 UTC", 0),
        ("2026-11-22 10:15:00.5 UTC", 500),
        ("2026-11-22 10:15:00 GMT", 0),
        ("2026-11-22T10:15:00UTC", 0),
    ],
)
def test_utc_may_be_named(text: str, ms: int) -> None:
    assert parse_time(text) == NOW + timedelta(milliseconds=ms)


@pytest.mark.parametrize("text", ["UTC", "2026-11-22 10:15:00 CET", "2026-11-22 10:15:00 +02:00 UTC", "tomorrow GMT"])
def test_other_names_of_zones_are_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:16", "2026-11-22T10:16:00Z"),
        ("10:15", "2026-11-23T10:15:00Z"),
        ("10:15:01", "2026-11-22T10:15:01Z"),
        (" 09:00 ", "2026-11-23T09:00:00Z"),
        ("00:00", "2026-11-23T00:00:00Z"),
        ("12:30Z", "2026-11-22T12:30:00Z"),
        ("12:30+02:00", "2026-11-22T10:30:00Z"),
        ("12:10+02:00", "2026-11-23T10:10:00Z"),
        ("00:30-11:00", "2026-11-22T11:30:00Z"),
        ("2026-11-22T12:30:00Z", "2026-11-22T12:30:00Z"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
    ],
)
def test_an_end_is_the_next_such_time_of_day_or_a_time(text: str, expected: str) -> None:
    assert rfc3339(parse_end(text, NOW, local=False)) == expected


def test_a_time_of_day_of_this_machine(three_hours_ahead: None) -> None:
    assert rfc3339(parse_end("13:16", NOW, local=True)) == "2026-11-22T10:16:00Z"
    assert rfc3339(parse_end("13:15", NOW, local=True)) == "2026-11-23T10:15:00Z"
    assert rfc3339(parse_end("01:00", NOW, local=True)) == "2026-11-22T22:00:00Z"


def test_a_time_of_day_goes_by_the_rule_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    # The clocks of this zone go back an hour at 3:00 on 25 October 2026.
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        evening = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
        assert rfc3339(parse_end("23:00", evening, local=True)) == "2026-10-24T21:00:00Z"
        assert rfc3339(parse_end("12:30", evening, local=True)) == "2026-10-25T11:30:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["24:00", "12:61", "1:30:00", "12:3", "30m", "12", "noon", "", "2026-11-22T12:30:00"])
def test_what_is_no_end_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|has no time zone") as refused:
        parse_end(text, NOW, local=False)
    assert "\n" not in str(refused.value)
