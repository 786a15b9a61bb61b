"""Limits how many calls run at once and how many a second are made: by one caller, for one account, and in all.

Invariants: a call refused here has not reached a use case. Every call counted in is counted out, and only once it has
ended: a response that its caller does not read takes memory even after the handler has returned. Calls without a valid
credential take no room from calls with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..app.limits import (
    ACCOUNT_RATE,
    CALLER_RATE,
    CALLS_MAX,
    CALLS_PER_CALLER,
    ID_MAX_BYTES,
    OPEN_CALLS_MAX,
    OPEN_CALLS_PER_ADDRESS,
    RATE_BURST_S,
    RATE_KEYS_MAX,
    STREAMS_MAX,
    STREAMS_PER_CALLER,
)
from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..domain.errors import LimitExceeded
from .rates import Rates
from .rpcs import Rpc

_BUSY_RETRY_MS = 500
_STREAMS_RETRY_MS = 5_000
_IDLE_KEPT = 1_000
"""How many callers without a running call are kept at most, for each kind of calls."""
_FOR_ROUTING = 0.25
"""The share of the concurrent calls that is reserved for RPCs that are `for_routing`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings. Rates are calls a second, 0 for no limit.

    A message of `RecordActivities` counts as a call, and a batch of settings by hand as so many calls as it has
    settings (`Rpc.weight`): it runs when a single call would, and the calls after it wait.
    """

    caller_rate: float = CALLER_RATE
    account_rate: float = ACCOUNT_RATE
    calls_max: int = CALLS_MAX
    calls_per_caller: int = CALLS_PER_CALLER
    streams_max: int = STREAMS_MAX
    streams_per_caller: int = STREAMS_PER_CALLER


class CallLimits:
    """Counts the calls that run, and the rates of callers and accounts."""

    def __init__(self, limits: Limits, clock: Clock, observer: Observer) -> None:
        self._observer = observer
        self._calls = _Running("calls", limits.calls_max, limits.calls_per_caller, _BUSY_RETRY_MS)
        self._streams = _Running("streams", limits.streams_max, limits.streams_per_caller, _STREAMS_RETRY_MS)
        self._open_calls = _Running(
            "calls without a credential", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _BUSY_RETRY_MS
        )
        self._open_streams = _Running(
            "streams without a credential", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _STREAMS_RETRY_MS
        )
        self._lookups = _Running(
            "calls waiting for an issuer's keys", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _BUSY_RETRY_MS
        )
        self._callers = Rates(
            clock, limits.caller_rate, burst_s=RATE_BURST_S, keys_max=RATE_KEYS_MAX, what="calls by this caller"
        )
        self._accounts = Rates(
            clock, limits.account_rate, burst_s=RATE_BURST_S, keys_max=RATE_KEYS_MAX, what="calls for this account"
        )
        self.takes_of_account = self._accounts.takes
        """Counts a call for an account, at a time (ms UTC); returns False if that takes `count_for_account`."""

    def change(self, limits: Limits) -> None:
        """Put other limits into force. What is running already goes on, and is counted as before."""
        self._calls.change(limits.calls_max, limits.calls_per_caller)
        self._streams.change(limits.streams_max, limits.streams_per_caller)
        self._callers.change(limits.caller_rate)
        self._accounts.change(limits.account_rate)

    def in_flight(self) -> int:
        """Return the number of calls and streams that are running."""
        counts = (self._calls, self._streams, self._open_calls, self._open_streams, self._lookups)
        return sum(each.total for each in counts)

    def entrance(self, rpc: Rpc) -> Callable[[str, int], Callable[[object], None]]:
        """Return a function that counts a call of a method in as it begins, by the caller's key, at a time (ms UTC).

        What that returns must be called once the call has ended, with anything. It raises LimitExceeded if too many
        calls are running already, or the caller makes too many a second.
        """
        running, callers, may_use_reserve = (
            self._streams if rpc.is_stream else self._calls,
            self._callers,
            rpc.for_routing,
        )
        tallies, takes = running.tallies, callers.takes

        def enter(caller: str, now: int) -> Callable[[object], None]:
            tally = tallies.get(caller)
            # The usual case in place, since this is done for every call.
            if (
                tally is not None
                and tally.calls < running.most_by_caller
                and running.total < running.most_without_reserve
                and takes(caller, now)
            ):
                tally.calls += 1
                running.total += 1
                return tally.leave
            try:
                callers.take(caller)
                return running.enter(caller, may_use_reserve=may_use_reserve)
            except LimitExceeded:
                self._observer.refused("caller")
                raise

        return enter

    def enter_open(self, address: str, *, stream: bool) -> Callable[[object], None]:
        """Count in a call that needs no credential. What this returns must be called once it has ended, with anything.

        Raises:
            LimitExceeded: too many such calls are running already.
        """
        return self._enter(self._open_streams if stream else self._open_calls, address)

    @contextmanager
    def looking_up(self, address: str) -> Iterator[None]:
        """Count a call while it waits for the keys of an issuer.

        Raises:
            LimitExceeded: too many calls are waiting already.
        """
        leave = self._enter(self._lookups, address)
        try:
            yield
        finally:
            leave(None)

    def _enter(self, counts: _Running, address: str) -> Callable[[object], None]:
        try:
            return counts.enter(address, may_use_reserve=True)
        except LimitExceeded:
            self._observer.refused("caller")
            raise

    def count_for_account(self, account_id: str, weight: int = 1) -> None:
        """Count a call for the account that its request names; with `weight`, as so many calls.

        Raises:
            LimitExceeded: too many calls a second are made.
        """
        if len(account_id) > ID_MAX_BYTES:
            return  # No account has such an id, so it must not take memory here.
        try:
            self._accounts.take(account_id, weight)
        except LimitExceeded:
            self._observer.refused("account")
            raise

    def count_further(self, caller: str, calls: int) -> None:
        """Count a call that was let in as so many further ones by its caller."""
        self._callers.owe(caller, calls)

    def forget_account(self, account_id: str) -> None:
        """Forget an account that was erased."""
        self._accounts.forget(account_id)

    def message_delay_s(self, caller: str) -> float:
        """Count another message of a caller's stream, and return the seconds to wait before acting on it."""
        try:
            self._callers.take(caller)
        except LimitExceeded as soon:
            return (soon.retry_delay_ms or 0) / 1_000
        return 0.0


