"""The service in memory, as clients see it. Its clock stands still, and it switches no users by itself."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import InvalidField, InvalidWorkflow, OndutyError, RevisionConflict, UserUnknown
from onduty_client._types import Cause, FieldViolation, Status, StatusChange, UserStatus, Workflow

_START: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_DEFAULT_PAGE: Final = 100
_PERMISSIONS: Final = ("activity.write", "status.read", "status.write", "workflow.read", "workflow.write")
_BATCH_MAX: Final = 1_000


class _Account:
    def __init__(self, account_id: str) -> None:
        self.users: dict[str, pb.UserStatus] = {}
        self.changes: list[pb.StatusChange] = []
        self.workflow = pb.Workflow(account_id=account_id, resume=pb.RESUME_FROM_AWAY, etag="0")
        self.workflow_changes: list[pb.WorkflowChange] = []
        self.revision = 0


class FakeService:
    """Accounts in memory. Share one between fake clients that should see the same accounts.

    Attributes:
        now: the server's clock, which stands still until the test sets it.
        simulation: the answer to every `simulate`, as a message of the contract: nothing is replayed here.
    """

    def __init__(self) -> None:
        self.now = _START
        self.simulation = pb.SimulateResponse()
        self._accounts: dict[str, _Account] = {}
        self._handlers: Mapping[str, Callable[[Any, str], Message]] = {
            "RecordActivity": self._record_activity,
            "SetStatus": self._set_status,
            "GetStatus": self._get_status,
            "BatchGetStatuses": self._batch_get_statuses,
            "ListStatuses": self._list_statuses,
            "ListAvailableUsers": self._list_available_users,
            "GetWorkflow": self._get_workflow,
            "UpdateWorkflow": self._update_workflow,
            "ListStatusChanges": self._list_status_changes,
            "ListWorkflowChanges": self._list_workflow_changes,
            "GetCaller": self._get_caller,
            "ListAccounts": self._list_accounts,
            "Simulate": self._simulate,
        }

    # --- for the test ------------------------------------------------------------------------------------------------

    def set_status(
        self,
        account_id: str,
        user_id: str,
        status: Status,
        *,
        cause: Cause = Cause.MANUAL,
        actor: str = "",
        reason: str = "",
    ) -> UserStatus:
        """Set a user's status, regardless of the rules, and return it."""
        account = self._account(account_id)
        number = convert.status_to_proto(status)
        self._change(account, account_id, user_id, number, pb.Cause.Value(f"CAUSE_{cause}"), actor, reason)
        return convert.user_status(account.users[user_id])

    def statuses(self, account_id: str) -> tuple[UserStatus, ...]:
        """All users of an account, in the order first seen."""
        return convert.user_statuses(self._account(account_id).users.values())

    def changes(self, account_id: str) -> tuple[StatusChange, ...]:
        """All status changes of an account, oldest first."""
        return tuple(map(convert.status_change, self._account(account_id).changes))

    def workflow(self, account_id: str) -> Workflow:
        """An account's workflow."""
        return convert.workflow(self._account(account_id).workflow)

    # --- for the clients ---------------------------------------------------------------------------------------------

    def answer(self, method: str, request: Message, actor: str) -> Message:
        """Carry out a call. Raises the same OndutyErrors as a client."""
        return self._handlers[method](request, actor)

    def record(self, account_id: str, user_id: str, activity_time: datetime | None) -> None:
        """Record an activity of a stream."""
        time = None if activity_time is None else convert.time_to_proto(activity_time, "activity_time")
        self._record_activity(pb.RecordActivityRequest(account_id=account_id, user_id=user_id, activity_time=time), "")

    def _account(self, account_id: str) -> _Account:
        if not account_id:
            raise _invalid("account_id", "is required")
        if account_id not in self._accounts:
            self._accounts[account_id] = _Account(account_id)
        return self._accounts[account_id]

    def _change(
        self,
        account: _Account,
        account_id: str,
        user_id: str,
        status: pb.Status.ValueType,
        cause: pb.Cause.ValueType,
        actor: str = "",
        reason: str = "",
    ) -> None:
        known = account.users.get(user_id)
        now = _timestamp(self.now)
        account.revision += 1
        since = known.status_since if known is not None and known.status == status else now
        account.users[user_id] = pb.UserStatus(
            account_id=account_id,
            user_id=user_id,
            status=status,
            available=status == pb.STATUS_ONLINE,
            cause=cause,
            status_since=since,
            last_activity_time=known.last_activity_time
            if known is not None and known.HasField("last_activity_time")
            else None,
            actor=actor,
            reason=reason,
            revision=account.revision,
        )
        account.changes.append(
            pb.StatusChange(
                account_id=account_id,
                user_id=user_id,
                revision=account.revision,
                previous_status=pb.STATUS_UNSPECIFIED if known is None else known.status,
                status=status,
                cause=cause,
                effective_time=now,
                commit_time=now,
                actor=actor,
                reason=reason,
            )
        )

    def _record_activity(self, request: pb.RecordActivityRequest, actor: str) -> pb.RecordActivityResponse:
        account = self._account(request.account_id)
        if not request.user_id:
            raise _invalid("user_id", "is required")
        known = account.users.get(request.user_id)
        if known is None or _is_resumed(known, account.workflow):
            self._change(account, request.account_id, request.user_id, pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY)
        status = account.users[request.user_id]
        time = request.activity_time if request.HasField("activity_time") else _timestamp(self.now)
        if time.ToNanoseconds() >= status.last_activity_time.ToNanoseconds():
            status.last_activity_time.CopyFrom(time)
        return pb.RecordActivityResponse(user_status=status)

    def _set_status(self, request: pb.SetStatusRequest, actor: str) -> pb.SetStatusResponse:
        account = self._account(request.account_id)
        if not request.user_id:
            raise _invalid("user_id", "is required")
        known = account.users.get(request.user_id)
        revision = 0 if known is None else known.revision
        if request.HasField("expected_revision") and request.expected_revision != revision:
            raise RevisionConflict(
                f"expected_revision is {request.expected_revision}, the user is at {revision}",
                code=grpc.StatusCode.ABORTED,
                reason="REVISION_CONFLICT",
            )
        self._change(
            account, request.account_id, request.user_id, request.status, pb.CAUSE_MANUAL, actor, request.reason
        )
        return pb.SetStatusResponse(user_status=account.users[request.user_id])

    def _get_status(self, request: pb.GetStatusRequest, actor: str) -> pb.GetStatusResponse:
        found = self._account(request.account_id).users.get(request.user_id)
        if found is None:
            raise UserUnknown(
                f"user {request.user_id!r} not found in account {request.account_id!r}",
                code=grpc.StatusCode.NOT_FOUND,
                reason="USER_UNKNOWN",
            )
        return pb.GetStatusResponse(user_status=found)

    def _batch_get_statuses(self, request: pb.BatchGetStatusesRequest, actor: str) -> pb.BatchGetStatusesResponse:
        users = self._account(request.account_id).users
        if len(request.user_ids) > _BATCH_MAX:
            raise _invalid("user_ids", f"has more than {_BATCH_MAX} ids")
        return pb.BatchGetStatusesResponse(
            user_statuses=[users[user_id] for user_id in request.user_ids if user_id in users],
            unknown_user_ids=[user_id for user_id in request.user_ids if user_id not in users],
        )

    def _list_statuses(self, request: pb.ListStatusesRequest, actor: str) -> pb.ListStatusesResponse:
        users = self._account(request.account_id).users.values()
        wanted = [user for user in users if not request.statuses or user.status in request.statuses]
        page, token = _page(wanted, request.page_size, request.page_token)
        return pb.ListStatusesResponse(user_statuses=page, next_page_token=token)

    def _list_available_users(self, request: pb.ListAvailableUsersRequest, actor: str) -> pb.ListAvailableUsersResponse:
        found = [user for user in self._account(request.account_id).users.values() if user.available]
        if request.order == pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE:
            found.sort(key=lambda user: -user.last_activity_time.ToNanoseconds())
        elif request.order == pb.AVAILABILITY_ORDER_LONGEST_IDLE:
            found.sort(key=lambda user: user.last_activity_time.ToNanoseconds())
        else:
            found.sort(key=lambda user: user.status_since.ToNanoseconds())
        limit = request.limit or _DEFAULT_PAGE
        return pb.ListAvailableUsersResponse(user_statuses=found[:limit], available_count=len(found))

    def _get_workflow(self, request: pb.GetWorkflowRequest, actor: str) -> pb.GetWorkflowResponse:
        return pb.GetWorkflowResponse(workflow=self._account(request.account_id).workflow)

    def _update_workflow(self, request: pb.UpdateWorkflowRequest, actor: str) -> pb.UpdateWorkflowResponse:
        given = request.workflow
        account = self._account(given.account_id)
        before = account.workflow
        if given.etag and given.etag != before.etag:
            raise RevisionConflict(
                f"etag is {given.etag!r}, the workflow is at {before.etag!r}",
                code=grpc.StatusCode.ABORTED,
                reason="REVISION_CONFLICT",
            )
        after = pb.Workflow()
        after.CopyFrom(before)
        given_fields = pb.Workflow()
        request.update_mask.MergeMessage(given, given_fields)
        for path in request.update_mask.paths:
            after.ClearField(path)  # type: ignore[arg-type] # The paths of the mask are field names.
        after.MergeFrom(given_fields)
        if after.enabled and not (after.HasField("away_after") or after.HasField("offline_after")):
            raise InvalidWorkflow(
                "workflow: enabled without a period", code=grpc.StatusCode.INVALID_ARGUMENT, reason="INVALID_WORKFLOW"
            )
        if request.validate_only:
            return pb.UpdateWorkflowResponse(workflow=after, impact=pb.WorkflowImpact())
        if after != before:
            account.revision += 1
            after.etag = str(account.revision)
            after.update_time.CopyFrom(_timestamp(self.now))
            after.updated_by = actor
            if after.enabled and not before.enabled:
                after.enabled_time.CopyFrom(_timestamp(self.now))
            account.workflow_changes.append(
                pb.WorkflowChange(revision=account.revision, workflow=after, previous_workflow=before)
            )
        account.workflow = after
        return pb.UpdateWorkflowResponse(workflow=after)

    def _list_status_changes(self, request: pb.ListStatusChangesRequest, actor: str) -> pb.ListStatusChangesResponse:
        start = request.start_time.ToNanoseconds() if request.HasField("start_time") else None
        end = request.end_time.ToNanoseconds() if request.HasField("end_time") else None
        wanted = [
            change
            for change in self._account(request.account_id).changes
            if (not request.user_id or change.user_id == request.user_id)
            and (start is None or change.effective_time.ToNanoseconds() >= start)
            and (end is None or change.effective_time.ToNanoseconds() < end)
        ]
        page, token = _page(wanted, request.page_size, request.page_token)
        return pb.ListStatusChangesResponse(changes=page, next_page_token=token)

    def _list_workflow_changes(
        self, request: pb.ListWorkflowChangesRequest, actor: str
    ) -> pb.ListWorkflowChangesResponse:
        changes = reversed(self._account(request.account_id).workflow_changes)
        page, token = _page(changes, request.page_size, request.page_token)
        return pb.ListWorkflowChangesResponse(changes=page, next_page_token=token)

    def _get_caller(self, request: pb.GetCallerRequest, actor: str) -> pb.GetCallerResponse:
        grant = pb.CallerGrant(everywhere=True, permissions=_PERMISSIONS, acts_for_others=True)
        return pb.GetCallerResponse(caller=pb.Caller(grants=[grant]))

    def _list_accounts(self, request: pb.ListAccountsRequest, actor: str) -> pb.ListAccountsResponse:
        accounts = [pb.Account(account_id=account_id) for account_id, it in self._accounts.items() if it.revision]
        page, token = _page(accounts, request.page_size, request.page_token)
        return pb.ListAccountsResponse(accounts=page, next_page_token=token)

    def _simulate(self, request: pb.SimulateRequest, actor: str) -> pb.SimulateResponse:
        return self.simulation


def _is_resumed(status: pb.UserStatus, workflow: pb.Workflow) -> bool:
    """True if an activity makes the user ONLINE again: the status was due to inactivity, and `resume` allows it."""
    if status.cause != pb.CAUSE_INACTIVITY or workflow.resume == pb.RESUME_NEVER:
        return False
    return status.status == pb.STATUS_AWAY or workflow.resume == pb.RESUME_FROM_AWAY_OR_OFFLINE


def _page(items: Iterable[Any], size: int, token: str) -> tuple[list[Any], str]:
    """A page of `items` and the next token. A token is the index of the first item of its page."""
    every = list(items)
    start = int(token or 0)
    end = start + (size or _DEFAULT_PAGE)
    return every[start:end], str(end) if end < len(every) else ""


def _timestamp(time: datetime) -> Timestamp:
    return convert.time_to_proto(time, "now")


def _invalid(field: str, description: str) -> OndutyError:
    return InvalidField(
        f"{field}: {description}",
        code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="INVALID_FIELD",
        field_violations=(FieldViolation(field, description),),
    )
