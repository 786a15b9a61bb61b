"""Follows a watch and feeds a mirror with it.

Invariants: a new snapshot replaces the old state in one step, once it is complete; a resume token is kept only once its
message was applied; after a missing revision no read is answered until there is a new snapshot.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._account_state import AccountState
from onduty_client._clock import Clock
from onduty_client._endpoint import Endpoint, StreamChannel
from onduty_client._errors import InvalidField, OndutyError, ResumeTokenExpired
from onduty_client._freshness import Freshness
from onduty_client._mirror_types import MirrorEvent, MirrorStats, ResyncCause, Resynced
from onduty_client._reconnecting import ReconnectingStream
from onduty_client._types import StatusChange, UserChange
from onduty_client._watch_call import BOOKMARK_WITHIN_MAX_S, BOOKMARK_WITHIN_S, ask_for_bookmarks, read_watch


class View(Protocol):
    """The readers' side of a mirror. See `MirrorReader`."""

    def show(self, state: AccountState) -> None:
        """Answer from `state`."""

    def vouch(self, fresh_at: float) -> None:
        """Count the age of answers from `fresh_at`."""

    def date(self, as_of: datetime) -> None:
        """Set the time up to which the state is complete."""

    def distrust(self) -> None:
        """Answer nothing for now."""


class _MissingRevision(OndutyError):
    """The server left out a change, or what it was about."""


def bookmark_within_of(max_staleness: float) -> float:
    """Return the longest time (s) between bookmarks of a mirror that may be no older than `max_staleness` (s).

    Two may be late or lost, as with the default of 3 s: the server may be busy, and the connection may have to be made
    anew.
    """
    return min(max(max_staleness / 3, BOOKMARK_WITHIN_S), BOOKMARK_WITHIN_MAX_S)


