"""Traces by OpenTelemetry: makes spans, and sends them by OTLP.

This is the only module that knows OpenTelemetry, and it is imported only if `tracing` is on. Invariants: what a server
does outside of calls has no spans; the end of a process waits for the receiver of traces for a limited time.
"""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from typing import Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ..app.ports.tracer import CallSpan, Tracer

_SERVICE: Final = "onduty.v1.StatusService"
_SYSTEMS: Final = {"grpc": "grpc", "http": "connect_rpc"}
"""The values of `rpc.system` for the doors."""
_FAULTS: Final = frozenset({2, 4, 12, 13, 14, 15})
"""The codes that are a fault of the server, as OpenTelemetry's conventions for RPC name them."""
_TEXT_MAX: Final = 128
_SHUTDOWN_S: Final = 2.0
_CONTEXT: Final = TraceContextTextMapPropagator()


class OtlpTracer(Tracer):
    """Sends spans to `endpoint`, or where the `OTEL_*` variables say if it is empty.

    Of the traces that begin here, one in `one_in` is recorded; of others, those that the caller records.
    """

    def __init__(self, endpoint: str = "", one_in: int = 1) -> None:
        self._provider = TracerProvider(
            # None leaves the choice to OTEL_TRACES_SAMPLER.
            sampler=ParentBased(TraceIdRatioBased(1 / one_in)) if one_in > 1 else None,
            resource=_resource(),
            # At exit it would wait for the receiver for as long as it takes.
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint or None)))
        self._tracer = self._provider.get_tracer("onduty", version("onduty"))

    def call(self, method: str, door: str, *, trace_parent: str, trace_state: str, has_parts: bool) -> CallSpan:
        """Begin the span of a call; see `Tracer`."""
        headers = {"traceparent": trace_parent, "tracestate": trace_state} if trace_parent else {}
        span = self._tracer.start_span(
            f"{_SERVICE}/{method}",
            # An empty context: the task may have been started by another call.
            context=_CONTEXT.extract(headers, otel_context.Context()),
            kind=SpanKind.SERVER,
            attributes={"rpc.system": _SYSTEMS[door], "rpc.service": _SERVICE, "rpc.method": method},
        )
        return _OtlpCall(span, has_parts=has_parts)

    def part(self, name: str, **attributes: str | int) -> AbstractContextManager[object]:
        """Record a part of the current call; see `Tracer`."""
        if not trace.get_current_span().is_recording():
            return nullcontext()
        kind = SpanKind.CLIENT if "db.system.name" in attributes else SpanKind.INTERNAL
        # An exception may name what a caller has sent.
        return self._tracer.start_as_current_span(name, kind=kind, attributes=attributes, record_exception=False)

    def shutdown(self) -> None:
        """Send what is left, for a limited time."""
        # In a daemon thread, since a receiver that does not answer must not keep the process from ending.
        ending = threading.Thread(target=self._provider.shutdown, name="tracing-shutdown", daemon=True)
        ending.start()
        ending.join(_SHUTDOWN_S)


class _OtlpCall(CallSpan):
    def __init__(self, span: Span, *, has_parts: bool) -> None:
        self._span = span
        context = span.get_span_context()
        self.trace_id = f"{context.trace_id:032x}" if context.trace_flags.sampled else None
        self._token = otel_context.attach(trace.set_span_in_context(span)) if has_parts else None

    def end(self, code: int, account_id: str, request_id: str) -> None:
        if self._token is not None:
            otel_context.detach(self._token)
        span = self._span
        if span.is_recording():
            span.set_attribute("rpc.grpc.status_code", code)
            if account_id:
                span.set_attribute("onduty.account_id", account_id[:_TEXT_MAX])
            if request_id:
                span.set_attribute("onduty.request_id", request_id)
            if code in _FAULTS:
                span.set_status(StatusCode.ERROR)
        span.end()


def _resource() -> Resource:
    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    ours: dict[str, str | int] = {"service.version": version("onduty"), "process.pid": os.getpid()}
    if not named:
        ours["service.name"] = "onduty"
    return Resource.create({**ours})
