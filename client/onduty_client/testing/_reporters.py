"""The fake reporters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from onduty_client._activity_errors import RejectedActivity
from onduty_client._errors import OndutyError
from onduty_client._reporter import ActivityReporter, AsyncActivityReporter
from onduty_client._types import ReporterStats
from onduty_client._upload import check_activity
from onduty_client.testing._service import FakeService


@dataclass(frozen=True, slots=True)
class RecordedActivity:
    """A call of `record`."""

    account_id: str
    user_id: str
    activity_time: datetime | None = None


class _FakeReporterState:
    """The common part of both fake reporters: keeps what is recorded, and answers for it at once."""

    def __init__(
        self,
        service: FakeService | None = None,
        *,
        on_error: Callable[[RejectedActivity], None] | None = None,
    ) -> None:
        self.service = service
        #: Every call of `record`, in order.
        self.recorded: list[RecordedActivity] = []
        self._on_error = on_error
        self._rejection: OndutyError | None = None
        self._outage: Exception | None = None
        self._pending: list[RecordedActivity] = []
        self._acknowledged = self._rejected = self._dropped = 0
        self._closed = False

    # --- for the test ------------------------------------------------------------------------------------------------

    def reject(self, error: OndutyError | None) -> None:
        """Refuse the activities that follow; None accepts them again."""
        self._rejection = error

    def unreachable(self, error: Exception | None) -> None:
        """Make activities wait from now on, because of `error`; with None, send those that wait."""
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
        if self._closed:
            self._dropped += 1
            return
        self._pending.append(activity)
        if self._outage is None:
            self._send_pending()

    @property
    def stats(self) -> ReporterStats:
        """The counts of the activities recorded so far, by outcome. Activities are never merged."""
        return ReporterStats(
            recorded=len(self.recorded),
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
        for activity in pending:
            try:
                if self._rejection is not None:
                    raise self._rejection
                if self.service is not None:
                    self.service.record(activity.account_id, activity.user_id, activity.activity_time)
                self._acknowledged += 1
            except OndutyError as error:
                self._rejected += 1
                if self._on_error is not None:
                    self._on_error(
                        RejectedActivity(activity.account_id, activity.user_id, activity.activity_time, error)
                    )

    def _end(self) -> None:
        self._closed = True
        self._dropped += len(self._pending)
        self._pending = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' (closed)' if self._closed else ''}>"


class FakeReporter(_FakeReporterState, ActivityReporter):
    """An `ActivityReporter` that keeps what is recorded in `recorded`.

    Args:
        service: also records the activities, so that they change what a fake client answers.
        on_error: called for every activity that is refused.
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
