"""Writing an account's workflow: masks, etags, dry-runs, and what a change does to those whom it touches."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, Wire, at, ms, period, refused

from onduty.v1 import status_pb2 as pb

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE


async def test_the_workflow_of_an_account_never_configured_is_the_default(wire: Wire) -> None:
    await wire.activity("ann", account_id="seen")
    for account_id in ("unknown", "seen"):
        workflow = await wire.workflow(account_id)
        assert workflow == pb.Workflow(
            account_id=account_id,
            enabled=False,
            resume=pb.RESUME_FROM_AWAY,
            keep_manual_away=False,
            etag=workflow.etag,
            disconnect_status=OFFLINE,
        )
        for field in ("enabled", "resume", "keep_manual_away", "disconnect_status"):
            assert workflow.HasField(field)
        for field in ("away_after", "offline_after", "update_time", "enabled_time", "disconnect_after"):
            assert not workflow.HasField(field)  # type: ignore[arg-type]
        assert workflow.etag


async def test_every_field_is_answered_as_it_was_written(wire: Wire, clock: FakeClock) -> None:
    written = await wire.update(
        pb.Workflow(
            enabled=True,
            away_after=Duration(seconds=1, nanos=1_999_999),
            offline_after=Duration(seconds=30 * 86_400, nanos=999_999),
            resume=pb.RESUME_FROM_AWAY_OR_OFFLINE,
            keep_manual_away=True,
            disconnect_after=Duration(seconds=60, nanos=1_999_999),
            disconnect_status=AWAY,
        ),
        actor="süe",
    )
    assert not written.HasField("impact")
    assert written.workflow == pb.Workflow(
        account_id=ACCOUNT,
        enabled=True,
        away_after=period(1_001),
        offline_after=period(30 * DAY),
        resume=pb.RESUME_FROM_AWAY_OR_OFFLINE,
        keep_manual_away=True,
        etag=written.workflow.etag,
        update_time=at(START),
        updated_by="süe",
        enabled_time=at(START),
        disconnect_after=period(60_001),
        disconnect_status=AWAY,
    )
    assert await wire.workflow() == written.workflow


# --- what is written -------------------------------------------------------------------------------------------------


async def configured(wire: Wire) -> pb.Workflow:
    return await wire.switch_on(10 * MINUTE, 30 * MINUTE, resume=pb.RESUME_FROM_AWAY_OR_OFFLINE, keep_manual_away=True)


def parts(workflow: pb.Workflow) -> tuple[bool, int | None, int | None, pb.Resume.ValueType, bool]:
    """What a caller can write: the switch, the periods in minutes, what resumes, and whether AWAY by hand is kept."""

    def minutes(field: str, duration: Duration) -> int | None:
        return duration.seconds // 60 if workflow.HasField(field) else None  # type: ignore[arg-type]

    return (
        workflow.enabled,
        minutes("away_after", workflow.away_after),
        minutes("offline_after", workflow.offline_after),
        workflow.resume,
        workflow.keep_manual_away,
    )


BOTH = pb.RESUME_FROM_AWAY_OR_OFFLINE


@pytest.mark.parametrize(
    ("written", "mask", "expected"),
    [
        # Without a mask, what is set is written, false included.
        (pb.Workflow(enabled=False), None, (False, 10, 30, BOTH, True)),
        (pb.Workflow(keep_manual_away=False), None, (True, 10, 30, BOTH, False)),
        (pb.Workflow(resume=pb.RESUME_NEVER), None, (True, 10, 30, pb.RESUME_NEVER, True)),
        (pb.Workflow(away_after=period(5 * MINUTE)), None, (True, 5, 30, BOTH, True)),
        (pb.Workflow(), None, (True, 10, 30, BOTH, True)),
        # What only the server writes is ignored there.
        (
            pb.Workflow(update_time=at(1), updated_by="me", enabled_time=at(1), enabled=False),
            None,
            (False, 10, 30, BOTH, True),
        ),
        # With a mask, what it names and nothing else.
        (pb.Workflow(enabled=False, keep_manual_away=False), ["enabled"], (False, 10, 30, BOTH, True)),
        (pb.Workflow(enabled=False, away_after=period(5 * MINUTE)), ["away_after"], (True, 5, 30, BOTH, True)),
        (pb.Workflow(away_after=period(MINUTE)), ["away_after", "away_after"], (True, 1, 30, BOTH, True)),
        # A period that is named and unset is cleared.
        (pb.Workflow(), ["away_after"], (True, None, 30, BOTH, True)),
        (pb.Workflow(), ["offline_after"], (True, 10, None, BOTH, True)),
        (pb.Workflow(), ["enabled", "away_after", "offline_after"], (False, None, None, BOTH, True)),
        # And so is everything else: it returns to its default.
        (pb.Workflow(), ["enabled"], (False, 10, 30, BOTH, True)),
        (pb.Workflow(), ["resume"], (True, 10, 30, pb.RESUME_FROM_AWAY, True)),
        (pb.Workflow(), ["keep_manual_away"], (True, 10, 30, BOTH, False)),
        (pb.Workflow(), ["*"], (False, None, None, pb.RESUME_FROM_AWAY, False)),
        (
            pb.Workflow(enabled=True, offline_after=period(MINUTE)),
            ["*"],
            (True, None, 1, pb.RESUME_FROM_AWAY, False),
        ),
        # A mask that names nothing is none: some libraries send an empty message for what is not set.
        (pb.Workflow(enabled=False), [], (False, 10, 30, BOTH, True)),
    ],
)
@pytest.mark.parametrize("validate_only", [False, True])
async def test_what_an_update_writes(
    written: pb.Workflow,
    mask: list[str] | None,
    expected: tuple[object, ...],
    validate_only: bool,
    wire: Wire,
) -> None:
    before = await configured(wire)
    request = pb.UpdateWorkflowRequest(workflow=written, validate_only=validate_only)
    request.workflow.account_id = ACCOUNT
    if mask is not None:
        request.update_mask.CopyFrom(FieldMask(paths=mask))
    answer = (await wire.stub.UpdateWorkflow(request)).workflow
    assert parts(answer) == expected
    assert answer.updated_by == ""
    assert ms(answer.update_time) == START
    assert await wire.workflow() == (before if validate_only else answer)


async def test_periods_are_kept_while_the_switch_is_off(wire: Wire) -> None:
    await configured(wire)
    await wire.update(pb.Workflow(enabled=False))
    await wire.update(pb.Workflow(away_after=period(5 * MINUTE)))
    assert parts(await wire.workflow())[:3] == (False, 5, 30)
    assert parts((await wire.update(pb.Workflow(enabled=True))).workflow)[:3] == (True, 5, 30)


async def test_a_workflow_can_be_prepared_before_it_is_switched_on(wire: Wire) -> None:
    await wire.update(pb.Workflow(offline_after=period(SECOND)))
    assert (await refused(wire.update(pb.Workflow(away_after=period(SECOND))))).reason == "INVALID_WORKFLOW"
    status = await wire.activity("ann")
    assert not status.HasField("next_status_time")
    await wire.update(pb.Workflow(enabled=True))
    assert (await wire.get("ann")).next_status == OFFLINE


async def test_both_periods_can_be_exchanged_in_one_update_only(wire: Wire) -> None:
    await wire.switch_on(10 * MINUTE, 30 * MINUTE)
    refusal = await refused(wire.update(pb.Workflow(away_after=period(DAY))))
    assert refusal.fields == ("workflow.offline_after",)
    await wire.update(pb.Workflow(away_after=period(DAY), offline_after=period(2 * DAY)))
    await wire.update(pb.Workflow(away_after=period(DAY)), "away_after", "offline_after")
    assert parts(await wire.workflow())[1:3] == (24 * 60, None)


# --- etag, revision and times ----------------------------------------------------------------------------------------


async def test_a_change_gives_a_new_etag_and_a_revision_and_one_that_changes_nothing_does_not(
    wire: Wire, clock: FakeClock
) -> None:
    first = (await wire.update(pb.Workflow(away_after=period(10 * MINUTE)), actor="sue")).workflow
    clock.advance(SECOND)
    for same in (
        pb.Workflow(),
        pb.Workflow(etag=first.etag),
        pb.Workflow(enabled=False),
        pb.Workflow(away_after=period(10 * MINUTE), resume=pb.RESUME_FROM_AWAY, keep_manual_away=False),
        pb.Workflow(away_after=Duration(seconds=600, nanos=999_999)),
    ):
        for validate_only in (False, True):
            answer = await wire.update(same, actor="tom", validate_only=validate_only)
            assert answer.workflow == first
            assert answer.HasField("impact") == validate_only
    assert await wire.workflow() == first
    assert (await wire.activity("ann")).revision == 2  # 1 was the workflow's
    second = (await wire.update(pb.Workflow(resume=pb.RESUME_NEVER, etag=first.etag), actor="tom")).workflow
    assert second.etag != first.etag
    assert (second.updated_by, ms(second.update_time)) == ("tom", START + SECOND)
    # Back to what it was is a change too.
    third = (await wire.update(pb.Workflow(resume=pb.RESUME_FROM_AWAY, etag=second.etag))).workflow
    assert third.etag not in (first.etag, second.etag)
    assert third.updated_by == ""
    assert (await wire.activity("ben")).revision == 5


async def test_the_default_workflow_has_an_etag_to_write_it_with(wire: Wire) -> None:
    etag = (await wire.workflow()).etag
    await wire.update(pb.Workflow(keep_manual_away=True, etag=etag))
    refusal = await refused(wire.update(pb.Workflow(keep_manual_away=False, etag=etag)))
    assert refusal[:3] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT", ())


async def test_of_many_who_write_with_the_same_etag_one_succeeds(wire: Wire) -> None:
    etag = (await wire.workflow()).etag
    outcomes = await asyncio.gather(
        *(wire.update(pb.Workflow(away_after=period((n + 1) * MINUTE), etag=etag), actor=f"{n}") for n in range(50)),
        return_exceptions=True,
    )
    (winner,) = (outcome for outcome in outcomes if isinstance(outcome, pb.UpdateWorkflowResponse))
    assert await wire.workflow() == winner.workflow
    assert (await wire.activity("ann")).revision == 2


async def test_enabled_time_is_when_the_switch_last_went_from_off_to_on(wire: Wire, clock: FakeClock) -> None:
    def enabled_ms(workflow: pb.Workflow) -> int | None:
        return ms(workflow.enabled_time) - START if workflow.HasField("enabled_time") else None

    assert enabled_ms((await wire.update(pb.Workflow(away_after=period(MINUTE)))).workflow) is None
    times = []
    for enabled in (True, True, False, False, True):
        clock.advance(SECOND)
        times.append(enabled_ms((await wire.update(pb.Workflow(enabled=enabled))).workflow))
        clock.advance(SECOND)
        times.append(enabled_ms((await wire.update(pb.Workflow(away_after=period(clock.now() - START)))).workflow))
    assert times == [1_000] * 8 + [9_000] * 2


def at_once(preview: pb.UpdateWorkflowResponse) -> pb.WorkflowImpact:
    """The part of a dry run that is about the moment of the change."""
    assert preview.HasField("impact")
    impact = pb.WorkflowImpact()
    impact.CopyFrom(preview.impact)
    impact.ClearField("next_hour")
    return impact


# --- what a change does to users -------------------------------------------------------------------------------------


async def test_switching_on_switches_nobody_at_that_instant(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    await wire.set_status("ben", AWAY)
    clock.advance(5 * DAY)
    preview = await wire.update(
        pb.Workflow(enabled=True, away_after=period(SECOND), offline_after=period(2 * SECOND)), validate_only=True
    )
    assert at_once(preview) == pb.WorkflowImpact()
    # Both go through it all a moment later.
    assert [(it.switching_to_away, it.switching_to_offline) for it in preview.impact.next_hour] == [
        (1, 2),
        (0, 0),
        (0, 0),
        (0, 0),
    ]
    await wire.switch_on(SECOND, 2 * SECOND)
    ann, ben = await wire.statuses()
    assert (ann.status, ms(ann.next_status_time)) == (ONLINE, clock.now() + SECOND)
    assert (ben.status, ms(ben.next_status_time)) == (AWAY, clock.now() + 2 * SECOND)


async def test_a_shorter_period_takes_effect_at_once_for_those_past_it(
    wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(60 * MINUTE)
    await wire.activity("long idle")
    await wire.set_status("by hand", AWAY)
    clock.advance(15 * MINUTE)
    await wire.activity("idle")
    clock.advance(5 * MINUTE)
    await wire.activity("active")
    changed = clock.now()
    await wire.update(pb.Workflow(away_after=period(5 * MINUTE), offline_after=period(20 * MINUTE)))
    clock.advance(SECOND)
    await settle()
    assert {
        user_id: [(change.status, ms(change.effective_time)) for change in (await wire.changes(user_id))[1:]]
        for user_id in ("long idle", "by hand", "idle", "active")
    } == {
        "long idle": [(AWAY, changed), (OFFLINE, changed)],
        "by hand": [(OFFLINE, changed)],
        "idle": [(AWAY, changed)],
        "active": [],
    }


async def test_a_longer_period_brings_nobody_back(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.activity("ann")
    clock.advance(10 * MINUTE)
    away = await wire.get("ann")
    for change in (pb.Workflow(away_after=period(DAY)), pb.Workflow(enabled=False)):
        await wire.update(change)
        assert (await wire.get("ann")).status_since == away.status_since
        assert (await wire.get("ann")).status == AWAY


@pytest.mark.parametrize(
    "change",
    [
        pb.Workflow(enabled=False),
        pb.Workflow(away_after=period(DAY)),
        pb.Workflow(away_after=period(MINUTE)),
        pb.Workflow(resume=pb.RESUME_NEVER),
        pb.Workflow(offline_after=period(11 * MINUTE)),
    ],
    ids=["off", "longer", "shorter", "another resume", "both"],
)
async def test_what_fell_due_under_the_old_workflow_keeps_its_time(
    change: pb.Workflow, wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.activities([f"user-{n}" for n in range(300)])
    clock.advance(10 * MINUTE + 500)
    await wire.update(change)
    statuses = await wire.statuses()
    assert {(status.status, ms(status.status_since)) for status in statuses} == {(AWAY, START + 10 * MINUTE)}
    await settle()
    assert [status.status_since for status in await wire.statuses()] == [at(START + 10 * MINUTE)] * 300
    switches = [change for change in await wire.changes() if change.status == AWAY]
    assert len(switches) == 300
    assert {ms(switch.effective_time) for switch in switches} == {START + 10 * MINUTE}


async def test_switching_keep_manual_away_off_takes_effect_at_once(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(None, 10 * MINUTE, keep_manual_away=True)
    await wire.set_status("ben", AWAY)
    clock.advance(DAY)
    assert (await wire.get("ben")).status == AWAY
    await wire.update(pb.Workflow(keep_manual_away=False))
    ben = await wire.get("ben")
    assert (ben.status, ms(ben.status_since)) == (OFFLINE, clock.now())


# --- dry-run ---------------------------------------------------------------------------------------------------------


def with_etag(workflow: pb.Workflow, etag: str) -> pb.Workflow:
    other = pb.Workflow()
    other.CopyFrom(workflow)
    other.etag = etag
    return other


async def mixed_crowd(wire: Wire, clock: FakeClock) -> None:
    """Users idle for 0 to 29 min, a third of them AWAY by hand and a few OFFLINE."""
    await wire.switch_on(60 * MINUTE, 120 * MINUTE)
    for n in range(30):
        if n % 3 == 1:
            await wire.set_status(f"user-{n}", AWAY if n % 2 else OFFLINE)
        else:
            await wire.activity(f"user-{n}")
        clock.advance(MINUTE)


@pytest.mark.parametrize(
    ("change", "mask", "to_away", "to_offline"),
    [
        (pb.Workflow(away_after=period(10 * MINUTE)), (), 14, 0),
        (pb.Workflow(away_after=period(10 * MINUTE), offline_after=period(20 * MINUTE)), (), 7, 9),
        (pb.Workflow(offline_after=period(10 * MINUTE)), ("away_after", "offline_after"), 0, 18),
        (pb.Workflow(away_after=period(90 * MINUTE)), (), 0, 0),
        (pb.Workflow(enabled=False), (), 0, 0),
        (pb.Workflow(), (), 0, 0),
    ],
)
async def test_a_dry_run_says_what_then_happens_and_commits_nothing(
    change: pb.Workflow,
    mask: tuple[str, ...],
    to_away: int,
    to_offline: int,
    wire: Wire,
    clock: FakeClock,
    settle: Settle,
) -> None:
    await mixed_crowd(wire, clock)
    before = await wire.state()
    preview = await wire.update(change, *mask, actor="sue", validate_only=True)
    assert (preview.impact.switching_to_away, preview.impact.switching_to_offline) == (to_away, to_offline)
    assert len(preview.impact.switches) == to_away + to_offline
    assert await wire.state() == before

    done = await wire.update(change, *mask, actor="sue")
    assert preview.workflow.etag == before.workflow.etag
    assert with_etag(preview.workflow, done.workflow.etag) == done.workflow
    assert not done.HasField("impact")
    await settle()
    old = {status.user_id: status.status for status in before.statuses}
    switched = [
        pb.WorkflowImpactSwitch(user_id=status.user_id, previous_status=old[status.user_id], status=status.status)
        for status in await wire.statuses()
        if status.status != old[status.user_id]
    ]
    assert list(preview.impact.switches) == switched
    recorded = (await wire.changes())[len(before.changes) :]
    assert {switch.user_id for switch in switched} == {change.user_id for change in recorded}
    assert {ms(change.effective_time) for change in recorded} <= {clock.now()}


async def test_a_dry_run_counts_everybody_and_names_1000(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(60 * MINUTE)
    await wire.activities([f"user-{n:04}" for n in range(2_500)])
    clock.advance(30 * MINUTE)
    impact = (await wire.update(pb.Workflow(away_after=period(30 * MINUTE)), validate_only=True)).impact
    assert impact.switching_to_away == 2_500
    named = [switch.user_id for switch in impact.switches]
    assert len(set(named)) == len(named) == 1_000
    in_order = [status.user_id for status in await wire.statuses()]
    assert named == in_order[:1_000]


async def test_a_dry_run_for_an_account_never_seen(wire: Wire) -> None:
    preview = await wire.update(pb.Workflow(enabled=True, away_after=period(MINUTE)), actor="sue", validate_only=True)
    assert at_once(preview) == pb.WorkflowImpact()
    assert [ms(it.end_time) - START for it in preview.impact.next_hour] == [n * 15 * MINUTE for n in (1, 2, 3, 4)]
    assert preview.workflow.etag == (await wire.workflow()).etag
    done = (await wire.update(pb.Workflow(enabled=True, away_after=period(MINUTE)), actor="sue")).workflow
    assert with_etag(preview.workflow, done.etag) == done


async def test_with_the_etag_of_a_dry_run_it_is_done_only_if_nothing_has_changed_since(wire: Wire) -> None:
    await wire.switch_on(10 * MINUTE)
    change = pb.Workflow(away_after=period(5 * MINUTE))
    change.etag = (await wire.update(change, validate_only=True)).workflow.etag
    other = (await wire.update(pb.Workflow(away_after=period(60 * MINUTE)), actor="somebody else")).workflow
    refusal = await refused(wire.update(change))
    assert refusal[:2] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT")
    assert await wire.workflow() == other
    change.etag = (await wire.update(pb.Workflow(away_after=period(5 * MINUTE)), validate_only=True)).workflow.etag
    assert (await wire.update(change)).workflow.away_after == period(5 * MINUTE)


async def test_every_change_is_listed_with_who_when_and_the_values_before_and_after(
    wire: Wire, clock: FakeClock
) -> None:
    await wire.activity("ann")
    first = await wire.switch_on(10 * MINUTE)
    clock.advance(MINUTE)
    second = (await wire.update(pb.Workflow(away_after=period(5 * MINUTE)), actor="sue")).workflow
    listed = await wire.stub.ListWorkflowChanges(pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_size=1))
    assert list(listed.changes) == [pb.WorkflowChange(revision=3, workflow=second, previous_workflow=first)]
    assert (second.updated_by, ms(second.update_time)) == ("sue", START + MINUTE)
    rest = await wire.stub.ListWorkflowChanges(
        pb.ListWorkflowChangesRequest(account_id=ACCOUNT, page_token=listed.next_page_token)
    )
    default = await wire.workflow("nowhere")
    default.account_id = ACCOUNT
    assert list(rest.changes) == [pb.WorkflowChange(revision=2, workflow=first, previous_workflow=default)]
    assert not rest.next_page_token


async def test_a_server_that_authenticates_nobody_says_so_and_lists_every_account(wire: Wire) -> None:
    await wire.activity("ann", account_id="b")
    await wire.switch_on(MINUTE, account_id="a")
    caller = (await wire.stub.GetCaller(pb.GetCallerRequest())).caller
    assert (caller.authenticated, caller.name, caller.via) == (False, "", "")
    (grant,) = caller.grants
    assert grant.everywhere and "workflow.write" in grant.permissions
    listed = await wire.stub.ListAccounts(pb.ListAccountsRequest())
    assert {account.account_id for account in listed.accounts} == {"a", "b"}
