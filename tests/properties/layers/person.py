"""One person's life as design.md sections 2, 7 and 11 tell it: what is true at an instant, and what becomes true next.

Between two events time walks from deadline to deadline; what is shown is looked at after each of them, and written down
when it is something else than before. A comment "Q7" names the question in `docs/decisions.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.properties.layers.events import (
    ENGAGEMENTS_MAX,
    FRESH_FOR,
    FUTURE_TOLERANCE,
    LONGEST_END,
    LONGEST_ENGAGEMENT,
    LONGEST_PERIOD,
    LONGEST_SESSION,
    OLDEST_ACTIVITY,
    SESSIONS_MAX,
    SHORTEST_END,
    SHORTEST_ENGAGEMENT,
    SHORTEST_PERIOD,
    SHORTEST_SESSION,
    Active,
    Cause,
    Change,
    EndEngagement,
    EndSession,
    Event,
    KeepEngagement,
    KeepSession,
    Outage,
    PersonEvent,
    Refusal,
    Refused,
    Resume,
    Set,
    Status,
    Then,
    View,
    Workflow,
)

THRESHOLDS = ("enabled", "away_after", "offline_after", "keep_manual_away", "disconnect_after", "disconnect_status")


# --- workflows


def checked(workflow: Workflow) -> Workflow:
    """Refuse a workflow that contradicts itself."""
    inactivity = [period for period in (workflow.away_after, workflow.offline_after) if period is not None]
    periods = [*inactivity, *([] if workflow.disconnect_after is None else [workflow.disconnect_after])]  # Q20
    if any(not SHORTEST_PERIOD <= period <= LONGEST_PERIOD for period in periods):
        raise Refused(Refusal.INVALID_WORKFLOW)
    if len(inactivity) == 2 and inactivity[0] >= inactivity[1]:
        raise Refused(Refusal.INVALID_WORKFLOW)
    if workflow.disconnect_status is Status.ONLINE:
        raise Refused(Refusal.INVALID_WORKFLOW)
    if workflow.enabled and not periods:
        raise Refused(Refusal.INVALID_WORKFLOW)
    return workflow


def changed(before: Workflow, patch: tuple[tuple[str, object], ...], now: int) -> Workflow:
    """The workflow after an update at `now`; the same one if the update changes nothing."""
    after = checked(replace(before, **dict(patch)))  # type: ignore[arg-type]
    if any(getattr(before, name) != getattr(after, name) for name in THRESHOLDS):
        after = replace(after, thresholds_since=now)  # Q15
    if after.enabled and not before.enabled:
        after = replace(after, enabled_time=now)
    return after


def is_fresh(workflow: Workflow, at: int, now: int) -> bool:
    """Whether someone ONLINE whose clock started at `at` would still be ONLINE at `now`."""
    periods = [period for period in (workflow.away_after, workflow.offline_after) if period is not None]
    return now < at + (min(periods) if workflow.enabled and periods else FRESH_FOR)


# --- what is refused


def check(event: PersonEvent, person: Person | None, now: int) -> None:
    """Refuse what the service refuses of somebody at `now`; `person` is None for somebody never seen."""
    check_fields(event, now)
    if person is None:
        if not isinstance(event, Set) and activity_time(event, now) is None:
            raise Refused(Refusal.USER_UNKNOWN)  # Q16
        return
    match event:
        case KeepSession():
            _room(person.sessions, event.session_id, SESSIONS_MAX, now)
        case KeepEngagement():
            _room(person.engagements, event.engagement_id, ENGAGEMENTS_MAX, now)


def check_fields(event: PersonEvent, now: int) -> None:
    """Refuse what is wrong of anybody."""
    match event:
        case Active(at=int(at)):
            _within(at, now - OLDEST_ACTIVITY, now + FUTURE_TOLERANCE)
        case Set(ttl=int(), until=int()):
            raise Refused(Refusal.INVALID_FIELD)  # Q17
        case Set(ttl=int(ttl)):
            _within(ttl, SHORTEST_END, LONGEST_END)
        case Set(until=int(until)):
            _within(until - now, SHORTEST_END, LONGEST_END)
        case Set(then=Then()):
            raise Refused(Refusal.INVALID_FIELD)  # Q17
        case KeepSession():
            _within(event.ttl, SHORTEST_SESSION, LONGEST_SESSION)
            _within(event.idle_for or 0, 0, OLDEST_ACTIVITY)
        case KeepEngagement():
            _within(event.ttl, SHORTEST_ENGAGEMENT, LONGEST_ENGAGEMENT)


def _within(value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refused(Refusal.INVALID_FIELD)


def _room(kept: dict[str, int], name: str, most: int, now: int) -> None:
    """Refuse one more than `most` that live; renewing one of them is always possible."""
    others = sum(end > now for key, end in kept.items() if key != name)
    if others >= most:
        raise Refused(Refusal.LIMIT_EXCEEDED)  # Q22


# --- one person


@dataclass(frozen=True)
class Own:
    """The person's own status, whether or not it is what is shown."""

    status: Status
    cause: Cause
    actor: str = ""
    reason: str = ""
    expire_time: int | None = None
    then: Then | None = None
    """What follows the end, if there is one."""


