"""Webhooks, to a real receiver on a free port."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.export.scripted import event

from onduty_server.cli.errors import ExitCode, Failure
from onduty_server.cli.remote.export.sinks import EventRefused, NotDelivered, Problem, ReceiverGone
from onduty_server.cli.remote.export.webhook import Secrets, Webhook, secrets_from

OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW_MS = 1_795_946_614_250


class Request(NamedTuple):
    """A request that a receiver got, and the client's port."""

    path: str
    headers: dict[str, str]
    body: bytes
    port: int


class Answer(NamedTuple):
    """A receiver's answer; a status of 0 is none."""

    status: int
    headers: dict[str, str] = {}  # noqa: RUF012 - it is not changed
    body: bytes = b""


class Receiver:
    """Answers as it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer = Answer(204)
        self.over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append(Request(self.path, headers, body, self.client_address[1]))
                answer = receiver.answer
                if answer.status == 0:
                    receiver.over.wait(10)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/onduty?tenant=7"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def webhook(url: str, secrets: Secrets | None = None, timeout_s: float = 10.0) -> Webhook:
    return Webhook(url, secrets or Secrets(None, OLD), timeout_s=timeout_s, wall_ms=lambda: NOW_MS)


def signature(secret: str, request: Request) -> str:
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


async def test_an_event_is_one_signed_post_over_a_connection_that_is_kept(receiver: Receiver) -> None:
    sink = webhook(receiver.url)
    for revision in (1, 2, 3):
        receiver.answer = Answer(202 if revision == 2 else 204, body=b"accepted" if revision == 2 else b"")
        await sink.deliver([event(revision)])
    await sink.close()
    assert [request.body for request in receiver.requests] == [b"event 1", b"event 2", b"event 3"]
    assert len({request.port for request in receiver.requests}) == 1
    first = receiver.requests[0]
    assert first.path == "/hooks/onduty?tenant=7"
    assert first.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert (first.headers["webhook-id"], first.headers["webhook-timestamp"]) == ("acme:1", "1795946614")
    assert first.headers["webhook-signature"] == signature(OLD, first)
    assert "tenant" not in sink.name, "a path may be a secret"


async def test_secrets_are_rotated_while_it_runs_and_a_broken_file_does_not_stop_it(
    receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "secrets"
    file.write_text(OLD)
    sink = webhook(receiver.url, secrets_from(file))
    expected: list[tuple[str, ...]] = []
    rotation: list[tuple[str | None, tuple[str, ...]]] = [
        (OLD, (OLD,)),
        (f"{NEW}\n{OLD}\n", (NEW, OLD)),
        (NEW, (NEW,)),
        ("nothing of the kind", (NEW,)),
        (None, (NEW,)),
        (OLD, (OLD,)),
    ]
    for text, secrets in rotation:
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        await sink.deliver([event(1)])
        expected.append(secrets)
    await sink.close()
    for request, secrets in zip(receiver.requests, expected, strict=True):
        assert request.headers["webhook-signature"] == " ".join(signature(secret, request) for secret in secrets)


@pytest.mark.parametrize(
    ("answer", "kind", "problem", "retry_after_s", "message"),
    [
        (Answer(500, body=b"oops\n\x1b[31m"), NotDelivered, Problem.UNAVAILABLE, 0, r"HTTP 500: oops \u001b[31m"),
        (Answer(503, {"Retry-After": "120"}), NotDelivered, Problem.UNAVAILABLE, 120, "HTTP 503"),
        (
            Answer(429, {"Retry-After": "Sun, 29 Nov 2026 10:04:34 GMT"}),
            NotDelivered,
            Problem.UNAVAILABLE,
            59.75,
            "429",
        ),
        (Answer(502), NotDelivered, Problem.UNAVAILABLE, 0, "HTTP 502"),
        (Answer(401), NotDelivered, Problem.REFUSED, 0, "HTTP 401"),
        (Answer(404, body=b"x" * 300_000), NotDelivered, Problem.REFUSED, 0, "HTTP 404: " + "x" * 200),
        (Answer(301, {"Location": "/elsewhere"}), NotDelivered, Problem.REFUSED, 0, "redirects are not followed"),
        (Answer(400), EventRefused, Problem.REFUSED, 0, "HTTP 400"),
        (Answer(413), EventRefused, Problem.REFUSED, 0, "HTTP 413"),
        (Answer(422, body=b"bad"), EventRefused, Problem.REFUSED, 0, "HTTP 422: bad"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else "",
)
async def test_every_other_answer_is_a_failure_of_its_kind(
    receiver: Receiver, answer: Answer, kind: type[NotDelivered], problem: Problem, retry_after_s: float, message: str
) -> None:
    receiver.answer = answer
    sink = webhook(receiver.url)
    with pytest.raises(NotDelivered) as failed:
        await sink.deliver([event(1)])
    assert type(failed.value) is kind
    assert (failed.value.problem, failed.value.retry_after_s) == (problem, retry_after_s)
    assert message in str(failed.value)
    assert len(receiver.requests) == 1
    receiver.answer = Answer(200)
    await sink.deliver([event(1)])
    await sink.close()


async def test_gone_is_for_good(receiver: Receiver) -> None:
    receiver.answer = Answer(410)
    sink = webhook(receiver.url)
    with pytest.raises(ReceiverGone, match=r"http://127.0.0.1:\d+ answers HTTP 410"):
        await sink.deliver([event(1)])
    await sink.close()


async def test_a_receiver_that_does_not_answer_in_time_or_is_not_there(receiver: Receiver) -> None:
    receiver.answer = Answer(0)
    sink = webhook(receiver.url, timeout_s=0.2)
    with pytest.raises(NotDelivered, match=r"no answer within 0.2 s") as failed:
        await sink.deliver([event(1)])
    assert failed.value.problem is Problem.TIMEOUT
    receiver.answer = Answer(204)
    await sink.deliver([event(1)])
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        absent = webhook(f"http://127.0.0.1:{unused.getsockname()[1]}/secret-path")
        with pytest.raises(NotDelivered, match="Connection refused") as failed:
            await absent.deliver([event(1)])
    assert failed.value.problem is Problem.UNREACHABLE and "secret-path" not in str(failed.value)
    await absent.close()
    await sink.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example/x", "http://hooks.example is not encrypted: use https, or give --allow-http"),
        ("ftp://hooks.example/x", "is like https://example.com/hooks/onduty"),
        ("https:///x", "is like https://example.com/hooks/onduty"),
        ("https://kim:pass@hooks.example/x", "must not have a password"),
        ("https://hooks.example:port/x", "the URL is malformed"),
    ],
)
def test_other_addresses_are_refused_without_their_secrets(url: str, why: str) -> None:
    with pytest.raises(Failure, match=why) as refused:
        webhook(url)
    assert refused.value.code is ExitCode.USAGE and "pass@" not in refused.value.message


def test_without_a_secret_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="give --secret-file FILE, or set ONDUTY_EXPORT_SECRETS"):
        secrets_from(None)
    monkeypatch.setenv("ONDUTY_EXPORT_SECRETS", "secret")
    with pytest.raises(Failure, match="ONDUTY_EXPORT_SECRETS: secret 1 does not begin with whsec_"):
        secrets_from(None)
    monkeypatch.setenv("ONDUTY_EXPORT_SECRETS", f"{NEW} {OLD}")
    assert len(secrets_from(None).now()) == 2
    assert json.dumps(repr(secrets_from(None).now())).count("Secret()") == 2
