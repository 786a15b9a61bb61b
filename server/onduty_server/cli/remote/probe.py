"""Finds out what does not fit when a connection fails: nobody there, another port, TLS, or a certificate.

gRPC tells of the last address that it tried, and nothing of a server that closes a connection because it wants TLS or a
certificate. So, once a command has failed, a connection by the standard library looks again.
"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onduty_client import Security

_PATIENCE_S = 2.0

_HOSTNAME_MISMATCH, _NOT_YET_VALID, _EXPIRED = 62, 9, 10
"""OpenSSL's numbers of what may be wrong with a certificate (X509_V_ERR_...)."""


_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""What a client of HTTP/2 begins with, and an empty SETTINGS frame."""
_FRAME_HEADER_LENGTH, _SETTINGS = 9, 4


def connection_mistake(server: str, security: Security) -> str:
    """What does not fit between how a client connects and what a server speaks; empty if that can't be told. Blocks."""
    from onduty_client._endpoint import proxy_of
    from onduty_client._target import host_of

    host, port = host_of(server), server.rpartition(":")[2]
    if not host or not port.isdecimal() or proxy_of(server):
        return ""
    try:
        with socket.create_connection((host, int(port)), timeout=_PATIENCE_S) as connection:
            return (
                _handshake(connection, host, server, security)
                if security.encrypts
                else _asks_for_tls(connection, server) or _speaks_otherwise(host, int(port), server)
            )
    except ConnectionRefusedError:
        return f"no answer from {server}: connection refused; start `onduty serve` there, or name another with --server"
    except socket.gaierror as error:
        # Not for a server of names that does not answer.
        unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return f"no answer from {server}: host {host!r} not found; check --server" if unknown else ""
    except (OSError, UnicodeError):
        return ""


def _speaks_otherwise(host: str, port: int, server: str) -> str:
    with socket.create_connection((host, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(_PREFACE)
        answer = b""
        while len(answer) < _FRAME_HEADER_LENGTH and (more := connection.recv(_FRAME_HEADER_LENGTH)):
            answer += more
    if len(answer) < _FRAME_HEADER_LENGTH or answer[3] == _SETTINGS:
        return ""
    return f"{server} is not an onduty gRPC port; is it metrics_listen?"


def _asks_for_tls(connection: socket.socket, server: str) -> str:
    try:
        with _context().wrap_socket(connection):
            pass
    except ssl.SSLError as error:
        if "ALERT" not in (error.reason or ""):
            return ""
    return f"{server} requires TLS: give --server-ca FILE, or --tls for the usual authorities"


def _handshake(connection: socket.socket, host: str, server: str, security: Security) -> str:
    context = _context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    try:
        context.load_verify_locations(security.ca or _usual_authorities())
    except (ssl.SSLError, ValueError):
        return f"{security.ca} holds no certificate in PEM"
    if security.certificate is not None:
        try:
            context.load_cert_chain(security.certificate, security.key, password=_no_password)
        except (ssl.SSLError, ValueError):
            return f"{security.certificate} and {security.key} are not a certificate and its key in PEM"
    try:
        encrypted = context.wrap_socket(connection, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return _distrusted(error, host, server, security)
    except ssl.SSLError as error:
        if "ALERT" in (error.reason or ""):
            return _refused(server, security)
        return f"{server} does not speak TLS: leave --tls, --server-ca and --client-certificate out"
    with encrypted:
        try:
            # From TLS 1.3 on, the server looks at the client's certificate only now. If it is content, it speaks first.
            closed = not encrypted.recv(1)
        except TimeoutError:
            closed = False
        except OSError:
            closed = True
    return _refused(server, security) if closed else ""


def _refused(server: str, security: Security) -> str:
    if security.certificate is None:
        return f"{server} requires a client certificate: give --client-certificate and --client-key"
    return f"{server} does not accept the client certificate {security.certificate}"


def _distrusted(error: ssl.SSLCertVerificationError, host: str, server: str, security: Security) -> str:
    if error.verify_code == _EXPIRED:
        return f"the certificate of {server} has expired"
    if error.verify_code == _NOT_YET_VALID:
        return f"the certificate of {server} is not valid yet"
    if error.verify_code == _HOSTNAME_MISMATCH or "mismatch" in error.verify_message:
        return f"the certificate of {server} is not for the name {host}"
    whom = f"the authority in {security.ca}" if security.ca else "one of the usual authorities: give --server-ca FILE"
    return f"the certificate of {server} is not signed by {whom} ({error.verify_message})"


def _context() -> ssl.SSLContext:
    """As gRPC speaks, but for whom it trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context


def _usual_authorities() -> Path:
    import grpc

    return Path(grpc.__file__).parent / "_cython" / "_credentials" / "roots.pem"


def _no_password() -> str:
    # Without this, the standard library would ask for one on the terminal.
    raise ValueError("the key is encrypted")
