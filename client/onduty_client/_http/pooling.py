"""Settings and bounds of connections, for threads and event loops alike."""

# socket.getaddrinfo imports this at its first call, and a child that is forked meanwhile waits for ever in its own: the
# import's lock is held by a thread that it does not have.
import encodings.idna  # noqa: F401
import socket
import ssl
from dataclasses import dataclass
from typing import Final, TypeAlias

from onduty_client._errors import OndutyError
from onduty_client._http.address import Address
from onduty_client._http.failures import unavailable
from onduty_client._http.protocol import MESSAGE_MAX_BYTES, too_long

Metadata: TypeAlias = tuple[tuple[str, str | bytes], ...]

#: The most calls of a client under way at once, the same as on a gRPC connection; others wait.
CONNECTIONS_MAX: Final = 100

#: The longest time for which an unused connection is kept. Servers and proxies keep theirs for longer, so that a call
#: rarely finds its connection closed.
IDLE_MAX_S: Final = 30.0

RECEIVED_BYTES: Final = 64 * 1024

_DEAD_PEER_S: Final = 4


def _dead_peer_options() -> tuple[tuple[int, int, int], ...]:
    """Return the options by which a peer that acknowledges nothing for 4 s counts as dead, as with gRPC."""
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
    """The address and options of all connections of a client.

    Attributes:
        target: the address as it was given, for messages.
        address: the same, taken apart.
        tls: the TLS context; None for plain text.
        packs: responses may be compressed with gzip.
        has_certificate: the client presents a certificate of its own.
    """

    target: str
    address: Address
    tls: ssl.SSLContext | None
    packs: bool
    has_certificate: bool = False

    def unavailable(self, error: Exception) -> OndutyError:
        """Return the exception for a connection that failed."""
        return unavailable(error, self.address, self.target, has_certificate=self.has_certificate)


def check_size(size: int) -> None:
    """Raise OndutyError if a body of `size` bytes is too long."""
    if size > MESSAGE_MAX_BYTES:
        raise too_long()
