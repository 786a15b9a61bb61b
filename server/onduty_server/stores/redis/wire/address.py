"""Where a Redis or Valkey is: what `--store` says, taken apart.

`redis://HOST:PORT/DB` is one server (or one with replicas behind it), `redis+cluster://HOST:PORT,HOST:PORT` a
cluster, of which a few nodes are named; `rediss` instead of `redis` encrypts. A user and a password may stand before
the first host as in any URL, but whoever can list processes reads them there: the environment is the better place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_DEFAULT_PORT = 6379
SCHEMES = ("redis", "rediss", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """The nodes to begin with, and how to speak to them."""

    nodes: tuple[tuple[str, int], ...]
    cluster: bool = False
    tls: bool = False
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    """Whose certificates are believed, with TLS; None for those of the system."""

    def __str__(self) -> str:
        """The address without user and password, for people to read."""
        scheme = ("rediss" if self.tls else "redis") + ("+cluster" if self.cluster else "")
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.nodes)
        return f"{scheme}://{hosts}" + (f"/{self.db}" if self.db else "")


def parse_address(text: str) -> RedisAddress:
    """Take an address apart.

    Raises:
        ValueError: it is none; the message says why, and never holds the password.
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
        raise ValueError("several hosts are a cluster: write redis+cluster://HOST:PORT,HOST:PORT")
    if path and (cluster or not path.isdecimal()):
        raise ValueError("a cluster has no numbered databases" if cluster else "what follows the slash is a number")
    return RedisAddress(nodes, cluster, scheme.startswith("rediss"), int(path or 0), username, password)


def _credentials(text: str) -> tuple[str | None, str | None]:
    username, separator, password = text.partition(":")
    return unquote(username) or None, unquote(password) if separator else None


def _node(text: str) -> tuple[str, int]:
    fault = ValueError("each host is HOST or HOST:PORT")
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise fault from None
    if not host or parts.path or parts.query or parts.fragment or port == 0:
        raise fault
    return host, _DEFAULT_PORT if port is None else port
