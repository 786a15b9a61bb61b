"""The rules equal the model, whatever happens to a person in whatever order: random walks without any store.

A store decides when a record is settled, which must not matter: one account here is swept at random, and looked at only
when something happens. A walk that fails is shortened to the steps that it needs before it is shown.

`ONDUTY_HYPOTHESIS_PROFILE=thorough` walks further; `ONDUTY_TEST_DICE=7` repeats a run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.properties.layers.events import (
    DAY,
    HOUR,
    Active,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
    PersonEvent,
    Refused,
    Resume,
    Set,
    Status,
    Then,
    View,
)
from tests.properties.lazy import LazyAccount
from tests.properties.world import Team

THOROUGH = os.environ.get("ONDUTY_HYPOTHESIS_PROFILE") == "thorough"
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
WALKS = 20_000 if THOROUGH else 250
STEPS = 50
START = 1_000 * DAY
ADA = "ada"

PAUSES = (0, 0, 0, 1, 499, 500, 999, 1_000, 1_001, 2_000, 3_000, 6_000, 9_999, 10_000, 30_000, 45_000, HOUR)
PERIODS = (None, None, 999, 1_000, 1_500, 2_000, 3_000, 6_000, 9_000, 30_000, HOUR)


class Step(NamedTuple):
    """A pause, and what happens after it: an event, a change of the workflow, an outage (ms) that ends, or a sweep."""

    pause: int
    what: PersonEvent | dict[str, object] | int | None
    to_the_next_deadline: int | None = None
    """The pause lasts until the next deadline and so much longer, if there is one."""


def step_of(dice: random.Random) -> Step:
    to_deadline = dice.choice((None, None, None, -1, 0, 0, 1))
    return Step(dice.choice(PAUSES), _what(dice), to_deadline)


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
            return _patch(dice)
        case 12:
            return dice.choice((0, 1, 5_000, 30_000, HOUR))
        case _:
            return None


def _patch(dice: random.Random) -> dict[str, object]:
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


class Walk:
    """One person in the model and under the rules, compared after every step."""

    def __init__(self) -> None:
        self.team = Team(0)
        self.account = LazyAccount(START)

    def take(self, step: Step) -> None:
        now = self.account.now + step.pause
        due = self.team.next_deadline()
        if step.to_the_next_deadline is not None and due is not None:
            now = max(self.account.now, due + step.to_the_next_deadline)
        self.account.to(now)
        self.team.settle(now)
        match step.what:
            case None:
                self.account.sweep(ADA)
            case int(outage):
                self.account.outage(now + outage)
                self.team.recover(now + outage)
            case dict(patch):
                same(lambda: self.account.configure(**patch), lambda: self.team.configure(patch, now))
            case event:
                if isinstance(event, Active) and event.at is not None:
                    event = Active(now + event.at)
                same(lambda: self.account.do(ADA, event), lambda: self.team.do(ADA, event, now))
        self.compare()

    def compare(self) -> None:
        if ADA not in self.team.people:
            assert ADA not in self.account.records
            return
        shown, expected = self.account.view(ADA), self.team.view(ADA)
        assert shown == expected, different(shown, expected)
        changes, happened = self.account.changes(ADA), self.team.people[ADA].changes
        assert changes == happened, f"\n{changes[-3:]}\n{happened[-3:]}"


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


def fault_of(steps: Sequence[Step]) -> str | None:
    """What the model says of a walk; None if nothing."""
    walk = Walk()
    try:
        for step in steps:
            walk.take(step)
    except AssertionError as error:
        return str(error) or repr(error)
    return None


def shortened(steps: list[Step]) -> list[Step]:
    """The steps without those that the fault does not need."""
    shorter = True
    while shorter:
        shorter = False
        for number in reversed(range(len(steps))):
            fewer = steps[:number] + steps[number + 1 :]
            if fault_of(fewer) is not None:
                steps, shorter = fewer, True
    return steps


def test_the_rules_equal_the_model() -> None:
    dice = random.Random(DICE)
    for _ in range(WALKS):
        steps = [Step(0, {"enabled": True, "away_after": 9_000, "offline_after": 30_000, "disconnect_after": 2_000})]
        steps += [step_of(dice) for _ in range(STEPS)]
        if fault_of(steps) is not None:
            steps = shortened(steps)
            told = "\n".join(map(repr, steps))
            raise AssertionError(f"{fault_of(steps)}\n{told}\nONDUTY_TEST_DICE={DICE}")
