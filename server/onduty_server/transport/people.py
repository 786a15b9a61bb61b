"""The servicer's methods about people, teams and accounts: names, erasure, and settings of many at once."""

from __future__ import annotations

from functools import partial

from onduty.v1 import status_pb2 as pb

from ..access.permissions import Caller
from ..app.service import StatusService
from ..app.watching.service import Watching
from ..domain.errors import InvalidField
from . import convert
from .context import CallContext
from .guard import Guard
from .limits import CallLimits
from .outcomes import noted
from .quick import QuickAnswers
from .settings import set_statuses
from .status_bytes import fill_user_status


class PeopleServicer:
    """The part of `servicer.StatusServicer` that names, moves and forgets."""

    def __init__(self, service: StatusService, watching: Watching, guard: Guard, limits: CallLimits) -> None:
        self._service = service
        self._watching = watching
        self._guard = guard
        self._limits = limits
        self._quick = QuickAnswers(service)

    async def UpdateUser(
        self, request: pb.UpdateUserRequest, context: CallContext, caller: Caller
    ) -> pb.UpdateUserResponse:
        """See the proto."""
        if not request.HasField("user"):
            raise InvalidField("user", "is required")
        account_id, user_id = request.user.account_id, request.user.user_id
        patch, actor = convert.to_profile_patch(request), self._guard.actor(caller, account_id, context)
        values: dict[str, object] = {"user_id": user_id, "to": dict(patch)}
        with noted(partial(self._guard.changed, "user_updated", caller, actor, account_id, values, context)):
            update = await self._service.update_user(
                account_id, user_id, patch, actor=actor, caller=self._guard.caller_beside(caller, actor)
            )
            values.update({"from": update.before._asdict(), "to": update.after._asdict()})
        response = pb.UpdateUserResponse()
        fill_user_status(response.user_status, account_id, update.view)
        return response

    async def DeleteUser(
        self, request: pb.DeleteUserRequest, context: CallContext, caller: Caller
    ) -> pb.DeleteUserResponse:
        """See the proto."""
        account_id, user_id = request.account_id, request.user_id
        actor = self._guard.actor(caller, account_id, context)
        async with self._watching.erasing(account_id, user_id):
            with noted(partial(self._guard.user_erased, caller, actor, account_id, user_id, context)):
                try:
                    await self._service.delete_user(
                        account_id, user_id, actor=actor, caller=self._guard.caller_beside(caller, actor)
                    )
                finally:
                    # Also if the caller has left meanwhile, or the outcome is not known.
                    self._quick.forget()
        return pb.DeleteUserResponse()

    async def BatchSetStatus(
        self, request: pb.BatchSetStatusRequest, context: CallContext, caller: Caller
    ) -> pb.BatchSetStatusResponse:
        """See the proto."""
        account_id = request.account_id
        actor = self._guard.actor(caller, account_id, context)
        beside = self._guard.caller_beside(caller, actor)

        def note(setting: pb.SetStatusRequest, outcome: str) -> None:
            self._guard.status_set(caller, actor, setting, context, outcome)

        return await set_statuses(self._service, request, actor, beside, note)

    async def ListTeams(
        self, request: pb.ListTeamsRequest, context: CallContext, caller: Caller
    ) -> pb.ListTeamsResponse:
        """See the proto."""
        account_id = request.account_id
        page = await self._service.list_teams(account_id, page_size=request.page_size, page_token=request.page_token)
        teams = [
            pb.Team(account_id=account_id, team_id=team.team_id, user_count=team.users, has_workflow=team.has_workflow)
            for team in page.items
        ]
        return pb.ListTeamsResponse(teams=teams, next_page_token=page.next_page_token)

    async def CreateAccount(
        self, request: pb.CreateAccountRequest, context: CallContext, caller: Caller
    ) -> pb.CreateAccountResponse:
        """See the proto."""
        account_id = request.account_id
        actor = self._guard.actor(caller, account_id, context)
        created = True

        def note(outcome: str) -> None:
            if created:
                self._guard.changed("account_created", caller, actor, account_id, {}, context, outcome)

        with noted(note):
            created = await self._service.create_account(account_id)
        return pb.CreateAccountResponse(account=pb.Account(account_id=account_id))

    async def DeleteAccount(
        self, request: pb.DeleteAccountRequest, context: CallContext, caller: Caller
    ) -> pb.DeleteAccountResponse:
        """See the proto."""
        account_id = request.account_id
        actor = self._guard.actor(caller, account_id, context)
        # Without the account, since that is erased.
        with noted(partial(self._guard.changed, "account_erased", caller, actor, "", {}, context)):
            try:
                await self._service.delete_account(account_id)
            finally:
                self._quick.forget()
        self._limits.forget_account(account_id)
        return pb.DeleteAccountResponse()
