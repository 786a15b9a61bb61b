"""A start with a clock that is far ahead: nothing is forgotten by it, and what comes at the right time is taken."""

from __future__ import annotations

import pytest
import structlog
from tests.stores.backends import Backend
from tests.stores.site import AWAY_ONLY, DAY, HOUR, MINUTE, SECOND, Site

from onduty_server.app.gaps import GAP_MS, GAPS_MAX, TRUST_MS, Gap, doubtful, time_before, with_gap
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import InvalidField
from onduty_server.domain.status import Status

pytestmark = pytest.mark.cluster

TEN_MINUTES = 10 * MINUTE


async def live_for_days(site: Site, days: int) -> None:
    for _ in range(days):
        site.advance(DAY)
        await site.store.heartbeat()


async def everything_is_kept(site: Site, expected: int) -> None:
    """Also once the store has had the time to forget."""
    for _ in range(3):
        site.advance(TEN_MINUTES)
        await site.store.heartbeat()
        assert len(await site.history()) == expected


@pytest.mark.parametrize("ahead", [DAY + MINUTE, 60 * DAY])
async def test_one_start_with_a_clock_ahead_loses_no_history_and_refuses_no_right_time(kept: Site, ahead: int) -> None:
    site = kept
    options = StoreOptions(history_retention_ms=DAY)
    await site.backend.reopen(options)
    await site.configure(AWAY_ONLY)
    for number in range(5):
        await site.set("ada", Status.AWAY, reason=str(number))
    await site.activity("ben")
    right = site.now
    with structlog.testing.capture_logs() as logged:
        await site.backend.reopen(options, now=right + ahead)
    (line,) = [line for line in logged if "far ahead of the last heartbeat" in line["event"]]
    assert line["ahead_ms"] >= ahead and "--accept-clock" in line["way_out"]
    await everything_is_kept(site, 6)
    assert await site.activity("ben", right + HOUR)
    # Also after the next start, for which there is no gap any more.
    with structlog.testing.capture_logs() as logged:
        await site.backend.reopen(options, now=site.now + MINUTE)
    assert not [line for line in logged if "far ahead" in line["event"]]
    await everything_is_kept(site, 6)
    assert await site.activity("ben", right + 2 * HOUR)


async def test_after_a_stop_of_weeks_old_history_goes_once_the_clock_has_held_for_a_week(kept: Site) -> None:
    site = kept
    await site.backend.reopen(StoreOptions(history_retention_ms=10 * DAY))
    await site.set("ada", Status.AWAY)
    stopped = site.now
    await site.backend.reopen(StoreOptions(history_retention_ms=10 * DAY), now=stopped + 21 * DAY)
    await site.set("ada", Status.ONLINE)
    await live_for_days(site, 6)
    await everything_is_kept(site, 2)
    site.clock.wall_ahead_ms = 0
    await live_for_days(site, 1)
    while len(await site.history()) == 2:
        site.advance(TEN_MINUTES)
        await site.store.heartbeat()
    (change,) = await site.history()
    assert change.status is Status.ONLINE
    with pytest.raises(InvalidField):
        await site.activity("ada", stopped - 20 * DAY)


def test_the_time_before_passes_over_gaps() -> None:
    gaps = (Gap(1_000, 5_000), Gap(6_000, 9_000))
    assert time_before(10_000, 500, gaps) == 9_500
    assert time_before(10_000, 1_000, gaps) == 9_000
    assert time_before(10_000, 1_500, gaps) == 5_500
    assert time_before(10_000, 2_000, gaps) == 5_000
    assert time_before(10_000, 2_500, gaps) == 500
    assert time_before(10_000, 2_500, ()) == 7_500
    # Held back before the end of the gap, as after a wall clock that went back.
    assert time_before(8_500, 100, gaps) == 5_900


def test_a_gap_is_in_doubt_for_a_week_or_as_long_as_the_wall_clock_contradicts_the_time() -> None:
    gap = Gap(0, 60 * DAY)
    ended = gap.ended

    def doubted(after: int, behind: int = 0, kept_from: int = 0) -> bool:
        now = ended + after
        return bool(doubtful((gap,), now, wall=now - behind, kept_from=kept_from))

    assert doubted(SECOND) and doubted(TRUST_MS - 1) and not doubted(TRUST_MS)
    assert doubted(20 * DAY, behind=59 * DAY) and not doubted(20 * DAY, behind=MINUTE)
    assert not doubted(SECOND, kept_from=ended), "nothing is left from before it"


def test_there_are_not_ever_more_gaps_and_those_that_become_one_keep_no_less() -> None:
    gaps: tuple[Gap, ...] = ()
    began = 0
    for number in range(3 * GAPS_MAX):
        began = number * 3 * GAP_MS
        before = time_before(began, 10 * GAP_MS, gaps)
        gaps = with_gap(with_gap(gaps, Gap(began, began + 1)), Gap(began, began + GAP_MS + 1))
        assert time_before(began + GAP_MS + 1, 10 * GAP_MS, gaps) <= before + 1
    assert len(gaps) == GAPS_MAX
    assert gaps[0].began == 0 and gaps[-1] == Gap(began, began + GAP_MS + 1)


async def test_a_jump_of_days_while_a_server_runs_is_such_a_gap_too(outages: Site) -> None:
    site = outages
    await site.set("ada", Status.AWAY)
    right = site.now
    with structlog.testing.capture_logs() as logged:
        site.clock.jump(60 * DAY)
        await site.store.heartbeat()
    assert [line for line in logged if "far ahead of the last heartbeat" in line["event"]]
    await everything_is_kept(site, 1)
    assert await site.activity("ada", right)


async def test_an_activity_of_long_ago_is_refused_as_ever_where_no_gap_is(site: Site, backend: Backend) -> None:
    await site.activity("ada")
    with pytest.raises(InvalidField):
        await site.activity("ada", site.now - 30 * DAY - 1)
