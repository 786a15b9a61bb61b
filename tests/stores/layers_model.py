"""A model of one account with all that a user may have, for tests by chance: every user is settled at every instant.

It applies `domain.rules` to records in a dictionary, with no index, no sweeper and no past policy. Whatever a store
does to find out who is concerned must come to the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from onduty_server.app.ports.statuses import Activity, AvailabilityOrder, Decide, Renewal
from onduty_server.domain import rules
from onduty_server.domain.layers import LeaseAction
from onduty_server.domain.record import Decision, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import State, Status, Then
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, revise

Hint = Activity | Renewal | None


class AccountModel:
    """An account that nobody has to sweep."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.floor = 0
        self.workflow: Workflow = DEFAULT_WORKFLOW
        self.records: dict[str, UserRecord] = {}
        self.shown: list[tuple[str, State, State, int, int | None, Then | None]] = []
        """User, previous state, state, effective time, end, and what is then, of every change."""

    @property
    def policy(self) -> Policy:
        return Policy(self.workflow, self.floor)

    def advance(self, now: int) -> None:
        """Let time pass. Every record is settled at each instant at which something is due."""
        self.now = now
        for user in self.records:
            self._apply(user, rules.settle(self.records[user], self.policy, now))

    def recover(self, began: int, now: int) -> None:
        """Let an outage end that began at `began` (ms UTC): what was due by then has come true; then clocks restart."""
        self.advance(began)
        self.floor = now
        self.advance(now)

    def decide(self, user: str, decide: Decide) -> None:
        self._apply(user, decide(self.records.get(user) or UserRecord(user), self.policy, self.now))

    def configure(self, patch: WorkflowPatch) -> None:
        self.workflow = revise(self.workflow, patch, now=self.now, actor="", revision=self.workflow.revision + 1)
        self.advance(self.now)

    def _apply(self, user: str, decision: Decision) -> None:
        self.records[user] = decision.record
        self.shown += [
            (user, it.previous, it.state, it.effective_time, it.expire_time, it.then) for it in decision.switches
        ]

    def view(self, user: str) -> StatusView:
        return alike(rules.view(self.records[user], self.policy, self.now))

    def available(self, order: AvailabilityOrder, max_engagements: int) -> list[str]:
        """All who are available, best first."""
        position = {user: number for number, user in enumerate(self.records)}
        views = [self.view(user) for user in self.records]
        found = [
            view.user_id
            for view in views
            if view.available and (not max_engagements or view.engagements < max_engagements)
        ]
        keys: dict[AvailabilityOrder, Callable[[UserRecord], int]] = {
            AvailabilityOrder.LONGEST_AVAILABLE: lambda record: record.status_since,
            AvailabilityOrder.MOST_RECENTLY_ACTIVE: lambda record: -(record.last_activity or 0),
            AvailabilityOrder.LONGEST_IDLE: rules.own_clock,
        }
        return sorted(found, key=lambda user: (keys[order](self.records[user]), position[user]))


def alike(view: StatusView) -> StatusView:
    """A view without its revision, which depends on who was swept first."""
    return view._replace(revision=0)


SECOND = 1_000
MINUTE = 60 * SECOND


class Dice:
    """Draws events, and changes of a workflow."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def chance(self, of: float) -> bool:
        return self._random.random() < of

    def user(self, most: int) -> str:
        return f"user-{self._random.randrange(most)}"

    def pause(self) -> int:
        """How long nothing happens (ms)."""
        return self._random.choice([0, 0, 1, 500, SECOND, 10 * SECOND, 20 * SECOND, 31 * SECOND, MINUTE, 5 * MINUTE])

    def outage(self) -> int:
        """How long there is no heartbeat (ms), which is longer than the grace."""
        return self._random.choice([11 * SECOND, 40 * SECOND, 3 * MINUTE])

    def patch(self) -> WorkflowPatch:
        pick = self._random.choice
        patch: WorkflowPatch = {
            "enabled": pick([True, True, True, False]),
            "away_after_ms": pick([None, 30 * SECOND, MINUTE, 2 * MINUTE]),
            "offline_after_ms": pick([None, 3 * MINUTE, 10 * MINUTE]),
            "disconnect_after_ms": pick([None, SECOND, 30 * SECOND, MINUTE, 4 * MINUTE]),
            "disconnect_status": pick([Status.OFFLINE, Status.AWAY]),
            "keep_manual_away": pick([True, False]),
        }
        if not any(patch[period] for period in ("away_after_ms", "offline_after_ms", "disconnect_after_ms")):
            patch["enabled"] = False
        return patch

    def event(self, is_known: bool) -> tuple[Decide, Hint]:
        pick = self._random.choice
        kind = self._random.randrange(100)
        if kind < 25 or not is_known:
            age = pick([0, 0, 0, SECOND, 40 * SECOND, 3 * MINUTE])
            return _activity(age), Activity(None) if age == 0 else None
        if kind < 40:
            lasting = pick([None, None, SECOND, 30 * SECOND, 2 * MINUTE])
            return _setting(pick(list(Status)), lasting, pick(list(Then))), None
        lease = f"{pick('abcd')}"
        if kind < 65:
            idle_for = pick([None, None, 0, 10 * SECOND, 90 * SECOND])
            return _session(lease, pick([30 * SECOND, 30 * SECOND, 2 * MINUTE]), idle_for)
        if kind < 75:
            return _end_session(lease)
        if kind < 92:
            return _engagement(lease, pick([10 * SECOND, MINUTE, 5 * MINUTE]))
        return _end_engagement(lease)


def _activity(age: int) -> Decide:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.record_activity(record, policy, activity_time=now - age if age else now, now=now)

    return decide


def _setting(status: Status, lasting: int | None, then: Then) -> Decide:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.set_status(
            record,
            policy,
            status=status,
            now=now,
            actor="",
            reason="",
            expected_revision=None,
            expire_time=None if lasting is None else now + lasting,
            then=None if lasting is None else then,
        )

    return decide


def _session(session: str, ttl: int, idle_for: int | None) -> tuple[Decide, Hint]:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        seen = None if idle_for is None else now - idle_for if idle_for else now
        return rules.keep_session(record, policy, session_id=session, ttl_ms=ttl, activity_time=seen, now=now)

    return decide, Renewal(LeaseAction.KEEP_SESSION, session, ttl, idle_for)


def _end_session(session: str) -> tuple[Decide, Hint]:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.end_session(record, policy, session_id=session, now=now)

    return decide, Renewal(LeaseAction.END_SESSION, session)


def _engagement(engagement: str, ttl: int) -> tuple[Decide, Hint]:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.keep_engagement(record, policy, engagement_id=engagement, ttl_ms=ttl, now=now)

    return decide, Renewal(LeaseAction.KEEP_ENGAGEMENT, engagement, ttl)


def _end_engagement(engagement: str) -> tuple[Decide, Hint]:
    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        return rules.end_engagement(record, policy, engagement_id=engagement, now=now)

    return decide, Renewal(LeaseAction.END_ENGAGEMENT, engagement)
