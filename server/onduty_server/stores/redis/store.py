"""The store in Redis or Valkey, composed of parts with one job each.

All data is in Redis, so several processes may share a store. Decisions are made in the process and written to Redis by
compare-and-set. Invariants:

- returned data has been committed, or follows from committed data at the store's `now` (`transactions`, `reading`);
- a time in a decision that means now is the time of the write (`records.Moment`);
- nothing is decided or read for a time that no heartbeat vouches for (`heartbeats`).

Each method here names the part that answers the call; `running` runs the scripts of all parts.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection, Coroutine, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import structlog

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import new_lineage
from ...app.ports.observer import Observer
from ...app.ports.reports import AccountSettings, Tally, TallyQuery
from ...app.ports.statuses import (
    AccountPage,
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    ChangePage,
    Decide,
    Preview,
    ProfileUpdate,
    Renewal,
    Revise,
    StatusPage,
    TeamSummary,
)
from ...app.ports.store import DEFAULT_OPTIONS, Store, StoreFigures, StoreOpenError, StoreOptions
from ...app.ports.sweeping import Sweep
from ...app.ports.tracer import Tracer
from ...domain.errors import StoreUnavailable
from ...domain.record import AccountEvent, ProfilePatch, StatusView
from ...domain.status import Status
from ...domain.workflow import Workflow
from . import scripts
from .account_count import AccountCount
from .account_list import AccountList
from .account_settings import SettingsOfAccounts
from .checkup import check_up
from .erasing import Erasing
from .event_streams import EventStreams
from .health import StoreHealth
from .heartbeats import Heartbeats
from .keys import Keys
from .membership import LEASE_MS, Membership
from .partitions import Partitions
from .people import People
from .pruning import Pruning
from .reading import StatusReads
from .records import OLDER_SCHEMAS, SCHEMA, UNFINISHED, another_schema, named
from .reporting import Reporting
from .running import ScriptRunner
from .settling import Settling
from .steps import DEFAULT_STEPS, StepSizes
from .store_time import StoreTime
from .sweeping import PartitionSweeper
from .transactions import Transactions
from .wire.address import RedisAddress
from .wire.client import RedisClient
from .wire.deadlines import Deadlines
from .workflows import Workflows

_log = structlog.get_logger(__name__)


class RedisStore(Store):
    """A store in Redis, which several processes may share.

    `member` is the name of this process, unique by default; a process that succeeds another of the same name need not
    wait for its leases. With `own_time` the scripts use the clock's time instead of the server's, as tests need.
    `min_replicas_acked` replicas must have a change before it is acknowledged.
    """

    heartbeat_interval_ms = 500
    tells_time = True

    def __init__(
        self,
        address: RedisAddress,
        clock: Clock,
        options: StoreOptions = DEFAULT_OPTIONS,
        *,
        key_prefix: str = "onduty",
        own_time: bool = False,
        member: str | None = None,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        min_replicas_acked: int = 0,
        steps: StepSizes = DEFAULT_STEPS,
        tracer: Tracer | None = None,
    ) -> None:
        observer = observer or Observer()
        member = member or f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        deadlines, time = Deadlines(), StoreTime(clock, own_time=own_time)
        self._time = time
        self._keys = keys = Keys(key_prefix)
        self._client = client = RedisClient(
            address,
            guard=keys.common + b"!",
            on_health=self._on_health,
            on_round_trip=observer.answered,
            traced=None if tracer is None else partial(_part, tracer),
        )
        self._health = health = StoreHealth(str(address), observer)
        self._accounts = accounts = AccountCount(client, keys, options.accounts_max)
        self._membership = membership = Membership(client, keys, time, accounts, options, steps, member=member)
        self._partitions = partitions = Partitions(client, keys, time, membership, options, observer)
        self._heartbeats = heartbeats = Heartbeats(
            *(time, membership, partitions, accounts, health, options),
            Pruning(client, keys, time, options, steps),
            deadlines=deadlines,
            on_round=self._on_round,
        )
        self._runner = runner = ScriptRunner(client, keys, time, partitions, health, deadlines=deadlines)
        self._settling = settling = Settling(runner, partitions, observer, options, steps)
        self._sweeper = sweeper = PartitionSweeper(runner, settling, partitions, heartbeats, time, member=member)
        self.wakeup = sweeper.wakeup
        self._transactions = Transactions(
            runner, sweeper, accounts, options, observer, min_replicas_acked=min_replicas_acked
        )
        self._reads = reads = StatusReads(runner, heartbeats, settling, steps)
        self._workflows = Workflows(
            *(runner, settling, sweeper, heartbeats, accounts, reads, options, steps),
            min_replicas_acked=min_replicas_acked,
        )
        self._events = EventStreams(client, keys, runner, sweeper, membership, background or BackgroundTasks(), steps)
        self._people = People(runner, sweeper, options, observer, min_replicas_acked=min_replicas_acked)
        self.erasing = Erasing(
            *(client, keys, runner, self._transactions, sweeper, accounts, self._events, membership, options, steps),
            min_replicas_acked=min_replicas_acked,
        )
        self._account_list = AccountList(client, keys, runner)
        self._settings = SettingsOfAccounts(runner, accounts, options, min_replicas_acked=min_replicas_acked)
        self._reporting = Reporting(client, keys, runner, steps)

    # --- opening and closing -----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, check that the keys are onduty's, and join the processes that share the store."""
        try:
            await self._client.open()
            await check_up(self._client, self._keys.of_partition)
            await self._check_schema()
            await self._heartbeats.round()
        except StoreUnavailable as error:
            await self._client.close()
            # Keep it to one line, however many the library writes.
            cause = " ".join(str(error.__cause__ or "").split())
            if "WRONGTYPE" in cause:
                raise StoreOpenError(
                    f"the keys in {self._client.address} with the prefix {self._keys.prefix!r} are not onduty's; "
                    "set store_key_prefix to another prefix"
                ) from error
            raise StoreOpenError(f"cannot use {self._client.address}: {cause or 'it does not answer'}") from error
        except BaseException:
            await self._client.close()
            raise

    async def _check_schema(self) -> None:
        """Refuse a store written by another version or program; propose the values that a new store begins with."""
        common = self._keys.common
        await self._client.command(common, "SET", common + b"schema", SCHEMA, "NX")
        schema = await self._client.command(common, "GET", common + b"schema")
        if isinstance(schema, bytes) and schema.startswith(UNFINISHED):
            raise StoreOpenError(
                f"{self._client.address} holds an unfinished copy; run `onduty store copy` to it again, which "
                "starts over"
            )
        if schema in OLDER_SCHEMAS:
            await self._upgrade(schema)
        elif schema != str(SCHEMA).encode():
            raise StoreOpenError(another_schema(str(self._client.address), schema))
        self._membership.propose(SCHEMA, secrets.token_bytes(32), new_lineage())

    async def _upgrade(self, schema: bytes) -> None:
        """Raise an older schema, which needs no other change, unless processes that know no other are present."""
        common, address = self._keys.common, self._client.address
        present = await self._client.run(scripts.UPGRADE, common, self._time.argument(), schema, SCHEMA, LEASE_MS)
        if present:
            raise StoreOpenError(
                f"the store in {address} has schema {schema.decode()!r} and is in use by {named(present)} of an older "
                f"version; stop them all, then start this version, which raises the schema to {SCHEMA}"
            )
        _log.info("the store was brought to a new schema; older versions refuse it from now on", schema=SCHEMA)

    async def close(self) -> None:
        """Give back the leases and disconnect. All acknowledged changes are in the store already."""
        self._runner.close()
        await self._events.close()
        try:
            await self._heartbeats.leave()
        except StoreUnavailable:
            # Nothing is lost: the leases expire by themselves.
            _log.warning("the store could not be told that this process is leaving; its leases expire by themselves")
        finally:
            await self._client.close()

    async def abandon(self) -> None:
        """End as a killed process does, without giving back leases: for tests."""
        self._runner.close()
        await self._events.close()
        await self._client.abort()

    def _on_health(self, answers: bool, cause: str) -> None:
        # A replica may have taken over, which lacks what the server before it had not replicated.
        self._heartbeats.may_lack_something |= answers
        self._health.on_answers(answers, cause)

    def _on_round(self) -> None:
        self.token_key, self.lineage = self._membership.token_key, self._membership.lineage

    def figures(self) -> StoreFigures:
        """Return what this process knows of the store. See `Store`."""
        return StoreFigures(
            accounts=self._accounts.count,
            next_due=min((head for head in tuple(self._partitions.heads.values()) if head is not None), default=None),
            partitions_held=len(tuple(self._partitions.held)),
        )

    @property
    def round_trips(self) -> int:
        """The number of batches of calls sent so far, without the reads that follow commits of other processes."""
        return self._client.batches_sent

    # --- heartbeat and sweeper ---------------------------------------------------------------------------------------

    async def heartbeat(self) -> None:
        """Renew the leases and heartbeats of this process's partitions; now and then, prune history."""
        self._runner.check_open()
        await self._heartbeats.round()
        self._sweeper.wake_if_due()
        await self._heartbeats.prune_when_due()
        await self.erasing.catch_up(self._partitions.unfinished, self._time.now())

    def settle_due(self, limit: int) -> Coroutine[Any, Any, Sweep]:
        """See `PartitionSweeper`."""
        return self._sweeper.settle_due(limit)

    # --- users and workflows: each returns the coroutine of the part that answers, without one of its own ------------

    def oldest_activity(self, now: int) -> int:
        """See `Heartbeats`."""
        return self._heartbeats.oldest_activity(now)

    def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> Coroutine[Any, Any, StatusView]:
        """See `Transactions`."""
        return self._transactions.transact(account_id, user_id, decide, hint)

    def get(self, account_id: str, user_ids: Sequence[str]) -> Coroutine[Any, Any, Sequence[StatusView | None]]:
        """See `StatusReads`."""
        return self._reads.get(account_id, user_ids)

    def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> Coroutine[Any, Any, StatusPage]:
        """See `StatusReads`."""
        return self._reads.scan(account_id, statuses, position, limit, team_id)

    def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Coroutine[Any, Any, Available]:
        """See `StatusReads`."""
        return self._reads.available(account_id, order, limit, max_engagements, team_id)

    def workflow(self, account_id: str, team_id: str = "") -> Coroutine[Any, Any, Workflow]:
        """See `Workflows`."""
        return self._workflows.workflow(account_id, team_id)

    def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Coroutine[Any, Any, Workflow]:
        """See `Workflows`."""
        return self._workflows.update_workflow(account_id, revise, team_id)

    def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Coroutine[Any, Any, Preview]:
        """See `Workflows`."""
        return self._workflows.preview(account_id, revise, limit, team_id)

    def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Coroutine[Any, Any, Sequence[Workflow]]:
        """See `Workflows`."""
        return self._workflows.workflow_changes(account_id, before_revision, limit, team_id)

    def team_workflows(self, account_id: str) -> Coroutine[Any, Any, Sequence[Workflow]]:
        """See `Workflows`."""
        return self._workflows.team_workflows(account_id)

    def teams(self, account_id: str, after: str, limit: int) -> Coroutine[Any, Any, Sequence[TeamSummary]]:
        """See `Workflows`."""
        return self._workflows.teams(account_id, after, limit)

    def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> Coroutine[Any, Any, ProfileUpdate]:
        """See `People`."""
        return self._people.update_user(account_id, user_id, patch, actor, caller)

    def delete_user(self, account_id: str, user_id: str) -> Coroutine[Any, Any, None]:
        """See `Erasing`."""
        return self.erasing.delete_user(account_id, user_id)

    def create_account(self, account_id: str) -> Coroutine[Any, Any, bool]:
        """See `Erasing`."""
        return self.erasing.create_account(account_id)

    def delete_account(self, account_id: str) -> Coroutine[Any, Any, None]:
        """See `Erasing`."""
        return self.erasing.delete_account(account_id)

    def accounts(self, position: int, limit: int) -> Coroutine[Any, Any, AccountPage]:
        """See `AccountList`."""
        return self._account_list.accounts(position, limit)

    # --- reports -----------------------------------------------------------------------------------------------------

    def account_settings(self, account_id: str) -> Coroutine[Any, Any, AccountSettings]:
        """See `SettingsOfAccounts`."""
        return self._settings.account_settings(account_id)

    def update_account(self, account_id: str, settings: AccountSettings) -> Coroutine[Any, Any, AccountSettings]:
        """See `SettingsOfAccounts`."""
        return self._settings.update_account(account_id, settings)

    def settled_before(self, account_id: str) -> Coroutine[Any, Any, int]:
        """See `Settling`."""
        return self._settling.settled_before(account_id)

    def tally(self, account_id: str, query: TallyQuery) -> Coroutine[Any, Any, Tally]:
        """See `Reporting`."""
        return self._reporting.tally(account_id, query)

    # --- events ------------------------------------------------------------------------------------------------------

    def changes(
        self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> Coroutine[Any, Any, ChangePage]:
        """See `EventStreams`."""
        return self._events.changes(account_id, wanted, after_revision, limit)

    def events(self, account_id: str, after_revision: int, limit: int) -> Coroutine[Any, Any, Sequence[AccountEvent]]:
        """See `EventStreams`."""
        return self._events.events(account_id, after_revision, limit)

    def subscribe(self, account_id: str, listener: Listener) -> Coroutine[Any, Any, Subscription]:
        """See `EventStreams`."""
        return self._events.subscribe(account_id, listener)

    def settled_until(self, account_id: str) -> Coroutine[Any, Any, int | None]:
        """See `EventStreams`."""
        return self._events.settled_until(account_id)


def _part(tracer: Tracer, node: str, command: str) -> AbstractContextManager[object]:
    """Trace a command from when it joins the pipeline to a node until its reply."""
    attributes = {"db.system.name": "redis", "db.operation.name": command, "server.address": node}
    return tracer.part(f"redis {command}", **attributes)
