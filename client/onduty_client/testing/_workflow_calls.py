"""The calls of a fake service about workflows."""

from datetime import datetime, timedelta
from typing import Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import InvalidWorkflow, OndutyError
from onduty_client.testing._accounts import Account, Accounts, conflict, invalid, page
from onduty_client.testing._people import Rules

_PERIODS: Final = ("away_after", "offline_after", "disconnect_after")


class WorkflowCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def get_workflow(self, request: pb.GetWorkflowRequest, actor: str) -> pb.GetWorkflowResponse:
        return pb.GetWorkflowResponse(workflow=self._accounts.get(request.account_id).workflow(request.team_id))

    def update_workflow(self, request: pb.UpdateWorkflowRequest, actor: str) -> pb.UpdateWorkflowResponse:
        given, now = request.workflow, self._accounts.now
        account, team_id = self._accounts.get(given.account_id), given.team_id
        _check_etag(given.etag, account.workflow(team_id))
        rules = account.rules_of(team_id)
        after = _patched(rules.workflow, request)
        if request.validate_only:
            return pb.UpdateWorkflowResponse(workflow=after, impact=self._no_impact())
        if after == rules.workflow:
            return pb.UpdateWorkflowResponse(workflow=after)
        before = account.workflow(team_id)
        account.revision += 1
        self._sign(after, account.revision, actor)
        revised = rules.revised(after, now)
        if team_id:
            account.team_rules[team_id] = revised
        else:
            account.rules = revised
            for each, following in account.team_rules.items():
                if following.follows:
                    account.team_rules[each] = _followed(following, account, now)
        account.note_workflow(
            pb.WorkflowChange(revision=account.revision, workflow=after, previous_workflow=before, team_id=team_id)
        )
        account.settle(now)
        return pb.UpdateWorkflowResponse(workflow=after)

    def delete_workflow(self, request: pb.DeleteWorkflowRequest, actor: str) -> pb.DeleteWorkflowResponse:
        account, team_id, now = self._accounts.get(request.account_id), request.team_id, self._accounts.now
        if not team_id:
            raise invalid("team_id", "is required")
        before = account.workflow(team_id)
        _check_etag(request.etag, before)
        if request.validate_only:
            return pb.DeleteWorkflowResponse(workflow=account.rules.workflow, impact=self._no_impact())
        rules = account.rules_of(team_id)
        if team_id in account.team_rules and not rules.follows:
            account.team_rules[team_id] = _followed(rules, account, now)
            account.revision += 1
            after = pb.Workflow()
            after.CopyFrom(account.team_rules[team_id].workflow)
            self._sign(after, account.revision, actor)
            account.note_workflow(
                pb.WorkflowChange(
                    revision=account.revision,
                    workflow=after,
                    previous_workflow=before,
                    team_id=team_id,
                    deleted=True,
                )
            )
            account.settle(now)
        return pb.DeleteWorkflowResponse(workflow=account.rules.workflow)

    def list_workflow_changes(
        self, request: pb.ListWorkflowChangesRequest, actor: str
    ) -> pb.ListWorkflowChangesResponse:
        changes = reversed(self._accounts.get(request.account_id).workflow_changes)
        of_team = (change for change in changes if change.team_id == request.team_id)
        found, token = page(of_team, request.page_size, request.page_token)
        return pb.ListWorkflowChangesResponse(changes=found, next_page_token=token)

    def _sign(self, workflow: pb.Workflow, revision: int, actor: str) -> None:
        workflow.etag = str(revision)
        workflow.update_time.CopyFrom(self._accounts.timestamp)
        workflow.updated_by = actor

    def _no_impact(self) -> pb.WorkflowImpact:
        """Return the effect of any change: the service switches no users by itself."""
        quarters = [self._accounts.now + number * timedelta(minutes=15) for number in (1, 2, 3, 4)]
        return pb.WorkflowImpact(
            next_hour=[pb.WorkflowImpactQuarter(end_time=convert.time_to_proto(end, "now")) for end in quarters]
        )


def _check_etag(etag: str, current: pb.Workflow) -> None:
    if etag and etag != current.etag:
        raise conflict(f"etag is {etag!r}, the workflow is at {current.etag!r}")


def _patched(before: pb.Workflow, request: pb.UpdateWorkflowRequest) -> pb.Workflow:
    """Return a workflow with the fields that a request writes. Raises InvalidWorkflow."""
    after, given = pb.Workflow(), pb.Workflow()
    after.CopyFrom(before)
    request.update_mask.MergeMessage(request.workflow, given)
    for path in request.update_mask.paths:
        after.ClearField(path)  # type: ignore[arg-type] # The paths of the mask are field names.
    after.MergeFrom(given)
    after.team_id = request.workflow.team_id
    if not after.disconnect_status:
        after.disconnect_status = pb.STATUS_OFFLINE
    if after.enabled and not any(after.HasField(period) for period in _PERIODS):
        raise _inconsistent("enabled without a period")
    if after.disconnect_status == pb.STATUS_ONLINE:
        raise _inconsistent("disconnect_status must be AWAY or OFFLINE")
    return after


def _followed(rules: Rules, account: Account, now: datetime) -> Rules:
    """Return the rules of a team that follows its account's workflow from now on, and had `rules` before."""
    workflow = pb.Workflow()
    workflow.CopyFrom(account.rules.workflow)
    return rules.revised(workflow, now, follows=True)


def _inconsistent(message: str) -> OndutyError:
    return InvalidWorkflow(f"workflow: {message}", code=grpc.StatusCode.INVALID_ARGUMENT, reason="INVALID_WORKFLOW")
