"""Tracks the events that the pages of a snapshot already show, so that no watcher is told of them again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...domain.record import AccountEvent, StatusView
from ...domain.workflow import Workflow


@dataclass(slots=True)
class SnapshotCoverage:
    """The users that pages show, and the revision of each. An event is `in` the coverage if a page shows its effect."""

    until: int = 0
    """No event of a later revision is covered."""
    _workflow: int = 0
    _page_ends: list[int] = field(default_factory=list)
    _page_revisions: list[int] = field(default_factory=list)
    _users: dict[str, int] = field(default_factory=dict)
    """In a filtered watch: the revision at which each user was shown."""

    def add_workflow(self, workflow: Workflow) -> None:
        """Add the workflow, shown as of its revision."""
        self._workflow = workflow.revision
        self.until = max(self.until, workflow.revision)

    def add_page(self, end: int, revision: int) -> None:
        """Add the users from the last page's end to position `end`, shown as of the account's `revision`."""
        self._page_ends.append(end)
        self._page_revisions.append(revision)
        self.until = max(self.until, revision)

    def add_users(self, views: Sequence[StatusView]) -> None:
        """Add users of a filter, each shown as of the revision in the view."""
        for view in views:
            self._users[view.user_id] = view.revision
            self.until = max(self.until, view.revision)

    def __contains__(self, event: AccountEvent) -> bool:
        if event.revision > self.until:
            return False
        if isinstance(event.change, Workflow):
            return event.revision <= self._workflow
        if self._users:
            return event.revision <= self._users.get(event.change.user_id, 0)
        page = bisect_right(self._page_ends, event.position)
        return page < len(self._page_ends) and event.revision <= self._page_revisions[page]
