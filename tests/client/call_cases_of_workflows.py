"""The calls of the clients about workflows, as sent and as answered."""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.call_cases import (
    NOON,
    NOON_S,
    TEAM_WORKFLOW,
    TEAM_WORKFLOW_MESSAGE,
    WORKFLOW,
    WORKFLOW_MESSAGE,
    Case,
)

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    UNCHANGED,
    LogTimeFormat,
    Page,
    Resume,
    SimulatedSwitches,
    Simulation,
    SimulationSummary,
    Status,
    Workflow,
    WorkflowChange,
    WorkflowImpact,
    WorkflowImpactQuarter,
    WorkflowImpactSwitch,
    WorkflowUpdate,
)

WORKFLOW_CASES = [
    Case(
        "list_workflow_changes_page",
        ("acme",),
        {"page_size": 5, "page_token": "t1"},
        pb.ListWorkflowChangesRequest(account_id="acme", page_size=5, page_token="t1"),
        pb.ListWorkflowChangesResponse(
            changes=[
                pb.WorkflowChange(revision=9, workflow=WORKFLOW_MESSAGE, previous_workflow=WORKFLOW_MESSAGE),
                pb.WorkflowChange(revision=2, workflow=WORKFLOW_MESSAGE),
            ],
            next_page_token="t2",
        ),
        Page(
            items=(WorkflowChange(9, WORKFLOW, WORKFLOW), WorkflowChange(2, WORKFLOW, None)),
            next_page_token="t2",
        ),
    ),
    Case(
        "list_workflow_changes_page",
        ("acme",),
        {"team_id": "day"},
        pb.ListWorkflowChangesRequest(account_id="acme", team_id="day"),
        pb.ListWorkflowChangesResponse(
            changes=[
                pb.WorkflowChange(
                    revision=9,
                    team_id="day",
                    workflow=WORKFLOW_MESSAGE,
                    previous_workflow=TEAM_WORKFLOW_MESSAGE,
                    deleted=True,
                )
            ]
        ),
        Page((WorkflowChange(9, WORKFLOW, TEAM_WORKFLOW, "day", deleted=True),), ""),
    ),
    Case(
        "delete_workflow",
        ("acme", "day"),
        {"etag": "e1", "validate_only": True},
        pb.DeleteWorkflowRequest(account_id="acme", team_id="day", etag="e1", validate_only=True),
        pb.DeleteWorkflowResponse(workflow=WORKFLOW_MESSAGE, impact=pb.WorkflowImpact(switching_to_away=2)),
        WorkflowUpdate(WORKFLOW, WorkflowImpact(2, 0, ())),
    ),
    Case(
        "delete_workflow",
        ("acme", "day"),
        {},
        pb.DeleteWorkflowRequest(account_id="acme", team_id="day"),
        pb.DeleteWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(WORKFLOW, None),
    ),
    Case(
        "get_workflow",
        ("acme",),
        {"team_id": "day"},
        pb.GetWorkflowRequest(account_id="acme", team_id="day"),
        pb.GetWorkflowResponse(workflow=TEAM_WORKFLOW_MESSAGE),
        TEAM_WORKFLOW,
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"team_id": "day", "keep_manual_away": True, "validate_only": True},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme", team_id="day", keep_manual_away=True),
            update_mask=FieldMask(paths=["team_id", "keep_manual_away"]),
            validate_only=True,
        ),
        pb.UpdateWorkflowResponse(workflow=TEAM_WORKFLOW_MESSAGE),
        WorkflowUpdate(TEAM_WORKFLOW, None),
    ),
    Case(
        "simulate",
        ("acme", b"a,b"),
        {
            "away_after": timedelta(minutes=10),
            "resume": Resume.NEVER,
            "disconnect_after": timedelta(minutes=1),
            "disconnect_status": Status.AWAY,
            "time_column": "a",
            "user_column": "b",
            "kind_column": "kind",
            "time_format": LogTimeFormat.EPOCH_MS,
            "keep_order": True,
        },
        pb.SimulateRequest(
            account_id="acme",
            workflow=pb.Workflow(
                away_after=Duration(seconds=600),
                resume=pb.RESUME_NEVER,
                keep_manual_away=False,
                disconnect_after=Duration(seconds=60),
                disconnect_status=pb.STATUS_AWAY,
            ),
            log=b"a,b",
            time_column="a",
            user_column="b",
            kind_column="kind",
            time_format=pb.LOG_TIME_FORMAT_EPOCH_MS,
            keep_order=True,
        ),
        pb.SimulateResponse(
            summary=pb.SimulationSummary(
                users=2,
                activities=9,
                late_activities=1,
                first_activity_time=Timestamp(seconds=NOON_S),
                last_activity_time=Timestamp(seconds=NOON_S + 60),
                switches=[
                    pb.SimulatedSwitches(status=pb.STATUS_ONLINE, count=2),
                    pb.SimulatedSwitches(previous_status=pb.STATUS_ONLINE, status=pb.STATUS_AWAY, count=3),
                ],
                resumes=1,
                ignored_activities=4,
                active_soon_after_away=1,
                time_in_status=[pb.SimulatedTime(status=pb.STATUS_AWAY, duration=Duration(seconds=30))],
                leases=7,
                refused_leases=2,
                disconnections=3,
                reconnections=1,
                time_by_disconnect=[pb.SimulatedTime(status=pb.STATUS_AWAY, duration=Duration(seconds=20))],
            ),
            warnings=["a line was cut off"],
        ),
        Simulation(
            SimulationSummary(
                users=2,
                activities=9,
                late_activities=1,
                first_activity_time=NOON,
                last_activity_time=NOON + timedelta(minutes=1),
                switches=(
                    SimulatedSwitches(None, Status.ONLINE, 2),
                    SimulatedSwitches(Status.ONLINE, Status.AWAY, 3),
                ),
                resumes=1,
                ignored_activities=4,
                active_soon_after_away=1,
                time_in_status={Status.AWAY: timedelta(seconds=30)},
                leases=7,
                refused_leases=2,
                disconnections=3,
                reconnections=1,
                time_by_disconnect={Status.AWAY: timedelta(seconds=20)},
            ),
            ("a line was cut off",),
        ),
    ),
    Case(
        "get_workflow",
        ("acme",),
        {},
        pb.GetWorkflowRequest(account_id="acme"),
        pb.GetWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WORKFLOW,
    ),
    Case(
        "get_workflow",
        ("acme",),
        {},
        pb.GetWorkflowRequest(account_id="acme"),
        pb.GetWorkflowResponse(
            workflow=pb.Workflow(account_id="acme", enabled=False, resume=pb.RESUME_FROM_AWAY, keep_manual_away=False)
        ),
        Workflow(
            account_id="acme",
            enabled=False,
            away_after=None,
            offline_after=None,
            resume=Resume.FROM_AWAY,
            keep_manual_away=False,
            etag="",
            update_time=None,
            updated_by="",
            enabled_time=None,
        ),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {
            "enabled": True,
            "away_after": timedelta(minutes=10),
            "offline_after": timedelta(seconds=-1.5),
            "resume": Resume.FROM_AWAY_OR_OFFLINE,
            "keep_manual_away": False,
            "etag": "e1",
        },
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(
                account_id="acme",
                enabled=True,
                away_after=Duration(seconds=600),
                offline_after=Duration(seconds=-1, nanos=-500_000_000),
                resume=pb.RESUME_FROM_AWAY_OR_OFFLINE,
                keep_manual_away=False,
                etag="e1",
            ),
            update_mask=FieldMask(paths=["enabled", "away_after", "offline_after", "resume", "keep_manual_away"]),
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"enabled": UNCHANGED, "away_after": None, "validate_only": True},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme"), update_mask=FieldMask(paths=["away_after"]), validate_only=True
        ),
        pb.UpdateWorkflowResponse(
            workflow=WORKFLOW_MESSAGE,
            impact=pb.WorkflowImpact(
                switching_to_away=2,
                switching_to_offline=1,
                next_hour=[
                    pb.WorkflowImpactQuarter(
                        end_time=Timestamp(seconds=NOON_S), switching_to_away=3, switching_to_offline=4
                    )
                ],
                switches=[
                    pb.WorkflowImpactSwitch(user_id="ann", previous_status=pb.STATUS_ONLINE, status=pb.STATUS_OFFLINE)
                ],
            ),
        ),
        WorkflowUpdate(
            workflow=WORKFLOW,
            impact=WorkflowImpact(
                switching_to_away=2,
                switching_to_offline=1,
                next_hour=(WorkflowImpactQuarter(NOON, 3, 4),),
                switches=(WorkflowImpactSwitch("ann", Status.ONLINE, Status.OFFLINE),),
            ),
        ),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"disconnect_after": timedelta(minutes=1), "disconnect_status": Status.AWAY},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(
                account_id="acme", disconnect_after=Duration(seconds=60), disconnect_status=pb.STATUS_AWAY
            ),
            update_mask=FieldMask(paths=["disconnect_after", "disconnect_status"]),
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {"disconnect_after": None},
        pb.UpdateWorkflowRequest(
            workflow=pb.Workflow(account_id="acme"), update_mask=FieldMask(paths=["disconnect_after"])
        ),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
    Case(
        "update_workflow",
        ("acme",),
        {},
        pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id="acme")),
        pb.UpdateWorkflowResponse(workflow=WORKFLOW_MESSAGE),
        WorkflowUpdate(workflow=WORKFLOW, impact=None),
    ),
]
