"""Erases users and accounts, in steps of which each is bounded, and completes what a killed process has begun.

The first step is one script: after it the user, or the account, is not there, and a mark says what is left to be done.
The mark goes last. So an erasure is whole or has not begun, whichever process takes it up again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from ...app.ports.store import StoreOptions
from ...domain import rules
from ...domain.edges import lease_edges
from ...domain.errors import AccountUnknown, StoreUnavailable, UserUnknown
from ...domain.record import Decision, UserRecord
from ...domain.workflow import DEFAULT_WORKFLOW
from . import scripts
from .account_count import AccountCount
from .edges import edge_arguments
from .event_streams import EventStreams
from .keys import Keys, partition_of
from .loading import load
from .membership import Membership
from .records import Moment, forget_decoded, pack_workflow, read_record
from .rewriting import Rewriting
from .running import ScriptRunner
from .steps import StepSizes
from .sweeping import PartitionSweeper
from .transactions import Transactions, holds_until_of
from .wire.client import RedisClient
from .wire.errors import OutcomeUnknown

_ATTEMPTS_MAX: Final = 50
"""How often an erasure is decided again because another write came first."""
_OLDER: Final = 3
"""The reply of an erasure in an account whose history is of an older schema."""
_TOLD_S: Final = 0.3
"""How long other processes have to read whom an erasure concerns, before nobody can know any more. They are told at
once; a process that comes later begins anew with a snapshot."""
_ABANDONED_MS: Final = 5_000
"""How old the mark of an erasure is when another process takes it up."""
_DEFAULT_WORKFLOW = pack_workflow(DEFAULT_WORKFLOW)


class Erasing:
    """Erases. `min_replicas_acked` replicas must have an erasure before it is acknowledged."""

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        runner: ScriptRunner,
        transactions: Transactions,
        sweeper: PartitionSweeper,
        accounts: AccountCount,
        events: EventStreams,
        membership: Membership,
        options: StoreOptions,
        steps: StepSizes,
        *,
        min_replicas_acked: int,
    ) -> None:
        self._client = client
        self._keys = keys
        self._runner = runner
        self._transactions = transactions
        self._sweeper = sweeper
        self._accounts = accounts
        self._events = events
        self._membership = membership
        self._options = options
        self._steps = steps
        self._min_replicas_acked = min_replicas_acked
        self._rewriting = Rewriting(client)
        runner.on_dropping = self._drop_rest

    # --- users -------------------------------------------------------------------------------------------------------

    async def delete_user(self, account_id: str, user_id: str) -> None:
        """Erase a user; see `StatusStore`."""
        partition = partition_of(account_id)
        # A caller who gives up, or a process that stops, leaves the rest to whoever sweeps the partition.
        for revision, is_named in await self.begin(account_id, user_id):
            await self._end(partition, account_id, revision, is_named=is_named)
        forget_decoded()
        await self._rewriting.ask(self._keys.of_partition[partition])

    async def begin(self, account_id: str, user_id: str) -> list[tuple[int, bool]]:
        """Take the user out of the account; return the revisions of erasures of this id that have yet to end.

        Each comes with whether records of others, or workflows, may name the user.

        Raises:
            UserUnknown: there is no such user, and no such erasure.
        """
        partition = partition_of(account_id)
        for _ in range(_ATTEMPTS_MAX):
            loaded = await load(self._runner, partition, account_id, user_id)
            if not loaded.record:
                marks = await self._marks(partition, account_id)
                revisions = [(revision, True) for revision, _, name in marks if name == user_id]
                if not revisions:
                    raise UserUnknown(account_id, user_id)
                return revisions
            record, policy = read_record(user_id, loaded.record).record, loaded.policy
            if rules.settle(record, policy, loaded.now).record is not record:
                await self._transactions.transact(account_id, user_id, rules.settle)
                continue
            holds_until = holds_until_of(record, Decision(record, ()), policy, policy, loaded.now)
            try:
                reply = await self._runner.write(
                    *(scripts.ERASE, partition, account_id, self._options.history_max_changes, user_id),
                    *(loaded.record, loaded.workflow, loaded.past, loaded.floor),
                    *(b"" if holds_until is None else holds_until, int(record.shown)),
                    *edge_arguments(lease_edges(record, UserRecord(user_id), Moment(loaded.now))),
                    replicas=self._min_replicas_acked,
                )
            except OutcomeUnknown:
                continue
            if reply[0] == _OLDER:
                await self._modernise(partition, account_id)
            elif reply[0]:
                self._sweeper.expect(partition, reply[3])
                return [(int(reply[2]), bool(reply[4]))]
        raise StoreUnavailable

    async def _end(self, partition: int, account_id: str, revision: int, *, is_named: bool = True) -> None:
        """Erase what names the user elsewhere, tell those who watch, and remove the mark."""
        while (
            is_named
            and not (await self._runner.read(scripts.SCRUB, partition, account_id, revision, self._steps.scrub))[0]
        ):
            pass
        await self._tell(account_id)
        await self._runner.read(scripts.FORGET, partition, account_id, revision)

    async def _tell(self, account_id: str) -> None:
        """Tell those who watch, in this process and, if there are others, in those."""
        await self._events.catch_up(account_id)
        if any(member != self._membership.member for member in self._membership.members):
            await asyncio.sleep(_TOLD_S)

    async def _modernise(self, partition: int, account_id: str) -> None:
        while not (await self._runner.read(scripts.MODERNISE, partition, account_id, self._steps.scrub))[0]:
            pass

    async def _marks(self, partition: int, account_id: str) -> list[tuple[int, int, str]]:
        """Return revision, time and user of the erasures of an account that have yet to end."""
        key = self._keys.of_partition[partition]
        found = iter(await self._client.command(key, "HGETALL", key + b"p:" + account_id.encode()))
        marks: list[tuple[int, int, str]] = []
        for revision, mark in zip(found, found, strict=True):
            began, _, name = mark.decode().split(" ", 2)
            marks.append((int(revision), int(began), name))
        return marks

    # --- accounts ----------------------------------------------------------------------------------------------------

    async def create_account(self, account_id: str) -> bool:
        """Create an account; see `StatusStore`."""
        partition = partition_of(account_id)
        loaded = await load(self._runner, partition, account_id)
        if loaded.workflow:
            return False
        self._accounts.check_room()
        reply = await self._runner.write(
            scripts.CREATE, partition, account_id, _DEFAULT_WORKFLOW, replicas=self._min_replicas_acked
        )
        if reply[0]:
            await self._accounts.add()
        return bool(reply[0])

    async def delete_account(self, account_id: str) -> None:
        """Erase an account; see `StatusStore`."""
        partition = partition_of(account_id)
        await self.begin_account(account_id)
        await self._tell(account_id)
        await self._drop_rest(partition, account_id)
        forget_decoded()
        await self._rewriting.ask(self._keys.of_partition[partition])

    async def begin_account(self, account_id: str) -> None:
        """Take an account out of the store.

        Raises:
            AccountUnknown: there is no such account, and no erasure of it that has yet to end.
        """
        partition = partition_of(account_id)
        begun = (await self._runner.write(scripts.DROP, partition, account_id, replicas=self._min_replicas_acked))[0]
        if not begun:
            raise AccountUnknown(account_id)
        if begun == 1:
            await self._accounts.remove()

    async def _drop_rest(self, partition: int, account_id: str) -> None:
        while not (await self._runner.run_unvouched(scripts.DROP_REST, partition, account_id, self._steps.scrub))[0]:
            pass

    # --- what others have begun --------------------------------------------------------------------------------------

    async def catch_up(self, partitions: set[int], now: int) -> None:
        """Do what is left to be done, at `now` (ms UTC), of erasures in these partitions, and of rewriting files."""
        await self._rewriting.ask_again()
        while partitions:
            await self._complete(partitions.pop(), now)

    async def _complete(self, partition: int, now: int) -> None:
        """End the erasures of a partition that no process seems to be at any more, at `now` (ms UTC)."""
        key = self._keys.of_partition[partition]
        with suppress(StoreUnavailable):
            for account in await self._client.command(key, "SMEMBERS", key + b"dropping"):
                await self._drop_rest(partition, account.decode())
            for account in await self._client.command(key, "SMEMBERS", key + b"erasing"):
                account_id = account.decode()
                for revision, began, _ in await self._marks(partition, account_id):
                    if now - began >= _ABANDONED_MS:
                        await self._end(partition, account_id, revision)
                        await self._rewriting.ask(key)
