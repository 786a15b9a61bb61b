"""Publishes events to a stream of NATS JetStream, one after the other, each once the one before is stored.

Invariant: an event's id is its `Nats-Msg-Id`, so that the stream drops what is published again within its window for
duplicates.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoServersError
from nats.js.errors import APIError, NoStreamResponseError

from ....text.escaping import visible
from ...errors import usage
from .events import CONTENT_TYPE, Event, encoded
from .sinks import NotDelivered, Problem

_MSG_ID: Final = "Nats-Msg-Id"
_CLOSE_S: Final = 2.0
_AGAIN_S: Final = 0.1


def default_subject(account_id: str) -> str:
    """Return the subject of an account's events."""
    return f"onduty.events.{encoded(account_id)}"


class NatsStream:
    """The stream that takes a subject.

    Args:
        url: of one server of the cluster or more, separated by commas.
        subject: the subject of all events.
        timeout_s: how long an attempt may take.
        credentials: a file of credentials (`.creds`).
        ca: a file with authorities to trust instead of the usual ones.
    """

    batch_max = 1

    def __init__(
        self, url: str, subject: str, *, timeout_s: float, credentials: Path | None = None, ca: Path | None = None
    ) -> None:
        self._servers = [_checked(server.strip()) for server in url.split(",")]
        self._subject = _checked_subject(subject)
        self._timeout_s = timeout_s
        self._credentials = credentials
        self._ca = ca
        self._client: Client | None = None
        self._error: Exception | None = None
        self.name = f"subject {subject}"

    async def deliver(self, events: Sequence[Event]) -> None:
        """Publish the event and wait until it is stored; see `Sink.deliver`."""
        (event,) = events
        try:
            async with asyncio.timeout(self._timeout_s):
                client = await self._connected()
                headers = {_MSG_ID: event.id, "content-type": CONTENT_TYPE}
                await client.jetstream(timeout=self._timeout_s).publish(self._subject, event.body, headers=headers)
        except NoStreamResponseError:
            message = f"no stream takes subject {self._subject}; add it to one: nats stream add"
            raise NotDelivered(Problem.UNAVAILABLE, message) from None
        except APIError as error:
            raise NotDelivered(Problem.REFUSED, visible(f"{error.description} ({error.err_code})")) from None
        except TimeoutError:
            await self._forget()
            raise NotDelivered(Problem.TIMEOUT, f"no acknowledgement within {self._timeout_s:g} s") from None
        except (NatsError, OSError) as error:
            await self._forget()
            cause = self._error if isinstance(error, NoServersError) and self._error is not None else error
            raise NotDelivered(Problem.UNREACHABLE, _reason(cause)) from None

    async def _connected(self) -> Client:
        if self._client is not None and self._client.is_connected:
            return self._client
        await self._forget()
        options: dict[str, object] = {}
        if self._credentials is not None:
            options["user_credentials"] = str(self._credentials)
        if self._ca is not None:
            options["tls"] = _trusting(self._ca)
        # Attempts are the exporter's: a client that connects by itself would publish later what was given up.
        self._client = await nats.connect(
            self._servers,
            name="onduty export",
            allow_reconnect=False,
            # Each server twice, so that the next attempt is the exporter's, too.
            max_reconnect_attempts=1,
            reconnect_time_wait=_AGAIN_S,
            connect_timeout=max(1, int(self._timeout_s)),
            error_cb=self._note,
            **options,
        )
        return self._client

    async def _note(self, error: Exception) -> None:
        """Keep the reason why a server cannot be reached: of all of them, the library says only that there is none."""
        self._error = error

    async def _forget(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(NatsError, OSError, TimeoutError):
                await asyncio.wait_for(client.close(), _CLOSE_S)

    async def close(self) -> None:
        """Close the connection."""
        await self._forget()


def _trusting(ca: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca))


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise usage("the URL is malformed") from None
    if parts.scheme not in ("nats", "tls", "ws", "wss") or not parts.hostname:
        raise usage("the URL of a NATS server is like nats://nats.internal:4222")
    return url


def _checked_subject(subject: str) -> str:
    words = subject.split(".")
    if not all(words) or any(word in ("*", ">") for word in words) or any(c.isspace() for c in subject):
        raise usage(f"{subject!r} is not a subject to publish to; write it like onduty.events.acme")
    return subject


def _reason(error: Exception) -> str:
    return visible(str(getattr(error, "strerror", None) or error)) or type(error).__name__
