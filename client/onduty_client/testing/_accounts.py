"""The accounts of a fake service, in memory, and what its calls have in common."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import InvalidField, OndutyError, RevisionConflict
from onduty_client._types import FieldViolation

DEFAULT_PAGE: Final = 100
_START: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Account:
    """An account, whose users change by `change` only."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.users: dict[str, pb.UserStatus] = {}
        self.changes: list[pb.StatusChange] = []
        self.workflow = pb.Workflow(account_id=account_id, resume=pb.RESUME_FROM_AWAY, etag="0")
        self.workflow_changes: list[pb.WorkflowChange] = []
        self.revision = 0

    def change(
        self,
        user_id: str,
        status: pb.Status.ValueType,
        cause: pb.Cause.ValueType,
        now: Timestamp,
        actor: str = "",
        reason: str = "",
    ) -> None:
        """Give a user a status, and record that."""
        known = self.users.get(user_id)
        self.revision += 1
        since = known.status_since if known is not None and known.status == status else now
        self.users[user_id] = pb.UserStatus(
            account_id=self.account_id,
            user_id=user_id,
            status=status,
            available=status == pb.STATUS_ONLINE,
            cause=cause,
            status_since=since,
            last_activity_time=known.last_activity_time
            if known is not None and known.HasField("last_activity_time")
            else None,
            actor=actor,
            reason=reason,
            revision=self.revision,
        )
        self.changes.append(
            pb.StatusChange(
                account_id=self.account_id,
                user_id=user_id,
                revision=self.revision,
                previous_status=pb.STATUS_UNSPECIFIED if known is None else known.status,
                status=status,
                cause=cause,
                effective_time=now,
                commit_time=now,
                actor=actor,
                reason=reason,
            )
        )


class Accounts:
    """All accounts of a service, and its clock, which stands still."""

    def __init__(self) -> None:
        self.now = _START
        self._accounts: dict[str, Account] = {}

    @property
    def timestamp(self) -> Timestamp:
        """The time on the clock."""
        return convert.time_to_proto(self.now, "now")

    def get(self, account_id: str) -> Account:
        """Return an account, which need not have been there before."""
        if not account_id:
            raise invalid("account_id", "is required")
        if account_id not in self._accounts:
            self._accounts[account_id] = Account(account_id)
        return self._accounts[account_id]

    def recorded(self) -> list[Account]:
        """Return the accounts in which something was recorded."""
        return [account for account in self._accounts.values() if account.revision]


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
