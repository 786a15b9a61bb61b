"""After an erasure nothing in a Redis says who it was, and one that was interrupted is ended by whoever comes next.

A server of its own writes its values uncompressed, so that what it would write to its files can be searched.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from tests.fakes import FakeClock
from tests.stores.older_redis import SCHEMAS, write_keys
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND
from tests.valkey import ValkeyServer

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import AccountUnknown, UserUnknown
from onduty_server.domain.record import AccountEvent, StatusChange, UserChange
from onduty_server.domain.status import Status, Then
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.steps import StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

pytestmark = pytest.mark.slow

PATIENCE_S = 10.0
ABANDONED_MS = 5 * SECOND
_prefixes = itertools.count(1)
WORDS = ("victim", "Vera", "sick leave", "victims-browser", "victims-call")
"""Everything that tells of the one who is erased."""


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer({"rdbcompression": "no", "appendonly": "yes"}) as server:
        yield server


class Place:
    """Keys of a server, the processes over them, and the time by which they live."""

    def __init__(self, server: ValkeyServer) -> None:
        self.server = server
        self.prefix = f"erasure-{next(_prefixes)}"
        self.clock = FakeClock()
        self.raw = Redis(port=server.port)

    @asynccontextmanager
    async def process(self, name: str = "one") -> AsyncIterator[RedisStore]:
        store = self.store(name)
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    def store(self, name: str) -> RedisStore:
        return RedisStore(
            parse_address(self.server.address),
            self.clock,
            StoreOptions(count_outage_as_inactivity=True),
            key_prefix=self.prefix,
            own_time=True,
            member=name,
            steps=StepSizes(scrub=3),
        )

    def dumped(self, *, but_of: str = "") -> bytes:
        """The names of all keys, and their values as the server writes them to its files: deleted parts included.

        Those of one account can be left out.
        """
        connection: Any = self.raw
        keys = [
            key for key in connection.keys(f"{self.prefix}:*") if not but_of or not key.endswith(f":{but_of}".encode())
        ]
        return b"\n".join(key + b" " + connection.dump(key) for key in keys)

    def found(self, *words: str, but_of: str = "") -> list[str]:
        """Those of the words that are anywhere in the keys, those of one account aside."""
        dumped = self.dumped(but_of=but_of)
        return [word for word in words if word.encode() in dumped]

    def kinds(self, account: str) -> list[str]:
        """The kinds of the keys that an account has."""
        keys: Any = self.raw.keys(f"{self.prefix}:*")
        return sorted(key.decode() for key in keys if account in key.decode().split(":", 2)[2])


@pytest.fixture
def place(server: ValkeyServer) -> Iterator[Place]:
    place = Place(server)
    yield place
    place.raw.close()


async def live(store: RedisStore, clock: FakeClock, victim: str = "victim") -> None:
    """Let the victim do and suffer everything that leaves a trace."""
    service = StatusService(store)
    await service.update_workflow(ACCOUNT, BOTH, actor=victim, caller="console")
    for user in ("ann", "ben", victim, "cem"):
        await service.record_activity(ACCOUNT, user)
    clock.advance(MINUTE)
    await service.update_user(ACCOUNT, victim, {"display_name": "Vera", "team_id": "south"}, actor="ann")
    await service.update_user(ACCOUNT, victim, {"display_name": "Vera V."}, actor=victim)
    await service.update_user(ACCOUNT, "ben", {"team_id": "south"}, actor=victim)
    await service.keep_session(ACCOUNT, victim, "victims-browser", HOUR)
    await service.keep_engagement(ACCOUNT, victim, "victims-call", HOUR)
    await service.set_status(ACCOUNT, victim, Status.AWAY, actor=victim, reason="sick leave", caller="crm")
    await service.set_status(ACCOUNT, victim, Status.ONLINE, actor="ann", reason="sick leave is over")
    for user in ("ann", "ben", "cem", "dora", "emil"):
        await service.set_status(
            ACCOUNT, user, Status.AWAY, actor=victim, reason=f"by a {len(user)}", ttl_ms=HOUR, then=Then.AWAY
        )
    await service.set_status(ACCOUNT, "ben", Status.OFFLINE, actor="ann", caller=victim)
    await service.update_workflow(ACCOUNT, {"away_after_ms": 5 * MINUTE}, team_id="south", actor="ann", caller=victim)
    await service.update_workflow(ACCOUNT, {"away_after_ms": 6 * MINUTE}, team_id="south", actor=victim)
    await service.update_workflow(ACCOUNT, {"away_after_ms": 7 * MINUTE}, team_id="north", actor=victim)
    await service.delete_workflow(ACCOUNT, "north", actor=victim)
    clock.advance(20 * MINUTE)
    await service.update_workflow(ACCOUNT, {"away_after_ms": 8 * MINUTE}, actor=victim)


def seen(events: list[AccountEvent]) -> list[tuple[int, type]]:
    return [(event.revision, type(event.change)) for event in events]


async def test_nothing_of_somebody_erased_is_in_any_key(place: Place) -> None:
    async with place.process() as store:
        await live(store, place.clock)
        service = StatusService(store)
        assert place.found(*WORDS) == list(WORDS)
        before = list(await store.events(ACCOUNT, 0, 1_000))
        await service.delete_user(ACCOUNT, "victim")
        assert place.found(*WORDS) == []
        with pytest.raises(UserUnknown):
            await service.delete_user(ACCOUNT, "victim")
        after = list(await store.events(ACCOUNT, 0, 1_000))
        assert seen(after)[: len(before)] == seen(before)
        for was, now in zip(before, after, strict=False):
            if isinstance(was.change, StatusChange) and isinstance(now.change, StatusChange):
                of_victim = was.change.user_id == "victim"
                assert now.change.user_id == ("" if of_victim else was.change.user_id)
                assert now.change.reason == ("" if of_victim else was.change.reason)
                assert now.change.actor == ("" if of_victim or was.change.actor == "victim" else was.change.actor)
                assert now.change.effective_time == was.change.effective_time
        assert "victim" not in repr(after) and "Vera" not in repr(after)
        workflows = await store.workflow_changes(ACCOUNT, 1_000, 100)
        assert workflows and {each.updated_by for each in workflows} == {""}
        assert [each.update_caller for each in workflows] == ["", "console"]
        assert (await store.workflow(ACCOUNT, "south")).updated_by == ""
        assert {view.actor for view in await store.get(ACCOUNT, ["dora", "emil", "cem"]) if view} == {""}
        assert [team.team_id for team in await store.teams(ACCOUNT, "", 10)] == ["south"]


async def test_somebody_who_comes_back_is_a_new_person_after_everybody_else(place: Place) -> None:
    async with place.process() as store:
        await live(store, place.clock)
        service = StatusService(store)
        await service.delete_user(ACCOUNT, "victim")
        await service.record_activity(ACCOUNT, "victim")
        page = await store.scan(ACCOUNT, (), 0, 100)
        assert [view.user_id for view in page.views] == ["ann", "ben", "cem", "dora", "emil", "victim"]
        assert page.views[-1].profile.display_name == ""
        history = await service.list_status_changes(ACCOUNT, user_id="victim")
        assert len(history.items) == 1


@pytest.mark.parametrize(
    ("schema", "user", "words"),
    [
        (1, "hopper", []),
        (2, "victim", ["victims-browser", "victims-call", "sick leave"]),
    ],
)
async def test_a_history_of_an_older_schema_is_brought_up_to_date_before_somebody_is_erased(
    place: Place, schema: int, user: str, words: list[str]
) -> None:
    data = Path(__file__).parents[1] / "data" / f"redis-schema-{schema}" / "store.json"
    write_keys(place.prefix, json.loads(data.read_text(encoding="utf-8"))["keys"], port=place.server.port)
    place.clock = FakeClock(SCHEMAS[schema].ended + 2 * SECOND)
    async with place.process() as store:
        before = list(await store.events(ACCOUNT, 0, 1_000))
        settings = await store.workflow_changes(ACCOUNT, 1_000, 100)
        assert place.found(user, "grace", *words, but_of="empty") == [user, "grace", *words]
        await store.delete_user(ACCOUNT, user)
        # In the account "empty", too, somebody of this name changed the workflow, who is somebody else.
        assert place.found(user, *words, but_of="empty") == []
        after = list(await store.events(ACCOUNT, 0, 1_000))
        for was, now in zip(before, after, strict=False):
            assert now == without(was, user)
        assert len(after) > len(before)
        found = await store.workflow_changes(ACCOUNT, 1_000, 100)
        assert [each.revision for each in found] == [each.revision for each in settings]
        for set_was, set_now in zip(settings, found, strict=True):
            assert set_now == replace(set_was, updated_by="" if set_was.updated_by == user else set_was.updated_by)
        named = [view for view in (await store.scan(ACCOUNT, (), 0, 1_000)).views if user in repr(view)]
        assert named == []
        with pytest.raises(UserUnknown):
            await store.delete_user(ACCOUNT, user)


def without(event: AccountEvent, user: str) -> AccountEvent:
    """Return the event as it is shown after the user was erased."""
    change = event.change
    if isinstance(change, Workflow):
        return event._replace(change=replace(change, updated_by="" if change.updated_by == user else change.updated_by))
    assert isinstance(change, StatusChange)
    if change.user_id == user:
        return event._replace(change=change._replace(user_id="", actor="", reason="", caller=""))
    actor, caller = ("" if name == user else name for name in (change.actor, change.caller))
    return event._replace(change=change._replace(actor=actor, caller=caller))


async def test_the_append_only_file_is_rewritten(place: Place, server: ValkeyServer) -> None:
    folder = Path(str(place.raw.config_get("dir")["dir"])) / "appendonlydir"
    secret = f"secret-{place.prefix}"

    def written() -> bool:
        return any(secret.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())

    async with place.process() as store:
        await live(store, place.clock, secret)
        assert written()
        await store.delete_user(ACCOUNT, secret)
        async with asyncio.timeout(PATIENCE_S):
            while written() or place.raw.info("persistence")["aof_rewrite_in_progress"]:
                # A rewrite of another test may have begun too early; then this one is asked for again.
                await store.heartbeat()
                await asyncio.to_thread(place.raw.ping)


async def test_those_who_watch_in_another_process_are_told_who_it_was_and_the_history_does_not_tell(
    place: Place,
) -> None:
    async with place.process("one") as one, place.process("two") as two:
        await live(one, place.clock)
        await two.heartbeat()
        await one.heartbeat()
        told: asyncio.Queue[AccountEvent] = asyncio.Queue()

        def listener(events: Sequence[AccountEvent]) -> None:
            for each in events:
                told.put_nowait(each)

        await two.subscribe(ACCOUNT, listener)
        await StatusService(one).delete_user(ACCOUNT, "victim")
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance((event := await told.get()).change, UserChange):
                pass
        assert isinstance(event.change, UserChange)
        assert (event.change.user_id, event.change.erased) == ("victim", True)
        [kept] = await two.events(ACCOUNT, event.revision - 1, 1)
        assert isinstance(kept.change, UserChange)
        assert (kept.change.user_id, kept.change.erased, kept.position) == ("", True, event.position)
        assert place.found(*WORDS) == []


async def test_an_erasure_that_a_killed_process_began_is_ended_by_another(place: Place) -> None:
    one = place.store("one")
    await one.open()
    await live(one, place.clock)
    await one.erasing.begin(ACCOUNT, "victim")
    assert place.found("victim") == ["victim"]
    await one.abandon()
    place.clock.advance(ABANDONED_MS)
    async with place.process("two") as two:
        assert await two.get(ACCOUNT, ["victim"]) == [None]
        await two.heartbeat()
        assert place.found(*WORDS) == []
        with pytest.raises(UserUnknown):
            await two.delete_user(ACCOUNT, "victim")


async def test_repeating_the_call_ends_an_erasure_that_was_interrupted(place: Place) -> None:
    async with place.process() as store:
        await live(store, place.clock)
        await store.erasing.begin(ACCOUNT, "victim")
        await store.delete_user(ACCOUNT, "victim")
        assert place.found(*WORDS) == []


async def test_a_record_that_is_changed_before_an_erasure_has_ended_does_not_keep_the_name(place: Place) -> None:
    async with place.process() as store:
        service = StatusService(store)
        await service.record_activity(ACCOUNT, "victim")
        await service.set_status(ACCOUNT, "ada", Status.AWAY, actor="victim")
        await store.erasing.begin(ACCOUNT, "victim")
        moved = (await service.update_user(ACCOUNT, "ada", {"team_id": "day"})).view
        # Somebody of the same id is not told apart from the erased until then, except in the history.
        await service.record_activity(ACCOUNT, "victim")
        await service.set_status(ACCOUNT, "ben", Status.AWAY, actor="victim")
        [(erasure, _, _)] = await store.erasing._marks(partition_of(ACCOUNT), ACCOUNT)
        assert moved.actor == "victim" and moved.revision > erasure
        place.clock.advance(ABANDONED_MS)
        await store.heartbeat()
        assert [view and view.actor for view in await store.get(ACCOUNT, ["ada", "ben"])] == ["", ""]
        changes = (await service.list_status_changes(ACCOUNT)).items
        assert [change.actor for change in changes if change.user_id in ("ada", "ben")] == ["", "victim"]


async def test_processes_that_are_killed_while_they_erase_leave_each_erasure_whole_or_not_begun(place: Place) -> None:
    dice = random.Random(15)
    users = [f"person-{number:02}-x" for number in range(60)]
    first = place.store("first")
    await first.open()
    await live(first, place.clock)
    await asyncio.gather(*(StatusService(first).record_activity(ACCOUNT, user) for user in users))
    for user in users:
        other = dice.choice(users)
        await StatusService(first).set_status(ACCOUNT, other, Status.AWAY, actor=user, reason=f"by {user}")
    acknowledged: set[str] = set()

    async def erase(store: RedisStore, user: str) -> None:
        await store.delete_user(ACCOUNT, user)
        acknowledged.add(user)

    store = first
    for kill in range(6):
        erasing = [asyncio.create_task(erase(store, user)) for user in users[kill * 10 : kill * 10 + 10]]
        for _ in range(dice.randrange(40)):
            await asyncio.sleep(0)
        await store.abandon()
        await asyncio.gather(*erasing, return_exceptions=True)
        # One of them may have connected again meanwhile, as no killed process does.
        await store._client.abort()
        place.clock.advance(ABANDONED_MS)
        store = place.store(f"process-{kill}")
        await store.open()
        await store.heartbeat()
        there = {user for user, view in zip(users, await store.get(ACCOUNT, users), strict=True) if view is not None}
        assert not there & acknowledged
        gone = [user for user in users if user not in there]
        # What others were told of them in a reason is not known to be about them.
        dumped = place.dumped().replace(b"by person-", b"")
        assert [user for user in gone if user.encode() in dumped] == []
    for user in users:
        with suppress(UserUnknown):
            await store.delete_user(ACCOUNT, user)
    page = await store.scan(ACCOUNT, (), 0, 1_000)
    assert [view.user_id for view in page.views] == ["ann", "ben", "victim", "cem", "dora", "emil"]
    await store.close()


async def test_nothing_of_an_erased_account_is_left_and_its_successor_has_later_revisions(place: Place) -> None:
    async with place.process("one") as one, place.process("two") as two:
        await live(one, place.clock)
        await two.heartbeat()
        await one.heartbeat()
        service = StatusService(one)
        restarts: list[int] = []
        followed = await two.subscribe(ACCOUNT, lambda events: None if events else restarts.append(1))
        assert followed.place is not None
        before = followed.place()
        revision = (await one.events(ACCOUNT, 0, 1_000))[-1].revision
        await service.delete_account(ACCOUNT)
        assert place.kinds(ACCOUNT) == [] and place.found(ACCOUNT, *WORDS) == []
        with pytest.raises(AccountUnknown):
            await service.delete_account(ACCOUNT)
        assert [each async for each in _accounts(one)] == []
        async with asyncio.timeout(PATIENCE_S):
            while not restarts:
                await two.settled_until(ACCOUNT)
        assert followed.place().lineage != before.lineage
        await service.record_activity(ACCOUNT, "ann")
        [event] = await one.events(ACCOUNT, revision + 1, 10)
        assert event.revision == revision + 2 and event.position == 0


async def _accounts(store: RedisStore) -> AsyncIterator[str]:
    position: int | None = 0
    while position is not None:
        page = await store.accounts(position, 100)
        for account_id in page.account_ids:
            yield account_id
        position = page.next_position


async def test_an_account_whose_erasure_was_interrupted_can_be_used_again_once_it_has_ended(place: Place) -> None:
    async with place.process() as store:
        await live(store, place.clock)
        await store.erasing.begin_account(ACCOUNT)
        assert (await store.scan(ACCOUNT, (), 0, 10)).views == ()
        await StatusService(store).record_activity(ACCOUNT, "new")
        assert place.found(*WORDS) == []
        page = await store.scan(ACCOUNT, (), 0, 10)
        assert [view.user_id for view in page.views] == ["new"]


async def test_accounts_that_have_to_be_declared_are_not_created_by_use(place: Place) -> None:
    store = RedisStore(
        parse_address(place.server.address),
        place.clock,
        StoreOptions(accounts_declared=True),
        key_prefix=place.prefix,
        own_time=True,
    )
    await store.open()
    service = StatusService(store)
    refused = [
        service.record_activity(ACCOUNT, "ann"),
        service.update_workflow(ACCOUNT, BOTH),
        service.update_workflow(ACCOUNT, BOTH, team_id="south"),
        service.update_user(ACCOUNT, "ann", {"display_name": "Ann"}),
    ]
    for call in refused:
        with pytest.raises(AccountUnknown):
            await call
    assert place.kinds(ACCOUNT) == []
    assert await store.create_account(ACCOUNT) and not await store.create_account(ACCOUNT)
    await service.record_activity(ACCOUNT, "ann")
    await store.close()
