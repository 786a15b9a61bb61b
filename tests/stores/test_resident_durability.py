"""Nothing is shown that a crash could take back, and a disk that fails loses nothing.

The resident engine over a journal that writes when the test says so.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
from tests.fakes import FakeClock
from tests.stores.held_journal import HeldJournal
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, SECOND

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.statuses import AvailabilityOrder, ChangeFilter
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import RevisionConflict, StoreUnavailable, UserUnknown
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status
from onduty_server.stores.resident.store import ResidentStore

GRACE = 10 * SECOND


class Held:
    """A resident store over a journal in the test's hand, with no sweeper and no heartbeat but those of the test."""

    def __init__(self, journal: HeldJournal, clock: FakeClock, flush_interval_ms: int = 0) -> None:
        self.journal = journal
        self.clock = clock
        self.store = ResidentStore(
            journal, clock, StoreOptions(outage_grace_ms=GRACE), activity_flush_interval_ms=flush_interval_ms
        )
        self.service = StatusService(self.store)

    async def after_a_crash(self) -> Held:
        left = Held(self.journal.after_a_crash(), FakeClock(self.clock.now()))
        await left.store.open()
        return left

    async def view(self, user: str) -> StatusView:
        return await self.service.get_status(ACCOUNT, user)


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    held = Held(HeldJournal(), FakeClock())
    await held.store.open()
    await held.service.update_workflow(ACCOUNT, BOTH)
    await held.service.record_activity(ACCOUNT, "ada")
    yield held
    if held.journal.failing:
        held.journal.heal()
    held.journal.release()
    await held.store.close()


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


Read = Callable[[Held], Awaitable[object]]

READS: dict[str, Read] = {
    "one": lambda held: held.service.get_status(ACCOUNT, "ada"),
    "get": lambda held: held.store.get(ACCOUNT, ["ada"]),
    "scan": lambda held: held.store.scan(ACCOUNT, (), 0, 10),
    "available": lambda held: held.store.available(ACCOUNT, AvailabilityOrder.LONGEST_IDLE, 10),
    "activity": lambda held: held.service.record_activity(ACCOUNT, "ada"),
    "the same activity": lambda held: held.service.record_activity(ACCOUNT, "ada", held.clock.now() - SECOND),
}
WORKFLOW_READS: dict[str, Read] = {
    "one": lambda held: held.service.get_status(ACCOUNT, "ada"),
    **READS,
    "workflow": lambda held: held.store.workflow(ACCOUNT),
    "preview": lambda held: held.service.preview_workflow(ACCOUNT, {}),
    "no change": lambda held: held.service.update_workflow(ACCOUNT, {}),
}


async def waits_for_the_disk(held: Held, read: Awaitable[object]) -> None:
    task = asyncio.ensure_future(read)
    await turns()
    assert not task.done(), "shown before it was durable"
    held.journal.release()
    await task
    held.journal.hold()


@pytest.mark.parametrize("read", READS)
async def test_whoever_sees_a_change_that_is_not_durable_waits_for_it(held: Held, read: str) -> None:
    held.journal.hold()
    setting = asyncio.ensure_future(held.service.set_status(ACCOUNT, "ada", Status.ONLINE, reason="back"))
    await turns()
    assert not held.store.immediate.touch(ACCOUNT, "ada", None)
    await waits_for_the_disk(held, READS[read](held))
    held.journal.release()
    await setting


@pytest.mark.parametrize("read", WORKFLOW_READS)
async def test_whoever_sees_what_follows_from_a_workflow_that_is_not_durable_waits_for_it(
    held: Held, read: str
) -> None:
    held.clock.advance(SECOND)
    held.journal.hold()
    changing = asyncio.ensure_future(held.service.update_workflow(ACCOUNT, {"away_after_ms": SECOND}))
    await turns()
    assert not held.store.immediate.touch(ACCOUNT, "ada", None)
    await waits_for_the_disk(held, WORKFLOW_READS[read](held))
    held.journal.release()
    await changing
    assert (await held.view("ada")).status is (Status.ONLINE if read == "activity" else Status.AWAY)


