"""The servers that tests of the Redis store run against are real, do what they are told, and leave nothing behind."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AskError, AuthenticationError, TryAgainError
from redis.exceptions import ConnectionError as NotConnected
from tests.valkey import ValkeyCluster, ValkeyServer, shared_cluster, shared_server, slot_of

END_TIMEOUT_S = 20.0
DURABLE = {"appendonly": "yes", "appendfsync": "always"}
NOBODY_CLOSES_IT = """
from tests.valkey import ValkeyServer
server = ValkeyServer()
server.start()
print(server.pid, flush=True)
input()
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[ValkeyCluster]:
    with ValkeyCluster(masters=3, replicas=1) as cluster:
        yield cluster


def has_ended(process: int, within_s: float = END_TIMEOUT_S) -> bool:
    """Whether a process has ended, of which one holds a descriptor."""
    return bool(select.select([process], [], [], within_s)[0])


def test_a_server_answers_and_leaves_nothing_behind() -> None:
    with ValkeyServer() as server:
        assert server.client.ping() is True
        assert server.address == f"redis://127.0.0.1:{server.port}"
        process = os.pidfd_open(server.pid)
        assert not has_ended(process, 0)
    assert has_ended(process)
    os.close(process)
    assert not server.directory.exists()


def test_a_killed_server_comes_back_where_it_was_with_what_it_kept() -> None:
    with ValkeyServer(DURABLE) as server:
        server.client.set("color", "green")
        server.kill()
        with pytest.raises(NotConnected):
            server.client.ping()
        server.start()
        assert server.client.get("color") == "green"


def test_a_server_stops_by_itself_when_it_is_told_to() -> None:
    with ValkeyServer() as server:
        server.stop()
        assert not server.is_running
        assert "bye bye" in server.log


def test_a_frozen_server_answers_what_it_was_asked_once_it_thaws() -> None:
    with ValkeyServer() as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        server.freeze()
        assert not server.is_running
        connection.sendall(b"PING\r\n")
        assert not select.select([connection], [], [], 0.1)[0]
        server.thaw()
        connection.settimeout(END_TIMEOUT_S)
        assert connection.recv(100) == b"+PONG\r\n"


def test_a_frozen_server_is_gone_like_any_other_at_the_end() -> None:
    with ValkeyServer() as server:
        process = os.pidfd_open(server.pid)
        server.freeze()
    assert has_ended(process)
    os.close(process)


def test_no_server_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NOBODY_CLOSES_IT],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        process = os.pidfd_open(int(tests.stdout.readline()))
        tests.send_signal(signal.SIGKILL)
        assert has_ended(process)
        os.close(process)


def test_a_server_with_a_password_lets_nobody_else_in() -> None:
    with ValkeyServer(password="secret") as server:
        assert server.client.ping() is True
        with Redis(port=server.port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()


def test_a_server_counts_what_runs_and_what_it_needs() -> None:
    with ValkeyServer() as server:
        before = server.memory_used()
        server.reset_commandstats()
        for index in range(10):
            server.client.set(f"key {index}", "x" * 100_000)
        assert server.commandstats()["set"].calls == 10
        assert server.memory_used() - before > 10 * 90_000
        assert server.cpu_used_s() > 0


def test_the_shared_servers_are_the_same_for_every_test() -> None:
    assert shared_server() is shared_server()
    assert shared_server().client.ping() is True
    assert shared_cluster() is shared_cluster()
    assert len(shared_cluster().running) == 3


def test_a_cluster_forms_and_each_master_has_its_share(cluster: ValkeyCluster) -> None:
    masters = {cluster.owner(slot).port for slot in (0, 8_000, 16_383)}
    assert len(masters) == 3
    assert cluster.address.startswith("redis+cluster://127.0.0.1:")
    for slot in (0, 8_000, 16_383):
        assert len(cluster.replicas_of(cluster.owner(slot))) == 1


def test_a_replica_takes_over_from_a_killed_master_with_its_keys(cluster: ValkeyCluster) -> None:
    cluster.master_of("{over}").client.set("{over}", "kept")
    assert cluster.master_of("{over}").client.wait(1, 5_000) == 1
    killed = cluster.kill_master_of("{over}")
    cluster.settled()
    successor = cluster.master_of("{over}")
    assert successor is not killed
    assert successor.client.get("{over}") == "kept"
    killed.start()
    cluster.settled()
    assert killed in cluster.replicas_of(successor)


def test_a_slot_moves_with_its_keys_a_few_at_a_time(cluster: ValkeyCluster) -> None:
    keys = [f"{{moved}}{index}" for index in range(10)]
    source = cluster.master_of(keys[0])
    target = next(node for node in map(cluster.owner, (0, 8_000, 16_383)) if node is not source)
    for key in keys:
        source.client.set(key, key)
    move = cluster.start_move(slot_of(keys[0]), target)
    assert move.step(4) == 4
    left = source.ask("CLUSTER", "GETKEYSINSLOT", slot_of(keys[0]), 100)
    assert len(left) == 6
    with pytest.raises(AskError):
        source.client.get(next(key for key in keys if key not in left))
    with pytest.raises(TryAgainError):
        source.client.mget(keys)
    move.finish()
    assert cluster.master_of(keys[0]) is target
    assert [target.client.get(key) for key in keys] == keys


def evaluated(node: ValkeyServer, script: str, *keys_and_argument: str) -> str:
    """What becomes of a script that is sent as to where ASK points."""
    with Redis(port=node.port, decode_responses=True, single_connection_client=True) as connection:
        execute: Callable[..., str] = connection.execute_command
        try:
            execute("ASKING")
            return execute("EVAL", script, len(keys_and_argument) - 1, *keys_and_argument)
        except AskError:
            return "ask"
        except TryAgainError:
            return "try again"


def test_no_script_runs_while_its_slot_moves_if_it_names_two_keys_one_of_which_never_is(cluster: ValkeyCluster) -> None:
    """With one key it would run at either node, and not find the keys that it does not name and are at the other."""
    source = cluster.master_of("{torn}")
    target = next(node for node in map(cluster.owner, (0, 8_000, 16_383)) if node is not source)
    keys = [f"{{torn}}{index}" for index in range(6)]
    for key in keys:
        source.client.set(key, "before")
    script = "for index = 0, 5 do redis.call('SET', ARGV[1] .. index, 'after') end return 'ran'"
    move = cluster.start_move(slot_of("{torn}"), target)
    while True:
        for named in (("{torn}never", "{torn}nor this"), (keys[0], "{torn}never")):
            assert evaluated(source, script, *named, "{torn}") in ("ask", "try again")
            assert evaluated(target, script, *named, "{torn}") == "try again"
        if not move.step(2):
            break
    move.finish()
    assert target.client.mget(keys) == ["before"] * 6
    assert evaluated(target, script, "{torn}never", "{torn}nor this", "{torn}") == "ran"
    assert target.client.mget(keys) == ["after"] * 6
