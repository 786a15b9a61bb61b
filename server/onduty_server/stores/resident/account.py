"""One account in memory: its users by group, who of them may be given work, and what has become due (`deadlines`).

Invariants: a user for whom something is known to be due is flagged OVERDUE and in `overdue`, until the sweeper or an
event has settled the record. Such a user does not count as ONLINE. One whom time alone has made ONLINE (a status with
an end) does, and is ARRIVED: in `arrived` with the record as it has become, and in every index as that record.

The group of each user is that of the team in the profile (`account_groups`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import NamedTuple

from ...app.ports.reports import DEFAULT_TIME_ZONE
from ...domain import rules
from ...domain.layers import forget_unpacked, has_end, unpack
from ...domain.record import AccountEvent, Profile, UserRecord
from ...domain.rules import Policy
from ...domain.status import Connection, State, Status
from .account_groups import AccountGroups
from .connections import lowered_session_end
from .forgetting import Forgetting
from .group import ERASED, Group
from .overdue import Overdue
from .since_index import SinceIndex
from .user import ARRIVED, DIRTY, IN_INDEX, OVERDUE, UNWRITTEN, ResidentUser, as_is, is_online, shows_online

_AWAY = tuple(state for state in State if state.status is Status.AWAY)
_OFFLINE = tuple(state for state in State if state.status is Status.OFFLINE)


class AtPresent(NamedTuple):
    """The part of a user's record that reports are told: the state that is shown, the team, and the packed layers."""

    state: State
    team_id: str
    layers: str


Before = dict[int, AtPresent]
"""Users as they were when a tally began, by number."""

_PAST_COST = 4
"""The cost of a look at a user because of a past policy, in looks at an entry of the index."""


