"""Places to copy from and to, and what can be asked of a store that was copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.fakes import FakeClock
from tests.stores.backends import Backend, RedisBackend, SqliteBackend
from tests.stores.site import Site

from onduty_server.app.copying import copy
from onduty_server.app.ports.archive import Archive, KeptAccount, KeptDay, KeptEvent, StoreCounts
from onduty_server.app.ports.statuses import AvailabilityOrder, TeamSummary
from onduty_server.app.ports.sweeping import VitalSigns
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.record import AccountEvent, LeaseEdge, UserRecord
from onduty_server.stores.redis.archive import RedisArchive
from onduty_server.stores.redis.wire.address import parse_address
from onduty_server.stores.sqlite.archive import SqliteArchive

CHUNK = 3
"""A handful of users are several chunks."""


def archive_of(backend: Backend) -> Archive:
    """What a backend keeps; it must have been stopped."""
    if isinstance(backend, RedisBackend):

        def now() -> int:
            return backend.clock.now()

        return RedisArchive(parse_address(backend.address), key_prefix=backend.key_prefix, chunk=CHUNK, time=now)
    assert isinstance(backend, SqliteBackend)
    return SqliteArchive(backend.path, chunk=CHUNK)


def nothing(_: StoreCounts) -> None:
    """A report that nobody hears."""


async def moved(source: Backend, target: Backend) -> StoreCounts:
    """Copy all that one backend keeps to another."""
    reader, writer = archive_of(source), archive_of(target)
    try:
        whole = await reader.open_to_read()
        await writer.open_to_write(whole)
        return await copy(reader, writer, copying=nothing, verifying=nothing)
    finally:
        await writer.close()
        await reader.close()


async def gone(backend: Backend) -> None:
    """End as a killed process does, and wait until it is known to be gone."""
    await backend.crash()
    backend.clock = FakeClock(backend.clock.now() + 2_001)


class Contents(NamedTuple):
    """What an archive has of an account."""

    account: KeptAccount
    users: list[tuple[object, ...]]
    events: list[KeptEvent]
    days: set[KeptDay]
    edges: dict[int, list[LeaseEdge]]
    """By the position of the user."""


async def contents(backend: Backend) -> tuple[bytes, dict[str, Contents]]:
    """Everything that a backend keeps, account by account, and the key of its tokens."""
    archive = archive_of(backend)
    try:
        whole = await archive.open_to_read()
        found: dict[str, Contents] = {}
        async for account_id in archive.account_ids():
            account = await archive.account(account_id)
            assert account is not None
            users = [_fields(record) async for records in archive.users(account_id) for record in records]
            events = [event async for several in archive.events(account_id) for event in several]
            days = {day async for several in archive.days(account_id) for day in several}
            edges: dict[int, list[LeaseEdge]] = {}
            async for kept in archive.edges(account_id):
                for position, edge in kept:
                    edges.setdefault(position, []).append(edge)
            # When it was last changed is known only as far as the history says. A file has one heartbeat for all.
            vital = VitalSigns(0, 0, account.vital.floor)
            account = account._replace(committed=0, vital=vital)
            found[account_id] = Contents(account, users, events, days, edges)
        return whole.token_key, found
    finally:
        await archive.close()


def _fields(record: UserRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in UserRecord.__slots__)


async def answers(site: Site, accounts: Sequence[str]) -> dict[str, Any]:
    """What a store answers to everything that can be read."""
    found: dict[str, Any] = {"token key": site.store.token_key}
    there = (await site.store.accounts(0, 1_000)).account_ids
    for account in accounts:
        views = await site.views(account=account)
        found[account] = {
            "views": views,
            "workflow": await site.store.workflow(account),
            "available": [
                await site.available(order, limit, account=account)
                for order in AvailabilityOrder
                for limit in (2, 1_000)
            ],
            "settings": (await site.service.list_workflow_changes(account, page_size=1_000)).items,
            "history": await site.history(account=account),
            "of a user": await site.history("ada", account=account),
            "impact": await site.impact({"enabled": True, "away_after_ms": 1_000}, account=account),
            "teams": [(team, await asked_of(site, account, team)) for team in await site.store.teams(account, "", 100)],
            "workflows of teams": list(await site.store.team_workflows(account)),
            "events": [await events_after(site, account, revision) for revision in (0, 1, 2, 5, 9, 20)]
            if account in there
            # The revision at which one that is not there would begin is each store's own affair.
            else [],
        }
    return found


async def asked_of(site: Site, account: str, team: TeamSummary) -> tuple[Any, ...]:
    """What a store answers of one team."""
    of = team.team_id
    settings = await site.service.list_workflow_changes(account, page_size=1_000, team_id=of)
    return (
        await site.views(account=account, team=of),
        [await site.available(order, account=account, team=of) for order in AvailabilityOrder],
        await site.store.workflow(account, of),
        settings.items,
    )


async def events_after(site: Site, account: str, revision: int) -> Sequence[AccountEvent] | str:
    """What a watcher would be sent that resumes at a revision."""
    try:
        return list(await site.store.events(account, revision, 1_000))
    except ResumeTokenExpired:
        return "expired"
