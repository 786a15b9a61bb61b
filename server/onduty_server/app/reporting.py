"""The use cases of reports: time in status, counts over time, and what each person's statuses were.

Invariant: nothing is guessed. What neither the history nor the daily sums know is unknown, and a report ends at the
moment up to which everything that was effective is recorded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import IntEnum
from functools import cached_property, partial
from itertools import pairwise
from typing import Final, NamedTuple

from ..domain.errors import InvalidField
from ..domain.intervals import separated
from ..domain.periods import DAY_MS
from ..domain.tallies import Kept
from .calendar import Bucket, bucket_bounds, time_zone
from .fields import check_ends, check_id, check_text, shown_time
from .full_passes import FULL_PASSES
from .limits import (
    BATCH_GET_MAX,
    ID_MAX_BYTES,
    REPORT_BUCKETS_MAX,
    REPORT_CELLS_MAX,
    REPORT_RANGE_MAX_DAYS,
    REPORT_TIME_MAX_MS,
    REPORTS_MAX,
    REPORTS_PER_CALLER_MAX,
    REPORTS_WAITING_MAX,
    TIMELINE_RANGE_MAX_DAYS,
    TIMELINE_STEPS_MAX,
)
from .paging import PageTokens
from .ports.history import Place
from .ports.reports import AccountSettings, Detail, Tally, TallyQuery
from .summing import (
    StatusCount,
    Timeline,
    TimeSummary,
    cells_of,
    cells_of_moments,
    counts_of,
    of_all,
    of_people,
    of_teams,
    timelines_of,
)
from .turns import Turns
from .use_cases import UseCases, page_limit

_FIRST_TIME: Final = -62_135_596_800_000 + DAY_MS
"""A day after the beginning of the year 1 (ms UTC): no calendar goes further back."""


class TimeGroup(IntEnum):
    """The groups by which time is added up. The numbers are those of the proto."""

    ALL = 1
    TEAM = 2
    USER = 3


class Extent(NamedTuple):
    """How far a report reaches (ms UTC), in which time zone, and since when anything is known (0: from the start)."""

    as_of: int
    time_zone: str
    known_since: int = 0

    def known(self, kept: Kept) -> Extent:
        """Return the extent with what was found to be kept."""
        return self._replace(known_since=kept.known_since)


class SummaryPage(NamedTuple):
    """A page of summaries, which whoever encodes them takes out."""

    summaries: list[TimeSummary]
    next_page_token: str
    extent: Extent


class Counts(NamedTuple):
    """The counts at the steps of a range, which whoever encodes them takes out."""

    counts: list[StatusCount]
    extent: Extent


class TimelinePage(NamedTuple):
    """A page of timelines, which whoever encodes them takes out."""

    timelines: list[Timeline]
    next_page_token: str
    extent: Extent


class Reporting(UseCases):
    """Adds up time, and keeps accounts' settings."""

    @cached_property
    def _report_turns(self) -> Turns:
        return Turns("reports made", REPORTS_MAX, REPORTS_WAITING_MAX, REPORTS_PER_CALLER_MAX)

    @asynccontextmanager
    async def _turn(self, caller: str) -> AsyncIterator[None]:
        async with self._report_turns.of(caller):
            with FULL_PASSES.put_off():
                yield

    async def account_settings(self, account_id: str) -> AccountSettings:
        """Return the settings of an account."""
        check_id("account_id", account_id)
        return await self._store.account_settings(account_id)

    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        """Write the settings of an account; return those from before."""
        check_id("account.account_id", account_id)
        check_ends("account.account_id", account_id)
        time_zone("account.time_zone", settings.time_zone)
        return await self._store.update_account(account_id, settings)

    async def summarize_time(
        self,
        account_id: str,
        start: int,
        end: int,
        *,
        bucket: Bucket = Bucket.WHOLE,
        zone: str = "",
        group: TimeGroup = TimeGroup.ALL,
        user_ids: Sequence[str] = (),
        team_id: str = "",
        page_size: int = 0,
        page_token: str = "",
        caller: str = "",
    ) -> SummaryPage:
        """Add up the time in [start, end) (ms UTC). `caller` is whose turn it takes.

        Raises:
            UserUnknown: one of `user_ids` was never seen.
            LimitExceeded: too many reports are being made, or this one has too many parts.
        """
        _check(account_id, start, end, REPORT_RANGE_MAX_DAYS, user_ids, team_id)
        limit = page_limit(page_size)
        tokens = PageTokens(
            self._store.token_key, "time", account_id, start, end, bucket, zone, group, team_id, *user_ids
        )
        async with self._turn(caller):
            extent, bounds = await self._bounds("bucket", account_id, start, end, bucket, zone)
            if len(bounds) < 2:
                return SummaryPage([], "", extent)
            query = TallyQuery(start, extent.as_of, partial(cells_of, bounds), Detail.TOTALS, user_ids, team_id)
            limit = max(1, min(limit, REPORT_CELLS_MAX // (len(bounds) - 1)))
            if group is TimeGroup.USER:
                position = await self._position(account_id, tokens, page_token)
                tally = await self._store.tally(
                    account_id, query._replace(detail=Detail.PEOPLE, position=position, limit=limit)
                )
                summaries = await of_people(tally, bounds, team_id, named=bool(user_ids))
                return SummaryPage(summaries, self._next(tokens, tally), extent.known(tally.kept))
            after = tokens.read_after(page_token)
            if group is TimeGroup.TEAM or team_id:
                query = query._replace(detail=Detail.TEAMS)
            tally = await self._store.tally(account_id, query)
            _check_time(bounds, max(tally.present.values(), default=0))
            if group is TimeGroup.ALL:
                return SummaryPage([await of_all(tally, bounds, team_id)], "", extent.known(tally.kept))
            teams = sorted(team for team in tally.present if team_id in ("", team) and (team > after or not page_token))
            summaries = await of_teams(tally, bounds, teams[:limit])
            token = tokens.after(teams[limit - 1]) if len(teams) > limit else ""
            return SummaryPage(summaries, token, extent.known(tally.kept))

    async def count_by_status(
        self,
        account_id: str,
        start: int,
        end: int,
        *,
        step: Bucket,
        zone: str = "",
        team_id: str = "",
        caller: str = "",
    ) -> Counts:
        """Count people by status at the steps of [start, end) (ms UTC). `caller` is whose turn it takes."""
        _check(account_id, start, end, REPORT_RANGE_MAX_DAYS, (), team_id)
        if step is Bucket.WHOLE:
            raise InvalidField("step", "is required")
        async with self._turn(caller):
            extent, bounds = await self._bounds("step", account_id, start, end, step, zone)
            if len(bounds) < 2:
                return Counts([], extent)
            detail = Detail.TEAMS if team_id else Detail.TOTALS
            # The last moment may be the one after the range.
            query = TallyQuery(start, extent.as_of, partial(cells_of_moments, bounds), detail, (), team_id)
            tally = await self._store.tally(account_id, query)
            return Counts(await counts_of(tally, bounds, team_id), extent.known(tally.kept))

    async def list_timelines(
        self,
        account_id: str,
        start: int,
        end: int,
        *,
        user_ids: Sequence[str] = (),
        team_id: str = "",
        page_size: int = 0,
        page_token: str = "",
        caller: str = "",
    ) -> TimelinePage:
        """List what people's statuses were in [start, end) (ms UTC). `caller` is whose turn it takes.

        Raises:
            UserUnknown: one of `user_ids` was never seen.
        """
        _check(account_id, start, end, TIMELINE_RANGE_MAX_DAYS, user_ids, team_id)
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "timelines", account_id, start, end, team_id, *user_ids)
        async with self._turn(caller):
            position = await self._position(account_id, tokens, page_token)
            extent, bounds = await self._bounds("end_time", account_id, start, end, Bucket.WHOLE, "")
            if len(bounds) < 2:
                return TimelinePage([], "", extent)
            query = TallyQuery(
                start,
                extent.as_of,
                lambda kept: separated(bounds, kept).bounds,
                Detail.STEPS,
                user_ids,
                team_id,
                position,
                limit,
                TIMELINE_STEPS_MAX,
            )
            tally = await self._store.tally(account_id, query)
            timelines = await timelines_of(tally, bounds, team_id, named=bool(user_ids))
            return TimelinePage(timelines, self._next(tokens, tally), extent.known(tally.kept))

    def _next(self, tokens: PageTokens, tally: Tally) -> str:
        if tally.next_position is None:
            return ""
        return tokens.at(tally.next_position, Place(0, self._store.lineage))

    async def _bounds(
        self, field: str, account_id: str, start: int, end: int, bucket: Bucket, zone: str
    ) -> tuple[Extent, list[int]]:
        """Return how far a report reaches, and the bounds of its buckets; fewer than two if it is about the future."""
        if not zone:
            zone = (await self._store.account_settings(account_id)).time_zone
        settled = await self._store.settled_before(account_id)
        extent = Extent(max(start, min(end, settled)), zone)
        bounds = bucket_bounds(start, extent.as_of, bucket, time_zone("time_zone", zone), REPORT_BUCKETS_MAX)
        if bounds is None:
            raise InvalidField(field, f"makes more than {REPORT_BUCKETS_MAX} parts of the range; choose longer ones")
        return extent, bounds


def _check(account_id: str, start: int, end: int, most_days: int, user_ids: Sequence[str], team_id: str) -> None:
    check_id("account_id", account_id)
    check_text("team_id", team_id, ID_MAX_BYTES)
    if len(user_ids) > BATCH_GET_MAX:
        raise InvalidField("user_ids", f"must be at most {BATCH_GET_MAX} users, got {len(user_ids)}")
    for index, user_id in enumerate(user_ids):
        check_id(f"user_ids[{index}]", user_id)
    if len(set(user_ids)) < len(user_ids):
        raise InvalidField("user_ids", "must not name a user twice")
    if start < _FIRST_TIME:
        raise InvalidField("start_time", f"must be later, got {shown_time(start)}")
    if end <= start:
        raise InvalidField("end_time", "must be after start_time")
    # A day of slack: that many days of a time zone may be an hour longer.
    if end - start > (most_days + 1) * DAY_MS:
        raise InvalidField("end_time", f"must be at most {most_days} days after start_time")


def _check_time(bounds: Sequence[int], people: int) -> None:
    """Raise InvalidField if the time of so many people together, in one of the buckets, may be more than fits."""
    if people * max(end - start for start, end in pairwise(bounds)) > REPORT_TIME_MAX_MS:
        what = f"is too long: the time of {people} people together would be more than 10,000 years"
        raise InvalidField("bucket", f"{what}; choose shorter ones")
