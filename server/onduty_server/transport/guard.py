"""Decides whether a caller may make a call, and writes refusals and changes to the audit log.

Invariant: a refusal reads the same whether or not the account or user in question exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from ..access.audit import AuditLog
from ..access.authentication import OPEN, Admission, Authenticator, Credential, CredentialRefused
from ..access.permissions import Caller, Permission
from ..app.batches import Refused, Report
from ..app.fields import shown_time
from ..domain.errors import DomainError, InvalidField
from ..domain.periods import format_period
from ..domain.status import Status, Then
from .context import CallContext, Metadata
from .request_ids import REQUEST_ID_KEY, given_id
from .rpcs import Rpc

ACTOR_KEY: Final = "onduty-actor-bin"
"""Metadata by which a backend names the person on whose behalf it calls, as UTF-8 bytes."""
_AUTHORIZATION: Final = "authorization"
_ACTIVITY_WRITE: Final = int(Permission.ACTIVITY_WRITE)


class Guard:
    """Guards calls. Without an authenticator every caller may do everything, under any name.

    With `certificates` a client certificate counts as a credential.
    """

    def __init__(
        self, audit: AuditLog, authenticator: Authenticator | None = None, *, certificates: bool = False
    ) -> None:
        self.audit = audit
        self.is_open = authenticator is None
        """True if every caller is let in."""
        self._authenticator = authenticator
        self._certificates = certificates

    def recaller(self) -> Callable[[Metadata | None], Admission | None]:
        """Return a function that returns the admission of a call by its metadata.

        It returns None if the credential was not verified before: it was for every call but a caller's first.
        """
        if self._authenticator is None:
            return lambda _: OPEN
        recall_header = self._authenticator.recall

        def recall(metadata: Metadata | None) -> Admission | None:
            header: object = None
            for each in metadata or ():
                if each[0] == _AUTHORIZATION:
                    if header is not None:
                        return None
                    header = each[1]
            return recall_header(header) if isinstance(header, str) else None

        return recall

    def admit(self, context: CallContext) -> Admission | None:
        """Verify the call's credential; None if only `admit_by_newer_keys` can.

        Raises:
            CredentialRefused: the credential is not valid.
        """
        if self._authenticator is None:
            return OPEN
        return self._authenticator.admit(self._credential(context))

    async def admit_by_newer_keys(self, context: CallContext) -> Admission:
        """Verify the call's credential with keys freshly fetched from its issuer.

        Raises:
            CredentialRefused: the credential is not valid.
            IssuerUnavailable: the issuer does not answer.
        """
        assert self._authenticator is not None
        return await self._authenticator.admit_by_newer_keys(self._credential(context))

    def _credential(self, context: CallContext) -> Credential:
        headers = [value for key, value in context.invocation_metadata() or () if key == _AUTHORIZATION]
        if len(headers) > 1 or not all(isinstance(header, str) for header in headers):
            raise CredentialRefused("the credential is not valid", "more than one authorization")
        if headers:
            return Credential(str(headers[0]))
        if self._certificates and (pem := context.auth_context().get("x509_pem_cert")):
            return Credential(certificate=next(iter(pem)))
        return Credential()

    def held(self, admission: Admission) -> AbstractAsyncContextManager[None]:
        """Return a context manager that raises CredentialRefused once the credential expires. Not for `OPEN`."""
        assert self._authenticator is not None
        return self._authenticator.held(admission)

    def reports(
        self, caller: Caller, kind: str, reports: Sequence[Report], context: CallContext
    ) -> tuple[Sequence[Report], list[Refused]]:
        """Split a batch into the items that the caller may record and those that are refused.

        `kind` is what the audit log calls them.
        """
        if caller.everywhere & _ACTIVITY_WRITE:
            return reports, []
        allowed: list[Report] = []
        refused: list[Refused] = []
        for each in reports:
            if caller.may_for(_ACTIVITY_WRITE, each.account_id, (each.user_id,)):
                allowed.append(each)
            else:
                refused.append(Refused(each.place, caller.refusal(Permission.ACTIVITY_WRITE, each.account_id)))
        if refused:
            denied = caller.refusal(Permission.ACTIVITY_WRITE)
            # The stream goes on, so the caller is sent no name for it, but may have given one.
            name = given_id(dict(context.invocation_metadata() or ()).get(REQUEST_ID_KEY))
            self.refused("RecordActivities", caller, denied, context, request_id=name, **{kind: len(refused)})
        return allowed, refused

    def actor(self, caller: Caller, account_id: str, context: CallContext) -> str:
        """Return the name to record with a change: the caller's, or one given by a caller who may act for others."""
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
        """Return the caller's name if the actor is somebody else; empty otherwise."""
        return "" if caller.name == actor else caller.name

    # --- the audit log -----------------------------------------------------------------------------------------------

    def status_set(self, caller: Caller, actor: str, request: Any, context: CallContext, outcome: str) -> None:
        """Log that a status was set, or may have been, unless users set their own with their own credential.

        A caller that names the user as the actor is logged, since it could have named anyone.
        """
        if caller.user_id != request.user_id or actor != caller.name:
            about = {"user_id": request.user_id, "status": Status(request.status).name, "reason": request.reason}
            self._note("status_set", caller, actor, request.account_id, context, outcome, **about, **_end(request))

    def changed(
        self,
        event: str,
        caller: Caller,
        actor: str,
        account_id: str,
        values: Mapping[str, object],
        context: CallContext,
        outcome: str,
    ) -> None:
        """Log a change that was made, or may have been. Of a workflow, `values` has `from` and `to` as far as known."""
        self._note(event, caller, actor, account_id, context, outcome, **values)

    def user_erased(
        self, caller: Caller, actor: str, account_id: str, user_id: str, context: CallContext, outcome: str
    ) -> None:
        """Log that a user was erased, or may have been, without whom: those who erase themselves are not named."""
        if user_id in (actor, caller.name, caller.user_id):
            self.audit.record(
                "user_erased", via=caller.via, account_id=account_id, outcome=outcome, peer=context.peer()
            )
        else:
            self._note("user_erased", caller, actor, account_id, context, outcome)

    def refused(
        self,
        rpc: str,
        caller: Caller | None,
        error: DomainError,
        context: CallContext,
        **fields: object,
    ) -> None:
        """Log that a call was refused for lack of a credential or a permission."""
        who = {} if caller is None else {"caller": caller.name, "via": caller.via}
        why = error.why if isinstance(error, CredentialRefused) else error.message
        self.audit.refused(rpc=rpc, **who, why=why, peer=context.peer(), **fields)

    def _note(
        self,
        event: str,
        caller: Caller,
        actor: str,
        account_id: str,
        context: CallContext,
        outcome: str,
        **fields: object,
    ) -> None:
        who = {"caller": caller.name, "via": caller.via, "actor": actor, "account_id": account_id}
        self.audit.record(event, **who, **fields, outcome=outcome, peer=context.peer())


def _end(request: Any) -> dict[str, str]:
    """Return the end of a status as a request gives it; nothing if it gives none."""
    end = {}
    if request.HasField("expire_time"):
        end["expire_time"] = shown_time(request.expire_time.ToMilliseconds())
    if request.HasField("ttl"):
        end["ttl"] = format_period(request.ttl.ToMilliseconds())
    return {**end, "then": Then(request.then or Then.AUTOMATIC).name} if end else {}


def checker(rpc: Rpc) -> Callable[[Caller, Any], None]:
    """Return a function that raises PermissionRequired if a caller may not make a request."""
    permission, account_of, users_of = rpc.permission, rpc.account, rpc.users
    needed = int(permission)

    def check(caller: Caller, request: Any) -> None:
        if caller.everywhere & needed == needed:
            return
        account_id = ""
        if account_of is None:
            allowed = caller.may_somewhere(needed)
        else:
            account_id = account_of(request)
            # `may_for` checks this too; checking here saves most calls that call.
            if caller.within.get(account_id, 0) & needed == needed:
                return
            allowed = caller.may_for(needed, account_id, users_of(request))
        if not allowed:
            raise caller.refusal(permission, account_id)

    return check
