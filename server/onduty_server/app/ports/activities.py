"""The activities of a batch, as a store is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, overload


class ActivityReport(NamedTuple):
    """One activity of a batch. `activity_time` is ms UTC, None for now."""

    place: int
    account_id: str
    user_id: str
    activity_time: int | None


_NEW_REPORT: Callable[[tuple[int, str, str, int | None]], ActivityReport] = partial(tuple.__new__, ActivityReport)
"""Makes a report of its fields, as `ActivityReport._make` does, without a call of a function in Python."""


class Activities(Sequence[ActivityReport]):
    """The activities of a batch, column by column: `places`, `account_ids`, `user_ids` and `times` are equally long.

    Most are recorded without an object for each. Such objects live until the batch is done, and for every few of them
    Python's garbage collector would look at all users.
    """

    __slots__ = ("account_ids", "places", "times", "user_ids")

    def __init__(
        self, places: Sequence[int], account_ids: Sequence[str], user_ids: Sequence[str], times: Sequence[int | None]
    ) -> None:
        self.places = places
        self.account_ids = account_ids
        self.user_ids = user_ids
        self.times = times

    @classmethod
    def of(cls, reports: Sequence[ActivityReport]) -> Activities:
        """Return the same reports by columns."""
        if isinstance(reports, cls):
            return reports
        return cls(
            [each.place for each in reports],
            [each.account_id for each in reports],
            [each.user_id for each in reports],
            [each.activity_time for each in reports],
        )

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> ActivityReport: ...

    @overload
    def __getitem__(self, index: slice) -> Activities: ...

    def __getitem__(self, index: int | slice) -> ActivityReport | Activities:
        if isinstance(index, slice):
            return Activities(self.places[index], self.account_ids[index], self.user_ids[index], self.times[index])
        return ActivityReport(self.places[index], self.account_ids[index], self.user_ids[index], self.times[index])

    def __iter__(self) -> Iterator[ActivityReport]:
        return map(_NEW_REPORT, zip(self.places, self.account_ids, self.user_ids, self.times, strict=True))
