"""Watches and uploads of the fake clients."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._activity_errors import RejectedActivity, RejectedLease
from onduty_client._errors import OndutyError, ResumeTokenExpired
from onduty_client._mirror_types import WorkflowChanged
from onduty_client._reporter import check_lease
from onduty_client._types import LeaseAction, UploadStats
from onduty_client._upload import ActivityUpload, AsyncActivityUpload, check_activity
from onduty_client._watch import AsyncWatch, Watch, read_change
from onduty_client._watch_call import checked_user_ids
from onduty_client._watch_messages import WatchBookmark, WatchChanges, WatchedChange, WatchMessage, WatchSnapshot
from onduty_client.testing._service import FakeService


class WatchScript:
    """The messages of a fake watch: the state so far, or the changes after a token, and what the test adds."""

    def __init__(
        self,
        service: FakeService,
        account_id: str,
        user_ids: Iterable[str] | None,
        resume_token: str,
        script: Iterable[WatchMessage | Exception],
    ) -> None:
        convert.check_text(account_id=account_id, resume_token=resume_token)
        wanted = checked_user_ids(user_ids)
        account = service.account(account_id)
        token = str(account.revision)
        self.account_id = account_id
        self.resume_token = resume_token
        self.as_of: datetime | None = None
        self.closed = False
        self._waiting: deque[WatchMessage | Exception] = deque()
        later = [event for event in account.events if _revision(event) > int(resume_token or 0)]
        if resume_token and int(resume_token) < account.first_revision:
            self._waiting.append(_expired(resume_token))
        elif resume_token and all(map(_is_told, later)):
            changes = tuple(each for each in map(read_change, later) if each is not None and _concerns(each, wanted))
            if changes:
                self._waiting.append(WatchChanges(changes, token))
        else:
            statuses = tuple(each for each in service.statuses(account_id) if wanted is None or each.user_id in wanted)
            own = (rules.workflow for rules in account.team_rules.values() if not rules.follows)
            snapshot = WatchSnapshot(
                *(True, True, service.workflow(account_id), statuses, token), tuple(map(convert.workflow, own))
            )
            self._waiting.append(snapshot)
        self._waiting.append(WatchBookmark(service.now, token))
        self._waiting.extend(script)

    def next(self) -> WatchMessage | None:
        """Return the next message; None after the last. If the script has an error here, raises it."""
        if self.closed or not self._waiting:
            return None
        message = self._waiting.popleft()
        if isinstance(message, Exception):
            raise message
        if isinstance(message, WatchSnapshot | WatchChanges | WatchBookmark):
            self.resume_token = message.resume_token
        if isinstance(message, WatchBookmark):
            self.as_of = message.effective_until
        return message


def _revision(event: pb.WatchedChange) -> int:
    revision: int = getattr(event, event.WhichOneof("change") or "").revision
    return revision


def _is_told(event: pb.WatchedChange) -> bool:
    """False if an event is about a user who was erased since: who it was can't be told, so a snapshot has to do."""
    return event.HasField("workflow_change") or bool(event.status_change.user_id or event.user_change.user_id)


def _concerns(change: WatchedChange, user_ids: frozenset[str] | None) -> bool:
    return user_ids is None or isinstance(change, WorkflowChanged) or change.user_id in user_ids


def _expired(resume_token: str) -> ResumeTokenExpired:
    return ResumeTokenExpired(
        f"{resume_token} is of an account that was deleted",
        code=grpc.StatusCode.OUT_OF_RANGE,
        reason="RESUME_TOKEN_EXPIRED",
    )


class _FakeWatchState:
    """The common part of both fake watches: their script's properties."""

    _script: WatchScript

    @property
    def account_id(self) -> str:
        """The account that is watched."""
        return self._script.account_id

    @property
    def resume_token(self) -> str:
        """The token that resumes after the last message that was read."""
        return self._script.resume_token

    @property
    def as_of(self) -> datetime | None:
        """The time of the last bookmark; None before the first."""
        return self._script.as_of

    @property
    def staleness(self) -> float:
        """0 after the first bookmark, since no time passes; infinite before it."""
        return math.inf if self._script.as_of is None else 0.0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.account_id!r}>"


