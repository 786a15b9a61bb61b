"""The Connect protocol apart from its connections: heads of requests, and the meaning of responses.

Invariants: no metadata of a program can inject another header; no header value appears in an error.
"""

import json
import re
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from struct import Struct
from typing import Any, Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage

from onduty_client._errors import REQUEST_ID_KEY, OndutyError, error_of
from onduty_client._http.address import Address

#: The longest message, the same as for gRPC.
MESSAGE_MAX_BYTES: Final = 4 * 1024 * 1024

UNARY: Final = "application/proto"
STREAM: Final = "application/connect+proto"

_TIMEOUT_MAX_MS: Final = 9_999_999_999
_NAME: Final = re.compile(r"[a-z0-9_.-]+")
_VALUE: Final = re.compile(r"[ -~]*")
_RESERVED: Final = frozenset(
    (
        *("host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "te"),
        *("accept-encoding", "expect", "upgrade", "trailer", "keep-alive", "proxy-authorization", "origin"),
    )
)

_CODES: Final[Mapping[str, grpc.StatusCode]] = {
    code.name.lower(): code for code in grpc.StatusCode if code is not grpc.StatusCode.OK
} | {"canceled": grpc.StatusCode.CANCELLED}
#: The codes for HTTP statuses that came without an error of the service, from a proxy or gateway in between.
_BY_HTTP_STATUS: Final[Mapping[int, grpc.StatusCode]] = {
    400: grpc.StatusCode.INTERNAL,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.UNIMPLEMENTED,
    408: grpc.StatusCode.UNAVAILABLE,
    429: grpc.StatusCode.UNAVAILABLE,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.UNAVAILABLE,
}

_ENVELOPE: Final = Struct(">BI")
_COMPRESSED, _END = 0x01, 0x02
_GZIP_BITS: Final = zlib.MAX_WBITS | 16


class RequestHead:
    """The head of requests to one method."""

    def __init__(self, address: Address, path: str, content_type: str, *, packs: bool) -> None:
        accepted = "connect-accept-encoding" if content_type == STREAM else "accept-encoding"
        self._fixed = (
            f"POST {address.prefix}{path} HTTP/1.1\r\n"
            f"host: {address.authority}\r\n"
            f"content-type: {content_type}\r\n"
            "connect-protocol-version: 1\r\n"
            "user-agent: onduty-python\r\n" + (f"{accepted}: gzip\r\n" if packs else "")
        )

    def of(self, length: int, more: str, timeout_s: float | None) -> bytes:
        """Return the head of a request with a body of `length` bytes; `more` holds the lines of its metadata."""
        timeout = ""
        if timeout_s is not None:
            timeout = f"connect-timeout-ms: {min(max(1, int(timeout_s * 1_000)), _TIMEOUT_MAX_MS)}\r\n"
        return f"{self._fixed}content-length: {length}\r\n{timeout}{more}\r\n".encode("ascii")


def header_lines(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """Return metadata as lines of a head. Raises ValueError for metadata that can't be sent."""
    return "".join(_header(name, value) for name, value in metadata)


def _header(name: str, value: str | bytes) -> str:
    if _NAME.fullmatch(name) is None or name in _RESERVED or name.startswith("connect-"):
        raise ValueError(f"{name!r} cannot be sent as metadata: use letters in lower case, digits, '-', '_' and '.'")
    if name.endswith("-bin"):
        value = b64encode(value.encode() if isinstance(value, str) else value).decode().rstrip("=")
    elif not isinstance(value, str) or _VALUE.fullmatch(value) is None:
        raise ValueError(f"the value of {name} cannot be sent as metadata: use printable ASCII only")
    return f"{name}: {value}\r\n"


def message_of(status: int, headers: Mapping[str, str], body: bytes, target: str) -> bytes:
    """Return the message in the response to a unary call. Raises OndutyError if there is none."""
    if headers.get("content-encoding", "identity") == "gzip":
        body = _unpacked(body)
    if status == 200 and _kind(headers) == UNARY:
        return body
    raise error_in(status, headers, body, target)


def error_in(status: int, headers: Mapping[str, str], body: bytes, target: str) -> OndutyError:
    """Return the error for a response that is not a message."""
    if status != 200 and _kind(headers) == "application/json":
        found = _parsed(body)
        if isinstance(found, dict) and isinstance(found.get("code"), str) and found["code"] in _CODES:
            return _connect_error(found, headers.get(REQUEST_ID_KEY))
    code = _BY_HTTP_STATUS.get(status, grpc.StatusCode.UNKNOWN)
    if 300 <= status < 400:
        return error_of(
            code,
            f"{target} answered with a redirect ({status}), which is not followed; connect to the server itself",
            (),
        )
    message = f"{target} answered with HTTP status {status}, and not as an onduty server; is it its HTTP port?"
    return error_of(code, message, ())


def is_stream(status: int, headers: Mapping[str, str]) -> bool:
    """True if a response is a stream of messages."""
    return status == 200 and _kind(headers) == STREAM


class Envelopes:
    """Unpacks the messages of a stream from their envelopes, as the bytes arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        #: True once the stream has ended in the way that the protocol requires.
        self.ended = False

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._buffer += data

    def messages(self) -> Iterator[bytes]:
        """Yield each complete message. Raises the OndutyError that the stream ended with."""
        buffer = self._buffer
        while not self.ended and len(buffer) >= _ENVELOPE.size:
            flags, length = _ENVELOPE.unpack_from(buffer)
            if length > MESSAGE_MAX_BYTES:
                raise too_long()
            end = _ENVELOPE.size + length
            if len(buffer) < end:
                return
            data = bytes(buffer[_ENVELOPE.size : end])
            del buffer[:end]
            if flags & _COMPRESSED:
                data = _unpacked(data)
            if flags & _END:
                self.ended = True
                found = _parsed(data)
                error = found.get("error") if isinstance(found, dict) else None
                if isinstance(error, dict):
                    raise _connect_error(error, _request_id(found))
            else:
                yield data


def envelope(data: bytes) -> bytes:
    """Return a message in its envelope."""
    return _ENVELOPE.pack(0, len(data)) + data


def too_long() -> OndutyError:
    """Return the error for a message that is too long."""
    message = f"the message is longer than {MESSAGE_MAX_BYTES} bytes"
    return OndutyError(message, code=grpc.StatusCode.RESOURCE_EXHAUSTED)


def unreadable(what: str) -> OndutyError:
    """Return the error for a response that makes no sense."""
    return OndutyError(f"the server's response can't be read: {what}", code=grpc.StatusCode.INTERNAL)


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_BITS)
    try:
        unpacked = unpacker.decompress(data, MESSAGE_MAX_BYTES + 1)
    except zlib.error:
        raise unreadable("it is not gzip") from None
    if len(unpacked) > MESSAGE_MAX_BYTES:
        raise too_long()
    if not unpacker.eof or unpacker.unused_data:
        raise unreadable("it is not gzip")
    return unpacked


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _request_id(end: Mapping[str, Any]) -> object:
    """Return the name of a call from the metadata at the end of its stream, as far as it makes sense."""
    metadata = end.get("metadata")
    values = metadata.get(REQUEST_ID_KEY) if isinstance(metadata, dict) else None
    return values[0] if isinstance(values, list) and values else None


def _connect_error(error: Mapping[str, Any], request_id: object) -> OndutyError:
    name = error.get("code")
    code = _CODES.get(name, grpc.StatusCode.UNKNOWN) if isinstance(name, str) else grpc.StatusCode.UNKNOWN
    message = error.get("message")
    details = error.get("details")
    found = [_detail(each) for each in details] if isinstance(details, list) else []
    text = message if isinstance(message, str) and message else code.name
    return error_of(code, text, [each for each in found if each is not None], request_id)


def _detail(detail: object) -> AnyMessage | None:
    if not isinstance(detail, dict):
        return None
    kind, value = detail.get("type"), detail.get("value")
    if not isinstance(kind, str) or not isinstance(value, str):
        return None
    try:
        return AnyMessage(type_url=f"type.googleapis.com/{kind}", value=b64decode(value + "=" * (-len(value) % 4)))
    except (NotBase64, ValueError):
        return None
