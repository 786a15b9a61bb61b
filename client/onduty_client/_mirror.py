"""Mirrors: an account's statuses in the memory of a program, kept up to date by a watch.

This module has the mirrors' life cycle and waiting, in an event loop or in the background. `_mirror_reading` answers
reads, and `_mirror_follower` follows the watch.
"""

import asyncio
import inspect
import math
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import grpc

from onduty_client import _convert as convert
from onduty_client._background import BACKGROUND
from onduty_client._connection import MetadataProvider
from onduty_client._endpoints import endpoint_of
from onduty_client._errors import OndutyError
from onduty_client._events import AsyncChanges, Changes, Followers
from onduty_client._forking import log
from onduty_client._lifecycle import InBackground, InLoop
from onduty_client._mirror_follower import MirrorFollower, bookmark_within_of
from onduty_client._mirror_reading import MirrorReader
from onduty_client._mirror_types import MirrorEvent, MirrorStats
from onduty_client._security import Security
from onduty_client._watch_call import checked_user_ids

DEFAULT_MAX_STALENESS_S: Final = 3.0

#: How many events may wait for a follower.
DEFAULT_MAX_WAITING: Final = 10_000

#: How long closing waits for a callback.
_CALLBACK_PATIENCE_S: Final = 5.0


class BaseMirror(MirrorReader):
    """A mirror, without the way of waiting for it."""

    def __init__(
        self,
        target: str,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        max_staleness: float = DEFAULT_MAX_STALENESS_S,
        security: Security | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> None:
        convert.check_text(account_id=account_id)
        super().__init__(account_id, user_ids=checked_user_ids(user_ids), max_staleness=max_staleness)
        self._endpoint = endpoint_of(target, security, credentials, metadata)
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return f"of {self._account_id!r} at {self._endpoint.target}"

    def _forget_parent(self) -> None:
        self._forget_state()
        self._followers = Followers()
        self._news = asyncio.Event()
        self._follower = MirrorFollower(
            self._endpoint,
            self._account_id,
            user_ids=self._user_ids,
            bookmark_within=bookmark_within_of(self._max_staleness),
            view=self,
            on_event=self._followers.put,
            on_news=self._wake_waiting,
            clock=self._clock,
        )
        self._stream = self._follower.stream

    def after_fork_in_child(self) -> None:
        """Reset everything. Followers of the parent's mirror are told of the end."""
        followers = self._followers
        super().after_fork_in_child()
        followers.after_fork_in_child()

    @property
    def stats(self) -> MirrorStats:
        """The history of the mirror, in counts."""
        return self._follower.stats

    async def _start_work(self) -> None:
        self._stream.start()

    async def _finish_work(self) -> None:
        self._deadline = -math.inf
        self._followers.end()
        self._wake_waiting()
        await self._stream.stop()

    def _wake_waiting(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _wait_ready(self, timeout: float | None) -> None:
        failures = self._follower.stats.failures
        try:
            async with self._clock.timeout(timeout):
                while self._now() > self._deadline:
                    if self._closed or self._loop is None:
                        raise self._refusal()
                    # Count only attempts made since: a watch that was refused earlier may be allowed now.
                    error = self._stream.error
                    if isinstance(error, OndutyError) and error.is_final and self.stats.failures > failures:
                        raise error
                    await self._news.wait()
        except TimeoutError:
            raise self._refusal() from self._stream.error


class AsyncAvailabilityMirror(InLoop, BaseMirror):
    """The statuses of an account's users in memory, for asyncio: like `AvailabilityMirror`, in the running event loop.

    Use it in an `async with` block, or call `start` and `close`. Reading is the same: it is not awaited, and does not
    block. `on_change` may be a coroutine function, which is awaited then.

    A program that uses gRPC in its event loop should prefer this to the mirror that lives in a thread: with several
    event loops in a process, grpcio logs BlockingIOErrors, harmless ones (https://github.com/grpc/grpc/issues/25364).
    """

    def __init__(
        self,
        target: str,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        max_staleness: float = DEFAULT_MAX_STALENESS_S,
        on_change: Callable[[MirrorEvent], Awaitable[None] | None] | None = None,
        security: Security | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> None:
        super().__init__(
            target,
            account_id,
            user_ids=user_ids,
            max_staleness=max_staleness,
            security=security,
            credentials=credentials,
            metadata=metadata,
        )
        self._on_change = on_change
        self._callback_task: asyncio.Task[None] | None = None

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return once the mirror answers, or at once if it does already.

        Raises:
            MirrorStale: it does not answer within `timeout` seconds.
            InvalidField, CredentialRequired, PermissionRequired, OndutyError: waiting is of little use, since the
                server has just refused the watch. The mirror goes on asking.
        """
        await self._wait_ready(timeout)

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> AsyncChanges:
        """Follow the events from now on, with `async for`.

        An event comes after the mirror shows its effect. When more than `max_waiting` events wait to be taken, they are
        replaced by one `Resynced`: read the mirror again then.
        """
        changes = AsyncChanges(max_waiting)
        self._followers.add(changes)
        return changes

    async def _start_work(self) -> None:
        if self._on_change is not None:
            self._callback_task = asyncio.create_task(
                self._call_back(self._on_change, self.changes()), name="onduty-on-change"
            )
        await super()._start_work()

    async def _finish_work(self) -> None:
        await super()._finish_work()
        # A callback that closes the mirror continues afterwards, and ends by itself.
        if self._callback_task is not None and self._callback_task is not asyncio.current_task():
            self._callback_task.cancel()
            await asyncio.wait([self._callback_task])

    async def _call_back(
        self, on_change: Callable[[MirrorEvent], Awaitable[None] | None], changes: AsyncChanges
    ) -> None:
        async for event in changes:
            try:
                result = on_change(event)
                if inspect.isawaitable(result):
                    await result
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the callbacks.
                log.exception("on_change failed")


class AvailabilityMirror(InBackground, BaseMirror):
    """The statuses of an account's users in memory, kept up to date by a watch, for a router that reads all the time.

    Use it in a `with` block, or call `start` and `close`. A thread in the background, one for all mirrors and reporters
    of the process, follows the account. When the connection is lost it reconnects and continues where it was. Every
    reading method may be called from any thread, and answers from memory or raises `MirrorStale`. A router may rely on
    every answer:

    - an answer is never older than `max_staleness`. Every second, or three times within `max_staleness` if that is
      longer, the server says up to which time everything was told, so a connection on which nothing arrives does not
      count, even if it is open;
    - a new snapshot replaces the old state in one step.

    A child of a fork, such as a worker of gunicorn, starts an inherited mirror by itself, at its first use. The mirror
    has no state then, so it raises `MirrorNotReady`; followers of `changes` are told of the end. Where that can't work
    (the parent also uses gRPC in an event loop), using it in the child raises a RuntimeError that says what to do.

    Args:
        target: the address of the service, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250". Or the
            address of its HTTP port: "http://127.0.0.1:50251", "https://onduty.internal".
        account_id: the account to mirror. It need not have been seen before.
        user_ids: follow these users only, up to 1,000; None for all.
        max_staleness: how old an answer may be, in seconds. Below 2 s, a short delay is enough for a refusal.
            More than 3 s, where that will do, saves the server a part of what the mirror costs it.
        on_change: called with every `MirrorEvent`, one after the other, in a thread of its own. A slow function delays
            only itself, as with `changes`. Its exceptions are logged.
        security: TLS, a certificate and a token; see `Security`. Takes the place of `credentials`.
        credentials: for TLS; without them the connection is not encrypted.
        metadata: called before each watch, in the background, for metadata to send along, such as a token.
    """

    def __init__(
        self,
        target: str,
        account_id: str,
        *,
        user_ids: Iterable[str] | None = None,
        max_staleness: float = DEFAULT_MAX_STALENESS_S,
        on_change: Callable[[MirrorEvent], None] | None = None,
        security: Security | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> None:
        super().__init__(
            target,
            account_id,
            user_ids=user_ids,
            max_staleness=max_staleness,
            security=security,
            credentials=credentials,
            metadata=metadata,
        )
        self._on_change = on_change

    def _forget_parent(self) -> None:
        super()._forget_parent()
        self._callback_thread: threading.Thread | None = None

    def wait_ready(self, timeout: float | None = None) -> None:
        """Return once the mirror answers, or at once if it does already.

        Raises:
            MirrorStale: it does not answer within `timeout` seconds.
            InvalidField, CredentialRequired, PermissionRequired, OndutyError: waiting is of little use, since the
                server has just refused the watch. The mirror goes on asking.
        """
        if self._now() > self._deadline:
            if self._inherited:
                self._start_inherited()
            if self._closed or not BACKGROUND.serves(self):
                raise self._refusal()
            BACKGROUND.check_elsewhere()
            BACKGROUND.run(self._wait_ready(timeout))

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> Changes:
        """Follow the events from now on, in one thread.

        An event comes after the mirror shows its effect. When more than `max_waiting` events wait to be taken, they are
        replaced by one `Resynced`: read the mirror again then.
        """
        if self._inherited:
            self._start_inherited()
        return self._follow(max_waiting)

    def _follow(self, max_waiting: int = DEFAULT_MAX_WAITING) -> Changes:
        changes = Changes(max_waiting)
        self._followers.add(changes)
        return changes

    def start(self) -> None:
        """Begin, without waiting for the server, as `with` does."""
        with self._life:
            self._check_new()
            if self._on_change is not None and self._callback_thread is None:
                thread = threading.Thread(
                    target=self._call_back, args=(self._on_change, self._follow()), name="onduty-on-change", daemon=True
                )
                thread.start()
                # Set it only now: there may have been no thread left.
                self._callback_thread = thread
            super().start()

    def close(self) -> None:
        """End all work, and the thread if no other helper needs it. Closing twice does nothing.

        Waits for an `on_change` under way, up to 5 s.
        """
        super().close()
        # End them even if the start has failed.
        self._followers.end()
        if self._callback_thread is not None and self._callback_thread is not threading.current_thread():
            self._callback_thread.join(_CALLBACK_PATIENCE_S)

    def _call_back(self, on_change: Callable[[MirrorEvent], None], changes: Changes) -> None:
        for event in changes:
            try:
                on_change(event)
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the callbacks.
                log.exception("on_change failed")
