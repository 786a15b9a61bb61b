"""Tells the service manager that started this process (systemd, `Type=notify`) how far it is.

The protocol is sd_notify(3): a datagram to the socket that the environment names. Invariant: nothing here fails or
waits, because a server without a service manager serves as well.
"""

from __future__ import annotations

import os
import socket
from typing import Final

import structlog

SOCKET: Final = "NOTIFY_SOCKET"
"""The variable that names the socket; without it nobody waits to be told."""

_log = structlog.get_logger(__name__)


def ready(status: str) -> None:
    """Report that the service takes calls. `status` is one line for `systemctl status`."""
    _notify("READY=1", f"STATUS={status}")


def stopping() -> None:
    """Report that the service has begun to end."""
    _notify("STOPPING=1", "STATUS=draining")


def _notify(*states: str) -> None:
    path = os.environ.get(SOCKET, "")
    # Other kinds of address (vsock:, for virtual machines) are not for services within the machine.
    if not path.startswith(("/", "@")):
        return
    # The name of an abstract socket begins with a zero byte.
    address = f"\0{path[1:]}" if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto("\n".join(states).encode(), address)
    except OSError as error:
        _log.warning("the service manager cannot be told", socket=path, why=error.strerror or str(error))
