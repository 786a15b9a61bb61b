"""Makes calls over HTTP in an event loop: one TCP connection for each call under way, kept for later calls.

Invariants: a call ends at its deadline, wherever it waits; a connection on which anything went wrong, or whose response
was not read to its end, is not used again, and the server notices at once that its client is no longer waiting.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
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


class Connection:
    """A TCP connection, optionally with TLS, for one call at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._opening: asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]] | None = None
        self._aborted = False
        self.used = False
        self.idle_since = 0.0

    async def connect(self) -> None:
        """Connect. Raises OSError."""
        address, tls = self._settings.address, self._settings.tls
        opening = asyncio.open_connection(
            address.host, address.port, ssl=tls, server_hostname=None if tls is None else address.host
        )
        # A task, so that `abort` can end it without ending the caller.
        self._opening = asyncio.create_task(opening)
        self._opening.add_done_callback(self._opened)
        try:
            await self._opening
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._aborted or task is None or task.cancelling():
                raise
        if self._aborted or self._writer is None:
            self.abort()
            raise ConnectionAbortedError("the client was closed")
        connection = self._writer.get_extra_info("socket")
        for option in DEAD_PEER_OPTIONS:
            connection.setsockopt(*option)

    def _opened(self, opening: "asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]]") -> None:
        # Here, and not where it is awaited: its result would be lost if that ended in the same moment.
        if not opening.cancelled() and opening.exception() is None:
            self._reader, self._writer = opening.result()
            if self._aborted:
                self.abort()

    async def send(self, request: bytes) -> None:
        """Send a request. Raises OSError."""
        assert self._writer is not None
        self._writer.write(request)
        await self._writer.drain()

    async def receive(self, response: ResponseReader) -> None:
        """Read the next part of a response. Raises OSError and BadResponse."""
        assert self._reader is not None
        if data := await self._reader.read(RECEIVED_BYTES):
            response.feed(data)
        elif response.started:
            response.feed_end()
        else:
            raise ConnectionResetError("it was closed") if self.used else ClosedAtOnce

    @property
    def is_fresh(self) -> bool:
        """True if the server has not closed it."""
        if self._reader is None or self._writer is None or steady() - self.idle_since > IDLE_MAX_S:
            return False
        return not self._reader.at_eof() and not self._writer.is_closing() and self._reader.exception() is None

    def abort(self) -> None:
        """End it at once, a `connect` under way as well."""
        self._aborted = True
        if self._opening is not None:
            self._opening.cancel()
        if self._writer is not None:
            self._writer.transport.abort()


