"""Builds the calls that both clients make, from the arguments of their methods.

The signature and the docstring of a public function here are those of the clients' methods (see `_methods.py`). The
function refuses values that can't be sent and returns a `Call`, which only has to be sent; the clients differ in how
they wait for the response.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._rpcs import (
    BATCH_GET_STATUSES,
    GET_CALLER,
    GET_STATUS,
    LIST_ACCOUNTS,
    LIST_AVAILABLE_USERS,
    LIST_STATUS_CHANGES,
    LIST_STATUSES,
    RECORD_ACTIVITY,
    SET_STATUS,
    SIMULATE,
    Call,
    PageCall,
    of_team,
)
from onduty_client._types import (
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Caller,
    LogTimeFormat,
    Page,
    Resume,
    Simulation,
    Status,
    StatusChange,
    StatusSetting,
    Then,
    UserStatus,
)


def record_activity(
    account_id: str, user_id: str, *, activity_time: datetime | None = None, timeout: float | None = None
) -> Call[UserStatus]:
    """Report that a user did something; returns their status after it.

    `activity_time` is for activities that arrive late; without it, the activity is now by the server's clock. Omit it
    for a present activity: this machine's clock may be ahead of the server's, which refuses more than 5 s.
    """
    convert.check_text(account_id=account_id, user_id=user_id)
    request = pb.RecordActivityRequest(
        account_id=account_id,
        user_id=user_id,
        activity_time=None if activity_time is None else convert.time_to_proto(activity_time, "activity_time"),
    )
    return Call(RECORD_ACTIVITY, request, timeout)


def set_status(
    account_id: str,
    user_id: str,
    status: Status,
    *,
    reason: str = "",
    until: datetime | None = None,
    ttl: timedelta | None = None,
    then: Then | None = None,
    expected_revision: int | None = None,
    actor: str | None = None,
    timeout: float | None = None,
) -> Call[UserStatus]:
    """Set a user's status by hand; returns their status after it.

    The status has an end if `until` or `ttl` is given: a time, or how long from now by the server's clock, 1 s to 30 d
    ahead. Inactivity does not touch it before. At the end `then` follows, AUTOMATIC if not given.

    With `expected_revision` (0: never seen) the status is set only if it is the user's revision; otherwise
    `RevisionConflict` is raised. `actor` overrides the client's; "" means none.
    """
    convert.check_text(account_id=account_id, actor="" if actor is None else actor)
    setting = StatusSetting(user_id, status, reason, until, ttl, then, expected_revision)
    request = convert.setting_to_proto(account_id, setting)
    return Call(SET_STATUS, request, timeout, actor)


def get_status(account_id: str, user_id: str, *, timeout: float | None = None) -> Call[UserStatus]:
    """Return a user's status now. Raises `UserUnknown` for a user never seen."""
    convert.check_text(account_id=account_id, user_id=user_id)
    return Call(GET_STATUS, pb.GetStatusRequest(account_id=account_id, user_id=user_id), timeout)


def batch_get_statuses(
    account_id: str, user_ids: Iterable[str], *, timeout: float | None = None
) -> Call[BatchStatuses]:
    """Return the statuses of up to 1,000 users, all at the same moment.

    They are never split into several calls, which would be of several moments: more users raise `InvalidField`.
    """
    convert.check_text(account_id=account_id)
    request = pb.BatchGetStatusesRequest(account_id=account_id, user_ids=convert.ids(user_ids))
    return Call(BATCH_GET_STATUSES, request, timeout)


def list_statuses(
    account_id: str,
    *,
    statuses: Iterable[Status] = (),
    team_id: str | None = None,
    page_size: int = 1_000,
    timeout: float | None = None,
) -> PageCall[UserStatus]:
    """Iterate over all users of an account or a team, or those with one of `statuses`, in the order first seen.

    Pages are fetched as the iteration reaches them, each within `timeout` and exact at the moment of its own call.
    """
    return _list_statuses(account_id, statuses, team_id, page_size, "", timeout)


def list_statuses_page(
    account_id: str,
    *,
    statuses: Iterable[Status] = (),
    team_id: str | None = None,
    page_size: int = 0,
    page_token: str = "",
    timeout: float | None = None,
) -> Call[Page[UserStatus]]:
    """Return one page of `list_statuses`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100). The other arguments must be those of the page before.
    """
    return _list_statuses(account_id, statuses, team_id, page_size, page_token, timeout)


def _list_statuses(
    account_id: str,
    statuses: Iterable[Status],
    team_id: str | None,
    page_size: int,
    page_token: str,
    timeout: float | None,
) -> PageCall[UserStatus]:
    team = convert.team_filter(team_id)
    convert.check_text(account_id=account_id, team_id=team, page_token=page_token)
    request = pb.ListStatusesRequest(
        account_id=account_id,
        statuses=map(convert.status_to_proto, statuses),
        team_id=team,
        page_size=page_size,
        page_token=page_token,
    )
    rpc = of_team(LIST_STATUSES, team, lambda response: (each.team_id for each in response.user_statuses))
    return PageCall(rpc, request, timeout)


def available_users(
    account_id: str,
    *,
    order: AvailabilityOrder = AvailabilityOrder.LONGEST_AVAILABLE,
    limit: int = 0,
    max_engagements: int = 0,
    team_id: str | None = None,
    timeout: float | None = None,
) -> Call[AvailableUsers]:
    """Return the users of an account or a team who may be given work now, best first, and how many there are in all.

    `limit` is at most 1,000; 0 leaves it to the server (100). Users with `max_engagements` engagements or more are left
    out; 0 leaves out nobody.
    """
    team = convert.team_filter(team_id)
    convert.check_text(account_id=account_id, team_id=team)
    request = pb.ListAvailableUsersRequest(
        account_id=account_id,
        team_id=team,
        order=convert.order_to_proto(order),
        limit=limit,
        max_engagements=max_engagements,
    )
    rpc = of_team(LIST_AVAILABLE_USERS, team, lambda response: (each.team_id for each in response.user_statuses))
    return Call(rpc, request, timeout)


