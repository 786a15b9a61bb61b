"""Checks that a port is free, so that a start that must fail does so before it leaves anything behind."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from ..text.addresses import split_address


class ListenError(Exception):
    """The address cannot be listened on; the message says why."""


def check_free(address: str, *, reuse_port: bool = False) -> None:
    """Bind `address` (HOST:PORT) and release it again. Port 0 is always free.

    Raises:
        ListenError: it cannot be bound, with the reason.
    """
    host, port = split_address(address)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenError(f"cannot listen on {address}: {error.strerror or error}") from None
    # As in gRPC, a name that resolves to several addresses is served on those that are free.
    failure: OSError | None = None
    for family, kind, protocol, _, where in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if reuse_port:
                    with suppress(AttributeError):  # Windows does not have it.
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                probe.bind(where)
        except OSError as error:
            failure = failure or error
        else:
            return
    if failure is not None:
        in_use = failure.errno == errno.EADDRINUSE
        why = "; is the port in use?" if in_use else f": {failure.strerror or failure}"
        raise ListenError(f"cannot listen on {address}{why}")
