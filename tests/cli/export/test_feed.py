"""What an export is told next: from a watch, from the history, and that something is missing."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.client.scripted import ScriptedServer
from tests.client.watched import page
from tests.fakes import FakeClock
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_client import AsyncClient, Status
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.cli.errors import Failure
from onduty_server.cli.remote.export.checkpoint import Place
from onduty_server.cli.remote.export.events import EventWriter
from onduty_server.cli.remote.export.feed import Feed, Step
from onduty_server.process.application import Application
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.text.times import from_ms

ACCOUNT = "acme"
PRUNE_EVERY_MS = 10 * 60 * 1_000
KEPT = 5
PATIENCE_S = 20.0


class Site:
    """A server, on a clock that runs twenty times as fast as any other."""

    def __init__(self, application: Application, clock: FakeClock, client: AsyncClient) -> None:
        self.application = application
        self.clock = clock
        self.client = client
        self._days = 0

    async def change(self, count: int, user: str = "ada") -> None:
        """So many changes of a status."""
        for number in range(count):
            status = (Status.ONLINE, Status.AWAY)[number % 2]
            await self.client.set_status(ACCOUNT, user, status, reason=f"{self.clock.now()} {number}")

    async def configure(self) -> None:
        """A change of the workflow."""
        self._days = self._days % 20 + 1
        await self.client.update_workflow(ACCOUNT, enabled=True, away_after=timedelta(days=self._days))

    async def forget(self) -> None:
        """Have the server drop all but the last changes."""
        async with asyncio.timeout(PATIENCE_S):
            while len((await self.client.list_status_changes_page(ACCOUNT, page_size=1_000)).items) > KEPT:
                self.clock.advance(2 * PRUNE_EVERY_MS)
                await self.application.store.heartbeat()

    def feed(self, place: Place | None = None, **more: Any) -> Feed:
        return Feed(self.client, ACCOUNT, EventWriter(ACCOUNT, "/x"), place, **more)


@asynccontextmanager
async def serving(database: Path, clock: FakeClock, limits: WatchLimits | None = None) -> AsyncIterator[Site]:
    options = StoreOptions(count_outage_as_inactivity=True, history_max_changes=KEPT, history_retention_ms=10**12)
    store = SqliteStore(database, clock, options)

    async def tick() -> None:
        while True:
            clock.advance(100)
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    try:
        async with (
            running(store, clock, watch_limits=limits) as application,
            AsyncClient(f"127.0.0.1:{application.port}") as client,
        ):
            yield Site(application, clock, client)
    finally:
        ticking.cancel()


class Told:
    """What a feed has said."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.steps = feed.steps()
        self.place = Place()
        self.events: list[dict[str, Any]] = []

    async def next(self) -> Step:
        step = await anext(self.steps)
        self.place = step.after
        self.events += [json.loads(event.body) for event in step.events]
        return step

    async def until(self, revision: int) -> None:
        """Read until this revision is behind, and a token tells so."""
        async with asyncio.timeout(PATIENCE_S):
            while self.place.revision < revision or self.place.replaying:
                await self.next()

    async def leave(self) -> Place:
        await self.steps.aclose()
        return self.place

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]


async def told_until(feed: Feed, revision: int) -> Told:
    told = Told(feed)
    await told.until(revision)
    await told.leave()
    return told


