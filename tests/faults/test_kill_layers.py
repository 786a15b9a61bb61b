"""kill -9 over live sessions, engagements and statuses with an end, again and again, on the same file.

Many clients keep and end leases, and set statuses for a while; the server is killed at random moments, and started
again. What was ended or set is there after every start; what was only renewed may be lost if it was acknowledged within
the last flush interval, and not otherwise. At the end history must explain every status that anybody saw, and the
switches that time brought must have the times that follow from what was sent, computed without the domain's code. A few
users are left alone before each kill, for long enough that of each kind something has to survive, whatever chance does.

`ONDUTY_TEST_KILLS=500 make test-all ARGS="tests/faults/test_kill_layers.py"` looks harder.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from grpc import aio
from tests.faults.process import Servers, connected
from tests.faults.test_kill import DICE, SLACK_MS

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import wall_clock_ms

KILLS = max(4, int(os.environ.get("ONDUTY_TEST_KILLS", "26")) // 3)
ACCOUNT = "acme"
CLIENTS, USERS_OF_CLIENT = 12, 3
APART_MS = 50
"""How far the server's clock, which does not follow steps of the wall clock, may be from the one here."""
DISCONNECT_AFTER_MS, AWAY_AFTER_MS = 1_000, 1_500
SHORT_MS = (1_000, 1_500)
"""For how long a status is set that ends soon."""
SESSION_MS = 30_000
"""For how long a session is kept: the least there is."""
ENGAGEMENT_MS = 10_000
STILL = [f"still-{number}" for number in range(6)]
"""Users whom the clients leave alone: in each third of them one kind of thing has happened before a kill, in turn."""
LONG_MS = 3_600_000
"""For how long those are kept that must be there after a start, however late that comes."""
LEASES = ("one", "two")
THEN_STATUSES = {
    pb.THEN_AUTOMATIC: {pb.STATUS_ONLINE, pb.STATUS_AWAY},
    pb.THEN_ONLINE: {pb.STATUS_ONLINE},
    pb.THEN_AWAY: {pb.STATUS_AWAY},
    pb.THEN_OFFLINE: {pb.STATUS_OFFLINE},
}


class Span(NamedTuple):
    """A time (ms UTC) of which it is known where it lies."""

    low: int
    high: int

    def holds(self, time: int) -> bool:
        return self.low <= time <= self.high


class Outcome(NamedTuple):
    """When a lease may end, by one call about it. `answered` is None if it may have come to nothing."""

    end: Span
    durable: bool
    answered: int | None


@dataclass
class Lease:
    """A session or an engagement: the calls that may have had the last word about it, the oldest first."""

    outcomes: list[Outcome] = field(default_factory=lambda: [Outcome(Span(0, 0), durable=True, answered=0)])

    def add(self, outcome: Outcome) -> None:
        if outcome.durable and outcome.answered is not None:
            self.outcomes.clear()
        self.outcomes.append(outcome)

    def after_a_kill(self, flushed_before: int) -> None:
        """Forget what was written over by something that had had the time to be written; the rest may be lost."""
        for index in reversed(range(len(self.outcomes))):
            answered = self.outcomes[index].answered
            if answered is not None and answered < flushed_before:
                del self.outcomes[:index]
                break
        self.outcomes[1:] = [outcome._replace(answered=None) for outcome in self.outcomes[1:]]

    def lives(self, at: Span) -> bool | None:
        """Whether it lives all the time of a span; None if that is not known."""
        if all(outcome.end.low > at.high for outcome in self.outcomes):
            return True
        return False if all(outcome.end.high < at.low for outcome in self.outcomes) else None


@dataclass
class User:
    """What was sent about a user."""

    sessions: dict[str, Lease] = field(default_factory=lambda: defaultdict(Lease))
    engagements: dict[str, Lease] = field(default_factory=lambda: defaultdict(Lease))
    session_ends: list[Span] = field(default_factory=list)
    """When sessions were ended or ran out, perhaps."""
    set_answers: list[pb.UserStatus] = field(default_factory=list)
    last_set: pb.UserStatus | None = None
    """The answer to the last setting by hand; None while it is not known which was the last."""


