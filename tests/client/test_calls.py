"""What each call sends, and what is made of its answer; with both clients."""

import enum
import inspect
from datetime import UTC, timedelta
from typing import Any

import pytest
from google.protobuf.message import Message
from tests.client.call_cases import (
    CHANGE,
    CHANGE_MESSAGE,
    CHANGE_WITH_END_MESSAGE,
    NAIVE,
    NOON,
    NOON_S,
    STATUS_CASES,
    USER_STATUS,
    USER_STATUS_MESSAGE,
    Case,
)
from tests.client.call_cases_of_people import PEOPLE_CASES
from tests.client.call_cases_of_reports import REPORT_CASES, TIMELINE_MESSAGE
from tests.client.call_cases_of_workflows import WORKFLOW_CASES
from tests.client.scripted import Driver, ScriptedService

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    AvailabilityOrder,
    Bucket,
    Cause,
    Client,
    FieldViolation,
    LogTimeFormat,
    OndutyError,
    Resume,
    RevisionConflict,
    Status,
    StatusSetting,
    Then,
    TimeGroup,
    UserStatus,
    _lease_requests,
    _people_requests,
    _report_requests,
    _requests,
    _rpcs,
    _workflow_requests,
)

pytestmark = pytest.mark.both_doors

CASES = [*STATUS_CASES, *WORKFLOW_CASES, *PEOPLE_CASES, *REPORT_CASES]
DEFINITIONS = (_requests, _lease_requests, _workflow_requests, _people_requests, _report_requests)


def test_every_unary_method_of_the_service_has_a_call_of_its_types() -> None:
    unary = {
        method.name: (method.input_type, method.output_type)
        for method in pb.DESCRIPTOR.services_by_name["StatusService"].methods
        if not method.client_streaming and not method.server_streaming
    }
    assert {rpc.name: (rpc.request.DESCRIPTOR, rpc.response.DESCRIPTOR) for rpc in _rpcs.RPCS} == unary


def test_only_calls_that_change_nothing_when_repeated_may_be_repeated() -> None:
    assert {rpc.name for rpc in _rpcs.RPCS if not rpc.repeatable} == {
        *("SetStatus", "BatchSetStatus", "UpdateWorkflow"),
        *("DeleteWorkflow", "DeleteUser", "DeleteAccount"),
    }


@pytest.mark.parametrize(
    ("python", "proto", "prefix", "more"),
    [
        (Status, pb.Status, "STATUS_", {"UNKNOWN"}),
        (Cause, pb.Cause, "CAUSE_", {"UNKNOWN"}),
        (Resume, pb.Resume, "RESUME_", {"UNKNOWN"}),
        (Then, pb.Then, "THEN_", {"UNKNOWN"}),
        (AvailabilityOrder, pb.AvailabilityOrder, "AVAILABILITY_ORDER_", set()),
        (LogTimeFormat, pb.LogTimeFormat, "LOG_TIME_FORMAT_", set()),
        # On the wire a bucket without a length.
        (Bucket, pb.Bucket, "BUCKET_", {"WHOLE"}),
        (TimeGroup, pb.TimeGroup, "TIME_GROUP_", set()),
    ],
)
def test_the_enums_are_those_of_the_proto(python: type[enum.StrEnum], proto: Any, prefix: str, more: set[str]) -> None:
    named = {value.name.removeprefix(prefix) for value in proto.DESCRIPTOR.values if value.number}
    assert {member.value for member in python} == named | more
    assert all(member.name == member.value for member in python)


def test_both_clients_have_the_same_methods_with_the_parameters_and_words_of_the_definition() -> None:
    def public(client: type) -> dict[str, Any]:
        return {name: method for name, method in vars(client).items() if not name.startswith("_") and name != "close"}

    assert list(public(Client)) == list(public(AsyncClient))
    helpers = ["session", "engagement", "watch", "upload_activities"]
    for name in helpers:
        one, other = (inspect.signature(public(client)[name]) for client in (Client, AsyncClient))
        assert one.parameters == other.parameters
    for client in (Client, AsyncClient):
        for name, method in public(client).items():
            if name in helpers:
                continue
            (definition,) = (vars(module)[name] for module in DEFINITIONS if name in vars(module))
            myself, *parameters = inspect.signature(method).parameters.values()
            assert myself.name == "self"
            assert parameters == list(inspect.signature(definition).parameters.values())
            assert method.__doc__ == definition.__doc__
    assert inspect.signature(Client.get_status).return_annotation is UserStatus
    assert inspect.iscoroutinefunction(AsyncClient.get_status)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.method)
