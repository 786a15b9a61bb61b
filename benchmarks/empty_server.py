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
"""Those of `onduty_server.transport.grpc.server`."""


class Built(pb_grpc.StatusServiceServicer):
    """Builds each answer anew."""

    def __init__(self, answer: pb.UserStatus) -> None:
        self._fill = _filler(answer)

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        """Answer."""
        response = pb.RecordActivityResponse()
        self._fill(response.user_status)
        return response

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        """Answer."""
        response = pb.GetStatusResponse()
        self._fill(response.user_status)
        return response

    async def ListAvailableUsers(
        self, request: pb.ListAvailableUsersRequest, context: Any
    ) -> pb.ListAvailableUsersResponse:
        """Answer."""
        response = pb.ListAvailableUsersResponse(available_count=1)
        self._fill(response.user_statuses.add())
        return response


class _Ready(pb_grpc.StatusServiceServicer):
    def __init__(self, answer: pb.UserStatus) -> None:
        self._activity = pb.RecordActivityResponse(user_status=answer)
        self._status = pb.GetStatusResponse(user_status=answer)
        self._available = pb.ListAvailableUsersResponse(user_statuses=[answer], available_count=1)

    async def RecordActivity(self, request: pb.RecordActivityRequest, context: Any) -> pb.RecordActivityResponse:
        return self._activity

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        return self._status

    async def ListAvailableUsers(
        self, request: pb.ListAvailableUsersRequest, context: Any
    ) -> pb.ListAvailableUsersResponse:
        return self._available


def _filler(answer: pb.UserStatus) -> Callable[[pb.UserStatus], None]:
    """Writes what is in `answer` from plain values into an empty message, in the cheapest way known."""
    account_id, user_id, revision = answer.account_id, answer.user_id, answer.revision
    status, cause, next_status, next_cause = answer.status, answer.cause, answer.next_status, answer.next_cause
    since, last, following = answer.status_since, answer.last_activity_time, answer.next_status_time
    since_s, since_ns, last_s, last_ns = since.seconds, since.nanos, last.seconds, last.nanos
    following_s, following_ns = following.seconds, following.nanos

    def fill(message: pb.UserStatus) -> None:
        message.account_id = account_id
        message.user_id = user_id
        message.status = status
        message.available = True
        message.cause = cause
        _fill_timestamp(message.status_since, since_s, since_ns)
        _fill_timestamp(message.last_activity_time, last_s, last_ns)
        message.next_status = next_status
        message.next_cause = next_cause
        _fill_timestamp(message.next_status_time, following_s, following_ns)
        message.revision = revision

    filled = pb.UserStatus()
    fill(filled)
    assert filled == answer
    return fill


def _fill_timestamp(timestamp: Timestamp, seconds: int, nanos: int) -> None:
    timestamp.seconds = seconds
    timestamp.nanos = nanos


async def _serve(answer: pb.UserStatus, *, built: bool) -> None:
    server = aio.server(options=OPTIONS)
    # Three methods of the service are enough; the rest answer UNIMPLEMENTED.
    servicer = Built(answer) if built else _Ready(answer)  # type: ignore[abstract]
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
