"""Reads the history that the journal keeps, and gives users' ids in place of their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from ...app.ports.history import Place
from ...app.ports.statuses import ChangeFilter, ChangePage
from ...domain.errors import ResumeTokenExpired
from ...domain.record import NO_PROFILE, AccountEvent, Profile, StatusChange, UserChange
from ...domain.workflow import Workflow
from .account import Account
from .durability import Durability
from .journal import ChangeRow, Journal, UserChangeRow
from .registry import Registry

_NO_ACCOUNT = -1
"""Stands for the number of an account that does not exist."""


class KeptHistory:
    """The history of all accounts, as far as it is kept."""

    def __init__(self, journal: Journal, durability: Durability, registry: Registry) -> None:
        self._journal = journal
        self._durability = durability
        self._registry = registry

    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Return the next changes that the filter selects."""
        self._durability.check_open()
        account = self._registry.accounts.get(account_id)
        user = account.users.get(wanted.user_id) if account is not None and wanted.user_id is not None else None
        if account is None or (wanted.user_id is not None and user is None):
            return ChangePage((), None)
        rows, next_revision = await self._journal.changes(
            account.number, None if user is None else user.number, wanted, after_revision, limit
        )
        if account.is_erased:
            return ChangePage((), None)
        return ChangePage([_change_of(account, row) for row in rows], next_revision)

    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Wait until all events so far are durable, and return the next ones."""
        self._durability.check_open()
        while True:
            account = self._registry.accounts.get(account_id)
            revision = self._registry.first_revision if account is None else account.revision
            if after_revision > revision or (account is None and after_revision < revision):
                raise ResumeTokenExpired
            if account is None or after_revision == revision:
                return ()
            if await self._durability.reached(account, revision):
                break
        rows = await self._journal.events(account.number, after_revision, limit)
        # Revisions have no gaps, so a gap means that events are no longer kept.
        if not rows or rows[-1].revision != after_revision + len(rows):
            raise ResumeTokenExpired
        events: list[AccountEvent] = []
        for row in rows:
            if isinstance(row, ChangeRow):
                events.append(AccountEvent(row.revision, row.user_number, _change_of(account, row)))
            elif isinstance(row, UserChangeRow):
                events.append(AccountEvent(row.revision, row.user_number, _user_change_of(account, row)))
            else:
                events.append(AccountEvent(row.revision, -1, row.workflow))
        return events

    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str
    ) -> Sequence[Workflow]:
        """Return the workflows that changes of one before a revision left behind, newest first."""
        self._durability.check_open()
        account = self._registry.accounts.get(account_id)
        if account is None:
            return ()
        rows = await self._journal.workflow_changes(account.number, before_revision, limit, team_id)
        return [row.workflow for row in rows]

    async def contains(self, account_id: str, place: Place) -> bool:
        """Return True if the revision existed already when the next lineage began."""
        self._durability.check_open()
        account = self._registry.accounts.get(account_id)
        number = _NO_ACCOUNT if account is None else account.number
        reached = await self._journal.revision_at_end(place.lineage, number)
        return reached is not None and place.revision <= reached


def _change_of(account: Account, row: ChangeRow) -> StatusChange:
    user = account.order[row.user_number]
    profile = Profile(user.profile.display_name, row.team_id)
    return row.switch().committed(user.user_id, row.revision, row.commit_time, profile)


def _user_change_of(account: Account, row: UserChangeRow) -> UserChange:
    return UserChange(
        account.order[row.user_number].user_id,
        row.revision,
        # The team of somebody who was erased is for reports only.
        NO_PROFILE if row.erased else Profile(row.previous_display_name, row.previous_team_id),
        Profile(row.display_name, row.team_id),
        row.commit_time,
        row.actor,
        row.caller,
        row.erased,
    )
