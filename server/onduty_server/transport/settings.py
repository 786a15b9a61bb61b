"""Answers `BatchSetStatus`: unpacks each setting, has them made, and packs the outcome of each.

Invariant: every setting of a batch that was made, or may have been, is noted, whatever becomes of the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from onduty.v1 import status_pb2 as pb

from ..app.limits import BATCH_SET_MAX
from ..app.people import StatusSetting
from ..app.service import StatusService
from ..domain.errors import DomainError, InvalidField, StoreUnavailable, quoted
from ..domain.record import StatusView
from . import convert
from .errors import mapped
from .status_bytes import fill_user_status

_STEP: Final = 250
"""The number of settings that are unpacked or packed before other calls get their turn."""


async def set_statuses(
    service: StatusService,
    request: pb.BatchSetStatusRequest,
    actor: str,
    caller: str,
    note: Callable[[pb.SetStatusRequest, str], None],
) -> pb.BatchSetStatusResponse:
    """Set the statuses that a request names.

    `note` is called with each setting that was made ("done"), or that may have been ("unknown").
    """
    account_id, count = request.account_id, len(request.requests)
    if not 1 <= count <= BATCH_SET_MAX:
        raise InvalidField("requests", f"must be between 1 and {BATCH_SET_MAX} settings, got {count}")
    settings, outcomes = await _unpack(request)
    unknown = {setting.place for setting in settings}

    def tell(setting: StatusSetting, outcome: StatusView | DomainError) -> None:
        unknown.discard(setting.place)
        outcomes[setting.place] = outcome
        if not isinstance(outcome, DomainError):
            note(request.requests[setting.place], "done")
        elif isinstance(outcome, StoreUnavailable):
            note(request.requests[setting.place], "unknown")

    if settings:
        try:
            await service.batch_set_status(account_id, settings, tell, actor=actor, caller=caller)
        except DomainError:
            raise  # Nothing was begun.
        except BaseException:
            for place in sorted(unknown):
                note(request.requests[place], "unknown")
            raise
    return await _pack(account_id, [outcomes[place] for place in range(count)])


async def _unpack(
    request: pb.BatchSetStatusRequest,
) -> tuple[list[StatusSetting], dict[int, StatusView | DomainError]]:
    """Return the settings of a batch, and by their places the refusals of those that are malformed."""
    account_id = request.account_id
    settings: list[StatusSetting] = []
    refused: dict[int, StatusView | DomainError] = {}
    for place, each in enumerate(request.requests):
        try:
            if each.account_id not in ("", account_id):
                raise InvalidField("account_id", f"must be that of the batch or empty, got {quoted(each.account_id)}")
            each.account_id = account_id
            settings.append(convert.to_setting(place, each))
        except InvalidField as malformed:
            refused[place] = malformed
        if place % _STEP == _STEP - 1:
            await asyncio.sleep(0)
    return settings, refused


async def _pack(account_id: str, outcomes: list[StatusView | DomainError]) -> pb.BatchSetStatusResponse:
    response = pb.BatchSetStatusResponse()
    for place, outcome in enumerate(outcomes):
        result = response.results.add()
        if isinstance(outcome, DomainError):
            result.error.reason = mapped(type(outcome)).reason
            result.error.field = outcome.violations[0].field if outcome.violations else ""
            result.error.message = outcome.message
        else:
            fill_user_status(result.user_status, account_id, outcome)
        if place % _STEP == _STEP - 1:
            await asyncio.sleep(0)
    return response
