"""What the cases and the machine need of a service, and the model as such a service.

Whoever runs them against the real one writes a second `Driver`: a clock that stands still, a server over any store, and
a client. Everything else stays as it is.
"""

from __future__ import annotations

from typing import Protocol

from tests.properties.layers.events import Change, PersonEvent, View
from tests.properties.layers.model import Account


class Driver(Protocol):
    """One account of a service whose clock stands still unless it is moved."""

    @property
    def now(self) -> int: ...

    def to(self, now: int) -> None:
        """Move the clock forward; the service keeps running."""

    def outage(self, until: int) -> None:
        """End the service cleanly now, and have it back at `until`, which is beyond the grace."""

    def do(self, user: str, event: PersonEvent) -> View:
        """Let something happen now; what the service answers of the person. Raises Refused."""

    def configure(self, **patch: object) -> None:
        """Change the workflow now. Raises Refused."""

    def view(self, user: str) -> View:
        """Raises Refused for somebody never seen."""

    def changes(self, user: str) -> list[Change]:
        """All that is recorded, up to now."""

    def available(self, max_engagements: int | None = None) -> set[str]: ...


class ModelDriver:
    """The model as a service."""

    def __init__(self, now: int) -> None:
        self._now = now
        self.account = Account()

    @property
    def now(self) -> int:
        return self._now

    def to(self, now: int) -> None:
        assert now >= self._now
        self._now = now

    def outage(self, until: int) -> None:
        self.account.outage(self._now, until)
        self.to(until)

    def do(self, user: str, event: PersonEvent) -> View:
        self.account.do(self._now, user, event)
        return self.view(user)

    def configure(self, **patch: object) -> None:
        self.account.configure(self._now, **patch)

    def view(self, user: str) -> View:
        return self.account.view(user, self._now)

    def changes(self, user: str) -> list[Change]:
        return self.account.changes(user, self._now)

    def available(self, max_engagements: int | None = None) -> set[str]:
        return set(self.account.available(self._now, max_engagements))