async def test_a_call_sends_its_arguments_and_answers_in_types(
    case: Case, client: Driver, service: ScriptedService
) -> None:
    service.script(case.response)
    assert await client.call(case.method, *case.arguments, **case.options) == case.result
    assert service.last.request == case.request


def test_every_method_is_among_the_cases_or_iterates() -> None:
    methods = {name for name in vars(Client) if not name.startswith("_") and name != "close"}
    helpers = {"session", "engagement", "watch", "upload_activities"}
    iterators = {
        *("list_statuses", "list_status_changes", "list_workflow_changes", "list_accounts", "list_teams"),
        *("summarize_time", "list_timelines"),
    }
    assert {case.method for case in CASES} == methods - iterators - helpers


async def test_each_setting_of_a_batch_has_its_own_answer(client: Driver, service: ScriptedService) -> None:
    newer: Any = 99
    service.script(
        pb.BatchSetStatusResponse(
            results=[
                pb.SetStatusResult(user_status=USER_STATUS_MESSAGE),
                pb.SetStatusResult(
                    error=pb.SetStatusError(reason=pb.ERROR_REASON_REVISION_CONFLICT, message="is at 7, not at 6")
                ),
                pb.SetStatusResult(
                    error=pb.SetStatusError(reason=pb.ERROR_REASON_INVALID_FIELD, field="ttl", message="is too long")
                ),
                pb.SetStatusResult(error=pb.SetStatusError(reason=newer, message="is on holiday")),
            ]
        )
    )
    settings = [StatusSetting(user_id, Status.AWAY) for user_id in ("ann", "bob", "cid", "dan")]
    ann, conflict, invalid, unknown = await client.call("batch_set_status", "acme", settings)
    assert ann == USER_STATUS
    assert (type(conflict), conflict.reason, str(conflict)) == (
        *(RevisionConflict, "REVISION_CONFLICT"),
        "is at 7, not at 6",
    )
    assert invalid.field_violations == (FieldViolation("ttl", "is too long"),)
    assert (type(unknown), unknown.reason, str(unknown)) == (OndutyError, "", "is on holiday")


@pytest.mark.parametrize(
    ("method", "arguments", "response"),
    [
        ("update_user", ("acme", "ann"), pb.UpdateUserResponse()),
        ("delete_user", ("acme", "ann"), pb.DeleteUserResponse()),
        ("batch_set_status", ("acme", [StatusSetting("ann", Status.AWAY)]), pb.BatchSetStatusResponse()),
        ("delete_workflow", ("acme", "day"), pb.DeleteWorkflowResponse()),
        ("create_account", ("acme",), pb.CreateAccountResponse()),
        ("delete_account", ("acme",), pb.DeleteAccountResponse()),
        ("update_account", ("acme",), pb.UpdateAccountResponse()),
    ],
)
async def test_a_change_names_its_actor(
    method: str, arguments: tuple[Any, ...], response: Message, client: Driver, service: ScriptedService
) -> None:
    service.script(response)
    await client.call(method, *arguments, actor="sue")
    assert service.last.metadata["onduty-actor-bin"] == b"sue"


async def test_the_iterator_of_teams_follows_the_pages(client: Driver, service: ScriptedService) -> None:
    service.script(
        pb.ListTeamsResponse(teams=[pb.Team(team_id="day")], next_page_token="t2"),
        pb.ListTeamsResponse(teams=[pb.Team(team_id="night")]),
    )
    assert [team.team_id for team in await client.call("list_teams", "acme")] == ["day", "night"]
    assert [received.request.page_token for received in service.received] == ["", "t2"]


async def test_the_iterators_of_reports_follow_the_pages(client: Driver, service: ScriptedService) -> None:
    service.script(
        pb.SummarizeTimeResponse(summaries=[pb.TimeSummary(user_id="ann")], next_page_token="t2"),
        pb.SummarizeTimeResponse(summaries=[pb.TimeSummary(user_id="bob")]),
    )
    summaries = await client.call("summarize_time", "acme", NOON, NOON + timedelta(days=1), group=TimeGroup.USER)
    assert [each.user_id for each in summaries] == ["ann", "bob"]
    service.script(
        pb.ListTimelinesResponse(timelines=[TIMELINE_MESSAGE], next_page_token="t2"),
        pb.ListTimelinesResponse(timelines=[pb.Timeline(erased=True)]),
    )
    timelines = await client.call("list_timelines", "acme", NOON, NOON + timedelta(days=1))
    assert [(each.user_id, each.erased) for each in timelines] == [("ann", False), ("", True)]
    assert [received.request.page_token for received in service.received] == ["", "t2"] * 2


