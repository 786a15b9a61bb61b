"""A client that asks at a fixed rate, whether or not the answers keep up, as many callers together do.

Callers are a pool: no more than `outstanding` calls wait at a time, and what is due beyond that is never made, as where
every worker of a backend already waits. A call counts from the moment at which it was due. What its connection cannot
take (the server allows so many streams) waits in the client, and its time counts. Written straight onto the wire, see
`wire`, because at ten times what a server can do a client of grpcio would be what is measured.

`python -m benchmarks.open_loop` is such a client; phases are read from its standard input.
"""

from __future__ import annotations

import argparse
import json
import random
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from .wire import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    FIRST_WINDOW,
    GOAWAY,
    HEADERS,
    PING,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    CallFailed,
    cut,
    frame,
    header_blocks,
    hello,
)

_TICK_S = 0.001
_DRAIN_S = 60.0
_STREAMS_SETTING = 3
_ANY_RATE = 1e9


@dataclass(frozen=True, slots=True)
class Phase:
    """The load of a phase: calls at `per_s` (0: as many as are allowed), with up to `outstanding` under way.

    The first `warm_s` are not counted.
    """

    per_s: float
    seconds: float
    outstanding: int
    warm_s: float = 0.0


@dataclass(slots=True)
class Seen:
    """The outcomes of the calls that ended within the counted part of a phase."""

    seconds: float = 0.0
    answered_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    not_made: int = 0
    answered_in_all: int = 0
    """Also those of the time that is not counted."""

    @property
    def per_s(self) -> float:
        """Calls answered with a message, a second."""
        return len(self.answered_ms) / self.seconds


class _Connection:
    """One connection: calls wait in it for a stream, and on it for an answer."""

    def __init__(self, port: int, method: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(hello())
        self.socket.setblocking(False)
        self.waiting: deque[float] = deque()
        self.under_way: dict[int, float] = {}
        self._answered: set[int] = set()
        first, self._headers = header_blocks(method, f"127.0.0.1:{port}", {})
        self._first: bytes | None = first
        self._next_stream = 1
        self._streams_max = 1 << 30
        self._window = FIRST_WINDOW
        self._received = b""
        self._unsent = b""

    def begin(self, bodies: Sequence[bytes], pick: random.Random) -> None:
        """Send what may be sent of what waits."""
        out = [self._unsent] if self._unsent else []
        while self.waiting and len(self.under_way) < self._streams_max:
            body = pick.choice(bodies)
            if len(body) > self._window:
                break
            self._window -= len(body)
            stream = self._next_stream
            self._next_stream += 2
            self.under_way[stream] = self.waiting.popleft()
            headers = self._first or self._headers
            self._first = None
            out += (frame(HEADERS, END_HEADERS, stream, headers), frame(DATA, END_STREAM, stream, body))
        if not out:
            return
        data = b"".join(out)
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        self._unsent = data[sent:]

    def receive(self) -> list[tuple[float, bool]]:
        """The calls that have ended: when each was due, and whether it was answered."""
        try:
            received = self.socket.recv(1 << 18)
        except BlockingIOError:
            return []
        if not received:
            raise CallFailed("the server hung up")
        frames, self._received = cut(self._received + received)
        ended = []
        for kind, flags, stream, payload in frames:
            if kind == DATA:
                self._answered.add(stream)
            elif kind == WINDOW_UPDATE and stream == 0:
                self._window += int.from_bytes(payload, "big")
            elif kind == SETTINGS and not flags & ACK:
                self._settings(payload)
            elif kind == PING and not flags & ACK:
                self._unsent += frame(PING, ACK, 0, payload)
            elif kind == GOAWAY:
                raise CallFailed("the server sent the client away")
            if (kind in (DATA, HEADERS) and flags & END_STREAM) or kind == RST_STREAM:
                due = self.under_way.pop(stream, None)
                if due is not None:
                    ended.append((due, stream in self._answered))
                self._answered.discard(stream)
        return ended

    def _settings(self, payload: bytes) -> None:
        for place in range(0, len(payload), 6):
            if int.from_bytes(payload[place : place + 2], "big") == _STREAMS_SETTING:
                self._streams_max = int.from_bytes(payload[place + 2 : place + 6], "big")
        self._unsent += frame(SETTINGS, ACK, 0, b"")


class OpenLoop:
    """Connections over which phases are run, one after the other."""

    def __init__(self, port: int, method: str, messages: Sequence[bytes], connections: int) -> None:
        self._bodies = [b"\0" + len(message).to_bytes(4, "big") + message for message in messages]
        self._pick = random.Random(1)
        self._connections = [_Connection(port, method) for _ in range(connections)]
        self._poll = select.epoll()
        self._by_fd = {each.socket.fileno(): each for each in self._connections}
        for fd in self._by_fd:
            self._poll.register(fd, select.EPOLLIN)
        self._turn = 0

    def close(self) -> None:
        """Hang up."""
        self._poll.close()
        for each in self._connections:
            each.socket.close()

    def run(self, phase: Phase) -> Seen:
        """Run a phase, and wait for what is still outstanding at its end."""
        per_s = phase.per_s or _ANY_RATE
        seen, came, outstanding = Seen(phase.seconds), 0, 0
        started = time.perf_counter()
        count_from, ends = started + phase.warm_s, started + phase.warm_s + phase.seconds
        while True:
            now = time.perf_counter()
            if now < ends:
                due = int((now - started) * per_s) - came
                room = min(due, phase.outstanding - outstanding)
                for number in range(room):
                    # Spread over the connections, each as of when it was due.
                    at = started + (came + number) / per_s if phase.per_s else now
                    self._connections[self._turn].waiting.append(at)
                    self._turn = (self._turn + 1) % len(self._connections)
                outstanding += room
                if now >= count_from:
                    seen.not_made += due - room
                came += due
            elif not outstanding:
                return seen
            elif now > ends + _DRAIN_S:
                raise CallFailed(f"{outstanding} calls were never answered")
            for each in self._connections:
                each.begin(self._bodies, self._pick)
            for fd, _ in self._poll.poll(_TICK_S):
                ended = self._by_fd[fd].receive()
                now = time.perf_counter()
                outstanding -= len(ended)
                seen.answered_in_all += sum(answered for _, answered in ended)
                if count_from <= now < ends:
                    for due_at, answered in ended:
                        (seen.answered_ms if answered else seen.refused_ms).append((now - due_at) * 1_000)


def main() -> None:
    """Say "ready", then run a phase for each line of standard input and print what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--method", required=True, help="its path")
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("messages", nargs="+", help="in hexadecimal")
    arguments = parser.parse_args()
    messages = [bytes.fromhex(message) for message in arguments.messages]
    client = OpenLoop(arguments.port, arguments.method, messages, arguments.connections)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(asdict(client.run(Phase(**json.loads(line))))), flush=True)
    client.close()


if __name__ == "__main__":
    main()
