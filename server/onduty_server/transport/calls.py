"""Checks every call before its method runs, whichever door it came through.

The order: verify the credential, count the caller's calls, read the request, check the permission, count the account's
calls. Invariants: a refused call has not reached the use cases; every exception becomes a `Failure`, so that nothing
internal reaches a caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from google.protobuf.message import DecodeError

from ..access.authentication import OPEN, Admission
from ..access.permissions import Caller
from ..app.ports.clock import Clock
from ..app.ports.tracer import Tracer
from ..domain.errors import CredentialRequired, DomainError, PermissionRequired
from .access_log import AccessLog
from .call_counts import OK, CallCounts, CallMeter
from .callers import address_of
from .context import CallContext, Door
from .errors import INTERNAL, CallFailed, Code, Failure, MalformedRequest, failure_of
from .guard import Guard, checker
from .limits import CallLimits
from .quick import NOT_QUICK, Quick
from .rpcs import REQUEST_TYPES, RPCS, Rpc
from .servicer import StatusServicer

_log = structlog.get_logger(__name__)

_SHOWN_MAX: Final = 256
"""The characters of a refusal that are logged; a message may name what a caller has sent."""

Method = Callable[[Any, CallContext, Caller], Awaitable[Any]]
"""A method of the servicer: the request (or `Requests`), the context, and the caller."""
Call = Callable[[Admission | None, Any], Awaitable[Any]]
"""A call through a door: the caller's admission if the door has just recalled it, and the context."""


