"""Resume tokens: from each the watch goes on without a gap, and what is not one of this watch is refused."""

from __future__ import annotations

import asyncio
import string
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.stores.backends import Backend
from tests.watching.follower import Follower
from tests.watching.site import (
    ACCOUNT,
    AT_ONCE,
    AWAY,
    BOOKMARK_INTERVAL_MS,
    OFFLINE,
    ONLINE,
    Site,
    Viewer,
    opened,
    opened_at,
    turns,
    until,
)

from onduty_server.app.ports.history import Place
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.app.watching.messages import Changes
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.domain.errors import DomainError, InvalidField, LimitExceeded, ResumeTokenExpired
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.sqlite import SqliteStore

PRUNE_INTERVAL_MS = 10 * 60 * 1_000
FILTER = ("user-00001", "user-00012", "joined-3")


SMALL_PAGES = replace(AT_ONCE, snapshot_page=10, catch_up_page=7)


@pytest.fixture
def limits() -> WatchLimits:
    return SMALL_PAGES


async def refusal(viewer: Viewer) -> DomainError:
    """What the watch is refused with, before anything is sent."""
    with pytest.raises(DomainError) as refused:
        await viewer.read()
    await viewer.leave()
    return refused.value


async def eventful(site: Site, *users: str) -> list[tuple[str, Follower]]:
    """Watch through much that happens; every token that was handed out, with what its holder knew."""
    names = await site.seen(25)
    viewer = site.follow(*users)
    known: list[tuple[str, Follower]] = []

    async def read() -> None:
        while await viewer.peek() is not None:
            known.append((viewer.token, viewer.follower.copy()))

    await viewer.read()
    known.append((viewer.token, viewer.follower.copy()))
    await site.set(names[1], AWAY)
    await site.set(names[20], AWAY)
    await site.set("joined-1")
    await read()
    for number, name in enumerate(names):
        await site.set(name, (AWAY, OFFLINE, ONLINE)[number % 3], reason=f"round {number}")
        if number % 5 == 0:
            await site.set(f"joined-{number // 5}")
            await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000 + number})
        if number % 4 == 0:
            site.clock.advance(BOOKMARK_INTERVAL_MS)
            await read()
    site.clock.advance(61_000)
    await site.settle()
    await read()
    await viewer.leave()
    return known


@pytest.mark.parametrize("users", [(), FILTER], ids=["everybody", "filtered"])
async def test_every_token_that_was_ever_handed_out_goes_on_after_its_message(
    site: Site, users: tuple[str, ...]
) -> None:
    known = await eventful(site, *users)
    assert len(known) > 10
    assert any(follower.effective_until for _, follower in known)
    for token, follower in known:
        resumed = Viewer(site, follower.copy(), token)
        await site.check(resumed)
        await resumed.leave()


@pytest.mark.parametrize("users", [(), FILTER], ids=["everybody", "filtered"])
async def test_tokens_go_on_while_somebody_else_watches_and_the_ring_serves_them(
    site: Site, users: tuple[str, ...]
) -> None:
    other = site.follow()
    await other.read()
    known = await eventful(site, *users)
    viewers = [Viewer(site, follower.copy(), token) for token, follower in known]
    for viewer in viewers:
        await site.check(viewer)
    for viewer in viewers:
        await viewer.leave()
    await other.leave()


async def test_resuming_at_the_head_brings_no_snapshot_and_no_change_but_a_bookmark(site: Site) -> None:
    await site.seen(3)
    viewer = site.follow()
    await viewer.read_snapshot()
    await viewer.leave()
    resumed = site.resume(viewer)
    assert await resumed.peek() is None or resumed.messages[0].HasField("bookmark")
    await site.check(resumed)
    assert resumed.follower.snapshots == 1
    assert not resumed.follower.events
    await resumed.leave()


async def test_a_resumed_watch_is_sent_what_it_missed_in_bounded_batches_and_then_what_happens(site: Site) -> None:
    names = await site.seen(3)
    viewer = site.follow()
    await viewer.read_snapshot()
    await viewer.leave()
    for number in range(40):
        await site.set(names[number % 3], (ONLINE, AWAY)[number % 2], reason=str(number))
    resumed = site.resume(viewer)
    await resumed.read_events(40)
    assert [len(message.changes.changes) for message in resumed.messages if message.HasField("changes")] == [7] * 5 + [
        5
    ]
    await site.set(names[0], OFFLINE)
    await resumed.read_events(1)
    await site.check(resumed)
    assert resumed.follower.snapshots == 1
    await resumed.leave()


