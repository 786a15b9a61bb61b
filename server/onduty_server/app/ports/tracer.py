"""The port for traces: what a call did, and how long each part of it took.

Where traces are off there is no tracer at all (None), so that nothing is paid for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


class CallSpan(ABC):
    """The span of a call."""

    trace_id: str | None = None
    """The id of the trace, in hexadecimal; None if the call is not recorded."""

    @abstractmethod
    def end(self, code: int, account_id: str, request_id: str) -> None:
        """End the span of a call that ended with `code` of google.rpc. Must run in the task that began it."""


class Tracer(ABC):
    """Records spans. Those of the parts of a call are recorded if its own is."""

    @abstractmethod
    def call(self, method: str, door: str, *, trace_parent: str, trace_state: str, has_parts: bool) -> CallSpan:
        """Begin the span of a call, as a child of the caller's span if there is one.

        `trace_parent` and `trace_state` are the caller's headers as W3C Trace Context defines them; empty for none.
        With `has_parts`, spans of this task are its parts from now on, until it ends.
        """

    @abstractmethod
    def part(self, name: str, **attributes: str | int) -> AbstractContextManager[object]:
        """Return a context manager that records a part of the current call."""
