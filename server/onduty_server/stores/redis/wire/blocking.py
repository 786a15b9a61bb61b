"""Connections for commands that block, since a blocked connection can carry nothing else.

They are redis-py's, since such commands are rare, without its retries and timeouts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from .address import RedisAddress
from .connection import REPLY_TIMEOUT_S, Arg, is_replica
from .errors import NotAMaster
from .nodes import Node, redis_py_options


class BlockingConnection:
    """A connection to one node. Every method raises RedisError or OSError if the node cannot be reached or refuses."""

    def __init__(self, address: RedisAddress, node: Node) -> None:
        self._is_cluster = address.cluster
        kind = SSLConnection if address.tls else Connection
        options = redis_py_options(address)
        self._connection = kind(**options, host=node.host, port=node.port, db=address.db, retry=Retry(NoBackoff(), 0))
        # With a timeout it writes through `asyncio.wait_for`, which in Python 3.11 may lose a cancellation.
        self._connection.socket_timeout = None

    async def open(self) -> None:
        """Connect. Raises NotAMaster if the node is a replica."""
        await self._connection.connect()  # type: ignore[no-untyped-call]
        await self.check_role()

    async def check_role(self) -> None:
        """Raise NotAMaster if the node is, or has become, a replica; a node of a Cluster says so by itself."""
        if self._is_cluster:
            return
        try:
            role = await self.call("ROLE", timeout_s=REPLY_TIMEOUT_S)
        except ResponseError:
            # The command is forbidden or renamed.
            return
        if is_replica(role):
            raise NotAMaster

    async def call(self, *command: Arg, timeout_s: float) -> Any:
        """Send a command and return its reply, in which nothing is decoded."""
        await self._connection.send_command(*command, check_health=False)
        return await self._connection.read_response(disable_decoding=True, timeout=timeout_s)

    async def close(self) -> None:
        """Disconnect, whatever state the connection is in."""
        with suppress(RedisError, OSError):
            await self._connection.disconnect(nowait=True)
