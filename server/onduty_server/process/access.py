"""Builds the access control of a server from the settings, and from the files and the URL that they name.

Each kind of credentials is an object here: the server's certificate, and the callers with their keys. It loads its
files at the start, takes later contents as a whole, and records changes in the audit log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from ..access.access_file import EMPTY_ACCESS_FILE, parse_access_file
from ..access.audit import AuditLog
from ..access.authentication import Authenticator
from ..access.certificates import Pair, check_pair
from ..access.files import WatchedFiles, content_of, reload_forever
from ..access.jwks_url import JwksUrl
from ..access.jwts import TokenRules, VerificationKey, parse_jwks
from ..access.key_file import ApiKey, parse_key_file
from ..app.ports.clock import Clock
from ..transport.grpc.tls import ServerTls
from ..transport.guard import Guard
from ..transport.http.tls import HttpTls

if TYPE_CHECKING:
    from .config.settings import Settings

OFF: Final = "off"
"""The value of a setting that is not used."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """The guard of the calls, the TLS of each door, and the background tasks that keep all up to date, by their names.

    Setting an event of `look_again` makes one of the tasks look for changes at once.
    """

    guard: Guard
    tls: ServerTls | None = None
    http_tls: HttpTls | None = None
    files: Sequence[WatchedFiles] = ()
    tasks: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    look_again: Sequence[asyncio.Event] = ()

    def reload(self) -> None:
        """Look for changes at once."""
        _log.info("looking for changed files and keys")
        for event in self.look_again:
            event.set()


def build_access(settings: Settings, clock: Clock, write: Callable[[str], None]) -> Access:
    """Build the guard and the TLS, with their files loaded. `write` takes lines of the audit log.

    Raises:
        UnusableFile: a file cannot be used.
    """
    audit = AuditLog(clock, write)
    files: list[WatchedFiles] = []
    tasks: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
    look_again: list[asyncio.Event] = []
    certificate = _Certificate(settings, audit) if settings.tls_certificate != OFF else None
    if certificate is not None:
        files.append(certificate.files)
    credentials = _Credentials(settings, clock, audit) if settings.authenticates else None
    if credentials is not None:
        files += credentials.files
        tasks["credentials"] = credentials.authenticator.run
        if credentials.issuer is not None:
            tasks["issuer"] = credentials.issuer.run
            look_again.append(credentials.issuer.look_again)
    if files:
        look_again.append(files_again := asyncio.Event())
        tasks["files"] = partial(reload_forever, files, clock, files_again)
    tls, http_tls = (None, None) if certificate is None else (certificate.tls, certificate.http_tls)
    authenticator = None if credentials is None else credentials.authenticator
    guard = Guard(audit, authenticator, certificates=tls is not None and tls.asks_for_certificates)
    return Access(guard, tls, http_tls, files, tasks, look_again)


class _Certificate:
    """The server's certificate, and the authorities of client certificates if they are required."""

    def __init__(self, settings: Settings, audit: AuditLog) -> None:
        self.tls: ServerTls | None = None
        self.http_tls: HttpTls | None = None
        self._audit = audit
        self.files = _watched(settings, ("tls_certificate", "tls_key", "tls_client_ca"), self._take)
        self.files.load()

    def _take(self, contents: Sequence[bytes]) -> None:
        pair = Pair(contents[0], contents[1], contents[2] if len(contents) > 2 else b"")
        shown = check_pair(pair)
        if self.tls is None or self.http_tls is None:
            self.tls, self.http_tls = ServerTls(pair), HttpTls(pair)
        else:
            self.http_tls.take(pair)
            self.tls.take(pair)
            self._audit.record("certificate_changed", **shown)


class _Credentials:
    """The authenticator and its data: callers with their keys, and the keys that sign JWTs."""

    def __init__(self, settings: Settings, clock: Clock, audit: AuditLog) -> None:
        self._settings = settings
        self._api_keys = _KeyChanges(audit, "keys_changed")
        self._token_keys = _KeyChanges(audit, "token_keys_changed")
        rules = _token_rules(settings)
        self.issuer: JwksUrl | None = None
        if "://" in settings.jwt_keys:
            self.issuer = JwksUrl(settings.jwt_keys, clock, parse=self._parse_token_keys, take=self._take_token_keys)
        newer_keys = None if self.issuer is None else self.issuer.newer
        self.authenticator = Authenticator(clock, rules=rules, newer_keys=newer_keys)
        self.files: list[WatchedFiles] = []
        if rules is not None and self.issuer is None:
            self._watch(("jwt_keys",), lambda contents: self._take_token_keys(self._parse_token_keys(contents[0])))
        if (settings.key_file, settings.access_file) != (OFF, OFF):
            self._watch(("key_file", "access_file"), self._take_callers)

    def _parse_token_keys(self, data: bytes) -> tuple[VerificationKey, ...]:
        return parse_jwks(data, tuple(self._settings.jwt_algorithms.split(",")))

    def _watch(self, names: Sequence[str], take: Callable[[Sequence[bytes]], None]) -> None:
        files = _watched(self._settings, names, take)
        files.load()
        self.files.append(files)

    def _take_token_keys(self, keys: tuple[VerificationKey, ...]) -> None:
        self.authenticator.take_token_keys(keys)
        self._token_keys.note([key.key_id or "unnamed" for key in keys])

    def _take_callers(self, contents: Sequence[bytes]) -> None:
        settings, rest = self._settings, list(contents)
        access_file = EMPTY_ACCESS_FILE
        keys: Mapping[str, ApiKey] = {}
        if settings.access_file != OFF:
            with content_of(settings.access_file):
                access_file = parse_access_file(rest.pop())
        if settings.key_file != OFF:
            with content_of(settings.key_file):
                keys = parse_key_file(rest.pop(), access_file.roles)
        self.authenticator.take_callers(access_file, keys)
        self._api_keys.note([f"{key.key_id} {key.caller.name}" for key in keys.values()])


class _KeyChanges:
    """Records in the audit log which keys were added and removed, by their ids."""

    def __init__(self, audit: AuditLog, event: str) -> None:
        self._audit = audit
        self._event = event
        self._known: Sequence[str] = ()

    def note(self, keys: Sequence[str]) -> None:
        """Record the differences to the keys of the last call."""
        before, now = {*self._known}, {*keys}
        self._known = keys
        self._audit.record(self._event, keys=len(keys), added=sorted(now - before), removed=sorted(before - now))


def _token_rules(settings: Settings) -> TokenRules | None:
    if settings.jwt_keys == OFF:
        return None
    return TokenRules(
        settings.jwt_issuer,
        settings.jwt_audience,
        tuple(settings.jwt_algorithms.split(",")),
        settings.jwt_roles_claim,
        settings.jwt_accounts_claim,
    )


def _watched(settings: Settings, names: Sequence[str], take: Callable[[Sequence[bytes]], None]) -> WatchedFiles:
    """Watch the files that these settings name, except for settings that are off."""
    given = [name for name in names if getattr(settings, name) != OFF]
    return WatchedFiles([Path(getattr(settings, name)) for name in given], take, given)
