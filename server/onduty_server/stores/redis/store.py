"""The store over Redis or Valkey: it decides here and writes there, by compare-and-set.

No process keeps anything that matters: a record, the policy and the time are read, `domain.rules` decide, and a
script writes what they decided if all of it is still so, else says what is there now and the decision is made again.
An activity in order and a read are one round trip. Invariants:

- what is answered has been committed, or follows at the store's `now` from what has;
- what a decision calls now is the instant at which it is written (`Moment`);
- nothing is decided or read for a moment that no heartbeat vouches for (`Partitions`).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from heapq import nlargest
from typing import Any, NamedTuple

import structlog

from ...app.background import BackgroundTasks
from ...app.gaps import doubtful, time_before
from ...app.limits import ACTIVITY_MAX_AGE_MS, SWEEP_CHUNK
from ...app.ports.clock import Clock
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place, new_lineage
from ...app.ports.observer import Observer
from ...app.ports.statuses import (
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    ChangePage,
    Decide,
    Preview,
    PreviewedSwitch,
    Revise,
    StatusPage,
)
from ...app.ports.store import (
    DEFAULT_OPTIONS,
    PAST_WORKFLOWS_MAX,
    Store,
    StoreOpenError,
    StoreOptions,
    full_account,
    full_store,
)
from ...app.ports.sweeping import Sweep
from ...domain import rules
from ...domain.errors import ResumeTokenExpired, RevisionConflict, StoreUnavailable
from ...domain.record import AccountEvent, Decision, StatusChange, StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import State, Status
from ...domain.workflow import DEFAULT_WORKFLOW, Workflow
from . import scripts
from .checkup import check_up
from .health import StoreHealth
from .partitions import Keys, Partitions, partition_of
from .records import (
    SCHEMA,
    UNFINISHED,
    Moment,
    Stored,
    another_schema,
    now_mask,
    pack_record,
    pack_switch,
    pack_workflow,
    read_event,
    read_policy,
    read_record,
    read_workflow,
    workflow_now_mask,
)
from .tail import Tails
from .wire.address import RedisAddress
from .wire.client import RedisClient
from .wire.coalescer import CallCoalescer
from .wire.connection import Arg
from .wire.deadlines import Deadlines, bounded
from .wire.errors import OutcomeUnknown
from .wire.script import Script

_log = structlog.get_logger(__name__)

_STALE = -1
"""The reply of a script that must not answer before a heartbeat has come."""
_LEASE_LOST = -2
_FULL = 2
_OVERDUE = 0
"""In place of a queue of the index: those known to be overdue."""

_ATTEMPTS_MAX = 50
"""How often a decision is made anew because something else came first."""
_REVIVALS_MAX = 5
_SCAN_MAX = 1_000
"""How many users one page of a list looks at."""
_COLLECT_BUDGET = 1_000
"""How many index entries a script looks at before other calls get their turn."""
_PREVIEW_CHUNK = 1_000
_SETTLE_CHUNK = SWEEP_CHUNK
"""How many of those overdue a workflow change records itself."""
_HISTORY_CHUNK = 1_000
_PAGE_SPARE = 10
"""How many changes of the workflow a page of history may have in between without another look."""
_HISTORY_CHUNKS_MAX = 4
"""How many chunks of history one page looks through."""
_LINEAGE_DIGITS = 15
"""How much of a replication id, in hex, tells histories apart."""
_PRUNE_INTERVAL_MS = 10 * 60 * 1_000
_PRUNE_BUDGET = 1_000
_DEFAULT_WORKFLOW = pack_workflow(DEFAULT_WORKFLOW)


class _Loaded(NamedTuple):
    """What a decision about one user rests on."""

    now: int
    floor: int
    record: bytes
    workflow: bytes
    past: bytes

    @property
    def policy(self) -> Policy:
        return read_policy(self.workflow, self.past, self.floor)


class _Touched(NamedTuple):
    """What became of an activity, or what there is to decide about it."""

    moved: bool
    now: int
    floor: int
    record: bytes
    workflow: bytes
    past: bytes


class RedisStore(Store):
    """See the module and the port.

    `member` is the name of this process among those on the same store, by default one of its own; a process that takes
    over from an earlier one of the same name need not wait for its leases. With `own_time` the scripts take the clock's
    time instead of the server's, as tests need.
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
    ) -> None:
        self.wakeup = asyncio.Event()
        self.deadlines = Deadlines()
        self._clock = clock
        self._own_time = own_time
        self._observer = observer or Observer()
        self._options = options
        self._min_replicas_acked = min_replicas_acked
        self._keys = Keys(key_prefix)
        self._health = StoreHealth(str(address), self._observer)
        self._client = RedisClient(address, guard=self._keys.common + b"!", on_health=self._hear)
        self._partitions = Partitions(
            self._client,
            self._keys,
            self._time,
            self._expected_time,
            member=member or f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}",
            observer=self._observer,
            outage_grace_ms=options.outage_grace_ms,
            count_outage_as_inactivity=options.count_outage_as_inactivity,
        )
        self._partitions.on_round = self._align
        self._touches = CallCoalescer(self._touch)
        """By partition."""
        self._reads = CallCoalescer(self._look_up)
        """By account."""
        self._tails = Tails(self._client, self._keys, self._read_kept_events, background or BackgroundTasks())
        self._sleeping_until: int | None = 0
        self._turn = 0
        self._turns: dict[int, int] = {}
        self._next_prune = 0
        self._deciding: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}
        """Users of whom something is being decided here, and how many decisions there are to make."""
        self._look_over = True
        """Whether to look for what a failover may have lost."""
        self._closed = False

    # --- life --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Find the server, check that what is there is ours, and join the processes that share it."""
        try:
            await self._client.open()
            await check_up(self._client, self._keys.of_partition)
            await self._check_schema()
            await self._round()
        except StoreUnavailable as error:
            await self._client.close()
            # One line, whatever the library writes.
            cause = " ".join(str(error.__cause__ or "").split())
            if "WRONGTYPE" in cause:
                raise StoreOpenError(
                    f"what is in {self._client.address} under the prefix {self._keys.prefix!r} is not onduty's; "
                    "set store_key_prefix to another"
                ) from error
            raise StoreOpenError(f"cannot use {self._client.address}: {cause or 'it does not answer'}") from error
        except BaseException:
            await self._client.close()
            raise

    async def _check_schema(self) -> None:
        """Refuse what another version or program has written; propose what is kept with the data from then on."""
        common = self._keys.common
        await self._client.command(common, "SET", common + b"schema", SCHEMA, "NX")
        schema = await self._client.command(common, "GET", common + b"schema")
        if isinstance(schema, bytes) and schema.startswith(UNFINISHED):
            raise StoreOpenError(
                f"what is in {self._client.address} is an unfinished copy; run `onduty store copy` to it again, which "
                "begins anew"
            )
        if schema != str(SCHEMA).encode():
            raise another_schema(str(self._client.address), schema)
        self._partitions.schema = SCHEMA
        self._partitions.token_key, self._partitions.lineage = secrets.token_bytes(32), new_lineage()

    async def close(self) -> None:
        """Give the leases back and disconnect; all that was acknowledged is in the store already."""
        self._closed = True
        await self._tails.close()
        try:
            if self._clock.now() > self._partitions.horizon:
                # An outage that nobody has noticed yet must not pass for time in which activities could be recorded.
                await self._partitions.round()
            await self._partitions.leave()
        except StoreUnavailable:
            # Nothing is lost by it: the leases end by themselves.
            _log.warning("the store cannot be told that this process leaves")
        finally:
            await self._client.close()

    async def abandon(self) -> None:
        """End as a killed process does, telling nobody: for tests."""
        self._closed = True
        await self._tails.close()
        await self._client.abort()

    async def heartbeat(self) -> None:
        """Keep the leases and heartbeats of this process's partitions; drop what history is no longer kept."""
        self._check_open()
        await self._round()
        self._wake_for(self._next_due())
        now = self._clock.now()
        if now >= self._next_prune:
            self._next_prune = now + _PRUNE_INTERVAL_MS
            self._look_over = True
            kept_from = await self._kept_from(now)
            await asyncio.gather(*(self._prune(number, kept_from) for number in list(self._partitions.held)))

    @bounded
    async def _round(self) -> None:
        """A round of heartbeats. When each node refuses them, the store is as good as gone, and is said to be."""
        try:
            await self._partitions.round()
        finally:
            self._health.on_heartbeats(self._partitions.refusal)
        self.token_key, self.lineage = self._partitions.token_key, self._partitions.lineage
        if self._look_over:
            await self._partitions.find_unlisted()
            await self._partitions.recount()
            self._look_over = False

    async def _kept_from(self, now: int) -> int:
        """From which commit time on (ms UTC) history is kept: never by a clock that may have been wrong."""
        known = self._partitions.gaps
        kept_from = time_before(now, self._options.history_retention_ms, known)
        gaps = doubtful(known, now, wall=now - self._partitions.offset_ms, kept_from=kept_from)
        await self._partitions.forget_gaps(set(known).difference(gaps))
        return time_before(now, self._options.history_retention_ms, gaps)

    def oldest_activity(self, now: int) -> int:
        """As for history: an activity of the right time is none of long ago."""
        return time_before(now, ACTIVITY_MAX_AGE_MS, self._partitions.gaps)

    async def _prune(self, partition: int, before: int) -> None:
        key, more = self._keys.of_partition[partition], 1
        while more:
            more = await self._client.run(scripts.PRUNE, key, self._time(), before, _PRUNE_BUDGET)

    def _hear(self, answers: bool, cause: str) -> None:
        # It may be another server, which lacks what the one before it had not yet told it.
        self._look_over |= answers
        self._health.on_answers(answers, cause)

    def _align(self, now: int) -> None:
        if self._own_time:
            # A test's clock that began before what is kept.
            self._clock.hold(now)
        else:
            self._clock.align(now)

    @property
    def round_trips(self) -> int:
        """How many pipelines were sent so far, but for those that follow what others commit."""
        return self._client.batches_sent

    def _time(self) -> Arg:
        return self._clock.now() if self._own_time else b""

    def _expected_time(self) -> Arg:
        return b"" if self._own_time else self._clock.now()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable

    async def _run(self, script: Script, partition: int, *args: Arg, replicas: int = 0) -> list[Any]:
        """Run a script, once a heartbeat vouches for now."""
        self._check_open()
        key = self._keys.of_partition[partition]
        reply: list[Any] = await self._client.run(script, key, self._time(), *args, replicas=replicas)
        if reply[0] == _STALE:
            reply = await self._run_revived(script, partition, *args, replicas=replicas)
        return reply

    @bounded
    async def _run_revived(self, script: Script, partition: int, *args: Arg, replicas: int) -> list[Any]:
        key = self._keys.of_partition[partition]
        for _ in range(_REVIVALS_MAX):
            await self._partitions.revive(partition)
            reply: list[Any] = await self._client.run(script, key, self._time(), *args, replicas=replicas)
            if reply[0] != _STALE:
                return reply
        raise StoreUnavailable

    async def _write(self, script: Script, partition: int, *args: Arg, replicas: int = 0) -> list[Any]:
        """Run a script that makes a change. A node that refuses it, as when its memory is full, still answers reads."""
        with self._changing(partition):
            return await self._run(script, partition, *args, replicas=replicas)

    @contextmanager
    def _changing(self, partition: int) -> Iterator[None]:
        node = self._client.node_of(self._keys.of_partition[partition])
        try:
            yield
        except StoreUnavailable as error:
            self._health.on_change(node, error.__cause__ or error)
            raise
        self._health.on_change(node)

    async def _vouch(self, partition: int) -> None:
        """Of a partition never used nothing can be outdated; but the heartbeat of the whole may be."""
        if partition not in self._partitions.used and self._clock.now() > self._partitions.horizon:
            await self._round()

    # --- activities and settings -------------------------------------------------------------------------------------

    @bounded
    async def transact(
        self, account_id: str, user_id: str, decide: Decide, activity: Activity | None = None
    ) -> StatusView:
        """Read, decide, and write if nothing has come in between.

        An activity that is in order and changes no status is one round trip.
        """
        partition = partition_of(account_id)
        if activity is None:
            loaded = await self._load(partition, account_id, user_id)
            return await self._decide(partition, account_id, user_id, decide, loaded, replicas=self._min_replicas_acked)
        at: Arg = b"" if activity.time is None else activity.time
        moved, now, floor, raw, workflow, past = await self._touches.call(partition, (account_id, user_id, at))
        if moved:
            return rules.view(read_record(user_id, raw).record, read_policy(workflow, past, floor), now)
        return await self._decide(partition, account_id, user_id, decide, _Loaded(now, floor, raw, workflow, past))

    async def _touch(self, partition: int, activities: Sequence[tuple[str, str, Arg]]) -> Sequence[_Touched]:
        args = [arg for activity in activities for arg in activity]
        # To move a clock twice is to move it once.
        _, floor, policies, found = await self._read(scripts.TOUCH, partition, ACTIVITY_MAX_AGE_MS, *args)
        accounts = list(zip(*[iter(policies)] * 3, strict=True))
        touched: list[_Touched] = []
        for moved, record, place in zip(*[iter(found)] * 3, strict=True):
            now, workflow, past = accounts[place - 1]
            touched.append(_Touched(bool(moved), now, floor, record, workflow, past))
        return touched

    async def _load(self, partition: int, account_id: str, user_id: str) -> _Loaded:
        _, now, floor, raw, workflow, past, _ = await self._read(scripts.LOAD, partition, account_id, user_id)
        return _Loaded(now, floor, raw, workflow, past)

    async def _decide(
        self,
        partition: int,
        account_id: str,
        user_id: str,
        decide: Decide,
        loaded: _Loaded,
        replicas: int = 0,
    ) -> StatusView:
        """Decide about a user when it is their turn: of two decisions made here at once one would be for nothing."""
        async with self._turn_of(account_id, user_id) as waited:
            if waited:
                loaded = await self._load(partition, account_id, user_id)
            return await self._decide_in_turn(partition, account_id, user_id, decide, loaded, replicas)

    @asynccontextmanager
    async def _turn_of(self, account_id: str, user_id: str = "") -> AsyncIterator[bool]:
        """One at a time, in the order of their coming; says whether it had to wait. No user: the account's workflow."""
        key = account_id, user_id
        lock, waiting = self._deciding.get(key) or (asyncio.Lock(), 0)
        self._deciding[key] = lock, waiting + 1
        try:
            async with lock:
                yield waiting > 0
        finally:
            lock, waiting = self._deciding.pop(key)
            if waiting > 1:
                self._deciding[key] = lock, waiting - 1

    async def _decide_in_turn(
        self,
        partition: int,
        account_id: str,
        user_id: str,
        decide: Decide,
        loaded: _Loaded,
        replicas: int,
    ) -> StatusView:
        unsure = False
        for _ in range(_ATTEMPTS_MAX):
            now, policy = Moment(loaded.now), loaded.policy
            record = read_record(user_id, loaded.record).record if loaded.record else UserRecord(user_id)
            try:
                decision = decide(record, policy, now)
            except RevisionConflict:
                if unsure:
                    # It may be this very change, of which it is not known whether it was made.
                    raise StoreUnavailable from None
                # What conflicted may be a switch that is due but not recorded: whoever reads again must see it.
                settled = rules.settle(record, policy, loaded.now)
                if settled.switches:
                    await self._commit(partition, account_id, loaded, record, settled, 0)
                raise
            if not decision.switches and not decision.durable and _same_clock(record, decision.record):
                return rules.view(record, policy, loaded.now)
            try:
                reply = await self._commit(partition, account_id, loaded, record, decision, replicas)
            except OutcomeUnknown:
                unsure = True
                loaded = await self._load(partition, account_id, user_id)
                continue
            committed, stored_at, floor, raw, workflow, past, *_ = reply
            if committed:
                self._observe(decision)
                return rules.view(read_record(user_id, raw).record, read_policy(workflow, past, floor), stored_at)
            loaded = _Loaded(stored_at, floor, raw, workflow, past)
        raise StoreUnavailable

    async def _commit(
        self,
        partition: int,
        account_id: str,
        loaded: _Loaded,
        record: UserRecord,
        decision: Decision,
        replicas: int,
    ) -> list[Any]:
        self._check_accounts(loaded)
        decided = decision.record
        events: list[Arg] = []
        for switch in decision.switches:
            events += [pack_switch(record.user_id, switch), int(isinstance(switch.effective_time, Moment))]
        holds_until = _holds_until(record, decision, loaded.policy, loaded.now)
        reply = await self._write(
            scripts.COMMIT,
            partition,
            account_id,
            _DEFAULT_WORKFLOW,
            self._options.history_max_changes,
            loaded.workflow,
            loaded.past,
            loaded.floor,
            record.user_id,
            loaded.record,
            pack_record(decided),
            now_mask(decided),
            b"" if holds_until is None else holds_until,
            self._options.users_max,
            *events,
            replicas=replicas,
        )
        if reply[0] == _FULL:
            raise full_account(self._options.users_max)
        if reply[0]:
            self._expect(partition, reply[7])
            if not loaded.workflow:
                await self._partitions.added_account()
        return reply

    def _check_accounts(self, loaded: _Loaded) -> None:
        """Raise LimitExceeded when the account would be one too many; each process may be some behind the others."""
        if not loaded.workflow and 0 < self._options.accounts_max <= self._partitions.accounts:
            raise full_store(self._options.accounts_max)

    def _observe(self, decision: Decision) -> None:
        for switch in decision.switches:
            status, cause = switch.state.status, switch.state.cause
            if status is not None and cause is not None:
                self._observer.switched(status, cause)

    # --- reading -----------------------------------------------------------------------------------------------------

    async def _read(self, script: Script, partition: int, *args: Arg) -> list[Any]:
        """Run a script that may as well run twice."""
        try:
            return await self._run(script, partition, *args)
        except OutcomeUnknown:
            return await self._run(script, partition, *args)

    @bounded
    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Read the users' records at one instant of the store, and evaluate them at it."""
        if len(user_ids) == 1:
            try:
                user_ids[0].encode()
            except UnicodeEncodeError:
                # Nobody is called so, and those who are asked for together must not suffer for it.
                return [None]
            return [await self._reads.call(account_id, user_ids[0])]
        return await self._look_up(account_id, user_ids)

    async def _look_up(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        partition = partition_of(account_id)
        reply = await self._read(scripts.READ, partition, account_id, *user_ids)
        if reply[0]:
            await self._vouch(partition)
            return [None] * len(user_ids)
        _, now, floor, workflow, past, *raws = reply
        policy = read_policy(workflow, past, floor)
        return [
            None if raw is None else rules.view(read_record(user_id, raw).record, policy, now)
            for user_id, raw in zip(user_ids, raws, strict=True)
        ]

    @bounded
    async def scan(self, account_id: str, statuses: Collection[Status], position: int, limit: int) -> StatusPage:
        """Walk the users in the order they were first seen."""
        partition = partition_of(account_id)
        count = _SCAN_MAX if statuses else min(limit, _SCAN_MAX)
        reply = await self._read(scripts.SCAN, partition, account_id, position, count)
        if reply[0]:
            await self._vouch(partition)
            return StatusPage((), None)
        _, now, floor, workflow, past, revision, length, found = reply
        policy = read_policy(workflow, past, floor)
        views: list[StatusView] = []
        for stored in _records(found):
            if len(views) == limit:
                break
            view = rules.view(stored.record, policy, now)
            if not statuses or view.status in statuses:
                views.append(view)
            position += 1
        return StatusPage(views, position if position < length else None, revision)

    async def available(self, account_id: str, order: AvailabilityOrder, limit: int) -> Available:
        """Have the store find everybody whom inactivity has caught up with, then ask its index of those ONLINE."""
        partition = partition_of(account_id)
        while True:
            reply = await self._read(scripts.AVAILABLE, partition, account_id, int(order), limit, _COLLECT_BUDGET)
            match reply[0]:
                case 1:
                    await self._vouch(partition)
                    return Available((), 0)
                case 2:
                    continue
                case 4:
                    return await self._most_recently_active(account_id, limit)
            _, now, floor, workflow, past, total, found = reply
            policy = read_policy(workflow, past, floor)
            stored: Iterable[Stored] = _records(found)
            if order is AvailabilityOrder.MOST_RECENTLY_ACTIVE:
                stored = nlargest(limit, stored, key=_recent_activity)
            return Available([rules.view(each.record, policy, now) for each in stored], total)

    async def _most_recently_active(self, account_id: str, limit: int) -> Available:
        """As `available`, where many are ONLINE: who they are is looked at in chunks, what they are at the end.

        All who are returned were ONLINE at one instant; the order is of the moments at which they were looked at.
        """
        best: list[Stored] = []
        async for now, policy, chunk in self._everybody(account_id, _SCAN_MAX):
            online = (
                stored
                for stored in chunk
                if rules.settle(stored.record, policy, now).record.state.status is Status.ONLINE
            )
            best = nlargest(limit, [*best, *online], key=_recent_activity)
        views = await self.get(account_id, [stored.record.user_id for stored in best])
        counted = await self.available(account_id, AvailabilityOrder.LONGEST_AVAILABLE, 1)
        return Available([view for view in views if view is not None and view.available], counted.total)

    async def _everybody(self, account_id: str, chunk: int) -> AsyncIterator[tuple[int, Policy, Iterator[Stored]]]:
        """All users of an account, in chunks, each with the store's time and the policy at it."""
        position = length = 0
        while not position or position < length:
            reply = await self._read(scripts.SCAN, partition_of(account_id), account_id, position, chunk)
            _, now, floor, workflow, past, _, length, found = reply
            yield now, read_policy(workflow, past, floor), _records(found)
            position += chunk

    # --- workflows ---------------------------------------------------------------------------------------------------

    @bounded
    async def workflow(self, account_id: str) -> Workflow:
        """The workflow as the store has it."""
        reply = await self._read(scripts.READ, partition_of(account_id), account_id)
        return DEFAULT_WORKFLOW if reply[0] else read_workflow(reply[3])

    async def update_workflow(self, account_id: str, revise: Revise) -> Workflow:
        """Settle a bounded number of those due under the old workflow; the rest it goes on deciding for until now."""
        async with self._turn_of(account_id):
            return await self._revise_in_turn(partition_of(account_id), account_id, revise)

    async def _revise_in_turn(self, partition: int, account_id: str, revise: Revise) -> Workflow:
        unsure = False
        for _ in range(_ATTEMPTS_MAX):
            await self._settle_account(partition, account_id)
            while len((loaded := await self._load(partition, account_id, "")).policy.past) >= PAST_WORKFLOWS_MAX:
                await self._settle_account(partition, account_id)
            policy = loaded.policy
            now = Moment(loaded.now)
            try:
                revised = revise(policy.workflow, now, policy.workflow.revision + 1)
            except RevisionConflict:
                if unsure:
                    raise StoreUnavailable from None
                raise
            if revised is policy.workflow:
                return revised
            self._check_accounts(loaded)
            try:
                reply = await self._write(
                    scripts.CONFIGURE,
                    partition,
                    account_id,
                    self._options.history_max_changes,
                    loaded.workflow,
                    loaded.past,
                    loaded.floor,
                    pack_workflow(revised),
                    workflow_now_mask(revised),
                    replicas=self._min_replicas_acked,
                )
            except OutcomeUnknown:
                unsure = True
                continue
            if reply[0]:
                self._expect(partition, reply[5])
                if not loaded.workflow:
                    await self._partitions.added_account()
                return read_workflow(reply[3])
        raise StoreUnavailable

    async def preview(self, account_id: str, revise: Revise, limit: int) -> Preview:
        """Evaluate those who have waited for long enough, as the index has it, under both workflows, in chunks."""
        partition = partition_of(account_id)
        await self._vouch(partition)
        loaded = await self._load(partition, account_id, "")
        now, policy = loaded.now, loaded.policy
        revised = revise(policy.workflow, now, policy.workflow.revision + 1)
        counts = {Status.AWAY: 0, Status.OFFLINE: 0}
        named: list[tuple[int, PreviewedSwitch]] = []
        if not loaded.workflow:
            return Preview(revised, (), 0, 0)
        if revised is not policy.workflow:
            seen: set[int] = set()
            async for stored in self._candidates(partition, account_id, policy, revised, now):
                if stored.position in seen:
                    continue
                seen.add(stored.position)
                switch = rules.preview(stored.record, policy, revised, now)
                if switch is not None:
                    counts[switch[1]] += 1
                    named.append((stored.position, PreviewedSwitch(stored.record.user_id, *switch)))
                    if len(named) >= 2 * limit + 1:
                        named = sorted(named)[:limit]
        switches = [switch for _, switch in sorted(named)[:limit]]
        return Preview(revised, switches, counts[Status.AWAY], counts[Status.OFFLINE])

    async def _candidates(
        self, partition: int, account_id: str, policy: Policy, revised: Workflow, now: int
    ) -> AsyncIterator[Stored]:
        """Everybody whom the revised workflow may switch at once."""
        if policy.past:
            async for _, _, chunk in self._everybody(account_id, _PREVIEW_CHUNK):
                for stored in chunk:
                    yield stored
            return
        bounds = {_OVERDUE: now}
        for queue, state in enumerate((State.ONLINE_BY_ACTIVITY, State.AWAY_BY_HAND, State.AWAY_BY_INACTIVITY), 1):
            timed = (policy.workflow.timed[state], revised.timed[state])
            periods = [each.period_ms for each in timed if each is not None]
            if periods:
                bounds[queue] = now - min(periods)
        for queue, bound in bounds.items():
            rank = 0
            while True:
                found = await self._waiting(partition, account_id, queue, bound, rank, _PREVIEW_CHUNK)
                for stored in _records(found):
                    yield stored
                if len(found) < 2 * _PREVIEW_CHUNK:
                    break
                rank += _PREVIEW_CHUNK

    async def _waiting(
        self, partition: int, account_id: str, queue: int, bound: Arg, rank: int, count: int
    ) -> Sequence[bytes]:
        """Users and records of a queue of the index (or `_OVERDUE`), up to a bound, from a rank on."""
        key = self._keys.of_partition[partition]
        found: Sequence[bytes] = await self._client.run(
            scripts.CANDIDATES, key, self._time(), account_id, queue, bound, rank, count
        )
        return found

    # --- history -----------------------------------------------------------------------------------------------------

    @bounded
    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Look through a bounded stretch of the account's stream."""
        found: list[StatusChange] = []
        chunk = min(limit + _PAGE_SPARE, _HISTORY_CHUNK) if wanted.takes_all else _HISTORY_CHUNK
        for _ in range(_HISTORY_CHUNKS_MAX):
            events, end = await self._history(account_id, after_revision, wanted.start or 0, chunk)
            for event in events:
                after_revision = event.revision
                change = event.change
                if isinstance(change, StatusChange) and wanted.selects(change):
                    found.append(change)
                    if len(found) == limit:
                        break
            if not events or after_revision >= end.revision:
                return ChangePage(found or (), None)
            if len(found) == limit:
                break
        return ChangePage(found, after_revision)

    async def _history(
        self, account_id: str, after_revision: int, committed_since: int, limit: int
    ) -> tuple[Sequence[AccountEvent], Place]:
        """Up to `limit` events of a revision above `after_revision`, and where the account's history ends."""
        # Its reply begins with a revision, so it is never taken for one that asks for a heartbeat.
        reply = await self._read(
            scripts.CHANGES, partition_of(account_id), account_id, after_revision, max(committed_since, 0), limit
        )
        revision, replication_id, entries = reply
        events = [read_event(int(name.partition(b"-")[0]), fields[1]) for name, fields in entries]
        # Two stores on one server, one a copy of the other, have the same replication id and go apart all the same.
        return events, Place(revision, int(replication_id[:_LINEAGE_DIGITS] or b"0", 16) ^ self.lineage)

    # --- events ------------------------------------------------------------------------------------------------------

    @bounded
    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Listen from the account's present revision on."""
        _, end = await self._history(account_id, 1 << 52, 0, 1)
        return self._tails.subscribe(account_id, end, listener)

    @bounded
    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Read from the account's stream."""
        events, end = await self._history(account_id, after_revision, 0, limit)
        # Revisions have no gaps, so a gap is what is no longer kept.
        if after_revision > end.revision or (after_revision < end.revision and not events):
            raise ResumeTokenExpired
        if events and events[-1].revision != after_revision + len(events):
            raise ResumeTokenExpired
        return events

    async def _read_kept_events(
        self, account_id: str, after_revision: int, limit: int
    ) -> tuple[Sequence[AccountEvent], Place]:
        return await self._history(account_id, after_revision, 0, limit)

    @bounded
    async def settled_until(self, account_id: str) -> int | None:
        """Just before now, unless somebody is overdue or the listeners have not been told of everything."""
        partition = partition_of(account_id)
        reply = await self._read(scripts.SETTLED, partition, account_id, _COLLECT_BUDGET)
        settled, now, rest = reply
        if not settled:
            self._expect(partition, rest)
            return None
        if not await self._tails.catch_up(account_id, rest):
            return None
        # Something may still become effective within the millisecond that has begun.
        return int(now) - 1

    # --- sweeping ----------------------------------------------------------------------------------------------------

    async def settle_due(self, limit: int) -> Sweep:
        """Take the partitions held by this process in the order in which they fall due."""
        self._check_open()
        self._sleeping_until = 0
        self.wakeup.clear()
        if self._clock.now() > self._partitions.horizon:
            await self._round()
        switched = 0
        for partition, head in sorted(
            ((number, head) for number, head in self._partitions.heads.items() if head is not None),
            # Among those equally due, the one that has waited the longest for its turn.
            key=lambda each: (each[1], self._turns.get(each[0], 0)),
        ):
            if switched >= limit or head > self._clock.now():
                break
            self._turn += 1
            self._turns[partition] = self._turn
            switched += await self._sweep(partition, limit - switched)
        self._sleeping_until = self._next_due()
        return Sweep(switched, self._sleeping_until)

    async def _sweep(self, partition: int, limit: int) -> int:
        """Commit up to `limit` timed switches of a partition, if this process still holds it."""
        fence = self._partitions.fence(partition)
        if fence is None:
            return 0
        member = self._partitions.member
        reply = await self._read(scripts.SWEEP, partition, member, fence, limit)
        if reply[0] == _LEASE_LOST:
            self._partitions.lost(partition)
            return 0
        _, now, floor, head, *accounts = reply
        self._partitions.heads[partition] = head
        outcomes = await asyncio.gather(
            *(
                self._settle(partition, account.decode(), workflow, past, floor, now, found, (member, fence))
                for account, workflow, past, found in zip(*[iter(accounts)] * 4, strict=True)
            )
        )
        return sum(outcomes)

    async def _settle(
        self,
        partition: int,
        account_id: str,
        workflow: bytes,
        past: bytes,
        floor: int,
        now: int,
        found: Sequence[bytes],
        lease: tuple[str, int] | None,
    ) -> int:
        """Commit the timed switches of some users of an account; how many users were switched."""
        policy = read_policy(workflow, past, floor)
        args: list[Arg] = []
        decisions: list[Decision] = []
        for user, raw in zip(found[::2], found[1::2], strict=True):
            user_id = user.decode()
            decision = rules.settle(read_record(user_id, raw).record, policy, now)
            decisions.append(decision)
            args += [user, raw, pack_record(decision.record), len(decision.switches)]
            args += [pack_switch(user_id, switch) for switch in decision.switches]
        holder, fence = lease or (b"", b"")
        with self._changing(partition):
            reply = await self._client.run(
                scripts.SETTLE,
                self._keys.of_partition[partition],
                self._time(),
                holder,
                fence,
                account_id,
                self._options.history_max_changes,
                workflow,
                past,
                floor,
                *args,
            )
        if reply[0] == _LEASE_LOST:
            self._partitions.lost(partition)
            return 0
        if reply[0]:
            return 0
        _, committed_at, head, *revisions = reply
        if partition in self._partitions.heads:
            self._partitions.heads[partition] = head
        switched = 0
        for decision, revision in zip(decisions, revisions, strict=True):
            if revision and decision.switches:
                self._observe(decision)
                self._observer.late(committed_at - decision.switches[-1].effective_time)
                switched += 1
        return switched

    async def _settle_account(self, partition: int, account_id: str) -> None:
        """Record a bounded number of those overdue in an account, whoever holds its lease."""
        reply = await self._read(scripts.SETTLED, partition, account_id, _SETTLE_CHUNK)
        if reply[0]:
            return
        loaded = await self._load(partition, account_id, "")
        found = await self._waiting(partition, account_id, _OVERDUE, b"+inf", 0, _SETTLE_CHUNK)
        if found:
            await self._settle(
                partition, account_id, loaded.workflow, loaded.past, loaded.floor, loaded.now, found, None
            )

    def _expect(self, partition: int, head: int | None) -> None:
        """Note when a partition has something due, and wake the sweeper if that is earlier than it believes."""
        if self._partitions.fence(partition) is not None:
            self._partitions.heads[partition] = head
            self._wake_for(head)

    def _next_due(self) -> int | None:
        """When (ms UTC) the first of the partitions held has something due, as far as is known here."""
        return min((head for head in self._partitions.heads.values() if head is not None), default=None)

    def _wake_for(self, due: int | None) -> None:
        if due is not None and (self._sleeping_until is None or due < self._sleeping_until or due <= self._clock.now()):
            self.wakeup.set()


def _records(found: Sequence[bytes]) -> Iterator[Stored]:
    return (read_record(user.decode(), raw) for user, raw in zip(found[::2], found[1::2], strict=True))


def _recent_activity(stored: Stored) -> tuple[int, int]:
    return stored.record.last_activity or 0, -stored.position


def _same_clock(record: UserRecord, decided: UserRecord) -> bool:
    return (record.last_activity, record.clock) == (decided.last_activity, decided.clock)


def _holds_until(record: UserRecord, decision: Decision, policy: Policy, now: int) -> int | None:
    """Until when (ms UTC, exclusive) the same would have been decided: until a timed switch comes in between."""
    before = rules.settle(record, policy, now).record
    dues = (rules.next_due(each, policy.workflow, policy.floor) for each in (before, decision.record))
    return min((due.effective_time for due in dues if due is not None and due.effective_time > now), default=None)
