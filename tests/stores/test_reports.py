"""How long people were in each state and team is told exactly, from the history and from the sums that outlive it."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, HOUR, MINUTE, SECOND, Site
from tests.stores.tallied import agreed, ask, days, forget_before, lived_for, spent
from tests.sums import deltas_of

from onduty_server.app.calendar import day_bounds
from onduty_server.app.ports.reports import AccountSettings, Detail
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import AccountUnknown, LimitExceeded, UserUnknown
from onduty_server.domain.status import State, Status
from onduty_server.domain.tallies import CONNECTED, ENGAGED, Key

ONLINE, AWAY = State.ONLINE_BY_HAND, State.AWAY_BY_HAND
ADA, BOB = 0, 1


async def opened(
    backend: Backend,
    *,
    kept_ms: int = 30 * DAY,
    changes_max: int = 5_000_000,
    sums_ms: int = 400 * DAY,
    now: int | None = None,
) -> Site:
    await backend.open(
        StoreOptions(
            count_outage_as_inactivity=True,
            history_retention_ms=kept_ms,
            history_max_changes=changes_max,
            report_retention_ms=sums_ms,
        ),
        now=now,
    )
    return Site(backend)


def midnight(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000


# --- from the history ------------------------------------------------------------------------------------------------


async def test_what_happens_at_a_bound_is_after_it(reporting: Backend) -> None:
    site = await opened(reporting)
    start = site.now
    for status in (Status.ONLINE, Status.AWAY, Status.ONLINE):
        await site.set("ada", status)
        site.advance(MINUTE)
    end = site.now
    await site.set("ada", Status.AWAY)
    site.advance(HOUR)
    assert await agreed(site, [start, start + MINUTE, start + 2 * MINUTE, end]) == {
        (ADA, Key(ONLINE)): [MINUTE, 0, MINUTE],
        (ADA, Key(AWAY)): [0, MINUTE, 0],
    }
    assert spent(await ask(site, [start - 1, start, start + 1])) == {(ADA, Key(ONLINE)): [0, 1]}


async def test_a_first_activity_that_comes_late_counts_from_its_own_time(reporting: Backend) -> None:
    site = await opened(reporting)
    await site.configure(AWAY_ONLY)
    await site.set("ada", Status.AWAY)
    site.advance(5 * DAY)
    start = site.now - 4 * DAY
    await site.activity("bob", at=start + HOUR)
    await site.sweep()
    found = await agreed(site, [start, start + 2 * HOUR])
    assert found[BOB, Key(State.ONLINE_BY_ACTIVITY)] == [10 * MINUTE]
    assert found[BOB, Key(State.AWAY_BY_INACTIVITY)] == [50 * MINUTE]


async def test_a_team_has_the_time_of_its_people_while_they_were_in_it(reporting: Backend) -> None:
    site = await opened(reporting)
    await site.set("ada", Status.ONLINE)
    await site.set("bob", Status.AWAY)
    await site.move("day", "ada")
    start = site.now
    site.advance(MINUTE)
    await site.move("night", "ada")
    await site.profile("ada", display_name="Ada")
    site.advance(2 * MINUTE)
    await site.move("day", "bob")
    site.advance(4 * MINUTE)
    end = site.now
    await site.move("day", "ada")
    assert await agreed(site, [start, end]) == {
        (ADA, Key(ONLINE, "day")): [MINUTE],
        (ADA, Key(ONLINE, "night")): [6 * MINUTE],
        (BOB, Key(AWAY)): [3 * MINUTE],
        (BOB, Key(AWAY, "day")): [4 * MINUTE],
    }
    # Those of a team are told with all that they did, whenever they were in it since the start.
    tally = await ask(site, [start, end], team="night")
    assert [each.user_id for each in tally.people] == ["ada"]
    assert set(spent(tally)) == {(ADA, Key(ONLINE, "day")), (ADA, Key(ONLINE, "night"))}
    later = await ask(site, [end, end + 1], team="night")
    assert [each.user_id for each in later.people] == ["ada"], "in it until then"
    assert spent(later) == {(ADA, Key(ONLINE, "day")): [1]}
    assert (await ask(site, [end, end + 1], Detail.TEAMS, team="night")).present == {"day": 1}


async def test_erased_people_count_until_then_without_a_name(reporting: Backend) -> None:
    site = await opened(reporting)
    await site.set("ada", Status.ONLINE)
    await site.set("bob", Status.AWAY)
    await site.move("day", "ada")
    start = site.now
    site.advance(MINUTE)
    await site.erase("ada")
    site.advance(MINUTE)
    await site.set("ada", Status.AWAY)
    site.advance(MINUTE)
    assert await agreed(site, [start, site.now]) == {
        (ADA, Key(ONLINE, "day")): [MINUTE],
        (BOB, Key(AWAY)): [3 * MINUTE],
        (2, Key(AWAY)): [MINUTE],
    }
    tally = await ask(site, [start, site.now])
    assert [(each.position, each.user_id) for each in tally.people] == [(ADA, ""), (BOB, "bob"), (2, "ada")]
    assert [each.position for each in (await ask(site, [start, site.now], team="day")).people] == [ADA]
    assert spent(await ask(site, [start, site.now], users=["ada"])) == {(2, Key(AWAY)): [MINUTE]}
    with pytest.raises(UserUnknown):
        await ask(site, [start, site.now], users=["ada", "nobody"])
    await site.erase("bob")
    with pytest.raises(UserUnknown):
        await ask(site, [start, site.now], users=["bob"])


async def test_sessions_and_engagements_count_once_however_many_there_are(reporting: Backend) -> None:
    site = await opened(reporting)
    start = site.now
    await site.set("ada", Status.ONLINE)
    await site.keep("ada", "laptop", 2 * MINUTE)
    site.advance(MINUTE)
    await site.keep("ada", "phone", 2 * MINUTE)
    await site.engage("ada", "call", 30 * SECOND)
    site.advance(4 * MINUTE)
    # Both have run out, which nobody has told.
    connected, engaged = (ADA, Key(CONNECTED)), (ADA, Key(ENGAGED))
    found = await agreed(site, [start, start + 2 * MINUTE, site.now])
    assert (found[connected], found[engaged]) == ([2 * MINUTE, MINUTE], [30 * SECOND, 0])
    await site.keep("ada", "laptop", 10 * MINUTE)
    site.advance(MINUTE)
    await site.move("day", "ada")
    site.advance(MINUTE)
    await site.leave("ada", "laptop")
    site.advance(MINUTE)
    await site.set("ada", Status.AWAY)
    found = await agreed(site, [start, start + 4 * MINUTE, site.now])
    assert (found[connected], found[ADA, Key(CONNECTED, "day")]) == ([3 * MINUTE, MINUTE], [0, MINUTE])
    assert found[engaged] == [30 * SECOND, 0]
    assert spent(await ask(site, [start, start + 90 * SECOND]))[engaged] == [30 * SECOND]
    # An erasure ends what lives.
    await site.engage("ada", "call", HOUR)
    site.advance(MINUTE)
    await site.erase("ada")
    site.advance(MINUTE)
    assert (await agreed(site, [start, site.now]))[ADA, Key(ENGAGED, "day")] == [MINUTE]


async def test_before_the_account_began_there_is_nobody(reporting: Backend) -> None:
    site = await opened(reporting)
    await site.set("ada", Status.ONLINE)
    await site.keep("ada", "laptop", HOUR)
    assert await agreed(site, [site.now - 2 * DAY, site.now - DAY]) == {}
    tally = await ask(site, [site.now - DAY, site.now], account="other")
    assert (tally.people, tally.at_end, tally.deltas, tally.present) == ((), {}, [], {})
    with pytest.raises(UserUnknown):
        await ask(site, [site.now - DAY, site.now], users=["ada"], account="other")


async def test_people_are_told_in_pages(reporting: Backend) -> None:
    site = await opened(reporting)
    start = site.now
    users = [f"user-{number}" for number in range(7)]
    for user in users:
        await site.set(user, Status.ONLINE)
    await site.move("day", *users[1:6])
    await site.erase(users[3])
    await site.move("night", users[4])
    site.advance(MINUTE)
    for user in (users[0], users[1], users[1], users[5]):
        await site.set(user, Status.AWAY, reason=f"{site.now}")
        site.advance(MINUTE)
    pages: list[list[int]] = []
    position: int | None = 0
    while position is not None:
        tally = await ask(site, [start, site.now], position=position, limit=3)
        assert {person for person, _ in spent(tally)} <= {each.position for each in tally.people}
        pages.append([each.position for each in tally.people])
        position = tally.next_position
    assert pages == [[0, 1, 2], [3, 4, 5], [6]]
    pages, position = [], 0
    while position is not None:
        tally = await ask(site, [start, site.now], team="day", position=position, limit=2)
        pages.append([each.position for each in tally.people])
        position = tally.next_position
    assert pages == [[1, 2], [3, 4], [5]], "those who left it meanwhile as well"
    pages, position = [], 0
    while position is not None:
        steps = await ask(site, [start + MINUTE, site.now], Detail.STEPS, position=position, most_steps=2)
        assert {step.person for step in steps.steps} <= {each.position for each in steps.people}
        pages.append([each.position for each in steps.people])
        position = steps.next_position
    assert pages == [[0, 1], [2, 3, 4, 5, 6]], "a person's steps are told as a whole"


# --- from the sums ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
async def test_what_is_told_of_whole_days_outlives_the_history(reporting: Backend, zone: str) -> None:
    site = await opened(reporting, kept_ms=10 * DAY)
    await site.store.update_account(ACCOUNT, AccountSettings(zone))
    await site.configure(BOTH)
    start = site.now
    await lived_for(site, 6)
    bounds = day_bounds(start, site.now, ZoneInfo(zone))
    before = await agreed(site, bounds)
    parts = [await agreed(site, [bounds[day], bounds[day + 3]]) for day in range(len(bounds) - 3)]
    # Now it goes, and each time a part of a day is left in it.
    horizon = start + 2 * DAY + 8 * HOUR
    while horizon < start + 7 * DAY:
        await days(site, 1)
        await forget_before(site, site.now + HOUR - 10 * DAY)
        horizon = site.now - 10 * DAY
        assert await agreed(site, bounds) == before
        for day, part in enumerate(parts):
            assert await agreed(site, [bounds[day], bounds[day + 3]]) == part
    await days(site, 12)
    await forget_before(site, site.now + HOUR - 10 * DAY)
    tally = await ask(site, bounds)
    assert tally.kept.known_since == 0
    assert set(tally.kept.days) <= set(pairwise(bounds)) and len(tally.kept.days) >= 6
    assert await agreed(site, bounds) == before
    assert not (await ask(site, bounds, Detail.STEPS)).steps


async def test_where_the_time_zone_of_an_account_is_not_known_its_days_are_those_of_utc(reporting: Backend) -> None:
    """It may have been set by a server with later rules of time zones, and the file was moved."""
    site = await opened(reporting, kept_ms=2 * DAY)
    await site.set("ada", Status.ONLINE)
    await site.store.update_account(ACCOUNT, AccountSettings("Mars/Olympus_Mons"))
    start = site.now - site.now % DAY
    await days(site, 3)
    await forget_before(site, site.now + HOUR - 2 * DAY)
    await site.set("ada", Status.AWAY)
    assert list((await ask(site, [start, site.now])).kept.days) == [(start, start + DAY)]


async def test_a_day_that_was_forgotten_in_part_is_told_as_a_whole_only(reporting: Backend) -> None:
    start = midnight("2026-05-01")
    site = await opened(reporting, changes_max=10, now=start)
    for hour in range(16):
        await site.set("ada", (Status.ONLINE, Status.AWAY)[hour % 2])
        site.advance(HOUR)
    before = await agreed(site, [start, start + DAY])
    while len(await site.history()) > 10:
        site.advance(MINUTE)
    tally = await ask(site, [start, start + 8 * HOUR, start + DAY])
    assert list(tally.kept.days) == [(start, start + DAY)]
    assert list(tally.bounds) == [start, start + DAY], "the bound within is left out"
    after = await agreed(site, [start, start + DAY])
    assert after == before
    assert sum(map(sum, after.values())) == DAY


async def test_sums_outlive_a_change_of_the_time_zone(reporting: Backend) -> None:
    site = await opened(reporting, kept_ms=8 * DAY)
    await site.configure(BOTH)
    start = site.now - site.now % DAY
    bounds = [start - DAY, start + 8 * DAY]
    await lived_for(site, 5)
    await days(site, 4)
    await site.sweep()
    before = await agreed(site, bounds)
    for zone in ("Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "UTC"):
        await site.store.update_account(ACCOUNT, AccountSettings(zone))
        await days(site, 1)
        await forget_before(site, site.now + HOUR - 8 * DAY)
        assert await agreed(site, bounds) == before
    # Days of two time zones overlap. What is cut of one may cut another, and is one stretch then.
    tally = await ask(site, bounds)
    assert any(end > begin for (_, end), (begin, _) in pairwise(tally.kept.days))
    for hours in range(0, 120, 7):
        found = await agreed(site, [bounds[0], start + hours * HOUR, bounds[1]])
        assert {place: sum(times) for place, times in found.items()} == {
            place: sum(times) for place, times in before.items()
        }


@pytest.mark.parametrize(
    ("first", "hours"), [("2026-03-28", [24, 23, 24]), ("2026-10-24", [24, 25, 24]), ("2028-02-28", [24, 24, 24])]
)
async def test_days_may_be_an_hour_shorter_or_longer(reporting: Backend, first: str, hours: list[int]) -> None:
    start = midnight(first, "Europe/Berlin")
    site = await opened(reporting, kept_ms=DAY, now=start)
    await site.store.update_account(ACCOUNT, AccountSettings("Europe/Berlin"))
    for _ in range(9):
        await site.set("ada", Status.ONLINE)
        site.advance(3 * HOUR)
        await site.set("ada", Status.AWAY)
        site.advance(5 * HOUR)
        await site.store.heartbeat()
    await days(site, 3)
    await forget_before(site, start + 3 * DAY)
    bounds = day_bounds(start, start + sum(hours) * HOUR, ZoneInfo("Europe/Berlin"))
    assert [(end - begin) // HOUR for begin, end in pairwise(bounds)] == hours
    found = await agreed(site, bounds)
    assert [sum(times) // HOUR for times in zip(*found.values(), strict=True)] == hours
    assert list((await ask(site, bounds)).kept.days) == list(pairwise(bounds))


async def test_sums_are_forgotten_once_their_day_is_long_past(reporting: Backend) -> None:
    site = await opened(reporting, kept_ms=DAY, sums_ms=5 * DAY)
    first = site.now - site.now % DAY
    await lived_for(site, 3)
    await days(site, 3)
    await forget_before(site, site.now + HOUR - DAY)
    while not (tally := await ask(site, [first, site.now])).kept.known_since:
        await site.store.heartbeat()  # the sums go after the history
    assert (tally.kept.known_since, list(tally.bounds)[:2]) == (first + DAY, [first, first + DAY])
    await days(site, 6)
    await forget_before(site, site.now + HOUR - DAY)
    while (tally := await ask(site, [first, site.now])).kept.days:
        await site.store.heartbeat()
    assert (tally.kept.known_since, list(tally.kept.days)) == (first + 3 * DAY, [])
    # What is true now is known however little is kept, of everybody but the guest who was erased.
    assert {person for person, _ in await agreed(site, [site.now - 1, site.now])} == {0, 1, 2, 4}


async def test_what_is_forgotten_while_it_is_added_up_counts_once(reporting: Backend) -> None:
    site = await opened(reporting, kept_ms=3 * DAY)
    await site.configure(BOTH)
    start = site.now - site.now % DAY
    await lived_for(site, 3)
    bounds = [start, start + 4 * DAY]
    before = spent(await ask(site, bounds))

    async def forget() -> None:
        for _ in range(12):
            site.advance(6 * HOUR)
            await site.store.heartbeat()

    forgetting = asyncio.create_task(forget())
    while not forgetting.done():
        assert spent(await ask(site, bounds)) == before
        await asyncio.sleep(0)
    await forgetting
    assert spent(await ask(site, bounds)) == before


async def test_nothing_of_it_is_lost_in_a_crash(crashing: Site) -> None:
    site, backend = crashing, crashing.backend
    await site.configure(BOTH)
    start = site.now - site.now % DAY
    await lived_for(site, 3)
    bounds = [start, start + DAY, start + 2 * DAY, start + 3 * DAY]
    before = await agreed(site, bounds)
    options = StoreOptions(count_outage_as_inactivity=True, history_max_changes=5)
    await backend.crash()
    await backend.open(options)
    assert await agreed(site, bounds) == before
    await site.set("ada", Status.OFFLINE)
    while len(await site.history()) > 5:
        site.advance(MINUTE)
    assert await agreed(site, bounds) == before
    await backend.crash()
    await backend.open(options)
    assert await agreed(site, bounds) == before
    assert (await ask(site, bounds)).kept.days


async def test_a_tally_is_of_one_moment_while_much_changes(reporting: Backend) -> None:
    """Nobody is ever counted twice or taken away twice, also not where the time of a report has not come yet."""
    site = await opened(reporting)
    await site.configure(BOTH)
    start, users = site.now, [f"user-{number}" for number in range(12)]
    bounds = [start, start + 5 * MINUTE, start + DAY]
    dice = random.Random(16)

    async def change() -> None:
        for _ in range(40):
            user = dice.choice(users)
            site.advance(dice.randrange(2 * SECOND))
            await asyncio.sleep(0)
            match dice.randrange(8):
                case 0:
                    await site.set(user, dice.choice(list(Status)))
                case 1 if user in await site.statuses():
                    await site.keep(user, "laptop", 30 * SECOND)
                case 2 if user in await site.statuses():
                    await site.engage(user, "call", 10 * SECOND)
                case 3 if user in await site.statuses():
                    await site.move(dice.choice(["", "day", "night"]), user)
                case 4 if user in await site.statuses():
                    with suppress(UserUnknown):
                        await site.erase(user)
                case _:
                    await site.activity(user, at=site.now - dice.randrange(3 * MINUTE))

    changing = asyncio.gather(*(change() for _ in range(3)), return_exceptions=True)
    looks = 0
    while not changing.done():
        for detail in Detail:
            tally = await ask(site, bounds, detail)
            spent(tally._replace(deltas=[*tally.deltas, *deltas_of(tally.steps, tally.bounds)]))
            assert sum(count for (_, key), count in tally.at_end.items() if key.code < CONNECTED) <= len(users)
        looks += 1
        await asyncio.sleep(0)
    for outcome in await changing:
        assert outcome is None or isinstance(outcome, UserUnknown), outcome
    assert looks > 3
    assert await agreed(site, [start, site.now])


# --- how far everything is recorded ----------------------------------------------------------------------------------


async def test_a_report_reaches_as_far_as_everything_is_recorded(reporting: Backend) -> None:
    site = await opened(reporting)
    assert await site.store.settled_before(ACCOUNT) == site.now
    await site.configure(AWAY_ONLY)
    for number in range(30):
        await site.activity(f"user-{number}")
        site.advance(SECOND)
    due = site.now - 30 * SECOND + 10 * MINUTE
    assert await site.store.settled_before(ACCOUNT) == site.now
    site.advance(HOUR)
    assert await site.store.settled_before(ACCOUNT) == due
    reached = [due]
    while reached[-1] < site.now:
        await site.store.settle_due(10)
        await site.store.heartbeat()
        reached.append(await site.store.settled_before(ACCOUNT))
        recorded = [it for it in await site.history() if it.status is Status.AWAY]
        for number in range(30):
            if due + number * SECOND < reached[-1]:
                assert f"user-{number}" in {it.user_id for it in recorded}
    assert reached == sorted(reached) and reached[-1] == site.now
    assert sum((await agreed(site, [due, site.now]))[0, Key(State.AWAY_BY_INACTIVITY)]) == site.now - due


# --- settings --------------------------------------------------------------------------------------------------------


async def test_the_settings_of_an_account_are_kept_and_go_with_it(reporting: Backend) -> None:
    site = await opened(reporting)
    store, berlin = site.store, AccountSettings("Europe/Berlin")
    assert await store.account_settings(ACCOUNT) == AccountSettings("UTC")
    assert await store.update_account(ACCOUNT, berlin) == AccountSettings("UTC")
    assert await store.update_account(ACCOUNT, berlin) == berlin
    await site.set("ada", Status.ONLINE)
    assert (await site.view("ada")).revision == 1, "settings have no revision"
    assert ACCOUNT in (await store.accounts(0, 10)).account_ids
    if reporting.keeps:
        await reporting.reopen(StoreOptions(count_outage_as_inactivity=True))
        store = reporting.store
    await site.configure(AWAY_ONLY)
    assert await store.account_settings(ACCOUNT) == berlin
    await store.delete_account(ACCOUNT)
    assert await store.account_settings(ACCOUNT) == AccountSettings()


async def test_settings_make_an_account_where_others_do(reporting: Backend) -> None:
    await reporting.open(StoreOptions(accounts_max=1))
    await reporting.store.update_account(ACCOUNT, AccountSettings("Asia/Kolkata"))
    with pytest.raises(LimitExceeded):
        await reporting.store.update_account("other", AccountSettings("Asia/Kolkata"))
    await reporting.stop()


async def test_settings_of_an_account_that_has_to_be_declared_are_refused(reporting: Backend) -> None:
    await reporting.open(StoreOptions(accounts_declared=True))
    with pytest.raises(AccountUnknown):
        await reporting.store.update_account("other", AccountSettings("Asia/Kolkata"))
    await reporting.store.create_account("other")
    await reporting.store.update_account("other", AccountSettings("Asia/Kolkata"))
    assert await reporting.store.account_settings("other") == AccountSettings("Asia/Kolkata")
