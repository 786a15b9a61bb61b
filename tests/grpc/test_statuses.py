"""What activities, settings by hand and the passing of time do to a user, and what every field of the answer says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import apsw
import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, Wire, at, ms, period, refused
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.ports.sweeping import Sweep
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
SEEN_BEFORE = (ONLINE, AWAY, OFFLINE)


@asynccontextmanager
async def serving(store: Store, clock: FakeClock) -> AsyncIterator[Wire]:
    async with (
        running(store, clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        yield Wire(channel)


# --- one user --------------------------------------------------------------------------------------------------------


async def test_a_first_activity_makes_a_user_online(wire: Wire) -> None:
    expected = pb.UserStatus(
        account_id=ACCOUNT,
        user_id="ann",
        status=ONLINE,
        available=True,
        cause=pb.CAUSE_ACTIVITY,
        status_since=at(START),
        last_activity_time=at(START),
        revision=1,
    )
    assert await wire.activity("ann") == expected
    assert await wire.get("ann") == expected
    (change,) = await wire.changes()
    assert change == pb.StatusChange(
        account_id=ACCOUNT,
        user_id="ann",
        revision=1,
        status=ONLINE,
        cause=pb.CAUSE_ACTIVITY,
        effective_time=at(START),
        commit_time=at(START),
    )


async def test_a_further_activity_moves_the_clock_and_nothing_else(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    first = await wire.activity("ann")
    clock.advance(90 * SECOND)
    expected = pb.UserStatus()
    expected.CopyFrom(first)
    expected.last_activity_time.CopyFrom(at(START + 90 * SECOND))
    expected.next_status_time.CopyFrom(at(START + 90 * SECOND + 10 * MINUTE))
    assert await wire.activity("ann") == expected
    assert await wire.get("ann") == expected
    assert len(await wire.changes()) == 1


async def test_a_user_set_by_hand_has_no_activity(wire: Wire) -> None:
    status = await wire.set_status("ann", AWAY, actor="süe", reason="in a meeting \U0001f600")
    assert status == pb.UserStatus(
        account_id=ACCOUNT,
        user_id="ann",
        status=AWAY,
        available=False,
        cause=pb.CAUSE_MANUAL,
        status_since=at(START),
        actor="süe",
        reason="in a meeting \U0001f600",
        revision=1,
    )
    assert not status.HasField("last_activity_time")
    assert not status.HasField("next_status_time")
    assert status.next_status == pb.STATUS_UNSPECIFIED
    assert await wire.get("ann") == status
    (change,) = await wire.changes()
    assert change == pb.StatusChange(
        account_id=ACCOUNT,
        user_id="ann",
        revision=1,
        previous_status=pb.STATUS_UNSPECIFIED,
        status=AWAY,
        cause=pb.CAUSE_MANUAL,
        effective_time=at(START),
        commit_time=at(START),
        actor="süe",
        reason="in a meeting \U0001f600",
    )


@pytest.mark.parametrize("status", SEEN_BEFORE)
async def test_setting_what_is_set_already_restarts_the_clock_and_is_no_change(
    status: pb.Status.ValueType, wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    first = await wire.set_status("ann", status, actor="sue", reason="r")
    clock.advance(MINUTE)
    expected = pb.UserStatus()
    expected.CopyFrom(first)
    if first.HasField("next_status_time"):
        expected.next_status_time.CopyFrom(at(ms(first.next_status_time) + MINUTE))
    assert await wire.set_status("ann", status, actor="sue", reason="r") == expected
    assert await wire.get("ann") == expected
    assert len(await wire.changes()) == 1
    # Every alteration of actor or reason is a change, of the same status_since.
    for actor, reason in (("sue", "other"), ("tom", "other"), ("", "other"), ("", "")):
        clock.advance(MINUTE)
        changed = await wire.set_status("ann", status, actor=actor, reason=reason)
        assert (changed.actor, changed.reason) == (actor, reason)
        assert changed.status_since == first.status_since
    history = await wire.changes()
    assert [change.revision for change in history] == [2, 3, 4, 5, 6]
    assert {(change.previous_status, change.status) for change in history[1:]} == {(status, status)}


async def test_what_comes_after_a_setting_by_hand_does_not_carry_its_actor_and_reason(
    wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.set_status("ann", ONLINE, actor="sue", reason="back")
    clock.advance(10 * MINUTE)
    status = await wire.get("ann")
    assert (status.status, status.cause, status.actor, status.reason) == (AWAY, pb.CAUSE_INACTIVITY, "", "")
    status = await wire.activity("ann")
    assert (status.status, status.cause, status.actor, status.reason) == (ONLINE, pb.CAUSE_ACTIVITY, "", "")
    assert [(change.actor, change.reason) for change in await wire.changes()] == [("sue", "back"), ("", ""), ("", "")]


async def test_nobody_is_the_actor_of_an_activity_or_of_a_call_that_names_none(wire: Wire) -> None:
    request = pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann")
    answer = await wire.stub.RecordActivity(request, metadata=(("onduty-actor-bin", b"sue"),))
    assert answer.user_status.actor == ""
    setting = pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=AWAY)
    for metadata in ((), (("onduty-actor-bin", b""),), (("onduty-actor", "sue"),)):
        assert (await wire.stub.SetStatus(setting, metadata=metadata)).user_status.actor == ""


@pytest.mark.parametrize(
    "bearable",
    [
        "x",
        "x" * 128,
        "é" * 64,
        "\U0001f600" * 32,
        "a b",
        "../../etc",
        "a/b?c=d#e",
        "{p}",
        "'; --",
        "\u200b",
        "ÅÄÖ",
    ],
)
async def test_an_id_of_up_to_128_bytes_is_kept_as_it_is(bearable: str, wire: Wire) -> None:
    status = await wire.set_status(bearable, AWAY, actor=bearable, reason=bearable * 4, account_id=bearable)
    assert (status.account_id, status.user_id, status.actor) == (bearable, bearable, bearable)
    assert status.reason == bearable * 4
    assert await wire.get(bearable, account_id=bearable) == status
    assert await wire.statuses(account_id=bearable) == [status]
    (change,) = await wire.changes(bearable, account_id=bearable)
    assert (change.account_id, change.user_id, change.actor, change.reason) == (
        bearable,
        bearable,
        bearable,
        bearable * 4,
    )


async def test_accounts_have_nothing_to_do_with_each_other(wire: Wire) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.activity("ann")
    other = await wire.set_status("ann", OFFLINE, account_id="other")
    assert (await wire.get("ann")).status == ONLINE
    assert other.revision == 1
    assert not (await wire.workflow("other")).enabled
    assert await wire.statuses(account_id="third") == []


# --- times -----------------------------------------------------------------------------------------------------------


@IN_MEMORY
@pytest.mark.parametrize("user_id", ["known", "new"])
@pytest.mark.parametrize("ahead", [1, 4_999, 5_000])
async def test_an_activity_slightly_in_the_future_counts_as_now(
    ahead: int, user_id: str, wire: Wire, clock: FakeClock
) -> None:
    await wire.activity("known")
    clock.advance(SECOND)
    status = await wire.activity(user_id, at_ms=clock.now() + ahead)
    assert ms(status.last_activity_time) == clock.now()
    clock.advance(10 * SECOND)
    assert ms((await wire.get(user_id)).last_activity_time) == clock.now() - 10 * SECOND


async def test_an_activity_may_be_30_days_old(wire: Wire, clock: FakeClock) -> None:
    status = await wire.activity("ann", at_ms=START - 30 * DAY)
    assert ms(status.last_activity_time) == START - 30 * DAY
    assert (status.status, status.cause, status.available) == (AWAY, pb.CAUSE_INACTIVITY, False)
    assert ms(status.status_since) == START
    await wire.set_status("ben", AWAY)
    assert ms((await wire.activity("ben", at_ms=START - 30 * DAY)).last_activity_time) == START - 30 * DAY


async def test_an_older_activity_than_the_newest_changes_nothing(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    clock.advance(5 * MINUTE)
    newest = await wire.activity("ann", at_ms=clock.now() - MINUTE)
    before = await wire.state()
    for ago in (MINUTE, MINUTE + 1, 5 * MINUTE, DAY):
        assert await wire.activity("ann", at_ms=clock.now() - ago) == newest
    assert await wire.state() == before


async def test_the_time_of_an_activity_moves_the_clock_not_the_time_of_the_call(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.activity("ann")
    clock.advance(8 * MINUTE)
    status = await wire.activity("ann", at_ms=START + 2 * MINUTE)
    assert ms(status.last_activity_time) == START + 2 * MINUTE
    assert ms(status.next_status_time) == START + 12 * MINUTE


@IN_MEMORY
@pytest.mark.parametrize("nanos", [0, 1, 999_999, 1_000_000, 123_456_789, 999_999_999])
async def test_times_have_milliseconds_and_finer_digits_are_cut_off(nanos: int, wire: Wire, clock: FakeClock) -> None:
    clock.advance(2_500)
    request = pb.RecordActivityRequest(
        account_id=ACCOUNT, user_id="ann", activity_time=Timestamp(seconds=START // 1_000, nanos=nanos)
    )
    status = (await wire.stub.RecordActivity(request)).user_status
    assert ms(status.last_activity_time) == ms(status.status_since) == START + nanos // 1_000_000
    (change,) = await wire.changes()
    assert ms(change.effective_time) == START + nanos // 1_000_000
    assert ms(change.commit_time) == START + 2_500


async def test_a_first_activity_that_comes_late_counts_from_its_own_time(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    clock.advance(40 * MINUTE)
    status = await wire.activity("ann", at_ms=clock.now() - 35 * MINUTE)
    assert (status.status, status.cause) == (OFFLINE, pb.CAUSE_INACTIVITY)
    history = await wire.changes()
    assert [(change.status, ms(change.effective_time) - START) for change in history] == [
        (ONLINE, 5 * MINUTE),
        (AWAY, 15 * MINUTE),
        (OFFLINE, 35 * MINUTE),
    ]
    assert {ms(change.commit_time) for change in history} == {clock.now()}
    assert [change.revision for change in history] == [2, 3, 4]


# --- the matrix ------------------------------------------------------------------------------------------------------

BY_HAND, BY_INACTIVITY, BY_ACTIVITY = pb.CAUSE_MANUAL, pb.CAUSE_INACTIVITY, pb.CAUSE_ACTIVITY
STATES = {
    "online by activity": (ONLINE, BY_ACTIVITY),
    "online by hand": (ONLINE, BY_HAND),
    "away by inactivity": (AWAY, BY_INACTIVITY),
    "away by hand": (AWAY, BY_HAND),
    "offline by inactivity": (OFFLINE, BY_INACTIVITY),
    "offline by hand": (OFFLINE, BY_HAND),
    "never seen": (pb.STATUS_UNSPECIFIED, pb.CAUSE_UNSPECIFIED),
}
RESUMES = {
    pb.RESUME_FROM_AWAY: {"away by inactivity"},
    pb.RESUME_NEVER: set(),
    pb.RESUME_FROM_AWAY_OR_OFFLINE: {"away by inactivity", "offline by inactivity"},
}


async def bring_about(wire: Wire, clock: FakeClock, users: dict[str, list[str]], account_id: str) -> None:
    """Bring the users of each state there, in a workflow of 10 and 30 min that has then run for 35 min."""
    for user_id in users["offline by inactivity"]:
        await wire.activity(user_id, account_id=account_id)
    clock.advance(20 * MINUTE)
    for user_id in users["away by inactivity"]:
        await wire.activity(user_id, account_id=account_id)
    clock.advance(15 * MINUTE)
    for user_id in users["online by activity"]:
        await wire.activity(user_id, account_id=account_id)
    for state, (status, cause) in STATES.items():
        if cause == BY_HAND:
            for user_id in users[state]:
                await wire.set_status(user_id, status, account_id=account_id)
    clock.advance(MINUTE)


@pytest.mark.parametrize("enabled", [True, False], ids=["switched on", "switched off"])
@pytest.mark.parametrize("resume", RESUMES, ids=pb.Resume.Name)
async def test_the_matrix_of_events(
    resume: pb.Resume.ValueType, enabled: bool, wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    """Every event in every status by every cause, as in docs/choosing-periods.md; also after the switch went off."""
    events: list[pb.Status.ValueType | None] = [None, ONLINE, AWAY, OFFLINE]  # None: an activity
    users = {state: [f"{state}, {event}" for event in events] for state in STATES}
    await wire.switch_on(10 * MINUTE, 30 * MINUTE, resume=resume)
    await bring_about(wire, clock, users, ACCOUNT)
    await settle()
    if not enabled:
        await wire.update(pb.Workflow(enabled=False))
    known = {status.user_id: status for status in await wire.statuses()}
    for state, (user_id, event) in product(STATES, [(f"{{}}, {event}", event) for event in events]):
        user_id = user_id.format(state)
        before = known.get(user_id, pb.UserStatus())
        assert (before.status, before.cause) == STATES[state]
        if event is not None:
            expected = (event, BY_HAND)
            after = await wire.set_status(user_id, event)
        else:
            resumed = state == "never seen" or state in RESUMES[resume]
            expected = (ONLINE, BY_ACTIVITY) if resumed else STATES[state]
            after = await wire.activity(user_id)
            assert ms(after.last_activity_time) == clock.now()
        assert (after.status, after.cause) == expected, user_id
        assert after.available == (after.status == ONLINE)
        changed = expected != STATES[state]
        assert (after.revision != before.revision) == changed
        assert ms(after.status_since) == (clock.now() if after.status != before.status else ms(before.status_since))
        assert await wire.get(user_id) == after
        history = await wire.changes(user_id)
        if changed:
            assert (history[-1].previous_status, history[-1].status) == (before.status, after.status)
            assert history[-1].revision == after.revision
    revisions = [change.revision for change in await wire.changes()]
    assert revisions == sorted(revisions)
    # All but those of the workflow: it was switched on, and perhaps off.
    assert len(revisions) == max(revisions) - 1 - (not enabled)


@pytest.mark.parametrize("resume", [pb.RESUME_FROM_AWAY, pb.RESUME_FROM_AWAY_OR_OFFLINE])
@pytest.mark.parametrize(
    ("age", "fresh"), [(0, True), (10 * MINUTE - 1, True), (10 * MINUTE, False), (14 * MINUTE, False)]
)
async def test_only_a_fresh_activity_brings_somebody_back(
    age: int, fresh: bool, resume: pb.Resume.ValueType, wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(10 * MINUTE, 30 * MINUTE, resume=resume)
    await wire.activity("ann")
    clock.advance(15 * MINUTE)
    status = await wire.activity("ann", at_ms=clock.now() - age)
    assert ms(status.last_activity_time) == clock.now() - age
    if fresh:
        assert (status.status, status.cause) == (ONLINE, BY_ACTIVITY)
        assert ms(status.status_since) == clock.now()  # not at the activity's time: nobody saw it then
        assert ms(status.next_status_time) == clock.now() - age + 10 * MINUTE
    else:
        assert (status.status, status.cause) == (AWAY, BY_INACTIVITY)
        assert ms(status.next_status_time) == clock.now() - age + 30 * MINUTE


# --- timed switches --------------------------------------------------------------------------------------------------

SHAPES = {
    "away only": (10 * MINUTE, None),
    "offline only": (None, 30 * MINUTE),
    "both": (10 * MINUTE, 30 * MINUTE),
}
# Where inactivity leads from a status, and after how long, as the proto promises.
TIMED = {
    ("away only", ONLINE): (AWAY, 10 * MINUTE),
    ("away only", AWAY): None,
    ("away only", OFFLINE): None,
    ("offline only", ONLINE): (OFFLINE, 30 * MINUTE),
    ("offline only", AWAY): (OFFLINE, 30 * MINUTE),
    ("offline only", OFFLINE): None,
    ("both", ONLINE): (AWAY, 10 * MINUTE),
    ("both", AWAY): (OFFLINE, 30 * MINUTE),
    ("both", OFFLINE): None,
}


@pytest.mark.parametrize("keep", [False, True], ids=["", "keep_manual_away"])
@pytest.mark.parametrize("status", SEEN_BEFORE, ids=pb.Status.Name)
@pytest.mark.parametrize("shape", SHAPES)
async def test_the_next_switch_is_told_and_comes_true_to_the_millisecond(
    shape: str, status: pb.Status.ValueType, keep: bool, wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(*SHAPES[shape], keep_manual_away=keep)
    clock.advance(SECOND)
    before = await wire.set_status("ann", status)
    expected = None if keep and status == AWAY else TIMED[shape, status]
    if expected is None:
        assert before.next_status == pb.STATUS_UNSPECIFIED and not before.HasField("next_status_time")
        clock.advance(20 * DAY)
        assert await wire.get("ann") == before
        assert len(await wire.changes()) == 1
        return
    next_status, after = expected
    due = START + SECOND + after
    assert (before.next_status, ms(before.next_status_time)) == (next_status, due)
    clock.set(due - 1)
    assert await wire.get("ann") == before
    clock.set(due)
    switched = await wire.get("ann")
    assert (switched.status, switched.cause, ms(switched.status_since)) == (next_status, BY_INACTIVITY, due)
    # Recorded late, it is effective when it was due all the same.
    clock.advance(7)
    await settle()
    assert ms((await wire.changes())[-1].effective_time) == due
    assert ms((await wire.get("ann")).status_since) == due


async def test_both_periods_start_at_the_same_moment(wire: Wire, clock: FakeClock, settle: Settle) -> None:
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    await wire.activity("ann")
    clock.advance(DAY)
    status = await wire.get("ann")
    assert (status.status, ms(status.status_since)) == (OFFLINE, START + 30 * MINUTE)
    await settle()
    history = await wire.changes()
    assert [(change.status, ms(change.effective_time) - START) for change in history] == [
        (ONLINE, 0),
        (AWAY, 10 * MINUTE),
        (OFFLINE, 30 * MINUTE),
    ]


class _WithoutSweeper(MemoryStore):
    """Never commits a timed switch by itself, as if the sweeper were hopelessly late."""

    async def settle_due(self, limit: int) -> Sweep:
        self.wakeup.clear()
        return Sweep(0, None)


async def test_reads_are_exact_when_the_sweeper_is_late(clock: FakeClock) -> None:
    async with serving(_WithoutSweeper(clock, StoreOptions(count_outage_as_inactivity=True)), clock) as wire:
        await wire.switch_on(10 * MINUTE, 30 * MINUTE)
        await wire.activity("ann")
        clock.advance(15 * MINUTE)
        await wire.activity("ben")
        clock.advance(2 * MINUTE)
        assert len(await wire.changes()) == 2

        ann = await wire.get("ann")
        assert (ann.status, ann.available, ms(ann.status_since)) == (AWAY, False, START + 10 * MINUTE)
        assert (ann.next_status, ms(ann.next_status_time)) == (OFFLINE, START + 30 * MINUTE)
        batch = await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann"]))
        assert list(batch.user_statuses) == [ann]
        assert await wire.statuses(AWAY) == [ann]
        assert [status.user_id for status in await wire.statuses(ONLINE)] == ["ben"]
        for order in pb.AvailabilityOrder.values():
            available = await wire.available(order)
            assert [status.user_id for status in available.user_statuses] == ["ben"]
            assert available.available_count == 1
        preview = await wire.update(pb.Workflow(away_after=period(MINUTE)), validate_only=True)
        assert [switch.user_id for switch in preview.impact.switches] == ["ben"]
        # Reading has written nothing; the revision is that of the last recorded change.
        assert len(await wire.changes()) == 2
        assert ann.revision == 2
        clock.advance(DAY)
        assert (await wire.get("ann")).status == OFFLINE
        assert (await wire.available()).available_count == 0
        # An event records what came before it, each at its own time.
        await wire.set_status("ann", ONLINE)
        assert [(change.status, ms(change.effective_time) - START) for change in await wire.changes("ann")] == [
            (ONLINE, 0),
            (AWAY, 10 * MINUTE),
            (OFFLINE, 30 * MINUTE),
            (ONLINE, clock.now() - START),
        ]


async def test_whoever_conflicts_with_a_switch_not_yet_recorded_gets_on_by_reading_again(clock: FakeClock) -> None:
    async with serving(_WithoutSweeper(clock, StoreOptions(count_outage_as_inactivity=True)), clock) as wire:
        await wire.switch_on(10 * MINUTE)
        seen = await wire.activity("ann")
        clock.advance(11 * MINUTE)
        unrecorded = await wire.get("ann")
        assert (unrecorded.status, unrecorded.revision) == (AWAY, seen.revision)
        # The same revision stands for two statuses: nobody can tell which of them the caller knows.
        refusal = await refused(wire.set_status("ann", ONLINE, expected_revision=seen.revision))
        assert refusal[:2] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT")
        again = await wire.get("ann")
        assert again.revision == seen.revision + 1
        assert (await wire.set_status("ann", ONLINE, expected_revision=again.revision)).status == ONLINE


# --- several users ---------------------------------------------------------------------------------------------------


async def test_a_batch_is_answered_in_the_order_asked_for_and_each_user_once(wire: Wire) -> None:
    for user_id in ("ann", "ben", "cat"):
        await wire.activity(user_id)
    asked = ["cat", "nobody", "ann", "cat", "zoe", "nobody", "ben", "ann"]
    answer = await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=asked))
    assert [status.user_id for status in answer.user_statuses] == ["cat", "ann", "ben"]
    assert list(answer.unknown_user_ids) == ["nobody", "zoe"]
    for status in answer.user_statuses:
        assert status == await wire.get(status.user_id)


async def test_a_batch_may_hold_1000_users_of_the_longest_ids(wire: Wire) -> None:
    user_ids = [f"{n:0128}" for n in range(1_000)]
    for user_id in user_ids[::2]:
        await wire.set_status(user_id, AWAY, actor="x" * 128, reason="x" * 512)
    answer = await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=user_ids))
    assert [status.user_id for status in answer.user_statuses] == user_ids[::2]
    assert list(answer.unknown_user_ids) == user_ids[1::2]


async def test_a_batch_of_an_unknown_account_knows_nobody(wire: Wire) -> None:
    answer = await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id="unknown", user_ids=["ann"]))
    assert (list(answer.user_statuses), list(answer.unknown_user_ids)) == ([], ["ann"])


# --- what is kept ----------------------------------------------------------------------------------------------------


async def test_asking_about_the_unknown_creates_nothing(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(SqliteStore(tmp_path / "onduty.db", clock), clock) as wire:
        await wire.activity("ann")
        for account_id in (ACCOUNT, "unknown"):
            assert (await refused(wire.get("nobody", account_id=account_id))).code is grpc.StatusCode.NOT_FOUND
            await wire.stub.BatchGetStatuses(pb.BatchGetStatusesRequest(account_id=account_id, user_ids=["nobody"]))
            await wire.changes("nobody", account_id=account_id)
            await wire.state(account_id)
            # Neither does what is refused, what is only tried, or a change that changes nothing.
            await refused(wire.set_status("nobody", AWAY, expected_revision=7, account_id=account_id))
            await refused(wire.activity("nobody", at_ms=START + DAY, account_id=account_id))
        await refused(wire.update(pb.Workflow(account_id="unknown", enabled=True)))
        await wire.update(pb.Workflow(account_id="unknown", keep_manual_away=True), validate_only=True)
        await wire.update(pb.Workflow(account_id="unknown", enabled=False, resume=pb.RESUME_FROM_AWAY))
        assert (await wire.state("unknown"))[:1] == ([],)
    connection = apsw.Connection(str(tmp_path / "onduty.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.execute("SELECT account_id FROM account").fetchall() == [(ACCOUNT,)]
    assert connection.execute("SELECT user_id FROM user").fetchall() == [("ann",)]
    connection.close()


async def test_a_restart_changes_nothing_that_a_caller_can_see(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "onduty.db"
    async with serving(SqliteStore(path, clock), clock) as wire:
        await wire.switch_on(10 * MINUTE, 30 * MINUTE, resume=pb.RESUME_FROM_AWAY_OR_OFFLINE, keep_manual_away=True)
        await wire.set_status("ben", AWAY, actor="sue", reason="lunch")
        await wire.activity("ann")
        clock.advance(2_345)
        await wire.activity("ann", at_ms=START + 2_222)
        await wire.set_status("cat", OFFLINE)
        token = (await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=1))).next_page_token
        before = await wire.state()
    async with serving(SqliteStore(path, clock), clock) as wire:
        assert await wire.state() == before
        page = await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_token=token))
        assert [status.user_id for status in page.user_statuses] == ["ann", "cat"]
        assert (await wire.set_status("ben", ONLINE, expected_revision=2)).status == ONLINE
