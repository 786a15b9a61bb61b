"""TLS, a client certificate and a token, by which a client identifies itself and verifies the server.

Invariants: no token and no key appears in a repr, an error or a log; a token is sent only over an encrypted connection,
or to this machine, unless the program allows plain text.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import grpc

from onduty_client._connection import MetadataProvider
from onduty_client._target import is_local

#: A token, or a function that returns one and is called before each call, since tokens expire.
Token: TypeAlias = str | Callable[[], str]

_TOKEN_MAX_BYTES: Final = 7 * 1024

_GIVEN: Final = "the token"

#: The environment variables of `Security.from_environment`, by field.
VARIABLES: Final[Mapping[str, str]] = {
    "tls": "ONDUTY_TLS",
    "ca": "ONDUTY_SERVER_CA",
    "certificate": "ONDUTY_CLIENT_CERTIFICATE",
    "key": "ONDUTY_CLIENT_KEY",
    "token": "ONDUTY_TOKEN",
    "token_file": "ONDUTY_TOKEN_FILE",
    "allow_plaintext": "ONDUTY_CLIENT_ALLOW_PLAINTEXT",
}


@dataclass(frozen=True, slots=True)
class Security:
    """The `security` of a client, mirror or reporter. Files are read when a client is made with it.

    Attributes:
        tls: encrypt. Naming an authority or a certificate implies it.
        ca: the certificate authority to trust, as a PEM file. Without one, those that come with grpcio, or the system's
            over HTTP, are trusted.
        certificate: the client's own certificate chain, as a PEM file; it needs `key`.
        key: the private key of `certificate`, as a PEM file.
        token: an API key or a JWT, or a function that returns one, called before each call.
        token_file: a file with a token, read again whenever it changes.
        allow_plaintext: send a token to another machine without TLS, because something else encrypts.
    """

    tls: bool = False
    ca: Path | str | None = None
    certificate: Path | str | None = None
    key: Path | str | None = None
    token: Token | None = field(default=None, repr=False)
    token_file: Path | str | None = None
    allow_plaintext: bool = False

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            given, missing = ("certificate", "key") if self.key is None else ("key", "certificate")
            raise ValueError(f"{given} needs {missing} as well")
        if self.token is not None and self.token_file is not None:
            raise ValueError("either token or token_file, not both")
        if isinstance(self.token, str):
            _check_token(self.token)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> "Security":
        """Read the environment variables; `given` fields override them.

        They are ONDUTY_TLS, ONDUTY_SERVER_CA, ONDUTY_CLIENT_CERTIFICATE, ONDUTY_CLIENT_KEY, ONDUTY_TOKEN,
        ONDUTY_TOKEN_FILE and ONDUTY_CLIENT_ALLOW_PLAINTEXT. ONDUTY_TOKEN takes precedence over ONDUTY_TOKEN_FILE, and a
        token that is given over both. Raises ValueError when the fields contradict each other.
        """
        values = _environment_values(os.environ if environment is None else environment)
        if not given.keys().isdisjoint(("token", "token_file")):
            values.pop("token", None), values.pop("token_file", None)
        return cls(**{**values, **given})

    @property
    def encrypts(self) -> bool:
        """True if connections are encrypted."""
        return self.tls or self.ca is not None or self.certificate is not None

    def credentials(self) -> grpc.ChannelCredentials | None:
        """Return the credentials for a secure channel; None for plain text. Raises OSError if a file can't be read."""
        if not self.encrypts:
            return None
        return grpc.ssl_channel_credentials(*map(_content, (self.ca, self.key, self.certificate)))

    def metadata(self) -> MetadataProvider | None:
        """Return the provider of the token; None if there is no token."""
        if self.token_file is not None:
            return _Bearer(_TokenFile(Path(self.token_file)), f"the token in {self.token_file}")
        if self.token is None:
            return None
        return _Bearer(self.token if callable(self.token) else _Constant(self.token))

    def check(self, target: str) -> None:
        """Raise ValueError if a token would travel by gRPC to another machine in plain text."""
        self.check_plaintext(target, is_safe=self.encrypts or is_local(target))

    def check_plaintext(self, target: str, *, is_safe: bool) -> None:
        """Raise ValueError if there is a token that is not safe on its way: neither encrypted, nor on this machine."""
        has_token = self.token is not None or self.token_file is not None
        if has_token and not self.allow_plaintext and not is_safe:
            raise ValueError(
                f"a token would travel to {target} in plain text; use TLS (a certificate authority, or tls), or set "
                "allow_plaintext (ONDUTY_CLIENT_ALLOW_PLAINTEXT) if something else encrypts"
            )

    def with_token(self, metadata: MetadataProvider | None) -> MetadataProvider | None:
        """The provider that sends the token along, and what `metadata` has."""
        own = self.metadata()
        return _CombinedMetadata(own, metadata) if own is not None and metadata is not None else own or metadata


