"""Serves the files of the console, from memory, under a strict policy of what a page may do.

Beside the files is `sign-in.json`, which tells the pages where people sign in. It has no secret: the console is a
public client.

Invariants: nothing but the files found when the server was built can be asked for; no path reaches the file system; the
pages may call no other server than this one and the provider where people sign in.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ...text.addresses import origin_of
from . import compression
from .exchange import Exchange, Header

PREFIX: Final = "/console"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src {servers}; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
_HEADERS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

_TYPES: Final = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
}
"""The kinds of files that are served; others are left out."""
_SIGN_IN: Final = f"{PREFIX}/sign-in.json"
_JSON: Final = b"application/json"
_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
# A copy is used only once the server has said that it is current, so that no page mixes two versions.
_REVALIDATE: Final = (b"cache-control", b"no-cache")


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider at which people sign in, and the request for tokens that this server accepts."""

    issuer: str
    client_id: str
    scopes: str
    audience: str
    audience_parameter: str | None
    """The parameter that asks for the audience; None if the provider knows it by the client."""

    def described(self) -> Mapping[str, object]:
        """Return what the pages need to know."""
        asked = {} if self.audience_parameter is None else {self.audience_parameter: self.audience}
        return {"issuer": self.issuer, "clientId": self.client_id, "scopes": self.scopes, "parameters": asked}


@dataclass(frozen=True)
class _File:
    kind: bytes
    data: bytes

    @cached_property
    def etag(self) -> bytes:
        return b'"%s"' % hashlib.sha256(self.data).hexdigest()[:32].encode()

    @cached_property
    def packed(self) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        return packer.compress(self.data) + packer.flush()


class Pages:
    """The files, read once, when the object is made.

    Args:
        folder: holds the files.
        provider: where people sign in; None if they can present a token or a key only.
    """

    def __init__(self, folder: Path, provider: Provider | None = None) -> None:
        servers = "'self'" if provider is None else f"'self' {origin_of(provider.issuer)}"
        self.headers: tuple[Header, ...] = (
            (b"content-security-policy", _POLICY.format(servers=servers).encode()),
            *_HEADERS,
        )
        """Headers of every response, an error included."""
        self._files: Mapping[str, _File] = {
            f"{PREFIX}/{path.relative_to(folder).as_posix()}": _File(_TYPES[path.suffix], path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        } | {_SIGN_IN: _File(_JSON, json.dumps({"provider": provider and provider.described()}).encode())}

    async def answer(self, exchange: Exchange) -> bool:
        """Answer a request for a file. Returns False, and does nothing, if the path is not of the console."""
        path, method = exchange.scope["path"], exchange.scope["method"]
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            return False
        exchange.more_headers = self.headers
        if method not in ("GET", "HEAD"):
            await exchange.respond(405, [_TEXT, (b"allow", b"GET, HEAD")], b"called by GET\n")
        elif path == PREFIX:
            await exchange.respond(308, [(b"location", f"{PREFIX}/".encode())])
        else:
            file = self._files.get(f"{PREFIX}/index.html" if path == f"{PREFIX}/" else path)
            if file is None:
                await exchange.respond(404, [_TEXT], b"no such page\n")
            else:
                await _send(exchange, file)
        return True


async def _send(exchange: Exchange, file: _File) -> None:
    headers = [(b"etag", file.etag), _REVALIDATE, (b"vary", b"accept-encoding")]
    known = exchange.headers.get(b"if-none-match", b"")
    if file.etag in (each.strip().removeprefix(b"W/") for each in known.split(b",")):
        await exchange.start(304, headers)
        await exchange.end()
        return
    headers.append((b"content-type", file.kind))
    body = file.data
    if compression.worthwhile(body) and compression.accepts_gzip(exchange.headers.get(b"accept-encoding", b"")):
        body = file.packed
        headers.append((b"content-encoding", b"gzip"))
    await exchange.respond(200, headers, body)
