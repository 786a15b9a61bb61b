"""The ASGI application: determines the method and the protocol of a request, and itself answers what is not a call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog
from google.protobuf.descriptor_pb2 import MethodOptions

from ..calls import Call, Calls
from ..errors import Code, Failure
from ..readiness import Readiness
from ..request_timer import RequestTimer
from ..rpcs import RPCS, SERVICE, Rpc
from .calling import BOTH_WAYS, HttpCall, HttpDoor, request_id_of
from .connect import ConnectGet, ConnectStream, ConnectUnary, parse_query
from .exchange import Exchange
from .failures import error_json, request_id_headers
from .grpc_web import GrpcWebCall
from .origins import Origins
from .pages import Pages

_log = structlog.get_logger(__name__)

_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
_JSON: Final = (b"content-type", b"application/json")

_UNARY: Final = {b"application/json": True, b"application/proto": False}
"""Content types of unary Connect calls; True: in JSON."""
_STREAM: Final = {b"application/connect+json": True, b"application/connect+proto": False}
_GRPC_WEB: Final = {
    b"application/grpc-web": False,
    b"application/grpc-web+proto": False,
    b"application/grpc-web-text": True,
    b"application/grpc-web-text+proto": True,
}
"""Content types of gRPC-Web; True: as base64 text."""

_READS: Final = frozenset(
    name for name, rpc in RPCS.items() if rpc.descriptor.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS
)
"""The methods that may be called by GET."""


class HttpApp:
    """The application of one server."""

    def __init__(
        self,
        calls: Calls,
        readiness: Readiness,
        timer: RequestTimer,
        origins: Origins,
        request_max_bytes: int,
        pages: Pages | None = None,
    ) -> None:
        self._readiness = readiness
        self._origins = origins
        self._request_max_bytes = request_max_bytes
        self._pages = pages
        through = calls.through(HttpDoor(timer))
        self._methods: Mapping[str, tuple[Rpc, Call]] = {
            f"/{SERVICE.full_name}/{name}": (RPCS[name], call) for name, call in through.items()
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, as the ASGI specification describes."""
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except asyncio.CancelledError:
            # The client has left, or the server no longer waits for this call.
            exchange.connection.abort()
        except Exception:  # noqa: BLE001 - uvicorn would log it again and again
            _log.exception("a request failed", path=scope["path"][:100], request_id=request_id_of(exchange))
            exchange.connection.abort()

    async def _answer(self, exchange: Exchange) -> None:
        scope, headers = exchange.scope, exchange.headers
        path, method = scope["path"], scope["method"]
        if path in ("/healthz", "/readyz"):
            await self._probe(exchange, path, method)
            return
        refusal = self._origins.refusal(headers, scope["scheme"])
        if refusal is not None:
            await _refuse(exchange, 403, Code.PERMISSION_DENIED, refusal)
            return
        if self._pages is not None and await self._pages.answer(exchange):
            return
        if b"origin" in headers:
            exchange.more_headers = [*exchange.more_headers, *self._origins.allows(headers)]
        found = self._methods.get(path)
        if found is None:
            message = "path not found; write /onduty.v1.StatusService/METHOD"
            await _refuse(exchange, 404, Code.UNIMPLEMENTED, message)
            return
        rpc, call = found
        if method == "OPTIONS" and b"access-control-request-method" in headers:
            await exchange.respond(204, self._origins.preflight(headers))
            return
        http_call = self._call_of(rpc, exchange)
        if http_call is not None:
            await http_call.run(call)
        elif method == "POST":
            await _refuse(exchange, 415, Code.UNIMPLEMENTED, _unsupported(rpc), (b"accept-post", _accepted(rpc)))
        else:
            allowed = b"GET, POST" if rpc.name in _READS else b"POST"
            await _refuse(
                exchange, 405, Code.UNIMPLEMENTED, f"{rpc.name} needs {allowed.decode()}", (b"allow", allowed)
            )

    def _call_of(self, rpc: Rpc, exchange: Exchange) -> HttpCall | None:
        """Return the call in the protocol that its content type names; None if that does not fit the method."""
        most = self._request_max_bytes
        if exchange.scope["method"] == "GET" and rpc.name in _READS:
            query = parse_query(exchange.scope["query_string"])
            return ConnectGet(rpc, exchange, most, query) if query.get(b"encoding") in (b"json", b"proto") else None
        if exchange.scope["method"] != "POST":
            return None
        kind = exchange.headers.get(b"content-type", b"")
        if b";" in kind:
            kind = kind.partition(b";")[0].rstrip()
        kind = kind.lower()
        if not rpc.is_stream and kind in _UNARY:
            return ConnectUnary(rpc, exchange, most, json=_UNARY[kind])
        if rpc.is_stream and kind in _STREAM:
            return ConnectStream(rpc, exchange, most, json=_STREAM[kind])
        if kind in _GRPC_WEB:
            return GrpcWebCall(rpc, exchange, most, as_text=_GRPC_WEB[kind])
        return None

    async def _probe(self, exchange: Exchange, path: str, method: str) -> None:
        if method not in ("GET", "HEAD"):
            await exchange.respond(405, [_TEXT, (b"allow", b"GET, HEAD")], b"must be called by GET\n")
            return
        why_not = self._readiness.why_not() if path == "/readyz" else None
        await exchange.respond(200 if why_not is None else 503, [_TEXT], f"{why_not or 'ok'}\n".encode())


async def _refuse(exchange: Exchange, status: int, code: Code, message: str, *headers: tuple[bytes, bytes]) -> None:
    failure = Failure(code, message).named(request_id_of(exchange))
    await exchange.respond(status, [_JSON, *headers, *request_id_headers(failure)], error_json(failure))


def _accepted(rpc: Rpc) -> bytes:
    return b", ".join([*(_STREAM if rpc.is_stream else _UNARY), *_GRPC_WEB])


def _unsupported(rpc: Rpc) -> str:
    if rpc.descriptor.client_streaming:
        return BOTH_WAYS.message
    return f"content-type must be one of {_accepted(rpc).decode()}"
