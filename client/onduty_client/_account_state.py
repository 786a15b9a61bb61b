"""The state of an account as a mirror knows it: its users, the queues of available ones, and the workflows.

One thread writes, and any number of threads read without a lock. Invariants: objects handed to readers (a status, a
tuple) never change; a state is shown only once its snapshot is complete; a user's revision only grows; nothing refers
to a user who has been erased.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Final, TypeAlias

from onduty_client._mirror_types import MirroredStatus, WorkflowChanged
from onduty_client._types import Status, StatusChange, UserChange, Workflow

#: The time since which a user is available, the user's number in the state, and the status. Numbers differ, so that
#: statuses are never compared.
_Place: TypeAlias = tuple[datetime, int, MirroredStatus]

_CHUNK_MAX: Final = 512
_LAST: Final = itemgetter(-1)


class AvailableQueue:
    """The available users, longest available first; among equals, in the order first seen.

    It keeps sorted places in chunks, which are replaced and never changed. Adding or removing one copies a chunk and
    the list of chunks (some microseconds with 100,000 users), and a reader walks a state that does not change.
    """

    __slots__ = ("_chunks", "count")

    def __init__(self) -> None:
        self._chunks: tuple[tuple[_Place, ...], ...] = ()
        #: The number of available users.
        self.count = 0

    def fill(self, places: Iterable[_Place]) -> None:
        """Replace all places."""
        ordered = sorted(places)
        size = _CHUNK_MAX // 2
        self._chunks = tuple(tuple(ordered[start : start + size]) for start in range(0, len(ordered), size))
        self.count = len(ordered)

    def add(self, place: _Place) -> None:
        """Add a new place."""
        chunks = self._chunks
        self.count += 1
        if not chunks:
            self._chunks = ((place,),)
            return
        which = min(bisect_left(chunks, place, key=_LAST), len(chunks) - 1)
        chunk = chunks[which]
        at = bisect_left(chunk, place)
        chunk = chunk[:at] + (place,) + chunk[at:]  # noqa: RUF005 - Unpacking takes three times as long.
        half = len(chunk) // 2
        parts = (chunk,) if len(chunk) <= _CHUNK_MAX else (chunk[:half], chunk[half:])
        self._chunks = chunks[:which] + parts + chunks[which + 1 :]

    def remove(self, place: _Place) -> None:
        """Remove an existing place."""
        chunks = self._chunks
        which = bisect_left(chunks, place, key=_LAST)
        chunk = chunks[which]
        at = bisect_left(chunk, place)
        chunk = chunk[:at] + chunk[at + 1 :]
        self._chunks = chunks[:which] + ((chunk,) if chunk else ()) + chunks[which + 1 :]
        self.count -= 1

    def first(self, limit: int) -> tuple[MirroredStatus, ...]:
        """Return the first `limit` users, or all of them if there are fewer."""
        found: list[MirroredStatus] = []
        for chunk in self._chunks:
            found.extend(place[2] for place in chunk[: limit - len(found)])
            if len(found) == limit:
                break
        return tuple(found)


class AccountState:
    """Holds an account's users, the queues of available ones, and the workflows. Fed a snapshot, then changes."""

    def __init__(self, workflow: Workflow | None = None) -> None:
        self.users: dict[str, MirroredStatus] = {}
        self.workflow = workflow
        #: The workflows that teams have of their own.
        self.team_workflows: dict[str, Workflow] = {}
        self.complete = False
        #: The last revision that the snapshot shows: changes up to it may be left out, as a page shows them.
        self.shown_revision = 0
        self._queue = AvailableQueue()
        #: Those of the teams in which somebody is available.
        self._team_queues: dict[str, AvailableQueue] = {}
        self._numbers: dict[str, int] = {}
        self._last_number = 0
        self._workflow_revision = 0

    def queue(self, team_id: str | None = None) -> AvailableQueue:
        """Return the available users, or those of a team."""
        return self._queue if team_id is None else self._team_queues.get(team_id, _NOBODY)

    def add_page(self, statuses: Iterable[MirroredStatus], team_workflows: Iterable[Workflow] = ()) -> None:
        """Add a page of the snapshot."""
        self.team_workflows.update((each.team_id, each) for each in team_workflows)
        for status in statuses:
            self._number(status.user_id)
            self.users[status.user_id] = status
            self.shown_revision = max(self.shown_revision, status.revision)

    def finish(self) -> None:
        """Complete the snapshot after its last page."""
        available = [status for status in self.users.values() if status.available]
        self._queue.fill(map(self._place, available))
        teams: dict[str, list[_Place]] = {}
        for status in available:
            if status.team_id:
                teams.setdefault(status.team_id, []).append(self._place(status))
        for team_id, places in teams.items():
            self._team_queues[team_id] = AvailableQueue()
            self._team_queues[team_id].fill(places)
        self.complete = True

    def apply(self, change: StatusChange) -> bool:
        """Apply a change, unless its revision was known. Returns True if it was applied."""
        known = self.users.get(change.user_id)
        if known is None:
            self._number(change.user_id)
        elif change.revision <= known.revision:
            return False
        # A change of only the cause, actor or reason leaves the status as old as it was.
        stayed = known is not None and known.status == change.status == change.previous_status
        status = MirroredStatus(
            user_id=change.user_id,
            status=change.status,
            available=change.status is Status.ONLINE,
            cause=change.cause,
            status_since=known.status_since if known is not None and stayed else change.effective_time,
            actor=change.actor,
            reason=change.reason,
            revision=change.revision,
            expire_time=change.expire_time,
            then=change.then,
            display_name=change.display_name,
            team_id=change.team_id,
        )
        self._put(known, status)
        return True

    def apply_user(self, change: UserChange) -> bool:
        """Rename, move or forget a user, unless the change's revision was known. Returns True if it was applied."""
        if change.erased:
            self._forget_actor(change)
        known = self.users.get(change.user_id)
        if known is None:
            # One who was erased while the snapshot was on its way may be in none of its pages.
            return change.erased
        if change.revision <= known.revision:
            return False
        if change.erased:
            if known.available:
                self._dequeue(known)
            del self.users[change.user_id], self._numbers[change.user_id]
        else:
            status = replace(known, display_name=change.display_name, team_id=change.team_id, revision=change.revision)
            self._put(known, status)
        return True

    def _forget_actor(self, change: UserChange) -> None:
        """Take a user who is erased out of the statuses that the user set of others."""
        for status in list(self.users.values()):
            if status.actor == change.user_id and status.revision < change.revision:
                self._put(status, replace(status, actor=""))

    def apply_workflow(self, change: WorkflowChanged) -> bool:
        """Apply a change of a workflow, unless its revision was known. Returns True if it was applied."""
        if change.revision <= self._workflow_revision:
            return False
        self._workflow_revision = change.revision
        if not change.team_id:
            self.workflow = change.workflow
        elif change.deleted:
            self.team_workflows.pop(change.team_id, None)
        else:
            self.team_workflows[change.team_id] = change.workflow
        return True

    def _put(self, known: MirroredStatus | None, status: MirroredStatus) -> None:
        # A reader in between sees the user in a queue when no longer available, or not yet in it. Both were right a
        # moment ago.
        if known is not None and known.available:
            self._dequeue(known)
        self.users[status.user_id] = status
        if status.available:
            self._enqueue(status)

    def _enqueue(self, status: MirroredStatus) -> None:
        place = self._place(status)
        self._queue.add(place)
        if status.team_id:
            self._team_queues.setdefault(status.team_id, AvailableQueue()).add(place)

    def _dequeue(self, status: MirroredStatus) -> None:
        place = self._place(status)
        self._queue.remove(place)
        if status.team_id:
            queue = self._team_queues[status.team_id]
            queue.remove(place)
            if not queue.count:
                del self._team_queues[status.team_id]

    def _number(self, user_id: str) -> None:
        """Number a new user. A number is not used again after an erasure: among equals, it decides who comes first."""
        if user_id not in self._numbers:
            self._last_number += 1
            self._numbers[user_id] = self._last_number

    def _place(self, status: MirroredStatus) -> _Place:
        return status.status_since, self._numbers[status.user_id], status


_NOBODY: Final = AvailableQueue()
