"""The common ground of all groups of use cases: the store that decides, and the pages of lists.

Invariant: a refused request has changed nothing. Fields are checked before the store is asked, or inside the decision
that the store runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from ..domain.errors import InvalidField
from ..domain.record import UserRecord
from ..domain.status import State
from ..domain.workflow import FRESH_FOR_MS
from .fields import check_ends
from .limits import ACTIVITY_FUTURE_TOLERANCE_MS, PAGE_DEFAULT, PAGE_MAX
from .paging import PageTokens
from .ports.statuses import StatusStore

Item = TypeVar("Item")


class Page(NamedTuple, Generic[Item]):
    """A page of a list, and the token of the next one; empty after the last."""

    items: Sequence[Item]
    next_page_token: str


class UseCases:
    """A group of use cases over a store. Ids are strings, times ms UTC, periods ms.

    Every method raises `InvalidField` for a malformed argument and `StoreUnavailable` when the store cannot answer.
    """

    def __init__(
        self,
        store: StatusStore,
        *,
        activity_future_tolerance_ms: int = ACTIVITY_FUTURE_TOLERANCE_MS,
        activity_fresh_for_ms: int = FRESH_FOR_MS,
    ) -> None:
        self._store = store
        self._immediate = store.immediate
        self._future_tolerance_ms = activity_future_tolerance_ms
        self._fresh_for_ms = activity_fresh_for_ms

    @property
    def is_immediate(self) -> bool:
        """True if the store answers some calls without a wait."""
        return self._immediate is not None

    async def _position(self, account_id: str, tokens: PageTokens, page_token: str) -> int:
        """Return where in a list a page begins.

        Raises:
            InvalidField: not a token of this list, or one from before the store was restored from a copy.
        """
        if not page_token:
            return 0
        position, place = tokens.read(page_token)
        if place.lineage != self._store.lineage and not await self._store.contains(account_id, place):
            raise InvalidField("page_token", "belongs to a list that no longer exists; start again with the first page")
        return position


def page_limit(page_size: int) -> int:
    """Return how many items a page may hold.

    Raises:
        InvalidField: the size is negative.
    """
    if page_size < 0:
        raise InvalidField("page_size", f"must not be negative, got {page_size}")
    return min(page_size or PAGE_DEFAULT, PAGE_MAX)


def check_first_seen(account_id: str, record: UserRecord) -> None:
    """Raise InvalidField when a user who would become known has an id that nobody new may have."""
    if record.state is State.UNSEEN:
        check_ends("account_id", account_id)
        check_ends("user_id", record.user_id)
