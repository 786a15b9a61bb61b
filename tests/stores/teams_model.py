"""A model of an account whose teams have workflows of their own, for tests by chance: see `layers_model`."""

from __future__ import annotations

from tests.stores.layers_model import AccountModel, alike

from onduty_server.app.ports.statuses import Decide
from onduty_server.domain import rules
from onduty_server.domain.record import Decision, ProfilePatch, StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import State, Then
from onduty_server.domain.workflow import Workflow, WorkflowPatch, delete, follow, revise


class TeamsModel(AccountModel):
    """An account in which everybody is settled at every change of a workflow, and nothing is past."""

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.teams: dict[str, Workflow] = {}
        """The workflows of teams that have, or have had, one of their own."""
        self.moved: list[tuple[str, str, State, State, int, int | None, Then | None]] = []
        """As `shown`, with the team."""

    def policy_of(self, team: str) -> Policy:
        return Policy(self.teams.get(team, self.workflow), self.floor)

    def advance(self, now: int) -> None:
        self.now = now
        for user, record in self.records.items():
            self._apply(user, rules.settle(record, self.policy_of(record.profile.team_id), now))

    def decide(self, user: str, decide: Decide) -> None:
        record = self.records.get(user) or UserRecord(user)
        self._apply(user, decide(record, self.policy_of(record.profile.team_id), self.now))

    def update(self, user: str, patch: ProfilePatch) -> None:
        record = self.records[user]
        team = record.profile.team_id
        target = self.policy_of(patch.get("team_id", team))
        self._apply(user, rules.update_profile(record, self.policy_of(team), target, patch, self.now))

    def erase(self, user: str) -> None:
        del self.records[user]
        self.moved = [switch for switch in self.moved if switch[0] != user]

    def configure_team(self, team: str, patch: WorkflowPatch) -> None:
        current = self.teams.get(team, self.workflow)
        revised = revise(current, patch, now=self.now, actor="", revision=0, team_id=team)
        if team:
            self.teams[team] = revised
        else:
            self.workflow = revised
            for other, workflow in self.teams.items():
                if workflow.follows:
                    self.teams[other] = follow(workflow, revised, now=self.now)
        self.advance(self.now)

    def unconfigure(self, team: str) -> None:
        if team in self.teams:
            self.teams[team] = delete(self.teams[team], self.workflow, now=self.now, actor="", revision=0)
        self.advance(self.now)

    def _apply(self, user: str, decision: Decision) -> None:
        before = self.records[user].profile.team_id if user in self.records else ""
        self.records[user] = decision.record
        after, moves_at = decision.record.profile.team_id, decision.profile_at
        for number, it in enumerate(decision.switches):
            team = before if moves_at is not None and number < moves_at else after
            self.moved.append((user, team, it.previous, it.state, it.effective_time, it.expire_time, it.then))

    def view(self, user: str) -> StatusView:
        record = self.records[user]
        return alike(rules.view(record, self.policy_of(record.profile.team_id), self.now))
