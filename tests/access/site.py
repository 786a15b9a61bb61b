"""A server that requires credentials: real TLS, real files, and its audit log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from grpc import aio
from tests.access.authority import AUDIENCE, ISSUER, Authority, Issued, Issuer, jwks, write
from tests.fakes import FakeClock
from tests.grpc.wire import Wire
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.access.key_file import NEVER, written_key
from onduty_server.access.keys import new_key
from onduty_server.app.ports.store import Store
from onduty_server.process.access import build_access
from onduty_server.process.application import Application
from onduty_server.process.config.settings import Settings
from onduty_server.transport.http.server import HttpListen

ALONE = (("grpc.use_local_subchannel_pool", 1),)
"""A connection of its own for each channel."""


class Who(NamedTuple):
    """What a caller sends along."""

    token: str = ""
    actor: str = ""
    raw: tuple[tuple[str, str], ...] = ()

    @property
    def metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        sent: list[tuple[str, str | bytes]] = [*self.raw]
        if self.token:
            sent.append(("authorization", f"Bearer {self.token}"))
        if self.actor:
            sent.append(("onduty-actor-bin", self.actor.encode()))
        return tuple(sent)


class Site:
    """The files of a server, and the server once it runs."""

    def __init__(self, directory: Path, clock: FakeClock) -> None:
        self.directory = directory
        self.clock = clock
        self.authority = Authority()
        self.issuer = Issuer()
        self.audit: list[dict[str, Any]] = []
        self.store: Store | None = None
        """What it serves, if not a store in memory like any other."""
        self.application: Application
        self.certificate, self.key = write(directory / "server", self.authority.server())
        self.ca, self.keys, self.access, self.jwks = (
            directory / name for name in ("ca.pem", "keys.jsonl", "access.toml", "jwks.json")
        )
        self.ca.write_bytes(self.authority.pem)
        self.keys.write_text("# no keys yet\n")
        self.access.write_text("")
        self.jwks.write_bytes(jwks(self.issuer))

    def add_key(
        self,
        name: str,
        roles: Sequence[str],
        accounts: Sequence[str] = ("*",),
        user_id: str = "",
        expires_at: int = NEVER,
    ) -> str:
        """A new API key, entered in the file."""
        key = new_key()
        line = written_key(
            key_id=key.key_id,
            digest=key.digest,
            name=name,
            roles=roles,
            accounts=accounts,
            user_id=user_id,
            created_at=self.clock.now(),
            expires_at=expires_at,
        )
        with self.keys.open("a") as file:
            file.write(line + "\n")
        return key.secret

    def remove_key(self, secret: str) -> None:
        """Take a key out of the file."""
        key_id = secret.split("_")[1]
        kept = [line for line in self.keys.read_text().splitlines(keepends=True) if key_id not in line]
        self.keys.write_text("".join(kept))

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "tls_certificate": str(self.certificate),
            "tls_key": str(self.key),
            "key_file": str(self.keys),
            "access_file": str(self.access),
            "jwt_keys": str(self.jwks),
            "jwt_issuer": ISSUER,
            "jwt_audience": AUDIENCE,
        }

    @asynccontextmanager
    async def serving(self, **changed: Any) -> AsyncIterator[Site]:
        """The server; settings of None are left at their defaults."""
        settings = {name: value for name, value in {**self.settings, **changed}.items() if value is not None}
        access = build_access(Settings(**settings), self.clock, lambda line: self.audit.append(json.loads(line)))
        http = HttpListen("127.0.0.1:0", tls=access.http_tls, by_any_name=True)
        reflection = settings.get("reflection", True)
        async with running(self.store, self.clock, access=access, reflection=reflection, http=http) as application:
            self.application = application
            yield self

    @asynccontextmanager
    async def serving_plaintext(self, **options: Any) -> AsyncIterator[Site]:
        """The server without TLS, which asks for credentials all the same."""
        settings = {**self.settings, "tls_certificate": "off", "tls_key": "off"}
        access = build_access(Settings(**settings), self.clock, lambda line: self.audit.append(json.loads(line)))
        async with running(self.store, self.clock, access=access, **options) as application:
            self.application = application
            yield self

    @asynccontextmanager
    async def connected(self, client: Issued | None = None, authority: Authority | None = None) -> AsyncIterator[Wire]:
        """A connection of its own, over TLS."""
        credentials = (authority or self.authority).trusted(client)
        async with aio.secure_channel(f"127.0.0.1:{self.application.port}", credentials, ALONE) as channel:
            yield Wire(channel)

    async def polled(self) -> None:
        """The server has looked at its files."""
        for files in self.application.access.files:
            await files.reload()

    def noted(self, event: str) -> list[Mapping[str, Any]]:
        """The lines of the audit log about one kind of event."""
        return [line for line in self.audit if line["event"] == event]


Watch = aio.UnaryStreamCall[pb.WatchStatusesRequest, pb.WatchStatusesResponse]


async def next_of(watch: Watch) -> pb.WatchStatusesResponse:
    """What a watch says next. Raises aio.AioRpcError when it has ended."""
    answer = await asyncio.wait_for(watch.read(), 10)
    assert isinstance(answer, pb.WatchStatusesResponse)
    return answer


async def end_of(watch: Watch) -> aio.AioRpcError:
    """How a watch ends."""
    try:
        while True:
            await next_of(watch)
    except aio.AioRpcError as error:
        return error
