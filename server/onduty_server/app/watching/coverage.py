"""Tracks the events that the pages of a snapshot already show, so that no watcher is told of them again."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ...domain.record import AccountEvent, StatusView
from ...domain.workflow import Workflow

_NOWHERE: Final = sys.maxsize


@dataclass(slots=True)
class SnapshotCoverage:
    """The users that pages show, and the revision of each. An event is `in` the coverage if a page shows its effect."""

    until: int = 0
    """No event of a later revision is covered."""
    _workflows: dict[str, int] = field(default_factory=dict)
    """The revision of each workflow that is shown, by team."""
    _page_ends: list[int] = field(default_factory=list)
    _page_revisions: list[int] = field(default_factory=list)
    _users: dict[str, int] = field(default_factory=dict)
    """In a filtered watch: the revision at which each user was shown."""
    _erased: set[str] = field(default_factory=set)
    """Users that pages show and that the watcher has been told to forget since."""

    def add_workflow(self, workflow: Workflow) -> None:
        """Add the workflow of the account or of a team, shown as of its revision."""
        self._workflows[workflow.team_id] = workflow.revision
        self.until = max(self.until, workflow.revision)

    def add_page(self, end: int | None, revision: int) -> None:
        """Add the users from the last page's end to position `end`, shown as of the account's `revision`.

        The last page, which ends nowhere (None), shows everybody whom the account had at that revision.
        """
        self._page_ends.append(_NOWHERE if end is None else end)
        self._page_revisions.append(revision)
        self.until = max(self.until, revision)

    def add_users(self, views: Sequence[StatusView]) -> None:
        """Add users of a filter, each shown as of the revision in the view."""
        for view in views:
            self._users[view.user_id] = view.revision
            self.until = max(self.until, view.revision)

    def add_erasure(self, user_id: str) -> None:
        """Add that the watcher is told to forget a user. Of one that has the id later, pages then show nothing."""
        self._erased.add(user_id)

    def __contains__(self, event: AccountEvent) -> bool:
        if event.revision > self.until:
            return False
        change = event.change
        if isinstance(change, Workflow):
            return event.revision <= self._workflows.get(change.team_id, 0)
        if change.user_id in self._erased:
            return False
        if self._users:
            return event.revision <= self._users.get(change.user_id, 0)
        page = bisect_right(self._page_ends, event.position)
        return page < len(self._page_ends) and event.revision <= self._page_revisions[page]