def _environment_values(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of `Security` that an environment sets."""
    values: dict[str, Any] = {name: environment[it] for name, it in VARIABLES.items() if environment.get(it)}
    if "token" in values:
        values.pop("token_file", None)
    for name in ("tls", "allow_plaintext"):
        if name in values:
            values[name] = _is_true(values[name], VARIABLES[name])
    return values


def resolve(
    target: str,
    security: Security | None,
    credentials: grpc.ChannelCredentials | None,
    metadata: MetadataProvider | None,
) -> tuple[grpc.ChannelCredentials | None, MetadataProvider | None]:
    """Return the credentials and metadata for a client of `target`. Raises ValueError, or OSError for a file."""
    if security is None:
        return credentials, metadata
    if credentials is not None:
        raise ValueError("either security or credentials, not both")
    security.check(target)
    return security.credentials(), security.with_token(metadata)


class _Constant:
    """A token that never changes. It is an object, so that no repr shows the token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self) -> str:
        return self._token


class _TokenFile:
    """A token in a file that another program renews."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._token = ""

    def __call__(self) -> str:
        status = self._path.stat()
        seen = status.st_mtime_ns, status.st_size, status.st_ino
        if seen != self._seen:
            with self._path.open(encoding="ascii", errors="replace") as file:
                self._token = file.read(_TOKEN_MAX_BYTES + 2).strip()
            self._seen = seen
        return self._token


class _Bearer:
    """Metadata with the current token."""

    def __init__(self, token: Callable[[], str], whose: str = _GIVEN) -> None:
        self._token = token
        self._whose = whose

    def __call__(self) -> Iterable[tuple[str, str | bytes]]:
        token = self._token()
        _check_token(token, self._whose)
        return (("authorization", f"Bearer {token}"),)


class _CombinedMetadata:
    """The metadata of two providers."""

    def __init__(self, one: MetadataProvider, other: MetadataProvider) -> None:
        self._one, self._other = one, other

    def __call__(self) -> Iterable[tuple[str, str | bytes]]:
        return (*self._one(), *self._other())


def _check_token(token: str, whose: str = _GIVEN) -> None:
    # Do not quote it, and check it before grpcio, which would quote a value that it can't send.
    if not isinstance(token, str):
        raise TypeError(f"{whose} must be a str, got {type(token).__name__}")
    if not token:
        raise ValueError(f"{whose} is empty")
    if len(token) > _TOKEN_MAX_BYTES:
        raise ValueError(f"{whose} is longer than {_TOKEN_MAX_BYTES} bytes")
    if len(token.split()) > 1 or token.strip() != token:
        raise ValueError(f"{whose} must be one word on one line, without white space")
    if not token.isascii() or not token.isprintable():
        raise ValueError(f"{whose} holds characters that no token holds; only printable ASCII may be sent")


def _content(path: Path | str | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()


def _is_true(text: str, variable: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{variable} must be true or false, got {text!r}")
