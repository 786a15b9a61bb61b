"""The server's side of TLS: a certificate that can change while connections stay."""

from __future__ import annotations

import grpc

from ...access.certificates import Pair


class ServerTls:
    """The certificate for new connections; existing ones keep theirs. TLS 1.2 or later, as gRPC requires.

    Client certificates are required when the first pair names their authority: grpcio cannot make them optional.
    """

    def __init__(self, pair: Pair) -> None:
        self._first = pair
        self._next: grpc.ServerCertificateConfiguration | None = None

    @property
    def asks_for_certificates(self) -> bool:
        """True if clients must present a certificate."""
        return bool(self._first.client_ca)

    def take(self, pair: Pair) -> None:
        """Use `pair` from the next connection on."""
        self._next = _configuration(pair)

    def credentials(self) -> grpc.ServerCredentials:
        """Return the credentials for the port to serve on."""
        return grpc.dynamic_ssl_server_credentials(
            _configuration(self._first),
            self._fetch,  # type: ignore[arg-type] # None is what gRPC documents for no change.
            require_client_authentication=self.asks_for_certificates,
        )

    def _fetch(self) -> grpc.ServerCertificateConfiguration | None:
        # gRPC calls this before every handshake, in its own thread. Returning None keeps the certificate, at no cost.
        changed, self._next = self._next, None
        return changed


def _configuration(pair: Pair) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(pair.key, pair.chain)], pair.client_ca or None)
