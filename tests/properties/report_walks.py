"""Random walks through an account whose reports are compared with a plain sum over what the model says has happened.

The sum knows no deltas, no history that goes and no sums of days: it cuts each person's life into pieces of one status
and team, and adds up what they have in common with each bucket. Meanwhile the store forgets what is older than a few
hours, and keeps sums of the days of a time zone that may change.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.properties.layers.events import (
    DAY,
    HOUR,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
)
from tests.properties.layers.person import Person
from tests.properties.live import ACCOUNT
from tests.properties.team_walks import NO_TEAM, TEAMS, LiveTeams, Move, Step, TeamWalk, team_step_of
from tests.properties.walks import USERS, WORKFLOW

from onduty_server.app.calendar import Bucket, bucket_bounds, day_bounds
from onduty_server.app.ports.reports import AccountSettings
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.reporting import Counts, Extent, TimeGroup
from onduty_server.app.summing import TimeBucket, Timeline, TimeSummary
from onduty_server.domain.status import STATES

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")
LONG_PAUSES = (2 * HOUR, 5 * HOUR, DAY, 3 * DAY + 1)
KEPT_FOR = 4 * HOUR


@dataclass
class Life:
    """What happened to a user, from when it was first seen to its erasure."""

    user: str
    person: Person
    moves: list[tuple[int, str]]
    """From when on (ms UTC) it was in which team."""
    erased: int | None = None
    leases: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    """By kind and id: when such a session or engagement lived."""

    def kept(self, kind: str, lease_id: str, now: int, end: int) -> None:
        lived = self.leases.setdefault((kind, lease_id), [])
        if lived and lived[-1][1] > now:
            lived[-1] = (lived[-1][0], end)
        else:
            lived.append((now, end))

    def ended(self, kind: str, lease_id: str, now: int) -> None:
        lived = self.leases.get((kind, lease_id))
        if lived and lived[-1][1] > now:
            lived[-1] = (lived[-1][0], now)


class Piece(NamedTuple):
    start: int
    end: int
    status: str
    cause: str
    team: str


def team_at(moves: Sequence[tuple[int, str]], time: int) -> str:
    return next(team for since, team in reversed(moves) if since <= time)


def pieces_of(life: Life, until: int) -> list[Piece]:
    """A life in pieces of one status and one team, until a time at the latest."""
    end = until if life.erased is None else min(until, life.erased)
    changes = life.person.changes
    times = [change.at for change in changes] + [end]
    found: list[Piece] = []
    for change, (start, stop) in zip(changes, pairwise(times), strict=True):
        stop = min(stop, end)
        if start >= stop:
            continue
        cuts = sorted({start, stop, *(at for at, _ in life.moves if start < at < stop)})
        found.extend(
            Piece(a, b, change.status.name, change.cause.name, team_at(life.moves, a)) for a, b in pairwise(cuts)
        )
    return found


def overlap(piece: tuple[int, int], start: int, end: int) -> int:
    return max(0, min(piece[1], end) - max(piece[0], start))


def union(stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in sorted(stretches):
        if last is None or start > last[1]:
            if last is not None:
                yield last
            last = (start, end)
        else:
            last = (last[0], max(last[1], end))
    if last is not None:
        yield last


def leased(life: Life, kind: str, start: int, end: int, team: str | None) -> int:
    """How long one or more sessions, or engagements, lived within a stretch, while the user was in the team."""
    gone = end if life.erased is None else life.erased
    lived = list(union([each for (of, _), lives in life.leases.items() if of == kind for each in lives]))
    spells = [(at, min(until, gone)) for at, until in lived]
    if team is None:
        return sum(overlap(spell, start, end) for spell in spells)
    stays = pairwise([*life.moves, (max(end, gone), "")])
    return sum(
        overlap((max(spell[0], since), min(spell[1], until)), start, end)
        for (since, of), (until, _) in stays
        if of == team
        for spell in spells
    )


class Expected(NamedTuple):
    times: Counter[tuple[str, str]]
    unknown: int
    elsewhere: int
    connected: int
    engaged: int


def expected_in(lives: Sequence[Life], start: int, end: int, until: int, team: str | None = None) -> Expected:
    """What these people did in a bucket, in the team if one is given."""
    times: Counter[tuple[str, str]] = Counter()
    elsewhere = 0
    for life in lives:
        for piece in pieces_of(life, until):
            time = overlap(piece[:2], start, end)
            if team is None or piece.team == team:
                times[piece.status, piece.cause] += time
            else:
                elsewhere += time
    unknown = (end - start) * len(lives) - times.total() - elsewhere
    connected, engaged = (
        sum(leased(life, kind, start, end, team) for life in lives) for kind in ("session", "engagement")
    )
    return Expected(+times, unknown, elsewhere, connected, engaged)


class Zone(NamedTuple):
    """UpdateAccount with another time zone."""

    name: str


class Look(NamedTuple):
    """Reports of the time from so long ago to so long ago (ms)."""

    since: int
    until: int
    zone: str
    bucket: Bucket


class ReportStep(NamedTuple):
    step: Step | None = None
    zone: Zone | None = None
    look: Look | None = None


def report_step_of(dice: random.Random, *, moves_zones: bool) -> ReportStep:
    match dice.randrange(8):
        case 0:
            bucket = dice.choice((Bucket.WHOLE, Bucket.HOUR, Bucket.QUARTER_HOUR, Bucket.DAY, Bucket.DAY))
            until = dice.choice((0, 0, 0, 1, 12_345, HOUR, DAY))
            longest = DAY if bucket in (Bucket.HOUR, Bucket.QUARTER_HOUR) else 9 * DAY
            look = Look(until + dice.randrange(1, longest), until, dice.choice(ZONES), bucket)
            return ReportStep(look=look)
        case 1 if moves_zones:
            return ReportStep(zone=Zone(dice.choice(ZONES)))
        case 2:
            step = team_step_of(dice)
            return ReportStep(step._replace(pause=dice.choice(LONG_PAUSES), to_the_next_deadline=None))
        case _:
            return ReportStep(team_step_of(dice))


class LiveReports(LiveTeams):
    """The service over a store that keeps its history for hours, with what section 13 adds."""

    options = StoreOptions(history_retention_ms=KEPT_FOR)

    def zone(self, name: str) -> None:
        self._run(self._service.update_account(ACCOUNT, AccountSettings(name)))

    def summaries(
        self, start: int, end: int, look: Look, group: TimeGroup, team: str = ""
    ) -> tuple[list[TimeSummary], Extent]:
        found: list[TimeSummary] = []
        token = ""
        while True:
            page = self._run(
                self._service.summarize_time(
                    ACCOUNT,
                    start,
                    end,
                    bucket=look.bucket,
                    zone=look.zone,
                    group=group,
                    team_id=team,
                    page_size=2,
                    page_token=token,
                )
            )
            found.extend(page.summaries)
            token = page.next_page_token
            if not token:
                return found, page.extent

    def counts(self, start: int, end: int, look: Look, team: str = "") -> Counts:
        call = self._service.count_by_status(ACCOUNT, start, end, step=look.bucket, zone=look.zone, team_id=team)
        return self._run(call)

    def timelines(self, start: int, end: int, team: str = "") -> list[Timeline]:
        found: list[Timeline] = []
        token = ""
        while True:
            page = self._run(
                self._service.list_timelines(ACCOUNT, start, end, team_id=team, page_size=2, page_token=token)
            )
            found.extend(page.timelines)
            token = page.next_page_token
            if not token:
                return found


class ReportWalk(TeamWalk):
    """A walk whose reports are compared with the plain sum."""

    account: LiveReports

    def __init__(self, account: LiveReports) -> None:
        super().__init__(account)
        self.lives: list[Life] = []
        self.zones = {"UTC"}
        """The zones that the account's days were of."""
        self.looks = self.loose = 0

    def go(self, step: ReportStep) -> None:
        if step.zone is not None:
            self.account.zone(step.zone.name)
            self.zones.add(step.zone.name)
        if step.step is not None:
            teams = dict(self.model.teams)
            self.take(step.step)
            self._note(step.step, teams)
        if step.look is not None:
            self.look(step.look)

    def _note(self, step: Step, teams: dict[str, str]) -> None:
        now, user = self.account.now, step.user
        alive = {life.user: life for life in self.lives if life.erased is None}
        person = self.model.people.get(user)
        if user in alive and alive[user].person is not person:
            alive[user].erased = now
        if person is None:
            return
        if user not in alive or alive[user].person is not person:
            self.lives.append(Life(user, person, [(0, NO_TEAM)]))
            alive[user] = self.lives[-1]
        life = alive[user]
        match step.what:
            case Move(team) if teams.get(user) != team:
                life.moves.append((now, team))
            case KeepSession(name, ttl) if person.sessions.get(name) == now + ttl:
                life.kept("session", name, now, now + ttl)
            case EndSession(name):
                life.ended("session", name, now)
            case KeepEngagement(name, ttl) if person.engagements.get(name) == now + ttl:
                life.kept("engagement", name, now, now + ttl)
            case EndEngagement(name):
                life.ended("engagement", name, now)

    # --- looking

    def look(self, look: Look) -> None:
        now = self.account.now
        start, end = now - look.since, now - look.until
        swept = look.until % 2 == 0
        if swept:
            self.account.sweep()
        self.model.settle(now)
        self.looks += 1
        self._people(start, end, look, swept=swept)
        for team in (NO_TEAM, *TEAMS):
            self._together(start, end, look, team)
        self._teams(start, end, look)
        if look.bucket is not Bucket.WHOLE:
            for team in (NO_TEAM, TEAMS[0]):
                self._counts(start, end, look, team)
        self._timelines(start, end, NO_TEAM)
        self._timelines(start, end, TEAMS[0])

    def may_be_unknown(self, start: int, end: int) -> bool:
        """True if what is between is a part of a day of which the history has begun to go."""
        gone = self.account.now - KEPT_FOR
        return any(
            begin < gone and not (start <= begin and stop <= end)
            for zone in self.zones
            for begin, stop in pairwise(day_bounds(start, end, ZoneInfo(zone)))
        )

    def _same(self, bucket: TimeBucket, expected: Expected, *, is_fixed: bool = True) -> None:
        told: Counter[tuple[str, str]] = Counter()
        for state, time in bucket.times:
            assert state.status is not None and state.cause is not None and time > 0
            told[state.status.name, state.cause.name] += time
        shown = Expected(told, bucket.unknown, bucket.elsewhere, bucket.connected, bucket.engaged)
        if not is_fixed:
            expected = expected._replace(unknown=0, elsewhere=0)
        if shown == expected:
            return
        assert bucket.unknown > expected.unknown and self.may_be_unknown(bucket.start, bucket.end), (shown, expected)
        assert all(time <= expected.times[kind] for kind, time in told.items()), (shown, expected)
        assert bucket.connected <= expected.connected and bucket.engaged <= expected.engaged
        self.loose += 1

    def _people(self, start: int, end: int, look: Look, *, swept: bool) -> None:
        for team in (NO_TEAM, TEAMS[1]):
            summaries, extent = self.account.summaries(start, end, look, TimeGroup.USER, team)
            if swept:
                assert extent.as_of == end
            assert extent.known_since == 0
            bounds = bucket_bounds(start, extent.as_of, look.bucket, ZoneInfo(look.zone), 10_000) or []
            wanted = team or None
            whole = [
                life for life in self.lives if expected_in([life], start, extent.as_of, extent.as_of, wanted).times
            ]
            told = [each for each in summaries if each.user_id]
            living = {life.user: life for life in whole if life.erased is None}
            assert [each.user_id for each in told] == [
                life.user for life in whole if life.user in {each.user_id for each in told} and life.erased is None
            ]
            pairs = [(each, living[each.user_id]) for each in told]
            if len(summaries) == len(whole):
                pairs = list(zip(summaries, whole, strict=True))
            else:
                assert self.may_be_unknown(start, extent.as_of), (summaries, whole)
            for summary, life in pairs:
                assert summary.erased == (life.erased is not None)
                assert [(each.start, each.end) for each in summary.buckets] == list(pairwise(bounds))
                for bucket in summary.buckets:
                    self._same(bucket, expected_in([life], bucket.start, bucket.end, extent.as_of, wanted))

    def _together(self, start: int, end: int, look: Look, team: str) -> None:
        summaries, extent = self.account.summaries(start, end, look, TimeGroup.ALL, team)
        if extent.as_of <= start:
            return
        (summary,) = summaries
        wanted = team or None
        there = [life for life in self.lives if expected_in([life], start, extent.as_of, extent.as_of, wanted).times]
        if summary.people != len(there):
            assert summary.people > len(there) and self.may_be_unknown(start, extent.as_of), (summary, there)
        for bucket in summary.buckets:
            expected = expected_in(self.lives, bucket.start, bucket.end, extent.as_of, wanted)
            length = bucket.end - bucket.start
            expected = expected._replace(unknown=length * summary.people - expected.times.total())
            self._same(bucket, expected, is_fixed=not team)

    def _teams(self, start: int, end: int, look: Look) -> None:
        summaries, extent = self.account.summaries(start, end, look, TimeGroup.TEAM)
        there = {
            team: people
            for team in (NO_TEAM, *TEAMS)
            if (
                people := sum(
                    bool(expected_in([life], start, extent.as_of, extent.as_of, team).times) for life in self.lives
                )
            )
        }
        told = {summary.profile.team_id: summary.people for summary in summaries}
        assert list(told) == sorted(told)
        if told != there:
            assert self.may_be_unknown(start, extent.as_of), (told, there)
        for summary in summaries:
            for bucket in summary.buckets:
                team = summary.profile.team_id
                self._same(
                    bucket, expected_in(self.lives, bucket.start, bucket.end, extent.as_of, team), is_fixed=False
                )

    def _counts(self, start: int, end: int, look: Look, team: str) -> None:
        found = self.account.counts(start, end, look, team)
        lives = [pieces_of(life, self.account.now + 1) for life in self.lives]
        for time, counts in found.counts:
            there = [
                Counter(
                    piece.status
                    for pieces in lives
                    for piece in pieces
                    if (piece.start < time <= piece.end if before else piece.start <= time < piece.end)
                    and team in (NO_TEAM, piece.team)
                )
                for before in (False, True)
            ]
            told = Counter({status.name: people for status, people in (counts or {}).items()})
            if counts is None:
                assert self.may_be_unknown(time, time + 1), time
                self.loose += 1
            elif +told != there[0]:
                assert self.may_be_unknown(time, time + 1) and +told == there[1], (counts, there, time)

    def _timelines(self, start: int, end: int, team: str) -> None:
        for timeline in self.account.timelines(start, end, team):
            lives = [
                life
                for life in self.lives
                if (life.user == timeline.person.user_id and life.erased is None)
                or (life.erased is not None and not timeline.person.user_id)
            ]
            shown = timeline.intervals
            assert shown[0].start == start
            assert all(one.end == two.start for one, two in pairwise(shown))
            assert any(self._lived(life, timeline) for life in lives), timeline

    def _lived(self, life: Life, timeline: Timeline) -> bool:
        """True if a timeline is that of a life."""
        pieces = pieces_of(life, self.account.now + 1)
        for start, end, key in timeline.intervals:
            met = [piece for piece in pieces if overlap(piece[:2], start, end)]
            if key is None:
                # A whole day may be: its sums do not tell when in the day somebody changed.
                if met and not self.may_be_unknown(start + 1, end):
                    return False
                continue
            state = STATES[key.code]
            assert state.status is not None and state.cause is not None
            kinds = {(piece.status, piece.cause, piece.team) for piece in met}
            if kinds != {(state.status.name, state.cause.name, key.team_id)}:
                return False
            if sum(overlap(piece[:2], start, end) for piece in met) != end - start:
                return False
        return True


