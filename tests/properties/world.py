"""All accounts as the model has them: everybody lives on, and is settled at once whenever anybody asks.

How a life goes is told in `layers/person.py`; here is what befalls everybody: heartbeats, outages, restarts, workflows.
No index, no policies of the past, no revisions, nothing lazy. Times are ms UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.properties.layers.events import MINUTE, SECOND, Cause, Change, Outage, PersonEvent, Status, View, Workflow
from tests.properties.layers.person import (
    Person,
    as_now,
    changed,
    check,
    first_seen,
    happened,
    view_of,
    what_follows,
)

QUARTER = 15 * MINUTE
"""A dry run looks an hour ahead, by quarters."""
LEASE = 3 * SECOND
"""For how long after a heartbeat what is shown counts as shown before an outage."""


class Impact(NamedTuple):
    """What a dry run says: who would switch at once from which status to which; and of each quarter of an hour the end
    and how many go AWAY and OFFLINE."""

    at_once: dict[str, tuple[Status, Status]]
    quarters: list[tuple[int, int, int]]


@dataclass
class Team:
    """An account. `floor` is the last recovery from an outage."""

    floor: int
    workflow: Workflow = field(default_factory=Workflow)
    people: dict[str, Person] = field(default_factory=dict)
    """Everybody known, in the order in which they were first seen."""

    def settle(self, until: int) -> None:
        """Everything that has become true by `until` has happened."""
        for person in self.people.values():
            person.walk(until)

    def next_deadline(self) -> int | None:
        """When anything becomes true of anybody next, whether or not it will be shown."""
        dues = [due for person in self.people.values() if (due := person.first_due()) is not None]
        return min((due.at for due in dues), default=None)

    def next_change(self) -> int | None:
        """When anybody is shown as something else next, if nothing happens."""
        following = [what_follows(person) for person in self.people.values()]
        return min((change.at for change in following if change is not None), default=None)

    def view(self, user: str) -> View:
        """What is shown of somebody known."""
        return view_of(self.people[user])

    def do(self, user: str, event: PersonEvent, now: int) -> None:
        """Let something happen to somebody, when all are settled; or Refused."""
        person = self.people.get(user)
        check(event, person, now)
        if person is None:
            self.people[user] = first_seen(event, now, self.workflow, self.floor)
        else:
            happened(person, event)

    def configure(self, patch: dict[str, object], now: int) -> bool:
        """Change the workflow, or Refused; whether that changed anything."""
        after = changed(self.workflow, tuple(patch.items()), now)
        if after == self.workflow:
            return False
        self.workflow = after
        for person in self.people.values():
            person.configured(after)
        return True

    def recover(self, floor: int) -> None:
        """An outage is over at `floor`, when all that was due before it has happened."""
        self.floor = floor
        for person in self.people.values():
            person.outage(Outage(floor))
        self.settle(floor)

    def copy(self) -> Team:
        """Another that goes on from here."""
        return Team(self.floor, self.workflow, {user: as_now(person) for user, person in self.people.items()})

    def impact(self, patch: dict[str, object], now: int) -> Impact:
        """What changing the workflow now would do, if nobody did anything in the hour that follows; browsers go on."""
        after = self.copy()
        after.configure(patch, now)
        for person in after.people.values():
            for session, end in person.sessions.items():
                if end > now:
                    person.sessions[session] = now + 4 * QUARTER
        at_once = {
            user: (person.shown.status, after.people[user].shown.status)
            for user, person in self.people.items()
            if person.shown.status is not after.people[user].shown.status
        }
        quarters = []
        for number in (1, 2, 3, 4):
            end = now + number * QUARTER
            known = {user: len(person.changes) for user, person in after.people.items()}
            after.settle(end)
            new = [it for user, person in after.people.items() for it in person.changes[known[user] :]]
            quarters.append((end, _switches_to(Status.AWAY, new), _switches_to(Status.OFFLINE, new)))
        return Impact(at_once, quarters)


def _switches_to(status: Status, changes: Collection[Change]) -> int:
    """How many changes to a status a workflow brings: ends of statuses come whatever it says."""
    return sum(
        change.status is status and change.previous is not status and not _is_an_end(change) for change in changes
    )


def _is_an_end(change: Change) -> bool:
    """An end also shows a disconnection under it, which is then no lower than what has ended."""
    if change.cause is Cause.DISCONNECT and change.previous is not None:
        return not change.status.is_lower_than(change.previous)
    return change.cause is Cause.EXPIRY


class World:
    """All accounts, and the life of the server that keeps them."""

    def __init__(self, now: int, *, grace: int, count_outage: bool) -> None:
        self.grace = grace
        self.count_outage = count_outage
        self.floor = 0
        self.last_beat = now
        self.vouched = now + LEASE
        self.teams: dict[str, Team] = {}

    def team(self, account: str) -> Team:
        return self.teams.setdefault(account, Team(self.floor))

    def look(self, now: int) -> None:
        """Somebody asks for something at `now`, which needs a heartbeat that is not too old."""
        if now > self.vouched:
            self.beat(now)
        self._settle(now)

    def beat(self, now: int) -> None:
        """A heartbeat, which may find that the one before it was too long ago."""
        if now - self.last_beat > self.grace and not self.count_outage:
            self._settle(min(self.vouched, now))
            self.floor = now
            for team in self.teams.values():
                team.recover(now)
        self.last_beat = now
        self.vouched = max(self.vouched, now + LEASE)
        self._settle(now)

    def stop(self, now: int) -> None:
        """A clean stop: up to now the server was there, and no longer."""
        self.look(now)
        self.last_beat = self.vouched = now

    def start(self, now: int) -> None:
        self.beat(now)

    def next_change(self) -> int | None:
        """When anybody anywhere is shown as something else next."""
        moments = [moment for team in self.teams.values() if (moment := team.next_change()) is not None]
        return min(moments, default=None)

    def _settle(self, now: int) -> None:
        for team in self.teams.values():
            team.settle(now)
