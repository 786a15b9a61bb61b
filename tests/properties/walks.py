"""Random walks of a few people through an account, compared with the model at every step.

Beside `machine.py` this is a plain loop, and takes ten times as many steps in the same time. A walk that fails is
shortened to the steps that it needs before it is shown.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from tests.properties.layers.driver import Driver
from tests.properties.layers.events import (
    HOUR,
    Active,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
    PersonEvent,
    Refusal,
    Refused,
    Resume,
    Set,
    Status,
    Then,
    View,
)
from tests.properties.live import GRACE
from tests.properties.world import Team

ADA = "ada"
USERS = (ADA, "bob", "cleo")
WORKFLOW = {"enabled": True, "away_after": 9_000, "offline_after": 30_000, "disconnect_after": 2_000}
"""With which a walk begins."""

PAUSES = (0, 0, 0, 1, 499, 500, 999, 1_000, 1_001, 2_000, 3_000, 6_000, 9_999, 10_000, 30_000, 45_000, HOUR)
PERIODS = (None, None, 999, 1_000, 1_500, 2_000, 3_000, 6_000, 9_000, 30_000, HOUR)


class Step(NamedTuple):
    """A pause, and what happens after it to whom: an event, a change of the workflow, an outage (ms), or a sweep."""

    pause: int
    user: str
    what: PersonEvent | dict[str, object] | int | None
    to_the_next_deadline: int | None = None
    """The pause lasts until the next deadline and so much longer, if there is one."""
    before_gone: int | None = None
    """An activity is of so long before the end of the last session, or of an outage since, if that is in the past."""


def step_of(dice: random.Random) -> Step:
    to_deadline = dice.choice((None, None, None, -1, 0, 0, 1))
    before_gone = dice.choice((None, None, 0, 1, 1_000))
    return Step(dice.choice(PAUSES), dice.choice(USERS), _what(dice), to_deadline, before_gone)


def _what(dice: random.Random) -> PersonEvent | dict[str, object] | int | None:
    age = dice.choice((None, None, 0, 1, 500, 999, 1_000, 2_000, 9_000, 30_000, HOUR - 1, HOUR))
    client, call = dice.choice(("laptop", "laptop", "phone")), dice.choice(("call", "call", "chat"))
    match dice.randrange(14):
        case 0 | 1 | 2:
            return Active(None if age is None else -age)  # an age; `walk` makes it a time
        case 3:
            return Set(dice.choice(list(Status)), dice.choice(("", "grace")))
        case 4 | 5:
            ttl = dice.choice((999, 1_000, 1_500, 2_000, 3_000, 10_000, HOUR))
            return Set(dice.choice(list(Status)), "grace", ttl=ttl, then=dice.choice((None, *Then)))
        case 6 | 7:
            ttl = dice.choice((30_000, 30_001, 31_000, 150_000, 4 * HOUR))
            return KeepSession(client, ttl, dice.choice((None, None, 0, 0, 500, 1_000, 9_000, HOUR)))
        case 8:
            return EndSession(client)
        case 9:
            return KeepEngagement(call, dice.choice((10_000, 10_001, 11_000, HOUR)))
        case 10:
            return EndEngagement(call)
        case 11:
            return patch_of(dice)
        case 12:
            return dice.choice((GRACE + 1, HOUR))
        case _:
            return None


def patch_of(dice: random.Random) -> dict[str, object]:
    patch: dict[str, object] = {}
    for name in ("away_after", "offline_after", "disconnect_after"):
        if dice.random() < 0.5:
            patch[name] = dice.choice(PERIODS)
    if dice.random() < 0.6:
        patch["enabled"] = dice.random() < 0.8
    if dice.random() < 0.3:
        patch["resume"] = dice.choice(list(Resume))
    if dice.random() < 0.3:
        patch["keep_manual_away"] = dice.random() < 0.5
    if dice.random() < 0.3:
        patch["disconnect_status"] = dice.choice(list(Status))
    return patch


class Account(Driver, Protocol):
    """An account that can be swept."""

    vouched_for: int
    """For how long (ms) after the last heartbeat what falls due counts as before an outage."""

    def sweep(self) -> None:
        """Record all that time has brought."""


class Walk:
    """A few people in the model and in an account, compared after every step."""

    def __init__(self, account: Account) -> None:
        self.team = Team(0)
        self.account = account

    def take(self, step: Step) -> None:
        now = self.account.now + step.pause
        due = self.team.next_deadline()
        if step.to_the_next_deadline is not None and due is not None:
            now = max(self.account.now, due + step.to_the_next_deadline)
        self.account.to(now)
        self.team.settle(now)
        match step.what:
            case None:
                self.account.sweep()
            case int(outage):
                self.account.outage(now + outage)
                self.team.settle(now + self.account.vouched_for)
                self.team.recover(now + outage)
            case dict(patch):
                same(lambda: self.account.configure(**patch), lambda: self.team.configure(patch, now))
            case event:
                if isinstance(event, Active):
                    event = self._active(step, event, now)
                same(lambda: self.account.do(step.user, event), lambda: self.team.do(step.user, event, now))
        self.compare()

    def _active(self, step: Step, event: Active, now: int) -> Active:
        person = self.team.people.get(step.user)
        if step.before_gone is not None and person is not None and person.sessions and person.last_session_end <= now:
            return Active(person.last_session_end - step.before_gone)
        return event if event.at is None else Active(now + event.at)

    def compare(self) -> None:
        for user in USERS:
            if user not in self.team.people:
                assert refusal_of(lambda user=user: self.account.view(user)) is Refusal.USER_UNKNOWN  # type: ignore[misc]
                continue
            shown, expected = self.account.view(user), self.team.view(user)
            assert shown == expected, f"{user}: {different(shown, expected)}"
        people = self.team.people
        available = {user for user, person in people.items() if person.shown.status is Status.ONLINE}
        assert self.account.available() == available
        assert self.account.available(1) == {user for user in available if not people[user].engaged_in}

    def look_back(self) -> None:
        """What is known of the past is what happened."""
        for user, person in self.team.people.items():
            changes, happened = self.account.changes(user), person.changes
            assert changes == happened, f"{user}:\n{changes[-3:]}\n{happened[-3:]}"


def different(shown: View, expected: View) -> str:
    return ", ".join(
        f"{name} is {value}, not {getattr(expected, name)}"
        for name, value in vars(shown).items()
        if value != getattr(expected, name)
    )


def same(service: Callable[[], object], model: Callable[[], object]) -> None:
    """Both do it, or both refuse it for the same reason."""
    assert refusal_of(service) == refusal_of(model)


def refusal_of(call: Callable[[], object]) -> str | None:
    try:
        call()
    except Refused as refused:
        return refused.refusal
    return None


Opened = Callable[[], AbstractContextManager[Account]]
"""Opens an account in which nothing has happened."""


def fault_of(steps: Sequence[Step], opened: Opened) -> str | None:
    """What the model says of a walk; None if nothing."""
    with opened() as account:
        walk = Walk(account)
        try:
            for step in steps:
                walk.take(step)
            walk.look_back()
        except AssertionError as error:
            return str(error) or repr(error)
    return None


def shortened(steps: list[Step], opened: Opened) -> list[Step]:
    """The steps without those that the fault does not need."""
    shorter = True
    while shorter:
        shorter = False
        for number in reversed(range(len(steps))):
            fewer = steps[:number] + steps[number + 1 :]
            if fault_of(fewer, opened) is not None:
                steps, shorter = fewer, True
    return steps


def check_walks(opened: Opened, dice: random.Random, walks: int, length: int) -> int:
    """Take walks, and fail with the steps that a fault needs; how many steps were taken."""
    for _ in range(walks):
        steps = [Step(0, ADA, dict(WORKFLOW)), *(step_of(dice) for _ in range(length))]
        if fault_of(steps, opened) is not None:
            steps = shortened(steps, opened)
            told = "\n".join(map(repr, steps))
            raise AssertionError(f"{fault_of(steps, opened)}\n{told}")
    return walks * length