async def switched_and_not_yet_durable(held: Held) -> int:
    """Ada is AWAY since the time that this answers, which the sweeper has recorded and the disk does not know yet."""
    away_at = held.clock.now() + 10 * MINUTE
    while held.clock.now() < away_at:
        held.clock.advance(2 * SECOND)
        await held.store.heartbeat()
    held.journal.hold()
    assert (await held.store.settle_due(10)).switched == 1
    return away_at


async def test_a_timed_switch_on_its_way_to_the_disk_is_shown_at_once_as_before_it_was_recorded(held: Held) -> None:
    away_at = await switched_and_not_yet_durable(held)
    before = await asyncio.wait_for(held.view("ada"), 20)
    assert (before.status, before.status_since, before.revision) == (Status.AWAY, away_at, 2)
    assert await asyncio.wait_for(held.store.get(ACCOUNT, ["ada"]), 20) == [before]
    available = held.store.available(ACCOUNT, AvailabilityOrder.LONGEST_IDLE, 10)
    assert (await asyncio.wait_for(available, 20)).total == 0

    left = await held.after_a_crash()
    assert await left.view("ada") == before
    await left.store.close()
    held.journal.release()
    assert await held.view("ada") == before._replace(revision=3)
    assert not held.store._pending.shown_revisions and not held.store._pending._order


async def test_a_list_that_says_of_which_revision_it_is_waits_for_timed_switches_too(held: Held) -> None:
    await switched_and_not_yet_durable(held)
    await waits_for_the_disk(held, held.store.scan(ACCOUNT, (), 0, 10))


async def test_what_somebody_does_after_a_timed_switch_is_waited_for(held: Held) -> None:
    await switched_and_not_yet_durable(held)
    coming_back = asyncio.ensure_future(held.service.record_activity(ACCOUNT, "ada"))
    await turns()
    await waits_for_the_disk(held, held.view("ada"))
    assert (await coming_back).revision == (await held.view("ada")).revision == 4


async def test_a_timed_switch_that_rests_on_a_clock_that_is_not_durable_is_waited_for() -> None:
    held = Held(HeldJournal(), FakeClock(), flush_interval_ms=HOUR)
    await held.store.open()
    await held.service.update_workflow(ACCOUNT, BOTH)
    await held.service.record_activity(ACCOUNT, "ada")
    held.clock.advance(SECOND)
    await held.service.record_activity(ACCOUNT, "ada")
    await switched_and_not_yet_durable(held)
    await waits_for_the_disk(held, held.view("ada"))
    held.journal.release()
    await held.store.close()


async def test_whoever_reads_again_after_a_conflict_with_a_timed_switch_sees_its_revision(held: Held) -> None:
    await switched_and_not_yet_durable(held)
    read = await held.view("ada")
    with pytest.raises(RevisionConflict):
        await held.service.set_status(ACCOUNT, "ada", Status.ONLINE, expected_revision=read.revision)
    await waits_for_the_disk(held, held.view("ada"))
    held.journal.release()
    read = await held.view("ada")
    assert (await held.service.set_status(ACCOUNT, "ada", Status.ONLINE, expected_revision=read.revision)).revision == 4


async def test_history_shows_only_what_is_durable(held: Held) -> None:
    held.journal.hold()
    setting = asyncio.ensure_future(held.service.set_status(ACCOUNT, "ada", Status.AWAY))
    await turns()
    assert len((await held.store.changes(ACCOUNT, ChangeFilter(), 0, 10)).changes) == 1
    held.journal.release()
    await setting
    assert len((await held.store.changes(ACCOUNT, ChangeFilter(), 0, 10)).changes) == 2


