"""The use cases of what a user does: activities, and statuses set by hand."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from ..domain import rules
from ..domain.errors import InFuture, InvalidField
from ..domain.periods import format_period
from ..domain.record import Decision, StatusView, UserRecord
from ..domain.rules import Policy
from ..domain.status import Status, Then
from .batches import Refused, record_in_chunks
from .fields import check_actor, check_id, check_period, check_text, shown_time
from .limits import REASON_MAX_BYTES, STATUS_TTL_MAX_MS, STATUS_TTL_MIN_MS
from .ports.activities import Activities, ActivityReport
from .ports.statuses import Activity
from .reading import Reading
from .use_cases import check_first_seen


class Recording(Reading):
    """Records activities and settings by hand."""

    def touch(self, account_id: str, user_id: str) -> StatusView | None:
        """Record that a user does something now, and return the status, if that needs no wait and no error."""
        immediate = self._immediate
        return None if immediate is None else immediate.touch_and_peek(account_id, user_id, None)

    async def record_activity(self, account_id: str, user_id: str, activity_time: int | None = None) -> StatusView:
        """Record that a user did something, at `activity_time` or now."""
        immediate = self._immediate
        if immediate is not None:
            view = immediate.touch_and_peek(account_id, user_id, activity_time)
            if view is not None:
                return view  # the user is known, so the ids are well-formed
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        decide = partial(self._decide_activity, account_id, activity_time)
        return await self._store.transact(account_id, user_id, decide, Activity(activity_time))

    async def record_activities(self, reports: Sequence[ActivityReport]) -> list[Refused]:
        """Record many activities; return those that were refused. They are as durable as after `record_activity`.

        Raises:
            StoreUnavailable: some may have been recorded; it is safe to send all of them again.
        """
        immediate = self._immediate

        def at_once(chunk: Sequence[ActivityReport]) -> list[ActivityReport]:
            return list(chunk) if immediate is None else immediate.touch_all(Activities.of(chunk))

        def decide(report: ActivityReport) -> Coroutine[Any, Any, StatusView]:
            return self.record_activity(report.account_id, report.user_id, report.activity_time)

        return await record_in_chunks(reports, at_once, decide)

    def _decide_activity(
        self, account_id: str, activity_time: int | None, record: UserRecord, policy: Policy, now: int
    ) -> Decision:
        check_first_seen(account_id, record)
        if activity_time is None:
            activity_time = now
        elif activity_time > now + self._future_tolerance_ms:
            raise InFuture(
                "activity_time",
                f"{shown_time(activity_time)} is more than {format_period(self._future_tolerance_ms)} ahead of the "
                f"server's clock, which shows {shown_time(now)}",
                now,
            )
        elif activity_time < self._store.oldest_activity(now):
            raise InvalidField("activity_time", f"{shown_time(activity_time)} is more than 30d in the past")
        return rules.record_activity(
            record, policy, activity_time=min(activity_time, now), now=now, fresh_for_ms=self._fresh_for_ms
        )

    async def set_status(
        self,
        account_id: str,
        user_id: str,
        status: Status,
        *,
        actor: str = "",
        reason: str = "",
        expected_revision: int | None = None,
        caller: str = "",
        expire_time: int | None = None,
        ttl_ms: int | None = None,
        then: Then | None = None,
    ) -> StatusView:
        """Set a status by hand, until `expire_time` or for `ttl_ms` if one of them is given, or until it is set again.

        `then` is what follows at the end; `AUTOMATIC` if it is None. `caller` is the caller's name, where that is not
        the actor.

        Raises:
            RevisionConflict: the user's revision is no longer `expected_revision`.
        """
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        check_actor(actor)
        check_actor(caller)
        check_text("reason", reason, REASON_MAX_BYTES)
        if expected_revision is not None and expected_revision < 0:
            raise InvalidField("expected_revision", f"must not be negative, got {expected_revision}")
        if ttl_ms is not None:
            if expire_time is not None:
                raise InvalidField("ttl", "is given beside expire_time; give only one of them")
            check_period("ttl", ttl_ms, STATUS_TTL_MIN_MS, STATUS_TTL_MAX_MS)
        has_end = expire_time is not None or ttl_ms is not None
        if then is not None and not has_end:
            raise InvalidField("then", "needs an end of the status; give expire_time or ttl too, or leave it unset")

        end = expire_time

        def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
            nonlocal end
            check_first_seen(account_id, record)
            # A store that cannot tell if its write arrived decides again. With the same end that is no change.
            if ttl_ms is not None and (end is None or end <= now):
                end = now + ttl_ms
            if expire_time is not None:
                _check_expire_time(expire_time, now)
            return rules.set_status(
                record,
                policy,
                status=status,
                now=now,
                actor=actor,
                reason=reason,
                expected_revision=expected_revision,
                caller=caller,
                expire_time=end,
                then=(then or Then.AUTOMATIC) if has_end else None,
            )

        return await self._store.transact(account_id, user_id, decide)


def _check_expire_time(expire_time: int, now: int) -> None:
    if not STATUS_TTL_MIN_MS <= expire_time - now <= STATUS_TTL_MAX_MS:
        least, most = format_period(STATUS_TTL_MIN_MS), format_period(STATUS_TTL_MAX_MS)
        raise InvalidField(
            "expire_time",
            f"{shown_time(expire_time)} is not {least} to {most} ahead of the server's clock, which shows "
            f"{shown_time(now)}; a ttl needs no clock of the caller",
        )