class HttpCalls:
    """Makes unary calls, for `AsyncHttpConnection` and for the streams of activities."""

    def __init__(self, settings: Settings) -> None:
        self._settings: Final = settings
        self._heads: Final = {
            rpc.name: RequestHead(settings.address, rpc.path, UNARY, packs=settings.packs) for rpc in RPCS
        }
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._slots = asyncio.Semaphore(CONNECTIONS_MAX)
        self.closing = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """True while there is a connection that has worked."""
        return any((each.used and each not in self._idle) or each.is_fresh for each in self._connections)

    async def connect(self) -> None:
        """Have a connection ready. Raises OndutyError."""
        connection = Connection(self._settings)
        self._connections.add(connection)
        with self._dropping(connection):
            try:
                await connection.connect()
            except OSError as error:
                raise self._settings.unavailable(error) from error
            if self.closing.is_set():
                raise client_closed()
        self._keep(connection)

    async def attempt(self, name: str, body: bytes, more: str, left_s: float, *, repeatable: bool) -> bytes:
        """Make an attempt at a call and return its message. Raises OndutyError, or TimeoutError after `left_s`."""
        deadline = steady() + left_s
        async with asyncio.timeout(left_s), self._slots:
            while True:
                connection = self._take()
                reused = connection.used
                with self._dropping(connection):
                    try:
                        if not reused:
                            await connection.connect()
                        head = self._heads[name].of(len(body), more, deadline - steady())
                        response = await self._exchange(connection, head + body)
                    except (OSError, BadResponse) as error:
                        if self.closing.is_set():
                            raise client_closed() from None
                        if is_deadline(error):
                            raise
                        if reused:
                            self._drop_idle()
                        if reused and repeatable and isinstance(error, ConnectionError):
                            self._drop(connection)
                            continue  # The server has closed it meanwhile.
                        raise self._settings.unavailable(error) from error
                if response.keeps_alive and not self.closing.is_set():
                    self._keep(connection)
                else:
                    self._drop(connection)
                return message_of(response.status, response.headers, response.take(), self._settings.target)

    async def _exchange(self, connection: Connection, request: bytes) -> ResponseReader:
        response = ResponseReader()
        await connection.send(request)
        while not response.complete:
            await connection.receive(response)
            check_size(response.size)
        return response

    def _take(self) -> Connection:
        if self.closing.is_set():
            raise client_closed()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_fresh:
                return connection
            self._drop(connection)
        connection = Connection(self._settings)
        self._connections.add(connection)
        return connection

    def _keep(self, connection: Connection) -> None:
        connection.used = True
        connection.idle_since = steady()
        self._idle.append(connection)

    def _drop_idle(self) -> None:
        """Trust no connection that led to a server of which one has failed."""
        while self._idle:
            self._drop(self._idle.pop())

    def _drop(self, connection: Connection) -> None:
        self._connections.discard(connection)
        connection.abort()

    @contextmanager
    def _dropping(self, connection: Connection) -> Iterator[None]:
        """Drop `connection` if its call does not finish, for instance because it is cancelled."""
        try:
            yield
        except BaseException:
            self._drop(connection)
            raise

    async def close(self) -> None:
        """Cancel the calls under way."""
        self.closing.set()
        self._idle.clear()
        for connection in tuple(self._connections):
            connection.abort()
        self._connections.clear()
        # The event loop closes them in its next iteration.
        await asyncio.sleep(0)


class AsyncHttpConnection:
    """An `onduty_client._connection.AsyncConnection` over HTTP."""

    def __init__(self, settings: Settings, defaults: CallDefaults) -> None:
        self._defaults: Final = defaults
        self._calls = HttpCalls(settings)
        self._budget = RetryBudget()
        self._inherited = False
        self.closed = False
        FORKS.register_inherited(self)

    def after_fork_in_child(self) -> None:
        """Refuse all calls: the event loop is the parent's."""
        self._inherited = True

    async def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call."""
        if self._inherited:
            raise RuntimeError(
                "it belongs to an event loop of the process that this one was forked from; make a new one"
            )
        if self.closed:
            raise closed_error()
        rpc = call.rpc
        message = await self._message(call)
        try:
            response = rpc.response.FromString(message)
        except DecodeError:
            raise unreadable("it is not the message of this method") from None
        return rpc.read(response)

    async def _message(self, call: Call[Any]) -> bytes:
        """Attempt the call, and retry as far as `Attempts` allows."""
        rpc = call.rpc
        timeout_s = self._defaults.timeout_of(call)
        deadline = steady() + timeout_s
        body = call.request.SerializeToString()
        more = header_lines(self._defaults.metadata_of(call))
        attempts = Attempts(self._budget, repeatable=rpc.repeatable)
        while True:
            left_s = deadline - steady()
            try:
                message = await self._calls.attempt(rpc.name, body, more, left_s, repeatable=rpc.repeatable)
            except TimeoutError:
                raise deadline_exceeded(timeout_s) from None
            except OndutyError as error:
                wait_s = attempts.wait_s(error, deadline - steady())
                if wait_s is None:
                    raise about(rpc.name, error) from None
            else:
                self._budget.succeeded()
                return message
            await self._wait(wait_s)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._calls.closing.wait()
        except TimeoutError:
            return
        raise client_closed()

    def close_soon(self) -> None:
        """Refuse new calls from now on."""
        self.closed = True

    async def close(self) -> None:
        """Cancel the calls under way."""
        self.closed = True
        await self._calls.close()
