"""The scripted service behind an HTTP door: Connect, as the server speaks it, with a thread for each connection."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from google.rpc import status_pb2
from tests.client.scripted import ScriptedService

from onduty.v1 import status_pb2 as pb

_STATUS = 500
"""Connect's client goes by the error object, not by the status."""

_SERVICE = pb.DESCRIPTOR.services_by_name["StatusService"]


class _Aborted(Exception):
    def __init__(self, code: grpc.StatusCode, message: str, trailers: Iterable[tuple[str, bytes]]) -> None:
        self.code, self.message, self.trailers = code, message, trailers


class _Context:
    """What a scripted service uses of a gRPC context."""

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        self._headers = [(name.lower(), value) for name, value in headers]
        self._trailers: tuple[tuple[str, bytes], ...] = ()
        self._callbacks: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self._ended = False
        limit = dict(self._headers).get("connect-timeout-ms")
        self._time_remaining = None if limit is None else int(limit) / 1_000

    def invocation_metadata(self) -> list[tuple[str, str | bytes]]:
        return [
            (name, b64decode(value + "=" * (-len(value) % 4)) if name.endswith("-bin") else value)
            for name, value in self._headers
        ]

    def time_remaining(self) -> float | None:
        return self._time_remaining  # As the call arrived.

    def set_trailing_metadata(self, trailers: tuple[tuple[str, bytes], ...]) -> None:
        self._trailers = trailers

    def abort(self, code: grpc.StatusCode, message: str) -> None:
        raise _Aborted(code, message, self._trailers)

    def abort_with_status(self, status: Any) -> None:
        raise _Aborted(status.code, status.details, status.trailing_metadata)

    def add_callback(self, callback: Callable[[], object]) -> bool:
        with self._lock:
            if not self._ended:
                self._callbacks.append(callback)
            return not self._ended

    def end(self) -> None:
        with self._lock:
            self._ended, callbacks = True, self._callbacks
            self._callbacks = []
        for callback in callbacks:
            callback()


def _error(aborted: _Aborted) -> dict[str, Any]:
    name = "canceled" if aborted.code is grpc.StatusCode.CANCELLED else aborted.code.name.lower()
    error: dict[str, Any] = {"code": name, "message": aborted.message}
    for key, value in aborted.trailers:
        if key == "grpc-status-details-bin":
            with suppress(DecodeError):
                details = status_pb2.Status.FromString(value).details
                error["details"] = [
                    {"type": each.TypeName(), "value": b64encode(each.value).decode().rstrip("=")} for each in details
                ]
    return error


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        method = _SERVICE.methods_by_name[self.path.rpartition("/")[2]]
        context = _Context(self.headers.items())
        self.server.scripted.heads.append({name.lower(): value for name, value in self.headers.items()})
        watching = threading.Thread(target=self._watch, args=(context,), daemon=True)
        watching.start()
        handler = getattr(self.server.service, method.name)
        request: Any = GetMessageClass(method.input_type)()
        if method.server_streaming:
            request.ParseFromString(body[5:])
            self._stream(handler, request, context)
            self.close_connection = True
        else:
            request.ParseFromString(body)
            self._answer(handler, request, context)

    def _watch(self, context: _Context) -> None:
        """End the call when its client leaves."""
        with suppress(OSError):
            self.connection.recv(1, socket.MSG_PEEK)
        context.end()

    def _answer(self, handler: Callable[..., Any], request: Any, context: _Context) -> None:
        try:
            status, kind, body = 200, "application/proto", handler(request, context).SerializeToString()
        except _Aborted as aborted:
            status, kind, body = _STATUS, "application/json", json.dumps(_error(aborted)).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        if "gzip" in self.headers.get("accept-encoding", ""):
            body = gzip.compress(body)
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, handler: Callable[..., Any], request: Any, context: _Context) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/connect+proto")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        end: dict[str, Any] = {}
        try:
            for message in handler(request, context):
                self._chunk(0, message.SerializeToString())
        except _Aborted as aborted:
            end = {"error": _error(aborted)}
        self._chunk(2, json.dumps(end).encode())
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, flags: int, data: bytes) -> None:
        if "gzip" in self.headers.get("connect-accept-encoding", ""):
            flags, data = flags | 1, gzip.compress(data)
        data = struct.pack(">BI", flags, len(data)) + data
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    service: ScriptedService
    scripted: ScriptedHttpServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client has left in the middle, as clients do."""


class ScriptedHttpServer:
    """As `tests.client.scripted.ScriptedServer`, behind HTTP."""

    scheme: ClassVar[str] = "http://"

    def __init__(self) -> None:
        self.service = ScriptedService()
        #: The headers of each request, by name in lower case.
        self.heads: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service, self._server.scripted = self.service, self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def target(self) -> str:
        return f"{self.scheme}127.0.0.1:{self.port}"

    def __enter__(self) -> ScriptedHttpServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
