"""The ways in which a request can be refused, in the domain's words.

Every error a caller may see is a `DomainError`; the transport maps each to a gRPC code in one table. Messages are meant
for the caller: they name fields and limits, never anything internal.
"""

from __future__ import annotations

import json
from typing import NamedTuple


def quoted(value: str, most: int = 128) -> str:
    """`value` as a message has it: in quotes, on one line, and cut after `most` characters."""
    return json.dumps(value if len(value) <= most else f"{value[:most]}...", ensure_ascii=False)


class Violation(NamedTuple):
    """One field at fault: its path as in the proto (`workflow.away_after`) and what is wrong with it."""

    field: str
    description: str


class DomainError(Exception):
    """Base of everything a caller is told. `violations` is empty unless fields are at fault."""

    def __init__(self, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.violations = violations


class InvalidField(DomainError):
    """A field is malformed or over a limit."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}", (Violation(field, description),))


class InFuture(InvalidField):
    """A time is in the future; `now` is what the clock showed (ms UTC)."""

    def __init__(self, field: str, description: str, now: int) -> None:
        super().__init__(field, description)
        self.now = now


class InvalidWorkflow(DomainError):
    """The workflow would contradict itself."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}", (Violation(field, description),))


class UserUnknown(DomainError):
    """The user was never seen in this account."""

    def __init__(self, account_id: str, user_id: str) -> None:
        super().__init__(f"user {quoted(user_id)} not found in account {quoted(account_id)}")


class RevisionConflict(DomainError):
    """The etag or expected_revision is no longer the current one."""


class ResumeTokenExpired(DomainError):
    """What a watcher missed is no longer kept; it must begin with a snapshot."""

    def __init__(self) -> None:
        super().__init__("the changes since this resume token are no longer kept; watch without it")


class LimitExceeded(DomainError):
    """Over a rate, a number or what the server can do; later, or with fewer, it may work. Nothing was done.

    `retry_delay_ms` is how long to wait before another attempt; None where the caller has to do something first.
    """

    def __init__(self, message: str, *, retry_delay_ms: int | None = None) -> None:
        super().__init__(message)
        self.retry_delay_ms = retry_delay_ms


class StoreUnavailable(DomainError):
    """The store cannot be reached or cannot write; whether a change took place is then unknown."""

    def __init__(self, message: str = "the store is unavailable; try again") -> None:
        super().__init__(message)


class StoreLost(StoreUnavailable):
    """The store is another process's now, or is gone: this process can never write it again, and must end.

    `why` is for the operator; callers are told what `StoreUnavailable` tells them.
    """

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class IssuerUnavailable(DomainError):
    """Whether a credential is good cannot be told now, for want of its issuer's keys. Nothing was done.

    `retry_delay_ms` is how long to wait before another attempt.
    """

    def __init__(self, retry_delay_ms: int) -> None:
        super().__init__("the keys of the token issuer cannot be fetched at the moment; try again")
        self.retry_delay_ms = retry_delay_ms


class CredentialRequired(DomainError):
    """No, a bad or an expired credential."""

    def __init__(self, message: str = "a credential is required") -> None:
        super().__init__(message)


class PermissionRequired(DomainError):
    """The caller lacks the permission. It says the same whether or not there is what was asked for.

    Args:
        caller: the name of whoever calls.
        act: what was attempted, as in "read statuses".
        permission: what that needs, as configuration has it.
        account_id: where; empty for anywhere.
        own_user: the only user for whom the caller may do so, if there is one.
    """

    def __init__(self, caller: str, act: str, permission: str, account_id: str = "", own_user: str = "") -> None:
        where = f" in account {quoted(account_id)}" if account_id else ""
        whom = f" but for user {quoted(own_user)}" if own_user else ""
        super().__init__(f"{caller or 'this caller'} may not {act}{where}{whom} (needs {permission})")
