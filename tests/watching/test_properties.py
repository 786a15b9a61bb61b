"""Whatever happens, in whatever order: every watcher knows what the server knows, by being told each thing once.

Hypothesis makes up what happens: activities (late ones too), settings by hand, some of them with an end, sessions and
engagements, workflow changes, time, sweeps that come or do not, watchers who connect with or without a filter, from any
token that was ever handed out, who read a little, or nothing for long, and go at any point; also restarts and crashes,
with changes that are still being written.
Pages, batches and the ring are small, so that a few changes overtake readers and fill pages.

The `Follower` fails on anything that comes twice, out of order, beside a snapshot that showed it, or after a bookmark
that spoke of it; `check` compares all that it was told with the server's history and its state with the server's.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.fakes import FakeClock
from tests.killed import copy_as_killed
from tests.stores.held_journal import HeldJournal
from tests.watching.follower import Event, Follower, event_of, workflow_revision
from tests.watching.site import ACCOUNT, Site, Viewer, held_back, turns

from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.domain.errors import InvalidWorkflow, ResumeTokenExpired, UserUnknown
from onduty_server.domain.status import Resume, Status, Then
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.sqlite import SqliteStore

USERS = [f"user-{number}" for number in range(11)]
FILTERS: list[tuple[str, ...]] = [(), tuple(USERS[1:5]), ("nobody", USERS[0])]
PATCHES: list[WorkflowPatch] = [
    {"enabled": True, "away_after_ms": 3_000, "offline_after_ms": 7_000},
    {"enabled": True, "away_after_ms": None, "offline_after_ms": 4_000, "resume": Resume.FROM_AWAY_OR_OFFLINE},
    {"away_after_ms": 1_000},
    {"away_after_ms": 60_000, "offline_after_ms": 90_000, "keep_manual_away": True},
    {"enabled": True, "disconnect_after_ms": 1_000, "disconnect_status": Status.OFFLINE},
    {"enabled": True, "disconnect_after_ms": 2_000, "disconnect_status": Status.AWAY},
    {"disconnect_after_ms": None},
    {"enabled": False},
    {"resume": Resume.NEVER},
    {"resume": Resume.FROM_AWAY},
]
ENDS = (1_000, 1_500, 4_000)
THENS = (None, *Then)
CLIENTS = ("browser", "phone")
TOKENS_KEPT = 300
PRUNE_INTERVAL_MS = 10 * 60 * 1_000

Op = tuple[Any, ...]
"""What happens: the name of one of the methods `do_...` of a `World`, and its arguments."""

_HAPPENINGS: list[tuple[float, Callable[[random.Random], Op]]] = [
    (6, lambda dice: ("activity", dice.randrange(16), dice.choice([None, None, 0, 500, 2_500, 8_000]))),
    (6, lambda dice: ("set", dice.randrange(16), dice.choice(list(Status)), dice.randrange(2))),
    (
        2,
        lambda dice: (
            "set_until",
            dice.randrange(16),
            dice.choice(list(Status)),
            dice.choice(ENDS),
            dice.choice(THENS),
        ),
    ),
    (3, lambda dice: ("keep_session", dice.randrange(16), dice.choice(CLIENTS), dice.choice([None, None, 0, 2_500]))),
    (2, lambda dice: ("end_session", dice.randrange(16), dice.choice(CLIENTS))),
    (1, lambda dice: ("keep_engagement", dice.randrange(16))),
    (1, lambda dice: ("end_engagement", dice.randrange(16))),
    (2, lambda dice: ("set_many", dice.randrange(16), dice.randrange(2, 12), dice.choice(list(Status)))),
    (1.5, lambda dice: ("workflow", dice.choice(PATCHES))),
    (4, lambda dice: ("advance", dice.choice([1, 300, 900, 1_000, 2_900, 7_000, 30_000]))),
    (3, lambda dice: ("sweep",)),
    (2, lambda dice: ("turns", dice.randrange(16))),
    (2, lambda dice: ("watch", dice.choice(FILTERS))),
    (3, lambda dice: ("resume", dice.choice(FILTERS), dice.randrange(TOKENS_KEPT))),
    (2, lambda dice: ("resume", dice.choice(FILTERS), -1)),
    (9, lambda dice: ("read", dice.randrange(16), dice.randrange(1, 7))),
    (2, lambda dice: ("leave", dice.randrange(16), dice.random() < 0.5)),
    (0.7, lambda dice: ("check", dice.randrange(16))),
]
_RESTARTS: list[tuple[float, Callable[[random.Random], Op]]] = [
    (0.4, lambda dice: ("restart",)),
    (1.2, lambda dice: ("crash",)),
]
_OPS = {
    "memory": [*_HAPPENINGS, (0.5, lambda dice: ("prune",))],
    "held": [
        *_HAPPENINGS,
        *_RESTARTS,
        (2, lambda dice: ("hold",)),
        (3, lambda dice: ("write",)),
        (1, lambda dice: ("release",)),
    ],
    "sqlite": [*_HAPPENINGS, *_RESTARTS, (3, lambda dice: ("breathe",))],
}
"""By the kind of store: in memory; over a journal whose disk does what it is told; in SQLite."""


def made_up(dice: random.Random, kind: str) -> Op:
    """One more thing that happens."""
    weights, choices = zip(*_OPS[kind], strict=True)
    (choose,) = dice.choices(choices, weights)
    return choose(dice)  # type: ignore[no-any-return] # zip forgets the types


def named(user: int) -> str:
    """A user by any number."""
    return USERS[user % len(USERS)]


class World:
    """One run: a server, whatever it is restarted as, and everybody who watches it."""

    def __init__(self, kind: str, directory: Path, history_max: int, outages: bool, limits: WatchLimits) -> None:
        self.clock = FakeClock()
        self._kind = kind
        self._directory = directory
        self._history_max = history_max
        self._outages = outages
        self._limits = limits
        self._lives = 0
        self._journal = HeldJournal()
        self.site = Site(self._store(), self.clock, self._limits)
        self.viewers: list[Viewer] = []
        self.known: dict[tuple[str, ...], list[tuple[str, Follower]]] = {users: [] for users in FILTERS}
        self.history: list[Event] = []
        self._told: dict[int, Event] = {}
        """Every event that anybody was ever told of, by revision."""
        self._shown: set[tuple[int, str]] = set()
        """Every revision that a page showed, and whose it was; empty for the workflow."""
        self._calls: set[asyncio.Task[None]] = set()

    def _store(self) -> Store:
        counted = not self._outages
        match self._kind:
            case "memory":
                return MemoryStore(
                    self.clock, StoreOptions(count_outage_as_inactivity=counted, history_max_changes=self._history_max)
                )
            case "held":
                return ResidentStore(self._journal, self.clock, StoreOptions(count_outage_as_inactivity=counted))
            case _:
                return SqliteStore(
                    self._directory / "onduty.db", self.clock, StoreOptions(count_outage_as_inactivity=counted)
                )

    async def run(self, ops: Sequence[Op]) -> None:
        await self.site.store.open()
        try:
            for kind, *arguments in ops:
                await getattr(self, f"do_{kind}")(*arguments)
                if self._kind == "memory":
                    # What is pruned later is to be known.
                    await self._learn()
            await self._conclude()
        finally:
            await self._everybody_leaves()
            self.site.watching.drain()
            await self._calls_end()
            await self.site.store.close()
            await turns()

    async def _conclude(self) -> None:
        """Everybody who still watches is right in the end, and so is whoever resumes from an old token."""
        self._journal.release()
        for viewer in self.viewers:
            await self._check(viewer)
        for users, known in self.known.items():
            for token, follower in [*known[:2], *known[len(known) // 2 :][:1], *known[-1:]]:
                await self._connect(users, token, follower)
                if self.viewers:
                    await self._check(self.viewers[-1])
                    await self._leave(self.viewers.pop())
        await self._everybody_leaves()
        await turns()
        self.site.assert_nobody_left()

    # --- what happens ------------------------------------------------------------------------------------------------

    async def do_activity(self, user: int, age_ms: int | None) -> None:
        at = None if age_ms is None else self.clock.now() - age_ms
        await self._call(self._record(USERS[user % len(USERS)], at))

    async def _record(self, user_id: str, at: int | None) -> None:
        await self.site.service.record_activity(ACCOUNT, user_id, at)

    async def do_set(self, user: int, status: Status, reason: int) -> None:
        await self._call(self.site.set(USERS[user % len(USERS)], status, reason="again" * reason))

    async def do_set_until(self, user: int, status: Status, ttl_ms: int, then: Then | None) -> None:
        await self._event(self.site.service.set_status(ACCOUNT, named(user), status, ttl_ms=ttl_ms, then=then))

    async def do_keep_session(self, user: int, client: str, idle_for_ms: int | None) -> None:
        await self._event(self.site.service.keep_session(ACCOUNT, named(user), client, 30_000, idle_for_ms))

    async def do_end_session(self, user: int, client: str) -> None:
        await self._event(self.site.service.end_session(ACCOUNT, named(user), client))

    async def do_keep_engagement(self, user: int) -> None:
        await self._event(self.site.service.keep_engagement(ACCOUNT, named(user), "call", 10_000))

    async def do_end_engagement(self, user: int) -> None:
        await self._event(self.site.service.end_engagement(ACCOUNT, named(user), "call"))

    async def _event(self, event: Coroutine[Any, Any, object]) -> None:
        await self._call(self._known_or_not(event))

    async def _known_or_not(self, event: Coroutine[Any, Any, object]) -> None:
        with suppress(UserUnknown):
            await event

    async def do_set_many(self, user: int, count: int, status: Status) -> None:
        for number in range(user, user + count):
            await self.do_set(number, status, number % 2)

    async def do_workflow(self, patch: WorkflowPatch) -> None:
        await self._call(self._update(patch))

    async def _update(self, patch: WorkflowPatch) -> None:
        try:
            await self.site.service.update_workflow(ACCOUNT, patch)
        except InvalidWorkflow:
            return

    async def do_advance(self, by_ms: int) -> None:
        self.clock.advance(by_ms)

    async def do_sweep(self) -> None:
        await self._call(self._sweep())

    async def _sweep(self) -> None:
        await self.site.sweeper.sweep_once()

    async def do_turns(self, count: int) -> None:
        await turns(count)

    async def do_breathe(self) -> None:
        """Let the thread that writes get somewhere."""
        await asyncio.sleep(0.002)

    async def do_hold(self) -> None:
        self._journal.hold()

    async def do_write(self) -> None:
        self._journal.write()

    async def do_release(self) -> None:
        self._journal.release()

    async def do_prune(self) -> None:
        self.clock.advance(PRUNE_INTERVAL_MS)
        await self.site.store.heartbeat()

    async def _call(self, call: Coroutine[Any, Any, None]) -> None:
        """Begin a call, and do not wait until it is durable."""
        task = asyncio.create_task(call)
        self._calls.add(task)
        await turns(2)

    async def _calls_end(self) -> None:
        self._journal.release()
        calls, self._calls = self._calls, set()
        await asyncio.gather(*calls)

    # --- watchers ----------------------------------------------------------------------------------------------------

    async def do_watch(self, users: tuple[str, ...]) -> None:
        await self._connect(users, "", Follower(ACCOUNT, users))

    async def do_resume(self, users: tuple[str, ...], number: int) -> None:
        """From any token that was handed out for these users; -1 is the last."""
        known = self.known[users]
        if known:
            await self._connect(users, *known[number % len(known)])

    async def do_read(self, number: int, count: int) -> None:
        if self.viewers:
            viewer = self.viewers[number % len(self.viewers)]
            for _ in range(count):
                if not await self._read(viewer):
                    break

    async def do_leave(self, number: int, waiting: bool) -> None:
        """Cut off while the server waits for news, or while it has a message that is being written."""
        if self.viewers:
            viewer = self.viewers.pop(number % len(self.viewers))
            if waiting:
                await self._read(viewer)
            await self._leave(viewer)

    async def do_check(self, number: int) -> None:
        if self.viewers:
            await self._check(self.viewers[number % len(self.viewers)])

    async def _connect(self, users: tuple[str, ...], token: str, follower: Follower) -> None:
        viewer = Viewer(self.site, follower.copy(), token)
        try:
            await self._read(viewer)
        except ResumeTokenExpired:
            # Right only if something is missing between the token and what is kept.
            place = ResumeTokens(self.site.store.token_key, ACCOUNT, users).read(token)
            assert place is not None
            kept = (await self.site.service.list_status_changes(ACCOUNT)).items
            oldest = kept[0].revision if kept else None
            assert oldest is None or oldest > place.revision + 1, f"the history after {place.revision} is still there"
            await viewer.leave()
        else:
            self.viewers.append(viewer)

    async def _read(self, viewer: Viewer) -> bool:
        message = await viewer.peek()
        if message is None:
            return False
        known = self.known[tuple(sorted(viewer.follower.users))]
        known.append((message.resume_token, viewer.follower.copy()))
        del known[:-TOKENS_KEPT]
        for event in map(event_of, message.changes.changes):
            assert self._told.setdefault(event.revision, event) == event, "two watchers were told of different things"
        if message.snapshot.HasField("workflow"):
            self._shown.add((workflow_revision(message.snapshot.workflow), ""))
        self._shown |= {(status.revision, status.user_id) for status in message.snapshot.user_statuses}
        return True

    async def _assert_kept(self) -> None:
        """What anybody was told or shown is still so."""
        history = await self.site.history()
        assert [event.revision for event in history] == list(range(1, len(history) + 1))
        assert all(history[revision - 1] == event for revision, event in self._told.items())
        assert all(revision == 0 or history[revision - 1].user == user for revision, user in self._shown)

    async def _leave(self, viewer: Viewer) -> None:
        await viewer.leave()

    async def _everybody_leaves(self) -> None:
        while self.viewers:
            await self._leave(self.viewers.pop())

    async def _check(self, viewer: Viewer) -> None:
        await self._calls_end()
        await self.site.catch_up(viewer)
        await self._learn()
        known = await self.site.statuses(), await self.site.workflow(), await self.site.team_workflows()
        viewer.follower.check(self.history, *known)

    async def _learn(self) -> None:
        last = self.history[-1].revision if self.history else 0
        self.history += await self.site.history(after=last)

    # --- restarts ----------------------------------------------------------------------------------------------------

    async def do_restart(self) -> None:
        """Drain and stop as a server does, and start again."""
        self.site.watching.drain()
        for viewer in self.viewers:
            while await self._read(viewer):
                pass
        await self._everybody_leaves()
        await self._calls_end()
        await self.site.store.close()
        self._journal = self._journal.after_a_crash()
        await self._start()

    async def do_crash(self) -> None:
        """Go on from what a kill would leave right now."""
        self._lives += 1
        left = self._journal.after_a_crash()
        directory = self._directory.parent / f"life-{self._lives}"
        directory.mkdir()
        copy_as_killed(self._directory / "onduty.db", directory / "onduty.db")
        await self._everybody_leaves()
        self.site.watching.drain()
        # The process that is gone goes on here, where nobody hears of it.
        await self._calls_end()
        await self.site.store.close()
        self._journal, self._directory = left, directory
        # What was not durable has not happened.
        self.history.clear()
        for known in self.known.values():
            for _, follower in known:
                follower.lenient = True
        await self._start()

    async def _start(self) -> None:
        self.site = Site(self._store(), self.clock, self._limits)
        await self.site.store.open()
        await self._assert_kept()


def play(
    ops: Sequence[Op], kind: str, *, history_max: int = 1_000_000, held_back_s: float = 0.0, outages: bool = False
) -> None:
    """Live through all of it. With `outages`, every long jump of the clock is one, after which all clocks restart."""
    small = WatchLimits(snapshot_page=3, catch_up_page=4, batch_events_max=5, ring_events_max=12, ring_items_max=6)
    with TemporaryDirectory() as directory:
        home = Path(directory, "life-0")
        home.mkdir()
        asyncio.run(World(kind, home, history_max, outages, held_back(held_back_s, small)).run(ops))


_NUMBERS = st.lists(st.integers(0, 1 << 16), max_size=80)
_UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow])


@given(_NUMBERS, st.sampled_from([1_000_000, 1_000_000, 3]), st.sampled_from([0, 1]), st.booleans())
@settings(_UNHURRIED, max_examples=60)
def test_every_watcher_ends_up_knowing_what_the_server_knows(
    numbers: list[int], history_max: int, held_back_ms: int, outages: bool
) -> None:
    ops = [made_up(random.Random(number), "memory") for number in numbers]
    note(str(ops))
    play(ops, "memory", history_max=history_max, held_back_s=held_back_ms / 1_000, outages=outages)


@given(_NUMBERS, st.sampled_from([0, 1]), st.booleans())
@settings(_UNHURRIED, max_examples=60)
def test_every_watcher_ends_up_knowing_what_the_server_knows_whatever_the_disk_does(
    numbers: list[int], held_back_ms: int, outages: bool
) -> None:
    ops = [made_up(random.Random(number), "held") for number in numbers]
    note(str(ops))
    play(ops, "held", held_back_s=held_back_ms / 1_000, outages=outages)


@pytest.mark.parametrize(("kind", "runs", "length"), [("memory", 30, 200), ("held", 30, 200), ("sqlite", 8, 150)])
@pytest.mark.slow
def test_long_runs_end_up_the_same(kind: str, runs: int, length: int) -> None:
    """What takes long to come about. `ONDUTY_TEST_DICE` repeats a run's choices, and those of the runs after it."""
    first = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    for seed in range(first, first + runs):
        dice = random.Random(seed)
        ops = [made_up(dice, kind) for _ in range(length)]
        history_max, held_back_s, outages = dice.choice([1_000_000, 20, 3]), seed % 2 / 1_000, dice.random() < 0.5
        try:
            play(ops, kind, history_max=history_max, held_back_s=held_back_s, outages=outages)
        except BaseException as error:
            error.add_note(f"ONDUTY_TEST_DICE={seed}")
            raise
