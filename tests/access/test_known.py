"""A request that the server knows by its bytes is as well guarded as one that it has never seen."""

from __future__ import annotations

import grpc
import pytest
from tests.access.site import Site, Who
from tests.access.test_matrix import DONE, ME, OTHER, OWN, SOMEBODY, attempt, request_for
from tests.grpc.wire import Wire

from onduty_server.process.application import Application

METHODS = ("GetStatus", "RecordActivity", "ListAvailableUsers")
DENIED = grpc.StatusCode.PERMISSION_DENIED


async def make_known(wire: Wire, admin: Who) -> None:
    for method in ("RecordActivity", "GetStatus", "ListAvailableUsers"):
        for account in (OWN, OTHER):
            for user in (ME, SOMEBODY):
                for _ in range(4):
                    assert await attempt(wire, method, request_for(method, account, user), admin) == DONE


def calls_of_account(application: Application, account: str) -> float:
    return application.limits._accounts._full_at.get(account, 0.0)


async def test_those_who_may_not_ask_are_refused_noted_and_take_nothing_from_the_account(site: Site) -> None:
    admin = Who(site.add_key("root", ["admin"]))
    agent = Who(site.add_key("ada's", ["agent"], [OWN], ME))
    router = Who(site.add_key("router", ["router"], [OWN]))
    async with site.serving() as served, site.connected() as wire:
        await make_known(wire, admin)
        before = calls_of_account(served.application, OTHER)
        denied = [
            *((who, method, OTHER, user) for who in (agent, router) for method in METHODS for user in (ME, SOMEBODY)),
            *((agent, method, OWN, SOMEBODY) for method in METHODS),
            (router, "RecordActivity", OWN, ME),
        ]
        for who, method, account, user in denied:
            assert (await attempt(wire, method, request_for(method, account, user), who)).code is DENIED
        assert calls_of_account(served.application, OTHER) == before
        assert [(line["rpc"], line["account_id"]) for line in site.noted("refused")] == [
            (method, account) for _, method, account, _ in denied
        ]
        for who, method in ((agent, "GetStatus"), (agent, "RecordActivity"), (router, "GetStatus")):
            assert await attempt(wire, method, request_for(method, OWN, ME), who) == DONE


@pytest.mark.parametrize("how", ["lowered", "removed", "expired"])
async def test_a_key_that_may_no_longer_ask_is_refused_from_then_on(site: Site, how: str) -> None:
    admin = Who(site.add_key("root", ["admin"]))
    backend = Who(site.add_key("web", ["backend"], [OWN], expires_at=site.clock.now() + 60_000))
    async with site.serving(), site.connected() as wire:
        await make_known(wire, admin)
        for method in METHODS:
            for _ in range(3):
                assert await attempt(wire, method, request_for(method, OWN, ME), backend) == DONE
        if how == "lowered":
            site.keys.write_text(site.keys.read_text().replace('"backend"', '"nobody"'))
            site.access.write_text("[roles.nobody]\npermissions = []\n")
            await site.polled()
        elif how == "removed":
            site.remove_key(backend.token)
            await site.polled()
        else:
            site.clock.advance(60_000)
        expected = DENIED if how == "lowered" else grpc.StatusCode.UNAUTHENTICATED
        for method in METHODS:
            assert (await attempt(wire, method, request_for(method, OWN, ME), backend)).code is expected
