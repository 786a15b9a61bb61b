"""The calls of a fake service about users and their statuses."""

from typing import Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import UserUnknown
from onduty_client.testing._accounts import DEFAULT_PAGE, Accounts, conflict, invalid, page

_BATCH_MAX: Final = 1_000


class StatusCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def record_activity(self, request: pb.RecordActivityRequest, actor: str) -> pb.RecordActivityResponse:
        account = self._accounts.get(request.account_id)
        if not request.user_id:
            raise invalid("user_id", "is required")
        known = account.users.get(request.user_id)
        if known is None or _is_resumed(known, account.workflow):
            account.change(request.user_id, pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY, self._accounts.timestamp)
        status = account.users[request.user_id]
        time = request.activity_time if request.HasField("activity_time") else self._accounts.timestamp
        if time.ToNanoseconds() >= status.last_activity_time.ToNanoseconds():
            status.last_activity_time.CopyFrom(time)
        return pb.RecordActivityResponse(user_status=status)

    def set_status(self, request: pb.SetStatusRequest, actor: str) -> pb.SetStatusResponse:
        account = self._accounts.get(request.account_id)
        if not request.user_id:
            raise invalid("user_id", "is required")
        known = account.users.get(request.user_id)
        revision = 0 if known is None else known.revision
        if request.HasField("expected_revision") and request.expected_revision != revision:
            raise conflict(f"expected_revision is {request.expected_revision}, the user is at {revision}")
        account.change(
            request.user_id, request.status, pb.CAUSE_MANUAL, self._accounts.timestamp, actor, request.reason
        )
        return pb.SetStatusResponse(user_status=account.users[request.user_id])

    def get_status(self, request: pb.GetStatusRequest, actor: str) -> pb.GetStatusResponse:
        found = self._accounts.get(request.account_id).users.get(request.user_id)
        if found is None:
            raise UserUnknown(
                f"user {request.user_id!r} not found in account {request.account_id!r}",
                code=grpc.StatusCode.NOT_FOUND,
                reason="USER_UNKNOWN",
            )
        return pb.GetStatusResponse(user_status=found)

    def batch_get_statuses(self, request: pb.BatchGetStatusesRequest, actor: str) -> pb.BatchGetStatusesResponse:
        users = self._accounts.get(request.account_id).users
        if len(request.user_ids) > _BATCH_MAX:
            raise invalid("user_ids", f"has more than {_BATCH_MAX} ids")
        return pb.BatchGetStatusesResponse(
            user_statuses=[users[user_id] for user_id in request.user_ids if user_id in users],
            unknown_user_ids=[user_id for user_id in request.user_ids if user_id not in users],
        )

    def list_statuses(self, request: pb.ListStatusesRequest, actor: str) -> pb.ListStatusesResponse:
        users = self._accounts.get(request.account_id).users.values()
        wanted = [user for user in users if not request.statuses or user.status in request.statuses]
        found, token = page(wanted, request.page_size, request.page_token)
        return pb.ListStatusesResponse(user_statuses=found, next_page_token=token)

    def list_available_users(self, request: pb.ListAvailableUsersRequest, actor: str) -> pb.ListAvailableUsersResponse:
        found = [user for user in self._accounts.get(request.account_id).users.values() if user.available]
        if request.order == pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE:
            found.sort(key=lambda user: -user.last_activity_time.ToNanoseconds())
        elif request.order == pb.AVAILABILITY_ORDER_LONGEST_IDLE:
            found.sort(key=lambda user: user.last_activity_time.ToNanoseconds())
        else:
            found.sort(key=lambda user: user.status_since.ToNanoseconds())
        limit = request.limit or DEFAULT_PAGE
        return pb.ListAvailableUsersResponse(user_statuses=found[:limit], available_count=len(found))

    def list_status_changes(self, request: pb.ListStatusChangesRequest, actor: str) -> pb.ListStatusChangesResponse:
        start = request.start_time.ToNanoseconds() if request.HasField("start_time") else None
        end = request.end_time.ToNanoseconds() if request.HasField("end_time") else None
        wanted = [
            change
            for change in self._accounts.get(request.account_id).changes
            if (not request.user_id or change.user_id == request.user_id)
            and (start is None or change.effective_time.ToNanoseconds() >= start)
            and (end is None or change.effective_time.ToNanoseconds() < end)
        ]
        found, token = page(wanted, request.page_size, request.page_token)
        return pb.ListStatusChangesResponse(changes=found, next_page_token=token)


def _is_resumed(status: pb.UserStatus, workflow: pb.Workflow) -> bool:
    """True if an activity makes the user ONLINE again: the status was due to inactivity, and `resume` allows it."""
    if status.cause != pb.CAUSE_INACTIVITY or workflow.resume == pb.RESUME_NEVER:
        return False
    return status.status == pb.STATUS_AWAY or workflow.resume == pb.RESUME_FROM_AWAY_OR_OFFLINE
