"""Sessions and engagements as blocks of a program: opened by a call, renewed in the background, ended by a call.

Invariants: only `start` raises what the server answers; no renewal arrives after the end; a child of a fork neither
renews nor ends what its parent has opened.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar

from onduty_client._clock import Clock
from onduty_client._errors import OndutyError
from onduty_client._forking import log
from onduty_client._leases import EngagementLease, Lease, SessionLease, is_refusal
from onduty_client._rpcs import Call
from onduty_client._throttled_warning import ThrottledWarning

#: What the server gives a session unless it is told otherwise.
SESSION_TTL: Final = timedelta(seconds=150)

#: Shorter than the server's own: what is renewed need not outlive for an hour the program that held it.
ENGAGEMENT_TTL: Final = timedelta(minutes=10)

_warn_not_ended: Final = ThrottledWarning(
    log, "sessions and engagements that were not ended, and run out by themselves: %s; the latest: %s"
)


class Keeper(Protocol):
    """Renews the leases of a client. See `_renewer`."""

    @property
    def clock(self) -> Clock:
        """The clock that leases go by."""

    def add(self, lease: Lease) -> None:
        """Renew a lease from now on."""

    def hurry(self, lease: Lease) -> None:
        """Renew a lease as soon as it may report something. In any thread."""

    def holds(self, lease: Lease) -> bool:
        """True if the lease was added in this process, and not released."""


class BlockingKeeper(Keeper, Protocol):
    """Renews the leases of a client for threads."""

    def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""

    def release(self, lease: Lease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""


class AsyncKeeper(Keeper, Protocol):
    """Renews the leases of a client in its event loop."""

    async def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""

    async def release(self, lease: Lease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""


_Send: TypeAlias = Callable[[Call[Any]], Any]
_AsyncSend: TypeAlias = Callable[[Call[Any]], Awaitable[Any]]

SendT = TypeVar("SendT")
KeeperT = TypeVar("KeeperT", bound=Keeper)


class Block(Generic[SendT, KeeperT]):
    """A lease as a program holds it, without the way of waiting for its calls."""

    _send: SendT
    _keeper: KeeperT
    _lease: Lease

    @property
    def account_id(self) -> str:
        """The account."""
        return self._lease.account_id

    @property
    def user_id(self) -> str:
        """The user."""
        return self._lease.user_id

    @property
    def ttl(self) -> timedelta:
        """How long it lives after each renewal."""
        return self._lease.ttl

    @property
    def lost(self) -> Exception | None:
        """The reason why it is not held at the moment; None while it is.

        It is lost if the server refuses it, or if no renewal got through for as long as it lives. Either way it is
        tried again, and None once it is kept again.
        """
        return self._lease.lost

    def __repr__(self) -> str:
        lease = self._lease
        return f"<{type(self).__name__} {lease.lease_id!r} of {lease.user_id!r} in {lease.account_id!r}>"


class _SessionBlock(Block[SendT, KeeperT]):
    """The part of a session that is no other lease's."""

    _lease: SessionLease

    def __init__(
        self,
        send: SendT,
        keeper: KeeperT,
        account_id: str,
        user_id: str,
        session_id: str,
        *,
        ttl: timedelta | None,
        idle_for: timedelta | None,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
    ) -> None:
        self._send, self._keeper = send, keeper
        self._lease = SessionLease(
            account_id,
            user_id,
            session_id,
            ttl=SESSION_TTL if ttl is None else ttl,
            idle_for=idle_for,
            timeout=timeout,
            on_lost=on_lost,
            hurry=keeper.hurry,
            clock=keeper.clock,
        )

    @property
    def session_id(self) -> str:
        """The session."""
        return self._lease.lease_id

    def active(self) -> None:
        """Report input of the user, which counts as an activity. Takes about a microsecond; any thread may call it.

        The first one is sent at once, further ones every 10 s, each with the time that has passed since.
        """
        self._lease.active()


class _EngagementBlock(Block[SendT, KeeperT]):
    """The part of an engagement that is no other lease's."""

    def __init__(
        self,
        send: SendT,
        keeper: KeeperT,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
    ) -> None:
        self._send, self._keeper = send, keeper
        self._lease = EngagementLease(
            account_id,
            user_id,
            engagement_id,
            ttl=ENGAGEMENT_TTL if ttl is None else ttl,
            timeout=timeout,
            on_lost=on_lost,
            clock=keeper.clock,
        )

    @property
    def engagement_id(self) -> str:
        """The engagement."""
        return self._lease.lease_id


class _Blocking(Block[_Send, BlockingKeeper]):
    """Starts and ends in threads that may block."""

    def start(self) -> None:
        """Open it, as `with` does.

        Raises:
            OndutyError: the server refuses it. One that is away or too busy is tried again in the background.
        """
        self._lease.begin()
        self._keeper.prepare()
        try:
            self._send(self._lease.renewal())
        except OndutyError as error:
            if is_refusal(error):
                raise
            self._lease.failed(error)
        else:
            self._lease.kept()
        self._keeper.add(self._lease)

    def close(self) -> None:
        """End it, within 5 s. Closing twice does nothing.

        If the server can't be reached, or the client is closed, it runs out instead, `ttl` after its last renewal.
        """
        if not self._keeper.holds(self._lease):
            return
        self._keeper.release(self._lease)
        failure: Exception | None = None
        for call in self._lease.last_calls():
            # It is ended, although the last input could not be reported.
            try:
                self._send(call)
                failure = None
            except (OndutyError, RuntimeError) as error:
                failure = error
        if failure is not None:
            _not_ended(self, failure)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Awaited(Block[_AsyncSend, AsyncKeeper]):
    """Starts and ends in an event loop."""

    async def start(self) -> None:
        """Open it, as `async with` does.

        Raises:
            OndutyError: the server refuses it. One that is away or too busy is tried again in the background.
        """
        self._lease.begin()
        await self._keeper.prepare()
        try:
            await self._send(self._lease.renewal())
        except OndutyError as error:
            if is_refusal(error):
                raise
            self._lease.failed(error)
        else:
            self._lease.kept()
        self._keeper.add(self._lease)

    async def close(self) -> None:
        """End it, within 5 s. Closing twice does nothing.

        If the server can't be reached, or the client is closed, it runs out instead, `ttl` after its last renewal.
        """
        if not self._keeper.holds(self._lease):
            return
        await self._keeper.release(self._lease)
        failure: Exception | None = None
        for call in self._lease.last_calls():
            # It is ended, although the last input could not be reported.
            try:
                await self._send(call)
                failure = None
            except (OndutyError, RuntimeError) as error:
                failure = error
        if failure is not None:
            _not_ended(self, failure)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _not_ended(lease: Block[Any, Any], error: Exception) -> None:
    _warn_not_ended.add(f"{lease!r}: {error}")


class Session(_SessionBlock[_Send, BlockingKeeper], _Blocking):
    """A session of a user that is kept for as long as a block runs. See `Client.session`."""


class AsyncSession(_SessionBlock[_AsyncSend, AsyncKeeper], _Awaited):
    """A session of a user that is kept for as long as a block runs. See `AsyncClient.session`."""


class Engagement(_EngagementBlock[_Send, BlockingKeeper], _Blocking):
    """An engagement of a user that is kept for as long as a block runs. See `Client.engagement`."""


class AsyncEngagement(_EngagementBlock[_AsyncSend, AsyncKeeper], _Awaited):
    """An engagement of a user that is kept for as long as a block runs. See `AsyncClient.engagement`."""
