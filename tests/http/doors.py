"""Calls a unary method through each door, and returns the outcome in the same form for all."""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, NamedTuple
from urllib.parse import unquote

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import status_pb2
from grpc import aio
from tests.http.web import SERVICE, Web, envelope, envelopes, web

from onduty.v1 import status_pb2 as pb
from onduty_server.process.application import Application

Metadata = Mapping[str, str | bytes]
DESCRIPTOR = pb.DESCRIPTOR.services_by_name["StatusService"]


class Answer(NamedTuple):
    """The outcome of a call: a message, or an error in a form common to all doors."""

    message: Message | None
    code: str = "OK"
    text: str = ""
    details: tuple[tuple[str, bytes], ...] = ()
    """The types and bytes of ErrorInfo, BadRequest and RetryInfo."""


def response_type(method: str) -> Any:
    return GetMessageClass(DESCRIPTOR.methods_by_name[method].output_type)


def details_of(status: bytes) -> tuple[tuple[str, bytes], ...]:
    return tuple((each.TypeName(), each.value) for each in status_pb2.Status.FromString(status).details)


class Door(ABC):
    """One way of calling."""

    @abstractmethod
    async def raw(self, method: str, data: bytes, metadata: Metadata) -> Answer:
        """Call with a request that is encoded already."""

    async def call(self, method: str, request: Message, metadata: Metadata | None = None) -> Answer:
        return await self.raw(method, request.SerializeToString(), metadata or {})


class Grpc(Door):
    def __init__(self, channel: aio.Channel) -> None:
        self._channel = channel

    async def raw(self, method: str, data: bytes, metadata: Metadata) -> Answer:
        call: Any = self._channel.unary_unary(SERVICE + method)
        try:
            return Answer(response_type(method).FromString(await call(data, metadata=tuple(metadata.items()))))
        except aio.AioRpcError as error:
            trailers = dict(error.trailing_metadata() or ())
            status = trailers.get("grpc-status-details-bin", b"")
            assert isinstance(status, bytes)
            return Answer(None, error.code().name, error.details() or "", details_of(status))


def headers_of(metadata: Metadata) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else base64.b64encode(value).decode() for name, value in metadata.items()
    }


class Connect(Door):
    def __init__(self, web: Web, *, as_json: bool) -> None:
        self._web = web
        self._as_json = as_json

    async def call(self, method: str, request: Message, metadata: Metadata | None = None) -> Answer:
        if not self._as_json:
            return await super().call(method, request, metadata)
        return await self.raw(method, json.dumps(MessageToDict(request)).encode(), metadata or {})

    async def raw(self, method: str, data: bytes, metadata: Metadata) -> Answer:
        kind = "application/json" if self._as_json else "application/proto"
        headers = {"content-type": kind, "connect-protocol-version": "1", **headers_of(metadata)}
        response = await self._web.call("POST", SERVICE + method, headers, data)
        if response.status == 200:
            assert response.headers["content-type"] == kind
            message = response_type(method)()
            if not self._as_json:
                return Answer(message.FromString(response.body))
            return Answer(ParseDict(response.json, message))
        return connect_error(response.json, response.status)

    STATUS: ClassVar = {
        "invalid_argument": 400,
        "unauthenticated": 401,
        "permission_denied": 403,
        "not_found": 404,
        "aborted": 409,
        "resource_exhausted": 429,
        "internal": 500,
        "unimplemented": 501,
        "unavailable": 503,
        "deadline_exceeded": 504,
        "out_of_range": 400,
    }


def connect_error(error: Any, status: int | None = None) -> Answer:
    assert status is None or status == Connect.STATUS[error["code"]]
    details = []
    for each in error.get("details", []):
        value = base64.b64decode(each["value"] + "=" * (-len(each["value"]) % 4), validate=True)
        details.append((each["type"], value))
        assert each["debug"]
    return Answer(None, error["code"].upper(), error["message"], tuple(details))


class GrpcWeb(Door):
    def __init__(self, web: Web, *, as_text: bool) -> None:
        self._web = web
        self._as_text = as_text

    async def raw(self, method: str, data: bytes, metadata: Metadata) -> Answer:
        kind = "application/grpc-web-text+proto" if self._as_text else "application/grpc-web+proto"
        body = envelope(data)
        response = await self._web.call(
            "POST",
            SERVICE + method,
            {"content-type": kind, "x-grpc-web": "1", **headers_of(metadata)},
            base64.b64encode(body) if self._as_text else body,
        )
        assert (response.status, response.headers["content-type"]) == (200, kind)
        answered = base64.b64decode(response.body, validate=True) if self._as_text else response.body
        *messages, (flags, last) = envelopes(answered)
        assert flags == 0x80
        trailers = dict(line.split(": ", 1) for line in last.decode("ascii").removesuffix("\r\n").split("\r\n"))
        if trailers["grpc-status"] == "0":
            [(flags, message)] = messages
            assert flags == 0
            return Answer(response_type(method).FromString(message))
        assert not messages
        status = trailers.get("grpc-status-details-bin", "")
        code = next(code.name for code in grpc.StatusCode if code.value[0] == int(trailers["grpc-status"]))
        details = details_of(base64.b64decode(status + "=" * (-len(status) % 4), validate=True))
        return Answer(None, code, unquote(trailers["grpc-message"]), details)


@asynccontextmanager
async def all_doors(application: Application) -> AsyncIterator[dict[str, Door]]:
    async with (
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
        web(application.http_port) as http,
    ):
        yield {
            "gRPC": Grpc(channel),
            "Connect JSON": Connect(http, as_json=True),
            "Connect binary": Connect(http, as_json=False),
            "gRPC-Web": GrpcWeb(http, as_text=False),
            "gRPC-Web text": GrpcWeb(http, as_text=True),
        }


DOORS = ("gRPC", "Connect JSON", "Connect binary", "gRPC-Web", "gRPC-Web text")
