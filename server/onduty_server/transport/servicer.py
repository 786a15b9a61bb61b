"""The servicer: each method unpacks a request, asks the use cases, and packs the answer. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, TypeVar

import grpc
import structlog
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from ..access.audit import workflow_values
from ..access.authentication import OPEN
from ..access.permissions import Caller
from ..app.service import StatusService
from ..app.watching.watch import Watching
from ..domain.errors import CredentialRequired, DomainError, InvalidField, PermissionRequired, StoreUnavailable
from ..domain.workflow import Workflow
from . import convert
from .callers import address_of, caller_of
from .errors import abort_with
from .grpc.messages import Messages, reading_handler
from .guard import RULES, Guard, account_asked_for, checker
from .limits import CallLimits
from .streams import serve_activities, serve_watch

_log = structlog.get_logger(__name__)

Request = TypeVar("Request")
Response = TypeVar("Response")
Handler = Callable[[Any, Request, Any, Caller], Awaitable[Response]]
Method = Callable[[Any, Any, Any], Awaitable[Response]]

_SERVICE = pb.DESCRIPTOR.services_by_name["StatusService"]
_METHODS = _SERVICE.methods_by_name


def _rpc(handler: Handler[Request, Response]) -> Method[Response]:
    """Ask who calls and whether they may; turn what is raised into a status. The outermost layer of every call.

    What it makes is called as soon as the call is accepted, and reads the request by itself once the call is counted.

    It stands here and not in an interceptor because grpcio's aio interceptors cost a tenth of a small call.
    """
    rpc = handler.__name__
    check, rule = checker(rpc), RULES[rpc]
    lasts, account_of = rule.lasts, rule.account
    reads = not _METHODS[rpc].client_streaming

    @wraps(handler)
    async def call(self: Any, requests: Any, context: Any) -> Response:
        guard: Guard = self._guard
        caller: Caller | None = None
        request: Any = None
        try:
            limits: CallLimits = self.limits
            admission = guard.recall(context)
            if admission is None:
                admission = guard.admit(context)
            if admission is None:
                with limits.looking_up(address_of(context)):
                    admission = await guard.admit_by_newer_keys(context)
            caller = admission.caller
            counted_as = caller_of(context, caller)
            limits.enter(rpc, counted_as)
            # Not at the end of this block: grpcio still holds the answer then, until its caller has read it.
            context.add_done_callback(lambda _: limits.leave(rpc, counted_as))
            request = await self.messages.only(context) if reads else requests
            check(caller, request)
            # Not before: whoever has no right to an account takes nothing away from it.
            if account_of is not None:
                limits.of_account(account_of(request))
            if lasts and admission is not OPEN:
                async with guard.held(admission):
                    return await handler(self, request, context, caller)
            return await handler(self, request, context, caller)
        except DomainError as error:
            refused: DomainError | None = error
            if isinstance(error, CredentialRequired | PermissionRequired):
                guard.refused(rpc, caller, error, context, account_id=account_asked_for(rpc, request))
        except aio.InternalError:
            # Something could not be written: the caller has left, which grpcio tells of only later.
            raise asyncio.CancelledError from None
        except Exception:  # noqa: BLE001 - grpcio would send its text to the client
            _log.exception("a call failed", rpc=rpc)
            refused = None
        if refused is not None:
            await abort_with(context, refused)
        await context.abort(grpc.StatusCode.INTERNAL, "internal error")
        raise AssertionError("abort raises")

    return call


class StatusServicer(pb_grpc.StatusServiceServicer):
    """`onduty.v1.StatusService` over the use cases."""

    def __init__(
        self, service: StatusService, watching: Watching, guard: Guard, limits: CallLimits, messages: Messages
    ) -> None:
        self.limits = limits
        self.messages = messages
        self._service = service
        self._watching = watching
        self._guard = guard

    @_rpc
    async def RecordActivity(
        self, request: pb.RecordActivityRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.RecordActivityResponse:
        """See the proto."""
        activity_time = None
        if request.HasField("activity_time"):
            activity_time = convert.from_timestamp("activity_time", request.activity_time)
        account_id = request.account_id
        view = await self._service.record_activity(account_id, request.user_id, activity_time)
        response = pb.RecordActivityResponse()
        convert.fill_user_status(response.user_status, account_id, view)
        return response

    @_rpc
    async def RecordActivities(  # type: ignore[override]
        self, requests: Any, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> None:
        """See the proto."""
        pace = partial(self.limits.message_of, caller_of(context, caller))
        await serve_activities(self._service, self._guard, caller, self._watching.draining, context, pace)

    @_rpc
    async def WatchStatuses(  # type: ignore[override]
        self, request: pb.WatchStatusesRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> None:
        """See the proto."""
        await serve_watch(self._watching, request, context)

    @_rpc
    async def SetStatus(
        self, request: pb.SetStatusRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.SetStatusResponse:
        """See the proto."""
        actor = self._guard.actor(caller, request.account_id, context)
        with _outcome(partial(self._guard.status_set, caller, actor, request, context)):
            view = await self._service.set_status(
                request.account_id,
                request.user_id,
                convert.from_status("status", request.status),
                actor=actor,
                reason=request.reason,
                caller=self._guard.caller_beside(caller, actor),
                expected_revision=request.expected_revision if request.HasField("expected_revision") else None,
            )
        response = pb.SetStatusResponse()
        convert.fill_user_status(response.user_status, request.account_id, view)
        return response

    @_rpc
    async def GetStatus(
        self, request: pb.GetStatusRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.GetStatusResponse:
        """See the proto."""
        account_id = request.account_id
        view = await self._service.get_status(account_id, request.user_id)
        response = pb.GetStatusResponse()
        convert.fill_user_status(response.user_status, account_id, view)
        return response

    @_rpc
    async def BatchGetStatuses(
        self, request: pb.BatchGetStatusesRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.BatchGetStatusesResponse:
        """See the proto."""
        statuses = await self._service.batch_get_statuses(request.account_id, request.user_ids)
        response = pb.BatchGetStatusesResponse(unknown_user_ids=statuses.unknown_user_ids)
        convert.fill_user_statuses(response.user_statuses, request.account_id, statuses.views)
        return response

    @_rpc
    async def ListStatuses(
        self, request: pb.ListStatusesRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.ListStatusesResponse:
        """See the proto."""
        page = await self._service.list_statuses(
            request.account_id,
            statuses=convert.from_statuses("statuses", request.statuses),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        response = pb.ListStatusesResponse(next_page_token=page.next_page_token)
        convert.fill_user_statuses(response.user_statuses, request.account_id, page.items)
        return response

    @_rpc
    async def ListAvailableUsers(
        self, request: pb.ListAvailableUsersRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.ListAvailableUsersResponse:
        """See the proto."""
        available = await self._service.list_available_users(
            request.account_id, order=convert.from_order(request.order), limit=request.limit
        )
        response = pb.ListAvailableUsersResponse(available_count=available.total)
        convert.fill_user_statuses(response.user_statuses, request.account_id, available.views)
        return response

    @_rpc
    async def GetWorkflow(
        self, request: pb.GetWorkflowRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.GetWorkflowResponse:
        """See the proto."""
        workflow = await self._service.get_workflow(request.account_id)
        return pb.GetWorkflowResponse(workflow=convert.to_workflow(request.account_id, workflow))

    @_rpc
    async def UpdateWorkflow(
        self, request: pb.UpdateWorkflowRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.UpdateWorkflowResponse:
        """See the proto."""
        if not request.HasField("workflow"):
            raise InvalidField("workflow", "is required")
        account_id, etag = request.workflow.account_id, request.workflow.etag
        patch, actor = convert.to_patch(request), self._guard.actor(caller, account_id, context)
        beside = self._guard.caller_beside(caller, actor)
        if request.validate_only:
            preview = await self._service.preview_workflow(account_id, patch, etag=etag, actor=actor, caller=beside)
            return pb.UpdateWorkflowResponse(
                workflow=convert.to_workflow(account_id, preview.workflow), impact=convert.to_impact(preview)
            )
        values: dict[str, object] = {}

        def tell(before: Workflow, after: Workflow) -> None:
            values.update({"from": workflow_values(before), "to": workflow_values(after)})

        with _outcome(partial(self._guard.workflow_updated, caller, actor, account_id, values, context)):
            workflow = await self._service.update_workflow(
                account_id, patch, etag=etag, actor=actor, caller=beside, tell=tell
            )
        return pb.UpdateWorkflowResponse(workflow=convert.to_workflow(account_id, workflow))

    @_rpc
    async def ListStatusChanges(
        self, request: pb.ListStatusChangesRequest, context: aio.ServicerContext[Any, Any], caller: Caller
    ) -> pb.ListStatusChangesResponse:
        """See the proto."""
        page = await self._service.list_status_changes(
            request.account_id,
            user_id=request.user_id,
            start_time=(
                convert.from_timestamp("start_time", request.start_time) if request.HasField("start_time") else None
            ),
            end_time=convert.from_timestamp("end_time", request.end_time) if request.HasField("end_time") else None,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListStatusChangesResponse(
            changes=[convert.to_status_change(request.account_id, change) for change in page.items],
            next_page_token=page.next_page_token,
        )


_ENCODED_BY_HANDLER = {"WatchStatuses"}
"""Methods whose messages come as bytes: one change for a thousand watchers is encoded once."""


def add_to_server(servicer: StatusServicer, server: aio.Server) -> None:
    """Register the servicer's methods, as the generated `add_StatusServiceServicer_to_server` does but for two things.

    There, grpcio waits for the request before it calls the method, see `messages`. And some methods encode for
    themselves.
    """
    handlers = {
        method.name: reading_handler(method, getattr(servicer, method.name), encoded=method.name in _ENCODED_BY_HANDLER)
        for method in _SERVICE.methods
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE.full_name, handlers),))


@contextmanager
def _outcome(note: Callable[[str], None]) -> Iterator[None]:
    """Tells `note` how a change went; nothing when it was refused, and so has changed nothing."""
    try:
        yield
    except DomainError as error:
        if isinstance(error, StoreUnavailable):
            note("unknown")
        raise
    except BaseException:
        note("unknown")
        raise
    note("done")
