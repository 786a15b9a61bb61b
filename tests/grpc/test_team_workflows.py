"""Workflows of teams over the wire: etags, dry runs, deletion, and what the history says was there before."""

from __future__ import annotations

import grpc
from tests.fakes import FakeClock
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, MINUTE, Wire, acting, period, refused

from onduty.v1 import status_pb2 as pb

CONFLICT = grpc.StatusCode.ABORTED, "REVISION_CONFLICT"


async def get(wire: Wire, team_id: str = "") -> pb.Workflow:
    return (await wire.stub.GetWorkflow(pb.GetWorkflowRequest(account_id=ACCOUNT, team_id=team_id))).workflow


async def put(
    wire: Wire, team_id: str = "", away_ms: int = MINUTE, *, etag: str = "", validate_only: bool = False
) -> pb.UpdateWorkflowResponse:
    workflow = pb.Workflow(team_id=team_id, enabled=True, away_after=period(away_ms), etag=etag)
    return await wire.update(workflow, actor="sue", validate_only=validate_only)


async def delete(wire: Wire, team_id: str, *, etag: str = "", validate_only: bool = False) -> pb.DeleteWorkflowResponse:
    request = pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id=team_id, etag=etag, validate_only=validate_only)
    return await wire.stub.DeleteWorkflow(request, metadata=acting("kim"))


async def join(wire: Wire, user_id: str, team_id: str) -> None:
    await wire.activity(user_id)
    await wire.stub.UpdateUser(pb.UpdateUserRequest(user=pb.User(account_id=ACCOUNT, user_id=user_id, team_id=team_id)))


async def history(wire: Wire, team_id: str = "", page_size: int = 0) -> list[pb.WorkflowChange]:
    request = pb.ListWorkflowChangesRequest(account_id=ACCOUNT, team_id=team_id, page_size=page_size)
    found: list[pb.WorkflowChange] = []
    while True:
        page = await wire.stub.ListWorkflowChanges(request)
        found += page.changes
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_a_team_follows_the_accounts_workflow_until_it_has_one_of_its_own(wire: Wire) -> None:
    await put(wire, away_ms=10 * MINUTE)
    assert await get(wire, "night") == await get(wire)
    own = (await put(wire, "night")).workflow
    assert (own.team_id, own.updated_by, own.away_after) == ("night", "sue", period(MINUTE))
    assert await get(wire, "night") == own
    # What is not written is as in the account's, also where nothing differs.
    same = (await wire.update(pb.Workflow(team_id="day"))).workflow
    assert (same.team_id, same.away_after) == ("day", period(10 * MINUTE))
    await put(wire, away_ms=20 * MINUTE)
    assert (await get(wire, "day")).away_after == period(10 * MINUTE)
    followed = (await delete(wire, "day")).workflow
    assert followed == await get(wire, "day") == await get(wire)
    await put(wire, away_ms=30 * MINUTE)
    assert await get(wire, "day") == await get(wire)
    again = (await wire.update(pb.Workflow(team_id="day", keep_manual_away=True))).workflow
    assert again.away_after == period(30 * MINUTE)


async def test_the_etag_of_a_team_that_follows_is_the_accounts(wire: Wire) -> None:
    account = (await put(wire, away_ms=10 * MINUTE)).workflow
    assert (await refused(put(wire, "night", etag="w99")))[:2] == CONFLICT
    preview = await put(wire, "night", etag=account.etag, validate_only=True)
    assert (preview.workflow.etag, preview.workflow.team_id) == (account.etag, "night")
    own = (await put(wire, "night", etag=preview.workflow.etag)).workflow
    assert (await refused(put(wire, "night", etag=account.etag)))[:2] == CONFLICT
    assert (await refused(delete(wire, "night", etag=account.etag)))[:2] == CONFLICT
    # A change of the account's is none of the team's.
    changed = (await put(wire, away_ms=20 * MINUTE)).workflow
    assert (await get(wire, "night")).etag == own.etag
    await delete(wire, "night", etag=own.etag)
    assert (await get(wire, "night")).etag == changed.etag
    assert (await refused(put(wire, "night", etag=own.etag)))[:2] == CONFLICT
    preview = await put(wire, "night", 5 * MINUTE, etag=changed.etag, validate_only=True)
    assert preview.workflow.etag == changed.etag
    await put(wire, "night", 5 * MINUTE, etag=preview.workflow.etag)


