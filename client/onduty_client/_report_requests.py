"""Builds the calls for reports, and for accounts' settings, as `_requests` does the others."""

from collections.abc import Iterable
from datetime import datetime

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client import _report_convert as report_convert
from onduty_client._report_types import (
    Account,
    Bucket,
    StatusCounts,
    TimeGroup,
    Timeline,
    TimelinePage,
    TimeSummary,
    TimeSummaryPage,
)
from onduty_client._rpcs import (
    COUNT_BY_STATUS,
    GET_ACCOUNT,
    LIST_TIMELINES,
    SUMMARIZE_TIME,
    UPDATE_ACCOUNT,
    Call,
    PageCall,
)
from onduty_client._types import UNCHANGED, Unchanged


def summarize_time(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    *,
    bucket: Bucket = Bucket.WHOLE,
    time_zone: str | None = None,
    group: TimeGroup = TimeGroup.ALL,
    user_ids: Iterable[str] | None = None,
    team_id: str | None = None,
    page_size: int = 1_000,
    timeout: float | None = None,
) -> PageCall[TimeSummary]:
    """Iterate over how long everybody, each team or each person was in each status between two times, by buckets.

    The range is up to 400 days long, and ends now if it goes beyond. `time_zone` is the IANA name of the zone of days
    and hours; None means the account's. With `user_ids`, up to 1,000, only these users' time is added up; with
    `team_id`, only time spent in that team. Pages are fetched as the iteration reaches them, each within `timeout` and
    as of its own moment; `summarize_time_page` also says which moment that is, and since when all is known.
    """
    request = _summarize(account_id, start_time, end_time, bucket, time_zone, group, user_ids, team_id, page_size, "")
    return PageCall(SUMMARIZE_TIME, request, timeout)


def summarize_time_page(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    *,
    bucket: Bucket = Bucket.WHOLE,
    time_zone: str | None = None,
    group: TimeGroup = TimeGroup.ALL,
    user_ids: Iterable[str] | None = None,
    team_id: str | None = None,
    page_size: int = 0,
    page_token: str = "",
    timeout: float | None = None,
) -> Call[TimeSummaryPage]:
    """Return one page of `summarize_time`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100). The other arguments must be those of the page before.
    """
    request = _summarize(
        account_id, start_time, end_time, bucket, time_zone, group, user_ids, team_id, page_size, page_token
    )
    return Call(SUMMARIZE_TIME, request, timeout)


def _summarize(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    bucket: Bucket,
    time_zone: str | None,
    group: TimeGroup,
    user_ids: Iterable[str] | None,
    team_id: str | None,
    page_size: int,
    page_token: str,
) -> pb.SummarizeTimeRequest:
    team, zone = convert.team_filter(team_id), time_zone or ""
    convert.check_text(account_id=account_id, time_zone=zone, team_id=team, page_token=page_token)
    return pb.SummarizeTimeRequest(
        account_id=account_id,
        start_time=convert.time_to_proto(start_time, "start_time"),
        end_time=convert.time_to_proto(end_time, "end_time"),
        bucket=report_convert.bucket_to_proto(bucket),
        time_zone=zone,
        group=report_convert.group_to_proto(group),
        user_ids=_user_filter(user_ids),
        team_id=team,
        page_size=page_size,
        page_token=page_token,
    )


def count_by_status(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    *,
    step: Bucket,
    time_zone: str | None = None,
    team_id: str | None = None,
    timeout: float | None = None,
) -> Call[StatusCounts]:
    """Return how many people were in each status at each step from `start_time` on, before `end_time` and now.

    There may be up to 10,000 steps. With `team_id`, only people who were in that team at the time are counted.
    `time_zone` is the IANA name of the zone of days and hours; None means the account's.
    """
    team, zone = convert.team_filter(team_id), time_zone or ""
    convert.check_text(account_id=account_id, time_zone=zone, team_id=team)
    request = pb.CountByStatusRequest(
        account_id=account_id,
        start_time=convert.time_to_proto(start_time, "start_time"),
        end_time=convert.time_to_proto(end_time, "end_time"),
        step=report_convert.bucket_to_proto(step),
        time_zone=zone,
        team_id=team,
    )
    return Call(COUNT_BY_STATUS, request, timeout)


def list_timelines(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    *,
    user_ids: Iterable[str] | None = None,
    team_id: str | None = None,
    page_size: int = 1_000,
    timeout: float | None = None,
) -> PageCall[Timeline]:
    """Iterate over people and what their statuses were between two times, without gaps, in the order first seen.

    The range is up to 31 days long, and ends now if it goes beyond. With `team_id`, only people who were in that team
    at some time of it, and what they did there. Pages are fetched as the iteration reaches them, each within `timeout`
    and as of its own moment.
    """
    request = _timelines(account_id, start_time, end_time, user_ids, team_id, page_size, "")
    return PageCall(LIST_TIMELINES, request, timeout)


def list_timelines_page(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    *,
    user_ids: Iterable[str] | None = None,
    team_id: str | None = None,
    page_size: int = 0,
    page_token: str = "",
    timeout: float | None = None,
) -> Call[TimelinePage]:
    """Return one page of `list_timelines`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100). The other arguments must be those of the page before.
    """
    request = _timelines(account_id, start_time, end_time, user_ids, team_id, page_size, page_token)
    return Call(LIST_TIMELINES, request, timeout)


def _timelines(
    account_id: str,
    start_time: datetime,
    end_time: datetime,
    user_ids: Iterable[str] | None,
    team_id: str | None,
    page_size: int,
    page_token: str,
) -> pb.ListTimelinesRequest:
    team = convert.team_filter(team_id)
    convert.check_text(account_id=account_id, team_id=team, page_token=page_token)
    return pb.ListTimelinesRequest(
        account_id=account_id,
        start_time=convert.time_to_proto(start_time, "start_time"),
        end_time=convert.time_to_proto(end_time, "end_time"),
        user_ids=_user_filter(user_ids),
        team_id=team,
        page_size=page_size,
        page_token=page_token,
    )


def _user_filter(user_ids: Iterable[str] | None) -> tuple[str, ...]:
    """Return the users to ask for, none for all of them.

    Raises ValueError if there are none: on the wire that stands for everybody, which a caller whose search has found
    nobody does not mean.
    """
    if user_ids is None:
        return ()
    found = convert.ids(user_ids)
    if not found:
        raise ValueError("user_ids is empty; give None for all users")
    return found


def get_account(account_id: str, *, timeout: float | None = None) -> Call[Account]:
    """Return an account's settings: the default ones if nothing was ever recorded in it."""
    convert.check_text(account_id=account_id)
    return Call(GET_ACCOUNT, pb.GetAccountRequest(account_id=account_id), timeout)


def update_account(
    account_id: str,
    *,
    time_zone: str | Unchanged = UNCHANGED,
    actor: str | None = None,
    timeout: float | None = None,
) -> Call[Account]:
    """Change an account's settings; returns them after it.

    `time_zone` is the IANA name of the zone of the account's days, such as "Europe/Berlin"; "" means UTC. Reports use
    it where none is given, and daily sums are of its days from the next one on. An account in which nothing was
    recorded yet is created, where accounts need not be declared. `actor` overrides the client's; "" means none.
    """
    convert.check_text(account_id=account_id, actor=actor or "")
    request = pb.UpdateAccountRequest(account=pb.Account(account_id=account_id))
    if time_zone is not UNCHANGED:
        convert.check_text(time_zone=time_zone)
        request.account.time_zone = time_zone
        request.update_mask.paths.append("time_zone")
    return Call(UPDATE_ACCOUNT, request, timeout, actor)