class MirrorFollower:
    """Applies the messages of a watch, over successive streams. For the thread of an event loop.

    Args:
        endpoint: the server.
        account_id: the account.
        user_ids: the users to follow; None for all.
        bookmark_within: the longest time between two bookmarks, in seconds.
        view: gets the state to answer readers from.
        on_event: called with every event, after the view shows it.
        on_news: called when readers may get an answer that they did not get before, or an attempt has failed.
        clock: measures ages and waits.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        account_id: str,
        *,
        user_ids: frozenset[str] | None,
        bookmark_within: float,
        view: View,
        on_event: Callable[[MirrorEvent], None],
        on_news: Callable[[], None],
        clock: Clock,
    ) -> None:
        self.stream = ReconnectingStream(
            f"mirror of {account_id!r}", endpoint, self._session, clock=clock, on_failure=self._failed
        )
        self._endpoint = endpoint
        self._account_id = account_id
        self._user_ids = user_ids
        self._bookmark_within = bookmark_within
        self._view = view
        self._on_event = on_event
        self._on_news = on_news
        self._clock = clock
        self._state = AccountState()
        self._next_state: AccountState | None = None
        self._freshness = Freshness()
        self._token = ""
        self._last_revision: int | None = None
        self._counts = dict.fromkeys(MirrorStats.__dataclass_fields__, 0)

    @property
    def stats(self) -> MirrorStats:
        """The history so far, in counts."""
        return MirrorStats(**self._counts)

    async def _session(self, channel: StreamChannel) -> bool:
        try:
            await self._watch(channel)
        except (ResumeTokenExpired, InvalidField):
            if not self._token:
                raise
            # A snapshot needs no token, whatever is wrong with this one.
            self._token = ""
            await self._watch(channel)
        return False

    async def _watch(self, channel: StreamChannel) -> None:
        request = pb.WatchStatusesRequest(
            account_id=self._account_id, user_ids=self._user_ids or (), resume_token=self._token
        )
        ask_for_bookmarks(request, self._bookmark_within)
        self._next_state = None
        self._freshness.begin_stream()
        first = True

        def take(message: pb.WatchStatusesResponse) -> None:
            nonlocal first
            if first:
                first = False
                self._count("connects")
                if request.resume_token and not message.HasField("snapshot"):
                    self._count("resumes")
            self._take(message, self._clock.now())

        await read_watch(channel, request, take, endpoint=self._endpoint, clock=self._clock)

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
            self._next_state = AccountState(convert.workflow(page.workflow))
        state = self._next_state
        if state is None:
            raise _MissingRevision("a snapshot did not begin with its first page")
        state.add_page(map(convert.mirrored_status, page.user_statuses), map(convert.workflow, page.team_workflows))
        # Even a server that lags with everything else still records activities.
        latest = max((_seconds(each.last_activity_time) for each in page.user_statuses), default=0.0)
        self._learn(latest, now)
        if page.last:
            state.finish()
            self._next_state = None
            self._last_revision = None
            self._state = state
            self._view.show(state)
            self._count("snapshots")
            self._on_event(Resynced(ResyncCause.SNAPSHOT))

    def _take_changes(self, changes: Iterable[pb.WatchedChange], now: float) -> None:
        committed = 0.0
        for each in changes:
            event: MirrorEvent
            match each.WhichOneof("change"):
                case "status_change":
                    event = convert.status_change(each.status_change)
                    committed = _seconds(each.status_change.commit_time)
                    self._check_next(event.revision)
                    self._check_named(event)
                    applied = self._state.apply(event)
                case "workflow_change":
                    event = convert.workflow_changed(each.workflow_change)
                    self._check_next(event.revision)
                    applied = self._state.apply_workflow(event)
                case "user_change":
                    event = convert.user_change(each.user_change)
                    committed = _seconds(each.user_change.change_time)
                    self._check_next(event.revision)
                    self._check_named(event)
                    applied = self._state.apply_user(event)
                case _:
                    # It is of a newer server. It has taken a revision that can't be read here.
                    self._last_revision = None
                    continue
            self._count("changes" if applied else "ignored")
            if applied:
                self._on_event(event)
        self._learn(committed, now)

    def _check_next(self, revision: int) -> None:
        """Check that no revision is missing, except for those in the snapshot. A part of an account has gaps."""
        last, self._last_revision = self._last_revision, revision
        if self._user_ids is None and last is not None and revision > max(last, self._state.shown_revision) + 1:
            self._count("gaps")
            raise self._begin_anew(f"revision {revision} came after {last}; those between are missing")

    def _check_named(self, change: StatusChange | UserChange) -> None:
        """Check that it is known whom a change is about: after an erasure that was missed, nobody says who it was."""
        if not change.user_id:
            raise self._begin_anew(f"revision {change.revision} is about a user who has been erased since")

    def _begin_anew(self, why: str) -> Exception:
        """Answer nothing until there is a new snapshot, since the state may be wrong. Returns what ends the watch."""
        self._token = ""
        self._freshness.forget_state()
        self._view.distrust()
        return _MissingRevision(why)

    def _take_bookmark(self, bookmark: pb.Bookmark, now: float) -> None:
        until = _seconds(bookmark.effective_until)
        if self._next_state is not None or not self._state.complete:
            # It is about a state that is still being built.
            self._learn(until, now)
            return
        self._freshness.bookmark(until, now)
        assert self._freshness.until is not None
        self._view.date(datetime.fromtimestamp(self._freshness.until, UTC))
        self._publish_freshness()
        self.stream.answered()
        self._on_news()

    def _learn(self, server_time: float, now: float) -> None:
        if server_time:
            self._freshness.hear(server_time, now)
            self._publish_freshness()

    def _publish_freshness(self) -> None:
        fresh_at = self._freshness.fresh_at
        if fresh_at is not None:
            self._view.vouch(fresh_at)

    def _failed(self) -> None:
        self._count("failures")
        self._on_news()

    def _count(self, what: str) -> None:
        self._counts[what] += 1


def _seconds(timestamp: Timestamp) -> float:
    return timestamp.seconds + timestamp.nanos / 1e9