async def test_a_moment_that_no_heartbeat_vouches_for_is_not_shown_before_one_does(held: Held) -> None:
    held.journal.hold()
    held.clock.advance(HEARTBEAT_VALID_MS)
    await held.view("ada")
    held.clock.advance(1)
    for read in READS.values():
        await waits_for_the_disk(held, read(held))
        held.clock.advance(HEARTBEAT_VALID_MS + 1)


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_was_answered_before_a_crash_is_so_after_it(seed: int) -> None:
    """Calls that run at the same time over a disk that writes now and then; at some moment the process is killed."""
    dice = random.Random(seed)
    held = Held(HeldJournal(), FakeClock(), flush_interval_ms=dice.choice([0, 200]))
    await held.store.open()
    await held.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 1_000, "offline_after_ms": 2_000})
    users = [f"user-{number}" for number in range(4)]
    held.journal.hold()
    answers: list[StatusView] = []
    workflows: set[int] = set()

    async def status(call: Awaitable[StatusView]) -> None:
        with suppress(StoreUnavailable):
            answers.append(await call)

    async def everybody() -> None:
        answers.extend(view for view in await held.store.get(ACCOUNT, users) if view is not None)
        for user in users:
            with suppress(UserUnknown):
                answers.append(await held.service.get_status(ACCOUNT, user))
        answers.extend((await held.store.scan(ACCOUNT, (), 0, 10)).views)
        answers.extend((await held.store.available(ACCOUNT, AvailabilityOrder.LONGEST_AVAILABLE, 10)).views)

    async def configure(away_after_ms: int) -> None:
        patch = {"away_after_ms": away_after_ms, "offline_after_ms": away_after_ms + 1_000}
        workflows.add((await held.service.update_workflow(ACCOUNT, patch)).revision)  # type: ignore[arg-type]

    running: list[asyncio.Future[None]] = []
    for _ in range(dice.randrange(40, 120)):
        match dice.randrange(9):
            case 0 | 1:
                running.append(asyncio.ensure_future(status(held.service.record_activity(ACCOUNT, dice.choice(users)))))
            case 2:
                call = held.service.set_status(ACCOUNT, dice.choice(users), dice.choice(list(Status)))
                running.append(asyncio.ensure_future(status(call)))
            case 3:
                running.append(asyncio.ensure_future(configure(dice.randrange(1_000, 3_000))))
            case 4 | 5:
                running.append(asyncio.ensure_future(everybody()))
            case 6:
                running.append(asyncio.ensure_future(sweep(held)))
            case _:
                held.clock.advance(dice.randrange(600))
        if dice.random() < 0.5:
            await turns()
        if dice.random() < 0.2:
            held.journal.write()
        check_index(held.store)
    await turns()
    left = await held.after_a_crash()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    await sweep(left)
    await left.store.heartbeat()
    history = await left.service.list_status_changes(ACCOUNT, page_size=1_000)
    shown = {(change.user_id, change.status, change.effective_time) for change in history.items}
    revisions = [change.revision for change in history.items]
    assert {(view.user_id, view.status, view.status_since) for view in answers} <= shown
    assert {view.revision for view in answers} <= set(revisions)
    workflow = await left.store.workflow(ACCOUNT)
    assert max(workflows, default=0) <= workflow.revision
    assert len(set(revisions)) == len(revisions)
    for user in users:
        times = [change.effective_time for change in history.items if change.user_id == user]
        assert times == sorted(times)
    held.journal.release()
    await held.store.close()
    await left.store.close()


async def sweep(held: Held) -> None:
    for _ in range(100):
        next_due = (await held.store.settle_due(3)).next_due
        if next_due is None or next_due > held.clock.now():
            return
    raise AssertionError("spins")


# --- a disk that fails -----------------------------------------------------------------------------------------------


async def test_while_nothing_can_be_written_changes_are_refused_and_reads_go_on(held: Held) -> None:
    held.journal.fail()
    held.clock.advance(SECOND)
    for change in (
        held.service.set_status(ACCOUNT, "ada", Status.AWAY),
        held.service.record_activity(ACCOUNT, "new"),
        held.service.record_activity(ACCOUNT, "ada"),
        held.service.update_workflow(ACCOUNT, AWAY_ONLY | {"away_after_ms": MINUTE}),
    ):
        with pytest.raises(StoreUnavailable):
            await change
    with pytest.raises(StoreUnavailable):
        await held.store.heartbeat()
    for name in ("one", "get", "scan", "available"):
        await READS[name](held)
    assert (await held.view("ada")).status is Status.ONLINE
    held.journal.heal()
    assert (await held.view("ada")).status is Status.ONLINE
    assert (await held.store.get(ACCOUNT, ["new"])) == [None]
    assert (await held.service.set_status(ACCOUNT, "ada", Status.AWAY)).revision == 3


