"""Streams that end as they should, whatever grpcio makes of a cancellation."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from onduty_client._grpc_endpoint import GrpcEndpoint
from onduty_client._stream_reader import read_stream


class Refused(grpc.RpcError):
    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNAVAILABLE

    def details(self) -> str:
        return "refused"

    def trailing_metadata(self) -> tuple[()]:
        return ()


class Connecting:
    """A stream that keeps a cancellation to itself, as grpcio's do while they connect."""

    def __init__(self, outcome: object) -> None:
        self._outcome = outcome
        self.reading = asyncio.Event()

    async def read(self) -> Any:
        self.reading.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if isinstance(self._outcome, Exception):
                raise self._outcome from None
        return self._outcome

    def cancel(self) -> bool:
        return True


@pytest.mark.parametrize("outcome", [Refused(), "a message"], ids=["error", "message"])
async def test_a_cancellation_that_grpcio_swallows_still_counts(outcome: object) -> None:
    stream = Connecting(outcome)
    taken: list[object] = []
    listening = asyncio.create_task(
        read_stream(stream, taken.append, endpoint=GrpcEndpoint("127.0.0.1:1"), patience_s=lambda: 20.0)
    )
    await stream.reading.wait()
    listening.cancel()
    await asyncio.wait([listening])
    assert listening.cancelled() and not taken
