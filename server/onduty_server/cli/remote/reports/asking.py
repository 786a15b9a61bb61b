"""Asks a server for reports: page by page, and as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from ...errors import Failure
from ...zone import named_zone
from .ranges import Range, parse_range
from .texts import Extent

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from onduty_client import Bucket, Client, Page, StatusCount, TimeGroup, Timeline, TimeSummary

T = TypeVar("T")

PAGE_SIZE: Final = 1_000
_AHEAD: Final = timedelta(days=1)


class Wanted(NamedTuple):
    """A report's account and people, and its range as it was typed."""

    account: str
    since: str | None
    until: str | None
    zone: ZoneInfo | None
    team: str | None = None
    users: Sequence[str] = ()


class Placed(NamedTuple):
    """The range of a report, and its zone: the one that was asked for, or the account's."""

    range: Range
    zone: ZoneInfo


def placed(client: Client, wanted: Wanted, now: datetime) -> Placed:
    """Return where in time a report is."""
    zone = wanted.zone or _zone_of_account(client, wanted, now)
    return Placed(parse_range(wanted.since, wanted.until, now, zone), zone)


def _zone_of_account(client: Client, wanted: Wanted, now: datetime) -> ZoneInfo:
    # The answer of a report names it. Reading it as a setting takes a permission that not everybody has who may see
    # reports; one about tomorrow has nothing to add up.
    start = now + _AHEAD
    page = client.summarize_time_page(
        wanted.account, start, start + _AHEAD, user_ids=wanted.users or None, team_id=wanted.team
    )
    try:
        return named_zone(page.time_zone)
    except ValueError:
        raise Failure(
            f"the account's time zone is {page.time_zone!r}, which this machine does not know; give --time-zone"
        ) from None


def summaries(
    client: Client, wanted: Wanted, place: Placed, bucket: Bucket, group: TimeGroup
) -> tuple[Extent, Iterator[TimeSummary]]:
    """Return how far a report reaches, and its summaries, of which the first page is there already."""

    def ask(end: datetime, token: str) -> Any:
        return client.summarize_time_page(
            wanted.account,
            place.range.start,
            end,
            bucket=bucket,
            time_zone=place.zone.key,
            group=group,
            user_ids=wanted.users or None,
            team_id=wanted.team,
            page_size=PAGE_SIZE,
            page_token=token,
        )

    first, items = pages(ask, place.range.end)
    return _extent(place, first), items


def timelines(client: Client, wanted: Wanted, place: Placed) -> tuple[Extent, Iterator[Timeline]]:
    """Return how far the timelines reach, and they themselves, of which the first page is there already."""

    def ask(end: datetime, token: str) -> Any:
        return client.list_timelines_page(
            wanted.account,
            place.range.start,
            end,
            user_ids=wanted.users or None,
            team_id=wanted.team,
            page_size=PAGE_SIZE,
            page_token=token,
        )

    first, items = pages(ask, place.range.end)
    return _extent(place, first), items


def counts(client: Client, wanted: Wanted, place: Placed, step: Bucket) -> tuple[Extent, Sequence[StatusCount]]:
    """Return how far the counts reach, and they themselves."""
    found = client.count_by_status(
        wanted.account,
        place.range.start,
        place.range.end,
        step=step,
        time_zone=place.zone.key,
        team_id=wanted.team,
    )
    return _extent(place, found), found.counts


def _extent(place: Placed, found: Any) -> Extent:
    return Extent(*place.range, found.as_of, place.zone, place.zone.key, found.known_since)


def pages(ask: Callable[[datetime, str], Page[T]], end: datetime) -> tuple[Any, Iterator[T]]:
    """Return the first page, and an iterator over the items of all of them, each as of the moment of the first."""
    first: Any = ask(end, "")
    if first.next_page_token and first.as_of < end:
        # Each page would be as of a later moment: all of them are asked for up to that of the first.
        end = first.as_of
        first = ask(end, "")

    def items() -> Iterator[T]:
        page = first
        yield from page.items
        while page.next_page_token:
            page = ask(end, page.next_page_token)
            yield from page.items

    return first, items()
