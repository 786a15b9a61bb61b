"""The endpoint for an http or https address: its connections, credentials and limits.

Invariants: nothing goes through a proxy, no redirect is followed, and a token is sent only over TLS or to this machine,
unless the program allows plain text.
"""

import ssl
from dataclasses import dataclass, field
from typing import Final

import grpc

from onduty_client._connection import AsyncConnection, BlockingConnection, CallDefaults, MetadataProvider
from onduty_client._endpoint import Endpoint, StreamChannel, StreamCore
from onduty_client._errors import OndutyError, from_rpc_error
from onduty_client._http.activities import ACTIVITIES_MAX
from onduty_client._http.address import Address, parse
from onduty_client._http.aio import AsyncHttpConnection
from onduty_client._http.blocking import BlockingHttpConnection
from onduty_client._http.pooling import Settings
from onduty_client._http.streams import HttpChannel
from onduty_client._http.tls import context_of
from onduty_client._security import Security


class _NoCore:
    """A core that does nothing: streams over HTTP run in the event loop alone."""

    def acquire(self) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing to do."""

    async def drain(self) -> None:
        """Nothing to do."""


_NO_CORE: Final = _NoCore()


@dataclass(frozen=True, slots=True)
class HttpEndpoint(Endpoint):
    """An `Endpoint` for an http or https address.

    Attributes:
        settings: the address and options of its connections.
    """

    settings: Settings = field(kw_only=True)

    @classmethod
    def of(
        cls,
        target: str,
        security: Security | None,
        credentials: grpc.ChannelCredentials | None,
        metadata: MetadataProvider | None,
    ) -> "HttpEndpoint":
        """Build the endpoint from a client's arguments. Raises ValueError, or OSError for a file."""
        address = parse(target)
        if credentials is not None:
            raise ValueError("credentials are for gRPC only; use security with an http or https address")
        tls = _tls(address, security or Security())
        if security is not None:
            security.check_plaintext(target, is_safe=address.encrypted or address.is_local)
            metadata = security.with_token(metadata)
        has_certificate = security is not None and security.certificate is not None
        # On the same machine, packing takes longer than sending.
        settings = Settings(target, address, tls, packs=not address.is_local, has_certificate=has_certificate)
        return cls(target, metadata, settings=settings)

    @property
    def activities_max(self) -> int:
        """The most activities of a message: few enough that a reporter does not take the server for dead."""
        return ACTIVITIES_MAX

    @property
    def core(self) -> StreamCore:
        """None is needed."""
        return _NO_CORE

    def connect_blocking(self, defaults: CallDefaults) -> BlockingConnection:
        """Make a connection for threads."""
        return BlockingHttpConnection(self.settings, defaults)

    def connect(self, defaults: CallDefaults) -> AsyncConnection:
        """Make a connection for the running event loop."""
        return AsyncHttpConnection(self.settings, defaults)

    def stream_channel(self) -> StreamChannel:
        """Make a connection for streams of the running event loop."""
        return HttpChannel(self.settings)

    def error(self, error: grpc.RpcError) -> OndutyError:
        """Return the exception for an error of gRPC; none occurs over HTTP."""
        return from_rpc_error(error)


def _tls(address: Address, security: Security) -> ssl.SSLContext | None:
    if address.encrypted:
        return context_of(security)
    if security.encrypts:
        raise ValueError("http:// is not encrypted; write https:// for TLS")
    return None
