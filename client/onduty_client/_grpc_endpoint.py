"""The server by its gRPC door: where calls go and how, and what their failure means.

Invariants: what stays on this machine goes through no proxy; an error that no onduty server made says in plain words
what does not fit, where gRPC's own words tell, and names the proxy that was in between.
"""

import os
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import grpc

from onduty_client._connection import AsyncConnection, BlockingConnection, CallDefaults, MetadataProvider
from onduty_client._endpoint import Endpoint, StreamChannel, StreamCore
from onduty_client._errors import DeadlineExceeded, OndutyError, Unavailable, from_rpc_error
from onduty_client._forking import FORKS
from onduty_client._grpc_connection import CHANNEL_OPTIONS, AsyncGrpcConnection, BlockingGrpcConnection
from onduty_client._grpc_core import GRPC_CORE
from onduty_client._security import Security, resolve
from onduty_client._target import check_target, host_of, is_local

_OWN_CONNECTION: Final[tuple[tuple[str, Any], ...]] = (
    # Channels of one target would otherwise share connections, and a new stream could be put on one that is dead.
    ("grpc.use_local_subchannel_pool", 1),
)

_ACTIVITIES_MAX: Final = 5_000

#: Where grpcio looks for a proxy, and for those who need none; the first that is set counts.
_PROXY_VARIABLES: Final = ("grpc_proxy", "https_proxy", "http_proxy")
_NO_PROXY_VARIABLES: Final = ("no_grpc_proxy", "no_proxy")

#: What grpcio says when a TLS handshake has failed, and what it means.
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
#: What grpcio says when there is no connection at all, and what it means.
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
class GrpcEndpoint(Endpoint):
    """See `Endpoint`. `target` is as gRPC spells it.

    Attributes:
        credentials: for TLS; None for plain text.
        has_certificate: whether the client shows a certificate of its own; None where that is not known.
    """

    credentials: grpc.ChannelCredentials | None = None
    has_certificate: bool | None = None

    @classmethod
    def of(
        cls,
        target: str,
        security: Security | None,
        credentials: grpc.ChannelCredentials | None,
        metadata: MetadataProvider | None,
    ) -> "GrpcEndpoint":
        """Combine what a client was given. Raises ValueError or TypeError, or OSError for a file."""
        check_target(target)
        has_certificate = None if security is None else security.certificate is not None
        credentials, metadata = resolve(target, security, credentials, metadata)
        return cls(target, metadata, credentials, has_certificate)

    @property
    def activities_max(self) -> int:
        """As many as the server takes."""
        return _ACTIVITIES_MAX

    @property
    def core(self) -> StreamCore:
        """That of grpcio's asyncio stack."""
        return GRPC_CORE

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """The options of its channels."""
        if is_local(self.target):
            return (*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0))
        return CHANNEL_OPTIONS

    def connect_blocking(self, defaults: CallDefaults) -> BlockingConnection:
        """Make a channel for threads."""
        FORKS.keep_core()
        # A fork waits for it as for a call: it uses the core, and the first one imports a part of grpcio.
        FORKS.enter()
        try:
            if self.credentials is None:
                channel = grpc.insecure_channel(self.target, self.options)
            else:
                channel = grpc.secure_channel(self.target, self.credentials, self.options)
        finally:
            FORKS.leave()
        return BlockingGrpcConnection(channel, defaults, self.error)

    def connect(self, defaults: CallDefaults) -> AsyncConnection:
        """Make a channel for the running event loop, whose connection others may use, too."""
        FORKS.keep_core()
        return AsyncGrpcConnection(self._channel(self.options), defaults, self.error)

    def stream_channel(self) -> StreamChannel:
        """Make a channel for the running event loop, with a connection of its own."""
        return self._channel((*self.options, *_OWN_CONNECTION))

    def _channel(self, options: tuple[tuple[str, Any], ...]) -> grpc.aio.Channel:
        if self.credentials is None:
            return grpc.aio.insecure_channel(self.target, options)
        return grpc.aio.secure_channel(self.target, self.credentials, options)

    def error(self, error: grpc.RpcError) -> OndutyError:
        """The exception to raise for a failed call of either grpcio stack."""
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
        # It is the proxy that refuses or is not found then.
        for pattern, meaning in _TLS_FAILURES if through_proxy else (*_TLS_FAILURES, *_NOT_CONNECTED):
            if re.search(pattern, message):
                return meaning.format(target=self.target, host=host_of(self.target) or self.target)
        if "failed to connect" in message and _CLOSED.search(message):
            # As much as can be known: the server that refuses in this way does so without a word.
            if self.credentials is None:
                return f"{self.target} closed the connection at once; does it require TLS?"
            after = f"{self.target} closed the connection after the TLS handshake"
            if self.has_certificate is False:
                return f"{after}; does it require a client certificate?"
            if self.has_certificate:
                return f"{after}; does it accept the client certificate?"
        return message


def proxy_of(target: str) -> str:
    """The HTTP proxy that grpcio goes through to a target, as HOST:PORT; empty for none.

    As grpcio itself decides, but for ranges of addresses (10.0.0.0/8) in no_proxy.
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
        # Not as it stands: it may hold a password.
        return "" if parts.scheme != "http" or not parts.hostname else parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
