"""Finds out why a connection fails: no server, another port, TLS, or a certificate.

gRPC reports only the last address that it tried, and no reason if a server closes a connection because it requires TLS
or a certificate. So after a failed call a connection of the standard library finds out more.
"""

import enum
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from onduty_client._grpc_endpoint import proxy_of
from onduty_client._http.address import is_url
from onduty_client._security import Security
from onduty_client._target import host_of

_PATIENCE_S: Final = 2.0

#: OpenSSL's codes for defects of a certificate (X509_V_ERR_...).
_HOSTNAME_MISMATCH, _NOT_YET_VALID, _EXPIRED = 62, 9, 10

#: The connection preface of HTTP/2, and an empty SETTINGS frame.
_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_FRAME_HEADER_LENGTH, _SETTINGS = 9, 4


class ConnectionProblemKind(enum.StrEnum):
    """The kinds of mismatch between a client and a server."""

    HOST_NOT_FOUND = "HOST_NOT_FOUND"
    REFUSED = "REFUSED"
    NOT_GRPC = "NOT_GRPC"
    TLS_REQUIRED = "TLS_REQUIRED"
    TLS_NOT_SPOKEN = "TLS_NOT_SPOKEN"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    CERTIFICATE_NOT_YET_VALID = "CERTIFICATE_NOT_YET_VALID"
    CERTIFICATE_OF_ANOTHER_NAME = "CERTIFICATE_OF_ANOTHER_NAME"
    CERTIFICATE_UNTRUSTED = "CERTIFICATE_UNTRUSTED"
    CLIENT_CERTIFICATE_REQUIRED = "CLIENT_CERTIFICATE_REQUIRED"
    CLIENT_CERTIFICATE_REFUSED = "CLIENT_CERTIFICATE_REFUSED"
    CA_MALFORMED = "CA_MALFORMED"
    KEY_PAIR_MALFORMED = "KEY_PAIR_MALFORMED"


@dataclass(frozen=True, slots=True)
class ConnectionProblem:
    """The reason why a connection fails. `message` is for people; the remedy depends on `kind`."""

    kind: ConnectionProblemKind
    message: str


_Kind = ConnectionProblemKind


def diagnose_connection(target: str, security: Security | None = None) -> ConnectionProblem | None:
    """Find out why a server can't be reached. Returns None if no reason is found, or nothing is wrong.

    Call it after a call has failed with `Unavailable`. It makes a new connection, without gRPC, and blocks for up to 2
    s for each step.
    """
    if is_url(target):
        return None  # Its own errors say so.
    security = security or Security()
    host, port = host_of(target), target.rpartition(":")[2]
    if not host or not port.isdecimal() or proxy_of(target):
        return None
    try:
        with socket.create_connection((host, int(port)), timeout=_PATIENCE_S) as connection:
            if security.encrypts:
                return _handshake(connection, host, target, security)
            return _asks_for_tls(connection, target) or _speaks_otherwise(host, int(port), target)
    except ConnectionRefusedError:
        return ConnectionProblem(_Kind.REFUSED, f"no answer from {target}: connection refused")
    except socket.gaierror as error:
        # A name server that does not answer is another matter.
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return ConnectionProblem(_Kind.HOST_NOT_FOUND, f"no answer from {target}: host {host!r} not found")
    except (OSError, UnicodeError):
        pass
    return None


def _speaks_otherwise(host: str, port: int, target: str) -> ConnectionProblem | None:
    with socket.create_connection((host, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(_PREFACE)
        answer = b""
        while len(answer) < _FRAME_HEADER_LENGTH and (more := connection.recv(_FRAME_HEADER_LENGTH)):
            answer += more
    if len(answer) < _FRAME_HEADER_LENGTH or answer[3] == _SETTINGS:
        return None
    return ConnectionProblem(_Kind.NOT_GRPC, f"{target} is not an onduty gRPC port")


def _asks_for_tls(connection: socket.socket, target: str) -> ConnectionProblem | None:
    try:
        with _context().wrap_socket(connection):
            pass
    except ssl.SSLError as error:
        if "ALERT" not in (error.reason or ""):
            return None
    return ConnectionProblem(_Kind.TLS_REQUIRED, f"{target} requires TLS")


def _handshake(connection: socket.socket, host: str, target: str, security: Security) -> ConnectionProblem | None:
    context = _context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    try:
        context.load_verify_locations(security.ca or _usual_authorities())
    except (ssl.SSLError, ValueError):
        return ConnectionProblem(_Kind.CA_MALFORMED, f"{security.ca} holds no certificate in PEM")
    if security.certificate is not None:
        try:
            context.load_cert_chain(security.certificate, security.key, password=_no_password)
        except (ssl.SSLError, ValueError):
            message = f"{security.certificate} and {security.key} are not a certificate and its key in PEM"
            return ConnectionProblem(_Kind.KEY_PAIR_MALFORMED, message)
    try:
        encrypted = context.wrap_socket(connection, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return _distrusted(error, host, target, security)
    except ssl.SSLError as error:
        if "ALERT" in (error.reason or ""):
            return _refused(target, security)
        return ConnectionProblem(_Kind.TLS_NOT_SPOKEN, f"{target} does not speak TLS")
    with encrypted:
        try:
            # From TLS 1.3 on, the server looks at the client's certificate only now. If it is content, it speaks first.
            closed = not encrypted.recv(1)
        except TimeoutError:
            closed = False
        except OSError:
            closed = True
    return _refused(target, security) if closed else None


def _refused(target: str, security: Security) -> ConnectionProblem:
    if security.certificate is None:
        return ConnectionProblem(_Kind.CLIENT_CERTIFICATE_REQUIRED, f"{target} requires a client certificate")
    message = f"{target} does not accept the client certificate {security.certificate}"
    return ConnectionProblem(_Kind.CLIENT_CERTIFICATE_REFUSED, message)


def _distrusted(error: ssl.SSLCertVerificationError, host: str, target: str, security: Security) -> ConnectionProblem:
    whose = f"the certificate of {target}"
    if error.verify_code == _EXPIRED:
        return ConnectionProblem(_Kind.CERTIFICATE_EXPIRED, f"{whose} has expired")
    if error.verify_code == _NOT_YET_VALID:
        return ConnectionProblem(_Kind.CERTIFICATE_NOT_YET_VALID, f"{whose} is not valid yet")
    if error.verify_code == _HOSTNAME_MISMATCH or "mismatch" in error.verify_message:
        return ConnectionProblem(_Kind.CERTIFICATE_OF_ANOTHER_NAME, f"{whose} is not for the name {host}")
    signer = f"the authority in {security.ca}" if security.ca else "one of the usual authorities"
    message = f"{whose} is not signed by {signer} ({error.verify_message})"
    return ConnectionProblem(_Kind.CERTIFICATE_UNTRUSTED, message)


def _context() -> ssl.SSLContext:
    """Return a context with gRPC's protocols that trusts every server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context


def _usual_authorities() -> Path:
    return Path(grpc.__file__).parent / "_cython" / "_credentials" / "roots.pem"


def _no_password() -> str:
    # Without this, the standard library would ask for one on the terminal.
    raise ValueError("the key is encrypted")
