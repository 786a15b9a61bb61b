"""The real use cases over a real store, as a `Driver` of the cases: one account, and a clock that stands still.

A store that keeps what it is told ends and comes back for an outage. One that does not is left without heartbeats,
which is an outage too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from tests.properties.layers.events import MINUTE, Change, PersonEvent, View
from tests.properties.lazy import as_refused
from tests.properties.spelling import call_of, change_as_told, patch_as_sent, view_as_told
from tests.properties.world import LEASE
from tests.stores.backends import Backend
from tests.stores.site import Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import DomainError

T = TypeVar("T")

ACCOUNT = "acme"
GRACE = 3 * MINUTE
"""Without a heartbeat for longer than this, the service was down."""


class LiveAccount:
    """See the module. `swept`: what time has brought is recorded whenever the clock moves, and not only at the end."""

    options = StoreOptions()

    def __init__(self, backend: Backend, now: int, *, swept: bool = False) -> None:
        self._runner = asyncio.Runner()
        self._swept = swept
        # While the clock runs, hours pass at once; only where the service ends is there an outage.
        self._counts = replace(self.options, outage_grace_ms=GRACE, count_outage_as_inactivity=backend.keeps)
        self._backend = backend
        self._run(backend.open(self._counts, now=now))
        self._site = Site(backend)
        self.vouched_for = 0 if backend.keeps else LEASE

    def close(self) -> None:
        try:
            self._run(self._backend.stop())
        finally:
            self._runner.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(coroutine)
        except DomainError as error:
            raise as_refused(error) from error

    @property
    def _service(self) -> StatusService:
        return StatusService(self._backend.store)

    @property
    def now(self) -> int:
        return self._backend.clock.now()

    def to(self, now: int) -> None:
        assert now >= self.now
        while not self._backend.keeps and now - self.now > GRACE:
            self._backend.clock.advance(GRACE)
            self._run(self._backend.store.heartbeat())
        self._backend.clock.set(now)
        self._run(self._backend.store.heartbeat())
        if self._swept:
            self._run(self._site.sweep())

    def outage(self, until: int) -> None:
        if self._backend.keeps:
            self._run(self._backend.stop())
            self._run(self._backend.open(replace(self.options, outage_grace_ms=GRACE), now=until))
            self._run(self._backend.reopen(self._counts))
        else:
            self._backend.clock.set(until)
            self._run(self._backend.store.heartbeat())

    def sweep(self) -> None:
        """Record all that time has brought, as the sweeper does."""
        self._run(self._site.sweep())

    def do(self, user: str, event: PersonEvent) -> View:
        return view_as_told(self._run(call_of(self._service, ACCOUNT, user, event)))

    def configure(self, **patch: object) -> None:
        self._run(self._service.update_workflow(ACCOUNT, patch_as_sent(patch)))

    def view(self, user: str) -> View:
        return view_as_told(self._run(self._service.get_status(ACCOUNT, user)))

    def changes(self, user: str) -> list[Change]:
        self._run(self._site.sweep())
        return [change_as_told(change) for change in self._run(self._site.history(user))]

    def available(self, max_engagements: int | None = None) -> set[str]:
        call = self._service.list_available_users(ACCOUNT, max_engagements=max_engagements or 0)
        return {view.user_id for view in self._run(call).views}
