"""Keeps what a reporter was told of sessions and engagements, and sends it.

Of each session and each engagement the last report counts, and of its input the latest. What waited for long is sent as
what is left of it: a session that was kept a minute ago is sent with a minute less to live, its input as a minute
older, and not at all once it has run out. So an outage keeps nobody connected who has left meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._types import LeaseAction

#: What the server gives them if no ttl is given, and the least that it takes, in seconds.
_SESSION_TTL_S, _SESSION_TTL_MIN_S = 150.0, 30.0
_ENGAGEMENT_TTL_S, _ENGAGEMENT_TTL_MIN_S = 3_600.0, 10.0

_KEEPING: Final = (LeaseAction.KEEP_SESSION, LeaseAction.KEEP_ENGAGEMENT)
_OF_SESSIONS: Final = (LeaseAction.KEEP_SESSION, LeaseAction.END_SESSION)


class LeaseKey(NamedTuple):
    """One session or engagement."""

    account_id: str
    user_id: str
    is_session: bool
    lease_id: str

    @classmethod
    def of(cls, action: LeaseAction, account_id: str, user_id: str, lease_id: str) -> "LeaseKey":
        """The session or engagement that an action is about."""
        return cls(account_id, user_id, action in _OF_SESSIONS, lease_id)


@dataclass(frozen=True, slots=True)
class LeaseReport:
    """The last report of a session or an engagement. Times are by the steady clock.

    Attributes:
        number: grows with every report.
        action: what to do.
        ttl: how long it lives, if it is kept; None leaves it to the server.
        at: the moment of the report.
        input_at: the moment of the latest input that is still to be reported, of this report or one before it.
    """

    number: int
    action: LeaseAction
    ttl: timedelta | None
    at: float
    input_at: float | None = None

    def merged(self, other: "LeaseReport") -> "LeaseReport":
        """The later one of two reports, with the latest input of both."""
        later, earlier = (self, other) if self.number > other.number else (other, self)
        if earlier.input_at is None or (later.input_at is not None and later.input_at >= earlier.input_at):
            return later
        return replace(later, input_at=earlier.input_at)

    def has_run_out(self, now: float) -> bool:
        """True if it was kept so long ago that it has run out since."""
        if self.action not in _KEEPING:
            return False
        default_s = _SESSION_TTL_S if self.action in _OF_SESSIONS else _ENGAGEMENT_TTL_S
        return now - self.at >= (default_s if self.ttl is None else self.ttl.total_seconds())


def lease_messages(
    reports: Iterable[tuple[LeaseKey, LeaseReport]], young_s: float, now: float
) -> tuple[list[pb.Lease], list[int]]:
    """Return the messages for reports, and of each message the index of its report.

    A session that has ended with input to report takes two: it is kept once more, with the input, and ended. If the end
    has waited for long, the input is left out: to keep the session now would show somebody who has left as there again.
    """
    messages: list[pb.Lease] = []
    indexes: list[int] = []
    for index, (key, report) in enumerate(reports):
        if report.action not in _KEEPING and report.input_at is not None and now - report.at <= young_s:
            messages.append(_message(key, replace(report, action=LeaseAction.KEEP_SESSION), young_s, now))
            indexes.append(index)
        messages.append(_message(key, report, young_s, now))
        indexes.append(index)
    return messages, indexes


def _message(key: LeaseKey, report: LeaseReport, young_s: float, now: float) -> pb.Lease:
    message = pb.Lease(
        account_id=key.account_id,
        user_id=key.user_id,
        lease_id=key.lease_id,
        action=convert.lease_action_to_proto(report.action),
    )
    if report.action not in _KEEPING:
        return message
    age_s = now - report.at
    if age_s > young_s:
        least_s, default_s = (
            (_SESSION_TTL_MIN_S, _SESSION_TTL_S) if key.is_session else (_ENGAGEMENT_TTL_MIN_S, _ENGAGEMENT_TTL_S)
        )
        ttl_s = default_s if report.ttl is None else report.ttl.total_seconds()
        # One that the server would refuse anyway is left for it to refuse.
        left_s = ttl_s if ttl_s < least_s else max(least_s, ttl_s - age_s)
        message.ttl.CopyFrom(convert.period_to_proto(timedelta(seconds=left_s)))
    elif report.ttl is not None:
        message.ttl.CopyFrom(convert.period_to_proto(report.ttl))
    if report.input_at is not None:
        # As `period_to_proto` would, which takes several times as long.
        seconds, fraction = divmod(now - report.input_at, 1)
        message.idle_for.seconds, message.idle_for.nanos = int(seconds), int(fraction * 1e9)
    return message
