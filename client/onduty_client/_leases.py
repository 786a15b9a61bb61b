"""Sessions and engagements that a program holds: what to send for each of them, and whether it is held.

`_lease_blocks` opens and ends them, `_renewer` renews them. Invariants: there is one call at a time for each lease, and
a lease that can't be kept says so in `lost`, never by an exception.
"""

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from onduty_client import _lease_requests as requests
from onduty_client._clock import Clock
from onduty_client._errors import LimitExceeded, OndutyError
from onduty_client._forking import log
from onduty_client._rpcs import Call
from onduty_client._throttled_warning import ThrottledWarning
from onduty_client._types import UserStatus

#: The part of the ttl after which a lease is renewed. It is random, so that what was opened together spreads out.
_RENEW_AFTER_MIN, _RENEW_AFTER_MAX = 0.4, 0.5

#: How soon after a call the next one may be made to report input.
_INPUT_INTERVAL_S: Final = 10.0

#: How long a call that ends a lease may take.
_END_TIMEOUT_S: Final = 2.0

_warn_lost: Final = ThrottledWarning(log, "leases can't be kept at the moment: %s; the latest: %s")


class Lease(ABC):
    """A session or an engagement of one user."""

    kind: str

    def __init__(
        self,
        account_id: str,
        user_id: str,
        lease_id: str,
        *,
        ttl: timedelta,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
        clock: Clock,
    ) -> None:
        self.account_id = account_id
        self.user_id = user_id
        self.lease_id = lease_id
        self.ttl = ttl
        self._timeout = timeout
        self._on_lost = on_lost
        self._clock = clock
        #: The reason why it is not held at the moment; None while it is.
        self.lost: Exception | None = None
        self._started = False
        self._held_until = -math.inf
        self._sent_at = 0.0
        # So that what can't be sent at all is refused where it was written.
        self.end_call()
        self._keep_call(0.0)
        #: For the renewer: the entry of its queue that counts, and when it is due; None for a lease that it forgot.
        self.ticket: int | None = None
        self.due = 0.0

    def begin(self) -> None:
        """Start it, once. Raises RuntimeError the second time."""
        if self._started:
            raise RuntimeError("it was started before; make a new one")
        self._started = True

    # --- keeping it: one call at a time ------------------------------------------------------------------------------

    def renewal(self) -> Call[UserStatus]:
        """Return the call that keeps it from now on. Say how it went to `kept` or `failed`."""
        self._sent_at = self._clock.now()
        return self._keep_call(self._sent_at)

    def kept(self) -> None:
        """Take note that the last call was answered."""
        self._held_until = self._sent_at + self.ttl.total_seconds()
        self.lost = None

    def failed(self, error: Exception) -> bool:
        """Take note that the last call has failed. Returns True if the server has refused the lease."""
        refused = is_refusal(error)
        if refused:
            self.lose(error)
        else:
            self.check_held(error)
        return refused

    def check_held(self, error: Exception) -> None:
        """Count it as lost, because of `error`, if it must have run out by now."""
        if self._clock.now() >= self._held_until:
            self.lose(error)

    @property
    def wants_report(self) -> bool:
        """True if there is something to report before the next renewal."""
        return False

    @property
    def renew_at(self) -> float:
        """When to renew it, after the last call."""
        return self._sent_at + self.ttl.total_seconds() * random.uniform(_RENEW_AFTER_MIN, _RENEW_AFTER_MAX)

    @property
    def report_at(self) -> float:
        """When to make the next call if there is something to report."""
        return self._sent_at + _INPUT_INTERVAL_S

    def lose(self, error: Exception) -> None:
        """Count it as lost, because of `error`, and say so."""
        if self.lost is not None:
            self.lost = error
            return
        self.lost = error
        _warn_lost.add(f"{self.kind} {self.lease_id!r} of user {self.user_id!r}: {error}")
        if self._on_lost is not None:
            try:
                self._on_lost(error)
            except Exception:  # noqa: BLE001 - An exception of the program's own function must not end the renewals.
                log.exception("on_lost failed")

    def last_calls(self) -> Iterator[Call[UserStatus]]:
        """Yield the calls that end it, one after the other: what is left to report first."""
        if self.wants_report:
            yield replace(self.renewal(), timeout=_END_TIMEOUT_S)
        yield self.end_call()

    @abstractmethod
    def _keep_call(self, now: float) -> Call[UserStatus]:
        """Build the call that keeps it."""

    @abstractmethod
    def end_call(self) -> Call[UserStatus]:
        """Build the call that ends it."""


class SessionLease(Lease):
    """A session, and the input of its user."""

    kind = "session"

    def __init__(
        self,
        account_id: str,
        user_id: str,
        session_id: str,
        *,
        ttl: timedelta,
        idle_for: timedelta | None,
        timeout: float | None,
        on_lost: Callable[[Exception], None] | None,
        hurry: Callable[[Lease], None],
        clock: Clock,
    ) -> None:
        self._hurry = hurry
        self._hurried = False
        self._input_at: float | None = None if idle_for is None else clock.now() - idle_for.total_seconds()
        self._input_sent: float | None = None
        self._input_told: float | None = None
        super().__init__(account_id, user_id, session_id, ttl=ttl, timeout=timeout, on_lost=on_lost, clock=clock)

    def active(self) -> None:
        """Take note of input of the user, to be reported. Any thread may call it."""
        self._input_at = self._clock.now()
        if not self._hurried:
            self._hurried = True
            self._hurry(self)

    @property
    def wants_report(self) -> bool:
        """True if there is input to report."""
        return self._input_at != self._input_told and self.lost is None

    def kept(self) -> None:
        """Take note that the last call was answered, and with it the input that it reported."""
        super().kept()
        # Only `active` writes `_input_at`: another thread may be in it.
        self._input_told = self._input_sent

    def _keep_call(self, now: float) -> Call[UserStatus]:
        # In this order: an `active` that comes in between is sent with this call, or hurries the next one.
        self._hurried = False
        at = self._input_sent = self._input_at
        idle_for = None if at is None or at == self._input_told else timedelta(seconds=max(0.0, now - at))
        return requests.keep_session(
            self.account_id, self.user_id, self.lease_id, ttl=self.ttl, idle_for=idle_for, timeout=self._timeout
        )

    def end_call(self) -> Call[UserStatus]:
        return requests.end_session(self.account_id, self.user_id, self.lease_id, timeout=_END_TIMEOUT_S)


class EngagementLease(Lease):
    """An engagement."""

    kind = "engagement"

    def _keep_call(self, now: float) -> Call[UserStatus]:
        return requests.keep_engagement(
            self.account_id, self.user_id, self.lease_id, ttl=self.ttl, timeout=self._timeout
        )

    def end_call(self) -> Call[UserStatus]:
        return requests.end_engagement(self.account_id, self.user_id, self.lease_id, timeout=_END_TIMEOUT_S)


def is_refusal(error: Exception) -> bool:
    """True if the server won't keep the lease, however often it is asked: not because it is away or too busy."""
    if isinstance(error, LimitExceeded):
        return not error.is_brief
    return isinstance(error, OndutyError) and error.is_final
