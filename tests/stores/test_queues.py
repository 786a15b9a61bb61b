"""The queues of the resident engine's index: by clocks, by exact times that move either way, and in buckets."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop

from hypothesis import given, settings
from hypothesis import strategies as st

from onduty_server.stores.resident.bucket_queue import BUCKET_MS, BucketQueue, bucket_of
from onduty_server.stores.resident.clock_queue import FOREVER, ClockQueue
from onduty_server.stores.resident.exact_queue import ExactQueue
from onduty_server.stores.resident.user import NUMBER_BITS, NUMBER_MASK

NUMBERS = st.integers(0, 5)
TIMES = st.integers(0, 40)


@given(steps=st.lists(st.one_of(st.tuples(NUMBERS, st.none() | TIMES), TIMES), max_size=60))
def test_each_number_leaves_at_the_last_time_that_it_was_given(
    steps: list[tuple[int, int | None] | int],
) -> None:
    queue, expected = ExactQueue(), dict[int, int]()
    for step in steps:
        match step:
            case (number, time):
                if time is None:
                    queue.discard(number)
                    expected.pop(number, None)
                else:
                    queue.put(number, time)
                    expected[number] = time
            case until:
                taken = dict[int, int]()
                while queue.due(until):
                    entry = queue.take()
                    if entry is not None:
                        assert entry[0] not in taken
                        taken[entry[0]] = entry[1]
                assert taken == {number: time for number, time in expected.items() if time <= until}
                expected = {number: time for number, time in expected.items() if time > until}
        assert queue.times == expected
        earliest = queue.earliest()
        assert (earliest is None) == (not expected)
        assert earliest is None or earliest <= min(expected.values())


def test_times_that_move_again_and_again_leave_few_stale_entries() -> None:
    queue = ExactQueue()
    for time in range(10_000):
        queue.put(time % 10, time)
    assert len(queue) < 100
    assert sorted(queue.times.values()) == list(range(9_990, 10_000))


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(NUMBERS, st.integers(0, 6 * BUCKET_MS)), st.integers(0, 6 * BUCKET_MS), st.frozensets(NUMBERS)
        ),
        max_size=60,
    )
)
def test_a_number_leaves_its_bucket_no_later_than_its_bound_and_less_than_a_bucket_before(
    steps: list[tuple[int, int] | int | frozenset[int]],
) -> None:
    queue = BucketQueue()
    waiting: list[tuple[int, int]] = []
    for step in steps:
        match step:
            case (number, bound):
                queue.add(number, bound)
                waiting.append((number, bound))
            case int(until):
                taken = []
                while queue.due(until):
                    taken.append(queue.take())
                due = [(number, bucket_of(bound)) for number, bound in waiting if bucket_of(bound) <= bucket_of(until)]
                assert sorted(taken) == sorted(due)
                waiting = [entry for entry in waiting if bucket_of(entry[1]) > bucket_of(until)]
            case numbers:
                queue.remove(numbers)
                waiting = [entry for entry in waiting if entry[0] not in numbers]
        assert sorted(number for number, _ in queue) == sorted(number for number, _ in waiting)
        assert queue.earliest() == min((bucket_of(bound) * BUCKET_MS for _, bound in waiting), default=None)


CLOCKS = st.integers(0, 16).map(lambda quarters: quarters * BUCKET_MS // 4)


@given(
    steps=st.lists(
        st.one_of(*[st.tuples(NUMBERS, CLOCKS)] * 3, CLOCKS, st.frozensets(NUMBERS, max_size=2), *[st.none()] * 2),
        min_size=10,
        max_size=60,
    ),
    in_heap=st.integers(0, 2),
)
@settings(max_examples=200)
def test_numbers_leave_a_clock_queue_in_the_order_of_their_clocks_wherever_they_wait(
    steps: list[tuple[int, int] | int | frozenset[int] | None], in_heap: int
) -> None:
    queue = ClockQueue(in_heap)
    clocks: dict[int, int] = {}
    for step in steps:
        match step:
            case (number, clock):
                if number not in clocks:
                    queue.push(clock, number)
                    clocks[number] = clock
                else:  # Active since: the entry stays where it is.
                    clocks[number] = max(clock, clocks[number])
            case int(until):
                due = sorted((clock, number) for number, clock in clocks.items() if clock <= until)
                assert list(_taken(queue, until, clocks)) == due
                for _, number in due:
                    del clocks[number]
            case None:  # Somebody begins with a bucket, and has no time for all of it.
                if queue.opened or (not queue.near and queue.open(FOREVER)):
                    _look_at_one(queue, clocks)
            case numbers:
                queue.remove(numbers)
                clocks = {number: clock for number, clock in clocks.items() if number not in numbers}
        assert len(queue) == len(clocks)
        keys = list(queue)
        assert sorted(key & NUMBER_MASK for key in keys) == sorted(clocks)
        assert all(key >> NUMBER_BITS <= clocks[key & NUMBER_MASK] for key in keys), "a bound above the clock"
        first, lowest = queue.first_key(), min(keys, default=None)
        if first is None or lowest is None:
            assert first is lowest is None
        else:
            assert first <= lowest
            assert first >> NUMBER_BITS == lowest >> NUMBER_BITS


def _look_at_one(queue: ClockQueue, clocks: dict[int, int]) -> None:
    assert queue.opened
    number = queue.opened.pop()
    queue.push(max(clocks[number], queue.opened_from), number)


def _taken(queue: ClockQueue, until: int, clocks: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Take out all up to a time, as the index does: whoever has been active since is pushed again."""
    while True:
        while queue.opened:
            _look_at_one(queue, clocks)
        queue.opened = None
        while queue.near and queue.near[0] < until + 1 << NUMBER_BITS:
            key = heappop(queue.near)
            number, bound = key & NUMBER_MASK, key >> NUMBER_BITS
            if clocks[number] > bound:
                queue.push(clocks[number], number)
            else:
                yield bound, number
        if queue.near or not queue.open(until):
            return


def test_most_of_many_numbers_take_a_few_bytes_each_until_their_turn_is_near() -> None:
    queue = ClockQueue(in_heap=100)
    for number in range(10_000):
        queue.push(number * 100, number)
    assert len(queue) == 10_000
    assert len(queue.near) == 0
    clocks = {number: number * 100 for number in range(10_000)}
    assert len(list(_taken(queue, 500_000, clocks))) == 5_001
    assert len(queue.near) <= BUCKET_MS // 100 + 1
