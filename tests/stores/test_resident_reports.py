"""The resident engine's tallies: of one moment, whatever happens meanwhile, and of what is durable only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.stores.backends import MemoryBackend
from tests.stores.held_journal import HeldJournal
from tests.stores.held_site import Site as HeldSite
from tests.stores.held_site import turns
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Site
from tests.stores.tallied import ask, spent

from onduty_server.app.ports.reports import AccountSettings, Detail, Tally, TallyQuery
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.summing import cells_of
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import ProfilePatch
from onduty_server.domain.status import State, Status
from onduty_server.domain.tallies import Key
from onduty_server.stores.resident.steps import StepSizes

USERS = [f"user-{number}" for number in range(6)]


class SmallSteps(MemoryBackend):
    resident_steps = StepSizes(report=1, collect=1)


@pytest.fixture
async def site(tmp_path: Path) -> Site:
    """Six users, who do this and that; a report looks at one of them in a step."""
    backend = SmallSteps(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    site = Site(backend)
    await site.configure(BOTH)
    for number, user in enumerate(USERS):
        await site.activity(user)
        await site.keep(user, "laptop", (MINUTE, HOUR)[number % 2])
        await site.engage(user, "call", (HOUR, MINUTE)[number % 2])
        site.advance(20 * SECOND)
    await site.move("day", *USERS[:4])
    site.advance(5 * MINUTE)
    return site


def happenings(site: Site) -> list[Callable[[], Awaitable[object]]]:
    """Whatever may change a user who is looked at only afterwards, or who has been."""
    return [
        partial(site.set, USERS[5], Status.OFFLINE),
        partial(site.move, "night", USERS[4]),
        partial(site.erase, USERS[3]),
        partial(site.keep, USERS[2], "laptop"),
        partial(site.disengage, USERS[0], "call"),
        partial(site.activity, "somebody new", at=site.now - 3 * MINUTE),
        partial(site.move, "", USERS[0]),
        partial(site.erase, USERS[1]),
    ]


@pytest.mark.parametrize("first", [0, 3, 6])
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("ahead", [0, HOUR])
async def test_a_tally_is_of_the_moment_at_which_the_journal_is_asked(
    site: Site, detail: Detail, first: int, ahead: int
) -> None:
    bounds = [site.now - HOUR, site.now - 4 * MINUTE, site.now + ahead]
    before = await ask(site, bounds, detail)
    asking = asyncio.create_task(ask(site, bounds, detail))
    # Until the first users have been looked at.
    await turns_of(first // 2 + 1)
    events = happenings(site)
    for event in events[first:] + events[:first]:
        site.advance(SECOND)
        await event()
        await turns_of(1)
    assert alike(await asking) == alike(before)
    assert spent(await ask(site, bounds, detail)) != spent(before) or detail is Detail.STEPS


async def turns_of(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def alike(tally: Tally) -> object:
    """All of a tally, but for the names of those who were erased while it was made."""
    people = [each.position for each in tally.people]
    return spent(tally), tally.present, people, list(tally.steps), tally.next_position


async def test_nobody_is_named_who_was_erased_while_a_tally_was_made(site: Site) -> None:
    asking = asyncio.create_task(ask(site, [site.now - HOUR, site.now]))
    await turns_of(2)
    await site.erase(USERS[4])
    names = [each.user_id for each in (await asking).people]
    assert names == [*USERS[:4], "", USERS[5]]


async def test_who_leaves_a_team_while_it_is_looked_for_is_in_its_tally(site: Site) -> None:
    asking = asyncio.create_task(ask(site, [site.now - HOUR, site.now], Detail.TEAMS, team="day"))
    await turns_of(1)
    await site.move("", USERS[0])
    assert (await asking).present == {"": 4, "day": 4}


async def test_an_account_that_goes_while_a_tally_is_made_leaves_nothing(site: Site) -> None:
    asking = asyncio.create_task(ask(site, [site.now - HOUR, site.now], Detail.TOTALS))
    await turns_of(2)
    await site.store.delete_account(ACCOUNT)
    tally = await asking
    assert (tally.at_end, tally.deltas, tally.present) == ({}, [], {})


# --- what is durable -------------------------------------------------------------------------------------------------


async def held() -> HeldSite:
    site = HeldSite(HeldJournal(), FakeClock())
    await site.store.open()
    await site.service.set_status(ACCOUNT, "ada", Status.ONLINE, actor="ada")
    site.clock.advance(MINUTE)
    await site.store.heartbeat()
    return site


async def asked(site: HeldSite, team_id: str = "") -> Tally:
    start, end = site.clock.now() - 10 * MINUTE, site.clock.now() + MINUTE
    query = TallyQuery(start, end, partial(cells_of, (start, end)), Detail.PEOPLE, (), team_id, limit=100)
    return await site.store.tally(ACCOUNT, query)


async def test_a_tally_waits_for_what_is_not_durable_and_begins_anew_if_that_is_lost() -> None:
    site = await held()
    site.journal.hold()
    setting = asyncio.create_task(site.service.set_status(ACCOUNT, "ada", Status.AWAY, actor="ada"))
    keeping = asyncio.create_task(site.service.keep_session(ACCOUNT, "ada", "laptop", HOUR))
    await turns()
    asking = asyncio.create_task(asked(site))
    await turns()
    assert not asking.done()
    # What comes now is not in it.
    later = asyncio.create_task(site.service.set_status(ACCOUNT, "bob", Status.AWAY, actor="bob"))
    await turns()
    site.journal.release()
    tally = await asking
    await asyncio.gather(setting, keeping, later)
    assert [each.user_id for each in tally.people] == ["ada"]
    assert spent(tally)[0, Key(State.AWAY_BY_HAND)] == [MINUTE]

    site.journal.hold()
    setting = asyncio.create_task(site.service.set_status(ACCOUNT, "ada", Status.OFFLINE, actor="ada"))
    await turns()
    asking = asyncio.create_task(asked(site))
    await turns()
    site.journal.fail()
    with pytest.raises(StoreUnavailable):
        await setting
    assert spent(await asking)[0, Key(State.AWAY_BY_HAND)] == [MINUTE]
    # Reads go on while nothing can be written.
    assert spent(await asked(site))[0, Key(State.AWAY_BY_HAND)] == [MINUTE]
    assert await site.store.settled_before(ACCOUNT) == site.clock.now()
    site.journal.heal()
    site.journal.release()
    await site.store.close()


@pytest.mark.parametrize("is_lost", [False, True])
async def test_who_leaves_a_team_just_before_is_looked_for_once_that_is_durable(is_lost: bool) -> None:
    site = await held()
    await site.service.update_user(ACCOUNT, "ada", ProfilePatch(team_id="day"), actor="kim")
    site.clock.advance(MINUTE)
    await site.store.heartbeat()
    site.journal.hold()
    moving = asyncio.create_task(site.service.update_user(ACCOUNT, "ada", ProfilePatch(team_id="night"), actor="kim"))
    await turns()
    asking = asyncio.create_task(asked(site, "day"))
    await turns()
    if is_lost:
        site.journal.fail()
    else:
        site.journal.release()
    (ada,) = (await asking).people
    await asyncio.gather(moving, return_exceptions=True)
    assert ada.profile.team_id == ("day" if is_lost else "night")
    site.journal.heal()
    site.journal.release()
    await site.store.close()


async def test_a_report_reaches_no_further_than_what_is_durable() -> None:
    site = await held()
    await site.service.update_workflow(ACCOUNT, BOTH)
    while (now := site.clock.now()) < FakeClock().now() + 20 * MINUTE:
        site.clock.advance(10 * SECOND)
        await site.store.heartbeat()
    site.journal.hold()
    await site.store.settle_due(100)
    asking = asyncio.create_task(site.store.settled_before(ACCOUNT))
    await turns()
    assert not asking.done()
    site.journal.fail()
    assert await asking < now, "the switch is lost, and still to be recorded"
    site.journal.heal()
    site.journal.release()
    await site.store.settle_due(100)
    await site.store.heartbeat()
    assert await site.store.settled_before(ACCOUNT) == site.clock.now()
    await site.store.close()


async def test_settings_that_are_lost_are_as_they_were_and_nobody_has_seen_them() -> None:
    site = await held()
    site.journal.hold()
    writing = asyncio.create_task(site.store.update_account(ACCOUNT, AccountSettings("Europe/Berlin")))
    await turns()
    reading = asyncio.create_task(site.store.account_settings(ACCOUNT))
    await turns()
    assert not reading.done()
    site.journal.fail()
    with pytest.raises(StoreUnavailable):
        await writing
    assert await reading == AccountSettings("UTC")
    site.journal.heal()
    site.journal.release()
    assert await site.store.update_account(ACCOUNT, AccountSettings("Asia/Kolkata")) == AccountSettings("UTC")
    left = await site.after_a_crash()
    assert await left.store.account_settings(ACCOUNT) == AccountSettings("Asia/Kolkata")
    await left.store.close()
    await site.store.close()
