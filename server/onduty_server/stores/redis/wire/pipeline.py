"""The way to one node: calls that wait, and the pipeline that takes them along.

Whatever is called while a pipeline is under way goes together into the next one, so the more there is to do the less
each call costs. Invariants: calls are carried out in the order in which they came; what may have been carried out is
never sent again here; a cancelled caller leaves its call to finish; nobody is answered by a replica.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from redis.exceptions import ResponseError

from ....domain.errors import StoreUnavailable
from .link import REPLY_TIMEOUT_S, Command, Link, pack
from .refusals import NotAMaster, code_of

_BATCH_MAX = 256
"""Calls of one pipeline."""
_PROBE_PATIENCE_S = 0.3
"""How long a call waits until a node that has failed is heard of; it is not sent then."""
_WAIT_TIMEOUT_MS = 1_000
"""How long replicas may take to have what must not be lost."""


class OutcomeUnknown(StoreUnavailable):
    """The connection broke after a call was sent: it may or may not have been carried out."""


class NotReplicated(StoreUnavailable):
    """Carried out, but too few replicas have it."""


class NotCarriedOut(Exception):
    """Not carried out; worth another try. Its cause says why, where that is known."""


class _Call:
    """A command on its way."""

    __slots__ = ("outcome", "packed", "replicas", "result", "sent")

    def __init__(self, packed: bytes, outcome: asyncio.Future[Any], replicas: int) -> None:
        self.packed = packed
        self.outcome = outcome
        self.replicas = replicas
        self.result: object = None
        self.sent = False

    def end(self, result: object) -> None:
        # Whoever was cancelled does not wait any more.
        if not self.outcome.done():
            self.outcome.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)


class NodePipeline:
    """See the module. With `replicated` each pipeline ends by waiting until replicas have it.

    `guard` is a key that never exists. Each pipeline begins by removing nothing from it, which a replica refuses: a
    master that was demoted keeps its connections, and would go on answering reads. A node of a Cluster needs none: it
    sends its clients on to the new master.
    """

    def __init__(
        self, name: str, open_link: Callable[..., Awaitable[Link]], *, replicated: bool, guard: bytes = b""
    ) -> None:
        self.name = name
        self.has_failed = False
        """Whether the node was gone when it was last spoken to."""
        self.pipelines = 0
        """How many were sent."""
        self.healthy = True
        """Whether the node answered when last asked."""
        self._open_link = open_link
        self._replicated = replicated
        self._guard = pack(("HDEL", guard, "")) if guard else None
        self._guard_due = False
        """Whether the next reply is that to the guard."""
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Call] = deque()
        self._under_way: deque[_Call] = deque()
        self._to_replicate: list[_Call] = []
        """Calls that were answered, but are not yet known to be where they must be."""
        self._link: Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._is_busy = False

    async def call(self, command: Command, replicas: int) -> Any:
        """Send a command with the next pipeline; its reply. Cancelled, it goes its way if it was sent."""
        # Here, so that what cannot be sent is its caller's fault alone.
        call = _Call(pack(command), self._loop.create_future(), replicas)
        self._waiting.append(call)
        if not self._is_busy:
            self._is_busy = True
            # Behind everything that is ready to run, which may have calls of its own to send along.
            self._loop.call_soon(self._send)
        if self.has_failed:
            try:
                await asyncio.wait([call.outcome], timeout=_PROBE_PATIENCE_S)
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
        if self._link is None:
            self._connecting = self._loop.create_task(self._connect(), name="onduty-redis-connect")
            return
        waiting, under_way = self._waiting, self._under_way
        while waiting and len(under_way) < _BATCH_MAX:
            call = waiting.popleft()
            # Some may not have waited.
            if not call.outcome.done():
                call.sent = True
                under_way.append(call)
        if not under_way:
            self._is_busy = False
            return
        commands = [call.packed for call in under_way]
        if self._guard is not None:
            commands.insert(0, self._guard)
            self._guard_due = True
        if self._replicated:
            commands.append(pack(("WAIT", max(call.replicas for call in under_way), _WAIT_TIMEOUT_MS)))
        self.pipelines += 1
        self._link.send(commands)

    async def _connect(self) -> None:
        error: Exception = NotCarriedOut()
        try:
            link = await self._open_link(probe=self.has_failed)
            link.on_reply, link.on_end = self._hear, self._lose
            if link.is_open:
                self._link = link
                self.has_failed = False
        except OSError as broken:
            self.has_failed = True
            error.__cause__ = broken
        except Exception as refused:  # noqa: BLE001 -- whoever waits must not wait for ever, whatever it was
            # Trying again does not help: a password that is none, a server that is none of ours.
            error = StoreUnavailable()
            error.__cause__ = refused
        finally:
            self._connecting = None
            if self._link is None:
                self._fail_waiting(error)
        self._send()

    def _hear(self, reply: object) -> None:
        if isinstance(reply, ResponseError) and code_of(reply) == "READONLY":
            self._leave_replica()
            return
        if self._guard_due:
            # Whatever else it was refused for, those who call are told for themselves.
            self._guard_due = False
        elif self._under_way:
            call = self._under_way.popleft()
            if self._replicated:
                call.result = reply
                self._to_replicate.append(call)
                return
            call.end(reply)
        else:
            calls, self._to_replicate = self._to_replicate, []
            for call in calls:
                if isinstance(call.result, ResponseError) or (isinstance(reply, int) and reply >= call.replicas):
                    call.end(call.result)
                else:
                    call.fail(NotReplicated())
        if not self._under_way:
            # Behind those who have just been answered: they may have more to ask.
            self._loop.call_soon(self._send)

    def _leave_replica(self) -> None:
        """Answer nobody by what was said here, and look anew for where the name leads."""
        link, self._link = self._link, None
        if link is not None:
            link.on_reply, link.on_end = _ignore, _ignore
            link.end()
        error = NotCarriedOut()
        error.__cause__ = NotAMaster()
        self._end_calls(error, error)

    def _lose(self) -> None:
        self._link = None
        self._end_calls(OutcomeUnknown(), NotCarriedOut())

    def _end_calls(self, under_way: Exception, waiting: Exception) -> None:
        self._guard_due = False
        calls = [*self._to_replicate, *self._under_way]
        for call in self._to_replicate:
            call.fail(OutcomeUnknown())
        for call in self._under_way:
            call.fail(_again(under_way))
        self._to_replicate.clear()
        self._under_way.clear()
        if calls:
            self.has_failed = True
            # Each call knows for itself how much longer to try.
            self._fail_waiting(waiting)
            self._loop.call_soon(self._send)

    def _fail_waiting(self, error: Exception) -> None:
        while self._waiting:
            self._waiting.popleft().fail(_again(error))

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        outcomes = [call.outcome for call in (*self._to_replicate, *self._under_way, *self._waiting)]
        if outcomes:
            await asyncio.wait(outcomes, timeout=REPLY_TIMEOUT_S)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go of everything at once, as a killed process does."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        self._fail_waiting(StoreUnavailable())
        if self._link is not None:
            self._link.end()


def _again(error: Exception) -> Exception:
    """The same error for one more caller."""
    another = type(error)()
    another.__cause__ = error.__cause__
    return another


def _ignore(*_: object) -> None:
    """Too late."""
