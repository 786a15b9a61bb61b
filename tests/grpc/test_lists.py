"""Lists: users in pages while more of them come, who is available and in which order, and the history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, MINUTE, SECOND, Wire, at, ms

from onduty.v1 import status_pb2 as pb

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE


def ids(statuses: Iterable[pb.UserStatus]) -> list[str]:
    return [status.user_id for status in statuses]


async def one_by_one(wire: Wire, *user_ids: str) -> None:
    """First seen in this order."""
    for user_id in user_ids:
        await wire.activity(user_id)


async def arrive(wire: Wire, user_ids: list[str]) -> None:
    """All at once, in whatever order the server reads them."""
    for start in range(0, len(user_ids), 500):
        await asyncio.gather(*(wire.activity(user_id) for user_id in user_ids[start : start + 500]))


# --- ListStatuses ----------------------------------------------------------------------------------------------------


async def test_users_are_listed_in_the_order_in_which_they_were_first_seen(wire: Wire, clock: FakeClock) -> None:
    for user_id in ("dan", "ann", "cat", "ben"):
        await wire.activity(user_id, at_ms=clock.now() - MINUTE if user_id == "cat" else None)
        clock.advance(SECOND)
    await wire.activity("dan")
    await wire.set_status("ann", AWAY)
    assert ids(await wire.statuses()) == ["dan", "ann", "cat", "ben"]
    for status in await wire.statuses():
        assert status == await wire.get(status.user_id)


@IN_MEMORY
async def test_a_page_holds_100_users_unless_asked_and_never_more_than_1000(wire: Wire) -> None:
    await wire.activities([f"user-{n:04}" for n in range(1_050)])
    for page_size, expected in [(0, 100), (1, 1), (999, 999), (1_001, 1_000), (2**31 - 1, 1_000)]:
        page = await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=page_size))
        assert len(page.user_statuses) == expected
        assert page.next_page_token
        listed = pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=page_size)
        history = await wire.stub.ListStatusChanges(listed)
        assert len(history.changes) == expected
        assert history.next_page_token


@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5])
async def test_the_last_page_has_no_token(page_size: int, wire: Wire) -> None:
    user_ids = ["ann", "ben", "cat", "dan"]
    await one_by_one(wire, *user_ids)
    assert ids(await wire.statuses(page_size=page_size)) == user_ids
    assert [change.user_id for change in await wire.changes(page_size=page_size)] == user_ids


async def test_paging_misses_and_repeats_nobody_while_thousands_arrive_and_change(wire: Wire) -> None:
    first = [f"first-{n:04}" for n in range(2_000)]
    await wire.activities(first)
    order = ids(await wire.statuses())
    found: list[str] = []
    pages = 0
    request = pb.ListStatusesRequest(account_id=ACCOUNT, page_size=250)
    while True:
        page = await wire.stub.ListStatuses(request)
        found.extend(ids(page.user_statuses))
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
        if pages < 6:
            await arrive(wire, [f"later-{pages}-{n:03}" for n in range(150)])
            # Changes of those already listed and of those still to come move nobody.
            await asyncio.gather(*(wire.set_status(first[n], AWAY, reason=f"{pages}") for n in range(0, 2_000, 100)))
        pages += 1
    assert found[:2_000] == order
    assert len(found) == len(set(found)) == 2_000 + 6 * 150
    assert found == ids(await wire.statuses())


async def test_a_token_still_works_after_the_list_has_ended_and_grown(wire: Wire) -> None:
    await one_by_one(wire, "ann", "ben", "cat")
    page = await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=2))
    again = pb.ListStatusesRequest(account_id=ACCOUNT, page_size=2, page_token=page.next_page_token)
    assert ids((await wire.stub.ListStatuses(again)).user_statuses) == ["cat"]
    await one_by_one(wire, "dan", "eve")
    page = await wire.stub.ListStatuses(again)
    assert ids(page.user_statuses) == ["cat", "dan"]
    assert page.next_page_token


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ((), ["on", "away", "off", "gone"]),
        ((ONLINE,), ["on"]),
        ((AWAY,), ["away"]),
        ((OFFLINE,), ["off", "gone"]),
        ((OFFLINE, AWAY), ["away", "off", "gone"]),
        ((AWAY, OFFLINE, AWAY), ["away", "off", "gone"]),
        ((ONLINE, AWAY, OFFLINE), ["on", "away", "off", "gone"]),
        ((AWAY,) * 100, ["away"]),
    ],
)
async def test_a_filter_goes_by_the_status_now(
    wanted: tuple[pb.Status.ValueType, ...], expected: list[str], wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(None, 10 * MINUTE)
    for user_id in ("on", "away", "off", "gone"):
        await wire.activity(user_id)
    clock.advance(9 * MINUTE)
    await wire.set_status("away", AWAY)
    await wire.set_status("off", OFFLINE)
    await wire.activity("on")
    clock.advance(MINUTE)
    assert ids(await wire.statuses(*wanted)) == expected
    assert ids(await wire.statuses(*wanted, page_size=1)) == expected


@IN_MEMORY
async def test_a_filter_that_few_pass_finds_them_all(wire: Wire) -> None:
    user_ids = [f"user-{n:04}" for n in range(6_000)]
    await wire.activities(user_ids)
    await wire.set_status("user-0007", AWAY)
    await wire.set_status("user-5999", AWAY)
    assert sorted(ids(await wire.statuses(AWAY, page_size=10))) == ["user-0007", "user-5999"]
    assert ids(await wire.statuses(OFFLINE)) == []


# --- ListAvailableUsers ----------------------------------------------------------------------------------------------


async def test_who_is_available_in_each_order(wire: Wire, clock: FakeClock) -> None:
    #        ONLINE since  last activity  inactivity clock
    # ann               0             30                30
    # ben              10              -                10
    # cat              20             20                40 (set ONLINE again)
    # dan              25              5                25 (was AWAY)
    await wire.activity("ann")
    clock.advance(5 * SECOND)
    await wire.activity("dan")
    await wire.set_status("dan", AWAY)
    clock.advance(5 * SECOND)
    await wire.set_status("ben", ONLINE)
    clock.advance(10 * SECOND)
    await wire.activity("cat")
    clock.advance(5 * SECOND)
    await wire.set_status("dan", ONLINE)
    await wire.set_status("eve", AWAY)
    await wire.set_status("fay", OFFLINE)
    clock.advance(5 * SECOND)
    await wire.activity("ann")
    clock.advance(10 * SECOND)
    await wire.set_status("cat", ONLINE)
    for order, expected in {
        pb.AVAILABILITY_ORDER_UNSPECIFIED: ["ann", "ben", "cat", "dan"],
        pb.AVAILABILITY_ORDER_LONGEST_AVAILABLE: ["ann", "ben", "cat", "dan"],
        pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE: ["ann", "cat", "dan", "ben"],
        pb.AVAILABILITY_ORDER_LONGEST_IDLE: ["ben", "dan", "ann", "cat"],
    }.items():
        for limit in range(1, 6):
            answer = await wire.available(order, limit=limit)
            assert ids(answer.user_statuses) == expected[:limit], (order, limit)
            assert answer.available_count == 4
        for status in (await wire.available(order)).user_statuses:
            assert status == await wire.get(status.user_id)
            assert status.available


@IN_MEMORY
async def test_those_who_are_equal_come_in_the_order_first_seen(wire: Wire) -> None:
    user_ids = ["dan", "ann", "cat", "ben"]
    await one_by_one(wire, *user_ids)
    for order in pb.AvailabilityOrder.values():
        assert ids((await wire.available(order)).user_statuses) == user_ids


@pytest.mark.parametrize("order", pb.AvailabilityOrder.values(), ids=pb.AvailabilityOrder.Name)
async def test_nobody_is_handed_out_from_the_moment_on_at_which_they_are_gone(
    order: pb.AvailabilityOrder.ValueType, wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(10 * MINUTE)
    for n in range(20):
        await wire.activity(f"user-{n:02}")
        clock.advance(SECOND)
    # user-N is ONLINE until N s and 10 min have passed.
    for gone in range(21):
        for millis, count in ((-1, 20 - gone + 1), (0, 20 - gone)):
            if gone == 0:
                continue
            clock.set(START + 10 * MINUTE + (gone - 1) * SECOND + millis)
            answer = await wire.available(order, limit=1_000)
            assert answer.available_count == len(answer.user_statuses) == count
            assert sorted(ids(answer.user_statuses)) == [f"user-{n:02}" for n in range(20 - count, 20)]


@IN_MEMORY
async def test_100_are_answered_unless_asked_and_up_to_1000(wire: Wire) -> None:
    await wire.activities([f"user-{n:04}" for n in range(1_050)])
    for limit, expected in ((0, 100), (1, 1), (1_000, 1_000)):
        answer = await wire.available(limit=limit)
        assert len(answer.user_statuses) == expected
        assert answer.available_count == 1_050


async def test_orders_follow_what_happens_after_they_were_first_asked_for(wire: Wire, clock: FakeClock) -> None:
    """The order by ONLINE time is kept from the first call on, so it has to be kept right."""
    await one_by_one(wire, "ann", "ben", "cat")
    for order in pb.AvailabilityOrder.values():
        await wire.available(order)
    clock.advance(SECOND)
    await wire.set_status("ann", AWAY)
    await wire.activity("dan")
    clock.advance(SECOND)
    await wire.activity("ben")
    await wire.set_status("cat", OFFLINE)
    clock.advance(SECOND)
    await wire.set_status("ann", ONLINE)
    expected = {
        pb.AVAILABILITY_ORDER_UNSPECIFIED: ["ben", "dan", "ann"],
        pb.AVAILABILITY_ORDER_LONGEST_AVAILABLE: ["ben", "dan", "ann"],
        pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE: ["ben", "dan", "ann"],
        pb.AVAILABILITY_ORDER_LONGEST_IDLE: ["dan", "ben", "ann"],
    }
    for order in pb.AvailabilityOrder.values():
        assert ids((await wire.available(order)).user_statuses) == expected[order]


async def test_an_unknown_account_has_nobody(wire: Wire) -> None:
    for order in pb.AvailabilityOrder.values():
        assert await wire.available(order, account_id="unknown") == pb.ListAvailableUsersResponse()
    assert await wire.statuses(account_id="unknown") == []
    assert await wire.changes(account_id="unknown") == []


# --- ListStatusChanges -----------------------------------------------------------------------------------------------


async def eventful(wire: Wire, clock: FakeClock, settle: Settle) -> list[pb.StatusChange]:
    """Changes of three users, by hand, by inactivity and by activity, with workflow changes in between."""
    await wire.activity("ann")
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    clock.advance(MINUTE)
    await wire.set_status("ben", AWAY, actor="sue", reason="lunch")
    clock.advance(15 * MINUTE)
    await settle()
    await wire.activity("ann")
    await wire.update(pb.Workflow(keep_manual_away=True))
    await wire.set_status("cat", OFFLINE)
    clock.advance(45 * MINUTE)
    await settle()
    return await wire.changes()


async def test_the_history_tells_everything_in_the_order_of_revisions(
    wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    history = await eventful(wire, clock, settle)
    assert [
        (change.user_id, change.revision, change.previous_status, change.status, change.cause) for change in history
    ] == [
        ("ann", 1, 0, ONLINE, pb.CAUSE_ACTIVITY),
        ("ben", 3, 0, AWAY, pb.CAUSE_MANUAL),
        ("ann", 4, ONLINE, AWAY, pb.CAUSE_INACTIVITY),
        ("ann", 5, AWAY, ONLINE, pb.CAUSE_ACTIVITY),
        ("cat", 7, 0, OFFLINE, pb.CAUSE_MANUAL),
        ("ann", 8, ONLINE, AWAY, pb.CAUSE_INACTIVITY),
        ("ann", 9, AWAY, OFFLINE, pb.CAUSE_INACTIVITY),
    ]
    minutes = [(ms(change.effective_time) - START) // MINUTE for change in history]
    assert minutes == [0, 1, 10, 16, 16, 26, 46]
    assert {change.account_id for change in history} == {ACCOUNT}
    assert [(change.actor, change.reason) for change in history if change.actor] == [("sue", "lunch")]
    for change in history:
        assert ms(change.commit_time) >= ms(change.effective_time)
    for status in await wire.statuses():
        last = (await wire.changes(status.user_id))[-1]
        assert (status.status, status.revision, status.status_since) == (
            last.status,
            last.revision,
            last.effective_time,
        )


@pytest.mark.parametrize("page_size", [1, 2, 3, 1_000])
async def test_the_history_of_one_user_or_of_a_time(
    page_size: int, wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    history = await eventful(wire, clock, settle)
    for user_id in ("ann", "ben", "cat", "nobody"):
        expected = [change for change in history if change.user_id == user_id]
        assert await wire.changes(user_id, page_size=page_size) == expected
    moments = sorted({ms(change.effective_time) for change in history})
    edges = [None, START - 1, *moments, *(moment + 1 for moment in moments), clock.now()]
    for start in edges:
        for end in edges:
            if start is not None and end is not None and end < start:
                continue
            expected = [
                change
                for change in history
                if (start is None or ms(change.effective_time) >= start)
                and (end is None or ms(change.effective_time) < end)
            ]
            assert await wire.changes(start_ms=start, end_ms=end, page_size=page_size) == expected
    assert await wire.changes("ann", start_ms=START + 16 * MINUTE, end_ms=START + 46 * MINUTE) == [
        history[3],
        history[5],
    ]


async def test_the_edges_of_time_are_no_limits(wire: Wire) -> None:
    await wire.activity("ann")
    earliest, latest = -62_135_596_800, 253_402_300_799
    everything = pb.ListStatusChangesRequest(account_id=ACCOUNT, start_time=at(earliest * 1_000))
    everything.end_time.FromNanoseconds(0)
    everything.end_time.seconds, everything.end_time.nanos = latest, 999_999_999
    assert len((await wire.stub.ListStatusChanges(everything)).changes) == 1
    nothing = pb.ListStatusChangesRequest(account_id=ACCOUNT, start_time=at(START), end_time=at(START))
    assert len((await wire.stub.ListStatusChanges(nothing)).changes) == 0


async def test_paging_through_history_misses_and_repeats_nothing_while_it_grows(wire: Wire) -> None:
    await wire.activities([f"user-{n:04}" for n in range(1_000)])
    found: list[int] = []
    request = pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=100)
    grown = 0
    while True:
        page = await wire.stub.ListStatusChanges(request)
        found.extend(change.revision for change in page.changes)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
        if grown < 300:
            await asyncio.gather(*(wire.set_status(f"user-{n:04}", OFFLINE) for n in range(grown, grown + 50)))
            grown += 50
    assert found == list(range(1, 1_301))


async def test_changes_of_one_instant_are_told_in_the_order_in_which_they_were_made(
    wire: Wire, clock: FakeClock
) -> None:
    for status in (ONLINE, AWAY, OFFLINE, ONLINE):
        await wire.set_status("ann", status)
    history = await wire.changes("ann")
    assert [(change.previous_status, change.status) for change in history] == [
        (0, ONLINE),
        (ONLINE, AWAY),
        (AWAY, OFFLINE),
        (OFFLINE, ONLINE),
    ]
    assert {ms(change.effective_time) for change in history} == {clock.now()}
