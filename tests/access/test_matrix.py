"""The permission matrix: every method as every role, in its own and another account, about oneself and others.

The expectations are those of the table of roles in SECURITY.md (`HELD`), not derived from the code's own. Every
method of the descriptor is called, over a real TLS server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio
from tests.access.site import Site, Who
from tests.fakes import START
from tests.grpc.wire import HOUR, Wire, at, refusal_of

from onduty.v1 import status_pb2 as pb
from onduty_server.access.permissions import BUNDLES, PERMISSIONS
from onduty_server.transport.rpcs import RPCS

SERVICE = pb.DESCRIPTOR.services_by_name["StatusService"]
METHODS = [method.name for method in SERVICE.methods]

OWN, OTHER, NOWHERE = "acme", "zeta", "never-heard-of"
ME, SOMEBODY = "ada", "ben"

EVERYTHING = {*PERMISSIONS}
OF_ACCOUNTS = {"account.write", "account.delete"}
HELD = {
    "agent": {"activity.write", "status.read", "status.write"},
    "backend": EVERYTHING - OF_ACCOUNTS - {"workflow.write"},
    "router": {"status.read", "workflow.read"},
    "supervisor": EVERYTHING - OF_ACCOUNTS,
    "admin": EVERYTHING,
    # Its own user only, by the access file.
    "clerk": {"status.read", "workflow.read", "user.write", "user.delete"},
    "nobody": set[str](),
}
NEEDED = {
    "RecordActivity": {"activity.write"},
    "RecordActivities": {"activity.write"},
    "KeepSession": {"activity.write"},
    "EndSession": {"activity.write"},
    "KeepEngagement": {"activity.write"},
    "EndEngagement": {"activity.write"},
    "SetStatus": {"status.write"},
    "GetStatus": {"status.read"},
    "BatchGetStatuses": {"status.read"},
    "ListStatuses": {"status.read"},
    "ListAvailableUsers": {"status.read"},
    "WatchStatuses": {"status.read", "workflow.read"},
    "GetWorkflow": {"workflow.read"},
    "UpdateWorkflow": {"workflow.write"},
    "ListStatusChanges": {"status.read"},
    "ListWorkflowChanges": {"workflow.read"},
    "GetCaller": set(),
    "ListAccounts": set(),
    "UpdateUser": {"user.write"},
    "DeleteUser": {"user.delete"},
    "BatchSetStatus": {"status.write"},
    "DeleteWorkflow": {"workflow.write"},
    "ListTeams": {"status.read", "workflow.read"},
    "CreateAccount": {"account.write"},
    "DeleteAccount": {"account.delete"},
    "SummarizeTime": {"status.read"},
    "CountByStatus": {"status.read"},
    "ListTimelines": {"status.read"},
    "GetAccount": {"workflow.read"},
    "UpdateAccount": {"workflow.write"},
    "Simulate": {"workflow.read"},
}
OF_NO_ACCOUNT = {"GetCaller", "ListAccounts"}
"""What they answer follows from the caller's own grants."""
OWN_USER_ONLY = {"agent", "clerk"}
OF_A_USER = {
    *("RecordActivity", "RecordActivities", "SetStatus", "GetStatus"),
    *("BatchGetStatuses", "WatchStatuses", "ListStatusChanges"),
    *("KeepSession", "EndSession", "KeepEngagement", "EndEngagement"),
    *("UpdateUser", "DeleteUser", "BatchSetStatus"),
    *("SummarizeTime", "ListTimelines"),
}
CLERK = """
[roles.clerk]
permissions = ["status.read", "workflow.read", "user.write", "user.delete"]
own_user_only = true

[roles.nobody]
permissions = []

[[callers]]
certificate = "clerk.test"
roles = ["clerk"]
accounts = ["acme"]
user = "ada"
"""


def within(account: str) -> dict[str, Any]:
    return {"account_id": account, "start_time": at(START - HOUR), "end_time": at(START)}


