"""The order in which those who are overdue are committed."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from onduty_server.stores.resident.overdue import BLOCK_BITS, IN_ORDER, Overdue

NEIGHBOURS = 1 << BLOCK_BITS


def take_all(queue: Overdue) -> list[int]:
    return list(iter(queue.take, None))


def test_a_few_come_in_the_order_in_which_they_fell_due() -> None:
    queue = Overdue()
    for number in (5, 3, 900_000, 4):
        queue.add(number)
    assert sorted(queue) == [3, 4, 5, 900_000]
    assert take_all(queue) == [5, 3, 900_000, 4]
    assert not queue
    assert queue.take() is None


def test_of_many_those_beyond_the_first_come_by_their_numbers() -> None:
    queue = Overdue()
    fell_due = [number * 7_919 % 10_000 for number in range(10_000)]
    for number in fell_due:
        queue.add(number)
    taken = take_all(queue)
    assert taken[:IN_ORDER] == fell_due[:IN_ORDER]
    rest = taken[IN_ORDER:]
    assert rest == sorted(rest)
    assert sorted(taken) == list(range(10_000))
    queue.add(7)
    queue.add(3)
    assert take_all(queue) == [7, 3], "few again"


def test_nobody_is_passed_over_however_many_lower_numbers_go_on_falling_due() -> None:
    queue = Overdue()
    for number in range(IN_ORDER):
        queue.add(number)
    last = 100 * NEIGHBOURS
    queue.add(last)
    for number in range(IN_ORDER):
        assert queue.take() == number
    low = count()
    for _ in range(2 * NEIGHBOURS):
        queue.add(next(low) % NEIGHBOURS)
        queue.add(next(low) % NEIGHBOURS)
        if queue.take() == last:
            return
    raise AssertionError("passed over")


@given(steps=st.lists(st.one_of(st.none(), st.integers(0, 40))))
def test_whoever_is_put_in_is_taken_out_once(steps: list[int | None]) -> None:
    queue = Overdue(in_order=3, block_bits=2)
    waiting: list[int] = []
    for number in steps:
        if number is not None:
            queue.add(number)
            waiting.append(number)
        else:
            taken = queue.take()
            assert (taken is None) == (not waiting)
            if taken is not None:
                waiting.remove(taken)
        assert sorted(queue) == sorted(waiting)
        assert bool(queue) == bool(waiting)
    assert sorted(take_all(queue)) == sorted(waiting)
