"""Sessions and engagements as blocks of a program: opened by a call, renewed in the background, ended by a call.

Invariants: only `start` raises what the server answers; no renewal arrives after the end; a child of a fork neither
renews nor ends what its parent has opened.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Protocol, Self

from onduty_client._clock import Clock
from onduty_client._errors import OndutyError
from onduty_client._forking import log
from onduty_client._leases import BaseEngagement, BaseLease, BaseSession, is_refusal
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

    def add(self, lease: BaseLease) -> None:
        """Renew a lease from now on."""

    def hurry(self, lease: BaseLease) -> None:
        """Renew a lease as soon as it may report something. In any thread."""

    def holds(self, lease: BaseLease) -> bool:
        """True if the lease was added in this process, and not released."""


class BlockingKeeper(Keeper, Protocol):
    """Renews the leases of a client for threads."""

    def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""

    def release(self, lease: BaseLease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""


class AsyncKeeper(Keeper, Protocol):
    """Renews the leases of a client in its event loop."""

    async def prepare(self) -> None:
        """Begin to run, if it does not. Raises RuntimeError if it can't."""

    async def release(self, lease: BaseLease) -> None:
        """Renew a lease no longer. No renewal is under way afterwards."""


class _Blocking(BaseLease):
    """Starts and ends in threads that may block."""

    _send: Callable[[Call[Any]], Any]
    _keeper: BlockingKeeper

    def start(self) -> None:
        """Open it, as `with` does.

        Raises:
            OndutyError: the server refuses it. One that is away or too busy is tried again in the background.
        """
        self.begin()
        self._keeper.prepare()
        try:
            self._send(self.renewal())
        except OndutyError as error:
            if is_refusal(error):
                raise
            self.failed(error)
        else:
            self.kept()
        self._keeper.add(self)

    def close(self) -> None:
        """End it, within 3 s. Closing twice does nothing.

        If the server can't be reached, or the client is closed, it runs out instead, `ttl` after its last renewal.
        """
        if not self._keeper.holds(self):
            return
        self._keeper.release(self)
        try:
            self._send(self._end_call())
        except (OndutyError, RuntimeError) as error:
            _not_ended(self, error)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Awaited(BaseLease):
    """Starts and ends in an event loop."""

    _send: Callable[[Call[Any]], Awaitable[Any]]
    _keeper: AsyncKeeper

    async def start(self) -> None:
        """Open it, as `async with` does.

        Raises:
            OndutyError: the server refuses it. One that is away or too busy is tried again in the background.
        """
        self.begin()
        await self._keeper.prepare()
        try:
            await self._send(self.renewal())
        except OndutyError as error:
            if is_refusal(error):
                raise
            self.failed(error)
        else:
            self.kept()
        self._keeper.add(self)

    async def close(self) -> None:
        """End it, within 3 s. Closing twice does nothing.

        If the server can't be reached, or the client is closed, it runs out instead, `ttl` after its last renewal.
        """
        if not self._keeper.holds(self):
            return
        await self._keeper.release(self)
        try:
            await self._send(self._end_call())
        except (OndutyError, RuntimeError) as error:
            _not_ended(self, error)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _not_ended(lease: BaseLease, error: Exception) -> None:
    _warn_not_ended.add(f"{lease!r}: {error}")


class Session(_Blocking, BaseSession):
    """A session of a user that is kept for as long as a block runs. See `Client.session`."""

    def __init__(
        self,
        send: Callable[[Call[Any]], Any],
        keeper: BlockingKeeper,
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
        super().__init__(
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


class AsyncSession(_Awaited, BaseSession):
    """A session of a user that is kept for as long as a block runs. See `AsyncClient.session`."""

    def __init__(
        self,
        send: Callable[[Call[Any]], Awaitable[Any]],
        keeper: AsyncKeeper,
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
        super().__init__(
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


class Engagement(_Blocking, BaseEngagement):
    """An engagement of a user that is kept for as long as a block runs. See `Client.engagement`."""

    def __init__(
        self,
        send: Callable[[Call[Any]], Any],
        keeper: BlockingKeeper,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
    ) -> None:
        self._send, self._keeper = send, keeper
        super().__init__(
            account_id,
            user_id,
            engagement_id,
            ttl=ENGAGEMENT_TTL if ttl is None else ttl,
            timeout=timeout,
            on_lost=on_lost,
            clock=keeper.clock,
        )


class AsyncEngagement(_Awaited, BaseEngagement):
    """An engagement of a user that is kept for as long as a block runs. See `AsyncClient.engagement`."""

    def __init__(
        self,
        send: Callable[[Call[Any]], Awaitable[Any]],
        keeper: AsyncKeeper,
        account_id: str,
        user_id: str,
        engagement_id: str,
        *,
        ttl: timedelta | None,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
    ) -> None:
        self._send, self._keeper = send, keeper
        super().__init__(
            account_id,
            user_id,
            engagement_id,
            ttl=ENGAGEMENT_TTL if ttl is None else ttl,
            timeout=timeout,
            on_lost=on_lost,
            clock=keeper.clock,
        )
