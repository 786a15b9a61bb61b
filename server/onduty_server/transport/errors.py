"""Maps the domain's errors to codes, in one table, and builds the failure that a caller is sent.

Invariant: nothing internal reaches a client. It gets the domain's own messages; everything else becomes `INTERNAL`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from onduty.v1 import status_pb2 as pb

from ..access.authentication import CredentialRefused
from ..domain.errors import (
    AccountUnknown,
    CredentialRequired,
    DomainError,
    InFuture,
    InvalidField,
    InvalidWorkflow,
    IssuerUnavailable,
    LimitExceeded,
    PermissionRequired,
    ResumeTokenExpired,
    RevisionConflict,
    StoreLost,
    StoreUnavailable,
    UserUnknown,
)

ERROR_DOMAIN: Final = "onduty"
_REASON_PREFIX: Final = "ERROR_REASON_"


class Code(IntEnum):
    """The codes of google.rpc that calls end with."""

    CANCELLED = 1
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


class Mapped(NamedTuple):
    """A row of the table: what kind of error a client sees."""

    code: Code
    reason: pb.ErrorReason.ValueType


class Failure(NamedTuple):
    """The end of a call that failed: code, message and details. Each door sends it in its own protocol."""

    code: Code
    message: str
    details: tuple[any_pb2.Any, ...] = ()
    """Messages of google.rpc: ErrorInfo first, then BadRequest and RetryInfo where they apply."""
    metadata: tuple[tuple[str, str], ...] = ()
    request_id: str = ""
    """The name of the call in the log, which the caller is sent too; see `request_ids`."""

    def named(self, request_id: str) -> Failure:
        """Return the failure with the name of the call, unless it has one already."""
        return self if self.request_id else self._replace(request_id=request_id)

    def status(self) -> bytes:
        """Return the failure as a serialized google.rpc.Status."""
        return status_pb2.Status(code=self.code, message=self.message, details=self.details).SerializeToString()


class CallFailed(Exception):
    """Ends a call with a failure that is not an error of the domain, such as one of the protocol."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


INTERNAL: Final = Failure(Code.INTERNAL, "internal error")


class MalformedRequest(DomainError):
    """The bytes are not a message of the request's type, so no field can be named. `why` ends the sentence."""

    def __init__(self, why: str = "; are all its strings UTF-8?") -> None:
        super().__init__(f"the request cannot be parsed{why}")


ERROR_TABLE: Final[dict[type[DomainError], Mapped]] = {
    MalformedRequest: Mapped(Code.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InvalidField: Mapped(Code.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InFuture: Mapped(Code.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InvalidWorkflow: Mapped(Code.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_WORKFLOW),
    AccountUnknown: Mapped(Code.NOT_FOUND, pb.ERROR_REASON_ACCOUNT_UNKNOWN),
    UserUnknown: Mapped(Code.NOT_FOUND, pb.ERROR_REASON_USER_UNKNOWN),
    RevisionConflict: Mapped(Code.ABORTED, pb.ERROR_REASON_REVISION_CONFLICT),
    ResumeTokenExpired: Mapped(Code.OUT_OF_RANGE, pb.ERROR_REASON_RESUME_TOKEN_EXPIRED),
    CredentialRequired: Mapped(Code.UNAUTHENTICATED, pb.ERROR_REASON_CREDENTIAL_REQUIRED),
    CredentialRefused: Mapped(Code.UNAUTHENTICATED, pb.ERROR_REASON_CREDENTIAL_REQUIRED),
    PermissionRequired: Mapped(Code.PERMISSION_DENIED, pb.ERROR_REASON_PERMISSION_REQUIRED),
    LimitExceeded: Mapped(Code.RESOURCE_EXHAUSTED, pb.ERROR_REASON_LIMIT_EXCEEDED),
    IssuerUnavailable: Mapped(Code.UNAVAILABLE, pb.ERROR_REASON_ISSUER_UNAVAILABLE),
    StoreUnavailable: Mapped(Code.UNAVAILABLE, pb.ERROR_REASON_STORE_UNAVAILABLE),
    StoreLost: Mapped(Code.UNAVAILABLE, pb.ERROR_REASON_STORE_UNAVAILABLE),
}


def mapped(kind: type[DomainError]) -> Mapped:
    """Return the row for a class of errors. A class that only one store raises has the row of its base class."""
    return next(ERROR_TABLE[each] for each in kind.__mro__ if each in ERROR_TABLE)


def reason_name(reason: pb.ErrorReason.ValueType) -> str:
    """Return the name of an `ErrorReason` as `ErrorInfo.reason` spells it: without the prefix of the enum."""
    return pb.ErrorReason.Name(reason).removeprefix(_REASON_PREFIX)


_PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"
_PUSHBACK_MAX_MS: Final = 1_000
_NEVER: Final = "-1"


def failure_of(error: DomainError) -> Failure:
    """Return the failure that a caller is sent for an error.

    gRPC's built-in retries wait for as long as the pushback says, even past the deadline, and the caller then sees
    DEADLINE_EXCEEDED. So where the delay is longer than a second, the pushback says not to retry.
    """
    code, reason = mapped(type(error))
    details: list[Message] = [error_details_pb2.ErrorInfo(domain=ERROR_DOMAIN, reason=reason_name(reason))]
    metadata: tuple[tuple[str, str], ...] = ()
    if error.violations:
        details.append(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(
                        field=violation.field, description=violation.description
                    )
                    for violation in error.violations
                ]
            )
        )
    if isinstance(error, LimitExceeded | IssuerUnavailable):
        delay_ms = error.retry_delay_ms
        if delay_ms is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(delay_ms)
            details.append(retry)
        soon = delay_ms is not None and delay_ms <= _PUSHBACK_MAX_MS
        metadata = ((_PUSHBACK_KEY, str(delay_ms) if soon else _NEVER),)
    return Failure(code, error.message, tuple(map(_packed, details)), metadata)


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