class Record:
    """What clients have sent and were told."""

    def __init__(self) -> None:
        self.users: dict[str, User] = defaultdict(User)
        self.seen: list[pb.UserStatus] = []
        self.checked: Counter[str] = Counter()

    # --- calls

    async def keep_session(
        self, server: pb_grpc.StatusServiceAsyncStub, name: str, lease_id: str, ttl_ms: int = SESSION_MS
    ) -> None:
        request = pb.KeepSessionRequest(account_id=ACCOUNT, user_id=name, session_id=lease_id)
        request.idle_for.FromMilliseconds(0)
        request.ttl.FromMilliseconds(ttl_ms)
        user = self.users[name]
        sent = wall_clock_ms()
        try:
            await self._lease(user.sessions[lease_id], server.KeepSession(request), ttl_ms)
        finally:
            user.session_ends.append(Span(sent - APART_MS + ttl_ms, wall_clock_ms() + APART_MS + ttl_ms))

    async def end_session(self, server: pb_grpc.StatusServiceAsyncStub, name: str, lease_id: str) -> None:
        request = pb.EndSessionRequest(account_id=ACCOUNT, user_id=name, session_id=lease_id)
        user = self.users[name]
        sent = wall_clock_ms()
        try:
            await self._lease(user.sessions[lease_id], server.EndSession(request), None)
        finally:
            user.session_ends.append(Span(sent - APART_MS, wall_clock_ms() + APART_MS))

    async def keep_engagement(
        self, server: pb_grpc.StatusServiceAsyncStub, name: str, lease_id: str, ttl_ms: int = ENGAGEMENT_MS
    ) -> None:
        request = pb.KeepEngagementRequest(account_id=ACCOUNT, user_id=name, engagement_id=lease_id)
        request.ttl.FromMilliseconds(ttl_ms)
        await self._lease(self.users[name].engagements[lease_id], server.KeepEngagement(request), ttl_ms)

    async def end_engagement(self, server: pb_grpc.StatusServiceAsyncStub, name: str, lease_id: str) -> None:
        request = pb.EndEngagementRequest(account_id=ACCOUNT, user_id=name, engagement_id=lease_id)
        await self._lease(self.users[name].engagements[lease_id], server.EndEngagement(request), None)

    async def _lease(
        self,
        lease: Lease,
        call: Awaitable[
            pb.KeepSessionResponse | pb.EndSessionResponse | pb.KeepEngagementResponse | pb.EndEngagementResponse
        ],
        ttl_ms: int | None,
    ) -> None:
        sent, answered = wall_clock_ms(), None
        try:
            self.seen.append((await call).user_status)
            answered = wall_clock_ms()
        finally:
            ended = wall_clock_ms()
            # One that is to end may have ended before.
            end = (
                Span(0, ended + APART_MS)
                if ttl_ms is None
                else Span(sent - APART_MS + ttl_ms, ended + APART_MS + ttl_ms)
            )
            lease.add(Outcome(end, durable=ttl_ms is None, answered=answered))

    async def set_any_status(self, server: pb_grpc.StatusServiceAsyncStub, name: str, dice: random.Random) -> None:
        status = dice.choice((pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE))
        for_ms = dice.choice((*SHORT_MS, LONG_MS)) if dice.random() < 0.8 else None
        await self.set_status(server, name, status, for_ms, dice)

    async def set_status(
        self,
        server: pb_grpc.StatusServiceAsyncStub,
        name: str,
        status: pb.Status.ValueType,
        for_ms: int | None,
        dice: random.Random,
    ) -> None:
        user = self.users[name]
        request = pb.SetStatusRequest(account_id=ACCOUNT, user_id=name, status=status, reason=f"reason {dice.random()}")
        if for_ms is not None:
            request.ttl.FromMilliseconds(for_ms)
            request.then = dice.choice(tuple(THEN_STATUSES))
        user.last_set = None
        response = await server.SetStatus(request)
        user.last_set = response.user_status
        user.set_answers.append(response.user_status)
        self.seen.append(response.user_status)

    async def settle(self, server: pb_grpc.StatusServiceAsyncStub, turn: int, dice: random.Random) -> None:
        """Let something happen to those who are left alone from now on: to everybody another thing than last time."""
        for number, name in enumerate(STILL):
            match (number + turn) % 3:
                case 0:
                    # They keep everything.
                    await self.set_status(server, name, pb.STATUS_ONLINE, LONG_MS, dice)
                    for lease_id in LEASES:
                        await self.keep_session(server, name, lease_id, LONG_MS)
                        await self.keep_engagement(server, name, lease_id, LONG_MS)
                case 1:
                    # They leave, and are disconnected soon.
                    await self.set_status(server, name, pb.STATUS_ONLINE, None, dice)
                    for lease_id in LEASES:
                        await self.keep_session(server, name, lease_id)
                        await self.keep_engagement(server, name, lease_id)
                    await self._end_leases(server, name)
                case _:
                    # They have no session that could end before their status does.
                    await self._end_leases(server, name)
                    await self.set_status(server, name, pb.STATUS_OFFLINE, SHORT_MS[0], dice)

    async def _end_leases(self, server: pb_grpc.StatusServiceAsyncStub, name: str) -> None:
        if self.users[name].set_answers:
            for lease_id in LEASES:
                await self.end_session(server, name, lease_id)
                await self.end_engagement(server, name, lease_id)

    async def look(self, server: pb_grpc.StatusServiceAsyncStub) -> None:
        page = await server.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=1_000))
        self.seen.extend(page.user_statuses)

    # --- after a start

    async def check(self, server: pb_grpc.StatusServiceAsyncStub, flushed_before: int) -> None:
        """Compare what a started server says of everybody with what must, and what may, have survived."""
        began = wall_clock_ms() - APART_MS
        page = await server.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=1_000))
        at = Span(began, wall_clock_ms() + APART_MS)
        self.seen.extend(page.user_statuses)
        found = {status.user_id: status for status in page.user_statuses}
        for name, user in self.users.items():
            for lease in (*user.sessions.values(), *user.engagements.values()):
                lease.after_a_kill(flushed_before)
            status = found.get(name)
            if status is None:
                assert not user.set_answers, f"{name} is unknown again"
                continue
            sessions = [lease.lives(at) for lease in user.sessions.values()]
            if True in sessions:
                assert status.connected, f"{name} has a session, by {user.sessions}"
                self.checked["sessions that had to be there"] += 1
            elif None not in sessions:
                assert not status.connected, f"{name} has no session, by {user.sessions}"
                self.checked["sessions that had to be gone"] += 1
            engagements = [lease.lives(at) for lease in user.engagements.values()]
            assert engagements.count(True) <= status.engagements <= len(engagements) - engagements.count(False), (
                f"{name} has {status.engagements} engagements; {user.engagements}"
            )
            self.checked["engagements that had to be gone"] += engagements.count(False)
            self.checked["engagements that had to be there"] += engagements.count(True)
            if user.last_set is not None:
                self._check_end(status, user.last_set, at)

    def _check_end(self, status: pb.UserStatus, was_set: pb.UserStatus, at: Span) -> None:
        if was_set.HasField("expire_time") and was_set.expire_time.ToMilliseconds() > at.high:
            assert (status.expire_time, status.then) == (was_set.expire_time, was_set.then), f"{status} after {was_set}"
            self.checked["ends that had to be there"] += 1
        elif not was_set.HasField("expire_time") or was_set.expire_time.ToMilliseconds() < at.low:
            assert not status.HasField("expire_time"), f"{status} after {was_set}"

    # --- at the end

    def check_history(self, changes: list[pb.StatusChange], workflow_revision: int) -> None:
        revisions = sorted([*(change.revision for change in changes), workflow_revision])
        assert revisions == list(range(1, len(revisions) + 1)), "a revision is missing, or there twice"
        of_user: dict[str, list[pb.StatusChange]] = defaultdict(list)
        for change in changes:
            of_user[change.user_id].append(change)
        for name, own in of_user.items():
            self._check_changes(self.users[name], own)
        explained = {name: set(_states(own)) for name, own in of_user.items()}
        for status in self.seen:
            assert _state(status) in explained[status.user_id], f"{status} was seen, and is in no history"
        self.checked["statuses seen"] += len(self.seen)
        for name, user in self.users.items():
            made = {change.revision: change for change in of_user[name]}
            for answer in user.set_answers:
                change = made[answer.revision]
                hidden = change.cause == pb.CAUSE_DISCONNECT
                assert hidden or (change.reason, change.expire_time, change.then) == (
                    answer.reason,
                    answer.expire_time,
                    answer.then,
                ), f"{answer} was acknowledged; its revision is now {change}"
            self.checked["acknowledged SetStatus"] += len(user.set_answers)

    def _check_changes(self, user: User, changes: list[pb.StatusChange]) -> None:
        for before, after in pairwise(changes):
            assert after.previous_status == before.status, f"{after} follows {before}"
            assert before.effective_time.ToMilliseconds() <= after.effective_time.ToMilliseconds()
        ends = {answer.expire_time.ToMilliseconds(): answer.then for answer in user.set_answers}
        # Of a call that was cut off, history itself tells the end that it was given.
        ends |= {
            change.expire_time.ToMilliseconds(): change.then for change in changes if change.HasField("expire_time")
        }
        causes = [pb.CAUSE_UNSPECIFIED, *(change.cause for change in changes)]
        for change, cause_before in zip(changes, causes, strict=False):
            time = change.effective_time.ToMilliseconds()
            assert time <= change.commit_time.ToMilliseconds()
            if change.cause == pb.CAUSE_EXPIRY and cause_before != pb.CAUSE_DISCONNECT:
                assert change.status in THEN_STATUSES[ends[time]], f"{change}, after {ends[time]}"
                self.checked["ends at their time"] += 1
            if change.cause == pb.CAUSE_DISCONNECT and time not in ends:
                gone = time - DISCONNECT_AFTER_MS
                assert any(span.holds(gone) for span in user.session_ends), f"{change}: no session ended then"
                self.checked["disconnections at their time"] += 1


