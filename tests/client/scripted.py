"""What the client's tests talk to: a real gRPC server with scripted answers, and a TCP proxy that can fall silent."""

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_client import AsyncClient, Client

ResponseT = TypeVar("ResponseT", bound=Message)

#: What a scripted call is answered with: a message, an error, or whatever a function makes of the request.
Answer: TypeAlias = Message | status_pb2.Status | Callable[[Any, grpc.ServicerContext], Message]


@dataclass(frozen=True)
class Received:
    """One call as it arrived at the server."""

    method: str
    request: Any
    metadata: dict[str, str | bytes]
    timeout: float


def complaints(records: Sequence[logging.LogRecord]) -> list[str]:
    """What the log holds that should worry somebody.

    Not what grpcio says in one event loop of calls of an earlier one that has been closed, as each test's is.
    """
    return [
        record.getMessage()
        for record in records
        if record.levelno >= logging.WARNING and "PollerCompletionQueue._handle_events" not in record.getMessage()
    ]


def refusal(code: grpc.StatusCode, message: str, *details: Message) -> status_pb2.Status:
    """An error as a server sends it, with details."""
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def error_info(reason: str, domain: str = "onduty") -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(domain=domain, reason=reason)


class ScriptedStream:
    """A stream that a client has opened: the test reads from it and writes to it as the server."""

    def __init__(self, context: grpc.ServicerContext) -> None:
        self.metadata = dict(context.invocation_metadata())
        self._answers: queue.SimpleQueue[Message | status_pb2.Status | None] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        #: The client has left, or the test has ended the stream.
        self.over = threading.Event()
        if not context.add_callback(self._left):
            self._left()

    def send(self, *messages: Message) -> None:
        for message in messages:
            self._answers.put(message)

    def end(self) -> None:
        """In good order, as a server that drains."""
        self._answers.put(None)

    def fail(self, status: status_pb2.Status) -> None:
        self._answers.put(status)

    async def request(self, timeout: float = 10) -> Any:
        """The next request, or None if the client closes its side."""
        return await asyncio.to_thread(self._requests.get, timeout=timeout)

    async def left(self, timeout: float = 10) -> bool:
        return await asyncio.to_thread(self.over.wait, timeout)

    def serve(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        threading.Thread(target=self._read, args=(requests,), daemon=True).start()
        while (answer := self._answers.get()) is not None:
            if isinstance(answer, status_pb2.Status):
                context.abort_with_status(rpc_status.to_status(answer))
            yield answer

    def _read(self, requests: Iterator[Any]) -> None:
        # How a stream breaks is for the handler to notice.
        with suppress(Exception):
            for request in requests:
                self._requests.put(request)
        self._requests.put(None)

    def _left(self) -> None:
        self.over.set()
        self._answers.put(None)


class ScriptedService(pb_grpc.StatusServiceServicer):
    """Gives the answers of a test, one after the other and the last one from then on, and keeps what it was asked.

    Streams are handed to the test one by one, as they are opened.
    """

    def __init__(self) -> None:
        self._answers: list[Answer] = []
        self._lock = threading.Lock()
        self._streams: queue.SimpleQueue[ScriptedStream] = queue.SimpleQueue()
        self.received: list[Received] = []
        #: How many streams have been opened.
        self.opened = 0
        #: Refuses every stream, instead of handing it to the test.
        self.refuse_streams: status_pb2.Status | None = None
        #: Acknowledges activities at once and keeps them in `messages`, instead of handing their streams to the test.
        self.acknowledging = False
        self.messages: list[pb.RecordActivitiesRequest] = []

    def script(self, *answers: Answer) -> None:
        self._answers = list(answers)

    @staticmethod
    def refuse(status: status_pb2.Status, context: grpc.ServicerContext) -> None:
        """End a call with an error, in a function that answers it. The client is told not to repeat it by itself."""
        refused: Any = rpc_status.to_status(status)
        trailers = (*refused.trailing_metadata, ("grpc-retry-pushback-ms", b"-1"))
        context.abort_with_status(refused._replace(trailing_metadata=trailers))

    @property
    def last(self) -> Received:
        return self.received[-1]

    def _answer(self, response: type[ResponseT], request: Message, context: grpc.ServicerContext) -> ResponseT:
        method = response.DESCRIPTOR.name.removesuffix("Response")
        metadata = dict(context.invocation_metadata())
        with self._lock:
            self.received.append(Received(method, request, metadata, context.time_remaining()))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, status_pb2.Status):
            context.abort_with_status(rpc_status.to_status(answer))
        message = answer if isinstance(answer, Message) else answer(request, context)
        assert isinstance(message, response)
        return message

    @property
    def has_stream(self) -> bool:
        """Whether a client has opened a stream that `stream` has not returned yet."""
        return not self._streams.empty()

    async def stream(self, timeout: float = 10) -> ScriptedStream:
        """The next stream that a client opens."""
        return await asyncio.to_thread(self._streams.get, timeout=timeout)

    def _serve(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        with self._lock:
            self.opened += 1
        if self.refuse_streams is not None:
            context.abort_with_status(rpc_status.to_status(self.refuse_streams))
        stream = ScriptedStream(context)
        self._streams.put(stream)
        yield from stream.serve(requests, context)

    def WatchStatuses(
        self, request: pb.WatchStatusesRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.WatchStatusesResponse]:
        return self._serve(iter((request,)), context)

    def RecordActivities(
        self, request_iterator: Iterator[pb.RecordActivitiesRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.RecordActivitiesResponse]:
        return self._acknowledge(request_iterator) if self.acknowledging else self._serve(request_iterator, context)

    def _acknowledge(self, requests: Iterator[pb.RecordActivitiesRequest]) -> Iterator[pb.RecordActivitiesResponse]:
        # A client that breaks off makes the iterator raise.
        with suppress(Exception):
            for request in requests:
                self.messages.append(request)
                yield pb.RecordActivitiesResponse(sequence=request.sequence)

    def RecordActivity(
        self, request: pb.RecordActivityRequest, context: grpc.ServicerContext
    ) -> pb.RecordActivityResponse:
        return self._answer(pb.RecordActivityResponse, request, context)

    def KeepSession(self, request: pb.KeepSessionRequest, context: grpc.ServicerContext) -> pb.KeepSessionResponse:
        return self._answer(pb.KeepSessionResponse, request, context)

    def EndSession(self, request: pb.EndSessionRequest, context: grpc.ServicerContext) -> pb.EndSessionResponse:
        return self._answer(pb.EndSessionResponse, request, context)

    def KeepEngagement(
        self, request: pb.KeepEngagementRequest, context: grpc.ServicerContext
    ) -> pb.KeepEngagementResponse:
        return self._answer(pb.KeepEngagementResponse, request, context)

    def EndEngagement(
        self, request: pb.EndEngagementRequest, context: grpc.ServicerContext
    ) -> pb.EndEngagementResponse:
        return self._answer(pb.EndEngagementResponse, request, context)

    def SetStatus(self, request: pb.SetStatusRequest, context: grpc.ServicerContext) -> pb.SetStatusResponse:
        return self._answer(pb.SetStatusResponse, request, context)

    def GetStatus(self, request: pb.GetStatusRequest, context: grpc.ServicerContext) -> pb.GetStatusResponse:
        return self._answer(pb.GetStatusResponse, request, context)

    def BatchGetStatuses(
        self, request: pb.BatchGetStatusesRequest, context: grpc.ServicerContext
    ) -> pb.BatchGetStatusesResponse:
        return self._answer(pb.BatchGetStatusesResponse, request, context)

    def ListStatuses(self, request: pb.ListStatusesRequest, context: grpc.ServicerContext) -> pb.ListStatusesResponse:
        return self._answer(pb.ListStatusesResponse, request, context)

    def ListAvailableUsers(
        self, request: pb.ListAvailableUsersRequest, context: grpc.ServicerContext
    ) -> pb.ListAvailableUsersResponse:
        return self._answer(pb.ListAvailableUsersResponse, request, context)

    def GetWorkflow(self, request: pb.GetWorkflowRequest, context: grpc.ServicerContext) -> pb.GetWorkflowResponse:
        return self._answer(pb.GetWorkflowResponse, request, context)

    def UpdateWorkflow(
        self, request: pb.UpdateWorkflowRequest, context: grpc.ServicerContext
    ) -> pb.UpdateWorkflowResponse:
        return self._answer(pb.UpdateWorkflowResponse, request, context)

    def ListStatusChanges(
        self, request: pb.ListStatusChangesRequest, context: grpc.ServicerContext
    ) -> pb.ListStatusChangesResponse:
        return self._answer(pb.ListStatusChangesResponse, request, context)

    def ListWorkflowChanges(
        self, request: pb.ListWorkflowChangesRequest, context: grpc.ServicerContext
    ) -> pb.ListWorkflowChangesResponse:
        return self._answer(pb.ListWorkflowChangesResponse, request, context)

    def GetCaller(self, request: pb.GetCallerRequest, context: grpc.ServicerContext) -> pb.GetCallerResponse:
        return self._answer(pb.GetCallerResponse, request, context)

    def ListAccounts(self, request: pb.ListAccountsRequest, context: grpc.ServicerContext) -> pb.ListAccountsResponse:
        return self._answer(pb.ListAccountsResponse, request, context)

    def UpdateUser(self, request: pb.UpdateUserRequest, context: grpc.ServicerContext) -> pb.UpdateUserResponse:
        return self._answer(pb.UpdateUserResponse, request, context)

    def DeleteUser(self, request: pb.DeleteUserRequest, context: grpc.ServicerContext) -> pb.DeleteUserResponse:
        return self._answer(pb.DeleteUserResponse, request, context)

    def BatchSetStatus(
        self, request: pb.BatchSetStatusRequest, context: grpc.ServicerContext
    ) -> pb.BatchSetStatusResponse:
        return self._answer(pb.BatchSetStatusResponse, request, context)

    def DeleteWorkflow(
        self, request: pb.DeleteWorkflowRequest, context: grpc.ServicerContext
    ) -> pb.DeleteWorkflowResponse:
        return self._answer(pb.DeleteWorkflowResponse, request, context)

    def ListTeams(self, request: pb.ListTeamsRequest, context: grpc.ServicerContext) -> pb.ListTeamsResponse:
        return self._answer(pb.ListTeamsResponse, request, context)

    def CreateAccount(
        self, request: pb.CreateAccountRequest, context: grpc.ServicerContext
    ) -> pb.CreateAccountResponse:
        return self._answer(pb.CreateAccountResponse, request, context)

    def DeleteAccount(
        self, request: pb.DeleteAccountRequest, context: grpc.ServicerContext
    ) -> pb.DeleteAccountResponse:
        return self._answer(pb.DeleteAccountResponse, request, context)

    def SummarizeTime(
        self, request: pb.SummarizeTimeRequest, context: grpc.ServicerContext
    ) -> pb.SummarizeTimeResponse:
        return self._answer(pb.SummarizeTimeResponse, request, context)

    def CountByStatus(
        self, request: pb.CountByStatusRequest, context: grpc.ServicerContext
    ) -> pb.CountByStatusResponse:
        return self._answer(pb.CountByStatusResponse, request, context)

    def ListTimelines(
        self, request: pb.ListTimelinesRequest, context: grpc.ServicerContext
    ) -> pb.ListTimelinesResponse:
        return self._answer(pb.ListTimelinesResponse, request, context)

    def GetAccount(self, request: pb.GetAccountRequest, context: grpc.ServicerContext) -> pb.GetAccountResponse:
        return self._answer(pb.GetAccountResponse, request, context)

    def UpdateAccount(
        self, request: pb.UpdateAccountRequest, context: grpc.ServicerContext
    ) -> pb.UpdateAccountResponse:
        return self._answer(pb.UpdateAccountResponse, request, context)

    def Simulate(self, request: pb.SimulateRequest, context: grpc.ServicerContext) -> pb.SimulateResponse:
        return self._answer(pb.SimulateResponse, request, context)


class ScriptedServer:
    """A server on a free port of the loopback interface."""

    scheme = ""
    """What its addresses begin with."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self.service = ScriptedService()
        # Every open stream takes one.
        self._workers = ThreadPoolExecutor(64)
        # As the real server: the clients ping more often than grpcio's servers allow by default.
        options = [
            ("grpc.so_reuseport", 0),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
        ]
        self._server = grpc.server(self._workers, options=options)
        pb_grpc.add_StatusServiceServicer_to_server(self.service, self._server)
        if credentials is None:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self._server.start()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop(None).wait(10)
        self._workers.shutdown()


class Proxy:
    """Passes bytes between clients and a server, until it is told to lose them or to refuse connections."""

    def __init__(self, port: int, scheme: str = "") -> None:
        self._scheme = scheme
        #: Where new connections lead: a server that starts again may be somewhere else.
        self.server_port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._writers: list[asyncio.StreamWriter] = []
        self._frozen: set[asyncio.StreamWriter] = set()
        self.refusing = False
        self.refused = asyncio.Event()
        #: How many connections were refused.
        self.refusals = 0
        #: New connections are accepted, and frozen at once.
        self.silent = False
        #: A connection was.
        self.froze = asyncio.Event()
        #: A client has given up a frozen connection.
        self.abandoned = asyncio.Event()
        self.target = ""

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.target = f"{self._scheme}127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._closing = True
        # A connection that asyncio is still accepting when its server is closed is never closed itself. So first accept
        # no more, and let those through that were accepted a moment ago.
        for listening in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(10):
            await asyncio.sleep(0)
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self) -> None:
        """From now on, bytes of the connections there are vanish, in both directions; none is closed."""
        self._frozen.update(self._writers)

    def cut(self) -> None:
        """Close every connection there is."""
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.refusing:
            writer.transport.abort()
            self.refusals += 1
            self.refused.set()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers.append(server_writer)
        if self._closing:
            self.cut()
        if self.silent:
            self._frozen.update((writer, server_writer))
            self.froze.set()
        self._run(self._pass_on(reader, server_writer))
        self._run(self._pass_on(server_reader, writer))

    def _run(self, passing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(passing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if writer not in self._frozen:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            pass
        if writer in self._frozen:
            self.abandoned.set()
        writer.transport.abort()


class Driver:
    """Either client behind one face, so that one test holds for both. An iterator is answered as a list."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    async def call(self, method: str, *arguments: Any, **options: Any) -> Any:
        if isinstance(self.client, Client):
            return await asyncio.to_thread(self._block, method, *arguments, **options)
        result = getattr(self.client, method)(*arguments, **options)
        if isinstance(result, AsyncIterator):
            return [item async for item in result]
        return await result

    def _block(self, method: str, *arguments: Any, **options: Any) -> Any:
        result = getattr(self.client, method)(*arguments, **options)
        return list(result) if isinstance(result, Iterator) else result

    async def close(self) -> None:
        if isinstance(self.client, Client):
            await asyncio.to_thread(self.client.close)
        else:
            await self.client.close()
