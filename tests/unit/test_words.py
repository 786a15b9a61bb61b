"""The vocabulary of the domain: numbers that stores and the wire rely on, and messages for callers."""

from __future__ import annotations

import pytest
from tests.unit.builders import ONLINE_BY_HAND, STATE_OF, facts, user

from onduty.v1 import status_pb2
from onduty_server.domain.errors import (
    DomainError,
    InvalidField,
    InvalidWorkflow,
    RevisionConflict,
    StoreUnavailable,
    UserUnknown,
    Violation,
)
from onduty_server.domain.layers import LeaseAction
from onduty_server.domain.record import UserRecord
from onduty_server.domain.status import SET_EVENT, Cause, Resume, State, Status, Then


def test_statuses_causes_and_resumes_have_the_numbers_of_the_contract() -> None:
    for ours, prefix, theirs in (
        (Status, "STATUS_", status_pb2.Status),
        (Cause, "CAUSE_", status_pb2.Cause),
        (Resume, "RESUME_", status_pb2.Resume),
        (Then, "THEN_", status_pb2.Then),
        (LeaseAction, "LEASE_ACTION_", status_pb2.LeaseAction),
    ):
        in_contract = {name: number for name, number in theirs.items() if number != 0}
        assert {prefix + word.name: int(word) for word in ours} == in_contract


def test_the_numbers_of_the_states_are_those_in_every_file_already_written() -> None:
    assert {int(state): (state.name, state.status, state.cause) for state in State} == {
        0: ("UNSEEN", None, None),
        1: ("ONLINE_BY_HAND", Status.ONLINE, Cause.MANUAL),
        2: ("ONLINE_BY_ACTIVITY", Status.ONLINE, Cause.ACTIVITY),
        3: ("AWAY_BY_HAND", Status.AWAY, Cause.MANUAL),
        4: ("AWAY_BY_INACTIVITY", Status.AWAY, Cause.INACTIVITY),
        5: ("OFFLINE_BY_HAND", Status.OFFLINE, Cause.MANUAL),
        6: ("OFFLINE_BY_INACTIVITY", Status.OFFLINE, Cause.INACTIVITY),
        7: ("ONLINE_UNTIL", Status.ONLINE, Cause.MANUAL),
        8: ("AWAY_UNTIL", Status.AWAY, Cause.MANUAL),
        9: ("OFFLINE_UNTIL", Status.OFFLINE, Cause.MANUAL),
        10: ("ONLINE_BY_EXPIRY", Status.ONLINE, Cause.EXPIRY),
        11: ("AWAY_BY_EXPIRY", Status.AWAY, Cause.EXPIRY),
        12: ("OFFLINE_BY_EXPIRY", Status.OFFLINE, Cause.EXPIRY),
        13: ("AWAY_BY_DISCONNECT", Status.AWAY, Cause.DISCONNECT),
        14: ("OFFLINE_BY_DISCONNECT", Status.OFFLINE, Cause.DISCONNECT),
    }


def test_a_state_is_found_by_its_number() -> None:
    # mypy takes a look-up by value for a call of `State.__new__`.
    assert [State(number) for number in range(len(State))] == list(State)  # type: ignore[call-arg]


def test_every_status_can_be_set() -> None:
    assert set(SET_EVENT) == set(Status)
    assert len(set(SET_EVENT.values())) == len(Status)


def test_a_copy_of_a_record_says_the_same_and_is_written_apart() -> None:
    record = UserRecord("ada", STATE_OF[ONLINE_BY_HAND], 1, 2, 3, "grace", "lunch", 4)
    copy = record.copy()
    assert copy.user_id == "ada"
    assert facts(copy) == facts(record) == (ONLINE_BY_HAND, 1, 2, 3, "grace", "lunch", 4)
    copy.clock = 99
    assert record.clock == 3


def test_a_record_shows_every_field_in_a_failing_test() -> None:
    shown = repr(user(ONLINE_BY_HAND, clock=3, reason="lunch"))
    for name in UserRecord.__slots__:
        assert f"{name}=" in shown
    assert "'lunch'" in shown


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (InvalidField("user_id", "is empty"), ("user_id",)),
        (InvalidWorkflow("workflow.enabled", "needs a period"), ("workflow.enabled",)),
        (UserUnknown("acme", "ada"), ()),
        (RevisionConflict("read it again"), ()),
        (StoreUnavailable(), ()),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, DomainError) else "",
)
def test_an_error_says_what_is_wrong_and_with_which_field(error: DomainError, fields: tuple[str, ...]) -> None:
    assert error.message == str(error) != ""
    assert tuple(violation.field for violation in error.violations) == fields
    for violation in error.violations:
        assert isinstance(violation, Violation)
        assert violation.field in error.message and violation.description in error.message
