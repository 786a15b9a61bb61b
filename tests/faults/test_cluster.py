"""Three processes on one Cluster with replicas, while processes, masters and slots come and go.

Clients call any of them, watchers go on through another when theirs is gone. Again and again a process is killed with
-9 and started anew, another is frozen past its leases and thawed, a slot moves with its keys, and a master is killed
and followed by its replica. `shared` says what is checked at the end.

`ONDUTY_TEST_KILLS=20` goes through it twenty times (1 is the default); `ONDUTY_TEST_DICE=7` repeats a run's choices, as
far as timing lets it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import grpc
import pytest
from grpc import aio
from tests.faults.ledger import ms
from tests.faults.load import Load
from tests.faults.process import ServerProcess, Servers
from tests.faults.shared import Chain, Pool, SharedLedger, history_of, key_of, server_of
from tests.grpc.streaming import soon, until
from tests.grpc.wire import ACCOUNT, Wire
from tests.valkey import ValkeyCluster, ValkeyServer, slot_of
from tests.watching.follower import shown

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import wall_clock_ms

ROUNDS = int(os.environ.get("ONDUTY_TEST_KILLS", "1"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
PROCESSES = 3
LONGEST_PERIOD_MS = 2_500
FLAGS = ("--outage-grace", "60s")
"""However long something takes on a busy machine, it is no outage: clocks do not start anew."""


def accounts_on(*masters: ValkeyServer, cluster: ValkeyCluster) -> list[str]:
    """An account on each of the masters."""
    names = [f"account-{number}" for number in range(60)]
    return [next(name for name in names if cluster.master_of(key_of(name)) is master) for master in masters]


class Fleet:
    """The processes, by number."""

    def __init__(self, servers: Servers, address: str, pool: Pool, *flags: str) -> None:
        self.running: dict[int, ServerProcess] = {}
        self._servers = servers
        self._address = address
        self._pool = pool
        self._flags = flags

    async def start(self, *numbers: int) -> None:
        """Start processes, and have clients call them."""
        started = [self._servers.start(self._address, *FLAGS, *self._flags) for _ in numbers]
        for number, server in zip(numbers, await asyncio.gather(*started), strict=True):
            self.running[number] = server
            self._pool.add(number, server)

    async def kill(self, number: int) -> None:
        """kill -9, unknown to its clients until they find out."""
        await self.running.pop(number).kill()
        self._pool.drop(number)

    def number_of(self, pid: int) -> int:
        return next(number for number, server in self.running.items() if server.pid == pid)


async def holder(store: ValkeyServer | ValkeyCluster, account_id: str) -> int | None:
    """The pid of the process that sweeps the account's partition."""
    key = key_of(account_id)

    def ask() -> str | None:
        owner: str | None = server_of(store, key).ask("HGET", key, "owner")
        return owner

    owner = await asyncio.to_thread(ask)
    return None if owner is None else int(owner.split("/")[1])


async def holder_among(store: ValkeyServer | ValkeyCluster, account_id: str, pids: Collection[int]) -> int:
    """The pid of the process that sweeps the account's partition, once it is one of these."""
    async with asyncio.timeout(20):
        while True:
            pid = await holder(store, account_id)
            if pid in pids:
                assert pid is not None
                return pid
            await asyncio.sleep(0.02)


