"""Parses the address of a Redis or Valkey, as the setting `store` gives it.

`redis://HOST:PORT/DB` is one server (or one with replicas behind it), `redis+cluster://HOST:PORT,HOST:PORT` a Cluster,
of which some nodes are named; `rediss` instead of `redis` means TLS. A user and a password may stand before the first
host as in any URL; but anybody who can list processes can read command lines, so prefer the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_DEFAULT_PORT = 6379
SCHEMES = ("redis", "rediss", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """The nodes to connect to first, and how to connect."""

    nodes: tuple[tuple[str, int], ...]
    cluster: bool = False
    tls: bool = False
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    """With TLS: the certificate authorities to trust; None for those of the system."""

    def __str__(self) -> str:
        """The address without user and password, for people to read."""
        scheme = ("rediss" if self.tls else "redis") + ("+cluster" if self.cluster else "")
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.nodes)
        return f"{scheme}://{hosts}" + (f"/{self.db}" if self.db else "")


def parse_address(text: str) -> RedisAddress:
    """Parse an address.

    Raises:
        ValueError: it is malformed. The message says how to correct it, and never contains the password.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in SCHEMES:
        raise ValueError("write redis://HOST:PORT/DB or redis+cluster://HOST:PORT,HOST:PORT")
    cluster = scheme.endswith("+cluster")
    authority, _, path = rest.partition("/")
    credentials, separator, hosts = authority.rpartition("@")
    username, password = _credentials(credentials) if separator else (None, None)
    nodes = tuple(_node(host) for host in hosts.split(","))
    if len(nodes) > 1 and not cluster:
        raise ValueError("several hosts mean a Cluster; write redis+cluster://HOST:PORT,HOST:PORT")
    if path and cluster:
        raise ValueError("a Cluster has no numbered databases; leave out what follows the hosts")
    if path and not path.isdecimal():
        raise ValueError("what follows the slash must be the number of a database, as in redis://HOST:PORT/0")
    return RedisAddress(nodes, cluster, scheme.startswith("rediss"), int(path or 0), username, password)


def _credentials(text: str) -> tuple[str | None, str | None]:
    username, separator, password = text.partition(":")
    return unquote(username) or None, unquote(password) if separator else None


def _node(text: str) -> tuple[str, int]:
    fault = ValueError("each host must be HOST or HOST:PORT")
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise fault from None
    if not host or parts.path or parts.query or parts.fragment or port == 0:
        raise fault
    return host, _DEFAULT_PORT if port is None else port
