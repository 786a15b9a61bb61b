"""The time that an activity is sent with.

None, as long as the activity is young: then it is the server's clock that says when it was, and no clock of ours can be
wrong. It then counts as of its arrival, too late by the time it waited here, about an interval. One that is older,
because the server could not be reached, must not count as of now: it would keep somebody available, or bring somebody
back, who has left meanwhile. It is sent with a time, this machine's clock less its age; the age is taken from a clock
that is never stepped, so that all that the wall clock can do is to be wrong at the moment of sending. If that time is
in the future of the server's clock, the server says what its clock shows, and the activity is sent again with that less
its age: not without a time, for how long ago it was is known.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._clock import Clock

#: How far into the future, by this machine's clock, the time that an activity came with may be.
_FUTURE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class DatedActivity:
    """An activity to send with a time: about when it was by the steady clock, that time, and the one it came with."""

    at: float
    time: Timestamp
    given: Timestamp | None


#: When an activity was: by the steady clock, unless the caller said when.
When: TypeAlias = float | DatedActivity

#: Activities that travel in one message: account, user and time.
Batch: TypeAlias = list[tuple[str, str, When]]


def request_for(batch: Batch, young_s: float, clock: Clock) -> pb.RecordActivitiesRequest:
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
    """An activity whose caller says when it was. Raises ValueError for a time without a zone."""
    timestamp = convert.time_to_proto(activity_time, "activity_time")
    return DatedActivity(clock.now() - (clock.wall() - activity_time.timestamp()), timestamp, timestamp)


def dated_by_server(server_time: Timestamp, when: When, clock: Clock) -> DatedActivity | None:
    """The activity dated by a server's clock, which showed `server_time` just now.

    None if it is its caller who has dated it into the future.
    """
    at = moment(when)
    if at > clock.now() + _FUTURE_S:
        return None
    age_us = max(0, round((clock.now() - at) * 1e6))
    time = Timestamp()
    time.FromMicroseconds(server_time.ToMicroseconds() - age_us)
    return DatedActivity(at, time, given_time(when))


def given_time(when: When) -> Timestamp | None:
    """The time that the activity came with, if it came with one."""
    return when.given if isinstance(when, DatedActivity) else None


def moment(when: When) -> float:
    """The moment of the activity, by the steady clock."""
    return when if isinstance(when, float) else when.at
