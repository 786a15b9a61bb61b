"""The servicer's methods of reports, and of the settings of accounts that reports rest on."""

from __future__ import annotations

from functools import partial
from typing import Final

from onduty.v1 import status_pb2 as pb

from ..access.permissions import Caller
from ..app.calendar import Bucket
from ..app.ports.reports import DEFAULT_TIME_ZONE, AccountSettings
from ..app.reporting import Extent, TimeGroup
from ..app.service import StatusService
from ..domain.errors import InvalidField, quoted
from . import convert
from .callers import caller_key
from .context import CallContext
from .guard import Guard
from .outcomes import noted
from .report_bytes import answer_with_counts, answer_with_summaries, answer_with_timelines

_WRITABLE: Final = ("time_zone",)

_Range = pb.SummarizeTimeRequest | pb.CountByStatusRequest | pb.ListTimelinesRequest


class ReportsServicer:
    """The part of `servicer.StatusServicer` that adds up time."""

    _service: StatusService
    _guard: Guard

    async def SummarizeTime(self, request: pb.SummarizeTimeRequest, context: CallContext, caller: Caller) -> bytes:
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
        rest = pb.SummarizeTimeResponse(next_page_token=page.next_page_token, time_zone=page.extent.time_zone)
        _fill_extent(rest, page.extent)
        return await answer_with_summaries(page.summaries, rest)

    async def CountByStatus(self, request: pb.CountByStatusRequest, context: CallContext, caller: Caller) -> bytes:
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
        rest = pb.CountByStatusResponse(time_zone=found.extent.time_zone)
        _fill_extent(rest, found.extent)
        return await answer_with_counts(found.counts, rest)

    async def ListTimelines(self, request: pb.ListTimelinesRequest, context: CallContext, caller: Caller) -> bytes:
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
        rest = pb.ListTimelinesResponse(next_page_token=page.next_page_token)
        _fill_extent(rest, page.extent)
        return await answer_with_timelines(page.timelines, request.team_id, rest)

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
