"""Sums of time: counts and deltas tell exactly what a walk through every moment would."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from tests.sums import added_up, deltas_of

from onduty_server.domain.intervals import Interval, intervals, separated
from onduty_server.domain.tallies import (
    EVERYBODY,
    Delta,
    Kept,
    Key,
    Step,
    grid,
    levels,
)

KEYS = (Key(1), Key(2), Key(1, "day"), Key(4, "night"))
LENGTH = 60


def life(dice: random.Random, person: int) -> list[Step]:
    """A person's changes, at times that do not go back."""
    steps: list[Step] = []
    key: Key | None = None
    time = dice.randrange(LENGTH)
    for _ in range(dice.randrange(1, 8)):
        other = dice.choice([each for each in KEYS if each != key])
        steps.append(Step(person, time, key, other))
        key, time = other, time + dice.choice((0, 1, 5, 20))
    if dice.random() < 0.2:
        steps.append(Step(person, time, key, None))
    return steps


def at(steps: list[Step], time: int) -> Key | None:
    """The key after all that happened at a time."""
    return next((step.key for step in reversed(steps) if step.time <= time), None)


@pytest.mark.parametrize("dice", range(50))
def test_levels_are_what_a_walk_through_every_moment_adds_up(dice: int) -> None:
    draw = random.Random(dice)
    lives = [life(draw, person) for person in range(3)]
    bounds = sorted({draw.randrange(-5, LENGTH + 40) for _ in range(6)} | {0, LENGTH})
    at_end: Counter[Key] = Counter()
    for steps in lives:
        if (key := at(steps, bounds[-1] - 1)) is not None:
            at_end[key] += 1
    deltas = [delta._replace(person=EVERYBODY) for steps in lives for delta in deltas_of(steps, bounds)]
    summed = added_up(deltas)
    for key in KEYS:
        found = levels(bounds, at_end[key], summed.get((EVERYBODY, key), {}))
        for (begin, end), level in zip(pairwise(bounds), found, strict=True):
            walked = sum(at(steps, moment) == key for steps in lives for moment in range(begin, end))
            assert level.time_ms == walked
            assert level.people == sum(at(steps, begin - 1) == key for steps in lives)


@pytest.mark.parametrize("dice", range(50))
def test_a_grid_cuts_no_day_and_leaves_out_only_days_that_were_cut(dice: int) -> None:
    draw = random.Random(dice)
    bounds = sorted(draw.sample(range(200), 5))
    starts = [draw.randrange(-20, 220) for _ in range(draw.randrange(6))]
    days = sorted((start, start + draw.choice((23, 24, 25))) for start in starts)
    kept = Kept(draw.choice((0, 0, draw.randrange(200))), days)
    cells = grid(bounds, kept)
    assert list(cells.bounds) == sorted(set(cells.bounds))
    assert cells.bounds[0] <= bounds[0] and cells.bounds[-1] >= bounds[-1]
    for start, end in days:
        assert not any(start < bound < end for bound in cells.bounds)
    for (begin, end), known in zip(pairwise(cells.bounds), cells.known, strict=True):
        if known:
            assert begin >= kept.known_since
            assert not any(begin < bound < end for bound in bounds)
        else:
            overlapping = [day for day in days if day[0] < end and begin < day[1]]
            assert begin < kept.known_since or overlapping
    if not days:
        assert all(known for begin, known in zip(cells.bounds, cells.known, strict=False) if begin >= kept.known_since)


@pytest.mark.parametrize("dice", range(50))
def test_days_that_were_summed_give_the_same_times_for_every_bucket_that_holds_them(dice: int) -> None:
    draw = random.Random(dice)
    steps = life(draw, 0)
    day_bounds = [-20, 3, 27, 51, 76, 200]
    summed_days = [day for day in pairwise(day_bounds) if draw.random() < 0.7]
    bounds = sorted({-20, 200, *draw.sample(range(-20, 200), 2)})
    cells = grid(bounds, Kept(0, summed_days))
    sums: dict[tuple[int, Key], tuple[int, int]] = {}
    rest: list[Step] = []
    for step in steps:
        day = next((day for day in summed_days if day[0] <= step.time < day[1]), None)
        if day is None:
            rest.append(step)
            continue
        for _, _, key, net, times in deltas_of([step], [*day]):
            before = sums.get((day[0], key), (0, 0))
            sums[day[0], key] = before[0] + net, before[1] + times
    deltas = list(deltas_of(rest, cells.bounds))
    for (start, key), (net, times) in sums.items():
        stretch = max(index for index, bound in enumerate(cells.bounds) if bound <= start)
        if stretch < len(cells.known):
            deltas.append(Delta(0, stretch, key, net, times))
    end_key = at(steps, cells.bounds[-1] - 1)
    summed = added_up(deltas)
    for key in KEYS:
        found = levels(cells.bounds, int(end_key == key), summed.get((0, key), {}))
        for stretch, (begin, end) in enumerate(pairwise(cells.bounds)):
            if cells.known[stretch]:
                assert found[stretch].time_ms == sum(at(steps, moment) == key for moment in range(begin, end))


@pytest.mark.parametrize("dice", range(50))
def test_intervals_tell_at_every_moment_what_was_and_nothing_of_days_that_were_summed(dice: int) -> None:
    draw = random.Random(dice)
    steps = life(draw, 0)
    days = [(0, 24)] if draw.random() < 0.5 else []
    start, end = sorted(draw.sample(range(-10, 120), 2))
    cells = separated([start, end], Kept(0, [day for day in days if day[0] < end and start < day[1]]))
    is_summed = bool(cells.known.count(False))
    kept = [step for step in steps if not (is_summed and 0 <= step.time < 24)]
    deltas = list(deltas_of([step for step in steps if step not in kept], cells.bounds))
    inside = [step for step in kept if cells.bounds[0] <= step.time < cells.bounds[-1]]
    end_key = at(steps, cells.bounds[-1] - 1)
    found = intervals(start, end, cells, {} if end_key is None else {end_key: 1}, deltas, inside)
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == two.start and one.key != two.key for one, two in pairwise(found))
    for moment in range(start, end):
        (shown,) = [each.key for each in found if each.start <= moment < each.end]
        if not (is_summed and 0 <= moment < 24):
            assert shown == at(steps, moment)
        else:
            assert shown is None


def test_a_person_without_changes_is_one_interval() -> None:
    assert intervals(0, 10, separated([0, 10], Kept()), {Key(3): 1}, (), ()) == [Interval(0, 10, Key(3))]
