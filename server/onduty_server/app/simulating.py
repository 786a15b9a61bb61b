"""Replays a log that a caller has sent.

Invariant: size and number are bounded, and no step is so long that other calls would notice.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from heapq import merge
from itertools import chain, islice
from typing import Final, NamedTuple, TypeVar

from ..domain.errors import InvalidField, LimitExceeded
from ..domain.workflow import Workflow
from .activity_log import ActivityLog
from .limits import (
    SIMULATED_BYTES_MAX,
    SIMULATED_ROW_MAX,
    SIMULATED_ROWS_MAX,
    SIMULATED_USERS_MAX,
    SIMULATION_STEP,
    SIMULATIONS_MAX,
    SIMULATIONS_WAITING_MAX,
)
from .log_format import LogError, LogFormat, LogLimits
from .simulation import Replay, Summary

_T = TypeVar("_T")

_WARNINGS_MAX: Final = 10
_RETRY_DELAY_MS: Final = 2_000
_ROW_BITS: Final = 20
_ROW_MASK: Final = (1 << _ROW_BITS) - 1
"""Rows and users are numbered below this."""
_OPTIONS: Final = (
    ("give --time-format epoch-ms", "set time_format to EPOCH_MS"),
    ("give --time-format epoch-s", "set time_format to EPOCH_S"),
    ("--columns says what they are called", "time_column and user_column say what they are called"),
)
"""What the reader's messages call options, and what a request calls them."""


class Simulated(NamedTuple):
    """The summary of a replay, and remarks about the log."""

    summary: Summary
    warnings: Sequence[str]


class Simulations:
    """See the module."""

    def __init__(self) -> None:
        self._running = asyncio.Semaphore(SIMULATIONS_MAX)
        self._waiting = 0

    async def run(self, log: bytes, log_format: LogFormat, workflow: Workflow, *, keep_order: bool) -> Simulated:
        """Replay a log under a workflow.

        Raises:
            InvalidField: the log is malformed or too long.
            LimitExceeded: too many logs are being replayed.
        """
        async with self._turn():
            return await _run(log, log_format, workflow, keep_order=keep_order)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= SIMULATIONS_WAITING_MAX:
            raise LimitExceeded("too many logs are being replayed", retry_delay_ms=_RETRY_DELAY_MS)
        self._waiting += 1
        try:
            await self._running.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._running.release()


async def _run(log: bytes, log_format: LogFormat, workflow: Workflow, *, keep_order: bool) -> Simulated:
    warnings: list[str] = []

    def say(warning: str) -> None:
        if len(warnings) < _WARNINGS_MAX:
            warnings.append(_for_request(warning))

    replay = Replay(workflow)
    try:
        rows = await _Rows.read(log, log_format, say, keep_order=keep_order)
        async for step in _steps(rows.in_turn()):
            replay.feed(map(rows.unpack, step))
    except LogError as error:
        raise InvalidField("log", _for_request(error.message)) from None
    except InvalidField as error:
        raise InvalidField("log", error.message) from None
    if rows.moved and not keep_order:
        say(f"{rows.moved:,} of {rows.count:,} rows are older than one before them, so the log was sorted by time")
    async for _ in _steps(replay.settle()):
        pass
    return Simulated(replay.summary(), warnings)


class _Rows:
    """The rows of a log, each packed into one number: time, line and user, in this order. `moved` are out of order."""

    def __init__(self, *, keep_order: bool) -> None:
        self.count = 0
        self.moved = 0
        self._keep_order = keep_order
        self._pieces: list[list[int]] = []
        """A step's rows each, by time unless they keep their order."""
        self._users: list[str] = []
        self._numbers: dict[str, int] = {}
        self._newest_ms = 0

    @classmethod
    async def read(cls, data: bytes, log_format: LogFormat, say: Callable[[str], None], *, keep_order: bool) -> _Rows:
        """Read a log. Raises LogError if it is malformed or too long."""
        rows = cls(keep_order=keep_order)
        limits = LogLimits(SIMULATED_BYTES_MAX, SIMULATED_ROW_MAX)
        raw = io.BufferedReader(io.BytesIO(data))
        log = ActivityLog(raw, "log", log_format, say=say, limits=limits)
        activities = log.activities()
        while piece := rows._piece(activities, log):
            rows._pieces.append(piece if keep_order else sorted(piece))
            await asyncio.sleep(0)
        return rows

    def _piece(self, activities: Iterator[tuple[int, str]], log: ActivityLog) -> list[int]:
        """Read a step's rows: fewer if they are long, or empty lines are between them."""
        piece: list[int] = []
        until = log.characters + SIMULATED_ROW_MAX
        for time_ms, user_id in activities:
            piece.append(self._packed(time_ms, user_id))
            if len(piece) == SIMULATION_STEP or log.characters > until:
                break
        return piece

    def _packed(self, time_ms: int, user_id: str) -> int:
        number = self._numbers.setdefault(user_id, len(self._users))
        if number == len(self._users):
            self._users.append(user_id)
            if number == SIMULATED_USERS_MAX:
                raise LogError(f"log: more than {SIMULATED_USERS_MAX:,} users")
        if self.count == SIMULATED_ROWS_MAX:
            raise LogError(f"log: more than {SIMULATED_ROWS_MAX:,} rows")
        if time_ms < self._newest_ms:
            self.moved += 1
        else:
            self._newest_ms = time_ms
        packed = (time_ms << _ROW_BITS | self.count) << _ROW_BITS | number
        self.count += 1
        return packed

    def in_turn(self) -> Iterator[int]:
        """Yield the rows by time, or as they came where they keep their order."""
        if self._keep_order or not self.moved:
            return chain.from_iterable(self._pieces)
        return merge(*self._pieces)

    def unpack(self, packed: int) -> tuple[int, str]:
        """Return the time and the user of a row."""
        return packed >> 2 * _ROW_BITS, self._users[packed & _ROW_MASK]


async def _steps(items: Iterable[_T]) -> AsyncIterator[list[_T]]:
    """Yield items a step at a time, and let others have their turn after each."""
    iterator = iter(items)
    while step := list(islice(iterator, SIMULATION_STEP)):
        yield step
        await asyncio.sleep(0)


def _for_request(message: str) -> str:
    """Return a message of the reader in the words of a request."""
    message = message.removeprefix("log: ")
    for option, field in _OPTIONS:
        message = message.replace(option, field)
    return message
