"""Decides on the time that an activity is sent with.

A recent activity is sent without a time. The server's clock then dates it at its arrival, so that an error of this
machine's clock does not matter, and it is late only by the time that it waited here, about an interval. An older
activity, from when the server could not be reached, must not count as of now: it would keep a user available, or bring
a user back, who has left meanwhile. It is sent with a time: this machine's clock less its age. The age is taken from a
clock that is never stepped, so the wall clock matters only at the moment of sending. If the time is in the future by
the server's clock, the server says what its clock shows, and the activity is sent again with that time less its age.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._clock import Clock

#: How far in the future, by this machine's clock, the time given for an activity may be.
_FUTURE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class DatedActivity:
    """An activity to send with a time: its moment by the steady clock, that time, and the time given by the caller."""

    at: float
    time: Timestamp
    given: Timestamp | None


#: The time of an activity: by the steady clock, unless the caller gave a time.
When: TypeAlias = float | DatedActivity

#: Activities that travel in one message: account, user and time.
DatedBatch: TypeAlias = list[tuple[str, str, When]]


def request_for(batch: DatedBatch, young_s: float, clock: Clock) -> pb.RecordActivitiesRequest:
    """Build a message, with times for those activities that are older than `young_s`."""
    now, wall = clock.now(), clock.wall()
    request = pb.RecordActivitiesRequest()
    add = request.activities.add
    for account_id, user_id, when in batch:
        if not isinstance(when, float):
            add(account_id=account_id, user_id=user_id, activity_time=when.time)
        elif now - when <= young_s:
            add(account_id=account_id, user_id=user_id)
        else:
            seconds, fraction = divmod(wall - (now - when), 1)
            activity_time = Timestamp(seconds=int(seconds), nanos=int(fraction * 1e9))
            add(account_id=account_id, user_id=user_id, activity_time=activity_time)
    return request


def dated(activity_time: datetime, clock: Clock) -> DatedActivity:
    """Return an activity with a time given by the caller. Raises ValueError for a time without a zone."""
    timestamp = convert.time_to_proto(activity_time, "activity_time")
    return DatedActivity(clock.now() - (clock.wall() - activity_time.timestamp()), timestamp, timestamp)


def dated_by_server(server_time: Timestamp, when: When, clock: Clock) -> DatedActivity | None:
    """Return the activity dated by a server's clock, which showed `server_time` just now.

    Returns None if its caller gave a time in the future.
    """
    at = moment(when)
    if at > clock.now() + _FUTURE_S:
        return None
    age_us = max(0, round((clock.now() - at) * 1e6))
    time = Timestamp()
    time.FromMicroseconds(server_time.ToMicroseconds() - age_us)
    return DatedActivity(at, time, given_time(when))


def given_time(when: When) -> Timestamp | None:
    """Return the time that the caller gave for an activity, if there is one."""
    return when.given if isinstance(when, DatedActivity) else None


def moment(when: When) -> float:
    """Return the moment of the activity, by the steady clock."""
    return when if isinstance(when, float) else when.at
