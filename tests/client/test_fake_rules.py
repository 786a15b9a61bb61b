"""The rules of the fake service are those of the server, but for inactivity: random histories of both agree."""

from __future__ import annotations

import random
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from onduty_client import LimitExceeded, OndutyError, Status, StatusChange, Then, UserStatus, UserUnknown
from onduty_client.testing import FakeClient
from onduty_server.domain import errors, people, rules
from onduty_server.domain import status as domain
from onduty_server.domain.record import Decision, ProfilePatch, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, delete, follow, revise

SECOND = timedelta(seconds=1)


class Real:
    """One user of the server's rules. Activities are recent enough, and there are no periods of inactivity."""

    def __init__(self) -> None:
        self.workflows = {"": DEFAULT_WORKFLOW}
        self.record = UserRecord("ann")
        self.revision = 0
        self.changes: list[tuple[int | None, ...]] = []

    @property
    def policy(self) -> Policy:
        return self.policy_of(self.record.profile.team_id)

    def policy_of(self, team_id: str) -> Policy:
        return Policy(self.workflows.get(team_id, self.workflows[""]))

    def do(self, name: str, now: int, **options: Any) -> None:
        of_lease = name.endswith(("session", "engagement"))
        is_new = self.record.state is domain.State.UNSEEN
        if is_new and (name in ("erase", "update_user") or (of_lease and options.get("activity_time") is None)):
            raise errors.UserUnknown("acme", "ann")
        getattr(self, name, partial(self._follow, name))(now=now, **options)

    def settle(self, now: int) -> None:
        self._commit(rules.settle(self.record, self.policy, now))

    def update_user(self, now: int, patch: ProfilePatch) -> None:
        target = self.policy_of(patch.get("team_id", self.record.profile.team_id))
        self._commit(people.update_profile(self.record, self.policy, target, patch, now))

    def erase(self, now: int) -> None:
        self.settle(now)
        self.revision += 1
        self.record = UserRecord("ann")

    def update_workflow(self, now: int, team_id: str, patch: WorkflowPatch) -> None:
        current = self.workflows.get(team_id, self.workflows[""])
        self._write(now, team_id, revise(current, patch, now=now, actor="kim", revision=1, team_id=team_id))

    def delete_workflow(self, now: int, team_id: str) -> None:
        if team_id in self.workflows:
            current = self.workflows[team_id]
            self._write(now, team_id, delete(current, self.workflows[""], now=now, actor="kim", revision=1))

    def _write(self, now: int, team_id: str, workflow: Workflow) -> None:
        if workflow is self.workflows.get(team_id):
            return
        self.settle(now)
        self.revision += 1
        self.workflows[team_id] = workflow
        if not team_id:
            for each, following in self.workflows.items():
                if following.follows:
                    self.workflows[each] = follow(following, workflow, now=now)
        self.settle(now)

    def _follow(self, name: str, *, now: int, **options: Any) -> None:
        self._commit(getattr(rules, name)(self.record, self.policy, now=now, **options))

    def view(self, now: int) -> StatusView:
        return rules.view(self.record, self.policy, now)

    def _commit(self, decision: Decision) -> None:
        self.record = decision.record.copy()
        for place, switch in enumerate(decision.switches):
            self.revision += 1 + (place == decision.profile_at)
            self.changes.append(
                (
                    switch.previous.status,
                    switch.state.status,
                    switch.state.cause,
                    switch.effective_time,
                    switch.expire_time,
                    switch.then,
                )
            )
        self.revision += decision.profile_at == len(decision.switches)
        if decision.switches or decision.profile_at is not None:
            self.record.revision = self.revision


def ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1_000)


def of_view(view: StatusView) -> tuple[Any, ...]:
    return (
        *(view.status.name, view.cause.name, view.status_since, view.last_activity),
        None if view.next_status is None else view.next_status.name,
        view.next_status_time,
        None if view.next_cause is None else view.next_cause.name,
        *(view.actor, view.reason, view.revision, view.expire_time),
        None if view.then is None else view.then.name,
        *(view.connected, view.engagements),
        *view.profile,
    )


def of_status(user: UserStatus) -> tuple[Any, ...]:
    return (
        *(user.status.value, user.cause.value, ms(user.status_since), ms(user.last_activity_time)),
        None if user.next_status is None else user.next_status.value,
        ms(user.next_status_time),
        None if user.next_cause is None else user.next_cause.value,
        *(user.actor, user.reason, user.revision, ms(user.expire_time)),
        None if user.then is None else user.then.value,
        *(user.connected, user.engagements),
        *(user.display_name, user.team_id),
    )


def of_change(change: StatusChange) -> tuple[Any, ...]:
    return (
        None if change.previous_status is None else domain.Status[change.previous_status],
        domain.Status[change.status],
        domain.Cause[change.cause],
        ms(change.effective_time),
        ms(change.expire_time),
        None if change.then is None else domain.Then[change.then],
    )


