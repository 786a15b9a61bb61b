"""The one table from the domain's errors to gRPC's codes, and how an error travels.

Nothing internal reaches a client: only the domain's own messages do, and everything else becomes one fixed sentence.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple, NoReturn

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc import aio

from onduty.v1 import status_pb2 as pb

from ..access.authentication import Refused
from ..domain.errors import (
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

ERROR_DOMAIN = "onduty"
_REASON_PREFIX = "ERROR_REASON_"


class Mapped(NamedTuple):
    """How a domain error is told to a client."""

    code: grpc.StatusCode
    reason: pb.ErrorReason.ValueType


class MalformedRequest(DomainError):
    """The bytes are no message of the request's type, so no field can be named."""

    def __init__(self) -> None:
        super().__init__("the request cannot be parsed; are all its strings UTF-8?")


ERROR_TABLE: dict[type[DomainError], Mapped] = {
    MalformedRequest: Mapped(grpc.StatusCode.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InvalidField: Mapped(grpc.StatusCode.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InFuture: Mapped(grpc.StatusCode.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_FIELD),
    InvalidWorkflow: Mapped(grpc.StatusCode.INVALID_ARGUMENT, pb.ERROR_REASON_INVALID_WORKFLOW),
    UserUnknown: Mapped(grpc.StatusCode.NOT_FOUND, pb.ERROR_REASON_USER_UNKNOWN),
    RevisionConflict: Mapped(grpc.StatusCode.ABORTED, pb.ERROR_REASON_REVISION_CONFLICT),
    ResumeTokenExpired: Mapped(grpc.StatusCode.OUT_OF_RANGE, pb.ERROR_REASON_RESUME_TOKEN_EXPIRED),
    CredentialRequired: Mapped(grpc.StatusCode.UNAUTHENTICATED, pb.ERROR_REASON_CREDENTIAL_REQUIRED),
    Refused: Mapped(grpc.StatusCode.UNAUTHENTICATED, pb.ERROR_REASON_CREDENTIAL_REQUIRED),
    PermissionRequired: Mapped(grpc.StatusCode.PERMISSION_DENIED, pb.ERROR_REASON_PERMISSION_REQUIRED),
    LimitExceeded: Mapped(grpc.StatusCode.RESOURCE_EXHAUSTED, pb.ERROR_REASON_LIMIT_EXCEEDED),
    IssuerUnavailable: Mapped(grpc.StatusCode.UNAVAILABLE, pb.ERROR_REASON_ISSUER_UNAVAILABLE),
    StoreUnavailable: Mapped(grpc.StatusCode.UNAVAILABLE, pb.ERROR_REASON_STORE_UNAVAILABLE),
    StoreLost: Mapped(grpc.StatusCode.UNAVAILABLE, pb.ERROR_REASON_STORE_UNAVAILABLE),
}


def mapped(kind: type[DomainError]) -> Mapped:
    """How errors of a kind are told; a store's own kinds are told as what they are kinds of."""
    return next(ERROR_TABLE[each] for each in kind.__mro__ if each in ERROR_TABLE)


def reason_name(reason: pb.ErrorReason.ValueType) -> str:
    """An `ErrorReason` as `ErrorInfo.reason` spells it: without the enum's prefix."""
    return pb.ErrorReason.Name(reason).removeprefix(_REASON_PREFIX)


_PUSHBACK_KEY = "grpc-retry-pushback-ms"
_PUSHBACK_MAX_MS = 1_000
_NEVER = "-1"


def trailers(error: DomainError) -> tuple[tuple[str, str | bytes], ...]:
    """The trailing metadata that tells of an error: its google.rpc details, and when gRPC's own retries may come.

    Those wait as they are told however little is left of the deadline, and what the caller then sees is an expired one;
    so beyond a second they are told not to.
    """
    code, reason = mapped(type(error))
    details: list[Message] = [error_details_pb2.ErrorInfo(domain=ERROR_DOMAIN, reason=reason_name(reason))]
    metadata: list[tuple[str, str | bytes]] = []
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
        metadata.append((_PUSHBACK_KEY, str(delay_ms) if soon else _NEVER))
    status = status_pb2.Status(code=code.value[0], message=error.message, details=map(_packed, details))
    return (("grpc-status-details-bin", status.SerializeToString()), *metadata)


async def abort_with(context: aio.ServicerContext[object, object], error: DomainError) -> NoReturn:
    """End the call with the error's code and its google.rpc details."""
    try:
        await context.abort(mapped(type(error)).code, error.message, trailers(error))
    except aio.InternalError:
        # It could not be sent: the caller has left.
        raise asyncio.CancelledError from None
    raise AssertionError("abort raises")


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
