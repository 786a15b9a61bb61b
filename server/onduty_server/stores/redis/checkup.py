"""What a server says of itself at the start: whether it can carry this store, and what an operator should know of it.

A server that cannot is refused. One that may forget what it was told, by evicting keys or by keeping nothing on disk,
is warned about, a line for each node and fault; it is the operator's to decide. What a server does not tell, because it
is forbidden or its commands are renamed, is not guessed at.
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
"""The first with XTRIM MINID, by which history is pruned. Valkey says which Redis it is compatible with."""


class Condition(NamedTuple):
    """What one server says of itself; empty strings for what it does not tell."""

    info: Mapping[str, str]
    save: str | None
    """When it writes snapshots, as in its configuration; None: it does not tell."""

    @property
    def version(self) -> str:
        """The version of Redis, or the one it is compatible with."""
        return self.info.get("redis_version", "")

    def refusal(self) -> str | None:
        """Why this server cannot be used."""
        if self.version and _parsed(self.version) < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            return f"it is Redis {self.version}, and onduty needs {least} or newer, or any Valkey"
        if self.info.get("role") == "slave":
            return "it is a replica, which takes no writes; name its master"
        return None

    def warnings(self) -> Iterable[str]:
        """What an operator should know."""
        if int(self.info.get("maxmemory") or 0) and self.info.get("maxmemory_policy", "noeviction") != "noeviction":
            yield (
                "the store may evict what it holds when its memory is full, and users would be forgotten; "
                "set maxmemory-policy to noeviction"
            )
        if self.info.get("aof_enabled") == "0" and self.save == "":
            yield "the store keeps nothing on disk and forgets everything when it restarts; set appendonly to yes"


async def check_up(client: RedisClient, keys: Iterable[bytes]) -> None:
    """Look at each node that has some of the keys.

    Raises:
        StoreOpenError: a node cannot be used.
        StoreUnavailable: a node does not answer.
    """
    for node, key in client.nodes_of(keys).items():
        condition = Condition(await _info(client, key), await _save(client, key))
        refusal = condition.refusal()
        if refusal is not None:
            raise StoreOpenError(f"cannot use {client.address}: {refusal}")
        for warning in condition.warnings():
            _log.warning(warning, node=node)


async def _info(client: RedisClient, key: bytes) -> Mapping[str, str]:
    reply = await _told(client, key, "INFO")
    if not isinstance(reply, bytes):
        return {}
    lines = reply.decode(errors="replace").splitlines()
    return {name: value for name, separator, value in (line.partition(":") for line in lines) if separator}


async def _save(client: RedisClient, key: bytes) -> str | None:
    reply = await _told(client, key, "CONFIG", "GET", "save")
    match reply:
        case [b"save", bytes() as value]:
            return value.decode(errors="replace")
        case _:
            return None


async def _told(client: RedisClient, key: bytes, *command: str) -> object:
    try:
        told: object = await client.command(key, *command)
    except StoreUnavailable as error:
        if isinstance(error.__cause__, ResponseError):
            return None
        raise
    return told


def _parsed(version: str) -> tuple[int, ...]:
    numbers = version.split(".")[: len(LEAST_VERSION)]
    return tuple(int(number) if number.isdecimal() else 0 for number in numbers)
