"""Health and reflection over gRPC, which need no credential.

Invariant: each call is counted from when it is accepted until it has ended, and one that sends no request ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf import descriptor_pool, text_format
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc import aio
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection import aio as reflection_aio

from ...domain.errors import DomainError
from ..callers import address_of
from ..errors import failure_of
from ..limits import CallLimits
from .door import abort, request_id_of
from .health import HealthServicer
from .requests import RequestReader, reading_handler

_Call = Callable[[aio.ServicerContext[Any, Any]], Awaitable[Any]]

_HEALTH: ServiceDescriptor = health_pb2.DESCRIPTOR.services_by_name["Health"]
_REFLECTION: ServiceDescriptor = reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"]


def _reflection_v1() -> ServiceDescriptor:
    """Describe `grpc.reflection.v1`, which is v1alpha under its final name, and which grpcio-reflection lacks."""
    v1alpha, v1 = FileDescriptorProto(), FileDescriptorProto()
    v1alpha.ParseFromString(reflection_pb2.DESCRIPTOR.serialized_pb)
    text_format.Parse(text_format.MessageToString(v1alpha).replace("v1alpha", "v1"), v1)
    pool: Any = descriptor_pool
    service: ServiceDescriptor = (
        pool.Default().AddSerializedFile(v1.SerializeToString()).services_by_name[_REFLECTION.name]
    )
    return service


_REFLECTION_V1 = _reflection_v1()


def add_open_services(
    server: aio.Server, health: HealthServicer, described: Collection[str], limits: CallLimits, reader: RequestReader
) -> None:
    """Register health, and reflection if there are services to describe."""

    async def check(context: aio.ServicerContext[Any, Any]) -> Any:
        return await health.Check(await reader.only(context), context)

    async def watch(context: aio.ServicerContext[Any, Any]) -> None:
        await _write_all(health.Watch(await reader.only(context), context), context)

    _add(server, _HEALTH, limits, {"Check": check, "Watch": watch})
    if not described:
        return
    names = (*described, _HEALTH.full_name, _REFLECTION.full_name, _REFLECTION_V1.full_name)
    servicer = reflection_aio.ReflectionServicer(names)

    async def reflect(context: aio.ServicerContext[Any, Any]) -> None:
        await _write_all(servicer.ServerReflectionInfo(_requests(reader, context), context), context)

    for name in (_REFLECTION.full_name, _REFLECTION_V1.full_name):
        # The messages of both versions differ only in their names, which are not sent.
        _add(server, _REFLECTION, limits, {"ServerReflectionInfo": reflect}, name)


async def _requests(reader: RequestReader, context: aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
    while (request := await reader.next(context)) is not aio.EOF:
        # A request that cannot be parsed is answered like an empty one.
        yield reflection_pb2.ServerReflectionRequest() if request is None else request


async def _write_all(responses: Any, context: aio.ServicerContext[Any, Any]) -> None:
    async with aclosing(responses):
        async for response in responses:
            await context.write(response)


def _add(
    server: aio.Server, service: ServiceDescriptor, limits: CallLimits, calls: dict[str, _Call], name: str = ""
) -> None:
    handlers = {
        method.name: reading_handler(method, _counted(calls[method.name], limits, stream=method.server_streaming))
        for method in service.methods
        # Newer releases of grpcio-health-checking describe a List too, which is not served here.
        if method.name in calls
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name or service.full_name, handlers),))


def _counted(call: _Call, limits: CallLimits, *, stream: bool) -> Any:
    async def counted(_: Any, context: Any) -> Any:
        try:
            address = address_of(context)
            # Not when the handler returns: grpcio holds the response until the caller has read it.
            context.add_done_callback(limits.enter_open(address, stream=stream))
            return await call(context)
        except DomainError as error:
            failure = failure_of(error).named(request_id_of(context))
        except aio.InternalError:
            # Something could not be written: the caller has left.
            raise asyncio.CancelledError from None
        return await abort(context, failure)

    return counted