class Calls:
    """The calls of the service: a servicer behind a guard and limits. All doors share one."""

    def __init__(
        self,
        servicer: StatusServicer,
        guard: Guard,
        limits: CallLimits,
        counts: CallCounts,
        clock: Clock,
        access_log: AccessLog | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._access_log = access_log
        self.limits = limits
        self._counts = counts
        self._clock = clock
        self._servicer = servicer
        self._guard = guard
        self.recall = None if guard.is_open else guard.recaller()
        """Returns the admission of a call by its metadata, for a door that has that at hand: None if it is not known.

        None if every call is let in.
        """

    def through(self, door: Door) -> Mapping[str, Call]:
        """Return every method by name, as `door` is to call it."""
        return {
            name: _guarded(
                rpc,
                getattr(self._servicer, name),
                # What has no parts cannot be told by a trace.
                self._servicer.quick.get(name) if self._tracer is None else None,
                door,
                self._guard,
                self.limits,
                self._counts.meter(rpc, door.name),
                self._clock,
                self._access_log,
                self._tracer,
            )
            for name, rpc in RPCS.items()
        }


def _guarded(
    rpc: Rpc,
    method: Method,
    quick: Quick | None,
    door: Door,
    guard: Guard,
    limits: CallLimits,
    meter: CallMeter,
    clock: Clock,
    access_log: AccessLog | None,
    tracer: Tracer | None,
) -> Call:
    # A function and not one of grpcio's aio interceptors, which cost a tenth of a small call. And one that does not
    # call others which wait: each coroutine costs a hundredth.
    now_of, stopwatch, recall_admission = clock.now, clock.stopwatch, guard.recaller()
    open_to_all = OPEN if guard.is_open else None
    enter, takes_of_account, count_for_account = limits.entrance(rpc), limits.takes_of_account, limits.count_for_account
    timer, until, current_task = door.timer, door.timer.until, asyncio.current_task
    parse = REQUEST_TYPES[rpc.name].FromString
    account_of, weight_of, ends_with_credential = rpc.account, rpc.weight, rpc.ends_with_credential
    check, needed = checker(rpc), int(rpc.permission)
    recall, answer_about, answer = quick or NOT_QUICK
    client_streams, receive = rpc.descriptor.client_streaming, door.receive

    async def call(recalled: Admission | None, context: Any) -> Any:
        caller: Caller | None = None
        request: Any = None
        data: bytes | None = None
        is_counted = False
        request_id = ""
        # A caller that leaves, or whose deadline passes, cancels the call.
        code: int = Code.CANCELLED
        span = None
        if tracer is not None:
            parent, state = door.trace_context(context)
            # A watch reads the store for hours, and a batch decides a thousand times: their spans have no parts.
            has_parts = not rpc.is_stream and weight_of is None
            span = tracer.call(rpc.name, door.name, trace_parent=parent, trace_state=state, has_parts=has_parts)
        meter.in_flight += 1
        began = stopwatch()
        try:
            # Asking the context for the metadata takes a microsecond.
            admission = open_to_all or recalled or recall_admission(context.invocation_metadata())
            if admission is None:
                admission = await _admitted(guard, limits, context)
            caller = admission.caller
            key = caller.key or address_of(context)
            now = now_of()
            # Not at the end of this block: the door still holds the answer then, until the caller has read it.
            context.add_done_callback(enter(key, now))
            if client_streams:
                request = door.requests(context)
            else:
                # As `RequestTimer.limit` does.
                task: asyncio.Task[Any] = current_task()  # type: ignore[assignment]
                until[task] = now + timer.wait_ms
                if timer.is_idle:
                    timer.wake()
                try:
                    request = await receive(context)
                except asyncio.CancelledError as cancelled:
                    raise timer.why(task, cancelled) from None
                finally:
                    del until[task]
                if type(request) is bytes:
                    data = request
                    if (known := recall(data)) is not None:
                        request = known
                        account_id = known.account_id
                        # What `check` finds first.
                        if caller.everywhere & needed != needed and caller.within.get(account_id, 0) & needed != needed:
                            check(caller, known)
                        # Not `now`: the request may have come long after the call had begun.
                        if not takes_of_account(account_id, now_of()):
                            count_for_account(account_id)
                        response = answer_about(known)
                        if response is not None:
                            code = OK
                            return response
                        is_counted = True
                    request = None
                    try:
                        request = parse(data)
                    except DecodeError:
                        raise MalformedRequest from None
                elif not request:
                    request = None
                    raise MalformedRequest
            if not is_counted:
                check(caller, request)
                # Not before: a caller without a right to an account takes nothing away from it.
                if account_of is not None:
                    weight = 1 if weight_of is None else weight_of(request)
                    count_for_account(account_of(request), weight)
                    if weight_of is not None:
                        limits.count_further(key, weight - 1)
                if (response := answer(request, data)) is not None:
                    code = OK
                    return response
            if ends_with_credential and admission is not OPEN:
                async with guard.held(admission):
                    response = await method(request, context, caller)
            else:
                response = await method(request, context, caller)
            code = OK
            return response
        except door.caller_left:
            raise asyncio.CancelledError from None
        except Exception as error:  # noqa: BLE001 - grpcio would send its text to the client
            request_id = door.request_id(context)
            failure = _failure(rpc, error, request_id, guard, caller, request, context)
            code = failure.code
        finally:
            seconds = stopwatch() - began
            trace_id = None
            if span is not None:
                trace_id = span.trace_id
                span.end(code, rpc.logged_account_of(request), request_id)
            meter.ended(code, seconds, trace_id)
            if access_log is not None and access_log.takes(code, caller):
                access_log.ended(
                    rpc=rpc.name,
                    door=door.name,
                    code=code,
                    seconds=seconds,
                    caller=caller,
                    account_id=rpc.logged_account_of(request),
                    peer=context.peer(),
                    request_id=request_id or door.request_id(context),
                    trace_id=trace_id,
                )
        return await door.fail(context, failure)

    return call


async def _admitted(guard: Guard, limits: CallLimits, context: CallContext) -> Admission:
    """Verify the credential of a call, if need be with keys that its issuer is asked for."""
    admission = guard.admit(context)
    if admission is None:
        with limits.looking_up(address_of(context)):
            admission = await guard.admit_by_newer_keys(context)
    return admission


def _failure(
    rpc: Rpc, error: Exception, request_id: str, guard: Guard, caller: Caller | None, request: Any, context: CallContext
) -> Failure:
    """Return what a caller is sent for an error, under a name by which the log knows it too."""
    if isinstance(error, DomainError):
        failure = failure_of(error)
        if isinstance(error, CredentialRequired | PermissionRequired):
            account_id = rpc.account_of(request)
            guard.refused(rpc.name, caller, error, context, account_id=account_id, request_id=request_id)
    elif isinstance(error, CallFailed):
        failure = error.failure
    else:
        _log.error("a call failed", rpc=rpc.name, request_id=request_id, exc_info=error)
        return INTERNAL.named(request_id)
    # The message would name somebody who may have been erased.
    shown = "not found" if failure.code is Code.NOT_FOUND else failure.message[:_SHOWN_MAX]
    _log.debug("a call was refused", rpc=rpc.name, code=failure.code.name, why=shown, request_id=request_id)
    return failure.named(request_id)
