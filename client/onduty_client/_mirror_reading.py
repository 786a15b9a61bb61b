"""Reads a mirror: answers from memory, or refuses if the answer might be too old.

Every reading method may be called from any thread, takes no lock and never waits. Invariants: no answer may be older
than `max_staleness`; a new state replaces the old one in one step.
"""

import math
from datetime import datetime
from typing import Final, Literal, TypeAlias

from onduty_client import _convert as convert
from onduty_client._account_state import AccountState
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._errors import MirrorNotReady, MirrorStale
from onduty_client._lifecycle import Helper
from onduty_client._mirror_types import MirroredStatus
from onduty_client._types import AvailabilityOrder, Workflow

_NOT_STARTED: Final = "the mirror was not started: use it in a `with` block, or call `start`"

LongestAvailable: TypeAlias = Literal[AvailabilityOrder.LONGEST_AVAILABLE]


class MirrorReader(Helper):
    """Answers from the state that `show`, `vouch`, `date` and `distrust` have set."""

    _clock: Clock = SYSTEM_CLOCK
    _as_of: datetime | None

    def __init__(self, account_id: str, *, user_ids: frozenset[str] | None, max_staleness: float) -> None:
        super().__init__()
        if not max_staleness > 0:
            raise ValueError(f"max_staleness must be more than 0, got {max_staleness}")
        self._account_id = account_id
        self._user_ids = user_ids
        self._max_staleness = max_staleness
        self._now = self._clock.now
        self._forget_state()

    def _forget_state(self) -> None:
        # Readers look at these. Each is replaced in one step.
        self._state = AccountState()
        self._users = self._state.users
        self.distrust()

    # --- the state, set by the thread that follows the account -------------------------------------------------------

    def show(self, state: AccountState) -> None:
        """Answer from `state`, which is complete."""
        # Each user is as new as before, or newer, so the age of the old state holds for this one.
        self._state, self._users = state, state.users

    def vouch(self, fresh_at: float) -> None:
        """Count the age of answers from `fresh_at`, by the local steady clock."""
        if not self._closed:
            self._fresh_at = fresh_at
            self._deadline = fresh_at + self._max_staleness

    def date(self, as_of: datetime) -> None:
        """Set the time up to which the state is complete, by the server's clock."""
        self._as_of = as_of

    def distrust(self) -> None:
        """Answer nothing until `vouch` is called again."""
        self._deadline = self._fresh_at = -math.inf
        self._as_of = None

    # --- reading -----------------------------------------------------------------------------------------------------

    def is_available(self, user_id: str) -> bool:
        """Return True if a user may be given work, False for one never seen. Takes a fraction of a microsecond.

        Raises:
            MirrorStale: the answer might be older than `max_staleness`.
            ValueError: the mirror was told to follow other users only.
        """
        now = self._now  # Calling the attribute would take a tenth longer.
        if now() > self._deadline:
            raise self._refusal() from self._stream.error
        user = self._users.get(user_id)
        if user is None:
            self._check_followed(user_id)
            return False
        return user.available

    def status(self, user_id: str) -> MirroredStatus | None:
        """Return a user's status, None for one never seen. Raises as `is_available` does."""
        self._check_fresh()
        user = self._users.get(user_id)
        if user is None:
            self._check_followed(user_id)
        return user

    def statuses(self, *, team_id: str | None = None) -> tuple[MirroredStatus, ...]:
        """Return all users' statuses, or those of a team, in no particular order.

        Those of a team take as long as all: with `available_users` a team costs what it has.

        Raises:
            MirrorStale: the answer might be older than `max_staleness`.
            ValueError: an empty team.
        """
        convert.team_filter(team_id)
        self._check_fresh()
        # Copying a dict is atomic; iterating over one while another thread adds to it is not.
        every = self._users.copy().values()
        return tuple(every) if team_id is None else tuple(each for each in every if each.team_id == team_id)

    def available_users(
        self,
        *,
        order: LongestAvailable = AvailabilityOrder.LONGEST_AVAILABLE,
        limit: int = 100,
        team_id: str | None = None,
    ) -> tuple[MirroredStatus, ...]:
        """Return the available users, or those of a team, longest available first: `limit` of them, or all there are.

        The other orders depend on activities, which a watch does not carry: ask the server, by `available_users` of a
        client.

        Raises:
            MirrorStale: the answer might be older than `max_staleness`.
            ValueError: another order, a limit below 1, or an empty team.
        """
        if order is not AvailabilityOrder.LONGEST_AVAILABLE:
            raise ValueError(f"a mirror has no activities to order by {order}; ask Client.available_users")
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        convert.team_filter(team_id)
        self._check_fresh()
        return self._state.queue(team_id).first(limit)

    def available_count(self, *, team_id: str | None = None) -> int:
        """Return how many users are available, in all or in a team. Raises as `statuses` does."""
        convert.team_filter(team_id)
        self._check_fresh()
        return self._state.queue(team_id).count

    def workflow(self, *, team_id: str = "") -> Workflow:
        """Return the workflow that decides for a team, or for users without a team. Raises `MirrorStale`.

        That is the account's, unless the team has one of its own; `team_id` of the result says which it is.
        """
        self._check_fresh()
        # Taken once: another thread may replace it.
        state = self._state
        workflow = state.team_workflows.get(team_id, state.workflow)
        assert workflow is not None, "a server sends the workflow with every snapshot"
        return workflow

    @property
    def account_id(self) -> str:
        """The account that is mirrored."""
        return self._account_id

    @property
    def max_staleness(self) -> float:
        """The greatest age of an answer, in seconds."""
        return self._max_staleness

    @property
    def as_of(self) -> datetime | None:
        """The time up to which the state is complete, by the server's clock; None before the first bookmark."""
        return self._as_of

    @property
    def staleness(self) -> float:
        """The age of `as_of` in seconds; infinite before the first bookmark.

        It is measured by the local steady clock, so the server's clock may be set to any time. It is too small by at
        most the shortest delay from the server to here.
        """
        return max(0.0, self._now() - self._fresh_at)

    @property
    def error(self) -> Exception | None:
        """The reason why the mirror is cut off, or was last refused; None if there is none, or no longer."""
        return self._stream.error

    def _check_fresh(self) -> None:
        if self._now() > self._deadline:
            raise self._refusal() from self._stream.error

    def _check_followed(self, user_id: str) -> None:
        if self._user_ids is not None and user_id not in self._user_ids:
            raise ValueError(f"the mirror does not follow {user_id!r}")

    def _refusal(self) -> Exception:
        if self._closed:
            return RuntimeError("the mirror is closed")
        if self._inherited:
            try:
                self._start_inherited()
            except RuntimeError as error:
                return error
        if self._loop is None:
            return MirrorNotReady(_NOT_STARTED, max_staleness=self._max_staleness)
        staleness = self.staleness
        because = f": {self._stream.error}" if self._stream.error is not None else ""
        whose = f"the mirror of {self._account_id!r}"
        if staleness == math.inf:
            return MirrorNotReady(
                f"{whose} has not got its state yet{because}",
                max_staleness=self._max_staleness,
            )
        return MirrorStale(
            f"{whose} is {staleness:.1f} s old, more than {self._max_staleness:g} s{because}",
            staleness=staleness,
            max_staleness=self._max_staleness,
        )