def request_for(method: str, account: str, user: str) -> Any:
    match method:
        case "RecordActivities":
            activity = pb.Activity(account_id=account, user_id=user)
            lease = pb.Lease(
                account_id=account, user_id=user, action=pb.LEASE_ACTION_KEEP_SESSION, lease_id="x", idle_for=Duration()
            )
            return pb.RecordActivitiesRequest(sequence=1, activities=[activity], leases=[lease])
        case "KeepSession" | "EndSession":
            return getattr(pb, f"{method}Request")(account_id=account, user_id=user, session_id="x")
        case "KeepEngagement" | "EndEngagement":
            return getattr(pb, f"{method}Request")(account_id=account, user_id=user, engagement_id="x")
        case "SetStatus":
            return pb.SetStatusRequest(account_id=account, user_id=user, status=pb.STATUS_AWAY)
        case "SummarizeTime" | "ListTimelines":
            return getattr(pb, f"{method}Request")(**within(account), user_ids=[user])
        case "CountByStatus":
            return pb.CountByStatusRequest(**within(account), step=pb.BUCKET_HOUR)
        case "UpdateAccount":
            return pb.UpdateAccountRequest(account=pb.Account(account_id=account, time_zone="Asia/Kolkata"))
        case "BatchGetStatuses" | "WatchStatuses":
            return getattr(pb, f"{method}Request")(account_id=account, user_ids=[user])
        case "UpdateWorkflow":
            return pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=account, enabled=False))
        case "UpdateUser":
            return pb.UpdateUserRequest(user=pb.User(account_id=account, user_id=user, team_id="night"))
        case "BatchSetStatus":
            settings = [pb.SetStatusRequest(user_id=user, status=pb.STATUS_AWAY)] * 2
            return pb.BatchSetStatusRequest(account_id=account, requests=settings)
        case "DeleteWorkflow":
            return pb.DeleteWorkflowRequest(account_id=account, team_id="night")
        case "RecordActivity" | "GetStatus" | "ListStatusChanges" | "DeleteUser":
            return getattr(pb, f"{method}Request")(account_id=account, user_id=user)
        case "GetCaller" | "ListAccounts":
            return getattr(pb, f"{method}Request")()
        case _:
            return getattr(pb, f"{method}Request")(account_id=account)


class Outcome(NamedTuple):
    """How a call went: the code and reason; of a stream, what its first answer says."""

    code: grpc.StatusCode
    reason: str
    message: str

    @property
    def allowed(self) -> bool:
        return self.reason not in ("PERMISSION_REQUIRED", "CREDENTIAL_REQUIRED")

    def but_for(self, account: str) -> Outcome:
        """The same without the name of the account that was asked for, which a refusal repeats."""
        return self._replace(message=self.message.replace(json.dumps(account), "the account"))


DONE = Outcome(grpc.StatusCode.OK, "", "")


async def attempt(wire: Wire, method: str, request: Any, who: Who) -> Outcome:
    while True:
        try:
            return await _attempt(wire, method, request, who)
        except _CouldNotWrite:
            continue


class _CouldNotWrite(Exception):
    """The server ended the stream while the client wrote, and grpcio made an error of its own of that."""


async def _attempt(wire: Wire, method: str, request: Any, who: Who) -> Outcome:
    try:
        if method == "WatchStatuses":
            watch = wire.stub.WatchStatuses(request, metadata=who.metadata)
            await watch.read()
            watch.cancel()
        elif method == "RecordActivities":
            stream = wire.stub.RecordActivities(metadata=who.metadata)
            await stream.write(request)
            answer = await stream.read()
            stream.cancel()
            assert isinstance(answer, pb.RecordActivitiesResponse)
            # What may not be recorded may not be kept either.
            assert [error.message for error in answer.errors] == [error.message for error in answer.lease_errors]
            for error in answer.errors:
                reason = pb.ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_")
                return Outcome(grpc.StatusCode.PERMISSION_DENIED, reason, error.message)
        else:
            await getattr(wire.stub, method)(request, metadata=who.metadata)
    except aio.AioRpcError as error:
        if method == "RecordActivities" and error.code() is grpc.StatusCode.INTERNAL and not error.trailing_metadata():
            raise _CouldNotWrite from None
        refusal = refusal_of(error)
        return Outcome(error.code(), refusal.reason, error.details() or "")
    return DONE


def expected(role: str, method: str, account: str, user: str) -> bool:
    if method in OF_NO_ACCOUNT:
        return True
    if role != "admin" and account != OWN:
        return False
    if not NEEDED[method] <= HELD[role]:
        return False
    return role not in OWN_USER_ONLY or (method in OF_A_USER and user == ME)


def test_every_method_is_in_the_table_and_no_other() -> None:
    assert list(RPCS) == sorted(RPCS, key=METHODS.index)
    assert set(RPCS) == set(METHODS) == set(NEEDED)


def test_every_method_needs_what_is_written_here() -> None:
    for method, rpc in RPCS.items():
        assert {each.spelled for each in rpc.permission} == NEEDED[method]


