"""What a mirror holds, compared to a plain model of it."""

import gc
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onduty_client import Cause, MirroredStatus, Resume, Status, StatusChange, UserChange, Workflow, WorkflowChanged
from onduty_client._account_state import AccountState, AvailableQueue

EPOCH = datetime(2026, 11, 22, tzinfo=UTC)
TEAMS = st.sampled_from(["", "day", "night"])
STATUSES = st.sampled_from([Status.ONLINE, Status.AWAY, Status.OFFLINE])


def shown(user_id: str, status: Status, since: int, revision: int, team_id: str = "") -> MirroredStatus:
    return MirroredStatus(
        user_id=user_id,
        status=status,
        available=status is Status.ONLINE,
        cause=Cause.MANUAL,
        status_since=EPOCH + timedelta(seconds=since),
        actor="",
        reason="",
        revision=revision,
        team_id=team_id,
    )


def changed(
    user_id: str, previous: Status | None, status: Status, effective: int, revision: int, team_id: str = ""
) -> StatusChange:
    time = EPOCH + timedelta(seconds=effective)
    return StatusChange(
        *("acme", user_id, revision, previous, status, Cause.MANUAL, time, time, "", ""), team_id=team_id
    )


def check(state: AccountState, numbers: dict[str, int]) -> None:
    available = [each for each in state.users.values() if each.available]
    ordered = sorted(available, key=lambda each: (each.status_since, numbers[each.user_id]))
    for team_id in (None, "day", "night"):
        expected = [each for each in ordered if team_id in (None, each.team_id)]
        queue = state.queue(team_id)
        assert queue.count == len(expected)
        for limit in (1, 7, len(expected) + 1):
            assert queue.first(limit) == tuple(expected[:limit])


@given(
    snapshot=st.lists(st.tuples(STATUSES, st.integers(0, 20), TEAMS), max_size=40),
    changes=st.lists(
        st.tuples(st.integers(0, 50), st.one_of(STATUSES, TEAMS, st.none()), st.integers(0, 60)), max_size=60
    ),
)
def test_the_available_are_those_of_the_users_in_the_order_of_time_and_then_of_appearance(
    snapshot: list[tuple[Status, int, str]], changes: list[tuple[int, Status | str | None, int]]
) -> None:
    """A change is of a status, of a team, or an erasure (None)."""
    state = AccountState()
    numbers = {f"u{place}": place for place in range(len(snapshot))}
    state.add_page(
        shown(f"u{place}", status, since, place + 1, team_id) for place, (status, since, team_id) in enumerate(snapshot)
    )
    state.finish()
    check(state, numbers)
    for revision, (number, change, effective) in enumerate(changes, len(snapshot) + 1):
        user_id = f"u{number}"
        known = state.users.get(user_id)
        if isinstance(change, Status):
            numbers.setdefault(user_id, 100 + revision)
            team_id = known.team_id if known else ""
            assert state.apply(changed(user_id, known.status if known else None, change, effective, revision, team_id))
        elif change is None:
            assert state.apply_user(UserChange("acme", user_id, revision, EPOCH, erased=True))
            numbers.pop(user_id, None)
        else:
            moved = UserChange("acme", user_id, revision, EPOCH, display_name="U", team_id=change)
            assert state.apply_user(moved) == (known is not None)
            assert known is None or state.users[user_id].team_id == change
        assert set(state.users) == set(numbers)
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
    assert state.queue().count == 0
    assert state.queue().first(5) == ()


def test_a_change_that_is_known_already_changes_nothing() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 7)])
    state.finish()
    assert not state.apply(changed("ann", Status.ONLINE, Status.AWAY, 6, 7))
    assert not state.apply(changed("ann", Status.ONLINE, Status.AWAY, 6, 3))
    assert state.users["ann"].available


def test_an_erasure_leaves_nothing_of_the_user() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 7, "day"), shown("bob", Status.ONLINE, 6, 8)])
    state.finish()
    ann = state.users["ann"]
    assert state.apply_user(UserChange("acme", "ann", 9, EPOCH, erased=True))
    assert not [each for each in gc.get_referrers(ann) if isinstance(each, dict | list | tuple | AvailableQueue)]
    assert state.queue("day").first(1) == () and [each.user_id for each in state.queue().first(5)] == ["bob"]


def test_an_erasure_that_is_older_than_the_user_is_of_an_earlier_one_of_the_same_id() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 7)])
    state.finish()
    assert not state.apply_user(UserChange("acme", "ann", 6, EPOCH, erased=True))
    assert not state.apply_user(UserChange("acme", "ann", 7, EPOCH, display_name="Ann"))
    assert state.users["ann"].display_name == ""


def test_what_leaves_the_status_as_it_is_leaves_it_as_old_as_it_is() -> None:
    state = AccountState()
    state.add_page([shown("ann", Status.ONLINE, 5, 1)])
    state.finish()
    assert state.apply(changed("ann", Status.ONLINE, Status.ONLINE, 9, 2))
    assert state.users["ann"].status_since == EPOCH + timedelta(seconds=5)
    assert state.users["ann"].revision == 2
    assert state.queue().first(1) == (state.users["ann"],)


def test_a_reader_keeps_what_it_has_got_hold_of() -> None:
    state = AccountState()
    state.add_page(shown(f"u{number}", Status.ONLINE, number, 1) for number in range(3))
    state.finish()
    before, first = state.queue().first(3), state.users["u0"]
    state.apply(changed("u0", Status.ONLINE, Status.AWAY, 9, 2))
    assert [each.user_id for each in before] == ["u0", "u1", "u2"]
    assert first.available


def workflow(etag: str, team_id: str = "") -> Workflow:
    return Workflow("acme", False, None, None, Resume.NEVER, False, etag, None, "", None, team_id=team_id)


def test_an_older_workflow_does_not_replace_a_newer_one() -> None:
    state = AccountState(workflow("a"))
    assert state.apply_workflow(WorkflowChanged(5, workflow("b")))
    assert not state.apply_workflow(WorkflowChanged(5, workflow("c")))
    assert not state.apply_workflow(WorkflowChanged(4, workflow("c")))
    assert state.workflow == workflow("b")


def test_a_team_has_its_own_workflow_until_that_is_deleted() -> None:
    state = AccountState(workflow("a"))
    state.add_page((), [workflow("d", "day")])
    assert state.apply_workflow(WorkflowChanged(5, workflow("n", "night"), "night"))
    assert state.team_workflows == {"day": workflow("d", "day"), "night": workflow("n", "night")}
    assert state.apply_workflow(WorkflowChanged(6, workflow("a"), "day", deleted=True))
    assert state.team_workflows == {"night": workflow("n", "night")}
    assert state.workflow == workflow("a")
