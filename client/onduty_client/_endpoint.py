"""The server as clients and helpers know it: its address, how calls reach it, and the meaning of failures.

Invariants: calls to this machine go through no proxy; an error that does not come from an onduty server is explained in
plain words, as far as gRPC's own message allows, and names the proxy in between.
"""

import os
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import grpc

from onduty_client._connection import CHANNEL_OPTIONS, MetadataProvider
from onduty_client._errors import DeadlineExceeded, OndutyError, Unavailable, from_rpc_error
from onduty_client._security import Security, resolve
from onduty_client._target import check_target, host_of, is_local

_OWN_CONNECTION: Final[tuple[tuple[str, Any], ...]] = (
    # Otherwise channels of one target would share connections, and a new stream could use a dead one.
    ("grpc.use_local_subchannel_pool", 1),
)

#: The variables in which grpcio looks for a proxy, and for hosts that need none; the first that is set counts.
_PROXY_VARIABLES: Final = ("grpc_proxy", "https_proxy", "http_proxy")
_NO_PROXY_VARIABLES: Final = ("no_grpc_proxy", "no_proxy")

#: The messages of grpcio about a failed TLS handshake, and their meanings.
_TLS_FAILURES: Final = (
    (r"CERTIFICATE_VERIFY_FAILED: certificate has expired", "the certificate of {target} has expired"),
    (r"CERTIFICATE_VERIFY_FAILED: certificate is not yet valid", "the certificate of {target} is not valid yet"),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "the certificate of {target} is not signed by an authority that this client trusts; check the certificate "
        "authority (CA) that it was given",
    ),
    (
        r"Hostname Verification Check failed",
        "the certificate of {target} is not for the name {host}; connect by a name that it is for",
    ),
    (r"WRONG_VERSION_NUMBER|HTTP_REQUEST", "{target} does not speak TLS; connect without it, or to its TLS port"),
    (
        r"Failed to create security handshaker",
        "the CA, certificate or key given for {target} is not valid PEM, or the key does not belong to the certificate",
    ),
    (
        r"CERTIFICATE_REQUIRED",
        "{target} requires a client certificate",
    ),
    (
        r"ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+)",
        "{target} does not accept the client certificate",
    ),
)
#: The messages of grpcio about a failed connection, and their meanings.
_NOT_CONNECTED: Final = (
    (r"^failed to connect.*Connection refused", "{target} refused the connection; is the server running there?"),
    (
        r"^failed to connect.*(Failed parsing HTTP/2|Expected SETTINGS)",
        "{target} does not speak gRPC; is it another port of the server, such as that of its metrics?",
    ),
    (r"^failed to connect.*No such file or directory", "{target} does not exist; is the server running there?"),
    (r"^failed to connect.*(No route to host|Network is unreachable)", "there is no route to {target}"),
    (
        r"^errors resolving.*(Domain name not found|Misformatted domain name|not known|No address associated)",
        'host "{host}" not found; check the address {target}',
    ),
)
_CLOSED: Final = re.compile(r"Socket closed|recvmsg|Connection reset")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server, and the data sent along with each call.

    Attributes:
        target: the address, as gRPC spells it.
        credentials: for TLS; None for plain text.
        metadata: called before each call, or stream.
        has_certificate: True if the client presents a certificate of its own; None if that is not known.
    """

    target: str
    credentials: grpc.ChannelCredentials | None = None
    metadata: MetadataProvider | None = None
    has_certificate: bool | None = None

    @classmethod
    def of(
        cls,
        target: str,
        security: Security | None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: MetadataProvider | None = None,
    ) -> "Endpoint":
        """Combine the arguments of a client. Raises ValueError or TypeError, or OSError for a file."""
        check_target(target)
        has_certificate = None if security is None else security.certificate is not None
        return cls(target, *resolve(target, security, credentials, metadata), has_certificate)

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """The options of its channels."""
        if is_local(self.target):
            return (*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0))
        return CHANNEL_OPTIONS

    def blocking_channel(self) -> grpc.Channel:
        """Return a channel for threads."""
        if self.credentials is None:
            return grpc.insecure_channel(self.target, self.options)
        return grpc.secure_channel(self.target, self.credentials, self.options)

    def channel(self, *, own_connection: bool = True) -> grpc.aio.Channel:
        """Return a channel for the running event loop, with a connection of its own or a shared one."""
        options = (*self.options, *_OWN_CONNECTION) if own_connection else self.options
        if self.credentials is None:
            return grpc.aio.insecure_channel(self.target, options)
        return grpc.aio.secure_channel(self.target, self.credentials, options)

    def call_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """Return the metadata of one stream. It is made anew for each stream, since tokens expire."""
        return () if self.metadata is None else tuple(self.metadata())

    def error(self, error: grpc.RpcError) -> OndutyError:
        """Return the exception to raise for a failed call of either grpcio stack."""
        found = from_rpc_error(error)
        if not found.reason and isinstance(found, Unavailable | DeadlineExceeded):
            proxy = proxy_of(self.target)
            message = self._explained(found.message, through_proxy=bool(proxy))
            if proxy:
                message += f" (through the proxy {proxy})"
            if message != found.message:
                return type(found)(message, code=found.code)
        return found

    def _explained(self, message: str, *, through_proxy: bool) -> str:
        # Through a proxy, it is the proxy that refuses or is not found.
        for pattern, meaning in _TLS_FAILURES if through_proxy else (*_TLS_FAILURES, *_NOT_CONNECTED):
            if re.search(pattern, message):
                return meaning.format(target=self.target, host=host_of(self.target) or self.target)
        if "failed to connect" in message and _CLOSED.search(message):
            # More is not known: a server that refuses in this way gives no reason.
            if self.credentials is None:
                return f"{self.target} closed the connection at once; does it require TLS?"
            after = f"{self.target} closed the connection after the TLS handshake"
            if self.has_certificate is False:
                return f"{after}; does it require a client certificate?"
            if self.has_certificate:
                return f"{after}; does it accept the client certificate?"
        return message


def proxy_of(target: str) -> str:
    """Return the HTTP proxy that grpcio uses for a target, as HOST:PORT; empty for none.

    This follows grpcio's own rules, except for ranges of addresses (10.0.0.0/8) in no_proxy.
    """
    url = next((os.environ[name] for name in _PROXY_VARIABLES if name in os.environ), "")
    host = host_of(target)
    if not url or host is None or is_local(target):
        return ""
    exempt = next((os.environ[name] for name in _NO_PROXY_VARIABLES if name in os.environ), "")
    if any(host.lower().endswith(each.strip().lower()) for each in exempt.split(",") if each):
        return ""
    try:
        parts = urlsplit(url)
        # Leave out the user part, which may contain a password.
        return "" if parts.scheme != "http" or not parts.hostname else parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
