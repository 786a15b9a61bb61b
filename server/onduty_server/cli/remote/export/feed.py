"""Says what comes next: an account's changes, from its watch, and from its history where a watch cannot tell of them.

Invariants: every change after the place where the feed begins is in a step, in the order of revisions, or a step says
that changes are missing; the next step is asked for once the one before has been delivered. A watch's snapshot is never
taken for changes: it makes the feed resume after what was delivered, or else read the history.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from onduty_client import (
    AsyncClient,
    AsyncWatch,
    Disconnected,
    InvalidField,
    Patience,
    Reconnected,
    ResumeRefused,
    ResumeTokenExpired,
    StatusChange,
    UserChange,
    UserStatus,
    WatchBookmark,
    WatchChanges,
    WatchMessage,
    WatchSnapshot,
    WorkflowChange,
    WorkflowChanged,
)

from ....text.times import to_ms
from ...errors import usage
from .checkpoint import Place
from .events import Event, EventWriter, Why
from .history import Change, History, revision_before

_CONNECT_S: Final = 10.0
_RECONNECT_S: Final = 30.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """The events that come next, and the place once all of them have been delivered."""

    events: tuple[Event, ...]
    after: Place


@dataclass(frozen=True, slots=True)
class _Present:
    """The account as a watch finds it: a token to go on with, and the latest revision that is known to be before it.

    `listed` is a change before it that the history lists, with its time; the last one, if nobody was renamed since.
    """

    resume_token: str
    newest: int
    until_ms: int
    listed: int = 0
    commit_ms: int | None = None


class Feed:
    """The steps of an export, from a place. `begin` is the revision or time to begin with instead of that place.

    `on_connected` is told whether there is a watch.
    """

    def __init__(
        self,
        client: AsyncClient,
        account_id: str,
        writer: EventWriter,
        place: Place | None,
        *,
        begin: int | datetime | None = None,
        on_connected: Callable[[bool], None] = lambda connected: None,
    ) -> None:
        self._client = client
        self._account_id = account_id
        self._writer = writer
        self._place = place
        self._begin = begin
        self._on_connected = on_connected
        self._watch: AsyncWatch | None = None

    async def pause(self) -> None:
        """Leave the watch: nothing more can be delivered for now, and a server does not keep up with who lags."""
        if self._watch is not None:
            await self._watch.close()

    async def steps(self) -> AsyncGenerator[Step, None]:
        """Yield the steps for ever. Raises OndutyError if the server cannot be asked; then call it again."""
        while True:
            if self._place is None or self._place.replaying or self._begin is not None:
                async with aclosing(self._synchronise()) as steps:
                    async for step in steps:
                        yield step
            place = self._place
            assert place is not None
            try:
                async with aclosing(self._follow(place)) as steps:
                    async for step in steps:
                        yield step
                        self._place = step.after
            except (ResumeTokenExpired, InvalidField) as error:
                self._refuse_token(error)

    def _refuse_token(self, error: Exception) -> None:
        assert self._place is not None
        _log.warning("the watch cannot be resumed; reading the history", why=str(error))
        self._place = replace(self._place, replaying=True)

    # --- following ---------------------------------------------------------------------------------------------------

    async def _follow(self, place: Place) -> AsyncGenerator[Step, None]:
        """Yield steps from a watch until it has to be opened anew."""
        heard = False
        patience = Patience(connect=_CONNECT_S, reconnect=_RECONNECT_S)
        async with self._client.watch(self._account_id, resume_token=place.resume_token, patience=patience) as watch:
            self._watch = watch
            try:
                async for message in watch:
                    if isinstance(message, ResumeRefused):
                        self._refuse_token(message.error)
                        return
                    if isinstance(message, WatchSnapshot):
                        if not heard:
                            # Somebody was erased after the token's moment, or the history ends before it.
                            self._place = replace(place, replaying=True, shown_anew=True)
                        return
                    if isinstance(message, Disconnected | Reconnected):
                        self._note(message)
                        continue
                    heard = True
                    self._on_connected(True)
                    step = self._step(place, message)
                    if step is not None:
                        yield step
                        place = step.after
            finally:
                self._watch = None
                self._on_connected(False)

    def _note(self, message: WatchMessage) -> None:
        if isinstance(message, Disconnected):
            self._on_connected(False)
            _log.warning("connection to the server lost", why=str(message.error))
        elif isinstance(message, Reconnected):
            self._on_connected(True)
            _log.info("connected again", after_s=round(message.after, 1))

    def _step(self, place: Place, message: WatchMessage) -> Step | None:
        if isinstance(message, WatchBookmark):
            until_ms = max(place.until_ms or 0, to_ms(message.effective_until))
            return Step((), replace(place, resume_token=message.resume_token, until_ms=until_ms))
        if isinstance(message, WatchChanges):
            events = tuple(self._events(message.changes, place))
            if not events:
                return Step((), replace(place, resume_token=message.resume_token))
            after = replace(place.after(*events), resume_token=message.resume_token, unsure=False)
            return Step(tuple(self._with_holes(events[:1], place)) + events[1:] if place.unsure else events, after)
        return None

    def _events(self, changes: Iterable[object], place: Place) -> Iterable[Event]:
        """Yield the events of the changes after a place. A change of a kind that is not known here is passed over."""
        for change in changes:
            if isinstance(change, StatusChange):
                event = self._writer.status(change, place.generation)
            elif isinstance(change, WorkflowChanged | WorkflowChange):
                event = self._writer.workflow(change, place.generation)
            elif isinstance(change, UserChange):
                event = self._writer.user(change, place.generation)
            else:
                continue
            if event.revision > place.revision:
                yield event

    def _with_holes(self, events: Iterable[Event], place: Place, complete_from: int = 0) -> Iterable[Event]:
        """Yield events, with one before each hole in their revisions that tells of it, from a revision on."""
        last = place.revision
        for event in events:
            if event.revision > max(last + 1, complete_from):
                yield self._writer.missing(Why.UNLISTED, last, event.revision, place.generation)
            last = event.revision
            yield event

    # --- reading the history -----------------------------------------------------------------------------------------

    async def _synchronise(self) -> AsyncGenerator[Step, None]:
        """Yield what the history has after the place, and end with a place from which a watch goes on."""
        present = await self._present()
        place = await self._beginning(present)
        # Keep it before anything is delivered: who is killed then goes on from here.
        yield Step((), place)
        async with aclosing(self._replay(place, present)) as steps:
            async for step in steps:
                yield step
                self._place = step.after

    async def _present(self) -> _Present:
        newest, complete = 0, False
        last: Change | UserStatus | None = None
        workflows = await self._client.list_workflow_changes_page(self._account_id, page_size=1)
        for change in workflows.items:
            newest, last = change.revision, change
        patience = Patience(connect=_CONNECT_S, reconnect=_RECONNECT_S)
        async with self._client.watch(self._account_id, patience=patience) as watch:
            async for message in watch:
                if isinstance(message, WatchSnapshot):
                    for status in message.user_statuses:
                        if status.revision > newest:
                            newest, last = status.revision, status
                    complete = message.last
                elif isinstance(message, WatchChanges):
                    for each in message.changes:
                        newest = max(newest, each.revision)
                        last = each if isinstance(each, StatusChange) else last
                elif isinstance(message, WatchBookmark) and complete:
                    # Until now its tokens may have led to the snapshot, which shows more than the changes after it.
                    present = _Present(message.resume_token, newest, to_ms(message.effective_until))
                    return await self._with_listed(present, last)
        raise AssertionError("a watch ends by an error")

    async def _with_listed(self, present: _Present, last: Change | UserStatus | None) -> _Present:
        """Add the change by which the history is known again, given the last one or the status that it led to."""
        if isinstance(last, UserStatus):
            # The revision of a status may be that of a rename, which no history lists.
            since, user_id, last = last.status_since, last.user_id, None
            found = self._client.list_status_changes(self._account_id, user_id=user_id, start_time=since, page_size=10)
            async for change in found:
                last = change if change.revision <= present.newest else last
        return present if last is None else replace(present, listed=last.revision, commit_ms=_commit_ms(last))

    async def _beginning(self, present: _Present) -> Place:
        begin, place = self._begin, self._place
        if begin is None and place is not None:
            return place
        generation = 1 if place is None else place.generation
        now = _now(present, generation)
        if isinstance(begin, datetime):
            before = await revision_before(self._client, self._account_id, begin)
            begin = None if before is None else before + 1
        if begin is None:
            found = now
            _log.info("beginning with what happens from now on", account=self._account_id, revision=found.revision)
        else:
            if begin > present.newest + 1:
                raise usage(f"--from {begin} lies ahead: the last revision of {self._account_id!r} is {present.newest}")
            found = Place(begin - 1, replaying=True, generation=generation)
            _log.info("beginning with the history", account=self._account_id, revision=begin)
        self._place, self._begin = found, None
        return found

    async def _replay(self, place: Place, present: _Present) -> AsyncGenerator[Step, None]:
        if place.replaying:
            history = History(self._client, self._account_id, place.revision, known=place.listed)
            complete_from: int | None = None
            async with aclosing(history.pages()) as pages:
                async for changes in pages:
                    if complete_from is None:
                        if _is_replaced(place, history, changes, present):
                            yield self._start_anew(place, present)
                            return
                        if place.shown_anew:
                            event = self._writer.erased_unknown(place.revision, place.generation)
                            place = replace(place, shown_anew=False)
                            yield Step((event,), place)
                        complete_from = _complete_from(place, history, changes, present)
                        if complete_from > place.revision + 1:
                            yield self._gap(place, complete_from)
                    events = tuple(self._events(changes, place))
                    if events:
                        after = place.after(*events)
                        yield Step(tuple(self._with_holes(events, place, complete_from)), after)
                        place = after
            place = replace(place, unsure=True, until_ms=max(place.until_ms or 0, present.until_ms))
        yield Step((), replace(place, resume_token=present.resume_token, replaying=False))

    def _start_anew(self, place: Place, present: _Present) -> Step:
        """Return the step that says that the history is another one, after which the present is where to go on."""
        _log.error(
            "the server's history is not the one that was exported; going on from now",
            account=self._account_id,
            after_revision=place.revision,
            revision=present.newest,
        )
        generation = place.generation + 1
        event = self._writer.missing(Why.REPLACED, place.revision, None, generation)
        return Step((event,), _now(present, generation))

    def _gap(self, place: Place, next_revision: int) -> Step:
        """Return the step that says that changes right after the place are no longer kept."""
        _log.error(
            "changes are missing: the server no longer keeps them",
            account=self._account_id,
            after_revision=place.revision,
            next_revision=next_revision,
        )
        event = self._writer.missing(Why.EXPIRED, place.revision, next_revision, place.generation)
        return Step((event,), place)


def _now(present: _Present, generation: int) -> Place:
    """Return the place to begin with what happens from now on."""
    return Place(
        present.newest,
        present.resume_token,
        generation=generation,
        listed=present.listed,
        commit_ms=present.commit_ms,
        until_ms=present.until_ms,
    )


def _complete_from(place: Place, history: History, changes: Iterable[Change], present: _Present) -> int:
    """Return the revision from which on the history is complete: the one after the place, if nothing is missing."""
    oldest = present.newest + 1 if history.oldest_status is None else history.oldest_status
    kept = {change.revision for change in changes}
    # There may be a million in between; a few more than are kept tell that one of them is not.
    between = range(place.revision + 1, min(oldest, place.revision + len(kept) + 2))
    return place.revision + 1 if all(revision in kept for revision in between) else oldest


def _is_replaced(place: Place, history: History, changes: Iterable[Change], present: _Present) -> bool:
    """Return True if the history cannot be the one that the place is in."""
    if place.commit_ms is not None and history.commit_ms is not None:
        return history.commit_ms != place.commit_ms
    if place.listed > max(history.newest, present.newest):
        return True
    if place.commit_ms is None:
        return False
    later = next((_commit_ms(change) for change in changes), None)
    return later is not None and later < place.commit_ms


def _commit_ms(change: Change) -> int | None:
    time = change.commit_time if isinstance(change, StatusChange) else change.workflow.update_time
    return None if time is None else to_ms(time)
