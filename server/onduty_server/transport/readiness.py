"""Says whether the server is ready for calls: it is while the store answers, until it begins to drain."""

from __future__ import annotations

import asyncio


class Readiness:
    """The readiness of a server, shared by all its doors. Created once everything is loaded."""

    def __init__(self) -> None:
        self._withdrawn = False
        self._draining = False
        self._reachable = True
        self._changed = asyncio.Event()

    @property
    def draining(self) -> bool:
        """True once the server has begun to stop."""
        return self._draining

    @property
    def changed(self) -> asyncio.Event:
        """An event that is set at the next change, and is then replaced by a new one."""
        return self._changed

    def withdraw(self) -> None:
        """Stop being ready, for good: the server will stop soon, and serves until then."""
        self._withdrawn = True
        self._tell()

    def drain(self) -> None:
        """Stop being ready, for good: the server is stopping."""
        self._draining = True
        self._tell()

    def set_reachable(self, reachable: bool) -> None:
        """Record that the store answers, or that it does not."""
        if reachable is not self._reachable:
            self._reachable = reachable
            self._tell()

    def why_not(self) -> str | None:
        """Return the reason why the server is not ready; None if it is. May be called from any thread."""
        if self._draining or self._withdrawn:
            return "the server is draining"
        return None if self._reachable else "the store does not answer"

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