class _Running:
    """Counts how many calls of one kind are running, in total and for each caller, and refuses those beyond a limit."""

    def __init__(self, what: str, most: int, most_by_caller: int, retry_delay_ms: int) -> None:
        self.total = 0
        self.tallies: dict[str, _Tally] = {}
        """By caller. Some of those who have none running are kept, who are likely to call again."""
        self._what = what
        self._retry_delay_ms = retry_delay_ms
        self.change(most, most_by_caller)

    def change(self, most: int, most_by_caller: int) -> None:
        self._most = most
        self.most_without_reserve = most - int(most * _FOR_ROUTING)
        self.most_by_caller = most_by_caller

    def enter(self, caller: str, *, may_use_reserve: bool) -> Callable[[object], None]:
        if self.total >= (self._most if may_use_reserve else self.most_without_reserve):
            raise LimitExceeded(f"too many {self._what} are running", retry_delay_ms=self._retry_delay_ms)
        tally = self.tallies.get(caller)
        if tally is None:
            tally = _Tally(self, caller)
        if tally.calls >= self.most_by_caller:
            raise LimitExceeded(
                f"this caller already has {tally.calls} {self._what} running, the most allowed",
                retry_delay_ms=self._retry_delay_ms,
            )
        self.tallies[caller] = tally
        tally.calls += 1
        self.total += 1
        return tally.leave


class _Tally:
    """The running calls of one kind of a caller."""

    __slots__ = ("_caller", "_running", "calls")

    def __init__(self, running: _Running, caller: str) -> None:
        self._running = running
        self._caller = caller
        self.calls = 0

    def leave(self, _: object) -> None:
        running = self._running
        running.total -= 1
        self.calls -= 1
        if not self.calls and len(running.tallies) > _IDLE_KEPT:
            del running.tallies[self._caller]