async def test_a_dry_run_names_only_those_whom_the_change_concerns(wire: Wire, clock: FakeClock) -> None:
    await put(wire, away_ms=60 * MINUTE)
    for user, team in (("ann", "night"), ("ben", "day"), ("cat", "")):
        await join(wire, user, team)
    clock.advance(10 * MINUTE)

    def named(impact: pb.WorkflowImpact) -> list[str]:
        assert impact.switching_to_away == len(impact.switches)
        return [switch.user_id for switch in impact.switches]

    before = await wire.state()
    assert named((await put(wire, "night", validate_only=True)).impact) == ["ann"]
    assert named((await put(wire, "", validate_only=True)).impact) == ["ann", "ben", "cat"]
    assert await wire.state() == before
    await put(wire, "night", 90 * MINUTE)
    assert named((await put(wire, "", validate_only=True)).impact) == ["ben", "cat"]
    clock.advance(55 * MINUTE)
    deletion = await delete(wire, "night", validate_only=True)
    assert named(deletion.impact) == ["ann"] and len(deletion.impact.next_hour) == 4
    assert deletion.workflow == await get(wire)
    assert (await get(wire, "night")).team_id == "night", "a dry run deletes nothing"
    assert (await delete(wire, "night")).workflow == deletion.workflow
    assert (await wire.get("ann")).status == pb.STATUS_AWAY


@IN_MEMORY
async def test_deleting_what_is_not_there_changes_nothing(wire: Wire) -> None:
    await put(wire, away_ms=10 * MINUTE)
    before = await history(wire)
    assert (await delete(wire, "night")).workflow == await get(wire)
    assert not await history(wire, "night") and await history(wire) == before
    assert (await refused(delete(wire, ""))).fields == ("team_id",)
    assert (await refused(delete(wire, "x" * 129))).fields == ("team_id",)
    too_long = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, team_id="night "))
    assert (await refused(wire.stub.UpdateWorkflow(too_long))).fields == ("workflow.team_id",)
    # A mask may name the team, which is no field to write.
    masked = await wire.update(pb.Workflow(team_id="night", away_after=period(MINUTE)), "team_id", "away_after")
    assert (masked.workflow.team_id, masked.workflow.away_after) == ("night", period(MINUTE))


async def test_the_history_of_a_team_tells_what_was_there_before(wire: Wire) -> None:
    account = (await put(wire, away_ms=10 * MINUTE)).workflow
    first = (await put(wire, "night", MINUTE)).workflow
    second = (await put(wire, "night", 2 * MINUTE)).workflow
    await delete(wire, "night")
    changed = (await put(wire, away_ms=20 * MINUTE)).workflow
    third = (await put(wire, "night", 3 * MINUTE)).workflow
    for page_size in (0, 1, 3):
        newest, deleted, *older = await history(wire, "night", page_size)
        assert (newest.workflow, newest.previous_workflow) == (third, changed)
        assert deleted.deleted and deleted.previous_workflow == second
        assert (deleted.workflow.away_after, deleted.workflow.updated_by) == (period(10 * MINUTE), "kim")
        assert [(it.workflow, it.previous_workflow) for it in older] == [(second, first), (first, account)]
        assert {it.team_id for it in (newest, deleted, *older)} == {"night"}
        assert not any(it.deleted for it in (newest, *older))
    assert [it.workflow for it in await history(wire)] == [changed, account]
    # A team's first one in an account that was never configured.
    other = pb.Workflow(account_id="other", team_id="night", enabled=True, away_after=period(MINUTE))
    await wire.update(other)
    listed = await wire.stub.ListWorkflowChanges(pb.ListWorkflowChangesRequest(account_id="other", team_id="night"))
    assert not listed.changes[0].previous_workflow.enabled and listed.changes[0].HasField("previous_workflow")
