"""A receiver of OTLP, as a gRPC server on a free port: it keeps the spans that it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.resources: list[dict[str, str]] = []
        self.address = ""

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        for each in request.resource_spans:
            self.resources.append({it.key: it.value.string_value for it in each.resource.attributes})
            for scope in each.scope_spans:
                self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()

    def of_trace(self, trace_id: str) -> dict[str, Span]:
        """The spans of a trace by their names; the last of each."""
        return {span.name: span for span in self.spans if span.trace_id.hex() == trace_id}


def attributes(span: Span) -> dict[str, Any]:
    return {it.key: getattr(it.value, it.value.WhichOneof("value") or "string_value") for it in span.attributes}


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    server = grpc.server(ThreadPoolExecutor(2))
    add: Any = trace_service_pb2_grpc.add_TraceServiceServicer_to_server
    add(found, server)
    found.address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield found
    finally:
        server.stop(0).wait()
