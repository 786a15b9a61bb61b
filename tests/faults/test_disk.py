"""A disk that hangs, fails or loses power under a store in this process.

kill -9 leaves to the kernel what was written, so only a disk of the test's own shows whether it was also synced.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import apsw
import pytest
from tests.fakes import START, FakeClock
from tests.faults.disk import Disk, faulty_disk

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import DEFAULT_OPTIONS, StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreLost, StoreUnavailable, UserUnknown
from onduty_server.domain.record import AccountEvent, StatusChange
from onduty_server.domain.status import Cause, Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.threads import deaths_reported
from onduty_server.stores.sqlite import FileLimits, SqliteStore

ACCOUNT = "acme"
HOUR_MS = 3_600_000


@pytest.fixture
def disk() -> Iterator[Disk]:
    with faulty_disk() as disk:
        yield disk


@dataclass
class Opened:
    """A store on a file, and the use cases over it."""

    store: SqliteStore
    service: StatusService
    clock: FakeClock


@asynccontextmanager
async def opened(
    disk: Disk, path: Path, clock: FakeClock | None = None, options: StoreOptions = DEFAULT_OPTIONS, **more: Any
) -> AsyncIterator[Opened]:
    clock = clock or FakeClock()
    store = SqliteStore(path, clock, options, **more)
    await store.open()
    try:
        yield Opened(store, StatusService(store), clock)
    finally:
        disk.repair()
        await store.close()


async def history(service: StatusService, account_id: str = ACCOUNT) -> dict[int, StatusChange]:
    found: dict[int, StatusChange] = {}
    token = ""
    while True:
        page = await service.list_status_changes(account_id, page_size=1_000, page_token=token)
        found.update({change.revision: change for change in page.items})
        if not (token := page.next_page_token):
            return found


async def some_turns() -> None:
    """Let everything on the event loop happen that waits for nothing but its turn."""
    for _ in range(20):
        await asyncio.sleep(0)


async def stuck(disk: Disk) -> None:
    """Wait until the writer waits for the disk."""
    assert await asyncio.to_thread(disk.stuck.wait, 10)


async def writable_again(opened: Opened) -> None:
    """Wait until the store's own attempts have succeeded. The writer tries twice a second."""
    async with asyncio.timeout(10):
        while True:
            try:
                await opened.service.set_status("probe", "probe", Status.OFFLINE)
            except StoreUnavailable:
                await asyncio.sleep(0.02)
            else:
                return


# --- loss of power ---------------------------------------------------------------------------------------------------


class Acknowledged(NamedTuple):
    """What was acknowledged: a change or a workflow of this revision, or (0) an activity at `value` (ms UTC)."""

    account_id: str
    user: str
    revision: int
    value: object


class PowerLoss(NamedTuple):
    """What a loss of power leaves behind, how much had been acknowledged before it, and when it was (ms UTC)."""

    directory: Path
    acknowledged: int
    at: int


