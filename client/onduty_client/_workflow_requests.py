"""Builds the calls about workflows, as `_requests` does the others."""

from datetime import timedelta

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._rpcs import (
    DELETE_WORKFLOW,
    GET_WORKFLOW,
    LIST_WORKFLOW_CHANGES,
    UPDATE_WORKFLOW,
    Call,
    PageCall,
    of_team,
)
from onduty_client._types import UNCHANGED, Page, Resume, Status, Unchanged, Workflow, WorkflowChange, WorkflowUpdate


def get_workflow(account_id: str, *, team_id: str = "", timeout: float | None = None) -> Call[Workflow]:
    """Return the workflow that decides for a team, or for users without a team.

    That is the account's, unless the team has one of its own; `team_id` of the result says which it is. An account's
    workflow that was never configured is disabled and has no periods.
    """
    convert.check_text(account_id=account_id, team_id=team_id)
    return Call(GET_WORKFLOW, pb.GetWorkflowRequest(account_id=account_id, team_id=team_id), timeout)


def update_workflow(
    account_id: str,
    *,
    team_id: str = "",
    enabled: bool | Unchanged = UNCHANGED,
    away_after: timedelta | None | Unchanged = UNCHANGED,
    offline_after: timedelta | None | Unchanged = UNCHANGED,
    resume: Resume | Unchanged = UNCHANGED,
    keep_manual_away: bool | Unchanged = UNCHANGED,
    disconnect_after: timedelta | None | Unchanged = UNCHANGED,
    disconnect_status: Status | Unchanged = UNCHANGED,
    etag: str | None = None,
    validate_only: bool = False,
    actor: str | None = None,
    timeout: float | None = None,
) -> Call[WorkflowUpdate]:
    """Change the given fields of an account's workflow, or of a team's; the others stay. A period of None is cleared.

    A team that follows the account's workflow gets one of its own, in which what is not given is as in the account's.

    With the `etag` of a workflow read before, nothing is written if it has changed since, and `RevisionConflict` is
    raised. With `validate_only` nothing is written at all, and the result says which users would switch at once, and
    how many within the next hour. Raises `InvalidWorkflow` if the result would contradict itself. `actor` overrides the
    client's; "" means none.
    """
    etag, actor_id = etag or "", actor or ""
    convert.check_text(account_id=account_id, team_id=team_id, etag=etag, actor=actor_id)
    request = pb.UpdateWorkflowRequest(
        workflow=pb.Workflow(account_id=account_id, team_id=team_id, etag=etag), validate_only=validate_only
    )
    # A field in the mask and not in the workflow is cleared: that is what None asks for.
    workflow, mask = request.workflow, request.update_mask.paths
    if team_id:
        # A server from before there were teams would pass over the field, and change the account's workflow.
        mask.append("team_id")
    if enabled is not UNCHANGED:
        workflow.enabled = enabled
        mask.append("enabled")
    if away_after is not UNCHANGED:
        if away_after is not None:
            workflow.away_after.CopyFrom(convert.period_to_proto(away_after))
        mask.append("away_after")
    if offline_after is not UNCHANGED:
        if offline_after is not None:
            workflow.offline_after.CopyFrom(convert.period_to_proto(offline_after))
        mask.append("offline_after")
    if resume is not UNCHANGED:
        workflow.resume = convert.resume_to_proto(resume)
        mask.append("resume")
    if keep_manual_away is not UNCHANGED:
        workflow.keep_manual_away = keep_manual_away
        mask.append("keep_manual_away")
    if disconnect_after is not UNCHANGED:
        if disconnect_after is not None:
            workflow.disconnect_after.CopyFrom(convert.period_to_proto(disconnect_after))
        mask.append("disconnect_after")
    if disconnect_status is not UNCHANGED:
        workflow.disconnect_status = convert.status_to_proto(disconnect_status)
        mask.append("disconnect_status")
    return Call(UPDATE_WORKFLOW, request, timeout, actor)


def delete_workflow(
    account_id: str,
    team_id: str,
    *,
    etag: str | None = None,
    validate_only: bool = False,
    actor: str | None = None,
    timeout: float | None = None,
) -> Call[WorkflowUpdate]:
    """Delete a team's own workflow, so that the team follows the account's again; returns that.

    Changes nothing for a team that has none of its own. `etag`, `validate_only` and `actor` are as in
    `update_workflow`.
    """
    etag, actor_id = etag or "", actor or ""
    convert.check_text(account_id=account_id, team_id=team_id, etag=etag, actor=actor_id)
    request = pb.DeleteWorkflowRequest(account_id=account_id, team_id=team_id, etag=etag, validate_only=validate_only)
    return Call(DELETE_WORKFLOW, request, timeout, actor)


def list_workflow_changes(
    account_id: str, *, team_id: str = "", page_size: int = 1_000, timeout: float | None = None
) -> PageCall[WorkflowChange]:
    """Iterate over the changes of an account's own workflow, or of a team's, newest first.

    A deletion is a change too. Pages are fetched as the iteration reaches them, each within `timeout`.
    """
    return _list_workflow_changes(account_id, team_id, page_size, "", timeout)


def list_workflow_changes_page(
    account_id: str, *, team_id: str = "", page_size: int = 0, page_token: str = "", timeout: float | None = None
) -> Call[Page[WorkflowChange]]:
    """Return one page of `list_workflow_changes`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100). The other arguments must be those of the page before.
    """
    return _list_workflow_changes(account_id, team_id, page_size, page_token, timeout)


def _list_workflow_changes(
    account_id: str, team_id: str, page_size: int, page_token: str, timeout: float | None
) -> PageCall[WorkflowChange]:
    convert.check_text(account_id=account_id, team_id=team_id, page_token=page_token)
    request = pb.ListWorkflowChangesRequest(
        account_id=account_id, team_id=team_id, page_size=page_size, page_token=page_token
    )
    rpc = of_team(LIST_WORKFLOW_CHANGES, team_id, lambda response: (each.team_id for each in response.changes))
    return PageCall(rpc, request, timeout)
