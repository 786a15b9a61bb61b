"""Serves operators over HTTP: `/metrics` for Prometheus, `/healthz` and `/readyz` for the service manager.

It has threads of its own: under overload calls wait in grpcio's core, health checks over gRPC among them, and a probe
must not fail because of that. Invariants: no answer waits for the event loop, and no client occupies a thread longer
than the time limit of a request, however it sends and reads.
"""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final, Protocol, cast

import structlog
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder

from .clock import stopwatch

STUCK_AFTER_S: Final = 10.0
"""The process counts as dead once its event loop has not turned for this long."""
TURN_INTERVAL_S: Final = 1.0
"""The interval at which the event loop reports that it turns."""

_TIMEOUT_S = 5.0
_CONNECTIONS_MAX = 100
_PLAIN = "text/plain; charset=utf-8"

_log = structlog.get_logger(__name__)


class Asked(Protocol):
    """The answers to the probes, from any thread: None if all is well, else the reason."""

    def why_not_alive(self) -> str | None:
        """Return why the process should be started anew."""

    def why_not_ready(self) -> str | None:
        """Return why no calls should be sent."""


class Figures(Protocol):
    """The metrics, from any thread: a registry of prometheus_client, for one."""

    def collect(self) -> Iterable[Metric]:
        """Return them."""


class Probes:
    """The answers to the probes. `why_not_ready` returns the reason why no calls should be sent, None if they may."""

    def __init__(self, stopwatch: Callable[[], float], why_not_ready: Callable[[], str | None]) -> None:
        self.why_not_ready = why_not_ready
        self._stopwatch = stopwatch
        self._turned_at = stopwatch()

    def turned(self) -> None:
        """Record that the event loop has turned."""
        self._turned_at = self._stopwatch()

    def why_not_alive(self) -> str | None:
        """Return a message if the event loop is stuck, None if it is not."""
        stood_s = self._stopwatch() - self._turned_at
        return f"the event loop has not turned for {stood_s:.0f} s" if stood_s > STUCK_AFTER_S else None


def serve_operators(registry: Figures, probes: Asked, host: str, port: int, *, timeout_s: float = _TIMEOUT_S) -> int:
    """Serve in threads until the process ends, and return the port. Raises OSError if it cannot listen.

    A client may take `timeout_s` in all for its request, and as long again to read the answer.
    """

    class Handler(_Handler):
        pass

    Handler.registry, Handler.probes, Handler.timeout = registry, probes, timeout_s

    class Server(_Server):
        pass

    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    Server.address_family = family
    server = Server(address, Handler)
    threading.Thread(target=server.serve_forever, name="onduty-operators", daemon=True).start()
    return int(server.server_port)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = _CONNECTIONS_MAX

    def __init__(self, *arguments: Any) -> None:
        self._room = threading.BoundedSemaphore(_CONNECTIONS_MAX)
        super().__init__(*arguments)

    def server_bind(self) -> None:
        # Skip HTTPServer's method, which asks the resolver for the name of the host; that may take long.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            # There is no thread that could release the place.
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a defect. Clients that hang up or take too long are not logged."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            _log.error("a request of an operator could not be answered", exc_info=error)


class _TimedReader(io.RawIOBase):
    """Reads from a connection within one time limit, since every byte would renew a limit for each read."""

    def __init__(self, connection: socket.socket, timeout_s: float) -> None:
        self._connection = connection
        self._until_s = stopwatch() + timeout_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        left_s = self._until_s - stopwatch()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    registry: Figures
    probes: Asked
    timeout = _TIMEOUT_S
    server_version = "onduty"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_TimedReader(self.connection, self.timeout))

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/metrics":
                encode, content_type = choose_encoder(self.headers.get("Accept") or "")
                try:
                    # The library's encoders only ask a registry to collect.
                    metrics = encode(cast(CollectorRegistry, self.registry))
                except Exception:  # noqa: BLE001 - collectors may be other people's code
                    _log.exception("the metrics cannot be read")
                    self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, "the metrics cannot be read; see the log")
                else:
                    self._answer(HTTPStatus.OK, metrics, content_type)
            case "/healthz":
                self._say(self.probes.why_not_alive())
            case "/readyz":
                self._say(self.probes.why_not_alive() or self.probes.why_not_ready())
            case _:
                self._answer(HTTPStatus.NOT_FOUND, b"not found; there are /metrics, /healthz and /readyz\n")

    do_HEAD = do_GET

    def _say(self, why_not: str | None) -> None:
        if why_not is None:
            self._answer(HTTPStatus.OK, b"ok\n")
        else:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{why_not}\n".encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request in plain text, the form of all answers."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:  # the base class's answer to any method without a `do_`
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED, b"use GET or HEAD\n", Allow="GET, HEAD")
        else:
            self._answer(status, f"{message or status.phrase}\n".encode(errors="backslashreplace"))

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str = _PLAIN, **headers: str) -> None:
        self.connection.settimeout(self.timeout)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: it would be most of the log."""
