"""onduty's engine as `RecordActivities` drives it: `touch`, and the use case for the rest.

The journal keeps nothing: history is on the disk with SQLite, and is no part of what the in-process peers do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from onduty_server.app.limits import HEARTBEAT_INTERVAL_MS, SWEEP_CHUNK
from onduty_server.app.ports.clock import Clock
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.record import AccountEvent, StatusChange
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.memory import _MemoryJournal
from onduty_server.stores.resident.journal import ChangeRow, JournaledAccount
from onduty_server.stores.resident.store import ResidentStore

from .workload import (
    AWAY,
    AWAY_AFTER_MS,
    OFFLINE,
    OFFLINE_AFTER_MS,
    START_MS,
    Peer,
    arguments,
    drive,
    report,
    user_ids,
)

ACCOUNT = "care-platform"
_Result = TypeVar("_Result")


class VirtualClock(Clock):
    """Says what it was set to; nobody waits for it."""

    def __init__(self) -> None:
        self.time = START_MS

    def now(self) -> int:
        return self.time

    def stopwatch(self) -> float:
        raise AssertionError("nothing is measured")

    def hold(self, not_before: int) -> None:
        raise AssertionError("nothing was kept")

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        raise AssertionError("nobody waits")


class _Forgetful(_MemoryJournal):
    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        account.durable_revision = row.revision


class Engine(Peer):
    """A store, and the use cases over it, on an event loop that runs when there is something to do."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        self.loop = asyncio.new_event_loop()
        self.store = ResidentStore(
            _Forgetful(), self.clock, StoreOptions(count_outage_as_inactivity=True, users_max=0, accounts_max=0)
        )
        self.service = StatusService(self.store)
        self.do(self.store.open())
        self.next_due: int | None = None
        self._next_beat = START_MS

    def do(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """Run something to its end, and whatever it had told later."""
        return self.loop.run_until_complete(coroutine)

    def configure(self, account: str, away_after_ms: int, offline_after_ms: int) -> None:
        """Switch an account's workflow on, and hear of its switches as a watcher does."""
        changes: WorkflowPatch = {
            "enabled": True,
            "away_after_ms": away_after_ms,
            "offline_after_ms": offline_after_ms,
        }
        self.do(self.service.update_workflow(account, changes))
        self.do(self.store.subscribe(account, self._hear))

    def _hear(self, events: Sequence[AccountEvent]) -> None:
        for event in events:
            change = event.change
            if isinstance(change, StatusChange) and change.cause is Cause.INACTIVITY:
                self.switched(change.user_id, AWAY if change.status is Status.AWAY else OFFLINE)

    def active(self, users: Sequence[str]) -> None:
        touch = self.store.immediate.touch
        rest = [user for user in users if not touch(ACCOUNT, user, None)]
        if rest:
            self.do(self._record(ACCOUNT, rest))

    async def _record(self, account: str, users: Sequence[str]) -> None:
        for user in users:
            await self.service.record_activity(account, user)

    def record(self, account: str, users: Sequence[str]) -> None:
        """First activities."""
        self.do(self._record(account, users))

    def advance(self, now: int) -> None:
        self.clock.time = now
        if now >= self._next_beat:
            self.do(self.store.heartbeat())
            self._next_beat = now + HEARTBEAT_INTERVAL_MS
        if self.store.wakeup.is_set() or (self.next_due is not None and self.next_due <= now):
            self.do(self._sweep(now))

    async def _sweep(self, now: int) -> None:
        # As the sweeper does when it is woken.
        while True:
            sweep = await self.store.settle_due(SWEEP_CHUNK)
            await asyncio.sleep(0)
            if sweep.next_due is None or sweep.next_due > now:
                self.next_due = sweep.next_due
                return

    def entries(self) -> int:
        groups = (group for account in self.store._accounts.values() for group in account.groups.values())
        return sum(len(heap or ()) for group in groups for heap in group.deadlines._heaps)


def main() -> None:
    """Do the work, print what was measured."""
    options = arguments()
    ids = user_ids(options.users)
    engine = Engine()
    engine.configure(ACCOUNT, AWAY_AFTER_MS, OFFLINE_AFTER_MS)
    report(drive(engine, ids, options.rounds))


if __name__ == "__main__":
    main()
