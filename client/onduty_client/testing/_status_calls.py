"""The calls of a fake service about users and their statuses."""

from datetime import datetime, timedelta
from typing import Final

import grpc
from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import OndutyError, UserUnknown
from onduty_client.testing._accounts import DEFAULT_PAGE, Account, Accounts, conflict, invalid, page
from onduty_client.testing._people import Person, Shown

_BATCH_MAX: Final = 1_000
_END_MIN: Final = timedelta(seconds=1)
_END_MAX: Final = timedelta(days=30)


class StatusCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def record_activity(self, request: pb.RecordActivityRequest, actor: str) -> pb.RecordActivityResponse:
        account = self._accounts.get(request.account_id)
        if not request.user_id:
            raise invalid("user_id", "is required")
        now = self._accounts.now
        record_activity(
            account,
            request.user_id,
            convert.time(request.activity_time) if request.HasField("activity_time") else now,
            now,
        )
        return pb.RecordActivityResponse(user_status=account.status(request.user_id, now))

    def set_status(self, request: pb.SetStatusRequest, actor: str) -> pb.SetStatusResponse:
        account, now = self._accounts.get(request.account_id), self._accounts.now
        if not request.user_id:
            raise invalid("user_id", "is required")
        own = Shown(request.status, pb.CAUSE_MANUAL, actor, request.reason, *_end_of(request, now))
        known = account.people.get(request.user_id)
        revision = 0 if known is None else known.revision
        if request.HasField("expected_revision") and request.expected_revision != revision:
            raise conflict(f"expected_revision is {request.expected_revision}, the user is at {revision}")

        def happen(person: Person) -> None:
            person.own, person.clock = own, max(person.clock, now)
            person.seen(now, now)

        if known is None:
            account.put(request.user_id, own, now)
        account.change(request.user_id, now, happen)
        return pb.SetStatusResponse(user_status=account.status(request.user_id, now))

    def get_status(self, request: pb.GetStatusRequest, actor: str) -> pb.GetStatusResponse:
        account = self._accounts.get(request.account_id)
        if request.user_id not in account.people:
            raise unknown(request.account_id, request.user_id)
        return pb.GetStatusResponse(user_status=account.status(request.user_id, self._accounts.now))

    def batch_get_statuses(self, request: pb.BatchGetStatusesRequest, actor: str) -> pb.BatchGetStatusesResponse:
        account = self._accounts.get(request.account_id)
        if len(request.user_ids) > _BATCH_MAX:
            raise invalid("user_ids", f"has more than {_BATCH_MAX} ids")
        return pb.BatchGetStatusesResponse(
            user_statuses=[
                account.status(user_id, self._accounts.now) for user_id in request.user_ids if user_id in account.people
            ],
            unknown_user_ids=[user_id for user_id in request.user_ids if user_id not in account.people],
        )

    def list_statuses(self, request: pb.ListStatusesRequest, actor: str) -> pb.ListStatusesResponse:
        account = self._accounts.get(request.account_id)
        every = [account.status(user_id, self._accounts.now) for user_id in account.people]
        wanted = [
            user
            for user in every
            if (not request.statuses or user.status in request.statuses)
            and (not request.team_id or user.team_id == request.team_id)
        ]
        found, token = page(wanted, request.page_size, request.page_token)
        return pb.ListStatusesResponse(user_statuses=found, next_page_token=token)

    def list_available_users(self, request: pb.ListAvailableUsersRequest, actor: str) -> pb.ListAvailableUsersResponse:
        account, now = self._accounts.get(request.account_id), self._accounts.now
        found = [
            (person, user_id)
            for user_id, person in account.people.items()
            if person.shown.status == pb.STATUS_ONLINE
            and (not request.team_id or person.team_id == request.team_id)
            and not (request.max_engagements and person.engaged(now) >= request.max_engagements)
        ]
        if request.order == pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE:
            found.sort(key=lambda each: _active(each[0]), reverse=True)
        elif request.order == pb.AVAILABILITY_ORDER_LONGEST_IDLE:
            found.sort(key=lambda each: each[0].busy_until)
        else:
            found.sort(key=lambda each: each[0].since)
        limit = request.limit or DEFAULT_PAGE
        statuses = [account.status(user_id, now) for _, user_id in found[:limit]]
        return pb.ListAvailableUsersResponse(user_statuses=statuses, available_count=len(found))

    def list_status_changes(self, request: pb.ListStatusChangesRequest, actor: str) -> pb.ListStatusChangesResponse:
        start = request.start_time.ToNanoseconds() if request.HasField("start_time") else None
        end = request.end_time.ToNanoseconds() if request.HasField("end_time") else None
        account = self._accounts.get(request.account_id)
        wanted = [
            account.in_history(change)
            for change in account.changes
            if (not request.user_id or change.user_id == request.user_id)
            and (not request.team_id or change.team_id == request.team_id)
            and (start is None or change.effective_time.ToNanoseconds() >= start)
            and (end is None or change.effective_time.ToNanoseconds() < end)
        ]
        found, token = page(wanted, request.page_size, request.page_token)
        return pb.ListStatusChangesResponse(changes=found, next_page_token=token)