async def test_the_sweeper_does_not_spin_while_nothing_can_be_written(held: Held) -> None:
    held.journal.fail()
    for pause in (0, SECOND, 5 * SECOND, MINUTE, HOUR):
        held.clock.advance(pause)
        sweep = await held.store.settle_due(100)
        assert sweep.next_due is not None and sweep.next_due > held.clock.now()
        assert sweep.switched == 0


@pytest.mark.parametrize("for_ms", [GRACE - HEARTBEAT_VALID_MS, GRACE])
async def test_a_failure_within_the_grace_counts_as_inactivity(held: Held, for_ms: int) -> None:
    start = held.clock.now()
    while held.clock.now() < start + 10 * MINUTE - GRACE:
        held.clock.advance(2 * SECOND)
        await held.store.heartbeat()
    held.journal.fail()
    held.clock.advance(for_ms)
    held.journal.heal()
    await held.store.heartbeat()
    held.clock.advance(GRACE - for_ms)
    view = await held.view("ada")
    assert (view.status, view.status_since) == (Status.AWAY, start + 10 * MINUTE)


async def test_a_failure_longer_than_the_grace_is_an_outage_and_nothing_that_was_shown_un_happens(held: Held) -> None:
    start = held.clock.now()
    for user in ("bob", "carol"):
        held.clock.advance(2 * SECOND)
        await held.service.record_activity(ACCOUNT, user)
    while held.clock.now() < start + 10 * MINUTE:
        held.clock.advance(2 * SECOND)
        await held.store.heartbeat()

    held.journal.fail()
    shown: set[tuple[str, Status, int]] = set()
    for _ in range(60):
        held.clock.advance(SECOND)
        with suppress(StoreUnavailable):
            await held.store.heartbeat()
        page = await held.store.scan(ACCOUNT, (), 0, 10)
        shown |= {(view.user_id, view.status, view.status_since) for view in page.views}
        await held.store.settle_due(10)
    held.journal.heal()
    recovery = held.clock.now()
    await sweep(held)
    await held.store.heartbeat()
    views = {view.user_id: view for view in (await held.store.scan(ACCOUNT, (), 0, 10)).views}
    assert (views["ada"].status, views["ada"].status_since) == (Status.AWAY, start + 10 * MINUTE)
    assert (views["carol"].status, views["carol"].next_status_time) == (Status.ONLINE, recovery + 10 * MINUTE)
    history = await held.service.list_status_changes(ACCOUNT)
    assert shown <= {(change.user_id, change.status, change.effective_time) for change in history.items}


async def test_a_failure_that_is_over_is_followed_by_sweeps_as_before(held: Held) -> None:
    held.journal.fail()
    held.clock.advance(SECOND)
    next_due = (await held.store.settle_due(10)).next_due
    assert next_due is not None
    held.journal.heal()
    held.clock.set(next_due)
    sweep = await held.store.settle_due(10)
    assert sweep.next_due == held.clock.now() - 2 * SECOND + 10 * MINUTE


async def test_a_conflict_with_a_switch_that_nobody_has_recorded_is_over_when_the_caller_has_read_again(
    held: Held,
) -> None:
    view = await held.view("ada")
    start = held.clock.now()
    while held.clock.now() < start + 10 * MINUTE:
        held.clock.advance(5 * SECOND)
        await held.store.heartbeat()
    with pytest.raises(RevisionConflict):
        await held.service.set_status(ACCOUNT, "ada", Status.ONLINE, expected_revision=view.revision)
    again = await held.view("ada")
    assert (again.status, again.revision) == (Status.AWAY, view.revision + 1)
    await held.service.set_status(ACCOUNT, "ada", Status.ONLINE, expected_revision=again.revision)


async def test_a_closed_store_refuses_and_keeps_nobody_waiting() -> None:
    held = Held(HeldJournal(), FakeClock())
    await held.store.open()
    await held.service.record_activity(ACCOUNT, "ada")
    await held.store.close()
    held.clock.advance(HOUR)
    async with asyncio.timeout(10):
        with pytest.raises(StoreUnavailable):
            await held.service.set_status(ACCOUNT, "ada", Status.AWAY)
        with pytest.raises(StoreUnavailable):
            await held.service.record_activity(ACCOUNT, "ada")
        with pytest.raises(StoreUnavailable):
            await held.service.update_workflow(ACCOUNT, BOTH)
