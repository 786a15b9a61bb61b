"""The arguments and results of reports: time in status, counts of people, and timelines.

As in `_types`: every `datetime` is aware and in UTC, every period a `timedelta`, and what is newer than this client is
`UNKNOWN`.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from onduty_client._types import Cause, Page, Status, StatusCount


class Bucket(enum.StrEnum):
    """The length of the buckets of a report. Days and hours are those of a time zone: a day may have 23 or 25 hours."""

    #: One bucket: the whole range.
    WHOLE = "WHOLE"
    QUARTER_HOUR = "QUARTER_HOUR"
    HOUR = "HOUR"
    DAY = "DAY"


class TimeGroup(enum.StrEnum):
    """The groups by which a report adds up time."""

    ALL = "ALL"
    #: Each team's, and that of people without a team.
    TEAM = "TEAM"
    USER = "USER"


@dataclass(frozen=True, slots=True)
class Account:
    """An account's settings. `time_zone` is the IANA name of the zone of the account's days."""

    account_id: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class StatusTime:
    """The time spent in a status, by its cause."""

    status: Status
    cause: Cause
    duration: timedelta


@dataclass(frozen=True, slots=True)
class TimeBucket:
    """The time that people spent in each status between `start_time` and `end_time`, which is not part of it.

    For one person, the durations of `times`, `unknown` and `elsewhere` add up to the length of the bucket exactly; for
    several, to that length times their number. `unknown` is the time of which nothing is known: before somebody was
    first seen, after an erasure, or no longer kept. `elsewhere` is the time in other teams than the one asked for, or
    in none. `connected` and `engaged` are the time with a live session or engagement; None if there was none.
    """

    start_time: datetime
    end_time: datetime
    times: tuple[StatusTime, ...]
    unknown: timedelta
    elsewhere: timedelta
    connected: timedelta | None
    engaged: timedelta | None

    def time_in(self, status: Status, cause: Cause | None = None) -> timedelta:
        """Return the time in a status, for whatever cause unless one is given."""
        return sum(
            (each.duration for each in self.times if each.status == status and cause in (None, each.cause)),
            timedelta(0),
        )


@dataclass(frozen=True, slots=True)
class TimeSummary:
    """The time that a person, a team, or everybody spent in each status, by buckets in the order of their times.

    `user_id` and `display_name` are empty for a group; `erased` is True for a person who has been erased since, who has
    no id. `team_id` is the team, or the person's present one; empty if there is none. `people` is how many were added
    up: those of whom anything is known in the range, erased ones included.
    """

    user_id: str
    display_name: str
    team_id: str
    people: int
    erased: bool
    buckets: tuple[TimeBucket, ...]


@dataclass(frozen=True, slots=True)
class TimeSummaryPage(Page[TimeSummary]):
    """One page of `summarize_time`.

    `as_of` is the end of what was added up: that of the range, or about now. `time_zone` is that of the buckets. Times
    before `known_since` are unknown; None if everything is kept since the account began.
    """

    as_of: datetime
    time_zone: str
    known_since: datetime | None


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """The answer of `count_by_status`: the counts, in the order of their times. The rest is as in `TimeSummaryPage`."""

    counts: tuple[StatusCount, ...]
    as_of: datetime
    time_zone: str
    known_since: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineInterval:
    """A stretch of time in which a person's status was the same. `end_time` is not part of it.

    `status` and `cause` are None if they are not known, or if the person was `elsewhere`: in another team than the one
    asked for, or in none.
    """

    start_time: datetime
    end_time: datetime
    status: Status | None
    cause: Cause | None
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A person's intervals, in order, each beginning where the one before ends.

    `user_id` and `display_name` are empty for a person who has been `erased` since; `team_id` is the present team.
    """

    user_id: str
    display_name: str
    team_id: str
    erased: bool
    intervals: tuple[TimelineInterval, ...]


@dataclass(frozen=True, slots=True)
class TimelinePage(Page[Timeline]):
    """One page of `list_timelines`. `as_of` and `known_since` are as in `TimeSummaryPage`."""

    as_of: datetime
    known_since: datetime | None
