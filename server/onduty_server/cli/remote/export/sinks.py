"""The port for what events are delivered to, and the ways in which a delivery can fail."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from .events import Event


class Problem(StrEnum):
    """The kinds of failed deliveries, as metrics have them."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"


class NotDelivered(Exception):
    """A delivery failed and is to be attempted again, no sooner than in `retry_after_s`."""

    def __init__(self, problem: Problem, message: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.problem = problem
        self.retry_after_s = retry_after_s


class EventRefused(NotDelivered):
    """The receiver understood the request and refuses this event. It may go on refusing it."""

    def __init__(self, message: str) -> None:
        super().__init__(Problem.REFUSED, message)


class ReceiverGone(Exception):
    """The receiver wants no events ever again."""


class Sink(Protocol):
    """Takes events, in order.

    Attributes:
        name: for messages, without secrets.
        batch_max: the most events that it takes at once.
    """

    name: str
    batch_max: int

    async def deliver(self, events: Sequence[Event]) -> None:
        """Return once the events are where a crash of this program or of the receiver does not lose them.

        Raises:
            NotDelivered: some of them may be there nevertheless.
            ReceiverGone: the receiver wants no more.
        """

    async def close(self) -> None:
        """Give up connections and files."""