def record_activity(account: Account, user_id: str, time: datetime, now: datetime) -> None:
    """Let a user have been active at `time`."""
    if user_id not in account.people:
        account.put(user_id, Shown(pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY), now)

    def happen(person: Person) -> None:
        if person.last_activity is not None and time < person.last_activity:
            return
        is_newest, may_resume = person.is_newest(time), person.may_resume(time, now)
        person.last_activity, person.clock = time, max(person.clock, time)
        if may_resume and _is_resumed(person.own, account.rules_of(person.team_id).workflow):
            person.own = Shown(pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY)
        if is_newest:
            person.seen(time, now)

    account.change(user_id, now, happen)


def unknown(account_id: str, user_id: str) -> OndutyError:
    """Return the error that a user was never seen."""
    return UserUnknown(
        f"user {user_id!r} not found in account {account_id!r}",
        code=grpc.StatusCode.NOT_FOUND,
        reason="USER_UNKNOWN",
    )


def period_of(duration: Duration, name: str, least: timedelta, most: timedelta) -> timedelta:
    """Return a period of a request. Raises InvalidField, with `name`, if it is not between `least` and `most`."""
    period = duration.ToTimedelta()
    if not least <= period <= most:
        raise invalid(name, f"must be between {least} and {most}, got {period}")
    return period


def _end_of(request: pb.SetStatusRequest, now: datetime) -> tuple[datetime | None, pb.Then.ValueType]:
    """Return the end that a request gives a status, and what follows."""
    if request.HasField("expire_time") and request.HasField("ttl"):
        raise invalid("ttl", "cannot be given together with expire_time")
    if request.HasField("ttl"):
        end = now + period_of(request.ttl, "ttl", _END_MIN, _END_MAX)
    elif request.HasField("expire_time"):
        end = convert.time(request.expire_time)
        if not now + _END_MIN <= end <= now + _END_MAX:
            raise invalid("expire_time", f"must be between {_END_MIN} and {_END_MAX} ahead of {now}, got {end}")
    elif request.then:
        raise invalid("then", "needs expire_time or ttl")
    else:
        return None, pb.THEN_UNSPECIFIED
    return end, request.then or pb.THEN_AUTOMATIC


def _active(person: Person) -> float:
    return 0.0 if person.last_activity is None else person.last_activity.timestamp()


def _is_resumed(own: Shown, workflow: pb.Workflow) -> bool:
    """True if an activity makes the user ONLINE again: the status was not set by hand, and `resume` allows it."""
    if own.cause == pb.CAUSE_EXPIRY:
        return own.status == pb.STATUS_AWAY
    if own.cause != pb.CAUSE_INACTIVITY or workflow.resume == pb.RESUME_NEVER:
        return False
    return own.status == pb.STATUS_AWAY or workflow.resume == pb.RESUME_FROM_AWAY_OR_OFFLINE
