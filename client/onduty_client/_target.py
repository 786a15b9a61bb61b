"""Checks targets, which are addresses of servers as gRPC spells them, and finds out which are local.

Invariant: a target counts as on this machine only if gRPC, too, connects nowhere else.
"""

import ipaddress
import re
from typing import Final

#: The schemes of gRPC's own spellings. gRPC takes any other scheme for a part of a host's name.
_SCHEMES: Final = ("dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:", "xds:")
_FOREIGN_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)")
_EXAMPLES: Final = "127.0.0.1:50250 or [::1]:50250"


def check_target(target: str) -> None:
    """Refuse what can't be a target: neither HOST:PORT, nor one of gRPC's own spellings, which begin with a scheme.

    Raises:
        TypeError: it is not a string.
        ValueError: it is not of that form. Without a port, gRPC would silently take 443.
    """
    if not isinstance(target, str):
        raise TypeError(f"target must be a str, got {type(target).__name__}")
    if target.startswith(_SCHEMES) and target not in _SCHEMES:
        return
    scheme = _FOREIGN_SCHEME.match(target)
    if scheme:
        raise ValueError(f"{target!r} is not a valid address; write HOST:PORT, without {scheme[1]}")
    host, _, port = target.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not host or "/" in host or not _is_port(port):
        raise ValueError(f"{target!r} is not a valid address; write HOST:PORT, like {_EXAMPLES}")


def is_local(target: str) -> bool:
    """Return True if a target is on this machine, by loopback or by a socket in the file system."""
    if target.startswith(("unix:", "unix-abstract:")):
        return True
    hosts = _hosts_of(target)
    return bool(hosts) and all(map(_is_loopback, hosts))


def host_of(target: str) -> str | None:
    """Return the host name or address in a target; None if there are several, or none."""
    hosts = _hosts_of(target)
    return hosts[0] if len(hosts) == 1 else None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= 65_535


def _hosts_of(target: str) -> list[str]:
    if target.startswith(("unix:", "unix-abstract:", "vsock:")):
        return []
    # As in any URI, an address ends for gRPC at "?" or "#", and escapes with "%" are decoded.
    if any(sign in target for sign in "?#%"):
        return []
    if target.startswith("dns://") and not target.startswith("dns:///"):
        return []  # Only that name server knows what the names stand for.
    path = target
    for scheme in ("dns:///", "dns:", "ipv4:", "ipv6:"):
        if target.startswith(scheme):
            path = target.removeprefix(scheme)
            break
    return [
        it.rpartition(":")[0].strip("[]") if it.count(":") == 1 or "]:" in it else it.strip("[]")
        for it in path.split(",")
    ]


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