@dataclass(frozen=True)
class Due:
    """Something that becomes true from time alone."""

    at: int
    order: int
    """Which comes first at the same millisecond (Q9): the connection, then the end of a status, then inactivity."""
    happen: Callable[[], None]


@dataclass
class Person:
    """Somebody's life up to `now`, under a workflow that the account may change at any time."""

    now: int
    workflow: Workflow
    floor: int
    own: Own
    last_activity: int | None = None
    last_set: int | None = None
    last_end: int = 0
    """When a status with an end last ended: the clock restarts then (Q3)."""
    sessions: dict[str, int] = field(default_factory=dict)
    """When each session ended or will run out. None of them: never had one, or as if (untracked)."""
    engagements: dict[str, int] = field(default_factory=dict)
    """When each engagement ended or will run out."""
    last_engagement_end: int = 0
    """When one ended whose id has begun another since."""
    disconnected: Status | None = None
    """What the disconnection asks to be shown; None while it has not become effective, or has been lifted."""
    changes: list[Change] = field(default_factory=list)

    # --- what is true at `now`

    @property
    def is_connected(self) -> bool:
        return any(end > self.now for end in self.sessions.values())

    @property
    def engaged_in(self) -> int:
        return sum(end > self.now for end in self.engagements.values())

    @property
    def last_sign(self) -> int:
        """The newest activity or setting by hand."""
        return max(moment for moment in (self.last_activity, self.last_set) if moment is not None)

    @property
    def idle_since(self) -> int:
        return max(self.own_clock, self.workflow.enabled_time, self.floor)

    @property
    def own_clock(self) -> int:
        """From when on they are idle as far as they are concerned, whatever befalls everybody."""
        return max(self.last_sign, self.last_end, *self.engagements.values())

    @property
    def last_session_end(self) -> int:
        """When the last session ended, or will run out; an outage counts as the end of those before it (Q12)."""
        return max(*self.sessions.values(), self.floor)

    @property
    def shown(self) -> Own:
        """The disconnection if it is lower than the own status, else that (Q2)."""
        if self.disconnected is not None and self.disconnected.is_lower_than(self.own.status):
            return Own(self.disconnected, Cause.DISCONNECT)
        return self.own

    @property
    def since(self) -> int:
        """When the status that is shown became another one."""
        return next(change.at for change in reversed(self.changes) if change.previous is not change.status)

    def note(self, at: int) -> None:
        """Record what is shown if it is not what was shown before."""
        was, shown = (self.changes[-1] if self.changes else None), self.shown
        if was is None or Own(was.status, was.cause, was.actor, was.reason, was.expire_time, was.then) != shown:  # Q21
            previous = None if was is None else was.status
            end, then = shown.expire_time, shown.then
            self.changes.append(Change(previous, shown.status, shown.cause, at, shown.actor, shown.reason, end, then))

    # --- time

    def first_due(self) -> Due | None:
        dues = [due for due in (self._disconnection(), self._expiry(), self._inactivity()) if due is not None]
        return min(dues, key=lambda due: (max(due.at, self.now), due.order), default=None)

    def take(self, due: Due) -> None:
        """Let happen what is due. It cannot become true before what has happened already."""
        self.now = max(self.now, due.at)
        due.happen()
        self.note(self.now)

    def walk(self, until: int) -> None:
        """Everything that becomes true by `until` happens, in order, each at its own instant."""
        while (due := self.first_due()) is not None and due.at <= until:
            self.take(due)
        self.now = max(self.now, until)

    def _disconnection(self) -> Due | None:
        """`disconnect_after` after the last session has ended; it stays until it is lifted (Q1)."""
        workflow = self.workflow
        if not workflow.enabled or workflow.disconnect_after is None or not self.sessions:
            return None
        status = workflow.disconnect_status
        if self.disconnected is not None and not status.is_lower_than(self.disconnected):
            return None
        gone_since = max(self.last_session_end, workflow.enabled_time)

        def happen() -> None:
            self.disconnected = status

        return Due(max(gone_since + workflow.disconnect_after, workflow.thresholds_since), 1, happen)

    def _expiry(self) -> Due | None:
        """The end of a status, whatever the workflow says."""
        end = self.own.expire_time
        if end is None:
            return None

        def happen() -> None:
            self.own = Own(self._status_after(end), Cause.EXPIRY)  # Q5
            self.last_end = end

        return Due(end, 2, happen)

    def _status_after(self, end: int) -> Status:
        if self.own.then is not None and self.own.then is not Then.AUTOMATIC:
            return Status(self.own.then)
        if self.own.status is Status.OFFLINE or self.last_activity is None:
            return Status.AWAY
        return Status.ONLINE if is_fresh(self.workflow, self.last_activity, end) else Status.AWAY  # Q4

    def _inactivity(self) -> Due | None:
        """The table "timed transitions" of section 2. A status with an end is not touched by it until then."""
        workflow, own = self.workflow, self.own
        if not workflow.enabled or own.status is Status.OFFLINE or own.expire_time is not None:
            return None
        if own.status is Status.AWAY and own.cause is Cause.MANUAL and workflow.keep_manual_away:
            return None
        if own.status is Status.ONLINE and workflow.away_after is not None:
            status, period = Status.AWAY, workflow.away_after
        elif workflow.offline_after is not None:
            status, period = Status.OFFLINE, workflow.offline_after
        else:
            return None

        def happen() -> None:
            self.own = Own(status, Cause.INACTIVITY)

        return Due(max(self.idle_since + period, workflow.thresholds_since), 3, happen)

    # --- events, at `now`, after `walk(now)`

    def activity(self, at: int) -> None:
        """An activity of `at`, which is not after now."""
        if self.last_activity is not None and at < self.last_activity:
            return
        is_newest = self.last_activity is None or at > self.last_activity
        resumes = is_newest and self._resumes(at)
        self.last_activity = at
        if is_fresh(self.workflow, at, self.now):
            if resumes:
                self.own = Own(Status.ONLINE, Cause.ACTIVITY)
            if is_newest:
                self._seen(at)  # Q10

    def _resumes(self, at: int) -> bool:
        status, cause, resume = self.own.status, self.own.cause, self.workflow.resume
        if status is Status.AWAY and cause is Cause.EXPIRY:
            return True  # Q6, Q26
        over = [end for end in self.engagements.values() if end <= self.now]
        if at <= max(self.last_sign, self.last_end, self.last_engagement_end, *over):  # Q26
            return False
        if cause is not Cause.INACTIVITY:
            return False  # Q7
        if status is Status.AWAY:
            return resume in (Resume.FROM_AWAY, Resume.FROM_AWAY_OR_OFFLINE)
        return status is Status.OFFLINE and resume is Resume.FROM_AWAY_OR_OFFLINE

    def _seen(self, at: int) -> None:
        """Seen at `at`: without a session after the last has ended is as if they never had one (Q10, Q11)."""
        if self.sessions and not self.is_connected and at >= self.last_session_end:
            self.sessions, self.disconnected = {}, None

    def set_by_hand(self, event: Set) -> None:
        end = event.until if event.ttl is None else self.now + event.ttl
        then = None if end is None else (event.then or Then.AUTOMATIC)
        self.own = Own(event.status, Cause.MANUAL, event.actor, event.reason, end, then)
        self.last_set = self.now
        self._seen(self.now)

    def keep_session(self, event: KeepSession) -> None:
        self.sessions[event.session_id] = self.now + event.ttl  # Q13
        self.disconnected = None
        if event.idle_for is not None:
            self.activity(self.now - event.idle_for)  # Q14

    def end_session(self, event: EndSession) -> None:
        if event.session_id in self.sessions:
            self.sessions[event.session_id] = min(self.sessions[event.session_id], self.now)

    def keep_engagement(self, event: KeepEngagement) -> None:
        before = self.engagements.get(event.engagement_id, 0)
        if before <= self.now:
            self.last_engagement_end = max(self.last_engagement_end, before)
        self.engagements[event.engagement_id] = self.now + event.ttl

    def end_engagement(self, event: EndEngagement) -> None:
        if event.engagement_id in self.engagements:
            self.engagements[event.engagement_id] = min(self.engagements[event.engagement_id], self.now)

    # --- what happens to everybody

    def configured(self, workflow: Workflow) -> None:
        """A new workflow at `now`; what it shortens switches at once."""
        self.workflow = workflow
        self.walk(self.now)

    def outage(self, outage: Outage) -> None:
        """At its start, when all that was due before it has happened."""
        self.floor = outage.floor


