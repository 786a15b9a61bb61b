"""A second, independent implementation of the rules of presence (`domain/rules.py`), to compare the domain with.

It shares no code and no representation with the domain: a user is the list of what has happened to them, and a workflow
change settles every single user at once. Slow and obvious is the point.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

HOUR = 60 * 60 * 1_000
OUTSIDE = (1_000, 30 * 24 * 60 * 60 * 1_000)


class Change(NamedTuple):
    """A change of status, cause, actor or reason. `previous` is None for a user's first."""

    previous: str | None
    status: str
    cause: str
    effective_time: int
    actor: str
    reason: str


@dataclass(frozen=True)
class ModelWorkflow:
    """The supervisor's settings, and when they came into force."""

    enabled: bool = False
    away_after_ms: int | None = None
    offline_after_ms: int | None = None
    resume: str = "FROM_AWAY"
    keep_manual_away: bool = False
    enabled_time: int = 0
    thresholds_since: int = 0

    @property
    def consistent(self) -> bool:
        """True if the service would accept it."""
        periods = [period for period in (self.away_after_ms, self.offline_after_ms) if period is not None]
        in_limits = all(OUTSIDE[0] <= period <= OUTSIDE[1] for period in periods)
        in_order = len(periods) < 2 or periods[0] < periods[1]
        return in_limits and in_order and (bool(periods) or not self.enabled)


@dataclass
class ModelUser:
    """Everything that has happened to a user."""

    changes: list[Change] = field(default_factory=list)
    last_activity: int | None = None
    last_set: int | None = None

    @property
    def status(self) -> str | None:
        return self.changes[-1].status if self.changes else None

    @property
    def cause(self) -> str | None:
        return self.changes[-1].cause if self.changes else None

    @property
    def status_since(self) -> int:
        """The time at which the status last changed."""
        return [change for change in self.changes if change.status != change.previous][-1].effective_time

    def becomes(self, status: str, cause: str, at: int, actor: str = "", reason: str = "") -> None:
        self.changes.append(Change(self.status, status, cause, at, actor, reason))

    def copy(self) -> ModelUser:
        return replace(self, changes=list(self.changes))


class Model:
    """An account that settles everybody whenever anything could make a difference."""

    def __init__(self) -> None:
        self.workflow = ModelWorkflow()
        self.floor = 0
        self.users: dict[str, ModelUser] = {}

    def user(self, name: str) -> ModelUser:
        return self.users.setdefault(name, ModelUser())

    # --- what is due

    def next_switch(self, user: ModelUser) -> tuple[str, int] | None:
        """The next automatic status and when it becomes true."""
        w = self.workflow
        if not w.enabled or user.status is None:
            return None
        away, offline = w.away_after_ms, w.offline_after_ms
        kept = user.status == "AWAY" and user.cause == "MANUAL" and w.keep_manual_away
        if user.status == "ONLINE" and away is not None:
            status, period = "AWAY", away
        elif user.status != "OFFLINE" and offline is not None and not kept:
            status, period = "OFFLINE", offline
        else:
            return None
        restarts = [moment for moment in (user.last_activity, user.last_set) if moment is not None]
        idle_since = max([*restarts, w.enabled_time, self.floor])
        return status, max(idle_since + period, w.thresholds_since)

    def settle(self, user: ModelUser, now: int) -> None:
        while (due := self.next_switch(user)) is not None and due[1] <= now:
            user.becomes(due[0], "INACTIVITY", due[1])

    def settle_everybody(self, now: int) -> None:
        for user in self.users.values():
            self.settle(user, now)

    def seen_at(self, name: str, now: int) -> ModelUser:
        """The user as a reader at `now` must see them."""
        user = self.user(name).copy()
        self.settle(user, now)
        return user

    # --- what happens

    def activity(self, name: str, activity_time: int, now: int) -> None:
        user = self.user(name)
        if user.status is None:
            user.last_activity = activity_time
            user.becomes("ONLINE", "ACTIVITY", activity_time)
            self.settle(user, now)
            if user.changes[-1].status == "ONLINE" and not self.fresh(now, activity_time):
                user.changes.clear()
                user.becomes("AWAY", "INACTIVITY", now)
            return
        self.settle(user, now)
        if user.last_activity is not None and activity_time < user.last_activity:
            return
        is_news = activity_time > max(user.last_activity or 0, user.last_set or 0)
        user.last_activity = activity_time
        resumable = {"NEVER": [], "FROM_AWAY": ["AWAY"], "FROM_AWAY_OR_OFFLINE": ["AWAY", "OFFLINE"]}
        if (
            user.cause == "INACTIVITY"
            and user.status in resumable[self.workflow.resume]
            and is_news
            and self.fresh(now, activity_time)
        ):
            user.becomes("ONLINE", "ACTIVITY", now)

    def fresh(self, now: int, activity_time: int) -> bool:
        """The rule, read literally: the clock starts at the activity, not at a later floor or enabled_time."""
        w = self.workflow
        periods = [period for period in (w.away_after_ms, w.offline_after_ms) if period is not None]
        return now - activity_time < (min(periods) if w.enabled else HOUR)

    def set_status(self, name: str, status: str, now: int, actor: str, reason: str) -> None:
        user = self.user(name)
        self.settle(user, now)
        user.last_set = now
        if not user.changes or user.changes[-1][1:3] + user.changes[-1][4:] != (status, "MANUAL", actor, reason):
            user.becomes(status, "MANUAL", now, actor, reason)

    def change_workflow(self, after: ModelWorkflow, now: int) -> None:
        """`after` has the new settings and the old times."""
        self.settle_everybody(now)
        before = self.workflow
        thresholds = (
            after.enabled == before.enabled,
            after.away_after_ms == before.away_after_ms,
            after.offline_after_ms == before.offline_after_ms,
            after.keep_manual_away == before.keep_manual_away,
        )
        self.workflow = replace(
            after,
            enabled_time=now if after.enabled and not before.enabled else before.enabled_time,
            thresholds_since=before.thresholds_since if all(thresholds) else now,
        )

    def recover(self, outage_began: int, now: int) -> None:
        """Nothing could record activity since `outage_began`: what was due before counts, the rest starts over."""
        self.settle_everybody(outage_began)
        self.floor = now
