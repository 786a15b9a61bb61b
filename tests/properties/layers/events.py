"""What can happen to people, and what is shown of them: the words that the model, the cases and the machine share.

Written from design.md alone. Nothing of the server is used, not even its enums, so that a word that the server spells
otherwise is noticed. Times and periods are integer milliseconds; instants are UTC.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FUTURE_TOLERANCE = 5 * SECOND
OLDEST_ACTIVITY = 30 * DAY
FRESH_FOR = HOUR
"""How old an activity may be to bring somebody back while no period is in force."""
SHORTEST_PERIOD, LONGEST_PERIOD = SECOND, 30 * DAY
SHORTEST_END, LONGEST_END = SECOND, 30 * DAY
"""How far ahead the end of a status may be."""
SHORTEST_SESSION, LONGEST_SESSION, DEFAULT_SESSION = 30 * SECOND, 4 * HOUR, 150 * SECOND
SHORTEST_ENGAGEMENT, LONGEST_ENGAGEMENT, DEFAULT_ENGAGEMENT = 10 * SECOND, 4 * HOUR, HOUR
SESSIONS_MAX = ENGAGEMENTS_MAX = 20


class Status(enum.StrEnum):
    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"

    def is_lower_than(self, other: Status) -> bool:
        """ONLINE over AWAY over OFFLINE."""
        order = list(Status)
        return order.index(self) > order.index(other)


class Cause(enum.StrEnum):
    MANUAL = "MANUAL"
    INACTIVITY = "INACTIVITY"
    ACTIVITY = "ACTIVITY"
    EXPIRY = "EXPIRY"
    DISCONNECT = "DISCONNECT"


class Resume(enum.StrEnum):
    FROM_AWAY = "FROM_AWAY"
    NEVER = "NEVER"
    FROM_AWAY_OR_OFFLINE = "FROM_AWAY_OR_OFFLINE"


class Then(enum.StrEnum):
    """What follows the end of a status."""

    AUTOMATIC = "AUTOMATIC"
    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"


class Refusal(enum.StrEnum):
    """The reason of an error, as `ErrorReason` of the contract spells it."""

    INVALID_FIELD = "INVALID_FIELD"
    INVALID_WORKFLOW = "INVALID_WORKFLOW"
    USER_UNKNOWN = "USER_UNKNOWN"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"


class Refused(Exception):
    """The service says no, and has changed nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


# --- what happens to one person, at the service's now


@dataclass(frozen=True)
class Active:
    """RecordActivity. `at` of None: now."""

    at: int | None = None


@dataclass(frozen=True)
class Set:
    """SetStatus; with an end if `ttl` (from now) or `until` is given."""

    status: Status
    actor: str = ""
    reason: str = ""
    ttl: int | None = None
    until: int | None = None
    then: Then | None = None
    """Only with an end; AUTOMATIC if not given."""


@dataclass(frozen=True)
class KeepSession:
    session_id: str = "browser"
    ttl: int = DEFAULT_SESSION
    idle_for: int | None = None


@dataclass(frozen=True)
class EndSession:
    session_id: str = "browser"


@dataclass(frozen=True)
class KeepEngagement:
    engagement_id: str = "call"
    ttl: int = DEFAULT_ENGAGEMENT


@dataclass(frozen=True)
class EndEngagement:
    engagement_id: str = "call"


PersonEvent = Active | Set | KeepSession | EndSession | KeepEngagement | EndEngagement


# --- what happens to everybody of an account


@dataclass(frozen=True)
class Workflow:
    """The periods and policies of an account, and when they came into force."""

    enabled: bool = False
    away_after: int | None = None
    offline_after: int | None = None
    resume: Resume = Resume.FROM_AWAY
    keep_manual_away: bool = False
    disconnect_after: int | None = None
    disconnect_status: Status = Status.OFFLINE
    enabled_time: int = 0
    thresholds_since: int = 0
    """When `enabled`, a period, `keep_manual_away` or `disconnect_status` last changed (Q15)."""


@dataclass(frozen=True)
class Configure:
    """UpdateWorkflow: the named fields get these values."""

    patch: tuple[tuple[str, object], ...]

    @classmethod
    def to(cls, **patch: object) -> Configure:
        return cls(tuple(patch.items()))


@dataclass(frozen=True)
class Outage:
    """Nothing could be recorded before `floor`, for longer than the grace: nobody's clock runs, and no session has
    ended, before it (Q12)."""

    floor: int


AccountEvent = Configure | Outage
Event = PersonEvent | AccountEvent


# --- what is shown


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    previous: Status | None
    status: Status
    cause: Cause
    at: int
    actor: str = ""
    reason: str = ""
    expire_time: int | None = None
    """The end of a status set by hand, if that is what is shown."""
    then: Then | None = None


@dataclass(frozen=True)
class View:
    """A person at an instant: UserStatus without ids and revision."""

    status: Status
    available: bool
    cause: Cause
    since: int
    last_activity: int | None
    actor: str
    reason: str
    next_status: Status | None
    next_time: int | None
    next_cause: Cause | None
    expire_time: int | None
    then: Then | None
    connected: bool
    engagements: int
