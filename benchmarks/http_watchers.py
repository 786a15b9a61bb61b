"""Memory and CPU of watchers through each door.

For each door a new server with SQLite and 300 watchers of one account with a connection each: what the server's
resident memory grew by for each of them, and the CPU time that one change takes for each, beyond what the bookmarks
take in the same time. Changes are made by hand a tenth of a second apart, so that each is a message of its own.

Watched is by gRPC, by Connect in binary and in JSON, and by gRPC-Web. Left out: the readers' cost; they read what they
are sent and do not look at it. The workflow is off, so that nothing else changes.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from onduty.v1 import status_pb2 as pb

from .call_cost import method_path
from .context import Context
from .figures import Figure
from .population import ACCOUNT
from .processes import Server, cpu_ns, rss_bytes, serving
from .watchers import watching
from .wire import Wire

TITLE = "Watchers over HTTP"
_SETTLE_S = 1.5
_APART_S = 0.1
_KINDS = {
    "Connect binary": "application/connect+proto",
    "Connect JSON": "application/connect+json",
    "gRPC-Web": "application/grpc-web+proto",
}


def run(context: Context) -> Sequence[Figure]:
    """Measure each door."""
    watchers, changes = min(300, context.scale.memory_watchers), min(50, context.scale.memory_watchers)
    figures = []
    for door in ("gRPC", *_KINDS):
        with (
            context.folder("http-watchers") as folder,
            serving(folder, f"sqlite:{folder / 'onduty.db'}", "--http-listen", "127.0.0.1:0") as server,
        ):
            kib, us = _measure(server, door, watchers, changes)
        figures.append(Figure(f"{door}: memory of a watcher", kib, "KiB", None, f"{watchers} watchers"))
        figures.append(Figure(f"{door}: CPU of a change for a watcher", us, "us", None, f"{changes} changes"))
    return figures


def _measure(server: Server, door: str, watchers: int, changes: int) -> tuple[float, float]:
    with Wire(server.port, method_path("SetStatus")) as wire:
        _change(wire, 2)
        # What the first ones ever make it load is not counted.
        with _watched(server, door, max(1, watchers // 10)):
            time.sleep(_SETTLE_S)
        before = rss_bytes(server.pid)
        with _watched(server, door, watchers):
            time.sleep(_SETTLE_S)
            grown = rss_bytes(server.pid) - before
            idle = _cpu_of(server, lambda: time.sleep(changes * _APART_S))
            busy = _cpu_of(server, lambda: _change(wire, changes))
    return grown / watchers / 1_024, (busy - idle) / 1_000 / changes / watchers


def _cpu_of(server: Server, act: object) -> int:
    assert callable(act)
    before = cpu_ns(server.pid)
    act()
    return cpu_ns(server.pid) - before


def _change(wire: Wire, changes: int) -> None:
    for number in range(changes):
        status = pb.STATUS_ONLINE if number % 2 else pb.STATUS_AWAY
        request = pb.SetStatusRequest(account_id=ACCOUNT, user_id="user", status=status)
        wire.call_all([request.SerializeToString()], 1)
        time.sleep(_APART_S)


def _watched(server: Server, door: str, watchers: int) -> AbstractContextManager[object]:
    if door == "gRPC":
        return watching(server.port, watchers, connections=watchers)
    assert server.http_port is not None
    return over_http(server.http_port, _KINDS[door], watchers)


@contextmanager
def over_http(port: int, kind: str, watchers: int) -> Iterator[Callable[[], int]]:
    """Watchers of the account by the HTTP door, until the end; yields what counts the pieces that have come."""
    pieces = 0
    request = pb.WatchStatusesRequest(account_id=ACCOUNT).SerializeToString()
    if kind.endswith("json"):
        request = b'{"accountId":"%s"}' % ACCOUNT.encode()
    body = struct.pack(">BI", 0, len(request)) + request
    head = f"POST {method_path('WatchStatuses')} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {kind}\r\n"
    sent = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    selector, connections, over = selectors.DefaultSelector(), list[socket.socket](), threading.Event()

    def read() -> None:
        nonlocal pieces
        while not over.is_set():
            for key, _ in selector.select(0.1):
                if key.fileobj.recv(1 << 16):  # type: ignore[union-attr]
                    pieces += 1
                else:
                    selector.unregister(key.fileobj)

    try:
        for _ in range(watchers):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(sent)
            if not connection.recv(1 << 16).startswith(b"HTTP/1.1 200 "):
                raise RuntimeError("a watch was refused")
            selector.register(connection, selectors.EVENT_READ)
            connections.append(connection)
        reading = threading.Thread(target=read)
        reading.start()
        try:
            yield lambda: pieces
        finally:
            over.set()
            reading.join()
    finally:
        for connection in connections:
            connection.close()
        selector.close()
