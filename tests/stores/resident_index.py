"""What must hold inside a resident store after every single step, looked up where it is kept."""

from __future__ import annotations

from collections import Counter

from onduty_server.domain.layers import unpack
from onduty_server.domain.settling import own_clock
from onduty_server.domain.status import Connection, State, Status
from onduty_server.stores.resident.account import Account
from onduty_server.stores.resident.deadlines import ONLINE, ONLINE_UNTIL, heap_of
from onduty_server.stores.resident.group import ERASED, Group
from onduty_server.stores.resident.since_index import SinceIndex
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.resident.user import (
    ARRIVED,
    CONNECTED,
    GONE_AWAY,
    HEAPS,
    NUMBER_BITS,
    NUMBER_MASK,
    OVERDUE,
    ResidentUser,
    as_is,
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
    living = [record for record in account.order if record is not ERASED]
    assert all(record is ERASED or record.number == place for place, record in enumerate(account.order))
    assert {record.user_id: record for record in living} == account.users
    # Somebody whose coming was lost may still stand there.
    there = [number for number in account.overdue if number < len(account.order)]
    waiting = Counter(number for number in there if account.order[number].flags & OVERDUE)
    assert set(account.arrived) == {record for record in living if record.flags & ARRIVED}
    for record in living:
        if record.flags & OVERDUE:
            assert waiting[record.number] >= 1, "flagged as overdue, and nowhere to be found"
        assert not record.flags & ARRIVED or record.flags & OVERDUE
        assert not record.flags & ARRIVED or shows_online(account.arrived[record])
    online = [record for record in living if is_online(record)]
    assert account.online == len(online)
    shown = [record.shown.status for record in account.users.values()]
    assert (account.away, account.offline) == (shown.count(Status.AWAY), shown.count(Status.OFFLINE))
    _check_since(account, account.since, online)
    acted: dict[str, set[int]] = {}
    for record in living:
        if record.actor not in ("", record.user_id):
            acted.setdefault(record.actor, set()).add(record.number)
    for forgetting in account.forgetting:
        named = acted.setdefault(forgetting.actor, set())
        assert forgetting.numbers <= named, "to be forgotten, and not there"
        named -= forgetting.numbers
    assert account.acted == {actor: numbers for actor, numbers in acted.items() if numbers}
    assert ERASED.flags == 0 and ERASED.state is State.UNSEEN
    _check_groups(account, living, now)


def _check_since(account: Account, index: SinceIndex | None, online: list[ResidentUser]) -> None:
    if index is not None and index.complete:
        since = [as_is(record, account.arrived).status_since << NUMBER_BITS | record.number for record in online]
        assert list(index.entries or ()) == sorted(since)


def _check_groups(account: Account, living: list[ResidentUser], now: int) -> None:
    assert account.groups[""] is account.teamless
    due_groups = account.due_groups
    assert due_groups is not None or len(account.groups) == 1
    placed = Counter((entry[0], entry[2].team_id) for entry in (due_groups.entries if due_groups else ()))
    for team_id, group in account.groups.items():
        members = [record for record in living if record.group is group]
        assert group.team_id == team_id and not group.is_needless
        assert all(record.profile.team_id == team_id for record in members)
        assert all(record.profile is group.nameless for record in members if not record.profile.display_name)
        if team_id:
            assert list(group.members.since(0)) == [record.number for record in members]
            assert len(group.members) == len(members)
        online = [record for record in members if is_online(record)]
        assert group.online == len(online)
        _check_since(account, group.since, online)
        assert (account.apart.get(team_id) is group) == group.is_apart
        assert group.is_apart or group.policy is account.policy
        _check_deadlines(account, group, members, now)
        if due_groups is not None and len(account.groups) > 1 and group not in due_groups.unplaced:
            if group.scheduled is not None:
                assert placed[group.scheduled, team_id] >= 1, "scheduled, but not in the heap of groups"
            earliest = group.earliest()
            if earliest is not None:
                assert group.scheduled is not None and group.scheduled <= max(earliest, now)
    assert sum(record.group in account.groups.values() for record in living) == len(living)


def _check_deadlines(account: Account, group: Group, members: list[ResidentUser], now: int) -> None:
    index = group.deadlines
    entries = [Counter(key & NUMBER_MASK for key in heap) for heap in index._heaps]
    exact = {queue: {key & NUMBER_MASK for key in queue._heap} for queue in (index._ends, index.engaged)}
    for number, flags in group.left.items():
        assert all(entries[heap][number] == bool(flags & 1 << heap) for heap in range(HEAPS))
    for record in members:
        number = record.number
        assert number not in group.left
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
    ours = {record.number for record in members}
    for queue, numbers in exact.items():
        assert set(queue.times) <= numbers & ours, "a time of its own, and no entry for it"
    for heap, keys in enumerate(index._heaps):
        for key in keys:
            record = account.order[key & NUMBER_MASK]
            at_present = index.as_is(record)
            if record.group is group and _counts(record) and heap_of(at_present) == heap:
                assert key >> NUMBER_BITS <= own_clock(at_present), "a bound above the clock"
            assert record.group is group or key & NUMBER_MASK in group.left, "an entry of nobody"
    _check_connections(account, group, members)


def _counts(record: ResidentUser) -> bool:
    return not record.flags & OVERDUE or bool(record.flags & ARRIVED)


def _check_connections(account: Account, group: Group, members: list[ResidentUser]) -> None:
    index = group.deadlines.connections
    near = [(key & NUMBER_MASK, key >> NUMBER_BITS) for key in index._near]
    gone = [(key & NUMBER_MASK, key >> NUMBER_BITS) for key in index._gone_away]
    for flag, connection, bounds in (
        (CONNECTED, Connection.CONNECTED, [*index._connected, *near]),
        (GONE_AWAY, Connection.AWAY, gone),
    ):
        entries = Counter(number for number, _ in bounds)
        for number, flags in group.left.items():
            assert entries[number] == bool(flags & flag)
        for record in members:
            assert entries[record.number] == bool(record.flags & flag), "at most one entry, and flagged"
            layers = unpack(as_is(record, account.arrived).layers)
            if _counts(record) and layers.connection is connection:
                assert entries[record.number] == 1, "the connection is not in the index"
        for number, bound in bounds:
            record = account.order[number]
            layers = unpack(as_is(record, account.arrived).layers)
            lowered = index._lowered.times.get(number)
            if (
                record.group is group
                and _counts(record)
                and layers.connection is connection
                and lowered != layers.session_end
            ):
                assert bound <= layers.session_end, "a bound above the end of the last session"
