"""Tells reports how many people were in each state, and keeps the settings of accounts.

What is known of the past is the journal's; what is true now is in memory. A tally is of one moment: that at which the
journal is asked, which answers with what had been appended by then. Users who change while they are looked at, in
chunks, are seen as they were at that moment (`Account.tallies`).

A session or an engagement that is still in a user's record has no edge for its end yet: that follows from the record.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple

from ...app.ports.reports import (
    REPORT_DELTAS_MAX,
    AccountSettings,
    Detail,
    Person,
    Tally,
    TallyQuery,
    too_much_detail,
)
from ...domain import rules
from ...domain.errors import StoreUnavailable, UserUnknown
from ...domain.layers import unpack
from ...domain.rules import Policy
from ...domain.status import State
from ...domain.tallies import CONNECTED, ENGAGED, EVERYBODY, Delta, Kept, Key
from .account import Account, AtPresent, Before
from .commits import Commits
from .deciding import Decisions
from .durability import Durability
from .group import ERASED
from .journal import FoundSums, Journal, SumsQuery
from .registry import Registry
from .schedule import Schedule
from .steps import StepSizes
from .user import OVERDUE
from .vitality import Vitality

_DELTAS_PER_STEP: Final = 1_000
_TOGETHER: Final = (Detail.TOTALS, Detail.TEAMS)


class _Selection(NamedTuple):
    """The people of a tally: the numbers of users, in order; None for everybody. And where the next page begins."""

    users: Sequence[int] | None
    next_position: int | None = None


class Reporting:
    """The part of a resident engine's store that is for reports."""

    def __init__(
        self,
        journal: Journal,
        steps: StepSizes,
        durability: Durability,
        registry: Registry,
        schedule: Schedule,
        commits: Commits,
        decisions: Decisions,
        vitality: Vitality,
    ) -> None:
        self._journal = journal
        self._steps = steps
        self._durability = durability
        self._registry = registry
        self._schedule = schedule
        self._commits = commits
        self._decisions = decisions
        self._vitality = vitality
        self._turn = asyncio.Lock()
        """Held while a tally is made, so that there are moments in which nobody reads the past."""
        self._writing: list[Account] = []
        """Accounts whose settings are not known to be durable; once for each call that writes them."""

    # --- settings ----------------------------------------------------------------------------------------------------

    async def account_settings(self, account_id: str) -> AccountSettings:
        """Return an account's settings, once durable."""
        while True:
            self._durability.check_open()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return AccountSettings()
            settings = AccountSettings(account.time_zone)
            if account not in self._writing:
                return settings
            try:
                await self._journal.commit()
            except StoreUnavailable:
                self._durability.check_open()

    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        """Write an account's settings, and wait for the disk."""
        await self._decisions.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        if account is None:
            account = self._commits.add_account(account_id, Policy(floor=self._vitality.floor))
        before = AccountSettings(account.time_zone)
        if settings != before:
            self._commits.set_time_zone(account, settings.time_zone)
        self._writing.append(account)
        try:
            await self._journal.commit()
        finally:
            self._writing.remove(account)
        account.is_announced = True
        return before

    # --- how far everything is recorded ------------------------------------------------------------------------------

    async def settled_before(self, account_id: str) -> int:
        """Return the time of the first switch that is due and not durable, or now."""
        while True:
            now = await self._vitality.now()
            account, losses = self._registry.accounts.get(account_id), self._durability.losses
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return now
            while not account.collect(now, self._steps.collect):
                await asyncio.sleep(0)
                now = await self._vitality.now()
            settled = now
            if account.overdue:
                self._schedule.update(account)
                settled = min(now, await self._first_overdue(account, now))
            # What was settled in memory meanwhile has to be durable.
            is_durable = not account.is_erased and await self._durability.reached(account, account.revision)
            if is_durable and losses == self._durability.losses:
                return settled

    async def _first_overdue(self, account: Account, now: int) -> int:
        """Return the earliest time at which something has become due of users who are overdue at `now`."""
        first = now
        for start in range(0, len(account.order), self._steps.report):
            for record in account.order[start : start + self._steps.report]:
                if not record.flags & OVERDUE:
                    continue
                policy = record.group.policy
                if policy.past:
                    switches = rules.settle(record, policy, now).switches
                    first = min(first, *(switch.effective_time for switch in switches)) if switches else first
                elif (due := rules.next_due(record, policy.workflow, policy.floor)) is not None:
                    first = min(first, due.effective_time)
            await asyncio.sleep(0)
        return first

    # --- tallies -----------------------------------------------------------------------------------------------------

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        """Count people by state, all of it as of one moment."""
        while True:
            self._durability.check_open()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                if query.user_ids:
                    raise UserUnknown(account_id, query.user_ids[0])
                return Tally(kept := Kept(), query.refine(kept), {}, [], {}, (), [])
            losses = self._durability.losses
            try:
                async with self._turn:
                    await self._journal.before_sums()
                    # The store may have been closed meanwhile.
                    self._durability.check_open()
                    tally = None if account.is_erased else await self._tally(account, query)
            except StoreUnavailable:
                self._durability.check_open()
                if losses == self._durability.losses:
                    raise
                # Changes were lost that this would have rested on. Nothing of them is left in memory.
                continue
            if tally is not None and losses == self._durability.losses and not account.is_erased:
                return tally

    async def _tally(self, account: Account, query: TallyQuery) -> Tally | None:
        """Do the work of `tally`; None if users are not there who were asked for, and may be at the next attempt."""
        selection = await self._select(account, query)
        if selection is None:
            return None
        users, detail = selection.users, query.detail
        # There is no wait from here until the journal is asked.
        order = account.order
        people = [] if users is None or detail in _TOGETHER else [_person(account, number) for number in users]
        count = len(order)
        asked = SumsQuery(
            account.number,
            query.start,
            query.end,
            query.refine,
            Detail.TEAMS if query.team_id and detail is Detail.TOTALS else detail,
            users,
            query.most_steps,
        )
        with _beginning(account) as before:
            found = await self._journal.sums(asked)
            counting = _Counting(asked, found)
            for start in range(0, count if users is None else len(users), self._steps.report):
                end = start + self._steps.report
                for number in range(start, min(end, count)) if users is None else users[start:end]:
                    at_present = before.get(number)
                    if at_present is None:
                        record = order[number]
                        at_present = AtPresent(record.shown, record.group.team_id, record.layers)
                    counting.add(number, at_present)
                await asyncio.sleep(0)
        named = [each if order[each.position] is not ERASED else Person(each.position, "") for each in people]
        return await counting.tally(query, named, selection.next_position)

    async def _select(self, account: Account, query: TallyQuery) -> _Selection | None:
        """Select the people whom a query is about; None if some are to be looked for again."""
        if query.user_ids:
            users = account.users
            missing = next((user_id for user_id in query.user_ids if user_id not in users), None)
            if missing is not None:
                if await self._durability.reached(account, account.erased_revision):
                    raise UserUnknown(account.account_id, missing)
                return None
            numbers = sorted(users[user_id].number for user_id in query.user_ids)
            return _page(iter(numbers[bisect_left(numbers, query.position) :]), query)
        if query.team_id:
            with _beginning(account) as before:
                # The journal tells of moves that are durable, and `before` of those from now on.
                if not await self._durability.reached(account, account.revision):
                    return None
                left = set(await self._journal.left_since(account.number, query.team_id, query.start))
                left.update(number for number, was in before.items() if was.team_id == query.team_id)
            if account.is_erased:
                return None
            group = account.groups.get(query.team_id)
            members = iter(()) if group is None else group.members.since(query.position)
            order = account.order
            others = [n for n in left if query.position <= n < len(order) and order[n].group is not group]
            return _page(merge(members, sorted(others)), query)
        if query.detail in _TOGETHER:
            return _Selection(None)
        return _page(iter(range(query.position, len(account.order))), query)