class Account(AccountGroups):
    """The users of an account and their index. Times are ms UTC."""

    __slots__ = (
        "account_id",
        "acted",
        "base",
        "decided_revision",
        "durable_revision",
        "erased_revision",
        "forgetting",
        "is_announced",
        "is_erased",
        "looks",
        "moved",
        "number",
        "online",
        "overdue",
        "revision",
        "scheduled",
        "shown",
        "since",
        "tallies",
        "time_zone",
        "unsent",
        "unsure",
        "users",
        "watched",
    )

    def __init__(
        self,
        account_id: str,
        number: int,
        policy: Policy,
        overdue: Overdue,
        base: int = 0,
        time_zone: str = DEFAULT_TIME_ZONE,
    ) -> None:
        super().__init__(policy)
        self.account_id = account_id
        self.number = number
        self.base = base
        """The revision after which those of the account begin."""
        self.revision = base
        self.durable_revision = base
        self.decided_revision = base
        """The last revision that is not that of a timed switch."""
        self.erased_revision = base
        """The revision of the last erasure of a user."""
        self.is_announced = False
        """True if the account is known to be durable, even if it has no revision yet."""
        self.is_erased = False
        self.users: dict[str, ResidentUser] = {}
        self.online = 0
        """How many users are ONLINE, as far as is known since the last `collect`."""
        self.shown = [0] * len(State)
        """By state: how many users' records show it. A timed switch counts once it is committed."""
        self.acted: dict[str, set[int]] = {}
        """By actor: the numbers of the other users whose record names it."""
        self.forgetting: list[Forgetting] = []
        """Those whose record names an actor who was erased; they are no longer in `acted`."""
        self.unsure = False
        """True if one of them may have become so by an activity that a crash would lose."""
        self.overdue = overdue
        """Users for whom something is known to be due. Those without the flag, or that are gone, are to be skipped."""
        self.watched = False
        """True while anybody listens to the account's events."""
        self.unsent: list[AccountEvent] = []
        """Events that are not durable yet, so that listeners have not been told of them."""
        self.scheduled: int | None = None
        """The time (ms UTC) at which the schedule has the account as due."""
        self.looks = 0
        """How many rankings by last activity are looking at all users, in chunks."""
        self.moved: set[ResidentUser] | None = None
        """While there are such rankings: the users who were active or changed since the first of them began."""
        self.since = SinceIndex()
        self.time_zone = time_zone
        """The name of the time zone of the account's days."""
        self.tallies: list[Before] = []
        """Of each tally that is looking at users, in chunks: who has changed since it began, as it was then."""

    # --- users -------------------------------------------------------------------------------------------------------

    def add(self, user_id: str) -> ResidentUser:
        """Add a user in state UNSEEN."""
        record = ResidentUser(user_id, len(self.order), self.teamless)
        self.users[user_id] = record
        self.order.append(record)
        return record

    def load(self, record: ResidentUser, now: int) -> None:
        """Add a user that was kept, who is in a group of the account. Call `finish_loading` after the last one."""
        group = record.group
        self.users[record.user_id] = record
        self.order.append(record)
        if group.team_id:
            group.members.add(record.number)
        if record.revision > self.revision:
            self.revision = record.revision
        if record.actor and record.actor != record.user_id:
            self.acted.setdefault(record.actor, set()).add(record.number)
        shown = record.shown if record.layers else record.state
        self.shown[shown] += 1
        if shown.status is Status.ONLINE:
            self.online += 1
            group.online += 1
        group.deadlines.load(record, now)

    def load_erased(self, revision: int) -> None:
        """Add the place of a user who was erased."""
        self.order.append(ERASED)
        self.revision = max(self.revision, revision)

    def finish_loading(self) -> None:
        """Bring the entries that `load` added into order."""
        for group in self.groups.values():
            group.deadlines.finish_loading()
            self.revision = max(self.revision, group.policy.workflow.revision)
        self.revision = max(self.revision, self.policy.workflow.revision)
        self.durable_revision = self.decided_revision = self.erased_revision = self.revision
        self.is_announced = True
        self.place_anew(self.groups.values())

    def reassign(self, record: ResidentUser, decided: UserRecord, now: int) -> None:
        """Write a decided record into a user's record and bring every index up to date."""
        # Asked in place, once for all that depends on it: this is done for every event.
        before = record.shown if record.layers else record.state
        if self.tallies:
            self._keep_before(record)
        if record.flags & OVERDUE:
            if record.flags & ARRIVED:
                self._leave(record)
                del self.arrived[record]
            record.flags &= ~(OVERDUE | ARRIVED)
        elif before.status is Status.ONLINE:
            self._leave(record)
        lowered = lowered_session_end(record.layers, decided.layers) if record.layers else None
        if record.actor != decided.actor:
            self._change_actor(record, decided.actor)
        if record.profile is not decided.profile:
            decided.profile = self._change_profile(record, decided)
        record.assign(decided)
        after = record.shown if record.layers else record.state
        if after is not before:
            self.shown[before] -= 1
            self.shown[after] += 1
        if after.status is Status.ONLINE:
            self._enter(record)
        if self.moved is not None:
            self.moved.add(record)
        group = record.group
        group.deadlines.enqueue(record, now)
        if lowered is not None:
            group.deadlines.connections.lower(record, lowered)
        if self.due_groups is not None:
            self.due_groups.unplaced.add(group)

    def erase(self, record: ResidentUser) -> UserRecord:
        """Erase a user for whom nothing is due. Return the record as it was; nothing is left in the old one."""
        image = record.copy()
        self._keep_before(record)
        self.shown[record.shown] -= 1
        if is_online(record):
            self._leave(record)
        if record.flags & OVERDUE:
            record.flags &= ~(OVERDUE | ARRIVED)
            self.arrived.pop(record, None)
        self._change_actor(record, "")
        if self.moved is not None:
            self.moved.discard(record)
        self._part(record)
        del self.users[record.user_id]
        self.order[record.number] = ERASED
        forget_unpacked()
        # Whatever still refers to it, for a while, has nothing of the person.
        record.user_id = ""
        record.assign(UserRecord(""))
        record.flags = 0
        return image

    def restore(self, record: ResidentUser, image: UserRecord) -> None:
        """Undo `erase`, as far as the user's place goes. `put_back` does the rest."""
        record.user_id = image.user_id
        self.order[record.number] = record
        self.users[record.user_id] = record
        # Without a state it is in no index, and `put_back` brings it into every one.
        group = self.group(image.profile.team_id)
        group.join(record)
        record.profile = group.nameless

    def put_back(self, images: Mapping[ResidentUser, UserRecord], teams: Iterable[str], now: int) -> None:
        """Restore users, revision included, as they were before changes that were lost; forget those then unseen.

        `teams` are those in which one of them has been. This looks at every entry of their index, because a bound may
        now be above its user's clock.
        """
        for record, image in images.items():
            self.reassign(record, image, now)
            record.revision = image.revision
        touched = {record.group for record in images}
        touched.update(group for team_id in teams if (group := self.groups.get(team_id)) is not None)
        numbers = {record.number for record in images}
        for group in touched:
            for number in numbers:
                group.left.pop(number, None)
            group.deadlines.forget(numbers)
        # Users that came last go first, so that no other user's number changes.
        while self.order and self.order[-1].state is State.UNSEEN and self.order[-1] is not ERASED:
            record = self.order.pop()
            if self.users.get(record.user_id) is record:
                del self.users[record.user_id]
            record.flags = 0
        for record in images:
            record.flags &= ~IN_INDEX
            if record.state is not State.UNSEEN:
                record.group.deadlines.enqueue(record, now)
        for group in self.groups.values():
            group.shorten()
        if not self.since.complete:
            self.since.position = min(self.since.position, len(self.order))
        self.place_anew(touched)

    def _keep_before(self, record: ResidentUser) -> None:
        """Let tallies that have begun go on to see a user as it was then."""
        for before in self.tallies:
            if record.number not in before:
                before[record.number] = AtPresent(record.shown, record.profile.team_id, record.layers)

    @property
    def away(self) -> int:
        """Return how many users are AWAY by their records."""
        return sum(self.shown[state] for state in _AWAY)

    @property
    def offline(self) -> int:
        """Return how many users are OFFLINE by their records."""
        return sum(self.shown[state] for state in _OFFLINE)

    def _enter(self, record: ResidentUser) -> None:
        """Count a user who is ONLINE now."""
        group = record.group
        self.online += 1
        group.online += 1
        if record.number < self.since.position or group.since is not None:
            since = as_is(record, self.arrived).status_since
            self.since.enter(record.number, since)
            if group.since is not None:
                group.since.enter(record.number, since)

    def _leave(self, record: ResidentUser) -> None:
        """Undo `_enter`, before anything changes of the record or its flags."""
        group = record.group
        self.online -= 1
        group.online -= 1
        if record.number < self.since.position or group.since is not None:
            since = as_is(record, self.arrived).status_since
            self.since.leave(record.number, since)
            if group.since is not None:
                group.since.leave(record.number, since)

    def _change_actor(self, record: ResidentUser, actor: str) -> None:
        for forgetting in self.forgetting:
            forgetting.numbers.discard(record.number)
        if record.actor and record.actor != record.user_id and (numbers := self.acted.get(record.actor)) is not None:
            numbers.discard(record.number)
            if not numbers:
                del self.acted[record.actor]
        if actor and actor != record.user_id:
            numbers = self.acted.get(actor)
            if numbers is None:
                self.acted[actor] = {record.number}
            else:
                numbers.add(record.number)

    def forget_actor(self, record: ResidentUser) -> None:
        """Take the actor out of a user's record."""
        self._change_actor(record, "")
        record.actor = ""
        if record.flags & ARRIVED:
            self.arrived[record].actor = ""

    def begin_forgetting(self, actor: str, revision: int) -> Forgetting | None:
        """Let all records that name an actor wait for `forget_actor`; None if there are none."""
        numbers = self.acted.pop(actor, None)
        if numbers is None:
            return None
        forgetting = Forgetting(actor, numbers, revision)
        self.forgetting.append(forgetting)
        return forgetting

    def undo_forgetting(self, forgetting: Forgetting) -> None:
        """Undo `begin_forgetting`; those who have been forgotten since are restored by `put_back`."""
        self.forgetting.remove(forgetting)
        if forgetting.numbers:
            self.acted.setdefault(forgetting.actor, set()).update(forgetting.numbers)

    # --- groups ------------------------------------------------------------------------------------------------------

    def _change_profile(self, record: ResidentUser, decided: UserRecord) -> Profile:
        """Bring a user into the group of the decided record. Return the profile, shared if it has no name."""
        profile = decided.profile
        if profile.team_id != record.profile.team_id:
            self._part(record)
            self.group(profile.team_id).join(record)
        return profile if profile.display_name else record.group.nameless

    def _part(self, record: ResidentUser) -> None:
        group = record.group
        group.part(record)
        self.drop_needless(group)

    def chunk(self, group: Group | None, position: int, size: int) -> tuple[list[ResidentUser], int | None]:
        """Return up to `size` users of a group, or all, `ERASED` included, from a number on; and that of the next."""
        if group is not None:
            users = list(islice(group.users(position), size + 1))
            return users[:size], users[size].number if len(users) > size else None
        end = position + size
        return self.order[position:end], end if end < len(self.order) else None

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self) -> int | None:
        """Return a lower bound (ms UTC) of the time at which something is due; 0 if something is, None for never."""
        if self.policy.past or self.with_past or self.overdue:
            return 0
        if self.due_groups is None or len(self.groups) == 1:
            # Every group that has to be scanned has past policies.
            return self.teamless.deadlines.earliest(self.policy)
        first = self.due_groups.first(self.groups)
        return None if first is None else first[0]

    def earliest_under(self, team_id: str) -> int | None:
        """Return the same of the users for whom a team's policy, or the account's, decides. It may be too early."""
        if self.overdue or self.has_past:
            return 0
        groups = [self.apart[team_id]] if team_id else [g for g in self.groups.values() if not g.is_apart]
        return min((due for group in groups if (due := group.earliest()) is not None), default=None)

    def collect(self, now: int, budget: int, group: Group | None = None) -> bool:
        """Move users for whom something is due at `now` to `overdue`; return False if there may be more.

        `budget` is how many entries of the index it looks at; with `group`, at those of this group only.
        """
        due_groups = self.due_groups
        if group is not None or due_groups is None or len(self.groups) == 1:
            return self._collect(group or self.teamless, now, budget) is not None
        while (first := due_groups.first(self.groups)) is not None and first[0] <= now:
            left = self._collect(first[1], now, budget)
            if left is None:
                return False
            budget = left
            # All that was due is overdue now.
            due_groups.collected(first[1], now)
        return True

    def _collect(self, group: Group, now: int, budget: int) -> int | None:
        """Do the work of `collect` for a group; return what is left of the budget, None if there may be more."""
        if not group.scanned():
            due, budget = group.scan(now, budget, _PAST_COST)
            for record in due:
                self._flag_overdue(record, now)
            if not group.scanned():
                return None

        return group.deadlines.collect(group.policy, now, budget, partial(self._flag_overdue, now=now), self.moved)

    def _flag_overdue(self, record: ResidentUser, now: int) -> None:
        if is_online(record):
            self._leave(record)
        if not record.flags & OVERDUE:
            record.flags |= OVERDUE
            self.overdue.add(record.number)
        elif record.flags & ARRIVED:
            record.flags &= ~ARRIVED
            del self.arrived[record]
        record.group.deadlines.engaged.discard(record.number)
        # Time alone makes nobody ONLINE but at the end of a status.
        if has_end(record.layers):
            settled = rules.settle(record, record.group.policy, now).record
            if shows_online(settled):
                self._arrive(record, settled, now)

    def _arrive(self, record: ResidentUser, settled: UserRecord, now: int) -> None:
        record.flags |= ARRIVED
        self.arrived[record] = settled
        if record.flags & (DIRTY | UNWRITTEN):
            self.unsure = True
        self._enter(record)
        if self.moved is not None:
            self.moved.add(record)
        record.group.deadlines.enqueue(record, now)
        self.place_anew((record.group,))

    def take_overdue(self) -> ResidentUser | None:
        """Take out the next user for whom something is to be committed. The flag stays until `reassign`."""
        while (number := self.overdue.take()) is not None:
            if number < len(self.order):  # otherwise the user's first change was lost
                record = self.order[number]
                if record.flags & OVERDUE:
                    return record
        return None

    def not_overdue(self, record: ResidentUser, now: int) -> None:
        """Put back a user for whom it turned out that nothing is due."""
        self.reassign(record, record.copy(), now)
        layers = unpack(record.layers)
        if layers.connection is Connection.CONNECTED:
            # It may have been an entry for this time that said so, and that is gone now.
            record.group.deadlines.connections.lower(record, layers.session_end)
