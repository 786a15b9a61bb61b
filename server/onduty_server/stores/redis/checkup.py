"""Checks at the start that the servers can hold a store.

A server that cannot is refused. For one that may lose data, because it evicts keys or keeps nothing on disk, a warning
is logged for each node and fault, and the operator decides. Facts that a server does not tell, because the command is
forbidden or renamed, are not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import structlog
from redis.exceptions import ResponseError

from ...app.ports.store import StoreOpenError
from ...domain.errors import StoreUnavailable
from .wire.client import RedisClient

_log = structlog.get_logger(__name__)

LEAST_VERSION = (6, 2)
"""The first version with XTRIM MINID, which prunes history. Valkey reports the Redis that it is compatible with."""


class ServerFacts(NamedTuple):
    """The facts that a server reports about itself; `info` lacks those that it does not report."""

    info: Mapping[str, str]
    save: str | None
    """The configured times of snapshots; None if it does not report them."""

    @property
    def version(self) -> str:
        """The version of Redis, or the one it is compatible with."""
        return self.info.get("redis_version", "")

    def refusal(self) -> str | None:
        """Return the reason why this server cannot be used, None if it can."""
        if self.version and _parsed(self.version) < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            return f"it is Redis {self.version}, and onduty needs Redis {least} or newer, or any Valkey"
        if self.info.get("role") == "slave":
            return "it is a replica, which accepts no writes; name its master"
        return None

    def warnings(self) -> Iterable[str]:
        """Yield warnings for the operator."""
        if int(self.info.get("maxmemory") or 0) and self.info.get("maxmemory_policy", "noeviction") != "noeviction":
            yield (
                "the store may evict keys when its memory is full, and users would be forgotten; "
                "set maxmemory-policy to noeviction"
            )
        if self.info.get("aof_enabled") == "0" and self.save == "":
            yield "the store keeps nothing on disk and forgets everything when it restarts; set appendonly to yes"


async def check_up(client: RedisClient, keys: Iterable[bytes]) -> None:
    """Check each node that has some of the keys, and log warnings for the operator.

    Raises:
        StoreOpenError: a node cannot be used.
        StoreUnavailable: a node does not answer.
    """
    for node, key in client.nodes_of(keys).items():
        facts = ServerFacts(await _info(client, key), await _save(client, key))
        refusal = facts.refusal()
        if refusal is not None:
            raise StoreOpenError(f"cannot use {client.address}: {refusal}")
        for warning in facts.warnings():
            _log.warning(warning, node=node)


async def _info(client: RedisClient, key: bytes) -> Mapping[str, str]:
    reply = await _ask(client, key, "INFO")
    if not isinstance(reply, bytes):
        return {}
    lines = reply.decode(errors="replace").splitlines()
    return {name: value for name, separator, value in (line.partition(":") for line in lines) if separator}


async def _save(client: RedisClient, key: bytes) -> str | None:
    reply = await _ask(client, key, "CONFIG", "GET", "save")
    match reply:
        case [b"save", bytes() as value]:
            return value.decode(errors="replace")
        case _:
            return None


async def _ask(client: RedisClient, key: bytes, *command: str) -> object:
    """Return the reply to a command, None if the server refuses it."""
    try:
        reply: object = await client.command(key, *command)
    except StoreUnavailable as error:
        if isinstance(error.__cause__, ResponseError):
            return None
        raise
    return reply


def _parsed(version: str) -> tuple[int, ...]:
    numbers = version.split(".")[: len(LEAST_VERSION)]
    return tuple(int(number) if number.isdecimal() else 0 for number in numbers)