class FakeWatch(_FakeWatchState, Watch):
    """Yields the messages of its script, then ends. Made by `FakeClient.watch`."""

    def __init__(self, script: WatchScript) -> None:
        self._script = script

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Yield no more."""
        self._script.closed = True

    def __next__(self) -> WatchMessage:
        message = self._script.next()
        if message is None:
            raise StopIteration
        return message


class FakeAsyncWatch(_FakeWatchState, AsyncWatch):
    """Yields the messages of its script, then ends. Made by `FakeAsyncClient.watch`."""

    def __init__(self, script: WatchScript) -> None:
        self._script = script

    async def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Yield no more."""
        self._script.closed = True

    async def __anext__(self) -> WatchMessage:
        message = self._script.next()
        if message is None:
            raise StopAsyncIteration
        return message


class UploadLog:
    """Records what is put into a fake upload, each at once."""

    def __init__(
        self,
        service: FakeService,
        on_error: Callable[[RejectedActivity], None] | None,
        on_lease_error: Callable[[RejectedLease], None] | None,
    ) -> None:
        self._service = service
        self._on_error = on_error
        self._on_lease_error = on_lease_error
        self.put_count = self.rejected = 0

    def put(self, account_id: str, user_id: str, activity_time: datetime | None, ref: object) -> None:
        """Record an activity, or call `on_error` if it is refused."""
        check_activity(account_id, user_id, activity_time)
        self.put_count += 1
        try:
            self._service.record(account_id, user_id, activity_time)
        except OndutyError as error:
            self.rejected += 1
            if self._on_error is not None:
                self._on_error(RejectedActivity(account_id, user_id, activity_time, error, ref))

    def put_lease(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        ttl: timedelta | None,
        idle_for: timedelta | None,
        ref: object,
    ) -> None:
        """Keep or end a session or an engagement, or call `on_lease_error` if that is refused."""
        check_lease(account_id, user_id, lease_id)
        self.put_count += 1
        try:
            self._service.report(action, account_id, user_id, lease_id, ttl, idle_for)
        except OndutyError as error:
            self.rejected += 1
            if self._on_lease_error is not None:
                self._on_lease_error(RejectedLease(account_id, user_id, action, lease_id, error, ref))

    @property
    def stats(self) -> UploadStats:
        """The counts of the activities, by outcome."""
        count = self.put_count
        return UploadStats(
            put=count, sent=count, acknowledged=count - self.rejected, rejected=self.rejected, connects=1
        )


class FakeUpload(ActivityUpload):
    """Records every activity at once. Made by `FakeClient.upload_activities`."""

    def __init__(self, log: UploadLog) -> None:
        self._log = log

    @property
    def stats(self) -> UploadStats:
        """The counts of the activities so far, by outcome."""
        return self._log.stats

    @property
    def error(self) -> Exception | None:
        """None: a fake upload is always connected."""
        return None

    def check(self) -> None:
        """Do nothing: a fake upload does not fail."""

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def put(self, account_id: str, user_id: str, activity_time: datetime | None = None, *, ref: object = None) -> None:
        """Record an activity."""
        self._log.put(account_id, user_id, activity_time, ref)

    def put_lease(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
        ref: object = None,
    ) -> None:
        """Keep or end a session or an engagement."""
        self._log.put_lease(action, account_id, user_id, lease_id, ttl, idle_for, ref)

    def finish(self, timeout: float | None = None) -> bool:
        """Return True: everything is recorded."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class FakeAsyncUpload(AsyncActivityUpload):
    """Records every activity at once. Made by `FakeAsyncClient.upload_activities`."""

    def __init__(self, log: UploadLog) -> None:
        self._log = log

    @property
    def stats(self) -> UploadStats:
        """The counts of the activities so far, by outcome."""
        return self._log.stats

    @property
    def error(self) -> Exception | None:
        """None: a fake upload is always connected."""
        return None

    def check(self) -> None:
        """Do nothing: a fake upload does not fail."""

    async def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""

    async def put(
        self, account_id: str, user_id: str, activity_time: datetime | None = None, *, ref: object = None
    ) -> None:
        """Record an activity."""
        self._log.put(account_id, user_id, activity_time, ref)

    async def put_lease(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
        ref: object = None,
    ) -> None:
        """Keep or end a session or an engagement."""
        self._log.put_lease(action, account_id, user_id, lease_id, ttl, idle_for, ref)

    async def finish(self, timeout: float | None = None) -> bool:
        """Return True: everything is recorded."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
