"""What the service promises, told a second time, so simply that it can be read beside `domain/rules.py`.

Everybody's whole story is a list of what happened to them, and at every instant everybody is settled at once: no index,
no policies of the past, no revisions, nothing lazy. Nothing of the domain is used but its words. Times are ms UTC.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from onduty_server.domain.status import Cause, Resume, Status

SECOND = 1_000
DAY = 24 * 60 * 60 * SECOND
FUTURE_TOLERANCE = 5 * SECOND
OLDEST_ACTIVITY = 30 * DAY
FRESH_FOR = 60 * 60 * SECOND
"""How old an activity may be to make somebody ONLINE while no period is in force."""
SHORTEST_PERIOD, LONGEST_PERIOD = SECOND, 30 * DAY
QUARTER = 15 * 60 * SECOND
"""A dry run looks an hour ahead, by quarters."""
LEASE = 3 * SECOND
"""For how long after a heartbeat what is shown counts as shown before an outage."""


class Refused(Exception):
    """The model's word for every error of which a caller is told; it has changed nothing."""


class Happening(NamedTuple):
    """A change of status, cause, actor or reason."""

    previous: Status | None
    status: Status
    cause: Cause
    at: int
    actor: str
    reason: str


@dataclass
class Person:
    """Somebody's story."""

    happenings: list[Happening]
    last_activity: int | None = None
    last_set: int | None = None

    @property
    def now(self) -> Happening:
        return self.happenings[-1]

    @property
    def since(self) -> int:
        """When the status last became another one."""
        return next(it.at for it in reversed(self.happenings) if it.previous is not it.status)

    @property
    def last_sign(self) -> int:
        """The newest activity or setting by hand."""
        return max(moment for moment in (self.last_activity, self.last_set) if moment is not None)

    def becomes(self, status: Status, cause: Cause, at: int, actor: str = "", reason: str = "") -> None:
        self.happenings.append(Happening(self.now.status, status, cause, at, actor, reason))


@dataclass(frozen=True)
class Settings:
    """A workflow, and when it came into force."""

    enabled: bool = False
    away_after_ms: int | None = None
    offline_after_ms: int | None = None
    resume: Resume = Resume.FROM_AWAY
    keep_manual_away: bool = False
    enabled_time: int = 0
    thresholds_since: int = 0
    update_time: int = 0

    def check(self) -> None:
        """Raise Refused for a workflow that contradicts itself."""
        periods = [period for period in (self.away_after_ms, self.offline_after_ms) if period is not None]
        if any(not SHORTEST_PERIOD <= period <= LONGEST_PERIOD for period in periods):
            raise Refused("a period is too short or too long")
        if len(periods) == 2 and periods[0] >= periods[1]:
            raise Refused("offline must come after away")
        if self.enabled and not periods:
            raise Refused("nothing to switch on")


class Impact(NamedTuple):
    """What a dry run says: who would switch at once from which status to which; and of each quarter of an hour the end
    and how many go AWAY and OFFLINE."""

    at_once: dict[str, tuple[Status, Status]]
    quarters: list[tuple[int, int, int]]


