"""The exceptions of the client, and the table that maps the server's reasons to them.

Invariant: a call that does not return a result raises an `OndutyError`. Its class depends on the `reason` that the
server sent in its `google.rpc.ErrorInfo`, and on the code only if there is none (the transport failed, a proxy
answered).
"""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Final, cast

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc import status_pb2 as google_status_pb2

from onduty_client._types import FieldViolation

_DETAILS_KEY: Final = "grpc-status-details-bin"
_DOMAIN: Final = "onduty"
#: The trailer, or header, with the name that the server gives to a call.
REQUEST_ID_KEY: Final = "x-request-id"


#: The longest wait that a limit of calls asks for.
_BRIEF: Final = timedelta(seconds=5)


class OndutyError(Exception):
    """A call failed. This class itself is raised if no subclass fits.

    Attributes:
        code: the gRPC status code.
        reason: the server's stable reason, such as "USER_UNKNOWN"; empty when the server did not give one.
        message: for people; also `str(error)`.
        field_violations: the fields of the request that were refused, and why.
        retry_delay: how long the server asks to wait before another attempt, if it said so.
        request_id: the name of the call in the server's log; empty if no onduty server answered.
    """

    def __init__(
        self,
        message: str,
        *,
        code: grpc.StatusCode = grpc.StatusCode.UNKNOWN,
        reason: str = "",
        field_violations: tuple[FieldViolation, ...] = (),
        retry_delay: timedelta | None = None,
        request_id: str = "",
    ) -> None:
        # Everything but the message has a default, so that the exception survives pickling (task queues need it).
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.field_violations = field_violations
        self.retry_delay = retry_delay
        self.request_id = request_id

    @property
    def is_final(self) -> bool:
        """True if another attempt would fail in the same way, so that streams are not retried.

        This holds for a request that is malformed or contradicts the state, a missing credential or permission, and a
        method that the server does not have.
        """
        return isinstance(self, _FINAL) or self.code is grpc.StatusCode.UNIMPLEMENTED


class InvalidField(OndutyError):
    """A field of the request is malformed or over a limit; `field_violations` says which."""


class InvalidWorkflow(OndutyError):
    """The workflow would contradict itself: enabled without a period, or offline not after away."""


class UserUnknown(OndutyError):
    """The user was never seen in this account."""


class AccountUnknown(OndutyError):
    """There is no such account: accounts have to be created on this server, or it was to be deleted."""


class RevisionConflict(OndutyError):
    """The etag or `expected_revision` is no longer current. Read again, then decide again."""


class ResumeTokenExpired(OndutyError):
    """The resume token is older than the history that the server keeps."""


class CredentialRequired(OndutyError):
    """The credential is missing, invalid or expired."""


class PermissionRequired(OndutyError):
    """The caller lacks the permission."""


#: The errors that another attempt does not cure.
_FINAL: Final = (
    InvalidField,
    InvalidWorkflow,
    UserUnknown,
    AccountUnknown,
    RevisionConflict,
    ResumeTokenExpired,
    CredentialRequired,
    PermissionRequired,
)


class LimitExceeded(OndutyError):
    """A limit is exceeded, or the server is overloaded; `retry_delay` may say how long to wait. Nothing was done."""

    @property
    def is_brief(self) -> bool:
        """True if waiting some seconds helps: a limit of calls, not one of the sessions that a user may have."""
        return self.retry_delay is not None and self.retry_delay <= _BRIEF


class Unavailable(OndutyError):
    """The server can't be reached or can't answer. It is not known whether a change took place.

    Calls that may be repeated (`Client` lists those that may not) were already attempted several times.
    """


class StoreUnavailable(Unavailable):
    """The server is there, but its store can't be reached or can't write."""


class IssuerUnavailable(Unavailable):
    """The server can't fetch the keys of the issuer of tokens, and so can't verify yours.

    Nothing was done; `retry_delay` says how long to wait.
    """


class DeadlineExceeded(OndutyError):
    """There was no answer within the timeout. It is not known whether a change took place."""


class MirrorStale(OndutyError):
    """A mirror refuses to answer, because its state may be older than is allowed. Ask the server, or wait.

    Its `__cause__` is the reason why the mirror is cut off, if it is known.

    Attributes:
        staleness: how old its state is, in seconds; infinite if it never had any.
        max_staleness: how old it may be, in seconds.
    """

    def __init__(
        self,
        message: str,
        *,
        staleness: float = math.inf,
        max_staleness: float = 0.0,
        code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE,
    ) -> None:
        super().__init__(message, code=code)
        self.staleness = staleness
        self.max_staleness = max_staleness


