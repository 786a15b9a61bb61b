"""What design.md sections 2, 3, 7 and 11 promise, told so simply that it can be checked against the text by eye.

An account is the list of everything that ever happened in it. To answer for an instant, the list is played from the
beginning up to that instant (`person.py`). Nothing is indexed, cached or remembered from one question to the next, so
that a question cannot change an answer. Slow on purpose.

Where the text is silent or contradicts itself, a comment "Q7" names the question in `docs/decisions.md`
that was settled by it.
"""

from __future__ import annotations

from copy import deepcopy

from tests.properties.layers.events import (
    Change,
    Configure,
    Event,
    Outage,
    PersonEvent,
    Refusal,
    Refused,
    Status,
    View,
    Workflow,
)
from tests.properties.layers.person import Person, changed, check, first_seen, happened, view_of

EVERYBODY = ""


class Account:
    """Everything that happened, in the order in which it did."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, str, Event]] = []

    # --- telling it what happens

    def do(self, now: int, user: str, event: PersonEvent) -> None:
        """An event of one person at `now`, or Refused."""
        check(event, self.person(user, now), now)
        self.entries.append((now, user, event))

    def configure(self, now: int, **patch: object) -> None:
        """A change of the workflow at `now`, or Refused."""
        event = Configure.to(**patch)
        changed(self.workflow(now), event.patch, now)
        self.entries.append((now, EVERYBODY, event))

    def outage(self, start: int, floor: int) -> None:
        """Told at `floor`, when the service has recovered; nothing else can have happened since `start`."""
        assert start <= floor
        assert all(at <= start for at, _, _ in self.entries)
        self.entries.append((start, EVERYBODY, Outage(floor)))

    # --- asking

    def workflow(self, now: int) -> Workflow:
        workflow = Workflow()
        for at, _, event in self.entries:
            if at <= now and isinstance(event, Configure):
                workflow = changed(workflow, event.patch, at)
        return workflow

    def users(self, now: int) -> list[str]:
        """Everybody known, in the order in which they were first seen."""
        return list(dict.fromkeys(user for at, user, _ in self.entries if user and at <= now))

    def person(self, user: str, now: int) -> Person | None:
        """Play the story up to `now`; None for somebody never seen."""
        person: Person | None = None
        workflow, floor = Workflow(), 0
        for at, whom, event in self.entries:
            if at > now:
                break
            if person is not None:
                person.walk(at)
            match event:
                case Configure():
                    workflow = changed(workflow, event.patch, at)
                    if person is not None:
                        person.configured(workflow)
                case Outage():
                    floor = event.floor
                    if person is not None:
                        person.outage(event)
                case _ if whom == user:
                    person = first_seen(event, at, workflow, floor) if person is None else happened(person, event)
        if person is not None:
            person.walk(now)
        return person

    def view(self, user: str, now: int) -> View:
        """What is shown of somebody at `now`, or Refused."""
        person = self.person(user, now)
        if person is None:
            raise Refused(Refusal.USER_UNKNOWN)
        return view_of(person)

    def changes(self, user: str, now: int, start: int = 0, end: int | None = None) -> list[Change]:
        """What is known by `now` of the changes effective from `start` to before `end`."""
        person = self.person(user, now)
        return [
            change
            for change in ([] if person is None else person.changes)
            if start <= change.at and (end is None or change.at < end)
        ]

    def available(self, now: int, max_engagements: int | None = None) -> list[str]:
        """Whom a router may give work, without those who have `max_engagements` or more; in no particular order."""
        views = {user: self.view(user, now) for user in self.users(now)}
        return [
            user
            for user, view in views.items()
            if view.available and (max_engagements is None or view.engagements < max_engagements)
        ]

    def impact(self, now: int, **patch: object) -> dict[str, tuple[Status, Status]]:
        """Who would have which status before and after changing the workflow now, where that is another one."""
        after = deepcopy(self)
        after.configure(now, **patch)
        pairs = {user: (self.view(user, now).status, after.view(user, now).status) for user in self.users(now)}
        return {user: pair for user, pair in pairs.items() if pair[0] is not pair[1]}
