"""Watches through every door: the same messages, and the same ends."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from grpc import aio
from tests.access.site import Site
from tests.fakes import FakeClock
from tests.grpc.streaming import until
from tests.grpc.wire import ACCOUNT
from tests.http.doors import DOORS, Answer, connect_error, details_of
from tests.http.web import SERVICE, Web, envelope, web
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.process.application import Application
from onduty_server.transport.http.json_messages import SharedJson
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits

BOOKMARK_INTERVAL_MS = WatchLimits().bookmark_interval_ms
HTTP = HttpListen("127.0.0.1:0", by_any_name=True)
OK = Answer(None)


class Watch(ABC):
    """A watch that is open."""

    end: Answer | None = None

    @abstractmethod
    async def next(self) -> pb.WatchStatusesResponse | None:
        """The next message; None after the last, and `end` says how the stream ended."""

    @abstractmethod
    def leave(self) -> None:
        """Disconnect without ending the call."""


class GrpcWatch(Watch):
    def __init__(self, channel: aio.Channel, request: pb.WatchStatusesRequest, token: str) -> None:
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self._call: Any = pb_grpc.StatusServiceStub(channel).WatchStatuses(request, metadata=metadata)

    async def next(self) -> pb.WatchStatusesResponse | None:
        try:
            message = await asyncio.wait_for(self._call.read(), 10)
        except aio.AioRpcError as error:
            status = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
            assert isinstance(status, bytes)
            self.end = Answer(None, error.code().name, error.details() or "", details_of(status))
            return None
        if message is aio.EOF:
            self.end = OK
            return None
        assert isinstance(message, pb.WatchStatusesResponse)
        return message

    def leave(self) -> None:
        self._call.cancel()


class HttpWatch(Watch):
    """A watch over HTTP, in the protocol of the content type."""

    def __init__(self, http: Web, request: pb.WatchStatusesRequest, kind: str, token: str, *, packed: bool) -> None:
        self._http = http
        self._kind = kind
        self._body = b""
        self._started = False
        data = json.dumps(MessageToDict(request)).encode() if "json" in kind else request.SerializeToString()
        headers = {"content-type": kind}
        if token:
            headers["authorization"] = f"Bearer {token}"
        flags = 0
        if packed:
            flags, data = 1, gzip.compress(data)
            prefix = "grpc" if "grpc" in kind else "connect"
            encoding = "grpc-encoding" if prefix == "grpc" else "connect-content-encoding"
            headers |= {encoding: "gzip", f"{prefix}-accept-encoding": "gzip"}
        body = envelope(data, flags)
        http.request("POST", SERVICE + "WatchStatuses", headers, base64.b64encode(body) if "text" in kind else body)

    async def next(self) -> pb.WatchStatusesResponse | None:
        flags, data = await self._envelope()
        if flags & 1:
            data = gzip.decompress(data)
        if flags & 0x80:
            trailers = dict(line.split(": ", 1) for line in data.decode().removesuffix("\r\n").split("\r\n"))
            self.end = grpc_end(trailers)
            return None
        if flags & 2:
            end = json.loads(data)
            self.end = connect_error(end["error"]) if "error" in end else OK
            return None
        if "json" in self._kind:
            return ParseDict(json.loads(data), pb.WatchStatusesResponse())
        return pb.WatchStatusesResponse.FromString(data)

    async def _envelope(self) -> tuple[int, bytes]:
        if not self._started:
            self._started = True
            status, headers = await self._http.head()
            assert (status, headers["content-type"].removesuffix("+proto")) == (200, self._kind.removesuffix("+proto"))
            self._length = int(headers["content-length"]) if "content-length" in headers else None
        while len(self._body) < 5 or len(self._body) < 5 + int.from_bytes(self._body[1:5]):
            if self._length is not None:
                chunk = await asyncio.wait_for(self._http.reader.readexactly(self._length), 10)
            else:
                chunk = await self._http.chunk()
            assert chunk, "the stream was cut"
            self._body += base64.b64decode(chunk) if "text" in self._kind else chunk
        length = 5 + int.from_bytes(self._body[1:5])
        flags, data, self._body = self._body[0], self._body[5:length], self._body[length:]
        return flags, data

    def leave(self) -> None:
        self._http.writer.transport.abort()


def grpc_end(trailers: dict[str, str]) -> Answer:
    if trailers["grpc-status"] == "0":
        return OK
    code = next(code.name for code in grpc.StatusCode if code.value[0] == int(trailers["grpc-status"]))
    status = trailers.get("grpc-status-details-bin", "")
    return Answer(None, code, trailers["grpc-message"], details_of(base64.b64decode(status + "=" * (-len(status) % 4))))


KINDS = {
    "Connect JSON": "application/connect+json",
    "Connect binary": "application/connect+proto",
    "gRPC-Web": "application/grpc-web+proto",
    "gRPC-Web text": "application/grpc-web-text",
}


class Watches:
    """Opens watches, and closes what they took."""

    def __init__(self, application: Application, stack: AsyncExitStack) -> None:
        self._application = application
        self._stack = stack

    async def open(
        self, door: str, request: pb.WatchStatusesRequest, token: str = "", *, packed: bool = False
    ) -> Watch:
        if door == "gRPC":
            channel = aio.insecure_channel(f"127.0.0.1:{self._application.port}")
            return GrpcWatch(await self._stack.enter_async_context(channel), request, token)
        http = await self._stack.enter_async_context(web(self._application.http_port))
        return HttpWatch(http, request, KINDS[door], token, packed=packed)

    async def all(self, request: pb.WatchStatusesRequest, token: str = "", *, packed: bool = False) -> list[Watch]:
        return [await self.open(door, request, token, packed=packed) for door in DOORS]


@pytest.fixture
async def served(clock: FakeClock) -> AsyncIterator[tuple[Application, Watches]]:
    async with running(clock=clock, http=HTTP) as application, AsyncExitStack() as stack:
        yield application, Watches(application, stack)


REQUEST = pb.WatchStatusesRequest(account_id=ACCOUNT)


async def next_of_all(watches: Sequence[Watch]) -> pb.WatchStatusesResponse | None:
    """The next message, which is the same for all."""
    messages = [await watch.next() for watch in watches]
    for message in messages:
        assert message == messages[0]
    return messages[0]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
async def test_watches_are_equal_message_by_message(
    packed: bool, served: tuple[Application, Watches], clock: FakeClock
) -> None:
    application, watches = served
    for number in range(700):
        await application.service.record_activity(ACCOUNT, f"user-{number:03}")
    open_watches = await watches.all(REQUEST, packed=packed)
    users: list[str] = []
    while True:
        message = await next_of_all(open_watches)
        assert message is not None
        users += [each.user_id for each in message.snapshot.user_statuses]
        if message.snapshot.last:
            break
    assert users == [f"user-{number:03}" for number in range(700)]
    changes = 0
    for number in range(40):
        await application.service.record_activity(ACCOUNT, f"new-{number}")
    while changes < 40:
        clock.advance(BOOKMARK_INTERVAL_MS)
        message = await next_of_all(open_watches)
        assert message is not None and message.resume_token
        changes += len(message.changes.changes)
    # A watch resumes from the token of another.
    resumed = await watches.all(pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token=message.resume_token))
    await application.service.record_activity(ACCOUNT, "one-more")
    while True:
        message = await next_of_all(resumed)
        assert message is not None and not message.HasField("snapshot")
        if message.changes.changes:
            break
        clock.advance(BOOKMARK_INTERVAL_MS)
    [change] = message.changes.changes
    assert change.status_change.user_id == "one-more"
    for watch in (*open_watches, *resumed):
        watch.leave()
    await until(lambda: application.limits.in_flight() == 0)


async def end_of_all(watches: Sequence[Watch]) -> Answer:
    """Read to the end, which is the same for all."""
    for watch in watches:
        while await watch.next() is not None:
            pass
    ends = [watch.end for watch in watches]
    assert ends[0] is not None and ends == [ends[0]] * len(ends)
    return ends[0]


async def test_watches_that_are_refused_are_told_alike(served: tuple[Application, Watches]) -> None:
    _, watches = served
    end = await end_of_all(await watches.all(pb.WatchStatusesRequest()))
    assert (end.code, end.text) == ("INVALID_ARGUMENT", "account_id: is required")
    end = await end_of_all(await watches.all(pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token="?")))
    assert end.code == "INVALID_ARGUMENT" and len(end.details) == 2


async def test_watches_end_well_when_the_server_drains(clock: FakeClock) -> None:
    async with AsyncExitStack() as stack, running(clock=clock, http=HTTP) as application:
        watches = await Watches(application, stack).all(REQUEST)
        for watch in watches:
            assert await watch.next() is not None
        stopping = asyncio.create_task(application.stop())
        assert await end_of_all(watches) == OK
        await asyncio.wait_for(stopping, 10)


async def test_more_streams_than_a_caller_may_have_are_refused(clock: FakeClock) -> None:
    limits = Limits(streams_per_caller=2)
    async with running(clock=clock, limits=limits, http=HTTP) as application, AsyncExitStack() as stack:
        watches = Watches(application, stack)
        held = [await watches.open(door, REQUEST) for door in ("gRPC", "Connect JSON")]
        for watch in held:
            assert await watch.next() is not None
        end = await end_of_all(await watches.all(REQUEST))
        assert end.code == "RESOURCE_EXHAUSTED" and "2 streams" in end.text
        held[1].leave()
        await until(lambda: application.limits.in_flight() == 1)
        again = await watches.open("gRPC-Web", REQUEST)
        assert await again.next() is not None


async def test_a_watch_ends_with_its_credential(site: Site, clock: FakeClock) -> None:
    expires_at = clock.now() + 60_000
    secret = site.add_key("kim", ["router"], expires_at=expires_at)
    async with site.serving_plaintext(http=HTTP), AsyncExitStack() as stack:
        watches = Watches(site.application, stack)
        end = await end_of_all(await watches.all(REQUEST))
        assert end.code == "UNAUTHENTICATED"
        open_watches = await watches.all(REQUEST, secret)
        for watch in open_watches:
            assert await watch.next() is not None
        clock.set(expires_at)
        end = await end_of_all(open_watches)
        assert end.code == "UNAUTHENTICATED"


async def test_streams_both_ways_are_for_grpc_only(served: tuple[Application, Watches]) -> None:
    application, _ = served
    for kind in KINDS.values():
        async with web(application.http_port) as http:
            body = envelope(b"{}" if "json" in kind else b"")
            sent = base64.b64encode(body) if "text" in kind else body
            answer = await http.call("POST", SERVICE + "RecordActivities", {"content-type": kind}, sent)
            told = base64.b64decode(answer.body) if "text" in kind else answer.body
            assert answer.status == 200
            assert b"can only be called over gRPC" in told
            assert b'"unimplemented"' in told or b"grpc-status: 12\r\n" in told


@pytest.mark.parametrize("door", ["Connect binary", "gRPC-Web"])
async def test_a_watcher_that_does_not_read_is_let_go(door: str, clock: FakeClock) -> None:
    limits = WatchLimits(unread_max_s=0.2)
    async with running(clock=clock, watch_limits=limits, http=HTTP) as application, AsyncExitStack() as stack:
        await flood_until_let_go(application, await Watches(application, stack).open(door, REQUEST), clock)


async def flood_until_let_go(application: Application, slow: Watch, clock: FakeClock) -> None:
    assert await slow.next() is not None
    assert isinstance(slow, HttpWatch)
    slow._http.writer.transport.pause_reading()  # type: ignore[attr-defined]
    number = 0
    while application.limits.in_flight():
        for _ in range(500):
            number += 1
            await application.service.record_activity(ACCOUNT, f"{number:0128}")
        clock.advance(BOOKMARK_INTERVAL_MS)
        await asyncio.sleep(0.01)
        assert number < 200_000
    # Only one message is held for it, beyond the kernel's buffers.
    assert number < 60_000


async def test_what_many_watchers_are_sent_is_written_in_json_once() -> None:
    made = []

    def make(encoded: bytes) -> pb.WatchStatusesResponse:
        made.append(encoded)
        return pb.WatchStatusesResponse.FromString(encoded)

    def message(number: int, users: int = 0) -> bytes:
        snapshot = pb.StatusSnapshot(user_statuses=[pb.UserStatus(user_id="x" * 100)] * users)
        return pb.WatchStatusesResponse(resume_token=f"{number}", snapshot=snapshot).SerializeToString()

    shared = SharedJson(make)
    first = message(0)
    for _ in range(300):
        assert json.loads(await shared.of(first))["resumeToken"] == "0"
    assert len(made) == 1
    # A long message is for one watcher and is not kept; nor is an old one.
    for number in range(1, 1_000):
        await shared.of(message(number, users=1_000 if number % 100 == 0 else 0))
    assert len(shared._kept) <= 64 and sum(map(len, shared._kept)) < 64 * 200
    await shared.of(first)
    assert len(made) == 1_001


async def test_watchers_that_leave_at_any_moment_are_not_worth_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = envelope(pb.WatchStatusesRequest(account_id=ACCOUNT).SerializeToString())
    request = (
        f"POST {SERVICE}WatchStatuses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/connect+proto\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode() + body
    async with running(http=HTTP) as application:
        for turns in range(200):
            _, writer = await asyncio.open_connection("127.0.0.1", application.http_port)
            writer.write(request)
            for _ in range(turns % 20):
                await asyncio.sleep(0)
            writer.transport.abort()
    assert [record.getMessage() for record in caplog.records if record.name == "uvicorn.error"] == []
