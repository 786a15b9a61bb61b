"""The groups of an account, by team, and the policy that decides for each: its own, or the account's.

An account that knows no teams has one group, and does not look at `due_groups`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...domain.record import UserRecord
from ...domain.rules import Policy
from .due_groups import DueGroups
from .group import Group
from .user import ResidentUser

_NO_GROUPS: frozenset[Group] = frozenset()


class AccountGroups:
    """The groups and policies of an account, whose users `Account` adds."""

    __slots__ = (
        "_updaters",
        "apart",
        "arrived",
        "due_groups",
        "groups",
        "order",
        "policy",
        "teamless",
        "with_past",
        "workflow_revision",
    )

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        """The account's own, which decides for whoever is in no group that `is_apart`."""
        self.workflow_revision = policy.workflow.revision
        """At least the revision of the last change of a workflow."""
        self.order: list[ResidentUser] = []
        """Users by number, which is the order in which they were first seen; `ERASED` where one was erased."""
        self.arrived: dict[ResidentUser, UserRecord] = {}
        """The records of users who are ARRIVED, as they have become."""
        self.teamless = Group("", policy, self.order, self.arrived)
        self.groups: dict[str, Group] = {"": self.teamless}
        """By team."""
        self.apart: dict[str, Group] = {}
        """Those of them whose policy is not the account's."""
        self.with_past = _NO_GROUPS
        """Those of them that have past policies."""
        self.due_groups: DueGroups | None = None
        """None until there is a team."""
        self._updaters: set[str] | None = None
        """The users who have changed one of the workflows; None: they have to be looked up."""

    def group(self, team_id: str) -> Group:
        """Return the group of a team, a new one if there is none."""
        group = self.groups.get(team_id)
        if group is None:
            if self.due_groups is None:
                self.due_groups = DueGroups()
            if len(self.groups) == 1:
                self.due_groups.unplaced.add(self.teamless)
            group = self.groups[team_id] = Group(team_id, self.policy, self.order, self.arrived)
        return group

    def policy_of(self, team_id: str) -> Policy:
        """Return the policy of a team's users."""
        group = self.apart.get(team_id)
        return self.policy if group is None else group.policy

    def policies(self) -> list[Policy]:
        """Return the policies that decide for anybody."""
        return [self.policy, *(group.policy for group in self.apart.values())]

    @property
    def team_workflows(self) -> int:
        """How many teams have a workflow of their own. May be asked from any thread."""
        return sum(group.has_own for group in tuple(self.apart.values()))

    def past_count(self, team_id: str) -> int:
        """Return how many past policies there are under a policy that a change of a workflow would replace."""
        if team_id:
            return len(self.policy_of(team_id).past)
        return max(len(policy.past) for policy in self.policies())

    def updated_by(self, user_id: str) -> bool:
        """Return True if a workflow that decides for anybody names a user as the one who changed it."""
        if self._updaters is None:
            self._updaters = set()
            for policy in self.policies():
                for workflow in (policy.workflow, *(past.workflow for past in policy.past)):
                    self._updaters.update((workflow.updated_by, workflow.update_caller))
        return user_id in self._updaters

    def set_policy(self, team_id: str, policy: Policy | None) -> None:
        """Replace the account's policy, or that of a team; None: the team's is the account's."""
        self._updaters = None
        if policy is not None:
            self.workflow_revision = max(self.workflow_revision, policy.workflow.revision)
        if not team_id:
            assert policy is not None
            past, self.policy = self.policy.past, policy
            groups = [group for group in self.groups.values() if not group.is_apart]
        else:
            group = self.group(team_id)
            past, groups = group.policy.past, [group]
            group.is_apart = policy is not None
            if policy is None:
                self.apart.pop(team_id, None)
                policy = self.policy
            else:
                self.apart[team_id] = group
        scans = bool(policy.past) and policy.past is not past
        for group in groups:
            group.policy = policy
            if scans:
                group.rescan()
        self.place_anew(groups)
        if team_id:
            self.with_past -= {group}
            if group.is_apart and policy.past:
                self.with_past |= {group}
            self.drop_needless(group)

    def drop_needless(self, group: Group) -> None:
        """Forget a group with which nothing would be lost."""
        if group.is_needless and self.groups.get(group.team_id) is group:
            del self.groups[group.team_id]
            if self.due_groups is not None:
                self.due_groups.remove(group)

    def place_anew(self, groups: Iterable[Group]) -> None:
        """Record that something may be due earlier in some groups. With one group there is nothing to place."""
        if self.due_groups is not None:
            self.due_groups.unplaced.update(groups)

    @property
    def has_past(self) -> bool:
        """True if there are past policies."""
        return bool(self.policy.past or self.with_past)

    def rescan(self) -> None:
        """Make `collect` look at every user once who has a past policy."""
        for group in self.groups.values():
            if group.policy.past:
                group.rescan()
                self.place_anew((group,))