def test_the_bundles_hold_what_is_written_here() -> None:
    assert {name: {each.spelled for each in role.permissions} for name, role in BUNDLES.items()} == {
        name: held for name, held in HELD.items() if name not in ("clerk", "nobody")
    }
    assert {name for name, role in BUNDLES.items() if role.own_user_only} == {"agent"}
    assert {name for name, held in HELD.items() if "workflow.write" in held} == {"supervisor", "admin"}
    assert {name for name, held in HELD.items() if held & OF_ACCOUNTS} == {"admin"}


@pytest.fixture
def open_site(site: Site) -> Site:
    site.access.write_text(CLERK)
    return site


async def check_every_cell(role: str, wire: Wire, who: Who) -> None:
    outcomes: dict[tuple[str, str, str], Outcome] = {}
    for method, account, user in product(METHODS, (OWN, OTHER, NOWHERE), (ME, SOMEBODY)):
        outcome = await attempt(wire, method, request_for(method, account, user), who)
        outcomes[method, account, user] = outcome
        assert outcome.allowed == expected(role, method, account, user), (method, account, user, outcome)
        assert outcome.allowed or outcome.code is grpc.StatusCode.PERMISSION_DENIED
    # An account without rights looks exactly like one that does not exist.
    for method, user in product(METHODS, (ME, SOMEBODY)):
        if role != "admin":
            assert outcomes[method, OTHER, user].but_for(OTHER) == outcomes[method, NOWHERE, user].but_for(NOWHERE)


@pytest.mark.parametrize("how", ["key", "token", "certificate"])
@pytest.mark.parametrize("role", HELD)
async def test_the_matrix(role: str, how: str, open_site: Site) -> None:
    user = ME if role in OWN_USER_ONLY else ""
    who, client, settings = Who(), None, {}
    if how == "key":
        who = Who(open_site.add_key(ME, [role], [OWN], user))
    elif how == "token":
        who = Who(open_site.issuer.token(ME, onduty_roles=[role], onduty_accounts=OWN))
    else:
        entry = f'[[callers]]\ncertificate = "me.test"\nroles = ["{role}"]\naccounts = ["{OWN}"]\n'
        entry += f'user = "{user}"\n' if user else ""
        open_site.access.write_text(CLERK + entry)
        client, settings = open_site.authority.issue("x", ["me.test"]), {"tls_client_ca": str(open_site.ca)}
    async with open_site.serving(**settings), open_site.connected(client) as wire:
        await check_every_cell(role, wire, who)


async def test_what_exists_elsewhere_cannot_be_told_from_what_does_not(open_site: Site) -> None:
    admin = Who(open_site.add_key("root", ["admin"], []))
    callers = [Who(open_site.add_key("x", [role], [OWN], ME)) for role in HELD]
    async with open_site.serving(), open_site.connected() as wire:
        for user in (ME, SOMEBODY):
            await wire.stub.RecordActivity(request_for("RecordActivity", OTHER, user), metadata=admin.metadata)
        await wire.stub.UpdateWorkflow(request_for("UpdateWorkflow", OTHER, ""), metadata=admin.metadata)
        for who, method, user in product(callers[:4], METHODS, (ME, SOMEBODY)):
            if method in OF_NO_ACCOUNT:
                continue
            there = await attempt(wire, method, request_for(method, OTHER, user), who)
            not_there = await attempt(wire, method, request_for(method, NOWHERE, user), who)
            assert (
                there.but_for(OTHER) == not_there.but_for(NOWHERE) and there.code is grpc.StatusCode.PERMISSION_DENIED
            )
        # Within an account, of others than oneself nothing can be learned either.
        agent = callers[0]
        await wire.stub.RecordActivity(request_for("RecordActivity", OWN, SOMEBODY), metadata=admin.metadata)
        for method in sorted(OF_A_USER):
            assert await attempt(wire, method, request_for(method, OWN, SOMEBODY), agent) == await attempt(
                wire, method, request_for(method, OWN, "never-seen"), agent
            )


async def test_a_user_never_seen_is_unknown_to_those_who_may_ask(open_site: Site) -> None:
    who = Who(open_site.add_key("x", ["router"], [OWN]))
    async with open_site.serving(), open_site.connected() as wire:
        outcome = await attempt(wire, "GetStatus", request_for("GetStatus", OWN, "never-seen"), who)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.NOT_FOUND, "USER_UNKNOWN")


BAD: Sequence[tuple[str, tuple[tuple[str, str], ...]]] = [
    ("nothing", ()),
    ("another scheme", (("authorization", "Basic a2ltOmtpbQ=="),)),
    ("no token", (("authorization", "Bearer "),)),
    ("an unknown key", (("authorization", f"Bearer onduty_0123456789ab_{'x' * 43}"),)),
    ("no key at all", (("authorization", "Bearer onduty_"),)),
    ("neither key nor JWT", (("authorization", "Bearer hello"),)),
    ("two at once", (("authorization", "Bearer a"), ("authorization", "Bearer b"))),
    ("more than is allowed", (("authorization", "Bearer " + "x" * 7_200),)),
]


