"""Copies everything that a store keeps into an empty one, and proves that it has arrived.

What was written is read back: the counts and digests of all accounts, with their users and events, must be those of the
source. Only then is the target finished. A copy that fails or is interrupted leaves it marked as unfinished, and the
source as it was. Memory is bounded by `_ACCOUNTS_AT_ONCE` chunks, however much there is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, NamedTuple

from ..domain.record import Switch, UserChange, UserRecord
from ..domain.rules import PastPolicy
from ..domain.workflow import Workflow
from .ports.archive import Archive, KeptAccount, KeptDay, KeptEdge, KeptEvent, StoreCounts

_ACCOUNTS_AT_ONCE = 32
"""How many accounts are copied concurrently."""
_NAMED_MAX = 5
"""How many accounts that differ an error names."""
_DIGEST_BYTES = 16
_DIGESTS = 1 << 8 * _DIGEST_BYTES

Progress = Callable[[StoreCounts], None]
"""Called now and then with how much has been done so far."""


class CopyMismatch(Exception):
    """The copy differs from its source; the message tells an operator where."""


class AccountDigest(NamedTuple):
    """The number of an account's users and events, and a digest of the whole account, erased users included."""

    users: int
    events: int
    digest: bytes


@dataclass
class _Totals:
    """The totals over accounts, in whatever order they are added."""

    accounts: int = 0
    users: int = 0
    events: int = 0
    erased: int = 0
    digests: int = 0
    floor: int = field(default=0)
    """The latest recovery floor: accounts of one part of a store share one."""

    @property
    def counts(self) -> StoreCounts:
        return StoreCounts(self.accounts, self.users, self.events, self.erased)


class _ArchiveReader:
    """Reads the accounts of an archive and adds them up, copying them to another archive if told to."""

    def __init__(self, archive: Archive, report: Progress) -> None:
        self.sum = _Totals()
        self._archive = archive
        self._report = report

    async def run(self, into: Archive | None = None) -> _Totals:
        """Read every account, several at once, and write it to `into` if given."""
        waiting: list[str] = []
        async for account_id in self._archive.account_ids():
            waiting.append(account_id)
            if len(waiting) == _ACCOUNTS_AT_ONCE:
                await self._several(waiting, into)
                waiting.clear()
        await self._several(waiting, into)
        return self.sum

    async def _several(self, account_ids: list[str], into: Archive | None) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for account_id in account_ids:
                    group.create_task(self.one(account_id, into))
        except BaseExceptionGroup as errors:
            # The first error ends the copy; report that one.
            raise errors.exceptions[0] from None

    async def one(self, account_id: str, into: Archive | None = None) -> AccountDigest | None:
        """Read an account, write it to `into` if given, and add it to the sum. None if there is no such account."""
        account = await self._archive.account(account_id)
        if account is None:
            return None
        total, places, users, events = self.sum, 0, 0, 0
        digest = blake2b(_account_line(account), digest_size=_DIGEST_BYTES)
        if into is not None:
            await into.add_account(account)
        async for records in self._archive.users(account_id):
            digest.update(_user_lines(records))
            if into is not None:
                await into.add_users(account_id, places, records)
            living = sum(bool(record.user_id) for record in records)
            places += len(records)
            users += living
            total.users += living
            total.erased += len(records) - living
            self._report(total.counts)
        async for kept in self._archive.events(account_id):
            digest.update(_event_lines(kept))
            if into is not None:
                await into.add_events(account_id, kept)
            events += len(kept)
            total.events += len(kept)
            self._report(total.counts)
        digest.update(await self._reports(account_id, into))
        total.accounts += 1
        total.digests = (total.digests + int.from_bytes(digest.digest())) % _DIGESTS
        total.floor = max(total.floor, account.vital.floor)
        self._report(total.counts)
        return AccountDigest(users, events, digest.digest())

    async def _reports(self, account_id: str, into: Archive | None) -> bytes:
        """Read what an account keeps for reports, write it to `into` if given, and return a digest of it."""
        # Two stores need not have it in the same order.
        digests = 0
        async for days in self._archive.days(account_id):
            digests += sum(map(_line_digest, map(_day_line, days)))
            if into is not None:
                await into.add_days(account_id, days)
            self._report(self.sum.counts)
        async for edges in self._archive.edges(account_id):
            digests += sum(map(_line_digest, map(_edge_line, edges)))
            if into is not None:
                await into.add_edges(account_id, edges)
            self._report(self.sum.counts)
        return (digests % _DIGESTS).to_bytes(_DIGEST_BYTES)


