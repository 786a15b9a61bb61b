"""The port for a store of users, workflows and history: the roles that other parts see, and its life cycle.

The roles are the contract: `statuses` for the use cases, `event_log` for watching, `sweeping` for the background tasks,
and `history`, which tokens rest on. Only the process that opens a store needs all of them.

Every method but `open` raises `StoreUnavailable` when the store cannot be reached or cannot write.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from ...domain.errors import LimitExceeded, quoted
from ...domain.periods import DAY_MS
from ..limits import ACCOUNTS_MAX, FULL_RETRY_DELAY_MS, TEAM_WORKFLOWS_MAX, TEAMS_MAX, USERS_MAX, WORKFLOW_CHANGES_KEPT
from .event_log import EventLog
from .statuses import StatusStore
from .sweeping import DueSwitches, Heartbeat

PAST_WORKFLOWS_MAX = 8
"""Replaced workflows of an account that may still have overdue users; a further change waits for the sweeper."""


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """The options that every store takes.

    A time without a heartbeat longer than `outage_grace_ms` is an outage. All inactivity clocks restart after it,
    unless `count_outage_as_inactivity` is set. Changes are kept for `history_retention_ms`, and at most
    `history_max_changes` of them for each account. The last `workflow_changes_kept` changes of each workflow are kept,
    however old. An account may have `users_max` users and a store `accounts_max` accounts; 0 means any number. Nobody
    is moved to a new team of an account that has `teams_max`, and no more than `team_workflows_max` teams have, or
    have had, a workflow of their own. Daily sums are kept for `report_retention_ms` after the end of their day (0: not
    at all). With `accounts_declared`, an account is not created by being used.
    """

    outage_grace_ms: int = 10_000
    count_outage_as_inactivity: bool = False
    history_retention_ms: int = 30 * DAY_MS
    history_max_changes: int = 5_000_000
    workflow_changes_kept: int = WORKFLOW_CHANGES_KEPT
    users_max: int = USERS_MAX
    accounts_max: int = ACCOUNTS_MAX
    teams_max: int = TEAMS_MAX
    team_workflows_max: int = TEAM_WORKFLOWS_MAX
    accounts_declared: bool = False
    report_retention_ms: int = 400 * DAY_MS


DEFAULT_OPTIONS = StoreOptions()


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """The figures that a store keeps anyway; None for those that it does not know."""

    accounts: int | None = None
    users: int | None = None
    """Users whom any account knows."""
    users_online: int | None = None
    """Users who are ONLINE, as far as is known since somebody last looked."""
    users_away: int | None = None
    """Users who are AWAY by their records: a timed switch counts once it is committed."""
    users_offline: int | None = None
    """Users who are OFFLINE by their records."""
    team_workflows: int | None = None
    """Teams that have a workflow of their own."""
    unwritten: int | None = None
    """Journal entries that are not durable yet."""
    next_due: int | None = None
    """A lower bound of the time (ms UTC) at which a timed switch that this process is to record falls due."""
    partitions_held: int | None = None
    """Partitions whose leases this process has."""


class StoreOpenError(Exception):
    """The store cannot be opened. The message tells an operator why."""


class Store(StatusStore, EventLog, DueSwitches, Heartbeat):
    """A store with all its roles."""

    tells_time = False
    """True if the process's clock follows the store's (`Clock.align`)."""

    @abstractmethod
    async def open(self) -> None:
        """Load what is kept and recover from an outage, which counts as nobody's inactivity (`domain/rules.py`).

        Raises:
            StoreOpenError: the store is in use by another process, unreadable, or of a newer schema.
        """

    @abstractmethod
    async def close(self) -> None:
        """Make everything durable and release the store. Nothing is lost."""

    def figures(self) -> StoreFigures:
        """Return what the store counts anyway. May be called from any thread."""
        return StoreFigures()


def full_account(users_max: int) -> LimitExceeded:
    """Return the error for one user too many."""
    message = f"the account is full: it has the {users_max} users that users_max allows"
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)


def too_many_teams(team_id: str, teams_max: int) -> LimitExceeded:
    """Return the error for one team too many."""
    message = (
        f"no room for team {quoted(team_id)}: the account has {teams_max} teams, which is the most; move users to one "
        "of these, or empty one that has no workflow of its own"
    )
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)


def too_many_workflows(most: int) -> LimitExceeded:
    """Return the error for one workflow of a team too many."""
    message = (
        f"no room for the workflow of another team: {most} teams of the account have or had one, which is the most "
        "(teams whose workflow was deleted count); move users to one of these teams, or change the workflow of one"
    )
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)


def full_store(accounts_max: int) -> LimitExceeded:
    """Return the error for one account too many."""
    message = f"no room for another account: there are the {accounts_max} accounts that accounts_max allows"
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)
