"""Connections for unary calls, whichever door of the server they lead to.

Invariant: every call has a deadline.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from onduty_client._rpcs import Call, ResultT

#: Called before every call, for more metadata: names in lower case, with values of bytes when they end in "-bin".
MetadataProvider: TypeAlias = Callable[[], Iterable[tuple[str, str | bytes]]]

DEFAULT_TIMEOUT_S: Final = 5.0

_ACTOR_KEY: Final = "onduty-actor-bin"


@dataclass(frozen=True, slots=True)
class CallDefaults:
    """The options that a client sets for all its calls.

    Attributes:
        timeout: seconds that a call may take, with all its attempts.
        actor: who acts; "" names nobody.
        metadata: called before each call.
    """

    timeout: float
    actor: str
    metadata: MetadataProvider | None

    def timeout_of(self, call: Call[Any]) -> float:
        """Return the seconds that `call` may take."""
        return self.timeout if call.timeout is None else call.timeout

    def metadata_of(self, call: Call[Any]) -> Iterable[tuple[str, str | bytes]]:
        """Return the metadata of `call`."""
        if self.metadata is not None:
            yield from self.metadata()
        if call.rpc.names_actor:
            actor = self.actor if call.actor is None else call.actor
            if actor:
                yield _ACTOR_KEY, actor.encode()


class BlockingConnection(Protocol):
    """Makes calls that block the thread. Safe to share between threads."""

    @property
    def closed(self) -> bool:
        """True once no call may start."""

    def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call. Raises OndutyError, or RuntimeError once it is closed."""

    def close_soon(self) -> None:
        """No call starts from now on."""

    def close(self) -> None:
        """Cancel what is under way. Closing twice does nothing."""


class AsyncConnection(Protocol):
    """Makes calls in the event loop that it was created in."""

    @property
    def closed(self) -> bool:
        """True once no call may start."""

    async def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call. Raises OndutyError, or RuntimeError once it is closed."""

    def close_soon(self) -> None:
        """No call starts from now on."""

    async def close(self) -> None:
        """Cancel what is under way. Closing twice does nothing."""


def closed_error() -> RuntimeError:
    """Return the error for a call on a closed connection."""
    return RuntimeError("the client is closed")
