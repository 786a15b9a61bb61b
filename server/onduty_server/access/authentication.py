"""Authenticates callers by the credentials of their calls, and ends streams whose credential is no longer valid.

A credential is a bearer token (an API key or a JWT) or, if client certificates are required and there is no token, the
certificate. A verified credential is cached by its text until it expires, so that a call costs one look-up in a
dictionary (a digest would cost 3 % of a call). Any change of the files empties the cache.

Invariants: a credential is valid only while the files, the keys and the clock say so, for streams as well; no message
and no log line contains any part of a token.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from ..app.ports.clock import Clock
from ..domain.errors import CredentialRequired, IssuerUnavailable
from .access_file import EMPTY_ACCESS_FILE, AccessFile
from .certificates import names_in
from .jwts import BadToken, ExpiredToken, TokenRules, UnknownKey, VerificationKey, read_token
from .key_file import NEVER, ApiKey
from .keys import PREFIX, find_key
from .permissions import ANYBODY, Caller

TOKEN_MAX_BYTES: Final = 7 * 1_024
"""The longest token; gRPC accepts 8 KiB of metadata."""
CACHED_MAX: Final = 10_000
"""The size of the cache of verified credentials."""
_WALL_CLOCK_CHECK_MS: Final = 5_000
"""The end of a credential is noticed within this time, even if the wall clock is stepped."""
_ISSUER_RETRY_MS: Final = 10_000
_REVIEWED_AT_A_TIME: Final = 20
"""How many streams are reviewed before calls get their turn; verifying one takes a third of a millisecond."""


class CredentialRefused(CredentialRequired):
    """A credential that is not accepted; `why` is for the audit log, and never quotes it."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class Credential(NamedTuple):
    """The credential that a call presented: an `authorization` header, a certificate (PEM), or nothing."""

    header: str = ""
    certificate: bytes = b""

    def __repr__(self) -> str:
        return "Credential(...)"

    @property
    def presented(self) -> str | bytes:
        """The key in the cache."""
        return self.header or self.certificate


class Admission(NamedTuple):
    """An authenticated caller, the end of its validity (ms UTC), and the credential; None if none is required."""

    caller: Caller
    expires_at: int
    credential: Credential | None


OPEN: Final = Admission(ANYBODY, NEVER, None)
"""The admission of every caller of a server that requires no credential."""


