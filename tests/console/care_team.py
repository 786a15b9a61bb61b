"""A care team over two days: a real server that has lived through them, and whose time then stands still.

Nothing depends on when or where it runs: the same people do the same at the same times, so that pictures of the pages
are the same as well.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from google.protobuf.field_mask_pb2 import FieldMask
from grpc import aio
from tests.access.site import Site
from tests.fakes import FakeClock
from tests.grpc.wire import MINUTE, acting, at, period
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.application import Application
from onduty_server.process.wiring import CONSOLE
from onduty_server.transport.http.pages import Pages
from onduty_server.transport.http.server import HttpListen

HOUR = 60 * MINUTE
DAY = 24 * HOUR
MIDNIGHT = round(datetime(2026, 11, 25, 23, 0, tzinfo=UTC).timestamp() * 1_000)
"""In Berlin, at the beginning of the day that is shown, a Thursday."""
NOW = MIDNIGHT + 14 * HOUR + 32 * MINUTE + 10_000
TEAM, OTHER_TEAMS, NEW_TEAM = "acme", ("acme-night", "harbour-travel", "northwind"), "fresh-start"
STAYS = "northwind"
"""The team whose application says who is there."""
SUPERVISOR, COLLEAGUE = "kim.arnold", "sam.okafor"
PEOPLE = (
    "ada.lindqvist", "amara.diallo", "anna.kowalska", "ben.hartmann", "bruno.ferreira", "carla.jimenez",
    "cleo.vasseur", "daniel.novak", "deniz.yilmaz", "elif.kaya", "emil.sorensen", "eva.brandt",
    "farid.rahimi", "fiona.gallagher", "greta.lund", "hannah.weiss", "hugo.lefevre", "ines.moreira",
    "ivan.petrov", "jana.prochazka", "jonas.keller", "julia.schmitz", "karim.haddad", "klara.vogel",
    "lena.fischer", "leo.marchetti", "linh.nguyen", "luca.romano", "maja.nilsson", "marek.wojcik",
    "maximiliane.oberhuber-lindenthal", "mia.jansen", "nadia.benali", "nils.berg", "noah.braun", "olga.ivanova",
    "paul.richter", "priya.raman", "rosa.delgado", "tarek.mansour", "tom.bakker", "yuki.tanaka",
)  # fmt: skip
SQUADS = ("day", "evening", "back-office", "")
"""Teams of the account, the last of which is none. Each has every fourth person."""
OWN_SQUAD, FORMER_OWN_SQUAD = "back-office", "evening"
"""A team with settings of its own, and one that has had some."""
ABSENT = ("greta.lund", "karim.haddad", "nils.berg", "rosa.delgado")
"""They are not in on the second day."""
LEAVE_BY_HAND = PEOPLE[1::3]
SHIFTS = ((7.0, 14.2), (8.5, 17.0), (8.75, 17.25), (11.5, 20.0))
PAUSES = ("training", "team meeting", "call with a customer", "1:1 with kim", "coffee")


def name_of(user: str) -> str:
    """The name of a person of the team."""
    return user.replace(".", " ").title()


class StillClock(FakeClock):
    """Shows the time that it was set to, while waits end after the time they were meant to take."""

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        left_s = None if until is None else max(0, until - self.now()) / 1_000
        try:
            async with asyncio.timeout(left_s):
                await super().wait(event, until)
        except TimeoutError:
            return


class Deed(NamedTuple):
    """An activity of a user, or a status that somebody sets."""

    at: int
    user: str
    status: pb.Status.ValueType = pb.STATUS_UNSPECIFIED
    reason: str = ""
    actor: str = ""


def _active(chance: random.Random, user: str, begin: int, end: int) -> Iterator[Deed]:
    """Yield activities, now and then with a gap that is long enough to be switched in."""
    at = begin
    while at < end:
        yield Deed(at, user)
        gap = chance.expovariate(1 / 3.2) if chance.random() > 0.04 else chance.uniform(9, 24)
        at += round(max(0.2, gap) * MINUTE)


def _day(chance: random.Random, user: str, midnight: int) -> Iterator[Deed]:
    """Yield what a user does on a day: a shift, a lunch that some announce and others do not, and pauses."""
    begin_h, end_h = chance.choice(SHIFTS)
    begin = midnight + round((begin_h + chance.uniform(-0.1, 0.2)) * HOUR)
    end = midnight + round((end_h + chance.uniform(-0.2, 0.1)) * HOUR)
    lunch = begin + round(chance.uniform(3.6, 5.2) * HOUR)
    back = lunch + round(chance.uniform(28, 45) * MINUTE)
    ends_by_hand = user in LEAVE_BY_HAND
    if ends_by_hand:
        yield Deed(begin - 4_000, user, pb.STATUS_ONLINE, "", user)
    yield from _active(chance, user, begin, lunch)
    if chance.random() < 0.45:
        yield Deed(lunch + 20_000, user, pb.STATUS_AWAY, "lunch", user)
        yield Deed(back, user, pb.STATUS_ONLINE, "", user)
    pause = back + round(chance.uniform(0.4, 2.2) * HOUR)
    yield from _active(chance, user, back + 5_000, min(pause, end))
    if pause < end and chance.random() < 0.4:
        reason = chance.choice(PAUSES)
        again = pause + round(chance.uniform(14, 40) * MINUTE)
        yield Deed(pause + 8_000, user, pb.STATUS_AWAY, reason, chance.choice((user, user, SUPERVISOR)))
        yield Deed(again, user, pb.STATUS_ONLINE, "", user)
        pause = again
    yield from _active(chance, user, pause + 9_000, end)
    if ends_by_hand:
        yield Deed(end + 30_000, user, pb.STATUS_OFFLINE, "end of shift", user)


def _deeds() -> list[Deed]:
    chance = random.Random(7)
    deeds = [
        deed
        for number, user in enumerate(PEOPLE)
        for midnight in ((MIDNIGHT - DAY,) if user in ABSENT else (MIDNIGHT - DAY, MIDNIGHT))
        for deed in _day(random.Random(chance.random() + number), user, midnight)
    ]
    deeds.append(Deed(NOW - 4 * MINUTE, "yuki.tanaka", pb.STATUS_AWAY, "dentist, back at 16:00", SUPERVISOR))
    return sorted(deed for deed in deeds if deed.at < NOW - 2_000)


class Call(NamedTuple):
    """A call about somebody of the team whose application says who is there."""

    at: int
    method: str
    fields: dict[str, Any]


def _comings_and_goings() -> list[Call]:
    """One is gone, two are at lunch and one of them gone, one is late from it, and one is on two calls."""
    away, lunch = {"status": pb.STATUS_AWAY}, at(MIDNIGHT + 15 * HOUR)
    late, call = at(NOW - 5 * MINUTE), {"ttl": period(HOUR)}
    calls: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
        (50, "RecordActivity", "elif.kaya", {}),
        (40, "SetStatus", "elif.kaya", {**away, "expire_time": late}),
        (26, "RecordActivity", "carla.jimenez", {}),
        (25, "KeepEngagement", "carla.jimenez", {**call, "engagement_id": "a chat"}),
        (20, "KeepSession", "carla.jimenez", {"session_id": "a laptop that is closed"}),
        (14, "RecordActivity", "ines.moreira", {}),
        (12, "KeepSession", "ines.moreira", {"session_id": "a phone"}),
        (11, "SetStatus", "ines.moreira", {**away, "expire_time": lunch, "reason": "physiotherapy"}),
        (10, "RecordActivity", "ben.hartmann", {}),
        (
            9,
            "SetStatus",
            "ben.hartmann",
            {**away, "expire_time": lunch, "then": pb.THEN_ONLINE, "reason": "late lunch"},
        ),
        (8, "KeepSession", "ben.hartmann", {"session_id": "a browser", "ttl": period(HOUR)}),
        (7, "RecordActivity", "hugo.lefevre", {}),
        (6, "KeepSession", "hugo.lefevre", {"session_id": "a browser", "ttl": period(HOUR)}),
        (5, "KeepEngagement", "hugo.lefevre", {**call, "engagement_id": "a call"}),
        (4, "KeepEngagement", "hugo.lefevre", {**call, "engagement_id": "another"}),
    )
    return [Call(NOW - ago * MINUTE, method, {"user_id": user, **fields}) for ago, method, user, fields in calls]


class Team:
    """The server, and calls to it as any of its users."""

    def __init__(self, application: Application, clock: StillClock, key: str, channel: aio.Channel) -> None:
        self.url = f"http://127.0.0.1:{application.http_port}/console/"
        self.clock = clock
        self._service = application.service
        self._key = key
        self._stub: Any = pb_grpc.StatusServiceStub(channel)

    def _as(self, actor: str) -> tuple[tuple[str, str | bytes], ...]:
        return (*acting(actor), *([("authorization", f"Bearer {self._key}")] if self._key else []))

    async def do(self, deed: Deed, account: str = TEAM) -> None:
        """Do it, now."""
        if deed.status == pb.STATUS_UNSPECIFIED:
            # Of these there are thousands, and nothing says who has reported one.
            await self._service.record_activity(account, deed.user)
            return
        set_status = pb.SetStatusRequest(account_id=account, user_id=deed.user, status=deed.status, reason=deed.reason)
        await self._stub.SetStatus(set_status, metadata=self._as(deed.actor))

    async def call(self, call: Call) -> None:
        """Make the call, now."""
        request = getattr(pb, f"{call.method}Request")(account_id=STAYS, **call.fields)
        await getattr(self._stub, call.method)(request, metadata=self._as(SUPERVISOR))

    async def introduce(self, user: str, name: str, squad: str, account: str = TEAM) -> None:
        """Give a person a name and a team."""
        who = pb.User(account_id=account, user_id=user, display_name=name, team_id=squad)
        await self._stub.UpdateUser(pb.UpdateUserRequest(user=who), metadata=self._as(SUPERVISOR))

    async def unconfigure(self, actor: str, team_id: str) -> None:
        """Let a team follow the account again."""
        request = pb.DeleteWorkflowRequest(account_id=TEAM, team_id=team_id)
        await self._stub.DeleteWorkflow(request, metadata=self._as(actor))

    async def configure(self, actor: str, account: str = TEAM, **fields: Any) -> None:
        """Change the workflow."""
        workflow = pb.Workflow(account_id=account, **fields)
        paths = [each for each in fields if each != "team_id"]
        request = pb.UpdateWorkflowRequest(workflow=workflow, update_mask=FieldMask(paths=paths))
        await self._stub.UpdateWorkflow(request, metadata=self._as(actor))

    async def live(self) -> None:
        """Live through the two days."""
        for hours_ago, actor, fields in (
            (170.0, SUPERVISOR, {"enabled": True, "away_after": period(15 * MINUTE)}),
            (146.3, SUPERVISOR, {"offline_after": period(45 * MINUTE)}),
            (98.6, COLLEAGUE, {"away_after": period(5 * MINUTE)}),
            (97.1, SUPERVISOR, {"away_after": period(10 * MINUTE), "offline_after": period(30 * MINUTE)}),
            (72.4, COLLEAGUE, {"team_id": OWN_SQUAD, "away_after": period(20 * MINUTE), "offline_after": period(HOUR)}),
            (71.9, COLLEAGUE, {"team_id": FORMER_OWN_SQUAD, "away_after": period(25 * MINUTE)}),
            (52.0, SUPERVISOR, {"team_id": FORMER_OWN_SQUAD}),
            (50.2, SUPERVISOR, {"keep_manual_away": True, "resume": pb.RESUME_FROM_AWAY_OR_OFFLINE}),
        ):
            self.clock.set(NOW - round(hours_ago * HOUR))
            # Without anything else, a team follows the account again.
            await (self.unconfigure(actor, **fields) if [*fields] == ["team_id"] else self.configure(actor, **fields))
        zone = pb.Account(account_id=TEAM, time_zone="Europe/Berlin")
        await self._stub.UpdateAccount(pb.UpdateAccountRequest(account=zone), metadata=self._as(SUPERVISOR))
        gone = {"disconnect_after": period(MINUTE), "disconnect_status": pb.STATUS_OFFLINE}
        await self.configure(SUPERVISOR, STAYS, enabled=True, offline_after=period(40 * MINUTE), **gone)
        known: set[str] = set()
        deeds: list[Deed | Call] = [*_deeds(), *_comings_and_goings()]
        for deed in sorted(deeds, key=lambda each: each.at):
            self.clock.set(deed.at)
            await (self.call(deed) if isinstance(deed, Call) else self.do(deed))
            if isinstance(deed, Deed) and deed.user not in known:
                known.add(deed.user)
                await self.introduce(deed.user, name_of(deed.user), SQUADS[PEOPLE.index(deed.user) % len(SQUADS)])
        for account in OTHER_TEAMS:
            await self.configure(SUPERVISOR, account, enabled=True, away_after=period(10 * MINUTE))
            await self.do(Deed(NOW, "ada.lindqvist"), account)
        self.clock.set(NOW)


@asynccontextmanager
async def _serving(directory: Path, clock: StillClock, role: str) -> AsyncIterator[tuple[Application, str, str]]:
    """A server, with the keys of an administrator and of a caller in a role; without a role it asks for none."""
    http = HttpListen("127.0.0.1:0", by_any_name=True, pages=Pages(CONSOLE))
    if not role:
        async with running(clock=clock, http=http) as application:
            yield application, "", ""
        return
    site = Site(directory, clock)
    admin = site.add_key(SUPERVISOR, ["admin"])
    key = site.add_key(COLLEAGUE, [role], user_id=COLLEAGUE if role == "agent" else "")
    async with site.serving_plaintext(http=http):
        yield site.application, admin, key


@asynccontextmanager
async def care_team(directory: Path, *, role: str = "") -> AsyncIterator[tuple[Team, str]]:
    """A server that has lived through the days, and the key of a caller in `role`, if it is to ask for keys."""
    clock = StillClock(NOW - 8 * DAY)
    async with (
        _serving(directory, clock, role) as (application, admin, key),
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        team = Team(application, clock, admin, channel)
        await team.live()
        yield team, key
