"""The calls of a fake service about sessions and engagements."""

from datetime import datetime, timedelta
from typing import Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import LimitExceeded
from onduty_client._lease_blocks import SESSION_TTL
from onduty_client.testing._accounts import Account, Accounts, invalid
from onduty_client.testing._people import Connection, Person
from onduty_client.testing._status_calls import period_of, record_activity, unknown

_LEASES_MAX: Final = 20
_TTL_MAX: Final = timedelta(hours=4)
_SESSION_TTL_MIN: Final = timedelta(seconds=30)
_ENGAGEMENT_TTL_MIN: Final = timedelta(seconds=10)
_ENGAGEMENT_TTL: Final = timedelta(hours=1)
_IDLE_FOR_MAX: Final = timedelta(days=30)


class LeaseCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def keep_session(self, request: pb.KeepSessionRequest, actor: str) -> pb.KeepSessionResponse:
        now = self._accounts.now
        ttl, active_at = SESSION_TTL, None
        if request.HasField("ttl"):
            ttl = period_of(request.ttl, "ttl", _SESSION_TTL_MIN, _TTL_MAX)
        if request.HasField("idle_for"):
            active_at = now - period_of(request.idle_for, "idle_for", timedelta(0), _IDLE_FOR_MAX)
        account = self._account(request, request.session_id, "session_id", may_be_new=active_at is not None)
        known = account.people.get(request.user_id)
        _check_number({} if known is None else known.sessions, request.session_id, now, "sessions")
        if active_at is not None:
            record_activity(account, request.user_id, active_at, now)

        def happen(person: Person) -> None:
            person.sessions = _living(person.sessions, now)
            person.sessions[request.session_id] = now + ttl
            person.connection = Connection.CONNECTED
            _note(person, now)

        account.change(request.user_id, now, happen)
        return pb.KeepSessionResponse(user_status=account.status(request.user_id, now))

    def end_session(self, request: pb.EndSessionRequest, actor: str) -> pb.EndSessionResponse:
        account, now = self._account(request, request.session_id, "session_id"), self._accounts.now
        person = account.people[request.user_id]
        if person.sessions.get(request.session_id, now) > now:
            person.sessions[request.session_id] = now
            _note(person, now)
        return pb.EndSessionResponse(user_status=account.status(request.user_id, now))

    def keep_engagement(self, request: pb.KeepEngagementRequest, actor: str) -> pb.KeepEngagementResponse:
        now, ttl = self._accounts.now, _ENGAGEMENT_TTL
        if request.HasField("ttl"):
            ttl = period_of(request.ttl, "ttl", _ENGAGEMENT_TTL_MIN, _TTL_MAX)
        account = self._account(request, request.engagement_id, "engagement_id")
        person = account.people[request.user_id]
        _check_number(person.engagements, request.engagement_id, now, "engagements")
        person.engagements[request.engagement_id] = now + ttl
        _note(person, now)
        return pb.KeepEngagementResponse(user_status=account.status(request.user_id, now))

    def end_engagement(self, request: pb.EndEngagementRequest, actor: str) -> pb.EndEngagementResponse:
        account, now = self._account(request, request.engagement_id, "engagement_id"), self._accounts.now
        person = account.people[request.user_id]
        if person.engagements.get(request.engagement_id, now) > now:
            person.engagements[request.engagement_id] = now
            _note(person, now)
        return pb.EndEngagementResponse(user_status=account.status(request.user_id, now))

    def set_end(self, account_id: str, user_id: str, lease_id: str, *, is_session: bool, end: datetime) -> None:
        """Let a session or an engagement that is known live until `end`."""
        person = self._accounts.get(account_id).people.get(user_id)
        if person is not None:
            leases = person.sessions if is_session else person.engagements
            if lease_id in leases:
                leases[lease_id] = end
                _note(person, self._accounts.now)

    def _account(
        self,
        request: pb.KeepSessionRequest | pb.EndSessionRequest | pb.KeepEngagementRequest | pb.EndEngagementRequest,
        lease_id: str,
        name: str,
        *,
        may_be_new: bool = False,
    ) -> Account:
        account = self._accounts.get(request.account_id)
        for field, value in (("user_id", request.user_id), (name, lease_id)):
            if not value:
                raise invalid(field, "is required")
        if request.user_id not in account.people and not may_be_new:
            raise unknown(request.account_id, request.user_id)
        return account


def _living(leases: dict[str, datetime], now: datetime) -> dict[str, datetime]:
    return {lease_id: end for lease_id, end in leases.items() if end > now}


def _note(person: Person, now: datetime) -> None:
    """Take note of when sessions and engagements live, after one of them was kept or ended."""
    person.track.sessions.note(now, person.session_end)
    person.track.engagements.note(now, max(person.engagements.values(), default=now))


def _check_number(leases: dict[str, datetime], lease_id: str, now: datetime, what: str) -> None:
    living = _living(leases, now)
    if lease_id not in living and len(living) >= _LEASES_MAX:
        raise LimitExceeded(
            f"the user has {_LEASES_MAX} {what}; end one of them, or wait until one runs out",
            code=grpc.StatusCode.RESOURCE_EXHAUSTED,
            reason="LIMIT_EXCEEDED",
            retry_delay=min(living.values()) - now,
        )
