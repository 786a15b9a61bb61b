"""The table of the service's unary RPCs: path, messages, how a response is read, and if a call may be repeated.

Invariant: every unary method of the service is in `RPCS` (a test compares them), and only those whose repetition
changes nothing are `repeatable`.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

import grpc
from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client import _report_convert as report_convert
from onduty_client._activity_errors import item_error
from onduty_client._errors import OndutyError
from onduty_client._types import AvailableUsers, BatchStatuses, ItemT, Page, UserStatus, WorkflowUpdate

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)
ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)

SERVICE: Final = pb.DESCRIPTOR.services_by_name["StatusService"].full_name


@dataclass(frozen=True, slots=True)
class Rpc(Generic[RequestT, ResponseT, ResultT_co]):
    """A method of the service."""

    name: str
    request: type[RequestT]
    response: type[ResponseT]
    read: Callable[[ResponseT], ResultT_co]
    #: True if sending it twice has the same effect as once, so that it may be retried.
    repeatable: bool
    #: True if the server records the actor.
    names_actor: bool = False

    @property
    def path(self) -> str:
        """The path of an HTTP/2 request."""
        return f"/{SERVICE}/{self.name}"


@dataclass(frozen=True, slots=True)
class Call(Generic[ResultT]):
    """One call, ready to be sent. `timeout` and `actor` of None leave them to the client."""

    rpc: Rpc[Any, Any, ResultT]
    request: Message
    timeout: float | None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class PageCall(Call[Page[ItemT]]):
    """A call for one page of a list, from which the next one follows."""

    request: (
        pb.ListStatusesRequest
        | pb.ListStatusChangesRequest
        | pb.ListWorkflowChangesRequest
        | pb.ListAccountsRequest
        | pb.ListTeamsRequest
        | pb.SummarizeTimeRequest
        | pb.ListTimelinesRequest
    )

    def after(self, page: Page[ItemT]) -> "PageCall[ItemT] | None":
        """Return the call for the page after `page`, or None if that was the last."""
        if not page.next_page_token:
            return None
        request = deepcopy(self.request)
        request.page_token = page.next_page_token
        return replace(self, request=request)


def of_team(
    rpc: Rpc[RequestT, ResponseT, ResultT],
    team_id: str,
    teams_of: Callable[[ResponseT], Iterable[str]],
) -> Rpc[RequestT, ResponseT, ResultT]:
    """Return `rpc` for a question about a team, or `rpc` itself if `team_id` is empty.

    A server that knows no teams passes over the field and answers about the account. That raises an error when it is
    read. `teams_of` are the teams that a response is about.
    """
    if not team_id:
        return rpc

    def read(response: ResponseT) -> ResultT:
        if any(found != team_id for found in teams_of(response)):
            message = "the server does not know of teams; is it older than this client?"
            raise OndutyError(message, code=grpc.StatusCode.UNIMPLEMENTED)
        return rpc.read(response)

    return replace(rpc, read=read)


def _read_update(response: pb.UpdateWorkflowResponse | pb.DeleteWorkflowResponse) -> WorkflowUpdate:
    impact = convert.workflow_impact(response.impact) if response.HasField("impact") else None
    return WorkflowUpdate(convert.workflow(response.workflow), impact)


def _read_result(result: pb.SetStatusResult) -> UserStatus | OndutyError:
    if result.HasField("user_status"):
        return convert.user_status(result.user_status)
    return item_error(result.error)


RECORD_ACTIVITY: Final = Rpc(
    "RecordActivity",
    pb.RecordActivityRequest,
    pb.RecordActivityResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
SET_STATUS: Final = Rpc(
    "SetStatus",
    pb.SetStatusRequest,
    pb.SetStatusResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=False,
    names_actor=True,
)
KEEP_SESSION: Final = Rpc(
    "KeepSession",
    pb.KeepSessionRequest,
    pb.KeepSessionResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
END_SESSION: Final = Rpc(
    "EndSession",
    pb.EndSessionRequest,
    pb.EndSessionResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
KEEP_ENGAGEMENT: Final = Rpc(
    "KeepEngagement",
    pb.KeepEngagementRequest,
    pb.KeepEngagementResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
END_ENGAGEMENT: Final = Rpc(
    "EndEngagement",
    pb.EndEngagementRequest,
    pb.EndEngagementResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
GET_STATUS: Final = Rpc(
    "GetStatus",
    pb.GetStatusRequest,
    pb.GetStatusResponse,
    lambda response: convert.user_status(response.user_status),
    repeatable=True,
)
BATCH_GET_STATUSES: Final = Rpc(
    "BatchGetStatuses",
    pb.BatchGetStatusesRequest,
    pb.BatchGetStatusesResponse,
    lambda response: BatchStatuses(convert.user_statuses(response.user_statuses), tuple(response.unknown_user_ids)),
    repeatable=True,
)
LIST_STATUSES: Final = Rpc(
    "ListStatuses",
    pb.ListStatusesRequest,
    pb.ListStatusesResponse,
    lambda response: Page(convert.user_statuses(response.user_statuses), response.next_page_token),
    repeatable=True,
)
LIST_AVAILABLE_USERS: Final = Rpc(
    "ListAvailableUsers",
    pb.ListAvailableUsersRequest,
    pb.ListAvailableUsersResponse,
    lambda response: AvailableUsers(convert.user_statuses(response.user_statuses), response.available_count),
    repeatable=True,
)
GET_WORKFLOW: Final = Rpc(
    "GetWorkflow",
    pb.GetWorkflowRequest,
    pb.GetWorkflowResponse,
    lambda response: convert.workflow(response.workflow),
    repeatable=True,
)
UPDATE_WORKFLOW: Final = Rpc(
    "UpdateWorkflow",
    pb.UpdateWorkflowRequest,
    pb.UpdateWorkflowResponse,
    _read_update,
    repeatable=False,
    names_actor=True,
)
LIST_STATUS_CHANGES: Final = Rpc(
    "ListStatusChanges",
    pb.ListStatusChangesRequest,
    pb.ListStatusChangesResponse,
    lambda response: Page(tuple(map(convert.status_change, response.changes)), response.next_page_token),
    repeatable=True,
)
LIST_WORKFLOW_CHANGES: Final = Rpc(
    "ListWorkflowChanges",
    pb.ListWorkflowChangesRequest,
    pb.ListWorkflowChangesResponse,
    lambda response: Page(tuple(map(convert.workflow_change, response.changes)), response.next_page_token),
    repeatable=True,
)
GET_CALLER: Final = Rpc(
    "GetCaller",
    pb.GetCallerRequest,
    pb.GetCallerResponse,
    lambda response: convert.caller(response.caller),
    repeatable=True,
)
LIST_ACCOUNTS: Final = Rpc(
    "ListAccounts",
    pb.ListAccountsRequest,
    pb.ListAccountsResponse,
    lambda response: Page(tuple(account.account_id for account in response.accounts), response.next_page_token),
    repeatable=True,
)
UPDATE_USER: Final = Rpc(
    "UpdateUser",
    pb.UpdateUserRequest,
    pb.UpdateUserResponse,
    lambda response: convert.user_status(response.user_status),
    # The same values again change nothing.
    repeatable=True,
    names_actor=True,
)
DELETE_USER: Final = Rpc(
    "DeleteUser",
    pb.DeleteUserRequest,
    pb.DeleteUserResponse,
    lambda response: None,
    # Again it would answer that there is no such user, or erase a new one of that id.
    repeatable=False,
    names_actor=True,
)
BATCH_SET_STATUS: Final = Rpc(
    "BatchSetStatus",
    pb.BatchSetStatusRequest,
    pb.BatchSetStatusResponse,
    lambda response: tuple(map(_read_result, response.results)),
    repeatable=False,
    names_actor=True,
)
DELETE_WORKFLOW: Final = Rpc(
    "DeleteWorkflow",
    pb.DeleteWorkflowRequest,
    pb.DeleteWorkflowResponse,
    _read_update,
    repeatable=False,
    names_actor=True,
)
LIST_TEAMS: Final = Rpc(
    "ListTeams",
    pb.ListTeamsRequest,
    pb.ListTeamsResponse,
    lambda response: Page(tuple(map(convert.team, response.teams)), response.next_page_token),
    repeatable=True,
)
CREATE_ACCOUNT: Final = Rpc(
    "CreateAccount",
    pb.CreateAccountRequest,
    pb.CreateAccountResponse,
    lambda response: None,
    repeatable=True,
    names_actor=True,
)
DELETE_ACCOUNT: Final = Rpc(
    "DeleteAccount",
    pb.DeleteAccountRequest,
    pb.DeleteAccountResponse,
    lambda response: None,
    repeatable=False,
    names_actor=True,
)
SUMMARIZE_TIME: Final = Rpc(
    "SummarizeTime",
    pb.SummarizeTimeRequest,
    pb.SummarizeTimeResponse,
    report_convert.summary_page,
    repeatable=True,
)
COUNT_BY_STATUS: Final = Rpc(
    "CountByStatus",
    pb.CountByStatusRequest,
    pb.CountByStatusResponse,
    report_convert.counts,
    repeatable=True,
)
LIST_TIMELINES: Final = Rpc(
    "ListTimelines",
    pb.ListTimelinesRequest,
    pb.ListTimelinesResponse,
    report_convert.timeline_page,
    repeatable=True,
)
GET_ACCOUNT: Final = Rpc(
    "GetAccount",
    pb.GetAccountRequest,
    pb.GetAccountResponse,
    lambda response: report_convert.account(response.account),
    repeatable=True,
)
UPDATE_ACCOUNT: Final = Rpc(
    "UpdateAccount",
    pb.UpdateAccountRequest,
    pb.UpdateAccountResponse,
    lambda response: report_convert.account(response.account),
    # The same values again change nothing.
    repeatable=True,
    names_actor=True,
)
SIMULATE: Final = Rpc(
    "Simulate",
    pb.SimulateRequest,
    pb.SimulateResponse,
    convert.simulation,
    repeatable=True,
)

RPCS: Final[tuple[Rpc[Any, Any, Any], ...]] = (
    RECORD_ACTIVITY,
    SET_STATUS,
    KEEP_SESSION,
    END_SESSION,
    KEEP_ENGAGEMENT,
    END_ENGAGEMENT,
    GET_STATUS,
    BATCH_GET_STATUSES,
    LIST_STATUSES,
    LIST_AVAILABLE_USERS,
    GET_WORKFLOW,
    UPDATE_WORKFLOW,
    LIST_STATUS_CHANGES,
    LIST_WORKFLOW_CHANGES,
    GET_CALLER,
    LIST_ACCOUNTS,
    UPDATE_USER,
    DELETE_USER,
    BATCH_SET_STATUS,
    DELETE_WORKFLOW,
    LIST_TEAMS,
    CREATE_ACCOUNT,
    DELETE_ACCOUNT,
    SUMMARIZE_TIME,
    COUNT_BY_STATUS,
    LIST_TIMELINES,
    GET_ACCOUNT,
    UPDATE_ACCOUNT,
    SIMULATE,
)
