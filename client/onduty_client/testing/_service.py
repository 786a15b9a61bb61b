"""The service in memory, as clients see it. Its clock stands still, and inactivity switches nobody."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from google.protobuf.message import Message

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client import _lease_requests as requests
from onduty_client._types import Cause, LeaseAction, Status, StatusChange, Then, UserStatus, Workflow
from onduty_client.testing._accounts import Account, Accounts
from onduty_client.testing._lease_calls import LeaseCalls
from onduty_client.testing._people import Shown
from onduty_client.testing._people_calls import PeopleCalls
from onduty_client.testing._report_calls import ReportCalls
from onduty_client.testing._status_calls import StatusCalls
from onduty_client.testing._workflow_calls import WorkflowCalls

_EVERYTHING: Final = pb.CallerGrant(
    everywhere=True,
    permissions=(
        *("activity.write", "status.read", "status.write", "workflow.read", "workflow.write"),
        *("user.write", "user.delete", "account.write", "account.delete"),
    ),
    acts_for_others=True,
)


class FakeService:
    """Accounts in memory. Share one between fake clients that should see the same accounts.

    Attributes:
        simulation: the answer to every `simulate`, as a message of the contract: nothing is replayed here.
        caller: the answer to every `get_caller`, as a message of the contract; it is not enforced. At first it may do
            everything.
    """

    def __init__(self) -> None:
        self.simulation = pb.SimulateResponse()
        self.caller = pb.Caller(grants=[_EVERYTHING])
        self._accounts = Accounts()
        statuses, workflows = StatusCalls(self._accounts), WorkflowCalls(self._accounts)
        people, leases = PeopleCalls(self._accounts, statuses.set_status), LeaseCalls(self._accounts)
        reports = ReportCalls(self._accounts)
        self._leases = leases
        self._handlers: Mapping[str, Callable[[Any, str], Message]] = {
            "RecordActivity": statuses.record_activity,
            "SetStatus": statuses.set_status,
            "KeepSession": leases.keep_session,
            "EndSession": leases.end_session,
            "KeepEngagement": leases.keep_engagement,
            "EndEngagement": leases.end_engagement,
            "GetStatus": statuses.get_status,
            "BatchGetStatuses": statuses.batch_get_statuses,
            "ListStatuses": statuses.list_statuses,
            "ListAvailableUsers": statuses.list_available_users,
            "ListStatusChanges": statuses.list_status_changes,
            "GetWorkflow": workflows.get_workflow,
            "UpdateWorkflow": workflows.update_workflow,
            "ListWorkflowChanges": workflows.list_workflow_changes,
            "DeleteWorkflow": workflows.delete_workflow,
            "UpdateUser": people.update_user,
            "DeleteUser": people.delete_user,
            "BatchSetStatus": people.batch_set_status,
            "ListTeams": people.list_teams,
            "ListAccounts": people.list_accounts,
            "CreateAccount": people.create_account,
            "DeleteAccount": people.delete_account,
            "SummarizeTime": reports.summarize_time,
            "CountByStatus": reports.count_by_status,
            "ListTimelines": reports.list_timelines,
            "GetAccount": reports.get_account,
            "UpdateAccount": reports.update_account,
            "GetCaller": lambda request, actor: pb.GetCallerResponse(caller=self.caller),
            "Simulate": lambda request, actor: self.simulation,
        }

    @property
    def now(self) -> datetime:
        """The server's clock, which stands still until the test sets it.

        Setting it ahead lets happen what time brings: statuses end, sessions and engagements run out.
        """
        return self._accounts.now

    @now.setter
    def now(self, time: datetime) -> None:
        self._accounts.now = time
        self._accounts.settle()

    # --- for the test ------------------------------------------------------------------------------------------------

    def set_status(
        self,
        account_id: str,
        user_id: str,
        status: Status,
        *,
        cause: Cause = Cause.MANUAL,
        actor: str = "",
        reason: str = "",
        until: datetime | None = None,
        then: Then = Then.AUTOMATIC,
    ) -> UserStatus:
        """Set a user's status, until some time or for good, regardless of the rules, and return it."""
        account = self._accounts.get(account_id)
        own = Shown(
            convert.status_to_proto(status),
            pb.Cause.Value(f"CAUSE_{cause}"),
            actor,
            reason,
            until,
            pb.THEN_UNSPECIFIED if until is None else convert.then_to_proto(then),
        )
        account.put(user_id, own, self._accounts.now)
        return convert.user_status(account.status(user_id, self._accounts.now))

    def statuses(self, account_id: str) -> tuple[UserStatus, ...]:
        """All users of an account, in the order first seen."""
        account = self._accounts.get(account_id)
        return convert.user_statuses(account.status(user_id, self._accounts.now) for user_id in account.people)

    def changes(self, account_id: str) -> tuple[StatusChange, ...]:
        """All status changes of an account, oldest first."""
        account = self._accounts.get(account_id)
        return tuple(convert.status_change(account.in_history(each)) for each in account.changes)

    def workflow(self, account_id: str, *, team_id: str = "") -> Workflow:
        """The workflow that decides for a team, or for users without a team."""
        return convert.workflow(self._accounts.get(account_id).workflow(team_id))

    # --- for the clients ---------------------------------------------------------------------------------------------

    def account(self, account_id: str) -> Account:
        """An account as it is now."""
        return self._accounts.get(account_id)

    def answer(self, method: str, request: Message, actor: str) -> Message:
        """Carry out a call. Raises the same OndutyErrors as a client."""
        return self._handlers[method](request, actor)

    def record(self, account_id: str, user_id: str, activity_time: datetime | None) -> None:
        """Record an activity of a stream."""
        time = None if activity_time is None else convert.time_to_proto(activity_time, "activity_time")
        self.answer(
            "RecordActivity",
            pb.RecordActivityRequest(account_id=account_id, user_id=user_id, activity_time=time),
            "",
        )

    def report(
        self,
        action: LeaseAction,
        account_id: str,
        user_id: str,
        lease_id: str,
        ttl: timedelta | None,
        idle_for: timedelta | None,
    ) -> None:
        """Keep or end a session or an engagement, as a stream says."""
        if action is LeaseAction.KEEP_SESSION:
            call = requests.keep_session(account_id, user_id, lease_id, ttl=ttl, idle_for=idle_for)
        elif action is LeaseAction.KEEP_ENGAGEMENT:
            call = requests.keep_engagement(account_id, user_id, lease_id, ttl=ttl)
        elif action is LeaseAction.END_SESSION:
            call = requests.end_session(account_id, user_id, lease_id)
        else:
            call = requests.end_engagement(account_id, user_id, lease_id)
        self.answer(call.rpc.name, call.request, "")

    def set_lease_end(self, account_id: str, user_id: str, lease_id: str, *, is_session: bool, end: datetime) -> None:
        """Let a session or an engagement that is known live until `end`."""
        self._leases.set_end(account_id, user_id, lease_id, is_session=is_session, end=end)
