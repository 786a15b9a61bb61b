"""One table of what each RPC needs. The rest of the transport looks here for all that differs between RPCs.

Invariant: the table names the methods of the service's descriptor, all of them and no other; otherwise importing this
module fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from onduty.v1 import status_pb2 as pb

from ..access.permissions import NO_PERMISSION, Permission

SERVICE: Final = pb.DESCRIPTOR.services_by_name["StatusService"]


def _whole_account(_: object) -> Sequence[str]:
    return ()


def _one_user(request: Any) -> Sequence[str]:
    return (request.user_id,)


def _one_user_or_all(request: Any) -> Sequence[str]:
    return (request.user_id,) if request.user_id else ()


def _user_of_user(request: Any) -> Sequence[str]:
    return (request.user.user_id,)


def _users_of_settings(request: Any) -> Sequence[str]:
    return [each.user_id for each in request.requests]


def _settings_in(request: Any) -> int:
    return len(request.requests) or 1


_account_id: Final = attrgetter("account_id")
_user_ids: Final = attrgetter("user_ids")


@dataclass(frozen=True, slots=True)
class Rpc:
    """A method of the service and what it needs.

    `permission` may combine several, all of which a caller needs. `account` and `users` return the account and the
    users that a request is about; no users means the whole account. A stream whose items each name their own account
    has no `account`: it may begin if the caller has the permission in any account, and each item is checked as it
    arrives.
    """

    name: str
    permission: Permission
    account: Callable[[Any], str] | None = _account_id
    users: Callable[[Any], Sequence[str]] = _whole_account
    ends_with_credential: bool = False
    """End the call as soon as the credential that it began with is no longer valid."""
    for_routing: bool = False
    """The RPC finds people for new work. Such calls may also use the last quarter of the concurrent calls."""
    weight: Callable[[Any], int] | None = None
    """Returns how many calls a request counts as where calls a second are limited; None for one."""
    erases_account: bool = False
    """The account is erased, so neither log nor trace names it."""
    encodes: bool = False
    """The handler answers with bytes, or writes them: a message for a thousand watchers is encoded only once."""
    descriptor: MethodDescriptor = field(init=False, repr=False)
    is_stream: bool = field(init=False)
    """True if either side sends several messages."""

    def __post_init__(self) -> None:
        descriptor = SERVICE.methods_by_name.get(self.name)
        if descriptor is None:
            raise TypeError(f"{SERVICE.full_name} has no method {self.name}")
        object.__setattr__(self, "descriptor", descriptor)
        object.__setattr__(self, "is_stream", descriptor.client_streaming or descriptor.server_streaming)

    def account_of(self, request: Any) -> str:
        """Return the account that a request is about; empty if there is none, or no request yet."""
        return "" if self.account is None or request is None else self.account(request)

    def logged_account_of(self, request: Any) -> str:
        """Return the account that a log or a trace of the call may name."""
        return "" if self.erases_account else self.account_of(request)


def table(rpcs: Iterable[Rpc]) -> Mapping[str, Rpc]:
    """Index `rpcs` by their names.

    Raises:
        TypeError: the service has a method that is not among them.
    """
    by_name = {rpc.name: rpc for rpc in rpcs}
    if missing := [method.name for method in SERVICE.methods if method.name not in by_name]:
        raise TypeError(f"no row says what {', '.join(missing)} of {SERVICE.full_name} needs")
    return MappingProxyType(by_name)


RPCS: Final = table(
    (
        Rpc("RecordActivity", Permission.ACTIVITY_WRITE, users=_one_user, encodes=True),
        Rpc("RecordActivities", Permission.ACTIVITY_WRITE, account=None, ends_with_credential=True),
        Rpc("KeepSession", Permission.ACTIVITY_WRITE, users=_one_user),
        Rpc("EndSession", Permission.ACTIVITY_WRITE, users=_one_user),
        Rpc("KeepEngagement", Permission.ACTIVITY_WRITE, users=_one_user),
        Rpc("EndEngagement", Permission.ACTIVITY_WRITE, users=_one_user),
        Rpc("SetStatus", Permission.STATUS_WRITE, users=_one_user),
        Rpc("GetStatus", Permission.STATUS_READ, users=_one_user, for_routing=True, encodes=True),
        Rpc("BatchGetStatuses", Permission.STATUS_READ, users=_user_ids, for_routing=True, encodes=True),
        Rpc("ListStatuses", Permission.STATUS_READ, encodes=True),
        Rpc("ListAvailableUsers", Permission.STATUS_READ, for_routing=True, encodes=True),
        Rpc(
            "WatchStatuses",
            # A watch also reports changes of the workflow, and who made them.
            Permission.STATUS_READ | Permission.WORKFLOW_READ,
            users=_user_ids,
            ends_with_credential=True,
            for_routing=True,
            encodes=True,
        ),
        Rpc("GetWorkflow", Permission.WORKFLOW_READ),
        Rpc("UpdateWorkflow", Permission.WORKFLOW_WRITE, account=attrgetter("workflow.account_id")),
        Rpc("ListStatusChanges", Permission.STATUS_READ, users=_one_user_or_all),
        Rpc("ListWorkflowChanges", Permission.WORKFLOW_READ),
        # What these two answer follows from the caller's own grants, whatever they are.
        Rpc("GetCaller", NO_PERMISSION, account=None),
        Rpc("ListAccounts", NO_PERMISSION, account=None),
        Rpc("UpdateUser", Permission.USER_WRITE, account=attrgetter("user.account_id"), users=_user_of_user),
        Rpc("DeleteUser", Permission.USER_DELETE, users=_one_user),
        Rpc("BatchSetStatus", Permission.STATUS_WRITE, users=_users_of_settings, weight=_settings_in),
        Rpc("DeleteWorkflow", Permission.WORKFLOW_WRITE),
        Rpc("ListTeams", Permission.STATUS_READ | Permission.WORKFLOW_READ),
        Rpc("CreateAccount", Permission.ACCOUNT_WRITE),
        Rpc("DeleteAccount", Permission.ACCOUNT_DELETE, erases_account=True),
        Rpc("SummarizeTime", Permission.STATUS_READ, users=_user_ids, encodes=True),
        Rpc("CountByStatus", Permission.STATUS_READ, encodes=True),
        Rpc("ListTimelines", Permission.STATUS_READ, users=_user_ids, encodes=True),
        Rpc("GetAccount", Permission.WORKFLOW_READ),
        Rpc("UpdateAccount", Permission.WORKFLOW_WRITE, account=attrgetter("account.account_id")),
        Rpc("Simulate", Permission.WORKFLOW_READ),
    )
)

REQUEST_TYPES: Final = {name: GetMessageClass(rpc.descriptor.input_type) for name, rpc in RPCS.items()}
RESPONSE_TYPES: Final = {name: GetMessageClass(rpc.descriptor.output_type) for name, rpc in RPCS.items()}
