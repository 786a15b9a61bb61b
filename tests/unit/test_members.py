"""The numbers of a team's users: in order, whoever comes and goes."""

from __future__ import annotations

import random

from onduty_server.stores.resident.members import Members


def test_numbers_are_in_order_however_many_come_and_go() -> None:
    dice, members, model = random.Random(1), Members(), set[int]()
    for number in range(0, 30_000, 2):
        members.add(number)
        model.add(number)
    for step in range(20_000):
        number = dice.randrange(40_000)
        if number in model:
            members.remove(number)
            model.remove(number)
        else:
            members.add(number)
            model.add(number)
        if not step % 2_000:
            assert list(members.since(0)) == sorted(model)
    assert len(members) == len(model)
    assert list(members.since(15_001)) == [number for number in sorted(model) if number >= 15_001]
    for number in model:
        members.remove(number)
    assert list(members.since(0)) == [] and not members
