"""The fake reporters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from onduty_client._activity_errors import RejectedActivity, RejectedLease
from onduty_client._errors import OndutyError
from onduty_client._reporter import ActivityReporter, AsyncActivityReporter, check_lease
from onduty_client._types import LeaseAction, ReporterStats
from onduty_client._upload import check_activity
from onduty_client.testing._service import FakeService


@dataclass(frozen=True, slots=True)
class RecordedActivity:
    """A call of `record`."""

    account_id: str
    user_id: str
    activity_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedLease:
    """A call of `keep_session`, `end_session`, `keep_engagement` or `end_engagement`, as `action` says."""

    action: LeaseAction
    account_id: str
    user_id: str
    lease_id: str
    ttl: timedelta | None = None
    idle_for: timedelta | None = None


class _FakeReporterState:
    """The common part of both fake reporters: keeps what is recorded, and answers for it at once."""

    def __init__(
        self,
        service: FakeService | None = None,
        *,
        on_error: Callable[[RejectedActivity], None] | None = None,
        on_lease_error: Callable[[RejectedLease], None] | None = None,
    ) -> None:
        self.service = service
        #: Every call of `record`, in order.
        self.recorded: list[RecordedActivity] = []
        #: Every report of a session or an engagement, in order.
        self.leases: list[RecordedLease] = []
        self._on_error = on_error
        self._on_lease_error = on_lease_error
        self._rejection: OndutyError | None = None
        self._outage: Exception | None = None
        self._pending: list[RecordedActivity | RecordedLease] = []
        self._acknowledged = self._rejected = self._dropped = 0
        self._closed = False

    # --- for the test ------------------------------------------------------------------------------------------------

    def reject(self, error: OndutyError | None) -> None:
        """Refuse what follows; None accepts it again."""
        self._rejection = error

    def unreachable(self, error: Exception | None) -> None:
        """Make everything wait from now on, because of `error`; with None, send what waits."""
        self._outage = error
        if error is None:
            self._send_pending()

    # --- as a reporter -----------------------------------------------------------------------------------------------

    def record(self, account_id: str, user_id: str, activity_time: datetime | None = None) -> None:
        """Record that a user did something. Raises as a real reporter does."""
        check_activity(account_id, user_id, activity_time)
        if not (account_id.isascii() and user_id.isascii()):
            account_id.encode(), user_id.encode()
        activity = RecordedActivity(account_id, user_id, activity_time)
        self.recorded.append(activity)
        self._accept(activity)

    def keep_session(
        self,
        account_id: str,
        user_id: str,
        session_id: str,
        *,
        ttl: timedelta | None = None,
        idle_for: timedelta | None = None,
    ) -> None:
        """Record that a client of a user is still here. Raises as a real reporter does."""
        self._take_lease(RecordedLease(LeaseAction.KEEP_SESSION, account_id, user_id, session_id, ttl, idle_for))

    def end_session(self, account_id: str, user_id: str, session_id: str) -> None:
        """Record that a client of a user is gone. Raises as a real reporter does."""
        self._take_lease(RecordedLease(LeaseAction.END_SESSION, account_id, user_id, session_id))

    def keep_engagement(
        self, account_id: str, user_id: str, engagement_id: str, *, ttl: timedelta | None = None
    ) -> None:
        """Record that a user is working on something. Raises as a real reporter does."""
        self._take_lease(RecordedLease(LeaseAction.KEEP_ENGAGEMENT, account_id, user_id, engagement_id, ttl))

    def end_engagement(self, account_id: str, user_id: str, engagement_id: str) -> None:
        """Record that an engagement is over. Raises as a real reporter does."""
        self._take_lease(RecordedLease(LeaseAction.END_ENGAGEMENT, account_id, user_id, engagement_id))

    def _take_lease(self, lease: RecordedLease) -> None:
        check_lease(lease.account_id, lease.user_id, lease.lease_id)
        self.leases.append(lease)
        self._accept(lease)

    def _accept(self, report: RecordedActivity | RecordedLease) -> None:
        if self._closed:
            self._dropped += 1
            return
        self._pending.append(report)
        if self._outage is None:
            self._send_pending()

    @property
    def stats(self) -> ReporterStats:
        """The counts of what was recorded so far, by outcome. Nothing is merged."""
        return ReporterStats(
            recorded=len(self.recorded) + len(self.leases),
            acknowledged=self._acknowledged,
            rejected=self._rejected,
            dropped=self._dropped,
            pending=len(self._pending),
            sent=self._acknowledged + self._rejected,
            connects=1 if self._acknowledged + self._rejected else 0,
        )

    @property
    def error(self) -> Exception | None:
        """The error that `unreachable` was told."""
        return self._outage

    def _send_pending(self) -> None:
        pending, self._pending = self._pending, []
        for report in pending:
            try:
                if self._rejection is not None:
                    raise self._rejection
                if self.service is not None:
                    self._record(self.service, report)
                self._acknowledged += 1
            except OndutyError as error:
                self._rejected += 1
                self._tell(report, error)

    def _record(self, service: FakeService, report: RecordedActivity | RecordedLease) -> None:
        if isinstance(report, RecordedActivity):
            service.record(report.account_id, report.user_id, report.activity_time)
        else:
            service.report(
                report.action, report.account_id, report.user_id, report.lease_id, report.ttl, report.idle_for
            )

    def _tell(self, report: RecordedActivity | RecordedLease, error: OndutyError) -> None:
        if isinstance(report, RecordedLease):
            if self._on_lease_error is not None:
                self._on_lease_error(
                    RejectedLease(report.account_id, report.user_id, report.action, report.lease_id, error)
                )
        elif self._on_error is not None:
            self._on_error(RejectedActivity(report.account_id, report.user_id, report.activity_time, error))

    def _end(self) -> None:
        self._closed = True
        self._dropped += len(self._pending)
        self._pending = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' (closed)' if self._closed else ''}>"


class FakeReporter(_FakeReporterState, ActivityReporter):
    """An `ActivityReporter` that keeps what is recorded in `recorded` and `leases`.

    Args:
        service: also records the activities, sessions and engagements, so that they change what a fake client answers.
        on_error: called for every activity that is refused.
        on_lease_error: called for every session and engagement that is refused.
    """

    def start(self) -> None:
        """Do nothing: a fake reporter sends at once."""

    def close(self) -> None:
        """Drop the activities that wait, and any that are recorded later."""
        self._end()

    def flush(self, timeout: float | None = None) -> bool:
        """Return True if nothing waits."""
        return not self._pending


class FakeAsyncReporter(_FakeReporterState, AsyncActivityReporter):
    """An `AsyncActivityReporter` that keeps what is recorded in `recorded`. See `FakeReporter`."""

    async def start(self) -> None:
        """Do nothing: a fake reporter sends at once."""

    async def close(self) -> None:
        """Drop the activities that wait, and any that are recorded later."""
        self._end()

    async def flush(self, timeout: float | None = None) -> bool:
        """Return True if nothing waits."""
        return not self._pending
