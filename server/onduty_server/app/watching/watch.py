"""One watcher's way through a channel: a snapshot, then every event in the order of revisions, none twice.

Invariants: `cursor` is the last revision that the watcher knows of, from a message or a page of a snapshot; bookmarks
never go back, at whichever process the watcher resumes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from ...domain.errors import ResumeTokenExpired
from ...domain.record import AccountEvent, StatusView, UserChange
from ...domain.workflow import Workflow
from ..ports.event_log import EventLog
from ..ports.history import Place
from .channel import Channel, is_nameless
from .coverage import SnapshotCoverage
from .limits import WatchLimits
from .messages import Bookmark, Changes, Message, Snapshot
from .ring import BeganAnew, FellBehind, Item, Reader
from .tokens import ResumeTokens


class _Erased(Exception):
    """The watcher has missed something about somebody who was erased since; nothing tells any more whom to forget."""


class Watch:
    """The watch of an account, or of some of its users, by one watcher.

    `joined_at` is how many queries the channel had made when the watcher came. Another process may have told the
    watcher of a later time than the channel's last bookmark. Only queries made from then on are certain to be answered
    with a time no earlier than what the store has told any process before. `on_restart` is called whenever the watcher
    has fallen so far behind that it is sent a new snapshot.
    """

    def __init__(
        self,
        store: EventLog,
        channel: Channel,
        account_id: str,
        user_ids: frozenset[str],
        tokens: ResumeTokens,
        *,
        joined_at: int,
        bookmark_within_ms: int,
        limits: WatchLimits,
        on_restart: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._channel = channel
        self._ring = channel.ring
        self._account_id = account_id
        self._user_ids = user_ids
        self._tokens = tokens
        self._limits = limits
        self._joined_at = joined_at
        self.bookmark_within_ms = bookmark_within_ms
        self.bookmark_before = 0
        self.is_owed = False
        self._token_place: Place | None = None
        self._token_after = ""
        """The token for resuming after that place, which stays the same while nothing happens."""
        self._lineage = channel.ring.lineage
        self._restarts = channel.ring.restarts
        self._cursor = 0
        self.told = 0
        """The cursor after the last message that whoever reads this watch has taken."""
        self._covered = SnapshotCoverage()
        self._effective_until = -1
        self._on_restart = on_restart

    @property
    def unsent(self) -> int:
        """How many events of the account the watcher has yet to be sent, after its snapshot."""
        return max(0, self._ring.revision - self._cursor) if self._cursor else 0

    async def check(self, after: Place) -> None:
        """Raise ResumeTokenExpired unless the ring or the history reaches back to `after`."""
        ring = self._ring
        if after.lineage != ring.lineage and not await self._store.contains(self._account_id, after):
            raise ResumeTokenExpired
        if after.revision < ring.floor or after.revision > ring.revision:
            await self._store.events(self._account_id, after.revision, 1)

    async def messages(self, after: int | None) -> AsyncGenerator[Message, None]:
        """Yield a snapshot and what follows, or only what follows revision `after`.

        A watcher that falls behind gets a new snapshot, as does one that has missed anything about somebody who was
        erased since.
        """
        resuming = after is not None
        if after is not None:
            self._cursor = self.told = after
        self._channel.erasures.add(self)
        self._channel.follow(self)
        try:
            while not self._ring.closed:
                try:
                    async with aclosing(self._until_ring(resuming)) as messages:
                        async for message in messages:
                            yield message
                            self._has_told()
                    # Not in a generator of its own: each takes part in every message, and thousands may be idle.
                    reader = self._ring.reader(self._cursor, self._restarts)
                    # What was owed before this is of an earlier time than the watcher may know of.
                    self.is_owed, self.bookmark_before = False, 0
                    while not self._ring.closed:
                        following = self._next(reader)
                        if following is None:
                            await self._ring.news(self)
                        else:
                            yield following
                            self._has_told()
                except (_Erased, BeganAnew):
                    resuming = False
                except (FellBehind, ResumeTokenExpired):
                    resuming = False
                    self._on_restart()
        finally:
            self._channel.unfollow(self)
            self._channel.erasures.remove(self)

    def _has_told(self) -> None:
        self.told = self._cursor
        erasures = self._channel.erasures
        if erasures.behind:
            erasures.on_told(self)

    async def _until_ring(self, resuming: bool) -> AsyncGenerator[Message, None]:
        """Yield what precedes the items of the ring: a snapshot unless the watcher resumes, and what it has missed."""
        if not resuming:
            async with aclosing(self._snapshot()) as pages:
                async for page in pages:
                    yield page
        if self._restarts != self._ring.restarts:
            raise BeganAnew
        async with aclosing(self._history()) as missed:
            async for changes in missed:
                yield changes

    # --- the snapshot ------------------------------------------------------------------------------------------------

    async def _snapshot(self) -> AsyncGenerator[Snapshot, None]:
        # No token may rest on a revision that a crash could give to another change.
        await self._channel.durable()
        # Everything pushed so far is in every page. What comes later is sent unless a page shows it.
        self._cursor = self.told = self._ring.revision
        self._lineage, self._restarts = self._ring.lineage, self._ring.restarts
        self._covered = SnapshotCoverage(until=self._cursor)
        workflow = await self._store.workflow(self._account_id)
        teams = await self._store.team_workflows(self._account_id)
        for shown in (workflow, *teams):
            self._covered.add_workflow(shown)
        position: int | None = 0
        first, last = True, False
        while not last and not self._ring.closed:
            views: Sequence[StatusView] = ()
            if position is not None:
                views, position = await (self._page_of_filter(position) if self._user_ids else self._page(position))
            of_page, teams = teams[: self._limits.snapshot_workflows], teams[self._limits.snapshot_workflows :]
            last = position is None and not teams
            token = self._token() if last else self._tokens.restart
            yield Snapshot(token, views, workflow if first else None, first, last, of_page)
            first = False

    async def _page(self, position: int) -> tuple[Sequence[StatusView], int | None]:
        page = await self._store.scan(self._account_id, (), position, self._limits.snapshot_page)
        self._covered.add_page(page.next_position, page.revision)
        return page.views, page.next_position

    async def _page_of_filter(self, position: int) -> tuple[Sequence[StatusView], int | None]:
        end = position + self._limits.snapshot_page
        found = await self._store.get(self._account_id, sorted(self._user_ids)[position:end])
        views = [view for view in found if view is not None]
        self._covered.add_users(views)
        return views, end if end < len(self._user_ids) else None

    # --- following ---------------------------------------------------------------------------------------------------

    def _next(self, reader: Reader) -> Message | None:
        """Return the next message, if there is one by now."""
        while (item := reader.next()) is not None:
            if (changes := self._batch(item)) is not None:
                return changes
            self._has_told()
        return self._bookmark() if self.is_owed else None

    async def _history(self) -> AsyncGenerator[Changes, None]:
        """Yield the events that the ring no longer holds, read from the store's history.

        Raises:
            _Erased: they do not tell of whom some of them are.
        """
        while self._cursor < self._ring.floor and not self._ring.closed:
            events = await self._store.events(self._account_id, self._cursor, self._limits.catch_up_page)
            if not events:
                return
            if any(map(is_nameless, events)):
                raise _Erased
            changes = self._changes(events)
            if changes is not None:
                yield changes
            else:
                # The store may answer without a wait, and many of the events may not be for this watcher.
                await asyncio.sleep(0)

    def _bookmark(self) -> Bookmark | None:
        """Return the bookmark that is owed; None if the latest may be of an earlier time than the watcher knows of."""
        channel = self._channel
        shared = channel.bookmark()
        if (
            shared is None
            or shared.effective_until < self._effective_until
            or channel.answered_query <= self._joined_at
        ):
            # The next round may have one.
            self.bookmark_before = 0
            return None
        self._effective_until = until = shared.effective_until
        self.is_owed = False
        if self._user_ids or self._cursor < self._covered.until or self._cursor != self._ring.revision:
            return Bookmark(self._token(), until)
        return shared

    def _batch(self, item: Item) -> Changes | None:
        if self._cursor >= self._covered.until and item.first_revision > self._cursor and not self._user_ids:
            # All of it is for this watcher, as for most watchers, so they share the message.
            self._cursor = item.revision
            return item.message
        return self._changes(item.message.events)

    def _changes(self, events: Sequence[AccountEvent]) -> Changes | None:
        """Return a message of those events that this watcher is to be sent, if any; move the cursor."""
        wanted = [event for event in events if event.revision > self._cursor and self._wants(event)]
        self._cursor = max(self._cursor, events[-1].revision)
        return Changes(self._token(), wanted) if wanted else None

    def _wants(self, event: AccountEvent) -> bool:
        if event in self._covered:
            return False
        change = event.change
        if isinstance(change, Workflow):
            return True
        if self._user_ids and change.user_id not in self._user_ids:
            return False
        if isinstance(change, UserChange) and change.erased and event.revision <= self._covered.until:
            self._covered.add_erasure(change.user_id)
        return True

    def _token(self) -> str:
        """Return the token for resuming at the cursor, or with a snapshot while pages show more than the cursor."""
        if self._cursor < self._covered.until:
            return self._tokens.restart
        place = Place(self._cursor, self._lineage)
        if place != self._token_place:
            self._token_place, self._token_after = place, self._tokens.after(place)
        return self._token_after
