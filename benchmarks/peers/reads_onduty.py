"""The caller of a running onduty server, and a mirror of it: who is available?"""

from __future__ import annotations

import argparse
import json
import random
import sys

import grpc

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_client import AvailabilityMirror

from ..population import ACCOUNT, user_id
from ..processes import cpu_ns
from .reading import Read, measure

_FIRST = 10
_PAGE_MAX = 1_000


def _read(port: int, server_pid: int, users: int, reads: int, mirror_reads: int) -> list[Read]:
    pick = random.Random(1)
    ids = [user_id(pick.randrange(users)) for _ in range(reads)]
    found: list[Read] = []

    def server_ns() -> int:
        return cpu_ns(server_pid)

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)

        def one(number: int) -> None:
            request = pb.GetStatusRequest(account_id=ACCOUNT, user_id=ids[number % reads])
            assert stub.GetStatus(request).user_status.available

        def listed(limit: int) -> None:
            request = pb.ListAvailableUsersRequest(account_id=ACCOUNT, limit=limit)
            assert len(stub.ListAvailableUsers(request).user_statuses) == min(limit, users)

        found.append(measure("one", one, reads, server_ns))
        found.append(measure("first", lambda number: listed(_FIRST), reads, server_ns))
        found.append(measure("all", lambda number: listed(_PAGE_MAX), max(reads // 10, 5), server_ns))
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
    parser.add_argument("--server-pid", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--reads", type=int, required=True)
    parser.add_argument("--mirror-reads", type=int, required=True)
    options = parser.parse_args()
    found = _read(options.port, options.server_pid, options.users, options.reads, options.mirror_reads)
    json.dump([read.as_json() for read in found], sys.stdout)


if __name__ == "__main__":
    main()
