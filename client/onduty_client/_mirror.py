"""Mirrors: an account's statuses in the memory of a program, kept up to date by a watch.

A watch is followed in one thread, the one of an event loop; every method of reading may be called from any thread,
takes no lock and waits for nothing. Invariants: nothing is answered that may be older than `max_staleness`; a new
snapshot replaces what was known in one step, once it is complete; a resume token is kept only once its message was
applied.
"""

import asyncio
import inspect
import math
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._background import BACKGROUND
from onduty_client._calls import SERVICE
from onduty_client._connection import MetadataProvider
from onduty_client._endpoint import Endpoint
from onduty_client._errors import (
    CredentialRequired,
    InvalidField,
    MirrorNotReady,
    MirrorStale,
    OndutyError,
    PermissionRequired,
    ResumeTokenExpired,
)
from onduty_client._events import AsyncChanges, Changes, Followers
from onduty_client._freshness import Freshness
from onduty_client._lifecycle import Helper, InBackground, InLoop
from onduty_client._roster import Roster
from onduty_client._security import Security
from onduty_client._streams import Streams, listen, log
from onduty_client._timing import steady
from onduty_client._types import (
    AvailabilityOrder,
    MirroredStatus,
    MirrorEvent,
    MirrorStats,
    ResyncCause,
    Resynced,
    Workflow,
    WorkflowChanged,
)

DEFAULT_MAX_STALENESS_S: Final = 3.0

#: A watch is sent a bookmark every second. Nothing for twice that, and the connection is given up.
_PATIENCE_S: Final = 2.0

#: Until the first bookmark and between the pages of a snapshot. A thousand others may want their snapshots, and who
#: gives one up only asks for another. And while a server process that died is being replaced, for some seconds, those
#: who come to another are sent no bookmark.
_LONG_PATIENCE_S: Final = 10.0

#: How many events may wait for a follower.
DEFAULT_MAX_WAITING: Final = 10_000

#: How long closing waits for a callback.
_TELLER_PATIENCE_S: Final = 5.0

_FORGOTTEN: Final = "the mirror was not started: use it in a `with` block, or call `start`"

LongestAvailable: TypeAlias = Literal[AvailabilityOrder.LONGEST_AVAILABLE]


class _Gap(OndutyError):
    """A revision is missing."""


