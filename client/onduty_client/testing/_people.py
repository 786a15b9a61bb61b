"""A user of a fake service: the status set last, and what lies over it or follows it as time passes.

The rules are the server's, but for inactivity: nobody is switched by that. Invariant: what is shown follows from the
user, the workflow and the time; `settle` lets it happen, each change with the time at which it became true.
"""

import enum
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client.testing._tracks import Key, Track

#: The end of what a program under test holds.
HELD: Final = datetime(9_000, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: For how long an activity counts as recent while no period is in force.
_FRESH_FOR: Final = timedelta(hours=1)

#: The fields of a workflow of which a change makes its periods hold anew.
_THRESHOLDS: Final = (
    *("enabled", "away_after", "offline_after", "keep_manual_away"),
    *("disconnect_after", "disconnect_status"),
)

_HEIGHT: Final = {pb.STATUS_ONLINE: 3, pb.STATUS_AWAY: 2, pb.STATUS_OFFLINE: 1}


class Connection(enum.Enum):
    """The states of a user's connection."""

    UNTRACKED = "UNTRACKED"
    CONNECTED = "CONNECTED"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"


_SHOWN_BY_CONNECTION: Final = {Connection.AWAY: pb.STATUS_AWAY, Connection.OFFLINE: pb.STATUS_OFFLINE}


class Shown(NamedTuple):
    """The part of a status of which a change is told."""

    status: pb.Status.ValueType
    cause: pb.Cause.ValueType
    actor: str = ""
    reason: str = ""
    expire_time: datetime | None = None
    then: pb.Then.ValueType = pb.THEN_UNSPECIFIED


@dataclass(slots=True)
class Person:
    """A user. `own` is the user's own status, which a disconnection may be shown over.

    Attributes:
        since: when the status shown began.
        clock: the newest activity, setting by hand, or end of a status.
        sessions: when each ends, by its id; those that have ended are kept until the next one.
        engagements: likewise.
        track: what the user did so far; it stays after an erasure.
    """

    own: Shown
    since: datetime
    clock: datetime = _NEVER
    revision: int = 0
    last_activity: datetime | None = None
    connection: Connection = Connection.UNTRACKED
    sessions: dict[str, datetime] = field(default_factory=dict)
    engagements: dict[str, datetime] = field(default_factory=dict)
    display_name: str = ""
    team_id: str = ""
    track: Track = field(default_factory=Track)

    @property
    def shown(self) -> Shown:
        """The status that is shown."""
        over = _SHOWN_BY_CONNECTION.get(self.connection)
        if over is not None and _HEIGHT[over] < _HEIGHT[self.own.status]:
            return Shown(over, pb.CAUSE_DISCONNECT)
        return self.own

    @property
    def key(self) -> Key:
        """The status that is shown, and the team, as reports count them."""
        return Key(self.shown.status, self.shown.cause, self.team_id)

    @property
    def session_end(self) -> datetime:
        """The end of the last session."""
        return max(self.sessions.values(), default=_NEVER)

    @property
    def busy_until(self) -> datetime:
        """The last activity, or the end of the last engagement."""
        return max(self.last_activity or _NEVER, *self.engagements.values(), _NEVER)

    def is_connected(self, now: datetime) -> bool:
        """True while a session lives."""
        return self.session_end > now

    def engaged(self, now: datetime) -> int:
        """The number of engagements that live."""
        return sum(end > now for end in self.engagements.values())

    def is_newest(self, at: datetime) -> bool:
        """True if no activity is known that is as new."""
        return self.last_activity is None or at > self.last_activity

    def may_resume(self, at: datetime, now: datetime) -> bool:
        """True if an activity is new enough to bring the user back.

        It has to be newer than all else that is known, but for a status that has come to its end. The clock of a test
        stands still, so one at the very time of a switch by inactivity is newer.
        """
        if self.own.cause == pb.CAUSE_EXPIRY:
            return self.is_newest(at)
        return at >= max(self.clock, *(end for end in self.engagements.values() if end <= now), _NEVER)

    def seen(self, at: datetime, now: datetime) -> None:
        """Take note of an activity or a setting by hand: one from elsewhere, if no session lives."""
        if not self.is_connected(now) and at >= self.session_end:
            self.connection, self.sessions = Connection.UNTRACKED, {}


@dataclass(frozen=True, slots=True)
class Rules:
    """The workflow that decides for an account or a team, and since when its periods hold.

    `follows`: a team has none of its own any more. The values are the account's then, and the times its own.
    """

    workflow: pb.Workflow
    since: datetime = _NEVER
    follows: bool = False

    def revised(self, workflow: pb.Workflow, now: datetime, *, follows: bool = False) -> "Rules":
        """Return the rules in which `workflow`, written over this one, comes into force at `now`."""
        if workflow.enabled and not self.workflow.enabled:
            workflow.enabled_time.CopyFrom(convert.time_to_proto(now, "now"))
        elif self.workflow.HasField("enabled_time"):
            workflow.enabled_time.CopyFrom(self.workflow.enabled_time)
        else:
            workflow.ClearField("enabled_time")
        is_new = any(getattr(workflow, name) != getattr(self.workflow, name) for name in _THRESHOLDS)
        return Rules(workflow, now if is_new else self.since, follows)

    def take_over(self, person: Person, former: "Rules", now: datetime) -> Iterator[tuple[datetime, Shown]]:
        """Begin to decide for a user for whom `former` did, and let happen at `now` what is due by then.

        Yields what `settle` does.
        """
        if self.workflow.enabled:
            since = convert.time(former.workflow.enabled_time) if former.workflow.enabled else now
            # What is new for this user counts from now on, as it would for everybody.
            if since > convert.time(self.workflow.enabled_time):
                person.clock = max(person.clock, since)
                if person.session_end < since:
                    person.sessions = dict.fromkeys(person.sessions, since)
        due = self.next_due(person)
        if due is not None and due[0] <= now:
            yield from replace(self, since=now).settle(person, now)

    def next_due(self, person: Person) -> tuple[datetime, Callable[[Person], None]] | None:
        """Return the time of the next change that time alone brings, and the change; None if there is none."""
        found: list[tuple[datetime, Callable[[Person], None]]] = []
        dest = self._disconnected(person.connection)
        if dest is not None:
            gone_since = max(person.session_end, convert.time(self.workflow.enabled_time))
            due = max(gone_since + self.workflow.disconnect_after.ToTimedelta(), self.since)
            found.append((due, lambda person: setattr(person, "connection", dest)))
        if person.own.expire_time is not None:
            found.append((person.own.expire_time, self._end))
        # The first of two at the same time comes first.
        return min(found, key=lambda each: each[0], default=None)

    def settle(self, person: Person, now: datetime) -> Iterator[tuple[datetime, Shown]]:
        """Let happen what is due by `now`. Yields the time and what was shown before, for each change of that."""
        while (due := self.next_due(person)) is not None and due[0] <= now:
            time, happen = due
            before = person.shown
            happen(person)
            if person.shown != before:
                yield time, before

    def ahead(self, person: Person) -> tuple[datetime, Shown] | None:
        """The next change of what is shown, if nothing happens before."""
        later = deepcopy(person)
        while (due := self.next_due(later)) is not None and due[0] < HELD:
            # All of what is due at the same time.
            for _ in self.settle(later, due[0]):
                pass
            if later.shown != person.shown:
                return due[0], later.shown
        return None

    def _disconnected(self, connection: Connection) -> Connection | None:
        if not self.workflow.enabled or not self.workflow.HasField("disconnect_after"):
            return None
        to_away = self.workflow.disconnect_status == pb.STATUS_AWAY
        if connection is Connection.CONNECTED:
            return Connection.AWAY if to_away else Connection.OFFLINE
        return Connection.OFFLINE if connection is Connection.AWAY and not to_away else None

    def _end(self, person: Person) -> None:
        own = person.own
        assert own.expire_time is not None
        if own.then == pb.THEN_ONLINE:
            status = pb.STATUS_ONLINE
        elif own.then == pb.THEN_OFFLINE:
            status = pb.STATUS_OFFLINE
        elif own.then == pb.THEN_AWAY or own.status == pb.STATUS_OFFLINE or person.last_activity is None:
            status = pb.STATUS_AWAY
        else:
            is_fresh = own.expire_time - person.last_activity < self._fresh_for
            status = pb.STATUS_ONLINE if is_fresh else pb.STATUS_AWAY
        person.clock = max(person.clock, own.expire_time)
        person.own = Shown(status, pb.CAUSE_EXPIRY)

    @property
    def _fresh_for(self) -> timedelta:
        for period in ("away_after", "offline_after"):
            if self.workflow.enabled and self.workflow.HasField(period):
                found: timedelta = getattr(self.workflow, period).ToTimedelta()
                return found
        return _FRESH_FOR
