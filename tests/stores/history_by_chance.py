"""Histories by chance, as an engine would have written them, for journals to be compared on."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fakes import START

from onduty_server.app.ports.observer import Observer
from onduty_server.domain.status import OWN_STATES, State
from onduty_server.domain.tallies import CONNECTED, ENGAGED
from onduty_server.domain.workflow import DEFAULT_WORKFLOW
from onduty_server.process.clock import stopwatch
from onduty_server.stores.resident.journal import ChangeRow, EdgeRow, Journal, UserChangeRow, UserRow
from onduty_server.stores.sqlite.journal import SqliteJournal

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
TEAMS: Final = ("", "care", "sales")
ZONES: Final = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")
_STATES: Final = tuple(state for state in OWN_STATES if state is not State.UNSEEN)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteJournal]:
    """A journal in a file."""
    journal = SqliteJournal(path, Observer(), stopwatch)
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


@dataclass(eq=False)
class Account:
    """What a journal has to know of an account."""

    number: int = 0
    account_id: str = "acme"
    revision: int = 0
    durable_revision: int = 0
    time_zone: str = "UTC"


@dataclass
class _Person:
    number: int
    state: State = State.UNSEEN
    team_id: str = ""
    time: int = 0
    """Up to when everything of the person is written."""
    is_erased: bool = False
    leases: tuple[int, ...] = ()


class Chance:
    """One history, appended to several journals at once."""

    def __init__(self, seed: int, *journals: Journal) -> None:
        self.dice = random.Random(seed)
        self.now = START
        self.account = Account()
        self._journals = journals
        self._people: list[_Person] = []
        self._pruned_before = START
        """An edge from before that may be pruned at once, or at the next time."""
        self._configure()

    def _configure(self) -> None:
        for journal in self._journals:
            journal.account(self.account, DEFAULT_WORKFLOW, ())

    def live(self, changes: int, pauses: Sequence[int] = (0, 1, HOUR // 7, HOUR, 5 * HOUR)) -> None:
        """Append some changes, with pauses (ms) between them."""
        for _ in range(changes):
            self.now += self.dice.choice(pauses)
            self._change()

    def move_to(self, time_zone: str) -> None:
        """Change the time zone of the account."""
        self.account.time_zone = time_zone
        self._configure()

    def prune(self, before: int, keep: int, sums_before: int = 0) -> None:
        """Let the journals forget."""
        self._pruned_before = max(self._pruned_before, before)
        for journal in self._journals:
            journal.prune(before, keep, 100, sums_before)

    @property
    def people(self) -> int:
        """The number of people so far."""
        return len(self._people)

    def _change(self) -> None:
        dice = self.dice
        if not self._people or dice.random() < 0.1:
            self._people.append(_Person(len(self._people), team_id=dice.choice(TEAMS)))
            person = self._people[-1]
            # A first activity may come late.
            person.time = self.now - dice.choice((0, 0, HOUR, 40 * HOUR))
            self._switch(person, person.time)
            return
        person = dice.choice(self._people)
        if person.is_erased:
            return
        kind = dice.random()
        if kind < 0.55:
            self._switch(person, dice.randint(person.time, self.now))
        elif kind < 0.7:
            self._move(person, dice.choice(TEAMS))
        elif kind < 0.98:
            self._lease(
                person, dice.choice((CONNECTED, ENGAGED)), dice.randint(max(person.time, self._pruned_before), self.now)
            )
        else:
            self._move(person, "", erased=True)

    def _switch(self, person: _Person, time: int) -> None:
        previous, person.state = person.state, self.dice.choice(_STATES)
        person.time = time
        self.account.revision += 1
        row = ChangeRow(
            *(0, self.account.revision, person.number, previous, person.state, time, self.now, "", ""),
            team_id=person.team_id,
        )
        for journal in self._journals:
            journal.user(
                UserRow(
                    0,
                    person.number,
                    f"user-{person.number}",
                    person.state,
                    time,
                    None,
                    time,
                    "",
                    "",
                    row.revision,
                    team_id=person.team_id,
                )
            )
            journal.change(self.account, row)

    def _move(self, person: _Person, team_id: str, *, erased: bool = False) -> None:
        for kind in person.leases:
            self._edge(person.number, person.team_id, kind, self.now, begins=False)
            if not erased:
                self._edge(person.number, team_id, kind, self.now, begins=True)
        self.account.revision += 1
        row = UserChangeRow(
            *(0, self.account.revision, person.number, "", team_id, "", person.team_id, self.now),
            erased=erased,
            state=person.state,
        )
        person.team_id, person.time, person.is_erased = team_id, self.now, erased
        for journal in self._journals:
            if erased:
                journal.erase_user(self.account, row, f"user-{person.number}")
            else:
                journal.user_change(self.account, row)

    def _lease(self, person: _Person, kind: int, time: int) -> None:
        begins = kind not in person.leases
        person.leases = (*person.leases, kind) if begins else tuple(each for each in person.leases if each != kind)
        person.time = time
        self._edge(person.number, person.team_id, kind, time, begins=begins)

    def _edge(self, number: int, team_id: str, kind: int, time: int, *, begins: bool) -> None:
        row = EdgeRow(0, number, kind, time, begins, team_id)
        for journal in self._journals:
            journal.edge(self.account, row)
