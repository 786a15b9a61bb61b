"""Unary calls by gRPC: options of the channels, retries, deadlines and metadata.

Invariants: a deadline is set on the call itself (one in a service config can fire up to a second early); only
repeatable calls are retried; a peer that stopped answering is noticed within about four seconds, with or without calls
under way.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc

from onduty_client._connection import CallDefaults, closed_error
from onduty_client._errors import OndutyError, about
from onduty_client._forking import FORKS
from onduty_client._rpcs import RPCS, SERVICE, Call, ResultT

_SERVICE_CONFIG: Final = {
    "methodConfig": [
        {
            "name": [{"service": SERVICE, "method": rpc.name} for rpc in RPCS if rpc.repeatable],
            # Waits of 0.1, 0.2, 0.4 and 0.8 s, each varied by a fifth: long enough to reach a server that restarts,
            # short enough to stay within the default deadline.
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                # A server that stops ends calls that it had not begun with CANCELLED. One that refuses for a limit says
                # when to come back (grpc-retry-pushback-ms) instead of these waits, or that it is no use.
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED", "RESOURCE_EXHAUSTED"],
            },
        }
    ],
    # Retries of all calls together are bounded too: a failure takes one token, a success gives one back, and with half
    # of them gone nothing is retried. A server in trouble is not sent five times its load.
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 1},
}

#: For grpc.insecure_channel and its siblings.
CHANNEL_OPTIONS: Final[tuple[tuple[str, Any], ...]] = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    # A ping every 3 s and 1 s to answer it, so that a frozen peer costs less than the default deadline; the server lets
    # a client ping once a second. grpcio takes the time to answer from ping_timeout_ms, not from keepalive_timeout_ms,
    # which bounds how long sent data may stay unacknowledged by the peer's TCP.
    ("grpc.keepalive_time_ms", 3_000),
    ("grpc.keepalive_timeout_ms", 1_000),
    ("grpc.http2.ping_timeout_ms", 1_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # The defaults (a first wait of 1 s, growing to 2 minutes, and 20 s for one attempt) keep a client away from a
    # server long after it has come back.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 3_000),
    ("grpc.min_reconnect_backoff_ms", 3_000),
    # Errors travel in trailers, and one may list a violation for each of 1,000 ids; beyond this limit (8 KiB by
    # default) grpcio replaces it by an error of its own. The message limit of 4 MiB can stay: a page of 1,000 statuses
    # is 1 MB at the very most.
    ("grpc.max_metadata_size", 256 * 1024),
)


class _Methods:
    """The methods of a channel of either grpcio stack, called with the settings of a client."""

    def __init__(self, unary_unary: Callable[..., Callable[..., Any]], defaults: CallDefaults) -> None:
        self._methods: Mapping[str, Callable[..., Any]] = {
            rpc.name: unary_unary(
                rpc.path,
                request_serializer=rpc.request.SerializeToString,
                response_deserializer=rpc.response.FromString,
            )
            for rpc in RPCS
        }
        self._defaults: Final = defaults
        self.closed = False

    def start(self, call: Call[Any]) -> Any:
        """Start a call. Answers what the channel does: a response, or something to await."""
        # Taken first: another thread may close the client in between.
        methods = self._methods
        if self.closed:
            raise closed_error()
        return methods[call.rpc.name](
            call.request,
            timeout=self._defaults.timeout_of(call),
            metadata=tuple(self._defaults.metadata_of(call)),
        )

    def close(self) -> None:
        """No call starts from now on."""
        self.closed = True
        # They keep the channel alive, and with it grpcio's threads, for as long as somebody keeps the client.
        self._methods = {}


class BlockingGrpcConnection:
    """Calls by gRPC that block the thread. `explain` makes the exception to raise for a failed one."""

    def __init__(
        self, channel: grpc.Channel, defaults: CallDefaults, explain: Callable[[grpc.RpcError], OndutyError]
    ) -> None:
        FORKS.hold(self)
        self._channel = channel
        self._methods = _Methods(channel.unary_unary, defaults)
        self._explain = explain

    @property
    def closed(self) -> bool:
        """True once it is closed."""
        return self._methods.closed

    def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call; see `BlockingConnection`."""
        FORKS.enter()
        try:
            response = self._methods.start(call)
        except grpc.RpcError as error:
            if self._methods.closed and error.code() is grpc.StatusCode.CANCELLED:
                raise OndutyError("the client was closed", code=grpc.StatusCode.CANCELLED) from None
            raise about(call.rpc.name, self._explain(error)) from error
        finally:
            FORKS.leave()
        return call.rpc.read(response)

    def close_soon(self) -> None:
        """No call starts from now on."""
        self._methods.close()

    def close(self) -> None:
        """Cancel what is under way."""
        self._methods.close()
        self._channel.close()


class AsyncGrpcConnection:
    """Calls by gRPC in an event loop. `explain` makes the exception to raise for a failed one."""

    def __init__(
        self, channel: grpc.aio.Channel, defaults: CallDefaults, explain: Callable[[grpc.RpcError], OndutyError]
    ) -> None:
        self._channel: grpc.aio.Channel | None = channel
        self._methods = _Methods(channel.unary_unary, defaults)
        self._explain = explain

    @property
    def closed(self) -> bool:
        """True once it is closed."""
        return self._methods.closed

    async def send(self, call: Call[ResultT]) -> ResultT:
        """Make a call; see `AsyncConnection`."""
        FORKS.check()
        try:
            response = await self._methods.start(call)
        except grpc.RpcError as error:
            raise about(call.rpc.name, self._explain(error)) from error
        except asyncio.CancelledError:
            # grpcio ends a call like this when its channel is closed, too. Nobody has cancelled the caller then.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise OndutyError("the client was closed", code=grpc.StatusCode.CANCELLED) from None
        return call.rpc.read(response)

    def close_soon(self) -> None:
        """No call starts from now on."""
        self._methods.close()

    async def close(self) -> None:
        """Cancel what is under way."""
        self._methods.close()
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()
