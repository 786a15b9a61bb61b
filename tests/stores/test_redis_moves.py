"""Two processes on one Redis that name, move and erase the same people at once, while both record what is due."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final

import pytest
from tests.fakes import FakeClock
from tests.stores.redis_index import check_index
from tests.stores.site import ACCOUNT, HOUR, MINUTE, SECOND
from tests.valkey import shared_server

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import LimitExceeded, UserUnknown
from onduty_server.domain.record import NO_PROFILE, AccountEvent, Profile, StatusChange, UserChange
from onduty_server.domain.status import Status, Then
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.steps import StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

pytestmark = pytest.mark.slow

PATIENCE_S: Final = 20
BATCHES: Final = 25
CALLS: Final = 12
USERS: Final = [f"user-{number}" for number in range(9)]
TEAMS: Final = ("", "north", "south", "east")
_prefixes = itertools.count(1)


class Known(dict[int, tuple[str, Status, Profile]]):
    """What a listener knows of everybody, by position; it fails on a revision that does not follow."""

    def __init__(self) -> None:
        self.revision = 0
        self.came = asyncio.Event()

    def __call__(self, events: Sequence[AccountEvent]) -> None:
        for event in events:
            assert event.revision == self.revision + 1
            self.revision = event.revision
            self._learn(event.position, event.change)
        self.came.set()

    def _learn(self, position: int, change: object) -> None:
        # A change that is read after an erasure is nobody's; that of the erasure comes later.
        if isinstance(change, UserChange) and change.erased:
            self.pop(position, None)
        elif isinstance(change, UserChange) and change.user_id:
            self[position] = (change.user_id, self[position][1], change.after)
        elif isinstance(change, StatusChange) and change.user_id:
            profile = self[position][2] if position in self else NO_PROFILE
            self[position] = (change.user_id, change.status, profile)

    async def up_to(self, revision: int) -> None:
        """Return once everything up to a revision has been told."""
        async with asyncio.timeout(PATIENCE_S):
            while self.revision < revision:
                self.came.clear()
                await self.came.wait()


class Pair:
    """Two processes, and what listeners in each of them know."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.prefix = f"moves-{next(_prefixes)}"
        self.stores: list[RedisStore] = []
        self.known: list[Known] = []

    async def start(self) -> None:
        for name in ("one", "two"):
            store = RedisStore(
                parse_address(shared_server().address),
                self.clock,
                StoreOptions(count_outage_as_inactivity=True),
                key_prefix=self.prefix,
                own_time=True,
                member=name,
                steps=StepSizes(collect=3, scrub=2, settle=2),
            )
            await store.open()
            self.stores.append(store)
        await self.beat()
        for store in self.stores:
            self.known.append(Known())
            await store.subscribe(ACCOUNT, self.known[-1])

    async def beat(self) -> None:
        for store in self.stores * 2:
            await store.heartbeat()

    async def settle(self) -> None:
        """Let both record at once what is due, whoever has the lease."""
        await asyncio.gather(
            *(store._settling.settle_account(partition_of(ACCOUNT), ACCOUNT) for store in self.stores for _ in range(3))
        )

    async def sweep(self) -> None:
        """Let both sweep until nothing is due."""
        while True:
            sweeps = [await store.settle_due(10) for store in self.stores]
            if all(sweep.next_due is None or sweep.next_due > self.clock.now() for sweep in sweeps):
                return

    async def seen(self) -> list[object]:
        """What both show; it must be the same."""
        shown: list[list[object]] = []
        for store in self.stores:
            page = await store.scan(ACCOUNT, (), 0, 1_000)
            found: list[object] = [[(view.user_id, view.status, view.profile) for view in page.views]]
            for team in TEAMS:
                members = await store.scan(ACCOUNT, (), 0, 1_000, team_id=team)
                assert [v for v in page.views if not team or v.profile.team_id == team] == list(members.views)
                best = await store.available(ACCOUNT, AvailabilityOrder.LONGEST_AVAILABLE, 100, 0, team_id=team)
                assert {v.user_id for v in members.views if v.available} == {v.user_id for v in best.views}
                found.append((best, await store.workflow(ACCOUNT, team)))
            shown.append([*found, await store.teams(ACCOUNT, "", 100), list(await store.events(ACCOUNT, 0, 10_000))])
        assert shown[0] == shown[1]
        return shown[0]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    await pair.start()
    yield pair
    for store in pair.stores:
        await store.close()


async def act(service: StatusService, dice: random.Random) -> None:
    """Do one thing to somebody whom the other process may be naming, moving or erasing."""
    user, other = dice.sample(USERS, 2)
    by = other if dice.random() < 0.5 else "boss"
    minutes = dice.choice((None, 2, 5, 10))
    kind = dice.choices(
        ("move", "rename", "erase", "activity", "set", "keep", "engage", "workflow", "follow"),
        (4, 3, 2, 4, 3, 2, 2, 1, 1),
    )[0]
    if kind == "move":
        await service.update_user(ACCOUNT, user, {"team_id": dice.choice(TEAMS)}, actor=by)
    elif kind == "rename":
        await service.update_user(ACCOUNT, user, {"display_name": f"name {dice.randrange(99)}"}, actor=by)
    elif kind == "erase":
        await service.delete_user(ACCOUNT, user)
    elif kind == "activity":
        await service.record_activity(ACCOUNT, user)
    elif kind == "set":
        ttl_ms, then = (None, None) if minutes is None else (minutes * MINUTE, dice.choice(list(Then)))
        status = dice.choice(list(Status))
        await service.set_status(ACCOUNT, user, status, actor=by, reason=f"by {by}", ttl_ms=ttl_ms, then=then)
    elif kind == "keep":
        await service.keep_session(ACCOUNT, user, "browser", MINUTE)
    elif kind == "engage":
        await service.keep_engagement(ACCOUNT, user, f"call-{dice.randrange(3)}", dice.randrange(1, 9) * MINUTE)
    elif kind == "workflow":
        after_ms = None if minutes is None else minutes * MINUTE
        await service.update_workflow(
            ACCOUNT,
            {"enabled": True, "away_after_ms": after_ms, "offline_after_ms": HOUR, "disconnect_after_ms": after_ms},
            team_id=dice.choice(TEAMS),
            actor=by,
        )
    elif team := dice.choice(TEAMS):
        await service.delete_workflow(ACCOUNT, team, actor=by)


@pytest.mark.parametrize("seed", range(2))
async def test_people_whom_two_processes_name_move_and_erase_at_once_are_the_same_to_both(
    pair: Pair, seed: int
) -> None:
    dice = random.Random(1_500 + seed)
    services = [StatusService(store) for store in pair.stores]
    erased = 0

    async def one() -> None:
        with suppress(UserUnknown, LimitExceeded):
            await act(dice.choice(services), dice)

    for _ in range(BATCHES):
        await asyncio.gather(*(one() for _ in range(CALLS)), pair.settle())
        check_index(pair.prefix, ACCOUNT, pair.clock.now())
        await pair.sweep()
        check_index(pair.prefix, ACCOUNT, pair.clock.now())
        people, *_, events = await pair.seen()
        assert isinstance(events, list) and isinstance(people, list)
        assert [event.revision for event in events] == list(range(1, len(events) + 1))
        for known in pair.known:
            await known.up_to(len(events))
            assert [known[position] for position in sorted(known)] == people
        erased = sum(isinstance(event.change, UserChange) and event.change.erased for event in events)
        pair.clock.advance(dice.choice((SECOND, MINUTE, 3 * MINUTE)))
        await pair.beat()
    assert erased >= 10
