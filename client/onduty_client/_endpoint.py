"""The server as every client and helper knows it: where calls go and how, and what travels along with each.

There is one `Endpoint` for each door of the server. Clients, mirrors and reporters know neither.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import grpc

from onduty_client._connection import AsyncConnection, BlockingConnection, CallDefaults, MetadataProvider
from onduty_client._errors import OndutyError


class StreamCall(Protocol):
    """A stream that the client has opened: the part of grpcio's asyncio calls that is used here."""

    async def read(self) -> Any:
        """The next message, or EOF."""

    def cancel(self) -> bool:
        """End the stream. A `read` under way raises CancelledError."""


class TwoWayCall(StreamCall, Protocol):
    """A stream on which the client sends as well."""

    async def wait_for_connection(self) -> None:
        """Return once the stream has begun."""

    async def write(self, request: Any) -> None:
        """Send a message."""

    async def done_writing(self) -> None:
        """Send no more."""


class StreamChannel(Protocol):
    """A connection for streams: the part of grpcio's asyncio channels that is used here."""

    def unary_stream(
        self, path: str, *, request_serializer: Callable[[Any], bytes], response_deserializer: Callable[[bytes], Any]
    ) -> Callable[..., StreamCall]:
        """Return the function that opens a stream on which the server sends."""

    def stream_stream(
        self, path: str, *, request_serializer: Callable[[Any], bytes], response_deserializer: Callable[[bytes], Any]
    ) -> Callable[..., TwoWayCall]:
        """Return the function that opens a stream on which both send."""

    def get_state(self) -> grpc.ChannelConnectivity:
        """READY while a connection stands."""

    def close(self) -> Awaitable[None]:
        """End every stream."""


class StreamCore(Protocol):
    """Keeps running what streams need in their event loop, for as long as somebody uses it."""

    def acquire(self) -> None:
        """Keep it running."""

    def release(self) -> None:
        """Undo `acquire`."""

    async def drain(self) -> None:
        """Let the event loop, in which a stream has ended, read what is left for it: it may end now."""


@dataclass(frozen=True, slots=True)
class Endpoint(ABC):
    """A server, and what travels along with each call.

    Attributes:
        target: where, as it was given.
        metadata: called before each call, or stream.
    """

    target: str
    metadata: MetadataProvider | None = None

    def call_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """Return the metadata of one stream. It is made anew for each stream, since tokens expire."""
        return () if self.metadata is None else tuple(self.metadata())

    @abstractmethod
    def connect_blocking(self, defaults: CallDefaults) -> BlockingConnection:
        """Make a connection for threads. It connects with the first call."""

    @abstractmethod
    def connect(self, defaults: CallDefaults) -> AsyncConnection:
        """Make a connection for the running event loop. It connects with the first call."""

    @abstractmethod
    def stream_channel(self) -> StreamChannel:
        """Make a connection for streams of the running event loop, which nothing else shares."""

    @property
    @abstractmethod
    def activities_max(self) -> int:
        """How many activities a message of a stream may have."""

    @property
    @abstractmethod
    def core(self) -> StreamCore:
        """The core that streams need."""

    @abstractmethod
    def error(self, error: grpc.RpcError) -> OndutyError:
        """The exception to raise for a failed stream."""
