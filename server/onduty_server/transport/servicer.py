"""The servicer: each method unpacks a request, asks the use cases, and packs the answer. It decides nothing.

Its methods are called through `calls`, which has checked the caller and turns what they raise into a `Failure`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb

from ..access.audit import workflow_values
from ..access.permissions import Caller
from ..app.ports.clock import Clock
from ..app.service import StatusService
from ..app.watching.service import Watching
from ..domain.errors import InvalidField
from ..domain.record import StatusView
from ..domain.workflow import Workflow
from . import convert
from .callers import caller_key, to_caller
from .context import CallContext, Requests
from .guard import Guard
from .limits import CallLimits
from .outcomes import noted
from .people import PeopleServicer
from .reports import ReportsServicer
from .status_bytes import answer_with, answer_with_all, fill_user_status
from .streams import serve_activities, serve_watch
from .unread import Unread

T = TypeVar("T")

_STEP: Final = 250
"""The number of items of a long response that are packed before other calls get their turn: 2 ms of work."""


class StatusServicer(PeopleServicer, ReportsServicer):
    """`onduty.v1.StatusService` over the use cases."""

    def __init__(
        self, service: StatusService, watching: Watching, guard: Guard, limits: CallLimits, clock: Clock
    ) -> None:
        super().__init__(service, watching, guard, limits)
        self._clock = clock
        self._unread = Unread(lambda: watching.limits.unread_max_s)
        self.quick = self._quick.by_name()
        """The methods that can mostly be answered without a wait."""

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: CallContext, caller: Caller) -> bytes:
        """See the proto."""
        activity_time = None
        if request.HasField("activity_time"):
            activity_time = convert.from_timestamp("activity_time", request.activity_time)
        account_id = request.account_id
        view = await self._service.record_activity(account_id, request.user_id, activity_time)
        return answer_with(account_id, view)

    async def RecordActivities(self, requests: Requests, context: CallContext, caller: Caller) -> None:
        """See the proto."""
        delay_s_of_next = partial(self._limits.message_delay_s, caller_key(context, caller))
        await serve_activities(
            self._service, self._guard, caller, self._watching.draining, requests, context, delay_s_of_next
        )

    async def KeepSession(
        self, request: pb.KeepSessionRequest, context: CallContext, caller: Caller
    ) -> pb.KeepSessionResponse:
        """See the proto."""
        account_id = request.account_id
        view = await self._service.keep_session(
            account_id,
            request.user_id,
            request.session_id,
            convert.from_duration("ttl", request.ttl) if request.HasField("ttl") else None,
            convert.from_duration("idle_for", request.idle_for) if request.HasField("idle_for") else None,
        )
        response = pb.KeepSessionResponse()
        fill_user_status(response.user_status, account_id, view)
        convert.fill_timestamp(response.server_time, self._clock.now())
        return response

    async def EndSession(
        self, request: pb.EndSessionRequest, context: CallContext, caller: Caller
    ) -> pb.EndSessionResponse:
        """See the proto."""
        view = await self._service.end_session(request.account_id, request.user_id, request.session_id)
        response = pb.EndSessionResponse()
        fill_user_status(response.user_status, request.account_id, view)
        return response

    async def KeepEngagement(
        self, request: pb.KeepEngagementRequest, context: CallContext, caller: Caller
    ) -> pb.KeepEngagementResponse:
        """See the proto."""
        view = await self._service.keep_engagement(
            request.account_id,
            request.user_id,
            request.engagement_id,
            convert.from_duration("ttl", request.ttl) if request.HasField("ttl") else None,
        )
        response = pb.KeepEngagementResponse()
        fill_user_status(response.user_status, request.account_id, view)
        return response

    async def EndEngagement(
        self, request: pb.EndEngagementRequest, context: CallContext, caller: Caller
    ) -> pb.EndEngagementResponse:
        """See the proto."""
        view = await self._service.end_engagement(request.account_id, request.user_id, request.engagement_id)
        response = pb.EndEngagementResponse()
        fill_user_status(response.user_status, request.account_id, view)
        return response

    async def WatchStatuses(self, request: pb.WatchStatusesRequest, context: CallContext, caller: Caller) -> None:
        """See the proto."""
        await serve_watch(self._watching, self._unread, request, context)

    async def SetStatus(
        self, request: pb.SetStatusRequest, context: CallContext, caller: Caller
    ) -> pb.SetStatusResponse:
        """See the proto."""
        actor = self._guard.actor(caller, request.account_id, context)
        has_end, has_ttl = request.HasField("expire_time"), request.HasField("ttl")
        with noted(partial(self._guard.status_set, caller, actor, request, context)):
            view = await self._service.set_status(
                request.account_id,
                request.user_id,
                convert.from_status("status", request.status),
                actor=actor,
                reason=request.reason,
                caller=self._guard.caller_beside(caller, actor),
                expected_revision=request.expected_revision if request.HasField("expected_revision") else None,
                expire_time=convert.from_timestamp("expire_time", request.expire_time) if has_end else None,
                ttl_ms=convert.from_duration("ttl", request.ttl) if has_ttl else None,
                then=convert.from_then(request.then),
            )
        response = pb.SetStatusResponse()
        fill_user_status(response.user_status, request.account_id, view)
        return response

    async def GetStatus(self, request: pb.GetStatusRequest, context: CallContext, caller: Caller) -> bytes:
        """See the proto."""
        account_id = request.account_id
        return answer_with(account_id, await self._service.get_status(account_id, request.user_id))

    async def BatchGetStatuses(
        self, request: pb.BatchGetStatusesRequest, context: CallContext, caller: Caller
    ) -> bytes:
        """See the proto."""
        statuses = await self._service.batch_get_statuses(request.account_id, request.user_ids)
        rest = pb.BatchGetStatusesResponse(unknown_user_ids=statuses.unknown_user_ids)
        return await _answer_with_all(request.account_id, statuses.views, rest)

    async def ListStatuses(self, request: pb.ListStatusesRequest, context: CallContext, caller: Caller) -> bytes:
        """See the proto."""
        page = await self._service.list_statuses(
            request.account_id,
            statuses=convert.from_statuses("statuses", request.statuses),
            team_id=request.team_id,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        rest = pb.ListStatusesResponse(next_page_token=page.next_page_token)
        return await _answer_with_all(request.account_id, page.items, rest)

    async def ListAvailableUsers(
        self, request: pb.ListAvailableUsersRequest, context: CallContext, caller: Caller
    ) -> bytes:
        """See the proto."""
        available = await self._service.list_available_users(
            request.account_id,
            order=convert.from_order(request.order),
            limit=request.limit,
            max_engagements=request.max_engagements,
            team_id=request.team_id,
        )
        rest = pb.ListAvailableUsersResponse(available_count=available.total)
        return await _answer_with_all(request.account_id, available.views, rest)

    async def GetWorkflow(
        self, request: pb.GetWorkflowRequest, context: CallContext, caller: Caller
    ) -> pb.GetWorkflowResponse:
        """See the proto."""
        workflow = await self._service.get_workflow(request.account_id, request.team_id)
        return pb.GetWorkflowResponse(workflow=convert.to_workflow(request.account_id, workflow))

    async def UpdateWorkflow(
        self, request: pb.UpdateWorkflowRequest, context: CallContext, caller: Caller
    ) -> pb.UpdateWorkflowResponse:
        """See the proto."""
        if not request.HasField("workflow"):
            raise InvalidField("workflow", "is required")
        account_id, team_id, etag = request.workflow.account_id, request.workflow.team_id, request.workflow.etag
        patch, actor = convert.to_patch(request), self._guard.actor(caller, account_id, context)
        beside = self._guard.caller_beside(caller, actor)
        if request.validate_only:
            preview = await self._service.preview_workflow(
                account_id, patch, team_id=team_id, etag=etag, actor=actor, caller=beside
            )
            return pb.UpdateWorkflowResponse(
                workflow=convert.to_workflow(account_id, preview.workflow), impact=convert.to_impact(preview)
            )
        values: dict[str, object] = {"team_id": team_id}
        with noted(partial(self._guard.changed, "workflow_updated", caller, actor, account_id, values, context)):
            workflow = await self._service.update_workflow(
                account_id, patch, team_id=team_id, etag=etag, actor=actor, caller=beside, tell=_telling(values)
            )
        return pb.UpdateWorkflowResponse(workflow=convert.to_workflow(account_id, workflow))

    async def DeleteWorkflow(
        self, request: pb.DeleteWorkflowRequest, context: CallContext, caller: Caller
    ) -> pb.DeleteWorkflowResponse:
        """See the proto."""
        account_id, team_id, etag = request.account_id, request.team_id, request.etag
        actor = self._guard.actor(caller, account_id, context)
        beside = self._guard.caller_beside(caller, actor)
        if request.validate_only:
            preview = await self._service.preview_deletion(account_id, team_id, etag=etag, actor=actor, caller=beside)
            return pb.DeleteWorkflowResponse(
                workflow=convert.to_workflow(account_id, preview.workflow), impact=convert.to_impact(preview)
            )
        values: dict[str, object] = {"team_id": team_id}
        with noted(partial(self._guard.changed, "workflow_deleted", caller, actor, account_id, values, context)):
            workflow = await self._service.delete_workflow(
                account_id, team_id, etag=etag, actor=actor, caller=beside, tell=_telling(values)
            )
        return pb.DeleteWorkflowResponse(workflow=convert.to_workflow(account_id, workflow))

    async def ListStatusChanges(
        self, request: pb.ListStatusChangesRequest, context: CallContext, caller: Caller
    ) -> pb.ListStatusChangesResponse:
        """See the proto."""
        page = await self._service.list_status_changes(
            request.account_id,
            user_id=request.user_id,
            team_id=request.team_id,
            start_time=(
                convert.from_timestamp("start_time", request.start_time) if request.HasField("start_time") else None
            ),
            end_time=convert.from_timestamp("end_time", request.end_time) if request.HasField("end_time") else None,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        response = pb.ListStatusChangesResponse(next_page_token=page.next_page_token)
        for step in _steps(page.items):
            response.changes.extend(convert.to_status_change(request.account_id, change) for change in step)
            await _give_way(step)
        return response

    async def ListWorkflowChanges(
        self, request: pb.ListWorkflowChangesRequest, context: CallContext, caller: Caller
    ) -> pb.ListWorkflowChangesResponse:
        """See the proto."""
        page = await self._service.list_workflow_changes(
            request.account_id,
            team_id=request.team_id,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        response = pb.ListWorkflowChangesResponse(next_page_token=page.next_page_token)
        for step in _steps(page.items):
            response.changes.extend(convert.to_workflow_change(request.account_id, change) for change in step)
            await _give_way(step)
        return response

    async def Simulate(self, request: pb.SimulateRequest, context: CallContext, caller: Caller) -> pb.SimulateResponse:
        """See the proto."""
        job = convert.to_replay_job(request)
        simulated = await self._service.simulate(request.account_id, job, caller_key(context, caller))
        return convert.to_simulation(simulated)

    async def GetCaller(
        self, request: pb.GetCallerRequest, context: CallContext, caller: Caller
    ) -> pb.GetCallerResponse:
        """See the proto."""
        return pb.GetCallerResponse(caller=to_caller(caller))

    async def ListAccounts(
        self, request: pb.ListAccountsRequest, context: CallContext, caller: Caller
    ) -> pb.ListAccountsResponse:
        """See the proto."""
        page = await self._service.list_accounts(
            named=caller.accounts(), page_size=request.page_size, page_token=request.page_token
        )
        return pb.ListAccountsResponse(
            accounts=[pb.Account(account_id=account_id) for account_id in page.items],
            next_page_token=page.next_page_token,
        )


def _telling(values: dict[str, object]) -> Callable[[Workflow, Workflow], None]:
    """Return a function that keeps a workflow, as it was and as it is now, among the values for the audit log."""

    def tell(before: Workflow, after: Workflow) -> None:
        values.update({"from": workflow_values(before), "to": workflow_values(after)})

    return tell


async def _answer_with_all(account_id: str, views: Sequence[StatusView], rest: Message) -> bytes:
    """Encode an answer of which the first field is a list of statuses, and `rest` has the other fields."""
    if len(views) < _STEP:
        return answer_with_all(account_id, views) + rest.SerializeToString()
    parts = []
    for step in _steps(views):
        parts.append(answer_with_all(account_id, step))
        await _give_way(step)
    return b"".join([*parts, rest.SerializeToString()])


def _steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _STEP] for start in range(0, len(items), _STEP))


async def _give_way(step: Sequence[object]) -> None:
    """Give other calls a turn after a full step."""
    if len(step) == _STEP:
        await asyncio.sleep(0)
