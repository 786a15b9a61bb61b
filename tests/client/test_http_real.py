"""Clients, mirrors, reporters and uploads at the HTTP door of a real server; with TLS and credentials as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.access.site import Site
from tests.client.watched import until
from tests.fakes import FakeClock
from tests.grpc.wire import ACCOUNT
from tests.servers import running

from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AsyncClient,
    Client,
    CredentialRequired,
    InvalidField,
    OndutyError,
    PermissionRequired,
    RejectedActivity,
    RevisionConflict,
    Security,
    Status,
    Unavailable,
    UserUnknown,
    WatchSnapshot,
)
from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits

NAMED = """
[[callers]]
certificate = "router.test"
roles = ["router"]
accounts = ["acme"]
"""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def application(clock: FakeClock) -> AsyncIterator[Application]:
    async with running(clock=clock, http=HttpListen("127.0.0.1:0")) as application:
        yield application


@pytest.fixture
def both(application: Application) -> tuple[str, str]:
    return f"127.0.0.1:{application.port}", f"http://127.0.0.1:{application.http_port}"


@pytest.fixture
def url(both: tuple[str, str]) -> str:
    return both[1]


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Site:
    return Site(tmp_path, clock)


async def failed(reporter: AsyncActivityReporter) -> None:
    await until(lambda: reporter.error is not None)


# --- calls -----------------------------------------------------------------------------------------------------------


async def test_both_doors_answer_alike(both: tuple[str, str]) -> None:
    async with AsyncClient(both[0], actor="kim") as grpc_client, AsyncClient(both[1], actor="kim") as http_client:
        await http_client.record_activity(ACCOUNT, "ada")
        assert (await http_client.set_status(ACCOUNT, "ben", Status.AWAY, reason="lunch")).actor == "kim"
        await http_client.update_workflow(ACCOUNT, enabled=True, away_after=timedelta(minutes=5))

        async def answers(client: AsyncClient) -> list[object]:
            return [
                await client.get_status(ACCOUNT, "ben"),
                await client.batch_get_statuses(ACCOUNT, ["ada", "nobody"]),
                [user async for user in client.list_statuses(ACCOUNT, page_size=1)],
                await client.available_users(ACCOUNT),
                await client.get_workflow(ACCOUNT),
                [change async for change in client.list_status_changes(ACCOUNT)],
            ]

        assert await answers(grpc_client) == await answers(http_client)

        async def errors(client: AsyncClient) -> list[dict[str, object]]:
            found = []
            for call in (
                client.get_status(ACCOUNT, "nobody"),
                client.get_status("", ""),
                client.set_status(ACCOUNT, "ada", Status.AWAY, expected_revision=99),
                client.batch_get_statuses(ACCOUNT, ["x" * 1_000] * 3),
                client.list_statuses_page(ACCOUNT, page_token="forged"),
                client.update_workflow(ACCOUNT, enabled=True, away_after=None, offline_after=None),
            ):
                with pytest.raises(OndutyError) as caught:
                    await call
                told = {"type": type(caught.value), **vars(caught.value)}
                assert told.pop("request_id"), "every refusal has a name of its own"
                found.append(told)
            return found

        expected = await errors(grpc_client)
        assert expected == await errors(http_client)
        assert {UserUnknown, InvalidField, RevisionConflict} <= {each["type"] for each in expected}


# --- streams ---------------------------------------------------------------------------------------------------------


async def test_a_mirror_follows(url: str, clock: FakeClock) -> None:
    async with AsyncClient(url) as client, AsyncAvailabilityMirror(url, ACCOUNT) as mirror:
        await client.record_activity(ACCOUNT, "ada")
        ready = asyncio.create_task(mirror.wait_ready(timeout=20))
        while not ready.done():
            # Bookmarks are of the server's clock.
            clock.advance(1_000)
            await asyncio.wait([ready], timeout=0.02)
        await ready
        assert mirror.is_available("ada")


async def test_a_watch_ends_with_its_client(url: str) -> None:
    def block() -> None:
        with Client(url) as client, client.watch(ACCOUNT) as watch:
            assert isinstance(next(watch), WatchSnapshot)
            client.close()
            assert list(watch) == []

    await asyncio.to_thread(block)


# --- activities ------------------------------------------------------------------------------------------------------


async def test_a_reporter_is_told_of_each_refusal_and_the_rest_is_recorded(url: str) -> None:
    rejected: list[RejectedActivity] = []

    def block() -> None:
        with ActivityReporter(url, interval=0.01, on_error=rejected.append) as reporter:
            for number in range(1_000):
                reporter.record(ACCOUNT, f"user-{number}")
            reporter.record(ACCOUNT, "")
            assert reporter.flush(30)
            stats = reporter.stats
            assert (stats.acknowledged, stats.rejected, stats.dropped, stats.connects) == (1_000, 1, 0, 1)

    await asyncio.to_thread(block)
    assert [(each.user_id, type(each.error)) for each in rejected] == [("", InvalidField)]
    assert rejected[0].error.reason == "INVALID_FIELD"
    async with AsyncClient(url) as client:
        assert len([user async for user in client.list_statuses(ACCOUNT)]) == 1_000


async def test_an_upload_is_in_order_and_says_when_it_is_done(url: str, clock: FakeClock) -> None:
    now = datetime.fromtimestamp(clock.now() / 1_000, UTC)
    refs: list[object] = []
    async with AsyncClient(url) as client:
        async with client.upload_activities(on_error=lambda rejected: refs.append(rejected.ref)) as upload:
            for minute in range(300, 0, -1):
                await upload.put(ACCOUNT, f"user-{minute % 7}", now - timedelta(minutes=minute))
            await upload.put(ACCOUNT, "", now, ref="line 301")
            assert await upload.finish(timeout=30)
            stats = upload.stats
        assert (stats.acknowledged, stats.rejected, stats.resent) == (300, 1, 0)
        assert refs == ["line 301"]
        ages = {user.user_id: user.last_activity_time async for user in client.list_statuses(ACCOUNT)}
    assert ages == {f"user-{minute % 7}": now - timedelta(minutes=minute) for minute in range(1, 8)}


async def test_what_is_refused_for_a_limit_is_sent_again(clock: FakeClock) -> None:
    async with running(clock=clock, limits=Limits(caller_rate=5), http=HttpListen("127.0.0.1:0")) as application:
        url = f"http://127.0.0.1:{application.http_port}"
        async with AsyncActivityReporter(url, interval=0.01) as reporter:
            for number in range(30):
                reporter.record(ACCOUNT, f"user-{number}")
            flushing = asyncio.create_task(reporter.flush(20))
            while not flushing.done():
                # Limits are by the server's clock.
                clock.advance(1_000)
                await asyncio.wait([flushing], timeout=0.02)
            assert await flushing
            assert (reporter.stats.acknowledged, reporter.stats.connects) == (30, 1)


async def test_what_was_recorded_while_nobody_answers_is_sent_later(clock: FakeClock) -> None:
    async with running(clock=clock, http=HttpListen("127.0.0.1:0")) as application:
        address = f"127.0.0.1:{application.http_port}"
    reporter = AsyncActivityReporter(f"http://{address}", interval=0.01)
    async with reporter:
        reporter.record(ACCOUNT, "ada")
        await failed(reporter)
        assert isinstance(reporter.error, Unavailable)
        async with running(clock=clock, http=HttpListen(address)):
            assert await reporter.flush(20)
            assert reporter.stats.acknowledged == 1 and reporter.error is None


# --- credentials -----------------------------------------------------------------------------------------------------


async def test_every_client_takes_tls_and_a_token(site: Site) -> None:
    secret = site.add_key("web", ["backend"], [ACCOUNT])
    async with site.serving():
        target = f"https://127.0.0.1:{site.application.http_port}"
        security = Security(ca=site.ca, token=secret)
        async with AsyncClient(target, security=security, actor="kim") as client:
            assert (await client.set_status(ACCOUNT, "ada", Status.ONLINE)).actor == "kim"
            with pytest.raises(PermissionRequired):
                await client.get_status("zeta", "ada")
            assert isinstance(await anext(client.watch(ACCOUNT)), WatchSnapshot)
        rejected: list[RejectedActivity] = []
        async with AsyncActivityReporter(
            target, security=security, interval=0.01, on_error=rejected.append
        ) as reporter:
            reporter.record(ACCOUNT, "ben")
            reporter.record("zeta", "ben")
            assert await reporter.flush(timeout=10)
        assert [type(each.error) for each in rejected] == [PermissionRequired]

        def blocking() -> bool:
            with Client(target, security=security) as client:
                return client.get_status(ACCOUNT, "ben").available

        assert await asyncio.to_thread(blocking)
        async with AsyncClient(target, security=Security(ca=site.ca)) as client:
            with pytest.raises(CredentialRequired):
                await client.get_status(ACCOUNT, "ada")


async def test_a_token_that_was_revoked_is_replaced_in_a_reporter(site: Site) -> None:
    first, second = (site.add_key(name, ["backend"]) for name in ("one", "two"))
    path = site.directory / "token"
    path.write_text(first)
    async with site.serving():
        target = f"https://127.0.0.1:{site.application.http_port}"
        security = Security(ca=site.ca, token_file=path)
        async with AsyncActivityReporter(target, security=security, interval=0.01) as reporter:
            reporter.record(ACCOUNT, "ada")
            assert await reporter.flush(20)
            site.remove_key(first)
            await site.polled()
            reporter.record(ACCOUNT, "ben")
            await failed(reporter)
            assert isinstance(reporter.error, CredentialRequired)
            path.write_text(second)
            assert await reporter.flush(20)
            assert reporter.stats.acknowledged == 2


async def test_a_client_certificate_is_shown(site: Site, tmp_path: Path) -> None:
    site.access.write_text(NAMED)
    async with site.serving(tls_client_ca=str(site.ca)):
        target = f"https://127.0.0.1:{site.application.http_port}"
        certificate, key = write(tmp_path / "client", site.authority.issue("ignored", ["router.test"]))

        def call(security: Security) -> None:
            with Client(target, security=security) as client:
                client.get_workflow(ACCOUNT)

        await asyncio.to_thread(call, Security(ca=site.ca, certificate=certificate, key=key))
        with pytest.raises(Unavailable, match=r"after the TLS handshake; does it require a client certificate\?"):
            await asyncio.to_thread(call, Security(ca=site.ca))
        other, other_key = write(tmp_path / "other", Authority("another").issue("ignored", ["router.test"]))
        with pytest.raises(Unavailable, match=r"does it accept the client certificate\?"):
            await asyncio.to_thread(call, Security(ca=site.ca, certificate=other, key=other_key))


async def test_a_certificate_that_cannot_be_trusted_is_said_to_be_so(site: Site, tmp_path: Path) -> None:
    secret = site.add_key("web", ["backend"])
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(Authority("another").pem)
    async with site.serving():
        port = site.application.http_port
        for target, ca, said in (
            (f"https://127.0.0.1:{port}", stranger, "is not signed by an authority that this client trusts"),
            (f"https://127.0.0.1:{port}", None, "is not signed by an authority that this client trusts"),
            (f"http://127.0.0.1:{port}", None, "closed the connection at once; does it require TLS"),
            (
                f"https://127.0.0.1:{site.application.port}",
                site.ca,
                "can't be read|closed the connection after the TLS handshake",
            ),
        ):
            security = Security(ca=ca, token=secret)
            async with AsyncClient(target, security=security) as client:
                with pytest.raises(Unavailable, match=said) as caught:
                    await client.set_status(ACCOUNT, "ada", Status.AWAY)
                assert secret not in str(caught.value) + repr(client)

            def block(target: str = target, security: Security = security, said: str = said) -> None:
                with Client(target, security=security) as client, pytest.raises(Unavailable, match=said):
                    client.set_status(ACCOUNT, "ada", Status.AWAY)

            await asyncio.to_thread(block)


def test_files_that_hold_something_else_are_refused_at_once(site: Site) -> None:
    target = "https://127.0.0.1:1"
    with pytest.raises(FileNotFoundError):
        Client(target, security=Security(ca="no such file"))
    with pytest.raises(FileNotFoundError, match="nothing"):
        Client(target, security=Security(certificate=site.certificate, key="nothing"))
    with pytest.raises(ValueError, match="holds no certificate in PEM"):
        Client(target, security=Security(ca=site.keys))
    with pytest.raises(ValueError, match="are not a certificate and its key in PEM"):
        Client(target, security=Security(certificate=site.certificate, key=site.keys))
