"""The use cases that read: statuses, those available, and the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..domain.errors import InvalidField, UserUnknown
from ..domain.record import StatusChange, StatusView
from ..domain.status import Status
from .fields import check_ends, check_id, check_text
from .limits import AVAILABLE_DEFAULT, AVAILABLE_MAX, BATCH_GET_MAX, ID_MAX_BYTES
from .paging import PageTokens
from .ports.history import Place
from .ports.statuses import AccountPage, AvailabilityOrder, Available, ChangeFilter, FoundAvailable, FoundUser
from .use_cases import Page, UseCases, page_limit


class Statuses(NamedTuple):
    """The statuses of those known, and the ids of those never seen, each in the order asked for."""

    views: Sequence[StatusView]
    unknown_user_ids: Sequence[str]


class Reading(UseCases):
    """Reads, and writes nothing."""

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """Return one user's status now, if that needs no wait and no error."""
        return None if self._immediate is None else self._immediate.peek(account_id, user_id)

    def find(self, account_id: str, user_id: str) -> FoundUser | None:
        """Return a user about whom calls can be answered without a wait, or None."""
        return None if self._immediate is None else self._immediate.find(account_id, user_id)

    def forget_found(self) -> None:
        """Keep no user who was found, and nothing made of one."""
        if self._immediate is not None:
            self._immediate.forget_found()

    async def get_status(self, account_id: str, user_id: str) -> StatusView:
        """Return one user's status now.

        Raises:
            UserUnknown: never seen in this account.
        """
        view = self.peek(account_id, user_id)
        if view is None:
            (view,) = await self._store.get(account_id, (user_id,))
        if view is None:
            check_id("account_id", account_id)
            check_id("user_id", user_id)
            check_ends("account_id", account_id)
            check_ends("user_id", user_id)
            raise UserUnknown(account_id, user_id)
        return view

    async def batch_get_statuses(self, account_id: str, user_ids: Sequence[str]) -> Statuses:
        """Return up to 1,000 users' statuses at one instant."""
        check_id("account_id", account_id)
        if not 1 <= len(user_ids) <= BATCH_GET_MAX:
            raise InvalidField("user_ids", f"must be between 1 and {BATCH_GET_MAX} ids, got {len(user_ids)}")
        if self._immediate is None:
            _check_user_ids(user_ids)
        unique = list(dict.fromkeys(user_ids))
        views = await self._store.get(account_id, unique)
        known = [view for view in views if view is not None]
        if len(known) == len(unique):
            return Statuses(known, ())
        # In memory a look-up costs less than a check, and the ids of known users are well-formed.
        if self._immediate is not None:
            _check_user_ids(user_ids)
        return Statuses(known, [user_id for user_id, view in zip(unique, views, strict=True) if view is None])

    def find_all(self, account_id: str, user_ids: Sequence[str]) -> Sequence[FoundUser | StatusView] | None:
        """Return what `batch_get_statuses` does for a well-formed request, if all are known and nothing needs a wait.

        The users found are up to date until the event loop goes on.
        """
        if self._immediate is None or not 1 <= len(user_ids) <= BATCH_GET_MAX:
            return None
        return self._immediate.find_all(account_id, list(dict.fromkeys(user_ids)))

    async def list_statuses(
        self,
        account_id: str,
        *,
        statuses: Collection[Status] = (),
        team_id: str = "",
        page_size: int = 0,
        page_token: str = "",
    ) -> Page[StatusView]:
        """List users, or those of a team, in the order they were first seen."""
        check_id("account_id", account_id)
        check_text("team_id", team_id, ID_MAX_BYTES)
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "statuses", account_id, sorted(set(statuses)), team_id=team_id)
        position = await self._position(account_id, tokens, page_token)
        page = await self._store.scan(account_id, frozenset(statuses), position, limit, team_id)
        if page.next_position is None:
            return Page(page.views, "")
        # Every new user takes a revision. While this revision is in the account's history, so is the position.
        return Page(page.views, tokens.at(page.next_position, Place(page.revision, self._store.lineage)))

    async def list_available_users(
        self,
        account_id: str,
        *,
        order: AvailabilityOrder = AvailabilityOrder.LONGEST_AVAILABLE,
        limit: int = 0,
        max_engagements: int = 0,
        team_id: str = "",
    ) -> Available:
        """Return the users who may be given work now, without those who have `max_engagements` or more (0: all).

        With `team_id`, only those of that team.
        """
        check_available(account_id, limit, max_engagements, team_id)
        return await self._store.available(account_id, order, limit or AVAILABLE_DEFAULT, max_engagements, team_id)

    def find_available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> FoundAvailable | None:
        """Return what `list_available_users` does for a request that was checked, if that needs no wait."""
        if self._immediate is None:
            return None
        return self._immediate.find_available(account_id, order, limit or AVAILABLE_DEFAULT, max_engagements, team_id)

    async def list_status_changes(
        self,
        account_id: str,
        *,
        user_id: str = "",
        team_id: str = "",
        start_time: int | None = None,
        end_time: int | None = None,
        page_size: int = 0,
        page_token: str = "",
    ) -> Page[StatusChange]:
        """List changes in the order of their revisions; `start_time` inclusive, `end_time` exclusive."""
        check_id("account_id", account_id)
        if user_id:
            check_id("user_id", user_id)
        check_text("team_id", team_id, ID_MAX_BYTES)
        if start_time is not None and end_time is not None and end_time < start_time:
            raise InvalidField("end_time", "must not be before start_time")
        limit = page_limit(page_size)
        tokens = PageTokens(
            self._store.token_key, "changes", account_id, user_id, start_time, end_time, team_id=team_id
        )
        after_revision = await self._position(account_id, tokens, page_token)
        wanted = ChangeFilter(user_id or None, start_time, end_time, team_id or None)
        page = await self._store.changes(account_id, wanted, after_revision, limit)
        if page.next_revision is None:
            return Page(page.changes, "")
        return Page(page.changes, tokens.at(page.next_revision, Place(page.next_revision, self._store.lineage)))

    async def list_accounts(
        self, *, named: Sequence[str] | None = None, page_size: int = 0, page_token: str = ""
    ) -> Page[str]:
        """List the ids of the accounts in which something was recorded, or with `named` those, in their order."""
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "accounts", named)
        position = await self._position("", tokens, page_token)
        if named is None:
            page = await self._store.accounts(position, limit)
        else:
            end = position + limit
            page = AccountPage(named[position:end], end if end < len(named) else None)
        if page.next_position is None:
            return Page(page.account_ids, "")
        return Page(page.account_ids, tokens.at(page.next_position, Place(0, self._store.lineage)))


def _check_user_ids(user_ids: Sequence[str]) -> None:
    for index, user_id in enumerate(user_ids):
        check_id(f"user_ids[{index}]", user_id)


def check_available(account_id: str, limit: int, max_engagements: int, team_id: str) -> None:
    """Raise InvalidField if the available users cannot be asked for so."""
    check_id("account_id", account_id)
    check_text("team_id", team_id, ID_MAX_BYTES)
    if not 0 <= limit <= AVAILABLE_MAX:
        raise InvalidField("limit", f"must be between 0 and {AVAILABLE_MAX}, got {limit} (0 means {AVAILABLE_DEFAULT})")
    if max_engagements < 0:
        raise InvalidField("max_engagements", f"must not be negative, got {max_engagements} (0 means any number)")
