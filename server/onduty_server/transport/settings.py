"""Answers `BatchSetStatus`: unpacks each setting, has them made, and packs the outcome of each."""

from __future__ import annotations

from collections.abc import Callable

from onduty.v1 import status_pb2 as pb

from ..app.limits import BATCH_SET_MAX
from ..app.people import StatusSetting
from ..app.service import StatusService
from ..domain.errors import DomainError, InvalidField, StoreUnavailable, quoted
from ..domain.record import StatusView
from . import convert
from .errors import mapped


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
    outcomes: list[StatusView | DomainError | None] = [None] * count
    settings: list[StatusSetting] = []
    places: list[int] = []
    for place, each in enumerate(request.requests):
        try:
            if each.account_id not in ("", account_id):
                raise InvalidField("account_id", f"must be that of the batch or empty, got {quoted(each.account_id)}")
            each.account_id = account_id
            settings.append(convert.to_setting(each))
            places.append(place)
        except InvalidField as malformed:
            outcomes[place] = malformed
    made = await service.batch_set_status(account_id, settings, actor=actor, caller=caller) if settings else []
    for place, answer in zip(places, made, strict=True):
        outcomes[place] = answer
        if not isinstance(answer, DomainError):
            note(request.requests[place], "done")
        elif isinstance(answer, StoreUnavailable):
            note(request.requests[place], "unknown")
    response = pb.BatchSetStatusResponse()
    for outcome in outcomes:
        result = response.results.add()
        if isinstance(outcome, DomainError):
            field = outcome.violations[0].field if outcome.violations else ""
            error = pb.SetStatusError(reason=mapped(type(outcome)).reason, field=field, message=outcome.message)
            result.error.CopyFrom(error)
        elif outcome is not None:
            convert.fill_user_status(result.user_status, account_id, outcome)
    return response
