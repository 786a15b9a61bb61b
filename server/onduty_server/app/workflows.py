"""The use cases of workflows: read, change, preview a change, and list past changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from ..domain.errors import RevisionConflict, quoted
from ..domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, delete, revise
from .fields import check_actor, check_ends, check_id, check_text
from .limits import ID_MAX_BYTES, PREVIEW_NAMED_MAX
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

    async def get_workflow(self, account_id: str, team_id: str = "") -> Workflow:
        """Return a team's own workflow, or else the account's."""
        check_id("account_id", account_id)
        check_text("team_id", team_id, ID_MAX_BYTES)
        return await self._store.workflow(account_id, team_id)

    async def update_workflow(
        self,
        account_id: str,
        patch: WorkflowPatch,
        *,
        team_id: str = "",
        etag: str = "",
        actor: str = "",
        caller: str = "",
        tell: Callable[[Workflow, Workflow], None] = lambda before, after: None,
    ) -> Workflow:
        """Change the workflow of the account, or that of a team. `caller` is the caller's name, where not the actor.

        A team that has none of its own gets one, in which what is not in `patch` is as in the account's.

        `tell` is called before the commit with the workflow as it was and as it will be. Only its last call counts,
        because the store decides again when another change came first.

        Raises:
            InvalidWorkflow: the new workflow would contradict itself.
            RevisionConflict: `etag` is set and no longer current.
        """
        check_id("workflow.account_id", account_id)
        _check_team("workflow.team_id", team_id)
        revise_now = _revision(account_id, team_id, patch, etag, actor, caller)
        return await self._store.update_workflow(account_id, _telling(revise_now, tell), team_id)

    async def delete_workflow(
        self,
        account_id: str,
        team_id: str,
        *,
        etag: str = "",
        actor: str = "",
        caller: str = "",
        tell: Callable[[Workflow, Workflow], None] = lambda before, after: None,
    ) -> Workflow:
        """Let a team follow the account's workflow again; return that. `tell` is called as by `update_workflow`.

        Raises:
            RevisionConflict: `etag` is set and no longer current.
        """
        revise = _deletion(account_id, team_id, etag, actor, caller)
        await self._store.update_workflow(account_id, _telling(revise, tell), team_id)
        return await self._store.workflow(account_id, team_id)

    async def preview_deletion(
        self, account_id: str, team_id: str, *, etag: str = "", actor: str = "", caller: str = ""
    ) -> Preview:
        """Return the effect that `delete_workflow` would have, with the workflow that the team would follow.

        Raises what `delete_workflow` would raise.
        """
        followed: Workflow | None = None
        delete_now = _deletion(account_id, team_id, etag, actor, caller)

        def delete_and_see(current: Workflow, now: int, revision: int, account: Workflow) -> Workflow:
            nonlocal followed
            followed = account
            return delete_now(current, now, revision, account)

        preview = await self._store.preview(account_id, delete_and_see, PREVIEW_NAMED_MAX, team_id)
        assert followed is not None, "the store has asked for the deletion"
        return preview._replace(workflow=followed)

    async def preview_workflow(
        self,
        account_id: str,
        patch: WorkflowPatch,
        *,
        team_id: str = "",
        etag: str = "",
        actor: str = "",
        caller: str = "",
    ) -> Preview:
        """Return the immediate effect that `update_workflow` would have. Raises what it would raise.

        The previewed workflow has the revision, and so the etag, of the current one. With that etag, an update does
        what was previewed only if nothing has changed meanwhile.
        """
        check_id("workflow.account_id", account_id)
        _check_team("workflow.team_id", team_id)
        revise_now = _revision(account_id, team_id, patch, etag, actor, caller)

        def revise_in_place(current: Workflow, now: int, _: int, account: Workflow) -> Workflow:
            return revise_now(current, now, _in_force(current, account).revision, account)

        return await self._store.preview(account_id, revise_in_place, PREVIEW_NAMED_MAX, team_id)

    async def list_workflow_changes(
        self, account_id: str, *, team_id: str = "", page_size: int = 0, page_token: str = ""
    ) -> Page[WorkflowChange]:
        """List the changes of the account's workflow, or of a team's own, newest first."""
        check_id("account_id", account_id)
        check_text("team_id", team_id, ID_MAX_BYTES)
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "workflow changes", account_id, team_id=team_id)
        before_revision = await self._position(account_id, tokens, page_token) or _BEYOND_EVERY_REVISION
        # One more, for the values before the last of them.
        workflows = await self._store.workflow_changes(account_id, before_revision, limit + 1, team_id)
        changes = list(_workflow_changes(workflows))[:limit]
        if team_id:
            changes = [await self._with_account_before(account_id, change) for change in changes]
        if len(workflows) <= limit:
            return Page(changes, "")
        last = changes[-1].after.revision
        return Page(changes, tokens.at(last, Place(last, self._store.lineage)))

    async def _with_account_before(self, account_id: str, change: WorkflowChange) -> WorkflowChange:
        """Return a change of a team's workflow with the values before, where those were the account's."""
        revision = change.after.previous_revision
        if change.before is not None or revision is None:
            return change
        found = await self._store.workflow_changes(account_id, revision + 1, 1)
        return change._replace(before=found[0]) if found and found[0].revision == revision else change


def _telling(revise: Revise, tell: Callable[[Workflow, Workflow], None]) -> Revise:
    def revise_and_tell(current: Workflow, now: int, revision: int, account: Workflow) -> Workflow:
        revised = revise(current, now, revision, account)
        tell(current, revised)
        return revised

    return revise_and_tell


def _check_team(field: str, team_id: str) -> None:
    check_text(field, team_id, ID_MAX_BYTES)
    check_ends(field, team_id)


def _in_force(current: Workflow, account: Workflow) -> Workflow:
    """Return the workflow that callers are shown where the store has `current`."""
    return account if current.follows else current


def _check_etag(etag: str, current: Workflow, account: Workflow) -> None:
    expected = _in_force(current, account).etag
    if etag and etag != expected:
        raise RevisionConflict(
            f"the workflow has changed: its etag is {quoted(expected)}, not {quoted(etag)}; read it again"
        )


def _deletion(account_id: str, team_id: str, etag: str, actor: str, caller: str) -> Revise:
    check_id("account_id", account_id)
    check_id("team_id", team_id)
    check_actor(actor)
    check_actor(caller)

    def delete_if_current(current: Workflow, now: int, revision: int, account: Workflow) -> Workflow:
        _check_etag(etag, current, account)
        return delete(current, account, now=now, actor=actor, revision=revision, caller=caller)

    return delete_if_current


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


def _revision(account_id: str, team_id: str, patch: WorkflowPatch, etag: str, actor: str, caller: str) -> Revise:
    check_actor(actor)
    check_actor(caller)

    def revise_if_current(current: Workflow, now: int, revision: int, account: Workflow) -> Workflow:
        if current == DEFAULT_WORKFLOW:
            check_ends("workflow.account_id", account_id)
        _check_etag(etag, current, account)
        return revise(current, patch, now=now, actor=actor, revision=revision, caller=caller, team_id=team_id)

    return revise_if_current
