"""The way out for a store that ran with a clock far ahead: a copy in which nothing is later than now."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.copying.places import archive_of, contents, moved, nothing
from tests.fakes import FakeClock
from tests.stores.backends import Backend, RedisBackend, SqliteAtOnceBackend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, HOUR, MINUTE, SECOND, Site

from onduty_server.app.clamping import ClampedArchive
from onduty_server.app.copying import copy
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.record import Switch
from onduty_server.domain.status import Cause, Status, Then

KINDS = [SqliteAtOnceBackend, RedisBackend]


async def accepted(source: Backend, target: Backend, now: int) -> None:
    reader, writer = ClampedArchive(archive_of(source), now), archive_of(target)
    try:
        await writer.open_to_write(await reader.open_to_read())
        await copy(reader, writer, copying=nothing, verifying=nothing)
    finally:
        await writer.close()
        await reader.close()


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize("ahead", [2 * DAY, 60 * DAY])
async def test_a_copy_with_the_clock_accepted_goes_on_from_now(
    of: type[Backend], to: type[Backend], ahead: int, tmp_path: Path
) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open()
    site = Site(source)
    await site.configure(AWAY_ONLY)
    await site.set("ada", Status.ONLINE)
    before = await site.history()
    right = site.now
    # One start with the clock ahead, in which people, the sweeper and a supervisor go on.
    await source.reopen(now=right + ahead)
    await site.activity("ben")
    await site.configure(BOTH)
    await site.live(11 * MINUTE)
    await site.sweep()
    await site.set("cleo", Status.AWAY, reason="tea")
    await source.stop()
    now = right + 20 * MINUTE
    await accepted(source, target, now)

    target.clock = FakeClock(now + SECOND)
    await target.open()
    copied = Site(target)
    assert copied.now == now + SECOND, "time is not held by anything that was recorded"
    history = await copied.history()
    assert history[: len(before)] == before
    assert [change.revision for change in history] == [2, 3, 5, 6, 7]
    assert {change.commit_time for change in history[len(before) :]} == {now}
    assert max(change.effective_time for change in history) <= now
    views = await copied.views()
    assert all(view.status_since <= now and (view.last_activity or 0) <= now for view in views)
    # Everything goes on as it should: an activity counts, and so does its absence.
    await copied.set("ben", Status.ONLINE)
    assert (await copied.activity("ben", copied.now)).last_activity == copied.now
    await copied.live(10 * MINUTE + SECOND)
    assert await copied.status("ben") is Status.AWAY
    await target.stop()


async def test_what_is_not_ahead_is_copied_as_it_is(tmp_path: Path) -> None:
    source, plain, accepting = (SqliteAtOnceBackend(tmp_path / name) for name in ("source", "plain", "accepting"))
    for backend in (source, plain, accepting):
        backend.directory.mkdir()
    await source.open()
    site = Site(source)
    await site.configure(BOTH)
    await site.set("ada", Status.ONLINE)
    await site.live(11 * MINUTE)
    await site.sweep()
    await source.stop()
    await moved(source, plain)
    await accepted(source, accepting, site.now)
    assert await contents(plain) == await contents(accepting)
    _, accounts = await contents(accepting)
    (account,) = accounts.values()
    assert any(isinstance(event.change, Switch) for event in account[2])


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_what_is_to_end_keeps_the_time_that_was_left(
    of: type[Backend], to: type[Backend], tmp_path: Path
) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open()
    site = Site(source)
    await site.configure(AWAY_ONLY, disconnect_after_ms=MINUTE)
    right = site.now
    # Before the clock was wrong, and after.
    await site.activity("ada")
    await site.service.set_status(ACCOUNT, "early", Status.AWAY, ttl_ms=30 * DAY, then=Then.ONLINE)
    await source.reopen(now=right + 60 * DAY)
    await site.service.set_status(ACCOUNT, "late", Status.AWAY, ttl_ms=30 * MINUTE, then=Then.ONLINE)
    await site.service.keep_session(ACCOUNT, "late", "browser", 20 * MINUTE)
    await site.service.keep_session(ACCOUNT, "gone", "browser", 20 * MINUTE, 0)
    await site.service.end_session(ACCOUNT, "gone", "browser")
    # Of somebody who was not seen since: no longer than can be asked for.
    await site.service.keep_engagement(ACCOUNT, "ada", "call", 4 * HOUR)
    await site.store.heartbeat()
    await source.stop()
    now = right + 20 * MINUTE
    await accepted(source, target, now)

    target.clock = FakeClock(now + SECOND)
    await target.open()
    copied = Site(target)
    views = {view.user_id: view for view in await copied.views()}
    # While the clock was wrong nobody came to record that it had ended, and it has not.
    assert (views["early"].status, views["early"].expire_time) == (Status.AWAY, right + 30 * DAY)
    assert views["late"].expire_time == now + 30 * MINUTE
    assert (views["late"].connected, views["gone"].connected, views["ada"].engagements) == (True, False, 1)
    assert views["gone"].next_status_time == now + MINUTE
    history = await copied.history("late")
    assert [change.expire_time for change in history] == [now + 30 * MINUTE]
    await copied.live(4 * HOUR)
    await copied.sweep()
    views = {view.user_id: view for view in await copied.views()}
    assert not any(view.connected or view.engagements for view in views.values())
    assert [user for user, view in views.items() if view.expire_time is not None] == ["early"]
    assert views["gone"].cause is Cause.DISCONNECT
    await target.stop()


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_a_plain_copy_takes_along_that_a_clock_is_in_doubt(
    of: type[Backend], to: type[Backend], tmp_path: Path
) -> None:
    source, target = of(tmp_path), to(tmp_path / "to")
    (tmp_path / "to").mkdir()
    await source.open(StoreOptions(history_retention_ms=DAY))
    site = Site(source)
    await site.set("ada", Status.ONLINE)
    await source.reopen(StoreOptions(history_retention_ms=DAY), now=site.now + 60 * DAY)
    await source.stop()
    await moved(source, target)
    target.clock = FakeClock(source.clock.now() + SECOND)
    await target.open(StoreOptions(history_retention_ms=DAY))
    copied = Site(target)
    for _ in range(3):
        await copied.live(10 * MINUTE)
        assert len(await copied.history()) == 1
    await target.stop()
