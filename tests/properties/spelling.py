"""The words of the model, as the service spells them, and what the service says, in the words of the model.

Nothing is left out on the way: a view, a change or a workflow of the service that has something of which the model has
no word fails here.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, cast

from tests.properties.layers.events import (
    Active,
    Cause,
    Change,
    EndEngagement,
    EndSession,
    KeepEngagement,
    KeepSession,
    PersonEvent,
    Refusal,
    Resume,
    Set,
    Status,
    Then,
    View,
    Workflow,
)

from onduty_server.app.service import StatusService
from onduty_server.domain import errors, record, status, workflow
from onduty_server.domain.workflow import WorkflowPatch

REFUSALS: dict[Refusal, type[errors.DomainError]] = {
    Refusal.INVALID_FIELD: errors.InvalidField,
    Refusal.INVALID_WORKFLOW: errors.InvalidWorkflow,
    Refusal.USER_UNKNOWN: errors.UserUnknown,
    Refusal.LIMIT_EXCEEDED: errors.LimitExceeded,
}

_STATUSES = {each: Status[each.name] for each in status.Status}
_CAUSES = {each: Cause[each.name] for each in status.Cause}
_THENS = {each: Then[each.name] for each in status.Then}


def view_as_told(view: record.StatusView) -> View:
    """A view without id and revision."""
    return View(
        status=_STATUSES[view.status],
        available=view.available,
        cause=_CAUSES[view.cause],
        since=view.status_since,
        last_activity=view.last_activity,
        actor=view.actor,
        reason=view.reason,
        next_status=None if view.next_status is None else _STATUSES[view.next_status],
        next_time=view.next_status_time,
        next_cause=None if view.next_cause is None else _CAUSES[view.next_cause],
        expire_time=view.expire_time,
        then=None if view.then is None else _THENS[view.then],
        connected=view.connected,
        engagements=view.engagements,
    )


def change_as_told(change: record.StatusChange) -> Change:
    """A change without id, revision and time of commit."""
    return Change(
        None if change.previous_status is None else _STATUSES[change.previous_status],
        _STATUSES[change.status],
        _CAUSES[change.cause],
        change.effective_time,
        change.actor,
        change.reason,
        change.expire_time,
        None if change.then is None else _THENS[change.then],
    )


def workflow_as_told(told: workflow.Workflow) -> Workflow:
    """A workflow without who changed it, and when."""
    return Workflow(
        enabled=told.enabled,
        away_after=told.away_after_ms,
        offline_after=told.offline_after_ms,
        resume=Resume[told.resume.name],
        keep_manual_away=told.keep_manual_away,
        disconnect_after=told.disconnect_after_ms,
        disconnect_status=_STATUSES[told.disconnect_status],
        enabled_time=told.enabled_time,
        thresholds_since=told.thresholds_since,
    )


def patch_as_sent(patch: dict[str, object]) -> WorkflowPatch:
    """A change of a workflow, to send."""
    sent: dict[str, object] = {}
    for name, value in patch.items():
        match value:
            case Resume():
                sent[name] = status.Resume[value.name]
            case Status():
                sent[name] = status.Status[value.name]
            case _:
                sent[f"{name}_ms" if name.endswith("_after") else name] = value
    return cast("WorkflowPatch", sent)


def call_of(
    service: StatusService, account: str, user: str, event: PersonEvent, expected_revision: int | None = None
) -> Coroutine[Any, Any, record.StatusView]:
    """The call that tells the service of an event."""
    match event:
        case Active(at):
            return service.record_activity(account, user, at)
        case Set():
            return service.set_status(
                account,
                user,
                status.Status[event.status.name],
                actor=event.actor,
                reason=event.reason,
                expected_revision=expected_revision,
                expire_time=event.until,
                ttl_ms=event.ttl,
                then=None if event.then is None else status.Then[event.then.name],
            )
        case KeepSession():
            return service.keep_session(account, user, event.session_id, event.ttl, event.idle_for)
        case EndSession(session_id):
            return service.end_session(account, user, session_id)
        case KeepEngagement():
            return service.keep_engagement(account, user, event.engagement_id, event.ttl)
        case EndEngagement(engagement_id):
            return service.end_engagement(account, user, engagement_id)