@pytest.mark.parametrize("method", ["summarize_time", "summarize_time_page", "list_timelines", "list_timelines_page"])
async def test_a_report_on_nobody_or_without_a_zone_is_not_sent(
    method: str, client: Driver, service: ScriptedService
) -> None:
    later = NOON + timedelta(days=1)
    with pytest.raises(ValueError, match="user_ids is empty"):
        await client.call(method, "acme", NOON, later, user_ids=[])
    with pytest.raises(ValueError, match="team_id is empty"):
        await client.call(method, "acme", NOON, later, team_id="")
    with pytest.raises(ValueError, match="end_time needs a time zone"):
        await client.call(method, "acme", NOON, NAIVE)
    assert not service.received


async def test_what_a_server_leaves_unset_is_none(client: Driver, service: ScriptedService) -> None:
    service.script(pb.GetStatusResponse(user_status=pb.UserStatus(user_id="ann", status=pb.STATUS_ONLINE)))
    answer = await client.call("get_status", "acme", "ann")
    assert (answer.last_activity_time, answer.next_status, answer.next_status_time) == (None, None, None)
    assert (answer.next_cause, answer.expire_time, answer.then) == (None, None, None)
    assert (answer.connected, answer.engagements) == (False, 0)

    service.script(pb.ListStatusChangesResponse(changes=[pb.StatusChange(status=pb.STATUS_ONLINE)]))
    change = (await client.call("list_status_changes_page", "acme")).items[0]
    assert (change.previous_status, change.expire_time, change.then) == (None, None, None)

    service.script(pb.GetWorkflowResponse(workflow=pb.Workflow()))
    workflow = await client.call("get_workflow", "acme")
    assert (workflow.disconnect_after, workflow.disconnect_status) == (None, Status.OFFLINE)


async def test_a_change_tells_the_end_of_the_status(client: Driver, service: ScriptedService) -> None:
    service.script(pb.ListStatusChangesResponse(changes=[CHANGE_WITH_END_MESSAGE]))
    change = (await client.call("list_status_changes_page", "acme")).items[0]
    assert (change.expire_time, change.then) == (NOON + timedelta(minutes=1), Then.AUTOMATIC)


async def test_values_of_a_newer_server_are_unknown(client: Driver, service: ScriptedService) -> None:
    # An enum of proto3 is open: a message holds, and carries, numbers that it has no name for.
    newer: Any = 99
    user = pb.UserStatus(status=newer, cause=newer, next_status=newer, next_cause=newer, then=newer)
    service.script(pb.GetStatusResponse(user_status=user))
    answer = await client.call("get_status", "acme", "ann")
    assert (answer.status, answer.cause, answer.next_status) == (Status.UNKNOWN, Cause.UNKNOWN, Status.UNKNOWN)
    assert (answer.next_cause, answer.then) == (Cause.UNKNOWN, Then.UNKNOWN)

    service.script(pb.GetWorkflowResponse(workflow=pb.Workflow(resume=newer, disconnect_status=newer)))
    workflow = await client.call("get_workflow", "acme")
    assert (workflow.resume, workflow.disconnect_status) == (Resume.UNKNOWN, Status.UNKNOWN)


async def test_times_are_aware_and_in_utc(client: Driver, service: ScriptedService) -> None:
    service.script(pb.GetStatusResponse(user_status=USER_STATUS_MESSAGE))
    answer = await client.call("get_status", "acme", "ann")
    assert answer.status_since.tzinfo is UTC