async def test_long_history_that_is_not_for_a_watcher_does_not_keep_others_from_their_turn(site: Site) -> None:
    names = await site.seen(2)
    viewer = site.follow(names[0])
    await viewer.read_snapshot()
    await viewer.leave()
    for number in range(140):
        await site.set(names[1], AWAY, reason=str(number))
    await site.set(names[0], OFFLINE)
    resumed = site.resume(viewer)
    reading, had_turns = asyncio.ensure_future(resumed.read()), 0
    while not reading.done():
        await turns(1)
        had_turns += 1
    assert resumed.follower.last_revision == 143
    assert had_turns >= 140 // 7
    await site.check(resumed)
    await resumed.leave()


async def test_changes_that_come_while_history_is_read_are_sent_once(site: Site) -> None:
    names = await site.seen(3)
    viewer = site.follow()
    await viewer.read_snapshot()
    await viewer.leave()
    for number in range(20):
        await site.set(names[0], AWAY, reason=str(number))
    resumed = site.resume(viewer)
    for number in range(20):
        await resumed.read()
        await site.set(names[1], AWAY, reason=str(number))
    await site.check(resumed)
    assert resumed.follower.snapshots == 1
    await resumed.leave()


async def test_the_order_of_the_filter_and_repetitions_in_it_do_not_matter_to_a_token(site: Site) -> None:
    await site.seen(3)
    viewer = site.follow("user-00001", "user-00002")
    await viewer.read_snapshot()
    stream = site.watching.watch(ACCOUNT, ("user-00002", "user-00001", "user-00002"), viewer.token)
    await site.set("user-00002", AWAY)
    message = await anext(stream)
    assert isinstance(message, Changes)
    await stream.aclose()
    await viewer.leave()


async def test_a_token_of_another_account_or_of_other_users_is_refused(site: Site) -> None:
    await site.seen(3)
    viewers = {users: site.follow(*users) for users in [(), ("user-00001",), ("user-00001", "user-00002")]}
    for viewer in viewers.values():
        await viewer.read_snapshot()
    for users, viewer in viewers.items():
        for others in viewers:
            if others != users:
                error = await refusal(site.follow(*others, token=viewer.token))
                assert isinstance(error, InvalidField) and error.violations[0].field == "resume_token"
        error = await refusal(site.follow(*users, token=viewer.token, account_id="other"))
        assert isinstance(error, InvalidField) and error.violations[0].field == "resume_token"
        await viewer.leave()


async def test_names_cannot_be_moved_between_account_and_filter() -> None:
    key = bytes(32)
    scopes = [("a", ("b", "c")), ("a", ("b', 'c",)), ("a', 'b", ("c",)), ("a", ("bc",)), ("a", ()), ("ab", ("c",))]
    tokens = {ResumeTokens(key, account_id, users).after(Place(7, 0)) for account_id, users in scopes}
    assert len(tokens) == len(scopes)


def test_a_token_says_of_which_lineage_its_revision_is() -> None:
    tokens = ResumeTokens(bytes(32), ACCOUNT, ())
    without, with_one = Place(7, 0), Place(7, (1 << 60) - 1)
    assert tokens.read(tokens.after(without)) == without
    assert tokens.read(tokens.after(with_one)) == with_one
    assert tokens.read(tokens.restart) is None
    with pytest.raises(InvalidField):
        ResumeTokens(bytes(32), ACCOUNT, ("ann",)).read(tokens.after(with_one))


async def test_a_token_of_another_history_is_expired(site: Site) -> None:
    """As after a failover that lost something: the same revisions are other changes."""
    await site.seen(3)
    tokens = ResumeTokens(site.store.token_key, ACCOUNT, ())
    assert isinstance(await refusal(site.follow(token=tokens.after(Place(3, 1)))), ResumeTokenExpired)


