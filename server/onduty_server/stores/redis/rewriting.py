"""Asks the server to rewrite its append-only file after an erasure: until it has, the file names who was erased."""

from __future__ import annotations

from typing import Final

import structlog
from redis.exceptions import ResponseError

from ...domain.errors import StoreUnavailable
from .wire.client import RedisClient

_log = structlog.get_logger(__name__)

_APPENDS: Final = b"aof_enabled:1"


class Rewriting:
    """Asks each node. One that is at it already is asked again when it has ended, since it began too early."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._owed: dict[str, bytes] = {}
        """By node: a key of it, while it is to be asked again."""
        self._asking: set[str] = set()
        self._refused: set[str] = set()

    async def ask(self, key: bytes) -> None:
        """Ask the node that has `key`, if it has such a file; it need not have ended when this returns."""
        node = self._client.node_of(key)
        if node in self._asking:
            self._owed[node] = key
            return
        self._asking.add(node)
        try:
            if _APPENDS in await self._client.command(key, "INFO", "persistence"):
                await self._client.command(key, "BGREWRITEAOF")
        except StoreUnavailable as error:
            cause = error.__cause__
            if not isinstance(cause, ResponseError) or "in progress" in str(cause):
                self._owed[node] = key
            elif node not in self._refused:
                self._refused.add(node)
                _log.warning(
                    "the store does not let onduty rewrite its append-only file, which keeps who was erased until the "
                    "store rewrites it by itself; allow BGREWRITEAOF and INFO",
                    node=node,
                )
        finally:
            self._asking.discard(node)

    async def ask_again(self) -> None:
        """Ask the nodes that could not begin when they were asked."""
        owed, self._owed = self._owed, {}
        for key in owed.values():
            await self.ask(key)
