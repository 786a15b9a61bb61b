"""The port for the use cases: users, workflows, and the history of their changes.

Every store promises:

- Decisions (`Decide`, `Revise`) are pure functions of a record or workflow, the policy and the store's `now`. The store
  runs them atomically with the write that follows; it may run one again after losing a race, never twice for one write.
- The store gives every change the account's next revision: without gaps, in commit order, workflow changes included.
- What is returned is durable: no change that was shown vanishes in a crash. Only a moved clock, and a session or
  engagement that was kept without changing what is shown, may be lost, and only within the configured flush interval.
  A timed switch follows from durable data, so it may be shown before its own record is durable; such a read shows the
  revision before it.
- It keeps at most `users_max` users of an account and `accounts_max` accounts (`StoreOptions`; 0: any number). For one
  more, `transact` and `update_workflow` commit nothing and raise `LimitExceeded`; a count that is kept beside the
  account and checked in the commit is enough for that. Known users are served as ever, even where there are more of
  them than a limit allows. Of accounts that have to be declared (`StoreOptions.accounts_declared`), only
  `create_account` makes one; the others raise `AccountUnknown` instead.
- A user's policy is that of the user's team, which is the account's unless the team has a workflow of its own. A change
  of any workflow, and a team's first or last, costs the same however many users it concerns.
- What `delete_user` and `delete_account` have erased is nowhere in what the store keeps once they have returned. A
  crash before that leaves it either as it was or erased, once the store is open again.
- The revisions of a new account begin after those of every account that was deleted before, so that no resume token of
  the account that had its id is taken for one of its own.
- Reads are exact: they evaluate the record under the policy at `now` and write nothing.
- Ids given to a store have been validated.

Coroutines raise `StoreUnavailable` when the store cannot be reached or cannot write.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from ...domain.layers import LeaseAction
from ...domain.record import Decision, Profile, ProfilePatch, StatusChange, StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import Status
from ...domain.workflow import Workflow
from ..limits import ACTIVITY_MAX_AGE_MS
from .activities import Activities, ActivityReport
from .history import History
from .reports import Reports

Decide = Callable[[UserRecord, Policy, int], Decision]
"""(record, policy, now) -> the decision. For a user never seen before, the record is in state UNSEEN."""

Revise = Callable[[Workflow, int, int, Workflow], Workflow]
"""(current workflow, now, next revision, the account's) -> the revised one, or the current object if nothing changes.

For a team that follows the account's, the current workflow is the account's, or one that `follows` it. What is returned
for a team has its `team_id`, and `follows` if it has none of its own from now on (`domain.workflow.delete`).
"""


class Activity(NamedTuple):
    """The activity that a decision is about. `time` is ms UTC; None means the store's `now`."""

    time: int | None


class Renewal(NamedTuple):
    """The session or engagement that a decision is about: kept for `ttl_ms` from the store's `now`, or ended.

    `idle_for_ms` says how long ago the client of a session last saw input, which counts as an activity of that time;
    None: it does not say.
    """

    action: LeaseAction
    lease_id: str
    ttl_ms: int = 0
    idle_for_ms: int | None = None


class AvailabilityOrder(IntEnum):
    """The order of the available users. The numbers are those of the proto."""

    LONGEST_AVAILABLE = 1
    MOST_RECENTLY_ACTIVE = 2
    LONGEST_IDLE = 3


class StatusPage(NamedTuple):
    """Users of an account in the order they were first seen; `next_position` is None after the last.

    `revision` is the account's when the page was made; the page shows all changes up to it.
    """

    views: Sequence[StatusView]
    next_position: int | None
    revision: int = 0


class Available(NamedTuple):
    """The first available users, in the order asked for, and how many are available in all."""

    views: Sequence[StatusView]
    total: int


class PreviewedSwitch(NamedTuple):
    """A user whom a workflow change would switch at once."""

    user_id: str
    previous_status: Status
    status: Status


class PreviewedQuarter(NamedTuple):
    """How many switches a quarter of an hour would bring; `end_time` (ms UTC) belongs to it."""

    end_time: int
    to_away: int = 0
    to_offline: int = 0


class Preview(NamedTuple):
    """The effect of a workflow change: the workflow, the first of the users it switches, and counts by new status.

    `next_hour` counts, by quarters, the switches that follow if nobody does anything.
    """

    workflow: Workflow
    switches: Sequence[PreviewedSwitch]
    to_away: int
    to_offline: int
    next_hour: Sequence[PreviewedQuarter] = ()


class ChangeFilter(NamedTuple):
    """Selects changes to list. Times are ms UTC and mean effective times: `start` inclusive, `end` exclusive.

    `team_id` is the user's team at the time of the change.
    """

    user_id: str | None = None
    start: int | None = None
    end: int | None = None
    team_id: str | None = None

    @property
    def takes_all(self) -> bool:
        """True if no change is left out."""
        return self == _NO_FILTER

    def spans(self, effective_time: int) -> bool:
        """Return True if the time (ms UTC) is within `start` and `end`."""
        return (self.start is None or effective_time >= self.start) and (self.end is None or effective_time < self.end)

    def selects(self, change: StatusChange) -> bool:
        """Return True if the change is to be listed."""
        return (
            (self.user_id is None or change.user_id == self.user_id)
            and (self.team_id is None or change.profile.team_id == self.team_id)
            and self.spans(change.effective_time)
        )


_NO_FILTER = ChangeFilter()


class AccountPage(NamedTuple):
    """Ids of accounts; `next_position` is None after the last."""

    account_ids: Sequence[str]
    next_position: int | None


class TeamSummary(NamedTuple):
    """A team that has users or a workflow of its own."""

    team_id: str
    users: int
    has_workflow: bool


class ProfileUpdate(NamedTuple):
    """The outcome of a change of a profile: the user as seen afterwards, and the profile before and after."""

    view: StatusView
    before: Profile
    after: Profile


class ChangePage(NamedTuple):
    """Changes in the order of their revisions. The next page begins after `next_revision`; None: there is none."""

    changes: Sequence[StatusChange]
    next_revision: int | None


class FoundUser(ABC):
    """A known user, found once and for all calls about it, and what is shown of it.

    It belongs to the event loop, and its methods neither wait nor raise. Once the user or the account has been erased
    they return False for ever.
    """

    __slots__ = ("account_id", "frame", "kept", "kept_frame", "last_activity", "next_status_time", "user_id")

    def __init__(self, account_id: str, user_id: str) -> None:
        self.account_id = account_id
        self.user_id = user_id
        self.frame: StatusView
        """The status as it is shown, but for the two times below, which may be out of date in it."""
        self.last_activity: int | None = None
        self.next_status_time: int | None = None
        self.kept: Any = None
        """Whatever a reader has made of all this: back to None once anything has changed."""
        self.kept_frame: Any = None
        """Whatever a reader has made of the frame: back to None once that has changed."""

    @abstractmethod
    def peek(self) -> bool:
        """Bring the fields up to date as of now; return False if that takes `StatusReader.get`."""

    @abstractmethod
    def touch(self) -> bool:
        """Record an activity of now if it only moves the user's clock, and bring the fields up to date.

        Returns False if it did not, for the reasons of `ImmediateStatuses.touch`, or if the fields could not be.
        """


class FoundAvailable(ABC):
    """A request for the available users of an account, and what is answered to it.

    It belongs to the event loop, and `peek` neither waits nor raises.
    """

    __slots__ = ("account_id", "kept", "total", "users")

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.users: Sequence[FoundUser] = ()
        """The best first, their fields up to date."""
        self.total = 0
        """How many there are in all."""
        self.kept: Any = None
        """Whatever a reader has made of the total: back to None once that has changed."""

    @abstractmethod
    def peek(self) -> bool:
        """Bring users and total up to date as of now; return False if that takes `StatusReader.available`."""


class ImmediateStatuses(ABC):
    """Answers the most frequent calls without waiting: a capability of stores that keep their users in memory.

    Its methods return at once and raise nothing. If the answer needs a wait or a decision, they do nothing and say so;
    `StatusStore.transact` or `StatusStore.get` then does the work.
    """

    @abstractmethod
    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        """Record an activity if it only moves the user's clock; return True if it was recorded.

        It returns False for an unknown user, a status that may change, a time (ms UTC; None: now) that is out of order,
        an activity that must be durable before it is acknowledged, or a store that cannot answer at once.
        """

    def touch_and_peek(self, account_id: str, user_id: str, activity_time: int | None) -> StatusView | None:
        """Do as `touch`, and return the status after it; None if nothing was recorded or it cannot be told at once.

        What was recorded may be recorded again.
        """
        return self.peek(account_id, user_id) if self.touch(account_id, user_id, activity_time) else None

    def touch_all(self, activities: Activities) -> list[ActivityReport]:
        """Record those that `touch` records, in their order; return the others. It may be as of one moment."""
        touch = self.touch
        return [each for each in activities if not touch(each.account_id, each.user_id, each.activity_time)]

    @abstractmethod
    def renew(self, account_id: str, user_id: str, renewal: Renewal) -> bool:
        """Keep a session or engagement if that only moves numbers; return True if it was kept.

        The ids and numbers of `renewal` have been checked.

        It returns False, having done nothing, for an unknown user, a lease that is new, has ended or is to be ended, a
        status or connection that may change, an activity (`idle_for_ms`) that `touch` would not record, or a store that
        cannot answer at once.
        """

    @abstractmethod
    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """Return the user's status now, or None if the user is unknown or the store cannot answer at once."""

    def find(self, account_id: str, user_id: str) -> FoundUser | None:
        """Return a user whose status `peek` can return now, or None: also if the store has nothing to spare by it."""
        return None

    def find_all(self, account_id: str, user_ids: Sequence[str]) -> Sequence[FoundUser | StatusView] | None:
        """Return all these users at one instant: as `find` does, or the status alone of those about whom few ask.

        None if a user is unknown or the store cannot answer at once, or has nothing to spare by it.
        """
        return None

    def find_available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> FoundAvailable | None:
        """Return what `available` of the store does, up to date; None if that takes a wait or more than a look."""
        return None

    def forget_found(self) -> None:  # noqa: B027 - most keep nobody
        """Keep no user who was found."""


class StatusReader(ABC):
    """The present state of an account."""

    @abstractmethod
    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Return the users' statuses, all at one instant, in the order asked; None for a user never seen."""

    @abstractmethod
    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> StatusPage:
        """Return up to `limit` users from `position` (0: the first) who have one of `statuses` (empty: any).

        With `team_id`, only users of that team, at a cost that does not depend on how many others there are.

        A call looks at a bounded number of users, so a page may be short or empty with more to come.
        """

    @abstractmethod
    async def workflow(self, account_id: str, team_id: str = "") -> Workflow:
        """Return the team's own workflow, or else the account's: the default one if it was never configured."""

    @abstractmethod
    async def team_workflows(self, account_id: str) -> Sequence[Workflow]:
        """Return the workflows that teams have of their own, in the order of the teams' ids."""


class StatusStore(StatusReader, History, Reports):
    """The users, workflows and changes of accounts, as the use cases need them."""

    immediate: ImmediateStatuses | None = None
    """The fast path, if the store has one."""

    def oldest_activity(self, now: int) -> int:
        """Return the time (ms UTC) before which an activity is too old, at `now`, to be recorded."""
        return now - ACTIVITY_MAX_AGE_MS

    @abstractmethod
    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        """Run `decide` on the user's record and commit its decision; exceptions of `decide` pass through.

        `hint` is given if the decision is about an activity, a session or an engagement. A remote store then needs one
        round trip for most of them: it moves the numbers if that is all there is to do, and otherwise returns what the
        decision needs.

        A decision may change the record without a switch. If it is `durable`, it is on disk before this returns.
        Otherwise it is written within the flush interval.

        Raises:
            LimitExceeded: there would be one user, or one account, too many.
        """

    @abstractmethod
    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Available:
        """Return the users who are ONLINE at one instant: the first `limit` in the given order, and their number.

        With `team_id`, only users of that team.

        Users with `max_engagements` live engagements or more are neither listed nor counted; 0: however many.
        """

    @abstractmethod
    async def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        """Commit the revised workflow of the account or a team, in a time that does not depend on the number of users.

        What fell due under the old workflow keeps its status and effective time, even where it is recorded later.
        Returns the workflow as `revise` made it, also where the team has none of its own from now on.

        Raises:
            LimitExceeded: there would be one account too many, or one team (`TEAM_WORKFLOWS_MAX`) that has or had a
                workflow of its own.
            AccountUnknown: the account would have to be declared.
        """

    @abstractmethod
    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        """Write a patch into a user's profile (`rules.update_profile`), and the event that tells of it (`UserChange`).

        Raises:
            UserUnknown: the user was never seen.
            LimitExceeded: there would be one team (`TEAMS_MAX`) too many.
        """

    @abstractmethod
    async def delete_user(self, account_id: str, user_id: str) -> None:
        """Erase a user.

        What was due is settled first. The history keeps the rows, without the user and without reasons; where the user
        acted on others, without the actor. The erasure has a revision. Listeners are told who it is; the history and
        what other processes keep do not tell.

        Raises:
            UserUnknown: there is no such user, and no erasure of one that a crash has left unfinished.
        """

    @abstractmethod
    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        """Return up to `limit` teams with an id greater than `after`, in the order of their ids."""

    @abstractmethod
    async def create_account(self, account_id: str) -> bool:
        """Create an account without users; return False if it is there already.

        Raises:
            LimitExceeded: there would be one account too many.
        """

    @abstractmethod
    async def delete_account(self, account_id: str) -> None:
        """Erase an account. Its listeners are called without events, and begin anew with the empty account.

        Raises:
            AccountUnknown: there is no such account, and no erasure of one that a crash has left unfinished.
        """

    @abstractmethod
    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Preview:
        """Return the effect that `update_workflow` would have, at once and within the next hour; write nothing.

        It looks at the users whom the change concerns: those of the team, or those whose team has no workflow of its
        own.

        Up to `limit` of the users whom it would switch at once are listed.

        Raises:
            AccountUnknown: the account would have to be declared.
        """

    @abstractmethod
    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[Workflow]:
        """Return up to `limit` workflows of a revision below `before_revision`, each as a change left it, newest first.

        They are those of the account's own workflow, or of a team's, deletions included. The last
        `WORKFLOW_CHANGES_KEPT` of an account, its teams included, are kept, however old.
        """

    @abstractmethod
    async def accounts(self, position: int, limit: int) -> AccountPage:
        """Return up to `limit` of the accounts in which something was recorded, from `position` (0: the first) on.

        Each account that was there when the first page was read comes once. A page may be short with more to come.
        """

    @abstractmethod
    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Return up to `limit` kept changes after a revision. Each call does a bounded amount of work."""
