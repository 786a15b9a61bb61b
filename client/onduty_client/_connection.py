"""The channel of both clients: its options, retries, deadlines and metadata.

Invariants: every call has a deadline, set on the call itself (one in a service config can fire up to a second early);
only repeatable calls are retried; a peer that stopped answering is noticed within about four seconds, with or without
calls under way.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from onduty_client._rpcs import RPCS, SERVICE, Call

#: Called before every call, for more metadata: names in lower case, with values of bytes when they end in "-bin".
MetadataProvider: TypeAlias = Callable[[], Iterable[tuple[str, str | bytes]]]

DEFAULT_TIMEOUT_S: Final = 5.0

_ACTOR_KEY: Final = "onduty-actor-bin"

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
                # A server that stops ends calls that it had not begun with CANCELLED. A server that refuses a call for
                # a limit says when to come back (grpc-retry-pushback-ms), which replaces these waits, or not to.
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


class Connection:
    """Starts calls with the settings of a client. Safe to share between threads."""

    def __init__(
        self,
        unary_unary: Callable[..., Callable[..., Any]],
        *,
        timeout: float,
        actor: str,
        metadata: MetadataProvider | None,
    ) -> None:
        """`unary_unary` is that method of a channel, of either grpcio stack."""
        self._methods: Mapping[str, Callable[..., Any]] = {
            rpc.name: unary_unary(
                rpc.path,
                request_serializer=rpc.request.SerializeToString,
                response_deserializer=rpc.response.FromString,
            )
            for rpc in RPCS
        }
        self._timeout: Final = timeout
        self._actor: Final = actor
        self._metadata: Final = metadata
        self.closed = False

    def start(self, call: Call[Any]) -> Any:
        """Start a call. Returns what the channel does: a response, or something to await."""
        # Taken first: another thread may close the client in between.
        methods = self._methods
        if self.closed:
            raise RuntimeError("the client is closed")
        return methods[call.rpc.name](
            call.request,
            timeout=self._timeout if call.timeout is None else call.timeout,
            metadata=tuple(self._metadata_of(call)),
        )

    def close(self) -> None:
        """Refuse calls from now on."""
        self.closed = True
        # They would keep the channel, and with it grpcio's threads, alive as long as the client is referenced.
        self._methods = {}

    def _metadata_of(self, call: Call[Any]) -> Iterable[tuple[str, str | bytes]]:
        if self._metadata is not None:
            yield from self._metadata()
        if call.rpc.names_actor:
            actor = self._actor if call.actor is None else call.actor
            if actor:
                yield _ACTOR_KEY, actor.encode()
