"""Malformed requests about people, teams and accounts; part of `malformed`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from tests.grpc.bad_values import BAD_ACTORS, BAD_IDS, Bad
from tests.grpc.wire import ACCOUNT, acting

from onduty.v1 import status_pb2 as pb

BAD_TEAMS = {what: bad for what, bad in BAD_IDS.items() if bad}
"""An empty team is none, or all."""
AT_THE_ENDS = {"white space before it": " x", "white space after it": "x\u3000"}


def people_with_ids(account_id: str, user_id: str) -> Iterator[tuple[Message, str, str | None]]:
    """A request of every method about people with these ids, and the paths of both."""
    user = pb.User(account_id=account_id, user_id=user_id, team_id="night")
    yield pb.UpdateUserRequest(user=user), "user.account_id", "user.user_id"
    yield pb.DeleteUserRequest(account_id=account_id, user_id=user_id), "account_id", "user_id"
    setting = pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY)
    yield pb.BatchSetStatusRequest(account_id=account_id, requests=[setting]), "account_id", None
    yield pb.DeleteWorkflowRequest(account_id=account_id, team_id="night"), "account_id", None
    yield pb.ListTeamsRequest(account_id=account_id), "account_id", None
    yield pb.CreateAccountRequest(account_id=account_id), "account_id", None
    yield pb.DeleteAccountRequest(account_id=account_id), "account_id", None


def bad_people() -> Iterator[Bad]:
    def update(*mask: str, **fields: Any) -> pb.UpdateUserRequest:
        user = pb.User(**{"account_id": ACCOUNT, "user_id": "ann", **fields})
        return pb.UpdateUserRequest(user=user, update_mask=FieldMask(paths=mask))

    yield Bad("UpdateUser: no user", pb.UpdateUserRequest(), "user")
    for what, bad in (BAD_TEAMS | AT_THE_ENDS).items():
        yield Bad(f"UpdateUser: team_id with {what}", update(team_id=bad), "user.team_id")
        if len(bad.encode()) < 128:
            yield Bad(f"UpdateUser: display_name with {what}", update(display_name=bad), "user.display_name")
    yield Bad("UpdateUser: display_name of 257 bytes", update(display_name="x" * 257), "user.display_name")
    yield Bad("UpdateUser: display_name of 129 characters", update(display_name="ä" * 129), "user.display_name")
    for mask in (["user_id"], ["account_id"], ["*", "team_id"], ["user.team_id"], [""], ["team_id", "x"]):
        yield Bad(f"UpdateUser: a mask of {mask}", update(*mask, team_id="night"), "update_mask")
    for what, actor in BAD_ACTORS.items():
        for request in (
            update(team_id="night"),
            pb.DeleteUserRequest(account_id=ACCOUNT, user_id="ann"),
            pb.BatchSetStatusRequest(
                account_id=ACCOUNT, requests=[pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY)]
            ),
            pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="night"),
        ):
            name = request.DESCRIPTOR.name
            yield Bad(f"{name}: actor {what}", request, "onduty-actor-bin", metadata=acting(actor))
    for count in (0, 1_001):
        settings = [pb.SetStatusRequest(user_id="ann", status=pb.STATUS_AWAY)] * count
        batch = pb.BatchSetStatusRequest(account_id=ACCOUNT, requests=settings)
        yield Bad(f"BatchSetStatus: {count} settings", batch, "requests")
    for what, account_id in AT_THE_ENDS.items():
        yield Bad(f"CreateAccount: {what}", pb.CreateAccountRequest(account_id=account_id), "account_id")
    yield from _bad_teams()


def _bad_teams() -> Iterator[Bad]:
    for what, bad in BAD_IDS.items():
        request = pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id=bad)
        yield Bad(f"DeleteWorkflow: team_id with {what}", request, "team_id")
    for what, bad in BAD_TEAMS.items():
        for kind in (
            *(pb.ListStatusesRequest, pb.ListAvailableUsersRequest, pb.ListStatusChangesRequest),
            *(pb.GetWorkflowRequest, pb.ListWorkflowChangesRequest),
        ):
            list_of_team = kind(account_id=ACCOUNT, team_id=bad)
            yield Bad(f"{kind.DESCRIPTOR.name}: team_id with {what}", list_of_team, "team_id")
    for what, bad in (BAD_TEAMS | AT_THE_ENDS).items():
        for validate_only in (False, True):
            workflow = pb.Workflow(account_id=ACCOUNT, team_id=bad, enabled=False)
            update = pb.UpdateWorkflowRequest(workflow=workflow, validate_only=validate_only)
            yield Bad(f"UpdateWorkflow: team_id with {what}, {validate_only}", update, "workflow.team_id")
    for number in (-1, -(2**31)):
        yield Bad(f"ListTeams: {number}", pb.ListTeamsRequest(account_id=ACCOUNT, page_size=number), "page_size")