def _state(status: pb.UserStatus) -> tuple[object, ...]:
    hidden = status.cause == pb.CAUSE_DISCONNECT
    return (
        status.status,
        status.cause,
        status.status_since.ToMilliseconds(),
        status.reason,
        0 if hidden else status.expire_time.ToMilliseconds(),
    )


def _states(changes: Iterable[pb.StatusChange]) -> Iterator[tuple[object, ...]]:
    """What was shown after each change."""
    since, status = 0, None
    for change in changes:
        if change.status != status:
            since, status = change.effective_time.ToMilliseconds(), change.status
        yield (change.status, change.cause, since, change.reason, change.expire_time.ToMilliseconds())


class Load:
    """Clients that each call for users of their own, one call after the other, until their server is gone."""

    def __init__(self, record: Record, dice: random.Random, calls: int) -> None:
        self.acknowledged: Counter[str] = Counter()
        self.enough = asyncio.Event()
        self.slowest_ms = 0
        self.ending = False
        self._record = record
        self._dice = dice
        self._left = calls

    def unwritten_ms(self, flush_ms: int) -> int:
        """For how long what was acknowledged may not have been written yet."""
        return 0 if flush_ms == 0 else flush_ms + SLACK_MS + self.slowest_ms

    async def run(self, server: pb_grpc.StatusServiceAsyncStub) -> None:
        async with asyncio.TaskGroup() as group:
            for client in range(CLIENTS):
                group.create_task(self._client(server, [f"agent-{client}-{n}" for n in range(USERS_OF_CLIENT)]))

    async def _client(self, server: pb_grpc.StatusServiceAsyncStub, names: list[str]) -> None:
        while True:
            began = wall_clock_ms()
            try:
                call = await self._call(server, self._dice.choice(names))
            except aio.AioRpcError:
                if not self.ending:
                    raise
                return
            self.slowest_ms = max(self.slowest_ms, wall_clock_ms() - began)
            self.acknowledged[call] += 1
            self._left -= 1
            if self._left <= 0:
                self.enough.set()

    async def _call(self, server: pb_grpc.StatusServiceAsyncStub, name: str) -> str:
        record, dice = self._record, self._dice
        lease_id = dice.choice(LEASES)
        known = bool(record.users[name].set_answers)
        match dice.choices(range(6), (22, 18, 14, 10, 14, 3))[0]:
            case 0:
                await record.keep_session(server, name, lease_id)
                return "KeepSession"
            case 1 if known:
                await record.end_session(server, name, lease_id)
                return "EndSession"
            case 2 if known:
                await record.keep_engagement(server, name, lease_id)
                return "KeepEngagement"
            case 3 if known:
                await record.end_engagement(server, name, lease_id)
                return "EndEngagement"
            case 5:
                await record.look(server)
                return "ListStatuses"
            case _:
                await record.set_any_status(server, name, dice)
                return "SetStatus"


