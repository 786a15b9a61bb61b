"""Streams over HTTP, each on a connection of its own.

Invariant: messages that the program has not read stay with the server; memory is bounded by one message.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import grpc

from onduty_client._errors import Unavailable
from onduty_client._http.activities import RECORD_ACTIVITIES, ActivityStream
from onduty_client._http.aio import Connection, HttpCalls
from onduty_client._http.pooling import Metadata, Settings, check_size
from onduty_client._http.protocol import STREAM, Envelopes, RequestHead, envelope, error_in, header_lines, is_stream
from onduty_client._http.response import BadResponse, ResponseReader

_ResponseOf = Callable[[bytes], Any]


class HttpStream:
    """A stream on which the server sends: an `onduty_client._endpoint.StreamCall`."""

    def __init__(self, settings: Settings, request: bytes, response_of: _ResponseOf) -> None:
        self._settings: Final = settings
        self._request: Final = request
        self._response_of: Final = response_of
        self._connection = Connection(settings)
        self._response = ResponseReader()
        self._envelopes = Envelopes()
        self._beginning: asyncio.Task[None] | None = None
        self._cancelled = False

    async def read(self) -> Any:
        """Return the next message, or EOF. Raises OndutyError, or CancelledError after `cancel`."""
        if self._cancelled:
            raise asyncio.CancelledError
        try:
            if self._beginning is None:
                self._beginning = asyncio.create_task(self._begin())
                await self._beginning
            while True:
                for data in self._envelopes.messages():
                    return self._response_of(data)
                if self._envelopes.ended:
                    return grpc.aio.EOF
                await self._receive()
        except (OSError, BadResponse) as error:
            if self._cancelled:
                raise asyncio.CancelledError from None
            raise self._settings.unavailable(error) from error

    async def _begin(self) -> None:
        await self._connection.connect()
        await self._connection.send(self._request)
        while not self._response.status:
            await self._connection.receive(self._response)
        if not is_stream(self._response.status, self._response.headers):
            while not self._response.complete:
                await self._connection.receive(self._response)
                check_size(self._response.size)
            response = self._response
            raise error_in(response.status, response.headers, response.take(), self._settings.target)
        self._envelopes.feed(self._response.take())

    async def _receive(self) -> None:
        if self._response.complete:
            raise Unavailable("the server closed the stream without saying why", code=grpc.StatusCode.UNAVAILABLE)
        await self._connection.receive(self._response)
        self._envelopes.feed(self._response.take())

    def cancel(self) -> bool:
        """End the stream."""
        self._cancelled = True
        if self._beginning is not None:
            self._beginning.cancel()
        self._connection.abort()
        return True


class HttpChannel:
    """Opens streams: an `onduty_client._endpoint.StreamChannel` over HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._settings: Final = settings
        self._calls = HttpCalls(settings)
        self._streams: list[HttpStream | ActivityStream] = []

    def unary_stream(
        self, path: str, *, request_serializer: Callable[[Any], bytes], response_deserializer: _ResponseOf
    ) -> Callable[..., HttpStream]:
        """Return the function that opens a stream on which the server sends."""
        head = RequestHead(self._settings.address, path, STREAM, packs=self._settings.packs)

        def open_stream(request: Any, *, metadata: Metadata = ()) -> HttpStream:
            body = envelope(request_serializer(request))
            stream = HttpStream(
                self._settings, head.of(len(body), header_lines(metadata), None) + body, response_deserializer
            )
            self._streams.append(stream)
            return stream

        return open_stream

    def stream_stream(
        self, path: str, *, request_serializer: Callable[[Any], bytes], response_deserializer: _ResponseOf
    ) -> Callable[..., ActivityStream]:
        """Return the function that opens a stream of activities, the only one on which both send."""
        assert path == RECORD_ACTIVITIES

        def open_stream(*, metadata: Metadata = ()) -> ActivityStream:
            stream = ActivityStream(self._calls, header_lines(metadata))
            self._streams.append(stream)
            return stream

        return open_stream

    def get_state(self) -> grpc.ChannelConnectivity:
        """READY while there is a connection."""
        return grpc.ChannelConnectivity.READY if self._calls.is_connected else grpc.ChannelConnectivity.IDLE

    async def close(self) -> None:
        """End every stream."""
        for stream in self._streams:
            stream.cancel()
        self._streams.clear()
        await self._calls.close()
