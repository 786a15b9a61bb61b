"""Somebody's life under the rules, told by times of day. Times are ms UTC of the first day of 1970."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.builders import HOUR, MINUTE, SECOND

from onduty_server.domain import rules
from onduty_server.domain.layers import Layers, unpack
from onduty_server.domain.record import Decision, StatusView, UserRecord
from onduty_server.domain.rules import PastPolicy, Policy
from onduty_server.domain.status import Status, Then
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, WorkflowPatch, revise

SESSION_TTL = 150 * SECOND


def at(clock: str) -> int:
    """The time that "12:30", "12:30:05" or "12:30:05.250" means."""
    hours, minutes, *rest = clock.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE + round(float(rest[0] if rest else 0) * SECOND)


def clock(time_ms: int) -> str:
    """The time of day, as short as `at` reads it."""
    minutes, ms = divmod(time_ms, MINUTE)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return text if ms == 0 else f"{text}:{ms / SECOND:06.3f}".removesuffix(".000")


class Life:
    """A user and a policy. Every event checks that settling twice gives what settling once does."""

    def __init__(self, **patch: object) -> None:
        self.record = UserRecord("ada")
        self.policy = Policy()
        self.revision = 0
        self.history: list[str] = []
        if patch:
            self.configure("00:00", **patch)

    @property
    def layers(self) -> Layers:
        return unpack(self.record.layers)

    def configure(self, when: str, **patch: object) -> None:
        """Change the workflow, as a store does that settles nobody at a change."""
        old = self.policy
        self.revision += 1
        changed = revise(old.workflow, WorkflowPatch(**patch), now=at(when), actor="kim", revision=self.revision)  # type: ignore[typeddict-item]
        past = PastPolicy(old.workflow, old.floor, at(when), self.revision - 1)
        self.policy = Policy(changed, old.floor, past=() if old.workflow is DEFAULT_WORKFLOW else (*old.past, past))

    def outage(self, began: str, over: str) -> None:
        """Recover at `over` from an outage; what was due before it is settled first."""
        self._take(rules.settle(self.record, self.policy, at(began)), at(began))
        self.policy = replace(self.policy, floor=at(over))

    def activity(self, when: str, of: str | None = None) -> None:
        self._take(
            rules.record_activity(self.record, self.policy, activity_time=at(of or when), now=at(when)), at(when)
        )

    def set(self, when: str, status: str, until: str | None = None, then: Then | None = None, reason: str = "") -> None:
        self._take(
            rules.set_status(
                self.record,
                self.policy,
                status=Status[status],
                now=at(when),
                actor="ada",
                reason=reason,
                expected_revision=None,
                expire_time=None if until is None else at(until),
                then=then,
            ),
            at(when),
        )

    def keep(self, when: str, session: str = "laptop", ttl: int = SESSION_TTL, active: str | None = None) -> None:
        self._take(
            rules.keep_session(
                self.record,
                self.policy,
                session_id=session,
                ttl_ms=ttl,
                activity_time=None if active is None else at(active),
                now=at(when),
            ),
            at(when),
        )

    def close(self, when: str, session: str = "laptop") -> None:
        self._take(rules.end_session(self.record, self.policy, session_id=session, now=at(when)), at(when))

    def engage(self, when: str, engagement: str = "call", ttl: int = HOUR) -> None:
        decision = rules.keep_engagement(self.record, self.policy, engagement_id=engagement, ttl_ms=ttl, now=at(when))
        self._take(decision, at(when))

    def hang_up(self, when: str, engagement: str = "call") -> None:
        self._take(rules.end_engagement(self.record, self.policy, engagement_id=engagement, now=at(when)), at(when))

    def sweep(self, when: str) -> None:
        self._take(rules.settle(self.record, self.policy, at(when)), at(when))

    def view(self, when: str) -> StatusView:
        return rules.view(self.record, self.policy, at(when))

    def shown(self, when: str) -> str:
        """The status shown, its cause, and since when: "AWAY by INACTIVITY since 09:10"."""
        view = self.view(when)
        return f"{view.status.name} by {view.cause.name} since {clock(view.status_since)}"

    def ahead(self, when: str) -> str | None:
        """The next change: "AWAY by INACTIVITY at 09:10"; None if there is none."""
        view = self.view(when)
        if view.next_status is None or view.next_status_time is None or view.next_cause is None:
            return None
        return f"{view.next_status.name} by {view.next_cause.name} at {clock(view.next_status_time)}"

    def told(self, when: str) -> list[str]:
        """All changes up to `when`, settled first."""
        self.sweep(when)
        return self.history

    def _take(self, decision: Decision, now: int) -> None:
        before = self.record
        for time in range(before.clock, now, max(1, (now - before.clock) // 7)):
            partly = rules.settle(before, self.policy, time)
            rest = rules.settle(partly.record, self.policy, now)
            whole = rules.settle(before, self.policy, now)
            assert (*partly.switches, *rest.switches) == whole.switches
            assert repr(rest.record) == repr(whole.record)
        self.record = decision.record
        for switch in decision.switches:
            assert switch.effective_time <= now
            assert switch.state.status is not None and switch.state.cause is not None
            self.revision += 1
            self.record.revision = self.revision
            end = "" if switch.expire_time is None else f" until {clock(switch.expire_time)}"
            self.history.append(
                f"{clock(switch.effective_time)} {switch.state.status.name} by {switch.state.cause.name}{end}"
            )
