"""The fake sessions and engagements. Nothing is renewed: they live at the fake service for as long as they are held."""

from datetime import datetime
from typing import Any

from onduty_client._clock import Clock
from onduty_client._lease_blocks import AsyncEngagement, AsyncSession, Block, Engagement, Session
from onduty_client._leases import Lease, SessionLease
from onduty_client.testing._people import HELD
from onduty_client.testing._service import FakeService


class _Keeper:
    """Holds leases at a service, in place of a renewer."""

    def __init__(self, service: FakeService) -> None:
        self.service = service
        self._held: set[Lease] = set()
        self.clock = Clock(now=lambda: service.now.timestamp())
        self.closed = False

    def add(self, lease: Lease) -> None:
        """Hold a lease, unless it could not be opened."""
        self._held.add(lease)
        if lease.lost is None:
            self.set_end(lease, HELD)

    def hurry(self, lease: Lease) -> None:
        """Report input at once."""
        if self.holds(lease) and lease.lost is None:
            self.renew(lease)

    def renew(self, lease: Lease) -> None:
        """Keep a lease, again if need be."""
        call = lease.renewal()
        self.service.answer(call.rpc.name, call.request, "")
        lease.kept()
        self.set_end(lease, HELD)

    def holds(self, lease: Lease) -> bool:
        """True if the lease was added, and not released."""
        return lease in self._held and not self.closed

    def set_end(self, lease: Lease, end: datetime) -> None:
        """Let a lease live until `end`."""
        self.service.set_lease_end(
            lease.account_id, lease.user_id, lease.lease_id, is_session=isinstance(lease, SessionLease), end=end
        )

    def run_out(self, lease: Lease) -> None:
        """Hold a lease no longer: unless it is ended, it lives as long as after a last renewal."""
        self._held.discard(lease)
        if lease.lost is None:
            self.set_end(lease, self.service.now + lease.ttl)

    def close(self) -> None:
        """Hold nothing any more."""
        for lease in tuple(self._held):
            self.run_out(lease)
        self.closed = True

    def _check_open(self) -> None:
        if self.closed:
            raise RuntimeError("the client is closed")


class BlockingFakeKeeper(_Keeper):
    """For a `FakeClient`."""

    def prepare(self) -> None:
        """Raise RuntimeError if the client is closed."""
        self._check_open()

    def release(self, lease: Lease) -> None:
        """Hold a lease no longer."""
        self.run_out(lease)


class AsyncFakeKeeper(_Keeper):
    """For a `FakeAsyncClient`."""

    async def prepare(self) -> None:
        """Raise RuntimeError if the client is closed."""
        self._check_open()

    async def release(self, lease: Lease) -> None:
        """Hold a lease no longer."""
        self.run_out(lease)


class _FakeBlock(Block[Any, Any]):
    """The part of a fake lease that is for the test."""

    _keeper: Any

    def lose(self, error: Exception) -> None:
        """Have it run out now, because of `error`, as if no renewal had got through."""
        self._keeper.set_end(self._lease, self._keeper.service.now)
        self._lease.lose(error)

    def recover(self) -> None:
        """Keep it again. Raises OndutyError if the service refuses it."""
        self._keeper.renew(self._lease)


class FakeSession(_FakeBlock, Session):
    """A `Session` at a fake service. Made by `FakeClient.session`."""


class FakeAsyncSession(_FakeBlock, AsyncSession):
    """An `AsyncSession` at a fake service. Made by `FakeAsyncClient.session`."""


class FakeEngagement(_FakeBlock, Engagement):
    """An `Engagement` at a fake service. Made by `FakeClient.engagement`."""


class FakeAsyncEngagement(_FakeBlock, AsyncEngagement):
    """An `AsyncEngagement` at a fake service. Made by `FakeAsyncClient.engagement`."""
