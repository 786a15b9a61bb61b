"""What a mirror holds, compared to a plain model of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onduty_client import Cause, MirroredStatus, Resume, Status, StatusChange, Workflow
from onduty_client._account_state import AccountState

EPOCH = datetime(2026, 11, 22, tzinfo=UTC)
STATUSES = st.sampled_from([Status.ONLINE, Status.AWAY, Status.OFFLINE])


def shown(user_id: str, status: Status, since: int, revision: int) -> MirroredStatus:
    return MirroredStatus(
        user_id=user_id,
        status=status,
        available=status is Status.ONLINE,
        cause=Cause.MANUAL,
        status_since=EPOCH + timedelta(seconds=since),
        actor="",
        reason="",
        revision=revision,
    )


def changed(user_id: str, previous: Status | None, status: Status, effective: int, revision: int) -> StatusChange:
    time = EPOCH + timedelta(seconds=effective)
    return StatusChange("acme", user_id, revision, previous, status, Cause.MANUAL, time, time, "", "")


def check(state: AccountState, numbers: dict[str, int]) -> None:
    available = [each for each in state.users.values() if each.available]
    expected = sorted(available, key=lambda each: (each.status_since, numbers[each.user_id]))
    assert state.queue.count == len(expected)
    assert state.queue.first(len(expected) + 1) == tuple(expected)
    for limit in (1, 7):
        assert state.queue.first(limit) == tuple(expected[:limit])


@given(
    snapshot=st.lists(st.tuples(STATUSES, st.integers(0, 20)), max_size=40),
    changes=st.lists(st.tuples(st.integers(0, 50), STATUSES, st.integers(0, 60)), max_size=60),
)
def test_the_available_are_those_of_the_users_in_the_order_of_time_and_then_of_appearance(
    snapshot: list[tuple[Status, int]], changes: list[tuple[int, Status, int]]
) -> None:
    state = AccountState()
    numbers = {f"u{place}": place for place in range(len(snapshot))}
    state.add_page(shown(f"u{place}", status, since, place + 1) for place, (status, since) in enumerate(snapshot))
    state.finish()
    check(state, numbers)
    for revision, (number, status, effective) in enumerate(changes, len(snapshot) + 1):
        user_id = f"u{number}"
        known = state.users.get(user_id)
        numbers.setdefault(user_id, len(numbers))
        assert state.apply(changed(user_id, known.status if known else None, status, effective, revision))
        check(state, numbers)


def test_ten_thousand_come_and_go_in_any_order() -> None:
    state = AccountState()
    state.finish()
    numbers = {f"u{number}": number for number in range(10_000)}
    for number in range(10_000):
        state.apply(changed(f"u{number}", None, Status.ONLINE, number * 7_919 % 10_007, number + 1))
    check(state, numbers)
    for number in range(0, 10_000, 3):
        state.apply(changed(f"u{number}", Status.ONLINE, Status.AWAY, 1, 10_001 + number))
    check(state, numbers)
    for number in range(10_000):
        state.apply(changed(f"u{number}", None, Status.OFFLINE, 1, 30_001 + number))
    assert state.queue.count == 0
    assert state.queue.first(5) == ()


def test_a_change_that_is_known_already_changes_nothing() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 7)])
    state.finish()
    assert not state.apply(changed("ann", Status.ONLINE, Status.AWAY, 6, 7))
    assert not state.apply(changed("ann", Status.ONLINE, Status.AWAY, 6, 3))
    assert state.users["ann"].available


def test_what_leaves_the_status_as_it_is_leaves_it_as_old_as_it_is() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 1)])
    state.finish()
    assert state.apply(changed("ann", Status.ONLINE, Status.ONLINE, 9, 2))
    assert state.users["ann"].status_since == EPOCH + timedelta(seconds=5)
    assert state.users["ann"].revision == 2
    assert state.queue.first(1) == (state.users["ann"],)


def test_a_reader_keeps_what_it_has_got_hold_of() -> None:
    state = AccountState()
    state.add_page(shown(f"u{number}", Status.ONLINE, number, 1) for number in range(3))
    state.finish()
    before, first = state.queue.first(3), state.users["u0"]
    state.apply(changed("u0", Status.ONLINE, Status.AWAY, 9, 2))
    assert [each.user_id for each in before] == ["u0", "u1", "u2"]
    assert first.available


def test_an_older_workflow_does_not_replace_a_newer_one() -> None:
    def workflow(etag: str) -> Workflow:
        return Workflow("acme", False, None, None, Resume.NEVER, False, etag, None, "", None)

    state = AccountState(workflow("a"))
    assert state.apply_workflow(5, workflow("b"))
    assert not state.apply_workflow(5, workflow("c"))
    assert not state.apply_workflow(4, workflow("c"))
    assert state.workflow == workflow("b")
