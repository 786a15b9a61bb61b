"""The use cases of people and accounts: names, teams, erasure, and settings of many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from ..domain.errors import DomainError, InvalidField
from ..domain.record import ProfilePatch, StatusView
from ..domain.status import Status, Then
from .fields import check_actor, check_ends, check_id, check_text
from .limits import BATCH_SET_MAX, DISPLAY_NAME_MAX_BYTES, ID_MAX_BYTES
from .paging import PageTokens
from .ports.statuses import ProfileUpdate, TeamSummary
from .recording import Recording
from .use_cases import Page, page_limit

_CHUNK: Final = 8
"""How many settings of a batch are begun before other calls get their turn."""


class StatusSetting(NamedTuple):
    """One setting of a batch, as `Recording.set_status` takes it. Times and periods are ms, None if there is none.

    `place` is its index in the batch that a caller sent.
    """

    place: int
    user_id: str
    status: Status
    reason: str = ""
    expected_revision: int | None = None
    expire_time: int | None = None
    ttl_ms: int | None = None
    then: Then | None = None


class People(Recording):
    """Names people, moves them between teams, and forgets them; creates and erases accounts."""

    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, *, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        """Write a user's name and team. `caller` is the caller's name, where that is not the actor.

        Raises:
            UserUnknown: never seen in this account.
            LimitExceeded: the account has too many teams for another one.
        """
        check_id("user.account_id", account_id)
        check_id("user.user_id", user_id)
        check_actor(actor)
        check_actor(caller)
        for field, most in (("display_name", DISPLAY_NAME_MAX_BYTES), ("team_id", ID_MAX_BYTES)):
            if value := str(patch.get(field, "")):
                check_text(f"user.{field}", value, most)
                check_ends(f"user.{field}", value)
        return await self._store.update_user(account_id, user_id, patch, actor, caller)

    async def delete_user(self, account_id: str, user_id: str, *, actor: str = "", caller: str = "") -> None:
        """Erase a user. `caller` is the caller's name, where that is not the actor; neither is kept.

        Raises:
            UserUnknown: not in this account, nor half erased.
        """
        check_id("account_id", account_id)
        check_id("user_id", user_id)
        check_actor(actor)
        check_actor(caller)
        await self._store.delete_user(account_id, user_id)

    async def batch_set_status(
        self,
        account_id: str,
        settings: Sequence[StatusSetting],
        tell: Callable[[StatusSetting, StatusView | DomainError], None],
        *,
        actor: str = "",
        caller: str = "",
    ) -> None:
        """Set the statuses of many people, each as `set_status` would.

        `tell` is called with the outcome of each as soon as it is known: when this is cancelled, those that it was not
        called with may have been set or not. Settings of one user are made in their order. `caller` is the caller's
        name, where that is not the actor.
        """
        check_id("account_id", account_id)
        check_actor(actor)
        check_actor(caller)
        if not 1 <= len(settings) <= BATCH_SET_MAX:
            raise InvalidField("requests", f"must be between 1 and {BATCH_SET_MAX} settings, got {len(settings)}")
        by_user: dict[str, list[StatusSetting]] = {}
        for setting in settings:
            by_user.setdefault(setting.user_id, []).append(setting)

        async def set_in_order(of_user: Sequence[StatusSetting]) -> None:
            for setting in of_user:
                tell(setting, await self._set(account_id, setting, actor, caller))

        async with asyncio.TaskGroup() as users:
            for number, of_user in enumerate(by_user.values(), 1):
                users.create_task(set_in_order(of_user))
                if number % _CHUNK == 0:
                    await asyncio.sleep(0)

    async def _set(self, account_id: str, setting: StatusSetting, actor: str, caller: str) -> StatusView | DomainError:
        try:
            return await self.set_status(
                account_id,
                setting.user_id,
                setting.status,
                actor=actor,
                reason=setting.reason,
                expected_revision=setting.expected_revision,
                caller=caller,
                expire_time=setting.expire_time,
                ttl_ms=setting.ttl_ms,
                then=setting.then,
            )
        except DomainError as error:
            return error

    async def list_teams(self, account_id: str, *, page_size: int = 0, page_token: str = "") -> Page[TeamSummary]:
        """List the teams that have people or a workflow of their own, in the order of their ids."""
        check_id("account_id", account_id)
        limit = page_limit(page_size)
        tokens = PageTokens(self._store.token_key, "teams", account_id)
        teams = await self._store.teams(account_id, tokens.read_after(page_token), limit + 1)
        return Page(teams[:limit], tokens.after(teams[limit - 1].team_id) if len(teams) > limit else "")

    async def create_account(self, account_id: str) -> bool:
        """Create an account; return False if it is there."""
        check_id("account_id", account_id)
        check_ends("account_id", account_id)
        return await self._store.create_account(account_id)

    async def delete_account(self, account_id: str) -> None:
        """Erase an account.

        Raises:
            AccountUnknown: it is not there, nor half erased.
        """
        check_id("account_id", account_id)
        await self._store.delete_account(account_id)
