"""Watches: an account's statuses as a sequence of messages, over any number of connections.

Invariants: no message after the last resume token is missed; messages are read from the connection only while few wait
for the program, so that a slow program costs no memory; the resume token is that of the last message that the program
has taken.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._background import BACKGROUND
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._endpoint import Endpoint, StreamChannel
from onduty_client._errors import InvalidField, ResumeTokenExpired
from onduty_client._freshness import Freshness
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._patience import Patience
from onduty_client._reconnecting import ReconnectingStream
from onduty_client._watch_call import BOOKMARK_WITHIN_S, ask_for_bookmarks, checked_user_ids, read_watch
from onduty_client._watch_messages import (
    ResumeRefused,
    WatchBookmark,
    WatchChanges,
    WatchedChange,
    WatchMessage,
    WatchSnapshot,
)

#: How many messages may wait for the program.
_WAITING_MAX: Final = 16


class BaseWatch(Helper):
    """A watch, without the way of waiting for the next message."""

    def __init__(
        self,
        endpoint: Endpoint,
        account_id: str,
        *,
        user_ids: Iterable[str] | None,
        resume_token: str,
        patience: Patience,
        bookmark_within: float = BOOKMARK_WITHIN_S,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__()
        convert.check_text(account_id=account_id, resume_token=resume_token)
        wanted = checked_user_ids(user_ids)
        self._account_id = account_id
        self._endpoint = endpoint
        self._patience = patience
        self._clock = clock
        self._request = pb.WatchStatusesRequest(
            account_id=account_id, user_ids=sorted(wanted or ()), resume_token=resume_token
        )
        ask_for_bookmarks(self._request, bookmark_within)
        self._resume_token = resume_token
        self._forget_parent()
        self._register_for_forks()

    def _about(self) -> str:
        return f"of {self._account_id!r} at {self._endpoint.target}"

    def _forget_parent(self) -> None:
        self._stream = ReconnectingStream(
            f"watch of {self._account_id!r}",
            self._endpoint,
            self._session,
            clock=self._clock,
            patience=self._patience,
            on_connection=self._put,
            on_end=self._wake,
        )
        self._freshness = Freshness()
        self._state_is_complete = bool(self._resume_token)
        self._waiting: deque[WatchMessage] = deque()
        self._changed = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def account_id(self) -> str:
        """The account that is watched."""
        return self._account_id

    @property
    def resume_token(self) -> str:
        """The token to resume after the last message that was taken; empty within a first snapshot."""
        return self._resume_token

    @property
    def as_of(self) -> datetime | None:
        """The time up to which the state is complete, by the server's clock; None before the first bookmark."""
        until = self._freshness.until
        return None if until is None else datetime.fromtimestamp(until, UTC)

    @property
    def staleness(self) -> float:
        """The age of `as_of` in seconds, by the local steady clock; infinite before the first bookmark."""
        fresh_at = self._freshness.fresh_at
        return float("inf") if fresh_at is None else max(0.0, self._clock.now() - fresh_at)

    # --- in the event loop of the watch ------------------------------------------------------------------------------

    async def _start_work(self) -> None:
        self._stream.start()

    async def _finish_work(self) -> None:
        await self._stream.stop()
        self._waiting.clear()
        self._wake()

    async def _session(self, channel: StreamChannel) -> bool:
        self._freshness.begin_stream()
        try:
            await read_watch(
                channel,
                self._request,
                self._take,
                endpoint=self._endpoint,
                clock=self._clock,
                limit_s=lambda: max(0.0, self._stream.patience_left_s),
            )
        except (ResumeTokenExpired, InvalidField) as error:
            # The server has lost its history, or is another one. A token from the program has to work; ours need not.
            if not self._stream.connects or not self._request.resume_token:
                raise
            self._request.resume_token = ""
            self._put(ResumeRefused(error))
        return False

    async def _take(self, response: pb.WatchStatusesResponse) -> None:
        self._stream.answered()
        message = self._read(response)
        self._request.resume_token = response.resume_token
        if message is not None:
            self._put(message)
        while len(self._waiting) >= _WAITING_MAX:
            self._room.clear()
            await self._room.wait()

    def _read(self, response: pb.WatchStatusesResponse) -> WatchMessage | None:
        token = response.resume_token
        match response.WhichOneof("event"):
            case "snapshot":
                page = response.snapshot
                self._state_is_complete = page.last
                return WatchSnapshot(
                    first=page.first,
                    last=page.last,
                    workflow=convert.workflow(page.workflow) if page.first else None,
                    user_statuses=convert.user_statuses(page.user_statuses),
                    resume_token=token,
                    team_workflows=tuple(map(convert.workflow, page.team_workflows)),
                )
            case "changes":
                read = map(read_change, response.changes.changes)
                return WatchChanges(tuple(change for change in read if change is not None), token)
            case "bookmark":
                until = response.bookmark.effective_until
                if self._state_is_complete:
                    self._freshness.bookmark(until.seconds + until.nanos / 1e9, self._clock.now())
                return WatchBookmark(convert.time(until), token)
        return None  # It is of a newer server.

    def _put(self, message: WatchMessage) -> None:
        self._waiting.append(message)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()

    async def _next(self) -> WatchMessage | None:
        """Return the next message; None after the end. Raises the error of the watch."""
        while not self._waiting:
            if self._closed:
                return None
            if self._stream.failure is not None:
                raise self._stream.failure
            self._changed.clear()
            await self._changed.wait()
        message = self._waiting.popleft()
        self._room.set()
        if isinstance(message, WatchSnapshot | WatchChanges | WatchBookmark):
            self._resume_token = message.resume_token
        elif isinstance(message, ResumeRefused):
            self._resume_token = ""
        return message


def read_change(watched: pb.WatchedChange) -> WatchedChange | None:
    """Convert a change; None for a kind that this client does not know."""
    match watched.WhichOneof("change"):
        case "status_change":
            return convert.status_change(watched.status_change)
        case "workflow_change":
            return convert.workflow_changed(watched.workflow_change)
        case "user_change":
            return convert.user_change(watched.user_change)
    return None  # It is of a newer server.


class AsyncWatch(InLoop, BaseWatch):
    """The messages of a watch, for asyncio: an asynchronous iterator, for one task. See `AsyncClient.watch`.

    It begins when the first message is asked for, or with an `async with` block, and ends when it is closed, at the
    latest with its client. It raises the error that ended it, usually an `OndutyError`.
    """

    def __aiter__(self) -> "AsyncWatch":
        return self

    async def __anext__(self) -> WatchMessage:
        if self._loop is None and not self._closed:
            await self.start()
        message = await self._next()
        if message is None:
            raise StopAsyncIteration
        return message


class Watch(InBackground, BaseWatch):
    """The messages of a watch: an iterator that blocks, for one thread. See `Client.watch`.

    It begins when the first message is asked for, or with a `with` block, and ends when it is closed, at the latest
    with its client. It raises the error that ended it, usually an `OndutyError`. A child of a fork makes its own.
    """

    def __iter__(self) -> "Watch":
        return self

    def __next__(self) -> WatchMessage:
        if self._inherited:
            self._start_inherited()
        if self._loop is None and not self._closed:
            self.start()
        if not BACKGROUND.serves(self):
            raise StopIteration
        BACKGROUND.check_elsewhere()
        message = BACKGROUND.run(self._next())
        if message is None:
            raise StopIteration
        return message

    def _start_inherited(self) -> None:
        raise RuntimeError("the watch belongs to the process that this one was forked from; make a new one")
