"""Days and hours of time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from onduty_server.app.calendar import Bucket, bucket_bounds, day_bounds, time_zone
from onduty_server.domain.errors import InvalidField

QUARTER = 15 * 60 * 1_000
HOUR = 4 * QUARTER


def ms(text: str, zone: str = "UTC") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def local_days(start: int, end: int, zone: str) -> list[date]:
    """The local date at every quarter of an hour, each once."""
    moments = range(start, end, QUARTER)
    dates = (datetime.fromtimestamp(moment / 1_000, UTC).astimezone(ZoneInfo(zone)).date() for moment in moments)
    return list(dict.fromkeys(dates))


@pytest.mark.parametrize(
    ("zone", "start", "days", "hours"),
    [
        ("Europe/Berlin", "2026-03-28", 3, [24, 23, 24]),
        ("Europe/Berlin", "2026-10-24", 3, [24, 25, 24]),
        ("America/Sao_Paulo", "2017-10-14", 3, [24, 23, 24]),  # midnight was skipped
        ("America/Sao_Paulo", "2018-02-16", 3, [24, 25, 24]),  # 23:00 to midnight came twice
        ("Australia/Lord_Howe", "2026-04-04", 3, [24, 24.5, 24]),
        ("Pacific/Apia", "2011-12-28", 3, [24, 24, 24]),  # there was no 30 December
        ("Asia/Kolkata", "2024-02-28", 3, [24, 24, 24]),  # the 29th is one of them
        ("UTC", "2100-02-27", 3, [24, 24, 24]),  # and in 2100 it is not
    ],
)
def test_days_have_the_hours_that_they_have(zone: str, start: str, days: int, hours: list[float]) -> None:
    begin = ms(start, zone)
    bounds = bucket_bounds(begin, begin + sum(int(each * HOUR) for each in hours), Bucket.DAY, ZoneInfo(zone), 100)
    assert bounds is not None
    assert [(end - start) / HOUR for start, end in pairwise(bounds)] == hours
    assert len(local_days(bounds[0], bounds[-1], zone)) == days


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Cairo"]
)
@pytest.mark.parametrize("year", [2011, 2024])
def test_the_days_of_a_year_are_those_of_the_calendar(zone: str, year: int) -> None:
    start, end = ms(f"{year}-01-01T12:34:56", zone), ms(f"{year + 1}-01-01T01:00:00", zone)
    bounds = day_bounds(start, end, ZoneInfo(zone))
    assert bounds[0] <= start < bounds[1] and bounds[-2] < end <= bounds[-1]
    dates = local_days(bounds[0], bounds[-1], zone)
    assert len(bounds) - 1 == len(dates)
    for (begin, until), day in zip(pairwise(bounds), dates, strict=True):
        for moment in (begin, until - 1):
            assert datetime.fromtimestamp(moment // 1_000, ZoneInfo(zone)).date() == day
    buckets = bucket_bounds(start, end, Bucket.DAY, ZoneInfo(zone), 400)
    assert buckets == [start, *bounds[1:-1], end]


@pytest.mark.parametrize("bucket", [Bucket.HOUR, Bucket.QUARTER_HOUR])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_hours_begin_when_the_clock_of_the_zone_says_so(bucket: Bucket, zone: str) -> None:
    for start in ("2026-03-28T10:20:30", "2026-04-04T10:20:30", "2026-10-24T10:20:30"):
        begin = ms(start, zone)
        bounds = bucket_bounds(begin, begin + 3 * 24 * HOUR, bucket, ZoneInfo(zone), 1_000)
        assert bounds is not None
        for bound in bounds[1:-1]:
            local = datetime.fromtimestamp(bound // 1_000, ZoneInfo(zone))
            assert (local.minute % 15, local.second) == (0, 0)
            assert bucket is Bucket.QUARTER_HOUR or local.minute == 0 or zone == "Australia/Lord_Howe"
        assert max(end - start for start, end in pairwise(bounds)) <= (HOUR if bucket is Bucket.HOUR else QUARTER)


def test_more_buckets_than_are_allowed_are_not_made() -> None:
    week = timedelta(days=7) // timedelta(milliseconds=1)
    assert bucket_bounds(0, week, Bucket.HOUR, ZoneInfo("UTC"), 167) is None
    assert len(bucket_bounds(0, week, Bucket.HOUR, ZoneInfo("UTC"), 168) or ()) == 169


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "right/UTC", "a\0b", "x" * 100]
)
def test_what_is_no_time_zone_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidField, match="IANA name"):
        time_zone("time_zone", name)
