"""Builds the calls about people, teams and accounts, as `_requests` does the others."""

from collections.abc import Iterable

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._errors import OndutyError
from onduty_client._rpcs import (
    BATCH_SET_STATUS,
    CREATE_ACCOUNT,
    DELETE_ACCOUNT,
    DELETE_USER,
    LIST_TEAMS,
    UPDATE_USER,
    Call,
    PageCall,
)
from onduty_client._types import UNCHANGED, Page, StatusSetting, Team, Unchanged, UserStatus


def update_user(
    account_id: str,
    user_id: str,
    *,
    display_name: str | Unchanged = UNCHANGED,
    team_id: str | Unchanged = UNCHANGED,
    actor: str | None = None,
    timeout: float | None = None,
) -> Call[UserStatus]:
    """Give a user a name to show, a team, or both; returns their status after it. Either is cleared by "".

    The workflow of the new team, or of the account, decides for the user from now on: what has fallen due by now stays,
    and what the new one has due by now switches now. Raises `UserUnknown` for a user never seen. `actor` overrides the
    client's; "" means none.
    """
    convert.check_text(account_id=account_id, user_id=user_id, actor=actor or "")
    request = pb.UpdateUserRequest(user=pb.User(account_id=account_id, user_id=user_id))
    if display_name is not UNCHANGED:
        convert.check_text(display_name=display_name)
        request.user.display_name = display_name
        request.update_mask.paths.append("display_name")
    if team_id is not UNCHANGED:
        convert.check_text(team_id=team_id)
        request.user.team_id = team_id
        request.update_mask.paths.append("team_id")
    return Call(UPDATE_USER, request, timeout, actor)


def delete_user(account_id: str, user_id: str, *, actor: str | None = None, timeout: float | None = None) -> Call[None]:
    """Erase a user: status, sessions, name, and who they were in the history, whose rows stay without them.

    Once it returns, nothing of the user is left in the server's store. The same id that comes back, by an activity on
    its way for example, is a new user. Raises `UserUnknown` for a user who is not there. The call is made once: if it
    fails without saying whether the user was erased (`Unavailable`, `DeadlineExceeded`), make it again. `UserUnknown`
    then means that it is done. `actor` overrides the client's; "" means none.
    """
    convert.check_text(account_id=account_id, user_id=user_id, actor=actor or "")
    return Call(DELETE_USER, pb.DeleteUserRequest(account_id=account_id, user_id=user_id), timeout, actor)


def batch_set_status(
    account_id: str, settings: Iterable[StatusSetting], *, actor: str | None = None, timeout: float | None = None
) -> Call[tuple[UserStatus | OndutyError, ...]]:
    """Set the statuses of up to 1,000 users by hand, each as `set_status` would.

    Returns, in the order of `settings`, each user's status after it, or the error that `set_status` would have raised:
    one that is refused does not fail the others. Settings of one user are made in their order. More than 1,000 raise
    `InvalidField`. `actor` overrides the client's; "" means none.
    """
    convert.check_text(account_id=account_id, actor=actor or "")
    requests = [convert.setting_to_proto("", setting) for setting in settings]
    return Call(BATCH_SET_STATUS, pb.BatchSetStatusRequest(account_id=account_id, requests=requests), timeout, actor)


def list_teams(account_id: str, *, page_size: int = 1_000, timeout: float | None = None) -> PageCall[Team]:
    """Iterate over the teams of an account that have users or a workflow of their own, in the order of their ids.

    Pages are fetched as the iteration reaches them, each within `timeout`.
    """
    return _list_teams(account_id, page_size, "", timeout)


def list_teams_page(
    account_id: str, *, page_size: int = 0, page_token: str = "", timeout: float | None = None
) -> Call[Page[Team]]:
    """Return one page of `list_teams`: the first, or the one that `page_token` names.

    A `page_size` of 0 leaves it to the server (100).
    """
    return _list_teams(account_id, page_size, page_token, timeout)


def _list_teams(account_id: str, page_size: int, page_token: str, timeout: float | None) -> PageCall[Team]:
    convert.check_text(account_id=account_id, page_token=page_token)
    request = pb.ListTeamsRequest(account_id=account_id, page_size=page_size, page_token=page_token)
    return PageCall(LIST_TEAMS, request, timeout)


def create_account(account_id: str, *, actor: str | None = None, timeout: float | None = None) -> Call[None]:
    """Create an account in which nothing is recorded yet. Changes nothing for one that is there.

    Only a server whose accounts have to be declared needs it; elsewhere an account begins with what is recorded first.
    """
    convert.check_text(account_id=account_id, actor=actor or "")
    return Call(CREATE_ACCOUNT, pb.CreateAccountRequest(account_id=account_id), timeout, actor)


def delete_account(account_id: str, *, actor: str | None = None, timeout: float | None = None) -> Call[None]:
    """Erase an account: its users, workflows and history. Nothing of it is left in the store once this returns.

    Raises `AccountUnknown` for an account that is not there. The call is made once, and a large account may take longer
    than the client's timeout. If it fails without saying whether the account was erased, make it again, as with
    `delete_user`; `AccountUnknown` then means that it is done.
    """
    convert.check_text(account_id=account_id, actor=actor or "")
    return Call(DELETE_ACCOUNT, pb.DeleteAccountRequest(account_id=account_id), timeout, actor)
