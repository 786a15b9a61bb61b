"""Parses http://HOST:PORT and https://HOST:PORT, either with an optional path, such as that of a gateway."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

_SCHEMES: Final = {"http": 80, "https": 443}
_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+")


def is_url(target: object) -> bool:
    """True if a target is an http or https address."""
    return isinstance(target, str) and _URL.match(target) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address, taken apart. `prefix` is empty, or a path without "/" at its end."""

    encrypted: bool
    host: str
    port: int
    prefix: str

    @property
    def authority(self) -> str:
        """HOST:PORT, as the Host header of a request has it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """True if the host is this machine."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse(target: str) -> Address:
    """Take an address apart.

    Raises:
        ValueError: the address is malformed.
    """
    # urlsplit would silently leave these out.
    if not (target.isascii() and target.isprintable()) or " " in target:
        raise _invalid(target)
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _invalid(target) from None
    path = parts.path.removesuffix("/")
    if parts.query or parts.fragment or "?" in target or "#" in target or "@" in parts.netloc:
        # Do not quote the address: it may hold a password.
        raise ValueError(
            "an http address may have only a host, a port and a path; leave out the user, query or fragment"
        )
    if not host or port == 0 or _PATH.fullmatch(path) is None or not _is_host(host) or parts.netloc.endswith(":"):
        raise _invalid(target)
    return Address(parts.scheme == "https", host, port or _default_port(parts), path)


def _default_port(parts: SplitResult) -> int:
    return _SCHEMES[parts.scheme]


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    return _HOST.fullmatch(host) is not None


def _invalid(target: str) -> ValueError:
    return ValueError(f"{target!r} is not a valid address; write http://HOST:PORT or https://HOST:PORT")