async def configured(server: pb_grpc.StatusServiceAsyncStub) -> int:
    """The revision of the workflow."""
    workflow = pb.Workflow(account_id=ACCOUNT, enabled=True)
    workflow.away_after.FromMilliseconds(AWAY_AFTER_MS)
    workflow.disconnect_after.FromMilliseconds(DISCONNECT_AFTER_MS)
    response = await server.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
    return int(response.workflow.etag.removeprefix("w"))


async def history(server: pb_grpc.StatusServiceAsyncStub) -> list[pb.StatusChange]:
    changes: list[pb.StatusChange] = []
    token = ""
    while True:
        page = await server.ListStatusChanges(
            pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=1_000, page_token=token)
        )
        changes.extend(page.changes)
        if not (token := page.next_page_token):
            return changes


@pytest.mark.timeout(300 + 8 * KILLS)
@pytest.mark.parametrize("flush_ms", [100, 0])
async def test_what_was_ended_or_set_for_a_while_is_not_lost_by_kill_9(
    tmp_path: Path, flush_ms: int, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(DICE + flush_ms)
    record = Record()
    # A start on a busy machine is no outage, which would move the times of what follows.
    flags = ("--activity-flush-interval", f"{flush_ms}ms", "--outage-grace", "5m")
    database = tmp_path / "onduty.db"
    totals: Counter[str] = Counter()
    async with Servers(tmp_path) as servers:
        server = await servers.start(database, *flags)
        async with connected(server.address) as calls:
            revision = await configured(calls)
        for turn in range(KILLS):
            load = Load(record, dice, dice.randrange(100, 900))
            async with connected(server.address) as calls:
                await record.settle(calls, turn, dice)
                settled = wall_clock_ms()
                running = asyncio.create_task(load.run(calls))
                await asyncio.wait([running, asyncio.create_task(load.enough.wait())], return_when="FIRST_COMPLETED")
                # Not just after an answer: anywhere in the writer's round.
                await asyncio.sleep(dice.uniform(0, 0.02))
                # Real time, in which the server writes what has happened to those who are left alone.
                while (left_ms := settled + load.unwritten_ms(flush_ms) - wall_clock_ms()) >= 0 and not running.done():
                    await asyncio.wait([running], timeout=(left_ms + dice.uniform(1, 20)) / 1_000)
                load.ending = True
                killed = wall_clock_ms()
                await server.kill()
                await running
            totals += load.acknowledged
            server = await servers.start(database, *flags)
            async with connected(server.address) as calls:
                await record.check(calls, killed - load.unwritten_ms(flush_ms))
            # What is to end soon has ended before the next thing happens to its user.
            await asyncio.sleep(max(0, settled + SHORT_MS[0] + APART_MS - wall_clock_ms()) / 1_000)
        async with connected(server.address) as calls:
            await until_recorded(calls, record)
            record.check_history(await history(calls), revision)
        await server.kill()
    totals += record.checked
    record_property("kills", KILLS)
    record_property("dice", DICE)
    for name, number in sorted(totals.items()):
        record_property(name, number)
    # So that a load that has come to nothing does not pass for a proof.
    for name in ("KeepSession", "EndSession", "KeepEngagement", "EndEngagement", "SetStatus"):
        assert totals[name] >= KILLS, totals
    # Those who were left alone are enough of each; the last ends may come after the last look.
    for kind in ("sessions", "engagements"):
        assert totals[f"{kind} that had to be there"] >= KILLS, totals
        assert totals[f"{kind} that had to be gone"] >= KILLS, totals
    assert totals["ends that had to be there"] >= KILLS, totals
    assert totals["ends at their time"] >= KILLS, totals
    assert totals["disconnections at their time"] >= KILLS, totals


async def until_recorded(server: pb_grpc.StatusServiceAsyncStub, record: Record) -> None:
    """Wait until history explains what everybody is shown."""
    async with asyncio.timeout(30):
        while True:
            page = await server.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=1_000))
            own: dict[str, list[pb.StatusChange]] = defaultdict(list)
            for change in await history(server):
                own[change.user_id].append(change)
            if all(_state(status) in set(_states(own[status.user_id])) for status in page.user_statuses):
                return