class MirrorNotReady(MirrorStale):
    """A mirror refuses to answer, because it does not have its first state yet."""


#: Reason in `google.rpc.ErrorInfo` -> exception. It is complete: a test compares it to ErrorReason of the proto.
BY_REASON: Final[Mapping[str, type[OndutyError]]] = MappingProxyType(
    {
        "INVALID_FIELD": InvalidField,
        "INVALID_WORKFLOW": InvalidWorkflow,
        "USER_UNKNOWN": UserUnknown,
        "REVISION_CONFLICT": RevisionConflict,
        "RESUME_TOKEN_EXPIRED": ResumeTokenExpired,
        "CREDENTIAL_REQUIRED": CredentialRequired,
        "PERMISSION_REQUIRED": PermissionRequired,
        "LIMIT_EXCEEDED": LimitExceeded,
        "STORE_UNAVAILABLE": StoreUnavailable,
        "ISSUER_UNAVAILABLE": IssuerUnavailable,
        "ACCOUNT_UNKNOWN": AccountUnknown,
    }
)

# For errors that no onduty server made: grpcio itself, or something between the client and the server.
_BY_CODE: Final[Mapping[grpc.StatusCode, type[OndutyError]]] = MappingProxyType(
    {
        # The caller did not cancel it: a server that stops ends calls that it has not begun like this.
        grpc.StatusCode.CANCELLED: Unavailable,
        grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
        grpc.StatusCode.UNAVAILABLE: Unavailable,
        grpc.StatusCode.UNAUTHENTICATED: CredentialRequired,
        grpc.StatusCode.PERMISSION_DENIED: PermissionRequired,
    }
)


def from_rpc_error(error: grpc.RpcError) -> OndutyError:
    """Return the exception to raise for a failed call of either grpcio stack."""
    code = error.code()
    # Details that can't be read must not hide the error that they came with.
    details: Iterable[Any] = ()
    with suppress(DecodeError):
        details = _details(error)
    return error_of(code, error.details() or code.name, details, _trailer(error, REQUEST_ID_KEY) or "")


def error_of(code: grpc.StatusCode, message: str, details: Iterable[Any], request_id: object = "") -> OndutyError:
    """The exception to raise for a failed call, whatever it was made by. Details that can't be read are left out."""
    reason = ""
    violations: tuple[FieldViolation, ...] = ()
    retry_delay: timedelta | None = None
    with suppress(DecodeError):
        for detail in details:
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                info = error_details_pb2.ErrorInfo.FromString(detail.value)
                if info.domain == _DOMAIN:
                    reason = info.reason
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad_request = error_details_pb2.BadRequest.FromString(detail.value)
                violations = tuple(FieldViolation(v.field, v.description) for v in bad_request.field_violations)
            elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                retry_delay = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay.ToTimedelta()
    kind = BY_REASON.get(reason) or _BY_CODE.get(code, OndutyError)
    return kind(
        message,
        code=code,
        reason=reason,
        field_violations=violations,
        retry_delay=retry_delay,
        request_id=request_id if isinstance(request_id, str) else "",
    )


def about(method: str, error: OndutyError) -> OndutyError:
    """Return the `error` of a call of `method`, with a message that says so if the server has no such method."""
    if error.code is grpc.StatusCode.UNIMPLEMENTED:
        error.message = f"the server does not know {method}; is it older than this client? ({error.message})"
        error.args = (error.message,)
    return error


def _details(error: grpc.RpcError) -> Iterable[Any]:
    """Return the details of the google.rpc.Status that came with the error. Raises DecodeError if there is none."""
    status = _trailer(error, _DETAILS_KEY)
    return google_status_pb2.Status.FromString(status).details if isinstance(status, bytes) else ()


def _trailer(error: grpc.RpcError, name: str) -> str | bytes | None:
    # A tuple of pairs in the synchronous stack, a collection of pairs in the asyncio one, None if there is no trailer.
    trailers = cast("Iterable[tuple[str, str | bytes]]", error.trailing_metadata() or ())
    return next((value for key, value in trailers if key == name), None)
