"""Writes a line for each call that has ended, when asked to: who called what, how it ended, and how long it took.

Each line is a JSON object. Invariants: it holds no credential and no id of a user; callers' text is cut; of the calls
that succeed, and of those without a valid credential, only one in `one_in` has a line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..access.audit import line_of
from ..access.permissions import Caller
from ..app.ports.clock import Clock
from .call_counts import CODE_NAMES, OK

LOGGER: Final = "onduty.access"
"""The value of `log` in every line."""

_EVENT: Final = "call"


class AccessLog:
    """Logs calls by calling `write` with a line, without its end. `one_in` may be changed at any time."""

    def __init__(self, clock: Clock, write: Callable[[str], None], one_in: int) -> None:
        self.one_in = one_in
        self._clock = clock
        self._write = write
        self._passed_over = 0

    def takes(self, code: int, caller: Caller | None) -> bool:
        """Return True if a call that ended with `code` is to have a line; `caller` is None if nobody was admitted."""
        if code != OK and caller is not None:
            return True
        self._passed_over += 1
        if self._passed_over < self.one_in:
            return False
        self._passed_over = 0
        return True

    def ended(
        self,
        *,
        rpc: str,
        door: str,
        code: int,
        seconds: float,
        caller: Caller | None,
        account_id: str,
        peer: str,
        request_id: str,
        trace_id: str | None = None,
    ) -> None:
        """Write the line of a call."""
        who = {} if caller is None else {"caller": caller.name, "via": caller.via}
        fields = {
            "rpc": rpc,
            "door": door,
            "code": CODE_NAMES[code],
            "duration_ms": round(seconds * 1_000, 3),
            **who,
            "account_id": account_id,
            "peer": peer,
            "request_id": request_id,
            "trace_id": trace_id,
            "one_in": self.one_in if code == OK else None,
        }
        self._write(line_of(LOGGER, self._clock.now(), _EVENT, fields))
