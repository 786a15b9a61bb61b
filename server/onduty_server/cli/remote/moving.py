"""Changes the names and teams of many users, a few calls at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from onduty_client import Client, OndutyError, UserStatus

_CALLS = 32
"""The number of calls under way at once."""


class Wanted(NamedTuple):
    """The name and the team that a user is to have; "" for none, None for the present one."""

    user_id: str
    display_name: str | None = None
    team_id: str | None = None


def update_each(client: Client, account: str, wanted: Sequence[Wanted]) -> Iterator[UserStatus | OndutyError]:
    """Change users and yield the answer for each, in their order: the status, or the refusal of this one.

    Raises:
        OndutyError: an error that is not about one user, such as of the connection or of permissions. Those before it
            are done; up to 32 others may be.
    """
    from concurrent.futures import ThreadPoolExecutor

    import onduty_client

    of_one_user = (onduty_client.InvalidField, onduty_client.UserUnknown, onduty_client.LimitExceeded)

    def update(it: Wanted) -> UserStatus | OndutyError:
        unchanged = onduty_client.UNCHANGED
        try:
            return client.update_user(
                account,
                it.user_id,
                display_name=unchanged if it.display_name is None else it.display_name,
                team_id=unchanged if it.team_id is None else it.team_id,
            )
        except of_one_user as error:
            return error

    pool = ThreadPoolExecutor(min(_CALLS, len(wanted) or 1))
    try:
        yield from pool.map(update, wanted)
    finally:
        pool.shutdown(cancel_futures=True)
