"""Sessions, engagements and statuses with an end on a Cluster, while a master is followed by its replica.

A process is killed at the same moment, and the slot of one account moves. Every change is with a replica before it is
acknowledged, so history must have all that was told, each change once and with its time: at exactly the end of a
status, and `disconnect_after` after the end of the last session, whoever recorded it and however late. Watchers, who go
on through another process when theirs is gone, know exactly that.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import grpc
import pytest
from grpc import aio
from tests.faults.process import Servers
from tests.faults.shared import Chain, Pool, history_of, key_of
from tests.faults.test_cluster import DICE, Fleet, accounts_on, clients_of, telling_of_takeovers
from tests.grpc.wire import Wire, ms
from tests.valkey import ValkeyCluster, slot_of
from tests.watching.follower import shown

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import wall_clock_ms

DISCONNECT_MS, AWAY_MS = 1_000, 2_000
APART_MS = 300
"""How far the clocks of the store and of the clients may be apart, and how late a call may reach the store."""
EACH = 8
"""How many users of each kind an account has."""
TIMEOUT_S = 40
Found = TypeVar("Found")


class Span(NamedTuple):
    """When something happened (ms UTC), as far as its caller knows."""

    low: int
    high: int

    def holds(self, time: int) -> bool:
        return self.low - APART_MS <= time <= self.high + APART_MS


class Told:
    """What callers of one account were told."""

    def __init__(self, account_id: str, pool: Pool) -> None:
        self.account_id = account_id
        self.left: dict[str, Span] = {}
        """By user: when the last session was ended."""
        self.finished: dict[str, Span] = {}
        """By user: when the last engagement was ended."""
        self.ends: dict[str, list[int]] = defaultdict(list)
        """By user: the ends of the statuses that were set."""
        self.refused: Counter[str] = Counter()
        self._pool = pool

    async def insist(self, call: Callable[[Wire], Awaitable[Found]]) -> tuple[Found, Span]:
        """Call one process or another until one answers."""
        began = wall_clock_ms()
        while True:
            try:
                found = await call(self._pool.any())
                return found, Span(began, wall_clock_ms())
            except aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise
                self.refused[error.code().name] += 1
                await asyncio.sleep(0.05)

    async def stay(self, user: str, over: asyncio.Event) -> None:
        """Keep a session up to the end, with something to do."""
        while not over.is_set():
            await self.insist(
                lambda wire: wire.keep_session(
                    user, "browser", ttl_ms=30_000, idle_for_ms=0, account_id=self.account_id
                )
            )
            await asyncio.sleep(0.2)

    async def leave(self, user: str, after_s: float) -> None:
        """Sign in, and out again some time later."""
        for session in ("browser", "phone"):
            await self.insist(
                lambda wire, session=session: wire.keep_session(  # type: ignore[misc]
                    user, session, idle_for_ms=0, account_id=self.account_id
                )
            )
        await asyncio.sleep(after_s)
        spans = []
        for session in ("browser", "phone"):
            _, span = await self.insist(
                lambda wire, session=session: wire.end_session(  # type: ignore[misc]
                    user, session, account_id=self.account_id
                )
            )
            spans.append(span)
        self.left[user] = spans[-1]

    async def work(self, user: str, after_s: float) -> None:
        """Be on a call, and do nothing else."""
        await self.insist(lambda wire: wire.set_status(user, pb.STATUS_ONLINE, account_id=self.account_id))
        await self.insist(lambda wire: wire.keep_engagement(user, "call", account_id=self.account_id))
        await asyncio.sleep(after_s)
        _, self.finished[user] = await self.insist(
            lambda wire: wire.end_engagement(user, "call", account_id=self.account_id)
        )

    async def lunch(self, user: str, over: asyncio.Event, dice: random.Random) -> None:
        """Be away until some time, and then ONLINE, again and again."""
        while not over.is_set():
            ttl_ms = dice.randrange(1_000, 2_500)
            reason = f"reason {dice.random()}"
            status, _ = await self.insist(
                lambda wire, ttl_ms=ttl_ms, reason=reason: wire.set_status(  # type: ignore[misc]
                    *(user, pb.STATUS_AWAY),
                    reason=reason,
                    ttl_ms=ttl_ms,
                    then=pb.THEN_ONLINE,
                    account_id=self.account_id,
                )
            )
            end = ms(status.expire_time)
            self.ends[user].append(end)
            await asyncio.sleep(max(0, end - wall_clock_ms()) / 1_000 + 0.3)

    # --- at the end

    async def check(self) -> Counter[str]:
        """Compare history, and what is shown, with what callers were told."""
        checked: Counter[str] = Counter()
        changes, _ = await self.insist(lambda wire: wire.changes(account_id=self.account_id))
        statuses, _ = await self.insist(lambda wire: wire.statuses(account_id=self.account_id))
        assert [change.revision for change in changes] == list(range(2, len(changes) + 2)), "one for the workflow"
        own: dict[str, list[pb.StatusChange]] = defaultdict(list)
        for change in changes:
            own[change.user_id].append(change)
        for status in statuses:
            last = own[status.user_id][-1]
            assert (status.status, status.cause, status.revision) == (last.status, last.cause, last.revision)
        for user, history in own.items():
            by_cause = Counter(change.cause for change in history)
            kind = user.partition("-")[0]
            if kind == "stays":
                assert not by_cause[pb.CAUSE_DISCONNECT], history
                checked["stayed"] += 1
            elif kind == "leaves":
                [gone] = [change for change in history if change.cause == pb.CAUSE_DISCONNECT]
                assert self.left[user].holds(ms(gone.effective_time) - DISCONNECT_MS), (gone, self.left[user])
                checked["disconnected"] += 1
            elif kind == "works":
                [away] = [change for change in history if change.cause == pb.CAUSE_INACTIVITY]
                assert self.finished[user].holds(ms(away.effective_time) - AWAY_MS), (away, self.finished[user])
                checked["idle after work"] += 1
            else:
                # A call that was cut off may have been made as well as the one that followed it, and been replaced.
                ends = [ms(change.effective_time) for change in history if change.cause == pb.CAUSE_EXPIRY]
                assert len(set(ends)) == len(ends)
                assert set(self.ends[user]) <= set(ends), (self.ends[user], history)
                set_ends = [ms(change.expire_time) for change in history if change.HasField("expire_time")]
                assert set(ends) <= set(set_ends)
                checked["ended at their time"] += len(ends)
        return checked


@pytest.mark.timeout(180)
async def test_what_falls_due_while_a_master_is_replaced_is_recorded_once_and_with_its_time(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(DICE)
    record_property("dice", DICE)
    with ValkeyCluster(3, 1) as cluster, telling_of_takeovers(cluster):
        accounts = accounts_on(*cluster.nodes[:3], cluster=cluster)
        async with Servers(tmp_path) as servers, clients_of(dice) as pool:
            fleet = Fleet(servers, cluster.address, pool, "--min-replicas-acked", "1")
            await fleet.start(0, 1, 2)
            everybody = [Told(account, pool) for account in accounts]
            chains = [Chain(pool, account, users) for account in accounts for users in ((), ("stays-0", "lunches-1"))]
            # What was written behind may be lost with the master, and with it what a bookmark rested on.
            for chain in chains:
                chain.lenient = True
            for told in everybody:
                await pool.any().switch_on(AWAY_MS, disconnect_ms=DISCONNECT_MS, account_id=told.account_id)
            over = asyncio.Event()
            async with asyncio.timeout(TIMEOUT_S + 60), asyncio.TaskGroup() as group:
                watching = [group.create_task(chain.run()) for chain in chains]
                for told in everybody:
                    for number in range(EACH):
                        group.create_task(told.stay(f"stays-{number}", over))
                        group.create_task(told.leave(f"leaves-{number}", 1.0 + number))
                        group.create_task(told.work(f"works-{number}", 1.0 + number))
                        group.create_task(told.lunch(f"lunches-{number}", over, dice))
                await asyncio.sleep(2)
                slot = slot_of(key_of(accounts[2]))
                await asyncio.to_thread(cluster.move_slot, slot, cluster.nodes[1])
                killed = await asyncio.to_thread(cluster.kill_master_of, key_of(accounts[0]))
                await fleet.kill(1)
                await asyncio.to_thread(cluster.settled)
                # Without a replica nothing more would be acknowledged.
                await asyncio.to_thread(killed.start)
                await asyncio.to_thread(cluster.settled)
                await asyncio.sleep(3)
                over.set()
                # What is due by now is recorded within the time that it takes to take over a partition.
                await asyncio.sleep((AWAY_MS + 3_000) / 1_000)
                quiet = wall_clock_ms()
                for chain in chains:
                    chain.lenient = False
                    chain.finish(quiet)
                await asyncio.gather(*watching)
            checked: Counter[str] = Counter()
            for told in everybody:
                checked += await told.check()
                checked["calls refused"] += told.refused.total()
                wire = pool.any()
                history = await history_of(cluster, wire, told.account_id, quiet)
                statuses, _ = await told.insist(lambda wire, told=told: wire.statuses(account_id=told.account_id))  # type: ignore[misc]
                workflow = await wire.workflow(told.account_id)
                for chain in chains:
                    if chain.follower.account_id == told.account_id:
                        chain.follower.check(history, {each.user_id: shown(each) for each in statuses}, workflow)
                        checked["events told"] += len(chain.follower.events)
    for name, number in sorted(checked.items()):
        record_property(name, number)
    for kind in ("stayed", "disconnected", "idle after work"):
        assert checked[kind] == 3 * EACH
    assert checked["ended at their time"] >= 3 * EACH * 3