def ids(first: int, last: int) -> list[str]:
    return [f"acme:{revision}" for revision in range(first, last + 1)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_it_begins_with_what_happens_from_then_on_and_goes_on_from_where_it_was(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        await site.change(3)
        told = Told(site.feed())
        first = await told.next()
        assert (first.events, first.after.revision, first.after.replaying) == ((), 3, False)
        await site.change(2)
        await site.configure()
        await site.change(1, "ben")
        await told.until(7)
        assert told.ids == ids(4, 7)
        assert [event["type"] for event in told.events[1:3]] == [
            "onduty.status.changed.v1",
            "onduty.workflow.changed.v1",
        ]
        place = await told.leave()
        await site.change(2)
        again = await told_until(site.feed(place), 9)
        assert again.ids == ids(8, 9)
        # As after a crash within a step: the token is of before, the revision tells what is behind.
        within = Place(8, place.resume_token, commit_ms=None)
        assert (await told_until(site.feed(within), 9)).ids == ids(9, 9)


async def test_it_begins_with_a_revision_or_a_time(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        await site.configure()
        await site.change(2)
        clock.advance(60_000)
        time = from_ms(clock.now())
        await site.configure()
        await site.change(1)
        for begin, first in ((1, 1), (3, 3), (time, 4)):
            told = await told_until(site.feed(begin=begin), 5)
            assert told.ids == ids(first, 5), begin
            assert not told.place.replaying
        told = Told(site.feed(begin=from_ms(clock.now() + 60_000)))
        assert (await told.next()).after.revision == 5
        await told.leave()
        # A place is given up for it.
        assert (await told_until(site.feed(Place(5, "gone"), begin=4), 5)).ids == ids(4, 5)
        with pytest.raises(Failure, match="--from 7 lies ahead: the last revision of 'acme' is 5"):
            await told_until(site.feed(begin=7), 7)


async def test_changes_that_the_server_no_longer_keeps_are_said_to_be_missing(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        told = Told(site.feed())
        await told.next()
        await site.change(2)
        await told.until(2)
        place = await told.leave()
        await site.change(10)
        await site.configure()
        await site.change(KEPT)
    # Another start: what it had in memory for watchers is gone as well.
    async with serving(tmp_path / "a.db", clock) as site:
        await site.forget()
        for _ in range(2):
            told = await told_until(site.feed(place), 18)
            assert told.ids == ["acme:2-14:missing", *ids(13, 18)], "what is kept of the workflow is told"
            missing = told.events[0]
            assert missing["type"] == "onduty.history.missing.v1"
            assert missing["data"] == {
                "account_id": "acme", "reason": "HISTORY_EXPIRED", "after_revision": 2, "next_revision": 14,
            }  # fmt: skip
        await site.change(1)
        assert (await told_until(site.feed(told.place), 19)).ids == ids(19, 19), "a watch goes on from there"


async def test_a_token_that_has_expired_costs_nothing_while_the_history_is_there(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        await site.change(4)
        await site.configure()
        await site.change(2)
        for revision in (0, 1, 4, 5, 7):
            told = Told(site.feed(Place(revision, "bm90IGEgdG9rZW4=")))
            await told.next()
            await told.until(7)
            await site.change(0)
            await told.leave()
            assert told.ids == ids(revision + 1, 7)


async def test_another_history_is_said_to_be_one_and_its_ids_are_others(tmp_path: Path, clock: FakeClock) -> None:
    database, copy = tmp_path / "a.db", tmp_path / "copy.db"
    async with serving(database, clock) as site:
        await site.change(3)
    shutil.copyfile(database, copy)
    async with serving(database, clock) as site:
        told = Told(site.feed())
        await told.next()
        await site.change(2)
        await told.until(5)
        place = await told.leave()
    shutil.copyfile(copy, database)
    async with serving(database, clock) as site:
        # As many changes, or fewer, or more: others either way.
        for changes, newest in ((0, 3), (2, 5), (1, 6)):
            await site.change(changes, "ben")
            told = Told(site.feed(place))
            async with asyncio.timeout(PATIENCE_S):
                while not told.events:
                    await told.next()
            (missing,) = told.events
            assert missing["id"] == "acme:5-:missing:2"
            assert missing["data"]["reason"] == "HISTORY_REPLACED"
            assert (told.place.revision, told.place.generation) == (newest, 2)
            await told.leave()
        await site.change(1)
        assert (await told_until(site.feed(told.place), 7)).ids == ["acme:7:2"]


async def test_changes_that_the_history_does_not_list_are_told_by_a_watch_and_else_said_to_be_missing(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        await site.change(1)
        told = Told(site.feed())
        while told.place.until_ms is None or not told.feed._watch:
            await told.next()
        await site.client.update_user(ACCOUNT, "ada", display_name="Ada", team_id="sales")
        await site.change(1, "ben")
        await site.client.update_workflow(ACCOUNT, team_id="sales", enabled=True, away_after=timedelta(hours=1))
        await site.client.delete_user(ACCOUNT, "ada")
        await told.until(5)
        place = await told.leave()
        assert told.ids == ids(2, 5)
        named, _, workflow, erased = told.events
        assert (named["type"], named["subject"]) == ("onduty.user.changed.v1", "ada")
        assert (named["data"]["display_name"], named["data"]["team_id"]) == ("Ada", "sales")
        assert (workflow["data"]["team_id"], workflow["data"]["deleted"]) == ("sales", False)
        assert erased["data"]["erased"] and erased["data"]["display_name"] == ""
        assert (place.revision, place.listed) == (5, 3)
        # After that a token that is refused is not taken for another history.
        again = Told(site.feed(replace(place, resume_token="bm90IGEgdG9rZW4=")))
        while again.place.replaying or not again.place.until_ms:
            await again.next()
        await site.change(1, "ben")
        await again.until(6)
        await again.leave()
        assert again.ids == ids(6, 6)
        # From the history, what is missing is said to be, also where only the next change shows it.
        told = Told(site.feed(begin=1))
        await told.until(6)
        await site.client.update_user(ACCOUNT, "ben", display_name="Ben")
        await site.change(1, "ben")
        await told.until(8)
        await told.leave()
        assert told.ids == ["acme:1", "acme:1-3:missing", "acme:3", "acme:3-6:missing", *ids(6, 8)]
        assert told.events[1]["data"]["reason"] == "NOT_IN_HISTORY"


@pytest.mark.parametrize("is_renamed", [False, True])
async def test_an_erasure_that_was_missed_is_told_without_an_id_and_not_taken_for_another_history(
    tmp_path: Path, clock: FakeClock, is_renamed: bool
) -> None:
    async with serving(tmp_path / "a.db", clock) as site:
        await site.change(2)
        if is_renamed:
            # Then the last revision of the present is of no change that a history lists.
            await site.client.update_user(ACCOUNT, "ada", display_name="Ada")
        last = 3 if is_renamed else 2
        told = Told(site.feed())
        assert (await told.next()).after.revision == last
        place = await told.leave()
        assert (place.listed, place.commit_ms is None) == (2, False)
        await site.client.delete_user(ACCOUNT, "ada")
        erased = f"acme:{last}-:erased"
        # Nothing has happened since. Whoever is killed before the receiver has it, tells of it again.
        killed = Told(site.feed(place))
        while not killed.place.shown_anew:
            await killed.next()
        for resumed in (place, await killed.leave()):
            told = Told(site.feed(resumed))
            while not told.events or told.place.replaying:
                await told.next()
            await told.leave()
            (event,) = told.events
            assert (event["id"], event["type"]) == (erased, "onduty.user.changed.v1")
            assert event["data"]["erased"] and event["data"]["user_id"] == "" and "subject" not in event
        assert (await told_until(site.feed(told.place), last)).ids == [], "it is told once"
        await site.change(2, "ben")
        again = await told_until(site.feed(place), last + 3)
        assert again.ids == [erased, f"acme:{last}-{last + 2}:missing", *ids(last + 2, last + 3)]


async def test_whoever_lags_far_behind_is_told_everything_all_the_same(tmp_path: Path, clock: FakeClock) -> None:
    limits = WatchLimits(ring_events_max=3, ring_items_max=3, catch_up_page=2)
    async with serving(tmp_path / "a.db", clock, limits) as site:
        told = Told(site.feed())
        await told.next()
        await told.next()
        await told.feed.pause()
        for _ in range(5):
            await site.change(8)
            await site.configure()
        await told.until(45)
        await told.leave()
        assert told.ids == ids(1, 45)


def changes(token: str, *revisions: int) -> pb.WatchStatusesResponse:
    """A message of a watch; revision 13 is of a kind that this client does not know."""
    watched = [
        pb.WatchedChange(
            status_change=pb.StatusChange(account_id=ACCOUNT, user_id="ada", revision=revision, status=pb.STATUS_AWAY)
        )
        if revision != 13
        else pb.WatchedChange()
        for revision in revisions
    ]
    return pb.WatchStatusesResponse(resume_token=token, changes=pb.WatchedChanges(changes=watched))


async def test_a_snapshot_in_between_is_not_taken_for_changes_and_unknown_kinds_are_passed_over() -> None:
    with ScriptedServer() as server:
        async with AsyncClient(server.target) as client:
            told = Told(Feed(client, ACCOUNT, EventWriter(ACCOUNT, "/x"), Place(10, "t10")))
            asking = asyncio.create_task(told.next())
            stream = await server.service.stream()
            assert (await stream.request()).resume_token == "t10"
            stream.send(changes("t12", 9, 10, 11, 12), page(), changes("t99", 99))
            assert (await asking).after.resume_token == "t12"
            asking = asyncio.create_task(told.next())
            stream = await server.service.stream()
            assert (await stream.request()).resume_token == "t12", "it resumes after what was delivered"
            stream.send(changes("t14", 13, 14))
            await asking
            await told.leave()
    assert told.ids == ids(11, 12) + ids(14, 14)