async def test_forged_and_damaged_tokens_are_refused(site: Site) -> None:
    await site.seen(3)
    viewer = site.follow()
    await viewer.read_snapshot()
    token = viewer.token
    tokens = ResumeTokens(site.store.token_key, ACCOUNT, ())
    place = tokens.read(token)
    assert place is not None and place.revision == 3
    for index in range(len(token)):
        for other in string.ascii_letters + string.digits + "-_=+/ \n\x00é":
            damaged = token[:index] + other + token[index + 1 :]
            try:
                found = tokens.read(damaged)
            except InvalidField:
                continue
            # Bits that carry nothing may differ; a place may not.
            assert found == place
    for other in [token[:-1], token[1:], token + token, token[:-4], token + "AAAA", "x", "====", "None", "é", "3"]:
        with pytest.raises(InvalidField):
            tokens.read(other)
    for key in (bytes(32), bytes([255] * 32)):
        error = await refusal(site.follow(token=ResumeTokens(key, ACCOUNT, ()).after(Place(3, 0))))
        assert isinstance(error, InvalidField) and error.violations[0].field == "resume_token"
    await viewer.leave()


async def test_a_token_of_another_server_s_memory_is_refused(clock: FakeClock) -> None:
    async with opened(MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True)), clock, SMALL_PAGES) as site:
        await site.seen(3)
        viewer = site.follow()
        await viewer.read_snapshot()
        await viewer.leave()
    async with opened(MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True)), clock, SMALL_PAGES) as other:
        await other.seen(3)
        assert isinstance(await refusal(other.follow(token=viewer.token)), InvalidField)


async def test_a_token_of_a_revision_that_the_account_never_had_is_expired(site: Site) -> None:
    """As after a database was put back from an older copy: what happened since the token is not known."""
    await site.seen(3)
    for account_id, revision in ((ACCOUNT, 4), (ACCOUNT, 1 << 60), ("never-seen", 1)):
        token = ResumeTokens(site.store.token_key, account_id, ()).after(Place(revision, 0))
        assert isinstance(await refusal(site.follow(token=token, account_id=account_id)), ResumeTokenExpired)


def store_of(kind: str, directory: Path, clock: FakeClock) -> ResidentStore:
    if kind == "memory":
        return MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True))
    return SqliteStore(directory / "onduty.db", clock, StoreOptions(count_outage_as_inactivity=True))