class _Mirror(Helper):
    """What both mirrors have in common: all but how they are waited for."""

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
        super().__init__()
        self._account_id = account_id
        convert.check_text(account_id=account_id)
        self._user_ids = None if user_ids is None else frozenset(convert.ids(user_ids))
        if self._user_ids is not None and not self._user_ids:
            # On the wire no users stand for all of them, which nobody who has come to lack users asks for.
            raise ValueError("user_ids is empty; None mirrors everybody")
        if not max_staleness > 0:
            raise ValueError(f"max_staleness must be positive: {max_staleness}")
        self._max_staleness = max_staleness
        self._endpoint = Endpoint.of(target, security, credentials, metadata)
        self._forget_parent()
        self._bequeath()

    def _about(self) -> str:
        return f"of {self._account_id!r} at {self._endpoint.target}"

    def _forget_parent(self) -> None:
        self._streams = Streams(
            f"mirror of {self._account_id!r}", self._endpoint, self._session, on_failure=self._failed
        )

        # What readers look at. Each is replaced in one step.
        self._roster = Roster()
        self._users = self._roster.users
        self._deadline = -math.inf
        self._fresh_at = -math.inf
        self._as_of: datetime | None = None

        self._freshness = Freshness()
        self._next_roster: Roster | None = None
        self._token = ""
        self._last_revision: int | None = None
        self._followers = Followers()
        self._news = asyncio.Event()
        self._counts = dict.fromkeys(MirrorStats.__dataclass_fields__, 0)

    def after_fork_in_child(self) -> None:
        """Begin with nothing. Who followed the parent's is told of the end."""
        followers = self._followers
        super().after_fork_in_child()
        followers.after_fork_in_child()

    # --- reading -----------------------------------------------------------------------------------------------------

    def is_available(self, user_id: str) -> bool:
        """Whether a user may be given work. False for one never seen. Takes a fraction of a microsecond.

        Raises:
            MirrorStale: the answer might be older than `max_staleness`.
            ValueError: the mirror was told to follow other users only.
        """
        if steady() > self._deadline:
            raise self._refusal() from self._streams.error
        user = self._users.get(user_id)
        if user is None:
            self._check_followed(user_id)
            return False
        return user.available

    def status(self, user_id: str) -> MirroredStatus | None:
        """A user's status; None for one never seen. Raises as `is_available` does."""
        self._check_fresh()
        user = self._users.get(user_id)
        if user is None:
            self._check_followed(user_id)
        return user

    def statuses(self) -> tuple[MirroredStatus, ...]:
        """Everybody's status, in no particular order. Raises `MirrorStale`."""
        self._check_fresh()
        # Copying a dict is one step, iterating over one that another thread adds to is not.
        return tuple(self._users.copy().values())

    def available_users(
        self, *, order: LongestAvailable = AvailabilityOrder.LONGEST_AVAILABLE, limit: int = 100
    ) -> tuple[MirroredStatus, ...]:
        """Those available, who has been so for longest first: the first `limit` of them, or all there are.

        The other orders depend on activities, which a watch does not carry: ask the server, by `available_users` of a
        client.

        Raises:
            MirrorStale: the answer might be older than `max_staleness`.
            ValueError: another order, or a limit below 1.
        """
        if order is not AvailabilityOrder.LONGEST_AVAILABLE:
            raise ValueError(f"a mirror knows of no activities, which {order} goes by; ask Client.available_users")
        if limit < 1:
            raise ValueError(f"limit must be at least 1: {limit}")
        self._check_fresh()
        return self._roster.queue.first(limit)

    def available_count(self) -> int:
        """How many are available. Raises `MirrorStale`."""
        self._check_fresh()
        return self._roster.queue.count

    def workflow(self) -> Workflow:
        """The account's workflow. Raises `MirrorStale`."""
        self._check_fresh()
        workflow = self._roster.workflow
        assert workflow is not None, "a server sends the workflow with every snapshot"
        return workflow

    @property
    def account_id(self) -> str:
        """Whose statuses these are."""
        return self._account_id

    @property
    def max_staleness(self) -> float:
        """How old an answer may be, in seconds."""
        return self._max_staleness

    @property
    def as_of(self) -> datetime | None:
        """Up to when the state is known to be complete, by the server's clock; None before the first bookmark."""
        return self._as_of

    @property
    def staleness(self) -> float:
        """How long ago that was, in seconds; infinite before the first bookmark.

        By the local steady clock and what the mirror has learned of the server's, which may be set to any time. Too
        small by at most the shortest delay from the server to here.
        """
        return max(0.0, steady() - self._fresh_at)

    @property
    def error(self) -> Exception | None:
        """Why the mirror is cut off, or was last refused; None as far as is known, and once it is up to date again."""
        return self._streams.error

    @property
    def stats(self) -> MirrorStats:
        """What the mirror has been through."""
        return MirrorStats(**self._counts)

    def _check_fresh(self) -> None:
        if steady() > self._deadline:
            raise self._refusal() from self._streams.error

    def _check_followed(self, user_id: str) -> None:
        if self._user_ids is not None and user_id not in self._user_ids:
            raise ValueError(f"the mirror does not follow {user_id!r}")

    def _refusal(self) -> Exception:
        if self._closed:
            return RuntimeError("the mirror is closed")
        if self._inherited:
            try:
                self._start_inherited()
            except RuntimeError as error:
                return error
        if self._loop is None:
            return MirrorNotReady(_FORGOTTEN, max_staleness=self._max_staleness)
        staleness = self.staleness
        because = f": {self._streams.error}" if self._streams.error is not None else ""
        whose = f"the mirror of {self._account_id!r}"
        if staleness == math.inf:
            return MirrorNotReady(
                f"{whose} has not got its state yet{because}",
                max_staleness=self._max_staleness,
            )
        return MirrorStale(
            f"{whose} is {staleness:.1f} s old, more than {self._max_staleness:g} s{because}",
            staleness=staleness,
            max_staleness=self._max_staleness,
        )

    # --- following the watch -----------------------------------------------------------------------------------------

    async def _start_work(self) -> None:
        self._streams.start()

    async def _finish_work(self) -> None:
        self._deadline = -math.inf
        self._followers.end()
        self._tell_waiting()
        await self._streams.stop()

    async def _session(self, channel: grpc.aio.Channel) -> None:
        try:
            await self._watch(channel)
        except (ResumeTokenExpired, InvalidField):
            if not self._token:
                raise
            # Whatever is wrong with it, a snapshot does without.
            self._token = ""
            await self._watch(channel)

    async def _watch(self, channel: grpc.aio.Channel) -> None:
        watch = channel.unary_stream(
            f"/{SERVICE}/WatchStatuses",
            request_serializer=pb.WatchStatusesRequest.SerializeToString,
            response_deserializer=pb.WatchStatusesResponse.FromString,
        )
        request = pb.WatchStatusesRequest(
            account_id=self._account_id, user_ids=self._user_ids or (), resume_token=self._token
        )
        self._next_roster = None
        self._freshness.begin_stream()
        first = True
        has_bookmark = False

        def take(message: pb.WatchStatusesResponse) -> None:
            nonlocal first, has_bookmark
            has_bookmark |= message.HasField("bookmark")
            if first:
                first = False
                self._count("connects")
                if request.resume_token and not message.HasField("snapshot"):
                    self._count("resumes")
            self._take(message, steady())

        call = watch(request, metadata=self._endpoint.call_metadata())
        await listen(
            call,
            take,
            endpoint=self._endpoint,
            patience_s=lambda: _PATIENCE_S if has_bookmark and self._next_roster is None else _LONG_PATIENCE_S,
        )

    def _take(self, message: pb.WatchStatusesResponse, now: float) -> None:
        match message.WhichOneof("event"):
            case "snapshot":
                self._take_snapshot(message.snapshot, now)
            case "changes":
                self._take_changes(message.changes.changes, now)
            case "bookmark":
                self._take_bookmark(message.bookmark, now)
        self._token = message.resume_token

    def _take_snapshot(self, page: pb.StatusSnapshot, now: float) -> None:
        if page.first:
            self._next_roster = Roster(convert.workflow(page.workflow))
        roster = self._next_roster
        if roster is None:
            raise _Gap("a snapshot did not begin with its first page")
        roster.add_page(map(convert.mirrored_status, page.user_statuses))
        # Activities are what a server that has fallen behind with everything else still takes in.
        latest = max((_seconds(each.last_activity_time) for each in page.user_statuses), default=0.0)
        self._learn(latest, now)
        if page.last:
            roster.finish()
            self._next_roster = None
            self._last_revision = None
            # Each user is as new as before, or newer: what vouched for the old state vouches for this one.
            self._roster, self._users = roster, roster.users
            self._count("snapshots")
            self._followers.put(Resynced(ResyncCause.SNAPSHOT))

    def _take_changes(self, changes: Iterable[pb.WatchedChange], now: float) -> None:
        committed = 0.0
        for each in changes:
            if each.HasField("status_change"):
                change = convert.status_change(each.status_change)
                committed = _seconds(each.status_change.commit_time)
                self._check_next(change.revision)
                applied = self._roster.apply(change)
                event: MirrorEvent = change
            elif each.HasField("workflow_change"):
                workflow = convert.workflow(each.workflow_change.workflow)
                event = WorkflowChanged(each.workflow_change.revision, workflow)
                self._check_next(event.revision)
                applied = self._roster.apply_workflow(event.revision, event.workflow)
            else:
                continue  # A newer server's.
            self._count("changes" if applied else "ignored")
            if applied:
                self._followers.put(event)
        self._learn(committed, now)

    def _check_next(self, revision: int) -> None:
        """Revisions have no gaps, but for those that the snapshot shows; and in a part of an account, anything goes."""
        last, self._last_revision = self._last_revision, revision
        if self._user_ids is None and last is not None and revision > max(last, self._roster.shown_revision) + 1:
            self._count("gaps")
            # Nobody can say what is wrong now. Answer nothing until there is a new snapshot.
            self._token = ""
            self._freshness.forget_state()
            self._deadline = self._fresh_at = -math.inf
            self._as_of = None
            raise _Gap(f"after revision {last} came {revision}")

    def _take_bookmark(self, bookmark: pb.Bookmark, now: float) -> None:
        until = _seconds(bookmark.effective_until)
        if self._next_roster is not None or not self._roster.complete:
            # It speaks of a state that is still being built.
            self._learn(until, now)
            return
        self._freshness.bookmark(until, now)
        assert self._freshness.until is not None
        self._as_of = datetime.fromtimestamp(self._freshness.until, UTC)
        self._publish_freshness()
        self._streams.recovered()
        self._tell_waiting()

    def _learn(self, server_time: float, now: float) -> None:
        if server_time:
            self._freshness.hear(server_time, now)
            self._publish_freshness()

    def _publish_freshness(self) -> None:
        fresh_at = self._freshness.fresh_at
        if fresh_at is not None and not self._closed:
            self._fresh_at = fresh_at
            self._deadline = fresh_at + self._max_staleness

    def _failed(self) -> None:
        self._count("failures")
        self._tell_waiting()

    def _count(self, what: str) -> None:
        self._counts[what] += 1

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _tell_waiting(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _wait_ready(self, timeout: float | None) -> None:
        failures = self._counts["failures"]
        try:
            async with asyncio.timeout(timeout):
                while steady() > self._deadline:
                    if self._closed or self._loop is None:
                        raise self._refusal()
                    # Only of an attempt made meanwhile: what was refused before may be allowed by now.
                    error = self._streams.error
                    if error is not None and self._counts["failures"] > failures and _is_hopeless(error):
                        raise error
                    await self._news.wait()
        except TimeoutError:
            raise self._refusal() from self._streams.error


def _is_hopeless(error: Exception) -> bool:
    return isinstance(error, InvalidField | CredentialRequired | PermissionRequired) or (
        isinstance(error, OndutyError) and error.code is grpc.StatusCode.UNIMPLEMENTED
    )


def _seconds(timestamp: Timestamp) -> float:
    return timestamp.seconds + timestamp.nanos / 1e9


class AsyncAvailabilityMirror(InLoop, _Mirror):
    """The statuses of an account's users in memory, for asyncio: as `AvailabilityMirror`, in the running event loop.

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
        self._telling: asyncio.Task[None] | None = None

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return once the mirror answers, which it may do already.

        Raises:
            MirrorStale: it does not answer within `timeout` seconds.
            InvalidField, CredentialRequired, PermissionRequired, OndutyError: waiting is of little use, since the
                server has just refused the watch. The mirror goes on asking.
        """
        await self._wait_ready(timeout)

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> AsyncChanges:
        """What happens from now on, to be iterated over with `async for`.

        An event comes after the mirror shows what it tells of. When more than `max_waiting` events wait to be taken,
        they give way to one `Resynced`: read the mirror again then.
        """
        changes = AsyncChanges(max_waiting)
        self._followers.add(changes)
        return changes

    async def _start_work(self) -> None:
        if self._on_change is not None:
            self._telling = asyncio.create_task(self._tell(self._on_change, self.changes()), name="onduty-on-change")
        await super()._start_work()

    async def _finish_work(self) -> None:
        await super()._finish_work()
        # A callback that closes the mirror goes on after it, and ends by itself.
        if self._telling is not None and self._telling is not asyncio.current_task():
            self._telling.cancel()
            await asyncio.wait([self._telling])

    async def _tell(self, on_change: Callable[[MirrorEvent], Awaitable[None] | None], changes: AsyncChanges) -> None:
        async for event in changes:
            try:
                result = on_change(event)
                if inspect.isawaitable(result):
                    await result
            except Exception:  # noqa: BLE001 - What the program's own function raises must not end the telling.
                log.exception("on_change failed")


class AvailabilityMirror(InBackground, _Mirror):
    """The statuses of an account's users in memory, kept up to date by a watch: for a router that asks all the time.

    Use it in a `with` block, or call `start` and `close`. A thread in the background, one for all mirrors and reporters
    of the process, follows the account. When the connection is lost it reconnects and goes on where it was; every
    method of reading may be called from any thread, and answers from memory or raises `MirrorStale`. So a router that
    gets an answer may rely on it:

    - an answer is never older than `max_staleness`. The server says every second up to when all is told; a connection
      on which nothing arrives any more counts for nothing, open or not;
    - a new snapshot takes the place of what was known in one step.

    A child of a fork, such as a worker of gunicorn, starts a mirror that it inherits by itself, as it is first asked.
    It begins with nothing, so with `MirrorNotReady`; those who followed `changes` are told of the end. Where that can't
    work (the parent uses gRPC in an event loop, too), using it in the child is a RuntimeError that says what to do.

    Args:
        target: where the service is, as gRPC spells it: "127.0.0.1:50250", "dns:///onduty.internal:50250".
        account_id: whose statuses to mirror. The account need not have been seen before.
        user_ids: follow these users only, up to 1,000; None for everybody.
        max_staleness: how old an answer may be, in seconds. Below 2 s, a hiccup is enough to be refused one.
        on_change: called with every `MirrorEvent`, one after the other, in a thread of its own. One that is slow delays
            nothing but itself, as with `changes`. What it raises is logged.
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
        self._teller: threading.Thread | None = None

    def wait_ready(self, timeout: float | None = None) -> None:
        """Return once the mirror answers, which it may do already.

        Raises:
            MirrorStale: it does not answer within `timeout` seconds.
            InvalidField, CredentialRequired, PermissionRequired, OndutyError: waiting is of little use, since the
                server has just refused the watch. The mirror goes on asking.
        """
        if steady() > self._deadline:
            if self._inherited:
                self._start_inherited()
            if self._closed or not BACKGROUND.serves(self):
                raise self._refusal()
            BACKGROUND.check_elsewhere()
            BACKGROUND.run(self._wait_ready(timeout))

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> Changes:
        """What happens from now on, to be iterated over by one thread.

        An event comes after the mirror shows what it tells of. When more than `max_waiting` events wait to be taken,
        they give way to one `Resynced`: read the mirror again then.
        """
        if self._inherited:
            self._start_inherited()
        return self._follow(max_waiting)

    def _follow(self, max_waiting: int = DEFAULT_MAX_WAITING) -> Changes:
        changes = Changes(max_waiting)
        self._followers.add(changes)
        return changes

    def start(self) -> None:
        """Begin, without waiting for the server. What `with` does."""
        with self._life:
            self._check_new()
            if self._on_change is not None and self._teller is None:
                teller = threading.Thread(
                    target=self._tell, args=(self._on_change, self._follow()), name="onduty-on-change", daemon=True
                )
                teller.start()
                # Only now: there may have been no thread to be had.
                self._teller = teller
            super().start()

    def close(self) -> None:
        """End everything that was begun, and the thread if nobody else needs it. Closing twice does nothing.

        Waits for an `on_change` under way, up to 5 s.
        """
        super().close()
        # Of one whose start has failed as well.
        self._followers.end()
        if self._teller is not None and self._teller is not threading.current_thread():
            self._teller.join(_TELLER_PATIENCE_S)

    def _tell(self, on_change: Callable[[MirrorEvent], None], changes: Changes) -> None:
        for event in changes:
            try:
                on_change(event)
            except Exception:  # noqa: BLE001 - What the program's own function raises must not end the telling.
                log.exception("on_change failed")
