"""What must hold inside a resident store after every single step, looked up where it is kept."""

from __future__ import annotations

from collections import Counter

from onduty_server.domain.status import Status
from onduty_server.stores.resident.account import _QUEUE_OF, NUMBER_BITS, OVERDUE, Account
from onduty_server.stores.resident.store import ResidentStore


def check_index(store: ResidentStore) -> None:
    """Raise AssertionError where the index, the counts and the schedule do not agree with the users."""
    for account in store._accounts.values():
        _check_account(account)
    scheduled = Counter((entry[0], entry[2].account_id) for entry in store._schedule._entries)
    for account in store._accounts.values():
        if account.scheduled is not None:
            assert scheduled[account.scheduled, account.account_id] >= 1, "scheduled, but not in the schedule"
        earliest = account.earliest()
        if earliest is not None:
            assert account.scheduled is not None and account.scheduled <= max(earliest, store._clock.now())


def _check_account(account: Account) -> None:
    assert [record.number for record in account.order] == list(range(len(account.order)))
    assert {record.user_id: record for record in account.order} == account.users
    mask = (1 << NUMBER_BITS) - 1
    entries = [Counter(key & mask for key in heap) for heap in account._heaps]
    # Somebody whose coming was lost may still stand there.
    there = [number for number in account.overdue if number < len(account.order)]
    waiting = Counter(number for number in there if account.order[number].flags & OVERDUE)
    for record in account.order:
        for queue, present in enumerate(entries):
            assert present[record.number] == bool(record.flags & 1 << queue), "at most one entry a heap, and flagged"
        queue_of_state = _QUEUE_OF[record.state]
        if record.flags & OVERDUE:
            assert waiting[record.number] >= 1, "flagged as overdue, and nowhere to be found"
        elif queue_of_state is not None:
            assert entries[queue_of_state][record.number] == 1, "not in the index"
    for heap in account._heaps:
        for key in heap:
            assert key >> NUMBER_BITS <= account.order[key & mask].clock, "a bound above the clock"
    online = [record for record in account.order if record.state.status is Status.ONLINE]
    overdue_online = [record for record in online if record.flags & OVERDUE]
    assert (account.online, account.overdue_online) == (len(online), len(overdue_online))
    if account._since_position > len(account.order):
        assert list(account._by_since) == sorted(
            record.status_since << NUMBER_BITS | record.number for record in online if not record.flags & OVERDUE
        )
