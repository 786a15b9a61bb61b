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
from onduty_client.testing._tracks import Track

DEFAULT_PAGE: Final = 100
_START: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Account:
    """An account, whose users change by its methods and by the passing of time only."""

    def __init__(self, account_id: str, first_revision: int) -> None:
        self.account_id = account_id
        self.people: dict[str, Person] = {}
        #: All that was recorded, oldest first, as a watch tells it; of who was erased since, it does not say who.
        self.events: list[pb.WatchedChange] = []
        self.rules = Rules(
            pb.Workflow(
                account_id=account_id, resume=pb.RESUME_FROM_AWAY, etag="0", disconnect_status=pb.STATUS_OFFLINE
            )
        )
        #: Those of the teams that have, or have had, a workflow of their own.
        self.team_rules: dict[str, Rules] = {}
        self.workflow_changes: list[pb.WorkflowChange] = []
        self.revision = self.first_revision = first_revision
        self.is_declared = False
        self.time_zone = "UTC"
        #: Of everybody who was ever seen, in the order first seen.
        self.tracks: list[Track] = []

    @property
    def is_there(self) -> bool:
        """True if anything was recorded in it, or if it was created."""
        return self.is_declared or self.revision > self.first_revision

    @property
    def changes(self) -> list[pb.StatusChange]:
        """The changes of statuses, oldest first."""
        return [each.status_change for each in self.events if each.HasField("status_change")]

    def in_history(self, change: pb.StatusChange) -> pb.StatusChange:
        """Return a change as a history shows it: with the name that the user has at present."""
        shown = pb.StatusChange()
        shown.CopyFrom(change)
        person = self.people.get(change.user_id)
        shown.display_name = "" if person is None else person.display_name
        return shown

    def rules_of(self, team_id: str) -> Rules:
        """Return the rules that hold for a team, or for users without a team."""
        return self.team_rules.get(team_id, self.rules)

    def workflow(self, team_id: str) -> pb.Workflow:
        """Return the workflow to show for a team: its own or the account's."""
        rules = self.rules_of(team_id)
        return (self.rules if rules.follows else rules).workflow

    def settle(self, now: datetime) -> None:
        """Record what the passing of time has brought, in the order in which it became true."""
        while dues := [
            (due[0], user_id)
            for user_id, person in self.people.items()
            if (due := self.rules_of(person.team_id).next_due(person)) is not None and due[0] <= now
        ]:
            time, user_id = min(dues, key=lambda each: each[0])
            person = self.people[user_id]
            for effective, before in self.rules_of(person.team_id).settle(person, time):
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
            self.tracks.append(person.track)
        else:
            person.own = own
        self._record(user_id, person, before, now, now)
        return person

    def introduce(self, user_id: str, display_name: str, team_id: str, actor: str, now: datetime) -> None:
        """Give a known user a name and a team. The new team's rules decide from now on."""
        person = self.people[user_id]
        if (person.display_name, person.team_id) == (display_name, team_id):
            return
        self.revision += 1
        person.revision = self.revision
        change = pb.UserChange(
            account_id=self.account_id,
            user_id=user_id,
            revision=self.revision,
            display_name=display_name,
            team_id=team_id,
            previous_display_name=person.display_name,
            previous_team_id=person.team_id,
            change_time=_timestamp(now),
            actor=actor,
        )
        self.events.append(pb.WatchedChange(user_change=change))
        former = self.rules_of(person.team_id)
        moved = person.team_id != team_id
        person.display_name, person.team_id = display_name, team_id
        if moved:
            person.track.note(now, person.key)
            for effective, before in self.rules_of(team_id).take_over(person, former, now):
                self._record(user_id, person, before, effective, now)

    def erase(self, user_id: str, now: datetime) -> None:
        """Forget a known user, and who it was in all that was recorded."""
        self.people.pop(user_id).track.note(now, None)
        for person in self.people.values():
            if person.own.actor == user_id:
                person.own = person.own._replace(actor="")
        for event in self.events:
            if event.HasField("status_change"):
                _erase_from(event.status_change, user_id, ("display_name", "reason"))
            elif event.HasField("user_change"):
                names = ("display_name", "team_id", "previous_display_name", "previous_team_id")
                _erase_from(event.user_change, user_id, names)
            else:
                _erase_author(event.workflow_change.workflow, user_id)
        for rules in (self.rules, *self.team_rules.values()):
            _erase_author(rules.workflow, user_id)
        for change in self.workflow_changes:
            _erase_author(change.workflow, user_id)
            _erase_author(change.previous_workflow, user_id)
        self.revision += 1
        erasure = pb.UserChange(
            account_id=self.account_id, revision=self.revision, erased=True, change_time=_timestamp(now)
        )
        self.events.append(pb.WatchedChange(user_change=erasure))

    def note_workflow(self, change: pb.WorkflowChange) -> None:
        """Record a change of a workflow."""
        self.workflow_changes.append(change)
        told = pb.WorkflowChange(
            revision=change.revision, workflow=change.workflow, team_id=change.team_id, deleted=change.deleted
        )
        self.events.append(pb.WatchedChange(workflow_change=told))

    def _record(self, user_id: str, person: Person, before: Shown | None, effective: datetime, now: datetime) -> None:
        after = person.shown
        if before is None or after.status != before.status:
            person.since = effective
        person.track.note(effective, person.key)
        self.revision += 1
        person.revision = self.revision
        change = pb.StatusChange(
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
            display_name=person.display_name,
            team_id=person.team_id,
        )
        self.events.append(pb.WatchedChange(status_change=change))

    def status(self, user_id: str, now: datetime) -> pb.UserStatus:
        """Return the status of a known user."""
        person = self.people[user_id]
        shown, ahead = person.shown, self.rules_of(person.team_id).ahead(person)
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
            display_name=person.display_name,
            team_id=person.team_id,
        )


class Accounts:
    """All accounts of a service, and its clock, which stands still."""

    def __init__(self) -> None:
        self.now = _START
        self._accounts: dict[str, Account] = {}
        #: The greatest revision of an account that was deleted: one of the same id begins after it.
        self._first_revision = 0

    @property
    def timestamp(self) -> Timestamp:
        """The time on the clock."""
        return _timestamp(self.now)

    def get(self, account_id: str) -> Account:
        """Return an account as it is now. It need not have been there before."""
        if not account_id:
            raise invalid("account_id", "is required")
        if account_id not in self._accounts:
            self._accounts[account_id] = Account(account_id, self._first_revision)
        account = self._accounts[account_id]
        account.settle(self.now)
        return account

    def settle(self) -> None:
        """Let happen in every account what is due."""
        for account in self._accounts.values():
            account.settle(self.now)

    def delete(self, account_id: str) -> None:
        """Forget an account."""
        account = self._accounts.pop(account_id)
        self._first_revision = max(self._first_revision, account.revision)

    def there(self) -> list[Account]:
        """Return the accounts that were created, or in which something was recorded."""
        return [account for account in self._accounts.values() if account.is_there]


def _erase_from(change: pb.StatusChange | pb.UserChange, user_id: str, names: Iterable[str]) -> None:
    """Leave nothing of a user in a change; `names` are the fields that tell of whom the change is about."""
    for field in ("actor", "caller"):
        if change.user_id == user_id or getattr(change, field) == user_id:
            setattr(change, field, "")
    if change.user_id == user_id:
        change.user_id = ""
        for name in names:
            setattr(change, name, "")


def _erase_author(workflow: pb.Workflow, user_id: str) -> None:
    for field in ("updated_by", "update_caller"):
        if getattr(workflow, field) == user_id:
            setattr(workflow, field, "")


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