@pytest.mark.parametrize(
    ("method", "arguments", "options", "message"),
    [
        (
            "record_activity",
            ("acme", "ann"),
            {"activity_time": NAIVE},
            "activity_time needs a time zone",
        ),
        ("list_status_changes", ("acme",), {"start_time": NAIVE}, "start_time needs a time zone"),
        ("list_status_changes_page", ("acme",), {"end_time": NAIVE}, "end_time needs a time zone"),
        ("list_status_changes", ("acme",), {"user_id": ""}, "user_id is empty"),
        ("list_statuses", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("available_users", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("list_status_changes_page", ("acme",), {"team_id": ""}, "team_id is empty"),
        ("batch_set_status", ("acme", [StatusSetting("ann", Status.UNKNOWN)]), {}, "'UNKNOWN' cannot be sent"),
        ("set_status", ("acme", "ann", Status.AWAY), {"until": NAIVE}, "until needs a time zone"),
        ("set_status", ("acme", "ann", Status.AWAY), {"then": Then.UNKNOWN}, "'UNKNOWN' cannot be sent as Then"),
        ("update_workflow", ("acme",), {"disconnect_status": Status.UNKNOWN}, "'UNKNOWN' cannot be sent as Status"),
        ("set_status", ("acme", "ann", Status.UNKNOWN), {}, "'UNKNOWN' cannot be sent as Status"),
        ("list_statuses", ("acme",), {"statuses": [Status.UNKNOWN]}, "'UNKNOWN' cannot be sent as Status"),
        (
            *("set_status", ("acme", "ann", "away"), {}),
            "'away' cannot be sent as Status; use Status.ONLINE, Status.AWAY or Status.OFFLINE",
        ),
        ("list_statuses", ("acme",), {"statuses": ["Away"]}, "'Away' cannot be sent as Status"),
        ("update_workflow", ("acme",), {"resume": Resume.UNKNOWN}, "'UNKNOWN' cannot be sent as Resume"),
        ("available_users", ("acme",), {"order": "OLDEST"}, "'OLDEST' cannot be sent as AvailabilityOrder"),
    ],
)
async def test_what_cannot_be_sent_is_a_value_error(
    method: str,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    message: str,
    client: Driver,
    service: ScriptedService,
) -> None:
    with pytest.raises(ValueError, match=message):
        await client.call(method, *arguments, **options)
    assert service.received == []


async def test_an_iterator_refuses_what_cannot_be_sent_before_its_first_item_is_asked_for(client: Driver) -> None:
    with pytest.raises(ValueError, match="UNKNOWN"):
        client.client.list_statuses("acme", statuses=[Status.UNKNOWN])


async def test_an_iterator_follows_the_pages_and_passes_over_an_empty_one(
    client: Driver, service: ScriptedService
) -> None:
    def page(token: str, *user_ids: str) -> pb.ListStatusesResponse:
        return pb.ListStatusesResponse(
            user_statuses=[pb.UserStatus(user_id=user_id) for user_id in user_ids], next_page_token=token
        )

    service.script(page("t2", "ann", "bob"), page("t3"), page("", "cat"))
    users = await client.call("list_statuses", "acme", statuses=[Status.AWAY], timeout=3)
    assert [user.user_id for user in users] == ["ann", "bob", "cat"]
    assert [received.request.page_token for received in service.received] == ["", "t2", "t3"]
    for received in service.received:
        assert (received.request.account_id, received.request.page_size) == ("acme", 1_000)
        assert list(received.request.statuses) == [pb.STATUS_AWAY]
        assert 2 < received.timeout < 3.1


async def test_the_iterator_of_changes_follows_the_pages(client: Driver, service: ScriptedService) -> None:
    service.script(
        pb.ListStatusChangesResponse(changes=[CHANGE_MESSAGE], next_page_token="t2"),
        pb.ListStatusChangesResponse(changes=[CHANGE_MESSAGE, CHANGE_MESSAGE]),
    )
    changes = await client.call("list_status_changes", "acme", user_id="ann", start_time=NOON, page_size=2)
    assert changes == [CHANGE] * 3
    assert [received.request.page_token for received in service.received] == ["", "t2"]
    for received in service.received:
        assert (received.request.user_id, received.request.page_size) == ("ann", 2)
        assert received.request.start_time.seconds == NOON_S


async def test_pages_are_fetched_only_as_the_iteration_reaches_them(client: Driver, service: ScriptedService) -> None:
    service.script(pb.ListStatusesResponse(user_statuses=[USER_STATUS_MESSAGE], next_page_token="t2"))
    if isinstance(client.client, Client):
        assert next(client.client.list_statuses("acme")) == USER_STATUS
    else:
        assert await anext(client.client.list_statuses("acme")) == USER_STATUS
    assert len(service.received) == 1
