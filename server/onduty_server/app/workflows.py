"""The use cases of workflows: read, change, preview a change, and list past changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from ..domain.errors import RevisionConflict, quoted
from ..domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, revise
from .fields import check_actor, check_ends, check_id
from .limits import PREVIEW_NAMED_MAX
from .paging import PageTokens
from .ports.history import Place
from .ports.statuses import Preview, Revise
from .use_cases import Page, UseCases, page_limit

_BEYOND_EVERY_REVISION = 1 << 53


class WorkflowChange(NamedTuple):
    """A change of a workflow, which has the revision of `after`; `before` is None if it is not known."""

    before: Workflow | None
    after: Workflow


class Workflows(UseCases):
    """Reads and changes the workflows of accounts."""

    async def get_workflow(self, account_id: str) -> Workflow:
        """Return the account's workflow."""
        check_id("account_id", account_id)
        return await self._store.workflow(account_id)

    async def update_workflow(
        self,
        account_id: str,
        patch: WorkflowPatch,
        *,
        etag: str = "",
        actor: str = "",
        caller: str = "",
        tell: Callable[[Workflow, Workflow], None] = lambda before, after: None,
    ) -> Workflow:
        """Change the account's workflow. `caller` is the caller's name, where that is not the actor.

        `tell` is called before the commit with the workflow as it was and as it will be. Only its last call counts,
        because the store decides again when another change came first.

        Raises:
            InvalidWorkflow: the new workflow would contradict itself.
            RevisionConflict: `etag` is set and no longer current.
        """
        check_id("workflow.account_id", account_id)
        revise_now = _revision(account_id, patch, etag, actor, caller)

        def revise_and_tell(current: Workflow, now: int, revision: int) -> Workflow:
            revised = revise_now(current, now, revision)
            tell(current, revised)
            return revised

        return await self._store.update_workflow(account_id, revise_and_tell)

    async def preview_workflow(
        self, account_id: str, patch: WorkflowPatch, *, etag: str = "", actor: str = "", caller: str = ""
    ) -> Preview:
        """Return the immediate effect that `update_workflow` would have. Raises what it would raise.

        The previewed workflow has the revision, and so the etag, of the current one. With that etag, an update does
        what was previewed only if nothing has changed meanwhile.
        """
        check_id("workflow.account_id", account_id)
        revise_now = _revision(account_id, patch, etag, actor, caller)

        def revise_in_place(current: Workflow, now: int, _: int) -> Workflow:
            return revise_now(current, now, current.revision)

        return await self._store.preview(account_id, revise_in_place, PREVIEW_NAMED_MAX)

    async def list_workflow_changes(
        self, account_id: str, *, page_size: int = 0, page_token: str = ""
    ) -> Page[WorkflowChange]:
        """List the changes of the account's workflow, newest first."""
        check_id("account_id", account_id)
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "workflow changes", account_id)
        before_revision = await self._position(account_id, tokens, page_token) or _BEYOND_EVERY_REVISION
        # One more, for the values before the last of them.
        workflows = await self._store.workflow_changes(account_id, before_revision, limit + 1)
        changes = list(_workflow_changes(workflows))[:limit]
        if len(workflows) <= limit:
            return Page(changes, "")
        last = changes[-1].after.revision
        return Page(changes, tokens.at(last, Place(last, self._store.lineage)))


def _workflow_changes(workflows: Sequence[Workflow]) -> Iterator[WorkflowChange]:
    """Pair workflows, newest first, with those before them, where these are known."""
    for after, older in zip_longest(workflows, workflows[1:]):
        if after.is_first:
            before = DEFAULT_WORKFLOW
        elif older is not None and after.previous_revision in (None, older.revision):
            before = older
        else:
            before = None
        yield WorkflowChange(before, after)


def _revision(account_id: str, patch: WorkflowPatch, etag: str, actor: str, caller: str) -> Revise:
    check_actor(actor)
    check_actor(caller)

    def revise_if_current(current: Workflow, now: int, revision: int) -> Workflow:
        if current == DEFAULT_WORKFLOW:
            check_ends("workflow.account_id", account_id)
        if etag and etag != current.etag:
            raise RevisionConflict(
                f"the workflow has changed: its etag is {quoted(current.etag)}, not {quoted(etag)}; read it again"
            )
        return revise(current, patch, now=now, actor=actor, revision=revision, caller=caller)

    return revise_if_current