@pytest.mark.parametrize("metadata", [sent for _, sent in BAD], ids=[name for name, _ in BAD])
async def test_without_a_good_credential_no_method_does_anything(
    metadata: tuple[tuple[str, str], ...], open_site: Site
) -> None:
    admin = Who(open_site.add_key("root", ["admin"], []))
    async with open_site.serving(), open_site.connected() as wire:
        for method in METHODS:
            outcome = await attempt(wire, method, request_for(method, OWN, ME), Who(raw=metadata))
            assert outcome.code is grpc.StatusCode.UNAUTHENTICATED, (method, outcome)
            assert outcome.reason == "CREDENTIAL_REQUIRED"
        listed = await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=OWN), metadata=admin.metadata)
        assert not listed.user_statuses
    sent = [value.removeprefix("Bearer ") for _, value in metadata if len(value) > 20]
    assert all(secret not in str(open_site.audit) for secret in sent)


async def test_a_batch_is_checked_item_by_item(open_site: Site) -> None:
    agent = Who(open_site.add_key("ada", ["agent"], [OWN], ME))
    places = [(OWN, ME), (OWN, SOMEBODY), (OTHER, ME), (OWN, ME)]
    request = pb.RecordActivitiesRequest(
        sequence=7,
        activities=[pb.Activity(account_id=a, user_id=u) for a, u in places],
        leases=[
            pb.Lease(account_id=a, user_id=u, action=pb.LEASE_ACTION_KEEP_ENGAGEMENT, lease_id=f"call-{number}")
            for number, (a, u) in enumerate([(OTHER, ME), *places])
        ],
    )
    async with open_site.serving(), open_site.connected() as wire:
        stream = wire.stub.RecordActivities(metadata=agent.metadata)
        await stream.write(request)
        answer = await asyncio.wait_for(stream.read(), 10)
        assert isinstance(answer, pb.RecordActivitiesResponse)
        assert [error.index for error in answer.errors] == [1, 2]
        assert [error.index for error in answer.lease_errors] == [0, 2, 3]
        errors = [*answer.errors, *answer.lease_errors]
        assert {error.reason for error in errors} == {pb.ERROR_REASON_PERMISSION_REQUIRED}
        stream.cancel()
        got = await wire.stub.GetStatus(pb.GetStatusRequest(account_id=OWN, user_id=ME), metadata=agent.metadata)
        assert got.user_status.available and got.user_status.engagements == 2
    refused = [line for line in open_site.audit if line["event"] == "refused"]
    assert [(line.get("activities"), line.get("leases")) for line in refused] == [(2, None), (None, 3)]


async def test_a_refusal_names_the_caller_what_they_may_not_do_and_what_it_needs(open_site: Site) -> None:
    router = Who(open_site.add_key("kim", ["router"], [OWN]))
    agent = Who(open_site.add_key("tablet", ["agent"], [OWN], ME))
    asked = (
        (router, "SetStatus", OWN, SOMEBODY, f'kim may not set statuses in account "{OWN}" (needs status.write)'),
        (
            router,
            "UpdateWorkflow",
            OWN,
            "",
            f'kim may not change the workflow in account "{OWN}" (needs workflow.write)',
        ),
        (router, "RecordActivities", OWN, ME, "kim may not record activities (needs activity.write)"),
        (
            router,
            "WatchStatuses",
            OTHER,
            "",
            f'kim may not read statuses and read the workflow in account "{OTHER}" '
            "(needs status.read and workflow.read)",
        ),
        (
            agent,
            "GetStatus",
            OWN,
            SOMEBODY,
            f'tablet may not read statuses in account "{OWN}" except for user "{ME}" (needs status.read)',
        ),
        (
            agent,
            "RecordActivities",
            OWN,
            SOMEBODY,
            f'tablet may not record activities in account "{OWN}" except for user "{ME}" (needs activity.write)',
        ),
    )
    async with open_site.serving(), open_site.connected() as wire:
        for who, method, account, user, said in asked:
            assert (await attempt(wire, method, request_for(method, account, user), who)).message == said
        # What is asked for is repeated only as far as any name goes: headers are short.
        long = await attempt(wire, "GetStatus", request_for("GetStatus", "x" * 100_000, ME), router)
        assert long.message == f'kim may not read statuses in account "{"x" * 128}..." (needs status.read)'


