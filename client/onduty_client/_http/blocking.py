"""Makes blocking calls over HTTP: one TCP connection for each call under way, kept for later calls.

Invariants: a call ends at its deadline, wherever it waits, except that the system limits the look-up of a name; a
connection on which anything went wrong, or whose response was not read to its end, is not used again; a forked child
uses no connection of its parent.
"""

import socket
import ssl
import threading
from contextlib import suppress
from typing import Any, Final

from google.protobuf.message import DecodeError

from onduty_client._clock import steady
from onduty_client._connection import CallDefaults, closed_error
from onduty_client._errors import OndutyError, about
from onduty_client._forking import FORKS
from onduty_client._http.failures import ClosedAtOnce, client_closed, deadline_exceeded, is_deadline
from onduty_client._http.pooling import (
    CONNECTIONS_MAX,
    DEAD_PEER_OPTIONS,
    IDLE_MAX_S,
    RECEIVED_BYTES,
    Settings,
    check_size,
)
from onduty_client._http.protocol import UNARY, RequestHead, header_lines, message_of, unreadable
from onduty_client._http.response import BadResponse, ResponseReader
from onduty_client._http.retries import Attempts, RetryBudget
from onduty_client._rpcs import RPCS, Call, ResultT


class _Connection:
    """A TCP connection, optionally with TLS, for one call at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._socket: socket.socket | None = None
        self._ended = False
        self.used = False
        self.idle_since = 0.0

    def connect(self, deadline: float) -> None:
        """Connect to the first address that accepts the connection. Raises OSError."""
        address = self._settings.address
        failure: OSError | None = None
        for family, kind, protocol, _, where in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(_left_s(deadline))
                for option in DEAD_PEER_OPTIONS:
                    connection.setsockopt(*option)
                self._socket = connection
                self._check_not_ended()
                connection.connect(where)
                if self._settings.tls is not None:
                    encrypted = self._settings.tls.wrap_socket(
                        connection, server_hostname=address.host, do_handshake_on_connect=False
                    )
                    # From here on, so that `interrupt` ends a handshake, too.
                    self._socket = connection = encrypted
                    self._check_not_ended()
                    encrypted.do_handshake()
            except OSError as error:
                connection.close()
                if is_deadline(error):
                    raise
                failure = failure or error
                if isinstance(error, ssl.SSLError):
                    break
            else:
                return
        raise failure or OSError("the host name has no address")

    def exchange(self, request: bytes, deadline: float) -> ResponseReader:
        """Send a request and read its response. Raises OSError and BadResponse."""
        connection = self._socket
        assert connection is not None
        response = ResponseReader()
        connection.settimeout(_left_s(deadline))
        connection.sendall(request)
        while not response.complete:
            connection.settimeout(_left_s(deadline))
            if data := connection.recv(RECEIVED_BYTES):
                response.feed(data)
                check_size(response.size)
            elif response.started:
                response.feed_end()
            else:
                raise ConnectionResetError("it was closed") if self.used else ClosedAtOnce
        self.used = True
        return response

    @property
    def is_fresh(self) -> bool:
        """True if the server has neither closed the connection nor sent anything unrequested."""
        if self._socket is None or steady() - self.idle_since > IDLE_MAX_S:
            return False
        try:
            self._socket.settimeout(0)
            # Checked below TLS: any data that has arrived was not requested.
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            pass
        return False

    def interrupt(self) -> None:
        """Interrupt the call on this connection, whichever thread is making it."""
        self._ended = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the file descriptor. Only for the thread that uses the connection."""
        if self._socket is not None:
            self._socket.close()

    def __del__(self) -> None:
        # Of a client that nobody closes. As with gRPC, that is no reason to complain.
        self.close()

    def _check_not_ended(self) -> None:
        if self._ended:
            raise ConnectionAbortedError("the client was closed")


