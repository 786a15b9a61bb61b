"""Who may make which call: one table, and the one place that every call passes before its method runs.

Invariants: a method that is not in the table cannot be defined (`RULES[...]` fails at import); what is refused has not
reached the use cases; and a refusal says the same whether or not there is what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from operator import attrgetter
from typing import Any, Final, NamedTuple

from grpc import aio

from ..access.audit import AuditLog
from ..access.authentication import OPEN, Admission, Authenticator, Credential, Refused
from ..access.permissions import Caller, Permission
from ..app.service import ActivityReport
from ..app.service import Refused as RefusedActivity
from ..domain.errors import DomainError, InvalidField
from ..domain.status import Status

ACTOR_KEY: Final = "onduty-actor-bin"
"""Metadata that names the person on whose behalf a backend calls, as UTF-8 bytes."""
_AUTHORIZATION: Final = "authorization"


class Rule(NamedTuple):
    """What a method needs, within which account and for whom.

    `account` of None is for a stream of items that are checked one by one: to begin with, there must be somebody for
    whom it is allowed. No users are all of the account.
    """

    permission: Permission
    account: Callable[[Any], str] | None
    users: Callable[[Any], Sequence[str]]
    lasts: bool = False
    """Whether it lasts as long as its credential, and no longer."""


def _one_user(request: Any) -> Sequence[str]:
    return (request.user_id,)


def _one_or_all(request: Any) -> Sequence[str]:
    return (request.user_id,) if request.user_id else ()


def _everybody(_: object) -> Sequence[str]:
    return ()


_account: Final = attrgetter("account_id")
_users: Final = attrgetter("user_ids")

RULES: Final[dict[str, Rule]] = {
    "RecordActivity": Rule(Permission.ACTIVITY_WRITE, _account, _one_user),
    "RecordActivities": Rule(Permission.ACTIVITY_WRITE, None, _everybody, lasts=True),
    "SetStatus": Rule(Permission.STATUS_WRITE, _account, _one_user),
    "GetStatus": Rule(Permission.STATUS_READ, _account, _one_user),
    "BatchGetStatuses": Rule(Permission.STATUS_READ, _account, _users),
    "ListStatuses": Rule(Permission.STATUS_READ, _account, _everybody),
    "ListAvailableUsers": Rule(Permission.STATUS_READ, _account, _everybody),
    # A watch tells of the workflow too, and of who changed it.
    "WatchStatuses": Rule(Permission.STATUS_READ | Permission.WORKFLOW_READ, _account, _users, lasts=True),
    "GetWorkflow": Rule(Permission.WORKFLOW_READ, _account, _everybody),
    "UpdateWorkflow": Rule(Permission.WORKFLOW_WRITE, attrgetter("workflow.account_id"), _everybody),
    "ListStatusChanges": Rule(Permission.STATUS_READ, _account, _one_or_all),
}
"""RPC -> permission."""

_ACTIVITY_WRITE: Final = int(Permission.ACTIVITY_WRITE)


class Guard:
    """See the module. Without an authenticator everybody may do everything, and is whoever they say they are.

    `certificates` says whether client certificates are asked for.
    """

    def __init__(
        self, audit: AuditLog, authenticator: Authenticator | None = None, *, certificates: bool = False
    ) -> None:
        self.audit = audit
        self._authenticator = authenticator
        self._certificates = certificates

    def recall(self, context: aio.ServicerContext[Any, Any]) -> Admission | None:
        """Return the caller if the credential was verified before: in all but the first of somebody's calls."""
        if self._authenticator is None:
            return OPEN
        # In every call, so it does no more than it must.
        header: object = None
        for key, value in context.invocation_metadata() or ():
            if key == _AUTHORIZATION:
                if header is not None:
                    return None
                header = value
        return self._authenticator.recall(header) if isinstance(header, str) else None

    def admit(self, context: aio.ServicerContext[Any, Any]) -> Admission | None:
        """Verify what the call presents. None: `admit_by_newer_keys` can tell. Refused: it is not good."""
        if self._authenticator is None:
            return OPEN
        return self._authenticator.admit(self._credential(context))

    async def admit_by_newer_keys(self, context: aio.ServicerContext[Any, Any]) -> Admission:
        """Verify what the call presents once its issuer was asked. Raises Refused and IssuerUnavailable."""
        assert self._authenticator is not None
        return await self._authenticator.admit_by_newer_keys(self._credential(context))

    def _credential(self, context: aio.ServicerContext[Any, Any]) -> Credential:
        headers = [value for key, value in context.invocation_metadata() or () if key == _AUTHORIZATION]
        if len(headers) > 1 or not all(isinstance(header, str) for header in headers):
            raise Refused("the credential is not valid", "more than one authorization")
        if headers:
            return Credential(str(headers[0]))
        if self._certificates and (pem := context.auth_context().get("x509_pem_cert")):
            return Credential(certificate=next(iter(pem)))
        return Credential()

    def held(self, admission: Admission) -> AbstractAsyncContextManager[None]:
        """A block that ends with Refused as soon as the credential does; not for `OPEN`."""
        assert self._authenticator is not None
        return self._authenticator.held(admission)

    def activities(
        self, caller: Caller, reports: list[ActivityReport], context: aio.ServicerContext[Any, Any]
    ) -> tuple[list[ActivityReport], list[RefusedActivity]]:
        """Those of a batch that the caller may record, and the others."""
        if caller.everywhere & _ACTIVITY_WRITE:
            return reports, []
        allowed: list[ActivityReport] = []
        refused: list[RefusedActivity] = []
        for each in reports:
            if caller.may_for(_ACTIVITY_WRITE, each.account_id, (each.user_id,)):
                allowed.append(each)
            else:
                refused.append(RefusedActivity(each.place, caller.refusal(Permission.ACTIVITY_WRITE, each.account_id)))
        if refused:
            denied = caller.refusal(Permission.ACTIVITY_WRITE)
            self.refused("RecordActivities", caller, denied, context, activities=len(refused))
        return allowed, refused

    def actor(self, caller: Caller, account_id: str, context: aio.ServicerContext[Any, Any]) -> str:
        """Whose name is kept with what is done: the caller's, or whom a caller with the right to do so names."""
        if not caller.may_act_for_others(account_id):
            return caller.name
        for key, value in context.invocation_metadata() or ():
            if key == ACTOR_KEY:
                if isinstance(value, str):
                    return value
                try:
                    return bytes(value).decode("utf-8")
                except UnicodeDecodeError:
                    raise InvalidField(ACTOR_KEY, "is not valid UTF-8") from None
        return caller.name

    @staticmethod
    def caller_beside(caller: Caller, actor: str) -> str:
        """The caller's name, to be kept beside an actor who is somebody else; else empty."""
        return "" if caller.name == actor else caller.name

    # --- the audit log -----------------------------------------------------------------------------------------------

    def status_set(
        self, caller: Caller, actor: str, request: Any, context: aio.ServicerContext[Any, Any], outcome: str
    ) -> None:
        """A status was set, or may have been; noted unless by the user's own credential and in its own name.

        Naming the user as the actor does not make it the user's own: a caller could name whoever it likes.
        """
        if caller.user_id != request.user_id or actor != caller.name:
            about = {"user_id": request.user_id, "status": Status(request.status).name, "reason": request.reason}
            self._note("status_set", caller, actor, request.account_id, context, outcome, **about)

    def workflow_updated(
        self,
        caller: Caller,
        actor: str,
        account_id: str,
        values: Mapping[str, object],
        context: aio.ServicerContext[Any, Any],
        outcome: str,
    ) -> None:
        """A workflow was changed, or may have been: `from` and `to` what, as far as that is known."""
        self._note("workflow_updated", caller, actor, account_id, context, outcome, **values)

    def refused(
        self,
        rpc: str,
        caller: Caller | None,
        error: DomainError,
        context: aio.ServicerContext[Any, Any],
        **fields: object,
    ) -> None:
        """A call was refused for want of a credential or of a permission."""
        who = {} if caller is None else {"caller": caller.name, "via": caller.via}
        why = error.why if isinstance(error, Refused) else error.message
        self.audit.refused(rpc=rpc, **who, why=why, peer=context.peer(), **fields)

    def _note(
        self,
        event: str,
        caller: Caller,
        actor: str,
        account_id: str,
        context: aio.ServicerContext[Any, Any],
        outcome: str,
        **fields: object,
    ) -> None:
        who = {"caller": caller.name, "via": caller.via, "actor": actor, "account_id": account_id}
        self.audit.record(event, **who, **fields, outcome=outcome, peer=context.peer())


def checker(rpc: str) -> Callable[[Caller, Any], None]:
    """What raises PermissionRequired when a caller may not make this request."""
    permission, account_of, users_of, _ = RULES[rpc]
    needed = int(permission)

    def check(caller: Caller, request: Any) -> None:
        if caller.everywhere & needed == needed:
            return
        account_id = ""
        if account_of is None:
            allowed = caller.may_somewhere(needed)
        else:
            account_id = account_of(request)
            # Spelled out: this is asked in every call.
            if caller.within.get(account_id, 0) & needed == needed:
                return
            allowed = caller.may_for(needed, account_id, users_of(request))
        if not allowed:
            raise caller.refusal(permission, account_id)

    return check


def account_asked_for(rpc: str, request: Any) -> str:
    """The account that a request is about, for the audit log; empty where there is none."""
    account = RULES[rpc].account
    return "" if account is None or request is None else account(request)
