"""Feeds a server through `RecordActivities`: many users at once, and users who fall due one after the other.

Timed switches are the changes that cost a server nothing to be asked for, and that come one by one at a steady rate:
each user falls due at a moment of its own. So that due times can be chosen freely, the account's workflow has been on
for longer than its period when the server starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import grpc

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .population import ACCOUNT, prepare

PERIOD_MS = 3_600_000
BATCH = 5_000
SERVER_OPTIONS = ("--count-outage-as-inactivity",)
"""The gap between making the database and starting on it is not what is measured."""


def account_database(folder: Path) -> Path:
    """A database whose account has one user, who is AWAY, and switches users to AWAY `PERIOD_MS` after an activity."""
    return prepare(folder / "onduty.db", 1, PERIOD_MS).path


def record(port: int, activities: Sequence[pb.Activity]) -> None:
    """Record all of them."""
    requests = (
        pb.RecordActivitiesRequest(activities=activities[first : first + BATCH])
        for first in range(0, len(activities), BATCH)
    )
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for answer in pb_grpc.StatusServiceStub(channel).RecordActivities(requests):
            assert not answer.errors, answer.errors[0].message


def record_now(port: int, user_ids: Sequence[str]) -> None:
    """Make users ONLINE, not due for long."""
    record(port, [pb.Activity(account_id=ACCOUNT, user_id=user_id) for user_id in user_ids])


def schedule_switches(port: int, user_ids: Sequence[str], first_due_ms: float, per_s: float) -> None:
    """Make users, none of them known, ONLINE and due one after the other."""
    activities = []
    for place, user_id in enumerate(user_ids):
        activity = pb.Activity(account_id=ACCOUNT, user_id=user_id)
        activity.activity_time.FromMilliseconds(round(first_due_ms + place * 1_000 / per_s) - PERIOD_MS)
        activities.append(activity)
    record(port, activities)
