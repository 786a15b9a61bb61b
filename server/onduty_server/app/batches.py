"""Runs batches of activities, sessions and engagements: as many at once as share a commit.

Invariant: other requests get their turn after a bounded number of items, however long the batch is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

from ..domain.errors import AccountUnknown, DomainError, InvalidField, LimitExceeded, UserUnknown
from ..domain.layers import LeaseAction
from .ports.activities import ActivityReport

_CHUNK = 500
"""How many items of a batch are recorded before other requests get their turn."""
_DECISIONS_CHUNK = 8
"""The same, counting those that need a decision: a new user of a new account takes as long as 100 known ones."""
_REFUSALS = (InvalidField, LimitExceeded, AccountUnknown, UserUnknown)
"""The errors about one item. They do not fail the others."""


class LeaseReport(NamedTuple):
    """A session or an engagement of a batch, to keep or to end. Periods are ms, None where the request has none."""

    place: int
    account_id: str
    user_id: str
    action: LeaseAction
    lease_id: str
    ttl_ms: int | None = None
    idle_for_ms: int | None = None


Report = TypeVar("Report", ActivityReport, LeaseReport)


class Refused(NamedTuple):
    """An item that was refused; `place` is its index in its list of the request."""

    place: int
    error: DomainError


async def record_in_chunks(
    reports: Sequence[Report],
    at_once: Callable[[Sequence[Report]], list[Report]],
    decide: Callable[[Report], Coroutine[Any, Any, object]],
    *,
    one_by_one: bool = False,
) -> list[Refused]:
    """Record a batch; return what was refused.

    `at_once` records those of a chunk for which that needs no wait, and returns the others, to be given to `decide`.
    They are started in order, and with `one_by_one` each waits for the one before it of the same user. Activities need
    not: one that overtakes another moves the clock at most, and that never goes back.

    Raises:
        StoreUnavailable: some may have been recorded.
    """
    refused: list[Refused] = []
    for start in range(0, len(reports), _CHUNK):
        rest = at_once(reports[start : start + _CHUNK])
        if rest:
            refused += await _decide_all(rest, decide, one_by_one)
        await asyncio.sleep(0)
    return refused


async def _decide_all(
    reports: Sequence[Report], decide: Callable[[Report], Coroutine[Any, Any, object]], one_by_one: bool
) -> list[Refused]:
    """Record items concurrently, to share commits; start them in order."""
    started: list[asyncio.Task[object]] = []
    last_of_user: dict[tuple[str, str], asyncio.Task[object]] = {}
    try:
        for start in range(0, len(reports), _DECISIONS_CHUNK):
            for each in reports[start : start + _DECISIONS_CHUNK]:
                user = (each.account_id, each.user_id)
                before = last_of_user.get(user)
                task = asyncio.ensure_future(decide(each) if before is None else _after(before, decide, each))
                if one_by_one:
                    last_of_user[user] = task
                started.append(task)
            await asyncio.sleep(0)
        outcomes = await asyncio.gather(*started, return_exceptions=True)
    except asyncio.CancelledError:
        asyncio.gather(*started, return_exceptions=True).cancel()
        raise
    refused: list[Refused] = []
    for report, outcome in zip(reports, outcomes, strict=True):
        if isinstance(outcome, _REFUSALS):
            refused.append(Refused(report.place, outcome))
        elif isinstance(outcome, BaseException):
            raise outcome
    return refused


async def _after(
    before: asyncio.Task[object], decide: Callable[[Report], Coroutine[Any, Any, object]], report: Report
) -> object:
    """Decide on an item once a task has ended, whatever became of it."""
    await asyncio.wait((before,))
    return await decide(report)
