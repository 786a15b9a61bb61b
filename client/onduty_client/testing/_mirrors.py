"""The scripted mirrors. Reads are those of the real mirrors, from a state that the test sets."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast

from onduty_client import _convert as convert
from onduty_client._account_state import AccountState
from onduty_client._clock import Clock
from onduty_client._errors import OndutyError
from onduty_client._events import AsyncChanges, Changes, Followers
from onduty_client._mirror import (
    DEFAULT_MAX_STALENESS_S,
    DEFAULT_MAX_WAITING,
    AsyncAvailabilityMirror,
    AvailabilityMirror,
)
from onduty_client._mirror_reading import MirrorReader
from onduty_client._mirror_types import MirroredStatus, MirrorEvent, MirrorStats, ResyncCause, Resynced, WorkflowChanged
from onduty_client._types import UNCHANGED, Cause, Resume, Status, StatusChange, Then, Unchanged, UserChange, Workflow
from onduty_client._watch_call import checked_user_ids

_START: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


class _Connection:
    """Stands in for the stream of a mirror, of which readers see only the error."""

    def __init__(self) -> None:
        self.error: Exception | None = None


class _Scripted(MirrorReader):
    """The common part of both scripted mirrors. No time passes: the test sets the age of the state."""

    _clock = Clock(now=lambda: 0.0)

    def _begin(self, account_id: str, user_ids: Iterable[str] | None, max_staleness: float) -> None:
        convert.check_text(account_id=account_id)
        MirrorReader.__init__(self, account_id, user_ids=checked_user_ids(user_ids), max_staleness=max_staleness)
        #: The server's clock, by which statuses are set; it stands still until the test sets it.
        self.now = _START
        self._connection = _Connection()
        self._stream = cast("Any", self._connection)
        self._followers = Followers()
        self._revision = 0
        self._counts = dict.fromkeys(MirrorStats.__dataclass_fields__, 0)
        state = AccountState(Workflow(account_id, False, None, None, Resume.FROM_AWAY, False, "0", None, "", None))
        state.finish()
        self.show(state)

    def _call(self, event: MirrorEvent) -> None:
        """Call `on_change`."""
        raise NotImplementedError

    # --- for the test ------------------------------------------------------------------------------------------------

    def set_status(
        self,
        user_id: str,
        status: Status,
        *,
        cause: Cause = Cause.MANUAL,
        actor: str = "",
        reason: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        then: Then = Then.AUTOMATIC,
    ) -> StatusChange:
        """Give a user a status, as of `now` unless `since` says otherwise, and notify all followers.

        One with an end, `until`, does not end by itself: set what follows when it should.
        """
        self._check_followed(user_id)
        known = self._users.get(user_id)
        self._revision += 1
        time = since or self.now
        change = StatusChange(
            account_id=self._account_id,
            user_id=user_id,
            revision=self._revision,
            previous_status=None if known is None else known.status,
            status=status,
            cause=cause,
            effective_time=time,
            commit_time=self.now,
            actor=actor,
            reason=reason,
            expire_time=until,
            then=None if until is None else then,
            display_name="" if known is None else known.display_name,
            team_id="" if known is None else known.team_id,
        )
        self._state.apply(change)
        self._counts["changes"] += 1
        self._tell(change)
        return change

    def set_user(
        self,
        user_id: str,
        *,
        display_name: str | Unchanged = UNCHANGED,
        team_id: str | Unchanged = UNCHANGED,
        actor: str = "",
    ) -> UserChange:
        """Give a known user a name, a team, or both, and notify all followers. The status stays as it is."""
        known = self._known(user_id)
        return self._change_user(
            UserChange(
                account_id=self._account_id,
                user_id=user_id,
                revision=self._revision + 1,
                change_time=self.now,
                display_name=known.display_name if display_name is UNCHANGED else display_name,
                team_id=known.team_id if team_id is UNCHANGED else team_id,
                previous_display_name=known.display_name,
                previous_team_id=known.team_id,
                actor=actor,
            )
        )

    def erase_user(self, user_id: str) -> UserChange:
        """Forget a known user, and notify all followers."""
        self._known(user_id)
        return self._change_user(UserChange(self._account_id, user_id, self._revision + 1, self.now, erased=True))

    def set_workflow(self, *, team_id: str = "", **fields: Any) -> WorkflowChanged:
        """Change fields of the account's workflow or a team's, such as `enabled=True`, and notify all followers.

        A team that has followed the account's gets one of its own.
        """
        before = self._state.team_workflows.get(team_id, self._state.workflow)
        assert before is not None
        etag = str(self._revision + 1)
        return self._change_workflow(
            replace(before, team_id=team_id, etag=etag, update_time=self.now, **fields), team_id
        )

    def delete_workflow(self, team_id: str) -> WorkflowChanged:
        """Let a team follow the account's workflow again, and notify all followers."""
        if team_id not in self._state.team_workflows:
            raise ValueError(f"team {team_id!r} has no workflow of its own")
        assert self._state.workflow is not None
        return self._change_workflow(self._state.workflow, team_id, deleted=True)

    def set_fresh(self, staleness: float = 0.0) -> None:
        """Be connected, with a state that is `staleness` seconds old, which must be at most `max_staleness`."""
        if staleness > self._max_staleness:
            raise ValueError(f"staleness must be at most max_staleness ({self._max_staleness:g}), got {staleness:g}")
        self._connection.error = None
        self.vouch(-staleness)
        self.date(self.now)

    def set_stale(self, staleness: float = 60.0, error: Exception | None = None) -> None:
        """Have been disconnected for `staleness` seconds, because of `error`: reading raises `MirrorStale`."""
        if staleness <= self._max_staleness:
            raise ValueError(f"staleness must be above max_staleness ({self._max_staleness:g}), got {staleness:g}")
        self._connection.error = error
        self._counts["failures"] += 1
        self.vouch(-staleness)

    def set_not_ready(self, error: Exception | None = None) -> None:
        """Have no state yet, because of `error`: reading raises `MirrorNotReady`."""
        self._connection.error = error
        self._counts["failures"] += 1
        self.distrust()

    def resync(self, cause: ResyncCause = ResyncCause.SNAPSHOT, missed: int = 0) -> None:
        """Notify all followers that changes were missed."""
        self._tell(Resynced(cause, missed))

    # --- as a mirror -------------------------------------------------------------------------------------------------

    @property
    def stats(self) -> MirrorStats:
        """The counts of the events that were scripted so far."""
        return MirrorStats(**self._counts)

    def _about(self) -> str:
        return f"of {self._account_id!r}"

    def _known(self, user_id: str) -> MirroredStatus:
        known = self._users.get(user_id)
        if known is None:
            raise ValueError(f"user {user_id!r} has no status yet; call set_status first")
        return known

    def _change_user(self, change: UserChange) -> UserChange:
        self._revision = change.revision
        self._state.apply_user(change)
        self._counts["changes"] += 1
        self._tell(change)
        return change

    def _change_workflow(self, workflow: Workflow, team_id: str, *, deleted: bool = False) -> WorkflowChanged:
        self._revision += 1
        changed = WorkflowChanged(self._revision, workflow, team_id, deleted)
        self._state.apply_workflow(changed)
        self._counts["changes"] += 1
        self._tell(changed)
        return changed

    def _tell(self, event: MirrorEvent) -> None:
        self._followers.put(event)
        if self._loop is not None and not self._closed:
            self._call(event)

    def _go(self) -> None:
        """Start: ready and fresh, unless the test has said otherwise before."""
        self._check_new()
        # Readers only check that there is one.
        self._loop = cast("asyncio.AbstractEventLoop", self)
        if not self._counts["failures"]:
            self.set_fresh()
        self._counts["connects"] += 1
        self._counts["snapshots"] += 1
        self.resync()

    def _end(self) -> None:
        self._closed = True
        self._deadline = -float("inf")
        self._followers.end()

    def _check_ready(self) -> None:
        if self._now() > self._deadline:
            error = self._connection.error
            if isinstance(error, OndutyError) and error.is_final:
                raise error
            raise self._refusal() from error


