"""What `onduty serve` makes of a Redis server that it should not use, may not use, or should be warned about."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.faults.process import Servers, connected
from tests.tools import redis_with_tls
from tests.valkey import ValkeyServer, shared_cluster, shared_server

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOpenError
from onduty_server.stores.redis.checkup import ServerFacts
from onduty_server.stores.redis.records import SCHEMA
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import RedisAddress, parse_address

EVICTS = "the store may evict"
FORGETS = "the store keeps nothing on disk"


def store(address: RedisAddress, prefix: str) -> RedisStore:
    return RedisStore(address, FakeClock(), key_prefix=prefix, own_time=True)


async def warnings_of(address: RedisAddress, prefix: str) -> Sequence[Mapping[str, Any]]:
    """What a start writes into the log."""
    with capture_logs() as lines:
        it = store(address, prefix)
        await it.open()
        await it.close()
    return lines


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [FORGETS]),
        ({"appendonly": "yes"}, []),
        ({"save": "3600 1"}, []),
        ({"appendonly": "yes", "maxmemory-policy": "allkeys-lru"}, []),
        ({"appendonly": "yes", "maxmemory": "100mb"}, []),
        ({"appendonly": "yes", "maxmemory": "100mb", "maxmemory-policy": "volatile-ttl"}, [EVICTS]),
        ({"maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"}, [EVICTS, FORGETS]),
    ],
)
async def test_a_server_that_may_forget_is_warned_about(options: Mapping[str, str], expected: list[str]) -> None:
    with ValkeyServer(options) as server:
        lines = await warnings_of(parse_address(server.address), "onduty")
    assert [line["log_level"] for line in lines] == ["warning"] * len(expected)
    for line, beginning in zip(lines, expected, strict=True):
        assert line["event"].startswith(beginning)
        assert line["node"] == f"127.0.0.1:{server.port}"


async def test_each_node_of_a_cluster_is_looked_at() -> None:
    cluster = shared_cluster()
    lines = await warnings_of(parse_address(cluster.address), "warned")
    assert all(line["event"].startswith(FORGETS) for line in lines)
    assert sorted(line["node"] for line in lines) == sorted(f"127.0.0.1:{node.port}" for node in cluster.nodes)


@contextmanager
def user(server: ValkeyServer, *rules: str) -> Iterator[RedisAddress]:
    """The address of a server for a user of its own."""
    server.ask("ACL", "SETUSER", "agent", "reset", "on", ">secret", *rules)
    try:
        address = parse_address(server.address)
        yield RedisAddress(address.nodes, username="agent", password="secret")
    finally:
        server.ask("ACL", "DELUSER", "agent")


async def test_a_server_that_does_not_tell_is_used_all_the_same() -> None:
    with user(shared_server(), "~untold:*", "+@all", "-info", "-config") as address:
        assert await warnings_of(address, "untold") == []
    with user(shared_server(), "~half-told:*", "+@all", "-config") as address:
        assert await warnings_of(address, "half-told") == [], "whether it writes snapshots is not known"


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ("6.0.16", "it is Redis 6.0.16, and onduty needs Redis 6.2 or newer, or any Valkey"),
        ("5.0.14", "it is Redis 5.0.14, and onduty needs Redis 6.2 or newer, or any Valkey"),
        ("6.2.0", None),
        ("7.2.4", None),
        ("10.0.1", None),
        ("", None),
    ],
)
def test_the_least_version(version: str, refusal: str | None) -> None:
    assert ServerFacts({"redis_version": version}, None).refusal() == refusal


async def test_a_replica_is_refused() -> None:
    with ValkeyServer() as master, ValkeyServer({"replicaof": f"127.0.0.1 {master.port}"}) as replica:
        it = store(parse_address(replica.address), "onduty")
        with pytest.raises(StoreOpenError, match="it is a replica, which accepts no writes; name its master"):
            await it.open()


class TestWhatIsThere:
    """What another program, or another version, has put under the same prefix is left as it is."""

    async def refused(self, prefix: str) -> str:
        it = store(parse_address(shared_server().address), prefix)
        with pytest.raises(StoreOpenError) as refused:
            await it.open()
        return str(refused.value)

    async def test_a_newer_schema_is_refused(self) -> None:
        server = shared_server()
        await warnings_of(parse_address(server.address), "newer")
        server.ask("SET", "newer:{onduty}:schema", 99)
        before = server.ask("KEYS", "newer:*")
        assert await self.refused("newer") == (
            f"the store in {server.address} has schema '99', and this version of onduty knows {SCHEMA}"
        )
        assert server.ask("KEYS", "newer:*") == before

    @pytest.mark.parametrize(
        ("name", "command"),
        [
            ("schema", ("HSET", "field", "value")),
            ("schema", ("RPUSH", "value")),
            ("token_key", ("SADD", "member")),
            ("vital", ("SET", "value")),
            ("members", ("SET", "value")),
            ("partitions", ("RPUSH", "value")),
        ],
    )
    async def test_keys_of_another_type_are_refused(self, name: str, command: tuple[str, ...]) -> None:
        server, prefix = shared_server(), f"foreign-{name}-{command[0]}"
        key = f"{prefix}:{{onduty}}:{name}"
        server.ask(command[0], key, *command[1:])
        kind = server.ask("TYPE", key)
        assert await self.refused(prefix) == (
            f"the keys in {server.address} with the prefix {prefix!r} are not onduty's; "
            "set store_key_prefix to another prefix"
        )
        assert server.ask("TYPE", key) == kind

    async def test_what_was_left_by_halves_is_made_whole(self) -> None:
        """A first start that was killed after its first write."""
        shared_server().ask("SET", "halves:{onduty}:schema", SCHEMA)
        await warnings_of(parse_address(shared_server().address), "halves")
        assert shared_server().ask("EXISTS", "halves:{onduty}:token_key")


async def refused(tmp_path: Path, address: str, *flags: str, **environment: str) -> str:
    """The one line with which a process ends that cannot use the store."""
    async with Servers(tmp_path) as servers:
        given = {f"ONDUTY_{name.upper()}": value for name, value in environment.items()}
        return await servers.refused(address, *flags, environment=given)


async def refused_for_a_reason(tmp_path: Path, address: str, **environment: str) -> str:
    """What a process says of a store that answers: on a busy machine a handshake may take longer than it waits."""
    async with asyncio.timeout(120):
        while (said := await refused(tmp_path, address, **environment)).endswith(": it does not answer"):
            pass
        return said


async def test_a_wrong_password_is_one_line(tmp_path: Path) -> None:
    with ValkeyServer(password="right") as server:
        said = await refused(tmp_path, server.address, store_password="wrong-one")
        assert said == (f"onduty: cannot use {server.address}: invalid username-password pair or user is disabled.")
        said = await refused(tmp_path, server.address)
        assert said == f"onduty: cannot use {server.address}: Authentication required."


@pytest.mark.parametrize("rules", [("~other:*", "+@all"), ("~onduty:*", "+@all", "-evalsha"), ("~onduty:*", "+ping")])
async def test_too_few_permissions_are_one_line(tmp_path: Path, rules: tuple[str, ...]) -> None:
    with ValkeyServer() as server, user(server, *rules):
        said = await refused(tmp_path, server.address, "--store-username", "agent", store_password="secret")
    assert said.startswith(f"onduty: cannot use {server.address}: ")
    assert "permissions" in said
    assert "secret" not in said


async def test_a_user_of_the_server_with_just_its_keys_is_enough(tmp_path: Path) -> None:
    rules = ("resetchannels", "~onduty:*", "+@all", "-@admin", "-@dangerous", "+info")
    with ValkeyServer({"appendonly": "yes"}) as server, user(server, *rules):
        async with Servers(tmp_path) as servers:
            command = ("env", "ONDUTY_STORE_PASSWORD=secret")
            process = await servers.launch(server.address, "--store-username", "agent", command=command)
            await process.serving()
            await say_online(process.address)


async def say_online(address: str) -> None:
    async with connected(address) as calls:
        request = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_ONLINE)
        assert (await calls.SetStatus(request)).user_status.available


async def test_nobody_at_that_port_is_one_line(tmp_path: Path) -> None:
    with ValkeyServer() as server:
        server.kill()
        for address in (server.address, server.address.replace("redis://", "redis+cluster://")):
            said = await refused(tmp_path, address)
            assert said.startswith(f"onduty: cannot use {address}: ")
            assert "connect" in said.lower()


async def test_a_server_that_is_no_cluster_is_one_line(tmp_path: Path) -> None:
    address = shared_server().address.replace("redis://", "redis+cluster://")
    said = await refused(tmp_path, address)
    assert said.startswith(f"onduty: cannot use {address}: ")
    assert "cluster" in said.partition(": ")[2].lower()


# --- TLS -------------------------------------------------------------------------------------------------------------


def openssl(directory: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority (ca.crt, ca.key) and a certificate of it for 127.0.0.1 (server.crt, server.key)."""
    directory = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for name in ("ca", "other"):
        openssl(
            directory,
            *("req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2"),
            *("-subj", f"/CN={name}"),
        )
    openssl(directory, "req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=redis")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1")
    openssl(
        directory,
        *("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
        *("-out", "server.crt", "-days", "2", "-extfile", "names"),
    )
    return directory


@contextmanager
def encrypted(certificates: Path) -> Iterator[str]:
    """The address of a server that takes TLS connections, besides plain ones for the test, and wants a password."""
    with ValkeyServer(password="secret", binary=redis_with_tls()) as plain, ValkeyServer() as holder:
        # A port that nobody else has.
        holder.kill()
        files = {
            "tls-cert-file": "server.crt",
            "tls-key-file": "server.key",
            "tls-ca-cert-file": "ca.crt",
        }
        for name, file in files.items():
            plain.ask("CONFIG", "SET", name, str(certificates / file))
        plain.ask("CONFIG", "SET", "tls-auth-clients", "no")
        plain.ask("CONFIG", "SET", "tls-port", holder.port)
        yield f"rediss://127.0.0.1:{holder.port}"


async def test_tls_with_an_authority_of_ones_own(tmp_path: Path, certificates: Path) -> None:
    with encrypted(certificates) as address:
        async with Servers(tmp_path) as servers:
            command = ("env", "ONDUTY_STORE_PASSWORD=secret", f"ONDUTY_STORE_TLS_CA={certificates / 'ca.crt'}")
            process = await servers.launch(address, command=command)
            await process.serving()
            await say_online(process.address)


async def test_tls_that_does_not_fit_is_one_line(tmp_path: Path, certificates: Path) -> None:
    with encrypted(certificates) as address:
        password = {"store_password": "secret"}
        other = str(certificates / "other.crt")
        plain = address.replace("rediss://", "redis://")
        # One after another: on a busy machine four starts at once take longer than one may.
        of_others = await refused_for_a_reason(tmp_path, address, store_tls_ca=other, **password)
        of_the_system = await refused_for_a_reason(tmp_path, address, **password)
        missing = await refused(tmp_path, address, store_tls_ca="/no/such/file", **password)
        unencrypted = await refused(tmp_path, plain, **password)
        assert "certificate verify failed" in of_others
        assert "certificate verify failed" in of_the_system
        assert missing.startswith(f"onduty: cannot use {address}: ") and "/no/such/file" in missing
        assert unencrypted.startswith(f"onduty: cannot use {plain}: ")
    with ValkeyServer() as server:
        address = server.address.replace("redis://", "rediss://")
        assert (await refused(tmp_path, address)).startswith(f"onduty: cannot use {address}: ")