class BlockingHttpConnection:
    """An `onduty_client._connection.BlockingConnection` over HTTP."""

    def __init__(self, settings: Settings, defaults: CallDefaults) -> None:
        self._settings: Final = settings
        self._defaults: Final = defaults
        self._heads: Final = {
            rpc.name: RequestHead(settings.address, rpc.path, UNARY, packs=settings.packs) for rpc in RPCS
        }
        self._budget = RetryBudget()
        self._connections: set[_Connection] = set()
        self.closed = False
        self._begin()
        FORKS.register_inherited(self)

    def _begin(self) -> None:
        # Re-entrant: a signal handler may close the client that the interrupted thread is using.
        self._lock = threading.RLock()
        self._idle: list[_Connection] = []
        self._slots = threading.Semaphore(CONNECTIONS_MAX)
        self._closing = threading.Event()

    def after_fork_in_child(self) -> None:
        """Forget the parent's connections without closing them."""
        inherited, self._connections = self._connections, set()
        self._begin()
        if self.closed:
            self._closing.set()
        for connection in inherited:
            connection.close()

    def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call."""
        if self.closed:
            raise closed_error()
        rpc = call.rpc
        message = self._message(call)
        try:
            response = rpc.response.FromString(message)
        except DecodeError:
            raise unreadable("it is not the message of this method") from None
        return rpc.read(response)

    def _message(self, call: Call[Any]) -> bytes:
        """Attempt the call, and retry as far as `Attempts` allows."""
        rpc = call.rpc
        timeout_s = self._defaults.timeout_of(call)
        deadline = steady() + timeout_s
        body = call.request.SerializeToString()
        more = header_lines(self._defaults.metadata_of(call))
        attempts = Attempts(self._budget, repeatable=rpc.repeatable)
        while True:
            try:
                message = self._attempt(rpc.name, body, more, deadline, repeatable=rpc.repeatable)
            except TimeoutError:
                raise deadline_exceeded(timeout_s) from None
            except OndutyError as error:
                wait_s = attempts.wait_s(error, deadline - steady())
                if wait_s is None:
                    raise about(rpc.name, error) from None
            else:
                self._budget.succeeded()
                return message
            if self._closing.wait(wait_s):
                raise client_closed()

    def _attempt(
        self,
        name: str,
        body: bytes,
        more: str,
        deadline: float,
        *,
        repeatable: bool,
    ) -> bytes:
        """Make an attempt. Raises OndutyError, or TimeoutError at the deadline."""
        if not self._slots.acquire(timeout=max(0.0, deadline - steady())):
            raise TimeoutError
        try:
            while True:
                connection = self._take()
                reused = connection.used
                try:
                    if not reused:
                        connection.connect(deadline)
                    head = self._heads[name].of(len(body), more, deadline - steady())
                    response = connection.exchange(head + body, deadline)
                except (OSError, BadResponse) as error:
                    self._drop(connection)
                    if self.closed:
                        raise client_closed() from None
                    if is_deadline(error):
                        raise
                    if reused:
                        self._drop_idle()
                    if reused and repeatable and isinstance(error, ConnectionError):
                        continue  # The server has closed it meanwhile.
                    raise self._settings.unavailable(error) from error
                except BaseException:
                    self._drop(connection)
                    raise
                self._give_back(connection, response)
                return message_of(response.status, response.headers, response.take(), self._settings.target)
        finally:
            self._slots.release()

    def _take(self) -> _Connection:
        with self._lock:
            if self.closed:
                raise client_closed()
            while self._idle:
                connection = self._idle.pop()
                if connection.is_fresh:
                    return connection
                self._drop(connection)
            connection = _Connection(self._settings)
            self._connections.add(connection)
            return connection

    def _give_back(self, connection: _Connection, response: ResponseReader) -> None:
        with self._lock:
            if response.keeps_alive and not self.closed and connection in self._connections:
                connection.idle_since = steady()
                self._idle.append(connection)
                return
        self._drop(connection)

    def _drop_idle(self) -> None:
        """Trust no connection that led to a server of which one has failed."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def close_soon(self) -> None:
        """Refuse new calls from now on."""
        self.closed = True

    def close(self) -> None:
        """Cancel the calls under way."""
        self.closed = True
        self._closing.set()
        self._drop_idle()
        with self._lock:
            busy = tuple(self._connections)
        for connection in busy:
            connection.interrupt()


def _left_s(deadline: float) -> float:
    left_s = deadline - steady()
    if left_s <= 0:
        raise TimeoutError
    return left_s
