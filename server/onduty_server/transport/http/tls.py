"""TLS for HTTP: a certificate that can change while connections stay."""

from __future__ import annotations

import os
import ssl
from typing import Final

from ...access.certificates import Pair

_PROTOCOLS: Final = ["http/1.1"]


class HttpTls:
    """The certificate for new connections; existing ones keep theirs. TLS 1.2 or later, as for gRPC.

    Client certificates are required when the first pair names their authority, as for gRPC.
    """

    def __init__(self, pair: Pair) -> None:
        self._current = _context(pair)
        self.context = _context(pair)
        """The TLS context for the listening socket."""
        self.context.sni_callback = self._choose

    def take(self, pair: Pair) -> None:
        """Use `pair` from the next connection on."""
        self._current = _context(pair)

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        # OpenSSL calls this in every handshake, even if the client names no host.
        connection.context = self._current


def _context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(_PROTOCOLS)
    # OpenSSL reads keys from files only; this file is in memory and has no name.
    descriptor = os.memfd_create("onduty-key")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(pair.key + b"\n" + pair.chain)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
    if pair.client_ca:
        context.load_verify_locations(cadata=pair.client_ca.decode("ascii"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context
