"""The pipeline to one node: calls made while one batch of them is under way go together into the next batch.

So under load each call costs less. Invariants: calls are carried out in the order in which they were made; a call that
may have been carried out is never sent again here; the call of a cancelled caller still finishes; no reply of a replica
reaches a caller.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from redis.exceptions import ResponseError

from ....domain.errors import StoreUnavailable
from .connection import REPLY_TIMEOUT_S, Command, NodeConnection, pack
from .errors import NotAMaster, NotCarriedOut, NotReplicated, OutcomeUnknown, code_of

_BATCH_MAX = 256
"""The most calls of one batch."""
_RECOVERY_TIMEOUT_S = 0.3
"""How long a call waits for a node that has failed to answer again; after that it fails without being sent."""
_WAIT_TIMEOUT_MS = 1_000
"""How long replicas may take to have a change that must not be lost."""


class _Call:
    """A command, and the caller's future."""

    __slots__ = ("outcome", "packed", "replicas", "reply", "sent")

    def __init__(self, packed: bytes, outcome: asyncio.Future[Any], replicas: int) -> None:
        self.packed = packed
        self.outcome = outcome
        self.replicas = replicas
        self.reply: object = None
        self.sent = False

    def succeed(self, reply: object) -> None:
        # A cancelled caller does not wait any more.
        if not self.outcome.done():
            self.outcome.set_result(reply)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class NodePipeline:
    """A pipeline to one node. With `replicated` each batch ends with a WAIT for replicas.

    `guard` is a key that never exists. Each batch begins by deleting a field of it, which a replica refuses: a demoted
    master keeps its connections, and would continue to answer reads. A node of a Cluster needs no guard: it redirects
    its clients to the new master. `on_round_trip` is called with the seconds between a batch and its last reply.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[..., Awaitable[NodeConnection]],
        *,
        replicated: bool,
        guard: bytes = b"",
        on_round_trip: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.name = name
        self.has_failed = False
        """True from the loss of the connection until there is a new one."""
        self.batches_sent = 0
        self.healthy = True
        """True if the node answered when last asked; set by the owner."""
        self._connect_to_node = connect
        self._replicated = replicated
        self._guard = pack(("HDEL", guard, "")) if guard else None
        self._guard_due = False
        """True while the next reply is the one to the guard."""
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Call] = deque()
        self._sent: deque[_Call] = deque()
        self._to_replicate: list[_Call] = []
        """Calls that have a reply, but whose changes are not yet known to have reached the replicas."""
        self._connection: NodeConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._is_busy = False
        self._on_round_trip = on_round_trip
        self._sent_at = 0.0

    async def call(self, command: Command, replicas: int) -> Any:
        """Send a command with the next batch and return its reply. A cancelled call may be carried out all the same."""
        # Pack it here, so that a command that cannot be encoded is an error of its caller alone.
        call = _Call(pack(command), self._loop.create_future(), replicas)
        self._waiting.append(call)
        if not self._is_busy:
            self._is_busy = True
            # Send after all tasks that are ready to run, because they may have calls that can go along.
            self._loop.call_soon(self._send)
        if self.has_failed:
            try:
                await asyncio.wait([call.outcome], timeout=_RECOVERY_TIMEOUT_S)
            except asyncio.CancelledError:
                call.outcome.cancel()
                raise
            if not call.sent and not call.outcome.done():
                call.outcome.cancel()
                raise NotCarriedOut
        return await call.outcome

    def _send(self) -> None:
        if not self._waiting:
            self._is_busy = False
            return
        if self._connection is None:
            self._connecting = self._loop.create_task(self._connect(), name="onduty-redis-connect")
            return
        waiting, sent = self._waiting, self._sent
        while waiting and len(sent) < _BATCH_MAX:
            call = waiting.popleft()
            # The call of a cancelled caller need not be sent.
            if not call.outcome.done():
                call.sent = True
                sent.append(call)
        if not sent:
            self._is_busy = False
            return
        commands = [call.packed for call in sent]
        if self._guard is not None:
            commands.insert(0, self._guard)
            self._guard_due = True
        if self._replicated:
            commands.append(pack(("WAIT", max(call.replicas for call in sent), _WAIT_TIMEOUT_MS)))
        self.batches_sent += 1
        self._sent_at = self._loop.time()
        self._connection.send(commands)

    async def _connect(self) -> None:
        error: Exception = NotCarriedOut()
        try:
            connection = await self._connect_to_node(ping=self.has_failed)
            connection.on_reply, connection.on_end = self._on_reply, self._on_end
            if connection.is_open:
                self._connection = connection
                self.has_failed = False
        except OSError as broken:
            self.has_failed = True
            error.__cause__ = broken
        except Exception as refused:  # noqa: BLE001 -- callers must not wait for ever, whatever the error is
            # Trying again does not help: wrong password, or not one of our servers.
            error = StoreUnavailable()
            error.__cause__ = refused
        finally:
            self._connecting = None
            if self._connection is None:
                self._fail_waiting(error)
        self._send()

    def _on_reply(self, reply: object) -> None:
        if isinstance(reply, ResponseError) and code_of(reply) == "READONLY":
            self._leave_replica()
            return
        if self._guard_due:
            # If the guard was refused for another reason, the calls behind it get errors of their own.
            self._guard_due = False
        elif self._sent:
            call = self._sent.popleft()
            if self._replicated:
                call.reply = reply
                self._to_replicate.append(call)
                return
            call.succeed(reply)
        else:
            calls, self._to_replicate = self._to_replicate, []
            for call in calls:
                if isinstance(call.reply, ResponseError) or (isinstance(reply, int) and reply >= call.replicas):
                    call.succeed(call.reply)
                else:
                    call.fail(NotReplicated())
        if not self._sent:
            self._on_round_trip(self._loop.time() - self._sent_at)
            # Send after the callers that have just been answered have run: they may make more calls.
            self._loop.call_soon(self._send)

    def _leave_replica(self) -> None:
        """Drop the connection to a server that is now a replica, and make its calls again where the name leads now."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.on_reply, connection.on_end = _ignore, _ignore
            connection.abort()
        error = NotCarriedOut()
        error.__cause__ = NotAMaster()
        self._fail_all(error, error)

    def _on_end(self) -> None:
        self._connection = None
        self._fail_all(OutcomeUnknown(), NotCarriedOut())

    def _fail_all(self, sent: Exception, waiting: Exception) -> None:
        self._guard_due = False
        calls = [*self._to_replicate, *self._sent]
        for call in self._to_replicate:
            call.fail(OutcomeUnknown())
        for call in self._sent:
            call.fail(_copy_of(sent))
        self._to_replicate.clear()
        self._sent.clear()
        if calls:
            self.has_failed = True
            # Each caller decides by itself how much longer to try.
            self._fail_waiting(waiting)
            self._loop.call_soon(self._send)

    def _fail_waiting(self, error: Exception) -> None:
        while self._waiting:
            self._waiting.popleft().fail(_copy_of(error))

    async def close(self) -> None:
        """Wait for the calls under way, and disconnect."""
        outcomes = [call.outcome for call in (*self._to_replicate, *self._sent, *self._waiting)]
        if outcomes:
            await asyncio.wait(outcomes, timeout=REPLY_TIMEOUT_S)
        await self.abort()

    async def abort(self) -> None:
        """Disconnect at once, as a killed process does."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        self._fail_waiting(StoreUnavailable())
        if self._connection is not None:
            self._connection.abort()


def _copy_of(error: Exception) -> Exception:
    """Return a copy of the error for one more caller."""
    copy = type(error)()
    copy.__cause__ = error.__cause__
    return copy


def _ignore(*_: object) -> None:
    """Ignore a reply that comes too late."""
