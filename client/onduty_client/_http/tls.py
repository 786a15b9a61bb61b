"""TLS for the HTTP door, from the same files as for gRPC."""

import ssl
from pathlib import Path

from onduty_client._security import Security


def context_of(security: Security) -> ssl.SSLContext:
    """Make the TLS context. Without a certificate authority of its own, those of the system are trusted.

    Raises:
        OSError: a file can't be read.
        ValueError: a file does not hold a certificate or key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    if security.ca is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(cafile=security.ca)
        except ssl.SSLError:
            raise ValueError(f"{security.ca} holds no certificate in PEM") from None
    if security.certificate is not None and security.key is not None:
        # Checked first, since OpenSSL does not say which of the two is missing.
        for path in (security.certificate, security.key):
            Path(path).read_bytes()
        try:
            context.load_cert_chain(security.certificate, security.key, password=_no_password)
        except (ssl.SSLError, ValueError):
            raise ValueError(
                f"{security.certificate} and {security.key} are not a certificate and its key in PEM"
            ) from None
    return context


def _no_password() -> str:
    # Without this, the standard library would ask for one on the terminal.
    raise ValueError("the key is encrypted")
