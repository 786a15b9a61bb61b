"""Reads an account's kept changes again, of statuses and of the workflow, in the order of their revisions.

The server lists both kinds apart. Invariants: what is yielded leaves out nothing that is kept and comes before the last
change yielded; every change that was durable when reading began is yielded.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from onduty_client import AsyncClient, StatusChange, WorkflowChange

from ....text.times import to_ms

Change: TypeAlias = StatusChange | WorkflowChange

_PAGE: Final = 1_000
_WORKFLOWS_PAGE: Final = 100


class History:
    """The kept changes of an account after a revision, read once.

    Attributes:
        oldest_status: the revision of the oldest status change that is kept; None before reading and if there is none.
        newest: the last revision of any change that was seen.
        commit_ms: when the server recorded the change `known`, ms UTC; None if that is not kept, or not reached.
    """

    def __init__(self, client: AsyncClient, account_id: str, after: int, *, known: int = 0) -> None:
        self._client = client
        self._account_id = account_id
        self._after = after
        self._known = known
        self.oldest_status: int | None = None
        self.newest = 0
        self.commit_ms: int | None = None

    async def pages(self) -> AsyncGenerator[Sequence[Change], None]:
        """Yield the changes in batches; the first may be empty. Raises OndutyError if the server cannot be asked."""
        told = self._after
        before = await self._workflow_changes(told)
        page_token = ""
        while True:
            page = await self._client.list_status_changes_page(self._account_id, page_size=_PAGE, page_token=page_token)
            page_token = page.next_page_token
            self._look_at(page.items)
            statuses = [change for change in page.items if change.revision > told]
            if not statuses and page_token:
                continue
            # A workflow change that is listed after this page, and of an earlier revision than its last, was not on
            # an earlier list. One that was listed before the last page has all status changes before it on the pages;
            # of a later one that is not certain, and a watch that was begun before will tell of it.
            later = await self._workflow_changes(told)
            top = statuses[-1].revision if statuses else told
            known = {change.revision for change in before}
            workflows = [
                change for change in later if change.revision <= top or (not page_token and change.revision in known)
            ]
            before = later
            changes: list[Change] = sorted([*statuses, *workflows], key=lambda change: change.revision)
            if changes:
                told = changes[-1].revision
            yield changes
            if not page_token:
                return

    def _look_at(self, changes: Sequence[StatusChange]) -> None:
        if not changes:
            return
        if self.oldest_status is None:
            self.oldest_status = changes[0].revision
        self.newest = max(self.newest, changes[-1].revision)
        for change in changes if changes[0].revision <= self._known <= changes[-1].revision else ():
            if change.revision == self._known:
                self.commit_ms = to_ms(change.commit_time)

    async def _workflow_changes(self, after: int) -> list[WorkflowChange]:
        found: list[WorkflowChange] = []
        stop = min(after, self._known) if self._known else after
        changes = self._client.list_workflow_changes(self._account_id, page_size=_WORKFLOWS_PAGE)
        async for change in changes:
            self.newest = max(self.newest, change.revision)
            if change.revision == self._known and change.workflow.update_time is not None:
                self.commit_ms = to_ms(change.workflow.update_time)
            if change.revision <= stop:
                break
            if change.revision > after:
                found.append(change)
        return found


async def revision_before(client: AsyncClient, account_id: str, time: datetime) -> int | None:
    """Return the revision before the first kept change that was effective at or after a time; None if there is none."""
    found: list[int] = []
    async for change in client.list_status_changes(account_id, start_time=time, page_size=1):
        found.append(change.revision)
        break
    async for workflow_change in client.list_workflow_changes(account_id, page_size=_WORKFLOWS_PAGE):
        update_time = workflow_change.workflow.update_time
        if update_time is None or update_time < time:
            break
        found.append(workflow_change.revision)
    return min(found) - 1 if found else None
