"""A connection to a node: commands go out packed, and each reply is handed on in the moment in which it arrives.

redis-py's own connection reads through a stream, with a coroutine and a timer a reply, which costs several times what
the reply is worth. Invariants: replies come in the order of the commands; whoever waits hears of a reply or, once, of
the end; a silence longer than is allowed while replies are due is an end.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import cast

import hiredis
from redis.exceptions import ResponseError

from .address import RedisAddress
from .refusals import NotAMaster

Arg = bytes | str | int
Command = tuple[Arg, ...]

CONNECT_TIMEOUT_S = 1.0
REPLY_TIMEOUT_S = 1.5
"""For how long a node may say nothing while it has commands to answer."""

_NO_REPLY_YET = object()


def pack(command: Command) -> bytes:
    """A command as it goes over the wire."""
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows commands of one word
    return packed


class Link(asyncio.Protocol):
    """See the module. `on_reply` gets each reply, errors too; `on_end` is called once, when no more will come."""

    def __init__(self) -> None:
        self.is_open = False
        self.on_reply: Callable[[object], None] = lambda reply: None
        self.on_end: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=ResponseError, notEnoughData=_NO_REPLY_YET)
        self._transport: asyncio.WriteTransport | None = None
        self._due = 0
        """Replies that are still to come."""
        self._heard_at = 0.0
        self._silence: asyncio.TimerHandle | None = None

    def send(self, commands: Sequence[bytes]) -> None:
        """Send packed commands in one go; a reply to each will come."""
        assert self._transport is not None
        if not self._due:
            self._heard_at = self._loop.time()
            if self._silence is None:
                self._silence = self._loop.call_later(REPLY_TIMEOUT_S, self._check_silence)
        self._due += len(commands)
        self._transport.write(b"".join(commands))

    def end(self) -> None:
        """Cut the connection at once."""
        if self._transport is not None:
            self._transport.abort()
        self._ended()

    def _ended(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if self.is_open:
            self.is_open = False
            self.on_end()

    def _check_silence(self) -> None:
        # One timer for many replies: it looks at when the last one came.
        self._silence = None
        if self._due:
            left_s = self._heard_at + REPLY_TIMEOUT_S - self._loop.time()
            if left_s > 0:
                self._silence = self._loop.call_later(left_s, self._check_silence)
            else:
                self.end()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast(asyncio.WriteTransport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Hand on every reply that is whole."""
        self._heard_at = self._loop.time()
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NO_REPLY_YET:
                self._due -= 1
                self.on_reply(reply)
        except hiredis.ProtocolError:
            self.end()

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more will come."""
        self._ended()


async def open_link(address: RedisAddress, host: str, port: int, *, probe: bool) -> Link:
    """Connect to a node, and say who is there. With `probe` it must say something before it is believed to be there.

    Raises:
        OSError: it cannot be reached (`TimeoutError` is one of these), or it is no master (`NotAMaster`).
        ResponseError: it does not want us.
    """
    greetings: list[Command] = []
    if address.password is not None:
        user = (address.username,) if address.username else ()
        greetings.append(("AUTH", *user, address.password))
    if address.db:
        greetings.append(("SELECT", address.db))
    if probe:
        # A frozen server takes connections and says nothing: calls must not wait for it one after the other.
        greetings.append(("PING",))
    tls = ssl.create_default_context(cafile=address.ca_file) if address.tls else None
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, link = await asyncio.get_running_loop().create_connection(Link, host, port, ssl=tls)
            try:
                for greeting in greetings:
                    await _greet(link, greeting)
                if not address.cluster:
                    await _check_role(link)
            except BaseException:
                link.end()
                raise
    except TimeoutError:
        raise TimeoutError("it does not answer") from None
    return link


async def _check_role(link: Link) -> None:
    try:
        role = await _greet(link, ("ROLE",))
    except ResponseError:
        # Forbidden or renamed. A write will show it.
        return
    if is_replica(role):
        raise NotAMaster


def is_replica(role: object) -> bool:
    """Whether this is what ROLE answers at a replica."""
    return isinstance(role, list) and bool(role) and role[0] in (b"slave", b"replica")


async def _greet(link: Link, greeting: Command) -> object:
    answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def hear(reply: object) -> None:
        if not answered.done():
            if isinstance(reply, ResponseError):
                answered.set_exception(reply)
            else:
                answered.set_result(reply)

    def lose() -> None:
        if not answered.done():
            answered.set_exception(ConnectionResetError("the node hung up"))

    link.on_reply, link.on_end = hear, lose
    if not link.is_open:
        raise ConnectionResetError("the node hung up")
    link.send([pack(greeting)])
    return await answered
