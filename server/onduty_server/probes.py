"""The port for operators: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever runs the process.

Served by threads of its own, because calls wait in grpcio's core when there are more than can be done, health checks
over gRPC among them: a probe must not fail for that. Invariant: no answer waits for the event loop.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

STUCK_AFTER_S: Final = 10.0
"""For how long the event loop may not have turned before the process counts as dead."""
TURN_INTERVAL_MS: Final = 1_000
"""How often it says that it has."""

_TIMEOUT_S = 5.0
_CONNECTIONS_MAX = 100
_PLAIN = "text/plain; charset=utf-8"


class Probes:
    """What the process knows of itself. `why_not_ready` says why it should not be sent calls, None if it should."""

    def __init__(self, stopwatch: Callable[[], float], why_not_ready: Callable[[], str | None]) -> None:
        self.why_not_ready = why_not_ready
        self._stopwatch = stopwatch
        self._turned_at = stopwatch()

    def turned(self) -> None:
        """The event loop has turned."""
        self._turned_at = self._stopwatch()

    def why_not_alive(self) -> str | None:
        """None, unless the event loop is stuck."""
        stood_s = self._stopwatch() - self._turned_at
        return f"the event loop has not turned for {stood_s:.0f} s" if stood_s > STUCK_AFTER_S else None


def serve_operators(
    registry: CollectorRegistry, probes: Probes, host: str, port: int, *, timeout_s: float = _TIMEOUT_S
) -> int:
    """Serve in threads until the process ends; the port it listens on. Raises OSError when it cannot.

    A client may take `timeout_s` for its request, and to read the answer.
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
        # Not HTTPServer's, which asks the resolver for the name of the host: it may take long to say that it has none.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or takes too long is no news."""


class _Handler(BaseHTTPRequestHandler):
    registry: CollectorRegistry
    probes: Probes
    timeout = _TIMEOUT_S
    server_version = "onduty"
    sys_version = ""

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/metrics":
                encode, content_type = choose_encoder(self.headers.get("Accept") or "")
                self._answer(HTTPStatus.OK, encode(self.registry), content_type)
            case "/healthz":
                self._say(self.probes.why_not_alive())
            case "/readyz":
                self._say(self.probes.why_not_alive() or self.probes.why_not_ready())
            case _:
                self._answer(HTTPStatus.NOT_FOUND, b"there are /metrics, /healthz and /readyz\n")

    do_HEAD = do_GET

    def _say(self, why_not: str | None) -> None:
        if why_not is None:
            self._answer(HTTPStatus.OK, b"ok\n")
        else:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{why_not}\n".encode())

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str = _PLAIN) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: it would be most of the log."""
