"""The servicer's methods of reports, and of the settings of accounts that reports rest on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeVar

from onduty.v1 import status_pb2 as pb

from ..access.permissions import Caller
from ..app.calendar import Bucket
from ..app.ports.reports import DEFAULT_TIME_ZONE, AccountSettings
from ..app.reporting import Extent, TimeGroup
from ..app.service import StatusService
from ..app.summing import TimeBucket, Timeline, TimeSummary
from ..domain.errors import InvalidField, quoted
from ..domain.status import STATES, State, Status
from ..domain.tallies import Key
from . import convert
from .callers import caller_key
from .context import CallContext
from .guard import Guard
from .outcomes import noted

T = TypeVar("T")

_STEP: Final = 100
"""The number of parts of a response that are packed before other calls get their turn: 0.3 ms of work."""
_WRITABLE: Final = ("time_zone",)

_Range = pb.SummarizeTimeRequest | pb.CountByStatusRequest | pb.ListTimelinesRequest


class ReportsServicer:
    """The part of `servicer.StatusServicer` that adds up time."""

    _service: StatusService
    _guard: Guard

    async def SummarizeTime(
        self, request: pb.SummarizeTimeRequest, context: CallContext, caller: Caller
    ) -> pb.SummarizeTimeResponse:
        """See the proto."""
        start, end = _range(request)
        page = await self._service.summarize_time(
            request.account_id,
            start,
            end,
            bucket=_bucket("bucket", request.bucket),
            zone=request.time_zone,
            group=_group(request.group),
            user_ids=tuple(request.user_ids),
            team_id=request.team_id,
            page_size=request.page_size,
            page_token=request.page_token,
            caller=caller_key(context, caller),
        )
        response = pb.SummarizeTimeResponse(next_page_token=page.next_page_token, time_zone=page.extent.time_zone)
        _fill_extent(response, page.extent)
        async for message, bucket in _paced(_buckets(response, page.summaries), lambda _: 4):
            _fill_bucket(message, bucket)
        return response

    async def CountByStatus(
        self, request: pb.CountByStatusRequest, context: CallContext, caller: Caller
    ) -> pb.CountByStatusResponse:
        """See the proto."""
        start, end = _range(request)
        found = await self._service.count_by_status(
            request.account_id,
            start,
            end,
            step=_bucket("step", request.step),
            zone=request.time_zone,
            team_id=request.team_id,
            caller=caller_key(context, caller),
        )
        response = pb.CountByStatusResponse(time_zone=found.extent.time_zone)
        _fill_extent(response, found.extent)
        async for count in _paced(found.counts, lambda _: 1):
            message = response.counts.add(unknown=count.counts is None)
            convert.fill_timestamp(message.time, count.time)
            if count.counts is not None:
                message.online = count.counts[Status.ONLINE]
                message.away = count.counts[Status.AWAY]
                message.offline = count.counts[Status.OFFLINE]
        return response

    async def ListTimelines(
        self, request: pb.ListTimelinesRequest, context: CallContext, caller: Caller
    ) -> pb.ListTimelinesResponse:
        """See the proto."""
        start, end = _range(request)
        page = await self._service.list_timelines(
            request.account_id,
            start,
            end,
            user_ids=tuple(request.user_ids),
            team_id=request.team_id,
            page_size=request.page_size,
            page_token=request.page_token,
            caller=caller_key(context, caller),
        )
        response = pb.ListTimelinesResponse(next_page_token=page.next_page_token)
        _fill_extent(response, page.extent)
        async for timeline in _paced(page.timelines, lambda each: len(each.intervals)):
            _add_timeline(response, timeline, request.team_id)
        return response

    async def GetAccount(
        self, request: pb.GetAccountRequest, context: CallContext, caller: Caller
    ) -> pb.GetAccountResponse:
        """See the proto."""
        return pb.GetAccountResponse(account=await self._account(request.account_id))

    async def UpdateAccount(
        self, request: pb.UpdateAccountRequest, context: CallContext, caller: Caller
    ) -> pb.UpdateAccountResponse:
        """See the proto."""
        if not request.HasField("account"):
            raise InvalidField("account", "is required")
        account_id = request.account.account_id
        actor = self._guard.actor(caller, account_id, context)
        if not _names_settings(request):
            return pb.UpdateAccountResponse(account=await self._account(account_id))
        settings = AccountSettings(request.account.time_zone or DEFAULT_TIME_ZONE)
        values: dict[str, object] = {"to": settings._asdict()}
        with noted(partial(self._guard.changed, "account_updated", caller, actor, account_id, values, context)):
            before = await self._service.update_account(account_id, settings)
            values["from"] = before._asdict()
        return pb.UpdateAccountResponse(account=_account(account_id, settings))

    async def _account(self, account_id: str) -> pb.Account:
        return _account(account_id, await self._service.account_settings(account_id))


def _names_settings(request: pb.UpdateAccountRequest) -> bool:
    """True if a request writes the settings: its mask names one, or there is no mask and one is set."""
    for path in request.update_mask.paths:
        if path not in ("*", *_WRITABLE):
            raise InvalidField("update_mask", f"{quoted(path)} is not one of {', '.join(_WRITABLE)}, or *")
    return bool(request.update_mask.paths or request.account.time_zone)


def _account(account_id: str, settings: AccountSettings) -> pb.Account:
    return pb.Account(account_id=account_id, time_zone=settings.time_zone)


def _range(request: _Range) -> tuple[int, int]:
    for field in ("start_time", "end_time"):
        if not request.HasField(field):
            raise InvalidField(field, "is required")
    return (
        convert.from_timestamp("start_time", request.start_time),
        convert.from_timestamp("end_time", request.end_time),
    )


def _bucket(field: str, number: int) -> Bucket:
    try:
        return Bucket(number)
    except ValueError:
        raise InvalidField(field, "must be BUCKET_QUARTER_HOUR, BUCKET_HOUR or BUCKET_DAY") from None


def _group(number: int) -> TimeGroup:
    try:
        return TimeGroup(number or TimeGroup.ALL)
    except ValueError:
        raise InvalidField("group", "must be TIME_GROUP_ALL, TIME_GROUP_TEAM or TIME_GROUP_USER") from None


def _fill_extent(
    response: pb.SummarizeTimeResponse | pb.CountByStatusResponse | pb.ListTimelinesResponse, extent: Extent
) -> None:
    convert.fill_timestamp(response.as_of, extent.as_of)
    if extent.known_since:
        convert.fill_timestamp(response.known_since, extent.known_since)


def _buckets(
    response: pb.SummarizeTimeResponse, summaries: Iterable[TimeSummary]
) -> Iterator[tuple[pb.TimeBucket, TimeBucket]]:
    """Add summaries, and yield each of their buckets with the message to fill."""
    for summary in summaries:
        message = response.summaries.add(
            user_id=summary.user_id,
            display_name=summary.profile.display_name,
            team_id=summary.profile.team_id,
            people=summary.people,
            erased=summary.erased,
        )
        for bucket in summary.buckets:
            yield message.buckets.add(), bucket


def _fill_bucket(message: pb.TimeBucket, bucket: TimeBucket) -> None:
    convert.fill_timestamp(message.start_time, bucket.start)
    convert.fill_timestamp(message.end_time, bucket.end)
    by_kind: dict[tuple[int, int], int] = {}
    for state, time_ms in bucket.times:
        kind = _NUMBERS[state]
        by_kind[kind] = by_kind.get(kind, 0) + time_ms
    for (status, cause), time_ms in sorted(by_kind.items()):
        message.times.add(status=status, cause=cause, duration=convert.to_duration(time_ms))
    message.unknown.CopyFrom(convert.to_duration(bucket.unknown))
    if bucket.elsewhere:
        message.elsewhere.CopyFrom(convert.to_duration(bucket.elsewhere))
    if bucket.connected:
        message.connected.CopyFrom(convert.to_duration(bucket.connected))
    if bucket.engaged:
        message.engaged.CopyFrom(convert.to_duration(bucket.engaged))


def _add_timeline(response: pb.ListTimelinesResponse, timeline: Timeline, team_id: str) -> None:
    person = timeline.person
    message = response.timelines.add(
        user_id=person.user_id,
        display_name=person.profile.display_name,
        team_id=person.profile.team_id,
        erased=not person.user_id,
    )
    last: object = None
    for start, end, key in timeline.intervals:
        shown = _shown(key, team_id)
        if shown != last:  # else the person has only moved to another team
            last = status, cause, elsewhere = shown
            added = message.intervals.add(status=status, cause=cause, elsewhere=elsewhere)
            convert.fill_timestamp(added.start_time, start)
        convert.fill_timestamp(message.intervals[-1].end_time, end)


def _shown(key: Key | None, team_id: str) -> tuple[pb.Status.ValueType, pb.Cause.ValueType, bool]:
    """Return the status and cause to show for a key, and True if it is one of another team."""
    if key is None or (team_id and key.team_id != team_id):
        return pb.STATUS_UNSPECIFIED, pb.CAUSE_UNSPECIFIED, key is not None
    return *_NUMBERS[STATES[key.code]], False


_NUMBERS: Final = {
    state: (convert.STATUS_NUMBERS[state.status], convert.CAUSE_NUMBERS[state.cause])
    for state in State
    if state.cause is not None
}
"""By state: the numbers of its status and cause."""


async def _paced(items: Iterable[T], parts: Callable[[T], int]) -> AsyncIterator[T]:
    """Yield items, and give other calls a turn after some number of their parts."""
    done = 0
    for item in items:
        yield item
        done += parts(item)
        if done >= _STEP:
            done = 0
            await asyncio.sleep(0)
