"""What one caller, one account and all together may ask for at a time.

Invariants: what is refused here has not been looked at by any use case; what was counted in is counted out, and not
before it has ended: an answer that its caller does not read takes memory although its handler is done. And nobody
without a good credential takes the room of those who have one.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from ..app.rates import Rates
from ..domain.errors import LimitExceeded
from .guard import RULES

_BUSY_RETRY_MS = 500
_STREAMS_RETRY_MS = 5_000
_STREAMS = frozenset({"RecordActivities", "WatchStatuses"})
_ROUTING = frozenset({"GetStatus", "BatchGetStatuses", "ListAvailableUsers", "WatchStatuses"})
"""Who may be given work."""
_FOR_ROUTING = 0.25
"""The share of the concurrent calls that only reads for routing may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings. Rates are calls a second, 0 for any; a message of `RecordActivities` is a call."""

    caller_rate: float = CALLER_RATE
    account_rate: float = ACCOUNT_RATE
    calls_max: int = CALLS_MAX
    calls_per_caller: int = CALLS_PER_CALLER
    streams_max: int = STREAMS_MAX
    streams_per_caller: int = STREAMS_PER_CALLER


class CallLimits:
    """Counts the calls under way, and takes from the buckets of those who call."""

    def __init__(self, limits: Limits, clock: Clock, observer: Observer) -> None:
        self._observer = observer
        self._calls = _Counts("calls", limits.calls_max, limits.calls_per_caller, _BUSY_RETRY_MS)
        self._streams = _Counts("streams", limits.streams_max, limits.streams_per_caller, _STREAMS_RETRY_MS)
        self._counts = {rpc: (self._streams if rpc in _STREAMS else self._calls, rpc in _ROUTING) for rpc in RULES}
        """Where a method is counted, and whether the last quarter is for it too."""
        self._open_calls = _Counts("calls without a credential", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _BUSY_RETRY_MS)
        self._open_streams = _Counts(
            "streams without a credential", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _STREAMS_RETRY_MS
        )
        self._lookups = _Counts(
            "calls that wait for the keys of an issuer", OPEN_CALLS_MAX, OPEN_CALLS_PER_ADDRESS, _BUSY_RETRY_MS
        )
        self._callers = Rates(
            clock, limits.caller_rate, burst_s=RATE_BURST_S, keys_max=RATE_KEYS_MAX, what="calls of this caller"
        )
        self._accounts = Rates(
            clock, limits.account_rate, burst_s=RATE_BURST_S, keys_max=RATE_KEYS_MAX, what="calls for this account"
        )

    def in_flight(self) -> int:
        """Calls and streams under way."""
        counts = (self._calls, self._streams, self._open_calls, self._open_streams, self._lookups)
        return sum(each.total for each in counts)

    def enter(self, rpc: str, caller: str) -> None:
        """Count a call that begins; `leave` must follow once it has ended, unless this raises.

        Raises:
            LimitExceeded: there are too many already, or too many a second.
        """
        counts, last = self._counts[rpc]
        try:
            self._callers.take(caller)
            counts.enter(caller, last=last)
        except LimitExceeded:
            self._observer.refused("caller")
            raise

    def leave(self, rpc: str, caller: str) -> None:
        """Undo `enter`: the call has ended."""
        self._counts[rpc][0].leave(caller)

    def enter_open(self, address: str, *, stream: bool) -> None:
        """Count a call that needs no credential; `leave_open` must follow once it has ended, unless this raises.

        Raises:
            LimitExceeded: there are too many already.
        """
        self._enter(self._open_streams if stream else self._open_calls, address)

    def leave_open(self, address: str, *, stream: bool) -> None:
        """Undo `enter_open`: the call has ended."""
        (self._open_streams if stream else self._open_calls).leave(address)

    @contextmanager
    def looking_up(self, address: str) -> Iterator[None]:
        """Count a call that waits for the keys of an issuer.

        Raises:
            LimitExceeded: there are too many already.
        """
        self._enter(self._lookups, address)
        try:
            yield
        finally:
            self._lookups.leave(address)

    def _enter(self, counts: _Counts, address: str) -> None:
        try:
            counts.enter(address, last=True)
        except LimitExceeded:
            self._observer.refused("caller")
            raise

    def of_account(self, account_id: str) -> None:
        """A call for the account, made known once its message is read.

        Raises:
            LimitExceeded: too many a second.
        """
        if len(account_id) > ID_MAX_BYTES:
            return  # no account, and not to be remembered
        try:
            self._accounts.take(account_id)
        except LimitExceeded:
            self._observer.refused("account")
            raise

    def message_of(self, caller: str) -> float:
        """A further message of a caller's stream: how long (s) to wait before it is looked at."""
        try:
            self._callers.take(caller)
        except LimitExceeded as soon:
            return (soon.retry_delay_ms or 0) / 1_000
        return 0.0


class _Counts:
    """How many of something are under way, in all and of each caller."""

    def __init__(self, what: str, most: int, most_of_caller: int, retry_delay_ms: int) -> None:
        self.total = 0
        self._what = what
        self._most = most
        self._most_of_others = most - int(most * _FOR_ROUTING)
        self._most_of_caller = most_of_caller
        self._retry_delay_ms = retry_delay_ms
        self._of_caller: dict[str, int] = {}

    def enter(self, caller: str, *, last: bool) -> None:
        if self.total >= (self._most if last else self._most_of_others):
            raise LimitExceeded(
                f"too many {self._what} are under way on this server", retry_delay_ms=self._retry_delay_ms
            )
        of_caller = self._of_caller.get(caller, 0)
        if of_caller >= self._most_of_caller:
            raise LimitExceeded(
                f"more than {self._most_of_caller} {self._what} of this caller are under way",
                retry_delay_ms=self._retry_delay_ms,
            )
        self._of_caller[caller] = of_caller + 1
        self.total += 1

    def leave(self, caller: str) -> None:
        self.total -= 1
        if of_caller := self._of_caller[caller] - 1:
            self._of_caller[caller] = of_caller
        else:
            del self._of_caller[caller]
