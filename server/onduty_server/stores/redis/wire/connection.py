"""A connection to one node: sends packed commands, and hands on each reply as soon as it arrives.

redis-py's own connection reads through a stream, with a coroutine and a timer for each reply, which costs several times
as much. Invariants: replies come in the order of the commands; the owner is told of every reply and, once, of the end
of the connection; the connection ends when a node owes replies and is silent for too long.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import cast

import hiredis
from redis.exceptions import ResponseError

from .address import RedisAddress
from .errors import NotAMaster

Arg = bytes | str | int
Command = tuple[Arg, ...]

CONNECT_TIMEOUT_S = 1.0
REPLY_TIMEOUT_S = 1.5
"""How long a node may be silent while it owes replies."""

_NO_REPLY_YET = object()


def pack(command: Command) -> bytes:
    """Encode a command as it goes over the wire."""
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub has commands of one word only
    return packed


class NodeConnection(asyncio.Protocol):
    """A connection. `on_reply` is called with each reply, errors included; `on_end` once, when no more will come."""

    def __init__(self) -> None:
        self.is_open = False
        self.on_reply: Callable[[object], None] = lambda reply: None
        self.on_end: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=ResponseError, notEnoughData=_NO_REPLY_YET)
        self._transport: asyncio.WriteTransport | None = None
        self._replies_due = 0
        self._last_data_at = 0.0
        self._silence_timer: asyncio.TimerHandle | None = None

    def send(self, commands: Sequence[bytes]) -> None:
        """Send packed commands in one write; each will have a reply."""
        assert self._transport is not None
        if not self._replies_due:
            self._last_data_at = self._loop.time()
            if self._silence_timer is None:
                self._silence_timer = self._loop.call_later(REPLY_TIMEOUT_S, self._check_silence)
        self._replies_due += len(commands)
        self._transport.write(b"".join(commands))

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()
        self._end()

    def _end(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()
            self._silence_timer = None
        if self.is_open:
            self.is_open = False
            self.on_end()

    def _check_silence(self) -> None:
        # One timer serves many replies: when it fires, it looks when the last reply came.
        self._silence_timer = None
        if self._replies_due:
            left_s = self._last_data_at + REPLY_TIMEOUT_S - self._loop.time()
            if left_s > 0:
                self._silence_timer = self._loop.call_later(left_s, self._check_silence)
            else:
                self.abort()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast(asyncio.WriteTransport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Hand on every complete reply."""
        self._last_data_at = self._loop.time()
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NO_REPLY_YET:
                self._replies_due -= 1
                self.on_reply(reply)
        except hiredis.ProtocolError:
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the owner that nothing more will come."""
        self._end()


async def connect_to_node(address: RedisAddress, host: str, port: int, *, ping: bool) -> NodeConnection:
    """Connect, authenticate, and check that the node is a master. With `ping` it must also have answered a PING.

    Raises:
        OSError: it cannot be reached (`TimeoutError` is one of these), or it is not a master (`NotAMaster`).
        ResponseError: it refuses this client.
    """
    greetings: list[Command] = []
    if address.password is not None:
        user = (address.username,) if address.username else ()
        greetings.append(("AUTH", *user, address.password))
    if address.db:
        greetings.append(("SELECT", address.db))
    if ping:
        # A frozen server accepts connections and does not answer; calls must not wait for it one after the other.
        greetings.append(("PING",))
    tls = ssl.create_default_context(cafile=address.ca_file) if address.tls else None
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, connection = await asyncio.get_running_loop().create_connection(NodeConnection, host, port, ssl=tls)
            try:
                for greeting in greetings:
                    await _request(connection, greeting)
                if not address.cluster:
                    await _check_role(connection)
            except BaseException:
                connection.abort()
                raise
    except TimeoutError:
        raise TimeoutError("it does not answer") from None
    return connection


async def _check_role(connection: NodeConnection) -> None:
    try:
        role = await _request(connection, ("ROLE",))
    except ResponseError:
        # The command is forbidden or renamed. The first write will show if it is a replica.
        return
    if is_replica(role):
        raise NotAMaster


def is_replica(role: object) -> bool:
    """Return True if this is the reply of a replica to ROLE."""
    return isinstance(role, list) and bool(role) and role[0] in (b"slave", b"replica")


async def _request(connection: NodeConnection, command: Command) -> object:
    """Send one command on a connection that is not in use yet, and return its reply."""
    replied: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def on_reply(reply: object) -> None:
        if not replied.done():
            if isinstance(reply, ResponseError):
                replied.set_exception(reply)
            else:
                replied.set_result(reply)

    def on_end() -> None:
        if not replied.done():
            replied.set_exception(ConnectionResetError("the node closed the connection"))

    connection.on_reply, connection.on_end = on_reply, on_end
    if not connection.is_open:
        raise ConnectionResetError("the node closed the connection")
    connection.send([pack(command)])
    return await replied