async def test_what_was_acknowledged_survives_a_loss_of_power_at_any_moment(
    tmp_path: Path, disk: Disk, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(20261122)
    acknowledged: list[Acknowledged] = []
    losses: list[PowerLoss] = []
    clock = FakeClock()
    armed = False

    def before_write() -> None:
        # In the writer's thread, in the middle of a commit or a checkpoint.
        if armed and dice.random() < 0.005:
            loss = PowerLoss(tmp_path / f"found-{len(losses)}", len(acknowledged), clock.now())
            loss.directory.mkdir()
            disk.lose_power(loss.directory, dice)
            losses.append(loss)

    disk.before_write = before_write
    async with opened(disk, tmp_path / "onduty.db", clock, activity_flush_interval_ms=0) as it:
        armed = True
        await asyncio.gather(*(_act(it, f"account-{n % 3}", n, random.Random(n), acknowledged) for n in range(6)))
        armed = False
        checkpointed = disk.media[tmp_path / "onduty.db"].writes
    assert len(losses) > 20 and checkpointed > 100, (losses, checkpointed)
    disk.before_write = lambda: None

    for loss in losses:
        async with opened(disk, loss.directory / "onduty.db", FakeClock(loss.at)) as it:
            await _assert_there(it.service, acknowledged[: loss.acknowledged])
    record_property("losses of power", len(losses))
    record_property("acknowledged changes", len(acknowledged))


async def _act(
    opened: Opened, account_id: str, number: int, dice: random.Random, acknowledged: list[Acknowledged]
) -> None:
    service = opened.service
    for turn in range(250):
        opened.clock.advance(1)
        user = f"user-{number}-{dice.randrange(40)}"
        chance = dice.random()
        if chance < 0.6:
            status = dice.choice(list(Status))
            view = await service.set_status(account_id, user, status, reason=f"{number}-{turn} ".ljust(500, "x"))
            acknowledged.append(Acknowledged(account_id, user, view.revision, status))
        elif chance < 0.9:
            view = await service.record_activity(account_id, user)
            acknowledged.append(Acknowledged(account_id, user, 0, view.last_activity))
        else:
            patch = WorkflowPatch(enabled=True, away_after_ms=HOUR_MS + number * 1_000 + turn)
            workflow = await service.update_workflow(account_id, patch)
            acknowledged.append(Acknowledged(account_id, "", workflow.revision, None))


async def _assert_there(service: StatusService, acknowledged: Sequence[Acknowledged]) -> None:
    for account_id in {said.account_id for said in acknowledged}:
        workflow = await service.get_workflow(account_id)
        changes = await history(service, account_id)
        for _, user, revision, value in (said for said in acknowledged if said.account_id == account_id):
            if not user:
                assert workflow.revision >= revision
            elif revision:
                assert (changes[revision].user_id, changes[revision].status) == (user, value)
            else:
                assert ((await service.get_status(account_id, user)).last_activity or 0) >= cast("int", value)


# --- nothing is shown that the disk does not have yet ----------------------------------------------------------------

Read = Callable[[StatusService], Awaitable[object]]

READS: dict[str, Read] = {
    "GetStatus": lambda service: service.get_status(ACCOUNT, "ann"),
    "BatchGetStatuses": lambda service: service.batch_get_statuses(ACCOUNT, ["ann", "bob"]),
    "ListStatuses": lambda service: service.list_statuses(ACCOUNT),
    "ListAvailableUsers": lambda service: service.list_available_users(
        ACCOUNT, order=AvailabilityOrder.LONGEST_AVAILABLE
    ),
    "RecordActivity": lambda service: service.record_activity(ACCOUNT, "ann"),
    "GetWorkflow": lambda service: service.get_workflow(ACCOUNT),
    "a dry-run": lambda service: service.preview_workflow(ACCOUNT, WorkflowPatch(away_after_ms=2_000)),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
async def test_nobody_sees_what_a_workflow_does_before_the_workflow_is_durable(
    tmp_path: Path, disk: Disk, read: Read
) -> None:
    async with opened(disk, tmp_path / "onduty.db") as it:
        await it.service.update_workflow(ACCOUNT, WorkflowPatch(enabled=True, away_after_ms=HOUR_MS))
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        it.clock.advance(2_500)
        disk.hang()
        update = asyncio.create_task(it.service.update_workflow(ACCOUNT, WorkflowPatch(away_after_ms=1_000)))
        await stuck(disk)

        reading = asyncio.ensure_future(read(it.service))
        await some_turns()

        assert not update.done()
        assert not reading.done(), "a crash now would make it untrue"
        disk.move_on()
        await asyncio.gather(update, reading)


@pytest.mark.parametrize("read", ["GetStatus", "BatchGetStatuses", "ListStatuses"])
async def test_nobody_sees_a_switch_that_rests_on_an_activity_on_its_way_to_the_disk(
    tmp_path: Path, disk: Disk, read: str
) -> None:
    async with opened(disk, tmp_path / "onduty.db", activity_flush_interval_ms=100) as it:
        await it.service.update_workflow(ACCOUNT, WorkflowPatch(enabled=True, away_after_ms=1_000))
        await it.service.record_activity(ACCOUNT, "ann")
        it.clock.advance(500)
        disk.hang()
        await it.service.record_activity(ACCOUNT, "ann")
        await some_turns()
        it.clock.advance(100)
        await stuck(disk)

        it.clock.advance(900)
        reading = asyncio.ensure_future(READS[read](it.service))
        await some_turns()

        assert not reading.done(), "a crash now would make her AWAY half a second earlier than was said"
        disk.move_on()
        await reading
        seen = await it.service.get_status(ACCOUNT, "ann")
        assert (seen.status, seen.status_since) == (Status.AWAY, START + 1_500)
        found = tmp_path / "found"
        found.mkdir()
        disk.lose_power(found, random.Random(1))
    async with opened(disk, found / "onduty.db", FakeClock(START + 1_500)) as it:
        again = await it.service.get_status(ACCOUNT, "ann")
        assert (again.status, again.status_since) == (seen.status, seen.status_since)


async def test_without_write_behind_a_repeated_activity_waits_for_the_disk_like_the_first(
    tmp_path: Path, disk: Disk
) -> None:
    async with opened(disk, tmp_path / "onduty.db", activity_flush_interval_ms=0) as it:
        await it.service.record_activity(ACCOUNT, "ann")
        it.clock.advance(100)
        disk.hang()
        calls = [asyncio.create_task(it.service.record_activity(ACCOUNT, "ann", START + 100)) for _ in range(2)]
        late = asyncio.create_task(it.service.record_activity(ACCOUNT, "ann", START + 50))
        await stuck(disk)
        await some_turns()

        assert [call.done() for call in (*calls, late)] == [False, False, False]
        disk.move_on()
        await asyncio.gather(*calls, late)


# --- a disk that cannot be written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["broken", "sync_broken"])
async def test_a_change_that_cannot_be_written_is_refused_and_does_not_take_place(
    tmp_path: Path, disk: Disk, fault: str
) -> None:
    async with opened(disk, tmp_path / "onduty.db") as it:
        before = await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        setattr(disk, fault, True)
        for call in (
            lambda: it.service.set_status(ACCOUNT, "bob", Status.ONLINE, reason="in vain"),
            lambda: it.service.set_status(ACCOUNT, "ann", Status.AWAY, reason="refused"),
            lambda: it.service.record_activity(ACCOUNT, "ann"),
            lambda: it.service.update_workflow(ACCOUNT, WorkflowPatch(enabled=True, away_after_ms=1_000)),
        ):
            with pytest.raises(StoreUnavailable):
                await asyncio.wait_for(call(), 20)

        assert await it.service.get_status(ACCOUNT, "ann") == before
        assert list((await history(it.service)).values()) == [change_of(before)]

        setattr(disk, fault, False)
        await writable_again(it)
        after = await it.service.set_status(ACCOUNT, "ann", Status.OFFLINE)
        changes = await history(it.service)
        assert sorted(changes) == list(range(1, after.revision + 1))
        assert not {"refused", "in vain"} & {change.reason for change in changes.values()}
        await it.service.record_activity(ACCOUNT, "ann")
        assert not (await it.service.get_workflow(ACCOUNT)).enabled


GOING_ON = {name: read for name, read in READS.items() if name != "RecordActivity"}
GOING_ON["ListStatusChanges"] = history


@pytest.mark.parametrize("fault", ["broken", "sync_broken", "hung and then broken"])
async def test_whoever_reads_an_account_whose_change_cannot_be_written_is_answered_as_before_it(
    tmp_path: Path, disk: Disk, fault: str
) -> None:
    """Of several accounts in one commit, one behind it, and one that has not even been handed to the writer."""
    async with opened(disk, tmp_path / "onduty.db") as it:
        for account in (ACCOUNT, "other"):
            await it.service.update_workflow(account, WorkflowPatch(enabled=True, away_after_ms=HOUR_MS))
            for user in ("ann", "bob"):
                await it.service.set_status(account, user, Status.ONLINE)
        before = {name: await read(it.service) for name, read in GOING_ON.items()}

        if fault == "hung and then broken":
            disk.hang()
        else:
            setattr(disk, fault, True)
        changes: list[asyncio.Task[Any]] = []
        for status in (Status.AWAY, Status.OFFLINE, Status.ONLINE):
            for account, user in ((ACCOUNT, "ann"), ("other", "ann"), (ACCOUNT, "new"), ("new", "ann")):
                changes.append(asyncio.create_task(it.service.set_status(account, user, status, reason="in vain")))
            patch = WorkflowPatch(away_after_ms=HOUR_MS + 1_000 * status)
            changes.append(asyncio.create_task(it.service.update_workflow(ACCOUNT, patch)))
            if fault == "hung and then broken":
                await stuck(disk)
            await some_turns()
        reading = {name: asyncio.ensure_future(read(it.service)) for name, read in GOING_ON.items()}
        await some_turns()
        if fault == "hung and then broken":
            assert not reading["GetStatus"].done()
            disk.sync_broken = True
            disk.move_on()

        async with asyncio.timeout(20):
            for change in changes:
                with pytest.raises(StoreUnavailable):
                    await change
            for name, read in GOING_ON.items():
                assert await reading[name] == before[name], f"{name}, asked while the change was on its way"
                assert await read(it.service) == before[name], name
        disk.repair()
        await writable_again(it)
        assert {name: await read(it.service) for name, read in GOING_ON.items()} == before
        with pytest.raises(UserUnknown):
            await it.service.get_status("new", "ann")
        view = await it.service.set_status(ACCOUNT, "ann", Status.AWAY)
        assert sorted(await history(it.service)) == [2, 3, view.revision] == [2, 3, 4]


async def test_another_programs_lock_on_the_file_holds_up_no_read_of_the_account_whose_change_waits(
    tmp_path: Path,
) -> None:
    path = tmp_path / "onduty.db"
    store = SqliteStore(path, clock := FakeClock())
    await store.open()
    service = StatusService(store)
    before = await service.set_status(ACCOUNT, "ann", Status.ONLINE)
    other = apsw.Connection(str(path))
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreUnavailable):
            await asyncio.wait_for(service.set_status(ACCOUNT, "ann", Status.AWAY), 20)
        clock.advance(HEARTBEAT_VALID_MS + 1)
        for read in GOING_ON.values():
            await asyncio.wait_for(read(service), 1)
        assert await service.get_status(ACCOUNT, "ann") == before
    finally:
        other.execute("ROLLBACK")
        other.close()
    await writable_again(Opened(store, service, clock))
    assert (await service.set_status(ACCOUNT, "ann", Status.AWAY)).revision == 2
    await store.close()


async def test_a_watch_goes_on_where_it_was_when_a_change_it_waited_for_could_not_be_written(
    tmp_path: Path, disk: Disk
) -> None:
    """Also one that began while the change was on its way, and so would have known of its revision."""
    async with opened(disk, tmp_path / "onduty.db") as it:
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        told: dict[str, list[int]] = {"before": [], "meanwhile": []}

        def listener(name: str) -> Callable[[Sequence[AccountEvent]], None]:
            return lambda events: told[name].extend(event.revision for event in events)

        assert (await it.store.subscribe(ACCOUNT, listener("before"))).revision == 1
        disk.hang()
        lost = asyncio.create_task(it.service.set_status(ACCOUNT, "ann", Status.AWAY))
        await stuck(disk)
        subscribing = asyncio.create_task(it.store.subscribe(ACCOUNT, listener("meanwhile")))
        page = asyncio.create_task(it.store.scan(ACCOUNT, (), 0, 10))
        await some_turns()
        assert not subscribing.done() and not page.done()
        disk.sync_broken = True
        disk.move_on()
        with pytest.raises(StoreUnavailable):
            await lost
        assert (await subscribing).revision == (await page).revision == 1
        assert await it.store.settled_until(ACCOUNT) == START - 1
        disk.repair()
        await writable_again(it)
        await it.service.set_status(ACCOUNT, "ann", Status.OFFLINE)
        await it.service.set_status(ACCOUNT, "bob", Status.OFFLINE)
        assert told == {"before": [2, 3], "meanwhile": [2, 3]}


@pytest.mark.parametrize("survives", [False, True])
async def test_what_was_refused_is_there_after_a_loss_of_power_as_a_whole_or_not_at_all_and_never_later(
    tmp_path: Path, disk: Disk, survives: bool
) -> None:
    """The write-ahead log may hold what could not be synced, until the next commit writes over it."""

    class Dice(random.Random):
        def random(self) -> float:
            return 0.0 if survives else 1.0

    def found(name: str) -> Path:
        directory = tmp_path / name
        directory.mkdir()
        disk.lose_power(directory, Dice())
        return directory / "onduty.db"

    async with opened(disk, tmp_path / "onduty.db") as it:
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        disk.sync_broken = True
        calls = [it.service.set_status(ACCOUNT, user, Status.ONLINE, reason="in vain") for user in ("bob", "carol")]
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(outcome, StoreUnavailable)
        before_the_next = found("before")
        disk.sync_broken = False
        await writable_again(it)
        await it.service.set_status(ACCOUNT, "dora", Status.ONLINE)
        after_the_next = found("after")

    async with opened(disk, before_the_next) as it:
        users = [change.user_id for change in (await history(it.service)).values()]
        assert users == (["ann", "bob", "carol"] if survives else ["ann"])
    async with opened(disk, after_the_next) as it:
        assert [change.user_id for change in (await history(it.service)).values()] == ["ann", "dora"]


async def test_a_commit_that_took_place_counts_even_if_its_call_reported_an_error(tmp_path: Path, disk: Disk) -> None:
    """The checkpoint that follows a commit within the same call fails: what was committed must stay in memory too."""
    async with opened(disk, tmp_path / "onduty.db", limits=FileLimits(checkpoint_pages=1)) as it:
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        disk.checkpoints_broken = True
        assert (await it.service.set_status(ACCOUNT, "ann", Status.AWAY)).revision == 2
        patch = WorkflowPatch(enabled=True, away_after_ms=HOUR_MS)
        assert (await it.service.update_workflow(ACCOUNT, patch)).revision == 3
        await it.store.heartbeat()
        await it.service.set_status(ACCOUNT, "ann", Status.OFFLINE)
        assert sorted(await history(it.service)) == [1, 2, 4]


class BrokenStopwatch(FakeClock):
    """A defect outside of all that the writer is prepared for."""

    broken = False

    def stopwatch(self) -> float:
        if self.broken:
            raise ValueError("a defect")
        return super().stopwatch()


async def test_a_writer_that_ends_by_a_defect_loses_the_store_and_nobody_waits_for_it(tmp_path: Path) -> None:
    clock, dead = BrokenStopwatch(), list[str]()
    store = SqliteStore(tmp_path / "onduty.db", clock)
    await store.open()
    service = StatusService(store)
    await service.set_status(ACCOUNT, "ann", Status.ONLINE)
    with deaths_reported(lambda name, error: dead.append(name)):
        clock.broken = True
        for _ in range(2):
            with pytest.raises(StoreLost) as caught:
                await asyncio.wait_for(service.set_status(ACCOUNT, "bob", Status.ONLINE), 20)
            assert "the thread that writes it ended: ValueError: a defect" in caught.value.why
        with pytest.raises(StoreLost):
            await asyncio.wait_for(store.heartbeat(), 20)
        with pytest.raises(StoreLost):
            await asyncio.wait_for(store.close(), 20)
    assert dead == ["onduty-sqlite-writer"]
    again = SqliteStore(tmp_path / "onduty.db", FakeClock())
    await again.open()
    assert sorted(await history(StatusService(again))) == [1], "what was acknowledged is there, and nothing else"
    await again.close()


async def test_not_even_an_error_that_nobody_has_thought_of_ends_the_writer(tmp_path: Path, disk: Disk) -> None:
    """Callers would wait for it for ever."""

    def fail() -> None:
        raise RuntimeError("never seen before")

    async with opened(disk, tmp_path / "onduty.db") as it:
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        disk.before_write = fail
        with pytest.raises(StoreUnavailable):
            await asyncio.wait_for(it.service.set_status(ACCOUNT, "bob", Status.ONLINE), 20)
        disk.before_write = lambda: None
        await writable_again(it)
        assert [change.user_id for change in (await history(it.service)).values()] == ["ann"]
        await it.service.set_status(ACCOUNT, "bob", Status.ONLINE)
        assert [change.user_id for change in (await history(it.service)).values()] == ["ann", "bob"]


def change_of(view: Any) -> StatusChange:
    return StatusChange(
        view.user_id,
        view.revision,
        None,
        view.status,
        view.cause,
        view.status_since,
        view.status_since,
        view.actor,
        view.reason,
    )


@pytest.mark.parametrize("counts", [False, True], ids=["as an outage", "as inactivity"])
@pytest.mark.parametrize("fault", ["hangs", "fails"])
async def test_a_disk_that_keeps_activities_out_for_longer_than_the_grace_counts(
    tmp_path: Path, disk: Disk, fault: str, counts: bool
) -> None:
    async with opened(disk, tmp_path / "onduty.db", options=StoreOptions(count_outage_as_inactivity=counts)) as it:
        await it.service.update_workflow(ACCOUNT, WorkflowPatch(enabled=True, away_after_ms=5_000))
        # Due within the lease, within the outage, and never by hand.
        await it.service.record_activity(ACCOUNT, "ann")
        it.clock.advance(2_000)
        await it.store.heartbeat()
        it.clock.advance(1_000)
        await it.service.record_activity(ACCOUNT, "bob")
        it.clock.advance(1_000)
        refused: asyncio.Task[object] | None = None
        if fault == "hangs":
            disk.hang()
            refused = asyncio.create_task(it.service.set_status(ACCOUNT, "eve", Status.ONLINE))
            await stuck(disk)
        else:
            disk.broken = True
            with pytest.raises(StoreUnavailable):
                await it.service.set_status(ACCOUNT, "eve", Status.ONLINE)
        it.clock.advance(500)
        assert (await it.service.get_status(ACCOUNT, "bob")).status is Status.ONLINE
        it.clock.advance(500)
        assert (await it.service.get_status(ACCOUNT, "ann")).status is Status.AWAY

        it.clock.advance(60_000)
        if refused is not None:
            disk.move_on()
            await refused
        else:
            seen = await it.service.get_status(ACCOUNT, "bob")
            assert seen.status is (Status.AWAY if counts else Status.ONLINE)
            disk.broken = False
            await writable_again(it)
        await it.store.heartbeat()
        bob = await it.service.get_status(ACCOUNT, "bob")
        ann = await it.service.get_status(ACCOUNT, "ann")

        assert (ann.status, ann.status_since) == (Status.AWAY, START + 5_000), "it was seen"
        if counts:
            assert (bob.status, bob.status_since) == (Status.AWAY, START + 8_000)
        else:
            assert (bob.status, bob.next_status_time) == (Status.ONLINE, it.clock.now() + 5_000)


async def test_what_was_acknowledged_before_the_disk_failed_outlives_a_stop_that_cannot_write(
    tmp_path: Path, disk: Disk
) -> None:
    path = tmp_path / "onduty.db"
    it = Opened(SqliteStore(path, clock := FakeClock()), None, clock)  # type: ignore[arg-type]
    await it.store.open()
    it.service = StatusService(it.store)
    view = await it.service.set_status(ACCOUNT, "ann", Status.AWAY, reason="lunch")
    disk.broken = True
    with pytest.raises(StoreUnavailable):
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(it.store.close(), 10)
    disk.broken = False

    async with opened(disk, path, FakeClock(clock.now())) as again:
        assert await again.service.get_status(ACCOUNT, "ann") == view
        assert (view.cause, view.reason) == (Cause.MANUAL, "lunch")
