"""The calls of the clients about people, teams, accounts and callers, as sent and as answered."""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.call_cases import (
    NOON,
    NOON_S,
    USER_STATUS,
    USER_STATUS_MESSAGE,
    Case,
)

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    Caller,
    CallerGrant,
    Page,
    Status,
    StatusSetting,
    Team,
    Then,
)

PEOPLE_CASES = [
    Case(
        "update_user",
        ("acme", "ann"),
        {"display_name": "Ann Ek", "team_id": ""},
        pb.UpdateUserRequest(
            user=pb.User(account_id="acme", user_id="ann", display_name="Ann Ek", team_id=""),
            update_mask=FieldMask(paths=["display_name", "team_id"]),
        ),
        pb.UpdateUserResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "update_user",
        ("acme", "ann"),
        {"team_id": "day"},
        pb.UpdateUserRequest(
            user=pb.User(account_id="acme", user_id="ann", team_id="day"), update_mask=FieldMask(paths=["team_id"])
        ),
        pb.UpdateUserResponse(user_status=USER_STATUS_MESSAGE),
        USER_STATUS,
    ),
    Case(
        "delete_user",
        ("acme", "ann"),
        {},
        pb.DeleteUserRequest(account_id="acme", user_id="ann"),
        pb.DeleteUserResponse(),
        None,
    ),
    Case(
        "batch_set_status",
        (
            "acme",
            [
                StatusSetting("ann", Status.AWAY, "lunch", ttl=timedelta(minutes=30), then=Then.ONLINE),
                StatusSetting("bob", Status.OFFLINE, until=NOON, expected_revision=0),
            ],
        ),
        {},
        pb.BatchSetStatusRequest(
            account_id="acme",
            requests=[
                pb.SetStatusRequest(
                    user_id="ann",
                    status=pb.STATUS_AWAY,
                    reason="lunch",
                    ttl=Duration(seconds=1_800),
                    then=pb.THEN_ONLINE,
                ),
                pb.SetStatusRequest(
                    user_id="bob",
                    status=pb.STATUS_OFFLINE,
                    expire_time=Timestamp(seconds=NOON_S),
                    expected_revision=0,
                ),
            ],
        ),
        pb.BatchSetStatusResponse(results=[pb.SetStatusResult(user_status=USER_STATUS_MESSAGE)]),
        (USER_STATUS,),
    ),
    Case(
        "list_teams_page",
        ("acme",),
        {"page_size": 2, "page_token": "t1"},
        pb.ListTeamsRequest(account_id="acme", page_size=2, page_token="t1"),
        pb.ListTeamsResponse(
            teams=[pb.Team(account_id="acme", team_id="day", user_count=3, has_workflow=True)], next_page_token="t2"
        ),
        Page((Team("acme", "day", 3, True),), "t2"),
    ),
    Case(
        "create_account",
        ("acme",),
        {},
        pb.CreateAccountRequest(account_id="acme"),
        pb.CreateAccountResponse(account=pb.Account(account_id="acme")),
        None,
    ),
    Case(
        "delete_account",
        ("acme",),
        {},
        pb.DeleteAccountRequest(account_id="acme"),
        pb.DeleteAccountResponse(),
        None,
    ),
    Case(
        "get_caller",
        (),
        {},
        pb.GetCallerRequest(),
        pb.GetCallerResponse(
            caller=pb.Caller(
                authenticated=True,
                name="kim",
                user_id="ann",
                via="token",
                grants=[
                    pb.CallerGrant(everywhere=True, permissions=["status.read"], acts_for_others=True),
                    pb.CallerGrant(account_id="acme", permissions=["status.write"], own_user_only=True),
                ],
            )
        ),
        Caller(
            authenticated=True,
            name="kim",
            user_id="ann",
            via="token",
            grants=(
                CallerGrant(None, frozenset({"status.read"}), own_user_only=False, acts_for_others=True),
                CallerGrant("acme", frozenset({"status.write"}), own_user_only=True, acts_for_others=False),
            ),
        ),
    ),
    Case(
        "list_accounts_page",
        (),
        {"page_size": 2, "page_token": "t1"},
        pb.ListAccountsRequest(page_size=2, page_token="t1"),
        pb.ListAccountsResponse(accounts=[pb.Account(account_id="acme")], next_page_token="t2"),
        Page(items=("acme",), next_page_token="t2"),
    ),
]