class Trouble:
    """What befalls the processes and the Cluster."""

    def __init__(
        self,
        cluster: ValkeyCluster,
        fleet: Fleet,
        pool: Pool,
        load: Load,
        ledgers: Sequence[SharedLedger],
        chains: Sequence[Chain],
        dice: random.Random,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._cluster = cluster
        self._fleet = fleet
        self._pool = pool
        self._load = load
        self._ledgers = ledgers
        self._chains = chains
        self._dice = dice

    async def round(self) -> None:
        """Each kind of it once, with load before and after."""
        kinds = [self.kill_process, self.move_slot, self.freeze_process, self.kill_master]
        self._dice.shuffle(kinds)
        for kind in kinds:
            await self._load.more(self._dice.randrange(300, 600))
            await kind()
        await self._load.more(300)

    async def kill_process(self) -> None:
        number = self._dice.choice(list(self._fleet.running))
        await self._fleet.kill(number)
        await self._load.more(200)
        await self._fleet.start(number)
        self.counts["processes killed"] += 1

    async def freeze_process(self) -> None:
        """One that sweeps, for as long as it takes others to take over from it, and a bit longer."""
        account_id = self._dice.choice(self._ledgers).account_id
        pid = await holder_among(self._cluster, account_id, {server.pid for server in self._fleet.running.values()})
        number = self._fleet.number_of(pid)
        server = self._fleet.running[number]
        self._pool.drop(number)
        server.signal(signal.SIGSTOP)
        await holder_among(self._cluster, account_id, {each.pid for each in self._fleet.running.values()} - {pid})
        await self._load.more(300)
        server.signal(signal.SIGCONT)
        self._pool.add(number, server)
        self.counts["processes frozen"] += 1

    async def move_slot(self) -> None:
        slot = slot_of(key_of(self._dice.choice(self._ledgers).account_id))
        owner = self._cluster.owner(slot)
        others = {self._cluster.owner(other) for other in range(0, 16_384, 1_024)} - {owner}
        to = self._dice.choice(sorted(others, key=lambda node: node.port))
        await asyncio.to_thread(self._cluster.move_slot, slot, to)
        # A replica that is promoted before it has heard of the move would take the slot back, and what was written
        # since would be gone. That is Redis Cluster's; and this test could not tell who lost what.
        await asyncio.to_thread(self._cluster.settled)
        self.counts["slots moved"] += 1

    async def kill_master(self) -> None:
        """One that has an account, until its replica has taken over."""
        key = key_of(self._dice.choice(self._ledgers).account_id)
        master = await asyncio.to_thread(self._cluster.master_of, key)
        masters = [
            await asyncio.to_thread(self._cluster.master_of, key_of(ledger.account_id)) for ledger in self._ledgers
        ]
        # Nothing is awaited between `losing` and the kill: on a busy machine that could take longer than the time
        # around the kill from which an acknowledged change may be lost.
        for ledger, its_master in zip(self._ledgers, masters, strict=True):
            if its_master is master:
                ledger.losing()
                for chain in self._chains:
                    chain.lenient |= chain.follower.account_id == ledger.account_id
        master.kill()
        await asyncio.to_thread(self._cluster.settled)
        await self._load.more(300)
        await asyncio.to_thread(master.start)
        await asyncio.to_thread(self._cluster.settled)
        for chain in self._chains:
            chain.lenient = False
        self.counts["masters killed"] += 1


@asynccontextmanager
async def clients_of(dice: random.Random) -> AsyncIterator[Pool]:
    pool = Pool(dice)
    try:
        yield pool
    finally:
        await pool.close()


@contextmanager
def telling_of_takeovers(cluster: ValkeyCluster) -> Iterator[None]:
    """Say with a failure which masters were replaced when: a busy machine may have a master replaced that lives."""
    try:
        yield
    except BaseException as error:
        error.add_note("\n".join(cluster.takeovers()))
        raise


@pytest.mark.timeout(300 + 60 * ROUNDS)
@pytest.mark.parametrize("min_replicas_acked", [0, 1])
async def test_nothing_is_lost_doubled_or_wrong_whatever_befalls(
    tmp_path: Path, min_replicas_acked: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("rounds", ROUNDS)
    record_property("dice", DICE)
    dice = random.Random(DICE)
    with ValkeyCluster(3, 1) as cluster, telling_of_takeovers(cluster):
        masters = cluster.nodes[:3]
        accounts = accounts_on(*masters, cluster=cluster)
        ledgers = [SharedLedger(name, hand_made_is_safe=min_replicas_acked > 0) for name in accounts]
        async with Servers(tmp_path) as servers, clients_of(dice) as pool:
            fleet = Fleet(servers, cluster.address, pool, "--min-replicas-acked", str(min_replicas_acked))
            await fleet.start(*range(PROCESSES))
            some = ("nobody", "agent-0-0", "agent-1-2", "agent-2-5")
            chains = [Chain(pool, account_id, users) for account_id in accounts for users in ((), (), some)]
            load = Load(pool.stub, list(ledgers), dice, 1, endures=True)
            trouble = Trouble(cluster, fleet, pool, load, ledgers, chains, dice)
            async with asyncio.TaskGroup() as group:
                for chain in chains:
                    group.create_task(chain.run())
                running = group.create_task(load.run())
                for _ in range(ROUNDS):
                    await trouble.round()
                load.over.set()
                await running
                quiet = wall_clock_ms() + LONGEST_PERIOD_MS + 500
                for chain in chains:
                    chain.finish(quiet)
            totals = load.acknowledged + trouble.counts
            lost: Counter[str] = Counter()
            for ledger in ledgers:
                wire = pool.any()
                history = await history_of(cluster, wire, ledger.account_id, quiet)
                await ledger.check_all(pool.stub, history)
                statuses = await wire.statuses(account_id=ledger.account_id)
                workflow = await wire.workflow(ledger.account_id)
                for chain in chains:
                    if chain.follower.account_id == ledger.account_id:
                        chain.follower.check(history, {each.user_id: shown(each) for each in statuses}, workflow)
                offset = server_of(cluster, key_of(ledger.account_id)).ask("HGET", key_of(ledger.account_id), "offset")
                assert int(offset or 0) == 0, "nobody's clock was stepped"
                totals += ledger.checked
                lost += ledger.lost
            totals["calls refused"] = len(load.refused)
            totals["events told"] = sum(len(chain.follower.events) for chain in chains)
            totals["watches broken off"] = sum(chain.broken_off.total() for chain in chains)
    for name, number in sorted(totals.items()):
        record_property(name, number)
    for name, number in sorted(lost.items()):
        record_property(f"lost: {name}", number)
    assert totals["acknowledged SetStatus"] >= 500 * ROUNDS, totals
    assert totals["timed switches computed anew"] >= 30 * ROUNDS, totals


TAKEN_OVER_WITHIN_MS = 3_000
"""What is promised; a busy machine may be somewhat later."""


async def test_the_partitions_of_a_killed_process_are_taken_over_within_3_s(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    late: list[int] = []
    dice = random.Random(DICE)
    with ValkeyServer() as server:
        async with Servers(tmp_path) as servers, clients_of(dice) as pool:
            fleet = Fleet(servers, server.address, pool)
            await fleet.start(0, 1)
            await pool.any().switch_on(1_000)
            for _ in range(3):
                await pool.any().set_status("ann", pb.STATUS_ONLINE)
                pids = {process.pid for process in fleet.running.values()}
                owner = fleet.number_of(await holder_among(server, ACCOUNT, pids))
                killed = wall_clock_ms()
                await fleet.kill(owner)
                switch = await away_of_ann(pool.any())
                due = ms(switch.effective_time)
                late.append(ms(switch.commit_time) - max(due, killed))
                await fleet.start(owner)
    for number, late_ms in enumerate(late, 1):
        record_property(f"kill {number}: switch recorded late by ms", late_ms)
    assert sorted(late)[1] <= TAKEN_OVER_WITHIN_MS, late
    assert max(late) <= 2 * TAKEN_OVER_WITHIN_MS, late


async def away_of_ann(wire: Wire) -> pb.StatusChange:
    """Her next switch, as soon as it has been recorded."""
    async with asyncio.timeout(20):
        while True:
            last = (await wire.changes("ann"))[-1]
            if last.status == pb.STATUS_AWAY:
                return last
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("min_replicas_acked", [0, 1])
async def test_what_a_failover_loses(
    tmp_path: Path, min_replicas_acked: int, record_property: Callable[[str, object], None]
) -> None:
    """The replica is cut off shortly before its master dies, so that it lacks what was written in between."""
    dice = random.Random(DICE)
    with ValkeyCluster(3, 1) as cluster:
        async with Servers(tmp_path) as servers, clients_of(dice) as pool:
            fleet = Fleet(servers, cluster.address, pool, "--min-replicas-acked", str(min_replicas_acked))
            await fleet.start(0, 1)
            wire = pool.any()
            kept = await wire.set_status("kept", pb.STATUS_ONLINE)
            chains = [Chain(pool, ACCOUNT), Chain(pool, ACCOUNT, ("kept", "lost-1", "new-1"))]
            watching = [asyncio.create_task(chain.run()) for chain in chains]
            # Who begins later is shown in a snapshot what the others are told.
            await until(lambda: all(chain.follower.states and not chain.follower.in_snapshot for chain in chains))
            master = cluster.master_of(key_of(ACCOUNT))
            [replica] = cluster.replicas_of(master)
            replica.freeze()
            acknowledged: list[pb.UserStatus] = []
            refused = 0

            async def set_online(name: str) -> None:
                nonlocal refused
                try:
                    acknowledged.append(await wire.set_status(name, pb.STATUS_ONLINE, reason="before"))
                except aio.AioRpcError as error:
                    refused += error.code() is grpc.StatusCode.UNAVAILABLE

            # What is on its way to a frozen process it reads when it goes on: cut it off.
            await asyncio.to_thread(cut_off, master)
            await asyncio.gather(*(set_online(f"lost-{number}") for number in range(20)))
            if not min_replicas_acked:
                await until(lambda: chains[0].follower.last_revision >= acknowledged[-1].revision)
            master.kill()
            replica.thaw()
            await asyncio.to_thread(cluster.settled)
            for chain in chains:
                chain.lenient = True
            # It comes back as a replica, without which nothing more would be acknowledged.
            await asyncio.to_thread(master.start)
            await asyncio.to_thread(cluster.settled)
            for each in pool.wires.values():
                await until_taken(each)
            news = [await pool.any().set_status(f"new-{number}", pb.STATUS_AWAY) for number in range(30)]
            now = wall_clock_ms()
            for chain in chains:
                chain.finish(now)
            await soon(asyncio.gather(*watching))
            found = {status.user_id: shown(status) for status in await wire.statuses()}
            lost = [status for status in acknowledged if found.get(status.user_id) != shown(status)]
            record_property("acknowledged and lost", len(lost))
            record_property("refused", refused)
            assert found["kept"] == shown(kept)
            assert {status.user_id for status in news} <= found.keys()
            if min_replicas_acked:
                assert not lost
                assert refused == 20
            else:
                assert len(lost) == len(acknowledged) == 20, "or nothing is shown here"
            # Whoever was told of what is lost does not go on believing it.
            for chain in chains:
                users = chain.follower.users
                assert chain.follower.states == {
                    user: state for user, state in found.items() if not users or user in users
                }, chain.broken_off


async def until_taken(wire: Wire) -> None:
    """Call a process until it does not refuse any more."""
    async with asyncio.timeout(20):
        while True:
            try:
                await wire.set_status("new-0", pb.STATUS_AWAY)
                return
            except aio.AioRpcError:
                await asyncio.sleep(0.05)


def cut_off(master: ValkeyServer) -> None:
    """Let the master send nothing more to its replicas."""
    master.ask("CLIENT", "KILL", "TYPE", "replica")
