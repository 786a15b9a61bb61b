"""The client in use, as a backend would write it. Type-checked with everything else, so that it stays true."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from tests.client.scripted import ScriptedServer, error_info, refusal

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    AvailabilityOrder,
    Client,
    OndutyError,
    RevisionConflict,
    Status,
    Unavailable,
    UserUnknown,
)


async def pick_agent(client: AsyncClient, account_id: str) -> str | None:
    """A router: whoever has been waiting for work for longest."""
    available = await client.available_users(account_id, order=AvailabilityOrder.LONGEST_IDLE, limit=1)
    return available.user_statuses[0].user_id if available.user_statuses else None


async def record_request(client: AsyncClient, account_id: str, user_id: str) -> None:
    """A middleware: every request of a user is an activity, and a failure to say so must not fail the request."""
    # It was retried already, and the user's next request reports again.
    with suppress(OndutyError):
        await client.record_activity(account_id, user_id, timeout=0.5)


def label(client: Client, account_id: str, user_id: str) -> str:
    """A Flask or Django view."""
    try:
        user = client.get_status(account_id, user_id)
    except UserUnknown:
        return "never signed in"
    except Unavailable:
        return "not known at the moment"
    if user.next_status is None or user.next_status_time is None:
        return str(user.status)
    return f"{user.status}, {user.next_status} at {user.next_status_time:%H:%M}"


def go_to_lunch(client: Client, account_id: str, user_id: str) -> bool:
    """Away by hand, unless somebody has changed the status since it was read."""
    user = client.get_status(account_id, user_id)
    try:
        client.set_status(account_id, user_id, Status.AWAY, reason="lunch", expected_revision=user.revision)
    except RevisionConflict:
        return False
    return True


def shorten_away(client: Client, account_id: str, away_after: timedelta) -> list[str]:
    """A supervisor's change, made only if it switches nobody at once; answers whom it would switch."""
    workflow = client.get_workflow(account_id)
    preview = client.update_workflow(account_id, enabled=True, away_after=away_after, validate_only=True)
    if preview.impact is not None and preview.impact.switches:
        return [switch.user_id for switch in preview.impact.switches]
    # None clears a period; what is not named stays as it is.
    client.update_workflow(account_id, enabled=True, away_after=away_after, offline_after=None, etag=workflow.etag)
    return []


def automatic_switches(client: Client, account_id: str, day: datetime) -> int:
    """A report over any number of changes: the pages are fetched underneath."""
    changes = client.list_status_changes(account_id, start_time=day, end_time=day + timedelta(days=1))
    return sum(change.cause == "INACTIVITY" for change in changes)


async def test_an_asyncio_backend(server: ScriptedServer) -> None:
    async with AsyncClient(server.target) as client:
        server.service.script(
            pb.ListAvailableUsersResponse(user_statuses=[pb.UserStatus(user_id="ann")], available_count=1),
        )
        assert await pick_agent(client, "acme") == "ann"
        server.service.script(pb.ListAvailableUsersResponse())
        assert await pick_agent(client, "acme") is None
        server.service.script(refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "slower", error_info("LIMIT_EXCEEDED")))
        await record_request(client, "acme", "ann")


def test_a_synchronous_backend(server: ScriptedServer) -> None:
    online = pb.UserStatus(user_id="ann", status=pb.STATUS_ONLINE, next_status=pb.STATUS_AWAY, revision=7)
    online.next_status_time.FromJsonString("2026-11-22T12:10:00Z")
    with Client(server.target, actor="ann") as client:
        server.service.script(pb.GetStatusResponse(user_status=online))
        assert label(client, "acme", "ann") == "ONLINE, AWAY at 12:10"
        server.service.script(refusal(grpc.StatusCode.NOT_FOUND, "never seen", error_info("USER_UNKNOWN")))
        assert label(client, "acme", "zoe") == "never signed in"

        server.service.script(pb.GetStatusResponse(user_status=online), pb.SetStatusResponse(user_status=online))
        assert go_to_lunch(client, "acme", "ann")
        assert server.service.last.request.expected_revision == 7
        server.service.script(
            pb.GetStatusResponse(user_status=online),
            refusal(grpc.StatusCode.ABORTED, "now at 8", error_info("REVISION_CONFLICT")),
        )
        assert not go_to_lunch(client, "acme", "ann")

        impact = pb.WorkflowImpact(switching_to_away=1, switches=[pb.WorkflowImpactSwitch(user_id="bob")])
        server.service.script(
            pb.GetWorkflowResponse(workflow=pb.Workflow(etag="e1")), pb.UpdateWorkflowResponse(impact=impact)
        )
        assert shorten_away(client, "acme", timedelta(minutes=5)) == ["bob"]
        server.service.script(
            pb.GetWorkflowResponse(workflow=pb.Workflow(etag="e1")),
            pb.UpdateWorkflowResponse(impact=pb.WorkflowImpact()),
            pb.UpdateWorkflowResponse(),
        )
        assert shorten_away(client, "acme", timedelta(minutes=5)) == []
        assert server.service.last.request.workflow.etag == "e1"
        assert list(server.service.last.request.update_mask.paths) == ["enabled", "away_after", "offline_after"]

        inactivity = pb.StatusChange(cause=pb.CAUSE_INACTIVITY)
        server.service.script(
            pb.ListStatusChangesResponse(changes=[inactivity, pb.StatusChange()], next_page_token="more"),
            pb.ListStatusChangesResponse(changes=[inactivity]),
        )
        assert automatic_switches(client, "acme", datetime(2026, 11, 22, tzinfo=UTC)) == 2


def test_a_failed_call_says_what_is_wrong(server: ScriptedServer) -> None:
    server.service.script(refusal(grpc.StatusCode.NOT_FOUND, "never seen: zoe", error_info("USER_UNKNOWN")))
    with Client(server.target) as client, pytest.raises(UserUnknown, match="never seen: zoe"):
        client.get_status("acme", "zoe")
