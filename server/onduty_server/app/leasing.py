"""The use cases of sessions and engagements: they are kept for a while, again and again, and end.

A user's sessions say where the user is signed in, and engagements what the user is working on; both are leases, which
run out unless they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from ..domain import rules
from ..domain.errors import InvalidField, UserUnknown
from ..domain.layers import LeaseAction
from ..domain.record import Decision, StatusView, UserRecord
from ..domain.rules import Policy
from ..domain.status import State
from .batches import LeaseReport, Refused, record_in_chunks
from .fields import check_ends, check_id, check_period
from .limits import (
    ENGAGEMENT_TTL_DEFAULT_MS,
    ENGAGEMENT_TTL_MAX_MS,
    ENGAGEMENT_TTL_MIN_MS,
    IDLE_FOR_MAX_MS,
    SESSION_TTL_DEFAULT_MS,
    SESSION_TTL_MAX_MS,
    SESSION_TTL_MIN_MS,
)
from .ports.statuses import Renewal
from .reading import Reading
from .use_cases import check_first_seen


class Leasing(Reading):
    """Keeps and ends sessions and engagements. A user never seen has none.

    Every method raises `UserUnknown` for a user never seen, except where it says otherwise.
    """

    async def keep_session(
        self,
        account_id: str,
        user_id: str,
        session_id: str,
        ttl_ms: int | None = None,
        idle_for_ms: int | None = None,
    ) -> StatusView:
        """Open a session, or renew it. With `idle_for_ms` it is also an activity of that long ago.

        Such an activity makes a user known.

        Raises:
            LimitExceeded: the user has as many sessions as one may have. Nothing was done.
        """
        renewal = _renewal(LeaseAction.KEEP_SESSION, "session_id", session_id, ttl_ms, idle_for_ms)
        return await self._carry_out(account_id, user_id, renewal)

    async def end_session(self, account_id: str, user_id: str, session_id: str) -> StatusView:
        """End a session. One that is unknown, or has ended already, changes nothing."""
        return await self._carry_out(account_id, user_id, _renewal(LeaseAction.END_SESSION, "session_id", session_id))

    async def keep_engagement(
        self, account_id: str, user_id: str, engagement_id: str, ttl_ms: int | None = None
    ) -> StatusView:
        """Open an engagement, or renew it.

        Raises:
            LimitExceeded: the user has as many engagements as one may have.
        """
        renewal = _renewal(LeaseAction.KEEP_ENGAGEMENT, "engagement_id", engagement_id, ttl_ms)
        return await self._carry_out(account_id, user_id, renewal)

    async def end_engagement(self, account_id: str, user_id: str, engagement_id: str) -> StatusView:
        """End an engagement. One that is unknown, or has ended already, changes nothing."""
        renewal = _renewal(LeaseAction.END_ENGAGEMENT, "engagement_id", engagement_id)
        return await self._carry_out(account_id, user_id, renewal)

    async def record_leases(self, reports: Sequence[LeaseReport]) -> list[Refused]:
        """Keep and end many; return what was refused. They are as durable as after a call for each.

        Raises:
            StoreUnavailable: some may have been recorded; it is safe to send all of them again.
        """
        return await record_in_chunks(reports, self._renew_at_once, self._carry_out_report, one_by_one=True)

    def _renew_at_once(self, chunk: Sequence[LeaseReport]) -> list[LeaseReport]:
        """Keep those whose keeping only moves numbers, and return the others."""
        immediate = self._immediate
        if immediate is None:
            return list(chunk)
        rest: list[LeaseReport] = []
        waiting: set[tuple[str, str]] = set()
        for each in chunk:
            # What waits for a decision must not be overtaken by what comes after it for the same user.
            if not waiting or (each.account_id, each.user_id) not in waiting:
                renewal = _known_renewal(each)
                if renewal is not None and immediate.renew(each.account_id, each.user_id, renewal):
                    continue
            rest.append(each)
            waiting.add((each.account_id, each.user_id))
        return rest

    async def _carry_out_report(self, report: LeaseReport) -> StatusView:
        return await self._decide(report.account_id, report.user_id, _renewal_of(report))

    async def _carry_out(self, account_id: str, user_id: str, renewal: Renewal) -> StatusView:
        immediate = self._immediate
        if immediate is not None and immediate.renew(account_id, user_id, renewal):
            # The user is known, so the ids are well-formed.
            return immediate.peek(account_id, user_id) or await self.get_status(account_id, user_id)
        return await self._decide(account_id, user_id, renewal)

    async def _decide(self, account_id: str, user_id: str, renewal: Renewal) -> StatusView:
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        return await self._store.transact(account_id, user_id, partial(self._decision, account_id, renewal), renewal)

    def _decision(self, account_id: str, renewal: Renewal, record: UserRecord, policy: Policy, now: int) -> Decision:
        action, lease_id, ttl_ms, idle_for_ms = renewal
        if record.state is State.UNSEEN:
            check_first_seen(account_id, record)
            if idle_for_ms is None:
                raise UserUnknown(account_id, record.user_id)
        match action:
            case LeaseAction.KEEP_SESSION:
                return rules.keep_session(
                    record,
                    policy,
                    session_id=lease_id,
                    ttl_ms=ttl_ms,
                    activity_time=None if idle_for_ms is None else now - idle_for_ms,
                    now=now,
                    fresh_for_ms=self._fresh_for_ms,
                )
            case LeaseAction.END_SESSION:
                return rules.end_session(record, policy, session_id=lease_id, now=now)
            case LeaseAction.KEEP_ENGAGEMENT:
                return rules.keep_engagement(record, policy, engagement_id=lease_id, ttl_ms=ttl_ms, now=now)
            case LeaseAction.END_ENGAGEMENT:
                return rules.end_engagement(record, policy, engagement_id=lease_id, now=now)


class _Ttl(NamedTuple):
    """The bounds of a time to live, and what it is where a request names none (ms)."""

    least_ms: int
    most_ms: int
    default_ms: int


_TTLS: Final = {
    LeaseAction.KEEP_SESSION: _Ttl(SESSION_TTL_MIN_MS, SESSION_TTL_MAX_MS, SESSION_TTL_DEFAULT_MS),
    LeaseAction.KEEP_ENGAGEMENT: _Ttl(ENGAGEMENT_TTL_MIN_MS, ENGAGEMENT_TTL_MAX_MS, ENGAGEMENT_TTL_DEFAULT_MS),
}
"""For each action that keeps something; what ends needs none."""


def _known_renewal(report: LeaseReport) -> Renewal | None:
    """Return what a store is told of a session or an engagement that may be known; None if it cannot be kept.

    The periods are checked, and of the id only that there is one: what is known has a well-formed id.
    """
    _, _, _, action, lease_id, ttl_ms, idle_for_ms = report
    ttl = _TTLS.get(action)
    if ttl is None or not lease_id:
        return None
    if ttl_ms is None:
        ttl_ms = ttl.default_ms
    elif not ttl.least_ms <= ttl_ms <= ttl.most_ms:
        return None
    if idle_for_ms is not None and not (action is LeaseAction.KEEP_SESSION and 0 <= idle_for_ms <= IDLE_FOR_MAX_MS):
        return None
    return Renewal(action, lease_id, ttl_ms, idle_for_ms)


def _renewal_of(report: LeaseReport) -> Renewal:
    return _renewal(report.action, "lease_id", report.lease_id, report.ttl_ms, report.idle_for_ms)


def _renewal(
    action: LeaseAction, field: str, lease_id: str, ttl_ms: int | None = None, idle_for_ms: int | None = None
) -> Renewal:
    """Return what a store is told, with the default where there is no `ttl_ms`. `field` is the path of the id.

    Raises:
        InvalidField: the id or a period is malformed.
    """
    check_id(field, lease_id)
    check_ends(field, lease_id)
    if idle_for_ms is not None:
        if action is not LeaseAction.KEEP_SESSION:
            raise InvalidField("idle_for", "is only for a session that is kept; record an activity instead")
        check_period("idle_for", idle_for_ms, 0, IDLE_FOR_MAX_MS)
    ttl = _TTLS.get(action)
    if ttl is None:
        return Renewal(action, lease_id)
    if ttl_ms is None:
        return Renewal(action, lease_id, ttl.default_ms, idle_for_ms)
    check_period("ttl", ttl_ms, ttl.least_ms, ttl.most_ms)
    return Renewal(action, lease_id, ttl_ms, idle_for_ms)
