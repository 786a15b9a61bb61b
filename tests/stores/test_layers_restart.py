"""What a stop, a crash, an outage and a new start leave of sessions, engagements and statuses with an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import SqliteAtOnceBackend, SqliteBackend
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Changed, Site
from tests.stores.test_restart import everything

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Cause, Status, Then
from onduty_server.domain.workflow import WorkflowPatch

GONE: WorkflowPatch = {**BOTH, "disconnect_after_ms": MINUTE}
"""As `BOTH`, and OFFLINE a minute after the last session has ended."""
COUNTED = StoreOptions(count_outage_as_inactivity=True)


async def signed_in(site: Site, user: str, session: str = "browser", *, ttl_ms: int = HOUR) -> None:
    """Let a user become ONLINE in a session."""
    await site.service.keep_session(ACCOUNT, user, session, ttl_ms, 0)


async def everybody(site: Site) -> None:
    """Users in every layer, in and out of use."""
    service = site.service
    await site.configure(GONE)
    await signed_in(site, "in a session")
    await signed_in(site, "in two sessions")
    await signed_in(site, "in two sessions", "phone")
    await service.end_session(ACCOUNT, "in two sessions", "browser")
    await signed_in(site, "gone")
    await service.end_session(ACCOUNT, "gone", "browser")
    await site.set("gone while away", Status.AWAY, actor="grace", reason="lunch")
    await service.keep_session(ACCOUNT, "gone while away", "browser", 30 * SECOND)
    await signed_in(site, "seen elsewhere")
    await service.end_session(ACCOUNT, "seen elsewhere", "browser")
    await site.activity("busy")
    await service.keep_engagement(ACCOUNT, "busy", "call", 2 * HOUR)
    await service.keep_engagement(ACCOUNT, "busy", "chat", 10 * SECOND)
    await site.activity("was busy")
    await service.keep_engagement(ACCOUNT, "was busy", "call")
    for then in Then:
        await site.activity(f"then {then.name}")
        await until(site, f"then {then.name}", Status.AWAY, HOUR, then)
        await until(site, f"was until {then.name}", Status.OFFLINE, MINUTE, then)
    await until(site, "gone until", Status.ONLINE, 20 * MINUTE, Then.AWAY)
    await service.keep_session(ACCOUNT, "gone until", "browser", 30 * SECOND)
    for number in range(20):
        await signed_in(site, "everywhere", f"browser {number}", ttl_ms=30 * SECOND + number)
        await service.keep_engagement(ACCOUNT, "everywhere", f"größe {number}", HOUR + number)
    await site.live(2 * MINUTE)
    await site.sweep()
    await service.end_engagement(ACCOUNT, "was busy", "call")
    await site.activity("seen elsewhere")
    await signed_in(site, "back again")
    await service.end_session(ACCOUNT, "back again", "browser")


async def until(site: Site, user: str, status: Status, ttl_ms: int, then: Then) -> StatusView:
    return await site.service.set_status(ACCOUNT, user, status, actor="ada", reason="lunch", ttl_ms=ttl_ms, then=then)


async def idlest(site: Site) -> tuple[list[str], int]:
    return await site.available(AvailabilityOrder.LONGEST_IDLE)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.cluster
async def test_a_clean_restart_keeps_every_layer(kept: Site, times: int) -> None:
    site = kept
    await everybody(site)
    before = await everything(site), await idlest(site)
    views = before[0][1]
    causes = {view.cause for view in views}
    assert causes == set(Cause) - {Cause.INACTIVITY}, "everybody is there"
    assert any(view.connected for view in views) and any(view.engagements for view in views)
    assert {view.then for view in views} == {None, *Then}
    for _ in range(times):
        await site.backend.reopen(COUNTED)
        assert (await everything(site), await idlest(site)) == before


@pytest.mark.cluster
async def test_a_crash_keeps_every_layer_that_was_acknowledged(crashing: Site) -> None:
    site = crashing
    await everybody(site)
    before = await everything(site)
    await site.backend.crash()
    await site.backend.open(COUNTED)
    assert await everything(site) == before


@pytest.mark.parametrize("crash", [False, True])
async def test_life_goes_on_as_if_there_had_been_no_restart(crashing: Site, tmp_path: Path, crash: bool) -> None:
    """All ends come at their times, whoever they wait for."""
    (tmp_path / "other").mkdir()
    site, other = crashing, SqliteAtOnceBackend(tmp_path / "other")
    await other.open(COUNTED)
    undisturbed = Site(other)
    for each in (site, undisturbed):
        await everybody(each)
    for pause in (SECOND, 17 * MINUTE, 11 * MINUTE, 32 * MINUTE, HOUR, 2 * HOUR):
        await (site.backend.crash() if crash else site.backend.stop())
        await site.backend.open(COUNTED)
        for each in (site, undisturbed):
            each.advance(pause)
        # What is recorded when, and so the revision, is a store's own affair.
        assert [view._replace(revision=0) for view in await site.views()] == [
            view._replace(revision=0) for view in await undisturbed.views()
        ]
        assert await idlest(site) == await idlest(undisturbed)
        for each in (site, undisturbed):
            await each.sweep()
    for view in await site.views():
        assert await site.recorded(view.user_id) == await undisturbed.recorded(view.user_id)
    await other.stop()


# --- what is written when --------------------------------------------------------------------------------------------


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[Site]:
    """A file to which renewals are written once a second."""
    backend = SqliteBackend(tmp_path)
    await backend.open()
    yield Site(backend)
    await backend.stop()


async def flushed(site: Site) -> None:
    """Let the flush interval pass, and the flush happen."""
    for by_ms in (0, SqliteBackend.flush_interval_ms):
        site.advance(by_ms)
        for _ in range(20):
            await asyncio.sleep(0)
    await site.store.heartbeat()


async def crashed(site: Site) -> None:
    await site.backend.crash()
    await site.backend.open()


async def test_a_crash_loses_at_most_the_renewals_of_a_flush_interval(behind: Site) -> None:
    site = behind
    await site.configure(GONE)
    await signed_in(site, "ada", ttl_ms=10 * MINUTE)
    await site.service.keep_engagement(ACCOUNT, "ada", "call", 20 * MINUTE)
    await flushed(site)
    kept = site.now
    for user, number in (("ada", 30), ("ada", 25)):
        await site.service.keep_session(ACCOUNT, user, "browser", number * MINUTE)
        await site.service.keep_engagement(ACCOUNT, user, "call", (number + 5) * MINUTE)
    await flushed(site)
    await site.live(SECOND)
    await site.service.keep_session(ACCOUNT, "ada", "browser", 4 * HOUR)
    await site.service.keep_engagement(ACCOUNT, "ada", "call", 4 * HOUR)
    await crashed(site)
    view = await site.view("ada")
    assert (view.connected, view.engagements) == (True, 1)
    assert (view.next_status, view.next_cause) == (Status.OFFLINE, Cause.DISCONNECT)
    assert view.next_status_time == kept + 26 * MINUTE
    await site.service.end_session(ACCOUNT, "ada", "browser")
    await site.activity("ada")
    assert (await site.view("ada")).next_status_time == kept + 40 * MINUTE


async def test_what_was_ended_or_set_is_there_after_a_crash_at_once(behind: Site) -> None:
    site = behind
    await site.configure(GONE)
    for user in ("ada", "bob"):
        await signed_in(site, user)
        await site.service.keep_engagement(ACCOUNT, user, "call")
    # These wait to be written when what ends them is.
    await site.live(MINUTE)
    ended = site.now
    await site.service.keep_session(ACCOUNT, "ada", "browser", 2 * HOUR)
    await site.service.end_session(ACCOUNT, "ada", "browser")
    await site.service.keep_engagement(ACCOUNT, "bob", "call", 3 * HOUR)
    await site.service.end_engagement(ACCOUNT, "bob", "call")
    await until(site, "cleo", Status.AWAY, 5 * MINUTE, Then.ONLINE)
    before = await site.views()
    await crashed(site)
    after = await site.views()
    assert after == before
    assert [(view.connected, view.engagements) for view in after] == [(False, 1), (True, 0), (False, 0)]
    assert [view.next_status_time for view in after] == [ended + MINUTE, ended + 10 * MINUTE, ended + 5 * MINUTE]


async def test_a_session_that_is_kept_again_after_it_ended_is_not_the_one_that_waited_to_be_written(
    behind: Site,
) -> None:
    """What is written behind never comes over what was written since."""
    site = behind
    await site.configure(GONE)
    await signed_in(site, "ada")
    await site.service.end_session(ACCOUNT, "ada", "browser")
    await flushed(site)
    await crashed(site)
    assert not (await site.view("ada")).connected
    await signed_in(site, "ada", "phone")
    await flushed(site)
    await crashed(site)
    assert (await site.view("ada")).connected


@pytest.mark.cluster
async def test_what_changes_underneath_a_disconnection_is_kept_without_a_revision(crashing: Site) -> None:
    site = crashing
    await site.configure(GONE)
    start = site.now
    await signed_in(site, "ada", ttl_ms=30 * SECOND)
    await site.live(2 * MINUTE)
    await site.sweep()
    await site.store.heartbeat()
    gone = await site.view("ada")
    assert (gone.status, gone.cause, gone.status_since) == (Status.OFFLINE, Cause.DISCONNECT, start + 90 * SECOND)
    await site.live(9 * MINUTE)
    await site.sweep()
    await site.store.heartbeat()
    assert (await site.view("ada")).revision == gone.revision
    await site.backend.crash()
    await site.backend.open(COUNTED)
    assert (await site.view("ada")).status_since == gone.status_since
    # The period is another now; what had become true under the old one has.
    await site.configure(away_after_ms=None)
    await site.service.keep_session(ACCOUNT, "ada", "browser")
    assert await site.recorded("ada") == [
        Changed("ada", None, Status.ONLINE, Cause.ACTIVITY, start),
        Changed("ada", Status.ONLINE, Status.OFFLINE, Cause.DISCONNECT, start + 90 * SECOND),
        Changed("ada", Status.OFFLINE, Status.AWAY, Cause.INACTIVITY, site.now),
    ]


# --- what fell due while nobody was there ----------------------------------------------------------------------------


@pytest.mark.cluster
async def test_what_ends_while_the_server_is_down_for_a_moment_has_its_exact_time(crashing: Site) -> None:
    site = crashing
    await site.backend.reopen()
    await site.configure(GONE, disconnect_after_ms=5 * SECOND)
    start = site.now
    await signed_in(site, "gone")
    await site.service.end_session(ACCOUNT, "gone", "browser")
    await site.activity("back")
    await until(site, "back", Status.AWAY, 4 * SECOND, Then.AUTOMATIC)
    await until(site, "ended", Status.ONLINE, 3_001, Then.OFFLINE)
    await site.backend.crash()
    await site.backend.open(now=start + 8 * SECOND)
    assert {view.user_id: (view.status, view.cause, view.status_since) for view in await site.views()} == {
        "gone": (Status.OFFLINE, Cause.DISCONNECT, start + 5 * SECOND),
        "back": (Status.ONLINE, Cause.EXPIRY, start + 4 * SECOND),
        "ended": (Status.OFFLINE, Cause.EXPIRY, start + 3_001),
    }
    await site.sweep()
    assert [change.effective_time for change in await site.recorded("gone")] == [start, start + 5 * SECOND]
    assert [change.effective_time for change in await site.recorded("back")] == [start, start, start + 4 * SECOND]
    assert [change.effective_time for change in await site.recorded("ended")] == [start, start + 3_001]


@pytest.mark.cluster
async def test_an_outage_disconnects_nobody_and_ends_come_at_their_times(crashing: Site) -> None:
    """Five minutes, over live sessions, engagements and statuses with an end."""
    site = crashing
    await site.backend.reopen()
    await site.configure(GONE)
    start = site.now
    await signed_in(site, "renews", ttl_ms=150 * SECOND)
    await signed_in(site, "never renews", ttl_ms=150 * SECOND)
    await signed_in(site, "went before")
    await site.service.end_session(ACCOUNT, "went before", "browser")
    await site.activity("in a call")
    await site.service.keep_engagement(ACCOUNT, "in a call", "call", MINUTE)
    await site.activity("at lunch")
    await until(site, "at lunch", Status.AWAY, 3 * MINUTE, Then.AUTOMATIC)
    await until(site, "on duty", Status.ONLINE, 3 * MINUTE, Then.OFFLINE)
    await site.live(10 * SECOND)
    await site.backend.crash()
    await site.backend.open(now=start + 5 * MINUTE)
    await site.store.heartbeat()
    floor = site.now
    await site.sweep()
    lunch, duty = await site.view("at lunch"), await site.view("on duty")
    assert (lunch.status, lunch.cause, lunch.status_since) == (Status.ONLINE, Cause.EXPIRY, start + 3 * MINUTE)
    assert lunch.next_status_time == floor + 10 * MINUTE
    assert (duty.status, duty.cause, duty.status_since) == (Status.OFFLINE, Cause.EXPIRY, start + 3 * MINUTE)
    assert (await site.view("in a call")).next_status_time == floor + 10 * MINUTE
    for user in ("renews", "never renews", "went before"):
        view = await site.view(user)
        assert (view.status, view.connected) == (Status.ONLINE, False)
        assert (view.next_status_time, view.next_cause) == (floor + MINUTE, Cause.DISCONNECT)
    await site.live(30 * SECOND)
    await site.service.keep_session(ACCOUNT, "renews", "browser", 150 * SECOND)
    await site.live(MINUTE)
    await site.sweep()
    assert await site.status("renews") is Status.ONLINE
    for user in ("never renews", "went before"):
        assert await site.recorded(user) == [
            Changed(user, None, Status.ONLINE, Cause.ACTIVITY, start),
            Changed(user, Status.ONLINE, Status.OFFLINE, Cause.DISCONNECT, floor + MINUTE),
        ]


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.cluster
async def test_what_was_due_before_an_outage_is_settled_with_its_own_time(crashing: Site, crash: bool) -> None:
    """Also of those whom nobody had swept, and who changed nothing since."""
    site = crashing
    await site.backend.reopen()
    await site.configure(GONE)
    start = site.now
    users = [f"user-{number}" for number in range(12)]
    for user in users:
        await signed_in(site, user, ttl_ms=30 * SECOND)
    await site.live(2 * MINUTE)
    await (site.backend.crash() if crash else site.backend.stop())
    await site.backend.open(now=site.now + HOUR)
    await site.store.heartbeat()
    assert {(view.status, view.cause, view.status_since) for view in await site.views()} == {
        (Status.OFFLINE, Cause.DISCONNECT, start + 90 * SECOND)
    }
    await site.sweep()
    assert {change.effective_time for change in await site.recorded() if change.cause is Cause.DISCONNECT} == {
        start + 90 * SECOND
    }


@pytest.mark.cluster
async def test_who_was_gone_under_a_replaced_workflow_is_so_after_a_restart(crashing: Site) -> None:
    site = crashing
    await site.configure(GONE)
    start = site.now
    users = [f"user-{number}" for number in range(6)]
    for user in users:
        await signed_in(site, user, ttl_ms=30 * SECOND)
    await site.live(2 * MINUTE)
    await site.configure(disconnect_after_ms=None)
    await site.backend.crash()
    await site.backend.open(COUNTED)
    assert {(view.status, view.status_since) for view in await site.views()} == {(Status.OFFLINE, start + 90 * SECOND)}
    await site.sweep()
    for user in users:
        await signed_in(site, user)
    assert {view.status for view in await site.views()} == {Status.ONLINE}