EVERY_GRANT = {
    "agent": pb.CallerGrant(
        account_id=OWN, permissions=["activity.write", "status.read", "status.write"], own_user_only=True
    ),
    "backend": pb.CallerGrant(
        account_id=OWN,
        permissions=["activity.write", "status.read", "status.write", "workflow.read", "user.write", "user.delete"],
        acts_for_others=True,
    ),
    "router": pb.CallerGrant(account_id=OWN, permissions=["status.read", "workflow.read"]),
    "supervisor": pb.CallerGrant(account_id=OWN, permissions=[it for it in PERMISSIONS if it not in OF_ACCOUNTS]),
    "admin": pb.CallerGrant(everywhere=True, permissions=[*PERMISSIONS], acts_for_others=True),
    "clerk": pb.CallerGrant(
        account_id=OWN, permissions=["status.read", "workflow.read", "user.write", "user.delete"], own_user_only=True
    ),
}


@pytest.mark.parametrize("role", HELD)
async def test_a_caller_learns_what_it_may_do_and_in_which_accounts(role: str, open_site: Site) -> None:
    user = ME if role in OWN_USER_ONLY else ""
    who = Who(open_site.add_key("kim", [role], [OWN], user))
    admin = Who(open_site.add_key("root", ["admin"], []))
    async with open_site.serving(), open_site.connected() as wire:
        await wire.stub.RecordActivity(request_for("RecordActivity", OTHER, ME), metadata=admin.metadata)
        caller = (await wire.stub.GetCaller(pb.GetCallerRequest(), metadata=who.metadata)).caller
        listed = await wire.stub.ListAccounts(pb.ListAccountsRequest(), metadata=who.metadata)
    assert (caller.authenticated, caller.name, caller.user_id) == (True, "kim", user)
    assert caller.via.startswith("key ")
    assert list(caller.grants) == [grant for named, grant in EVERY_GRANT.items() if named == role]
    # An admin sees what is there; the others what they may see, whether or not it is there.
    accounts = {"admin": [OTHER], "nobody": list[str]()}.get(role, [OWN])
    assert [account.account_id for account in listed.accounts] == accounts


async def test_grants_of_several_roles_and_accounts_add_up(open_site: Site) -> None:
    who = Who(open_site.add_key("kim", ["router", "agent"], ["b", "a"], ME))
    everywhere = Who(open_site.add_key("root", ["router"], ["*", "a"], ""))
    async with open_site.serving(), open_site.connected() as wire:
        caller = (await wire.stub.GetCaller(pb.GetCallerRequest(), metadata=who.metadata)).caller
        assert [(grant.account_id, grant.own_user_only) for grant in caller.grants] == [
            ("a", False),
            ("b", False),
            ("a", True),
            ("b", True),
        ]
        pages = [pb.ListAccountsResponse(next_page_token="")]
        while len(pages) < 2 or pages[-1].next_page_token:
            request = pb.ListAccountsRequest(page_size=1, page_token=pages[-1].next_page_token)
            pages.append(await wire.stub.ListAccounts(request, metadata=who.metadata))
        assert [account.account_id for page in pages for account in page.accounts] == ["a", "b"]
        caller = (await wire.stub.GetCaller(pb.GetCallerRequest(), metadata=everywhere.metadata)).caller
        assert [(grant.everywhere, grant.account_id) for grant in caller.grants] == [(True, "")]
        assert not (await wire.stub.ListAccounts(pb.ListAccountsRequest(), metadata=everywhere.metadata)).accounts


@pytest.mark.parametrize(
    ("roles", "accounts", "listed"),
    [
        (["router"], ["*"], [OTHER]),
        (["supervisor"], ["*", OWN], [OTHER]),
        # Neither of these may read what is about all of an account, and so may not learn which accounts there are.
        (["agent"], ["*"], []),
        (["agent"], ["*", OWN], []),
        (["clerk"], ["*"], []),
        (["nobody"], ["*"], []),
        (["agent", "nobody"], [OWN], [OWN]),
    ],
)
async def test_only_who_may_read_every_account_learns_which_there_are(
    open_site: Site, roles: list[str], accounts: list[str], listed: list[str]
) -> None:
    who = Who(open_site.add_key("kim", roles, accounts, ME))
    admin = Who(open_site.add_key("root", ["admin"], []))
    async with open_site.serving(), open_site.connected() as wire:
        await wire.stub.RecordActivity(request_for("RecordActivity", OTHER, ME), metadata=admin.metadata)
        answer = await wire.stub.ListAccounts(pb.ListAccountsRequest(), metadata=who.metadata)
    assert [account.account_id for account in answer.accounts] == listed