class ScriptedMirror(_Scripted, AvailabilityMirror):
    """An `AvailabilityMirror` whose state and connection the test sets.

    Args:
        account_id: the account that it mirrors.
        user_ids: follow these users only; None for all.
        max_staleness: how old an answer may be, in seconds.
        on_change: called with every `MirrorEvent`, in the thread of the test.
    """

    def __init__(
        self,
        account_id: str = "acme",
        *,
        user_ids: Iterable[str] | None = None,
        max_staleness: float = DEFAULT_MAX_STALENESS_S,
        on_change: Callable[[MirrorEvent], None] | None = None,
    ) -> None:
        self._begin(account_id, user_ids, max_staleness)
        self._on_change = on_change

    def _call(self, event: MirrorEvent) -> None:
        if self._on_change is not None:
            self._on_change(event)

    def start(self) -> None:
        """Begin: ready and fresh."""
        self._go()

    def close(self) -> None:
        """End. Closing twice does nothing."""
        self._end()

    def wait_ready(self, timeout: float | None = None) -> None:
        """Return if the mirror is ready; else raise at once what a real mirror raises after the timeout."""
        self._check_ready()

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> Changes:
        """Follow the test's changes from now on."""
        changes = Changes(max_waiting)
        self._followers.add(changes)
        return changes


class AsyncScriptedMirror(_Scripted, AsyncAvailabilityMirror):
    """An `AsyncAvailabilityMirror` whose state and connection the test sets. See `ScriptedMirror`.

    An `on_change` that is a coroutine function runs as its own task: let the event loop run before checking effects.
    """

    def __init__(
        self,
        account_id: str = "acme",
        *,
        user_ids: Iterable[str] | None = None,
        max_staleness: float = DEFAULT_MAX_STALENESS_S,
        on_change: Callable[[MirrorEvent], Awaitable[None] | None] | None = None,
    ) -> None:
        self._begin(account_id, user_ids, max_staleness)
        self._on_change = on_change
        self._calls: set[asyncio.Future[None]] = set()

    def _call(self, event: MirrorEvent) -> None:
        if self._on_change is not None:
            result = self._on_change(event)
            if inspect.isawaitable(result):
                call = asyncio.ensure_future(result)
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)

    async def start(self) -> None:
        """Begin: ready and fresh."""
        self._go()

    async def close(self) -> None:
        """End. Closing twice does nothing."""
        self._end()

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return if the mirror is ready; else raise at once what a real mirror raises after the timeout."""
        self._check_ready()

    def changes(self, *, max_waiting: int = DEFAULT_MAX_WAITING) -> AsyncChanges:
        """Follow the test's changes from now on."""
        changes = AsyncChanges(max_waiting)
        self._followers.add(changes)
        return changes
