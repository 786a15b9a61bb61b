"""Keeps foreign web pages out: checks the origin of the page, and the host name that it calls the server by.

A browser sends the `Origin` of the page with every call that has side effects, and with every call to another origin. A
page whose name resolves to this machine ("DNS rebinding") seems to be of the same origin. So a server that requires no
credential accepts only calls to an address, to localhost, or to a name in `http_origins`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

Headers = Mapping[bytes, bytes]

_METHODS: Final = b"GET, POST"
_REQUEST_HEADERS: Final = (
    b"authorization, content-type, content-encoding, accept-encoding, connect-protocol-version, connect-timeout-ms, "
    b"connect-content-encoding, connect-accept-encoding, grpc-timeout, grpc-encoding, grpc-accept-encoding, "
    b"x-grpc-web, x-user-agent, onduty-actor-bin, x-request-id, traceparent, tracestate"
)
_RESPONSE_HEADERS: Final = (
    b"content-encoding, connect-content-encoding, grpc-encoding, grpc-status, grpc-message, grpc-status-details-bin, "
    b"retry-after, x-request-id"
)
_PREFLIGHT_MAX_AGE_S: Final = b"7200"


class Origins:
    """The origins that may call. `allowed` are like `https://desk.example`; with `by_any_name` any Host is accepted."""

    def __init__(self, allowed: Collection[str], *, by_any_name: bool) -> None:
        self._allowed = frozenset(each.encode() for each in allowed)
        self._names = frozenset(host.encode() for each in allowed if (host := urlsplit(each).hostname))
        self._by_any_name = by_any_name

    def refusal(self, headers: Headers, scheme: str) -> str | None:
        """Return why a request is refused; None if it is not."""
        host = headers.get(b"host", b"")
        if not self._by_any_name and not self._is_own_name(host):
            return "Host must be an IP address, localhost or a host in http_origins; use an address, or add the host"
        origin = headers.get(b"origin")
        if origin is None or origin in self._allowed:
            return None
        # The server's own pages. Under a name that anyone may have given it, the Origin proves nothing.
        if origin == scheme.encode() + b"://" + host and self._is_own_name(host):
            return None
        return "pages of this Origin may not call; add it to http_origins to allow them"

    def allows(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """Return the headers that let a page of an allowed origin read the response."""
        origin = headers.get(b"origin")
        if origin is None or origin not in self._allowed:
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _RESPONSE_HEADERS),
            (b"vary", b"origin"),
        ]

    def preflight(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """Return the headers that answer a browser's preflight request, in addition to those of `allows`."""
        if not self.allows(headers):
            return []
        return [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_MAX_AGE_S),
        ]

    def _is_own_name(self, host: bytes) -> bool:
        host = host.lower()
        name = host.rpartition(b":")[0] if not host.endswith(b"]") and b":" in host else host
        if name == b"localhost" or name in self._names:
            return True
        try:
            ipaddress.ip_address(name.decode("ascii").removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True
