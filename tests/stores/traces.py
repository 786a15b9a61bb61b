"""People of whom everything that a store keeps can be recognised, and a search for what is left of them in files."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import WorkflowPatch

MINUTE: Final = 60_000
_TRACE: Final = re.compile(rb"[unrse]-[0-9a-f]{10}")


class Person(NamedTuple):
    """Every text begins with a token that is nobody else's."""

    user_id: str
    name: str
    reason: str
    session: str
    engagement: str

    @property
    def traces(self) -> list[bytes]:
        """The tokens, each long enough that nothing else is taken for it."""
        return [text[:12].encode() for text in self]


class Crowd:
    """People of an account, who do things to themselves and each other."""

    def __init__(self, service: StatusService, dice: random.Random, account: str = "acme") -> None:
        self.service, self.account = service, account
        self.people: list[Person] = []
        self.erased: list[Person] = []
        self._dice = dice

    async def come(self, number: int) -> None:
        """Let new people come, and each of them do a little of everything."""
        new = [self._person() for _ in range(number)]
        self.people += new
        await asyncio.gather(*(self.service.record_activity(self.account, person.user_id) for person in new))
        await asyncio.gather(*map(self.act, new))

    async def act(self, person: Person) -> None:
        """Let somebody do a little of everything, some of it to others."""
        service, account, dice = self.service, self.account, self._dice
        other = dice.choice(self.people)
        await service.update_user(
            account, person.user_id, {"display_name": person.name, "team_id": f"team-{dice.randrange(5)}"}, actor="boss"
        )
        await service.set_status(
            account, other.user_id, dice.choice((Status.ONLINE, Status.AWAY)), actor=person.user_id, reason="lunch"
        )
        await service.set_status(account, person.user_id, Status.ONLINE, caller=person.user_id, reason=person.reason)
        await service.keep_session(account, person.user_id, person.session, MINUTE)
        await service.keep_engagement(account, person.user_id, person.engagement, MINUTE)
        if dice.random() < 0.1:
            team = dice.choice(("", "team-0", "team-1"))
            periods: WorkflowPatch = {"enabled": True, "away_after_ms": dice.randrange(1, 9) * MINUTE}
            await service.update_workflow(account, periods, actor=person.user_id, team_id=team)
            await service.update_user(account, other.user_id, {"team_id": "team-9"}, actor=person.user_id)

    async def erase(self, people: Iterable[Person]) -> None:
        """Erase people, all at once."""
        going = list(people)
        await asyncio.gather(*(self.service.delete_user(self.account, person.user_id) for person in going))
        self.people = [person for person in self.people if person not in going]
        self.erased += going

    def some(self, number: int) -> list[Person]:
        """Return that many of those who are there."""
        return self._dice.sample(self.people, number)

    def _person(self) -> Person:
        token, long = f"{self._dice.getrandbits(40):010x}", self._dice.choice(("", "-" * 80, "-" * 400))
        return Person(
            f"u-{token}", f"n-{token} Ada Lovelace", f"r-{token} {long}", f"s-{token}{long[:80]}", f"e-{token}"
        )


def traces_in(database: Path, people: Iterable[Person]) -> list[str]:
    """Return the traces of people in all files of a database, each with the file's name."""
    return _found(database, {trace for person in people for trace in person.traces})


def traces_among(data: bytes, people: Iterable[Person]) -> list[str]:
    """Return the traces of people in anything else that is kept."""
    wanted = {trace for person in people for trace in person.traces}
    return sorted(trace.decode() for trace in wanted.intersection(_TRACE.findall(data)))


def traces_of(database: Path, user_ids: Iterable[str]) -> list[str]:
    """Return the traces of people who are known by their ids."""
    tokens = [user_id.removeprefix("u-") for user_id in user_ids]
    return _found(database, {f"{letter}-{token}".encode() for letter in "unrse" for token in tokens})


def _found(database: Path, wanted: set[bytes]) -> list[str]:
    found: list[str] = []
    for path in sorted(database.parent.glob(f"{database.name}*")):
        traces = wanted.intersection(_TRACE.findall(path.read_bytes()))
        found += [f"{trace.decode()} in {path.name}" for trace in sorted(traces)]
    return found
