"""What must hold inside a resident store after every single step, looked up where it is kept."""

from __future__ import annotations

from collections import Counter

from onduty_server.domain.layers import unpack
from onduty_server.domain.settling import own_clock
from onduty_server.domain.status import Connection
from onduty_server.stores.resident.account import Account
from onduty_server.stores.resident.deadlines import CONNECTED, GONE_AWAY, ONLINE, ONLINE_UNTIL, heap_of
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.resident.user import (
    ARRIVED,
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
    for number, _ in index._connected:
        entries[CONNECTED][number] += 1
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
        for heap in _heaps_of_connection(layers.connection):
            assert entries[heap][number] == 1, "the connection is not in the index"
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
            assert key >> NUMBER_BITS <= _true_time(account, account.order[key & NUMBER_MASK], heap), "a bound above"
    for number, bound in index._connected:
        assert bound <= _true_time(account, account.order[number], CONNECTED), "a bound above"


def _heaps_of_connection(connection: Connection) -> tuple[int, ...]:
    return {Connection.CONNECTED: (CONNECTED,), Connection.AWAY: (GONE_AWAY,)}.get(connection, ())


def _true_time(account: Account, record: ResidentUser, heap: int) -> int:
    """The time that a bound must not be above; there is none for an entry that no longer belongs where it is."""
    if record.flags & OVERDUE and not record.flags & ARRIVED:
        return 1 << 62
    at_present = account.deadlines.as_is(record)
    layers = unpack(at_present.layers)
    if heap in (CONNECTED, GONE_AWAY):
        lowered = account.deadlines._lowered.times.get(record.number)
        there = heap in _heaps_of_connection(layers.connection) and lowered != layers.session_end
        return layers.session_end if there else 1 << 62
    return own_clock(at_present) if heap_of(at_present) == heap else 1 << 62
