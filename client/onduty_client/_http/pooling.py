"""Settings and bounds of connections, for threads and event loops alike."""

import socket
import ssl
from dataclasses import dataclass
from typing import Final, TypeAlias

from onduty_client._errors import OndutyError
from onduty_client._http.address import Address
from onduty_client._http.failures import unavailable
from onduty_client._http.protocol import MESSAGE_MAX_BYTES, too_long

Metadata: TypeAlias = tuple[tuple[str, str | bytes], ...]

#: How many calls of a client may be under way at once, as many as on a connection of gRPC; others wait.
CONNECTIONS_MAX: Final = 100

#: How long a connection may be unused. Shorter than servers and what is before them keep one, so that a call does not
#: meet its end.
IDLE_MAX_S: Final = 30.0

RECEIVED_BYTES: Final = 64 * 1024

_DEAD_PEER_S: Final = 4


def _dead_peer_options() -> tuple[tuple[int, int, int], ...]:
    """A peer that does not acknowledge what was sent, or a probe, for 4 s is dead, as with gRPC."""
    named = (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", _DEAD_PEER_S - 1),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 1),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", _DEAD_PEER_S * 1_000),
    )
    return tuple((level, getattr(socket, name), value) for level, name, value in named if hasattr(socket, name))


DEAD_PEER_OPTIONS: Final = _dead_peer_options()


@dataclass(frozen=True, slots=True)
class Settings:
    """Where and how to connect.

    Attributes:
        target: the address as it was given, for messages.
        address: the same, taken apart.
        tls: to encrypt; None for plain text.
        packs: ask for responses that are packed with gzip.
        has_certificate: the client shows a certificate of its own.
    """

    target: str
    address: Address
    tls: ssl.SSLContext | None
    packs: bool
    has_certificate: bool = False

    def unavailable(self, error: Exception) -> OndutyError:
        """The exception to raise for a connection that failed."""
        return unavailable(error, self.address, self.target, has_certificate=self.has_certificate)


def check_size(size: int) -> None:
    """Raise OndutyError if a body of `size` bytes is too long."""
    if size > MESSAGE_MAX_BYTES:
        raise too_long()
