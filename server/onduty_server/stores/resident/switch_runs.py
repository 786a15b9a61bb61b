"""Gathers the timed switches of one step of the sweeper, so that those that are alike are journalled as one entry.

When a million users fall due at once, next to nothing tells their switches apart: the user, the revision, which is the
next each time, and how long ago the switch became true. Journalled as a row of the history and a whole user each, they
cost the writer four times as much.
"""

from __future__ import annotations

from ...app.ports.observer import Observer
from ...domain.record import Decision
from ...domain.status import State, Status
from .account import Account
from .journal import Journal, SwitchRun
from .user import ARRIVED, DIRTY, NUMBER_BITS, OVERDUE, UNWRITTEN, ResidentUser

_LATE_MAX_MS = (1 << 31) - 1
"""With a user's number it makes 63 bits, which every reader of JSON takes for an integer."""


class SwitchRuns:
    """The switches of one account in one step, committed at `now` (ms UTC). Call `end` before the step is over."""

    def __init__(self, journal: Journal, observer: Observer, account: Account, now: int) -> None:
        self._journal = journal
        self._observer = observer
        self._account = account
        self._now = now
        self._previous = self._state = State.UNSEEN
        self._team_id = ""
        self._first_revision = 0
        self._users: list[int] = []

    def takes(self, record: ResidentUser, decision: Decision) -> bool:
        """Return True if `add` may journal what was decided about a user who is overdue.

        That is so if nothing but the state, its time and the revision differs from the user's row in the file, once the
        row has neither actor nor reason; and if no other change of the user is on its way there.
        """
        decided, switches = decision.record, decision.switches
        return (
            len(switches) == 1
            and not record.layers
            and not decided.layers
            and record.flags & (OVERDUE | ARRIVED | DIRTY | UNWRITTEN) == OVERDUE
            and record.revision <= self._account.durable_revision
            and decided.status_since == (effective_time := switches[0].effective_time)
            and 0 <= self._now - effective_time <= _LATE_MAX_MS
            and decided.state.status is not Status.ONLINE
        )

    def add(self, record: ResidentUser, previous: State, state: State, effective_time: int) -> None:
        """Give a user's switch the account's next revision, and journal it with those that are like it."""
        account = self._account
        account.revision = revision = account.revision + 1
        team_id = record.profile.team_id
        if not (
            self._users
            and state is self._state
            and previous is self._previous
            and team_id == self._team_id
            and revision == self._first_revision + len(self._users)
        ):
            self.end()
            self._previous, self._state, self._team_id, self._first_revision = previous, state, team_id, revision
        self._users.append(self._now - effective_time << NUMBER_BITS | record.number)

    def end(self) -> None:
        """Append to the journal what was added and is not there yet. Other entries of the account come after it."""
        users = self._users
        if not users:
            return
        self._users = []
        run = SwitchRun(
            *(self._account.number, self._first_revision, self._previous, self._state, self._now, self._team_id, users)
        )
        self._journal.switches(self._account, run)
        status, cause = self._state.status, self._state.cause
        assert status is not None and cause is not None  # nobody goes back to never having been seen
        self._observer.switched(status, cause, len(users))