Opened = Callable[[], AbstractContextManager[LiveReports]]


def fault_of(steps: Sequence[ReportStep], opened: Opened) -> str | None:
    """What the plain sum says of a walk; None if nothing."""
    with opened() as account:
        walk = ReportWalk(account)
        try:
            for step in steps:
                walk.go(step)
        except AssertionError as error:
            return str(error) or repr(error)
    return None


def check_report_walks(opened: Opened, dice: random.Random, walks: int, length: int) -> int:
    """Take walks, and fail with the steps that a fault needs; how many steps were taken."""
    for number in range(walks):
        moves_zones = number % 3 == 2
        steps = [
            ReportStep(Step(0, USERS[0], dict(WORKFLOW))),
            ReportStep(zone=Zone(dice.choice(ZONES))),
            *(report_step_of(dice, moves_zones=moves_zones) for _ in range(length)),
            ReportStep(look=Look(9 * DAY, 0, "UTC", Bucket.DAY)),
        ]
        if fault_of(steps, opened) is None:
            continue
        shorter = True
        while shorter:
            shorter = False
            for at in reversed(range(len(steps))):
                fewer = steps[:at] + steps[at + 1 :]
                if fault_of(fewer, opened) is not None:
                    steps, shorter = fewer, True
        told = "\n".join(map(repr, steps))
        raise AssertionError(f"{fault_of(steps, opened)}\n{told}")
    return walks * length