async def copy(source: Archive, target: Archive, *, copying: Progress, verifying: Progress) -> StoreCounts:
    """Copy `source` to `target`, both open already, and finish the target.

    Raises:
        CopyMismatch: the target differs from the source; it stays unfinished.
        StoreOpenError: a server was started on the source meanwhile; the target stays unfinished.
    """
    written = await _ArchiveReader(source, copying).run(target)
    await target.seal()
    await source.check_rest()
    found = await _ArchiveReader(target, verifying).run()
    counted = {source.name: await source.counts(), target.name: await target.counts()}
    if found != written or any(tally != written.counts for tally in counted.values()):
        raise CopyMismatch(await _difference(source, target, counted))
    there, here = await source.header(), await target.header()
    if there.token_key != here.token_key:
        raise CopyMismatch("the key that resume tokens are signed with was not copied")
    if there.first_revision != here.first_revision:
        raise CopyMismatch(f"new accounts begin at revision {here.first_revision} instead of {there.first_revision}")
    await target.finish()
    return found.counts


async def _difference(source: Archive, target: Archive, counted: dict[str, StoreCounts]) -> str:
    """Describe what differs, account by account, having read both sides again."""
    parts = [
        f"{name} has {tally.accounts:,} accounts, {tally.users:,} users and {tally.events:,} events"
        for name, tally in counted.items()
    ]
    there, here = _ArchiveReader(source, _ignore), _ArchiveReader(target, _ignore)
    differing: list[str] = []
    async for account_id in source.account_ids():
        expected, found = await there.one(account_id), await here.one(account_id)
        if expected is not None and expected != found:
            differing.append(_account_difference(account_id, expected, found))
            if len(differing) == _NAMED_MAX:
                differing.append("and perhaps other accounts")
                break
    if not differing and here.sum.floor != there.sum.floor:
        differing.append("the recovery floor differs")
    return "the copy differs from its source: " + "; ".join([*parts, *differing])


def _account_difference(account_id: str, expected: AccountDigest, found: AccountDigest | None) -> str:
    if found is None:
        return f"account {account_id!r} is missing"
    if (expected.users, expected.events) == (found.users, found.events):
        return f"account {account_id!r} has other contents"
    return (
        f"account {account_id!r} has {found.users:,} users and {found.events:,} events "
        f"instead of {expected.users:,} and {expected.events:,}"
    )


def _ignore(_: StoreCounts) -> None:
    pass


# --- lines to digest: one for each record, of every field -------------------------------------------------------------


def _account_line(account: KeptAccount) -> bytes:
    workflow, past = _workflow(account.workflow), [_past(policy) for policy in account.past]
    teams = [
        (team.team_id, _workflow(team.workflow), [_past(policy) for policy in team.past]) for team in account.teams
    ]
    fields = account.account_id, account.revision, workflow, past, teams, *account.settings, account.known_since
    return repr(fields).encode(errors="surrogatepass")


def _past(policy: PastPolicy) -> tuple[Any, ...]:
    # A store need not keep who made a workflow that is no longer in force.
    workflow = replace(policy.workflow, updated_by="", update_caller="")
    return _workflow(workflow), policy.floor, policy.until, policy.last_revision


def _workflow(workflow: Workflow) -> tuple[Any, ...]:
    return (
        workflow.enabled,
        workflow.away_after_ms,
        workflow.offline_after_ms,
        int(workflow.resume),
        workflow.keep_manual_away,
        workflow.enabled_time,
        workflow.thresholds_since,
        workflow.update_time,
        workflow.updated_by,
        workflow.update_caller,
        workflow.revision,
        workflow.previous_revision,
        workflow.disconnect_after_ms,
        int(workflow.disconnect_status),
        workflow.team_id,
        workflow.follows,
    )


def _user_lines(records: Any) -> bytes:
    return b"".join(map(_user_line, records))


def _user_line(record: UserRecord) -> bytes:
    return (
        b"\nu%b"
        % repr(
            (
                record.user_id,
                int(record.state),
                record.status_since,
                record.last_activity,
                record.clock,
                record.actor,
                record.reason,
                record.revision,
                record.layers,
                *record.profile,
            )
        ).encode()
    )


def _event_lines(events: Any) -> bytes:
    return b"".join(map(_event_line, events))


def _event_line(event: KeptEvent) -> bytes:
    change = event.change
    if isinstance(change, Switch):
        what: tuple[Any, ...] = (
            int(change.previous),
            int(change.state),
            change.effective_time,
            change.actor,
            change.reason,
            change.caller,
            change.expire_time,
            None if change.then is None else int(change.then),
            event.team_id,
        )
    elif isinstance(change, UserChange):
        what = (*change.before, *change.after, change.actor, change.caller, change.erased, int(event.state))
    else:
        what = _workflow(change)
    return b"\ne%b" % repr((event.revision, event.commit_time, event.position, event.user_id, what)).encode()


def _day_line(day: KeptDay) -> bytes:
    return repr((day.start, day.end, day.position, int(day.key.code), day.key.team_id, day.net, day.times)).encode()


def _edge_line(kept: KeptEdge) -> bytes:
    key, time, begins = kept.edge
    return repr((kept.position, int(key.code), key.team_id, time, bool(begins))).encode()


def _line_digest(line: bytes) -> int:
    return int.from_bytes(blake2b(line, digest_size=_DIGEST_BYTES).digest())