def list_status_changes(
    account_id: str,
    *,
    user_id: str | None = None,
    team_id: str | None = None,
    start_time: datetime | None = None,
    end_time: datetime | None = None,
    page_size: int = 1_000,
    timeout: float | None = None,
) -> PageCall[StatusChange]:
    """Iterate over the status changes of an account, a team, or one user, in the order of their revisions.

    Those of a team are the changes of users who were in it at the time. Only changes effective at or after `start_time`
    and before `end_time` are included, if they are given. Pages are fetched as the iteration reaches them, each within
    `timeout`.
    """
    return _list_status_changes(account_id, user_id, team_id, start_time, end_time, page_size, "", timeout)


def list_status_changes_page(
    account_id: str,
    *,
    user_id: str | None = None,
    team_id: str | None = None,
    start_time: datetime | None = None,
    end_time: datetime | None = None,
    page_size: int = 0,
    page_token: str = "",
    timeout: float | None = None,
) -> Call[Page[StatusChange]]:
    """Return one page of `list_status_changes`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100). The other arguments must be those of the page before.
    """
    return _list_status_changes(account_id, user_id, team_id, start_time, end_time, page_size, page_token, timeout)


def _list_status_changes(
    account_id: str,
    user_id: str | None,
    team_id: str | None,
    start_time: datetime | None,
    end_time: datetime | None,
    page_size: int,
    page_token: str,
    timeout: float | None,
) -> PageCall[StatusChange]:
    if user_id == "":
        # On the wire an empty id stands for all users, which a caller whose id is missing does not mean.
        raise ValueError("user_id is empty; None lists everybody's changes")
    team = convert.team_filter(team_id)
    convert.check_text(
        account_id=account_id, user_id="" if user_id is None else user_id, team_id=team, page_token=page_token
    )
    request = pb.ListStatusChangesRequest(
        account_id=account_id,
        user_id=user_id or "",
        team_id=team,
        start_time=None if start_time is None else convert.time_to_proto(start_time, "start_time"),
        end_time=None if end_time is None else convert.time_to_proto(end_time, "end_time"),
        page_size=page_size,
        page_token=page_token,
    )
    rpc = of_team(LIST_STATUS_CHANGES, team, lambda response: (each.team_id for each in response.changes))
    return PageCall(rpc, request, timeout)


def get_caller(*, timeout: float | None = None) -> Call[Caller]:
    """Return who this client is to the server, and what it may do."""
    return Call(GET_CALLER, pb.GetCallerRequest(), timeout)


def list_accounts(*, page_size: int = 1_000, timeout: float | None = None) -> PageCall[str]:
    """Iterate over the ids of the accounts that this client may be told of.

    A client that may read all of every account gets those in which something was recorded; any other one those that its
    permissions name, whether or not anything was recorded in them. Pages are fetched as the iteration reaches them,
    each within `timeout`.
    """
    return _list_accounts(page_size, "", timeout)


def list_accounts_page(*, page_size: int = 0, page_token: str = "", timeout: float | None = None) -> Call[Page[str]]:
    """Return one page of `list_accounts`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100).
    """
    return _list_accounts(page_size, page_token, timeout)


def _list_accounts(page_size: int, page_token: str, timeout: float | None) -> PageCall[str]:
    convert.check_text(page_token=page_token)
    return PageCall(LIST_ACCOUNTS, pb.ListAccountsRequest(page_size=page_size, page_token=page_token), timeout)


def simulate(
    account_id: str,
    log: bytes,
    *,
    away_after: timedelta | None = None,
    offline_after: timedelta | None = None,
    resume: Resume = Resume.FROM_AWAY,
    keep_manual_away: bool = False,
    disconnect_after: timedelta | None = None,
    disconnect_status: Status = Status.OFFLINE,
    time_column: str = "",
    user_column: str = "",
    kind_column: str = "",
    time_format: LogTimeFormat = LogTimeFormat.RFC3339,
    keep_order: bool = False,
    timeout: float | None = None,
) -> Call[Simulation]:
    """Return what a workflow would have done with a log of activities. Nothing of the account is read or written.

    `log` is CSV, plain or compressed by gzip: up to 500,000 rows, and as many bytes as the server takes in a request (1
    MiB unless configured). The columns are "activity_time" and "user_id" unless named. Rows are sorted by time, unless
    `keep_order` takes those that are not in order as activities that arrived late. With a `kind_column`, "kind" for
    one, rows may also keep and end sessions and engagements, which the columns "lease_id", "ttl" and "idle_for" are
    about; without it every row is an activity.
    """
    convert.check_text(account_id=account_id, time_column=time_column, user_column=user_column, kind_column=kind_column)
    request = pb.SimulateRequest(
        account_id=account_id,
        workflow=pb.Workflow(
            away_after=None if away_after is None else convert.period_to_proto(away_after),
            offline_after=None if offline_after is None else convert.period_to_proto(offline_after),
            resume=convert.resume_to_proto(resume),
            keep_manual_away=keep_manual_away,
            disconnect_after=None if disconnect_after is None else convert.period_to_proto(disconnect_after),
            disconnect_status=None if disconnect_after is None else convert.status_to_proto(disconnect_status),
        ),
        log=log,
        time_column=time_column,
        user_column=user_column,
        kind_column=kind_column,
        time_format=convert.time_format_to_proto(time_format),
        keep_order=keep_order,
    )
    return Call(SIMULATE, request, timeout)
