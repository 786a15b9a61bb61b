"""The calls of a fake service for reports, and about accounts' settings. All of the past is known to it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client.testing._accounts import Account, Accounts, invalid, page
from onduty_client.testing._status_calls import unknown
from onduty_client.testing._tracks import Key, Stretch, Track, bounds

_NOTHING: Final = timedelta(0)


class _Found(NamedTuple):
    """A track, and whose it is: "" after an erasure."""

    user_id: str
    track: Track


class ReportCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def summarize_time(self, request: pb.SummarizeTimeRequest, actor: str) -> pb.SummarizeTimeResponse:
        account = self._accounts.get(request.account_id)
        start, as_of = self._range(request)
        name, zone = _zone(request.time_zone or account.time_zone, "time_zone")
        marks = bounds(start, as_of, request.bucket, zone)
        found = _looked_for(account, request.user_ids)
        tracks = [each.track for each in found]
        summaries: list[pb.TimeSummary] = []
        if request.group == pb.TIME_GROUP_USER:
            told = _told_apart(request, found, start, as_of)
            summaries = [_of_person(account, each, request.team_id, marks) for each in told]
        elif start == as_of:
            pass
        elif request.group == pb.TIME_GROUP_TEAM:
            teams = set[str]().union(*(track.teams(start, as_of) for track in tracks))
            wanted = teams & {request.team_id} if request.team_id else teams
            summaries = [_of_team(team_id, tracks, marks) for team_id in sorted(wanted)]
        elif request.team_id:
            summaries = [_of_team(request.team_id, tracks, marks)]
        else:
            there = [track for track in tracks if track.teams(start, as_of)]
            summaries = [_add_up(pb.TimeSummary(people=len(there)), there, marks, None)]
        items, token = page(summaries, request.page_size, request.page_token)
        return pb.SummarizeTimeResponse(
            summaries=items, next_page_token=token, as_of=convert.time_to_proto(as_of, "as_of"), time_zone=name
        )

    def count_by_status(self, request: pb.CountByStatusRequest, actor: str) -> pb.CountByStatusResponse:
        account = self._accounts.get(request.account_id)
        start, as_of = self._range(request)
        if not request.step:
            raise invalid("step", "is required")
        name, zone = _zone(request.time_zone or account.time_zone, "time_zone")
        response = pb.CountByStatusResponse(as_of=convert.time_to_proto(as_of, "as_of"), time_zone=name)
        for time in bounds(start, as_of, request.step, zone)[:-1]:
            count = response.counts.add(time=convert.time_to_proto(time, "time"))
            for track in account.tracks:
                key = _key_at(track, time)
                if key is None or (request.team_id and key.team_id != request.team_id):
                    continue
                if key.status == pb.STATUS_ONLINE:
                    count.online += 1
                elif key.status == pb.STATUS_AWAY:
                    count.away += 1
                else:
                    count.offline += 1
        return response

    def list_timelines(self, request: pb.ListTimelinesRequest, actor: str) -> pb.ListTimelinesResponse:
        account = self._accounts.get(request.account_id)
        start, as_of = self._range(request)
        told = _told_apart(request, _looked_for(account, request.user_ids), start, as_of)
        people = [_timeline(account, each, request.team_id, start, as_of) for each in told]
        items, token = page(people, request.page_size, request.page_token)
        return pb.ListTimelinesResponse(
            timelines=items, next_page_token=token, as_of=convert.time_to_proto(as_of, "as_of")
        )

    def get_account(self, request: pb.GetAccountRequest, actor: str) -> pb.GetAccountResponse:
        account = self._accounts.get(request.account_id)
        return pb.GetAccountResponse(account=_settings(account))

    def update_account(self, request: pb.UpdateAccountRequest, actor: str) -> pb.UpdateAccountResponse:
        account = self._accounts.get(request.account.account_id)
        if "time_zone" in request.update_mask.paths:
            account.time_zone, _ = _zone(request.account.time_zone or "UTC", "account.time_zone")
        account.is_declared = True
        return pb.UpdateAccountResponse(account=_settings(account))

    def _range(
        self, request: pb.SummarizeTimeRequest | pb.CountByStatusRequest | pb.ListTimelinesRequest
    ) -> tuple[datetime, datetime]:
        """Return the beginning of a range and its end, now at the latest."""
        start, end = convert.time(request.start_time), convert.time(request.end_time)
        if end <= start:
            raise invalid("end_time", "must be after start_time")
        return start, max(start, min(end, self._accounts.now))


def _looked_for(account: Account, user_ids: Iterable[str]) -> list[_Found]:
    """Return the users asked for, or everybody, in the order first seen. Raises UserUnknown."""
    for user_id in user_ids:
        if user_id not in account.people:
            raise unknown(account.account_id, user_id)
    wanted = {id(account.people[user_id].track) for user_id in user_ids}
    names = {id(person.track): user_id for user_id, person in account.people.items()}
    return [_Found(names.get(id(track), ""), track) for track in account.tracks if not wanted or id(track) in wanted]


def _told_apart(
    request: pb.SummarizeTimeRequest | pb.ListTimelinesRequest, found: list[_Found], start: datetime, end: datetime
) -> list[_Found]:
    """Return those whom a report by person tells of: whoever was named, or is known to have been there."""
    if start == end:
        return []
    return [each for each in found if request.user_ids or _was_there(each.track, request.team_id, start, end)]


def _settings(account: Account) -> pb.Account:
    return pb.Account(account_id=account.account_id, time_zone=account.time_zone)


def _zone(name: str, field: str) -> tuple[str, tzinfo]:
    if name == "UTC":  # also where there is no tz database
        return name, UTC
    # Here, because it imports much that few tests need.
    from zoneinfo import ZoneInfo

    try:
        return name, ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise invalid(field, f'{name!r} is not the IANA name of a time zone, such as "Europe/Berlin"') from None


def _was_there(track: Track, team_id: str, start: datetime, end: datetime) -> bool:
    return any(
        each.key is not None and (not team_id or each.key.team_id == team_id) for each in track.stretches(start, end)
    )


def _key_at(track: Track, time: datetime) -> Key | None:
    """Return the key of a user at a time. Of changes at that time, all have happened."""
    return next((key for at, key in reversed(track.steps) if at <= time), None)


def _of_person(account: Account, found: _Found, team_id: str, marks: Sequence[datetime]) -> pb.TimeSummary:
    person = account.people.get(found.user_id)
    summary = pb.TimeSummary(
        user_id=found.user_id,
        display_name="" if person is None else person.display_name,
        team_id="" if person is None else person.team_id,
        people=1,
        erased=person is None,
    )
    return _add_up(summary, [found.track], marks, team_id or None)


def _of_team(team_id: str, tracks: Iterable[Track], marks: Sequence[datetime]) -> pb.TimeSummary:
    members = [track for track in tracks if team_id in track.teams(marks[0], marks[-1])]
    summary = _add_up(pb.TimeSummary(team_id=team_id, people=len(members)), members, marks, team_id)
    # People come to a team and leave it: what they did elsewhere is not told of it.
    for bucket in summary.buckets:
        bucket.unknown.Clear()
        bucket.ClearField("elsewhere")
    return summary


def _add_up(
    summary: pb.TimeSummary, tracks: Sequence[Track], marks: Sequence[datetime], team_id: str | None
) -> pb.TimeSummary:
    """Add the buckets to a summary: the time in a team, or in all of them."""
    for start, end in pairwise(marks):
        times: dict[tuple[pb.Status.ValueType, pb.Cause.ValueType], timedelta] = defaultdict(timedelta)
        unknown_for = elsewhere = connected = engaged = _NOTHING
        for track in tracks:
            for each in track.stretches(start, end):
                period = each.within(start, end)
                if each.key is None:
                    unknown_for += period
                elif team_id is not None and each.key.team_id != team_id:
                    elsewhere += period
                else:
                    times[each.key.status, each.key.cause] += period
                    connected += track.sessions.within(each.start, each.end)
                    engaged += track.engagements.within(each.start, each.end)
        bucket = summary.buckets.add(
            start_time=convert.time_to_proto(start, "start_time"),
            end_time=convert.time_to_proto(end, "end_time"),
            times=[
                pb.StatusTime(status=status, cause=cause, duration=convert.period_to_proto(period))
                for (status, cause), period in sorted(times.items())
            ],
            unknown=convert.period_to_proto(unknown_for),
            elsewhere=convert.period_to_proto(elsewhere) if team_id is not None else None,
        )
        if connected:
            bucket.connected.CopyFrom(convert.period_to_proto(connected))
        if engaged:
            bucket.engaged.CopyFrom(convert.period_to_proto(engaged))
    return summary


def _timeline(account: Account, found: _Found, team_id: str, start: datetime, end: datetime) -> pb.Timeline:
    person = account.people.get(found.user_id)
    timeline = pb.Timeline(
        user_id=found.user_id,
        display_name="" if person is None else person.display_name,
        team_id="" if person is None else person.team_id,
        erased=person is None,
    )
    for each in found.track.stretches(start, end):
        shown = _interval(each, team_id)
        last = timeline.intervals[-1] if timeline.intervals else None
        if last is not None and _seen(last) == _seen(shown):
            last.end_time.CopyFrom(shown.end_time)
        else:
            timeline.intervals.append(shown)
    return timeline


def _interval(stretch: Stretch, team_id: str) -> pb.TimelineInterval:
    interval = pb.TimelineInterval(
        start_time=convert.time_to_proto(stretch.start, "start_time"),
        end_time=convert.time_to_proto(stretch.end, "end_time"),
    )
    if stretch.key is not None and team_id and stretch.key.team_id != team_id:
        interval.elsewhere = True
    elif stretch.key is not None:
        interval.status, interval.cause = stretch.key.status, stretch.key.cause
    return interval


def _seen(interval: pb.TimelineInterval) -> tuple[object, ...]:
    return interval.status, interval.cause, interval.elsewhere
