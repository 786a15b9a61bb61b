"""Refusals of single items: activities, sessions and engagements in a stream, and settings of a batch."""

from dataclasses import dataclass
from datetime import datetime

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import BY_REASON, OndutyError
from onduty_client._types import FieldViolation, LeaseAction


@dataclass(frozen=True, slots=True)
class RejectedActivity:
    """An activity that the server refused, and why. `activity_time` and `ref` are as they were given."""

    account_id: str
    user_id: str
    activity_time: datetime | None
    error: OndutyError
    ref: object = None


@dataclass(frozen=True, slots=True)
class RejectedLease:
    """A session or an engagement that the server refused to keep or to end, as `action` says, and why.

    `ref` is what it was put into an upload with.
    """

    account_id: str
    user_id: str
    action: LeaseAction
    lease_id: str
    error: OndutyError
    ref: object = None


def item_error(error: pb.ActivityError | pb.SetStatusError) -> OndutyError:
    """Return the exception for one item of a stream or of a batch."""
    value = pb.ErrorReason.DESCRIPTOR.values_by_number.get(error.reason)
    reason = "" if value is None or not value.number else value.name.removeprefix("ERROR_REASON_")
    violations = (FieldViolation(error.field, error.message),) if error.field else ()
    return BY_REASON.get(reason, OndutyError)(error.message, reason=reason, field_violations=violations)
