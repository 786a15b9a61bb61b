"""A disk that fails or loses power under sessions, engagements and statuses with an end."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.fakes import FakeClock
from tests.faults.disk import Disk, faulty_disk
from tests.faults.test_disk import ACCOUNT, HOUR_MS, Opened, history, opened, writable_again

from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status, Then
from onduty_server.domain.workflow import WorkflowPatch

GONE = WorkflowPatch(enabled=True, away_after_ms=HOUR_MS, disconnect_after_ms=HOUR_MS)


@pytest.fixture
def disk() -> Iterator[Disk]:
    with faulty_disk() as disk:
        yield disk


class PowerLoss(NamedTuple):
    """What a loss of power leaves behind, how many calls for each user had been answered, and when it was (ms UTC)."""

    directory: Path
    answered: dict[str, int]
    at: int


def durable(view: StatusView) -> tuple[object, ...]:
    """What no moment changes that lies within an hour."""
    return (view.status, view.reason, view.revision, view.expire_time, view.then, view.connected, view.engagements)


async def test_every_layer_that_was_acknowledged_survives_a_loss_of_power_at_any_moment(
    tmp_path: Path, disk: Disk, record_property: Callable[[str, object], None]
) -> None:
    """A user is found as after the last call that was answered, or as after the one that was under way."""
    dice = random.Random(20261129)
    answers: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    losses: list[PowerLoss] = []
    clock = FakeClock()
    armed = False

    def before_write() -> None:
        if armed and dice.random() < 0.005:
            answered = {user: len(views) for user, views in answers.items()}
            loss = PowerLoss(tmp_path / f"found-{len(losses)}", answered, clock.now())
            loss.directory.mkdir()
            disk.lose_power(loss.directory, dice)
            losses.append(loss)

    disk.before_write = before_write
    async with opened(disk, tmp_path / "onduty.db", clock, activity_flush_interval_ms=0) as it:
        await it.service.update_workflow(ACCOUNT, GONE)
        armed = True
        await asyncio.gather(*(_act(it, n, random.Random(n), answers) for n in range(6)))
        armed = False
    assert len(losses) > 20
    disk.before_write = lambda: None

    for loss in losses:
        async with opened(disk, loss.directory / "onduty.db", FakeClock(loss.at)) as it:
            views = {view.user_id: view for view in (await it.service.list_statuses(ACCOUNT, page_size=1_000)).items}
            for user, count in loss.answered.items():
                assert durable(views[user]) in answers[user][count - 1 : count + 1], user
    record_property("losses of power", len(losses))
    record_property("answers", sum(map(len, answers.values())))


async def _act(opened: Opened, number: int, dice: random.Random, answers: dict[str, list[tuple[object, ...]]]) -> None:
    service = opened.service
    for turn in range(200):
        opened.clock.advance(1)
        user = f"user-{number}-{dice.randrange(5)}"
        lease_id = f"lease {dice.randrange(3)}"
        chance = 0.0 if user not in answers else dice.random()
        if chance < 0.3:
            status, then = dice.choice(list(Status)), dice.choice(list(Then))
            ttl_ms = HOUR_MS + turn
            reason = f"{number}-{turn} ".ljust(300, "x")
            view = await service.set_status(ACCOUNT, user, status, reason=reason, ttl_ms=ttl_ms, then=then)
        elif chance < 0.55:
            view = await service.keep_session(ACCOUNT, user, lease_id, HOUR_MS + turn, dice.choice([None, 0]))
        elif chance < 0.7:
            view = await service.end_session(ACCOUNT, user, lease_id)
        elif chance < 0.85:
            view = await service.keep_engagement(ACCOUNT, user, lease_id, HOUR_MS + turn)
        else:
            view = await service.end_engagement(ACCOUNT, user, lease_id)
        answers[user].append(durable(view))


async def test_an_end_that_cannot_be_written_is_refused_and_has_not_come(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "onduty.db"
    clock = FakeClock()
    async with opened(disk, path, clock) as it:
        await it.service.update_workflow(ACCOUNT, GONE)
        for user in ("ann", "bob"):
            await it.service.set_status(ACCOUNT, user, Status.ONLINE, ttl_ms=HOUR_MS, then=Then.AWAY)
            await it.service.keep_session(ACCOUNT, user, "browser", 2 * HOUR_MS)
            await it.service.keep_engagement(ACCOUNT, user, "call", 2 * HOUR_MS)
        before = [await it.service.get_status(ACCOUNT, user) for user in ("ann", "bob")]
        disk.sync_broken = True
        calls = [
            it.service.end_session(ACCOUNT, "ann", "browser"),
            it.service.end_engagement(ACCOUNT, "ann", "call"),
            it.service.set_status(ACCOUNT, "bob", Status.AWAY),
            it.service.keep_session(ACCOUNT, "bob", "phone"),
        ]
        for outcome in (await asyncio.gather(*calls, return_exceptions=True))[:3]:
            assert isinstance(outcome, StoreUnavailable)
        after = [await it.service.get_status(ACCOUNT, user) for user in ("ann", "bob")]
        assert [durable(view) for view in after] == [durable(view) for view in before]
        with pytest.raises(StoreUnavailable):
            await it.service.keep_session(ACCOUNT, "ann", "browser", 3 * HOUR_MS)
        disk.sync_broken = False
        await writable_again(it)
        ended = await it.service.end_session(ACCOUNT, "ann", "browser")
        assert (ended.connected, ended.engagements, ended.expire_time) == (False, 1, before[0].expire_time)
    async with opened(disk, path, FakeClock(clock.now())) as it:
        assert durable(await it.service.get_status(ACCOUNT, "ann")) == durable(ended)
        assert sorted(await history(it.service)) == [2, 3]


async def test_renewals_that_waited_for_a_disk_that_failed_are_written_once_it_is_well(
    tmp_path: Path, disk: Disk
) -> None:
    path = tmp_path / "onduty.db"
    clock = FakeClock()
    async with opened(disk, path, clock) as it:
        await it.service.update_workflow(ACCOUNT, GONE)
        await it.service.set_status(ACCOUNT, "ann", Status.ONLINE)
        await it.service.keep_session(ACCOUNT, "ann", "browser", HOUR_MS)
        await it.service.keep_engagement(ACCOUNT, "ann", "call", HOUR_MS)
        # Acknowledged, and only now does the disk fail.
        await it.service.keep_session(ACCOUNT, "ann", "browser", 3 * HOUR_MS)
        disk.sync_broken = True
        with pytest.raises(StoreUnavailable):
            await it.service.set_status(ACCOUNT, "bob", Status.AWAY)
        disk.sync_broken = False
        await writable_again(it)
        view = await it.service.get_status(ACCOUNT, "ann")
        assert (view.connected, view.engagements) == (True, 1)
        found = tmp_path / "found"
        found.mkdir()
        clock.advance(1_000)
        await it.store.heartbeat()
        for _ in range(20):
            await asyncio.sleep(0)
        await it.store.heartbeat()
        disk.lose_power(found, random.Random(1))
        now = clock.now()
    async with opened(disk, found / "onduty.db", FakeClock(now)) as it:
        survived = await it.service.get_status(ACCOUNT, "ann")
        assert (survived.connected, survived.engagements) == (True, 1)
        assert not (await it.service.end_engagement(ACCOUNT, "ann", "call")).engagements
        # Three hours, and an hour until it is believed: what was written is the renewal.
        await it.service.update_workflow(ACCOUNT, {"away_after_ms": None})
        assert (await it.service.get_status(ACCOUNT, "ann")).next_status_time == now - 1_000 + 4 * HOUR_MS
