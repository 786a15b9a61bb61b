"""The caller of a running onduty server, through either door, and a mirror of it: who is available?"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
from collections.abc import Callable

import grpc
from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_client import AvailabilityMirror

from ..call_cost import method_path
from ..population import ACCOUNT, user_id
from ..processes import cpu_ns
from .reading import Read, measure

_FIRST = 10
_PAGE_MAX = 1_000


_TIMEOUT_S = 30.0
_HEADERS = {"content-type": "application/proto"}


class _Asking:
    """The questions of a router, through one of the doors: `get` and `list_available` send a request and wait."""

    def __init__(
        self,
        get: Callable[[pb.GetStatusRequest], pb.GetStatusResponse],
        list_available: Callable[[pb.ListAvailableUsersRequest], pb.ListAvailableUsersResponse],
        users: int,
    ) -> None:
        self._get, self._list, self._users = get, list_available, users

    def one(self, user: str) -> None:
        assert self._get(pb.GetStatusRequest(account_id=ACCOUNT, user_id=user)).user_status.available

    def listed(self, limit: int) -> None:
        found = self._list(pb.ListAvailableUsersRequest(account_id=ACCOUNT, limit=limit))
        assert len(found.user_statuses) == min(limit, self._users)


def _over_http(port: int, users: int) -> _Asking:
    """Ask as a program does that has no gRPC: by Python's own HTTP client, over a connection that is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)

    def call(method: str, request: Message) -> bytes:
        connection.request("POST", method_path(method), request.SerializeToString(), _HEADERS)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return body

    return _Asking(
        lambda request: pb.GetStatusResponse.FromString(call("GetStatus", request)),
        lambda request: pb.ListAvailableUsersResponse.FromString(call("ListAvailableUsers", request)),
        users,
    )


def _read(port: int, http_port: int, server_pid: int, users: int, reads: int, mirror_reads: int) -> list[Read]:
    pick = random.Random(1)
    ids = [user_id(pick.randrange(users)) for _ in range(reads)]
    found: list[Read] = []

    def server_ns() -> int:
        return cpu_ns(server_pid)

    def ask(door: str, asking: _Asking) -> None:
        found.append(measure(f"{door} one", lambda n: asking.one(ids[n % reads]), reads, server_ns))
        found.append(measure(f"{door} first", lambda n: asking.listed(_FIRST), reads, server_ns))
        found.append(measure(f"{door} all", lambda n: asking.listed(_PAGE_MAX), max(reads // 10, 5), server_ns))

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        ask("grpc", _Asking(stub.GetStatus, stub.ListAvailableUsers, users))
    ask("http", _over_http(http_port, users))
    with AvailabilityMirror(f"127.0.0.1:{port}", ACCOUNT) as mirror:
        mirror.wait_ready(60.0)
        assert mirror.available_count() == users
        # Within the process nothing waits for anything: the loop and its clock are most of what is measured here.
        found.append(measure("mirror one", lambda n: mirror.is_available(ids[n % reads]), mirror_reads, lambda: 0))
        found.append(measure("mirror first", lambda n: mirror.available_users(limit=_FIRST), reads, lambda: 0))
        found.append(measure("mirror all", lambda n: mirror.available_users(limit=users), reads, lambda: 0))
    return found


def main() -> None:
    """Ask, print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--server-pid", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--reads", type=int, required=True)
    parser.add_argument("--mirror-reads", type=int, required=True)
    options = parser.parse_args()
    ports = options.port, options.http_port
    found = _read(*ports, options.server_pid, options.users, options.reads, options.mirror_reads)
    json.dump([read.as_json() for read in found], sys.stdout)


if __name__ == "__main__":
    main()
