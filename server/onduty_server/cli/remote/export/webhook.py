"""Delivers events as signed webhooks: one POST each, over a connection that is kept.

Invariants: redirects are not followed; no more of an answer is read than a log line shows; an attempt takes no longer
than its time limit, however slowly the receiver answers.
"""

from __future__ import annotations

import asyncio
import os
import threading
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

import structlog
import urllib3
from urllib3.util import Timeout
from urllib3.util.ssl_ import create_urllib3_context

from ....text.escaping import visible
from ...errors import Failure, usage
from .events import CONTENT_TYPE, Event
from .retries import parse_retry_after
from .signing import Secret, parse_secrets, signature_headers
from .sinks import EventRefused, NotDelivered, Problem, ReceiverGone

SECRETS_VARIABLE: Final = "ONDUTY_EXPORT_SECRETS"
_ANSWER_BYTES: Final = 200
_READ_BYTES: Final = 1 << 16
_GONE: Final = 410
_OF_EVENT: Final = frozenset({400, 406, 409, 411, 412, 413, 414, 415, 417, 421, 422, 431, 451})
"""Answers that are about the request itself. Others in 4xx are about the address or the credential, which an operator
mends, or ask for patience."""

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Secrets:
    """The secrets from a file, which is read again for each attempt so that they can be rotated, or as they are."""

    def __init__(self, path: Path | None, text: str) -> None:
        """Raises Failure if there is no valid secret."""
        self._path = path
        self._failing = False
        try:
            self._kept = parse_secrets(text if path is None else path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise usage(f"{path or SECRETS_VARIABLE}: {error}") from None

    def now(self) -> tuple[Secret, ...]:
        """Return the secrets; those of before if the file cannot be read, or holds none."""
        if self._path is not None:
            try:
                self._kept = parse_secrets(self._path.read_text(encoding="utf-8"))
                self._failing = False
            except (OSError, ValueError) as error:
                if not self._failing:
                    why = error.strerror if isinstance(error, OSError) else str(error)
                    _log.error("the secrets cannot be read; signing with those of before", file=self._path, why=why)
                self._failing = True
        return self._kept


def secrets_from(path: Path | None) -> Secrets:
    """Return the secrets of a file, or else of the environment. Raises Failure if there are none."""
    text = os.environ.get(SECRETS_VARIABLE, "")
    if path is None and not text:
        raise usage(f"webhooks are signed: give --secret-file FILE, or set {SECRETS_VARIABLE}")
    return Secrets(path, text)


class _Answer(NamedTuple):
    status: int
    retry_after: str | None
    text: str


class Webhook:
    """A receiver at a URL.

    Args:
        url: its address; http only for this machine, unless `allow_http`.
        secrets: with all of which each attempt is signed.
        timeout_s: how long an attempt may take.
        wall_ms: the wall clock (ms UTC), by which a receiver tells old attempts from new ones.
        ca: a file with authorities to trust instead of the usual ones.
        allow_http: send in plain text to other machines too.
    """

    batch_max = 1

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        *,
        timeout_s: float,
        wall_ms: Callable[[], int],
        ca: Path | None = None,
        allow_http: bool = False,
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._timeout_s = timeout_s
        self._wall_ms = wall_ms
        parts = _checked(url, allow_http)
        self.name = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        self._ca = ca
        self._pool = self._new_pool()

    def _new_pool(self) -> urllib3.PoolManager:
        context = create_urllib3_context()
        if self._ca is None:
            context.load_default_certs()
        else:
            try:
                context.load_verify_locations(self._ca)
            except OSError as error:
                raise Failure(f"{self._ca}: {error.strerror or 'no certificates (PEM)'}") from None
        options: dict[str, Any] = {
            "ssl_context": context,
            "timeout": Timeout(connect=min(10.0, self._timeout_s), read=self._timeout_s),
            "retries": False,
        }
        proxy = _proxy_for(self._url)
        return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)

    async def deliver(self, events: Sequence[Event]) -> None:
        """POST the event; see `Sink.deliver`."""
        (event,) = events
        headers = {"Content-Type": CONTENT_TYPE, "User-Agent": "onduty-export"}
        headers |= signature_headers(self._secrets.now(), event.id, self._wall_ms() // 1_000, event.body)
        try:
            answer = await asyncio.wait_for(_in_thread(lambda: self._post(event.body, headers)), self._timeout_s)
        except urllib3.exceptions.NewConnectionError as error:
            # It counts as one of urllib3's time-outs, whatever the reason.
            raise NotDelivered(Problem.UNREACHABLE, _reason(error)) from None
        except (TimeoutError, urllib3.exceptions.TimeoutError):
            # The attempt may go on in its thread; another one must not use its connection.
            self._pool = self._new_pool()
            raise NotDelivered(Problem.TIMEOUT, f"no answer within {self._timeout_s:g} s") from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NotDelivered(Problem.UNREACHABLE, _reason(error)) from None
        self._judge(answer)

    def _post(self, body: bytes, headers: dict[str, str]) -> _Answer:
        response = self._pool.request(
            "POST", self._url, body=body, headers=headers, redirect=False, preload_content=False
        )
        text = response.read(_READ_BYTES, decode_content=False)[:_ANSWER_BYTES].decode(errors="replace")
        if response.read(1, decode_content=False):
            # There is more than anybody wants. At its end the connection would have been kept.
            response.close()
        return _Answer(response.status, response.headers.get("Retry-After"), visible(" ".join(text.split())))

    def _judge(self, answer: _Answer) -> None:
        """Raise what the answer means, unless it is success."""
        status = answer.status
        if 200 <= status < 300:
            return
        said = f"HTTP {status}" + (f": {answer.text}" if answer.text else "")
        if status == _GONE:
            raise ReceiverGone(f"{self.name} answers {said}")
        if status in _OF_EVENT:
            raise EventRefused(said)
        if 300 <= status < 400:
            raise NotDelivered(Problem.REFUSED, f"{said} (redirects are not followed; give the new address with --url)")
        problem = Problem.REFUSED if status in (401, 403, 404, 405, 407) else Problem.UNAVAILABLE
        raise NotDelivered(problem, said, retry_after_s=parse_retry_after(answer.retry_after, self._wall_ms()))

    async def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _checked(url: str, allow_http: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise usage("the URL is malformed") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise usage("the URL of a webhook is like https://example.com/hooks/onduty")
    if parts.username is not None or parts.password is not None:
        raise usage("the URL of a webhook must not have a password: events are signed, and logs name the host")
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
        raise usage(f"http://{parts.hostname} is not encrypted: use https, or give --allow-http")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for a URL (HTTPS_PROXY, HTTP_PROXY, NO_PROXY); None for none."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _reason(error: Exception) -> str:
    """Return why a connection failed, without the URL, whose path may be a secret."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    strerror = getattr(cause, "strerror", None)
    return visible(str(strerror or cause)) or type(cause).__name__


async def _in_thread(call: Callable[[], T]) -> T:
    """Return the result of a call that blocks. Cancelled, it goes on, and does not hold up the end of the program."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def finish(act: Callable[[], None]) -> None:
        def act_if_waited_for() -> None:
            if not future.done():
                act()

        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(act_if_waited_for)

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - it is passed on
            failure = error
            finish(lambda: future.set_exception(failure))
        else:
            finish(lambda: future.set_result(result))

    threading.Thread(target=run, name="onduty-webhook", daemon=True).start()
    return await future
