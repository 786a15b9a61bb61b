"""The port for reports: how many people were in each state, by history and daily sums, and accounts' settings.

What the sums mean is told in `domain/tallies.py`. Every store promises:

- When changes are dropped from the history, the deltas of each are added, once, to the daily sums of the person, the
  state and the team, in the same atomic step. The day is that of the account's time zone at that moment. This does not
  depend on which process drops them, and does not happen while the history is only read.
- Daily sums are dropped when their day ended `StoreOptions.report_retention_ms` ago; `Kept.known_since` moves to that
  end in the same step.
- An answer is of one moment: a change that moves from the history into the sums meanwhile is counted once.
- An erased person keeps the position, and what was counted stays, without a name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from ...domain.errors import LimitExceeded
from ...domain.record import NO_PROFILE, Profile
from ...domain.tallies import Delta, Kept, Key, Step

DEFAULT_TIME_ZONE = "UTC"


class AccountSettings(NamedTuple):
    """The settings of an account. `time_zone` is an IANA name."""

    time_zone: str = DEFAULT_TIME_ZONE


class Detail(Enum):
    """How much of what was found is kept apart."""

    TOTALS = "totals"
    """Deltas of everybody together, by state only: keys have no team, and `present` is in all; with `team_id`, by team.
    """
    TEAMS = "teams"
    """Deltas of everybody together, by state and team."""
    PEOPLE = "people"
    """Deltas of each person, by state and team."""
    STEPS = "steps"
    """Deltas of each person from the daily sums only, and each change of a state or team that is still in the history.
    Of sessions and engagements nothing is told."""


class TallyQuery(NamedTuple):
    """Asks how many people had which key in [start, end) (ms UTC).

    `refine` makes, of what is kept, the bounds of the stretches; it is pure and cheap (`tallies.grid`). They may begin
    before `start` and end after `end`.

    With `user_ids`, only these users count, which the account must know. Else, with `team_id`, only those who were in
    the team at some time from `start` on. Keys name whatever team they were in, so the caller selects.

    With PEOPLE and STEPS, up to `limit` people are looked at from `position` (0: the first, in the order in which they
    were first seen) on, and fewer once `most_steps` changes were found.
    """

    start: int
    end: int
    refine: Callable[[Kept], Sequence[int]]
    detail: Detail
    user_ids: Sequence[str] = ()
    team_id: str = ""
    position: int = 0
    limit: int = 0
    most_steps: int = 0


class Person(NamedTuple):
    """A person who was looked at. `user_id` is "" for one who has been erased."""

    position: int
    user_id: str
    profile: Profile = NO_PROFILE


class Tally(NamedTuple):
    """The answer to a query.

    `at_end` has the number of people with a key at the last of `bounds`, by person (`EVERYBODY` unless people are kept
    apart) and key; 0 where there is none. `deltas` may name a person, stretch and key more than once; those outside the
    bounds are left out. `steps` are in the order of each person's revisions, and within the bounds. Both are taken
    out of their lists by whoever adds them up.

    `present` is how many people were there, by team (TEAMS), else in all (""): the people who were in one of the states
    at some time within the bounds. It is empty where people are kept apart. `next_position` is None after the last.
    """

    kept: Kept
    bounds: Sequence[int]
    at_end: Mapping[tuple[int, Key], int]
    deltas: list[Delta]
    present: Mapping[str, int]
    people: Sequence[Person]
    steps: list[Step]
    next_position: int | None = None


REPORT_DELTAS_MAX = 1_000_000
"""How many deltas a tally may have: bounds the memory that a report takes."""


def too_much_detail() -> LimitExceeded:
    """Return the error for a tally with too many deltas."""
    return LimitExceeded(
        f"the report would be made of more than {REPORT_DELTAS_MAX} sums; "
        "ask for a shorter range, for longer buckets, or for one team"
    )


class Reports(ABC):
    """Keeps history and sums for reports. Coroutines raise `StoreUnavailable` when the store cannot be reached."""

    @abstractmethod
    async def settled_before(self, account_id: str) -> int:
        """Return a time (ms UTC), now at the latest, before which nothing that is effective is still to be recorded.

        All that was effective before it is durable, and in the tallies from now on. It stands still while an overdue
        switch is not recorded. First activities that arrive late are not covered.
        """

    @abstractmethod
    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        """Count people by state: all that is durable now, whenever it was recorded. Empty for a never-seen account.

        Raises:
            UserUnknown: one of `user_ids` was never seen, or has been erased.
            LimitExceeded: there would be too many deltas (`too_much_detail`).
        """

    @abstractmethod
    async def account_settings(self, account_id: str) -> AccountSettings:
        """Return an account's settings: the default ones if it is not there."""

    @abstractmethod
    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        """Write an account's settings, durably, and return those from before.

        Raises:
            LimitExceeded: there would be one account too many.
            AccountUnknown: the account would have to be declared.
        """
