"""Converts failures for HTTP: to a status, and to the error object of the Connect protocol."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict
from google.rpc import error_details_pb2

from ..errors import Code, Failure
from ..request_ids import REQUEST_ID_KEY
from .exchange import Header

HTTP_STATUS: Final = {
    Code.CANCELLED: 499,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.UNAUTHENTICATED: 401,
}
"""The HTTP status of a failed unary Connect call, by code, as the protocol defines it."""

_CONNECT_CODES: Final = {code: code.name.lower() for code in Code} | {Code.CANCELLED: "canceled"}
_DETAILS: Final[dict[str, Any]] = {
    message.DESCRIPTOR.full_name: message
    for message in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
}
_MS: Final = 1_000


def error_object(failure: Failure) -> dict[str, Any]:
    """Return a failure as Connect's error object, each detail also readable under `debug`."""
    error: dict[str, Any] = {"code": _CONNECT_CODES[failure.code], "message": failure.message}
    if failure.details:
        error["details"] = [_detail(any_.TypeName(), any_.value) for any_ in failure.details]
    return error


def error_json(failure: Failure) -> bytes:
    """Return a failure as the body of a unary Connect call."""
    return json.dumps(error_object(failure), ensure_ascii=False, separators=(",", ":")).encode()


def request_id_headers(failure: Failure) -> list[Header]:
    """Return the header with the name of the call that failed."""
    return [(REQUEST_ID_KEY.encode(), failure.request_id.encode())] if failure.request_id else []


def retry_after_s(failure: Failure) -> int | None:
    """Return the value of `Retry-After`: the seconds until a retry may succeed, at least 1; None if unknown."""
    for each in failure.details:
        if each.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            info = error_details_pb2.RetryInfo()
            each.Unpack(info)
            return max(1, -(-_milliseconds(info.retry_delay) // _MS))
    return None


def _milliseconds(duration: Duration) -> int:
    return int(duration.ToMilliseconds())


def _detail(type_name: str, value: bytes) -> dict[str, Any]:
    detail: dict[str, Any] = {"type": type_name, "value": b64encode(value).decode().rstrip("=")}
    if type_name in _DETAILS:
        detail["debug"] = MessageToDict(_DETAILS[type_name].FromString(value))
    return detail
