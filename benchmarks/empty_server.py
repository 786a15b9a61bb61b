"""The server that the service's calls are compared with: the same grpcio, loop, options and messages, and no service.

Two ways to be empty. `ready` answers every call with one response that was built before the first. `built` builds the
response anew from values at hand, as any handler has to whose answers differ from user to user.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from typing import Any

import uvloop
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import Compression, aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

OPTIONS = [
    ("grpc.max_receive_message_length", 1024 * 1024),
    ("grpc.compression_enabled_algorithms_bitset", 1 << Compression.NoCompression.value),
    ("grpc.so_reuseport", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
]
"""Those of `onduty_server.transport.server`."""


class _Empty(pb_grpc.StatusServiceServicer):
    def __init__(self, answer: Callable[[], pb.UserStatus]) -> None:
        self._answer = answer

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        return pb.RecordActivityResponse(user_status=self._answer())

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        return pb.GetStatusResponse(user_status=self._answer())


class _Ready(pb_grpc.StatusServiceServicer):
    def __init__(self, answer: pb.UserStatus) -> None:
        self._activity = pb.RecordActivityResponse(user_status=answer)
        self._status = pb.GetStatusResponse(user_status=answer)

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        return self._activity

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        return self._status


def _builder(answer: pb.UserStatus) -> Callable[[], pb.UserStatus]:
    """Builds a message equal to `answer` from plain values, each time."""
    account_id, user_id, revision = answer.account_id, answer.user_id, answer.revision
    status, cause, next_status = answer.status, answer.cause, answer.next_status
    since, last, following = answer.status_since, answer.last_activity_time, answer.next_status_time
    since_s, since_ns, last_s, last_ns = since.seconds, since.nanos, last.seconds, last.nanos
    following_s, following_ns = following.seconds, following.nanos

    def build() -> pb.UserStatus:
        return pb.UserStatus(
            account_id=account_id,
            user_id=user_id,
            status=status,
            available=True,
            cause=cause,
            status_since=Timestamp(seconds=since_s, nanos=since_ns),
            last_activity_time=Timestamp(seconds=last_s, nanos=last_ns),
            next_status=next_status,
            next_status_time=Timestamp(seconds=following_s, nanos=following_ns),
            actor="",
            reason="",
            revision=revision,
        )

    assert build() == answer
    return build


async def _serve(answer: pb.UserStatus, *, built: bool) -> None:
    server = aio.server(options=OPTIONS)
    # Two methods of the service are enough; the rest answer UNIMPLEMENTED.
    servicer = _Empty(_builder(answer)) if built else _Ready(answer)  # type: ignore[abstract]
    pb_grpc.add_StatusServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    gc.collect()
    gc.freeze()
    await server.start()
    print(port, flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await server.stop(None)


def main() -> None:
    """Print the port, then serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", action="store_true")
    parser.add_argument("--answer", required=True, help="a serialized UserStatus, in hexadecimal")
    arguments = parser.parse_args()
    sys.setswitchinterval(0.001)
    uvloop.run(_serve(pb.UserStatus.FromString(bytes.fromhex(arguments.answer)), built=arguments.built))


if __name__ == "__main__":
    main()
