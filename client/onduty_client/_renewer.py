"""Renews the sessions and engagements of a client: one task for all of them, in an event loop or in the background.

Invariants: the task looks at the next lease that is due, and never at all of them unless the server is away; while the
server is away, a single call at a time asks for it, after waits that grow; a lease whose object the program has dropped
is renewed no more; before a fork, nothing here is inside gRPC.
"""

import asyncio
import heapq
import itertools
import weakref
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Final

from onduty_client._background import BACKGROUND
from onduty_client._backoff import backoff_s
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._connection import AsyncConnection, CallDefaults
from onduty_client._endpoint import Endpoint
from onduty_client._errors import OndutyError
from onduty_client._forking import log
from onduty_client._leases import Lease
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._reconnecting import asked_for_s, without_frames

#: How many renewals may be under way at once.
_IN_FLIGHT_MAX: Final = 32

#: How long the end of a lease waits for a renewal under way, which must not arrive after it.
_SETTLE_S: Final = 1.0


class BaseRenewer(Helper):
    """A renewer, without the way of waiting for it."""

    def __init__(self, endpoint: Endpoint, defaults: CallDefaults, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._defaults = defaults
        self._clock = clock
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return f"of {self._endpoint.target}"

    def _forget_parent(self) -> None:
        #: Distinguishes the leases of this process.
        self._own: weakref.WeakSet[Lease] = weakref.WeakSet()
        # Only the event loop's thread uses these.
        self._queue: list[tuple[float, int, weakref.ref[Lease]]] = []
        self._tickets = itertools.count()
        self._changed = asyncio.Event()
        self._calls: dict[Lease, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self._pausing = False
        self._failures = 0
        self._not_before = 0.0

    @property
    def clock(self) -> Clock:
        """The clock that leases go by."""
        return self._clock

    # --- leases, from any thread -------------------------------------------------------------------------------------

    def add(self, lease: Lease) -> None:
        """Renew a lease from now on."""
        assert self._loop is not None
        self._own.add(lease)
        self._loop.call_soon_threadsafe(self._begin_with, lease)

    def holds(self, lease: Lease) -> bool:
        """True if the lease was added in this process, and not released."""
        return not self._closed and lease in self._own

    def hurry(self, lease: Lease) -> None:
        """Renew a lease as soon as it may report something."""
        loop = self._loop
        if loop is not None and self.holds(lease):
            # The event loop of a program may have ended.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hasten, lease)

    # --- in the event loop -------------------------------------------------------------------------------------------

    def _begin_with(self, lease: Lease) -> None:
        if lease in self._own:
            # One that could not be opened is tried again as soon as the server may be back.
            self._schedule(lease, lease.renew_at if lease.lost is None else self._clock.now() + backoff_s(0))
            if lease.wants_report:
                self._hasten(lease)

    def _hasten(self, lease: Lease) -> None:
        # One that is being renewed is looked at when that is over.
        if lease.ticket is not None and lease not in self._calls and lease.report_at < lease.due:
            self._schedule(lease, lease.report_at)

    def _schedule(self, lease: Lease, due: float) -> None:
        lease.due = due
        lease.ticket = next(self._tickets)
        heapq.heappush(self._queue, (due, lease.ticket, weakref.ref(lease)))
        self._changed.set()

    async def _settle(self, lease: Lease) -> None:
        """Forget a lease, and wait for its renewal under way."""
        lease.ticket = None
        call = self._calls.get(lease)
        if call is not None:
            try:
                async with self._clock.timeout(_SETTLE_S):
                    await asyncio.wait([call])
            except TimeoutError:
                call.cancel()
                await asyncio.wait([call])

    async def _start_work(self) -> None:
        self._task = asyncio.create_task(self._run(), name="onduty-renewals")

    async def _finish_work(self) -> None:
        self._pausing = False
        await self._end()
        await self._endpoint.core.drain()

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def pause(self) -> None:
        """Leave gRPC, until `resume`, because the process is about to fork."""
        if self._task is not None:
            self._pausing = True
            await self._end()

    def resume(self) -> None:
        """Continue, unless closed meanwhile."""
        if self._pausing:
            self._pausing = False
            self._task = asyncio.create_task(self._run(), name="onduty-renewals")

    async def _run(self) -> None:
        self._endpoint.core.acquire()
        connection = self._endpoint.connect(self._defaults)
        try:
            while True:
                self._changed.clear()
                self._start_due(connection)
                await self._clock.wait(self._changed, self._wait_s())
        except Exception:  # noqa: BLE001 - A task in the background has nobody to raise it to.
            log.exception("renewals: unexpected failure, nothing is renewed any more")
        finally:
            # They have begun: a task does before what is scheduled after it. So they are due again by themselves.
            for call in self._calls.values():
                call.cancel()
            if self._calls:
                await asyncio.wait(self._calls.values())
            await connection.close()
            self._endpoint.core.release()

    def _start_due(self, connection: AsyncConnection) -> None:
        now = self._clock.now()
        while self._queue and self._queue[0][0] <= now and self._may_start(now):
            _, ticket, reference = heapq.heappop(self._queue)
            lease = reference()
            if lease is not None and lease.ticket == ticket:
                self._calls[lease] = asyncio.create_task(self._renew(connection, lease))

    def _may_start(self, now: float) -> bool:
        if self._failures:
            return not self._calls and now >= self._not_before
        return len(self._calls) < _IN_FLIGHT_MAX

    def _wait_s(self) -> float | None:
        """Return for how long nothing begins by itself; None until something happens."""
        if not self._queue or (self._calls and (self._failures or len(self._calls) >= _IN_FLIGHT_MAX)):
            return None
        due = max(self._queue[0][0], self._not_before if self._failures else 0.0)
        return max(0.0, due - self._clock.now())

    async def _renew(self, connection: AsyncConnection, lease: Lease) -> None:
        due = self._clock.now()
        try:
            due = await self._call(connection, lease)
        finally:
            del self._calls[lease]
            if lease.ticket is not None:
                self._schedule(lease, due)
                if lease.wants_report:
                    self._hasten(lease)
            self._changed.set()

    async def _call(self, connection: AsyncConnection, lease: Lease) -> float:
        """Make the call for a lease. Returns when it is due again."""
        began = self._clock.now()
        try:
            await connection.send(lease.renewal())
        except OndutyError as error:
            failure: Exception = without_frames(error)
        except Exception as error:  # noqa: BLE001 - A program's metadata provider may raise anything.
            log.exception("renewals: unexpected failure")
            failure = without_frames(error)
        else:
            lease.kept()
            self._failures = 0
            return lease.renew_at
        if lease.failed(failure):
            self._failures = 0
            return lease.renew_at
        self._failed(failure, began)
        return self._clock.now()

    def _failed(self, error: Exception, began: float) -> None:
        """The server is away. Ask for it again later, and see which leases have run out meanwhile."""
        now = self._clock.now()
        if began >= self._not_before:
            # Calls that were under way together fail together, and count once.
            self._not_before = now + max(backoff_s(self._failures), asked_for_s(error))
            self._failures += 1
        for due, ticket, reference in tuple(self._queue):
            lease = reference()
            if due <= now and lease is not None and lease.ticket == ticket:
                lease.check_held(error)


class AsyncRenewer(InLoop, BaseRenewer):
    """Renews in the event loop of an asyncio program."""

    async def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""
        if self._inherited:
            self._start_inherited()
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._loop is None:
            await self.start()

    async def release(self, lease: Lease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""
        self._own.discard(lease)
        await self._settle(lease)


class Renewer(InBackground, BaseRenewer):
    """Renews in the background, for programs without an event loop."""

    def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""
        with self._life:
            if self._closed:
                raise RuntimeError("the client is closed")
            if self._loop is None:
                self.start()

    def release(self, lease: Lease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""
        BACKGROUND.check_elsewhere()
        with self._life:
            self._own.discard(lease)
            if not BACKGROUND.serves(self):
                return
            settling = BACKGROUND.submit(self._settle(lease))
        # It is cancelled if another thread closes the client meanwhile.
        with suppress(CancelledError):
            settling.result()
