"""Keeping up when more is asked than can be done: refuse some calls, in an order, rather than let all of them wait.

Calls that have arrived wait in grpcio's core until its one task on the event loop accepts them, which is one after the
other; the loop itself shows no lag and little work in flight, however many wait. So what is measured is that queue: how
many calls the core has begun (its channelz counters) and Python has not. Divided by the rate at which they are accepted
that is the time a call waits. `Pressure` holds it near a target as PIE (RFC 8033) does with packets: while the least
wait of the last 200 ms is above, a growing share of the calls is refused; a burst that drains by itself is left alone.

Invariant: `Gate` is the first handler that grpcio asks for every call, so that none is accepted without being counted.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from enum import IntEnum
from itertools import cycle
from typing import Any

import grpc
import structlog
from grpc import aio

from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..domain.errors import LimitExceeded
from .errors import ERROR_TABLE, trailers

_log = structlog.get_logger(__name__)

_TICK_MS = 20
_CALM_TICKS = 2
"""To look costs the core 0.2 ms and more, so it is done less often while there is no queue."""
_WINDOW = 10
"""Over how many ticks the least wait is taken."""
_EMPTIED_LOOK_S = 0.005
_IDLE_S = 0.002
_QUEUE_MIN = 20
"""Fewer are no queue. Some are always seen on their way; and where others keep the machine busy, those of a single
caller wait for long, which to refuse them would not mend."""
_SUSPECT_MIN = 4
"""So many that wait while nothing is accepted may be none."""
_ELAPSED_MAX_MS = 1_000.0
"""Time in which nothing at all ran (a process that was stopped) says nothing about how fast calls are accepted."""
_RATE_SHARE = 0.25
"""What the newest tick counts for in the rate of acceptance."""
_RISE_PER_S = 2.5
"""How fast pressure grows while calls wait for twice the target."""
_EXCESS_MAX = 4.0
"""A wait of more than five targets makes it grow no faster: by one rank in 100 ms."""
_FALL_PER_S = 0.5
"""How fast it goes back while nobody waits."""
_EMPTY_KEEPS = 0.93
"""What is left of it after each look, once nobody has waited for the last 200 ms: after half a second, a sixth."""
_NEXT_TO_NOTHING = 0.02

_RETRY_DELAYS_MS = (200, 900, 400, 700, 300, 1_000, 500, 800, 600)
"""Taken in turn, so that those who were refused together do not come back together."""


class Rank(IntEnum):
    """Who goes last when calls must be refused, the higher the later. What has no rank is never refused."""

    BROWSING = 0
    """Pages of users and of history, for people and reports."""
    WRITING = 1
    """Activities, statuses and workflows; what is asked about a workflow."""
    ROUTING = 2
    """Who may be given work."""


RANKS: Mapping[str, Rank] = {
    "ListStatuses": Rank.BROWSING,
    "ListStatusChanges": Rank.BROWSING,
    "RecordActivity": Rank.WRITING,
    "RecordActivities": Rank.WRITING,
    "SetStatus": Rank.WRITING,
    "GetWorkflow": Rank.WRITING,
    "UpdateWorkflow": Rank.WRITING,
    "GetStatus": Rank.ROUTING,
    "BatchGetStatuses": Rank.ROUTING,
    "ListAvailableUsers": Rank.ROUTING,
    "WatchStatuses": Rank.ROUTING,
}

_SHARE_MAX = (0.98, 0.9, 0.6)
"""The most that is refused, by rank: something always gets through."""

_IN_VAIN = 2.75
"""At such a pressure there is hardly more to refuse."""
_IN_VAIN_MS = 500
_RECOVERY_MS = 5_000
_PATIENCE_MAX = 128.0


class Pressure:
    """How much has to be refused: 0 is nothing, 1 all of the first rank, 2 all of the first two, 3 everything.

    To refuse costs two thirds of what a small call costs. Where even that is more than can be done, refusing brings
    nobody's wait down, and only keeps what could be done from being done. So while it is in vain, longer waits are put
    up with (`patience`, in targets); how long they get is then up to how many calls the connections may have open.
    """

    def __init__(self, target_ms: float) -> None:
        """`target_ms` is how long a call may wait to be accepted, all the time."""
        self.value = 0.0
        self.wait_ms = 0.0
        """How long a call waits that arrives now, as of the last look."""
        self.patience = 1.0
        self._target_ms = target_ms
        self._in_vain_ms = 0.0
        self._waits: deque[float] = deque(maxlen=_WINDOW)
        self._per_ms = 0.0
        self._owed = [0.0] * len(Rank)

    @property
    def ticks(self) -> int:
        """After how many ticks to look again."""
        return 1 if self.value or self.wait_ms else _CALM_TICKS

    def look(self, waiting: int, accepted: int, elapsed_ms: float) -> None:
        """Take note of how many calls wait, and how many were accepted in the time since the last look."""
        elapsed_ms = min(elapsed_ms, _ELAPSED_MAX_MS)
        ticks = self.ticks
        if waiting >= _QUEUE_MIN:
            # Only with a queue does the rate tell what can be done, and not what was asked.
            rate = max(accepted, 1) / elapsed_ms
            self._per_ms = rate if not self._per_ms else self._per_ms + _RATE_SHARE * (rate - self._per_ms)
            self.wait_ms = waiting / self._per_ms
        else:
            self.wait_ms = 0.0
        self._waits.extend([self.wait_ms] * ticks)
        # Time in which the loop stood still is no more than one look's worth of evidence.
        elapsed_s = min(elapsed_ms, 2 * _TICK_MS) / 1_000
        # What has begun to refuse need not wait to see whether it is a burst.
        least = self.wait_ms if self.value else min(self._waits) if len(self._waits) == _WINDOW else 0.0
        target_ms = self._target_ms * self.patience
        if least > target_ms:
            self.value += elapsed_s * _RISE_PER_S * min(least / target_ms - 1, _EXCESS_MAX)
        elif self.wait_ms < target_ms:
            self.value -= elapsed_s * _FALL_PER_S * (1 - self.wait_ms / target_ms)
        if not any(self._waits):
            self.value = self.value * _EMPTY_KEEPS if self.value > _NEXT_TO_NOTHING else 0.0
        self.value = min(max(self.value, 0.0), float(len(Rank)))
        self._learn(in_vain=self.value >= _IN_VAIN, elapsed_ms=min(elapsed_ms, 2.0 * _TICK_MS))

    def _learn(self, *, in_vain: bool, elapsed_ms: float) -> None:
        """Put up with twice the wait after half a second in vain, and with half of it after five good ones."""
        if in_vain:
            self._in_vain_ms = max(self._in_vain_ms, 0.0) + elapsed_ms
            if self._in_vain_ms >= _IN_VAIN_MS:
                self._in_vain_ms = 0.0
                self.patience = min(self.patience * 2, _PATIENCE_MAX)
        else:
            self._in_vain_ms = min(self._in_vain_ms, 0.0) - elapsed_ms
            if self._in_vain_ms <= -_RECOVERY_MS:
                self._in_vain_ms = 0.0
                self.patience = max(self.patience / 2, 1.0)

    def refuses(self, rank: Rank) -> bool:
        """Whether to refuse the next call of the rank: the share that pressure asks for, evenly spread."""
        share = self.value - rank
        if share <= 0:
            return False
        self._owed[rank] += min(share, _SHARE_MAX[rank])
        if self._owed[rank] < 1:
            return False
        self._owed[rank] -= 1
        return True


class Gate(grpc.GenericRpcHandler):
    """Counts calls as they are accepted, and answers those that are refused before their message is looked at."""

    def __init__(self, service: str, clock: Clock, observer: Observer, *, target_ms: int) -> None:
        """`service` is the one whose methods have ranks; a target of 0 refuses nothing."""
        self.pressure = Pressure(target_ms or 1)
        self._off = not target_ms
        self._clock = clock
        self._observer = observer
        self._ranks = {f"/{service}/{name}": rank for name, rank in RANKS.items()}
        self._accepted = 0
        self._phantoms = 0
        """How many calls the core counts as begun of which nobody will ever hear."""
        self._called = asyncio.Event()
        self._answers = cycle([_refusal(delay_ms) for delay_ms in _RETRY_DELAYS_MS])

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """None to let the next handler have the call, else the handler that refuses it."""
        self._accepted += 1
        if not self._called.is_set():
            self._called.set()
        if self.pressure.value:
            rank = self._ranks.get(handler_call_details.method)
            if rank is not None and self.pressure.refuses(rank):
                self._observer.refused("overload")
                return next(self._answers)
        return None

    async def watch(self, core: CoreCounters, in_flight: Callable[[], int]) -> None:
        """Look at the queue for as long as calls come, every 20 ms, or 40 while there is none.

        `in_flight` counts those that were accepted.
        """
        never, now_s = asyncio.Event(), asyncio.get_running_loop().time
        if self._off:
            await never.wait()
        while True:
            await self._clock.wait(self._called, None)
            accepted, began_s = self._accepted, now_s()
            self._called.clear()
            await self._clock.wait(never, self._clock.now() + self.pressure.ticks * _TICK_MS)
            waiting = self._waiting(core, in_flight)
            if waiting >= _SUSPECT_MIN and await self._is_idle():
                self._phantoms += self._waiting(core, in_flight)
                waiting = 0
            self.pressure.look(waiting, self._accepted - accepted, max((now_s() - began_s) * 1_000, 1))
            self._observer.overload(self.pressure.value, self.pressure.wait_ms / 1_000)
            if self.pressure.value or self.pressure.patience > 1 or waiting:
                self._called.set()

    def _waiting(self, core: CoreCounters, in_flight: Callable[[], int]) -> int:
        begun, ended = core.read()
        # Either difference may drift by calls that somebody else has answered, so both have to say it.
        waiting = min(begun - self._accepted, begun - ended - in_flight())
        self._phantoms = max(min(self._phantoms, waiting), 0)
        return waiting - self._phantoms

    async def _is_idle(self) -> bool:
        """Whether nothing is accepted though there is time to: then nothing waits, whatever the core says.

        It counts for ever as begun what has headers that it does not understand.
        """
        accepted, now_s = self._accepted, asyncio.get_running_loop().time
        began_s = now_s()
        await asyncio.sleep(_IDLE_S)
        return self._accepted == accepted and now_s() - began_s < 2 * _IDLE_S

    async def emptied(self, core: CoreCounters, in_flight: Callable[[], int]) -> None:
        """Return once no call waits: those that do when a server stops, grpcio would end with CANCELLED."""
        while self._waiting(core, in_flight) > 0:  # noqa: ASYNC110 - nothing is set when the core's queue gets shorter
            await asyncio.sleep(_EMPTIED_LOOK_S)


class CoreCounters:
    """What grpcio's core counts of one server: calls it has begun, whether or not Python knows of them, and ended."""

    def __init__(self) -> None:
        """Of the server that was made last."""
        from grpc._cython import cygrpc  # type: ignore[attr-defined] # where grpcio-channelz gets it from, too

        self._read = cygrpc.channelz_get_server
        start = 0
        while True:
            page = json.loads(cygrpc.channelz_get_servers(start))
            for server in page.get("server", ()):
                self._id = int(server["ref"]["serverId"])
                start = self._id + 1
            if page.get("end", True):
                return

    def read(self) -> tuple[int, int]:
        """Begun and ended, ever."""
        data = json.loads(self._read(self._id))["server"].get("data", {})
        begun = int(data.get("callsStarted", 0))
        return begun, int(data.get("callsSucceeded", 0)) + int(data.get("callsFailed", 0))


def _refusal(delay_ms: int) -> Any:
    """A handler that refuses. It takes a stream of requests, so as not to wait for the first."""
    error = LimitExceeded("the server has more to do than it can; try again later", retry_delay_ms=delay_ms)
    code, metadata = ERROR_TABLE[LimitExceeded].code, trailers(error)

    async def refuse(_: Any, context: aio.ServicerContext[Any, Any]) -> None:
        # Not `abort`: raising costs as much again.
        context.set_code(code)
        context.set_details(error.message)
        context.set_trailing_metadata(metadata)

    return grpc.stream_stream_rpc_method_handler(refuse)
