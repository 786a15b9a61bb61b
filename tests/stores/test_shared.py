"""Several processes on one store: one sweeps a partition, whoever writes, it is written once, and all see it.

The processes are stores of their own over the same keys, and live by one fake clock.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

import pytest
from tests.fakes import FakeClock
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, MINUTE, SECOND
from tests.valkey import shared_cluster, shared_server

from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain import rules
from onduty_server.domain.errors import RevisionConflict
from onduty_server.domain.record import AccountEvent, Decision, StatusChange, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Cause, Status
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.membership import LEASE_MS
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

pytestmark = pytest.mark.slow

PATIENCE_S = 10


class Deployment:
    """Processes by name, over keys of their own."""

    _number = 0

    def __init__(self, address: str) -> None:
        Deployment._number += 1
        self.clock = FakeClock()
        self._address = parse_address(address)
        self._prefix = f"shared-{Deployment._number}"
        self.stores: dict[str, RedisStore] = {}

    async def start(self, name: str) -> RedisStore:
        store = RedisStore(
            self._address,
            self.clock,
            StoreOptions(count_outage_as_inactivity=True),
            key_prefix=self._prefix,
            own_time=True,
            member=name,
        )
        await store.open()
        self.stores[name] = store
        return store

    async def several(self, *names: str) -> Sequence[RedisStore]:
        """Start several, and let them deal the partitions out among themselves."""
        stores = [await self.start(name) for name in names]
        await self.beat()
        return stores

    async def beat(self) -> None:
        """Twice: what one gives back in the first round another can take in the second."""
        for _ in range(2):
            for store in self.stores.values():
                await store.heartbeat()

    async def live(self, for_ms: int) -> None:
        for _ in range(for_ms // 1_000):
            self.clock.advance(1_000)
            await self.beat()

    async def kill(self, name: str) -> None:
        await self.stores.pop(name).abandon()

    async def stop(self) -> None:
        for store in self.stores.values():
            await store.close()

    async def sweep(self) -> int:
        """Let all sweep at once until nobody finds anything; how many users were switched."""
        switched = 0
        while True:
            sweeps = await asyncio.gather(*(store.settle_due(10) for store in self.stores.values()))
            switched += sum(sweep.switched for sweep in sweeps)
            if all(sweep.next_due is None or sweep.next_due > self.clock.now() for sweep in sweeps):
                return switched

    async def history(self, account: str = ACCOUNT) -> list[StatusChange]:
        store = next(iter(self.stores.values()))
        changes: list[StatusChange] = []
        after: int | None = 0
        while after is not None:
            page = await store.changes(account, ChangeFilter(), after, 1_000)
            changes += page.changes
            after = page.next_revision
        return changes


@pytest.fixture(params=["one server", "cluster"])
async def deployment(request: pytest.FixtureRequest) -> AsyncIterator[Deployment]:
    server = shared_cluster() if request.param == "cluster" else shared_server()
    deployment = Deployment(server.address)
    yield deployment
    await deployment.stop()


ACCOUNTS = [f"account-{number}" for number in range(24)]


async def populated(deployment: Deployment, store: RedisStore) -> None:
    service = StatusService(store)
    for account in ACCOUNTS:
        await service.update_workflow(account, AWAY_ONLY)
        await asyncio.gather(*(service.record_activity(account, f"user-{number}") for number in range(5)))


async def test_each_partition_in_use_is_held_by_one_and_all_are_held(deployment: Deployment) -> None:
    first, second, third = await deployment.several("first", "second", "third")
    await populated(deployment, first)
    await deployment.beat()
    held = [set(store._partitions.held) for store in (first, second, third)]
    assert set.union(*held) == {partition_of(account) for account in ACCOUNTS}
    assert sum(map(len, held)) == len(set.union(*held)), "none is held twice"
    assert all(held), "each has its share"


async def test_what_falls_due_is_recorded_once_whoever_holds_it(deployment: Deployment) -> None:
    first, _ = await deployment.several("first", "second")
    await populated(deployment, first)
    due = deployment.clock.now() + 10 * MINUTE
    await deployment.live(10 * MINUTE)
    deployment.clock.advance(SECOND)
    assert await deployment.sweep() == 5 * len(ACCOUNTS)
    for account in ACCOUNTS:
        timed = [change for change in await deployment.history(account) if change.cause is Cause.INACTIVITY]
        assert len({change.user_id for change in timed}) == len(timed) == 5
        assert {change.effective_time for change in timed} == {due}


async def test_any_process_knows_of_what_is_due_and_not_recorded_whoever_holds_it(deployment: Deployment) -> None:
    stores = await deployment.several("first", "second")
    await populated(deployment, stores[0])
    due = deployment.clock.now() + 10 * MINUTE
    await deployment.live(10 * MINUTE)
    deployment.clock.advance(SECOND)
    for account in ACCOUNTS[:6]:
        assert {await store.settled_before(account) for store in stores} == {due}
    await deployment.sweep()
    for account in ACCOUNTS[:6]:
        assert {await store.settled_before(account) for store in stores} == {deployment.clock.now()}


async def test_what_a_killed_process_held_another_takes_over_once_the_lease_is_over(deployment: Deployment) -> None:
    first, second = await deployment.several("first", "second")
    await populated(deployment, first)
    await deployment.beat()
    orphaned = set(first._partitions.held)
    assert orphaned
    await deployment.kill("first")
    await second.heartbeat()
    assert not orphaned & set(second._partitions.held)
    deployment.clock.advance(LEASE_MS + 1)
    await second.heartbeat()
    assert orphaned <= set(second._partitions.held)


async def test_a_process_that_leaves_gives_its_partitions_back_at_once(deployment: Deployment) -> None:
    first, second = await deployment.several("first", "second")
    await populated(deployment, first)
    await deployment.beat()
    await deployment.stores.pop("first").close()
    await second.heartbeat()
    assert set(second._partitions.held) == second._partitions.used


async def test_a_process_that_was_frozen_for_longer_than_its_lease_sweeps_nothing(deployment: Deployment) -> None:
    frozen, other = await deployment.several("frozen", "other")
    await populated(deployment, frozen)
    await deployment.beat()
    believed = set(frozen._partitions.held)
    deployment.clock.advance(LEASE_MS + 1)
    await other.heartbeat()
    deployment.clock.advance(10 * MINUTE)
    await other.heartbeat()
    # It has not noticed that time has passed, and goes on with what it believed to be due.
    for partition in believed:
        assert await frozen._sweeper.sweep(partition, 100) == 0
    assert not set(frozen._partitions.held)
    for account in ACCOUNTS:
        assert all(change.cause is not Cause.INACTIVITY for change in await deployment.history(account))
    assert (await other.settle_due(1_000)).switched == 5 * len(ACCOUNTS)


async def test_two_who_both_believe_that_they_may_record_each_switch_once(deployment: Deployment) -> None:
    """A lease spares work. Without any, the compare-and-set still lets each switch be written once."""
    stores = await deployment.several("first", "second")
    service = StatusService(stores[0])
    await service.update_workflow(ACCOUNT, BOTH)
    users = [f"user-{number}" for number in range(100)]
    await asyncio.gather(*(service.record_activity(ACCOUNT, user) for user in users))
    deployment.clock.advance(10 * MINUTE)
    partition = partition_of(ACCOUNT)
    for _ in range(20):
        await asyncio.gather(
            *(store._settling.settle_account(partition, ACCOUNT) for store in stores for _ in range(2))
        )
    timed = [change for change in await deployment.history() if change.cause is Cause.INACTIVITY]
    assert sorted(change.user_id for change in timed) == sorted(users)


@pytest.mark.parametrize("seed", range(3))
async def test_changes_by_hand_through_any_process_are_one_history(deployment: Deployment, seed: int) -> None:
    dice = random.Random(seed)
    stores = await deployment.several("first", "second", "third")
    users = [f"user-{number}" for number in range(4)]
    acknowledged: list[tuple[int, str, Status, str]] = []

    async def change(number: int) -> None:
        user, status, reason = dice.choice(users), dice.choice(list(Status)), f"reason {number}"
        view = await StatusService(dice.choice(stores)).set_status(ACCOUNT, user, status, reason=reason)
        acknowledged.append((view.revision, user, status, reason))

    await asyncio.gather(*(change(number) for number in range(150)))
    history = await deployment.history()
    assert [change.revision for change in history] == list(range(1, 151))
    assert sorted(acknowledged) == [(it.revision, it.user_id, it.status, it.reason) for it in history]
    last = {change.user_id: change for change in history}
    for user, view in zip(last, await stores[0].get(ACCOUNT, list(last)), strict=True):
        assert view is not None
        assert (view.status, view.reason, view.revision) == (last[user].status, last[user].reason, last[user].revision)


async def test_of_two_who_expect_the_same_revision_one_is_refused(deployment: Deployment) -> None:
    services = [StatusService(store) for store in await deployment.several("first", "second")]
    before = await services[0].set_status(ACCOUNT, "ada", Status.AWAY)
    outcomes = await asyncio.gather(
        *(
            service.set_status(ACCOUNT, "ada", Status.ONLINE, reason=str(n), expected_revision=before.revision)
            for n, service in enumerate(services * 5)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(outcome, RevisionConflict) for outcome in outcomes) == 1
    assert len(await deployment.history()) == 2


async def test_a_workflow_changed_through_one_process_holds_in_all(deployment: Deployment) -> None:
    first, second = (StatusService(store) for store in await deployment.several("first", "second"))
    await first.record_activity(ACCOUNT, "ada")
    changed = await first.update_workflow(ACCOUNT, BOTH)
    assert await second.get_workflow(ACCOUNT) == changed
    assert (await second.get_status(ACCOUNT, "ada")).next_status is Status.AWAY
    with pytest.raises(RevisionConflict):
        await second.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}, etag="w0")


async def test_a_listener_is_told_of_what_others_do_in_order_and_once(deployment: Deployment) -> None:
    first, second = await deployment.several("first", "second")
    told: list[AccountEvent] = []
    more: list[AccountEvent] = []
    await StatusService(first).set_status(ACCOUNT, "ada", Status.AWAY)
    subscription = await second.subscribe(ACCOUNT, told.extend)
    assert subscription.revision == 1
    late = await second.subscribe(ACCOUNT, more.extend)
    for number in range(50):
        await StatusService(first).set_status(ACCOUNT, "ada", Status.ONLINE, reason=str(number))
    async with asyncio.timeout(PATIENCE_S):
        while len(told) < 50 or len(more) < 50:  # noqa: ASYNC110 # listeners are plain functions
            await asyncio.sleep(0.001)
    assert [event.revision for event in told] == list(range(2, 52))
    assert [event.revision for event in more] == list(range(late.revision + 1, 52))
    assert second.token_key == first.token_key, "a token of one is a token of all"


async def test_what_happens_now_happens_when_it_is_written(deployment: Deployment) -> None:
    """A decision rests on a moment that is over when it is written; nobody may have been told otherwise in between."""
    (store,) = await deployment.several("only")
    await StatusService(store).update_workflow(ACCOUNT, AWAY_ONLY)
    asked = 0

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        nonlocal asked
        asked += 1
        deployment.clock.advance(7)  # the way to the store and back
        return rules.set_status(
            record, policy, status=Status.ONLINE, now=now, actor="", reason="", expected_revision=None
        )

    view = await store.transact(ACCOUNT, "ada", decide)
    (change,) = await deployment.history()
    assert asked == 1
    assert change.effective_time == change.commit_time == view.status_since == deployment.clock.now()
    assert view.next_status_time == deployment.clock.now() + 10 * MINUTE


async def test_a_decision_is_made_anew_when_a_switch_falls_due_before_it_is_written(deployment: Deployment) -> None:
    (store,) = await deployment.several("only")
    service = StatusService(store)
    await service.update_workflow(ACCOUNT, AWAY_ONLY)
    await service.record_activity(ACCOUNT, "ada")
    due = deployment.clock.now() + 10 * MINUTE
    deployment.clock.advance(10 * MINUTE - 1)
    seen: list[Status | None] = []

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        seen.append(rules.settle(record, policy, now).record.state.status)
        deployment.clock.advance(1)
        return rules.set_status(
            record, policy, status=Status.OFFLINE, now=now, actor="", reason="", expected_revision=None
        )

    await store.transact(ACCOUNT, "ada", decide)
    assert seen == [Status.ONLINE, Status.AWAY]
    history = await deployment.history()
    assert [(change.status, change.effective_time) for change in history[1:]] == [
        (Status.AWAY, due),
        (Status.OFFLINE, due + 1),
    ]


async def test_a_decision_is_made_anew_when_another_process_came_first(deployment: Deployment) -> None:
    first, second = await deployment.several("first", "second")
    await StatusService(first).set_status(ACCOUNT, "ada", Status.AWAY)
    other = asyncio.Event()
    seen: list[str] = []

    def decide(record: UserRecord, policy: Policy, now: int) -> Decision:
        seen.append(record.reason)
        return rules.set_status(
            record, policy, status=Status.ONLINE, now=now, actor="", reason="mine", expected_revision=None
        )

    transactions = first._transactions
    commit = transactions._commit

    async def late_commit(*args: object) -> list[object]:
        if not other.is_set():
            other.set()
            await StatusService(second).set_status(ACCOUNT, "ada", Status.OFFLINE, reason="theirs")
        return await commit(*args)  # type: ignore[arg-type]

    transactions._commit = late_commit  # type: ignore[assignment, method-assign] # between reading and writing
    view = await first.transact(ACCOUNT, "ada", decide)
    assert seen == ["", "theirs"]
    assert (view.status, view.revision) == (Status.ONLINE, 3)
