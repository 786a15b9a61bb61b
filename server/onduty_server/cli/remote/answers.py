"""Shows the answers to one change for each of several users: what was done as a table, and each refusal in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import Failure, tell
from ..output import json_line, shown
from .showing import show_many, status_object
from .words import field_of, message_of

if TYPE_CHECKING:
    from onduty_client import OndutyError, UserStatus


class Answers:
    """The answers for `users`, which come in the order of these."""

    def __init__(self, users: Sequence[str]) -> None:
        self._users = users
        self._taken: list[UserStatus | OndutyError] = []

    def take(self, answers: Iterable[UserStatus | OndutyError]) -> None:
        """Keep the answers for the users that come next."""
        self._taken += answers

    @property
    def done(self) -> list[UserStatus]:
        """The statuses of those for whom it was done."""
        from onduty_client import OndutyError

        return [answer for answer in self._taken if not isinstance(answer, OndutyError)]

    def show(self, as_json: bool, local: bool) -> None:
        """Show the answers taken so far."""
        from onduty_client import OndutyError, UserUnknown

        if self.done and not as_json:
            show_many(self.done, as_json, local)
        for user, answer in zip(self._users, self._taken, strict=False):
            if not isinstance(answer, OndutyError):
                if as_json:
                    json_line(status_object(answer))
                continue
            message = message_of(answer)
            if as_json:
                error = {"reason": answer.reason, "field": field_of(answer), "message": message}
                json_line({"user_id": user, "error": error})
            elif isinstance(answer, UserUnknown):
                tell(message)  # It names the user.
            else:
                tell(f"{shown(user)}: {message}")

    def check(self, what: str) -> None:
        """Return if it was done for everybody.

        Raises:
            Failure: it was not; the message says for how many, and that they were not `what`.
        """
        refused = len(self._users) - len(self.done)
        if refused:
            raise Failure(f"{refused:,} of {len(self._users):,} users were not {what}")
