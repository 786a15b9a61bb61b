"""The errors that a caller may see, in the domain's words.

Each is a `DomainError`; the transport maps every class to a gRPC code and reason in one table (`transport/errors.py`).
Messages are for callers: they name the value, what is wrong and the remedy, and nothing internal.
"""

from __future__ import annotations

import json
from typing import NamedTuple


def quoted(value: str, max_chars: int = 128) -> str:
    """Return `value` for use in a message: in quotes, on one line, and cut after `max_chars` characters."""
    return json.dumps(value if len(value) <= max_chars else f"{value[:max_chars]}...", ensure_ascii=False)


class Violation(NamedTuple):
    """A field at fault: its path as in the proto (`workflow.away_after`) and a description of the fault."""

    field: str
    description: str


class DomainError(Exception):
    """Base class of all errors for callers. `violations` is empty unless fields are at fault."""

    def __init__(self, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.violations = violations


class InvalidField(DomainError):
    """A field is malformed or exceeds a limit."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}", (Violation(field, description),))


class InFuture(InvalidField):
    """A time lies too far in the future. `now` is the server's time (ms UTC)."""

    def __init__(self, field: str, description: str, now: int) -> None:
        super().__init__(field, description)
        self.now = now


class InvalidWorkflow(DomainError):
    """The workflow is inconsistent."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}", (Violation(field, description),))


class UserUnknown(DomainError):
    """The account has no user of this id: no activity and no status was ever recorded."""

    def __init__(self, account_id: str, user_id: str) -> None:
        super().__init__(f"user {quoted(user_id)} not found in account {quoted(account_id)}")


class AccountUnknown(DomainError):
    """There is no such account, and the call creates none."""

    def __init__(self, account_id: str, *, declared: bool = False) -> None:
        remedy = "; accounts have to be created on this server before they are used" if declared else ""
        super().__init__(f"account {quoted(account_id)} not found{remedy}")


class RevisionConflict(DomainError):
    """The etag or expected_revision is not the current one."""


class ResumeTokenExpired(DomainError):
    """The changes since the token are no longer kept; the watcher must begin with a snapshot."""

    def __init__(self) -> None:
        super().__init__("the changes since this resume token are no longer kept; watch without it")


class LimitExceeded(DomainError):
    """A rate or a number exceeds its limit. Nothing was done.

    `retry_delay_ms` is how long to wait before the next attempt; None if waiting alone does not help.
    """

    def __init__(self, message: str, *, retry_delay_ms: int | None = None) -> None:
        super().__init__(message)
        self.retry_delay_ms = retry_delay_ms


class StoreUnavailable(DomainError):
    """The store cannot be reached or cannot write. It is unknown whether a change took place."""

    def __init__(self, message: str = "the store is unavailable; try again") -> None:
        super().__init__(message)


class StoreLost(StoreUnavailable):
    """The store belongs to another process now, or is gone. This process can never write to it again and must end.

    `why` is for the operator; callers see the message of `StoreUnavailable`.
    """

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class IssuerUnavailable(DomainError):
    """A token cannot be verified now, because its issuer's keys cannot be fetched. Nothing was done.

    `retry_delay_ms` is how long to wait before the next attempt.
    """

    def __init__(self, retry_delay_ms: int) -> None:
        super().__init__("the keys of the token issuer cannot be fetched at the moment; try again")
        self.retry_delay_ms = retry_delay_ms


class CredentialRequired(DomainError):
    """The credential is missing, not valid, or expired."""

    def __init__(self, message: str = "a credential is required") -> None:
        super().__init__(message)


class PermissionRequired(DomainError):
    """The caller lacks a permission. The message is the same whether or not the account or user exists.

    Args:
        caller: the name of the caller.
        act: the attempted action, as in "read statuses".
        permission: the permission that it needs, as spelled in the configuration.
        account_id: the account; empty for none in particular.
        own_user: the only user for whom the caller may do this, if there is one.
    """

    def __init__(self, caller: str, act: str, permission: str, account_id: str = "", own_user: str = "") -> None:
        where = f" in account {quoted(account_id)}" if account_id else ""
        whom = f" except for user {quoted(own_user)}" if own_user else ""
        super().__init__(f"{caller or 'this caller'} may not {act}{where}{whom} (needs {permission})")
