"""The calls of a fake service about workflows."""

from datetime import timedelta
from typing import Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import InvalidWorkflow, OndutyError
from onduty_client.testing._accounts import Accounts, conflict, page

_PERIODS: Final = ("away_after", "offline_after", "disconnect_after")
_THRESHOLDS: Final = ("enabled", *_PERIODS, "disconnect_status")


class WorkflowCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def get_workflow(self, request: pb.GetWorkflowRequest, actor: str) -> pb.GetWorkflowResponse:
        return pb.GetWorkflowResponse(workflow=self._accounts.get(request.account_id).workflow)

    def update_workflow(self, request: pb.UpdateWorkflowRequest, actor: str) -> pb.UpdateWorkflowResponse:
        given = request.workflow
        account = self._accounts.get(given.account_id)
        before = account.workflow
        if given.etag and given.etag != before.etag:
            raise conflict(f"etag is {given.etag!r}, the workflow is at {before.etag!r}")
        after = pb.Workflow()
        after.CopyFrom(before)
        given_fields = pb.Workflow()
        request.update_mask.MergeMessage(given, given_fields)
        for path in request.update_mask.paths:
            after.ClearField(path)  # type: ignore[arg-type] # The paths of the mask are field names.
        after.MergeFrom(given_fields)
        if not after.disconnect_status:
            after.disconnect_status = pb.STATUS_OFFLINE
        if after.enabled and not any(after.HasField(period) for period in _PERIODS):
            raise _inconsistent("enabled without a period")
        if after.disconnect_status == pb.STATUS_ONLINE:
            raise _inconsistent("disconnect_status must be AWAY or OFFLINE")
        if request.validate_only:
            return pb.UpdateWorkflowResponse(workflow=after, impact=self._no_impact())
        if after != before:
            account.revision += 1
            after.etag = str(account.revision)
            after.update_time.CopyFrom(self._accounts.timestamp)
            after.updated_by = actor
            if after.enabled and not before.enabled:
                after.enabled_time.CopyFrom(self._accounts.timestamp)
            if any(getattr(after, name) != getattr(before, name) for name in _THRESHOLDS):
                account.thresholds_since = self._accounts.now
            account.workflow_changes.append(
                pb.WorkflowChange(revision=account.revision, workflow=after, previous_workflow=before)
            )
        account.workflow = after
        return pb.UpdateWorkflowResponse(workflow=after)

    def list_workflow_changes(
        self, request: pb.ListWorkflowChangesRequest, actor: str
    ) -> pb.ListWorkflowChangesResponse:
        changes = reversed(self._accounts.get(request.account_id).workflow_changes)
        found, token = page(changes, request.page_size, request.page_token)
        return pb.ListWorkflowChangesResponse(changes=found, next_page_token=token)

    def _no_impact(self) -> pb.WorkflowImpact:
        """Return the effect of any change: the service switches no users by itself."""
        quarters = [self._accounts.now + number * timedelta(minutes=15) for number in (1, 2, 3, 4)]
        return pb.WorkflowImpact(
            next_hour=[pb.WorkflowImpactQuarter(end_time=convert.time_to_proto(end, "now")) for end in quarters]
        )


def _inconsistent(message: str) -> OndutyError:
    return InvalidWorkflow(f"workflow: {message}", code=grpc.StatusCode.INVALID_ARGUMENT, reason="INVALID_WORKFLOW")
