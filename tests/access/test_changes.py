"""What changes while a server runs: keys that come and go, key sets that rotate, roles. And what streams make of it."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from structlog.testing import capture_logs
from tests.access.authority import Issuer, jwks
from tests.access.site import Site, Watch, Who, end_of, next_of
from tests.grpc.streaming import until
from tests.grpc.wire import ACCOUNT, Wire, refusal_of

from onduty.v1 import status_pb2 as pb
from onduty_server.access.files import POLL_INTERVAL_MS, UnusableFile, WatchedFiles
from onduty_server.access.jwts import LEEWAY_MS
from onduty_server.app.limits import CONNECTION_CALLS, OPEN_CALLS_PER_ADDRESS
from onduty_server.app.ports.statuses import StatusPage
from onduty_server.domain.record import StatusView
from onduty_server.stores.memory import MemoryStore

HOUR = 3_600_000
WATCH = pb.WatchStatusesRequest(account_id=ACCOUNT)


async def reason_of(wire: Wire, who: Who) -> str:
    try:
        await wire.stub.GetWorkflow(pb.GetWorkflowRequest(account_id=ACCOUNT), metadata=who.metadata)
    except aio.AioRpcError as error:
        return refusal_of(error).reason
    return ""


async def watching(wire: Wire, who: Who) -> Watch:
    watch = wire.stub.WatchStatuses(WATCH, metadata=who.metadata)
    assert (await next_of(watch)).HasField("snapshot")
    return watch


async def goes_on(site: Site, watch: Watch) -> bool:
    """Whether a watch still says something new."""
    site.clock.advance(2_000)
    return not (await next_of(watch)).HasField("snapshot")


async def test_a_key_works_from_the_moment_it_is_in_the_file_until_it_is_not(site: Site) -> None:
    staying = Who(site.add_key("staying", ["router"]))
    async with site.serving(), site.connected() as wire:
        secret = site.add_key("new", ["router"])
        new = Who(secret)
        assert await reason_of(wire, new) == "CREDENTIAL_REQUIRED"
        await site.polled()
        assert await reason_of(wire, new) == ""
        watches = [await watching(wire, staying), await watching(wire, new)]
        batches = wire.stub.RecordActivities(metadata=Who(site.add_key("b", ["backend"])).metadata)
        site.remove_key(secret)
        await site.polled()
        assert await reason_of(wire, new) == "CREDENTIAL_REQUIRED"
        ended = await end_of(watches[1])
        assert ended.code() is grpc.StatusCode.UNAUTHENTICATED
        assert refusal_of(ended).reason == "CREDENTIAL_REQUIRED"
        assert await goes_on(site, watches[0])
        batches.cancel()
    noted = site.noted("keys_changed")
    assert [(len(line["added"]), len(line["removed"])) for line in noted] == [(1, 0), (1, 0), (1, 1)]
    assert "sha256" not in str(noted) and secret not in str(site.audit)


@pytest.mark.parametrize("by", ["key", "certificate"])
async def test_calls_without_a_credential_do_not_keep_a_new_caller_out(by: str, site: Site) -> None:
    """Everybody is new to a server whose files have changed, and by a certificate always."""
    site.access.write_text('[[callers]]\ncertificate = "kim.test"\nroles = ["router"]\naccounts = ["*"]\n')
    client = site.authority.issue("kim", ["kim.test"]) if by == "certificate" else None
    changed = {"tls_client_ca": str(site.ca)} if client else {}
    who = Who() if client else Who(site.add_key("x", ["router"]))
    async with site.serving(**changed), site.connected(client) as wire, AsyncExitStack() as connections:
        for _ in range(OPEN_CALLS_PER_ADDRESS // CONNECTION_CALLS):
            channel = (await connections.enter_async_context(site.connected(client))).channel
            for _ in range(CONNECTION_CALLS):
                connections.callback(channel.stream_stream("/grpc.health.v1.Health/Check")().cancel)
        await until(lambda: site.application.limits.in_flight() == OPEN_CALLS_PER_ADDRESS)
        assert await reason_of(wire, who) == ""
        site.add_key("y", ["router"])
        await site.polled()
        assert await reason_of(wire, who) == ""


async def test_a_key_that_expires_ends_its_streams(site: Site) -> None:
    expiring = Who(site.add_key("x", ["router"], expires_at=site.clock.now() // 1_000 * 1_000 + HOUR))
    staying = Who(site.add_key("y", ["router"]))
    async with site.serving(), site.connected() as wire:
        watches = [await watching(wire, who) for who in (expiring, staying)]
        site.clock.advance(HOUR - 1_000)
        assert await reason_of(wire, expiring) == ""
        assert await goes_on(site, watches[0])
        assert refusal_of(await end_of(watches[0])).reason == "CREDENTIAL_REQUIRED"
        assert await reason_of(wire, expiring) == "CREDENTIAL_REQUIRED"
        assert await goes_on(site, watches[1])


async def test_a_token_that_expires_ends_its_streams(site: Site) -> None:
    who = Who(site.issuer.token(onduty_roles=["backend"], onduty_accounts=ACCOUNT))
    async with site.serving(), site.connected() as wire:
        watch = await watching(wire, who)
        reports = wire.stub.RecordActivities(metadata=who.metadata)
        activity = pb.Activity(account_id=ACCOUNT, user_id="ada")
        await reports.write(pb.RecordActivitiesRequest(sequence=1, activities=[activity]))
        answer = await reports.read()
        assert isinstance(answer, pb.RecordActivitiesResponse) and not answer.errors
        site.clock.advance(HOUR + LEEWAY_MS)
        assert refusal_of(await end_of(watch)).reason == "CREDENTIAL_REQUIRED"
        with pytest.raises(aio.AioRpcError) as caught:
            await asyncio.wait_for(reports.read(), 10)
        assert refusal_of(caught.value).reason == "CREDENTIAL_REQUIRED"
        assert await reason_of(wire, who) == "CREDENTIAL_REQUIRED"


@pytest.mark.parametrize("ahead_ms", [-HOUR, -20_000, 20_000, HOUR])
async def test_expiry_is_by_the_wall_clock_whatever_the_time_of_the_server_is(site: Site, ahead_ms: int) -> None:
    """As after a pause of the machine, or a step of its clock, until the server's time has followed."""
    site.clock.wall_ahead_ms = ahead_ms
    claims: dict[str, Any] = {"onduty_roles": ["router"], "onduty_accounts": ACCOUNT}
    now = site.clock.wall()
    fresh = Who(site.issuer.token(now=now, nbf=now // 1_000, **claims))
    old = Who(site.issuer.token(now=now, exp=(now - LEEWAY_MS) // 1_000 - 1, **claims))
    early = Who(site.issuer.token(now=now, nbf=(now + LEEWAY_MS) // 1_000 + 2, **claims))
    async with site.serving(), site.connected() as wire:
        assert await reason_of(wire, fresh) == ""
        assert await reason_of(wire, old) == await reason_of(wire, early) == "CREDENTIAL_REQUIRED"
        watch = await watching(wire, fresh)
        # A step of the wall clock is noticed within seconds.
        site.clock.wall_ahead_ms += HOUR + LEEWAY_MS
        site.clock.advance(5_000)
        assert refusal_of(await end_of(watch)).reason == "CREDENTIAL_REQUIRED"


async def test_keys_of_the_issuer_rotate_without_ending_what_is_good(site: Site) -> None:
    old, new = site.issuer, Issuer(key_id="two")
    claims: dict[str, Any] = {"onduty_roles": ["router"], "onduty_accounts": ACCOUNT}
    by_old, by_new = Who(old.token(**claims)), Who(new.token(**claims))
    async with site.serving(), site.connected() as wire:
        watch = await watching(wire, by_old)
        assert await reason_of(wire, by_new) == "CREDENTIAL_REQUIRED"
        site.jwks.write_bytes(jwks(old, new))
        await site.polled()
        assert [await reason_of(wire, who) for who in (by_old, by_new)] == ["", ""]
        assert await goes_on(site, watch)
        by_new_watch = await watching(wire, by_new)
        # A key that is no longer listed is no longer trusted.
        site.jwks.write_bytes(jwks(new))
        await site.polled()
        assert [await reason_of(wire, who) for who in (by_old, by_new)] == ["CREDENTIAL_REQUIRED", ""]
        assert refusal_of(await end_of(watch)).reason == "CREDENTIAL_REQUIRED"
        assert await goes_on(site, by_new_watch)
    assert site.noted("token_keys_changed")[-1]["removed"] == ["one"]


async def test_a_key_of_the_same_name_is_another_key(site: Site) -> None:
    claims: dict[str, Any] = {"onduty_roles": ["router"], "onduty_accounts": ACCOUNT}
    who = Who(site.issuer.token(**claims))
    async with site.serving(), site.connected() as wire:
        assert await reason_of(wire, who) == ""
        site.jwks.write_bytes(jwks(Issuer()))
        await site.polled()
        assert await reason_of(wire, who) == "CREDENTIAL_REQUIRED"


async def test_other_rights_end_the_streams_that_had_the_old_ones(site: Site) -> None:
    site.access.write_text('[[callers]]\nsubject = "kim"\nroles = ["router"]\naccounts = ["acme"]\n')
    # What the file says goes before what the token says.
    who = Who(site.issuer.token("kim", onduty_roles=["admin"]))
    async with site.serving(), site.connected() as wire:
        watch = await watching(wire, who)
        request = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, enabled=False))
        with pytest.raises(aio.AioRpcError) as caught:
            await wire.stub.UpdateWorkflow(request, metadata=who.metadata)
        assert refusal_of(caught.value).reason == "PERMISSION_REQUIRED"
        site.access.write_text('[[callers]]\nsubject = "kim"\nroles = ["supervisor"]\naccounts = ["acme"]\n')
        await site.polled()
        assert (await end_of(watch)).code() is grpc.StatusCode.UNAUTHENTICATED
        await wire.stub.UpdateWorkflow(request, metadata=who.metadata)


@pytest.mark.parametrize("faulty", ["keys", "access"])
async def test_of_two_files_the_faulty_one_is_named(faulty: str, site: Site) -> None:
    file: Path = getattr(site, faulty)
    async with site.serving():
        with capture_logs() as logs:
            await asyncio.to_thread(file.write_text, "?\n")
            await site.polled()
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert line["file"] == str(file)
    with pytest.raises(UnusableFile, match=f"^{file}: "):
        async with site.serving():
            pytest.fail("it has started")


async def test_a_file_that_could_not_be_read_for_a_while_is_read_once_it_can_be(tmp_path: Path) -> None:
    file, taken = tmp_path / "keys", list[bytes]()
    file.write_bytes(b"old")
    watched = WatchedFiles([file], lambda contents: taken.append(contents[0]))
    watched.load()
    await watched.reload()
    await watched.reload()
    file.write_bytes(b"newer")
    with without_file_descriptors():
        for _ in range(3):
            await watched.reload()
        assert taken == [b"old"]
    await watched.reload()
    assert taken == [b"old", b"newer"]


@contextmanager
def without_file_descriptors() -> Iterator[None]:
    """Nothing can be opened, as when too many connections are; what is seen of a file from outside stays the same."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


BROKEN: dict[str, Callable[[Site], object]] = {
    "a key file that is not": lambda site: site.keys.write_text("what is this?\n"),
    "a key file of another encoding": lambda site: site.keys.write_bytes(b"\xff\xfe"),
    "a key of a role that there is not": lambda site: site.add_key("x", ["king"]),
    "an access file that is not": lambda site: site.access.write_text("[[callers"),
    "an access file with a role that there is not": lambda site: site.access.write_text(
        '[[callers]]\nsubject = "kim"\nroles = ["king"]\naccounts = ["*"]\n'
    ),
    "a key set that is not": lambda site: site.jwks.write_text("{"),
    "no file": lambda site: site.keys.unlink(),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_broken_file_leaves_everything_as_it_was(how: str, site: Site) -> None:
    key = Who(site.add_key("x", ["router"]))
    token = Who(site.issuer.token(onduty_roles=["router"], onduty_accounts=ACCOUNT))
    async with site.serving(), site.connected() as wire:
        watch = await watching(wire, key)
        with capture_logs() as logs:
            BROKEN[how](site)
            for _ in range(3):
                await site.polled()
        assert [line["log_level"] for line in logs].count("error") == 1
        assert [await reason_of(wire, who) for who in (key, token)] == ["", ""]
        assert await goes_on(site, watch)


async def test_files_are_looked_at_once_a_second(site: Site) -> None:
    async with site.serving():
        site.add_key("new", ["router"])
        async with asyncio.timeout(20):
            while len(site.noted("keys_changed")) < 2:
                site.clock.advance(POLL_INTERVAL_MS)
                await asyncio.to_thread(site.keys.stat)


async def test_all_streams_of_a_key_end_with_it(site: Site) -> None:
    secret = site.add_key("x", ["router"])
    async with site.serving(), site.connected() as wire:
        watches = [await watching(wire, Who(secret)) for _ in range(100)]
        site.remove_key(secret)
        await site.polled()
        for watch in watches:
            assert refusal_of(await end_of(watch)).reason == "CREDENTIAL_REQUIRED"
    assert len(site.noted("refused")) == 100


async def read_all(call: Any) -> None:
    while await asyncio.wait_for(call.read(), 10) is not None:
        pass


class Hooked(MemoryStore):
    """Calls `hook` right before a stream sends its first message."""

    async def hook(self) -> None:
        raise NotImplementedError

    async def scan(self, *arguments: Any, **options: Any) -> StatusPage:
        page = await super().scan(*arguments, **options)
        await self.hook()
        return page

    async def transact(self, *arguments: Any, **options: Any) -> StatusView:
        view = await super().transact(*arguments, **options)
        await self.hook()
        return view


@pytest.mark.parametrize("rpc", ["WatchStatuses", "RecordActivities"])
async def test_a_stream_that_loses_its_key_during_its_first_message_is_told_so(rpc: str, site: Site) -> None:
    """Its caller would else wait for ever: see `streams._send_headers`."""
    secret = site.add_key("x", ["router", "backend"])

    class Revoking(Hooked):
        async def hook(self) -> None:
            site.remove_key(secret)
            await site.polled()
            # Ends the stream within one turn of the loop: its message is then on its way.
            authenticator = site.application.access.guard._authenticator
            assert authenticator is not None
            await authenticator.review()

    site.store = Revoking(site.clock)
    async with site.serving(), site.connected() as wire:
        call: Any
        if rpc == "WatchStatuses":
            call = wire.stub.WatchStatuses(WATCH, metadata=Who(secret).metadata)
        else:
            call = wire.stub.RecordActivities(metadata=Who(secret).metadata)
            activity = pb.Activity(account_id=ACCOUNT, user_id="ada")
            await call.write(pb.RecordActivitiesRequest(sequence=1, activities=[activity]))
        with pytest.raises(aio.AioRpcError) as ended:
            await read_all(call)
        assert refusal_of(ended.value).reason == "CREDENTIAL_REQUIRED"
