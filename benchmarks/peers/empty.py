"""Servers that do nothing but what gRPC does: the floor of any service on grpcio, with each loop and each kind of
server.

Unary calls are answered with one response built before the first call, or (`built`) with one built each time; a
stream's messages are read, field by field, and acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from benchmarks.empty_server import OPTIONS, Built
from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

_THREADS = 8


class _Answers:
    def __init__(self, answer: pb.UserStatus) -> None:
        self.activity = pb.RecordActivityResponse(user_status=answer)
        self.status = pb.GetStatusResponse(user_status=answer)


def _read(request: pb.RecordActivitiesRequest) -> None:
    """Take out what whoever records an activity has to take out."""
    for activity in request.activities:
        activity.account_id, activity.user_id, activity.HasField("activity_time")


class _Async(pb_grpc.StatusServiceServicer):
    def __init__(self, answers: _Answers) -> None:
        self._answers = answers

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        return self._answers.activity

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        return self._answers.status

    async def RecordActivities(
        self, request_iterator: AsyncIterator[pb.RecordActivitiesRequest], context: Any
    ) -> AsyncIterator[pb.RecordActivitiesResponse]:
        async for request in request_iterator:
            _read(request)
            yield pb.RecordActivitiesResponse(sequence=request.sequence)


class _Threaded(pb_grpc.StatusServiceServicer):
    def __init__(self, answers: _Answers) -> None:
        self._answers = answers

    def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        return self._answers.activity

    def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        return self._answers.status

    def RecordActivities(
        self, request_iterator: Iterator[pb.RecordActivitiesRequest], context: Any
    ) -> Iterator[pb.RecordActivitiesResponse]:
        for request in request_iterator:
            _read(request)
            yield pb.RecordActivitiesResponse(sequence=request.sequence)


def _settle(port: int) -> None:
    gc.collect()
    gc.freeze()
    print(port, flush=True)


async def _serve(servicer: pb_grpc.StatusServiceServicer) -> None:
    server = grpc.aio.server(options=OPTIONS)
    pb_grpc.add_StatusServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    _settle(port)
    await stop.wait()
    await server.stop(None)


def _serve_by_threads(answers: _Answers) -> None:
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=OPTIONS)
    pb_grpc.add_StatusServiceServicer_to_server(_Threaded(answers), server)  # type: ignore[abstract]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _settle(port)
    signal.sigwait({signal.SIGTERM})
    server.stop(None).wait()


def main() -> None:
    """Print the port, then serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=("uvloop", "asyncio", "threads", "built"), required=True)
    parser.add_argument("--answer", required=True, help="a serialized UserStatus, in hexadecimal")
    options = parser.parse_args()
    sys.setswitchinterval(0.001)
    answer = pb.UserStatus.FromString(bytes.fromhex(options.answer))
    answers = _Answers(answer)
    if options.kind == "threads":
        _serve_by_threads(answers)
    elif options.kind == "asyncio":
        asyncio.run(_serve(_Async(answers)))  # type: ignore[abstract]
    else:
        import uvloop

        uvloop.run(_serve(Built(answer) if options.kind == "built" else _Async(answers)))  # type: ignore[abstract]


if __name__ == "__main__":
    main()
