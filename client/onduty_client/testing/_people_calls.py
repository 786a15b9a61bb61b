"""The calls of a fake service about people, teams and accounts."""

from collections import Counter
from collections.abc import Callable
from typing import Final

import grpc

from onduty.v1 import status_pb2 as pb
from onduty_client._errors import AccountUnknown, OndutyError
from onduty_client.testing._accounts import Accounts, invalid, page
from onduty_client.testing._status_calls import unknown

_SETTINGS_MAX: Final = 1_000
_NAME_MAX_BYTES: Final = 256


class PeopleCalls:
    """Each method answers the call of its name, made in the name of `actor`."""

    def __init__(
        self, accounts: Accounts, set_status: Callable[[pb.SetStatusRequest, str], pb.SetStatusResponse]
    ) -> None:
        self._accounts = accounts
        self._set_status = set_status

    def update_user(self, request: pb.UpdateUserRequest, actor: str) -> pb.UpdateUserResponse:
        user, now = request.user, self._accounts.now
        account = self._accounts.get(user.account_id)
        person = account.people.get(user.user_id)
        if person is None:
            raise unknown(user.account_id, user.user_id)
        display_name, team_id = person.display_name, person.team_id
        if "display_name" in request.update_mask.paths:
            display_name = _checked("user.display_name", user.display_name)
        if "team_id" in request.update_mask.paths:
            team_id = _checked("user.team_id", user.team_id)
        account.introduce(user.user_id, display_name, team_id, actor, now)
        return pb.UpdateUserResponse(user_status=account.status(user.user_id, now))

    def delete_user(self, request: pb.DeleteUserRequest, actor: str) -> pb.DeleteUserResponse:
        account = self._accounts.get(request.account_id)
        if request.user_id not in account.people:
            raise unknown(request.account_id, request.user_id)
        account.erase(request.user_id, self._accounts.now)
        return pb.DeleteUserResponse()

    def batch_set_status(self, request: pb.BatchSetStatusRequest, actor: str) -> pb.BatchSetStatusResponse:
        count = len(request.requests)
        if not 1 <= count <= _SETTINGS_MAX:
            raise invalid("requests", f"must be between 1 and {_SETTINGS_MAX} settings, got {count}")
        response = pb.BatchSetStatusResponse()
        for each in request.requests:
            setting = pb.SetStatusRequest()
            setting.CopyFrom(each)
            setting.account_id = request.account_id
            result = response.results.add()
            try:
                result.user_status.CopyFrom(self._set_status(setting, actor).user_status)
            except OndutyError as error:
                result.error.CopyFrom(_refusal(error))
        return response

    def list_teams(self, request: pb.ListTeamsRequest, actor: str) -> pb.ListTeamsResponse:
        account = self._accounts.get(request.account_id)
        own = {team_id for team_id, rules in account.team_rules.items() if not rules.follows}
        counts = Counter(person.team_id for person in account.people.values() if person.team_id)
        teams = [
            pb.Team(
                account_id=request.account_id,
                team_id=team_id,
                user_count=counts[team_id],
                has_workflow=team_id in own,
            )
            for team_id in sorted(own | set(counts))
        ]
        found, token = page(teams, request.page_size, request.page_token)
        return pb.ListTeamsResponse(teams=found, next_page_token=token)

    def list_accounts(self, request: pb.ListAccountsRequest, actor: str) -> pb.ListAccountsResponse:
        accounts = [pb.Account(account_id=account.account_id) for account in self._accounts.there()]
        found, token = page(accounts, request.page_size, request.page_token)
        return pb.ListAccountsResponse(accounts=found, next_page_token=token)

    def create_account(self, request: pb.CreateAccountRequest, actor: str) -> pb.CreateAccountResponse:
        self._accounts.get(request.account_id).is_declared = True
        return pb.CreateAccountResponse(account=pb.Account(account_id=request.account_id))

    def delete_account(self, request: pb.DeleteAccountRequest, actor: str) -> pb.DeleteAccountResponse:
        if not self._accounts.get(request.account_id).is_there:
            raise AccountUnknown(
                f"account {request.account_id!r} not found",
                code=grpc.StatusCode.NOT_FOUND,
                reason="ACCOUNT_UNKNOWN",
            )
        self._accounts.delete(request.account_id)
        return pb.DeleteAccountResponse()


def _checked(field: str, value: str) -> str:
    """Return a name, or the id of a team. Raises InvalidField."""
    if len(value.encode()) > _NAME_MAX_BYTES:
        raise invalid(field, f"must be at most {_NAME_MAX_BYTES} bytes")
    if value.strip() != value or not value.isprintable():
        raise invalid(field, "must have no control characters, and no white space at either end")
    return value


def _refusal(error: OndutyError) -> pb.SetStatusError:
    return pb.SetStatusError(
        reason=pb.ErrorReason.Value(f"ERROR_REASON_{error.reason}"),
        field=error.field_violations[0].field if error.field_violations else "",
        message=error.message,
    )