class History:
    """Does the same at both, and compares what they show."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.steps = ["wait", "wait", "activity", "set", "until", "keep", "keep", "end", "engage", "let go", "move"]
        if dice.random() < 0.5:
            # Of somebody whose sessions end, in one team or another.
            self.steps = ["wait", "wait", "keep", "end", "move", "move", "workflow", "follow"]
        if dice.random() < 0.5:
            self.steps += ["erase", "workflow"]
        self.client = FakeClient(actor="kim")
        self.real = Real()
        if dice.random() < 0.8:
            self.change_workflow("")

    @property
    def now(self) -> int:
        found = ms(self.client.service.now)
        assert found is not None
        return found

    def both(
        self, method: str, arguments: tuple[Any, ...], options: dict[str, Any], name: str, real: dict[str, Any]
    ) -> None:
        """Call a method of the client, and what it stands for."""
        refusal: type[OndutyError] | None = None
        try:
            self.real.do(name, self.now, **real)
        except errors.UserUnknown:
            refusal = UserUnknown
        except errors.LimitExceeded:
            refusal = LimitExceeded
        with pytest.raises(refusal) if refusal else nullcontext():
            getattr(self.client, method)("acme", "ann", *arguments, **options)

    def change_workflow(self, team_id: str) -> None:
        """Enable a workflow with a random disconnection, or disable it."""
        status, after = self.dice.choice([Status.AWAY, Status.OFFLINE]), self.dice.choice([5, 60, 600])
        patch = WorkflowPatch(
            enabled=self.dice.random() < 0.8,
            disconnect_after_ms=after * 1_000,
            disconnect_status=domain.Status[status],
        )
        self.real.update_workflow(self.now, team_id, patch)
        self.client.update_workflow(
            "acme",
            team_id=team_id,
            enabled=patch["enabled"],
            disconnect_after=after * SECOND,
            disconnect_status=status,
        )

    def step(self) -> None:
        dice = self.dice
        what = dice.choice(self.steps)
        lease = str(dice.randrange(22 if dice.random() < 0.3 else 2))
        ttl = dice.choice([30, 60, 150, 900]) * SECOND
        ttl_ms = round(ttl.total_seconds() * 1_000)
        match what:
            case "wait":
                self.client.service.now += dice.choice([0.001, 1, 5, 25, 30, 60, 600]) * SECOND
                if self.real.record.state is not domain.State.UNSEEN:
                    self.real.settle(self.now)
            case "activity":
                age = dice.choice([0, 0, 5, 60]) if self.real.record.state is not domain.State.UNSEEN else 0
                at = self.client.service.now - age * SECOND
                self.both("record_activity", (), {"activity_time": at}, "record_activity", {"activity_time": ms(at)})
            case "set" | "until":
                status = dice.choice([Status.ONLINE, Status.AWAY, Status.OFFLINE])
                options: dict[str, Any] = {"reason": dice.choice(["", "lunch"])}
                real: dict[str, Any] = {
                    **options,
                    "status": domain.Status[status],
                    "actor": "kim",
                    "expected_revision": None,
                }
                if what == "until":
                    end = self.client.service.now + dice.choice([1, 5, 60, 900]) * SECOND
                    then = dice.choice([*Then][:4])
                    options |= {"until": end, "then": then}
                    real |= {"expire_time": ms(end), "then": domain.Then[then]}
                self.both("set_status", (status,), options, "set_status", real)
            case "keep":
                known = self.real.record.state is not domain.State.UNSEEN
                idle = dice.choice([None, 0, 5, 60]) if known else dice.choice([None, 0])
                idle_for = None if idle is None else idle * SECOND
                self.both(
                    *("keep_session", (lease,), {"ttl": ttl, "idle_for": idle_for}),
                    "keep_session",
                    {
                        "session_id": lease,
                        "ttl_ms": ttl_ms,
                        "activity_time": None if idle is None else self.now - idle * 1_000,
                    },
                )
            case "end":
                self.both("end_session", (lease,), {}, "end_session", {"session_id": lease})
            case "engage":
                self.both(
                    *("keep_engagement", (lease,), {"ttl": ttl}),
                    "keep_engagement",
                    {"engagement_id": lease, "ttl_ms": ttl_ms},
                )
            case "move":
                patch = ProfilePatch(team_id=dice.choice(["", "day", "night"]))
                if dice.random() < 0.2:
                    patch = ProfilePatch(display_name=dice.choice(["", "Ann"]))
                self.both("update_user", (), dict(patch), "update_user", {"patch": patch})
            case "workflow":
                self.change_workflow(dice.choice(["", "day", "night"]))
            case "follow":
                team_id = dice.choice(["day", "night"])
                self.real.delete_workflow(self.now, team_id)
                self.client.delete_workflow("acme", team_id)
            case "erase":
                self.both("delete_user", (), {}, "erase", {})
            case "let go":
                self.both("end_engagement", (lease,), {}, "end_engagement", {"engagement_id": lease})

    def compare(self) -> None:
        if self.real.record.state is domain.State.UNSEEN:
            with pytest.raises(UserUnknown):
                self.client.get_status("acme", "ann")
            return
        assert of_status(self.client.get_status("acme", "ann")) == of_view(self.real.view(self.now))
        assert [of_change(each) for each in self.client.service.changes("acme")] == self.real.changes


@pytest.mark.parametrize("seed", range(60))
def test_a_fake_service_and_the_servers_rules_agree_on_random_histories(seed: int) -> None:
    history = History(random.Random(seed))
    for _ in range(120):
        history.step()
        history.compare()


def test_the_fakes_clock_starts_at_a_whole_second() -> None:
    assert FakeClient().service.now == datetime(2026, 1, 1, 12, tzinfo=UTC)
