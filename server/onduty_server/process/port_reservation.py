"""Reserves a port without listening on it, so that processes of this server, and no other program, may share it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ..text.addresses import split_address
from ..transport.ports import ListenError


@contextmanager
def reserved(address: str, *, shared: bool = False) -> Iterator[int]:
    """Reserve the port of `address`, or a free one for port 0, without listening. Yields the port.

    Raises:
        ListenError: another program has the port, and does not share it or `shared` is false.
    """
    refusal = ListenError(f"cannot listen on {address}; is the port in use?")
    with ExitStack() as held:
        try:
            port = _hold(held, *split_address(address), shared=shared)
        except OSError as error:
            raise refusal from error
        if port is None:
            raise refusal
        yield port


def _hold(held: ExitStack, host: str, port: int, *, shared: bool) -> int | None:
    """Reserve the port for each address of the host. Returns None if none of them is on this machine."""
    holding = None
    for family, *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
        try:
            reservation = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
            # All addresses get the port that the first one got.
            _bind(reservation, (where[0], holding or port, *where[2:]), shared=shared)
        except OSError as error:
            # An example is IPv6's localhost on a machine without IPv6; the server skips it as well.
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue
            raise
        holding = reservation.getsockname()[1]
    return holding


def _bind(reservation: socket.socket, where: tuple[Any, ...], *, shared: bool) -> None:
    if shared:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        reservation.bind(where)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # Ignore the last connections of a server that has just ended, but not one that listens or has reserved.
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(where)
    # Set this only now, so that no other program had the port before. From here on the workers may share it.
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
