"""Builds the calls that keep and end sessions and engagements, as `_requests.py` does for all others."""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._rpcs import END_ENGAGEMENT, END_SESSION, KEEP_ENGAGEMENT, KEEP_SESSION, Call
from onduty_client._types import UserStatus


def keep_session(
    account_id: str,
    user_id: str,
    session_id: str,
    *,
    ttl: timedelta | None = None,
    idle_for: timedelta | None = None,
    timeout: float | None = None,
) -> Call[UserStatus]:
    """Open a session of a user or renew it, for `ttl` from now; returns their status with it.

    A session is one client of a user (a browser, a phone) that says "still here", which is not activity. `ttl` is 30 s
    to 4 h, 150 s if not given. `idle_for` says how long ago the client last saw input of the user, which counts as an
    activity of that time. Raises `UserUnknown` for a user never seen, unless `idle_for` is given, and `LimitExceeded`
    for the 21st session.
    """
    convert.check_text(account_id=account_id, user_id=user_id, session_id=session_id)
    request = pb.KeepSessionRequest(
        account_id=account_id, user_id=user_id, session_id=session_id, ttl=_period(ttl), idle_for=_period(idle_for)
    )
    return Call(KEEP_SESSION, request, timeout)


def end_session(account_id: str, user_id: str, session_id: str, *, timeout: float | None = None) -> Call[UserStatus]:
    """End a session; returns the user's status without it. Ending one that is unknown or has ended changes nothing.

    Raises `UserUnknown` for a user never seen.
    """
    convert.check_text(account_id=account_id, user_id=user_id, session_id=session_id)
    return Call(
        END_SESSION, pb.EndSessionRequest(account_id=account_id, user_id=user_id, session_id=session_id), timeout
    )


def keep_engagement(
    account_id: str,
    user_id: str,
    engagement_id: str,
    *,
    ttl: timedelta | None = None,
    timeout: float | None = None,
) -> Call[UserStatus]:
    """Open an engagement of a user or renew it, for `ttl` from now; returns their status with it.

    An engagement is something that the user is working on, such as a call or a chat, although there may be no activity.
    A period of inactivity begins when the last one has ended. `ttl` is 10 s to 4 h, 1 h if not given. Raises
    `UserUnknown` for a user never seen, and `LimitExceeded` for the 21st engagement.
    """
    convert.check_text(account_id=account_id, user_id=user_id, engagement_id=engagement_id)
    request = pb.KeepEngagementRequest(
        account_id=account_id, user_id=user_id, engagement_id=engagement_id, ttl=_period(ttl)
    )
    return Call(KEEP_ENGAGEMENT, request, timeout)


def end_engagement(
    account_id: str, user_id: str, engagement_id: str, *, timeout: float | None = None
) -> Call[UserStatus]:
    """End an engagement; returns the user's status without it.

    Ending one that is unknown or has ended changes nothing. Raises `UserUnknown` for a user never seen.
    """
    convert.check_text(account_id=account_id, user_id=user_id, engagement_id=engagement_id)
    request = pb.EndEngagementRequest(account_id=account_id, user_id=user_id, engagement_id=engagement_id)
    return Call(END_ENGAGEMENT, request, timeout)


def _period(period: timedelta | None) -> Duration | None:
    return None if period is None else convert.period_to_proto(period)
