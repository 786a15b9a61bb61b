"""The accounts of a fake service, in memory, and what its calls have in common."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import InvalidField, OndutyError, RevisionConflict
from onduty_client._types import FieldViolation
from onduty_client.testing._people import Person, Rules, Shown

DEFAULT_PAGE: Final = 100
_START: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Account:
    """An account, whose users change by `change` and by the passing of time only."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.people: dict[str, Person] = {}
        self.changes: list[pb.StatusChange] = []
        self.workflow = pb.Workflow(
            account_id=account_id, resume=pb.RESUME_FROM_AWAY, etag="0", disconnect_status=pb.STATUS_OFFLINE
        )
        self.workflow_changes: list[pb.WorkflowChange] = []
        #: Since when the periods of the workflow hold.
        self.thresholds_since = datetime(1970, 1, 1, tzinfo=UTC)
        self.revision = 0

    @property
    def rules(self) -> Rules:
        """The rules that hold now."""
        return Rules(self.workflow, self.thresholds_since)

    def settle(self, now: datetime) -> None:
        """Record what the passing of time has brought, in the order in which it became true."""
        rules = self.rules
        while dues := [
            (due[0], user_id)
            for user_id, person in self.people.items()
            if (due := rules.next_due(person)) is not None and due[0] <= now
        ]:
            time, user_id = min(dues, key=lambda each: each[0])
            person = self.people[user_id]
            for effective, before in rules.settle(person, time):
                self._record(user_id, person, before, effective, now)

    def change(self, user_id: str, now: datetime, happen: Callable[[Person], None]) -> Person:
        """Let something happen to a known user, and record it if another status is shown then."""
        person = self.people[user_id]
        before = person.shown
        happen(person)
        if person.shown != before:
            self._record(user_id, person, before, now, now)
        return person

    def put(self, user_id: str, own: Shown, now: datetime) -> Person:
        """Give a user a status of their own, known or not, and record that, whatever was shown before."""
        person = self.people.get(user_id)
        before = None if person is None else person.shown
        if person is None:
            person = self.people[user_id] = Person(own, now)
        else:
            person.own = own
        self._record(user_id, person, before, now, now)
        return person

    def _record(self, user_id: str, person: Person, before: Shown | None, effective: datetime, now: datetime) -> None:
        after = person.shown
        if before is None or after.status != before.status:
            person.since = effective
        self.revision += 1
        person.revision = self.revision
        self.changes.append(
            pb.StatusChange(
                account_id=self.account_id,
                user_id=user_id,
                revision=self.revision,
                previous_status=pb.STATUS_UNSPECIFIED if before is None else before.status,
                status=after.status,
                cause=after.cause,
                effective_time=_timestamp(effective),
                commit_time=_timestamp(now),
                actor=after.actor,
                reason=after.reason,
                expire_time=_optional(after.expire_time),
                then=after.then,
            )
        )

    def status(self, user_id: str, now: datetime) -> pb.UserStatus:
        """Return the status of a known user."""
        person = self.people[user_id]
        shown, ahead = person.shown, self.rules.ahead(person)
        return pb.UserStatus(
            account_id=self.account_id,
            user_id=user_id,
            status=shown.status,
            available=shown.status == pb.STATUS_ONLINE,
            cause=shown.cause,
            status_since=_timestamp(person.since),
            last_activity_time=_optional(person.last_activity),
            next_status=pb.STATUS_UNSPECIFIED if ahead is None else ahead[1].status,
            next_status_time=None if ahead is None else _timestamp(ahead[0]),
            next_cause=pb.CAUSE_UNSPECIFIED if ahead is None else ahead[1].cause,
            actor=shown.actor,
            reason=shown.reason,
            revision=person.revision,
            # That of the user's own status, also while a disconnection is shown over it.
            expire_time=_optional(person.own.expire_time),
            then=person.own.then,
            connected=person.is_connected(now),
            engagements=person.engaged(now),
        )


class Accounts:
    """All accounts of a service, and its clock, which stands still."""

    def __init__(self) -> None:
        self.now = _START
        self._accounts: dict[str, Account] = {}

    @property
    def timestamp(self) -> Timestamp:
        """The time on the clock."""
        return _timestamp(self.now)

    def get(self, account_id: str) -> Account:
        """Return an account as it is now. It need not have been there before."""
        if not account_id:
            raise invalid("account_id", "is required")
        if account_id not in self._accounts:
            self._accounts[account_id] = Account(account_id)
        account = self._accounts[account_id]
        account.settle(self.now)
        return account

    def settle(self) -> None:
        """Let happen in every account what is due."""
        for account in self._accounts.values():
            account.settle(self.now)

    def recorded(self) -> list[Account]:
        """Return the accounts in which something was recorded."""
        return [account for account in self._accounts.values() if account.revision]


def _timestamp(time: datetime) -> Timestamp:
    return convert.time_to_proto(time, "now")


def _optional(time: datetime | None) -> Timestamp | None:
    return None if time is None else _timestamp(time)


def page(items: Iterable[Any], size: int, token: str) -> tuple[list[Any], str]:
    """Return a page of `items` and the next token. A token is the index of the first item of its page."""
    every = list(items)
    start = int(token or 0)
    end = start + (size or DEFAULT_PAGE)
    return every[start:end], str(end) if end < len(every) else ""


def invalid(field: str, description: str) -> OndutyError:
    """Return the error that a field is not valid."""
    return InvalidField(
        f"{field}: {description}",
        code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="INVALID_FIELD",
        field_violations=(FieldViolation(field, description),),
    )


def conflict(message: str) -> OndutyError:
    """Return the error that something has changed meanwhile."""
    return RevisionConflict(message, code=grpc.StatusCode.ABORTED, reason="REVISION_CONFLICT")
