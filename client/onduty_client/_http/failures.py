"""Explains why no response came, in plain words, as `_grpc_endpoint` does for the other door."""

import errno
import socket
import ssl
from typing import Final

import grpc

from onduty_client._errors import DeadlineExceeded, OndutyError, Unavailable
from onduty_client._http.address import Address
from onduty_client._http.response import BadResponse

#: OpenSSL's error numbers for certificates (X509_V_ERR_...).
_HOST_MISMATCH, _IP_MISMATCH, _NOT_YET_VALID, _EXPIRED = 62, 64, 9, 10

_NO_ROUTE: Final = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN)


class ClosedAtOnce(ConnectionError):
    """The server closed a new connection without sending anything."""


def unavailable(error: Exception, address: Address, target: str, *, has_certificate: bool) -> OndutyError:
    """Return the exception for a connection that failed. `has_certificate`: the client presents a certificate."""
    if isinstance(error, ClosedAtOnce):
        message = _closed_at_once(target, encrypted=address.encrypted, has_certificate=has_certificate)
    else:
        message = _explained(error, address, target)
    return Unavailable(message, code=grpc.StatusCode.UNAVAILABLE)


def deadline_exceeded(timeout_s: float) -> OndutyError:
    """Return the exception for a call that got no response in time."""
    return DeadlineExceeded(f"no response within {timeout_s:g} s", code=grpc.StatusCode.DEADLINE_EXCEEDED)


def is_deadline(error: Exception) -> bool:
    """True if a wait of ours timed out. The system's ETIMEDOUT is different: a failure of the connection."""
    return isinstance(error, TimeoutError) and error.errno is None


def client_closed() -> OndutyError:
    """Return the exception for a call that was under way when its client was closed."""
    return OndutyError("the client was closed", code=grpc.StatusCode.CANCELLED)


def _explained(error: Exception, address: Address, target: str) -> str:
    match error:
        case BadResponse():
            return f"{target} sent a response that can't be read: {error}; is it the server's HTTP port?"
        case ssl.SSLCertVerificationError():
            return _distrusted(error, address, target)
        case ssl.SSLError():
            return _without_tls(error.reason or "", target) or f"the TLS connection to {target} failed: {error.reason}"
        case ConnectionRefusedError():
            return f"{target} refused the connection; is the server running there?"
        case socket.gaierror():
            return f'host "{address.host}" not found; check the address {target}'
        case OSError() if error.errno in _NO_ROUTE:
            return f"there is no route to {target}"
    return f"the connection to {target} was lost: {error}"


def _closed_at_once(target: str, *, encrypted: bool, has_certificate: bool) -> str:
    # A guess: a server that refuses in this way does not say why.
    if not encrypted:
        return f"{target} closed the connection at once; does it require TLS?"
    after = f"{target} closed the connection after the TLS handshake"
    return f"{after}; does it {'accept the' if has_certificate else 'require a'} client certificate?"


def _distrusted(error: ssl.SSLCertVerificationError, address: Address, target: str) -> str:
    whose = f"the certificate of {target}"
    match error.verify_code:
        case code if code == _EXPIRED:
            return f"{whose} has expired"
        case code if code == _NOT_YET_VALID:
            return f"{whose} is not valid yet"
        case code if code in (_HOST_MISMATCH, _IP_MISMATCH):
            return f"{whose} is not for the name {address.host}; connect by a name that it is for"
    return (
        f"{whose} is not signed by an authority that this client trusts; check the certificate authority (CA) that it "
        "was given"
    )


def _without_tls(reason: str, target: str) -> str:
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return f"{target} does not speak TLS; connect without it, or to its TLS port"
    if "CERTIFICATE_REQUIRED" in reason:
        return f"{target} requires a client certificate"
    if "ALERT_UNKNOWN_CA" in reason or "ALERT_BAD_CERTIFICATE" in reason or "ALERT_CERTIFICATE" in reason:
        return f"{target} does not accept the client certificate"
    return ""
