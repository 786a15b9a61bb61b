"""Addresses as people write them: `127.0.0.1:50250`, `[::1]:50250`.

The client has a parser of its own (`onduty_client._target`), because it imports nothing of the server. A test gives
both the same addresses.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

DEFAULT_LISTEN: Final = "127.0.0.1:50250"
DEFAULT_HTTP_LISTEN: Final = "127.0.0.1:50251"

_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_HOST: Final = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_URL_PATH: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)")


def split_address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, where an IPv6 host is in brackets.

    Raises:
        ValueError: the text does not have that form.
    """
    scheme = _SCHEME.match(text)
    if scheme:
        raise ValueError(f"{text!r} is not a valid address; write HOST:PORT, without {scheme[1]}")
    host, separator, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        separator = ""
    if not (host and "/" not in host and separator and port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise ValueError(f"{text!r} is not a valid address; write HOST:PORT, like {DEFAULT_LISTEN} or [::1]:50250")
    return host, int(port)


def check_origin(origin: str) -> None:
    """Check an origin, as browsers name the page that calls: `https://desk.example`.

    Raises:
        ValueError: it is not of that form.
    """
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"{origin!r} is not an origin; write it like https://desk.example, without a path")
    if origin != origin.lower() or "@" in parts.netloc:
        raise ValueError(f"{origin!r} is not an origin as browsers write it: in lower case, without a user")


def check_provider(issuer: str) -> None:
    """Check the issuer of an OpenID Connect provider: an HTTPS URL, or an HTTP one of this machine.

    Raises:
        ValueError: it is not, or it is not one that a policy of a page can name.
    """
    try:
        parts = urlsplit(issuer)
        _ = parts.port
    except ValueError:
        raise ValueError(f"{issuer!r} is not a URL; write it like https://login.example") from None
    local = parts.scheme == "http" and parts.hostname in _LOCAL_NAMES
    if not (parts.scheme == "https" or local) or _HOST.fullmatch(parts.netloc) is None:
        raise ValueError(f"{issuer!r} is not the URL of a provider; write it like https://login.example")
    if parts.query or parts.fragment or not _URL_PATH.fullmatch(parts.path):
        raise ValueError(f"{issuer!r} has more than a host and a path; write it like https://login.example/realms/care")


def origin_of(url: str) -> str:
    """Return the origin of a URL that `check_provider` accepts, as browsers write it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_resource(text: str) -> bool:
    """Return True if a text can be the `resource` of a request for a token (RFC 8707, section 2)."""
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-\"$-~]+", text) is not None
