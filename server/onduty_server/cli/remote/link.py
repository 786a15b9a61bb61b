"""Keeps a stream to the server, over lost connections and servers that restart.

Invariant: what another attempt cannot cure ends the command, with its exit code; anything else is tried again after a
jittered wait, and the person is told once when the server is lost and once when it is back.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

import grpc

import onduty_client
from onduty_client._endpoint import Endpoint
from onduty_client._timing import backoff_s, steady

from ..errors import ExitCode, Failure
from .remote import refused, security, token_of, unreachable

_GOOD_AFTER_S = 5.0
"""A stream that lived for this long was a good one: the next failure is the first of its row."""
_RETRY_DELAY_MAX_S = 60.0


class Link:
    """One stream after the other, each on a connection of its own.

    Args:
        server: where to.
        session: runs one stream; says whether the work is done. It calls `heard` for what the server says.
        say: told when the server is lost and when it is back.
        first_patience_s: how long to try before the server has been heard for the first time.
        patience_s: how long to try after that.
    """

    def __init__(
        self,
        server: str,
        session: Callable[[grpc.aio.Channel], Awaitable[bool]],
        *,
        say: Callable[[str], None],
        first_patience_s: float,
        patience_s: float = math.inf,
    ) -> None:
        self.server = server
        self.connects = 0
        """How many streams the server has answered."""
        self.lost: str | None = None
        """Why there is no connection now; None while there is one, and before the first."""
        found = self._security = security(server)
        self.endpoint = Endpoint(server, found.credentials(), token_of(found), found.certificate is not None)
        """Where the streams go, and what travels along."""
        self._session = session
        self._say = say
        self._patience_s = first_patience_s
        self._later_patience_s = patience_s
        self._lost_at = steady()
        self._answered = False
        self._first: asyncio.Timeout | None = None

    def metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """What to send along with a stream.

        Raises:
            Failure: the token cannot be had.
        """
        return self.endpoint.call_metadata()

    def heard(self) -> None:
        """The server said something."""
        if not self._answered:
            self._answered = True
            self.connects += 1
            self._patience_s = self._later_patience_s
            if self._first is not None:
                self._first.reschedule(None)
            if self.lost is not None:
                self._say(f"{self.server}: connected again after {self.lost_for_s:.1f} s")
                self.lost = None

    @property
    def lost_for_s(self) -> float:
        """Since when there is no connection, in seconds; 0 while there is one."""
        return 0.0 if self.lost is None else steady() - self._lost_at

    @property
    def patience_left_s(self) -> float:
        """How long to go on trying, while there is no connection."""
        return self._patience_s - (steady() - self._lost_at)

    async def run(self) -> None:
        """Until a session says that the work is done.

        Raises:
            Failure: the server refuses, or could not be reached for as long as there was patience.
        """
        failures = 0
        while True:
            began = steady()
            self._answered = False
            error: onduty_client.OndutyError | None = None
            channel = self.endpoint.channel()
            try:
                async with asyncio.timeout(None) as self._first:
                    if not self.connects:
                        self._first.reschedule(asyncio.get_running_loop().time() + max(0.0, self.patience_left_s))
                    if await self._session(channel):
                        return
            except onduty_client.OndutyError as caught:
                error = caught
                if is_hopeless(error):
                    raise refused(error, self._security) from None
            except TimeoutError:
                error = onduty_client.Unavailable(f"nothing was heard for {self._patience_s:g} s")
            finally:
                await channel.close()
            await self._wait(error, failures if steady() - began < _GOOD_AFTER_S else 0)
            failures = failures + 1 if steady() - began < _GOOD_AFTER_S else 1

    async def _wait(self, error: onduty_client.OndutyError | None, failures: int) -> None:
        reason = "the server ended the stream" if error is None else error.message
        if self.connects:
            if self.lost is None:
                self._lost_at = steady()
                self._say(f"{self.server}: connection lost: {reason}; trying to reconnect")
            self.lost = reason
        asked = 0.0 if error is None or error.retry_delay is None else error.retry_delay.total_seconds()
        delay_s = backoff_s(failures) + min(asked, _RETRY_DELAY_MAX_S)
        left_s = self.patience_left_s
        if left_s <= delay_s:
            await asyncio.sleep(max(0.0, left_s))
            if error is not None and error.reason:
                # It is there, and refuses for now; but a store that cannot write is as good as no server.
                cannot = isinstance(error, onduty_client.StoreUnavailable)
                raise Failure(f"{self.server}: {reason}", ExitCode.UNAVAILABLE if cannot else ExitCode.FAILED)
            raise await asyncio.to_thread(unreachable, self.server, f": {reason}")
        await asyncio.sleep(delay_s)


def is_hopeless(error: onduty_client.OndutyError) -> bool:
    """Whether another attempt will fail in the same way."""
    refusals = (
        onduty_client.InvalidField,
        onduty_client.ResumeTokenExpired,
        onduty_client.CredentialRequired,
        onduty_client.PermissionRequired,
    )
    return isinstance(error, refusals) or error.code is grpc.StatusCode.UNIMPLEMENTED
