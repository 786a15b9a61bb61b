"""A stream of NATS JetStream, on a real server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from nats.js.api import StreamConfig
from tests.cli.export.scripted import event

from onduty_server.cli.errors import Failure
from onduty_server.cli.remote.export.nats_stream import NatsStream
from onduty_server.cli.remote.export.sinks import NotDelivered, Problem

NATS_SERVER = Path(sys.executable).with_name("nats-server")
SUBJECT = "onduty.events.acme"


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server, which ends with the test."""
    process = await asyncio.create_subprocess_exec(
        *(str(NATS_SERVER), "--addr", "127.0.0.1", "--port", "-1", "--jetstream", "--store_dir", str(tmp_path)),
        *("--ports_file_dir", str(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    port = ""
    async with asyncio.timeout(20):
        async for line in process.stderr:
            if b"Listening for client connections on" in line:
                port = line.decode().rsplit(":", 1)[1].strip()
            if b"Server is ready" in line:
                break
    reading = asyncio.create_task(process.stderr.read())
    try:
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()
        await reading


async def test_events_are_stored_in_order_once_each_with_their_ids_and_a_missing_stream_is_named(url: str) -> None:
    sink = NatsStream(url, SUBJECT, timeout_s=5)
    with pytest.raises(NotDelivered, match=r"no stream takes subject onduty[.]events[.]acme; add it to one") as failed:
        await sink.deliver([event(1)])
    assert failed.value.problem is Problem.UNAVAILABLE
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.add_stream(StreamConfig("onduty", subjects=["onduty.events.>"]))
    for revision in (1, 2, 2, 1, 3):
        await sink.deliver([event(revision)])
    assert (await stream.stream_info("onduty")).state.messages == 3, "what is published again is dropped"
    messages = [await stream.get_msg("onduty", seq) for seq in (1, 2, 3)]
    assert [message.data for message in messages] == [b"event 1", b"event 2", b"event 3"]
    assert messages[0].headers == {
        "Nats-Msg-Id": "acme:1", "content-type": "application/cloudevents+json; charset=utf-8",
    }  # fmt: skip
    await stream.update_stream(StreamConfig("onduty", subjects=["onduty.events.>"], max_msg_size=10))
    with pytest.raises(NotDelivered, match="message size exceeds maximum allowed") as failed:
        await sink.deliver([event(10**9)])
    assert failed.value.problem is Problem.REFUSED
    await sink.close()
    await client.close()


async def test_a_server_that_is_not_there() -> None:
    sink = NatsStream("nats://127.0.0.1:1", SUBJECT, timeout_s=5)
    with pytest.raises(NotDelivered, match="Connect") as failed:
        await sink.deliver([event(1)])
    assert failed.value.problem is Problem.UNREACHABLE
    await sink.close()


@pytest.mark.parametrize(
    ("url", "subject", "why"),
    [
        ("http://nats:4222", SUBJECT, "is like nats://nats.internal:4222"),
        ("nats://nats:port", SUBJECT, "the URL is malformed"),
        ("nats://a:4222", "onduty.*", r"'onduty.\*' is not a subject to publish to"),
        ("nats://a:4222", "onduty..a", "is not a subject to publish to"),
        ("nats://a:4222", "on duty", "is not a subject to publish to"),
    ],
)
def test_other_addresses_and_subjects_are_refused(url: str, subject: str, why: str) -> None:
    with pytest.raises(Failure, match=why):
        NatsStream(url, subject, timeout_s=5)