async def pruned(site: Site, *, keep: int, oldest: int) -> None:
    """Have all but `keep` changes forgotten, and wait until they are."""
    # Not from the start: what a store is told to forget when it opens, it may come to at any later moment.
    assert isinstance(site.store, ResidentStore)
    site.store._vitality._options = replace(site.store._vitality._options, history_max_changes=keep)
    site.clock.advance(PRUNE_INTERVAL_MS)
    await site.settle()

    async def is_forgotten() -> bool:
        first = (await site.service.list_status_changes(ACCOUNT)).items[0].revision
        assert first <= oldest
        return first == oldest

    await until(is_forgotten)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_token_older_than_the_kept_history_is_expired_and_the_first_kept_is_not(
    kind: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(store_of(kind, tmp_path, clock), clock, SMALL_PAGES) as site:
        (name,) = await site.seen(1)
        viewer = site.follow()
        filtered = site.follow("somebody")
        await viewer.read_snapshot()
        await filtered.read_snapshot()
        known = [(viewer.token, viewer.follower.copy())]
        for number in range(11):
            await site.set(name, AWAY, reason=str(number))
            await viewer.read_events(1)
            known.append((viewer.token, viewer.follower.copy()))
        history = await site.history()
        await pruned(site, keep=5, oldest=8)
        # As long as the ring has it, an old token is as good as a new one.
        for token, follower in known:
            resumed = Viewer(site, follower.copy(), token)
            await site.check(resumed, history=history)
            assert resumed.follower.snapshots == 1
            await resumed.leave()
        await viewer.leave()
        await filtered.leave()
        for revision, (token, follower) in enumerate(known, start=1):
            if revision < 7:
                assert isinstance(await refusal(site.follow(token=token)), ResumeTokenExpired)
            else:
                resumed = Viewer(site, follower.copy(), token)
                await site.check(resumed, history=history)
                assert resumed.follower.snapshots == 1
                await resumed.leave()
        # One who waits for somebody who never came is told as well: a change of the workflow may be among what is gone.
        assert isinstance(await refusal(site.follow("somebody", token=filtered.token)), ResumeTokenExpired)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_history_that_is_forgotten_while_it_is_read_leads_to_a_snapshot(
    kind: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(store_of(kind, tmp_path, clock), clock, SMALL_PAGES) as site:
        (name,) = await site.seen(1)
        viewer = site.follow()
        await viewer.read_snapshot()
        await viewer.leave()
        for number in range(30):
            await site.set(name, AWAY, reason=str(number))
        history = await site.history()
        resumed = site.resume(viewer)
        await resumed.read_events(7)
        await pruned(site, keep=5, oldest=27)
        message = await resumed.read()
        assert message.snapshot.first
        await site.check(resumed, history=history)
        await resumed.leave()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_gap_behind_a_workflow_change_that_is_still_kept_leads_to_a_snapshot(
    kind: str, tmp_path: Path, clock: FakeClock
) -> None:
    """Workflow changes are few and kept longer. The first event is there, so the token is not refused at once."""
    async with opened(store_of(kind, tmp_path, clock), clock, SMALL_PAGES) as site:
        await site.seen(2)
        viewer = site.follow()
        await viewer.read_snapshot()
        await viewer.leave()
        await site.service.update_workflow(ACCOUNT, {"away_after_ms": 5_000})
        for name in ("a", "b", "c"):
            await site.set(name)
        history = await site.history()
        await pruned(site, keep=2, oldest=5)
        resumed = site.resume(viewer)
        await site.check(resumed, history=history)
        assert resumed.follower.snapshots == 2
        await resumed.leave()


async def test_watches_go_on_over_a_restart_of_the_server(tmp_path: Path, clock: FakeClock) -> None:
    known: list[tuple[str, Follower]] = []
    for life in range(3):
        store = SqliteStore(tmp_path / "onduty.db", clock, StoreOptions(count_outage_as_inactivity=True))
        async with opened(store, clock, SMALL_PAGES) as site:
            for token, follower in known:
                resumed = Viewer(site, follower.copy(), token)
                await site.check(resumed)
                assert resumed.follower.snapshots == follower.snapshots or follower.in_snapshot
                await resumed.leave()
            if life == 0:
                known = await eventful(site)
                known = [
                    (token, follower)
                    for token, follower in known
                    if ResumeTokens(store.token_key, ACCOUNT, ()).read(token) is not None
                ]
                assert len(known) > 10
            await site.set("user-00002", AWAY, reason=f"life {life}")
            await site.service.update_workflow(ACCOUNT, {"away_after_ms": 60_000 * (life + 2)})


async def test_what_a_watch_is_asked_for_is_checked(site: Site) -> None:
    async def field(account_id: str, *users: str) -> str:
        error = await refusal(site.follow(*users, account_id=account_id))
        assert isinstance(error, InvalidField)
        return error.violations[0].field

    assert await field("") == "account_id"
    assert await field("a" * 129) == "account_id"
    assert await field("a\nb") == "account_id"
    assert await field(ACCOUNT, "") == "user_ids[0]"
    stream = site.watching.watch(ACCOUNT, ["ok", "x" * 129], "")
    with pytest.raises(InvalidField) as refused:
        await anext(stream)
    assert refused.value.violations[0].field == "user_ids[1]"
    assert await field(ACCOUNT, *(f"user-{number}" for number in range(1_001))) == "user_ids"
    viewer = site.follow(*(f"user-{number}" for number in range(1_000)))
    await viewer.read_snapshot()
    await viewer.leave()


async def test_no_more_than_so_many_watches_are_served_and_whoever_leaves_makes_room(backend: Backend) -> None:
    async with opened_at(backend, replace(SMALL_PAGES, watches_max=3)) as site:
        viewers = [site.follow(account_id=account_id) for account_id in ("a", "a", "b")]
        for viewer in viewers:
            await viewer.read_snapshot()
        assert site.watching.watches == 3
        for account_id in ("a", "b", "c"):
            assert isinstance(await refusal(site.follow(account_id=account_id)), LimitExceeded)
        assert site.watching.watches == 3
        await viewers.pop(0).leave()
        newcomer = site.follow(account_id="c")
        await newcomer.read_snapshot()
        # A refused one takes no place, whatever it is refused for.
        assert isinstance(await refusal(site.follow(account_id="")), InvalidField)
        assert isinstance(await refusal(site.follow(account_id="d")), LimitExceeded)
        for viewer in (newcomer, *viewers):
            await viewer.leave()
        await until(lambda: site.watching.watches == 0)