def first_seen(event: PersonEvent, now: int, workflow: Workflow, floor: int) -> Person:
    """The person that an event makes known."""
    if isinstance(event, Set):
        person = Person(now, workflow, floor, Own(event.status, Cause.MANUAL))
        person.set_by_hand(event)
        person.note(now)
        return person
    at = activity_time(event, now)
    assert at is not None
    person = Person(at, workflow, floor, Own(Status.ONLINE, Cause.ACTIVITY), last_activity=at)
    person.note(at)
    person.walk(now)
    if person.own.status is Status.ONLINE and not is_fresh(workflow, at, now):
        # Long gone, and nothing says so: AWAY as of now, and never shown as anything else (the contract says so).
        person.own, person.changes = Own(Status.AWAY, Cause.INACTIVITY), []
        person.note(now)
    if isinstance(event, KeepSession):
        person.keep_session(event)
    return person


def activity_time(event: PersonEvent, now: int) -> int | None:
    """When the activity was that an event tells of; None if it tells of none."""
    match event:
        case Active():
            return now if event.at is None else min(event.at, now)
        case KeepSession(idle_for=int(idle_for)):
            return now - idle_for
        case _:
            return None


def happened(person: Person, event: Event) -> Person:
    """An event of somebody known, at their now."""
    match event:
        case Active():
            at = activity_time(event, person.now)
            assert at is not None
            person.activity(at)
        case Set():
            person.set_by_hand(event)
        case KeepSession():
            person.keep_session(event)
        case EndSession():
            person.end_session(event)
        case KeepEngagement():
            person.keep_engagement(event)
        case EndEngagement():
            person.end_engagement(event)
    person.note(person.now)
    return person


def as_now(person: Person, *, forget: bool = False) -> Person:
    """Another who lives on from here, and need not know more of the past than what is shown."""
    changes = person.changes[-1:] if forget else list(person.changes)
    return replace(person, sessions=dict(person.sessions), engagements=dict(person.engagements), changes=changes)


def what_follows(person: Person) -> Change | None:
    """The next instant at which something else is shown, and what is shown then (Q8)."""
    ahead = as_now(person, forget=True)
    while (due := ahead.first_due()) is not None:
        ahead.take(due)
        if len(ahead.changes) > 1:
            ahead.walk(ahead.now)
            return ahead.changes[-1]
    return None


def view_of(person: Person) -> View:
    """What is shown of somebody at their now."""
    shown, following = person.shown, what_follows(person)
    return View(
        status=shown.status,
        available=shown.status is Status.ONLINE,
        cause=shown.cause,
        since=person.since,
        last_activity=person.last_activity,
        actor=shown.actor,
        reason=shown.reason,
        next_status=None if following is None else following.status,
        next_time=None if following is None else following.at,
        next_cause=None if following is None else following.cause,
        expire_time=person.own.expire_time,  # Q18
        then=person.own.then,
        connected=person.is_connected,
        engagements=person.engaged_in,
    )
