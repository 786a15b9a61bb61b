"""Decides when a call is attempted again, as grpcio does with the service config of `_grpc_connection`.

Invariants: a call that may not be repeated is attempted once; if the server says when to retry, the call is retried
then, or not at all if that is more than a second away or past the deadline; a client's retries are bounded in total.
"""

import random
from typing import Final

import grpc

from onduty_client._errors import OndutyError

_ATTEMPTS_MAX: Final = 5
_FIRST_S, _MAX_S = 0.1, 1.0
_JITTER: Final = 0.2
_DELAY_MAX_S: Final = 1.0

_CODES: Final = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
)
#: Reasons with which the server says when to retry; if it does not, a retry is of no use.
_SAYS_WHEN: Final = ("LIMIT_EXCEEDED", "ISSUER_UNAVAILABLE")

_TOKENS: Final = 100


class RetryBudget:
    """Limits a client's retries: a failure takes a token, a success returns one; at half there are no more."""

    def __init__(self) -> None:
        # A race between threads may gain or lose a token, which does not matter.
        self._tokens = _TOKENS

    @property
    def allows(self) -> bool:
        """True if a call may be attempted again."""
        return self._tokens > _TOKENS // 2

    def succeeded(self) -> None:
        """Return a token."""
        if self._tokens < _TOKENS:
            self._tokens += 1

    def failed(self) -> None:
        """Take a token."""
        if self._tokens > 0:
            self._tokens -= 1


class Attempts:
    """The attempts of one call."""

    __slots__ = ("_budget", "_made", "_repeatable")

    def __init__(self, budget: RetryBudget, *, repeatable: bool) -> None:
        self._budget = budget
        self._repeatable = repeatable
        self._made = 0

    def wait_s(self, error: OndutyError, left_s: float) -> float | None:
        """Return the seconds to wait before the next attempt; None to give up. `left_s`: until the deadline."""
        self._made += 1
        if not self._repeatable or error.code not in _CODES:
            return None
        self._budget.failed()
        if self._made >= _ATTEMPTS_MAX or not self._budget.allows:
            return None
        if error.retry_delay is not None:
            delay_s = error.retry_delay.total_seconds()
            return delay_s if delay_s <= min(_DELAY_MAX_S, left_s) else None
        if error.reason in _SAYS_WHEN:
            return None
        wait_s = min(_MAX_S, _FIRST_S * 2 ** (self._made - 1)) * random.uniform(1 - _JITTER, 1 + _JITTER)
        return wait_s if wait_s < left_s else None
