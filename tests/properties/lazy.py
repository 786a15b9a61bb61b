"""The rules as a service: one account that keeps what they decide, and settles nobody before somebody asks.

It is the least that a store does: it commits decisions, and keeps replaced workflows for those who have not been looked
at since. No index, no sweeper of its own, no disk.
"""

from __future__ import annotations

from dataclasses import replace

from tests.properties.layers.events import (
    Active,
    Change,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
    PersonEvent,
    Refusal,
    Refused,
    Set,
    View,
)
from tests.properties.layers.person import activity_time, check_fields
from tests.properties.spelling import REFUSALS, change_as_told, patch_as_sent, view_as_told

from onduty_server.domain import rules
from onduty_server.domain.errors import DomainError, UserUnknown
from onduty_server.domain.record import Decision, StatusChange, UserRecord
from onduty_server.domain.rules import PastPolicy, Policy
from onduty_server.domain.status import State, Status, Then
from onduty_server.domain.workflow import FRESH_FOR_MS, revise


class LazyAccount:
    """See the module. It is a `Driver` of the cases."""

    vouched_for = 0

    def __init__(self, now: int) -> None:
        self.now = now
        self.policy = Policy()
        self.revision = 0
        self.records: dict[str, UserRecord] = {}
        self.committed: dict[str, list[StatusChange]] = {}

    def to(self, now: int) -> None:
        assert now >= self.now
        self.now = now

    def outage(self, until: int) -> None:
        self._keep_past(self.now)
        self.policy = replace(self.policy, floor=until)
        self.to(until)

    def configure(self, **patch: object) -> None:
        before = self.policy.workflow
        try:
            after = revise(before, patch_as_sent(patch), now=self.now, actor="grace", revision=self.revision + 1)
        except DomainError as error:
            raise as_refused(error) from error
        if after is not before:
            self.revision += 1
            self._keep_past(self.now)
            self.policy = replace(self.policy, workflow=after)

    def _keep_past(self, until: int) -> None:
        past = PastPolicy(self.policy.workflow, self.policy.floor, until, self.revision)
        self.policy = replace(self.policy, past=(*self.policy.past, past))

    def do(self, user: str, event: PersonEvent) -> View:
        check_fields(event, self.now)
        record = self.records.get(user, UserRecord(user))
        packed, state = record.layers, record.state
        try:
            decision = self._decide(record, event)
        except DomainError as error:
            raise as_refused(error) from error
        assert (record.layers, record.state) == (packed, state), "the record that was handed in is not written to"
        self.commit(user, decision)
        return self.view(user)

    def _decide(self, record: UserRecord, event: PersonEvent) -> Decision:
        policy, now = self.policy, self.now
        if record.state is State.UNSEEN and not isinstance(event, Set) and activity_time(event, now) is None:
            raise UserUnknown("acme", "ada")  # as the use cases do
        match event:
            case Active(at):
                return rules.record_activity(record, policy, activity_time=min(at or now, now), now=now)
            case Set():
                return rules.set_status(
                    record,
                    policy,
                    status=Status[event.status.name],
                    now=now,
                    actor=event.actor,
                    reason=event.reason,
                    expected_revision=None,
                    expire_time=event.until if event.ttl is None else now + event.ttl,
                    then=None
                    if event.ttl is None and event.until is None
                    else Then[(event.then or Then.AUTOMATIC).name],
                )
            case KeepSession():
                return rules.keep_session(
                    record,
                    policy,
                    session_id=event.session_id,
                    ttl_ms=event.ttl,
                    activity_time=None if event.idle_for is None else now - event.idle_for,
                    now=now,
                    fresh_for_ms=FRESH_FOR_MS,
                )
            case EndSession(session_id):
                return rules.end_session(record, policy, session_id=session_id, now=now)
            case KeepEngagement():
                return rules.keep_engagement(
                    record, policy, engagement_id=event.engagement_id, ttl_ms=event.ttl, now=now
                )
            case EndEngagement(engagement_id):
                return rules.end_engagement(record, policy, engagement_id=engagement_id, now=now)

    def commit(self, user: str, decision: Decision) -> None:
        """Keep a decision."""
        self.committed.setdefault(user, []).extend(self._as_changes(user, decision))
        if decision.switches:
            self.revision += len(decision.switches)
            decision.record.revision = self.revision
        if decision.record.state is not State.UNSEEN:
            before = self.records.get(user)
            if before is not None and not decision.durable:
                assert not decision.switches
                assert (before.state, before.actor, before.reason) == (
                    decision.record.state,
                    decision.record.actor,
                    decision.record.reason,
                ), "only numbers may be written behind"
            self.records[user] = decision.record

    def _as_changes(self, user: str, decision: Decision) -> list[StatusChange]:
        for switch in decision.switches:
            assert switch.effective_time <= self.now, "nothing is committed before it is true"
        return [switch.committed(user, self.revision, self.now) for switch in decision.switches]

    def sweep(self) -> None:
        """What time has brought is kept, as the sweeper does; once that is done, it has brought nothing more."""
        for user, record in self.records.items():
            self.commit(user, rules.settle(record, self.policy, self.now))
            again = rules.settle(self.records[user], self.policy, self.now)
            assert not again.switches and not again.durable

    def view(self, user: str) -> View:
        if user not in self.records:
            raise Refused(Refusal.USER_UNKNOWN)
        return view_as_told(rules.view(self.records[user], self.policy, self.now))

    def changes(self, user: str) -> list[Change]:
        """All that a reader knows to have happened, whether or not it is kept."""
        if user not in self.records:
            return []
        pending = self._as_changes(user, rules.settle(self.records[user], self.policy, self.now))
        return [change_as_told(change) for change in [*self.committed[user], *pending]]

    def available(self, max_engagements: int | None = None) -> set[str]:
        views = {user: self.view(user) for user in self.records}
        return {
            user
            for user, view in views.items()
            if view.available and (max_engagements is None or view.engagements < max_engagements)
        }


def as_refused(error: DomainError) -> Refused:
    """An error of the service, in the words of the model."""
    for refusal, kind in REFUSALS.items():
        if isinstance(error, kind):
            return Refused(refusal)
    raise error
