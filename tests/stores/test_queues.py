"""The queues of the resident engine's index besides the heaps: exact times that move either way, and buckets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onduty_server.stores.resident.bucket_queue import BUCKET_MS, BucketQueue, bucket_of
from onduty_server.stores.resident.exact_queue import ExactQueue

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
