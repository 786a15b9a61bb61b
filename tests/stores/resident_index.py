"""What must hold inside a resident store after every single step, looked up where it is kept."""

from __future__ import annotations

from collections import Counter

from onduty_server.domain.layers import unpack
from onduty_server.domain.settling import own_clock
from onduty_server.domain.status import Connection
from onduty_server.stores.resident.account import Account
from onduty_server.stores.resident.deadlines import ONLINE, ONLINE_UNTIL, heap_of
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.resident.user import (
    ARRIVED,
    CONNECTED,
    GONE_AWAY,
    NUMBER_BITS,
    NUMBER_MASK,
    OVERDUE,
    ResidentUser,
    is_online,
    shows_online,
)


def check_index(store: ResidentStore) -> None:
    """Raise AssertionError where the index, the counts and the schedule do not agree with the users."""
    for account in store._accounts.values():
        _check_account(account, store._clock.now())
    scheduled = Counter((entry[0], entry[2].account_id) for entry in store._schedule._entries)
    for account in store._accounts.values():
        if account.scheduled is not None:
            assert scheduled[account.scheduled, account.account_id] >= 1, "scheduled, but not in the schedule"
        earliest = account.earliest()
        if earliest is not None:
            assert account.scheduled is not None and account.scheduled <= max(earliest, store._clock.now())


def _check_account(account: Account, now: int) -> None:
    assert [record.number for record in account.order] == list(range(len(account.order)))
    assert {record.user_id: record for record in account.order} == account.users
    # Somebody whose coming was lost may still stand there.
    there = [number for number in account.overdue if number < len(account.order)]
    waiting = Counter(number for number in there if account.order[number].flags & OVERDUE)
    assert set(account.arrived) == {record for record in account.order if record.flags & ARRIVED}
    for record in account.order:
        if record.flags & OVERDUE:
            assert waiting[record.number] >= 1, "flagged as overdue, and nowhere to be found"
        assert not record.flags & ARRIVED or record.flags & OVERDUE
        assert not record.flags & ARRIVED or shows_online(account.arrived[record])
    _check_deadlines(account, now)
    online = [record for record in account.order if is_online(record)]
    assert account.online == len(online)
    if account._since_position > len(account.order):
        as_is = account.deadlines.as_is
        assert list(account._by_since) == sorted(
            as_is(record).status_since << NUMBER_BITS | record.number for record in online
        )


def _check_deadlines(account: Account, now: int) -> None:
    index = account.deadlines
    entries = [Counter(key & NUMBER_MASK for key in heap) for heap in index._heaps]
    exact = {queue: {key & NUMBER_MASK for key in queue._heap} for queue in (index._ends, index.engaged)}
    for record in account.order:
        number = record.number
        for heap, present in enumerate(entries):
            assert present[number] == bool(record.flags & 1 << heap), "at most one entry a heap, and flagged"
        if record.flags & OVERDUE and not record.flags & ARRIVED:
            assert number not in index.engaged.times
            continue
        at_present = index.as_is(record)
        layers = unpack(at_present.layers)
        assert index._ends.times.get(number) == layers.expire_time
        engaged = heap_of(at_present) in (ONLINE, ONLINE_UNTIL) and layers.engaged_until > now
        if engaged or number in index.engaged.times:
            assert index.engaged.times[number] <= own_clock(at_present)
        elif (own_heap := heap_of(at_present)) is not None:
            assert entries[own_heap][number] == 1, "not in the index"
    for queue, numbers in exact.items():
        assert set(queue.times) <= numbers, "a time of its own, and no entry for it"
    for heap, keys in enumerate(index._heaps):
        for key in keys:
            record = account.order[key & NUMBER_MASK]
            at_present = index.as_is(record)
            if _counts(record) and heap_of(at_present) == heap:
                assert key >> NUMBER_BITS <= own_clock(at_present), "a bound above the clock"
    _check_connections(account)


def _counts(record: ResidentUser) -> bool:
    return not record.flags & OVERDUE or bool(record.flags & ARRIVED)


def _check_connections(account: Account) -> None:
    index = account.deadlines.connections
    near = [(key & NUMBER_MASK, key >> NUMBER_BITS) for key in index._near]
    gone = [(key & NUMBER_MASK, key >> NUMBER_BITS) for key in index._gone_away]
    for flag, connection, bounds in (
        (CONNECTED, Connection.CONNECTED, [*index._connected, *near]),
        (GONE_AWAY, Connection.AWAY, gone),
    ):
        entries = Counter(number for number, _ in bounds)
        for record in account.order:
            assert entries[record.number] == bool(record.flags & flag), "at most one entry, and flagged"
            layers = unpack(account.deadlines.as_is(record).layers)
            if _counts(record) and layers.connection is connection:
                assert entries[record.number] == 1, "the connection is not in the index"
        for number, bound in bounds:
            record = account.order[number]
            layers = unpack(account.deadlines.as_is(record).layers)
            lowered = index._lowered.times.get(number)
            if _counts(record) and layers.connection is connection and lowered != layers.session_end:
                assert bound <= layers.session_end, "a bound above the end of the last session"