def bearer_token(header: str) -> str:
    """Return the token of an `authorization` header. Raises CredentialRefused if it is malformed."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise CredentialRefused("the authorization is not a bearer token", "malformed authorization")
    if len(token) > TOKEN_MAX_BYTES:
        raise CredentialRefused("the credential is not valid", "oversized token")
    return token


def _is_jwt(credential: Credential | None) -> bool:
    return credential is not None and bool(credential.header) and PREFIX not in credential.header


class _HeldStream:
    """A stream that lasts as long as its credential."""

    __slots__ = ("admission", "timeout")

    def __init__(self, admission: Admission, timeout: asyncio.Timeout) -> None:
        self.admission = admission
        self.timeout = timeout


class Authenticator:
    """Verifies credentials, and ends streams when theirs end. Belongs to one event loop.

    Args:
        clock: its wall clock decides what has expired, as the issuer set the expiry by one.
        rules: the claims that JWTs must have; None if JWTs are not accepted.
        newer_keys: called when a token names an unknown key; returns True if it has called `take_token_keys`, or raises
            IssuerUnavailable.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        rules: TokenRules | None = None,
        newer_keys: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._clock = clock
        self._rules = rules
        self._newer_keys = newer_keys
        self._access_file: AccessFile = EMPTY_ACCESS_FILE
        self._keys: Mapping[str, ApiKey] = {}
        self._token_keys: tuple[VerificationKey, ...] = ()
        self._verified: OrderedDict[str | bytes, Admission] = OrderedDict()
        self._holds: set[_HeldStream] = set()
        self._news = asyncio.Event()
        self._look_at = NEVER
        """The time at which the first of the held credentials expires."""
        self._changed = False

    # --- the callers and keys ----------------------------------------------------------------------------------------

    def take_callers(self, access_file: AccessFile, keys: Mapping[str, ApiKey]) -> None:
        """Replace the callers, roles and API keys."""
        self._access_file, self._keys = access_file, keys
        self._forget()

    def take_token_keys(self, keys: tuple[VerificationKey, ...]) -> None:
        """Replace the keys that sign JWTs."""
        if keys != self._token_keys:
            self._token_keys = keys
            self._forget()

    def _forget(self) -> None:
        self._verified.clear()
        self._changed = True
        self._news.set()

    # --- calls -------------------------------------------------------------------------------------------------------

    def recall(self, header: str | bytes) -> Admission | None:
        """Return the cached admission for this `authorization` (or certificate), if it is still valid."""
        admission = self._verified.get(header)
        if admission is None:
            return None
        expires_at = admission.expires_at
        return admission if expires_at == NEVER or expires_at > self._clock.wall() else None

    def admit(self, credential: Credential) -> Admission | None:
        """Verify a credential without waiting. Returns None if newer keys of the issuer are needed.

        Raises:
            CredentialRefused: the credential is not valid.
        """
        try:
            return self._admit(credential)
        except CredentialRefused as refused:
            if self._newer_keys is not None and isinstance(refused.__cause__, UnknownKey):
                return None
            raise

    async def admit_by_newer_keys(self, credential: Credential) -> Admission:
        """Ask the issuer for newer keys, and verify the credential with them.

        Raises:
            CredentialRefused: the credential is not valid.
            IssuerUnavailable: the issuer does not answer, so the credential cannot be verified.
        """
        assert self._newer_keys is not None
        await self._newer_keys()
        return self._admit(credential)

    def _admit(self, credential: Credential) -> Admission:
        admission = self.recall(credential.presented)
        if admission is None:
            if credential.header:
                caller, expires_at = self._by_token(bearer_token(credential.header))
            elif credential.certificate:
                caller, expires_at = self._by_certificate(credential.certificate)
            else:
                raise CredentialRefused("a credential is required", "no credential")
            if expires_at <= self._clock.wall():
                raise CredentialRefused("the credential has expired", "expired")
            admission = Admission(caller, expires_at, credential)
            self._verified[credential.presented] = admission
            if len(self._verified) > CACHED_MAX:
                self._verified.popitem(last=False)
        return admission

    def _by_token(self, token: str) -> tuple[Caller, int]:
        if token.startswith(PREFIX):
            key = find_key(token, self._keys)
            if key is None:
                raise CredentialRefused("the credential is not valid; ask for a new key", "unknown API key")
            return key.caller, key.expires_at
        if self._rules is None:
            raise CredentialRefused("the credential is not valid; ask for a new key", "unknown kind of token")
        try:
            claims = read_token(token, self._token_keys, self._rules, self._access_file.roles, self._clock.wall())
        except ExpiredToken:
            raise CredentialRefused("the credential has expired", "expired JWT") from None
        except BadToken as error:
            raise CredentialRefused("the credential is not valid", f"JWT: {error}") from error
        # The access file takes precedence over the issuer.
        named = self._access_file.by_subject.get(claims.subject)
        return named or claims.caller, claims.expires_at

    def _by_certificate(self, pem: bytes) -> tuple[Caller, int]:
        try:
            names, expires_at = names_in(pem)
        except ValueError:
            raise CredentialRefused("the credential is not valid", "certificate without a usable name") from None
        for name in names:
            if (caller := self._access_file.by_certificate.get(name)) is not None:
                return caller, expires_at
        # The authority knows the caller, but nothing is granted to it.
        return Caller(names[0], "", "certificate", ()), expires_at

    # --- streams -----------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def held(self, admission: Admission) -> AsyncIterator[None]:
        """Cancel the block when the credential is no longer valid.

        Raises:
            CredentialRefused: the credential has expired, was revoked, or allows something else now.
            IssuerUnavailable: it cannot be verified, since no key of the issuer is trusted any more.
        """
        timeout = asyncio.timeout(None)
        hold = _HeldStream(admission, timeout)
        try:
            async with timeout:
                self._holds.add(hold)
                # Its credential may have ended since it was admitted.
                if not self._still_holds(admission):
                    raise CredentialRefused("the credential has expired or was revoked", "revoked at once")
                if admission.expires_at < self._look_at:
                    self._look_at = admission.expires_at
                    self._news.set()
                try:
                    yield
                finally:
                    self._holds.discard(hold)
        except TimeoutError:
            if not timeout.expired():
                raise
            if self._newer_keys is not None and not self._token_keys and _is_jwt(admission.credential):
                # Its issuer has not been reached for so long that no key is trusted.
                raise IssuerUnavailable(_ISSUER_RETRY_MS) from None
            raise CredentialRefused("the credential has expired or was revoked", "ended with its credential") from None

    async def run(self) -> None:
        """End streams when their credential does, until cancelled."""
        while True:
            await self._due()
            await self.review()

    async def _due(self) -> None:
        """Return once callers or keys have changed, or the first held credential has expired by the wall clock."""
        while not self._news.is_set() and (left_ms := self._look_at - self._clock.wall()) > 0:
            until = None if self._look_at == NEVER else self._clock.now() + min(left_ms, _WALL_CLOCK_CHECK_MS)
            await self._clock.wait(self._news, until)

    async def review(self) -> None:
        """End the streams whose credential is no longer valid."""
        self._news.clear()
        changed, self._changed = self._changed, False
        now, looked_at = self._clock.wall(), 0
        self._look_at = min((hold.admission.expires_at for hold in self._holds), default=NEVER)
        for hold in list(self._holds):
            if hold not in self._holds:
                continue  # it ended while other calls had their turn
            if hold.admission.expires_at <= now or (changed and not self._still_holds(hold.admission)):
                self._holds.discard(hold)
                hold.timeout.reschedule(asyncio.get_running_loop().time())
            if changed and not (looked_at := looked_at + 1) % _REVIEWED_AT_A_TIME:
                await asyncio.sleep(0)
        self._look_at = min((hold.admission.expires_at for hold in self._holds), default=NEVER)

    def _still_holds(self, admission: Admission) -> bool:
        if admission.credential is None:
            return True
        try:
            return self._admit(admission.credential).caller == admission.caller
        except CredentialRefused:
            return False
