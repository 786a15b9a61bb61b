"""The metrics and probes of several workers at one address: the supervisor asks each worker over a pair of sockets.

Both ends have threads of their own for it, so that no answer waits for an event loop. Nobody else can ask: the sockets
have no name. Invariant: a worker that does not answer holds up an answer to operators for no longer than the time
limit; its counters stay at what it said last.
"""

from __future__ import annotations

import pickle
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import structlog
from prometheus_client import CollectorRegistry, Metric

from .clock import stopwatch
from .merging import Past, is_counted, merged
from .probes import STUCK_AFTER_S, Probes

_TIMEOUT_S: Final = 3.0
"""How long workers may take to answer, together. Prometheus gives up after 10 s by default."""
_PART_BYTES: Final = 1 << 16
_QUESTION: Final = struct.Struct("!I?")
"""The number of the question, and whether metrics are wanted."""
_HEAD: Final = struct.Struct("!II")
"""The number of the question that is answered, and how many bytes follow."""

_log = structlog.get_logger(__name__)


class Answer(NamedTuple):
    """A worker's answer about itself; the reasons are None if all is well."""

    why_not_alive: str | None
    why_not_ready: str | None
    families: Sequence[Metric]


def answer_supervisor(descriptor: int, registry: CollectorRegistry, probes: Probes) -> None:
    """Answer the supervisor's questions, in a thread, until it ends."""
    questions = socket.socket(fileno=descriptor)
    threading.Thread(
        target=_answer_forever, args=(questions, registry, probes), name="onduty-operators", daemon=True
    ).start()


def _answer_forever(questions: socket.socket, registry: CollectorRegistry, probes: Probes) -> None:
    with questions, suppress(OSError, EOFError):
        while True:
            number, wants_metrics = _QUESTION.unpack(_read(questions, _QUESTION.size))
            answer = Answer(probes.why_not_alive(), probes.why_not_ready(), ())
            if wants_metrics:
                try:
                    answer = answer._replace(families=list(registry.collect()))
                except Exception:  # noqa: BLE001 - collectors may be other people's code
                    _log.exception("the metrics cannot be read")
            body = pickle.dumps(answer)
            questions.sendall(_HEAD.pack(number, len(body)) + body)


class _Worker:
    """The supervisor's end of one worker's sockets."""

    def __init__(self, number: int, questions: socket.socket) -> None:
        self.number = number
        self.counted: Sequence[Metric] = ()
        """Its counters as of its last answer."""
        self.silent_since_s: float | None = None
        """When it was first asked in vain."""
        self._questions = questions
        self._received = bytearray()

    def ask(self, question: int, *, wants_metrics: bool) -> bool:
        """Send a question. Returns False if the worker cannot even read it."""
        try:
            self._questions.settimeout(0)
            self._questions.sendall(_QUESTION.pack(question, wants_metrics))
        except OSError:
            self._is_silent()
            return False
        return True

    def answer(self, question: int, until_s: float) -> Answer | None:
        """Return the answer to a question; None if it does not come in time."""
        try:
            number, body = self._next(until_s)
            while number != question:  # the answer to one that nobody waits for any more
                number, body = self._next(until_s)
        except (OSError, EOFError):
            self._is_silent()
            return None
        self.silent_since_s = None
        answer: Answer = pickle.loads(body)
        if answer.families:
            self.counted = [family for family in answer.families if is_counted(family)]
        return answer

    def _next(self, until_s: float) -> tuple[int, bytes]:
        """Return the number and the text of the next whole answer; what has come of it is kept if it is too late."""
        received, head = self._received, _HEAD.size
        while len(received) < head or len(received) < head + _HEAD.unpack_from(received)[1]:
            left_s = until_s - stopwatch()
            if left_s <= 0:
                raise TimeoutError
            self._questions.settimeout(left_s)
            part = self._questions.recv(_PART_BYTES)
            if not part:
                raise EOFError
            received += part
        number, size = _HEAD.unpack_from(received)
        body = bytes(received[head : head + size])
        del received[: head + size]
        return number, body

    def close(self) -> None:
        self._questions.close()

    def _is_silent(self) -> None:
        if self.silent_since_s is None:
            self.silent_since_s = stopwatch()


class WorkerFigures:
    """Answers operators for all workers. Its methods may be called from any thread.

    `own` collects the metrics of the supervisor itself.
    """

    def __init__(self, own: Callable[[], Iterable[Metric]] = lambda: (), *, timeout_s: float = _TIMEOUT_S) -> None:
        self._own = own
        self._timeout_s = timeout_s
        self._workers: dict[int, _Worker] = {}
        self._past = Past()
        self._ended: list[_Worker] = []
        """Those whose sockets the thread that asks is to close: it may be reading from them."""
        self._changing = threading.Lock()
        """Guards the three above, for an instant: the supervisor's event loop takes it."""
        self._questions = 0
        self._asking = threading.Lock()
        """Held by the thread that waits for answers."""

    def add(self, number: int, questions: socket.socket) -> None:
        """Ask a worker as well, from now on."""
        with self._changing:
            self._workers[number] = _Worker(number, questions)

    def remove(self, number: int) -> None:
        """Ask a worker no more, which has ended; keep what it had counted."""
        with self._changing:
            ended = self._workers.pop(number, None)
            if ended is not None:
                self._past.add(ended.counted)
                self._ended.append(ended)

    def close(self) -> None:
        """Ask nobody any more."""
        for number in tuple(self._workers):
            self.remove(number)
        with self._asking:
            self._ask()

    def collect(self) -> Iterable[Metric]:
        """Return the metrics of all workers as those of one process."""
        with self._asking:
            answers = self._ask(wants_metrics=True)
            with self._changing:
                # One that has ended since it was asked is among the past, and must not count twice.
                answers = {each: answer for each, answer in answers.items() if each in self._workers.values()}
                past = self._past.families
            said = [answer.families if answer and answer.families else each.counted for each, answer in answers.items()]
            return merged([self._own(), *said, past])

    def why_not_alive(self) -> str | None:
        """Return why the process should be started anew; None if it should not."""
        with self._asking:
            answers = self._ask()
        for each, answer in answers.items():
            if answer is not None and answer.why_not_alive is not None:
                return f"worker {each.number}: {answer.why_not_alive}"
            silent_s = 0.0 if each.silent_since_s is None else stopwatch() - each.silent_since_s
            if silent_s > STUCK_AFTER_S:
                return f"worker {each.number} has not answered for {silent_s:.0f} s"
        return None

    def why_not_ready(self) -> str | None:
        """Return why no calls should be sent: no worker serves, or one that does should not be sent any."""
        with self._asking:
            answers = self._ask()
        if not answers:
            return "no worker serves"
        for each, answer in answers.items():
            if answer is None:
                return f"worker {each.number} does not answer"
            if answer.why_not_ready is not None:
                return f"worker {each.number}: {answer.why_not_ready}"
        return None

    def _ask(self, *, wants_metrics: bool = False) -> dict[_Worker, Answer | None]:
        """Ask all at once, and then wait for each."""
        with self._changing:
            workers = sorted(self._workers.values(), key=lambda each: each.number)
            ended, self._ended = self._ended, []
        for each in ended:
            each.close()
        self._questions = (self._questions + 1) % (1 << 32)
        question = self._questions
        asked = [(each, each.ask(question, wants_metrics=wants_metrics)) for each in workers]
        until_s = stopwatch() + self._timeout_s
        return {each: each.answer(question, until_s) if could else None for each, could in asked}


def _read(connection: socket.socket, size: int) -> bytes:
    """Read so many bytes. Raises EOFError if the other end is closed."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
