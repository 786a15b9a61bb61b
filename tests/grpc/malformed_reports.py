"""Malformed requests for reports, and about accounts' settings; part of `malformed`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from tests.grpc.bad_values import BAD_TIMESTAMPS, NOW, Bad
from tests.grpc.malformed_people import AT_THE_ENDS, BAD_TEAMS
from tests.grpc.wire import ACCOUNT, DAY, HOUR, at

from onduty.v1 import status_pb2 as pb

_REPORTS = (pb.SummarizeTimeRequest, pb.CountByStatusRequest, pb.ListTimelinesRequest)
_OF_PEOPLE = (pb.SummarizeTimeRequest, pb.ListTimelinesRequest)
BAD_ZONES = {
    "nowhere": "Europe/Nowhere",
    "a file": "../../../../etc/passwd",
    "an absolute path": "/etc/localtime",
    "a folder": "Europe",
    "an abbreviation of the system": "localtime",
    "65 bytes": "x" * 65,
    "a null": "UTC\x00",
    "a blank": " ",
    "an offset": "+02:00",
    "leap seconds": "right/Europe/Berlin",
}


def reports_with_ids(account_id: str, user_id: str) -> Iterator[tuple[Message, str, str | None]]:
    """A request of every method for reports with these ids, and the paths of both."""
    for kind in _OF_PEOPLE:
        yield _report(kind, account_id=account_id, user_ids=["ann", user_id]), "account_id", "user_ids[1]"
    yield _report(pb.CountByStatusRequest, account_id=account_id), "account_id", None
    yield pb.GetAccountRequest(account_id=account_id), "account_id", None
    account = pb.Account(account_id=account_id, time_zone="UTC")
    yield pb.UpdateAccountRequest(account=account), "account.account_id", None


def _report(kind: Any, **fields: Any) -> Any:
    """A report on the last hour, with some fields replaced; those of None are left out."""
    every = {"account_id": ACCOUNT, "start_time": at(NOW - HOUR), "end_time": at(NOW), **fields}
    if kind is pb.CountByStatusRequest:
        every.setdefault("step", pb.BUCKET_HOUR)
    return kind(**{name: value for name, value in every.items() if value is not None})


def bad_reports() -> Iterator[Bad]:
    for kind in _REPORTS:
        yield from _bad_ranges(kind)
        name = kind.DESCRIPTOR.name
        for what, bad in BAD_TEAMS.items():
            yield Bad(f"{name}: team_id with {what}", _report(kind, team_id=bad), "team_id")
    for kind in _OF_PEOPLE:
        name = kind.DESCRIPTOR.name
        for page_size in (-1, -(2**31)):
            yield Bad(f"{name}: {page_size}", _report(kind, page_size=page_size), "page_size")
        for what, token in {"a word": "garbage", "not ASCII": "été", "long": "A" * 100_000}.items():
            # Whose time is not told apart has no pages.
            fields = {"group": pb.TIME_GROUP_USER} if kind is pb.SummarizeTimeRequest else {}
            yield Bad(f"{name}: page_token {what}", _report(kind, page_token=token, **fields), "page_token")
        many = [f"user-{number}" for number in range(1_001)]
        yield Bad(f"{name}: 1,001 users", _report(kind, user_ids=many), "user_ids")
        yield Bad(f"{name}: a user twice", _report(kind, user_ids=["ann", "ben", "ann"]), "user_ids")
    for what, zone in BAD_ZONES.items():
        for kind in (pb.SummarizeTimeRequest, pb.CountByStatusRequest):
            yield Bad(f"{kind.DESCRIPTOR.name}: time_zone {what}", _report(kind, time_zone=zone), "time_zone")
        account = pb.Account(account_id=ACCOUNT, time_zone=zone)
        yield Bad(f"UpdateAccount: time_zone {what}", pb.UpdateAccountRequest(account=account), "account.time_zone")
    newer: Any = 99
    yield Bad("SummarizeTime: bucket", _report(pb.SummarizeTimeRequest, bucket=newer), "bucket")
    yield Bad("SummarizeTime: group", _report(pb.SummarizeTimeRequest, group=newer), "group")
    yield Bad("CountByStatus: step", _report(pb.CountByStatusRequest, step=newer), "step")
    yield Bad("CountByStatus: no step", _report(pb.CountByStatusRequest, step=pb.BUCKET_UNSPECIFIED), "step")
    # More than 10,000 quarters of an hour.
    long = {"start_time": at(NOW - 105 * DAY), "end_time": at(NOW)}
    quarters = _report(pb.SummarizeTimeRequest, bucket=pb.BUCKET_QUARTER_HOUR, **long)
    yield Bad("SummarizeTime: too many buckets", quarters, "bucket")
    yield Bad(
        "CountByStatus: too many steps", _report(pb.CountByStatusRequest, step=pb.BUCKET_QUARTER_HOUR, **long), "step"
    )
    yield from _bad_accounts()


def _bad_ranges(kind: Any) -> Iterator[Bad]:
    name = kind.DESCRIPTOR.name
    for field in ("start_time", "end_time"):
        yield Bad(f"{name}: no {field}", _report(kind, **{field: None}), field)
        for what, bad in BAD_TIMESTAMPS.items():
            yield Bad(f"{name}: {field} of {what}", _report(kind, **{field: bad}), field)
    yield Bad(f"{name}: an empty range", _report(kind, start_time=at(NOW), end_time=at(NOW)), "end_time")
    yield Bad(f"{name}: a range backwards", _report(kind, start_time=at(NOW), end_time=at(NOW - HOUR)), "end_time")
    most = 31 if kind is pb.ListTimelinesRequest else 400
    too_long = _report(kind, start_time=at(NOW - (most + 1) * DAY - 1), end_time=at(NOW))
    yield Bad(f"{name}: more than {most} days", too_long, "end_time")


def _bad_accounts() -> Iterator[Bad]:
    def update(*mask: str) -> pb.UpdateAccountRequest:
        account = pb.Account(account_id=ACCOUNT, time_zone="UTC")
        return pb.UpdateAccountRequest(account=account, update_mask=FieldMask(paths=mask))

    yield Bad("UpdateAccount: no account", pb.UpdateAccountRequest(), "account")
    for mask in (["account_id"], ["*", "account_id"], ["account.time_zone"], [""], ["time_zone", "x"]):
        yield Bad(f"UpdateAccount: a mask of {mask}", update(*mask), "update_mask")
    for what, account_id in AT_THE_ENDS.items():
        account = pb.Account(account_id=account_id, time_zone="UTC")
        yield Bad(f"UpdateAccount: {what}", pb.UpdateAccountRequest(account=account), "account.account_id")