@dataclass
class Team:
    """An account. `floor` is the last recovery from an outage."""

    floor: int
    settings: Settings = Settings()
    people: dict[str, Person] = field(default_factory=dict)

    # --- what is due

    def next_switch(self, person: Person) -> tuple[Status, int] | None:
        """The status that inactivity brings next, and when it is true."""
        settings = self.settings
        status, cause = person.now.status, person.now.cause
        if not settings.enabled or status is Status.OFFLINE:
            return None
        if status is Status.AWAY and cause is Cause.MANUAL and settings.keep_manual_away:
            return None
        if status is Status.ONLINE and settings.away_after_ms is not None:
            following, period = Status.AWAY, settings.away_after_ms
        elif settings.offline_after_ms is not None:
            following, period = Status.OFFLINE, settings.offline_after_ms
        else:
            return None
        idle_since = max(person.last_sign, settings.enabled_time, self.floor)
        return following, max(idle_since + period, settings.thresholds_since)

    def settle(self, until: int) -> None:
        """Everything that has become true by `until` has happened."""
        for person in self.people.values():
            self._settle(person, until)

    def _settle(self, person: Person, until: int) -> None:
        while (switch := self.next_switch(person)) is not None and switch[1] <= until:
            person.becomes(switch[0], Cause.INACTIVITY, switch[1])

    def earliest(self) -> int | None:
        """When the next switch of anybody is ahead."""
        switches = [self.next_switch(person) for person in self.people.values()]
        return min((switch[1] for switch in switches if switch is not None), default=None)

    # --- what happens, at `now`, to people who have been settled

    def activity(self, user: str, at: int | None, now: int) -> None:
        if at is None:
            at = now
        if at > now + FUTURE_TOLERANCE or at < now - OLDEST_ACTIVITY:
            raise Refused("when?")
        at = min(at, now)
        person = self.people.get(user)
        if person is None:
            first = Happening(None, Status.ONLINE, Cause.ACTIVITY, at, "", "")
            self.people[user] = person = Person([first], last_activity=at)
            self._settle(person, now)
            if person.now.status is Status.ONLINE and not self._is_fresh(at, now):
                # They are not there, and nothing has said so yet.
                person.happenings = [Happening(None, Status.AWAY, Cause.INACTIVITY, now, "", "")]
            return
        if person.last_activity is not None and at < person.last_activity:
            return
        is_news = at > person.last_sign
        person.last_activity = at
        if is_news and self._resumes(person) and self._is_fresh(at, now):
            person.becomes(Status.ONLINE, Cause.ACTIVITY, now)

    def _resumes(self, person: Person) -> bool:
        if person.now.cause is not Cause.INACTIVITY:
            return False
        resume = self.settings.resume
        if person.now.status is Status.AWAY:
            return resume in (Resume.FROM_AWAY, Resume.FROM_AWAY_OR_OFFLINE)
        return person.now.status is Status.OFFLINE and resume is Resume.FROM_AWAY_OR_OFFLINE

    def _is_fresh(self, at: int, now: int) -> bool:
        """Whether someone ONLINE whose clock started at `at` would still be ONLINE."""
        settings = self.settings
        periods = [period for period in (settings.away_after_ms, settings.offline_after_ms) if period is not None]
        return now < at + (min(periods) if settings.enabled else FRESH_FOR)

    def set_status(self, user: str, status: Status, now: int, actor: str, reason: str) -> None:
        person = self.people.get(user)
        if person is None:
            first = Happening(None, status, Cause.MANUAL, now, actor, reason)
            self.people[user] = Person([first], last_set=now)
            return
        person.last_set = now
        was = person.now
        if (was.status, was.cause, was.actor, was.reason) != (status, Cause.MANUAL, actor, reason):
            person.becomes(status, Cause.MANUAL, now, actor, reason)

    def configure(self, patch: dict[str, object], now: int) -> bool:
        """Change the workflow; whether that changed anything."""
        before = self.settings
        after = replace(before, **patch)  # type: ignore[arg-type]
        after.check()
        if after == before:
            return False
        thresholds = ("enabled", "away_after_ms", "offline_after_ms", "keep_manual_away")
        if any(getattr(before, name) != getattr(after, name) for name in thresholds):
            after = replace(after, thresholds_since=now)
        if after.enabled and not before.enabled:
            after = replace(after, enabled_time=now)
        self.settings = replace(after, update_time=now)
        self.settle(now)
        return True

    def impact(self, patch: dict[str, object], now: int) -> Impact:
        """What changing the workflow now would do, if nobody did anything in the hour that follows."""
        after = deepcopy(self)
        after.configure(patch, now)
        at_once = {
            user: (person.now.status, after.people[user].now.status)
            for user, person in self.people.items()
            if person.now.status is not after.people[user].now.status
        }
        quarters = []
        for number in (1, 2, 3, 4):
            end = now + number * QUARTER
            known = {user: len(person.happenings) for user, person in after.people.items()}
            after.settle(end)
            new = [it.status for user, person in after.people.items() for it in person.happenings[known[user] :]]
            quarters.append((end, new.count(Status.AWAY), new.count(Status.OFFLINE)))
        return Impact(at_once, quarters)


class World:
    """All accounts, and the life of the server that keeps them."""

    def __init__(self, now: int, *, grace: int, count_outage: bool) -> None:
        self.grace = grace
        self.count_outage = count_outage
        self.floor = 0
        self.last_beat = now
        self.vouched = now + LEASE
        self.teams: dict[str, Team] = {}

    def team(self, account: str) -> Team:
        return self.teams.setdefault(account, Team(self.floor))

    def look(self, now: int) -> None:
        """Somebody asks for something at `now`, which needs a heartbeat that is not too old."""
        if now > self.vouched:
            self.beat(now)
        self._settle(now)

    def beat(self, now: int) -> None:
        """A heartbeat, which may find that the one before it was too long ago."""
        if now - self.last_beat > self.grace and not self.count_outage:
            self._settle(min(self.vouched, now))
            self.floor = now
            for team in self.teams.values():
                team.floor = now
        self.last_beat = now
        self.vouched = max(self.vouched, now + LEASE)
        self._settle(now)

    def stop(self, now: int) -> None:
        """A clean stop: up to now the server was there, and no longer."""
        self.look(now)
        self.last_beat = self.vouched = now

    def start(self, now: int) -> None:
        self.beat(now)

    def earliest(self) -> int | None:
        """When the next switch of anybody is ahead."""
        moments = [moment for team in self.teams.values() if (moment := team.earliest()) is not None]
        return min(moments, default=None)

    def _settle(self, now: int) -> None:
        for team in self.teams.values():
            team.settle(now)