@contextmanager
def _beginning(account: Account) -> Iterator[Before]:
    """Keep what users were who change from now on."""
    before: Before = {}
    account.tallies.append(before)
    try:
        yield before
    finally:
        account.tallies = [each for each in account.tallies if each is not before]


def _page(numbers: Iterator[int], query: TallyQuery) -> _Selection:
    if query.detail in _TOGETHER:
        return _Selection(list(numbers))
    found = list(islice(numbers, query.limit + 1))
    return _Selection(found[: query.limit], found[query.limit] if len(found) > query.limit else None)


def _person(account: Account, number: int) -> Person:
    record = account.order[number]
    return Person(number, record.user_id, record.profile)


class _Counting:
    """Adds what is true of users now to what a journal has found."""

    def __init__(self, query: SumsQuery, found: FoundSums) -> None:
        self._found = found
        self._end = found.bounds[-1]
        self._detail = query.detail
        self._together = query.detail in _TOGETHER
        self._counts: defaultdict[tuple[int, int, str], int] = defaultdict(int)
        """At the last bound, by person, code and team, as long as nothing is taken off for daily sums after it."""
        self._ends: defaultdict[tuple[int, int, Key], list[int]] = defaultdict(lambda: [0, 0])
        """By person, stretch and key: how many leases have ended of which only the record tells, and the sum of times.
        """
        self._with_edges = {number for number, _ in found.leases_after}
        self._left: defaultdict[int, set[str]] = defaultdict(set)
        for team_id, number in found.left if self._together else ():
            self._left[number].add(team_id)
        self._gone: defaultdict[str, int] = defaultdict(int)
        """By team: the people who were there within the bounds, and not at the last one."""
        self._later: defaultdict[int, dict[Key, int]] = defaultdict(dict)
        for (number, key), net in found.later.items():
            if self._tells(key):
                self._later[number][key] = net

    def add(self, number: int, at: AtPresent) -> None:
        """Count a user who is now as `at` says."""
        after, team_id = self._found.after, at.team_id
        if number in after:
            key = after[number]
        else:
            key = None if at.state is State.UNSEEN else Key(at.state, team_id)
        if self._together:
            if number in self._left:
                self._count_gone(number, key)
            person = EVERYBODY
        else:
            person = number
        if key is not None:
            self._counts[person, key.code, self._team(key.team_id)] += 1
        if (at.layers or number in self._with_edges) and self._detail is not Detail.STEPS:
            layers = unpack(at.layers)
            self._add_lease(person, number, Key(CONNECTED, team_id), layers.session_end)
            self._add_lease(person, number, Key(ENGAGED, team_id), layers.engaged_until)

    def _tells(self, key: Key) -> bool:
        return key.code < CONNECTED or self._detail is not Detail.STEPS

    def _team(self, team_id: str) -> str:
        return "" if self._detail is Detail.TOTALS else team_id

    def _count_gone(self, number: int, key: Key | None) -> None:
        """Count a user who has left teams, for those in which it is no longer at the last bound."""
        levels: defaultdict[str, int] = defaultdict(int)
        if key is not None:
            levels[self._team(key.team_id)] = 1
        for later, net in self._later.get(number, {}).items():
            if later.code < CONNECTED:
                levels[later.team_id] -= net
        for team_id in {self._team(team_id) for team_id in self._left[number]}:
            if levels[team_id] <= 0:
                self._gone[team_id] += 1

    def _add_lease(self, person: int, number: int, key: Key, end: int) -> None:
        """Count a user with leases of a kind of which the last has ended, or will end, at `end`; 0: there are none."""
        place = number, key.code
        if place in self._found.leases_after:
            recorded = self._found.leases_after[place]
            if recorded is not None:
                self._counts[person, recorded.code, self._team(recorded.team_id)] += 1
        elif end >= self._end:
            self._counts[person, key.code, self._team(key.team_id)] += 1
        elif end >= self._found.bounds[0] and end:
            stretch = bisect_right(self._found.bounds, end) - 1
            sums = self._ends[person, stretch, Key(key.code, self._team(key.team_id))]
            sums[0] += 1
            sums[1] += end

    async def tally(self, query: TallyQuery, people: Sequence[Person], next_position: int | None) -> Tally:
        """Return the tally. Only the people before the last whose steps were told are in it."""
        found, steps = self._found, self._found.steps
        if self._detail is Detail.STEPS and 0 < query.most_steps <= len(steps):
            last = steps[-1].person
            if people and people[-1].position > last:
                next_position = last + 1
                people = [person for person in people if person.position <= last]
        counts: defaultdict[tuple[int, Key], int] = defaultdict(int)
        for (person, code, team_id), count in self._counts.items():
            counts[person, Key(code, team_id)] = count
        for number, nets in self._later.items():
            for key, net in nets.items():
                counts[EVERYBODY if self._together else number, key] -= net
        ends = [Delta(*place, -count, -times) for place, (count, times) in self._ends.items()]
        if len(found.deltas) + len(ends) > REPORT_DELTAS_MAX:
            raise too_much_detail()
        deltas = [*found.deltas, *ends]
        if self._together:
            present = self._present(counts)
        else:
            there = {person.position for person in people}
            counts = defaultdict(int, {place: count for place, count in counts.items() if place[0] in there})
            if self._detail is Detail.STEPS:
                deltas = await self._told(deltas, there)
            present = {}
        at_end = {place: count for place, count in counts.items() if count}
        return Tally(found.kept, found.bounds, at_end, deltas, present, people, list(steps), next_position)

    async def _told(self, deltas: Sequence[Delta], there: set[int]) -> list[Delta]:
        """Return the deltas of people who are there, in steps."""
        told: list[Delta] = []
        for start in range(0, len(deltas), _DELTAS_PER_STEP):
            some = deltas[start : start + _DELTAS_PER_STEP]
            told += [delta for delta in some if delta.person in there and self._tells(delta.key)]
            await asyncio.sleep(0)
        return told

    def _present(self, counts: dict[tuple[int, Key], int]) -> dict[str, int]:
        present = defaultdict(int, self._gone)
        for (_, key), count in counts.items():
            if key.code < CONNECTED:
                present[key.team_id] += count
        return {team_id: people for team_id, people in present.items() if people}
