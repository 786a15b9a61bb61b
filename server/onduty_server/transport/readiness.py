"""Tells whether the server should be sent calls: while the store answers, until it begins to drain."""

from __future__ import annotations

import asyncio


class Readiness:
    """One for all doors. Made once everything is loaded; until then there is nothing to be ready."""

    def __init__(self) -> None:
        self._draining = False
        self._reachable = True
        self._changed = asyncio.Event()

    @property
    def draining(self) -> bool:
        """The server has begun to stop."""
        return self._draining

    @property
    def changed(self) -> asyncio.Event:
        """Set at the next change; a new event takes its place then."""
        return self._changed

    def drain(self) -> None:
        """Be no longer ready, for good: the server stops."""
        self._draining = True
        self._tell()

    def set_reachable(self, reachable: bool) -> None:
        """Take note that the store answers, or does not."""
        if reachable is not self._reachable:
            self._reachable = reachable
            self._tell()

    def why_not(self) -> str | None:
        """Return why it should not be sent calls; None if it should. May be called from any thread."""
        if self._draining:
            return "the server is draining"
        return None if self._reachable else "the store does not answer"

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
