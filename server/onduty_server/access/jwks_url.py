"""Fetches the keys of an issuer from a URL: at intervals, and at once when a token names an unknown key.

After a failed fetch it is not known whether a key is valid, and callers are told that they may retry: a valid token
must not be refused for ever.

Invariants: a fetch never blocks the event loop, is bounded in time and size, follows no redirect and is the only one at
a time; unknown keys cause at most one in `_AGAIN_AFTER_MS`, so callers cannot make this server flood the issuer; and
keys that could not be confirmed for `_TRUSTED_FOR_MS` are no longer trusted.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import structlog

from ..app.ports.clock import Clock
from ..domain.errors import IssuerUnavailable
from .jwts import VerificationKey

INTERVAL_MS: Final = 300_000
_AGAIN_AFTER_MS: Final = 10_000
_FIRST_AGAIN_AFTER_MS: Final = 1_000
"""The interval before the first answer, without which no token can be accepted."""
_TRUSTED_FOR_MS: Final = 24 * 3_600_000
_TIMEOUT_S: Final = 5.0
_GIVEN_UP_AFTER_S: Final = 3 * _TIMEOUT_S
"""The time limit of a whole fetch, since looking up a name has no limit of its own."""
_MAX_BYTES: Final = 1024 * 1024
_CHUNK: Final = 64 * 1024

_log = structlog.get_logger(__name__)


class JwksUrl:
    """Keeps the keys at one URL. `take` is called with them, and with none once they are no longer trusted.

    `parse` reads what was fetched, and raises ValueError.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        parse: Callable[[bytes], tuple[VerificationKey, ...]],
        take: Callable[[tuple[VerificationKey, ...]], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._parse = parse
        self._take = take
        self._tls = tls
        self._tried_at: int | None = None
        self._answered = False
        """True if the last attempt brought keys."""
        self._confirmed_at: int | None = None
        self.look_again = asyncio.Event()
        """When it is set, the keys are fetched at once."""
        self._one_at_a_time = asyncio.Lock()

    async def newer(self) -> bool:
        """Fetch now, unless that was just done. Returns True if there may be new keys.

        Raises:
            IssuerUnavailable: the last attempt failed.
        """
        asked_at = self._clock.now()
        async with self._one_at_a_time:
            if self._confirmed_at is not None and self._confirmed_at >= asked_at:
                return True  # another caller's fetch, which began after this call or just before it
            if self._tried_at is None or self._clock.now() >= self._tried_at + self._again_after_ms:
                return await self._fetch() or self._unknown()
            return False if self._answered else self._unknown()

    async def run(self) -> None:
        """Fetch at intervals, and sooner after a failure, until cancelled."""
        while True:
            self.look_again.clear()
            async with self._one_at_a_time:
                fetched = await self._fetch()
            pause_ms = INTERVAL_MS if fetched else self._again_after_ms
            await self._clock.wait(self.look_again, self._clock.now() + pause_ms)

    @property
    def _again_after_ms(self) -> int:
        return _FIRST_AGAIN_AFTER_MS if self._confirmed_at is None else _AGAIN_AFTER_MS

    def _unknown(self) -> NoReturn:
        assert self._tried_at is not None
        raise IssuerUnavailable(max(self._tried_at + self._again_after_ms - self._clock.now(), 1))

    async def _fetch(self) -> bool:
        self._tried_at, self._answered = self._clock.now(), False
        try:
            async with asyncio.timeout(_GIVEN_UP_AFTER_S):
                data = await asyncio.to_thread(fetch, self._url, self._tls, stopwatch=self._clock.stopwatch)
            keys = self._parse(data)
        except (OSError, ValueError) as error:
            _log.error("the keys of the issuer could not be fetched", url=self._url, why=str(error))
            trusted_until = None if self._confirmed_at is None else self._confirmed_at + _TRUSTED_FOR_MS
            if trusted_until is not None and self._clock.now() >= trusted_until:
                self._take(())
            return False
        self._take(keys)
        self._answered = True
        self._confirmed_at = self._clock.now()
        return True


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect: the operator trusts this URL and no other."""


def fetch(
    url: str,
    tls: ssl.SSLContext | None = None,
    *,
    stopwatch: Callable[[], float],
    timeout_s: float = _TIMEOUT_S,
) -> bytes:
    """Fetch a URL, blocking. Raises OSError or ValueError if the answer does not come in time or is too long."""
    try:
        return _fetched(url, tls, stopwatch, timeout_s)
    except http.client.HTTPException as error:
        raise OSError(f"not HTTP: {type(error).__name__}") from None


def _fetched(url: str, tls: ssl.SSLContext | None, stopwatch: Callable[[], float], timeout_s: float) -> bytes:
    until = stopwatch() + timeout_s
    # Use no proxies from the environment, and no handlers for file: and ftp:.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=tls or ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _NoRedirects(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "onduty"})
    received = bytearray()
    with opener.open(request, timeout=timeout_s) as response:
        # Read in chunks and check the time: with a byte every second each single read is within its limit.
        while chunk := response.read1(_CHUNK):
            received += chunk
            if len(received) > _MAX_BYTES:
                raise OSError(f"longer than {_MAX_BYTES} bytes")
            if stopwatch() > until:
                raise OSError(f"not complete within {timeout_s:g} s")
    return bytes(received)


def check_url(url: str) -> None:
    """Raise ValueError unless a URL can be trusted: HTTPS, or HTTP on this machine."""
    parts = urlsplit(url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError("keys are fetched over https only, or over http from this machine")
    if parts.username or parts.password:
        raise ValueError("a user or password must not be in it, since it appears in logs")
